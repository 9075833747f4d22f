//! What waits for a person: records that contradict each other, pages that nobody has read, findings from pictures that
//! nobody has confirmed, what the centre still needs. A few numbers, so that every page can say what to do next without
//! laying all facts side by side again.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::differences::{Difference, Relation};
use super::summary::{Summary, summary};
use crate::audience::{Audience, CaseView};
use crate::case::Case;
use crate::gather::HeldDocument;
use crate::gather::checklist::{Needs, needed_by, needs};
use crate::knowledge::Knowledge;
use crate::records::FileFormat;
use crate::shared::ids::DocumentId;

/// What waits, in numbers. The same for whoever looks: what an audience may do about it is decided elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Waiting {
    /// Points on which records contradict each other.
    pub conflicts: usize,
    /// Pages that are pictures, in which nobody has read.
    pub unread_pages: usize,
    /// Findings read from pictures that nobody has confirmed or rejected.
    pub unconfirmed: usize,
    /// What the centre still needs.
    pub needs: Needs,
    /// By when everything has to be at the centre.
    pub needed_by: Option<Date>,
}

impl Summary<'_> {
    /// Findings read from pictures that nobody has confirmed or rejected; they are on no line.
    #[must_use]
    pub fn unconfirmed(&self) -> usize {
        self.facts.iter().filter(|fact| fact.suggests()).count()
    }

    /// Every difference between records, of each tumour and of the person.
    pub fn differences(&self) -> impl Iterator<Item = &Difference> {
        self.tumours.iter().flat_map(|t| &t.differences).chain(&self.person_differences)
    }

    /// Points on which records contradict each other.
    #[must_use]
    pub fn conflicts(&self) -> usize {
        self.differences().filter(|d| d.relation == Relation::Conflict).count()
    }
}

impl<'a> CaseView<'a> {
    /// What waits for a person on a day, in the whole case.
    #[must_use]
    pub fn waiting(&self, knowledge: &Knowledge, today: Date) -> Waiting {
        let owner = self.case().seen_by(Audience::Owner).on(today);
        let summary = summary(&owner, knowledge);
        let unread_pages = owner.unread_pages(knowledge).iter().map(|(_, pages)| pages.len()).sum();
        Waiting {
            conflicts: summary.conflicts(),
            unread_pages,
            unconfirmed: summary.unconfirmed(),
            needs: needs(&owner, &summary.facts, knowledge, today),
            needed_by: needed_by(self.case(), None, knowledge),
        }
    }

    /// Documents this audience may open with pages that are pictures in which nobody has read, counted from 1.
    #[must_use]
    pub fn unread_pages(&self, knowledge: &Knowledge) -> Vec<(&'a HeldDocument, Vec<u32>)> {
        let documents = self.documents(knowledge).into_iter().filter(|held| !held.removed);
        let pages = documents.filter_map(|held| Some((held, self.case().pages_to_recognise(&held.document.id)?)));
        pages.filter(|(_, pages)| !pages.is_empty()).collect()
    }
}

/// Forms whose pages can be pictures.
fn has_pictures(format: FileFormat) -> bool {
    use FileFormat::{Heic, Jpeg, Pdf, Png, Tiff};
    matches!(format, Pdf | Jpeg | Png | Tiff | Heic)
}

impl Case {
    /// Pages of a document that are pictures in which nobody has read, counted from 1, whoever may see it: for
    /// use-cases that decide what is to be recognised, never for showing. `None` where the case does not say it: the
    /// newest text was not read yet, or by a reader that did not write it down.
    #[must_use]
    pub fn pages_to_recognise(&self, document: &DocumentId) -> Option<Vec<u32>> {
        let document = &self.gather.documents.get(document)?.document;
        let pages = document.pages.unwrap_or(0);
        if !has_pictures(document.format) || (document.text.is_some() && document.format != FileFormat::Pdf) {
            return Some(Vec::new());
        }
        let recognised = self.recognised_text(&document.id);
        let Some(text) = recognised.map(|r| &r.text).or(document.text.as_ref()) else {
            return Some((1..=pages).collect());
        };
        let read = self.newest_reading(&document.id).filter(|read| read.text == *text)?;
        let blank = read.blank_pages.as_ref()?;
        let known = |page: &&u32| recognised.is_some_and(|r| r.pages.contains(page));
        Some(blank.iter().filter(|page| !known(page)).copied().collect())
    }
}
