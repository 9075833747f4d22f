//! Codes that stand in a text beside their words: `(LOINC 72383-3)`, `ICD-10-CM C50.912`. They name a thing and are no
//! value: the grammars do not see them.

use std::ops::Range;

/// The names of code systems whose codes say nothing that can be read (`knowledge/reading/code-systems.csv`), the longer
/// before one it begins with.
#[derive(Debug, Default)]
pub(crate) struct CodeSystems(Vec<Vec<u8>>);

impl CodeSystems {
    pub(crate) fn new(names: &[String]) -> Self {
        let mut names: Vec<Vec<u8>> = names.iter().map(|name| name.as_bytes().to_vec()).collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Self(names)
    }
}

/// A code outside parentheses is no shorter: "SNOMED 3 mm" is no code.
const SHORTEST_BARE: usize = 4;

/// The places of codes with the names of their systems, in order.
pub(crate) fn places(text: &[u8], systems: &CodeSystems) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let starts = at.checked_sub(1).and_then(|before| text.get(before)).is_none_or(|b| !b.is_ascii_alphanumeric());
        match starts.then(|| label_at(text, at, systems)).flatten() {
            Some(end) => {
                let enclosed = at > 0 && text.get(at - 1) == Some(&b'(') && text.get(end) == Some(&b')');
                places.push(if enclosed { at - 1..end + 1 } else { at..end });
                at = end;
            }
            None => at += 1,
        }
    }
    places
}

/// Where the label that starts here ends.
fn label_at(text: &[u8], at: usize, systems: &CodeSystems) -> Option<usize> {
    let rest = text.get(at..)?;
    let name = systems
        .0
        .iter()
        .find(|name| rest.starts_with(name) && rest.get(name.len()).is_none_or(|b| !b.is_ascii_alphanumeric()))?;
    let after = at + name.len();
    let is_gap = |b: &&u8| matches!(b, b' ' | b':' | b'#');
    let gap = text.get(after..)?.iter().take(3).take_while(is_gap).count();
    let code = text.get(after + gap..)?.iter();
    let code: Vec<u8> =
        code.take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'/')).copied().collect();
    let length = code.len() - code.iter().rev().take_while(|b| !b.is_ascii_alphanumeric()).count();
    let enclosed = at > 0 && text.get(at - 1) == Some(&b'(') && text.get(after + gap + length) == Some(&b')');
    let is_code = gap > 0 && code.iter().any(u8::is_ascii_digit) && (enclosed || length >= SHORTEST_BARE);
    // The digits of "ICD-10-CM" are no number either.
    let name_alone = name.iter().any(u8::is_ascii_digit).then_some(after);
    if is_code { Some(after + gap + length) } else { name_alone }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str) -> String {
        let names = ["ICD-10", "SNOMED", "ICD-10-CM", "SNOMED CT", "LOINC", "CPT"].map(str::to_owned);
        let places = places(text.as_bytes(), &CodeSystems::new(&names));
        let is_label = |at: usize| places.iter().any(|place| place.contains(&at));
        text.char_indices().filter(|(at, _)| !is_label(*at)).map(|(_, c)| c).collect()
    }

    #[test]
    fn a_code_with_the_name_of_its_system_is_found_with_its_parentheses() {
        assert_eq!(left("HER2 score (LOINC 72383-3)  1+"), "HER2 score   1+");
        assert_eq!(left("Tumor (ICD-10-CM C50.912)"), "Tumor ");
        assert_eq!(left("Tumor (SNOMED CT 363406005), 3 cm"), "Tumor , 3 cm");
        assert_eq!(left("LOINC 72383-3  1+"), "  1+");
        assert_eq!(left("ICD-10: C50.4. 2 cm"), ". 2 cm");
        assert_eq!(left("ICD-10-CM"), "");
    }

    #[test]
    fn without_names_of_systems_nothing_is_left_out() {
        assert_eq!(places(b"HER2 (LOINC 72383-3)", &CodeSystems::default()), Vec::<Range<usize>>::new());
    }

    #[test]
    fn what_only_looks_like_a_code_is_left() {
        for text in [
            "pT2 (AJCC 8)",
            "KRAS (HGVS c.35G>A)",
            "NPI 4.32",
            "LOINC",
            "LOINC 3 mm",
            "SNOMED CT (",
            "xLOINC 72383-3",
            "(CPT",
            "",
        ] {
            assert_eq!(left(text), text);
        }
    }
}
