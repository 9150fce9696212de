//! Serial numbers of units.

/// The longest serial number, in characters.
pub const SERIAL_CHARS_MAX: usize = 40;

/// Reads a serial number: letters, digits, `/` and `-`, given back in capitals; none for any other
/// text.
#[must_use]
pub fn read_serial(text: &str) -> Option<String> {
    let serial = text.trim().to_uppercase();
    let fine = !serial.is_empty()
        && serial.len() <= SERIAL_CHARS_MAX
        && serial.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'/' || byte == b'-');
    fine.then_some(serial)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_is_short_and_plain() {
        assert_eq!(read_serial(" 4711/ab-c "), Some("4711/AB-C".to_owned()));
        for bad in ["", " ", "a b", "=1+1", "a,b", "ä1", &"X".repeat(41)] {
            assert_eq!(read_serial(bad), None, "{bad:?}");
        }
    }
}
