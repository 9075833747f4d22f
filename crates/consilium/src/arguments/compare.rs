//! `compare`: opinions written down, and laid side by side.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `compare`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Compare {
    /// Short name of the case.
    #[arg(long, required = true)]
    pub case: Option<String>,
    /// What to do; without one, the opinions stand side by side.
    #[command(subcommand)]
    pub command: Option<AboutOpinions>,
}

/// What to do with opinions.
#[derive(Debug, Subcommand)]
pub enum AboutOpinions {
    /// Write an opinion down from a file (`-`: from standard input), in the form of docs/comparing.md.
    Add {
        /// The file: JSON.
        file: PathBuf,
        /// Write this opinion anew instead of adding one.
        #[arg(long)]
        over: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Print what a record says in the form of an opinion, to go over and add.
    Propose {
        /// Number of the document.
        document: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Print an opinion as it was written down.
    Show {
        /// Number of the opinion.
        opinion: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take an opinion back.
    Remove {
        /// Number of the opinion.
        opinion: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Keep an opinion from the doctors of other opinions: they read blind.
    Seal {
        /// Number of the opinion.
        opinion: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Open a sealed opinion to them.
    Open {
        /// Number of the opinion.
        opinion: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Print the questions to each doctor and the points for a joint talk.
    Questions {
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Write the letter with the questions to the doctor of an opinion (PDF).
    Letter {
        /// Number of the opinion.
        opinion: String,
        /// Where to write it.
        #[arg(short, long)]
        output: PathBuf,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Write the points for a joint talk (PDF).
    Agenda {
        /// Where to write them.
        #[arg(short, long)]
        output: PathBuf,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Say how the opinions stand to each other on a line, and what a difference is. Without any of the options, what was said
    /// before is taken back.
    Judge {
        /// The dimension: grade, stage, biomarkers, plan...
        dimension: String,
        /// Its line: er, chemotherapy...
        item: Option<String>,
        /// agree, detail, conflict or not_comparable.
        #[arg(long)]
        relation: Option<String>,
        /// data, reading, judgement, goal or unclear.
        #[arg(long)]
        kind: Option<String>,
        /// major or minor.
        #[arg(long)]
        weight: Option<String>,
        /// Why, in your words.
        #[arg(long)]
        note: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
}
