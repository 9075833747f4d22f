//! `choose`: the options and their numbers, what matters, the decision and the hand-over.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `choose`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Choose {
    /// Short name of the case.
    #[arg(long, required = true)]
    pub case: Option<String>,
    /// Lay the patient's days and limits over the options before the partner has spoken, too.
    #[arg(long)]
    pub days: bool,
    /// What to do; without one, everything of the decision is printed.
    #[command(subcommand)]
    pub command: Option<Choosing>,
}

/// What to do about a decision.
#[derive(Debug, Subcommand)]
pub enum Choosing {
    /// Print the sheet that the opinions give, to go over and write down.
    Propose {
        /// Number of an opinion: print the sheet as it is kept, with what this opinion says put behind it.
        #[arg(long, value_name = "OPINION")]
        add: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Write the sheet down from a file (`-`: standard input), in the form of docs/deciding.md; without one, print it.
    Sheet {
        /// The file: JSON.
        file: Option<PathBuf>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Say what matters to a voice, from a file in the form of docs/deciding.md; without one, print what it said.
    Values {
        /// The file: JSON.
        file: Option<PathBuf>,
        /// patient or partner, to print.
        #[arg(long, default_value = "patient")]
        voice: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Show which option has which number before anybody said what matters.
    Numbers {
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Say how certain somebody is: ids of questions answered with yes, and with no.
    Certain {
        /// Questions answered with yes.
        #[arg(long, value_delimiter = ',')]
        yes: Vec<String>,
        /// Questions answered with no.
        #[arg(long, value_delimiter = ',')]
        no: Vec<String>,
        /// before or after looking at the options.
        #[arg(long, default_value = "before")]
        moment: String,
        /// patient or partner.
        #[arg(long, default_value = "patient")]
        voice: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Print what the points of one voice say about the numbers. It decides nothing.
    Picture {
        /// patient or partner.
        #[arg(long, default_value = "patient")]
        voice: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Write a decision down from a file (`-`: standard input), in the form of docs/deciding.md.
    Decision {
        /// The file: JSON.
        file: PathBuf,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take a decision back that was written by mistake and told to nobody.
    Mistaken {
        /// Number of the decision.
        decision: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Print the letter to one who is told of a decision, or write it as a page (PDF).
    Letter {
        /// Number of the decision.
        decision: String,
        /// To whom, as the decision names them.
        #[arg(long)]
        to: String,
        /// Where to write the page.
        #[arg(short, long)]
        output: Option<PathBuf>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Say that the letter was sent.
    Told {
        /// Number of the decision.
        decision: String,
        /// To whom, as the decision names them.
        #[arg(long)]
        to: String,
        /// The day; without it, today.
        #[arg(long)]
        on: Option<String>,
        /// How: fax, portal message.
        #[arg(long, default_value = "")]
        way: String,
        /// The words that were sent (a text file); without it, the letter as it is now.
        #[arg(long)]
        words: Option<PathBuf>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Put something on the list of the hand-over.
    HandOver {
        /// What.
        what: String,
        /// task, appointment, order, record, tissue or authorization; of a new line, task where it is not said.
        #[arg(long)]
        kind: Option<String>,
        /// Who does it.
        #[arg(long)]
        owner: Option<String>,
        /// By when.
        #[arg(long)]
        due: Option<String>,
        /// Write this line anew instead of adding one; what is not named stays as it was.
        #[arg(long)]
        over: Option<String>,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Say what somebody answered to a line of the hand-over.
    Answered {
        /// Number of the line.
        item: String,
        /// confirmed, declined or done.
        #[arg(long, default_value = "confirmed")]
        state: String,
        /// Who said so.
        #[arg(long)]
        by: String,
        /// The day; without it, today.
        #[arg(long)]
        on: Option<String>,
        /// How.
        #[arg(long, default_value = "")]
        way: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Take a line of the hand-over out.
    Drop {
        /// Number of the line.
        item: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
}
