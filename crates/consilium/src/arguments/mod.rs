//! What can be typed. The commands of a stage stand in a file of its name; here is what they have in common.

mod case;
mod choose;
mod compare;
mod facts;
pub mod gather;
mod keep;
mod receive;
mod records;
mod share;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use case::{Case, Question};
pub use choose::{Choose, Choosing};
pub use compare::{AboutOpinions, Compare};
pub use facts::{AboutFacts, Export, Facts, MedicineWord, Read, TreatmentWord, Word};
pub use keep::{Init, Passphrase, RecoverySheet, Verify};
pub use receive::Receive;
pub use records::{Decide, OneRecord, Purge, Record, Search};
pub use share::{Access, Packet};

/// Consilium: the workbench for a second opinion on a cancer diagnosis.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Arguments {
    /// Folder that holds all cases.
    #[arg(long, global = true, env = "CONSILIUM_HOME")]
    pub home: Option<PathBuf>,
    /// Answer in JSON, for programs.
    #[arg(long, global = true)]
    pub json: bool,
    /// File whose first line is the passphrase (instead of asking for it).
    #[arg(long, global = true, env = "CONSILIUM_PASSPHRASE_FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// What to do; without one, the pages are opened.
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Arguments {
    /// Nothing asked for: for a command that opens a home of its own.
    pub fn quiet() -> Self {
        Self { home: None, json: false, passphrase_file: None, command: None }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the fictitious demo case and open it in the browser.
    Demo(Demo),
    /// Serve the pages on this machine.
    Serve(Serve),
    /// Create the home for cases.
    Init(Init),
    /// Change the passphrase. The one of today (or the recovery key) is asked for, or read from --passphrase-file.
    Passphrase(Passphrase),
    /// Make a new recovery key and print its sheet; the sheet before opens the home no more.
    RecoverySheet(RecoverySheet),
    /// Import files, folders, discs, ZIP and ISO images into a case. Safe to repeat.
    Import(Import),
    /// Cases: list, show, open a new one, history.
    Case {
        /// Which.
        #[command(subcommand)]
        command: Case,
    },
    /// What still waits for a person in a case, and decisions about it.
    Decide {
        /// Which.
        #[command(subcommand)]
        command: Decide,
    },
    /// What the centre needs, what of it is here, and what blocks. Exits 0 only when everything required is here.
    Check(gather::Check),
    /// The contact book: who holds records, and how to reach their departments.
    Holder {
        /// Which.
        #[command(subcommand)]
        command: gather::Holder,
    },
    /// Requests for records: what was asked of whom, letters, clocks.
    Request {
        /// Which.
        #[command(subcommand)]
        command: gather::Request,
    },
    /// Slides and blocks: the register and who holds what.
    Tissue {
        /// Which.
        #[command(subcommand)]
        command: gather::Tissue,
    },
    /// What a registration desk asks for; without options, what is stated.
    Register(gather::Register),
    /// Packets handed over, and what the other side confirmed.
    Deliver {
        /// Which.
        #[command(subcommand)]
        command: gather::Deliver,
    },
    /// Print the facts of files or texts, without a store: one JSON line each.
    Read(Read),
    /// A record of a case: whose it is, out of the case and back.
    Record {
        /// Which.
        #[command(subcommand)]
        command: Record,
    },
    /// Find records of a case by words in them.
    Search(Search),
    /// What the records of a case say, with sources and contradictions; and what you say of it.
    Facts(Facts),
    /// The one-page summary of a case.
    Summary(OfCase),
    /// Opinions: written down, and laid side by side.
    Compare(Compare),
    /// The options side by side, what matters, the decision, its letters and the hand-over.
    Choose(Choose),
    /// Write a case as standard data: mCODE, International Patient Summary, or full FHIR with every document.
    Export(Export),
    /// Read text in scans and photos of a case (needs the program tesseract).
    Recognise(OfCase),
    /// Make the packet for a cancer centre.
    Packet(Packet),
    /// Open a packet that somebody sent, with every item accounted for; give a receipt for it.
    Receive(Receive),
    /// Print a one-time link to the pages of a running server, for the owner or for a helper.
    Link(Link),
    /// Who may look at a case.
    Access {
        /// Which.
        #[command(subcommand)]
        command: Access,
    },
    /// Walk every ledger and every stored file and say whether all is as it was written; or check an exported ledger.
    Verify(Verify),
    /// Write the whole home into one file.
    Backup {
        /// The file.
        file: PathBuf,
    },
    /// Restore a backup into a new home.
    Restore {
        /// The backup.
        file: PathBuf,
    },
    /// Delete the bytes of a document, a group set aside or an imaging study for good; a tombstone stays.
    Purge(Purge),
    /// Rewrite stores so that deleted bytes, and those of imports that were never completed, are gone from the disk.
    Compact,
    /// Build the index of images again from the ledgers; nothing else is touched.
    Reindex,
    /// List the addresses of the pages.
    Routes,
    /// Write the demo's files into a folder, without a case.
    #[command(hide = true)]
    Shoebox {
        /// The folder.
        folder: PathBuf,
    },
    /// Write a large disc of CT slices, for measuring.
    #[command(hide = true)]
    BenchDisc {
        /// The folder.
        folder: PathBuf,
        /// How many slices.
        #[arg(long, default_value_t = 2000)]
        slices: u32,
    },
}

/// `demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Address to serve on.
    #[arg(long, default_value = "127.0.0.1:7700")]
    pub bind: SocketAddr,
    /// Do not open a browser.
    #[arg(long)]
    pub no_open: bool,
    /// Make the case and stop, without serving it.
    #[arg(long)]
    pub no_serve: bool,
    /// The demo's "today".
    #[arg(long)]
    pub today: Option<String>,
}

/// `serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Address to serve on.
    #[arg(long, default_value = "127.0.0.1:7700")]
    pub bind: SocketAddr,
    /// Do not open a browser.
    #[arg(long)]
    pub no_open: bool,
}

impl Default for Serve {
    fn default() -> Self {
        Self { bind: SocketAddr::from(([127, 0, 0, 1], 7700)), no_open: false }
    }
}

/// `import`
#[derive(Debug, Args)]
pub struct Import {
    /// Files and folders.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// The case; opened when there is none of that name.
    #[arg(long)]
    pub case: String,
    /// A password to try on locked files; may be given several times. Other users of this machine can see it while
    /// the program runs: --password-file hides it from them.
    #[arg(long = "password")]
    pub passwords: Vec<String>,
    /// File with a password on each line, to try on locked files.
    #[arg(long)]
    pub password_file: Option<PathBuf>,
}

/// A command about one case.
#[derive(Debug, Args)]
pub struct OfCase {
    /// The case.
    #[arg(long)]
    pub case: String,
}

/// `link`
#[derive(Debug, Args)]
pub struct Link {
    /// The case the link is for; without it, the link is the owner's.
    #[arg(long)]
    pub case: Option<String>,
    /// Who gets it: owner, helper, specialist or blind-reader. Without it: the owner, or a helper when --case is given.
    #[arg(long)]
    pub audience: Option<String>,
    /// Whom it is for, in your words.
    #[arg(long, default_value = "helper")]
    pub label: String,
}
