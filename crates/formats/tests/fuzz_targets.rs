//! The fuzz targets, built with the stable compiler and run over their seeds and over what is made of them by cutting and
//! turning bits, so that none of them rots between two runs of `make fuzz`. What must not live here: a target.

#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

// The targets ask for the fuzzer's crate; here that is this file.
extern crate self as libfuzzer_sys;

/// Stands in for the fuzzer's macro: the target as a function. In a module, so that the targets find it by its path.
mod fuzzer {
    /// See above.
    #[macro_export]
    macro_rules! fuzz_target {
        (|$bytes:ident: &[u8]| $body:block) => {
            pub(crate) fn run($bytes: &[u8]) $body
        };
    }
}

macro_rules! targets {
    ($($name:ident = $path:literal,)*) => {
        $(
            #[expect(unused_attributes, reason = "a target is a program of its own")]
            #[path = $path]
            mod $name;
        )*
        const TARGETS: &[(&str, fn(&[u8]))] = &[$((stringify!($name), $name::run)),*];
    };
}

targets! {
    apple_health = "../fuzz/fuzz_targets/apple_health.rs",
    archive = "../fuzz/fuzz_targets/archive.rs",
    ccda = "../fuzz/fuzz_targets/ccda.rs",
    coded = "../fuzz/fuzz_targets/coded.rs",
    dicom = "../fuzz/fuzz_targets/dicom.rs",
    dicomdir = "../fuzz/fuzz_targets/dicomdir.rs",
    disc = "../fuzz/fuzz_targets/disc.rs",
    docx = "../fuzz/fuzz_targets/docx.rs",
    email = "../fuzz/fuzz_targets/email.rs",
    fhir = "../fuzz/fuzz_targets/fhir.rs",
    hl7v2 = "../fuzz/fuzz_targets/hl7v2.rs",
    html = "../fuzz/fuzz_targets/html.rs",
    ocr_table = "../fuzz/fuzz_targets/ocr_table.rs",
    pages = "../fuzz/fuzz_targets/pages.rs",
    pdf = "../fuzz/fuzz_targets/pdf.rs",
    picture = "../fuzz/fuzz_targets/picture.rs",
    rtf = "../fuzz/fuzz_targets/rtf.rs",
    sniff = "../fuzz/fuzz_targets/sniff.rs",
    text = "../fuzz/fuzz_targets/text.rs",
    xdm = "../fuzz/fuzz_targets/xdm.rs",
}

/// What is made of one seed besides itself.
const TURNED: u64 = 24;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The names of what lies in a folder, without their endings.
fn names(folder: &Path) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|file| file.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

/// The seeds of a target, by name.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fuzz().join("seeds").join(target);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| (file.display().to_string(), std::fs::read(&file).unwrap())).collect()
}

/// The seed with a few bits of it turned: the same ones at every run.
fn turned(seed: &[u8], number: u64) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for _ in 0..=number % 4 {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let length = bytes.len().max(1) as u64;
        if let Some(byte) = usize::try_from(state % length).ok().and_then(|at| bytes.get_mut(at)) {
            *byte ^= 1 << (state >> 32 & 7);
        }
    }
    bytes
}

#[test]
fn every_target_is_built_here_and_by_the_fuzzer_and_has_seeds() {
    let here: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(here, names(&fuzz().join("fuzz_targets")), "name each target in this file");
    assert_eq!(here, names(&fuzz().join("seeds")), "each target has a folder of seeds");
    let manifest = std::fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for name in &here {
        let program = format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"");
        assert!(manifest.contains(&program), "{name} is no program of fuzz/Cargo.toml");
        assert!(seeds(name).len() >= 2, "{name} has fewer than two seeds");
        assert!(seeds(name).iter().all(|(_, seed)| seed.len() <= 8 << 10), "{name} has a seed that is not small");
    }
}

#[test]
fn every_target_bears_its_seeds_and_what_is_made_of_them() {
    for (name, run) in TARGETS {
        run(&[]);
        for (file, seed) in seeds(name) {
            println!("{name}: {file}");
            run(&seed);
            for part in 1..4 {
                run(&seed[..seed.len() * part / 4]);
            }
            (0..TURNED).for_each(|number| run(&turned(&seed, number)));
        }
    }
}

#[test]
fn a_seed_is_what_its_target_reads() {
    use consilium_casefile::records::FileFormat;
    use consilium_formats::{Content, sniff};
    for (target, format) in [
        ("ccda", FileFormat::Cda),
        ("dicom", FileFormat::Dicom),
        ("dicomdir", FileFormat::Dicomdir),
        ("docx", FileFormat::Docx),
        ("email", FileFormat::Email),
        ("hl7v2", FileFormat::Hl7v2),
        ("html", FileFormat::Html),
        ("pdf", FileFormat::Pdf),
        ("rtf", FileFormat::Rtf),
        ("apple_health", FileFormat::AppleHealth),
    ] {
        let found: Vec<_> = seeds(target).into_iter().map(|(_, seed)| sniff(&Content::Memory(seed)).ok()).collect();
        assert!(found.contains(&Some(format)), "{target}: no seed is a whole file of its form, but {found:?}");
    }
}
