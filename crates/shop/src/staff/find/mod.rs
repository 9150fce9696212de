//! One search over everything that the staff side has, as far as it is somebody's to see.
//!
//! [`find`] looks for the first of every kind; [`find_serials`] goes on with serial numbers, of which there are
//! more than of anything else. Each kind has a file that says what it is found by and who sees it.

mod fact;
mod index;
mod order;
mod paper;
mod payment;
mod people;
mod serial;
mod term;
mod trade;

use std::sync::Arc;

use kontor_base::folded_words;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::Permission;
use kontor_store::order::PlacedOrder;
use kontor_store::{StoreError, Tx};

use crate::core::Shop;
use crate::staff::person::Person;

pub use fact::{FoundFact, FoundGrant, FoundProduct, FoundWithdrawal};
pub use index::{index_names, reindex_names};
pub use order::FoundCustomer;
pub use paper::{FoundDocument, FoundLetter};
pub use payment::FoundPayment;
pub use people::{
    FoundAccount, FoundReseller, FoundSale, reseller_for, resellers_read_of, sees_reseller,
};
pub use serial::{FoundSerial, FoundSerials, find_serials};
pub use trade::{FoundBill, FoundResellerOrder};

/// The most of each kind that is found.
pub const FOUND_MAX: usize = 30;
/// The longest text that is looked for, in characters.
const TYPED_MAX: usize = 200;

/// The first of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First<T> {
    /// What was found: at most [`FOUND_MAX`].
    pub found: Vec<T>,
    /// There are more, or it was not looked further: another word would tell them apart.
    pub more: bool,
}

impl<T> Default for First<T> {
    fn default() -> Self {
        Self { found: Vec::new(), more: false }
    }
}

impl<T> First<T> {
    /// The first of these.
    fn of(all: impl Iterator<Item = T>) -> Self {
        let mut found: Vec<T> = all.take(FOUND_MAX + 1).collect();
        let more = found.len() > FOUND_MAX;
        found.truncate(FOUND_MAX);
        Self { found, more }
    }
}

/// What was found. A kind that is not the person's to see is empty.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Orders, the newest first.
    pub orders: First<PlacedOrder>,
    /// Customers.
    pub customers: First<FoundCustomer>,
    /// Units that have left, by serial number.
    pub serials: FoundSerials,
    /// Products.
    pub products: First<FoundProduct>,
    /// Rules, and orders of courts and authorities.
    pub facts: First<FoundFact>,
    /// Evidence.
    pub grants: First<FoundGrant>,
    /// Papers.
    pub documents: First<FoundDocument>,
    /// What is withdrawn.
    pub withdrawals: First<FoundWithdrawal>,
    /// Sales.
    pub sales: First<FoundSale>,
    /// Resellers.
    pub resellers: First<FoundReseller>,
    /// Orders of resellers.
    pub reseller_orders: First<FoundResellerOrder>,
    /// Bills of resellers.
    pub bills: First<FoundBill>,
    /// Payments, by what their provider calls them.
    pub payments: First<FoundPayment>,
    /// The maker's people.
    pub accounts: First<FoundAccount>,
    /// Letters.
    pub letters: First<FoundLetter>,
}

/// Looks for what somebody typed.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn find(shop: &Arc<Shop>, person: &Person, typed: &str) -> Result<Found, StoreError> {
    let (own, who, typed) = (Arc::clone(shop), person.clone(), typed.to_owned());
    shop.db.read("staff.find", move |tx| find_in(tx, &own, &who, &typed)).await
}

/// The same in a transaction.
///
/// # Errors
///
/// When the database cannot be read.
pub fn find_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    who: &Person,
    typed: &str,
) -> Result<Found, StoreError> {
    let typed = typed_of(typed);
    if typed.is_empty() {
        return Ok(Found::default());
    }
    let (snapshot, today) = (shop.snapshots.now(), shop.now().date());
    let words = folded_words(&typed);
    let orders = order::orders(tx, shop, &own_markets(shop, who, Permission::OrderRead), &typed)?;
    Ok(Found {
        customers: order::customers(tx, shop, who, &typed, &orders.found)?,
        orders,
        serials: serial::serials(tx, &snapshot, who, &typed, "")?,
        products: fact::products(&snapshot, who, &typed, &words),
        facts: fact::facts(&snapshot, who, &typed, &words),
        grants: fact::grants(&snapshot, who, &typed, &words),
        withdrawals: fact::withdrawals(&snapshot, who, today, &typed, &words),
        documents: paper::documents(tx, who, &typed, &words)?,
        letters: paper::letters(tx, who, &typed)?,
        sales: people::sales(tx, who, &words)?,
        resellers: people::resellers(tx, shop, who, &typed, &words)?,
        reseller_orders: trade::orders(tx, who, &typed)?,
        bills: trade::bills(tx, who, &typed)?,
        payments: payment::payments(tx, who, &typed)?,
        accounts: people::accounts(tx, who, &typed, &words)?,
    })
}

/// What is looked for.
fn typed_of(typed: &str) -> String {
    typed.trim().chars().take(TYPED_MAX).collect()
}

/// The markets of the shop in which somebody may do this.
fn own_markets(shop: &Shop, person: &Person, permission: Permission) -> Vec<MarketCode> {
    let own = person.markets(permission);
    let snapshot = shop.snapshots.now();
    snapshot.markets.iter().map(|market| market.code).filter(|code| own.contains(*code)).collect()
}

/// Whether each of the words begins one of the others.
fn begin_all(words: &[String], others: &[String]) -> bool {
    let begins = |word: &String| others.iter().any(|other| other.starts_with(word));
    !words.is_empty() && words.iter().all(begins)
}

/// The same for the words of these texts together.
fn begin_in(words: &[String], texts: &[&str]) -> bool {
    let others: Vec<String> = texts.iter().flat_map(|text| folded_words(text)).collect();
    begin_all(words, &others)
}

/// Whether a code begins as typed, in any case. One letter is no beginning of a code.
fn code_begins(code: &str, typed: &str) -> bool {
    typed.len() > 1
        && code.get(..typed.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(typed))
}
