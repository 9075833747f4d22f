//! The tables of `knowledge/decide/`: the questions of the certainty check, what a decision aid must hold, and
//! words of what may be counted twice.

use consilium_casefile::decide::CHECKS;
use consilium_casefile::knowledge::{CertaintyQuestion, Criterion, Deciding, SameThing};

use super::{Problem, parts, rows, unique};

/// The levels of criteria.
const LEVELS: [&str; 3] = ["qualifying", "certifying", "quality"];

/// Reads the table `name` into its place. `Ok(false)`: there is no such table here.
pub(super) fn take(deciding: &mut Deciding, name: &str, text: &str) -> Result<bool, Problem> {
    match name {
        "decide/certainty.csv" => {
            let questions = rows(text, |row| {
                _ = row.confirmed("confidence")?;
                let (id, question) = (row.id("id")?, row.needed("question")?);
                Ok(CertaintyQuestion { id, question, help: row.needed("help")? })
            })?;
            deciding.certainty = unique(questions, |question| question.id.as_str())?;
        }
        "decide/standard.csv" => {
            let criteria = rows(text, |row| {
                _ = row.confirmed("confidence")?;
                let (level, check) = (row.one_of("level", &LEVELS)?, row.one_of("check", &CHECKS)?);
                let (id, label) = (row.id("id")?, row.needed("label")?);
                Ok(Criterion { id, level, label, help: row.needed("help")?, check })
            })?;
            deciding.criteria = unique(criteria, |criterion| criterion.id.as_str())?;
        }
        "decide/same.csv" => {
            let groups = rows(text, |row| {
                _ = row.confirmed("confidence")?;
                Ok(SameThing { id: row.id("id")?, words: parts(&row.needed("words")?, '|') })
            })?;
            deciding.same = unique(groups, |group| group.id.as_str())?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}
