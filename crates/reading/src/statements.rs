//! What a text states of the treatment to come: when it should start, and what is planned. Read on demand, as treatments
//! are, in one pass of its own.

use consilium_casefile::prepare::TimingStatement;
use consilium_casefile::reading::PlanMention;

use crate::reader::Reader;
use crate::scan::Scan;
use crate::scope::Cues;
use crate::{plans, timing};

/// Of what form the statements are; what an older form read of a text is read again.
pub const STATEMENTS_VERSION: u32 = 6;

/// What a text states of the treatment to come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statements {
    /// When treatment should start, and how long it is safe to wait, in the order of the text.
    pub timing: Vec<TimingStatement>,
    /// Where a treatment is planned, recommended, offered, considered, scheduled or declined, in the order of the text.
    pub plans: Vec<PlanMention>,
}

impl Reader {
    /// The statements of a text. Never panics.
    #[must_use]
    pub fn read_statements(&self, text: &str) -> Statements {
        let scan = Scan::new(text, self.lexicon());
        let cues = Cues::new(&scan);
        Statements {
            timing: timing::read(&scan, &cues, self.timing(), self.phrases()),
            plans: plans::read(&scan, self.plans(), self.given(), self.phrases()),
        }
    }
}
