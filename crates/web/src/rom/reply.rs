//! Answers with an entity tag, and who asks.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use kontor_domain::rollout::Point;
use kontor_rom::Rom;
use kontor_rom::core::{Document, Who};

use crate::kit::app::App;
use crate::kit::express::{Heads, Ready};
use crate::kit::guard::outer_address;

/// The header with a device's own id. It is hashed before anything is done with it.
pub(super) const DEVICE: HeaderName = HeaderName::from_static("kontor-device");

/// The header with what a device sends along with its reports.
const RECEIPT: HeaderName = HeaderName::from_static("kontor-receipt");

/// Adds the receipt of a device that was offered a build.
pub(super) fn with_receipt(ready: Ready, receipt: Option<&str>) -> Ready {
    match receipt.and_then(|receipt| HeaderValue::from_str(receipt).ok()) {
        Some(value) => ready.with(RECEIPT, value),
        None => ready,
    }
}

/// Who may keep an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// The device alone: it was made for it, or for where its connection comes from.
    Device,
    /// Whoever serves others too: everything that it depends on stands in the address.
    Everybody,
}

impl Keep {
    /// A share of a rollout moves with time and a halt takes effect at once: a cache in between may
    /// repeat an answer for a second and no longer, which is enough to spare the server a crowd that
    /// asks the same. Devices ask each time, and are told if nothing has changed.
    const fn control(self) -> HeaderValue {
        match self {
            Self::Device => HeaderValue::from_static("private, no-cache"),
            Self::Everybody => HeaderValue::from_static("public, max-age=0, s-maxage=1"),
        }
    }
}

/// The answer to a check, or that the client has it already.
pub(super) fn answer(found: &Document, kind: &'static str, asked: Heads<'_>, keep: Keep) -> Ready {
    document(found, kind, asked)
        .with(header::CACHE_CONTROL, keep.control())
        // Whoever tells an id is counted, gets a receipt, and may be one of the company's own.
        .with(header::VARY, HeaderValue::from_static("Kontor-Device"))
}

/// A document, or that the client has it already.
pub(super) fn document(document: &Document, kind: &'static str, asked: Heads<'_>) -> Ready {
    let unchanged = asked.get(&header::IF_NONE_MATCH).is_some_and(|sent| {
        sent.split(|b| *b == b',').any(|tag| tag.trim_ascii() == &*document.etag)
    });
    let ready = if unchanged {
        Ready::new(StatusCode::NOT_MODIFIED, Bytes::new())
    } else {
        Ready::new(StatusCode::OK, document.body.clone())
    };
    let etag = HeaderValue::from_maybe_shared(document.etag.clone());
    ready
        .with(header::ETAG, etag.unwrap_or_else(|_| HeaderValue::from_static("\"document\"")))
        .with(header::CONTENT_TYPE, HeaderValue::from_static(kind))
        .with(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))
}

/// Who asks without telling an id: the place that it brings along (`c`, in hundredths), else the
/// address that it comes from, as the trusted proxies tell it. An address within a network says
/// nothing about a device: it is a proxy's that nobody has declared.
pub(super) fn stranger(
    app: &App,
    rom: &Rom,
    place: Option<u32>,
    heads: Heads<'_>,
    peer: Option<SocketAddr>,
) -> Who {
    let hundredth = place.and_then(Point::of_hundredth);
    let address = outer_address(app, heads, peer.map(|peer| peer.ip()));
    match (hundredth, address.filter(|address| is_public(*address))) {
        (None, None) => Who::Unplaced,
        (hundredth, address) => Who::Stranger {
            hundredth,
            address: rom.keys.address(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))),
        },
    }
}

/// Whether a client brings its place in rollouts along, so that its address decides nothing.
pub(super) fn is_placed(place: Option<u32>) -> bool {
    place.and_then(Point::of_hundredth).is_some()
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
