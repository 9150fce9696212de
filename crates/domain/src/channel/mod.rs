//! Channels: which builds of a model people get who want it stable, early, or at once.
//!
//! A build enters a channel and may move up to a calmer one; it is never moved back, only
//! withdrawn. Which build a device is led to is [`step`]; whether a rollout lets it is the area
//! `rollout`'s.

mod shelf;
mod types;

pub use shelf::{Shelved, Step, step};
pub use types::{Channel, Entry, PromoteRefusal, promote};
