//! When somebody should ask again: seldom while nothing can happen, often when it is their turn,
//! and never all in the same second.

/// What is known of the person who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polling {
    /// Seconds until the sale goes live; none once it has.
    pub until_live_s: Option<i64>,
    /// People before this one; none while that is not known.
    pub ahead: Option<u64>,
    /// People who were let in or served in the last second, as measured.
    pub served_per_s: u64,
    /// Whether nothing more can happen to them without their doing.
    pub settled: bool,
}

/// The shortest pause, in milliseconds.
pub const POLL_MS_MIN: u64 = 1_000;
/// The longest pause, in milliseconds.
pub const POLL_MS_MAX: u64 = 60_000;

/// In how many milliseconds to ask again. `dice` is any random number: pauses are made longer by
/// up to a half of themselves, so that people who came together do not stay together.
#[must_use]
pub fn poll_after_ms(polling: &Polling, dice: u64) -> u64 {
    let pause = match *polling {
        Polling { settled: true, .. } => POLL_MS_MAX / 2,
        // A tenth of the time that is left: the nearer the start, the more often.
        Polling { until_live_s: Some(seconds), .. } => {
            u64::try_from(seconds).unwrap_or(0).saturating_mul(100)
        }
        Polling { ahead: None, .. } => 5_000,
        Polling { ahead: Some(ahead), served_per_s, .. } => {
            // A quarter of the time that the line before them will take.
            ahead.saturating_mul(250) / served_per_s.max(1)
        }
    };
    let pause = pause.clamp(POLL_MS_MIN, POLL_MS_MAX);
    pause + dice % (pause / 2 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AT: Polling =
        Polling { until_live_s: None, ahead: None, served_per_s: 100, settled: false };

    #[test]
    fn the_nearer_the_turn_the_more_often() {
        let pause = |polling| poll_after_ms(&polling, 0);
        assert_eq!(pause(Polling { until_live_s: Some(3_600), ..AT }), POLL_MS_MAX);
        assert_eq!(pause(Polling { until_live_s: Some(100), ..AT }), 10_000);
        assert_eq!(pause(Polling { until_live_s: Some(-5), ..AT }), POLL_MS_MIN);
        assert_eq!(pause(Polling { ahead: Some(0), ..AT }), POLL_MS_MIN);
        assert_eq!(pause(Polling { ahead: Some(4_000), ..AT }), 10_000);
        assert_eq!(pause(Polling { ahead: Some(u64::MAX), served_per_s: 0, ..AT }), POLL_MS_MAX);
        assert_eq!(pause(Polling { settled: true, ..AT }), 30_000);
        assert_eq!(pause(AT), 5_000);
    }

    proptest! {
        #[test]
        fn pauses_stay_in_their_range_and_differ(ahead: u64, served: u64, dice: u64) {
            let polling = Polling { ahead: Some(ahead), served_per_s: served, ..AT };
            let (least, pause) = (poll_after_ms(&polling, 0), poll_after_ms(&polling, dice));
            prop_assert!((POLL_MS_MIN..=POLL_MS_MAX * 3 / 2).contains(&pause));
            prop_assert!(pause >= least && pause <= least + least / 2);
        }
    }
}
