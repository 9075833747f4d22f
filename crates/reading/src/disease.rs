//! What the tumour is and where it began: morphology, topography, laterality. Every mention in a part of the report that
//! speaks of the finding is a fact; which of them is the main answer is decided by where it stands, not by how often
//! alone, and two answers of like weight give none. The tumours, the places, the site and the side each have a room.

mod places;
mod secondary;
mod side;
mod site;
mod tumours;
mod votes;

use consilium_casefile::facts::{Concept, Section};

use crate::lexicon::{Meaning, Rule};
use crate::reader::Notes;
use crate::runs::Run;
use crate::scan::{Gap, Scan};
use crate::scope::Scope;

/// A place named in the text.
struct Place<'r> {
    rule: &'r Rule,
    first: usize,
    last: usize,
    side: Option<&'static str>,
    /// The other side is named with it: "left or right breast".
    open_side: bool,
    scope: Scope,
    weight: u32,
    /// A metastasis was found there: the tumour began elsewhere.
    secondary: bool,
}

/// A tumour named in the text.
struct Tumour {
    run: Run,
    scope: Scope,
    weight: u32,
    metastatic: bool,
}

/// What the tumour is and where it began.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    let tumours = tumours::tumours(notes);
    let mut places = places::places(notes, &tumours);
    secondary::mark(notes.scan, &mut places, &tumours);
    let organ = site::main_organ(scan, &places, &tumours);
    let site = organ.as_deref().and_then(|organ| site::main_site(&places, &tumours, scan, organ));
    if !site::note_sites(notes, &places, organ.as_deref(), site.as_deref()) {
        site::note_implied_site(notes, &tumours, organ.as_deref());
    }
    let side = side::main_side(notes, &places, organ.as_deref());
    side::note_sides(notes, &places, organ.as_deref(), side);
    tumours::note_tumours(notes, &tumours, &places, site.as_deref().or(organ.as_deref()));
}

/// How much a section says about the finding.
pub(crate) fn section_weight(section: Section) -> u32 {
    match section {
        Section::Diagnosis | Section::Synoptic => 40,
        Section::Body | Section::Specimen => 30,
        Section::Comment | Section::Addendum => 20,
        Section::Gross | Section::Clinical => 12,
        Section::Microscopic => 15,
        Section::Frozen => 8,
        Section::Ancillary | Section::Previous => 5,
        Section::Boilerplate => 0,
    }
}

/// Whether a label of the concept stands just before a word, as in "Tumor site: ".
fn labelled(scan: &Scan<'_, '_>, first: usize, concept: &Concept) -> bool {
    scan.marks_from(first.saturating_sub(8)).iter().take_while(|mark| mark.first < first).any(|mark| {
        matches!(scan.meaning(mark), Some(Meaning::Label(label)) if label == concept)
            && mark.last < first
            && first - mark.last <= 3
            && scan.gap(mark.last + 1).has(Gap::COLON | Gap::LINE | Gap::CLOSE | Gap::OPEN)
            && !(mark.last + 2..=first).any(|place| scan.gap(place).has(Gap::HARD | Gap::COLON))
    })
}

fn organ_of(code: &str) -> &str {
    code.get(..3).unwrap_or(code)
}

/// The organ a site belongs to: "uterus" and its lining are one.
fn group_of(code: &str) -> &str {
    match organ_of(code) {
        "C55" => "C54",
        organ => organ,
    }
}
