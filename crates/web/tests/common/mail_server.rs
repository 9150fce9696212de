//! A small SMTP server on loopback: takes letters, or refuses them as it is told.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What it does with the next recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It takes letters.
    Takes,
    /// It is busy: try again.
    Busy,
    /// It knows no such address.
    Refuses,
}

/// A letter as it came.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    /// The addresses of the envelope.
    pub(crate) to: Vec<String>,
    /// The whole message, its lines put together again and its signs decoded.
    pub(crate) text: String,
}

#[derive(Debug, Default)]
struct State {
    letters: Vec<Came>,
    mood: Option<Mood>,
}

/// The server. Its threads end with the connections.
#[derive(Clone, Debug)]
pub(crate) struct MailServer {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl MailServer {
    /// Listens on a free port.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || serve(&stream, &shared));
            }
        });
        Self { port, state }
    }

    /// Where it is, as the configuration names it.
    pub(crate) fn address(&self) -> String {
        format!("smtp-plain://127.0.0.1:{}", self.port)
    }

    /// What it does from now on.
    pub(crate) fn mood(&self, mood: Mood) {
        self.state.lock().expect("no test panics while it holds this").mood = Some(mood);
    }

    /// The letters that have come.
    pub(crate) fn letters(&self) -> Vec<Came> {
        self.state.lock().expect("no test panics while it holds this").letters.clone()
    }
}

fn serve(stream: &TcpStream, state: &Mutex<State>) {
    let mut lines = BufReader::new(stream).lines();
    let mut out = stream;
    let mut say = |line: &str| out.write_all(format!("{line}\r\n").as_bytes()).is_ok();
    let mut to = Vec::new();
    if !say("220 tests ESMTP") {
        return;
    }
    while let Some(Ok(line)) = lines.next() {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let fine = match word.as_str() {
            "EHLO" => say("250-tests") && say("250 8BITMIME"),
            "RCPT" => {
                let mood = state.lock().expect("unpoisoned").mood.unwrap_or(Mood::Takes);
                match mood {
                    Mood::Takes => {
                        let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                        to.push(address.to_owned());
                        say("250 fine")
                    }
                    Mood::Busy => say("451 <ada@shop.example> try again later"),
                    Mood::Refuses => say("550 <ada@shop.example> is nobody here"),
                }
            }
            "DATA" => {
                if !say("354 go on") {
                    return;
                }
                let mut text = String::new();
                for line in lines.by_ref().map_while(Result::ok) {
                    if line == "." {
                        break;
                    }
                    // A line that ends in a single equals sign goes on in the next one.
                    match line.strip_suffix('=') {
                        Some(part) => text.push_str(part),
                        None => {
                            text.push_str(&line);
                            text.push('\n');
                        }
                    }
                }
                let came = Came { to: std::mem::take(&mut to), text: decoded(&text) };
                state.lock().expect("unpoisoned").letters.push(came);
                say("250 taken")
            }
            "QUIT" => {
                say("221 bye");
                return;
            }
            _ => say("250 fine"),
        };
        if !fine {
            return;
        }
    }
}

/// Quoted-printable (RFC 2045, section 6.7): `=C3=A4` is `ä`.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let code = bytes.get(at + 1..at + 3).filter(|_| *byte == b'=');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(value) => {
                out.push(value);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
