//! Texts as they stand in addresses and forms.

use std::fmt::Write;

/// A text as the value of a query (RFC 3986, section 3.4): a slash may stand in one as it is.
#[must_use]
pub fn in_query(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                escaped.push(char::from(byte));
            }
            other => write!(escaped, "%{other:02X}").expect("a text takes what is written to it"),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_a_query_is_escaped() {
        assert_eq!(in_query("/admin/us?a=b&c d%\u{fc}"), "/admin/us%3Fa%3Db%26c%20d%25%C3%BC");
    }
}
