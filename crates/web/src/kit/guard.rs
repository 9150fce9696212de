//! What is done for every request before and after its handler: an id, metrics, and for writes the
//! check of where a form came from and the rate limit.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::app::App;
use super::problem::Problem;
use super::routes::{Access, Route};

/// The header that carries a request's id, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a route's guard needs to know.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The server.
    pub app: App,
    /// The route.
    pub route: Route,
}

/// The id under which the log knows a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Guards a route.
pub async fn guard(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let Guard { app, route } = &guard;
    let writes = route.class.writes();
    // Pages that are the same for everybody need no id of their own: they cannot fail by one
    // person's doing, and they are most of the traffic.
    let personal = matches!(route.access, Access::Token | Access::Staff(_));
    let id = (writes || personal).then(|| request_id(app, &request));
    let refused = if writes { check_write(app, route, &request).err() } else { None };
    let (method, path) = (request.method().clone(), route.path);
    let turned_away = match (&refused, route.access) {
        (None, Access::Staff(needs)) => super::desk::admit(app, needs, &mut request).await.err(),
        _ => None,
    };
    if let Some(response) = turned_away {
        return response;
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
    let status = response.status();
    if let Some(RequestId(id)) = &id {
        if let Ok(value) = HeaderValue::from_str(id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        tracing::debug!(
            request_id = %id, %method, route = path, status = status.as_u16(),
            elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            "request answered"
        );
    }
    let class = route.class.word();
    metrics::histogram!("kontor_request_seconds", "class" => class)
        .record(started.elapsed().as_secs_f64());
    metrics::counter!("kontor_requests_total", "class" => class, "status" => status_group(status))
        .increment(1);
    response
}

/// The answer where no route is.
pub async fn not_found(State(app): State<App>, request: Request) -> Response {
    metrics::counter!("kontor_requests_total", "class" => "none", "status" => "4xx").increment(1);
    Problem::not_found().respond(&app, request.uri().path(), None)
}

const fn status_group(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// The id that a proxy in front has given, if it is a sane one, or a new one.
fn request_id(app: &App, request: &Request) -> RequestId {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let sane = |id: &&str| {
        (8..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    match given.filter(sane) {
        Some(id) if app.settings.trusted_proxies > 0 => RequestId(id.to_owned()),
        _ => RequestId(kontor_base::id::encode(app.shop.random.bytes16())),
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
    let proxies = usize::from(app.settings.trusted_proxies);
    if proxies == 0 {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter();
    let hops: Vec<&str> = forwarded
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    // The last entries were added by our own proxies; what is before them anybody can write.
    hops.len().checked_sub(proxies).and_then(|at| hops[at].parse().ok()).or(peer)
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
