//! The register of slides and blocks, and their chain of custody. Originals can not be made again: each hand-over is an
//! entry with day, people, carrier and condition, and what is out with a day of return is watched.

mod pieces;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::knowledge::{Evidence, Knowledge, Retention, Setting};
use crate::shared::clock::years_after;
use crate::shared::ids::{DocumentId, HolderId, TissueId};
use crate::shared::message::{Message, Refusal};
use crate::shared::text;

pub use pieces::Pieces;

// ---- things ----

/// What it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Material {
    /// Stained glass slides.
    Slide,
    /// Slides or smears of cells.
    Cytology,
    /// Paraffin blocks.
    Block,
    /// Unstained slices.
    Unstained,
}

impl Material {
    /// All.
    pub const ALL: [Self; 4] = [Self::Slide, Self::Cytology, Self::Block, Self::Unstained];

    /// The word in tables, addresses and commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Slide => "slide",
            Self::Cytology => "cytology",
            Self::Block => "block",
            Self::Unstained => "unstained",
        }
    }

    /// The material of that word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.name() == name)
    }

    /// What stands behind a label that two lines would share: short, as a barcode holds few letters.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Slide => "SLD",
            Self::Cytology => "CYT",
            Self::Block => "BLK",
            Self::Unstained => "UNS",
        }
    }

    /// What it is called, as a sentence in the making.
    #[must_use]
    pub fn words(self) -> Message {
        Message::new(&format!("material-{}", self.name()))
    }

    /// Whether a second pathologist reads a diagnosis from it.
    #[must_use]
    pub fn is_read(self) -> bool {
        matches!(self, Self::Slide | Self::Cytology)
    }

    /// What of a line of the checklist it is.
    #[must_use]
    pub fn evidence(self) -> Evidence {
        if self.is_read() { Evidence::Slides } else { Evidence::Tissue }
    }
}

/// Slides or blocks that travel together: one line of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tissue {
    /// Id.
    pub id: TissueId,
    /// The laboratory's number of the specimen, as on its label: `S-10421`.
    pub accession: String,
    /// The part of the specimen, as the report labels it: `A`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub part: String,
    /// The block of the part: `A1`, `A1-A4`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub block: String,
    /// What it is.
    pub material: Material,
    /// Stain: `H&E`, `HER2`; empty where not said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stain: String,
    /// How many pieces; 1 where nobody counted them.
    pub count: u32,
    /// Nobody counted them: they are asked for as all there are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncounted: bool,
    /// Cut anew for this, and not the pieces the first pathologist read.
    #[serde(default)]
    pub recut: bool,
    /// Day it was taken from the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected: Option<Date>,
    /// The laboratory that keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laboratory: Option<HolderId>,
    /// The report about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<DocumentId>,
    /// From a small biopsy: little tissue is left, and the block should stay.
    #[serde(default)]
    pub small: bool,
    /// What is left of it, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remaining: String,
}

impl Tissue {
    /// Whether this laboratory may keep it: it is named, or none is.
    #[must_use]
    pub fn may_be_kept_by(&self, laboratory: &HolderId) -> bool {
        self.laboratory.as_ref().is_none_or(|own| own == laboratory)
    }
}

/// A step on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The laboratory was asked.
    Requested,
    /// The laboratory gave it out.
    Released,
    /// It was handed to a carrier.
    Shipped,
    /// It arrived, and was held against the list that came with it.
    Received,
    /// It was read.
    Reviewed,
    /// It was sent back.
    ReturnShipped,
    /// It is back at the laboratory.
    Returned,
    /// It can not be found.
    Lost,
    /// It came broken or spoiled.
    Damaged,
    /// It was used up for tests.
    UsedUp,
}

impl Step {
    /// All, in the order of a way there and back.
    pub const ALL: [Self; 10] = [
        Self::Requested,
        Self::Released,
        Self::Shipped,
        Self::Received,
        Self::Reviewed,
        Self::ReturnShipped,
        Self::Returned,
        Self::Lost,
        Self::Damaged,
        Self::UsedUp,
    ];

    /// The word in tables, addresses and commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Released => "released",
            Self::Shipped => "shipped",
            Self::Received => "received",
            Self::Reviewed => "reviewed",
            Self::ReturnShipped => "return-shipped",
            Self::Returned => "returned",
            Self::Lost => "lost",
            Self::Damaged => "damaged",
            Self::UsedUp => "used-up",
        }
    }

    /// The step of that word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// What it is called, as a sentence in the making.
    #[must_use]
    pub fn words(self) -> Message {
        Message::new(&format!("step-{}", self.name()))
    }

    /// Steps of which one comes first on the way there and back; none where nothing has to.
    #[must_use]
    pub fn causes(self) -> &'static [Self] {
        match self {
            Self::Received => &[Self::Released, Self::Shipped],
            Self::Reviewed => &[Self::Received],
            Self::ReturnShipped => &[Self::Received, Self::Reviewed],
            Self::Returned => &[Self::Received, Self::Reviewed, Self::ReturnShipped],
            _ => &[],
        }
    }

    /// Whether it is out of the laboratory's hands after this step.
    #[must_use]
    pub fn is_out(self) -> bool {
        matches!(self, Self::Released | Self::Shipped | Self::Received | Self::Reviewed | Self::ReturnShipped)
    }
}

/// One hand-over or what happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custody {
    /// What happened.
    pub step: Step,
    /// The day.
    pub on: Date,
    /// How many pieces, where not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Who gave it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// Who got it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// Carrier.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub carrier: String,
    /// Tracking number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tracking: String,
    /// How it was packed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub packaging: String,
    /// In what condition it was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// The day by which it has to be back, where this step sets one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_due: Option<Date>,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// A person said that they know that a step before this one is not written down, or has a later day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gap_known: bool,
}

impl Custody {
    /// A step of a day of which nothing else is told.
    #[must_use]
    pub fn of(step: Step, on: Date) -> Self {
        Self {
            step,
            on,
            count: None,
            from: String::new(),
            to: String::new(),
            carrier: String::new(),
            tracking: String::new(),
            packaging: String::new(),
            condition: String::new(),
            return_due: None,
            note: String::new(),
            gap_known: false,
        }
    }

    /// Whether it says the same as another, as when a form is sent twice.
    fn is_as(&self, other: &Self) -> bool {
        *self == Self { gap_known: self.gap_known, ..other.clone() }
    }
}

/// A line of the register with its chain of custody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldTissue {
    /// As registered.
    pub tissue: Tissue,
    /// Every step that stands, in the order it was written down.
    pub custody: Vec<Custody>,
    /// Of each step in `custody`, how many were written down until then: what it is named by.
    numbers: Vec<u32>,
    /// Steps that did not happen after all.
    pub taken_back: Vec<Custody>,
    /// Taken out of the register by a person.
    pub removed: bool,
}

/// Something about tissue that needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// Lost or damaged.
    LostOrDamaged,
    /// The day of return has passed.
    ReturnOverdue,
    /// It is due back soon (`return-soon-days`).
    ReturnSoon,
    /// Shipped longer ago than a parcel takes (`parcel-days`), and nobody said that it arrived.
    NotArrived,
    /// Fewer pieces arrived than were sent.
    PiecesMissing,
    /// A laboratory may discard it soon (`discard-soon-days`).
    MayBeDiscarded,
}

impl Alarm {
    /// What it is called, as a sentence in the making.
    #[must_use]
    pub fn words(self, knowledge: &Knowledge) -> Message {
        let days = match self {
            Self::ReturnSoon => Some(Setting::ReturnSoonDays),
            Self::NotArrived => Some(Setting::ParcelDays),
            Self::LostOrDamaged | Self::ReturnOverdue | Self::PiecesMissing | Self::MayBeDiscarded => None,
        };
        let message = Message::new(match self {
            Self::LostOrDamaged => "alarm-lost-or-damaged",
            Self::ReturnOverdue => "alarm-return-overdue",
            Self::ReturnSoon => "alarm-return-soon",
            Self::NotArrived => "alarm-not-arrived",
            Self::PiecesMissing => "alarm-pieces-missing",
            Self::MayBeDiscarded => "alarm-may-be-discarded",
        });
        match days {
            Some(days) => message.with("days", knowledge.gathering.days(days).to_string()),
            None => message,
        }
    }
}

/// Something that the register does not tell and a person may know: asked for, and nothing waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// How many pieces came that day, there or back: nobody counted them.
    NotCounted {
        /// The day.
        on: Date,
    },
    /// A step that comes before one that is written down.
    NotWritten {
        /// Which.
        step: Step,
    },
}

impl HeldTissue {
    /// Steps that stand, each with the number it is named by, from 1.
    pub fn steps(&self) -> impl Iterator<Item = (u32, &Custody)> {
        self.numbers.iter().copied().zip(&self.custody)
    }

    /// The last step by day; of one day the one written last.
    #[must_use]
    pub fn now(&self) -> Option<&Custody> {
        self.custody.iter().enumerate().max_by_key(|(place, c)| (c.on, *place)).map(|(_, custody)| custody)
    }

    /// A step, written down before the one of this number, that comes before it on the way there and back and is dated after
    /// it: one of the two days is wrong.
    #[must_use]
    pub fn dated_before(&self, number: u32) -> Option<&Custody> {
        let place = self.numbers.iter().position(|known| *known == number)?;
        let this = self.custody.get(place)?;
        let earlier = self.custody.iter().take(place);
        earlier.filter(|c| c.step < this.step && this.step <= Step::Returned && c.on > this.on).max_by_key(|c| c.on)
    }

    /// The day since which nothing of it is left: every piece was used up, and nobody took that back.
    #[must_use]
    pub fn used_up(&self) -> Option<Date> {
        let used = || self.custody.iter().filter(|c| c.step == Step::UsedUp);
        let pieces = used().fold(0, |sum: u32, c| sum.saturating_add(c.count.unwrap_or(self.tissue.count)));
        used().map(|c| c.on).max().filter(|_| pieces >= self.tissue.count)
    }

    /// Refuses to send what is used up: nobody can know better, the register is wrong or the step is.
    fn check_left(&self, label: &str, next: &Custody) -> Result<(), Refusal> {
        let moves = next.step.is_out() && next.step != Step::Reviewed || next.step == Step::Returned;
        match self.used_up().filter(|used_up| moves && next.on >= *used_up) {
            Some(day) => Err(Refusal::new("refusal-tissue-used-up").with("label", label).with("day", day)),
            None => Ok(()),
        }
    }

    /// Refuses a step before its cause, or of a day before that of a step that comes first on the way there and back. What is
    /// back at the laboratory begins its way anew.
    fn check_order(&self, label: &str, next: &Custody) -> Result<(), Refusal> {
        if next.gap_known {
            return Ok(());
        }
        let earlier = self.custody.iter().filter(|c| c.step < next.step && next.step <= Step::Returned);
        if let Some(later) = earlier.filter(|c| c.on > next.on).max_by_key(|c| c.on) {
            let refusal = Refusal::new("refusal-tissue-backwards").with("label", label);
            return Err(refusal.with("day", later.on).with("step", later.step.name()));
        }
        let mut before: Vec<&Custody> = self.custody.iter().filter(|c| c.on <= next.on).collect();
        before.sort_by_key(|c| c.on);
        let back = before.iter().rposition(|c| c.step == Step::Returned).map_or(0, |place| place + 1);
        let causes = next.step.causes();
        let there = before.iter().skip(back).any(|c| causes.contains(&c.step));
        if causes.is_empty() || there {
            return Ok(());
        }
        Err(Refusal::new("refusal-tissue-no-cause").with("label", label).with("step", next.step.name()))
    }

    /// Refuses more pieces there than were sent or given out: one of the two numbers is wrong. What was never said to be out
    /// says nothing about it.
    fn check_sent(&self, label: &str, next: &Custody) -> Result<(), Refusal> {
        let sent = self.pieces().coming_at_most();
        match next.count {
            Some(count) if next.step == Step::Received && !next.gap_known && sent > 0 && count > sent => {
                Err(Refusal::new("refusal-tissue-more-than-sent").with("label", label).with("sent", sent))
            }
            _ => Ok(()),
        }
    }

    /// From when a laboratory may discard it: the earliest by the federal rule, the latest by its accreditation.
    #[must_use]
    pub fn may_be_discarded(&self, knowledge: &Knowledge) -> Option<(Date, Date)> {
        let material = match self.tissue.material {
            Material::Slide => "slide",
            Material::Cytology => "cytology",
            Material::Block => "block",
            Material::Unstained => return None,
        };
        let rule: &Retention = knowledge.gathering.retention.iter().find(|r| r.material == material)?;
        let since = self.tissue.collected?;
        Some((years_after(since, rule.law_years), years_after(since, rule.cap_years.max(rule.law_years))))
    }

    /// What stands on its label: accession, part and block.
    #[must_use]
    pub fn label(&self) -> String {
        let Tissue { accession, part, block, .. } = &self.tissue;
        // A block is mostly written with its part in front: `A1` of part `A`. Where it is not, the part stands before it.
        let behind = match (part.is_empty(), block.is_empty()) {
            (_, true) => part.clone(),
            (false, false) if !block.to_lowercase().starts_with(&part.to_lowercase()) => format!("{part}{block}"),
            _ => block.clone(),
        };
        if behind.is_empty() { accession.clone() } else { format!("{accession} {behind}") }
    }
}

/// What stands behind a label in what was scanned; `None` where the label does not stand there, or its number goes on:
/// `S24-1234` is not of `S24-123`.
fn rest_after(scanned: &str, bare: &str) -> Option<String> {
    let mut letters = scanned.chars();
    for wanted in bare.chars() {
        let next = letters.by_ref().find(char::is_ascii_alphanumeric)?;
        if next.to_ascii_uppercase() != wanted {
            return None;
        }
    }
    let rest = letters.as_str();
    let figure = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    if figure(bare.chars().next_back()) && figure(rest.chars().next()) { None } else { Some(rest.to_owned()) }
}

/// Whether `B3` is one of `B1-B6`.
fn in_range(blocks: &str, one: &str) -> bool {
    let split = |text: &str| -> Option<(String, u32)> {
        let text = bare_label(text);
        let figures = text.find(|c: char| c.is_ascii_digit())?;
        let (letters, number) = text.split_at(figures);
        Some((letters.to_owned(), number.parse().ok()?))
    };
    let Some((from, to)) = blocks.split_once(['-', '\u{2013}']) else { return false };
    match (split(from), split(to), split(one)) {
        (Some(from), Some(to), Some(one)) => {
            from.0 == one.0 && (to.0 == one.0 || to.0.is_empty()) && (from.1..=to.1).contains(&one.1)
        }
        _ => false,
    }
}

/// A label or number without what scanners and people add: blanks, hyphens, letter case.
#[must_use]
pub fn bare_label(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

// ---- changes ----

/// Changes of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum TissueChange {
    /// A line is in the register, or is told anew.
    Registered {
        /// The line.
        tissue: Tissue,
    },
    /// A line was taken out of the register, or put back.
    SetRemoved {
        /// Which.
        id: TissueId,
        /// Whether it is out.
        removed: bool,
    },
    /// Something happened to lines of the register together.
    Custody {
        /// Which.
        ids: Vec<TissueId>,
        /// What.
        custody: Custody,
    },
    /// A step did not happen after all.
    CustodyTakenBack {
        /// Of which line.
        id: TissueId,
        /// Which step of it, counted from 1 as they were written down.
        step: u32,
    },
}

/// The fold of [`TissueChange`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TissueRegister {
    /// Lines by id, which is their order in time.
    pub lines: BTreeMap<TissueId, HeldTissue>,
    /// The label of each line, as it was named when it was registered.
    labels: BTreeMap<TissueId, String>,
}

impl TissueRegister {
    pub(crate) fn apply(&mut self, change: TissueChange) {
        match change {
            TissueChange::Registered { tissue } => {
                let id = tissue.id.clone();
                match self.lines.get_mut(&id) {
                    Some(known) => known.tissue = tissue,
                    None => {
                        let (custody, numbers, taken_back) = (Vec::new(), Vec::new(), Vec::new());
                        self.lines
                            .insert(id.clone(), HeldTissue { tissue, custody, numbers, taken_back, removed: false });
                    }
                }
                self.name(&id);
            }
            TissueChange::SetRemoved { id, removed } => {
                if let Some(line) = self.lines.get_mut(&id) {
                    line.removed = removed;
                }
            }
            TissueChange::Custody { ids, custody } => {
                for id in ids {
                    if let Some(line) = self.lines.get_mut(&id) {
                        let written = line.custody.len() + line.taken_back.len() + 1;
                        line.numbers.push(u32::try_from(written).unwrap_or(u32::MAX));
                        line.custody.push(custody.clone());
                    }
                }
            }
            TissueChange::CustodyTakenBack { id, step } => {
                let Some(line) = self.lines.get_mut(&id) else { return };
                if let Some(place) = line.numbers.iter().position(|number| *number == step) {
                    line.numbers.remove(place);
                    let step = line.custody.remove(place);
                    line.taken_back.push(step);
                }
            }
        }
    }

    /// A line that says the same in everything, as when a form is sent twice. Pieces that are alike are counted in one line.
    #[must_use]
    pub fn known(&self, tissue: &Tissue) -> Option<&HeldTissue> {
        let says = |line: &&HeldTissue| {
            let other = &line.tissue;
            let words =
                |t: &Tissue| [&t.accession, &t.part, &t.block, &t.stain, &t.remaining].map(|w| w.trim().to_owned());
            let parts = |t: &Tissue| {
                (
                    (t.material, t.count, t.uncounted),
                    t.recut,
                    t.collected,
                    t.laboratory.clone(),
                    t.report.clone(),
                    t.small,
                )
            };
            other.id != tissue.id && words(other) == words(tissue) && parts(other) == parts(tissue)
        };
        self.lines().find(says)
    }

    /// Lines that are not taken out.
    pub fn lines(&self) -> impl Iterator<Item = &HeldTissue> {
        self.lines.values().filter(|line| !line.removed)
    }

    /// The label of a line, which no other line shares and which stays when others come and go: what was printed once names
    /// this one for ever.
    #[must_use]
    pub fn label(&self, line: &HeldTissue) -> String {
        self.labels.get(&line.tissue.id).cloned().unwrap_or_else(|| line.label())
    }

    /// Names a line that is new, or told anew with another number: by its own number, where that is taken with what it is
    /// behind it, and then with the stain, and then with a number. Lines that were taken out keep theirs.
    fn name(&mut self, id: &TissueId) {
        let Some(line) = self.lines.get(id) else { return };
        let base = line.label();
        let known = self.labels.get(id).is_some_and(|label| bare_label(label).starts_with(&bare_label(&base)));
        if known {
            return;
        }
        let material = format!("{base} {}", line.tissue.material.mark());
        let stain = format!("{material} {}", line.tissue.stain).trim_end().to_owned();
        let numbered = (2..).map(|number: u32| format!("{material} {number}"));
        let taken = |label: &str| {
            let bare = bare_label(label);
            self.labels.iter().any(|(other, label)| other != id && bare_label(label) == bare)
        };
        let free = [base, material.clone(), stain].into_iter().chain(numbered).find(|label| !taken(label));
        if let Some(label) = free {
            self.labels.insert(id.clone(), label);
        }
    }

    /// Lines whose label begins with what was scanned or typed.
    #[must_use]
    pub fn find(&self, scanned: &str) -> Vec<&HeldTissue> {
        let wanted = bare_label(scanned);
        if wanted.is_empty() {
            return Vec::new();
        }
        let fits = |line: &&HeldTissue| {
            let (label, accession) = (bare_label(&line.label()), bare_label(&line.tissue.accession));
            bare_label(&self.label(line)).starts_with(&wanted)
                || (!accession.is_empty()
                    && rest_after(scanned, &accession).is_some_and(|rest| {
                        // A label names one slide of a line, `S-10421 A1 3`, or one block of several, `B3` of `B1-B6`.
                        rest_after(scanned, &label).is_some()
                            || label == accession
                            || in_range(&line.tissue.block, &rest)
                    }))
        };
        // A whole label is that one, whatever others begin with it. The laboratory's own number is that of all it names.
        let exact = |line: &&HeldTissue| bare_label(&self.label(line)) == wanted || bare_label(&line.label()) == wanted;
        let found: Vec<&HeldTissue> = self.lines().filter(exact).collect();
        if found.is_empty() { self.lines().filter(fits).collect() } else { found }
    }
}

// ---- rules ----

/// Registers slides or blocks, or corrects a line.
///
/// # Errors
/// When the accession is empty, the count is none of 1 to 999, the day is not yet here, or anything is too long.
pub fn register(tissue: Tissue, today: Date) -> Result<TissueChange, Refusal> {
    if !(1..=999).contains(&tissue.count) {
        return Err(Refusal::new("refusal-tissue-count"));
    }
    if tissue.collected.is_some_and(|day| day > today) {
        return Err(Refusal::new("refusal-day-in-future"));
    }
    Ok(TissueChange::Registered {
        tissue: Tissue {
            accession: text::needed_line(&tissue.accession, 40, "accession number")?,
            part: text::line(&tissue.part, 20)?,
            block: text::line(&tissue.block, 40)?,
            stain: text::line(&tissue.stain, 60)?,
            remaining: text::line(&tissue.remaining, 200)?,
            ..tissue
        },
    })
}

/// Takes back a step that did not happen.
///
/// # Errors
/// When there is no such line or step, or it was taken back.
pub fn take_back(register: &TissueRegister, id: &TissueId, step: u32) -> Result<TissueChange, Refusal> {
    let line = register.lines.get(id).ok_or_else(|| Refusal::new("refusal-tissue-unknown"))?;
    if !line.numbers.contains(&step) {
        return Err(Refusal::new("refusal-tissue-no-step"));
    }
    Ok(TissueChange::CustodyTakenBack { id: id.clone(), step })
}

/// Writes down what happened to lines of the register. `None`: the very same was written down already. Nothing is forbidden
/// that happened: a chain with a gap is better than none, where a person says that they know of the gap (`gap_known`).
///
/// # Errors
/// When a line is unknown or none is named, the day is not yet here, the day of return lies before it, no pieces or more than
/// there are or were sent, a shipment without a carrier, something sent of which nothing is left, a step before its cause or
/// of an earlier day (see [`Step::causes`]), or the step is written down of that day with other words.
pub fn custody(
    register: &TissueRegister,
    ids: &[TissueId],
    custody: Custody,
    today: Date,
) -> Result<Option<TissueChange>, Refusal> {
    if ids.is_empty() {
        return Err(Refusal::new("refusal-tissue-none"));
    }
    if custody.on > today {
        return Err(Refusal::new("refusal-day-in-future"));
    }
    if custody.return_due.is_some_and(|due| due < custody.on) {
        return Err(Refusal::new("refusal-return-before"));
    }
    if custody.count == Some(0) {
        return Err(Refusal::new("refusal-tissue-count"));
    }
    let mut lines = Vec::new();
    for id in ids {
        let line = register.lines.get(id).ok_or_else(|| Refusal::new("refusal-tissue-unknown"))?;
        if custody.count.is_some_and(|count| count > line.tissue.count && !line.tissue.uncounted) {
            return Err(Refusal::new("refusal-tissue-more").with("label", register.label(line)));
        }
        lines.push(line);
    }
    let carrier = text::line(&custody.carrier, 80)?;
    if matches!(custody.step, Step::Shipped | Step::ReturnShipped) && carrier.is_empty() {
        return Err(Refusal::new("refusal-empty-field").with("field", "carrier"));
    }
    let custody = Custody {
        carrier,
        from: text::line(&custody.from, 120)?,
        to: text::line(&custody.to, 120)?,
        tracking: text::line(&custody.tracking, 80)?,
        packaging: text::line(&custody.packaging, 200)?,
        condition: text::line(&custody.condition, 200)?,
        note: text::line(&custody.note, 500)?,
        ..custody
    };
    if lines.iter().all(|line| line.custody.iter().any(|known| known.is_as(&custody))) {
        return Ok(None);
    }
    let twice = |known: &Custody| (known.step, known.on, known.count) == (custody.step, custody.on, custody.count);
    for line in lines {
        if !custody.gap_known && line.custody.iter().any(twice) {
            return Err(Refusal::new("refusal-tissue-twice").with("label", register.label(line)));
        }
        line.check_left(&register.label(line), &custody)?;
        line.check_order(&register.label(line), &custody)?;
        line.check_sent(&register.label(line), &custody)?;
    }
    Ok(Some(TissueChange::Custody { ids: ids.to_vec(), custody }))
}

#[cfg(test)]
mod tests;
