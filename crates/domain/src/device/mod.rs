//! Device models that a ROM is made for: the maker's own and those of others.
//!
//! No rule about builds in here; a model only says by which names its devices answer.

mod types;

pub use types::{Codename, DeviceError, DeviceModel, Maker, Revision};
