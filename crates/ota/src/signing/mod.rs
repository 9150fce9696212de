//! The TUF repository: who may say which software is genuine, and how a device checks it.
//!
//! Follows The Update Framework 1.0 with Ed25519, consistent snapshots and one delegation per
//! device model. Any TUF client can read what is written here.
//!
//! Secret keys rest [`sealed`]; what offline keys have to sign travels as a [`bundle`].
//!
//! Start reading in [`metadata`] (the documents), then [`trusted`] (what a client believes and
//! why it refuses) and [`publish`] (how the next version comes about). [`ceremony`] makes and
//! rotates the root; [`folder`] puts a version on disk; [`offer`] is the signed answer to an
//! update check.

pub mod bundle;
pub mod canonical;
pub mod ceremony;
pub mod demo;
pub mod document;
pub mod folder;
pub mod key;
pub mod limits;
pub mod metadata;
pub mod offer;
pub mod publish;
pub mod rejected;
pub mod sealed;
pub mod trusted;

pub use bundle::{Bundle, Missing, Need};
pub use ceremony::{KeySet, RootPlan};
pub use document::{Document, Signature};
pub use folder::{Folder, FolderError, OnlineKeys, Refreshed};
pub use key::{KeyId, PublicKey, SecretKey};
pub use metadata::{
    BuildFacts, Custom, DelegatedRole, Delegations, DeltaOf, FileKind, FileMeta, Hashes, RoleKeys,
    Root, Snapshot, Target, Targets, Timestamp,
};
pub use offer::Offer;
pub use rejected::Rejected;
pub use trusted::Trusted;
