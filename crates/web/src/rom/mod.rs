//! What devices ask: update checks in the forms of the clients in the field, downloads, reports.
//!
//! Every answer comes from the ROM's snapshot: no check touches the database. Start with `check`,
//! the service's own form.

mod check;
mod download;
mod lineage;
mod range;
mod reply;
mod report;
mod seen;

use axum::routing::{get, post};

use crate::kit::routes::Routes;

/// Adds every endpoint for devices.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes
        .add(check::ROUTE, get(check::answer))
        .add(lineage::V1, get(lineage::v1))
        .add(lineage::V2, get(lineage::v2))
        .add(lineage::ALL, get(lineage::all))
        .add(lineage::LINE, get(lineage::line))
        .add(download::ROUTE, get(download::send))
        .add(report::ROUTE, post(report::take))
}
