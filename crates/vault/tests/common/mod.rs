//! Vaults of every engine to check, and things to put into them.

#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part of it")]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

use std::io::{Read, Write};
use std::net::TcpStream;

use consilium_casefile::imaging::Instance;
use consilium_casefile::ledger::{Body, Draft, Entry, Payload};
use consilium_casefile::{ActorId, CaseId, Instant, ObjectId};
use consilium_vault::{ObjectStream, ObjectWriter, Opening, Protection, Storage, Vault};
use futures::TryStreamExt;
use tempfile::TempDir;

pub const PASSPHRASE: &str = "correct horse";

/// A fresh vault of one engine.
pub struct Engine {
    pub name: &'static str,
    pub vault: Vault,
    pub home: TempDir,
    pub sealed: bool,
}

/// Fresh vaults: local sealed, local plain, and on the peers where the environment names them.
pub async fn engines() -> Vec<Engine> {
    let mut engines =
        vec![engine("local, sealed", Storage::Local, true).await, engine("local, plain", Storage::Local, false).await];
    match server().await {
        Some(storage) => engines.push(engine("server, sealed", storage, true).await),
        None => {
            println!("skipped: PostgreSQL and object storage (CONSILIUM_TEST_POSTGRES and CONSILIUM_TEST_S3 unset)")
        }
    }
    engines
}

/// A database of its own on the test server, and a bucket of its own.
pub async fn server() -> Option<Storage> {
    let database = std::env::var("CONSILIUM_TEST_POSTGRES").ok()?;
    let endpoint = std::env::var("CONSILIUM_TEST_S3").ok()?;
    let name = format!("vault-{}", uuid::Uuid::new_v4().simple());
    let pool = sqlx::PgPool::connect(&database).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE \"{name}\""))).execute(&pool).await.unwrap();
    pool.close().await;
    make_bucket(&endpoint, &name);
    let (server, _) = database.rsplit_once('/').unwrap();
    let options = format!("endpoint={endpoint}&region=us-east-1&access_key_id=test&secret_access_key=test");
    Some(Storage::Server {
        database_url: format!("{server}/{name}"),
        objects_url: format!("s3://{name}/some/prefix?{options}"),
    })
}

fn make_bucket(endpoint: &str, name: &str) {
    let host = endpoint.strip_prefix("http://").unwrap();
    let mut server = TcpStream::connect(host).unwrap();
    write!(server, "PUT /{name} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    server.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 200 "), "{answer}");
}

pub async fn engine(name: &'static str, storage: Storage, sealed: bool) -> Engine {
    let home = tempfile::tempdir().unwrap();
    let protection = if sealed { Protection::Sealed { passphrase: PASSPHRASE.to_owned() } } else { Protection::Plain };
    let (vault, recovery) = Vault::create(home.path(), storage, protection).await.unwrap();
    assert_eq!(recovery.is_some(), sealed);
    Engine { name, vault, home, sealed }
}

impl Engine {
    pub fn opening(&self) -> Opening {
        if self.sealed { Opening::Passphrase(PASSPHRASE.to_owned()) } else { Opening::None }
    }
}

pub fn now(seconds: i64) -> Instant {
    Instant { micros: (1_790_000_000 + seconds) * 1_000_000, offset_minutes: 0 }
}

/// The same home, opened again.
pub async fn open(engine: Engine) -> Engine {
    let Engine { name, vault, home, sealed } = engine;
    vault.close().await;
    let opening = if sealed { Opening::Passphrase(PASSPHRASE.to_owned()) } else { Opening::None };
    let vault = Vault::open(home.path(), opening).await.unwrap();
    Engine { name, vault, home, sealed }
}

pub fn case(number: u8) -> CaseId {
    CaseId(format!("0190b2f0-0000-7000-8000-0000000000{number:02x}"))
}

pub fn draft(text: &str) -> Draft {
    Draft {
        at: Instant { micros: 1_790_000_000_000_000, offset_minutes: -300 },
        by: ActorId::from("owner"),
        kind: "about.opened".to_owned(),
        payload: Payload { salt: [7; 32], bytes: text.as_bytes().to_vec() },
    }
}

pub fn words(entries: &[Entry]) -> Vec<String> {
    entries
        .iter()
        .map(|e| match &e.body {
            Body::Here(payload) => String::from_utf8(payload.bytes.clone()).unwrap(),
            other => format!("{other:?}"),
        })
        .collect()
}

/// Bytes that do not repeat, the same for the same seed.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

pub fn instance(study: &str, sop: &str, object: &ObjectId) -> Instance {
    Instance {
        sop_instance_uid: sop.to_owned(),
        sop_class_uid: "1.2.840.10008.5.1.4.1.1.2".to_owned(),
        series_instance_uid: format!("{study}.9"),
        study_instance_uid: study.to_owned(),
        transfer_syntax_uid: "1.2.840.10008.1.2.1".to_owned(),
        number: Some(1),
        frames: 1,
        rows: Some(512),
        columns: Some(512),
        data_set_offset: 400,
        frame_ranges: vec![(1000, 524_288)],
        object: object.clone(),
        bytes: 525_288,
    }
}

/// Uses a writer the way an import does: on a thread that may block.
pub async fn blocking<T: Send + 'static>(
    writer: &ObjectWriter,
    work: impl FnOnce(ObjectWriter) -> T + Send + 'static,
) -> T {
    let writer = writer.clone();
    tokio::task::spawn_blocking(move || work(writer)).await.unwrap()
}

pub async fn collect(stream: ObjectStream) -> Vec<u8> {
    let pieces: Vec<Vec<u8>> = stream.pieces.try_collect().await.unwrap();
    assert!(pieces.iter().all(|p| p.len() <= 1024 * 1024));
    pieces.concat()
}
