//! A small HTTP server on loopback that takes webhooks, answers as it is told and keeps what came.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A call as it came.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The headers, their names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
}

impl Call {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("a payload is JSON")
    }
}

#[derive(Debug)]
struct State {
    calls: Vec<Call>,
    status: u16,
}

/// The server.
#[derive(Clone, Debug)]
pub(crate) struct HookServer {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl HookServer {
    /// Listens on a free port.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State { calls: Vec::new(), status: 204 }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // One after the other: what came first stands first.
                serve(&stream, &shared);
            }
        });
        Self { port, state }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks", self.port)
    }

    /// What it answers from now on.
    pub(crate) fn answers(&self, status: u16) {
        self.state.lock().expect("unpoisoned").status = status;
    }

    /// The calls that have come.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state.lock().expect("unpoisoned").calls.clone()
    }
}

fn serve(stream: &TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let mut headers = Vec::new();
    for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(": ") {
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut state = state.lock().expect("unpoisoned");
    state.calls.push(Call { headers, body });
    let answer = format!(
        "HTTP/1.1 {} X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        state.status
    );
    let mut out = stream;
    // Whoever has called may be gone: nothing is lost by that.
    let _ = out.write_all(answer.as_bytes());
}
