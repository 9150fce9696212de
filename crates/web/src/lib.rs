//! HTTP: the shop's pages and the JSON API.

pub mod kit;
pub mod page;
