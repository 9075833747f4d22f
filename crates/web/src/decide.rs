//! Decide: what matters first, then options and stated numbers side by side, then the decision and who has to know. Options
//! stand in the order of the sheet, all in one colour; a total is shown only on a page of its own that a person asks for.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::dates::typed_day;
use consilium_app::decide::{Choices, FeatureShown, OptionShown, PictureShown, PointsShown, Standard};
use consilium_casefile::decide::{Certainty, Decide, Goal, HandOverState, Moment, Tell, Values as Said, Voice};
use consilium_casefile::knowledge::CertaintyQuestion;
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView, Refusal};
use jiff::civil::Date;

use crate::errors::{Failure, html, html_refused};
use crate::forms::{Values, asked, value};
use crate::parts::{Context, StepView, When, Word};
use crate::shell::Shell;
use crate::web::Visitor;

pub(crate) mod decision;
pub(crate) mod hand_over;
pub(crate) mod sheet;
pub(crate) mod values;

/// What a voice has said.
struct VoiceView {
    name: &'static str,
    words: String,
    said: Option<When>,
    /// What it said in its own words, and the days and wishes.
    own: Vec<String>,
    stale: Vec<String>,
}

/// One question of the certainty check, with what was answered.
struct CertaintyView {
    id: String,
    question: String,
    help: String,
    before: Option<bool>,
    after: Option<bool>,
}

impl CertaintyView {
    /// Whether the last answer was no.
    fn says_no(&self) -> bool {
        self.after.or(self.before) == Some(false)
    }
}

struct ToldView {
    to: String,
    what: String,
    goes_on: bool,
    nothing: bool,
    place: usize,
    told: Option<(When, String)>,
}

struct DecisionView {
    id: String,
    on: When,
    choice: String,
    reasons: Vec<String>,
    present: String,
    revisit: Option<When>,
    questions: Vec<String>,
    tell: Vec<ToldView>,
    may_be_removed: bool,
    /// Who was told of an earlier decision and is not asked about in this one, which holds now.
    forgotten: Vec<String>,
}

#[derive(Template)]
#[template(path = "decide.html")]
pub(crate) struct DecidePage {
    shell: Shell,
    id: CaseId,
    may_change: bool,
    step: Option<StepView>,
    choices: Option<Choices>,
    since: Option<When>,
    opened: Option<When>,
    voices: Vec<VoiceView>,
    certainty: Vec<CertaintyView>,
    /// Whether the page shows which option has which number: before, certainty is asked above the options, and else below.
    numbers_shown: bool,
    /// Opinions whose plan no option is: number, and whose.
    off_sheet: Vec<(String, String)>,
    standard_met: usize,
    standard_of: usize,
    decisions: Vec<DecisionView>,
    unconfirmed: usize,
    items: usize,
    refusal: Option<String>,
}

impl DecidePage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        choices: Option<Choices>,
        refusal: Option<String>,
    ) -> Self {
        let stage = context.stages(view).into_iter().find(|stage| stage.stage == Stage::Decide);
        let step = stage.as_ref().and_then(|stage| stage.steps.first());
        let decide = view.deciding();
        let voices = decide.map(|decide| voices(context, decide)).unwrap_or_default();
        let applies = |s: &&Standard| s.met != "not_applicable" && s.level != "quality";
        let standard = choices.as_ref().map(|choices| choices.standard.as_slice()).unwrap_or_default();
        Self {
            shell: Shell::of_case(context, view, "Decide", Some(Stage::Decide)).refused(refusal.is_some()),
            id: view.id().clone(),
            may_change: view.audience().may_change(),
            step: step.map(|step| StepView::new(context, view.id(), Stage::Decide, step)),
            since: choices.as_ref().and_then(|choices| choices.since).map(When::from),
            opened: choices.as_ref().and_then(|choices| choices.opened).map(When::from),
            voices,
            numbers_shown: decide.is_some_and(Decide::shows_numbers),
            certainty: decide.map(|decide| certainty(context, decide)).unwrap_or_default(),
            off_sheet: view
                .opinions_off_the_sheet()
                .into_iter()
                .map(|held| (held.id.to_string(), held.opinion.clinician.name.clone()))
                .collect(),
            standard_met: standard.iter().filter(applies).filter(|s| s.met == "met").count(),
            standard_of: standard.iter().filter(applies).count(),
            decisions: decide.map(|decide| decisions(context, decide)).unwrap_or_default(),
            unconfirmed: decide.map_or(0, |decide| decide.items().filter(|held| decide.needs_somebody(held)).count()),
            items: decide.map_or(0, |decide| decide.items().count()),
            choices,
            refusal,
        }
    }

    /// A day in words.
    #[expect(clippy::unused_self, reason = "templates call methods of the page")]
    fn day(&self, day: &Date) -> String {
        When::from(*day).human
    }

    /// What differs between the options.
    fn features(&self) -> &[FeatureShown] {
        self.choices.as_ref().map(|choices| choices.features.as_slice()).unwrap_or_default()
    }

    /// The options, where there are any.
    fn options(&self) -> &[OptionShown] {
        self.choices.as_ref().map(|choices| choices.options.as_slice()).unwrap_or_default()
    }
}

fn voices(context: &Context<'_>, decide: &Decide) -> Vec<VoiceView> {
    let view = |voice: &Voice| {
        let said = decide.values.get(voice);
        let stale = said.zip(decide.sheet()).map(|((values, _), sheet)| {
            sheet.stale(values).into_iter().chain(sheet.unasked(values)).map(|f| f.label.clone()).collect()
        });
        VoiceView {
            name: voice.name(),
            words: (context.say)(&voice.words()),
            said: said.map(|(_, at)| When::from(*at)),
            // Each voice speaks for itself: what one said stands here once both have spoken.
            own: said
                .filter(|_| decide.values.len() == Voice::ALL.len())
                .map(|(v, _)| own_words(v))
                .unwrap_or_default(),
            stale: stale.unwrap_or_default(),
        }
    };
    Voice::ALL.iter().map(view).collect()
}

/// What a voice said, line by line: its words, then days and wishes.
fn own_words(values: &Said) -> Vec<String> {
    let words = values.words.lines().map(|line| format!("“{line}”"));
    let goal = |goal: &Goal| match goal.on {
        Some(on) => format!("{}: {}", goal.what, When::from(on).human),
        None => goal.what.clone(),
    };
    words.chain(values.goals.iter().map(goal)).collect()
}

fn certainty(context: &Context<'_>, decide: &Decide) -> Vec<CertaintyView> {
    let questions = context.knowledge.deciding.certainty.iter();
    // An answer to other words is no answer to these.
    let of = |moment: Moment, question: &CertaintyQuestion| {
        let (said, _) = decide.certainty_of(Voice::Patient, moment)?;
        let same = said.asked.get(&question.id).is_none_or(|asked| *asked == question.question);
        said.answers.iter().find(|(known, _)| same && *known == question.id).map(|(_, yes)| *yes)
    };
    questions
        .map(|question| CertaintyView {
            id: question.id.clone(),
            question: question.question.clone(),
            help: question.help.clone(),
            before: of(Moment::Before, question),
            after: of(Moment::After, question),
        })
        .collect()
}

fn decisions(context: &Context<'_>, decide: &Decide) -> Vec<DecisionView> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let view = |held: &consilium_casefile::decide::HeldDecision| {
        let decision = &held.decision;
        let telling = |(place, telling): (usize, &consilium_casefile::decide::Telling)| ToldView {
            to: telling.to.clone(),
            what: (context.say)(&telling.what.words()),
            goes_on: telling.goes_on,
            nothing: telling.what == Tell::Nothing,
            place,
            told: held.told.iter().rev().find(|t| t.to == telling.to).map(|t| (When::from(t.on), t.way.clone())),
        };
        DecisionView {
            id: held.id.to_string(),
            on: When::from(decision.on),
            choice: decision.choice.clone(),
            reasons: lines(&decision.reasons),
            present: decision.present.clone(),
            revisit: decision.revisit.map(When::from),
            questions: lines(&decision.questions),
            tell: decision.tell.iter().enumerate().map(telling).collect(),
            may_be_removed: held.told.is_empty(),
            forgotten: Vec::new(),
        }
    };
    let mut all: Vec<DecisionView> = decide.standing().rev().map(view).collect();
    let told = decide.standing().flat_map(|held| held.told.iter().map(|told| &told.to));
    let mut forgotten: Vec<String> = Vec::new();
    if let Some(newest) = decide.decision() {
        for to in told.filter(|to| !newest.decision.tell.iter().any(|telling| telling.to == **to)) {
            if !forgotten.contains(to) {
                forgotten.push(to.clone());
            }
        }
    }
    if let Some(newest) = all.first_mut() {
        newest.forgotten = forgotten;
    }
    all
}

/// The mark of a state of the hand-over.
pub(crate) fn state_word(context: &Context<'_>, state: HandOverState) -> Word {
    let mark = match state {
        HandOverState::Open => "gap",
        HandOverState::Declined => "cross",
        HandOverState::Confirmed => "half",
        HandOverState::Done => "done",
    };
    Word::said(context.say, &state.words().key, mark)
}

/// The day that was typed into a field, which must not be empty.
fn day_of(values: &Values, field: &str) -> Result<Date, Refusal> {
    typed_day(value(values, field))?.ok_or_else(|| Refusal::new("refusal-decision-day"))
}

async fn show(visitor: &Visitor, id: &CaseId, days: bool, refusal: Option<String>) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    // Whoever may not see the decision is told so on the page.
    let choices = visitor.app.choices(&view, days).ok();
    let refused = refusal.is_some();
    html_refused(&visitor.look(|context| DecidePage::new(context, &view, choices, refusal)), refused)
}

/// `/cases/{case}/decide`; with `?days=yes`, the patient's days and limits also before both have spoken.
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    show(&visitor, &id, asked(&query, "days") == Some("yes"), None).await
}

/// Asks to see the numbers before saying what matters.
pub(crate) async fn numbers(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    let done = visitor.app.open_numbers(&visitor.session, &id).await;
    answered(&visitor, &id, done.map(|_| ()), "options").await
}

/// Keeps how certain the patient is.
pub(crate) async fn certain(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let moment = Moment::named(value(&values, "moment")).unwrap_or(Moment::Before);
    let voice = Voice::named(value(&values, "voice")).unwrap_or(Voice::Patient);
    let knowledge = visitor.app.knowledge();
    let answer = |id: &String| match value(&values, &format!("answer-{id}")) {
        "yes" => Some((id.clone(), true)),
        "no" => Some((id.clone(), false)),
        _ => None,
    };
    let answers = knowledge.deciding.certainty.iter().filter_map(|question| answer(&question.id)).collect();
    let certainty = Certainty { voice, moment, answers, asked: BTreeMap::new() };
    let done = visitor.app.state_certainty(&visitor.session, &id, &certainty).await;
    answered(&visitor, &id, done.map(|_| ()), "certainty").await
}

/// Back to a part of the page, or the page again with what was refused.
async fn answered(visitor: &Visitor, id: &CaseId, done: Result<(), AppError>, part: &str) -> Result<Response, Failure> {
    match visitor.told(done)? {
        Ok(()) => Ok(Redirect::to(&format!("/cases/{id}/decide#{part}")).into_response()),
        Err(sentence) => show(visitor, id, false, Some(sentence)).await,
    }
}

#[derive(Template)]
#[template(path = "picture.html")]
pub(crate) struct PicturePage {
    shell: Shell,
    id: CaseId,
    voice: &'static str,
    who: String,
    picture: Option<PictureShown>,
    why: Option<String>,
}

impl PicturePage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        voice: Voice,
        picture: Result<PictureShown, String>,
    ) -> Self {
        let (picture, why) = match picture {
            Ok(picture) => (Some(picture), None),
            Err(why) => (None, Some(why)),
        };
        Self {
            shell: Shell::of_case(context, view, "What your points say", Some(Stage::Decide)),
            id: view.id().clone(),
            voice: voice.name(),
            who: (context.say)(&voice.words()),
            picture,
            why,
        }
    }
}

impl PicturePage {
    /// Whether the voice gave any limit.
    fn has_limits(&self) -> bool {
        self.picture.as_ref().is_some_and(|picture| picture.limits.iter().any(|(_, limits)| !limits.is_empty()))
    }
}

/// `/cases/{case}/decide/picture`: on request only (`?voice=`).
pub(crate) async fn picture(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    let voice = asked(&query, "voice").and_then(Voice::named).unwrap_or(Voice::Patient);
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let picture = visitor.told(visitor.app.picture(&view, voice))?;
    html(&visitor.look(|context| PicturePage::new(context, &view, voice, picture)))
}
