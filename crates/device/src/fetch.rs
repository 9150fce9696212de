//! The network: one GET from an offset, one POST. No redirect is followed to another scheme, and
//! nothing is read that was not asked for.

use std::io::Read;
use std::time::Duration;

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
    /// The body.
    pub body: Box<dyn Read>,
}

/// Where files come from. Tests may put anything in its place.
pub trait Fetch {
    /// Asks for a file from byte `from` on. `None`: no answer at all.
    fn get(&self, path: &str, from: u64) -> Option<Answer>;

    /// Sends a small JSON document; answers the status, or `None`.
    fn post(&self, path: &str, json: &str) -> Option<u16>;
}

/// HTTP.
#[derive(Clone, Debug)]
pub struct Http {
    agent: ureq::Agent,
    base_url: String,
    device_id: Option<String>,
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
        Self { agent: config.new_agent(), base_url, device_id: None }
    }

    /// The same for a device that tells its id. It is told where it is of use, with offers and
    /// reports, and to nobody who only serves files.
    #[must_use]
    pub fn with_device(mut self, id: Option<&str>) -> Self {
        self.device_id = id.map(str::to_owned);
        self
    }

    fn id_for(&self, path: &str) -> Option<&str> {
        let told = path.starts_with("offers/") || path.starts_with("reports");
        self.device_id.as_deref().filter(|_| told)
    }
}

impl Fetch for Http {
    fn get(&self, path: &str, from: u64) -> Option<Answer> {
        let mut request = self.agent.get(format!("{}/{path}", self.base_url));
        if from > 0 {
            request = request.header("Range", format!("bytes={from}-"));
        }
        if let Some(id) = self.id_for(path) {
            request = request.header("Kontor-Device", id);
        }
        let answer = request.call().ok()?;
        let receipt = answer.headers().get("kontor-receipt");
        let receipt = receipt.and_then(|value| value.to_str().ok()).map(str::to_owned);
        // A server could send anything there; what it really sends is 32 digits.
        let receipt = receipt.filter(|text| text.len() <= 64);
        let begins = answer.headers().get("content-range").and_then(|value| {
            // `bytes 500-999/1000`
            let range = value.to_str().ok()?.strip_prefix("bytes ")?;
            range.split('-').next()?.parse().ok()
        });
        let status = answer.status().as_u16();
        let from = if status == 206 { begins? } else { 0 };
        Some(Answer { status, from, receipt, body: Box::new(answer.into_body().into_reader()) })
    }

    fn post(&self, path: &str, json: &str) -> Option<u16> {
        let url = format!("{}/{path}", self.base_url);
        let mut request = self.agent.post(url).header("Content-Type", "application/json");
        if let Some(id) = self.id_for(path) {
            request = request.header("Kontor-Device", id);
        }
        Some(request.send(json).ok()?.status().as_u16())
    }
}

/// Reads a body of at most `bytes_max` bytes. `None`: it is longer, or broke off.
pub(crate) fn read_all(body: impl Read, bytes_max: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    body.take(bytes_max + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= bytes_max).then_some(bytes)
}
