//! What is known of a fax edition before it is made, where its centre limits the pages of a fax: how many pages it will have,
//! and which records the centre does not require. Where it is asked for, its pages are set and counted; a page that only shows
//! the case estimates them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use consilium_casefile::gather::checklist::{Piece, checklist};
use consilium_casefile::gather::{HeldDocument, checklist::Checklist};
use consilium_casefile::knowledge::Need;
use consilium_casefile::records::FileFormat;
use consilium_casefile::{Audience, CaseId, CaseView, DocumentId, Message, Session};
use serde::Serialize;

use super::PacketRequest;
use super::assemble::fax_pages;
use crate::App;
use crate::error::{AppError, Doing};

/// A cover, page one and a timeline come before the records, in the larger type of a fax.
const FRONT_PAGES: u32 = 4;
/// Lines of the index on a page of a fax.
const INDEX_LINES: usize = 8;
/// Bytes of a plain text on a page of a fax.
const TEXT_BYTES: u64 = 2_500;
/// Records that are named as those to leave out, at most.
const MOST_NAMED: usize = 5;

/// A fax edition before it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaxAhead {
    /// Pages it will have, or about as many where they are not counted.
    pub pages: u32,
    /// Whether they are counted.
    pub counted: bool,
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
        self.pages > self.most
    }

    /// Whether it may be, as far as is known: an estimate is over two thirds of the limit.
    #[must_use]
    pub fn may_be_too_long(&self) -> bool {
        self.is_too_long() || !self.counted && self.pages > self.most / 3 * 2
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
        let program = plan.center.as_deref().and_then(|center| self.knowledge().program(center));
        if program.is_none_or(|program| program.fax_page_limit.is_none()) {
            return Ok(None);
        }
        let (app, of, plan) = (self.clone(), id.clone(), std::sync::Arc::new(plan));
        let set = plan.clone();
        let counted = tokio::task::spawn_blocking(move || fax_pages(&app, &of, &set));
        let counted = counted.await.doing("setting the pages of the fax")??;
        let goes: BTreeSet<&DocumentId> = plan.documents.iter().map(|document| &document.id).collect();
        let view = case.seen_by(Audience::Owner);
        Ok(self.ahead(&view, plan.center.as_deref(), |id| goes.contains(id), Some(counted)))
    }

    /// About the same, of the documents of a view that may go.
    #[must_use]
    pub fn fax_ahead(
        &self,
        view: &CaseView<'_>,
        center: Option<&str>,
        goes: impl Fn(&DocumentId) -> bool,
    ) -> Option<FaxAhead> {
        self.ahead(view, center, goes, None)
    }

    fn ahead(
        &self,
        view: &CaseView<'_>,
        center: Option<&str>,
        goes: impl Fn(&DocumentId) -> bool,
        counted: Option<u32>,
    ) -> Option<FaxAhead> {
        let center = center.or(view.center())?;
        let most = self.knowledge().program(center)?.fax_page_limit?;
        let of_text = |held: &HeldDocument| match held.document.format {
            FileFormat::Text => u32::try_from(held.document.bytes.div_ceil(TEXT_BYTES)).unwrap_or(u32::MAX).max(1),
            _ => 1,
        };
        let pages = |held: &HeldDocument| held.document.pages.unwrap_or_else(|| of_text(held));
        let mut documents = view.documents(self.knowledge());
        documents.retain(|held| !held.removed && held.identity_settled() && goes(&held.document.id));
        let index = u32::try_from(documents.len() / INDEX_LINES).unwrap_or(u32::MAX);
        let estimate = || documents.iter().fold(FRONT_PAGES + index, |sum, held| sum.saturating_add(pages(held)));
        let has = counted.unwrap_or_else(estimate);
        let counted = counted.is_some();
        let mut ahead = FaxAhead { pages: has, counted, most, leave_out: Vec::new(), said: Vec::new() };
        let key = match (ahead.is_too_long(), counted) {
            (true, true) => "packet-fax-counted-too-long",
            (false, true) => "packet-fax-counted",
            (true, false) => "packet-fax-ahead-too-long",
            (false, false) => "packet-fax-ahead",
        };
        ahead.said.push(self.say(&Message::new(key).with("has", has).with("most", most)));
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
