//! `case`: which cases there are, what one is about, and its questions.

use std::path::PathBuf;

use clap::Subcommand;

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
        /// Accept the date that this document proposes; without it, nothing is accepted.
        #[arg(long, value_name = "DOCUMENT", requires_all = ["at", "accept_as"], conflicts_with_all = ["start", "safe_wait"])]
        accept: Option<String>,
        /// First character of the words that propose it, as “case dates” lists it.
        #[arg(long, value_name = "START", requires = "accept")]
        at: Option<usize>,
        /// What to accept it as.
        #[arg(long = "as", value_parser = ["start", "wait"], requires = "accept")]
        accept_as: Option<String>,
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
        /// When the doctor said so.
        #[arg(long, default_value = "")]
        said_on: String,
    },
    /// State which cancer the case is about.
    Cancer {
        /// Short name.
        name: String,
        /// Cancer site, an id of cancer-sites.csv such as breast; without it: not sure.
        #[arg(long)]
        site: Option<String>,
        /// In your own words.
        #[arg(long, default_value = "")]
        words: String,
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
    /// The list of questions: look at it, move one, take one off.
    Question {
        /// Which.
        #[command(subcommand)]
        command: Question,
    },
    /// Write the ledger of a case as a file that a stranger checks with “consilium verify --ledger”.
    ExportLedger {
        /// Short name.
        name: String,
        /// The file to write.
        #[arg(short, long)]
        output: PathBuf,
        /// Also what each entry says: names, facts, questions. Without it, the file holds dates, kinds and hashes only.
        #[arg(long)]
        with_contents: bool,
    },
}

/// `case question`
#[derive(Debug, Subcommand)]
pub enum Question {
    /// The questions in their order, with their ids.
    List {
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take a question off the list.
    Remove {
        /// The question.
        question: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Move a question to another place.
    Move {
        /// The question.
        question: String,
        /// Its new place, counted from 1.
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        place: u32,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
}
