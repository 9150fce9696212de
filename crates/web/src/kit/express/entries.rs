//! The entries of the lane: which questions are answered at once, and by what.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{Method, header};

use super::{Heads, Ready};
use crate::kit::app::App;
use crate::kit::guard::Guard;

/// The most parameters that a path in the lane has.
const PARTS_MAX: usize = 4;
/// The most headers of a request that is answered from its bytes.
const HEADERS_MAX: usize = 32;
/// A longer answer than this is the HTTP library's: it sends long ones without copying them.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// What an entry of the lane is asked.
#[derive(Debug)]
pub struct Question<'r> {
    /// The server.
    pub app: &'r App,
    /// What stands behind the path's `?`.
    pub query: Option<&'r str>,
    /// The request's headers.
    pub heads: Heads<'r>,
    /// The parameters of the path, in their order; what is not set is empty.
    pub parts: [&'r str; PARTS_MAX],
    /// Who is at the other end of the connection.
    pub peer: SocketAddr,
}

/// Answers at once, or leaves it to the route's handler.
pub type Answer = fn(&Question<'_>) -> Option<Ready>;

/// The names and values of a query in which nothing is escaped; `None` for another, which is the
/// router's.
pub fn pairs(query: Option<&str>) -> Option<impl Iterator<Item = (&str, &str)>> {
    let query = query.unwrap_or_default();
    let plain = query.bytes().all(|b| b.is_ascii_graphic() && b != b'%' && b != b'+');
    let pair = |piece| str::split_once(piece, '=').unwrap_or((piece, ""));
    plain.then(|| query.split('&').filter(|piece| !piece.is_empty()).map(pair))
}

/// A route's entry.
#[derive(Debug)]
pub(in crate::kit) struct Entry {
    guard: Arc<Guard>,
    answer: Answer,
}

impl Entry {
    pub(in crate::kit) const fn new(guard: Arc<Guard>, answer: Answer) -> Self {
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
    pub(in crate::kit) fn new(app: App, entries: Vec<Entry>, paths: &[&'static str]) -> Self {
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

    /// The answer to a request that the HTTP library has read, if an entry has one.
    #[must_use]
    pub fn answer(&self, request: &Request, peer: SocketAddr) -> Option<Ready> {
        if request.method() != Method::GET {
            return None;
        }
        let (path, query) = (request.uri().path(), request.uri().query());
        self.ask(path, query, Heads::Kept(request.headers()), peer)
    }

    /// Appends the answer to the request that `bytes` begin with, and gives that request's length.
    /// `None`, and nothing is appended, where it is not there whole, is not a plain one, or no entry
    /// has the answer.
    pub(super) fn answer_bytes(
        &self,
        bytes: &[u8],
        peer: SocketAddr,
        out: &mut Vec<u8>,
    ) -> Option<usize> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut request = httparse::Request::new(&mut headers);
        let Ok(httparse::Status::Complete(length)) = request.parse(bytes) else { return None };
        if request.method != Some("GET") || request.version != Some(1) {
            return None;
        }
        let target = request.path.filter(|target| is_plain(target))?;
        if !request.headers.iter().all(is_harmless) {
            return None;
        }
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let ready = self.ask(path, query, Heads::Listed(request.headers), peer)?;
        if ready.body.len() > BODY_BYTES_MAX {
            return None;
        }
        ready.write(out);
        Some(length)
    }

    fn ask(
        &self,
        path: &str,
        query: Option<&str>,
        heads: Heads<'_>,
        peer: SocketAddr,
    ) -> Option<Ready> {
        let (entry, parts) = self
            .entries
            .iter()
            .find_map(|entry| matched(entry.guard.route.path, path).map(|parts| (entry, parts)))?;
        if self.plain.iter().any(|other| matched(other, path).is_some()) {
            return None;
        }
        let started = std::time::Instant::now();
        let ready = (entry.answer)(&Question { app: &self.app, query, heads, parts, peer })?;
        entry.guard.count(ready.status, started.elapsed());
        Some(ready)
    }
}

/// Whether a request's target is a path of this server in signs that every reader takes for the same.
fn is_plain(target: &str) -> bool {
    target.starts_with('/')
        && target.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~?&=:@!$()*,;".contains(&b))
}

/// Whether a header leaves a request what it seems to be: a question without a body, on a connection
/// that stays.
fn is_harmless(header: &httparse::Header<'_>) -> bool {
    let called = |name: header::HeaderName| header.name.eq_ignore_ascii_case(name.as_str());
    if called(header::CONNECTION) {
        return header.value.eq_ignore_ascii_case(b"keep-alive");
    }
    let meaning =
        [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::UPGRADE, header::EXPECT];
    !meaning.into_iter().any(called)
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
