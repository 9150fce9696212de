//! What devices ask, through HTTP: checks that are not sent twice, files in every kind of range,
//! reports as real clients write them.

mod common;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use common::Api;
use kontor_base::id::{BuildId, RolloutId};
use kontor_base::{Line, SecretKey};
use kontor_domain::build::{Build, BuildFile, Package};
use kontor_domain::channel::{Channel, Entry};
use kontor_domain::device::{DeviceModel, Maker};
use kontor_domain::rollout::{
    Advance, Audience, Cause, Gate, Pace, Rollout, RolloutState, Standing, Tally, Trip, WHOLE, Wave,
};
use kontor_rom::{Files, Rom, Settings};
use kontor_store::build::{FileState, KnownFile};
use kontor_store::{StoreError, build, channel, device, rollout};
use kontor_web::kit::app::App;
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
}

impl Server {
    /// A server with one model, one build that everybody may have, and its file.
    async fn open() -> Self {
        let api = Api::open().await;
        let (db, at) = (api.shop.db.clone(), api.shop.now());
        let folder = api.scratch.path("files");
        let files = Files::open(folder).expect("a store of files");
        let bytes: Vec<u8> =
            (0..BYTES).map(|i| u8::try_from(i * 7 % 251).expect("small")).collect();
        let incoming = files.take_in(&mut bytes.as_slice(), "one", &|_| true).expect("comes in");
        let sha256 = incoming.sha256;
        files.keep(incoming).expect("is kept");
        let id = BuildId::from_bytes([1; 16]);
        let fill = move |tx: &mut kontor_store::Tx<'_>| {
            let (model, built) = published(id, sha256, at);
            device::save(tx, &model)?;
            build::save(tx, &built)?;
            let size = BYTES as u64;
            let known = KnownFile { sha256, bytes: size, state: FileState::Good };
            build::save_file(tx, &known, at)?;
            let codename = model.codename.clone();
            let entry = Entry {
                model: codename,
                channel: Channel::Stable,
                build: id,
                since: at,
                floor: false,
            };
            channel::save(tx, &entry)?;
            rollout::save(tx, &done(model, id, at))?;
            Ok::<_, StoreError>(())
        };
        db.write("test.rom", fill).await.expect("is written");
        let settings = Settings { origin: "https://rom.example".to_owned(), ..Settings::default() };
        let secret = SecretKey::from_bytes([7; 32]);
        let (clock, random) = (api.clock.clone(), kontor_base::Random::System);
        let rom = Rom::open(db, clock, random, &secret, files, settings).await.expect("opens");
        let settings = kontor_web::kit::app::Settings {
            origin: "http://shop.example".to_owned(),
            trusted_proxies: 0,
            writes_per_minute: 0,
            sign_ups_per_hour: 0,
            reports_per_minute: 0,
            legal: kontor_web::page::LegalTexts::default(),
        };
        let app = App::with_rom(Arc::clone(&api.shop), Some(Arc::new(rom)), settings, None);
        let (_, router) = kontor_web::server::router(&app);
        let url = format!("/rom/files/{sha256}/one.zip");
        Self { api, router, bytes, url, build: id }
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
}

fn published(
    id: BuildId,
    sha256: kontor_domain::build::Digest,
    at: kontor_base::Instant,
) -> (DeviceModel, Build) {
    let model = DeviceModel {
        codename: "one".parse().expect("a codename"),
        name: Line::parse("One").expect("a line"),
        brand: Line::parse("Example").expect("a line"),
        maker: Maker::Own,
        also: vec![],
        revisions: vec![],
        product: None,
    };
    let file = BuildFile { name: "one.zip".to_owned(), bytes: BYTES as u64, sha256 };
    let package =
        Package { file, source: None, payload: None, property_files: None, parts: vec![] };
    let built = Build {
        id,
        model: model.codename.clone(),
        version: "1.0".parse().expect("a version"),
        incremental: "a1".parse().expect("an incremental"),
        built_at: at,
        kind: "nightly".parse().expect("a kind"),
        sdk: 36,
        patch_level: None,
        fingerprint: None,
        vbmeta: None,
        release_counter: 1,
        notes: std::collections::BTreeMap::new(),
        packages: vec![package],
        published_at: at,
        withdrawn: None,
    };
    (model, built)
}

fn done(model: DeviceModel, build: BuildId, at: kontor_base::Instant) -> Rollout {
    let wave = Wave {
        share: WHOLE,
        audience: Audience::Everybody,
        countries: vec![],
        advance: Advance::ByHand,
    };
    Rollout {
        id: RolloutId::from_bytes([2; 16]),
        model: model.codename,
        channel: Channel::Stable,
        build,
        salt: [3; 16],
        waves: vec![wave],
        gate: Gate { failures_max: 50_000, reports_min: 10, trip: Trip::Halt },
        pace: Pace::default(),
        population: 1,
        standing: Standing {
            state: RolloutState::Done,
            cause: Cause::Hand,
            since: at,
            wave: 0,
            wave_since: at,
            wave_from: 0,
            forgiven: Tally::default(),
            note: None,
        },
    }
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
    let raw = "{\"model\":\"one\",\"channel\":\"stable\",\"build\":\"a1\",\"event\":\"failed\",\
               \"code\":\"E: bad\n\u{1}slot\"}";
    let device = [("kontor-device", "device-0001")];
    for _ in 0..2 {
        let answer = server.ask("POST", "/rom/reports", &device, raw).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    let id = server.build;
    let read = move |tx: &mut kontor_store::Tx<'_>| {
        let tally = rollout::tally(tx, id, Channel::Stable)?;
        Ok::<_, StoreError>((tally, rollout::failures(tx, id, Channel::Stable, 9)?))
    };
    let (tally, failures) = server.api.shop.db.read("test.tally", read).await.expect("is read");
    assert_eq!(tally, Tally { failed: 1, ..Tally::default() });
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
