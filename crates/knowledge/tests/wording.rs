//! Every reason has a sentence, and a sentence may be edited without Rust.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::path::Path;

use consilium_casefile::Message;
use consilium_knowledge::{Wording, load};

#[test]
fn every_reason_in_the_code_has_a_sentence() {
    let wording = Wording::new(&load(None).knowledge, "en");
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut keys = BTreeMap::new();
    for entry in std::fs::read_dir(crates).unwrap().flatten() {
        collect_keys(&entry.path().join("src"), &mut keys);
    }
    let missing: Vec<_> = keys.iter().filter(|(key, _)| !wording.has(key)).collect();
    assert!(missing.is_empty(), "no sentence in knowledge/wording/en/*.ftl for: {missing:#?}");
    println!("{} reasons, each with a sentence", keys.len());
}

/// Every key written out in `Message::new("…")` or `Refusal::new("…")` outside tests, with the file that has it.
fn collect_keys(folder: &Path, keys: &mut BTreeMap<String, String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|e| e.path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name == "tests" {
            continue;
        } else if path.is_dir() {
            collect_keys(&path, keys);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            let code: String = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .flat_map(|line| [line.trim(), " "])
                .collect();
            for call in ["Message::new(", "Refusal::new("] {
                for rest in code.split(call).skip(1) {
                    if let Some((key, _)) = rest.trim_start().strip_prefix('"').and_then(|r| r.split_once('"')) {
                        keys.insert(key.to_owned(), name.clone());
                    }
                }
            }
        }
    }
}

#[test]
fn no_sentence_is_written_twice() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (language, file, source) in load(None).knowledge.wording {
        let ids = source.lines().filter_map(|line| {
            let (id, _) = line.split_once('=')?;
            let is_id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            Some(id.trim_end()).filter(|id| !id.is_empty() && id.chars().all(is_id))
        });
        for id in ids {
            let first = seen.insert(format!("{language}/{id}"), file.clone());
            assert!(first.is_none(), "{id} stands in {file} and in {}", first.unwrap_or_default());
        }
    }
}

fn check(language: &str, message: &Message, expect: &str) {
    assert_eq!(Wording::new(&load(None).knowledge, language).say(message), expect);
}

#[test]
fn a_sentence_is_plain_text_in_every_language_there_is() {
    let message = Message::new("proposal-date-service").with("label", "date of visit");
    check("en", &message, "It stands after “date of visit”.");
    check("de", &message, "It stands after “date of visit”.");
    check("no language", &message, "It stands after “date of visit”.");
}

#[test]
fn a_reason_without_a_sentence_shows_its_key() {
    check("en", &Message::new("nobody-wrote-this"), "[nobody-wrote-this]");
}

/// Lays one sentence file over the built-in ones.
fn edited(file: &str, text: &str) -> (Wording, Vec<String>) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("wording").join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    let loaded = load(Some(home.path()));
    let language = file.split('/').next().unwrap();
    (Wording::new(&loaded.knowledge, language), loaded.complaints.iter().map(ToString::to_string).collect())
}

#[test]
fn dates_are_said_as_people_say_them_and_counts_know_the_plural() {
    let text = "made = Made on { $made_date }, { $count ->\n    [one] one file\n   *[other] { $count } files\n }.\n";
    let (wording, complaints) = edited("en/own.ftl", text);
    assert!(complaints.is_empty());
    let say = |date: &str, count: &str| wording.say(&Message::new("made").with("made_date", date).with("count", count));
    assert_eq!(say("2026-03-14", "1"), "Made on 14 March 2026, one file.");
    assert_eq!(say("2026-03", "12000"), "Made on March 2026, 12000 files.");
    assert_eq!(say("last week", "007"), "Made on last week, 007 files.");
}

#[test]
fn one_sentence_may_be_edited_and_the_others_stay() {
    let (wording, complaints) = edited("en/proposals.ftl", "proposal-author-stated = So says the file.\n");
    assert!(complaints.is_empty());
    assert_eq!(wording.say(&Message::new("proposal-author-stated")), "So says the file.");
    assert_eq!(wording.say(&Message::new("proposal-facility-stated")), "The file states this facility.");
}

#[test]
fn an_edited_sentence_that_asks_for_what_is_not_there_gives_way_to_the_built_in_one() {
    let (wording, _) = edited("en/proposals.ftl", "proposal-author-stated = The author is { $author }.\n");
    assert_eq!(wording.say(&Message::new("proposal-author-stated")), "The file states this author.");
}

#[test]
fn another_language_says_what_it_can_and_english_the_rest() {
    let (wording, complaints) = edited("es/proposals.ftl", "proposal-author-stated = El archivo indica este autor.\n");
    assert!(complaints.is_empty());
    assert_eq!(wording.say(&Message::new("proposal-author-stated")), "El archivo indica este autor.");
    assert_eq!(wording.say(&Message::new("proposal-facility-stated")), "The file states this facility.");
}

#[test]
fn a_bad_sentence_file_is_named_by_line_and_the_built_in_one_is_used() {
    let (wording, complaints) = edited("en/proposals.ftl", "fine = Fine.\nproposal author = { $x\n");
    assert_eq!(
        complaints,
        ["knowledge/wording/en/proposals.ftl, line 2, column 10: this is no sentence in Fluent form; \
          write it as: name-of-the-sentence = The words"]
    );
    assert_eq!(wording.say(&Message::new("proposal-author-stated")), "The file states this author.");
    let (_, complaints) = edited("Spanish language/x.ftl", "a = b\n");
    assert_eq!(
        complaints,
        ["knowledge/wording/Spanish language/x.ftl: the folder \"Spanish language\" is no language tag; \
          name it like \"en\" or \"es\""]
    );
}
