//! The ground that tests inside this crate stand on: a home of its own with one case.

use consilium_casefile::{CaseId, Session};
use consilium_vault::{Protection, Storage};

use crate::{App, Reader};

pub(crate) struct Ground {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) app: App,
    pub(crate) session: Session,
    pub(crate) case: CaseId,
}

impl Ground {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        let (app, _) = App::create(&home, Storage::Local, Protection::Plain, Reader::InProcess).await.unwrap();
        let session = Session::owner();
        let case = app.case_named_or_new(&session, "test").await.unwrap();
        Self { folder, app, session, case }
    }
}
