//! Find: which centre's opinion is asked.

use std::sync::Arc;

use consilium_casefile::{Case, CaseId, Session, find};

use crate::App;
use crate::error::AppError;

impl App {
    /// Names the centre whose opinion is asked; an empty name takes it back.
    ///
    /// # Errors
    /// A refusal when the name is too long.
    pub async fn choose_center(&self, session: &Session, id: &CaseId, name: &str) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |_| Ok(vec![find::choose_center(name)?])).await
    }

    /// What is to be said of a centre by whose name nothing is known, where another name is near: that its order, its limits
    /// and its list are not used. `None` where it is known, or nothing is near.
    #[must_use]
    pub fn unknown_center(&self, name: &str) -> Option<String> {
        self.knowledge().unknown_center(name).map(|message| self.say(&message))
    }
}
