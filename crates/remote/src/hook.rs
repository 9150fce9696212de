//! Calls to other people's servers: a signed message, posted once, with what came of it.
//!
//! The address is somebody's choice, so it is not trusted: only `https`, only public addresses, no
//! redirect, little time, and of the answer only its status. The check is made on the addresses that
//! the connection is opened to, not on a look-up before it: a name that answers differently the
//! second time gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use kontor_base::Instant;
use sha2::Sha256;
use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How long a call may take, from the look-up of the name to the answer's status.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest address.
pub const URL_CHARS_MAX: usize = 500;

/// Whether addresses of this machine and its networks may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// `https` to public addresses.
    Public,
    /// Anything, also `http`: tests, and receivers in one's own network.
    Private,
}

/// What is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id, the same with every attempt.
    pub id: String,
    /// When this attempt is made.
    pub at: Instant,
    /// The payload.
    pub body: String,
}

/// Why an address is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlProblem {
    /// It cannot be read, carries a name and password, or is too long.
    #[error("not an address such as https://example.com/hooks")]
    Malformed,
    /// It is not encrypted.
    #[error("the address must begin with https://")]
    NotEncrypted,
    /// It is an address of this machine or its networks.
    #[error("the address is not on the public internet")]
    NotPublic,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called {
    /// The server answered with this status.
    Answered(u16),
    /// It did not.
    Failed(String),
}

/// Makes calls.
#[derive(Clone, Debug)]
pub struct Caller {
    agent: Agent,
    reach: Reach,
}

impl Caller {
    /// One that goes as far as `reach`.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        let config = Config::builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false)
            // A proxy of the environment would look the name up by itself.
            .proxy(None)
            .user_agent("Kontor")
            .build();
        let connector = DefaultConnector::default();
        Self { agent: Agent::with_parts(config, connector, Guarded { reach }), reach }
    }

    /// Posts a message to `url`, signed with each of `secrets` (two while one is being exchanged). It
    /// blocks for up to fifteen seconds.
    #[must_use]
    pub fn call(&self, url: &str, message: &Message, secrets: &[Vec<u8>]) -> Called {
        match check_url(url, self.reach) {
            Ok(()) => self.post(url, message, secrets),
            Err(problem) => Called::Failed(problem.to_string()),
        }
    }

    fn post(&self, url: &str, message: &Message, secrets: &[Vec<u8>]) -> Called {
        let seconds = message.at.millis().div_euclid(1_000);
        let signatures: Vec<String> = secrets
            .iter()
            .map(|secret| signature(secret, &message.id, seconds, &message.body))
            .collect();
        let sent = self
            .agent
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signatures.join(" "))
            .send(message.body.as_bytes());
        match sent {
            Ok(answer) => Called::Answered(answer.status().as_u16()),
            Err(error) => Called::Failed(told(&error)),
        }
    }
}

/// The signature of a message (Standard Webhooks 1.0): HMAC-SHA256 over id, seconds and payload.
#[must_use]
pub fn signature(secret: &[u8], id: &str, seconds: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// The text of a secret, as its receiver keeps it.
#[must_use]
pub fn secret_text(secret: &[u8]) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

/// Whether an address may be called, as far as its text tells.
///
/// # Errors
///
/// See [`UrlProblem`].
pub fn check_url(url: &str, reach: Reach) -> Result<(), UrlProblem> {
    if url.len() > URL_CHARS_MAX || !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(UrlProblem::Malformed);
    }
    let uri: Uri = url.parse().map_err(|_| UrlProblem::Malformed)?;
    let authority = uri.authority().ok_or(UrlProblem::Malformed)?;
    if authority.as_str().contains('@') || authority.host().is_empty() || url.contains('#') {
        return Err(UrlProblem::Malformed);
    }
    match (uri.scheme_str(), reach) {
        (Some("https"), _) | (Some("http"), Reach::Private) => {}
        (Some("http"), Reach::Public) => return Err(UrlProblem::NotEncrypted),
        _ => return Err(UrlProblem::Malformed),
    }
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let named_here =
        host == "localhost" || host.ends_with(".localhost") || !host.contains(['.', ':']);
    let here = host.parse().map_or(named_here, |address| !is_public(address));
    if here && reach == Reach::Public { Err(UrlProblem::NotPublic) } else { Ok(()) }
}

/// Whether an address is one of the public internet: none of the special-purpose blocks of IANA's
/// registries (RFC 6890), also where an IPv4 address is written as an IPv6 one.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(a, 0 | 10 | 127)
        || a >= 224 // multicast, reserved, broadcast
        || (a == 100 && (64..128).contains(&b)) // shared by carriers
        || (a == 169 && b == 254) // link-local, and clouds' metadata
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99) // relays to IPv6
        || (a == 198 && (b == 18 || b == 19)) // measurements
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113);
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let s = address.segments();
    match s[0] {
        // Carries an IPv4 address: 64:ff9b::/96 of translators, 2002::/16 of relays.
        0x0064 if s[1] == 0xff9b && s[2..6] == [0; 4] => is_public_v4(embedded(s[6], s[7])),
        0x2002 => is_public_v4(embedded(s[1], s[2])),
        // Teredo, documentation, benchmarking and other protocol assignments.
        0x2001 if s[1] < 0x0200 || s[1] == 0x0db8 => false,
        0x3fff if s[1] < 0x1000 => false,
        // Global unicast; everything else is local, mapped, multicast or unassigned.
        first => (0x2000..0x4000).contains(&first),
    }
}

const fn embedded(high: u16, low: u16) -> Ipv4Addr {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Ipv4Addr::new(a, b, c, d)
}

/// Looks names up and keeps only the addresses that may be called.
#[derive(Debug)]
struct Guarded {
    reach: Reach,
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        let mut kept = self.empty();
        for address in found.iter().filter(|a| self.reach == Reach::Private || is_public(a.ip())) {
            kept.push(*address);
        }
        if kept.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(kept) }
    }
}

fn told(error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => "the name leads to no address that may be called".to_owned(),
        ureq::Error::Timeout(_) => format!("no answer within {} s", PATIENCE.as_secs()),
        ureq::Error::ConnectionFailed => "the server cannot be reached".to_owned(),
        ureq::Error::Io(error) => format!("the connection failed: {}", error.kind()),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "the connection is not secure".to_owned(),
        _ => "the call failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_specification() {
        // The example of the Standard Webhooks specification's libraries.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base 64");
        let signed = signature(
            &secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            "{\"test\": 2432232314}",
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(secret_text(&secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    #[test]
    fn only_the_public_internet_is_called() {
        for public in ["8.8.8.8", "93.184.216.34", "2606:4700::1", "2a00:1450:4001::200e"] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
        for own in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "ff02::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(own.parse().expect("an address")), "{own}");
        }
    }

    #[test]
    fn an_address_is_checked_before_it_is_kept() {
        assert_eq!(check_url("https://example.com/hooks?x=1", Reach::Public), Ok(()));
        assert_eq!(check_url("http://127.0.0.1:9/x", Reach::Private), Ok(()));
        for (url, problem) in [
            ("http://example.com/", UrlProblem::NotEncrypted),
            ("https://127.0.0.1/", UrlProblem::NotPublic),
            ("https://[::1]/", UrlProblem::NotPublic),
            ("https://localhost/", UrlProblem::NotPublic),
            ("https://db/", UrlProblem::NotPublic),
            ("https://169.254.169.254/latest/meta-data", UrlProblem::NotPublic),
            ("https://user:secret@example.com/", UrlProblem::Malformed),
            ("ftp://example.com/", UrlProblem::Malformed),
            ("file:///etc/passwd", UrlProblem::Malformed),
            ("javascript:alert(1)", UrlProblem::Malformed),
            ("https://example.com/\r\nx: y", UrlProblem::Malformed),
            ("https://", UrlProblem::Malformed),
            ("", UrlProblem::Malformed),
        ] {
            assert_eq!(check_url(url, Reach::Public), Err(problem), "{url}");
        }
        let long = format!("https://example.com/{}", "x".repeat(URL_CHARS_MAX));
        assert_eq!(check_url(&long, Reach::Public), Err(UrlProblem::Malformed));
    }

    #[test]
    fn a_name_that_leads_home_is_not_called() {
        let message =
            Message { id: "evt_1".to_owned(), at: Instant::from_micros(0), body: "{}".to_owned() };
        // Past the check of the text, as a name would be whose answer has changed since.
        let called = Caller::new(Reach::Public).post("https://localhost:1/", &message, &[]);
        let told = "the name leads to no address that may be called";
        assert_eq!(called, Called::Failed(told.to_owned()));
        let called = Caller::new(Reach::Private).post("http://localhost:1/", &message, &[]);
        assert!(matches!(&called, Called::Failed(other) if other != told), "{called:?}");
    }
}
