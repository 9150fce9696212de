//! The staff area: each file is one work place, with its routes and their permission.
//!
//! A handler is given the [`kontor_shop::staff::Person`] by the door (`kit::desk`), narrows to the
//! markets in which the person has the permission, asks one use case and fills a page.

mod account;
mod calendar;
mod catalogue;
mod clearance;
mod curve;
mod desk;
mod document;
mod door;
mod exchange;
mod grant;
mod log;
mod market;
mod people;
mod price;
mod proposal;
mod rom;
mod sale;
mod sale_new;
mod steering;
mod stock;
mod today;
mod work;

pub(crate) use steering::Steering;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use kontor_domain::catalogue::PHOTO_BYTES_MAX;
use kontor_shop::staff::DOCUMENT_BYTES_MAX;

use crate::kit::routes::Routes;

/// What a form with a document has beside the document.
const FORM_BYTES: usize = 64 * 1024;

/// Adds the staff area.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    goods(people(routes))
}

/// The work places of markets and goods.
fn goods(routes: Routes) -> Routes {
    let with_photo = DefaultBodyLimit::max(PHOTO_BYTES_MAX + FORM_BYTES);
    // A file that was played through comes back in a field of the form that applies it.
    let with_rows = DefaultBodyLimit::max(exchange::UPLOAD_BYTES_MAX + FORM_BYTES);
    routes
        .add(catalogue::LIST, get(catalogue::list))
        .add(catalogue::ADD, post(catalogue::add))
        .add(catalogue::SHOW, get(catalogue::show))
        .add(catalogue::CHANGE, post(catalogue::change))
        .add(catalogue::PREVIEW, get(catalogue::preview))
        .add(catalogue::TAKE, post(catalogue::take).layer(with_photo))
        .add(catalogue::PUBLIC, get(catalogue::public))
        .add(catalogue::VARIANT, get(catalogue::variant))
        .add(catalogue::CHANGE_VARIANT, post(catalogue::change_variant))
        .add(price::FIRST, get(price::first))
        .add(price::LIST, get(price::list))
        .add(price::SHOW, get(price::show))
        .add(price::SET, post(price::set))
        .add(stock::LIST, get(stock::list))
        .add(stock::BOOK, post(stock::book))
        .add(stock::ACCOUNT, get(stock::account))
        .add(market::LIST, get(market::list))
        .add(market::SHOW, get(market::show))
        .add(market::CHANGE, post(market::change))
        .add(exchange::SHOW, get(exchange::show))
        .add(exchange::EXPORT, get(exchange::export))
        .add(exchange::TRY, post(exchange::play).layer(with_rows))
        .add(exchange::APPLY, post(exchange::apply).layer(with_rows))
        .add(sale::LIST, get(sale::list))
        .add(sale_new::NEW, get(sale_new::new))
        .add(sale_new::MAKE, post(sale_new::make))
        .add(sale::SHOW, get(sale::show))
        .add(sale::STEER, post(sale::steer))
        .add(rom::LIST, get(rom::list))
        .add(rom::SHOW, get(rom::show))
        .add(rom::STEP, post(rom::step))
        .add(calendar::SHOW, get(calendar::show))
}

/// Who comes in, what waits for a second person, the log, clearances.
fn people(routes: Routes) -> Routes {
    let with_document = DefaultBodyLimit::max(DOCUMENT_BYTES_MAX + FORM_BYTES);
    routes
        .add(today::SHOW, get(today::show))
        .add(door::SHOW, get(door::show))
        .add(door::ENTER, post(door::enter))
        .add(door::LEAVE, post(door::leave))
        .add(account::SHOW, get(account::show))
        .add(account::PASSWORD, post(account::password))
        .add(account::CODES, post(account::codes))
        .add(account::SESSIONS, post(account::sessions))
        .add(log::SHOW, get(log::show))
        .add(log::CSV, get(log::csv))
        .add(people::SHOW, get(people::show))
        .add(people::CHANGE, post(people::change))
        .add(proposal::LIST, get(proposal::list))
        .add(proposal::SHOW, get(proposal::show))
        .add(proposal::DECIDE, post(proposal::decide))
        .add(clearance::FIRST, get(clearance::first))
        .add(clearance::MATRIX, get(clearance::matrix))
        .add(clearance::PRODUCT, get(clearance::product))
        .add(grant::FORM, get(grant::form))
        .add(grant::RECORD, post(grant::record).layer(with_document))
        .add(document::SHOW, get(document::show))
}
