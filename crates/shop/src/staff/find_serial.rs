//! Finds units that have left by the beginning of their serial number. A unit that left with an order
//! is seen by whoever sees orders of its market; any other by whoever sees the stock of the market that
//! it was sold to.

use kontor_base::id::ResellerId;
use kontor_base::{Country, Date};
use kontor_domain::catalogue::read_serial;
use kontor_domain::order::OrderNumber;
use kontor_domain::staff::Permission;
use kontor_store::order::by_number;
use kontor_store::stock::serial::{SoldSerial, beginning};
use kontor_store::{StoreError, Tx};

use super::find::FOUND_MAX;
use super::person::Person;
use crate::core::Known;

/// The shortest beginning that is looked for, in characters: shorter ones are other things.
const TYPED_MIN: usize = 3;
/// How many serial numbers are looked at, so that those of other markets end the search.
const CANDIDATES: i64 = 200;

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

/// The units whose serial number begins so.
pub(super) fn serials(
    tx: &mut Tx<'_>,
    known: &Known,
    person: &Person,
    typed: &str,
) -> Result<Vec<FoundSerial>, StoreError> {
    let wanted = read_serial(typed).filter(|wanted| wanted.len() >= TYPED_MIN);
    let sees = [Permission::OrderRead, Permission::StockRead];
    let Some(wanted) = wanted.filter(|_| sees.iter().any(|sees| person.may_somewhere(*sees)))
    else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for sold in beginning(tx, &wanted, CANDIDATES)? {
        if found.len() == FOUND_MAX {
            break;
        }
        found.extend(seen(tx, known, person, sold)?);
    }
    Ok(found)
}

/// A unit as somebody sees it; none: it is not theirs to see.
fn seen(
    tx: &mut Tx<'_>,
    known: &Known,
    person: &Person,
    sold: SoldSerial,
) -> Result<Option<FoundSerial>, StoreError> {
    let order = match sold.reference.parse::<OrderNumber>() {
        Ok(number) => by_number(tx, &number)?,
        Err(_) => None,
    };
    let its_market = known.markets.iter().find(|market| market.countries.contains(&sold.country));
    let market = order.as_ref().map(|placed| placed.order.market).or(its_market.map(|m| m.code));
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
