//! The repository as it lies in the database, for a transaction that changes it.

use std::collections::BTreeMap;

use kontor_base::Instant;
use kontor_ota::signing::limits::TARGETS_BYTES_MAX;
use kontor_ota::signing::offer::OFFERS_ROLE;
use kontor_ota::signing::publish::{Lives, Next, State};
use kontor_ota::signing::{
    Delegations, Document, KeyId, Need, OnlineKeys, Rejected, Root, SecretKey, Targets,
};
use kontor_store::{Tx, signing};

use super::refusal::SigningRefusal;
use crate::core::{Failure, Keys, Outcome, Signed};

/// How long documents live: the timestamp a day, the snapshot a week, targets 90 days, the root a
/// year.
pub const LIVES: Lives = Lives {
    timestamp_s: 86_400,
    snapshot_s: 7 * 86_400,
    targets_s: 90 * 86_400,
    root_s: 365 * 86_400,
};

/// Whatever is read here was written here, or is refused by the same rules as a client's.
pub(super) fn rejected<T>(result: Result<T, Rejected>) -> Outcome<T, SigningRefusal> {
    result.map_err(|rejected| Failure::Refused(rejected.into()))
}

/// Everything that a change starts from.
#[derive(Debug)]
pub struct Repository {
    /// What is published; none before the first root.
    pub state: Option<State>,
    /// The server's keys with the role that each was made for.
    pub keys: Vec<(String, SecretKey)>,
    /// What waits for signatures, by role.
    pub pending: BTreeMap<String, Document>,
}

impl Repository {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// A fault, or a refusal for what is damaged.
    pub fn load(tx: &mut Tx<'_>, keys: &Keys) -> Outcome<Self, SigningRefusal> {
        let signed = Signed::read(tx, keys)?;
        let mut pending = BTreeMap::new();
        for waiting in signing::pending(tx)? {
            let bytes = waiting.body.as_bytes();
            let document = rejected(Document::parse(&waiting.role, bytes, TARGETS_BYTES_MAX))?;
            pending.insert(waiting.role, document);
        }
        Ok(Self { state: signed.state, keys: signed.keys, pending })
    }

    /// What is published.
    ///
    /// # Errors
    ///
    /// [`SigningRefusal::NotSet`].
    pub fn published(&self) -> Outcome<&State, SigningRefusal> {
        self.state.as_ref().ok_or(Failure::Refused(SigningRefusal::NotSet))
    }

    /// The server's keys for snapshot and timestamp that a root names.
    ///
    /// # Errors
    ///
    /// [`SigningRefusal::NoKey`].
    pub(super) fn online(&self, root: &Root) -> Outcome<OnlineKeys, SigningRefusal> {
        let of = |name: &str| -> Outcome<Vec<SecretKey>, SigningRefusal> {
            let role = rejected(root.role(name))?;
            let found = self.named(&role.keyids);
            if found.len() < role.threshold {
                return Err(Failure::Refused(SigningRefusal::NoKey(name.to_owned())));
            }
            Ok(found)
        };
        Ok(OnlineKeys { snapshot: of("snapshot")?, timestamp: of("timestamp")? })
    }

    /// The server's keys among these.
    pub(super) fn named(&self, keyids: &[KeyId]) -> Vec<SecretKey> {
        let keys = self.keys.iter().map(|(_, key)| key);
        keys.filter(|key| keyids.contains(&key.public().id())).cloned().collect()
    }

    /// The root that will be in force: the one that waits, else the present one.
    pub(super) fn coming_root(&self) -> Outcome<Option<Root>, SigningRefusal> {
        if let Some(document) = self.pending.get("root") {
            return rejected(document.body()).map(Some);
        }
        Ok(self.state.as_ref().map(|state| state.root.clone()))
    }

    /// The delegations that will be in force.
    pub(super) fn coming_delegations(&self) -> Outcome<Delegations, SigningRefusal> {
        let body: Option<Targets> = match (self.pending.get("targets"), &self.state) {
            (Some(document), _) => Some(rejected(document.body())?),
            (None, Some(state)) => rejected(state.targets_of("targets"))?,
            (None, None) => None,
        };
        Ok(body.and_then(|body| body.delegations).unwrap_or_default())
    }

    /// Whether the keys that speak for a model now are those that will.
    pub(super) fn settled(&self, role: &str) -> Outcome<bool, SigningRefusal> {
        let top = self.state.as_ref().map(|state| state.targets_of("targets"));
        let present = rejected(top.transpose())?.flatten().and_then(|top| top.delegations);
        let of = |delegations: &Delegations| {
            delegations.roles.iter().find(|entry| entry.name == role).cloned()
        };
        let present = present.as_ref().and_then(of);
        Ok(present.is_some() && present == of(&self.coming_delegations()?))
    }

    /// Whose signatures the next document of a role takes.
    pub(super) fn needs(&self, role: &str) -> Outcome<Vec<Need>, SigningRefusal> {
        let coming = self.coming_root()?;
        let coming = coming.ok_or(Failure::Refused(SigningRefusal::NotSet))?;
        let of = |root: &Root, name: &str, whose: &str| {
            let keys = root.role(name)?;
            Ok(Need::new(whose, &root.keys, &keys.keyids, keys.threshold))
        };
        match role {
            "root" => {
                let present =
                    self.state.as_ref().map(|state| of(&state.root, role, "the present root keys"));
                let next = of(&coming, role, "the new root keys");
                rejected(present.into_iter().chain([next]).collect())
            }
            "targets" => rejected(of(&coming, role, "the targets keys")).map(|need| vec![need]),
            _ => {
                let delegations = self.coming_delegations()?;
                let entry = delegations.roles.iter().find(|entry| entry.name == role);
                let Some(entry) = entry.filter(|_| role != OFFERS_ROLE) else {
                    return Err(Failure::Refused(SigningRefusal::UnknownRole(role.to_owned())));
                };
                let whose = format!("the keys of {role}");
                Ok(vec![Need::new(&whose, &delegations.keys, &entry.keyids, entry.threshold)])
            }
        }
    }

    /// What is published of a role, as a document.
    pub(super) fn present(&self, role: &str) -> Outcome<Option<Document>, SigningRefusal> {
        let Some(state) = &self.state else { return Ok(None) };
        let bytes = match role {
            "root" => Some(&state.root_bytes),
            _ => state.targets.get(role),
        };
        rejected(bytes.map(|bytes| Document::parse(role, bytes, TARGETS_BYTES_MAX)).transpose())
    }
}

/// Writes a new version: immutable files, then the timestamp, in the caller's transaction. Files
/// that no client can ask for any more are forgotten, but never a root.
pub(super) fn write(
    tx: &mut Tx<'_>,
    before: Option<&State>,
    next: &Next,
    at: Instant,
) -> Outcome<(), SigningRefusal> {
    let overtaken = || Failure::Refused(SigningRefusal::Overtaken);
    let text = |bytes: &[u8]| {
        String::from_utf8(bytes.to_vec())
            .map_err(|_| Failure::Refused(Rejected::malformed("not UTF-8").into()))
    };
    for (name, bytes) in &next.immutable {
        let version = name.split('.').next().and_then(|number| number.parse().ok()).unwrap_or(0);
        if !signing::add_file(tx, name, version, &text(bytes)?, at)? {
            return Err(overtaken());
        }
    }
    if let (Some(bytes), Some(timestamp)) = (&next.timestamp, &next.state.timestamp) {
        let replaces = before.and_then(|state| state.timestamp.as_ref()).map(|known| known.version);
        if !signing::put_timestamp(tx, replaces, timestamp.version, &text(bytes)?, at)? {
            return Err(overtaken());
        }
    }
    let kept = next.state.files();
    // A client that began before this moment may still ask for what the last timestamp named.
    let before = before.map(State::files).unwrap_or_default();
    for file in signing::files(tx)? {
        let named = kept.contains(&file.name) || before.contains(&file.name);
        let young = at.seconds_since(file.written_at) < LIVES.timestamp_s;
        if !named && !young && !file.name.ends_with(".root.json") {
            signing::forget_file(tx, &file.name)?;
        }
    }
    Ok(())
}
