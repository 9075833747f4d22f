//! C-CDA and other HL7 CDA R2 documents: header, narrative and coded entries, and bodies that are another file.
//!
//! Names are matched without their namespace and templates by their root only, since both vary between vendors.
//! What must not live here: clinical conclusions from the codes.

mod coded;
mod entries;
mod header;
mod narrative;
mod statement;

use consilium_casefile::facts::CodedStatement;
use consilium_casefile::records::FileFormat;
use roxmltree::{Document, Node};

use crate::fhir::attachments::{decode_base64, file_name};
use crate::readable::{Readable, Section};
use crate::understand::{document, opaque, sentence};
use crate::xml::{self, XmlError, all_text, attribute, child, children, path};
use crate::{Attachment, Complaint, DocumentContent, Limits, Understood, text};

/// Reads a CDA document.
pub(crate) fn understand(bytes: &[u8], limits: &Limits) -> Understood {
    let format = FileFormat::Cda;
    let mut prepared = match xml::prepare(bytes, limits) {
        Ok(prepared) => prepared,
        Err(error) => return opaque(format, sentence(&error)),
    };
    let mut complaints = std::mem::take(&mut prepared.complaints);
    let tree = match prepared.tree() {
        Ok(tree) => tree,
        Err(error) => return opaque(format, sentence(&error)),
    };
    let header = header::read(&tree);
    let attachments = attachments(&tree, &header, &mut complaints);
    let content = DocumentContent {
        text: vec![lay_out(&tree, &header).text()],
        stated: header.stated,
        patients: header.patients,
        ..DocumentContent::default()
    };
    document(format, content, attachments, complaints)
}

/// Lays out a CDA document, every section of it. `None` when it cannot be read as XML.
#[must_use]
pub fn readable(bytes: &[u8]) -> Option<Readable> {
    let prepared = xml::prepare(bytes, &Limits::default()).ok()?;
    let tree: Result<Document<'_>, XmlError> = prepared.tree();
    let tree = tree.ok()?;
    Some(lay_out(&tree, &header::read(&tree)))
}

/// The coded entries of a CDA document.
pub(crate) fn coded(bytes: &[u8]) -> Vec<CodedStatement> {
    let Ok(prepared) = xml::prepare(bytes, &Limits::default()) else { return Vec::new() };
    prepared.tree().map(|tree| coded::coded(&tree)).unwrap_or_default()
}

fn lay_out(tree: &Document<'_>, header: &header::Header) -> Readable {
    let mut readable = Readable {
        title: header.stated.title.clone().unwrap_or_else(|| "Clinical document".to_owned()),
        header: header.lines.clone(),
        sections: Vec::new(),
    };
    let targets = narrative::Targets::of(tree);
    let root = tree.root_element();
    // Sections in document order, those inside others after what holds them: the order their author chose.
    for section in root.descendants().filter(|n| n.has_tag_name_local("section")) {
        readable.sections.push(lay_out_section(section, &targets));
    }
    if let Some(body) = root.descendants().find(|n| n.has_tag_name_local("nonXMLBody")) {
        let mut section = Section::new("Document");
        section.paragraph(match child(body, "text") {
            Some(text) if is_base64(text) => "The document itself is an attached file.".to_owned(),
            Some(text) if child(text, "reference").is_some() => {
                "The document itself is another file that this one points to.".to_owned()
            }
            Some(text) => all_text(text),
            None => "The document holds no text.".to_owned(),
        });
        readable.push(section);
    }
    if readable.sections.is_empty() {
        // A fragment, or a document of another kind: its statements, or at least its text.
        let mut section = Section::new("Content");
        let statements: Vec<Node<'_, '_>> = root
            .descendants()
            .filter(|n| statement::is_statement(*n) && !n.ancestors().skip(1).any(statement::is_statement))
            .collect();
        entries::lay_out(&statements, &targets, &mut section);
        if section.blocks.is_empty() {
            section.paragraph(all_text(root));
        }
        readable.push(section);
    }
    readable
}

fn lay_out_section(node: Node<'_, '_>, targets: &narrative::Targets<'_, '_>) -> Section {
    let code = child(node, "code");
    let title = child(node, "title").map(all_text).filter(|t| !t.is_empty());
    let title = title.or_else(|| code.and_then(|c| attribute(c, "displayName")).map(str::to_owned));
    let mut section = Section::new(title.unwrap_or_else(|| "Section without a title".to_owned()));
    if let Some(words) = attribute(node, "nullFlavor") {
        section.paragraph(format!("Not stated: {}.", statement::null_flavor(words)));
    }
    if let Some(text) = child(node, "text") {
        narrative::lay_out(text, &mut section);
    }
    let statements: Vec<Node<'_, '_>> =
        children(node, "entry").flat_map(|e| e.children().filter(|c| statement::is_statement(*c))).collect();
    if !statements.is_empty() {
        let mut coded = Section::new("");
        entries::lay_out(&statements, targets, &mut coded);
        if !coded.blocks.is_empty() {
            section.heading("As coded");
            section.blocks.append(&mut coded.blocks);
        }
    }
    if section.blocks.is_empty() {
        section.paragraph("Nothing is stated in this section.");
    }
    section
}

fn is_base64(node: Node<'_, '_>) -> bool {
    attribute(node, "representation").is_some_and(|r| r.eq_ignore_ascii_case("B64"))
}

/// The body that is another file, and pictures among the entries.
fn attachments(tree: &Document<'_>, header: &header::Header, complaints: &mut Vec<Complaint>) -> Vec<Attachment> {
    let mut attachments = Vec::new();
    let in_body = |n: &Node<'_, '_>| n.parent().is_some_and(|p| p.has_tag_name_local("nonXMLBody"));
    let holders = tree.descendants().filter(|n| {
        n.is_element()
            && (in_body(n) && n.tag_name().name() == "text" || is_base64(*n) && n.tag_name().name() != "thumbnail")
    });
    for holder in holders {
        let media_type = attribute(holder, "mediaType").unwrap_or("");
        if is_base64(holder) {
            let data: String = holder.children().filter_map(|c| c.text()).collect();
            match decode_base64(&data) {
                Some(bytes) => {
                    let name = format!("document-{}", attachments.len() + 1);
                    let stated = if in_body(&holder) { header.stated.clone() } else { crate::Stated::default() };
                    let name = file_name(stated.title.as_deref(), &name, media_type);
                    attachments.push(Attachment { name, bytes, stated });
                }
                None => complaints.push(Complaint::at(
                    holder.range().start as u64,
                    "A file inside this document is damaged and could not be unpacked; ask the sender for it.",
                )),
            }
        } else if child(holder, "reference").is_some() {
            complaints.push(Complaint::at(
                holder.range().start as u64,
                "This document points to another file that holds its content and is not part of it; ask the sender for it.",
            ));
        }
    }
    attachments
}

/// Local names, since namespaces are missing or wrong in the field.
trait Local {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl Local for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

/// The value of an HL7 time stamp element, or of its low end.
fn time<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    attribute(node, "value").or_else(|| path(node, &["low"]).and_then(|low| attribute(low, "value")))
}

/// A person's or place's name in words: its parts, else its text.
fn name_text(node: Node<'_, '_>) -> Option<String> {
    text::stated(&all_text(node))
}
