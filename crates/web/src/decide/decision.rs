//! A decision is written down, taken back, told. Who is told what is the person's choice, one line each; the letter is shown
//! before it goes, and what was sent is kept word for word.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::dates::typed_day;
use consilium_app::decide::ground_of;
use consilium_casefile::decide::{Decision, Tell, Telling, Told};
use consilium_casefile::next::Stage;
use consilium_casefile::shared::text;
use consilium_casefile::{CaseId, CaseView, DecisionId, OpinionId, Refusal};

use super::{answered, day_of};
use crate::errors::{Failure, html_refused};
use crate::forms::{Values, choices, named, value};
use crate::lined::{Cell, Kind, Line, Section, asks_for_more, each, listed, part};
use crate::parts::{Context, When};
use crate::requests::pdf;
use crate::shell::Shell;
use crate::web::Visitor;

/// What each level of telling passes on.
const TOLD: &str = "You choose. “My choice” tells what you chose and not a word more; “my reasons too” also why, what is still \
    open, and what of the hand-over is theirs; “everything” also what the other doctors advise and the whole hand-over. Nothing \
    goes anywhere by itself: each letter is shown to you first.";

#[derive(Template)]
#[template(path = "decision.html")]
pub(crate) struct DecisionPage {
    shell: Shell,
    id: CaseId,
    /// The decision that held when the form was opened.
    as_of: String,
    head: Vec<Cell>,
    sections: Vec<Section>,
    refusal: Option<String>,
}

impl DecisionPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, values: &Values, refusal: Option<String>) -> Self {
        let line = Line { values, name: String::new(), number: String::new() };
        let sheet = view.deciding().and_then(|decide| decide.sheet());
        let options = sheet.map(|sheet| sheet.options.as_slice()).unwrap_or_default();
        let options = options.iter().map(|option| listed(option.id.clone(), option.label.clone())).collect();
        let say = context.say;
        let tell = |line: &Line<'_>| {
            vec![
                line.cell("opinion", "", Kind::Kept),
                line.cell("to", "Who", Kind::Words),
                line.choice("what", "Is told", "Choose", named(say, Tell::ALL, Tell::name, Tell::words, "")),
                line.choice("stays", "Treats me from now on", "Not said", choices(&[("yes", "yes"), ("no", "no")], "")),
            ]
        };
        let heading = ("Who is told what", TOLD);
        Self {
            shell: Shell::of_case(context, view, "My decision", Some(Stage::Decide)).refused(refusal.is_some()),
            id: view.id().clone(),
            as_of: value(values, "as_of").to_owned(),
            head: vec![
                line.text("on", "When you decided, such as 14 March 2026"),
                line.choice("option", "One of the options", "Something else, or to wait", options),
                line.cell("choice", "In your words; empty: the option by its name", Kind::Words),
                line.long("reasons", "Why"),
                line.cell("present", "Who was there", Kind::Words),
                line.text("revisit", "When to look at it again"),
                line.long("questions", "What is still open, one question a line"),
            ],
            sections: vec![part(values, "tell", heading, 2, true, &tell)],
            refusal,
        }
    }
}

/// The form as it begins: today, and the doctors of the opinions, of whom nothing is chosen.
fn begun(visitor: &Visitor, view: &CaseView<'_>) -> Values {
    let mut values = Values::new();
    values.insert("on".to_owned(), visitor.app.now().date().to_string());
    // Who gave two opinions is told once.
    let mut doctors: Vec<&consilium_casefile::compare::HeldOpinion> = Vec::new();
    for held in view.opinions() {
        if !doctors.iter().any(|known| text::same_line(&known.opinion.clinician.name, &held.opinion.clinician.name)) {
            doctors.push(held);
        }
    }
    for (line, held) in doctors.iter().enumerate() {
        values.insert(format!("tell-{line}-to"), held.opinion.clinician.name.clone());
        values.insert(format!("tell-{line}-opinion"), held.id.to_string());
    }
    // Those who were told of the decision before are asked about again.
    let before = view.deciding().and_then(|decide| decide.decision());
    values.insert("as_of".to_owned(), view.deciding().map(ground_of).unwrap_or_default());
    let before = before.map(|held| held.decision.tell.as_slice()).unwrap_or_default();
    let first = doctors.len();
    for (line, telling) in before.iter().filter(|telling| telling.opinion.is_none()).enumerate() {
        values.insert(format!("tell-{}-to", first + line), telling.to.clone());
    }
    values
}

/// The decision that was typed.
///
/// # Errors
/// A refusal: no day, or somebody of whom it was not chosen what they are told.
pub(crate) fn decision_of(view: &CaseView<'_>, values: &Values) -> Result<Decision, Refusal> {
    let of = |name: &str| value(values, name).trim().to_owned();
    let option = Some(of("option")).filter(|id| !id.is_empty());
    let sheet = view.deciding().and_then(|decide| decide.sheet());
    let label = option.as_deref().and_then(|id| sheet?.option(id)).map(|option| option.label.clone());
    if option.is_some() && label.is_none() {
        return Err(Refusal::new("refusal-decision-option"));
    }
    let choice = Some(of("choice")).filter(|words| !words.is_empty()).or(label).unwrap_or_default();
    let on = day_of(values, "on")?;
    let tell = each(values, "tell", &["to"]).map(|line| {
        let to = line.text("to");
        let what = line.choice("what", Tell::named);
        let what = what.ok_or_else(|| Refusal::new("refusal-decision-tell").with("to", &to))?;
        let opinion = Some(line.text("opinion")).filter(|id| !id.is_empty()).map(OpinionId::from);
        let stays = line.text("stays");
        Ok(Telling { to, opinion, what, goes_on: stays == "yes", leaves: stays == "no" })
    });
    Ok(Decision {
        on,
        choice,
        option,
        label: String::new(),
        reasons: of("reasons"),
        present: of("present"),
        revisit: typed_day(&of("revisit"))?,
        questions: of("questions"),
        tell: tell.collect::<Result<_, Refusal>>()?,
    })
}

async fn show(
    visitor: &Visitor,
    id: &CaseId,
    typed: Option<&Values>,
    refusal: Option<String>,
) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let values = typed.cloned().unwrap_or_else(|| begun(visitor, &view));
    let refused = refusal.is_some();
    html_refused(&visitor.look(|context| DecisionPage::new(context, &view, &values, refusal)), refused)
}

/// `/cases/{case}/decide/decisions/new`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    show(&visitor, &id, None, None).await
}

/// Writes a decision down.
pub(crate) async fn write(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(mut values): Form<Values>,
) -> Result<Response, Failure> {
    if asks_for_more(&mut values) {
        return show(&visitor, &id, Some(&values), None).await;
    }
    let case = visitor.case(&id).await?;
    let kept = match decision_of(&case.seen_by(visitor.session.audience), &values) {
        Ok(decision) => {
            let as_of = Some(value(&values, "as_of"));
            visitor.app.record_decision(&visitor.session, &id, &decision, as_of).await.map(|_| ())
        }
        Err(refusal) => Err(refusal.into()),
    };
    match visitor.told(kept)? {
        Ok(()) => Ok(Redirect::to(&format!("/cases/{id}/decide#decision")).into_response()),
        Err(sentence) => show(&visitor, &id, Some(&values), Some(sentence)).await,
    }
}

/// Takes a decision back that was written by mistake.
pub(crate) async fn remove(
    visitor: Visitor,
    Path((id, decision)): Path<(CaseId, DecisionId)>,
) -> Result<Response, Failure> {
    let done = visitor.app.remove_decision(&visitor.session, &id, &decision).await;
    answered(&visitor, &id, done.map(|_| ()), "decision").await
}

#[derive(Template)]
#[template(path = "told.html")]
pub(crate) struct ToldPage {
    shell: Shell,
    id: CaseId,
    decision: DecisionId,
    place: usize,
    to: String,
    what: String,
    /// What the letter is called; `None`: it can not be written now.
    title: Option<String>,
    /// Why not.
    why_not: Option<String>,
    paragraphs: Vec<String>,
    letter: String,
    on: String,
    way: String,
    told: Vec<(When, String, Vec<String>)>,
    /// What of the words can not be printed with the fonts at hand.
    unprintable: Option<String>,
    refusal: Option<String>,
}

/// Who stands in this place of those who are told.
fn told_in(view: &CaseView<'_>, decision: &DecisionId, place: usize) -> Result<Telling, AppError> {
    let decide = view.deciding().ok_or(AppError::NotFound)?;
    let held = decide.standing().find(|held| held.id == *decision).ok_or(AppError::NotFound)?;
    held.decision.tell.get(place).cloned().ok_or(AppError::NotFound)
}

async fn show_letter(
    visitor: &Visitor,
    id: &CaseId,
    decision: &DecisionId,
    place: usize,
    typed: Option<&Values>,
    refusal: Option<String>,
) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let telling = told_in(&view, decision, place)?;
    let letter = visitor.app.decision_letter(&visitor.session, id, decision, &telling.to, None).await;
    // What was sent can be read whatever can be written now.
    let (letter, why_not) = match visitor.told(letter)? {
        Ok(letter) => (Some(letter), None),
        Err(sentence) => (None, Some(sentence)),
    };
    let held = view.deciding().and_then(|decide| decide.standing().find(|held| held.id == *decision));
    let told = held.map(|held| held.told.as_slice()).unwrap_or_default();
    let told = told.iter().filter(|told| told.to == telling.to);
    let paragraphs = |text: &str| text.split('\n').filter(|p| !p.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let empty = Values::new();
    let typed_values = typed.unwrap_or(&empty);
    let typed = |name: &str, else_: String| typed_values.get(name).cloned().unwrap_or(else_);
    let refused = refusal.is_some();
    let page = visitor.look(|context| ToldPage {
        shell: Shell::of_case(context, &view, "A letter", Some(Stage::Decide)).refused(refused),
        id: id.clone(),
        decision: decision.clone(),
        place,
        to: telling.to.clone(),
        what: (context.say)(&telling.what.words()),
        title: letter.as_ref().map(|letter| letter.letter.title.clone()),
        paragraphs: letter.as_ref().map(|letter| paragraphs(&letter.text)).unwrap_or_default(),
        letter: typed("letter", letter.as_ref().map(|letter| letter.text.clone()).unwrap_or_default()),
        why_not,
        on: typed("on", visitor.app.now().date().to_string()),
        way: typed("way", String::new()),
        unprintable: letter.as_ref().and_then(|letter| visitor.app.unprintable_in(&letter.text)),
        told: told.map(|told| (When::from(told.on), told.way.clone(), paragraphs(&told.letter))).collect(),
        refusal,
    });
    html_refused(&page, refused)
}

/// `/cases/{case}/decide/decisions/{decision}/letters/{place}`
pub(crate) async fn letter(
    visitor: Visitor,
    Path((id, decision, place)): Path<(CaseId, DecisionId, usize)>,
) -> Result<Response, Failure> {
    show_letter(&visitor, &id, &decision, place, None, None).await
}

/// Says that the letter was sent, with its words.
pub(crate) async fn sent(
    visitor: Visitor,
    Path((id, decision, place)): Path<(CaseId, DecisionId, usize)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let telling = told_in(&case.seen_by(visitor.session.audience), &decision, place)?;
    let done = match day_of(&values, "on") {
        Ok(on) => {
            let (way, letter) = (value(&values, "way").to_owned(), value(&values, "letter").to_owned());
            let told = Told { decision: decision.clone(), to: telling.to, on, way, letter };
            visitor.app.decision_told(&visitor.session, &id, &told).await.map(|_| ())
        }
        Err(refusal) => Err(refusal.into()),
    };
    match visitor.told(done)? {
        Ok(()) => Ok(Redirect::to(&format!("/cases/{id}/decide#decision")).into_response()),
        Err(sentence) => show_letter(&visitor, &id, &decision, place, Some(&values), Some(sentence)).await,
    }
}

/// `/cases/{case}/decide/decisions/{decision}/letters/{place}/page`: to print.
pub(crate) async fn printed(
    visitor: Visitor,
    Path((id, decision, place)): Path<(CaseId, DecisionId, usize)>,
) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let telling = told_in(&case.seen_by(visitor.session.audience), &decision, place)?;
    let letter = visitor.app.decision_letter(&visitor.session, &id, &decision, &telling.to, None).await;
    let page = visitor.app.decision_pdf(letter.map_err(|error| visitor.failure(error))?).await?;
    Ok(pdf(page, "decision.pdf"))
}
