//! The maker's people, resellers, sales.

use std::sync::Arc;

use kontor_base::id::{ResellerId, ResellerOrderId, SaleId, StaffId};
use kontor_base::{Email, folded_words};
use kontor_domain::staff::{Markets, Permission};
use kontor_store::reseller::{self, KeptContract, Reseller};
use kontor_store::staff::account;
use kontor_store::{StoreError, Tx};

use super::{FOUND_MAX, First, begin_all, begin_in};
use crate::core::Shop;
use crate::reseller::{OfMarkets, ShownReseller, show_of};
use crate::staff::expansion::market_of_applicant;
use crate::staff::person::Person;

/// How many resellers are passed at a time, and how many times: their names have no index.
const RESELLER_BLOCK: i64 = 500;
const RESELLER_BLOCKS: usize = 4;

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
    let all = kontor_store::sale::all(tx)?;
    Ok(First::of(all.into_iter().rev().filter_map(|kept| {
        let (id, title) = (kept.definition.sale, kept.title);
        let mut others = folded_words(&title);
        others.extend(folded_words(&id.to_string()));
        let mut markets = kept.definition.channels.iter().map(|channel| channel.market);
        let theirs = markets.any(|market| own.contains(market));
        (theirs && begin_all(words, &others)).then_some(FoundSale { id, title })
    })))
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
        return match market_of_applicant(&shop.snapshots.now(), firm) {
            Some(market) => person.may(Permission::ResellerRead, Some(market)),
            None => person.may_somewhere(Permission::ResellerRead),
        };
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
    if let Some(kept) = reseller::contract(tx, &typed.to_uppercase())? {
        let known = reseller::find(tx, kept.reseller)?;
        first
            .found
            .extend(known.map(|known| seen(tx, shop, person, &known)).transpose()?.flatten());
        return Ok(first);
    }
    let address = Email::parse(typed).ok();
    let mut before = None;
    for _ in 0..RESELLER_BLOCKS {
        let block = reseller::before(tx, before, RESELLER_BLOCK)?;
        let Some(last) = block.last() else { return Ok(first) };
        before = Some(last.id);
        for known in &block {
            let own = address.as_ref().map(Email::normalised);
            let fits = own.is_some_and(|own| own == known.profile.email.normalised())
                || begin_in(words, &[known.profile.name.as_str()]);
            let Some(found) = (if fits { seen(tx, shop, person, known)? } else { None }) else {
                continue;
            };
            if first.found.len() == FOUND_MAX {
                return Ok(First { more: true, ..first });
            }
            first.found.push(found);
        }
    }
    Ok(First { more: true, ..first })
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
