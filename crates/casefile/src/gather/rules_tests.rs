use proptest::prelude::*;

use super::*;
use crate::shared::person::PersonName;
use crate::{CaseId, ImportId};

fn who(name: &str, born: &str) -> PatientIdentity {
    PatientIdentity { name: PersonName::from_display(name), birth_date: born.parse().ok(), identifier: None }
}

fn check(file: PatientIdentity, expect: IdentityMatch) {
    let rosa = who("Rosa Example", "1971-03-14");
    assert_eq!(identity_match(&rosa, &file), expect, "{file:?}");
}

#[test]
fn a_file_is_hers_when_name_and_birth_date_agree() {
    check(who("EXAMPLE, ROSA M", "1971-03-14"), IdentityMatch::Same);
    check(who("Rosa Example", "1971"), IdentityMatch::Same);
}

#[test]
fn another_surname_or_a_missing_birth_date_is_unsure() {
    check(who("Rosa Muster", "1971-03-14"), IdentityMatch::OtherName);
    check(who("Rosa Example", ""), IdentityMatch::NoBirthDate);
    check(who("", "1971-03-14"), IdentityMatch::OtherName);
    check(who("Rosa Muster", ""), IdentityMatch::OtherName);
}

#[test]
fn another_birth_date_or_another_given_name_is_a_stranger() {
    check(who("Rosa Example", "1948-03-14"), IdentityMatch::Stranger);
    check(who("Roland Exempel", "1948-05-02"), IdentityMatch::Stranger);
    check(who("Ines Example", ""), IdentityMatch::Stranger);
    check(who("Roland Exempel", ""), IdentityMatch::Stranger);
}

#[test]
fn a_file_that_names_nobody_says_so() {
    check(PatientIdentity::default(), IdentityMatch::NamesNobody);
}

fn document(n: u32, patient: PatientIdentity) -> Document {
    Document {
        id: DocumentId(format!("document-{n}")),
        import: ImportId::from("import-1"),
        path: format!("folder/{n}.pdf"),
        object: ObjectId(format!("{n:064}")),
        bytes: 1,
        format: crate::records::FileFormat::Pdf,
        locked_original: None,
        altered: false,
        attached_to: None,
        text: None,
        pages: None,
        title: None,
        patient,
        also_names: Vec::new(),
        proposed: crate::records::Proposals::default(),
        complaints: Vec::new(),
    }
}

fn found(documents: Vec<Document>) -> Found {
    Found { import: ImportId::from("import-1"), documents, studies: Vec::new(), locked: Vec::new() }
}

fn fold(changes: Vec<Change>) -> Case {
    let mut case = Case::new(CaseId::from("case-1"));
    let drafts = changes
        .iter()
        .map(|change| {
            let written = change.write().unwrap();
            crate::ledger::Draft {
                at: crate::Instant { micros: 0, offset_minutes: 0 },
                by: crate::ActorId::from("owner"),
                kind: written.kind,
                payload: crate::ledger::Payload { salt: [1; 32], bytes: written.bytes },
            }
        })
        .collect();
    for entry in &crate::ledger::chain(case.head, drafts).0 {
        case.apply(entry);
    }
    case
}

fn ids() -> impl FnMut() -> SetAsideId {
    let mut n = 0;
    move || {
        n += 1;
        SetAsideId(format!("group-{n}"))
    }
}

#[test]
fn the_first_files_propose_whose_case_it_is_and_a_stranger_is_set_aside_until_a_person_decides() {
    let rosa = who("Rosa Example", "1971-03-14");
    let roland = who("Roland Exempel", "1948-05-02");
    let files = vec![document(1, rosa.clone()), document(2, roland.clone()), document(3, rosa), document(4, roland)];
    let case = fold(record_import(&Case::new(CaseId::from("case-1")), found(files), ids()));
    assert_eq!(case.about.person, None, "nothing is assigned before a person accepts");
    assert_eq!(case.about.proposed.as_ref().map(|(_, by, of)| (*by, *of)), Some((2, 4)));
    assert_eq!(case.gather.documents.len(), 2);
    assert_eq!(
        case.gather.undecided().map(SetAside::files).collect::<Vec<_>>(),
        vec![2],
        "one decision for one person"
    );

    let group = SetAsideId::from("group-1");
    let accepted = decide_set_aside(&case, &group, true).unwrap();
    let mut case = case;
    case.gather.apply(accepted, crate::Instant { micros: 0, offset_minutes: 0 });
    assert_eq!(case.gather.documents.len(), 4);
    assert!(decide_set_aside(&case, &group, false).is_err(), "a decision is not made twice");
    case.gather.apply(reopen_set_aside(&case, &group).unwrap(), crate::Instant { micros: 0, offset_minutes: 0 });
    assert_eq!(case.gather.documents.len(), 2, "and can be taken back");
}

#[test]
fn stating_another_person_asks_again_whose_the_files_are() {
    let rosa = who("Rosa Example", "1971-03-14");
    let mut changes = record_import(&Case::new(CaseId::from("case-1")), found(vec![document(1, rosa)]), ids());
    let roland = crate::about::state_person(
        "Roland Exempel",
        "1948-05-02".parse().ok(),
        crate::Instant { micros: 1 << 50, offset_minutes: 0 },
    );
    changes.push(roland.unwrap().into());
    let case = fold(changes);
    assert!(case.gather.documents.values().all(|d| d.identity == IdentityMatch::Stranger && !d.identity_settled()));
    assert!(case.seen_by(crate::Audience::Specialist).documents(&crate::knowledge::Knowledge::default()).is_empty());
}

#[test]
fn taking_back_a_strangers_part_of_a_study_leaves_the_own_part() {
    let series = |n: i32| {
        let mut numbers = crate::imaging::NumberRanges::default();
        numbers.insert(n);
        crate::imaging::Series { found: 1, frames: 1, numbers, ..crate::imaging::Series::default() }
    };
    let part = |n: i32, patient: PatientIdentity| StudyFound {
        study: crate::imaging::Study {
            facts: crate::imaging::StudyFacts { uid: "1.2".to_owned(), ..crate::imaging::StudyFacts::default() },
            series: [("1.2.3".to_owned(), series(n))].into(),
        },
        manifest: ObjectId(format!("{n:064}")),
        patient,
        path: String::new(),
    };
    let (rosa, roland) = (who("Rosa Example", "1971-03-14"), who("Roland Exempel", "1948-05-02"));
    let studies = vec![part(1, rosa.clone()), part(2, roland)];
    let mut case = fold(record_import(
        &Case::new(CaseId::from("case-1")),
        Found { studies, ..found(vec![document(1, rosa)]) },
        ids(),
    ));
    assert_eq!(case.gather.studies["1.2"].study.instances(), 1, "only her own part came in");
    let (group, now) = (SetAsideId::from("group-1"), crate::Instant { micros: 0, offset_minutes: 0 });
    case.gather.apply(decide_set_aside(&case, &group, true).unwrap(), now);
    assert_eq!(case.gather.studies["1.2"].study.instances(), 2);
    case.gather.apply(reopen_set_aside(&case, &group).unwrap(), now);
    assert_eq!(case.gather.studies["1.2"].study.instances(), 1);
    assert_eq!(case.gather.studies["1.2"].manifests().count(), 1);
}

#[test]
fn what_was_attached_to_a_strangers_mail_follows_it() {
    let rosa = who("Rosa Example", "1971-03-14");
    let mail = document(2, who("Roland Exempel", "1948-05-02"));
    let attachment = Document { attached_to: Some(mail.object.clone()), ..document(3, PatientIdentity::default()) };
    let files = vec![document(1, rosa.clone()), document(4, rosa), mail, attachment];
    let case = fold(record_import(&Case::new(CaseId::from("case-1")), found(files), ids()));
    assert_eq!(case.gather.documents.len(), 2);
}

#[test]
fn a_scan_without_a_name_on_a_strangers_disc_is_the_strangers_and_one_on_her_own_is_hers() {
    let at = |path: &str, d: Document| Document { path: path.to_owned(), ..d };
    let (rosa, roland) = (who("Rosa Example", "1971-03-14"), who("Roland Exempel", "1948-05-02"));
    let files = vec![
        at("box/hers/a.pdf", document(1, rosa.clone())),
        at("box/hers/scan.pdf", document(2, PatientIdentity::default())),
        at("box/his/images/b.pdf", document(3, roland)),
        at("box/his/scan.pdf", document(4, PatientIdentity::default())),
        at("box/loose.pdf", document(5, PatientIdentity::default())),
        at("box/hers/c.pdf", document(6, rosa)),
    ];
    let case = fold(record_import(&Case::new(CaseId::from("case-1")), found(files), ids()));
    let kept: Vec<&str> = case.gather.documents.values().map(|d| d.document.path.as_str()).collect();
    assert_eq!(kept, ["box/hers/a.pdf", "box/hers/scan.pdf", "box/loose.pdf", "box/hers/c.pdf"]);
}

#[test]
fn an_initial_without_a_birth_date_does_not_pass() {
    check(who("R Example", ""), IdentityMatch::OtherName);
    check(who("R Example", "1971-03-14"), IdentityMatch::Same);
}

#[test]
fn stating_the_cancer_does_not_settle_whose_a_mixed_study_is() {
    let part = |n: u8, patient: PatientIdentity| StudyFound {
        study: crate::imaging::Study {
            facts: crate::imaging::StudyFacts { uid: "1.2".to_owned(), ..crate::imaging::StudyFacts::default() },
            series: [(format!("1.2.{n}"), crate::imaging::Series { found: 1, ..crate::imaging::Series::default() })]
                .into(),
        },
        manifest: ObjectId(format!("{n:064}")),
        patient,
        path: String::new(),
    };
    let rosa = who("Rosa Example", "1971-03-14");
    let studies = vec![part(1, rosa.clone()), part(2, who("Rosa Muster", "1971-03-14"))];
    let mut changes = record_import(
        &Case::new(CaseId::from("case-1")),
        Found { studies, ..found(vec![document(1, rosa.clone()), document(2, rosa)]) },
        ids(),
    );
    let now = crate::Instant { micros: 1 << 50, offset_minutes: 0 };
    changes.push(crate::about::state_person("Rosa Example", "1971-03-14".parse().ok(), now).unwrap().into());
    let case = fold(changes);
    let study = &case.gather.studies["1.2"];
    assert_eq!(study.identity, IdentityMatch::OtherName);
    assert!(!study.identity_settled());
}

#[test]
fn a_file_that_names_two_people_is_set_aside() {
    let rosa = who("Rosa Example", "1971-03-14");
    let mixed = Document { also_names: vec![who("Roland Exempel", "1948-05-02")], ..document(1, rosa.clone()) };
    let case = fold(record_import(&Case::new(CaseId::from("case-1")), found(vec![mixed, document(2, rosa)]), ids()));
    assert_eq!(case.gather.undecided().map(|g| g.reason.clone()).collect::<Vec<_>>(), vec![SetAsideReason::Mixed]);
}

#[test]
fn a_file_that_names_this_person_and_another_is_never_sure_and_yields_no_facts_before_a_person_spoke() {
    let rosa = who("Rosa Example", "1971-03-14");
    let twin = Document { also_names: vec![who("Ines Example", "1971-03-14")], ..document(1, rosa.clone()) };
    let files = vec![twin, document(2, rosa.clone()), document(3, rosa)];
    let mut case = fold(record_import(&Case::new(CaseId::from("case-1")), found(files), ids()));
    let (id, now) = (DocumentId::from("document-1"), crate::Instant { micros: 0, offset_minutes: 0 });
    let held = &case.gather.documents[&id];
    assert_eq!(held.identity, IdentityMatch::SeveralPeople);
    assert!(held.asks_whose() && !held.identity_settled());
    assert_eq!(case.seen_by(crate::Audience::Specialist).documents(&crate::knowledge::Knowledge::default()).len(), 2);
    case.gather.apply(confirm_all_unsure(&case).unwrap(), now);
    assert!(case.gather.documents[&id].identity_settled());
}

#[test]
fn a_file_that_names_a_stranger_first_and_this_person_later_is_a_mixed_one() {
    let rosa = who("Rosa Example", "1971-03-14");
    let mixed = Document { also_names: vec![rosa.clone()], ..document(1, who("Roland Exempel", "1948-05-02")) };
    let case = fold(record_import(
        &Case::new(CaseId::from("case-1")),
        found(vec![mixed, document(2, rosa.clone()), document(3, rosa)]),
        ids(),
    ));
    assert_eq!(case.gather.undecided().map(|g| g.reason.clone()).collect::<Vec<_>>(), vec![SetAsideReason::Mixed]);
}

#[test]
fn another_spelling_of_the_same_person_makes_nothing_unsure() {
    let rosa = who("Rosa Example", "1971-03-14");
    let spellings = vec![who("Example Rosa", ""), who("R Example", "1971-03-14"), who("Rosa Muster", "1971-03-14")];
    let file = Document { also_names: spellings, ..document(1, rosa.clone()) };
    let case = fold(record_import(&Case::new(CaseId::from("case-1")), found(vec![file, document(2, rosa)]), ids()));
    assert!(case.gather.documents.values().all(|d| d.identity == IdentityMatch::Same), "a maiden name, too");
    assert_eq!(case.gather.undecided().count(), 0);
}

proptest! {
    #[test]
    fn no_document_of_an_import_is_lost(people in prop::collection::vec(0_usize..5, 0..40)) {
        let names = [("Rosa Example", "1971-03-14"), ("Roland Exempel", "1948-05-02"), ("", ""), ("Rosa Muster", "1971-03-14"), ("Rosa Example", "")];
        let documents: Vec<Document> = people.iter().enumerate()
            .map(|(n, p)| document(u32::try_from(n).unwrap(), who(names[*p].0, names[*p].1))).collect();
        let count = documents.len();
        let case = fold(record_import(&Case::new(CaseId::from("case-1")), found(documents), ids()));
        let aside: usize = case.gather.undecided().map(|g| g.documents.len()).sum();
        prop_assert_eq!(case.gather.documents.len() + aside, count);
    }

    #[test]
    fn a_person_is_always_the_same_as_herself(given in "[A-Z][a-z]{1,8}", family in "[A-Z][a-z]{1,8}") {
        let p = who(&format!("{given} {family}"), "1971-03-14");
        prop_assert_eq!(identity_match(&p, &p), IdentityMatch::Same);
    }
}
