//! How far a change of price entries takes the price down: what decides whether a second person looks
//! at it.

use kontor_base::{Instant, Money, Rate};

use super::entry::{PriceEntry, price_at};
use super::reduction::REDUCTION_WINDOW_DAYS;

const DAY_S: i64 = 24 * 60 * 60;

/// How far a price falls by a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It falls nowhere.
    None,
    /// By this part of what it was, at the worst moment.
    By(Rate),
    /// There was no price to compare with.
    Unknown,
}

/// How far the change from `before` to `after`, the entries of *one* variant in *one* market, takes
/// the price down at any moment from `at` on.
///
/// Each moment at which the price differs is compared with what it would have been then *and* with the
/// highest that was asked in the last thirty days, the present price included: two small steps one after
/// the other are one large step, planned or taken, and a planned rise that is taken back is a fall. A price that is taken away altogether is no cut: nothing is sold then.
#[must_use]
pub fn largest_cut(before: &[PriceEntry], after: &[PriceEntry], at: Instant) -> Cut {
    let amount = |entries: &[PriceEntry], moment| price_at(entries, moment).map(|e| e.money);
    let bounds = |entry: &PriceEntry| [Some(entry.valid_from), entry.valid_to];
    let lately = at.plus_seconds(-REDUCTION_WINDOW_DAYS * DAY_S);
    let asked = before.iter().flat_map(bounds).flatten().filter(|moment| lately < *moment);
    let asked = asked.filter(|moment| *moment < at).chain([lately, at]);
    let highest = asked.filter_map(|moment| amount(before, moment)).max_by_key(|m| m.minor);
    let changes = before.iter().chain(after).flat_map(bounds).flatten();
    let mut largest = Cut::None;
    for moment in std::iter::once(at).chain(changes.filter(|moment| *moment > at)) {
        let (was, is) = (amount(before, moment), amount(after, moment));
        let Some(is) = is.filter(|_| was != is) else { continue };
        let reference = [was, highest].into_iter().flatten().max_by_key(|money| money.minor);
        let Some(reference) = reference.filter(|money| money.currency == is.currency) else {
            return Cut::Unknown;
        };
        largest = larger(largest, part(reference, is));
    }
    largest
}

/// Whether the change from `before` to `after` says another price for any moment before `until`: what
/// was asked is written down, and the lowest price of 30 days is worked out from it.
#[must_use]
pub fn rewrites_past(before: &[PriceEntry], after: &[PriceEntry], until: Instant) -> bool {
    let amount = |entries: &[PriceEntry], moment| price_at(entries, moment).map(|e| e.money);
    let bounds = |entry: &PriceEntry| [Some(entry.valid_from), entry.valid_to];
    let moments = before.iter().chain(after).flat_map(bounds).flatten();
    let mut past = moments.filter(|moment| *moment < until);
    past.any(|moment| amount(before, moment) != amount(after, moment))
}

/// The part of `reference` by which `is` is lower, rounded up: in doubt a second person looks.
fn part(reference: Money, is: Money) -> Cut {
    let fall = i128::from(reference.minor) - i128::from(is.minor);
    if fall <= 0 || reference.minor <= 0 {
        return Cut::None;
    }
    let one = i128::from(Rate::ONE);
    let (fall, whole) = (fall * one, i128::from(reference.minor));
    let ppm = (fall + whole - 1) / whole;
    Cut::By(Rate::from_ppm(u32::try_from(ppm).unwrap_or(Rate::ONE)))
}

fn larger(a: Cut, b: Cut) -> Cut {
    match (a, b) {
        (Cut::By(a), Cut::By(b)) => Cut::By(a.max(b)),
        (Cut::None, other) | (other, Cut::None) => other,
        _ => Cut::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::samples::{day, entries};

    fn cut(before: &[(i64, i64, Option<i64>)], after: &[(i64, i64, Option<i64>)]) -> Cut {
        largest_cut(&entries(before), &entries(after), day(10))
    }

    #[test]
    fn a_cut_is_measured_against_the_price_of_its_moment_and_of_now() {
        let percent = |n: u32| Cut::By(Rate::from_ppm(n * 10_000));
        let usual = [(1000, 0, None)];
        assert_eq!(cut(&usual, &usual), Cut::None);
        assert_eq!(cut(&usual, &[(1000, 0, None), (800, 20, None)]), percent(20));
        assert_eq!(cut(&usual, &[(1000, 0, None), (1200, 20, None)]), Cut::None, "a rise");
        let offer = [(1000, 0, None), (500, 20, Some(25))];
        assert_eq!(cut(&usual, &offer), percent(50));
        assert_eq!(cut(&offer, &usual), Cut::None, "an offer taken back");
        // Two steps of a fifth each are more than a fifth.
        let first = [(1000, 0, None), (800, 20, None)];
        let second = [(1000, 0, None), (800, 20, None), (640, 30, None)];
        assert_eq!(cut(&first, &second), percent(36));
        // Also where the first one is taken already, and the second follows within thirty days.
        let taken = [(1000, 0, Some(8)), (800, 8, None)];
        assert_eq!(
            cut(&taken, &[(1000, 0, Some(8)), (800, 8, None), (640, 12, None)]),
            percent(36)
        );
        let long_ago = [(1000, -60, Some(-25)), (800, -25, None)];
        let later = [(1000, -60, Some(-25)), (800, -25, None), (640, 12, None)];
        assert_eq!(cut(&long_ago, &later), percent(20), "what was asked then is forgotten");
        // A planned rise that is taken back.
        assert_eq!(cut(&[(1000, 0, None), (2000, 20, None)], &usual), percent(50));
        // What ends uncovers what lies beneath it.
        let ended = [(500, 0, None), (1000, 5, Some(12))];
        assert_eq!(cut(&[(500, 0, None), (1000, 5, None)], &ended), percent(50));
        // The past is not changed by what is to come.
        assert_eq!(cut(&usual, &[(1000, 0, None), (1, 3, Some(9))]), Cut::None);
    }

    #[test]
    fn what_was_asked_stays_written_down() {
        let rewrites = |before: &[(i64, i64, Option<i64>)], after: &[(i64, i64, Option<i64>)]| {
            rewrites_past(&entries(before), &entries(after), day(10))
        };
        let usual = [(1000, 0, None)];
        assert!(!rewrites(&usual, &[(1000, 0, None), (800, 10, None)]));
        assert!(!rewrites(&usual, &[(1000, 0, Some(10))]), "ended from now on");
        assert!(rewrites(&usual, &[(1000, 0, None), (800, 9, None)]));
        assert!(rewrites(&usual, &[(900, 0, None)]));
        assert!(rewrites(&usual, &[(1000, 0, Some(9))]));
        assert!(!rewrites(&usual, &[(1000, 0, None), (1000, 5, None)]), "the same price");
    }

    #[test]
    fn without_a_price_before_the_cut_is_unknown_and_none_afterwards_is_none() {
        assert_eq!(cut(&[], &[(1000, 0, None)]), Cut::Unknown);
        assert_eq!(cut(&[(1000, 0, None)], &[(1000, 0, Some(12))]), Cut::None);
        assert_eq!(cut(&[(0, 0, None)], &[(0, 0, None), (0, 11, None)]), Cut::None);
        let odd = cut(&[(300, 0, None)], &[(299, 0, None)]);
        assert_eq!(odd, Cut::By(Rate::from_ppm(3_334)), "rounded up");
    }
}
