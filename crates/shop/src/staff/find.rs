//! One search over everything that the staff side has, as far as it is somebody's to see.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_base::Email;
use kontor_base::folded_words;
use kontor_base::id::{CustomerId, OrderId, SaleId};
use kontor_domain::catalogue::{Sku, Slug};
use kontor_domain::clearance::{Grant, Reach};
use kontor_domain::market::MarketCode;
use kontor_domain::order::{OrderNumber, Wanted, search_terms};
use kontor_domain::staff::{Markets, Permission};
use kontor_store::order::list::{number_begins, with_sku};
use kontor_store::order::{PlacedOrder, by_number, get, term};
use kontor_store::{StoreError, Tx};

use super::customer::with_address;
use super::find_serial::{FoundSerial, serials};
use super::person::Person;
use crate::core::{Known, Shop};

/// The most of each kind that is found.
pub const FOUND_MAX: usize = 30;
/// How many orders with one word are looked at. What is found more often wants another word.
const CANDIDATES: i64 = 500;
/// How many orders with a variant are passed at a time, and how many times.
const SOLD_BLOCK: i64 = 250;
const SOLD_BLOCKS: usize = 20;
/// The longest text that is looked for, in characters.
const TYPED_MAX: usize = 200;

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

/// A product that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProduct {
    /// The variant.
    pub sku: Sku,
    /// Its model.
    pub model: Slug,
    /// Its model's name, in the person's language.
    pub name: String,
}

/// Evidence that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundGrant {
    /// Its code.
    pub code: String,
    /// What it clears.
    pub clearance: String,
    /// The authority's number.
    pub number: String,
    /// A market of the person in which it counts.
    pub market: MarketCode,
}

/// A sale that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSale {
    /// The sale.
    pub id: SaleId,
    /// Its title.
    pub title: String,
}

/// What was found. A kind that is not the person's to see is empty.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Orders, the newest first.
    pub orders: Vec<PlacedOrder>,
    /// There are more orders: another word would tell them apart.
    pub more_orders: bool,
    /// Customers.
    pub customers: Vec<FoundCustomer>,
    /// Units that have left, by serial number.
    pub serials: Vec<FoundSerial>,
    /// Products.
    pub products: Vec<FoundProduct>,
    /// Evidence.
    pub grants: Vec<FoundGrant>,
    /// Sales.
    pub sales: Vec<FoundSale>,
}

/// Looks for what somebody typed.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn find(shop: &Arc<Shop>, person: &Person, typed: &str) -> Result<Found, StoreError> {
    let typed: String = typed.trim().chars().take(TYPED_MAX).collect();
    if typed.is_empty() {
        return Ok(Found::default());
    }
    let mut found = Found::default();
    let snapshot = shop.snapshots.now();
    let known: &Known = &snapshot;
    let words = folded_words(&typed);
    if person.may_somewhere(Permission::CatalogueRead) {
        found.products = products(known, person, &typed, &words);
    }
    if person.may_somewhere(Permission::ClearanceRead) {
        found.grants = grants(known, &person.markets(Permission::ClearanceRead), &words);
    }
    let markets: Vec<MarketCode> = {
        let own = person.markets(Permission::OrderRead);
        known.markets.iter().map(|market| market.code).filter(|code| own.contains(*code)).collect()
    };
    let (own, who, seen) = (Arc::clone(shop), person.clone(), Arc::clone(&snapshot));
    let (orders, more, customers, sales, serials) = shop
        .db
        .read("staff.find", move |tx| {
            let (orders, more) = orders(tx, &own, &markets, &typed)?;
            let customers = customers(tx, &own, &who, &typed, &orders)?;
            let run = who.markets(Permission::SaleRun);
            let sales = if run.is_empty() { Vec::new() } else { sales(tx, &run, &words)? };
            let serials = serials(tx, &seen, &who, &typed)?;
            Ok::<_, StoreError>((orders, more, customers, sales, serials))
        })
        .await?;
    (found.orders, found.more_orders, found.customers) = (orders, more, customers);
    (found.sales, found.serials) = (sales, serials);
    Ok(found)
}

/// Orders in these markets: by number, by variant, by what people remember.
fn orders(
    tx: &mut Tx<'_>,
    shop: &Shop,
    markets: &[MarketCode],
    typed: &str,
) -> Result<(Vec<PlacedOrder>, bool), StoreError> {
    if markets.is_empty() {
        return Ok((Vec::new(), false));
    }
    let own = |placed: &PlacedOrder| markets.contains(&placed.order.market);
    if let Ok(number) = typed.parse::<OrderNumber>() {
        return Ok((by_number(tx, &number)?.into_iter().filter(own).collect(), false));
    }
    if let Some(begin) = number_begin(typed) {
        let mut found = number_begins(tx, &begin, CANDIDATES)?;
        found.retain(own);
        return Ok(newest(found));
    }
    let sku = typed.to_uppercase().parse::<Sku>().ok().or_else(|| typed.parse().ok());
    if let Some(sku) = sku.filter(|sku| shop.snapshots.now().variants.contains_key(sku)) {
        return sold(tx, &sku, markets);
    }
    let wanted = Wanted::parse(typed);
    let Some(ids) = candidates(tx, markets, &wanted)? else { return Ok((Vec::new(), false)) };
    let whole = i64::try_from(ids.len()).unwrap_or(i64::MAX) >= CANDIDATES;
    let fits = |placed: &PlacedOrder| own(placed) && wanted.fits(&search_terms(&placed.order));
    let (found, more) = load(tx, ids, fits)?;
    Ok((found, more || whole))
}

/// The newest orders of these markets with a variant. Those of other markets are passed over before an
/// order is read, so that what sells well elsewhere hides nothing here.
fn sold(
    tx: &mut Tx<'_>,
    sku: &Sku,
    markets: &[MarketCode],
) -> Result<(Vec<PlacedOrder>, bool), StoreError> {
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
    let (found, more) = load(tx, ids, |_| true)?;
    Ok((found, more || !passed_all))
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

/// The orders that the rarest of the words finds; none where one finds nothing.
fn candidates(
    tx: &mut Tx<'_>,
    markets: &[MarketCode],
    wanted: &Wanted,
) -> Result<Option<Vec<OrderId>>, StoreError> {
    let mut rarest: Option<BTreeSet<Reverse<OrderId>>> = None;
    for forms in wanted.parts() {
        let mut ids = BTreeSet::new();
        for market in markets {
            for form in forms {
                ids.extend(term::with(tx, *market, form, CANDIDATES)?.into_iter().map(Reverse));
                let longer = term::beginning(tx, *market, form, CANDIDATES)?;
                ids.extend(longer.into_iter().map(Reverse));
            }
        }
        if ids.is_empty() {
            return Ok(None);
        }
        if rarest.as_ref().is_none_or(|fewest| ids.len() < fewest.len()) {
            rarest = Some(ids);
        }
    }
    let ids = rarest.map(|ids| ids.into_iter().map(|Reverse(id)| id).collect());
    Ok(ids)
}

/// The first of these orders that fit, and whether there are more.
fn load(
    tx: &mut Tx<'_>,
    ids: Vec<OrderId>,
    fits: impl Fn(&PlacedOrder) -> bool,
) -> Result<(Vec<PlacedOrder>, bool), StoreError> {
    let mut found = Vec::new();
    for id in ids {
        let Some(placed) = get(tx, id)?.filter(&fits) else { continue };
        if found.len() == FOUND_MAX {
            return Ok((found, true));
        }
        found.push(placed);
    }
    Ok((found, false))
}

fn newest(mut found: Vec<PlacedOrder>) -> (Vec<PlacedOrder>, bool) {
    found.sort_unstable_by_key(|placed| Reverse(placed.order.id));
    let more = found.len() > FOUND_MAX;
    found.truncate(FOUND_MAX);
    (found, more)
}

/// The customers of what was found, and the one with an address that was typed whole.
fn customers(
    tx: &mut Tx<'_>,
    shop: &Shop,
    person: &Person,
    typed: &str,
    orders: &[PlacedOrder],
) -> Result<Vec<FoundCustomer>, StoreError> {
    let mut found: Vec<FoundCustomer> = Vec::new();
    for placed in orders {
        let contact = &placed.order.contact;
        let id = shop.keys.customer(&contact.email);
        let seen = person.may(Permission::CustomerRead, Some(placed.order.market))
            && !kontor_domain::order::is_erased(&placed.order);
        if seen && found.len() < FOUND_MAX && found.iter().all(|known| known.id != id) {
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
    Ok(found)
}

/// Variants whose number begins so, or whose model's name has the words.
fn products(known: &Known, person: &Person, typed: &str, words: &[String]) -> Vec<FoundProduct> {
    let upper = typed.to_uppercase();
    let named = known.variants.values().filter_map(|variant| {
        let model = known.models.get(&variant.model)?;
        let name = model.text(person.language, |text| &text.name).to_owned();
        let option = variant.option_in(person.language);
        let name = if option.is_empty() { name } else { format!("{name}, {option}") };
        let own = variant.sku.as_str().to_uppercase();
        let fits = own.starts_with(&upper) || begin_all(words, &folded_words(&name));
        let (sku, model) = (variant.sku.clone(), variant.model.clone());
        fits.then_some(FoundProduct { sku, model, name })
    });
    named.take(FOUND_MAX).collect()
}

/// Whether each of the words begins one of the others.
fn begin_all(words: &[String], others: &[String]) -> bool {
    let begins = |word: &String| others.iter().any(|other| other.starts_with(word));
    !words.is_empty() && words.iter().all(begins)
}

/// Evidence by its code, its number, its issuer or what it clears.
fn grants(known: &Known, own: &Markets, words: &[String]) -> Vec<FoundGrant> {
    let market_of = |grant: &Grant| {
        let counts = |country| match grant.reach {
            Reach::Everywhere => true,
            Reach::Country(reach) => reach == country,
        };
        let markets = known.markets.iter().filter(|market| own.contains(market.code));
        let mut there = markets.filter(|market| market.countries.iter().any(|c| counts(*c)));
        there.next().map(|market| market.code)
    };
    let told = known.facts.records().grants.iter().filter_map(|grant| {
        let row = grant.to_row();
        let text = [&row.code, &row.number, &row.issuer, &row.clearance];
        let others: Vec<String> = text.iter().flat_map(|text| folded_words(text)).collect();
        if !begin_all(words, &others) {
            return None;
        }
        let market = market_of(grant)?;
        Some(FoundGrant { code: row.code, clearance: row.clearance, number: row.number, market })
    });
    told.take(FOUND_MAX).collect()
}

/// Sales by their title or id, in a market of the person.
fn sales(tx: &mut Tx<'_>, own: &Markets, words: &[String]) -> Result<Vec<FoundSale>, StoreError> {
    let mut found = Vec::new();
    for kept in kontor_store::sale::all(tx)? {
        let (id, title) = (kept.definition.sale, kept.title);
        let mut others = folded_words(&title);
        others.extend(folded_words(&id.to_string()));
        let mut markets = kept.definition.channels.iter().map(|channel| channel.market);
        let theirs = markets.any(|market| own.contains(market));
        if theirs && begin_all(words, &others) && found.len() < FOUND_MAX {
            found.push(FoundSale { id, title });
        }
    }
    Ok(found)
}
