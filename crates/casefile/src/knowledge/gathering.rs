//! What gathering looks up: which records a centre needs and what shows that one is here, how old they may be, how a
//! record is got and how long that may take, how long a laboratory keeps tissue. Plain data; the rules are in `gather`.

use serde::{Deserialize, Serialize};

use crate::facts::Concept;
use crate::records::DocumentKind;
use crate::shared::message::Message;

/// How much a record is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// A case is normally not read without it.
    Required,
    /// It helps, and nobody waits for it.
    Recommended,
    /// A centre said that it does not want it.
    NotNeeded,
}

/// Where in a hospital a record lies. Each has its own door, its own form and its own letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Department {
    /// Health information management: reports, notes, results.
    Records,
    /// Radiology film library: images.
    Radiology,
    /// Pathology: slides, blocks, reports on tissue.
    Pathology,
    /// Radiation oncology: treatment plans.
    Radiation,
    /// The person has it or can say it.
    Patient,
}

impl Department {
    /// All, in the order of a contact book.
    pub const ALL: [Self; 5] = [Self::Records, Self::Radiology, Self::Pathology, Self::Radiation, Self::Patient];

    /// The word in tables, addresses and commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Radiology => "radiology",
            Self::Pathology => "pathology",
            Self::Radiation => "radiation",
            Self::Patient => "patient",
        }
    }

    /// The department of that word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.name() == name)
    }

    /// What it is called, as a sentence in the making.
    #[must_use]
    pub fn words(self) -> Message {
        Message::new(&format!("department-{}", self.name()))
    }
}

/// Something a case can hold that shows a record is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// `document:KIND`: a document of the kind, or of one that refines it.
    Document(DocumentKind),
    /// `fact:CONCEPT`: a record states it.
    Fact(Concept),
    /// `series:CONCEPT`: records state it of at least two days.
    Series(Concept),
    /// `images:MODALITY[:REGION]`: images.
    Images(Picture),
    /// `report:MODALITY[:REGION]`: an imaging report.
    Report(Picture),
    /// `images-with-report:MODALITY[:REGION]`: images and the report that belongs to them.
    ImagesWithReport(Picture),
    /// `treatment:KIND`: a treatment of `operation`, `biopsy`, `procedure`, `radiation` or `systemic` was given.
    Treatment(String),
    /// `pathology-after-operation`: a report on tissue dated on or after the day of an operation.
    PathologyAfterOperation,
    /// `slides`: glass slides are on their way to the centre or with it.
    Slides,
    /// `tissue`: a block or unstained slices are on their way to the centre or with it.
    Tissue,
    /// `medicines`: a person agreed on the list of medicines, or every source says the same.
    Medicines,
    /// `person`: name and birth date are stated or accepted.
    Person,
    /// `questions`: at least one question is asked.
    Questions,
}

/// Images of a kind, of a part of the body where one is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// DICOM modality, such as `CT`.
    pub modality: String,
    /// A region of `imaging-words.csv`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl Evidence {
    /// Reads one as it stands in the tables.
    ///
    /// # Errors
    /// The word that is not understood.
    pub fn read(text: &str) -> Result<Self, String> {
        let (word, rest) = text.split_once(':').unwrap_or((text, ""));
        let picture = || {
            let (modality, region) = rest.split_once(':').map_or((rest, None), |(m, r)| (m, Some(r.to_owned())));
            let well_formed = (2..=8).contains(&modality.len()) && modality.chars().all(|c| c.is_ascii_uppercase());
            let picture = || Picture { modality: modality.to_owned(), region };
            if well_formed { Ok(picture()) } else { Err(text.to_owned()) }
        };
        let named = |make: fn(&str) -> Self| if rest.is_empty() { Err(text.to_owned()) } else { Ok(make(rest)) };
        match word {
            "document" => named(|kind| Self::Document(DocumentKind::from(kind))),
            "fact" => named(|concept| Self::Fact(Concept::named(concept))),
            "series" => named(|concept| Self::Series(Concept::named(concept))),
            "treatment" => named(|kind| Self::Treatment(kind.to_owned())),
            "images" => picture().map(Self::Images),
            "report" => picture().map(Self::Report),
            "images-with-report" => picture().map(Self::ImagesWithReport),
            "pathology-after-operation" if rest.is_empty() => Ok(Self::PathologyAfterOperation),
            "slides" if rest.is_empty() => Ok(Self::Slides),
            "tissue" if rest.is_empty() => Ok(Self::Tissue),
            "medicines" if rest.is_empty() => Ok(Self::Medicines),
            "person" if rest.is_empty() => Ok(Self::Person),
            "questions" if rest.is_empty() => Ok(Self::Questions),
            _ => Err(text.to_owned()),
        }
    }

    /// The kind of document it asks for.
    #[must_use]
    pub fn document(&self) -> Option<&DocumentKind> {
        if let Self::Document(kind) = self { Some(kind) } else { None }
    }

    /// The concept it asks for.
    #[must_use]
    pub fn concept(&self) -> Option<&Concept> {
        if let Self::Fact(concept) | Self::Series(concept) = self { Some(concept) } else { None }
    }

    /// The images or report it asks for.
    #[must_use]
    pub fn picture(&self) -> Option<&Picture> {
        match self {
            Self::Images(picture) | Self::Report(picture) | Self::ImagesWithReport(picture) => Some(picture),
            _ => None,
        }
    }
}

/// A line of `record-requirements.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// Id; ledgers and requests name it.
    pub id: String,
    /// What a clinician calls it.
    pub label: String,
    /// Plain words.
    pub plain: String,
    /// Why the reviewer needs it.
    pub why: String,
    /// How much.
    pub need: Need,
    /// Cancer sites it is asked for; empty for all.
    pub sites: Vec<String>,
    /// Cancer sites it is not asked for.
    pub except_sites: Vec<String>,
    /// The situation in which it exists at all, of `record-situations.csv`; none: always.
    pub when: Option<String>,
    /// Each of these, and of each one of the alternatives.
    pub satisfied_by: Vec<Vec<Evidence>>,
    /// One of these is a part of it.
    pub partly_by: Vec<Evidence>,
    /// How old it may be: an id of `record-freshness.csv`.
    pub freshness: Option<String>,
    /// Who usually holds it.
    pub department: Department,
    /// Where this comes from.
    pub source: String,
    /// Whether a named source asks for it.
    pub confirmed: bool,
    /// The line of the table, for what is said about a bad edit.
    #[serde(default)]
    pub line: u64,
}

impl Requirement {
    /// Whether it is glass or tissue itself, of which there is no copy.
    #[must_use]
    pub fn is_material(&self) -> bool {
        self.satisfied_by.iter().flatten().any(|evidence| matches!(evidence, Evidence::Slides | Evidence::Tissue))
    }
}

/// A line of `record-situations.csv`: whether a record can exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Situation {
    /// Id.
    pub id: String,
    /// What a person is asked where records do not tell.
    pub question: String,
    /// What is meant, in plain words.
    pub plain: String,
    /// What in the case answers with yes.
    pub known_from: Vec<Evidence>,
    /// Whether a named source tells it apart.
    pub confirmed: bool,
}

/// A line of `record-freshness.csv`. Age counts from the day of acquisition or collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freshness {
    /// Id.
    pub id: String,
    /// What it is about.
    pub label: String,
    /// Days up to which it is current.
    pub current_days: u32,
    /// Days up to which it is aging; older is outdated.
    pub aging_days: u32,
    /// Why age matters.
    pub reason: String,
    /// Where this comes from.
    pub source: String,
    /// Whether a named source states it.
    pub confirmed: bool,
}

/// A line of `imaging-words.csv`: the words reports and headers use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImagingWords {
    /// A DICOM modality, or a region.
    pub id: String,
    /// Whether `id` is a region.
    pub is_region: bool,
    /// Words, lower case.
    pub words: Vec<String>,
}

/// A line of `record-routes.csv`: a way to get a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Id.
    pub id: String,
    /// Departments that have it.
    pub departments: Vec<Department>,
    /// Place among the ways, quickest first.
    pub order: u32,
    /// What it is called.
    pub label: String,
    /// How it goes.
    pub how: String,
    /// Days it usually takes.
    pub days: u32,
    /// What it needs.
    pub needs: String,
    /// The letter it begins with, of `letters/`.
    pub letter: Option<String>,
    /// Where this comes from.
    pub source: String,
    /// Whether a named source states it.
    pub confirmed: bool,
}

impl Route {
    /// Whether slides and blocks can go this way. The right of access is to copies, and a portal holds nothing else; glass is
    /// lent by one laboratory to another.
    #[must_use]
    pub fn brings_material(&self) -> bool {
        self.id == "provider" || !matches!(self.letter.as_deref(), None | Some("access-request"))
    }
}

/// A line of `record-clocks.csv`: how long an answer may take. Calendar days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRule {
    /// Id.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Days.
    pub days: u32,
    /// Days of the one extension; 0: there is none.
    pub extension_days: u32,
    /// Days after the start on which to remind.
    pub reminder_days: Vec<u32>,
    /// Days counted for the mail where a letter was mailed and nobody knows when it arrived.
    pub mailing_days: u32,
    /// What starts it, in words.
    pub starts: String,
    /// The rule; empty where no law sets a time.
    pub rule: String,
    /// What else there is to know.
    pub note: String,
    /// Where this comes from.
    pub source: String,
    /// Whether a named source states it.
    pub confirmed: bool,
}

/// A line of `tissue-retention.csv`: how long a laboratory keeps material, from the day of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// `slide`, `cytology`, `block` or `report`.
    pub material: String,
    /// What it is called.
    pub label: String,
    /// Years the federal rule asks for.
    pub law_years: u32,
    /// Years the College of American Pathologists asks its laboratories for.
    pub cap_years: u32,
    /// Where this comes from.
    pub source: String,
    /// Whether a named source states it.
    pub confirmed: bool,
}

/// A line of `center-programs.csv`: how a centre takes a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CenterProgram {
    /// Id.
    pub id: String,
    /// The centre of `centers.csv`, if it is one.
    pub center: Option<String>,
    /// Name, as a person would type it.
    pub name: String,
    /// Days before the visit by which everything has to be there.
    pub lead_days: Option<u32>,
    /// Largest packet, megabytes.
    pub packet_limit_mb: Option<u32>,
    /// Most pages by fax.
    pub fax_page_limit: Option<u32>,
    /// Ways in: `upload`, `disc`, `fax`, `tissue`.
    pub ways: Vec<String>,
    /// Kinds of documents in the centre's own order; others follow in the usual one.
    pub order: Vec<DocumentKind>,
    /// What else there is to know.
    pub note: String,
    /// When this was seen.
    pub seen: String,
    /// Where this comes from.
    pub source: String,
    /// Whether a named source states it.
    pub confirmed: bool,
    /// The line of the table, for what is said about a bad edit.
    #[serde(default)]
    pub line: u64,
}

/// A line of `center-requirements.csv`: where a centre's list departs from the usual one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CenterRequirement {
    /// The programme.
    pub program: String,
    /// The requirement.
    pub requirement: String,
    /// How much this centre needs it.
    pub need: Need,
    /// Its own limit of age: current, outdated after.
    pub days: Option<(u32, u32)>,
    /// In its own words.
    pub note: String,
    /// Where this comes from.
    pub source: String,
    /// Whether a named source states it.
    pub confirmed: bool,
    /// The line of the table, for what is said about a bad edit.
    #[serde(default)]
    pub line: u64,
}

/// The tables of gathering.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Gathering {
    /// `record-requirements.csv`, in order.
    pub requirements: Vec<Requirement>,
    /// `record-situations.csv`.
    pub situations: Vec<Situation>,
    /// `record-freshness.csv`.
    pub freshness: Vec<Freshness>,
    /// `imaging-words.csv`.
    pub imaging_words: Vec<ImagingWords>,
    /// `record-routes.csv`, quickest first.
    pub routes: Vec<Route>,
    /// `record-clocks.csv`.
    pub clocks: Vec<ClockRule>,
    /// `tissue-retention.csv`.
    pub retention: Vec<Retention>,
    /// `center-programs.csv`.
    pub programs: Vec<CenterProgram>,
    /// `center-requirements.csv`.
    pub center_requirements: Vec<CenterRequirement>,
}

impl Gathering {
    /// A requirement by id.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|r| r.id == id)
    }

    /// A clock by id.
    #[must_use]
    pub fn clock(&self, id: &str) -> Option<&ClockRule> {
        self.clocks.iter().find(|c| c.id == id)
    }

    /// A route by id.
    #[must_use]
    pub fn route(&self, id: &str) -> Option<&Route> {
        self.routes.iter().find(|r| r.id == id)
    }

    /// What a centre says of a requirement.
    #[must_use]
    pub fn says(&self, program: &str, requirement: &str) -> Option<&CenterRequirement> {
        self.center_requirements.iter().find(|r| r.program == program && r.requirement == requirement)
    }
}
