//! Bytes as hexadecimal texts in small letters, as `sha256sum` and `b3sum` print them. One text for
//! each value: capital letters are refused, so that a text can be compared where bytes are meant.

/// The text of bytes.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The bytes of a text of exactly `2 * N` digits; `None` for any other text.
#[must_use]
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != N * 2 {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut out = [0; N];
    for (to, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        *to = (digit(pair[0])? << 4) | digit(pair[1])?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_bytes_have_their_text() {
        assert_eq!(hex(&[]), "");
        assert_eq!(hex(&[0, 0x0a, 0xa5, 0xff]), "000aa5ff");
        assert_eq!(unhex::<0>(""), Some([]));
    }

    #[test]
    fn nothing_else_is_read() {
        for bad in ["", "0", "00a", "00A5", "00g5", "0xa5", "é5", " 0a5", "00a5ff"] {
            assert_eq!(unhex::<2>(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn texts_and_bytes_stand_for_each_other(bytes in any::<[u8; 16]>(), text in "[0-9a-f]{8}") {
            prop_assert_eq!(unhex::<16>(&hex(&bytes)), Some(bytes));
            let read = unhex::<4>(&text);
            prop_assert_eq!(read.map(|read| hex(&read)), Some(text));
        }
    }
}
