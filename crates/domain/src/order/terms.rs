//! What an order is found by, and what somebody looks for.
//!
//! Both sides are folded the same way ([`kontor_base::folded_words`]), and a word is found by its
//! beginning. A telephone number is found by any piece of it with at least [`PHONE_PIECE_MIN`]
//! digits: every end of the number is a term, and a piece is the beginning of an end.

use std::collections::BTreeSet;

use kontor_base::folded_words;

use super::erase::is_erased;
use super::types::Order;

/// The fewest digits of a telephone number by which it is found: people say the last four.
pub const PHONE_PIECE_MIN: usize = 4;
/// The longest word that is kept or looked for, in characters.
const WORD_CHARS_MAX: usize = 40;
/// The most words that are looked for at once.
const WORDS_MAX: usize = 8;
/// The most words of one name or address that are kept.
const KEPT_MAX: usize = 12;

/// The terms of an order: what it is written under. Bounded: at most about 60.
#[must_use]
pub fn search_terms(order: &Order) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    if is_erased(order) {
        // Also where tax law keeps a name: nobody looks for this person any more.
        return terms;
    }
    let email = order.contact.email.normalised();
    let local = email.split('@').next().unwrap_or_default();
    let names = [order.contact.name.as_str(), order.ship_to.name.as_str(), local];
    for text in names {
        let words = folded_words(text).into_iter().take(KEPT_MAX);
        terms.extend(words.map(|word| cut(&word)));
    }
    if let Some(postcode) = &order.ship_to.postcode {
        let words = folded_words(postcode.as_str());
        terms.insert(cut(&words.concat()));
        terms.extend(words);
    }
    terms.insert(format!("@{}", cut(&email)));
    if let Some(phone) = &order.contact.phone {
        let digits = phone.as_str().trim_start_matches('+');
        // The ends of the number; all of it is one of them.
        for start in 0..=digits.len().saturating_sub(PHONE_PIECE_MIN) {
            terms.insert(format!("#{}", &digits[start..]));
        }
    }
    terms.retain(|term| !term.is_empty());
    terms
}

/// What somebody looks for: every part must be found, each in one of its forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    parts: Vec<Vec<String>>,
}

impl Wanted {
    /// Reads what was typed. Nothing that could be found: no parts.
    #[must_use]
    pub fn parse(typed: &str) -> Self {
        let typed: String = typed.chars().filter(|c| !c.is_control()).take(200).collect();
        let typed = typed.trim();
        if typed.contains('@') && !typed.contains(char::is_whitespace) {
            let parts = vec![vec![format!("@{}", cut(&typed.to_lowercase()))]];
            return Self { parts };
        }
        let looks_like_phone = typed
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '+'));
        if looks_like_phone {
            return Self { parts: digits_of(typed).into_iter().collect() };
        }
        let words = folded_words(typed).into_iter().take(WORDS_MAX);
        let parts = words.filter_map(|word| {
            let digits = word.bytes().all(|byte| byte.is_ascii_digit());
            if digits {
                return digits_of(&word);
            }
            // One Latin letter finds half of all people; one Chinese sign is a family.
            let enough = word.len() > 1;
            enough.then(|| vec![cut(&word)])
        });
        Self { parts: parts.collect() }
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The parts, each with the forms in which it may stand.
    #[must_use]
    pub fn parts(&self) -> &[Vec<String>] {
        &self.parts
    }

    /// Whether terms have all parts.
    #[must_use]
    pub fn fits(&self, terms: &BTreeSet<String>) -> bool {
        let begins = |form: &String| {
            terms.range::<String, _>(form..).next().is_some_and(|term| term.starts_with(form))
        };
        self.parts.iter().all(|forms| forms.iter().any(begins))
    }
}

/// Digits can be a piece of a telephone number or a postcode. A zero in front stands for the
/// country's code (030 for +49 30, 0049 for +49): without it they are a piece as well.
fn digits_of(typed: &str) -> Option<Vec<String>> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).take(20).collect();
    if digits.len() < PHONE_PIECE_MIN {
        return None;
    }
    let mut forms = vec![format!("#{digits}"), digits.clone()];
    let without = digits.trim_start_matches('0');
    if without.len() < digits.len() && without.len() >= PHONE_PIECE_MIN {
        forms.push(format!("#{without}"));
    }
    Some(forms)
}

fn cut(word: &str) -> String {
    word.chars().take(WORD_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(phone: &str) -> Order {
        let number = "US15-2222-2222-223Y";
        let order = format!(
            r##"{{"id":"ord_00000000000000000000000001","number":"{number}",
            "checkout":"chk_00000000000000000000000001","market":"de","language":"de",
            "placed_at":"2015-06-01T12:00:00Z",
            "contact":{{"email":"Ada.King+shop@Shop.example","phone":"{phone}","name":"Ada O'Neil"}},
            "ship_to":{{"name":"Łucja Groß","line1":"x","line2":null,"city":"Berlin","region":null,
                "postcode":"SW1A 1AA","country":"DE"}},
            "lines":[],
            "shipping":{{"net":{{"minor":0,"currency":"EUR"}},"tax":{{"minor":0,"currency":"EUR"}},
                "gross":{{"minor":0,"currency":"EUR"}},"tax_applied":null}},
            "totals":{{"goods":{{"minor":0,"currency":"EUR"}},"shipping":{{"minor":0,"currency":"EUR"}},
                "net":{{"minor":0,"currency":"EUR"}},"taxes":[],"tax":{{"minor":0,"currency":"EUR"}},
                "total":{{"minor":0,"currency":"EUR"}}}},
            "estimated":false,"paid_by":"test"}}"##
        );
        serde_json::from_str(&order).expect("an order")
    }

    fn terms(phone: &str) -> BTreeSet<String> {
        search_terms(&order(phone))
    }

    #[test]
    fn who_is_erased_is_found_by_nothing_and_known_by_nothing() {
        use super::super::erase::{Kept, erased};
        let order = order("+49 30 1234567");
        let until = "2025-12-31".parse().expect("a day");
        let for_tax = erased(&order, Kept::ForTax { until });
        assert_eq!(for_tax.contact.name.as_str(), "Ada O'Neil", "an invoice has a name");
        let books = erased(&order, Kept::Books);
        for erased in [&for_tax, &books] {
            assert!(search_terms(erased).is_empty());
            let text = serde_json::to_string(erased).expect("JSON");
            for gone in ["1234567", "Ada.King", "Shop.example"] {
                assert!(!text.contains(gone), "{gone}: {text}");
            }
        }
        let text = serde_json::to_string(&books).expect("JSON");
        for gone in ["Ada", "Groß", "Berlin", "SW1A"] {
            assert!(!text.contains(gone), "{gone}: {text}");
        }
    }

    #[test]
    fn an_order_is_found_by_what_people_remember() {
        let terms = terms("+49 30 1234567");
        for typed in [
            "4567",
            "1234567",
            "030 1234567",
            "0049-30",
            "+49 30",
            "49301",
            "30 12",
            "ada",
            "ADA oneil",
            "o'neil",
            "lucja gross",
            "gros",
            "king",
            "ada king",
            "ada.king@shop.example",
            "ada.king@",
            "sw1a1aa",
            "Ada 4567",
        ] {
            let wanted = Wanted::parse(typed);
            assert!(!wanted.is_empty() && wanted.fits(&terms), "{typed}: {terms:?}");
        }
        for typed in ["4568", "123", "ada lovelace", "x", "", "  ", "bob@shop.example", "Ada 9999"]
        {
            let wanted = Wanted::parse(typed);
            assert!(wanted.is_empty() || !wanted.fits(&terms), "{typed}");
        }
    }

    #[test]
    fn what_is_kept_and_looked_for_is_bounded() {
        assert!(terms("123456").len() < 20, "{:?}", terms("123456"));
        let hostile = "a b ".repeat(10_000);
        assert!(Wanted::parse(&hostile).parts().len() <= WORDS_MAX);
        let zero = Wanted::parse("a@\0b");
        assert_eq!(zero.parts(), [["@a@b"]], "no database keeps a zero in a text");
        let long = Wanted::parse(&"ä".repeat(10_000));
        assert!(long.parts()[0][0].chars().count() <= WORD_CHARS_MAX);
    }
}
