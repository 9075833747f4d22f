//! Where an entry of a structured record stands in the record's laid-out text: in a row whose cells are parted by two
//! blanks, the entry's words in one cell and its value in another. Rows with like words are taken one after the other, so
//! that each entry has its own.

use std::collections::HashMap;
use std::ops::Range;

use crate::code_labels::CodeSystems;
use crate::text::Text;

/// Cells of a row beyond this many are not looked at.
const MOST_CELLS: usize = 16;

/// A row is longer in a record made to be a nuisance only.
const LONGEST_ROW: usize = 5_000;

/// Bytes that may be searched through, over all entries, for words that fill no cell.
const SEARCH_BUDGET: usize = 64 << 20;

/// Words shorter than this stand everywhere.
const SHORTEST_SEARCHED: usize = 4;

/// A place in the text, in code points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) span: Range<usize>,
    pub(crate) line: Range<usize>,
}

/// The rows of a text.
pub(crate) struct Places<'t> {
    raw: &'t str,
    text: Text<'t>,
    rows: Vec<Row>,
    /// Numbers of the words of cells.
    ids: HashMap<&'t str, u32>,
    /// First row that has a cell of these words.
    by_cell: HashMap<u32, u32>,
    /// Rows by the words of a cell and a value after it; the next to be taken.
    by_value: HashMap<(u32, u32), (Vec<u32>, usize)>,
    budget: usize,
}

/// A line: bytes and code points of its start, and its cells in bytes of the text.
struct Row {
    bytes: Range<usize>,
    start: usize,
    cells: Vec<Range<usize>>,
}

impl<'t> Places<'t> {
    pub(crate) fn new(raw: &'t str, systems: &CodeSystems) -> Self {
        let mut places = Self {
            raw,
            text: Text::new(raw, systems),
            rows: Vec::new(),
            ids: HashMap::new(),
            by_cell: HashMap::new(),
            by_value: HashMap::new(),
            budget: SEARCH_BUDGET,
        };
        let (mut byte, mut point) = (0, 0);
        for line in raw.split('\n') {
            if !line.trim().is_empty() && line.len() <= LONGEST_ROW {
                places.add(line, byte, point);
            }
            byte += line.len() + 1;
            point += line.chars().count() + 1;
        }
        places
    }

    fn add(&mut self, line: &'t str, byte: usize, start: usize) {
        let number = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let mut cells: Vec<(Range<usize>, &'t str)> = Vec::new();
        let mut at = 0;
        for cell in line.split("  ").take(MOST_CELLS) {
            let words = bare(cell);
            if !words.is_empty() {
                // The words lie inside the cell, so their place is where their bytes are.
                let offset = at + cell.find(words).unwrap_or(0);
                cells.push((byte + offset..byte + offset + words.len(), words));
            }
            at += cell.len() + 2;
        }
        for (place, (_, words)) in cells.iter().enumerate() {
            let id = self.id(words);
            self.by_cell.entry(id).or_insert(number);
            for (_, value) in cells.iter().skip(place + 1).take(4) {
                let mut forms = vec![number_of(value)];
                if number_of(value) != *value {
                    forms.push(value);
                }
                for form in forms {
                    let form = self.id(form);
                    self.by_value.entry((id, form)).or_default().0.push(number);
                }
            }
        }
        let cells = cells.into_iter().map(|(range, _)| range).collect();
        self.rows.push(Row { bytes: byte..byte + line.len(), start, cells });
    }

    fn id(&mut self, words: &'t str) -> u32 {
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        *self.ids.entry(words).or_insert(next)
    }

    /// Where words stand with a value in one row; else the words alone; else the words anywhere in the text.
    pub(crate) fn find(&mut self, words: &str, value: &str) -> Option<Place> {
        let words = words.trim();
        if words.is_empty() {
            return None;
        }
        let value = value.trim();
        let id = self.ids.get(words).copied();
        if let (Some(id), Some(value_id)) = (id, self.ids.get(value).copied())
            && let Some((rows, next)) = self.by_value.get_mut(&(id, value_id))
        {
            let row = rows.get(*next).or_else(|| rows.last()).copied();
            *next += 1;
            return row.and_then(|row| self.place(row, words, value));
        }
        if let Some(row) = id.and_then(|id| self.by_cell.get(&id)).copied() {
            return self.place(row, words, value);
        }
        if words.len() < SHORTEST_SEARCHED || self.budget < self.raw.len() {
            return None;
        }
        self.budget -= self.raw.len();
        let byte = self.raw.find(words)?;
        let row = self.rows.partition_point(|row| row.bytes.start <= byte).checked_sub(1)?;
        let row = self.rows.get(row).filter(|row| byte + words.len() <= row.bytes.end)?;
        Some(self.made(row, byte..byte + words.len()))
    }

    fn place(&self, number: u32, words: &str, value: &str) -> Option<Place> {
        let row = self.rows.get(number as usize)?;
        let text = |range: &Range<usize>| self.raw.get(range.clone()).unwrap_or_default();
        let first = row.cells.iter().position(|cell| text(cell) == words)?;
        let begin = row.cells.get(first)?;
        let holder =
            row.cells.iter().skip(first + 1).find(|cell| text(cell) == value || number_of(text(cell)) == value);
        let end = match holder {
            Some(cell) if !value.is_empty() => cell.end,
            _ => begin.end,
        };
        Some(self.made(row, begin.start..end))
    }

    fn made(&self, row: &Row, bytes: Range<usize>) -> Place {
        let points =
            |byte: usize| row.start + self.raw.get(row.bytes.start..byte).map_or(0, |before| before.chars().count());
        Place { span: points(bytes.start)..points(bytes.end), line: row.start..points(row.bytes.end) }
    }

    /// The characters of a span.
    pub(crate) fn quote(&self, span: &Range<usize>) -> String {
        if span.is_empty() { String::new() } else { self.text.quote(span).to_owned() }
    }
}

/// A cell without what the layout adds: marks of a list, a word such as "Planned:" before it, a code behind it.
fn bare(cell: &str) -> &str {
    let mut words = cell.trim();
    loop {
        let before = words.len();
        words = words.trim_start_matches(['–', '-', '•']).trim_start();
        for mark in MARKS {
            if let Some(rest) = words.strip_prefix(mark) {
                words = rest.trim_start();
            }
        }
        if words.len() == before {
            break;
        }
    }
    // "Malignant tumour of colon (SNOMED CT 363406005)"
    if words.ends_with(')')
        && let Some((name, code)) = words.rsplit_once(" (")
        && SYSTEMS.iter().any(|system| code.starts_with(system))
    {
        return name.trim_end();
    }
    words
}

/// Words the layout of a record puts before an entry.
const MARKS: [&str; 10] = [
    "Entered in error:",
    "Cancelled:",
    "Refuted:",
    "Not to be done:",
    "Not done:",
    "Not given:",
    "Not present:",
    "No known:",
    "Planned:",
    "Goal:",
];

/// Names of code systems as the layout writes them.
const SYSTEMS: [&str; 14] =
    ["SNOMED", "LOINC", "ICD", "RxNorm", "NCIt", "CPT", "HCPCS", "AJCC", "NDC", "CVX", "UNII", "HGNC", "HGVS", "CDT"];

/// The number at the start of a value with its unit, else the value.
fn number_of(value: &str) -> &str {
    match value.split_once(' ') {
        Some((number, _)) if number.starts_with(|c: char| c.is_ascii_digit() || "<>".contains(c)) => number,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str, words: &str, value: &str) -> Option<String> {
        let mut places = Places::new(text, &CodeSystems::default());
        let place = places.find(words, value)?;
        Some(places.quote(&place.span))
    }

    #[test]
    fn words_and_value_of_one_row_are_quoted_together() {
        let text = "Results\nName  Value  Date\nÉstradiol (LOINC 2243-4)  12 pg/mL  2026-01-01\nPSA (LOINC 2857-1)  4.1 ng/mL  2026-01-02";
        assert_eq!(quoted(text, "PSA", "4.1").as_deref(), Some("PSA (LOINC 2857-1)  4.1 ng/mL"));
        assert_eq!(quoted(text, "PSA", "9").as_deref(), Some("PSA"));
        assert_eq!(quoted(text, "CEA", "4.1"), None);
        assert_eq!(quoted(text, "", ""), None);
    }

    #[test]
    fn equal_rows_are_taken_one_after_the_other() {
        let text = "PSA  4.1\nPSA  4.1";
        let mut places = Places::new(text, &CodeSystems::default());
        let starts: Vec<usize> = (0..3).filter_map(|_| places.find("PSA", "4.1")).map(|p| p.span.start).collect();
        assert_eq!(starts, [0, 9, 9]);
    }

    #[test]
    fn what_the_layout_adds_is_no_part_of_the_words() {
        assert_eq!(bare("– Not done: Mastectomy (SNOMED CT 172043006)"), "Mastectomy");
        assert_eq!(bare("Carcinoma (disorder)"), "Carcinoma (disorder)");
        assert_eq!(bare("- Planned: "), "");
    }
}
