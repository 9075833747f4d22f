//! The cancers as Conditions, and the primary's BodyStructure. A site, a histology or a side is written on the Condition
//! only where the records agree; where they differ, each stays an observation of its own and a note says so.

use consilium_casefile::facts::{Context, Polarity};
use serde_json::{Value, json};

use super::bundle::Entries;
use super::write::{concept, confirmed, extension, line, note, of_table, push, reference, set_date};
use super::{ExportFact, ExportTumour, tables};

const MCODE: &str = "http://hl7.org/fhir/us/mcode/StructureDefinition/";
const ICD_O_3: &str = "http://terminology.hl7.org/CodeSystem/icd-o-3";

/// What the records say of one concept of a tumour.
enum Said<'f> {
    Nothing,
    Agreed(&'f ExportFact),
    Differs(Vec<&'f ExportFact>),
}

/// The facts of a tumour. Facts of no tumour are of none, also where there is only one: they are about the person, or
/// about an organ that a report names in passing.
pub(super) fn facts_of<'e>(entries: &Entries<'e>, tumour: usize) -> Vec<(usize, &'e ExportFact)> {
    let export = entries.export;
    let own = export.tumours.get(tumour).map(|t| t.facts.as_slice()).unwrap_or_default();
    export.facts.iter().enumerate().filter(|(index, _)| own.contains(index)).collect()
}

/// The tumour a fact is about, where it is known.
pub(super) fn tumour_of(entries: &Entries<'_>, fact: usize) -> Option<usize> {
    entries.export.tumours.iter().position(|t| t.facts.contains(&fact))
}

/// Full URL of the condition of a tumour.
pub(super) fn url(entries: &Entries<'_>, tumour: usize) -> String {
    entries.url(&format!("tumour {tumour}"))
}

fn said<'f>(facts: &[(usize, &'f ExportFact)], name: &str) -> Said<'f> {
    let stands = |f: &&ExportFact| {
        f.fact.concept.as_str() == name
            && f.fact.context == Context::Current
            && f.fact.polarity == Polarity::Present
            // An organ that a text mentions in passing is no site of the tumour.
            && (f.fact.main || f.confirmed)
            && line(&f.fact.value).is_some()
    };
    let all: Vec<&ExportFact> = facts.iter().map(|(_, f)| *f).filter(stands).collect();
    // What a person confirmed outweighs what a program read.
    let of_person: Vec<&ExportFact> = all.iter().copied().filter(|f| f.confirmed).collect();
    let weighed = if of_person.is_empty() { all } else { of_person };
    let mut distinct: Vec<&ExportFact> = Vec::new();
    for fact in weighed {
        if !distinct.iter().any(|d| d.fact.value == fact.fact.value) {
            distinct.push(fact);
        }
    }
    // A site without its part (C50.9) is not another site than one with it (C50.4).
    if name == "topography" && distinct.len() > 1 {
        let specific: Vec<&ExportFact> =
            distinct.iter().copied().filter(|f| f.fact.value.contains('.') && !f.fact.value.ends_with(".9")).collect();
        let organ = |f: &ExportFact| f.fact.value.split('.').next().unwrap_or_default().to_owned();
        if let [one] = specific.as_slice()
            && distinct.iter().all(|d| organ(d) == organ(one))
        {
            return Said::Agreed(one);
        }
    }
    // "Malignant neoplasm" says less than "ductal carcinoma", and contradicts none.
    if name == "morphology" && distinct.iter().any(|f| !is_vague(f)) {
        let carcinoma = |f: &&ExportFact| f.fact.value.starts_with('8');
        let exact: Vec<&ExportFact> = distinct.iter().copied().filter(|f| !is_vague(f)).collect();
        let fits = |f: &&ExportFact| !f.fact.value.starts_with("8010") || exact.iter().all(carcinoma);
        if distinct.iter().filter(|f| is_vague(f)).all(fits) {
            distinct = exact;
        }
    }
    match distinct.as_slice() {
        [] => Said::Nothing,
        [one] => Said::Agreed(one),
        _ => Said::Differs(distinct),
    }
}

/// What the records state differently of a tumour, and a Condition has one place for: the statements of each tumour and
/// concept that are not told by an entry of their own. A note on the Condition repeats them in words.
#[must_use]
pub fn differing_parts(export: &super::Export) -> Vec<Vec<&ExportFact>> {
    let of_tumour = |tumour: &ExportTumour| {
        let facts: Vec<(usize, &ExportFact)> =
            tumour.facts.iter().filter_map(|index| Some((*index, export.facts.get(*index)?))).collect();
        let site = match said(&facts, "topography") {
            Said::Differs(facts) => facts,
            Said::Nothing | Said::Agreed(_) => Vec::new(),
        };
        [site, sides(&facts)].into_iter().filter(|facts| facts.len() > 1).collect::<Vec<_>>()
    };
    export.tumours.iter().flat_map(of_tumour).collect()
}

/// Every side that is stated of a tumour, each once, also in passing: a wrong side must not go unseen.
fn sides<'f>(facts: &[(usize, &'f ExportFact)]) -> Vec<&'f ExportFact> {
    let stated = facts.iter().map(|(_, fact)| *fact).filter(|fact| {
        fact.fact.concept.as_str() == "laterality"
            && fact.fact.context == Context::Current
            && fact.fact.polarity == Polarity::Present
    });
    let mut distinct: Vec<&ExportFact> = Vec::new();
    for fact in stated {
        if !distinct.iter().any(|known| known.fact.value == fact.fact.value) {
            distinct.push(fact);
        }
    }
    distinct
}

/// Neoplasm and carcinoma without a type.
fn is_vague(fact: &ExportFact) -> bool {
    fact.fact.value.starts_with("8000/") || fact.fact.value.starts_with("8010/")
}

fn differ(condition: &mut Value, facts: &[&ExportFact]) {
    let label = facts.first().map(|f| f.label.as_str()).unwrap_or_default();
    let values: Vec<String> = facts.iter().map(|f| format!("{} ({})", shown(f), f.source.title)).collect();
    note(condition, &format!("The records differ. {label}: {}", values.join("; ")));
}

fn shown(fact: &ExportFact) -> String {
    line(&fact.words).or_else(|| line(&fact.fact.value)).unwrap_or_default()
}

/// ICD-O-3 code as the code system has it: `C50.4`, `8500/3`.
pub(super) fn icd_o_3(fact: &ExportFact) -> Vec<Value> {
    let code = fact.fact.value.trim();
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let is_topography = code.strip_prefix('C').is_some_and(|rest| {
        rest.len() == 2 && digits(rest) || rest.split_once('.').is_some_and(|(a, b)| digits(a) && digits(b))
    });
    let is_morphology =
        code.split_once('/').is_some_and(|(a, b)| a.len() == 4 && digits(a) && b.len() == 1 && digits(b));
    let mut codings = Vec::new();
    if is_topography || is_morphology {
        codings.push(json!({ "system": ICD_O_3, "code": code }));
    }
    codings.extend(confirmed(&fact.codes));
    codings
}

/// The side as an extension of a body site.
fn side_extension(value: &str, words: &str) -> Option<Value> {
    let coding = tables::value("side", value)?;
    Some(extension(&format!("{MCODE}mcode-laterality-qualifier"), of_table(Some(coding), words)))
}

/// Adds a condition for each tumour, and a BodyStructure where a tumour's site is known.
pub(super) fn add(entries: &mut Entries<'_>) {
    let export = entries.export;
    for (index, tumour) in export.tumours.iter().enumerate() {
        add_one(entries, index, tumour);
    }
}

fn add_one<'e>(entries: &mut Entries<'e>, index: usize, tumour: &'e ExportTumour) {
    let facts = facts_of(entries, index);
    let kind = if tumour.secondary { "secondary" } else { "primary" };
    let mut condition = json!({
        "resourceType": "Condition",
        "category": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/condition-category", "code": "problem-list-item"
        }] }],
        "clinicalStatus": super::write::coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
        "subject": entries.patient(),
    });
    let mut used: Vec<&ExportFact> = Vec::new();
    let morphology = said(&facts, "morphology");
    if let Said::Agreed(fact) = &morphology {
        let url = format!("{MCODE}mcode-histology-morphology-behavior");
        push(&mut condition, "extension", extension(&url, concept(icd_o_3(fact), &shown(fact))));
        used.push(fact);
    }
    if tumour.secondary {
        let primaries: Vec<usize> = (0..entries.export.tumours.len())
            .filter(|i| entries.export.tumours.get(*i).is_some_and(|t| !t.secondary))
            .collect();
        if let [only] = primaries.as_slice() {
            let related = json!({
                "url": "http://hl7.org/fhir/StructureDefinition/condition-related",
                "valueReference": reference(&url(entries, *only)),
            });
            push(&mut condition, "extension", related);
        }
    }
    let site = said(&facts, "topography");
    let side = said(&facts, "laterality");
    add_site(&mut condition, &site, &side, &mut used);
    for said in [&morphology, &site] {
        if let Said::Differs(facts) = said {
            differ(&mut condition, facts);
        }
    }
    let sides = sides(&facts);
    if sides.len() > 1 {
        differ(&mut condition, &sides);
    }
    // A side alone is no diagnosis: what the tumour is, or where, must be a person's word or a record's own entry.
    let what_or_where = |f: &&&ExportFact| matches!(f.fact.concept.as_str(), "morphology" | "topography");
    // What several records say alike is as sure as the surest of them.
    let alike = |one: &ExportFact, stands: fn(&ExportFact) -> bool| {
        let says_it = |f: &ExportFact| {
            f.fact.concept == one.fact.concept
                && f.fact.value == one.fact.value
                && f.fact.polarity == one.fact.polarity
                && f.fact.context == one.fact.context
        };
        facts.iter().any(|(_, f)| says_it(f) && stands(f))
    };
    let of_a_person = used.iter().filter(what_or_where).any(|f| alike(f, |f| f.confirmed));
    let of_a_record = used.iter().filter(what_or_where).any(|f| alike(f, |f| f.coded));
    let only_suspected = used.is_empty()
        && facts.iter().any(|(_, f)| f.fact.concept.as_str() == "morphology" && f.fact.polarity == Polarity::Uncertain);
    // What only a program read out of a report is no confirmed diagnosis to the system that takes it over.
    let status = match (only_suspected, of_a_person || of_a_record) {
        (true, _) => "provisional",
        (false, true) => "confirmed",
        (false, false) => "unconfirmed",
    };
    condition["verificationStatus"] =
        super::write::coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", status);
    let mut codings = confirmed(&tumour.codes);
    if codings.is_empty() {
        codings.extend(tables::value("disorder", kind).map(|c| c.json()));
    }
    condition["code"] = concept(codings, &tumour.name);
    set_date(&mut condition, "onsetDateTime", tumour.diagnosed);
    let stages: Vec<Value> = stage_groups(entries, index).iter().map(|url| reference(url)).collect();
    if !tumour.secondary && !stages.is_empty() && entries.guide == super::bundle::Guide::Mcode {
        condition["stage"] = json!([{ "assessment": stages }]);
    }
    super::bundle::tag(&mut condition, if of_a_person { "confirmed" } else { "machine-read" });
    // All that it says is said by the facts it is made of.
    super::whole::carry_part(entries, &mut condition, &format!("tumour {index}"));
    if used.iter().chain(facts.iter().map(|(_, f)| f).take(1)).all(|f| f.source.names_no_one) && !facts.is_empty() {
        super::bundle::mark_unnamed(&mut condition);
    }
    let url = entries.add(&format!("tumour {index}"), Some(kind), condition);
    let mut sources = used.clone();
    if sources.is_empty() {
        sources.extend(facts.iter().map(|(_, f)| *f).take(1));
    }
    for fact in sources {
        entries.source_of(&url, &fact.source, fact.vouched());
    }
    if let Said::Agreed(fact) = site
        && entries.guide == super::bundle::Guide::Mcode
    {
        add_body_structure(entries, index, &url, fact, &side);
    }
}

fn add_site<'f>(condition: &mut Value, site: &Said<'f>, side: &Said<'f>, used: &mut Vec<&'f ExportFact>) {
    let Said::Agreed(site) = site else { return };
    used.push(site);
    let mut body_site = concept(icd_o_3(site), &shown(site));
    if let Said::Agreed(side) = side
        && let Some(extension) = side_extension(side.fact.value.trim(), &shown(side))
    {
        used.push(side);
        push(&mut body_site, "extension", extension);
    }
    condition["bodySite"] = json!([body_site]);
}

fn add_body_structure<'e>(
    entries: &mut Entries<'e>,
    index: usize,
    condition: &str,
    site: &'e ExportFact,
    side: &Said<'e>,
) {
    let mut tumour = json!({
        "resourceType": "BodyStructure",
        "extension": [{ "url": format!("{MCODE}mcode-related-condition"), "valueReference": reference(condition) }],
        "identifier": [{
            "use": "usual",
            "type": super::write::coded("http://hl7.org/fhir/resource-types", "BodyStructure"),
            "system": "urn:consilium:tumour",
            "value": format!("{}", index + 1),
        }],
        "location": concept(icd_o_3(site), &shown(site)),
        "patient": entries.patient(),
    });
    if let Said::Agreed(fact) = side
        && let Some(coding) = tables::value("side", fact.fact.value.trim())
    {
        tumour["locationQualifier"] = json!([of_table(Some(coding), &shown(fact))]);
    }
    entries.add_stated(&format!("body structure {index}"), Some("tumor"), tumour, &site.source, site.vouched());
}

/// Full URLs of the stage group observations of a tumour, which have the same names in `observation`.
fn stage_groups(entries: &Entries<'_>, tumour: usize) -> Vec<String> {
    super::observation::of_tumour(entries, tumour)
        .into_iter()
        .filter(|(_, fact)| fact.fact.concept.as_str() == "stage_group")
        .map(|(index, _)| super::observation::url(entries, index))
        .collect()
}
