//! What matters: asked of each voice by itself, over the ranges that are really on the table, without saying which option has
//! which number. What the other voice said is not shown here.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::decide::{Choices, FeatureShown, stamp};
use consilium_casefile::decide::{Goal, Must, Points, Values as Said, Voice};
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView, Refusal};

use crate::errors::{Failure, html_refused};
use crate::forms::{Values, value};
use crate::lined::{Kind, Line, Section, asks_for_more, each, part};
use crate::parts::Context;
use crate::shell::Shell;
use crate::web::Visitor;

/// One difference that is asked about.
struct AskedView {
    id: String,
    label: String,
    good: bool,
    worst: String,
    best: String,
    fingerprint: String,
    points: String,
    unsure: bool,
    must: String,
    /// What its numbers mean, and what was said in others.
    scale: String,
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "values.html")]
pub(crate) struct ValuesPage {
    shell: Shell,
    id: CaseId,
    voice: &'static str,
    partner: bool,
    /// What was said last when the form was opened.
    as_of: String,
    has_sheet: bool,
    words: String,
    goals: Section,
    asked: Vec<AskedView>,
    /// What can not be asked about, and why.
    not_asked: Vec<(String, String)>,
    refusal: Option<String>,
}

impl ValuesPage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        voice: Voice,
        choices: &Choices,
        values: &Values,
        refusal: Option<String>,
    ) -> Self {
        let goal = |line: &Line<'_>| {
            vec![line.cell("what", "What", Kind::Words), line.text("on", "When, such as 14 March 2026")]
        };
        let heading = (
            "Days and wishes to leave room for",
            "A wedding, a journey, work, the garden. With a day, it is laid over the plans.",
        );
        let asked = |feature: &FeatureShown| {
            let (worst, best) = feature.range.clone()?;
            Some(AskedView {
                id: feature.id.clone(),
                label: feature.label.clone(),
                good: feature.good,
                worst,
                best,
                fingerprint: feature.fingerprint.clone(),
                points: value(values, &format!("points-{}", feature.id)).to_owned(),
                unsure: value(values, &format!("unsure-{}", feature.id)) == "yes",
                must: value(values, &format!("must-{}", feature.id)).to_owned(),
                scale: feature.scale.clone(),
                before: Some(value(values, &format!("before-{}", feature.id)).to_owned()).filter(|w| !w.is_empty()),
            })
        };
        let not_asked = choices.features.iter().filter(|feature| feature.range.is_none());
        Self {
            shell: Shell::of_case(context, view, "What matters", Some(Stage::Decide)).refused(refusal.is_some()),
            id: view.id().clone(),
            voice: voice.name(),
            partner: voice == Voice::Partner,
            as_of: value(values, "as_of").to_owned(),
            has_sheet: choices.since.is_some(),
            words: value(values, "words").to_owned(),
            goals: part(values, "goal", heading, 2, true, &goal),
            asked: choices.features.iter().filter_map(asked).collect(),
            not_asked: not_asked.map(|f| (f.label.clone(), f.not_comparable.clone().unwrap_or_default())).collect(),
            refusal,
        }
    }
}

/// What a voice said, as its form shows it; points of a range that is not on the table any more are asked again.
pub(crate) fn values_of(said: &Said, choices: &Choices) -> Values {
    let mut values = Values::new();
    values.insert("words".to_owned(), said.words.clone());
    for (line, goal) in said.goals.iter().enumerate() {
        values.insert(format!("goal-{line}-what"), goal.what.clone());
        values.insert(format!("goal-{line}-on"), goal.on.map(|day| day.to_string()).unwrap_or_default());
    }
    let asked_now = |points: &&Points| {
        choices.features.iter().any(|feature| feature.id == points.feature && feature.fingerprint == points.of)
    };
    for points in said.points.iter().filter(asked_now) {
        match points.points {
            Some(given) => values.insert(format!("points-{}", points.feature), given.to_string()),
            None => values.insert(format!("unsure-{}", points.feature), "yes".to_owned()),
        };
    }
    for must in &said.musts {
        // A limit in other numbers is asked about again, never carried over.
        let now = choices.features.iter().any(|feature| feature.id == must.feature && feature.scale == must.of);
        let name = if now { "must" } else { "before" };
        values.insert(format!("{name}-{}", must.feature), must.limit.to_string());
    }
    values
}

/// What was typed.
///
/// # Errors
/// A refusal that names the line: no whole number, no day.
pub(crate) fn said_of(voice: Voice, choices: &Choices, values: &Values) -> Result<Said, Refusal> {
    let whole = |name: String, label: &str| -> Result<Option<u32>, Refusal> {
        let text = value(values, &name).trim();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| Refusal::new("refusal-sheet-whole").with("what", label))
    };
    let goals = each(values, "goal", &["what", "on"])
        .map(|line| Ok(Goal { what: line.text("what"), on: line.day("on")? }))
        .collect::<Result<Vec<_>, Refusal>>()?;
    let (mut points, mut musts) = (Vec::new(), Vec::new());
    for feature in choices.features.iter().filter(|feature| feature.range.is_some()) {
        let given = whole(format!("points-{}", feature.id), &feature.label)?;
        let unsure = value(values, &format!("unsure-{}", feature.id)) == "yes";
        if given.is_some() && unsure {
            return Err(Refusal::new("refusal-values-both").with("feature", &feature.label));
        }
        if given.is_some() || unsure {
            let of = value(values, &format!("of-{}", feature.id)).to_owned();
            points.push(Points { feature: feature.id.clone(), points: given, of });
        }
        if let Some(limit) = whole(format!("must-{}", feature.id), &feature.label)? {
            let of = value(values, &format!("scale-{}", feature.id)).to_owned();
            musts.push(Must { feature: feature.id.clone(), limit, of });
        }
    }
    Ok(Said { voice, words: value(values, "words").to_owned(), goals, points, musts })
}

async fn show(
    visitor: &Visitor,
    id: &CaseId,
    voice: Voice,
    typed: Option<&Values>,
    refusal: Option<String>,
) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let choices = visitor.app.choices(&view, false)?;
    let kept = view.deciding().and_then(|decide| decide.values_of(voice)).map(|said| values_of(said, &choices));
    let (mut values, refused) = (typed.cloned().or(kept).unwrap_or_default(), refusal.is_some());
    if typed.is_none() {
        let said = view.deciding().and_then(|decide| decide.values.get(&voice));
        values.insert("as_of".to_owned(), stamp(said.map(|(_, at)| *at)));
    }
    html_refused(&visitor.look(|context| ValuesPage::new(context, &view, voice, &choices, &values, refusal)), refused)
}

/// `/cases/{case}/decide/values/{voice}`
pub(crate) async fn page(visitor: Visitor, Path((id, voice)): Path<(CaseId, String)>) -> Result<Response, Failure> {
    let voice = Voice::named(&voice).ok_or(Failure::NotFound)?;
    show(&visitor, &id, voice, None, None).await
}

/// Keeps what matters to a voice.
pub(crate) async fn say(
    visitor: Visitor,
    Path((id, voice)): Path<(CaseId, String)>,
    Form(mut values): Form<Values>,
) -> Result<Response, Failure> {
    let voice = Voice::named(&voice).ok_or(Failure::NotFound)?;
    if asks_for_more(&mut values) {
        return show(&visitor, &id, voice, Some(&values), None).await;
    }
    let case = visitor.case(&id).await?;
    let choices = visitor.app.choices(&case.seen_by(visitor.session.audience), false)?;
    let as_of = Some(value(&values, "as_of"));
    let kept = match said_of(voice, &choices, &values) {
        Ok(said) => visitor.app.say_values(&visitor.session, &id, &said, as_of).await.map(|_| ()),
        Err(refusal) => Err(refusal.into()),
    };
    match visitor.told(kept)? {
        Ok(()) => Ok(Redirect::to(&format!("/cases/{id}/decide#matters")).into_response()),
        Err(sentence) => show(&visitor, &id, voice, Some(&values), Some(sentence)).await,
    }
}
