//! The program tesseract (Debian: `tesseract-ocr`), run as a limited child: a grey picture in, its words out. It is
//! not part of Consilium; without it, pictures keep their words to themselves.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use image::GrayImage;

use super::OcrError;
use super::tsv::{self, FoundWord};
use crate::program::{Allowance, NoAnswer, on_path, run};

const PROGRAM: &str = "tesseract";
/// A page takes 60 MB and 2 s; a photograph of a wood 20 s.
const ALLOWANCE: Allowance = Allowance {
    memory: 1536 << 20,
    seconds: 60,
    patience: Duration::from_secs(120),
    longest_answer: 32 << 20,
    largest_file: 0,
};
/// Longest side it takes, pixels (leptonica counts in 16 bits).
const LONGEST: u32 = 32_000;

/// An installed tesseract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tesseract {
    program: PathBuf,
    version: String,
}

impl Tesseract {
    /// The one on the search path.
    ///
    /// # Errors
    /// [`OcrError::NotInstalled`], which says what to install; [`OcrError::Failed`] when it does not run.
    pub fn find() -> Result<Self, OcrError> {
        Self::at(on_path(PROGRAM).ok_or(OcrError::NotInstalled)?)
    }

    /// The program at this path.
    ///
    /// # Errors
    /// [`OcrError::NotInstalled`] when it cannot be started; [`OcrError::Failed`] when it does not say its version.
    pub fn at(program: PathBuf) -> Result<Self, OcrError> {
        let mut command = Command::new(&program);
        command.arg("--version");
        let stop = AtomicBool::new(false);
        let answer = run(&command, &[], &ALLOWANCE, &stop).map_err(|why| match why {
            NoAnswer::NotStarted => OcrError::NotInstalled,
            _ => OcrError::Failed,
        })?;
        let answer = String::from_utf8_lossy(&answer);
        let version = answer.lines().next().unwrap_or_default().trim().to_owned();
        if !version.starts_with(PROGRAM) {
            return Err(OcrError::Failed);
        }
        Ok(Self { program, version })
    }

    /// What read the page, for the record of a reading: `tesseract 5.3.0`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The words of a picture that stands upright.
    pub(super) fn words(&self, picture: &GrayImage, dpi: f32, stop: &AtomicBool) -> Result<Vec<FoundWord>, OcrError> {
        let (width, height) = picture.dimensions();
        if width > LONGEST || height > LONGEST {
            return Err(OcrError::BadPicture);
        }
        let mut input = format!("P5\n{width} {height}\n255\n").into_bytes();
        input.extend_from_slice(picture.as_raw());
        let mut command = Command::new(&self.program);
        command.args([
            "stdin",
            "stdout",
            "-l",
            "eng",
            "--psm",
            "3",
            "--dpi",
            &format!("{:.0}", dpi.clamp(70.0, 600.0)),
        ]);
        command.arg("tsv");
        // One page a core: several threads for one page are slower than one.
        command.env("OMP_THREAD_LIMIT", "1");
        if let Some(data) = std::env::var_os("TESSDATA_PREFIX") {
            command.env("TESSDATA_PREFIX", data);
        }
        let answer = run(&command, &input, &ALLOWANCE, stop).map_err(|why| match why {
            NoAnswer::NotStarted => OcrError::NotInstalled,
            NoAnswer::Stopped => OcrError::Stopped,
            NoAnswer::TooLong => OcrError::TooLong,
            NoAnswer::Failed => OcrError::Failed,
        })?;
        tsv::words(&answer).ok_or(OcrError::NoTable)
    }
}
