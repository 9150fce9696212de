//! Deltas by hand: list them, want one, stop one.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::BuildId;
use kontor_domain::build::Build;
use kontor_domain::device::Codename;
use kontor_store::delta::{DeltaRow, DeltaState, all, step};
use kontor_store::{StoreError, Tx, build as builds, delta};

use crate::core::{Failure, Outcome, Rom};

/// A delta with the names of its builds.
#[derive(Clone, Debug)]
pub struct DeltaStanding {
    /// The incremental of the build that it starts from.
    pub from: String,
    /// The incremental of the build that it leads to.
    pub to: String,
    /// Everything else.
    pub row: DeltaRow,
}

/// Why a delta was not wanted or stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeltaRefusal {
    /// One of the builds is not there.
    #[error("there is no such build")]
    UnknownBuild,
    /// It would not lead forward.
    #[error("a delta leads from an older build to a newer one")]
    Backward,
    /// There is no such delta, or nothing of it to stop.
    #[error("there is no such delta to stop")]
    Unknown,
}

impl DeltaRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownBuild => "build.unknown",
            Self::Backward => "delta.backward",
            Self::Unknown => "delta.unknown",
        }
    }
}

/// Every delta.
///
/// # Errors
///
/// A fault of the database.
pub async fn deltas(rom: &Arc<Rom>) -> Result<Vec<DeltaStanding>, StoreError> {
    rom.db
        .read("delta.list", |tx| {
            let names: std::collections::HashMap<BuildId, String> =
                builds::all(tx)?.into_iter().map(|b| (b.id, b.incremental.to_string())).collect();
            let name = |id| names.get(&id).cloned().unwrap_or_default();
            let rows = all(tx)?.into_iter();
            Ok(rows
                .map(|row| DeltaStanding { from: name(row.from), to: name(row.to), row })
                .collect())
        })
        .await
}

/// Wants a delta between two builds of a model, also one that was stopped, skipped or failed.
///
/// # Errors
///
/// A [`DeltaRefusal`], or a fault.
pub async fn want(
    rom: &Arc<Rom>,
    model: Codename,
    from: String,
    to: String,
) -> Outcome<(), DeltaRefusal> {
    between(rom, "delta.want", (model, from, to), |tx, from, to, at| {
        // From a build to itself: the packed form of its image.
        if from.id != to.id && from.built_at >= to.built_at {
            return Err(Failure::Refused(DeltaRefusal::Backward));
        }
        if delta::want(tx, from.id, to.id, to.model.as_str(), at)? {
            return Ok(());
        }
        for state in [DeltaState::Cancelled, DeltaState::Skipped, DeltaState::Failed] {
            step(tx, (from.id, to.id), state, DeltaState::Wanted, "", "", at)?;
        }
        Ok(())
    })
    .await
}

/// Stops a delta that is wanted or being made; whoever works on it notices within a second.
///
/// # Errors
///
/// A [`DeltaRefusal`], or a fault.
pub async fn cancel(
    rom: &Arc<Rom>,
    model: Codename,
    from: String,
    to: String,
) -> Outcome<(), DeltaRefusal> {
    between(rom, "delta.cancel", (model, from, to), |tx, from, to, at| {
        let mut stopped = false;
        for state in [DeltaState::Wanted, DeltaState::Working] {
            let note = "stopped by hand";
            stopped |= step(tx, (from.id, to.id), state, DeltaState::Cancelled, "", note, at)?;
        }
        if stopped { Ok(()) } else { Err(Failure::Refused(DeltaRefusal::Unknown)) }
    })
    .await
}

/// What is done to a delta in a transaction, by the builds that it leads from and to.
type Act = fn(&mut Tx<'_>, &Build, &Build, Instant) -> Outcome<(), DeltaRefusal>;

/// Does something to the delta between two builds of a model, which are told by their incrementals.
async fn between(
    rom: &Arc<Rom>,
    name: &'static str,
    (model, from, to): (Codename, String, String),
    act: Act,
) -> Outcome<(), DeltaRefusal> {
    let at = rom.now();
    rom.db
        .write(name, move |tx| {
            let all = builds::of_model(tx, model.as_str())?;
            let find = |name: &str| all.iter().find(|build| build.incremental.as_str() == name);
            let (from, to) =
                find(&from).zip(find(&to)).ok_or(Failure::Refused(DeltaRefusal::UnknownBuild))?;
            act(tx, from, to, at)
        })
        .await
}
