//! Two values of one thing state neither: alternatives, rule-outs, lines to choose on. And what only looks like two values.

mod common;

use common::{check, check_main, check_not, facts_of, read};
use consilium_casefile::facts::{Concept, Polarity};

/// Of each text: the concept is read as nothing, or as uncertain with every one of these words in its quote.
fn neither(concept: &str, words: [&str; 2], texts: &[&str]) {
    let of = Concept::named(concept);
    for text in texts {
        let found: Vec<_> = read(text).facts.into_iter().filter(|fact| fact.concept == of).collect();
        for fact in &found {
            let both = words.iter().all(|word| fact.quote.to_lowercase().contains(&word.to_lowercase()));
            assert!(fact.polarity == Polarity::Uncertain && both, "{text}: {fact:#?}");
        }
        assert!(found.len() < 2, "{text}: {found:#?}");
    }
}

/// Of each text: the concept is one uncertain fact with this value.
fn open(concept: &str, cases: &[(&str, &str)]) {
    for (text, value) in cases {
        assert_eq!(facts_of(text, concept), [format!("{concept}=?{value}")], "{text}");
    }
}

/// Of each text: the concept is read as this, and as nothing else.
fn stated(concept: &str, cases: &[(&str, &str)]) {
    for (text, value) in cases {
        let found = facts_of(text, concept);
        assert!(!found.is_empty() && found.iter().all(|f| *f == format!("{concept}={value}")), "{text}: {found:?}");
    }
}

#[test]
fn two_sides_are_no_side() {
    let sides = ["left", "right"];
    neither(
        "laterality",
        sides,
        &[
            "Left or right breast",
            "Invasive carcinoma of the left or right breast.",
            "Invasive carcinoma of the right or left breast",
            "Cancer of the breast, left or right",
            "Laterality: left / right",
            "Laterality: left or right",
            "Laterality: Left vs. Right",
            "Carcinoma of the left/right breast.",
            "Carcinoma, left versus right lung.",
            "Breast carcinoma, left and/or right.",
            "Side (circle one): left right. Carcinoma of the breast.",
        ],
    );
    open("laterality", &[("Carcinoma of the left or right breast.", "left or right")]);
    check_not("Left breast carcinoma. No right breast mass or node.", &["laterality=right"]);
    check("Carcinoma of the left or right breast.", &["topography=C50.9", "morphology=8010/3"]);
    for (text, side) in [
        ("Carcinoma of the left breast.", "laterality=left"),
        ("Carcinoma of the left breast or axilla.", "laterality=left"),
        ("Bilateral breast carcinoma: left and right.", "laterality=bilateral"),
        ("Right breast, 2 or 3 o'clock, carcinoma.", "laterality=right"),
        ("Left breast carcinoma. No right breast mass or node.", "laterality=left"),
    ] {
        check(text, &[side]);
    }
}

#[test]
fn two_results_are_no_result() {
    let both = ["pos", "neg"];
    for label in ["ER", "PR", "HER2"] {
        let concept = match label {
            "HER2" => "her2_ihc".to_owned(),
            other => other.to_lowercase(),
        };
        let texts = [
            "positive vs negative",
            "positive versus negative",
            ": positive or negative",
            ": negative / positive (circle one)",
            ": positive, negative (circle one)",
            " (select one): positive negative",
            " positive/negative",
            ": pos/neg",
            ": neg / pos",
            " positive | negative",
            ": [ ] positive [ ] negative",
            ": \u{2610} positive \u{2610} negative",
            " +/-",
            ": + / -",
        ];
        for text in texts {
            neither(&concept, both, &[&format!("{label} {text}"), &format!("{label}{text}")].map(|t| t.as_str()));
        }
        for (text, value) in [(": positive", "positive"), (" positive", "positive"), (" +", "positive")] {
            check(&format!("{label}{text}"), &[&format!("{concept}={value}")]);
        }
        check(&format!("{label}: negative"), &[&format!("{concept}=!negative")]);
        check(&format!("{label}: [x] positive [ ] negative (check one)"), &[&format!("{concept}=positive")]);
    }
    open("her2_ihc", &[("HER2 positive vs negative", "positive vs negative")]);
    open("er", &[("ER positive or negative", "positive or negative"), ("ER/PR: pos/neg", "pos/neg")]);
    open("pr", &[("ER/PR: pos/neg", "pos/neg"), ("ER/PR status: positive/negative", "positive/negative")]);
    check("ER/PR positive", &["er=positive", "pr=positive"]);
    check("ER/PR: negative/positive", &["er=!negative", "pr=positive"]);
    check("ER/PR/HER2: +/-/-", &["er=positive", "pr=!negative", "her2_ihc=!negative"]);
    check("ER+/PR-", &["er=positive", "pr=!negative"]);
    check("ER and PR positive, HER2 negative", &["er=positive", "pr=positive", "her2_ihc=!negative"]);
    check("ER positive or PR negative", &["er=positive", "pr=!negative"]);
}

#[test]
fn present_or_absent_is_neither() {
    for (label, concept) in
        [("Lymphovascular invasion", "lymphovascular_invasion"), ("Perineural invasion", "perineural_invasion")]
    {
        for text in [
            ": present / absent",
            ": present or absent",
            " present/absent",
            ": present vs absent",
            ": yes / no",
            ": identified / not identified",
            ": [ ] present [ ] absent",
            ": present, absent, indeterminate (circle one)",
        ] {
            let text = format!("{label}{text}");
            let found = facts_of(&text, concept);
            assert!(found.iter().all(|f| f.contains("=?")) && found.len() < 2, "{text}: {found:?}");
        }
        check(&format!("{label}: present"), &[&format!("{concept}=present")]);
        check(&format!("{label}: not identified"), &[&format!("{concept}=!absent")]);
        check(&format!("{label} present versus retraction artifact."), &[&format!("{concept}=?present")]);
    }
    neither(
        "margin",
        ["free", "involved"],
        &["Margins: free / involved", "Margins free or involved", "Margins: involved vs. free"],
    );
    check("Margins: free", &["margin=!free"]);
}

#[test]
fn two_grades_are_no_grade() {
    open(
        "grade",
        &[
            ("Invasive carcinoma, grade 2 vs 3.", "2 vs 3"),
            ("Grade 2 vs. 3", "2 vs. 3"),
            ("Grade 2 or 3", "2 or 3"),
            ("Grade 2 or grade 3", "2 or grade 3"),
            ("Histologic grade: 2 or 3", "2 or 3"),
            ("Grade II versus III", "II versus III"),
            ("Grade 2/3", "2/3"),
            ("G2/G3", "G2/G3"),
            ("Histologic grade: II/III", "II/III"),
            ("Low or high grade carcinoma", "Low or high grade"),
            ("Carcinoma, well or moderately differentiated", "well or moderately differentiated"),
            (
                "Carcinoma, well differentiated versus moderately differentiated",
                "well differentiated versus moderately differentiated",
            ),
        ],
    );
    neither(
        "grade",
        ["1", "3"],
        &["Grade: 1 2 3 (circle one)", "Grade (select one): 1, 2, 3", "Grade: 1 / 2 / 3", "Grade: [ ] 1 [ ] 2 [ ] 3"],
    );
    stated(
        "grade",
        &[
            ("Nottingham grade 2/3", "G2"),
            ("Nottingham histologic grade: 2/3", "G2"),
            ("Histologic grade (Nottingham): 2/3", "G2"),
            ("Fuhrman grade 3/4", "G3"),
            ("Grade 1/3", "G1"),
            ("Grade 3/3", "G3"),
            ("Grade 2 of 3", "G2"),
            ("Grade 2-3", "G3"),
            ("Carcinoma, moderately to poorly differentiated", "G3"),
            ("Grade 2, 3 or 4 nodes", "G2"),
        ],
    );
}

#[test]
fn two_stages_or_categories_are_none() {
    neither(
        "stage_group",
        ["II", "III"],
        &[
            "Stage IIA versus IIIB",
            "Stage IIA vs. IIIB",
            "Stage IIA or IIIB",
            "Stage IIA or stage IIIB",
            "Stage IIA or possibly IIIB",
            "Stage IIA/IIIB",
            "Stage II/III",
            "Clinical stage II or III",
        ],
    );
    open(
        "stage_group",
        &[("Stage IIA versus IIIB", "IIA versus IIIB"), ("Stage IIIA/B", "IIIA/B"), ("Stage 2A vs 2B", "2A vs 2B")],
    );
    stated(
        "stage_group",
        &[("Stage IIA", "IIA"), ("Stage IIIB. ER/PR positive", "IIIB"), ("Stage IIA, grade 2 or 3", "IIA")],
    );
    neither(
        "t",
        ["2", "3"],
        &["pT2 or pT3", "pT2 vs pT3", "pT2/pT3", "pT2/3", "pT2 or 3", "T2N0 or T3N0", "cT2 versus cT3"],
    );
    neither("n", ["N0", "N1"], &["pT2 N0 or N1", "pN0 vs pN1", "pN0/pN1"]);
    open("t", &[("pT2 vs pT3", "pT2 vs pT3"), ("pT2a/b", "pT2a/b")]);
    check("ypT2/N1", &["t=ypT2", "n=ypN1"]);
    check("pT2/pN1", &["t=pT2", "n=pN1"]);
    check("pT1a or higher", &["t=pT1a"]);
    check("pT2 or 2.5 cm in size", &["t=pT2"]);
}

#[test]
fn two_scores_are_none() {
    neither("her2_ihc_score", ["2", "3"], &["HER2 2+ or 3+", "HER2 2+ vs 3+", "HER2: 2+/3+", "HER2 IHC score 2 or 3"]);
    neither("her2_ihc", ["2", "3"], &["HER2 2+ or 3+", "HER2 2+ vs 3+", "HER2: 2+/3+"]);
    neither("gleason_score", ["3+4", "4+3"], &["Gleason 3+4 vs 4+3", "Gleason 3+4=7 or 4+3=7"]);
    check_not("Gleason 3+4 vs 4+3", &["gleason_primary=3", "gleason_primary=4", "grade_group"]);
    check_not("Gleason 6 or 7", &["gleason_score=6", "gleason_score=7"]);
    check("Gleason score 3+4=7/10", &["gleason_primary=3", "gleason_secondary=4", "gleason_score=7"]);
    check("Gleason score 7/10", &["gleason_score=7"]);
    check("HER2/neu 3+", &["her2_ihc_score=3+"]);
    check("Lymph nodes: 3/12 positive", &["nodes_examined=12", "nodes_positive=3"]);
    check("Lymph nodes: 2/3 positive", &["nodes_examined=3", "nodes_positive=2"]);
    check_not("Tumor size 2 cm vs 3 cm", &["tumor_size_mm=2", "tumor_size_mm=3"]);
    check("Tumor size: 13 mm (biopsy) vs 23 mm (excision)", &["tumor_size_mm=13", "tumor_size_mm=23"]);
}

#[test]
fn a_differential_is_no_diagnosis() {
    for text in [
        "Ductal or lobular carcinoma",
        "Ductal versus lobular carcinoma",
        "Adenocarcinoma vs squamous cell carcinoma",
        "Adenocarcinoma vs. squamous cell carcinoma",
        "Adenocarcinoma or squamous cell carcinoma.",
        "Melanoma or lymphoma",
        "Melanoma versus a lymphoma",
    ] {
        let found = facts_of(text, "morphology");
        assert!(!found.is_empty() && found.iter().all(|f| f.starts_with("morphology=?")), "{text}: {found:?}");
    }
    check("No melanoma or lymphoma.", &["morphology=!8720/3", "morphology=!9590/3"]);
    check("Ductal carcinoma; lobular neoplasia or hyperplasia is not seen.", &["morphology=8500/3"]);
    check("Ductal carcinoma, grade 2 or 3", &["morphology=8500/3"]);
    check_main("Adenocarcinoma of the colon.\nLow power or high power fields were counted.", &["morphology=8140/3"]);
}

#[test]
fn what_is_to_be_ruled_out_is_not_present() {
    for text in [
        "Rule out metastasis to liver",
        "Rule out metastasis to the liver.",
        "R/O metastasis to liver",
        "r/o liver metastasis",
        "To rule out liver metastases",
        "Please rule out metastatic carcinoma of the liver",
        "Ruling out metastatic disease in the liver",
        "CT to exclude liver metastasis",
        "MRI to look for metastatic carcinoma in the liver",
        "Indication: rule out metastasis to liver",
        "Rule out: metastasis to liver",
        "Liver metastasis to be ruled out",
        "Liver metastasis must be excluded",
        "Liver metastasis needs to be ruled out",
    ] {
        let bad: Vec<_> = read(text)
            .facts
            .into_iter()
            .filter(|f| f.polarity == Polarity::Present && f.concept != Concept::PROCEDURE)
            .collect();
        assert!(bad.is_empty(), "{text}: {bad:#?}");
    }
    check("Metastatic carcinoma in the liver.", &["morphology=8010/6", "topography=C22.0"]);
    check("Metastasis was ruled out. Adenocarcinoma of the colon.", &["morphology=8140/3"]);
}
