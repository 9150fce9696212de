//! Bounds that several documents keep.

use std::collections::BTreeMap;

use super::super::key::{KeyId, PublicKey};
use super::super::limits::{KEYS_MAX, VERSION_MAX};
use super::super::rejected::Rejected;
use super::root::RoleKeys;

pub(super) fn check_head(spec_version: &str, version: u64) -> Result<(), Rejected> {
    if !spec_version.starts_with("1.") {
        return Err(Rejected::malformed("another major version of the specification"));
    }
    if version == 0 || version > VERSION_MAX {
        return Err(Rejected::malformed("a version is out of bounds"));
    }
    Ok(())
}

pub(super) fn check_keys(keys: &BTreeMap<KeyId, PublicKey>) -> Result<(), Rejected> {
    if keys.len() > KEYS_MAX {
        return Err(Rejected::malformed("too many keys"));
    }
    if keys.iter().any(|(id, key)| key.id() != *id) {
        return Err(Rejected::malformed("a key goes under a name that is not its own"));
    }
    Ok(())
}

pub(super) fn check_role(
    role: &RoleKeys,
    keys: &BTreeMap<KeyId, PublicKey>,
) -> Result<(), Rejected> {
    if role.keyids.len() > KEYS_MAX || role.keyids.iter().any(|id| !keys.contains_key(id)) {
        return Err(Rejected::malformed("a role names a key that is not there"));
    }
    if role.threshold == 0 || role.threshold > role.keyids.len() {
        return Err(Rejected::malformed("a threshold can never be met or is zero"));
    }
    Ok(())
}
