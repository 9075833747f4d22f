//! Whom the later pages of a text name: a file may hold the papers of two people, one behind the other. What must not
//! live here: the first header, which says whose a document is (`labels`).
//!
//! Precision first, as there: in the middle of a text a label alone is not enough. A name counts behind a label that
//! asks for a name, or with a birth date or a record number beside it; a birth date alone counts only as a field of its
//! own. Nobody counts who is named as a relative, a contact or the one who pays.

use consilium_casefile::PatientIdentity;

use super::label_words::{BIRTH, NAME, PATIENT, RECORD_NUMBER, RELATIONS};
use super::labels::{Field, distinct, fields_of, person, record_number};
use super::written_date;

/// Labels behind which anything may stand: `Patient: ambulatory`.
const BARE: [&str; 4] = ["patient", "pt", "patientin", "paciente"];
/// Words that stand before dates in prose and in family histories, too.
const TOLD: [&str; 5] = ["born", "geb.", "geb. am", "geboren", "geboren am"];
/// What belongs to a name stands within so many lines behind it.
const NEAR: usize = 3;
/// A heading such as `Emergency contact` holds for so many lines.
const UNDER: usize = 4;
/// People of one file that are told apart, and headers that are looked at for it.
const MOST: usize = 20;
const MOST_HEADERS: usize = 2_000;

/// Adds to the people of a text whoever its later lines clearly name besides the first. `first` lines of the first two
/// pages were looked at before.
pub(super) fn add_later(people: &mut Vec<PatientIdentity>, pages: &[String], first: usize) {
    let head = pages.iter().take(2).flat_map(|page| page.lines());
    let rest = pages.iter().skip(2).flat_map(|page| page.lines());
    let lines: Vec<&str> = head.skip(first).chain(rest).collect();
    let mut fields = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        if may_name(line) {
            fields_of(line, lines.get(number + 1).copied().unwrap_or(""), number, &mut fields);
        }
    }
    for found in named(&fields, &lines) {
        // A date alone names nobody; it only contradicts.
        if people.is_empty() && found.name.is_none() {
            continue;
        }
        if people.len() >= MOST {
            return;
        }
        let known = people.iter().position(|known| !found.is_clearly_another_than(known));
        match known.and_then(|at| people.get_mut(at)) {
            Some(known) => complete(known, found),
            None => people.push(found),
        }
    }
    *people = distinct(std::mem::take(people));
}

/// A birth date that stands only in a later header is the person's, too.
fn complete(known: &mut PatientIdentity, found: PatientIdentity) {
    if known.name.is_some() && found.name.is_some() {
        known.birth_date = known.birth_date.or(found.birth_date);
        known.identifier = known.identifier.take().or(found.identifier);
    }
}

/// A quick look, for most lines of a text name nobody.
fn may_name(line: &str) -> bool {
    let lower = line.to_lowercase();
    let labels = PATIENT.iter().chain(&NAME).chain(&BIRTH).chain(&RECORD_NUMBER);
    line.len() <= 2_000 && labels.into_iter().any(|label| lower.contains(label))
}

fn named(fields: &[Field<'_>], lines: &[&str]) -> Vec<PatientIdentity> {
    let mut found = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        let is_patient = PATIENT.contains(&field.label);
        let is_name = NAME.contains(&field.label) && field.first;
        if is_patient || is_name {
            let Some(name) = person(field.value).filter(|_| !is_of_another(field, lines, is_name)) else { continue };
            // Up to the next name: what stands behind that is another's.
            let own = fields
                .iter()
                .skip(at + 1)
                .take_while(|f| f.line <= field.line + NEAR && !PATIENT.contains(&f.label) && !NAME.contains(&f.label));
            let birth_date = own.clone().filter(|f| BIRTH.contains(&f.label)).find_map(|f| written_date(f.value));
            let identifier = own.filter(|f| RECORD_NUMBER.contains(&f.label)).find_map(|f| record_number(f.value));
            let labelled = is_patient && !BARE.contains(&field.label);
            let numbered =
                identifier.is_some() && fields.iter().any(|f| f.line == field.line && RECORD_NUMBER.contains(&f.label));
            if birth_date.is_some() || numbered || is_patient && (labelled || identifier.is_some()) {
                found.push(PatientIdentity { name: Some(name), birth_date, identifier });
            }
        } else if field.first && BIRTH.contains(&field.label) && !TOLD.contains(&field.label) {
            let before = fields.iter().take(at).rev().take_while(|f| f.line + NEAR >= field.line);
            let after_a_name = before.into_iter().any(|f| PATIENT.contains(&f.label) || NAME.contains(&f.label));
            if let Some(date) = written_date(field.value)
                && !after_a_name
                && !is_of_another(field, lines, true)
            {
                found.push(PatientIdentity { name: None, birth_date: Some(date), identifier: None });
            }
        }
        if found.len() >= MOST_HEADERS {
            break;
        }
    }
    found
}

/// Whether the line, or a heading shortly before it, speaks of a relative, a contact or the one who pays.
fn is_of_another(field: &Field<'_>, lines: &[&str], headings: bool) -> bool {
    let speaks = |line: &str| {
        let lower = line.to_lowercase();
        let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.any(|word| RELATIONS.contains(&word))
    };
    let from = if headings { field.line.saturating_sub(UNDER) } else { field.line };
    lines.get(from..=field.line).unwrap_or_default().iter().any(|line| speaks(line))
}

#[cfg(test)]
mod tests {
    use crate::text::labelled;

    const FIRST: &str = "SURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA   DOB: 03/14/1971  MRN: 12345\n";

    /// People named by a text whose second part stands far behind its first header, or on a later page.
    fn check(later: &str, expect: &[&str]) {
        let body = "Invented words of a finding.\n".repeat(200);
        let one_page = vec![format!("{FIRST}{body}{later}\n{body}")];
        let third_page = vec![FIRST.to_owned(), body.clone(), format!("{later}\n{body}")];
        for pages in [one_page, third_page] {
            let people = labelled(&pages).patients;
            let told: Vec<String> = people
                .iter()
                .map(|p| {
                    let name = p.name.as_ref().map(|name| name.display()).unwrap_or_default();
                    format!("{name} {}", p.birth_date.map(|d| d.to_string()).unwrap_or_default()).trim().to_owned()
                })
                .collect();
            let all: Vec<&str> = std::iter::once("ROSA EXAMPLE 1971-03-14").chain(expect.iter().copied()).collect();
            assert_eq!(told, all, "{later}");
        }
    }

    #[test]
    fn a_second_header_of_another_person_is_found_wherever_it_stands() {
        let roland = ["ROLAND EXEMPEL 1948-05-02"];
        check("Patient: EXEMPEL, ROLAND, DOB 05/02/1948", &roland);
        check("Patient: EXEMPEL, ROLAND\nAge: 78\nDOB: 05/02/1948", &roland);
        check("Name: EXEMPEL, ROLAND\nDate of Birth: 2 May 1948", &roland);
        check("Patient Name: Exempel, Roland   Page 3 of 7", &["Roland Exempel"]);
        check("Patient: Roland Exempel   MRN: 99887", &["Roland Exempel"]);
        check("Name: EXEMPEL, ROLAND MRN 5555", &["ROLAND EXEMPEL"]);
        check("Date of birth: 05/02/1948", &["1948-05-02"]);
        check("Patient: ROSA EXAMPLE  DOB: 05/02/1948", &["ROSA EXAMPLE 1948-05-02"]);
        check(
            "Patient: A PERSON  DOB: 1/1/1950\n\n\n\n\nPatient: B OTHER  DOB: 1/2/1960",
            &["A PERSON 1950-01-01", "B OTHER 1960-01-02"],
        );
    }

    #[test]
    fn the_same_person_again_and_other_people_of_a_record_are_no_second_patient() {
        for later in [
            "Patient: EXAMPLE, ROSA   DOB: 03/14/1971  MRN: 12345",
            "Patient Name: Rosa Example",
            "Patient: Example Rosa   DOB: 14 March 1971",
            "Patient: EXAMPL, ROSA  MRN: 12345",
            "Patient: Rosa Muster   DOB: 03/14/1971",
            "Patient: ROSA M EXAMPLE  DOB: 14/03/1971",
            "Referring Physician: Alan Doctor",
            "Emergency contact\nName: Roland Example\nDOB: 05/02/1948",
            "Spouse: Roland Example   DOB: 05/02/1948",
            "Guarantor\nName: Roland Exempel   MRN: 5555",
            "Name: Roland Exempel   NPI: 1234567893",
            "Guarantor Name: Roland Example\nDate of Birth: 05/02/1948",
            "Subscriber: Exempel, Roland\nDOB: 05/02/1948",
            "Family history: mother, born 05/02/1948, had breast cancer.",
            "Patient: Ambulatory, Discharged Home",
            "Patient: Denies Pain",
            "PATIENT: TOLERATED PROCEDURE WELL",
            "Patient education: Wound Care at Home",
            "Name: Sertraline Hydrochloride 50 mg",
            "The patient, Roland Exempel, was seen on 05/02/2026.",
            "Baby: Ines Example\nDOB: 05/02/2001",
            "Donor\nDOB: 05/02/1948",
            "DOB: 03/14/1971",
            "DOB: not stated",
        ] {
            check(later, &[]);
        }
    }

    #[test]
    fn a_text_whose_first_page_names_nobody_is_of_whom_a_later_page_names_and_a_date_alone_names_nobody() {
        let far = "Invented words.\n".repeat(200);
        let people = |later: &str| labelled(&[format!("{far}{later}")]).patients;
        assert_eq!(people("Patient: EXEMPEL, ROLAND  DOB: 05/02/1948").len(), 1);
        assert_eq!(people("DOB: 05/02/1948").len(), 0);
        assert_eq!(people("").len(), 0);
    }

    #[test]
    fn a_flood_of_names_ends() {
        let many: String = (0..5000)
            .map(|n| format!("Patient: Person{} Other  DOB: 1/1/19{:02}\n", "x".repeat(n % 50), n % 90))
            .collect();
        let people = labelled(&[many]).patients;
        assert!((2..=100).contains(&people.len()), "{}", people.len());
    }
}
