//! What the ROM half does: publish builds, move them through channels, roll them out, tell devices
//! what to install, count what they report.
//!
//! Use cases have the shape of the shop's: read what is needed, ask the pure rule, write what it
//! decided, in one named transaction. Start with [`core`] (what each is given and what devices are
//! answered from), then [`build`] (how a package gets in) and [`rollout`] (how it gets out).
//!
//! What must not happen here: HTTP, SQL, asking the machine for time or randomness.

pub mod build;
pub mod channel;
pub mod core;
pub mod device;
pub mod install;
pub mod keepers;
pub mod rollout;

pub use core::{Failure, Files, FilesError, Outcome, Rom, Settings, Snapshot};
