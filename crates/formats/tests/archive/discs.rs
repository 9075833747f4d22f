//! Disc images, made by the programs that make them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use consilium_formats::Limits;

use crate::support::{check, lines_in, lines_of};

const EXPECT: [&str; 4] = [
    "DICOMDIR: Text \"dir\"",
    "IMAGES/IM000001: Text \"one\"",
    "IMAGES/IM000002: Text \"two\"",
    "README.TXT: Text \"read me\"",
];

fn disc_folder(home: &Path) -> PathBuf {
    let root = home.join("content");
    fs::create_dir_all(root.join("IMAGES")).unwrap();
    for (name, text) in
        [("DICOMDIR", "dir"), ("IMAGES/IM000001", "one"), ("IMAGES/IM000002", "two"), ("README.TXT", "read me")]
    {
        fs::write(root.join(name), text).unwrap();
    }
    root
}

/// The image a program makes of a folder; `None` where the program is not here.
fn image(program: &str, options: &[&str], home: &Path, folder: &Path) -> Option<PathBuf> {
    let out = home.join("disc.iso");
    let _ = fs::remove_file(&out);
    let made = Command::new(program).args(options).arg("-o").arg(&out).arg(folder).output();
    if !made.is_ok_and(|made| made.status.success()) {
        println!("skipped: {program} is not here");
        return None;
    }
    Some(out)
}

#[test]
fn discs_are_read_whatever_names_and_tree_they_have() {
    let home = tempfile::tempdir().unwrap();
    let folder = disc_folder(home.path());
    for options in [&["-quiet"][..], &["-quiet", "-J"], &["-quiet", "-R"], &["-quiet", "-J", "-R"], &["-quiet", "-udf"]]
    {
        let Some(disc) = image("genisoimage", options, home.path(), &folder) else { return };
        let mut expect: Vec<String> = EXPECT.iter().map(|line| format!("disc.iso!/{line}")).collect();
        expect.push("disc.iso: opened Iso with 4 files".to_owned());
        // The plain tree writes a name without extension with a dot behind it.
        let met: Vec<String> = lines_of(&disc, &Limits::default()).iter().map(|l| l.replace(".: ", ": ")).collect();
        assert_eq!(met, expect, "{options:?}");
    }
}

#[test]
fn a_second_session_is_read() {
    let home = tempfile::tempdir().unwrap();
    let folder = disc_folder(home.path());
    let disc = home.path().join("disc.iso");
    let run = |extra: &[&str]| {
        Command::new("xorriso").arg("-outdev").arg(&disc).args(extra).output().is_ok_and(|made| made.status.success())
    };
    let folder = folder.to_str().unwrap();
    if !run(&["-joliet", "on", "-map", folder, "/"]) {
        println!("skipped: xorriso is not here");
        return;
    }
    let added = home.path().join("added");
    fs::write(&added, "later").unwrap();
    let second =
        Command::new("xorriso").arg("-dev").arg(&disc).args(["-map", added.to_str().unwrap(), "/LATER"]).output();
    assert!(second.unwrap().status.success());
    let lines = lines_of(&disc, &Limits::default());
    assert_eq!(lines.last().unwrap(), "disc.iso: opened Iso with 5 files");
    assert!(lines.contains(&"disc.iso!/LATER: Text \"later\"".to_owned()), "{lines:?}");
}

#[test]
fn a_disc_without_an_iso_part_is_read_as_udf() {
    let home = tempfile::tempdir().unwrap();
    let folder = disc_folder(home.path());
    let Some(disc) = image("genisoimage", &["-quiet", "-udf"], home.path(), &folder) else { return };
    let bytes = without_iso(fs::read(disc).unwrap());
    let mut expect: Vec<String> = EXPECT.iter().map(|line| format!("in!/{line}")).collect();
    expect.push("in: opened Udf with 4 files".to_owned());
    assert_eq!(lines_in(bytes, &Limits::default(), &[]), expect);
}

#[test]
fn a_folder_that_holds_itself_ends() {
    let home = tempfile::tempdir().unwrap();
    let folder = disc_folder(home.path());
    let Some(disc) = image("genisoimage", &["-quiet"], home.path(), &folder) else { return };
    let mut bytes = fs::read(disc).unwrap();
    // The record of IMAGES in the root directory is made to point at the root directory.
    let root = bytes.get(0x8000 + 156 + 2..0x8000 + 156 + 18).unwrap().to_vec();
    let at = bytes.windows(7).position(|w| w == b"\x06IMAGES").unwrap() - 32;
    let records: Vec<usize> = (0..bytes.len() - 40)
        .filter(|i| bytes.get(i + 32..i + 39) == Some(b"\x06IMAGES".as_slice()) && i % 2048 < 2040)
        .collect();
    assert!(!records.is_empty(), "{at}");
    for record in records {
        bytes.get_mut(record + 2..record + 18).unwrap().copy_from_slice(&root);
    }
    let lines = lines_in(bytes, &Limits::default(), &[]);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(lines.last().unwrap(), "in: opened Iso with 2 files");
}

#[test]
fn a_damaged_disc_costs_only_what_is_damaged_and_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let folder = disc_folder(home.path());
    let Some(disc) = image("genisoimage", &["-quiet", "-J"], home.path(), &folder) else { return };
    let whole = fs::read(disc).unwrap();
    for part in 1..40 {
        let cut = whole.get(..whole.len() * part / 40).unwrap().to_vec();
        let length = cut.len();
        let lines = lines_in(cut, &Limits::default(), &[]);
        let last = lines.last().unwrap();
        assert!(
            last.ends_with(&format!("of {length} bytes")) || last.starts_with("in: opened Iso with 4 files"),
            "{lines:?}"
        );
    }
}

/// A disc with the ISO descriptors blanked, so that what is left of a bridge is UDF.
fn without_iso(mut bytes: Vec<u8>) -> Vec<u8> {
    for sector in bytes.chunks_mut(2048).skip(16).take(16) {
        if sector.get(1..6) == Some(b"CD001") {
            sector.copy_from_slice(&[0; 2048]);
            sector.get_mut(..7).unwrap().copy_from_slice(b"\0BEA01\x01");
        }
    }
    bytes
}

#[test]
fn bits_flipped_on_a_disc_do_no_harm() {
    let home = tempfile::tempdir().unwrap();
    let folder = disc_folder(home.path());
    let mut seed: u64 = 7;
    for options in [&["-quiet", "-J"][..], &["-quiet", "-R"], &["-quiet", "-udf"]] {
        let Some(disc) = image("genisoimage", options, home.path(), &folder) else { return };
        let mut whole = fs::read(disc).unwrap();
        if options.contains(&"-udf") {
            whole = without_iso(whole);
        }
        // Where something is written: the rest of a small disc is empty.
        let written: Vec<usize> = (0x8000..whole.len()).filter(|at| whole.get(*at) != Some(&0)).collect();
        for _ in 0..ROUNDS {
            let mut bytes = whole.clone();
            for _ in 0..8 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = written.get(usize::try_from(seed >> 33).unwrap() % written.len()).unwrap();
                *bytes.get_mut(*at).unwrap() ^= 1 << (seed >> 8 & 7);
            }
            assert!(!lines_in(bytes, &Limits::default(), &[]).is_empty());
        }
    }
}

/// Changed copies of each disc.
const ROUNDS: usize = 100;

#[test]
fn a_disc_written_in_packets_is_kept_whole_and_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let disc = home.path().join("disc.img");
    fs::File::create(&disc).unwrap().set_len(16 << 20).unwrap();
    let made = Command::new("mkudffs").args(["--media-type=cdr", "--blocksize=2048"]).arg(&disc).output();
    if !made.is_ok_and(|made| made.status.success()) {
        println!("skipped: mkudffs is not here");
        return;
    }
    let lines = lines_of(&disc, &Limits::default());
    assert!(lines.first().unwrap().contains("ask for a copy as a folder"), "{lines:?}");
    assert_eq!(lines.last().unwrap(), &format!("disc.img: Udf of {} bytes", 16 << 20));
}

#[test]
fn a_disc_image_that_is_only_a_beginning_is_kept() {
    let mut bytes = vec![0; 0x8000];
    bytes.extend(b"\x01CD001\x01");
    bytes.resize(0x8800, 0);
    let lines = lines_in(bytes.clone(), &Limits::default(), &[]);
    assert_eq!(lines.last().unwrap(), "in: Iso of 34816 bytes");
    check(vec![0; 0x8800], &["in: Unknown of 34816 bytes"]);
}
