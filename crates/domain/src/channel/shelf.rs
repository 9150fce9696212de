//! The way from the build that a device has to the newest it may have.

/// What [`step`] needs to know of a build in a channel. A channel is given oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shelved {
    /// When it was built, in seconds since 1970.
    pub built_s: i64,
    /// Devices must not pass it by.
    pub floor: bool,
    /// Whether this device may have it: not withdrawn, and no rollout holds it back.
    pub open: bool,
}

/// The next build of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The newest that it may have is the one it has, or there is none.
    Stay,
    /// The newest that it may have, by its place in the channel.
    Newest(usize),
    /// A floor on the way there, by its place in the channel.
    Floor(usize),
}

/// The next build of a device whose build was made at `built_s`; never an older one. A floor that
/// is not open to the device holds it: passing it by is what floors forbid.
#[must_use]
pub fn step(channel: &[Shelved], built_s: i64) -> Step {
    let first = channel.partition_point(|build| build.built_s <= built_s);
    let ahead = &channel[first..];
    let Some(newest) = ahead.iter().rposition(|build| build.open) else { return Step::Stay };
    match ahead[..newest].iter().position(|build| build.floor) {
        None => Step::Newest(first + newest),
        Some(floor) if ahead[floor].open => Step::Floor(first + floor),
        // What is open before the closed floor may still be installed.
        Some(floor) => match ahead[..floor].iter().rposition(|build| build.open) {
            Some(before) => Step::Newest(first + before),
            None => Step::Stay,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn build(built_s: i64, floor: bool, open: bool) -> Shelved {
        Shelved { built_s, floor, open }
    }

    #[test]
    fn floors_are_not_passed_by() {
        let channel = [
            build(10, false, true),
            build(20, true, true),
            build(30, false, true),
            build(40, false, false),
        ];
        assert_eq!(step(&channel, 0), Step::Floor(1));
        assert_eq!(step(&channel, 10), Step::Floor(1));
        assert_eq!(step(&channel, 20), Step::Newest(2));
        assert_eq!(step(&channel, 30), Step::Stay);
        assert_eq!(step(&channel, 99), Step::Stay);
        let closed = [build(10, false, true), build(20, true, false), build(30, false, true)];
        assert_eq!(step(&closed, 0), Step::Newest(0));
        assert_eq!(step(&closed, 10), Step::Stay);
        assert_eq!(step(&[], 0), Step::Stay);
    }

    proptest! {
        /// Walking step by step ends, only goes forward, only installs what is open, and touches
        /// every floor below where it ends.
        #[test]
        fn every_walk_touches_every_floor(
            flags in proptest::collection::vec((any::<bool>(), any::<bool>()), 0..12),
            start in 0_i64..14,
        ) {
            let channel: Vec<Shelved> = flags
                .iter()
                .zip(1_i64..)
                .map(|((floor, open), built_s)| build(built_s, *floor, *open))
                .collect();
            let (mut at, mut touched) = (start, vec![]);
            for _ in 0..=channel.len() {
                let place = match step(&channel, at) {
                    Step::Stay => break,
                    Step::Newest(place) | Step::Floor(place) => place,
                };
                prop_assert!(channel[place].built_s > at && channel[place].open);
                at = channel[place].built_s;
                touched.push(at);
            }
            prop_assert_eq!(step(&channel, at), Step::Stay);
            for floor in channel.iter().filter(|b| b.floor && b.built_s > start && b.built_s <= at) {
                prop_assert!(touched.contains(&floor.built_s));
            }
        }
    }
}
