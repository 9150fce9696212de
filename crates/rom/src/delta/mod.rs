//! What leads from one build to another, and what is vouched for: whole images, deltas between
//! them, and the targets that the signed metadata names.
//!
//! A delta is a row that is wanted, worked on by one node, and then ready, skipped or failed. Start
//! with [`make`], then [`targets`].

mod image;
mod make;
mod status;
mod targets;

pub use image::{AddImageCommand, AddImageRefusal, add_image};
pub use make::{Work, keep_deltas, make_next};
pub use status::{DeltaRefusal, DeltaStanding, cancel, deltas, want};
pub use targets::{keep_targets, wanted_targets};
