//! Which bytes a request wants (RFC 9110, section 14).

/// The most ranges of one request; more is an attack or a mistake, and the whole file is an answer
/// that is always right.
const RANGES_MAX: usize = 16;

/// Bytes of a file: from `start`, `bytes` many, never none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) bytes: u64,
}

/// What a `Range` header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Everything: no header, or one that is not understood or not reasonable.
    Whole,
    /// These bytes, in the order asked for.
    Spans(Vec<Span>),
    /// Nothing of the file.
    Nothing,
}

/// Reads the header for a file of `length` bytes.
pub(super) fn wanted(header: &str, length: u64) -> Wanted {
    let Some((unit, list)) = header.split_once('=') else { return Wanted::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Wanted::Whole;
    }
    let mut spans: Vec<Span> = Vec::new();
    let (mut asked, mut total) = (0, 0_u64);
    for part in list.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        asked += 1;
        let Some(span) = one(part, length) else { return Wanted::Whole };
        if asked > RANGES_MAX {
            return Wanted::Whole;
        }
        if let Some(span) = span {
            total = total.saturating_add(span.bytes);
            spans.push(span);
        }
    }
    match (asked, spans.is_empty()) {
        (0, _) => Wanted::Whole,
        (_, true) => Wanted::Nothing,
        // The same bytes again and again: more than the file itself is never needed.
        _ if total > length => Wanted::Whole,
        _ => Wanted::Spans(spans),
    }
}

/// `a-b`, `a-`, `-n`. `None`: not of this form; `Some(None)`: beyond the file.
fn one(part: &str, length: u64) -> Option<Option<Span>> {
    let (first, last) = part.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(first) || !digits(last) {
        return None;
    }
    // A number beyond 64 bits is beyond every file.
    let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    let span = match (first.is_empty(), last.is_empty()) {
        (true, true) => return None,
        (true, false) => {
            let bytes = number(last).min(length);
            Span { start: length - bytes, bytes }
        }
        (false, true) => {
            let start = number(first).min(length);
            Span { start, bytes: length - start }
        }
        (false, false) => {
            let (start, end) = (number(first), number(last));
            if end < start {
                return None;
            }
            let start_in = start.min(length);
            Span { start: start_in, bytes: end.saturating_add(1).min(length) - start_in }
        }
    };
    Some((span.bytes > 0).then_some(span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spans(list: &[(u64, u64)]) -> Wanted {
        Wanted::Spans(
            list.iter().map(|(start, bytes)| Span { start: *start, bytes: *bytes }).collect(),
        )
    }

    #[test]
    fn every_form_has_its_answer() {
        let cases = [
            ("bytes=0-0", spans(&[(0, 1)])),
            ("bytes=5-", spans(&[(5, 5)])),
            ("bytes=-3", spans(&[(7, 3)])),
            ("bytes=-99", spans(&[(0, 10)])),
            ("bytes=8-99999999999999999999999", spans(&[(8, 2)])),
            ("BYTES = 1-2 , 4-5", spans(&[(1, 2), (4, 2)])),
            ("bytes=20-30, 1-1", spans(&[(1, 1)])),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=", Wanted::Whole),
            ("bytes=5-2", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=0-9,0-9", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
            ("nonsense", Wanted::Whole),
        ];
        for (header, answer) in cases {
            assert_eq!(wanted(header, 10), answer, "{header}");
        }
        let many = format!("bytes={}", "0-0,".repeat(17));
        assert_eq!(wanted(&many, 1_000), Wanted::Whole);
        assert_eq!(wanted("bytes=0-", 0), Wanted::Nothing);
    }

    /// One range as a client may write it.
    #[derive(Clone, Debug)]
    enum Asked {
        FromTo(u64, u64),
        From(u64),
        Last(u64),
    }

    impl Asked {
        fn text(&self) -> String {
            match self {
                Self::FromTo(first, last) => format!("{first}-{last}"),
                Self::From(first) => format!("{first}-"),
                Self::Last(bytes) => format!("-{bytes}"),
            }
        }

        /// The definition, byte by byte.
        fn has(&self, at: u64, length: u64) -> bool {
            match *self {
                Self::FromTo(first, last) => first <= at && at <= last,
                Self::From(first) => first <= at,
                Self::Last(bytes) => at + bytes >= length,
            }
        }
    }

    fn asked() -> impl Strategy<Value = Asked> {
        prop_oneof![
            (0_u64..40, 0_u64..40).prop_map(|(first, last)| Asked::FromTo(first, last)),
            (0_u64..40).prop_map(Asked::From),
            (0_u64..40).prop_map(Asked::Last),
        ]
    }

    proptest! {
        /// Lists of ranges in every mixture, against the definition byte by byte.
        #[test]
        fn lists_agree_with_a_reference(
            list in proptest::collection::vec(asked(), 1..20),
            length in 0_u64..32,
            space in "[ ]{0,2}",
        ) {
            let texts: Vec<String> = list.iter().map(Asked::text).collect();
            let header = format!("bytes={space}{}", texts.join(&format!("{space},{space}")));
            let backwards = list.iter().any(|one| matches!(one, Asked::FromTo(a, b) if b < a));
            let mut found = Vec::new();
            for one in &list {
                let inside: Vec<u64> = (0..length).filter(|at| one.has(*at, length)).collect();
                if let Some(start) = inside.first() {
                    found.push((*start, inside.len() as u64));
                }
            }
            let total: u64 = found.iter().map(|(_, bytes)| bytes).sum();
            let expected = if backwards || list.len() > RANGES_MAX {
                Wanted::Whole
            } else if found.is_empty() {
                Wanted::Nothing
            } else if total > length {
                Wanted::Whole
            } else {
                spans(&found)
            };
            prop_assert_eq!(wanted(&header, length), expected, "{}", header);
        }

        /// Whatever is sent, the answer lies inside the file.
        #[test]
        fn nothing_leaves_the_file(header in "(bytes)?[=0-9a-z, -]{0,40}", length in 0_u64..1_000) {
            if let Wanted::Spans(list) = wanted(&header, length) {
                prop_assert!(!list.is_empty() && list.len() <= RANGES_MAX);
                for span in list {
                    prop_assert!(span.bytes > 0 && span.start + span.bytes <= length);
                }
            }
        }
    }

    /// Every single range over small files, against the definition byte by byte.
    #[test]
    fn single_ranges_agree_with_a_reference() {
        for length in 0..6_u64 {
            for first in 0..8_u64 {
                for last in first..9 {
                    let inside: Vec<u64> = (first..=last).filter(|at| *at < length).collect();
                    let expected = match inside.first() {
                        Some(start) => spans(&[(*start, inside.len() as u64)]),
                        None => Wanted::Nothing,
                    };
                    assert_eq!(wanted(&format!("bytes={first}-{last}"), length), expected);
                }
            }
        }
    }
}
