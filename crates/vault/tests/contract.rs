//! What a vault promises, checked on every engine: SQLite and packs always, PostgreSQL and object storage where
//! `CONSILIUM_TEST_POSTGRES` and `CONSILIUM_TEST_S3` name them.

mod common;

use common::{Engine, case, draft, engines, open, words};
use consilium_casefile::ledger::{self, Body, Head};
use consilium_vault::{AppendError, CreateError, IndexUpdate, ReadError, Vault};

/// Runs a statement about the product on every engine, sealed and plain.
macro_rules! contract {
    ($(#[$doc:meta])* $name:ident, |$engine:ident, $vault:ident| $body:block) => {
        $(#[$doc])*
        #[tokio::test]
        async fn $name() {
            for $engine in engines().await {
                let $vault: Vault = $engine.vault.clone();
                $body
            }
        }
    };
}

contract!(a_ledger_reads_back_as_it_was_appended_and_verifies, |engine, vault| {
    let head = vault.create_case(&case(1), "Ana", vec![draft("one")]).await.unwrap();
    let head = vault.append(&case(1), head, vec![draft("two"), draft("three")], IndexUpdate::default()).await.unwrap();
    let entries = vault.ledger(&case(1)).await.unwrap();
    assert_eq!(ledger::verify(&entries), Ok(head), "{}", engine.name);
    assert_eq!(words(&entries), ["one", "two", "three"]);
    assert_eq!(words(&vault.ledger_after(&case(1), 2).await.unwrap()), ["three"]);
    assert_eq!(vault.head(&case(1)).await.unwrap(), Some(head));
    assert_eq!(vault.ledger(&case(9)).await.unwrap(), []);
    let engine = open(engine).await;
    assert_eq!(engine.vault.ledger(&case(1)).await.unwrap(), entries);
});

contract!(a_handle_belongs_to_one_case, |engine, vault| {
    let head = vault.create_case(&case(1), "Ana", vec![draft("one")]).await.unwrap();
    let taken = vault.create_case(&case(2), " ANA", vec![]).await;
    assert!(matches!(taken, Err(CreateError::HandleTaken)), "{}", engine.name);
    let twice = vault.create_case(&case(1), "Berta", vec![]).await;
    assert!(matches!(twice, Err(CreateError::IdTaken)));
    vault.create_case(&case(2), "Berta", vec![]).await.unwrap();
    let cases = vault.cases().await.unwrap();
    let handles: Vec<&str> = cases.iter().map(|c| c.handle.as_str()).collect();
    assert_eq!(handles, ["Berta", "Ana"]);
    assert_eq!((cases[1].head, cases[0].head), (head, Head::START));
    assert_eq!(vault.case_by_handle("ana").await.unwrap(), Some(case(1)));
    assert_eq!(vault.case_by_handle("Carla").await.unwrap(), None);
});

contract!(whoever_appends_second_is_told_where_the_case_stands, |engine, vault| {
    let start = vault.create_case(&case(1), "Ana", vec![draft("one")]).await.unwrap();
    let head = vault.append(&case(1), start, vec![draft("two")], IndexUpdate::default()).await.unwrap();
    let raced = vault.append(&case(1), start, vec![draft("lost")], IndexUpdate::default()).await;
    assert!(matches!(raced, Err(AppendError::Raced { head: now }) if now == head), "{}", engine.name);
    let nowhere = vault.append(&case(5), Head::START, vec![draft("x")], IndexUpdate::default()).await;
    assert!(matches!(nowhere, Err(AppendError::NoSuchCase)));
    assert_eq!(words(&vault.ledger(&case(1)).await.unwrap()), ["one", "two"]);
});

contract!(of_many_appending_at_once_nothing_is_lost, |engine, vault| {
    let start = vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let vault = vault.clone();
            tokio::spawn(async move {
                for number in 0..5 {
                    let mut head = start;
                    loop {
                        let drafts = vec![draft(&format!("{task}/{number}"))];
                        match vault.append(&case(1), head, drafts, IndexUpdate::default()).await {
                            Ok(_) => break,
                            Err(AppendError::Raced { head: now }) => head = now,
                            Err(other) => panic!("{other}"),
                        }
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let entries = vault.ledger(&case(1)).await.unwrap();
    assert!(ledger::verify(&entries).is_ok(), "{}", engine.name);
    let mut found = words(&entries);
    found.sort();
    let mut expect: Vec<String> = (0..8).flat_map(|t| (0..5).map(move |n| format!("{t}/{n}"))).collect();
    expect.sort();
    assert_eq!(found, expect);
});

contract!(objects_read_back_whole_and_by_range, |engine, vault| {
    vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let writer = vault.object_writer(&case(1)).await.unwrap();
    for length in [0, 1, 65_535, 65_536, 65_537, 3 * 1024 * 1024 + 7] {
        let bytes = common::noise(length, 7);
        let stored = common::blocking(&writer, {
            let bytes = bytes.clone();
            move |w| w.put(&bytes).unwrap()
        })
        .await;
        assert!(stored.new);
        common::blocking(&writer, |w| w.finish().unwrap()).await;
        assert_eq!(vault.read(&case(1), &stored.object).await.unwrap(), bytes, "{} {length}", engine.name);
        assert_eq!(vault.object_length(&case(1), &stored.object).await.unwrap(), length as u64);
        let middle = length / 3;
        let part = vault.read_range(&case(1), &stored.object, middle as u64, (length - middle) as u64).await.unwrap();
        assert_eq!(part, bytes[middle..]);
        let beyond = vault.read_range(&case(1), &stored.object, 1, length as u64).await;
        assert!(matches!(beyond, Err(ReadError::OutOfRange { .. })));
        let endless = vault.read_range(&case(1), &stored.object, u64::MAX, u64::MAX).await;
        assert!(matches!(endless, Err(ReadError::OutOfRange { .. })));
        let streamed = common::collect(vault.object_stream(&case(1), &stored.object, None).await.unwrap()).await;
        assert_eq!(streamed, bytes);
        let again = common::blocking(&writer, move |w| w.put_reader(&mut &bytes[..], length as u64).unwrap()).await;
        assert_eq!((again.new, again.object), (false, stored.object));
    }
});

contract!(an_object_is_readable_in_its_own_case_only, |engine, vault| {
    vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    vault.create_case(&case(2), "Berta", vec![]).await.unwrap();
    let object = vault.put(&case(1), b"scan".as_slice()).await.unwrap();
    assert_eq!(vault.put(&case(1), b"scan".as_slice()).await.unwrap(), object);
    let other = vault.put(&case(2), b"scan".as_slice()).await.unwrap();
    assert_ne!(object, other, "{}", engine.name);
    assert!(vault.has(&case(1), &object).await.unwrap());
    assert!(!vault.has(&case(2), &object).await.unwrap());
    assert!(matches!(vault.read(&case(2), &object).await, Err(ReadError::NotFound { .. })));
    assert!(vault.put(&case(3), b"scan".as_slice()).await.is_err());
});

contract!(a_purged_payload_leaves_a_tombstone_and_the_chain_verifies, |engine, vault| {
    let head = vault.create_case(&case(1), "Ana", vec![draft("one"), draft("two")]).await.unwrap();
    assert!(vault.purge_payload(&case(1), 1).await.unwrap());
    assert!(!vault.purge_payload(&case(1), 1).await.unwrap());
    assert!(!vault.purge_payload(&case(1), 7).await.unwrap());
    let entries = vault.ledger(&case(1)).await.unwrap();
    assert_eq!(entries[0].body, Body::Purged, "{}", engine.name);
    assert_eq!(ledger::verify(&entries), Ok(head));
});

contract!(a_purged_object_is_gone_and_can_be_kept_anew, |engine, vault| {
    vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let object = vault.put(&case(1), b"scan".as_slice()).await.unwrap();
    let neighbour = vault.put(&case(1), b"other".as_slice()).await.unwrap();
    assert!(vault.purge_object(&case(1), &object).await.unwrap());
    assert!(!vault.purge_object(&case(1), &object).await.unwrap());
    assert!(matches!(vault.read(&case(1), &object).await, Err(ReadError::Purged { .. })), "{}", engine.name);
    assert_eq!(vault.read(&case(1), &neighbour).await.unwrap(), b"other");
    assert_eq!(vault.put(&case(1), b"scan".as_slice()).await.unwrap(), object);
    assert_eq!(vault.read(&case(1), &object).await.unwrap(), b"scan");
});

contract!(the_image_index_follows_the_ledger_and_can_be_dropped, |engine, vault| {
    let head = vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let object = vault.put(&case(1), b"slice".as_slice()).await.unwrap();
    let instance = common::instance("1.2.3", "1.2.3.1", &object);
    let add = IndexUpdate { add: vec![instance.clone()], remove_objects: vec![] };
    let raced = vault.append(&case(1), Head { seq: 4, ..head }, vec![draft("x")], add.clone()).await;
    assert!(matches!(raced, Err(AppendError::Raced { .. })));
    assert_eq!(vault.instances(&case(1), "1.2.3").await.unwrap(), [], "{}", engine.name);
    vault.append(&case(1), head, vec![draft("study")], add.clone()).await.unwrap();
    assert_eq!(vault.instances(&case(1), "1.2.3").await.unwrap(), [instance.clone()]);
    assert!(vault.known_instances(&case(1)).await.unwrap().contains(&("1.2.3.1".to_owned(), object.clone())));
    vault.drop_index(&case(1)).await.unwrap();
    assert_eq!(vault.instances(&case(1), "1.2.3").await.unwrap(), []);
    vault.update_index(&case(1), add).await.unwrap();
    assert_eq!(vault.instances(&case(1), "1.2.3").await.unwrap(), [instance]);
    let remove = IndexUpdate { add: vec![], remove_objects: vec![object] };
    vault.update_index(&case(1), remove).await.unwrap();
    assert_eq!(vault.instances(&case(1), "1.2.3").await.unwrap(), []);
});

/// The engines are used; silences the helper where only the vault is.
const _: fn(&Engine) = |_| {};
