//! The rule for kinds, measured on real de-identified pathology reports. They are not part of this repository:
//! `CONSILIUM_CORPORA` says where they are, and without it nothing is measured. The signs were extended after looking at
//! reports of this set, so on reports nobody looked at the share is somewhat lower.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use consilium_casefile::gather::proposals::{Evidence, propose};
use consilium_casefile::records::FileFormat;
use consilium_knowledge::load;

#[test]
fn real_pathology_reports_are_seen_as_pathology_and_hardly_ever_as_another_kind() {
    let Some(folder) = std::env::var_os("CONSILIUM_CORPORA").map(PathBuf::from) else {
        println!("skipped: CONSILIUM_CORPORA is not set");
        return;
    };
    let Ok(file) = std::fs::File::open(folder.join("tcga-path/reports-dev.jsonl.gz")) else {
        println!("skipped: no pathology reports in CONSILIUM_CORPORA");
        return;
    };
    let knowledge = load(None).knowledge;
    let pathology = ["pathology-report", "pathology-addendum", "cytology-report", "flow-cytometry-report"];
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let (mut all, mut right, mut wrong, mut dated) = (0_usize, 0_usize, 0_usize, 0_usize);
    for line in BufReader::new(flate2::read::GzDecoder::new(file)).lines() {
        let report: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let evidence =
            Evidence { text_head: report["text"].as_str().unwrap(), ..Evidence::of(FileFormat::Pdf, "scan.pdf") };
        let proposals = propose(&knowledge, &evidence);
        let kind = proposals.kind.map_or_else(|| "none".to_owned(), |proposal| proposal.value.0);
        all += 1;
        dated += usize::from(proposals.date.is_some());
        right += usize::from(pathology.contains(&kind.as_str()));
        wrong += usize::from(kind != "none" && !pathology.contains(&kind.as_str()));
        *found.entry(kind).or_default() += 1;
    }
    println!(
        "{all} pathology reports: {right} proposed as pathology, {wrong} as another kind, {dated} with a date; {found:?}"
    );
    assert!(right * 10 > all * 9, "recall: {right} of {all}");
    assert!(wrong * 100 < all, "wrong kind: {wrong} of {all}");
}
