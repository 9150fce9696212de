//! Keys come and go: the first root, rotations, delegations. All of these only write down what is
//! to be signed; it is published when the offline keys have signed it.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_ota::signing::offer::OFFERS_ROLE;
use kontor_ota::signing::sealed::to_row;
use kontor_ota::signing::{
    DelegatedRole, Delegations, Document, KeyId, KeySet, PublicKey, RootPlan, SecretKey, Targets,
    ceremony::whole_second,
};
use kontor_store::signing::SealedKey;
use kontor_store::{Tx, signing};

use super::refusal::SigningRefusal;
use super::repository::{LIVES, Repository, rejected};
use crate::core::{Failure, Keys, Outcome, Rom};

/// The first root: the offline keys that it names.
#[derive(Clone, Debug)]
pub struct InitCommand {
    /// The root keys.
    pub root: KeySet,
    /// The targets keys.
    pub targets: KeySet,
}

/// Who signs for a model.
#[derive(Clone, Debug)]
pub enum Delegate {
    /// These offline keys.
    Offline(KeySet),
    /// A key of the server: builds are signed as soon as they are published, and whoever has the
    /// server can sign builds.
    Online,
}

/// A change of keys.
#[derive(Clone, Debug)]
pub struct RotateCommand {
    /// Whose: `root`, `targets`, `online` (snapshot, timestamp and offers), or a model.
    pub role: String,
    /// Keys that go, by the beginning of their id.
    pub remove: Vec<String>,
    /// Keys that come.
    pub add: Vec<PublicKey>,
    /// How many must sign from then on; none: as many as now.
    pub threshold: Option<usize>,
}

struct Scribe<'t, 'c> {
    tx: &'t mut Tx<'c>,
    rom: Arc<Rom>,
    at: Instant,
}

impl Scribe<'_, '_> {
    /// A fresh key of the server, sealed.
    fn key(&mut self, role: &str) -> Outcome<SecretKey, SigningRefusal> {
        let key = SecretKey::generate(&self.rom.random);
        let row = SealedKey {
            id: key.public().id().to_string(),
            role: role.to_owned(),
            public: key.public().to_text(),
            sealed: to_row(&key, seal(&self.rom.keys), &self.rom.random),
            made_at: self.at,
        };
        signing::add_key(self.tx, &row)?;
        Ok(key)
    }

    fn wait(&mut self, role: &str, document: &Document) -> Outcome<(), SigningRefusal> {
        let body = String::from_utf8_lossy(&document.to_bytes()).into_owned();
        Ok(signing::save_pending(self.tx, role, &body, self.at)?)
    }

    /// The next top-level document with these delegations waits.
    fn delegations(
        &mut self,
        repository: &Repository,
        delegations: Delegations,
    ) -> Outcome<(), SigningRefusal> {
        let expires = whole_second(self.at.plus_seconds(LIVES.targets_s));
        let change = |body: &mut Targets| body.delegations = Some(delegations.clone());
        let document = match &repository.state {
            Some(state) => rejected(state.next_targets("targets", expires, change))?,
            None => {
                let mut first = Targets::new(1, expires, std::collections::BTreeMap::new());
                change(&mut first);
                Document::new(&first)
            }
        };
        self.wait("targets", &document)
    }
}

const fn seal(keys: &Keys) -> &[u8; 32] {
    keys.seal()
}

fn one(key: &SecretKey) -> KeySet {
    KeySet { keys: vec![key.public()], threshold: 1 }
}

/// Begins: makes the server's keys and writes down the first root and the first targets document.
///
/// # Errors
///
/// [`SigningRefusal::Set`] once a root is published; until then it may be begun anew. What
/// [`RootPlan::first`] refuses.
pub async fn init(rom: &Arc<Rom>, command: InitCommand) -> Outcome<(), SigningRefusal> {
    let (at, own) = (rom.now(), Arc::clone(rom));
    rom.db
        .write("signing.init", move |tx| {
            let repository = Repository::load(tx, &own.keys)?;
            if repository.state.is_some() {
                return Err(Failure::Refused(SigningRefusal::Set));
            }
            for (_, key) in &repository.keys {
                signing::forget_key(tx, key.public().id().as_str())?;
            }
            for role in repository.pending.keys() {
                signing::drop_pending(tx, role)?;
            }
            let mut scribe = Scribe { tx, rom: Arc::clone(&own), at };
            let (snapshot, timestamp, offers) =
                (scribe.key("snapshot")?, scribe.key("timestamp")?, scribe.key(OFFERS_ROLE)?);
            let plan = RootPlan {
                root: command.root.clone(),
                targets: command.targets.clone(),
                snapshot: one(&snapshot),
                timestamp: one(&timestamp),
            };
            let root = rejected(plan.first(at.plus_seconds(LIVES.root_s)))?;
            scribe.wait("root", &root)?;
            let mut delegations = Delegations::default();
            set_role(&mut delegations, OFFERS_ROLE, &one(&offers));
            let fresh = Repository { keys: Vec::new(), pending: Default::default(), state: None };
            scribe.delegations(&fresh, delegations)
        })
        .await
}

/// Puts a role into delegations, in place of the one of this name.
fn set_role(delegations: &mut Delegations, name: &str, keys: &KeySet) {
    let role = DelegatedRole {
        keyids: keys.keys.iter().map(PublicKey::id).collect(),
        name: name.to_owned(),
        paths: vec![format!("{name}.*")],
        terminating: true,
        threshold: keys.threshold,
    };
    match delegations.roles.iter_mut().find(|known| known.name == name) {
        Some(known) => *known = role,
        None => delegations.roles.push(role),
    }
    delegations.keys.extend(keys.keys.iter().map(|key| (key.id(), key.clone())));
    let named: Vec<KeyId> = delegations.roles.iter().flat_map(|role| role.keyids.clone()).collect();
    delegations.keys.retain(|id, _| named.contains(id));
}

/// Lets keys speak for a model's targets, `{model}.*`, and nothing else.
///
/// # Errors
///
/// [`SigningRefusal::Ambiguous`] for a model whose targets could be taken for another's.
pub async fn delegate(rom: &Arc<Rom>, model: String, to: Delegate) -> Outcome<(), SigningRefusal> {
    rejected(kontor_ota::signing::metadata::check_role_name(&model))?;
    if model == OFFERS_ROLE {
        return Err(Failure::Refused(SigningRefusal::UnknownRole(model)));
    }
    let (at, own) = (rom.now(), Arc::clone(rom));
    rom.db
        .write("signing.delegate", move |tx| {
            let repository = Repository::load(tx, &own.keys)?;
            if repository.coming_root()?.is_none() {
                return Err(Failure::Refused(SigningRefusal::NotSet));
            }
            let mut delegations = repository.coming_delegations()?;
            let inside = |inner: &str, outer: &str| inner.starts_with(&format!("{outer}."));
            let clash = delegations
                .roles
                .iter()
                .find(|role| inside(&role.name, &model) || inside(&model, &role.name));
            if let Some(clash) = clash {
                let refusal = SigningRefusal::Ambiguous(model.clone(), clash.name.clone());
                return Err(Failure::Refused(refusal));
            }
            let mut scribe = Scribe { tx, rom: Arc::clone(&own), at };
            let keys = match &to {
                Delegate::Offline(keys) => keys.clone(),
                Delegate::Online => one(&scribe.key(&model)?),
            };
            set_role(&mut delegations, &model, &keys);
            scribe.delegations(&repository, delegations)
        })
        .await
}

/// Replaces keys. With nothing to remove or add, the document is only renewed.
///
/// # Errors
///
/// [`SigningRefusal::UnknownRole`], [`SigningRefusal::UnknownKey`], what the rules of a root refuse.
pub async fn rotate(rom: &Arc<Rom>, command: RotateCommand) -> Outcome<(), SigningRefusal> {
    let (at, own) = (rom.now(), Arc::clone(rom));
    rom.db
        .write("signing.rotate", move |tx| {
            let repository = Repository::load(tx, &own.keys)?;
            let state = repository.published()?;
            let coming = repository.coming_root()?.unwrap_or_else(|| state.root.clone());
            let mut plan = rejected(RootPlan::of(&coming))?;
            let mut delegations = repository.coming_delegations()?;
            let mut scribe = Scribe { tx, rom: Arc::clone(&own), at };
            let expires = at.plus_seconds(LIVES.root_s);
            match command.role.as_str() {
                "root" => change(&mut plan.root, &command)?,
                "targets" => {
                    change(&mut plan.targets, &command)?;
                    // The new keys speak for the same document.
                    scribe.delegations(&repository, delegations)?;
                }
                "online" => {
                    plan.snapshot = one(&scribe.key("snapshot")?);
                    plan.timestamp = one(&scribe.key("timestamp")?);
                    let offers = one(&scribe.key(OFFERS_ROLE)?);
                    set_role(&mut delegations, OFFERS_ROLE, &offers);
                    scribe.delegations(&repository, delegations)?;
                }
                model => {
                    let entry = delegations.roles.iter().find(|role| role.name == model);
                    let Some(entry) = entry.filter(|_| model != OFFERS_ROLE) else {
                        let refusal = SigningRefusal::UnknownRole(model.to_owned());
                        return Err(Failure::Refused(refusal));
                    };
                    let keys = entry.keyids.iter().filter_map(|id| delegations.keys.get(id));
                    let mut set =
                        KeySet { keys: keys.cloned().collect(), threshold: entry.threshold };
                    change(&mut set, &command)?;
                    set_role(&mut delegations, model, &set);
                    return scribe.delegations(&repository, delegations);
                }
            }
            let root = rejected(plan.after(&state.root, expires))?;
            scribe.wait("root", &root)
        })
        .await
}

fn change(set: &mut KeySet, command: &RotateCommand) -> Outcome<(), SigningRefusal> {
    for id in &command.remove {
        let before = set.keys.len();
        set.keys.retain(|key| !key.id().as_str().starts_with(id.as_str()));
        if id.len() < 8 || set.keys.len() + 1 != before {
            let refusal = SigningRefusal::UnknownKey(id.clone(), command.role.clone());
            return Err(Failure::Refused(refusal));
        }
    }
    for key in &command.add {
        if !set.keys.contains(key) {
            set.keys.push(key.clone());
        }
    }
    set.threshold = command.threshold.unwrap_or(set.threshold);
    Ok(())
}
