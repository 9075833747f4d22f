//! What was recognised in pictures, and what waits for a person.

use jiff::civil::date;

use super::*;

#[test]
fn what_was_recognised_in_a_picture_says_nothing_before_a_person_confirms_it() {
    let mut changes = rosa();
    let recognised =
        DocumentReading { recognised: vec![(0, 99)], ..reading("consult", vec![topography(), p(Concept::N, "N0")]) };
    changes.push(ReadingChange::Read { reading: Box::new(recognised) }.into());
    let conflict = ("n".to_owned(), Relation::Conflict);
    assert!(!found(&fold(changes.clone())).contains(&conflict));
    let key = FactKey::of(&DocumentId::from("consult"), &p(Concept::N, "N0"));
    changes.push(
        ReadingChange::FactJudged { key, judgement: Judgement::Confirmed { value: None }, of: None, replaces: None }
            .into(),
    );
    assert!(found(&fold(changes)).contains(&conflict));
}

#[test]
fn what_waits_is_counted_from_the_case_alone() {
    let knowledge = kinds();
    let waiting =
        |changes: &[Change]| fold(changes.to_vec()).seen_by(Audience::Owner).waiting(&knowledge, date(2026, 6, 1));
    let mut changes = rosa();
    assert_eq!(waiting(&changes), Waiting { conflicts: 1, ..Waiting::default() });
    // A photo of two pages, and a PDF of three whose second page is a picture.
    let paged = |id: &str, format, pages, text: Option<&str>| {
        let Change::Gather(change) = document(id, "other", "2026-03-01") else { unreachable!() };
        let GatherChange::DocumentAdded { mut document, identity } = *change else { unreachable!() };
        document.format = format;
        document.pages = Some(pages);
        document.text = text.map(ObjectId::from);
        Change::from(GatherChange::DocumentAdded { document, identity })
    };
    changes.push(paged("photo", FileFormat::Tiff, 2, None));
    changes.push(paged("pdf", FileFormat::Pdf, 3, Some("pdf-text")));
    assert_eq!(waiting(&changes).unread_pages, 2, "what was not read yet is not counted");
    let read_pdf = DocumentReading { blank_pages: Some(vec![2]), ..reading("pdf", Vec::new()) };
    changes.push(ReadingChange::Read { reading: Box::new(read_pdf) }.into());
    assert_eq!(waiting(&changes).unread_pages, 3);
    let recognised = RecognisedText {
        document: DocumentId::from("photo"),
        text: ObjectId::from("photo-text"),
        places: ObjectId::from("places"),
        engine: "tesseract 5".to_owned(),
        pages: vec![1, 2],
        confidence: 60,
        proposed: Proposals::default(),
        people: Vec::new(),
    };
    changes.push(ReadingChange::TextRecognised { recognised: Box::new(recognised) }.into());
    let er = DocumentReading {
        recognised: vec![(0, 99)],
        ..reading("photo", vec![topography(), fact(Concept::ER, "positive")])
    };
    assert_eq!(waiting(&changes).unread_pages, 1, "until its text is read, nobody knows which pages stayed blank");
    changes.push(
        ReadingChange::Read { reading: Box::new(DocumentReading { blank_pages: Some(Vec::new()), ..er }) }.into(),
    );
    assert_eq!(waiting(&changes), Waiting { conflicts: 1, unread_pages: 1, unconfirmed: 2, ..Waiting::default() });
}

fn scan_of(proposed: Proposals, names: &[(&str, &str)]) -> Change {
    let person = |(name, born): &(&str, &str)| PatientIdentity {
        name: crate::PersonName::new(name.split(", ").next().unwrap(), name.split(", ").nth(1).unwrap()),
        birth_date: born.parse().ok(),
        identifier: None,
    };
    let recognised = RecognisedText {
        document: DocumentId::from("scan"),
        text: ObjectId("scan-text".to_owned()),
        places: ObjectId("scan-places".to_owned()),
        engine: "e".to_owned(),
        pages: vec![1],
        confidence: 90,
        proposed,
        people: names.iter().map(person).collect(),
    };
    ReadingChange::TextRecognised { recognised: Box::new(recognised) }.into()
}

fn scan() -> Change {
    let Change::Gather(change) = document("scan", "other", "2026-01-01") else { unreachable!() };
    let GatherChange::DocumentAdded { document, .. } = *change else { unreachable!() };
    let document = Document { proposed: Proposals::default(), ..document };
    GatherChange::DocumentAdded { document, identity: IdentityMatch::NamesNobody }.into()
}

#[test]
fn what_a_scan_is_becomes_known_once_its_text_is_recognised() {
    let because = || Message::new("because");
    let proposed = Proposals {
        kind: Some(Proposal { value: DocumentKind::from("pathology-report"), because: because() }),
        date: Some(Proposal { value: "2026-01-20".parse().unwrap(), because: because() }),
        ..Proposals::default()
    };
    let case = fold(vec![scan(), scan_of(proposed.clone(), &[])]);
    let held = case.gather.documents.values().next().unwrap();
    assert_eq!(held.kind().map(|k| k.0.as_str()), Some("pathology-report"));
    assert_eq!(held.date().map(|d| d.to_string()).as_deref(), Some("2026-01-20"));
    assert_eq!(held.identity, IdentityMatch::NamesNobody);

    // What the file itself told stands.
    let case = fold(vec![document("scan", "operative-note", "2026-03-03"), scan_of(proposed, &[])]);
    let held = case.gather.documents.values().next().unwrap();
    assert_eq!(held.kind().map(|k| k.0.as_str()), Some("operative-note"));
}

#[test]
fn a_scan_that_names_somebody_else_waits_for_a_person() {
    let rosa = || crate::about::AboutChange::PersonStated {
        person: crate::about::Person {
            name: crate::PersonName::new("Example", "Rosa").unwrap(),
            birth_date: "1971-03-14".parse().ok(),
        },
    };
    let matched = |names: &[(&str, &str)]| {
        let case = fold(vec![rosa().into(), scan(), scan_of(Proposals::default(), names)]);
        case.gather.documents.values().next().unwrap().identity
    };
    assert_eq!(matched(&[("EXAMPLE, ROSA", "1971-03-14")]), IdentityMatch::Same);
    assert_eq!(matched(&[("EXEMPEL, ROLAND", "1948-05-02")]), IdentityMatch::Stranger);
    assert!(matched(&[("EXAMPLE, ROSA", "1971-03-14"), ("EXEMPEL, ROLAND", "1948-05-02")]).needs_a_word());
    assert_eq!(matched(&[]), IdentityMatch::NamesNobody);
}
