//! Where the keys and documents stand, for the command line and for whoever is on watch.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_ota::signing::metadata::Body;
use kontor_ota::signing::{Bundle, KeyId, Missing, Root, Targets};

use super::refusal::SigningRefusal;
use super::repository::{Repository, rejected};
use crate::core::{Outcome, Rom};

/// Where a key lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// Sealed on the server.
    Server,
    /// Somewhere else.
    Offline,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleStanding {
    /// Its name.
    pub role: String,
    /// How many of its keys must sign.
    pub threshold: usize,
    /// Its keys.
    pub keys: Vec<(KeyId, KeyPlace)>,
    /// The published version and when it ends.
    pub published: Option<(u64, Instant)>,
    /// What waits for signatures.
    pub waiting: Option<Waiting>,
}

/// A document that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its version.
    pub version: u64,
    /// Whose signatures are missing; none: it is complete and waits for another document.
    pub missing: Vec<Missing>,
    /// What signing it would change, a line each.
    pub changes: Vec<String>,
}

/// The whole repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The roles: the four of every repository, then offers and models.
    pub roles: Vec<RoleStanding>,
}

/// Where the keys and documents stand.
///
/// # Errors
///
/// A fault, or a refusal for what is damaged.
pub async fn standing(rom: &Arc<Rom>) -> Outcome<Standing, SigningRefusal> {
    let keys = rom.keys.clone();
    rom.db
        .read("signing.standing", move |tx| {
            let repository = Repository::load(tx, &keys)?;
            let Some(root) = repository.coming_root()? else { return Ok(Standing::default()) };
            read(&repository, &root)
        })
        .await
}

fn read(repository: &Repository, root: &Root) -> Outcome<Standing, SigningRefusal> {
    let mut roles = Vec::new();
    for name in ["root", "targets", "snapshot", "timestamp"] {
        let role = rejected(root.role(name))?;
        roles.push((name.to_owned(), role.threshold, role.keyids.clone()));
    }
    for role in repository.coming_delegations()?.roles {
        roles.push((role.name, role.threshold, role.keyids));
    }
    let state = repository.state.as_ref();
    let mut standing = Standing::default();
    for (role, threshold, keyids) in roles {
        let published = match (role.as_str(), state) {
            (_, None) => None,
            ("root", Some(state)) => Some((state.root.version, state.root.expires)),
            ("snapshot", Some(state)) => state.snapshot.as_ref().map(|s| (s.version, s.expires)),
            ("timestamp", Some(state)) => state.timestamp.as_ref().map(|t| (t.version, t.expires)),
            (name, Some(state)) => {
                rejected(state.targets_of(name))?.map(|targets| (targets.version, targets.expires))
            }
        };
        let waiting = match repository.pending.get(&role) {
            None => None,
            Some(document) => {
                let version = match role.as_str() {
                    "root" => rejected(document.body::<Root>())?.version(),
                    _ => rejected(document.body::<Targets>())?.version(),
                };
                let (needs, present) = (repository.needs(&role)?, repository.present(&role)?);
                let bundle = Bundle::new(&role, document.clone(), present, needs);
                let missing = rejected(bundle.missing())?;
                Some(Waiting { version, missing, changes: rejected(bundle.changes())? })
            }
        };
        let keys = keyids
            .into_iter()
            .map(|id| {
                let here = !repository.named(std::slice::from_ref(&id)).is_empty();
                (id, if here { KeyPlace::Server } else { KeyPlace::Offline })
            })
            .collect();
        standing.roles.push(RoleStanding { role, threshold, keys, published, waiting });
    }
    Ok(standing)
}
