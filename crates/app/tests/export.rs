//! What leaves a case as standard data, judged by files that `App::export` makes: what only a program read is
//! preliminary, what names no one is left out or marked, a spread is no primary, and a full export that is imported again
//! gives every fact back.

#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing")]

use std::collections::BTreeSet;
use std::path::Path;

use consilium_app::casefile::facts::{Fact, Polarity, Section, Treatment, TreatmentKind, TreatmentStatus};
use consilium_app::casefile::reading::{
    HowSaid, Judgement, Region, TreatmentWords, medicine_line, medicines, treatments,
};
use consilium_app::casefile::{Audience, CaseId, PartialDate, Session, TreatmentId};
use consilium_app::gather::ImportRequest;
use consilium_app::reading::{Exported, MOST_EXPORTED, Standard, Typing};
use consilium_app::{App, AppError, Protection, Reader, Storage};
use serde_json::Value;

const PATHOLOGY: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
    Collected: 08/13/2026\nFINAL DIAGNOSIS\nLeft breast, lumpectomy: Invasive ductal carcinoma, Nottingham grade 2. \
    pT2 pN1a(sn) (AJCC 8th edition). Estrogen receptor positive (95%). HER2 by FISH: not amplified. \
    Perineural invasion not identified.\n";
const NAMELESS: &str = "SURGICAL PATHOLOGY REPORT\nCollected: 09/01/2026\nFINAL DIAGNOSIS\n\
    Left breast, re-excision: Invasive ductal carcinoma. Progesterone receptor negative. Ki-67 30%.\n";
const LUNG: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nRADIOLOGY REPORT\nChest radiograph\nPatient: EXAMPLE, ROSA\n\
    DOB: 03/14/1971\nExam date: 08/20/2026\nFINDINGS\nThe lungs are clear.\nIMPRESSION\nNo acute disease.\n";
const RECORD: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
 {"resource":{"resourceType":"Patient","id":"p","name":[{"family":"Example","given":["Rosa"]}],"birthDate":"1971-03-14"}},
 {"resource":{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},"onsetDateTime":"2026-08-13",
  "clinicalStatus":{"coding":[{"code":"active"}]},"verificationStatus":{"coding":[{"code":"confirmed"}]},
  "code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"C50.412"}],"text":"Malignant neoplasm of upper-outer quadrant of left female breast"}}},
 {"resource":{"resourceType":"Observation","id":"f","status":"final","subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-08-14",
  "code":{"coding":[{"system":"http://loinc.org","code":"16112-5"}],"text":"Estrogen receptor"},"valueCodeableConcept":{"text":"Positive"}}},
 {"resource":{"resourceType":"Observation","id":"q","status":"preliminary","subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-08-14",
  "code":{"coding":[{"system":"http://loinc.org","code":"16113-3"}],"text":"Progesterone receptor"},"valueCodeableConcept":{"text":"Positive"}}},
 {"resource":{"resourceType":"MedicationRequest","id":"m","status":"active","intent":"order","subject":{"reference":"Patient/p"},"authoredOn":"2026-09-10",
  "medicationCodeableConcept":{"text":"tamoxifen 20 MG Oral Tablet"},"dosageInstruction":[{"text":"20 mg once daily"}]}},
 {"resource":{"resourceType":"MedicationRequest","id":"n","status":"active","intent":"order","subject":{"reference":"Patient/p"},"authoredOn":"2026-09-10",
  "medicationCodeableConcept":{"text":"lisinopril 10 MG Oral Tablet"},"dosageInstruction":[{"text":"10 mg once daily"}]}}
]}"#;

struct Ground {
    folder: tempfile::TempDir,
    app: App,
    session: Session,
}

impl Ground {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        let (app, _) = App::create(&home, Storage::Local, Protection::Plain, Reader::InProcess).await.unwrap();
        Self { folder, app, session: Session::owner() }
    }

    async fn case(&self, name: &str, files: &[(&str, &[u8])]) -> CaseId {
        let case = self.app.case_named_or_new(&self.session, name).await.unwrap();
        self.app.state_person(&self.session, &case, "Rosa Example", "1971-03-14").await.unwrap();
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        files.iter().for_each(|(file, bytes)| std::fs::write(folder.join(file), bytes).unwrap());
        self.import(&case, &folder).await;
        case
    }

    /// Imports one more file into a case.
    async fn add(&self, case: &CaseId, name: &str, bytes: &[u8]) {
        let file = self.folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        self.import(case, &file).await;
    }

    /// Everything the page of facts says of a case.
    async fn said(&self, case: &CaseId) -> Value {
        serde_json::to_value(self.app.facts(&self.session, case).await.unwrap()).unwrap()
    }

    async fn import(&self, case: &CaseId, from: &Path) {
        let request = ImportRequest { sources: vec![from.to_owned()], ..ImportRequest::default() };
        self.app.import(&self.session, case, request, |_| {}).await.unwrap();
        self.app.read_records(&self.session, case).await.unwrap();
    }

    async fn export(&self, case: &CaseId, standard: Standard) -> (Value, Exported) {
        let exported = self.app.export(&self.session, case, standard).await.unwrap();
        (serde_json::from_slice(&exported.bytes).unwrap(), exported)
    }

    /// Facts of the case that count, without their places, on the days their records are of.
    async fn facts(&self, case: &CaseId, of: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let case = self.app.case(&self.session, case).await.unwrap();
        let view = case.seen_by(Audience::Owner);
        let facts = view.facts(self.app.knowledge());
        let of_documents = facts.iter().filter(|f| f.standing.counts() && of(&f.held.document.path));
        of_documents.map(|f| bare(&f.fact, f.held.date())).collect()
    }
}

fn bare(fact: &Fact, on: Option<PartialDate>) -> String {
    let date = fact.date.or(on);
    let (section, quote) = (Section::Body, String::new());
    let fact = Fact { date, main: false, section, start: 0, end: 0, quote, ..fact.clone() };
    serde_json::to_string(&fact).unwrap()
}

fn resources<'b>(bundle: &'b Value, kind: &str) -> Vec<&'b Value> {
    let entries = bundle["entry"].as_array().unwrap().iter();
    entries.map(|e| &e["resource"]).filter(|r| r["resourceType"] == kind).collect()
}

fn observations<'b>(bundle: &'b Value, concept: &str) -> Vec<&'b Value> {
    let own = |o: &&Value| {
        o["code"]["coding"]
            .as_array()
            .is_some_and(|c| c.iter().any(|c| c["system"] == "urn:consilium:concept" && c["code"] == concept))
    };
    resources(bundle, "Observation").into_iter().filter(own).collect()
}

#[tokio::test]
async fn what_only_a_program_read_is_preliminary_and_what_a_record_or_a_person_says_is_final() {
    let ground = Ground::new().await;
    let case =
        ground.case("rosa", &[("pathology.txt", PATHOLOGY.as_bytes()), ("portal.json", RECORD.as_bytes())]).await;
    let loaded = ground.app.case(&ground.session, &case).await.unwrap();
    let grade = loaded.seen_by(Audience::Owner).facts(ground.app.knowledge());
    let grade = grade.iter().find(|f| f.fact.concept.as_str() == "grade").unwrap();
    let judgement = Judgement::Confirmed { value: Some(grade.fact.value.clone()) };
    ground.app.judge_fact(&ground.session, &case, &grade.key, Some(grade.fact.start), judgement).await.unwrap();

    let (bundle, exported) = ground.export(&case, Standard::Mcode).await;
    let statuses = |concept: &str| -> BTreeSet<String> {
        observations(&bundle, concept).iter().map(|o| o["status"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(statuses("t"), BTreeSet::from(["preliminary".to_owned()]), "read out of a report");
    assert_eq!(statuses("grade"), BTreeSet::from(["final".to_owned()]), "confirmed by a person");
    // The report's own is read by the program, the record's own entry is final.
    assert_eq!(statuses("er"), BTreeSet::from(["final".to_owned(), "preliminary".to_owned()]));
    assert_eq!(statuses("pr"), BTreeSet::from(["preliminary".to_owned()]), "the record itself calls it preliminary");
    let contents = exported.contents;
    assert_eq!(contents.confirmed, 1);
    assert!(contents.recorded >= 2 && contents.machine_read >= 4, "{contents:?}");
    assert_eq!(contents.findings, contents.confirmed + contents.recorded + contents.machine_read);

    let conditions = resources(&bundle, "Condition");
    let [cancer] = conditions.as_slice() else { panic!("{conditions:#?}") };
    assert_eq!(cancer["code"]["coding"][0]["code"], "C50.412", "the record's own code");
    assert_eq!(cancer["onsetDateTime"], "2026-08-13");
    assert_eq!(cancer["verificationStatus"]["coding"][0]["code"], "confirmed");
    let requests = resources(&bundle, "MedicationRequest");
    let named: Vec<&Value> = requests.iter().map(|r| &r["medicationCodeableConcept"]["text"]).collect();
    assert_eq!(named, ["tamoxifen 20 MG Oral Tablet"], "lisinopril is against no cancer");
}

#[tokio::test]
async fn what_names_no_one_is_left_out_of_data_for_hospitals_and_marked_in_the_full_export() {
    let ground = Ground::new().await;
    let case = ground.case("rosa", &[("a.txt", PATHOLOGY.as_bytes()), ("b.txt", NAMELESS.as_bytes())]).await;
    for standard in [Standard::Mcode, Standard::Ips] {
        let (bundle, exported) = ground.export(&case, standard).await;
        assert!(observations(&bundle, "ki67").is_empty(), "{standard:?}");
        assert_eq!(exported.contents.unnamed_documents, 1);
        assert!(exported.contents.unnamed_findings >= 2);
    }
    let (bundle, exported) = ground.export(&case, Standard::Fhir).await;
    let marked = observations(&bundle, "ki67");
    assert!(!marked.is_empty());
    for observation in marked {
        assert!(observation["meta"]["tag"].to_string().contains("names-no-one"));
        assert!(observation["note"].to_string().contains("names no patient"));
    }
    assert!(exported.contents.unnamed_findings >= 2);
}

#[tokio::test]
async fn an_organ_that_a_report_names_in_passing_is_no_part_of_the_only_cancer() {
    let ground = Ground::new().await;
    let case = ground.case("rosa", &[("a.txt", PATHOLOGY.as_bytes()), ("b.txt", LUNG.as_bytes())]).await;
    let (bundle, _) = ground.export(&case, Standard::Mcode).await;
    let conditions = resources(&bundle, "Condition");
    assert_eq!(conditions.len(), 1);
    assert!(conditions[0]["bodySite"][0]["coding"][0]["code"].as_str().unwrap().starts_with("C50"));
    assert!(!conditions[0].to_string().contains("The records differ"));
}

#[tokio::test]
async fn a_spread_is_a_secondary_cancer() {
    let liver = PATHOLOGY
        .replace(
            "Left breast, lumpectomy: Invasive ductal carcinoma, Nottingham grade 2. ",
            "Liver, core biopsy: Metastatic adenocarcinoma. ",
        )
        .replace("pT2 pN1a(sn) (AJCC 8th edition). ", "")
        .replace("Perineural invasion not identified.", "");
    let ground = Ground::new().await;
    let case = ground.case("rosa", &[("liver.txt", liver.as_bytes())]).await;
    let (bundle, _) = ground.export(&case, Standard::Mcode).await;
    let conditions = resources(&bundle, "Condition");
    let profiles: Vec<&str> = conditions.iter().filter_map(|c| c["meta"]["profile"][0].as_str()).collect();
    assert!(
        !profiles.is_empty() && profiles.iter().all(|p| p.ends_with("mcode-secondary-cancer-condition")),
        "{profiles:?}"
    );
}

#[tokio::test]
async fn a_full_export_that_is_imported_again_gives_every_fact_medicine_and_document_back() {
    let ground = Ground::new().await;
    let files: [(&str, &[u8]); 3] =
        [("a.txt", PATHOLOGY.as_bytes()), ("b.txt", LUNG.as_bytes()), ("portal.json", RECORD.as_bytes())];
    let case = ground.case("rosa", &files).await;
    let (first, _) = ground.export(&case, Standard::Fhir).await;
    // Without the documents in it the file speaks alone.
    let mut alone = first.clone();
    alone["entry"].as_array_mut().unwrap().retain(|entry| entry["resource"]["resourceType"] != "Binary");
    let again = ground.case("again", &[("everything.json", alone.to_string().as_bytes())]).await;
    let before = ground.facts(&case, |_| true).await;
    let after = ground.facts(&again, |path| path.ends_with("everything.json")).await;
    assert!(before.len() > 10);
    assert_eq!(before.difference(&after).collect::<Vec<_>>(), Vec::<&String>::new(), "lost");
    assert_eq!(after.difference(&before).collect::<Vec<_>>(), Vec::<&String>::new(), "made up");
    let loaded = ground.app.case(&ground.session, &again).await.unwrap();
    let view = loaded.seen_by(Audience::Owner);
    let carrier =
        view.documents(ground.app.knowledge()).into_iter().find(|d| d.document.path.ends_with("everything.json"));
    let reading = view.reading_of(&carrier.unwrap().document.id, ground.app.knowledge()).unwrap();
    let medicines: Vec<&str> = reading.medications.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(medicines, ["tamoxifen 20 MG Oral Tablet", "lisinopril 10 MG Oral Tablet"]);
    // What a program read stays preliminary the second time, and what a record stated stays final.
    let (second, _) = ground.export(&again, Standard::Fhir).await;
    for concept in ["t", "n", "grade"] {
        let preliminary = |bundle: &Value| observations(bundle, concept).iter().all(|o| o["status"] == "preliminary");
        assert!(preliminary(&first) && preliminary(&second), "{concept}");
    }
    assert!(observations(&second, "er").iter().any(|o| o["status"] == "final"));
}

#[tokio::test]
async fn what_a_record_says_is_heard_once_where_the_record_came_with_the_export_or_was_there() {
    let ground = Ground::new().await;
    let files: [(&str, &[u8]); 2] = [("a.txt", PATHOLOGY.as_bytes()), ("portal.json", RECORD.as_bytes())];
    let case = ground.case("rosa", &files).await;
    let (_, exported) = ground.export(&case, Standard::Fhir).await;
    let witnesses = |said: &Value| {
        let rows = said["tumours"].as_array().unwrap().iter().flat_map(|t| t["rows"].as_array().unwrap());
        rows.map(|row| (row["concept"].to_string(), row["sources"].to_string())).collect::<Vec<_>>()
    };
    let lines = |said: &Value| {
        let rows = said["medicines"].as_array().unwrap().iter();
        rows.map(|m| (m["ingredient"].to_string(), m["sources"].as_array().unwrap().len())).collect::<Vec<_>>()
    };
    let before = ground.said(&case).await;
    assert!(!witnesses(&before).is_empty() && !lines(&before).is_empty());
    // Its records come with it; and they were there before; and it comes twice, once later.
    let fresh = ground.case("fresh", &[("everything.json", &exported.bytes)]).await;
    let held = ground.case("held", &files).await;
    ground.add(&held, "everything.json", &exported.bytes).await;
    for other in [&fresh, &held] {
        let said = ground.said(other).await;
        assert_eq!((witnesses(&said), lines(&said)), (witnesses(&before), lines(&before)));
        let (_, later) = ground.export(&case, Standard::Fhir).await;
        ground.add(other, "later.json", &later.bytes).await;
        let said = ground.said(other).await;
        assert_eq!((witnesses(&said), lines(&said)), (witnesses(&before), lines(&before)), "a second export");
    }
    // A record that was changed on the way is another one, and both are heard.
    let changed = String::from_utf8(exported.bytes.clone()).unwrap();
    let mut changed: Value = serde_json::from_str(&changed).unwrap();
    for entry in changed["entry"].as_array_mut().unwrap() {
        if entry["resource"]["resourceType"] == "Binary" {
            entry["resource"]["data"] = Value::from("bm90aGluZyBvZiBpdCBpcyBoZXJlIGFueSBtb3Jl");
        }
    }
    let other = ground.case("changed", &[("everything.json", changed.to_string().as_bytes())]).await;
    let said = ground.facts(&other, |path| path.ends_with("everything.json")).await;
    assert!(said.iter().any(|fact| fact.contains("\"value\":\"T2\"")), "what only the file says is heard: {said:?}");
}

#[tokio::test]
async fn an_export_names_the_sides_it_has_no_place_for() {
    let ground = Ground::new().await;
    let other = PATHOLOGY.replace("left", "right").replace("Left", "Right").replace("LEFT", "RIGHT");
    let case = ground.case("rosa", &[("a.txt", PATHOLOGY.as_bytes()), ("b.txt", other.as_bytes())]).await;
    for standard in Standard::ALL {
        let (bundle, exported) = ground.export(&case, standard).await;
        let lost = &exported.contents.not_carried;
        let named = lost.iter().any(|line| line.contains("left") && line.contains("right"));
        let told = resources(&bundle, "Condition").iter().any(|c| c["note"].to_string().contains("right"));
        let one_tumour = ground.said(&case).await["tumours"].as_array().unwrap().len() == 1;
        assert!(!one_tumour || named == (standard != Standard::Fhir) && told, "{standard:?}: {lost:?}");
        let listed = ground.app.export_contents(&ground.session, &case, standard).await.unwrap();
        assert_eq!(listed.not_carried, exported.contents.not_carried, "the page says the same");
    }
    let agreed = ground.case("agreed", &[("a.txt", PATHOLOGY.as_bytes())]).await;
    assert_eq!(ground.export(&agreed, Standard::Mcode).await.1.contents.not_carried, Vec::<String>::new());
}

/// What a person states in these tests: facts typed from a page, a correction and a rejection, treatments given and not
/// given, and medicines.
async fn stated(ground: &Ground, case: &CaseId) {
    let (app, session) = (&ground.app, &ground.session);
    let loaded = app.case(session, case).await.unwrap();
    let facts = loaded.seen_by(Audience::Owner).facts(app.knowledge());
    let of = |concept: &str| facts.iter().find(|f| f.fact.concept.as_str() == concept).unwrap().clone();
    let typing = |concept: &str, value: &str, absent: bool| Typing {
        document: of("t").key.document.to_string(),
        page: 1,
        region: (!absent).then_some(Region { x0: 0.1, y0: 0.2, x1: 0.5, y1: 0.25 }),
        concept: concept.to_owned(),
        value: value.to_owned(),
        absent,
    };
    app.type_fact(session, case, &typing("ki67", "34 %", false)).await.unwrap();
    app.type_fact(session, case, &typing("lymphovascular_invasion", "absent", true)).await.unwrap();
    let corrected = Judgement::Corrected { value: "G3".to_owned(), polarity: Polarity::Present, prefix: None };
    let judge = async |concept: &str, judgement| {
        let fact = of(concept);
        app.judge_fact(session, case, &fact.key, Some(fact.fact.start), judgement).await.unwrap();
    };
    judge("grade", corrected).await;
    judge("perineural_invasion", Judgement::Rejected).await;
    let words = |kind, status, what: &str, date: &str, dose: &str| TreatmentWords {
        kind,
        status,
        what: what.to_owned(),
        date: date.parse().ok(),
        until: None,
        dose: dose.to_owned(),
    };
    use TreatmentStatus::{Declined, Done};
    for words in [
        words(TreatmentKind::Operation, Done, "Left mastectomy", "2024-09-12", ""),
        words(TreatmentKind::Radiation, Declined, "Left chest wall", "", ""),
        words(TreatmentKind::Systemic, Done, "doxorubicin and cyclophosphamide", "2024-05", "4 cycles"),
        words(TreatmentKind::Systemic, Declined, "Pembrolizumab", "", ""),
    ] {
        app.state_treatment(session, case, &words).await.unwrap();
    }
    app.add_medicine(session, case, "letrozole", "2.5 mg, once daily").await.unwrap();
    app.add_medicine(session, case, "biotin", "5 mg, once daily").await.unwrap();
    app.agree_medicine(session, case, "tamoxifen", "", false).await.unwrap();
}

/// What a case says of treatments and medicines, whoever says it: in words, without places.
async fn treated(ground: &Ground, case: &CaseId) -> (BTreeSet<String>, BTreeSet<String>) {
    let loaded = ground.app.case(&ground.session, case).await.unwrap();
    let (view, knowledge) = (loaded.seen_by(Audience::Owner), ground.app.knowledge());
    let bare = |t: &Treatment| Treatment { start: 0, end: 0, quote: String::new(), ..t.clone() };
    let rows = treatments(&view, knowledge);
    let given = rows.iter().flat_map(|row| {
        let of_records = row.sources.iter().map(|(_, treatment)| *treatment);
        of_records.chain(row.stated.map(|_| &*row.treatment))
    });
    let given = given.map(|t| serde_json::to_string(&bare(t)).unwrap()).collect();
    // The line that a person agreed on stands for its sources, as the export has it.
    let lines = medicines(&view, knowledge).into_iter().map(|row| match (row.agreed, row.sources.first()) {
        (Some(agreed), _) => format!("{}: {} {}", row.ingredient, agreed.line, agreed.taken),
        (None, Some(source)) => {
            format!("{}: {} {}", row.ingredient, medicine_line(source.medication), row.is_taken())
        }
        (None, None) => row.ingredient,
    });
    (given, lines.collect())
}

#[tokio::test]
async fn what_a_person_stated_goes_out_and_comes_back_as_stated_in_that_case_and_confirmed_by_nobody_of_this() {
    let ground = Ground::new().await;
    let files: [(&str, &[u8]); 2] = [("a.txt", PATHOLOGY.as_bytes()), ("portal.json", RECORD.as_bytes())];
    let case = ground.case("rosa", &files).await;
    stated(&ground, &case).await;
    let (first, exported) = ground.export(&case, Standard::Fhir).await;

    // Alone, so that nothing but the export says it.
    let mut alone = first.clone();
    alone["entry"].as_array_mut().unwrap().retain(|e| {
        let kind = e["resource"]["resourceType"].as_str().unwrap();
        !["Binary", "Bundle", "DocumentReference"].contains(&kind)
    });
    let again = ground.case("again", &[("everything.json", alone.to_string().as_bytes())]).await;
    let (before, after) = (ground.facts(&case, |_| true).await, ground.facts(&again, |_| true).await);
    assert_eq!(before, after);
    assert_eq!(treated(&ground, &case).await, treated(&ground, &again).await);

    let loaded = ground.app.case(&ground.session, &again).await.unwrap();
    let facts = loaded.seen_by(Audience::Owner).facts(ground.app.knowledge());
    assert!(facts.iter().all(|f| !f.standing.is_confirmed()), "a word of another case is none of this");
    let word = |concept: &str| facts.iter().find(|f| f.fact.concept.as_str() == concept).unwrap().sent.cloned();
    let typed = word("ki67").unwrap();
    assert_eq!((typed.how, typed.by_owner, typed.page), (HowSaid::Typed, true, Some(1)));
    assert!(typed.region.is_some() && typed.record == "SURGICAL PATHOLOGY REPORT" && typed.on.is_some(), "{typed:?}");
    assert_eq!(word("grade").unwrap().how, HowSaid::Corrected);
    assert_eq!(word("t"), None, "what a program read, nobody said");
    let shown = ground.app.facts(&ground.session, &again).await.unwrap();
    let shown = serde_json::to_value(&shown).unwrap();
    let (sent, all) = ("a person stated it in the case this file was made of", shown["treatments"].as_array().unwrap());
    let said = |of: &Value| of["sources"][0]["sent"].as_str().is_some_and(|words| words.starts_with(sent));
    assert_eq!(all.iter().filter(|t| said(t)).count(), 4, "{all:#?}");
    assert_eq!(shown["medicines"].as_array().unwrap().iter().filter(|m| said(m)).count(), 2);

    // A second time it is still theirs, and still nobody's confirmation.
    let (second, _) = ground.export(&again, Standard::Fhir).await;
    for bundle in [&first, &second] {
        let of_patient = resources(bundle, "Procedure").into_iter().filter(|p| p["asserter"].is_object());
        let statuses: BTreeSet<&str> = of_patient.map(|p| p["status"].as_str().unwrap()).collect();
        assert_eq!(statuses, BTreeSet::from(["completed", "not-done"]));
    }
    let third = ground.case("third", &[("everything.json", second.to_string().as_bytes())]).await;
    let loaded = ground.app.case(&ground.session, &third).await.unwrap();
    let facts = loaded.seen_by(Audience::Owner).facts(ground.app.knowledge());
    assert!(facts.iter().any(|f| f.fact.concept.as_str() == "ki67" && f.sent == Some(&typed)));
    assert_eq!(exported.contents.rejected, 1);
}

#[tokio::test]
async fn what_a_person_stated_is_in_every_form_and_what_they_rejected_in_none() {
    let ground = Ground::new().await;
    let files: [(&str, &[u8]); 2] = [("a.txt", PATHOLOGY.as_bytes()), ("portal.json", RECORD.as_bytes())];
    let case = ground.case("rosa", &files).await;
    stated(&ground, &case).await;
    for standard in Standard::ALL {
        let (bundle, _) = ground.export(&case, standard).await;
        let said_by: Vec<&Value> =
            resources(&bundle, "Procedure").iter().map(|p| &p["asserter"]["reference"]).collect();
        assert_eq!(said_by, [&Value::from(patient(&bundle)); 2], "{standard:?}");
        let statements = resources(&bundle, "MedicationStatement");
        let of_patient = |name: &str| {
            let named = |s: &&&Value| s["medicationCodeableConcept"]["text"] == name;
            let found =
                statements.iter().filter(named).filter(|s| s["informationSource"]["reference"] == patient(&bundle));
            found.count()
        };
        for name in ["doxorubicin", "cyclophosphamide", "pembrolizumab"] {
            assert_eq!(of_patient(name), 1, "{standard:?} {name}");
        }
        let of_list = usize::from(standard != Standard::Mcode);
        assert_eq!((of_patient("letrozole"), of_patient("biotin")), (of_list, of_list), "{standard:?}");
        let requests = resources(&bundle, "MedicationRequest");
        let letrozole = requests.iter().filter(|r| r["medicationCodeableConcept"]["text"] == "letrozole");
        assert_eq!(letrozole.count(), usize::from(standard != Standard::Ips), "{standard:?}");

        let one = |concept: &str| observations(&bundle, concept).into_iter().next().cloned();
        assert_eq!(one("perineural_invasion"), None, "{standard:?}: rejected");
        let grade = observations(&bundle, "grade");
        assert!(
            grade.iter().all(|o| o["status"] == "final" && !o.to_string().contains("G2")),
            "{standard:?}: {grade:#?}"
        );
        assert!(grade.iter().any(|o| o.to_string().contains("G3")));
        let typed = one("ki67").unwrap();
        assert_eq!((&typed["status"], &typed["valueQuantity"]["value"]), (&"final".into(), &34.into()), "{standard:?}");
        let denied = one("lymphovascular_invasion").unwrap();
        assert!(denied["interpretation"].to_string().contains("NEG"), "{standard:?}: {denied:#}");
    }
    // Taken back, it goes out no more.
    let stated = ground.app.facts(&ground.session, &case).await.unwrap();
    for id in stated.treatments.iter().filter_map(|t| t.stated.as_ref()).map(|s| TreatmentId::from(s.id.as_str())) {
        ground.app.withdraw_treatment(&ground.session, &case, &id).await.unwrap();
    }
    let (bundle, _) = ground.export(&case, Standard::Mcode).await;
    assert_eq!(resources(&bundle, "Procedure"), Vec::<&Value>::new());
}

fn patient(bundle: &Value) -> &str {
    let entries = bundle["entry"].as_array().unwrap();
    entries.iter().find(|e| e["resource"]["resourceType"] == "Patient").unwrap()["fullUrl"].as_str().unwrap()
}

#[tokio::test]
async fn an_export_larger_than_its_bound_is_refused_in_words_and_the_small_ones_are_made() {
    let ground = Ground::new().await;
    // Pictures: nothing in them is read.
    let mut large = vec![0xff, 0xd8, 0xff, 0xe0];
    large.resize(usize::try_from(MOST_EXPORTED).unwrap() / 2 + 1_000, 0);
    let mut other = large.clone();
    other.push(1);
    let files: [(&str, &[u8]); 3] = [("a.txt", PATHOLOGY.as_bytes()), ("b.jpg", &large), ("c.jpg", &other)];
    let case = ground.case("rosa", &files).await;
    let refused = ground.app.export(&ground.session, &case, Standard::Fhir).await;
    assert!(matches!(&refused, Err(AppError::Refusal(r)) if r.0.key == "refusal-export-too-large"));
    assert!(ground.app.export(&ground.session, &case, Standard::Mcode).await.is_ok());
}

#[tokio::test]
async fn an_export_that_is_imported_into_its_own_case_says_nothing_a_second_time() {
    let ground = Ground::new().await;
    let files: [(&str, &[u8]); 3] =
        [("a.txt", PATHOLOGY.as_bytes()), ("b.txt", LUNG.as_bytes()), ("portal.json", RECORD.as_bytes())];
    let case = ground.case("rosa", &files).await;
    stated(&ground, &case).await;
    let before = ground.said(&case).await;
    assert!(before["treatments"].as_array().unwrap().len() > 3 && before["medicines"].as_array().unwrap().len() > 2);
    for standard in Standard::ALL {
        let (_, exported) = ground.export(&case, standard).await;
        let name = format!("{}.json", standard.name());
        ground.add(&case, &name, &exported.bytes).await;
        assert_eq!(ground.said(&case).await, before, "{standard:?}");
        // The file is a document of the case, and its page shows what it says.
        let loaded = ground.app.case(&ground.session, &case).await.unwrap();
        let (view, knowledge) = (loaded.seen_by(Audience::Owner), ground.app.knowledge());
        let held = view.documents(knowledge).into_iter().find(|d| d.document.path.ends_with(&name)).unwrap();
        assert!(view.is_own_export(&held.document.id));
        assert!(!view.facts_of(&held.document.id, knowledge).is_empty());
    }
    // And what goes out after that is what went out before.
    let (_, again) = ground.export(&case, Standard::Mcode).await;
    let (_, first) = ground.export(&case, Standard::Mcode).await;
    assert_eq!(again.contents.findings, first.contents.findings);
}

#[tokio::test]
async fn an_export_that_somebody_changed_or_that_is_of_another_case_is_a_record_like_any_other() {
    let ground = Ground::new().await;
    let case = ground.case("rosa", &[("a.txt", PATHOLOGY.as_bytes())]).await;
    let (bundle, exported) = ground.export(&case, Standard::Mcode).await;
    // A hospital's program put a finding in.
    let mut changed = bundle.clone();
    let ki67 = serde_json::json!({ "resource": { "resourceType": "Observation", "id": "k", "status": "final",
        "code": { "text": "Ki-67", "coding": [{ "system": "urn:consilium:concept", "code": "ki67" }] },
        "valueQuantity": { "value": 41, "unit": "%" } } });
    changed["entry"].as_array_mut().unwrap().push(ki67);
    ground.add(&case, "changed.json", changed.to_string().as_bytes()).await;
    let of_file = ground.facts(&case, |path| path.ends_with("changed.json")).await;
    assert!(of_file.iter().any(|f| f.contains("ki67") && f.contains("41")), "{of_file:?}");

    // A case of the same name and person is another case all the same.
    let other = ground.case("other", &[("mcode.json", &exported.bytes)]).await;
    let said = ground.facts(&other, |_| true).await;
    for (concept, value) in [
        ("t", "T2"),
        ("n", "N1a"),
        ("grade", "G2"),
        ("er", "positive"),
        ("topography", "C50.9"),
        ("laterality", "left"),
    ] {
        let words = [format!("\"concept\":\"{concept}\""), format!("\"value\":\"{value}\"")];
        let stands = |f: &&String| words.iter().all(|w| f.contains(w)) && f.contains("\"polarity\":\"present\"");
        assert!(said.iter().any(|f| stands(&f)), "{concept} {value}: {said:#?}");
    }
    // What a program read in the first case is no final entry of a record in the second.
    for standard in [Standard::Mcode, Standard::Fhir] {
        let (again, _) = ground.export(&other, standard).await;
        let statuses: BTreeSet<&str> =
            observations(&again, "t").iter().map(|o| o["status"].as_str().unwrap()).collect();
        assert_eq!(statuses, BTreeSet::from(["preliminary"]), "{standard:?}");
    }
    let said = ground.said(&other).await;
    assert_eq!(said["tumours"][0]["site"], "C50", "a finding that only a program read is no doubtful one");
    assert!(said["tumours"][0]["rows"].as_array().unwrap().iter().any(|row| row["concept"] == "t"));
}
