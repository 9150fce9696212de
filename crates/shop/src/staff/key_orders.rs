//! Orders for another program: those of its key's markets, in the order in which they were placed, so
//! that whoever keeps the last id asks for what has come since.

use std::sync::Arc;

use kontor_base::id::OrderId;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::{Markets, Permission};
use kontor_store::StoreError;
use kontor_store::order::{PlacedOrder, page};
use kontor_store::staff::key::Key;

use crate::core::Shop;

/// What a program asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrdersQuery {
    /// One of its markets; none: all of them.
    pub market: Option<MarketCode>,
    /// Orders after this one.
    pub after: Option<OrderId>,
}

/// A page of at most `limit` orders, and whether there are more. A market that is not the key's has
/// none.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn orders_for_key(
    shop: &Arc<Shop>,
    key: &Key,
    query: OrdersQuery,
    limit: usize,
) -> Result<(Vec<PlacedOrder>, bool), StoreError> {
    let narrowed: Vec<Option<MarketCode>> = match (query.market, &key.grant.markets) {
        (Some(market), _) if key.grant.may(Permission::OrderRead, Some(market)) => {
            vec![Some(market)]
        }
        (Some(_), _) => Vec::new(),
        (None, Markets::All) => vec![None],
        (None, Markets::Only(own)) => own.iter().copied().map(Some).collect(),
    };
    let rows = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    shop.db
        .read("staff.orders_for_key", move |tx| {
            let mut orders = Vec::new();
            for market in narrowed {
                orders.extend(page(tx, market, query.after, rows)?);
            }
            // One page of each market: the first of all of them are among these.
            orders.sort_by_key(|placed| placed.order.id);
            let more = orders.len() > limit;
            orders.truncate(limit);
            Ok((orders, more))
        })
        .await
}
