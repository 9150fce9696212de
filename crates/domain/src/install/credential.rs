//! What a device shows to be told from an invented one: it was here on an earlier day.
//!
//! The server gives it at a device's first check and keeps nothing: it is a keyed hash of the
//! device's key and the day. It proves no more than that whoever brings it came under the same id
//! on that day; it makes inventing devices a work of two days, not impossible.

use std::fmt;

use kontor_base::{SecretKey, unhex};

use super::{Day, DeviceKey, Standing};

/// A device's credential: the day on which it was given, and its proof.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Credential {
    day: Day,
    proof: [u8; 32],
}

/// Characters of a credential.
const CHARS: usize = 4 + 64;

impl Credential {
    /// The credential of a device that is first seen on `day`. `key` is derived for this purpose
    /// alone.
    #[must_use]
    pub fn issue(key: &SecretKey, device: DeviceKey, day: Day) -> Self {
        Self { day, proof: key.sign(&message(device, day)) }
    }

    /// Whether a text is this device's credential, and what it is worth on `today`: looked at once.
    #[must_use]
    pub fn look(text: &str, key: &SecretKey, device: DeviceKey, today: Day) -> (bool, Standing) {
        match Self::read(text) {
            Some(Self { day, proof }) if key.verify(&message(device, day), &proof) => {
                let known = day < today;
                (true, if known { Standing::Credentialed } else { Standing::Anonymous })
            }
            _ => (false, Standing::Anonymous),
        }
    }

    /// What a text that a device brings is worth on `today`.
    #[must_use]
    pub fn standing(text: &str, key: &SecretKey, device: DeviceKey, today: Day) -> Standing {
        Self::look(text, key, device, today).1
    }

    /// Whether a text is this device's credential, of whatever day: then it needs no new one.
    #[must_use]
    pub fn is_of(text: &str, key: &SecretKey, device: DeviceKey) -> bool {
        // Its worth on some day is not asked.
        Self::look(text, key, device, Day::from_number(0)).0
    }

    /// The text that the device keeps: hexadecimal digits of the day and of the proof. It goes out with
    /// every answer to a device that has none yet, so it takes no detour over formats.
    #[must_use]
    pub fn text(&self) -> [u8; CHARS] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; CHARS];
        let bytes = self.day.number().to_be_bytes().into_iter().chain(self.proof);
        for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        text
    }

    fn read(text: &str) -> Option<Self> {
        let bytes: [u8; CHARS / 2] = unhex(text)?;
        let mut proof = [0; 32];
        proof.copy_from_slice(&bytes[2..]);
        Some(Self { day: Day::from_number(u16::from_be_bytes([bytes[0], bytes[1]])), proof })
    }
}

fn message(device: DeviceKey, day: Day) -> [u8; 10] {
    let mut message = [0; 10];
    message[..8].copy_from_slice(&device.0.to_le_bytes());
    message[8..].copy_from_slice(&day.number().to_le_bytes());
    message
}

/// See [`Credential::text`].
impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.text()).expect("hexadecimal digits are ASCII"))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(…)") // who has it can speak for the device
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_device_on_a_later_day_is_believed() {
        let (key, other) = (SecretKey::from_bytes([1; 32]), SecretKey::from_bytes([2; 32]));
        let (device, day) = (DeviceKey(7), Day::from_number(16_479));
        let text = Credential::issue(&key, device, day).to_string();
        let of = |text: &str, key: &SecretKey, device, today: u16| {
            Credential::standing(text, key, device, Day::from_number(today))
        };
        assert_eq!(of(&text, &key, device, 16_480), Standing::Credentialed);
        assert_eq!(of(&text, &key, device, 16_479), Standing::Anonymous, "not on the same day");
        assert_eq!(of(&text, &key, DeviceKey(8), 16_480), Standing::Anonymous);
        assert_eq!(of(&text, &other, device, 16_480), Standing::Anonymous);
        assert!(Credential::is_of(&text, &key, device));
        let earlier = format!("0001{}", &text[4..]);
        for bad in ["", "x", &text[1..], &earlier, &"é".repeat(34), &"+".repeat(68)] {
            assert_eq!(of(bad, &key, device, 16_480), Standing::Anonymous, "{bad}");
        }
        assert!(text.starts_with("405f") && text.len() == CHARS, "16,479 in four digits: {text}");
        assert_eq!(format!("{:?}", Credential::issue(&key, device, day)), "Credential(…)");
    }
}
