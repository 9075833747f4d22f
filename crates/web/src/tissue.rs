//! Slides and blocks: the register, where each piece is, what happened to it, and the sheet that travels with it.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::dates::typed_day;
use consilium_app::{App, AppError};
use consilium_casefile::gather::tissue::{Custody, HeldTissue, Material, Step, Tissue};
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView, DocumentId, HolderId, Message, PartialDate, Refusal, TissueId};

use crate::errors::{Failure, html_refused};
use crate::forms::{Values, asked, value};
use crate::parts::{Choice, Context, Field, Typed, When, encoded};
use crate::requests::pdf;
use crate::shell::Shell;
use crate::web::Visitor;

struct Line {
    id: TissueId,
    label: String,
    what: String,
    /// How many, as it stands before what they are.
    count: String,
    now: String,
    /// Steps: the number it is named by, in words, and why its day is doubted.
    chain: Vec<(u32, String, Option<String>)>,
    return_due: Option<When>,
    keeps: Option<String>,
    remaining: String,
    alarms: Vec<String>,
    /// What the register does not tell: asked, and nothing waits for it.
    asks: Vec<String>,
    laboratory: Option<String>,
    /// Whether it is there now.
    is_at_home: bool,
    /// Whether it was ticked in a form that was refused.
    ticked: bool,
}

impl Line {
    /// Whether the day of a step can not be right.
    fn is_doubted(&self) -> bool {
        self.chain.iter().any(|(_, _, doubt)| doubt.is_some())
    }
}

/// An accession number that a report states and nobody registered.
struct ProposedTissue {
    accession: String,
    report: String,
    on: Option<When>,
    address: String,
    source: String,
}

/// What the address asks for: a label to find, or a form with a number filled in.
#[derive(Default)]
pub(crate) struct AskedFor {
    pub(crate) label: String,
    accession: String,
    report: String,
}

#[derive(Template)]
#[template(path = "tissue.html")]
pub(crate) struct TissuePage {
    shell: Shell,
    id: CaseId,
    lines: Vec<Line>,
    removed: Vec<Line>,
    looked_for: String,
    proposed: Vec<ProposedTissue>,
    open_add: bool,
    open_step: bool,
    accession: Field,
    material: Field,
    materials: Vec<Choice>,
    part: Field,
    block: Field,
    stain: Field,
    count: Field,
    collected: Field,
    laboratory: Field,
    laboratories: Vec<Choice>,
    report: Field,
    reports: Vec<Choice>,
    remaining: Field,
    step: Field,
    steps: Vec<Choice>,
    on: Field,
    pieces: Field,
    from: Field,
    to: Field,
    carrier: Field,
    tracking: Field,
    packaging: Field,
    condition: Field,
    return_due: Field,
    note: Field,
    step_refusal: Option<String>,
    gap_known: bool,
}

fn line(context: &Context<'_>, app: &App, view: &CaseView<'_>, held: &HeldTissue) -> Line {
    let today = context.now.date();
    let keeps = held.may_be_discarded(context.knowledge).map(|(first, last)| {
        let words = |day| PartialDate::Day(day).human();
        let key = match (first == last, first < today, last < today) {
            (true, false, _) => "tissue-kept",
            (true, true, _) | (_, _, true) => "tissue-kept-past",
            (false, true, false) => "tissue-kept-by-accredited",
            (false, false, false) => "tissue-kept-both",
        };
        (context.say)(&Message::new(key).with("first", words(first)).with("last", words(last)))
    });
    let laboratory = held.tissue.laboratory.as_ref();
    let doubt = |number| {
        let earlier = held.dated_before(number)?;
        let (step, day) = ((context.say)(&earlier.step.words()), PartialDate::Day(earlier.on).human());
        let message = Message::new("step-dated-before").with("step", step).with("day", day);
        Some((context.say)(&message))
    };
    Line {
        id: held.tissue.id.clone(),
        label: view.tissue().map_or_else(|| held.label(), |register| register.label(held)),
        what: app.tissue_words(held),
        count: if held.tissue.uncounted { "Not counted:".to_owned() } else { format!("{} ×", held.tissue.count) },
        now: held.now().map_or_else(|| "Nothing is noted yet.".to_owned(), |step| app.custody_words(step)),
        chain: held.steps().map(|(number, step)| (number, app.custody_words(step), doubt(number))).collect(),
        is_at_home: held.is_at_home(),
        ticked: false,
        return_due: held.return_due().map(When::from),
        keeps,
        remaining: held.tissue.remaining.clone(),
        alarms: held
            .alarms(context.knowledge, context.now.date())
            .into_iter()
            .map(|alarm| (context.say)(&alarm.words(context.knowledge)))
            .collect(),
        asks: app.tissue_asks(held),
        laboratory: laboratory.and_then(|id| view.requests()?.holders.get(id)).map(|h| h.name.clone()),
    }
}

impl TissuePage {
    pub(crate) fn new(
        context: &Context<'_>,
        app: &App,
        view: &CaseView<'_>,
        typed: &Typed,
        asked_for: &AskedFor,
    ) -> Self {
        let looked_for = asked_for.label.as_str();
        let register = view.tissue().cloned().unwrap_or_default();
        let found: Vec<&HeldTissue> = match looked_for.trim() {
            "" => register.lines().collect(),
            label => register.find(label),
        };
        let this_day = context.now.date().to_string();
        let material = typed.field("material", "What it is", "slide");
        let materials = Material::ALL.into_iter().map(|m| Choice {
            value: m.name().to_owned(),
            label: (context.say)(&m.words()),
            chosen: m.name() == material.value,
        });
        let step = typed.field("step", "What happened", "requested");
        let steps = Step::ALL.into_iter().map(|s| Choice {
            value: s.name().to_owned(),
            label: (context.say)(&s.words()),
            chosen: s.name() == step.value,
        });
        let laboratory = typed.field("laboratory", "Laboratory that keeps it", "");
        let none = |label: &str, chosen: &str| Choice {
            value: String::new(),
            label: label.to_owned(),
            chosen: chosen.is_empty(),
        };
        let listed = view.requests().into_iter().flat_map(|r| r.holders.values()).map(|h| Choice {
            value: h.id.to_string(),
            label: h.name.clone(),
            chosen: h.id.as_str() == laboratory.value,
        });
        let report = typed.field("report", "The report about it", &asked_for.report);
        let reports = view.tissue_reports(context.knowledge).into_iter().map(|d| {
            let when = d.date().map(|date| format!(", {}", date.human())).unwrap_or_default();
            Choice {
                value: d.document.id.to_string(),
                label: format!("{}{when}", view.title_of(d, context.knowledge)),
                chosen: d.document.id.as_str() == report.value,
            }
        });
        let accession =
            typed.field("accession", "Accession number, as on the report and the label", &asked_for.accession);
        let proposed = view.unregistered_tissue(context.knowledge).into_iter().map(|(held, accession)| {
            let report = held.document.id.as_str();
            let (id, number) = (view.id(), encoded(accession));
            ProposedTissue {
                accession: accession.to_owned(),
                report: view.title_of(held, context.knowledge).to_owned(),
                on: held.date().map(When::from),
                address: format!("/cases/{id}/tissue?accession={number}&report={}#add-heading", encoded(report)),
                source: format!("/cases/{id}/documents/{report}"),
            }
        });
        let step_refusal = typed.field("step_lines", "", "").refusal;
        let on = typed.field("on", "Day", &this_day);
        Self {
            shell: Shell::of_case(context, view, "Slides and blocks", Some(Stage::Gather)).refused(typed.is_refused()),
            id: view.id().clone(),
            lines: found
                .into_iter()
                .map(|held| Line {
                    ticked: typed.ticked(&format!("piece-{}", held.tissue.id)),
                    ..line(context, app, view, held)
                })
                .collect(),
            removed: register.lines.values().filter(|l| l.removed).map(|held| line(context, app, view, held)).collect(),
            looked_for: looked_for.to_owned(),
            open_add: accession.refusal.is_some() || register.lines.is_empty() || !accession.value.is_empty(),
            proposed: proposed.collect(),
            open_step: step_refusal.is_some() || on.refusal.is_some(),
            accession: accession.hint("Such as S-10421."),
            materials: materials.collect(),
            material,
            part: typed.field("part", "Part of the specimen, such as A", ""),
            block: typed.field("block", "Block, such as A1", ""),
            stain: typed.field("stain", "Stain, such as H&E", ""),
            count: typed
                .field("count", "How many pieces", "")
                .hint("Empty, where nobody counted them: then letters ask for all of them."),
            collected: typed
                .field("collected", "Day it was taken from the body", "")
                .hint("How long a laboratory keeps it counts from about then."),
            laboratories: std::iter::once(none("Not known", &laboratory.value)).chain(listed).collect(),
            laboratory,
            reports: std::iter::once(none("Not here", &report.value)).chain(reports).collect(),
            report,
            remaining: typed.field("remaining", "What is left of the tissue, in words", ""),
            steps: steps.collect(),
            step,
            on,
            pieces: typed
                .field("pieces", "How many pieces", "")
                .hint("Count them when they are given out, arrive or come back. Empty: all of them."),
            from: typed.field("from", "Who gave it", ""),
            to: typed.field("to", "Who got it", ""),
            carrier: typed.field("carrier", "Carrier", ""),
            tracking: typed.field("tracking", "Tracking number", ""),
            packaging: typed.field("packaging", "How it was packed", ""),
            condition: typed.field("condition", "Condition", ""),
            return_due: typed.field("return_due", "Has to be back by", ""),
            note: typed.field("note", "What else there is to say", ""),
            step_refusal,
            gap_known: typed.ticked("gap_known"),
        }
    }
}

async fn show(visitor: &Visitor, id: &CaseId, typed: Typed, asked_for: &AskedFor) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let page = visitor.look(|context| TissuePage::new(context, &visitor.app, &view, &typed, asked_for));
    html_refused(&page, typed.is_refused())
}

/// `/cases/{case}/tissue`
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    let of = |name| asked(&query, name).unwrap_or_default().to_owned();
    let asked_for = AskedFor { label: of("label"), accession: of("accession"), report: of("report") };
    show(&visitor, &id, Typed::default(), &asked_for).await
}

/// Registers slides or blocks.
pub(crate) async fn register(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let of = |name: &str| value(&values, name).to_owned();
    let uncounted = value(&values, "count").trim().is_empty();
    let done = match typed_day(value(&values, "collected")) {
        Err(refusal) => Err(AppError::from(refusal)),
        Ok(collected) => {
            let tissue = Tissue {
                id: TissueId(String::new()),
                accession: of("accession"),
                part: of("part"),
                block: of("block"),
                material: Material::named(value(&values, "material")).unwrap_or(Material::Slide),
                stain: of("stain"),
                count: if uncounted { 1 } else { value(&values, "count").trim().parse().unwrap_or(0) },
                uncounted,
                recut: value(&values, "recut") == "yes",
                collected,
                laboratory: Some(of("laboratory")).filter(|l| !l.is_empty()).map(HolderId),
                report: Some(of("report")).filter(|r| !r.is_empty()).map(DocumentId),
                small: value(&values, "small") == "yes",
                remaining: of("remaining"),
            };
            visitor.app.register_tissue(&visitor.session, &id, tissue).await
        }
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/tissue#register")).into_response()),
        Err(error) => {
            let typed = visitor.refused(error, values, |_| "accession")?;
            show(&visitor, &id, typed, &AskedFor::default()).await
        }
    }
}

/// Writes down what happened to lines of the register.
pub(crate) async fn step(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let done = happened(&visitor, &id, &values).await;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/cases/{id}/tissue#register")).into_response()),
        Err(error) => {
            let field = |key: &str| if key.starts_with("refusal-da") { "on" } else { "step_lines" };
            let typed = visitor.refused(error, values, field)?;
            show(&visitor, &id, typed, &AskedFor::default()).await
        }
    }
}

/// Lines of the register that were ticked.
fn pieces(values: &Values) -> Vec<TissueId> {
    let chosen = values.iter().filter(|(_, said)| *said == "yes");
    let mut lines: Vec<TissueId> =
        chosen.filter_map(|(name, _)| name.strip_prefix("piece-").map(TissueId::from)).collect();
    lines.sort_unstable();
    lines
}

async fn happened(visitor: &Visitor, id: &CaseId, values: &Values) -> Result<(), AppError> {
    let of = |name: &str| value(values, name).to_owned();
    let lines = pieces(values);
    let today = visitor.app.now().date();
    let count = match value(values, "pieces").trim() {
        "" => None,
        count => Some(count.parse().map_err(|_| Refusal::new("refusal-tissue-count"))?),
    };
    let custody = Custody {
        step: Step::named(value(values, "step"))
            .ok_or_else(|| Refusal::new("refusal-empty-field").with("field", "what happened"))?,
        on: typed_day(value(values, "on"))?.unwrap_or(today),
        count,
        from: of("from"),
        to: of("to"),
        carrier: of("carrier"),
        tracking: of("tracking"),
        packaging: of("packaging"),
        condition: of("condition"),
        return_due: typed_day(value(values, "return_due"))?,
        note: of("note"),
        gap_known: value(values, "gap_known") == "yes",
    };
    visitor.app.tissue_custody(&visitor.session, id, &lines, custody).await?;
    Ok(())
}

/// Takes a line out of the register, or puts it back; or takes back a step of it.
pub(crate) async fn remove(
    visitor: Visitor,
    Path((id, line)): Path<(CaseId, TissueId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let (app, session) = (&visitor.app, &visitor.session);
    let done = match value(&values, "step_back") {
        "" => app.set_tissue_removed(session, &id, &line, value(&values, "removed") == "yes").await,
        // What is no number names no step.
        step => app.take_custody_back(session, &id, &line, step.parse().unwrap_or(0)).await,
    };
    done.map_err(|error| visitor.failure(error))?;
    Ok(Redirect::to(&format!("/cases/{id}/tissue#register")).into_response())
}

/// `/cases/{case}/tissue/sheet`
pub(crate) async fn sheet(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    if case.held_tissue().lines().next().is_none() {
        return Ok(Redirect::to(&format!("/cases/{id}/tissue")).into_response());
    }
    let chosen = pieces(&query);
    let sheet = visitor.app.custody_sheet(&visitor.session, &id, &chosen).await;
    let (sheet, _) = sheet.map_err(|error| visitor.failure(error))?;
    Ok(pdf(sheet, "slides.pdf"))
}
