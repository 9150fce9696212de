//! The keeper that frees stock whose hold has ended.

use std::sync::Arc;

use kontor_ledger::hold::expire;
use kontor_store::{StoreError, stock};

use super::hold::write;
use crate::core::Shop;

/// How many holds one transaction frees.
const AT_ONCE: i64 = 200;

/// Frees every hold whose end has come; gives how many.
///
/// A checkout that is paying at this moment keeps its hold no longer: when its money comes, the
/// units are reserved again or the money goes back (`order::answer`).
///
/// # Errors
///
/// A fault of the store.
pub async fn expire_holds(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let mut freed = 0;
    loop {
        let own = Arc::clone(shop);
        let at = shop.now();
        let count = shop
            .db
            .write("stock.expire_holds", move |tx| {
                let due = stock::holds_due(tx, at, AT_ONCE)?;
                for hold in &due {
                    // Due and active: the ledger has no reason to refuse.
                    if let Ok(plan) = expire(hold, at, &own.random) {
                        write(tx, &plan)?;
                    }
                }
                Ok::<_, StoreError>(due.len())
            })
            .await?;
        freed += count;
        if i64::try_from(count).unwrap_or(0) < AT_ONCE {
            return Ok(freed);
        }
    }
}
