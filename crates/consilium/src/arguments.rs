//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::gather_arguments;

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
    Check(gather_arguments::Check),
    /// The contact book: who holds records, and how to reach their departments.
    Holder {
        /// Which.
        #[command(subcommand)]
        command: gather_arguments::Holder,
    },
    /// Requests for records: what was asked of whom, letters, clocks.
    Request {
        /// Which.
        #[command(subcommand)]
        command: gather_arguments::Request,
    },
    /// Slides and blocks: the register and who holds what.
    Tissue {
        /// Which.
        #[command(subcommand)]
        command: gather_arguments::Tissue,
    },
    /// What a registration desk asks for; without options, what is stated.
    Register(gather_arguments::Register),
    /// Packets handed over, and what the other side confirmed.
    Deliver {
        /// Which.
        #[command(subcommand)]
        command: gather_arguments::Deliver,
    },
    /// Print the facts of files or texts, without a store: one JSON line each.
    Read(Read),
    /// What the records of a case say, with sources and contradictions.
    Facts(OfCase),
    /// The one-page summary of a case.
    Summary(OfCase),
    /// Write a case as standard data: mCODE, International Patient Summary, or full FHIR with every document.
    Export(Export),
    /// Read text in scans and photos of a case (needs the program tesseract).
    Recognise(OfCase),
    /// Make the packet for a cancer centre.
    Packet(Packet),
    /// Print a one-time link to the pages of a running server, for the owner or for a helper.
    Link(Link),
    /// Walk every ledger and every stored file and say whether all is as it was written.
    Verify,
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

/// `init`
#[derive(Debug, Args)]
pub struct Init {
    /// Store without encryption. Anybody who can read the folder can read the records.
    #[arg(long)]
    pub plain: bool,
    /// For a centre: keep rows in PostgreSQL, as postgres://user:password@host/database.
    #[arg(long, env = "CONSILIUM_DATABASE_URL", hide_env_values = true, requires = "objects")]
    pub database: Option<String>,
    /// For a centre: keep bytes in an S3 store, as s3://bucket/prefix?region=…&endpoint=…; credentials come from the
    /// environment.
    #[arg(long, env = "CONSILIUM_OBJECTS_URL", hide_env_values = true, requires = "database")]
    pub objects: Option<String>,
}

/// `passphrase`
#[derive(Debug, Args)]
pub struct Passphrase {
    /// File whose first line is the new passphrase (instead of asking for it).
    #[arg(long)]
    pub new_passphrase_file: Option<PathBuf>,
}

/// `recovery-sheet`
#[derive(Debug, Args)]
pub struct RecoverySheet {
    /// Write the sheet as a PDF that only you may read, instead of showing it here.
    #[arg(short, long)]
    pub output: Option<PathBuf>,
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

/// `case`
#[derive(Debug, Subcommand)]
pub enum Case {
    /// All cases, what blocks first.
    List,
    /// Open a new case.
    New {
        /// Short name.
        name: String,
        /// The patient's name.
        #[arg(long, default_value = "")]
        patient: String,
        /// Birth date, as 1971-03-14.
        #[arg(long, default_value = "")]
        born: String,
        /// Cancer site, such as breast.
        #[arg(long)]
        site: Option<String>,
    },
    /// Where a case stands and what it holds.
    Show {
        /// Short name.
        name: String,
    },
    /// Every entry of a case's ledger.
    History {
        /// Short name.
        name: String,
    },
    /// State whose case it is.
    Person {
        /// Short name.
        name: String,
        /// The patient's name; without it, the person the files propose is accepted.
        #[arg(long, default_value = "")]
        patient: String,
        /// Birth date, as 1971-03-14.
        #[arg(long, default_value = "")]
        born: String,
    },
    /// State when treatment is planned to start, and how long a named doctor said it is safe to wait.
    Dates {
        /// Short name.
        name: String,
        /// Planned start of treatment.
        #[arg(long)]
        start: Option<String>,
        /// What is planned to start.
        #[arg(long, default_value = "")]
        what: String,
        /// The doctor who said how long it is safe to wait.
        #[arg(long, default_value = "")]
        doctor: String,
        /// What the doctor said.
        #[arg(long)]
        safe_wait: Option<String>,
        /// The date it comes to.
        #[arg(long, default_value = "")]
        until: String,
    },
    /// Name the centre whose opinion is asked.
    Center {
        /// Short name.
        name: String,
        /// The centre.
        center: String,
    },
    /// Ask a question.
    Ask {
        /// Short name.
        name: String,
        /// The question.
        question: String,
    },
}

/// `decide`
#[derive(Debug, Subcommand)]
pub enum Decide {
    /// What was set aside and waits.
    List {
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// A group set aside belongs to this case.
    Mine {
        /// The group.
        group: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// A group set aside does not belong to this case.
    NotMine {
        /// The group.
        group: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take such a decision back.
    Reopen {
        /// The group.
        group: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Open a locked file with its password.
    Unlock {
        /// The group.
        group: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
        /// The password. Other users of this machine can see it while the program runs: --password-file hides it.
        #[arg(long, conflicts_with = "password_file")]
        password: Option<String>,
        /// File whose first line is the password. With neither, it is asked for.
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Every record with another name, or without birth date, is this person's.
    Unsure {
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Confirm or correct what a document is.
    Document {
        /// The document.
        document: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
        /// Kind, an id of document-kinds.csv.
        #[arg(long)]
        kind: Option<String>,
        /// Date of service.
        #[arg(long)]
        date: Option<String>,
        /// Author.
        #[arg(long)]
        author: Option<String>,
        /// Facility.
        #[arg(long)]
        facility: Option<String>,
    },
}

/// `packet`
#[derive(Debug, Args)]
pub struct Packet {
    /// The case.
    #[arg(long)]
    pub case: String,
    /// The centre it is for.
    #[arg(long = "for")]
    pub center: Option<String>,
    /// For a blind read: without documents that state another clinician's plan.
    #[arg(long)]
    pub blind: bool,
    /// Where to write it: a name that ends in .zip, or a folder.
    #[arg(short, long)]
    pub output: PathBuf,
}

/// `read`
#[derive(Debug, Args)]
pub struct Read {
    /// Files of any kind that can be imported.
    #[arg(required_unless_present = "jsonl")]
    pub files: Vec<PathBuf>,
    /// A file of lines {"id": …, "text": …}; “-” reads standard input.
    #[arg(long)]
    pub jsonl: Option<PathBuf>,
}

/// `export`
#[derive(Debug, Args)]
pub struct Export {
    /// The case.
    #[arg(long)]
    pub case: String,
    /// mcode, ips or fhir.
    #[arg(long = "as")]
    pub standard: String,
    /// The file to write.
    #[arg(short, long)]
    pub output: PathBuf,
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

/// `purge`
#[derive(Debug, Args)]
pub struct Purge {
    /// The document, the group set aside, the Study Instance UID of an imaging study, or a question that quotes what was
    /// deleted.
    pub id: String,
    /// The case.
    #[arg(long)]
    pub case: String,
    /// Yes, delete the bytes for good.
    #[arg(long)]
    pub yes: bool,
}
