//! One list of medicines out of all sources: by ingredient and, where sources name two, by how it is released (the same
//! ingredient in two forms is two medicines), every source's dose beside the others, and the line a
//! person agreed on. Where sources differ nothing is chosen for anybody.

use std::collections::{BTreeMap, BTreeSet};

use super::things::{AgreedMedicine, SaidThen};
use crate::audience::CaseView;
use crate::facts::{Medication, MedicationStatus};
use crate::gather::HeldDocument;
use crate::knowledge::Knowledge;
use crate::shared::ids::DocumentId;
use crate::shared::message::Refusal;
use crate::shared::time::{Instant, PartialDate};

/// One source's statement.
#[derive(Debug, Clone, Copy)]
pub struct MedicineSource<'a> {
    /// The document.
    pub held: &'a HeldDocument,
    /// What it says.
    pub medication: &'a Medication,
}

/// How the sources of one medicine stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// Doses or frequencies differ.
    DoseDiffers,
    /// One says it is taken, another that it is not.
    StatusDiffers,
    /// Several sources, one statement.
    Same,
    /// One source.
    OneSource,
    /// Only a scan or photo names it, and nobody has confirmed that.
    OnScanOnly,
    /// No record names it: a person says so.
    Stated,
}

/// One medicine.
#[derive(Debug, Clone)]
pub struct MedicineRow<'a> {
    /// Ingredient, lower case, or the name where the ingredient is not known; with the form where the records name two of
    /// it: `morphine (extended release)`.
    pub ingredient: String,
    /// Every source, newest first.
    pub sources: Vec<MedicineSource<'a>>,
    /// What was read of it in scans and photos, newest first: shown, and never held against a source or counted.
    pub on_scans: Vec<MedicineSource<'a>>,
    /// How they stand to each other.
    pub agreement: Agreement,
    /// What a person agreed on.
    pub agreed: Option<&'a AgreedMedicine>,
    /// Sources that say something else since the person agreed, newest first: they ask again.
    pub since: Vec<MedicineSource<'a>>,
}

impl MedicineRow<'_> {
    /// Whether a person should look at it.
    #[must_use]
    pub fn asks(&self) -> bool {
        let differ = matches!(self.agreement, Agreement::DoseDiffers | Agreement::StatusDiffers);
        !self.since.is_empty() || self.agreed.is_none() && differ
    }

    /// What the sources say now, to be kept with what a person agrees on.
    #[must_use]
    pub fn said(&self) -> Vec<SaidThen> {
        let of = |s: &MedicineSource<'_>| SaidThen { document: s.held.document.id.clone(), says: digest(s.medication) };
        self.sources.iter().map(of).collect()
    }

    /// Whether the newest source, or the person, says that it is taken.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        match (self.agreed, self.sources.first()) {
            (Some(agreed), _) => agreed.taken,
            (None, Some(newest)) => {
                matches!(newest.medication.status, MedicationStatus::Active | MedicationStatus::Unknown)
            }
            (None, None) => false,
        }
    }
}

/// Dose, route and frequency of a medication in one line.
#[must_use]
pub fn line(medication: &Medication) -> String {
    let parts = [&medication.dose, &medication.route, &medication.frequency];
    parts.iter().filter_map(|part| part.as_deref()).collect::<Vec<_>>().join(", ")
}

/// A dose or frequency without what writing adds: spaces, letter case, and zeros behind the point.
fn bare(text: &str) -> String {
    let text: String = text.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, rest) = text.split_at(digits);
    let number = if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number };
    format!("{number}{rest}")
}

fn differ(rows: &[MedicineSource<'_>], part: impl Fn(&Medication) -> Option<&str>) -> bool {
    let mut said = rows.iter().filter_map(|row| part(row.medication)).map(bare).filter(|said| !said.is_empty());
    said.next().is_some_and(|first| said.any(|other| other != first))
}

/// What a source says of dose, frequency and whether it is taken, however it is written.
fn digest(medication: &Medication) -> String {
    let status = match medication.status {
        MedicationStatus::Active => "active",
        MedicationStatus::Stopped => "stopped",
        MedicationStatus::Planned => "planned",
        MedicationStatus::Unknown => "unknown",
    };
    let said = |part: &Option<String>| part.as_deref().map(bare).unwrap_or_default();
    let parts = [status, &said(&medication.dose), &said(&medication.frequency)];
    let hash = blake3::hash(parts.join("\u{0}").as_bytes());
    hex::encode(hash.as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]))
}

/// Whether a source says what a person agreed on, or nothing against it: a bare name tells no other dose.
fn says_what_was_agreed(agreed: &AgreedMedicine, medication: &Medication) -> bool {
    let (says, stopped) = (line(medication), medication.status == MedicationStatus::Stopped);
    if !agreed.taken {
        return stopped || (says.is_empty() && medication.status == MedicationStatus::Unknown);
    }
    let flat = |text: &str| bare(text).replace(',', "");
    !stopped && (says.is_empty() || flat(&says) == flat(&agreed.line))
}

/// The sources that say something else since a person agreed on a line: what no record said then, or what one says that is
/// of a later day. A copy of an old record tells nothing new.
fn since<'a>(sources: &[MedicineSource<'a>], agreed: &AgreedMedicine, at: Instant) -> Vec<MedicineSource<'a>> {
    let Some(then) = &agreed.said else { return Vec::new() };
    let is_new = |source: &&MedicineSource<'_>| {
        let says = digest(source.medication);
        let mut alike = then.iter().filter(|then| then.says == says).peekable();
        let later = || source.held.date().is_some_and(|date| date.earliest() > at.date());
        let said_before = alike.peek().is_some() && !later();
        let known = said_before || alike.any(|then| then.document == source.held.document.id);
        !known && !says_what_was_agreed(agreed, source.medication)
    };
    sources.iter().filter(is_new).copied().collect()
}

fn agreement(sources: &[MedicineSource<'_>]) -> Agreement {
    let of = |status| sources.iter().any(|s| s.medication.status == status);
    let taken: Vec<MedicineSource<'_>> =
        sources.iter().filter(|s| s.medication.status != MedicationStatus::Stopped).copied().collect();
    if differ(&taken, |m| m.dose.as_deref()) || differ(&taken, |m| m.frequency.as_deref()) {
        Agreement::DoseDiffers
    } else if of(MedicationStatus::Active) && of(MedicationStatus::Stopped) {
        Agreement::StatusDiffers
    } else {
        match sources.len() {
            0 => Agreement::OnScanOnly,
            1 => Agreement::OneSource,
            _ => Agreement::Same,
        }
    }
}

/// Two letters with a blank at both ends: an abbreviation that may be a word as well.
const SHORT_FORM: usize = 4;

/// What sources say of one medicine: in text, and in pictures.
type Said<'a> = (Vec<MedicineSource<'a>>, Vec<MedicineSource<'a>>);

/// Every medicine the records of a view name, those that ask for a person first, then by name. What was recognised in
/// pictures stands apart and decides nothing; medicines that only a picture names come last.
#[must_use]
pub fn medicines<'a>(view: &CaseView<'a>, knowledge: &Knowledge) -> Vec<MedicineRow<'a>> {
    let forms = Forms::new(knowledge);
    let mut by: BTreeMap<String, BTreeMap<Option<&str>, Said<'a>>> = BTreeMap::new();
    for (held, reading) in view.readings(knowledge) {
        for medication in reading.medications.iter().filter(|m| view.tells_of_medicine(held, m, knowledge)) {
            let name = medication.ingredient.clone().unwrap_or_else(|| medication.name.trim().to_lowercase());
            let form = forms.of(medication);
            let (in_text, on_scans) = by.entry(name).or_default().entry(form).or_default();
            let sources = if reading.is_recognised(medication.start) { on_scans } else { in_text };
            let said = |s: &MedicineSource<'_>| {
                s.held.document.id == held.document.id
                    && s.medication.status == medication.status
                    && line(s.medication) == line(medication)
            };
            if !sources.iter().any(said) {
                sources.push(MedicineSource { held, medication });
            }
        }
    }
    let mut rows: Vec<MedicineRow<'a>> = by
        .into_iter()
        .flat_map(|(ingredient, by_form)| apart(&ingredient, by_form))
        .map(|(ingredient, (sources, on_scans))| {
            let (sources, on_scans) = (newest_first(sources), newest_first(on_scans));
            let agreed = view.agreed_medicines().find(|a| a.ingredient == ingredient);
            let at = view.agreed_by(&ingredient).map(|(_, at)| at);
            let since = agreed.zip(at).map(|(agreed, at)| since(&sources, agreed, at)).unwrap_or_default();
            MedicineRow { agreement: agreement(&sources), ingredient, sources, on_scans, agreed, since }
        })
        .collect();
    rows.extend(agreed_before(view, &rows));
    let unsettled = |row: &MedicineRow<'_>| row.agreed.is_none() && row.sources.is_empty();
    rows.sort_by_key(|row| (!row.asks(), unsettled(row), !row.is_taken(), row.ingredient.clone()));
    rows
}

/// What a person agreed on that is on no row: before the records named a second form of it (a row that asks, with what they
/// say of each form, until the agreement is taken back), or of a medicine that no record names.
fn agreed_before<'a>(view: &CaseView<'a>, rows: &[MedicineRow<'a>]) -> Vec<MedicineRow<'a>> {
    let without_row =
        view.agreed_medicines().filter(|agreed| rows.iter().all(|row| row.ingredient != agreed.ingredient));
    let row = |agreed: &'a AgreedMedicine| {
        let of_form = format!("{} (", agreed.ingredient);
        let forms = rows.iter().filter(|row| row.ingredient.starts_with(&of_form));
        let since = newest_first(forms.flat_map(|row| row.sources.iter().chain(&row.on_scans)).copied().collect());
        let agreement = if since.is_empty() { Agreement::Stated } else { Agreement::DoseDiffers };
        let ingredient = agreed.ingredient.clone();
        let agreed = Some(agreed);
        MedicineRow { ingredient, sources: Vec::new(), on_scans: Vec::new(), agreement, agreed, since }
    };
    without_row.map(row).collect()
}

/// The row that a person names: as the list writes it, in any case, or by another name of its ingredient.
pub(super) fn named<'r, 'a>(
    rows: &'r [MedicineRow<'a>],
    name: &str,
    knowledge: &Knowledge,
) -> Option<&'r MedicineRow<'a>> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let of = |name: &str| rows.iter().find(|row| row.ingredient.to_lowercase() == name);
    let known = || knowledge.vocabulary.drugs.iter().find(|drug| drug.phrase == name);
    of(&name).or_else(|| of(&known()?.ingredient))
}

/// What a medicine is called that a person names and no record does: its ingredient, where the list of names knows it.
///
/// # Errors
/// When it is empty, too long, or holds characters that cannot be seen.
pub(super) fn own_name(name: &str, knowledge: &Knowledge) -> Result<String, Refusal> {
    let name = super::typed::line(name)?.to_lowercase();
    let known = knowledge.vocabulary.drugs.iter().find(|drug| drug.phrase == name);
    Ok(known.map_or(name, |drug| drug.ingredient.clone()))
}

/// The rows of an ingredient: one, unless the records name two forms of it.
fn apart<'a>(ingredient: &str, by_form: BTreeMap<Option<&str>, Said<'a>>) -> Vec<(String, Said<'a>)> {
    if by_form.keys().flatten().count() > 1 {
        let named = |form: Option<&str>| match form {
            Some(form) => format!("{ingredient} ({form})"),
            None => ingredient.to_owned(),
        };
        return by_form.into_iter().map(|(form, said)| (named(form), said)).collect();
    }
    let mut all: Said<'a> = (Vec::new(), Vec::new());
    for (in_text, on_scans) in by_form.into_values() {
        all.0.extend(in_text);
        all.1.extend(on_scans);
    }
    vec![(ingredient.to_owned(), all)]
}

/// How medicines are released, by their names and by words beside a name.
struct Forms<'k> {
    /// Phrase with a blank at both ends, and form; the longest first.
    phrases: Vec<(String, &'k str)>,
}

impl<'k> Forms<'k> {
    fn new(knowledge: &'k Knowledge) -> Self {
        let padded = |phrase: &str| format!(" {phrase} ");
        let vocabulary = &knowledge.vocabulary;
        let named = vocabulary.drugs.iter().filter_map(|drug| Some((padded(&drug.phrase), drug.form.as_deref()?)));
        let beside = vocabulary.sig.iter().filter(|sig| sig.class == "form");
        let beside = beside.map(|sig| (padded(&sig.phrase), sig.means.as_str()));
        let mut phrases: Vec<(String, &str)> = named.chain(beside).collect();
        phrases.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        Self { phrases }
    }

    /// The form a statement names: in the name, or else in its words, where letters such as ER count in capitals only.
    fn of(&self, medication: &Medication) -> Option<&'k str> {
        let words = |text: &str| {
            let blanked: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
            format!(" {} ", blanked.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let (name, quote) = (words(&medication.name).to_lowercase(), words(&medication.quote));
        let quoted = quote.to_lowercase();
        let in_words = |phrase: &str| {
            quoted.contains(phrase) && (phrase.len() > SHORT_FORM || quote.contains(&phrase.to_uppercase()))
        };
        let found = |says: &dyn Fn(&str) -> bool| self.phrases.iter().find(|(phrase, _)| says(phrase));
        found(&|phrase| name.contains(phrase)).or_else(|| found(&in_words)).map(|(_, form)| *form)
    }
}

/// Newest first; a bare mention beside a dose in the same document says nothing of its own.
fn newest_first(mut sources: Vec<MedicineSource<'_>>) -> Vec<MedicineSource<'_>> {
    let says = |s: &MedicineSource<'_>| !line(s.medication).is_empty();
    let with_dose: BTreeSet<DocumentId> =
        sources.iter().filter(|s| says(s)).map(|s| s.held.document.id.clone()).collect();
    sources.retain(|s| says(s) || !with_dose.contains(&s.held.document.id));
    sources.sort_by_key(|s| std::cmp::Reverse(s.held.date().map(PartialDate::earliest)));
    sources
}
