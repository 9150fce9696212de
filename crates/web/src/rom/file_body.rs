//! The body of a download: parts of a stored file, read one piece ahead of what is being sent.
//!
//! Memory stays flat however large the file and however slow the client: two pieces at most are
//! there at a time. Reading happens on threads for blocking work, never on those that serve.
//!
//! Why not `sendfile`: HTTP is spoken by a library that owns the socket, and the same path serves
//! files that lie in a bucket. What the copy costs by itself was not measured; nginx with `sendfile`,
//! in the same run, was 3 % faster (ADR 0015).

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::body::{Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use kontor_rom::core::FileReader;
use tokio::task::JoinHandle;
use tokio::time::Sleep;

use super::pace::Pace;
use super::range::Span;

/// How much is read at once, in bytes.
const PIECE: u64 = 512 * 1024;

/// A part of the body.
#[derive(Debug)]
pub(super) enum Part {
    /// Text between parts of the file.
    Text(Bytes),
    /// Bytes of the file.
    Span(Span),
}

impl Part {
    const fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Span(span) => span.bytes,
        }
    }
}

type Read = (FileReader, std::io::Result<Bytes>);

/// The body.
#[derive(Debug)]
pub(super) struct FileBody {
    /// At home while nothing is read.
    reader: Option<FileReader>,
    parts: VecDeque<Part>,
    left: u64,
    reading: Option<JoinHandle<Read>>,
    pace: Option<Pace>,
    /// What is ready and waits for its time.
    held: Option<(Bytes, Pin<Box<Sleep>>)>,
}

impl FileBody {
    pub(super) fn new(reader: FileReader, parts: Vec<Part>, pace: Option<Pace>) -> Self {
        let left = parts.iter().map(Part::bytes).sum();
        Self { reader: Some(reader), parts: parts.into(), left, reading: None, pace, held: None }
    }

    /// Takes the next piece of the span in front and lets a thread read it.
    fn begin(&mut self) {
        let Some(Part::Span(span)) = self.parts.front_mut() else { return };
        let Some(mut reader) = self.reader.take() else { return };
        let piece = self.pace.as_ref().map_or(PIECE, |pace| pace.piece(PIECE));
        let (at, bytes, end) = (span.start, span.bytes.min(piece), span.start + span.bytes);
        span.start += bytes;
        span.bytes -= bytes;
        if span.bytes == 0 {
            self.parts.pop_front();
        }
        self.reading = Some(tokio::task::spawn_blocking(move || {
            let mut buffer = vec![0; usize::try_from(bytes).unwrap_or(0)];
            let read = reader.read_exact_at(&mut buffer, at, end);
            (reader, read.map(|()| Bytes::from(buffer)))
        }));
    }

    fn send(&mut self, bytes: Bytes) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.left -= bytes.len() as u64;
        self.begin();
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let body = self.get_mut();
        if let Some((_, sleep)) = &mut body.held {
            ready!(sleep.as_mut().poll(context));
        }
        if let Some((bytes, _)) = body.held.take() {
            return body.send(bytes);
        }
        if body.reading.is_none() {
            body.begin();
        }
        let bytes = match &mut body.reading {
            Some(reading) => {
                let read = ready!(Pin::new(reading).poll(context));
                body.reading = None;
                match read {
                    Ok((reader, Ok(bytes))) => {
                        body.reader = Some(reader);
                        bytes
                    }
                    Ok((_, Err(error))) => return Poll::Ready(Some(Err(error))),
                    Err(error) => return Poll::Ready(Some(Err(std::io::Error::other(error)))),
                }
            }
            None => match body.parts.pop_front() {
                Some(Part::Text(text)) => text,
                _ => return Poll::Ready(None),
            },
        };
        let now = Instant::now();
        let wait = body.pace.as_ref().map(|pace| pace.take(bytes.len() as u64, now));
        match wait.filter(|wait| !wait.is_zero()) {
            None => body.send(bytes),
            Some(wait) => {
                let mut sleep = Box::pin(tokio::time::sleep(wait));
                // Asked once, so that it wakes this task; it is not over yet.
                if sleep.as_mut().poll(context).is_ready() {
                    return body.send(bytes);
                }
                body.held = Some((bytes, sleep));
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
