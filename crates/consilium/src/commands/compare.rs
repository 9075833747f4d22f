//! `compare`: opinions written down, and laid side by side.

use std::process::ExitCode;

use anyhow::{Context, Result};
use consilium_app::casefile::compare::{Kind, Opinion, Relation, Said, Weight};
use consilium_app::casefile::{DocumentId, OpinionId, Refusal, Session};
use consilium_app::compare::{ComparedLine, Comparison, letter};
use consilium_app::{App, AppError};
use serde_json::json;

use super::{answer, open};
use crate::arguments::{AboutOpinions, Arguments, Compare};
use crate::output;

/// Longest reason of a parser that is passed on, bytes.
const LONGEST_REASON: usize = 300;
/// Largest file of an opinion that is read.
const LARGEST: u64 = 1 << 20;

pub(super) async fn compare(arguments: &Arguments, session: &Session, options: Compare) -> Result<ExitCode> {
    let app = open(arguments).await?;
    match (options.command, options.case) {
        (Some(command), _) => opinions(arguments, session, &app, command).await,
        (None, Some(case)) => {
            let id = app.case_named(session, &case).await?;
            let case = app.case(session, &id).await?;
            let comparison = app.comparison(&case.seen_by(session.audience));
            answer(arguments, &comparison, || print(&app, &comparison))
        }
        (None, None) => Err(refused(Refusal::new("refusal-empty-field").with("field", "--case"))),
    }
}

/// A refusal as the error of a command.
fn refused(refusal: Refusal) -> anyhow::Error {
    AppError::from(refusal).into()
}

async fn opinions(arguments: &Arguments, session: &Session, app: &App, command: AboutOpinions) -> Result<ExitCode> {
    match command {
        AboutOpinions::Add { file, over, case } => {
            let id = app.case_named(session, &case).await?;
            let opinion = read(&file)?;
            let over = over.map(OpinionId::from);
            let kept = app.record_opinion(session, &id, over.as_ref(), &opinion).await?;
            answer(arguments, &json!({ "case": case, "opinion": kept }), || crate::say!("Written down: {kept}"))
        }
        AboutOpinions::Propose { document, case } => {
            let id = app.case_named(session, &case).await?;
            let opinion = app.proposed_opinion(session, &id, &DocumentId(document)).await?;
            output::json(&opinion)?;
            Ok(ExitCode::SUCCESS)
        }
        AboutOpinions::Show { opinion, case } => {
            let id = app.case_named(session, &case).await?;
            let case = app.case(session, &id).await?;
            let view = case.seen_by(session.audience);
            let held = view.opinions().into_iter().find(|held| held.id.as_str() == opinion);
            let held = held.ok_or_else(|| refused(Refusal::new("refusal-opinion-unknown").with("id", opinion)))?;
            output::json(&held.opinion)?;
            Ok(ExitCode::SUCCESS)
        }
        AboutOpinions::Remove { opinion, case } => {
            let id = app.case_named(session, &case).await?;
            app.remove_opinion(session, &id, &OpinionId(opinion)).await?;
            noted(arguments, &case)
        }
        AboutOpinions::Seal { opinion, case } => {
            let id = app.case_named(session, &case).await?;
            app.seal_opinion(session, &id, &OpinionId(opinion), true).await?;
            noted(arguments, &case)
        }
        AboutOpinions::Open { opinion, case } => {
            let id = app.case_named(session, &case).await?;
            app.seal_opinion(session, &id, &OpinionId(opinion), false).await?;
            noted(arguments, &case)
        }
        AboutOpinions::Judge { dimension, item, kind, weight, note, case } => {
            let id = app.case_named(session, &case).await?;
            let kind = word(kind.as_deref(), Kind::named, Kind::ALL, Kind::name)?;
            let weight = word(weight.as_deref(), Weight::named, Weight::ALL, Weight::name)?;
            let line = (dimension.as_str(), item.as_deref().unwrap_or_default());
            let said = (kind, weight, note.as_deref().unwrap_or_default());
            app.judge_difference(session, &id, line, said, "").await?;
            noted(arguments, &case)
        }
    }
}

fn noted(arguments: &Arguments, case: &str) -> Result<ExitCode> {
    answer(arguments, &json!({ "case": case }), || crate::say!("Noted."))
}

/// One word of a list, or a refusal that names them.
fn word<T: Copy>(
    typed: Option<&str>,
    named: fn(&str) -> Option<T>,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<Option<T>> {
    let Some(typed) = typed else { return Ok(None) };
    let known = || all.iter().map(|one| name(*one)).collect::<Vec<_>>().join(", ");
    let none = || refused(Refusal::new("refusal-opinion-word").with("word", typed).with("known", known()));
    named(typed).map(Some).ok_or_else(none)
}

/// An opinion from a file.
fn read(file: &std::path::Path) -> Result<Opinion> {
    use std::io::Read as _;
    let mut text = String::new();
    let source: Box<dyn std::io::Read> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        let opened = std::fs::File::open(file).with_context(|| format!("{} can not be opened", file.display()))?;
        Box::new(opened)
    };
    let name = file.display();
    source.take(LARGEST + 1).read_to_string(&mut text).with_context(|| format!("{name} can not be read as text"))?;
    if text.len() as u64 > LARGEST {
        return Err(refused(Refusal::new("refusal-opinion-file").with("why", "it is larger than 1 MB")));
    }
    // What a parser says of a file names places and expected words, and of the contents at most a word in quotes.
    // What a parser says may repeat what stands in the file: then its place is enough.
    let why = |error: serde_json::Error| {
        let (line, column, said) = (error.line(), error.column(), error.to_string());
        let at = format!("line {line}, column {column} holds what does not belong there");
        let why = if error.is_data() && said.contains("invalid") || said.len() > LONGEST_REASON { at } else { said };
        refused(Refusal::new("refusal-opinion-file").with("why", why))
    };
    let opinion: Opinion = serde_json::from_str(&text).map_err(why)?;
    // A misspelt field would be lost without a word.
    let (typed, kept) = (serde_json::from_str(&text).map_err(why)?, serde_json::to_value(&opinion).map_err(why)?);
    match not_kept(&typed, &kept) {
        Some(field) => Err(refused(Refusal::new("refusal-opinion-field").with("field", field))),
        None => Ok(opinion),
    }
}

/// The first field of a file that an opinion has no place for.
fn not_kept(typed: &serde_json::Value, kept: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    match (typed, kept) {
        (Value::Object(typed), Value::Object(kept)) => typed.iter().find_map(|(name, value)| match kept.get(name) {
            Some(kept) => not_kept(value, kept),
            None => (!is_empty(value)).then(|| name.clone()),
        }),
        (Value::Array(typed), Value::Array(kept)) => typed.iter().zip(kept).find_map(|(t, k)| not_kept(t, k)),
        _ => None,
    }
}

fn print(app: &App, comparison: &Comparison) {
    if comparison.opinions.is_empty() {
        crate::say!("No opinion is written down yet: consilium compare add FILE --case NAME");
        return;
    }
    for (place, opinion) in comparison.opinions.iter().enumerate() {
        let rest = [&opinion.role, &opinion.organization].map(String::as_str);
        let date = opinion.date.map(|date| date.to_string());
        let rest: Vec<&str> = rest.into_iter().chain(date.as_deref()).filter(|t| !t.is_empty()).collect();
        crate::say!("{}: {} ({}) {}", letter(place), opinion.clinician, rest.join(", "), opinion.id);
    }
    let differs = |line: &&ComparedLine| line.relation != Relation::Agree;
    for line in comparison.differences.iter().filter(differs) {
        let weight = line.weight.map(|weight| app.say(&weight.words()));
        let kind = line.kind.map(|kind| app.say(&kind.words()));
        let parts = [Some(app.say(&line.relation.words())), weight, kind];
        crate::say!("\n{}: {}", line.label, parts.into_iter().flatten().collect::<Vec<_>>().join(", "));
        for (place, side) in line.sides.iter().enumerate() {
            let text = |said: &Said| match said.label.as_str() {
                "" => said.text.clone(),
                label => format!("{label}: {}", said.text),
            };
            let texts: Vec<String> = side.iter().map(text).collect();
            let text = if texts.is_empty() { "-".to_owned() } else { texts.join("; ") };
            crate::say!("  {}: {text}", letter(place));
        }
        for why in &line.evidence {
            crate::say!("  {why}");
        }
    }
    let agree: Vec<&str> = comparison.differences.iter().filter(|l| !differs(l)).map(|l| l.label.as_str()).collect();
    if !agree.is_empty() {
        crate::say!("\nThey agree on: {}.", agree.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::{Opinion, not_kept};

    #[test]
    fn a_misspelt_field_is_named_and_an_empty_one_is_not() {
        let lost = |json: &str| {
            let typed = serde_json::from_str(json).unwrap();
            let opinion: Opinion = serde_json::from_str(json).unwrap();
            not_kept(&typed, &serde_json::to_value(&opinion).unwrap())
        };
        assert_eq!(lost(r#"{"clinician": {"name": "x", "rolle": "y"}}"#).as_deref(), Some("rolle"));
        assert_eq!(
            lost(r#"{"clinician": {"name": "x"}, "alternativs": [{"kind": "surgery"}]}"#).as_deref(),
            Some("alternativs")
        );
        assert_eq!(lost(r#"{"clinician": {"name": "x", "role": ""}, "plan": [], "goal": "", "basis": null}"#), None);
    }
}
