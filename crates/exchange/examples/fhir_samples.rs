//! Writes the sample cases as mCODE, IPS and full bundles into a folder, for the judges in `tests/fhir`:
//! `cargo run -p consilium-exchange --example fhir_samples -- FOLDER`.

#[path = "../tests/fhir/samples.rs"]
mod samples;

use std::path::PathBuf;
use std::process::ExitCode;

use consilium_exchange::fhir::{full, ips, mcode};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else { return ExitCode::from(2) };
    if std::fs::create_dir_all(&folder).is_err() {
        return ExitCode::FAILURE;
    }
    for (name, export) in samples::all() {
        for (form, bundle) in [("mcode", mcode(&export)), ("ips", ips(&export)), ("full", full(&export))] {
            let Ok(bundle) = bundle else { return ExitCode::FAILURE };
            let Ok(text) = serde_json::to_string_pretty(&bundle) else { return ExitCode::FAILURE };
            if std::fs::write(folder.join(format!("{name}.{form}.json")), text).is_err() {
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
