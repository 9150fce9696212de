//! What nobody does any more by itself about orders: jobs and letters that were given up, for whoever looks
//! after the orders of a market.

use std::collections::BTreeSet;

use kontor_base::id::{OrderId, PaymentId, RefundId};
use kontor_domain::market::MarketCode;
use kontor_domain::order::OrderNumber;
use kontor_store::job::{self, KeptJob};
use kontor_store::order::get as load_order;
use kontor_store::order::list::letter_given_up;
use kontor_store::payment as payments;
use kontor_store::{StoreError, Tx};

use super::jobs::REFUND;
use super::refund::refund_of;
use crate::core::Shop;

/// So many jobs that were given up are looked through, the oldest first: each is gone from there as soon as
/// somebody has looked after it.
const JOBS_MAX: i64 = 100;

/// What was left undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftUndone {
    /// Money was not collected, asked for or given back.
    Money,
    /// A letter has not left.
    Letter,
}

/// The orders of some markets of which something was given up, money first; of each kind up to `limit` in a
/// market.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn left_undone(
    shop: &Shop,
    markets: Vec<MarketCode>,
    limit: i64,
) -> Result<BTreeSet<(LeftUndone, OrderNumber)>, StoreError> {
    shop.db
        .read("order.left_undone", move |tx| {
            let mut found = BTreeSet::new();
            for job in job::in_state(tx, "given_up", None, JOBS_MAX)? {
                let Some(order) = order_of_job(tx, &job)? else { continue };
                let placed = load_order(tx, order)?;
                if let Some(placed) = placed.filter(|p| markets.contains(&p.order.market)) {
                    found.insert((LeftUndone::Money, placed.order.number));
                }
            }
            for market in markets {
                let letters = letter_given_up(tx, market, limit)?;
                found.extend(letters.into_iter().map(|number| (LeftUndone::Letter, number)));
            }
            Ok(found)
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
