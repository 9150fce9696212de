//! Carts.

pub mod refused;

use kontor_base::Instant;
use kontor_base::id::CartId;
use kontor_domain::cart::Cart;
use kontor_domain::market::MarketCode;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, to_json};
use crate::values;

/// A cart.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, id: CartId) -> Result<Option<Cart>, StoreError> {
    tx.optional(GET, values![id.bytes()], |row| {
        let market: MarketCode =
            row.text(0)?.parse().map_err(|error| StoreError::bad_row("cart", error))?;
        let version =
            u64::try_from(row.int(1)?).map_err(|error| StoreError::bad_row("cart", error))?;
        Ok(Cart { id, market, version, lines: row.json(2, "cart")? })
    })
}

/// Asks a server already now for [`get`].
///
/// # Errors
///
/// When the database has refused something before it.
pub fn get_ahead(tx: &mut Tx<'_>, id: CartId) -> Result<(), StoreError> {
    tx.ahead(GET, values![id.bytes()])
}

const GET: &str = "SELECT market, version, lines FROM cart WHERE id = $1";

/// Writes a cart as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save(tx: &mut Tx<'_>, cart: &Cart, at: Instant) -> Result<(), StoreError> {
    let lines = to_json(&cart.lines, "cart")?;
    let version =
        i64::try_from(cart.version).map_err(|error| StoreError::bad_row("cart", error))?;
    tx.execute(
        "INSERT INTO cart (id, market, version, lines, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET
             version = excluded.version, lines = excluded.lines, changed_at = excluded.changed_at",
        values![cart.id.bytes(), cart.market.as_str(), version, &lines, at],
    )?;
    Ok(())
}
