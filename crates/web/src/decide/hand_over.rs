//! The hand-over: who does what next, by when, and who said yes. What nobody confirmed stays marked as needing somebody.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::dates::typed_day;
use consilium_app::decide::{Over, answers_stamp, words_stamp};
use consilium_casefile::decide::{HandOver, HandOverAnswer, HandOverKind, HandOverOf, HandOverState, HeldHandOver};
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView, HandOverId, Refusal};

use super::{day_of, state_word};
use crate::errors::{Failure, html_refused};
use crate::forms::{Values, named, value};
use crate::parts::{Choice, Context, When, Word};
use crate::shell::Shell;
use crate::web::Visitor;

struct ItemView {
    id: String,
    /// The words that stood there when the form was opened.
    as_of: String,
    /// What was answered so far, for a form that answers.
    answered: String,
    kind: String,
    what: String,
    owner: String,
    due: Option<When>,
    due_typed: String,
    late: bool,
    state: Word,
    needs_somebody: bool,
    /// It is of an earlier decision.
    earlier: bool,
    /// What the case itself says of it.
    settled: Option<String>,
    answers: Vec<(String, String, When, String)>,
}

struct ProposedView {
    kind: &'static str,
    kind_words: String,
    what: String,
    owner: String,
    due: Option<When>,
    of: String,
}

#[derive(Template)]
#[template(path = "hand_over.html")]
pub(crate) struct HandOverPage {
    shell: Shell,
    id: CaseId,
    items: Vec<ItemView>,
    proposed: Vec<ProposedView>,
    unconfirmed: usize,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    today: String,
    typed: Values,
    /// The line that was refused; empty: a new one.
    refused: Option<(String, String)>,
}

impl HandOverPage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        proposed: Vec<HandOver>,
        typed: Values,
        refused: Option<(String, String)>,
    ) -> Self {
        let say = context.say;
        let today = context.now.date();
        let decide = view.deciding();
        let held: Vec<&HeldHandOver> = decide.map(|decide| decide.items().collect()).unwrap_or_default();
        let needs = |held: &HeldHandOver| decide.is_some_and(|decide| decide.needs_somebody(held));
        let ended = |held: &HeldHandOver| held.state() == HandOverState::Done;
        // A form that was refused is still the one that was opened then.
        let as_of = |held: &HeldHandOver| match &refused {
            Some((line, _)) if *line == held.id.as_str() => value(&typed, "as_of").to_owned(),
            _ => words_stamp(&held.item),
        };
        let item = |held: &&HeldHandOver| ItemView {
            id: held.id.to_string(),
            as_of: as_of(held),
            answered: match &refused {
                Some((line, _)) if *line == held.id.as_str() => value(&typed, "answered").to_owned(),
                _ => answers_stamp(held),
            },
            kind: say(&held.item.kind.words()),
            what: held.item.what.clone(),
            owner: held.item.owner.clone(),
            due: held.item.due.map(When::from),
            due_typed: held.item.due.map(|due| due.to_string()).unwrap_or_default(),
            late: !ended(held) && held.item.due.is_some_and(|due| due < today),
            state: state_word(context, held.state()),
            needs_somebody: needs(held),
            earlier: decide.is_some_and(|decide| decide.is_of_an_earlier_decision(held)),
            settled: view.settled(&held.item).map(|said| say(&said)),
            answers: held
                .answers
                .iter()
                .map(|a| (say(&a.state.words()), a.by.clone(), When::from(a.on), a.way.clone()))
                .collect(),
        };
        let proposal = |proposed: HandOver| ProposedView {
            kind: proposed.kind.name(),
            kind_words: say(&proposed.kind.words()),
            what: proposed.what,
            owner: proposed.owner,
            due: proposed.due.map(When::from),
            of: proposed.of.as_ref().map(HandOverOf::word).unwrap_or_default(),
        };
        let answers: Vec<HandOverState> =
            HandOverState::ALL.iter().copied().filter(|state| *state != HandOverState::Open).collect();
        Self {
            shell: Shell::of_case(context, view, "Hand-over", Some(Stage::Decide)).refused(refused.is_some()),
            id: view.id().clone(),
            unconfirmed: held.iter().filter(|held| needs(held)).count(),
            items: held.iter().map(item).collect(),
            proposed: proposed.into_iter().map(proposal).collect(),
            kinds: named(say, HandOverKind::ALL, HandOverKind::name, HandOverKind::words, value(&typed, "kind")),
            states: named(say, &answers, HandOverState::name, HandOverState::words, ""),
            today: today.to_string(),
            typed,
            refused,
        }
    }

    /// What was typed into a form that was refused, of a line or of a new one (empty); else what stands there.
    fn typed<'a>(&'a self, line: &str, form: &str, name: &str, otherwise: &'a str) -> &'a str {
        if self.is_refused(line, form) { value(&self.typed, name) } else { otherwise }
    }

    /// Whether it is this form of a line that was refused: the one that names who does it, or the one of answers.
    fn is_refused(&self, line: &str, form: &str) -> bool {
        let names = value(&self.typed, "act") == "name";
        self.refusal_of(line).is_some() && names == (form == "name")
    }

    fn refusal_of(&self, line: &str) -> Option<&String> {
        self.refused.as_ref().filter(|(of, _)| of == line).map(|(_, sentence)| sentence)
    }
}

async fn show(
    visitor: &Visitor,
    id: &CaseId,
    typed: Values,
    refused: Option<(String, String)>,
) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let proposed = visitor.app.proposed_hand_over(&view)?;
    let was = refused.is_some();
    html_refused(&visitor.look(|context| HandOverPage::new(context, &view, proposed, typed, refused)), was)
}

/// `/cases/{case}/decide/hand-over`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    show(&visitor, &id, Values::new(), None).await
}

fn item_of(values: &Values) -> Result<HandOver, Refusal> {
    Ok(HandOver {
        kind: HandOverKind::named(value(values, "kind")).unwrap_or(HandOverKind::Task),
        what: value(values, "what").to_owned(),
        owner: value(values, "owner").to_owned(),
        due: typed_day(value(values, "due"))?,
        of: HandOverOf::named(value(values, "of")),
    })
}

/// Writes something down that has to be handed over.
pub(crate) async fn write(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let kept = match item_of(&values) {
        Ok(item) => visitor.app.record_hand_over(&visitor.session, &id, None, &item).await.map(|_| ()),
        Err(refusal) => Err(refusal.into()),
    };
    done(&visitor, &id, String::new(), values, kept).await
}

/// Keeps an answer to a line, names who does it, or takes it back.
pub(crate) async fn say(
    visitor: Visitor,
    Path((id, item)): Path<(CaseId, HandOverId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let (app, session, as_of) = (&visitor.app, &visitor.session, Some(value(&values, "as_of")));
    let kept = if value(&values, "act") == "remove" {
        app.remove_hand_over(session, &id, &item, as_of).await.map(|_| ())
    } else if value(&values, "act") == "name" {
        name(&visitor, &id, &item, &values).await
    } else {
        match day_of(&values, "on") {
            Ok(on) => {
                let state = HandOverState::named(value(&values, "state")).unwrap_or(HandOverState::Open);
                let (by, way) = (value(&values, "by").to_owned(), value(&values, "way").to_owned());
                let answer = HandOverAnswer { state, by, on, way };
                let seen = Some(value(&values, "answered"));
                app.answer_hand_over(session, &id, &item, &answer, seen).await.map(|_| ())
            }
            Err(refusal) => Err(refusal.into()),
        }
    };
    done(&visitor, &id, item.to_string(), values, kept).await
}

/// Names who does it, and by when.
async fn name(visitor: &Visitor, id: &CaseId, item: &HandOverId, values: &Values) -> Result<(), AppError> {
    let case = visitor.case(id).await.map_err(|_| AppError::NotFound)?;
    let held = case.deciding().items().find(|held| held.id == *item);
    let held = held.ok_or_else(|| Refusal::new("refusal-handover-unknown"))?;
    let due = typed_day(value(values, "due"))?;
    let owner = value(values, "owner").to_owned();
    let item_now = HandOver { owner, due, ..held.item.clone() };
    let over = Over { id: item, as_of: Some(value(values, "as_of")) };
    visitor.app.record_hand_over(&visitor.session, id, Some(over), &item_now).await.map(|_| ())
}

async fn done(
    visitor: &Visitor,
    id: &CaseId,
    line: String,
    values: Values,
    kept: Result<(), AppError>,
) -> Result<Response, Failure> {
    match visitor.told(kept)? {
        Ok(()) => Ok(Redirect::to(&format!("/cases/{id}/decide/hand-over")).into_response()),
        Err(sentence) => show(visitor, id, values, Some((line, sentence))).await,
    }
}
