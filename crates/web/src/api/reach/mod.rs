//! The published figures for programs: everything at once, table by table, record by record, and the
//! live counter, which any page of the web may read.

mod body;
pub(crate) mod counter;
pub(crate) mod overview;
pub(crate) mod record;
pub(crate) mod table;

use axum::response::Response;

use super::call::Call;
use crate::kit::app::App;
use crate::kit::pages::Page;
use crate::reach::Edition;

/// An answer that is the same for everybody until the next edition. `key` must be of a bounded
/// number.
fn kept(
    app: &App,
    call: &Call,
    edition: &Edition,
    key: &str,
    kind: &'static str,
    make: impl FnOnce() -> String,
) -> Response {
    let page =
        app.reach.pages.get(edition.generation, key).unwrap_or_else(|| {
            app.reach.pages.keep(edition.generation, key, Page::new(make(), kind))
        });
    page.respond(&call.headers)
}
