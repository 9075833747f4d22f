//! An earlier cancer beside the present one, values that were replaced, and receptors in a row: what is history stays in
//! the list as history, and what may be the present cancer is not made one.

mod common;

use common::{check, check_not, facts_of, read};

#[test]
fn an_earlier_cancer_is_history_and_is_not_lost() {
    let text = "In 2008 she was treated for an ER positive, grade 1 carcinoma of the left breast. The present biopsy of the right \
                breast shows invasive lobular carcinoma, grade 2, ER negative.";
    check(
        text,
        &[
            "er=positive@history",
            "grade=G1@history",
            "laterality=left@history",
            "er=!negative",
            "grade=G2",
            "laterality=right",
        ],
    );
    let former =
        "History of prostate adenocarcinoma, Gleason 3+3=6. Newly diagnosed squamous cell carcinoma of the lung.";
    check(former, &["gleason_score=6@history", "morphology=8140/3@history", "morphology=8070/3"]);
    assert_eq!(facts_of(former, "gleason_score"), ["gleason_score=6@history"]);
}

#[test]
fn what_is_told_on_of_an_earlier_cancer_is_history_until_the_present_begins() {
    let text = "Follicular carcinoma of the thyroid was diagnosed in 2003. It was pT2. Treated with radioiodine. She presents \
                now with a breast mass: invasive lobular carcinoma, cT1.";
    check(text, &["t=pT2@history", "t=cT1", "morphology=8520/3"]);
}

#[test]
fn the_course_of_the_present_cancer_is_no_history() {
    for text in [
        "Diagnosed in 2025 with invasive ductal carcinoma of the left breast, grade 2. She underwent lumpectomy and is now on \
         radiation for her breast cancer.",
        "Invasive ductal carcinoma, grade 2, was found in January 2026. Now she starts chemotherapy.",
        "Invasive ductal carcinoma of the breast, grade 2, treated in 2024. Now she has a recurrence of the carcinoma in the bone.",
    ] {
        check(text, &["morphology=8500/3", "grade=G2"]);
    }
}

#[test]
fn the_value_that_was_replaced_is_history() {
    check("Gleason score changed from 4+4=8 to 3+4=7.", &["gleason_score=8@history", "gleason_score=7"]);
    assert_eq!(facts_of("Initially staged as pT3, revised to pT2.", "t"), ["t=pT3@history", "t=pT2"]);
    check_not("Tumor size 2.5 cm, not 3.5 cm.", &["tumor_size_mm=35"]);
    check_not("Changed from", &["t="]);
}

#[test]
fn receptors_in_a_row_take_their_answers_one_by_one() {
    let reading = read("ER, PR and HER2 are positive, negative and negative, respectively.");
    let told: Vec<(&str, &str, &str)> =
        reading.facts.iter().map(|f| (f.concept.as_str(), f.value.as_str(), f.quote.as_str())).collect();
    let quote = "ER, PR and HER2 are positive, negative and negative";
    assert_eq!(told, [("er", "positive", quote), ("her2_ihc", "negative", quote), ("pr", "negative", quote)]);
    check("Negative for ER and PR.", &["er=!negative", "pr=!negative"]);
    check("ER/PR/HER2: +/-/3+", &["er=positive", "pr=!negative", "her2_ihc_score=3+"]);
}

#[test]
fn a_row_whose_answers_do_not_fit_its_names_is_not_read_one_off() {
    check_not("ER, PR, HER2: +, -", &["pr=positive", "her2_ihc=!negative"]);
    check_not("ER/PR: 3+/2+", &["her2_ihc_score"]);
    check_not("ER/PR/HER2: /", &["er", "pr", "her2"]);
    check_not("ER, PR and HER2 are", &["er", "pr", "her2"]);
    check_not("ER/PR positive control, HER2", &["er=", "pr=", "her2"]);
}
