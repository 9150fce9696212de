//! How the cells of the records' files are read.

use kontor_base::{Cell, Confidence, RowError, Wrong};

/// The longest text in a cell, in characters.
const TEXT_CHARS_MAX: usize = 400;
/// The longest address.
const URL_CHARS_MAX: usize = 400;

pub(super) fn text(field: &'static str, cell: &str) -> Result<String, RowError> {
    let cell = cell.trim();
    if cell.chars().count() > TEXT_CHARS_MAX {
        return Err(RowError::of(field, Wrong::TooLong { max: TEXT_CHARS_MAX.to_string() }));
    }
    if cell.chars().any(char::is_control) {
        return Err(RowError::of(field, Wrong::Control));
    }
    Ok(cell.to_owned())
}

pub(super) fn required(field: &'static str, cell: &str) -> Result<String, RowError> {
    let text = text(field, cell)?;
    if text.is_empty() { Err(RowError::of(field, Wrong::Empty)) } else { Ok(text) }
}

pub(super) fn value<T: Cell>(field: &'static str, cell: &str) -> Result<T, RowError> {
    required(field, cell)?;
    RowError::read(field, cell)
}

pub(super) fn optional<T: Cell>(field: &'static str, cell: &str) -> Result<Option<T>, RowError> {
    if cell.trim().is_empty() { Ok(None) } else { value(field, cell).map(Some) }
}

pub(super) fn confidence(cell: &str) -> Result<Confidence, RowError> {
    Confidence::from_word(cell.trim()).ok_or_else(|| {
        let known = Confidence::ALL.map(Confidence::word).join(", ");
        RowError::of("confidence", Wrong::NoneOf { cell: cell.to_owned(), known })
    })
}

/// An address that a page may link to, or nothing. What is said from memory has none; everything
/// else has to be found again, so it has one.
pub(super) fn source_url(cell: &str, sure: Confidence) -> Result<Option<String>, RowError> {
    let cell = cell.trim();
    if cell.is_empty() {
        return match sure {
            Confidence::M => Ok(None),
            _ => Err(RowError::of("source_url", Wrong::NoUrl)),
        };
    }
    if is_url(cell) {
        Ok(Some(cell.to_owned()))
    } else {
        Err(RowError::of("source_url", Wrong::NotUrl { cell: cell.to_owned() }))
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
