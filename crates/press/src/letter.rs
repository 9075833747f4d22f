//! Letters that people sign and fax, and the sheet that travels with slides. The words come from `knowledge/letters`, the
//! values from the case; a paragraph in which something is empty is left out. Black on white and large enough to survive
//! a fax. What is asked for, and of whom, is not decided here.

use std::collections::BTreeMap;

use barcoders::sym::code128::Code128;
use consilium_casefile::knowledge::LetterText;
use serde::{Deserialize, Serialize};

use crate::PressError;
use crate::typeset::{Pdf, set};

/// What is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filling {
    /// Words inside a paragraph; a line break is kept.
    Words(String),
    /// A list in place of a paragraph of its own.
    List(Vec<String>),
    /// A table in place of a paragraph of its own; the first row is the head.
    Table(Vec<Vec<String>>),
}

impl Filling {
    fn is_empty(&self) -> bool {
        match self {
            Self::Words(words) => words.trim().is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Table(rows) => rows.len() < 2,
        }
    }
}

/// One part of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// Words.
    Words(String),
    /// A list.
    List(Vec<String>),
    /// A table; the first row is the head.
    Table(Vec<Vec<String>>),
}

/// A letter, ready to be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// What it is called.
    pub title: String,
    /// Its parts.
    pub blocks: Vec<Block>,
    /// At the foot of every page, left of the page number.
    pub footer: String,
    /// At the foot of every page, small: the chain head and the version of the wording.
    pub marks: String,
}

/// Fills the values into the words. A paragraph that names something empty is left out: a letter says nothing about
/// what nobody stated.
#[must_use]
pub fn fill(letter: &LetterText, values: &BTreeMap<&str, Filling>) -> Vec<Block> {
    let normal = letter.text.replace("\r\n", "\n");
    let paragraphs = normal.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let mut blocks: Vec<Block> = Vec::new();
    for paragraph in paragraphs {
        match filled(paragraph, values) {
            Some(block) => blocks.push(block),
            // What announced the list that is left out goes with it.
            None if paragraph.starts_with('{') && paragraph.ends_with('}') => {
                if matches!(blocks.last(), Some(Block::Words(words)) if words.ends_with(':')) {
                    blocks.pop();
                }
            }
            None => {}
        }
    }
    blocks
}

fn filled(paragraph: &str, values: &BTreeMap<&str, Filling>) -> Option<Block> {
    let whole = paragraph.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).map(str::trim);
    match whole.and_then(|name| values.get(name)).filter(|value| !value.is_empty()) {
        Some(Filling::List(items)) => return Some(Block::List(items.clone())),
        Some(Filling::Table(rows)) => return Some(Block::Table(rows.clone())),
        _ => {}
    }
    let (mut words, mut rest) = (String::new(), paragraph);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        words.push_str(before);
        match values.get(name.trim()).filter(|value| !value.is_empty())? {
            Filling::Words(value) => words.push_str(value),
            Filling::List(items) => words.push_str(&items.join("; ")),
            // A table has no place inside a sentence.
            Filling::Table(_) => return None,
        }
        rest = behind;
    }
    words.push_str(rest);
    Some(Block::Words(words))
}

/// Sets a letter as PDF (US letter).
///
/// # Errors
/// [`PressError::Template`] if the typesetter refuses the page.
pub fn set_letter(letter: &Letter) -> Result<Pdf, PressError> {
    set("letter", letter)
}

/// The sheet that travels with slides and blocks: what is in the parcel, with a barcode a line, and room for each hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodySheet {
    /// Name of the person.
    pub patient: String,
    /// Birth date, in words.
    pub born: String,
    /// From whom and to whom the parcel goes.
    pub from: String,
    /// To whom.
    pub to: String,
    /// By when everything has to be back, in words.
    pub return_by: String,
    /// To whom it has to come back, with the address; empty where the pieces are of several.
    pub return_to: String,
    /// What is in the parcel.
    pub lines: Vec<CustodyLine>,
    /// At the foot of every page.
    pub footer: String,
    /// The chain head.
    pub marks: String,
}

/// One line of the sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustodyLine {
    /// Label: accession and block, as printed on the glass.
    pub label: String,
    /// What it is, with its stain.
    pub what: String,
    /// How many pieces; empty where nobody counted them.
    pub count: String,
    /// Where it was so far, a line a step.
    pub so_far: Vec<String>,
    /// Bars and gaps of its label in Code 128, each module one unit wide, beginning with a bar; filled by the press.
    #[serde(default)]
    pub bars: Vec<u8>,
}

/// Most characters of a barcode: longer ones get too wide for the page.
const MOST_IN_BARCODE: usize = 24;

/// The bars of a label, as a scanner reads it: capitals, figures, blanks and the signs of a keyboard. Empty where a label
/// holds anything else or too much: the sheet then shows the words alone.
#[must_use]
pub fn bars(label: &str) -> Vec<u8> {
    let label = label.trim().to_uppercase();
    let fits = label.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    if label.is_empty() || !fits || label.len() > MOST_IN_BARCODE {
        return Vec::new();
    }
    // Ɓ begins character set B: letters, figures and signs.
    Code128::new(format!("\u{0181}{label}")).map(|code| code.encode()).unwrap_or_default()
}

/// Sets the sheet as PDF (US letter).
///
/// # Errors
/// [`PressError::Template`] if the typesetter refuses the page.
pub fn custody_sheet(sheet: &CustodySheet) -> Result<Pdf, PressError> {
    let mut sheet = sheet.clone();
    for line in &mut sheet.lines {
        line.bars = bars(&line.label);
    }
    set("custody-sheet", &sheet)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(text: &str) -> LetterText {
        LetterText { language: "en".to_owned(), id: "x".to_owned(), title: "X".to_owned(), text: text.to_owned() }
    }

    fn values(of: &[(&'static str, Filling)]) -> BTreeMap<&'static str, Filling> {
        of.iter().cloned().collect()
    }

    #[test]
    fn values_stand_in_their_paragraph_and_lists_stand_alone() {
        let values = values(&[
            ("holder", Filling::Words("Springfield Example Hospital".to_owned())),
            ("items", Filling::List(vec!["CT of 3 May 2026".to_owned(), "MRI".to_owned()])),
        ]);
        let blocks = fill(&letter("To: { holder }\r\n\r\n{items}\n\nI ask for { items }."), &values);
        assert_eq!(
            blocks,
            vec![
                Block::Words("To: Springfield Example Hospital".to_owned()),
                Block::List(vec!["CT of 3 May 2026".to_owned(), "MRI".to_owned()]),
                Block::Words("I ask for CT of 3 May 2026; MRI.".to_owned()),
            ]
        );
    }

    #[test]
    fn a_paragraph_about_what_nobody_stated_is_left_out() {
        let values = values(&[("needed_by", Filling::Words("  ".to_owned())), ("items", Filling::List(Vec::new()))]);
        assert_eq!(
            fill(&letter("By { needed_by }.\n\n{ items }\n\n{ unknown } x\n\n{ broken\n\nStays."), &values),
            vec![Block::Words("Stays.".to_owned())]
        );
    }

    #[test]
    fn a_record_can_not_change_the_letter() {
        let sly = "#set page(fill: black) { holder } *x*";
        let values = values(&[("holder", Filling::Words(sly.to_owned()))]);
        assert_eq!(fill(&letter("To: { holder }"), &values), vec![Block::Words(format!("To: {sly}"))]);
    }

    #[test]
    fn a_label_becomes_bars_or_stays_words() {
        assert!(bars("S-10421 A1").len() > 60);
        assert_eq!(bars("S-10421 A1"), bars("s-10421 a1 "));
        for label in ["26:SP:00123", "S#26_123", "SP(2026)+1", "~!@$%^&*=[]{}|;'<>?,"] {
            assert!(!bars(label).is_empty(), "{label}");
        }
        for words_only in ["", "  ", "Ä-1", "a\u{0}b", "S-10421 A1 A2 A3 A4 A5 A6 A7"] {
            assert!(bars(words_only).is_empty(), "{words_only:?}");
        }
    }

    #[test]
    fn letters_and_sheets_are_set() {
        let blocks = vec![
            Block::Words("To: Springfield\nPathology".to_owned()),
            Block::List(vec!["One".to_owned()]),
            Block::Table(vec![vec!["Label".to_owned()], vec!["S-1".to_owned()]]),
        ];
        let letter =
            Letter { title: "A".to_owned(), blocks, footer: "Rosa Example".to_owned(), marks: "1 · abcd".to_owned() };
        assert_eq!(set_letter(&letter).unwrap().pages, 1);
        let line = CustodyLine {
            label: "S-10421 A1".to_owned(),
            what: "slides, H&E".to_owned(),
            count: "3".to_owned(),
            so_far: vec!["1 May 2026: requested".to_owned()],
            bars: Vec::new(),
        };
        let sheet = CustodySheet {
            patient: "Rosa Example".to_owned(),
            born: "14 March 1971".to_owned(),
            from: "Springfield Example Hospital".to_owned(),
            to: "Riverbend Example Cancer Center".to_owned(),
            return_by: String::new(),
            return_to: "Springfield Example Hospital, 100 Example Avenue".to_owned(),
            lines: vec![line; 30],
            footer: "Rosa Example".to_owned(),
            marks: String::new(),
        };
        assert!(custody_sheet(&sheet).unwrap().pages >= 2);
    }
}
