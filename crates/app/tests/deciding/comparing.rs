//! What a person says of a line of the comparison stands before what the rules propose, and is never written over unseen.

use consilium_app::App;
use consilium_app::casefile::compare::{Kind, Relation, Weight};
use consilium_app::casefile::{CaseId, Session};
use consilium_app::compare::{ComparedLine, LookedAt, SaidOfLine};

use crate::common::Ground;
use crate::{key, two};

async fn line(app: &App, session: &Session, id: &CaseId, dimension: &str, item: &str) -> ComparedLine {
    let case = app.case(session, id).await.unwrap();
    let lines = app.comparison(&case.seen_by(session.audience)).differences;
    lines.into_iter().find(|line| line.dimension == dimension && line.item == item).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_can_say_that_what_seemed_apart_is_the_same_and_that_what_seemed_the_same_is_not() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    for opinion in two() {
        app.record_opinion(session, id, None, &opinion).await.unwrap();
    }
    let grade = line(app, session, id, "grade", "").await;
    assert_eq!(grade.relation, Relation::Conflict);
    assert!(grade.is_asked());

    let same = SaidOfLine { relation: Some(Relation::Agree), note: "two systems of the same", ..Default::default() };
    let seen = |line: &ComparedLine| (line.fingerprint.clone(), line.said_stamp());
    let (fingerprint, said) = seen(&grade);
    let looked = LookedAt { fingerprint: &fingerprint, said: &said };
    app.judge_difference(session, id, ("grade", ""), same, Some(looked)).await.unwrap();
    let judged = line(app, session, id, "grade", "").await;
    assert_eq!((judged.relation, judged.kind, judged.weight), (Relation::Agree, None, None));
    assert!(!judged.is_asked(), "nobody is asked about what is the same");
    assert_eq!(judged.proposed.relation, Relation::Conflict, "what the rules say stays to be seen");

    // A second window that looked before that does not write over it.
    let late = SaidOfLine { kind: Some(Kind::Goal), ..Default::default() };
    let refused = app.judge_difference(session, id, ("grade", ""), late, Some(looked)).await.unwrap_err();
    assert_eq!(key(refused), "refusal-form-old");
    let other = LookedAt { fingerprint: "", said: &judged.said_stamp() };
    let refused = app.judge_difference(session, id, ("grade", ""), late, Some(other)).await.unwrap_err();
    assert_eq!(key(refused), "refusal-difference-changed");

    // What agrees has no kind and no weight, before a person says that it does not agree.
    let diagnosis = line(app, session, id, "histology", "").await;
    assert_eq!(diagnosis.relation, Relation::Agree);
    let weighed = SaidOfLine { weight: Some(Weight::Major), ..Default::default() };
    let refused = app.judge_difference(session, id, ("histology", ""), weighed, None).await.unwrap_err();
    assert_eq!(key(refused), "refusal-opinions-agree");
    let silent = SaidOfLine { relation: Some(Relation::OneSided), ..Default::default() };
    let refused = app.judge_difference(session, id, ("histology", ""), silent, None).await.unwrap_err();
    assert_eq!(key(refused), "refusal-both-speak");
    let apart = SaidOfLine { relation: Some(Relation::Conflict), ..weighed };
    app.judge_difference(session, id, ("histology", ""), apart, None).await.unwrap();
    let judged = line(app, session, id, "histology", "").await;
    assert_eq!((judged.relation, judged.weight), (Relation::Conflict, Some(Weight::Major)));
    assert!(judged.is_asked());

    // Taken back, the rules stand again; and to say what they say is no word of a person.
    for said in [SaidOfLine::default(), SaidOfLine { relation: Some(Relation::Agree), ..Default::default() }] {
        app.judge_difference(session, id, ("histology", ""), said, None).await.unwrap();
        let back = line(app, session, id, "histology", "").await;
        assert_eq!((back.relation, back.confirmed), (Relation::Agree, None));
    }
    assert_eq!(line(app, session, id, "grade", "").await.relation, Relation::Agree, "the other word stands");
}
