//! `choose`: the options and their numbers, what matters, the decision and the hand-over.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use consilium_app::casefile::decide::{
    Certainty, Decision, HandOver, HandOverAnswer, HandOverKind, HandOverState, Moment, Sheet, Told, Values, Voice,
};
use consilium_app::casefile::{CaseId, CaseView, DecisionId, HandOverId, OpinionId, Refusal, Session};
use consilium_app::dates::typed_day;
use consilium_app::decide::{Choices, Over, PictureShown};
use consilium_app::{App, AppError};
use jiff::civil::Date;
use serde_json::json;

use super::compare::{refused, word, written};
use super::{answer, json_file, open};
use crate::arguments::{Arguments, Choose, Choosing};
use crate::output;

/// The document that describes the forms of files.
const FORM: &str = "docs/deciding.md";

pub(super) async fn choose(arguments: &Arguments, session: &Session, options: Choose) -> Result<ExitCode> {
    let app = open(arguments).await?;
    match (options.command, options.case) {
        (Some(command), _) => one(arguments, session, &app, command).await,
        (None, Some(case)) => {
            let id = app.case_named(session, &case).await?;
            let case = app.case(session, &id).await?;
            let view = case.seen_by(session.audience);
            let choices = app.choices(&view, options.days)?;
            let decide = view.deciding().ok_or(AppError::NotFound)?;
            let decisions = decide
                .decisions
                .iter()
                .filter(|held| !held.removed)
                .map(|held| json!({ "id": held.id, "decision": held.decision, "told": held.told }));
            let items = decide.items().map(|held| {
                let state = held.state();
                json!({ "id": held.id, "item": held.item, "state": state, "answers": held.answers })
            });
            let value = json!({
                "choices": choices,
                "decisions": decisions.collect::<Vec<_>>(),
                "hand_over": items.collect::<Vec<_>>(),
                "proposed_hand_over": app.proposed_hand_over(&view)?,
            });
            answer(arguments, &value, || print(&app, &view, &choices))
        }
        (None, None) => Err(refused(Refusal::new("refusal-empty-field").with("field", "--case"))),
    }
}

async fn one(arguments: &Arguments, session: &Session, app: &App, command: Choosing) -> Result<ExitCode> {
    let noted = |case: &str| answer(arguments, &json!({ "case": case }), || crate::say!("Noted."));
    match command {
        Choosing::Propose { add, case } => {
            let id = app.case_named(session, &case).await?;
            let case = app.case(session, &id).await?;
            let view = case.seen_by(session.audience);
            let sheet = match add {
                None => view.proposed_sheet(),
                Some(add) => view.sheet_with(&OpinionId(add)).map_err(refused)?,
            };
            output::json(&sheet)?;
            Ok(ExitCode::SUCCESS)
        }
        Choosing::Sheet { file: Some(file), case } => {
            let id = app.case_named(session, &case).await?;
            app.record_sheet(session, &id, &json_file::read::<Sheet>(&file, FORM)?, None).await?;
            noted(&case)
        }
        Choosing::Sheet { file: None, case } => {
            let id = app.case_named(session, &case).await?;
            let case = app.case(session, &id).await?;
            let sheet = case.seen_by(session.audience).deciding().and_then(|decide| decide.sheet().cloned());
            output::json(&sheet.ok_or_else(|| refused(Refusal::new("refusal-no-sheet")))?)?;
            Ok(ExitCode::SUCCESS)
        }
        Choosing::Values { file: Some(file), case, .. } => {
            let id = app.case_named(session, &case).await?;
            app.say_values(session, &id, &json_file::read::<Values>(&file, FORM)?, None).await?;
            noted(&case)
        }
        Choosing::Values { file: None, voice, case } => {
            let id = app.case_named(session, &case).await?;
            let case = app.case(session, &id).await?;
            let voice = voice_of(&voice)?;
            let said = case.seen_by(session.audience).deciding().and_then(|d| d.values_of(voice).cloned());
            output::json(&said.ok_or_else(|| refused(Refusal::new("refusal-values-empty")))?)?;
            Ok(ExitCode::SUCCESS)
        }
        Choosing::Numbers { case } => {
            let id = app.case_named(session, &case).await?;
            app.open_numbers(session, &id).await?;
            noted(&case)
        }
        Choosing::Certain { yes, no, moment, voice, case } => {
            let id = app.case_named(session, &case).await?;
            let moment = word(Some(&moment), Moment::named, Moment::ALL, Moment::name)?.unwrap_or(Moment::Before);
            let answers = yes.into_iter().map(|id| (id, true)).chain(no.into_iter().map(|id| (id, false)));
            let certainty =
                Certainty { voice: voice_of(&voice)?, moment, answers: answers.collect(), asked: BTreeMap::new() };
            app.state_certainty(session, &id, &certainty).await?;
            noted(&case)
        }
        Choosing::Picture { voice, case } => {
            let id = app.case_named(session, &case).await?;
            let case = app.case(session, &id).await?;
            let picture = app.picture(&case.seen_by(session.audience), voice_of(&voice)?)?;
            answer(arguments, &picture, || print_picture(&picture))
        }
        Choosing::Decision { file, case } => {
            let id = app.case_named(session, &case).await?;
            let kept = app.record_decision(session, &id, &json_file::read::<Decision>(&file, FORM)?, None).await?;
            answer(arguments, &json!({ "case": case, "decision": kept }), || crate::say!("Written down: {kept}"))
        }
        Choosing::Mistaken { decision, case } => {
            let id = app.case_named(session, &case).await?;
            app.remove_decision(session, &id, &DecisionId(decision)).await?;
            noted(&case)
        }
        Choosing::Letter { decision, to, output, case } => {
            let id = app.case_named(session, &case).await?;
            let letter = app.decision_letter(session, &id, &DecisionId(decision), &to, None).await?;
            match output {
                Some(output) => written(arguments, app, letter, &output).await,
                None => {
                    let value = json!({ "title": letter.letter.title, "text": letter.text });
                    answer(arguments, &value, || crate::say!("{}", letter.text))
                }
            }
        }
        Choosing::Told { decision, to, on, way, words, case } => {
            let id = app.case_named(session, &case).await?;
            let letter = words.as_deref().map(text).transpose()?;
            if letter.as_ref().is_some_and(|letter| letter.trim().is_empty()) {
                return Err(refused(Refusal::new("refusal-empty-field").with("field", "letter")));
            }
            let letter = letter.unwrap_or_default();
            let told = Told { decision: DecisionId(decision), to, on: day(app, on.as_deref())?, way, letter };
            app.decision_told(session, &id, &told).await?;
            noted(&case)
        }
        Choosing::HandOver { what, kind, owner, due, over, case } => {
            let id = app.case_named(session, &case).await?;
            let kind = word(kind.as_deref(), HandOverKind::named, HandOverKind::ALL, HandOverKind::name)?;
            let over = over.map(HandOverId);
            let held = app.case(session, &id).await?;
            // What is not named stays as it was.
            let before = over.as_ref().and_then(|over| held.deciding().items().find(|held| held.id == *over));
            let before = before.map(|held| held.item.clone());
            let due = match &due {
                Some(due) => typed_day(due).map_err(refused)?,
                None => before.as_ref().and_then(|before| before.due),
            };
            let kind = kind.or(before.as_ref().map(|before| before.kind)).unwrap_or(HandOverKind::Task);
            let owner = owner.or(before.map(|before| before.owner)).unwrap_or_default();
            let item = HandOver { kind, what, owner, due, of: None };
            let over = over.as_ref().map(|id| Over { id, as_of: None });
            let kept = app.record_hand_over(session, &id, over, &item).await?;
            answer(arguments, &json!({ "case": case, "item": kept }), || crate::say!("On the list: {kept}"))
        }
        Choosing::Answered { item, state, by, on, way, case } => {
            let id: CaseId = app.case_named(session, &case).await?;
            let state = word(Some(&state), HandOverState::named, HandOverState::ALL, HandOverState::name)?;
            let state = state.unwrap_or(HandOverState::Confirmed);
            let answer = HandOverAnswer { state, by, on: day(app, on.as_deref())?, way };
            app.answer_hand_over(session, &id, &HandOverId(item), &answer, None).await?;
            noted(&case)
        }
        Choosing::Drop { item, case } => {
            let id = app.case_named(session, &case).await?;
            app.remove_hand_over(session, &id, &HandOverId(item), None).await?;
            noted(&case)
        }
    }
}

fn voice_of(typed: &str) -> Result<Voice> {
    Ok(word(Some(typed), Voice::named, Voice::ALL, Voice::name)?.unwrap_or(Voice::Patient))
}

/// The day that was typed, or today.
fn day(app: &App, typed: Option<&str>) -> Result<Date> {
    let typed = typed_day(typed.unwrap_or_default()).map_err(refused)?;
    Ok(typed.unwrap_or_else(|| app.now().date()))
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} can not be read as text", file.display()))
}

fn print(app: &App, view: &CaseView<'_>, choices: &Choices) {
    if choices.options.is_empty() {
        crate::say!("No options are written down yet: consilium choose propose --case NAME");
    }
    if !choices.question.is_empty() {
        crate::say!("{}", choices.question);
    }
    for option in &choices.options {
        crate::say!("- {}", option.label);
        option.goals.iter().for_each(|goal| crate::say!("    {}: {}", goal.on, goal.words));
    }
    if choices.days_wait {
        crate::say!("The patient's days and limits wait until both have spoken. To look now: consilium choose --days");
    }
    if !choices.shows_numbers && !choices.options.is_empty() {
        crate::say!(
            "The numbers are kept back until the patient has said what matters, or asks: consilium choose numbers"
        );
    }
    for feature in choices.features.iter().filter(|_| choices.shows_numbers) {
        crate::say!("\n{}", feature.label);
        for (option, numbers) in choices.options.iter().zip(&feature.numbers) {
            let said: Vec<String> = numbers
                .iter()
                .map(|n| {
                    format!(
                        "{} ({}; {})",
                        n.words,
                        n.uncertainty.as_deref().unwrap_or("how sure: not stated"),
                        n.source
                    )
                })
                .collect();
            let said = if said.is_empty() { "not stated".to_owned() } else { said.join("; ") };
            crate::say!("  {}: {said}", option.label);
        }
        if let Some(why) = &feature.not_comparable {
            crate::say!("  {why}");
        }
    }
    for missing in choices.standard.iter().filter(|criterion| criterion.met == "not_met") {
        crate::say!("Not yet: {}. {}", missing.label, missing.help);
    }
    let Some(decide) = view.deciding() else { return };
    for held in decide.standing() {
        crate::say!("\nDecided on {}: {} [{}]", held.decision.on, held.decision.choice, held.id);
    }
    for held in decide.items() {
        let (state, owner) = (app.say(&held.state().words()), held.item.owner.as_str());
        let owner = if owner.is_empty() { "nobody is named" } else { owner };
        crate::say!("{state}: {} ({owner}) [{}]", held.item.what, held.id);
    }
}

fn print_picture(picture: &PictureShown) {
    crate::say!("According to the weights that were entered, in the order of the sheet:");
    for (option, low, high) in &picture.options {
        let reach = if low == high { format!("{low}") } else { format!("between {low} and {high}") };
        crate::say!("  {option}: {reach} of 100");
    }
    picture.cautions.iter().for_each(|caution| crate::say!("  ! {caution}"));
    for (feature, why) in &picture.left_out {
        crate::say!("Not in it: {feature}. {why}");
    }
    for (option, limits) in &picture.limits {
        for (limit, keeps) in limits {
            crate::say!("{option} ({limit}): {}", keeps.replace('_', " "));
        }
    }
    for pair in &picture.pairs {
        let overlap = if pair.overlap { "no clear difference" } else { "what they reach does not overlap" };
        let overlap = if pair.same { "the same in everything that has points" } else { overlap };
        crate::say!("{} and {}: {overlap}", pair.one, pair.other);
        for (feature, now, even) in &pair.even_at {
            crate::say!("  both would be even if \"{feature}\" had {even} of 100 of all weight; it has {now}");
        }
        for (feature, now, touch) in &pair.touch_at {
            crate::say!(
                "  what they reach would begin or cease to overlap if \"{feature}\" had {touch} of 100; it has {now}"
            );
        }
        if let Some(better) = &pair.listed_better {
            crate::say!("  {better} is listed as at least as good in everything that was entered");
        }
        if pair.unstated {
            crate::say!("  nobody stated a number for one of them");
        }
    }
}
