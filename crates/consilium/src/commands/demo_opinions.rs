//! The demo's chapter of the two opinions: both are written down, the options stand side by side, Rosa has said what matters.
//! Nothing is decided.

use anyhow::Result;
use consilium_app::casefile::CaseId;
use consilium_app::casefile::compare::Kind;
use consilium_app::compare::SaidOfLine;
use consilium_demo::{first_opinion, second_opinion, sheet_of, what_matters};

use super::demo::Told;

impl Told<'_> {
    pub(super) async fn opinions(&self, case: &CaseId) -> Result<()> {
        let (app, session) = (self.app, self.session);
        self.on(4);
        let held = app.case(session, case).await?;
        let view = held.seen_by(session.audience);
        let of_kind = |kind: &str| {
            let documents = view.documents(app.knowledge());
            documents
                .into_iter()
                .find(|held| held.kind().is_some_and(|own| own.0 == kind))
                .map(|held| held.document.id.clone())
        };
        let delivery = view.deliveries().first().map(|held| held.delivery.id.clone());
        let first = first_opinion(&self.story, of_kind("oncology-consultation").as_ref())?;
        let second = second_opinion(&self.story, delivery.as_ref())?;
        for opinion in [&first, &second] {
            app.record_opinion(session, case, None, opinion).await?;
        }
        self.on(5);
        // The rules propose that the recurrence score explains it; Rosa asked.
        let asked = "Dr. Sample-Example told me on the telephone that she would give it with a score of 14 as well.";
        let judgement = SaidOfLine { kind: Some(Kind::Judgement), note: asked, ..SaidOfLine::default() };
        app.judge_difference(session, case, ("plan", "chemotherapy"), judgement, None).await?;
        let held = app.case(session, case).await?;
        let proposed = held.seen_by(session.audience).proposed_sheet();
        app.record_sheet(session, case, &sheet_of(&self.story, proposed), None).await?;
        app.say_values(session, case, &what_matters(&self.story), None).await?;
        Ok(())
    }
}
