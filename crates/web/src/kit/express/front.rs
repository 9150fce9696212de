//! The lane behind the HTTP library: what serves the requests of one connection.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse, Response};
use tower::Service;

use super::Express;

/// What serves one connection: the lane, then the router. It is cloned for every request, so what it
/// shares is the connection's own: a count that all connections raise and lower would travel between
/// the cores with each of them.
#[derive(Clone, Debug)]
pub struct Front(Arc<Connected>);

#[derive(Debug)]
struct Connected {
    express: Express,
    router: Router,
    peer: SocketAddr,
}

impl Front {
    /// Serves what comes from `peer`.
    #[must_use]
    pub fn new(express: Express, router: Router, peer: SocketAddr) -> Self {
        Self(Arc::new(Connected { express, router, peer }))
    }
}

impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A router is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Answering {
        let Connected { express, router, peer } = &*self.0;
        if let Some(ready) = express.answer(&request, *peer) {
            return Answering::Now(Some(ready.into_response()));
        }
        request.extensions_mut().insert(ConnectInfo(*peer));
        Answering::Later(Box::pin(router.clone().call(request)))
    }
}

/// An answer that is there, or that is worked on.
pub enum Answering {
    /// There; none once it has been taken.
    Now(Option<Response>),
    /// Worked on.
    Later(Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>),
}

impl std::fmt::Debug for Answering {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if matches!(self, Self::Now(_)) { "Now" } else { "Later" })
    }
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Now(response) => Poll::Ready(Ok(response.take().expect("it is polled once"))),
            Self::Later(response) => response.as_mut().poll(context),
        }
    }
}
