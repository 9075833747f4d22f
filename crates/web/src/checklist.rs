//! The checklist: what the centre needs, what of it is here, what is partial or missing and who holds it; and one line of
//! it with everything a person can say about it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_casefile::gather::checklist::{Aged, Checklist, Fill, Item, ItemState, Owner, Piece};
use consilium_casefile::gather::requests::Waiver;
use consilium_casefile::gather::tissue::Step;
use consilium_casefile::knowledge::{Department, Need};
use consilium_casefile::next::Stage;
use consilium_casefile::{Case, CaseId, CaseView, DocumentId, HolderId, Message};

use crate::errors::{Failure, html, html_refused};
use crate::forms::{Values, value};
use crate::parts::{Choice, Context, Field, StepView, Typed, When, Word, counted, encoded};
use crate::shell::Shell;
use crate::web::Visitor;

/// A line as the list shows it.
struct Row {
    address: String,
    label: String,
    plain: String,
    state: Word,
    notes: Vec<String>,
    holder: Option<String>,
    /// Nobody else keeps it.
    with_you: bool,
    /// Whose turn it is.
    turn: Option<String>,
    due: Option<When>,
    overdue: bool,
}

/// Lines under one heading.
struct Group {
    id: &'static str,
    heading: &'static str,
    /// Shown only when asked for: what needs nothing any more.
    folded: bool,
    words: String,
    with_holders: bool,
    rows: Vec<Row>,
}

/// A question without whose answer the list is not complete.
struct Question {
    id: String,
    question: String,
    plain: String,
    answered: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "checklist.html")]
pub(crate) struct ChecklistPage {
    shell: Shell,
    id: CaseId,
    center: Option<String>,
    program_note: Option<String>,
    site_known: bool,
    lead: String,
    needed_by: Option<When>,
    ready: bool,
    step: Option<StepView>,
    questions: Vec<Question>,
    answered: Vec<Question>,
    groups: Vec<Group>,
    may_change: bool,
    sees_records: bool,
}

/// State in a word and a mark.
fn state(item: &Item) -> Word {
    match (item.state, item.fill) {
        (ItemState::Waived, _) => Word::new("set aside by you", "cross"),
        (ItemState::NotApplicable, _) => Word::new("does not apply", "empty"),
        (ItemState::AskFirst, _) => Word::new("your answer is needed", "ask"),
        (_, Fill::Here) if item.is_outdated() => Word::new("outdated", "gap"),
        (ItemState::Requested, Fill::Missing) if item.tissue == Some(Step::Shipped) => Word::new("on the way", "wait"),
        (ItemState::Sent, _) if item.tissue.is_some() => Word::new("on the way", "wait"),
        (ItemState::Confirmed, _) if item.tissue.is_some() => Word::new("received there", "done"),
        (ItemState::Requested, Fill::Missing) if item.tissue == Some(Step::Released) => {
            Word::new("given out, not sent", "wait")
        }
        (ItemState::Needed, Fill::Partial) if item.unsure => Word::new("look whether it is here", "ask"),
        (_, Fill::Partial) if item.tissue.is_some() => Word::new("partly there", "half"),
        (ItemState::Requested, Fill::Partial) => Word::new("partly here, rest requested", "half"),
        (ItemState::Requested, _) => Word::new("requested", "wait"),
        (ItemState::Needed, Fill::Partial) => Word::new("partly here", "half"),
        (ItemState::Needed, _) if item.need == Need::Required => Word::new("missing", "gap"),
        (ItemState::Needed, _) => Word::new("not here", "empty"),
        (ItemState::Received, _) => Word::new("here, not looked at", "ask"),
        (ItemState::Checked, _) => Word::new("here and checked", "done"),
        (ItemState::Sent, _) => Word::new("sent, not confirmed", "wait"),
        (ItemState::Confirmed, _) => Word::new("confirmed by the center", "done"),
    }
}

/// What the newest piece's age means, in a sentence.
fn age_words(item: &Item) -> Option<String> {
    let age = item.age.as_ref()?;
    let by = match (age.by_center, age.confirmed) {
        (true, _) => "this center",
        (false, true) => "a named source",
        (false, false) => "a working value that no source states",
    };
    let limits = age.limits;
    Some(match (age.standing, age.days) {
        (Aged::NotKnown, _) | (_, None) => "Its day is not known, so its age is not.".to_owned(),
        (Aged::Current, Some(days)) => format!("{days} days old: current up to {} days, by {by}.", limits.0),
        (Aged::Aging, Some(days)) => {
            format!("{days} days old: more than {} days, by {by}. Ask whether it still does.", limits.0)
        }
        (Aged::Outdated, Some(days)) => {
            format!(
                "{days} days old: more than {} days, by {by}. Ask whether to repeat it before anybody orders it.",
                limits.1
            )
        }
    })
}

fn notes(context: &Context<'_>, item: &Item) -> Vec<String> {
    let mut notes: Vec<String> = item.lacks.iter().map(|lack| (context.say)(lack)).collect();
    if item.age.as_ref().is_some_and(|age| age.standing != Aged::Current) {
        notes.extend(age_words(item));
    }
    notes.extend(item.reports_first.then(|| REPORTS_FIRST.to_owned()));
    notes.extend(item.waived.as_ref().map(|waiver| format!("For {}: {}", whose(waiver), waiver.reason)));
    notes
}

/// Values of the field that says for which center a line is set aside.
const EVERY_CENTER: &str = "every";
const THIS_CENTER: &str = "this";

/// Beside a line whose images are asked for later.
const REPORTS_FIRST: &str = "Reports are enough at this center’s first step. The images are asked for later.";

/// The centers that a person's word about a line holds for.
fn whose(waiver: &Waiver) -> String {
    waiver.center.as_ref().map_or_else(|| "every center".to_owned(), |center| format!("{center} only"))
}

/// Whose turn it is, in words; nothing where nothing is left to do, or a question stands for it.
fn turn(list: &Checklist, item: &Item) -> Option<String> {
    let named = |name: Option<&str>, other: &str| format!("waits for {}", name.unwrap_or(other));
    match item.owner()? {
        // What waits for nobody else is the person's own turn on every other line; said only where it comes back to them.
        Owner::You => item.overdue.then(|| "your turn: the next letter is ready".to_owned()),
        Owner::Holder => Some(named(item.holder.as_ref().map(|h| h.name.as_str()), "an answer")),
        Owner::Center => Some(named(list.center.as_deref(), "the center")),
    }
}

fn row(context: &Context<'_>, case: &CaseId, list: &Checklist, item: &Item) -> Row {
    let waits = matches!(item.state, ItemState::Needed | ItemState::Requested);
    Row {
        address: format!("/cases/{case}/checklist/{}", encoded(&item.requirement)),
        label: item.label.clone(),
        plain: item.plain.clone(),
        state: state(item),
        notes: notes(context, item),
        holder: item.holder.as_ref().filter(|_| waits).map(|holder| match holder.proposed {
            true => format!("probably {}", holder.name),
            false => holder.name.clone(),
        }),
        with_you: !waits || item.department == Department::Patient,
        turn: turn(list, item),
        due: item.due.filter(|_| item.state == ItemState::Requested).map(When::from),
        overdue: item.overdue,
    }
}

fn groups(context: &Context<'_>, case: &CaseId, list: &Checklist) -> Vec<Group> {
    let of = |id, heading, wanted: &dyn Fn(&Item) -> bool| {
        let rows: Vec<Row> =
            list.items.iter().filter(|i| wanted(i)).map(|item| row(context, case, list, item)).collect();
        let folded = matches!(id, "here" | "not-asked");
        let words = format!("Show {}", counted(rows.len() as u64, "record", "records"));
        Group { id, heading, folded, words, with_holders: !folded && id != "look", rows }
    };
    let applies = |item: &Item| !matches!(item.state, ItemState::NotApplicable | ItemState::Waived);
    let asks = |item: &Item| item.state == ItemState::AskFirst;
    let needed = |item: &Item| item.need == Need::Required;
    let mut groups = vec![
        of("open", "Still to get", &|i| i.is_to_get() && !asks(i)),
        of("look", "Here: look whether each holds what is asked for", &|i| needed(i) && i.is_to_look_at()),
        of("helps", "Helps, nobody waits for it", &|i| applies(i) && !asks(i) && !needed(i) && !i.is_here()),
        of("here", "Here", &|i| applies(i) && i.is_here() && !(needed(i) && i.is_to_look_at())),
        of("not-asked", "Not asked for", &|i| !applies(i)),
    ];
    groups.retain(|group| !group.rows.is_empty());
    groups
}

/// Questions of lines that apply, and the answers given.
fn questions(context: &Context<'_>, view: &CaseView<'_>, list: &Checklist) -> (Vec<Question>, Vec<Question>) {
    let said = |id: &str| view.requests().and_then(|r| r.situations.get(id).copied());
    let (mut open, mut answered) = (Vec::new(), Vec::new());
    for situation in &context.knowledge.gathering.situations {
        let asked = list
            .items
            .iter()
            .any(|item| item.situation.as_deref() == Some(situation.id.as_str()) && item.state == ItemState::AskFirst);
        let question = |answered| Question {
            id: situation.id.clone(),
            question: situation.question.clone(),
            plain: situation.plain.clone(),
            answered,
        };
        match said(&situation.id) {
            Some(true) => answered.push(question(Some("Yes"))),
            Some(false) => answered.push(question(Some("No"))),
            None if asked => open.push(question(None)),
            None => {}
        }
    }
    (open, answered)
}

/// The first thing to do about the list: a request that is overdue, else the first record nobody was asked for, else the first
/// nobody looked at.
fn next_step(context: &Context<'_>, view: &CaseView<'_>, list: &Checklist) -> Option<StepView> {
    let overdue = list.items.iter().find(|item| item.overdue);
    let first = overdue.or_else(|| list.items.iter().find(|item| item.is_to_get() && item.state == ItemState::Needed));
    let first = first.or_else(|| list.items.iter().find(|item| item.blocks() && item.is_to_look_at()))?;
    let key = match (overdue.is_some(), first.is_to_look_at()) {
        (true, _) => "next-checklist-overdue",
        (false, true) => "next-checklist-look",
        (false, false) => "next-checklist-get",
    };
    let place = match (&first.request, overdue.is_some()) {
        (Some(request), true) => format!("requests/{request}"),
        _ => format!("checklist/{}", encoded(&first.requirement)),
    };
    let holder = first.holder.as_ref().map(|h| h.name.clone()).unwrap_or_default();
    let message = Message::new(key).with("record", &first.label).with("holder", holder);
    let step = consilium_casefile::next::Step::new(message, &place);
    Some(StepView::new(context, view.id(), Stage::Gather, &step))
}

/// Beside a centre whose own list nobody wrote down.
const NO_LIST: &str =
    "This center’s own list is not known here: this is what centers usually ask for. Ask its intake desk.";

impl ChecklistPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, list: &Checklist) -> Self {
        let open = list.items.iter().filter(|item| item.is_to_get() && item.state != ItemState::AskFirst).count();
        let unlooked = list.items.iter().filter(|item| item.blocks() && item.is_to_look_at()).count();
        let out = |i: &&Item| i.state == ItemState::Waived && i.need == Need::Required && i.fill != Fill::Here;
        let set_aside = list.items.iter().filter(out).count();
        let (questions, answered) = questions(context, view, list);
        let look = |n: usize| format!("Look at {}.", counted(n as u64, "record that is here", "records that are here"));
        let lead = match (list.is_ready(), open) {
            (true, _) if set_aside > 0 => format!(
                "Everything else that is required is here, and you looked at it; {} and {} not here.",
                counted(set_aside as u64, "record was set aside by you", "records were set aside by you"),
                if set_aside == 1 { "is" } else { "are" }
            ),
            (true, _) => "Everything that is required is here, and you looked at it.".to_owned(),
            (false, 0) if unlooked > 0 && questions.is_empty() && list.site.is_some() => {
                format!("Everything that is required seems to be here. {}", look(unlooked))
            }
            (false, 0) if list.site.is_none() => "Say which cancer it is: then the list is complete.".to_owned(),
            (false, 0) => "Answer the questions below: then the list is complete.".to_owned(),
            (false, n) => {
                let whose = list.center.as_deref().unwrap_or("a center");
                let then = if unlooked > 0 { format!(" {}", look(unlooked)) } else { String::new() };
                format!(
                    "{} that {whose} needs {} still to get.{then}",
                    counted(n as u64, "record", "records"),
                    if n == 1 { "is" } else { "are" }
                )
            }
        };
        let program =
            list.program.as_ref().and_then(|id| context.knowledge.gathering.programs.iter().find(|p| p.id == *id));
        Self {
            shell: Shell::of_case(context, view, "What is needed", Some(Stage::Gather)),
            id: view.id().clone(),
            center: list.center.clone(),
            program_note: program.map_or_else(
                || list.center.as_ref().map(|_| NO_LIST.to_owned()),
                |p| {
                    Some({
                        let mark = if p.confirmed { "confirmed" } else { "unconfirmed" };
                        format!("{} Seen: {} ({}, {mark}).", p.note, p.seen, p.source)
                    })
                },
            ),
            site_known: list.site.is_some(),
            lead,
            needed_by: list.needed_by.map(When::from),
            ready: list.is_ready(),
            step: next_step(context, view, list),
            questions,
            answered,
            groups: groups(context, view.id(), list),
            may_change: view.audience().may_change(),
            sees_records: view.audience().sees_records(),
        }
    }
}

/// `/cases/{case}/checklist`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let list = visitor.app.checklist_of(&visitor.session, &case, None).await?;
    let view = case.seen_by(visitor.session.audience);
    html(&visitor.look(|context| ChecklistPage::new(context, &view, &list)))
}

/// Answers a question of the list.
pub(crate) async fn answer(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let happened = match value(&values, "happened") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let done = visitor.app.state_situation(&visitor.session, &id, value(&values, "situation"), happened).await;
    done.map_err(|error| visitor.failure(error))?;
    Ok(Redirect::to(&format!("/cases/{id}/checklist#questions")).into_response())
}

/// A record that shows a line is here, or that a person said does not.
struct PieceView {
    address: Option<String>,
    words: String,
    /// Of a document: its id, for a person to say whether it holds what is asked for.
    document: Option<String>,
    /// What they said.
    holds: Option<bool>,
}

#[derive(Template)]
#[template(path = "requirement.html")]
pub(crate) struct RequirementPage {
    shell: Shell,
    id: CaseId,
    requirement: String,
    label: String,
    plain: String,
    why: String,
    need: &'static str,
    center_note: Option<String>,
    source: String,
    confirmed: bool,
    state: Word,
    lacks: Vec<String>,
    age: Option<String>,
    pieces: Vec<PieceView>,
    /// Documents of which a person said that they do not hold it.
    not_these: Vec<PieceView>,
    /// Whether a document can be all of it.
    of_documents: bool,
    /// A person has not looked yet.
    to_look_at: bool,
    /// Documents to choose from, for one that the program did not connect with the line.
    others: Vec<Choice>,
    holder: Option<String>,
    holder_proposed: bool,
    department: String,
    of_person: bool,
    /// All of it is here and too old: the same again is no help.
    is_outdated: bool,
    ask_address: String,
    add_address: String,
    request: Option<String>,
    /// For whom it was set aside, and why.
    waived: Option<(String, String)>,
    /// What takes that back: the value of the field of centers.
    waived_for: &'static str,
    scope_field: Field,
    scopes: Vec<Choice>,
    reports_first: Option<&'static str>,
    may_change: bool,
    open_settle: bool,
    open_holder: bool,
    reason: Field,
    holder_field: Field,
    holders: Vec<Choice>,
}

fn piece(visitor: &Visitor, case: &Case, view: &CaseView<'_>, requirement: &str, piece: &Piece) -> PieceView {
    let sees = view.audience().sees_records();
    let address = match piece {
        Piece::Document { id } if sees => Some(format!("/cases/{}/documents/{id}", case.id)),
        Piece::Study { uid } if sees => Some(format!("/cases/{}/studies/{}", case.id, encoded(uid))),
        Piece::Tissue { .. } if sees => Some(format!("/cases/{}/tissue", case.id)),
        _ => None,
    };
    let document = if let Piece::Document { id } = piece { Some(id) } else { None };
    let said = view.requests().and_then(|requests| requests.judged(requirement));
    PieceView {
        address,
        words: visitor.app.piece_words(view, piece),
        document: document.map(ToString::to_string),
        holds: document.zip(said).and_then(|(id, said)| said.get(id).copied()),
    }
}

impl RequirementPage {
    fn new(context: &Context<'_>, visitor: &Visitor, case: &Case, item: &Item, typed: &Typed) -> Self {
        let view = &case.seen_by(visitor.session.audience);
        let id = view.id();
        let chosen = item.holder.as_ref().and_then(|h| h.id.as_ref()).map(HolderId::as_str).unwrap_or_default();
        let none = Choice { value: String::new(), label: "Not known".to_owned(), chosen: chosen.is_empty() };
        let listed = view.requests().into_iter().flat_map(|r| r.holders.values()).map(|h| Choice {
            value: h.id.to_string(),
            label: h.name.clone(),
            chosen: h.id.as_str() == chosen,
        });
        let said = item.waived.as_ref();
        let reason = typed.field("reason", "Why nothing more is needed", said.map_or("", |w| w.reason.as_str()));
        let waived_for = if said.is_some_and(|waiver| waiver.center.is_some()) { THIS_CENTER } else { EVERY_CENTER };
        let scope_field = typed.field("center", "For which center", waived_for);
        let scope =
            |value: &str, label: String| Choice { value: value.to_owned(), label, chosen: scope_field.value == value };
        let of_center = view.center().map(|center| scope(THIS_CENTER, format!("Only for {center}")));
        let holder_field = typed.field("holder", "Who holds it", chosen);
        let of_person = item.department == Department::Patient;
        let known = context.knowledge.gathering.requirement(&item.requirement);
        let is_material = known.is_some_and(consilium_casefile::knowledge::Requirement::is_material);
        let shown = |id: &DocumentId| item.evidence.iter().any(|p| matches!(p, Piece::Document { id: is } if is == id));
        let others = view.documents(context.knowledge).into_iter();
        let others = others.filter(|held| !held.removed && held.identity_settled() && !shown(&held.document.id));
        let others = others.map(|held| Choice {
            value: held.document.id.to_string(),
            label: visitor.app.piece_words(view, &Piece::Document { id: held.document.id.clone() }),
            chosen: false,
        });
        let is_in = |id: &DocumentId| view.document(id, context.knowledge).is_some_and(|held| !held.removed);
        let of_line = |of: &Piece| piece(visitor, case, view, &item.requirement, of);
        let said_of = view.requests().and_then(|requests| requests.judged(&item.requirement));
        let out = said_of.into_iter().flatten().filter(|(id, holds)| !**holds && is_in(id)).map(|(id, _)| id);
        let holder =
            item.holder.as_ref().and_then(|h| h.id.as_ref()).map(|h| format!("&holder={}", encoded(h.as_str())));
        Self {
            shell: Shell::of_case(context, view, &item.label, Some(Stage::Gather)).refused(typed.is_refused()),
            id: id.clone(),
            requirement: item.requirement.clone(),
            label: item.label.clone(),
            plain: item.plain.clone(),
            why: item.why.clone(),
            need: match item.need {
                Need::Required => "Required: a case is normally not read without it.",
                Need::Recommended => "It helps. Nobody waits for it.",
                Need::NotNeeded => "This center does not ask for it.",
            },
            center_note: item.center_note.clone(),
            source: item.source.clone(),
            confirmed: item.confirmed,
            state: state(item),
            lacks: item.lacks.iter().map(|lack| (context.say)(lack)).collect(),
            age: age_words(item),
            pieces: item.evidence.iter().map(of_line).collect(),
            not_these: out.map(|id| of_line(&Piece::Document { id: id.clone() })).collect(),
            of_documents: known.is_some_and(consilium_casefile::knowledge::Requirement::is_of_documents),
            to_look_at: item.is_to_look_at(),
            others: others.collect(),
            holder: item.holder.as_ref().map(|h| h.name.clone()),
            holder_proposed: item.holder.as_ref().is_some_and(|h| h.proposed),
            department: (context.say)(&item.department.words()),
            of_person,
            is_outdated: item.fill == Fill::Here && item.is_outdated(),
            ask_address: format!(
                "/cases/{id}/requests/new?department={}&line={}{}",
                item.department.name(),
                encoded(&item.requirement),
                holder.unwrap_or_default()
            ),
            add_address: match item.requirement.as_str() {
                "questions" => format!("/cases/{id}/prepare#questions"),
                "person" => format!("/cases/{id}?edit=person"),
                "medicines" => format!("/cases/{id}/medicines"),
                _ if is_material => format!("/cases/{id}/tissue"),
                _ => format!("/cases/{id}/gather#add"),
            },
            request: item.request.as_ref().map(|request| format!("/cases/{id}/requests/{request}")),
            waived: said.map(|waiver| (whose(waiver), waiver.reason.clone())),
            waived_for,
            scopes: std::iter::once(scope(EVERY_CENTER, "For every center".to_owned())).chain(of_center).collect(),
            scope_field,
            reports_first: item.reports_first.then_some(REPORTS_FIRST),
            may_change: view.audience().may_change(),
            open_settle: reason.refusal.is_some(),
            open_holder: holder_field.refusal.is_some(),
            reason: reason
                .hint("Such as: the center said that it does not want it. Leave it empty to ask for it again."),
            holder_field,
            holders: std::iter::once(none).chain(listed).collect(),
        }
    }
}

async fn show(visitor: &Visitor, id: &CaseId, requirement: &str, typed: Typed) -> Result<Response, Failure> {
    let case: Arc<Case> = visitor.case(id).await?;
    let list = visitor.app.checklist_of(&visitor.session, &case, None).await?;
    let item = list.items.iter().find(|item| item.requirement == requirement).ok_or(Failure::NotFound)?;
    let refused = typed.is_refused();
    html_refused(&visitor.look(|context| RequirementPage::new(context, visitor, &case, item, &typed)), refused)
}

/// `/cases/{case}/checklist/{requirement}`
pub(crate) async fn requirement(
    visitor: Visitor,
    Path((id, requirement)): Path<(CaseId, String)>,
) -> Result<Response, Failure> {
    show(&visitor, &id, &requirement, Typed::default()).await
}

/// Says that a line needs nothing more, or who holds its record.
pub(crate) async fn say(
    visitor: Visitor,
    Path((id, requirement)): Path<(CaseId, String)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let (app, session) = (&visitor.app, &visitor.session);
    let done = match value(&values, "say") {
        "holds" => {
            let holds = match value(&values, "holds") {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            };
            let document = DocumentId::from(value(&values, "document"));
            app.judge_document(session, &id, &requirement, &document, holds).await
        }
        "holder" => {
            let holder = Some(value(&values, "holder")).filter(|h| !h.is_empty()).map(HolderId::from);
            app.name_holder(session, &id, &requirement, holder.as_ref()).await
        }
        _ => {
            let case = visitor.case(&id).await?;
            let center = case.seen_by(session.audience).center().filter(|_| value(&values, "center") == THIS_CENTER);
            app.settle_requirement(session, &id, &requirement, value(&values, "reason"), center).await
        }
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/checklist/{}", encoded(&requirement))).into_response()),
        Err(error) => {
            let field = if value(&values, "say") == "holder" { "holder" } else { "reason" };
            let typed = visitor.refused(error, values, |_| field)?;
            show(&visitor, &id, &requirement, typed).await
        }
    }
}
