//! The one door: a file's bytes and format in, [`Understood`] out.
//!
//! Chooses the reader of the format, keeps the size limit, and turns anything a foreign parser does wrong into a
//! complaint. The readers themselves live in the modules of their formats.

use std::panic::{AssertUnwindSafe, catch_unwind};

use consilium_casefile::records::FileFormat;

use crate::{
    Attachment, Complaint, Content, DocumentContent, Limits, Substance, Understood, apple_health, ccda, dicom, docx,
    email, fhir, hl7v2, html, pdf, picture, rtf, text, xml,
};

/// Reads a file of a known format. `passwords` are tried on a locked PDF. Never panics, never fails: what cannot be
/// read is [`Substance::Opaque`] with a complaint. Archives are not read here: see [`crate::archive`].
#[must_use]
pub fn understand(content: &Content, format: FileFormat, limits: &Limits, passwords: &[String]) -> Understood {
    // The parsers of other people are fuzzed less than we would like: a panic in one of them costs this file only.
    catch_unwind(AssertUnwindSafe(|| read(content, format, limits, passwords))).unwrap_or_else(|_| {
        opaque(format, "This file made its reader fail; it is kept as it is. Open the original in another program.")
    })
}

fn read(content: &Content, format: FileFormat, limits: &Limits, passwords: &[String]) -> Understood {
    match format {
        FileFormat::Empty => not_a_record(format, "This file is empty; ask the sender for it again."),
        FileFormat::Program => {
            not_a_record(format, "This is a program, such as the viewer on a hospital disc; it is never run or kept.")
        }
        FileFormat::Dicom => dicom::understand_instance(content),
        FileFormat::Dicomdir => dicom::understand_dicomdir(content),
        FileFormat::Zip | FileFormat::Iso | FileFormat::Udf | FileFormat::Unknown => {
            Understood { format, substance: Substance::Opaque, attachments: Vec::new(), complaints: Vec::new() }
        }
        FileFormat::AppleHealth => apple_health::understand(content, limits),
        _ => match content.bytes(limits.document_bytes) {
            Ok(Some(bytes)) => read_document(&bytes, format, limits, passwords),
            Ok(None) => opaque(
                format,
                format!(
                    "This file is larger than {} MB, the most that is read as one document; it is kept as it is.",
                    limits.document_bytes >> 20
                ),
            ),
            Err(_) => opaque(format, "This file could not be read from the disc; copy it again from its source."),
        },
    }
}

fn read_document(bytes: &[u8], format: FileFormat, limits: &Limits, passwords: &[String]) -> Understood {
    match format {
        FileFormat::Pdf => pdf::understand(bytes, passwords),
        FileFormat::FhirJson | FileFormat::FhirNdjson | FileFormat::FhirXml => fhir::understand(bytes, format, limits),
        FileFormat::Cda => ccda::understand(bytes, limits),
        FileFormat::Hl7v2 => hl7v2::understand(bytes),
        FileFormat::Rtf => rtf::understand(bytes),
        FileFormat::Docx => docx::understand(bytes, limits),
        FileFormat::Email => email::understand(bytes, limits),
        FileFormat::Html => html::understand(bytes),
        FileFormat::Jpeg | FileFormat::Png | FileFormat::Tiff | FileFormat::Heic => picture::understand(bytes, format),
        FileFormat::Xml | FileFormat::XdmMetadata => xml::understand(bytes, format, limits),
        _ => text::understand(bytes, format),
    }
}

/// A document, with its text made safe to keep: page breaks and control characters inside a page become blanks.
pub(crate) fn document(
    format: FileFormat,
    mut content: DocumentContent,
    attachments: Vec<Attachment>,
    complaints: Vec<Complaint>,
) -> Understood {
    for page in &mut content.text {
        if page.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
            *page = text::without_controls(page);
        }
    }
    if content.text.iter().all(|page| page.trim().is_empty()) {
        content.text.clear();
    }
    Understood { format, substance: Substance::Document(Box::new(content)), attachments, complaints }
}

/// A file nothing could be read from, and why.
pub(crate) fn opaque(format: FileFormat, why: impl Into<String>) -> Understood {
    Understood { format, substance: Substance::Opaque, attachments: Vec::new(), complaints: vec![Complaint::new(why)] }
}

fn not_a_record(format: FileFormat, reason: &str) -> Understood {
    Understood {
        format,
        substance: Substance::NotARecord { reason: reason.to_owned() },
        attachments: Vec::new(),
        complaints: Vec::new(),
    }
}

/// An error's message as a sentence of its own.
pub(crate) fn sentence(error: &dyn std::error::Error) -> String {
    let message = error.to_string();
    let mut characters = message.chars();
    let Some(first) = characters.next() else { return message };
    let mut text: String = first.to_uppercase().chain(characters).collect();
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}
