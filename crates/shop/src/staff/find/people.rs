//! The maker's people, resellers, sales.

use std::cmp::Reverse;
use std::sync::Arc;

use kontor_base::id::{ResellerId, ResellerOrderId, SaleId, StaffId};
use kontor_base::{Country, Email};
use kontor_domain::staff::{Markets, Permission};
use kontor_store::reseller::{self, KeptContract, Reseller};
use kontor_store::staff::account;
use kontor_store::{StoreError, Tx, sale};

use super::index::COUNTRY;
use super::term::{address_term, found, wanted};
use super::{FOUND_MAX, First, begin_in};
use crate::core::{Known, Shop};
use crate::reseller::{OfMarkets, ShownReseller, show_of};
use crate::staff::expansion::market_of_applicants;
use crate::staff::person::Person;

/// A sale that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSale {
    /// The sale.
    pub id: SaleId,
    /// Its title.
    pub title: String,
}

/// A reseller who was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundReseller {
    /// Who.
    pub id: ResellerId,
    /// The firm's name.
    pub name: String,
    /// The codes of their contracts in the person's markets.
    pub contracts: Vec<String>,
}

/// One of the maker's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAccount {
    /// Whose account.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// Sales by their title or id, in a market of the person.
pub(super) fn sales(
    tx: &mut Tx<'_>,
    person: &Person,
    words: &[String],
) -> Result<First<FoundSale>, StoreError> {
    let own = person.markets(Permission::SaleRun);
    if own.is_empty() {
        return Ok(First::default());
    }
    let sees = |scope: &str| scope.parse().is_ok_and(|market| own.contains(market));
    let things = found::<sale::ByWords>(tx, &wanted(words), FOUND_MAX, sees)?;
    let mut first = First { found: Vec::new(), more: things.more };
    for id in things.things {
        let title = sale::title(tx, id)?;
        first.found.extend(title.map(|title| FoundSale { id, title }));
    }
    first.found.sort_unstable_by_key(|sale| Reverse(sale.id));
    Ok(first)
}

/// Whether somebody may see a reseller: whoever has applied concerns those of the market of their country,
/// and everybody who reads resellers where that is none's, because any market may serve them; whoever has
/// contracts concerns those of the contracts' markets.
#[must_use]
pub fn sees_reseller(
    shop: &Shop,
    person: &Person,
    firm: &Reseller,
    contracts: &[KeptContract],
) -> bool {
    if contracts.is_empty() {
        return sees_applicants_of(&shop.snapshots.now(), person, firm.profile.country);
    }
    let own = person.markets(Permission::ResellerRead);
    contracts.iter().any(|kept| own.contains(kept.market))
}

/// The markets of whose contracts somebody reads what resellers do.
#[must_use]
pub fn resellers_read_of(person: &Person) -> OfMarkets {
    match person.markets(Permission::ResellerRead) {
        Markets::All => OfMarkets::All,
        Markets::Only(own) => OfMarkets::Only(own),
    }
}

/// A reseller as somebody sees them, if they are theirs to see: without what belongs to contracts with
/// markets that are not, and with the newest orders before one of them.
///
/// # Errors
///
/// A fault of the store.
pub async fn reseller_for(
    shop: &Arc<Shop>,
    person: &Person,
    id: ResellerId,
    before: Option<ResellerOrderId>,
) -> Result<Option<ShownReseller>, StoreError> {
    let found = show_of(shop, id, before, resellers_read_of(person)).await?;
    let theirs = |found: &ShownReseller| {
        let applied = found.markets.is_empty();
        !found.contracts.is_empty()
            || (applied && sees_reseller(shop, person, &found.reseller, &[]))
    };
    Ok(found.filter(theirs))
}

/// Resellers by the firm's name, a contract's code or the whole address, the newest first.
pub(super) fn resellers(
    tx: &mut Tx<'_>,
    shop: &Shop,
    person: &Person,
    typed: &str,
    words: &[String],
) -> Result<First<FoundReseller>, StoreError> {
    if !person.may_somewhere(Permission::ResellerRead) {
        return Ok(First::default());
    }
    let mut first = First::default();
    // A code of another market's contract says nothing, not even that it is one's.
    let own = |kept: &KeptContract| person.may(Permission::ResellerRead, Some(kept.market));
    if let Some(kept) = reseller::contract(tx, &typed.to_uppercase())?.filter(own) {
        let known = reseller::find(tx, kept.reseller)?;
        first
            .found
            .extend(known.map(|known| seen(tx, shop, person, &known)).transpose()?.flatten());
        return Ok(first);
    }
    let address = Email::parse(typed).ok().map(|address| address.normalised());
    let words = match &address {
        Some(address) => vec![address_term(address)],
        None => wanted(words),
    };
    let (known, own) = (shop.snapshots.now(), person.markets(Permission::ResellerRead));
    let sees = |scope: &str| match scope.strip_prefix(COUNTRY) {
        Some(country) => {
            country.parse().is_ok_and(|country| sees_applicants_of(&known, person, country))
        }
        None => scope.parse().is_ok_and(|market| own.contains(market)),
    };
    let things = found::<reseller::ByWords>(tx, &words, FOUND_MAX, sees)?;
    first.more = things.more;
    for id in things.things {
        // The index finds what begins so, and an address is found by all of it.
        let whole = |known: &Reseller| {
            address.as_ref().is_none_or(|own| *own == known.profile.email.normalised())
        };
        if let Some(known) = reseller::find(tx, id)?.filter(whole) {
            first.found.extend(seen(tx, shop, person, &known)?);
        }
    }
    first.found.sort_unstable_by_key(|reseller| Reverse(reseller.id));
    Ok(first)
}

/// Whether somebody sees who has applied from a country.
fn sees_applicants_of(known: &Known, person: &Person, country: Country) -> bool {
    match market_of_applicants(known, country) {
        Some(market) => person.may(Permission::ResellerRead, Some(market)),
        None => person.may_somewhere(Permission::ResellerRead),
    }
}

/// A reseller as somebody sees them; none: they are not theirs to see.
fn seen(
    tx: &mut Tx<'_>,
    shop: &Shop,
    person: &Person,
    known: &Reseller,
) -> Result<Option<FoundReseller>, StoreError> {
    let contracts = reseller::contracts(tx, known.id)?;
    let own = |kept: &&KeptContract| person.may(Permission::ResellerRead, Some(kept.market));
    Ok(sees_reseller(shop, person, known, &contracts).then(|| FoundReseller {
        id: known.id,
        name: known.profile.name.to_string(),
        contracts: contracts
            .iter()
            .filter(own)
            .map(|kept| kept.contract.code.to_string())
            .collect(),
    }))
}

/// Accounts by name or address, for those who make accounts.
pub(super) fn accounts(
    tx: &mut Tx<'_>,
    person: &Person,
    typed: &str,
    words: &[String],
) -> Result<First<FoundAccount>, StoreError> {
    if !person.may(Permission::StaffManage, None) {
        return Ok(First::default());
    }
    let typed = typed.to_lowercase();
    let all = account::all(tx)?;
    Ok(First::of(all.into_iter().filter_map(|known| {
        let (name, email) = (known.name.to_string(), known.email.as_str().to_owned());
        let fits = email.to_lowercase().starts_with(&typed) || begin_in(words, &[&name]);
        fits.then_some(FoundAccount { id: known.id, name, email })
    })))
}
