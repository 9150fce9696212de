//! The published figures as pages: the front page, a page for each record, definitions, a feed, the
//! counter that other pages embed, pictures for other sites.
//!
//! Everything is made from an [`front::Edition`]: the records and the live counters of one moment.
//! Pages are kept as bytes until the next edition. What must not happen here: averaging, rounding
//! what somebody said, or printing a number without a way to its source or definition. Start with
//! `page.rs`.

mod count;
mod counter;
mod definitions;
mod feed;
pub(crate) mod front;
mod kept;
mod page;
mod picture;
mod record;
mod story;
mod view;
mod world;

use axum::routing::get;

pub use front::{ACTIVE_DAYS, Edition, Front};
pub(crate) use world::country_rows;

use crate::kit::routes::Routes;

/// Adds the pages of the published figures.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes
        .add(page::ANY, get(page::any))
        .add(page::ROUTE, get(page::show))
        .add(definitions::ROUTE, get(definitions::show))
        .add(counter::ROUTE, get(counter::show))
        .add(feed::ROUTE, get(feed::show))
        .add(picture::FRONT, get(picture::front))
        .add(picture::COUNTER, get(picture::counter))
        .add(record::ROUTE, get(record::show))
        .add(picture::RECORD, get(picture::record))
}
