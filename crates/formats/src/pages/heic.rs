//! Photographs of telephones (HEIC): decoded by `heif-convert` of libheif, as a limited child, where it is installed.
//! No library in Rust decodes HEVC well enough to be trusted with them.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use image::{DynamicImage, ImageFormat};

use super::{PageError, picture};
use crate::program::{Allowance, on_path, run};

const PROGRAM: &str = "heif-convert";
const ALLOWANCE: Allowance = Allowance {
    memory: 2 << 30,
    seconds: 30,
    patience: Duration::from_secs(40),
    longest_answer: 1 << 20,
    largest_file: 256 << 20,
};
/// Memory as a file system, where there is one: a photograph of a record is not written to a disk.
const IN_MEMORY: &str = "/dev/shm";

pub(super) fn decoded(bytes: &[u8]) -> Result<DynamicImage, PageError> {
    let program = on_path(PROGRAM).ok_or(PageError::NeedsHeifConvert)?;
    let mut builder = tempfile::Builder::new();
    let folder = builder.prefix("consilium-");
    let folder = folder.tempdir_in(IN_MEMORY).or_else(|_| folder.tempdir()).map_err(|_| PageError::HeicNotOpened)?;
    let (from, to) = (folder.path().join("photograph.heic"), folder.path().join("photograph.jpg"));
    fs::write(&from, bytes).map_err(|_| PageError::HeicNotOpened)?;
    convert(&program, &from, &to)?;
    let converted = fs::read(&to).map_err(|_| PageError::HeicNotOpened)?;
    // libheif has turned the picture upright; an orientation copied along with the Exif data would turn it again.
    picture::decoded_as_it_lies(&converted, ImageFormat::Jpeg)
}

fn convert(program: &Path, from: &Path, to: &Path) -> Result<(), PageError> {
    let mut command = Command::new(program);
    command.arg("-q").arg("92").arg(from).arg(to);
    run(&command, &[], &ALLOWANCE, &AtomicBool::new(false)).map_err(|_| PageError::HeicNotOpened)?;
    Ok(())
}
