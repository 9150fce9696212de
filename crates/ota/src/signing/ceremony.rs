//! The root: its first version, its rotation, and who still has to sign.
//!
//! Root and targets keys live on machines without a network. A root document is made here, goes
//! from signer to signer, and is merged ([`Document::merge`]); [`ready`] says what is missing. The
//! same steps replace a lost or stolen key: below the threshold nobody could have misused it, and
//! the next root simply no longer names it.

use std::collections::BTreeMap;

use kontor_base::Instant;

use super::document::Document;
use super::key::PublicKey;
use super::metadata::{Body, RoleKeys, Root};
use super::rejected::Rejected;

/// The keys of a role and how many of them must sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySet {
    /// Public halves.
    pub keys: Vec<PublicKey>,
    /// How many must sign.
    pub threshold: usize,
}

/// Which keys the next root names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootPlan {
    /// Keys that may change the root: offline, several people.
    pub root: KeySet,
    /// Keys that vouch for builds and delegate to models: offline.
    pub targets: KeySet,
    /// The key that says which versions belong together: on the server.
    pub snapshot: KeySet,
    /// The key that says what is newest: on the server.
    pub timestamp: KeySet,
}

impl RootPlan {
    /// The plan that repeats what a root says, to be changed where it must.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`]: the root names a key that it does not contain.
    pub fn of(root: &Root) -> Result<Self, Rejected> {
        let set = |name: &str| -> Result<KeySet, Rejected> {
            let role = root.role(name)?;
            let keys = role.keyids.iter().map(|id| root.keys.get(id).cloned());
            let keys = keys.collect::<Option<Vec<_>>>();
            let keys = keys.ok_or_else(|| Rejected::malformed("a key of the root is missing"))?;
            Ok(KeySet { keys, threshold: role.threshold })
        };
        Ok(Self {
            root: set("root")?,
            targets: set("targets")?,
            snapshot: set("snapshot")?,
            timestamp: set("timestamp")?,
        })
    }

    /// The unsigned first root.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`]: a threshold that can never be met, or a key in two roles of which
    /// one is online.
    pub fn first(&self, expires: Instant) -> Result<Document, Rejected> {
        self.version(1, expires)
    }

    /// The unsigned root after `present`. It needs the old root keys and the new ones.
    ///
    /// # Errors
    ///
    /// As [`RootPlan::first`].
    pub fn after(&self, present: &Root, expires: Instant) -> Result<Document, Rejected> {
        self.version(present.version + 1, expires)
    }

    fn version(&self, version: u64, expires: Instant) -> Result<Document, Rejected> {
        let sets = [
            ("root", &self.root),
            ("snapshot", &self.snapshot),
            ("targets", &self.targets),
            ("timestamp", &self.timestamp),
        ];
        let offline = || self.root.keys.iter().chain(&self.targets.keys);
        let online = || self.snapshot.keys.iter().chain(&self.timestamp.keys);
        if offline().any(|key| online().any(|other| other == key)) {
            return Err(Rejected::malformed("a key is both offline and on the server"));
        }
        let mut keys = BTreeMap::new();
        let mut roles = BTreeMap::new();
        for (name, set) in sets {
            let mut keyids: Vec<_> = set.keys.iter().map(PublicKey::id).collect();
            keyids.sort();
            keyids.dedup();
            roles.insert(name.to_owned(), RoleKeys { keyids, threshold: set.threshold });
            keys.extend(set.keys.iter().map(|key| (key.id(), key.clone())));
        }
        let root = Root::new(version, whole_second(expires), keys, roles);
        root.check()?;
        Ok(Document::new(&root))
    }
}

/// Whether a root has all signatures: those of `present`, if there is one, and its own.
///
/// # Errors
///
/// [`Rejected::Threshold`] with how many there are and how many it takes.
pub fn ready(document: &Document, present: Option<&Root>) -> Result<Root, Rejected> {
    let next: Root = document.body()?;
    for root in present.into_iter().chain([&next]) {
        let role = root.role("root")?;
        document.check("root", &root.keys, &role.keyids, role.threshold)?;
    }
    if let Some(present) = present
        && next.version != present.version + 1
    {
        let expected = present.version + 1;
        return Err(Rejected::Mixed { role: "root".into(), expected, got: next.version });
    }
    Ok(next)
}

/// Metadata tells time in whole seconds; the fraction is dropped.
#[must_use]
pub fn whole_second(instant: Instant) -> Instant {
    Instant::from_micros(instant.micros().div_euclid(1_000_000) * 1_000_000)
}
