//! As much of CBOR (RFC 8949) as an authenticator's answer is made of: whole numbers, byte strings,
//! texts and maps of known length, in CTAP2's canonical form. Everything else is refused.

/// Reads values one after the other.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

/// The deepest nesting that is skipped.
const DEPTH_MAX: u8 = 4;

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// The major type and the argument of the next value; only the shortest form counts.
    fn head(&mut self) -> Option<(u8, u64)> {
        let first = self.take(1)?[0];
        let (major, short) = (first >> 5, first & 0x1f);
        let argument = match short {
            0..=23 => u64::from(short),
            24..=27 => {
                let width = 1_usize << (short - 24);
                let value =
                    self.take(width)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
                let least = if width == 1 { 24 } else { 1_u64 << (4 * width) };
                if value < least {
                    return None;
                }
                value
            }
            _ => return None, // of unknown length, or reserved
        };
        Some((major, argument))
    }

    fn string(&mut self, wanted: u8) -> Option<&'a [u8]> {
        let (major, length) = self.head()?;
        if major != wanted {
            return None;
        }
        self.take(usize::try_from(length).ok()?)
    }

    /// A byte string.
    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        self.string(2)
    }

    /// A text.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.string(3)?).ok()
    }

    /// A whole number.
    pub(super) fn number(&mut self) -> Option<i64> {
        let (major, argument) = self.head()?;
        let value = i64::try_from(argument).ok()?;
        match major {
            0 => Some(value),
            1 => Some(-1 - value),
            _ => None,
        }
    }

    /// The number of entries of a map.
    pub(super) fn map(&mut self) -> Option<u64> {
        let (major, entries) = self.head()?;
        // Every entry has at least two bytes: nobody makes this count for ever.
        (major == 5 && entries <= self.rest.len() as u64 / 2).then_some(entries)
    }

    /// Passes over one value.
    pub(super) fn skip(&mut self) -> Option<()> {
        self.skip_at(0)
    }

    fn skip_at(&mut self, depth: u8) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        let (major, argument) = self.head()?;
        let inside = match major {
            0 | 1 => 0,
            2 | 3 => {
                self.take(usize::try_from(argument).ok()?)?;
                0
            }
            4 => argument,
            5 => argument.checked_mul(2)?,
            7 if (20..=22).contains(&argument) => 0, // false, true, null
            _ => return None,
        };
        if inside > self.rest.len() as u64 {
            return None;
        }
        (0..inside).try_for_each(|_| self.skip_at(depth + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_in_their_shortest_form_only() {
        for (bytes, value) in [
            (&[0x00][..], 0),
            (&[0x17], 23),
            (&[0x18, 0x18], 24),
            (&[0x19, 0x01, 0x00], 256),
            (&[0x1a, 0x00, 0x01, 0x00, 0x00], 65_536),
            (&[0x20], -1),
            (&[0x26], -7),
            (&[0x39, 0x01, 0x00], -257),
        ] {
            assert_eq!(Reader::new(bytes).number(), Some(value), "{bytes:02x?}");
        }
        for bad in [
            &[][..],
            &[0x18],
            &[0x18, 0x17],
            &[0x19, 0x00, 0xff],
            &[0x1f],
            &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x40],
        ] {
            assert_eq!(Reader::new(bad).number(), None, "{bad:02x?}");
        }
    }

    #[test]
    fn strings_and_maps_end_where_they_say() {
        assert_eq!(Reader::new(&[0x43, 1, 2, 3]).bytes(), Some(&[1, 2, 3][..]));
        assert_eq!(Reader::new(&[0x43, 1, 2]).bytes(), None);
        assert_eq!(Reader::new(&[0x5f, 0x41, 1, 0xff]).bytes(), None, "of unknown length");
        assert_eq!(Reader::new(b"\x64none").text(), Some("none"));
        assert_eq!(Reader::new(&[0x61, 0xff]).text(), None, "no UTF-8");
        assert_eq!(Reader::new(&[0xa1, 0, 0]).map(), Some(1));
        let endless = [0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(Reader::new(&endless).map(), None);
    }

    #[test]
    fn what_is_skipped_is_bounded() {
        let mut reader = Reader::new(&[0x82, 0x01, 0xa1, 0x00, 0xf5, 0x07]);
        assert_eq!(reader.skip(), Some(()));
        assert_eq!(reader.number(), Some(7));
        assert_eq!(Reader::new(&[0x81; 64]).skip(), None, "too deep");
        assert_eq!(Reader::new(&[0x9b, 0, 0, 0, 1, 0, 0, 0, 0]).skip(), None, "too many");
        assert_eq!(Reader::new(&[0xf9, 0, 0]).skip(), None, "no floats");
        assert_eq!(Reader::new(&[0xc0, 0x00]).skip(), None, "no tags");
    }
}
