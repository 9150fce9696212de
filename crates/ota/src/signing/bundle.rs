//! What travels to the offline keys and back: a document to sign, what it replaces, and whose
//! signatures it needs.
//!
//! A bundle is made by the server, signed on machines that have no network
//! (`kontor rom key sign`), and taken in by the server again. Nothing in it is secret, and nothing
//! in it is believed: the server checks the signatures against what *it* knows, and a signer looks
//! at [`Bundle::changes`] before signing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::key::{KeyId, PublicKey, SecretKey};
use super::limits::TARGETS_BYTES_MAX;
use super::metadata::{Body, Delegations, Root, Target, Targets};
use super::rejected::Rejected;

/// The most bytes of a bundle: two documents and the keys.
const BUNDLE_BYTES_MAX: u64 = 3 * TARGETS_BYTES_MAX;

/// Keys of which so many must sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Whose keys, in words.
    pub whose: String,
    /// The keys.
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// How many of them.
    pub threshold: usize,
}

impl Need {
    /// The need for a role of a root or of delegations.
    #[must_use]
    pub fn new(
        whose: &str,
        keys: &BTreeMap<KeyId, PublicKey>,
        keyids: &[KeyId],
        threshold: usize,
    ) -> Self {
        let named = keys.iter().filter(|(id, _)| keyids.contains(id));
        let keys = named.map(|(id, key)| (id.clone(), key.clone())).collect();
        Self { whose: whose.to_owned(), keys, threshold }
    }

    /// How many valid signatures of these keys the document carries.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`].
    pub fn have(&self, document: &Document) -> Result<usize, Rejected> {
        let ids: Vec<KeyId> = self.keys.keys().cloned().collect();
        match document.check(&self.whose, &self.keys, &ids, self.threshold.max(1)) {
            Ok(()) => Ok(self.threshold),
            Err(Rejected::Threshold { have, .. }) => Ok(have),
            Err(other) => Err(other),
        }
    }
}

impl Need {
    /// The keys that have not signed the document.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`].
    pub fn unsigned(&self, document: &Document) -> Result<Vec<KeyId>, Rejected> {
        let mut unsigned = Vec::new();
        for (id, key) in &self.keys {
            let alone = BTreeMap::from([(id.clone(), key.clone())]);
            let need = Self { whose: self.whose.clone(), keys: alone, threshold: 1 };
            if need.have(document)? == 0 {
                unsigned.push(id.clone());
            }
        }
        Ok(unsigned)
    }
}

/// Signatures that are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Whose, in words.
    pub whose: String,
    /// How many there are.
    pub have: usize,
    /// How many it takes.
    pub need: usize,
    /// The keys that have not signed yet; of these come those that are missing.
    pub keys: Vec<KeyId>,
}

/// A document on its way to its signers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    kontor_bundle: u32,
    /// The role whose document it is: `root`, `targets` or a model.
    pub role: String,
    /// The document with the signatures so far.
    pub document: Document,
    /// What is published now, for comparing.
    pub present: Option<Document>,
    /// Whose signatures it takes; each of these must be met.
    pub needs: Vec<Need>,
}

impl Bundle {
    /// A bundle.
    #[must_use]
    pub fn new(
        role: &str,
        document: Document,
        present: Option<Document>,
        needs: Vec<Need>,
    ) -> Self {
        Self { kontor_bundle: 1, role: role.to_owned(), document, present, needs }
    }

    /// Reads a bundle.
    ///
    /// # Errors
    ///
    /// [`Rejected::Length`], [`Rejected::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Rejected> {
        if bytes.len() as u64 > BUNDLE_BYTES_MAX {
            return Err(Rejected::Length { name: "bundle".into(), expected: BUNDLE_BYTES_MAX });
        }
        let bundle: Self = serde_json::from_slice(bytes)
            .map_err(|error| Rejected::malformed(format!("not a bundle: {error}")))?;
        if bundle.kontor_bundle != 1 {
            return Err(Rejected::malformed("a bundle of another release"));
        }
        // What it claims to be must be what it is, before anybody looks at it.
        match bundle.role.as_str() {
            "root" => bundle.document.body::<Root>().map(drop)?,
            _ => bundle.document.body::<Targets>().map(drop)?,
        }
        Ok(bundle)
    }

    /// The file.
    ///
    /// # Panics
    ///
    /// Never: it is plain data.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("a bundle is plain data");
        bytes.push(b'\n');
        bytes
    }

    /// Whether a signature of this key is asked for.
    #[must_use]
    pub fn asks(&self, key: &PublicKey) -> bool {
        let id = key.id();
        self.needs.iter().any(|need| need.keys.contains_key(&id))
    }

    /// Signs the document.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`] when nobody asks for a signature of this key.
    pub fn sign(&mut self, key: &SecretKey) -> Result<(), Rejected> {
        if !self.asks(&key.public()) {
            return Err(Rejected::malformed(format!(
                "{} needs no signature of the key {}",
                self.role,
                key.public().id()
            )));
        }
        self.document.sign(key)
    }

    /// What is still missing.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`].
    pub fn missing(&self) -> Result<Vec<Missing>, Rejected> {
        let mut missing = Vec::new();
        for need in &self.needs {
            let have = need.have(&self.document)?;
            if have < need.threshold {
                let keys = need.unsigned(&self.document)?;
                let (whose, need) = (need.whose.clone(), need.threshold);
                missing.push(Missing { whose, have, need, keys });
            }
        }
        Ok(missing)
    }

    /// Whether what the bundle calls present was signed by a key that also speaks for the new one.
    /// A bundle from a stranger could lie about what is published.
    #[must_use]
    pub fn present_is_ours(&self, key: &PublicKey) -> bool {
        let Some(present) = &self.present else { return false };
        let id = key.id();
        let keys = BTreeMap::from([(id.clone(), key.clone())]);
        present.check("present", &keys, &[id], 1).is_ok()
    }

    /// What signing would change, a line each, for a person to look at.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`].
    pub fn changes(&self) -> Result<Vec<String>, Rejected> {
        if self.role == "root" {
            let present = self.present.as_ref().map(Document::body::<Root>).transpose()?;
            return Ok(root_changes(present.as_ref(), &self.document.body()?));
        }
        let present = self.present.as_ref().map(Document::body::<Targets>).transpose()?;
        Ok(targets_changes(present.as_ref(), &self.document.body()?))
    }
}

fn head<B: Body>(present: Option<&B>, next: &B) -> String {
    let (version, expires) = (next.version(), next.expires());
    match present {
        None => format!("version {version}, the first, until {expires}"),
        Some(present) => {
            format!("version {version} after {}, until {expires}", present.version())
        }
    }
}

fn root_changes(present: Option<&Root>, next: &Root) -> Vec<String> {
    let mut lines = vec![head(present, next)];
    for (name, role) in &next.roles {
        let before = present.and_then(|root| root.roles.get(name));
        lines.push(format!("{name}: {} of {} keys", role.threshold, role.keyids.len()));
        for id in &role.keyids {
            let new = before.is_none_or(|role| !role.keyids.contains(id));
            lines.push(format!("  {} key {id}", if new { "+" } else { " " }));
        }
        for id in before.into_iter().flat_map(|role| &role.keyids) {
            if !role.keyids.contains(id) {
                lines.push(format!("  - key {id}"));
            }
        }
    }
    lines
}

fn targets_changes(present: Option<&Targets>, next: &Targets) -> Vec<String> {
    let mut lines = vec![head(present, next)];
    let empty = BTreeMap::new();
    let before = present.map_or(&empty, |targets| &targets.targets);
    for (name, target) in &next.targets {
        match before.get(name) {
            None => lines.push(format!("+ {name}  {}", told(target))),
            Some(old) if old != target => {
                lines.push(format!("! {name}  {}, it was {}", told(target), told(old)));
            }
            Some(_) => {}
        }
    }
    for name in before.keys().filter(|name| !next.targets.contains_key(*name)) {
        lines.push(format!("- {name}"));
    }
    let same = next.targets.iter().filter(|(name, new)| before.get(*name) == Some(*new)).count();
    if same > 0 {
        lines.push(format!("  and {same} as before"));
    }
    delegation_changes(
        present.and_then(|targets| targets.delegations.as_ref()),
        next.delegations.as_ref(),
        &mut lines,
    );
    lines
}

fn told(target: &Target) -> String {
    let custom = &target.custom;
    format!(
        "release {}, {} bytes, sha256 {}, for {}",
        custom.release_counter,
        target.length,
        target.hashes.sha256,
        custom.hardware_ids.join(" ")
    )
}

fn delegation_changes(
    present: Option<&Delegations>,
    next: Option<&Delegations>,
    lines: &mut Vec<String>,
) {
    let roles = |delegations: Option<&Delegations>| -> BTreeMap<String, String> {
        let roles = delegations.into_iter().flat_map(|delegations| &delegations.roles);
        roles
            .map(|role| {
                let keys: Vec<&str> = role.keyids.iter().map(KeyId::as_str).collect();
                let (threshold, paths) = (role.threshold, role.paths.join(" "));
                let told = format!("{threshold} of the keys {} for {paths}", keys.join(" "));
                (role.name.clone(), told)
            })
            .collect()
    };
    let (before, after) = (roles(present), roles(next));
    for (name, told) in &after {
        match before.get(name) {
            None => lines.push(format!("+ {name} may speak: {told}")),
            Some(old) if old != told => lines.push(format!("! {name} may speak: {told}")),
            Some(_) => {}
        }
    }
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        lines.push(format!("- {name} may no longer speak"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::demo::DemoKeys;
    use crate::signing::publish::Lives;
    use kontor_base::{Instant, Random};

    #[test]
    fn a_bundle_collects_signatures_and_refuses_strange_keys() {
        let keys = DemoKeys::generate(&["one"], &Random::seeded(6));
        let now = Instant::from_micros(1_790_812_800_000_000);
        let root = keys.plan().first(now.plus_seconds(Lives::default().root_s)).expect("sound");
        let body: Root = root.body().expect("a root");
        let role = body.role("root").expect("a role");
        let need = Need::new("the root keys", &body.keys, &role.keyids, role.threshold);
        let bundle = Bundle::new("root", root, None, vec![need]);
        let mut bundle = Bundle::parse(&bundle.to_bytes()).expect("it was written a moment ago");
        let missing = |have, keys: &[&SecretKey]| {
            let mut keys: Vec<KeyId> = keys.iter().map(|key| key.public().id()).collect();
            keys.sort();
            Ok(vec![Missing { whose: "the root keys".into(), have, need: 2, keys }])
        };
        let [first, second, third] = [&keys.root[0], &keys.root[1], &keys.root[2]];
        assert_eq!(bundle.missing(), missing(0, &[first, second, third]));
        bundle.sign(&keys.root[0]).expect("a root key");
        bundle.sign(&keys.root[0]).expect("twice is once");
        assert_eq!(bundle.missing(), missing(1, &[second, third]));
        assert!(bundle.sign(&keys.models["one"]).is_err());
        bundle.sign(&keys.root[2]).expect("another root key");
        assert_eq!(bundle.missing(), Ok(vec![]));
        let told = bundle.changes().expect("a root").join("\n");
        assert!(told.contains("root: 2 of 3 keys") && told.contains("+ key"), "{told}");
        let as_targets = Bundle { role: "one".into(), ..bundle };
        assert!(Bundle::parse(&as_targets.to_bytes()).is_err(), "a root under another name");
    }
}
