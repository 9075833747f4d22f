//! Gathering on its pages, from the list to a confirmed delivery, as a person goes through it; and what is refused stands
//! beside its field with what was typed.

use axum::http::StatusCode;
use consilium_casefile::{Audience, CaseId, Session};

use crate::ground::{Answer, Ground, rosa};

struct Walk {
    ground: Ground,
    case: CaseId,
    owner: String,
}

impl Walk {
    async fn new() -> Self {
        let (ground, case) = rosa().await;
        let owner = ground.owner();
        Self { ground, case, owner }
    }

    async fn get(&self, page: &str) -> Answer {
        self.ground.get(&self.owner, &format!("/cases/{}/{page}", self.case)).await
    }

    /// Posts a form that is accepted; where it leads.
    async fn post(&self, page: &str, form: &str) -> String {
        let answer = self.ground.post(&self.owner, &format!("/cases/{}/{page}", self.case), form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{page}: {}", answer.body);
        answer.header("location").to_owned()
    }

    /// Posts a form that is refused; the page that comes back.
    async fn refused(&self, page: &str, form: &str) -> String {
        let answer = self.ground.post(&self.owner, &format!("/cases/{}/{page}", self.case), form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{page} {form}");
        answer.body
    }
}

#[tokio::test]
async fn the_list_says_what_is_here_and_what_to_ask_and_a_helper_sees_no_record_in_it() {
    let walk = Walk::new().await;
    let list = walk.get("checklist").await.body;
    assert!(list.contains("Pathology report of the biopsy") && list.contains("Name the center"), "{list}");
    assert!(list.contains("Has there been radiation treatment?"));
    walk.post("checklist", "situation=radiation&happened=no").await;
    let list = walk.get("checklist").await.body;
    assert!(list.contains("What you answered") && list.contains("does not apply"));
    walk.post("checklist/consultation", "say=settle&reason=The+center+does+not+want+it").await;
    assert!(walk.get("checklist/consultation").await.body.contains("The center does not want it"));
    let (helper, _) = walk.ground.viewer(&walk.case, Audience::Helper).await;
    let of_helper = walk.ground.get(&helper, &format!("/cases/{}/checklist", walk.case)).await;
    assert!(of_helper.status == StatusCode::OK && !of_helper.body.contains("/documents/"));
    let line = walk.ground.get(&helper, &format!("/cases/{}/checklist/pathology-report", walk.case)).await;
    assert!(line.body.contains("a record of this case") && !line.body.contains("SURGICAL"), "{}", line.body);
    assert_eq!(walk.get("checklist/no-such-line").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_line_is_set_aside_for_one_center_or_for_every_one_and_asked_for_again() {
    let walk = Walk::new().await;
    walk.post("find", "center=Riverbend+Example+Cancer+Center").await;
    let page = walk.get("checklist/consultation").await.body;
    assert!(page.contains("For every center") && page.contains("Only for Riverbend Example Cancer Center"), "{page}");
    assert!(!page.contains("Ask for it again"));
    walk.post("checklist/consultation", "say=settle&reason=They+have+it&center=this").await;
    let page = walk.get("checklist/consultation").await.body;
    assert!(page.contains("You set this aside for Riverbend Example Cancer Center only: They have it"), "{page}");
    assert!(walk.get("checklist").await.body.contains("For Riverbend Example Cancer Center only: They have it"));
    walk.post("find", "center=Hilltop+Example").await;
    assert!(
        !walk.get("checklist/consultation").await.body.contains("You set this aside"),
        "another center asks for it"
    );

    walk.post("checklist/consultation", "say=settle&reason=There+is+none&center=every").await;
    assert!(
        walk.get("checklist/consultation").await.body.contains("You set this aside for every center: There is none")
    );
    let refused = walk.refused("checklist/consultation", "say=settle&reason=&center=this").await;
    assert!(refused.contains("holds for every center"), "{refused}");
    walk.post("checklist/consultation", "say=settle&reason=&center=every").await;
    assert!(!walk.get("checklist/consultation").await.body.contains("You set this aside"));
}

#[tokio::test]
async fn a_request_runs_from_the_form_to_its_letters_and_its_end() {
    let walk = Walk::new().await;
    let new = walk.get("requests/new?department=radiology&line=breast-mammogram").await.body;
    assert!(new.contains("Write the access letter") && new.contains("Name of somebody new"));
    let form = "department=radiology&holder=&new_holder=Sample+Street+Imaging&line-breast-mammogram=yes&items=&route=access-letter&needed_by=";
    let address = walk.post("requests/new", form).await;
    let page = address.split_once("/requests/").map(|(_, id)| format!("requests/{id}")).unwrap();
    assert!(walk.get(&page).await.body.contains("not sent yet"));
    let letter = walk.get(&format!("{page}/letters/request")).await;
    assert_eq!((letter.status, letter.header("content-type")), (StatusCode::OK, "application/pdf"));
    assert_eq!(walk.get(&format!("{page}/letters/escalation")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(walk.get(&format!("{page}/letters/poem")).await.status, StatusCode::NOT_FOUND);

    let late = walk.refused(&page, "say=sent&sent_on=2199-01-01&sent_how=fax").await;
    assert!(late.contains("2199-01-01") && late.contains("not yet here"), "{late}");
    walk.post(&page, "say=sent&sent_on=2026-01-02&sent_how=fax").await;
    let overdue = walk.get(&page).await.body;
    assert!(overdue.contains("overdue") && overdue.contains("1 February 2026"), "{overdue}");
    assert_eq!(walk.get(&format!("{page}/letters/escalation")).await.status, StatusCode::OK);
    walk.post(&page, "say=note&on=2026-01-20&how=call&with=Pat&said=They+look+for+it").await;
    assert!(walk.get(&page).await.body.contains("They look for it"));
    let turn = "your turn: the next letter is ready";
    assert!(walk.get("checklist").await.body.contains(turn));
    let today = walk.ground.web.app().unwrap().now().date();
    let sent = format!("say=letter&letter=escalation&letter_on={today}&letter_how=fax&letter_to=Privacy+officer");
    walk.post(&page, &sent).await;
    assert!(!walk.get("checklist").await.body.contains(turn), "the letter gives them days");
    assert!(
        walk.refused(&page, "say=end&ending=denied&ended_on=2026-01-21&ending_note=")
            .await
            .contains("reason they gave")
    );
    walk.post(&page, "say=end&ending=fulfilled&ended_on=2026-01-21&ending_note=").await;
    assert!(walk.get(&page).await.body.contains("Take this back"));
    walk.post(&page, "say=reopen").await;
    let calendar = walk.get("calendar.ics").await;
    assert!(calendar.body.starts_with("BEGIN:VCALENDAR") && calendar.body.contains("DTSTART;VALUE=DATE:20260201"));
    assert!(!calendar.body.contains("Rosa"), "calendars are synced: no name in them");
}

#[tokio::test]
async fn a_letter_that_was_sent_is_kept_as_it_was_looked_at_and_once() {
    let walk = Walk::new().await;
    let form = "department=records&holder=&new_holder=Sample+Street+Imaging&line-pathology-report=yes&items=&route=access-letter&needed_by=";
    let address = walk.post("requests/new", form).await;
    let page = address.split_once("/requests/").map(|(_, id)| format!("requests/{id}")).unwrap();
    let shown = walk.get(&page).await.body;
    let link = shown.split_once("/letters/request?").map(|(_, rest)| rest.split('"').next().unwrap()).unwrap();
    let link = link.replace("&#38;", "&").replace("&amp;", "&");
    let looked_at = walk.get(&format!("{page}/letters/request?{link}")).await;
    assert_eq!(looked_at.status, StatusCode::OK);

    let late = format!("say=letter&{link}&letter=request&letter_on=2199-01-01&letter_how=fax&letter_to=Film+library");
    let late = walk.refused(&page, &late).await;
    assert!(late.contains("not yet here") && late.contains("2199-01-01") && late.contains("Film library"), "{late}");
    let nobody = format!("say=letter&{link}&letter=request&letter_on=2026-01-02&letter_how=");
    assert!(walk.refused(&page, &nobody).await.contains("Fill in: how"));
    assert!(walk.refused(&page, "say=letter&letter=poem").await.contains("which letter"));
    let sent = format!("say=letter&{link}&letter=request&letter_on=2026-01-02&letter_how=fax&letter_to=Film+library");
    walk.post(&page, &sent).await;
    walk.post(&page, &sent).await;
    let shown = walk.get(&page).await.body;
    assert_eq!(shown.matches("PDF, as it was sent").count(), 1, "{shown}");
    assert!(shown.contains("Film library") && shown.contains("1 February 2026"), "the clock runs: {shown}");
    let kept = shown.split_once("/sent/").map(|(_, rest)| rest.split('"').next().unwrap().to_owned()).unwrap();
    let page_kept = walk.get(&format!("{page}/sent/{kept}")).await;
    assert_eq!((page_kept.status, page_kept.header("content-type")), (StatusCode::OK, "application/pdf"));
    assert!(page_kept.body == looked_at.body, "the page that was looked at is the one that is kept");
    assert_eq!(walk.get(&format!("{page}/sent/none")).await.status, StatusCode::NOT_FOUND);
    let (helper, _) = walk.ground.viewer(&walk.case, Audience::Helper).await;
    let of_helper = walk.ground.get(&helper, &format!("/cases/{}/{page}/sent/{kept}", walk.case)).await;
    assert!(of_helper.status != StatusCode::OK, "a helper sees no letter");

    walk.post(&page, &format!("say=letter-back&sent={kept}")).await;
    let shown = walk.get(&page).await.body;
    assert!(shown.contains("not sent yet") && !shown.contains("PDF, as it was sent"), "{shown}");
    assert!(walk.refused(&page, &format!("say=letter-back&sent={kept}")).await.contains("taken back"));
}

/// The value of the option or button that stands chosen.
fn chosen(page: &str, before: &str) -> String {
    let is_chosen = |tag: &&str| tag.contains(before) && (tag.contains(" checked") || tag.contains(" selected"));
    let tag = page.split('<').find(is_chosen).unwrap_or_default();
    let value = tag.split_once("value=\"").and_then(|(_, rest)| rest.split_once('"'));
    value.map(|(value, _)| value.to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn what_is_asked_for_chooses_the_way_and_the_way_changes_until_it_is_sent() {
    let walk = Walk::new().await;
    let of = async |address: &str| chosen(&walk.get(address).await.body, "name=\"route\"");
    assert_eq!(of("requests/new?department=radiology&line=breast-mammogram").await, "pick-up", "images");
    assert_eq!(of("requests/new?department=radiology&asks=images").await, "pick-up");
    assert_eq!(of("requests/new?department=pathology&line=slides").await, "laboratory", "glass");
    assert_eq!(of("requests/new?department=records&line=pathology-report").await, "portal", "a document");
    let form = "department=radiology&holder=&new_holder=Sample+Street+Imaging&line-breast-mammogram=yes&items=&route=portal&needed_by=2026-01-05";
    let address = walk.post("requests/new", form).await;
    let page = address.split_once("/requests/").map(|(_, id)| format!("requests/{id}")).unwrap();
    let shown = walk.get(&page).await.body;
    assert!(shown.contains("Take another way") && !shown.contains("letters/request?"), "{shown}");
    assert!(shown.contains("that day has passed"), "{shown}");
    let refused = walk.refused(&page, "say=route&route=laboratory").await;
    assert!(refused.contains("no such way"), "{refused}");
    walk.post(&page, "say=route&route=access-letter").await;
    let shown = walk.get(&page).await.body;
    assert!(shown.contains("letters/request?") && shown.contains("Write the access letter"), "{shown}");
    walk.post(&page, "say=sent&sent_on=2026-01-02&sent_how=fax").await;
    assert!(!walk.get(&page).await.body.contains("Take another way"), "what was sent goes its way");
    assert!(walk.refused(&page, "say=route&route=portal").await.contains("was sent"));
}

#[tokio::test]
async fn the_button_for_slides_chooses_their_line_the_laboratory_and_who_holds_them() {
    let walk = Walk::new().await;
    let (app, session) = (walk.ground.web.app().unwrap(), Session::owner());
    let (_, lab) = app.state_holder(&session, &walk.case, None, "Springfield Laboratory", None).await.unwrap();
    walk.post("checklist/slides", &format!("say=holder&holder={lab}")).await;
    assert!(walk.get("requests").await.body.contains("department=pathology&amp;asks=material"));
    let page = walk.get("requests/new?department=pathology&asks=material").await.body;
    assert_eq!(chosen(&page, "name=\"route\""), "laboratory");
    assert!(page.contains("name=\"line-slides\" value=\"yes\" checked"), "{page}");
    assert_eq!(chosen(&page, &format!("value=\"{lab}\"")), lab.as_str(), "{page}");
}

#[tokio::test]
async fn what_is_refused_of_a_new_request_keeps_what_was_typed() {
    let walk = Walk::new().await;
    let page = walk
        .refused(
            "requests/new",
            "department=pathology&holder=&new_holder=&items=Slides+of+S-10421&route=laboratory&needed_by=",
        )
        .await;
    assert!(page.contains("Slides of S-10421") && page.contains("Fill in: name"), "{page}");
    let page = walk
        .refused("requests/new", "department=pathology&holder=&new_holder=Lab&items=&route=portal&needed_by=soon")
        .await;
    assert!(page.contains("soon"), "{page}");
}

#[tokio::test]
async fn slides_are_registered_followed_and_found_by_their_label() {
    let walk = Walk::new().await;
    assert_eq!(walk.get("tissue/sheet").await.status, StatusCode::SEE_OTHER);
    assert!(walk.refused("tissue", "accession=&material=slide&count=2").await.contains("accession number"));
    walk.post("tissue", "accession=S-10421&material=slide&block=A1&stain=H%26E&count=3&small=yes").await;
    let id = {
        let case = walk.ground.web.app().unwrap().case(&Session::owner(), &walk.case).await.unwrap();
        case.held_tissue().lines.keys().next().unwrap().clone()
    };
    let step = |more: &str| format!("piece-{id}=yes&on=2026-01-05&{more}");
    assert!(walk.refused("tissue/step", &step("step=shipped")).await.contains("carrier"));
    walk.post("tissue/step", &step("step=shipped&carrier=Example+Courier&tracking=EX1")).await;
    let page = walk.get("tissue").await.body;
    assert!(
        page.contains("handed to a carrier, Example Courier, EX1") && page.contains("nobody said that it arrived"),
        "{page}"
    );
    assert!(page.contains("lent by") || !page.contains("kept by"), "{page}");
    assert!(page.contains("gave it out is not written down"), "a step that was left out is asked about: {page}");
    let line = walk.get("checklist/slides").await.body;
    assert!(line.contains("on the way") && line.contains("5 January 2026"), "the list says where they are: {line}");
    let backwards = format!("piece-{id}=yes&on=2026-01-03&step=received");
    let asked = walk.refused("tissue/step", &backwards).await;
    assert!(
        asked.contains("which is later") && asked.contains(&format!("piece-{id}\" value=\"yes\" checked")),
        "{asked}"
    );
    walk.post("tissue/step", &format!("{backwards}&gap_known=yes")).await;
    let doubted = walk.get("tissue").await.body;
    assert!(doubted.contains("Look at the days") && doubted.contains("5 January 2026"), "{doubted}");
    assert!(walk.get("tissue?label=s10421a1").await.body.contains("S-10421 A1"));
    assert!(walk.get("tissue?label=S-99999").await.body.contains("No piece carries this label"));
    assert_eq!(walk.get("tissue/sheet").await.header("content-type"), "application/pdf");
    walk.post(&format!("tissue/{id}/remove"), "removed=yes").await;
    assert!(walk.get("tissue").await.body.contains("Taken out of the register"));
}

#[tokio::test]
async fn a_packet_is_looked_at_handed_over_and_confirmed() {
    let walk = Walk::new().await;
    walk.post("registration", "phone=555-0142&plan=Example+Mutual").await;
    assert!(walk.refused("registration", "signer=Ines+Example").await.contains("by what authority"));
    let late = walk.refused("registration", "phone=555-0143&as_of=0123456789abcdef").await;
    assert!(
        late.contains("Somebody wrote this anew") && late.contains("555-0143"),
        "of two windows none wipes the other"
    );
    let (app, session) = (walk.ground.web.app().unwrap(), Session::owner());
    let packet =
        app.hold_packet(&session, &walk.case, consilium_app::share::PacketRequest::default()).await.unwrap().packet;
    let look = walk.get(&format!("packets/{}/look/INDEX.HTM", packet.id)).await;
    assert!(look.body.contains("555-0142") && look.header("content-security-policy").starts_with("sandbox"));
    let original = walk.get(&format!("packets/{}/look/DOCS/D00001.TXT", packet.id)).await;
    assert!(original.status == StatusCode::OK && original.header("content-security-policy").starts_with("sandbox"));
    assert_eq!(walk.get(&format!("packets/{}/look/../../x", packet.id)).await.status, StatusCode::NOT_FOUND);

    let hand = format!("packets/{}/deliveries", packet.id);
    assert!(walk.refused(&hand, "to=Riverbend&recipient=center&how=&on=").await.contains("Riverbend"));
    walk.post(&hand, "to=Riverbend&recipient=center&how=upload&on=").await;
    assert!(walk.get("share").await.body.contains("not confirmed"));
    walk.post(&hand, "to=Riverbend&recipient=center&how=courier&on=").await;
    let delivery = {
        let case = app.case(&session, &walk.case).await.unwrap();
        case.held_share().deliveries[0].delivery.id.clone()
    };
    let page = format!("deliveries/{delivery}");
    assert!(walk.refused(&page, "say=these&by=Kim").await.contains("Choose what they confirmed"));
    walk.post(&page, "say=all&by=Kim").await;
    assert!(walk.get(&page).await.body.contains("all confirmed"));
    let again = {
        let case = app.case(&session, &walk.case).await.unwrap();
        format!("deliveries/{}", case.held_share().deliveries[1].delivery.id)
    };
    assert!(
        !walk.get(&again).await.body.contains("all confirmed"),
        "what was handed over again is confirmed for itself"
    );
    walk.post(&page, "say=withdraw").await;
    assert!(walk.get(&page).await.body.contains("taken back"));
}

#[tokio::test]
async fn a_form_that_is_sent_twice_writes_one_entry() {
    let walk = Walk::new().await;
    let case = || async { walk.ground.web.app().unwrap().case(&Session::owner(), &walk.case).await.unwrap() };
    let (app, session) = (walk.ground.web.app().unwrap(), Session::owner());
    let reach = consilium_casefile::shared::contact::Reach { fax: "555-0111".to_owned(), ..Default::default() };
    let told = Some((consilium_casefile::knowledge::Department::Records, reach));
    let (_, holder) = app.state_holder(&session, &walk.case, None, "Springfield Example", told).await.unwrap();
    let new = consilium_app::gather::NewRequest {
        items: "Everything".to_owned(),
        route: "access-letter".to_owned(),
        ..Default::default()
    };
    let department = consilium_casefile::knowledge::Department::Records;
    let (_, request) = app.draft_request(&session, &walk.case, &holder, department, &new).await.unwrap();
    let today = app.now().date();
    let note = format!("say=note&on={today}&at=14%3A30+EST&how=call&said=They+look+for+it.");
    let treatment = "say=add&kind=operation&status=done&what=Lumpectomy%2C+left+breast&from=2019&until=&dose=";
    let tissue = "accession=S-10421&material=slide&block=A1&stain=H%26E&count=3";
    let before = case().await.head.seq;
    for (page, form) in [
        (format!("requests/{request}"), note.as_str()),
        ("treatments".to_owned(), treatment),
        ("tissue".to_owned(), tissue),
    ] {
        let head = case().await.head.seq;
        for _ in 0..2 {
            walk.post(&page, form).await;
        }
        assert_eq!(case().await.head.seq, head + 1, "{page}");
    }
    assert_eq!(case().await.head.seq, before + 3);
    let refused = walk.refused(&format!("requests/{request}"), &note.replace("14%3A30", "25%3A99")).await;
    assert!(refused.contains("is no time of day"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_names_what_stays_out_under_another_name_and_goes_as_a_disc_image_too() {
    let walk = Walk::new().await;
    let share = walk.get("share").await.body;
    assert!(share.contains("1 record under another name will not be in a packet."), "{share}");
    let (app, session) = (walk.ground.web.app().unwrap(), Session::owner());
    let packet =
        app.hold_packet(&session, &walk.case, consilium_app::share::PacketRequest::default()).await.unwrap().packet;
    let page = walk.get(&format!("packets/{}", packet.id)).await.body;
    assert!(page.contains("1 record under another name is not in this packet."), "{page}");
    assert!(page.contains(&format!("packets/{}/disc\"", packet.id)), "{page}");
    let index = walk.get(&format!("packets/{}/look/INDEX.HTM", packet.id)).await.body;
    assert!(!index.contains("another name"), "whoever gets it learns nothing of somebody else's record");
    let disc = walk.get(&format!("packets/{}/disc", packet.id)).await;
    assert_eq!((disc.status, disc.header("content-type")), (StatusCode::OK, "application/x-iso9660-image"));
    assert_eq!(disc.header("content-length"), disc.length.to_string());
    assert_eq!(walk.get("packets/none/disc").await.status, StatusCode::NOT_FOUND);
    let left = std::fs::read_dir(app.home().join("scratch")).unwrap().count();
    assert_eq!(left, 0, "nothing of it stays behind");
}
