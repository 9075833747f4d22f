//! Measures the reader on labelled sentences of its own tests, and on real de-identified pathology reports with labels
//! from the chart.
//!
//! The reports are not part of this repository: `CONSILIUM_CORPORA` says where they are, and without it nothing is
//! measured. One half, split by a hash of the id, is for tuning; the other is only counted. Labels were abstracted from
//! the whole chart, so that some disagree with the report. What the reader gives as its main answer is compared, and
//! where it gives none the report does not count against its precision.
//!
//! `benchmark [--half tune|report] [--disagreements FIELD] [--sentences FILE]`; the second lists ids, for the tuning half
//! only; the third judges other labelled sentences than those of the tests.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::time::Instant;

use consilium_casefile::facts::{Basis, Concept, Fact, Polarity};
use consilium_reading::{READER_VERSION, Reader, Reading};
use sha2::{Digest, Sha256};

mod cancer_types;
#[path = "../../tests/sentences/judge.rs"]
mod judge;

/// A field: its name, what the chart says, what the reader says.
struct Field {
    name: &'static str,
    label: fn(&serde_json::Value) -> Option<String>,
    read: fn(&Reading) -> Option<String>,
}

const FIELDS: &[Field] = &[
    Field { name: "T category", label: |r| category(&text(r, "pT")?), read: |r| category(&tnm(r, &Concept::T)?) },
    Field { name: "T subcategory", label: |r| text(r, "pT"), read: |r| tnm(r, &Concept::T) },
    Field { name: "N category", label: |r| category(&text(r, "pN")?), read: |r| category(&tnm(r, &Concept::N)?) },
    Field { name: "N subcategory", label: |r| Some(bare(&text(r, "pN")?)), read: |r| tnm(r, &Concept::N) },
    Field { name: "M category", label: |r| category(&text(r, "pM")?), read: |r| category(&tnm(r, &Concept::M)?) },
    Field { name: "stage group", label: stage_label, read: |r| answer(r, &Concept::STAGE_GROUP) },
    Field {
        name: "nodes examined",
        label: |r| text(r, "nodes_examined"),
        read: |r| answer(r, &Concept::NODES_EXAMINED),
    },
    Field {
        name: "nodes positive",
        label: |r| text(r, "nodes_positive_he"),
        read: |r| answer(r, &Concept::NODES_POSITIVE),
    },
    Field {
        name: "nodes examined (stated, not added up)",
        label: |r| text(r, "nodes_examined"),
        read: |r| stated(r, &Concept::NODES_EXAMINED),
    },
    Field {
        name: "nodes positive (stated, not added up)",
        label: |r| text(r, "nodes_positive_he"),
        read: |r| stated(r, &Concept::NODES_POSITIVE),
    },
    Field { name: "ER", label: |r| text(r, "er"), read: |r| receptor(r, &Concept::ER) },
    Field { name: "PR", label: |r| text(r, "pr"), read: |r| receptor(r, &Concept::PR) },
    Field { name: "HER2 IHC", label: |r| text(r, "her2_ihc"), read: |r| receptor(r, &Concept::HER2_IHC) },
    Field { name: "HER2 score", label: |r| text(r, "her2_ihc_level"), read: |r| answer(r, &Concept::HER2_IHC_SCORE) },
    Field { name: "HER2 ISH", label: |r| text(r, "her2_ish"), read: |r| receptor(r, &Concept::HER2_ISH) },
    Field {
        name: "Gleason primary",
        label: |r| text(r, "gleason_primary"),
        read: |r| answer(r, &Concept::GLEASON_PRIMARY),
    },
    Field {
        name: "Gleason secondary",
        label: |r| text(r, "gleason_secondary"),
        read: |r| answer(r, &Concept::GLEASON_SECONDARY),
    },
    Field { name: "Gleason score", label: |r| text(r, "gleason_score"), read: |r| answer(r, &Concept::GLEASON_SCORE) },
    Field { name: "grade", label: |r| text(r, "grade"), read: |r| answer(r, &Concept::GRADE) },
    Field {
        name: "histology group (first three figures)",
        label: |r| text(r, "icd_o_3_histology").map(group),
        read: |r| answer(r, &Concept::MORPHOLOGY).map(group),
    },
    Field { name: "laterality", label: |r| text(r, "laterality"), read: |r| answer(r, &Concept::LATERALITY) },
    Field {
        name: "morphology (exact code)",
        label: |r| text(r, "icd_o_3_histology"),
        read: |r| answer(r, &Concept::MORPHOLOGY).map(primary),
    },
    Field {
        name: "site (organ)",
        label: |r| organ(&text(r, "icd_o_3_site")?),
        read: |r| organ(&answer(r, &Concept::TOPOGRAPHY)?),
    },
    Field {
        name: "cancer type",
        label: |r| r["cancer_code"].as_str().map(str::to_owned),
        read: |r| {
            let (site, morphology) = (answer(r, &Concept::TOPOGRAPHY), answer(r, &Concept::MORPHOLOGY));
            cancer_types::of(&site.unwrap_or_default(), &primary(morphology.unwrap_or_default())).map(str::to_owned)
        },
    },
    Field { name: "lymphatic invasion", label: |r| yes_no(&text(r, "lymphatic_invasion")?), read: lymphatic },
    Field {
        name: "perineural invasion",
        label: |r| yes_no(&text(r, "perineural_invasion")?),
        read: |r| answer(r, &Concept::PERINEURAL_INVASION),
    },
    Field { name: "margin", label: margin_label, read: |r| answer(r, &Concept::MARGIN) },
    Field {
        name: "tumor size (mm)",
        label: |r| millimetres(&text(r, "max_tumor_dimension_cm")?),
        read: |r| answer(r, &Concept::TUMOR_SIZE_MM),
    },
];

fn text(report: &serde_json::Value, field: &str) -> Option<String> {
    report["labels"][field].as_str().map(str::to_lowercase)
}

/// The main answer. Two values that compete ("pT2 vs pT3") are none.
fn principal<'r>(reading: &'r Reading, concept: &Concept) -> Option<&'r Fact> {
    let open = |fact: &&Fact| {
        let of_two = fact.value.contains(['/', ' ']) && *concept != Concept::MORPHOLOGY;
        fact.polarity == Polarity::Uncertain && of_two
    };
    reading.principal(concept).filter(|fact| !open(fact))
}

fn answer(reading: &Reading, concept: &Concept) -> Option<String> {
    principal(reading, concept).map(|fact| fact.value.to_lowercase())
}

/// The main answer where the report writes it itself.
fn stated(reading: &Reading, concept: &Concept) -> Option<String> {
    principal(reading, concept).filter(|fact| fact.basis == Basis::Stated).map(|fact| fact.value.to_lowercase())
}

/// The pathologic category, or one without a prefix.
fn tnm(reading: &Reading, concept: &Concept) -> Option<String> {
    let pathologic = |fact: &&Fact| !matches!(fact.qualifiers.prefix.as_deref(), Some("c" | "yc" | "u"));
    principal(reading, concept).filter(pathologic).map(|fact| fact.value.to_lowercase())
}

fn bare(value: &str) -> String {
    value.split([' ', '(']).next().unwrap_or(value).to_owned()
}

fn category(value: &str) -> Option<String> {
    let value = value.trim_start_matches('c');
    if value.starts_with("tis") { Some("tis".to_owned()) } else { value.get(..2).map(str::to_owned) }
}

fn organ(code: &str) -> Option<String> {
    code.get(..3).map(str::to_lowercase)
}

/// A metastasis of a tumour counts as that tumour.
fn primary(code: String) -> String {
    code.replace("/6", "/3")
}

/// The first three figures of a histology: 807 for all squamous carcinomas.
fn group(code: String) -> String {
    code.get(..3).unwrap_or_default().to_owned()
}

fn receptor(reading: &Reading, concept: &Concept) -> Option<String> {
    answer(reading, concept).map(|value| value.replace("low positive", "positive"))
}

fn stage_label(report: &serde_json::Value) -> Option<String> {
    let stage = text(report, "pathologic_stage").or_else(|| text(report, "clinical_stage_or_figo"))?;
    stage.strip_prefix("stage ").map(str::to_owned)
}

fn margin_label(report: &serde_json::Value) -> Option<String> {
    Some(match text(report, "margin_status")?.as_str() {
        "positive" => "involved".to_owned(),
        "negative" => "free".to_owned(),
        other => other.to_owned(),
    })
}

fn yes_no(label: &str) -> Option<String> {
    Some(if matches!(label, "yes" | "present") { "present" } else { "absent" }.to_owned())
}

fn lymphatic(reading: &Reading) -> Option<String> {
    answer(reading, &Concept::LYMPHATIC_INVASION).or_else(|| answer(reading, &Concept::LYMPHOVASCULAR_INVASION))
}

fn millimetres(cm: &str) -> Option<String> {
    let value: f64 = cm.parse().ok()?;
    Some(format!("{}", (value * 100.0).round() / 10.0))
}

#[derive(Default)]
struct Tally {
    labelled: usize,
    extracted: usize,
    right: usize,
    /// Grades of another scale than the chart's: counted apart.
    other_scale: usize,
    confusions: BTreeMap<(String, String), usize>,
}

/// Wilson score interval, 95 %.
fn wilson(right: usize, of: usize) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let (n, z) = (of as f64, 1.959_964);
    let p = right as f64 / n;
    let middle = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    ((middle - half) / scale, (middle + half) / scale)
}

fn main_answers(reports: &[serde_json::Value], reader: &Reader, show: Option<&str>) {
    let mut tallies: BTreeMap<usize, Tally> = BTreeMap::new();
    for report in reports {
        let reading = reader.read(report["text"].as_str().unwrap_or_default());
        for (place, field) in FIELDS.iter().enumerate() {
            let tally = tallies.entry(place).or_default();
            let Some(label) = (field.label)(report) else { continue };
            tally.labelled += 1;
            let read = (field.read)(&reading);
            if show == Some(field.name) && read.as_ref() != Some(&label) {
                println!("{} chart {label} read {read:?}", report["id"].as_str().unwrap_or_default());
            }
            let Some(read) = read else { continue };
            // A grade in two tiers and one in three or four can not be compared.
            let tiers = |grade: &str| grade.ends_with("grade");
            if field.name == "grade" && (tiers(&read) != tiers(&label) || label == "gx") {
                tally.other_scale += 1;
                continue;
            }
            tally.extracted += 1;
            if read == label {
                tally.right += 1;
            } else {
                *tally.confusions.entry((label, read)).or_default() += 1;
            }
        }
    }
    if show.is_some() {
        return;
    }
    println!("| field | labelled | read | coverage | agree | 95 % interval | chart → read, most often |");
    println!("|---|---|---|---|---|---|---|");
    for (place, field) in FIELDS.iter().enumerate() {
        let Some(tally) = tallies.get(&place) else { continue };
        let mut worst: Vec<_> = tally.confusions.iter().collect();
        worst.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let worst: Vec<String> =
            worst.iter().take(4).map(|((label, read), count)| format!("{label} → {read} ×{count}")).collect();
        if tally.other_scale > 0 {
            println!("| ({} of another scale) | | {} | | | | |", field.name, tally.other_scale);
        }
        let (low, high) = wilson(tally.right, tally.extracted);
        let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 };
        println!(
            "| {} | {} | {} | {:.0} % | {:.1} % | {:.1}–{:.1} | {} |",
            field.name,
            tally.labelled,
            tally.extracted,
            share(tally.extracted, tally.labelled),
            share(tally.right, tally.extracted),
            100.0 * low,
            100.0 * high,
            worst.join(", ")
        );
    }
}

fn speed(reports: &[serde_json::Value], reader: &Reader) {
    let texts: Vec<&str> = reports.iter().filter_map(|r| r["text"].as_str()).collect();
    let characters: usize = texts.iter().map(|t| t.len()).sum();
    let mut best = f64::INFINITY;
    let mut facts = 0;
    // The machine may be shared: the best of some rounds is what the reader takes.
    for _ in 0..12 {
        let began = Instant::now();
        facts = texts.iter().map(|text| reader.read(text).facts.len()).sum();
        best = best.min(began.elapsed().as_secs_f64());
    }
    println!(
        "\n{:.0} reports a second on one core ({} characters a report, {} facts a report)",
        texts.len() as f64 / best,
        characters / texts.len().max(1),
        facts / texts.len().max(1)
    );
}

fn reports(file: std::fs::File) -> Vec<serde_json::Value> {
    BufReader::new(flate2::read::GzDecoder::new(file))
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| serde_json::from_str(&line).ok())
        .collect()
}

fn is_for_tuning(report: &serde_json::Value) -> bool {
    Sha256::digest(report["id"].as_str().unwrap_or_default().as_bytes()).first().is_some_and(|byte| byte % 2 == 0)
}

fn main_of_arguments(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|a| a != name);
    arguments.nth(1)
}

/// Sentences made to mislead, labelled by hand. They are part of the repository.
fn labelled_sentences(reader: &Reader) {
    let judgement = judge::judge(reader, judge::SENTENCES);
    println!("labelled sentences: {}\n", told(&judgement));
}

fn told(judgement: &judge::Judgement) -> String {
    format!(
        "{} of {} wrong ({} labels, {} found that must not be, {} missed)",
        judgement.wrong.len(),
        judgement.sentences,
        judgement.checks,
        judgement.false_ones,
        judgement.missed
    )
}

/// Sentences of a file of the same form as those of the tests, each wrong one with what was read.
fn other_sentences(reader: &Reader, path: &str) {
    let Ok(sentences) = std::fs::read_to_string(path) else {
        println!("skipped: there is no {path}");
        return;
    };
    let judgement = judge::judge(reader, &sentences);
    println!("{}\n\n{path}: {}", judgement.wrong.join("\n"), told(&judgement));
}

fn main() {
    let reader = Reader::new(&consilium_knowledge::load(None).knowledge);
    if let Some(path) = main_of_arguments("--sentences") {
        other_sentences(&reader, &path);
        return;
    }
    if main_of_arguments("--disagreements").is_none() {
        labelled_sentences(&reader);
    }
    let Some(folder) = std::env::var_os("CONSILIUM_CORPORA").map(PathBuf::from) else {
        println!("skipped: CONSILIUM_CORPORA is not set");
        return;
    };
    let path = folder.join("tcga-path/reports-dev.jsonl.gz");
    let Ok(file) = std::fs::File::open(&path) else {
        println!("skipped: there is no {}", path.display());
        return;
    };
    let (tune, report): (Vec<_>, Vec<_>) = reports(file).into_iter().partition(is_for_tuning);
    if let Some(field) = main_of_arguments("--disagreements") {
        main_answers(&tune, &reader, Some(&field));
        return;
    }
    let half = main_of_arguments("--half");
    println!("reader version {READER_VERSION}\n");
    for (name, reports) in [("tune", &tune), ("report", &report)] {
        if half.as_deref().is_none_or(|half| half == name) {
            println!("{} reports of the {name} half\n", reports.len());
            main_answers(reports, &reader, None);
            println!();
        }
    }
    speed(if report.is_empty() { &tune } else { &report }, &reader);
}
