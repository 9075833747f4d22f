//! Measures an import: 2,000 random objects of 525 KB put by two threads into a fresh vault, sealed and plain, durable
//! at the end. `cargo run --release -p consilium-vault --example put_bench [FOLDER]`; the folder should lie on the disk
//! to measure and is emptied afterwards.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

use std::time::Instant;

use consilium_casefile::CaseId;
use consilium_vault::{Protection, Storage, Vault};

const OBJECTS: usize = 2000;
const BYTES: usize = 525_000;
const THREADS: usize = 2;

#[tokio::main]
async fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    // One pool of noise; objects are windows of it, so that making them costs nothing while the clock runs.
    let mut noise = vec![0; BYTES + OBJECTS * 64];
    blake3::Hasher::new().finalize_xof().fill(&mut noise);
    let noise = std::sync::Arc::new(noise);
    for round in 0..3 {
        for (name, protection) in
            [("sealed", Protection::Sealed { passphrase: "bench".to_owned() }), ("plain", Protection::Plain)]
        {
            let home = tempfile::tempdir_in(&folder).unwrap();
            let (vault, _) = Vault::create(home.path(), Storage::Local, protection).await.unwrap();
            let case = CaseId::from("0190b2f0-0000-7000-8000-000000000001");
            vault.create_case(&case, "bench", vec![]).await.unwrap();
            let writer = vault.object_writer(&case).await.unwrap();
            let noise = noise.clone();
            let seconds = tokio::task::spawn_blocking(move || {
                let start = Instant::now();
                std::thread::scope(|scope| {
                    for thread in 0..THREADS {
                        let (writer, noise) = (writer.clone(), &noise);
                        scope.spawn(move || {
                            for number in (thread..OBJECTS).step_by(THREADS) {
                                writer.put(&noise[number * 64..number * 64 + BYTES]).unwrap();
                            }
                        });
                    }
                });
                writer.finish().unwrap();
                start.elapsed().as_secs_f64()
            })
            .await
            .unwrap();
            let rate = (OBJECTS * BYTES) as f64 / 1e6 / seconds;
            println!("round {round} {name}: {seconds:.2} s, {rate:.0} MB/s");
            if round == 0 && name == "sealed" {
                let start = Instant::now();
                let report = vault.verify().await.unwrap();
                println!(
                    "verify: {:.2} s, {} objects, sound: {}",
                    start.elapsed().as_secs_f64(),
                    report.objects,
                    report.sound()
                );
            }
            vault.close().await;
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("peak memory not known here"));
}
