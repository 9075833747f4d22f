//! Every screen action has a command, and every command is in the list of them.

use std::collections::BTreeMap;

use clap::CommandFactory;

use super::Arguments;

/// What does the same as a form of the pages. A row that can be posted to and is not here fails the test below.
const ACTIONS: &[(&str, &[&str])] = &[
    ("/sign-out", &[]),
    ("/first-run", &["init", "case new"]),
    ("/recovery-sheet", &["recovery-sheet"]),
    ("/unlock", &["serve --passphrase-file"]),
    ("/receive", &["receive --look"]),
    ("/receive/folder", &["receive --look"]),
    ("/receive/{upload}", &["receive", "receive --case"]),
    ("/cases/{case}/received/{packet}", &["receive --receipt", "receive --keep"]),
    ("/cases/{case}/receipts", &["deliver receipt-file --look"]),
    ("/cases/{case}/receipts/{upload}", &["deliver receipt-file --delivery"]),
    ("/cases/new", &["case new"]),
    ("/cases/{case}/person", &["case person"]),
    ("/cases/{case}/person/accept", &["case person"]),
    ("/cases/{case}/cancer", &["case cancer"]),
    ("/cases/{case}/access", &["access grant", "link"]),
    ("/cases/{case}/access/{access}/withdraw", &["access withdraw"]),
    ("/cases/{case}/find", &["case center"]),
    ("/cases/{case}/gather/files", &["import"]),
    ("/cases/{case}/gather/folder", &["import"]),
    ("/cases/{case}/gather/unsure", &["decide unsure"]),
    ("/cases/{case}/set-aside/{group}", &["decide mine", "decide not-mine", "decide reopen", "decide unlock"]),
    // An import runs inside its own command: Ctrl-C stops it, and nothing of it is in the case.
    ("/cases/{case}/imports/{import}/stop", &["import"]),
    ("/cases/{case}/documents/{document}", &["decide document"]),
    ("/cases/{case}/documents/{document}/identity", &["record mine"]),
    ("/cases/{case}/documents/{document}/remove", &["record remove", "record restore"]),
    ("/cases/{case}/studies/{study}/identity", &["record mine"]),
    ("/cases/{case}/studies/{study}/remove", &["record remove", "record restore"]),
    ("/cases/{case}/documents/{document}/facts", &["facts type", "facts withdraw"]),
    (
        "/cases/{case}/facts",
        &["facts judge --confirm", "facts judge --correct", "facts judge --reject", "facts judge --back"],
    ),
    (
        "/cases/{case}/medicines",
        &["facts medicine --line", "facts medicine --add", "facts medicine --not-taken", "facts medicine --back"],
    ),
    (
        "/cases/{case}/treatments",
        &["facts treatment --reject", "facts treatment --back", "facts treated", "facts not-treated"],
    ),
    ("/cases/{case}/recognise", &["recognise"]),
    ("/cases/{case}/prepare/start", &["case dates --start"]),
    ("/cases/{case}/prepare/wait", &["case dates --safe-wait"]),
    ("/cases/{case}/prepare/proposed", &["case dates --accept"]),
    ("/cases/{case}/prepare/questions", &["case ask"]),
    ("/cases/{case}/prepare/questions/{question}", &["case question move", "case question remove"]),
    ("/cases/{case}/checklist", &["check --answer"]),
    (
        "/cases/{case}/checklist/{line}",
        &["check --settle", "check --holder", "check --here", "check --not-here", "check --unsay"],
    ),
    ("/cases/{case}/requests/book", &["holder set"]),
    ("/cases/{case}/requests/new", &["request new"]),
    (
        "/cases/{case}/requests/{request}",
        &[
            "request sent --instead-of",
            "request needed-by",
            "request letter-sent",
            "request letter-back",
            "request extended",
            "request note",
            "request end",
            "request reopen",
        ],
    ),
    ("/cases/{case}/tissue", &["tissue add"]),
    ("/cases/{case}/tissue/step", &["tissue step"]),
    ("/cases/{case}/tissue/{piece}/remove", &["tissue remove", "tissue remove --back"]),
    ("/cases/{case}/registration", &["register"]),
    ("/cases/{case}/packets/{packet}/deliveries", &["deliver new"]),
    ("/cases/{case}/deliveries/{delivery}", &["deliver confirm", "deliver withdraw", "deliver withdraw-receipt"]),
    (
        "/cases/{case}/compare/differences",
        &["compare judge --relation", "compare judge --kind", "compare judge --weight", "compare judge --note"],
    ),
    ("/cases/{case}/compare/opinions/new", &["compare add", "compare propose"]),
    (
        "/cases/{case}/compare/opinions/{opinion}",
        &["compare add --over", "compare show", "compare remove", "compare seal", "compare open"],
    ),
    ("/cases/{case}/decide/numbers", &["choose numbers"]),
    ("/cases/{case}/decide/certainty", &["choose certain --yes", "choose certain --no"]),
    ("/cases/{case}/decide/sheet", &["choose sheet", "choose propose"]),
    ("/cases/{case}/decide/values/{voice}", &["choose values"]),
    ("/cases/{case}/decide/decisions/new", &["choose decision"]),
    ("/cases/{case}/decide/decisions/{decision}", &["choose mistaken"]),
    ("/cases/{case}/decide/decisions/{decision}/letters/{place}", &["choose letter", "choose told"]),
    ("/cases/{case}/decide/hand-over", &["choose hand-over"]),
    ("/cases/{case}/decide/hand-over/{item}", &["choose answered", "choose drop", "choose hand-over --over"]),
    ("/cases/{case}/share", &["packet"]),
];

/// Of the browser alone: a command is never signed in.
const OF_THE_BROWSER: &[&str] = &["/sign-out"];

/// The command of these words, and whether it takes the options among them.
fn is_there(words: &str) -> bool {
    let mut command = Arguments::command();
    command.build();
    let mut found = &command;
    for word in words.split(' ') {
        match word.strip_prefix("--") {
            Some(option) => {
                if !found.get_arguments().any(|argument| argument.get_long() == Some(option)) {
                    return false;
                }
            }
            None => match found.find_subcommand(word) {
                Some(inner) => found = inner,
                None => return false,
            },
        }
    }
    true
}

#[test]
fn every_action_of_the_pages_has_a_command() {
    let table: BTreeMap<&str, &[&str]> = ACTIONS.iter().copied().collect();
    let routes = consilium_web::routes();
    let posted: Vec<&str> = routes.iter().filter(|r| r.methods.contains(&"POST")).map(|r| r.pattern).collect();
    for pattern in &posted {
        let commands = table.get(pattern).copied().unwrap_or_default();
        let excused = OF_THE_BROWSER.contains(pattern);
        assert!(!commands.is_empty() || excused, "{pattern} can be posted to: name its command in ACTIONS");
        for words in commands {
            assert!(is_there(words), "{pattern}: there is no command “{words}”");
        }
    }
    for (pattern, _) in ACTIONS {
        assert!(posted.contains(pattern), "{pattern} is no action of the pages any more");
    }
    assert!(!is_there("facts judge --no-such-option") && !is_there("no such command"));
}

/// Every command in full, but those for measuring.
fn all_commands() -> Vec<String> {
    fn walk(command: &clap::Command, before: &str, into: &mut Vec<String>) {
        for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help") {
            let words = format!("{before} {}", inner.get_name());
            if inner.get_subcommands().next().is_none() || !inner.is_subcommand_required_set() {
                into.push(words.clone());
            }
            walk(inner, &words, into);
        }
    }
    let mut all = Vec::new();
    walk(&Arguments::command(), "consilium", &mut all);
    all
}

#[test]
fn every_command_is_in_the_list_of_commands_and_no_other() {
    let listed = include_str!("../../../../docs/commands.md");
    let listed: Vec<&str> = listed
        .lines()
        .filter(|line| line.starts_with("| `consilium "))
        .filter_map(|line| line.split('`').nth(1))
        .collect();
    let all = all_commands();
    let is =
        |line: &str, words: &str| line.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    for words in &all {
        assert!(listed.iter().any(|line| is(line, words)), "{words} is not in docs/commands.md");
    }
    for line in listed {
        assert!(all.iter().any(|words| is(line, words)), "docs/commands.md: there is no command “{line}”");
    }
}

#[test]
fn what_is_typed_wrong_is_refused_before_anything_happens() {
    let wrong = [
        "facts",
        "facts judge d er 5 --case x",
        "facts judge d er 5 --confirm --reject --case x",
        "facts judge d er five --confirm --case x",
        "facts judge d er 5 --confirm --polarity absent --case x",
        "facts judge d er 5 --correct v --polarity maybe --case x",
        "facts judge d er 5 --confirm",
        "case dates x --accept d",
        "case dates x --accept d --at 5",
        "case dates x --accept d --at 5 --as both",
        "case dates x --accept d --at five --as wait",
        "case dates x --accept d --at 5 --as start --start 2026-10-14",
        "case dates x --at 5",
        "facts medicine x --case x",
        "facts treatment d 5 --case x",
        "record remove --case x",
        "access grant --case x",
        "case question move q 0 --case x",
        "case question move q -1 --case x",
        "case export-ledger x",
        "search --case x",
        "search word",
        "verify --head 0000",
    ];
    let parse = |line: &str| Arguments::command().try_get_matches_from(format!("consilium {line}").split(' '));
    for line in wrong {
        assert!(parse(line).is_err(), "{line}");
    }
    for line in [
        "facts --case x",
        "case dates x --accept d --at 5 --as wait",
        "facts judge d er 5 --correct v --polarity absent --case x",
        "verify",
        "search a b --case x",
    ] {
        assert!(parse(line).is_ok(), "{line}: {:?}", parse(line).err());
    }
}
