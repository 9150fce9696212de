//! The staff area: each file is one work place, with its routes and their permission.
//!
//! A handler is given the [`kontor_shop::staff::Person`] by the door (`kit::desk`), narrows to the
//! markets in which the person has the permission, asks one use case and fills a page.

mod account;
mod clearance;
mod customer;
mod desk;
mod document;
mod door;
mod figures;
mod find;
mod grant;
mod job;
mod log;
mod order;
mod people;
mod proposal;
mod today;
mod waiting;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use kontor_shop::staff::DOCUMENT_BYTES_MAX;

use crate::kit::routes::Routes;

/// What a form with a document has beside the document.
const FORM_BYTES: usize = 64 * 1024;

/// Adds the staff area.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
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
        .add(find::FIND, get(find::show))
        .add(order::LIST, get(order::orders))
        .add(order::CSV, get(order::csv))
        .add(order::SHOW, get(order::show))
        .add(order::NOTE, post(order::note))
        .add(order::CANCEL, post(order::cancel))
        .add(order::REFUND, post(order::refund))
        .add(customer::SHOW, get(customer::show))
        .add(customer::EXPORT, post(customer::export))
        .add(customer::MERGE, post(customer::merge))
        .add(customer::ERASE, post(customer::erase))
        .add(waiting::LISTS, get(waiting::lists))
        .add(waiting::CSV, get(waiting::csv))
        .add(figures::SHOW, get(figures::show))
        .add(figures::CSV, get(figures::csv))
        .add(job::LIST, get(job::list))
        .add(job::STEER, post(job::steer))
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
