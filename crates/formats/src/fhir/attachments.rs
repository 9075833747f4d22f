//! Files carried inside FHIR: attachments with their bytes, and those that point to a Binary.

use std::collections::HashSet;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::value::{kind, text};
use super::{Resources, stated_by};
use crate::{Attachment, Complaint, Stated};

const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes base64 as exports write it: with line ends, without padding.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    FORGIVING.decode(packed).ok().filter(|bytes| !bytes.is_empty())
}

/// A name for a carried file: without folders, with an extension that fits its media type.
pub(crate) fn file_name(title: Option<&str>, otherwise: &str, media_type: &str) -> String {
    let extension = extension(media_type);
    let base: String =
        title
            .unwrap_or(otherwise)
            .chars()
            .map(|c| {
                if c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') {
                    '-'
                } else {
                    c
                }
            })
            .take(120)
            .collect();
    let base = base.trim().trim_matches('.');
    let base = if base.is_empty() { otherwise } else { base };
    if extension.is_empty() || base.to_lowercase().ends_with(&format!(".{extension}")) {
        base.to_owned()
    } else {
        format!("{base}.{extension}")
    }
}

fn extension(media_type: &str) -> &'static str {
    match media_type.split(';').next().unwrap_or("").trim().to_lowercase().as_str() {
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        "text/html" | "application/xhtml+xml" => "html",
        "text/rtf" | "application/rtf" => "rtf",
        "text/xml" | "application/xml" | "application/hl7-cda+xml" => "xml",
        "application/fhir+json" | "application/json" => "json",
        "image/jpeg" | "image/jpg" => "jpg",
        "image/png" => "png",
        "image/tiff" => "tif",
        "application/dicom" => "dcm",
        "message/rfc822" => "eml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        _ => "",
    }
}

/// All files carried in the resources.
pub(super) fn collect(resources: &Resources, complaints: &mut Vec<Complaint>) -> Vec<Attachment> {
    let mut collected = Collected { resources, complaints, attachments: Vec::new(), used: HashSet::new() };
    for resource in resources.all.iter().filter(|r| kind(r) != "Binary") {
        collected.walk(resource, resource);
    }
    for resource in &resources.all {
        if kind(resource) == "Binary" && !collected.used.contains(&std::ptr::from_ref(resource)) {
            collected.data(resource, "contentType", resource, None);
        }
    }
    collected.attachments
}

struct Collected<'r> {
    resources: &'r Resources,
    complaints: &'r mut Vec<Complaint>,
    attachments: Vec<Attachment>,
    used: HashSet<*const Value>,
}

impl<'r> Collected<'r> {
    /// Finds Attachments wherever they stand in a resource; nesting is bounded by the parser.
    fn walk(&mut self, value: &'r Value, carrier: &'r Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.walk(item, carrier)),
            Value::Object(fields) => {
                let is_attachment = value.get("contentType").is_some()
                    || fields.contains_key("url") && fields.keys().all(|k| is_a_field_of_attachment(k));
                if is_attachment && value.get("data").is_some_and(Value::is_string) {
                    self.data(value, "contentType", carrier, None);
                } else if is_attachment && value.get("url").is_some_and(Value::is_string) {
                    self.reference(value, carrier);
                } else {
                    // Contained resources carry on their own; a contained Binary is reached by its reference.
                    for (name, field) in fields {
                        if name == "contained" {
                            for contained in super::value::list(value, "contained") {
                                if kind(contained) != "Binary" {
                                    self.walk(contained, contained);
                                }
                            }
                        } else if name != "extension" {
                            self.walk(field, carrier);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn data(&mut self, holder: &'r Value, type_field: &str, carrier: &'r Value, title: Option<String>) {
        let Some(data) = holder.get("data").and_then(Value::as_str) else { return };
        let media_type = text(holder, type_field).unwrap_or_default();
        let otherwise = self.name_of(carrier);
        let title = title.or_else(|| text(holder, "title"));
        let Some(bytes) = decode_base64(data) else {
            self.complaints.push(Complaint::new(format!(
                "A file inside this record ({otherwise}) is damaged and could not be unpacked; ask the sender for it."
            )));
            return;
        };
        let stated = if kind(carrier) == "Binary" {
            Stated { title: title.clone(), ..Stated::default() }
        } else {
            let mut stated = stated_by(carrier, self.resources);
            stated.title = title.clone().or(stated.title);
            stated
        };
        let name = file_name(title.as_deref(), &otherwise, &media_type);
        self.attachments.push(Attachment { name, bytes, stated });
    }

    fn reference(&mut self, attachment: &'r Value, carrier: &'r Value) {
        let Some(url) = text(attachment, "url") else { return };
        match self.resources.find(&url, carrier).filter(|r| kind(r) == "Binary") {
            Some(binary) => {
                if self.used.insert(std::ptr::from_ref(binary)) {
                    self.data(binary, "contentType", carrier, text(attachment, "title"));
                }
            }
            None => {
                let name = self.name_of(carrier);
                self.complaints.push(Complaint::new(format!(
                    "{name} points to a file that was not sent along; ask the sender for it."
                )));
            }
        }
    }

    fn name_of(&self, carrier: &Value) -> String {
        let id: String = text(carrier, "id")
            .unwrap_or_else(|| (self.attachments.len() + 1).to_string())
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .take(64)
            .collect();
        let kind: String = kind(carrier).chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        format!("{kind}-{id}")
    }
}

fn is_a_field_of_attachment(name: &str) -> bool {
    matches!(name, "contentType" | "language" | "data" | "url" | "size" | "hash" | "title" | "creation" | "id")
}
