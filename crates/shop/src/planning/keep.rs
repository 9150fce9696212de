//! The files that the planning pages work out: the one that was saved, or the example.

use std::sync::Arc;

use kontor_store::StoreError;
use kontor_store::planning::{KeptSheet, save_sheet, sheet};

use super::file::{Evidence, FileError, Kind, work_out};
use crate::core::{Failure, Outcome, Shop};

/// The file of a kind, if one was saved.
///
/// # Errors
///
/// A fault of the store.
pub async fn kept(shop: &Arc<Shop>, kind: Kind) -> Result<Option<KeptSheet>, StoreError> {
    shop.db.read("planning.kept", move |tx| sheet(tx, kind.word())).await
}

/// Saves a file in place of the one before, if it comes to something.
///
/// # Errors
///
/// [`FileError`] says what is wrong with it; or a fault of the store.
pub async fn save(shop: &Arc<Shop>, kind: Kind, body: String, by: &str) -> Outcome<(), FileError> {
    work_out(kind, &body, &Evidence::none(shop.now().date())).map_err(Failure::Refused)?;
    let sheet = KeptSheet { body, saved_at: shop.now(), saved_by: by.to_owned() };
    Ok(shop.db.write("planning.save", move |tx| save_sheet(tx, kind.word(), &sheet)).await?)
}
