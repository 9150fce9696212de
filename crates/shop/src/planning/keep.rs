//! The files that the planning pages work out: the one that was saved, or the example. A sheet is one
//! for the whole company, so saving it takes somebody of all markets.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_domain::staff::{Permission, StaffRefusal};
use kontor_store::StoreError;
use kontor_store::planning::{KeptSheet, save_sheet, sheet};
use serde_json::json;

use super::file::{Evidence, Kind, work_out};
use super::file_error::FileError;
use crate::core::{Failure, Once, Outcome, Replayed, Shop, once};
use crate::staff::{ActRefusal, By, Noted, Objection, Person, Refusal, note_why, reason_of};

/// So many characters of what went and of what came are written down; the log is never erased.
const TOLD_CHARS_MAX: usize = 4_000;

/// The file of a kind, if one was saved.
///
/// # Errors
///
/// A fault of the store.
pub async fn kept(shop: &Arc<Shop>, kind: Kind) -> Result<Option<KeptSheet>, StoreError> {
    shop.db.read("planning.kept", move |tx| sheet(tx, kind.word())).await
}

/// A sheet to be saved.
#[derive(Clone, Debug)]
pub struct SaveSheet {
    /// Its kind.
    pub kind: Kind,
    /// The file.
    pub text: String,
    /// Why, for the log; may be empty.
    pub reason: String,
    /// The request's identity.
    pub once: Once,
}

/// Why a sheet is not saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SaveRefusal {
    /// It comes to nothing.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is not theirs to save, or nothing would change.
    #[error(transparent)]
    Staff(#[from] Refusal),
}

/// Saves a sheet in place of the one before, and writes into the log which lines it changes.
///
/// # Errors
///
/// A [`SaveRefusal`], or a fault of the store.
pub async fn save(
    shop: &Arc<Shop>,
    person: &Person,
    wish: SaveSheet,
) -> Outcome<Replayed<()>, SaveRefusal> {
    let refuse = |refusal: Refusal| Failure::Refused(SaveRefusal::Staff(refusal));
    if !person.may(Permission::MarketEdit, None) {
        return Err(refuse(Refusal::Staff(StaffRefusal::NotPermitted)));
    }
    let reason = match wish.reason.trim() {
        "" => String::new(),
        text => reason_of(text).map_err(|failure| failure.map(SaveRefusal::Staff))?,
    };
    let at = shop.now();
    // Ten thousand draws may be worked out for it: neither on a thread that serves others nor in a
    // transaction.
    let (kind, text) = (wish.kind, wish.text.clone());
    let worked = tokio::task::spawn_blocking(move || {
        work_out(kind, &text, &Evidence::none(at.date())).map(|_| ())
    });
    let worked = worked.await.map_err(|_| StoreError::Panicked { name: "planning.save" })?;
    worked.map_err(|error| Failure::Refused(SaveRefusal::File(error)))?;
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("planning.save", move |tx| {
            once(tx, Some(&wish.once), at, |tx| {
                let before = sheet(tx, kind.word())?.map(|kept| kept.body);
                if before.as_ref() == Some(&wish.text) {
                    let same = Objection::new("staff.nothing_changes", "nothing would change");
                    let same = Refusal::Act(ActRefusal::Area(same));
                    return Err(Failure::Refused(SaveRefusal::Staff(same)));
                }
                let (was, is_now) = told(before.as_deref(), &wish.text);
                let saved_by = person.name.to_string();
                let kept = KeptSheet { body: wish.text.clone(), saved_at: at, saved_by };
                save_sheet(tx, kind.word(), &kept)?;
                let subject = format!("plans/{}", kind.word());
                let noted = Noted {
                    act: Permission::MarketEdit.word(),
                    market: None,
                    subject: &subject,
                    was: &was,
                    is_now: &is_now,
                };
                note_why(tx, &own.random, at, By::Person(&person), &noted, &reason)?;
                Ok(())
            })
        })
        .await
}

/// The lines that went and those that came. A sheet is a few hundred lines, of which an edit changes
/// a few: those are what somebody looks for.
fn told(before: Option<&str>, after: &str) -> (String, String) {
    let old = before.unwrap_or_default();
    let side = |these: &str, others: &str| {
        json!({ "bytes": these.len(), "lines": lines_without(these, others) }).to_string()
    };
    (before.map_or_else(String::new, |_| side(old, after)), side(after, old))
}

/// The lines of a text that another has not, or has less often.
fn lines_without(text: &str, other: &str) -> String {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for line in other.lines() {
        *known.entry(line).or_default() += 1;
    }
    let mut own: Vec<&str> = Vec::new();
    for line in text.lines() {
        match known.get_mut(line) {
            Some(left) if *left > 0 => *left -= 1,
            _ => own.push(line),
        }
    }
    let all = own.join("\n");
    match all.char_indices().nth(TOLD_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &all[..end]),
        None => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_edit_changes_is_told_and_no_more() {
        let (was, is_now) = told(Some("a = 1\nb = 2\nb = 2\n"), "a = 1\nb = 2\nb = 3\n");
        assert_eq!(was, r#"{"bytes":18,"lines":"b = 2"}"#);
        assert_eq!(is_now, r#"{"bytes":18,"lines":"b = 3"}"#);
        assert_eq!(told(None, "a = 1").0, "", "there was none");
        let long = "ä\n".repeat(TOLD_CHARS_MAX);
        let cut = lines_without(&long, "");
        assert_eq!(cut.chars().count(), TOLD_CHARS_MAX + 1, "bounded, at a character");
    }
}
