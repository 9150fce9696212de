//! Bundles out, signatures in.

use std::sync::Arc;

use kontor_ota::signing::publish::{Next, State, release, rotate};
use kontor_ota::signing::{Bundle, Document, Missing, Rejected};
use kontor_store::{Tx, signing};

use super::propose::Documents;
use super::refusal::SigningRefusal;
use super::repository::{LIVES, Repository, rejected, write};
use crate::core::{Failure, Outcome, Rom};

/// What came of signatures that were taken in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Roles whose documents are published now.
    pub published: Vec<String>,
    /// Roles that still wait, with whose signatures are missing.
    pub waiting: Vec<(String, Vec<Missing>)>,
    /// Why documents that are complete are not published yet.
    pub held: Option<String>,
}

/// What waits for signatures, as bundles; with `role` only that.
///
/// # Errors
///
/// [`SigningRefusal::NothingPending`], or a fault.
pub async fn export(rom: &Arc<Rom>, role: Option<String>) -> Outcome<Vec<Bundle>, SigningRefusal> {
    let keys = rom.keys.clone();
    rom.db
        .read("signing.export", move |tx| {
            let repository = Repository::load(tx, &keys)?;
            let mut bundles = Vec::new();
            for (name, document) in &repository.pending {
                if role.as_ref().is_none_or(|role| role == name) {
                    let present = repository.present(name)?;
                    let needs = repository.needs(name)?;
                    bundles.push(Bundle::new(name, document.clone(), present, needs));
                }
            }
            match role {
                Some(role) if bundles.is_empty() => {
                    Err(Failure::Refused(SigningRefusal::NothingPending(role)))
                }
                _ => Ok(bundles),
            }
        })
        .await
}

/// Takes signatures in and publishes what is complete, all of it in one version.
///
/// # Errors
///
/// [`SigningRefusal::Superseded`] when a bundle is not what waits, or a fault. Signatures that are
/// good are kept also where others are missing.
pub async fn import(rom: &Arc<Rom>, bundles: Vec<Bundle>) -> Outcome<Imported, SigningRefusal> {
    let (at, keys) = (rom.now(), rom.keys.clone());
    let imported = rom
        .db
        .write("signing.import", move |tx| {
            let mut repository = Repository::load(tx, &keys)?;
            for bundle in &bundles {
                let role = &bundle.role;
                let Some(waiting) = repository.pending.get_mut(role) else {
                    let refusal = SigningRefusal::NothingPending(role.clone());
                    return Err(Failure::Refused(refusal));
                };
                if waiting.merge(&bundle.document).is_err() {
                    return Err(Failure::Refused(SigningRefusal::Superseded(role.clone())));
                }
                let body = String::from_utf8_lossy(&waiting.to_bytes()).into_owned();
                signing::save_pending(tx, role, &body, at)?;
            }
            publish(tx, &repository, at)
        })
        .await?;
    rom.refresh().await?;
    for role in &imported.published {
        tracing::info!(%role, "signed metadata published");
    }
    Ok(imported)
}

pub(super) fn publish(
    tx: &mut Tx<'_>,
    repository: &Repository,
    at: kontor_base::Instant,
) -> Outcome<Imported, SigningRefusal> {
    let mut imported = Imported::default();
    let mut complete: Vec<(String, Document)> = Vec::new();
    for (role, document) in &repository.pending {
        let bundle = Bundle::new(role, document.clone(), None, repository.needs(role)?);
        let missing = rejected(bundle.missing())?;
        if missing.is_empty() {
            complete.push((role.clone(), document.clone()));
        } else {
            imported.waiting.push((role.clone(), missing));
        }
    }
    let (accepted, held) = publishable(repository, complete, at)?;
    imported.held = held;
    if !accepted.is_empty() {
        let next = next(repository, &accepted, at)?;
        write(tx, repository.state.as_ref(), &next, at)?;
        for (role, _) in accepted {
            signing::drop_pending(tx, &role)?;
            imported.published.push(role);
        }
        forget_keys(tx, repository, &next.state)?;
    }
    Ok(imported)
}

/// Those of the complete documents that make a sound version: all of them, or as many as do not
/// depend on one that is missing, such as a new root that names other targets keys before these have
/// signed. With the reason why others have to wait.
fn publishable(
    repository: &Repository,
    complete: Documents,
    at: kontor_base::Instant,
) -> Outcome<(Documents, Option<String>), SigningRefusal> {
    if complete.is_empty() {
        return Ok((complete, None));
    }
    let mut held = match next(repository, &complete, at) {
        Ok(_) => return Ok((complete, None)),
        Err(Failure::Refused(SigningRefusal::Rejected(why))) => Some(why.to_string()),
        Err(other) => return Err(other),
    };
    let mut accepted: Documents = Vec::new();
    for document in complete {
        accepted.push(document);
        match next(repository, &accepted, at) {
            Ok(_) => {}
            Err(Failure::Refused(SigningRefusal::Rejected(why))) => {
                let role = accepted.pop().map(|(role, _)| role).unwrap_or_default();
                held = Some(format!("{role} waits: {why}"));
            }
            Err(other) => return Err(other),
        }
    }
    Ok((accepted, held))
}

fn next(
    repository: &Repository,
    complete: &[(String, Document)],
    at: kontor_base::Instant,
) -> Outcome<Next, SigningRefusal> {
    let (roots, documents): (Vec<_>, Vec<_>) =
        complete.iter().cloned().partition(|(role, _)| role == "root");
    let Some((_, root)) = roots.first() else {
        let state = repository.published()?;
        let online = repository.online(&state.root)?;
        return rejected(release(state, &documents, &online, &LIVES, at));
    };
    let body = rejected(root.body())?;
    let online = repository.online(&body)?;
    if let Some(state) = &repository.state {
        return rejected(rotate(state, root, &documents, &online, &LIVES, at));
    }
    let state = rejected(State::new(root))?;
    let root_file = ("1.root.json".to_owned(), state.root_bytes.clone());
    if documents.is_empty() {
        return Ok(Next { immutable: vec![root_file], timestamp: None, state });
    }
    if !documents.iter().any(|(role, _)| role == "targets") {
        let missing = Rejected::Vanished { role: "targets".into() };
        return Err(Failure::Refused(missing.into()));
    }
    let mut next = rejected(release(&state, &documents, &online, &LIVES, at))?;
    next.immutable.insert(0, root_file);
    Ok(next)
}

/// Keys of the server that no document names any more, and none that waits, are of no use but to
/// thieves.
fn forget_keys(
    tx: &mut Tx<'_>,
    repository: &Repository,
    state: &State,
) -> Outcome<(), SigningRefusal> {
    let top = rejected(state.targets_of("targets"))?;
    let coming = repository.coming_root()?;
    let coming_delegations = repository.coming_delegations()?;
    let delegated = top.and_then(|top| top.delegations).unwrap_or_default();
    for (_, key) in &repository.keys {
        let id = key.public().id();
        let named = state.root.keys.contains_key(&id)
            || delegated.keys.contains_key(&id)
            || coming.as_ref().is_some_and(|root| root.keys.contains_key(&id))
            || coming_delegations.keys.contains_key(&id);
        if !named {
            signing::forget_key(tx, id.as_str())?;
        }
    }
    Ok(())
}
