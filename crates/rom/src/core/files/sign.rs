//! Requests signed as stores that speak S3 want them (AWS Signature Version 4).
//!
//! Small enough to own: two hashes and a fixed order of lines. Checked against the examples that
//! AWS publishes for it.

use kontor_base::{Instant, hex};
use sha2::{Digest as _, Sha256};

/// Who signs, and for which region.
#[derive(Clone)]
pub(super) struct Signer {
    pub(super) access_key: String,
    pub(super) secret_key: String,
    pub(super) region: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(…)")
    }
}

/// What is signed of a request.
pub(super) struct Signed<'a> {
    pub(super) method: &'static str,
    /// The path, encoded.
    pub(super) path: &'a str,
    /// Names and values of the query, not encoded, sorted by name.
    pub(super) query: &'a [(&'a str, String)],
    /// Names in small letters with their values, sorted by name.
    pub(super) headers: &'a [(&'a str, String)],
    /// The hash of the body in hexadecimal digits, or what stands for it.
    pub(super) payload: &'a str,
}

/// `20150601T120300Z`
pub(super) fn moment(at: Instant) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The SHA-256 in hexadecimal digits.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// HMAC with SHA-256 (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let keyed = |mask: u8, message: &[u8]| {
        let mut hash = Sha256::new();
        hash.update(block.map(|byte| byte ^ mask));
        hash.update(message);
        hash.finalize()
    };
    keyed(0x5c, &keyed(0x36, message)).into()
}

/// Percent-encoding of all but letters, digits and `-._~`.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A query as it stands in an address and is signed.
pub(super) fn query_text(query: &[(&str, String)]) -> String {
    let pairs: Vec<String> =
        query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&")
}

fn names(headers: &[(&str, String)]) -> String {
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    names.join(";")
}

impl Signer {
    fn scope(&self, at: Instant) -> String {
        format!("{}/{}/s3/aws4_request", &moment(at)[..8], self.region)
    }

    fn signature(&self, request: &Signed<'_>, at: Instant) -> String {
        let headers: String = request
            .headers
            .iter()
            .map(|(name, value)| format!("{name}:{}\n", value.trim()))
            .collect();
        let canonical = format!(
            "{}\n{}\n{}\n{headers}\n{}\n{}",
            request.method,
            request.path,
            query_text(request.query),
            names(request.headers),
            request.payload
        );
        let text = format!(
            "AWS4-HMAC-SHA256\n{}\n{}\n{}",
            moment(at),
            self.scope(at),
            sha256_hex(canonical.as_bytes())
        );
        let mut key = format!("AWS4{}", self.secret_key).into_bytes();
        for part in [&moment(at)[..8], &self.region, "s3", "aws4_request"] {
            key = hmac(&key, part.as_bytes()).to_vec();
        }
        hex(&hmac(&key, text.as_bytes()))
    }

    /// The header `Authorization`.
    pub(super) fn authorization(&self, request: &Signed<'_>, at: Instant) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential={}/{},SignedHeaders={},Signature={}",
            self.access_key,
            self.scope(at),
            names(request.headers),
            self.signature(request, at)
        )
    }

    /// The query of an address that anybody may fetch for `seconds`.
    pub(super) fn presigned(&self, host: &str, path: &str, seconds: u32, at: Instant) -> String {
        let mut query = vec![
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("X-Amz-Credential", format!("{}/{}", self.access_key, self.scope(at))),
            ("X-Amz-Date", moment(at)),
            ("X-Amz-Expires", seconds.to_string()),
            ("X-Amz-SignedHeaders", "host".to_owned()),
        ];
        let headers = [("host", host.to_owned())];
        let request = Signed {
            method: "GET",
            path,
            query: &query,
            headers: &headers,
            payload: "UNSIGNED-PAYLOAD",
        };
        let signature = self.signature(&request, at);
        query.push(("X-Amz-Signature", signature));
        query_text(&query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn signer() -> Signer {
        Signer {
            access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            region: "us-east-1".to_owned(),
        }
    }

    /// 24 May 2013, the day of AWS's examples.
    fn day() -> Instant {
        Instant::from_micros(1_369_353_600_000_000)
    }

    const HOST: &str = "examplebucket.s3.amazonaws.com";

    /// "GET Object" in the documentation of Signature Version 4.
    #[test]
    fn a_signed_header_is_that_of_the_published_example() {
        let headers = [
            ("host", HOST.to_owned()),
            ("range", "bytes=0-9".to_owned()),
            ("x-amz-content-sha256", EMPTY.to_owned()),
            ("x-amz-date", moment(day())),
        ];
        let request = Signed {
            method: "GET",
            path: "/test.txt",
            query: &[],
            headers: &headers,
            payload: EMPTY,
        };
        assert_eq!(
            signer().authorization(&request, day()),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
    }

    /// "Get Bucket (List Objects)": a query is signed too.
    #[test]
    fn a_query_is_signed_as_in_the_published_example() {
        let headers = [
            ("host", HOST.to_owned()),
            ("x-amz-content-sha256", EMPTY.to_owned()),
            ("x-amz-date", moment(day())),
        ];
        let query = [("max-keys", "2".to_owned()), ("prefix", "J".to_owned())];
        let request =
            Signed { method: "GET", path: "/", query: &query, headers: &headers, payload: EMPTY };
        let found = signer().authorization(&request, day());
        let wanted = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7";
        assert!(found.ends_with(wanted), "{found}");
    }

    /// "Authenticating requests: using query parameters".
    #[test]
    fn an_address_for_everybody_is_that_of_the_published_example() {
        let query = signer().presigned(HOST, "/test.txt", 86_400, day());
        assert_eq!(
            query,
            "X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
             &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }

    /// RFC 4231, cases 2 and 6 (a key longer than a block).
    #[test]
    fn the_keyed_hash_is_the_standards() {
        assert_eq!(
            hex(&hmac(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(&hmac(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
