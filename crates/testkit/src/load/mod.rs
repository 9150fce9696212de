//! The load generator: an HTTP/1.1 client that is cheap enough to share two
//! cores with the server it measures.
//!
//! It speaks just enough HTTP for the job (keep-alive, one request at a time
//! on each connection, `Content-Length` and chunked answers) with buffers that
//! are used again. It must only ever be pointed at this machine. Start reading
//! at [`Load`].

mod address;
mod connection;
mod engine;
pub mod order;
mod report;
mod response;
pub mod rush;
mod stream;

pub use address::{Address, AddressError};
pub use connection::{Connection, Response};
pub use engine::{Load, Pace, Stop, Turn};
pub use report::Report;
pub use response::{Parser, Progress, ProtocolError};
pub use stream::{Stream, Streamed};

/// Why a request or a script failed.
#[derive(Debug)]
pub enum Fault {
    /// The operating system said no.
    Io(std::io::Error),
    /// The server closed the connection before its answer was complete.
    Closed,
    /// The answer is not HTTP as this client understands it.
    Protocol(ProtocolError),
    /// An answer with this status where another was expected, and its start.
    Status(u16, String),
    /// The answer lacks what the script needs.
    Answer(&'static str),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(formatter, "the connection failed: {error}"),
            Self::Closed => {
                formatter.write_str("the server closed the connection in the middle of an answer")
            }
            Self::Protocol(error) => write!(formatter, "the answer is not understood: {error}"),
            Self::Status(status, start) => {
                write!(formatter, "the server answered {status}: {start}")
            }
            Self::Answer(missing) => write!(formatter, "the answer lacks {missing}"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<ProtocolError> for Fault {
    fn from(error: ProtocolError) -> Self {
        Self::Protocol(error)
    }
}
