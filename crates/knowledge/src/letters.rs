//! The wording of letters, `letters/<language>/<letter>.letter`: a first line `Title: …`, then paragraphs separated by
//! blank lines. `{ name }` stands for what is filled in; a paragraph in which something is empty is left out. What is
//! filled in is checked here; how a letter looks is the press's business.

use consilium_casefile::knowledge::LetterText;

use crate::files::Problem;

/// What a letter may name.
pub const PLACEHOLDERS: &[&str] = &[
    "patient",
    "born",
    "patient_address",
    "patient_phone",
    "holder",
    "department",
    "center",
    "center_reach",
    "today",
    "items",
    "tissue",
    "needed_by",
    "needed_by_past",
    "sent_on",
    "due_on",
    "days",
    "days_late",
    "extended_to",
    "extension_reason",
    "return_by",
    "small_biopsy",
    "signer",
    "about_whom",
    "copy_to",
    "whose_name",
    "further",
    "authority",
    "expires",
    "purpose",
    "contacts",
    "accession_blank",
    "ask_center",
    "asked_on",
    "counted_from",
    "due_ahead",
    "due_past",
    "first_due",
    "late",
    "late_after_extension",
    "mailed_on",
    "mailing_days",
    "given_days",
    "noticed_on",
    "other_department",
    "reach_blank",
    "received_on",
    "undated_reason",
    "choice",
    "opinion_thanks",
    "decided_on",
    "doctor",
    "hand_over",
    "open_questions",
    "other_advice",
    "reasons",
    "revisit",
    "differences",
];

/// Reads one letter.
pub(crate) fn read(language: &str, id: &str, text: &str) -> Result<LetterText, Problem> {
    let mut lines = text.lines();
    let title = lines.next().and_then(|first| first.strip_prefix("Title:")).map(str::trim).unwrap_or_default();
    if title.is_empty() {
        return Err(Problem::at(1, 1, "begin with a line \"Title: what the letter is called\""));
    }
    for (line, number) in text.lines().zip(1_u64..) {
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('{') {
            let column = (line.len() - rest.len() + before.len()) as u64 + 1;
            let Some((name, behind)) = after.split_once('}') else {
                return Err(Problem::at(number, column, "this brace is not closed; write for example { patient }"));
            };
            let name = name.trim();
            if !PLACEHOLDERS.contains(&name) {
                let what =
                    format!("nothing of the name \"{name}\" is filled in; use one of: {}", PLACEHOLDERS.join(", "));
                return Err(Problem::at(number, column, what));
            }
            rest = behind;
        }
    }
    let body: Vec<&str> = lines.collect();
    let body = body.join("\n").trim().to_owned();
    if body.is_empty() {
        return Err(Problem::of_the_file(
            "the letter has no words; restore them or delete the file to use the built-in one",
        ));
    }
    Ok(LetterText { language: language.to_owned(), id: id.to_owned(), title: title.to_owned(), text: body })
}
