//! A client for this machine only: one request per connection, each person from an address of their
//! own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;

/// Connections that are open at the same time.
const CONNECTIONS_MAX: usize = 256;
/// No answer of the API is larger.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The shop that is asked.
#[derive(Debug)]
pub(super) struct Client {
    server: SocketAddr,
    open: Semaphore,
}

/// An answer: its status, and its body as JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Answer {
    /// The stable code of a problem; empty where it is none.
    pub(super) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// A text of the body.
    pub(super) fn text(&self, pointer: &str) -> Result<&str, String> {
        let text = self.body.pointer(pointer).and_then(Value::as_str);
        text.ok_or_else(|| format!("an answer ({}) has no {pointer}", self.status))
    }
}

impl Client {
    /// A client of the shop at `url`.
    pub(super) fn new(url: &str) -> Result<Self, String> {
        let wrong = || format!("{url:?} is not http:// with an address of this machine and a port");
        let host = url.strip_prefix("http://").ok_or_else(wrong)?.trim_end_matches('/');
        let host = host.replacen("localhost", "127.0.0.1", 1);
        let server: SocketAddr = host.parse().map_err(|_| wrong())?;
        if !server.ip().is_loopback() {
            return Err(wrong());
        }
        Ok(Self { server, open: Semaphore::new(CONNECTIONS_MAX) })
    }

    /// Reads something, as nobody in particular.
    pub(super) async fn get(&self, path: &str, headers: &str) -> Result<Answer, String> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}", self.server);
        self.send(None, format!("{head}Connection: close\r\n\r\n")).await
    }

    /// Writes something, as the person with this number.
    pub(super) async fn post(
        &self,
        person: u32,
        path: &str,
        headers: &str,
        body: &Value,
    ) -> Result<Answer, String> {
        let body = body.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n{headers}\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.server,
            body.len()
        );
        self.send(Some(person), request).await
    }

    async fn send(&self, person: Option<u32>, request: String) -> Result<Answer, String> {
        let _place = self.open.acquire().await.map_err(|error| error.to_string())?;
        let exchange = async {
            let mut stream = self.connect(person).await?;
            stream.write_all(request.as_bytes()).await?;
            let mut received = Vec::with_capacity(2_048);
            stream.take(ANSWER_BYTES_MAX).read_to_end(&mut received).await?;
            Ok::<_, std::io::Error>(received)
        };
        let received = tokio::time::timeout(PATIENCE, exchange).await;
        let received = received.map_err(|_| "the shop does not answer".to_owned())?;
        let received = received.map_err(|error| format!("the connection failed: {error}"))?;
        read(&received).ok_or_else(|| "the shop's answer is not understood".to_owned())
    }

    /// Connects from the person's own address where this machine has it: the whole of 127.0.0.0/8 on
    /// Linux, elsewhere only the first of it.
    async fn connect(&self, person: Option<u32>) -> std::io::Result<TcpStream> {
        if let (Some(person), IpAddr::V4(_)) = (person, self.server.ip()) {
            let socket = TcpSocket::new_v4()?;
            if socket.bind(SocketAddr::from((own_address(person), 0))).is_ok() {
                return socket.connect(self.server).await;
            }
        }
        TcpStream::connect(self.server).await
    }
}

/// One of the sixteen million addresses of this machine, never the usual one.
fn own_address(person: u32) -> Ipv4Addr {
    let [_, _, c, d] = person.to_be_bytes();
    Ipv4Addr::new(127, 64 + (person >> 16 & 63) as u8, c, d)
}

/// Status and JSON of an answer that has come as a whole.
fn read(received: &[u8]) -> Option<Answer> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&received[..end]).ok()?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let body = serde_json::from_slice(&received[end + 4..]).unwrap_or(Value::Null);
    Some(Answer { status, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to() {
        for url in [
            "http://127.0.0.1:80",
            "http://127.9.8.7:80/",
            "http://localhost:8080",
            "http://[::1]:80",
        ] {
            assert!(Client::new(url).is_ok(), "{url}");
        }
        for url in [
            "https://127.0.0.1:80",
            "http://192.168.0.1:80",
            "http://shop.example",
            "http://127.0.0.1",
            "",
        ] {
            assert!(Client::new(url).is_err_and(|error| error.contains("this machine")), "{url}");
        }
    }

    #[test]
    fn people_have_addresses_of_their_own_on_this_machine() {
        let mut seen = std::collections::BTreeSet::new();
        for person in 0..50_000 {
            let address = own_address(person);
            assert!(address.is_loopback() && address != Ipv4Addr::LOCALHOST);
            seen.insert(address);
        }
        assert_eq!(seen.len(), 50_000);
    }

    #[test]
    fn an_answer_is_read() {
        let answer = read(b"HTTP/1.1 409 Conflict\r\nA: b\r\n\r\n{\"code\":\"sale.sold_out\"}");
        let answer = answer.expect("an answer");
        assert_eq!((answer.status, answer.code()), (409, "sale.sold_out"));
        assert!(answer.text("/ticket").is_err());
        assert_eq!(read(b"HTTP/1.1 200 OK\r\n"), None);
    }
}
