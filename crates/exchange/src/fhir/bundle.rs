//! Entries of a bundle as they are gathered: ids that are the same for the same case each time, profiles and tags, and
//! one Provenance for each source document, apart for what a person confirmed and what a program read.

use std::collections::{BTreeMap, HashSet};

use consilium_casefile::Instant;
use serde_json::{Value, json};

use super::write::{OWN_DOCUMENTS, OWN_TAGS, line, reference, set_date};
use super::{Export, SourceDocument, tables};

/// Which guide the entries are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guide {
    /// mCODE 4.
    Mcode,
    /// International Patient Summary 2.
    Ips,
}

/// Who stands for what an entry says of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Vouched {
    /// A program read it in a record, and nobody else has.
    Machine,
    /// A person confirmed or corrected what a program read.
    Confirmed,
    /// A person typed it from a page.
    Typed,
    /// A person states it, and no record does.
    Stated,
}

impl Vouched {
    /// Of what stands in a record.
    pub(super) fn by(confirmed: bool) -> Self {
        if confirmed { Self::Confirmed } else { Self::Machine }
    }

    fn is_of_a_person(self) -> bool {
        self != Self::Machine
    }

    /// As names of entries have it.
    fn name(self) -> &'static str {
        match self {
            Self::Machine => "false",
            Self::Confirmed => "true",
            Self::Typed => "typed",
            Self::Stated => "stated",
        }
    }
}

/// Entries of a bundle.
#[derive(Debug)]
pub(super) struct Entries<'e> {
    pub(super) export: &'e Export,
    pub(super) guide: Guide,
    /// Whether resources carry whole what they were made of, for our own reader.
    pub(super) carries: bool,
    list: Vec<(String, Value)>,
    urls: HashSet<String>,
    /// Targets by document, and who stands for them.
    sources: BTreeMap<(String, Vouched), (&'e SourceDocument, Vec<String>)>,
    /// Full URL of a document that is itself in the bundle.
    documents: BTreeMap<String, String>,
}

/// A UUID that is the same for the same case and name each time (RFC 9562 version 8).
pub(super) fn uuid(handle: &str, name: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("consilium fhir export 1");
    hasher.update(&(handle.len() as u64).to_le_bytes());
    hasher.update(handle.as_bytes());
    hasher.update(name.as_bytes());
    let hex = hasher.finalize().to_hex();
    let part = |from: usize, to: usize| hex.as_str().get(from..to).unwrap_or_default();
    format!("{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
}

impl<'e> Entries<'e> {
    pub(super) fn new(export: &'e Export, guide: Guide) -> Self {
        Self {
            export,
            guide,
            carries: false,
            list: Vec::new(),
            urls: HashSet::new(),
            sources: BTreeMap::new(),
            documents: BTreeMap::new(),
        }
    }

    /// The full URL that an entry of this name has or will have.
    pub(super) fn url(&self, name: &str) -> String {
        format!("urn:uuid:{}", uuid(&self.export.handle, name))
    }

    /// The patient.
    pub(super) fn patient(&self) -> Value {
        reference(&self.url("patient"))
    }

    /// Who speaks where a person states something and no record does. A case does not know whether its owner is the patient
    /// or keeps it for them, and says so; to a computer it is what is reported from the patient's side.
    pub(super) fn speaker(&self) -> Value {
        let mut speaker = self.patient();
        speaker["display"] = Value::from("The patient, or a person who keeps the records for the patient");
        speaker
    }

    /// The source of what a person states: no record.
    pub(super) fn no_record(&self) -> &'e SourceDocument {
        static NO_RECORD: SourceDocument = SourceDocument {
            id: String::new(),
            title: String::new(),
            kind: String::new(),
            date: None,
            author: None,
            facility: None,
            names_no_one: false,
        };
        &NO_RECORD
    }

    /// The profile of a kind of resource in this guide.
    pub(super) fn profile(&self, kind: &str) -> Option<String> {
        match self.guide {
            Guide::Mcode => tables::mcode_profile(kind),
            Guide::Ips => tables::ips_profile(kind),
        }
    }

    /// Adds a resource under a name, with the profile of its kind; gives its full URL.
    pub(super) fn add(&mut self, name: &str, kind: Option<&str>, mut resource: Value) -> String {
        let url = self.url(name);
        resource["id"] = Value::from(uuid(&self.export.handle, name));
        let base = resource.get("resourceType").and_then(Value::as_str).unwrap_or("Resource");
        let profile = kind
            .and_then(|kind| self.profile(kind))
            .unwrap_or_else(|| format!("http://hl7.org/fhir/StructureDefinition/{base}"));
        let mut meta = json!({ "profile": [profile] });
        if let Some(tags) = resource.get_mut("meta").and_then(|m| m.get_mut("tag")).map(Value::take) {
            meta["tag"] = tags;
        }
        resource["meta"] = meta;
        self.urls.insert(url.clone());
        self.list.push((url.clone(), resource));
        url
    }

    /// Adds a resource as it is, without profile or tag.
    pub(super) fn add_verbatim(&mut self, name: &str, resource: Value) -> String {
        let url = self.url(name);
        self.urls.insert(url.clone());
        self.list.push((url.clone(), resource));
        url
    }

    /// Adds a resource that a document states, tags it, and remembers the source.
    pub(super) fn add_stated(
        &mut self,
        name: &str,
        kind: Option<&str>,
        mut resource: Value,
        source: &'e SourceDocument,
        vouched: Vouched,
    ) -> String {
        let confirmed = vouched.is_of_a_person();
        let recorded = resource.get("meta").and_then(|m| m.get("tag")).is_some_and(|tags| has_tag(tags, RECORDED));
        if confirmed || !recorded {
            tag(&mut resource, if confirmed { "confirmed" } else { "machine-read" });
        }
        if source.names_no_one {
            mark_unnamed(&mut resource);
        }
        let url = self.add(name, kind, resource);
        self.source_of(&url, source, vouched);
        url
    }

    /// Remembers a further source of an entry.
    pub(super) fn source_of(&mut self, url: &str, source: &'e SourceDocument, vouched: Vouched) {
        let known = self.sources.entry((source.id.clone(), vouched)).or_insert((source, Vec::new()));
        if !known.1.iter().any(|u| u == url) {
            known.1.push(url.to_owned());
        }
    }

    /// Remembers where a document itself stands in the bundle.
    pub(super) fn document_at(&mut self, id: &str, url: &str) {
        self.documents.insert(id.to_owned(), url.to_owned());
    }

    /// Whether an entry of this name is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.urls.contains(&self.url(name))
    }

    /// The entries, closed by the Provenance of each source.
    pub(super) fn finish(mut self) -> Vec<Value> {
        for ((id, vouched), (source, targets)) in std::mem::take(&mut self.sources) {
            let provenance = self.provenance(&id, source, vouched, &targets);
            self.add(&format!("provenance {id} {}", vouched.name()), None, provenance);
        }
        self.list.into_iter().map(|(url, resource)| json!({ "fullUrl": url, "resource": resource })).collect()
    }

    fn provenance(&self, id: &str, source: &SourceDocument, vouched: Vouched, targets: &[String]) -> Value {
        let role = |code: &str| {
            json!({ "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": code
            }] })
        };
        let by_program = || json!({ "type": role("assembler"), "who": { "display": "Consilium (read by program)" } });
        let mut agents = match vouched {
            Vouched::Machine => vec![by_program()],
            Vouched::Confirmed => vec![
                by_program(),
                json!({ "type": role("verifier"), "who": { "display": "Confirmed by a person of the case" } }),
            ],
            // No program read it.
            Vouched::Typed => {
                vec![json!({ "type": role("enterer"), "who": { "display": "Read and typed by a person of the case" } })]
            }
            Vouched::Stated => vec![json!({ "type": role("author"), "who": self.speaker() })],
        };
        let mut author = json!({ "type": role("author") });
        let facility = source.facility.as_deref().and_then(line);
        if let Some(name) = source.author.as_deref().and_then(line) {
            author["who"] = json!({ "display": name });
            if let Some(facility) = facility {
                author["onBehalfOf"] = json!({ "display": facility });
            }
            agents.push(author);
        } else if let Some(facility) = facility {
            author["who"] = json!({ "display": facility });
            agents.push(author);
        }
        let mut what = match self.documents.get(id) {
            Some(url) => reference(url),
            None => json!({ "identifier": {
                "system": OWN_DOCUMENTS, "value": line(id).unwrap_or_else(|| "unknown".to_owned())
            } }),
        };
        let shown = [&source.kind, &source.title].into_iter().filter_map(|w| line(w)).collect::<Vec<_>>().join(": ");
        if !shown.is_empty() {
            what["display"] = Value::from(shown);
        }
        let mut provenance = json!({
            "resourceType": "Provenance",
            "target": targets.iter().map(|t| reference(t)).collect::<Vec<_>>(),
            "recorded": self.export.now.iso(),
            "agent": agents,
        });
        if vouched != Vouched::Stated {
            provenance["entity"] = json!([{ "role": "source", "what": what }]);
        }
        tag(&mut provenance, if vouched.is_of_a_person() { "confirmed" } else { "machine-read" });
        set_date(&mut provenance, "occurredDateTime", source.date);
        provenance
    }
}

/// The tag of what a structured record states by an entry of its own.
pub(super) const RECORDED: &str = "recorded";

/// The tag of a medicine that is part of a course of treatment.
pub(super) const COURSE: &str = "course";

fn has_tag(tags: &Value, code: &str) -> bool {
    tags.as_array().into_iter().flatten().any(|tag| tag.get("code").and_then(Value::as_str) == Some(code))
}

/// Marks a resource with one of our tags.
pub(super) fn tag(resource: &mut Value, code: &str) {
    if !resource.get("meta").is_some_and(Value::is_object) {
        resource["meta"] = json!({});
    }
    super::write::push(&mut resource["meta"], "tag", json!({ "system": OWN_TAGS, "code": code }));
}

/// Says of a resource that its source names no patient.
pub(super) fn mark_unnamed(resource: &mut Value) {
    tag(resource, "names-no-one");
    let has_notes = !matches!(
        resource.get("resourceType").and_then(Value::as_str),
        Some("Provenance" | "Specimen" | "BodyStructure" | "DocumentReference" | "ImagingStudy")
    );
    if has_notes {
        super::write::note(
            resource,
            "The record this was read from names no patient, and nobody has said whose it is.",
        );
    }
}

/// A bundle of entries.
pub(super) fn bundle(profile: Option<String>, kind: &str, id: String, now: Instant, entries: Vec<Value>) -> Value {
    let mut bundle = json!({ "resourceType": "Bundle", "id": id });
    if let Some(profile) = profile {
        bundle["meta"] = json!({ "profile": [profile] });
    }
    bundle["type"] = Value::from(kind);
    bundle["timestamp"] = Value::from(now.iso());
    if !entries.is_empty() {
        bundle["entry"] = Value::Array(entries);
    }
    bundle
}

impl Entries<'_> {
    /// Names a further resource that belongs to a document.
    pub(super) fn relate_document(&mut self, document: &str, related: Value) {
        if let Some((_, resource)) = self.list.iter_mut().find(|(url, _)| url == document) {
            if !resource.get("context").is_some_and(Value::is_object) {
                resource["context"] = json!({});
            }
            super::write::push(&mut resource["context"], "related", related);
        }
    }
}
