//! The four documents of TUF, delegated targets, and what we say about a target beyond TUF.
//!
//! These are the bodies; [`super::document::Document`] adds the signatures. A body that was read
//! is within its bounds, which says nothing about whether it is to be believed.

mod body;
mod bounds;
mod listing;
mod name;
mod root;
mod target;
mod targets;

pub use body::{Body, SPEC_VERSION, TOP_ROLES};
pub use listing::{FileMeta, Hashes, Snapshot, Timestamp};
pub use name::{check_role_name, check_target_name};
pub use root::{RoleKeys, Root};
pub use target::{BuildFacts, Custom, DeltaOf, FileKind, Target};
pub use targets::{DelegatedRole, Delegations, Targets};
