//! The files of a home: what opens it, what is refused, and what is noticed when somebody or something alters them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::allow_attributes, reason = "helpers of tests")]

mod common;

use std::path::{Path, PathBuf};

use common::{Engine, PASSPHRASE, case, draft, engine, noise, now, open, words};
use consilium_casefile::ObjectId;
use consilium_vault::{
    Fault, HomeState, MakeError, OpenError, Opening, Problem, Protection, ReadError, RecoveryKeyError, Storage, Vault,
};
use proptest::prelude::*;

fn passphrase(text: &str) -> Opening {
    Opening::Passphrase(text.to_owned())
}

async fn local(sealed: bool) -> Engine {
    engine("local", Storage::Local, sealed).await
}

fn only_pack(home: &Path) -> PathBuf {
    let packs: Vec<PathBuf> = std::fs::read_dir(home.join("packs"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "pack"))
        .collect();
    assert_eq!(packs.len(), 1);
    packs.into_iter().next().unwrap()
}

/// Every file of a home with its bytes.
fn contents(home: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(home)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_file())
        .map(|p| (p.clone(), std::fs::read(p).unwrap()))
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn a_wrong_passphrase_is_told_apart_and_the_right_one_opens() {
    let Engine { vault, home, .. } = local(true).await;
    vault.create_case(&case(1), "Ana", vec![draft("one")]).await.unwrap();
    assert!(vault.sealed());
    vault.close().await;
    assert_eq!(Vault::state(home.path()).unwrap(), HomeState::Locked);
    assert!(matches!(Vault::open(home.path(), passphrase("wrong")).await, Err(OpenError::WrongPassphrase)));
    assert!(matches!(Vault::open(home.path(), passphrase("")).await, Err(OpenError::WrongPassphrase)));
    assert!(matches!(Vault::open(home.path(), Opening::None).await, Err(OpenError::Locked)));
    let vault = Vault::open(home.path(), passphrase(PASSPHRASE)).await.unwrap();
    vault.change_passphrase(passphrase(PASSPHRASE), "new one".to_owned()).await.unwrap();
    let wrong = vault.change_passphrase(passphrase(PASSPHRASE), "newer".to_owned()).await;
    assert!(matches!(wrong, Err(OpenError::WrongPassphrase)));
    vault.close().await;
    assert!(matches!(Vault::open(home.path(), passphrase(PASSPHRASE)).await, Err(OpenError::WrongPassphrase)));
    let vault = Vault::open(home.path(), passphrase("new one")).await.unwrap();
    assert_eq!(vault.cases().await.unwrap()[0].handle, "Ana");
}

#[tokio::test]
#[cfg(unix)]
async fn files_of_a_home_are_for_its_owner_only_also_those_an_earlier_version_left_open() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let Engine { vault, home, .. } = local(true).await;
    vault.create_case(&case(1), "Ana", vec![draft("one")]).await.unwrap();
    let names = || contents(home.path()).into_iter().map(|(path, _)| path);
    assert!(names().any(|path| path.ends_with("vault.sqlite-wal")));
    for path in names() {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    vault.close().await;
    let database = home.path().join("vault.sqlite");
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o644)).unwrap();
    let vault = Vault::open(home.path(), passphrase(PASSPHRASE)).await.unwrap();
    assert_eq!(mode(&database), 0o600);
    assert_eq!(vault.cases().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_piece_of_work_is_claimed_by_one_at_a_time_also_in_one_process() {
    let Engine { vault, home, .. } = local(true).await;
    let other = Vault::open(home.path(), passphrase(PASSPHRASE)).await.unwrap();
    let claim = vault.claim_alone("reading ../case-1").await.unwrap();
    assert!(claim.is_some());
    assert!(other.claim_alone("reading ../case-1").await.unwrap().is_none());
    assert!(vault.claim_alone("reading ../case-1").await.unwrap().is_none());
    assert!(other.claim_alone("reading ../case-2").await.unwrap().is_some(), "other work is not held up");
    drop(claim);
    assert!(other.claim_alone("reading ../case-1").await.unwrap().is_some());
    let together = [vault.claim_together("importing").await.unwrap(), other.claim_together("importing").await.unwrap()];
    assert!(vault.claim_alone("importing").await.unwrap().is_none());
    drop(together);
    assert!(vault.claim_alone("importing").await.unwrap().is_some());
}

#[tokio::test]
async fn dead_bytes_of_a_pack_go_with_compaction_however_few_they_are() {
    let made = local(false).await;
    made.vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let large = made.vault.put(&case(1), noise(600_000, 1)).await.unwrap();
    // As a kill leaves it: bytes between two committed records that no row names.
    let dead = made.vault.put(&case(1), b"the words of a stranger".to_vec()).await.unwrap();
    let behind = made.vault.put(&case(1), noise(600_000, 2)).await.unwrap();
    let address = format!("sqlite:{}", made.home.path().join("vault.sqlite").display());
    let pool = sqlx::SqlitePool::connect(&address);
    let forget = sqlx::query("DELETE FROM objects WHERE object = $1").bind(dead.as_str().to_owned());
    forget.execute(&pool.await.unwrap()).await.unwrap();
    let there = || {
        let pack = std::fs::read(only_pack(made.home.path())).unwrap();
        pack.windows(23).any(|found| found == b"the words of a stranger")
    };
    assert!(there());
    assert_eq!(made.vault.compact(now(0)).await.unwrap().rewritten, 1);
    assert!(!there());
    assert_eq!(made.vault.read(&case(1), &large).await.unwrap(), noise(600_000, 1));
    assert_eq!(made.vault.read(&case(1), &behind).await.unwrap(), noise(600_000, 2));
    assert_eq!(made.vault.compact(now(0)).await.unwrap().rewritten, 0, "what is blank is not copied again");
    made.vault.purge_object(&case(1), &made.vault.put(&case(1), noise(900, 3)).await.unwrap()).await.unwrap();
    assert_eq!(made.vault.compact(now(0)).await.unwrap().rewritten, 0, "deleted bytes were overwritten");
}

#[tokio::test]
async fn the_recovery_key_opens_also_after_the_passphrase_changed() {
    let home = tempfile::tempdir().unwrap();
    let sealed = Protection::Sealed { passphrase: PASSPHRASE.to_owned() };
    let (vault, recovery) = Vault::create(home.path(), Storage::Local, sealed.clone()).await.unwrap();
    let written = recovery.unwrap().written().to_string();
    vault.change_passphrase(passphrase(PASSPHRASE), "other".to_owned()).await.unwrap();
    vault.close().await;
    let recover = |text: &str| Opening::RecoveryKey(text.to_owned());
    Vault::open(home.path(), recover(&written.to_lowercase())).await.unwrap();
    let last = if written.ends_with('0') { '1' } else { '0' };
    let mistyped = format!("{}{last}", &written[..written.len() - 1]);
    let outcome = Vault::open(home.path(), recover(&mistyped)).await;
    assert!(matches!(outcome, Err(OpenError::Mistyped(RecoveryKeyError::Checksum))));
    let elsewhere = tempfile::tempdir().unwrap();
    let (_, other) = Vault::create(elsewhere.path(), Storage::Local, sealed).await.unwrap();
    let other = other.unwrap().written().to_string();
    assert!(matches!(Vault::open(home.path(), recover(&other)).await, Err(OpenError::WrongRecoveryKey)));
}

#[tokio::test]
async fn a_new_recovery_key_takes_the_place_of_the_one_before() {
    let home = tempfile::tempdir().unwrap();
    let sealed = Protection::Sealed { passphrase: PASSPHRASE.to_owned() };
    let (vault, first) = Vault::create(home.path(), Storage::Local, sealed).await.unwrap();
    let recover = |text: String| Opening::RecoveryKey(text);
    let first = first.unwrap().written().to_string();
    let refused = vault.new_recovery_key(passphrase("other")).await;
    assert!(matches!(refused, Err(OpenError::WrongPassphrase)), "who cannot open it gets no new key");
    let second = vault.new_recovery_key(passphrase(PASSPHRASE)).await.unwrap().written().to_string();
    let old = Vault::open(home.path(), recover(first)).await;
    assert!(matches!(old, Err(OpenError::WrongRecoveryKey)), "a lost sheet opens nothing any more");
    vault.change_passphrase(recover(second.clone()), "  another horse ".to_owned()).await.unwrap();
    Vault::open(home.path(), passphrase("another horse")).await.unwrap();
    Vault::open(home.path(), recover(second)).await.unwrap();
    let plain = local(false).await;
    assert!(plain.vault.new_recovery_key(Opening::None).await.is_err());
}

#[tokio::test]
async fn blanks_around_a_passphrase_lock_nobody_out() {
    let home = tempfile::tempdir().unwrap();
    let sealed = Protection::Sealed { passphrase: " correct horse\t".to_owned() };
    Vault::create(home.path(), Storage::Local, sealed).await.unwrap();
    for typed in ["correct horse", " correct horse\t", "correct horse  "] {
        assert!(Vault::open(home.path(), passphrase(typed)).await.is_ok(), "{typed:?}");
    }
    assert!(matches!(Vault::open(home.path(), passphrase("correct  horse")).await, Err(OpenError::WrongPassphrase)));
    let blank = Protection::Sealed { passphrase: "  ".to_owned() };
    let elsewhere = tempfile::tempdir().unwrap();
    let refused = Vault::create(elsewhere.path(), Storage::Local, blank).await;
    assert!(matches!(refused, Err(MakeError::EmptyPassphrase)));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_make_a_home_at_once_one_does_and_it_opens() {
    let folder = tempfile::tempdir().unwrap();
    let (home, file) = (folder.path().join("home"), folder.path().join("backup.zip"));
    let other = local(true).await;
    other.vault.create_case(&case(1), "Ana", vec![draft("one")]).await.unwrap();
    other.vault.backup(&file).await.unwrap();
    let make = |word: &'static str| {
        let home = home.clone();
        tokio::spawn(async move {
            let sealed = Protection::Sealed { passphrase: word.to_owned() };
            Vault::create(&home, Storage::Local, sealed).await.map(|(vault, _)| (vault, word))
        })
    };
    let made = [make("first"), make("second"), make("third")];
    let restored = Vault::restore(&file, &home, Storage::Local).await;
    let mut opens = Vec::new();
    let mut refused = 0;
    for outcome in made {
        match outcome.await.unwrap() {
            Ok((vault, word)) => {
                // What its maker does next lands in the home that is found afterwards.
                vault.create_case(&case(2), "Berta", vec![draft("one")]).await.unwrap();
                opens.push((word, case(2)));
            }
            Err(MakeError::Exists(_)) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    match restored {
        Ok(_) => opens.push((PASSPHRASE, case(1))),
        Err(MakeError::Exists(_)) => refused += 1,
        Err(other) => panic!("{other}"),
    }
    assert_eq!((opens.len(), refused), (1, 3));
    let (word, held) = opens.remove(0);
    let vault = Vault::open(&home, passphrase(word)).await.unwrap();
    assert_eq!(words(&vault.ledger(&held).await.unwrap()), ["one"]);
    assert!(!home.join("making.lock").exists() && !home.join("vault.json.first").exists());
}

#[tokio::test]
async fn a_home_is_made_once_and_an_absent_one_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("new");
    assert_eq!(Vault::state(&home).unwrap(), HomeState::Absent);
    assert!(matches!(Vault::open(&home, Opening::None).await, Err(OpenError::Absent(_))));
    assert!(!home.exists());
    let empty = Protection::Sealed { passphrase: String::new() };
    assert!(matches!(Vault::create(&home, Storage::Local, empty).await, Err(MakeError::EmptyPassphrase)));
    Vault::create(&home, Storage::Local, Protection::Plain).await.unwrap();
    assert_eq!(Vault::state(&home).unwrap(), HomeState::Plain);
    assert!(matches!(Vault::create(&home, Storage::Local, Protection::Plain).await, Err(MakeError::Exists(_))));
    Vault::open(&home, passphrase("any")).await.unwrap();
}

#[tokio::test]
async fn a_home_that_lost_a_file_is_no_place_for_a_new_one_and_nothing_of_it_is_touched() {
    let Engine { vault, home, .. } = local(false).await;
    vault.create_case(&case(1), "Ana", vec![draft("one")]).await.unwrap();
    vault.put(&case(1), noise(5_000, 1)).await.unwrap();
    vault.close().await;
    let (path, database) = (home.path().join("vault.json"), home.path().join("vault.sqlite"));
    let kept = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let before = std::fs::read(&database).unwrap();
    let refused = Vault::create(home.path(), Storage::Local, Protection::Plain).await;
    assert!(
        matches!(&refused, Err(error) if error.to_string().contains("vault.json")),
        "a new home over stored records"
    );
    assert_eq!(std::fs::read(&database).unwrap(), before);
    std::fs::write(&path, kept).unwrap();
    let vault = Vault::open(home.path(), Opening::None).await.unwrap();
    assert_eq!(vault.cases().await.unwrap().len(), 1);
    vault.close().await;
    // An emptied database is damage, and no vault without cases.
    std::fs::write(&database, b"").unwrap();
    for name in ["vault.sqlite-wal", "vault.sqlite-shm"] {
        let _ = std::fs::remove_file(home.path().join(name));
    }
    let refused = Vault::open(home.path(), Opening::None).await;
    assert!(
        matches!(&refused, Err(error) if error.to_string().contains("vault.sqlite")),
        "an empty database is opened"
    );
    only_pack(home.path());
}

#[tokio::test]
async fn a_home_of_a_newer_version_is_refused_and_untouched() {
    let Engine { vault, home, .. } = local(false).await;
    vault.close().await;
    let path = home.path().join("vault.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, r#"{"format": 2, "anything": "else"}"#).unwrap();
    let before = contents(home.path());
    assert_eq!(Vault::state(home.path()).unwrap(), HomeState::Newer { found: 2 });
    let refused = Vault::open(home.path(), Opening::None).await;
    assert!(matches!(refused, Err(OpenError::Newer { found: 2, known: 1 })));
    assert!(Vault::create(home.path(), Storage::Local, Protection::Plain).await.is_err());
    assert_eq!(contents(home.path()), before);
    // The same for a database a newer version migrated.
    std::fs::write(&path, text).unwrap();
    let pool = sqlx::SqlitePool::connect(home.path().join("vault.sqlite").to_str().unwrap()).await.unwrap();
    sqlx::query("UPDATE vault SET schema_version = 99").execute(&pool).await.unwrap();
    pool.close().await;
    let refused = Vault::open(home.path(), Opening::None).await;
    assert!(matches!(refused, Err(OpenError::Newer { found: 99, .. })));
}

#[tokio::test]
async fn a_damaged_description_is_an_error_and_no_crash() {
    let Engine { vault, home, .. } = local(true).await;
    vault.close().await;
    let path = home.path().join("vault.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let alter = |from: &str, to: &str| text.replace(from, to);
    for damaged in [
        String::new(),
        "[]".to_owned(),
        r#"{"format": 1}"#.to_owned(),
        alter("65536", "4294967295"),
        alter("argon2id", "none"),
        alter("\"by_passphrase\": \"", "\"by_passphrase\": \"zz"),
        alter("\"salt\": \"", "\"salt\": \"x"),
    ] {
        assert_ne!(damaged, text);
        std::fs::write(&path, &damaged).unwrap();
        let outcome = Vault::open(home.path(), passphrase(PASSPHRASE)).await;
        assert!(matches!(outcome, Err(OpenError::Fault(Fault::Damaged(_)))), "{damaged}");
    }
}

#[tokio::test]
async fn the_description_is_what_released_versions_wrote() {
    // Passphrase "golden"; the vault key is 32 bytes of 7. Released homes look like this and open for ever.
    let Engine { home, vault, .. } = local(true).await;
    vault.close().await;
    let text = std::fs::read_to_string(home.path().join("vault.json")).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names = |v: &serde_json::Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&value), ["format", "protection", "storage", "vault_id"]);
    assert_eq!(value["format"], 1);
    assert_eq!(value["storage"], serde_json::json!({ "kind": "local" }));
    let protection = &value["protection"];
    assert_eq!(names(protection), ["by_passphrase", "by_recovery_key", "kdf", "kind"]);
    assert_eq!(protection["kind"], "sealed");
    assert_eq!(names(&protection["kdf"]), ["algorithm", "lanes", "memory_kib", "passes", "salt"]);
    assert_eq!(protection["by_passphrase"].as_str().unwrap().len(), 120);
}

#[tokio::test]
async fn a_sealed_home_holds_no_text_and_a_plain_one_holds_bytes_as_they_are() {
    for sealed in [true, false] {
        let Engine { vault, home, .. } = local(sealed).await;
        let secret = b"a sentence nobody else should read";
        vault.create_case(&case(1), "Ana Example", vec![draft("a sentence nobody else should read")]).await.unwrap();
        vault.put(&case(1), secret.as_slice()).await.unwrap();
        vault.enqueue("text", &serde_json::json!("a sentence nobody else should read"), now(0)).await.unwrap();
        vault.close().await;
        let mut files = contents(home.path());
        files.extend(contents(&home.path().join("packs")));
        let holds = |needle: &[u8]| files.iter().any(|(_, bytes)| bytes.windows(needle.len()).any(|w| w == needle));
        assert_eq!(holds(secret), !sealed);
        assert_eq!(holds(b"Ana Example"), !sealed);
        assert!(!holds(PASSPHRASE.as_bytes()));
    }
}

#[tokio::test]
async fn a_purged_object_and_payload_are_nowhere_in_the_home() {
    let Engine { vault, home, .. } = local(false).await;
    vault.create_case(&case(1), "Ana", vec![draft("to be forgotten"), draft("kept")]).await.unwrap();
    let object = vault.put(&case(1), b"pixels to be forgotten".as_slice()).await.unwrap();
    vault.put(&case(1), b"pixels kept".as_slice()).await.unwrap();
    vault.purge_object(&case(1), &object).await.unwrap();
    vault.purge_payload(&case(1), 1).await.unwrap();
    let mut files = contents(home.path());
    files.extend(contents(&home.path().join("packs")));
    let holds = |needle: &[u8]| files.iter().any(|(_, bytes)| bytes.windows(needle.len()).any(|w| w == needle));
    assert!(!holds(b"to be forgotten"));
    assert!(holds(b"pixels kept"));
    assert!(vault.verify().await.unwrap().sound());
}

/// Where the records of a pack begin that hold something; room left before a block is passed over.
fn live_records(pack: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 16;
    while at + 168 <= pack.len() {
        let number = |from: usize| u64::from_le_bytes(pack[at + from..at + from + 8].try_into().unwrap());
        if pack[at + 8] & 2 == 0 {
            found.push(at);
        }
        at += 168 + usize::try_from(number(88)).unwrap();
    }
    found
}

#[tokio::test]
async fn a_byte_altered_in_a_pack_is_found() {
    for sealed in [true, false] {
        let Engine { vault, home, .. } = local(sealed).await;
        vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
        let object = vault.put(&case(1), noise(150_000, 1)).await.unwrap();
        let other = vault.put(&case(1), noise(150_000, 2)).await.unwrap();
        let path = only_pack(home.path());
        let good = std::fs::read(&path).unwrap();
        let [first, second] = live_records(&good)[..] else { panic!("two records") };
        // First byte of the data, its last byte, and one in the middle.
        for at in [first + 168, first + 168 + 149_999, first + 80_000] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&path, &bad).unwrap();
            let problems = vault.verify().await.unwrap().problems;
            assert!(matches!(&problems[..], [Problem::Object { object: found, .. }] if *found == object), "{at}");
            assert!(matches!(vault.read(&case(1), &object).await, Err(ReadError::Fault(Fault::Damaged(_)))));
            assert_eq!(vault.read(&case(1), &other).await.unwrap(), noise(150_000, 2));
        }
        let mut bad = good.clone();
        bad[first + 50] ^= 1;
        std::fs::write(&path, &bad).unwrap();
        assert!(matches!(&vault.verify().await.unwrap().problems[..], [Problem::RecordHeader { .. }]));
        std::fs::write(&path, &good[..second + 168 + 149_999]).unwrap();
        let problems = vault.verify().await.unwrap().problems;
        assert!(matches!(&problems[..], [Problem::Object { object: found, .. }] if *found == other));
        std::fs::write(&path, &good).unwrap();
        assert!(vault.verify().await.unwrap().sound());
        std::fs::remove_file(&path).unwrap();
        let problems = vault.verify().await.unwrap().problems;
        assert!(matches!(&problems[..], [Problem::PackMissing { objects: 2, .. }]));
    }
}

#[tokio::test]
async fn an_entry_altered_or_removed_in_the_database_is_found() {
    let made = local(false).await;
    made.vault.create_case(&case(1), "Ana", vec![draft("one"), draft("two"), draft("three")]).await.unwrap();
    let pool = sqlx::SqlitePool::connect(made.home.path().join("vault.sqlite").to_str().unwrap()).await.unwrap();
    let run = async |sql: &'static str| sqlx::query(sql).execute(&pool).await.unwrap();
    run("DELETE FROM entries WHERE seq = 3").await;
    assert!(matches!(&made.vault.verify().await.unwrap().problems[..], [Problem::Head { .. }]));
    run("UPDATE entries SET at_micros = at_micros + 1 WHERE seq = 1").await;
    assert!(matches!(&made.vault.verify().await.unwrap().problems[..], [Problem::Ledger { .. }]));
    run("UPDATE entries SET commitment = 'odd' WHERE seq = 1").await;
    assert!(matches!(&made.vault.verify().await.unwrap().problems[..], [Problem::Unreadable { .. }]));
}

#[tokio::test]
async fn what_an_interrupted_import_left_behind_the_last_committed_record_is_cut() {
    let made = local(true).await;
    made.vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let object = made.vault.put(&case(1), noise(1000, 1)).await.unwrap();
    let path = only_pack(made.home.path());
    let whole = std::fs::metadata(&path).unwrap().len();
    let mut torn = std::fs::read(&path).unwrap();
    torn.extend(noise(5000, 9));
    std::fs::write(&path, &torn).unwrap();
    assert_eq!(made.vault.verify().await.unwrap().unreferenced_bytes, 5000);
    let made = open(made).await;
    assert_eq!(std::fs::metadata(&path).unwrap().len(), whole);
    assert_eq!(made.vault.read(&case(1), &object).await.unwrap(), noise(1000, 1));
    let next = made.vault.put(&case(1), noise(1000, 2)).await.unwrap();
    assert_eq!(made.vault.read(&case(1), &next).await.unwrap(), noise(1000, 2));
    assert_eq!(only_pack(made.home.path()), path);
}

#[tokio::test]
async fn a_cut_or_foreign_backup_is_refused_and_leaves_no_vault() {
    let made = local(true).await;
    made.vault.create_case(&case(1), "Ana", vec![draft("one")]).await.unwrap();
    made.vault.put(&case(1), noise(100_000, 1)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (file, home) = (folder.path().join("backup.zip"), folder.path().join("home"));
    made.vault.backup(&file).await.unwrap();
    let good = std::fs::read(&file).unwrap();
    let mut altered = good.clone();
    altered[good.len() / 2] ^= 1;
    for bad in [&good[..good.len() / 2], b"no backup", b"", &altered] {
        std::fs::write(&file, bad).unwrap();
        assert!(Vault::restore(&file, &home, Storage::Local).await.is_err());
        assert_eq!(Vault::state(&home).unwrap(), HomeState::Absent);
    }
    std::fs::write(&file, &good).unwrap();
    Vault::restore(&file, &home, Storage::Local).await.unwrap();
    assert_eq!(Vault::state(&home).unwrap(), HomeState::Locked);
}

#[tokio::test]
async fn an_id_that_is_no_id_is_not_found() {
    let made = local(true).await;
    made.vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    for odd in ["", "../../etc/passwd", "ü", &"0".repeat(64)] {
        let outcome = made.vault.read(&case(1), &ObjectId::from(odd)).await;
        assert!(matches!(outcome, Err(ReadError::NotFound { .. })));
    }
}

#[test]
fn any_range_of_a_sealed_object_equals_the_same_range_of_its_bytes() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let lengths = [0_usize, 1, 65_535, 65_536, 65_537, 131_072, 300_000];
    let (made, objects) = runtime.block_on(async {
        let made = local(true).await;
        made.vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
        let mut objects = Vec::new();
        for length in lengths {
            let bytes = noise(length, 3);
            objects.push((made.vault.put(&case(1), bytes.clone()).await.unwrap(), bytes));
        }
        (made, objects)
    });
    let near_border =
        prop_oneof![0_usize..300_100, (0_usize..6, 0_usize..4).prop_map(|(c, d)| (c * 65_536 + d).saturating_sub(2))];
    let ranges = (0..lengths.len(), near_border.clone(), near_border);
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |((which, start, length) in ranges)| {
        let (object, bytes) = &objects[which];
        let expect = bytes.get(start..start + length);
        let found = runtime.block_on(made.vault.read_range(&case(1), object, start as u64, length as u64));
        match expect {
            Some(expect) => prop_assert_eq!(found.unwrap(), expect),
            None => prop_assert!(matches!(found, Err(ReadError::OutOfRange { .. })), "not refused"),
        }
    });
}
