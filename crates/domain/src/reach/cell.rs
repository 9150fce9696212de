//! How the cells of the records' files are read.

use std::fmt;
use std::str::FromStr;

use kontor_base::{Confidence, RowError};

/// The longest text in a cell, in characters.
const TEXT_CHARS_MAX: usize = 400;
/// The longest address.
const URL_CHARS_MAX: usize = 400;

pub(super) fn text(field: &'static str, cell: &str) -> Result<String, RowError> {
    let cell = cell.trim();
    if cell.chars().count() > TEXT_CHARS_MAX {
        return Err(RowError::new(field, format!("longer than {TEXT_CHARS_MAX} characters")));
    }
    if cell.chars().any(char::is_control) {
        return Err(RowError::new(field, "contains control characters"));
    }
    Ok(cell.to_owned())
}

pub(super) fn required(field: &'static str, cell: &str) -> Result<String, RowError> {
    let text = text(field, cell)?;
    if text.is_empty() { Err(RowError::new(field, "is empty")) } else { Ok(text) }
}

pub(super) fn value<T: FromStr<Err: fmt::Display>>(
    field: &'static str,
    cell: &str,
) -> Result<T, RowError> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Err(RowError::new(field, "is empty"));
    }
    cell.parse().map_err(|error| RowError::new(field, format!("{cell:?} is {error}")))
}

pub(super) fn optional<T: FromStr<Err: fmt::Display>>(
    field: &'static str,
    cell: &str,
) -> Result<Option<T>, RowError> {
    if cell.trim().is_empty() { Ok(None) } else { value(field, cell).map(Some) }
}

pub(super) fn confidence(cell: &str) -> Result<Confidence, RowError> {
    let none = || RowError::new("confidence", format!("{cell:?} is none of S1, S2, M"));
    Confidence::from_word(cell.trim()).ok_or_else(none)
}

/// An address that a page may link to, or nothing. What is said from memory has none; everything
/// else has to be found again, so it has one.
pub(super) fn source_url(cell: &str, sure: Confidence) -> Result<Option<String>, RowError> {
    let cell = cell.trim();
    if cell.is_empty() {
        return match sure {
            Confidence::M => Ok(None),
            _ => {
                Err(RowError::new("source_url", "is empty: only what is from memory (M) has none"))
            }
        };
    }
    if is_url(cell) {
        Ok(Some(cell.to_owned()))
    } else {
        Err(RowError::new("source_url", format!("{cell:?} is not an address of the web")))
    }
}

/// Whether a text is an absolute address of the web that can stand in a link as it is.
pub(super) fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let good_host = host.contains('.')
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-' || b == b':')
        && !host.starts_with(['.', '-'])
        && !host.ends_with(['.', '-']);
    let good_rest = rest
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'`'));
    good_host && good_rest && text.len() <= URL_CHARS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_linked() {
        for good in ["https://qz.com/595416/x", "http://articles.zkiz.com/?tag=1810"] {
            assert!(is_url(good), "{good}");
        }
        for bad in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "//example.com/",
            "https://",
            "https://nodot/",
            "https://a.b/\" onclick=\"x",
            "https://a.b/ c",
            "https://a.b/<script>",
            "ftp://a.b/",
            "https://-a.b/",
        ] {
            assert!(!is_url(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_not_from_memory_needs_an_address() {
        assert_eq!(source_url("", Confidence::M), Ok(None));
        assert!(source_url("", Confidence::S2).is_err());
    }
}
