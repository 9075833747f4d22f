//! The product's own readers find in the shoebox what its list says.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use consilium_casefile::PatientIdentity;
use consilium_casefile::records::FileFormat;
use consilium_demo::{Expectation, patient, write_shoebox};
use consilium_formats::archive::{What, walk};
use consilium_formats::{Limits, Substance, understand};
use jiff::civil::date;

/// What a reader says of one file: its format, whom it names, whether words were found in it.
#[derive(Debug)]
struct Seen {
    format: FileFormat,
    people: Vec<PatientIdentity>,
    words: bool,
    complaints: usize,
}

#[test]
fn every_listed_file_is_met_and_names_the_right_person() {
    let folder = tempfile::tempdir().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let shoebox = write_shoebox(folder.path(), date(2026, 11, 21)).unwrap();
    let mut met: BTreeMap<String, Option<Seen>> = BTreeMap::new();
    let limits = Limits::default();
    let root = folder.path().file_name().unwrap().to_str().unwrap();
    let _ = walk(folder.path(), &limits, &[], scratch.path(), &mut |found| {
        let path = found.path.strip_prefix(root).map_or(found.path.as_str(), |p| p.trim_start_matches('/')).to_owned();
        match found.what {
            What::File { content, format } => {
                let understood = understand(&content, format, &limits, &[]);
                for attachment in &understood.attachments {
                    met.insert(format!("{path}!/{}", attachment.name), None);
                }
                let (people, words) = match understood.substance {
                    Substance::Image(header) => (vec![header.patient], false),
                    Substance::Document(content) => {
                        (content.patients, content.text.iter().any(|page| !page.trim().is_empty()))
                    }
                    _ => (vec![], false),
                };
                let complaints = understood.complaints.len();
                met.insert(path, Some(Seen { format, people, words, complaints }));
            }
            What::Opened { .. } | What::Refused { .. } | What::Locked { .. } => {
                met.insert(path, None);
            }
        }
        ControlFlow::Continue(())
    });
    let listed: BTreeSet<&String> = shoebox.files.iter().map(|f| &f.path).collect();
    let found: BTreeSet<&String> = met.keys().collect();
    let mut wrong: Vec<String> = listed.difference(&found).map(|path| format!("listed, not met: {path}")).collect();
    wrong.extend(found.difference(&listed).map(|path| format!("met, not listed: {path}")));
    let rosa = patient();
    for file in &shoebox.files {
        let Some(Some(seen)) = met.get(&file.path) else { continue };
        let of_rosa = seen.people.iter().all(|p| {
            p.name == rosa.name || p.name.as_ref().is_some_and(|n| n.display().to_lowercase() == "rosa example")
        });
        let born = seen.people.iter().all(|p| p.birth_date == rosa.birth_date);
        let fits = match file.expect {
            Expectation::SetAside => !seen.people.is_empty() && !of_rosa,
            Expectation::Kept => of_rosa && born,
            _ => true,
        };
        let picture = matches!(seen.format, FileFormat::Heic | FileFormat::Jpeg | FileFormat::Dicom);
        let record = matches!(file.expect, Expectation::Kept | Expectation::SetAside) && !picture;
        let readable = !record || (seen.words != (file.path == "3 biopsy/fax.pdf") && seen.complaints == 0);
        if !(fits && readable) {
            wrong.push(format!("{}: {seen:?}", file.path));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
