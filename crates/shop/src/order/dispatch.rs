//! Hands an order to the carrier: judged once more at this moment, its units shipped in the ledger,
//! their serial numbers kept with the country they go to.

use std::sync::Arc;

use kontor_base::id::OrderId;
use kontor_base::{Country, Instant};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_domain::order::{FulfilmentState, OrderNumber, OrderState, order_state};
use kontor_store::order::list::oldest_in_state;
use kontor_store::order::{PlacedOrder, by_number, save_states};
use kontor_store::{StoreError, Tx, stock};

use super::review::delivers_now;
use crate::core::{Failure, Known, Outcome, Shop};
use crate::stock::{Parcel, Serials, ShipRefusal, ship_in};

/// Why an order does not leave. Nothing was changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DispatchRefusal {
    /// There is no such order.
    #[error("there is no order {0}")]
    Unknown(OrderNumber),
    /// It is not paid, is held, or has left already.
    #[error("the order is {}", .0.word().replace('_', " "))]
    NotReady(OrderState),
    /// Something in it may not be delivered there today.
    #[error("something in it may not be delivered there today: the order is held")]
    NotCleared,
    /// The parcel is not as it should be.
    #[error(transparent)]
    Ship(#[from] ShipRefusal),
}

impl DispatchRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "order.unknown",
            Self::NotReady(_) => "order.not_ready",
            Self::NotCleared => "clearance.refused",
            Self::Ship(refusal) => refusal.code(),
        }
    }
}

/// Dispatches an order within a transaction.
pub(crate) fn dispatch_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    known: &Known,
    number: &OrderNumber,
    serials: &Serials,
    at: Instant,
) -> Outcome<(), DispatchRefusal> {
    let unknown = || Failure::Refused(DispatchRefusal::Unknown(number.clone()));
    let mut placed = by_number(tx, number)?.ok_or_else(unknown)?;
    let state = order_state(placed.payment_state, placed.fulfilment_state, placed.clearance_state);
    if state != OrderState::Paid {
        return Err(Failure::Refused(DispatchRefusal::NotReady(state)));
    }
    // What was cleared an hour ago may be withdrawn by now.
    if !delivers_now(known, &placed, at) {
        return Err(Failure::Refused(DispatchRefusal::NotCleared));
    }
    let hold = stock::hold(tx, placed.hold)?.ok_or_else(unknown)?;
    let parcel = Parcel {
        hold,
        serials,
        country: placed.order.ship_to.country,
        reference: number.to_string(),
        reseller: None,
    };
    ship_in(tx, shop, known, parcel, at).map_err(|failure| failure.map(DispatchRefusal::Ship))?;
    placed.fulfilment_state = FulfilmentState::Dispatched;
    save_states(tx, &placed)?;
    Ok(())
}

/// An order that can leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingParcel {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// When it was placed.
    pub placed_at: Instant,
    /// Where it goes.
    pub country: Country,
    /// What is in it.
    pub lines: Vec<(Sku, u32)>,
}

/// The orders of a market that are paid, not held, and have not left, the oldest first: so many from
/// behind `after` on.
///
/// # Errors
///
/// A fault of the store.
pub async fn parcels(
    shop: &Arc<Shop>,
    market: MarketCode,
    after: Option<OrderId>,
    limit: i64,
) -> Result<Vec<WaitingParcel>, StoreError> {
    let after = after.map_or([0; 16], |after| *after.bytes());
    shop.db
        .read("order.parcels", move |tx| {
            let found = oldest_in_state(tx, market, OrderState::Paid, after, limit)?;
            Ok(found.iter().map(parcel).collect())
        })
        .await
}

fn parcel(placed: &PlacedOrder) -> WaitingParcel {
    let order = &placed.order;
    WaitingParcel {
        id: order.id,
        number: order.number.clone(),
        placed_at: order.placed_at,
        country: order.ship_to.country,
        lines: order
            .lines
            .iter()
            .map(|line| (line.quoted.sku.clone(), line.quoted.quantity))
            .collect(),
    }
}
