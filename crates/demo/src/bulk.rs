//! A large disc of one CT study, for measuring: as many slices as asked for, full of noise so that nothing compresses.
//!
//! Pixels mean nothing here; headers are right. Slices go to the disc as they are made: memory stays at a few slices.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use dicom_core::VR;
use dicom_dictionary_std::tags;
use jiff::civil::Date;

use crate::DemoError;
use crate::dicom_files::{self, Header, Placement, Series};
use crate::phantoms::in_parallel;
use crate::story::{HOSPITAL, ROSA, Story};

/// Pixels along each side of a slice of the large disc.
const SIDE: u32 = 512;
/// Bytes of pixel data in a slice: 512 × 512 × 16 bits.
const PIXELS: usize = SIDE as usize * SIDE as usize * 2;

/// What [`write_disc`] wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkDisc {
    /// Where.
    pub folder: PathBuf,
    /// Slices, one file each: `DICOM/D0001/I00001`, a hundred a folder.
    pub slices: u32,
    /// Bytes of all slices together.
    pub bytes: u64,
    /// Study Instance UID.
    pub study_uid: String,
    /// Series Instance UID.
    pub series_uid: String,
}

/// Writes a disc of `slices` CT slices of 512 × 512 × 16 bit (about 525 KB each; 2,000 are 1.05 GB) into `folder`,
/// which is created. There is no DICOMDIR. `made_on` as for [`crate::write_shoebox`]; the study is the case's person's.
/// The same arguments give the same bytes.
///
/// # Errors
/// [`DemoError::Write`] when a file cannot be written; [`DemoError::Make`] when a header cannot be made.
pub fn write_disc(folder: &Path, slices: u32, made_on: Date) -> Result<BulkDisc, DemoError> {
    let story = Story::told_on(made_on);
    let study =
        dicom_files::study(&story, ROSA, -71, "110000", "CT-900001", "CT chest abdomen pelvis, thin slices", HOSPITAL);
    let series = Series {
        uid: story.uid("bulk series"),
        number: 1,
        modality: "CT",
        description: "Axial 0.3 mm",
        body_part: "CHESTABDPELVIS",
        sop_class: "1.2.840.10008.5.1.4.1.1.2",
        manufacturer_model: "Phantom 1",
    };
    for number in 0..slices.div_ceil(100) {
        let name = format!("DICOM/D{:04}", number + 1);
        fs::create_dir_all(folder.join("DICOM").join(format!("D{:04}", number + 1)))
            .map_err(|source| DemoError::Write { path: name, source })?;
    }
    let written = AtomicU64::new(0);
    let outcome: Vec<Result<(), DemoError>> = in_parallel(slices, |i| {
        let number = i + 1;
        let uid = story.uid(&format!("bulk {number}"));
        let mut header = Header::new(&study, &series, number, &uid);
        let corner = -0.7 * (f64::from(SIDE) / 2.0 - 0.5);
        header.axial(
            &study,
            Placement { position: [corner, corner, f64::from(number) * 0.3], spacing: 0.7, thickness: 0.3 },
        );
        header.text(tags::IMAGE_COMMENTS, VR::LT, "generated for measuring");
        dicom_files::ct(&mut header);
        header.pixels(SIDE, SIDE, 16, (32_768.0, 65_536.0), noise(u64::from(number)));
        let bytes = header.file(&uid, series.sop_class)?;
        let path = format!("DICOM/D{:04}/I{number:05}", i / 100 + 1);
        let failed = |source| DemoError::Write { path: path.clone(), source };
        let mut file =
            fs::File::create(path.split('/').fold(folder.to_owned(), |f, part| f.join(part))).map_err(failed)?;
        file.write_all(&bytes).map_err(failed)?;
        written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    });
    outcome.into_iter().collect::<Result<Vec<()>, _>>()?;
    Ok(BulkDisc {
        folder: folder.to_owned(),
        slices,
        bytes: written.into_inner(),
        study_uid: study.uid,
        series_uid: series.uid,
    })
}

/// Pixel data of a slice: a xorshift stream, eight bytes at a time.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(PIXELS);
    while bytes.len() < PIXELS {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}
