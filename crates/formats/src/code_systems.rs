//! Names of the code systems that records use: short name, FHIR URI and OID, in one table.

/// (short name, FHIR URI, OID); see HL7's registry of external code systems.
const SYSTEMS: [(&str, &str, &str); 24] = [
    ("ICD-10-CM", "http://hl7.org/fhir/sid/icd-10-cm", "2.16.840.1.113883.6.90"),
    ("ICD-10", "http://hl7.org/fhir/sid/icd-10", "2.16.840.1.113883.6.3"),
    ("ICD-9-CM", "http://hl7.org/fhir/sid/icd-9-cm", "2.16.840.1.113883.6.103"),
    ("ICD-O-3", "http://terminology.hl7.org/CodeSystem/icd-o-3", "2.16.840.1.113883.6.43.1"),
    ("SNOMED CT", "http://snomed.info/sct", "2.16.840.1.113883.6.96"),
    ("LOINC", "http://loinc.org", "2.16.840.1.113883.6.1"),
    ("RxNorm", "http://www.nlm.nih.gov/research/umls/rxnorm", "2.16.840.1.113883.6.88"),
    ("CPT", "http://www.ama-assn.org/go/cpt", "2.16.840.1.113883.6.12"),
    ("HCPCS", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "2.16.840.1.113883.6.285"),
    ("ICD-10-PCS", "http://www.cms.gov/Medicare/Coding/ICD10", "2.16.840.1.113883.6.4"),
    ("NUCC", "http://nucc.org/provider-taxonomy", "2.16.840.1.113883.6.101"),
    ("NCIt", "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "2.16.840.1.113883.3.26.1.1"),
    ("AJCC", "http://cancerstaging.org", ""),
    ("UCUM", "http://unitsofmeasure.org", "2.16.840.1.113883.6.8"),
    ("HGNC", "http://www.genenames.org", "2.16.840.1.113883.6.281"),
    ("HGVS", "http://varnomen.hgvs.org", "2.16.840.1.113883.6.282"),
    ("NPI", "http://hl7.org/fhir/sid/us-npi", "2.16.840.1.113883.4.6"),
    ("NDC", "http://hl7.org/fhir/sid/ndc", "2.16.840.1.113883.6.69"),
    ("CVX", "http://hl7.org/fhir/sid/cvx", "2.16.840.1.113883.12.292"),
    ("UNII", "http://fdasis.nlm.nih.gov", "2.16.840.1.113883.4.9"),
    ("CDT", "http://www.ada.org/cdt", "2.16.840.1.113883.6.13"),
    ("DICOM", "http://dicom.nema.org/resources/ontology/DCM", "1.2.840.10008.2.16.4"),
    ("NDF-RT", "http://hl7.org/fhir/ndfrt", "2.16.840.1.113883.3.26.1.5"),
    ("UB-04", "https://www.nubc.org/CodeSystem/RevenueCodes", "2.16.840.1.113883.6.301.3"),
];

/// The short name people know a code system by, from its URI or OID; `None` for HL7's own and unknown ones.
pub(crate) fn name(system: &str) -> Option<&'static str> {
    let oid = system.strip_prefix("urn:oid:").unwrap_or(system);
    SYSTEMS
        .iter()
        .find(|(_, uri, known)| *uri == system || (!known.is_empty() && *known == oid))
        .map(|(name, ..)| *name)
}

/// The FHIR URI of an OID, or `urn:oid:…` where none is known.
pub(crate) fn from_oid(oid: &str) -> String {
    SYSTEMS
        .iter()
        .find(|(.., known)| !known.is_empty() && *known == oid)
        .map_or_else(|| format!("urn:oid:{oid}"), |(_, uri, _)| (*uri).to_owned())
}

/// The FHIR URI of a code system as HL7 v2 table 0396 writes it (`LN`, `I10`, `SCT`); empty when unknown.
pub(crate) fn from_hl7_v2(identifier: &str) -> &'static str {
    let name = match identifier.trim().to_uppercase().as_str() {
        "LN" | "LOINC" => "LOINC",
        "I10" | "I10C" | "ICD10" | "ICD-10" | "ICD10CM" => "ICD-10-CM",
        "I9" | "I9C" | "I9CDX" | "ICD9" => "ICD-9-CM",
        "SCT" | "SNM" | "SNOMED" | "SNOMEDCT" => "SNOMED CT",
        "RXNORM" => "RxNorm",
        "C4" | "CPT4" | "CPT" => "CPT",
        "HCPCS" | "HPC" => "HCPCS",
        "NDC" => "NDC",
        "CVX" => "CVX",
        "I10P" => "ICD-10-PCS",
        _ => return "",
    };
    SYSTEMS.iter().find(|(known, ..)| *known == name).map_or("", |(_, uri, _)| uri)
}

/// A code in quiet form behind its words: `Malignant tumour of colon (SNOMED CT 363406005)`.
pub(crate) fn quietly(words: &str, system: &str, code: &str) -> String {
    match name(system) {
        Some(name) if !code.is_empty() && words != code => format!("{words} ({name} {code})"),
        Some(name) if !code.is_empty() => format!("{name} {code}"),
        _ => words.to_owned(),
    }
}
