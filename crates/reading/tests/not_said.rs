//! Sentences that hold the words of a finding and are none: denials, conditions, examples, keys, controls, other people.

mod common;

use common::{check, check_not, facts_of};

#[test]
fn what_is_denied_after_its_name_is_denied() {
    check("Melanoma has been excluded.", &["morphology=!8720/3"]);
    check("Lymphoma was ruled out by flow cytometry.", &["morphology=!9590/3"]);
    check("Squamous cell carcinoma was not found.", &["morphology=!8070/3"]);
    check("Metastatic carcinoma could not be excluded.", &["morphology=?8010/6"]);
    check_not("There is no evidence of stage IV disease.", &["stage_group"]);
    check_not("No clinical T3 N1 disease.", &["t=", "n="]);
    check_not("This is not a pT3 tumor.", &["t="]);
    check("The pT3 cannot be confirmed.", &["t=?pT3"]);
    check("pT3 category could not be confirmed on review.", &["t=?pT3"]);
    check_not("Stage IV disease has been excluded.", &["stage_group"]);
    check_not("HER2 is not positive.", &["her2_ihc=positive", "her2_ihc=!negative"]);
    check_not("ER is no longer positive.", &["er=positive"]);
    check("Fails to show EGFR L858R.", &["variant=!EGFR L858R"]);
}

#[test]
fn words_of_a_heading_are_no_categories() {
    for text in ["PET/CT SKULL BASE TO MID-THIGH", "PET CT SKULL BASE TO MID THIGH", "CT CHEST TO MID ABDOMEN"] {
        check_not(text, &["t=", "n=", "m="]);
    }
    check("TO NO MO", &["t=?T0", "n=?N0"]);
    check("pTl NO", &["n=?pN0"]);
}

#[test]
fn a_denial_does_not_reach_over_a_list() {
    check("ER negative, stage IIA", &["stage_group=IIA", "er=!negative"]);
    check("Lymph nodes negative pN0", &["n=pN0"]);
    check("No residual tumor, ypT0 ypN0", &["t=ypT0", "n=ypN0"]);
    check("pT2, margins not involved", &["t=pT2"]);
    check("pT2 LYMPHOVASCULAR INVASION: ABSENT", &["t=pT2"]);
    check("pT2 N1, not otherwise specified", &["t=pT2", "n=pN1"]);
}

#[test]
fn conditions_are_no_findings() {
    check_not("If HER2 were positive, trastuzumab would be given.", &["her2"]);
    check_not("Should HER2 be positive, add pertuzumab.", &["her2"]);
    check_not("Would be stage IIIC if the liver lesion is a metastasis.", &["stage_group=IIIC"]);
    check_not("Repeat biopsy to see whether the lymphoma has recurred.", &["morphology=9"]);
    check_not("Trastuzumab is given in case of HER2 positive disease.", &["her2"]);
    // What stands before the condition, or behind the label that holds it, is said.
    check("Invasive ductal carcinoma; deeper levels if clinically indicated.", &["morphology=8500/3"]);
    check("Tumor size (if multifocal, the largest): 2.3 cm", &["tumor_size_mm=23"]);
    check("Adenocarcinoma. ER positive. If needed, HER2 can be added.", &["morphology=8140/3", "er=positive"]);
}

#[test]
fn questions_are_doubts() {
    check("?lymphoma", &["morphology=?9590/3"]);
    check("Clinical question: lymphoma?", &["morphology=?9590/3@clinical"]);
    check_not("Query melanoma of the skin", &["morphology=8720/3", "topography=C44.9"]);
    check_not("?lymphoma of the stomach", &["morphology=9590/3", "topography=C16.9"]);
}

#[test]
fn templates_keys_and_boxes_choose_nothing() {
    check_not("KRAS: {mutated | wild type}", &["variant"]);
    check_not("ER: *** PR: *** HER2: ***", &["er=", "pr=", "her2"]);
    check("Histologic type: [ ] ductal carcinoma [x] lobular carcinoma", &["morphology=8520/3"]);
    check_not("Histologic type: [ ] ductal carcinoma [x] lobular carcinoma", &["morphology=8500"]);
    check_not("Ductal carcinoma [ ]  Lobular carcinoma [X]", &["morphology=8500"]);
    check_not("☐ Melanoma ☐ Lymphoma ☐ Sarcoma", &["morphology"]);
    let key = "Grade 1: well differentiated\nGrade 2: moderately differentiated\nGrade 3: poorly differentiated\n";
    check_not(key, &["grade=G"]);
    let key =
        "Stage I: confined to the organ\nStage II: through the wall\nStage III: regional nodes\nStage IV: distant";
    check_not(key, &["stage_group"]);
    check_not("ECOG 0: fully active; ECOG 1: restricted; ECOG 2: ambulatory", &["ecog"]);
    check_not("HER2 scoring criteria: 3+ is strong complete staining", &["her2_ihc"]);
}

#[test]
fn rules_examples_and_controls_are_no_findings() {
    check_not("Example: Invasive ductal carcinoma, grade 2, ER positive", &["morphology", "grade", "er="]);
    check_not("Grade 3 is defined as a score of 8 or 9.", &["grade"]);
    check_not("ER is considered positive when at least 1% of cells stain.", &["er=", "er_percent"]);
    check_not("ER external control: positive", &["er="]);
    check("ER (with adequate internal control): positive", &["er=positive"]);
    check("ER: positive (nuclear staining in 1% or more is considered positive)", &["er=positive"]);
    check_not("State that HER2: positive", &["her2"]);
    check("PSA 6.2 ng/mL (reference range 0-4)", &["psa=6.2"]);
}

#[test]
fn other_people_and_trials_are_not_this_patient() {
    check_not("Inclusion criteria: HER2 positive, stage IIA to IIIC", &["her2", "stage_group"]);
    check_not("Patients with KRAS G12C mutated tumors may benefit.", &["variant"]);
    check_not("Another patient's slide showed melanoma.", &["morphology"]);
    check_not("Pembrolizumab is approved for patients with MSI-H cancers.", &["msi"]);
    check("The patient with ER positive invasive ductal carcinoma returns.", &["er=positive", "morphology=8500/3"]);
}

#[test]
fn rooms_are_no_grades_and_no_receptors() {
    check_not("Room G3, ward T4", &["grade", "t="]);
    check_not("Seen in the ER with chest pain. Positive troponin.", &["er="]);
    check_not("Sent to ER, positive D-dimer.", &["er="]);
    check("in ER positive breast cancer", &["er=positive"]);
}

#[test]
fn a_denied_allergy_is_denied() {
    check("Allergic to penicillin: denied.", &["allergy=!penicillin"]);
    check("Allergies: penicillin - no", &["allergy=!penicillin"]);
    check("Allergies: penicillin - no rash since childhood", &["allergy=?penicillin"]);
    check("Allergies: penicillin, latex", &["allergy=penicillin", "allergy=latex"]);
    check_not("Allergic to penicillin: denied.", &["allergy=penicillin"]);
}

#[test]
fn a_relative_ends_with_the_sentence() {
    check("Mother had breast cancer. Invasive ductal carcinoma of the left breast.", &["morphology=8500/3"]);
    check("Sister: ovarian cancer at 40.\nPathology shows invasive lobular carcinoma.", &["morphology=8520/3"]);
}

#[test]
fn of_several_grades_the_worst_is_the_main_one() {
    let text = "MICROSCOPIC: Edmondson-Steiner grade. The worst differentiation III. The major differentiation II. \
                DIAGNOSIS: Liver: Hepatocellular carcinoma, moderately differentiated.";
    common::check_main(text, &["grade=G3"]);
    check(text, &["grade=G2"]);
    check("Tumor type: Hepatocellular carcinoma. Differentiation, II-III. Fibrous capsule: Yes.", &["grade=G3"]);
    check_not("Differentiation, see comment, 2 blocks", &["grade"]);
}

#[test]
fn the_result_of_a_test_denies_no_tumor() {
    check_not("Invasive lobular carcinoma. The carcinoma is negative for HER2.", &["morphology=!"]);
    check_not("HER2 not amplified in this carcinoma.", &["morphology=!"]);
    check_not("Negative for estrogen receptor in the ductal carcinoma.", &["morphology=!"]);
    check("Lymph node negative for carcinoma.", &["morphology=!8010/3"]);
    check("Lymphovascular invasion not identified; no carcinoma in the margin.", &["morphology=!8010/3"]);
}

#[test]
fn a_place_to_measure_from_is_not_the_place_of_the_tumor() {
    check_not("Right breast, 6 cm from nipple, core biopsy: invasive ductal carcinoma.", &["topography=C50.0"]);
    check("Right breast, 6 cm from nipple, core biopsy: invasive ductal carcinoma.", &["topography=C50.9"]);
    check("Adenocarcinoma of the rectum, 8 cm from the anal verge", &["topography=C20.9"]);
    check_not("Adenocarcinoma of the rectum, 8 cm from the anal verge", &["topography=C21"]);
    check("Nipple, right: Paget disease", &["topography=C50.0"]);
}

#[test]
fn a_negative_marker_does_not_deny_the_tumor() {
    for text in [
        "Triple-negative invasive ductal carcinoma",
        "HER2 negative invasive ductal carcinoma",
        "Node-negative invasive ductal carcinoma",
        "Denies pain, has invasive ductal carcinoma",
        "No chemotherapy yet for her invasive ductal carcinoma",
        "Absence of E-cadherin does not matter, this is invasive ductal carcinoma",
    ] {
        check(text, &["morphology=8500/3"]);
    }
    check("Triple-negative breast cancer", &["er=!negative", "pr=!negative"]);
    check("No melanoma, lymphoma or sarcoma.", &["morphology=!8720/3", "morphology=!9590/3"]);
}

#[test]
fn what_has_its_own_answer_is_not_denied_by_what_stands_before() {
    check("Margins negative, lymphovascular invasion present.", &["lymphovascular_invasion=present"]);
    check("No necrosis, perineural invasion present.", &["perineural_invasion=present", "necrosis=!absent"]);
    check("No necrosis, no perineural invasion.", &["perineural_invasion=!absent"]);
    check("LVI: +", &["lymphovascular_invasion=present"]);
    check("PNI-", &["perineural_invasion=!absent"]);
}

#[test]
fn signs_are_answers() {
    check("ER+ PR+ HER2-", &["er=positive", "pr=positive", "her2_ihc=!negative"]);
    check("ER: + PR: + HER2: -", &["er=positive", "pr=positive", "her2_ihc=!negative"]);
    check("ER pos PR neg", &["er=positive", "pr=!negative"]);
    check("HER2 3+", &["her2_ihc_score=3+"]);
    check_not("ER-dependent growth", &["er="]);
    check_not("ER - not performed", &["er=!negative"]);
}

#[test]
fn boxes_behind_their_words_choose_as_well() {
    check("HER2 positive [ ]\nHER2 negative [x]", &["her2_ihc=!negative"]);
    check_not("HER2 positive [ ]\nHER2 negative [x]", &["her2_ihc=positive"]);
    check("pT1 ☐\npT2 ☒\npT3 ☐", &["t=pT2"]);
    check_not("pT1 ☐\npT2 ☒\npT3 ☐", &["t=pT1", "t=pT3"]);
    check("Margins involved ☐\nER positive 95%", &["er=positive"]);
    check_not("Margins involved ☐\nER positive 95%", &["margin=involved"]);
    check("Lymphovascular invasion: [x] present [ ] absent", &["lymphovascular_invasion=present"]);
}

#[test]
fn lists_below_a_denial_or_a_criterion_are_none() {
    check_not("Not identified:\n- perineural invasion\n- lymphovascular invasion", &["perineural_invasion=present"]);
    check_not("Negative for:\n* melanoma\n* lymphoma", &["morphology=8720/3"]);
    check_not("Inclusion criteria\n- HER2 positive\n- stage IIIB\n- ECOG 1", &["her2", "stage_group", "ecog"]);
    check("Negative for:\n* melanoma\n\nER: positive", &["er=positive"]);
}

#[test]
fn three_findings_are_no_key() {
    let text = "A. Prostate, left: Grade Group 1 (3+3=6)\nB. Prostate, mid: Grade Group 2 (3+4=7)\n\
                C. Prostate, right: Grade Group 4 (4+4=8)";
    check(text, &["grade_group=1", "grade_group=2", "grade_group=4"]);
    check("pT1a (0.8 cm)\npT1b (1.4 cm)\npT2a (3.1 cm)", &["t=pT1a", "t=pT1b", "t=pT2a"]);
}

#[test]
fn other_illnesses_addresses_months_and_scales_are_no_findings_of_the_tumor() {
    check_not("Grade 3 neutropenia after cycle 2.", &["grade"]);
    check_not("Heart murmur grade 3/6.", &["grade"]);
    check_not("Stage IV chronic kidney disease.", &["stage_group"]);
    check_not("Los Angeles, CA", &["morphology"]);
    check_not("Heart rate 72", &["topography"]);
    check_not("Tablet by mouth daily", &["topography"]);
    check("Prostate CA", &["topography=C61.9"]);
    check_not("Report date: 04 APR 2026", &["procedure"]);
    check_not("Stage: I  II  III  IV", &["stage_group"]);
    check_not("ECOG performance status: 0 1 2 3 4", &["ecog"]);
    check_not("HER2 0 1+ 2+ 3+", &["her2"]);
    check_not("ER positive in 0% of cells", &["er=positive"]);
    check_not("PR interval 180 ms, positive P wave.", &["pr="]);
    check_not("HIV status: negative", &["comorbidity=hiv"]);
}

#[test]
fn a_fusion_looked_for_and_not_found_is_absent() {
    check("ALK fusion: negative", &["fusion=!ALK rearrangement"]);
    check("RET rearrangement not identified", &["fusion=!RET rearrangement"]);
    check("ALK rearrangement detected", &["fusion=ALK rearrangement"]);
}

#[test]
fn people_around_the_patient_are_not_the_patient() {
    check_not("Her husband has stage IV lung cancer.", &["stage_group", "morphology", "family_history"]);
    check_not("The patient's neighbour has melanoma.", &["morphology=8720/3"]);
    check("Her husband drove her. She has melanoma.", &["morphology=8720/3"]);
}

#[test]
fn an_allergy_denied_for_one_thing_is_not_denied_for_all() {
    check("Allergies: Penicillin (hives). No known latex allergy.", &["allergy=penicillin", "allergy=!latex"]);
    check_not("Allergies: Penicillin (hives). No known latex allergy.", &["allergy=!none"]);
    check("No known drug allergies except penicillin.", &["allergy=penicillin"]);
    check("No known drug allergies.", &["allergy=!none known"]);
}

#[test]
fn a_picture_with_a_number_behind_it_is_no_stage() {
    check_not("CHEST CT: 2 mm nodule in the right upper lobe, unchanged.", &["t="]);
    check_not("CHEST CT: 1. No pulmonary nodules.", &["t="]);
    check_not("Staging CT: 3 liver lesions.", &["t="]);
    check("Clinical stage cT: 3, cN: 1", &["t=cT3", "n=cN1"]);
}

#[test]
fn what_a_relative_had_is_theirs_to_the_last_word() {
    let mother = "The patient's mother had left breast cancer, ER positive, grade 3, pT3 N2.";
    check(mother, &["t=pT3@family", "n=pN2@family"]);
}

#[test]
fn a_list_of_allergies_denies_only_what_it_names_as_denied() {
    check("Allergies: penicillin (anaphylaxis), none to latex.", &["allergy=penicillin", "allergy=!latex"]);
    check("Allergies: no latex allergy. Morphine causes itching.", &["allergy=!latex"]);
    check("Allergies: codeine, not latex", &["allergy=codeine", "allergy=!latex"]);
    check("Allergies: none", &["allergy=!none known"]);
    check("Allergies: no known drug allergies", &["allergy=!none known"]);
    check_not("Allergies: no latex allergy.", &["allergy=!none known"]);
}

#[test]
fn a_control_and_the_key_of_a_score_are_no_percentage_of_the_tumor() {
    check_not("ESTROGEN RECEPTOR: NEGATIVE (positive internal control 95%)", &["er_percent=", "er=positive"]);
    check_not("Estrogen receptor, Allred proportion score: 1 = <1% of cells staining", &["er_percent="]);
    check("Estrogen receptor: positive, 95% of cells", &["er=positive", "er_percent=95"]);
}

#[test]
fn a_rule_with_a_sign_and_a_question_of_the_patient_are_no_findings() {
    check_not("ER/PR: positive if >= 1%", &["er", "pr"]);
    check_not("ER and PR positive if >= 1% of nuclei stain.", &["er", "pr"]);
    check("ER 95% positive (positive if >= 1%)", &["er=positive", "er_percent=95"]);
    check_not("Patient asked about mastectomy.", &["procedure"]);
    check_not("Consider completion mastectomy if margins are positive.", &["procedure"]);
    check_not("Follicular lymphoma grade 1-2", &["grade"]);
}

#[test]
fn the_name_of_a_house_is_no_tumor() {
    for text in [
        "CANCER CLINIC\n12 Example Street\n\nFollow-up visit",
        "Example Breast Cancer Center\nRe: visit of 3 May",
        "Springfield Cancer Institute",
        "She was referred by cancer services.",
    ] {
        check_not(text, &["morphology"]);
    }
    check("Breast cancer. Clinic visit of 3 May.", &["morphology=8000/3"]);
    check("DIAGNOSIS: Cancer\nClinic visit", &["morphology=8000/3"]);
}

#[test]
fn how_far_in_a_scope_found_it_is_no_size() {
    check_not("COLONOSCOPY\nA mass at 25 cm was biopsied.", &["tumor_size_mm"]);
    check_not("Findings: fungating tumor at 25 cm, partially obstructing", &["tumor_size_mm"]);
    check("Tumor measuring at 2.5 cm", &["tumor_size_mm=25"]);
}

#[test]
fn the_reason_for_a_procedure_is_no_other_illness() {
    check_not("COLONOSCOPY\nIndication: iron deficiency anemia.\nFindings: a mass", &["comorbidity"]);
    check("Past medical history: iron deficiency anemia", &["comorbidity=anemia"]);
    check("Indication: rectal bleeding.\nPast medical history: hypertension", &["comorbidity=hypertension"]);
}

#[test]
fn a_gene_without_a_mutation_is_no_variant() {
    check("TP53: no mutation", &["variant=!TP53 wild type"]);
    check("KRAS: wild type", &["variant=!KRAS wild type"]);
    check("TP53: no mutation detected. KRAS G12D.", &["variant=!TP53 wild type", "variant=KRAS G12D"]);
}

#[test]
fn a_consultation_states_that_there_is_no_distant_metastasis() {
    for text in [
        "ASSESSMENT: Colon cancer, cT3 cN1 cM0.",
        "Clinical stage: cT3N1M0",
        "Stage: cM0",
        "Staging CT shows no spread (cM0).",
        "Clinical stage IIIB, cT3, cN1b, cM0",
    ] {
        let found = facts_of(text, "m");
        assert!(found.iter().any(|fact| fact.ends_with("M0")), "{text}: {found:?}");
    }
}
