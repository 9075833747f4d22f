//! Sample cases, fictitious and plainly so: a breast cancer as in the demo, a case with nothing stated, a hostile one,
//! a prostate and a lung cancer. Tests and the example program share them.

use consilium_casefile::facts::{
    Basis, Code, Concept, Context, Fact, Medication, MedicationStatus, Polarity, Qualifiers, Section, Treatment,
    TreatmentKind, TreatmentStatus,
};
use consilium_casefile::reading::{HowSaid, PersonWord, Region};
use consilium_casefile::{Instant, PartialDate, PatientIdentity, PersonName};
use consilium_exchange::fhir::{
    AgreedMedicine, Export, ExportCode, ExportDocument, ExportFact, ExportMedication, ExportSeries, ExportStudy,
    ExportTreatment, ExportTumour, Sex, SourceDocument,
};

/// 2026-03-14T10:00:00+01:00.
const NOW: Instant = Instant { micros: 1_773_478_800_000_000, offset_minutes: 60 };

/// Every sample by name.
pub fn all() -> Vec<(&'static str, Export)> {
    vec![
        ("breast", breast()),
        ("nothing", nothing()),
        ("hostile", hostile()),
        ("prostate", prostate()),
        ("lung", lung()),
        ("stated", stated()),
    ]
}

pub fn day(text: &str) -> Option<PartialDate> {
    text.parse().ok()
}

pub fn source(id: &str, title: &str, kind: &str, date: &str) -> SourceDocument {
    SourceDocument {
        id: id.to_owned(),
        title: title.to_owned(),
        kind: kind.to_owned(),
        date: day(date),
        author: Some("Dr. Pat Example".to_owned()),
        facility: Some("Springfield Example Hospital".to_owned()),
        names_no_one: false,
    }
}

pub fn fact(concept: &str, value: &str, polarity: Polarity, source: &SourceDocument) -> ExportFact {
    ExportFact {
        fact: Fact {
            concept: Concept::named(concept),
            value: value.to_owned(),
            unit: None,
            basis: Basis::Stated,
            polarity,
            context: Context::Current,
            section: Section::Body,
            qualifiers: Qualifiers::default(),
            specimen: None,
            tumour: None,
            date: None,
            main: true,
            start: 0,
            end: 0,
            quote: String::new(),
        },
        source: source.clone(),
        confirmed: false,
        word: None,
        coded: false,
        setting: None,
        label: concept.replace('_', " "),
        words: String::new(),
        codes: Vec::new(),
    }
}

trait With {
    fn unit(self, unit: &str) -> Self;
    fn prefix(self, prefix: &str) -> Self;
    fn suffix(self, suffix: &str) -> Self;
    fn ajcc(self, edition: &str) -> Self;
    fn specimen(self, specimen: &str) -> Self;
    fn confirmed(self) -> Self;
    fn words(self, words: &str) -> Self;
    fn gene(self, gene: &str) -> Self;
}

impl With for ExportFact {
    fn unit(mut self, unit: &str) -> Self {
        self.fact.unit = Some(unit.to_owned());
        self
    }
    fn prefix(mut self, prefix: &str) -> Self {
        self.fact.qualifiers.prefix = Some(prefix.to_owned());
        self
    }
    fn suffix(mut self, suffix: &str) -> Self {
        self.fact.qualifiers.suffix = Some(suffix.to_owned());
        self
    }
    fn ajcc(mut self, edition: &str) -> Self {
        self.fact.qualifiers.edition = Some(edition.to_owned());
        self.fact.qualifiers.system = Some("ajcc".to_owned());
        self
    }
    fn specimen(mut self, specimen: &str) -> Self {
        self.fact.specimen = Some(specimen.to_owned());
        self
    }
    fn confirmed(mut self) -> Self {
        self.confirmed = true;
        self
    }
    fn words(mut self, words: &str) -> Self {
        self.words = words.to_owned();
        self
    }
    fn gene(mut self, gene: &str) -> Self {
        self.fact.qualifiers.gene = Some(gene.to_owned());
        self
    }
}

/// A case of which nothing is stated.
pub fn nothing() -> Export {
    let knowledge = consilium_knowledge::load(None).knowledge;
    Export {
        patient: PatientIdentity::default(),
        sex: None,
        handle: "empty-case".to_owned(),
        now: NOW,
        facts: Vec::new(),
        concept_codes: consilium_exchange::fhir::concept_codes(&knowledge),
        tumours: Vec::new(),
        medications: Vec::new(),
        treatments: Vec::new(),
        agreed: Vec::new(),
        studies: Vec::new(),
        documents: Vec::new(),
    }
}

fn code(system: &str, code: &str, display: &str, confirmed: bool) -> ExportCode {
    ExportCode {
        code: Code { system: system.to_owned(), code: code.to_owned(), display: display.to_owned() },
        confirmed,
    }
}

fn document(source: &SourceDocument, media_type: &str, bytes: &[u8]) -> ExportDocument {
    ExportDocument { source: source.clone(), type_code: None, media_type: media_type.to_owned(), bytes: bytes.to_vec() }
}

fn treatment(kind: TreatmentKind, what: &str, status: TreatmentStatus, source: &SourceDocument) -> ExportTreatment {
    ExportTreatment {
        treatment: Treatment {
            kind,
            what: what.to_owned(),
            code: None,
            drugs: Vec::new(),
            laterality: None,
            date: None,
            until: None,
            cycles: None,
            dose: None,
            intent: None,
            change: None,
            status,
            start: 0,
            end: 0,
            quote: String::new(),
        },
        source: source.clone(),
        confirmed: false,
        word: None,
        tumour: None,
        codes: Vec::new(),
    }
}

fn medication(name: &str, dose: &str, status: MedicationStatus, source: &SourceDocument) -> ExportMedication {
    ExportMedication {
        medication: Medication {
            name: name.to_owned(),
            ingredient: Some(name.to_lowercase()),
            code: None,
            dose: Some(dose.to_owned()),
            route: Some("oral".to_owned()),
            frequency: Some("once daily".to_owned()),
            status,
            since: day("2025-12"),
            until: None,
            reason: None,
            start: 0,
            end: 0,
            quote: String::new(),
        },
        source: source.clone(),
        confirmed: false,
        word: None,
        for_cancer: false,
        codes: Vec::new(),
    }
}

/// Rosa Example: cancer of the left breast, as in the demo.
pub fn breast() -> Export {
    use Polarity::{Absent, NotTested, Present, Uncertain};
    let biopsy = source("doc-1", "Core biopsy S-10421", "Pathology report", "2025-12-18");
    let resection = source("doc-2", "Resection S-11877", "Pathology report", "2026-01-17");
    let visit = source("doc-3", "Oncology consultation", "Consultation", "2026-01-24");
    let portal = source("doc-4", "Portal bundle", "FHIR bundle", "2026-02-02");
    let facts = vec![
        fact("topography", "C50.4", Present, &resection).words("upper outer quadrant of breast"),
        fact("topography", "C50.9", Present, &biopsy),
        fact("laterality", "left", Present, &resection).confirmed(),
        fact("morphology", "8500/3", Present, &resection).words("invasive carcinoma of no special type"),
        fact("grade", "G2", Present, &biopsy).specimen("A"),
        fact("grade", "G3", Present, &resection).specimen("1"),
        fact("er", "positive", Present, &biopsy).confirmed().specimen("A"),
        fact("er_percent", "95", Present, &biopsy).unit("%").specimen("A"),
        fact("pr_percent", "60-70", Present, &biopsy).unit("%"),
        fact("her2_ihc", "equivocal", Uncertain, &biopsy).words("equivocal (2+)"),
        fact("her2_ish", "negative", Absent, &biopsy).words("not amplified"),
        fact("ki67", "", NotTested, &biopsy).words("not tested"),
        fact("mmr", "", Polarity::Insufficient, &biopsy).words("specimen insufficient"),
        fact("t", "T2", Present, &resection).prefix("p").ajcc("8"),
        fact("n", "N1a", Present, &resection).prefix("p").suffix("(sn)").ajcc("8"),
        fact("n", "N0", Present, &visit).prefix("p"),
        fact("stage_group", "IIB", Present, &resection).prefix("p").ajcc("8"),
        fact("stage_group", "IIA", Present, &visit),
        fact("tumor_size_mm", "23", Present, &resection).unit("mm").specimen("1"),
        fact("nodes_examined", "4", Present, &resection).unit("{count}"),
        fact("nodes_positive", "2", Present, &resection).unit("{count}"),
        fact("margin", "close", Present, &resection),
        fact("margin_distance_mm", "1", Present, &resection).unit("mm"),
        fact("lymphovascular_invasion", "present", Present, &resection),
        fact("perineural_invasion", "absent", Absent, &resection),
        fact("ecog", "0", Present, &visit),
        fact("germline", "BRCA1", NotTested, &visit),
        fact("allergy", "penicillin", Present, &visit),
        fact("comorbidity", "hypertension", Present, &visit),
        fact("comorbidity", "diabetes", Absent, &visit),
        fact("family_history", "breast cancer", Present, &visit),
    ];
    let mut surgery =
        treatment(TreatmentKind::Operation, "Lumpectomy and sentinel node biopsy", TreatmentStatus::Done, &resection);
    surgery.treatment.date = day("2026-01-13");
    surgery.treatment.laterality = Some("left".to_owned());
    surgery.confirmed = true;
    surgery.tumour = Some(0);
    let mut plan = treatment(TreatmentKind::Systemic, "AC-T", TreatmentStatus::Planned, &visit);
    plan.treatment.drugs = ["doxorubicin", "cyclophosphamide", "paclitaxel"].map(str::to_owned).to_vec();
    plan.treatment.intent = Some("adjuvant".to_owned());
    plan.tumour = Some(0);
    let mut radiation =
        treatment(TreatmentKind::Radiation, "Radiation to the left breast", TreatmentStatus::Planned, &visit);
    radiation.treatment.dose = Some("40 Gy in 15 fractions".to_owned());
    radiation.tumour = Some(0);
    let original = br#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Observation","id":"er","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"16112-5"}]},"valueString":"positive"}}]}"#;
    Export {
        patient: PatientIdentity {
            name: PersonName::new("Example", "Rosa"),
            birth_date: day("1971-03-14"),
            identifier: Some("EX-0001".to_owned()),
        },
        sex: Some(Sex::Female),
        handle: "rosa".to_owned(),
        tumours: vec![ExportTumour {
            facts: (0..27).collect(),
            name: "Invasive carcinoma of no special type of the left breast".to_owned(),
            codes: vec![code("http://hl7.org/fhir/sid/icd-10-cm", "C50.412", "", false)],
            secondary: false,
            diagnosed: day("2025-12-18"),
        }],
        facts,
        medications: vec![
            medication("Lisinopril", "10 mg", MedicationStatus::Active, &visit),
            medication("Lisinopril", "20 mg", MedicationStatus::Active, &portal),
        ],
        treatments: vec![surgery, plan, radiation],
        agreed: vec![AgreedMedicine {
            name: "Lisinopril".to_owned(),
            codes: Vec::new(),
            dosage: "10 mg once daily".to_owned(),
            since: day("2025-12"),
            sources: vec![visit.clone()],
            ..AgreedMedicine::default()
        }],
        studies: vec![ExportStudy {
            uid: "1.2.276.0.99999.7".to_owned(),
            date: day("2025-12-20"),
            description: Some("MRI of the breasts".to_owned()),
            accession: Some("EX-77".to_owned()),
            series: vec![ExportSeries {
                uid: "1.2.276.0.99999.7.1".to_owned(),
                number: Some(4),
                modality: Some("MR".to_owned()),
                description: Some("T1 dynamic".to_owned()),
                body_part: Some("BREAST".to_owned()),
                instances: 168,
            }],
            names_no_one: false,
        }],
        documents: vec![
            document(&biopsy, "application/pdf", b"%PDF-1.4 core biopsy, invented"),
            document(&resection, "text/plain; charset=utf-8", "Resection: pT2 pN1a(sn), 23\u{a0}mm\r\n".as_bytes()),
            document(&visit, "application/octet-stream", &[0, 255, 1, 254, 13, 10, 0]),
            document(&portal, "application/fhir+json", original),
        ],
        ..nothing()
    }
}

fn word(how: HowSaid, record: &str) -> PersonWord {
    PersonWord { how, by_owner: true, on: day("2026-03-01"), record: record.to_owned(), page: None, region: None }
}

/// What a person stated: facts typed from a scan, confirmed and corrected; treatments and medicines that no record tells;
/// and what came with an export of another case, in which a person had stated it.
pub fn stated() -> Export {
    use Polarity::{Absent, Present};
    let scan = source("s-1", "Scanned report", "Pathology report", "2025-12-18");
    let earlier = source("s-2", "everything.json", "FHIR bundle", "2026-02-02");
    let no_record = SourceDocument::default();
    let region = Some(Region { x0: 0.1, y0: 0.2, x1: 0.5, y1: 0.25 });
    let typed = PersonWord { page: Some(2), region, ..word(HowSaid::Typed, "Scanned report") };
    let of_person = |fact: ExportFact, word: &PersonWord| ExportFact { word: Some(word.clone()), ..fact };
    let facts = vec![
        fact("topography", "C50.4", Present, &scan),
        of_person(
            fact("morphology", "8500/3", Present, &scan).confirmed(),
            &word(HowSaid::Confirmed, "Scanned report"),
        ),
        of_person(fact("er", "positive", Present, &scan).confirmed(), &typed),
        of_person(fact("her2_ish", "negative", Absent, &scan).confirmed(), &typed),
        of_person(fact("grade", "G3", Present, &scan).confirmed(), &word(HowSaid::Corrected, "Scanned report")),
        of_person(fact("allergy", "penicillin", Present, &scan).confirmed(), &typed),
        of_person(fact("comorbidity", "asthma", Present, &scan).confirmed(), &typed),
        of_person(fact("family_history", "breast cancer", Present, &scan).confirmed(), &typed),
        ExportFact { coded: true, ..of_person(fact("ki67", "30", Present, &earlier).unit("%"), &typed) },
    ];
    let of_own = |kind, what: &str, status, date: &str| {
        let mut own = treatment(kind, what, status, &no_record);
        (own.treatment.date, own.confirmed) = (day(date), true);
        ExportTreatment { word: Some(word(HowSaid::Stated, "")), ..own }
    };
    let mut chemotherapy = of_own(TreatmentKind::Systemic, "AC", TreatmentStatus::Done, "2024-05");
    chemotherapy.treatment.drugs = ["doxorubicin", "cyclophosphamide"].map(str::to_owned).to_vec();
    chemotherapy.tumour = Some(0);
    let mut sent = treatment(TreatmentKind::Systemic, "Trastuzumab", TreatmentStatus::Ongoing, &earlier);
    sent.word = Some(word(HowSaid::Stated, ""));
    let mut sent_medicine = medication("Letrozole", "2.5 mg", MedicationStatus::Active, &earlier);
    (sent_medicine.for_cancer, sent_medicine.word) = (true, Some(word(HowSaid::Agreed, "")));
    let own_line = |name: &str, dosage: &str, how| AgreedMedicine {
        name: name.to_owned(),
        dosage: dosage.to_owned(),
        word: Some(word(how, "")),
        ..AgreedMedicine::default()
    };
    Export {
        patient: PatientIdentity {
            name: PersonName::new("Example", "Ines"),
            birth_date: day("1971-03-14"),
            identifier: None,
        },
        handle: "ines".to_owned(),
        tumours: vec![ExportTumour {
            facts: (0..5).collect(),
            name: "Cancer: breast".to_owned(),
            ..ExportTumour::default()
        }],
        facts,
        treatments: vec![
            of_own(TreatmentKind::Operation, "Left mastectomy", TreatmentStatus::Done, "2024-09-12"),
            of_own(TreatmentKind::Radiation, "Left chest wall", TreatmentStatus::Declined, ""),
            of_own(TreatmentKind::Systemic, "Tamoxifen", TreatmentStatus::Planned, "2026-05"),
            of_own(TreatmentKind::Systemic, "Pembrolizumab", TreatmentStatus::Declined, ""),
            chemotherapy,
            sent,
        ],
        medications: vec![sent_medicine],
        agreed: vec![
            AgreedMedicine { for_cancer: true, ..own_line("tamoxifen", "20 mg once daily", HowSaid::Stated) },
            own_line("lisinopril", "10 mg once daily", HowSaid::Agreed),
            AgreedMedicine { stopped: true, ..own_line("ibuprofen", "", HowSaid::Agreed) },
        ],
        documents: vec![document(&scan, "application/pdf", b"%PDF-1.4 a scan, invented")],
        ..nothing()
    }
}

/// Odd characters, impossible values and empty words wherever words can stand.
pub fn hostile() -> Export {
    let odd = "\u{0}\u{7}<script>&\"'\u{202e}abc\u{feff}\u{fffe} ]]> \u{1f600}\r\n\t";
    let mut document_source = source("a/../b c", odd, odd, "0099");
    document_source.author = Some(" \u{0} ".to_owned());
    document_source.facility = Some(odd.to_owned());
    let bare = SourceDocument { names_no_one: true, ..SourceDocument::default() };
    let mut facts = Vec::new();
    for polarity in
        [Polarity::Present, Polarity::Absent, Polarity::NotTested, Polarity::Insufficient, Polarity::Uncertain]
    {
        for known in Concept::KNOWN {
            let value = if polarity == Polarity::Present { odd } else { "" };
            let mut one =
                fact(known.as_str(), value, polarity, if facts.len() % 2 == 0 { &document_source } else { &bare });
            one.fact.unit = Some(odd.to_owned());
            one.fact.specimen = Some(odd.to_owned());
            one.fact.qualifiers.prefix = Some(odd.to_owned());
            one.fact.qualifiers.edition = Some("8".to_owned());
            one.label = " ".to_owned();
            one.codes = vec![code("no system", "a  b", odd, true), code("", "", "", true)];
            facts.push(one);
        }
    }
    let mut operation = treatment(TreatmentKind::Operation, odd, TreatmentStatus::Declined, &bare);
    operation.treatment.date = day("2026-05");
    operation.treatment.until = day("2025");
    operation.tumour = Some(99);
    Export {
        patient: PatientIdentity {
            name: PersonName::new("\u{1}", odd),
            birth_date: Some(PartialDate::Year(7)),
            identifier: Some("\u{0}".to_owned()),
        },
        sex: Some(Sex::Other),
        handle: odd.to_owned(),
        tumours: vec![ExportTumour { facts: (0..400).collect(), ..ExportTumour::default() }],
        facts,
        medications: vec![medication(odd, odd, MedicationStatus::Unknown, &bare)],
        treatments: vec![operation, treatment(TreatmentKind::Systemic, "", TreatmentStatus::Declined, &bare)],
        agreed: vec![AgreedMedicine::default()],
        studies: vec![
            ExportStudy { uid: odd.to_owned(), ..ExportStudy::default() },
            ExportStudy {
                uid: "1.2".to_owned(),
                date: Some(PartialDate::Year(7)),
                description: Some(odd.to_owned()),
                accession: Some(" ".to_owned()),
                series: vec![
                    ExportSeries::default(),
                    ExportSeries { uid: "1.2.3".to_owned(), modality: Some(odd.to_owned()), ..ExportSeries::default() },
                ],
                names_no_one: true,
            },
        ],
        documents: vec![
            document(&document_source, "not a media type", b""),
            document(&source("json", "broken", "FHIR", "2026"), "application/fhir+json", b"{\"resourceType\":"),
        ],
        ..nothing()
    }
}

/// A prostate cancer with two biopsies and given radiation.
pub fn prostate() -> Export {
    use Polarity::Present;
    let biopsy = source("p-1", "Prostate biopsy", "Pathology report", "2025-06-02");
    let letter = source("p-2", "Radiation summary", "Treatment summary", "2025-12-01");
    let mut grade_group = fact("grade_group", "3", Present, &biopsy);
    grade_group.fact.basis = Basis::Derived;
    let mut radiation =
        treatment(TreatmentKind::Radiation, "Radiation to the prostate", TreatmentStatus::Done, &letter);
    radiation.treatment.date = day("2025-09-01");
    radiation.treatment.until = day("2025-10-10");
    radiation.treatment.dose = Some("60 Gy in 20 fractions".to_owned());
    radiation.treatment.intent = Some("curative".to_owned());
    radiation.tumour = Some(0);
    let mut allergy = fact("allergy", "none known", Polarity::Absent, &letter);
    allergy.confirmed = true;
    Export {
        patient: PatientIdentity {
            name: PersonName::new("Exempel", "Roland"),
            birth_date: day("1948"),
            identifier: None,
        },
        sex: Some(Sex::Male),
        handle: "roland".to_owned(),
        tumours: vec![ExportTumour {
            facts: vec![0, 1, 2, 3, 4, 5, 6, 7, 8],
            name: "Adenocarcinoma of the prostate".to_owned(),
            codes: vec![code("http://hl7.org/fhir/sid/icd-10-cm", "C61", "Malignant neoplasm of prostate", true)],
            ..ExportTumour::default()
        }],
        facts: vec![
            fact("topography", "C61.9", Present, &biopsy),
            fact("morphology", "8140/3", Present, &biopsy).words("adenocarcinoma"),
            fact("gleason_primary", "4", Present, &biopsy),
            fact("gleason_secondary", "3", Present, &biopsy),
            fact("gleason_score", "7", Present, &biopsy),
            grade_group,
            fact("psa", "12.4", Present, &biopsy).unit("ng/mL"),
            fact("psa", "<0.1", Present, &letter).unit("ng/mL"),
            fact("t", "T2a", Present, &letter).prefix("c"),
            allergy,
        ],
        treatments: vec![radiation],
        ..nothing()
    }
}

/// A lung cancer with a metastasis, variants and given chemotherapy.
pub fn lung() -> Export {
    use Polarity::{Absent, NotTested, Present, Uncertain};
    let report = source("l-1", "Molecular report", "Genetic report", "2025-08");
    let summary = source("l-2", "Clinic letter", "Letter", "2025-10-05");
    let mut chemotherapy =
        treatment(TreatmentKind::Systemic, "carboplatin and pemetrexed", TreatmentStatus::Stopped, &summary);
    chemotherapy.treatment.drugs = vec!["carboplatin".to_owned(), "pemetrexed".to_owned()];
    chemotherapy.treatment.date = day("2025-08-20");
    chemotherapy.treatment.cycles = Some(2);
    chemotherapy.treatment.intent = Some("palliative".to_owned());
    chemotherapy.tumour = Some(0);
    let mut targeted = medication("Osimertinib", "80 mg", MedicationStatus::Active, &summary);
    targeted.for_cancer = true;
    Export {
        patient: PatientIdentity {
            name: PersonName::new("Beispiel", "Lina"),
            birth_date: day("1960-11"),
            identifier: None,
        },
        sex: None,
        handle: "lina".to_owned(),
        tumours: vec![
            ExportTumour {
                facts: vec![0, 1, 2, 3, 4, 5, 6, 7, 8],
                name: "Adenocarcinoma of the lung".to_owned(),
                ..ExportTumour::default()
            },
            ExportTumour {
                facts: vec![9],
                name: "Metastasis in the brain".to_owned(),
                secondary: true,
                ..ExportTumour::default()
            },
        ],
        facts: vec![
            fact("topography", "C34.1", Present, &summary),
            fact("laterality", "right", Present, &summary),
            fact("laterality", "left", Present, &report),
            fact("morphology", "8140/3", Present, &report),
            fact("variant", "L858R", Present, &report).gene("EGFR"),
            fact("variant", "V600E", Absent, &report).gene("BRAF"),
            fact("fusion", "ALK", NotTested, &report).gene("ALK"),
            fact("variant", "R273H", Uncertain, &report).gene("TP53"),
            fact("stage_group", "IVB", Present, &summary).prefix("c").ajcc("8"),
            fact("topography", "C71.9", Present, &summary),
            fact("karnofsky", "80", Present, &summary),
        ],
        treatments: vec![chemotherapy],
        medications: vec![targeted],
        ..nothing()
    }
}
