//! The worklist, and a new case.

use askama::Template;
use axum::extract::{Form, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::cases::{CaseCard, NewCase};
use consilium_casefile::CaseId;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::worklist::{Pressing, Standing};

use crate::errors::{Failure, html, html_refused};
use crate::forms::{self, Values, asked, value};
use crate::parts::{Choice, Context, Field, Typed, When, Word};
use crate::shell::Shell;
use crate::web::Visitor;

struct Row {
    id: CaseId,
    called: String,
    handle: String,
    show_handle: bool,
    cancer: String,
    state: Word,
    sentence: String,
    address: Option<String>,
    on: String,
    since: Option<When>,
    until: Option<When>,
}

/// A filter of the list, with how many cases it shows.
struct Filter {
    address: String,
    label: &'static str,
    count: usize,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "cases.html")]
pub(crate) struct CasesPage {
    shell: Shell,
    cases: Vec<Row>,
    filters: Vec<Filter>,
    /// Whether there is any case at all, whatever the filter shows.
    any: bool,
    may_change: bool,
}

/// The word and shape of what a case waits for.
fn pressing_word(pressing: Pressing) -> Word {
    match pressing {
        Pressing::Overdue => Word::new("needs a person now", "gap"),
        Pressing::Here => Word::new("waits for you", "half"),
        Pressing::Others => Word::new("waits on others", "wait"),
        Pressing::Ready => Word::new("ready", "done"),
    }
}

fn filters(cards: &[CaseCard], chosen: Option<Pressing>) -> Vec<Filter> {
    let all = Filter { address: "/".to_owned(), label: "all", count: cards.len(), chosen: chosen.is_none() };
    let of = |pressing: Pressing| {
        let count = cards.iter().filter(|card| card.standing.pressing == pressing).count();
        let label = match pressing {
            Pressing::Overdue => "need a person now",
            Pressing::Here => "wait for you",
            Pressing::Others => "wait on others",
            Pressing::Ready => "ready",
        };
        Filter { address: format!("/?show={}", pressing.name()), label, count, chosen: chosen == Some(pressing) }
    };
    let some = Pressing::ALL.map(of).into_iter().filter(|filter| filter.count > 0 || filter.chosen);
    std::iter::once(all).chain(some).collect()
}

impl CasesPage {
    pub(crate) fn new(context: &Context<'_>, cards: Vec<CaseCard>, show: Option<Pressing>) -> Self {
        let row = |card: CaseCard| {
            let Standing { pressing, what, on, since, until, place, .. } = card.standing;
            let by_hand = pressing == Pressing::Here || pressing == Pressing::Overdue && on.is_none();
            Row {
                show_handle: !card.handle.eq_ignore_ascii_case(&card.called),
                state: pressing_word(pressing),
                sentence: (context.say)(&what),
                address: (!place.is_empty()).then(|| format!("/cases/{}/{place}", card.id)),
                on: on.unwrap_or_else(|| if by_hand { "you".to_owned() } else { String::new() }),
                since: since.map(When::from),
                until: until.map(When::from),
                id: card.id,
                called: card.called,
                handle: card.handle,
                cancer: card.cancer,
            }
        };
        let (any, filters) = (!cards.is_empty(), filters(&cards, show));
        let shown = cards.into_iter().filter(|card| show.is_none_or(|show| card.standing.pressing == show));
        Self {
            shell: Shell::new("Cases", true),
            cases: shown.map(row).collect(),
            filters,
            any,
            may_change: context.session.audience.may_change() && context.session.only_case.is_none(),
        }
    }
}

/// The fields that say whose case it is; the first run asks the same.
pub(crate) struct WhoFields {
    pub(crate) name: Field,
    pub(crate) birth_date: Field,
    pub(crate) site: Field,
    pub(crate) sites: Vec<Choice>,
    pub(crate) words: Field,
}

impl WhoFields {
    pub(crate) fn new(knowledge: &Knowledge, typed: &Typed) -> Self {
        let site = typed.field("site", "Which cancer?", "");
        Self {
            name: typed.field("name", "Name", "").hint("As it stands on the records, such as Rosa Example."),
            birth_date: typed.field("birth_date", "Birth date", "").date(),
            sites: forms::sites(knowledge, &site.value),
            site,
            words: typed.field("words", "In your own words, if you like", ""),
        }
    }
}

/// What was typed there.
pub(crate) fn new_case(values: &Values) -> NewCase {
    NewCase {
        handle: value(values, "handle").to_owned(),
        name: value(values, "name").to_owned(),
        birth_date: value(values, "birth_date").to_owned(),
        site: asked(values, "site").map(str::to_owned),
        cancer_words: value(values, "words").to_owned(),
    }
}

/// The field a refusal of a new case belongs to.
pub(crate) fn field_of(key: &str) -> &'static str {
    match key {
        "refusal-date" | "refusal-date-not-there" | "refusal-date-two-ways" | "refusal-birth-date-future" => {
            "birth_date"
        }
        "refusal-no-such-site" => "site",
        "refusal-handle" | "refusal-handle-taken" => "handle",
        _ => "name",
    }
}

#[derive(Template)]
#[template(path = "new_case.html")]
pub(crate) struct NewCasePage {
    shell: Shell,
    name: Field,
    birth_date: Field,
    site: Field,
    sites: Vec<Choice>,
    words: Field,
    handle: Field,
}

impl NewCasePage {
    pub(crate) fn new(context: &Context<'_>, typed: &Typed) -> Self {
        let WhoFields { name, birth_date, site, sites, words } = WhoFields::new(context.knowledge, typed);
        Self {
            shell: Shell::new("Begin a new case", true).refused(typed.is_refused()),
            name: name.hint("As it stands on the records. Leave it empty, and the first files propose one."),
            birth_date,
            site,
            sites,
            words,
            handle: typed.field("handle", "Short name for the list", "").hint("Made from the name if left empty."),
        }
    }
}

/// `/`
pub(crate) async fn list(visitor: Visitor, Query(query): Query<Values>) -> Result<Response, Failure> {
    let cards = visitor.app.cases(&visitor.session).await?;
    if let (Some(_), Some(only)) = (&visitor.session.only_case, cards.first()) {
        return Ok(Redirect::to(&format!("/cases/{}", only.id)).into_response());
    }
    let show = asked(&query, "show").and_then(Pressing::named);
    html(&visitor.look(|context| CasesPage::new(context, cards, show)))
}

/// `/cases/new`
pub(crate) async fn new(visitor: Visitor) -> Result<Response, Failure> {
    html(&visitor.look(|context| NewCasePage::new(context, &Typed::default())))
}

/// Begins a case.
pub(crate) async fn create(visitor: Visitor, Form(values): Form<Values>) -> Result<Response, Failure> {
    match visitor.app.new_case(&visitor.session, &new_case(&values)).await {
        Ok(case) => Ok(Redirect::to(&format!("/cases/{case}/gather")).into_response()),
        Err(error) => {
            let typed = visitor.refused(error, values, field_of)?;
            html_refused(&visitor.look(|context| NewCasePage::new(context, &typed)), true)
        }
    }
}
