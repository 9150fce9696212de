//! Sends what waits: takes letters, writes them, hands them over outside of every transaction, and
//! notes what became of them.
//!
//! A letter is sent at least once: whoever dies between the server's "taken" and the note leaves it
//! to be sent again. Both copies have one Message-ID, by which mail programs show one.

use std::sync::Arc;
use std::time::Duration;

use kontor_base::Instant;
use kontor_remote::post::{Letter as Parcel, Post, SendError};
use kontor_store::mail::{self, Letter};
use kontor_store::{StoreError, Topic, customer};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::cause::Kind;
use super::content::{Content, content_in};
use crate::core::Shop;
use crate::customer::{keep_invited_in, stop_waiting_in};

/// How many letters are taken at once.
const AT_ONCE: i64 = 16;
/// For how long a taken letter is nobody else's, in seconds: longer than a server may take.
const LEASE_S: i64 = 5 * 60;
/// After how many tries a letter is given up. With [`wait_s`] that is about two days.
const TRIES_MAX: i64 = 12;
/// How often the queue is looked at without being told.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long what became of a letter is kept, in seconds.
const KEPT_S: i64 = 30 * 24 * 60 * 60;
/// How many old letters are removed at once.
const FORGET_AT_ONCE: i64 = 1_000;

/// A letter in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What it is about, in one line.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Where its reader ends such letters; mail programs make a button of it.
    pub leave: Option<String>,
}

/// Whoever puts a letter into words: the pages' texts and formats live above this crate.
pub trait Writer: Send + Sync {
    /// Writes a letter in its reader's language.
    fn write(&self, content: &Content) -> Written;
}

/// What a round came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SentOut {
    /// Letters that were taken by the server.
    pub sent: usize,
    /// Letters that are tried again later.
    pub again: usize,
    /// Letters that were given up.
    pub given_up: usize,
}

/// Sends the letters that are due, up to a few at once.
///
/// # Errors
///
/// A fault of the store; what was not noted is done again.
pub async fn send_due(
    shop: &Arc<Shop>,
    post: &Post,
    writer: &Arc<dyn Writer>,
) -> Result<SentOut, StoreError> {
    let now = shop.now();
    let mut round = SentOut::default();
    // Looked at first: a quiet shop does not write every few seconds.
    if !shop.db.read("mail.any_due", move |tx| mail::any_due(tx, now)).await? {
        return Ok(round);
    }
    let until = now.plus_seconds(LEASE_S);
    let taken = shop.db.write("mail.take", move |tx| mail::take(tx, now, until, AT_ONCE)).await?;
    let mut running = JoinSet::new();
    for letter in taken {
        let (shop, post, writer) = (Arc::clone(shop), post.clone(), Arc::clone(writer));
        running.spawn(async move { send(&shop, post, &*writer, letter).await });
    }
    while let Some(finished) = running.join_next().await {
        match finished {
            Ok(Ok(Fate::Sent)) => round.sent += 1,
            Ok(Ok(Fate::Again)) => round.again += 1,
            Ok(Ok(Fate::GivenUp)) => round.given_up += 1,
            Ok(Err(fault)) => return Err(fault),
            Err(panic) => tracing::error!(%panic, "a letter's sending panicked; it is tried again"),
        }
    }
    Ok(round)
}

enum Fate {
    Sent,
    Again,
    GivenUp,
}

async fn send(
    shop: &Arc<Shop>,
    post: Post,
    writer: &dyn Writer,
    letter: Letter,
) -> Result<Fate, StoreError> {
    let at = shop.now();
    let (own, asked) = (Arc::clone(shop), letter.clone());
    // Only a staff letter writes: its code. The others are read beside the writer.
    let content = if letter.kind == Kind::StaffCode.word() {
        shop.db.write("mail.content", move |tx| content_in(tx, &own, &asked, at)).await
    } else {
        shop.db.read("mail.content", move |tx| content_in(tx, &own, &asked, at)).await
    };
    let content = match content {
        Ok(content) => content,
        Err(StoreError::BadRow { problem, .. }) => {
            return note(shop, &letter, Err(for_good(problem.to_string()))).await;
        }
        Err(fault) => return Err(fault),
    };
    let Some(content) = content else {
        return note(shop, &letter, Err(for_good("there is nobody to write to".to_owned()))).await;
    };
    let Written { subject, text, html, leave } = writer.write(&content);
    let parcel = Parcel {
        id: letter.id.to_string(),
        at: letter.queued_at,
        to: content.recipient().clone(),
        subject,
        text,
        html,
        leave,
    };
    let sent = tokio::task::spawn_blocking(move || post.send(&parcel)).await;
    let sent = match sent {
        Ok(sent) => sent,
        Err(_) => {
            Err(SendError { what: "the sending ended in a panic".to_owned(), for_good: false })
        }
    };
    note(shop, &letter, sent).await
}

fn for_good(what: String) -> SendError {
    SendError { what, for_good: true }
}

async fn note(
    shop: &Arc<Shop>,
    letter: &Letter,
    sent: Result<(), SendError>,
) -> Result<Fate, StoreError> {
    let (own, id, about, at) = (Arc::clone(shop), letter.id, letter.about, shop.now());
    let waited = letter.kind == Kind::WaitingOver.word();
    match sent {
        Ok(()) => {
            shop.db
                .write("mail.sent", move |tx| {
                    mail::sent(tx, id, at)?;
                    if waited {
                        let known = own.snapshots.current_in(tx, at)?;
                        if let Some(told) = customer::waiting(tx, &about)? {
                            keep_invited_in(tx, &own, &known, &told)?;
                        }
                        // Told once: the address was kept for this letter only.
                        stop_waiting_in(tx, &own, &about)?;
                    }
                    Ok::<_, StoreError>(())
                })
                .await?;
            Ok(Fate::Sent)
        }
        Err(SendError { what, for_good }) => {
            let tries = letter.attempts + 1;
            let again = (!for_good && tries < TRIES_MAX).then(|| again_at(at, tries));
            if again.is_none() {
                tracing::error!(letter = %id, kind = letter.kind, error = what, "a letter was given up");
            }
            shop.db.write("mail.failed", move |tx| mail::failed(tx, id, &what, again, at)).await?;
            Ok(if again.is_some() { Fate::Again } else { Fate::GivenUp })
        }
    }
}

/// When a letter is tried again: after 30 seconds, a minute, two … at most after eight hours.
fn again_at(at: Instant, tries: i64) -> Instant {
    at.plus_seconds((15_i64 << tries.clamp(1, 12)).min(8 * 60 * 60))
}

/// Sends letters until `stop` says so.
pub async fn run(
    shop: Arc<Shop>,
    post: Post,
    writer: Arc<dyn Writer>,
    mut stop: watch::Receiver<bool>,
) {
    let mut changes = shop.db.changes();
    while !*stop.borrow() {
        let before = changes.borrow_and_update().of(Topic::Job);
        match send_due(&shop, &post, &writer).await {
            Ok(SentOut { sent, .. }) if sent > 0 => continue,
            Ok(_) => {}
            Err(fault) => tracing::error!(%fault, "letters could not be read or noted"),
        }
        let old = shop.now().plus_seconds(-KEPT_S);
        let forgotten = shop.db.read("mail.old", move |tx| {
            mail::in_state(tx, mail::LetterState::Sent, old, 1).map(|old| !old.is_empty())
        });
        if let Ok(true) = forgotten.await {
            let forget = shop
                .db
                .write("mail.forget", move |tx| mail::forget_done(tx, old, FORGET_AT_ONCE))
                .await;
            if let Err(fault) = forget {
                tracing::error!(%fault, "old letters could not be removed");
            }
        }
        let told = async {
            while changes.changed().await.is_ok() {
                if changes.borrow().of(Topic::Job) != before {
                    return;
                }
            }
        };
        tokio::select! {
            _ = stop.changed() => return,
            _ = timeout(LOOK_EVERY, told) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_and_two_days_pass_before_a_letter_is_given_up() {
        let start = Instant::from_micros(0);
        let waits: Vec<i64> =
            (1..TRIES_MAX).map(|tries| again_at(start, tries).seconds_since(start)).collect();
        assert_eq!(waits[..3], [30, 60, 120]);
        assert!(waits.is_sorted());
        let all: i64 = waits.iter().sum();
        assert!((16 * 3_600..3 * 86_400).contains(&all), "{all}");
    }
}
