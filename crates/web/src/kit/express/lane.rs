//! The lane before the HTTP library: connections of devices that ask and nothing else.
//!
//! A device's connection has one question, or the same again and again: reading it in general, as a
//! table of headers, and writing the answer from one costs several times what looking the answer up
//! does. So a connection begins here. As long as what comes is whole plain questions to which an entry
//! has the answer, they are answered from the bytes. The first piece that begins otherwise (another
//! page, a body, half a request, nonsense) is handed to the HTTP library with the connection, for good:
//! nothing here has an opinion on it.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use axum::body::Bytes;
use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use super::Express;

/// Room for what a connection sends at once; a longer request is the library's.
const READ_BYTES: usize = 4 * 1024;
/// Answers that are sent together, where a device asks several questions at once.
const WRITE_BYTES: usize = 16 * 1024;
/// Connections on their way to the HTTP library.
const WAITING_MAX: usize = 1_024;

/// Listens, and hands on what is the HTTP library's.
#[derive(Debug)]
pub struct Lane {
    listener: TcpListener,
    express: Express,
    stopped: watch::Receiver<bool>,
    /// Dropped by each connection in the lane when it is over.
    open: mpsc::Sender<Infallible>,
    hand_on: mpsc::Sender<(Ordinary, SocketAddr)>,
    handed_on: mpsc::Receiver<(Ordinary, SocketAddr)>,
}

impl Lane {
    /// Takes the connections of `listener` until `stopped` says so. `open` is held as long as one of
    /// them is in the lane.
    #[must_use]
    pub fn new(
        listener: TcpListener,
        express: Express,
        stopped: watch::Receiver<bool>,
        open: mpsc::Sender<Infallible>,
    ) -> Self {
        let (hand_on, handed_on) = mpsc::channel(WAITING_MAX);
        Self { listener, express, stopped, open, hand_on, handed_on }
    }

    /// Lets a connection into the lane.
    fn enter(&self, mut stream: TcpStream, peer: SocketAddr) {
        // Small answers go out at once instead of waiting for more to send.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::trace!(%error, "a connection keeps its delay");
        }
        let (express, stopped) = (self.express.clone(), self.stopped.clone());
        let (hand_on, open) = (self.hand_on.clone(), self.open.clone());
        tokio::spawn(async move {
            match drive(&mut stream, peer, &express, stopped).await {
                Ok(Some(first)) => {
                    // Nobody takes it where the server has stopped: it is closed with the others.
                    let _ = hand_on.send((Ordinary { first, stream }, peer)).await;
                }
                Ok(None) => {}
                Err(error) => tracing::trace!(%error, "a connection broke"),
            }
            drop(open);
        });
    }
}

impl Listener for Lane {
    type Io = Ordinary;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Ordinary, SocketAddr) {
        loop {
            tokio::select! {
                Some(connection) = self.handed_on.recv() => return connection,
                (stream, peer) = Listener::accept(&mut self.listener) => self.enter(stream, peer),
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Answers what a connection asks. Gives the bytes that are not the lane's; nothing where the other
/// end has closed it, or the server has stopped.
async fn drive(
    stream: &mut TcpStream,
    peer: SocketAddr,
    express: &Express,
    mut stopped: watch::Receiver<bool>,
) -> io::Result<Option<Bytes>> {
    let mut stopped = pin!(async move {
        // Whoever can say so has gone: that is a stop, too.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    });
    let mut read = vec![0; READ_BYTES];
    let mut answers = Vec::new();
    loop {
        let length = tokio::select! {
            biased;
            length = stream.read(&mut read) => length?,
            () = &mut stopped => return Ok(None),
        };
        if length == 0 {
            return Ok(None);
        }
        let mut rest = &read[..length];
        while let Some(used) = express.answer_bytes(rest, peer, &mut answers) {
            rest = &rest[used..];
            if rest.is_empty() || answers.len() >= WRITE_BYTES {
                stream.write_all(&answers).await?;
                answers.clear();
            }
        }
        if !rest.is_empty() {
            stream.write_all(&answers).await?;
            return Ok(Some(Bytes::copy_from_slice(rest)));
        }
    }
}

/// A connection with what was read of it already.
#[derive(Debug)]
pub struct Ordinary {
    first: Bytes,
    stream: TcpStream,
}

impl AsyncRead for Ordinary {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.first.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, into);
        }
        let length = self.first.len().min(into.remaining());
        into.put_slice(&self.first.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Ordinary {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
