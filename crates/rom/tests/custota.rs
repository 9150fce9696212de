//! A package with its owner's signed list of parts: taken in if it is about this package, and named
//! to Custota's clients byte by byte as they read it.

mod house;
mod package;

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use house::{House, MODEL};
use kontor_domain::channel::Channel;
use kontor_domain::rollout::Step;
use kontor_rom::Failure;
use kontor_rom::build::{Certificate, PublishCommand, Published, Refusal, Source, publish};
use kontor_rom::core::{Question, Source as HasBuild, Who};
use package::{Member, good, members, signature, zip};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use sha2::{Digest, Sha256};

/// One DER element of up to 65,535 bytes.
fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len()).expect("short").to_be_bytes();
    let head = match contents.len() {
        0..=127 => vec![tag, length[1]],
        128..=255 => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [&head[..], contents].concat()
}

/// A signed message around a text, with a certificate; the signature itself is not looked at here.
fn csig(text: &str, certificate: &[u8]) -> Vec<u8> {
    message(der(0xa0, &der(0x04, text.as_bytes())), certificate)
}

/// The comment of a package that is signed with a certificate.
fn signed_with(certificate: &[u8]) -> Vec<u8> {
    let message = message(Vec::new(), certificate);
    let start = u16::try_from(message.len() + 6).expect("short").to_le_bytes();
    let length = u16::try_from(message.len() + 7 + 6).expect("short").to_le_bytes();
    [b"signed\0", &message[..], &start, &[0xff, 0xff], &length].concat()
}

fn message(content: Vec<u8>, certificate: &[u8]) -> Vec<u8> {
    signed_by(content, certificate, &der(0x30, &[]))
}

fn signed_by(content: Vec<u8>, certificate: &[u8], signer: &[u8]) -> Vec<u8> {
    const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    let signed = [
        der(0x02, &[1]),
        der(0x31, &[]),
        der(0x30, &[der(0x06, DATA), content].concat()),
        der(0xa0, certificate),
        der(0x31, signer),
    ];
    let signed = der(0xa0, &der(0x30, &signed.concat()));
    der(0x30, &[der(0x06, SIGNED_DATA), signed].concat())
}

/// What the owner says of a package: every member, with its place and hash.
fn says(bytes: &[u8], parts: &[Member], vbmeta: &str) -> String {
    let parts = parts.iter().map(|member| {
        let at = bytes.windows(member.bytes.len()).position(|window| window == member.bytes);
        let digest = kontor_base::hex(&Sha256::digest(&member.bytes));
        format!(
            "{{\"name\":\"{}\",\"offset\":{},\"size\":{},\"digest\":\"{digest}\"}}",
            member.name,
            at.expect("it is in the package"),
            member.bytes.len()
        )
    });
    let parts: Vec<String> = parts.collect();
    format!("{{\"version\":2,\"files\":[{}],\"vbmeta_digest\":\"{vbmeta}\"}}", parts.join(","))
}

async fn publish_with(
    house: &House,
    bytes: &[u8],
    csig: Vec<u8>,
) -> Result<Published, Failure<Refusal>> {
    let path = house.folder.join("rom-1.0-one.zip");
    std::fs::write(&path, bytes).expect("writes");
    let command = PublishCommand {
        source: Source::Path(path),
        model: MODEL.parse().expect("a codename"),
        version: None,
        kind: "nightly".parse().expect("a kind"),
        notes: BTreeMap::new(),
        csig: Some(csig),
    };
    publish(&house.rom, command, Arc::new(|_| true)).await
}

/// What Custota's clients are told in a channel.
fn told(house: &House) -> Option<String> {
    let source = HasBuild { incremental: "", built_s: None };
    let (channel, who) = (Channel::Stable, Who::Unplaced);
    let question = Question { model: MODEL, channel, source, who, country: None };
    let snapshot = house.rom.snapshots.now();
    let answers = snapshot.answer(&question, house.rom.now()).expect("a model");
    answers.custota.as_ref().map(|told| String::from_utf8_lossy(&told.body).into_owned())
}

#[tokio::test]
async fn clients_are_told_where_package_and_list_are() {
    let house = House::open().await;
    let bytes = good(MODEL, "a1", 1_000);
    let vbmeta = "0b".repeat(32);
    let list = csig(&says(&bytes, &members(MODEL, "a1", 1_000), &vbmeta), b"");
    let published = publish_with(&house, &bytes, list.clone()).await.expect("published");
    assert_eq!(published.build.vbmeta.map(|digest| digest.to_string()), Some(vbmeta.clone()));
    house.rom.refresh().await.expect("reads");
    assert_eq!(told(&house), None, "nothing is rolled out");
    let rollout = house.enter("a1", &[100]).await;
    house.step(&rollout, Step::Start).await;
    let package = published.file.sha256;
    let list_hash = kontor_base::hex(&Sha256::digest(&list));
    let files = "https://rom.example/rom/files";
    assert_eq!(
        told(&house).as_deref(),
        Some(&*format!(
            "{{\"version\":2,\"full\":{{\
             \"location_ota\":\"{files}/{package}/rom-1.0-one.zip\",\
             \"location_csig\":\"{files}/{list_hash}/rom-1.0-one.zip.csig\"}}}}"
        ))
    );
    let snapshot = house.rom.snapshots.now();
    let served = snapshot.file(&list_hash.parse().expect("a digest")).expect("it is served");
    assert_eq!(served.bytes, list.len() as u64);
    assert!(house.rom.files.verify(&list_hash.parse().expect("a digest"), served.bytes).is_ok());

    // A package that starts from that build is named by the digest of its boot metadata.
    let bytes = good(MODEL, "a2", 2_000);
    let list = says(&bytes, &members(MODEL, "a2", 2_000), &"0c".repeat(32));
    publish_with(&house, &bytes, csig(&list, b"")).await.expect("published");
    let mut parts = members(MODEL, "a2", 2_000);
    parts[2].bytes.extend(b"pre-build-incremental=a1\n");
    let bytes = zip(&parts, &signature());
    let list = csig(&says(&bytes, &parts, &"0c".repeat(32)), b"");
    let published = publish_with(&house, &bytes, list).await.expect("published");
    house.hour().await;
    let rollout = house.enter("a2", &[100]).await;
    house.step(&rollout, Step::Start).await;
    let (package, told) = (published.file.sha256, told(&house).expect("a2 has its list"));
    let from_a1 = format!(
        "\"incremental\":{{\"{vbmeta}\":{{\"location_ota\":\"{files}/{package}/rom-1.0-one.zip\""
    );
    assert!(told.contains(&from_a1), "{told}");
}

#[tokio::test]
async fn lists_that_are_about_something_else_are_refused() {
    let house = House::open().await;
    let bytes = good(MODEL, "a1", 1_000);
    let parts = members(MODEL, "a1", 1_000);
    let right = says(&bytes, &parts, &"0b".repeat(32));
    let payload_hash = kontor_base::hex(&Sha256::digest(&parts[0].bytes));
    let cases = [
        ("no message", b"{}".to_vec()),
        ("another version", csig(&right.replace("\"version\":2", "\"version\":1"), b"")),
        ("another place", csig(&right.replace("\"offset\":41,", "\"offset\":42,"), b"")),
        ("another part", csig(&right.replace("payload.bin", "payload.bim"), b"")),
        ("no digest", csig(&says(&bytes, &parts, "0b"), b"")),
        (
            "beyond the file",
            csig(
                &right.replace(
                    "\"files\":[",
                    "\"files\":[{\"name\":\"head\",\"offset\":9,\"size\":99999},",
                ),
                b"",
            ),
        ),
        ("other bytes", csig(&right.replace(&payload_hash, &"0d".repeat(32)), b"")),
    ];
    for (what, list) in cases {
        match publish_with(&house, &bytes, list).await {
            Err(Failure::Refused(refusal)) => assert_eq!(refusal.code(), "build.csig", "{what}"),
            other => panic!("{what}: {other:?}"),
        }
    }
    let left = std::fs::read_dir(house.folder.join("files/incoming")).expect("is there");
    assert_eq!(left.count(), 0);
    // The parts are right, but somebody else has signed the list.
    let certified = zip(&parts, &signed_with(b"\x30\x01\x01"));
    match publish_with(&house, &certified, csig(&right, b"\x30\x01\x02")).await {
        Err(Failure::Refused(refusal)) => {
            assert!(refusal.to_string().contains("another certificate"), "{refusal}");
        }
        other => panic!("{other:?}"),
    }
    publish_with(&house, &certified, csig(&right, b"\x30\x01\x01")).await.expect("the right one");
}

/// Where the operator has named the certificates of the keys that packages are signed with, a list by
/// anybody else is not taken in, whatever it says.
#[tokio::test]
async fn with_certificates_named_a_list_must_be_signed_by_one_of_their_keys() {
    let own = Signer::new();
    let mut house = House::open().await;
    let named = vec![Signer::new().certificate(), own.certificate()];
    Arc::get_mut(&mut house.rom).expect("one node").settings.package_certificates = named;
    let bytes = good(MODEL, "a1", 1_000);
    let text = says(&bytes, &members(MODEL, "a1", 1_000), &"0b".repeat(32));
    let refused = async |csig: Vec<u8>| {
        let refused = publish_with(&house, &bytes, csig).await.expect_err("is refused");
        let Failure::Refused(refusal) = refused else { panic!("{refused:?}") };
        (refusal.code(), refusal.to_string())
    };
    let stranger = Signer::new().csig(&text, &text);
    for (csig, what) in [
        (csig(&text, b""), "nobody's signature"),
        (stranger, "another key"),
        (own.csig(&text, &text.replace("payload.bin", "payload.bim")), "signed was another text"),
    ] {
        let (code, words) = refused(csig).await;
        assert!(
            code == "build.csig" && words.contains("rom.package_certificates"),
            "{what}: {words}"
        );
    }
    publish_with(&house, &bytes, own.csig(&text, &text)).await.expect("is taken in");
}

/// A key that signs packages.
struct Signer(EcdsaKeyPair);

impl Signer {
    fn new() -> Self {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_ASN1_SIGNING);
        let kept = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        Self(EcdsaKeyPair::from_pkcs8(algorithm, kept.as_ref(), &random).expect("its own form"))
    }

    /// A certificate of which only the key says something.
    fn certificate(&self) -> Certificate {
        const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
        const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
        let algorithm = der(0x30, &[der(0x06, EC), der(0x06, P256)].concat());
        let key = der(0x03, &[&[0], self.0.public_key().as_ref()].concat());
        let nothing = || der(0x30, &[]);
        let body = [
            der(0x02, &[1]),
            nothing(),
            nothing(),
            nothing(),
            nothing(),
            der(0x30, &[algorithm, key].concat()),
        ];
        let bytes = der(0x30, &[der(0x30, &body.concat()), nothing()].concat());
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
        Certificate::parse(&pem).expect("a certificate")
    }

    /// A message around a text with a signature of another one, or of the same.
    fn csig(&self, text: &str, signed: &str) -> Vec<u8> {
        const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
        const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).expect("signs");
        let signer = [
            der(0x02, &[3]),
            der(0x80, b"a key"),
            der(0x30, &der(0x06, SHA256)),
            der(0x30, &der(0x06, ECDSA)),
            der(0x04, signature.as_ref()),
        ];
        let content = der(0xa0, &der(0x04, text.as_bytes()));
        signed_by(content, b"", &der(0x30, &signer.concat()))
    }
}
