//! What is done for every request before and after its handler: an id, metrics, and for writes the
//! check of where a form came from and the rate limit.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::app::App;
use super::express::Heads;
use super::problem::Problem;
use super::routes::{Access, Route};
use crate::staff::problem::{Asked, as_at_the_desk};

/// The header that carries a request's id, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What proxies say of the clients behind them.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What a route's guard needs to know. Shared: a request takes no copy of it.
#[derive(Debug)]
pub struct Guard {
    /// The server.
    pub app: App,
    /// The route.
    pub route: Route,
    meters: Meters,
}

impl Guard {
    /// The guard of a route.
    #[must_use]
    pub fn new(app: App, route: Route) -> Self {
        Self { app, route, meters: Meters::new(route.class.word()) }
    }

    /// Counts a request that was answered without the guard: see [`super::express`].
    pub(super) fn count(&self, status: StatusCode, elapsed: Duration) {
        self.meters.count(status, elapsed);
    }
}

/// Where a route counts, looked up once: by its labels that is dearer than the counting.
struct Meters {
    seconds: metrics::Histogram,
    /// By the first digit of the status, from 2 on.
    answered: [metrics::Counter; 4],
}

impl Meters {
    fn new(class: &'static str) -> Self {
        let answered = ["2xx", "3xx", "4xx", "5xx"].map(
            |status| metrics::counter!("kontor_requests_total", "class" => class, "status" => status),
        );
        Self { seconds: metrics::histogram!("kontor_request_seconds", "class" => class), answered }
    }

    fn count(&self, status: StatusCode, elapsed: Duration) {
        self.seconds.record(elapsed.as_secs_f64());
        let group = usize::from(status.as_u16() / 100).clamp(2, 5);
        self.answered[group - 2].increment(1);
    }
}

impl std::fmt::Debug for Meters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meters")
    }
}

/// The id under which the log knows a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Guards a route.
pub async fn guard(State(guard): State<Arc<Guard>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let Guard { app, route, meters } = &*guard;
    let writes = route.class.writes();
    // Pages that are the same for everybody need no id of their own: they cannot fail by one
    // person's doing, and they are most of the traffic.
    let personal = matches!(route.access, Access::Token | Access::Staff(_) | Access::Key(..));
    let id = (writes || personal).then(|| request_id(app, &request));
    // Who asks and where from is told to the page of a problem, which is made when the request is gone.
    let desk = route.path.starts_with("/admin");
    let asked = desk.then(|| Asked::of(request.headers(), id.as_ref()));
    let refused = if writes { check_write(app, route, &request).err() } else { None };
    let turned_away = match (&refused, route.access) {
        (None, Access::Staff(needs)) => super::desk::admit(app, needs, &mut request).await.err(),
        (None, Access::Key(needs, _)) => super::bearer::admit(app, needs, &mut request).await.err(),
        _ => None,
    };
    if let Some(response) = turned_away {
        return match &asked {
            Some(asked) => as_at_the_desk(app, asked, response).await,
            None => response,
        };
    }
    let mut response = match refused {
        Some(problem) => problem.respond(app, request.uri().path(), id.as_ref()),
        None => {
            if let Some(id) = &id {
                request.extensions_mut().insert(id.clone());
            }
            next.run(request).await
        }
    };
    if let Some(asked) = &asked {
        response = as_at_the_desk(app, asked, response).await;
        // Also what is no page: a redirect tells that somebody is signed in.
        let kept = HeaderValue::from_static("no-store");
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(kept);
    }
    let status = response.status();
    if let Some(RequestId(id)) = id {
        tracing::debug!(
            request_id = %id, method = ?route.method, route = route.path, status = status.as_u16(),
            elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            "request answered"
        );
        if let Ok(value) = HeaderValue::from_maybe_shared(Bytes::from(id)) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
    }
    meters.count(status, started.elapsed());
    response
}

/// The answer where no route is.
pub async fn not_found(State(app): State<App>, request: Request) -> Response {
    metrics::counter!("kontor_requests_total", "class" => "none", "status" => "4xx").increment(1);
    let path = request.uri().path();
    let response = Problem::not_found().respond(&app, path, None);
    if !is_desk(path) {
        return response;
    }
    as_at_the_desk(&app, &Asked::of(request.headers(), None), response).await
}

/// Whether an address is of the staff area.
pub(super) fn is_desk(path: &str) -> bool {
    path == "/admin" || path.starts_with("/admin/")
}

/// The id that a proxy in front has given, if it is a sane one, or a new one.
fn request_id(app: &App, request: &Request) -> RequestId {
    if app.settings.trusted_proxies == 0 {
        return RequestId(app.request_ids.next());
    }
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let sane = |id: &&str| {
        (8..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    match given.filter(sane) {
        Some(id) => RequestId(id.to_owned()),
        _ => RequestId(app.request_ids.next()),
    }
}

fn check_write(app: &App, route: &Route, request: &Request) -> Result<(), Problem> {
    if !route.path.starts_with("/api/") && !same_origin(app, request.headers()) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "request.cross_site"));
    }
    let peer = peer(request.extensions());
    let Some(address) = client_address(app, request.headers(), peer) else { return Ok(()) };
    app.limiter.take(route.class, address).map_err(Problem::too_many)
}

/// Whether a form was sent from this site's own pages. Browsers say so themselves
/// (`Sec-Fetch-Site`, else `Origin`); a client that says neither is no browser and carries no
/// cookie that a stranger could make it send.
fn same_origin(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return true };
    let host = text(header::HOST.as_str()).unwrap_or_default();
    origin == app.settings.origin
        || origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host)
}

/// The address of the connection.
#[must_use]
pub fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

/// The address of the client: of the connection, or what the trusted proxies say of it.
#[must_use]
pub fn client_address(app: &App, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<IpAddr> {
    outer_address(app, Heads::Kept(headers), peer).or(peer)
}

/// The address from which a client reached the outermost trusted proxy; without proxies that of the
/// connection. `None` where a proxy should have told it and has not.
#[must_use]
pub fn outer_address(app: &App, heads: Heads<'_>, peer: Option<IpAddr>) -> Option<IpAddr> {
    let proxies = usize::from(app.settings.trusted_proxies);
    if proxies == 0 {
        return peer;
    }
    // The last entries were added by our own proxies; what is before them anybody can write.
    let name = FORWARDED_FOR;
    let values = heads.from_the_last(&name);
    let texts = values.filter_map(|value| std::str::from_utf8(value).ok());
    let mut hops = texts.flat_map(|text| text.rsplit(','));
    hops.nth(proxies - 1).and_then(|hop| hop.trim().parse().ok())
}

/// Headers that every page carries: what it may load, who may frame it, what it may tell others.
pub fn secure_headers(headers: &mut HeaderMap) {
    const FIXED: [(&str, &str); 5] = [
        (
            "content-security-policy",
            "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
        ("cross-origin-opener-policy", "same-origin"),
    ];
    for (name, value) in FIXED {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}
