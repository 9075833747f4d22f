//! `read`, `facts`, `export`: what records say, and what a person says of it. A fact is named by its document, its concept
//! and its first character, as `facts --json` gives them.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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

/// `facts`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Facts {
    /// The case.
    #[arg(long, required = true)]
    pub case: Option<String>,
    /// What to say about one.
    #[command(subcommand)]
    pub command: Option<AboutFacts>,
}

/// `facts …`
#[derive(Debug, Subcommand)]
pub enum AboutFacts {
    /// Say of a fact that it is right, or what the record says instead, or that the record does not say it.
    Judge {
        /// The document.
        document: String,
        /// The concept, an id of concepts.csv such as er.
        concept: String,
        /// First character of its words in the document's text.
        start: usize,
        /// Its value as facts --json has it, where several facts about it begin at this place.
        #[arg(long, value_name = "VALUE")]
        of: Option<String>,
        /// What you say.
        #[command(flatten)]
        word: Word,
        /// Whether the corrected value is said to be so; without it, what its words say.
        #[arg(long, conflicts_with_all = ["confirm", "reject", "back"], value_parser = POLARITIES)]
        polarity: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Type a fact that a record says and the program did not read.
    Type {
        /// The document.
        document: String,
        /// The concept, an id of concepts.csv such as er.
        concept: String,
        /// What the record says, with the unit: 3.1 cm, G3, left, 8500/3.
        value: String,
        /// Page, counted from 1.
        #[arg(long, default_value_t = 1)]
        page: u32,
        /// Where on the page, as parts of its width and height: left,top,right,bottom.
        #[arg(long)]
        region: Option<String>,
        /// The record says that it is not so.
        #[arg(long)]
        absent: bool,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take a typed fact back.
    Withdraw {
        /// The typed fact, “typed” in facts --json.
        fact: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Agree on the line of a medicine, or that it is not taken.
    Medicine {
        /// Its ingredient.
        ingredient: String,
        /// What you agree on.
        #[command(flatten)]
        word: MedicineWord,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// State a treatment that no record tells.
    Treated {
        /// The operation, the medicines, or what was irradiated.
        what: String,
        /// What kind of treatment.
        #[arg(long, value_parser = ["operation", "systemic", "radiation", "other"])]
        kind: String,
        /// Whether it was given.
        #[arg(long, default_value = "done", value_parser = ["done", "ongoing", "stopped", "planned", "declined"])]
        status: String,
        /// When, or when it began: a day, a month or a year.
        #[arg(long)]
        on: Option<String>,
        /// When it ended.
        #[arg(long)]
        until: Option<String>,
        /// Dose or cycles.
        #[arg(long, default_value = "")]
        dose: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take a stated treatment back.
    NotTreated {
        /// The treatment, “stated” in facts --json.
        treatment: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Say that a record does not say this about a treatment, or take that back.
    Treatment {
        /// The document.
        document: String,
        /// First character of its words in the document's text.
        start: usize,
        /// What you say.
        #[command(flatten)]
        word: TreatmentWord,
        /// Name of the treatment, where several begin at this place.
        #[arg(long)]
        what: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
}

/// Whether something is said to be so.
const POLARITIES: [&str; 5] = ["present", "absent", "not_tested", "insufficient", "uncertain"];

/// A person's word about a fact.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Word {
    /// It is what the record says.
    #[arg(long)]
    pub confirm: bool,
    /// The record says this instead.
    #[arg(long, value_name = "VALUE")]
    pub correct: Option<String>,
    /// The record does not say this.
    #[arg(long)]
    pub reject: bool,
    /// Take back what was said about it.
    #[arg(long)]
    pub back: bool,
}

/// A person's word about a medicine.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct MedicineWord {
    /// Taken so: dose, how and how often.
    #[arg(long)]
    pub line: Option<String>,
    /// Taken so, and no record names it: it is added to the list.
    #[arg(long, value_name = "LINE")]
    pub add: Option<String>,
    /// Not taken.
    #[arg(long)]
    pub not_taken: bool,
    /// Take the agreement back.
    #[arg(long)]
    pub back: bool,
}

/// A person's word about a treatment.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct TreatmentWord {
    /// The record does not say this.
    #[arg(long)]
    pub reject: bool,
    /// Take that back.
    #[arg(long)]
    pub back: bool,
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
