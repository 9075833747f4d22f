//! The register of slides and blocks, what happened to them, and the sheet that travels with them.

use std::sync::Arc;

use consilium_casefile::gather::TissueChange;
use consilium_casefile::gather::tissue::{self, Ask, Custody, HeldTissue, Step, Tissue};
use consilium_casefile::knowledge::Department;
use consilium_casefile::shared::contact::Holder;
use consilium_casefile::{Case, CaseId, CaseView, Message, PartialDate, PersonName, Refusal, Session, TissueId};
use consilium_press::letter::{CustodyLine, CustodySheet, custody_sheet};

use super::letters::with_reach;
use crate::dates::day_words;
use crate::error::{AppError, Doing};
use crate::{App, ids};

impl App {
    /// Registers slides or blocks. Returns the id as well: of a new line that says the same as one that is there, the id of
    /// that one, and nothing is written down twice.
    ///
    /// # Errors
    /// A refusal when the accession is empty, or the count none.
    pub async fn register_tissue(
        &self,
        session: &Session,
        id: &CaseId,
        line: Tissue,
    ) -> Result<(Arc<Case>, TissueId), AppError> {
        let line = if line.id.as_str().is_empty() { Tissue { id: ids::new(), ..line } } else { line };
        let today = self.now().date();
        let case = self.change(session, id, |case| {
            if case.held_tissue().known(&line).is_some() {
                return Ok(Vec::new());
            }
            // A laboratory or report that is not here would be a name that leads nowhere.
            if line.laboratory.as_ref().is_some_and(|of| !case.held_requests().holders.contains_key(of)) {
                return Err(Refusal::new("refusal-holder-unknown"));
            }
            let view = case.seen_by(session.audience);
            if line.report.as_ref().is_some_and(|of| view.document(of, self.knowledge()).is_none()) {
                return Err(Refusal::new("refusal-tissue-report"));
            }
            Ok(vec![tissue::register(line.clone(), today)?])
        });
        let case = case.await?;
        let known = case.held_tissue().known(&line).filter(|_| !case.held_tissue().lines.contains_key(&line.id));
        let id = known.map_or_else(|| line.id.clone(), |known| known.tissue.id.clone());
        Ok((case, id))
    }

    /// Takes a line out of the register, or puts it back.
    ///
    /// # Errors
    /// A refusal when there is none.
    pub async fn set_tissue_removed(
        &self,
        session: &Session,
        id: &CaseId,
        line: &TissueId,
        removed: bool,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| {
            if !case.held_tissue().lines.contains_key(line) {
                return Err(Refusal::new("refusal-tissue-unknown"));
            }
            Ok(vec![TissueChange::SetRemoved { id: line.clone(), removed }])
        })
        .await
    }

    /// Writes down what happened to lines of the register.
    ///
    /// # Errors
    /// A refusal that names what can not be.
    pub async fn tissue_custody(
        &self,
        session: &Session,
        id: &CaseId,
        lines: &[TissueId],
        custody: Custody,
    ) -> Result<Arc<Case>, AppError> {
        let today = self.now().date();
        self.change(session, id, |case| {
            Ok(tissue::custody(case.held_tissue(), lines, custody.clone(), today)?.into_iter().collect::<Vec<_>>())
        })
        .await
    }

    /// Takes back a step that did not happen; steps of a line are counted from 1, as they were written down.
    ///
    /// # Errors
    /// A refusal when there is no such step.
    pub async fn take_custody_back(
        &self,
        session: &Session,
        id: &CaseId,
        line: &TissueId,
        step: u32,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![tissue::take_back(case.held_tissue(), line, step)?])).await
    }

    /// What a line of the register is, in words: `stained slides, H&E, recut`.
    #[must_use]
    pub fn tissue_words(&self, line: &HeldTissue) -> String {
        let tissue = &line.tissue;
        let material = self.say(&tissue.material.words());
        let recut = if tissue.recut { "recut" } else { "" };
        let parts = [material.as_str(), tissue.stain.as_str(), recut];
        parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ")
    }

    /// What the register does not tell of a line, a question each: soft, nothing waits for it.
    #[must_use]
    pub fn tissue_asks(&self, line: &HeldTissue) -> Vec<String> {
        let message = |ask: Ask| match ask {
            Ask::NotCounted { on } => {
                Message::new("ask-not-counted").with("day", day_words(on)).with("count", line.tissue.count)
            }
            Ask::NotWritten { step: Step::Released } => Message::new("ask-not-released"),
            Ask::NotWritten { .. } => Message::new("ask-not-reviewed"),
        };
        line.asks().into_iter().map(|ask| self.say(&message(ask))).collect()
    }

    /// A step in words: `3 May 2026: handed to a carrier, Example Courier, 1Z…`.
    #[must_use]
    pub fn custody_words(&self, custody: &Custody) -> String {
        let step = self.say(&custody.step.words());
        let count = match custody.count {
            None => String::new(),
            Some(1) => "1 piece".to_owned(),
            Some(count) => format!("{count} pieces"),
        };
        let to = if custody.to.is_empty() { String::new() } else { format!("to {}", custody.to) };
        let from = if custody.from.is_empty() { String::new() } else { format!("from {}", custody.from) };
        let parts = [&step, &count, &from, &to, &custody.carrier, &custody.tracking, &custody.condition, &custody.note];
        let words: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        format!("{}: {}", day_words(custody.on), words.join(", "))
    }

    /// The sheet that travels with lines of the register, and what of its words no font here can draw. Where none is named:
    /// the lines that were asked for or given out, and all where none was.
    ///
    /// # Errors
    /// A refusal when there are none; [`AppError::NotFound`] for those who may not see the register.
    pub async fn custody_sheet(
        &self,
        session: &Session,
        id: &CaseId,
        lines: &[TissueId],
    ) -> Result<(Vec<u8>, Option<String>), AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let register = view.tissue().ok_or(AppError::NotFound)?;
        let leaves = |line: &HeldTissue| {
            line.stands().is_some_and(|c| matches!(c.step, Step::Requested | Step::Released | Step::Shipped))
        };
        let some_leave = register.lines().any(leaves);
        let of = |line: &&HeldTissue| match lines {
            [] => !some_leave || leaves(line),
            named => named.contains(&line.tissue.id),
        };
        let wanted: Vec<&HeldTissue> = register.lines().filter(of).collect();
        if wanted.is_empty() || lines.iter().any(|id| !wanted.iter().any(|line| line.tissue.id == *id)) {
            return Err(Refusal::new("refusal-tissue-none").into());
        }
        let subject = view.person().unwrap_or_default();
        let patient = subject.name.as_ref().map(PersonName::display).unwrap_or_default();
        let laboratory = |line: &HeldTissue| keeper(&view, line).map(|holder| holder.name.clone());
        let back = |line: &HeldTissue| line.return_due().map(day_words);
        // What is not the same of all stands at each piece: a parcel goes back to whom it is of, and by its own day.
        let alike = |of: &dyn Fn(&HeldTissue) -> Option<String>| {
            let first = wanted.first().and_then(|line| of(line));
            first.filter(|first| wanted.iter().all(|line| of(line).as_ref() == Some(first)))
        };
        let (from, return_by) = (alike(&laboratory), alike(&back));
        let own = |line: &HeldTissue| {
            let from_line =
                laboratory(line).filter(|_| from.is_none()).map(|_| format!("from {}", return_address(&view, line)));
            let by = back(line).filter(|_| return_by.is_none()).map(|day| format!("back by {day}"));
            let parts = [Some(self.tissue_words(line)), from_line, by];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        };
        let sheet = CustodySheet {
            footer: format!("{patient} · {}", view.handle()),
            patient,
            born: subject.birth_date.map(PartialDate::human).unwrap_or_default(),
            return_to: from.iter().find_map(|_| Some(return_address(&view, wanted.first()?))).unwrap_or_default(),
            from: from.clone().unwrap_or_else(|| match wanted.iter().any(|line| laboratory(line).is_some()) {
                true => self.say(&Message::new("custody-each")),
                false => String::new(),
            }),
            to: view.center().unwrap_or_default().to_owned(),
            return_by: return_by.clone().unwrap_or_default(),
            marks: self.marks(&view),
            lines: wanted
                .iter()
                .map(|line| CustodyLine {
                    label: register.label(line),
                    what: own(line),
                    count: if line.tissue.uncounted { String::new() } else { in_parcel(line).to_string() },
                    so_far: line.custody.iter().map(|step| self.custody_words(step)).collect(),
                    bars: Vec::new(),
                })
                .collect(),
        };
        let set = tokio::task::spawn_blocking(move || custody_sheet(&sheet)).await.doing("setting the sheet")?;
        let set = set.doing("setting the sheet")?;
        let unprintable = self.unprintable(&set.missing_glyphs);
        Ok((set.bytes, unprintable))
    }
}

/// Pieces that the parcel holds which the sheet goes with: those given out or sent, or else all that are left.
fn in_parcel(line: &HeldTissue) -> u32 {
    let pieces = line.pieces();
    let going = pieces.coming_at_most();
    if going > 0 { going } else { pieces.left() }
}

/// The laboratory that keeps a line, as the contact book has it.
fn keeper<'v>(view: &'v CaseView<'_>, line: &HeldTissue) -> Option<&'v Holder> {
    view.requests()?.holders.get(line.tissue.laboratory.as_ref()?)
}

/// Where a line has to come back to: the laboratory with the address of its pathology, as the contact book has it.
fn return_address(view: &CaseView<'_>, line: &HeldTissue) -> String {
    keeper(view, line).map(|holder| with_reach(&holder.name, holder.reach(Department::Pathology))).unwrap_or_default()
}
