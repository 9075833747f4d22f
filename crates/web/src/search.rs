//! Search: words typed, and the records that hold them, each one click from the place. The words stand in the address, so
//! that a search can be kept and reloaded; they are never logged. What must not live here: what counts as found.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use consilium_app::search::{Found, FoundPlace, FoundRecord, Marked, SearchAnswer};
use consilium_casefile::{CaseId, CaseView};

use crate::errors::{Failure, html_refused};
use crate::forms::{Values, asked, value};
use crate::paging::{self, Pages};
use crate::parts::{Context, Field, Typed, When, counted, encoded};
use crate::shell::Shell;
use crate::web::Visitor;

/// Records on one page.
const ROWS: usize = 20;

/// A run of characters, found or not.
struct Run {
    text: String,
    found: bool,
}

struct PlaceView {
    address: String,
    page: u32,
    recognised: bool,
    words: Vec<Run>,
}

struct FoundView {
    address: String,
    title: Vec<Run>,
    /// The title without marks, for those who listen.
    named: String,
    kind: Option<String>,
    date: Option<When>,
    file: Option<Vec<Run>>,
    series: Vec<Vec<Run>>,
    places: Vec<PlaceView>,
}

#[derive(Template)]
#[template(path = "search.html")]
pub(crate) struct SearchPage {
    shell: Shell,
    id: CaseId,
    words: Field,
    asked: bool,
    /// How many records hold the words, in words.
    found: String,
    /// Number of the first result shown.
    first: usize,
    results: Vec<FoundView>,
    pages: Pages,
    /// What was not looked through.
    left_out: Vec<String>,
    refused: bool,
}

/// Characters in runs. Marks beyond the end, or out of order, mark nothing.
fn runs(of: &Marked) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    let mut marks = of.marks.iter().peekable();
    for (place, letter) in of.text.chars().enumerate() {
        while marks.next_if(|(_, end)| *end <= place).is_some() {}
        let here = marks.peek().is_some_and(|(start, _)| *start <= place);
        match found.last_mut() {
            Some(run) if run.found == here => run.text.push(letter),
            _ => found.push(Run { text: letter.to_string(), found: here }),
        }
    }
    found
}

impl FoundView {
    fn new(case: &CaseId, found: &Found) -> Self {
        let (address, is_document) = match &found.record {
            FoundRecord::Document(id) => (format!("/cases/{case}/documents/{id}"), true),
            FoundRecord::Study(uid) => (format!("/cases/{case}/studies/{}", encoded(uid)), false),
        };
        let place = |place: &FoundPlace| PlaceView {
            address: format!("{address}?at={}-{}#here", place.start, place.end),
            page: place.page,
            recognised: place.recognised,
            words: runs(&place.words),
        };
        Self {
            title: runs(&found.title),
            named: found.title.text.clone(),
            kind: found.kind.clone().filter(|kind| *kind != found.title.text),
            date: found.date.map(When::from),
            file: found.file.as_ref().map(runs),
            series: found.series.iter().map(runs).collect(),
            places: if is_document { found.places.iter().map(place).collect() } else { Vec::new() },
            address,
        }
    }
}

impl SearchPage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        answer: &SearchAnswer,
        typed: &Typed,
        query: &Values,
    ) -> Self {
        let words = typed.field("q", "Words in the records", value(query, "q"));
        let refused = typed.is_refused();
        let name = if answer.asked { "Found in the records" } else { "Search the records" };
        let mut shell = Shell::of_case(context, view, name, None).refused(refused);
        if let Some(frame) = &mut shell.case {
            // The page has the field itself.
            frame.may_search = false;
        }
        let path = format!("/cases/{}/search", view.id());
        let (now, last) = (answer.from / ROWS + 1, answer.found.div_ceil(ROWS).max(1));
        let to = |page: usize| paging::address(&path, "#found", query, &[("page", &page.to_string())]);
        let left_out = |count: usize, one: &str, many: &str, why: &str| {
            (count > 0).then(|| format!("{} {why}", counted(count as u64, one, many)))
        };
        let (one, many) = ("document", "documents");
        Self {
            shell,
            id: view.id().clone(),
            words: words.search().hint("Every word must stand in the record. Words in quotation marks stand as you type them: \"margins negative\"."),
            asked: answer.asked,
            found: match answer.found {
                0 => "No record holds".to_owned(),
                found => counted(found as u64, "record holds", "records hold"),
            },
            first: answer.from + 1,
            results: answer.results.iter().map(|found| FoundView::new(view.id(), found)).collect(),
            pages: Pages { now, last, back: (now > 1).then(|| to(now - 1)), forth: (now < last).then(|| to(now + 1)) },
            left_out: [
                left_out(answer.without_text, one, many, "without any text, such as scans nobody read yet: only the names were searched."),
                left_out(answer.unread, one, many, "could not be opened, and the text was not searched."),
            ]
            .into_iter()
            .flatten()
            .collect(),
            refused,
        }
    }
}

/// `/cases/{case}/search`
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let page = asked(&query, "page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).max(1);
    let ask = async |page: usize| {
        let from = page.saturating_sub(1).saturating_mul(ROWS);
        visitor.app.search(&visitor.session, &id, value(&query, "q"), from, ROWS).await
    };
    let mut answer = ask(page).await;
    if let Ok(beyond) = &answer
        && beyond.results.is_empty()
        && beyond.found > 0
    {
        // A page beyond the end is the last.
        answer = ask(beyond.found.div_ceil(ROWS)).await;
    }
    let (answer, typed) = match answer {
        Ok(answer) => (answer, Typed::default()),
        Err(error) => (SearchAnswer::default(), visitor.refused(error, query.clone(), |_| "q")?),
    };
    let view = case.seen_by(visitor.session.audience);
    let refused = typed.is_refused();
    html_refused(&visitor.look(|context| SearchPage::new(context, &view, &answer, &typed, &query)), refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_cut_the_words_and_nothing_of_them_is_lost() {
        let check = |text: &str, marks: &[(usize, usize)], expect: &[(&str, bool)]| {
            let cut = runs(&Marked { text: text.to_owned(), marks: marks.to_vec() });
            let cut: Vec<(&str, bool)> = cut.iter().map(|run| (run.text.as_str(), run.found)).collect();
            assert_eq!(cut, expect);
        };
        check("Größe G2", &[(0, 5), (6, 8)], &[("Größe", true), (" ", false), ("G2", true)]);
        check("abc", &[(1, 2)], &[("a", false), ("b", true), ("c", false)]);
        check("abc", &[(2, 99), (0, 1)], &[("ab", false), ("c", true)]);
        check("", &[(0, 4)], &[]);
    }
}
