//! Words as they are compared: without capitals and signs.

/// The words of a text, lower case.
pub(super) fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The words of a text with a blank around each, so that a phrase is found as whole words.
pub(crate) fn folded(text: &str) -> String {
    format!(" {} ", words_of(text).join(" "))
}
