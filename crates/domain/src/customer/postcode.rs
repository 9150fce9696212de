//! Reading postcodes by the forms of [`super::rules`].

use super::field::FieldProblem;
use super::rules::AddressRules;

/// The longest postcode that is looked at, in characters.
const CHARS_MAX: usize = 12;

/// Reads a postcode: in the form in which it is kept, or `None` where the country has none (or,
/// for a country without known rules, where nothing was typed).
///
/// # Errors
///
/// [`FieldProblem::Missing`], [`FieldProblem::TooLong`] or [`FieldProblem::Malformed`].
pub(super) fn parse(
    text: &str,
    rules: Option<&AddressRules>,
) -> Result<Option<String>, FieldProblem> {
    if rules.is_some_and(|rules| rules.postcodes.is_empty()) {
        return Ok(None);
    }
    let text = text.trim();
    if text.is_empty() {
        return if rules.is_some() { Err(FieldProblem::Missing) } else { Ok(None) };
    }
    if text.chars().count() > CHARS_MAX {
        return Err(FieldProblem::TooLong);
    }
    if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ' || b == b'-') {
        return Err(FieldProblem::Malformed);
    }
    let text = text.to_ascii_uppercase();
    let Some(rules) = rules else {
        return Ok(Some(text));
    };
    let compact: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).collect();
    rules
        .postcodes
        .iter()
        .find_map(|form| fill(form, &compact))
        .map(Some)
        .ok_or(FieldProblem::Malformed)
}

/// `compact` written in `form`, if it has that form.
fn fill(form: &str, compact: &[u8]) -> Option<String> {
    let mut rest = compact.iter();
    let mut out = String::with_capacity(form.len());
    for place in form.bytes() {
        let c = match place {
            b' ' | b'-' => place,
            b'9' => *rest.next().filter(|b| b.is_ascii_digit())?,
            b'1' => *rest.next().filter(|b| (b'1'..=b'9').contains(b))?,
            _ => *rest.next().filter(|b| b.is_ascii_uppercase())?,
        };
        out.push(char::from(c));
    }
    rest.next().is_none().then_some(out)
}
