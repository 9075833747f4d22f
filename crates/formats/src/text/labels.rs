//! What labelled lines of a report say: patient, birth date, date of service, who signed, which facility.
//!
//! Precision first: a value counts only behind its label and only when it looks like what the label promises. A name
//! or a date that merely stands in the text is never taken.

use consilium_casefile::{PartialDate, PatientIdentity, PersonName};

use super::label_words::{
    ACCESSION, AUTHOR, BIRTH, EXAMINED, FACILITY, GENERAL_TITLE, INSTITUTION, NAME, NOT_NAMES, OTHERS, PARTICLES,
    PATIENT, RECORD_NUMBER, SERVICE, STUDIES, TITLE, TITLES,
};
use super::{addressed, headers, layouts, people, tidy, written_date};
use crate::Stated;

/// What the labelled lines of a text say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labelled {
    /// Everybody the text names as its patient.
    pub patients: Vec<PatientIdentity>,
    /// Title, date of service, author and facility.
    pub stated: Stated,
}

/// Labels that head a report's first pages stand in its first lines, signatures in its last ones.
const LINES_AT_THE_TOP: usize = 160;
const LINES_AT_THE_END: usize = 40;

/// Reads the labelled lines of a document's pages.
#[must_use]
pub fn labelled(pages: &[String]) -> Labelled {
    let mut lines: Vec<&str> = pages.iter().take(2).flat_map(|page| page.lines()).take(LINES_AT_THE_TOP).collect();
    let mut fields = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        fields_of(line, lines.get(number + 1).copied().unwrap_or(""), number, &mut fields);
    }
    let mut patients = patients(&fields);
    people::add_later(&mut patients, pages, lines.len());
    layouts::add(&mut patients, pages);
    headers::add(&mut patients, pages);
    addressed::add(&mut patients, pages);
    let mut stated = Stated {
        title: exact_title(title(&lines), &fields),
        codes: Vec::new(),
        date: date_of_service(&fields),
        author: None,
        facility: fields
            .iter()
            .find(|f| FACILITY.contains(&f.label) && !f.value.is_empty())
            .map(|f| tidy(f.value))
            .filter(|v| v.chars().any(char::is_alphabetic) && v.len() <= 80)
            .or_else(|| letterhead(&lines)),
        accession: fields.iter().filter(|f| ACCESSION.contains(&f.label)).find_map(|f| accession(f.value)),
    };
    // A signature stands at the end of the last page.
    if let Some(last) = pages.last() {
        let all: Vec<&str> = last.lines().collect();
        let tail = all.get(all.len().saturating_sub(LINES_AT_THE_END)..).unwrap_or_default();
        lines.extend_from_slice(tail);
        for (number, line) in tail.iter().enumerate() {
            fields_of(line, tail.get(number + 1).copied().unwrap_or(""), LINES_AT_THE_TOP + number, &mut fields);
        }
    }
    // Who operated wrote no report on what was taken out.
    let of_tissue = lines.iter().any(|line| {
        let lower = line.to_lowercase();
        ["patholog", "gross description", "microscopic"].iter().any(|word| lower.contains(word))
    });
    stated.author = AUTHOR
        .iter()
        .filter(|label| !of_tissue || **label != "surgeon")
        .find_map(|label| fields.iter().filter(|f| f.label == *label).find_map(|field| signer(field.value)));
    Labelled { patients, stated }
}

/// A label we know, and what stands behind it.
pub(super) struct Field<'a> {
    pub(super) label: &'static str,
    pub(super) value: &'a str,
    pub(super) line: usize,
    /// Whether the label opens its line.
    pub(super) first: bool,
}

/// All fields of a line. The value ends at the next label, a tab, a bar or a run of blanks.
pub(super) fn fields_of<'a>(line: &'a str, next_line: &'a str, number: usize, fields: &mut Vec<Field<'a>>) {
    let mut found: Vec<(usize, usize, &'static str)> = Vec::new();
    let lower = line.to_lowercase();
    // Case folding that changes lengths (İ) would make the offsets wrong: such a line has no labels of ours.
    if lower.len() != line.len() || line.len() > 2_000 {
        return;
    }
    let all = PATIENT.iter().chain(&NAME).chain(&BIRTH).chain(&RECORD_NUMBER).chain(&SERVICE).chain(&AUTHOR);
    for label in all.chain(&FACILITY).chain(&OTHERS) {
        for (start, _) in lower.match_indices(label) {
            if let Some(end) = label_ends(&lower, start, label) {
                found.push((start, end, label));
            }
        }
    }
    // Where several labels begin or overlap at one place the longest is meant.
    found.sort_by_key(|(start, end, label)| (*start, std::cmp::Reverse((*end, label.len()))));
    let mut kept: Vec<(usize, usize, &'static str)> = Vec::new();
    for candidate in found {
        if kept.last().is_none_or(|(_, end, _)| candidate.0 >= *end) {
            kept.push(candidate);
        }
    }
    for (i, (start, end, label)) in kept.iter().enumerate() {
        let stop = kept.get(i + 1).map_or(line.len(), |(next, ..)| *next);
        let rest = line.get(*end..stop).unwrap_or("").trim_start_matches([' ', '\t']);
        let value = rest.split(['\t', '|']).next().unwrap_or("");
        let value = value.split("  ").next().unwrap_or("").trim().trim_end_matches([',', ';', '(']).trim();
        let only = kept.len() == 1 && line.get(..*start).unwrap_or("").trim().is_empty();
        let value = if value.is_empty() && only { next_line.trim() } else { value };
        fields.push(Field { label, value, line: number, first: line.get(..*start).unwrap_or("").trim().is_empty() });
    }
}

/// Where the value begins, if a label stands here: at the line's start or behind a gap, bar or sentence mark, and
/// followed by a colon; birth date and record number also by a blank and a digit.
fn label_ends(lower: &str, start: usize, label: &str) -> Option<usize> {
    let before = lower.get(..start)?;
    let after = lower.get(start + label.len()..)?;
    let opens = before.trim().is_empty() || before.ends_with(['\t', '|', '(', ',', ';', '/', '[']) || {
        let bare = before.trim_end();
        bare.len() < before.len()
    };
    if !opens {
        return None;
    }
    let trimmed = after.trim_start();
    // `Patient Name........: `
    let trimmed = trimmed.strip_prefix("..").map_or(trimmed, |rest| rest.trim_start_matches(['.', ' ']));
    // `DOB (MM/DD/YYYY): `
    let (trimmed, hinted) = match trimmed.strip_prefix('(').and_then(|r| r.split_once(')')) {
        Some((hint, rest)) if hint.len() <= 12 && rest.trim_start().starts_with(':') => (rest.trim_start(), true),
        _ => (trimmed, false),
    };
    let value_at = |rest: &str| Some(lower.len() - rest.len());
    if let Some(rest) = trimmed.strip_prefix(':') {
        // A label with another word right before it is part of a longer one: `Facility name:`.
        let own_words = before.is_empty()
            || before.trim().is_empty()
            || before.ends_with("  ")
            || before.ends_with(['\t', '|', '(', ',', ';', '/', '['])
            || before.trim_end().ends_with([',', ';', '|', ':', '.', ')', '/'])
            || before.trim_end().ends_with(|c: char| c.is_ascii_digit())
            || (BIRTH.contains(&label) || RECORD_NUMBER.contains(&label) || OTHERS.contains(&label));
        return own_words.then(|| value_at(rest)).flatten();
    }
    let blank = after.len() > trimmed.len() || hinted;
    let by_itself = BIRTH.contains(&label) && blank && written_date(trimmed).is_some()
        || RECORD_NUMBER.contains(&label) && blank && trimmed.starts_with(|c: char| c.is_ascii_digit())
        || AUTHOR.contains(&label) && label.ends_with(" by") && blank && before.trim().is_empty();
    by_itself.then(|| value_at(trimmed)).flatten()
}

/// One identity for each distinct name; a birth date belongs to the name nearest before it (or after, within a few
/// lines, when none stands before).
fn patients(fields: &[Field<'_>]) -> Vec<PatientIdentity> {
    let near = |a: usize, b: usize| a.abs_diff(b) <= 6;
    let births: Vec<(usize, PartialDate)> = fields
        .iter()
        .filter(|f| BIRTH.contains(&f.label))
        .filter_map(|f| Some((f.line, written_date(f.value)?)))
        .collect();
    let numbered: Vec<usize> = fields
        .iter()
        .filter(|f| RECORD_NUMBER.contains(&f.label) && record_number(f.value).is_some())
        .map(|f| f.line)
        .collect();
    let mut found: Vec<(usize, PatientIdentity)> = Vec::new();
    for field in fields {
        let says_patient = PATIENT.contains(&field.label);
        // A bare `Name:` can be anybody's; with a birth date or a record number beside it, it is the patient's.
        let says_name = NAME.contains(&field.label)
            && field.first
            && (births.iter().any(|(line, _)| *line >= field.line && *line - field.line <= 4)
                || numbered.contains(&field.line));
        if !(says_patient || says_name) {
            continue;
        }
        let Some(name) = person(field.value) else { continue };
        found.push((field.line, PatientIdentity { name: Some(name), birth_date: None, identifier: None }));
    }
    for (line, date) in &births {
        let before = found.iter_mut().rev().find(|(l, p)| l <= line && near(*l, *line) && p.birth_date.is_none());
        match before {
            Some((_, patient)) => patient.birth_date = Some(*date),
            None => {
                if let Some((_, patient)) =
                    found.iter_mut().find(|(l, p)| l > line && near(*l, *line) && p.birth_date.is_none())
                {
                    patient.birth_date = Some(*date);
                } else if found.is_empty() {
                    found.push((*line, PatientIdentity { name: None, birth_date: Some(*date), identifier: None }));
                }
            }
        }
    }
    for field in fields.iter().filter(|f| RECORD_NUMBER.contains(&f.label)) {
        if let Some(number) = record_number(field.value)
            && let Some((_, patient)) =
                found.iter_mut().find(|(line, p)| near(*line, field.line) && p.identifier.is_none())
        {
            patient.identifier = Some(number);
        }
    }
    distinct(found.into_iter().map(|(_, patient)| patient))
}

/// An accession number, if the value is one or begins with one: `S-10421`, `26:SP:00123`, `S26 10421`.
fn accession(value: &str) -> Option<String> {
    let is_one = |text: &str| {
        (3..=24).contains(&text.len())
            && text.chars().filter(char::is_ascii_digit).count() >= 3
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "-:/. ".contains(c))
            && !text.chars().any(|c| c.is_ascii_lowercase())
            && written_date(text).is_none()
    };
    let first = value.split_whitespace().next().unwrap_or_default();
    let found =
        [value.trim(), first].into_iter().map(|text| text.trim_end_matches(['.', ',', ';'])).find(|t| is_one(t));
    found.map(str::to_owned)
}

/// A record number, if the value begins with one.
pub(super) fn record_number(value: &str) -> Option<String> {
    let number: String = value.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').take(32).collect();
    number.chars().any(|c| c.is_ascii_digit()).then_some(number)
}

/// A file about more people than this is no patient's record; telling all of them apart would take for ever.
const MOST_PATIENTS: usize = 100;

/// The same person said twice is one person: same folded name, and birth dates that do not contradict.
pub(crate) fn distinct(patients: impl IntoIterator<Item = PatientIdentity>) -> Vec<PatientIdentity> {
    let folded = |p: &PatientIdentity| p.name.as_ref().map(|n| n.display().to_lowercase());
    let mut kept: Vec<PatientIdentity> = Vec::new();
    for patient in patients {
        if kept.len() >= MOST_PATIENTS {
            break;
        }
        let known = kept.iter_mut().find(|k| {
            folded(k) == folded(&patient)
                && match (k.birth_date, patient.birth_date) {
                    (Some(a), Some(b)) => a.agrees_with(b),
                    _ => k.name.is_some(),
                }
        });
        match known {
            Some(known) => {
                known.birth_date = known.birth_date.or(patient.birth_date);
                known.identifier = known.identifier.take().or(patient.identifier);
            }
            None => kept.push(patient),
        }
    }
    kept
}

/// A person's name, if the value is one: two to six words that begin with capitals, or `FAMILY, GIVEN`.
pub(super) fn person(value: &str) -> Option<PersonName> {
    let value = value.split(['(', '[', '<']).next().unwrap_or("");
    let value = value.split(" - ").next().unwrap_or("").trim().trim_end_matches(['.', ',', '-']).trim();
    if value.contains('^') {
        return PersonName::from_carets(value);
    }
    let allowed = |c: char| c.is_alphabetic() || matches!(c, ' ' | ',' | '.' | '-' | '\'' | '’' | '`');
    // Cut at the first thing no name holds (`ROSA EXAMPLE 55 y`).
    let end = value.find(|c: char| !allowed(c)).unwrap_or(value.len());
    let value = value.get(..end)?.trim().trim_end_matches(',');
    let words: Vec<&str> = value
        .split([' ', ','])
        .filter(|w| !w.is_empty())
        .filter(|w| !TITLES.contains(&w.trim_end_matches('.').to_lowercase().as_str()))
        .collect();
    let proper = |word: &&str| {
        let lower = word.trim_end_matches('.').to_lowercase();
        !NOT_NAMES.contains(&lower.as_str())
            && (word.starts_with(char::is_uppercase) || PARTICLES.contains(&lower.as_str()))
    };
    if !(2..=6).contains(&words.len()) || !words.iter().all(proper) {
        return None;
    }
    if let Some((family, given)) = value.split_once(',') {
        let given = given.split(',').next().unwrap_or("");
        return PersonName::new(family, given);
    }
    PersonName::from_display(&words.join(" "))
}

fn date_of_service(fields: &[Field<'_>]) -> Option<PartialDate> {
    SERVICE.iter().find_map(|label| {
        fields
            .iter()
            .filter(|f| f.label == *label && (*label != "date" || f.first))
            .find_map(|field| written_date(field.value))
    })
}

/// Who signed: up to a date, a time or a second sentence.
fn signer(value: &str) -> Option<String> {
    let value = value.trim_start_matches("by").trim_start_matches(':').trim();
    let end = value.find(|c: char| c.is_ascii_digit() || matches!(c, '(' | ';' | '|')).unwrap_or(value.len());
    let mut name = value.get(..end)?.trim();
    for cut in [" on ", " at ", " -- ", "  "] {
        name = name.split(cut).next().unwrap_or(name).trim();
    }
    let name = name.trim_end_matches([',', '-', '.', ':']).trim_end_matches(" on").trim();
    let words = name.split_whitespace().count();
    let named = (2..=8).contains(&words)
        && name.split_whitespace().all(|w| w.starts_with(|c: char| c.is_uppercase()) || PARTICLES.contains(&w));
    named.then(|| tidy(name))
}

fn letterhead(lines: &[&str]) -> Option<String> {
    lines.iter().filter(|l| !l.trim().is_empty()).take(5).find_map(|line| {
        let words = line.split_whitespace().count();
        let lower = line.to_lowercase();
        let is_one = (2..=10).contains(&words)
            && !line.contains(':')
            && !line.trim_end().ends_with('.')
            && INSTITUTION.iter().any(|i| lower.contains(i))
            && !TITLE.iter().any(|t| lower.split_whitespace().any(|w| w == *t));
        // What stands beside it across a gap is another thing.
        is_one.then(|| tidy(line.trim().split("  ").next().unwrap_or("")))
    })
}

/// What a report says it is of, where its own title only says that it is one of images.
fn exact_title(title: Option<String>, fields: &[Field<'_>]) -> Option<String> {
    let is_general = title.as_ref().is_some_and(|title| {
        let of = |word: &str| GENERAL_TITLE.contains(&word.to_lowercase().as_str());
        ["radiology", "imaging"].iter().any(|word| title.to_lowercase().contains(word))
            && title.split_whitespace().all(of)
    });
    if !is_general {
        return title;
    }
    let mut examined = fields.iter().filter(|f| EXAMINED.contains(&f.label)).map(|f| tidy(f.value));
    let says_much = |what: &String| (4..=120).contains(&what.chars().count()) && what.contains(char::is_alphabetic);
    examined.find(says_much).or(title)
}

fn title(lines: &[&str]) -> Option<String> {
    lines.iter().filter(|l| !l.trim().is_empty()).take(12).find_map(|line| {
        let line = line.trim();
        let words = line.split_whitespace().count();
        let lower = line.to_lowercase();
        let heading = line.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
            || line.split_whitespace().all(|w| {
                w.starts_with(|c: char| c.is_uppercase() || !c.is_alphabetic())
                    || ["and", "of", "for", "the", "with", "without", "in", "to"].contains(&w)
            });
        // `Medical oncology consultation`: a short line that ends in what a document is.
        let kind_of_document = words <= 5
            && line.starts_with(char::is_uppercase)
            && lower.split_whitespace().last().is_some_and(|last| TITLE.contains(&last));
        let is_one = (1..=8).contains(&words)
            && (heading || kind_of_document)
            && !line.contains(':')
            && !line.contains("  ")
            && TITLE.iter().any(|t| lower.contains(t));
        let first = lower.split_whitespace().next().unwrap_or_default();
        let is_study = (2..=12).contains(&words)
            && heading
            && STUDIES.contains(&first)
            && !line.contains([':', '?'])
            && !line.contains("  ")
            && !line.ends_with('.')
            && !line.ends_with(|c: char| c.is_ascii_digit());
        (is_one || is_study).then(|| tidy(line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_patient(text: &str, name: Option<&str>, born: Option<&str>) {
        let found = labelled(&[text.to_owned()]);
        let first = found.patients.first();
        assert_eq!(first.and_then(|p| p.name.as_ref()).map(PersonName::display).as_deref(), name, "{text}");
        assert_eq!(first.and_then(|p| p.birth_date).map(|d| d.to_string()).as_deref(), born, "{text}");
    }

    #[test]
    fn the_name_of_a_study_is_the_title_of_its_report() {
        let title = |text: &str| labelled(&[text.to_owned()]).stated.title;
        for text in [
            "CT CHEST, ABDOMEN AND PELVIS WITH CONTRAST",
            "MRI BREAST BILATERAL W/WO CONTRAST",
            "PET/CT Skull Base to Mid Thigh",
            "US Breast Left Limited",
        ] {
            assert_eq!(title(&format!("Springfield Example\n{text}\n\nINDICATION: lump")).as_deref(), Some(text));
        }
        for text in ["CT was done before.", "CT CHEST 08/12/2026", "CT: none", "US", "MRI showed a mass", "PET SCAN?"] {
            assert_eq!(title(&format!("{text}\nNothing else.")), None, "{text}");
        }
    }

    #[test]
    fn a_labelled_patient_is_found() {
        let born = Some("1971-03-14");
        check_patient("Patient: EXAMPLE, ROSA   DOB: 03/14/1971  MRN: 12345", Some("ROSA EXAMPLE"), born);
        check_patient("Patient Name: Rosa Example\nDate of Birth: 14 March 1971", Some("Rosa Example"), born);
        check_patient("Name: Example, Rosa M.\nSex: F\nDOB 03/14/1971", Some("Rosa M Example"), born);
        check_patient("Patientin: Frau Rosa Example, geb. 14.03.1971", Some("Rosa Example"), born);
        check_patient("Patient:\nRosa Example\nDOB:\n3/14/1971", Some("Rosa Example"), born);
        check_patient("PATIENT: EXAMPLE^ROSA\tD.O.B.: 1971-03-14", Some("ROSA EXAMPLE"), born);
        check_patient("Patient: Rosa Example (55 F) DOB (MM/DD/YYYY): 03/14/1971", Some("Rosa Example"), born);
    }

    #[test]
    fn an_accession_number_stands_behind_its_label_and_looks_like_one() {
        let stated = |text: &str| labelled(&[text.to_owned()]).stated.accession;
        for (text, number) in [
            ("Accession number: S-10421", "S-10421"),
            ("Accession #: 26:SP:00123   Collected: 08/12/2026", "26:SP:00123"),
            ("Patient: EXAMPLE, ROSA\tAccession: S26-10421 (Part A)", "S26-10421"),
            ("ACCESSION NO: S26 10421", "S26 10421"),
        ] {
            assert_eq!(stated(text).as_deref(), Some(number), "{text}");
        }
        for text in [
            "Accession: pending",
            "Accession: 08/12/2026",
            "Accession: see requisition 12345",
            "S-10421",
            "Accession number: A1",
            "Accession number: 1234567890123456789012345",
            "Specimen: S-10421 of the accession of 12345",
        ] {
            assert_eq!(stated(text), None, "{text}");
        }
    }

    #[test]
    fn nobody_is_guessed_from_words_without_a_label() {
        check_patient("Rosa Example was seen today.", None, None);
        check_patient("Patient: The patient is a 55-year-old woman.", None, None);
        check_patient("Patient Education: Rosa Example", None, None);
        check_patient("Facility Name: Mercy Example Hospital", None, None);
        check_patient("Name: Sertraline 50 mg", None, None);
        check_patient("Referring Physician Name: Alan Doctor", None, None);
        check_patient("DOB: not stated", None, None);
        check_patient("", None, None);
    }

    #[test]
    fn two_patients_in_one_text_are_two() {
        let text = "Patient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\nPatient: EXEMPEL, ROLAND\nDOB: 05/02/1960";
        let found = labelled(&[text.to_owned()]).patients;
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].birth_date.map(|d| d.to_string()).as_deref(), Some("1960-05-02"));
    }

    #[test]
    fn the_date_of_service_is_not_the_print_date() {
        let text = "Mercy Example Hospital\nSURGICAL PATHOLOGY REPORT\nPrinted: 04/01/2026\nDate: 03/30/2026\n\
                    Collected: 03/20/2026 10:15   Received: 03/21/2026\n\nElectronically signed by: Ann Pathologist, MD on 03/24/2026";
        let stated = labelled(&[text.to_owned()]).stated;
        assert_eq!(stated.date.map(|d| d.to_string()).as_deref(), Some("2026-03-20"));
        assert_eq!(stated.author.as_deref(), Some("Ann Pathologist, MD"));
        assert_eq!(stated.facility.as_deref(), Some("Mercy Example Hospital"));
        assert_eq!(stated.title.as_deref(), Some("SURGICAL PATHOLOGY REPORT"));
    }
}
