//! Several processes on one home, and processes that are killed: what was reported as kept is there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::allow_attributes,
    reason = "helpers of tests"
)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use common::{PASSPHRASE, case, draft, engine, noise};
use consilium_casefile::ObjectId;
use consilium_casefile::ledger;
use consilium_vault::{AppendError, IndexUpdate, Opening, Storage, Vault};

const HOME: &str = "VAULT_TEST_CHILD_HOME";
const FIRST: &str = "VAULT_TEST_CHILD_FIRST";
const COUNT: &str = "VAULT_TEST_CHILD_COUNT";

fn size(seed: u64) -> usize {
    usize::try_from(seed % 7).unwrap() * 40_000 + 10
}

async fn open(home: &Path) -> Vault {
    Vault::open(home, Opening::Passphrase(PASSPHRASE.to_owned())).await.unwrap()
}

/// Not a statement of its own: what the other tests run as a process. It keeps objects, appends entries, and says what
/// was confirmed.
#[tokio::test]
async fn child() {
    let Ok(home) = std::env::var(HOME) else { return };
    let number = |name: &str| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let (first, count) = (number(FIRST), number(COUNT));
    // Ends the line the test harness began.
    println!();
    let vault = open(Path::new(&home)).await;
    let mut head = vault.head(&case(1)).await.unwrap().unwrap();
    let writer = vault.object_writer(&case(1)).await.unwrap();
    for from in (first..first + count).step_by(10) {
        let kept = common::blocking(&writer, move |w| {
            let threads = [from..from + 5, from + 5..from + 10].map(|seeds| {
                let w = w.clone();
                std::thread::spawn(move || seeds.map(|s| (s, w.put(&noise(size(s), s)).unwrap())).collect::<Vec<_>>())
            });
            let kept: Vec<_> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
            w.flush().unwrap();
            kept
        })
        .await;
        loop {
            match vault.append(&case(1), head, vec![draft(&from.to_string())], IndexUpdate::default()).await {
                Ok(now) => break head = now,
                Err(AppendError::Raced { head: now }) => head = now,
                Err(other) => panic!("{other}"),
            }
        }
        let mut out = std::io::stdout().lock();
        for (seed, stored) in kept {
            writeln!(out, "kept {seed} {}", stored.object).unwrap();
        }
        writeln!(out, "entry {from}").unwrap();
        out.flush().unwrap();
    }
    common::blocking(&writer, |w| w.finish().unwrap()).await;
}

fn start(home: &Path, first: u64, count: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture", "--test-threads=1"])
        .envs([(HOME, home.to_str().unwrap().to_owned()), (FIRST, first.to_string()), (COUNT, count.to_string())])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What a child confirmed, in lines; kills it after `lines` of them when given.
fn confirmed(child: &mut Child, lines: Option<usize>) -> Vec<String> {
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut found = Vec::new();
    for line in output.by_ref() {
        found.push(line);
        if lines == Some(found.len()) {
            child.kill().unwrap();
            break;
        }
    }
    found.extend(output);
    let status = child.wait().unwrap();
    assert!(lines.is_some() || status.success());
    found
}

/// Everything confirmed is there, and nothing is wrong with the rest.
async fn check(home: &Path, confirmed: &[String]) -> u64 {
    let vault = open(home).await;
    let report = vault.verify().await.unwrap();
    assert_eq!(report.problems, []);
    let entries = vault.ledger(&case(1)).await.unwrap();
    assert!(ledger::verify(&case(1), &entries).is_ok());
    let words = common::words(&entries);
    let mut count = 0;
    for line in confirmed {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["kept", seed, object] => {
                let seed = seed.parse().unwrap();
                assert_eq!(vault.read(&case(1), &ObjectId::from(object)).await.unwrap(), noise(size(seed), seed));
                count += 1;
            }
            ["entry", from] => assert!(words.iter().any(|w| w == from), "entry {from} is lost"),
            _ => {}
        }
    }
    vault.close().await;
    count
}

#[tokio::test]
async fn a_kill_at_any_moment_loses_nothing_that_was_reported_as_kept() {
    let made = engine("local, sealed", Storage::Local, true).await;
    made.vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let home = made.home;
    made.vault.close().await;
    let mut all = Vec::new();
    for round in 0..6_u64 {
        let mut child = start(home.path(), round * 1000, 1000);
        let lines = usize::try_from(5 + (round * 37) % 90).unwrap();
        all.extend(confirmed(&mut child, Some(lines)));
        assert!(check(home.path(), &all).await > 0);
    }
    // Running an interrupted import again completes it.
    all.extend(confirmed(&mut start(home.path(), 0, 200), None));
    check(home.path(), &all).await;
}

#[tokio::test]
async fn two_processes_import_into_one_case_at_once_and_both_complete() {
    let made = engine("local, sealed", Storage::Local, true).await;
    made.vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let home = made.home;
    // This process is a third, and stays.
    let mut children = [start(home.path(), 0, 300), start(home.path(), 150, 300)];
    let mut all = Vec::new();
    for child in &mut children {
        all.extend(confirmed(child, None));
    }
    assert_eq!(check(home.path(), &all).await, 600);
    let entries = made.vault.ledger(&case(1)).await.unwrap();
    assert_eq!(entries.len(), 60);
    assert_eq!(made.vault.verify().await.unwrap().objects, 450);
}
