//! A typed reason on its way to a sentence: a key into the Fluent files of `knowledge/wording` and its arguments.

use serde::{Deserialize, Serialize};

/// A key of `knowledge/wording/<language>/*.ftl` with its arguments. Rules return these; sentences live in the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Fluent message id, for example `next-gather-first-files`.
    pub key: String,
    /// Named arguments, already as text (dates in ISO form, counts in digits).
    pub args: Vec<(String, String)>,
}

impl Message {
    /// A message without arguments.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self { key: key.to_owned(), args: Vec::new() }
    }

    /// The same message with one more argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }
}

/// The person can do something else: a typed reason why a use-case did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.key)]
pub struct Refusal(pub Message);

impl Refusal {
    /// A refusal with the given message key.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self(Message::new(key))
    }

    /// The same refusal with one more argument for its sentence.
    #[must_use]
    pub fn with(self, name: &str, value: impl ToString) -> Self {
        Self(self.0.with(name, value))
    }
}
