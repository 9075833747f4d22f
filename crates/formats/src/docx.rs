//! Word documents (OOXML): paragraphs, tables by row, headers and notes; title and author from the core properties.

use std::io::{Cursor, Read};

use consilium_casefile::records::FileFormat;
use roxmltree::Node;

use crate::understand::{document, opaque};
use crate::{Attachment, Complaint, DocumentContent, Limits, Stated, Understood, text, xml};

type Package<'b> = zip::ZipArchive<Cursor<&'b [u8]>>;

/// Tables inside text boxes inside tables nest deeper than other XML we read.
const NESTING: u32 = 400;
/// Parts of a package that are looked through for words no page shows.
const MOST_PARTS: usize = 500;
/// A document with fewer words than this may be a scan pasted into Word: its pictures are read too.
const FEW_WORDS: usize = 60;

/// Reads a Word document.
pub(crate) fn understand(bytes: &[u8], limits: &Limits) -> Understood {
    let format = FileFormat::Docx;
    let Ok(mut package) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return opaque(format, "This Word document is damaged and could not be opened; ask the sender for it again.");
    };
    let limits = Limits { nesting: NESTING, ..*limits };
    let mut complaints = Vec::new();
    let mut parts: Vec<String> = package.file_names().flatten().map(std::borrow::Cow::into_owned).collect();
    parts.sort_unstable();
    let Some(main) = main_part(&parts) else {
        return opaque(format, "This Word document holds no text part; open the original in another program.");
    };
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let beside = |name: &str, kind: &str| {
        name.strip_prefix(&format!("{folder}/")).is_some_and(|n| n.starts_with(kind) && n.ends_with(".xml"))
    };
    let mut lines: Vec<String> = Vec::new();
    let mut read =
        |package: &mut Package<'_>, name: &str, complaints: &mut Vec<Complaint>| match part(package, name, &limits) {
            Ok(text) if text.trim().is_empty() || lines.contains(&text) => {}
            Ok(text) => lines.push(text),
            Err(what) => complaints.push(what),
        };
    for name in parts.iter().filter(|n| beside(n, "header")) {
        read(&mut package, name, &mut complaints);
    }
    read(&mut package, &main, &mut complaints);
    for kind in ["footnotes", "endnotes", "comments", "footer"] {
        for name in parts.iter().filter(|n| beside(n, kind)) {
            read(&mut package, name, &mut complaints);
        }
    }
    let text = lines.join("\n\n");
    let mut attachments = Vec::new();
    if text.split_whitespace().count() < FEW_WORDS {
        attachments = pictures(&mut package, &parts, &folder, &limits, &mut complaints);
    }
    let mut content = DocumentContent { text: vec![text], ..DocumentContent::default() };
    core_properties(&mut package, &limits, &mut content.stated);
    text::describe(&mut content);
    document(format, content, attachments, complaints)
}

fn main_part(parts: &[String]) -> Option<String> {
    let usual = parts.iter().find(|n| *n == "word/document.xml");
    let other = || parts.iter().find(|n| n.ends_with("/document.xml") || n.ends_with("/document2.xml"));
    usual.or_else(other).cloned()
}

/// A part's bytes, never more than a document may have, whatever size it claims.
fn bytes_of(package: &mut Package<'_>, name: &str, limits: &Limits) -> Result<Vec<u8>, Complaint> {
    let damaged = || Complaint::new("A part of this Word document is damaged and could not be read.");
    let entry = package.by_name(name).map_err(|_| damaged())?;
    let mut bytes = Vec::new();
    entry.take(limits.document_bytes + 1).read_to_end(&mut bytes).map_err(|_| damaged())?;
    if bytes.len() as u64 > limits.document_bytes {
        return Err(Complaint::new("A part of this Word document is too large to be read; open the original."));
    }
    Ok(bytes)
}

fn part(package: &mut Package<'_>, name: &str, limits: &Limits) -> Result<String, Complaint> {
    let bytes = bytes_of(package, name, limits)?;
    let unreadable = |_| Complaint::new("A part of this Word document is damaged and could not be read.");
    let prepared = xml::prepare(&bytes, limits).map_err(unreadable)?;
    let tree = prepared.tree().map_err(unreadable)?;
    let mut text = String::new();
    push(tree.root_element(), &mut text);
    Ok(text.trim_matches('\n').to_owned())
}

/// Walks a part; recursion is bounded by the nesting limit.
fn push(node: Node<'_, '_>, text: &mut String) {
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "t" => text.push_str(child.text().unwrap_or("")),
            "tab" => text.push('\t'),
            "br" | "cr" => text.push('\n'),
            "noBreakHyphen" => text.push('-'),
            "p" => {
                push(child, text);
                text.push('\n');
            }
            "tr" => {
                let cells: Vec<String> = child
                    .descendants()
                    .filter(|n| n.tag_name().name() == "tc")
                    .filter(|n| n.ancestors().skip(1).find(|a| a.tag_name().name() == "tr") == Some(child))
                    .map(|cell| {
                        let mut inside = String::new();
                        push(cell, &mut inside);
                        inside.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ")
                    })
                    .collect();
                text.push_str(cells.join("  ").trim_end());
                text.push('\n');
            }
            // The same again for old programs; what was deleted; what a field computes from; page numbers of a list.
            "Fallback" | "del" | "moveFrom" | "instrText" | "delText" | "pPr" | "rPr" | "sectPr" | "tblPr" => {}
            _ => push(child, text),
        }
    }
}

fn core_properties(package: &mut Package<'_>, limits: &Limits, stated: &mut Stated) {
    let Ok(bytes) = bytes_of(package, "docProps/core.xml", limits) else { return };
    let Ok(prepared) = xml::prepare(&bytes, limits) else { return };
    let Ok(tree) = prepared.tree() else { return };
    let property = |name: &str| xml::child(tree.root_element(), name).map(xml::all_text).filter(|t| !t.is_empty());
    stated.title = property("title");
    stated.author = property("creator");
}

/// Words that no page shows: the properties of the document, descriptions of its pictures, its variables, and what was
/// deleted or moved away under "track changes".
pub(crate) fn unseen(bytes: &[u8], limits: &Limits, add: &mut impl FnMut(&str)) {
    let Ok(mut package) = zip::ZipArchive::new(Cursor::new(bytes)) else { return };
    let limits = Limits { nesting: NESTING, ..*limits };
    let mut parts: Vec<String> = package.file_names().flatten().map(std::borrow::Cow::into_owned).collect();
    parts.sort_unstable();
    for name in parts.iter().filter(|name| name.ends_with(".xml")).take(MOST_PARTS) {
        let Ok(bytes) = bytes_of(&mut package, name, &limits) else { continue };
        let Ok(prepared) = xml::prepare(&bytes, &limits) else { continue };
        let Ok(tree) = prepared.tree() else { continue };
        let is_property = name.starts_with("docProps/");
        for node in tree.descendants().filter(Node::is_element) {
            match node.tag_name().name() {
                "docPr" => {
                    node.attributes().filter(|a| ["descr", "title"].contains(&a.name())).for_each(|a| add(a.value()))
                }
                "docVar" => node.attributes().filter(|a| a.name() == "val").for_each(|a| add(a.value())),
                "del" | "moveFrom" => add(&of_words(node)),
                _ if is_property && !node.children().any(|child| child.is_element()) => add(&of_words(node)),
                _ => {}
            }
        }
    }
}

/// The words of a node and all in it, as they follow each other.
fn of_words(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect()
}

fn pictures(
    package: &mut Package<'_>,
    parts: &[String],
    folder: &str,
    limits: &Limits,
    complaints: &mut Vec<Complaint>,
) -> Vec<Attachment> {
    let media = format!("{folder}/media/");
    let mut pictures = Vec::new();
    for name in parts.iter().filter(|n| n.starts_with(&media)).take(200) {
        match bytes_of(package, name, limits) {
            // Logos and rules are small; a scanned page is not.
            Ok(bytes) if bytes.len() < 20_000 => {}
            Ok(bytes) => {
                let name = name.rsplit('/').next().unwrap_or("picture").to_owned();
                pictures.push(Attachment { name, bytes, stated: Stated::default() });
            }
            Err(complaint) => complaints.push(complaint),
        }
    }
    pictures
}
