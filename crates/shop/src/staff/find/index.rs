//! Finds the words by which resellers, papers and sales are found, beside the requests: whoever writes one
//! only asks for it, in the same transaction. What is written here can be made anew at any time.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_base::id::{ResellerId, SaleId};
use kontor_store::staff::{document, proposal};
use kontor_store::terms::{self, Kind};
use kontor_store::{StoreError, Tx, reseller, sale};

use super::term::{address_term, terms_of};
use crate::core::Shop;

/// How many things of a kind are looked at in one transaction: each writes a row for a word and a scope, and
/// orders are taken beside it.
const PAGE: i64 = 20;

/// What a thing is found by.
#[derive(Debug, Default)]
pub(super) struct Entry {
    terms: BTreeSet<String>,
    scopes: BTreeSet<String>,
}

/// A kind whose terms are found here.
pub(super) trait Indexed: Kind {
    /// What one of them is found by, and in which scopes. Whatever is no longer there is found by nothing.
    fn entry(tx: &mut Tx<'_>, thing: &Self::Thing) -> Result<Entry, StoreError>;
}

/// The scope of whoever has applied, by the country of the firm.
pub(super) const COUNTRY: &str = "@";

/// The scope of a paper for whoever has added it.
pub(super) fn author_scope(author: kontor_base::id::StaffId) -> String {
    format!("@{author}")
}

impl Indexed for reseller::ByWords {
    fn entry(tx: &mut Tx<'_>, thing: &ResellerId) -> Result<Entry, StoreError> {
        let Some(firm) = reseller::find(tx, *thing)? else { return Ok(Entry::default()) };
        let contracts = reseller::contracts(tx, *thing)?;
        let mut scopes: BTreeSet<String> =
            contracts.iter().map(|kept| kept.market.to_string()).collect();
        if scopes.is_empty() {
            scopes.insert(format!("{COUNTRY}{}", firm.profile.country.code()));
        }
        let mut terms = terms_of(firm.profile.name.as_str());
        terms.insert(address_term(&firm.profile.email.normalised()));
        Ok(Entry { terms, scopes })
    }
}

impl Indexed for document::ByWords {
    fn entry(tx: &mut Tx<'_>, thing: &String) -> Result<Entry, StoreError> {
        let Some(paper) = document::named(tx, thing)? else { return Ok(Entry::default()) };
        let markets = document::markets(tx, thing)?;
        let mut scopes: BTreeSet<String> = markets.iter().map(ToString::to_string).collect();
        scopes.insert(author_scope(paper.added_by));
        Ok(Entry { terms: terms_of(&paper.name), scopes })
    }
}

impl Indexed for sale::ByWords {
    fn entry(tx: &mut Tx<'_>, thing: &SaleId) -> Result<Entry, StoreError> {
        let Some(kept) = sale::get(tx, *thing)? else { return Ok(Entry::default()) };
        let channels = kept.definition.channels.iter();
        let scopes = channels.map(|channel| channel.market.to_string()).collect();
        let mut terms = terms_of(&kept.title);
        terms.extend(terms_of(&thing.to_string()));
        Ok(Entry { terms, scopes })
    }
}

/// Writes what resellers, papers and sales that wait for it are found by, up to a page of each; gives how
/// many.
///
/// # Errors
///
/// A fault of the store; what was not done is done in the next round.
pub async fn index_names(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let waiting = shop
        .db
        .read("staff.unindexed", |tx| {
            Ok::<_, StoreError>((
                terms::queued::<reseller::ByWords>(tx, PAGE)?,
                terms::queued::<document::ByWords>(tx, PAGE)?,
                terms::queued::<sale::ByWords>(tx, PAGE)?,
            ))
        })
        .await?;
    let (resellers, papers, sales) = waiting;
    let many = resellers.len() + papers.len() + sales.len();
    if many == 0 {
        return Ok(0);
    }
    shop.db
        .write("staff.index", move |tx| {
            write::<reseller::ByWords>(tx, &resellers)?;
            write::<document::ByWords>(tx, &papers)?;
            write::<sale::ByWords>(tx, &sales)?;
            Ok(many)
        })
        .await
}

/// Finds the words of all resellers, papers and sales anew, beside a shop that runs; gives how many of them are
/// found again. What lists show of proposals is made anew with them: all of it is worked out from what stands
/// elsewhere, and a node of an earlier release writes that alone.
///
/// # Errors
///
/// A fault of the store; a later run begins from the beginning.
pub async fn reindex_names(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    shop.db
        .write("staff.reindex", |tx| {
            terms::queue_all::<reseller::ByWords>(tx)?;
            terms::queue_all::<document::ByWords>(tx)?;
            terms::queue_all::<sale::ByWords>(tx)?;
            proposal::renew_heads(tx)
        })
        .await?;
    let mut all = 0;
    loop {
        let found = index_names(shop).await?;
        all += found;
        if found == 0 {
            return Ok(all);
        }
    }
}

fn write<K: Indexed>(tx: &mut Tx<'_>, things: &[K::Thing]) -> Result<(), StoreError> {
    for thing in things {
        let Entry { terms, scopes } = K::entry(tx, thing)?;
        terms::write::<K>(tx, thing, &terms, &scopes)?;
    }
    Ok(())
}
