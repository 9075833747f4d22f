//! The smaller elements of a report and the person beside the tumour, in the words of no real report.
#![expect(clippy::expect_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::{check, check_main, check_not, read};
use consilium_casefile::facts::{Concept, Fact, Polarity};

fn fact(text: &str, concept: &Concept) -> Fact {
    let found: Vec<Fact> = read(text).facts.into_iter().filter(|fact| fact.concept == *concept).collect();
    assert_eq!(found.len(), 1, "{text:?}: {found:#?}");
    found.into_iter().next().expect("one fact")
}

#[test]
fn a_distance_has_its_margin() {
    for (text, millimetres, margin) in [
        ("Closest margin: deep, 1 mm (DCIS)", "1", Some("deep")),
        ("All margins free, closest 4 mm, anterior", "4", Some("anterior")),
        ("Invasive carcinoma is 0.1 cm from the inferior margin.", "1", Some("inferior")),
        ("CRM 2 mm, negative", "2", Some("crm")),
        ("Tumor is less than 1 mm from the posterior margin", "<1", Some("posterior")),
        ("Margin is 12 mm from the tumor", "12", None),
    ] {
        let distance = fact(text, &Concept::MARGIN_DISTANCE_MM);
        assert_eq!((distance.value.as_str(), distance.qualifiers.site.as_deref()), (millimetres, margin), "{text:?}");
    }
    check_not("Margins: negative. Tumor size: 23 mm.", &["margin_distance_mm"]);
    check_not("The margin is inked. A 2.3 x 1.1 x 1 cm nodule lies below.", &["margin_distance_mm"]);
}

#[test]
fn a_named_margin_keeps_its_name() {
    let text = "Deep margin involved by carcinoma. Bronchial margin negative.";
    let margins: Vec<(String, Option<String>)> = read(text)
        .facts
        .into_iter()
        .filter(|fact| fact.concept == Concept::MARGIN)
        .map(|fact| (fact.value, fact.qualifiers.site))
        .collect();
    assert_eq!(
        margins,
        [("involved".to_owned(), Some("deep".to_owned())), ("free".to_owned(), Some("bronchial".to_owned()))]
    );
}

#[test]
fn residual_tumour_is_read_where_the_resection_is_spoken_of() {
    check("Residual disease: none visible (R0) per surgeon", &["residual_tumor=R0"]);
    check("pT3 pN1 R1", &["residual_tumor=R1"]);
    check("Resection status: RX", &["residual_tumor=~RX"]);
    // A letter where the figure belongs.
    check("pT3 pN1 RO", &["residual_tumor=?R0"]);
    check_not("Block R1 and R2 submitted. Examined by resident R2.", &["residual_tumor"]);
    check_not("Resection: R0/R1/R2", &["residual_tumor"]);
}

#[test]
fn necrosis_response_and_mitoses() {
    check("Osteosarcoma, high grade; necrosis 92% after chemotherapy", &["necrosis=92"]);
    check("Tumor necrosis: not identified", &["necrosis=!absent"]);
    check("Tumor regression score 1 (near complete)", &["treatment_effect=1"]);
    check("Residual carcinoma spans 1.1 cm, cellularity 10%; RCB-II", &["treatment_effect=RCB-II"]);
    check("Treatment effect: no known presurgical therapy", &["treatment_effect=-not treated"]);
    check("Mitotic rate: 15/10 HPF", &["mitotic_rate=15"]);
    check("ulcerated, 3 mitoses/mm2", &["mitotic_rate=3"]);
    assert_eq!(fact("ulcerated, 3 mitoses/mm2", &Concept::MITOTIC_RATE).unit.as_deref(), Some("/mm2"));
    check_not("Mitotic rate: score 2. Nottingham: tubules 3, nuclei 2, mitoses 2.", &["mitotic_rate"]);
    check_not("Necrosis: ____  RCB: ____  Treatment effect: ___", &["necrosis", "treatment_effect"]);
}

#[test]
fn allergies_are_listed_or_denied() {
    check("Allergies: NKDA", &["allergy=!none known"]);
    check("No known drug allergies.", &["allergy=!none known"]);
    check("She is allergic to penicillin and latex.", &["allergy=penicillin", "allergy=latex"]);
    check("ALLERGIES: Sulfa (rash), codeine.", &["allergy=sulfa", "allergy=codeine"]);
    check("Not allergic to iodine", &["allergy=!iodine"]);
    check_not("ALLERGIES: Sulfa (rash), codeine.", &["allergy=rash"]);
    check_not("Seasonal allergic rhinitis", &["allergy"]);
}

#[test]
fn an_illness_in_the_history_is_one_the_person_has() {
    check("History of hypertension and diabetes.", &["comorbidity=hypertension", "comorbidity=diabetes"]);
    check("Denies diabetes.", &["comorbidity=!diabetes"]);
    check("Mother had diabetes.", &["comorbidity=diabetes@family"]);
}

#[test]
fn an_inherited_variant_is_told_apart() {
    check("BRCA2 c.5946delT, pathogenic, germline", &["germline=BRCA2 c.5946delT", "variant=BRCA2 c.5946delT"]);
    check("Germline testing was negative.", &["germline=!none found"]);
    check_not("BRCA2 c.5946delT, pathogenic, somatic", &["germline"]);
}

#[test]
fn categories_know_their_edition_and_tumour() {
    let of = |text: &str| read(text).facts.into_iter().find(|f| f.concept == Concept::T).expect("a category");
    assert_eq!(of("ypT2(m) ypN1a, AJCC 8").qualifiers.edition.as_deref(), Some("8"));
    assert_eq!(of("Stage (AJCC 7th edition): pT2 pN0").qualifiers.edition.as_deref(), Some("7"));
    // Two editions: which is meant can not be told.
    assert_eq!(of("pT2 pN0 by the sixth edition, seventh edition to follow").qualifiers.edition, None);
    assert_eq!(of("pT2 pN0").qualifiers.edition, None);
    let text = "Tumor 1: invasive ductal carcinoma, pT1c.\nTumor 2: invasive lobular carcinoma, pT2.";
    let numbered: Vec<_> = read(text)
        .facts
        .into_iter()
        .filter(|fact| fact.concept == Concept::T)
        .map(|fact| (fact.value, fact.tumour))
        .collect();
    assert_eq!(numbered, [("T1c".to_owned(), Some("1".to_owned())), ("T2".to_owned(), Some("2".to_owned()))]);
    assert_eq!(of("Tumor 2 cm, pT1c pN0").tumour, None);
}

#[test]
fn a_marker_has_its_date() {
    let text = "PSA 6.2 ng/mL on 3/4/2026.";
    let date = fact(text, &Concept::PSA).date.expect("a date");
    assert_eq!(date.to_string(), "2026-03-04");
    assert_eq!(fact("PSA 6.2 ng/mL. Seen on 3/4/2026.", &Concept::PSA).date, None);
}

#[test]
fn an_addendum_takes_over_and_both_stay() {
    let text = "Final diagnosis:\nRectum, resection: adenocarcinoma, pT2 pN0.\nAddendum:\nAfter review pT3 pN0.";
    check_main(text, &["t=pT3"]);
    check(text, &["t=pT2", "t=pT3"]);
    // Without a diagnosis before it, an addendum changes nothing.
    check_main("Addendum:\npT3 pN0.\nFinal diagnosis:\nAdenocarcinoma, pT2 pN0.", &["t=pT2"]);
}

#[test]
fn a_margin_that_was_taken_out_has_its_own_answer() {
    for (text, deep) in [
        ("All margins negative except the deep margin, which is close (0.5 mm).", "margin=close"),
        ("All margins negative except the deep margin, which cannot be assessed.", "margin=~not assessable"),
        ("All margins negative except the deep margin which cannot be assessed.", "margin=~not assessable"),
        ("All margins negative other than the deep margin, which was not submitted.", "margin=-not tested"),
        ("All margins negative except the deep margin, not applicable.", "margin=-not tested"),
        ("All margins negative except the deep margin (positive).", "margin=involved"),
        // Only where nothing is said of it is the opposite concluded.
        ("All margins negative except the deep margin.", "margin=involved*"),
        ("All margins negative except the deep margin, see comment.", "margin=?involved"),
        ("All margins except the deep margin, which is close, are negative.", "margin=close"),
    ] {
        let of = |site: &str| {
            let found = read(text).facts.into_iter();
            found
                .filter(|f| f.concept == Concept::MARGIN && f.qualifiers.site.as_deref() == Some(site))
                .collect::<Vec<_>>()
        };
        let own: Vec<String> = of("deep").iter().map(common::line).collect();
        assert_eq!(own, [deep], "{text:?}");
        assert_eq!(of("all but deep").len(), 1, "{text:?}");
    }
    let text = "All margins negative except the deep margin is 1 mm from tumor.";
    check(text, &["margin_distance_mm=1", "margin=!free"]);
    check_not(text, &["margin=involved"]);
    let concluded = "All margins negative except the deep margin.";
    assert!(read(concluded).facts.iter().any(|fact| fact.quote == "except the deep margin"));
}

#[test]
fn each_gene_of_a_germline_test_has_its_own_answer() {
    let answers = |text: &str| -> Vec<String> {
        let germline = read(text).facts.into_iter().filter(|fact| fact.concept == Concept::GERMLINE);
        germline.map(|f| format!("{}: {}", f.qualifiers.gene.clone().unwrap_or_default(), common::line(&f))).collect()
    };
    assert_eq!(
        answers(
            "Germline testing: BRCA1 and BRCA2 negative. A variant of uncertain significance in ATM. PALB2 pathogenic \
             variant found."
        ),
        [
            "BRCA1: germline=!none found",
            "BRCA2: germline=!none found",
            "ATM: germline=?ATM variant of uncertain significance",
            "PALB2: germline=PALB2 pathogenic variant",
        ]
    );
    let text = "Germline panel: no pathogenic variants in BRCA1 or PALB2; VUS in CHEK2.";
    assert_eq!(answers(text).len(), 3);
    let quoted = read(text).facts.into_iter().filter(|f| f.polarity == Polarity::Absent).map(|f| f.quote);
    quoted.for_each(|quote| assert!(quote.starts_with("no pathogenic"), "{quote}"));
    let report = "GERMLINE GENETIC TEST REPORT\nBRCA2: c.5946delT pathogenic variant, heterozygous";
    assert_eq!(answers(report), ["BRCA2: germline=BRCA2 c.5946delT"]);
    check_not(report, &["variant"]);
    // What is of the tumor stays of the tumor.
    let both = "Germline testing: negative\nTumor: EGFR L858R detected.";
    assert_eq!(answers(both), [": germline=!none found"]);
    check(both, &["variant=EGFR L858R"]);
    assert_eq!(answers("Germline testing: not done.\nBRCA1"), [] as [&str; 0]);
}

#[test]
fn a_reaction_is_no_substance() {
    let substances = |text: &str| -> Vec<String> {
        read(text).facts.into_iter().filter(|f| f.concept == Concept::ALLERGY).map(|f| f.value).collect()
    };
    assert_eq!(substances("Allergies: penicillin, anaphylaxis."), ["penicillin"]);
    assert_eq!(substances("Allergies: penicillin (anaphylaxis), latex"), ["penicillin", "latex"]);
    assert_eq!(substances("Allergies: Penicillin causes anaphylaxis; sulfa: rash"), ["penicillin", "sulfa"]);
    assert_eq!(substances("Allergies: anaphylaxis"), [] as [&str; 0]);
    assert_eq!(substances("ALLERGIES: No known drug allergies."), ["none known"]);
    assert_eq!(substances("Allergies: NKDA"), ["none known"]);
}

#[test]
fn the_headings_of_a_consultation_do_not_silence_the_present_disease() {
    check("REASON FOR VISIT: Newly diagnosed right breast cancer.", &["laterality=right", "topography=C50.9"]);
    check(
        "HISTORY OF PRESENT ILLNESS: 58-year-old woman with invasive ductal carcinoma of the right breast, grade 3.",
        &["morphology=8500/3", "laterality=right", "grade=G3"],
    );
    check("History of invasive ductal carcinoma.", &["morphology=8500/3@history"]);
    check("PAST MEDICAL HISTORY: Hypertension.\nGENETICS: BRCA1 negative.\nECOG performance status 1.", &["ecog=1"]);
    check(
        "OPERATIVE NOTE\nPreoperative diagnosis: Left breast cancer, cT1c cN0",
        &["t=cT1c@clinical", "n=cN0@clinical"],
    );
}

#[test]
fn an_initial_of_a_name_opens_no_specimen() {
    let specimen =
        |text: &str| read(text).facts.into_iter().find(|f| f.concept == Concept::MARGIN).and_then(|fact| fact.specimen);
    assert_eq!(specimen("Surgeon: A. Nwosu\nMargins free."), None);
    assert_eq!(specimen("A. Nwosu, MD\nMargins free."), None);
    assert_eq!(specimen("A. Left breast: margins free.").as_deref(), Some("A"));
}

#[test]
fn a_row_of_values_is_read_to_its_end() {
    check("PSA 11.2 on 05/01, 4.1 on 06/01", &["psa=11.2", "psa=4.1"]);
    check("CEA 12.4 then 5.1", &["cea=12.4@history", "cea=5.1"]);
    for text in ["PSA 11.2, 3 cores positive of 12", "PSA 11.2 and 3 cores taken", "PSA 11.2, 3.0 cm prostate"] {
        check_not(text, &["psa=3"]);
    }
}

#[test]
fn where_an_allergy_is_told_or_that_nobody_could_say_is_no_allergy() {
    let mut wrong = Vec::new();
    for words in [
        "see chart",
        "see list below",
        "please see the chart",
        "unable to obtain",
        "unable to be obtained",
        "could not be obtained",
        "reviewed",
        "reviewed and updated",
        "reviewed, see chart",
        "on file",
        "reconciled in EHR",
        "not documented",
        "not on file",
        "not reviewed",
        "to be asked",
        "pending pharmacy review",
        "unknown",
        "as listed above",
        "per chart",
        "refer to the medication list",
        "chart reviewed",
        "verified with patient",
        "TBD",
    ] {
        for label in ["Allergies", "ALLERGIES", "Drug allergies", "Allergy"] {
            for text in
                [format!("{label}: {words}."), format!("{label}: {words}\nMedications: metformin 500 mg twice daily")]
            {
                let found = common::facts_of(&text, "allergy");
                if !found.is_empty() {
                    wrong.push(format!("{text}: {found:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    check("Allergies: penicillin, see chart for others", &["allergy=penicillin"]);
    check("Allergies: reviewed; penicillin", &["allergy=penicillin"]);
    check("Allergies: penicillin per chart", &["allergy=penicillin"]);
    check("Allergies: to sulfa", &["allergy=sulfa"]);
    check("Allergies: none to latex, codeine", &["allergy=!latex", "allergy=codeine"]);
    check("Allergies: reviewed, NKDA", &["allergy=!none known"]);
    check_not("Allergies: reviewed, NKDA", &["allergy=nkda"]);
    check("Allergies: Adhesive tape, contrast dye", &["allergy=adhesive tape", "allergy=contrast dye"]);
}
