//! The trust half: the TUF repository in the database, what waits for offline keys, and the
//! ceremony by which keys come and go.
//!
//! Root, targets and (usually) the models' keys are offline: what they are to sign waits in
//! `pending`, travels in bundles ([`export`], [`import`]) and is published when enough of them have
//! signed. Snapshot, timestamp and offers keys lie in the database, sealed with the server's secret;
//! [`keep_signing`] renews what they sign. Everything published is one transaction: the immutable
//! files and, with them, the timestamp.
//!
//! Start with [`repository`], then [`ceremony`] and [`exchange`].

mod bring;
mod ceremony;
mod exchange;
mod name;
mod propose;
mod refusal;
mod renew;
mod repository;
mod standing;

pub use bring::{NewSignatures, bring_in, bringable_in, read_bundle};
pub use ceremony::{Delegate, InitCommand, RotateCommand, delegate, init, rotate};
pub use exchange::{Imported, export, import};
pub use kontor_ota::signing::Missing;
pub use name::{delta_name, image_name, package_name, packed_name};
pub use propose::{Documents, Proposed, Wanted, propose_in, wanting};
pub use refusal::SigningRefusal;
pub use renew::keep_signing;
pub use repository::{LIVES, Repository};
pub use standing::{KeyPlace, RoleStanding, Standing, Waiting, standing};
