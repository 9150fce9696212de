//! Letters over TLS, against a server on loopback with a certificate made here: they come through, and
//! nothing goes to a server that nobody vouches for or that does not protect the connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use kontor_base::{Email, Instant};
use kontor_remote::post::{Letter, Post, Server};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// How the server protects the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// From the first byte.
    Tls,
    /// After STARTTLS.
    StartTls,
    /// It offers nothing.
    Unprotected,
}

/// A server and what it was told, in the clear and under TLS.
struct MailServer {
    port: u16,
    clear: Arc<Mutex<String>>,
    secret: Arc<Mutex<String>>,
}

impl MailServer {
    fn start(way: Way, identity: &Identity) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let config = identity.server();
        let server = Self { port, clear: Arc::default(), secret: Arc::default() };
        let (clear, secret) = (Arc::clone(&server.clear), Arc::clone(&server.secret));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away in the middle is what some of the tests are about.
                let _ = serve(way, stream, &config, &clear, &secret);
            }
        });
        server
    }

    fn post(&self, scheme: &str, vouched_by: Option<&Identity>) -> Post {
        let address = format!("{scheme}://localhost:{}", self.port);
        let server = Server::parse(&address, None).expect("an address");
        let server = match vouched_by {
            Some(identity) => server.vouched_by(identity.pem()),
            None => server,
        };
        Post::by_server(&server, "Kontor <shop@kontor.example>").expect("a way")
    }

    fn told(&self) -> (String, String) {
        let read = |text: &Mutex<String>| text.lock().expect("no test panics with it").clone();
        (read(&self.clear), read(&self.secret))
    }
}

fn serve(
    way: Way,
    mut stream: TcpStream,
    config: &Arc<ServerConfig>,
    clear: &Mutex<String>,
    secret: &Mutex<String>,
) -> std::io::Result<()> {
    if way != Way::Tls {
        stream.write_all(b"220 tests ESMTP\r\n")?;
        if !talk(&mut stream, clear, way == Way::StartTls)? {
            return Ok(());
        }
    }
    let connection = ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    if way == Way::Tls {
        stream.write_all(b"220 tests ESMTP\r\n")?;
    }
    talk(&mut stream, secret, false)?;
    Ok(())
}

/// Answers until the client goes; `true` when it wants TLS now.
fn talk(
    stream: &mut (impl Read + Write),
    told: &Mutex<String>,
    offers_tls: bool,
) -> std::io::Result<bool> {
    loop {
        let line = line(stream)?;
        told.lock().expect("no thread panics with it").push_str(&line);
        let word = line.split([' ', '\r']).next().unwrap_or_default().to_ascii_uppercase();
        match word.as_str() {
            "EHLO" if offers_tls => stream.write_all(b"250-tests\r\n250 STARTTLS\r\n")?,
            "STARTTLS" => {
                stream.write_all(b"220 go on\r\n")?;
                return Ok(true);
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                loop {
                    let line = self::line(stream)?;
                    if line == ".\r\n" {
                        break;
                    }
                    told.lock().expect("no thread panics with it").push_str(&line);
                }
                stream.write_all(b"250 taken\r\n")?;
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n")?;
                return Ok(false);
            }
            _ => stream.write_all(b"250 fine\r\n")?,
        }
        stream.flush()?;
    }
}

fn line(stream: &mut impl Read) -> std::io::Result<String> {
    let (mut line, mut byte) = (Vec::new(), [0]);
    while !line.ends_with(b"\r\n") {
        stream.read_exact(&mut byte)?;
        line.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}

/// A key, and a certificate for `localhost` that it has signed itself (RFC 5280).
struct Identity {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Identity {
    fn make() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, key.as_ref(), &random).expect("its pair");
        let signature = sequence(&[&ECDSA_WITH_SHA256]);
        let common_name = sequence(&[&COMMON_NAME, &der(0x0c, &[b"localhost"])]);
        let name = sequence(&[&der(0x31, &[&common_name])]);
        let validity =
            sequence(&[&der(0x17, &[b"200101000000Z"]), &der(0x17, &[b"490101000000Z"])]);
        let public = der(0x03, &[&[0], pair.public_key().as_ref()]);
        let public = sequence(&[&sequence(&[&EC_PUBLIC_KEY, &PRIME256V1]), &public]);
        let host = sequence(&[&der(0x82, &[b"localhost"])]);
        let alternative = sequence(&[&SUBJECT_ALTERNATIVE, &der(0x04, &[&host])]);
        let extensions = der(0xa3, &[&sequence(&[&alternative])]);
        let signed = sequence(&[
            &der(0xa0, &[&der(0x02, &[&[2]])]),
            &der(0x02, &[&[1]]),
            &signature,
            &name,
            &validity,
            &name,
            &public,
            &extensions,
        ]);
        let seal = pair.sign(&random, &signed).expect("signed");
        let certificate = sequence(&[&signed, &signature, &der(0x03, &[&[0], seal.as_ref()])]);
        Self { certificate, key: key.as_ref().to_vec() }
    }

    fn server(&self) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().expect("versions of TLS");
        let chain = vec![CertificateDer::from(self.certificate.clone())];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.clone()));
        let config = builder.with_no_client_auth().with_single_cert(chain, key);
        Arc::new(config.expect("the key is the certificate's"))
    }

    fn pem(&self) -> Vec<u8> {
        let text = base64::engine::general_purpose::STANDARD.encode(&self.certificate);
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).expect("ASCII"))
            .collect();
        let text = lines.join("\n");
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n").into_bytes()
    }
}

const ECDSA_WITH_SHA256: [u8; 10] = [0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const EC_PUBLIC_KEY: [u8; 9] = [0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const PRIME256V1: [u8; 10] = [0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const COMMON_NAME: [u8; 5] = [0x06, 3, 0x55, 4, 3];
const SUBJECT_ALTERNATIVE: [u8; 5] = [0x06, 3, 0x55, 0x1d, 0x11];

/// Something in DER: its tag, its length, its parts.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let long = u16::try_from(content.len()).expect("certificates are short");
    let [high, low] = long.to_be_bytes();
    let mut out = vec![tag];
    match long {
        0..=0x7f => out.push(low),
        0x80..=0xff => out.extend([0x81, low]),
        _ => out.extend([0x82, high, low]),
    }
    out.extend(content);
    out
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    der(0x30, parts)
}

fn letter() -> Letter {
    Letter {
        id: "ltr_1".to_owned(),
        at: Instant::from_micros(1_432_000_000_000_000),
        to: Email::parse("ada@shop.example").expect("an address"),
        subject: "Your order".to_owned(),
        text: "It is on its way".to_owned(),
        html: "<p>It is on its way</p>".to_owned(),
        leave: None,
    }
}

#[test]
fn a_letter_comes_through_tls_and_nothing_of_it_goes_in_the_clear() {
    let identity = Identity::make();
    for (way, scheme) in [(Way::Tls, "smtps"), (Way::StartTls, "smtp")] {
        let server = MailServer::start(way, &identity);
        server.post(scheme, Some(&identity)).send(&letter()).expect("taken");
        let (clear, secret) = server.told();
        assert!(secret.contains("Subject: Your order") && secret.contains("ada@shop.example"));
        assert!(!clear.contains("ada@") && !clear.contains("Subject"), "{way:?}: {clear}");
    }
}

#[test]
fn nothing_goes_to_a_server_that_nobody_vouches_for() {
    let (identity, other) = (Identity::make(), Identity::make());
    for (way, scheme) in [(Way::Tls, "smtps"), (Way::StartTls, "smtp")] {
        let server = MailServer::start(way, &identity);
        for vouched_by in [None, Some(&other)] {
            let refused = server.post(scheme, vouched_by).send(&letter()).expect_err("refused");
            assert!(!refused.for_good, "somebody may put it right: {refused:?}");
            assert!(!refused.what.contains("ada@"), "{refused:?}");
        }
        let (clear, secret) = server.told();
        assert!(!clear.contains("ada@") && !secret.contains("ada@"), "{way:?}: {clear} {secret}");
    }
}

#[test]
fn nothing_goes_to_a_server_that_does_not_protect_the_connection() {
    let identity = Identity::make();
    let server = MailServer::start(Way::Unprotected, &identity);
    server.post("smtp", Some(&identity)).send(&letter()).expect_err("refused");
    let (clear, _) = server.told();
    assert!(!clear.contains("ada@") && !clear.contains("Subject"), "{clear}");
}

#[test]
fn what_are_no_certificates_vouch_for_nobody() {
    let server = Server::parse("smtps://localhost", None).expect("an address");
    let broken = b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".to_vec();
    assert!(Post::by_server(&server.vouched_by(broken), "shop@kontor.example").is_err());
}
