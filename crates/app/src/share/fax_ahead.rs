//! What is known of a fax edition before it is made, where its centre limits the pages of a fax: as many pages as the records
//! have at least, and which of them the centre does not require. How many it has is counted when it is made (`assemble`).

use std::cmp::Reverse;
use std::collections::BTreeSet;

use consilium_casefile::gather::checklist::{Piece, checklist};
use consilium_casefile::gather::{HeldDocument, checklist::Checklist};
use consilium_casefile::knowledge::Need;
use consilium_casefile::{Audience, CaseId, CaseView, DocumentId, Message, Session};
use serde::Serialize;

use super::PacketRequest;
use crate::App;
use crate::error::AppError;

/// A cover and an index come before the records.
const FRONT_PAGES: u32 = 2;
/// Records that are named as those to leave out, at most.
const MOST_NAMED: usize = 5;

/// A fax edition before it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaxAhead {
    /// Pages it will have at least: a record whose pages are not known counts as one.
    pub at_least: u32,
    /// Pages the centre takes at most.
    pub most: u32,
    /// Where it is, or may be, too long: records of which no line that the centre requires rests on, longest first.
    pub leave_out: Vec<DocumentId>,
    /// The same in sentences.
    pub said: Vec<String>,
}

impl FaxAhead {
    /// Whether it is too long already, as far as is known.
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.at_least > self.most
    }

    /// Whether it may be: the least number is over half of the limit. A text that is counted as one page has often more, and
    /// so have the front pages of a long case.
    #[must_use]
    pub fn may_be_too_long(&self) -> bool {
        self.at_least > self.most / 2
    }
}

/// Documents that a line rests on which the centre requires.
fn required(list: &Checklist) -> BTreeSet<&DocumentId> {
    let lines = list.items.iter().filter(|item| item.need == Need::Required);
    let pieces = lines.flat_map(|item| &item.evidence);
    pieces.filter_map(|piece| if let Piece::Document { id } = piece { Some(id) } else { None }).collect()
}

impl App {
    /// What a packet's fax edition will be; `None` where its centre limits no pages.
    ///
    /// # Errors
    /// As [`App::packet_plan`].
    pub async fn fax_before(
        &self,
        session: &Session,
        id: &CaseId,
        request: &PacketRequest,
    ) -> Result<Option<FaxAhead>, AppError> {
        let plan = self.packet_plan(session, id, request).await?;
        let case = self.changeable(session, id).await?;
        let goes: BTreeSet<&DocumentId> = plan.documents.iter().map(|document| &document.id).collect();
        Ok(self.fax_ahead(&case.seen_by(Audience::Owner), plan.center.as_deref(), |id| goes.contains(id)))
    }

    /// The same of the documents of a view that may go.
    #[must_use]
    pub fn fax_ahead(
        &self,
        view: &CaseView<'_>,
        center: Option<&str>,
        goes: impl Fn(&DocumentId) -> bool,
    ) -> Option<FaxAhead> {
        let center = center.or(view.center())?;
        let most = self.knowledge().program(center)?.fax_page_limit?;
        let pages = |held: &HeldDocument| held.document.pages.unwrap_or(1);
        let mut documents = view.documents(self.knowledge());
        documents.retain(|held| !held.removed && held.identity_settled() && goes(&held.document.id));
        let at_least = documents.iter().fold(FRONT_PAGES, |sum, held| sum.saturating_add(pages(held)));
        let mut ahead = FaxAhead { at_least, most, leave_out: Vec::new(), said: Vec::new() };
        let key = match (ahead.is_too_long(), ahead.may_be_too_long()) {
            (true, _) => "packet-fax-ahead-too-long",
            (false, true) => "packet-fax-ahead-may-be-too-long",
            (false, false) => "packet-fax-ahead",
        };
        ahead.said.push(self.say(&Message::new(key).with("has", at_least).with("most", most)));
        if ahead.may_be_too_long() {
            let list = checklist(view, Some(center), self.knowledge(), self.now().date());
            let required = required(&list);
            documents.retain(|held| !required.contains(&held.document.id));
            documents.sort_by_key(|held| Reverse(pages(held)));
            documents.truncate(MOST_NAMED);
            ahead.leave_out = documents.iter().map(|held| held.document.id.clone()).collect();
            let named = documents.iter().map(|held| {
                let message = Message::new("packet-fax-record").with("pages", pages(held));
                self.say(&message.with("title", view.title_of(held, self.knowledge())))
            });
            let named = named.collect::<Vec<_>>().join("; ");
            let message = Message::new("packet-fax-leave-out").with("records", &named);
            ahead.said.extend((!named.is_empty()).then(|| self.say(&message)));
        }
        Some(ahead)
    }
}
