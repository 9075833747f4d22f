//! What the register of slides and blocks tells a line of the checklist: what is with the centre, on its way there, or asked
//! for. What must not live here: the register itself and its rules (`gather::tissue`).

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
    knowledge: &'a Knowledge,
    today: Date,
    /// Specimens that reports name and the register does not hold.
    unregistered: Vec<&'a str>,
}

impl<'a> Register<'a> {
    pub(super) fn new(view: &CaseView<'a>, center: Option<&str>, knowledge: &'a Knowledge, today: Date) -> Self {
        let unregistered = view.unregistered_tissue(knowledge).into_iter().map(|(_, accession)| accession).collect();
        Self { case: view.case(), center: center.map(str::to_owned), knowledge, today, unregistered }
    }

    /// Lines of what is asked for.
    pub fn lines(&self, evidence: &Evidence) -> impl Iterator<Item = &'a HeldTissue> {
        let wanted = evidence.clone();
        self.case.tissue.lines().filter(move |line| line.tissue.material.evidence() == wanted)
    }

    /// Whether it went to the centre: to nobody by name, or to a name that is not known to be somebody else's. A person may
    /// write a desk, a street or a pathologist; a laboratory of the contact book or another centre is somebody else.
    fn goes_there(&self, line: &HeldTissue) -> bool {
        let Some((to, center)) = line.goes_to().zip(self.center.as_deref()) else { return true };
        let of_book = self.case.requests.holders.values().any(|holder| text::same_line(&holder.name, to));
        let of_list = self.knowledge.program(to).is_some() || self.knowledge.center(to).is_some();
        self.knowledge.same_center(to, center) || (!of_book && !of_list)
    }

    /// Whether the centre read it, as its way names the centre: it may be back at the laboratory since.
    fn was_read_there(&self, line: &HeldTissue) -> bool {
        let named = line
            .goes_to()
            .zip(self.center.as_deref())
            .is_some_and(|(to, center)| self.knowledge.same_center(to, center));
        named && line.was_read()
    }

    /// Whether all of it is with the centre, was read there, or is on its way and not longer than a parcel takes.
    #[must_use]
    pub fn reaches(&self, line: &HeldTissue) -> bool {
        self.was_read_there(line) || (line.reaches_the_center(self.knowledge, self.today) && self.goes_there(line))
    }

    /// Whether the centre has all of it, or had and read it.
    #[must_use]
    pub fn arrived(&self, line: &HeldTissue) -> bool {
        self.was_read_there(line) || (line.arrived() && self.goes_there(line))
    }

    /// Of a line that does not reach the centre whole: how many pieces are there, or on their way and not longer than a parcel
    /// takes, and of how many.
    fn part(&self, line: &HeldTissue) -> Option<(u32, u32)> {
        let pieces = line.pieces();
        let part = pieces.good_there() + pieces.coming(self.knowledge, self.today);
        (part > 0 && self.goes_there(line)).then(|| (part, pieces.left()))
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
            return Answer { lacks: lack.into_iter().chain(several).collect(), ..Answer::missing() };
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
