//! The binary: arguments, configuration, progress bars. Every page action has a command, and every command calls the
//! same use-case as the page. Nothing is decided here.

/// Prints a line; a reader that went away (`| head`) is no fault.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

/// The same on standard error.
#[macro_export]
macro_rules! complain {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

mod arguments;
mod commands;
mod output;
mod reader;
mod unlock;

use std::process::ExitCode;

use clap::Parser;
use consilium_app::gather::Task;

use crate::arguments::{Arguments, Command};

fn main() -> ExitCode {
    // The reader of fragile files limits itself before anything else runs.
    let mut raw = std::env::args_os().skip(1);
    if let Some(task) = raw.next().and_then(|first| Task::named(first.to_str()?)) {
        return reader::run(task, raw.next());
    }
    let arguments = Arguments::parse();
    output::logging();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output::fault(&anyhow::Error::new(error)),
    };
    let json = arguments.json;
    match runtime.block_on(commands::run(arguments)) {
        Ok(code) => code,
        Err(error) => output::failure(&error, json),
    }
}

/// Started without a command: the pages, with the first-run page when there is no home yet.
fn default_command() -> Command {
    Command::Serve(arguments::Serve::default())
}
