//! The catalogue: models, variants, components and the attributes that clearance rules test.

mod attribute;
mod lack;
mod photo;
mod serial;
mod types;

pub use attribute::{ATTRIBUTES, Attribute, Attributes, Kind, Value, ValueError};
pub use lack::{Described, Lack, lacks};
pub use photo::{
    PHOTO_BYTES_MAX, PHOTO_SIDE_MAX, PHOTO_SIDE_MIN, Photo, PhotoKind, PhotoRefusal, read_photo,
};
pub use serial::{SERIAL_CHARS_MAX, read_serial};
pub use types::{
    Component, ComponentKind, Fit, Model, ModelText, NameError, ProductClass, Sku, Slug, Variant,
};
