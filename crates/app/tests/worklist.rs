//! The worklist of a desk with many cases: sorted by what presses, and laid out once for each version of a case.

#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing")]

mod common;

use common::Ground;
use consilium_app::casefile::knowledge::Department;
use consilium_app::casefile::worklist::Pressing;
use consilium_app::cases::NewCase;
use consilium_app::gather::{ImportRequest, NewRequest};

#[tokio::test(flavor = "multi_thread")]
async fn a_worklist_puts_an_overdue_answer_first_and_asks_each_case_only_once() {
    let ground = Ground::new().await;
    let (app, session) = (&ground.app, &ground.session);
    for number in 0..12 {
        let new = NewCase { handle: format!("case-{number}"), ..NewCase::default() };
        let case = app.new_case(session, &new).await.unwrap();
        ground.write(
            &format!("{number}/r.txt"),
            format!("OPERATIVE NOTE\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n{number}\n"),
        );
        let sources = vec![ground.folder.path().join("box").join(number.to_string())];
        app.import(session, &case, ImportRequest { sources, ..ImportRequest::default() }, |_| {}).await.unwrap();
    }
    ground.import().await;
    let late = app.case_named(session, "case-7").await.unwrap();
    let (_, holder) = app.state_holder(session, &late, None, "Springfield Example Hospital", None).await.unwrap();
    let new = NewRequest {
        requirements: Vec::new(),
        items: "The slides".to_owned(),
        route: "access-letter".to_owned(),
        needed_by: None,
        running_known: false,
    };
    let (_, request) = app.draft_request(session, &late, &holder, Department::Records, &new).await.unwrap();
    app.request_sent(session, &late, &request, "2025-01-02".parse().ok(), "fax", None).await.unwrap();

    let cards = app.cases(session).await.unwrap();
    assert_eq!((cards.len(), cards[0].handle.as_str()), (13, "case-7"));
    let first = &cards[0].standing;
    assert_eq!((first.pressing, first.on.as_deref()), (Pressing::Overdue, Some("Springfield Example Hospital")));
    assert!(cards[1..].iter().all(|card| card.standing.pressing >= Pressing::Here));
    assert!(cards.iter().any(|card| card.id == ground.case && card.standing.pressing == Pressing::Here));
    assert!(cards.windows(2).all(|pair| pair[0].standing.order() <= pair[1].standing.order()));

    let made = app.readings_made();
    assert_eq!(app.cases(session).await.unwrap().len(), 13);
    assert_eq!(app.readings_made(), made, "a second look lays nothing out again");
}
