//! The keeper of timestamp and snapshot. Several nodes may run it: the timestamp is replaced only by
//! whoever knows which version it replaces, so one of them renews and the others find nothing due.

use std::sync::Arc;

use kontor_ota::signing::Rejected;
use kontor_ota::signing::publish::refresh;

use super::refusal::SigningRefusal;
use super::repository::{LIVES, Repository, rejected, write};
use crate::core::{Failure, Rom};

/// Renews what is half over; answers whether something was.
///
/// # Errors
///
/// A fault, or a refusal: above all that root or targets have ended, which only their offline keys
/// can mend, and then devices are told of nothing new.
pub async fn keep_signing(rom: &Arc<Rom>) -> Result<bool, Failure<SigningRefusal>> {
    let at = rom.now();
    let signed = rom.signed.now();
    // Looked at in memory first: most minutes nothing is due, and then nothing waits for the writer.
    let due = signed.state.as_ref().is_some_and(|state| {
        let half =
            |expires: kontor_base::Instant, life_s: i64| expires.seconds_since(at) <= life_s / 2;
        let timestamp = state.timestamp.as_ref().map(|t| half(t.expires, LIVES.timestamp_s));
        let snapshot = state.snapshot.as_ref().map(|s| half(s.expires, LIVES.snapshot_s));
        timestamp.unwrap_or(false) || snapshot.unwrap_or(false)
    });
    if !due {
        return Ok(false);
    }
    let keys = rom.keys.clone();
    let renewed = rom
        .db
        .write("signing.renew", move |tx| {
            let repository = Repository::load(tx, &keys)?;
            let state = repository.published()?;
            let online = repository.online(&state.root)?;
            match rejected(refresh(state, &online, &LIVES, at))? {
                None => Ok(false),
                Some(next) => write(tx, Some(state), &next, at).map(|()| true),
            }
        })
        .await;
    match renewed {
        // Another node was faster: that is as good.
        Err(Failure::Refused(SigningRefusal::Overtaken)) => Ok(false),
        Err(Failure::Refused(SigningRefusal::Rejected(Rejected::Expired { role, at }))) => {
            tracing::error!(%role, ended = %at, "a document has ended that only offline keys renew; devices learn of nothing new");
            Err(Failure::Refused(Rejected::Expired { role, at }.into()))
        }
        other => {
            let renewed = other?;
            rom.refresh().await?;
            Ok(renewed)
        }
    }
}
