//! What a report becomes in the log: sixteen bytes.

use kontor_domain::install::{Kind, Timing};

/// Bytes of an [`Event`].
pub(crate) const EVENT_BYTES: usize = 16;

/// A report as it is counted and as it stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// The device's key.
    pub(crate) key: u64,
    /// Country, model and version: see [`said`].
    pub(crate) said: u32,
    /// The day on which it counts.
    pub(crate) day: u16,
    /// Channel (low half) and standing (high half).
    pub(crate) marks: u8,
    /// What it tells.
    pub(crate) kind: Kind,
    /// How its own date stood to the day it came.
    pub(crate) timing: Timing,
    /// Whether it is kept, but not counted with the others.
    pub(crate) aside: bool,
}

/// Country (8 bits), model (12), version (12) in one number.
pub(crate) const fn said(country: u8, model: u16, version: u16) -> u32 {
    (country as u32) << 24 | (model as u32 & 0xFFF) << 12 | (version as u32 & 0xFFF)
}

pub(crate) const fn country_of(said: u32) -> u8 {
    (said >> 24) as u8
}

pub(crate) const fn model_of(said: u32) -> u16 {
    (said >> 12 & 0xFFF) as u16
}

pub(crate) const fn version_of(said: u32) -> u16 {
    (said & 0xFFF) as u16
}

impl Event {
    pub(crate) fn bytes(&self) -> [u8; EVENT_BYTES] {
        let mut out = [0; EVENT_BYTES];
        out[..8].copy_from_slice(&self.key.to_le_bytes());
        out[8..12].copy_from_slice(&self.said.to_le_bytes());
        out[12..14].copy_from_slice(&self.day.to_le_bytes());
        out[14] = self.marks;
        out[15] = self.kind as u8 | (self.timing as u8) << 1 | u8::from(self.aside) << 3;
        out
    }

    /// None where the bytes are no event: a later format, or damage that no checksum saw.
    pub(crate) fn read(bytes: &[u8; EVENT_BYTES]) -> Option<Self> {
        let (key, rest) = bytes.split_first_chunk::<8>()?;
        let (said, rest) = rest.split_first_chunk::<4>()?;
        let [day_low, day_high, marks, flags] = *rest else { return None };
        Some(Self {
            key: u64::from_le_bytes(*key),
            said: u32::from_le_bytes(*said),
            day: u16::from_le_bytes([day_low, day_high]),
            marks,
            kind: *Kind::ALL.get(usize::from(flags & 1))?,
            timing: *Timing::ALL.get(usize::from(flags >> 1 & 3))?,
            aside: match flags >> 3 {
                0 => false,
                1 => true,
                _ => return None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn events_come_back_as_they_were(key: u64, country: u8, model in 0_u16..4096,
            version in 0_u16..4096, day: u16, marks: u8, kind in 0_usize..2, timing in 0_usize..4,
            aside: bool) {
            let event = Event { key, said: said(country, model, version), day, marks,
                kind: Kind::ALL[kind], timing: Timing::ALL[timing], aside };
            prop_assert_eq!(Event::read(&event.bytes()), Some(event));
            prop_assert_eq!((country_of(event.said), model_of(event.said), version_of(event.said)),
                (country, model, version));
        }
    }
}
