//! Orders as the maker's people look at them: lists by key, and one with everything that is known.

use std::cmp::Reverse;

use kontor_base::Date;
use kontor_base::Instant;
use kontor_base::id::OrderId;
use kontor_domain::market::MarketCode;
use kontor_domain::order::{OrderNumber, OrderState};
use kontor_ledger::MoneyTransfer;
use kontor_store::order::list::{Span, id_at, in_market};
use kontor_store::order::note::{self, Note};
use kontor_store::order::{PlacedOrder, by_number};
use kontor_store::payment::refund::{self, Refund};
use kontor_store::payment::{self as payments, Payment};
use kontor_store::sale::deposit::{self as deposits, KeptDeposit};
use kontor_store::stock::serial::{self, SoldSerial};
use kontor_store::{StoreError, Tx, money};

use super::take_back::{ReturnedUnits, returned_in};
use crate::core::Shop;

/// The most notes of an order that are shown.
const NOTES_MAX: i64 = 200;

/// Which orders are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// In these markets; none: in no market.
    pub markets: Vec<MarketCode>,
    /// In this state.
    pub state: Option<OrderState>,
    /// Placed on this day (UTC).
    pub day: Option<Date>,
    /// Older than this one.
    pub before: Option<OrderId>,
}

impl ListQuery {
    fn span(&self) -> Span {
        let mut span = Span::ALL;
        if let Some(day) = self.day {
            let begins = Instant::start_of(day);
            // Just below the first id of the day, which is its moment and zeros.
            span.from = before(id_at(begins));
            span.to = id_at(begins.plus_seconds(24 * 60 * 60));
        }
        if let Some(before) = self.before {
            span.to = span.to.min(*before.bytes());
        }
        span
    }
}

/// The id just below another.
fn before(id: [u8; 16]) -> [u8; 16] {
    u128::from_be_bytes(id).saturating_sub(1).to_be_bytes()
}

/// Orders, the newest first, at most `limit`; each market walks its own index.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn list(
    shop: &Shop,
    query: ListQuery,
    limit: usize,
) -> Result<Vec<PlacedOrder>, StoreError> {
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    shop.db
        .read("order.list", move |tx| {
            let mut span = query.span();
            let mut found: Vec<PlacedOrder> = Vec::new();
            for market in &query.markets {
                found.extend(in_market(tx, *market, query.state, span, rows)?);
                if found.len() > limit {
                    found.sort_unstable_by_key(|placed| Reverse(placed.order.id));
                    found.truncate(limit);
                    // Nothing older than the last of these is wanted from the markets to come.
                    if let Some(last) = found.last() {
                        span.from = span.from.max(*last.order.id.bytes());
                    }
                }
            }
            found.sort_unstable_by_key(|placed| Reverse(placed.order.id));
            Ok(found)
        })
        .await
}

/// An order with everything that is known of it.
#[derive(Clone, Debug)]
pub struct DeskOrder {
    /// The order and where it stands.
    pub placed: PlacedOrder,
    /// Its payment.
    pub payment: Option<Payment>,
    /// The deposit that went towards it, with its own payment.
    pub deposit: Option<(KeptDeposit, Payment)>,
    /// What of the money went back, of the deposit too, and whether the provider has sent it.
    pub refunds: Vec<Refund>,
    /// What the books say.
    pub transfers: Vec<MoneyTransfer>,
    /// The units that left with it, where their serial numbers were noted.
    pub serials: Vec<SoldSerial>,
    /// What people have written down.
    pub notes: Vec<Note>,
    /// What came back.
    pub returned: Vec<ReturnedUnits>,
    /// What is out with it and can come back: variant and units.
    pub out: Vec<(String, i64)>,
}

/// Reads an order for whoever may see its market; nobody else learns that there is one.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn desk_order(shop: &Shop, number: OrderNumber) -> Result<Option<DeskOrder>, StoreError> {
    shop.db
        .read("order.desk", move |tx| {
            let Some(placed) = by_number(tx, &number)? else { return Ok(None) };
            let payment = payments::get(tx, placed.payment)?;
            let mut refunds = refund::of_payment(tx, placed.payment)?;
            let deposit = deposit_of(tx, &placed)?;
            if let Some((_, payment)) = &deposit {
                refunds.extend(refund::of_payment(tx, payment.id)?);
                refunds.sort_by_key(|refund| refund.id);
            }
            let transfers = money::of_order(tx, placed.order.id)?;
            let notes = note::of_order(tx, placed.order.id, NOTES_MAX)?;
            let serials = serial::of_reference(tx, placed.order.number.as_str())?;
            let (returned, out) = returned_in(tx, &placed)?;
            Ok(Some(DeskOrder {
                placed,
                payment,
                deposit,
                refunds,
                transfers,
                serials,
                notes,
                returned,
                out,
            }))
        })
        .await
}

/// The deposit that went towards an order, with its payment.
fn deposit_of(
    tx: &mut Tx<'_>,
    placed: &PlacedOrder,
) -> Result<Option<(KeptDeposit, Payment)>, StoreError> {
    let Some(paid) = &placed.order.deposit else { return Ok(None) };
    let Some(deposit) = deposits::get(tx, paid.deposit)? else { return Ok(None) };
    let Some(payment) = deposit.payment else { return Ok(None) };
    Ok(payments::get(tx, payment)?.map(|payment| (deposit, payment)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_the_orders_of_its_moments_and_no_others() {
        let day: Date = "2026-03-01".parse().expect("a day");
        let query = ListQuery { day: Some(day), ..ListQuery::default() };
        let span = query.span();
        let within = |at: Instant, tail: u8| {
            let mut id = id_at(at);
            id[6..].fill(tail);
            span.from < id && id < span.to
        };
        let begins = Instant::start_of(day);
        assert!(within(begins, 0) && within(begins, 0xff));
        assert!(within(begins.plus_seconds(86_399), 0xff));
        assert!(!within(begins.plus_seconds(-1), 0xff));
        assert!(!within(begins.plus_seconds(86_400), 0));
        let before = OrderId::from_bytes(id_at(begins.plus_seconds(60)));
        let span = ListQuery { before: Some(before), ..query }.span();
        assert_eq!(span.to, *before.bytes());
    }
}
