//! Tests of [`super`]: an authenticator of the test's own, the specification's vector, and every part of
//! an answer changed by hand.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};

use super::*;

const CHALLENGE: &[u8] = b"a challenge of 32 bytes, or so..";
const SITE: Site<'_> = Site { origin: "https://shop.example", host: "shop.example" };

/// An authenticator of the test's own.
enum Own {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

impl Own {
    fn es256() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random);
        let pkcs8 = pkcs8.expect("a key");
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random);
        Self::Es256(pair.expect("its own key"))
    }

    fn ed_dsa() -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key");
        Self::EdDsa(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).expect("its own key"))
    }

    fn cose(&self) -> Vec<u8> {
        match self {
            Self::Es256(pair) => {
                let point = pair.public_key().as_ref();
                let head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
                [&head, &point[1..33], &[0x22, 0x58, 0x20], &point[33..]].concat()
            }
            Self::EdDsa(pair) => {
                let head = [0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
                [&head, pair.public_key().as_ref()].concat()
            }
        }
    }

    fn sign(&self, data: &[u8], client: &[u8]) -> Vec<u8> {
        let message = [data, digest(&SHA256, client).as_ref()].concat();
        match self {
            Self::Es256(pair) => {
                let signed = pair.sign(&SystemRandom::new(), &message);
                signed.expect("a signature").as_ref().to_vec()
            }
            Self::EdDsa(pair) => pair.sign(&message).as_ref().to_vec(),
        }
    }
}

fn client(kind: &str, challenge: &[u8], origin: &str, more: &str) -> Vec<u8> {
    let challenge = URL_SAFE_NO_PAD.encode(challenge);
    format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}"{more}}}"#)
        .into_bytes()
}

fn create() -> Vec<u8> {
    client("webauthn.create", CHALLENGE, SITE.origin, ",\"crossOrigin\":false")
}

fn get() -> Vec<u8> {
    client("webauthn.get", CHALLENGE, SITE.origin, "")
}

fn data(host: &str, flags: u8, count: u32, rest: &[u8]) -> Vec<u8> {
    let hash = digest(&SHA256, host.as_bytes());
    [hash.as_ref(), &[flags], &count.to_be_bytes(), rest].concat()
}

fn attested(id: &[u8], cose: &[u8]) -> Vec<u8> {
    let length = u16::try_from(id.len()).expect("short").to_be_bytes();
    [&[0; 16][..], &length, id, cose].concat()
}

fn attestation(data: &[u8]) -> Vec<u8> {
    let head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData";
    // The shortest form of the length, as authenticators write it.
    let length = match u8::try_from(data.len()) {
        Ok(short) => vec![0x58, short],
        Err(_) => [&[0x59][..], &u16::try_from(data.len()).expect("short").to_be_bytes()].concat(),
    };
    [&head[..], &length, data].concat()
}

fn made(own: &Own) -> Credential {
    let data = data(SITE.host, 0x45, 0, &attested(b"an id", &own.cose()));
    registered(SITE, CHALLENGE, &create(), &attestation(&data)).expect("a good answer")
}

#[test]
fn a_key_that_is_made_signs_in() {
    for own in [Own::es256(), Own::ed_dsa()] {
        let credential = made(&own);
        assert_eq!(credential.id, b"an id");
        let kept = PublicKey::from_text(&credential.key.to_text()).expect("its own text");
        assert_eq!(kept, credential.key);
        let data = data(SITE.host, 0x05, 7, &[]);
        let signature = own.sign(&data, &get());
        let checked = asserted(SITE, CHALLENGE, &kept, 6, &get(), &data, &signature);
        assert_eq!(checked, Ok(7));
    }
}

#[test]
fn every_part_of_an_answer_is_looked_at() {
    let own = Own::es256();
    let key = made(&own).key;
    let good = data(SITE.host, 0x05, 1, &[]);
    let check = |client: &[u8], data: &[u8]| {
        asserted(SITE, CHALLENGE, &key, 0, client, data, &own.sign(data, client))
    };
    assert_eq!(check(&get(), &good), Ok(1));
    for (client, doubt) in [
        (create(), Doubt::OtherKind),
        (client("webauthn.get", b"another challenge", SITE.origin, ""), Doubt::OtherChallenge),
        (client("webauthn.get", b"", SITE.origin, ""), Doubt::OtherChallenge),
        (client("webauthn.get", CHALLENGE, "https://evil.example", ""), Doubt::OtherSite),
        (client("webauthn.get", CHALLENGE, "http://shop.example", ""), Doubt::OtherSite),
        (client("webauthn.get", CHALLENGE, "https://shop.example:8443", ""), Doubt::OtherSite),
        (
            client("webauthn.get", CHALLENGE, "https://shop.example.evil.example", ""),
            Doubt::OtherSite,
        ),
        (client("webauthn.get", CHALLENGE, SITE.origin, ",\"crossOrigin\":true"), Doubt::OtherSite),
        (client("webauthn.get", CHALLENGE, SITE.origin, ",\"topOrigin\":\"x\""), Doubt::OtherSite),
        (b"{}".to_vec(), Doubt::Malformed),
        (b"not JSON".to_vec(), Doubt::Malformed),
    ] {
        assert_eq!(check(&client, &good), Err(doubt), "{}", String::from_utf8_lossy(&client));
    }
    for (data, doubt) in [
        (data("evil.example", 0x05, 1, &[]), Doubt::OtherSite),
        (data(SITE.host, 0x04, 1, &[]), Doubt::NotVerified),
        (data(SITE.host, 0x01, 1, &[]), Doubt::NotVerified),
        (data(SITE.host, 0x15, 1, &[]), Doubt::Malformed),
        (data(SITE.host, 0x45, 1, &[]), Doubt::Malformed),
        (data(SITE.host, 0x05, 1, &[0]), Doubt::Malformed),
        (data(SITE.host, 0x85, 1, &[]), Doubt::Malformed),
        (data(SITE.host, 0x85, 1, &[0x80]), Doubt::Malformed),
        (data(SITE.host, 0x85, 1, &[0xa0, 0]), Doubt::Malformed),
        (good[..36].to_vec(), Doubt::Malformed),
        (Vec::new(), Doubt::Malformed),
    ] {
        assert_eq!(check(&get(), &data), Err(doubt), "{data:02x?}");
    }
    assert_eq!(check(&get(), &data(SITE.host, 0x85, 1, &[0xa0])), Ok(1), "with extensions");
}

#[test]
fn a_signature_is_of_this_key_over_these_bytes() {
    let (own, other) = (Own::es256(), Own::es256());
    let key = made(&own).key;
    let data = data(SITE.host, 0x05, 1, &[]);
    let check = |signature: &[u8]| asserted(SITE, CHALLENGE, &key, 0, &get(), &data, signature);
    let good = own.sign(&data, &get());
    assert_eq!(check(&good), Ok(1));
    assert_eq!(check(&other.sign(&data, &get())), Err(Doubt::Signature));
    assert_eq!(check(&[]), Err(Doubt::Signature));
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert_eq!(check(&bad), Err(Doubt::Signature), "byte {at}");
    }
    let ed = made(&Own::ed_dsa()).key;
    let swapped = asserted(SITE, CHALLENGE, &ed, 0, &get(), &data, &good);
    assert_eq!(swapped, Err(Doubt::Signature), "a key of another kind");
}

#[test]
fn a_counter_that_does_not_rise_gives_a_copy_away() {
    let own = Own::es256();
    let key = made(&own).key;
    let check = |before: u32, now: u32| {
        let data = data(SITE.host, 0x05, now, &[]);
        asserted(SITE, CHALLENGE, &key, before, &get(), &data, &own.sign(&data, &get()))
    };
    assert_eq!(check(0, 0), Ok(0), "it does not count");
    assert_eq!(check(0, 1), Ok(1));
    assert_eq!(check(5, 5), Err(Doubt::Counter));
    assert_eq!(check(5, 4), Err(Doubt::Counter));
    assert_eq!(check(5, 0), Err(Doubt::Counter));
    assert_eq!(check(5, u32::MAX), Ok(u32::MAX));
}

#[test]
fn keys_of_other_kinds_and_shapes_are_not_taken() {
    let own = Own::es256();
    let cose = own.cose();
    let register = |rest: &[u8], flags: u8| {
        let data = data(SITE.host, flags, 0, rest);
        registered(SITE, CHALLENGE, &create(), &attestation(&data))
    };
    assert!(register(&attested(b"an id", &cose), 0x45).is_ok());
    let patched = |at: usize, value: u8| {
        let mut cose = cose.clone();
        cose[at] = value;
        attested(b"an id", &cose)
    };
    for (rest, flags, doubt) in [
        (patched(2, 0x03), 0x45, Doubt::Malformed), // RSA, with a number for a modulus
        (patched(4, 0x27), 0x45, Doubt::Algorithm), // says Ed25519
        (patched(4, 0x29), 0x45, Doubt::Algorithm), // a number that nobody asked for
        (patched(6, 0x02), 0x45, Doubt::Algorithm), // another curve
        (patched(5, 0x01), 0x45, Doubt::Malformed), // the kind twice
        (attested(b"", &cose), 0x45, Doubt::Malformed),
        (attested(&[7; ID_BYTES_MAX + 1], &cose), 0x45, Doubt::Malformed),
        (attested(b"an id", &cose[..cose.len() - 1]), 0x45, Doubt::Malformed),
        (attested(b"an id", &[cose.as_slice(), &[0]].concat()), 0x45, Doubt::Malformed),
        (attested(b"an id", &cose), 0x05, Doubt::Malformed),
        (attested(b"an id", &cose), 0x41, Doubt::NotVerified),
        (Vec::new(), 0x45, Doubt::Malformed),
    ] {
        assert_eq!(register(&rest, flags), Err(doubt), "{rest:02x?} {flags:02x}");
    }
    let data = data(SITE.host, 0x45, 0, &attested(b"an id", &cose));
    let whole = attestation(&data);
    for bad in [&b""[..], b"\xa0", &whole[..whole.len() - 1], &[&whole[..], &[0]].concat()] {
        let refused = registered(SITE, CHALLENGE, &create(), bad);
        assert_eq!(refused, Err(Doubt::Malformed), "{bad:02x?}");
    }
    let mut four = whole.clone();
    four[0] = 0xa4;
    four.extend_from_slice(b"\x61x\x00");
    assert_eq!(registered(SITE, CHALLENGE, &create(), &four), Err(Doubt::Malformed));
    assert_eq!(registered(SITE, CHALLENGE, &get(), &whole), Err(Doubt::OtherKind));
    for bad in ["", "-7", "-7..", "-9.AA.", "-7.AA..", "-7.%.", "x.AA."] {
        let read = PublicKey::from_text(bad);
        assert!(read.is_none() || bad == "-7..", "{bad}");
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal"))
        .collect()
}

/// The vector "ES256 Credential with No Attestation" of Web Authentication Level 3 (section 16.2). Its
/// authenticator verified nobody, which is refused here; everything else has to fit.
#[test]
fn the_specifications_own_vector_fits_but_for_its_person() {
    let site = Site { origin: "https://example.org", host: "example.org" };
    let challenge = hex("00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130");
    let client = hex(concat!(
        "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22414d4d5074",
        "34557878475453746e63647134313759447742466938767049612d7077386f4f755657345441222c226f7269",
        "67696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c",
        "73652c22657874726144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e64",
        "65642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c20737563",
        "6820617320746869733a20426b5165446a646354427258426941774a544c453551227d",
    ));
    let cose = concat!(
        "a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df612258",
        "20930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220",
    );
    let data = [
        "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db3",
        "74750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4",
        cose,
    ];
    let head = "a363666d74646e6f6e656761747453746d74a068617574684461746158a4";
    let attestation = hex(&format!("{head}{}", data.concat()));
    assert_eq!(check_client(site, "webauthn.create", &challenge, &client), Ok(()));
    let refused = registered(site, &challenge, &client, &attestation);
    assert_eq!(refused, Err(Doubt::NotVerified));
    assert_eq!(authenticator_data(&attestation), Ok(&*hex(&data.concat())));
    let cose = hex(cose);
    let (key, rest) = PublicKey::read(&cose).expect("its key");
    assert!(rest.is_empty());

    let client = hex(concat!(
        "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224f63446e55685158",
        "756c5455506f334a5558543049393770767a7a59425039745a63685879617630314167222c226f726967696e",
        "223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d",
    ));
    let challenge = hex("39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408");
    let data = hex("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000");
    let signature = hex(concat!(
        "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f",
        "0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87",
    ));
    assert_eq!(check_client(site, "webauthn.get", &challenge, &client), Ok(()));
    let signed = [data.as_slice(), digest(&SHA256, &client).as_ref()].concat();
    assert_eq!(key.verify(&signed, &signature), Ok(()));
    let refused = asserted(site, &challenge, &key, 0, &client, &data, &signature);
    assert_eq!(refused, Err(Doubt::NotVerified));
}
