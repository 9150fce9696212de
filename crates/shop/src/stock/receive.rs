//! Goods arrive.

use kontor_base::id::TransferId;
use kontor_base::{Instant, Random};
use kontor_ledger::warehouse::receive;
use kontor_ledger::{Movement, Reference, StockKey, StockRefusal};
use kontor_store::{Tx, stock};

use crate::core::{Failure, Outcome};

/// Goods that have arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which goods, at which place, for which market's quota.
    pub key: StockKey,
    /// How many units.
    pub units: i64,
    /// The delivery note.
    pub reference: Reference,
}

/// Books a receipt in the caller's transaction.
///
/// # Errors
///
/// The ledger's refusal, or a fault of the store.
pub fn receive_in(
    tx: &mut Tx<'_>,
    receipt: Receipt,
    at: Instant,
    random: &Random,
) -> Outcome<(), StockRefusal> {
    let Receipt { key, units, reference } = receipt;
    let id = TransferId::new(at, random);
    let transfer = receive(Movement { id, at, key, units, reference }).map_err(Failure::Refused)?;
    stock::post(tx, &[transfer])?;
    Ok(())
}
