//! The root: which keys speak for which role.

use std::collections::BTreeMap;

use kontor_base::Instant;
use serde::{Deserialize, Serialize};

use super::super::key::{KeyId, PublicKey};
use super::super::rejected::Rejected;
use super::body::{Body, SPEC_VERSION, TOP_ROLES};
use super::bounds::{check_head, check_keys, check_role};

/// The keys that speak for a role, and how many of them must.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleKeys {
    /// The keys.
    pub keyids: Vec<KeyId>,
    /// How many different ones must sign.
    pub threshold: usize,
}

/// The root: which keys speak for which role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    #[serde(rename = "_type")]
    kind: String,
    /// Whether file names carry versions and hashes. Always, in what we write.
    pub consistent_snapshot: bool,
    /// When it ends.
    pub expires: Instant,
    /// All keys by their id.
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// The four roles.
    pub roles: BTreeMap<String, RoleKeys>,
    /// The version of the specification.
    pub spec_version: String,
    /// The version, from 1.
    pub version: u64,
}

impl Root {
    /// A root with the given keys.
    #[must_use]
    pub fn new(
        version: u64,
        expires: Instant,
        keys: BTreeMap<KeyId, PublicKey>,
        roles: BTreeMap<String, RoleKeys>,
    ) -> Self {
        Self {
            kind: Self::TYPE.into(),
            consistent_snapshot: true,
            expires,
            keys,
            roles,
            spec_version: SPEC_VERSION.into(),
            version,
        }
    }

    /// The keys of one of the four roles.
    ///
    /// # Errors
    ///
    /// [`Rejected::Malformed`] for any other name.
    pub fn role(&self, role: &str) -> Result<&RoleKeys, Rejected> {
        self.roles.get(role).ok_or_else(|| Rejected::malformed(format!("no keys for {role}")))
    }
}

impl Body for Root {
    const TYPE: &'static str = "root";

    fn version(&self) -> u64 {
        self.version
    }

    fn expires(&self) -> Instant {
        self.expires
    }

    fn check(&self) -> Result<(), Rejected> {
        check_head(&self.spec_version, self.version)?;
        if !self.consistent_snapshot {
            return Err(Rejected::malformed("snapshots are not consistent"));
        }
        if !self.roles.keys().map(String::as_str).eq(TOP_ROLES) {
            return Err(Rejected::malformed("the root does not name exactly the four roles"));
        }
        check_keys(&self.keys)?;
        self.roles.values().try_for_each(|role| check_role(role, &self.keys))
    }
}
