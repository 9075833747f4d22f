//! Whose header a page bears where nothing labels it: `FOX, BERTA | 76 y.o. | F`, `Berta Fox is a 76-year-old woman who`.
//! What must not live here: names behind labels (`labels`, `people`).
//!
//! Precision first: a line at the head or the foot of a page counts only where all of it is a name and what stands beside
//! names alone (an age, a sex, a day, a record number); in a story, only where it opens with a name and an age; and always
//! only where a given name that many people have is in it, for a letterhead, a title and a measurement look like names. A
//! day without a label is nobody's birth date: it may be that of the visit.

use std::collections::HashSet;
use std::sync::LazyLock;

use consilium_casefile::{PartialDate, PatientIdentity, PersonName};

use super::label_words::{BIRTH, NO_PERSON, OTHERS, RECORD_NUMBER, SERVICE, SEXES, YEARS};
use super::labels::{distinct, person};
use super::written_date;

/// Lines that are not empty and in which a page names whose it is.
pub(super) const HEAD: usize = 10;
const FOOT: usize = 4;
/// Pages, and lines of the first two, that are looked at.
pub(super) const MOST_PAGES: usize = 500;
const STORY: usize = 120;
/// A longer line is prose.
const LONGEST: usize = 140;

/// Given names that many people have, lower-case, a line each: the most frequent ones of the 1990 census of the United States
/// and of other languages, without those that are words of everyday English.
static GIVEN_NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("given_names.txt").lines().collect());

/// Adds to the people of a text those whom a header without labels names.
pub(super) fn add(people: &mut Vec<PatientIdentity>, pages: &[String]) {
    let mut found: Vec<PersonName> = Vec::new();
    for page in pages.iter().take(MOST_PAGES) {
        let lines: Vec<&str> = page.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let foot = lines.len().saturating_sub(FOOT).max(HEAD);
        let ends = lines.iter().take(HEAD).chain(lines.iter().skip(foot));
        found.extend(ends.filter_map(|line| named_by_header(line, people)));
    }
    let story = pages.iter().take(2).flat_map(|page| page.lines()).take(STORY);
    found.extend(story.filter_map(|line| named_by_story(line.trim())));
    for name in found {
        let named = PatientIdentity { name: Some(name), birth_date: None, identifier: None };
        if people.iter().all(|known| known.name.is_none() || named.is_clearly_another_than(known)) {
            match people.iter_mut().find(|known| known.name.is_none()) {
                // A birth date that stands beside no label is of the one whom the page names.
                Some(unnamed) => unnamed.name = named.name,
                None => people.push(named),
            }
        }
    }
    *people = distinct(std::mem::take(people));
}

/// `Berta Fox is a 76-year-old woman who`.
fn named_by_story(line: &str) -> Option<PersonName> {
    let told = [" is a ", " is an ", " ist eine ", " ist ein ", " es una mujer de ", " es un hombre de "];
    let (name, rest) = told.into_iter().find_map(|told| line.split_once(told))?;
    let mut beside = Beside::default();
    beside.takes_age(rest)?;
    beside.has_years.then(|| name_of(name)).flatten()
}

/// The person whom a header names; nobody where it bears the birth date or the number of one who is known by name: what stands
/// before it is then a doctor, or a house.
fn named_by_header(line: &str, people: &[PatientIdentity]) -> Option<PersonName> {
    if line.len() > LONGEST {
        return None;
    }
    let end = line.find(|c: char| c.is_ascii_digit() || matches!(c, '|' | '\t' | '(' | ';'));
    let end = end.into_iter().chain(line.find("  ")).min()?;
    let (name, rest) = line.split_at_checked(end)?;
    let (name, mut beside) = without_words(name);
    let mut rest = rest;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "|,;()/-·•:#".contains(c));
        if rest.is_empty() {
            break;
        }
        match beside.takes(rest) {
            Some(after) => rest = after,
            // Behind an age and a sex anything may stand: an account number, a room.
            None if beside.has_years && beside.has_sex => break,
            None => return None,
        }
    }
    let is_known = people.iter().filter(|known| known.name.is_some()).any(|known| {
        let born = known.birth_date.is_some_and(|born| beside.days.iter().any(|day| born.agrees_with(*day)));
        born || known.identifier.as_ref().is_some_and(|number| line.contains(number.as_str()))
    });
    (beside.is_of_a_person() && !is_known).then(|| name_of(name)).flatten()
}

/// A name without the sex, the birth date's or the record number's label that stands behind it.
fn without_words(name: &str) -> (&str, Beside) {
    let (mut name, mut beside) = (name.trim(), Beside::default());
    while let Some((before, last)) = name.trim_end_matches([' ', ',', ':', '#', '-']).rsplit_once([' ', ',']) {
        let lower = last.to_lowercase();
        let (is_sex, is_label) = (is_sex(last), BIRTH.contains(&&*lower) || RECORD_NUMBER.contains(&&*lower));
        if !is_sex && !is_label {
            break;
        }
        (beside.has_sex, beside.has_label) = (beside.has_sex || is_sex, beside.has_label || is_label);
        name = before.trim_end_matches([' ', ',']);
    }
    (name, beside)
}

/// What stands beside a name.
#[derive(Default)]
struct Beside {
    has_sex: bool,
    has_label: bool,
    has_years: bool,
    has_number: bool,
    days: Vec<PartialDate>,
}

impl Beside {
    fn is_of_a_person(&self) -> bool {
        self.has_years || (self.has_sex || self.has_label) && (self.has_number || !self.days.is_empty())
    }

    /// Takes the next word that stands beside names; `None` where something else stands there.
    fn takes<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        if let Some(rest) = starts_with_any(text, BIRTH.iter().chain(&RECORD_NUMBER).chain(&["age", "sex", "gender"])) {
            self.has_label = true;
            return Some(rest);
        }
        // `Visit date: 03/04/2026`, `Acct #: 5502`: what is told of the visit says nothing of the person.
        if let Some(rest) = starts_with_any(text, SERVICE.iter().chain(&OTHERS)) {
            return Some(rest);
        }
        let word_end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
        let (word, after) = text.split_at_checked(word_end)?;
        if is_sex(word) {
            self.has_sex = true;
            return Some(after);
        }
        if let Some(day) = written_date(text) {
            self.days.push(day);
            // `03/14/1971` is one word; `14 March 1971` and `March 14, 1971` have three and end with a year.
            let one = text.find([' ', '|', '\t', ',', ')']).unwrap_or(text.len());
            let is_one = text.get(..one).is_some_and(|first| written_date(first).is_some());
            return text.get(if is_one { one } else { year_end(text)? }..);
        }
        self.takes_age(text).or_else(|| {
            let number = word.len() >= 4 && word.chars().any(|c| c.is_ascii_digit());
            (number && !word.chars().any(char::is_lowercase)).then(|| {
                self.has_number = true;
                after
            })
        })
    }

    /// `76 y.o.`, `76-year-old`, `76F`, `76`.
    fn takes_age<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let years: u8 = text.get(..digits)?.parse().ok().filter(|years| *years <= 120)?;
        let rest = text.get(digits..)?;
        let unit = rest.trim_start_matches([' ', '-']);
        if let Some(after) = starts_with_any(unit, YEARS.iter()) {
            self.has_years = years > 0;
            return Some(after);
        }
        self.has_number = true;
        (!rest.starts_with(['/', '.', ':', '%'])).then_some(rest)
    }
}

/// Where the four digits of a year end.
fn year_end(text: &str) -> Option<usize> {
    let year = |four: &[u8]| four.iter().all(u8::is_ascii_digit);
    text.as_bytes().windows(4).position(year).map(|at| at + 4)
}

/// What stands behind the longest of the words that a text begins with, in whatever case.
pub(super) fn starts_with_any(text: &str, words: impl Iterator<Item = &'static &'static str>) -> Option<&str> {
    let begins = |word: &&&str| {
        let head = text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        head && !text.get(word.len()..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
    };
    let longest = words.filter(begins).max_by_key(|word| word.len())?;
    text.get(longest.len()..)
}

fn is_sex(word: &str) -> bool {
    matches!(word, "F" | "M" | "W") || SEXES.contains(&&*word.to_lowercase())
}

/// Whether a given name that many people have is among the words.
pub(super) fn has_given_name(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| GIVEN_NAMES.contains(&*word.to_lowercase()))
}

/// A person's name, and no heading.
fn name_of(text: &str) -> Option<PersonName> {
    let is_heading = |word: &str| NO_PERSON.contains(&&*word.to_lowercase());
    let letters = |c: char| c.is_alphabetic() || matches!(c, ' ' | ',' | '.' | '-' | '\'' | '’');
    let is_name = has_given_name(text)
        && text.chars().all(letters)
        && !text.split(|c: char| !c.is_alphanumeric()).any(is_heading);
    is_name.then(|| person(text)).flatten()
}

#[cfg(test)]
mod tests {
    use crate::text::labelled;

    fn names(text: &str) -> Vec<String> {
        let found = labelled(&[text.to_owned()]).patients;
        found.into_iter().filter_map(|p| Some(p.name?.display().to_lowercase())).collect()
    }

    #[test]
    fn a_header_without_labels_names_whose_page_it_is() {
        for text in [
            "Berta Fox 76 y.o. female\nMAMMOGRAM\nNo change.",
            "FOX, BERTA | 01/01/1950 | F\nMAMMOGRAM",
            "FOX,BERTA  F  76Y  01/01/1950  00123456",
            "MAMMOGRAM\nBerta Fox (76 F)\nNo change.",
            "Fox, Berta, F, 14 March 1950\nMAMMOGRAM",
            "BERTA FOX DOB 01/01/1950\nMAMMOGRAM",
            "BERTA FOX\tMRN 00123456\t01/01/1950",
            "Berta Fox, 76 Jahre, weiblich\nBefund",
            "Berta Fox is a 76-year-old woman who was seen today.",
            "HISTORY\nMs. Berta Fox is a 76 y.o. F with a lump.",
            "Frau Berta Fox ist eine 76 Jahre alte Patientin",
            "Berta Fox es una mujer de 76 años",
        ] {
            assert_eq!(names(text), ["berta fox"], "{text}");
        }
        let found = labelled(&["Berta Fox DOB: 03/04/1950 Visit date: 03/04/2026\nOFFICE VISIT".to_owned()]).patients;
        assert_eq!((found.len(), found[0].name.is_some(), found[0].birth_date.is_some()), (1, true, true));
        let foot = format!("MAMMOGRAM\n{}BERTA FOX  76 y.o. F", "The breast is as it was.\n".repeat(40));
        assert_eq!(names(&foot), ["berta fox"], "at the foot of a page");
    }

    #[test]
    fn a_heading_a_signature_or_prose_names_nobody() {
        for text in [
            "Breast Cancer 55 y.o. female",
            "Screening Mammogram (55 F)",
            "Clinical History: 55 y.o. female",
            "Left Breast 55 F",
            "Alan Doctor, MD 08/12/2026",
            "Alan Doctor 08/12/2026 14:30",
            "Mercy Example Hospital 555-0100",
            "Berta Fox 12 mg daily",
            "Berta Fox 55/60 correct",
            "The patient is a 55-year-old woman.",
            "This is a 55-year-old woman.",
            "Berta Fox is a 3 cm lesion",
            "Rosa Example was seen today.",
            "Tamoxifen Citrate 20",
            "Final Report 1 F",
            "Invasive Carcinoma, 76 y.o. F",
            "Mother Jane 76 y.o. breast cancer",
            "Springfield Oncology Associates    MRN: 00123456",
            "Riverside Clinic   DOB: 03/14/1971",
            "Progress Notes    DOB: 03/14/1971",
            "Oncology Consultation    MRN: 00123456",
            "Genomic Profile    DOB 03/14/1971",
            "Oral Temp 98 F",
            "Adjuvant Tamoxifen, 5 years",
            "Never Smoker, 55 y.o. female",
            "Follow Up, 55 y.o. female",
            "Former Smoker, 20 years",
            "Alkaline Phosphatase F 35-104",
            "African American 55 y.o. F",
            "John Doctor MD 03/14/1971 F",
            "",
            "76 F",
            "F 76 | | |",
        ] {
            assert_eq!(names(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_page_of_somebody_else_among_labelled_ones_is_seen() {
        let pages = ["Patient: Rosa Example  DOB: 03/14/1971".to_owned(), "FOX, BERTA | 01/01/1950 | F".to_owned()];
        assert_eq!(labelled(&pages).patients.len(), 2);
        let own = ["Patient: Rosa Example  DOB: 03/14/1971".to_owned(), "EXAMPLE, ROSA M. | 55 y.o. | F".to_owned()];
        let found = labelled(&own).patients;
        assert_eq!((found.len(), found[0].birth_date.is_some()), (1, true));
        let doctor = "Patient: Rosa Example  DOB: 03/14/1971\nMary Healer    DOB: 03/14/1971".to_owned();
        assert_eq!(labelled(&[doctor]).patients.len(), 1, "whose birth date it is, is known");
    }
}
