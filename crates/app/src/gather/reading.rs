//! From what a file is understood to be to what the case will hold: proposals with reasons, who it is about, its text.

use consilium_casefile::PatientIdentity;
use consilium_casefile::gather::proposals::{Evidence, StatedCode, propose};
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::records::{FileFormat, Proposals};
use consilium_formats::text::Labelled;
use consilium_formats::{DocumentContent, Stated};

/// Characters of text that a proposal looks at: the first pages tell.
const HEAD: usize = 12_000;

/// What we propose a document is.
pub(super) fn proposals(
    knowledge: &Knowledge,
    format: FileFormat,
    path: &str,
    content: &DocumentContent,
    carrier: Option<&Stated>,
) -> Proposals {
    let stated = merged(&content.stated, carrier);
    let text: String = content.text.iter().flat_map(|page| page.chars().chain(['\n'])).take(HEAD).collect();
    let evidence = Evidence {
        title: stated.title.as_deref(),
        codes: stated
            .codes
            .iter()
            .map(|c| StatedCode { system: &c.system, code: &c.code, display: &c.display })
            .collect(),
        stated_date: stated.date,
        stated_author: stated.author.as_deref(),
        stated_facility: stated.facility.as_deref(),
        stated_accession: stated.accession.as_deref(),
        birth_date: content.patients.iter().find_map(|p| p.birth_date),
        text_head: &text,
        ..Evidence::of(format, path)
    };
    propose(knowledge, &evidence)
}

/// What the text recognised in a document's pictures says it is, and whom it names.
pub(crate) fn of_recognised(
    knowledge: &Knowledge,
    format: FileFormat,
    path: &str,
    pages: &[String],
) -> (Proposals, Vec<PatientIdentity>) {
    let Labelled { patients: named, stated } = consilium_formats::text::labelled(pages);
    let content = DocumentContent { stated, patients: named, text: pages.to_vec(), ..DocumentContent::default() };
    let (first, others) = patients(&content);
    let people = [first].into_iter().chain(others).filter(PatientIdentity::is_stated).collect();
    (proposals(knowledge, format, path, &content, None), people)
}

/// What the file states, completed by what its carrier (an e-mail, a FHIR bundle, XDM metadata) says about it.
pub(super) fn merged(own: &Stated, carrier: Option<&Stated>) -> Stated {
    let mut all = own.clone();
    if let Some(carrier) = carrier {
        all.title = all.title.or_else(|| carrier.title.clone());
        all.codes.extend(carrier.codes.iter().cloned());
        all.date = all.date.or(carrier.date);
        all.author = all.author.or_else(|| carrier.author.clone());
        all.facility = all.facility.or_else(|| carrier.facility.clone());
        all.accession = all.accession.or_else(|| carrier.accession.clone());
    }
    all
}

/// The patient a document names first, and everybody else it names as its patient. Several spellings of one person
/// count as one: the fullest.
pub(super) fn patients(content: &DocumentContent) -> (PatientIdentity, Vec<PatientIdentity>) {
    let mut people: Vec<PatientIdentity> = Vec::new();
    let lacks = |p: &PatientIdentity| (p.name.is_none(), p.birth_date.is_none());
    for patient in content.patients.iter().filter(|p| p.is_stated()) {
        match people.iter_mut().find(|known| !known.is_clearly_another_than(patient)) {
            Some(known) if lacks(patient) < lacks(known) => *known = patient.clone(),
            Some(_) => {}
            None => people.push(patient.clone()),
        }
    }
    let mut people = people.into_iter();
    (people.next().unwrap_or_default(), people.collect())
}

/// Pages as one text object: UTF-8, pages separated by U+000C. `None` when there is no text.
pub(super) fn text_object(pages: &[String]) -> Option<Vec<u8>> {
    let has_text = pages.iter().any(|page| !page.trim().is_empty());
    has_text.then(|| pages.join("\u{c}").into_bytes())
}
