//! Keeps people out of sales: resellers, who have their own way to buy. Only keyed hashes are kept.

use std::sync::Arc;

use kontor_base::{Email, Phone};
use kontor_store::StoreError;
use kontor_store::sale::excluded;

use crate::core::Shop;

/// The reason of those whom a reseller's contract keeps out, as long as it lasts.
pub(crate) const BY_CONTRACT: &str = "contract";

/// Keeps out whoever has this address or number, for a reason such as `reseller`; gives how many of
/// them were not out before.
///
/// # Errors
///
/// A fault of the store.
pub async fn exclude(
    shop: &Arc<Shop>,
    email: Option<Email>,
    phone: Option<Phone>,
    reason: &str,
) -> Result<usize, StoreError> {
    let (hashes, at, reason) = (hashes(shop, email, phone), shop.now(), reason.to_owned());
    shop.db
        .write("sale.exclude", move |tx| {
            let mut added = 0;
            for hash in &hashes {
                added += usize::from(excluded::add(tx, hash, &reason, at)?);
                // Out by hand: they stay out when their contract ends.
                excluded::change_reason(tx, hash, (BY_CONTRACT, &reason))?;
            }
            Ok(added)
        })
        .await
}

/// Lets whoever has this address or number take part again; gives how many of them were out. Whom a reseller's
/// contract keeps out is out again when the keepers come by: end the contract.
///
/// # Errors
///
/// A fault of the store.
pub async fn admit_again(
    shop: &Arc<Shop>,
    email: Option<Email>,
    phone: Option<Phone>,
) -> Result<usize, StoreError> {
    let hashes = hashes(shop, email, phone);
    shop.db
        .write("sale.admit_again", move |tx| {
            let mut removed = 0;
            for hash in &hashes {
                removed += usize::from(excluded::remove(tx, hash)?);
            }
            Ok(removed)
        })
        .await
}

fn hashes(shop: &Shop, email: Option<Email>, phone: Option<Phone>) -> Vec<kontor_base::KeyedHash> {
    let hasher = shop.keys.persons();
    let email = email.map(|email| hasher.email(&email));
    email.into_iter().chain(phone.map(|phone| hasher.phone(&phone))).collect()
}
