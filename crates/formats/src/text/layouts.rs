//! Whose page it is by labels in other layouts than `Patient: NAME`: a row of labels over a row of values, a label on a line of
//! its own, family and given name apart, `Re: NAME` over a letter, a bare `Name:` at the head of a page. What must not live
//! here: headers without labels (`headers`), labelled lines of the first pages (`labels`).
//!
//! Precision first: only the head of a page counts, nobody who is named as a relative, a contact or a doctor, and a bare label
//! only before a given name that many people have.

use consilium_casefile::{PartialDate, PatientIdentity, PersonName};

use super::headers::{HEAD, MOST_PAGES, has_given_name, starts_with_any};
use super::label_words::{BIRTH, FAMILY, GIVEN, NAME, OTHERS, PATIENT, RECORD_NUMBER, RELATIONS, SERVICE, STAFF};
use super::labels::{distinct, person};
use super::written_date;

/// A longer line is prose.
const LONGEST: usize = 200;
/// What belongs to a name stands within so many lines behind it.
const NEAR: usize = 4;
/// How a letter names whom it is about.
const ABOUT: [&str; 3] = ["re:", "regarding:", "betreff:"];

/// Adds to the people of a text those whom the heads of its pages name.
pub(super) fn add(people: &mut Vec<PatientIdentity>, pages: &[String]) {
    for page in pages.iter().take(MOST_PAGES) {
        let head: Vec<&str> = page
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && line.len() <= LONGEST)
            .take(HEAD * 2)
            .collect();
        for at in 0..head.len() {
            let Some(found) = named_at(&head, at) else { continue };
            match people.iter_mut().find(|known| !found.is_clearly_another_than(known)) {
                Some(known) => {
                    known.name = known.name.take().or(found.name);
                    known.birth_date = known.birth_date.or(found.birth_date);
                }
                None => people.push(found),
            }
        }
    }
    *people = distinct(std::mem::take(people));
}

fn named_at(head: &[&str], at: usize) -> Option<PatientIdentity> {
    let line = head.get(at)?;
    if is_of_another(head, at) {
        return None;
    }
    let below = || head.iter().skip(at + 1).take(NEAR).copied();
    let born = || std::iter::once(*line).chain(below()).find_map(birth_date);
    let of = |name: PersonName, birth_date| Some(PatientIdentity { name: Some(name), birth_date, identifier: None });
    if let Some(has_birth) = row_of_labels(line) {
        let values = *head.get(at + 1)?;
        let name = value(values.trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace()));
        let born = || values.split(['\t', ' ', '|']).find_map(|word| written_date(word.trim()));
        return of(person(name)?, if has_birth { born() } else { None });
    }
    if is_lone(line, &PATIENT) {
        let born = || {
            let mut pairs = head.iter().skip(at + 2).zip(head.iter().skip(at + 3)).take(NEAR);
            pairs.find_map(|(label, below)| is_lone(label, &BIRTH).then(|| written_date(below)).flatten())
        };
        return of(person(value(head.get(at + 1)?))?, born());
    }
    if let Some(family) = behind(line, &FAMILY) {
        let given = std::iter::once(*line).chain(below().take(2)).find_map(|line| behind(line, &GIVEN))?;
        let is_one = |part: &str| part.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '.'));
        let name = (is_one(family) && is_one(given)).then(|| PersonName::new(family, given)).flatten()?;
        return of(name, born());
    }
    let lower = line.to_lowercase();
    if let Some(named) = ABOUT.iter().find_map(|about| lower.starts_with(about).then(|| line.get(about.len()..))?) {
        let is_told = std::iter::once(*line).chain(below().take(2)).any(|line| {
            let lower = line.to_lowercase();
            let words = || lower.split(|c: char| !c.is_alphanumeric());
            BIRTH
                .iter()
                .chain(&RECORD_NUMBER)
                .any(|label| words().any(|word| word == *label) || lower.contains(&format!("{label}:")))
        });
        let name = value(named);
        return (is_told && has_given_name(name)).then(|| person(name)).flatten().and_then(|name| of(name, born()));
    }
    let named = behind(line, &NAME).filter(|_| starts_with_any(line, NAME.iter()).is_some())?;
    has_given_name(named).then(|| person(named)).flatten().and_then(|name| of(name, born()))
}

/// Whether a relative, a contact or a doctor is named here, or right above.
fn is_of_another(head: &[&str], at: usize) -> bool {
    let has = |line: &str, is: &dyn Fn(&str) -> bool| line.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(is);
    let around = head.iter().skip(at.saturating_sub(2)).take(at.min(2) + 1);
    let of_staff = head.iter().skip(at).take(2).any(|line| has(line, &|word| word == "npi"));
    of_staff || around.into_iter().any(|line| has(line, &|word| RELATIONS.contains(&word) || STAFF.contains(&word)))
}

/// Whether a line is labels alone, at least two and one of them the patient's name; and whether a birth date is among them.
fn row_of_labels(line: &str) -> Option<bool> {
    let all = || PATIENT.iter().chain(&NAME).chain(&BIRTH).chain(&RECORD_NUMBER).chain(&SERVICE).chain(&OTHERS);
    let (mut rest, mut count, mut has_name, mut has_birth) = (line, 0, false, false);
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "|,;/#-.".contains(c));
        if rest.is_empty() {
            return (count >= 2 && has_name).then_some(has_birth);
        }
        let after = starts_with_any(rest, all())?;
        let label = rest.get(..rest.len() - after.len())?.to_lowercase();
        has_name |= PATIENT.contains(&&*label) || NAME.contains(&&*label);
        has_birth |= BIRTH.contains(&&*label);
        count += 1;
        rest = after;
    }
}

/// Whether a line is one of these labels alone, of more than one word: a bare "Patient" heads anything.
fn is_lone(line: &str, labels: &[&str]) -> bool {
    let bare = line.trim().trim_end_matches(':').trim().to_lowercase();
    labels.contains(&&*bare) && (bare.contains(' ') || BIRTH.contains(&&*bare))
}

/// What stands behind one of these labels and a colon, up to the next label, gap or bar.
fn behind<'t>(line: &'t str, labels: &'static [&'static str]) -> Option<&'t str> {
    let starts = line.char_indices().map(|(at, _)| at).filter(|at| {
        *at == 0 || line.get(..*at).is_some_and(|before| before.ends_with([' ', '\t', '|', ',', ';', '(']))
    });
    let found = starts.filter_map(|at| starts_with_any(line.get(at..)?, labels.iter()));
    let rest = found.filter_map(|rest| rest.trim_start_matches(['.', ' ']).strip_prefix(':')).next()?;
    Some(value(rest)).filter(|value| !value.is_empty())
}

/// The beginning of a text up to the next label, gap, bar or figure.
fn value(text: &str) -> &str {
    let text = text.trim();
    let end = text.find(|c: char| c.is_ascii_digit() || matches!(c, '|' | '\t' | '(' | ';' | ':'));
    let text =
        text.get(..end.into_iter().chain(text.find("  ")).min().unwrap_or(text.len())).unwrap_or_default().trim();
    let labels = || BIRTH.iter().chain(&RECORD_NUMBER).chain(&GIVEN).chain(&OTHERS).chain(&SERVICE);
    let label = text
        .match_indices(' ')
        .find(|(at, _)| text.get(at + 1..).is_some_and(|rest| starts_with_any(rest, labels()).is_some()));
    text.get(..label.map_or(text.len(), |(at, _)| at)).unwrap_or_default().trim_end_matches([',', ' ', '-'])
}

/// The date behind the label of a birth date.
fn birth_date(line: &str) -> Option<PartialDate> {
    let starts = line.char_indices().map(|(at, _)| at);
    let mut found = starts.filter_map(|at| starts_with_any(line.get(at..)?, BIRTH.iter()));
    found.find_map(|rest| written_date(rest.trim_start_matches(['.', ':', ' '])))
}

#[cfg(test)]
mod tests {
    use crate::text::labelled;

    fn people(text: &str) -> Vec<(String, Option<String>)> {
        let pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
        let named = labelled(&pages).patients.into_iter();
        named
            .filter_map(|p| Some((p.name?.display().to_lowercase(), p.birth_date.map(|day| day.to_string()))))
            .collect()
    }

    fn is_fox(text: &str, born: Option<&str>) {
        assert_eq!(people(text), [("berta fox".to_owned(), born.map(str::to_owned))], "{text}");
    }

    #[test]
    fn the_labels_of_hospitals_and_portals_name_whose_page_it_is() {
        let born = Some("1950-03-04");
        for text in [
            "NAME: FOX, BERTA\nMEDICAL RECORD NUMBER: 5502\nDATE OF SERVICE: 03/04/2026",
            "Name: Fox, Berta\nMRN: 5502\nAge: 76\nSex: F",
            "DISCHARGE SUMMARY\nNAME: FOX, BERTA\nDATE OF ADMISSION: 03/04/2026",
            "Name: Fox, Berta   Admitted: 03/04/2026\nMR#: 5502   Discharged: 03/09/2026",
            "Last Name: Fox   First Name: Berta",
            "Surname: FOX   Forename: BERTA   NHS No: 555 0101",
            "RE: Berta Fox\nMRN 5502",
            "Re: Fox, Berta   DOB 3/4/50",
            "FOX,BERTA   F 76Y   Acct# 77",
        ] {
            is_fox(text, None);
        }
        for text in [
            "Patient Name........: FOX, BERTA\nBirthdate....: 03/04/1950",
            "Patient Name DOB MRN\nFox, Berta 03/04/1950 5502",
            "Patient Name      DOB          MRN\nBerta Fox      03/04/1950     5502",
            "Patient Name | Date of Birth | MRN\nBerta Fox | 03/04/1950 | 5502",
            "PATIENT   DATE OF BIRTH   MEDICAL RECORD NO\nFOX, BERTA   03/04/1950   5502",
            "Patient Name\nFox, Berta\nDate of Birth\n03/04/1950",
            "Last Name: Fox First Name: Berta\nDOB: 03/04/1950",
            "RE: Berta Fox   DOB: 03/04/1950",
        ] {
            is_fox(text, born);
        }
    }

    #[test]
    fn a_second_person_on_a_later_page_is_seen() {
        for head in [
            "Patient Name  DOB  MRN\nBerta Fox  03/04/1950  5502",
            "Surname: FOX Forename: BERTA DOB: 03/04/1950",
            "Last Name: Fox First Name: Berta MRN: 5502",
            "Name: Berta Fox",
            "RE: Berta Fox   DOB: 03/04/1950",
        ] {
            let text = format!("Patient: Rosa Example  DOB: 03/14/1971\nBreast.\u{c}{head}\nColon.");
            assert_eq!(people(&text).len(), 2, "{head}");
        }
    }

    #[test]
    fn relatives_doctors_and_the_person_again_are_nobody_else() {
        for text in [
            "Patient: Rosa Example  DOB: 03/14/1971\nEmergency Contact\nName: Berta Fox",
            "Patient: Rosa Example  DOB: 03/14/1971\nReferring physician\nLast Name: Fox First Name: Berta",
            "Patient: Rosa Example  DOB: 03/14/1971\nName: Berta Fox\nNPI: 1234567893",
            "Patient: Rosa Example  DOB: 03/14/1971\nRe: your visit of 03/04/2026",
            "Patient: Rosa Example  DOB: 03/14/1971\nName: Sertraline 50 mg",
            "Patient: Rosa Example  DOB: 03/14/1971\u{c}Name: EXAMPLE, ROSA\nPage 2",
            "Patient: Rosa Example  DOB: 03/14/1971\nTest Name   Result   Unit\nHemoglobin   13.1   g/dL",
            "Patient: Rosa Example  DOB: 03/14/1971\nPatient Status\nAmbulatory",
        ] {
            assert_eq!(people(text).len(), 1, "{text}");
        }
        for text in ["Name: Tumor Board", "Re: biopsy\nMRN", "Patient Name DOB\n", "Last Name:", "Re:", "Name:\nMRN:"] {
            assert_eq!(people(text), Vec::new(), "{text}");
        }
    }
}
