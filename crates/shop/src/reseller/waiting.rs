//! Orders of resellers that have not left, walked a page at a time: those that may leave now, or those that
//! may not.

use kontor_base::Instant;
use kontor_base::id::ResellerOrderId;
use kontor_domain::market::MarketCode;
use kontor_store::reseller::{KeptOrder, find, open_after};
use kontor_store::{StoreError, Tx};

use super::dispatch::not_cleared;
use crate::core::Known;

/// How many orders are read at a time.
const BLOCK: i64 = 200;
/// The most orders that one page looks at; the next page goes on behind them.
const LOOKED_AT_MAX: usize = 2_000;

/// Which of the orders are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Those that may leave now.
    Free,
    /// Those that may not.
    Held,
}

/// A page of the orders that were looked for.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The orders, the oldest first, each with the reseller's name.
    pub(super) orders: Vec<(KeptOrder, String)>,
    /// How many others were passed over.
    pub(super) passed: usize,
    /// The order after which the next page begins, where there is one.
    pub(super) next: Option<ResellerOrderId>,
}

/// Up to `limit` of the orders that a market serves and that are looked for, after `after`. Where they are few
/// among many, a page may have fewer or none, and the next goes on.
pub(super) fn walk_in(
    tx: &mut Tx<'_>,
    (known, at): (&Known, Instant),
    wanted: Wanted,
    (market, after): (MarketCode, Option<ResellerOrderId>),
    limit: usize,
) -> Result<Walked, StoreError> {
    let mut page = Walked::default();
    let (mut last, mut looked_at) = (after, 0);
    loop {
        let block = open_after(tx, market.as_str(), last, BLOCK)?;
        let read = block.len();
        for order in block {
            if page.orders.len() == limit || looked_at == LOOKED_AT_MAX {
                page.next = last;
                return Ok(page);
            }
            (last, looked_at) = (Some(order.id), looked_at + 1);
            // What is not known any more is not cleared.
            let free = not_cleared(known, &order, at).is_some_and(|refused| refused.is_empty());
            if free != (wanted == Wanted::Free) {
                page.passed += 1;
                continue;
            }
            let name = find(tx, order.reseller)?;
            let name = name.map_or_else(String::new, |found| found.profile.name.to_string());
            page.orders.push((order, name));
        }
        if i64::try_from(read) != Ok(BLOCK) {
            return Ok(page);
        }
    }
}
