//! Targets documents: which files may be installed, and who else may say so.

use std::collections::BTreeMap;

use kontor_base::Instant;
use serde::{Deserialize, Serialize};

use super::super::key::{KeyId, PublicKey};
use super::super::rejected::Rejected;
use super::body::{Body, SPEC_VERSION};
use super::bounds::{check_head, check_keys, check_role};
use super::name::{check_role_name, glob};
use super::root::RoleKeys;
use super::target::Target;

/// A role to which targets are delegated: for us, a device model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegatedRole {
    /// Its keys.
    pub keyids: Vec<KeyId>,
    /// Its name; its document is `{name}.json`.
    pub name: String,
    /// The names it may speak for; `*` stands for any characters but `/`.
    pub paths: Vec<String>,
    /// Whether nobody further down may answer for these names.
    pub terminating: bool,
    /// How many keys must sign.
    pub threshold: usize,
}

impl DelegatedRole {
    /// Whether the role may speak for a target.
    #[must_use]
    pub fn covers(&self, target: &str) -> bool {
        self.paths.iter().any(|pattern| glob(pattern.as_bytes(), target.as_bytes()))
    }
}

/// All delegations of a targets document, in the order in which they are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegations {
    /// The keys of all roles.
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// The roles.
    pub roles: Vec<DelegatedRole>,
}

/// A targets document: the top-level one, or that of a delegated role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    #[serde(rename = "_type")]
    kind: String,
    /// To whom it delegates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegations: Option<Delegations>,
    /// When it ends.
    pub expires: Instant,
    /// The version of the specification.
    pub spec_version: String,
    /// The files, by name.
    pub targets: BTreeMap<String, Target>,
    /// The version, from 1.
    pub version: u64,
}

impl Targets {
    /// A document that vouches for `targets` and delegates nothing.
    #[must_use]
    pub fn new(version: u64, expires: Instant, targets: BTreeMap<String, Target>) -> Self {
        let (kind, spec_version) = (Self::TYPE.into(), SPEC_VERSION.into());
        Self { kind, delegations: None, expires, spec_version, targets, version }
    }
}

impl Body for Targets {
    const TYPE: &'static str = "targets";

    fn version(&self) -> u64 {
        self.version
    }

    fn expires(&self) -> Instant {
        self.expires
    }

    fn check(&self) -> Result<(), Rejected> {
        check_head(&self.spec_version, self.version)?;
        self.targets.iter().try_for_each(|(name, target)| target.check(name))?;
        let Some(delegations) = &self.delegations else { return Ok(()) };
        check_keys(&delegations.keys)?;
        for (index, role) in delegations.roles.iter().enumerate() {
            check_role_name(&role.name)?;
            if delegations.roles[..index].iter().any(|other| other.name == role.name) {
                return Err(Rejected::malformed(format!("the role {} stands twice", role.name)));
            }
            let keys = RoleKeys { keyids: role.keyids.clone(), threshold: role.threshold };
            check_role(&keys, &delegations.keys)?;
        }
        Ok(())
    }
}
