//! The ground that tests of use-cases stand on: a home of its own with one case, and a box of files beside it.

use consilium_app::casefile::{CaseId, Session};
use consilium_app::gather::{ImportReport, ImportRequest};
use consilium_app::{App, Protection, Reader, Storage};

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
        let (app, key) = App::create(&home, Storage::Local, Protection::Plain, Reader::InProcess).await.unwrap();
        assert!(key.is_none(), "a plain home has no recovery key");
        let session = Session::owner();
        let case = app.case_named_or_new(&session, "rosa").await.unwrap();
        Self { folder, app, session, case }
    }

    /// Puts a file into the box.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.path().join("box").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Imports the whole box.
    pub(crate) async fn import(&self) -> ImportReport {
        let sources = vec![self.folder.path().join("box")];
        let request = ImportRequest { sources, ..ImportRequest::default() };
        self.app.import(&self.session, &self.case, request, |_| {}).await.unwrap()
    }
}
