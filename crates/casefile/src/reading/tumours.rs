//! Which tumours the records speak of, and which facts are about which. A tumour is a site (first three characters of
//! its ICD-O-3 topography) and, where two sides are both well attested, a side. One stray mention of the other side
//! makes a difference to be cleared up, not a second tumour, and so does a report that names the other side of what others
//! describe.

use std::collections::{BTreeMap, BTreeSet};

use super::differences::{agree, is_vague, nearly};
use super::settings::Setting;
use super::specimens;
use super::view::CaseFact;
use crate::facts::{Concept, Polarity, Section};
use crate::knowledge::Knowledge;
use crate::shared::ids::DocumentId;

/// What tells tumours apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct TumourKey {
    /// ICD-O-3 topography category, such as `C50`; empty where no record states a site.
    pub site: String,
    /// `left`, `right`, where sides tell two tumours apart.
    pub side: Option<String>,
}

/// A tumour with the facts about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tumour {
    /// What tells it apart.
    pub key: TumourKey,
    /// Places of its facts in the list they were taken from.
    pub facts: Vec<usize>,
    /// Documents that state its site.
    pub documents: usize,
    /// Those of its facts, all of them about the stage, of which it is not clear that they speak of this tumour: their
    /// record is not sorted, or says nothing that tells tumours apart. They are shown with it and never stand for it.
    pub unclear: BTreeSet<usize>,
}

impl Tumour {
    fn new(key: TumourKey) -> Self {
        Self { key, facts: Vec::new(), documents: 0, unclear: BTreeSet::new() }
    }
}

/// What is of one tumour alone, and misleads where it is shown with another.
const OF_ONE_TUMOUR: [Concept; 5] = [Concept::T, Concept::N, Concept::M, Concept::STAGE_GROUP, Concept::FIGO_STAGE];

/// Concepts that are about the person, not about one tumour.
pub(super) const OF_THE_PERSON: [Concept; 8] = [
    Concept::ECOG,
    Concept::KARNOFSKY,
    Concept::MENOPAUSAL_STATUS,
    Concept::FAMILY_HISTORY,
    Concept::GERMLINE,
    Concept::ALLERGY,
    Concept::COMORBIDITY,
    Concept::LDH,
];

fn category(code: &str) -> Option<&str> {
    code.get(..3).filter(|c| c.starts_with('C'))
}

fn is_present(fact: &CaseFact<'_>) -> bool {
    fact.speaks() && matches!(fact.fact.polarity, Polarity::Present)
}

/// What a record says only of a tumour.
const NAMES_A_TUMOUR: [Concept; 5] =
    [Concept::MORPHOLOGY, Concept::T, Concept::N, Concept::STAGE_GROUP, Concept::GRADE];

/// Of these a specimen has one each: where two reports differ in them, they looked at two tumours, or one is mistaken.
const OF_ONE_SPECIMEN: [Concept; 4] =
    [Concept::MORPHOLOGY, Concept::T, Concept::TUMOR_SIZE_MM, Concept::NODES_EXAMINED];

/// A report of one who looked at tissue and names a tumour in it.
struct TissueReport<'f> {
    document: &'f DocumentId,
    setting: Setting,
    amends: bool,
    facts: Vec<&'f CaseFact<'f>>,
}

impl TissueReport<'_> {
    /// Whether these two describe two tumours: they looked at the same kind of specimen, none takes the other's place, and
    /// what they found cannot be of one specimen. One difference is enough for specimens of two days; of one day, or of days
    /// that are not told, a slip of the pen is likelier, and it takes two.
    fn describes_another_than(&self, other: &Self) -> bool {
        if self.setting != other.setting || self.amends || other.amends {
            return false;
        }
        let differs = |concept: &&Concept| {
            let of = |report: &Self| {
                let facts = report.facts.iter().map(|f| &f.fact).filter(|f| f.concept == **concept && !is_vague(f));
                facts.cloned().collect::<Vec<_>>()
            };
            let (one, two) = (of(self), of(other));
            !one.is_empty()
                && !two.is_empty()
                && !one.iter().any(|a| two.iter().any(|b| agree(concept, a, b) || nearly(concept, a, b)))
        };
        let day = |report: &Self| report.facts.first().and_then(|f| f.held.date());
        let other_day = day(self).zip(day(other)).is_some_and(|(one, two)| !one.agrees_with(two));
        OF_ONE_SPECIMEN.iter().filter(differs).count() >= if other_day { 1 } else { 2 }
    }
}

/// The reports of tissue that name a histology, by document.
fn tissue_reports<'f>(facts: &'f [CaseFact<'f>]) -> Vec<TissueReport<'f>> {
    let mut by: BTreeMap<&DocumentId, Vec<&CaseFact<'_>>> = BTreeMap::new();
    for fact in facts.iter().filter(|f| is_present(f)) {
        by.entry(&fact.key.document).or_default().push(fact);
    }
    let report = |(document, facts): (&'f DocumentId, Vec<&'f CaseFact<'f>>)| {
        let setting = facts.first()?.setting;
        let looked =
            [Setting::Biopsy, Setting::Resection, Setting::ReExcision, Setting::AfterTreatment].contains(&setting);
        let malignant = |f: &&CaseFact<'_>| f.fact.concept == Concept::MORPHOLOGY && !f.fact.value.ends_with("/0");
        let amends = facts.iter().any(|f| {
            f.fact.section == Section::Addendum || f.held.kind().is_some_and(|kind| kind.0 == "pathology-addendum")
        });
        (looked && facts.iter().any(malignant)).then_some(TissueReport { document, setting, amends, facts })
    };
    by.into_iter().filter_map(report).collect()
}

/// The tumours of these facts, the best attested first. `stated` is the site category of the cancer the case is about,
/// where a person stated one: documents that state no site are taken to speak of it, or else of the only tumour there
/// is. Facts about the person belong to none.
#[must_use]
pub fn tumours(facts: &[CaseFact<'_>], stated: Option<&str>, knowledge: &Knowledge) -> Vec<Tumour> {
    let mut sites: BTreeMap<&DocumentId, BTreeSet<&str>> = BTreeMap::new();
    let mut sides: BTreeMap<&DocumentId, &str> = BTreeMap::new();
    let mut specimens: BTreeMap<(&DocumentId, &str), BTreeSet<&str>> = BTreeMap::new();
    for fact in facts.iter().filter(|f| is_present(f)) {
        let document = &fact.key.document;
        if fact.fact.concept == Concept::TOPOGRAPHY
            && let Some(site) = category(&fact.fact.value)
        {
            sites.entry(document).or_default().insert(site);
            if let Some(specimen) = fact.fact.specimen.as_deref() {
                specimens.entry((document, specimen)).or_default().insert(site);
            }
        } else if fact.fact.concept == Concept::LATERALITY {
            sides.insert(document, fact.fact.value.as_str());
        }
    }
    // Before any is set aside: a side is of the organ that its own record is about.
    let about = sites.clone();
    // An organ that is only looked at ("the lungs are clear") is no tumour: a site counts where the record names a
    // histology that is not benign, a stage or a grade, or where a person stated it.
    let named: BTreeSet<&DocumentId> = facts
        .iter()
        .filter(|f| is_present(f) && NAMES_A_TUMOUR.contains(&f.fact.concept) && !f.fact.value.ends_with("/0"))
        .map(|f| &f.key.document)
        .collect();
    sites.iter_mut().for_each(|(document, of)| of.retain(|site| named.contains(document) || stated == Some(*site)));
    sites.retain(|_, of| !of.is_empty());
    let specimen_sides = specimens::sides(facts);
    let mut two_sided = two_sided(&sites, &sides);
    two_sided.extend(described_twice(facts, &sites, &sides, knowledge));
    two_sided.extend(of_two_specimens(&sites, &specimen_sides, knowledge));
    let keys = |document: &DocumentId, of: &BTreeSet<&str>| -> Vec<TumourKey> {
        let at = |site: &&str| keys_at(document, site, two_sided.contains(site), &sides, &specimen_sides);
        of.iter().flat_map(at).collect()
    };
    let keys_of: BTreeMap<&DocumentId, Vec<TumourKey>> =
        sites.iter().map(|(document, of)| (*document, keys(document, of))).collect();
    let mut found: BTreeMap<TumourKey, Tumour> = BTreeMap::new();
    for key in keys_of.values().flatten().cloned() {
        found.entry(key.clone()).or_insert_with(|| Tumour::new(key)).documents += 1;
    }
    let mut order: Vec<TumourKey> = found.keys().cloned().collect();
    order.sort_by_key(|key| {
        let is_stated = stated.is_some_and(|s| key.site == s);
        (!is_stated, found.get(key).map_or(0, |t| usize::MAX - t.documents), key.clone())
    });
    let fallback = order.first().filter(|key| order.len() == 1 || stated.is_some_and(|s| key.site == s)).cloned();
    for (place, fact) in facts.iter().enumerate() {
        if OF_THE_PERSON.contains(&fact.fact.concept) {
            continue;
        }
        let document = &fact.key.document;
        let of = keys_of.get(document).map(Vec::as_slice).unwrap_or_default();
        let specimen = fact.fact.specimen.as_deref().map(|specimen| (document, specimen));
        // Whether the specimen a statement is of is one of this tumour.
        let of_specimen = |key: &&TumourKey| {
            let Some(specimen) = specimen else { return false };
            let site = specimens.get(&specimen);
            let side = specimen_sides.get(&specimen);
            let site_fits = site.is_some_and(|of| of.contains(key.site.as_str()));
            let side_fits = side.is_some_and(|side| key.side.as_deref() == Some(side));
            (site_fits || site.is_none() && side_fits) && (side_fits || side.is_none() || key.side.is_none())
        };
        let own = if fact.fact.concept == Concept::TOPOGRAPHY { category(&fact.fact.value) } else { None };
        let tied = |among: &[TumourKey]| -> Option<TumourKey> {
            let tied: Vec<&TumourKey> = among.iter().filter(of_specimen).collect();
            if let [only] = tied.as_slice() { Some((*only).clone()) } else { None }
        };
        let (key, is_clear) = match (own, of) {
            // Another organ that is named in passing is about none of them.
            (Some(site), _) => {
                let at_site: Vec<TumourKey> = of.iter().filter(|key| key.site == site).cloned().collect();
                match tied(&at_site).or_else(|| at_site.first().cloned()) {
                    Some(key) => (Some(key), true),
                    None if fallback.as_ref().is_some_and(|key| key.site == site) => (fallback.clone(), true),
                    None => continue,
                }
            }
            (None, []) => (fallback.clone(), false),
            (None, [only]) => (Some(only.clone()), true),
            // A document about several: a statement is about the one its specimen is of; what the document ties to none
            // is shown with the best attested of them.
            (None, several) => match tied(several) {
                Some(key) => (Some(key), true),
                None => (order.iter().find(|key| several.contains(key)).cloned(), false),
            },
        };
        let key = key.unwrap_or_default();
        // The right lung of a scan is no side of a tumour of the colon.
        let of_another = || about.get(document).is_some_and(|of| !of.contains(key.site.as_str()));
        if fact.fact.concept == Concept::LATERALITY && !key.site.is_empty() && of_another() {
            continue;
        }
        let sorted = fact.held.kind().is_some();
        let unclear = !(key.site.is_empty() || is_clear && sorted) && OF_ONE_TUMOUR.contains(&fact.fact.concept);
        let tumour = found.entry(key.clone()).or_insert_with(|| Tumour::new(key));
        tumour.facts.push(place);
        if unclear {
            tumour.unclear.insert(place);
        }
    }
    let mut tumours: Vec<Tumour> = order.iter().filter_map(|key| found.remove(key)).collect();
    tumours.extend(found.into_values().filter(|t| !t.facts.is_empty()));
    tumours
}

/// The tumours of one site that a document speaks of: one for each side its specimens show, where sides tell two apart.
fn keys_at(
    document: &DocumentId,
    site: &str,
    is_two_sided: bool,
    sides: &BTreeMap<&DocumentId, &str>,
    specimen_sides: &BTreeMap<(&DocumentId, &str), &str>,
) -> Vec<TumourKey> {
    let key = |side: Option<&str>| TumourKey { site: site.to_owned(), side: side.map(str::to_owned) };
    if !is_two_sided {
        return vec![key(None)];
    }
    let shown: BTreeSet<&str> = specimen_sides.iter().filter(|((of, _), _)| *of == document).map(|(_, s)| *s).collect();
    match shown.len() {
        0 | 1 => vec![key(sides.get(document).copied().or_else(|| shown.first().copied()))],
        _ => shown.into_iter().map(|side| key(Some(side))).collect(),
    }
}

/// Paired organs of which one report found cancer in a specimen of each side.
fn of_two_specimens<'a>(
    sites: &BTreeMap<&DocumentId, BTreeSet<&'a str>>,
    specimen_sides: &BTreeMap<(&DocumentId, &str), &str>,
    knowledge: &Knowledge,
) -> BTreeSet<&'a str> {
    let has = |document: &DocumentId, side: &str| {
        specimen_sides.iter().any(|((of, _), found)| *of == document && *found == side)
    };
    let of_both = sites.iter().filter(|(document, _)| has(document, "left") && has(document, "right"));
    of_both.flat_map(|(_, of)| of).copied().filter(|site| knowledge.is_paired(site)).collect()
}

/// Sites of which each side is stated by at least two documents.
fn two_sided<'a>(
    sites: &BTreeMap<&DocumentId, BTreeSet<&'a str>>,
    sides: &BTreeMap<&DocumentId, &str>,
) -> BTreeSet<&'a str> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (document, of) in sites {
        for site in of {
            let count = counts.entry(site).or_default();
            match sides.get(document) {
                Some(&"left") => count.0 += 1,
                Some(&"right") => count.1 += 1,
                _ => {}
            }
        }
    }
    counts.into_iter().filter(|(_, (left, right))| *left >= 2 && *right >= 2).map(|(site, _)| site).collect()
}

/// Paired organs of which each side has a tissue report of its own that cannot be about the other side's specimen.
fn described_twice<'a>(
    facts: &[CaseFact<'_>],
    sites: &BTreeMap<&DocumentId, BTreeSet<&'a str>>,
    sides: &BTreeMap<&DocumentId, &str>,
    knowledge: &Knowledge,
) -> BTreeSet<&'a str> {
    let reports = tissue_reports(facts);
    // A report of several organs does not say which of them its side and its histology are of.
    let site_of = |report: &TissueReport<'_>| {
        let of = sites.get(report.document).filter(|of| of.len() == 1)?;
        of.first().copied().filter(|site| knowledge.is_paired(site))
    };
    let of_side = |side: &'static str| {
        let of = reports.iter().filter(move |report| sides.get(report.document) == Some(&side));
        of.filter_map(|report| Some((site_of(report)?, report)))
    };
    let mut found = BTreeSet::new();
    for (site, left) in of_side("left") {
        if of_side("right").any(|(other, right)| other == site && left.describes_another_than(right)) {
            found.insert(site);
        }
    }
    found
}
