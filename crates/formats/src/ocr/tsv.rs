//! Reads the table of words tesseract prints (`tsv`): a head, then twelve columns, tab-separated, one row a page, block,
//! paragraph, line or word. A row that makes no sense costs that row; an answer without the head, or whose rows are
//! mostly something else, is no table.

use unicode_normalization::UnicodeNormalization;

/// What the first line of a table begins with.
const HEAD: &[u8] = b"level\tpage_num\t";
/// The level of rows that are words.
const WORD_LEVEL: &str = "5";
/// Words of a page that are kept: a page of small print has 2,000.
const MOST_WORDS: usize = 20_000;
/// Characters of a word that are kept.
const LONGEST_WORD: usize = 200;

/// A word as tesseract found it.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundWord {
    /// Block, paragraph and line it belongs to.
    pub line: (u32, u32, u32),
    /// Left edge, pixels.
    pub left: u32,
    /// Upper edge, pixels.
    pub top: u32,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// 0 to 100.
    pub confidence: f32,
    /// Without blanks and control characters; never empty.
    pub text: String,
}

/// The words of a table, in its order; `None` when this is no table of tesseract's.
#[must_use]
pub fn words(table: &[u8]) -> Option<Vec<FoundWord>> {
    let mut rows = table.split(|byte| *byte == b'\n').filter(|row| !row.trim_ascii().is_empty());
    if !rows.next()?.starts_with(HEAD) {
        return None;
    }
    let is_row = |row: &&[u8]| matches!(row, [b'1'..=b'5', b'\t', ..]);
    let (all, right) = (rows.clone().count(), rows.clone().filter(is_row).count());
    (right * 2 >= all).then(|| rows.filter_map(word).take(MOST_WORDS).collect())
}

fn word(row: &[u8]) -> Option<FoundWord> {
    let row = String::from_utf8_lossy(row);
    let mut columns = row.trim_end_matches('\r').splitn(12, '\t');
    if columns.next()? != WORD_LEVEL {
        return None;
    }
    let mut number = || columns.next()?.parse::<u32>().ok();
    let _page = number()?;
    let line = (number()?, number()?, number()?);
    let _word = number()?;
    let (left, top, width, height) = (number()?, number()?, number()?, number()?);
    let confidence = columns.next()?.parse::<f32>().ok().filter(|value| value.is_finite())?;
    let text = columns.next()?.nfkc().filter(|c| !c.is_whitespace() && !c.is_control()).map(plain);
    let text: String = text.take(LONGEST_WORD).collect();
    // What lies outside of every picture is no place.
    let inside = [left, top, width, height].iter().all(|side| *side <= 100_000) && width > 0 && height > 0;
    (inside && !text.is_empty()).then(|| FoundWord {
        line,
        left,
        top,
        width,
        height,
        confidence: confidence.clamp(0.0, 100.0),
        text,
    })
}

/// Tesseract guesses between straight and curved quotation marks; the straight ones are what people search for.
fn plain(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str =
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n";

    /// The words of these rows, under the head of a table.
    fn texts(rows: impl AsRef<[u8]>) -> Vec<String> {
        let table = [FIRST.as_bytes(), rows.as_ref()].concat();
        words(&table).unwrap().into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_come_with_their_line_place_and_confidence() {
        let table = format!("{FIRST}4\t1\t1\t1\t2\t0\t5\t6\t70\t8\t-1\t\n5\t1\t1\t1\t2\t1\t5\t6\t7\t8\t96.5\tpT2\n");
        let expect = FoundWord {
            line: (1, 1, 2),
            left: 5,
            top: 6,
            width: 7,
            height: 8,
            confidence: 96.5,
            text: "pT2".to_owned(),
        };
        assert_eq!(words(table.as_bytes()).unwrap(), [expect]);
    }

    #[test]
    fn an_answer_that_is_no_table_has_no_words_and_is_told_from_an_empty_page() {
        let row = "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90\tword\n";
        assert_eq!(words(FIRST.as_bytes()), Some(Vec::new()));
        assert_eq!(words(format!("{FIRST}1\t1\t0\t0\t0\t0\t0\t0\t850\t1100\t-1\t\n").as_bytes()), Some(Vec::new()));
        for garbage in ["", "\n\n", row, "Segmentation fault\n", "<html>\n", "level of noise\n"] {
            assert_eq!(words(garbage.as_bytes()), None, "{garbage}");
        }
        assert_eq!(words(&[0xff, 0xfe, b'\t', b'\n', 0]), None);
        assert_eq!(words(format!("{FIRST}pT2\nN0\nER positive\n{row}").as_bytes()), None, "words without places");
    }

    #[test]
    fn a_row_that_makes_no_sense_costs_that_row() {
        let row = |start: &str, text: &str| format!("5\t1\t1\t1\t1\t{start}\t90\t{text}\n");
        let table = [
            row("1\t0\t0\t9\t9", "first"),
            row("2\t-4\t0\t9\t9", "outside"),
            row("2\t99999999999\t0\t9\t9", "far"),
            row("2\t4294967295\t0\t4294967295\t9", "overflowing"),
            row("2\t0\t0\t0\t9", "flat"),
            "5\t1\t1\n".to_owned(),
            row("2\t0\t0\t9\t9", "   "),
            "5\t1\t1\t1\t1\t2\t0\t0\t9\t9\tNaN\tuncertain\n".to_owned(),
            row("3\t0\t0\t9\t9", "last\r"),
        ];
        assert_eq!(texts(table.concat()), ["first", "last"]);
    }

    #[test]
    fn a_word_holds_no_blank_and_no_control_character() {
        let table = "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t900\tde\u{fb01}\u{0}nite\u{a0}\tly\n";
        let found = words(format!("{FIRST}{table}").as_bytes()).unwrap();
        assert_eq!(found[0].text, "definitely");
        assert_eq!(found[0].confidence, 100.0);
        assert_eq!(texts("5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90\to\u{2019}clock\n"), ["o'clock"]);
        let broken = b"5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90\tca\xffse\n";
        assert_eq!(texts(broken), ["ca\u{fffd}se"]);
    }

    #[test]
    fn a_flood_of_words_ends() {
        let row = "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90\tx\n";
        assert_eq!(texts(row.repeat(MOST_WORDS + 5)).len(), MOST_WORDS);
        let long = format!("5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90\t{}\n", "x".repeat(1 << 20));
        assert_eq!(texts(long)[0].len(), LONGEST_WORD);
    }
}
