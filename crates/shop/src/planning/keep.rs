//! The files that the planning pages work out: the one that was saved, or the example. Saving is an
//! act of somebody: `crate::staff`.

use std::sync::Arc;

use kontor_store::StoreError;
use kontor_store::planning::{KeptSheet, sheet};

use super::file::Kind;
use crate::core::Shop;

/// The file of a kind, if one was saved.
///
/// # Errors
///
/// A fault of the store.
pub async fn kept(shop: &Arc<Shop>, kind: Kind) -> Result<Option<KeptSheet>, StoreError> {
    shop.db.read("planning.kept", move |tx| sheet(tx, kind.word())).await
}
