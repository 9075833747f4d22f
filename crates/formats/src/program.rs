//! Runs a program of the system as a child with limits on memory, time and what it writes: bytes to its standard
//! input, bytes from its standard output. What must not live here: which program, and what its answer means.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
#[cfg(target_os = "linux")]
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// How often a stop is looked for.
const LOOK: Duration = Duration::from_millis(50);

/// What a child may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    /// Address space, bytes. Kept on Linux.
    pub(crate) memory: u64,
    /// Processor time, seconds. Kept on Linux.
    pub(crate) seconds: u64,
    /// Wall-clock time.
    pub(crate) patience: Duration,
    /// Longest answer, bytes; a longer one is a failure.
    pub(crate) longest_answer: u64,
    /// Largest file it may write, bytes. Kept on Linux.
    pub(crate) largest_file: u64,
}

/// Why a child gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// It could not be started.
    NotStarted,
    /// The stop flag was set.
    Stopped,
    /// It took longer than allowed.
    TooLong,
    /// It ended with an error, or answered more than allowed.
    Failed,
}

/// The first program of this name on the search path.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).filter(|folder| folder.is_absolute()).map(|f| f.join(&file)).find(|p| p.is_file())
}

/// Runs a child with `input` and waits for what it prints. It gets no environment but the search path and what the
/// command sets, and is killed when it takes too long, when `stop` is set, and (on Linux) when this program dies.
pub(crate) fn run(
    command: &Command,
    input: &[u8],
    allowance: &Allowance,
    stop: &AtomicBool,
) -> Result<Vec<u8>, NoAnswer> {
    let set: Vec<_> =
        command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
    if !Path::new(command.get_program()).is_file() {
        return Err(NoAnswer::NotStarted);
    }
    let mut command = bound_to_us(command);
    command.env_clear().envs(set).env("LC_ALL", "C");
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = spawned.map_err(|_| NoAnswer::NotStarted)?;
    limit(&child, allowance);
    let answer = converse(&mut child, input, allowance, stop);
    if answer.is_err() {
        let _ = child.kill();
    }
    let ended = child.wait();
    let answer = answer?;
    let whole = (answer.len() as u64) < allowance.longest_answer;
    match ended {
        Ok(status) if whole && status.success() => Ok(answer),
        // What a program that starts others says when it could not.
        Ok(status) if answer.is_empty() && matches!(status.code(), Some(126 | 127)) => Err(NoAnswer::NotStarted),
        _ => Err(NoAnswer::Failed),
    }
}

/// The same command, started by `setpriv` (util-linux) so that the system kills it when the thread that waits for it
/// is gone: what nobody waits for must not go on computing. Where there is no such program it is started as it is.
fn bound_to_us(command: &Command) -> Command {
    #[cfg(target_os = "linux")]
    if let Some(starter) = starter() {
        let mut bound = Command::new(starter);
        bound.args(DIE_WITH_PARENT).arg(command.get_program()).args(command.get_args());
        return bound;
    }
    let mut plain = Command::new(command.get_program());
    plain.args(command.get_args());
    plain
}

#[cfg(target_os = "linux")]
const DIE_WITH_PARENT: [&str; 3] = ["--pdeathsig", "KILL", "--"];

/// A `setpriv` that knows how: looked for once, for there are small ones that do not.
#[cfg(target_os = "linux")]
fn starter() -> Option<&'static PathBuf> {
    static STARTER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let (found, nothing) = (on_path("setpriv")?, on_path("true")?);
        let mut tried = Command::new(&found);
        tried.args(DIE_WITH_PARENT).arg(nothing);
        let tried = tried.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success()).then_some(found)
    };
    STARTER.get_or_init(find).as_ref()
}

fn converse(child: &mut Child, input: &[u8], allowance: &Allowance, stop: &AtomicBool) -> Result<Vec<u8>, NoAnswer> {
    let mut into = child.stdin.take().ok_or(NoAnswer::NotStarted)?;
    let output = child.stdout.take().ok_or(NoAnswer::NotStarted)?;
    let longest = allowance.longest_answer;
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A child that gives up early closes its end; that is its answer.
            let _ = into.write_all(input);
        });
        scope.spawn(move || {
            let mut answer = Vec::new();
            let read = output.take(longest).read_to_end(&mut answer);
            let _ = sender.send(read.map(|_| answer));
        });
        let mut waited = Duration::ZERO;
        let answer = loop {
            match receiver.recv_timeout(LOOK) {
                Err(RecvTimeoutError::Timeout) if stop.load(Ordering::Relaxed) => break Err(NoAnswer::Stopped),
                Err(RecvTimeoutError::Timeout) if waited >= allowance.patience => break Err(NoAnswer::TooLong),
                Err(RecvTimeoutError::Timeout) => waited += LOOK,
                Ok(Ok(answer)) => break Ok(answer),
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => break Err(NoAnswer::Failed),
            }
        };
        // Ends the two threads that still wait for it; also when it has more to say than is listened to.
        if answer.as_ref().map_or(true, |answer| answer.len() as u64 >= longest) {
            let _ = child.kill();
        }
        answer
    })
}

/// Sets what the system keeps. A limit that cannot be set is not fatal: the clock still runs.
#[cfg(target_os = "linux")]
fn limit(child: &Child, allowance: &Allowance) {
    use rlimit::{Resource, prlimit};
    let Ok(id) = i32::try_from(child.id()) else { return };
    let Allowance { memory, seconds, largest_file, .. } = *allowance;
    let limits =
        [(Resource::AS, memory), (Resource::CPU, seconds), (Resource::FSIZE, largest_file), (Resource::CORE, 0)];
    for (resource, most) in limits {
        let _ = prlimit(id, resource, Some((most, most)), None);
    }
}

#[cfg(not(target_os = "linux"))]
fn limit(_: &Child, _: &Allowance) {}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const SMALL: Allowance = Allowance {
        memory: 1 << 30,
        seconds: 5,
        patience: Duration::from_millis(300),
        longest_answer: 1000,
        largest_file: 0,
    };

    fn answer(script: &str, input: &[u8], stop: bool) -> Result<String, NoAnswer> {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(script);
        run(&command, input, &SMALL, &AtomicBool::new(stop)).map(|answer| String::from_utf8_lossy(&answer).into_owned())
    }

    #[test]
    fn what_a_program_prints_is_its_answer() {
        assert_eq!(answer("cat", b"in and out", false).unwrap(), "in and out");
        assert_eq!(answer("echo early; exec 0<&-", &[0; 1 << 20], false).unwrap(), "early\n");
    }

    #[test]
    fn a_program_that_hangs_floods_fails_or_is_not_there_costs_its_answer_only() {
        assert_eq!(answer("exec tail -f /dev/null", b"", false), Err(NoAnswer::TooLong));
        assert_eq!(answer("exec tail -f /dev/null", b"", true), Err(NoAnswer::Stopped));
        assert_eq!(answer("exec cat /dev/zero", b"", false), Err(NoAnswer::Failed));
        assert_eq!(answer("exit 3", b"", false), Err(NoAnswer::Failed));
        for absent in ["/nowhere/to/be/found", "/etc/passwd"] {
            let answer = run(&Command::new(absent), b"", &SMALL, &AtomicBool::new(false));
            assert_eq!(answer, Err(NoAnswer::NotStarted), "{absent}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_program_may_not_write_files_it_was_not_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("written");
        let script = format!("read line; exec head -c 4096 /dev/zero > '{}'", file.display());
        assert_eq!(answer(&script, b"go\n", false), Err(NoAnswer::Failed));
        assert_eq!(std::fs::metadata(file).unwrap().len(), 0);
    }

    /// Names the file into which the program that the test below starts writes its number.
    #[cfg(target_os = "linux")]
    const NUMBER_INTO: &str = "CONSILIUM_TEST_NUMBER_INTO";

    /// The one that dies, in a process of its own; nothing to do otherwise.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_program_that_waits_for_another() {
        let Some(file) = std::env::var_os(NUMBER_INTO) else { return };
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg("echo $$ > \"$0.new\" && mv \"$0.new\" \"$0\" && exec tail -f /dev/null").arg(file);
        let patient = Allowance { patience: Duration::from_secs(60), largest_file: 100, ..SMALL };
        let _ = run(&command, b"", &patient, &AtomicBool::new(false));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_program_dies_with_the_one_that_waits_for_it() {
        if starter().is_none() {
            println!("skipped: setpriv is not here");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("number");
        let mut parent = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "program::tests::a_program_that_waits_for_another"])
            .env(NUMBER_INTO, &file)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let (_sender, never) = mpsc::channel::<()>();
        let until = |done: &dyn Fn() -> bool| (0..600).any(|_| done() || never.recv_timeout(LOOK).is_ok());
        assert!(until(&|| file.exists()), "it was started");
        let number = std::fs::read_to_string(&file).unwrap();
        let running = Path::new("/proc").join(number.trim()).join("cmdline");
        let runs = || std::fs::read(&running).is_ok_and(|line| !line.is_empty());
        assert!(runs());
        parent.kill().unwrap();
        parent.wait().unwrap();
        assert!(until(&|| !runs()), "nobody waits for it any more");
    }

    #[test]
    fn a_program_is_found_by_its_name() {
        assert!(on_path("sh").is_some_and(|path| path.is_absolute()));
        assert_eq!(on_path("no program has this name"), None);
    }
}
