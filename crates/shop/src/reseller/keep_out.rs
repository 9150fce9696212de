//! Keeps resellers out of sales: whoever has a contract that has not ended buys under it, and not among
//! the people. What is known of them is the address of their application; it is kept out as a keyed hash.
//!
//! Worked out from the contracts each time, so that a contract that ends by its last day lets them in
//! again, and two contracts with one address are no contradiction. Whom somebody keeps out by hand stays
//! out, whatever becomes of a contract.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_base::{Instant, KeyedHash};
use kontor_store::reseller::under_contract;
use kontor_store::sale::excluded;
use kontor_store::{StoreError, Tx};

use crate::core::Shop;
use crate::sale::BY_CONTRACT;

/// Who is to be kept out and is not, and who is and need not be.
fn differences(
    tx: &mut Tx<'_>,
    shop: &Shop,
    at: Instant,
) -> Result<(Vec<KeyedHash>, Vec<KeyedHash>), StoreError> {
    let (hasher, today) = (shop.keys.persons(), at.date());
    let bound = under_contract(tx)?;
    let bound = bound.iter().filter(|(_, contract)| !contract.is_over(today));
    let wanted: BTreeSet<_> = bound.map(|(profile, _)| hasher.email(&profile.email)).collect();
    let kept: BTreeSet<_> = excluded::of_reason(tx, BY_CONTRACT)?.into_iter().collect();
    let mut missing = Vec::new();
    for hash in wanted.difference(&kept) {
        // Whoever is kept out for another reason is out already.
        if !excluded::any(tx, std::slice::from_ref(hash))? {
            missing.push(*hash);
        }
    }
    Ok((missing, kept.difference(&wanted).copied().collect()))
}

/// Brings who is kept out because of a contract to what the contracts say, within a transaction; gives how
/// many went out and how many may take part again.
pub(crate) fn keep_out_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    at: Instant,
) -> Result<(usize, usize), StoreError> {
    let (missing, over) = differences(tx, shop, at)?;
    for hash in &missing {
        excluded::add(tx, hash, BY_CONTRACT, at)?;
    }
    for hash in &over {
        excluded::remove_of(tx, hash, BY_CONTRACT)?;
    }
    Ok((missing.len(), over.len()))
}

/// Keeps out of sales whom a contract keeps out today; gives how many changed.
///
/// # Errors
///
/// A fault of the store.
pub(crate) async fn keep_resellers_out(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let (own, at) = (Arc::clone(shop), shop.now());
    let looked = shop.db.read("reseller.look", move |tx| differences(tx, &own, at)).await?;
    if looked.0.is_empty() && looked.1.is_empty() {
        return Ok(0);
    }
    let own = Arc::clone(shop);
    let changed = shop.db.write("reseller.keep_out", move |tx| keep_out_in(tx, &own, at)).await?;
    Ok(changed.0 + changed.1)
}
