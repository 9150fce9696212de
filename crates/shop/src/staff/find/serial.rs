//! Finds units that have left by the beginning of their serial number. A unit that left with an order
//! is seen by whoever sees orders of its market; any other by whoever sees the stock of the market that
//! it was sold to.
//!
//! All of them are looked through, in the order of their numbers and a page at a time: a search goes on from
//! the last number that it has looked at, also where none of those was the person's to see.

use std::sync::Arc;

use kontor_base::id::ResellerId;
use kontor_base::{Country, Date};
use kontor_domain::catalogue::read_serial;
use kontor_domain::market::MarketCode;
use kontor_domain::order::OrderNumber;
use kontor_domain::staff::Permission;
use kontor_store::order::by_number;
use kontor_store::stock::serial::{SoldSerial, beginning};
use kontor_store::{StoreError, Tx};

use super::{FOUND_MAX, typed_of};
use crate::core::{Known, Shop};
use crate::staff::person::Person;

/// The shortest beginning that is looked for, in characters: shorter ones are other things.
const TYPED_MIN: usize = 3;
/// How many serial numbers are passed at a time, and how many times for one page.
const BLOCK: i64 = 250;
const BLOCKS: usize = 16;

/// A page of units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundSerials {
    /// The units.
    pub found: Vec<FoundSerial>,
    /// The serial number after which the search goes on; none: there are no more.
    pub next: Option<String>,
}

/// A unit that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSerial {
    /// Its serial number.
    pub serial: String,
    /// The variant; where the past did not tell it, the model.
    pub item: String,
    /// Its model.
    pub model: String,
    /// The country it was sold to.
    pub country: Country,
    /// When.
    pub sold_on: Date,
    /// The order it left with, if it is the person's to see.
    pub order: Option<OrderNumber>,
    /// The reseller it was delivered to, if they are the person's to see.
    pub reseller: Option<ResellerId>,
}

/// The units whose serial number begins so and comes after `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn find_serials(
    shop: &Arc<Shop>,
    person: &Person,
    typed: &str,
    after: &str,
) -> Result<FoundSerials, StoreError> {
    let (typed, after) = (typed_of(typed), typed_of(after).to_uppercase());
    let (person, known) = (person.clone(), shop.snapshots.now());
    shop.db.read("staff.find_serials", move |tx| serials(tx, &known, &person, &typed, &after)).await
}

/// The same in a transaction.
pub(super) fn serials(
    tx: &mut Tx<'_>,
    known: &Known,
    person: &Person,
    typed: &str,
    after: &str,
) -> Result<FoundSerials, StoreError> {
    let wanted = read_serial(typed).filter(|wanted| wanted.len() >= TYPED_MIN);
    let sees = [Permission::OrderRead, Permission::StockRead];
    let Some(wanted) = wanted.filter(|_| sees.iter().any(|sees| person.may_somewhere(*sees)))
    else {
        return Ok(FoundSerials::default());
    };
    let mut page = FoundSerials::default();
    let mut last = after.to_owned();
    for _ in 0..BLOCKS {
        let block = beginning(tx, &wanted, &last, BLOCK)?;
        let ended = i64::try_from(block.len()).unwrap_or(i64::MAX) < BLOCK;
        for sold in block {
            if page.found.len() == FOUND_MAX {
                page.next = Some(last);
                return Ok(page);
            }
            sold.serial.clone_into(&mut last);
            page.found.extend(seen(tx, known, person, sold)?);
        }
        if ended {
            return Ok(page);
        }
    }
    page.next = Some(last);
    Ok(page)
}

/// A unit as somebody sees it; none: it is not theirs to see.
fn seen(
    tx: &mut Tx<'_>,
    known: &Known,
    person: &Person,
    sold: SoldSerial,
) -> Result<Option<FoundSerial>, StoreError> {
    let its_market = known.markets.iter().find(|market| market.countries.contains(&sold.country));
    let its_market = its_market.map(|market| market.code);
    let number = sold.reference.parse::<OrderNumber>().ok();
    // What is another market's either way is passed without reading its order: a page passes thousands.
    let of_number = number.as_ref().and_then(market_of);
    if !person.may(Permission::StockRead, its_market)
        && !of_number.is_some_and(|market| person.may(Permission::OrderRead, Some(market)))
    {
        return Ok(None);
    }
    let order = number.map(|number| by_number(tx, &number)).transpose()?.flatten();
    let market = order.as_ref().map(|placed| placed.order.market).or(its_market);
    let needed = if order.is_some() { Permission::OrderRead } else { Permission::StockRead };
    // Where there is no market, only people of all markets see it.
    if !person.may(needed, market) {
        return Ok(None);
    }
    let reads = person.may(Permission::ResellerRead, market);
    Ok(Some(FoundSerial {
        serial: sold.serial,
        item: if sold.item.is_empty() { sold.model.clone() } else { sold.item },
        model: sold.model,
        country: sold.country,
        sold_on: sold.sold_on,
        order: order.map(|placed| placed.order.number),
        reseller: sold.reseller.filter(|_| reads),
    }))
}

/// The market in a number: its first two letters.
fn market_of(number: &OrderNumber) -> Option<MarketCode> {
    number.as_str().get(..2)?.to_lowercase().parse().ok()
}
