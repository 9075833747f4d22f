//! The discs of the story: which studies lie on which medium, with their phantoms and directories.
//!
//! Everything is made in memory; `shoebox` writes it and says what should happen to it.

use crate::DemoError;
use crate::dicom_files::{self, Header, Instance, Placement, Series, Study};
use crate::medium_directory::{self, Shelf};
use crate::phantoms::{Body, Tracer, Weighting, breast_mr, in_parallel, mammogram};
use crate::story::{HOSPITAL, IMAGING_CENTER, Person, ROLAND, ROSA, Story};

/// Accession of the screening mammogram.
pub(crate) const MAMMOGRAM: &str = "MG-100417";
/// Accession of the breast MRI.
pub(crate) const MRI: &str = "MR-100911";
/// Accession of the CT.
pub(crate) const CT: &str = "CT-101003";
/// Accession of the PET.
pub(crate) const PET: &str = "PT-101004";
/// Accession of the chest film.
pub(crate) const CHEST: &str = "CR-101388";
/// Accession of the stranger's CT.
pub(crate) const STRANGER_CT: &str = "CT-055012";

/// Slices the MRI disc lists but does not hold, in its series after contrast medium.
pub(crate) const MISSING_MRI: [u32; 9] = [33, 34, 35, 36, 37, 38, 39, 40, 101];
/// Slices of the MRI series after contrast medium.
pub(crate) const MRI_SLICES: u32 = 112;
/// Slices of the CT, and of the PET.
pub(crate) const BODY_SLICES: u32 = 120;

/// A study with its images.
#[derive(Debug)]
pub(crate) struct Imaging {
    pub study: Study,
    pub series: Vec<(Series, Vec<Instance>)>,
}

impl Imaging {
    fn shelf(&self) -> Shelf<'_> {
        (&self.study, self.series.iter().map(|(s, i)| (s, i.as_slice())).collect())
    }
}

/// The DICOMDIR listing these studies.
pub(crate) fn directory(story: &Story, label: &str, studies: &[&Imaging]) -> Vec<u8> {
    let shelves: Vec<Shelf<'_>> = studies.iter().map(|s| s.shelf()).collect();
    medium_directory::write(&story.uid(&format!("medium {label}")), label, &shelves)
}

struct Making<'a> {
    story: &'a Story,
    study: Study,
    series: Series,
    /// Folder and letter of the files: `CT/SE1`.
    folder: &'static str,
}

impl Making<'_> {
    fn instance(&self, number: u32, build: impl FnOnce(&mut Header)) -> Result<Instance, DemoError> {
        let uid = self.story.uid(&format!("{} {} {number}", self.study.accession, self.series.number));
        let mut header = Header::new(&self.study, &self.series, number, &uid);
        build(&mut header);
        let bytes = header.file(&uid, self.series.sop_class)?;
        Ok(Instance {
            file: format!("{}/IM{number:04}", self.folder),
            sop_instance_uid: uid,
            sop_class_uid: self.series.sop_class,
            number,
            bytes,
        })
    }

    fn all(self, count: u32, build: impl Fn(&mut Header, &Study, u32) + Sync) -> Result<Imaging, DemoError> {
        let made = in_parallel(count, |i| self.instance(i + 1, |h| build(h, &self.study, i + 1)));
        let instances = made.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Imaging { study: self.study, series: vec![(self.series, instances)] })
    }
}

fn series(
    story: &Story,
    accession: &str,
    number: u32,
    modality: &'static str,
    description: &'static str,
    body_part: &'static str,
    sop_class: &'static str,
) -> Series {
    Series {
        uid: story.uid(&format!("series {accession} {number}")),
        number,
        modality,
        description,
        body_part,
        sop_class,
        manufacturer_model: "Phantom 1",
    }
}

const CT_CLASS: &str = "1.2.840.10008.5.1.4.1.1.2";
const MR_CLASS: &str = "1.2.840.10008.5.1.4.1.1.4";
const PET_CLASS: &str = "1.2.840.10008.5.1.4.1.1.128";
const MG_CLASS: &str = "1.2.840.10008.5.1.4.1.1.1.2";
const CR_CLASS: &str = "1.2.840.10008.5.1.4.1.1.1";

/// D-100: four views, 1024 by 768.
pub(crate) fn screening_mammogram(story: &Story) -> Result<Imaging, DemoError> {
    const VIEWS: [(bool, bool); 4] = [(false, false), (true, false), (false, true), (true, true)];
    Making {
        story,
        study: dicom_files::study(
            story,
            ROSA,
            -100,
            "093000",
            MAMMOGRAM,
            "Screening mammogram, bilateral",
            IMAGING_CENTER,
        ),
        series: series(story, MAMMOGRAM, 1, "MG", "RCC LCC RMLO LMLO", "BREAST", MG_CLASS),
        folder: "DICOM/MG1",
    }
    .all(4, |h, _, number| {
        let (left, oblique) = VIEWS.get(number as usize - 1).copied().unwrap_or_default();
        let picture = mammogram(left, oblique, 1024, 768, 100 + u64::from(number));
        dicom_files::mammography(h, left, oblique);
        h.pixels(picture.rows, picture.columns, 12, (1800.0, 3400.0), picture.stored(0.0, 1.0, 4095));
    })
}

/// D-75: T2 and T1 after contrast medium. All slices are made; the disc then leaves some out.
pub(crate) fn breast_mri(story: &Story) -> Result<Imaging, DemoError> {
    const SIZE: u32 = 192;
    const SPACING: f32 = 1.85;
    let study = dicom_files::study(story, ROSA, -75, "141500", MRI, "MRI breasts with and without contrast", HOSPITAL);
    let image = |h: &mut Header, study: &Study, t1: bool, z: f32, gap: f64, seed: u64| {
        let weighting = if t1 { Weighting::T1AfterContrast } else { Weighting::T2 };
        let picture = breast_mr(weighting, z, mri_height(87), SIZE, SPACING, seed);
        dicom_files::mr(h, t1);
        h.axial(study, placement(SIZE, SPACING, z, gap));
        h.pixels(SIZE, SIZE, 12, if t1 { (480.0, 1000.0) } else { (420.0, 900.0) }, picture.stored(0.0, 1.0, 4095));
    };
    let making = |number, description, folder| Making {
        story,
        study: study.clone(),
        series: series(story, MRI, number, "MR", description, "BREAST", MR_CLASS),
        folder,
    };
    let t2 = making(1, "T2 axial", "IMAGES/SE1")
        .all(40, |h, s, n| image(h, s, false, n as f32 * 4.4, 4.4, 300 + u64::from(n)))?;
    let mut t1 = making(2, "T1 axial FS post-contrast 2 min", "IMAGES/SE2")
        .all(MRI_SLICES, |h, s, n| image(h, s, true, mri_height(n), 1.6, 400 + u64::from(n)))?;
    let mut all = t2;
    all.series.append(&mut t1.series);
    Ok(all)
}

/// Height of a slice of the MRI series after contrast medium; the mass is on slice 60, the second focus on 87.
fn mri_height(number: u32) -> f32 {
    number as f32 * 1.6
}

fn placement(size: u32, spacing: f32, z: f32, thickness: f64) -> Placement {
    let corner = -f64::from(spacing) * (f64::from(size) / 2.0 - 0.5);
    Placement {
        position: [corner, corner, f64::from(z)],
        spacing: f64::from((spacing * 1000.0).round()) / 1000.0,
        thickness,
    }
}

fn ct_of(
    story: &Story,
    person: Person,
    study: Study,
    what: &'static str,
    part: &'static str,
    heights: (f32, f32, u32),
    folder: &'static str,
) -> Result<Imaging, DemoError> {
    const SIZE: u32 = 256;
    const SPACING: f32 = 1.6;
    let body = Body::new(Tracer::Ct, person.sex == "F");
    let accession = study.accession;
    let (from, step, count) = heights;
    Making { story, study, series: series(story, accession, 1, "CT", what, part, CT_CLASS), folder }.all(
        count,
        |h, s, n| {
            let z = from + (n - 1) as f32 * step;
            let picture =
                body.slice(z, SIZE, SPACING, 500 + u64::from(n) + u64::from(person.born.year().unsigned_abs()));
            dicom_files::ct(h);
            h.axial(s, placement(SIZE, SPACING, z, f64::from(step)));
            h.pixels(SIZE, SIZE, 12, (40.0, 400.0), picture.stored(-1024.0, 1.0, 4095));
        },
    )
}

/// D-72: CT of chest, abdomen and pelvis, 120 slices from the pelvis up.
pub(crate) fn body_ct(story: &Story) -> Result<Imaging, DemoError> {
    let study = dicom_files::study(story, ROSA, -72, "100500", CT, "CT chest abdomen pelvis with contrast", HOSPITAL);
    ct_of(story, ROSA, study, "Axial 5 mm soft tissue", "CHESTABDPELVIS", (2.5, 5.0, BODY_SLICES), "CT/SE1")
}

/// The stranger's CT of the chest.
pub(crate) fn stranger_ct(story: &Story) -> Result<Imaging, DemoError> {
    let study = dicom_files::study(story, ROLAND, -44, "083000", STRANGER_CT, "CT chest without contrast", HOSPITAL);
    ct_of(story, ROLAND, study, "Axial 6 mm", "CHEST", (340.0, 6.5, 40), "DICOM/SE1")
}

/// D-72: PET of the same body, in Bq/mL.
pub(crate) fn body_pet(story: &Story) -> Result<Imaging, DemoError> {
    const SIZE: u32 = 128;
    const SPACING: f32 = 3.2;
    const SLOPE: f32 = 2.5;
    let body = Body::new(Tracer::Pet, true);
    let mut study = dicom_files::study(story, ROSA, -72, "101500", PET, "PET/CT skull base to mid-thigh", HOSPITAL);
    // One machine, one table position: PET and CT share their frame of reference, so viewers can lay them together.
    study.frame_of_reference = story.uid(&format!("frame {CT}"));
    // Uptake of 1 is the injected activity divided by the body weight.
    let uptake = 370.0e6 / (ROSA.weight_kg as f32 * 1000.0);
    Making {
        story,
        study,
        series: series(story, PET, 1, "PT", "PET attenuation corrected", "CHESTABDPELVIS", PET_CLASS),
        folder: "PT/SE1",
    }
    .all(BODY_SLICES, |h, s, n| {
        let z = 2.5 + (n - 1) as f32 * 5.0;
        let picture = body.slice(z, SIZE, SPACING, 900 + u64::from(n));
        dicom_files::pet(h, s, SLOPE, n, BODY_SLICES);
        h.axial(s, placement(SIZE, SPACING, z, 5.0));
        let high = f64::from(uptake * 6.0);
        h.pixels(SIZE, SIZE, 16, ((high / 2.0).round(), high.round()), picture.stored(0.0, SLOPE / uptake, u16::MAX));
    })
}

/// D-63: chest film before the operation, one view.
pub(crate) fn preoperative_film(story: &Story) -> Result<Imaging, DemoError> {
    const SIZE: u32 = 512;
    let body = Body::new(Tracer::Ct, true);
    Making {
        story,
        study: dicom_files::study(story, ROSA, -63, "151000", CHEST, "Chest radiograph, PA", HOSPITAL),
        series: series(story, CHEST, 1, "CR", "PA", "CHEST", CR_CLASS),
        folder: "DICOM/CR1",
    }
    .all(1, |h, _, _| {
        let picture = body.chest_film(SIZE, 700);
        chest_film_header(h);
        h.pixels(SIZE, SIZE, 12, (1800.0, 3200.0), picture.stored(0.0, 1.0, 4095));
    })
}

fn chest_film_header(h: &mut Header) {
    dicom_files::chest_film(h, "PA");
}
