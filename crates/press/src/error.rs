//! What can go wrong when pages are set. Messages name no person and quote no record.

/// Why pages could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    /// There is no template of this name.
    #[error("there is no page template called “{0}”; use one of the names the press lists")]
    UnknownTemplate(String),
    /// The values could not be handed to a template.
    #[error("the page could not be set because its values could not be written out: {0}")]
    Values(#[from] serde_json::Error),
    /// A template could not be set with these values.
    #[error("the page “{template}” could not be set ({why}); the program's own template is at fault, please report it")]
    Template {
        /// Name of the template.
        template: String,
        /// The typesetter's first complaint, without the values.
        why: String,
    },
    /// A picture could not be decoded.
    #[error("the picture could not be read; send the original file instead")]
    Picture,
    /// The finished pages could not be joined into one file.
    #[error("the pages could not be joined into one PDF ({0}); send the originals instead")]
    Join(String),
}
