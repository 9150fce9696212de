//! Packages that come in piece by piece through HTTP, downloads that are sent elsewhere, and rates.

mod common;

use axum::http::StatusCode;
use common::{Answer, Api, Ask};
use kontor_rom::demo::invented_package;

const TYPE: (&str, &str) = ("content-type", "application/json");

struct Sender {
    api: Api,
    token: String,
    path: String,
    bytes: Vec<u8>,
}

impl Sender {
    async fn of(bytes: Vec<u8>) -> Self {
        let api = Api::open().await;
        let until = api.clock.now().plus_seconds(60);
        let token = api.rom.keys.publisher_token("build-farm", until).expect("a name");
        let path = format!("/rom/uploads/{}", kontor_rom::demo::sha256(&bytes));
        Self { api, token: format!("Bearer {token}"), path, bytes }
    }

    async fn send(&self, ask: Ask) -> Answer {
        self.api.send(ask.header("authorization", &self.token)).await
    }

    async fn piece(&self, at: usize, bytes: &[u8]) -> Answer {
        let ask = Ask::bare("PUT", &self.path).header("upload-offset", &at.to_string());
        self.send(ask.raw(bytes.to_vec())).await
    }

    async fn publish(&self, name: &str) -> Answer {
        let body = format!(
            "{{\"name\":\"{name}\",\"model\":\"one\",\"kind\":\"nightly\",\"notes\":{{\"en\":\"New.\"}}}}"
        );
        self.send(Ask::bare("POST", &self.path).header(TYPE.0, TYPE.1).raw(body)).await
    }
}

/// A package of the tests' model, newer than its published build.
fn package() -> Vec<u8> {
    invented_package("one", "2.0", "b2", 1_500_000_000)
}

#[tokio::test]
async fn an_interrupted_upload_goes_on_and_is_published_once() {
    let sender = Sender::of(package()).await;
    let bytes = sender.bytes.clone();
    let half = bytes.len() / 2;
    assert_eq!(sender.send(Ask::get(&sender.path)).await.text, "{\"held\":0}");
    let told = format!("{{\"held\":{half}}}");
    assert_eq!(sender.piece(0, &bytes[..half]).await.text, told);
    // The answer was lost and the piece comes again; then the sender asks where to go on.
    assert_eq!(sender.piece(0, &bytes[..half]).await.text, told);
    assert_eq!(sender.send(Ask::get(&sender.path)).await.text, told);
    let wrong = sender.piece(half + 1, &bytes[half + 1..]).await;
    assert_eq!(wrong.status, 409, "{}", wrong.text);
    assert!(wrong.text.contains(&format!("go on from byte {half}")), "{}", wrong.text);
    let early = sender.publish("demo-2.0-one-ota.zip").await;
    assert_eq!((early.status, early.text.contains("build.upload")), (422, true), "{}", early.text);
    // What was not whole is gone; all of it again, in two pieces.
    assert_eq!(sender.piece(0, &bytes[..half]).await.status, 200);
    assert_eq!(sender.piece(half, &bytes[half..]).await.status, 200);
    for _ in 0..2 {
        let published = sender.publish("demo-2.0-one-ota.zip").await;
        assert_eq!(published.status, 201, "{}", published.text);
        assert!(published.text.contains("\"incremental\":\"b2\""), "{}", published.text);
    }
    sender.api.rom.refresh().await.expect("is read");
    let page = sender.api.send(Ask::get("/rom/en/device/one/b2")).await;
    assert!(page.status == 200 && page.text.contains("New."), "{}", page.text);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_reason() {
    let sender = Sender::of(b"this is no package, however long it may be".to_vec()).await;
    let bytes = sender.bytes.clone();
    for (name, code) in [
        ("a.zip", "build.version"),
        ("../a-1.0.zip", "build.name"),
        ("a-1.0.zip", "build.not_a_zip"),
    ] {
        sender.piece(0, &bytes).await;
        let refused = sender.publish(name).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert!(refused.text.contains(code), "{name}: {}", refused.text);
    }
    let no_offset = sender.send(Ask::bare("PUT", &sender.path).raw("x")).await;
    assert_eq!((no_offset.status, no_offset.text.contains("build.offset")), (400, true));
    let beyond = Ask::bare("PUT", &sender.path).header("upload-offset", &u64::MAX.to_string());
    assert_eq!(sender.send(beyond.raw("x")).await.status, 413);
    let no_hash = sender.send(Ask::get("/rom/uploads/nonsense")).await;
    assert_eq!(no_hash.status, 404);
    let other = Sender { path: sender.path.clone(), bytes: vec![], ..sender };
    for words in ["", "{}", "{\"name\":1}", "{\"name\":\"a\",\"model\":\"../x\",\"kind\":\"k\"}"] {
        let ask = Ask::bare("POST", &other.path).header(TYPE.0, TYPE.1).raw(words);
        let answer = other.send(ask).await;
        assert!((400..500).contains(&answer.status), "{words}: {}", answer.text);
    }
}

#[tokio::test]
async fn without_a_good_token_nothing_is_told_or_taken() {
    let sender = Sender::of(package()).await;
    let ended = sender.token.clone();
    sender.api.clock.advance_seconds(61);
    for token in ["", "Bearer ", "Bearer 99999999999.build-farm.00000000000000000000000000", &ended]
    {
        for method in ["GET", "PUT", "POST"] {
            let ask = Ask::bare(method, &sender.path).header("authorization", token);
            let answer = sender.api.send(ask.header("upload-offset", "0").raw("x")).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED.as_u16(), "{method} {token}");
        }
    }
    let sha256 = sender.path.rsplit('/').next().and_then(|text| text.parse().ok());
    let held = sender.api.rom.files.upload_held(&sha256.expect("a hash"));
    assert_eq!(held.expect("is looked at"), 0);
}
