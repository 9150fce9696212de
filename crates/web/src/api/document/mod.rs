//! The API's description: made from the code, served for programs and set for people.

mod description;
pub(super) mod openapi_json;
pub(super) mod reference;
mod responses;
mod schema;

pub use description::openapi;
pub(super) use responses::{Declining, Keyed, Reading, Writing};
