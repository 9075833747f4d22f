//! `case`: list, open, show, history, and what a case is about.

use std::process::ExitCode;

use anyhow::Result;
use consilium_app::App;
use consilium_app::casefile::{CaseId, DocumentId, QuestionId, Session};
use consilium_app::cases::{CaseCard, NewCase};
use consilium_app::gather::series_rows;
use consilium_app::timeline::timeline;
use serde_json::json;

use super::{answer, open};
use crate::arguments::{Arguments, Case, Question};
use crate::unlock;

pub(super) async fn case(arguments: &Arguments, session: &Session, command: Case) -> Result<ExitCode> {
    match command {
        Case::List => list(arguments, session).await,
        Case::New { name, patient, born, site } => {
            let app = unlock::open_or_create(arguments).await?;
            let new = NewCase { handle: name, name: patient, birth_date: born, site, cancer_words: String::new() };
            let id = app.new_case(session, &new).await?;
            answer(arguments, &json!({ "id": id, "case": new.handle }), || {
                crate::say!("Case “{}” is open.", new.handle)
            })
        }
        Case::Show { name } => show(arguments, session, &name).await,
        Case::History { name } => history(arguments, session, &name).await,
        Case::Person { name, patient, born } => {
            let app = open(arguments).await?;
            let id = app.case_named(session, &name).await?;
            let case = match patient.is_empty() {
                true => app.accept_person(session, &id).await?,
                false => app.state_person(session, &id, &patient, &born).await?,
            };
            let called = case.seen_by(session.audience).called().to_owned();
            answer(arguments, &json!({ "case": name, "called": called }), || crate::say!("This is {called}’s case."))
        }
        Case::Dates { name, start, accept, at, accept_as, what, doctor, safe_wait, until, said_on } => {
            let app = open(arguments).await?;
            let id = app.case_named(session, &name).await?;
            let asks = start.is_none() && safe_wait.is_none() && accept.is_none();
            if let (Some(document), Some(at)) = (accept, at) {
                let wait = accept_as.as_deref() == Some("wait");
                app.accept_date(session, &id, &DocumentId::from(document), at, wait).await?;
            }
            if let Some(start) = start {
                app.plan_treatment_start(session, &id, &start, &what).await?;
            }
            if let Some(words) = safe_wait {
                app.state_safe_wait(session, &id, &doctor, &words, &until, &said_on).await?;
            }
            if asks {
                return dates(arguments, &app, session, &id).await;
            }
            answer(arguments, &json!({ "case": name }), || crate::say!("Noted."))
        }
        Case::Center { name, center } => {
            let app = open(arguments).await?;
            let id = app.case_named(session, &name).await?;
            app.choose_center(session, &id, &center).await?;
            let unknown = app.unknown_center(&center);
            answer(arguments, &json!({ "case": name, "center": center, "unknown": unknown }), || {
                crate::say!("Noted: {center}.");
                unknown.iter().for_each(|sentence| crate::say!("{sentence}"));
            })
        }
        Case::Ask { name, question } => {
            let app = open(arguments).await?;
            let id = app.case_named(session, &name).await?;
            app.ask(session, &id, &question).await?;
            answer(arguments, &json!({ "case": name }), || crate::say!("Noted."))
        }
        Case::Cancer { name, site, words } => {
            let app = open(arguments).await?;
            let id = app.case_named(session, &name).await?;
            let case = app.state_cancer(session, &id, site.as_deref(), &words).await?;
            let cancer = case.seen_by(session.audience).cancer_words(app.knowledge());
            answer(arguments, &json!({ "case": name, "cancer": cancer }), || crate::say!("Noted."))
        }
        Case::Question { command } => question(arguments, session, command).await,
        Case::ExportLedger { name, output, with_contents } => {
            super::ledger::export(arguments, session, &name, &output, with_contents).await
        }
    }
}

async fn question(arguments: &Arguments, session: &Session, command: Question) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let (name, case) = match command {
        Question::List { case } => {
            let id = app.case_named(session, &case).await?;
            (case, app.case(session, &id).await?)
        }
        Question::Remove { question, case } => {
            let id = app.case_named(session, &case).await?;
            (case, app.remove_question(session, &id, &QuestionId::from(question)).await?)
        }
        Question::Move { question, place, case } => {
            let id = app.case_named(session, &case).await?;
            let place = usize::try_from(place).unwrap_or(usize::MAX).saturating_sub(1);
            (case, app.move_question(session, &id, &QuestionId::from(question), place).await?)
        }
    };
    let view = case.seen_by(session.audience);
    answer(arguments, &json!({ "case": name, "questions": view.questions() }), || {
        for (question, place) in view.questions().iter().zip(1..) {
            crate::say!("{place:>3}  {}  {}", question.id, question.text);
        }
        if view.questions().is_empty() {
            crate::say!("There is no question on the list.");
        }
    })
}

/// What is stated of the dates, and what records propose.
async fn dates(arguments: &Arguments, app: &App, session: &Session, id: &CaseId) -> Result<ExitCode> {
    let case = app.case(session, id).await?;
    let view = case.seen_by(session.audience);
    let proposed: Vec<_> = view
        .proposed_dates(app.knowledge())
        .into_iter()
        .map(|p| {
            json!({
                "means": p.said.means, "date": p.date, "what": p.said.what, "quote": p.words(),
                "document": p.held.document.id, "title": p.held.title(), "start": p.said.start, "end": p.said.end,
                "counted_from": p.counted_from, "on_scan": p.on_scan, "names_no_one": p.held.names_no_one(),
            })
        })
        .collect();
    let value = json!({
        "case": view.handle(), "treatment_start": view.treatment_start(), "safe_wait": view.safe_wait(),
        "proposed": proposed,
    });
    answer(arguments, &value, || {
        let start = view.treatment_start().map_or_else(|| "not stated".to_owned(), |start| start.date.human());
        crate::say!("Treatment start: {start}");
        let wait = view.safe_wait().map_or_else(|| "not stated".to_owned(), |wait| wait.words);
        crate::say!("Safe to wait: {wait}");
        for p in view.proposed_dates(app.knowledge()) {
            let date = p.date.map_or_else(|| "no date".to_owned(), |date| date.human());
            let place = format!("--accept {} --at {}", p.held.document.id, p.said.start);
            crate::say!("  {date}: “{}” ({}; {place})", p.words(), p.held.title());
        }
    })
}

async fn list(arguments: &Arguments, session: &Session) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let cards = app.cases(session).await?;
    let row = |card: &CaseCard| {
        let mut value = json!(card);
        value["standing"]["words"] = app.say(&card.standing.what).into();
        value
    };
    let rows: Vec<_> = cards.iter().map(row).collect();
    answer(arguments, &json!({ "cases": rows }), || {
        for card in &cards {
            let standing = &card.standing;
            let on = standing.on.as_ref().map(|on| format!(", waits on {on}")).unwrap_or_default();
            let since = standing.since.map(|since| format!(", since {since}")).unwrap_or_default();
            let until = standing.until.map(|until| format!(", until {until}")).unwrap_or_default();
            let what = app.say(&standing.what);
            crate::say!("{:8} {}  {}: {what}{on}{since}{until}", standing.pressing.name(), card.handle, card.cancer);
        }
        if cards.is_empty() {
            crate::say!("No cases yet. “consilium import PATH --case NAME” makes one from your files.");
        }
    })
}

async fn show(arguments: &Arguments, session: &Session, name: &str) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let id = app.case_named(session, name).await?;
    let case = app.case(session, &id).await?;
    let view = case.seen_by(session.audience);
    let overview = app.overview(session, &case);
    let knowledge = app.knowledge();
    let events = timeline(&view, knowledge);
    let documents: Vec<_> = view
        .documents(knowledge)
        .into_iter()
        .map(|d| {
            json!({
                "id": d.document.id, "path": d.document.path, "title": d.title(), "kind": d.kind(), "date": d.date(),
                "author": d.author(), "facility": d.facility(), "confirmed": d.checked, "identity": d.identity,
                "format": d.document.format, "object": d.document.object, "removed": d.removed,
            })
        })
        .collect();
    let value = json!({
        "case": view.handle(), "id": view.id(), "head": view.head(), "called": view.called(),
        "steps": overview.steps.iter().map(|(stage, step)| json!({
            "stage": stage, "what": app.say(&step.what), "blocks": step.blocks, "due": step.due })).collect::<Vec<_>>(),
        "documents": documents, "series": series_rows(&view), "timeline": events,
        "set_aside": view.undecided(),
    });
    answer(arguments, &value, || {
        crate::say!("{} ({})", view.called(), view.cancer_words(knowledge));
        for (stage, step) in &overview.steps {
            crate::say!("  {} {}: {}", if step.blocks { "!" } else { "-" }, stage.name(), app.say(&step.what));
        }
        crate::say!();
        for event in &events {
            let date = event.date.map_or_else(|| "date not stated".to_owned(), |d| d.human());
            crate::say!("  {date:>18}  {}", event.what);
        }
    })
}

async fn history(arguments: &Arguments, session: &Session, name: &str) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let id = app.case_named(session, name).await?;
    let entries = app.history(session, &id).await?;
    answer(arguments, &json!({ "case": name, "entries": entries }), || {
        for entry in &entries {
            crate::say!("{:>5}  {}  {}  {}", entry.seq, entry.at.iso(), entry.by, entry.kind);
        }
    })
}
