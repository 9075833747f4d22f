//! The typed reports of the story: their words, with the values planted in them.
//!
//! Only words here. How they become PDF, DOCX, RTF or a photo is decided in `papers`; dates come from the story.

use consilium_press::page::{Paragraph, TypedDocument};

use crate::dicom_files::age;
use crate::discs::{CHEST, CT, MAMMOGRAM, MRI, PET, STRANGER_CT};
use crate::story::{HOSPITAL, IMAGING_CENTER, ONCOLOGIST, ONCOLOGY, Person, ROLAND, ROSA, Story, us};

/// Accession of the diagnostic mammogram and ultrasound, whose images nobody handed over.
pub(crate) const DIAGNOSTIC: &str = "MG-100562";

struct Report<'a> {
    /// Day of the record, counted from D; `{age}` in the words becomes the age on that day.
    day: (&'a Story, i32),
    facility: &'a str,
    lines: &'a [&'a str],
    title: &'a str,
    person: Person,
    numbers: Vec<(&'a str, String)>,
    parts: Vec<(&'a str, &'a str)>,
    signed: String,
    footer: &'a str,
}

impl Report<'_> {
    fn set(self) -> TypedDocument {
        let mut patient_line = vec![
            ("Patient name".to_owned(), self.person.family_first()),
            // The box is set in two columns: name and birth date stand below each other.
            ("MRN".to_owned(), self.person.record_number.to_owned()),
            ("Date of birth".to_owned(), us(self.person.born)),
            ("Sex".to_owned(), if self.person.sex == "F" { "Female" } else { "Male" }.to_owned()),
        ];
        patient_line.extend(self.numbers.into_iter().map(|(label, value)| (label.to_owned(), value)));
        for (label, _) in &mut patient_line {
            label.push(':');
        }
        let age = age(self.person.born, self.day.0.day(self.day.1)).to_string();
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        TypedDocument {
            facility: self.facility.to_owned(),
            facility_lines: self.lines.iter().map(|l| (*l).to_owned()).collect(),
            title: self.title.to_owned(),
            patient_line,
            paragraphs: self
                .parts
                .iter()
                .map(|(heading, text)| Paragraph {
                    heading: some(heading),
                    text: text.replace("{age}", &age),
                    table: None,
                })
                .collect(),
            signed: some(&self.signed),
            footer: format!("{} | Fictitious record made for a demonstration", self.footer),
        }
    }
}

const RADIOLOGY: &[&str] = &["Department of Radiology", "100 Example Avenue, Springfield", "Telephone (555) 010-0101"];
const IMAGING: &[&str] = &["Breast imaging", "7 Sample Street, Springfield", "Telephone (555) 010-0107"];
const PATHOLOGY: &[&str] = &["Department of Pathology", "100 Example Avenue, Springfield", "Telephone (555) 010-0102"];
const SURGERY: &[&str] = &["Department of Surgery", "100 Example Avenue, Springfield", "Telephone (555) 010-0103"];
const CLINIC: &[&str] = &["Medical oncology", "12 Specimen Road, Springfield", "Telephone (555) 010-0112"];

fn signed(who: &str, date: &str) -> String {
    format!("Electronically signed by {who}\nSigned on {date}")
}

/// A table part: the first row is the head.
fn table(document: &mut TypedDocument, heading: &str, rows: &[[&str; 2]]) {
    document.paragraphs.push(Paragraph {
        heading: Some(heading.to_owned()),
        text: String::new(),
        table: Some(rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()),
    });
}

/// D-100.
pub(crate) fn screening_report(story: &Story) -> TypedDocument {
    Report {
        day: (story, -100),
        facility: IMAGING_CENTER,
        lines: IMAGING,
        title: "Mammography report",
        person: ROSA,
        numbers: vec![
            ("Accession number", MAMMOGRAM.to_owned()),
            ("Exam date", story.us(-100)),
            ("Referring physician", "Paula Sample, MD".to_owned()),
        ],
        parts: vec![
            ("Examination", "Bilateral screening mammogram, digital, four views (RCC, LCC, RMLO, LMLO)."),
            ("Clinical history", "Annual screening. No complaint. No family history of breast cancer known."),
            ("Comparison", "None available."),
            (
                "Findings",
                "The breasts are heterogeneously dense, which may obscure small masses.\n\nLeft breast: there is an irregular mass with spiculated margins in the upper outer quadrant at 2 o'clock, posterior depth, with a few associated calcifications.\n\nRight breast: no suspicious mass, calcification or distortion.",
            ),
            (
                "Impression",
                "Left breast mass at 2 o'clock. Additional imaging is recommended.\nBI-RADS category 0: incomplete, needs additional imaging evaluation.",
            ),
        ],
        signed: signed("Rita Example-Sample, MD, Radiology", &story.us(-99)),
        footer: MAMMOGRAM,
    }
    .set()
}

/// D-92: the report whose images are missing.
pub(crate) fn diagnostic_report(story: &Story) -> TypedDocument {
    Report {
        day: (story, -92),
        facility: IMAGING_CENTER,
        lines: IMAGING,
        title: "Diagnostic mammogram and breast ultrasound report",
        person: ROSA,
        numbers: vec![
            ("Accession number", DIAGNOSTIC.to_owned()),
            ("Exam date", story.us(-92)),
            ("Referring physician", "Paula Sample, MD".to_owned()),
        ],
        parts: vec![
            ("Examination", "Diagnostic mammogram of the left breast with spot compression views. Targeted ultrasound of the left breast and left axilla."),
            ("Indication", "Callback from the screening mammogram for a left breast mass."),
            (
                "Findings",
                "Mammogram: the spiculated mass persists on spot compression and measures 22 mm.\n\nUltrasound: at 2 o'clock, 6 cm from the nipple, there is an irregular hypoechoic mass measuring 21 x 17 x 16 mm, not parallel, with posterior shadowing. Left axillary lymph nodes have normal cortical thickness.",
            ),
            (
                "Impression",
                "Suspicious mass of the left breast, 2 o'clock. Ultrasound-guided core biopsy is recommended.\nBI-RADS category 5: highly suggestive of malignancy.",
            ),
        ],
        signed: signed("Rita Example-Sample, MD, Radiology", &story.us(-92)),
        footer: DIAGNOSTIC,
    }
    .set()
}

/// D-86: core biopsy, S-10421.
pub(crate) fn biopsy_report(story: &Story) -> TypedDocument {
    let mut document = Report {
        day: (story, -86),
        facility: HOSPITAL,
        lines: PATHOLOGY,
        title: "Surgical pathology report",
        person: ROSA,
        numbers: vec![
            ("Accession number", "S-10421".to_owned()),
            ("Date collected", story.us(-86)),
            ("Date received", story.us(-86)),
            ("Date reported", story.us(-84)),
            ("Submitting physician", "Rita Example-Sample, MD".to_owned()),
        ],
        parts: vec![
            (
                "Final diagnosis",
                "Left breast, 2 o'clock, 6 cm from nipple, ultrasound-guided core biopsy (A):\nInvasive carcinoma of no special type (ductal), Nottingham grade 2 (tubules 3, nuclei 2, mitoses 1; score 6 of 9).\nLongest continuous tumor in a core: 13 mm.\nLymphovascular invasion: not identified.\nDuctal carcinoma in situ: not identified.",
            ),
            ("Comment", "HER2 is equivocal by immunohistochemistry. In situ hybridization (ISH) has been ordered on block A1 and is pending; the result will follow in an addendum."),
        ],
        signed: signed("Peter Sample, MD, Pathology", &story.us(-84)),
        footer: "S-10421",
    }
    .set();
    table(
        &mut document,
        "Biomarkers (block A1)",
        &[
            ["Marker", "Result"],
            ["Estrogen receptor (ER)", "Positive, 95 %, strong"],
            ["Progesterone receptor (PR)", "Positive, 60 %, moderate"],
            ["HER2 by immunohistochemistry", "2+ (equivocal)"],
            ["HER2 by in situ hybridization (ISH)", "Pending"],
            ["Ki-67", "18 %"],
        ],
    );
    document.paragraphs.push(Paragraph {
        heading: Some("Gross description".to_owned()),
        text: "Received in formalin, labeled with the patient's name and \"left breast 2 o'clock\": four cores, 11 to 18 mm long, submitted entirely in blocks A1 and A2. Cold ischemia time under 10 minutes; fixation 14 hours.".to_owned(),
        table: None,
    });
    document
}

/// D-79: the addendum that came by fax.
pub(crate) fn addendum(story: &Story) -> TypedDocument {
    Report {
        day: (story, -79),
        facility: HOSPITAL,
        lines: PATHOLOGY,
        title: "Surgical pathology report: ADDENDUM",
        person: ROSA,
        numbers: vec![
            ("Accession number", "S-10421".to_owned()),
            ("Date collected", story.us(-86)),
            ("Addendum reported", story.us(-79)),
        ],
        parts: vec![
            ("Addendum", "HER2 in situ hybridization (ISH), dual probe, block A1:\nHER2: NOT AMPLIFIED.\nHER2/CEP17 ratio: 1.3\nAverage HER2 copies per cell: 2.6\nCells counted: 60"),
            ("Comment", "Together with the immunohistochemistry (2+), the HER2 status of this carcinoma is negative. This addendum completes the report of the core biopsy of the left breast. The diagnosis is unchanged."),
        ],
        signed: signed("Peter Sample, MD, Pathology", &story.us(-79)),
        footer: "S-10421 addendum",
    }
    .set()
}

/// D-72, one report for the CT and one for the PET.
pub(crate) fn body_reports(story: &Story) -> [TypedDocument; 2] {
    let numbers = |accession: &str| {
        vec![
            ("Accession number", accession.to_owned()),
            ("Exam date", story.us(-72)),
            ("Referring physician", ONCOLOGIST.to_owned()),
        ]
    };
    let ct = Report {
        day: (story, -72),
        facility: HOSPITAL,
        lines: RADIOLOGY,
        title: "CT report: chest, abdomen and pelvis",
        person: ROSA,
        numbers: numbers(CT),
        parts: vec![
            ("Examination", "CT of the chest, abdomen and pelvis with intravenous contrast, 5 mm axial slices."),
            ("Indication", "Newly diagnosed carcinoma of the left breast, staging."),
            (
                "Findings",
                "Enhancing mass of the left breast, 2.2 cm. No enlarged axillary, internal mammary or mediastinal lymph nodes. No pulmonary nodule. Liver, spleen, adrenals and kidneys are unremarkable. No suspicious bone lesion.",
            ),
            (
                "Impression",
                "1. Known mass of the left breast.\n2. No evidence of metastatic disease in the chest, abdomen or pelvis.",
            ),
        ],
        signed: signed("Ronald Sample-Example, MD, Radiology", &story.us(-72)),
        footer: CT,
    };
    let pet = Report {
        day: (story, -72),
        facility: HOSPITAL,
        lines: RADIOLOGY,
        title: "PET/CT report",
        person: ROSA,
        numbers: numbers(PET),
        parts: vec![
            (
                "Examination",
                "FDG PET/CT from skull base to mid-thigh. Injected activity 370 MBq; uptake time 60 minutes.",
            ),
            ("Indication", "Newly diagnosed carcinoma of the left breast, staging."),
            (
                "Findings",
                "Intense uptake in the mass of the left breast, SUVmax 8.1. No abnormal uptake in the axillae. No distant uptake suspicious for metastasis. Physiologic uptake in heart, kidneys and bladder.",
            ),
            ("Impression", "FDG-avid carcinoma of the left breast. No evidence of nodal or distant metastasis."),
        ],
        signed: signed("Ronald Sample-Example, MD, Radiology", &story.us(-72)),
        footer: PET,
    };
    [ct.set(), pet.set()]
}

/// D-63: chest film before the operation.
pub(crate) fn film_report(story: &Story) -> TypedDocument {
    Report {
        day: (story, -63),
        facility: HOSPITAL,
        lines: RADIOLOGY,
        title: "Radiology report: chest radiograph",
        person: ROSA,
        numbers: vec![("Accession number", CHEST.to_owned()), ("Exam date", story.us(-63))],
        parts: vec![
            ("Examination", "Chest radiograph, PA."),
            ("Indication", "Before operation."),
            ("Impression", "Normal heart size. Clear lungs. No acute finding."),
        ],
        signed: signed("Ronald Sample-Example, MD, Radiology", &story.us(-63)),
        footer: CHEST,
    }
    .set()
}

/// D-60: the operative note, with the wrong side in one line.
pub(crate) fn operative_note(story: &Story) -> TypedDocument {
    Report {
        day: (story, -60),
        facility: HOSPITAL,
        lines: SURGERY,
        title: "Operative note",
        person: ROSA,
        numbers: vec![
            ("Date of surgery", story.us(-60)),
            ("Surgeon", "Simon Example, MD".to_owned()),
            ("Anesthesia", "General".to_owned()),
        ],
        parts: vec![
            ("Preoperative diagnosis", "Invasive carcinoma of the left breast, upper outer quadrant."),
            ("Postoperative diagnosis", "Same."),
            ("Procedure", "1. Left breast lumpectomy, localized by magnetic seed.\n2. Left axillary sentinel lymph node biopsy."),
            ("Indication", "{age}-year-old postmenopausal woman with a biopsy-proven invasive carcinoma of the left breast at 2 o'clock. She chose breast conservation."),
            (
                "Description of procedure",
                "Site marking and side were confirmed before incision. Technetium and blue dye had been injected. Through an axillary incision four sentinel nodes, hot or blue, were removed from the left axilla.\n\nA curvilinear incision was made in the upper outer quadrant. The mass was excised with a margin of normal tissue; the specimen was oriented with sutures (short superior, long lateral) and inked. A specimen radiograph shows the mass, the clip and the seed within the specimen. The cavity was marked with clips.\n\nThe right breast was closed in layers with absorbable suture and a dressing was applied.",
            ),
            ("Specimens", "A: left breast lumpectomy. B: left axillary sentinel lymph nodes 1 to 4."),
            ("Estimated blood loss", "20 mL. Complications: none."),
        ],
        signed: signed("Simon Example, MD, Surgery", &story.us(-60)),
        footer: "Operative note",
    }
    .set()
}

/// D-56: resection, S-11877, in synoptic form.
pub(crate) fn resection_report(story: &Story) -> TypedDocument {
    let mut document = Report {
        day: (story, -60),
        facility: HOSPITAL,
        lines: PATHOLOGY,
        title: "Surgical pathology report",
        person: ROSA,
        numbers: vec![
            ("Accession number", "S-11877".to_owned()),
            ("Date collected", story.us(-60)),
            ("Date received", story.us(-60)),
            ("Date reported", story.us(-56)),
            ("Submitting physician", "Simon Example, MD".to_owned()),
        ],
        parts: vec![(
            "Final diagnosis",
            "A. Left breast, lumpectomy: invasive carcinoma of no special type (ductal), Nottingham grade 3, 2.3 cm in greatest dimension. Lymphovascular invasion is present. Margins are negative; the closest margin is posterior, 1 mm.\n\nB. Left axillary sentinel lymph nodes, excision: metastatic carcinoma in two of four lymph nodes (2/4), largest deposit 6 mm, no extranodal extension.",
        )],
        signed: signed("Peter Sample, MD, Pathology", &story.us(-56)),
        footer: "S-11877",
    }
    .set();
    table(
        &mut document,
        "Synoptic report: invasive carcinoma of the breast, resection",
        &[
            ["Element", "Value"],
            ["Procedure", "Excision (less than total mastectomy)"],
            ["Specimen laterality", "Left"],
            ["Tumor site", "Upper outer quadrant, 2 o'clock"],
            ["Histologic type", "Invasive carcinoma of no special type (ductal)"],
            ["Histologic grade (Nottingham)", "Grade 3 (tubules 3, nuclei 3, mitoses 2; score 8 of 9)"],
            ["Tumor size", "2.3 cm (23 mm), greatest dimension of the invasive carcinoma"],
            ["Tumor focality", "Single focus"],
            ["Ductal carcinoma in situ", "Present, less than 5 %"],
            ["Lymphovascular invasion", "Present"],
            ["Margins", "Negative for invasive carcinoma; closest margin posterior, 1 mm"],
            ["Lymph nodes examined (sentinel)", "4"],
            ["Lymph nodes with macrometastases", "2"],
            ["Size of largest metastatic deposit", "6 mm"],
            ["Extranodal extension", "Not identified"],
            ["Pathologic stage (AJCC 8th edition)", "pT2 pN1a(sn)"],
            ["Block with the most tumor", "A4"],
        ],
    );
    document.paragraphs.push(Paragraph {
        heading: Some("Comment".to_owned()),
        text: "Receptors were done on the core biopsy (S-10421) and were not repeated. Blocks A1 to A9 and B1 to B4 are kept in this department.".to_owned(),
        table: None,
    });
    document
}

/// D-60, leaving the hospital; the text of an RTF file.
pub(crate) fn discharge_summary(story: &Story) -> TypedDocument {
    Report {
        day: (story, -60),
        facility: HOSPITAL,
        lines: SURGERY,
        title: "Discharge summary",
        person: ROSA,
        numbers: vec![("Admission date", story.us(-60)), ("Discharge date", story.us(-60)), ("Attending", "Simon Example, MD".to_owned())],
        parts: vec![
            ("Diagnosis", "Invasive carcinoma of the left breast."),
            ("Hospital course", "Left breast lumpectomy and sentinel lymph node biopsy as day surgery, without complication. Pain is controlled by mouth."),
            ("Discharge medications", "Acetaminophen 500 mg by mouth every 6 hours as needed. Home medicines are continued."),
            ("Follow-up", "Surgical clinic in 10 days. Pathology will be discussed there. Medical oncology referral has been made."),
        ],
        signed: signed("Simon Example, MD, Surgery", &story.us(-60)),
        footer: "Discharge summary",
    }
    .set()
}

/// D-49: the first opinion, which says N0.
pub(crate) fn oncology_consultation(story: &Story) -> TypedDocument {
    let start = format!(
        "1. Adjuvant chemotherapy with AC-T: doxorubicin and cyclophosphamide every two weeks for four cycles, then weekly paclitaxel for twelve weeks.\n2. Then radiation therapy to the left breast.\n3. Then endocrine therapy with an aromatase inhibitor for at least five years.\n4. Chemotherapy should start within twelve weeks of surgery, that is by {}.\n5. Echocardiogram and port placement before the first cycle.",
        story.us(24)
    );
    let history = format!(
        "Ms. Example is a {{age}}-year-old postmenopausal piano teacher. A screening mammogram showed a mass of the left breast. Core biopsy on {} (S-10421): invasive carcinoma of no special type, ER 95 %, PR 60 %, HER2 2+ with ISH not amplified. Breast MRI on {} ({MRI}): a single enhancing mass of 2.4 cm in the left breast, nothing else suspicious. CT and PET/CT on {}: no metastasis. Left breast lumpectomy and sentinel node biopsy on {}. She recovered well. She is worried about numbness of her hands because she plays and teaches the piano.",
        story.us(-86),
        story.us(-75),
        story.us(-72),
        story.us(-60)
    );
    let parts: Vec<(&str, &str)> = vec![
        (
            "Reason for visit",
            "New patient consultation: carcinoma of the left breast after lumpectomy. Referred by Simon Example, MD.",
        ),
        ("History of present illness", &history),
        ("Past medical history", "Hypertension. Hypercholesterolemia. Postmenopausal since age 51."),
        ("Medications", "Lisinopril, atorvastatin, acetaminophen as needed. See the portal for doses."),
        ("Allergies", "Penicillin (rash)."),
        ("Family history", "Mother with stroke at 79. No breast, ovarian, pancreatic or prostate cancer known."),
        (
            "Physical examination",
            "ECOG performance status 0. Well-healed scars of the left breast and left axilla. No palpable lymph nodes.",
        ),
        (
            "Assessment",
            "Invasive carcinoma of the left breast, ER positive, PR positive, HER2 negative, pT2 pN0, stage IIA. Grade 3 with lymphovascular invasion.",
        ),
        ("Plan", &start),
    ];
    Report {
        day: (story, -49),
        facility: ONCOLOGY,
        lines: CLINIC,
        title: "Medical oncology consultation",
        person: ROSA,
        numbers: vec![("Date of visit", story.us(-49)), ("Physician", ONCOLOGIST.to_owned())],
        parts,
        signed: signed(ONCOLOGIST, &story.us(-49)),
        footer: "Oncology consultation",
    }
    .set()
}

/// D-44: the stranger's report.
pub(crate) fn stranger_report(story: &Story) -> TypedDocument {
    Report {
        day: (story, -44),
        facility: HOSPITAL,
        lines: RADIOLOGY,
        title: "CT report: chest",
        person: ROLAND,
        numbers: vec![("Accession number", STRANGER_CT.to_owned()), ("Exam date", story.us(-44))],
        parts: vec![
            ("Examination", "CT of the chest without contrast."),
            ("Indication", "Persistent cough."),
            ("Impression", "No acute finding. Mild emphysema."),
        ],
        signed: signed("Ronald Sample-Example, MD, Radiology", &story.us(-43)),
        footer: STRANGER_CT,
    }
    .set()
}

/// D-50: what the second document of the portal package carries.
pub(crate) fn surgical_visit(story: &Story) -> TypedDocument {
    Report {
        day: (story, -50),
        facility: HOSPITAL,
        lines: SURGERY,
        title: "Progress note: surgical clinic",
        person: ROSA,
        numbers: vec![("Date of visit", story.us(-50)), ("Physician", "Simon Example, MD".to_owned())],
        parts: vec![
            ("Interval history", "Ten days after left breast lumpectomy and sentinel node biopsy. No fever, little pain."),
            ("Examination", "Wounds of the left breast and left axilla are clean and dry. Full range of motion of the left shoulder."),
            ("Assessment and plan", "Healing as expected. Pathology S-11877 was discussed: invasive carcinoma, 2.3 cm, two of four sentinel nodes positive. Margins are negative; no re-excision. Medical oncology appointment is made."),
        ],
        signed: signed("Simon Example, MD, Surgery", &story.us(-50)),
        footer: "Progress note",
    }
    .set()
}

/// D-42: the summary that was cut off while it was downloaded.
pub(crate) fn visit_summary(story: &Story) -> TypedDocument {
    Report {
        day: (story, -42),
        facility: ONCOLOGY,
        lines: CLINIC,
        title: "After-visit summary",
        person: ROSA,
        numbers: vec![("Date of visit", story.us(-42)), ("Seen by", "Nora Sample, RN".to_owned())],
        parts: vec![
            ("Reason for visit", "Chemotherapy teaching."),
            ("What we talked about", "How AC-T is given, what to expect, whom to call. Questions about numbness of the hands were noted for the physician."),
            ("Next steps", "Echocardiogram. Dental check. Bring a list of your medicines."),
        ],
        signed: signed("Nora Sample, RN", &story.us(-42)),
        footer: "After-visit summary",
    }
    .set()
}

/// D-39: what the e-mail from the clinic carries.
pub(crate) fn appointment_letter(story: &Story) -> TypedDocument {
    let text = format!(
        "Your echocardiogram is on {} at 9:30 at Springfield Example Hospital, second floor. Please come fifteen minutes early and bring your insurance card and a list of your medicines.",
        story.us(8)
    );
    Report {
        day: (story, -39),
        facility: ONCOLOGY,
        lines: CLINIC,
        title: "Appointment letter",
        person: ROSA,
        numbers: vec![("Letter date", story.us(-39))],
        parts: vec![("Your appointment", &text)],
        signed: "Nora Sample, RN, nurse navigator".to_owned(),
        footer: "Appointment letter",
    }
    .set()
}

/// D-41: what the FHIR export carries.
pub(crate) fn genetics_letter(story: &Story) -> TypedDocument {
    Report {
        day: (story, -41),
        facility: ONCOLOGY,
        lines: CLINIC,
        title: "Referral letter: genetic counseling",
        person: ROSA,
        numbers: vec![("Date of service", story.us(-41)), ("Referred by", ONCOLOGIST.to_owned())],
        parts: vec![
            ("To", "Genetics Clinic, Springfield Example Hospital"),
            ("Reason for referral", "Invasive carcinoma of the left breast at age {age}, ER positive, HER2 negative. Please counsel about germline testing. No germline test has been done so far."),
        ],
        signed: signed(ONCOLOGIST, &story.us(-41)),
        footer: "Referral letter",
    }
    .set()
}

/// D-3: what came after the first packet had gone.
pub(crate) fn late_laboratory(story: &Story) -> TypedDocument {
    Report {
        day: (story, -3),
        facility: HOSPITAL,
        lines: CLINIC,
        title: "Laboratory report",
        person: ROSA,
        numbers: vec![("Collected", story.us(-3)), ("Reported", story.us(-3))],
        parts: vec![
            ("Blood count", "White cells 6.1 x10^3/uL. Hemoglobin 13.2 g/dL. Platelets 245 x10^3/uL."),
            ("Chemistry", "Creatinine 0.8 mg/dL. Bilirubin, total 0.5 mg/dL. ALT 22 U/L. Alkaline phosphatase 71 U/L."),
        ],
        signed: "Paula Sample, MT(ASCP)".to_owned(),
        footer: "Laboratory report",
    }
    .set()
}

/// The paper on the kitchen table, photographed.
pub(crate) fn medication_paper() -> TypedDocument {
    TypedDocument {
        facility: "My medicines".to_owned(),
        facility_lines: vec!["on the refrigerator door".to_owned()],
        title: "Medication list".to_owned(),
        patient_line: vec![("Name:".to_owned(), ROSA.display()), ("Date of birth:".to_owned(), us(ROSA.born))],
        paragraphs: vec![Paragraph {
            heading: None,
            text: String::new(),
            table: Some(
                [
                    ["Medicine", "How much", "When"],
                    ["Lisinopril", "20 mg", "morning"],
                    ["Atorvastatin", "20 mg", "evening"],
                    ["Acetaminophen", "500 mg", "if it hurts"],
                    ["Vitamin D", "1000 IU", "morning"],
                ]
                .iter()
                .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
                .collect(),
            ),
        }],
        signed: None,
        footer: "Fictitious record made for a demonstration".to_owned(),
    }
}
