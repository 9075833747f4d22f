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
    let key = "pT definitions: pT1 tumor invades submucosa; pT2 tumor invades muscularis propria; pT4a penetrates serosa";
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
