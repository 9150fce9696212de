//! Pages that are the same for everybody, rendered once per snapshot and kept as bytes.
//!
//! The key is the path of a page that exists, so the cache is as large as the catalogue times the
//! markets and languages, and no request from outside can make it grow further.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use kontor_base::id;

use super::guard::secure_headers;

/// A rendered page.
#[derive(Debug)]
pub struct Page {
    plain: Bytes,
    packed: Bytes,
    etag: HeaderValue,
    kind: &'static str,
    cache: &'static str,
}

impl Page {
    /// Keeps `body`, which is of the media type `kind`.
    #[must_use]
    pub fn new(body: String, kind: &'static str) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail; if it did, the plain bytes would still be right.
        let packed =
            encoder.write_all(body.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
        let hash = blake3_16(body.as_bytes());
        let etag = format!("\"{}\"", id::encode(hash));
        Self {
            plain: Bytes::from(body),
            packed: Bytes::from(packed),
            etag: HeaderValue::from_str(&etag)
                .unwrap_or_else(|_| HeaderValue::from_static("\"page\"")),
            kind,
            // Everybody may keep it, and asks whether it is still true before showing it.
            cache: "public, no-cache",
        }
    }

    /// Keeps bytes that are packed already, such as a picture.
    #[must_use]
    pub fn of_bytes(bytes: Vec<u8>, kind: &'static str) -> Self {
        let etag = format!("\"{}\"", id::encode(blake3_16(&bytes)));
        Self {
            plain: Bytes::from(bytes),
            packed: Bytes::new(),
            etag: HeaderValue::from_str(&etag)
                .unwrap_or_else(|_| HeaderValue::from_static("\"page\"")),
            kind,
            cache: "public, no-cache",
        }
    }

    /// The same page with another rule for those who keep it.
    #[must_use]
    pub const fn cached(mut self, cache: &'static str) -> Self {
        self.cache = cache;
        self
    }

    /// The answer to a request with these headers.
    #[must_use]
    pub fn respond(&self, asked: &HeaderMap) -> Response {
        let holds = |name, wanted: &str| {
            asked
                .get(name)
                .and_then(|value: &HeaderValue| value.to_str().ok())
                .is_some_and(|value| value.contains(wanted))
        };
        let etag = self.etag.to_str().unwrap_or_default();
        let unchanged = holds(header::IF_NONE_MATCH, etag);
        let packed = holds(header::ACCEPT_ENCODING, "gzip") && !self.packed.is_empty();
        let body = match (unchanged, packed) {
            (true, _) => Body::empty(),
            (false, true) => Body::from(self.packed.clone()),
            (false, false) => Body::from(self.plain.clone()),
        };
        let mut response = Response::new(body);
        if unchanged {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.reserve(12);
        headers.insert(header::ETAG, self.etag.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        if packed && !unchanged {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        secure_headers(headers);
        response
    }
}

/// Sixteen bytes that change with the text; not a secret, only a name for a version.
fn blake3_16(bytes: &[u8]) -> [u8; 16] {
    kontor_base::SecretKey::from_bytes([0; 32]).hash(bytes)
}

/// The kept pages of one generation of the snapshot.
#[derive(Debug, Default)]
pub struct Pages(RwLock<Kept>);

#[derive(Debug, Default)]
struct Kept {
    generation: u64,
    pages: HashMap<String, Arc<Page>>,
}

impl Pages {
    /// The page of `generation` kept under `key`, if it was made already.
    #[must_use]
    pub fn get(&self, generation: u64, key: &str) -> Option<Arc<Page>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if kept.generation == generation { kept.pages.get(key).cloned() } else { None }
    }

    /// Keeps a page that was made from `generation`; older generations are let go.
    pub fn keep(&self, generation: u64, key: &str, page: Page) -> Arc<Page> {
        let page = Arc::new(page);
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if generation > kept.generation {
            kept.generation = generation;
            kept.pages.clear();
        }
        if generation == kept.generation {
            kept.pages.insert(key.to_owned(), Arc::clone(&page));
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_snapshot_lets_old_pages_go_and_an_old_render_is_not_kept() {
        let pages = Pages::default();
        pages.keep(1, "/us/en/", Page::new("one".to_owned(), "text/html"));
        assert!(pages.get(1, "/us/en/").is_some());
        pages.keep(2, "/us/de/", Page::new("two".to_owned(), "text/html"));
        assert!(pages.get(1, "/us/en/").is_none());
        assert!(pages.get(2, "/us/en/").is_none());
        pages.keep(1, "/us/en/", Page::new("late".to_owned(), "text/html"));
        assert!(pages.get(1, "/us/en/").is_none());
        assert!(pages.get(2, "/us/de/").is_some());
    }

    #[test]
    fn a_client_that_has_the_page_gets_no_body() {
        let page = Page::new("hello".to_owned(), "text/html");
        let mut asked = HeaderMap::new();
        assert_eq!(page.respond(&asked).status(), StatusCode::OK);
        asked.insert(header::IF_NONE_MATCH, page.etag.clone());
        assert_eq!(page.respond(&asked).status(), StatusCode::NOT_MODIFIED);
    }
}
