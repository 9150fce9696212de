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
