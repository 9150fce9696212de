//! Answers with an entity tag, and who asks.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use kontor_domain::rollout::Point;
use kontor_rom::Rom;
use kontor_rom::core::{Document, Who};

use crate::kit::app::App;
use crate::kit::guard::outer_address;

/// The header with a device's own id. It is hashed before anything is done with it.
pub(super) const DEVICE: HeaderName = HeaderName::from_static("kontor-device");

/// The header with what a device sends along with its reports.
const RECEIPT: HeaderName = HeaderName::from_static("kontor-receipt");

/// Adds the receipt of a device that was offered a build.
pub(super) fn with_receipt(mut response: Response, receipt: Option<&str>) -> Response {
    if let Some(value) = receipt.and_then(|receipt| HeaderValue::from_str(receipt).ok()) {
        response.headers_mut().insert(RECEIPT, value);
    }
    response
}

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
/// address that it comes from, as the trusted proxies tell it. An address within a network says
/// nothing about a device: it is a proxy's that nobody has declared.
pub(super) fn stranger(
    app: &App,
    rom: &Rom,
    place: Option<u32>,
    headers: &HeaderMap,
    peer: Option<SocketAddr>,
) -> Who {
    let hundredth = place.and_then(Point::of_hundredth);
    let address = outer_address(app, headers, peer.map(|peer| peer.ip()));
    match (hundredth, address.filter(|address| is_public(*address))) {
        (None, None) => Who::Unplaced,
        (hundredth, address) => Who::Stranger {
            hundredth,
            address: rom.keys.address(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))),
        },
    }
}

/// Whether an address can be one client's among all: not that of a machine itself, of a network of
/// its own, or of a carrier's.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let carrier = first == 100 && (64..128).contains(&second);
            !(v4.is_unspecified()
                || v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || carrier)
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(IpAddr::V4(v4)),
            None => {
                let first = v6.segments()[0];
                let local = (0xfc00..0xfe00).contains(&first) || (0xfe80..0xfec0).contains(&first);
                !(v6.is_unspecified() || v6.is_loopback() || local)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_stand_for_a_client() {
        for (address, public) in [
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("192.168.0.9", false),
            ("100.64.0.1", false),
            ("100.128.0.1", true),
            ("203.0.114.9", true),
            ("::1", false),
            ("::ffff:10.0.0.1", false),
            ("fd00::1", false),
            ("fe80::1", false),
            ("2a01:4f8::1", true),
        ] {
            assert_eq!(is_public(address.parse().expect("an address")), public, "{address}");
        }
    }
}
