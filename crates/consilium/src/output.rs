//! How results, refusals and faults look on a terminal and in JSON.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use consilium_app::AppError;
use serde::Serialize;
use tracing_subscriber::EnvFilter;

/// Logs go to standard error, warnings and worse unless `CONSILIUM_LOG` says otherwise. What is never logged stands in
/// docs/logging.md.
pub fn logging() {
    let filter = EnvFilter::try_from_env("CONSILIUM_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    // A second call (in tests) changes nothing.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

/// Writes a file that is not there yet: whole or not at all, and for its owner's eyes.
///
/// # Errors
/// When something has the name already, or the machine refuses.
pub fn new_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let failed = || format!("{} could not be written", path.display());
    if std::fs::symlink_metadata(path).is_ok() {
        anyhow::bail!("{}: it is there already. Give another name, or take it away first", failed());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut part = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
    part.write_all(bytes).and_then(|()| part.as_file().sync_all()).with_context(failed)?;
    part.persist_noclobber(path).map_err(|refused| refused.error).with_context(failed)?;
    Ok(())
}

/// Prints a value as JSON.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    crate::say!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// A refusal is one clear line; a fault says it is ours. Both exit 1.
pub fn failure(error: &anyhow::Error, as_json: bool) -> ExitCode {
    let sentence = match error.downcast_ref::<AppError>() {
        Some(AppError::Refusal(refusal)) => sentence(&refusal.0),
        _ => format!("{error:#}"),
    };
    if as_json {
        crate::say!("{}", serde_json::json!({ "error": sentence }));
    }
    crate::complain!("{sentence}");
    ExitCode::from(1)
}

/// The sentence of a message, from the built-in wording: the home may not be open.
fn sentence(message: &consilium_app::casefile::Message) -> String {
    let loaded = consilium_app::knowledge::load(None);
    consilium_app::knowledge::Wording::new(&loaded.knowledge, "en").say(message)
}

/// Something of the machine's went wrong before anything began.
pub fn fault(error: &anyhow::Error) -> ExitCode {
    crate::complain!("{error:#}");
    ExitCode::from(1)
}

/// `1.2 GB`
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
    #[expect(clippy::cast_precision_loss, reason = "for show")]
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    if unit == 0 { format!("{count} {name}") } else { format!("{value:.1} {name}") }
}
