//! Elements of DER, the binary form in which certificates and signed messages are written.

/// The contents of the one element that these bytes are.
pub(super) fn only(tag: u8, bytes: &[u8]) -> Option<&[u8]> {
    let (contents, rest) = element(tag, bytes)?;
    rest.is_empty().then_some(contents)
}

/// The contents of the first element, which has this tag, and what follows it. Lengths are definite
/// and as short as they can be, as DER demands.
pub(super) fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if found != tag {
        return None;
    }
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            let shortest = digits[0] != 0 && length > 0x7f;
            (Some(length).filter(|_| shortest)?, rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An element.
    pub(in super::super) fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
        let length = contents.len();
        let mut out = vec![tag];
        match length {
            0..=0x7f => out.push(u8::try_from(length).expect("short")),
            _ => {
                let digits = u32::try_from(length).expect("small").to_be_bytes();
                let from = digits.iter().position(|digit| *digit != 0).expect("not zero");
                out.push(0x80 | u8::try_from(4 - from).expect("few"));
                out.extend(&digits[from..]);
            }
        }
        out.extend(contents);
        out
    }

    proptest! {
        #[test]
        fn elements_are_read_as_they_were_written(
            tag in any::<u8>(),
            contents in prop::collection::vec(any::<u8>(), 0..400),
            after in prop::collection::vec(any::<u8>(), 0..4),
        ) {
            let bytes = [der(tag, &contents), after.clone()].concat();
            prop_assert_eq!(element(tag, &bytes), Some((&contents[..], &after[..])));
            prop_assert_eq!(element(tag ^ 1, &bytes), None);
        }
    }
}
