//! One list of medicines, and what a person agreed on.

use super::*;
use crate::knowledge::{CoursePhrase, DrugClass, DrugName};

fn medication(dose: &str, status: MedicationStatus) -> Medication {
    let (dose, frequency) = (Some(dose.to_owned()), Some("once daily".to_owned()));
    Medication { dose, frequency, ..medicine("Letrozole", status) }
}

#[test]
fn medicines_are_one_list_and_differing_doses_ask_a_person() {
    let with = |document: &str, medication: Medication| {
        let reading = DocumentReading { medications: vec![medication], ..reading(document, Vec::new()) };
        Change::from(ReadingChange::Read { reading: Box::new(reading) })
    };
    let rows = |changes: Vec<Change>| {
        let (case, knowledge) = (fold(changes), kinds());
        let view = case.seen_by(Audience::Owner);
        let rows = medicines(&view, &knowledge);
        rows.iter().map(|r| (r.ingredient.clone(), r.agreement, r.asks(), r.is_taken())).collect::<Vec<_>>()
    };
    let active = MedicationStatus::Active;
    let mut changes = rosa();
    changes.push(with("biopsy", medication("2.5 mg", active)));
    changes.push(with("consult", medication("2.5mg", active)));
    assert_eq!(rows(changes.clone()), [("letrozole".to_owned(), Agreement::Same, false, true)]);
    changes.push(with("resection", medication("5 mg", active)));
    assert_eq!(rows(changes.clone()), [("letrozole".to_owned(), Agreement::DoseDiffers, true, true)]);
    let case = fold(changes.clone());
    let agreed = agree_medicine(&case.seen_by(Audience::Owner), &kinds(), "letrozole", "2.5 mg daily", true).unwrap();
    changes.push(agreed.into());
    assert_eq!(rows(changes), [("letrozole".to_owned(), Agreement::DoseDiffers, false, true)]);
    let unknown = agree_medicine(&case.seen_by(Audience::Owner), &kinds(), "aspirin", "", false);
    assert_eq!(unknown.unwrap_err().0.key, "refusal-no-such-medicine");
    for hidden in ["2.5 mg\u{0}", "\u{202e}gm 5.2", "2.5 mg\u{1b}[2J"] {
        let refused = agree_medicine(&case.seen_by(Audience::Owner), &kinds(), "letrozole", hidden, true);
        assert_eq!(refused.unwrap_err().0.key, "refusal-hidden-characters");
    }
}

#[test]
fn the_same_ingredient_in_two_forms_is_two_medicines() {
    let form = |phrase: &str, means: &str| CoursePhrase {
        phrase: phrase.to_owned(),
        class: "form".to_owned(),
        means: means.to_owned(),
    };
    let mut knowledge = kinds();
    knowledge.vocabulary.sig = vec![form("er", "extended release"), form("ir", "immediate release")];
    knowledge.vocabulary.drugs = vec![DrugName {
        phrase: "ms contin".to_owned(),
        ingredient: "morphine".to_owned(),
        class: DrugClass::Supportive,
        form: Some("extended release".to_owned()),
    }];
    let rows = |said: &[(&str, &str, &str, &str)]| {
        let mut changes = rosa();
        changes.extend(said.iter().map(|(document, name, dose, quote)| {
            let medication = Medication {
                name: (*name).to_owned(),
                ingredient: Some("morphine".to_owned()),
                quote: (*quote).to_owned(),
                ..medication(dose, MedicationStatus::Active)
            };
            let reading = DocumentReading { medications: vec![medication], ..reading(document, Vec::new()) };
            Change::from(ReadingChange::Read { reading: Box::new(reading) })
        }));
        let case = fold(changes);
        let rows = medicines(&case.seen_by(Audience::Owner), &knowledge);
        rows.iter().map(|r| format!("{} {:?}", r.ingredient, r.agreement)).collect::<Vec<_>>()
    };
    let (er, ir) = (("biopsy", "Morphine ER", "30 mg", ""), ("consult", "Morphine IR", "30 mg", ""));
    assert_eq!(rows(&[er, ir]), ["morphine (extended release) OneSource", "morphine (immediate release) OneSource"]);
    // A brand that tells its form is that form, and a bare name beside one form is the same medicine.
    assert_eq!(rows(&[er, ("consult", "MS Contin", "30 mg", "")]), ["morphine Same"]);
    assert_eq!(rows(&[er, ("consult", "morphine", "15 mg", "")]), ["morphine DoseDiffers"]);
    // In the words beside a name "er" counts in capitals only: "in der Er" says nothing.
    assert_eq!(rows(&[ir, ("biopsy", "morphine", "30 mg", "morphine 30 mg ER")]).len(), 2);
    assert_eq!(rows(&[ir, ("biopsy", "morphine", "30 mg", "morphine 30 mg er gave")]), ["morphine Same"]);
}

/// Rosa's letrozole after these readings, the word of a person after the first `agreed_after` of them, and whether it asks.
fn letrozole(said: &[(&str, &str, MedicationStatus)], agreed_after: usize, line: &str, taken: bool) -> Vec<String> {
    let with = |(document, dose, status): &(&str, &str, MedicationStatus)| {
        let reading = DocumentReading { medications: vec![medication(dose, *status)], ..reading(document, Vec::new()) };
        Change::from(ReadingChange::Read { reading: Box::new(reading) })
    };
    let knowledge = kinds();
    let mut changes = rosa();
    changes.push(document("later", "consult-note", "2026-11-25"));
    changes.extend(said.iter().take(agreed_after).map(with));
    let case = fold(changes.clone());
    changes.push(agree_medicine(&case.seen_by(Audience::Owner), &knowledge, "letrozole", line, taken).unwrap().into());
    changes.extend(said.iter().skip(agreed_after).map(with));
    let case = fold(changes);
    let rows = medicines(&case.seen_by(Audience::Owner), &knowledge);
    let row = rows.first().unwrap();
    assert_eq!(row.agreed.map(|a| (a.line.as_str(), a.taken)), Some((if taken { line } else { "" }, taken)));
    assert_eq!(row.asks(), !row.since.is_empty());
    row.since.iter().map(|s| format!("{} {}", s.held.document.id, medicine_line(s.medication))).collect()
}

#[test]
fn a_medicine_that_was_agreed_on_asks_again_when_a_record_says_something_new() {
    let (active, stopped) = (MedicationStatus::Active, MedicationStatus::Stopped);
    let (biopsy, consult) = (("biopsy", "2.5 mg", active), ("consult", "5 mg", active));
    let none: [&str; 0] = [];
    let agreed = |said: &[_]| letrozole(said, 2, "2.5 mg, once daily", true);
    assert_eq!(agreed(&[biopsy, consult]), none, "what was known then does not ask");
    assert_eq!(agreed(&[biopsy, consult, ("resection", "10 mg", active)]), ["resection 10 mg, once daily"]);
    assert_eq!(agreed(&[biopsy, consult, ("resection", "2.5 mg", stopped)]), ["resection 2.5 mg, once daily"]);
    assert_eq!(agreed(&[biopsy, consult, ("consult", "7.5 mg", active)]), ["consult 7.5 mg, once daily"], "read anew");
    assert_eq!(
        agreed(&[biopsy, consult, ("resection", "5 mg", active)]),
        none,
        "an older record repeats what was known"
    );
    assert_eq!(
        agreed(&[biopsy, consult, ("later", "5 mg", active)]),
        ["later 5 mg, once daily"],
        "a later one insists"
    );
    assert_eq!(agreed(&[biopsy, consult, ("later", "2.50mg", active)]), none, "a later one says what was agreed");
    assert_eq!(agreed(&[biopsy, ("later", "5 mg", active)]), none, "what was known then asks at no later time");
    let not_taken = |said: &[_]| letrozole(said, 1, "", false);
    assert_eq!(not_taken(&[biopsy, ("later", "2.5 mg", stopped)]), none);
    assert_eq!(not_taken(&[biopsy, ("later", "2.5 mg", active)]), ["later 2.5 mg, once daily"]);
}

#[test]
fn an_agreement_of_an_older_version_never_asks_again() {
    let mut changes = rosa();
    let agreed =
        AgreedMedicine { ingredient: "letrozole".to_owned(), line: "2.5 mg".to_owned(), taken: true, said: None };
    changes.push(ReadingChange::MedicineAgreed { agreed }.into());
    for (document, dose) in [("biopsy", "5 mg"), ("consult", "10 mg")] {
        let medications = vec![medication(dose, MedicationStatus::Active)];
        let reading = DocumentReading { medications, ..reading(document, Vec::new()) };
        changes.push(ReadingChange::Read { reading: Box::new(reading) }.into());
    }
    let (case, knowledge) = (fold(changes), kinds());
    let rows = medicines(&case.seen_by(Audience::Owner), &knowledge);
    assert!(matches!(rows.as_slice(), [row] if !row.asks() && row.since.is_empty()));
}

#[test]
fn a_medicine_that_only_a_scan_names_is_shown_apart_and_settles_nothing() {
    let active = MedicationStatus::Active;
    let with = |document: &str, recognised: Vec<(usize, usize)>, dose: &str| {
        let medications = vec![medication(dose, active)];
        let reading = DocumentReading { medications, recognised, ..reading(document, Vec::new()) };
        Change::from(ReadingChange::Read { reading: Box::new(reading) })
    };
    let rows = |changes: Vec<Change>| {
        let (case, knowledge) = (fold(changes), kinds());
        let rows = medicines(&case.seen_by(Audience::Owner), &knowledge);
        let row = rows.first().unwrap();
        (row.agreement, row.asks(), row.is_taken(), row.sources.len(), row.on_scans.len())
    };
    let mut changes = rosa();
    changes.push(with("consult", vec![(0, 99)], "5 mg"));
    assert_eq!(rows(changes.clone()), (Agreement::OnScanOnly, false, false, 0, 1));
    changes.push(with("biopsy", Vec::new(), "2.5 mg"));
    assert_eq!(rows(changes), (Agreement::OneSource, false, true, 1, 1), "a scan makes no doses differ");
}

#[test]
fn what_was_agreed_on_is_not_lost_when_a_record_names_a_second_form() {
    let mut knowledge = kinds();
    let beside = |phrase: &str, means: &str| CoursePhrase {
        phrase: phrase.to_owned(),
        class: "form".to_owned(),
        means: means.to_owned(),
    };
    knowledge.vocabulary.sig = vec![beside("ir", "immediate release"), beside("er", "extended release")];
    let morphine = |name: &str| Medication {
        name: name.to_owned(),
        ingredient: Some("morphine".to_owned()),
        quote: name.to_owned(),
        ..medication("15 mg", MedicationStatus::Active)
    };
    let with = |document: &str, name: &str| {
        let reading = DocumentReading { medications: vec![morphine(name)], ..reading(document, Vec::new()) };
        Change::from(ReadingChange::Read { reading: Box::new(reading) })
    };
    let agree = |changes: &[Change], line: &str| {
        agree_medicine(&fold(changes.to_vec()).seen_by(Audience::Owner), &knowledge, "Morphine", line, true)
    };
    let rows = |changes: &[Change]| {
        let case = fold(changes.to_vec());
        let rows = medicines(&case.seen_by(Audience::Owner), &knowledge);
        rows.iter().map(|r| (r.ingredient.clone(), r.agreed.is_some(), r.asks())).collect::<Vec<_>>()
    };
    let mut changes = rosa();
    changes.push(with("biopsy", "morphine ER"));
    changes.push(agree(&changes, "15 mg, once daily").unwrap().into());
    assert_eq!(rows(&changes), [("morphine".to_owned(), true, false)], "the ground of this test");
    changes.push(with("consult", "morphine IR"));
    let now = rows(&changes);
    assert_eq!(now.first(), Some(&("morphine".to_owned(), true, true)), "{now:?}");
    assert_eq!(now.len(), 3, "{now:?}");
    changes.push(agree(&changes, "").unwrap().into());
    assert!(rows(&changes).iter().all(|(_, agreed, _)| !agreed), "the agreement is taken back");
    assert_eq!(agree(&changes, "").unwrap_err().0.key, "refusal-no-such-medicine", "and there is none any more");
}

#[test]
fn a_medicine_is_found_by_the_names_people_use_for_it() {
    let mut knowledge = kinds();
    let femara = DrugName {
        phrase: "femara".to_owned(),
        ingredient: "letrozole".to_owned(),
        class: DrugClass::Endocrine,
        form: None,
    };
    knowledge.vocabulary.drugs.push(femara);
    let mut changes = rosa();
    let medications = vec![medication("2.5 mg", MedicationStatus::Active)];
    let reading = DocumentReading { medications, ..reading("biopsy", Vec::new()) };
    changes.push(ReadingChange::Read { reading: Box::new(reading) }.into());
    let case = fold(changes);
    for name in ["letrozole", " Letrozole ", "FEMARA", "femara"] {
        let change = agree_medicine(&case.seen_by(Audience::Owner), &knowledge, name, "2.5 mg", true);
        let Ok(ReadingChange::MedicineAgreed { agreed }) = change else { unreachable!("{name}: {change:?}") };
        assert_eq!(agreed.ingredient, "letrozole");
    }
    for name in ["", "tylenol", "letro", "femara\u{0}"] {
        assert!(agree_medicine(&case.seen_by(Audience::Owner), &knowledge, name, "2.5 mg", true).is_err(), "{name:?}");
    }
}

#[test]
fn a_medicine_that_no_record_names_is_added_by_a_person_under_its_ingredient_and_taken_back() {
    let mut knowledge = kinds();
    knowledge.vocabulary.drugs.push(DrugName {
        phrase: "tylenol".to_owned(),
        ingredient: "acetaminophen".to_owned(),
        class: DrugClass::Other,
        form: None,
    });
    let mut changes = rosa();
    let say = |changes: &[Change], name: &str, line: &str, taken: bool| {
        agree_medicine(&fold(changes.to_vec()).seen_by(Audience::Owner), &knowledge, name, line, taken)
    };
    let add = |changes: &[Change], name: &str, line: &str| {
        add_medicine(&fold(changes.to_vec()).seen_by(Audience::Owner), &knowledge, name, line)
    };
    let rows = |changes: &[Change]| {
        let case = fold(changes.to_vec());
        let view = case.seen_by(Audience::Owner);
        let rows = medicines(&view, &knowledge);
        rows.iter().map(|r| (r.ingredient.clone(), r.agreement, r.asks(), r.is_taken())).collect::<Vec<_>>()
    };
    changes.push(add(&changes, " Tylenol ", "500 mg at night").unwrap().into());
    assert_eq!(rows(&changes), [("acetaminophen".to_owned(), Agreement::Stated, false, true)]);
    changes.push(say(&changes, "tylenol", "", false).unwrap().into());
    assert_eq!(rows(&changes), [("acetaminophen".to_owned(), Agreement::Stated, false, false)]);
    changes.push(say(&changes, "acetaminophen", "", true).unwrap().into());
    assert_eq!(rows(&changes), []);
    assert_eq!(
        say(&changes, "Valerian", "1 tablet", true).unwrap_err().0.key,
        "refusal-no-such-medicine",
        "a misspelling"
    );
    for (name, line, key) in [
        ("Valerian", " ", "refusal-medicine-line"),
        ("  ", "1 tablet", "refusal-fact-empty"),
        ("Vale\u{202e}rian", "1 tablet", "refusal-hidden-characters"),
        ("Valerian", "1 ta\u{0}blet", "refusal-hidden-characters"),
    ] {
        assert_eq!(add(&changes, name, line).unwrap_err().0.key, key, "{name:?} {line:?}");
    }
}
