//! What devices trust, as it is served: the files of the repository and the key that signs offers.
//! Immutable; made anew when something changes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arc_swap::ArcSwap;
use kontor_ota::signing::offer::OFFERS_ROLE;
use kontor_ota::signing::publish::State;
use kontor_ota::signing::sealed::from_row;
use kontor_ota::signing::{PublicKey, Rejected, SecretKey, Target, Targets};
use kontor_store::{Db, StoreError, Topic, Tx, fact, signing};

use super::document::Document;
use super::rom::Keys;

/// The repository at one moment.
#[derive(Debug, Default)]
pub struct Signed {
    /// The version of the facts that it was read at.
    pub version: i64,
    /// What is published; none before the first root.
    pub state: Option<State>,
    /// The keys of the server, with the role that each was made for.
    pub keys: Vec<(String, SecretKey)>,
    files: HashMap<String, Document>,
    targets: HashMap<String, BTreeMap<String, Target>>,
    offers: Option<SecretKey>,
}

impl Signed {
    /// A file of the repository.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&Document> {
        self.files.get(name)
    }

    /// What the document of a role vouches for.
    #[must_use]
    pub fn targets(&self, role: &str) -> Option<&BTreeMap<String, Target>> {
        self.targets.get(role)
    }

    /// The target with this name, if a published document vouches for it.
    #[must_use]
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.targets.values().find_map(|targets| targets.get(name))
    }

    /// The key that signs offers, if the published delegation names one of the server's.
    #[must_use]
    pub const fn offers_key(&self) -> Option<&SecretKey> {
        self.offers.as_ref()
    }

    /// Reads the repository in the caller's transaction.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or holds something else than was written.
    pub fn read(tx: &mut Tx<'_>, keys: &Keys) -> Result<Self, StoreError> {
        let bad = |error: Rejected| StoreError::bad_row("signing_document", error);
        let version = fact::versions(tx)?.of(Topic::Rollout);
        let bodies: HashMap<String, String> =
            signing::files(tx)?.into_iter().map(|file| (file.name, file.body)).collect();
        let state = State::load(|name, _| {
            Ok::<_, Rejected>(bodies.get(name).map(|body| body.clone().into_bytes()))
        });
        let state = state.map_err(bad)?;
        let mut opened = Vec::new();
        for row in signing::keys(tx)? {
            let public = PublicKey::parse(&row.public).map_err(bad)?;
            match from_row(&row.sealed, &public, keys.seal()) {
                Ok(key) => opened.push((row.role, key)),
                // Sealed with another secret: the node cannot sign, and says so where it has to.
                Err(error) => {
                    tracing::error!(key = %row.id, %error, "a key of the server does not open")
                }
            }
        }
        let mut targets = HashMap::new();
        let mut offers = None;
        for role in state.iter().flat_map(|state| state.targets.keys()) {
            let Some(state) = &state else { continue };
            let Some(body) = state.targets_of(role).map_err(bad)? else { continue };
            if role == "targets" {
                offers = offers_key(&body, &opened);
            }
            targets.insert(role.clone(), body.targets);
        }
        let files = bodies.into_iter().map(|(name, body)| (name, Document::new(body))).collect();
        Ok(Self { version, state, keys: opened, files, targets, offers })
    }
}

/// The server's key that the top-level targets let sign offers; a role that needs several is one
/// that a server alone cannot speak for.
fn offers_key(top: &Targets, keys: &[(String, SecretKey)]) -> Option<SecretKey> {
    let roles = &top.delegations.as_ref()?.roles;
    let role = roles.iter().find(|role| role.name == OFFERS_ROLE && role.threshold == 1)?;
    let named = |key: &SecretKey| role.keyids.contains(&key.public().id());
    keys.iter().map(|(_, key)| key).find(|key| named(key)).cloned()
}

/// The published repository, and how it is made anew.
#[derive(Debug)]
pub struct SignedView(ArcSwap<Signed>);

impl SignedView {
    pub(super) async fn load(db: &Db, keys: &Keys) -> Result<Self, StoreError> {
        let keys = keys.clone();
        let first = db.read("signing.read", move |tx| Signed::read(tx, &keys)).await?;
        Ok(Self(ArcSwap::from_pointee(first)))
    }

    /// The repository now.
    #[must_use]
    pub fn now(&self) -> Arc<Signed> {
        self.0.load_full()
    }

    pub(super) async fn refresh(&self, db: &Db, keys: &Keys) -> Result<bool, StoreError> {
        let (old, keys) = (self.0.load().version, keys.clone());
        let new = db
            .read("signing.read", move |tx| {
                if fact::versions(tx)?.of(Topic::Rollout) == old {
                    return Ok::<_, StoreError>(None);
                }
                Signed::read(tx, &keys).map(Some)
            })
            .await?;
        let Some(new) = new else { return Ok(false) };
        let new = Arc::new(new);
        // Two refreshes at once: the later facts stay.
        self.0
            .rcu(|present| Arc::clone(if present.version > new.version { present } else { &new }));
        Ok(true)
    }
}
