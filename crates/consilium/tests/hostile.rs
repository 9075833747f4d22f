//! Hostile input costs that input only: a clear refusal of that file, the rest imported, memory bounded.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where its ground is missing, and says what it skips"
)]

mod common;

use std::io::{Cursor, Write};
use std::path::Path;

use common::{Home, outcome_of, outcomes};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const REPORT: &str = "SURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\nFINAL DIAGNOSIS: invented.\n";

const INSIDE: &str = "OPERATIVE NOTE\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\nPREOPERATIVE DIAGNOSIS: invented.\n";

/// Data segment of the importing process, bytes: what an import may hold in memory at most.
const MEMORY: u64 = 700 << 20;

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
            .expect("an entry");
        zip.write_all(bytes).expect("bytes");
    }
    zip.finish().expect("a ZIP").into_inner()
}

/// Imports a folder under a memory limit.
fn import(home: &Home, folder: &Path) -> serde_json::Value {
    let mut command = std::process::Command::new("prlimit");
    command.arg(format!("--data={MEMORY}")).arg(env!("CARGO_BIN_EXE_consilium"));
    command.env("CONSILIUM_HOME", home.path());
    command.args(["--json", "import", "--case", "test"]).arg(folder);
    common::answer(&command.output().expect("prlimit of util-linux"))
}

fn check(name: &str, bytes: &[u8]) -> serde_json::Value {
    let home = Home::new();
    let folder = home.folder.path().join("box");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(name), bytes).expect("a file");
    std::fs::write(folder.join("zz report.txt"), REPORT).expect("a report");
    let answer = import(&home, &folder);
    assert_eq!(outcome_of(&answer, "box/zz report.txt").0, "kept", "the rest is imported");
    home.verify();
    answer
}

#[test]
fn a_zip_bomb_is_refused_and_the_rest_imported() {
    // 4 GB of zeros would be 4 MB packed: enough to pass any ratio, small enough to build here. 256 MB do.
    let zeros = vec![0_u8; 256 << 20];
    let answer = check("bomb.zip", &zip(&[("zeros.bin", &zeros)]));
    let refused: Vec<_> = outcomes(&answer)
        .into_iter()
        .filter(|(path, outcome, _)| path.contains("bomb.zip") && outcome == "refused")
        .collect();
    assert_eq!(refused.len(), 1, "{:?}", outcomes(&answer));
}

#[test]
fn a_zip_that_claims_ten_gigabytes_is_refused_and_the_rest_imported() {
    let mut bytes = zip(&[("small.txt", b"hello"), ("report.txt", INSIDE.as_bytes())]);
    // The central directory's uncompressed size of the first entry: a lie of nearly 4 GiB, and of 10 GB with ZIP64 flags elsewhere.
    let at = bytes.windows(4).position(|w| w == b"PK\x01\x02").expect("a central directory");
    bytes[at + 24..at + 28].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
    let answer = check("liar.zip", &bytes);
    assert!(
        outcomes(&answer)
            .iter()
            .any(|(path, outcome, _)| path.contains("liar.zip") && (outcome == "refused" || outcome == "kept"))
    );
}

#[test]
fn a_name_that_climbs_out_is_refused_and_writes_nothing_outside() {
    let answer = check("climb.zip", &zip(&[("../../outside.txt", b"no"), ("inside.txt", INSIDE.as_bytes())]));
    let refused: Vec<_> = outcomes(&answer).into_iter().filter(|(_, outcome, _)| outcome == "refused").collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(outcome_of(&answer, "climb.zip!/inside.txt").0, "kept");
}

#[cfg(unix)]
#[test]
fn a_file_larger_than_the_disk_is_refused_before_it_is_read_and_the_rest_imported() {
    let home = Home::new();
    let folder = home.folder.path().join("box");
    std::fs::create_dir_all(&folder).expect("a folder");
    let huge = std::fs::File::create(folder.join("huge.txt")).expect("a file");
    huge.set_len(8 << 40).expect("a file with holes");
    std::fs::write(folder.join("report.txt"), REPORT).expect("a report");
    let answer = import(&home, &folder);
    let (outcome, reason) = outcome_of(&answer, "huge.txt");
    assert_eq!(outcome, "refused", "{reason}");
    assert_eq!(outcome_of(&answer, "report.txt").0, "kept");
    home.verify();
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_is_named_and_not_followed_and_a_pipe_does_not_hang() {
    let home = Home::new();
    let folder = home.folder.path().join("box");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(home.folder.path().join("secret.txt"), "not handed over").expect("a file");
    std::os::unix::fs::symlink(home.folder.path().join("secret.txt"), folder.join("link.txt")).expect("a link");
    std::os::unix::fs::symlink(&folder, folder.join("loop")).expect("a link");
    let pipe = std::process::Command::new("mkfifo").arg(folder.join("pipe")).status().expect("mkfifo");
    assert!(pipe.success());
    std::fs::write(folder.join("report.txt"), REPORT).expect("a report");
    let answer = import(&home, &folder);
    assert_eq!(outcome_of(&answer, "link.txt").0, "refused");
    assert_eq!(outcome_of(&answer, "loop").0, "refused");
    assert_eq!(outcome_of(&answer, "pipe").0, "refused");
    assert_eq!(outcome_of(&answer, "report.txt").0, "kept");
}

#[test]
fn xml_whose_entities_explode_is_kept_unread() {
    let mut text = String::from("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a0 \"aaaaaaaaaa\">");
    for n in 1..12 {
        let previous = format!("&a{};", n - 1).repeat(10);
        text.push_str(&format!("<!ENTITY a{n} \"{previous}\">"));
    }
    text.push_str("]><ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>&a11;</title></ClinicalDocument>");
    let answer = check("laughs.xml", text.as_bytes());
    assert_eq!(outcome_of(&answer, "laughs.xml").0, "kept");
}

#[test]
fn json_and_xml_nested_a_million_deep_are_kept_unread() {
    let deep = format!("{{\"resourceType\":\"Bundle\",\"x\":{}1{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert_eq!(outcome_of(&check("deep.json", deep.as_bytes()), "deep.json").0, "kept");
    let deep = format!(
        "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">{}{}</ClinicalDocument>",
        "<a>".repeat(1_000_000),
        "</a>".repeat(1_000_000)
    );
    assert_eq!(outcome_of(&check("deep.xml", deep.as_bytes()), "deep.xml").0, "kept");
}

#[test]
fn archives_inside_archives_end_at_the_limit() {
    let mut bytes = INSIDE.as_bytes().to_vec();
    let mut name = "report.txt".to_owned();
    for depth in 0..12 {
        bytes = zip(&[(&name, &bytes)]);
        name = format!("{depth}.zip");
    }
    let answer = check("nested.zip", &bytes);
    let told = outcomes(&answer);
    assert!(told.iter().any(|(_, outcome, reason)| outcome == "refused" && !reason.is_empty()), "{told:?}");
}

#[test]
fn a_hundred_thousand_tiny_files_are_all_accounted_for_in_bounded_memory() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for n in 0..100_000 {
        zip.start_file(format!("{}/{n}.txt", n / 1000), stored).expect("an entry");
        zip.write_all(format!("note {n}").as_bytes()).expect("bytes");
    }
    let answer = check("many.zip", &zip.finish().expect("a ZIP").into_inner());
    assert_eq!(answer["totals"]["kept"], 100_002, "the files, their archive and the report");
}

#[test]
fn a_disc_image_whose_folders_go_in_circles_ends() {
    let Some(image) = iso_with_a_folder() else { return };
    let mut bytes = image.clone();
    // Point the folder's own directory record at the root: the sector of FOLDER becomes the sector of the root.
    let root = 16 * 2048 + 156;
    let root_extent = bytes[root + 2..root + 6].to_vec();
    let root_at =
        usize::try_from(u32::from_le_bytes(root_extent.clone().try_into().expect("four"))).expect("fits") * 2048;
    let directory = bytes[root_at..root_at + 2048].to_vec();
    let name = directory.windows(6).position(|w| w == b"FOLDER").expect("the folder's record");
    let record = root_at + name - 33;
    bytes[record + 2..record + 6].copy_from_slice(&root_extent);
    let answer = check("circle.iso", &bytes);
    assert!(outcomes(&answer).len() < 1000, "the walk ends");
}

/// A small ISO made by an outside program; `None` with a visible word where it is absent.
fn iso_with_a_folder() -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("in/FOLDER")).expect("a folder");
    std::fs::write(folder.path().join("in/FOLDER/A.TXT"), REPORT).expect("a file");
    let made = std::process::Command::new("genisoimage")
        .args(["-quiet", "-o"])
        .arg(folder.path().join("disc.iso"))
        .arg(folder.path().join("in"))
        .output();
    match made {
        Ok(output) if output.status.success() => Some(std::fs::read(folder.path().join("disc.iso")).expect("an image")),
        _ => {
            println!("skipped: genisoimage is not on this machine");
            None
        }
    }
}
