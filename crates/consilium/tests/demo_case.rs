//! The demo case as `consilium demo` makes it: what the story plants is there to be seen, and its fax reads back.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where its ground is missing, and says what it skips"
)]

mod common;
#[path = "../../app/tests/common/fax.rs"]
mod fax;

use common::Home;
use serde_json::Value;

const CENTER: &str = "Riverbend Example Cancer Center";

fn line(check: &Value, requirement: &str) -> Value {
    let items = check["items"].as_array().expect("items");
    items.iter().find(|item| item["requirement"] == requirement).expect("the line of the checklist").clone()
}

#[test]
fn the_demo_case_shows_what_its_story_plants_and_its_fax_reads_back() {
    let home = Home::new();
    let made = home.command().args(["demo", "--no-open", "--no-serve"]).output().expect("the binary runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

    let check = home.command().args(["--json", "check", "--case", "rosa", "--for", CENTER]).output().expect("it runs");
    assert_eq!(check.status.code(), Some(1), "not ready");
    let check: Value = serde_json::from_slice(&check.stdout).expect("JSON");
    let slides = line(&check, "slides");
    assert_eq!(
        (&slides["fill"], &slides["state"], &slides["overdue"]),
        (&"missing".into(), &"requested".into(), &true.into())
    );
    let ultrasound = line(&check, "breast-ultrasound");
    assert_eq!(ultrasound["fill"], "partial");
    assert_eq!(ultrasound["lacks"][0], "A report is here without its images.");
    let ct = line(&check, "staging-ct");
    assert_eq!((&ct["fill"], &ct["age"], &ct["blocks"]), (&"here".into(), &"outdated".into(), &true.into()));

    let list = home.json(&["request", "list", "--case", "rosa"]);
    let requests = list["requests"].as_array().expect("requests");
    let overdue =
        |asks: &str| requests.iter().any(|r| r["standing"] == "overdue" && r["request"]["requirements"][0] == asks);
    assert!(overdue("slides") && overdue("breast-mammogram"), "{requests:#?}");
    assert!(requests.iter().all(|r| r["letters"].to_string().contains("escalation")), "its letter is ready");

    let handed = home.json(&["deliver", "list", "--case", "rosa"]);
    let deliveries = handed["deliveries"].as_array().expect("deliveries");
    let packets: Vec<&Value> = deliveries.iter().map(|d| &d["delivery"]["packet"]).collect();
    assert_eq!((packets.len(), packets[0] == packets[1]), (2, false), "the packet, and what came after it");
    let whole = deliveries[0]["receipts"][0]["documents"].as_array().expect("documents").len();
    let confirmed = deliveries[1]["receipts"].as_array().expect("receipts");
    assert!(confirmed.is_empty(), "nobody confirmed the second");
    let second = deliveries[1]["awaited"].as_u64().expect("a number");
    assert!((1..3).contains(&second) && whole > 5, "only what is new went: {second} beside {whole}");

    let folder = home.folder.path();
    let out = folder.join("packet");
    let packet = ["packet", "--case", "rosa", "--for", CENTER, "--fax", "--output", out.to_str().expect("a path")];
    home.json(&packet);
    let Some(read) = fax::read_back(&out, "PACKET.PDF", "FAX.PDF") else { return };
    println!("fax of the demo: {} of {} words; not {:?}", read.found, read.written, read.missed);
    assert!(read.words.len() > 900, "the packet was read: {}", read.words.len());
    assert!(read.found * 100 >= read.written * 99, "{} of {}; not {:?}", read.found, read.written, read.missed);
}
