//! A person's name and birth date as records state them, and whether two of them can be one person.

use serde::{Deserialize, Serialize};

use super::time::PartialDate;

/// A name as a record states it. Kept as written; compared through [`PersonName::same_family`] and
/// [`PersonName::same_given`], which ignore case, accents and punctuation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonName {
    /// Family name(s); empty when the record does not say which part is the family name.
    pub family: String,
    /// Given and middle names, separated by blanks.
    pub given: String,
}

impl PersonName {
    /// From family and given parts; `None` when both are blank.
    #[must_use]
    pub fn new(family: &str, given: &str) -> Option<Self> {
        let tidy = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = Self { family: tidy(family), given: tidy(given) };
        (!name.family.is_empty() || !name.given.is_empty()).then_some(name)
    }

    /// From DICOM PN or HL7 v2 XPN: components separated by `^`, family first. Only the first component group
    /// (before `=`) is read unless it is empty.
    #[must_use]
    pub fn from_carets(text: &str) -> Option<Self> {
        let group = text.split('=').find(|g| !g.trim().is_empty())?;
        let parts: Vec<&str> = group.split('^').collect();
        if parts.len() == 1 {
            return Self::from_display(group);
        }
        let given = [parts.get(1), parts.get(2)].into_iter().flatten().copied().collect::<Vec<_>>().join(" ");
        Self::new(parts.first().copied().unwrap_or(""), &given)
    }

    /// From free text: `Example, Rosa` or `Rosa Example` (the last word is taken as the family name).
    #[must_use]
    pub fn from_display(text: &str) -> Option<Self> {
        if let Some((family, given)) = text.split_once(',') {
            return Self::new(family, given);
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        let (family, given) = words.split_last()?;
        Self::new(family, &given.join(" "))
    }

    /// `Rosa Example`.
    #[must_use]
    pub fn display(&self) -> String {
        format!("{} {}", self.given, self.family).trim().to_owned()
    }

    /// First given name, for a friendly heading; the family name where there is none.
    #[must_use]
    pub fn first(&self) -> &str {
        self.given.split_whitespace().next().unwrap_or(&self.family)
    }

    /// Whether the family names share a word (so `Example` matches `Example-Muster`).
    #[must_use]
    pub fn same_family(&self, other: &Self) -> bool {
        let theirs = folded_words(&other.family);
        folded_words(&self.family).iter().any(|w| theirs.contains(w))
    }

    /// Whether the family names are the same words, none more on either side.
    #[must_use]
    pub fn same_family_in_full(&self, other: &Self) -> bool {
        let words = |name: &Self| folded_words(&name.family).into_iter().collect::<std::collections::BTreeSet<_>>();
        words(self) == words(other)
    }

    /// Whether the given names share a whole word; an initial is not enough.
    #[must_use]
    pub fn same_given_in_full(&self, other: &Self) -> bool {
        let theirs = folded_words(&other.given);
        folded_words(&self.given).iter().any(|w| w.chars().count() > 1 && theirs.contains(w))
    }

    /// Whether the given names can be one person's: a shared word, or an initial that fits.
    #[must_use]
    pub fn same_given(&self, other: &Self) -> bool {
        let (a, b) = (folded_words(&self.given), folded_words(&other.given));
        let (Some(first_a), Some(first_b)) = (a.first(), b.first()) else {
            return a.is_empty() && b.is_empty();
        };
        let initial = |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
        a.contains(first_b) || b.contains(first_a) || initial(first_a, first_b) || initial(first_b, first_a)
    }
}

impl PersonName {
    /// Whether both can be the name of one person: they share a family and a given name, or, whichever part stands first,
    /// every word of the shorter one stands in the other, whole, cut short, or as an initial.
    #[must_use]
    pub fn may_be_one(&self, other: &Self) -> bool {
        if self.same_family(other) && self.same_given_in_full(other) {
            return true;
        }
        let words = |name: &Self| [folded_words(&name.family), folded_words(&name.given)].concat();
        let (a, b) = (words(self), words(other));
        let (short, mut long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let mut whole = 0;
        // Whole words first, so that an initial does not take the word of another.
        let mut left = short;
        left.retain(|word| match long.iter().position(|other| other == word) {
            Some(at) => {
                whole += usize::from(word.chars().count() > 1);
                long.remove(at);
                false
            }
            None => true,
        });
        left.iter().all(|word| match long.iter().position(|other| is_cut_short(word, other)) {
            Some(at) => {
                whole += usize::from(word.chars().count() > 1);
                long.remove(at);
                true
            }
            None => false,
        }) && whole > 0
    }

    /// Whether both given names are written out and have nothing in common: no word, no beginning, no initial.
    fn has_wholly_other_given(&self, other: &Self) -> bool {
        let (a, b) = (folded_words(&self.given), folded_words(&other.given));
        let near = |x: &String| b.iter().any(|y| x == y || is_cut_short(x, y));
        !a.is_empty() && !b.is_empty() && !a.iter().any(near)
    }
}

/// Whether one is the other cut short: at least three letters of it, or its initial.
fn is_cut_short(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let letters = short.chars().count();
    (letters == 1 || letters >= 3) && long.starts_with(short)
}

/// Whether two birth dates can be one that was written or read wrongly: day and month the other way round, or one
/// figure that differs.
fn may_be_misread(a: PartialDate, b: PartialDate) -> bool {
    let turned =
        a.day().zip(b.day()).is_some_and(|(a, b)| a.year() == b.year() && a.month() == b.day() && a.day() == b.month());
    let (a, b) = (a.to_string(), b.to_string());
    turned || a.len() == b.len() && a.chars().zip(b.chars()).filter(|(a, b)| a != b).count() == 1
}

/// Lower-cased words without accents or punctuation; `Müller` and `MULLER` fold alike (`ue` spellings do not).
fn folded_words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .map(|w| w.chars().flat_map(char::to_lowercase).map(without_accent).collect::<String>())
        .filter(|w| !w.is_empty())
        .collect()
}

fn without_accent(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ì'..='ï' | 'ī' | 'į' => 'i',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ç' | 'ć' | 'č' => 'c',
        'ñ' | 'ń' | 'ň' => 'n',
        'ý' | 'ÿ' => 'y',
        'ś' | 'š' | 'ş' => 's',
        'ź' | 'ž' | 'ż' => 'z',
        'ł' => 'l',
        'ř' => 'r',
        'ğ' => 'g',
        other => other,
    }
}

/// Who a file says it is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PatientIdentity {
    /// Name as stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// Birth date as stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PartialDate>,
    /// Identifier as stated (medical record number), if any; not used to tell people apart across facilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
}

impl PatientIdentity {
    /// Whether two statements of one file are clearly about two people. Another spelling, a name turned round or cut
    /// short, a maiden name and a figure misread are one person's; a father and a son, or twins, are two.
    #[must_use]
    pub fn is_clearly_another_than(&self, other: &Self) -> bool {
        let names = self.name.as_ref().zip(other.name.as_ref());
        let one_name = names.map(|(a, b)| a.may_be_one(b));
        match (self.birth_date.zip(other.birth_date), one_name) {
            (Some((a, b)), one_name) if !a.agrees_with(b) => !(one_name == Some(true) && may_be_misread(a, b)),
            (_, None | Some(true)) => false,
            (None, Some(false)) => true,
            // One birth date and another name: a maiden name shares the given names, a twin the family name.
            (Some(_), Some(false)) => names.is_some_and(|(a, b)| a.has_wholly_other_given(b)),
        }
    }

    /// Whether the file names somebody at all.
    #[must_use]
    pub fn is_stated(&self) -> bool {
        self.name.is_some() || self.birth_date.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> PersonName {
        PersonName::from_display(text).unwrap()
    }

    #[test]
    fn names_are_compared_without_case_accents_and_titles() {
        assert!(name("Rosa Example").same_family(&PersonName::from_carets("EXAMPLE^ROSA^M").unwrap()));
        assert!(name("Rosa Example").same_given(&PersonName::from_carets("EXAMPLE^R").unwrap()));
        assert!(name("José Muñoz").same_family(&name("JOSE MUNOZ")));
        assert!(name("Rosa Example-Muster").same_family(&name("Rosa Example")));
        assert!(!name("Roland Exempel").same_family(&name("Rosa Example")));
        assert!(!name("Roland Exempel").same_given(&name("Rosa Example")));
    }

    fn who(text: &str, born: &str) -> PatientIdentity {
        PatientIdentity { name: PersonName::from_display(text), birth_date: born.parse().ok(), identifier: None }
    }

    #[test]
    fn one_person_in_other_words_is_not_two_people() {
        let rosa = who("Rosa Maria Example", "1971-03-14");
        for (text, born) in [
            ("EXAMPLE, ROSA", "1971-03-14"),
            ("Example Rosa", "1971-03-14"),
            ("EXAMPLE ROSA MARIA", ""),
            ("Rosa M. Example", ""),
            ("Exampl, Rosa", ""),
            ("Rosa Muster", "1971-03-14"),
            ("Rosa Example", "1971-14-03"),
            ("Rosa Example", "1971-03-11"),
            ("Rosa Example", "1971"),
            ("", "1971-03-14"),
            ("Rosa Example-Muster", ""),
        ] {
            assert!(!who(text, born).is_clearly_another_than(&rosa), "{text} {born}");
            assert!(!rosa.is_clearly_another_than(&who(text, born)), "{text} {born}");
        }
        let turned = who("Rosa Example", "1971-04-03");
        assert!(!turned.is_clearly_another_than(&who("Rosa Example", "1971-03-04")));
    }

    #[test]
    fn another_name_or_another_birth_date_is_another_person() {
        let rosa = who("Rosa Example", "1971-03-14");
        for (text, born) in [
            ("Roland Exempel", "1948-05-02"),
            ("Roland Exempel", ""),
            ("Roland Example", ""),
            ("Rosa Muster", ""),
            ("Rosa Example", "1948-03-14"),
            ("Ines Example", "1971-03-14"),
            ("Roland Exempel", "1971-03-14"),
            ("", "1948-05-02"),
        ] {
            assert!(who(text, born).is_clearly_another_than(&rosa), "{text} {born}");
            assert!(rosa.is_clearly_another_than(&who(text, born)), "{text} {born}");
        }
        assert!(!PatientIdentity::default().is_clearly_another_than(&rosa));
    }

    #[test]
    fn an_empty_name_is_no_name() {
        assert_eq!(PersonName::from_carets("^^^"), None);
        assert_eq!(PersonName::from_carets(""), None);
        assert_eq!(PersonName::from_display("  "), None);
    }
}
