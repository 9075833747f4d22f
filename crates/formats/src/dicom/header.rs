//! The header of one instance: who, which study and series, and where the frames lie.

use std::io::Read;

use consilium_casefile::records::FileFormat;
use consilium_casefile::{PartialDate, PersonName};

use super::charset::Charset;
use super::element::{Element, Source, Syntax, UNDEFINED, is_known_vr};
use super::frames;
use crate::{Attachment, Coded, Complaint, Content, ImageHeader, Stated, Substance, Understood};

/// Media Storage Directory Storage: the SOP class of a DICOMDIR (PS3.4 Annex B).
const DIRECTORY_CLASS: &str = "1.2.840.10008.1.3.10";
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
const IMPLICIT: &str = "1.2.840.10008.1.2";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const ENCAPSULATED_PDF: &str = "1.2.840.10008.5.1.4.1.1.104.1";
const ENCAPSULATED_CDA: &str = "1.2.840.10008.5.1.4.1.1.104.2";
/// Longest text value that is looked at, bytes.
const TEXT: usize = 16 << 10;
/// Longest document taken out of an instance, bytes.
const DOCUMENT: usize = 256 << 20;
/// A deflated data set is inflated up to here, bytes; its header lies at the beginning.
const INFLATED: u64 = 32 << 20;
/// Most elements looked at; a file with more is broken.
const ELEMENTS: usize = 1_000_000;

/// Where the data set begins and how it is written.
#[derive(Debug, Clone, Default)]
pub(super) struct Meta {
    pub(super) data_set: u64,
    pub(super) transfer_syntax: String,
    class: String,
    instance: String,
}

/// Whether these are the first bytes of a DICOM file: with preamble, or without one but with plausible elements.
pub(crate) fn is_dicom(head: &[u8]) -> bool {
    if head.get(128..132) == Some(b"DICM") || head.starts_with(b"DICM") {
        return true;
    }
    let mut source = Source::Memory(head);
    [Syntax::EXPLICIT, Syntax::IMPLICIT, Syntax::BIG_ENDIAN].into_iter().any(|s| looks_written_in(&mut source, s))
}

/// Whether the file begins with elements of the groups a DICOM file begins with, rising and of sensible length.
fn looks_written_in(source: &mut Source<'_>, syntax: Syntax) -> bool {
    let (mut at, mut last) = (0, None);
    for count in 0..4 {
        let Some(element) = source.element(at, syntax) else { return count >= 2 && at == source.length() };
        let group = element.tag >> 16;
        let first = last.is_none();
        let plausible_group = if first { matches!(group, 2 | 4 | 8) } else { (2..=0x7FE0).contains(&group) };
        let rising = last.is_none_or(|tag| element.tag > tag);
        let vr = if syntax.explicit { is_known_vr(element.vr) } else { element.vr == [0; 2] };
        let sequence = element.length == UNDEFINED;
        if !plausible_group || !rising || !vr || (first && (sequence || element.length > 1024)) {
            return false;
        }
        // The head ends inside this element. Two bytes of value representation are evidence, lengths alone are little.
        if sequence || element.end() > source.length() {
            return count >= if syntax.explicit { 1 } else { 2 };
        }
        last = Some(element.tag);
        at = element.end();
    }
    true
}

/// Whether the first bytes of a DICOM file are those of a DICOMDIR.
pub(crate) fn is_dicomdir(head: &[u8]) -> bool {
    let mut source = Source::Memory(head);
    let meta = read_meta(&mut source, &mut Vec::new());
    let syntax = syntax_of(&mut source, &meta);
    meta.class == DIRECTORY_CLASS || source.element(meta.data_set, syntax).is_some_and(|e| e.tag >> 16 == 4)
}

/// Reads preamble and file meta information (group 0002), which is always explicit little endian; broken writers
/// make it implicit, which is read as well.
pub(super) fn read_meta(source: &mut Source<'_>, complaints: &mut Vec<Complaint>) -> Meta {
    let mut meta = Meta::default();
    let mut at = if source.bytes(128, 4) == b"DICM" {
        if source.bytes(0, 2) == b"MZ" || source.bytes(0, 4) == b"\x7fELF" {
            complaints.push(Complaint::new(
                "The unused beginning of this DICOM file holds the beginning of a program; it is kept but never run.",
            ));
        }
        132
    } else if source.bytes(0, 4) == b"DICM" {
        4
    } else {
        0
    };
    while let Some(element) = source.element(at, Syntax::EXPLICIT).filter(|e| e.tag >> 16 == 2) {
        let text = |value: &[u8]| uid(value);
        match element.tag {
            0x0002_0002 => meta.class = text(source.value(&element, TEXT)),
            0x0002_0003 => meta.instance = text(source.value(&element, TEXT)),
            0x0002_0010 => meta.transfer_syntax = text(source.value(&element, TEXT)),
            _ => {}
        }
        let Some(next) = source.after(&element, Syntax::EXPLICIT) else { break };
        at = next;
    }
    meta.data_set = at;
    meta
}

/// How the data set is written: as the transfer syntax says, unless the first element shows otherwise.
pub(super) fn syntax_of(source: &mut Source<'_>, meta: &Meta) -> Syntax {
    let declared = match meta.transfer_syntax.as_str() {
        BIG_ENDIAN => Syntax::BIG_ENDIAN,
        IMPLICIT => Syntax::IMPLICIT,
        _ => Syntax::EXPLICIT,
    };
    let Some([a, b, _, _, e, f, _, _]) = source.array::<8>(meta.data_set) else { return declared };
    if !is_known_vr([e, f]) {
        return Syntax { explicit: false, ..declared };
    }
    // Group numbers of a header are small: the half that is zero tells the byte order.
    let big_endian = match (a, b) {
        (0, 1..) => true,
        (1.., 0) => false,
        _ => declared.big_endian,
    };
    Syntax { explicit: true, big_endian }
}

/// Reads an instance. Never fails: without the identifiers that place it in a study it is [`Substance::Opaque`] with
/// complaints.
#[must_use]
pub fn understand_instance(content: &Content) -> Understood {
    let mut complaints = Vec::new();
    let mut attachments = Vec::new();
    let substance = match Source::new(content) {
        Ok(mut source) => instance(&mut source, &mut attachments, &mut complaints),
        Err(_) => {
            complaints.push(Complaint::new("The file could not be read again; check the disc or drive it is on."));
            Substance::Opaque
        }
    };
    Understood { format: FileFormat::Dicom, substance, attachments, complaints }
}

fn instance(source: &mut Source<'_>, attachments: &mut Vec<Attachment>, complaints: &mut Vec<Complaint>) -> Substance {
    let meta = read_meta(source, complaints);
    let mut found = Found { charset: Charset::default(), ..Found::default() };
    let mut inflated = Vec::new();
    if meta.transfer_syntax == DEFLATED {
        inflate(source, meta.data_set, &mut inflated, complaints);
        let mut plain = Source::Memory(&inflated);
        let start = Meta { data_set: 0, ..meta.clone() };
        let syntax = syntax_of(&mut plain, &start);
        found.read(&mut plain, 0, syntax, complaints);
        found.document(&mut plain, attachments, complaints);
        return found.finish(&mut plain, &meta, syntax, complaints);
    }
    let syntax = syntax_of(source, &meta);
    found.read(source, meta.data_set, syntax, complaints);
    found.document(source, attachments, complaints);
    found.finish(source, &meta, syntax, complaints)
}

fn inflate(source: &mut Source<'_>, from: u64, into: &mut Vec<u8>, complaints: &mut Vec<Complaint>) {
    let packed = usize::try_from(source.length().saturating_sub(from)).unwrap_or(usize::MAX).min(DOCUMENT);
    let read = flate2::read::DeflateDecoder::new(source.bytes(from, packed)).take(INFLATED).read_to_end(into);
    if read.is_err() {
        complaints
            .push(Complaint::at(from, "The packed part of this DICOM file is damaged; ask the sender for it again."));
    }
}

/// What was found on the way to the pixel data.
#[derive(Debug, Default)]
struct Found {
    charset: Charset,
    header: ImageHeader,
    patient_name: String,
    pixels: frames::Pixels,
    document: Option<Element>,
    document_stated: Stated,
    content_date: Option<PartialDate>,
}

impl Found {
    fn read(&mut self, source: &mut Source<'_>, from: u64, syntax: Syntax, complaints: &mut Vec<Complaint>) {
        let mut at = from;
        let mut name = None;
        for _ in 0..ELEMENTS {
            let Some(element) = source.element(at, syntax) else {
                if at < source.length() && source.bytes(at, 8).iter().any(|byte| *byte != 0) {
                    complaints.push(Complaint::at(at, "The file ends in the middle of its header."));
                }
                break;
            };
            let is_pixels = matches!(element.tag, 0x7FE0_0008..=0x7FE0_0010);
            if is_pixels {
                self.pixels.element = Some(element);
                break;
            }
            if element.length != UNDEFINED && element.end() > source.length() {
                complaints.push(Complaint::at(
                    at,
                    "The file ends early or is damaged here; its header was read up to this place.",
                ));
                // A text that is cut off would be taken for the whole; a document is handed on as far as it goes.
                if element.tag == 0x0042_0011 {
                    self.document = Some(element);
                }
                break;
            }
            self.note(source, &element, syntax);
            if element.tag == 0x0010_0010 {
                name = Some(element);
            }
            let Some(next) = source.after(&element, syntax) else {
                complaints.push(Complaint::at(at, "A part of the header that should end has no end; reading stopped."));
                break;
            };
            at = next;
        }
        // The name is read last: a character set out of its place still counts.
        if let Some(name) = name {
            self.patient_name = self.charset.name(source.value(&name, TEXT));
        }
        if !self.charset.unknown.is_empty() {
            complaints.push(Complaint::new(
                "The file states a character set nobody knows; names in it may be shown wrongly.",
            ));
        }
    }

    fn note(&mut self, source: &mut Source<'_>, element: &Element, syntax: Syntax) {
        let (tag, is_sequence) = (element.tag, element.length == UNDEFINED || &element.vr == b"SQ");
        if tag == 0x0040_A043 || tag == 0x0008_2228 {
            if let Some(code) = self.code(source, element, syntax) {
                self.document_stated.codes.push(code);
            }
            return;
        }
        if is_sequence {
            return;
        }
        let value = source.value(element, TEXT);
        let header = &mut self.header;
        match tag {
            0x0008_0005 => self.charset = Charset::from_terms(&ascii(value)),
            0x0008_0016 => header.sop_class_uid = uid(value),
            0x0008_0018 => header.sop_instance_uid = uid(value),
            0x0008_0020 => header.study.date = PartialDate::from_compact(&ascii(value)),
            0x0008_0023 => self.content_date = PartialDate::from_compact(&ascii(value)),
            0x0008_0050 => header.study.accession = self.charset.text(value),
            0x0008_0060 => header.series.modality = self.charset.text(value),
            0x0008_0080 => header.study.institution = self.charset.text(value),
            0x0008_1030 => header.study.description = self.charset.text(value),
            0x0008_103E => header.series.description = self.charset.text(value),
            0x0010_0020 => header.patient.identifier = self.charset.text(value),
            0x0010_0030 => header.patient.birth_date = PartialDate::from_compact(&ascii(value)),
            0x0018_0015 => header.series.body_part = self.charset.text(value),
            0x0020_000D => header.study.uid = uid(value),
            0x0020_000E => header.series.uid = uid(value),
            0x0020_0011 => header.series.number = integer(value),
            0x0020_0013 => header.number = integer(value),
            0x0020_1209 => header.series.stated_instances = integer(value).and_then(|n| u32::try_from(n).ok()),
            0x0028_0002 => self.pixels.samples = short(value, syntax),
            0x0028_0004 => self.pixels.subsampled = ascii(value).starts_with("YBR_FULL_422"),
            0x0028_0008 => self.pixels.frames = integer(value).and_then(|n| u32::try_from(n).ok()),
            0x0028_0010 => header.rows = short(value, syntax),
            0x0028_0011 => header.columns = short(value, syntax),
            0x0028_0100 => self.pixels.bits_allocated = short(value, syntax),
            0x0042_0010 => self.document_stated.title = self.charset.text(value),
            0x0042_0011 => self.document = Some(*element),
            0x7FE0_0001 => self.pixels.extended_offsets = Some(*element),
            0x7FE0_0002 => self.pixels.extended_lengths = Some(*element),
            _ => {}
        }
    }

    /// The first code of a code sequence.
    fn code(&self, source: &mut Source<'_>, sequence: &Element, syntax: Syntax) -> Option<Coded> {
        let (start, end) = source.items(sequence, syntax, 1).first().copied()?;
        let (mut coded, mut at) = (Coded::default(), start);
        while at < end {
            let element = source.element(at, syntax)?;
            let text = self.charset.text(source.value(&element, TEXT)).unwrap_or_default();
            match element.tag {
                0x0008_0100 => coded.code = text,
                0x0008_0102 if text == "LN" => coded.system = "http://loinc.org".to_owned(),
                0x0008_0102 if text == "SCT" || text == "SRT" => coded.system = "http://snomed.info/sct".to_owned(),
                0x0008_0104 => coded.display = text,
                _ => {}
            }
            at = source.after(&element, syntax)?;
        }
        (!coded.code.is_empty()).then_some(coded)
    }

    /// A PDF or CDA document carried in the instance becomes an attachment.
    fn document(&mut self, source: &mut Source<'_>, into: &mut Vec<Attachment>, complaints: &mut Vec<Complaint>) {
        let Some(element) = self.document else { return };
        let name = match self.header.sop_class_uid.as_str() {
            ENCAPSULATED_PDF => "encapsulated.pdf",
            ENCAPSULATED_CDA => "encapsulated.xml",
            _ => return,
        };
        if element.length == UNDEFINED || u64::from(element.length) > DOCUMENT as u64 {
            complaints
                .push(Complaint::at(element.value, "The document inside this DICOM file is too large to be read."));
            return;
        }
        let mut bytes = source.value(&element, DOCUMENT).to_vec();
        // One zero byte fills a document of odd length.
        if bytes.last() == Some(&0) {
            bytes.pop();
        }
        let stated = Stated {
            date: self.content_date.or(self.header.study.date),
            facility: self.header.study.institution.clone(),
            ..self.document_stated.clone()
        };
        into.push(Attachment { name: name.to_owned(), bytes, stated });
    }

    fn finish(
        mut self,
        source: &mut Source<'_>,
        meta: &Meta,
        syntax: Syntax,
        complaints: &mut Vec<Complaint>,
    ) -> Substance {
        let header = &mut self.header;
        header.patient.name = PersonName::from_carets(&self.patient_name);
        header.data_set_offset = meta.data_set;
        header.transfer_syntax_uid = if meta.transfer_syntax.is_empty() {
            match syntax {
                Syntax::BIG_ENDIAN => BIG_ENDIAN,
                Syntax::IMPLICIT => IMPLICIT,
                _ => EXPLICIT,
            }
            .to_owned()
        } else {
            meta.transfer_syntax.clone()
        };
        if header.sop_instance_uid.is_empty() {
            header.sop_instance_uid.clone_from(&meta.instance);
        }
        if header.sop_class_uid.is_empty() {
            header.sop_class_uid.clone_from(&meta.class);
        }
        let missing: Vec<&str> = [
            (header.study.uid.is_empty(), "Study Instance UID"),
            (header.series.uid.is_empty(), "Series Instance UID"),
            (header.sop_instance_uid.is_empty(), "SOP Instance UID"),
        ]
        .into_iter()
        .filter_map(|(is_missing, what)| is_missing.then_some(what))
        .collect();
        if !missing.is_empty() {
            complaints.push(Complaint::new(format!(
                "The DICOM header states no {}; ask for the original file.",
                missing.join(" and no ")
            )));
        }
        if header.study.uid.is_empty() || header.sop_instance_uid.is_empty() {
            return Substance::Opaque;
        }
        header.frames = self.pixels.frames.filter(|n| *n > 0).unwrap_or(1);
        if meta.transfer_syntax != DEFLATED {
            header.frame_ranges = frames::ranges(source, &self.pixels, header, syntax, complaints);
        }
        Substance::Image(Box::new(self.header))
    }
}

/// A UID without padding; empty when it is far longer than the 64 characters a UID may have (PS3.5 9.1), because a
/// part of it would not tell instances apart.
pub(super) fn uid(value: &[u8]) -> String {
    let text = ascii(value);
    if text.len() > 128 { String::new() } else { text }
}

pub(super) fn ascii(value: &[u8]) -> String {
    let end = value.iter().position(|b| *b == 0).unwrap_or(value.len());
    String::from_utf8_lossy(value.get(..end).unwrap_or_default()).trim().to_owned()
}

/// IS: the first value.
fn integer(value: &[u8]) -> Option<i32> {
    let text = ascii(value);
    let first = text.split('\\').next()?.trim();
    first.parse().ok().or_else(|| first.split('.').next()?.parse().ok())
}

/// US: the first value; a text where a broken writer put one.
fn short(value: &[u8], syntax: Syntax) -> Option<u32> {
    match value {
        [a, b, ..] => Some(u32::from(syntax.u16([*a, *b]))),
        _ => None,
    }
}
