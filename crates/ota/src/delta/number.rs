//! Numbers of variable length: seven bits a byte, low bits first.

use std::io::{self, Read};

use super::format::DeltaError;

/// Appends a number.
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a signed number: small magnitudes stay short.
pub(super) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// Reads a number.
pub(super) fn get(from: &mut impl Read) -> Result<u64, DeltaError> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let mut byte = [0];
        from.read_exact(&mut byte).map_err(ended)?;
        let bits = u64::from(byte[0] & 0x7f);
        if shift == 63 && bits > 1 {
            break;
        }
        number |= bits << shift;
        if byte[0] < 0x80 {
            return Ok(number);
        }
    }
    Err(DeltaError::Malformed("a number is too long"))
}

/// Reads a signed number.
pub(super) fn get_signed(from: &mut impl Read) -> Result<i64, DeltaError> {
    let number = get(from)?;
    Ok((number >> 1) as i64 ^ -((number & 1) as i64))
}

/// A stream inside the delta that ends early, or does not decompress, is the delta's fault.
pub(super) fn ended(_: io::Error) -> DeltaError {
    DeltaError::Malformed("a stream ends early or is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            assert_eq!(get(&mut bytes.as_slice()).ok(), Some(number));
        }
        for number in [0, -1, 1, i64::MIN, i64::MAX] {
            let mut bytes = Vec::new();
            put_signed(&mut bytes, number);
            assert_eq!(get_signed(&mut bytes.as_slice()).ok(), Some(number));
        }
        assert!(get(&mut [0xff; 11].as_slice()).is_err());
        assert!(get(&mut [0x80].as_slice()).is_err());
    }
}
