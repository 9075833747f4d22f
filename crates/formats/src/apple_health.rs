//! Apple Health `export.xml`: streamed, since it can hold years of heartbeats in gigabytes. What is kept is who it is
//! about, how much of what was recorded and when, and which clinical records lie beside it.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

use consilium_casefile::records::FileFormat;
use consilium_casefile::{PartialDate, PatientIdentity};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::readable::{Readable, Section};
use crate::understand::{document, opaque};
use crate::{Complaint, Content, DocumentContent, Limits, Understood};

/// A tag longer than this is not Apple's.
const LONGEST_TAG: usize = 1 << 20;
/// Kinds of record and clinical records that are listed one by one.
const MOST_LISTED: usize = 20_000;

/// Reads an export.
pub(crate) fn understand(content: &Content, _limits: &Limits) -> Understood {
    let format = FileFormat::AppleHealth;
    let Ok(reader) = content.reader() else {
        return opaque(format, "This file could not be read from the disc; copy it again from its source.");
    };
    let mut export = Export::default();
    let complaint = export.read(reader);
    if export.kinds.is_empty() && export.clinical.is_empty() && export.about.is_empty() {
        return opaque(format, "Nothing was found in this Apple Health export; export it again on the phone.");
    }
    let patients = export.birth_date.map(|birth_date| PatientIdentity {
        name: None,
        birth_date: Some(birth_date),
        identifier: None,
    });
    let mut read = DocumentContent { text: vec![export.lay_out().text()], ..DocumentContent::default() };
    read.stated.title = Some("Apple Health export".to_owned());
    read.stated.date = export.exported.as_deref().and_then(|d| d.parse().ok());
    read.patients = patients.into_iter().collect();
    document(format, read, Vec::new(), complaint.into_iter().collect())
}

/// Lays out an export. `None` when it is none.
#[must_use]
pub fn readable(bytes: &[u8]) -> Option<Readable> {
    let mut export = Export::default();
    export.read(bytes);
    (!export.kinds.is_empty() || !export.clinical.is_empty() || !export.about.is_empty()).then(|| export.lay_out())
}

#[derive(Debug, Default)]
struct Export {
    exported: Option<String>,
    birth_date: Option<PartialDate>,
    about: Vec<(String, String)>,
    kinds: BTreeMap<String, Kind>,
    clinical: Vec<Vec<String>>,
}

/// What was recorded of one kind.
#[derive(Debug, Default)]
struct Kind {
    number: u64,
    first: String,
    last: String,
    last_value: String,
}

impl Export {
    fn read(&mut self, source: impl Read) -> Option<Complaint> {
        let mut reader = Reader::from_reader(ShortTags { inner: BufReader::with_capacity(64 << 10, source), run: 0 });
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        let mut buffer = Vec::new();
        loop {
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Start(tag) | Event::Empty(tag)) => self.tag(&tag),
                Ok(Event::Eof) => return None,
                Ok(_) => {}
                Err(_) => {
                    let what = "This Apple Health export is damaged; what comes before the damage was read.";
                    return Some(Complaint::at(reader.error_position(), what));
                }
            }
            buffer.clear();
        }
    }

    fn tag(&mut self, tag: &BytesStart<'_>) {
        let attribute = |name: &str| {
            tag.attributes().with_checks(false).flatten().find(|a| a.key.as_ref() == name).map(|a| {
                let text =
                    quick_xml::escape::unescape(&a.value).map_or_else(|_| a.value.to_string(), |t| t.into_owned());
                text.chars().take(400).collect::<String>()
            })
        };
        let value = |name: &str| attribute(name).unwrap_or_default();
        match tag.name().as_ref() {
            "ExportDate" => self.exported = attribute("value"),
            "Me" => {
                self.birth_date = value("HKCharacteristicTypeIdentifierDateOfBirth").parse().ok();
                let known = [
                    ("Born", "HKCharacteristicTypeIdentifierDateOfBirth"),
                    ("Sex", "HKCharacteristicTypeIdentifierBiologicalSex"),
                    ("Blood type", "HKCharacteristicTypeIdentifierBloodType"),
                ];
                for (label, name) in known {
                    let said = value(name);
                    let said =
                        said.strip_prefix("HKBiologicalSex").or(said.strip_prefix("HKBloodType")).unwrap_or(&said);
                    if !said.is_empty() && said != "NotSet" {
                        self.about.push((label.to_owned(), said.to_owned()));
                    }
                }
            }
            "Record" => {
                let said = format!("{} {}", value("value"), value("unit"));
                self.count(&value("type"), &value("startDate"), &value("endDate"), said.trim());
            }
            "Workout" => self.count(&value("workoutActivityType"), &value("startDate"), &value("endDate"), ""),
            "Correlation" => self.count(&value("type"), &value("startDate"), &value("endDate"), ""),
            "ActivitySummary" => self.count("ActivitySummary", &value("dateComponents"), &value("dateComponents"), ""),
            "ClinicalRecord" if self.clinical.len() < MOST_LISTED => self.clinical.push(vec![
                words(&value("type")),
                value("sourceName"),
                day(&value("receivedDate")),
                value("resourceFilePath"),
            ]),
            _ => {}
        }
    }

    fn count(&mut self, kind: &str, start: &str, end: &str, said: &str) {
        let kind = words(kind);
        if self.kinds.len() >= MOST_LISTED && !self.kinds.contains_key(&kind) {
            return;
        }
        let (start, end) = (day(start), day(end));
        let entry = self.kinds.entry(kind).or_default();
        entry.number += 1;
        if entry.first.is_empty() || start < entry.first {
            entry.first.clone_from(&start);
        }
        if end >= entry.last {
            entry.last = end;
            entry.last_value = said.to_owned();
        }
    }

    fn lay_out(&self) -> Readable {
        let mut readable = Readable { title: "Apple Health export".to_owned(), ..Readable::default() };
        self.about.iter().for_each(|(label, value)| readable.head(label, value.clone()));
        readable.head("Exported", self.exported.as_deref().map(day).unwrap_or_default());
        let mut clinical = Section::new("Clinical records from health systems");
        clinical.table(&["Kind", "From", "Received", "File"], self.clinical.clone());
        readable.push(clinical);
        let mut measured = Section::new("Recorded by phone, watch and devices");
        let rows = self.kinds.iter().map(|(kind, k)| {
            let row = [kind.clone(), k.number.to_string(), k.first.clone(), k.last.clone(), k.last_value.clone()];
            row.to_vec()
        });
        measured.table(&["Kind", "Number", "First", "Last", "Last value"], rows.collect());
        readable.push(measured);
        readable
    }
}

fn day(text: &str) -> String {
    text.chars().take(10).collect()
}

/// `HKQuantityTypeIdentifierBodyMass` as `Body mass`.
fn words(kind: &str) -> String {
    let prefixes = [
        "HKQuantityTypeIdentifier",
        "HKCategoryTypeIdentifier",
        "HKClinicalTypeIdentifier",
        "HKCorrelationTypeIdentifier",
        "HKWorkoutActivityType",
        "HKDataType",
    ];
    let bare = prefixes.iter().find_map(|p| kind.strip_prefix(p)).unwrap_or(kind);
    let mut words = String::new();
    let mut before = ' ';
    for c in bare.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else {
            words.push(c);
        }
        before = c;
    }
    words
}

/// Refuses input without an end of tag for too long, so that memory stays bounded.
struct ShortTags<R> {
    inner: R,
    /// Bytes since the last `>`.
    run: usize,
}

impl<R: BufRead> Read for ShortTags<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for ShortTags<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.run > LONGEST_TAG {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a tag without end"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        let consumed = self.inner.fill_buf().ok().and_then(|b| b.get(..amount)).unwrap_or_default();
        self.run = match consumed.iter().rposition(|b| *b == b'>') {
            Some(last) => amount - last - 1,
            None => self.run + amount,
        };
        self.inner.consume(amount);
    }
}
