//! A keep-alive connection that asks one thing at a time.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Fault;
use super::response::{Parser, Progress};

/// Room for the next piece of an answer.
const READ_BYTES: usize = 32 * 1024;

/// A connection with its buffers, which are used again for each answer.
#[derive(Debug)]
pub struct Connection {
    socket: SocketAddr,
    stream: Option<TcpStream>,
    received: Vec<u8>,
    parser: Parser,
}

/// A complete answer, borrowed from its connection's buffers.
#[derive(Debug, Clone, Copy)]
pub struct Response<'connection> {
    /// The status.
    pub status: u16,
    head: &'connection [u8],
    /// The body, put together when it came in chunks.
    pub body: &'connection [u8],
}

impl<'connection> Response<'connection> {
    /// The value of a header; the first when there are several.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'connection str> {
        let lines = self.head.split(|byte| *byte == b'\n').skip(1);
        for line in lines {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
            if line[..colon].eq_ignore_ascii_case(name.as_bytes()) {
                return std::str::from_utf8(line[colon + 1..].trim_ascii()).ok();
            }
        }
        None
    }

    /// This answer, if it has the expected status.
    ///
    /// # Errors
    /// The status that came instead, with the start of the body, where a
    /// problem document says what is wrong.
    pub fn expect_status(self, status: u16) -> Result<Self, Fault> {
        if self.status == status {
            return Ok(self);
        }
        let start = String::from_utf8_lossy(&self.body[..self.body.len().min(400)]);
        let words: Vec<_> = start.split_whitespace().collect();
        Err(Fault::Status(self.status, words.join(" ")))
    }
}

impl Connection {
    /// Not connected yet; the first request connects.
    #[must_use]
    pub fn new(socket: SocketAddr) -> Self {
        Self {
            socket,
            stream: None,
            received: Vec::with_capacity(READ_BYTES),
            parser: Parser::default(),
        }
    }

    /// What its requests say as `Host`.
    #[must_use]
    pub fn host(&self) -> String {
        self.socket.to_string()
    }

    /// Connects, unless it is connected.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn connect(&mut self) -> Result<(), Fault> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.socket).await?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
        }
        Ok(())
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// When the connection breaks or the answer is not understood; the next
    /// request then connects anew.
    pub async fn send(&mut self, request: &[u8]) -> Result<Response<'_>, Fault> {
        self.connect().await?;
        let (status, keep_alive) = match self.exchange(request).await {
            Ok(outcome) => outcome,
            Err(fault) => {
                self.stream = None;
                return Err(fault);
            }
        };
        if !keep_alive {
            self.stream = None;
        }
        let (head, body) = (self.parser.head(&self.received), self.parser.body(&self.received));
        Ok(Response { status, head, body })
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<(u16, bool), Fault> {
        let stream = self.stream.as_mut().ok_or(Fault::Closed)?;
        self.received.clear();
        self.parser.restart();
        stream.write_all(request).await?;
        loop {
            self.received.reserve(READ_BYTES);
            if stream.read_buf(&mut self.received).await? == 0 {
                return Err(Fault::Closed);
            }
            if let Progress::Complete { status, keep_alive } =
                self.parser.advance(&self.received)?
            {
                return Ok((status, keep_alive));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use tokio::net::TcpListener;

    /// A server that reads one request and answers with these pieces.
    async fn answering(pieces: Vec<&'static [u8]>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let socket = listener.local_addr().expect("a bound socket");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 1024];
                while stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                    for piece in &pieces {
                        stream.write_all(piece).await.expect("the client listens");
                        tokio::task::yield_now().await;
                    }
                    if pieces.is_empty() {
                        break;
                    }
                }
            }
        });
        socket
    }

    #[tokio::test]
    async fn answers_come_one_after_the_other() {
        let pieces: Vec<&[u8]> =
            vec![b"HTTP/1.1 200 OK\r\nContent-", b"Length: 5\r\nX-A:  b \r\n\r\nhe", b"llo"];
        let mut connection = Connection::new(answering(pieces).await);
        for _ in 0..3 {
            let answer = connection.send(b"GET / HTTP/1.1\r\n\r\n").await.expect("an answer");
            assert_eq!((answer.status, answer.body), (200, &b"hello"[..]));
            assert_eq!(answer.header("x-a"), Some("b"));
            assert!(answer.expect_status(200).is_ok());
            assert!(
                matches!(answer.expect_status(201), Err(Fault::Status(200, start)) if start == "hello")
            );
        }
    }

    #[tokio::test]
    async fn a_closed_connection_is_a_fault_and_the_next_request_connects_anew() {
        let mut connection = Connection::new(answering(Vec::new()).await);
        for _ in 0..2 {
            assert!(matches!(
                connection.send(b"GET / HTTP/1.1\r\n\r\n").await,
                Err(Fault::Closed | Fault::Io(_))
            ));
        }
    }
}
