//! A parser for answers, fed with whatever bytes have arrived so far.
//!
//! Pure: it never reads, it is shown the bytes from the start of the answer
//! and says whether they are complete. It remembers how far it came, so that
//! an answer in many pieces is not read from its start each time.

use std::ops::Range;

/// Heads larger than this are a mistake of the server.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// Bodies larger than this are not what this client is for.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtocolError {
    /// The first line is no status line of HTTP/1.
    StatusLine,
    /// A header line has no colon.
    HeaderLine,
    /// Neither a length nor chunks: its end could only be told by closing.
    NoLength,
    /// The length is no number, or there are two that differ.
    Length,
    /// The head is larger than any head should be.
    HeadTooLarge,
    /// The body is larger than any body should be.
    BodyTooLarge,
    /// A chunk's size or its end is malformed.
    Chunk,
    /// There are bytes behind the answer that nobody asked for.
    Surplus,
}

impl std::fmt::Display for ProtocolError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::StatusLine => "no status line",
            Self::HeaderLine => "a header line without a colon",
            Self::NoLength => "neither Content-Length nor chunks",
            Self::Length => "a malformed Content-Length",
            Self::HeadTooLarge => "the head is too large",
            Self::BodyTooLarge => "the body is too large",
            Self::Chunk => "a malformed chunk",
            Self::Surplus => "bytes behind the end of the answer",
        })
    }
}

impl std::error::Error for ProtocolError {}

/// How far an answer has come.
#[derive(Debug, PartialEq, Eq)]
pub enum Progress {
    /// More bytes must arrive.
    Partial,
    /// The answer is complete.
    Complete {
        /// Its status.
        status: u16,
        /// Whether the connection can be used again.
        keep_alive: bool,
    },
}

/// The state of reading one answer; [`Parser::restart`] readies it for the next.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    head: Head,
    /// Where the head lies, without its last empty line.
    head_range: Range<usize>,
    /// Where the body lies, when it has a length.
    body_range: Range<usize>,
    /// The body put together, when it comes in chunks.
    chunks: Vec<u8>,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    /// Bytes up to here hold no end of the head.
    #[default]
    Empty,
    Head {
        scanned: usize,
    },
    Length,
    /// The next chunk's size line begins here.
    ChunkSize {
        at: usize,
    },
    /// The lines behind the last chunk.
    Trailer {
        at: usize,
    },
}

#[derive(Debug, Default, Clone, Copy)]
struct Head {
    status: u16,
    length: Option<usize>,
    chunked: bool,
    keep_alive: bool,
}

impl Parser {
    /// Ready for the next answer; its buffer stays.
    pub fn restart(&mut self) {
        self.state = State::Empty;
        self.chunks.clear();
    }

    /// Looks at all bytes of this answer that have arrived.
    ///
    /// # Errors
    /// When they are not an answer, or more than one.
    pub fn advance(&mut self, bytes: &[u8]) -> Result<Progress, ProtocolError> {
        loop {
            let next = match self.state {
                State::Empty => Some(State::Head { scanned: 0 }),
                State::Head { scanned } => self.find_head(bytes, scanned)?,
                State::Length => return self.by_length(bytes),
                State::ChunkSize { at } => self.chunk(bytes, at)?,
                State::Trailer { at } => return self.trailer(bytes, at),
            };
            match next {
                Some(state) => self.state = state,
                None => return Ok(Progress::Partial),
            }
        }
    }

    /// The head of a complete answer.
    #[must_use]
    pub fn head<'bytes>(&self, bytes: &'bytes [u8]) -> &'bytes [u8] {
        &bytes[self.head_range.clone()]
    }

    /// The body of a complete answer.
    #[must_use]
    pub fn body<'all>(&'all self, bytes: &'all [u8]) -> &'all [u8] {
        if self.head.chunked { &self.chunks } else { &bytes[self.body_range.clone()] }
    }

    fn find_head(&mut self, bytes: &[u8], scanned: usize) -> Result<Option<State>, ProtocolError> {
        // The end may straddle two pieces.
        let from = scanned.saturating_sub(3);
        let Some(end) = bytes[from..].windows(4).position(|window| window == b"\r\n\r\n") else {
            if bytes.len() > HEAD_BYTES_MAX {
                return Err(ProtocolError::HeadTooLarge);
            }
            self.state = State::Head { scanned: bytes.len() };
            return Ok(None);
        };
        let end = from + end;
        if end > HEAD_BYTES_MAX {
            return Err(ProtocolError::HeadTooLarge);
        }
        self.head = parse_head(&bytes[..end])?;
        self.head_range = 0..end;
        let body = end + 4;
        if (100..200).contains(&self.head.status) {
            // An interim answer; none is ever asked for, so none is expected.
            return Err(ProtocolError::StatusLine);
        }
        if matches!(self.head.status, 204 | 304) {
            self.body_range = body..body;
            return Ok(Some(State::Length));
        }
        if self.head.chunked {
            return Ok(Some(State::ChunkSize { at: body }));
        }
        let length = self.head.length.ok_or(ProtocolError::NoLength)?;
        if length > BODY_BYTES_MAX {
            return Err(ProtocolError::BodyTooLarge);
        }
        self.body_range = body..body + length;
        Ok(Some(State::Length))
    }

    fn by_length(&self, bytes: &[u8]) -> Result<Progress, ProtocolError> {
        match bytes.len().cmp(&self.body_range.end) {
            std::cmp::Ordering::Less => Ok(Progress::Partial),
            std::cmp::Ordering::Equal => Ok(self.complete()),
            std::cmp::Ordering::Greater => Err(ProtocolError::Surplus),
        }
    }

    fn chunk(&mut self, bytes: &[u8], at: usize) -> Result<Option<State>, ProtocolError> {
        let Some(line) = line_at(bytes, at) else {
            // A size has at most sixteen digits; extensions are not expected.
            return if bytes.len() - at > 1024 { Err(ProtocolError::Chunk) } else { Ok(None) };
        };
        let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
        let digits = std::str::from_utf8(digits).map_err(|_| ProtocolError::Chunk)?.trim();
        let size = usize::from_str_radix(digits, 16).map_err(|_| ProtocolError::Chunk)?;
        let start = at + line.len() + 2;
        if size == 0 {
            return Ok(Some(State::Trailer { at: start }));
        }
        if size > BODY_BYTES_MAX || self.chunks.len() + size > BODY_BYTES_MAX {
            return Err(ProtocolError::BodyTooLarge);
        }
        let end = start + size;
        match bytes.get(end..end + 2) {
            None => Ok(None),
            Some(b"\r\n") => {
                self.chunks.extend_from_slice(&bytes[start..end]);
                Ok(Some(State::ChunkSize { at: end + 2 }))
            }
            Some(_) => Err(ProtocolError::Chunk),
        }
    }

    fn trailer(&mut self, bytes: &[u8], mut at: usize) -> Result<Progress, ProtocolError> {
        while let Some(line) = line_at(bytes, at) {
            at += line.len() + 2;
            if line.is_empty() {
                return if at == bytes.len() {
                    Ok(self.complete())
                } else {
                    Err(ProtocolError::Surplus)
                };
            }
        }
        if bytes.len() - at > HEAD_BYTES_MAX {
            return Err(ProtocolError::HeadTooLarge);
        }
        self.state = State::Trailer { at };
        Ok(Progress::Partial)
    }

    fn complete(&self) -> Progress {
        Progress::Complete { status: self.head.status, keep_alive: self.head.keep_alive }
    }
}

/// The line at an offset, without its end; nothing while its end is missing.
fn line_at(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = bytes.get(at..)?;
    rest.windows(2).position(|window| window == b"\r\n").map(|length| &rest[..length])
}

fn parse_head(bytes: &[u8]) -> Result<Head, ProtocolError> {
    let mut lines =
        bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let status_line = lines.next().ok_or(ProtocolError::StatusLine)?;
    let (minor, status) = match status_line {
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor, b' ', digits @ ..] => (*minor, digits),
        _ => return Err(ProtocolError::StatusLine),
    };
    let status = status.get(..3).and_then(number).ok_or(ProtocolError::StatusLine)?;
    let status = u16::try_from(status).map_err(|_| ProtocolError::StatusLine)?;
    let mut head = Head { status, length: None, chunked: false, keep_alive: minor != b'0' };
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':').ok_or(ProtocolError::HeaderLine)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        // The length of the name tells most headers apart without comparing.
        match name.len() {
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                let length = number(value).ok_or(ProtocolError::Length)?;
                if head.length.is_some_and(|other| other != length) {
                    return Err(ProtocolError::Length);
                }
                head.length = Some(length);
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                head.chunked = value.eq_ignore_ascii_case(b"chunked");
            }
            10 if name.eq_ignore_ascii_case(b"connection") => {
                head.keep_alive = !value.eq_ignore_ascii_case(b"close");
            }
            _ => {}
        }
    }
    Ok(head)
}

fn number(digits: &[u8]) -> Option<usize> {
    if digits.is_empty() || digits.len() > 15 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\ncontent-length: 5\r\n\r\nhello";
    const CHUNKED: &[u8] =
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n there\r\n0\r\nA: b\r\n\r\n";

    fn whole(bytes: &[u8]) -> Result<(Progress, Vec<u8>), ProtocolError> {
        let mut parser = Parser::default();
        let progress = parser.advance(bytes)?;
        let body =
            if progress == Progress::Partial { Vec::new() } else { parser.body(bytes).to_vec() };
        Ok((progress, body))
    }

    fn complete(status: u16) -> Progress {
        Progress::Complete { status, keep_alive: true }
    }

    #[test]
    fn a_whole_answer_is_read_at_once() {
        assert_eq!(whole(PLAIN), Ok((complete(200), b"hello".to_vec())));
        assert_eq!(whole(CHUNKED), Ok((complete(201), b"hello there".to_vec())));
        assert_eq!(
            whole(b"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n"),
            Ok((complete(204), Vec::new()))
        );
    }

    #[test]
    fn an_answer_may_be_split_anywhere() {
        for (answer, body) in [(PLAIN, &b"hello"[..]), (CHUNKED, b"hello there")] {
            for first in 0..answer.len() {
                for second in first..answer.len() {
                    let mut parser = Parser::default();
                    assert_eq!(parser.advance(&answer[..first]), Ok(Progress::Partial));
                    assert_eq!(parser.advance(&answer[..second]), Ok(Progress::Partial));
                    assert!(matches!(parser.advance(answer), Ok(Progress::Complete { .. })));
                    assert_eq!(parser.body(answer), body);
                }
            }
        }
    }

    #[test]
    fn a_parser_is_used_again() {
        let mut parser = Parser::default();
        for answer in [CHUNKED, PLAIN, CHUNKED] {
            parser.restart();
            assert!(matches!(parser.advance(answer), Ok(Progress::Complete { .. })));
        }
        assert_eq!(parser.body(CHUNKED), b"hello there");
        assert!(parser.head(CHUNKED).ends_with(b"chunked"));
    }

    #[test]
    fn bytes_behind_the_answer_are_a_fault() {
        for answer in [PLAIN, CHUNKED] {
            let mut longer = answer.to_vec();
            longer.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
            assert_eq!(whole(&longer), Err(ProtocolError::Surplus));
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for (answer, error) in [
            ("SSH-2.0-x\r\n\r\n", ProtocolError::StatusLine),
            ("HTTP/1.1 2x0 OK\r\n\r\n", ProtocolError::StatusLine),
            ("HTTP/1.1 100 Continue\r\n\r\n", ProtocolError::StatusLine),
            ("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", ProtocolError::HeaderLine),
            ("HTTP/1.1 200 OK\r\nA: b\r\n\r\n", ProtocolError::NoLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", ProtocolError::Length),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                ProtocolError::Length,
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", ProtocolError::BodyTooLarge),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ProtocolError::Chunk),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
                ProtocolError::Chunk,
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
                ProtocolError::BodyTooLarge,
            ),
        ] {
            assert_eq!(whole(answer.as_bytes()), Err(error), "{answer}");
        }
    }

    #[test]
    fn an_endless_head_is_refused() {
        let endless = [b"HTTP/1.1 200 OK\r\n".to_vec(), vec![b'a'; HEAD_BYTES_MAX]].concat();
        assert_eq!(whole(&endless), Err(ProtocolError::HeadTooLarge));
    }

    #[test]
    fn the_server_may_want_to_close() {
        let bytes = b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(
            whole(bytes),
            Ok((Progress::Complete { status: 200, keep_alive: false }, Vec::new()))
        );
    }
}
