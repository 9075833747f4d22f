//! What clinicians may edit, as plain data: the types only. The crate `consilium-knowledge` reads the files of
//! `knowledge/` into one [`Knowledge`] value; rules take it as an argument.

use serde::{Deserialize, Serialize};

use crate::facts::Concept;
use crate::reading::SummaryPart;
use crate::records::DocumentKind;
use crate::shared::message::Message;

mod comparing;
mod deciding;
mod evidence;
mod gathering;
mod vocabulary;

pub use comparing::{
    ComparedConcept, Comparing, Comparison, Denial, DenialPlace, Dimension, Each, Family, MarkerAnswer, PlanItem,
    PlanMark, PlanWords, ReasonWords,
};
pub use deciding::{CertaintyQuestion, Criterion, Deciding, SameThing};
pub use evidence::{Evidence, Picture, Proof, Unread};
pub use gathering::{
    Carried, CenterProgram, CenterRequirement, ClockRule, Department, Freshness, Gathering, ImagingMeaning,
    ImagingWords, Need, RecordDoubt, RecordWords, Requirement, Retention, Route, Setting, Situation,
};
pub use vocabulary::{
    CodeMeaning, CodedPhrase, CoursePhrase, DrugClass, DrugName, Regimen, Term, TermClass, Vocabulary, WordGroup,
};

/// Everything a rule may look up, with the hash of the files it came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Knowledge {
    /// BLAKE3 over all files used, hexadecimal; letters, packets and clocks record it.
    pub hash: String,
    /// `document-kinds.csv`, in a centre's usual order of contents.
    pub document_kinds: Vec<DocumentKindFacts>,
    /// `document-kind-signs.csv`.
    pub kind_signs: Vec<KindSign>,
    /// `date-labels.csv`.
    #[serde(default)]
    pub date_labels: Vec<DateLabel>,
    /// `cancer-sites.csv`.
    pub cancer_sites: Vec<CancerSite>,
    /// `emergency-signs.csv`: when not to wait.
    pub emergency_signs: Vec<EmergencySign>,
    /// `centers.csv`: the packet can be addressed to one of these, or to any name a person types.
    pub centers: Vec<Center>,
    /// `organs.csv`: the sites of ICD-O-3, and which organs a person has two of.
    #[serde(default)]
    pub organs: Vec<Organ>,
    /// `concepts.csv`: what a fact can be about.
    #[serde(default)]
    pub concepts: Vec<ConceptFacts>,
    /// `typed-words.csv`: what people type for a value.
    #[serde(default)]
    pub typed_words: Vec<TypedWords>,
    /// `summary-lines.csv`: what page one says, in order.
    #[serde(default)]
    pub summary_lines: Vec<SummaryLineFacts>,
    /// What a centre needs, how it is got, and how long that may take.
    #[serde(default)]
    pub gathering: Gathering,
    /// The tables of `compare/`: how opinions are laid side by side.
    #[serde(default)]
    pub comparing: Comparing,
    /// The tables of `decide/`: what somebody who decides is asked.
    #[serde(default)]
    pub deciding: Deciding,
    /// `letters/<language>/<letter>.letter`.
    #[serde(default)]
    pub letters: Vec<LetterText>,
    /// The tables of `reading/`: the words reports use.
    #[serde(default)]
    pub vocabulary: Vocabulary,
    /// Every sentence file: (language, file name, Fluent source). A file that stands twice was edited: the later
    /// entry is asked first, sentence by sentence.
    pub wording: Vec<(String, String, String)>,
}

/// A kind of document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentKindFacts {
    /// Id, such as `pathology-report`.
    pub id: DocumentKind,
    /// What a clinician calls it.
    pub label: String,
    /// Plain words for the person.
    pub plain: String,
    /// Place in a packet; lower comes first.
    pub packet_order: u32,
    /// Whether it states another clinician's plan, so that a blind reader does not get it.
    pub states_a_plan: bool,
    /// The more general kind this one is a case of: an addendum refines a pathology report.
    #[serde(default)]
    pub refines: Option<DocumentKind>,
}

/// A sign that a document is of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindSign {
    /// The kind it speaks for.
    pub kind: DocumentKind,
    /// Where it is looked for.
    pub by: SignBy,
    /// The code, or the words, lower case; matched at word boundaries.
    pub sign: String,
    /// Weight, -100 to 100; a code is worth more than a word; below zero it speaks against the kind.
    pub weight: i32,
}

/// Where a sign of a kind is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignBy {
    /// A code the file states: LOINC bare, a template id as `urn:oid:…`, `v2-0074:…`, `dcm:…`.
    Code,
    /// What the bytes are, by the name of the [`crate::records::FileFormat`].
    Format,
    /// Words in a title or file name.
    Title,
    /// Words near the top of the text.
    Heading,
    /// Words anywhere in the first pages.
    Text,
}

/// Words that stand before a date, and what that date is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateLabel {
    /// The words, lower case.
    pub label: String,
    /// What the date is.
    pub means: DateMeaning,
    /// Kinds of document in which it means that; empty for all. A kind covers those that refine it.
    pub kinds: Vec<DocumentKind>,
}

/// What a labelled date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateMeaning {
    /// When the care happened: visit, collection, operation, examination.
    Service,
    /// When a laboratory received it: close to the care, used only where nothing better stands.
    Received,
    /// When it was reported, dictated, signed or written.
    Reported,
    /// When it was printed or sent: never a date of service.
    Printed,
    /// A birth date: never a date of service.
    Birth,
    /// Another date: never a date of service.
    Other,
}

/// A row of the list of cancer sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancerSite {
    /// Id, such as `breast`.
    pub id: String,
    /// Plain name, such as `Breast`.
    pub plain_name: String,
    /// ICD-O-3 topography, as `C50.0-C50.9`; empty where it has none.
    #[serde(default)]
    pub topography: String,
}

/// The wording of a letter, before anything is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterText {
    /// Language tag.
    pub language: String,
    /// Id, such as `access-request`.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Paragraphs, in order.
    pub text: String,
}

/// A category of the sites of ICD-O-3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organ {
    /// Such as `C50`.
    pub category: String,
    /// The figures that may stand behind its point.
    pub parts: Vec<u8>,
    /// Whether a person has two of it, each of which can have a cancer of its own.
    pub paired: bool,
}

/// A sign not to wait for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencySign {
    /// What is noticed, in plain words.
    pub sign: String,
    /// What to do.
    pub act: String,
    /// `emergency` (call the emergency number) or `same-day` (call the team today).
    pub urgency: String,
    /// Where this comes from.
    pub source: String,
    /// Whether a clinician confirmed it; what is not confirmed is shown as such.
    #[serde(default)]
    pub confirmed: bool,
}

/// A cancer centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Center {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// NCI designation: `comprehensive`, `clinical` or `basic laboratory`.
    #[serde(default)]
    pub kind: String,
    /// Whether it sees patients; a basic laboratory does not, and no packet goes there.
    #[serde(default)]
    pub sees_patients: bool,
    /// Whether the designation was seen in a named source.
    #[serde(default)]
    pub confirmed: bool,
}

/// What a fact can be about, and the form its value has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConceptFacts {
    /// Its name.
    pub id: Concept,
    /// What a clinician calls it.
    pub label: String,
    /// The form of a value: a kind, and after a colon the values there are.
    pub value_form: String,
    /// What polarity means for it.
    pub polarity_use: String,
    /// Unit in UCUM.
    pub unit: Option<String>,
    /// Code system of `code`, or of the values where the value is a code.
    pub code_system: Option<String>,
    /// Code of the concept.
    pub code: Option<String>,
    /// Whether the code was seen in a named source.
    pub confirmed: bool,
    /// What a person may type: the values of a category (one that ends in `*` may have a subcategory behind it), or the
    /// range of a number as `0-100`. Empty where anything can be said. No reading depends on it, so it is not part of
    /// what readings are told apart by.
    #[serde(default, skip_serializing)]
    pub values: Vec<String>,
}

/// What people type for a value that the list of concepts writes otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedWords {
    /// What the fact is about.
    pub concept: Concept,
    /// The words, lower case. `{value}` stands for a value of the concept, `{site}` for a name of a place.
    pub typed: String,
    /// The value; `{value}` and `{site}` stand for what was typed there. With `concept=` before it, it is a value of that
    /// concept.
    pub value: String,
    /// ICD-O-3 topography categories at which the words mean that; empty for all.
    pub sites: Vec<String>,
}

/// A line of the one-page summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryLineFacts {
    /// The part of the page.
    pub part: SummaryPart,
    /// What it is about.
    pub concept: Concept,
    /// ICD-O-3 topography categories for which it is said to be not stated; empty for all.
    pub sites: Vec<String>,
}

impl Knowledge {
    /// What a fact of this concept looks like.
    #[must_use]
    pub fn concept(&self, concept: &Concept) -> Option<&ConceptFacts> {
        self.concepts.iter().find(|known| known.id == *concept)
    }

    /// Facts about a kind; those of `other` when the kind is unknown.
    #[must_use]
    pub fn kind(&self, kind: &DocumentKind) -> Option<&DocumentKindFacts> {
        self.document_kinds
            .iter()
            .find(|k| k.id == *kind)
            .or_else(|| self.document_kinds.iter().find(|k| k.id == DocumentKind::other()))
    }

    /// What a clinician calls the kind.
    #[must_use]
    pub fn kind_label<'a>(&'a self, kind: &'a DocumentKind) -> &'a str {
        self.document_kinds.iter().find(|k| k.id == *kind).map_or(kind.0.as_str(), |k| k.label.as_str())
    }

    /// Whether there is a site of this code, `C50` or `C50.4`; any code is taken where no list of sites was loaded.
    #[must_use]
    pub fn is_site(&self, code: &str) -> bool {
        let (category, part) = code.split_once('.').map_or((code, None), |(category, part)| (category, Some(part)));
        let has = |organ: &Organ| part.is_none_or(|part| part.parse().is_ok_and(|part| organ.parts.contains(&part)));
        self.organs.is_empty() || self.organs.iter().any(|organ| organ.category == category && has(organ))
    }

    /// Whether a person has two organs of this category, such as `C50`.
    #[must_use]
    pub fn is_paired(&self, category: &str) -> bool {
        self.organs.iter().any(|organ| organ.category == category && organ.paired)
    }

    /// Whether two names are of one centre: by the name or the id of its programme or of the centre, however it is spaced and
    /// capitalised.
    #[must_use]
    pub fn same_center(&self, one: &str, other: &str) -> bool {
        let program = |name| self.program(name).map(|program| &program.id);
        let center = |name| self.center(name).map(|center| &center.id);
        crate::shared::text::same_line(one, other)
            || program(one).is_some_and(|id| program(other) == Some(id))
            || center(one).is_some_and(|id| center(other) == Some(id))
    }

    /// The centre of that name or id, however it is spaced and capitalised.
    #[must_use]
    pub fn center(&self, name: &str) -> Option<&Center> {
        self.centers.iter().find(|center| same_name(&center.name, name) || same_name(&center.id, name))
    }

    /// The programme of a centre as a person named it: the one of that name, or else of that centre's id or name.
    #[must_use]
    pub fn program(&self, center: &str) -> Option<&CenterProgram> {
        let alike = |one: &str| same_name(one, center);
        let known = self.center(center);
        let of_center = |p: &&CenterProgram| {
            // A desk that reads slides and nothing else is meant only by its own name.
            let reads_slides_only = p.ways.iter().all(|way| way == "tissue") && !p.ways.is_empty();
            !reads_slides_only && p.center.as_deref().zip(known).is_some_and(|(id, c)| id == c.id)
        };
        let programs = &self.gathering.programs;
        programs.iter().find(|p| alike(&p.name) || alike(&p.id)).or_else(|| programs.iter().find(of_center))
    }

    /// What is to be said of a centre by whose name nothing is known, where another name is near. `None` where it is known, or
    /// nothing is near.
    #[must_use]
    pub fn unknown_center(&self, center: &str) -> Option<Message> {
        let near = self.near_center(center)?;
        Some(Message::new("center-unknown-near").with("name", center.trim()).with("near", near))
    }

    /// The known name that was probably meant by one that is not known: a centre or a programme whose name differs in a few
    /// letters. `None` where the name is known, or nothing is near.
    #[must_use]
    pub fn near_center(&self, center: &str) -> Option<&str> {
        let bare = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let name = bare(center);
        let names = || {
            let centers = self.centers.iter().map(|center| center.name.as_str());
            self.gathering.programs.iter().map(|program| program.name.as_str()).chain(centers)
        };
        if name.is_empty() || self.program(center).is_some() || names().any(|known| bare(known) == name) {
            return None;
        }
        let letters = |known: &str| strsim::damerau_levenshtein(&bare(known), &name);
        let most = (name.chars().count() / 8).max(1);
        names().map(|known| (letters(known), known)).filter(|(n, _)| *n <= most).min().map(|(_, known)| known)
    }

    /// A cancer site by id.
    #[must_use]
    pub fn site(&self, id: &str) -> Option<&CancerSite> {
        self.cancer_sites.iter().find(|s| s.id == id)
    }
}

/// Whether two names are one, however they are spaced and capitalised: a blank too many is no other centre.
fn same_name(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    bare(one) == bare(other)
}
