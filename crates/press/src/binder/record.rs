//! A record that came as data, set with its tables: what a portal's document, a FHIR resource or a laboratory message
//! says, in the order its sender gave it.

use serde::Serialize;
use serde_json::json;

use super::{Instead, Made, source};
use crate::typeset;

/// A record to set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Record {
    /// Label and value pairs above everything.
    pub header: Vec<(String, String)>,
    /// Sections in order.
    pub sections: Vec<Section>,
}

/// One section.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Section {
    /// Heading.
    pub title: String,
    /// Content in order.
    pub pieces: Vec<Piece>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Piece {
    /// A paragraph; line breaks are kept.
    Text {
        /// The words.
        text: String,
    },
    /// A heading inside the section.
    Heading {
        /// The words.
        text: String,
    },
    /// A list.
    List {
        /// The items.
        items: Vec<String>,
    },
    /// A table. Columns without any cell are left out; a table too wide for the page is set as a list of its rows.
    Table {
        /// Headings; all empty where the table has none.
        columns: Vec<String>,
        /// Cells; a row that is short is filled up.
        rows: Vec<Vec<String>>,
    },
}

/// Longest record that is set, characters; the rest stays in the original.
const LONGEST: usize = 60_000;
/// Widest table the page holds.
const WIDEST: usize = 9;
/// Longest run of letters that the columns of a page hold together without a place to break it; each has its share. A word of
/// a language is shorter than 20 letters and keeps whole in tables of up to five columns.
const UNBROKEN: usize = 100;

impl Record {
    /// Whether it holds nothing to print.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.header.is_empty() && self.sections.iter().all(|section| section.pieces.is_empty())
    }
}

/// The pages of a record.
pub(super) fn pages(record: Record, title: &str, fax: bool) -> Made {
    let mut room = Room { left: LONGEST, cut: false };
    let header: Vec<(String, String)> = record.header.iter().map(|(l, v)| (room.take(l), room.take(v))).collect();
    let mut sections = Vec::new();
    for section in record.sections {
        if room.left == 0 {
            room.cut = true;
            break;
        }
        let pieces: Vec<serde_json::Value> = section.pieces.iter().filter_map(|p| room.piece(p)).collect();
        sections.push(json!({ "title": room.take(&section.title), "pieces": pieces }));
    }
    let shown = json!({ "header": header, "sections": sections });
    let mut note = "Set from a computer record; the original is in the packet.".to_owned();
    if !typeset::missing_glyphs(&shown.to_string()).is_empty() {
        note.push_str(" An empty box stands for a letter this printer does not have.");
    }
    if room.cut {
        note.push_str(" Only its beginning is printed here.");
    }
    let data = json!({
        "title": title, "note": note, "header": shown["header"], "sections": shown["sections"], "fax": fax,
    });
    let Some(document) = typeset::set("record", &data).ok().and_then(|pdf| source::load(&pdf.bytes)) else {
        return Made::Nothing("Its text cannot be set as pages.".to_owned());
    };
    if room.cut {
        let sentence = format!("only the first {LONGEST} characters are printed here");
        return Made::Instead(document, Instead::CutText, sentence);
    }
    Made::Pages(document)
}

/// How much may still be set.
struct Room {
    left: usize,
    cut: bool,
}

impl Room {
    /// The text as far as there is room, without characters that would print as boxes.
    fn take(&mut self, text: &str) -> String {
        let clean = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
        let taken: String = clean.clone().take(self.left).collect();
        let count = taken.chars().count();
        self.cut |= clean.count() > count;
        self.left -= count;
        taken
    }

    fn piece(&mut self, piece: &Piece) -> Option<serde_json::Value> {
        if self.left == 0 {
            self.cut = true;
            return None;
        }
        Some(match piece {
            Piece::Text { text } => json!({ "is": "text", "text": self.take(text) }),
            Piece::Heading { text } => json!({ "is": "heading", "text": self.take(text) }),
            Piece::List { items } => json!({ "is": "list", "items": self.list(items) }),
            Piece::Table { columns, rows } => self.table(columns, rows)?,
        })
    }

    fn list(&mut self, items: &[String]) -> Vec<String> {
        let mut taken = Vec::new();
        for item in items {
            if self.left == 0 {
                self.cut = true;
                break;
            }
            taken.push(self.take(item));
        }
        taken
    }

    fn table(&mut self, columns: &[String], rows: &[Vec<String>]) -> Option<serde_json::Value> {
        let cell = |row: &[String], at: usize| row.get(at).map_or("", |cell| cell.trim()).to_owned();
        let count = rows.iter().map(Vec::len).chain([columns.len()]).max().unwrap_or(0);
        let used: Vec<usize> = (0..count).filter(|at| rows.iter().any(|row| !cell(row, *at).is_empty())).collect();
        if used.is_empty() {
            return None;
        }
        if used.len() > WIDEST {
            let items: Vec<String> = rows.iter().map(|row| in_one_line(columns, row)).collect();
            return Some(json!({ "is": "list", "items": self.list(&items) }));
        }
        let mut shown: Vec<Vec<String>> = Vec::new();
        for row in rows {
            if self.left == 0 {
                self.cut = true;
                break;
            }
            shown.push(used.iter().map(|at| breakable(&self.take(&cell(row, *at)), used.len())).collect());
        }
        let heads: Vec<String> = used.iter().map(|at| breakable(&cell(columns, *at), used.len())).collect();
        Some(json!({
            "is": "table",
            "headed": heads.iter().any(|head| !head.is_empty()),
            "widths": (0..used.len()).map(|at| width(&heads, &shown, at)).collect::<Vec<f64>>(),
            "columns": heads,
            "rows": shown,
        }))
    }
}

/// "Column: cell · column: cell", for tables no page holds.
fn in_one_line(columns: &[String], row: &[String]) -> String {
    let cells = row.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty());
    let named = cells.map(|(at, cell)| match columns.get(at).filter(|column| !column.is_empty()) {
        Some(column) => format!("{column}: {cell}"),
        None => cell.clone(),
    });
    named.collect::<Vec<_>>().join(" · ")
}

/// Share of the width a column gets: more for long cells and for long words, never nothing.
fn width(heads: &[String], rows: &[Vec<String>], at: usize) -> f64 {
    let length = |cell: &String| {
        let word = cell.split(|c: char| c.is_whitespace() || c == '\u{200b}').map(|word| word.chars().count()).max();
        (cell.chars().count(), word.unwrap_or(0))
    };
    let cells = rows.iter().filter_map(|row| row.get(at)).chain(heads.get(at)).map(length);
    let (longest, word) = cells.fold((4, 0), |(cell, word), (c, w)| (cell.max(c), word.max(w)));
    let of = |count: usize| f64::from(u32::try_from(count.min(120)).unwrap_or(120));
    of(longest).sqrt().max(of(word) / 2.0)
}

/// Places to break words that are longer than a narrow column: addresses, identifiers.
fn breakable(text: &str, columns: usize) -> String {
    let unbroken = UNBROKEN / columns.max(1);
    let mut out = String::with_capacity(text.len());
    let mut run = 0;
    for character in text.chars() {
        run = if character.is_whitespace() { 0 } else { run + 1 };
        out.push(character);
        if run >= unbroken {
            out.push('\u{200b}');
            run = 0;
        }
    }
    out
}
