//! What devices ask: update checks in the forms of the clients in the field, downloads, reports;
//! and the pages that show people the same.
//!
//! Every answer comes from the ROM's snapshot: no check touches the database. Start with `check`,
//! the service's own form.

mod check;
mod download;
mod file_body;
mod lineage;
mod offer;
mod pace;
mod page;
mod range;
mod reply;
mod report;
mod repository;
mod seen;
mod upload;

use axum::routing::{get, post, put};

pub use pace::Paces;

use crate::kit::routes::Routes;

/// Adds every endpoint for devices, and the pages.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    page::routes(routes)
        .add_express(check::ROUTE, get(check::answer), check::express)
        .add_express(lineage::V1, get(lineage::v1), lineage::v1_express)
        .add_express(lineage::V2, get(lineage::v2), lineage::v2_express)
        .add(lineage::ALL, get(lineage::all))
        .add(lineage::LINE, get(lineage::line))
        .add(lineage::CUSTOTA, get(lineage::custota))
        .add(download::ROUTE, get(download::send))
        .add(download::ORIGIN, get(download::from_here))
        .add(download::LIST, get(download::list))
        .add(offer::ROUTE, get(offer::answer))
        .add(repository::METADATA, get(repository::metadata))
        .add(repository::TARGETS, get(repository::target))
        .add(upload::HELD, get(upload::held))
        .add(upload::PIECE, put(upload::piece))
        .add(upload::PUBLISH, post(upload::publish))
        .add(report::ROUTE, post(report::take))
}
