//! A body that is made piece by piece while it is sent: a file of a million rows is two pieces in memory,
//! however slow its reader. Between two pieces nothing is held, no transaction and no connection.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use http_body::Frame;
use kontor_store::StoreError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Takes the pieces of a body.
#[derive(Debug)]
pub struct Pieces(Sender<Result<Bytes, StoreError>>);

/// Whoever read has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

impl Pieces {
    /// Adds a piece; waits until there is room for it.
    ///
    /// # Errors
    ///
    /// When nobody reads any more: then there is no more to do.
    pub async fn send(&self, piece: String) -> Result<(), Gone> {
        self.0.send(Ok(Bytes::from(piece))).await.map_err(|_| Gone)
    }

    /// Breaks the body off, so that what was sent cannot be taken for the whole.
    pub async fn fail(self, fault: StoreError) {
        tracing::error!(error = %fault, "a file could not be written to its end");
        let _ = self.0.send(Err(fault)).await;
    }
}

/// A body whose pieces `write` sends.
pub fn streamed<W, Writing>(write: W) -> Body
where
    W: FnOnce(Pieces) -> Writing,
    Writing: Future<Output = ()> + Send + 'static,
{
    let (sender, receiver) = channel(1);
    tokio::spawn(write(Pieces(sender)));
    Body::new(Streamed(receiver))
}

#[derive(Debug)]
struct Streamed(Receiver<Result<Bytes, StoreError>>);

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = StoreError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StoreError>>> {
        let next = self.get_mut().0.poll_recv(context);
        next.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
