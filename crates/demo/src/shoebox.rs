//! The shoebox: every file of the first chapters, in the folders a person would have, and what should become of it.
//!
//! Files are only put together and written here; words, pictures and packages come from the other modules.

use std::fs;
use std::path::{Path, PathBuf};

use consilium_casefile::records::DocumentKind;
use jiff::civil::Date;

use crate::discs::{self, Imaging, MISSING_MRI, MRI};
use crate::papers::{docx, email, pdf, photographed, rtf, scanned_pdf};
use crate::story::Story;
use crate::{DemoError, documents, fhir, medium, portal};

/// What an import should do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expectation {
    /// Kept, as a record of the case.
    Kept,
    /// Kept with a complaint: it is cut short, but its bytes are the only copy.
    KeptDamaged,
    /// The same bytes were met before under another name.
    Duplicate,
    /// About somebody else: set aside until a person has looked.
    SetAside,
    /// A program or other thing that is no record and is not kept.
    Refused,
    /// No record of the person: directory, clutter or wrapping of a medium. It may be kept or refused, with a reason,
    /// but must not be counted as a record.
    NotARecord,
    /// An archive that is opened: what is in it is listed on its own, as `outer.zip!/inner`.
    Opened,
}

/// One file of the shoebox, or one file inside another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShoeboxFile {
    /// Path below the folder with `/` between parts; inside an archive `outer!/inner`. For a file carried by an e-mail,
    /// a CDA or a FHIR bundle, inner is the name its carrier states.
    pub path: String,
    /// What should become of it.
    pub expect: Expectation,
    /// What it really is; `None` for images and for what is no document.
    pub kind: Option<DocumentKind>,
    /// When the care really happened (collected, examined, operated, visited); `None` where there is none.
    pub date: Option<Date>,
    /// Accession number, of the study for an image, of the report for a document that has one.
    pub accession: Option<&'static str>,
    /// What was planted in it, in a few words; empty when nothing was.
    pub planted: &'static str,
}

/// One imaging study of the shoebox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShoeboxStudy {
    /// Accession number.
    pub accession: &'static str,
    /// Study Instance UID.
    pub uid: String,
    /// Study date.
    pub date: Date,
    /// DICOM modality.
    pub modality: &'static str,
    /// Instances that exist, as a directory lists them.
    pub instances: u32,
    /// Instance numbers left out, and the Series Instance UID of their series.
    pub missing: Option<(String, Vec<i32>)>,
    /// Whether its report is in the shoebox.
    pub has_report: bool,
    /// Whether it is somebody else's.
    pub of_a_stranger: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shoebox {
    /// Where.
    pub folder: PathBuf,
    /// The story it tells.
    pub story: Story,
    /// Every file written, and every file inside one, in the order of their paths.
    pub files: Vec<ShoeboxFile>,
    /// Every imaging study.
    pub studies: Vec<ShoeboxStudy>,
    /// The accession of the report whose images are missing.
    pub report_without_images: &'static str,
    /// The accession of the study whose report is missing.
    pub images_without_report: &'static str,
}

impl Shoebox {
    /// The files with this expectation.
    pub fn expecting(&self, expect: Expectation) -> impl Iterator<Item = &ShoeboxFile> {
        self.files.iter().filter(move |file| file.expect == expect)
    }

    /// The file at this path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&ShoeboxFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

struct Writing {
    story: Story,
    folder: PathBuf,
    files: Vec<ShoeboxFile>,
}

/// What a listed document is.
#[derive(Clone, Copy)]
struct Facts {
    kind: &'static str,
    day: Option<i32>,
    accession: Option<&'static str>,
    planted: &'static str,
}

fn about(kind: &'static str, day: i32) -> Facts {
    Facts { kind, day: Some(day), accession: None, planted: "" }
}

impl Facts {
    fn numbered(self, accession: &'static str) -> Self {
        Self { accession: Some(accession), ..self }
    }

    fn planted(self, planted: &'static str) -> Self {
        Self { planted, ..self }
    }
}

impl Writing {
    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), DemoError> {
        let full = path.split('/').fold(self.folder.clone(), |folder, part| folder.join(part));
        let failed = |source| DemoError::Write { path: path.to_owned(), source };
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&full, bytes).map_err(failed)
    }

    fn list(&mut self, path: &str, expect: Expectation, facts: Option<Facts>) {
        self.files.push(ShoeboxFile {
            path: path.to_owned(),
            expect,
            kind: facts.map(|f| DocumentKind::from(f.kind)),
            date: facts.and_then(|f| f.day).map(|day| self.story.day(day)),
            accession: facts.and_then(|f| f.accession),
            planted: facts.map_or("", |f| f.planted),
        });
    }

    fn document(&mut self, path: &str, bytes: &[u8], facts: Facts) -> Result<(), DemoError> {
        self.write(path, bytes)?;
        self.list(path, Expectation::Kept, Some(facts));
        Ok(())
    }

    fn thing(&mut self, path: &str, bytes: &[u8], expect: Expectation) -> Result<(), DemoError> {
        self.write(path, bytes)?;
        self.list(path, expect, None);
        Ok(())
    }

    fn image(&mut self, path: String, imaging: &Imaging, expect: Expectation) {
        self.files.push(ShoeboxFile {
            path,
            expect,
            kind: None,
            date: Some(imaging.study.date),
            accession: Some(imaging.study.accession),
            planted: "",
        });
    }

    /// The images of a study below `disc`, without those of the last series whose number is in `leave_out`.
    fn images(
        &mut self,
        disc: &str,
        imaging: &Imaging,
        leave_out: &[u32],
        expect: Expectation,
    ) -> Result<(), DemoError> {
        let last = imaging.series.len().saturating_sub(1);
        for (i, (_, instances)) in imaging.series.iter().enumerate() {
            for instance in instances {
                if i == last && leave_out.contains(&instance.number) {
                    continue;
                }
                let path = format!("{disc}/{}", instance.file);
                self.write(&path, &instance.bytes)?;
                self.image(path, imaging, expect);
            }
        }
        Ok(())
    }
}

fn summary(imaging: &Imaging, leave_out: &[u32], has_report: bool, of_a_stranger: bool) -> ShoeboxStudy {
    let count: usize = imaging.series.iter().map(|(_, instances)| instances.len()).sum();
    let missing = imaging
        .series
        .last()
        .filter(|_| !leave_out.is_empty())
        .map(|(series, _)| (series.uid.clone(), leave_out.iter().filter_map(|n| i32::try_from(*n).ok()).collect()));
    ShoeboxStudy {
        accession: imaging.study.accession,
        uid: imaging.study.uid.clone(),
        date: imaging.study.date,
        modality: imaging.series.first().map_or("", |(series, _)| series.modality),
        instances: u32::try_from(count).unwrap_or(u32::MAX),
        missing,
        has_report,
        of_a_stranger,
    }
}

/// Writes the first chapters of the demo story (the records up to D-38) into `folder`, which is created; files of the
/// same names are replaced. `made_on` is the demo's "today", D+5. The same date gives the same bytes.
///
/// # Errors
/// [`DemoError::Write`] when a file cannot be written; [`DemoError::Make`] when one cannot be put together.
pub fn write_shoebox(folder: &Path, made_on: Date) -> Result<Shoebox, DemoError> {
    let story = Story::told_on(made_on);
    let mut writing = Writing { story, folder: folder.to_owned(), files: Vec::new() };
    let mut studies = Vec::new();
    mammogram_disc(&mut writing, &mut studies)?;
    biopsy(&mut writing)?;
    mri_disc(&mut writing, &mut studies)?;
    staging_disc(&mut writing, &mut studies)?;
    film(&mut writing, &mut studies)?;
    surgery_and_oncology(&mut writing)?;
    portal_downloads(&mut writing)?;
    telephone_and_mail(&mut writing)?;
    strangers_disc(&mut writing, &mut studies)?;
    writing.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Shoebox {
        folder: writing.folder,
        story,
        files: writing.files,
        studies,
        report_without_images: documents::DIAGNOSTIC,
        images_without_report: MRI,
    })
}

fn mammogram_disc(to: &mut Writing, studies: &mut Vec<ShoeboxStudy>) -> Result<(), DemoError> {
    let story = to.story;
    let disc = "1 mammogram disc";
    let imaging = discs::screening_mammogram(&story)?;
    to.images(disc, &imaging, &[], Expectation::Kept)?;
    let directory = discs::directory(&story, "MAMMOGRAM", &[&imaging]);
    to.thing(&format!("{disc}/DICOMDIR"), &directory, Expectation::NotARecord)?;
    let report = pdf(&documents::screening_report(&story))?;
    to.document(&format!("{disc}/REPORT.PDF"), &report, about("radiology-report", -100).numbered(discs::MAMMOGRAM))?;
    to.thing(&format!("{disc}/AUTORUN.INF"), medium::AUTORUN, Expectation::NotARecord)?;
    to.thing(&format!("{disc}/VIEWER.EXE"), &medium::inert_program(), Expectation::Refused)?;
    studies.push(summary(&imaging, &[], true, false));
    let report = pdf(&documents::diagnostic_report(&story))?;
    to.document(
        "2 diagnostic mammogram and ultrasound.pdf",
        &report,
        about("radiology-report", -92).numbered(documents::DIAGNOSTIC).planted("its images are missing"),
    )
}

fn biopsy(to: &mut Writing) -> Result<(), DemoError> {
    let story = to.story;
    let report = pdf(&documents::biopsy_report(&story))?;
    to.document(
        "3 biopsy/pathology S-10421.pdf",
        &report,
        about("pathology-report", -86).numbered("S-10421").planted("HER2 2+, ISH pending"),
    )?;
    let fax = scanned_pdf(&documents::addendum(&story))?;
    to.document(
        "3 biopsy/fax.pdf",
        &fax,
        about("pathology-addendum", -86)
            .numbered("S-10421")
            .planted("image only; reported D-79: HER2 ISH not amplified"),
    )
}

fn mri_disc(to: &mut Writing, studies: &mut Vec<ShoeboxStudy>) -> Result<(), DemoError> {
    let disc = "4 breast MRI disc";
    let imaging = discs::breast_mri(&to.story)?;
    to.images(disc, &imaging, &MISSING_MRI, Expectation::Kept)?;
    let directory = discs::directory(&to.story, "BREASTMRI", &[&imaging]);
    to.thing(&format!("{disc}/DICOMDIR"), &directory, Expectation::NotARecord)?;
    studies.push(summary(&imaging, &MISSING_MRI, false, false));
    Ok(())
}

fn staging_disc(to: &mut Writing, studies: &mut Vec<ShoeboxStudy>) -> Result<(), DemoError> {
    let story = to.story;
    let disc = "5 CT and PET disc";
    let (ct, pet) = (discs::body_ct(&story)?, discs::body_pet(&story)?);
    to.images(disc, &ct, &[], Expectation::Kept)?;
    to.images(disc, &pet, &[], Expectation::Kept)?;
    let directory = medium::broken(discs::directory(&story, "CTPET", &[&ct, &pet]));
    to.thing(&format!("{disc}/DICOMDIR"), &directory, Expectation::NotARecord)?;
    to.thing(&format!("{disc}/Thumbs.db"), &medium::thumbnails(), Expectation::NotARecord)?;
    let [ct_report, pet_report] = documents::body_reports(&story);
    to.document(
        &format!("{disc}/REPORTS/CT.PDF"),
        &pdf(&ct_report)?,
        about("radiology-report", -72).numbered(discs::CT),
    )?;
    to.document(
        &format!("{disc}/REPORTS/PET.PDF"),
        &pdf(&pet_report)?,
        about("radiology-report", -72).numbered(discs::PET),
    )?;
    studies.push(summary(&ct, &[], true, false));
    studies.push(summary(&pet, &[], true, false));
    Ok(())
}

/// One small disc as a real disc image.
fn film(to: &mut Writing, studies: &mut Vec<ShoeboxStudy>) -> Result<(), DemoError> {
    let story = to.story;
    let outer = "6 surgery/chest film before surgery.iso";
    let imaging = discs::preoperative_film(&story)?;
    let report = pdf(&documents::film_report(&story))?;
    let directory = discs::directory(&story, "CHESTFILM", &[&imaging]);
    let mut files: Vec<(&str, &[u8])> = imaging
        .series
        .iter()
        .flat_map(|(_, instances)| instances.iter().map(|i| (i.file.as_str(), i.bytes.as_slice())))
        .collect();
    files.push(("DICOMDIR", &directory));
    files.push(("REPORT.PDF", &report));
    let image = medium::iso("CHESTFILM", &files)?;
    to.thing(outer, &image, Expectation::Opened)?;
    for (_, instances) in &imaging.series {
        for instance in instances {
            to.image(format!("{outer}!/{}", instance.file), &imaging, Expectation::Kept);
        }
    }
    to.list(&format!("{outer}!/DICOMDIR"), Expectation::NotARecord, None);
    to.list(
        &format!("{outer}!/REPORT.PDF"),
        Expectation::Kept,
        Some(about("radiology-report", -63).numbered(discs::CHEST)),
    );
    studies.push(summary(&imaging, &[], true, false));
    Ok(())
}

fn surgery_and_oncology(to: &mut Writing) -> Result<(), DemoError> {
    let story = to.story;
    let note = pdf(&documents::operative_note(&story))?;
    to.document(
        "6 surgery/operative note.pdf",
        &note,
        about("operative-note", -60).planted("\"right breast\" in one line, left elsewhere"),
    )?;
    let discharge = rtf(&documents::discharge_summary(&story));
    to.document("6 surgery/discharge summary.rtf", &discharge, about("discharge-summary", -60))?;
    let pathology = pdf(&documents::resection_report(&story))?;
    let facts = about("pathology-report", -60).numbered("S-11877");
    to.document("6 surgery/pathology S-11877.pdf", &pathology, facts.planted("grade 3 after grade 2; pN1a(sn)"))?;
    to.write("9 downloads/Pathology final (1).pdf", &pathology)?;
    to.list("9 downloads/Pathology final (1).pdf", Expectation::Duplicate, Some(facts));
    let consultation = docx(&documents::oncology_consultation(&story))?;
    to.document(
        "7 oncology/consultation.docx",
        &consultation,
        about("oncology-consultation", -49).planted("pT2 pN0 where pathology says pN1a(sn)"),
    )?;
    let summary = pdf(&documents::visit_summary(&story))?;
    let half = summary.get(..summary.len() / 2).unwrap_or_default();
    to.write("9 downloads/visit summary.pdf", half)?;
    to.list(
        "9 downloads/visit summary.pdf",
        Expectation::KeptDamaged,
        Some(about("progress-note", -42).planted("cut in the middle")),
    );
    Ok(())
}

fn portal_downloads(to: &mut Writing) -> Result<(), DemoError> {
    let story = to.story;
    let outer = "8 portal/portal download.zip";
    let visit = pdf(&documents::surgical_visit(&story))?;
    to.thing(outer, &portal::package(&story, &visit)?, Expectation::Opened)?;
    for name in ["INDEX.HTM", "README.TXT", portal::METADATA] {
        to.list(&format!("{outer}!/{name}"), Expectation::NotARecord, None);
    }
    to.list(
        &format!("{outer}!/{}", portal::CCD),
        Expectation::Kept,
        Some(about("continuity-of-care-document", -40).planted("lisinopril 10 mg")),
    );
    to.list(&format!("{outer}!/{}", portal::NOTE), Expectation::Kept, Some(about("progress-note", -50)));
    to.list(
        &format!("{outer}!/{}!/Surgical clinic progress note.pdf", portal::NOTE),
        Expectation::Kept,
        Some(about("progress-note", -50)),
    );
    let letter = pdf(&documents::genetics_letter(&story))?;
    to.list("8 portal/FHIR export.json!/Referral letter.pdf", Expectation::Kept, Some(about("referral-letter", -41)));
    to.document(
        "8 portal/FHIR export.json",
        &fhir::bundle(&story, &letter)?,
        about("patient-data-export", -40).planted("lisinopril 20 mg; a PDF is attached"),
    )?;
    to.document("8 portal/lab result.hl7", &portal::laboratory(&story), about("laboratory-result", -52))
}

fn telephone_and_mail(to: &mut Writing) -> Result<(), DemoError> {
    let story = to.story;
    let card = include_bytes!("../assets/insurance-card.heic");
    to.write("9 downloads/IMG_2041.HEIC", card)?;
    let card = Facts { kind: "insurance-card", day: None, accession: None, planted: "a photo; HEIC" };
    to.list("9 downloads/IMG_2041.HEIC", Expectation::Kept, Some(card));
    to.write("9 downloads/IMG_2042.JPG", &photographed(&documents::medication_paper())?)?;
    let list = Facts { kind: "medication-list", planted: "a photo of paper; lisinopril 20 mg", ..card };
    to.list("9 downloads/IMG_2042.JPG", Expectation::Kept, Some(list));
    let letter = pdf(&documents::appointment_letter(&story))?;
    let sent = story.day(-39).strftime("%a, %d %b %Y 16:05:00 -0500").to_string();
    let body = "Dear Ms. Example,\n\nattached is the letter with your appointment for the echocardiogram. Please call (555) 010-0112 with any question.\n\nPatient: Rosa Example, date of birth 03/14/1971\n\nNora Sample, RN\nSpringfield Example Oncology Associates\n";
    let message = email(&sent, "Your appointment", body, "appointment.pdf", &letter);
    to.document("9 downloads/message from the clinic.eml", &message, about("e-mail", -39))?;
    to.list(
        "9 downloads/message from the clinic.eml!/appointment.pdf",
        Expectation::Kept,
        Some(about("appointment-letter", -39)),
    );
    Ok(())
}

fn strangers_disc(to: &mut Writing, studies: &mut Vec<ShoeboxStudy>) -> Result<(), DemoError> {
    let story = to.story;
    let disc = "disc in the same envelope";
    let imaging = discs::stranger_ct(&story)?;
    to.images(disc, &imaging, &[], Expectation::SetAside)?;
    let directory = discs::directory(&story, "CHESTCT", &[&imaging]);
    to.thing(&format!("{disc}/DICOMDIR"), &directory, Expectation::NotARecord)?;
    let path = format!("{disc}/REPORT.PDF");
    to.write(&path, &pdf(&documents::stranger_report(&story))?)?;
    to.list(
        &path,
        Expectation::SetAside,
        Some(about("radiology-report", -44).numbered(discs::STRANGER_CT).planted("another person")),
    );
    studies.push(summary(&imaging, &[], true, true));
    Ok(())
}
