//! HTTP: the shop's pages, the JSON API, and what operators ask.
//!
//! Start with [`server::router`], which has every route, then one page: a file in `store_front`
//! with its context in [`page`] and its template.

pub mod api;
pub mod kit;
pub mod letters;
pub mod operations;
pub mod page;
pub mod reach;
pub mod reseller;
pub mod rom;
pub mod server;
pub mod staff;
pub mod store_front;
