//! The network: one GET of a file from an offset, one of an answer to this device, one POST. No redirect is followed to another scheme, and
//! nothing is read that was not asked for.

use std::io::Read;
use std::time::Duration;

/// The header with what shows that a device was here before.
const CREDENTIAL: &str = "kontor-credential";
/// How long a connection may stay silent.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// An answer whose body has not been read.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// From which byte of the file the body begins, by `Content-Range`; 0 without it.
    pub from: u64,
    /// `Kontor-Receipt`: shows later that this device was offered something.
    pub receipt: Option<String>,
    /// `Kontor-Credential`: shows from tomorrow on that this device was here today.
    pub credential: Option<String>,
    /// The body.
    pub body: Box<dyn Read>,
}

/// Where files come from. Tests may put anything in its place.
pub trait Fetch {
    /// Asks for a file from byte `from` on. `None`: no answer at all.
    fn get(&self, path: &str, from: u64) -> Option<Answer>;

    /// Asks for an answer to this device, which tells its id and shows its credential.
    fn ask(&self, path: &str, credential: Option<&str>) -> Option<Answer>;

    /// Sends a small JSON document of this device; answers the status, or `None`.
    fn post(&self, path: &str, json: &str, credential: Option<&str>) -> Option<u16>;
}

/// HTTP.
#[derive(Clone, Debug)]
pub struct Http {
    agent: ureq::Agent,
    base_url: String,
    device_id: Option<String>,
    serial: Option<String>,
}

impl Http {
    /// Files below `base_url`, which ends without a slash.
    #[must_use]
    pub fn new(base_url: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(3)
            .timeout_connect(Some(SILENCE_MAX))
            .timeout_recv_response(Some(SILENCE_MAX))
            .timeout_per_read(Some(SILENCE_MAX))
            .max_response_header_size(16 * 1024)
            .user_agent(concat!("kontor-device/", env!("CARGO_PKG_VERSION")))
            .build();
        let base_url = base_url.trim_end_matches('/').to_owned();
        Self { agent: config.new_agent(), base_url, device_id: None, serial: None }
    }

    /// The same for a device that tells its id. It is told where it is of use, with offers and
    /// reports, and to nobody who only serves files.
    #[must_use]
    pub fn with_device(mut self, id: Option<&str>) -> Self {
        self.device_id = id.map(str::to_owned);
        self
    }

    /// The same for a device that tells its serial number, to the same ones: the maker knows by it
    /// where a unit stays that it has sold.
    #[must_use]
    pub fn with_serial(mut self, serial: Option<&str>) -> Self {
        self.serial = serial.map(str::to_owned);
        self
    }

    /// Adds who the device is.
    fn as_device<B>(
        &self,
        mut request: ureq::RequestBuilder<B>,
        credential: Option<&str>,
    ) -> ureq::RequestBuilder<B> {
        let shown = [
            ("Kontor-Device", self.device_id.as_deref()),
            ("Kontor-Serial", self.serial.as_deref()),
            (CREDENTIAL, credential),
        ];
        for (name, value) in shown.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            request = request.header(name, value);
        }
        request
    }
}

impl Fetch for Http {
    fn get(&self, path: &str, from: u64) -> Option<Answer> {
        let mut request = self.agent.get(format!("{}/{path}", self.base_url));
        if from > 0 {
            request = request.header("Range", format!("bytes={from}-"));
        }
        answer_of(request.call().ok()?)
    }

    fn ask(&self, path: &str, credential: Option<&str>) -> Option<Answer> {
        let request = self.agent.get(format!("{}/{path}", self.base_url));
        answer_of(self.as_device(request, credential).call().ok()?)
    }

    fn post(&self, path: &str, json: &str, credential: Option<&str>) -> Option<u16> {
        let url = format!("{}/{path}", self.base_url);
        let request = self.agent.post(url).header("Content-Type", "application/json");
        Some(self.as_device(request, credential).send(json).ok()?.status().as_u16())
    }
}

fn answer_of(answer: ureq::http::Response<ureq::Body>) -> Option<Answer> {
    // A server could send anything there; what it really sends is short.
    let text = |name: &str| {
        let value = answer.headers().get(name)?.to_str().ok()?;
        (value.len() <= 128).then(|| value.to_owned())
    };
    let (receipt, credential) = (text("kontor-receipt"), text(CREDENTIAL));
    let begins = answer.headers().get("content-range").and_then(|value| {
        // `bytes 500-999/1000`
        let range = value.to_str().ok()?.strip_prefix("bytes ")?;
        range.split('-').next()?.parse().ok()
    });
    let status = answer.status().as_u16();
    let from = if status == 206 { begins? } else { 0 };
    let body = Box::new(answer.into_body().into_reader());
    Some(Answer { status, from, receipt, credential, body })
}

/// Reads a body of at most `bytes_max` bytes. `None`: it is longer, or broke off.
pub(crate) fn read_all(body: impl Read, bytes_max: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    body.take(bytes_max + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= bytes_max).then_some(bytes)
}
