//! What a reseller signs in with: a key that is shown once and kept as a keyed hash.

use std::sync::Arc;

use kontor_base::id::{self, ResellerId};
use kontor_base::{Instant, KeyedHash, Line};
use kontor_domain::reseller::Standing;
use kontor_store::reseller::{Key, Reseller, end_key, find, insert_key, key};
use kontor_store::{StoreError, Tx};

use super::refusal::{Refusal, TextProblem};
use crate::core::{Failure, Outcome, Shop};

/// How keys begin, so that people and scanners of leaks know one when they see it.
pub const RESELLER_KEY_PREFIX: &str = "rsk_";

/// A key as its holder sends it.
#[must_use]
pub fn key_text(secret: [u8; 16]) -> String {
    format!("{RESELLER_KEY_PREFIX}{}", id::encode(secret))
}

/// Writes a key down within a transaction; gives whether it is a new one. The same secret again changes
/// nothing: a form that is sent once more does not bring back what was ended in between.
pub(crate) fn issue_key_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    reseller: ResellerId,
    label: &str,
    secret: &[u8; 16],
    at: Instant,
) -> Outcome<bool, Refusal> {
    let known = find(tx, reseller)?.ok_or(Failure::Refused(Refusal::Unknown))?;
    if known.standing != Standing::Approved {
        return Err(Failure::Refused(TextProblem::KeyTooEarly.into()));
    }
    let label: Line<80> =
        Line::parse(label).map_err(|_| Failure::Refused(TextProblem::KeyLabel.into()))?;
    let hash = shop.keys.reseller_secret(secret);
    match key(tx, &hash)? {
        Some(kept) if kept.ended_at.is_some() => {
            return Err(Failure::Refused(TextProblem::KeyEnded.into()));
        }
        Some(_) => return Ok(false),
        None => {}
    }
    let (label, made_at) = (label.as_str().to_owned(), at);
    insert_key(tx, &Key { hash, reseller, label, made_at, ended_at: None })?;
    Ok(true)
}

/// Ends a key within a transaction; gives whether there was one.
pub(crate) fn end_key_in(
    tx: &mut Tx<'_>,
    reseller: ResellerId,
    hash: &KeyedHash,
    at: Instant,
) -> Result<bool, StoreError> {
    end_key(tx, reseller, hash, at)
}

/// The reseller whose key this is, if it is good.
///
/// # Errors
///
/// A fault of the store.
pub async fn holder_of(shop: &Arc<Shop>, text: &str) -> Result<Option<Reseller>, StoreError> {
    let Some(secret) = text.strip_prefix(RESELLER_KEY_PREFIX).and_then(id::decode) else {
        return Ok(None);
    };
    let hash = shop.keys.reseller_secret(&secret);
    shop.db
        .read("reseller.holder", move |tx| match key(tx, &hash)? {
            Some(key) if key.ended_at.is_none() => find(tx, key.reseller),
            _ => Ok(None),
        })
        .await
}
