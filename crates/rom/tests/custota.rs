//! A package with its owner's signed list of parts: taken in if it is about this package, and named
//! to Custota's clients byte by byte as they read it.

mod house;
mod package;

use std::collections::BTreeMap;
use std::sync::Arc;

use house::{House, MODEL};
use kontor_domain::channel::Channel;
use kontor_domain::rollout::Step;
use kontor_rom::Failure;
use kontor_rom::build::{PublishCommand, Published, Refusal, Source, publish};
use kontor_rom::core::{Question, Source as HasBuild, Who};
use package::{Member, good, members, signature, zip};
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
    const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    let signed = [
        der(0x02, &[1]),
        der(0x31, &[]),
        der(0x30, &[der(0x06, DATA), content].concat()),
        der(0xa0, certificate),
        der(0x31, &der(0x30, &[])),
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
