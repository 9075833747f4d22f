//! Names of files on a DICOM medium (PS3.10 8.2 and 8.5).

use std::fmt;
use std::str::FromStr;

use super::MediaError;

/// The name of a file from the medium's root: 1 to 8 parts of 1 to 8 characters of `A-Z 0-9 _`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(Vec<String>);

impl FileId {
    /// From its parts.
    ///
    /// # Errors
    /// [`MediaError::FileName`] for any other count, length or character.
    pub fn new<S: Into<String>>(parts: impl IntoIterator<Item = S>) -> Result<Self, MediaError> {
        let parts: Vec<String> = parts.into_iter().map(Into::into).collect();
        let good = |part: &String| {
            (1..=8).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        };
        if (1..=8).contains(&parts.len()) && parts.iter().all(good) {
            Ok(Self(parts))
        } else {
            Err(MediaError::FileName)
        }
    }

    /// The parts, outermost first.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// With slashes, as a path from the medium's root: `DICOM/ST000001/SE000001/IM000001`.
    #[must_use]
    pub fn path(&self) -> String {
        self.0.join("/")
    }

    /// As (0004,1500) states it.
    pub(super) fn value(&self) -> String {
        self.0.join("\\")
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

impl FromStr for FileId {
    type Err = MediaError;

    /// From a path with slashes.
    fn from_str(path: &str) -> Result<Self, MediaError> {
        Self::new(path.split('/'))
    }
}

/// The name for an image by the place of its study, series and image, each counted from 1:
/// `DICOM/ST000001/SE000001/IM000001`. The folder of a study is the first two parts.
///
/// # Errors
/// [`MediaError::TooMany`] beyond 999,999.
pub fn file_id(study: u32, series: u32, image: u32) -> Result<FileId, MediaError> {
    let part = |kind: &str, number: u32| {
        if (1..=999_999).contains(&number) { Ok(format!("{kind}{number:06}")) } else { Err(MediaError::TooMany) }
    };
    FileId::new(["DICOM".to_owned(), part("ST", study)?, part("SE", series)?, part("IM", image)?])
}
