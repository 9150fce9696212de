//! When the round of a public beacon comes out, for those whose rounds have fixed times.
//!
//! A beacon proves something only if its value could not be known while entries could still be chosen.
//! A sale that names one therefore closes its list when it is due to go live and publishes the digests;
//! the round must come after that.

use kontor_base::Instant;

/// How long after the time of going live the round of a beacon may come at the earliest, in seconds:
/// in between the list is closed and its digests are made and seen.
pub const BEACON_AFTER_S: i64 = 60;

/// Beacons with rounds at fixed times: the name, the time of round 1 in seconds since the epoch, and
/// the seconds from one round to the next. From the `info` of each chain at `api.drand.sh`
/// (<https://docs.drand.love/docs/dev-guide/API-Documentation/chains>).
const KNOWN: [(&str, u64, u64); 2] =
    [("drand/quicknet", 1_692_803_367, 3), ("drand/default", 1_595_431_050, 30)];

/// When the round comes out that a name such as `drand/quicknet 12345678` names. None for beacons that
/// are not known here, and for names without a round: whoever verifies has to look there.
#[must_use]
pub fn beacon_round_at(name: &str) -> Option<Instant> {
    let (chain, round) = name.trim().split_once(' ')?;
    let round: u64 = round.trim().parse().ok()?;
    let (_, first, every) = KNOWN.iter().find(|(known, ..)| *known == chain)?;
    let seconds = round.checked_sub(1)?.checked_mul(*every)?.checked_add(*first)?;
    let micros = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?;
    Some(Instant::from_micros(micros))
}

/// Whether the round of a beacon comes out before the entries of a sale that goes live at `live_at` are
/// known to everybody. False where its time is not known here.
#[must_use]
pub fn beacon_comes_too_early(name: &str, live_at: Instant) -> bool {
    beacon_round_at(name).is_some_and(|round| round < live_at.plus_seconds(BEACON_AFTER_S))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_have_their_times() {
        let at = |name| beacon_round_at(name).map(|at| at.micros() / 1_000_000);
        assert_eq!(at("drand/quicknet 1"), Some(1_692_803_367));
        assert_eq!(at("drand/quicknet 1001"), Some(1_692_806_367));
        assert_eq!(at(" drand/default  2 "), Some(1_595_431_080));
        for unknown in [
            "drand/quicknet",
            "drand/quicknet 0",
            "drand/quicknet -4",
            "drand/quicknet 18446744073709551615",
            "nist 17",
            "",
        ] {
            assert_eq!(at(unknown), None, "{unknown}");
            assert!(!beacon_comes_too_early(unknown, Instant::from_micros(i64::MAX / 2)));
        }
    }

    #[test]
    fn the_list_is_closed_before_the_round() {
        let name = "drand/quicknet 1001";
        let round = beacon_round_at(name).expect("a known beacon");
        assert!(!beacon_comes_too_early(name, round.plus_seconds(-BEACON_AFTER_S)));
        assert!(beacon_comes_too_early(name, round.plus_seconds(1 - BEACON_AFTER_S)));
    }
}
