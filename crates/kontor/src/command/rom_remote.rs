//! `kontor rom publish --server`: a package goes to another server piece by piece. What has arrived
//! stays there, so a broken connection costs one piece, and the same command goes on where the last
//! one stopped.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use kontor_base::{Language, hex, limits};
use kontor_domain::build::{BuildText, Digest, ReleaseType};
use kontor_domain::device::Codename;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::CommandError;

/// How often a piece is sent again before the command gives up; what has arrived stays.
const TRIES: u32 = 8;
/// How long a connection may stay silent.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// A package and what is said of it.
pub(super) struct Package<'a> {
    pub(super) file: &'a Path,
    pub(super) model: &'a Codename,
    pub(super) version: &'a Option<BuildText>,
    pub(super) kind: &'a ReleaseType,
    pub(super) notes: &'a BTreeMap<Language, String>,
    pub(super) csig: Option<&'a [u8]>,
}

/// An answer: its status, its JSON, and how long it asks to wait.
struct Answer {
    status: u16,
    json: Value,
    retry_after_s: u64,
}

struct Server {
    agent: ureq::Agent,
    url: String,
    token: String,
}

/// Uploads and publishes.
pub(super) fn publish(server: &str, package: &Package<'_>) -> Result<(), CommandError> {
    let token = std::env::var("KONTOR_TOKEN").map_err(|_| {
        let text = "KONTOR_TOKEN is not set: `kontor rom token NAME` on the server makes a token";
        CommandError::Other(text.to_owned())
    })?;
    let name = package.file.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| CommandError::Other("the file has no name".to_owned()))?;
    let mut file = File::open(package.file)
        .map_err(|error| CommandError::other(&format!("open {}", package.file.display()), error))?;
    let style = ProgressStyle::with_template(
        "{msg:10} {bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
    );
    let length = file.metadata().map_err(|error| CommandError::other("look at the file", error))?;
    let bar = ProgressBar::new(length.len())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message("reading");
    let sha256 = hash(&mut file, &bar)?;
    let server = Server::new(server, &sha256, token);
    bar.set_message("uploading");
    let sent = server.upload(&mut file, length.len(), &bar);
    bar.finish_and_clear();
    sent?;
    let body = json!({
        "name": name, "model": package.model, "version": package.version,
        "kind": package.kind, "notes": package.notes, "csig": package.csig.map(hex),
    });
    let answer = server.patiently(|| server.post(&body))?;
    match answer.status {
        201 => {
            let word = |key: &str| answer.json[key].as_str().unwrap_or_default().to_owned();
            println!(
                "{} {} for {} is published\n{}",
                word("version"),
                word("incremental"),
                word("model"),
                word("sha256")
            );
            Ok(())
        }
        _ => Err(answer.refused()),
    }
}

fn hash(file: &mut File, bar: &ProgressBar) -> Result<Digest, CommandError> {
    let failed = |error| CommandError::other("read the package", error);
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n = file.read(&mut buffer).map_err(failed)?;
        if n == 0 {
            return Ok(Digest::from_bytes(hash.finalize().into()));
        }
        hash.update(&buffer[..n]);
        bar.inc(n as u64);
    }
}

impl Answer {
    fn refused(&self) -> CommandError {
        let detail = self.json["detail"].as_str().unwrap_or("no reason was given");
        let code = self.json["code"].as_str().unwrap_or("");
        CommandError::Other(format!("the server answered {}: {detail} ({code})", self.status))
    }
}

impl Server {
    fn new(server: &str, sha256: &Digest, token: String) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(SILENCE_MAX))
            .timeout_recv_response(Some(SILENCE_MAX))
            .user_agent(concat!("kontor/", env!("CARGO_PKG_VERSION")))
            .build();
        let url = format!("{}/rom/uploads/{sha256}", server.trim_end_matches('/'));
        Self { agent: config.new_agent(), url, token: format!("Bearer {token}") }
    }

    /// Asks again while the connection breaks, the server fails or wants a pause.
    fn patiently(
        &self,
        ask: impl Fn() -> Result<Answer, ureq::Error>,
    ) -> Result<Answer, CommandError> {
        let mut problem = String::new();
        for attempt in 0..TRIES {
            let mut wait_s = 1 << attempt.min(5);
            match ask() {
                Ok(answer) if answer.status == 429 || answer.status >= 500 => {
                    problem = answer.refused().to_string();
                    wait_s = answer.retry_after_s.clamp(1, 120);
                }
                Ok(answer) => return Ok(answer),
                Err(error) => problem = error.to_string(),
            }
            if attempt + 1 < TRIES {
                std::thread::sleep(Duration::from_secs(wait_s));
            }
        }
        Err(CommandError::Other(format!(
            "{problem}; what has arrived stays there, the same command goes on"
        )))
    }

    fn read(answer: ureq::http::Response<ureq::Body>) -> Result<Answer, ureq::Error> {
        let status = answer.status().as_u16();
        let header = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let retry_after_s = header.and_then(|value| value.parse().ok()).unwrap_or(5);
        let text = answer.into_body().read_to_string()?;
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status, json, retry_after_s })
    }

    fn held(&self) -> Result<Answer, ureq::Error> {
        Self::read(self.agent.get(&self.url).header("authorization", &self.token).call()?)
    }

    fn put(&self, at: u64, piece: &[u8]) -> Result<Answer, ureq::Error> {
        let request = self.agent.put(&self.url).header("authorization", &self.token);
        Self::read(request.header("upload-offset", at.to_string()).send(piece)?)
    }

    fn post(&self, body: &Value) -> Result<Answer, ureq::Error> {
        let request = self.agent.post(&self.url).header("authorization", &self.token);
        Self::read(request.header("content-type", "application/json").send(body.to_string())?)
    }

    fn upload(&self, file: &mut File, length: u64, bar: &ProgressBar) -> Result<(), CommandError> {
        let failed = |error| CommandError::other("read the package", error);
        let mut piece = vec![0; limits::UPLOAD_PIECE_BYTES_MAX];
        let begun = self.patiently(|| self.held())?;
        let mut at = match begun.json["held"].as_u64() {
            Some(held) if begun.status == 200 => held,
            _ => return Err(begun.refused()),
        };
        bar.set_position(at);
        bar.reset_eta();
        while at < length {
            let room = usize::try_from(length - at).unwrap_or(piece.len()).min(piece.len());
            file.seek(SeekFrom::Start(at)).map_err(failed)?;
            file.read_exact(&mut piece[..room]).map_err(failed)?;
            let answer = self.patiently(|| self.put(at, &piece[..room]))?;
            at = match (answer.status, answer.json["held"].as_u64()) {
                (200, Some(held)) => held,
                // Somebody else sends the same file, or an answer was lost: ask where to go on.
                (409, _) => {
                    let again = self.patiently(|| self.held())?;
                    again.json["held"].as_u64().ok_or_else(|| again.refused())?
                }
                _ => return Err(answer.refused()),
            };
            bar.set_position(at);
        }
        Ok(())
    }
}
