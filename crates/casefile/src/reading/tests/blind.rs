//! What goes into a blind edition, what of the plan is in it all the same, and what its reader lacks.

use super::*;
use crate::reading::PlanMention;
use crate::records::FileFormat;

fn mention(start: usize, quote: &str) -> PlanMention {
    PlanMention { start, end: start + quote.chars().count(), quote: quote.to_owned(), day: None, named: false }
}

fn planning(document: &str, plans: Vec<PlanMention>, treatments: Vec<Treatment>) -> Change {
    let read = DocumentReading { plans, treatments, ..reading(document, vec![topography()]) };
    ReadingChange::Read { reading: Box::new(read) }.into()
}

fn planned(start: usize) -> Treatment {
    Treatment { status: TreatmentStatus::Planned, ..operation("mastectomy", start) }
}

/// Who sees a report, and with which mentions it is listed.
fn seen(case: &Case, document: &str) -> (bool, Vec<(String, Vec<String>)>) {
    let knowledge = kinds();
    let blind = case.seen_by(Audience::BlindReader);
    let goes = blind.document(&DocumentId::from(document), &knowledge).is_some();
    let listed = case.seen_by(Audience::Owner).mentions_in_blind(&knowledge);
    let words = |(held, mentions): (&HeldDocument, Vec<PlanMention>)| {
        (held.document.id.to_string(), mentions.into_iter().map(|m| m.quote).collect())
    };
    (goes, listed.into_iter().map(words).collect())
}

#[test]
fn a_report_that_mentions_a_plan_goes_in_and_its_sender_is_shown_the_words() {
    let mut changes = rosa();
    assert_eq!(seen(&fold(changes.clone()), "resection"), (true, Vec::new()), "a report without a plan raises nothing");
    changes.push(planning("resection", vec![mention(40, "for mastectomy")], vec![planned(44), planned(90)]));
    let quotes = ["for mastectomy", "mastectomy"].map(str::to_owned).to_vec();
    assert_eq!(seen(&fold(changes.clone()), "resection"), (true, vec![("resection".to_owned(), quotes)]));
    // What is planned by code alone has no words, and is named.
    let coded = Treatment { start: 0, end: 0, quote: String::new(), ..planned(0) };
    changes.push(planning("resection", Vec::new(), vec![coded]));
    assert_eq!(seen(&fold(changes), "resection").1, [("resection".to_owned(), vec!["mastectomy".to_owned()])]);
}

#[test]
fn a_letter_of_a_planning_kind_and_an_export_of_a_whole_record_stay_out_and_are_not_listed() {
    let mut changes = rosa();
    changes.push(planning("consult", vec![mention(0, "we recommend mastectomy")], vec![planned(13)]));
    assert_eq!(seen(&fold(changes.clone()), "consult"), (false, Vec::new()));
    changes.push(planning("resection", vec![mention(0, "for mastectomy")], Vec::new()));
    let mut case = fold(changes);
    let held = case.gather.documents.get_mut(&DocumentId::from("resection")).unwrap();
    held.document.format = FileFormat::FhirJson;
    assert_eq!(seen(&case, "resection"), (false, Vec::new()));
    let left_out = case.seen_by(Audience::Specialist).left_out_of_blind(&kinds());
    assert_eq!((left_out.of_a_plan, left_out.with_a_plan, left_out.unsorted), (1, 1, 0));
}

#[test]
fn neither_a_blind_reader_nor_a_helper_is_told_where_a_plan_is_mentioned_or_what_is_lacking() {
    let mut changes = rosa();
    changes.push(planning("resection", vec![mention(0, "for mastectomy")], Vec::new()));
    let (case, knowledge) = (fold(changes), kinds());
    let told = |audience| {
        let view = case.seen_by(audience);
        let of = view.plan_mentions(&DocumentId::from("resection"), &knowledge).len();
        (of, view.mentions_in_blind(&knowledge).len(), view.only_in_withheld(&view.facts(&knowledge), &knowledge).len())
    };
    assert_eq!((told(Audience::BlindReader), told(Audience::Helper)), ((0, 0, 0), (0, 0, 0)));
    assert_eq!(told(Audience::Specialist), (1, 1, 0));
    assert_eq!(case.seen_by(Audience::Owner).plan_mentions(&DocumentId::from("never"), &knowledge), []);
}

#[test]
fn what_a_withheld_letter_says_of_the_person_is_told_without_its_source_and_its_opinion_and_plan_are_not() {
    let knowledge = kinds();
    let at = |start: usize, fact: Fact| Fact { start, end: start + 4, ..fact };
    let letter = DocumentReading {
        plans: vec![mention(40, "recommend mastectomy for this T3")],
        ..reading(
            "consult",
            vec![
                topography(),
                at(0, fact(Concept::ALLERGY, "penicillin")),
                at(10, fact(Concept::ECOG, "1")),
                at(60, fact(Concept::T, "T3")),
                at(100, fact(Concept::STAGE_GROUP, "IIIC")),
                at(20, fact(Concept::PROCEDURE, "mastectomy")),
            ],
        )
    };
    let mut changes = rosa();
    changes.push(ReadingChange::Read { reading: Box::new(letter) }.into());
    let case = fold(changes);
    let blind = case.seen_by(Audience::BlindReader);
    let told = |concept: Concept, value: &str| {
        blind.facts(&knowledge).iter().any(|f| f.fact.concept == concept && f.fact.value == value)
    };
    assert!(told(Concept::ALLERGY, "penicillin") && told(Concept::ECOG, "1"));
    assert!(!told(Concept::T, "T3") && !told(Concept::PROCEDURE, "mastectomy"), "words of a plan, and what may be one");
    assert!(!told(Concept::STAGE_GROUP, "IIIC"), "how the first doctor stages it is the opinion");
    assert!(blind.document(&DocumentId::from("consult"), &knowledge).is_none(), "the letter itself stays out");
    let owner = case.seen_by(Audience::Owner);
    let listed = owner.only_in_withheld(&owner.facts(&knowledge), &knowledge);
    let words: Vec<_> = listed.iter().map(|l| (l.concept.as_str(), l.told)).collect();
    let lost = [("allergy", true), ("ecog", true), ("t", false), ("stage_group", false), ("procedure", false)];
    assert_eq!(words, lost);
    assert!(
        !blind.not_told(&knowledge).withholds("", Concept::ALLERGY.as_str()),
        "what is told is not said to be withheld"
    );
}

#[test]
fn allergies_medicines_and_what_was_done_are_told_from_an_export_that_stays_out_and_no_order_against_the_cancer() {
    use crate::knowledge::{DrugClass, DrugName};
    let mut knowledge = kinds();
    let drug = |name: &str, class| DrugName { phrase: name.to_owned(), ingredient: name.to_owned(), class, form: None };
    knowledge.vocabulary.drugs =
        vec![drug("lisinopril", DrugClass::Other), drug("doxorubicin", DrugClass::Chemotherapy)];
    let allergy = fact(Concept::ALLERGY, "penicillin");
    let done = |what: &str, status| Treatment { what: what.to_owned(), status, ..planned(0) };
    let read = DocumentReading {
        medications: vec![
            medicine("lisinopril", MedicationStatus::Active),
            medicine("doxorubicin", MedicationStatus::Active),
            medicine("unheard-of", MedicationStatus::Active),
            medicine("lisinopril", MedicationStatus::Planned),
        ],
        treatments: vec![
            done("cholecystectomy", TreatmentStatus::Done),
            done("infusion", TreatmentStatus::Ongoing),
            planned(0),
        ],
        ..reading("resection", vec![topography(), allergy])
    };
    let mut changes = rosa();
    changes.push(ReadingChange::Read { reading: Box::new(read) }.into());
    let mut case = fold(changes);
    case.gather.documents.get_mut(&DocumentId::from("resection")).unwrap().document.format = FileFormat::FhirJson;
    let view = case.seen_by(Audience::BlindReader);
    assert!(view.document(&DocumentId::from("resection"), &knowledge).is_none(), "the export itself stays out");
    let named: Vec<String> = medicines(&view, &knowledge).into_iter().map(|row| row.ingredient).collect();
    assert_eq!(named, ["lisinopril"]);
    let given: Vec<String> = treatments(&view, &knowledge).into_iter().map(|row| row.treatment.what.clone()).collect();
    assert_eq!(given, ["cholecystectomy"]);
    let told = |audience| case.seen_by(audience).facts(&knowledge).iter().any(|f| f.fact.concept == Concept::ALLERGY);
    assert!(told(Audience::BlindReader) && told(Audience::Specialist) && !told(Audience::Helper));
    let owner = case.seen_by(Audience::Owner);
    let lost = owner.only_in_withheld(&owner.facts(&knowledge), &knowledge);
    assert!(lost.iter().all(|fact| fact.concept != Concept::ALLERGY || fact.told), "what is told is not lacking");
}

#[test]
fn treatments_given_and_medicines_that_only_a_withheld_letter_tells_are_lacking_and_what_is_planned_is_not() {
    let knowledge = kinds();
    let done = |what: &str, status| Treatment { what: what.to_owned(), status, ..planned(0) };
    let letter = DocumentReading {
        medications: vec![
            Medication { dose: Some("2.5 mg".to_owned()), ..medicine("letrozole", MedicationStatus::Active) },
            medicine("lisinopril", MedicationStatus::Active),
            medicine("palbociclib", MedicationStatus::Planned),
        ],
        treatments: vec![
            Treatment { date: "2019".parse().ok(), ..done("cholecystectomy", TreatmentStatus::Done) },
            done("radiation", TreatmentStatus::Done),
            done("lumpectomy", TreatmentStatus::Done),
            done("radiation of the breast", TreatmentStatus::Declined),
            planned(0),
        ],
        ..reading("consult", vec![topography()])
    };
    let report = DocumentReading {
        medications: vec![medicine("lisinopril", MedicationStatus::Unknown)],
        treatments: vec![done("lumpectomy", TreatmentStatus::Done)],
        ..reading("resection", vec![topography()])
    };
    let mut changes = rosa();
    changes.extend([letter, report].map(|read| ReadingChange::Read { reading: Box::new(read) }.into()));
    let case = fold(changes);
    let lost = case.seen_by(Audience::Owner).history_only_in_withheld(&knowledge);
    let words: Vec<_> = lost.iter().map(|l| (l.what.as_str(), l.held.document.id.as_str(), l.told)).collect();
    // What was done before is told; what has no day may be the plan, and so may a medicine against the cancer.
    let expect = [
        ("cholecystectomy, 2019", "consult", true),
        ("radiation", "consult", false),
        ("letrozole, 2.5 mg", "consult", false),
    ];
    assert_eq!(words, expect);
    for other in [Audience::BlindReader, Audience::Specialist, Audience::Helper] {
        assert_eq!(case.seen_by(other).history_only_in_withheld(&knowledge), [], "{other:?}");
    }
}

#[test]
fn an_export_of_a_kind_that_states_a_plan_is_told_from_like_any_export_and_a_letter_in_its_form_is_not() {
    let mut knowledge = kinds();
    for kind in ["patient-data-export", "consultation"] {
        let plan = knowledge.document_kinds.iter().find(|kind| kind.states_a_plan).unwrap();
        let kind = DocumentKindFacts { id: kind.into(), ..plan.clone() };
        knowledge.document_kinds.push(kind);
    }
    let read = reading("resection", vec![topography(), fact(Concept::ALLERGY, "penicillin")]);
    let mut changes = rosa();
    changes.push(ReadingChange::Read { reading: Box::new(read) }.into());
    let mut case = fold(changes);
    let mut told = |document: &str, kind: &str| {
        let held = case.gather.documents.get_mut(&DocumentId::from(document)).unwrap();
        held.document.format = FileFormat::Cda;
        held.confirmed.kind = Some(kind.into());
        let view = case.seen_by(Audience::BlindReader);
        let left_out = case.seen_by(Audience::Specialist).left_out_of_blind(&knowledge);
        (view.facts(&knowledge).iter().any(|f| f.fact.concept == Concept::ALLERGY), left_out.with_a_plan)
    };
    assert_eq!(told("resection", "patient-data-export"), (true, 1));
    assert_eq!(told("resection", "consultation"), (true, 0), "it is told of as well, and counted as a letter");
}

#[test]
fn what_only_a_withheld_letter_says_is_withheld_and_not_unstated() {
    let knowledge = kinds();
    let mut changes = rosa();
    changes.push(ReadingChange::Read { reading: Box::new(reading("resection", vec![topography()])) }.into());
    let of_plan = Fact { start: 30, end: 33, ..p(Concept::N, "pN0") };
    let letter = DocumentReading {
        plans: vec![mention(0, "recommend mastectomy because of pN0")],
        ..reading("consult", vec![of_plan])
    };
    changes.push(ReadingChange::Read { reading: Box::new(letter) }.into());
    let case = fold(changes);
    let not_told = case.seen_by(Audience::BlindReader).not_told(&knowledge);
    assert!(not_told.withholds("", Concept::N.as_str()), "{not_told:?}");
    assert!(!not_told.given && !not_told.medicines, "{not_told:?}");
    for other in [Audience::Owner, Audience::Specialist, Audience::Helper] {
        assert_eq!(case.seen_by(other).not_told(&knowledge), crate::NotTold::default(), "{other:?}");
    }
}

#[test]
fn files_of_radiation_go_where_it_was_given_and_stay_out_where_they_may_be_the_plan() {
    use crate::gather::{CaseStudy, StudyFound};
    use crate::imaging::{Series, SeriesFacts, Study, StudyFacts};
    let series = |uid: &str, modality: &str| {
        let facts = SeriesFacts { uid: uid.to_owned(), modality: Some(modality.to_owned()), ..SeriesFacts::default() };
        (uid.to_owned(), Series { facts, ..Series::default() })
    };
    let of = |date: Option<&str>, modalities: &[&str]| {
        let facts =
            StudyFacts { uid: "1.1".to_owned(), date: date.map(|d| d.parse().unwrap()), ..StudyFacts::default() };
        let series = modalities.iter().enumerate().map(|(n, m)| series(&format!("1.1.{n}"), m)).collect();
        let found = StudyFound {
            study: Study { facts, series },
            manifest: "m".into(),
            patient: Default::default(),
            path: String::new(),
        };
        CaseStudy::of(found, IdentityMatch::Same, false)
    };
    let goes = |treatments: Vec<Treatment>, study: CaseStudy| {
        let mut changes = rosa();
        changes.push(planning("resection", Vec::new(), treatments));
        let mut case = fold(changes);
        case.gather.studies.insert("1.1".to_owned(), study);
        let blind = case.seen_by(Audience::BlindReader);
        let series = blind.series_of(blind.study("1.1").unwrap()).len();
        (series, case.seen_by(Audience::Specialist).left_out_of_blind(&kinds()).radiation)
    };
    let course = |status, date: &str, until: &str| Treatment {
        kind: TreatmentKind::Radiation,
        status,
        date: Some(date.parse().unwrap()),
        until: Some(until.parse().unwrap()),
        ..planned(0)
    };
    let files = ["CT", "RTPLAN", "RTSTRUCT", "RTDOSE", "SR"];
    let (done, plan) = (TreatmentStatus::Done, TreatmentStatus::Planned);
    let given = || vec![course(done, "2024-03-10", "2024-04-20")];
    assert_eq!(goes(given(), of(Some("2024-02-20"), &files)), (4, 0), "the files of a course that was given");
    assert_eq!(goes(given(), of(Some("2026-02-20"), &files)), (1, 1), "a new plan after an earlier course");
    assert_eq!(goes(given(), of(Some("2023-01-01"), &files)), (1, 1), "long before it");
    assert_eq!(goes(vec![course(plan, "2024-03-10", "2024-04-20")], of(Some("2024-02-20"), &files)), (1, 1));
    assert_eq!(goes(Vec::new(), of(None, &files)), (1, 1), "nothing says that it was given");
    assert_eq!(goes(Vec::new(), of(None, &["RTPLAN", "RTRECORD"])), (2, 0), "a record of sessions");
    assert_eq!(goes(Vec::new(), of(None, &["CT", "SR"])), (1, 0));
}

#[test]
fn of_a_persons_words_about_the_cancer_a_blind_reader_is_told_the_side_alone() {
    let mut case = fold(rosa());
    let knowledge = kinds();
    for (words, told, withheld) in [
        ("left, surgeon plans mastectomy then TCHP", "left", true),
        ("Left", "left", false),
        ("TCHP, then left mastectomy", "", true),
        ("", "", false),
    ] {
        case.about.cancer = Some(crate::about::Cancer { site: None, words: words.to_owned() });
        let blind = case.seen_by(Audience::BlindReader);
        assert_eq!(
            (blind.cancer_words(&knowledge).as_str(), blind.withholds_words_of_cancer(&knowledge)),
            (told, withheld)
        );
        assert_eq!(case.seen_by(Audience::Specialist).cancer_words(&knowledge), words);
    }
}

#[test]
fn words_with_a_day_speak_of_a_plan_only_while_that_day_is_to_come_and_a_day_to_come_is_a_plan() {
    let of = |day: &str| PlanMention { day: day.parse().ok(), ..mention(40, "Surgery date") };
    let listed = |plans: Vec<PlanMention>, treatments: Vec<Treatment>| {
        let mut changes = rosa();
        changes.push(planning("resection", plans, treatments));
        seen(&fold(changes), "resection").1.into_iter().flat_map(|(_, words)| words).collect::<Vec<_>>()
    };
    assert_eq!(listed(vec![of("2026-02-02")], Vec::new()), ["Surgery date"]);
    for past in ["2026-02-01", "2026-02", "2024"] {
        assert_eq!(listed(vec![of(past)], Vec::new()), Vec::<String>::new(), "{past}");
    }
    let dated = |day: &str| Treatment { date: day.parse().ok(), ..operation("mastectomy", 5) };
    assert_eq!(listed(Vec::new(), vec![dated("2026-12-20")]), ["mastectomy"]);
    assert_eq!(listed(Vec::new(), vec![dated("2026-01-20")]), Vec::<String>::new());
}

#[test]
fn an_allergy_is_told_though_it_stands_in_words_of_a_plan_and_what_is_not_all_told_is_named() {
    let knowledge = kinds();
    let letter = DocumentReading {
        plans: vec![mention(0, "premedicate for the contrast allergy, then recommend port and T3")],
        medications: vec![Medication { start: 10, end: 14, ..medicine("letrozole", MedicationStatus::Active) }],
        treatments: vec![Treatment { start: 12, end: 16, ..operation("lumpectomy", 12) }],
        ..reading("consult", vec![fact(Concept::ALLERGY, "contrast"), fact(Concept::GRADE, "G1"), topography()])
    };
    let mut changes = rosa();
    changes.push(ReadingChange::Read { reading: Box::new(letter) }.into());
    let case = fold(changes);
    let blind = case.seen_by(Audience::BlindReader);
    let told = |concept: Concept| {
        blind.facts(&knowledge).iter().any(|f| f.fact.concept == concept && f.fact.value == "contrast")
    };
    assert!(told(Concept::ALLERGY));
    let not_told = blind.not_told(&knowledge);
    assert!(not_told.more_given && not_told.more_medicines, "{not_told:?}");
    assert_eq!(case.seen_by(Audience::Owner).not_told(&knowledge), crate::NotTold::default());
}

#[test]
fn what_is_withheld_of_one_tumour_is_not_said_of_another() {
    let concepts = [("C50".to_owned(), Concept::N), (String::new(), Concept::ALLERGY)].into();
    let not_told = crate::NotTold { concepts, ..crate::NotTold::default() };
    let withholds = |site: &str, concept: Concept| not_told.withholds(site, concept.as_str());
    assert!(withholds("C50", Concept::N) && !withholds("C22", Concept::N) && !withholds("C50", Concept::T));
    assert!(withholds("", Concept::N), "a tumour whose site is not known here may be that one");
    assert!(withholds("", Concept::ALLERGY));
}

#[test]
fn a_medicine_against_cancer_stands_on_a_blind_page_only_where_its_record_tells_that_it_is_taken() {
    use crate::knowledge::{DrugClass, DrugName};
    let mut knowledge = kinds();
    let drug = |name: &str, class| DrugName { phrase: name.to_owned(), ingredient: name.to_owned(), class, form: None };
    knowledge.vocabulary.drugs = vec![drug("letrozole", DrugClass::Endocrine), drug("lisinopril", DrugClass::Other)];
    let at = |name: &str, start: usize, since: Option<&str>| Medication {
        start,
        end: start + 9,
        since: since.map(|day| day.parse().unwrap()),
        ..medicine(name, MedicationStatus::Active)
    };
    let told = |since: Option<&str>, plans: Vec<PlanMention>| {
        let read = DocumentReading {
            medications: vec![at("letrozole", 10, since), at("lisinopril", 40, None)],
            plans,
            ..reading("resection", vec![topography()])
        };
        let mut changes = rosa();
        changes.push(ReadingChange::Read { reading: Box::new(read) }.into());
        let case = fold(changes);
        let of = |audience| -> Vec<String> {
            let view = case.seen_by(audience);
            medicines(&view, &knowledge).into_iter().map(|row| row.ingredient).collect()
        };
        assert_eq!(of(Audience::Specialist).len(), 2, "the whole edition tells both");
        of(Audience::BlindReader)
    };
    let named = || vec![PlanMention { named: true, ..mention(8, "Letrozole for 5 years") }];
    assert_eq!(told(None, Vec::new()), ["letrozole", "lisinopril"]);
    assert_eq!(told(None, named()), ["lisinopril"]);
    assert_eq!(told(Some("2020-01"), named()), ["letrozole", "lisinopril"]);
    assert_eq!(told(Some("2090-01"), Vec::new()), ["lisinopril"], "a day to come");
}

#[test]
fn the_slip_of_a_laboratory_tells_of_no_treatment_given() {
    let mut changes = rosa();
    let done = Treatment { status: TreatmentStatus::Ongoing, ..planned(4) };
    changes.push(planning("resection", Vec::new(), vec![done]));
    let mut case = fold(changes);
    let given = |case: &Case| {
        let view = case.seen_by(Audience::Owner);
        treatments(&view, &kinds()).iter().any(|row| row.treatment.status.is_given())
    };
    assert!(given(&case), "a report tells of it");
    let held = case.gather.documents.get_mut(&DocumentId::from("resection")).unwrap();
    held.confirmed.kind = Some(DocumentKind::from("laboratory-result"));
    assert!(!given(&case));
}

#[test]
fn a_record_of_a_blind_packet_that_turns_out_to_state_a_plan_is_named_to_the_owner() {
    let packet = |audience: &str, shown: serde_json::Value| -> crate::share::PacketRecord {
        let documents = ["biopsy", "resection", "never"];
        serde_json::from_value(serde_json::json!({
            "id": "0190aaaa-0001", "audience": audience, "documents": documents, "studies": [], "manifest_sha256": "",
            "shown": shown,
        }))
        .unwrap()
    };
    let found = |case: &Case, audience: Audience, packet: &crate::share::PacketRecord| -> Vec<(usize, bool)> {
        let found = case.seen_by(audience).plans_found_since(packet, &kinds());
        found.into_iter().map(|found| (found.number, found.is_left_out)).collect()
    };
    let (nothing, all) = (|| serde_json::json!([]), || serde_json::json!(["resection"]));
    let mut changes = rosa();
    let blind = packet("blind_reader", nothing());
    assert_eq!(found(&fold(changes.clone()), Audience::Owner, &blind), []);
    let named = PlanMention { named: true, ..mention(40, "TCHP x6") };
    changes.push(planning("resection", vec![named], Vec::new()));
    assert_eq!(found(&fold(changes.clone()), Audience::Owner, &blind), [], "a treatment that is only named");
    changes.push(planning("resection", vec![mention(40, "for mastectomy")], Vec::new()));
    let mut case = fold(changes);
    assert_eq!(found(&case, Audience::Owner, &blind), [(2, false)]);
    assert_eq!(found(&case, Audience::BlindReader, &blind), []);
    assert_eq!(found(&case, Audience::Owner, &packet("blind_reader", all())), [], "its sender was shown the words");
    let early = packet("blind_reader", serde_json::Value::Null);
    assert_eq!(found(&case, Audience::Owner, &early), [], "an earlier version does not tell what was shown");
    let held = case.gather.documents.get_mut(&DocumentId::from("resection")).unwrap();
    held.confirmed.kind = Some(DocumentKind::from("other"));
    assert_eq!(found(&case, Audience::Owner, &early), [(2, true)]);
    assert_eq!(found(&case, Audience::Owner, &packet("specialist", nothing())), []);
}

#[test]
fn what_goes_with_a_plan_is_not_told_from_a_withheld_letter_and_what_nobody_could_read_is_named() {
    use crate::knowledge::{DrugClass, DrugName};
    let mut knowledge = kinds();
    let drug = |name: &str, class| DrugName { phrase: name.to_owned(), ingredient: name.to_owned(), class, form: None };
    knowledge.vocabulary.drugs = vec![drug("ondansetron", DrugClass::Supportive), drug("metformin", DrugClass::Other)];
    let letter = DocumentReading {
        medications: ["ondansetron", "metformin"].map(|name| medicine(name, MedicationStatus::Unknown)).to_vec(),
        ..reading("consult", vec![topography()])
    };
    let mut changes = rosa();
    changes.push(ReadingChange::Read { reading: Box::new(letter) }.into());
    let mut case = fold(changes);
    let told = |case: &Case| -> Vec<String> {
        medicines(&case.seen_by(Audience::BlindReader), &knowledge).into_iter().map(|row| row.ingredient).collect()
    };
    assert_eq!(told(&case), ["metformin"]);
    let unread = |case: &Case, audience| -> Vec<(String, Vec<u32>)> {
        let of = case.seen_by(audience).unread_in_blind(&knowledge);
        of.into_iter().map(|(held, pages)| (held.document.id.to_string(), pages)).collect()
    };
    let before = unread(&case, Audience::Owner);
    let held = case.gather.documents.get_mut(&DocumentId::from("resection")).unwrap();
    (held.document.text, held.document.format, held.document.pages) = (None, FileFormat::Jpeg, Some(1));
    let after = unread(&case, Audience::Owner);
    assert!(
        after.contains(&("resection".to_owned(), Vec::new())) && !before.contains(&after[0]),
        "{before:?} {after:?}"
    );
    assert_eq!(unread(&case, Audience::BlindReader), []);
    let mut sparse = case.clone();
    let held = sparse.gather.documents.get_mut(&DocumentId::from("resection")).unwrap();
    (held.document.text, held.document.format) = (Some("resection-text".into()), FileFormat::Pdf);
    let read = sparse.reading.read.get_mut(&DocumentId::from("resection")).unwrap();
    (read.blank_pages, read.sparse_pages) = (Some(vec![3]), vec![2]);
    let named = unread(&sparse, Audience::Owner);
    assert!(named.iter().any(|(id, pages)| id == "resection" && pages.contains(&2)), "{named:?}");
    case.gather.documents.get_mut(&DocumentId::from("resection")).unwrap().confirmed.kind = Some("other".into());
    assert!(!unread(&case, Audience::Owner).iter().any(|(id, _)| id == "resection"), "what stays out needs no look");
}
