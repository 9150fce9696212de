//! A whole set of invented keys, for the demo and for tests: root 2 of 3, targets 2 of 2, one
//! model key per model, and the online keys for snapshot, timestamp and offers.
//!
//! In life these keys are made on different machines and never meet; see
//! `docs/how-to/keep-the-signing-keys.md`.

use std::collections::BTreeMap;

use kontor_base::{Instant, Random};

use super::ceremony::{KeySet, RootPlan, whole_second};
use super::document::Document;
use super::folder::OnlineKeys;
use super::key::SecretKey;
use super::metadata::{DelegatedRole, Delegations, Targets};
use super::offer::OFFERS_ROLE;
use super::publish::Lives;
use super::rejected::Rejected;

/// All keys of an invented maker.
#[derive(Clone, Debug)]
pub struct DemoKeys {
    /// Three root keys; two must sign.
    pub root: Vec<SecretKey>,
    /// Two targets keys; both must sign.
    pub targets: Vec<SecretKey>,
    /// The keys on the server.
    pub online: OnlineKeys,
    /// The key for offers, on the server too.
    pub offers: SecretKey,
    /// One key per model, by codename.
    pub models: BTreeMap<String, SecretKey>,
}

impl DemoKeys {
    /// Fresh keys for the given models.
    #[must_use]
    pub fn generate(models: &[&str], random: &Random) -> Self {
        let key = || SecretKey::generate(random);
        Self {
            root: vec![key(), key(), key()],
            targets: vec![key(), key()],
            online: OnlineKeys { snapshot: vec![key()], timestamp: vec![key()] },
            offers: key(),
            models: models.iter().map(|model| ((*model).to_owned(), key())).collect(),
        }
    }

    /// Which keys the root names.
    #[must_use]
    pub fn plan(&self) -> RootPlan {
        let set = |keys: &[SecretKey], threshold| KeySet {
            keys: keys.iter().map(SecretKey::public).collect(),
            threshold,
        };
        RootPlan {
            root: set(&self.root, 2),
            targets: set(&self.targets, 2),
            snapshot: set(&self.online.snapshot, 1),
            timestamp: set(&self.online.timestamp, 1),
        }
    }

    /// The signed first root.
    ///
    /// # Errors
    ///
    /// Never for generated keys.
    pub fn first_root(&self, lives: &Lives, now: Instant) -> Result<Document, Rejected> {
        let mut root = self.plan().first(now.plus_seconds(lives.root_s))?;
        root.sign(&self.root[0])?;
        root.sign(&self.root[2])?;
        Ok(root)
    }

    /// What the top-level targets delegate: each model for the targets `{model}-*`, and offers.
    #[must_use]
    pub fn delegations(&self) -> Delegations {
        let mut delegations = Delegations::default();
        let roles = self.models.iter().map(|(model, key)| (model.as_str(), key));
        for (name, key) in roles.chain([(OFFERS_ROLE, &self.offers)]) {
            let public = key.public();
            delegations.roles.push(DelegatedRole {
                keyids: vec![public.id()],
                name: name.to_owned(),
                paths: vec![format!("{name}-*")],
                terminating: true,
                threshold: 1,
            });
            delegations.keys.insert(public.id(), public);
        }
        delegations
    }

    /// The signed first top-level targets: delegations only.
    ///
    /// # Errors
    ///
    /// Never for generated keys.
    pub fn first_targets(&self, lives: &Lives, now: Instant) -> Result<Document, Rejected> {
        let expires = whole_second(now.plus_seconds(lives.targets_s));
        let mut targets = Targets::new(1, expires, BTreeMap::new());
        targets.delegations = Some(self.delegations());
        let mut document = Document::new(&targets);
        self.targets.iter().try_for_each(|key| document.sign(key))?;
        Ok(document)
    }
}
