//! What a test looked for is no result: the answer beside its name is. Keys, differentials and abbreviations that are
//! something else.

mod common;

use common::{check, check_main, check_not, facts_of};

#[test]
fn a_mutation_that_was_looked_for_has_the_answer_behind_it() {
    check("BRCA1 mutation: negative", &["variant=!BRCA1 wild type"]);
    check("TP53 mutation: negative", &["variant=!TP53 wild type"]);
    check("KRAS mutation analysis: negative", &["variant=!KRAS wild type"]);
    check("BRCA1/2 mutation testing: negative", &["variant=!BRCA1 wild type"]);
    check("BRAF V600E mutation: Negative", &["variant=!BRAF V600E"]);
    check("IDH1 R132H mutation: negative", &["variant=!IDH1 R132H", "idh=?wildtype"]);
    check("EGFR mutation: not tested", &["variant=-EGFR mutation"]);
    check("KRAS mutation: pending", &["variant=-KRAS mutation"]);
    check("EGFR mutation testing was ordered", &["variant=-EGFR mutation"]);
    check("EGFR mutation: failed", &["variant=~EGFR mutation"]);
    check("EGFR mutation: quantity not sufficient", &["variant=~EGFR mutation"]);
    check("MET exon 14 skipping: failed, insufficient RNA", &["variant=~MET exon 14 skipping"]);
    check("ALK rearrangement: indeterminate", &["fusion=?ALK rearrangement"]);
    check("ALK rearrangement: not tested", &["fusion=-ALK rearrangement"]);
    for text in ["BRCA1 mutation: negative", "BRAF V600E mutation: Negative", "KRAS mutation: pending"] {
        check_not(text, &["variant=BR", "variant=KRAS"]);
    }
}

#[test]
fn a_mutation_that_is_only_named_is_no_result() {
    for text in [
        "KRAS MUTATION ANALYSIS\nMETHOD: PCR of exon 2\nRESULTS: Wild-type gene",
        "The probe shows gain of intact ALK fusion hybridization signals.",
        "Analysis of EGFR mutation by sequencing may provide useful information.",
        "IDH1 MUTATION TESTING\nMethod: sequencing\nINTERPRETATION: NEGATIVE",
        "Blood was sent for screening possible SDHB germline mutation.",
        "EGFR mutation testing identified no abnormality.",
        "Tested for BRCA1 mutation last year.",
        "EGFR exon 19 mutation analysis",
        "EGFR mutation: limited tissue",
    ] {
        check_not(text, &["variant=", "fusion=", "idh="]);
    }
}

#[test]
fn a_mutation_that_was_found_is_read() {
    check("KRAS mutation: detected", &["variant=KRAS mutated"]);
    check("KRAS mutation status: mutated", &["variant=KRAS mutated"]);
    check("KRAS mutation positive", &["variant=KRAS mutated"]);
    check("EGFR mutation testing was positive.", &["variant=EGFR mutated"]);
    check("The tumor harbors a KRAS mutation.", &["variant=KRAS mutated"]);
    check("Positive for a BRCA1 mutation.", &["variant=BRCA1 mutated"]);
    check("BRCA2 mutation carrier", &["variant=BRCA2 mutated"]);
    check("BRCA1-mutated carcinoma", &["variant=BRCA1 mutated"]);
    check("EGFR mutation: detected (L858R)", &["variant=EGFR L858R"]);
    check("IDH1 mutation: detected", &["idh=mutant"]);
    check("ALK rearrangement: present", &["fusion=ALK rearrangement"]);
    check("ALK-rearranged adenocarcinoma", &["fusion=ALK rearrangement"]);
    check("EML4-ALK fusion", &["fusion=ALK rearrangement"]);
    check("BCR-ABL1 rearrangement", &["fusion=BCR rearrangement"]);
    check("No EGFR mutation was identified.", &["variant=!EGFR wild type"]);
}

#[test]
fn an_answer_to_something_else_denies_no_variant() {
    check("EGFR L858R, PD-L1 negative", &["variant=EGFR L858R"]);
    check("KRAS G12D, wild-type NRAS", &["variant=KRAS G12D"]);
    check("EGFR exon 19 deletion, negative for T790M", &["variant=EGFR exon 19 deletion"]);
    check("BRAF V600E. Negative for malignancy in the nodes.", &["variant=BRAF V600E"]);
    check("KRAS G12C, not detected", &["variant=!KRAS G12C"]);
}

#[test]
fn what_is_denied_of_a_result_is_no_result() {
    check_not("Interpretation: proficient MMR; low probability of MSI-H", &["msi=MSI-H"]);
    check_not("MSI status: not MSI-high", &["msi=MSI-H"]);
    check("Loss of MLH1: not identified", &["mmr_protein=!retained"]);
    check("Loss of MLH1 and PMS2: not identified", &["mmr_protein=!retained"]);
    check_not("Loss of MLH1: not identified", &["mmr=deficient", "mmr_protein=lost"]);
    for text in [
        "1p/19q not co-deleted",
        "1p19q non-codeleted",
        "1p, 19q LOH (codeletion): Negative",
        "1p/19q codeletion: not detected",
    ] {
        check(text, &["codeletion_1p19q=!intact"]);
        check_not(text, &["codeletion_1p19q=codeleted"]);
    }
    check("MSI status: MSI-high", &["msi=MSI-H"]);
    check("MSI-H", &["msi=MSI-H"]);
    check("Loss of MLH1 and PMS2", &["mmr_protein=lost", "mmr=deficient*"]);
    check("1p/19q codeleted", &["codeletion_1p19q=codeleted"]);
    check("1p/19q codeletion: present", &["codeletion_1p19q=codeleted"]);
    check("1p/19q LOH (codeletion): detected", &["codeletion_1p19q=codeleted"]);
}

#[test]
fn a_result_before_fish_with_its_own_answer_is_of_the_other_test() {
    check("HER2: equivocal, FISH pending", &["her2_ihc=?equivocal"]);
    check_not("HER2: equivocal, FISH pending", &["her2_ish"]);
    check("HER2: equivocal, FISH amplified", &["her2_ihc=?equivocal", "her2_ish=positive"]);
    check("HER2 positive by FISH", &["her2_ish=positive"]);
    check("HER2: Negative by FISH", &["her2_ish=!negative"]);
}

#[test]
fn the_key_of_a_test_or_a_scale_is_no_finding() {
    check_not("HER2 assay: 3+ is positive, 2+ equivocal, 0 and 1+ negative (ASCO/CAP 2018)", &["her2"]);
    check("HER2 IHC 3+ (scale 0, 1+, 2+, 3+)", &["her2_ihc_score=3+", "her2_ihc=positive"]);
    check("HER2 IHC 2+ (equivocal)", &["her2_ihc_score=2+"]);
    let key =
        "pT definitions: pT1 tumor invades submucosa; pT2 tumor invades muscularis propria; pT4a penetrates serosa";
    check_not(key, &["t="]);
    let key = "pT1 tumor invades submucosa; pT2 tumor invades muscularis propria; pT3 tumor invades subserosa";
    check_not(key, &["t="]);
    check_main(&format!("{key}; pT4a tumor penetrates serosa\n\nFINAL: ypT3 ypN0"), &["t=ypT3"]);
    check("Tumor: pT3 tumor invades subserosa. Node: pN1a", &["t=pT3", "n=pN1a"]);
    check("Staging: pT2 (muscularis propria); pN0", &["t=pT2", "n=pN0"]);
}

#[test]
fn a_tumor_of_the_differential_is_doubted() {
    let text = "Invasive ductal carcinoma was considered in the differential, but E-cadherin is negative";
    check(text, &["morphology=?8500/3"]);
    check("Melanoma was in the differential.", &["morphology=?8720/3"]);
    check("Invasive ductal carcinoma. Lymphoma was entertained.", &["morphology=8500/3", "morphology=?9590/3"]);
    check("Invasive ductal carcinoma was considered unresectable.", &["morphology=8500/3"]);
}

#[test]
fn rt_is_radiotherapy_or_the_right_side() {
    for text in [
        "She received RT to the chest wall for breast cancer.",
        "Whole brain RT was considered but not given.",
        "Breast cancer. She completed RT in 2019.",
        "Lung cancer, status post chemo RT, now stable.",
    ] {
        assert_eq!(facts_of(text, "laterality"), Vec::<String>::new(), "{text}");
    }
    for text in [
        "Breast, RT, core biopsy: invasive ductal carcinoma",
        "RT breast mastectomy: invasive ductal carcinoma",
        "Underwent RT mastectomy for invasive ductal carcinoma of the breast",
        "LUNG RT UPPER LOBE: adenocarcinoma",
        "Rt breast, biopsy: invasive ductal carcinoma",
    ] {
        check(text, &["laterality=right"]);
    }
}

#[test]
fn a_cervical_node_is_no_cervix() {
    let text = "biopsy left cervical node 04/2025 showed diffuse large B-cell lymphoma";
    check_not(text, &["topography=C53.9"]);
    check(text, &["morphology=9680/3"]);
    check("Cervical node biopsy: squamous cell carcinoma", &["topography=C77.0"]);
    check("Cervical biopsy: squamous cell carcinoma", &["topography=C53.9"]);
    check("Cervix, biopsy: squamous cell carcinoma", &["topography=C53.9"]);
}

#[test]
fn fish_below_the_sentence_of_her2_is_read() {
    check("HER2 IHC: 2+ (equivocal). FISH: amplified (ratio 4.2).", &["her2_ihc_score=2+", "her2_ish=positive"]);
    let text = "HER2 (IHC): equivocal (2+).\nFISH: Not amplified. HER2/CEP17 ratio: 1.2";
    check(text, &["her2_ihc=?equivocal", "her2_ish=!negative", "her2_ratio=1.2"]);
    check("HER2 IHC: 2+\nISH result: NOT AMPLIFIED", &["her2_ihc_score=2+", "her2_ish=!negative"]);
    check_not("HER2 IHC: 2+ (equivocal). ALK FISH: positive.", &["her2_ish"]);
    check_not("HER2 IHC: 1+. Ki-67 10%. FISH: amplified for MYC", &["her2_ish"]);
    check_not("HER2: negative (1+)\nFISH: 5 probes negative for MYC", &["her2_ish"]);
    check_not("HER2: negative (1+)\nFISH: negative for MYC", &["her2_ish"]);
    check_not("HER2 IHC: 2+. FISH was performed. Positive controls worked.", &["her2_ish"]);
}

#[test]
fn a_ticked_result_of_a_receptor_is_read() {
    check("HER2 status: [ ] positive [x] negative", &["her2_ihc=!negative"]);
    check("ER: [x] positive [ ] negative", &["er=positive"]);
    check_not("HER2 status: [ ] positive [ ] negative", &["her2"]);
}

#[test]
fn both_scores_of_pdl1_are_read() {
    check("PD-L1 (22C3) TPS 60%, CPS 65", &["pdl1=60", "pdl1=65"]);
    check_main("PD-L1 (22C3) TPS 60%, CPS 65", &["pdl1=60"]);
    check("PD-L1 CPS 10", &["pdl1=10"]);
    assert_eq!(facts_of("PD-L1 TPS 60%, 20% of immune cells", "pdl1"), ["pdl1=60"]);
    assert_eq!(facts_of("PD-L1 (22C3) TPS 60%", "pdl1"), ["pdl1=60"]);
}

#[test]
fn a_marked_line_of_a_record_says_nothing() {
    for mark in ["Entered in error", "Cancelled", "Refuted", "Not done", "Not to be done"] {
        let text = format!("{mark}: Simple mastectomy, right breast. Invasive ductal carcinoma, grade 3.");
        check_not(&text, &["procedure", "topography", "laterality", "morphology", "grade"]);
        let text = format!("{mark}: Simple mastectomy\nAdenocarcinoma of the colon");
        check(&text, &["morphology=8140/3", "topography=C18.9"]);
    }
    check("Report not done in error. Invasive ductal carcinoma.", &["morphology=8500/3"]);
    check("Frozen section was not done: invasive ductal carcinoma", &["morphology=8500/3"]);
}

#[test]
fn what_no_report_writes_as_a_number_is_none() {
    check_not("PSA 1e308", &["psa"]);
    check_not("Ki-67: -5%", &["ki67"]);
    check("PSA 1.3 ng/mL", &["psa=1.3"]);
    check("Ki-67: 5%", &["ki67=5"]);
    check("Ki-67 - 5%", &["ki67=5"]);
    check("Ki-67: 5-10%", &["ki67=5-10"]);
}

#[test]
fn people_without_a_cancer_get_none() {
    for text in [
        "High risk for breast cancer",
        "Fear of cancer",
        "Counseling on skin cancer prevention",
        "Breast cancer can spread to the bones.",
        "Genetic susceptibility to malignant neoplasm of breast",
        "Encounter for scr mammogram for malignant neoplasm of breast",
        "Encounter for screening for malignant neoplasm of colon",
        "HER2 [Presence] in Breast cancer specimen by Immune stain: Positive",
    ] {
        check_not(text, &["morphology=8"]);
    }
    let label = "HER2 [Presence] in Breast cancer specimen by Immune stain: Positive";
    check(label, &["her2_ihc=positive"]);
    check("High risk breast cancer", &["morphology=8000/3"]);
    check("High-grade carcinoma of the breast with risk factors", &["morphology=8010/3"]);
    check("Breast cancer, spread to the bones.", &["topography=C50.9"]);
    check("Invasive ductal carcinoma. Counseled on prevention of lymphedema.", &["morphology=8500/3"]);
}

#[test]
fn an_allergy_that_is_denied_is_none() {
    check("Allergies: latex denied", &["allergy=!latex"]);
    check("Allergy: sulfa (rash). NKDA to penicillin.", &["allergy=sulfa", "allergy=!penicillin"]);
    check_not("Allergy: sulfa (rash). NKDA to penicillin.", &["allergy=!none known"]);
    check("NKDA", &["allergy=!none known"]);
    check("Allergies: latex", &["allergy=latex"]);
    check("Allergies: penicillin, latex", &["allergy=penicillin", "allergy=latex"]);
}

fn medicine(text: &str) -> (String, Option<String>, Option<String>) {
    let history = common::reader().read_history(text);
    let found: Vec<_> = history.medications.iter().collect();
    let [one] = found.as_slice() else { unreachable!("{text}: {found:#?}") };
    (format!("{:?}", one.status), one.dose.clone(), one.frequency.clone())
}

#[test]
fn a_medicine_of_the_past_is_not_taken_now() {
    assert_eq!(medicine("She took tamoxifen 20 mg daily for 5 years, 2012-2017").0, "Stopped");
    assert_eq!(medicine("Previously on metformin 500 mg BID").0, "Stopped");
    assert_eq!(medicine("She used to take metformin 500 mg BID").0, "Stopped");
    assert_eq!(medicine("He took metformin 500 mg BID").0, "Unknown");
    assert_eq!(medicine("Currently on metformin 500 mg BID").0, "Active");
    assert_eq!(medicine("She takes tamoxifen 20 mg daily").0, "Active");
    assert_eq!(medicine("Medications:\nmetformin 500 mg BID").0, "Active");
}

#[test]
fn a_dose_that_was_changed_is_the_new_one() {
    let dose = |text: &str| medicine(text).1.unwrap_or_default();
    assert_eq!(dose("Olaparib 300 mg BID, reduced to 250 mg BID"), "250 mg");
    assert_eq!(dose("Cabozantinib 60 mg daily, reduced to 40 mg"), "40 mg");
    assert_eq!(dose("Metformin 500 mg BID, increased to 1000 mg daily"), "1000 mg");
    assert_eq!(medicine("Metformin 500 mg BID, increased to 1000 mg daily").2.as_deref(), Some("once daily"));
    assert_eq!(dose("Lisinopril 10 mg daily, may be reduced to 5 mg daily"), "10 mg");
    assert_eq!(dose("Metformin 500 mg BID, not reduced to 250 mg"), "500 mg");
    assert_eq!(dose("Metformin 500 mg BID, to be increased to 1000 mg BID"), "500 mg");
}

#[test]
fn the_rate_of_a_patch_is_kept() {
    let (_, dose, often) = medicine("Fentanyl patch 25 mcg/hr every 72 hours");
    assert_eq!((dose.as_deref(), often.as_deref()), (Some("25 ug/h"), Some("every 72 hours")));
    assert_eq!(medicine("Metformin 500 mg / day").1.as_deref(), Some("500 mg"));
    assert_eq!(medicine("Oxycodone 5 mg every 6 hours").1.as_deref(), Some("5 mg"));
}

#[test]
fn an_invasive_carcinoma_of_the_prostate_is_told_as_it_is_written() {
    check("Prostate, resection: invasive carcinoma", &["morphology=8010/3"]);
    check("Prostate, resection: prostatic adenocarcinoma", &["morphology=8140/3"]);
    check("Prostate, resection: acinar adenocarcinoma, Gleason 4+4=8", &["morphology=8140/3"]);
}
