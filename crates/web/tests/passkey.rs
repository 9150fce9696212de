//! Passkeys through HTTP, with an authenticator of the test's own: added, used, removed, and every answer
//! that must not be taken.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::desk::{Browser, PASSWORD};
use common::{Answer, Api, Ask};
use kontor_domain::staff::AccountState;
use kontor_shop::staff::{ChangeCommand, change};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};

const ORIGIN: &str = "http://shop.example";

/// A telephone with one passkey.
struct Device {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
    handle: String,
    count: u32,
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn client(kind: &str, challenge: &str, origin: &str) -> Vec<u8> {
    format!(
        r#"{{"type":"webauthn.{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false}}"#
    )
    .into_bytes()
}

impl Device {
    fn new(id: &[u8]) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random);
        let pkcs8 = pkcs8.expect("a key");
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random);
        Self { pair: pair.expect("its key"), id: id.to_vec(), handle: String::new(), count: 0 }
    }

    fn data(&self, flags: u8, rest: &[u8]) -> Vec<u8> {
        let host = digest(&SHA256, b"shop.example");
        [host.as_ref(), &[flags], &self.count.to_be_bytes(), rest].concat()
    }

    /// The fields of an answer to "make one".
    fn made(&mut self, question: &Answer, origin: &str) -> Vec<(&'static str, String)> {
        self.handle = question.str("/user/id").to_owned();
        let point = self.pair.public_key().as_ref();
        let head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        let cose = [&head[..], &point[1..33], &[0x22, 0x58, 0x20], &point[33..]].concat();
        let length = u16::try_from(self.id.len()).expect("short").to_be_bytes();
        let data = self.data(0x45, &[&[0; 16][..], &length, &self.id, &cose].concat());
        let head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58";
        let attestation = [&head[..], &[u8::try_from(data.len()).expect("short")], &data].concat();
        let client = client("create", question.str("/challenge"), origin);
        vec![
            ("name", "Telephone".to_owned()),
            ("password", PASSWORD.to_owned()),
            ("client_data", text(&client)),
            ("attestation", text(&attestation)),
        ]
    }

    /// The fields of an answer to "who are you".
    fn says(&mut self, challenge: &str, origin: &str) -> Vec<(&'static str, String)> {
        self.count += 1;
        let data = self.data(0x05, &[]);
        let client = client("get", challenge, origin);
        let signed = [data.as_slice(), digest(&SHA256, &client).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).expect("a signature");
        vec![
            ("id", text(&self.id)),
            ("client_data", text(&client)),
            ("data", text(&data)),
            ("signature", text(signature.as_ref())),
            ("user_handle", self.handle.clone()),
            ("next", "/admin/proposals".to_owned()),
        ]
    }
}

fn fields<'f>(fields: &'f [(&'static str, String)]) -> Vec<(&'static str, &'f str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

fn with<'f>(
    all: &'f [(&'static str, String)],
    name: &str,
    value: &'f str,
) -> Vec<(&'static str, &'f str)> {
    let set = |(field, old): &'f (&'static str, String)| {
        (*field, if *field == name { value } else { old.as_str() })
    };
    all.iter().map(set).collect()
}

const ADD: &str = "/admin/account/passkeys";
const ENTER: &str = "/admin/sign-in/passkey";

async fn question(browser: &Browser<'_>) -> Answer {
    browser.form("/admin/account/passkeys/ask", &[]).await.expect(200)
}

async fn at_door(api: &Api) -> String {
    let asked = api.send(Ask::form("/admin/sign-in/passkey/ask", &[])).await.expect(200);
    assert_eq!(asked.str("/rpId"), "shop.example");
    assert_eq!(asked.header("cache-control"), "no-store");
    asked.str("/challenge").to_owned()
}

async fn enter(api: &Api, answer: &[(&'static str, &str)]) -> Answer {
    api.send(Ask::form(ENTER, answer)).await
}

async fn with_device<'a>(api: &'a Api, name: &str, id: &[u8]) -> (Browser<'a>, Device) {
    let browser = Browser::hire(api, name, &["clearance_officer@us"]).await;
    let mut device = Device::new(id);
    let made = device.made(&question(&browser).await, ORIGIN);
    browser.form(ADD, &fields(&made)).await.expect(303);
    (browser, device)
}

#[tokio::test]
async fn a_passkey_brings_its_owner_in_until_it_is_removed() {
    let api = Api::open().await;
    let (ana, mut device) = with_device(&api, "ana", b"an id").await;
    let page = ana.get("/admin/account").await.expect(200);
    assert!(page.text.contains("Telephone"), "{}", page.text);
    let asked = question(&ana).await;
    assert_eq!(asked.str("/excludeCredentials/0/id"), text(b"an id"));
    assert!(!asked.str("/user/id").contains("ana"), "says nothing of the person");

    let answer = device.says(&at_door(&api).await, ORIGIN);
    let entered = enter(&api, &fields(&answer)).await.expect(303);
    assert_eq!(entered.header("location"), "/admin/proposals");
    let mut fresh = Browser { api: &api, cookies: String::new(), email: ana.email.clone() };
    fresh.take_cookies(&entered);
    let page = fresh.get("/admin/account").await.expect(200);
    assert!(page.text.contains("by passkey"), "{}", page.text);
    enter(&api, &fields(&answer)).await.expect(422);

    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    olga.form("/admin/account/passkeys/remove", &[("id", &text(b"an id"))]).await.expect(303);
    let answer = device.says(&at_door(&api).await, ORIGIN);
    enter(&api, &fields(&answer)).await.expect(303);
    ana.form("/admin/account/passkeys/remove", &[("id", &text(b"an id"))]).await.expect(303);
    let answer = device.says(&at_door(&api).await, ORIGIN);
    enter(&api, &fields(&answer)).await.expect(422);
    let log = olga.get("/admin/log?act=staff.").await.expect(200);
    for act in ["staff.add_passkey", "staff.remove_passkey", "staff.sign_in"] {
        assert!(log.text.contains(act), "{act}");
    }
}

#[tokio::test]
async fn no_other_answer_brings_anybody_in() {
    let api = Api::open().await;
    let (ana, mut device) = with_device(&api, "ana", b"an id").await;
    let (ben, mut other) = with_device(&api, "ben", b"another id").await;
    let evil = device.says(&at_door(&api).await, "https://evil.example");
    enter(&api, &fields(&evil)).await.expect(422);
    let nobodys = device.says(&text(&[7; 32]), ORIGIN);
    enter(&api, &fields(&nobodys)).await.expect(422);
    // A question that was asked for a new passkey is none for the door, and the other way round.
    let own = question(&ana).await.str("/challenge").to_owned();
    let answer = device.says(&own, ORIGIN);
    enter(&api, &fields(&answer)).await.expect(422);
    for (field, value) in [
        ("id", text(b"another id")),
        ("id", text(b"nobody's")),
        ("id", String::new()),
        ("user_handle", other.handle.clone()),
        ("user_handle", String::new()),
        ("signature", text(&[0; 70])),
        ("signature", String::new()),
        ("data", text(&[0; 37])),
        ("client_data", text(b"{}")),
        ("client_data", "%%%".to_owned()),
        ("client_data", "A".repeat(60_000)),
    ] {
        let answer = device.says(&at_door(&api).await, ORIGIN);
        let refused = enter(&api, &with(&answer, field, &value)).await;
        assert_eq!(refused.status, 422, "{field}: {}", refused.text);
        assert!(refused.text.contains("not known here"), "{field}");
        assert!(!refused.headers.contains_key("set-cookie"), "{field}");
    }
    // A counter that goes back gives a copy away.
    let high = device.says(&at_door(&api).await, ORIGIN);
    enter(&api, &fields(&high)).await.expect(303);
    device.count -= 2;
    let low = device.says(&at_door(&api).await, ORIGIN);
    enter(&api, &fields(&low)).await.expect(422);
    // Too late, and locked.
    let challenge = at_door(&api).await;
    let late = other.says(&challenge, ORIGIN);
    api.clock.advance_seconds(5 * 60 + 1);
    enter(&api, &fields(&late)).await.expect(422);
    let lock =
        ChangeCommand { email: ben.email.clone(), held: None, state: Some(AccountState::Locked) };
    change(&api.shop, lock).await.expect("locked");
    let locked = other.says(&at_door(&api).await, ORIGIN);
    enter(&api, &fields(&locked)).await.expect(422);
}

#[tokio::test]
async fn a_passkey_is_added_by_its_owner_with_the_password_only() {
    let api = Api::open().await;
    let (ana, _) = with_device(&api, "ana", b"an id").await;
    let ben = Browser::hire(&api, "ben", &["reader@us"]).await;
    let mut device = Device::new(b"a third id");
    let made = device.made(&question(&ben).await, ORIGIN);
    ben.form(ADD, &with(&made, "password", "not the password")).await.expect(422);
    let many = "x".repeat(61);
    for (field, value) in
        [("name", ""), ("name", many.as_str()), ("attestation", ""), ("client_data", "AAAA")]
    {
        ben.form(ADD, &with(&made, field, value)).await.expect(422);
    }
    let evil = device.made(&question(&ben).await, "https://evil.example");
    ben.form(ADD, &fields(&evil)).await.expect(422);
    // Ana's question is not Ben's, the door's is nobody's, and an id is one passkey.
    let stolen = device.made(&question(&ana).await, ORIGIN);
    ben.form(ADD, &fields(&stolen)).await.expect(422);
    let mut same = Device::new(b"an id");
    let twice = same.made(&question(&ben).await, ORIGIN);
    ben.form(ADD, &fields(&twice)).await.expect(422);
    let page = ben.get("/admin/account").await.expect(200);
    assert!(!page.text.contains("Telephone"), "nothing was added");
    let good = device.made(&question(&ben).await, ORIGIN);
    ben.form(ADD, &fields(&good)).await.expect(303);
    ben.form(ADD, &fields(&good)).await.expect(422);
    let page = ben.get("/admin/account").await.expect(200);
    assert_eq!(page.text.matches("Telephone").count(), 1, "once");
}

#[tokio::test]
async fn whoever_came_in_with_a_code_adds_a_passkey_without_the_password() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["reader@us"]).await;
    let codes = ana.form("/admin/account/codes", &[]).await.expect(200);
    let code = codes.text.split("<li><code>").nth(1).expect("a code");
    let code = code.split('<').next().expect("an end").to_owned();
    let mut there = Browser::nobody(&api);
    let sign_in = [("email", ana.email.as_str()), ("code", &code)];
    let entered = there.send(Ask::form("/admin/sign-in", &sign_in)).await.expect(303);
    there.take_cookies(&entered);
    let mut device = Device::new(b"a new id");
    let made = device.made(&question(&there).await, ORIGIN);
    there.form(ADD, &with(&made, "password", "")).await.expect(303);
    // An hour later it is a session like any other.
    api.clock.advance_seconds(60 * 60);
    let mut device = Device::new(b"another id");
    let made = device.made(&question(&there).await, ORIGIN);
    there.form(ADD, &with(&made, "password", "")).await.expect(422);
}
