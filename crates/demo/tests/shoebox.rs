//! The shoebox is what its list says, always the same, small, and readable by other people's programs.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests: a failure is the test's, and a skip is said aloud"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use consilium_demo::{Expectation, Shoebox, demo_case, write_disc, write_shoebox};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 21);

struct Made {
    _folder: tempfile::TempDir,
    shoebox: Shoebox,
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let shoebox = write_shoebox(folder.path(), TODAY).unwrap();
        Made { _folder: folder, shoebox }
    })
}

fn files_below(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, path);
            }
        }
    }
    found
}

fn read(path: &str) -> Vec<u8> {
    std::fs::read(made().shoebox.folder.join(path)).unwrap()
}

/// Runs a program of somebody else's; `None` where it is not installed.
fn peer(program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    match Command::new(program).args(arguments).output() {
        Ok(out) => Some((
            out.status.success(),
            String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr),
        )),
        Err(_) => {
            println!("skipped: {program} is not installed");
            None
        }
    }
}

#[test]
fn every_file_written_is_listed_and_every_file_listed_is_written() {
    let listed: BTreeSet<String> =
        made().shoebox.files.iter().filter(|f| !f.path.contains("!/")).map(|f| f.path.clone()).collect();
    let written: BTreeSet<String> = files_below(&made().shoebox.folder).into_keys().collect();
    assert_eq!(listed, written);
    let all: BTreeSet<&str> = made().shoebox.files.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(all.len(), made().shoebox.files.len(), "no file is listed twice");
}

#[test]
fn the_same_day_gives_the_same_bytes_and_another_day_moves_every_date() {
    let again = tempfile::tempdir().unwrap();
    let second = write_shoebox(again.path(), TODAY).unwrap();
    assert_eq!(second.files, made().shoebox.files);
    for (name, path) in files_below(again.path()) {
        assert!(std::fs::read(path).unwrap() == read(&name), "{name} differs");
    }
    let case = demo_case(TODAY);
    assert_eq!(case.treatment_start, date(2026, 12, 10));
}

#[test]
fn the_whole_shoebox_stays_below_sixty_megabytes() {
    let bytes: u64 = files_below(&made().shoebox.folder).values().map(|p| p.metadata().unwrap().len()).sum();
    println!("{bytes} bytes in {} files", made().shoebox.files.len());
    assert!(bytes < 60_000_000, "{bytes}");
}

#[test]
fn what_is_planted_is_there() {
    let shoebox = &made().shoebox;
    assert_eq!(read("6 surgery/pathology S-11877.pdf"), read("9 downloads/Pathology final (1).pdf"));
    assert_eq!(shoebox.expecting(Expectation::Duplicate).count(), 1);
    assert!(!read("9 downloads/visit summary.pdf").ends_with(b"%%EOF\n"));
    assert!(read("5 CT and PET disc/DICOMDIR").len() < 30_000, "the broken directory is cut");
    assert!(!shoebox.folder.join("4 breast MRI disc/IMAGES/SE2/IM0033").exists());
    assert!(shoebox.folder.join("4 breast MRI disc/IMAGES/SE2/IM0087").exists());
    let mri = shoebox.studies.iter().find(|s| s.accession == shoebox.images_without_report).unwrap();
    let images = shoebox.files.iter().filter(|f| f.accession == Some(mri.accession) && f.kind.is_none()).count();
    assert_eq!(images + mri.missing.as_ref().unwrap().1.len(), mri.instances as usize);
    assert!(!shoebox.studies.iter().any(|s| s.accession == shoebox.report_without_images));
    assert!(shoebox.expecting(Expectation::SetAside).all(|f| f.path.starts_with("disc in the same envelope/")));
    let bundle = String::from_utf8(read("8 portal/FHIR export.json")).unwrap();
    assert!(bundle.contains("lisinopril 20 MG") && !bundle.contains("lisinopril 10 MG"));
    assert!(read("9 downloads/IMG_2041.HEIC").get(4..8) == Some(b"ftyp"));
}

#[test]
fn dcmdump_reads_every_instance_and_the_right_directories_and_refuses_the_broken_one() {
    let root = &made().shoebox.folder;
    for disc in ["1 mammogram disc", "4 breast MRI disc", "disc in the same envelope"] {
        let directory = root.join(disc).join("DICOMDIR");
        let Some((good, said)) = peer("dcmdump", &[directory.to_str().unwrap()]) else { return };
        assert!(good && said.contains("EXAMPLE^ROSA") | said.contains("EXEMPEL^ROLAND"), "{disc}");
        assert!(!said.contains("W:") && !said.contains("E:"), "{disc}: {said}");
    }
    for sample in [
        "1 mammogram disc/DICOM/MG1/IM0002",
        "4 breast MRI disc/IMAGES/SE2/IM0087",
        "5 CT and PET disc/CT/SE1/IM0060",
        "5 CT and PET disc/PT/SE1/IM0060",
        "disc in the same envelope/DICOM/SE1/IM0001",
    ] {
        let Some((good, said)) = peer("dcmdump", &[root.join(sample).to_str().unwrap()]) else { return };
        assert!(good && !said.contains("W:") && !said.contains("E:"), "{sample}: {said}");
    }
    let broken = root.join("5 CT and PET disc/DICOMDIR");
    let Some((good, _)) = peer("dcmdump", &[broken.to_str().unwrap()]) else { return };
    assert!(!good);
}

#[test]
fn pydicom_finds_the_listed_instances_behind_each_right_directory() {
    const SCRIPT: &str = "
import sys
try:
    import pydicom
    from pydicom.fileset import FileSet
except ImportError:
    print('absent'); sys.exit()
root = sys.argv[1]
d = pydicom.dcmread(root + '/1 mammogram disc/DICOMDIR')
fs = FileSet(d)
for i in fs:
    ds = i.load()
    assert ds.Rows == 1024 and len(ds.PixelData) == 1024 * 768 * 2 and ds.ViewCodeSequence
print('instances', len(fs))
";
    let python = std::env::var("CONSILIUM_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let root = made().shoebox.folder.to_str().unwrap();
    let Some((good, said)) = peer(&python, &["-c", SCRIPT, root]) else { return };
    if said.contains("absent") {
        println!("skipped: pydicom is not installed");
        return;
    }
    assert!(good && said.contains("instances 4"), "{said}");
}

#[test]
fn other_programs_read_the_documents_and_the_disc_image() {
    let root = &made().shoebox.folder;
    let at = |path: &str| root.join(path).to_str().unwrap().to_owned();
    if let Some((good, said)) = peer("pdftotext", &["-layout", &at("6 surgery/pathology S-11877.pdf"), "-"]) {
        assert!(good && said.contains("pT2 pN1a(sn)") && said.contains("03/14/1971"), "{said}");
    }
    if let Some((good, said)) = peer("pdftotext", &[&at("3 biopsy/fax.pdf"), "-"]) {
        assert!(good && said.trim().is_empty(), "a scan has no text: {said}");
    }
    if let Some((_, said)) = peer("isoinfo", &["-J", "-f", "-i", &at("6 surgery/chest film before surgery.iso")]) {
        assert!(said.contains("/DICOM/CR1/IM0001") && said.contains("/DICOMDIR"), "{said}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("taken");
    std::fs::write(&file, b"").unwrap();
    let error = write_shoebox(&file, TODAY).unwrap_err().to_string();
    assert!(error.contains("could not be written") && error.contains("choose a folder"), "{error}");
}

#[test]
fn the_measuring_disc_has_as_many_slices_as_asked_for_and_does_not_compress() {
    let folder = tempfile::tempdir().unwrap();
    let disc = write_disc(folder.path(), 102, TODAY).unwrap();
    let files = files_below(folder.path());
    assert_eq!(files.len(), 102);
    assert!(files.contains_key("DICOM/D0002/I00102"));
    assert_eq!(disc.bytes, files.values().map(|p| p.metadata().unwrap().len()).sum::<u64>());
    assert!((520_000..530_000).contains(&(disc.bytes / 102)));
    let one = std::fs::read(&files["DICOM/D0001/I00001"]).unwrap();
    let mut seen = [0_u32; 256];
    one.iter().for_each(|b| seen[usize::from(*b)] += 1);
    assert!(seen.iter().all(|n| *n > 1500), "every byte value is as frequent as any other");
    if let Some((good, _)) = peer("dcmdump", &[files["DICOM/D0001/I00001"].to_str().unwrap()]) {
        assert!(good);
    }
}
