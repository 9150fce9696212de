//! How the next version of a repository comes about, as a pure rule.
//!
//! [`State`] is what is published. [`release`] takes signed targets documents from the release
//! manager's machine, [`refresh`] only renews what is about to end, [`rotate`] puts a new root in
//! force. Each answers the files to write; before that it walks through them as a client would,
//! with the root that a client has today, so that nothing is published that devices would refuse.

use std::collections::BTreeMap;

use kontor_base::Instant;

use super::ceremony::{ready, whole_second};
use super::document::Document;
use super::folder::OnlineKeys;
use super::limits::{ROOT_BYTES_MAX, SNAPSHOT_BYTES_MAX, TARGETS_BYTES_MAX, TIMESTAMP_BYTES_MAX};
use super::metadata::{Body, FileMeta, Root, Snapshot, Targets, Timestamp};
use super::rejected::Rejected;
use super::trusted::{Source, Trusted};

/// How long documents live, in seconds.
///
/// The timestamp's life bounds how long a mirror can keep devices from learning of an update; the
/// others bound how long a stolen key is of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lives {
    /// Of the timestamp.
    pub timestamp_s: i64,
    /// Of the snapshot.
    pub snapshot_s: i64,
    /// Of targets documents.
    pub targets_s: i64,
    /// Of the root.
    pub root_s: i64,
}

impl Default for Lives {
    /// A day, a week, 90 days, a year.
    fn default() -> Self {
        const DAY: i64 = 86_400;
        Self { timestamp_s: DAY, snapshot_s: 7 * DAY, targets_s: 90 * DAY, root_s: 365 * DAY }
    }
}

/// What is published.
#[derive(Clone, Debug)]
pub struct State {
    /// The root in force, as it lies on disk.
    pub root_bytes: Vec<u8>,
    /// The same, read.
    pub root: Root,
    /// The timestamp, once something was released.
    pub timestamp: Option<Timestamp>,
    /// The snapshot, once something was released.
    pub snapshot: Option<Snapshot>,
    /// Targets documents by role, as they lie on disk.
    pub targets: BTreeMap<String, Vec<u8>>,
}

impl State {
    /// A repository with a root and nothing else.
    ///
    /// # Errors
    ///
    /// [`Rejected`] when the root is not signed as it demands.
    pub fn new(root: &Document) -> Result<Self, Rejected> {
        let body = ready(root, None)?;
        Ok(Self {
            root_bytes: root.to_bytes(),
            root: body,
            timestamp: None,
            snapshot: None,
            targets: BTreeMap::new(),
        })
    }

    /// Reads what is published through `find`, which answers a metadata file of at most so many
    /// bytes by its name. `None`: there is no root yet.
    ///
    /// # Errors
    ///
    /// What `find` says, and [`Rejected`] when files are missing or damaged.
    pub fn load<E: From<Rejected>>(
        mut find: impl FnMut(&str, u64) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Option<Self>, E> {
        let Some(mut root_bytes) = find("1.root.json", ROOT_BYTES_MAX)? else { return Ok(None) };
        let mut version = 1;
        while let Some(bytes) = find(&format!("{}.root.json", version + 1), ROOT_BYTES_MAX)? {
            version += 1;
            root_bytes = bytes;
        }
        let mut state = Self::new(&Document::parse("root", &root_bytes, ROOT_BYTES_MAX)?)?;
        state.root_bytes = root_bytes;
        let Some(bytes) = find("timestamp.json", TIMESTAMP_BYTES_MAX)? else {
            return Ok(Some(state));
        };
        let missing = |name: &str| Rejected::Vanished { role: name.to_owned() };
        let timestamp: Timestamp =
            Document::parse("timestamp", &bytes, TIMESTAMP_BYTES_MAX)?.body()?;
        let name = format!("{}.snapshot.json", timestamp.snapshot().version);
        let bytes = find(&name, SNAPSHOT_BYTES_MAX)?.ok_or_else(|| missing(&name))?;
        timestamp.snapshot().matches("snapshot", &bytes)?;
        let snapshot: Snapshot = Document::parse("snapshot", &bytes, SNAPSHOT_BYTES_MAX)?.body()?;
        for (name, meta) in &snapshot.meta {
            let file = format!("{}.{name}", meta.version);
            let bytes = find(&file, TARGETS_BYTES_MAX)?.ok_or_else(|| missing(&file))?;
            meta.matches(name, &bytes)?;
            let role = name.strip_suffix(".json").unwrap_or(name);
            state.targets.insert(role.to_owned(), bytes);
        }
        state.timestamp = Some(timestamp);
        state.snapshot = Some(snapshot);
        Ok(Some(state))
    }

    /// The names of all files that a client can still ask for, but for older roots.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let mut names = vec![format!("{}.root.json", self.root.version)];
        if let Some(snapshot) = &self.snapshot {
            names.push("timestamp.json".into());
            names.push(format!("{}.snapshot.json", snapshot.version));
            names.extend(
                snapshot.meta.iter().map(|(name, meta)| format!("{}.{name}", meta.version)),
            );
        }
        names
    }

    /// The targets document of a role.
    ///
    /// # Errors
    ///
    /// [`Rejected`] when it is damaged.
    pub fn targets_of(&self, role: &str) -> Result<Option<Targets>, Rejected> {
        let bytes = self.targets.get(role);
        bytes.map(|bytes| Document::parse(role, bytes, TARGETS_BYTES_MAX)?.body()).transpose()
    }

    /// The unsigned next targets document of a role, from what is published and a change.
    ///
    /// # Errors
    ///
    /// [`Rejected`] when the published or the changed document is out of bounds.
    pub fn next_targets(
        &self,
        role: &str,
        expires: Instant,
        change: impl FnOnce(&mut Targets),
    ) -> Result<Document, Rejected> {
        let present = self.targets_of(role)?;
        let version = present.as_ref().map_or(1, |targets| targets.version + 1);
        let fresh = || Targets::new(version, expires, BTreeMap::new());
        let mut next = present.unwrap_or_else(fresh);
        change(&mut next);
        next.version = version;
        next.expires = whole_second(expires);
        next.check()?;
        Ok(Document::new(&next))
    }
}

/// The files of a new version, and the state after it.
#[derive(Clone, Debug)]
pub struct Next {
    /// Written first, in this order; their names never come again with other contents.
    pub immutable: Vec<(String, Vec<u8>)>,
    /// Written last: `timestamp.json`.
    pub timestamp: Option<Vec<u8>>,
    /// What is published afterwards.
    pub state: State,
}

/// Publishes signed targets documents, by role: `targets` or a delegated one.
///
/// # Errors
///
/// What a client would say about the result: [`Rejected::Threshold`], [`Rejected::Mixed`] for a
/// version that does not follow the published one, [`Rejected::Expired`], and so on.
pub fn release(
    state: &State,
    documents: &[(String, Document)],
    keys: &OnlineKeys,
    lives: &Lives,
    now: Instant,
) -> Result<Next, Rejected> {
    let mut next = state.clone();
    let mut immutable = take_in(&mut next, state, documents)?;
    let snapshot = sign_snapshot(&mut next, keys, lives, now)?;
    immutable.push(snapshot);
    finish(next, immutable, keys, lives, now)
}

/// The files of signed targets documents, each one version after the published one.
fn take_in(
    next: &mut State,
    state: &State,
    documents: &[(String, Document)],
) -> Result<Vec<(String, Vec<u8>)>, Rejected> {
    let mut immutable = Vec::new();
    for (role, document) in documents {
        let body: Targets = document.body()?;
        let expected = state.targets_of(role)?.map_or(1, |targets| targets.version + 1);
        if body.version != expected {
            return Err(Rejected::Mixed { role: role.clone(), expected, got: body.version });
        }
        let bytes = document.to_bytes();
        immutable.push((format!("{}.{role}.json", body.version), bytes.clone()));
        next.targets.insert(role.clone(), bytes);
    }
    Ok(immutable)
}

/// Renews the timestamp, and the snapshot with it, if more than half of its life is over.
/// `None`: nothing is due.
///
/// # Errors
///
/// As [`release`]; above all [`Rejected::Expired`] when root or targets have ended, which only
/// their offline keys can mend.
pub fn refresh(
    state: &State,
    keys: &OnlineKeys,
    lives: &Lives,
    now: Instant,
) -> Result<Option<Next>, Rejected> {
    let (Some(timestamp), Some(snapshot)) = (&state.timestamp, &state.snapshot) else {
        return Ok(None);
    };
    let due = |expires: Instant, life_s: i64| expires.seconds_since(now) <= life_s / 2;
    let mut next = state.clone();
    let mut immutable = Vec::new();
    if due(snapshot.expires, lives.snapshot_s) {
        immutable.push(sign_snapshot(&mut next, keys, lives, now)?);
    } else if !due(timestamp.expires, lives.timestamp_s) {
        return Ok(None);
    }
    finish(next, immutable, keys, lives, now).map(Some)
}

/// Puts a new root in force. Snapshot and timestamp are signed anew, as their keys may be others;
/// where the targets keys are others, `documents` brings what they have signed.
///
/// # Errors
///
/// [`Rejected::Threshold`] while signatures are missing; otherwise as [`release`].
pub fn rotate(
    state: &State,
    root: &Document,
    documents: &[(String, Document)],
    keys: &OnlineKeys,
    lives: &Lives,
    now: Instant,
) -> Result<Next, Rejected> {
    let bytes = root.to_bytes();
    // The root that is in force already: a run that was interrupted before the timestamp is
    // finished by doing it again.
    let again = bytes == state.root_bytes;
    let body = ready(root, (!again).then_some(&state.root))?;
    if bytes.len() as u64 > ROOT_BYTES_MAX {
        return Err(Rejected::Length { name: "root".into(), expected: ROOT_BYTES_MAX });
    }
    let root_file = (format!("{}.root.json", body.version), bytes.clone());
    let mut next = state.clone();
    next.root = body;
    next.root_bytes = bytes;
    let mut immutable = take_in(&mut next, state, documents)?;
    if next.targets.is_empty() {
        return Ok(Next { immutable: vec![root_file], timestamp: None, state: next });
    }
    // The root comes last before the timestamp: in between, clients meet a timestamp that the new
    // keys have not signed.
    immutable.push(sign_snapshot(&mut next, keys, lives, now)?);
    immutable.push(root_file);
    finish(next, immutable, keys, lives, now)
}

fn sign_snapshot(
    next: &mut State,
    keys: &OnlineKeys,
    lives: &Lives,
    now: Instant,
) -> Result<(String, Vec<u8>), Rejected> {
    let mut meta = BTreeMap::new();
    for (role, bytes) in &next.targets {
        let body: Targets = Document::parse(role, bytes, TARGETS_BYTES_MAX)?.body()?;
        meta.insert(format!("{role}.json"), FileMeta::of(body.version, bytes));
    }
    let version = next.snapshot.as_ref().map_or(1, |snapshot| snapshot.version + 1);
    let expires = whole_second(now.plus_seconds(lives.snapshot_s));
    let snapshot = Snapshot::new(version, expires, meta);
    snapshot.check()?;
    let mut document = Document::new(&snapshot);
    for key in &keys.snapshot {
        document.sign(key)?;
    }
    next.snapshot = Some(snapshot);
    Ok((format!("{version}.snapshot.json"), document.to_bytes()))
}

fn finish(
    mut next: State,
    immutable: Vec<(String, Vec<u8>)>,
    keys: &OnlineKeys,
    lives: &Lives,
    now: Instant,
) -> Result<Next, Rejected> {
    let version = next.timestamp.as_ref().map_or(1, |timestamp| timestamp.version + 1);
    let snapshot_bytes = immutable.iter().find(|(name, _)| name.ends_with(".snapshot.json"));
    let meta = match (snapshot_bytes, &next.snapshot, &next.timestamp) {
        (Some((_, bytes)), Some(snapshot), _) => FileMeta::of(snapshot.version, bytes),
        (None, _, Some(timestamp)) => timestamp.snapshot().clone(),
        _ => return Err(Rejected::malformed("there is no snapshot to name")),
    };
    let expires = whole_second(now.plus_seconds(lives.timestamp_s));
    let meta = BTreeMap::from([("snapshot.json".to_owned(), meta)]);
    let timestamp = Timestamp::new(version, expires, meta);
    let mut document = Document::new(&timestamp);
    for key in &keys.timestamp {
        document.sign(key)?;
    }
    next.timestamp = Some(timestamp);
    let bytes = document.to_bytes();
    prove(&next, snapshot_bytes.map(|(_, bytes)| bytes.as_slice()), &bytes, now)?;
    Ok(Next { immutable, timestamp: Some(bytes), state: next })
}

/// Walks through the new version as a client would.
fn prove(
    next: &State,
    snapshot: Option<&[u8]>,
    timestamp: &[u8],
    now: Instant,
) -> Result<(), Rejected> {
    let mut client = Trusted::start(&next.root_bytes)?;
    client.root_is_fresh(now)?;
    client.timestamp(timestamp, Source::Fetched, now)?;
    let Some(snapshot) = snapshot else {
        // Nothing but the timestamp is new, and it names the snapshot that was proven before;
        // what can have happened since is that targets have ended.
        for role in next.targets.keys() {
            if let Some(targets) = next.targets_of(role)?
                && now >= targets.expires
            {
                return Err(Rejected::Expired { role: role.clone(), at: targets.expires });
            }
        }
        return Ok(());
    };
    client.snapshot(snapshot, Source::Fetched, now)?;
    let top = next.targets.get("targets");
    let top = top.ok_or_else(|| Rejected::Vanished { role: "targets".into() })?;
    client.targets(top, now)?;
    let mut parents = vec!["targets".to_owned()];
    let mut proven = 1;
    while let Some(parent) = parents.pop() {
        let body = next.targets_of(&parent)?;
        let roles = body.and_then(|body| body.delegations).map(|delegations| delegations.roles);
        for role in roles.into_iter().flatten() {
            // A role without a document is one that has not released anything yet.
            let Some(bytes) = next.targets.get(&role.name) else { continue };
            let meta = client.targets_meta(&role.name)?.clone();
            let needed =
                super::trusted::Needed { role: role.name.clone(), parent: parent.clone(), meta };
            client.delegated(&needed, bytes, now)?;
            proven += 1;
            if proven > next.targets.len() {
                return Err(Rejected::malformed("a role is delegated to more than once"));
            }
            parents.push(role.name);
        }
    }
    if proven != next.targets.len() {
        return Err(Rejected::malformed("a document belongs to no delegated role"));
    }
    Ok(())
}
