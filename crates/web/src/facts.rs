//! What the records say: facts by tumour, one row a concept with its sources behind it, where records differ, treatment so
//! far. And what people say about facts: confirm, correct, reject, type, ask.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::reading::{
    CutWords, DifferenceWords, FactRow, FactWords, FactsAnswer, PictureWords, Recognition, TreatmentAnswer,
    TumourAnswer, Typing,
};
use consilium_casefile::facts::{Concept, Polarity, TreatmentKind, TreatmentStatus};
use consilium_casefile::next::Stage;
use consilium_casefile::reading::{FactKey, Judgement, Region, concept_label};
use consilium_casefile::{CaseId, CaseView, DocumentId, FactId, Message};

use crate::errors::{Failure, html_refused};
use crate::fact_rows::{Asked, ConceptRowView, RefusedWord, SourceView, concept_rows};
use crate::forms::{Values, asked, value};
use crate::parts::{Choice, Context, Field, Say, Typed, When, Word, encoded};
use crate::record;
use crate::shell::Shell;
use crate::treatments::{AddTreatment, RejectedView, StatementView};
use crate::web::Visitor;

struct SideView {
    words: String,
    sources: Vec<SourceView>,
    /// Sources behind the first few.
    more: Vec<SourceView>,
}

struct DifferenceView {
    label: String,
    conflict: bool,
    why: Option<String>,
    sides: Vec<SideView>,
    id: String,
    question: String,
    asked: bool,
}

struct TumourView {
    words: String,
    conflicts: Vec<DifferenceView>,
    rows: Vec<FoldedView>,
    hidden: usize,
}

/// A row, and the difference that its values make where that is to be expected.
struct FoldedView {
    row: ConceptRowView,
    difference: Option<DifferenceView>,
}

/// A document with pages that are pictures.
struct PictureView {
    address: String,
    title: String,
    date: Option<When>,
    note: Option<String>,
}

/// Pictures that wait: not read, read with doubt, or read and not confirmed.
#[derive(Default)]
struct PicturesView {
    recognition: Recognition,
    /// What to do about pages that nobody has read.
    to_read: Option<String>,
    can_read: bool,
    unread: Vec<PictureView>,
    to_confirm: Option<String>,
    doubtful: Vec<PictureView>,
}

impl PicturesView {
    fn is_empty(&self) -> bool {
        let r = &self.recognition;
        !r.running && r.problems.is_empty() && self.to_read.is_none() && self.to_confirm.is_none()
    }
}

struct TreatmentView {
    when: Option<When>,
    of_record: bool,
    what: String,
    state: Word,
    details: Vec<String>,
    sources: Vec<StatementView>,
    /// Where no record but a person states it: its id, who, and when.
    stated: Option<(String, String, When)>,
}

/// A document of which not every finding is noted.
struct Cut {
    address: String,
    sentence: String,
}

impl Cut {
    fn of(case: &CaseId, cut: &CutWords) -> Self {
        Self { address: format!("/cases/{case}/documents/{}", cut.document), sentence: cut.sentence.clone() }
    }
}

/// The page: what waits for a person, then the facts of each tumour, the person, and treatment.
#[derive(Template)]
#[template(path = "facts.html")]
pub(crate) struct FactsPage {
    shell: Shell,
    id: CaseId,
    may_change: bool,
    nothing: bool,
    tumours: Vec<TumourView>,
    person_conflicts: Vec<DifferenceView>,
    background: Vec<FoldedView>,
    unplaced: Vec<FoldedView>,
    treatments: Vec<TreatmentView>,
    rejected: Vec<RejectedView>,
    medicines: usize,
    asking_medicines: usize,
    concept_field: Field,
    concepts: Vec<Choice>,
    cut_short: Vec<Cut>,
    standing_field: Field,
    standings: Vec<Choice>,
    pictures: PicturesView,
    add: AddTreatment,
    back: Vec<(&'static str, String)>,
}

const STANDINGS: [(&str, &str); 5] = [
    ("", "All"),
    ("machine_read", "Machine-read"),
    ("recognised", "Read from a picture"),
    ("confirmed", "Confirmed, corrected or typed"),
    ("rejected", "Rejected"),
];

/// How far recognition has come, and whether this computer can do it.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    pub(crate) recognition: Recognition,
    pub(crate) can_read: bool,
}

impl FactsPage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        answer: &FactsAnswer,
        pictures: Pictures,
        query: &Values,
        refused: Option<RefusedWord>,
        typed: &Typed,
    ) -> Self {
        let case = view.id();
        let is_refused = refused.is_some() || typed.is_refused();
        // A link to one fact may say `open` or `at`.
        let open = asked(query, "open").or_else(|| asked(query, "at")).unwrap_or_default().to_owned();
        let asked = Asked {
            concept: value(query, "concept").to_owned(),
            standing: value(query, "standing").to_owned(),
            all: value(query, "all") == "yes",
            open,
            refused,
        };
        let questions: Vec<&str> = view.questions().iter().map(|q| q.text.as_str()).collect();
        let tumours = (1_usize..).zip(&answer.tumours);
        let tumours = tumours.map(|(number, t)| tumour(case, number, t, &asked, &questions, context.say)).collect();
        let folded = |part: &str, rows: &[FactRow]| {
            let (rows, _) = concept_rows(case, part, &answer.person, rows, &asked, context.say);
            rows.into_iter().map(|row| FoldedView { row, difference: None }).collect::<Vec<_>>()
        };
        let none = Typed::default();
        let mut shell = Shell::of_case(context, view, "What the records say", Some(Stage::Gather)).refused(is_refused);
        let running = pictures.recognition.running;
        shell.live = running;
        shell.reload = running.then_some(3);
        let may_change = view.audience().may_change();
        Self {
            shell,
            id: case.clone(),
            may_change,
            nothing: answer.tumours.is_empty()
                && answer.person.is_empty()
                && answer.treatments.is_empty()
                && !is_refused,
            add: AddTreatment::new(typed),
            tumours,
            person_conflicts: answer
                .person_differences
                .iter()
                .filter(|d| asked.looks_for(&d.concept))
                .map(|d| difference(case, d, &questions))
                .collect(),
            background: folded("person", &answer.background),
            unplaced: folded("unplaced", &answer.unplaced),
            treatments: answer.treatments.iter().map(|t| treatment(case, t)).collect(),
            rejected: answer.rejected_treatments.iter().map(|r| RejectedView::of(case, r)).collect(),
            medicines: answer.medicines.len(),
            asking_medicines: answer.medicines.iter().filter(|m| m.asks).count(),
            concept_field: none.field("concept", "About", &asked.concept),
            concepts: concepts(context, answer, &asked.concept),
            standing_field: none.field("standing", "Read by", &asked.standing),
            standings: crate::forms::choices(&STANDINGS, &asked.standing),
            cut_short: answer.cut_short.iter().map(|cut| Cut::of(case, cut)).collect(),
            pictures: if may_change { pictures_view(context, view, answer, pictures) } else { PicturesView::default() },
            back: asked.fields(),
        }
    }
}

fn tumour(
    case: &CaseId,
    number: usize,
    tumour: &TumourAnswer,
    asked: &Asked,
    questions: &[&str],
    say: Say<'_>,
) -> TumourView {
    let (rows, hidden) = concept_rows(case, &number.to_string(), &tumour.facts, &tumour.rows, asked, say);
    let (conflicts, mut expected): (Vec<_>, Vec<_>) = tumour.differences.iter().partition(|d| d.relation == "conflict");
    let rows = rows.into_iter().map(|row| {
        // Answers of two methods that differ stand with the first of them.
        let of_row = |d: &&DifferenceWords| {
            d.concept == row.concept || d.concept == "her2_status" && row.concept.starts_with("her2")
        };
        let place = expected.iter().position(|d| row.differs.is_some() && of_row(d));
        let words = place.map(|place| expected.remove(place));
        FoldedView { difference: words.map(|d| difference(case, d, questions)), row }
    });
    TumourView {
        words: tumour.words.clone(),
        rows: rows.collect(),
        conflicts: conflicts
            .into_iter()
            .filter(|d| asked.looks_for(&d.concept))
            .map(|d| difference(case, d, questions))
            .collect(),
        hidden,
    }
}

/// What there are facts about, to choose from.
fn concepts(context: &Context<'_>, answer: &FactsAnswer, chosen: &str) -> Vec<Choice> {
    let rows = answer.tumours.iter().flat_map(|t| &t.rows).chain(&answer.background).chain(&answer.unplaced);
    let mut all: Vec<Choice> =
        vec![Choice { value: String::new(), label: "All".to_owned(), chosen: chosen.is_empty() }];
    for row in rows {
        if !all.iter().any(|choice| choice.value == row.concept) {
            let label = concept_label(&Concept::named(&row.concept), context.knowledge);
            all.push(Choice { value: row.concept.clone(), label, chosen: row.concept == chosen });
        }
    }
    all
}

fn pictures_view(context: &Context<'_>, view: &CaseView<'_>, answer: &FactsAnswer, pictures: Pictures) -> PicturesView {
    let say = |key: &str, count: usize| (count > 0).then(|| (context.say)(&Message::new(key).with("count", count)));
    let Pictures { recognition, can_read } = pictures;
    let left = recognition.due.saturating_sub(recognition.done) as usize;
    let key = if can_read { "pictures-to-read" } else { "pictures-no-program" };
    let unconfirmed = (context.waiting)(view).unconfirmed;
    let picture = |words: &PictureWords| PictureView {
        address: match words.pages.first() {
            Some(page) => format!("/cases/{}/documents/{}#page-{page}", view.id(), words.document),
            None => format!("/cases/{}/documents/{}", view.id(), words.document),
        },
        title: words.title.clone(),
        date: words.date.map(When::from),
        note: words.confidence.map(|c| (context.say)(&Message::new("pictures-doubtful").with("percent", c))),
    };
    PicturesView {
        to_read: if recognition.running { None } else { say(key, left) },
        recognition,
        can_read,
        unread: answer.unread.iter().map(picture).collect(),
        to_confirm: say("pictures-to-confirm", unconfirmed),
        doubtful: answer.doubtful.iter().map(picture).collect(),
    }
}

/// Sources of one side that are shown at once.
const SOURCES: usize = 4;

fn difference(case: &CaseId, difference: &DifferenceWords, asked: &[&str]) -> DifferenceView {
    let side = |side: &consilium_app::reading::SideWords| {
        let differ = side.sources.iter().any(|s| side.sources.first().is_some_and(|first| first.words != s.words));
        let source = |s: &FactWords| SourceView { says: differ.then(|| s.words.clone()), ..SourceView::of(case, s) };
        let mut sources: Vec<SourceView> = side.sources.iter().map(source).collect();
        let more = sources.split_off(sources.len().min(SOURCES));
        SideView { words: side.words.clone(), sources, more }
    };
    DifferenceView {
        label: difference.label.clone(),
        conflict: difference.relation == "conflict",
        why: difference.why.clone(),
        sides: difference.sides.iter().map(side).collect(),
        id: difference.id.clone(),
        question: difference.question.clone(),
        asked: asked.contains(&difference.question.as_str()),
    }
}

fn treatment(case: &CaseId, row: &TreatmentAnswer) -> TreatmentView {
    let t = &row.treatment;
    let kind = match t.kind {
        TreatmentKind::Operation => "Operation",
        TreatmentKind::Systemic => "Systemic treatment",
        TreatmentKind::Radiation => "Radiation",
        TreatmentKind::Other => "Treatment",
    };
    let mut details = vec![kind.to_owned()];
    // Where the state says that it is from a scan, what it would be is a detail.
    details.extend((row.on_scan && t.is_planned()).then(|| "planned".to_owned()));
    if !t.drugs.is_empty() && !t.drugs.iter().all(|drug| t.what.contains(drug.as_str())) {
        details.push(t.drugs.join(", "));
    }
    details.extend(t.laterality.as_ref().filter(|side| !t.what.contains(side.as_str())).map(|s| format!("side: {s}")));
    details.extend(t.cycles.map(|n| format!("{n} cycles")));
    details.extend(t.dose.clone());
    details.extend(t.intent.clone());
    if let Some(change) = &t.change {
        use consilium_casefile::facts::ChangeKind;
        let kind = match change.kind {
            ChangeKind::Reduced => "dose reduced",
            ChangeKind::Delayed => "delayed",
            ChangeKind::Stopped => "stopped early",
            ChangeKind::Switched => "switched",
        };
        let how = change.how.as_ref().map(|how| format!(" {how}")).unwrap_or_default();
        let why = change.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        details.push(format!("{kind}{how}{why}"));
    }
    details.extend(row.sources.iter().find_map(|source| source.sent.clone()));
    details.extend(row.other_dates.iter().map(|d| format!("another record says {}", d.human())));
    TreatmentView {
        when: row.when.map(When::from),
        of_record: row.date_of_record,
        what: t.what.clone(),
        state: match t.status {
            _ if row.on_scan => Word::new("from a scan, not confirmed", "ask"),
            TreatmentStatus::Done => Word::new("given", "done"),
            TreatmentStatus::Ongoing => Word::new("going on", "half"),
            TreatmentStatus::Stopped => Word::new("stopped early", "cross"),
            TreatmentStatus::Planned => Word::new("planned", "wait"),
            TreatmentStatus::Declined => Word::new("declined", "empty"),
            TreatmentStatus::Mentioned => Word::new("named; not said whether given", "ask"),
        },
        details,
        sources: row.sources.iter().map(|s| StatementView::of(case, s)).collect(),
        stated: row.stated.as_ref().map(|of| (of.id.clone(), of.by.clone(), When::from(of.on))),
    }
}

/// `/cases/{case}/facts`
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    show(&visitor, &id, &query, None, &Typed::default()).await
}

/// The page again, with a treatment that was typed and refused.
pub(crate) async fn show_treatment(visitor: &Visitor, id: &CaseId, typed: &Typed) -> Result<Response, Failure> {
    show(visitor, id, &Values::new(), None, typed).await
}

async fn show(
    visitor: &Visitor,
    id: &CaseId,
    query: &Values,
    refused: Option<RefusedWord>,
    typed: &Typed,
) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let mut pictures = Pictures::default();
    if visitor.session.audience.may_change() {
        pictures.recognition = visitor.app.recognition(&visitor.session, id).await?;
        pictures.can_read = pictures.recognition.due > 0 && visitor.app.can_recognise().await;
    }
    let view = case.seen_by(visitor.session.audience);
    let reading = visitor.app.reading_of(&case, visitor.session.audience).await;
    let is_refused = refused.is_some() || typed.is_refused();
    let page = visitor.look(|context| FactsPage::new(context, &view, &reading.facts, pictures, query, refused, typed));
    html_refused(&page, is_refused)
}

/// The page the word was said on again, with what was typed in its form and why it was refused.
async fn show_refused(
    visitor: &Visitor,
    id: &CaseId,
    document: &DocumentId,
    error: AppError,
    values: &Values,
) -> Result<Response, Failure> {
    let refused = match error {
        AppError::Refusal(refusal) if refusal.0.key != "refusal-no-such-fact" => RefusedWord {
            value: value(values, "value").to_owned(),
            polarity: value(values, "polarity").to_owned(),
            sentence: visitor.app.say(&refusal.0),
        },
        error => return Err(visitor.failure(error)),
    };
    let row = value(values, "row").to_owned();
    if value(values, "back") != "facts" {
        return record::show_refused_word(visitor, id, document, row, refused).await;
    }
    let fields = [("concept", "in_concept"), ("standing", "in_standing"), ("all", "in_all")];
    let mut query: Values = fields
        .iter()
        .filter_map(|(name, field)| Some(((*name).to_owned(), asked(values, field)?.to_owned())))
        .collect();
    query.insert("open".to_owned(), row);
    show(visitor, id, &query, Some(refused), &Typed::default()).await
}

fn key(values: &Values) -> FactKey {
    FactKey {
        document: DocumentId::from(value(values, "document")),
        concept: Concept::named(value(values, "concept")),
        specimen: asked(values, "specimen").map(str::to_owned),
        // A form sends line breaks as CR LF; records are kept with LF.
        quote: value(values, "quote").replace("\r\n", "\n"),
    }
}

/// What is not named is not said to be so.
fn polarity_named(name: &str) -> Polarity {
    match name {
        "present" => Polarity::Present,
        "absent" => Polarity::Absent,
        "not_tested" => Polarity::NotTested,
        "insufficient" => Polarity::Insufficient,
        _ => Polarity::Uncertain,
    }
}

/// Where the browser goes after a person said something about a fact: to the same fact, with its row open, on the page
/// the word was said on.
fn back_to(id: &CaseId, document: &DocumentId, values: &Values, row: &str) -> String {
    let row = encoded(row);
    if value(values, "back") != "facts" {
        return format!("/cases/{id}/documents/{document}?open={row}#{row}");
    }
    let filters = [("concept", "in_concept"), ("standing", "in_standing"), ("all", "in_all")];
    let filters = filters.iter().filter_map(|(name, field)| Some((name, asked(values, field)?)));
    let filters: String = filters.map(|(name, value)| format!("{name}={}&", encoded(value))).collect();
    format!("/cases/{id}/facts?{filters}open={row}#{row}")
}

/// Says something about a fact: confirm, correct, reject, or take that back.
pub(crate) async fn judge(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let key = key(&values);
    let start = value(&values, "start").parse().ok();
    let polarity = polarity_named(value(&values, "polarity"));
    let (app, session) = (&visitor.app, &visitor.session);
    let done = match value(&values, "say") {
        "confirm" => app.judge_fact(session, &id, &key, start, Judgement::Confirmed { value: None }).await,
        "reject" => app.judge_fact(session, &id, &key, start, Judgement::Rejected).await,
        "correct" => {
            let value = value(&values, "value").to_owned();
            app.judge_fact(session, &id, &key, start, Judgement::Corrected { value, polarity, prefix: None }).await
        }
        _ => app.take_back_judgement(session, &id, &key, start).await,
    };
    if let Err(error) = done {
        return show_refused(&visitor, &id, &key.document, error, &values).await;
    }
    let back = back_to(&id, &key.document, &values, value(&values, "row"));
    Ok(Redirect::to(&back).into_response())
}

/// Where on its page a fact stands, as the page's script writes it: four parts of the page's width and height. Anything
/// else is no place.
fn region(text: &str) -> Option<Region> {
    let sides: Vec<f32> = text.split(',').map(|side| side.trim().parse().ok()).collect::<Option<_>>()?;
    let [x0, y0, x1, y1] = sides.try_into().ok()?;
    Some(Region { x0, y0, x1, y1 })
}

/// Types a fact from a page, or takes a typed one back.
pub(crate) async fn type_fact(
    visitor: Visitor,
    Path((id, document)): Path<(CaseId, DocumentId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let (app, session) = (&visitor.app, &visitor.session);
    let page = value(&values, "page").trim().parse().unwrap_or(0);
    let done = match asked(&values, "withdraw") {
        Some(fact) => {
            let withdrawn = app.withdraw_fact(session, &id, &FactId::from(fact)).await;
            withdrawn.map(|_| match asked(&values, "row") {
                Some(row) => back_to(&id, &document, &values, row),
                None => format!("/cases/{id}/documents/{document}#says"),
            })
        }
        None => {
            let typing = Typing {
                document: document.to_string(),
                page,
                region: region(value(&values, "region")),
                concept: value(&values, "concept").to_owned(),
                value: value(&values, "value").to_owned(),
                absent: value(&values, "absent") == "yes",
            };
            let typed = app.type_fact(session, &id, &typing).await;
            typed.map(|fact| back_to(&id, &document, &values, &format!("fact-typed-{fact}")))
        }
    };
    match done {
        Ok(back) => Ok(Redirect::to(&back).into_response()),
        // What was typed stays in the form, with the sentence beside the field it is about.
        Err(error) => record::show_refused(&visitor, &id, &document, error, values, "value").await,
    }
}

/// Starts or stops reading text in scans and photos.
pub(crate) async fn recognise(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    visitor.case(&id).await?;
    if !visitor.session.audience.may_change() {
        return Err(Failure::NotAllowed);
    }
    if value(&values, "stop") == "yes" {
        visitor.app.stop_recognition(&id);
    } else {
        let started = visitor.app.start_recognition(&visitor.session, &id).await;
        started.map_err(|error| visitor.failure(error))?;
    }
    Ok(Redirect::to(&format!("/cases/{id}/facts#pictures")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_on_a_page_is_four_numbers_or_none() {
        assert_eq!(region("0.1,0.2,0.5,0.25"), Some(Region { x0: 0.1, y0: 0.2, x1: 0.5, y1: 0.25 }));
        for nonsense in ["", "0.1,0.2,0.5", "a,b,c,d", "0,0,1,1,1"] {
            assert_eq!(region(nonsense), None, "{nonsense:?}");
        }
    }

    #[test]
    fn a_word_about_a_fact_leads_back_to_the_same_fact_with_its_row_open() {
        let values = |pairs: &[(&str, &str)]| pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let back = |pairs: &[(&str, &str)], row: &str| back_to(&"c".into(), &"d".into(), &values(pairs), row);
        assert_eq!(back(&[], "fact-1-2-er"), "/cases/c/documents/d?open=fact-1-2-er#fact-1-2-er");
        assert_eq!(back(&[("back", "facts")], "d-fact-1-2-er"), "/cases/c/facts?open=d-fact-1-2-er#d-fact-1-2-er");
        let filtered = [("back", "facts"), ("in_standing", "recognised"), ("in_concept", "e&r")];
        assert_eq!(back(&filtered, "x"), "/cases/c/facts?concept=e%26r&standing=recognised&open=x#x");
        assert_eq!(back(&[("back", "https://elsewhere")], "x"), "/cases/c/documents/d?open=x#x");
    }
}
