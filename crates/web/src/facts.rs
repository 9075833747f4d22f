//! What the records say: facts by tumour with their sources, where records differ, treatment so far, medicines. And what
//! people say about them: confirm, correct, reject, ask.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::reading::{
    DifferenceWords, FactWords, FactsAnswer, MedicineAnswer, Recognition, SourceWords, TreatmentAnswer, Typing,
    facts_answer,
};
use consilium_casefile::facts::{Concept, Polarity, TreatmentKind, TreatmentStatus};
use consilium_casefile::next::Stage;
use consilium_casefile::reading::{FactKey, Judgement, concept_label};
use consilium_casefile::{CaseId, CaseView, DocumentId, FactId, Message};

use crate::errors::{Failure, html};
use crate::forms::{Values, asked, value};
use crate::highlight::row_id;
use crate::parts::{Choice, Context, Field, Typed, When, Word};
use crate::shell::Shell;
use crate::web::Visitor;

/// A source: where the words stand.
pub(crate) struct SourceView {
    pub(crate) address: String,
    pub(crate) title: String,
    pub(crate) date: Option<When>,
    /// Nothing in the record says that it is this person's.
    pub(crate) names_no_one: bool,
    pub(crate) quote: String,
}

impl SourceView {
    pub(crate) fn of(case: &CaseId, fact: &FactWords) -> Self {
        Self {
            address: address(case, &fact.document, fact.start, fact.end, fact.page),
            title: fact.title.clone(),
            date: fact.date.map(When::from),
            names_no_one: fact.names_no_one,
            quote: fact.quote.clone(),
        }
    }

    fn words(case: &CaseId, source: &SourceWords) -> Self {
        Self {
            address: address(case, &source.document, source.start, source.end, None),
            title: source.title.clone(),
            date: source.date.map(When::from),
            names_no_one: source.names_no_one,
            quote: source.says.clone(),
        }
    }
}

fn address(case: &CaseId, document: &str, start: usize, end: usize, page: Option<u32>) -> String {
    match page {
        Some(page) => format!("/cases/{case}/documents/{document}#page-{page}"),
        None if start < end => format!("/cases/{case}/documents/{document}?at={start}-{end}#here"),
        None => format!("/cases/{case}/documents/{document}"),
    }
}

/// The word for how a fact came to stand.
pub(crate) fn standing_word(standing: &str) -> Word {
    match standing {
        "confirmed" => Word::new("confirmed", "done"),
        "corrected" => Word::new("corrected", "done"),
        "typed" => Word::new("typed by you", "done"),
        "rejected" => Word::new("rejected", "cross"),
        "recognised" => Word::new("read from a picture", "ask"),
        _ => Word::new("machine-read", "empty"),
    }
}

/// One fact as a row.
pub(crate) struct FactRowView {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) words: String,
    pub(crate) note: Option<String>,
    pub(crate) standing: Word,
    pub(crate) source: SourceView,
    pub(crate) quote: String,
    pub(crate) concept: String,
    pub(crate) specimen: String,
    pub(crate) document: String,
    pub(crate) value: String,
    pub(crate) typed: Option<String>,
    pub(crate) polarities: Vec<Choice>,
    pub(crate) judged: bool,
    pub(crate) rejected: bool,
}

impl FactRowView {
    pub(crate) fn new(case: &CaseId, fact: &FactWords) -> Self {
        let mut notes = Vec::new();
        if let Some(was) = &fact.was {
            notes.push(format!("The program had read “{was}”."));
        }
        if fact.basis == consilium_casefile::facts::Basis::Derived {
            notes.push("Derived by arithmetic from what the record states.".to_owned());
        }
        if let Some(specimen) = &fact.specimen {
            notes.push(format!("Specimen {specimen}."));
        }
        Self {
            id: row_id(fact.start, fact.end, &fact.concept),
            label: fact.label.clone(),
            words: fact.words.clone(),
            note: (!notes.is_empty()).then(|| notes.join(" ")),
            standing: standing_word(fact.standing),
            source: SourceView::of(case, fact),
            quote: fact.quote.clone(),
            concept: fact.concept.clone(),
            specimen: fact.specimen.clone().unwrap_or_default(),
            document: fact.document.clone(),
            value: fact.value.clone(),
            typed: fact.typed.clone(),
            polarities: crate::forms::choices(&POLARITIES, polarity_name(fact.polarity)),
            judged: ["confirmed", "corrected", "rejected"].contains(&fact.standing),
            rejected: fact.standing == "rejected",
        }
    }
}

struct SideView {
    words: String,
    sources: Vec<SourceView>,
}

struct DifferenceView {
    label: String,
    conflict: bool,
    why: Option<String>,
    sides: Vec<SideView>,
    question: String,
    asked: bool,
}

struct TumourView {
    words: String,
    differences: Vec<DifferenceView>,
    facts: Vec<FactRowView>,
    hidden: usize,
}

struct TreatmentView {
    when: Option<When>,
    of_record: bool,
    what: String,
    state: Word,
    details: Vec<String>,
    sources: Vec<SourceView>,
}

/// The eye-catching numbers and the way to each part.
#[derive(Template)]
#[template(path = "facts.html")]
pub(crate) struct FactsPage {
    shell: Shell,
    id: CaseId,
    may_change: bool,
    nothing: bool,
    tumours: Vec<TumourView>,
    person: Vec<FactRowView>,
    treatments: Vec<TreatmentView>,
    medicines: usize,
    asking_medicines: usize,
    concept_field: Field,
    concepts: Vec<Choice>,
    standing_field: Field,
    standings: Vec<Choice>,
    recognition: Recognition,
}

const STANDINGS: [(&str, &str); 5] = [
    ("", "All"),
    ("machine_read", "Machine-read"),
    ("recognised", "Read from a picture"),
    ("confirmed", "Confirmed, corrected or typed"),
    ("rejected", "Rejected"),
];

fn stands(fact: &FactWords, wanted: &str) -> bool {
    match wanted {
        "" => fact.standing != "rejected",
        "confirmed" => ["confirmed", "corrected", "typed"].contains(&fact.standing),
        wanted => fact.standing == wanted,
    }
}

impl FactsPage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        answer: &FactsAnswer,
        recognition: Recognition,
        query: &Values,
    ) -> Self {
        let case = view.id();
        let (concept, standing) = (value(query, "concept"), value(query, "standing"));
        let all = value(query, "all") == "yes";
        let asked: Vec<&str> = view.questions().iter().map(|q| q.text.as_str()).collect();
        let fits = |fact: &&FactWords| {
            (concept.is_empty() || fact.concept == concept)
                && stands(fact, standing)
                && (all || fact.speaks || fact.standing == "recognised" || !standing.is_empty())
        };
        let rows =
            |facts: &[FactWords]| facts.iter().filter(fits).map(|f| FactRowView::new(case, f)).collect::<Vec<_>>();
        let tumours: Vec<TumourView> = answer
            .tumours
            .iter()
            .map(|tumour| {
                let facts = rows(&tumour.facts);
                TumourView {
                    words: tumour.words.clone(),
                    differences: tumour.differences.iter().map(|d| difference(case, d, &asked)).collect(),
                    hidden: tumour.facts.len() - facts.len(),
                    facts,
                }
            })
            .collect();
        let mut present: Vec<&FactWords> = answer.tumours.iter().flat_map(|t| &t.facts).chain(&answer.person).collect();
        present.sort_by(|a, b| a.label.cmp(&b.label));
        present.dedup_by(|a, b| a.concept == b.concept);
        let mut concepts = vec![Choice { value: String::new(), label: "All".to_owned(), chosen: concept.is_empty() }];
        concepts.extend(present.iter().map(|fact| Choice {
            value: fact.concept.clone(),
            label: concept_label(&Concept::named(&fact.concept), context.knowledge),
            chosen: fact.concept == concept,
        }));
        let none = Typed::default();
        let mut shell = Shell::of_case(context, view, "What the records say", Some(Stage::Gather));
        shell.live = recognition.running;
        shell.reload = recognition.running.then_some(3);
        Self {
            shell,
            id: case.clone(),
            may_change: view.audience().may_change(),
            nothing: answer.tumours.is_empty() && answer.person.is_empty(),
            tumours,
            // An organ that is only looked at is shown with its record, not as if it were about the person.
            person: rows(&answer.person).into_iter().filter(|row| row.concept != "topography").collect(),
            treatments: answer.treatments.iter().map(|t| treatment(case, t)).collect(),
            medicines: answer.medicines.len(),
            asking_medicines: answer.medicines.iter().filter(|m| m.asks).count(),
            concept_field: none.field("concept", "About", concept),
            concepts,
            standing_field: none.field("standing", "Read by", standing),
            standings: crate::forms::choices(&STANDINGS, standing),
            recognition,
        }
    }
}

fn difference(case: &CaseId, difference: &DifferenceWords, asked: &[&str]) -> DifferenceView {
    let side = |side: &consilium_app::reading::SideWords| SideView {
        words: side.words.clone(),
        sources: side.sources.iter().map(|s| SourceView::of(case, s)).collect(),
    };
    DifferenceView {
        label: difference.label.clone(),
        conflict: difference.relation == "conflict",
        why: difference.why.clone(),
        sides: difference.sides.iter().map(side).collect(),
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
    details.extend(row.other_dates.iter().map(|d| format!("another record says {}", d.human())));
    TreatmentView {
        when: row.when.map(When::from),
        of_record: row.date_of_record,
        what: t.what.clone(),
        state: match t.status {
            TreatmentStatus::Done => Word::new("given", "done"),
            TreatmentStatus::Ongoing => Word::new("going on", "half"),
            TreatmentStatus::Stopped => Word::new("stopped early", "cross"),
            TreatmentStatus::Planned => Word::new("planned", "wait"),
            TreatmentStatus::Declined => Word::new("declined", "empty"),
        },
        details,
        sources: row.sources.iter().map(|s| SourceView::words(case, s)).collect(),
    }
}

/// `/cases/{case}/facts`
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let recognition = match visitor.session.audience.may_change() {
        true => visitor.app.recognition(&visitor.session, &id).await?,
        false => Recognition::default(),
    };
    let view = case.seen_by(visitor.session.audience);
    let answer = facts_answer(&view, visitor.app.knowledge(), &|m: &Message| visitor.app.say(m));
    html(&visitor.look(|context| FactsPage::new(context, &view, &answer, recognition, &query)))
}

struct MedicineView {
    ingredient: String,
    word: Word,
    asks: bool,
    agreed: Option<String>,
    taken: bool,
    line: Field,
    sources: Vec<SourceView>,
}

#[derive(Template)]
#[template(path = "medicines.html")]
pub(crate) struct MedicinesPage {
    shell: Shell,
    id: CaseId,
    may_change: bool,
    asking: usize,
    medicines: Vec<MedicineView>,
}

impl MedicinesPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, answer: &FactsAnswer) -> Self {
        let case = view.id();
        Self {
            shell: Shell::of_case(context, view, "Medicines", Some(Stage::Gather)),
            id: case.clone(),
            may_change: view.audience().may_change(),
            asking: answer.medicines.iter().filter(|m| m.asks).count(),
            medicines: answer.medicines.iter().map(|m| medicine(case, m)).collect(),
        }
    }
}

fn medicine(case: &CaseId, row: &MedicineAnswer) -> MedicineView {
    let word = match (&row.agreed, row.agreement) {
        (Some(_), _) => Word::new("agreed", "done"),
        (None, "dose_differs") => Word::new("doses differ", "gap"),
        (None, "status_differs") => Word::new("taken or stopped?", "gap"),
        (None, "same") => Word::new("sources agree", "done"),
        (None, _) => Word::new("one source", "half"),
    };
    // Where sources differ nothing stands in the field: a press of the button must not choose for anybody.
    let newest = || row.sources.first().filter(|_| !row.asks).map(|s| s.says.clone());
    let known = row.agreed.clone().or_else(newest).unwrap_or_default();
    let mut line = Typed::default().field("line", "Dose, how and how often", &known);
    line.label = "Dose, how and how often";
    MedicineView {
        ingredient: row.ingredient.clone(),
        word,
        asks: row.asks,
        agreed: row.agreed.clone(),
        taken: row.taken,
        line,
        sources: row.sources.iter().map(|s| SourceView::words(case, s)).collect(),
    }
}

/// `/cases/{case}/medicines`
pub(crate) async fn medicines_page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let answer = facts_answer(&view, visitor.app.knowledge(), &|m: &Message| visitor.app.say(m));
    html(&visitor.look(|context| MedicinesPage::new(context, &view, &answer)))
}

/// Agrees on the line of a medicine.
pub(crate) async fn agree_medicine(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let of = |name| value(&values, name);
    let taken = of("taken") != "no";
    let line = if of("taken") == "reopen" { "" } else { of("line") };
    let done = visitor.app.agree_medicine(&visitor.session, &id, of("ingredient"), line, taken).await;
    done.map_err(|error| visitor.failure(error))?;
    Ok(Redirect::to(&format!("/cases/{id}/medicines")).into_response())
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

/// The five answers a correction chooses from, by name and in words.
pub(crate) const POLARITIES: [(&str, &str); 5] = [
    ("present", "It is so"),
    ("absent", "It is not so"),
    ("uncertain", "It may be so"),
    ("not_tested", "It was not tested"),
    ("insufficient", "It could not be judged"),
];

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

fn polarity_name(polarity: Polarity) -> &'static str {
    match polarity {
        Polarity::Present => "present",
        Polarity::Absent => "absent",
        Polarity::NotTested => "not_tested",
        Polarity::Insufficient => "insufficient",
        Polarity::Uncertain => "uncertain",
    }
}

/// Says something about a fact: confirm, correct, reject, or take that back.
pub(crate) async fn judge(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let key = key(&values);
    let polarity = polarity_named(value(&values, "polarity"));
    let (app, session) = (&visitor.app, &visitor.session);
    let done = match value(&values, "say") {
        "confirm" => app.judge_fact(session, &id, &key, Judgement::Confirmed { value: None }).await,
        "reject" => app.judge_fact(session, &id, &key, Judgement::Rejected).await,
        "correct" => {
            let value = value(&values, "value").to_owned();
            app.judge_fact(session, &id, &key, Judgement::Corrected { value, polarity }).await
        }
        _ => app.take_back_judgement(session, &id, &key).await,
    };
    done.map_err(|error| visitor.failure(error))?;
    let row = value(&values, "row");
    let back = format!("/cases/{id}/documents/{}#{}", key.document, crate::parts::encoded(row));
    Ok(Redirect::to(&back).into_response())
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
        Some(fact) => app.withdraw_fact(session, &id, &FactId::from(fact)).await,
        None => {
            let typing = Typing {
                document: document.to_string(),
                page,
                region: None,
                concept: value(&values, "concept").to_owned(),
                value: value(&values, "value").to_owned(),
                absent: value(&values, "absent") == "yes",
            };
            app.type_fact(session, &id, &typing).await
        }
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/documents/{document}#says")).into_response()),
        Err(AppError::Refusal(refusal)) => Err(Failure::Refused(app.say(&refusal.0))),
        Err(other) => Err(visitor.failure(other)),
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
