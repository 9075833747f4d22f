//! A person's word on a resource: a note that says what they did, and a mark. Of what comes from another case it says that
//! too: nobody of this case stands for it. What must not live here: who is named as asserter, which is a matter of each
//! kind of resource.

use consilium_casefile::reading::{HowSaid, PersonWord};
use serde_json::Value;

use super::bundle::tag;
use super::write::{human, line, note};

/// The mark of what a person typed or states, and no program read.
pub(super) const FROM_A_PERSON: &str = "from-a-person";

/// Says on a resource what a person said of it; `here` where it was a person of the case that is exported.
pub(super) fn tell(resource: &mut Value, word: Option<&PersonWord>, here: bool) {
    let Some(word) = word else { return };
    let on = word.on.and_then(human).map(|day| format!(" on {day}")).unwrap_or_default();
    let page = word.page.map(|page| format!("page {page} of ")).unwrap_or_default();
    let record = line(&word.record).map_or_else(|| "the record".to_owned(), |record| format!("“{record}”"));
    let who =
        if word.by_owner { "The patient, or who keeps the records for the patient," } else { "Somebody who helps" };
    let did = match word.how {
        HowSaid::Typed => format!("read this on {page}{record} and typed it{on}."),
        HowSaid::Corrected => format!("corrected{on} what a program had read in {record}."),
        HowSaid::Confirmed => format!("confirmed{on} what a program had read in {record}."),
        HowSaid::Agreed => format!("agreed on this line{on}."),
        HowSaid::Stated => format!("stated this{on}; no record of the case says it."),
    };
    if here {
        note(resource, &format!("{who} {did}"));
    } else {
        note(resource, &format!("In the case that the record is an export of: {who} {did}"));
    }
    if matches!(word.how, HowSaid::Typed) || word.is_own() {
        tag(resource, FROM_A_PERSON);
    }
}
