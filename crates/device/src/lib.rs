//! The device's side of an update: an example for makers of ROMs, and what the tests use.
//!
//! A [`Client`] asks for the newest signed metadata, believes it by the rules of TUF, chooses what
//! leads to the newest build for its hardware (a delta from exactly its image, else the whole
//! image), downloads it over as many broken connections as it takes, proves the bytes, applies,
//! proves the result, and reports. What it believed is kept, so that going back is noticed.
//!
//! Nothing that comes over the network is trusted: the server may be a stranger's mirror. Each
//! attack that a device must withstand has a test by its name in `tests/attacks.rs`.
//!
//! Start reading in [`client`]; [`memory`] is what survives a restart, [`fetch`] the network,
//! [`download`] a file with resume, [`choose`] the decision what to install.

pub mod choose;
pub mod client;
pub mod download;
pub mod fetch;
pub mod memory;
pub mod metadata;
pub mod refused;
pub mod report;

pub use client::{Client, Installed, Outcome};
pub use fetch::{Fetch, Http};
pub use memory::{Identity, Memory};
pub use refused::Refused;
pub use report::{Event, Report};
