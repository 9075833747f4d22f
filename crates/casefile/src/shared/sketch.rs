//! A sketch of the words of a text, by which a copy of it is known: one that was scanned, shortened or set anew has most of its
//! words, and none of its bytes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Most pairs of words that a sketch keeps.
const KEPT: usize = 96;
/// Fewest pairs of words that tell one text from another.
const FEWEST: usize = 12;
/// Of the pairs of words in either text, how many hundredths both have when one is a copy of the other.
const ALIKE: usize = 50;

/// The smallest hashes of the pairs of words that follow each other in a text, in order. How many two texts share tells how
/// many of all their pairs they share (Broder 1997, bottom-k). It gives no word back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sketch(Vec<u32>);

impl Sketch {
    /// The sketch of a text; case, marks and what stands between words do not count.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let mut smallest: BTreeSet<u32> = BTreeSet::new();
        let mut before = String::new();
        for word in words.map(str::to_lowercase) {
            if !before.is_empty() {
                let [a, b, c, d, ..] = *blake3::hash(format!("{before} {word}").as_bytes()).as_bytes();
                let hash = u32::from_le_bytes([a, b, c, d]);
                if smallest.len() < KEPT || smallest.last().is_some_and(|largest| hash < *largest) {
                    smallest.insert(hash);
                    if smallest.len() > KEPT {
                        smallest.pop_last();
                    }
                }
            }
            before = word;
        }
        Self(smallest.into_iter().collect())
    }

    /// Whether nothing was noted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one text is a copy of the other, as far as their words tell. Of texts with few words nobody knows.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        if self.0.len().min(other.0.len()) < FEWEST {
            return false;
        }
        let (one, two): (BTreeSet<u32>, BTreeSet<u32>) =
            (self.0.iter().copied().collect(), other.0.iter().copied().collect());
        let either: Vec<u32> = one.union(&two).copied().take(KEPT).collect();
        let both = either.iter().filter(|hash| one.contains(hash) && two.contains(hash)).count();
        both * 100 >= either.len() * ALIKE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "Thank you for sending Ms. Example. In my opinion she has an invasive ductal carcinoma of the left \
        breast, grade 2, and I would begin with four cycles of chemotherapy before the operation, for the node in the axilla \
        was positive. She asked about keeping the breast, and I told her that this depends on how much of it is gone by then. \
        I would see her again after the second cycle with a new ultrasound, and talk about radiation after the operation.";

    /// The text as a poor scan gives it back: every `each`th word is another.
    fn scanned(text: &str, each: usize) -> String {
        let word =
            |(at, word): (usize, &str)| if at % each == each - 1 { format!("{word}x|") } else { word.to_owned() };
        text.split_whitespace().enumerate().map(word).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_scan_of_a_text_is_known_as_its_copy_and_another_letter_is_not() {
        let letter = Sketch::of(LETTER);
        assert!(letter.is_like(&letter));
        assert!(letter.is_like(&Sketch::of(&LETTER.to_uppercase())));
        assert!(letter.is_like(&Sketch::of(&scanned(LETTER, 8))), "one word of eight misread");
        assert!(letter.is_like(&Sketch::of(&format!("Fax from 555-0100, page 1 of 1\n{LETTER}"))));
        let other = LETTER.replace("I would begin with", "we advise against").replace("Example", "Sample");
        assert!(letter.is_like(&Sketch::of(&other)), "what is copied forward gives the words away as well");
        let report = "Pathology report. Left breast, core biopsy: invasive ductal carcinoma, grade 2. ER positive 95 %, PR positive \
            60 %, HER2 0. Ki-67 18 %. Specimen received in formalin, labelled with name and left breast, 2 o'clock.";
        assert!(!letter.is_like(&Sketch::of(report)));
    }

    #[test]
    fn of_few_words_nobody_knows() {
        for text in ["", " ", "...", "one", "See the attached letter.", "\u{202e}\0\0"] {
            assert!(!Sketch::of(text).is_like(&Sketch::of(text)), "{text:?}");
        }
        assert!(Sketch::of("").is_empty());
        assert!(Sketch::of(&"word ".repeat(100_000)).0.len() <= KEPT);
    }

    proptest::proptest! {
        #[test]
        fn a_sketch_is_bounded_sorted_and_like_itself_when_it_has_enough(text in "\\PC{0,400}") {
            let sketch = Sketch::of(&text);
            proptest::prop_assert!(sketch.0.len() <= KEPT && sketch.0.is_sorted());
            proptest::prop_assert_eq!(sketch.is_like(&sketch), sketch.0.len() >= FEWEST);
        }
    }
}
