//! Counts, device by device, whom a plan lets in: exact where a rehearsal by groups expects.

use kontor_base::Country;

use super::plan::{Audience, Rollout};
use super::point::{DeviceKey, Point};

/// A device that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its key.
    pub key: DeviceKey,
    /// Where it is.
    pub country: Option<Country>,
    /// Whether it is the company's own.
    pub own: bool,
}

/// How many of `devices` are in at the end of each wave. Walks the devices once, keeps nothing of
/// them, and can be done in parts: the counts of parts add up.
#[must_use]
pub fn census(rollout: &Rollout, devices: impl IntoIterator<Item = Seen>) -> Vec<u64> {
    // Who enters in which wave; the counts at the end of the waves follow by adding up.
    let mut entering = vec![0_u64; rollout.waves.len()];
    for device in devices {
        let first = if device.own {
            Some(0)
        } else {
            let point = Point::of(device.key, rollout.salt).millionths();
            rollout.waves.iter().position(|wave| {
                wave.audience == Audience::Everybody
                    && point < wave.share
                    && (wave.countries.is_empty()
                        || device.country.is_some_and(|country| wave.countries.contains(&country)))
            })
        };
        if let Some(slot) = first.and_then(|place| entering.get_mut(place)) {
            *slot += 1;
        }
    }
    let mut sum = 0;
    for count in &mut entering {
        sum += *count;
        *count = sum;
    }
    entering
}
