//! What gathering looks up: which records a centre needs and what shows that one is here, how old they may be, how a
//! record is got and how long that may take, how long a laboratory keeps tissue. Plain data; the rules are in `gather`.

use serde::{Deserialize, Serialize};

use super::evidence::{Evidence, Proof};
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
    /// It exists where nobody has said whether that happened: only a plain no lets it be.
    pub exists_unsaid: bool,
    /// What satisfies it also satisfies other lines, and tells nothing of its situation: as long as nobody says that it
    /// happened and no record tells it, it is asked first.
    pub only_said: bool,
    /// What has to be there.
    pub satisfied_by: Proof,
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
        self.satisfied_by.evidence().any(|evidence| matches!(evidence, Evidence::Slides | Evidence::Tissue))
    }

    /// Whether a document can be all that it asks for.
    #[must_use]
    pub fn is_of_documents(&self) -> bool {
        self.satisfied_by.evidence().all(Evidence::is_of_documents)
    }

    /// What has to come for it: glass before images, and images before their report.
    #[must_use]
    pub fn asks_for(&self) -> Carried {
        if self.is_material() {
            Carried::Material
        } else if self.satisfied_by.evidence().any(Evidence::asks_for_images) {
            Carried::Images
        } else {
            Carried::Records
        }
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
    /// The line of the table, for what is said about a bad edit.
    #[serde(default)]
    pub line: u64,
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
    /// The situation, of `record-situations.csv`, with which age counts no more: nobody can make it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_with: Option<String>,
    /// Where this comes from.
    pub source: String,
    /// Whether a named source states it.
    pub confirmed: bool,
}

/// What a line of `imaging-words.csv` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImagingMeaning {
    /// A kind of images.
    Modality,
    /// A part of the body.
    Region,
    /// A side of the body: `left`, `right`.
    Side,
}

/// A line of `imaging-words.csv`: the words reports and headers use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImagingWords {
    /// A DICOM modality, a region, or a side.
    pub id: String,
    /// Which of them.
    pub means: ImagingMeaning,
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
    /// Place among the ways, in the order to try.
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
    /// Its clock, of `record-clocks.csv`.
    pub clock: String,
    /// What can go this way; empty where a table from before this column does not say.
    #[serde(default)]
    pub carries: Vec<Carried>,
    /// Where this comes from.
    pub source: String,
    /// Whether a named source states it.
    pub confirmed: bool,
    /// The line of the table, for what is said about a bad edit.
    #[serde(default)]
    pub line: u64,
}

/// What a way carries, and what a line of the checklist asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carried {
    /// Reports and other documents.
    Records,
    /// Images of a study, as the machine wrote them.
    Images,
    /// Slides and blocks.
    Material,
}

impl Carried {
    /// All.
    pub const ALL: [Self; 3] = [Self::Records, Self::Images, Self::Material];

    /// The word in the table and in addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Images => "images",
            Self::Material => "material",
        }
    }

    /// What that word means.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|carried| carried.name() == name)
    }
}

impl Route {
    /// Whether it can go this way. Where the table does not say: the right of access is to copies and a portal holds reports;
    /// glass is lent by one laboratory to another.
    #[must_use]
    pub fn brings(&self, what: Carried) -> bool {
        if !self.carries.is_empty() {
            return self.carries.contains(&what);
        }
        match what {
            Carried::Material => self.id == "provider" || self.is_for_material(),
            Carried::Images => self.departments.contains(&Department::Radiology) && self.id != "portal",
            Carried::Records => self.id != "image-exchange" && !self.is_for_material(),
        }
    }

    /// Whether it is the way of slides and blocks, with a letter of its own.
    #[must_use]
    pub fn is_for_material(&self) -> bool {
        self.clock == ClockRule::TISSUE
    }

    /// The clock of a way whose table does not name one: by the letter it begins with.
    #[must_use]
    pub fn usual_clock(letter: Option<&str>) -> &'static str {
        match letter {
            Some(letter) if letter.starts_with("access-request") => ClockRule::ACCESS,
            Some(letter) if letter.starts_with("tissue-release") => ClockRule::TISSUE,
            _ => ClockRule::COURTESY,
        }
    }

    /// Whether slides and blocks can go this way.
    #[must_use]
    pub fn brings_material(&self) -> bool {
        self.brings(Carried::Material)
    }
}

impl ClockRule {
    /// The clock of the right of access.
    pub const ACCESS: &'static str = "access";
    /// The clock of slides and blocks.
    pub const TISSUE: &'static str = "tissue";
    /// The clock of what no law sets a time for.
    pub const COURTESY: &'static str = "courtesy";
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
    /// Endings of the names of the files it takes, lower case: `pdf`, `dcm`; empty where it does not say.
    #[serde(default)]
    pub file_kinds: Vec<String>,
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

impl CenterProgram {
    /// Of these endings those of files that the centre does not take, each once; none where it does not say what it takes.
    #[must_use]
    pub fn does_not_take<'e>(&self, endings: impl IntoIterator<Item = &'e str>) -> Vec<&'e str> {
        let is_other = |ending: &&str| {
            !self.file_kinds.is_empty() && !self.file_kinds.iter().any(|k| k.eq_ignore_ascii_case(ending))
        };
        let mut others: Vec<&str> = endings.into_iter().filter(is_other).collect();
        others.sort_unstable();
        others.dedup();
        others
    }

    /// Whether a fax reaches it, as far as it says which ways do.
    #[must_use]
    pub fn takes_a_fax(&self) -> bool {
        self.ways.is_empty() || self.ways.iter().any(|way| way == "fax")
    }
}

/// A line of `center-requirements.csv`: where a centre's list departs from the usual one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CenterRequirement {
    /// The programme.
    pub program: String,
    /// The requirement; [`CenterRequirement::ALL_IMAGES`] for every line that asks for images.
    pub requirement: String,
    /// How much this centre needs it; `None`: as usual.
    pub need: Option<Need>,
    /// Whether the reports are enough at its first step, and images are asked for later.
    pub reports_first: bool,
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

impl CenterRequirement {
    /// Stands in the column `requirement` for every line that asks for images.
    pub const ALL_IMAGES: &'static str = "all-images";
}

/// A line of `record-words.csv`: something a record names in its text, for which there is no concept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordWords {
    /// Id.
    pub id: String,
    /// What a clinician calls it.
    pub label: String,
    /// The words, lower case.
    pub words: Vec<String>,
    /// Whether a number has to stand behind the words: a value was measured.
    pub with_value: bool,
    /// Words beside them that make it something else, as "urine" beside creatinine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_beside: Vec<String>,
    /// Words of which one has to stand somewhere in the text, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_with: Vec<String>,
    /// Whether a named source states it.
    pub confirmed: bool,
}

/// A line of `record-doubts.csv`: words by which a document of a kind is not the record, or not yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordDoubt {
    /// Id.
    pub id: String,
    /// Kinds of documents it is about, with those that refine them.
    pub kinds: Vec<DocumentKind>,
    /// The words, lower case.
    pub words: Vec<String>,
    /// Words beside them, in their line, with which they say something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_beside: Vec<String>,
    /// Words anywhere in the text that show that the record is there all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_with: Vec<String>,
    /// The reason a person is told: a sentence.
    pub says: String,
    /// Whether a named source states it.
    pub confirmed: bool,
    /// Where it stands in its table.
    pub line: u64,
}

impl RecordDoubt {
    /// Stands before the id of a doubt among what a text names.
    pub const NAMED: &'static str = "doubt:";
}

/// A number the rules work with: a line of `record-settings.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Days by which images may be older than the newest of their kind, and are still asked for with it.
    ComparedDays,
    /// Days after an operation up to which a report on tissue is of it.
    ReportedDays,
    /// Days up to which an operation asks for its report; older ones are history.
    OperationDays,
    /// Days before treatment by which a centre that says nothing of it has everything.
    LeadDays,
    /// Days between images and their report.
    ImagingReportDays,
    /// Days that an escalation gives, before it is the person's turn again.
    EscalationDays,
    /// Days after which no answer is waited for any more: an older day of a request is taken for a slip of the year.
    RequestDays,
    /// Days for which an authorization holds, unless it is taken back.
    AuthorizationDays,
    /// Days after the day it is needed by, within which a centre is asked to send material back.
    ReturnDays,
    /// Days after which a parcel should have arrived.
    ParcelDays,
    /// Days before material is due back in which that is an alarm.
    ReturnSoonDays,
    /// Days before a laboratory may discard material in which that is an alarm.
    DiscardSoonDays,
    /// Days after an operation within which pictures show what it left.
    AfterOperationDays,
}

impl Setting {
    /// All.
    pub const ALL: [Self; 13] = [
        Self::ComparedDays,
        Self::ReportedDays,
        Self::OperationDays,
        Self::LeadDays,
        Self::ImagingReportDays,
        Self::EscalationDays,
        Self::RequestDays,
        Self::AuthorizationDays,
        Self::ReturnDays,
        Self::ParcelDays,
        Self::ReturnSoonDays,
        Self::DiscardSoonDays,
        Self::AfterOperationDays,
    ];

    /// What counts where a table has no line of it; `None`: each table has to have one.
    #[must_use]
    pub fn usual(self) -> Option<u32> {
        match self {
            // A table that somebody edited before there was this line stays good.
            Self::EscalationDays => Some(7),
            // Six years.
            Self::RequestDays => Some(2192),
            Self::AuthorizationDays => Some(180),
            Self::ReturnDays => Some(45),
            Self::ParcelDays => Some(3),
            Self::ReturnSoonDays => Some(7),
            Self::DiscardSoonDays => Some(90),
            Self::AfterOperationDays => Some(3),
            _ => None,
        }
    }

    /// The word in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ComparedDays => "compared-days",
            Self::ReportedDays => "reported-days",
            Self::OperationDays => "operation-days",
            Self::LeadDays => "lead-days",
            Self::ImagingReportDays => "imaging-report-days",
            Self::EscalationDays => "escalation-days",
            Self::RequestDays => "request-days",
            Self::AuthorizationDays => "authorization-days",
            Self::ReturnDays => "return-days",
            Self::ParcelDays => "parcel-days",
            Self::ReturnSoonDays => "return-soon-days",
            Self::DiscardSoonDays => "discard-soon-days",
            Self::AfterOperationDays => "after-operation-days",
        }
    }
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
    /// `record-routes.csv`, in the order to try.
    pub routes: Vec<Route>,
    /// `record-clocks.csv`.
    pub clocks: Vec<ClockRule>,
    /// `tissue-retention.csv`.
    pub retention: Vec<Retention>,
    /// `center-programs.csv`.
    pub programs: Vec<CenterProgram>,
    /// `center-requirements.csv`.
    pub center_requirements: Vec<CenterRequirement>,
    /// `record-words.csv`.
    #[serde(default)]
    pub record_words: Vec<RecordWords>,
    /// `record-doubts.csv`.
    #[serde(default)]
    pub record_doubts: Vec<RecordDoubt>,
    /// `record-settings.csv`.
    #[serde(default)]
    pub settings: Vec<(Setting, u32)>,
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

    /// Days of a setting; none where no table was loaded.
    #[must_use]
    pub fn days(&self, setting: Setting) -> i32 {
        let known = self.settings.iter().find(|(known, _)| *known == setting).map(|(_, days)| *days);
        let days = known.or(setting.usual()).unwrap_or_default();
        i32::try_from(days).unwrap_or(i32::MAX)
    }

    /// Whether a request is about slides and blocks: a line of it asks for some, or it has no line and says in a person's own
    /// words what it asks for.
    #[must_use]
    pub fn is_about_material(&self, requirements: &[String], items: &[String]) -> bool {
        let asks = |id: &String| self.requirement(id).is_some_and(Requirement::is_material);
        requirements.iter().any(asks) || requirements.is_empty() && !items.is_empty()
    }

    /// Ways to get something of a department, the one to propose first: a way that carries all that is asked for goes before
    /// the others, and of slides and blocks no other is a way at all.
    #[must_use]
    pub fn ways(&self, department: Department, asked: &[Carried]) -> Vec<&Route> {
        let of_material = asked.contains(&Carried::Material);
        let of = |r: &&Route| r.departments.contains(&department) && (!of_material || r.brings_material());
        let mut ways: Vec<&Route> = self.routes.iter().filter(of).collect();
        if of_material {
            ways.sort_by_key(|r| !r.is_for_material());
        } else {
            ways.sort_by_key(|r| !asked.iter().all(|what| r.brings(*what)));
        }
        ways
    }

    /// What lines of the checklist ask for, each once.
    #[must_use]
    pub fn asked<'r>(&self, requirements: impl IntoIterator<Item = &'r String>) -> Vec<Carried> {
        let mut asked: Vec<Carried> =
            requirements.into_iter().filter_map(|id| self.requirement(id)).map(Requirement::asks_for).collect();
        asked.sort_unstable();
        asked.dedup();
        asked
    }

    /// What a record can name, by id.
    #[must_use]
    pub fn words(&self, id: &str) -> Option<&RecordWords> {
        self.record_words.iter().find(|words| words.id == id)
    }

    /// What a centre says of a requirement.
    #[must_use]
    pub fn says(&self, program: &str, requirement: &str) -> Option<&CenterRequirement> {
        self.center_requirements.iter().find(|r| r.program == program && r.requirement == requirement)
    }
}
