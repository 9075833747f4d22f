//! Coded entries as facts, medicines and treatments: by code first, by words where codes are silent, and nothing from what
//! is in error, only planned, or not so.

use std::sync::OnceLock;

use consilium_casefile::facts::{
    Code, CodedComponent, CodedConcept, CodedStatement, CodedValue, Concept, Context, Dosage, MedicationStatus,
    Polarity, StatementKind, StatementStatus, TreatmentStatus,
};
use consilium_reading::{Reader, Record, merge};
use proptest::prelude::*;

const LOINC: &str = "http://loinc.org";
const SNOMED: &str = "http://snomed.info/sct";
const ICD: &str = "http://hl7.org/fhir/sid/icd-10-cm";

fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| Reader::new(&consilium_knowledge::load(None).knowledge))
}

fn concept(system: &str, code: &str, words: &str) -> CodedConcept {
    let code = Code { system: system.into(), code: code.into(), display: words.into() };
    CodedConcept { codes: vec![code], words: words.into() }
}

fn quantity(value: &str, unit: &str) -> Option<CodedValue> {
    Some(CodedValue::Quantity { value: value.into(), comparator: String::new(), unit: unit.into() })
}

fn observation(system: &str, code: &str, words: &str, value: Option<CodedValue>) -> CodedStatement {
    CodedStatement { concept: concept(system, code, words), value, ..CodedStatement::default() }
}

fn condition(system: &str, code: &str, words: &str) -> CodedStatement {
    CodedStatement {
        kind: StatementKind::Condition,
        concept: concept(system, code, words),
        ..CodedStatement::default()
    }
}

fn read(text: &str, statements: &[CodedStatement]) -> Record {
    let record = reader().read_coded(text, statements);
    let at = |start: usize, end: usize| text.chars().skip(start).take(end - start).collect::<String>();
    for fact in &record.facts {
        assert_eq!(at(fact.start, fact.end), fact.quote);
    }
    for medication in &record.medications {
        assert_eq!(at(medication.start, medication.end), medication.quote);
    }
    for treatment in &record.treatments {
        assert_eq!(at(treatment.start, treatment.end), treatment.quote);
    }
    record
}

#[track_caller]
fn says(statement: CodedStatement, expect: &[&str]) {
    let found: Vec<String> = read("", std::slice::from_ref(&statement))
        .facts
        .iter()
        .map(|f| {
            let prefix = f.qualifiers.prefix.as_deref().unwrap_or("");
            let unit = f.unit.as_ref().map(|u| format!(" {u}")).unwrap_or_default();
            let polarity = if f.polarity == Polarity::Present { String::new() } else { format!(" {:?}", f.polarity) };
            let context = if f.context == Context::Current { String::new() } else { format!(" {:?}", f.context) };
            format!("{}={prefix}{}{unit}{polarity}{context}", f.concept, f.value)
        })
        .collect();
    assert_eq!(found, expect, "{statement:#?}");
}

fn answer(system: &str, code: &str, words: &str) -> Option<CodedValue> {
    Some(CodedValue::Concept(concept(system, code, words)))
}

#[test]
fn categories_take_their_prefix_from_the_code_and_their_value_from_code_or_words() {
    let ajcc = "http://cancerstaging.org";
    says(observation(LOINC, "21905-5", "", answer(ajcc, "cT3", "")), &["t=cT3"]);
    says(observation(LOINC, "21900-6", "", answer(ajcc, "pN1a", "")), &["n=pN1a"]);
    says(observation(SNOMED, "384625004", "pT category", answer(SNOMED, "1", "T2")), &["t=pT2"]);
    says(
        observation(SNOMED, "399537006", "", answer(SNOMED, "1", "AJCC stage IIA (qualifier value)")),
        &["stage_group=cIIA"],
    );
    says(observation(LOINC, "21908-9", "", answer(ajcc, "3C", "")), &["stage_group=cIIIC"]);
    for nonsense in ["unknown", "see report", "T9", "1"] {
        says(observation(LOINC, "21905-5", "", answer(ajcc, nonsense, nonsense)), &[]);
    }
}

#[test]
fn results_are_read_by_code_by_words_and_by_number() {
    says(observation(LOINC, "16112-5", "Estrogen receptor", answer(SNOMED, "10828004", "Positive")), &["er=positive"]);
    says(observation(LOINC, "16113-3", "PR", answer(SNOMED, "260385009", "Negative")), &["pr=negative Absent"]);
    says(observation(LOINC, "16112-5", "ER", Some(CodedValue::Text { text: "Positive".into() })), &["er=positive"]);
    says(observation(LOINC, "16112-5", "ER", quantity("95", "%")), &["er_percent=95 %"]);
    says(observation(LOINC, "2857-1", "PSA", quantity("4.1", "ng/mL")), &["psa=4.1 ng/mL"]);
    says(observation(LOINC, "33728-7", "Size", quantity("2.35", "cm")), &["tumor_size_mm=23.5 mm"]);
    says(observation(LOINC, "33728-7", "Size", quantity("2", "kg")), &[]);
    says(observation(LOINC, "89247-1", "ECOG", answer(LOINC, "LA9623-5", "Restricted, grade 1")), &["ecog=1"]);
    says(observation(LOINC, "718-7", "Hemoglobin", quantity("13", "g/dL")), &[]);
}

#[test]
fn an_unconfirmed_code_counts_only_where_the_words_agree() {
    says(observation(LOINC, "29593-1", "Ki-67 index", quantity("20", "%")), &["ki67=20 %"]);
    says(observation(LOINC, "29593-1", "Serum rhubarb", quantity("20", "%")), &[]);
    says(observation(LOINC, "29593-1", "", quantity("20", "%")), &[]);
}

#[test]
fn what_was_not_done_is_not_tested_and_what_is_unknown_is_nothing() {
    let absent =
        |reason: &str| CodedStatement { absent: Some(reason.into()), ..observation(LOINC, "16112-5", "ER", None) };
    says(absent("not-performed"), &["er=not tested NotTested"]);
    says(absent("NASK"), &["er=not tested NotTested"]);
    says(absent("unknown"), &[]);
}

#[test]
fn a_diagnosis_says_site_histology_and_side() {
    let mut breast = condition(SNOMED, "254837009", "Malignant neoplasm of breast");
    breast.concept.codes.push(Code { system: ICD.into(), code: "C50.412".into(), display: String::new() });
    says(breast, &["topography=C50.9", "morphology=8000/3", "laterality=left"]);
    says(
        condition(ICD, "C34.11", "Malignant neoplasm of upper lobe, right bronchus or lung"),
        &["laterality=right", "topography=C34.1", "morphology=8000/3"],
    );
    says(condition(ICD, "I10", "Essential hypertension"), &["comorbidity=Essential hypertension"]);
    let resolved =
        CodedStatement { status: StatementStatus::Completed, ..condition(SNOMED, "271737000", "Anemia (disorder)") };
    says(resolved, &["comorbidity=Anemia History"]);
}

#[test]
fn what_is_no_diagnosis_of_a_tumour_here_says_no_site() {
    says(condition(ICD, "Z12.31", "Encounter for screening mammogram for malignant neoplasm of breast"), &[]);
    let in_error = CodedStatement { status: StatementStatus::Void, ..condition(SNOMED, "254837009", "Breast cancer") };
    says(in_error, &[]);
    let refuted = CodedStatement {
        status: StatementStatus::NotSo,
        negated: true,
        ..condition(SNOMED, "254837009", "Breast cancer")
    };
    says(refuted, &["topography=C50.9 Absent", "morphology=8000/3 Absent"]);
    says(
        condition(SNOMED, "0", "Family history of malignant neoplasm of breast"),
        &["family_history=Family history of malignant neoplasm of breast Family"],
    );
    says(
        condition(SNOMED, "0", "History of malignant neoplasm of breast"),
        &["morphology=8000/3 History", "topography=C50.9 History"],
    );
    let relative = CodedStatement {
        kind: StatementKind::FamilyHistory,
        relative: Some(CodedConcept::words("Mother")),
        ..condition(SNOMED, "254837009", "Breast cancer")
    };
    says(relative, &["family_history=mother: Breast cancer Family"]);
}

#[test]
fn a_diagnosis_without_a_known_code_is_read_by_its_words() {
    for words in [
        "Malignant neoplasm of colon",
        "Primary malignant neoplasm of colon",
        "Malignant tumor of colon",
        "Primary malignant neoplasm of colon (disorder)",
    ] {
        says(condition(SNOMED, "0", words), &["morphology=8000/3", "topography=C18.9"]);
    }
    says(condition(SNOMED, "0", "Malignant neoplasm of prostate"), &["morphology=8000/3", "topography=C61.9"]);
    let onset = CodedStatement {
        status: StatementStatus::Completed,
        date: "2019-03-02".parse().ok(),
        ..condition(SNOMED, "0", "Primary malignant neoplasm of colon")
    };
    let facts = read("", &[onset]).facts;
    assert!(facts.iter().all(|f| f.date.is_some_and(|d| d.to_string() == "2019-03-02")), "{facts:#?}");
    assert!(facts.iter().all(|f| f.context == Context::History), "a resolved cancer is a history of one");
}

#[test]
fn a_neoplasm_or_a_suspicion_is_no_stated_cancer() {
    for words in ["Neoplasm of prostate", "Suspected malignant neoplasm of prostate", "Suspected prostate cancer"] {
        let facts = read("", &[condition(SNOMED, "126906006", words)]).facts;
        assert!(facts.iter().any(|f| f.concept == Concept::TOPOGRAPHY), "{words}: {facts:#?}");
        assert!(facts.iter().all(|f| f.polarity == Polarity::Uncertain), "{words}: {facts:#?}");
    }
}

#[test]
fn a_spread_has_a_place_it_went_to_and_no_primary() {
    let site = |statement: CodedStatement| {
        says(statement.clone(), &["morphology=8000/6"]);
        read("", &[statement]).facts.remove(0).qualifiers.site
    };
    let of_colon = condition(SNOMED, "94260004", "Secondary malignant neoplasm of colon");
    assert_eq!(site(of_colon.clone()).as_deref(), Some("colon"));
    assert_eq!(site(condition(ICD, "C79.51", "Secondary malignant neoplasm of bone")).as_deref(), Some("bone"));
    let by_site = CodedStatement {
        sites: vec![concept(SNOMED, "10200004", "Liver structure")],
        ..condition(SNOMED, "128462008", "Secondary malignant neoplastic disease")
    };
    assert_eq!(site(by_site).as_deref(), Some("liver structure"));
    let from = condition(SNOMED, "314994000", "Metastasis from malignant tumor of prostate (disorder)");
    assert_eq!(site(from), None, "where it came from is no place it went to");
    says(condition(SNOMED, "0", "Secondary hypertension"), &["comorbidity=Secondary hypertension"]);

    let text = "Conditions\nSecondary malignant neoplasm of colon  2016";
    let merged = merge(text, reader().read(text).facts, &read(text, &[of_colon]));
    assert!(!merged.iter().any(|f| f.concept == Concept::TOPOGRAPHY), "{merged:#?}");
    assert!(!merged.iter().any(|f| f.main), "{merged:#?}");
}

#[test]
fn an_allergy_is_named_by_its_substance_or_not_at_all() {
    let allergy = |words: &str, negated: bool| CodedStatement {
        kind: StatementKind::Allergy,
        negated,
        ..condition(SNOMED, "0", words)
    };
    says(allergy("Penicillin V", false), &["allergy=Penicillin V"]);
    says(allergy("Shellfish allergy", false), &["allergy=Shellfish allergy"]);
    for none in ["Allergy to substance (disorder)", "Drug allergy (disorder)", "Substance"] {
        says(allergy(none, false), &[]);
        says(allergy(none, true), &["allergy=none known Absent"]);
    }
    says(allergy("No allergy data is applicable", false), &[]);
    let text = "Allergies\nSubstance  Reaction  Status\nAllergy to substance  completed\nAllergy: active  Vera Example";
    let read = reader().read(text).facts;
    assert!(!read.iter().any(|f| f.concept == Concept::ALLERGY), "{read:#?}");
}

#[test]
fn components_speak_for_themselves() {
    let component = |code: &str, words: &str, value: &str| CodedComponent {
        concept: concept(LOINC, code, words),
        value: answer("", value, value),
        ..CodedComponent::default()
    };
    let gleason = CodedStatement {
        components: vec![
            component("44641-9", "Gleason primary pattern", "4"),
            component("44642-7", "Gleason secondary pattern", "3"),
        ],
        ..observation(LOINC, "35266-6", "Gleason score", quantity("7", "{score}"))
    };
    says(gleason, &["gleason_score=7 {score}", "gleason_primary=4", "gleason_secondary=3"]);
}

#[test]
fn a_medicine_has_its_ingredient_its_strength_and_its_instruction() {
    let medicine = |name: &str, dosage: Dosage| {
        let statement = CodedStatement {
            kind: StatementKind::Medication,
            status: StatementStatus::Active,
            concept: concept("http://www.nlm.nih.gov/research/umls/rxnorm", "1", name),
            dosage: Some(dosage),
            ..CodedStatement::default()
        };
        read("", &[statement]).medications.remove(0)
    };
    let cda = medicine(
        "lisinopril 10 MG Oral Tablet",
        Dosage { dose: "1 {tbl}".into(), frequency: "every 24 h".into(), route: "Oral".into(), ..Dosage::default() },
    );
    let fhir = medicine(
        "lisinopril 20 MG Oral Tablet",
        Dosage {
            text: "Take 1 tablet (20 mg) by mouth every morning".into(),
            dose: "20 mg".into(),
            frequency: "once every day".into(),
            ..Dosage::default()
        },
    );
    let short = |m: &consilium_casefile::facts::Medication| {
        [&m.ingredient, &m.dose, &m.route, &m.frequency].map(|p| p.clone().unwrap_or_default()).join("|")
    };
    assert_eq!(short(&cda), "lisinopril|10 mg|oral|once daily");
    assert_eq!(short(&fhir), "lisinopril|20 mg|oral|once daily");
    assert_eq!(fhir.status, MedicationStatus::Active);
    let combined = medicine("Acetaminophen 300 MG / HYDROcodone Bitartrate 5 MG [Vicodin]", Dosage::default());
    assert!(combined.ingredient.unwrap().contains("acetaminophen"));
    let two = medicine("Enalapril Maleate 10 MG / Hydrochlorothiazide 25 MG Oral Tablet", Dosage::default());
    assert_eq!((two.ingredient.as_deref(), two.dose), (Some("enalapril / hydrochlorothiazide"), None));
    assert_eq!(medicine("Unknownium 5 MG", Dosage::default()).ingredient, None);
}

#[test]
fn procedures_that_treat_are_treatments_and_others_are_none() {
    let procedure = |words: &str, status: StatementStatus| {
        let statement = CodedStatement {
            kind: StatementKind::Procedure,
            status,
            concept: concept(SNOMED, "1", words),
            sites: vec![concept(SNOMED, "80248007", "Left breast structure")],
            ..CodedStatement::default()
        };
        read("", &[statement]).treatments
    };
    let lumpectomy = procedure("Lumpectomy of breast", StatementStatus::Completed);
    assert_eq!((lumpectomy[0].status, lumpectomy[0].laterality.as_deref()), (TreatmentStatus::Done, Some("left")));
    assert_eq!(procedure("Brachytherapy (procedure)", StatementStatus::Planned)[0].status, TreatmentStatus::Planned);
    assert!(procedure("Mastectomy", StatementStatus::NotSo).is_empty());
    assert!(procedure("Mastectomy", StatementStatus::Void).is_empty());
    assert!(procedure("Documentation of current medications", StatementStatus::Completed).is_empty());
}

#[test]
fn a_coded_fact_takes_the_place_of_the_text_fact_of_its_line() {
    let text = "Results\nName  Value\nEstrogen receptor (LOINC 16112-5)  Positive\nProgesterone receptor  Negative";
    let record =
        read(text, &[observation(LOINC, "16112-5", "Estrogen receptor", answer(SNOMED, "10828004", "Positive"))]);
    assert_eq!(record.facts[0].quote, "Estrogen receptor (LOINC 16112-5)  Positive");
    let merged = merge(text, reader().read(text).facts, &record);
    assert_eq!(merged.iter().filter(|f| f.concept == Concept::ER).count(), 1, "{merged:#?}");
    assert_eq!(merged.iter().filter(|f| f.concept == Concept::PR).count(), 1, "what only the text says stays");
    let void =
        CodedStatement { status: StatementStatus::Void, ..observation(LOINC, "16112-5", "Estrogen receptor", None) };
    let silenced = merge(text, reader().read(text).facts, &read(text, &[void]));
    assert_eq!(silenced.iter().filter(|f| f.concept == Concept::ER).count(), 0, "an entry in error says nothing");
}

#[test]
fn the_line_of_what_was_not_done_does_not_say_that_it_was() {
    let text = "Procedures\nSimple mastectomy  not-done  2026-02-02\nLumpectomy  completed  2026-03-02";
    let not_done = CodedStatement {
        kind: StatementKind::Procedure,
        status: StatementStatus::NotSo,
        concept: concept(SNOMED, "172043006", "Simple mastectomy"),
        ..CodedStatement::default()
    };
    let record = read(text, &[not_done]);
    let history = record.merge_history(text, reader().read_history(text));
    assert!(history.treatments.iter().all(|t| !t.what.contains("mastectomy")), "{:#?}", history.treatments);
    assert!(history.treatments.iter().any(|t| t.what.to_lowercase().contains("lumpectomy")), "what was done stays");
    let facts = merge(text, reader().read(text).facts, &record);
    assert!(facts.iter().all(|f| !f.quote.contains("mastectomy")), "{facts:#?}");
}

proptest! {
    #[test]
    fn every_quote_stands_at_its_place(
        text in "(PSA|Estrogen receptor|–|  |\n|4.1|Positive| |é|\\(LOINC 1\\)){0,40}",
        words in "(PSA|Estrogen receptor|é| ){0,3}", value in "(4.1|Positive|é|)", status in 0_usize..8)
    {
        let statuses = [StatementStatus::Stands, StatementStatus::Active, StatementStatus::Completed, StatementStatus::Stopped,
            StatementStatus::Planned, StatementStatus::Uncertain, StatementStatus::NotSo, StatementStatus::Void];
        let kinds = [StatementKind::Observation, StatementKind::Condition, StatementKind::Procedure, StatementKind::Medication,
            StatementKind::Allergy, StatementKind::FamilyHistory, StatementKind::Report];
        let statements: Vec<CodedStatement> = kinds.into_iter().map(|kind| CodedStatement {
            kind, status: statuses[status], ..observation(LOINC, "16112-5", &words, Some(CodedValue::Text { text: value.clone() }))
        }).collect();
        let record = read(&text, &statements);
        let _ = merge(&text, reader().read(&text).facts, &record);
    }
}

#[test]
fn what_a_row_says_is_planned_is_not_done_on_the_day_of_the_row_before() {
    let text = "Procedures\nName  State  Date\ncore biopsy  completed  2026-08-28\nradiation to the left breast  preparation\n";
    let procedure = |words: &str, status| CodedStatement {
        kind: StatementKind::Procedure,
        concept: concept("", "", words),
        status,
        ..CodedStatement::default()
    };
    let statements = [
        procedure("core biopsy", StatementStatus::Completed),
        procedure("radiation to the left breast", StatementStatus::Planned),
    ];
    let history = read(text, &statements).merge_history(text, reader().read_history(text));
    let radiation: Vec<_> = history.treatments.iter().filter(|t| t.what.contains("radiation")).collect();
    let said: Vec<_> = radiation.iter().map(|t| (t.status, t.date)).collect();
    assert_eq!(said, [(TreatmentStatus::Planned, None)]);
}

#[test]
fn a_score_of_her2_that_lost_its_sign_is_the_score() {
    let score = |value: &str| observation(LOINC, "72383-3", "HER2 score", quantity(value, ""));
    says(score("2"), &["her2_ihc_score=2+"]);
    says(score("7"), &[]);
}

/// The main answers of a record, in its order.
fn main_answers(statements: &[CodedStatement]) -> Vec<String> {
    let merged = merge("", Vec::new(), &read("", statements));
    merged.iter().filter(|f| f.main).map(|f| format!("{} {}", f.concept.as_str(), f.value)).collect()
}

#[test]
fn an_answer_that_a_record_gives_twice_or_more_often_is_its_main_answer_once() {
    let er = || observation(LOINC, "16112-5", "Estrogen receptor", Some(CodedValue::Text { text: "Positive".into() }));
    let pr =
        || observation(LOINC, "16113-3", "Progesterone receptor", Some(CodedValue::Text { text: "Negative".into() }));
    for often in 1..6 {
        let all: Vec<CodedStatement> = (0..often).flat_map(|_| [er(), pr()]).collect();
        assert_eq!(main_answers(&all), ["er positive", "pr negative"], "{often}");
    }
    let other = observation(LOINC, "16112-5", "Estrogen receptor", Some(CodedValue::Text { text: "Negative".into() }));
    assert_eq!(main_answers(&[er(), other, er()]), Vec::<String>::new(), "two answers");
}

#[test]
fn a_record_that_repeats_others_has_the_main_answer_of_each_with_its_setting() {
    let n = |value: &str, main: bool, setting: Option<&str>| CodedStatement {
        main,
        setting: setting.map(str::to_owned),
        ..observation(SNOMED, "371494008", "Regional nodes (N)", Some(CodedValue::Text { text: value.into() }))
    };
    let all = [n("pN1a(sn)", true, Some("resection")), n("pN0", true, Some("told")), n("pN2", false, None)];
    assert_eq!(main_answers(&all), ["n N1a", "n N0"]);
    let settings: Vec<Option<String>> = read("", &all).facts.into_iter().map(|fact| fact.qualifiers.setting).collect();
    assert_eq!(settings, [Some("resection".to_owned()), Some("told".to_owned()), None]);
}

#[test]
fn a_medicine_against_cancer_as_a_procedure_is_a_course_of_treatment_and_another_is_none() {
    let course = |words: &str, status| CodedStatement {
        kind: StatementKind::Procedure,
        status,
        concept: CodedConcept::words(words.to_owned()),
        ..CodedStatement::default()
    };
    let found =
        read("", &[course("doxorubicin", StatementStatus::Planned), course("AC-T", StatementStatus::Completed)]);
    let in_short: Vec<(&str, TreatmentStatus, usize)> =
        found.treatments.iter().map(|t| (t.what.as_str(), t.status, t.drugs.len())).collect();
    assert_eq!(in_short, [("doxorubicin", TreatmentStatus::Planned, 1), ("AC-T", TreatmentStatus::Done, 3)]);
    assert!(read("", &[course("ondansetron", StatementStatus::Completed)]).treatments.is_empty());
    assert!(read("", &[course("", StatementStatus::Completed)]).treatments.is_empty());
}

#[test]
fn an_encounter_for_screening_or_a_risk_is_no_tumour() {
    let screening = "Encounter for scr mammogram for malignant neoplasm of breast";
    says(condition(ICD, "Z12.31", screening), &[]);
    says(condition(ICD, "Z15.01", "Genetic susceptibility to malignant neoplasm of breast"), &[]);
    says(condition(SNOMED, "1", "Genetic susceptibility to cancer"), &[]);
    let found = read("", &[condition(ICD, "C50.911", "Malignant neoplasm of right female breast")]).facts;
    assert!(found.iter().any(|fact| fact.concept == Concept::TOPOGRAPHY), "{found:#?}");
}
