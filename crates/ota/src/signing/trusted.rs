//! What a client believes: the workflow of TUF 1.0 as a pure value.
//!
//! Whoever uses it fetches files and hands them in, in this order: new roots until there is none
//! ([`Trusted::root`]), then [`Trusted::root_is_fresh`], the timestamp, the snapshot, the targets,
//! and for a target the delegated documents that [`Trusted::find`] asks for. Nothing is believed
//! out of order, and after an error the value still holds only what was proven before.
//!
//! What a device has kept from last time is handed in first, as [`Source::Kept`]: it may have
//! expired meanwhile, but it makes going back noticeable.

use std::collections::BTreeMap;

use kontor_base::Instant;

use super::document::Document;
use super::key::{KeyId, PublicKey};
use super::limits::{
    DELEGATIONS_MAX, ROOT_BYTES_MAX, SNAPSHOT_BYTES_MAX, TARGETS_BYTES_MAX, TIMESTAMP_BYTES_MAX,
};
use super::metadata::{
    Body, DelegatedRole, FileMeta, RoleKeys, Root, Snapshot, Target, Targets, Timestamp,
};
use super::rejected::Rejected;

/// Where a document comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The device's own memory: may have expired, and is not what the present timestamp names.
    Kept,
    /// The network: must be fresh and exactly what is vouched for.
    Fetched,
}

/// Whether a document said something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It replaces what was known.
    Newer,
    /// It is the version that was known.
    Same,
}

/// A delegated document that has to be fetched before a target can be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// The role.
    pub role: String,
    /// The role that delegates to it.
    pub parent: String,
    /// What the snapshot says about it.
    pub meta: FileMeta,
}

/// What [`Trusted::find`] knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The target, vouched for from the root down.
    Target(Target),
    /// First this document, then ask again.
    Needs(Needed),
}

struct Role {
    parent: String,
    body: Targets,
}

/// The documents that a client believes at the moment.
pub struct Trusted {
    root: Root,
    timestamp: Option<Timestamp>,
    snapshot: Option<Snapshot>,
    targets: Option<Targets>,
    delegated: BTreeMap<String, Role>,
}

impl Trusted {
    /// Starts from the root that came with the device or was kept. It may have expired: newer
    /// roots follow from it.
    ///
    /// # Errors
    ///
    /// [`Rejected`] when it is damaged or not signed by its own keys.
    pub fn start(root: &[u8]) -> Result<Self, Rejected> {
        let document = Document::parse("root", root, ROOT_BYTES_MAX)?;
        let root: Root = document.body()?;
        check(&document, "root", &root.keys, root.role("root")?)?;
        Ok(Self {
            root,
            timestamp: None,
            snapshot: None,
            targets: None,
            delegated: BTreeMap::new(),
        })
    }

    /// Takes the next root: signed by the keys of the present one and by its own, and exactly one
    /// version further. What the old root's keys vouched for is forgotten, which is also how a
    /// client recovers after stolen keys have signed absurdly high versions.
    ///
    /// # Errors
    ///
    /// [`Rejected::Threshold`], [`Rejected::Rollback`], [`Rejected::Mixed`], damage.
    pub fn root(&mut self, bytes: &[u8]) -> Result<(), Rejected> {
        let document = Document::parse("root", bytes, ROOT_BYTES_MAX)?;
        let next: Root = document.body()?;
        check(&document, "root", &self.root.keys, self.root.role("root")?)?;
        check(&document, "root", &next.keys, next.role("root")?)?;
        let (had, expected) = (self.root.version, self.root.version + 1);
        if next.version <= had {
            return Err(Rejected::Rollback { role: "root".into(), had, got: next.version });
        }
        if next.version != expected {
            return Err(Rejected::Mixed { role: "root".into(), expected, got: next.version });
        }
        self.root = next;
        self.timestamp = None;
        self.snapshot = None;
        self.targets = None;
        self.delegated.clear();
        Ok(())
    }

    /// Demands that the last root is still in force.
    ///
    /// # Errors
    ///
    /// [`Rejected::Expired`].
    pub fn root_is_fresh(&self, now: Instant) -> Result<(), Rejected> {
        fresh("root", &self.root, now)
    }

    /// The present root.
    #[must_use]
    pub const fn present_root(&self) -> &Root {
        &self.root
    }

    /// The present timestamp, once there is one.
    #[must_use]
    pub const fn present_timestamp(&self) -> Option<&Timestamp> {
        self.timestamp.as_ref()
    }

    /// The present snapshot, once there is one.
    #[must_use]
    pub const fn present_snapshot(&self) -> Option<&Snapshot> {
        self.snapshot.as_ref()
    }

    /// The present targets, once there are some.
    #[must_use]
    pub const fn present_targets(&self) -> Option<&Targets> {
        self.targets.as_ref()
    }

    /// Takes a timestamp.
    ///
    /// # Errors
    ///
    /// [`Rejected::Threshold`], [`Rejected::Rollback`], [`Rejected::Expired`], damage.
    pub fn timestamp(
        &mut self,
        bytes: &[u8],
        source: Source,
        now: Instant,
    ) -> Result<Step, Rejected> {
        let document = Document::parse("timestamp", bytes, TIMESTAMP_BYTES_MAX)?;
        check(&document, "timestamp", &self.root.keys, self.root.role("timestamp")?)?;
        let next: Timestamp = document.body()?;
        if let Some(had) = &self.timestamp {
            not_older("timestamp", had.version, next.version)?;
            not_older("snapshot", had.snapshot().version, next.snapshot().version)?;
            if had.version == next.version {
                // The first of two documents with one version stays; it must not have ended.
                fresh("timestamp", had, now)?;
                return Ok(Step::Same);
            }
        }
        if source == Source::Fetched {
            fresh("timestamp", &next, now)?;
        }
        self.timestamp = Some(next);
        Ok(Step::Newer)
    }

    /// What the timestamp says about the snapshot.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`] when there is no timestamp yet.
    pub fn snapshot_meta(&self) -> Result<&FileMeta, Rejected> {
        self.timestamp
            .as_ref()
            .map(Timestamp::snapshot)
            .ok_or_else(|| Rejected::malformed("the timestamp comes before the snapshot"))
    }

    /// Takes a snapshot.
    ///
    /// # Errors
    ///
    /// [`Rejected::Length`], [`Rejected::Hash`], [`Rejected::Threshold`], [`Rejected::Mixed`],
    /// [`Rejected::Rollback`] or [`Rejected::Vanished`] of one of its entries,
    /// [`Rejected::Expired`], damage.
    pub fn snapshot(&mut self, bytes: &[u8], source: Source, now: Instant) -> Result<(), Rejected> {
        let meta = self.snapshot_meta()?.clone();
        if source == Source::Fetched {
            meta.matches("snapshot", bytes)?;
        }
        let document = Document::parse("snapshot", bytes, SNAPSHOT_BYTES_MAX)?;
        check(&document, "snapshot", &self.root.keys, self.root.role("snapshot")?)?;
        let next: Snapshot = document.body()?;
        for (name, had) in self.snapshot.iter().flat_map(|snapshot| &snapshot.meta) {
            let role = name.trim_end_matches(".json");
            let Some(got) = next.meta.get(name) else {
                return Err(Rejected::Vanished { role: role.to_owned() });
            };
            not_older(role, had.version, got.version)?;
        }
        if source == Source::Fetched {
            same_version("snapshot", meta.version, next.version)?;
            fresh("snapshot", &next, now)?;
        }
        self.snapshot = Some(next);
        Ok(())
    }

    /// What the snapshot says about a targets document, by role.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`] when there is no snapshot yet; [`Rejected::Vanished`] when it does
    /// not list the role.
    pub fn targets_meta(&self, role: &str) -> Result<&FileMeta, Rejected> {
        let snapshot = self
            .snapshot
            .as_ref()
            .ok_or_else(|| Rejected::malformed("the snapshot comes before the targets"))?;
        let entry = snapshot.meta.get(&format!("{role}.json"));
        entry.ok_or_else(|| Rejected::Vanished { role: role.to_owned() })
    }

    /// Takes the top-level targets.
    ///
    /// # Errors
    ///
    /// As [`Trusted::snapshot`].
    pub fn targets(&mut self, bytes: &[u8], now: Instant) -> Result<(), Rejected> {
        let keys = self.root.role("targets")?.clone();
        let body = self.read_targets("targets", &self.root.keys, &keys, bytes, now)?;
        self.targets = Some(body);
        self.delegated.clear();
        Ok(())
    }

    /// Takes the document of a delegated role.
    ///
    /// # Errors
    ///
    /// As [`Trusted::snapshot`].
    pub fn delegated(
        &mut self,
        needed: &Needed,
        bytes: &[u8],
        now: Instant,
    ) -> Result<(), Rejected> {
        let Needed { role, parent, .. } = needed;
        let delegations = self.body_of(parent).and_then(|body| body.delegations.as_ref());
        let entry = delegations
            .and_then(|found| Some((found, found.roles.iter().find(|entry| entry.name == *role)?)));
        let Some((delegations, entry)) = entry else {
            return Err(Rejected::Vanished { role: role.clone() });
        };
        let keys = RoleKeys { keyids: entry.keyids.clone(), threshold: entry.threshold };
        let body = self.read_targets(role, &delegations.keys, &keys, bytes, now)?;
        self.delegated.insert(role.clone(), Role { parent: parent.clone(), body });
        Ok(())
    }

    fn read_targets(
        &self,
        role: &str,
        keys: &BTreeMap<KeyId, PublicKey>,
        role_keys: &RoleKeys,
        bytes: &[u8],
        now: Instant,
    ) -> Result<Targets, Rejected> {
        let meta = self.targets_meta(role)?;
        meta.matches(role, bytes)?;
        let document = Document::parse(role, bytes, TARGETS_BYTES_MAX)?;
        check(&document, role, keys, role_keys)?;
        let body: Targets = document.body()?;
        same_version(role, meta.version, body.version)?;
        fresh(role, &body, now)?;
        Ok(body)
    }

    fn body_of(&self, role: &str) -> Option<&Targets> {
        if role == "targets" {
            return self.targets.as_ref();
        }
        self.delegated.get(role).map(|role| &role.body)
    }

    /// What a delegated role says it vouches for, once its document was taken. For choosing what
    /// to ask for; believe a target only after [`Trusted::find`] has found it.
    #[must_use]
    pub fn delegated_targets(&self, role: &str) -> Option<&BTreeMap<String, Target>> {
        self.delegated.get(role).map(|role| &role.body.targets)
    }

    /// The keys of a role that the top-level targets delegate to, for documents that are signed
    /// by it but are not metadata (see [`super::offer`]).
    ///
    /// # Errors
    ///
    /// [`Rejected::Vanished`] when there is no such role.
    pub fn delegation(
        &self,
        role: &str,
    ) -> Result<(&BTreeMap<KeyId, PublicKey>, &DelegatedRole), Rejected> {
        let delegations = self.targets.as_ref().and_then(|targets| targets.delegations.as_ref());
        delegations
            .and_then(|found| {
                let entry = found.roles.iter().find(|entry| entry.name == role)?;
                Some((&found.keys, entry))
            })
            .ok_or_else(|| Rejected::Vanished { role: role.to_owned() })
    }

    /// Looks a target up: first the top level, then the roles in the order of delegation, each
    /// before its siblings; a terminating role that covers the name has the last word.
    ///
    /// # Errors
    ///
    /// [`Rejected::UnknownTarget`]; [`Rejected::Malformed`] when too many roles would have to be
    /// asked; [`Rejected::Vanished`] when the snapshot does not list a role.
    pub fn find(&self, name: &str) -> Result<Found, Rejected> {
        let unknown = || Rejected::UnknownTarget { name: name.to_owned() };
        let top = self.targets.as_ref().ok_or_else(unknown)?;
        let mut asked: Vec<&str> = Vec::new();
        let mut to_ask: Vec<(&str, &str)> = Vec::new();
        let mut body = top;
        let mut body_name = "targets";
        loop {
            if let Some(target) = body.targets.get(name) {
                return Ok(Found::Target(target.clone()));
            }
            let mut covering = Vec::new();
            let mut terminated = false;
            for role in body.delegations.iter().flat_map(|delegations| &delegations.roles) {
                if role.covers(name) {
                    covering.push((body_name, role.name.as_str()));
                    if role.terminating {
                        terminated = true;
                        break;
                    }
                }
            }
            if terminated {
                to_ask.clear();
            }
            to_ask.extend(covering.into_iter().rev());
            let (parent, role) = loop {
                let next = to_ask.pop().ok_or_else(unknown)?;
                if !asked.contains(&next.1) {
                    break next;
                }
            };
            asked.push(role);
            if asked.len() > DELEGATIONS_MAX {
                return Err(Rejected::malformed("too many delegations for one target"));
            }
            match self.delegated.get(role) {
                Some(known) if known.parent == parent => {
                    body = &known.body;
                    body_name = role;
                }
                _ => {
                    let meta = self.targets_meta(role)?.clone();
                    let (role, parent) = (role.to_owned(), parent.to_owned());
                    return Ok(Found::Needs(Needed { role, parent, meta }));
                }
            }
        }
    }
}

fn check(
    document: &Document,
    role: &str,
    keys: &BTreeMap<KeyId, PublicKey>,
    role_keys: &RoleKeys,
) -> Result<(), Rejected> {
    document.check(role, keys, &role_keys.keyids, role_keys.threshold)
}

fn fresh<B: Body>(role: &str, body: &B, now: Instant) -> Result<(), Rejected> {
    if now >= body.expires() {
        return Err(Rejected::Expired { role: role.to_owned(), at: body.expires() });
    }
    Ok(())
}

fn not_older(role: &str, had: u64, got: u64) -> Result<(), Rejected> {
    if got < had {
        return Err(Rejected::Rollback { role: role.to_owned(), had, got });
    }
    Ok(())
}

fn same_version(role: &str, expected: u64, got: u64) -> Result<(), Rejected> {
    if got != expected {
        return Err(Rejected::Mixed { role: role.to_owned(), expected, got });
    }
    Ok(())
}
