//! Counting installations through HTTP: every form of report, what is refused, what is published,
//! and that a plain recount of the log confirms every number.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::Request;
use common::Api;
use kontor_base::{Random, SecretKey};
use kontor_count::{Position, Recount, Slice, recount, recount_until};
use kontor_domain::install::{Day, Timing, place};
use kontor_rom::install::{Install, Settings};
use kontor_rom::{Files, Rom};
use kontor_shop::reach::carried_abroad;
use kontor_shop::stock::import_serials;
use kontor_web::kit::app::{App, Parts};
use kontor_web::server;
use serde_json::{Value, json};
use tower::ServiceExt;

struct Server {
    api: Api,
    router: Router,
    install: Arc<Install>,
    folder: PathBuf,
}

struct Answer {
    status: u16,
    kind: String,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

impl Server {
    /// A server that withholds cells under `cell_min`, and believes so many new devices a network.
    async fn open(cell_min: u64, new_per_network: u32) -> Self {
        let api = Api::open().await;
        let db = api.shop.db.clone();
        let data = api.scratch.folder().to_owned();
        let files = Files::open(data.join("files")).expect("a store of files");
        let secret = SecretKey::from_bytes([7; 32]);
        let settings = kontor_rom::Settings::default();
        let rom = Rom::open(db, api.clock.clone(), Random::System, &secret, files, settings);
        let rom = Arc::new(rom.await.expect("the ROM opens"));
        let folder = data.join("installs");
        let settings = Settings { cell_min, new_per_network, ..Settings::new(&folder) };
        let install = Install::open(Arc::clone(&rom), &secret, settings).await.expect("opens");
        let install = Arc::new(install);
        let settings = kontor_web::kit::app::Settings {
            origin: "http://shop.example".to_owned(),
            trusted_proxies: 0,
            writes_per_minute: 0,
            sign_ups_per_hour: 0,
            reports_per_minute: 0,
            legal: kontor_web::page::LegalTexts::default(),
        };
        let parts = Parts { rom: Some(rom), install: Some(Arc::clone(&install)) };
        let app = App::with_parts(Arc::clone(&api.shop), parts, settings, None);
        let router = server::router(&app);
        Self { api, router, install, folder }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let status = answer.status().as_u16();
        let kind = answer.headers().get("content-type");
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        let body = to_bytes(answer.into_body(), 1 << 24).await.expect("a body");
        Answer { status, kind, text: String::from_utf8(body.to_vec()).expect("text") }
    }

    async fn post(&self, path: &str, kind: &str, body: String) -> Answer {
        let request = Request::post(path)
            .header("content-type", kind)
            .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4_000))));
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    async fn report(&self, body: Value) -> Answer {
        self.post("/api/v1/install/reports", "application/json", body.to_string()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.install.refresh().await.expect("refreshed");
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// Nothing in the book that a plain recount of the log does not confirm.
    fn proved(&self) {
        let counter = self.install.counter().expect("it counts here");
        let again = recount(&self.folder).expect("recounted");
        assert_eq!(again.differences(&counter.book()), Vec::<String>::new());
    }
}

fn device(number: u64) -> String {
    format!("device-{number:012x}")
}

fn own(number: u64, country: &str) -> Value {
    json!({"device": device(number), "model": "cancro", "version": "V6.3.5.0",
        "channel": "stable", "country": country})
}

#[tokio::test]
async fn a_report_counts_once_and_its_credential_counts_from_the_next_day() {
    let server = Server::open(1, 0).await;
    let first = server.report(own(1, "IN")).await;
    assert_eq!((first.status, &first.json()["state"]), (200, &json!("counted")));
    let credential = first.json()["credential"].as_str().expect("a credential").to_owned();
    let again = server.report(own(1, "IN")).await;
    assert_eq!(again.json()["state"], "repeat");
    server.api.clock.advance_seconds(86_400);
    let mut body = own(1, "IN");
    body["credential"] = json!(credential);
    let next = server.report(body).await;
    assert_eq!(next.json(), json!({"state": "counted"}), "it has its credential");
    let table = server.get("/api/v1/install/tables/standing?days=1").await.json();
    assert_eq!(table["cells"], json!([{"value": "credentialed", "count": 1}]));
    let overview = server.get("/api/v1/install?days=2").await.json();
    let active = |days: u64| {
        let figures = overview["figures"].as_array().expect("figures");
        let found = figures.iter().find(|f| f["measure"] == "active" && f["window_days"] == days);
        found.map(|figure| figure["count"].clone())
    };
    assert_eq!(
        (active(1), active(2), active(30)),
        (Some(json!(1)), Some(json!(1)), Some(json!(1)))
    );
    assert_eq!(overview["definitions"].as_array().map(Vec::len), Some(5));
    let history = server.get("/api/v1/install/history?by=country").await.json();
    assert_eq!(history["days"][0]["active_30_by"], json!([{"value": "IN", "count": 1}]));
    server.proved();
}

#[tokio::test]
async fn both_spellings_of_the_lineage_form_count_one_device() {
    let server = Server::open(1, 0).await;
    let old = json!({"device_hash": "00AB12", "device_name": "one",
        "device_version": "23.2-20261001-NIGHTLY-one", "device_country": "DE",
        "device_carrier": "A carrier", "device_carrier_id": "26201"});
    let kind = "application/json; charset=UTF-8";
    let answer = server.post("/api/v1/stats", kind, old.to_string()).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "neat"));
    let form = "device_id=ab12&name=one&version=23.2-20261001-NIGHTLY-one&country=DE&carrier=x";
    let kind = "application/x-www-form-urlencoded";
    let answer = server.post("/api/v1/stats", kind, form.to_owned()).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "neat"));
    let stats = server.get("/api/v1/stats").await;
    assert_eq!(
        stats.text,
        r#"{"model":{"one":1},"country":{"DE":1},"version":{"23.2-20261001-NIGHTLY-one":1},"carrier":{},"total":1}"#
    );
    for bad in ["device_id=zz&name=one&version=23.2-one&country=DE", "", "name=one", "%"] {
        let answer = server.post("/api/v1/stats", kind, bad.to_owned()).await;
        assert_eq!(answer.status, 400, "{bad}");
    }
    let answer = server.get("/api/v1/stats?model=one").await;
    assert_eq!(answer.status, 400, "two properties at once could give small cells away");
    assert_eq!(server.get("/api/v1/stats").await.json()["total"], 1);
    server.proved();
}

#[tokio::test]
async fn what_cannot_be_counted_is_refused_with_its_field() {
    let server = Server::open(1, 0).await;
    for (name, value) in [
        ("device", "short"),
        ("model", "=1+1"),
        ("version", ""),
        ("channel", "gold"),
        ("country", "IND"),
        ("day", "2015-02-30"),
        ("kind", "brick"),
    ] {
        let mut body = own(1, "IN");
        body[name] = json!(value);
        let answer = server.report(body).await;
        assert_eq!(answer.status, 422, "{name}");
        assert_eq!(answer.json()["errors"][0]["pointer"], format!("/{name}"));
    }
    let mut more = own(1, "IN");
    more["imei"] = json!("490154203237518");
    assert_eq!(server.report(more).await.status, 422, "nothing else about a person is taken");
    assert_eq!(server.install.counter().map(|c| c.book().activations()), Some(0));
}

#[tokio::test]
async fn a_flood_is_kept_apart_then_refused_and_known_devices_still_count() {
    let server = Server::open(1, 2).await;
    let mut states = Vec::new();
    for number in 0..21 {
        let answer = server.report(own(number, "IN")).await;
        states.push(if answer.status == 200 {
            answer.json()["state"].as_str().expect("a state").to_owned()
        } else {
            assert_eq!((answer.status, &answer.json()["code"]), (429, &json!("install.flood")));
            "refused".to_owned()
        });
    }
    assert_eq!(states[..2], ["counted", "counted"]);
    assert!(states[2..20].iter().all(|state| state == "set_aside"));
    assert_eq!(states[20], "refused");
    assert_eq!(server.report(own(0, "IN")).await.json()["state"], "repeat");
    let overview = server.get("/api/v1/install").await.json();
    assert_eq!(overview["set_aside"], 18);
    assert_eq!(overview["figures"][0]["count"], 2);
    server.proved();
}

#[tokio::test]
async fn a_small_cell_cannot_be_worked_out() {
    let server = Server::open(5, 0).await;
    for (country, devices) in [("CN", 20), ("IN", 9), ("DE", 2)] {
        for number in 0..devices {
            let number = number + 1_000 * u64::from(country.as_bytes()[0]);
            assert_eq!(server.report(own(number, country)).await.status, 200);
        }
    }
    // These numbers are told when as many devices have changed once more.
    server.install.refresh().await.expect("refreshed");
    for number in 1..6 {
        server.report(own(number, "CN")).await;
    }
    let table = server.get("/api/v1/install/tables/country").await.json();
    assert_eq!(table["cells"], json!([{"value": "CN", "count": 20}]));
    assert_eq!((&table["withheld"], &table["withheld_cells"]), (&json!(11), &json!(2)));
    assert_eq!(table["total"], 31);
    let csv = server.get("/api/v1/install/tables/country?format=csv").await;
    assert_eq!(csv.kind, "text/csv; charset=utf-8");
    assert!(csv.text.contains("active,1,30,country,cell,CN,20,"), "{}", csv.text);
    assert!(!csv.text.contains("DE"), "{}", csv.text);
    let position = server.install.figures().position.to_string();
    assert!(csv.text.lines().skip(1).all(|line| line.ends_with(&position)), "{}", csv.text);
    for path in ["/api/v1/install/tables/carrier", "/api/v1/install/tables/country?days=31"] {
        assert!(server.get(path).await.status >= 400, "{path}");
    }
}

#[tokio::test]
async fn a_device_that_asks_for_an_update_is_counted_by_it() {
    let server = Server::open(1, 0).await;
    let ask = |build: &str, credential: &str| {
        let path = format!("/rom/check?model=cancro&channel=stable&build={build}&country=IN");
        let request = Request::get(path).header("kontor-device", device(1));
        request.header("kontor-credential", credential).body(Body::empty()).expect("a request")
    };
    let answer = server.router.clone().oneshot(ask("V6.3", "")).await.expect("an answer");
    let given = answer.headers().get("kontor-credential").expect("a credential").clone();
    let given = given.to_str().expect("text").to_owned();
    server.api.clock.advance_seconds(86_400);
    let answer = server.router.clone().oneshot(ask("V6.5", &given)).await.expect("an answer");
    assert!(answer.headers().get("kontor-credential").is_none(), "it has one");
    let inferred = server.get("/api/v1/install/tables/installs-inferred").await.json();
    assert_eq!(inferred["cells"], json!([{"value": "V6.5", "count": 1}]));
    let standing = server.get("/api/v1/install/tables/standing").await.json();
    assert_eq!(standing["cells"], json!([{"value": "credentialed", "count": 1}]));
    let anonymous = "/rom/check?model=cancro&channel=stable&build=V6.3";
    server.get(anonymous).await;
    assert_eq!(server.get("/api/v1/install").await.json()["figures"][0]["count"], 1);
    server.proved();
}

/// What identifies a device or a person is in no file of the data folder, whichever way it came: not the
/// device's own id, not its serial number, not its address, not its carrier.
#[tokio::test]
async fn nothing_on_disk_names_a_device() {
    let server = Server::open(1, 0).await;
    let mut body = own(1, "IN");
    body["serial"] = json!("SECRET4711");
    assert_eq!(server.report(body).await.status, 200);
    let hash = "5A1F00D5A1F00D5A1F00D5A1F00D5A1F";
    let form = format!(
        "device_hash={hash}&device_name=one&device_version=23.2-20261001-NIGHTLY-one&\
         device_country=DE&device_carrier=Carrier-of-mine&device_carrier_id=26201"
    );
    let kind = "application/x-www-form-urlencoded";
    assert_eq!(server.post("/api/v1/stats", kind, form).await.status, 200);
    let check = Request::get("/rom/check?model=cancro&channel=stable&build=V6.3&country=IN")
        .header("kontor-device", device(2))
        .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 77], 4_000))));
    // That no build is published for the model does not matter.
    server.send(check.body(Body::empty()).expect("a request")).await;
    server.get("/api/v1/install").await;
    let counter = server.install.counter().expect("it counts here");
    assert_eq!(counter.book().activations(), 3, "all three ways count");
    counter.close().await;
    let ids = [device(1), device(2)];
    let secrets = [&ids[0], &ids[1], "SECRET4711", hash, "Carrier-of-mine", "192.0.2."];
    let (mut folders, mut files) = (vec![server.api.scratch.folder().to_owned()], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).expect("a file");
            files += 1;
            for secret in secrets {
                let there = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
                assert!(!there, "{secret} is in {}", path.display());
            }
        }
    }
    assert!(files > 2, "{files} files were looked at");
}

/// Steps of one linear generator: no test needs more randomness than that.
struct Steps(u64);

impl Steps {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Wipes (a new id), duplicates, late, absurd and future dates, over fifty days: what is published
/// equals what a set of days per device says.
#[tokio::test]
async fn published_counts_equal_a_brute_force_count_of_the_reports() {
    let server = Server::open(1, 0).await;
    let mut steps = Steps(11);
    let mut days: BTreeMap<u64, BTreeSet<u16>> = BTreeMap::new();
    let mut country: BTreeMap<u64, (u16, &str)> = BTreeMap::new();
    let mut today = Day::of(server.install.now());
    for _ in 0..400 {
        if steps.below(8) == 0 {
            server.api.clock.advance_seconds(86_400);
            today = Day::of(server.install.now());
        }
        let (number, code) = (steps.below(60), ["CN", "IN", "US"][steps.below(3) as usize]);
        let mut body = own(number, code);
        let claimed = match steps.below(4) {
            0 => None,
            1 => Some(Day::from_number(today.number() - steps.below(45) as u16)),
            2 => Some(today.plus(steps.below(400) as u16)),
            _ => Some(today),
        };
        if let Some(claimed) = claimed {
            body["day"] = json!(claimed.date().to_string());
        }
        assert_eq!(server.report(body.clone()).await.status, 200);
        if steps.below(3) == 0 {
            assert_eq!(server.report(body).await.json()["state"], "repeat");
        }
        let (day, _) = place(claimed, today);
        days.entry(number).or_default().insert(day.number());
        let seen = country.entry(number).or_insert((0, code));
        if day.number() >= seen.0 {
            *seen = (day.number(), code);
        }
    }
    for window in [1, 7, 30, 45, 90] {
        let first = today.window_start(window).number();
        let there = days.values().filter(|days| days.range(first..).next().is_some()).count();
        let overview = server.get(&format!("/api/v1/install?days={window}")).await.json();
        let figures = overview["figures"].as_array().expect("figures");
        let told = figures.iter().find(|f| f["measure"] == "active" && f["window_days"] == window);
        assert_eq!(told.map(|figure| figure["count"].clone()), Some(json!(there)), "{window}");
    }
    let mut countries: BTreeMap<&str, u64> = BTreeMap::new();
    country.values().for_each(|(_, code)| *countries.entry(code).or_default() += 1);
    let table = server.get("/api/v1/install/tables/country?days=ever").await.json();
    for cell in table["cells"].as_array().expect("cells") {
        assert_eq!(cell["count"], countries[cell["value"].as_str().expect("a code")]);
    }
    assert_eq!(table["total"], days.len());
    server.proved();
}

/// Several devices go their ways over some days: everything that they can say differs.
async fn population(server: &Server, seed: u64, reports: u64) {
    let mut steps = Steps(seed);
    for at in 0..reports {
        if at % 60 == 59 {
            server.api.clock.advance_seconds(86_400);
        }
        let number = steps.below(90);
        let mut body = own(number, ["CN", "IN", "US", "NO", "IS"][skewed(&mut steps, 5)]);
        body["model"] = json!(["cancro", "armani", "dior", "aries"][skewed(&mut steps, 4)]);
        body["version"] = json!(["V5", "V6", "V6.1"][steps.below(3) as usize]);
        body["channel"] = json!(["stable", "beta", "unofficial"][skewed(&mut steps, 3)]);
        body["kind"] = json!(["check", "install"][steps.below(2) as usize]);
        if steps.below(6) == 0 {
            let today = Day::of(server.install.now());
            let day = Day::from_number(today.number() + 5 - steps.below(50) as u16);
            body["day"] = json!(day.date().to_string());
        }
        assert_eq!(server.report(body).await.status, 200);
        if at % 15 == 0 {
            server.install.refresh().await.expect("as the keeper does");
        }
    }
}

fn skewed(steps: &mut Steps, below: u64) -> usize {
    steps.below(below).min(steps.below(below)).min(steps.below(below)) as usize
}

/// Whether a published number is what the log says; counts those that are told.
fn same(told: &Value, truth: u64, what: &str, checked: &mut u64) {
    if !told.is_null() {
        assert_eq!(told, &json!(truth), "{what}");
        *checked += 1;
    }
}

/// Every number of every answer, JSON and CSV, counted again from the log up to the place that the
/// answer names, in the plainest way: cells, totals, what is withheld, days, dates, floods.
#[tokio::test]
async fn every_published_number_is_counted_again_from_the_log() {
    let server = Server::open(5, 0).await;
    population(&server, 29, 900).await;
    // What is told is what was made when a crowd changed after it.
    for number in 500..506 {
        assert_eq!(server.report(own(number, "CN")).await.status, 200);
    }
    let overview = server.get("/api/v1/install?days=14").await.json();
    let place: Position = overview["log_position"].as_str().expect("a place").parse().expect("one");
    let again = recount_until(&server.folder, Some(place)).expect("recounted");
    let today = again.today();
    assert_eq!(overview["today"], today.date().to_string());
    let mut checked = 0;
    let (reported, inferred) = again.installs();
    for figure in overview["figures"].as_array().expect("figures") {
        let days = figure["window_days"].as_u64().map(|days| days as u16);
        let truth = match (figure["measure"].as_str().expect("a measure"), days) {
            ("activations", None) => again.activations(),
            ("active", Some(days)) => again.active_between(today.window_start(days), today),
            ("installs_reported", None) => reported.values().sum(),
            ("installs_inferred", None) => inferred.values().sum(),
            other => panic!("{other:?}"),
        };
        same(&figure["count"], truth, &figure.to_string(), &mut checked);
    }
    for timing in overview["timing"].as_array().expect("timing") {
        let found = Timing::ALL.into_iter().find(|t| timing["timing"] == t.word());
        same(&timing["reports"], again.timing(found.expect("one")), "timing", &mut checked);
    }
    same(&overview["set_aside"], again.set_aside(), "set aside", &mut checked);
    for by in Slice::ALL {
        for days in [Some(1), Some(7), Some(30), Some(90), None] {
            let window = days.map_or("ever".to_owned(), |days| days.to_string());
            let path = format!("/api/v1/install/tables/{}?days={window}", by.word());
            let truth = again.breakdown(days, by);
            compare_table(&server, &path, "&", place, &truth, &mut checked).await;
        }
    }
    for (word, truth) in [("reported", reported), ("inferred", inferred)] {
        let path = format!("/api/v1/install/tables/installs-{word}");
        compare_table(&server, &path, "?", place, truth, &mut checked).await;
    }
    compare_history(&server, &again, &mut checked).await;
    let stats = server.get("/api/v1/stats").await.json();
    for by in [Slice::Country, Slice::Model, Slice::Version] {
        let truth = again.breakdown(Some(90), by);
        for (value, count) in stats[by.word()].as_object().expect("a table") {
            same(count, truth[&value.replace("Unknown", "unknown")], value, &mut checked);
        }
    }
    // And what the page of figures hands out of them.
    let counter = server.get("/api/v1/reach/counter").await.json();
    let month = again.active_between(today.window_start(30), today);
    same(&counter["active"], month, "the counter", &mut checked);
    same(&counter["activations"], again.activations(), "the counter", &mut checked);
    let truth = again.breakdown(Some(30), Slice::Country);
    for country in server.get("/api/v1/reach").await.json()["countries"].as_array().expect("some") {
        let code = country["country"].as_str().expect("a code");
        same(&country["active_devices"], truth.get(code).copied().unwrap_or(0), code, &mut checked);
    }
    assert!(checked > 120, "only {checked} numbers were told");
}

async fn compare_table(
    server: &Server,
    path: &str,
    join: &str,
    place: Position,
    truth: &BTreeMap<String, u64>,
    checked: &mut u64,
) {
    let table = server.get(path).await.json();
    assert_eq!(table["log_position"], place.to_string(), "{path}");
    let csv = server.get(&format!("{path}{join}format=csv")).await.text;
    let mut rows = csv.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let (mut shown, mut cells) = (0, 0);
    for cell in table["cells"].as_array().expect("cells") {
        let value = cell["value"].as_str().expect("a value");
        same(&cell["count"], truth[value], &format!("{path} {value}"), checked);
        assert!(truth[value] >= 5, "{path} {value}");
        let row = rows.next().expect("a row");
        assert_eq!((row[4], row[5], row[6]), ("cell", value, truth[value].to_string().as_str()));
        assert_eq!(row[8], place.to_string());
        (shown, cells) = (shown + truth[value], cells + 1);
    }
    let told = table["total"] != 0;
    let all: u64 = truth.values().sum();
    if told {
        assert_eq!(table["total"], all, "{path}");
        assert_eq!(table["withheld"], all - shown, "{path}");
        assert_eq!(table["withheld_cells"], truth.len() as u64 - cells, "{path}");
        *checked += 2;
    }
    for (kind, number) in [("withheld", &table["withheld"]), ("total", &table["total"])] {
        let row = rows.next().expect("a row");
        assert_eq!((row[4], row[6].to_owned()), (kind, number.to_string()), "{path}");
    }
}

async fn compare_history(server: &Server, again: &Recount, checked: &mut u64) {
    let closes: BTreeMap<String, _> =
        again.history().map(|(day, close)| (day.date().to_string(), close)).collect();
    for by in Slice::ALL {
        let history = server.get(&format!("/api/v1/install/history?by={}", by.word())).await.json();
        let days = history["days"].as_array().expect("days");
        assert!(days.len() > 8, "{}", days.len());
        for day in days {
            let close = closes[day["day"].as_str().expect("a day")];
            let windows = ["active_1", "active_7", "active_30", "active_90"];
            for (name, truth) in windows.into_iter().zip(close.active) {
                same(&day[name], truth, name, checked);
            }
            same(&day["activations"], close.activations, "activations", checked);
            same(&day["installs_reported"], close.installs_reported, "reported", checked);
            same(&day["installs_inferred"], close.installs_inferred, "inferred", checked);
            for cell in day["active_30_by"].as_array().expect("cells") {
                let value = cell["value"].as_str().expect("a value");
                same(&cell["count"], close.table(by)[value], value, checked);
            }
        }
    }
}

/// Somebody asks for every number again and again while devices report one by one: what changes
/// between two answers was done by at least as many devices as a cell has at the least.
#[tokio::test]
async fn two_answers_never_differ_by_a_few_devices() {
    const LEAST: u64 = 5;
    let server = Server::open(LEAST, 0).await;
    let mut steps = Steps(3);
    let mut since = BTreeSet::new();
    let (mut told, mut closed, mut answers) = (server.install.figures().generation, 0, 0);
    for at in 0..400 {
        if at % 45 == 44 {
            server.api.clock.advance_seconds(86_400);
        }
        let number = steps.below(70);
        assert_eq!(
            server.report(own(number, ["CN", "IN", "NO"][number as usize % 3])).await.status,
            200
        );
        // Of each number that is told it is known which devices had reported before it.
        server.install.refresh().await.expect("refreshed");
        since.insert(number);
        let figures = server.install.figures();
        if figures.generation != told {
            assert!(since.len() as u64 >= LEAST, "{since:?} alone made the difference");
            (told, answers) = (figures.generation, answers + 1);
            since.clear();
        }
        // A day that is told is one on which a crowd reported.
        for day in figures.history.iter().skip(closed) {
            assert!(
                day.active[0].is_none_or(|devices| devices == 0 || devices >= LEAST),
                "{day:?}"
            );
            closed += 1;
        }
    }
    assert!(answers > 10 && closed > 5, "{answers} {closed}");
}

/// A unit is sold under its serial number, and reports it as its id: both sides know it by the same
/// keyed hash, though neither keeps the id.
#[tokio::test]
async fn a_sold_device_is_found_where_it_is_active() {
    let server = Server::open(50, 0).await;
    let shop = &server.api.shop;
    let mut file = String::from("serial,model,country,sold_on,source\n");
    for number in 0..3 {
        file.push_str(&format!("SERIAL-{number:04},cancro,CN,2014-05-01,ledger\n"));
    }
    let import = kontor_shop::stock::import_serials(shop, file.as_bytes()).await.expect("read");
    assert_eq!(import.added, 3);
    let report = |serial: &str, country: &str| json!({ "device": serial, "model": "cancro", "version": "V6", "country": country });
    let everybody = [("SERIAL-0000", "IN"), ("SERIAL-0001", "CN"), ("SERIAL-9999", "IN")];
    for (serial, country) in everybody {
        assert_eq!(server.report(report(serial, country)).await.status, 200, "{serial}");
    }
    let carried = async || {
        let counter = server.install.counter().expect("it counts here").clone();
        let seen = move |device| counter.book().sighting(device);
        kontor_shop::reach::carried_abroad(shop, &seen).await.expect("read")
    };
    let first = carried().await;
    assert_eq!(
        (first.travelling, first.home, first.unseen),
        (1, 1, 1),
        "it may be on its way back"
    );
    server.api.clock.advance_seconds(31 * 24 * 60 * 60);
    for (serial, country) in everybody {
        server.report(report(serial, country)).await;
    }
    let later = carried().await;
    assert_eq!((later.sold, later.home, later.total(), later.unseen), (3, 1, 1, 1));
    let way = later.ways.keys().next().expect("one way");
    assert_eq!((way.from.code(), way.to.code(), way.model.as_str()), ("CN", "IN", "cancro"));
    server.proved();
}

#[tokio::test]
async fn a_sold_unit_is_carried_abroad_by_its_own_stay_and_not_by_the_counts() {
    let server = Server::open(1, 0).await;
    let (shop, install) = (&server.api.shop, &server.install);
    let csv = "serial,model,country,sold_on,source\n\
               S4711,band,CN,2015-01-02,ledger\nS4712,band,CN,2015-01-02,ledger\n";
    let imported = import_serials(shop, csv.as_bytes()).await.expect("imported");
    assert_eq!((imported.added, imported.problems.len()), (2, 0));
    install.stays.read_sold(&shop.db).await.expect("read");
    let says = async |number, country: &str, serial: &str| {
        let mut body = own(number, country);
        body["serial"] = json!(serial);
        assert_eq!(server.report(body).await.status, 200);
    };
    let carried = async || {
        install.stays.write(&shop.db).await.expect("written");
        let book = install.counter().expect("it counts here").clone();
        let seen = move |device| book.book().sighting(device);
        carried_abroad(shop, &seen).await.expect("read")
    };
    let days = |days: i64| server.api.clock.advance_seconds(days * 86_400);

    // One goes to India and is wiped there; one is at home and travels on the last day. A serial number
    // that nobody has sold, and an id that is none, are nobody's.
    says(1, "IN", "s4711").await;
    says(3, "CN", "S4712").await;
    says(5, "DE", "S9999").await;
    let before = carried().await;
    assert_eq!((before.sold, before.home, before.travelling), (2, 1, 1));
    days(20);
    says(2, "IN", "S4711").await;
    says(3, "CN", "S4712").await;
    assert_eq!(carried().await.total(), 0, "twenty days are a journey");
    days(11);
    says(2, "IN", "S4711").await;
    says(3, "IN", "S4712").await;
    let now = carried().await;
    assert_eq!((now.total(), now.home, now.travelling), (1, 0, 1), "{now:?}");
    let way = now.ways.keys().next().expect("a way");
    assert_eq!((way.from.code(), way.to.code(), way.month.as_str()), ("CN", "IN", "2015-06"));
    // A late report of the days before moves nothing.
    let mut late = own(3, "CN");
    late["serial"] = json!("S4712");
    late["day"] = json!("2015-06-20");
    assert_eq!(server.report(late).await.status, 200);
    assert_eq!(carried().await, now);
    // The serial number takes no part in the count: four ids are four devices.
    let overview = server.get("/api/v1/install").await.json();
    let figures = overview["figures"].as_array().expect("figures");
    let activations = figures.iter().find(|figure| figure["measure"] == "activations");
    assert_eq!(activations.map(|figure| &figure["count"]), Some(&json!(4)));
    server.proved();

    // After more than a year of silence nothing is known of them any more.
    days(401);
    let today = Day::of(shop.now());
    assert_eq!(install.stays.forget(&shop.db, today).await.expect("forgotten"), 2);
}
