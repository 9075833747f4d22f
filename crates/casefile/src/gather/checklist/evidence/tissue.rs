//! What the register of slides and blocks tells a line of the checklist: what is with the centre, on its way there, or asked
//! for. What must not live here: the register itself and its rules (`gather::tissue`).

use jiff::civil::Date;

use super::{Answer, FoundPiece, found};
use crate::case::Case;
use crate::gather::checklist::things::Piece;
use crate::gather::tissue::{HeldTissue, Step};
use crate::knowledge::{Evidence, Knowledge};
use crate::shared::ids::HolderId;
use crate::shared::message::Message;
use crate::shared::text;
use crate::shared::time::PartialDate;

/// The register, for one centre.
pub struct Register<'a> {
    case: &'a Case,
    center: Option<String>,
    knowledge: &'a Knowledge,
    today: Date,
}

impl<'a> Register<'a> {
    pub(super) fn new(case: &'a Case, center: Option<&str>, knowledge: &'a Knowledge, today: Date) -> Self {
        Self { case, center: center.map(str::to_owned), knowledge, today }
    }

    /// Lines of what is asked for.
    pub fn lines(&self, evidence: &Evidence) -> impl Iterator<Item = &'a HeldTissue> {
        let wanted = match evidence {
            Evidence::Slides => Some(true),
            Evidence::Tissue => Some(false),
            _ => None,
        };
        self.case.tissue.lines().filter(move |line| wanted == Some(line.tissue.material.is_read()))
    }

    /// Whether two names are of one centre, however it is called.
    fn is_same(&self, one: &str, other: &str) -> bool {
        let program = |name| self.knowledge.program(name).map(|program| &program.id);
        text::same_line(one, other) || program(one).is_some_and(|id| program(other) == Some(id))
    }

    /// Whether it went to the centre: to nobody by name, or to a name that is not known to be somebody else's. A person may
    /// write a desk, a street or a pathologist; a laboratory of the contact book or another centre is somebody else.
    fn goes_there(&self, line: &HeldTissue) -> bool {
        let Some((to, center)) = line.goes_to().zip(self.center.as_deref()) else { return true };
        let of_book = self.case.requests.holders.values().any(|holder| text::same_line(&holder.name, to));
        self.is_same(to, center) || (!of_book && self.knowledge.program(to).is_none())
    }

    /// Whether the centre read it, as its way names the centre: it may be back at the laboratory since.
    fn was_read_there(&self, line: &HeldTissue) -> bool {
        let named = line.goes_to().zip(self.center.as_deref()).is_some_and(|(to, center)| self.is_same(to, center));
        named && line.was_read()
    }

    /// Whether it is with the centre, was read there, or is on its way and not longer than a parcel takes.
    #[must_use]
    pub fn reaches(&self, line: &HeldTissue) -> bool {
        self.was_read_there(line) || (line.reaches_the_center(self.today) && self.goes_there(line))
    }

    /// Whether the centre has it, or had and read it.
    #[must_use]
    pub fn arrived(&self, line: &HeldTissue) -> bool {
        self.was_read_there(line) || (line.arrived() && self.goes_there(line))
    }

    /// Where the lines stand that are on their way to the centre or asked for: of several, the one that is least far.
    #[must_use]
    pub fn step(&self, evidence: &Evidence) -> Option<&'a crate::gather::tissue::Custody> {
        let on_the_way = |step| step < Step::ReturnShipped;
        let now = self.lines(evidence).filter(|line| self.goes_there(line)).filter_map(HeldTissue::now);
        now.filter(|c| on_the_way(c.step)).min_by_key(|c| c.step)
    }

    /// The laboratory that keeps it, as the register has it.
    #[must_use]
    pub fn laboratory(&self, evidence: &Evidence) -> Option<&'a HolderId> {
        self.lines(evidence).find_map(|line| line.tissue.laboratory.as_ref())
    }

    pub(super) fn answer(&self, evidence: &Evidence) -> Answer {
        let lines: Vec<&HeldTissue> = self.lines(evidence).collect();
        let whole = |line: &HeldTissue| self.was_read_there(line) || line.pieces_missing() == 0;
        let there: Vec<FoundPiece> = lines
            .iter()
            .filter(|line| self.reaches(line) && whole(line))
            .map(|line| found(Piece::Tissue { id: line.tissue.id.clone() }, None))
            .collect();
        match there.len() {
            0 => {
                let lack = self.step(evidence).and_then(|now| {
                    let key = match now.step {
                        Step::Requested => "lack-slides-requested",
                        Step::Released => "lack-slides-released",
                        Step::Shipped => "lack-slides-on-the-way",
                        _ => return None,
                    };
                    Some(Message::new(key).with("day", PartialDate::Day(now.on).human()))
                });
                Answer { lacks: lack.into_iter().collect(), ..Answer::missing() }
            }
            n if n == lines.len() => Answer::here(there),
            _ => Answer::part(there, "lack-some-slides"),
        }
    }
}
