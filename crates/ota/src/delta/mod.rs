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

/// The SHA-256 of no bytes, in hexadecimal digits: what a delta leads from that needs no image. Such a
/// delta is the packed form of a whole image.
pub const NOTHING_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use kontor_base::hex;

    use super::*;

    #[test]
    fn a_packed_image_leads_from_nothing() {
        let image = b"an image that says the same again and again, ".repeat(2_000);
        let mut go_on = |_: u64, _: u64| ControlFlow::Continue(());
        let (mut packed, mut made) = (Vec::new(), Vec::new());
        encode(&[], image.as_slice(), &mut packed, &mut go_on).expect("is packed");
        assert!(packed.len() * 10 < image.len(), "{} of {}", packed.len(), image.len());
        let header = apply(&[][..], packed.as_slice(), &mut made, &mut go_on).expect("applies");
        assert_eq!(made, image);
        assert_eq!(hex(&header.old_sha256), NOTHING_SHA256);
        // A device with an image of its own gives it nothing, not the image.
        let wrong = apply(image.as_slice(), packed.as_slice(), &mut Vec::new(), &mut go_on);
        assert!(matches!(wrong, Err(DeltaError::WrongOld)));
    }
}
