//! Report text → facts about the cancer, each with its span.
//!
//! A [`Reader`] is made once from the vocabulary tables and then reads any number of texts, each in one pass: words and
//! phrases, sections, and then one small grammar for each kind of fact. Precision comes before recall: what could be
//! meant otherwise is left out, and no category or stage is made up that nobody wrote. Pure: no files, no clock, no
//! network, and no panic whatever the text is.

mod alternatives;
mod attach;
mod background;
mod code_labels;
mod coded;
mod course;
mod cue_words;
mod dates;
mod disease;
mod elements;
mod germline;
mod gleason;
mod grade;
mod history;
mod invasion;
mod lexicon;
mod margins;
mod markers;
mod medication;
mod molecular;
mod names;
mod node_totals;
mod nodes;
mod numbers;
mod passages;
mod person;
mod phrases;
mod place;
mod plans;
mod quoted;
mod reader;
mod reading;
mod receptors;
mod relatives;
mod running_heads;
mod runs;
mod saying;
mod scan;
mod scope;
mod size;
mod statements;
mod text;
mod timing;
mod tnm;
mod treatment;

pub use coded::{Record, merge};
pub use history::History;
pub use reader::{READER_VERSION, Reader};
pub use reading::Reading;
pub use statements::{STATEMENTS_VERSION, Statements};
