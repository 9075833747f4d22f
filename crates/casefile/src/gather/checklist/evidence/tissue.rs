//! What the register of slides and blocks tells a line of the checklist: what is with the centre, on its way there, or asked
//! for. What must not live here: the register itself and its rules (`gather::tissue`).

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Answer, found};
use crate::audience::CaseView;
use crate::case::Case;
use crate::gather::checklist::things::{Fill, Piece};
use crate::gather::tissue::{Custody, HeldTissue, Step};
use crate::knowledge::{Evidence, Knowledge};
use crate::shared::ids::HolderId;
use crate::shared::message::Message;
use crate::shared::text;
use crate::shared::time::PartialDate;

/// The register, for one centre.
#[derive(Clone)]
pub struct Register<'a> {
    case: &'a Case,
    center: Option<String>,
    /// The centre of the case.
    own: Option<&'a str>,
    knowledge: &'a Knowledge,
    today: Date,
    /// Specimens that reports name and the register does not hold.
    unregistered: Vec<&'a str>,
}

impl<'a> Register<'a> {
    pub(super) fn new(view: &CaseView<'a>, center: Option<&str>, knowledge: &'a Knowledge, today: Date) -> Self {
        let unregistered = view.unregistered_tissue(knowledge).into_iter().map(|(_, accession)| accession).collect();
        Self {
            case: view.case(),
            center: center.map(str::to_owned),
            own: view.center(),
            knowledge,
            today,
            unregistered,
        }
    }

    /// Lines of what is asked for.
    pub fn lines(&self, evidence: &Evidence) -> impl Iterator<Item = &'a HeldTissue> {
        let wanted = evidence.clone();
        self.case.tissue.lines().filter(move |line| line.tissue.material.evidence() == wanted)
    }

    /// Whether a name is the centre's. Under a name that nobody knows, or none, may be a desk, a street or a pathologist there:
    /// of the centre of the case, and of no other that one looks at. A laboratory of the contact book is somebody else.
    fn is_there(&self, to: &str) -> bool {
        let Some(center) = self.center.as_deref() else { return true };
        let of_book = self.case.requests.holders.values().any(|holder| text::same_line(&holder.name, to));
        let of_list = self.knowledge.program(to).is_some() || self.knowledge.center(to).is_some();
        let is_own = self.own.is_none_or(|own| self.knowledge.same_center(own, center));
        self.knowledge.same_center(to, center) || (is_own && !of_book && !of_list)
    }

    /// Whether the centre read it, as its way names the centre: it may be back at the laboratory since.
    fn was_read_there(&self, line: &HeldTissue) -> bool {
        let Some(center) = self.center.as_deref() else { return false };
        line.was_read_by(&|with| self.knowledge.same_center(with, center))
    }

    /// Whether all of it is with the centre, was read there, or is on its way and not longer than a parcel takes.
    #[must_use]
    pub fn reaches(&self, line: &HeldTissue) -> bool {
        self.was_read_there(line) || line.reaches(&|to| self.is_there(to), self.knowledge, self.today)
    }

    /// Whether the centre has all of it, or had and read it.
    #[must_use]
    pub fn arrived(&self, line: &HeldTissue) -> bool {
        self.was_read_there(line) || line.arrived(&|to| self.is_there(to))
    }

    /// Of a line that does not reach the centre whole: how many pieces are there, or on their way and not longer than a parcel
    /// takes, and of how many.
    fn part(&self, line: &HeldTissue) -> Option<(u32, u32)> {
        let (pieces, is_there) = (line.pieces(), |to: &str| self.is_there(to));
        let part = pieces.good_with(&is_there) + pieces.coming_to(&is_there, self.knowledge, self.today);
        (part > 0).then(|| (part, pieces.left()))
    }

    /// Whether the newest that was sent of it is the centre's, or none was sent.
    fn goes_there(&self, line: &HeldTissue) -> bool {
        let was_sent = line.stands().is_some_and(|c| c.step >= Step::Shipped);
        line.goes_to().or(was_sent.then_some("")).is_none_or(|to| self.is_there(to))
    }

    /// Where the lines stand that are on their way to the centre or asked for: of several, the one that is least far.
    #[must_use]
    pub fn step(&self, evidence: &Evidence) -> Option<&'a Custody> {
        let on_the_way = |step| step < Step::ReturnShipped;
        let stands = self.lines(evidence).filter(|line| self.goes_there(line)).filter_map(HeldTissue::stands);
        stands.filter(|c| on_the_way(c.step)).min_by_key(|c| c.step)
    }

    /// The laboratories that keep it, as the register has it: first those of which something does not reach the centre yet.
    #[must_use]
    pub fn laboratories(&self, evidence: &Evidence) -> Vec<&'a HolderId> {
        let mut lines: Vec<&HeldTissue> = self.lines(evidence).collect();
        lines.sort_by_key(|line| self.reaches(line));
        let mut laboratories = Vec::new();
        for laboratory in lines.into_iter().filter_map(|line| line.tissue.laboratory.as_ref()) {
            if !laboratories.contains(&laboratory) {
                laboratories.push(laboratory);
            }
        }
        laboratories
    }

    /// What is lacking where several laboratories keep it: each is asked on its own.
    fn several(&self, lines: &[&HeldTissue], evidence: &Evidence) -> Option<Message> {
        let waits = |id: &HolderId| lines.iter().any(|l| l.tissue.laboratory.as_ref() == Some(id) && !self.reaches(l));
        let all = self.laboratories(evidence);
        let name = |id: &&HolderId| self.case.requests.holders.get(*id).map(|holder| holder.name.as_str());
        let names: Vec<&str> = all.iter().filter(|id| waits(id)).filter_map(name).collect();
        (names.len() > 1).then(|| Message::new("lack-laboratories").with("named", names.join(", ")))
    }

    /// What is lacking where it went to a name that is not the centre's, as far as anybody knows.
    fn elsewhere(&self, lines: &[&HeldTissue]) -> Option<Message> {
        let away = lines.iter().filter(|line| line.pieces().away() > 0 && !self.goes_there(line));
        let names: BTreeSet<&str> = away.filter_map(|line| line.goes_to()).collect();
        let names: Vec<&str> = names.into_iter().collect();
        (!names.is_empty()).then(|| Message::new("lack-slides-elsewhere").with("named", names.join(", ")))
    }

    /// All lines of what is asked for reach the centre, and the register holds every specimen that reports name: else a part.
    pub(super) fn answer(&self, evidence: &Evidence) -> Answer {
        let lines: Vec<&HeldTissue> = self.lines(evidence).collect();
        let piece = |line: &HeldTissue| found(Piece::Tissue { id: line.tissue.id.clone() }, None);
        let (mut there, mut lacks) = (Vec::new(), Vec::new());
        for line in &lines {
            if self.reaches(line) {
                there.push(piece(line));
            } else if let Some((part, all)) = self.part(line) {
                there.push(piece(line));
                let label = self.case.tissue.label(line);
                lacks.push(Message::new("lack-pieces").with("label", label).with("part", part).with("all", all));
            }
        }
        if there.is_empty() {
            let lack = self.step(evidence).and_then(|now| {
                let key = match now.step {
                    Step::Requested => "lack-slides-requested",
                    Step::Released => "lack-slides-released",
                    Step::Shipped => "lack-slides-on-the-way",
                    _ => return None,
                };
                Some(Message::new(key).with("day", PartialDate::Day(now.on).human()))
            });
            let several = self.several(&lines, evidence);
            let elsewhere = if lack.is_none() { self.elsewhere(&lines) } else { None };
            return Answer { lacks: lack.into_iter().chain(elsewhere).chain(several).collect(), ..Answer::missing() };
        }
        if lines.len() > there.len() {
            lacks.push(Message::new("lack-some-slides"));
            lacks.extend(self.several(&lines, evidence));
        }
        if !self.unregistered.is_empty() && matches!(evidence, Evidence::Slides) {
            let named = self.unregistered.join(", ");
            lacks.push(Message::new("lack-specimens").with("named", named));
        }
        let fill = if lacks.is_empty() { Fill::Here } else { Fill::Partial };
        Answer { fill, pieces: there, lacks, ..Answer::missing() }
    }
}
