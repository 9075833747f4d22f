//! The other side, through the real binary: a packet of the demo in one home is opened in another as ZIP, as a folder, and
//! spoiled; the receipt goes back and confirms what it names.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where its ground is missing, and says what it skips"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::Home;
use serde_json::Value;

/// The demo's home with a packet as ZIP and as a folder, handed over.
struct Sender {
    home: Home,
    zip: PathBuf,
    folder: PathBuf,
    packet: String,
}

fn sender() -> Sender {
    let home = Home::new();
    let output = home.command().args(["demo", "--no-serve", "--no-open", "--today", "2026-11-21"]).output();
    assert!(output.expect("the binary runs").status.success());
    let (zip, folder) = (home.folder.path().join("packet.zip"), home.folder.path().join("stick"));
    let text = |path: &Path| path.to_str().expect("a path").to_owned();
    home.json(&["packet", "--case", "rosa", "-o", &text(&folder)]);
    let made = home.json(&["packet", "--case", "rosa", "-o", &text(&zip)]);
    let packet = made["packet"]["id"].as_str().expect("an id").to_owned();
    let all = made["packet"]["documents"].as_array().expect("documents").len()
        + made["packet"]["studies"].as_array().expect("studies").len();
    assert_eq!(made["packet"]["items"].as_array().expect("items").len(), all, "every item has its checksum");
    Sender { home, zip, folder, packet }
}

fn receive(home: &Home, packet: &Path, more: &[&str]) -> Value {
    let packet = packet.to_str().expect("a path");
    home.json(&[&["receive", packet], more].concat())
}

fn outcome<'a>(account: &'a Value, number: &str) -> &'a str {
    let items = account["packet"]["items"].as_array().expect("items");
    let item = items.iter().find(|item| item["number"] == number).expect("the item");
    item["outcome"].as_str().expect("an outcome")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).expect("a copy");
        }
    }
}

#[test]
fn a_packet_is_opened_item_by_item_and_its_receipt_confirms_at_the_sender_what_it_names() {
    let sender = sender();
    let desk = Home::new();
    // Looking keeps nothing.
    let look = receive(&desk, &sender.zip, &["--look"]);
    assert_eq!(look["list"]["person"]["name"], "Rosa Example");
    assert_eq!(desk.json(&["case", "list"])["cases"].as_array().expect("cases").len(), 0);

    let opened = receive(&desk, &sender.zip, &[]);
    assert_eq!(opened["case"], "rosa", "a new case, named after whom the packet names");
    let counts = &opened["packet"]["counts"];
    assert_eq!(counts["whole"], counts["items"], "{opened:#}");
    assert!(opened["packet"]["strays"].as_array().expect("strays").is_empty(), "{opened:#}");
    let shown = desk.json(&["case", "show", "rosa"]);
    let documents = shown["documents"].as_array().expect("documents");
    let listed = opened["packet"]["items"].as_array().expect("items");
    let listed_documents = listed.iter().filter(|item| item["kind"] == "document").count();
    assert!(documents.len() >= listed_documents, "every document is here");
    for document in documents {
        let path = document["path"].as_str().expect("a path");
        let own = ["PACKET.PDF", "PACKET.JSON", "INDEX.HTM", "README.TXT", "SHA256.TXT"];
        assert!(!own.iter().any(|page| path.ends_with(page)), "{path} is the packet's own page and no record");
    }
    // Another medium of the same packet: nothing comes twice, the account stays.
    let again = receive(&desk, &sender.zip, &["--case", "rosa"]);
    assert_eq!(again["packet"]["counts"]["whole"], counts["whole"]);
    let packets = desk.json(&["receive", "--list", "--case", "rosa"]);
    assert_eq!(packets["packets"].as_array().expect("packets").len(), 1);
    assert_eq!(packets["packets"][0]["packet"], sender.packet.as_str());

    let receipt = desk.folder.path().join("RECEIPT.JSON");
    let to = receipt.to_str().expect("a path");
    let give = ["receive", "--case", "rosa", "--receipt", to, "--by", "Kim Example", "--missing", "The slides."];
    desk.json(&[&give[..], &["--items", "1,ST1"]].concat());
    desk.verify();

    let home = &sender.home;
    let not_yet = home.command().args(["deliver", "receipt-file", to, "--case", "rosa"]).output().expect("runs");
    assert!(
        !not_yet.status.success()
            && String::from_utf8_lossy(&not_yet.stderr).contains("not written down as handed over")
    );
    let deliver = ["deliver", "new", &sender.packet, "--to", "Riverbend", "--how", "upload", "--case", "rosa"];
    home.json(&deliver);
    let before = home.json(&["deliver", "list", "--case", "rosa"]);
    let look = home.json(&["deliver", "receipt-file", to, "--case", "rosa", "--look"]);
    assert_eq!((&look["taken"], &look["receipt"]["by"]), (&Value::from(false), &Value::from("Kim Example")));
    assert_eq!(home.json(&["deliver", "list", "--case", "rosa"]), before, "looking changes nothing");
    assert_eq!(home.json(&["deliver", "receipt-file", to, "--case", "rosa"])["taken"], true);
    let list = home.json(&["deliver", "list", "--case", "rosa"]);
    let of_packet = |list: &Value| {
        let all = list["deliveries"].as_array().expect("deliveries");
        all.iter().find(|d| d["delivery"]["packet"] == sender.packet.as_str()).expect("the delivery").clone()
    };
    let delivery = of_packet(&list);
    let items = counts["items"].as_u64().expect("a number");
    assert_eq!(delivery["unconfirmed"], items - 2, "what they did not name stays unconfirmed");
    assert_eq!(delivery["receipts"][0]["missing"], "The slides.");
    // The same file again changes nothing.
    let head = home.json(&["case", "show", "rosa"])["head"].clone();
    let again = home.json(&["deliver", "receipt-file", to, "--case", "rosa"]);
    assert_eq!((&again["known"], &again["taken"]), (&Value::from(true), &Value::from(false)));
    assert_eq!(home.json(&["case", "show", "rosa"])["head"], head);
    // And a changed one is refused.
    let forged = fs::read_to_string(&receipt).expect("the receipt").replace("The slides.", "Nothing.");
    fs::write(&receipt, forged).expect("written");
    let refused = home.command().args(["deliver", "receipt-file", to, "--case", "rosa"]).output().expect("runs");
    assert!(!refused.status.success());
    home.verify();
}

#[test]
fn a_spoiled_packet_says_of_each_item_what_became_of_it() {
    let sender = sender();
    let medium = sender.home.folder.path().join("spoiled");
    copy(&sender.folder, &medium);
    fs::remove_file(medium.join("DOCS/D00002.PDF")).expect("a document to lose");
    let first = medium.join("DOCS/D00001.PDF");
    let mut bytes = fs::read(&first).expect("the first document");
    bytes.extend_from_slice(b"\n% changed on the way\n");
    fs::write(&first, bytes).expect("written");
    fs::remove_file(medium.join("DICOM/ST000001/SE000001/IM000001")).expect("an image to lose");
    fs::write(medium.join("holiday.txt"), "A stranger's file about nothing.").expect("written");

    let desk = Home::new();
    let opened = receive(&desk, &medium, &[]);
    assert_eq!(outcome(&opened, "1"), "differs", "{opened:#}");
    assert_eq!(outcome(&opened, "2"), "absent");
    assert_eq!(outcome(&opened, "ST1"), "partly");
    let strays = opened["packet"]["strays"].as_array().expect("strays");
    assert!(strays.len() == 1 && strays[0]["path"].as_str().expect("a path").ends_with("holiday.txt"), "{strays:?}");
    let counts = &opened["packet"]["counts"];
    let sum: u64 = ["whole", "partly", "differs", "absent", "set_aside", "not_kept", "taken_out"]
        .iter()
        .map(|name| counts[name].as_u64().expect("a number"))
        .sum();
    assert_eq!(sum, counts["items"].as_u64().expect("a number"), "each item once");

    let to = desk.folder.path().join("r.json");
    let to = to.to_str().expect("a path");
    let give = ["receive", "--case", "rosa", "--receipt", to, "--by", "Kim Example"];
    let refused = desk.command().args(give).args(["--items", "1"]).output().expect("runs");
    assert!(!refused.status.success() && !Path::new(to).exists(), "what differs cannot be confirmed");
    desk.json(&[&give[..], &["--items", "all-arrived"]].concat());
    let file: Value = serde_json::from_slice(&fs::read(to).expect("the receipt")).expect("JSON");
    let not_whole: Vec<&str> =
        file["not_whole"].as_array().expect("a list").iter().filter_map(|n| n["number"].as_str()).collect();
    assert_eq!(not_whole, ["1", "2", "ST1"]);
    assert!(!file.to_string().contains("Example, R") && !file.to_string().contains("1971"), "{file}");
    // The whole medium comes later, and then everything is here.
    let whole = receive(&desk, &sender.folder, &["--case", "rosa"]);
    assert_eq!(whole["packet"]["counts"]["whole"], whole["packet"]["counts"]["items"], "{whole:#}");
}

/// A packet of two reports, as a folder.
fn small_packet(sender: &Home) -> PathBuf {
    let shoebox = sender.folder.path().join("shoebox");
    fs::create_dir(&shoebox).expect("a folder");
    for (name, title) in [("a.txt", "SURGICAL PATHOLOGY REPORT"), ("b.txt", "OPERATIVE NOTE")] {
        let text =
            format!("SPRINGFIELD EXAMPLE HOSPITAL\n{title}\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\nInvented.\n");
        fs::write(shoebox.join(name), text).expect("written");
    }
    sender.import(&[&shoebox]);
    let medium = sender.folder.path().join("medium");
    sender.json(&["packet", "--case", "test", "-o", medium.to_str().expect("a path")]);
    medium
}

#[test]
fn a_list_that_cannot_be_used_loses_no_file_and_says_why() {
    let sender = Home::new();
    let medium = small_packet(&sender);
    let list = fs::read_to_string(medium.join("PACKET.JSON")).expect("the list");
    let value: Value = serde_json::from_str(&list).expect("JSON");
    let with = |change: fn(&mut Value)| {
        let mut value = value.clone();
        change(&mut value);
        value.to_string()
    };
    let spoiled = [
        (list[..list.len() / 2].to_owned(), "damaged"),
        (with(|v| v["version"] = 2.into()), "newer version"),
        (with(|v| v["items"][0]["files"][0]["path"] = "../../etc/passwd".into()), "outside the packet"),
        (with(|v| v["items"][1]["number"] = "1".into()), "twice"),
        (
            with(|v| v["person"] = serde_json::json!({"name": "Roland Exempel", "birth_date": "1948-05-02"})),
            "another person",
        ),
        (String::new(), "damaged"),
    ];
    let desk = Home::new();
    for (number, (list, why)) in spoiled.iter().enumerate() {
        fs::write(medium.join("PACKET.JSON"), list).expect("written");
        let name = format!("case-{number}");
        let opened = receive(&desk, &medium, &["--case", &name]);
        assert!(opened["packet"].is_null(), "{why}: {opened:#}");
        assert!(opened["without"].as_str().expect("a sentence").contains(why), "{why}: {}", opened["without"]);
        let documents = desk.json(&["case", "show", &name])["documents"].as_array().expect("documents").clone();
        assert_eq!(documents.len(), 2, "{why}: the files are in the case");
        let paths = documents.iter().filter_map(|d| d["path"].as_str()).collect::<Vec<_>>();
        assert!(!paths.iter().any(|p| p.ends_with("PACKET.PDF") || p.ends_with("PACKET.JSON")), "{why}: {paths:?}");
    }
    fs::remove_file(medium.join("PACKET.JSON")).expect("the list");
    let opened = receive(&desk, &medium, &["--case", "without"]);
    assert!(opened["without"].as_str().expect("a sentence").contains("no list of contents"), "{opened:#}");
}

#[test]
fn a_damaged_or_unfinished_packet_is_refused_and_a_look_holds_the_checksums() {
    let sender = Home::new();
    let medium = small_packet(&sender);
    let desk = Home::new();
    let look = |medium: &Path| {
        let output = desk.command().args(["--json", "receive", "--look"]).arg(medium).output().expect("runs");
        (output.status.success(), serde_json::from_slice::<Value>(&output.stdout).expect("a JSON answer"))
    };
    let (fine, said) = look(&medium);
    assert!(fine && said["checked"]["whole"] == true, "{said:#}");
    assert!(said["checked"]["same"].as_u64().expect("a number") >= 6, "the packet's own pages too: {said:#}");

    fs::write(medium.join("DOCS/D00001.TXT"), "somebody else's words").expect("written");
    fs::remove_file(medium.join("README.TXT")).expect("a page to lose");
    let (fine, said) = look(&medium);
    let checked = &said["checked"];
    assert!(!fine && checked["whole"] == false, "{said:#}");
    assert_eq!((&checked["differ"][0], &checked["absent"][0]), (&"DOCS/D00001.TXT".into(), &"README.TXT".into()));
    fs::remove_file(medium.join("SHA256.TXT")).expect("the checksums");
    let (fine, said) = look(&medium);
    assert!(!fine && said["checked"]["said"].as_str().expect("a sentence").contains("SHA256.TXT"), "{said:#}");

    let whole = sender.folder.path().join("packet.zip");
    sender.json(&["packet", "--case", "test", "-o", whole.to_str().expect("a path")]);
    let bytes = fs::read(&whole).expect("the packet");
    let cut = sender.folder.path().join("cut.zip");
    fs::write(&cut, &bytes[..bytes.len() / 2]).expect("written");
    let part = sender.folder.path().join("UNFINISHED-PACKET-medium-0a1b2c3d.part");
    fs::rename(&medium, &part).expect("a name");
    for (medium, why) in [(cut, "It is damaged"), (part, "never finished")] {
        let output = desk.command().arg("receive").arg(&medium).output().expect("runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(why), "{why}: {said}");
    }
    assert!(desk.json(&["case", "list"])["cases"].as_array().expect("cases").is_empty(), "nothing was taken in");
}
