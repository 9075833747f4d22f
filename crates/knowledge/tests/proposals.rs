//! What a document is proposed to be. The texts are made up; names, numbers and places in them do not exist.

use consilium_casefile::PartialDate;
use consilium_casefile::gather::proposals::{Evidence, StatedCode, propose};
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::records::{FileFormat, Proposals};
use consilium_knowledge::{Wording, load};

struct Table {
    knowledge: Knowledge,
    wording: Wording,
}

impl Table {
    fn new() -> Self {
        let knowledge = load(None).knowledge;
        let wording = Wording::new(&knowledge, "en");
        Self { knowledge, wording }
    }

    fn propose(&self, evidence: &Evidence<'_>) -> Proposals {
        let proposals = propose(&self.knowledge, evidence);
        let reasons = [
            proposals.kind.as_ref().map(|p| &p.because),
            proposals.date.as_ref().map(|p| &p.because),
            proposals.author.as_ref().map(|p| &p.because),
            proposals.facility.as_ref().map(|p| &p.because),
        ];
        for reason in reasons.into_iter().flatten() {
            assert!(self.wording.has(&reason.key), "no sentence for {}", reason.key);
        }
        proposals
    }

    /// The kind proposed for a text alone, `-` for none.
    fn check(&self, text: &str, expect: &str) {
        self.check_evidence(&Evidence { text_head: text, ..Evidence::of(FileFormat::Text, "scan0001.txt") }, expect);
    }

    fn check_evidence(&self, evidence: &Evidence<'_>, expect: &str) {
        let proposals = self.propose(evidence);
        let (kind, why) = proposals
            .kind
            .map_or_else(|| ("-".to_owned(), String::new()), |p| (p.value.0, self.wording.say(&p.because)));
        assert_eq!(kind, expect, "{why}\nfor {evidence:?}");
    }

    fn check_code(&self, system: &str, code: &str, expect: &str) {
        let codes = vec![StatedCode { system, code, display: "" }];
        self.check_evidence(&Evidence { codes, ..Evidence::of(FileFormat::Cda, "DOC0001.XML") }, expect);
    }

    fn check_name(&self, path: &str, expect: &str) {
        self.check_evidence(&Evidence::of(FileFormat::Pdf, path), expect);
    }

    fn check_date(&self, text: &str, expect: &str) {
        let proposals = self.propose(&Evidence { text_head: text, ..Evidence::of(FileFormat::Text, "scan0001.txt") });
        assert_eq!(proposals.date.map_or_else(|| "-".to_owned(), |p| p.value.to_string()), expect, "{text}");
    }
}

const LETTERHEAD: &str =
    "Testville General Hospital\n1 Nowhere Road, Testville\nPatient: Testperson, Ada   MRN: 0000\n\n";

#[test]
fn pathology_reports_are_known_by_their_parts() {
    let t = Table::new();
    t.check(
        &format!(
            "{LETTERHEAD}SURGICAL PATHOLOGY REPORT\nAccession: S26-00001\nSpecimen(s) received: A. Left breast, core biopsy\n\
             FINAL DIAGNOSIS:\nInvasive carcinoma.\nGROSS DESCRIPTION:\nReceived in formalin are three cores."
        ),
        "pathology-report",
    );
    t.check(
        "DIAGNOSIS:\nColon, sigmoid, resection: adenocarcinoma.\nGross Description: The specimen is received fresh labeled \
         with the patient's name. Representative sections are submitted in cassettes A1-A6.\nMicroscopic Description: …",
        "pathology-report",
    );
    t.check(
        "Department of Pathology\nTissue Report\nSpecimens submitted: 1. Skin of back\nPathologic diagnosis: Melanoma\n\
         pTNM: pT2a. Surgical margins free. The specimen consists of an ellipse, inked and serially sectioned.",
        "pathology-report",
    );
    t.check(
        "BONE MARROW PATHOLOGY REPORT\nFinal diagnosis: Hypercellular marrow.\nMicroscopic description: aspirate smears",
        "pathology-report",
    );
}

#[test]
fn a_pathology_report_that_quotes_a_scan_is_still_pathology() {
    let t = Table::new();
    t.check(
        "SURGICAL PATHOLOGY REPORT\nClinical history: Mass on mammogram, radiology report: BI-RADS 5. Impression: suspicious.\n\
         FINAL DIAGNOSIS: Invasive lobular carcinoma.\nGross description: Received in formalin.\nComment: Correlate with \
         radiology. MRI of the breast is suggested.",
        "pathology-report",
    );
    t.check(
        "Surgical Pathology\nPreoperative diagnosis: Renal mass. Postoperative diagnosis: same. Procedure: nephrectomy\n\
         Specimens submitted: Left kidney\nFinal pathologic diagnosis: Renal cell carcinoma\nGross: The specimen is received \
         fresh. Frozen section diagnosis: margin free.",
        "pathology-report",
    );
}

#[test]
fn an_addendum_is_told_from_a_report_with_an_addendum_in_it() {
    let t = Table::new();
    t.check(
        "SURGICAL PATHOLOGY REPORT - ADDENDUM\nOriginal report S26-00001\nADDENDUM DIAGNOSIS\nEstrogen receptor: positive 95%.",
        "pathology-addendum",
    );
    t.check(
        "ADDENDUM REPORT\nSurgical pathology S26-00002\nReason for addendum: mismatch repair stains\nFinal diagnosis unchanged.\n\
         Immunohistochemistry: retained.",
        "pathology-addendum",
    );
    let filler = "Sections show tumor. ".repeat(60);
    t.check(
        &format!(
            "SURGICAL PATHOLOGY REPORT\nFINAL DIAGNOSIS: Carcinoma.\nGROSS DESCRIPTION: Received in formalin.\n\
             MICROSCOPIC DESCRIPTION: {filler}\nADDENDUM\nAddendum diagnosis: HER2 negative. This addendum is issued to \
             report receptors."
        ),
        "pathology-report",
    );
}

#[test]
fn cytology_and_flow_cytometry_are_documents_of_their_own() {
    let t = Table::new();
    t.check(
        "CYTOPATHOLOGY REPORT\nSource: Thyroid, right, fine needle aspiration\nStatement of adequacy: satisfactory\n\
         Cytologic diagnosis: Bethesda VI",
        "cytology-report",
    );
    t.check(
        "FLOW CYTOMETRY REPORT\nSpecimen: peripheral blood\nGating strategy: CD45/side scatter\nInterpretation: CD5+ B cells",
        "flow-cytometry-report",
    );
}

#[test]
fn imaging_reports_are_known_by_technique_and_impression() {
    let t = Table::new();
    t.check(
        "CT CHEST ABDOMEN PELVIS WITH CONTRAST\nCOMPARISON: None.\nTECHNIQUE: Axial images after intravenous contrast.\n\
         FINDINGS: 14 mm nodule.\nIMPRESSION: Indeterminate nodule.",
        "radiology-report",
    );
    t.check(
        "RADIOLOGY REPORT\nExam: MRI of the prostate\nFINDINGS: Lesion in the left peripheral zone, PI-RADS 4.\nIMPRESSION:\n1.",
        "radiology-report",
    );
    t.check(
        "PET/CT SKULL BASE TO MID-THIGH\nRadiopharmaceutical: F-18 FDG 10 mCi\nComparison: CT of 2 weeks earlier\n\
         Findings: SUVmax 9.1\nImpression: Avid node. A biopsy and pathology report are awaited.",
        "radiology-report",
    );
    t.check(
        "BILATERAL DIAGNOSTIC MAMMOGRAM\nTechnique: digital breast tomosynthesis\nComparison: prior\nFindings: mass\n\
         Impression: BI-RADS 5. Surgical pathology correlation after biopsy.",
        "radiology-report",
    );
}

#[test]
fn operations_and_procedures_are_told_apart() {
    let t = Table::new();
    t.check(
        &format!(
            "{LETTERHEAD}OPERATIVE REPORT\nPREOPERATIVE DIAGNOSIS: Breast cancer.\nPOSTOPERATIVE DIAGNOSIS: Same.\n\
             ANESTHESIA: General endotracheal\nESTIMATED BLOOD LOSS: 20 mL\nThe patient was prepped and draped. Specimens \
             were sent to pathology for frozen section."
        ),
        "operative-note",
    );
    t.check(
        "Preoperative diagnosis: Colon cancer\nPostoperative diagnosis: same\nSurgeon: A. Example\nEstimated blood loss: 50\n\
         Description of procedure: prepped and draped",
        "operative-note",
    );
    t.check(
        "COLONOSCOPY REPORT\nBowel preparation: good. Moderate sedation.\nThe scope was advanced to the terminal ileum. A mass \
         was seen. Biopsies were sent to pathology. Impression: mass.",
        "procedure-report",
    );
    t.check(
        "Testville Endoscopy Center\nUpper endoscopy\nEndoscopist: B. Example\nThe gastroscope was passed. Retroflexion normal.",
        "procedure-report",
    );
}

const HISTORY: &str = "Chief complaint: new diagnosis\nHistory of present illness: The patient is 50.\nReview of systems: \
                       negative\nPhysical examination: well\nAssessment and plan: chemotherapy\n";

#[test]
fn consultations_stay_consultations_whatever_is_pasted_into_them() {
    let t = Table::new();
    t.check(
        &format!("MEDICAL ONCOLOGY CONSULTATION\nReason for consultation: breast cancer\n{HISTORY}"),
        "oncology-consultation",
    );
    t.check(
        &format!(
            "MEDICAL ONCOLOGY CONSULTATION\n{HISTORY}Pathology: SURGICAL PATHOLOGY REPORT Specimen(s) received: breast. FINAL \
             DIAGNOSIS: carcinoma. GROSS DESCRIPTION: received in formalin. MICROSCOPIC DESCRIPTION: tumor. Radiology: CT \
             CHEST TECHNIQUE: axial COMPARISON: none FINDINGS: nodule IMPRESSION: nodule."
        ),
        "oncology-consultation",
    );
    t.check(&format!("RADIATION ONCOLOGY CONSULTATION\n{HISTORY}"), "radiation-oncology-consultation");
    t.check(&format!("Surgical Oncology Consultation\n{HISTORY}"), "surgical-consultation");
    t.check(
        &format!("CONSULTATION NOTE\nCardiology\nReason for consultation: palpitations\n{HISTORY}"),
        "consultation",
    );
}

#[test]
fn notes_of_the_ward_and_the_clinic_are_known_by_their_heading() {
    let t = Table::new();
    t.check(&format!("HISTORY AND PHYSICAL\n{HISTORY}"), "history-and-physical");
    t.check(&format!("PROGRESS NOTE\nInterval history: doing well\n{HISTORY}"), "progress-note");
    t.check(
        "DISCHARGE SUMMARY\nAdmission date: 03/01/2026\nHospital course: Uneventful. Surgical pathology showed carcinoma; final \
         diagnosis pending.\nDischarge medications: none\nCondition at discharge: good",
        "discharge-summary",
    );
    t.check(
        "MULTIDISCIPLINARY TUMOR BOARD\nPathology reviewed. Imaging reviewed.\nTumor board recommendations: surgery",
        "tumor-board-note",
    );
}

#[test]
fn treatment_given_is_told_from_treatment_proposed() {
    let t = Table::new();
    t.check(
        "RADIATION TREATMENT SUMMARY\nTotal dose: 5000 cGy\nNumber of fractions: 25\nDose per fraction: 200 cGy\nElapsed days: 35",
        "radiation-summary",
    );
    t.check(
        "ONCOLOGY TREATMENT SUMMARY\nRegimen: AC-T\nCycles completed: 4\nReason for stopping: completed",
        "treatment-summary",
    );
    t.check(
        "CHEMOTHERAPY TREATMENT NOTE\nRegimen: FOLFOX, cycle 3 day 1\nOxaliplatin 150 mg infused over 2 hours. Tolerated the infusion.",
        "treatment-note",
    );
    t.check("CHEMOTHERAPY TREATMENT SUMMARY\nRegimen: FOLFOX\nCycles completed: 12", "treatment-summary");
    let note = t.knowledge.kind(&"treatment-note".into()).map(|kind| kind.states_a_plan);
    assert_eq!(note, Some(false), "what was given is no plan");
}

#[test]
fn a_chromosome_report_and_a_hematologists_consultation_are_sorted() {
    let t = Table::new();
    t.check("FISH REPORT\nSpecimen: lymph node\nMYC (8q24): rearranged in 60 % of nuclei", "genomic-report");
    t.check(
        "HEMATOLOGY CONSULTATION\nReason for consultation: lymphoma\nAssessment and plan: R-CHOP",
        "oncology-consultation",
    );
    t.check("FISH AND CHIPS MENU\nPrice list", "-");
}

#[test]
fn gene_tests_of_the_tumor_and_of_the_person_are_told_apart() {
    let t = Table::new();
    t.check(
        "COMPREHENSIVE GENOMIC PROFILING\nGenomic findings: PIK3CA H1047R, variant allele frequency 22%\nTumor mutational burden: \
         3 Muts/Mb\nMicrosatellite status: stable\nVariants of unknown significance: …",
        "genomic-report",
    );
    t.check(
        "HEREDITARY CANCER GENETIC TEST\nResult: NEGATIVE. No pathogenic variants found in 47 genes. Genetic counseling is \
         recommended. Germline analysis of blood.",
        "germline-report",
    );
}

#[test]
fn laboratory_values_and_medication_lists_are_known() {
    let t = Table::new();
    t.check(
        "LABORATORY REPORT\nTest  Result  Reference range\nHemoglobin 12.1  12-16\nPlatelet count 200\nCreatinine 0.8",
        "laboratory-result",
    );
    t.check("Current Medication List\nLetrozole 2.5 mg take 1 tablet by mouth daily", "medication-list");
}

#[test]
fn papers_about_the_care_are_told_from_papers_of_the_care() {
    let t = Table::new();
    t.check(
        "Example Health Plan\nDear Member,\nWe reviewed the prior authorization request for a PET/CT scan, skull base to \
         mid-thigh. The radiology report and the surgical pathology report were reviewed. The request is not medically \
         necessary. Your appeal rights are enclosed. Member ID: 0000",
        "insurance-letter",
    );
    t.check(
        "EXPLANATION OF BENEFITS\nThis is not a bill\nMRI of the breast   Amount billed 2,000.00",
        "insurance-letter",
    );
    t.check(
        "EXAMPLE HEALTH PLAN PPO\nMember ID 0000\nGroup number 00\nRxBIN 000000 RxPCN EX RxGrp TEST\nCopay $20",
        "insurance-card",
    );
    t.check(
        "APPOINTMENT REMINDER\nYour appointment is on 20 March 2026 for a CT of the chest. Please arrive 15 minutes early. Please \
         bring your radiology discs and pathology report.",
        "appointment-letter",
    );
    t.check(
        "Dear Dr. Example,\nThank you for seeing Ms. Testperson. I am referring her for a second opinion. The surgical pathology \
         report shows carcinoma. I would appreciate your opinion.",
        "referral-letter",
    );
    t.check(
        "AUTHORIZATION FOR RELEASE OF MEDICAL RECORDS\nI hereby authorize the release of pathology report, radiology report and \
         operative note. I may revoke this at any time.",
        "consent",
    );
    t.check("RADIOLOGY ORDER\nExam requested: MRI of the brain\nReason for exam: staging", "imaging-order");
    t.check("This disc contains images and a viewer. Open DICOMDIR with the image CD viewer.", "disc-index");
}

#[test]
fn prose_about_pathology_is_not_a_pathology_report() {
    let t = Table::new();
    let story = "Surgical pathology showed a poorly differentiated invasive ductal carcinoma, greatest dimension 2.4 cm, nuclear \
                 grade 3, lymphovascular invasion present, perineural invasion absent, resection margins free of tumor, two of \
                 twelve lymph nodes, pT2 pN1a. The histologic grade was 3. Frozen section was negative for malignancy.";
    for frame in [
        "Dear Dr. Example,\nI saw Ms. Testperson today. {} She denies pain. I recommend chemotherapy. With kind regards",
        "Past medical history: none\nFamily history: none\nMedications: none\nAllergies: none\n{}\nPlan: chemotherapy",
        "Testville Oncology Clinic\nECOG 0. Vital signs stable.\n{}\nDiscussed with the patient. Return to clinic in 3 weeks.",
        "My story, for the second opinion. {} My oncologist told me that I need chemotherapy and I would like to know if that is right.",
        "{} We therefore ask for approval of the prior authorization request. Member ID: 0000. Medical necessity is documented.",
    ] {
        let text_head = frame.replace("{}", story);
        let kind = t.propose(&Evidence { text_head: &text_head, ..Evidence::of(FileFormat::Text, "a.txt") }).kind;
        let kind = kind.map_or_else(|| "-".to_owned(), |p| p.value.0);
        assert_ne!(kind, "pathology-report", "{text_head}");
    }
}

#[test]
fn what_could_be_several_things_is_left_to_a_person() {
    let t = Table::new();
    t.check("", "-");
    t.check("Dear Ada, how are you? I had a scan last week and the pathology report is due on Friday. Love, B.", "-");
    t.check("Page 2 of 3", "-");
    t.check(HISTORY, "-");
    t.check("Impression: the book made a great impression on me. Findings: none.", "-");
    t.check("What is a pathology report? A biopsy is looked at under a microscope. What is a CT scan? A radiologist reads it.", "-");
    t.check("List of records we need: pathology report, operative note, radiology report, discharge summary, medication list", "-");
    t.check("\u{0}\u{1}\u{fffd}\u{fffd} 0000 ~~~~", "-");
    t.check(&"x".repeat(100_000), "-");
    t.check(&"impression: ".repeat(5_000), "-");
}

#[test]
fn a_code_the_file_states_settles_the_kind() {
    let t = Table::new();
    let loinc = "http://loinc.org";
    t.check_code(loinc, "60568-3", "pathology-report");
    t.check_code("urn:oid:2.16.840.1.113883.6.1", "11504-8", "operative-note");
    t.check_code("", "34133-9", "continuity-of-care-document");
    t.check_code("", "urn:oid:2.16.840.1.113883.10.20.22.1.8", "discharge-summary");
    t.check_code("urn:oid:2.16.840.1.113883.10.20.22.1.7", "", "operative-note");
    t.check_code("http://terminology.hl7.org/CodeSystem/v2-0074", "SP", "pathology-report");
    t.check_code("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", "-");
    t.check_code("http://snomed.info/sct", "11504-8", "-");
    t.check_code(loinc, "34109-9", "-");
    t.check_code(loinc, "", "-");
    t.check_evidence(&Evidence { modality: Some("SR"), ..Evidence::of(FileFormat::Dicom, "IM1") }, "radiology-report");
    t.check_evidence(&Evidence { modality: Some("CT"), ..Evidence::of(FileFormat::Dicom, "IM1") }, "-");
}

#[test]
fn a_summary_of_the_record_with_results_in_it_stays_a_summary() {
    let t = Table::new();
    let codes = vec![
        StatedCode { system: "http://loinc.org", code: "34133-9", display: "Summarization of Episode Note" },
        StatedCode { system: "", code: "urn:oid:2.16.840.1.113883.10.20.22.1.1", display: "" },
    ];
    let text_head = "Continuity of Care Document\nResults\nLaboratory report Hemoglobin 12 Reference range 12-16\nPathology: \
                     final diagnosis carcinoma, gross description\nCurrent medications\nAssessment and plan";
    let evidence =
        Evidence { codes, text_head, title: Some("Lab results"), ..Evidence::of(FileFormat::Cda, "DOC0001.XML") };
    t.check_evidence(&evidence, "continuity-of-care-document");
}

#[test]
fn a_general_code_is_made_more_exact_by_the_heading() {
    let t = Table::new();
    let codes = || vec![StatedCode { system: "http://loinc.org", code: "11488-4", display: "Consult note" }];
    let text_head = "RADIATION ONCOLOGY CONSULTATION\nReason for consultation: rectal cancer";
    t.check_evidence(
        &Evidence { codes: codes(), text_head, ..Evidence::of(FileFormat::Cda, "a.xml") },
        "radiation-oncology-consultation",
    );
    let text_head = "SURGICAL PATHOLOGY REPORT\nFinal diagnosis: carcinoma. Gross description: x";
    t.check_evidence(&Evidence { codes: codes(), text_head, ..Evidence::of(FileFormat::Cda, "a.xml") }, "consultation");
}

#[test]
fn titles_and_file_names_are_taken_where_the_text_says_nothing() {
    let t = Table::new();
    t.check_name("disc.zip!/docs/Pathology_Report_2026-01-05.pdf", "pathology-report");
    t.check_name("Radiology-Report.PDF", "radiology-report");
    t.check_name("insurance card front.jpg", "insurance-card");
    t.check_name("radiation oncology consultation.pdf", "radiation-oncology-consultation");
    t.check_name("pathology report/IMG_0001.jpg", "-");
    t.check_name("scan0001.pdf", "-");
    t.check_name("report.pdf", "-");
    t.check_name("", "-");
    t.check_evidence(
        &Evidence { title: Some("Operative Note"), ..Evidence::of(FileFormat::Pdf, "x.pdf") },
        "operative-note",
    );
    let codes = vec![StatedCode { system: "urn:local", code: "77", display: "Discharge Summary" }];
    t.check_evidence(&Evidence { codes, ..Evidence::of(FileFormat::Pdf, "x.pdf") }, "discharge-summary");
}

#[test]
fn a_file_name_does_not_overrule_what_the_text_says() {
    let t = Table::new();
    let text_head = "RADIOLOGY REPORT\nCT CHEST\nTECHNIQUE: axial images\nCOMPARISON: none\nFINDINGS: x\nIMPRESSION: y";
    let evidence = Evidence { text_head, ..Evidence::of(FileFormat::Pdf, "pathology report.pdf") };
    t.check_evidence(&evidence, "radiology-report");
}

#[test]
fn some_formats_say_what_they_are() {
    let t = Table::new();
    t.check_evidence(&Evidence::of(FileFormat::AppleHealth, "export.xml"), "patient-data-export");
    t.check_evidence(&Evidence::of(FileFormat::Email, "fw.eml"), "e-mail");
    t.check_evidence(&Evidence::of(FileFormat::XdmMetadata, "METADATA.XML"), "disc-index");
    t.check_evidence(&Evidence::of(FileFormat::FhirJson, "bundle.json"), "patient-data-export");
    let title = Some("Surgical pathology");
    t.check_evidence(&Evidence { title, ..Evidence::of(FileFormat::FhirJson, "report.json") }, "pathology-report");
    t.check_evidence(&Evidence { title, ..Evidence::of(FileFormat::Email, "fw.eml") }, "e-mail");
    t.check_evidence(&Evidence::of(FileFormat::Jpeg, "IMG_0001.jpg"), "-");
    t.check_evidence(&Evidence::of(FileFormat::Unknown, "x.bin"), "-");
}

#[test]
fn a_reason_quotes_our_signs_and_never_the_record() {
    let t = Table::new();
    let text_head =
        "SURGICAL   Pathology Report\nTestperson, Ada\nFinal Diagnosis: secret words\nGROSS DESCRIPTION: more";
    let kind = t.propose(&Evidence { text_head, ..Evidence::of(FileFormat::Text, "a.txt") }).kind.unwrap();
    assert_eq!(t.wording.say(&kind.because), "It is headed “surgical pathology report”.");
    let codes = vec![StatedCode { system: "http://loinc.org", code: "11504-8", display: "Secret" }];
    let kind = t.propose(&Evidence { codes, ..Evidence::of(FileFormat::Cda, "a.xml") }).kind.unwrap();
    assert_eq!(t.wording.say(&kind.because), "The file carries the code 11504-8, which stands for: Operative note.");
}

#[test]
fn other_is_never_proposed() {
    let t = Table::new();
    assert!(t.knowledge.kind_signs.iter().all(|sign| sign.kind.0 != "other"));
}

#[test]
fn the_date_of_care_comes_before_the_dates_of_paper() {
    let t = Table::new();
    t.check_date(
        "SURGICAL PATHOLOGY REPORT\nCollected: 03/10/2026\nReceived: 03/11/2026\nReported: 03/14/2026",
        "2026-03-10",
    );
    t.check_date("Reported: 03/14/2026\nDate of Birth: 01/02/1960\nDate collected: 10-Mar-2026", "2026-03-10");
    t.check_date(
        "RADIOLOGY REPORT\nExam date: March 3, 2026 09:30\nDictated: 3/4/2026\nPrinted: 3/9/2026",
        "2026-03-03",
    );
    t.check_date("OPERATIVE REPORT\nDATE OF SURGERY:\n2026-02-01", "2026-02-01");
    t.check_date("Received: 14 March 2026. Signed: 20 March 2026", "2026-03-14");
    t.check_date("Date of report: 14 March 2026", "2026-03-14");
    t.check_date("Example Health Plan\nDate: 04/30/2026\nDear Member", "2026-04-30");
}

#[test]
fn a_date_that_is_not_of_the_care_is_never_taken() {
    let t = Table::new();
    t.check_date("DOB: 01/02/1960", "-");
    t.check_date("Date of birth 01/02/1960  Age 66", "-");
    t.check_date("Printed on 03/14/2026 by the portal", "-");
    t.check_date("03/14/2026", "-");
    t.check_date("Appointment date: 03/14/2026\nStop date: 03/15/2026\nExpiration date: 03/16/2026", "-");
    t.check_date("The date 03/14/2026 was discussed", "-");
    t.check_date("Collected: yesterday", "-");
    t.check_date("Collected: 13/14/2026", "-");
    t.check_date("Collected:", "-");
    t.check_date("Results\nDate\n03/14/2026\n03/15/2026", "-");
    let text_head = "Encounters\nDate of visit: 03/14/2026\nDate of visit: 01/10/2026";
    assert!(t.propose(&Evidence { text_head, ..Evidence::of(FileFormat::Cda, "a.xml") }).date.is_none());
}

#[test]
fn a_table_whose_columns_could_be_mixed_up_is_left_alone() {
    let t = Table::new();
    t.check_date("Collected    Received    Reported\n03/10/2026   03/11/2026   03/14/2026", "-");
    t.check_date("Date of birth | Date of visit\n01/02/1960 | 03/10/2026", "-");
    t.check_date("Name     Exam date\n01/02/1960  03/10/2026", "-");
}

#[test]
fn a_birth_date_is_recognised_wherever_it_stands() {
    let t = Table::new();
    let born: PartialDate = "1960-01-02".parse().unwrap();
    let evidence = Evidence {
        text_head: "Date of visit 01/02/1960 03/10/2026",
        birth_date: Some(born),
        stated_date: Some(born),
        ..Evidence::of(FileFormat::Text, "a.txt")
    };
    assert!(t.propose(&evidence).date.is_none());
}

#[test]
fn a_label_counts_in_the_documents_it_belongs_to() {
    let t = Table::new();
    let consult = format!("MEDICAL ONCOLOGY CONSULTATION\n{HISTORY}Pathology pasted: Collected: 02/01/2026");
    t.check_date(&consult, "-");
    t.check_date(&format!("{consult}\nDate of visit: 03/20/2026"), "2026-03-20");
    t.check_date("CYTOPATHOLOGY REPORT\nCollected: 02/21/2026", "2026-02-21");
}

#[test]
fn the_reason_for_a_date_says_which_date_it_is() {
    let t = Table::new();
    let why = |text: &str, stated: Option<&str>| {
        let stated_date = stated.map(|d| d.parse().unwrap());
        let evidence = Evidence { text_head: text, stated_date, ..Evidence::of(FileFormat::Text, "a.txt") };
        t.wording.say(&t.propose(&evidence).date.unwrap().because)
    };
    assert_eq!(why("Date of visit: 03/14/2026", None), "It stands after “date of visit”.");
    assert_eq!(why("Date of visit: 03/04/2026", None), "It stands after “date of visit”, read with the month first.");
    assert_eq!(
        why("Signed: 14 March 2026", None),
        "It stands after “signed”: when it was written. No date of the care itself was found."
    );
    assert_eq!(why("Date of visit: 03/14/2026", Some("2026-03")), "The file states this date as the date of the care.");
}

#[test]
fn author_and_facility_are_proposed_only_as_stated() {
    let t = Table::new();
    let evidence = Evidence {
        stated_author: Some("  B. Example, MD "),
        stated_facility: Some("  "),
        text_head: "Electronically signed by C. Other, MD",
        ..Evidence::of(FileFormat::Text, "a.txt")
    };
    let proposals = t.propose(&evidence);
    assert_eq!(proposals.author.unwrap().value, "B. Example, MD");
    assert!(proposals.facility.is_none());
}

#[test]
fn a_letter_or_cover_that_names_a_report_is_no_report() {
    let t = Table::new();
    let kind = |text: &str| {
        let of = t.propose(&Evidence { text_head: text, ..Evidence::of(FileFormat::Text, "scan0001.txt") });
        of.kind.map_or_else(|| "-".to_owned(), |p| p.value.0)
    };
    for letter in [
        "Dear Dr. Example,\nRe: RADIATION TREATMENT SUMMARY\nWe regret that we have no such record.\nRecords department",
        "Dear Dr. Example,\nRe: OPERATIVE REPORT\nWe regret that the operative report can not be found.\nRecords department",
        "RADIATION TREATMENT SUMMARY\nWe regret that we have no such record. Please find enclosed your form.",
        "Subject: SURGICAL PATHOLOGY REPORT\nIt will be sent next week.",
        "Dear Ms Testperson,\nThank you for coming to see me. I reviewed your SURGICAL PATHOLOGY REPORT. Diagnosis: invasive \
         ductal carcinoma. Specimen: core biopsy. Gross description was reviewed.\nMy advice is the big operation first.\n\
         Best wishes, Dr. Example",
        "Dear Ada,\nI reviewed your SURGICAL PATHOLOGY REPORT. Diagnosis: invasive ductal carcinoma. Specimen: core biopsy. \
         Gross description was reviewed.\nMy advice is the big operation first.",
        "Dear Mrs. Testperson,\nI went through the surgical pathology report with you. The final diagnosis stands; the specimen \
         was received in formalin.\nKind regards",
        "FAX COVER SHEET\nTo: Example Center\nPages including cover: 7\nEnclosed:\n1. Surgical pathology report\n2. Operative \
         report\n3. CT chest report",
        "FAX TRANSMITTAL\nEnclosed: Surgical pathology report",
        "To whom it may concern\nPlease find enclosed:\nOPERATIVE REPORT\nPATHOLOGY REPORT",
        "Dear Ms Testperson,\nI still need from you:\nSURGICAL PATHOLOGY REPORT\nOPERATIVE REPORT\nBest wishes",
    ] {
        assert!(["-", "letter"].contains(&kind(letter).as_str()), "{}: {letter}", kind(letter));
    }
    t.check("FAX COVER SHEET\nTo: Example Center\nPages including cover: 7\nConfidential", "letter");
    let report = "SURGICAL PATHOLOGY REPORT\nSpecimen(s) received: A. Left breast, core biopsy\nFINAL DIAGNOSIS:\nInvasive \
                  carcinoma.\nGROSS DESCRIPTION:\nReceived in formalin are three cores.";
    t.check(&format!("FAX COVER SHEET\nPages including cover: 3\n{report}"), "pathology-report");
    t.check(&format!("RE: Testperson, Ada\n{report}"), "pathology-report");
    let scan = "MRI OF THE LEFT BREAST\nTechnique: axial images with contrast\nFindings: mass\nImpression: BI-RADS 5";
    t.check(
        &format!("Dear Dr. Example,\nThank you for referring this patient.\n{scan}\nKind regards"),
        "radiology-report",
    );
    t.check(
        "Dear Dr. Example,\nMEDICAL ONCOLOGY CONSULTATION\nThank you for asking me to see her.\nHistory of present illness: \
         mass.\nOncologic history: none\nAssessment and plan: chemotherapy",
        "oncology-consultation",
    );
}
