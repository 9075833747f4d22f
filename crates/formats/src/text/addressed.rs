//! Whom a text speaks to or of by title: `Dear Mr Exempel, your biopsy showed`, `Mr Roland Exempel (2.5.1948)`. Where the
//! text names its patient and this is somebody of another family, it holds the papers of two people.
//!
//! Precision first. Surgeons are called "Mr", too, and relatives get letters: a salutation counts only where the letter
//! goes on about the reader's own illness, and speaks of no patient, referral or relative.

use consilium_casefile::{PatientIdentity, PersonName};

use super::label_words::RELATIONS;
use super::labels::person;
use super::written_date;

/// How a person is addressed who is no doctor.
const TITLES: [&str; 6] = ["mr", "mrs", "ms", "miss", "herr", "frau"];
/// How a letter begins.
const GREETINGS: [&str; 3] = ["dear ", "sehr geehrter ", "sehr geehrte "];
/// Lines behind a salutation that are looked at.
const OPENING: usize = 3;
/// Words of an illness that are the reader's own right behind "your".
const OWN: [&str; 24] = [
    "biopsy",
    "biopsies",
    "pathology",
    "result",
    "results",
    "scan",
    "mammogram",
    "ultrasound",
    "mri",
    "ct",
    "tumor",
    "tumour",
    "cancer",
    "diagnosis",
    "operation",
    "surgery",
    "treatment",
    "chemotherapy",
    "radiotherapy",
    "radiation",
    "blood",
    "psa",
    "befund",
    "biopsie",
];
/// Words of letters to a colleague.
const TO_COLLEAGUES: [&str; 12] = [
    "patient",
    "patients",
    "client",
    "referral",
    "referring",
    "referred",
    "refer",
    "colleague",
    "patientin",
    "kollege",
    "dr",
    "prof",
];
/// People of one file that are told apart.
const MOST: usize = 20;

/// Adds whom a text clearly speaks to, or of, besides the people it names as its patient.
pub(super) fn add(people: &mut Vec<PatientIdentity>, pages: &[String]) {
    if people.iter().all(|known| known.name.is_none()) {
        return;
    }
    let lines: Vec<&str> = pages.iter().flat_map(|page| page.lines()).filter(|line| !line.trim().is_empty()).collect();
    for (at, line) in lines.iter().enumerate() {
        if people.len() >= MOST {
            return;
        }
        if line.len() > 2_000 {
            continue;
        }
        let opening = lines.get(at..lines.len().min(at + OPENING)).unwrap_or_default();
        for found in greeted(opening).into_iter().chain(with_birth_date(line)) {
            if is_of_no_family(&found, people) {
                people.push(found);
            }
        }
    }
}

/// Whether no word of the family name stands in the name of anybody known.
fn is_of_no_family(found: &PatientIdentity, people: &[PatientIdentity]) -> bool {
    let Some(name) = &found.name else { return false };
    let of = |known: &PersonName| {
        let whole = PersonName { family: known.display(), given: String::new() };
        whole.same_family(name) || known.may_be_one(name)
    };
    !people.iter().filter_map(|known| known.name.as_ref()).any(of)
}

/// The words of a text, lower case.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// `Dear Mr Exempel, your biopsy showed`: the family name of whoever is told about an illness of their own.
fn greeted(opening: &[&str]) -> Option<PatientIdentity> {
    let first = opening.first()?.trim();
    let start = GREETINGS.iter().find_map(|greeting| {
        let (start, rest) = first.split_at_checked(greeting.len())?;
        start.eq_ignore_ascii_case(greeting).then_some(rest)
    })?;
    let end = start.find([',', ':', '!'])?;
    let (name, letter) = start.split_at_checked(end)?;
    let name = titled(name)?;
    let said = words(&[&[letter], opening.get(1..).unwrap_or_default()].concat().join(" "));
    let own = said.iter().enumerate().any(|(at, word)| {
        ["your", "ihre", "ihr"].contains(&word.as_str())
            && said.iter().skip(at + 1).take(3).any(|word| OWN.contains(&word.as_str()))
    });
    let of_others = said.iter().any(|word| {
        TO_COLLEAGUES.contains(&word.as_str())
            || RELATIONS.contains(&word.trim_end_matches('s'))
            || RELATIONS.contains(&word.as_str())
    });
    // The family name alone is sure: it stands last.
    let family = name.split_whitespace().last()?;
    let name = PersonName::new(family, "")?;
    (own && !of_others).then_some(PatientIdentity { name: Some(name), birth_date: None, identifier: None })
}

/// The name behind `Mr`, if it is one: up to four words with capitals, and no doctor's.
fn titled(text: &str) -> Option<&str> {
    let (title, name) = text.trim().split_once(' ')?;
    let is_title = TITLES.contains(&title.trim_end_matches('.').to_lowercase().as_str());
    let name = name.trim();
    let of_name = |word: &str| {
        word.starts_with(char::is_uppercase)
            && word.chars().filter(|c| c.is_alphabetic()).count() > 1
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'))
            && !["dr", "prof", "doctor", "professor", "kollege"].contains(&word.to_lowercase().as_str())
    };
    let count = name.split_whitespace().count();
    (is_title && (1..=4).contains(&count) && name.split_whitespace().all(of_name)).then_some(name)
}

/// `Mr Roland Exempel (2.5.1948)`: everybody of a line who is named by title with a birth date behind it.
fn with_birth_date(line: &str) -> Vec<PatientIdentity> {
    let mut found = Vec::new();
    if !line.contains('(') || words(line).iter().any(|word| RELATIONS.contains(&word.as_str())) {
        return found;
    }
    for (at, _) in line.match_indices('(') {
        let (Some(before), Some((inside, _))) = (line.get(..at), line.get(at + 1..).and_then(|r| r.split_once(')')))
        else {
            continue;
        };
        let inside = inside.trim().trim_start_matches("DOB").trim_start_matches(['*', ':', ' ']);
        let is_date_alone = inside.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '/' | '-' | ' '));
        let Some(birth_date) = written_date(inside).filter(|_| is_date_alone) else { continue };
        // The nearest title before it, with nothing but a name between them.
        let words: Vec<&str> = before.split_whitespace().collect();
        let is_title = |word: &&str| TITLES.contains(&word.trim_end_matches('.').to_lowercase().as_str());
        let Some(title) = words.iter().rposition(is_title) else { continue };
        let named = words.get(title..).unwrap_or_default().join(" ");
        let Some(name) = titled(&named).and_then(person) else { continue };
        found.push(PatientIdentity { name: Some(name), birth_date: Some(birth_date), identifier: None });
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::text::labelled;

    /// Whom a text names besides the patient of its header.
    fn check(text: &str, expect: &[&str]) {
        let whole = format!("Patient: Vera Testmann   DOB: 03/14/1971\n\n{text}\nInvented words of a finding.\n");
        let people = labelled(&[whole]).patients;
        let told: Vec<String> = people.iter().skip(1).filter_map(|p| Some(p.name.as_ref()?.display())).collect();
        assert_eq!(told, expect, "{text}");
        assert_eq!(people.first().and_then(|p| p.name.as_ref()).map(|n| n.display()).as_deref(), Some("Vera Testmann"));
    }

    #[test]
    fn a_second_person_is_named_by_number_by_birth_date_or_by_a_letter_about_an_illness_of_their_own() {
        check("Name: FREMD, OTTO MRN 5555", &["OTTO FREMD"]);
        check("Mr Otto Fremd (1.1.1950): prostate adenocarcinoma", &["Otto Fremd"]);
        check("We saw Mr. Otto Fremd (01/01/1950) on Monday.", &["Otto Fremd"]);
        check("Dear Mr Fremd, your prostate biopsy showed adenocarcinoma.", &["Fremd"]);
        check("Dear Mrs. Fremd,\n\nthe results of your breast biopsy have come.", &["Fremd"]);
    }

    #[test]
    fn doctors_relatives_and_the_patient_are_no_second_person() {
        for text in [
            "Dear Ms Testmann, your breast biopsy showed carcinoma.",
            "Dear Vera, your breast biopsy showed carcinoma.",
            "Dear Mrs Vera Testmann-Fremd, your breast biopsy showed carcinoma.",
            "Dear Dr Fremd, your biopsy showed carcinoma.",
            "Dear Mr Fremd, thank you for referring this patient. Your biopsy showed carcinoma.",
            "Dear Mr Fremd,\n\nI saw your patient. The results are below.",
            "Dear Mr Fremd, thank you for your letter.",
            "Dear Mr Fremd, your wife's biopsy showed carcinoma.",
            "Dear Mr Fremd, your mother's surgery went well.",
            "Dear Mr Dr Fremd, your biopsy showed carcinoma.",
            "Dear Mr and Mrs Fremd, your biopsy showed carcinoma.",
            "Dear Colleague, your biopsy showed carcinoma.",
            "Mrs Testmann (3/14/1971): breast carcinoma",
            "Mrs Vera Testmann (20.11.2026): seen in clinic",
            "Husband: Mr Otto Fremd (1.1.1950)",
            "Her father, Mr Otto Fremd (1.1.1950), had prostate cancer.",
            "Operation by Mr Otto Fremd (consultant surgeon)",
            "Mr Otto Fremd (FRCS 1.1.1990)",
            "Dr Otto Fremd (1.1.1950)",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn a_text_that_names_no_patient_is_not_about_several() {
        assert!(labelled(&["Dear Mr Fremd, your prostate biopsy showed".to_owned()]).patients.is_empty());
    }
}
