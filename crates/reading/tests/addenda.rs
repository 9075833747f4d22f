//! What an addendum or a correction says takes over from what it corrects, whether the report has headings or not.

mod common;

use common::{check, check_main, check_no_main, check_not};

#[test]
fn an_addendum_takes_over_also_where_the_report_has_no_heading() {
    let text = "Right breast: IDC. ER positive. Grade 1.\n\
                ADDENDUM: Estrogen receptor: negative. The previously reported result was in error.";
    check_main(text, &["er=!negative", "grade=G1", "laterality=right"]);
    check(text, &["er=positive"]);
    let text = "Right breast, core biopsy: invasive ductal carcinoma, grade 1. ER positive.\n\
                ADDENDUM: On review, the tumor is grade 3.";
    check_main(text, &["grade=G3", "er=positive"]);
}

#[test]
fn an_addendum_before_its_report_takes_nothing_over() {
    check_main("ADDENDUM: ER negative.\nFINAL DIAGNOSIS: Breast: IDC. ER positive.", &["er=positive"]);
    check_main("ADDENDUM: ER negative. Breast, left: invasive ductal carcinoma.", &["er=!negative", "laterality=left"]);
}

#[test]
fn a_corrected_diagnosis_wins_over_the_one_before_it() {
    for before in ["", "FINAL DIAGNOSIS: "] {
        for heading in ["CORRECTED DIAGNOSIS (supersedes the above)", "AMENDED DIAGNOSIS", "REVISED DIAGNOSIS"] {
            let text =
                format!("{before}Prostate, needle biopsy: Adenocarcinoma, Gleason 3+3=6.\n{heading}: Gleason 4+4=8.");
            check_main(&text, &["gleason_score=8", "gleason_primary=4"]);
            check(&text, &["gleason_score=6"]);
        }
    }
    check_main("CORRECTED DIAGNOSIS: Prostate: Adenocarcinoma, Gleason 4+4=8.", &["gleason_score=8"]);
    // Without a word that corrects, two diagnoses that differ have no main answer.
    check_no_main("DIAGNOSIS: Adenocarcinoma, Gleason 3+3=6.\nDIAGNOSIS: Gleason 4+4=8.", &["gleason_score"]);
}

#[test]
fn a_corrected_side_is_the_side() {
    let report = "FINAL DIAGNOSIS:\nBreast, right, lumpectomy: Invasive ductal carcinoma.\n\n";
    for addendum in [
        "ADDENDUM: The specimen is the LEFT breast; the laterality in the final diagnosis is incorrect.",
        "ADDENDUM: The laterality was incorrectly given as right; the specimen is from the left breast.",
        "ADDENDUM: Error in laterality. The breast is left, not right.",
    ] {
        check_main(&format!("{report}{addendum}"), &["laterality=left"]);
    }
    // What it is can not be told.
    check_no_main(&format!("{report}ADDENDUM: The laterality is in error."), &["laterality"]);
    let both = "ADDENDUM: The laterality of left and right breast is in error.";
    check_no_main(&format!("{report}{both}"), &["laterality"]);
}

#[test]
fn a_side_that_is_only_named_corrects_nothing() {
    let report = "FINAL DIAGNOSIS:\nBreast, right, lumpectomy: Invasive ductal carcinoma.\n\n";
    for addendum in [
        "ADDENDUM: There is no error in laterality of the left and right specimens.",
        "ADDENDUM: The number of blocks was in error. The left breast was benign.",
        "ADDENDUM: HER2 is negative. The left breast biopsy is reported separately.",
        "ADDENDUM: Laterality was confirmed.",
    ] {
        let text = format!("{report}{addendum}");
        check_main(&text, &["laterality=right"]);
        check_not(&text, &["laterality=bilateral"]);
    }
}

#[test]
fn a_nodule_of_the_other_side_takes_no_side_away() {
    let text = "Right upper lobe, lobectomy: adenocarcinoma. There is a contralateral left lower lobe nodule.";
    check_main(text, &["laterality=right"]);
    check(text, &["laterality=left"]);
    check_no_main(
        "Right upper lobe, lobectomy: adenocarcinoma. Left lower lobe, lobectomy: adenocarcinoma.",
        &["laterality"],
    );
}
