//! Canonical JSON as TUF signs it: sorted keys, no spaces, only `"` and `\` escaped.
//!
//! The same value always gives the same bytes. Numbers are whole; anything else is refused,
//! because two programs would write it differently.

use serde_json::Value;

use super::rejected::Rejected;

/// The canonical bytes of a value.
///
/// # Errors
///
/// [`Rejected::Malformed`] for a number that is not a whole one within 64 bits.
pub fn to_bytes(value: &Value) -> Result<Vec<u8>, Rejected> {
    let mut out = Vec::with_capacity(1024);
    write(value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), Rejected> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) if number.is_u64() || number.is_i64() => {
            out.extend_from_slice(number.to_string().as_bytes());
        }
        Value::Number(_) => return Err(Rejected::malformed("a number is not whole")),
        Value::String(text) => string(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(entries) => {
            // Sorted here, because another crate may switch the map's own order off.
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|left, right| left.0.cmp(right.0));
            out.push(b'{');
            for (index, (key, item)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                string(key, out);
                out.push(b':');
                write(item, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(json: &str) -> Result<String, Rejected> {
        let value: Value = serde_json::from_str(json).expect("the test's JSON is JSON");
        to_bytes(&value).map(|bytes| String::from_utf8(bytes).expect("canonical JSON is text"))
    }

    #[test]
    fn keys_are_sorted_and_spaces_go() {
        let text = canonical(r#"{"b": [1, -2, true, null], "a": {"z": "", "ä": "x", "A": 0}}"#);
        assert_eq!(text.as_deref(), Ok(r#"{"a":{"A":0,"z":"","ä":"x"},"b":[1,-2,true,null]}"#));
    }

    #[test]
    fn only_quote_and_backslash_are_escaped() {
        assert_eq!(canonical(r#""a\"\\\n\u0001/""#).as_deref(), Ok("\"a\\\"\\\\\n\u{1}/\""));
    }

    #[test]
    fn fractions_are_refused() {
        assert!(canonical("1.5").is_err());
        assert!(canonical("1e3").is_err());
    }
}
