//! The door: who gets in, what they may see, and what every answer carries. Against a real home, without a network.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use consilium_casefile::{Audience, Session};

use crate::ground::{Answer, Ground, HOST, SECRET, empty_home, no_home, rosa, serve_again};
use crate::routes::{RouteLine, routes_with_examples};

async fn table(ground: &Ground) -> Vec<RouteLine> {
    routes_with_examples(&ground.web.app().unwrap()).await.unwrap()
}

fn check_page(address: &str, answer: &Answer) {
    let body = &answer.body;
    let count = |text: &str| body.matches(text).count();
    assert_eq!(count("<h1"), 1, "{address}: one main heading");
    assert_eq!(count("<main"), 1, "{address}: one main landmark");
    assert!(body.contains("<html lang=\"en\">") && body.contains("href=\"#content\""), "{address}");
    for inline in ["style=\"", "<style", "javascript:", " onclick", " onload", "<script>", "hx-on"] {
        assert!(!body.contains(inline), "{address}: {inline}");
    }
    for outside in ["src=\"http", "href=\"http", "action=\"http", "src=\"//", "href=\"//"] {
        assert!(!body.contains(outside), "{address}: {outside}");
    }
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{address}: {policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{address}");
    assert_eq!(answer.header("cache-control"), "no-store", "{address}");
    // Headings go down one level at a time.
    let levels =
        body.match_indices("<h").filter_map(|(at, _)| body.as_bytes().get(at + 2)).filter(|c| c.is_ascii_digit());
    let levels: Vec<u8> = levels.map(|c| c - b'0').collect();
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{address}: {levels:?}");
}

#[tokio::test]
async fn every_page_opens_for_its_owner_and_is_a_whole_page() {
    let (ground, _) = rosa().await;
    let owner = ground.owner();
    let mut titles = Vec::new();
    for route in table(&ground).await.iter().filter(|r| r.methods.contains(&"GET") && r.when != "no-home") {
        for address in &route.examples {
            let answer = ground.get(&owner, address).await;
            match answer.status {
                StatusCode::OK
                    if answer.header("content-type").starts_with("text/html")
                        && answer.header("content-disposition").is_empty() =>
                {
                    check_page(address, &answer);
                    let title =
                        answer.body.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0.to_owned();
                    titles.push((title, route.pattern));
                }
                StatusCode::OK | StatusCode::SEE_OTHER => {}
                // Shown only right after the first run; a text has no page pictures.
                StatusCode::NOT_FOUND if address == "/recovery-sheet" || address.contains("/pages/") => {}
                other => panic!("{address}: {other}"),
            }
        }
    }
    titles.sort();
    titles.dedup();
    let unique: std::collections::BTreeSet<_> = titles.iter().map(|(title, _)| title).collect();
    assert_eq!(unique.len(), titles.len(), "{titles:?}");
}

#[tokio::test]
async fn the_narrowest_audience_sees_no_record_on_any_address() {
    let (ground, case) = rosa().await;
    let (helper, _) = ground.viewer(&case, Audience::Helper).await;
    for route in table(&ground).await.iter().filter(|r| r.when == "open-home" && r.pattern != "/sign-out") {
        let allowed = route.audiences.contains(&"helper");
        for address in &route.examples {
            for answer in [ground.get(&helper, address).await, ground.post(&helper, address, "removed=yes").await] {
                let kept = [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN, StatusCode::METHOD_NOT_ALLOWED];
                assert!(allowed || kept.contains(&answer.status), "{address}: {}", answer.status);
                for secret in [SECRET, "1971", "Example", "EXEMPEL", "report.txt", "stranger.txt"] {
                    assert!(!answer.body.contains(secret), "{address} shows {secret}");
                }
            }
        }
    }
    let overview = ground.get(&helper, &format!("/cases/{case}")).await;
    assert_eq!(overview.status, StatusCode::OK);
    assert!(overview.body.contains("Rosa") && overview.body.contains("You look as a helper"));
}

#[tokio::test]
async fn a_specialist_reads_and_changes_nothing() {
    let (ground, case) = rosa().await;
    let (specialist, _) = ground.viewer(&case, Audience::Specialist).await;
    let app = ground.web.app().unwrap();
    let before = app.case(&Session::owner(), &case).await.unwrap().head;
    for route in table(&ground).await.iter().filter(|r| r.methods.contains(&"POST") && r.when == "open-home") {
        for address in route.examples.iter().filter(|a| a.contains("/cases/")) {
            let answer = ground.post(&specialist, address, "name=X&center=X&question=X&kind=other").await;
            assert!(answer.status.is_client_error(), "{address}: {}", answer.status);
        }
    }
    assert_eq!(app.case(&Session::owner(), &case).await.unwrap().head, before);
    let gather = ground.get(&specialist, &format!("/cases/{case}/gather")).await;
    assert!(!gather.body.contains("EXEMPEL") && !gather.body.contains("Add files"));
}

#[tokio::test]
async fn a_view_ends_the_moment_it_is_withdrawn() {
    let (ground, case) = rosa().await;
    let (helper, session) = ground.viewer(&case, Audience::Helper).await;
    let address = format!("/cases/{case}");
    assert_eq!(ground.get(&helper, &address).await.status, StatusCode::OK);
    let withdrawn = format!("{address}/access/{}/withdraw", session.actor);
    assert_eq!(ground.post(&ground.owner(), &withdrawn, "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(ground.get(&helper, &address).await.header("location"), "/login");
    let again = ground.cookie(session);
    assert_eq!(ground.get(&again, &address).await.status, StatusCode::NOT_FOUND, "a cookie alone is not enough");
}

#[tokio::test]
async fn nobody_gets_in_by_another_name_or_from_another_page() {
    let ground = empty_home().await;
    let owner = ground.owner();
    let get = |host: &'static str| Request::get("/").header("host", host).header("cookie", owner.clone());
    for host in ["rebound.example", "127.0.0.1:7701", "127.0.0.1"] {
        let answer = ground.send(get(host).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{host}");
        assert!(!answer.body.contains("Begin a new case"));
    }
    let post = |name: &'static str, value: &'static str| {
        let request =
            Request::post("/cases/new").header("host", HOST).header("cookie", owner.clone()).header(name, value);
        request.header("content-type", "application/x-www-form-urlencoded").body(Body::from("name=Eve")).unwrap()
    };
    for (name, value) in
        [("origin", "http://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("x", "y")]
    {
        assert_eq!(ground.send(post(name, value)).await.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    assert!(ground.web.app().unwrap().cases(&Session::owner()).await.unwrap().is_empty());
}

#[tokio::test]
async fn without_a_session_only_the_public_pages_open() {
    let (ground, case) = rosa().await;
    for address in ["/when-not-to-wait", "/about", "/login"] {
        let answer = ground.get("", address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        check_page(address, &answer);
    }
    for address in ["/".to_owned(), format!("/cases/{case}"), "/cases/new".to_owned(), "/unlock".to_owned()] {
        assert_eq!(ground.get("", &address).await.header("location"), "/login", "{address}");
        assert_eq!(ground.get("consilium-7700=guess", &address).await.header("location"), "/login", "{address}");
    }
    assert_eq!(ground.get("", "/nowhere").await.status, StatusCode::NOT_FOUND);
    assert_eq!(ground.get("", "/login?token=guess").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_login_link_yields_a_strict_cookie_once() {
    let ground = empty_home().await;
    let link = format!("/login?token={}", ground.web.sessions().token(Session::owner()));
    let answer = ground.get("", &link).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let cookie = cookie.split_once(';').unwrap().0;
    assert_eq!(ground.get(cookie, "/").await.status, StatusCode::OK);
    assert_eq!(ground.get("", &link).await.status, StatusCode::UNAUTHORIZED);
    let out = ground.post(cookie, "/sign-out", "").await;
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(ground.get(cookie, "/").await.header("location"), "/login");
}

#[tokio::test]
async fn what_a_person_was_handed_is_never_run_here() {
    let (ground, case) = rosa().await;
    let owner = ground.owner();
    let rows = table(&ground).await;
    let originals = rows.iter().find(|r| r.pattern.ends_with("/original")).unwrap();
    assert!(!originals.examples.is_empty());
    for address in &originals.examples {
        let answer = ground.get(&owner, address).await;
        assert!(answer.header("content-disposition").starts_with("attachment"), "{address}");
        assert!(answer.header("content-security-policy").starts_with("sandbox"), "{address}");
        let page = ground.get(&owner, address.trim_end_matches("/original")).await;
        assert!(!page.body.contains("<script>"), "{address}");
    }
    let gather = ground.get(&owner, &format!("/cases/{case}/gather")).await;
    assert!(gather.body.contains("ROLAND EXEMPEL"), "the owner decides about what was set aside");
}

fn multipart(files: &[(&str, &str)]) -> String {
    let part = |(name, text): &(&str, &str)| {
        format!("--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n{text}\r\n")
    };
    files.iter().map(part).collect::<String>() + "--b--\r\n"
}

async fn upload(ground: &Ground, cookie: &str, case: &str, body: String) -> Answer {
    let request = Request::post(format!("/cases/{case}/gather/files"))
        .header("host", HOST)
        .header("origin", format!("http://{HOST}"))
        .header("cookie", cookie)
        .header("content-type", "multipart/form-data; boundary=b");
    ground.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn files_sent_by_a_page_are_imported_and_stay_inside() {
    let (ground, case) = rosa().await;
    let owner = ground.owner();
    let files =
        [("disc/a/report.txt", "a first text"), ("../../../../escaped.txt", "a second text"), ("", "nothing chosen")];
    let answer = upload(&ground, &owner, case.as_str(), multipart(&files)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let progress = answer.header("location").to_owned();
    let import = progress.split('/').nth(4).unwrap().into();
    let app = ground.web.app().unwrap();
    app.import_ended(&case, &import).await.unwrap();
    let report = app.import_report(&Session::owner(), &case, &import).await.unwrap();
    let mut paths: Vec<&str> = report.files.iter().map(|f| f.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["disc/a/report.txt", "escaped.txt"]);
    assert!(!ground.folder.path().join("escaped.txt").exists());
    assert_eq!(ground.get(&owner, &progress).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_upload_cut_short_or_empty_is_refused_and_leaves_nothing() {
    let (ground, case) = rosa().await;
    let owner = ground.owner();
    let whole = multipart(&[("report.txt", "text")]);
    for body in [whole.trim_end_matches("--b--\r\n").to_owned(), multipart(&[("", "")]), "--b--\r\n".to_owned()] {
        assert_eq!(upload(&ground, &owner, case.as_str(), body).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let inbox = ground.folder.path().join("home/inbox");
    assert_eq!(std::fs::read_dir(inbox).map_or(0, Iterator::count), 0);
    let (helper, _) = ground.viewer(&case, Audience::Helper).await;
    assert_eq!(upload(&ground, &helper, case.as_str(), whole).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_is_small() {
    let ground = empty_home().await;
    let form = format!("name={}", "x".repeat(1 << 20));
    assert_eq!(ground.post(&ground.owner(), "/cases/new", &form).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_says_why_beside_the_field() {
    let (ground, case) = rosa().await;
    let owner = ground.owner();
    let check = async |address: String, form: &str, field: &str, typed: &str| {
        let answer = ground.post(&owner, &address, form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}");
        assert!(answer.body.contains(&format!("id=\"{field}-refusal\"")), "{address}: {field}");
        assert!(answer.body.contains(typed) && answer.body.contains("<title>Please check"), "{address}: {typed}");
        check_page(&address, &answer);
    };
    let at = |place: &str| format!("/cases/{case}/{place}");
    check("/cases/new".to_owned(), "name=Ada&birth_date=3%2F4%2F1971", "birth_date", "value=\"3/4/1971\"").await;
    check(at("prepare/start"), "start_date=soon", "start_date", "value=\"soon\"").await;
    check(at("prepare/wait"), "words=six+weeks&doctor=", "doctor", ">six weeks</textarea>").await;
    check(at("prepare/wait"), "words=x&doctor=Dr+A&until=maybe", "until", "value=\"maybe\"").await;
    check(at("prepare/questions"), "question=", "question", "A question").await;
    check(at("person"), "name=&birth_date=1971", "name", "value=\"1971\"").await;
    check(at("gather/folder"), "folder=relative", "folder", "value=\"relative\"").await;
    check(at("access"), "label=&audience=helper", "label", "Give a view").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_run_sent_twice_makes_one_home_one_case_and_one_sheet() {
    let ground = no_home();
    let owner = ground.owner();
    let form = "name=Rosa+Example&birth_date=1971-03-14&site=breast&protect=sealed&passphrase=+correct+horse+&again=\
                correct+horse";
    let (first, second) =
        tokio::join!(ground.post(&owner, "/first-run", form), ground.post(&owner, "/first-run", form));
    // The second may also come when the door itself knows that there is a home.
    for answer in [&first, &second] {
        assert!(["/recovery-sheet", "/"].contains(&answer.header("location")), "{}", answer.body);
    }
    assert!(first.header("location") == "/recovery-sheet" || second.header("location") == "/recovery-sheet");
    let app = ground.web.app().unwrap();
    assert_eq!(app.cases(&Session::owner()).await.unwrap().len(), 1);
    let again = serve_again(&ground);
    let answer = again.post(&again.owner(), "/unlock", "passphrase=correct+horse++").await;
    assert_eq!(answer.header("location"), "/", "blanks around a passphrase lock nobody out");
    assert_eq!(again.web.app().unwrap().cases(&Session::owner()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_first_run_asks_before_it_writes_and_shows_the_recovery_key_once() {
    let ground = no_home();
    let owner = ground.owner();
    assert_eq!(ground.get(&owner, "/").await.header("location"), "/first-run");
    check_page("/first-run", &ground.get(&owner, "/first-run").await);
    let refused = [
        ("name=&protect=plain", "name"),
        ("name=Rosa+Example&birth_date=x&protect=plain", "birth_date"),
        ("name=Rosa+Example&protect=passphrase&passphrase=short&again=short", "passphrase"),
        ("name=Rosa+Example&protect=passphrase&passphrase=long+enough&again=other", "again"),
    ];
    for (form, field) in refused {
        let answer = ground.post(&owner, "/first-run", form).await;
        assert!(answer.body.contains(&format!("id=\"{field}-refusal\"")), "{form}");
        assert!(!answer.body.contains("long enough"), "a passphrase is not sent back");
        assert!(!ground.folder.path().join("home").exists(), "{form}");
    }
    let form = "name=Rosa+Example&site=breast&protect=passphrase&passphrase=long+enough&again=long+enough";
    assert_eq!(ground.post(&owner, "/first-run", form).await.header("location"), "/recovery-sheet");
    let sheet = ground.get(&owner, "/recovery-sheet").await;
    check_page("/recovery-sheet", &sheet);
    let key = sheet.body.split_once("class=\"key\">").unwrap().1.split_once('<').unwrap().0.to_owned();
    assert!(ground.post(&owner, "/recovery-sheet", "").await.header("location").ends_with("/gather"));
    assert_eq!(ground.get(&owner, "/recovery-sheet").await.status, StatusCode::NOT_FOUND);

    // The same home, served again: locked until the passphrase or the key is given.
    for opens in ["long enough", &key] {
        let again = serve_again(&ground);
        let owner = again.owner();
        assert_eq!(again.get(&owner, "/").await.header("location"), "/unlock");
        assert_eq!(again.get(&owner, "/when-not-to-wait").await.status, StatusCode::OK);
        let wrong = again.post(&owner, "/unlock", "passphrase=wrong").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        check_page("/unlock", &wrong);
        let form = format!("passphrase={}", opens.replace(' ', "+"));
        assert_eq!(again.post(&owner, "/unlock", &form).await.header("location"), "/", "{opens}");
        assert!(again.get(&owner, "/").await.body.contains("Rosa"));
    }
}

#[tokio::test]
async fn a_packet_is_made_and_saved() {
    let (ground, case) = rosa().await;
    let owner = ground.owner();
    let made = ground.post(&owner, &format!("/cases/{case}/share"), "center=Riverbend+Example").await;
    let address = made.header("location").to_owned();
    assert!(address.starts_with(&format!("/cases/{case}/packets/")), "{}", made.body);
    let app = ground.web.app().unwrap();
    let record = loop {
        let case = app.case(&Session::owner(), &case).await.unwrap();
        if let Some(packet) = case.seen_by(Audience::Owner).packets().first() {
            break (*packet).clone();
        }
        tokio::task::yield_now().await;
    };
    let page = ground.get(&owner, &format!("/cases/{case}/packets/{}", record.id)).await;
    check_page("packet", &page);
    assert!(page.body.contains(&record.manifest_sha256) && page.body.contains("Riverbend Example"));
    let file = ground.get(&owner, &format!("/cases/{case}/packets/{}/file", record.id)).await;
    assert_eq!(file.header("content-type"), "application/zip");
    assert_eq!(file.header("content-length"), file.length.to_string());
    assert!(file.body.starts_with("PK"));
}

#[tokio::test]
async fn a_search_leads_to_the_words_and_tells_nobody_what_they_may_not_see() {
    let (ground, case) = rosa().await;
    let owner = ground.owner();
    let ask = |words: &str| format!("/cases/{case}/search?q={}", crate::parts::encoded(words));
    let found = ground.get(&owner, &ask("\"INVENTED finding\"")).await;
    let (_, link) = found.body.split_once("<ul class=\"places\">").unwrap();
    let address = link.split('"').find(|part| part.contains("?at=")).unwrap().trim_end_matches("#here");
    let record = ground.get(&owner, address).await;
    assert!(record.body.contains("<mark class=\"here\" id=\"here\">invented finding</mark>"), "{}", record.body);
    for hostile in ["<script>alert(1)</script>", "\" onfocus=x() \"", "\u{202e}gnidnif", "%' OR 1=1 --", "{{q}}\0"] {
        let answer = ground.get(&owner, &ask(hostile)).await;
        assert_eq!(answer.status, StatusCode::OK, "{hostile:?}");
        check_page("search", &answer);
        assert!(!answer.body.contains("<script>alert"), "{hostile:?}");
    }
    let refused = ground.get(&owner, &ask(&"x".repeat(400))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Use 300 characters at most"), "{}", refused.body);
    for page in ["0", "99", "-1", "x", "18446744073709551615"] {
        let answer = ground.get(&owner, &format!("{}&page={page}", ask("finding"))).await;
        assert!(answer.body.contains("<mark>finding</mark>"), "page {page} is one that is there");
    }
    let stranger = ground.get(&owner, &ask("exempel")).await;
    assert!(stranger.body.contains("Nothing was found"), "{}", stranger.body);

    let (blind, _) = ground.viewer(&case, Audience::BlindReader).await;
    let answer = ground.get(&blind, &ask("portal")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("Nothing was found"), "a page of no kind may state a plan");
    let (helper, _) = ground.viewer(&case, Audience::Helper).await;
    assert_eq!(ground.get(&helper, &ask("finding")).await.status, StatusCode::NOT_FOUND);
    assert!(!ground.get(&helper, &format!("/cases/{case}")).await.body.contains("type=\"search\""));
    assert!(ground.get(&owner, &format!("/cases/{case}")).await.body.contains("type=\"search\""));
}
