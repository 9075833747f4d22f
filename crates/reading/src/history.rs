//! The medicines and treatments of a text, beside its facts. They are read on demand: a pathology report has neither, and
//! reading facts alone stays as fast as it was.

use consilium_casefile::facts::{Medication, Treatment};
use serde::{Deserialize, Serialize};

use crate::course::Course;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::scope::Cues;
use crate::{medication, treatment};

/// What a text says about medicines and treatments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct History {
    /// Medicines, in the order of the text.
    pub medications: Vec<Medication>,
    /// Treatments, in the order of the text.
    pub treatments: Vec<Treatment>,
}

impl Reader {
    /// The medicines and treatments of a text. Linear in its length, and never panics.
    #[must_use]
    pub fn read_history(&self, text: &str) -> History {
        let scan = Scan::new(text, self.lexicon());
        let cues = Cues::new(&scan);
        let course = Course::new(&scan, &cues, self.phrases());
        History { medications: medication::read(&course), treatments: treatment::read(&course) }
    }
}
