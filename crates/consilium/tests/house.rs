//! The house: arrows between crates point the way ARCHITECTURE.md says, and a stage folds only its own changes.

#![expect(clippy::expect_used, reason = "a test stops where its ground is missing, and says what it skips")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder crates").to_owned()
}

/// What each room may stand on.
fn allowed() -> BTreeMap<&'static str, Vec<&'static str>> {
    BTreeMap::from([
        ("casefile", vec![]),
        ("knowledge", vec!["casefile"]),
        ("formats", vec!["casefile"]),
        ("reading", vec!["casefile", "knowledge"]),
        ("vault", vec!["casefile"]),
        ("press", vec!["casefile", "knowledge"]),
        ("exchange", vec!["casefile", "formats"]),
        ("app", vec!["casefile", "knowledge", "formats", "reading", "vault", "press", "exchange"]),
        ("web", vec!["casefile", "knowledge", "app"]),
        ("demo", vec!["casefile", "press", "exchange", "app"]),
        ("consilium", vec!["casefile", "app", "web", "demo"]),
    ])
}

/// Crates of ours named under `[dependencies]`.
fn arrows(manifest: &str) -> BTreeSet<String> {
    let mut section = "";
    let mut found = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line.trim();
        } else if section == "[dependencies]"
            && let Some(name) = line.strip_prefix("consilium-")
        {
            found.insert(name.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect());
        }
    }
    found
}

#[test]
fn arrows_point_the_way_the_map_says() {
    let allowed = allowed();
    for folder in std::fs::read_dir(crates()).expect("the folder crates").flatten() {
        let name = folder.file_name().to_string_lossy().into_owned();
        let Ok(manifest) = std::fs::read_to_string(folder.path().join("Cargo.toml")) else { continue };
        let may = allowed.get(name.as_str()).unwrap_or_else(|| panic!("{name} is not on the map of ARCHITECTURE.md"));
        for arrow in arrows(&manifest) {
            assert!(may.contains(&arrow.as_str()), "{name} must not stand on {arrow}");
        }
    }
}

#[test]
fn a_stage_folds_only_its_own_changes() {
    let stages = ["find", "gather", "cover", "prepare", "compare", "decide", "trials", "share"];
    let source = crates().join("casefile/src");
    for stage in stages {
        let mut text = std::fs::read_to_string(source.join(format!("{stage}.rs"))).unwrap_or_default();
        for file in std::fs::read_dir(source.join(stage)).into_iter().flatten().flatten() {
            text.push_str(&std::fs::read_to_string(file.path()).unwrap_or_default());
        }
        assert!(!text.is_empty(), "stage {stage} has no module");
        for other in stages.iter().filter(|other| **other != stage) {
            let change = format!("{}{}Change", &other[..1].to_uppercase(), &other[1..]);
            assert!(!text.contains(&change), "{stage} reaches for {change}");
        }
    }
}
