//! The headers of a request, whoever has read them.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The headers of a request: as the HTTP library keeps them, or as they stand in the bytes that came.
#[derive(Clone, Copy, Debug)]
pub enum Heads<'r> {
    /// By the HTTP library.
    Kept(&'r HeaderMap),
    /// In their order.
    Listed(&'r [httparse::Header<'r>]),
}

impl<'r> From<&'r HeaderMap> for Heads<'r> {
    fn from(headers: &'r HeaderMap) -> Self {
        Self::Kept(headers)
    }
}

impl<'r> Heads<'r> {
    /// The first value of a header.
    #[must_use]
    pub fn get(self, name: &HeaderName) -> Option<&'r [u8]> {
        match self {
            Self::Kept(headers) => headers.get(name).map(HeaderValue::as_bytes),
            Self::Listed(list) => {
                list.iter().find(|header| is_called(header, name)).map(|header| header.value)
            }
        }
    }

    /// The first value of a header, if it is visible ASCII, spaces and tabs.
    #[must_use]
    pub fn text(self, name: &HeaderName) -> Option<&'r str> {
        let visible = |b: &u8| matches!(b, b' '..=b'~' | b'\t');
        let value = self.get(name).filter(|value| value.iter().all(visible))?;
        std::str::from_utf8(value).ok()
    }

    /// Every value of a header, the last one first.
    pub fn from_the_last(self, name: &HeaderName) -> impl Iterator<Item = &'r [u8]> {
        let (kept, list) = match self {
            Self::Kept(headers) => (Some(headers.get_all(name)), [].as_slice()),
            Self::Listed(list) => (None, list),
        };
        let kept = kept.into_iter().flat_map(|all| all.into_iter().rev());
        let listed = list.iter().rev().filter(|header| is_called(header, name));
        kept.map(HeaderValue::as_bytes).chain(listed.map(|header| header.value))
    }
}

fn is_called(header: &httparse::Header<'_>, name: &HeaderName) -> bool {
    header.name.eq_ignore_ascii_case(name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_keeping_say_the_same() {
        let list: [(&str, &[u8]); 5] = [
            ("Host", b"one"),
            ("X-Forwarded-For", b"192.0.2.1, 192.0.2.2"),
            ("Kontor-Device", b"device-0001"),
            ("x-forwarded-for", b"192.0.2.3"),
            ("etag", "\u{e9}".as_bytes()),
        ];
        let listed = list.map(|(name, value)| httparse::Header { name, value });
        let mut kept = HeaderMap::new();
        for (name, value) in list {
            let name: HeaderName = name.parse().expect("a name");
            kept.append(name, HeaderValue::from_bytes(value).expect("a value"));
        }
        for heads in [Heads::Kept(&kept), Heads::Listed(&listed)] {
            let name = |name: &'static str| HeaderName::from_static(name);
            assert_eq!(heads.text(&name("kontor-device")), Some("device-0001"));
            assert_eq!(heads.text(&name("x-forwarded-for")), Some("192.0.2.1, 192.0.2.2"));
            assert_eq!(heads.text(&name("etag")), None, "not visible ASCII");
            assert_eq!(heads.get(&name("etag")), Some("\u{e9}".as_bytes()));
            assert_eq!(heads.get(&name("accept")), None);
            let hops: Vec<_> = heads.from_the_last(&name("x-forwarded-for")).collect();
            assert_eq!(hops, [&b"192.0.2.3"[..], b"192.0.2.1, 192.0.2.2"]);
        }
    }
}
