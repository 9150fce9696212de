//! Puts a build into a channel. Nobody gets it by that: a rollout does.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_domain::channel::{Channel, Entry, PromoteRefusal, promote as rule};
use kontor_domain::device::Codename;
use kontor_store::{Tx, build as builds, channel as channels};

use crate::core::{Failure, Outcome, Rom};

/// A build that moves up.
#[derive(Clone, Debug)]
pub struct PromoteCommand {
    /// Its model.
    pub model: Codename,
    /// Its incremental.
    pub incremental: String,
    /// The channel that it enters.
    pub channel: Channel,
    /// Whether devices must install it before any later one.
    pub floor: bool,
}

/// Why a build did not enter a channel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such build.
    #[error("there is no such build")]
    UnknownBuild,
    /// The rule refuses it.
    #[error(transparent)]
    Rule(#[from] PromoteRefusal),
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownBuild => "build.unknown",
            Self::Rule(refusal) => refusal.code(),
        }
    }
}

/// Puts a build into a channel.
///
/// # Errors
///
/// A [`Refusal`], or a fault.
pub async fn promote(rom: &Arc<Rom>, command: PromoteCommand) -> Outcome<Entry, Refusal> {
    let at = rom.now();
    rom.db.write("channel.promote", move |tx| promote_in(tx, &command, at)).await
}

/// Puts a build into a channel in the caller's transaction.
///
/// # Errors
///
/// See [`promote`].
pub fn promote_in(
    tx: &mut Tx<'_>,
    command: &PromoteCommand,
    at: Instant,
) -> Outcome<Entry, Refusal> {
    let entry = promotable_in(tx, command, at)?;
    channels::save(tx, &entry)?;
    Ok(entry)
}

/// How a build would stand in the channel; nothing is changed.
///
/// # Errors
///
/// See [`promote`].
pub fn promotable_in(
    tx: &mut Tx<'_>,
    command: &PromoteCommand,
    at: Instant,
) -> Outcome<Entry, Refusal> {
    let model = command.model.as_str();
    let all = builds::of_model(tx, model)?;
    let found = all.iter().find(|build| build.incremental.as_str() == command.incremental);
    let Some(build) = found else { return Err(Failure::Refused(Refusal::UnknownBuild)) };
    let entries = channels::of_model(tx, model)?;
    rule(build, command.channel, command.floor, &all, &entries, at)
        .map_err(|refusal| Failure::Refused(refusal.into()))
}
