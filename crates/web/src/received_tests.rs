//! A packet from one home to another and its receipt back, on the pages, as the two people go through it.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use consilium_app::share::PacketRequest;
use consilium_casefile::{Audience, CaseId, ImportId, PacketId, Session};
use tower::ServiceExt;

use crate::ground::{Ground, HOST, empty_home, read, rosa};

/// Rosa's home with a packet as a folder, and a desk that got it.
struct Two {
    rosa: Ground,
    case: CaseId,
    packet: PacketId,
    medium: std::path::PathBuf,
    desk: Ground,
}

async fn two() -> Two {
    let (rosa, case) = rosa().await;
    let medium = rosa.folder.path().join("stick");
    let app = rosa.web.app().unwrap();
    let made = app.make_packet(&Session::owner(), &case, PacketRequest::default(), &medium).await.unwrap();
    Two { rosa, case, packet: made.packet.id, medium, desk: empty_home().await }
}

impl Two {
    /// Opens the packet at the desk, and gives the case.
    async fn open(&self) -> CaseId {
        let owner = self.desk.owner();
        let form = format!("folder={}", crate::parts::encoded(self.medium.to_str().unwrap()));
        let answer = self.desk.post(&owner, "/receive/folder", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let look = answer.header("location").to_owned();
        let page = self.desk.get(&owner, &look).await.body;
        assert!(page.contains("Rosa Example") && page.contains("14 March 1971"), "{page}");
        let cases = self.desk.web.app().unwrap().cases(&Session::owner()).await.unwrap();
        assert!(cases.is_empty(), "looking keeps nothing");
        let opened = self.desk.post(&owner, &look, "case=").await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
        let address = opened.header("location").to_owned();
        let parts: Vec<&str> = address.split('/').collect();
        let (case, import) = (CaseId::from(parts[2]), ImportId::from(parts[4]));
        self.desk.web.app().unwrap().import_ended(&case, &import).await;
        let done = self.desk.get(&owner, &address).await.body;
        assert!(done.contains("See each item of the packet"), "{done}");
        assert_eq!(self.desk.get(&owner, &look).await.status, StatusCode::NOT_FOUND, "it is opened once");
        case
    }
}

/// Sends a file in a form.
async fn send(ground: &Ground, path: &str, bytes: &[u8]) -> (StatusCode, String, String) {
    let mut body =
        b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"RECEIPT.JSON\"\r\n\r\n".to_vec();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let request = Request::post(path)
        .header(header::HOST, HOST)
        .header(header::ORIGIN, format!("http://{HOST}"))
        .header(header::COOKIE, ground.owner())
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(body))
        .unwrap();
    let answer = ground.router.clone().oneshot(request).await.unwrap();
    let to = answer.headers().get("location").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, to, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_goes_from_one_home_to_another_and_its_receipt_comes_back() {
    let two = two().await;
    let case = two.open().await;
    let (owner, packet) = (two.desk.owner(), &two.packet);
    let list = two.desk.get(&owner, &format!("/cases/{case}/received")).await;
    let here = format!("/cases/{case}/received/{packet}");
    assert_eq!(list.header("location"), here, "the only packet is shown at once");
    let page = two.desk.get(&owner, &here).await.body;
    assert!(page.contains("Say whose records these are") && page.contains("Opened here"), "{page}");
    assert!(!page.contains(" checked>"), "nothing is ticked for anybody");
    let known = two.desk.web.app().unwrap().case(&Session::owner(), &case).await.unwrap();
    let opened = known.seen_by(Audience::Owner).received()[0].at;
    let today = consilium_casefile::PartialDate::Day(opened.date()).human();
    let text = read(&page).replace(&opened.human(), "[now]").replace(&today, "[today]");
    insta::assert_snapshot!("what_arrived", text);
    let ticked = two.desk.get(&owner, &format!("{here}?tick=arrived")).await.body;
    assert!(ticked.contains("name=\"item-1\" value=\"yes\" checked"), "{ticked}");

    // What is refused stands beside its field, with what was ticked.
    let refused = two.desk.post(&owner, &here, "item-1=yes&by=&missing=").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("id=\"by-refusal\"") && refused.body.contains("name=\"item-1\" value=\"yes\" checked")
    );
    let refused = two.desk.post(&owner, &here, "by=Kim+Example&missing=").await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("id=\"items-refusal\""));
    let refused = two.desk.post(&owner, &here, "item-99=yes&by=Kim").await;
    assert!(refused.body.contains("There is no item 99"), "{}", refused.body);

    let form = "item-1=yes&by=Kim+Example%2C+intake&missing=The+slides+%3Cb%3E";
    let given = two.desk.post(&owner, &here, form).await;
    assert_eq!(given.header("location"), format!("{here}#given"));
    let page = two.desk.get(&owner, &here).await.body;
    assert!(page.contains("The slides &#60;b&#62;") && page.contains("confirmed"), "{page}");
    let link = page.split("href=\"").find(|part| part.contains("/receipts/")).unwrap().split('"').next().unwrap();
    let file = two.desk.get(&owner, link).await;
    assert!(file.header("content-disposition").contains("RECEIPT.JSON"), "{:?}", file.headers);

    // At the sender: shown first, then taken over, and again nothing changes.
    let receipts = format!("/cases/{}/receipts", two.case);
    let (status, look, _) = send(&two.rosa, &receipts, file.body.as_bytes()).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let rosa = two.rosa.owner();
    let said = two.rosa.get(&rosa, &look).await.body;
    assert!(said.contains("Kim Example, intake") && said.contains("The slides &#60;b&#62;"), "{said}");
    let early = two.rosa.post(&rosa, &look, "").await;
    assert!(early.status == StatusCode::UNPROCESSABLE_ENTITY && early.body.contains("handed over"), "{}", early.body);
    let today = two.rosa.web.app().unwrap().now().date();
    let delivered = format!("to=Riverbend&recipient=center&how=upload&on={today}&tracking=");
    two.rosa.post(&rosa, &format!("/cases/{}/packets/{packet}/deliveries", two.case), &delivered).await;
    let taken = two.rosa.post(&rosa, &look, "").await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let delivery = two.rosa.get(&rosa, taken.header("location")).await.body;
    assert!(delivery.contains("From a receipt’s file.") && delivery.contains("Says is missing"), "{delivery}");
    let (_, again, _) = send(&two.rosa, &receipts, file.body.as_bytes()).await;
    assert!(two.rosa.get(&rosa, &again).await.body.contains("taken over before"));
    // Of the wrong delivery it is taken back, and can be read again.
    let delivered = taken.header("location").split('#').next().unwrap();
    let back = two.rosa.post(&rosa, delivered, "say=withdraw-receipt&receipt=1").await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    assert!(!two.rosa.get(&rosa, delivered).await.body.contains("From a receipt’s file."));
    let (_, again, _) = send(&two.rosa, &receipts, file.body.as_bytes()).await;
    assert!(!two.rosa.get(&rosa, &again).await.body.contains("taken over before"));
    let none = two.rosa.post(&rosa, delivered, "say=withdraw-receipt&receipt=9").await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_its_sender_took_back_is_shown_with_what_changed_and_is_kept_or_taken_out() {
    let two = two().await;
    let case = two.open().await;
    let (app, session) = (two.rosa.web.app().unwrap(), Session::owner());
    let known = app.case(&session, &two.case).await.unwrap();
    let first = known.seen_by(Audience::Owner).documents(app.knowledge())[0].document.id.clone();
    app.set_removed(&session, &two.case, vec![first], Vec::new(), true).await.unwrap();
    let request = PacketRequest { since: Some(two.packet.clone()), ..PacketRequest::default() };
    let medium = two.rosa.folder.path().join("delta");
    let delta = app.make_packet(&session, &two.case, request, &medium).await.unwrap().packet.id;
    let desk = two.desk.web.app().unwrap();
    desk.open_packet(&session, &case.clone().into(), medium, Vec::new(), |_| {}).await.unwrap();
    let (owner, here) = (two.desk.owner(), format!("/cases/{case}/received/{delta}"));
    let page = two.desk.get(&owner, &here).await.body;
    assert!(page.contains("Taken back by the sender") && page.contains("do not rely on the copy"), "{page}");
    let value = |name: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let (keep, out) = (value("keep"), value("take_out"));
    let record = format!("/cases/{case}/documents/{}", out.strip_prefix("document-").unwrap());
    assert!(two.desk.get(&owner, &record).await.body.contains("took it back"));
    let unknown = two.desk.post(&owner, &here, "keep=00").await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unknown.body);
    let kept = two.desk.post(&owner, &here, &format!("keep={keep}")).await;
    assert_eq!(kept.header("location"), format!("{here}#changes"));
    assert!(two.desk.get(&owner, &here).await.body.contains("kept all the same"));
    assert!(!two.desk.get(&owner, &record).await.body.contains("took it back"));
    two.desk.post(&owner, &here, &format!("take_out={out}")).await;
    assert!(two.desk.get(&owner, &here).await.body.contains("not in this case, or taken out"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_receipt_of_this_case_is_refused_in_one_sentence_and_changes_nothing() {
    let two = two().await;
    let receipts = format!("/cases/{}/receipts", two.case);
    for (bytes, sentence) in [
        (&b"%PDF-1.7"[..], "not a receipt"),
        (b"", "No file was chosen"),
        (b"{\"format\":\"consilium-receipt\",\"version\":2}", "newer version"),
        (b"{\"format\":\"consilium-receipt\",\"version\":1}", "damaged"),
        (&[b'['; 50_000], "not a receipt"),
    ] {
        let (status, _, body) = send(&two.rosa, &receipts, bytes).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && body.contains(sentence), "{sentence}: {status} {body}");
    }
    let owner = two.rosa.owner();
    assert_eq!(two.rosa.get(&owner, &format!("{receipts}/none")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_opens_packets_and_sees_what_arrived() {
    let two = two().await;
    let case = two.open().await;
    for audience in [Audience::Specialist, Audience::BlindReader, Audience::Helper] {
        let (cookie, _) = two.desk.viewer(&case, audience).await;
        for address in
            ["/receive".to_owned(), format!("/cases/{case}/received"), format!("/cases/{case}/received/{}", two.packet)]
        {
            let status = two.desk.get(&cookie, &address).await.status;
            assert!(!status.is_success() && status != StatusCode::SEE_OTHER, "{audience:?} {address}: {status}");
        }
    }
    let owner = two.desk.owner();
    let look = two.desk.get(&owner, &format!("/cases/{case}/received/{}/look/INDEX.HTM", two.packet)).await;
    assert!(look.header("content-disposition").starts_with("attachment"), "a page from outside is saved, not shown");
    let pdf = two.desk.get(&owner, &format!("/cases/{case}/received/{}/look/PACKET.PDF", two.packet)).await;
    assert_eq!((pdf.status, pdf.header("content-type")), (StatusCode::OK, "application/pdf"));
    for none in ["look/..%2F..%2Fetc%2Fpasswd", "look/DOCS", "receipts/none"] {
        let answer = two.desk.get(&owner, &format!("/cases/{case}/received/{}/{none}", two.packet)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{none}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoiled_packet_is_told_item_by_item_and_what_is_no_packet_is_opened_as_files() {
    let two = two().await;
    let docs = two.medium.join("DOCS");
    let mut files: Vec<_> = std::fs::read_dir(&docs).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    std::fs::write(&files[0], b"Patient: EXAMPLE, ROSA\nDOB: 03/14/1971\nother words\n").unwrap();
    std::fs::write(two.medium.join("extra<i>.txt"), "A file that nobody listed.").unwrap();
    let case = two.open().await;
    let owner = two.desk.owner();
    let page = two.desk.get(&owner, &format!("/cases/{case}/received/{}", two.packet)).await.body;
    assert!(page.contains("1 differs") && page.contains("Its bytes are not those that were sent"), "{page}");
    assert!(page.contains("extra&#60;i&#62;.txt") && !page.contains("name=\"item-1\""), "{page}");
    std::fs::write(two.medium.join("PACKET.JSON"), "{}").unwrap();
    let form = format!("folder={}", crate::parts::encoded(two.medium.to_str().unwrap()));
    let look = two.desk.post(&owner, "/receive/folder", &form).await.header("location").to_owned();
    let page = two.desk.get(&owner, &look).await.body;
    assert!(page.contains("cannot be used") && page.contains("every file is read as it is"), "{page}");
    let nowhere = two.desk.post(&owner, "/receive/folder", "folder=packet").await;
    assert!(nowhere.status == StatusCode::UNPROCESSABLE_ENTITY && nowhere.body.contains("Give the whole path"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_of_which_nothing_is_kept_says_so_and_leaves_no_case() {
    let two = two().await;
    std::fs::remove_dir_all(two.medium.join("DOCS")).unwrap();
    let owner = two.desk.owner();
    let form = format!("folder={}", crate::parts::encoded(two.medium.to_str().unwrap()));
    let look = two.desk.post(&owner, "/receive/folder", &form).await.header("location").to_owned();
    let address = two.desk.post(&owner, &look, "case=").await.header("location").to_owned();
    let parts: Vec<&str> = address.split('/').collect();
    let (case, import) = (CaseId::from(parts[2]), ImportId::from(parts[4]));
    let app = two.desk.web.app().unwrap();
    app.import_ended(&case, &import).await;
    let page = two.desk.get(&owner, &address).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("no case was opened") && page.body.contains("href=\"/receive\""), "{}", page.body);
    assert!(app.cases(&Session::owner()).await.unwrap().is_empty());
    let other = address.replace(import.as_str(), "0190aaaa");
    assert_eq!(two.desk.get(&owner, &other).await.status, StatusCode::NOT_FOUND, "an import nobody knows");
    assert_eq!(two.desk.get(&owner, &format!("/cases/{case}")).await.status, StatusCode::NOT_FOUND);
}
