//! The express lane: questions that devices ask by the hundred million are answered from memory
//! before the router is asked.
//!
//! An entry of the lane stands beside its route ([`super::routes::Routes::add_express`]) and gives the
//! same answer as the route's handler, or none: then the request takes the ordinary way. So nothing
//! exists in the lane alone, and a test can compare both ways. Only reads that anybody may make and
//! that wait for nothing belong here: a guard has nothing to do for them but to count.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::Method;
use axum::response::Response;
use tower::Service;

use super::app::App;
use super::guard::Guard;

/// The most parameters that a path in the lane has.
const PARTS_MAX: usize = 4;

/// What an entry of the lane is asked.
#[derive(Debug)]
pub struct Question<'r> {
    /// The server.
    pub app: &'r App,
    /// The request; a body is not looked at.
    pub request: &'r Request,
    /// The parameters of the path, in their order; what is not set is empty.
    pub parts: [&'r str; PARTS_MAX],
    /// Who is at the other end of the connection.
    pub peer: SocketAddr,
}

/// Answers at once, or leaves it to the route's handler.
pub type Answer = fn(&Question<'_>) -> Option<Response>;

/// A route's entry.
#[derive(Debug)]
pub(super) struct Entry {
    guard: Arc<Guard>,
    answer: Answer,
}

impl Entry {
    pub(super) const fn new(guard: Arc<Guard>, answer: Answer) -> Self {
        Self { guard, answer }
    }
}

/// All entries. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Express {
    app: App,
    entries: Arc<[Entry]>,
    /// Paths of other routes, which go before an entry whose parameter would take their word.
    plain: Arc<[&'static str]>,
}

impl Express {
    pub(super) fn new(app: App, entries: Vec<Entry>, paths: &[&'static str]) -> Self {
        let own = |path: &&&str| entries.iter().all(|entry| entry.guard.route.path != **path);
        let plain = paths.iter().filter(own).copied().collect();
        let mut lane = Self { app, entries: entries.into(), plain };
        lane.plain = lane.plain.iter().copied().filter(|path| lane.goes_before(path)).collect();
        lane
    }

    /// Whether a path could fit this pattern as well as an entry's, and is the router's then.
    fn goes_before(&self, pattern: &str) -> bool {
        self.entries.iter().any(|entry| goes_before(pattern, entry.guard.route.path))
    }

    /// The answer, if an entry has one.
    #[must_use]
    pub fn answer(&self, request: &Request, peer: SocketAddr) -> Option<Response> {
        if request.method() != Method::GET {
            return None;
        }
        let path = request.uri().path();
        let (entry, parts) = self
            .entries
            .iter()
            .find_map(|entry| matched(entry.guard.route.path, path).map(|parts| (entry, parts)))?;
        if self.plain.iter().any(|other| matched(other, path).is_some()) {
            return None;
        }
        let started = std::time::Instant::now();
        let response = (entry.answer)(&Question { app: &self.app, request, parts, peer })?;
        entry.guard.count(response.status(), started.elapsed());
        Some(response)
    }
}

/// Whether the router prefers `pattern` to `entry` for a path that fits both: a word goes before a
/// parameter.
fn goes_before(pattern: &str, entry: &str) -> bool {
    let is_parameter = |segment: &str| segment.starts_with('{');
    let (mut theirs, mut own) = (pattern.split('/'), entry.split('/'));
    let mut before = None;
    loop {
        match (theirs.next(), own.next()) {
            (None, None) => return before == Some(true),
            (Some(a), Some(b)) => match (is_parameter(a), is_parameter(b)) {
                (false, false) if a != b => return false,
                (false, true) => before = before.or(Some(true)),
                (true, false) => before = before.or(Some(false)),
                _ => {}
            },
            _ => return false,
        }
    }
}

/// The parameters of `path` by `pattern`; `None` where it does not fit, and where a parameter is
/// empty or has an escape, which the router knows better.
fn matched<'p>(pattern: &str, path: &'p str) -> Option<[&'p str; PARTS_MAX]> {
    let mut parts = [""; PARTS_MAX];
    let mut next = 0;
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(parts),
            (Some(word), Some(part)) if word.starts_with('{') => {
                if part.is_empty() || part.contains('%') {
                    return None;
                }
                *parts.get_mut(next)? = part;
                next += 1;
            }
            (Some(word), Some(part)) if word == part => {}
            _ => return None,
        }
    }
}

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
        if let Some(response) = express.answer(&request, *peer) {
            return Answering::Now(Some(response));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_goes_before_a_parameter() {
        let entry = "/rom/api/v2/{device}/{type}/{incr}";
        assert!(goes_before("/rom/api/v2/devices/{device}/builds", entry));
        assert!(!goes_before("/rom/api/v2/devices/{device}", entry), "never the same path");
        assert!(!goes_before("/rom/api/v1/devices/{device}/builds", entry));
        assert!(!goes_before("/rom/{language}", "/rom/check"));
    }

    #[test]
    fn a_path_fits_its_pattern_whole_and_plain() {
        let pattern = "/rom/api/v2/{device}/{type}/{incr}";
        assert_eq!(matched(pattern, "/rom/api/v2/a/b/c"), Some(["a", "b", "c", ""]));
        for path in [
            "/rom/api/v2/a/b",
            "/rom/api/v2/a/b/c/d",
            "/rom/api/v2/a/b/",
            "/rom/api/v2//b/c",
            "/rom/api/v1/a/b/c",
            "/rom/api/v2/a%2F/b/c",
            "",
        ] {
            assert_eq!(matched(pattern, path), None, "{path}");
        }
        assert_eq!(matched("/rom/check", "/rom/check"), Some([""; 4]));
        assert_eq!(matched("/{a}/{b}/{c}/{d}/{e}", "/1/2/3/4/5"), None, "more than fit");
    }
}
