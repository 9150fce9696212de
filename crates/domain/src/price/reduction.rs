//! The lowest price of the last 30 days beside every reduction: Directive 98/6/EC, Article 6a (put
//! in by Directive (EU) 2019/2161), as the Court of Justice reads it (C-330/23, *Aldi Süd*: the
//! reduction itself must be worked out from that lowest price). Used in every market, since it
//! misleads nobody anywhere.

use kontor_base::{Instant, Money};
use serde::{Deserialize, Serialize};

use super::entry::{PriceEntry, price_at};

/// How far back the lowest price is looked for, in days before the reduction began.
pub const REDUCTION_WINDOW_DAYS: i64 = 30;
/// How long a lower price without a planned end is called a reduction, in days; later it is simply
/// the price.
pub const REDUCTION_SHOWN_DAYS: i64 = 30;

/// Seconds of a day.
const DAY_S: i64 = 24 * 60 * 60;

/// What a page shows beside a reduced price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reduction {
    /// The present price.
    pub now: Money,
    /// The lowest price that was asked in the 30 days before the present price began; always
    /// higher than `now`.
    pub lowest_30_days: Money,
    /// When the present price began.
    pub since: Instant,
}

/// The reduction to show at `at`, from the entries of *one* variant in *one* market.
///
/// The present price began at the last moment at which the price in force changed (an entry that
/// continues the same amount changes nothing). The window is the 30 days before that moment,
/// whatever was in force at its beginning included; time in which nothing was in force does not
/// count. The result is `None`
///
/// - when there is no price now, or nothing was asked in the window (a new product);
/// - when the present price is not below the lowest of the window: a price that was raised and
///   lowered again is no reduction, and neither is one below the price just before but not below
///   the lowest;
/// - when the present price has no planned end and began 30 days ago or earlier. A price under an
///   offer with an end is shown as reduced as long as the offer lasts.
///
/// **Progressive reductions** (Article 6a(5): a member state *may* let a trader keep the price
/// before the first of several rising reductions as the prior price) are not used: every step is a
/// reduction of its own, and the step before it lies in its window. That is the stricter reading,
/// lawful in every member state, and it never makes a reduction look larger than it is.
#[must_use]
pub fn reduction(entries: &[PriceEntry], at: Instant) -> Option<Reduction> {
    let present = price_at(entries, at)?;
    let now = present.money;
    let changes = changes_until(entries, at);
    // The beginning of the unbroken span of today's price.
    let since = changes
        .iter()
        .rev()
        .take_while(|(_, price)| *price == Some(now))
        .map(|(moment, _)| *moment)
        .last()?;
    if present.valid_to.is_none() && at.seconds_since(since) >= REDUCTION_SHOWN_DAYS * DAY_S {
        return None;
    }
    let lowest = lowest_in_window(&changes, now, since)?;
    (now.minor < lowest.minor).then_some(Reduction { now, lowest_30_days: lowest, since })
}

/// The price after each moment up to `at` at which an entry begins or ends, in order.
fn changes_until(entries: &[PriceEntry], at: Instant) -> Vec<(Instant, Option<Money>)> {
    let mut moments: Vec<Instant> = entries
        .iter()
        .flat_map(|entry| [Some(entry.valid_from), entry.valid_to])
        .flatten()
        .filter(|moment| *moment <= at)
        .collect();
    moments.sort_unstable();
    moments.dedup();
    moments.into_iter().map(|m| (m, price_at(entries, m).map(|entry| entry.money))).collect()
}

/// The lowest price in the currency of `now` that was in force at some moment of the 30 days
/// before `since`.
fn lowest_in_window(
    changes: &[(Instant, Option<Money>)],
    now: Money,
    since: Instant,
) -> Option<Money> {
    let window_from = since.plus_seconds(-REDUCTION_WINDOW_DAYS * DAY_S);
    let before = changes.partition_point(|(moment, _)| *moment < since);
    // The last change at or before the window's beginning is still in force in it.
    let first = changes.partition_point(|(moment, _)| *moment <= window_from).saturating_sub(1);
    changes
        .get(first..before)?
        .iter()
        .filter_map(|(_, price)| *price)
        .filter(|price| price.currency == now.currency)
        .min_by_key(|price| price.minor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::samples::{day, entries};
    use proptest::prelude::*;

    /// The lowest price and the day since which the price is reduced.
    fn shown(list: &[(i64, i64, Option<i64>)], on: i64) -> Option<(i64, i64)> {
        reduction(&entries(list), day(on))
            .map(|r| (r.lowest_30_days.minor, r.since.seconds_since(day(0)) / DAY_S))
    }

    #[test]
    fn the_rule_case_by_case() {
        let offer = [(1499, 0, None), (1299, 100, Some(110))];
        assert_eq!(shown(&offer, 99), None);
        assert_eq!(shown(&offer, 100), Some((1499, 100)));
        assert_eq!(shown(&offer, 109), Some((1499, 100)));
        assert_eq!(shown(&offer, 110), None, "back at the old price");

        // A new product has nothing to be cheaper than.
        assert_eq!(shown(&[(1299, 0, None)], 5), None);
        assert_eq!(shown(&[], 5), None);

        // Raised shortly before, to look reduced afterwards.
        let trick = [(1499, 0, None), (1999, 90, None), (1499, 95, None)];
        assert_eq!(shown(&trick, 95), None);
        let half_trick = [(1499, 0, None), (1999, 90, None), (1399, 95, None)];
        assert_eq!(shown(&half_trick, 95), Some((1499, 95)), "not 1999");
        // After 30 days at the higher price it is honest.
        let honest = [(1499, 0, None), (1999, 65, None), (1499, 95, None)];
        assert_eq!(shown(&honest, 95), Some((1999, 95)));
        let a_day_short = [(1499, 0, None), (1999, 66, None), (1499, 95, None)];
        assert_eq!(shown(&a_day_short, 95), None);

        // The lowest of the window may be an earlier offer.
        let two_offers = [(1499, 0, None), (1199, 80, Some(82)), (1299, 100, Some(110))];
        assert_eq!(shown(&two_offers, 100), None, "it was cheaper three weeks ago");
        let deeper = [(1499, 0, None), (1199, 80, Some(82)), (999, 100, Some(110))];
        assert_eq!(shown(&deeper, 100), Some((1199, 100)));

        // Step by step: each step stands beside the one before.
        let steps = [(1499, 0, None), (1299, 100, None), (999, 105, None)];
        assert_eq!(shown(&steps, 100), Some((1499, 100)));
        assert_eq!(shown(&steps, 105), Some((1299, 105)));

        // A lower price without an end becomes the price; an offer stays one while it lasts.
        let lower = [(1499, 0, None), (1299, 100, None)];
        assert_eq!(shown(&lower, 129), Some((1499, 100)));
        assert_eq!(shown(&lower, 130), None);
        let long_offer = [(1499, 0, None), (1299, 100, Some(190))];
        assert_eq!(shown(&long_offer, 180), Some((1499, 100)));

        // The same price under a new entry is no new price.
        let renewed = [(1499, 0, None), (1299, 100, Some(105)), (1299, 105, Some(110))];
        assert_eq!(shown(&renewed, 107), Some((1499, 100)));

        // Not on sale in between: only what was asked counts, and only within the window.
        let gap = [(1499, 0, Some(90)), (1299, 100, None)];
        assert_eq!(shown(&gap, 100), Some((1499, 100)));
        let long_gap = [(1499, 0, Some(60)), (1299, 100, None)];
        assert_eq!(shown(&long_gap, 100), None);
    }

    #[test]
    fn another_currency_is_no_comparison() {
        let mut list = entries(&[(1499, 0, None), (1299, 100, None)]);
        list[0].money.currency = "USD".parse().expect("USD is a currency");
        assert_eq!(reduction(&list, day(100)), None);
    }

    proptest! {
        /// With prices that change at whole days, looking at every single day must agree.
        #[test]
        fn it_is_the_lowest_of_thirty_days(
            list in proptest::collection::vec(
                (1_i64..6, 0_i64..80, proptest::option::of(1_i64..40)), 1..8),
            on in 0_i64..100,
        ) {
            let list: Vec<_> =
                list.into_iter().map(|(p, from, days)| (p, from, days.map(|d| from + d))).collect();
            let entries = entries(&list);
            let price_on = |n: i64| price_at(&entries, day(n)).map(|e| e.money.minor);
            let Some(now) = price_on(on) else {
                prop_assert_eq!(reduction(&entries, day(on)), None);
                return Ok(());
            };
            let same = |n: &i64| price_on(*n) == Some(now);
            let since = (0..=on).rev().take_while(same).last().unwrap_or(on);
            let lowest = (since - 30..since).filter_map(price_on).min();
            match reduction(&entries, day(on)) {
                Some(r) => {
                    prop_assert_eq!(r.now.minor, now);
                    prop_assert_eq!(r.since, day(since));
                    prop_assert_eq!(Some(r.lowest_30_days.minor), lowest);
                    prop_assert!(r.lowest_30_days.minor > now);
                }
                None => {
                    let open = price_at(&entries, day(on)).is_some_and(|e| e.valid_to.is_none());
                    let too_long_ago = open && on - since >= 30;
                    prop_assert!(too_long_ago || lowest.is_none_or(|lowest| lowest <= now));
                }
            }
        }
    }
}
