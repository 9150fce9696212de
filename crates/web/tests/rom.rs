//! What devices ask, through HTTP: checks that are not sent twice, files in every kind of range,
//! reports as real clients write them; and the pages that say the same.

mod common;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::IntoResponse as _;
use common::Api;
use common::rom::{BUILD, ROLLOUT};
use kontor_base::id::BuildId;
use kontor_domain::channel::Channel;
use kontor_domain::rollout::Tally;
use kontor_store::{StoreError, rollout};
use tower::ServiceExt;

/// More than two of the pieces in which files are read.
const BYTES: usize = 1_300_000;

struct Server {
    api: Api,
    router: Router,
    bytes: Vec<u8>,
    url: String,
    build: BuildId,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Server {
    /// A server with one model, one build that everybody may have, and its file.
    async fn open() -> Self {
        let api = Api::open_sized(BYTES).await;
        let url = format!("/rom/files/{}/one.zip", api.rom_file);
        let router = api.router();
        Self { api, router, bytes: common::rom::bytes(BYTES), url, build: BUILD }
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, 16 * 1024 * 1024).await.expect("a body").to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, headers, "").await
    }

    /// A device asks today and comes back tomorrow: what it was given, what it gets today, and the
    /// receipt that it gets tomorrow.
    async fn known(&self, device: &str) -> (String, String, String) {
        const CHECK: &str = "/rom/check?model=one&channel=stable&build=old";
        let first = self.get(CHECK, &[("kontor-device", device)]).await;
        let credential = first.header("kontor-credential").to_owned();
        let shown = [("kontor-device", device), ("kontor-credential", credential.as_str())];
        let today = self.get(CHECK, &shown).await.header("kontor-receipt").to_owned();
        self.api.clock.advance_seconds(86_400);
        let tomorrow = self.get(CHECK, &shown).await;
        assert_eq!(tomorrow.header("kontor-credential"), "", "it has its own");
        let receipt = tomorrow.header("kontor-receipt").to_owned();
        (credential, today, receipt)
    }
}

/// A receipt moves a rollout's gate, so only a device gets one that shows that it was here before.
#[tokio::test]
async fn only_known_devices_get_receipts() {
    let server = Server::open().await;
    let (credential, today, receipt) = server.known("device-0001").await;
    assert_eq!((credential.len(), today.as_str(), receipt.len()), (68, "", 32));
    let check = "/rom/check?model=one&channel=stable&build=old";
    for (device, shown) in [
        ("device-0002", credential.as_str()),
        ("device-0001", ""),
        ("device-0001", &credential[1..]),
        ("device-0001", "\"'"),
    ] {
        let headers = [("kontor-device", device), ("kontor-credential", shown)];
        let answer = server.get(check, &headers).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("kontor-receipt"), "", "{device} with {shown:?}");
        assert_eq!(answer.header("kontor-credential").len(), 68, "it is given its own");
    }
}

/// What depends on the address alone may be kept by others for a second; what was made for one
/// device may not.
#[tokio::test]
async fn answers_say_who_may_keep_them() {
    const EVERYBODY: &str = "public, max-age=0, s-maxage=1";
    const DEVICE: &str = "private, no-cache";
    let server = Server::open().await;
    let device = ("kontor-device", "device-0001");
    let kept = async |path: &str, headers: &[(&str, &str)]| {
        let answer = server.get(path, headers).await;
        assert_eq!(answer.header("vary"), "Kontor-Device", "{path}");
        answer.header("cache-control").to_owned()
    };
    let check = "/rom/check?model=one&channel=stable&build=old";
    let v2 = "/rom/api/v2/one/stable/old";
    let with_place = format!("{check}&c=17");
    // Nothing is being rolled out: where a client comes from decides nothing.
    for path in [check, &with_place, v2, "/rom/api/v1/one/stable/old", "/rom/static/one-stable"] {
        assert_eq!(kept(path, &[]).await, EVERYBODY, "{path}");
    }
    assert_eq!(kept(check, &[device]).await, DEVICE);
    let again = server.get(v2, &[]).await;
    let etag = again.header("etag").to_owned();
    let again = server.get(v2, &[("if-none-match", &etag)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert_eq!(again.header("cache-control"), EVERYBODY);

    let halt = |tx: &mut kontor_store::Tx<'_>| {
        let mut rollout = rollout::get(tx, ROLLOUT)?.expect("it is there");
        rollout.standing.state = kontor_domain::rollout::RolloutState::Running;
        rollout::save(tx, &rollout)
    };
    server.api.shop.db.write("test.running", halt).await.expect("is written");
    server.api.rom.refresh().await.expect("reads");
    for path in [check, v2, "/rom/api/v1/one/stable/old", "/rom/static/one-stable"] {
        assert_eq!(kept(path, &[]).await, DEVICE, "{path}: a client's address decides");
    }
    let with_cohort = format!("{check}&cohort=4711");
    for path in [&with_place, &with_cohort, &format!("{v2}?c=17")] {
        assert_eq!(kept(path, &[]).await, EVERYBODY, "{path}: its place is in the address");
    }
    assert_eq!(kept(&with_cohort, &[device]).await, DEVICE);
}

#[tokio::test]
async fn files_come_whole_in_parts_and_not_at_all() {
    let server = Server::open().await;
    let whole = server.get(&server.url, &[]).await;
    assert_eq!((whole.status, whole.body.as_slice()), (StatusCode::OK, server.bytes.as_slice()));
    assert_eq!(whole.header("content-length"), BYTES.to_string());
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let etag = whole.header("etag").to_owned();
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=524287-524289", 524_287, 524_290),
        ("bytes=1299990-", 1_299_990, BYTES),
        ("bytes=-5", BYTES - 5, BYTES),
    ] {
        let part = server.get(&server.url, &[("range", range), ("if-range", &etag)]).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(part.body, server.bytes[from..to], "{range}");
        let told = format!("bytes {from}-{}/{BYTES}", to - 1);
        assert_eq!(part.header("content-range"), told);
    }
    let other = [("range", "bytes=0-0"), ("if-range", "\"other\"")];
    assert_eq!(server.get(&server.url, &other).await.status, StatusCode::OK);
    let beyond = server.get(&server.url, &[("range", "bytes=1300000-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header("content-range"), format!("bytes */{BYTES}"));
    let kept = server.get(&server.url, &[("if-none-match", &etag)]).await;
    assert_eq!((kept.status, kept.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let head = server.ask("HEAD", &server.url, &[], "").await;
    assert_eq!((head.header("content-length"), head.body.len()), (&*BYTES.to_string(), 0));
    let unknown = server.url.replace("one.zip", "two.zip");
    assert_eq!(server.get(&unknown, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.get("/rom/files/../one.zip", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn several_ranges_come_in_one_answer() {
    let server = Server::open().await;
    let answer = server.get(&server.url, &[("range", "bytes=0-3,524286-524291")]).await;
    assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
    let kind = answer.header("content-type");
    let boundary = kind.strip_prefix("multipart/byteranges; boundary=").expect("a boundary");
    let mut expected = Vec::new();
    for (from, to) in [(0, 4), (524_286, 524_292)] {
        let range = format!("bytes {from}-{}/{BYTES}", to - 1);
        let head = format!(
            "\r\n--{boundary}\r\nContent-Type: application/zip\r\nContent-Range: {range}\r\n\r\n"
        );
        expected.extend(head.into_bytes());
        expected.extend(&server.bytes[from..to]);
    }
    expected.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    assert_eq!(answer.body, expected);
    assert_eq!(answer.header("content-length"), expected.len().to_string());
}

#[tokio::test]
async fn checks_are_answered_in_every_form_and_not_sent_twice() {
    let server = Server::open().await;
    let check = "/rom/check?model=one&channel=stable&build=old";
    let device = ("kontor-device", "device-0001");
    let first = server.get(check, &[device]).await;
    let answer: serde_json::Value = serde_json::from_slice(&first.body).expect("JSON");
    assert_eq!(answer["install"]["incremental"], "a1");
    let url = format!("https://rom.example{}", server.url);
    assert_eq!(answer["install"]["packages"][0]["url"], url);
    let etag = first.header("etag").to_owned();
    let again = server.get(check, &[device, ("if-none-match", &etag)]).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let there = server.get("/rom/check?model=one&channel=stable&build=a1", &[device]).await;
    let answer: serde_json::Value = serde_json::from_slice(&there.body).expect("JSON");
    assert_eq!(answer["reason"], "channel.up_to_date");

    let v2 = server.get("/rom/api/v2/one/stable/old", &[]).await;
    let list: serde_json::Value = serde_json::from_slice(&v2.body).expect("JSON");
    assert_eq!(list[0]["files"][0]["url"], url);
    assert_eq!(v2.header("content-type"), "application/json");
    for (path, body) in [
        ("/rom/api/v1/nobodys/stable/old", "{\"response\":[]}"),
        ("/rom/api/v2/nobodys/stable/old", "[]"),
        ("/rom/api/v2/devices/nobodys/builds", "[]"),
    ] {
        let answer = server.get(path, &[]).await;
        assert_eq!((answer.status, answer.body.as_slice()), (StatusCode::OK, body.as_bytes()));
    }
    let line = server.get("/rom/static/one-stable", &[]).await;
    let told = String::from_utf8(line.body).expect("text");
    assert!(told.starts_with("a1 ") && told.ends_with(" one stable\n"), "{told:?}");
    for (path, status) in [
        ("/rom/check?model=nobodys&channel=stable&build=a1", StatusCode::NOT_FOUND),
        ("/rom/check?model=one&channel=purple&build=a1", StatusCode::NOT_FOUND),
        ("/rom/check?model=one", StatusCode::BAD_REQUEST),
        ("/rom/static/one-purple", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(server.get(path, &[device]).await.status, status, "{path}");
    }
    let short = server.get(check, &[("kontor-device", "x")]).await;
    assert_eq!(short.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn reports_count_once_and_raw_line_breaks_survive() {
    let server = Server::open().await;
    let device = [("kontor-device", "device-0001")];
    let receipt = server.known("device-0001").await.2;
    assert_eq!(receipt.len(), 32);
    let raw = format!(
        "{{\"model\":\"one\",\"channel\":\"stable\",\"build\":\"a1\",\"event\":\"failed\",\
         \"code\":\"E: bad\n\u{1}slot\",\"receipt\":\"{receipt}\"}}"
    );
    let raw = raw.as_str();
    for _ in 0..2 {
        let answer = server.ask("POST", "/rom/reports", &device, raw).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    // Another device replays it: taken in, and counted apart.
    let other = [("kontor-device", "device-0002")];
    let answer = server.ask("POST", "/rom/reports", &other, raw).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let id = server.build;
    let read = move |tx: &mut kontor_store::Tx<'_>| {
        let tally = rollout::tally(tx, id, Channel::Stable)?;
        let apart = rollout::tally_apart(tx, id, Channel::Stable)?;
        Ok::<_, StoreError>((tally, apart, rollout::failures(tx, id, Channel::Stable, 9)?))
    };
    let (tally, apart, failures) =
        server.api.shop.db.read("test.tally", read).await.expect("is read");
    assert_eq!(tally, Tally { failed: 1, ..Tally::default() });
    assert_eq!(apart, Tally { failed: 1, ..Tally::default() });
    assert_eq!(failures, [("E: bad slot".to_owned(), 1)]);
    for (headers, body, status) in [
        (&device[..], "{", StatusCode::BAD_REQUEST),
        (&[][..], raw, StatusCode::BAD_REQUEST),
        (&device[..], "{\"event\":\"eaten\"}", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = server.ask("POST", "/rom/reports", headers, body).await;
        assert_eq!(answer.status, status, "{body}");
    }
    let other = raw.replace("\"a1\"", "\"zz\"");
    let answer = server.ask("POST", "/rom/reports", &device, &other).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_say_what_devices_are_told() {
    let server = Server::open().await;
    let rollout = format!("/rom/en/rollout/{ROLLOUT}");
    for (path, words) in [
        ("/rom", &["One", "Stable", "1.0", "for everybody"][..]),
        ("/rom/de", &["Software für Ihr Gerät", "für alle"]),
        ("/rom/en/device/one", &["a1", "sideload", "rom/check?model=one"]),
        ("/rom/de/device/one/a1", &["SHA-256", "one.zip", "Zum Rollout"]),
        (rollout.as_str(), &["Done", "100%", "No device has reported yet."]),
    ] {
        let page = server.get(path, &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for word in words {
            assert!(page.text().contains(word), "{path}: {word}");
        }
        let kept = server.get(path, &[("if-none-match", page.header("etag"))]).await;
        assert_eq!(kept.status, StatusCode::NOT_MODIFIED, "{path}");
    }
    assert!(server.get("/rom/en/device/one/a1", &[]).await.text().contains(&server.api.rom_file));
    for path in ["/rom/en/feed.atom", "/rom/de/device/one/feed.atom"] {
        let feed = server.get(path, &[]).await;
        assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
        assert!(feed.text().contains("/device/one/a1</id>"), "{path}");
    }
    for path in [
        "/rom/fr",
        "/rom/en/device/nobodys",
        "/rom/en/device/one/zz",
        "/rom/en/rollout/nonsense",
        "/rom/en/rollout/rol_00000000000000000000000000",
        "/rom/en/device/nobodys/feed.atom",
    ] {
        assert_eq!(server.get(path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_rollouts_page_shows_reports_and_is_kept_for_a_moment() {
    let server = Server::open().await;
    let given = |number: u32| {
        let device = format!("device-{number:04}");
        let credentials = &server.api.rom.keys.credentials;
        let now = server.api.clock.now();
        let given = credentials.given(&credentials.brought(&device, "", now), now);
        (device, given.expect("a new device").to_string())
    };
    let devices: Vec<(String, String)> = (0..200).map(given).collect();
    server.api.clock.advance_seconds(86_400);
    let path = format!("/rom/en/rollout/{ROLLOUT}");
    let before = server.get(&path, &[]).await.text();
    assert!(!before.contains("curve-installed"), "nothing was reported");
    // What counts is reported with the receipt that came with the offer: by those whom it reaches.
    let mut reported = 0;
    for (device, credential) in &devices {
        let headers =
            [("kontor-device", device.as_str()), ("kontor-credential", credential.as_str())];
        let check = "/rom/check?model=one&channel=stable&build=old";
        let offered = server.get(check, &headers).await;
        let receipt = offered.header("kontor-receipt");
        if reported == 2 || receipt.is_empty() {
            continue;
        }
        let body = format!(
            "{{\"model\":\"one\",\"channel\":\"stable\",\"build\":\"a1\",\
             \"event\":\"installed\",\"receipt\":\"{receipt}\"}}"
        );
        let answer = server.ask("POST", "/rom/reports", &headers, &body).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        reported += 1;
    }
    assert_eq!(reported, 2, "two of two hundred are offered the build");
    assert_eq!(server.get(&path, &[]).await.text(), before, "said again for a few seconds");
    server.api.clock.advance_seconds(60);
    let after = server.get(&path, &[]).await.text();
    assert!(after.contains("curve-installed") && after.contains("2 devices have installed"));
}

/// What a client may ask for, and the bytes that it is to get, by the definition.
fn expected(list: &[(u64, u64)], bytes: &[u8]) -> Vec<(usize, usize)> {
    let inside = |(from, to): &(u64, u64)| {
        let end = (to + 1).min(bytes.len() as u64);
        (*from < end).then_some((*from as usize, end as usize))
    };
    list.iter().filter_map(inside).collect()
}

/// Ranges of every kind over HTTP against a reference that cuts the bytes itself.
#[tokio::test]
async fn ranges_of_every_kind_agree_with_a_reference() {
    let server = Server::open().await;
    // A fixed series of pseudo-random numbers: the same cases in every run.
    let mut state = 1_u64;
    let mut next = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let length = BYTES as u64;
    for case in 0..60 {
        let count = 1 + next(4);
        let list: Vec<(u64, u64)> = (0..count)
            .map(|_| {
                let from = next(length + length / 4);
                (from, from + next(length / 5))
            })
            .collect();
        let words: Vec<String> = list.iter().map(|(from, to)| format!("{from}-{to}")).collect();
        let header = format!("bytes={}", words.join(","));
        let answer = server.get(&server.url, &[("range", &header)]).await;
        let wanted = expected(&list, &server.bytes);
        let total: usize = wanted.iter().map(|(from, to)| to - from).sum();
        let what = format!("case {case}: {header}");
        match wanted.as_slice() {
            [] => assert_eq!(answer.status, StatusCode::RANGE_NOT_SATISFIABLE, "{what}"),
            _ if total > BYTES => assert_eq!(answer.body, server.bytes, "{what}"),
            [(from, to)] => {
                assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT, "{what}");
                assert!(answer.body == server.bytes[*from..*to], "{what}");
            }
            several => {
                let kind = answer.header("content-type");
                let boundary = kind.strip_prefix("multipart/byteranges; boundary=");
                let boundary = boundary.unwrap_or_else(|| panic!("{what}: {kind}"));
                let mut body = Vec::new();
                for (from, to) in several {
                    body.extend(
                        format!("\r\n--{boundary}\r\nContent-Type: application/zip\r\n").bytes(),
                    );
                    body.extend(
                        format!("Content-Range: bytes {from}-{}/{BYTES}\r\n\r\n", to - 1).bytes(),
                    );
                    body.extend(&server.bytes[*from..*to]);
                }
                body.extend(format!("\r\n--{boundary}--\r\n").bytes());
                assert!(answer.body == body, "{what}");
                assert_eq!(answer.header("content-length"), body.len().to_string(), "{what}");
            }
        }
    }
}

/// The same server with other settings of the operator.
async fn with_settings(server: &Server, settings: kontor_rom::Settings) -> Server {
    let api = &server.api;
    let (db, clock, random) = (api.shop.db.clone(), api.clock.clone(), kontor_base::Random::System);
    let secret = kontor_base::SecretKey::from_bytes([7; 32]);
    let files = api.rom.files.clone();
    let rom = kontor_rom::Rom::open(db, clock, random, &secret, files, settings).await;
    let rom = Some(std::sync::Arc::new(rom.expect("opens")));
    let shop = std::sync::Arc::clone(&api.shop);
    let app = kontor_web::kit::app::App::with_rom(shop, rom, api.settings.clone(), None);
    let router = kontor_web::server::router(&app);
    let other = Api::open_sized(1).await;
    let (bytes, url) = (server.bytes.clone(), server.url.clone());
    Server { api: other, router, bytes, url, build: server.build }
}

/// A client of the static line reads the line, asks for the package from its own build, and takes the
/// whole one where there is none.
#[tokio::test]
async fn clients_of_the_static_line_find_the_packages_where_they_look() {
    let server = Server::open().await;
    // A package from the build before, of other bytes.
    let delta = vec![7; 1_000];
    let files = &server.api.rom.files;
    let incoming = files.take_in(&mut delta.as_slice(), "delta", &|_| true).expect("comes in");
    let digest = incoming.sha256;
    files.keep(incoming).expect("is kept");
    let add = move |tx: &mut kontor_store::Tx<'_>| {
        let mut build = kontor_store::build::all(tx)?.remove(0);
        let mut package = build.whole().expect("a package").clone();
        package.file = kontor_domain::build::BuildFile {
            name: "one-a0-a1.zip".to_owned(),
            bytes: 1_000,
            sha256: digest,
        };
        package.source = "20-a0".parse().ok();
        build.packages.push(package);
        let known = kontor_store::build::KnownFile {
            sha256: digest,
            bytes: 1_000,
            state: kontor_store::build::FileState::Good,
        };
        kontor_store::build::save_file(tx, &known, build.published_at)?;
        kontor_store::build::save(tx, &build)?;
        // And a build that is in no channel, of the same bytes.
        build.id = BuildId::from_bytes([9; 16]);
        build.incremental = "a9".parse().expect("an incremental");
        kontor_store::build::save(tx, &build)
    };
    server.api.shop.db.write("test.package", add).await.expect("is written");
    server.api.rom.refresh().await.expect("is read");

    let line = server.get("/rom/static/one-stable", &[]).await.text();
    let target = line.split(' ').next().expect("an incremental").to_owned();
    let get = async |name: String, headers: &[(&str, &str)]| {
        server.get(&format!("/rom/static/{name}.zip"), headers).await
    };
    let found = get(format!("one-incremental-20-a0-{target}"), &[]).await;
    assert_eq!((found.status, found.body), (StatusCode::OK, delta));
    assert_eq!(get(format!("one-incremental-other-{target}"), &[]).await.status, 404);
    let whole = format!("one-ota_update-{target}");
    assert!(get(whole.clone(), &[]).await.body == server.bytes);
    let rest = get(whole.clone(), &[("range", "bytes=1000-")]).await;
    assert_eq!((rest.status, rest.body.len()), (StatusCode::PARTIAL_CONTENT, BYTES - 1_000));
    // How these clients learn that they have it all.
    let all = format!("bytes={BYTES}-");
    assert_eq!(get(whole, &[("range", &all)]).await.status, StatusCode::RANGE_NOT_SATISFIABLE);
    for name in
        ["one-ota_update-zz", "two-ota_update-a1", "one-ota_update-", "one-incremental-", ""]
    {
        assert_eq!(get(name.to_owned(), &[]).await.status, 404, "{name}");
    }
    // Names that can be guessed lead to nothing that is in no channel.
    assert_eq!(get("one-ota_update-a9".to_owned(), &[]).await.status, 404);
}

#[tokio::test]
async fn clients_are_told_of_mirrors_or_sent_to_one() {
    use kontor_rom::core::Redirect;
    let server = Server::open().await;
    let mirrors = vec!["https://a.example/rom".to_owned(), "https://b.example/rom".to_owned()];
    let named = kontor_rom::Settings { mirrors, ..kontor_rom::Settings::default() };
    let here = with_settings(&server, named.clone()).await;
    let answer = here.get(&server.url, &[("range", "bytes=0-9")]).await;
    assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
    let links: Vec<&str> =
        answer.headers.get_all("link").iter().filter_map(|value| value.to_str().ok()).collect();
    let file = server.url.strip_prefix("/rom/files").expect("a file's address");
    assert_eq!(
        links,
        [
            format!("<https://a.example/rom{file}>; rel=duplicate; pri=1"),
            format!("<https://b.example/rom{file}>; rel=duplicate; pri=2"),
        ]
    );
    let redirect = kontor_rom::Settings { redirect: Redirect::Mirror, ..named };
    let sent = with_settings(&server, redirect).await.get(&server.url, &[]).await;
    assert_eq!(sent.status, StatusCode::FOUND);
    let to = sent.header("location").to_owned();
    assert!(
        to == format!("https://a.example/rom{file}")
            || to == format!("https://b.example/rom{file}")
    );
    assert!(sent.header("link").contains("rel=duplicate") && !sent.header("link").contains(&to));
    // A mirror is filled from what the list names, which leads nowhere else.
    let redirect = kontor_rom::Settings {
        redirect: Redirect::Mirror,
        mirrors: vec!["https://a.example/rom".to_owned()],
        ..kontor_rom::Settings::default()
    };
    let mirrored = with_settings(&server, redirect).await;
    let list = mirrored.get("/rom/files.txt", &[]).await.text();
    assert_eq!(list, format!("{}/rom/origin{file}\n", server.api.settings.origin));
    let answer = mirrored.get(&format!("/rom/origin{file}"), &[]).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, BYTES));
    // A folder has no addresses of its own: the bytes come from here.
    let bucket =
        kontor_rom::Settings { redirect: Redirect::Bucket, ..kontor_rom::Settings::default() };
    let answer = with_settings(&server, bucket).await.get(&server.url, &[]).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, BYTES));
}

#[tokio::test]
async fn a_rate_slows_a_download_and_changes_none_of_its_bytes() {
    let server = Server::open().await;
    let rate = BYTES as u64 * 4;
    let settings =
        kontor_rom::Settings { total_bytes_per_s: rate, ..kontor_rom::Settings::default() };
    // From here on: what a server does not send at first it may send a moment later.
    let began = std::time::Instant::now();
    let slow = with_settings(&server, settings).await;
    // The second file's worth waits for the first; the last piece of each is not waited for.
    for _ in 0..2 {
        assert!(slow.get(&server.url, &[]).await.body == server.bytes);
    }
    assert!(began.elapsed().as_millis() >= 250, "two files at four a second, less one piece");
}

/// What is answered in the express lane, if anything.
async fn by_lane(server: &Server, path: &str, headers: &[(&str, &str)]) -> Option<Answer> {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    let peer = "198.51.100.7:4321".parse().expect("an address");
    let ready = server.api.express().answer(&request, peer)?;
    let (parts, body) = ready.into_response().into_parts();
    let body = to_bytes(body, 16 * 1024 * 1024).await.expect("a body").to_vec();
    Some(Answer { status: parts.status, headers: parts.headers, body })
}

#[tokio::test]
async fn the_express_lane_says_what_the_router_says_or_nothing() {
    let server = Server::open().await;
    let known = server.get("/rom/api/v2/one/nightly/old", &[]).await.header("etag").to_owned();
    let check = "/rom/check?model=one&channel=stable&build=old";
    let device = ("kontor-device", "device-number-one");
    let (fresh, stale) = (("if-none-match", known.as_str()), ("if-none-match", "\"other\""));
    for (path, headers) in [
        ("/rom/api/v1/one/nightly/old", vec![]),
        ("/rom/api/v2/one/nightly/old", vec![]),
        ("/rom/api/v2/one/nightly/old?c=7&channel=beta", vec![]),
        ("/rom/api/v2/one/nightly/old", vec![fresh]),
        ("/rom/api/v2/one/nightly/old", vec![stale]),
        (check, vec![]),
        (check, vec![device]),
    ] {
        let lane = by_lane(&server, path, &headers).await;
        let lane = lane.unwrap_or_else(|| panic!("{path} is not answered at once"));
        let router = server.get(path, &headers).await;
        assert_eq!(lane.status, router.status, "{path}");
        assert_eq!(lane.body, router.body, "{path}");
        for name in
            ["etag", "content-type", "cache-control", "vary", "kontor-receipt", "kontor-credential"]
        {
            assert_eq!(lane.header(name), router.header(name), "{path}: {name}");
        }
    }
    // What another route means, what has to be decoded or refused: the router's.
    for path in [
        "/rom/api/v2/devices/one/builds",
        "/rom/api/v2/one/nightly/o%6cd",
        "/rom/api/v2/one/nightly/old?c=many",
        "/rom/api/v2/one/nightly/old?c=1&c=2",
        "/rom/api/v2/unknown/nightly/old",
        "/rom/check?model=one&model=one&channel=stable&build=old",
        "/rom/check?model=one&channel=stable&build=old&colour=red",
        "/rom/check?model=one&channel=stable&build=o+ld",
        "/rom/check?model=one",
        "/rom/check?model=one&channel=none&build=old",
        "/rom/",
    ] {
        assert!(by_lane(&server, path, &[]).await.is_none(), "{path}");
    }
}
