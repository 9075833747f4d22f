//! The child that reads one fragile file: limits itself, reads standard input, answers on standard output.

use std::ffi::OsString;
use std::io::{BufReader, BufWriter};
use std::process::ExitCode;

use consilium_app::casefile::records::FileFormat;
use consilium_app::gather::{Task, understand_in_child};

/// Address space, bytes.
const MEMORY: u64 = 2 << 30;
/// Processor time, seconds.
const SECONDS: u64 = 45;

/// Reads one file of the given format and answers.
pub fn run(task: Task, format: Option<OsString>) -> ExitCode {
    limit();
    let format = format.and_then(|f| f.into_string().ok());
    let format = format.and_then(|f| serde_json::from_value::<FileFormat>(serde_json::Value::String(f)).ok());
    let Some(format) = format else { return ExitCode::from(2) };
    let mut input = BufReader::new(std::io::stdin().lock());
    let mut output = BufWriter::new(std::io::stdout().lock());
    match understand_in_child(task, format, &mut input, &mut output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// No more memory, time, files or disk than reading one file needs. A limit that cannot be set is not fatal: the
/// parent's clock still runs.
fn limit() {
    #[cfg(unix)]
    {
        use rlimit::Resource;
        let _ = Resource::AS.set(MEMORY, MEMORY);
        let _ = Resource::CPU.set(SECONDS, SECONDS);
        let _ = Resource::FSIZE.set(0, 0);
        let _ = Resource::NOFILE.set(16, 16);
        let _ = Resource::CORE.set(0, 0);
    }
}
