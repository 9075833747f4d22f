//! `compare`: opinions written down, and laid side by side.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use consilium_app::casefile::compare::{Kind, Opinion, Relation, Said, Weight, all_open};
use consilium_app::casefile::{DocumentId, OpinionId, Refusal, Session};
use consilium_app::compare::{ComparedLine, Comparison, SaidOfLine, letter, named_so};
use consilium_app::decide::{DecisionLetter, Over};
use consilium_app::{App, AppError};
use serde_json::json;

use super::{answer, json_file, open};
use crate::arguments::{AboutOpinions, Arguments, Compare};
use crate::output;

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
pub(super) fn refused(refusal: Refusal) -> anyhow::Error {
    AppError::from(refusal).into()
}

async fn opinions(arguments: &Arguments, session: &Session, app: &App, command: AboutOpinions) -> Result<ExitCode> {
    match command {
        AboutOpinions::Add { file, over, case } => {
            let id = app.case_named(session, &case).await?;
            let opinion = json_file::read::<Opinion>(&file, "docs/comparing.md")?;
            let over = over.map(OpinionId::from);
            let over = over.as_ref().map(|id| Over { id, as_of: None });
            let kept = app.record_opinion(session, &id, over, &opinion).await?;
            answer(arguments, &json!({ "case": case, "opinion": kept }), || crate::say!("Written down: {kept}"))
        }
        AboutOpinions::Propose { document, case } => {
            let id = app.case_named(session, &case).await?;
            let proposed = app.proposed_opinion(session, &id, &DocumentId(document)).await?;
            output::json(&proposed.opinion)?;
            if !proposed.left.is_empty() {
                crate::complain!("Read in this record as well, and not in the proposal: {}.", proposed.left.join("; "));
            }
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
        AboutOpinions::Questions { case } => {
            let id = app.case_named(session, &case).await?;
            let case = app.case(session, &id).await?;
            let view = case.seen_by(session.audience);
            let comparison = app.comparison(&view);
            let asked = view.opinions().into_iter().enumerate().map(|(place, held)| {
                let (clinician, questions) = (held.opinion.clinician.name.clone(), app.follow_up(&comparison, place));
                json!({ "opinion": held.id, "clinician": clinician, "questions": questions })
            });
            let value = json!({ "asked": asked.collect::<Vec<_>>(), "agenda": app.agenda_points(&comparison) });
            answer(arguments, &value, || {
                for kept in view.opinions().into_iter().filter_map(|held| all_open(std::iter::once(held)).err()) {
                    crate::say!("{}", app.say(&kept.0));
                }
                let opinions = view.opinions();
                for (place, held) in opinions.iter().enumerate() {
                    // What is sealed is not laid out to be copied for others.
                    if all_open(opinions.iter().copied().filter(|other| other.id != held.id)).is_err() {
                        continue;
                    }
                    crate::say!("\nTo {}:", held.opinion.clinician.name);
                    app.follow_up(&comparison, place).iter().for_each(|question| crate::say!("  {question}"));
                }
                if all_open(view.opinions().into_iter()).is_err() {
                    return;
                }
                crate::say!("\nFor a joint talk:");
                app.agenda_points(&comparison).iter().for_each(|point| crate::say!("  {point}"));
            })
        }
        AboutOpinions::Letter { opinion, output, case } => {
            let id = app.case_named(session, &case).await?;
            let letter = app.questions_letter(session, &id, &OpinionId(opinion)).await?;
            written(arguments, app, letter, &output).await
        }
        AboutOpinions::Agenda { output, case } => {
            let id = app.case_named(session, &case).await?;
            let letter = app.agenda(session, &id).await?;
            written(arguments, app, letter, &output).await
        }
        AboutOpinions::Judge { dimension, item, relation, kind, weight, note, case } => {
            let id = app.case_named(session, &case).await?;
            let relation = word(relation.as_deref(), Relation::named, Relation::ALL, Relation::name)?;
            let kind = word(kind.as_deref(), Kind::named, Kind::ALL, Kind::name)?;
            let weight = word(weight.as_deref(), Weight::named, Weight::ALL, Weight::name)?;
            let line = (dimension.as_str(), item.as_deref().unwrap_or_default());
            let said = SaidOfLine { relation, kind, weight, note: note.as_deref().unwrap_or_default() };
            app.judge_difference(session, &id, line, said, None).await?;
            noted(arguments, &case)
        }
    }
}

/// Writes a letter as a page, and says which of its signs the fonts at hand lack: an empty box stands there for each.
pub(super) async fn written(
    arguments: &Arguments,
    app: &App,
    letter: DecisionLetter,
    output: &Path,
) -> Result<ExitCode> {
    let unprintable = app.unprintable_in(&letter.text);
    output::new_file(output, &app.decision_pdf(letter).await?)?;
    answer(arguments, &json!({ "file": output, "unprintable": unprintable }), || {
        crate::say!("{}", output.display());
        if let Some(sentence) = &unprintable {
            crate::say!("{sentence}");
        }
    })
}

fn noted(arguments: &Arguments, case: &str) -> Result<ExitCode> {
    answer(arguments, &json!({ "case": case }), || crate::say!("Noted."))
}

/// One word of a list, or a refusal that names them.
pub(super) fn word<T: Copy>(
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
        if opinion.sealed.is_some() && opinion.opened.is_none() {
            let record = if opinion.document.is_some() {
                "and the record that says it goes into no packet"
            } else {
                "no record is linked to it, so none is kept back"
            };
            crate::say!("   sealed: the other doctors read without it, {record}");
            opinion.went.iter().for_each(|went| crate::say!("   {went}"));
            for copy in opinion.kept_back.iter().filter(|kept| Some(&kept.document) != opinion.document.as_ref()) {
                let date = copy.date.map(|date| format!(" of {date}")).unwrap_or_default();
                crate::say!("   kept back with it as a copy: {}{date} ({})", copy.title, copy.document);
            }
        }
    }
    let differs = |line: &&ComparedLine| line.relation != Relation::Agree;
    for line in comparison.differences.iter().filter(differs) {
        let weight = line.weight.map(|weight| app.say(&weight.words()));
        let kind = line.kind.map(|kind| app.say(&kind.words()));
        let parts = [Some(app.say(&line.relation.words())), weight, kind];
        crate::say!("\n{}: {}", line.label, parts.into_iter().flatten().collect::<Vec<_>>().join(", "));
        for (place, side) in line.sides.iter().enumerate() {
            let texts: Vec<String> = side.iter().map(Said::labelled).collect();
            let text = if texts.is_empty() { "-".to_owned() } else { texts.join("; ") };
            crate::say!("  {}: {text}", letter(place));
        }
        for why in &line.evidence {
            crate::say!("  {why}");
        }
        if let Some(said) = line.earlier.as_ref() {
            let named = named_so(said.relation, said.kind, said.weight, &|message| app.say(message));
            let note = Some(said.note.clone()).filter(|note| !note.is_empty());
            let words = named.into_iter().chain(note).collect::<Vec<_>>().join(", ");
            crate::say!("  You said before the opinions changed: {words}. Say it again if it still holds.");
        }
    }
    let agree: Vec<&str> = comparison.differences.iter().filter(|l| !differs(l)).map(|l| l.label.as_str()).collect();
    if !agree.is_empty() {
        crate::say!("\nThey agree on: {}.", agree.join(", "));
    }
    for row in &comparison.beyond {
        crate::say!("\n{}:", row.label);
        for (place, side) in row.sides.iter().enumerate() {
            crate::say!("  {}: {}", letter(place), if side.is_empty() { "-".to_owned() } else { side.join("; ") });
        }
    }
}
