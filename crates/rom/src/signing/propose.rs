//! What the models' documents should say, against what they say: signed at once where the server
//! has the keys, else kept for the offline ones.

use std::collections::BTreeMap;

use kontor_base::Instant;
use kontor_ota::signing::offer::OFFERS_ROLE;
use kontor_ota::signing::publish::release;
use kontor_ota::signing::{Document, Target, Targets};
use kontor_store::{Tx, signing};

use super::refusal::SigningRefusal;
use super::repository::{LIVES, Repository, rejected, write};
use crate::core::{Keys, Outcome};

/// Documents are renewed when so many seconds of their life are left: a month, so that somebody
/// with the offline keys has time to come by.
const RENEW_BEFORE_S: i64 = 30 * 86_400;

/// The targets that each model's document should vouch for, by model.
pub type Wanted = BTreeMap<String, BTreeMap<String, Target>>;

/// Documents by role.
pub type Documents = Vec<(String, Document)>;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposed {
    /// Roles whose documents were signed here and are published.
    pub released: Vec<String>,
    /// Roles whose documents wait for offline keys since now.
    pub waiting: Vec<String>,
    /// Models that nobody may speak for yet.
    pub undelegated: Vec<String>,
}

/// The roles that are to say something else than they do, with what.
///
/// # Errors
///
/// A fault, or a refusal for what is damaged.
pub fn wanting(
    repository: &Repository,
    wanted: &Wanted,
    at: Instant,
) -> Outcome<(Documents, Vec<String>), SigningRefusal> {
    let Some(state) = &repository.state else { return Ok((Vec::new(), Vec::new())) };
    let delegations = repository.coming_delegations()?;
    let expires = at.plus_seconds(LIVES.targets_s);
    let soon = |targets: &Targets| targets.expires.seconds_since(at) < RENEW_BEFORE_S;
    let mut due = Vec::new();
    let mut undelegated = Vec::new();
    let waits = |role: &str, body: &Targets| -> Outcome<bool, SigningRefusal> {
        let Some(document) = repository.pending.get(role) else { return Ok(false) };
        let waiting: Targets = rejected(document.body())?;
        // The same words with a later end are not worth a second walk to the offline keys.
        Ok(waiting.version == body.version
            && waiting.targets == body.targets
            && waiting.delegations == body.delegations
            && !soon(&waiting))
    };
    if let Some(top) = rejected(state.targets_of("targets"))?
        && soon(&top)
        && !repository.pending.contains_key("targets")
    {
        due.push(("targets".to_owned(), rejected(state.next_targets("targets", expires, |_| {}))?));
    }
    for (model, targets) in wanted {
        if !delegations.roles.iter().any(|role| role.name == *model && model != OFFERS_ROLE) {
            undelegated.push(model.clone());
            continue;
        }
        let needs = repository.needs(model)?;
        if let Some(present) = rejected(state.targets_of(model))? {
            let document = repository.present(model)?;
            let mut signed = document.is_some();
            for (need, document) in needs.iter().zip(&document) {
                signed &= rejected(need.have(document))? >= need.threshold;
            }
            if present.targets == *targets && signed && !soon(&present) {
                continue;
            }
        } else if targets.is_empty() {
            continue;
        }
        let change = |body: &mut Targets| body.targets.clone_from(targets);
        let document = rejected(state.next_targets(model, expires, change))?;
        if !waits(model, &rejected(document.body())?)? {
            due.push((model.clone(), document));
        }
    }
    Ok((due, undelegated))
}

/// Signs and publishes what the server may, and keeps the rest for the offline keys.
///
/// # Errors
///
/// A fault, or a refusal.
pub fn propose_in(
    tx: &mut Tx<'_>,
    keys: &Keys,
    wanted: &Wanted,
    at: Instant,
) -> Outcome<Proposed, SigningRefusal> {
    let repository = Repository::load(tx, keys)?;
    let (due, undelegated) = wanting(&repository, wanted, at)?;
    let mut proposed = Proposed { undelegated, ..Proposed::default() };
    let mut complete = Vec::new();
    for (role, mut document) in due {
        let needs = repository.needs(&role)?;
        for need in &needs {
            let ids: Vec<_> = need.keys.keys().cloned().collect();
            for key in repository.named(&ids) {
                rejected(document.sign(&key))?;
            }
        }
        let mut missing = false;
        for need in &needs {
            missing |= rejected(need.have(&document))? < need.threshold;
        }
        // A top-level document that waits may change whose signature counts: then it goes first.
        if missing || role == "targets" || !repository.settled(&role)? {
            let body = String::from_utf8_lossy(&document.to_bytes()).into_owned();
            signing::save_pending(tx, &role, &body, at)?;
            proposed.waiting.push(role);
        } else {
            complete.push((role, document));
        }
    }
    // What waits and is no longer wanted must not be signed by mistake.
    for (role, document) in &repository.pending {
        let Some(targets) = wanted.get(role) else { continue };
        let waiting: Targets = rejected(document.body())?;
        let present = repository.published()?.targets.contains_key(role);
        let due = proposed.waiting.contains(role) || complete.iter().any(|(name, _)| name == role);
        if !due && present && waiting.targets != *targets {
            signing::drop_pending(tx, role)?;
        }
    }
    if !complete.is_empty() {
        let state = repository.published()?;
        let online = repository.online(&state.root)?;
        let next = rejected(release(state, &complete, &online, &LIVES, at))?;
        write(tx, Some(state), &next, at)?;
        for (role, _) in complete {
            signing::drop_pending(tx, &role)?;
            proposed.released.push(role);
        }
    }
    Ok(proposed)
}
