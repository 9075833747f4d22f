//! The narrative of a section: paragraphs, lists and tables as their author laid them out.

use std::collections::HashMap;

use roxmltree::{Document, Node};

use crate::readable::{Block, Section, table};
use crate::text::tidy;
use crate::xml::{all_text, attribute};

/// Narrative elements by their ID, which entries point to for their words.
pub(super) struct Targets<'a, 'i>(HashMap<&'a str, Node<'a, 'i>>);

impl<'a, 'i> Targets<'a, 'i> {
    pub(super) fn of(tree: &'a Document<'i>) -> Self {
        Self(tree.descendants().filter_map(|n| Some((attribute(n, "ID")?, n))).collect())
    }

    /// The words `#id` points to.
    pub(super) fn words(&self, reference: &str) -> Option<String> {
        let words = all_text(*self.0.get(reference.trim().trim_start_matches('#'))?);
        (!words.is_empty()).then_some(words)
    }
}

/// Turns the `text` of a section into blocks.
pub(super) fn lay_out(text: Node<'_, '_>, section: &mut Section) {
    let mut inline = String::new();
    blocks(text, &mut inline, section);
    flush(&mut inline, section);
}

fn flush(inline: &mut String, section: &mut Section) {
    section.paragraph(lines(inline));
    inline.clear();
}

/// Blanks tidied line by line; line breaks kept.
fn lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\u{b}').map(tidy).collect();
    lines.join("\n").trim().to_owned()
}

/// Walks mixed content; recursion is bounded by the nesting limit of the reader.
fn blocks(node: Node<'_, '_>, inline: &mut String, section: &mut Section) {
    for part in node.children() {
        if part.is_text() {
            inline.push_str(part.text().unwrap_or(""));
            continue;
        }
        match part.tag_name().name() {
            "" => {}
            "br" => inline.push('\u{b}'),
            "table" => {
                flush(inline, section);
                read_table(part, section);
            }
            "list" => {
                flush(inline, section);
                let mut items = Vec::new();
                list(part, "", &mut items, section);
                if !items.is_empty() {
                    section.blocks.push(Block::List { items });
                }
            }
            "paragraph" | "div" | "p" => {
                flush(inline, section);
                blocks(part, inline, section);
                flush(inline, section);
            }
            "caption" | "title" => {
                flush(inline, section);
                section.heading(all_text(part));
            }
            "renderMultiMedia" => {
                inline.push_str(" [picture] ");
                blocks(part, inline, section);
            }
            // content, sub, sup, linkHtml, footnote and what we do not know: their words go on.
            _ => blocks(part, inline, section),
        }
    }
}

fn list(node: Node<'_, '_>, indent: &str, items: &mut Vec<String>, section: &mut Section) {
    for item in node.children().filter(Node::is_element) {
        match item.tag_name().name() {
            "caption" if indent.is_empty() => section.heading(all_text(item)),
            _ => {
                let own = cell(item, true);
                if !own.is_empty() {
                    items.push(format!("{indent}{own}"));
                }
                for inner in item.children().filter(|c| c.tag_name().name() == "table") {
                    items.extend(table_rows(inner).into_iter().map(|row| row.join("  ")));
                }
                for inner in item.children().filter(|c| c.tag_name().name() == "list") {
                    list(inner, &format!("{indent}– "), items, section);
                }
            }
        }
    }
}

/// Text of a cell or item with its line breaks; `without_inner` leaves out lists and tables inside, which come later.
fn cell(node: Node<'_, '_>, without_inner: bool) -> String {
    let mut text = String::new();
    push_cell(node, without_inner, &mut text);
    let lines: Vec<String> = text.split('\u{b}').map(tidy).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

fn push_cell(node: Node<'_, '_>, without_inner: bool, text: &mut String) {
    for part in node.children() {
        if part.is_text() {
            text.push_str(part.text().unwrap_or(""));
            continue;
        }
        match part.tag_name().name() {
            "br" => text.push('\u{b}'),
            "table" | "list" if without_inner => {}
            "paragraph" | "item" | "tr" | "list" | "caption" => {
                if !text.trim().is_empty() {
                    text.push('\u{b}');
                }
                push_cell(part, without_inner, text);
                text.push('\u{b}');
            }
            "td" | "th" => {
                push_cell(part, without_inner, text);
                text.push_str("  ");
            }
            _ => push_cell(part, without_inner, text),
        }
    }
}

fn rows_of<'a, 'i>(node: Node<'a, 'i>, part: &str) -> Vec<Node<'a, 'i>> {
    node.children()
        .filter(|n| n.tag_name().name() == part)
        .flat_map(|p| p.children().filter(|r| r.tag_name().name() == "tr").collect::<Vec<_>>())
        .collect()
}

fn read_table(node: Node<'_, '_>, section: &mut Section) {
    for caption in node.children().filter(|n| n.tag_name().name() == "caption") {
        section.heading(all_text(caption));
    }
    let mut head = grid(&rows_of(node, "thead"));
    let mut rows = table_rows(node);
    // Without a head, a first row made of headings is one.
    let first_row = node.descendants().find(|n| n.tag_name().name() == "tr");
    let is_head = first_row.is_some_and(|r| r.children().filter(Node::is_element).all(|c| c.tag_name().name() == "th"));
    if head.is_empty() && is_head && rows.len() > 1 {
        head.push(rows.remove(0));
    }
    let columns = head.pop().unwrap_or_default();
    // Upper rows of a head of several rows.
    for above in head {
        let above: Vec<String> = above.into_iter().filter(|c| !c.is_empty()).collect();
        section.heading(above.join(" · "));
    }
    match table(columns.clone(), rows) {
        Some(block) => section.blocks.push(block),
        // A head without rows still says that nothing was listed.
        None if !columns.is_empty() => section.paragraph(format!("{}: nothing listed", columns.join(", "))),
        None => {}
    }
}

fn table_rows(node: Node<'_, '_>) -> Vec<Vec<String>> {
    let mut rows: Vec<Node<'_, '_>> = rows_of(node, "tbody");
    rows.extend(node.children().filter(|n| n.tag_name().name() == "tr"));
    rows.extend(rows_of(node, "tfoot"));
    grid(&rows)
}

/// Cells in their columns: a cell that spans several keeps the others in place.
fn grid(rows: &[Node<'_, '_>]) -> Vec<Vec<String>> {
    let span = |cell: Node<'_, '_>, name: &str| {
        attribute(cell, name).and_then(|n| n.trim().parse::<usize>().ok()).unwrap_or(1).clamp(1, 64)
    };
    let mut taken: HashMap<usize, usize> = HashMap::new();
    let mut grid = Vec::new();
    for row in rows {
        let mut cells: Vec<String> = Vec::new();
        let mut still: HashMap<usize, usize> = HashMap::new();
        for (column, left) in taken.drain() {
            if left > 0 {
                still.insert(column, left - 1);
            }
        }
        let reserved: Vec<usize> = still.keys().copied().collect();
        taken = still;
        for node in row.children().filter(|c| matches!(c.tag_name().name(), "td" | "th")) {
            while reserved.contains(&cells.len()) {
                cells.push(String::new());
            }
            let (wide, high) = (span(node, "colspan"), span(node, "rowspan"));
            for i in 0..wide {
                if high > 1 {
                    taken.insert(cells.len(), high - 1);
                }
                cells.push(if i == 0 { cell(node, false) } else { String::new() });
            }
        }
        grid.push(cells);
    }
    grid
}
