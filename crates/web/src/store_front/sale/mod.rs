//! A sale's pages. [`public`] is the same for everybody and kept for a second at a time; [`place`]
//! is one person's, by the ticket in a cookie; [`act`] are the forms on it.

mod act;
mod clock;
mod deposit;
mod enter;
mod list;
mod pass_on;
mod place;
mod public;
mod report;

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::Response;
use axum::routing::{get, post};
use kontor_base::Country;
use kontor_base::id::SaleId;
use kontor_domain::sale::Way;
use kontor_shop::sale::SaleRefusal;

use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::Routes;
use crate::page::WayName;
use crate::store_front::visit::Visit;

pub(super) use deposit::path_of as deposit_path;
pub(super) use list::cards_now;

/// Adds the sale's pages.
pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .add(clock::ROUTE, get(clock::show))
        .add(list::ROUTE, get(list::show))
        .add(public::ROUTE, get(public::show))
        .add(pass_on::SHOW, get(pass_on::show))
        .add(pass_on::PASS, post(pass_on::pass))
        .add(enter::ROUTE, post(enter::enter_sale))
        .add(place::ROUTE, get(place::show))
        .add(place::LINK, get(place::come_back))
        .add(deposit::SHOW, get(deposit::show))
        .add(deposit::PAY, post(deposit::pay))
        .add(deposit::LEAVE, post(deposit::leave))
        .add(act::CLAIM, post(act::take))
        .add(act::WAIT, post(act::stand))
        .add(act::STOP_WAITING, post(act::stop))
        .add(act::CHECKOUT, post(act::check_out))
        .add(act::GIVE_UP, post(act::give_up))
        .add(report::ROUTE, get(report::show))
}

/// The way as the pages name it.
const fn way_name(way: Way) -> WayName {
    match way {
        Way::Rush => WayName::Rush,
        Way::Draw => WayName::Draw,
        Way::Code => WayName::Code,
        Way::Batch => WayName::Batch,
    }
}

/// The country that a form names; without a name the market's own. None where the market does not
/// deliver.
fn destination(visit: &Visit, named: &str) -> Option<Country> {
    match named {
        "" => Some(visit.market().home()),
        code => code.parse().ok().filter(|code| visit.market().countries.contains(code)),
    }
}

/// A path's sale, if it can be one.
fn sale_id(text: &str) -> Option<SaleId> {
    text.parse().ok()
}

/// The page for a refusal that no form explains.
fn refused(app: &App, path: &str, refusal: &SaleRefusal) -> Response {
    let status =
        if refusal.is_passing() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::CONFLICT };
    Problem::new(status, refusal.code()).respond(app, path, None)
}

/// Says of a personal answer that nobody may keep it.
fn never_kept(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}
