//! JSON, told from text that only begins with a bracket, and FHIR told from other JSON by its top-level
//! `resourceType`, which sorted keys put at the end of a large file: the whole file is looked through, in blocks.

use std::io::{self, Read};

use consilium_casefile::records::FileFormat;

use crate::Content;

/// `None` when it is not JSON.
pub(super) fn kind(content: &Content) -> io::Result<Option<FileFormat>> {
    let mut reader = content.reader()?;
    let mut scan = Scan::default();
    let mut block = vec![0; 64 << 10];
    loop {
        let n = reader.read(&mut block)?;
        if n == 0 {
            break;
        }
        for &byte in block.get(..n).unwrap_or_default() {
            if let Some(format) = scan.feed(byte) {
                return Ok(format);
            }
        }
    }
    Ok(scan.end())
}

/// What is known after a prefix of the file.
#[derive(Debug, Default)]
struct Scan {
    depth: u64,
    in_text: bool,
    escaped: bool,
    /// The string being read, where it may be the key we look for.
    text: Vec<u8>,
    /// The last string at the top level was `resourceType`.
    last_is_key: bool,
    /// Characters of structure met so far.
    structure: u64,
    is_fhir: bool,
    /// The first value has ended.
    first_ended: bool,
    is_list: bool,
}

impl Scan {
    /// Takes the next byte; `Some` when the answer is known (which may be: not JSON).
    fn feed(&mut self, byte: u8) -> Option<Option<FileFormat>> {
        if self.in_text {
            self.inside_text(byte);
            return None;
        }
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0xEF | 0xBB | 0xBF) {
            return None;
        }
        if self.first_ended {
            // A second value after the first: one a line.
            return Some(match (byte, self.is_fhir) {
                (b'{', true) => Some(FileFormat::FhirNdjson),
                (b'{' | b'[', false) => Some(FileFormat::Json),
                _ => None,
            });
        }
        self.structure += 1;
        let plausible = match self.structure {
            1 => matches!(byte, b'{' | b'['),
            2 if self.is_list => matches!(byte, b'{' | b'[' | b']' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'),
            2 => matches!(byte, b'"' | b'}'),
            3 if !self.is_list && self.depth == 1 => byte == b':',
            _ => true,
        };
        if !plausible {
            return Some(None);
        }
        match byte {
            b'{' | b'[' => {
                self.is_list |= self.structure == 1 && byte == b'[';
                self.depth += 1;
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.first_ended = self.depth == 0;
            }
            b'"' => {
                self.in_text = true;
                self.text.clear();
            }
            b':' if self.last_is_key && self.depth == 1 && !self.is_list => self.is_fhir = true,
            _ => {}
        }
        self.last_is_key = self.last_is_key && byte == b':';
        None
    }

    fn inside_text(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'"' => {
                self.in_text = false;
                self.last_is_key = self.depth == 1 && self.text == b"resourceType";
                return;
            }
            _ => {}
        }
        if self.text.len() <= 12 {
            self.text.push(byte);
        }
    }

    /// At the end of the file. A file that is cut off is still what it began as.
    fn end(&self) -> Option<FileFormat> {
        if self.is_fhir {
            return Some(FileFormat::FhirJson);
        }
        let is_json = self.first_ended || (self.structure > 3 && (!self.is_list || self.depth > 1));
        is_json.then_some(FileFormat::Json)
    }
}
