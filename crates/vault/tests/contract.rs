//! What a vault promises, checked on every engine: SQLite and packs always, PostgreSQL and object storage where
//! `CONSILIUM_TEST_POSTGRES` and `CONSILIUM_TEST_S3` name them.

mod common;

use common::{case, draft, engines, noise, now, open, words};
use consilium_casefile::ObjectId;
use consilium_casefile::ledger::{self, Body, Head};
use consilium_vault::{Along, AppendError, CreateError, IndexUpdate, ReadError, Storage, Vault, WriteError};

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
    assert_eq!(ledger::verify(&case(1), &entries), Ok(head), "{}", engine.name);
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
    assert_eq!((cases[1].head, cases[0].head), (head, Head::start(&case(2))));
    assert_eq!(vault.case_by_handle("ana").await.unwrap(), Some(case(1)));
    assert_eq!(vault.case_by_handle("Carla").await.unwrap(), None);
});

contract!(a_place_without_entries_becomes_a_case_when_it_is_named_or_is_taken_away, |engine, vault| {
    vault.create_case(&case(1), "Ana", vec![draft("one")]).await.unwrap();
    for place in [case(2), case(3)] {
        vault.make_place(&place).await.unwrap();
        vault.put(&place, b"words".to_vec()).await.unwrap();
    }
    let named = |handle: &str| Along { opened_as: Some(handle.to_owned()), ..Along::default() };
    let start = Head::start(&case(2));
    let taken = vault.append(&case(2), start, vec![draft("one")], named("ANA")).await;
    assert!(matches!(taken, Err(AppendError::HandleTaken)), "{}", engine.name);
    assert_eq!(vault.ledger(&case(2)).await.unwrap(), []);
    let head = vault.append(&case(2), start, vec![draft("one")], named("Berta")).await.unwrap();
    assert_eq!(vault.case_by_handle("berta").await.unwrap(), Some(case(2)));
    vault.append(&case(2), head, vec![draft("two")], named("Carla")).await.unwrap();
    assert_eq!(vault.case_by_handle("carla").await.unwrap(), None, "a case keeps its name");
    for (of, dropped) in [(case(1), false), (case(2), false), (case(3), true), (case(3), false)] {
        assert_eq!(vault.drop_place(&of).await.unwrap(), dropped);
    }
    let left: Vec<String> = vault.cases().await.unwrap().into_iter().map(|row| row.handle).collect();
    assert_eq!(left, ["Ana", "Berta"]);
    let report = vault.verify().await.unwrap();
    assert_eq!((report.objects, report.problems), (1, vec![]));
});

contract!(whoever_appends_second_is_told_where_the_case_stands, |engine, vault| {
    let start = vault.create_case(&case(1), "Ana", vec![draft("one")]).await.unwrap();
    let head = vault.append(&case(1), start, vec![draft("two")], IndexUpdate::default()).await.unwrap();
    let raced = vault.append(&case(1), start, vec![draft("lost")], IndexUpdate::default()).await;
    assert!(matches!(raced, Err(AppendError::Raced { head: now }) if now == head), "{}", engine.name);
    let nowhere = vault.append(&case(5), Head::start(&case(5)), vec![draft("x")], IndexUpdate::default()).await;
    assert!(matches!(nowhere, Err(AppendError::NoSuchCase)));
    assert_eq!(words(&vault.ledger(&case(1)).await.unwrap()), ["one", "two"]);
});

contract!(an_entry_never_names_what_was_deleted_before_it_came, |engine, vault| {
    let head = vault.create_case(&case(1), "Ana", vec![draft("one")]).await.unwrap();
    let (kept, purged) =
        (vault.put(&case(1), noise(900, 1)).await.unwrap(), vault.put(&case(1), noise(900, 2)).await.unwrap());
    vault.purge_object(&case(1), &purged).await.unwrap();
    let names = |objects: &[&ObjectId]| Along {
        relies_on: objects.iter().map(|object| (*object).clone()).collect(),
        ..Along::default()
    };
    let refused = vault.append(&case(1), head, vec![draft("lost")], names(&[&kept, &purged])).await;
    assert!(matches!(refused, Err(AppendError::NotKept)), "{}", engine.name);
    let add = vec![common::instance("1.2", "1.2.1", &purged)];
    let refused = vault.append(&case(1), head, vec![draft("lost")], IndexUpdate { add, remove_objects: vec![] }).await;
    assert!(matches!(refused, Err(AppendError::NotKept)));
    vault.put(&case(1), noise(900, 2)).await.unwrap();
    // Named twice, kept once.
    vault.append(&case(1), head, vec![draft("two")], names(&[&kept, &purged, &kept])).await.unwrap();
    assert_eq!(words(&vault.ledger(&case(1)).await.unwrap()), ["one", "two"]);
});

contract!(what_an_entry_deletes_goes_with_it_or_not_at_all, |engine, vault| {
    let start = vault.create_case(&case(1), "Ana", vec![draft("one")]).await.unwrap();
    let mut objects = Vec::new();
    for number in 0..4 {
        objects.push(vault.put(&case(1), noise(90_000, number)).await.unwrap());
    }
    let add = vec![common::instance("1.2", "1.2.1", &objects[0])];
    let head = vault.append(&case(1), start, vec![draft("two")], IndexUpdate { add, remove_objects: vec![] }).await;
    let head = head.unwrap();
    let deletes = |objects: &[ObjectId]| Along { purge: objects.to_vec(), ..Along::default() };
    let raced = vault.append(&case(1), start, vec![draft("lost")], deletes(&objects[..2])).await;
    assert!(matches!(raced, Err(AppendError::Raced { .. })), "{}", engine.name);
    assert_eq!(vault.kept_objects(&case(1)).await.unwrap().len(), 4);
    let writer = vault.object_writer(&case(1)).await.unwrap();
    let head = vault.append(&case(1), head, vec![draft("three")], deletes(&objects[..2])).await.unwrap();
    assert!(matches!(vault.read(&case(1), &objects[0]).await, Err(ReadError::Purged { .. })));
    assert_eq!(vault.instances(&case(1), "1.2").await.unwrap().len(), 0);
    assert_eq!(vault.read(&case(1), &objects[2]).await.unwrap(), noise(90_000, 2));
    let late = common::blocking(&writer, |w| w.put(&noise(90_000, 0)).and_then(|_| w.finish())).await;
    assert!(matches!(late, Err(WriteError::PurgedMeanwhile)), "a writer that knew it notices");
    // Without an entry the case stays where it is.
    assert_eq!(vault.append(&case(1), head, vec![], deletes(&objects[2..3])).await.unwrap(), head);
    let raced = vault.append(&case(1), start, vec![], deletes(&objects[3..])).await;
    assert!(matches!(raced, Err(AppendError::Raced { .. })));
    assert_eq!(vault.kept_objects(&case(1)).await.unwrap().into_iter().collect::<Vec<_>>(), objects[3..]);
    assert!(vault.verify().await.unwrap().sound());
});

contract!(only_what_nobody_can_be_about_to_name_is_at_rest, |engine, vault| {
    vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let object = vault.put(&case(1), noise(900, 1)).await.unwrap();
    let (before, years_later) = (now(0), now(3_000_000_000));
    let at_rest = vault.objects_at_rest(&case(1), before).await.unwrap();
    assert_eq!(at_rest.is_empty(), engine.name.starts_with("server"), "{}", engine.name);
    assert_eq!(vault.objects_at_rest(&case(1), years_later).await.unwrap(), [object]);
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
    assert!(ledger::verify(&case(1), &entries).is_ok(), "{}", engine.name);
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
        let bytes = noise(length, 7);
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
    assert_eq!(ledger::verify(&case(1), &entries), Ok(head));
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
    assert_eq!(vault.instances(&case(1), "1.2.3").await.unwrap(), std::slice::from_ref(&instance));
    assert!(vault.known_instances(&case(1)).await.unwrap().contains(&("1.2.3.1".to_owned(), object.clone())));
    vault.drop_index(&case(1)).await.unwrap();
    assert_eq!(vault.instances(&case(1), "1.2.3").await.unwrap(), []);
    vault.update_index(&case(1), add).await.unwrap();
    assert_eq!(vault.instances(&case(1), "1.2.3").await.unwrap(), [instance]);
    let remove = IndexUpdate { add: vec![], remove_objects: vec![object] };
    vault.update_index(&case(1), remove).await.unwrap();
    assert_eq!(vault.instances(&case(1), "1.2.3").await.unwrap(), []);
});

contract!(verification_finds_nothing_wrong_with_what_was_kept_and_purged, |engine, vault| {
    let head = vault.create_case(&case(1), "Ana", vec![draft("one"), draft("two")]).await.unwrap();
    vault.create_case(&case(2), "Berta", vec![]).await.unwrap();
    let object = vault.put(&case(1), noise(200_000, 1)).await.unwrap();
    vault.put(&case(2), noise(0, 1)).await.unwrap();
    vault.put(&case(1), noise(70_000, 2)).await.unwrap();
    vault.purge_object(&case(1), &object).await.unwrap();
    vault.purge_payload(&case(1), 2).await.unwrap();
    let report = vault.verify().await.unwrap();
    assert_eq!(report.problems, [], "{}", engine.name);
    assert_eq!((report.objects, report.bytes, report.purged_objects), (2, 70_000, 1));
    let ana = report.cases.iter().find(|c| c.case == case(1)).unwrap();
    assert_eq!((ana.head, ana.entries, ana.purged), (head, 2, 1));
});

contract!(compaction_gives_room_back_and_keeps_every_object, |engine, vault| {
    vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let mut objects = Vec::new();
    for number in 0..6 {
        objects.push(vault.put(&case(1), noise(100_000, number)).await.unwrap());
    }
    for object in &objects[..3] {
        vault.purge_object(&case(1), object).await.unwrap();
    }
    vault.compact(now(0)).await.unwrap();
    for (number, object) in (0..).zip(&objects) {
        match vault.read(&case(1), object).await {
            Ok(bytes) => assert!(number >= 3 && bytes == noise(100_000, number)),
            Err(error) => assert!(number < 3 && matches!(error, ReadError::Purged { .. }), "{}: {error}", engine.name),
        }
    }
    let report = vault.verify().await.unwrap();
    assert_eq!((report.problems, report.unreferenced_bytes), (vec![], 0), "{}", engine.name);
    assert_eq!(vault.compact(now(0)).await.unwrap().freed, 0);
    let kept = vault.put(&case(1), noise(10, 99)).await.unwrap();
    let engine = open(engine).await;
    assert_eq!(engine.vault.read(&case(1), &kept).await.unwrap(), noise(10, 99));
});

contract!(a_job_is_done_by_one_worker, |engine, vault| {
    for number in 0..20 {
        vault.enqueue("text", &serde_json::json!({ "object": number }), now(number)).await.unwrap();
    }
    vault.enqueue("thumbnail", &serde_json::json!(null), now(0)).await.unwrap();
    let workers: Vec<_> = (0..4)
        .map(|worker| {
            let vault = vault.clone();
            tokio::spawn(async move {
                let (name, mut found) = (format!("worker {worker}"), Vec::new());
                while let Some(job) = vault.claim(&name, &["text"], MINUTE, now(100)).await.unwrap() {
                    found.push(job.payload["object"].as_i64().unwrap());
                    assert!(vault.done(&job.id, &name).await.unwrap());
                }
                found
            })
        })
        .collect();
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    all.sort_unstable();
    assert_eq!(all, (0..20).collect::<Vec<i64>>(), "{}", engine.name);
    let counts = vault.job_counts().await.unwrap();
    assert_eq!(counts.len(), 1);
    assert_eq!((counts[0].kind.as_str(), counts[0].queued), ("thumbnail", 1));
});

contract!(a_job_whose_worker_ended_is_given_to_another, |engine, vault| {
    let id = vault.enqueue("text", &serde_json::json!(1), now(0)).await.unwrap();
    assert_eq!(vault.claim("a", &["other"], MINUTE, now(0)).await.unwrap(), None, "{}", engine.name);
    let job = vault.claim("a", &["text", "other"], MINUTE, now(0)).await.unwrap().unwrap();
    assert_eq!((job.id.as_str(), job.attempts, job.leased_until), (id.as_str(), 1, now(60)));
    assert_eq!(vault.claim("b", &["text"], MINUTE, now(59)).await.unwrap(), None);
    assert_eq!(vault.claim("b", &["text"], MINUTE, now(60)).await.unwrap().unwrap().attempts, 2);
    assert!(!vault.done(&id, "a").await.unwrap());
    assert!(vault.fail(&id, "b", "no text found", Some(now(90))).await.unwrap());
    assert_eq!(vault.claim("c", &["text"], MINUTE, now(89)).await.unwrap(), None);
    vault.claim("c", &["text"], MINUTE, now(90)).await.unwrap().unwrap();
    assert!(vault.fail(&id, "c", "no text found", None).await.unwrap());
    assert_eq!(vault.claim("c", &["text"], MINUTE, now(9_000)).await.unwrap(), None);
    assert_eq!(vault.job_counts().await.unwrap()[0].failed, 1);
});

contract!(a_restored_backup_equals_the_vault, |engine, vault| {
    let head = vault.create_case(&case(1), "Ana", vec![draft("one"), draft("two")]).await.unwrap();
    let object = vault.put(&case(1), noise(300_000, 1)).await.unwrap();
    let purged = vault.put(&case(1), noise(1000, 2)).await.unwrap();
    let index = IndexUpdate { add: vec![common::instance("1.2", "1.2.1", &object)], remove_objects: vec![] };
    let head = vault.append(&case(1), head, vec![draft("three")], index).await.unwrap();
    vault.purge_payload(&case(1), 1).await.unwrap();
    vault.purge_object(&case(1), &purged).await.unwrap();
    vault.enqueue("text", &serde_json::json!(7), now(0)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (file, home) = (folder.path().join("backup.zip"), folder.path().join("restored"));
    let edited = vault.home().join("knowledge/centers");
    std::fs::create_dir_all(&edited).unwrap();
    std::fs::write(edited.join("own.csv"), "id,name\nown,Our clinic\n").unwrap();
    std::fs::write(vault.home().join("knowledge/words.ftl"), noise(70_000, 4)).unwrap();
    let written = vault.backup(&file).await.unwrap();
    assert_eq!((written.cases, written.entries, written.objects), (1, 3, 2), "{}", engine.name);
    // Whatever storage it came from, a laptop can take it.
    assert_eq!(Vault::restore(&file, &home, Storage::Local).await.unwrap(), written);
    let restored = Vault::open(&home, engine.opening()).await.unwrap();
    let knowledge = std::fs::read_to_string(home.join("knowledge/centers/own.csv")).unwrap();
    assert_eq!(knowledge, "id,name\nown,Our clinic\n", "what a clinic edited comes along");
    assert_eq!(std::fs::read(home.join("knowledge/words.ftl")).unwrap(), noise(70_000, 4));
    assert_eq!(restored.ledger(&case(1)).await.unwrap(), vault.ledger(&case(1)).await.unwrap());
    assert_eq!(restored.cases().await.unwrap(), vault.cases().await.unwrap());
    assert_eq!(restored.head(&case(1)).await.unwrap(), Some(head));
    assert_eq!(restored.read(&case(1), &object).await.unwrap(), noise(300_000, 1));
    assert!(matches!(restored.read(&case(1), &purged).await, Err(ReadError::Purged { .. })));
    assert_eq!(restored.instances(&case(1), "1.2").await.unwrap().len(), 1);
    assert_eq!(restored.claim("w", &["text"], MINUTE, now(0)).await.unwrap().unwrap().payload, 7);
    assert!(restored.verify().await.unwrap().sound());
    assert!(Vault::restore(&file, &home, Storage::Local).await.is_err());
    restored.append(&case(1), head, vec![draft("four")], IndexUpdate::default()).await.unwrap();
    restored.put(&case(1), noise(10, 3)).await.unwrap();
    let onto = common::server().await;
    if let Some(storage) = onto {
        let home = folder.path().join("on the server");
        Vault::restore(&file, &home, storage).await.unwrap();
        let restored = Vault::open(&home, engine.opening()).await.unwrap();
        assert_eq!(restored.read(&case(1), &object).await.unwrap(), noise(300_000, 1));
        assert!(restored.verify().await.unwrap().sound());
    }
});

contract!(a_failed_source_costs_its_own_object_only, |engine, vault| {
    vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let writer = vault.object_writer(&case(1)).await.unwrap();
    let (short, long, good) = common::blocking(&writer, |w| {
        let bytes = noise(200_000, 1);
        let short = w.put_reader(&mut &bytes[..], 200_001);
        let long = w.put_reader(&mut &bytes[..], 199_999);
        let good = w.put_reader(&mut &bytes[..], 200_000).unwrap();
        w.finish().unwrap();
        (short, long, good)
    })
    .await;
    assert!(matches!(short, Err(WriteError::LengthChanged { .. })), "{}", engine.name);
    assert!(matches!(long, Err(WriteError::LengthChanged { .. })));
    assert_eq!(vault.read(&case(1), &good.object).await.unwrap(), noise(200_000, 1));
    assert!(vault.verify().await.unwrap().sound());
});

contract!(an_import_that_relied_on_a_purged_object_is_told_so, |engine, vault| {
    vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let object = vault.put(&case(1), noise(100, 1)).await.unwrap();
    let writer = vault.object_writer(&case(1)).await.unwrap();
    vault.purge_object(&case(1), &object).await.unwrap();
    let finished = common::blocking(&writer, |w| {
        assert!(!w.put(&noise(100, 1)).unwrap().new);
        w.finish()
    })
    .await;
    assert!(matches!(finished, Err(WriteError::PurgedMeanwhile)), "{}", engine.name);
});

contract!(several_threads_fill_several_batches_of_one_writer, |engine, vault| {
    vault.create_case(&case(1), "Ana", vec![]).await.unwrap();
    let writer = vault.object_writer(&case(1)).await.unwrap();
    let kept: Vec<_> = common::blocking(&writer, |w| {
        let threads: Vec<_> = (0..3_u64)
            .map(|thread| {
                let w = w.clone();
                std::thread::spawn(move || {
                    // The last hundred of each thread are the first hundred of the next.
                    (thread * 300..thread * 300 + 400)
                        .map(|seed| (seed, w.put(&noise(900, seed)).unwrap()))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let kept = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
        w.finish().unwrap();
        kept
    })
    .await;
    assert_eq!(kept.iter().filter(|(_, stored)| stored.new).count(), 1000, "{}", engine.name);
    for (seed, stored) in kept.iter().step_by(97) {
        assert_eq!(vault.read(&case(1), &stored.object).await.unwrap(), noise(900, *seed));
    }
    let report = vault.verify().await.unwrap();
    assert_eq!((report.objects, report.problems), (1000, vec![]));
});

const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);
