//! Orders and customers: by number, by variant, by whatever people remember of an order.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use kontor_base::Email;
use kontor_base::id::{CustomerId, OrderId};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_domain::order::{OrderNumber, Wanted, search_terms};
use kontor_domain::staff::Permission;
use kontor_store::order::list::{number_begins, with_sku};
use kontor_store::order::{PlacedOrder, by_number, get, term};
use kontor_store::{StoreError, Tx};

use super::{FOUND_MAX, First};
use crate::core::Shop;
use crate::staff::customer::with_address;
use crate::staff::person::Person;

/// How many orders with one word are looked at in a market. What is found more often wants another word.
const CANDIDATES: i64 = 500;
/// How many where there is one word only: whatever has it fits, and few are shown.
const CANDIDATES_OF_ONE: i64 = 60;
/// How many orders with a variant are passed at a time, and how many times.
const SOLD_BLOCK: i64 = 250;
const SOLD_BLOCKS: usize = 20;

/// A customer who was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCustomer {
    /// Who.
    pub id: CustomerId,
    /// The name of the latest order; the address where there is none.
    pub name: String,
    /// The address.
    pub email: String,
}

/// Orders in these markets: by number, by variant, by what people remember.
pub(super) fn orders(
    tx: &mut Tx<'_>,
    shop: &Shop,
    markets: &[MarketCode],
    typed: &str,
) -> Result<First<PlacedOrder>, StoreError> {
    if markets.is_empty() {
        return Ok(First::default());
    }
    let own = |placed: &PlacedOrder| markets.contains(&placed.order.market);
    if let Ok(number) = typed.parse::<OrderNumber>() {
        return Ok(First::of(by_number(tx, &number)?.into_iter().filter(own)));
    }
    if let Some(begin) = number_begin(typed) {
        let mut found = number_begins(tx, &begin, CANDIDATES)?;
        let whole = i64::try_from(found.len()).unwrap_or(i64::MAX) >= CANDIDATES;
        found.retain(own);
        found.sort_unstable_by_key(|placed| Reverse(placed.order.id));
        let first = First::of(found.into_iter());
        return Ok(First { more: first.more || whole, ..first });
    }
    let sku = typed.to_uppercase().parse::<Sku>().ok().or_else(|| typed.parse().ok());
    if let Some(sku) = sku.filter(|sku| shop.snapshots.now().variants.contains_key(sku)) {
        return sold(tx, &sku, markets);
    }
    let wanted = Wanted::parse(typed);
    let Some((ids, cut)) = candidates(tx, markets, &wanted)? else { return Ok(First::default()) };
    let fits = |placed: &PlacedOrder| own(placed) && wanted.fits(&search_terms(&placed.order));
    let mut first = load(tx, ids, fits)?;
    first.found.sort_unstable_by_key(|placed| Reverse(placed.order.id));
    Ok(First { more: first.more || cut, ..first })
}

/// The newest orders of these markets with a variant. Those of other markets are passed over before an
/// order is read, so that what sells well elsewhere hides nothing here.
fn sold(
    tx: &mut Tx<'_>,
    sku: &Sku,
    markets: &[MarketCode],
) -> Result<First<PlacedOrder>, StoreError> {
    let (mut ids, mut before) = (Vec::new(), [0xff; 16]);
    let mut passed_all = false;
    for _ in 0..SOLD_BLOCKS {
        let block = with_sku(tx, sku.as_str(), before, SOLD_BLOCK)?;
        let Some((last, _)) = block.last() else {
            passed_all = true;
            break;
        };
        before = *last.bytes();
        let own = block.iter().filter(|(_, market)| markets.contains(market));
        ids.extend(own.map(|(id, _)| *id));
        if ids.len() > FOUND_MAX {
            break;
        }
    }
    let first = load(tx, ids, |_| true)?;
    Ok(First { more: first.more || !passed_all, ..first })
}

/// The beginning of a number that was typed in part: market, year, a dash.
fn number_begin(typed: &str) -> Option<String> {
    let upper = typed.to_uppercase();
    let (head, rest) = upper.split_once('-')?;
    let good = head.len() == 4
        && head[..2].bytes().all(|b| b.is_ascii_uppercase())
        && head[2..].bytes().all(|b| b.is_ascii_digit())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    good.then_some(upper)
}

/// The orders that the rarest of the words finds, and whether it finds more than are looked at; none where
/// one finds nothing. Those that all words find come first: they fit, and nothing is read in vain.
fn candidates(
    tx: &mut Tx<'_>,
    markets: &[MarketCode],
    wanted: &Wanted,
) -> Result<Option<(Vec<OrderId>, bool)>, StoreError> {
    let limit = if wanted.parts().len() == 1 { CANDIDATES_OF_ONE } else { CANDIDATES };
    let full = |ids: &[OrderId]| i64::try_from(ids.len()).is_ok_and(|found| found >= limit);
    let mut sets: Vec<(BTreeSet<OrderId>, bool)> = Vec::new();
    for forms in wanted.parts() {
        let (mut ids, mut cut) = (BTreeSet::new(), false);
        for market in markets {
            for form in forms {
                let exact = term::with(tx, *market, form, limit)?;
                let longer = term::beginning(tx, *market, form, limit)?;
                cut |= full(&exact) || full(&longer);
                ids.extend(exact.into_iter().chain(longer));
            }
        }
        if ids.is_empty() {
            return Ok(None);
        }
        sets.push((ids, cut));
    }
    // One of which all are known finds everything, however many they are.
    let rarest = sets.iter().min_by_key(|(ids, cut)| (*cut, ids.len()));
    let Some((rarest, cut)) = rarest else { return Ok(None) };
    // A word of which all are known does not find what is not among them.
    let may_fit = |id: &&OrderId| sets.iter().all(|(set, cut)| *cut || set.contains(*id));
    let in_all = |id: &OrderId| sets.iter().all(|(set, _)| set.contains(id));
    let mut ids: Vec<(bool, Reverse<OrderId>)> =
        rarest.iter().filter(may_fit).map(|id| (!in_all(id), Reverse(*id))).collect();
    ids.sort_unstable();
    Ok(Some((ids.into_iter().map(|(_, Reverse(id))| id).collect(), *cut)))
}

/// The first of these orders that fit.
fn load(
    tx: &mut Tx<'_>,
    ids: Vec<OrderId>,
    fits: impl Fn(&PlacedOrder) -> bool,
) -> Result<First<PlacedOrder>, StoreError> {
    let mut found = Vec::new();
    for id in ids {
        let Some(placed) = get(tx, id)?.filter(&fits) else { continue };
        if found.len() == FOUND_MAX {
            return Ok(First { found, more: true });
        }
        found.push(placed);
    }
    Ok(First { found, more: false })
}

/// The customers of what was found, and the one with an address that was typed whole.
pub(super) fn customers(
    tx: &mut Tx<'_>,
    shop: &Shop,
    person: &Person,
    typed: &str,
    orders: &[PlacedOrder],
) -> Result<First<FoundCustomer>, StoreError> {
    let mut found: Vec<FoundCustomer> = Vec::new();
    for placed in orders {
        let contact = &placed.order.contact;
        let id = shop.keys.customer(&contact.email);
        let seen = person.may(Permission::CustomerRead, Some(placed.order.market))
            && !kontor_domain::order::is_erased(&placed.order);
        if seen && found.iter().all(|known| known.id != id) {
            let (name, email) = (contact.name.to_string(), contact.email.as_str().to_owned());
            found.push(FoundCustomer { id, name, email });
        }
    }
    if let Ok(email) = Email::parse(typed)
        && found.is_empty()
        && person.may_somewhere(Permission::CustomerRead)
        && let Some(customer) = with_address(tx, shop, person, &email)?
    {
        let email = email.as_str().to_owned();
        found.push(FoundCustomer { id: customer.id, name: email.clone(), email });
    }
    Ok(First::of(found.into_iter()))
}
