//! What nobody does any more by itself about orders: jobs and letters that were given up, for whoever looks
//! after the orders of a market.

use std::collections::BTreeSet;

use kontor_base::id::{OrderId, PaymentId, RefundId};
use kontor_domain::market::MarketCode;
use kontor_domain::order::OrderNumber;
use kontor_store::job::{self, KeptJob};
use kontor_store::order::list::letter_given_up;
use kontor_store::order::place;
use kontor_store::payment as payments;
use kontor_store::{StoreError, Tx};

use super::jobs::REFUND;
use super::refund::refund_of;
use crate::core::Shop;

/// How many jobs get their market at once.
const PLACED_AT_ONCE: i64 = 200;

/// What was left undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftUndone {
    /// Money was not collected, asked for or given back.
    Money,
    /// A letter has not left.
    Letter,
}

/// The orders of some markets of which something was given up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// The orders, money first.
    pub found: BTreeSet<(LeftUndone, OrderNumber)>,
    /// There are more of them than were looked at.
    pub more: bool,
}

/// The orders of some markets of which something was given up: of each kind those of up to `limit` jobs and
/// letters, the jobs that have waited longest first. No market's jobs hide another's.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn left_undone(
    shop: &Shop,
    markets: Vec<MarketCode>,
    limit: usize,
) -> Result<Undone, StoreError> {
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    shop.db
        .read("order.left_undone", move |tx| {
            let mut undone = Undone::default();
            let mut jobs = Vec::new();
            for market in &markets {
                jobs.extend(job::given_up_in(tx, *market, one_more)?);
            }
            // Only these are looked up: the rows above come from the index, what they are about does not.
            jobs.sort_by_key(|job| job.id);
            undone.more |= jobs.len() > limit;
            jobs.truncate(limit);
            for job in jobs {
                let Some(order) = order_of_job(tx, &job)? else { continue };
                if let Some((_, number)) = place(tx, order)? {
                    undone.found.insert((LeftUndone::Money, number));
                }
            }
            let mut left = limit;
            for market in markets {
                let one_more = i64::try_from(left).unwrap_or(i64::MAX).saturating_add(1);
                let mut letters = letter_given_up(tx, market, one_more)?;
                undone.more |= letters.len() > left;
                letters.truncate(left);
                left -= letters.len();
                undone.found.extend(letters.into_iter().map(|order| (LeftUndone::Letter, order)));
            }
            Ok(undone)
        })
        .await
}

/// Says of jobs that were given up what market they are of, so that each market finds its own; gives of how
/// many. A job has its payment from the beginning, and its payment's order does not change.
///
/// # Errors
///
/// A fault of the store; what was not said is said in the next round.
pub async fn place_given_up(shop: &Shop) -> Result<usize, StoreError> {
    let unplaced = shop.db.read("job.unplaced", |tx| job::unplaced(tx, PLACED_AT_ONCE)).await?;
    if unplaced.is_empty() {
        return Ok(0);
    }
    shop.db
        .write("job.place", move |tx| {
            for job in &unplaced {
                let order = match order_of_job(tx, job)? {
                    Some(order) => place(tx, order)?,
                    None => None,
                };
                job::place(tx, job.id, order.map(|(market, _)| market))?;
            }
            Ok(unplaced.len())
        })
        .await
}

/// The order whose money a job is about; none: a deposit's, or no money's.
fn order_of_job(tx: &mut Tx<'_>, job: &KeptJob) -> Result<Option<OrderId>, StoreError> {
    let payment = match job.kind.as_str() {
        REFUND => match job.body.parse::<RefundId>() {
            Ok(refund) => refund_of(tx, refund)?.map(|(_, payment)| payment),
            Err(_) => None,
        },
        _ => match job.body.parse::<PaymentId>() {
            Ok(payment) => payments::get(tx, payment)?,
            Err(_) => None,
        },
    };
    Ok(payment.and_then(|payment| payment.order))
}
