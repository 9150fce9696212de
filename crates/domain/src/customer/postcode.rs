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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::{ADDRESS_RULES, address_rules};
    use proptest::prelude::*;

    fn read(country: &str, text: &str) -> Result<Option<String>, FieldProblem> {
        parse(text, address_rules(country.parse().expect("a country")))
    }

    #[test]
    fn postcodes_are_kept_as_usual_there() {
        #[rustfmt::skip]
        let good = [
            ("US", "94105", "94105"), ("US", " 94105-1804 ", "94105-1804"),
            ("US", "941051804", "94105-1804"),
            ("DE", "10115", "10115"), ("FR", "75 001", "75001"),
            ("GB", "sw1a1aa", "SW1A 1AA"), ("GB", "M1 1AE", "M1 1AE"), ("GB", "b338th", "B33 8TH"),
            ("GB", "CR2 6XH", "CR2 6XH"), ("GB", "DN55 1PT", "DN55 1PT"),
            ("GB", "W1A0AX", "W1A 0AX"),
            ("IN", "560 001", "560001"), ("CN", "100085", "100085"), ("SG", "018956", "018956"),
            ("MY", "50450", "50450"), ("PH", "1226", "1226"), ("ID", "10110", "10110"),
            ("TW", "110", "110"), ("TW", "11049", "11049"), ("TW", "110051", "110051"),
            ("BR", "01310100", "01310-100"), ("BR", "01310-100", "01310-100"),
            ("NL", "1012 ab", "1012 AB"),
        ];
        for (country, typed, kept) in good {
            assert_eq!(read(country, typed), Ok(Some(kept.to_owned())), "{country} {typed:?}");
        }
        assert_eq!(read("HK", "999077"), Ok(None));
        assert_eq!(read("HK", ""), Ok(None));
        assert_eq!(read("NL", ""), Ok(None));
    }

    #[test]
    fn other_forms_are_refused() {
        use FieldProblem::{Malformed, Missing, TooLong};
        #[rustfmt::skip]
        let bad = [
            ("US", "", Missing), ("US", "  ", Missing), ("US", "9410", Malformed),
            ("US", "941051", Malformed), ("US", "ABCDE", Malformed),
            ("US", "９４１０５", Malformed),
            ("US", "94105; drop", Malformed), ("US", "94105-1804-1804", TooLong),
            ("DE", "1011", Malformed), ("DE", "D-10115", Malformed), ("GB", "10115", Malformed),
            ("GB", "SW1A 1A", Malformed), ("IN", "060001", Malformed), ("IN", "56001", Malformed),
            ("SG", "18956", Malformed), ("PH", "12266", Malformed), ("TW", "1104", Malformed),
            ("BR", "0131-100", Malformed), ("NL", "10\u{0}12", Malformed),
            ("NL", "1234567890123", TooLong),
        ];
        for (country, typed, problem) in bad {
            assert_eq!(read(country, typed), Err(problem), "{country} {typed:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_reads_back_as_itself(
            which in 0..ADDRESS_RULES.len(), text in "[0-9A-Za-z -]{0,12}",
        ) {
            let rules = Some(&ADDRESS_RULES[which]);
            if let Ok(Some(kept)) = parse(&text, rules) {
                prop_assert_eq!(parse(&kept, rules), Ok(Some(kept)));
            }
        }
    }
}
