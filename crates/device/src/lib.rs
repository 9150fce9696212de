//! The device's side of an update: an example for makers of ROMs, and what the tests use.
//!
//! A [`Client`] brings the signed metadata up to date by the rules of TUF and asks for the offer to
//! it: the signed word of the service whether a rollout lets it in, and to which build. It checks
//! that the offer speaks to it, is not older than one it has seen, and names what the metadata
//! vouches for; chooses a delta from exactly its image, else the whole image; downloads over as many
//! broken connections as it takes; proves the bytes, applies, proves the result, and reports. What
//! it believed is kept, so that going back is noticed.
//!
//! Nothing that comes over the network is trusted: the server may be a stranger's mirror. Each
//! attack that a device must withstand has a test by its name in `tests/attacks.rs` and
//! `tests/offer_attacks.rs`. How to write a client of one's own: `docs/how-to/write-a-client.md`.
//!
//! Start reading in [`client`]; [`memory`] is what survives a restart, [`fetch`] the network,
//! [`offer`] what the service says, [`download`] a file with resume, [`choose`] the decision what to install.

pub mod choose;
pub mod client;
pub mod download;
pub mod fetch;
pub mod memory;
pub mod metadata;
pub mod offer;
pub mod refused;
pub mod report;

pub use client::{Client, Installed, Outcome};
pub use fetch::{Fetch, Http};
pub use memory::{Identity, Memory};
pub use offer::ask_again_s;
pub use refused::Refused;
pub use report::{Event, Report};
