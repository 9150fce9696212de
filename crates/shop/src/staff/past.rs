//! Imports past openings: the record is one for the whole company, so it takes somebody of all markets.

use std::sync::Arc;

use kontor_domain::staff::{Permission, StaffRefusal};

use super::log::{By, Noted, note};
use super::person::{Person, Refusal};
use crate::core::{Outcome, Shop};
use crate::planning::{PastImport, import_past_in};

/// Imports a file of past openings and writes it down in the log, unless a row of it is wrong.
///
/// # Errors
///
/// A [`Refusal`] for whoever may not change all markets, or a fault of the store.
pub async fn record_past(
    shop: &Arc<Shop>,
    person: &Person,
    file: String,
) -> Outcome<PastImport, Refusal> {
    if !person.may(Permission::MarketEdit, None) {
        return Err(StaffRefusal::NotPermitted.into());
    }
    let (at, own, person) = (shop.now(), Arc::clone(shop), person.clone());
    shop.db
        .write("staff.record_past", move |tx| {
            let import = import_past_in(tx, file.as_bytes())?;
            if import.written > 0 {
                let rows = import.written.to_string();
                let noted = Noted {
                    act: "staff.record_past",
                    market: None,
                    subject: "plans/past_openings",
                    was: "",
                    is_now: &rows,
                };
                note(tx, &own.random, at, By::Person(&person), &noted)?;
            }
            Ok(import)
        })
        .await
}
