//! What can be done on the pages, typed on the command line: words found, facts judged, records taken out and back,
//! access ended, a ledger handed to a stranger.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where its ground is missing, and says what it skips"
)]

mod common;

use std::path::PathBuf;

use common::Home;
use consilium_app::casefile::{Audience, Session};
use consilium_app::{App, Opening, Reader};
use serde_json::Value;

const REPORT: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                      Collected: 08/13/2026\nFINAL DIAGNOSIS\nLeft breast, lumpectomy: Invasive ductal carcinoma, \
                      Nottingham grade 2. Estrogen receptor positive.\nShe has taken tamoxifen 20 mg daily since 2025. \
                      A lumpectomy was performed on 08/12/2026.\n";

/// A home with one report in the case `test`.
fn home() -> Home {
    let home = Home::new();
    let report = home.folder.path().join("report.txt");
    std::fs::write(&report, REPORT).expect("a file");
    home.json(&["case", "new", "test", "--patient", "Rosa Example", "--born", "1971-03-14"]);
    home.import(&[&report]);
    home
}

impl Home {
    /// The refusal of a command: one line, exit code 1.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(output.stderr).expect("words")
    }

    fn document(&self) -> String {
        text(&self.json(&["case", "show", "test"])["documents"][0]["id"])
    }

    /// The facts of a concept.
    fn facts(&self, concept: &str) -> Vec<Value> {
        let facts = self.json(&["facts", "--case", "test"]);
        let tumours = facts["tumours"].as_array().expect("tumours");
        let all = tumours.iter().flat_map(|t| t["facts"].as_array().expect("facts").clone());
        all.filter(|fact| fact["concept"] == concept).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[test]
fn words_are_found_and_finding_nothing_is_no_failure() {
    let home = home();
    let found = home.json(&["search", "--case", "test", "ductal", "GRADE"]);
    assert_eq!(
        (found["case"].as_str(), found["found"].as_u64(), found["asked"].as_bool()),
        (Some("test"), Some(1), Some(true))
    );
    let result = &found["results"][0];
    assert_eq!((result["record"].as_str(), text(&result["id"])), (Some("document"), home.document()));
    assert!(result["places"][0]["words"]["text"].as_str().expect("words").contains("Invasive ductal carcinoma"));
    for (words, code) in
        [("melanoma", "Nothing was found"), ("\"ductal invasive\"", "Nothing was found"), ("--- \u{202e}", "no word")]
    {
        let output = home.command().args(["search", "--case", "test", "--", words]).output().expect("the binary runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains(code), "{words:?}: {said}");
    }
    assert_eq!(home.json(&["search", "--case", "test", "ductal", "--from", "9"])["results"], serde_json::json!([]));
    let long = home.refused(&["search", "--case", "test", &"secretword".repeat(60)]);
    assert!(long.contains("300 characters") && !long.contains("secretword"), "{long}");
    assert!(home.refused(&["search", "--case", "nobody", "secretword"]).lines().count() == 1);
}

#[test]
fn no_word_that_is_searched_or_found_is_logged() {
    let home = home();
    let mut command = home.command();
    command.env("CONSILIUM_LOG", "trace").args(["search", "--case", "test", "carcinoma", "nottingham"]);
    let output = command.output().expect("the binary runs");
    let logged = String::from_utf8_lossy(&output.stderr).to_lowercase();
    assert!(String::from_utf8_lossy(&output.stdout).contains("Nottingham grade 2"));
    for word in ["carcinoma", "nottingham", "rosa", "pathology report"] {
        assert!(!logged.contains(word), "{word}");
    }
}

#[test]
fn a_fact_is_confirmed_corrected_rejected_and_the_word_taken_back() {
    let home = home();
    let fact = home.facts("er").pop().expect("a receptor");
    let (document, start) = (text(&fact["document"]), fact["start"].to_string());
    let judge = |word: &[&str]| {
        home.json(&[&["facts", "judge", &document, "er", &start, "--case", "test"], word].concat());
        home.facts("er").pop().map(|fact| (text(&fact["standing"]), text(&fact["polarity"])))
    };
    let is = |standing: &str, polarity: &str| Some((standing.to_owned(), polarity.to_owned()));
    assert_eq!(judge(&["--confirm"]), is("confirmed", "present"));
    assert_eq!(judge(&["--back"]), is("machine_read", "present"));
    assert_eq!(judge(&["--correct", "negative", "--polarity", "absent"]).map(|f| f.0).as_deref(), Some("corrected"));
    judge(&["--back"]);
    judge(&["--reject"]);
    let start_of_nothing = ["facts", "judge", &document, "er", "3", "--confirm", "--case", "test"];
    assert!(home.refused(&start_of_nothing).contains("not there any more"));
    assert!(
        home.refused(&["facts", "judge", "no-document", "er", &start, "--confirm", "--case", "test"]).lines().count()
            == 1
    );

    let typed = home.json(&["facts", "type", &document, "tumor_size_mm", "2.1 cm", "--page", "1", "--case", "test"]);
    let typed = text(&typed["typed"]);
    assert_eq!(home.facts("tumor_size_mm").len(), 1);
    home.json(&["facts", "withdraw", &typed, "--case", "test"]);
    assert!(home.facts("tumor_size_mm").is_empty());
    assert!(home.refused(&["facts", "withdraw", &typed, "--case", "test"]).lines().count() == 1);
    assert!(!home.refused(&["facts", "type", &document, "tumor_size_mm", "21", "--case", "test"]).is_empty());
    assert!(
        home.refused(&["facts", "type", &document, "er", "positive", "--region", "1,2", "--case", "test"])
            .contains("four parts")
    );
    home.verify();
}

#[test]
fn medicines_are_agreed_on_and_treatments_rejected() {
    let home = home();
    let facts = home.json(&["facts", "--case", "test"]);
    assert_eq!(facts["medicines"][0]["ingredient"], "tamoxifen");
    home.json(&["facts", "medicine", "tamoxifen", "--line", "20 mg daily", "--case", "test"]);
    let agreed = |home: &Home| home.json(&["facts", "--case", "test"])["medicines"][0]["agreed"].clone();
    assert_eq!(agreed(&home), "20 mg daily");
    home.json(&["facts", "medicine", "tamoxifen", "--back", "--case", "test"]);
    assert_eq!(agreed(&home), Value::Null);
    assert!(
        home.refused(&["facts", "medicine", "aspirin", "--not-taken", "--case", "test"])
            .contains("names this medicine")
    );

    let source = &facts["treatments"][0]["sources"][0];
    let (document, start) = (text(&source["document"]), source["start"].to_string());
    let before = facts["treatments"].as_array().expect("treatments").len();
    let treatment = |word: &str| home.json(&["facts", "treatment", &document, &start, word, "--case", "test"]);
    treatment("--reject");
    let rejected = home.json(&["facts", "--case", "test"]);
    assert_eq!(rejected["rejected_treatments"].as_array().map(Vec::len), Some(1));
    treatment("--back");
    assert_eq!(home.json(&["facts", "--case", "test"])["treatments"].as_array().map(Vec::len), Some(before));
    assert!(!home.refused(&["facts", "treatment", &document, "1", "--reject", "--case", "test"]).is_empty());
}

#[test]
fn a_record_goes_out_of_the_case_and_back_and_what_is_not_there_is_refused() {
    let home = home();
    let document = home.document();
    let removed = |home: &Home| home.json(&["case", "show", "test"])["documents"][0]["removed"].clone();
    home.json(&["record", "remove", &document, "--case", "test"]);
    assert_eq!(removed(&home), true);
    assert_eq!(home.json(&["search", "--case", "test", "ductal"])["found"], 0);
    home.json(&["record", "restore", &document, "--case", "test"]);
    assert_eq!(removed(&home), false);
    home.json(&["record", "mine", &document, "--case", "test"]);
    let before = home.json(&["case", "history", "test"])["entries"].as_array().map(Vec::len);
    for command in ["mine", "remove", "restore"] {
        assert!(home.refused(&["record", command, "1.2.3", "--case", "test"]).contains("not in the case"));
    }
    for refused in [
        ["access", "withdraw", "nobody", "--case", "test"].as_slice(),
        &["case", "question", "remove", "none", "--case", "test"],
        &["case", "question", "move", "none", "1", "--case", "test"],
        &["case", "cancer", "test", "--site", "no-such-site"],
        &["access", "grant", "  ", "--case", "test"],
    ] {
        assert_eq!(home.refused(refused).lines().count(), 1, "{refused:?}");
    }
    let after = home.json(&["case", "history", "test"])["entries"].as_array().map(Vec::len);
    assert_eq!(before, after, "what was refused left no entry");
}

#[test]
fn questions_cancer_dates_and_access_follow_what_is_typed() {
    let home = home();
    for question in ["First?", "Second?", "Third?"] {
        home.json(&["case", "ask", "test", question]);
    }
    let order = |answer: &Value| -> Vec<String> {
        answer["questions"].as_array().expect("questions").iter().map(|q| text(&q["text"])).collect()
    };
    let listed = home.json(&["case", "question", "list", "--case", "test"]);
    let third = text(&listed["questions"][2]["id"]);
    let moved = home.json(&["case", "question", "move", &third, "1", "--case", "test"]);
    assert_eq!(order(&moved), ["Third?", "First?", "Second?"]);
    let left = home.json(&["case", "question", "remove", &third, "--case", "test"]);
    assert_eq!(order(&left), ["First?", "Second?"]);
    let cancer = home.json(&["case", "cancer", "test", "--site", "breast", "--words", "left side"]);
    assert!(text(&cancer["cancer"]).contains("left side"));
    let wait =
        ["case", "dates", "test", "--doctor", "Dr. Sample", "--safe-wait", "twelve weeks", "--said-on", "2026-10-01"];
    home.json(&wait);

    let access = ["access", "list", "--case", "test"];
    let refused = home.refused(&["access", "grant", "my daughter", "--case", "test"]);
    assert!(refused.contains("consilium serve"), "{refused}");
    assert_eq!(home.json(&access)["access"], serde_json::json!([]), "without pages there is no link, and no access");
    let (folder, reader) = (home.path(), Reader::InProcess);
    let granted = async {
        let (app, owner) = (App::open(&folder, Opening::None, reader).await?, Session::owner());
        let case = app.case_named(&owner, "test").await?;
        app.grant_access(&owner, &case, "my daughter", Audience::Specialist).await
    };
    tokio::runtime::Runtime::new().expect("a runtime").block_on(granted).expect("an access");
    let access = home.json(&access);
    assert_eq!(
        (access["access"][0]["label"].as_str(), access["access"][0]["audience"].as_str()),
        (Some("my daughter"), Some("specialist"))
    );
    let gone = home.json(&["access", "withdraw", &text(&access["access"][0]["id"]), "--case", "test"]);
    assert_eq!(gone["access"], serde_json::json!([]));
    assert!(home.refused(&["access", "grant", "x", "--audience", "owner", "--case", "test"]).lines().count() == 1);
}

#[test]
fn a_stranger_checks_an_exported_ledger_without_a_home() {
    let home = home();
    let export = |name: &str, more: &[&str]| -> PathBuf {
        let file = home.folder.path().join(name);
        let place = file.to_str().expect("a name").to_owned();
        home.json(&[&["case", "export-ledger", "test", "-o", &place], more].concat());
        file
    };
    let (bare, whole) = (export("bare.jsonl", &[]), export("whole.jsonl", &["--with-contents"]));
    let read = |file: &PathBuf| std::fs::read_to_string(file).expect("a ledger");
    // Hashes are hexadecimal: a bare year stands in one of them now and then.
    for secret in ["Rosa", "1971-03-14", "report.txt", "carcinoma", "salt"] {
        assert!(!read(&bare).contains(secret), "{secret}");
    }
    assert!(read(&whole).contains("Rosa") && read(&whole).contains("carcinoma"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&whole).expect("a ledger").permissions().mode() & 0o777, 0o600);
    }
    let elsewhere = Home::new();
    let check = |file: &PathBuf, more: &[&str]| {
        let mut command = elsewhere.command();
        command.args(["--json", "verify", "--ledger"]).arg(file).args(more);
        let output = command.output().expect("the binary runs");
        let value: Value = serde_json::from_slice(&output.stdout).expect("a JSON answer");
        (output.status.code(), value)
    };
    let (code, checked) = check(&bare, &[]);
    assert_eq!((code, checked["contents"].as_u64()), (Some(0), Some(0)));
    let (code, checked) = check(&whole, &["--head", checked["head"]["hash"].as_str().expect("a head")]);
    assert_eq!((code, &checked["contents"], &checked["printed"]), (Some(0), &checked["entries"], &checked["entries"]));
    assert!(!elsewhere.path().exists(), "checking makes no home");

    let altered = home.folder.path().join("altered.jsonl");
    std::fs::write(&altered, read(&whole).replacen("Rosa", "Rose", 1)).expect("a file");
    let (code, problem) = check(&altered, &[]);
    let entry = problem["entry"].as_u64().expect("an entry");
    assert_eq!(code, Some(1));
    let line = read(&altered).lines().position(|line| line.contains("Rose")).expect("the altered line");
    assert_eq!(entry, line as u64);
    std::fs::write(&altered, "no ledger").expect("a file");
    assert_eq!(check(&altered, &[]).0, Some(1));
    assert_eq!(check(&home.folder.path().join("absent"), &[]).0, Some(1));
    let taken = home.refused(&["case", "export-ledger", "test", "-o", whole.to_str().expect("a name")]);
    assert!(taken.contains("could not be written"), "{taken}");
}

#[test]
fn a_letter_on_paper_says_which_signs_no_font_can_print() {
    let home = home();
    let file = |name: &str, text: &str| {
        let path = home.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a path").to_owned()
    };
    let opinion = |name: &str, grade: u8| {
        let json = format!(
            r#"{{"clinician": {{"name": "{name}"}}, "diagnosis": "Invasive carcinoma of the left breast",
                "findings": [{{"concept": "grade", "value": "{grade}"}}], "plan": [{{"kind": "surgery", "what": "option {grade}"}}]}}"#
        );
        let file = file(&format!("{grade}.json"), &json);
        text(&home.json(&["compare", "add", &file, "--case", "test"])["opinion"])
    };
    let first = opinion("Dr. Ada \u{e777}", 1);
    opinion("Dr. Sam Example", 3);
    let decision = r#"{"on": "2026-01-10", "choice": "To wait", "tell": [{"to": "Dr. Ada \ue777", "what": "choice"}]}"#;
    let decided = home.json(&["choose", "decision", &file("decision.json", decision), "--case", "test"]);
    let decided = text(&decided["decision"]);
    let page = |name: &str| home.folder.path().join(name).to_str().expect("a path").to_owned();
    for command in [
        vec!["choose", "letter", &decided, "--to", "Dr. Ada \u{e777}", "-o", &page("a.pdf"), "--case", "test"],
        vec!["compare", "letter", &first, "-o", &page("b.pdf"), "--case", "test"],
        vec!["compare", "agenda", "-o", &page("c.pdf"), "--case", "test"],
    ] {
        let written = home.json(&command);
        let said = written["unprintable"].as_str().unwrap_or_default();
        assert!(said.contains('\u{e777}') && said.contains("empty box"), "{command:?}: {written}");
    }
    let plain =
        home.json(&["compare", "letter", &opinion("Dr. Kim Example", 2), "-o", &page("d.pdf"), "--case", "test"]);
    assert!(plain["file"].is_string(), "{plain}");
}
