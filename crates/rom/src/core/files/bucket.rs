//! Files in a bucket of a store that speaks S3: AWS's own, or one that is run beside the server.
//!
//! Everything blocks, as all of the store of files does. Large files go up in parts, so that memory
//! stays flat and a part that broke off is sent again alone.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use kontor_base::{Clock, Random};

use super::FilesError;
use super::sign::{Signed, Signer, moment, query_text, sha256_hex};

/// What a part holds; a store takes 10,000 of them, which is ten times the largest package.
const PART_BYTES: usize = 16 * 1024 * 1024;
/// How often a request is sent again when the store fails.
const TRIES: u32 = 4;
/// How long a connection may stay silent.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

/// Where the bucket is and who may write into it.
#[derive(Clone, PartialEq, Eq)]
pub struct BucketSettings {
    /// Scheme and host of the store: `https://s3.eu-central-1.amazonaws.com`.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// What stands before the names of files, such as `rom/`; may be empty.
    pub prefix: String,
    /// The name of the access key.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
}

impl std::fmt::Debug for BucketSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The secret must not come into a log by way of its settings.
        write!(f, "BucketSettings({}/{}/{})", self.endpoint, self.bucket, self.prefix)
    }
}

/// The bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    agent: ureq::Agent,
    signer: Signer,
    endpoint: String,
    host: String,
    /// `/bucket/prefix`, which is followed by a file's name.
    base: String,
    clock: Clock,
    random: Random,
}

/// An answer of the store.
struct Answer {
    status: u16,
    etag: String,
    body: Box<dyn Read + Send>,
}

fn failed(what: &'static str, key: &str, problem: impl std::fmt::Display) -> FilesError {
    FilesError::Bucket { what, key: key.to_owned(), problem: problem.to_string() }
}

impl Bucket {
    /// # Errors
    ///
    /// When the settings cannot stand in an address.
    pub(super) fn new(
        settings: &BucketSettings,
        clock: Clock,
        random: Random,
    ) -> Result<Self, FilesError> {
        let wrong = |problem: &str| Err(failed("use", &settings.bucket, problem));
        let plain = |text: &str| {
            text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/".contains(&b))
                && !text.starts_with('/')
                && !text.contains("//")
                && !text.contains("..")
        };
        if settings.bucket.is_empty() || settings.bucket.contains('/') {
            return wrong("a bucket's name has no slash");
        }
        if !plain(&settings.bucket) || !plain(&settings.prefix) {
            return wrong("names are letters, digits, '-', '.', '_'");
        }
        let host = settings
            .endpoint
            .strip_prefix("https://")
            .or_else(|| settings.endpoint.strip_prefix("http://"))
            .filter(|host| !host.is_empty() && !host.contains('/'));
        let Some(host) = host else { return wrong("the endpoint is a scheme and a host") };
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(SILENCE_MAX))
            .timeout_recv_response(Some(SILENCE_MAX))
            .timeout_per_read(Some(SILENCE_MAX))
            .user_agent(concat!("kontor/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: config.new_agent(),
            signer: Signer {
                access_key: settings.access_key.clone(),
                secret_key: settings.secret_key.clone(),
                region: settings.region.clone(),
            },
            endpoint: settings.endpoint.clone(),
            host: host.to_owned(),
            base: format!("/{}/{}", settings.bucket, settings.prefix),
            clock,
            random,
        })
    }

    fn send(
        &self,
        method: &'static str,
        key: &str,
        query: &[(&str, String)],
        range: Option<String>,
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let (at, path) = (self.clock.now(), format!("{}{key}", self.base));
        let payload = sha256_hex(body);
        let mut headers = vec![("host", self.host.clone())];
        headers.extend(range.map(|range| ("range", range)));
        headers.push(("x-amz-content-sha256", payload.clone()));
        headers.push(("x-amz-date", moment(at)));
        let request = Signed { method, path: &path, query, headers: &headers, payload: &payload };
        let authorization = self.signer.authorization(&request, at);
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("{}{path}{mark}{}", self.endpoint, query_text(query));
        // `Host` is set by the client from the address, and is the same.
        let own = headers.iter().skip(1);
        let answer = match method {
            "PUT" | "POST" => {
                let mut request =
                    if method == "PUT" { self.agent.put(url) } else { self.agent.post(url) };
                for (name, value) in own {
                    request = request.header(*name, value);
                }
                request.header("authorization", authorization).send(body)?
            }
            _ => {
                let mut request = match method {
                    "DELETE" => self.agent.delete(url),
                    _ => self.agent.get(url),
                };
                for (name, value) in own {
                    request = request.header(*name, value);
                }
                request.header("authorization", authorization).call()?
            }
        };
        let etag = answer.headers().get("etag").and_then(|etag| etag.to_str().ok());
        Ok(Answer {
            status: answer.status().as_u16(),
            etag: etag.unwrap_or_default().to_owned(),
            body: Box::new(answer.into_body().into_reader()),
        })
    }

    /// Sends a request until it is answered with one of these, or the store says no.
    fn ask(
        &self,
        what: &'static str,
        method: &'static str,
        key: &str,
        query: &[(&str, String)],
        range: Option<String>,
        body: &[u8],
    ) -> Result<Answer, FilesError> {
        let mut problem = String::new();
        for attempt in 0..TRIES {
            if attempt > 0 {
                // 200 ms, 400 ms, 800 ms, each with its own chance, so that nodes do not march.
                let jitter = u64::from(self.random.bytes16()[0]);
                std::thread::sleep(Duration::from_millis((100 << attempt) + jitter));
            }
            match self.send(method, key, query, range.clone(), body) {
                Ok(answer) if (200..300).contains(&answer.status) => return Ok(answer),
                Ok(answer) if answer.status == 404 => return Err(FilesError::Gone(key.to_owned())),
                Ok(answer) => {
                    let status = answer.status;
                    problem = format!("the store answered {status}: {}", text(answer.body));
                    if status < 500 && status != 429 {
                        break;
                    }
                }
                Err(error) => problem = error.to_string(),
            }
        }
        Err(failed(what, key, problem))
    }

    /// Puts a file under `key`.
    pub(super) fn put(&self, key: &str, path: &Path, bytes: u64) -> Result<(), FilesError> {
        let what = "store";
        let disk = |error: io::Error| failed(what, key, error);
        let mut file = File::open(path).map_err(disk)?;
        if bytes <= PART_BYTES as u64 {
            let mut body = Vec::new();
            file.read_to_end(&mut body).map_err(disk)?;
            return self.ask(what, "PUT", key, &[], None, &body).map(|_| ());
        }
        let begun = self.ask(what, "POST", key, &[("uploads", String::new())], None, &[])?;
        let answer = text(begun.body);
        let id = between(&answer, "<UploadId>", "</UploadId>")
            .ok_or_else(|| failed(what, key, "the store began no upload"))?
            .replace("&amp;", "&");
        let sent = self.parts(key, &id, &mut file);
        if sent.is_err() {
            // Parts of an upload that nobody ends cost money; a failure here is the smaller trouble.
            let _ = self.ask(what, "DELETE", key, &[("uploadId", id)], None, &[]);
        }
        sent
    }

    fn parts(&self, key: &str, id: &str, file: &mut File) -> Result<(), FilesError> {
        let what = "store";
        let mut list = String::from("<CompleteMultipartUpload>");
        let mut buffer = Vec::with_capacity(PART_BYTES);
        for number in 1_u32.. {
            buffer.clear();
            let mut part = file.take(PART_BYTES as u64);
            part.read_to_end(&mut buffer).map_err(|error| failed(what, key, error))?;
            if buffer.is_empty() {
                break;
            }
            let query = [("partNumber", number.to_string()), ("uploadId", id.to_owned())];
            let answer = self.ask(what, "PUT", key, &query, None, &buffer)?;
            let etag = answer.etag.replace('&', "&amp;").replace('<', "&lt;");
            list.push_str(&format!(
                "<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
            ));
        }
        list.push_str("</CompleteMultipartUpload>");
        let query = [("uploadId", id.to_owned())];
        let answer = self.ask(what, "POST", key, &query, None, list.as_bytes())?;
        // This one may say 200 and fail all the same.
        let said = text(answer.body);
        if said.contains("<Error>") { Err(failed(what, key, said)) } else { Ok(()) }
    }

    /// The bytes of a file from `start`, up to `end` (not included); all without one.
    pub(super) fn get(
        &self,
        key: &str,
        start: u64,
        end: Option<u64>,
    ) -> Result<Box<dyn Read + Send>, FilesError> {
        let range = end.map(|end| format!("bytes={start}-{}", end.saturating_sub(1)));
        let wanted = if range.is_some() { 206 } else { 200 };
        let answer = self.ask("read", "GET", key, &[], range, &[])?;
        if answer.status == wanted {
            Ok(answer.body)
        } else {
            Err(failed("read", key, format!("the store answered {}", answer.status)))
        }
    }

    /// An address under which anybody may fetch the file for so many seconds.
    pub(super) fn address(&self, key: &str, seconds: u32) -> String {
        let path = format!("{}{key}", self.base);
        let query = self.signer.presigned(&self.host, &path, seconds, self.clock.now());
        format!("{}{path}?{query}", self.endpoint)
    }
}

/// The beginning of an answer, for people and for the few words that are looked for in it.
fn text(body: impl Read) -> String {
    let mut bytes = Vec::new();
    // An answer that breaks off is as good as one that says nothing.
    let _ = body.take(ANSWER_BYTES_MAX).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).chars().filter(|c| !c.is_control()).collect()
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split_once(after).map(|(inside, _)| inside)
}
