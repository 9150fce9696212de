//! What a proposal or an act changes, told field by field from the two texts that are kept of it.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::{Date, Money};
use serde_json::{Map, Value};

use crate::kit::text::Text;

/// What differs between two JSON objects: the field, how it was, how it is. What lies in an object
/// inside has its path as its field. Texts that are no objects are one change without a field.
pub(super) fn changes(t: &Text, was: &str, is_now: &str) -> Vec<(String, String, String)> {
    let read = |text: &str| {
        let object = serde_json::from_str::<Map<_, _>>(text).ok()?;
        let mut fields = BTreeMap::new();
        lay_open(t, &object, "", &mut fields);
        Some(fields)
    };
    match (read(was), read(is_now)) {
        (None, None) if was.is_empty() && is_now.is_empty() => Vec::new(),
        (None, None) => vec![(String::new(), was.to_owned(), is_now.to_owned())],
        (was_fields, now_fields) => {
            let before = was_fields.unwrap_or_default();
            let now = now_fields.unwrap_or_default();
            let fields: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
            let said = |of: &BTreeMap<_, String>, field| of.get(field).cloned().unwrap_or_default();
            let mut all: Vec<_> = fields
                .into_iter()
                .map(|field| (field.clone(), said(&before, field), said(&now, field)))
                .filter(|(_, was, now)| was != now)
                .collect();
            // An account's state before is plain text, without fields of its own.
            if before.is_empty() && !was.is_empty() {
                all.insert(0, (String::new(), was.to_owned(), String::new()));
            }
            all
        }
    }
}

/// Writes down every value in an object under its path, such as `terms.prices.BAND-BLACK`.
fn lay_open(
    t: &Text,
    object: &Map<String, Value>,
    path: &str,
    fields: &mut BTreeMap<String, String>,
) {
    for (name, value) in object {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if let Some(words) = in_words(t, name, value) {
            fields.insert(path, words);
            continue;
        }
        match value {
            Value::Null => {}
            Value::Object(inner) => match amount(inner) {
                Some(words) => drop(fields.insert(path, words)),
                None => lay_open(t, inner, &path, fields),
            },
            Value::Array(list) if list.iter().any(Value::is_object) => {
                let numbered = list.iter().enumerate();
                let parts = numbered.map(|(at, part)| ((at + 1).to_string(), part.clone()));
                lay_open(t, &parts.collect(), &path, fields);
            }
            Value::Array(list) => {
                fields.insert(path, list.iter().map(plain).collect::<Vec<_>>().join(", "));
            }
            Value::String(_) | Value::Number(_) | Value::Bool(_) => {
                fields.insert(path, plain(value));
            }
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// An amount of money as it is written, where an object is one.
fn amount(object: &Map<String, Value>) -> Option<String> {
    let (minor, currency) = (object.get("minor")?.as_i64()?, object.get("currency")?.as_str()?);
    let money = Money::new(minor, currency.parse().ok()?);
    (object.len() == 2).then(|| format!("{} {}", money.decimal(), money.currency.code()))
}

/// What a log or a proposal keeps as a word, said in the page's language.
fn in_words(t: &Text, field: &str, value: &Value) -> Option<String> {
    let id = match (field, value) {
        // The sentence is what older entries have.
        ("sells", Value::String(word))
            if matches!(word.as_str(), "everything" | "everything that is cleared") =>
        {
            "open-everything"
        }
        ("telephone_numbers_and_notes", Value::String(word)) if word == "kept" => "staff-said-kept",
        ("telephone_numbers_and_notes", Value::String(word)) if word == "erased" => {
            "staff-said-erased"
        }
        ("name_and_address_kept_in", Value::Array(kept)) => {
            let told = kept.iter().map(|kept| {
                let part = |name| kept.get(name).and_then(Value::as_str).unwrap_or_default();
                let date = part("until").parse::<Date>().map(|until| t.date(&until));
                let date = date.unwrap_or_default();
                t.two("staff-said-tax", "order", part("order"), "date", date).into_owned()
            });
            return Some(told.collect::<Vec<_>>().join(", "));
        }
        _ => return None,
    };
    Some(t.get(id).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> Text {
        Text::new(kontor_base::Language::En, None)
    }

    #[test]
    fn only_what_differs_is_told() {
        let row =
            |field: &str, was: &str, now: &str| (field.to_owned(), was.to_owned(), now.to_owned());
        assert_eq!(changes(&english(), "", ""), []);
        assert_eq!(changes(&english(), "a", "b"), [row("", "a", "b")]);
        let was = r#"{"number":"1","issuer":"x"}"#;
        let now = r#"{"number":"2","issuer":"x","why":"new"}"#;
        assert_eq!(changes(&english(), was, now), [row("number", "1", "2"), row("why", "", "new")]);
        assert_eq!(changes(&english(), "", r#"{"number":"1"}"#), [row("number", "", "1")]);
        assert_eq!(
            changes(&english(), "active; owner@*", r#"{"state":"locked"}"#),
            [row("", "active; owner@*", ""), row("state", "", "locked")]
        );
    }

    #[test]
    fn what_lies_inside_is_told_field_by_field() {
        let row =
            |field: &str, was: &str, now: &str| (field.to_owned(), was.to_owned(), now.to_owned());
        let was = r#"{"terms":{"territory":["US"],"minimum":1,"ended_on":null}}"#;
        let now = r#"{"terms":{"territory":["US","CA"],"minimum":1,
            "prices":{"BAND":{"currency":"USD","minor":905}},"lines":[{"sku":"BAND"}]}}"#;
        assert_eq!(
            changes(&english(), was, now),
            [
                row("terms.lines.1.sku", "", "BAND"),
                row("terms.prices.BAND", "", "9.05 USD"),
                row("terms.territory", "US", "US, CA"),
            ]
        );
    }

    #[test]
    fn kept_words_are_said_in_the_readers_language() {
        let said = |language, field: &str, value: serde_json::Value| {
            let t = Text::new(language, None);
            let now = serde_json::json!({ field: value }).to_string();
            changes(&t, "", &now).remove(0).2
        };
        let (de, en) = (kontor_base::Language::De, kontor_base::Language::En);
        assert_eq!(said(de, "sells", "everything".into()), "alles, was freigegeben ist");
        assert_eq!(
            said(en, "sells", "everything that is cleared".into()),
            "everything that is cleared"
        );
        assert_eq!(said(en, "sells", serde_json::json!(["A", "B"])), "A, B");
        assert_eq!(said(de, "telephone_numbers_and_notes", "erased".into()), "gelöscht");
        let kept = serde_json::json!([{ "order": "US15-1", "until": "2025-12-31" }]);
        let told = said(de, "name_and_address_kept_in", kept);
        assert_eq!(told, "US15-1 bis 31. Dezember 2025 (Steuerunterlagen)");
        assert_eq!(said(de, "name_and_address_kept_in", "older text".into()), "older text");
    }
}
