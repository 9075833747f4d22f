//! What shows that a record is here, as tables write it: single evidences, and how they are put together with "and" and
//! "or". Reading them and writing them back; whether a case holds one is in `gather::checklist`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Knowledge;
use crate::facts::Concept;
use crate::records::DocumentKind;

/// Something a case can hold that shows a record is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// `document:KIND`: a document of the kind, or of one that refines it.
    Document(DocumentKind),
    /// `document:KIND:WORDS`: a document of the kind whose text names what a line of `record-words.csv` is about. One that
    /// does not, or that could not be read, may hold it all the same: then it is a part.
    Named(DocumentKind, String),
    /// `fact:CONCEPT`: a record states it.
    Fact(Concept),
    /// `gene:SYMBOL`: a record gives a result for the gene, whatever it is.
    Gene(String),
    /// `series:CONCEPT`: records state it of at least two days.
    Series(Concept),
    /// `images:MODALITY[:REGION]`: images.
    Images(Picture),
    /// `report:MODALITY[:REGION]`: an imaging report.
    Report(Picture),
    /// `images-with-report:MODALITY[:REGION]`: images and the report that belongs to them.
    ImagesWithReport(Picture),
    /// `treatment:KIND`: a treatment of one of [`Evidence::TREATMENTS`] was given.
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
    /// `before-operation:EVIDENCE`: it is of a day before the first operation, or of that day.
    BeforeOperation(Box<Self>),
    /// `after-operation:EVIDENCE`: it is of a day after the last operation.
    AfterOperation(Box<Self>),
    /// `over-time:EVIDENCE`: there is one of at least two days.
    OverTime(Box<Self>),
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

impl Picture {
    /// Whether it is a plan of radiation and not a picture that somebody reported on.
    #[must_use]
    pub fn is_radiation_plan(&self) -> bool {
        self.modality.starts_with("RT")
    }
}

impl Evidence {
    /// Kinds of treatment that can be named behind `treatment:`.
    pub const TREATMENTS: [&'static str; 5] = ["operation", "biopsy", "procedure", "radiation", "systemic"];

    /// Reads one as it stands in the tables.
    ///
    /// # Errors
    /// The word that is not understood.
    pub fn read(text: &str) -> Result<Self, String> {
        let (word, rest) = text.split_once(':').unwrap_or((text, ""));
        let refused = || text.to_owned();
        if text.contains(|c: char| c.is_whitespace() || c == '(' || c == ')') {
            return Err(refused());
        }
        let picture = || {
            let (modality, region) = rest.split_once(':').map_or((rest, None), |(m, r)| (m, Some(r.to_owned())));
            let well_formed = (2..=8).contains(&modality.len()) && modality.chars().all(|c| c.is_ascii_uppercase());
            let picture = || Picture { modality: modality.to_owned(), region };
            if well_formed { Ok(picture()) } else { Err(refused()) }
        };
        let inner = || {
            let is_wrapped =
                ["before-operation:", "after-operation:", "over-time:"].iter().any(|w| rest.starts_with(w));
            let inner = if is_wrapped { Err(refused()) } else { Self::read(rest) };
            inner.map(Box::new).map_err(|_| refused())
        };
        let named = |make: fn(&str) -> Self| if rest.is_empty() { Err(refused()) } else { Ok(make(rest)) };
        match word {
            "document" => match rest.split_once(':') {
                Some((kind, words)) if !kind.is_empty() && !words.is_empty() => {
                    Ok(Self::Named(DocumentKind::from(kind), words.to_owned()))
                }
                Some(_) => Err(refused()),
                None => named(|kind| Self::Document(DocumentKind::from(kind))),
            },
            "fact" => named(|concept| Self::Fact(Concept::named(concept))),
            "gene" => named(|symbol| Self::Gene(symbol.to_owned())),
            "series" => named(|concept| Self::Series(Concept::named(concept))),
            "treatment" if Self::TREATMENTS.contains(&rest) => Ok(Self::Treatment(rest.to_owned())),
            "images" => picture().map(Self::Images),
            "report" => picture().map(Self::Report),
            "images-with-report" => picture().map(Self::ImagesWithReport),
            "before-operation" => inner().map(Self::BeforeOperation),
            "after-operation" => inner().map(Self::AfterOperation),
            "over-time" => inner().map(Self::OverTime),
            "pathology-after-operation" if rest.is_empty() => Ok(Self::PathologyAfterOperation),
            "slides" if rest.is_empty() => Ok(Self::Slides),
            "tissue" if rest.is_empty() => Ok(Self::Tissue),
            "medicines" if rest.is_empty() => Ok(Self::Medicines),
            "person" if rest.is_empty() => Ok(Self::Person),
            "questions" if rest.is_empty() => Ok(Self::Questions),
            _ => Err(refused()),
        }
    }

    /// What it asks for, without when.
    #[must_use]
    pub fn bare(&self) -> &Self {
        match self {
            Self::BeforeOperation(inner) | Self::AfterOperation(inner) | Self::OverTime(inner) => inner.bare(),
            _ => self,
        }
    }

    /// The kind of document it asks for.
    #[must_use]
    pub fn document(&self) -> Option<&DocumentKind> {
        if let Self::Document(kind) | Self::Named(kind, _) = self.bare() { Some(kind) } else { None }
    }

    /// What of `record-words.csv` the document has to name.
    #[must_use]
    pub fn named(&self) -> Option<&str> {
        if let Self::Named(_, words) = self.bare() { Some(words) } else { None }
    }

    /// The concept it asks for.
    #[must_use]
    pub fn concept(&self) -> Option<&Concept> {
        if let Self::Fact(concept) | Self::Series(concept) = self.bare() { Some(concept) } else { None }
    }

    /// The images or report it asks for.
    #[must_use]
    pub fn picture(&self) -> Option<&Picture> {
        match self.bare() {
            Self::Images(picture) | Self::Report(picture) | Self::ImagesWithReport(picture) => Some(picture),
            _ => None,
        }
    }

    /// Whether it asks for pictures that are reported on.
    #[must_use]
    pub fn asks_for_images(&self) -> bool {
        let is_images = matches!(self.bare(), Self::Images(_) | Self::ImagesWithReport(_));
        is_images && self.picture().is_some_and(|picture| !picture.is_radiation_plan())
    }

    /// Whether a document can be all of it: not images, glass, or what a person states.
    #[must_use]
    pub fn is_of_documents(&self) -> bool {
        !matches!(
            self.bare(),
            Self::Images(_)
                | Self::ImagesWithReport(_)
                | Self::Slides
                | Self::Tissue
                | Self::Medicines
                | Self::Person
                | Self::Questions
        )
    }

    /// The same where reports are enough and images come later.
    #[must_use]
    pub fn by_report(&self) -> Self {
        let inner = |evidence: &Self| Box::new(evidence.by_report());
        match self {
            Self::Images(picture) | Self::ImagesWithReport(picture) if !picture.is_radiation_plan() => {
                Self::Report(picture.clone())
            }
            Self::BeforeOperation(of) => Self::BeforeOperation(inner(of)),
            Self::AfterOperation(of) => Self::AfterOperation(inner(of)),
            Self::OverTime(of) => Self::OverTime(inner(of)),
            _ => self.clone(),
        }
    }

    /// What it is called, without when: words of the tables.
    #[must_use]
    pub fn label(&self, knowledge: &Knowledge) -> String {
        match self.bare() {
            Self::Document(kind) => knowledge.kind_label(kind).to_owned(),
            Self::Named(_, id) => knowledge.gathering.words(id).map_or_else(|| id.clone(), |words| words.label.clone()),
            Self::Fact(concept) | Self::Series(concept) => {
                knowledge.concept(concept).map_or_else(|| concept.to_string(), |known| known.label.clone())
            }
            Self::Gene(symbol) => symbol.clone(),
            Self::Images(picture) | Self::Report(picture) | Self::ImagesWithReport(picture) => {
                let region = picture.region.as_deref().map(|region| format!(" {region}")).unwrap_or_default();
                format!("{}{region}", picture.modality)
            }
            other => other.to_string(),
        }
    }
}

/// As it stands in the tables.
impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let region = |picture: &Picture| picture.region.as_deref().map(|r| format!(":{r}")).unwrap_or_default();
        match self {
            Self::Document(kind) => write!(f, "document:{}", kind.0),
            Self::Named(kind, words) => write!(f, "document:{}:{words}", kind.0),
            Self::Fact(concept) => write!(f, "fact:{concept}"),
            Self::Gene(symbol) => write!(f, "gene:{symbol}"),
            Self::Series(concept) => write!(f, "series:{concept}"),
            Self::Images(of) => write!(f, "images:{}{}", of.modality, region(of)),
            Self::Report(of) => write!(f, "report:{}{}", of.modality, region(of)),
            Self::ImagesWithReport(of) => write!(f, "images-with-report:{}{}", of.modality, region(of)),
            Self::Treatment(kind) => write!(f, "treatment:{kind}"),
            Self::PathologyAfterOperation => f.write_str("pathology-after-operation"),
            Self::Slides => f.write_str("slides"),
            Self::Tissue => f.write_str("tissue"),
            Self::Medicines => f.write_str("medicines"),
            Self::Person => f.write_str("person"),
            Self::Questions => f.write_str("questions"),
            Self::BeforeOperation(inner) => write!(f, "before-operation:{inner}"),
            Self::AfterOperation(inner) => write!(f, "after-operation:{inner}"),
            Self::OverTime(inner) => write!(f, "over-time:{inner}"),
        }
    }
}

/// What has to be there for a line to be satisfied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// This.
    One(Evidence),
    /// All of these; some of them are a part.
    All(Vec<Self>),
    /// Any of these.
    Any(Vec<Self>),
}

/// Why a proof could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// A word that is no evidence.
    Word(String),
    /// `and` and `or` stand beside each other, and no brackets say what belongs together.
    Mixed,
    /// A bracket without its other half.
    Bracket,
    /// Nothing stands where an evidence is due.
    Nothing,
}

/// Brackets in brackets at most.
const DEEPEST: u8 = 8;

impl Proof {
    /// Reads `fact:er and fact:pr and (fact:her2_ihc or fact:her2_ish)`. A semicolon stands for "and", a bar for "or";
    /// the bar binds closer, as in `fact:er; fact:her2_ihc|fact:her2_ish`.
    ///
    /// # Errors
    /// [`Unread`].
    pub fn read(text: &str) -> Result<Self, Unread> {
        Self::read_at(text, 0)
    }

    fn read_at(text: &str, depth: u8) -> Result<Self, Unread> {
        let text = text.trim();
        if depth > DEEPEST {
            return Err(Unread::Bracket);
        }
        let part = |part: &str| Self::read_at(part, depth.saturating_add(1));
        let parts = |parts: Vec<&str>| parts.into_iter().map(part).collect::<Result<Vec<Self>, Unread>>();
        for (mark, all) in [(";", true), ("|", false)] {
            // A mark at the end of the cell separates nothing.
            let mut of = split(text.trim_end_matches(mark), mark)?;
            if of.len() > 1 {
                return parts(std::mem::take(&mut of)).map(if all { Self::All } else { Self::Any });
            }
        }
        let text = text.trim_end_matches([';', '|']).trim_end();
        let (and, or) = (split(text, " and ")?, split(text, " or ")?);
        match (and.len() > 1, or.len() > 1) {
            (true, true) => Err(Unread::Mixed),
            (true, false) => parts(and).map(Self::All),
            (false, true) => parts(or).map(Self::Any),
            (false, false) => match text.strip_prefix('(').map(|rest| rest.strip_suffix(')')) {
                Some(Some(inner)) => part(inner),
                Some(None) => Err(Unread::Word(text.to_owned())),
                None if text.is_empty() => Err(Unread::Nothing),
                None => Evidence::read(text).map(Self::One).map_err(Unread::Word),
            },
        }
    }

    /// Every evidence in it.
    pub fn evidence(&self) -> Box<dyn Iterator<Item = &Evidence> + '_> {
        match self {
            Self::One(evidence) => Box::new(std::iter::once(evidence)),
            Self::All(parts) | Self::Any(parts) => Box::new(parts.iter().flat_map(Self::evidence)),
        }
    }
}

/// As it stands in the tables.
impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match self {
            Self::One(evidence) => return evidence.fmt(f),
            Self::All(parts) => (parts, " and "),
            Self::Any(parts) => (parts, " or "),
        };
        for (place, part) in parts.iter().enumerate() {
            if place > 0 {
                f.write_str(word)?;
            }
            match part {
                Self::One(evidence) => evidence.fmt(f)?,
                many => write!(f, "({many})")?,
            }
        }
        Ok(())
    }
}

/// The parts of a text between marks that stand outside brackets.
fn split<'t>(text: &'t str, mark: &str) -> Result<Vec<&'t str>, Unread> {
    let (mut parts, mut open, mut from) = (Vec::new(), 0_u32, 0);
    for (at, character) in text.char_indices() {
        match character {
            '(' => open += 1,
            ')' => open = open.checked_sub(1).ok_or(Unread::Bracket)?,
            _ => {}
        }
        if open == 0 && at >= from && text.get(at..).is_some_and(|rest| rest.starts_with(mark)) {
            parts.push(text.get(from..at).unwrap_or_default());
            from = at + mark.len();
        }
    }
    if open != 0 {
        return Err(Unread::Bracket);
    }
    parts.push(text.get(from..).unwrap_or_default());
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let read = Proof::read(text).unwrap();
        assert_eq!(read.to_string(), expect, "{text}");
        assert_eq!(Proof::read(expect).unwrap(), read, "what is written is read as the same");
    }

    #[test]
    fn all_of_and_any_of_are_read_as_a_clinician_writes_them() {
        check("slides", "slides");
        check("fact:er and fact:pr", "fact:er and fact:pr");
        check("fact:er;fact:her2_ihc|fact:her2_ish", "fact:er and (fact:her2_ihc or fact:her2_ish)");
        check("fact:er and (fact:her2_ihc or fact:her2_ish)", "fact:er and (fact:her2_ihc or fact:her2_ish)");
        check("(fact:er and fact:pr) or document:genomic-report", "(fact:er and fact:pr) or document:genomic-report");
        check(" fact:er ; fact:pr ; ", "fact:er and fact:pr");
        check("before-operation:images-with-report:MR:brain", "before-operation:images-with-report:MR:brain");
        check("over-time:document:laboratory-result:blood-count", "over-time:document:laboratory-result:blood-count");
        check("gene:TP53", "gene:TP53");
    }

    #[test]
    fn what_can_not_be_read_is_named() {
        let refused = |text: &str, expect: Unread| assert_eq!(Proof::read(text), Err(expect), "{text}");
        refused("fact:er and fact:pr or fact:ki67", Unread::Mixed);
        refused("(fact:er and fact:pr", Unread::Bracket);
        refused("fact:er) and fact:pr", Unread::Bracket);
        refused("fact:er and", Unread::Word("fact:er and".to_owned()));
        refused("fact:er and  and fact:pr", Unread::Nothing);
        refused("", Unread::Nothing);
        refused("()", Unread::Nothing);
        refused("treatment:surgery", Unread::Word("treatment:surgery".to_owned()));
        refused("document:", Unread::Word("document:".to_owned()));
        refused("document:laboratory-result:", Unread::Word("document:laboratory-result:".to_owned()));
        refused("over-time:over-time:fact:psa", Unread::Word("over-time:over-time:fact:psa".to_owned()));
        refused("images:ct", Unread::Word("images:ct".to_owned()));
        refused(&"(".repeat(5_000), Unread::Bracket);
        refused(&format!("{}slides{}", "(".repeat(40), ")".repeat(40)), Unread::Bracket);
    }
}
