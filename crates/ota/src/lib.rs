//! What a device trusts and how new software gets to it, without a network.
//!
//! - [`signing`]: the TUF repository. Metadata with its keys and thresholds, the client's rules
//!   that decide whether to believe a file, the publisher's rules that make the next version, and
//!   the folder that is written so that a reader never sees half of a version.
//! - [`delta`]: what changed between two images, as a file: encoder, decoder, format.
//! - [`image`]: invented ROM images from a seed, for demo, tests and measurements.
//!
//! No clock, no randomness and no connection in here: all three are arguments. The publisher's
//! use cases, the web and the device all use this crate, so it knows none of them.

pub mod delta;
pub mod image;
pub mod signing;
