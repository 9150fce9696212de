//! Answers with an entity tag, and who asks.

use std::net::{IpAddr, Ipv4Addr};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use kontor_domain::rollout::Point;
use kontor_rom::Rom;
use kontor_rom::core::{Document, Who};

/// The header with a device's own id. It is hashed before anything is done with it.
pub(super) const DEVICE: HeaderName = HeaderName::from_static("kontor-device");

/// A document, or that the client has it already.
pub(super) fn document(document: &Document, kind: &'static str, asked: &HeaderMap) -> Response {
    let etag = HeaderValue::from_maybe_shared(document.etag.clone());
    let etag = etag.unwrap_or_else(|_| HeaderValue::from_static("\"document\""));
    let unchanged = asked.get(header::IF_NONE_MATCH).is_some_and(|sent| {
        sent.as_bytes().split(|b| *b == b',').any(|tag| tag.trim_ascii() == etag.as_bytes())
    });
    let mut response =
        Response::new(if unchanged { Body::empty() } else { Body::from(document.body.clone()) });
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // Which document a device gets depends on its place in the rollout: caches ask each time.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Who asks without telling an id: the place that it brings along (`c`, in hundredths), else the
/// client's address.
pub(super) fn stranger(rom: &Rom, place: Option<u32>, address: Option<IpAddr>) -> Who {
    let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    Who::Stranger {
        hundredth: place.and_then(Point::of_hundredth),
        address: rom.keys.address(address),
    }
}
