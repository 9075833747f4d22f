//! `decide`, `record`, `search`, `purge`: what is in a case, and what a person says about a file.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
    /// Confirm or correct what a document is. Whose it is: “record mine”.
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

/// `record`
#[derive(Debug, Subcommand)]
pub enum Record {
    /// Say that a document or an imaging study is this person's.
    Mine(OneRecord),
    /// Take a document or an imaging study out of the case. Its bytes stay, and it can be put back.
    Remove(OneRecord),
    /// Put it back into the case.
    Restore(OneRecord),
}

/// A document or an imaging study.
#[derive(Debug, Args)]
pub struct OneRecord {
    /// The document, or the Study Instance UID of an imaging study.
    pub record: String,
    /// Short name of the case.
    #[arg(long)]
    pub case: String,
}

/// `search`
#[derive(Debug, Args)]
pub struct Search {
    /// Words that must all stand in a record, each at the beginning of a word. A phrase in quotation marks stands as it
    /// is: consilium search --case NAME '"margins negative"'. With “-”, they are read from standard input, so that other
    /// users of this machine do not see them.
    #[arg(required = true)]
    pub words: Vec<String>,
    /// Short name of the case.
    #[arg(long)]
    pub case: String,
    /// Leave out so many records that are found first.
    #[arg(long, default_value_t = 0)]
    pub from: usize,
    /// How many records to show, at most 200.
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
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
