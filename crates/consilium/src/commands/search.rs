//! `search`: records by words in them.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, Result};
use consilium_app::casefile::Session;
use consilium_app::search::{Found, FoundRecord, MOST_RESULTS, SearchAnswer};
use serde::Serialize;

use super::{answer, open};
use crate::arguments::{Arguments, Search};

/// Most bytes read of typed words: far more than is looked for.
const MOST_READ: u64 = 64 << 10;

/// What `search --json` prints; `docs/json.md` describes it.
#[derive(Serialize)]
struct Answer<'a> {
    case: &'a str,
    #[serde(flatten)]
    found: &'a SearchAnswer,
}

pub(super) async fn search(arguments: &Arguments, session: &Session, options: &Search) -> Result<ExitCode> {
    let words = match options.words.as_slice() {
        [dash] if dash == "-" => {
            let mut words = Vec::new();
            std::io::stdin().take(MOST_READ).read_to_end(&mut words).context("the words could not be read")?;
            String::from_utf8_lossy(&words).into_owned()
        }
        words => words.join(" "),
    };
    let app = open(arguments).await?;
    let id = app.case_named(session, &options.case).await?;
    let most = options.limit.min(MOST_RESULTS);
    let found = app.search(session, &id, &words, options.from, most).await?;
    answer(arguments, &Answer { case: &options.case, found: &found }, || print(&found))
}

fn print(answer: &SearchAnswer) {
    for found in &answer.results {
        line(found);
    }
    match (answer.asked, answer.found) {
        (false, _) => crate::say!("There is no word in this to search for."),
        (true, 0) => crate::say!("Nothing was found. Try fewer words, or only the beginning of one."),
        (true, found) => {
            let last = answer.from + answer.results.len();
            match answer.results.is_empty() {
                true => crate::say!("{found} found; none behind the first {}.", answer.from),
                false => crate::say!("{} to {last} of {found} found.", answer.from + 1),
            }
        }
    }
    if answer.without_text > 0 {
        crate::say!("{} documents hold no text, such as scans: only their names were searched.", answer.without_text);
    }
    if answer.unread > 0 {
        crate::say!("{} documents could not be opened: their text was not searched.", answer.unread);
    }
}

fn line(found: &Found) {
    let id = match &found.record {
        FoundRecord::Document(id) => id.as_str(),
        FoundRecord::Study(uid) => uid,
    };
    let date = found.date.map_or_else(|| "date not stated".to_owned(), |date| date.to_string());
    let kind = found.kind.as_deref().map(|kind| format!(" ({kind})")).unwrap_or_default();
    crate::say!("{date}  {}{kind}  {id}", found.title.text);
    for marked in found.file.iter().chain(&found.series) {
        crate::say!("    {}", marked.text);
    }
    for place in &found.places {
        let read = if place.recognised { ", read from a picture" } else { "" };
        crate::say!("    page {}{read}: {}", place.page, place.words.text);
    }
}
