//! The staff area: each file is one work place, with its routes and their permission.
//!
//! A handler is given the [`kontor_shop::staff::Person`] by the door (`kit::desk`), narrows to the
//! markets in which the person has the permission, asks one use case and fills a page.

mod account;
mod clearance;
mod desk;
mod document;
mod door;
mod grant;
mod hook;
mod log;
mod passkey;
mod people;
mod programs;
mod proposal;
mod today;

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
        .add(passkey::ASK_AT_DOOR, post(passkey::ask_door))
        .add(passkey::ENTER, post(passkey::enter))
        .add(passkey::ASK, post(passkey::ask))
        .add(passkey::ADD, post(passkey::add))
        .add(passkey::REMOVE, post(passkey::remove))
        .add(log::SHOW, get(log::show))
        .add(log::CSV, get(log::csv))
        .add(people::SHOW, get(people::show))
        .add(people::CHANGE, post(people::change))
        .add(programs::SHOW, get(programs::show))
        .add(programs::MAKE_KEY, post(programs::make))
        .add(programs::END_KEY, post(programs::end))
        .add(programs::ADD_HOOK, post(programs::add))
        .add(hook::SHOW, get(hook::show))
        .add(hook::ACT, post(hook::act))
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
