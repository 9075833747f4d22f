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
}
