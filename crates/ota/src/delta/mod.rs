//! What changed between two images, as a file that turns one into the other.
//!
//! [`encode()`] finds for each part of the new image where it lies in the old one, also where
//! bytes in between have changed (addresses that moved), and writes three streams: the steps, the
//! changed bytes, and what is new. [`apply()`] reads the steps one after another, so that it needs
//! little memory beside the old image, and proves the result by its hash.
//!
//! Start reading in [`format`](mod@format) (the file), then [`encode`](mod@encode) and
//! [`apply`](mod@apply); `find` is the search, `model` the arithmetic coder of the changed bytes.
//! Why this way, with figures: decision 0011.

pub mod apply;
pub mod encode;
mod find;
pub mod format;
mod model;
mod number;
pub mod policy;
pub mod source;

pub use apply::apply;
pub use encode::{Summary, encode};
pub use format::{DeltaError, Header};
pub use policy::{Worth, worth};
pub use source::ReadAt;
