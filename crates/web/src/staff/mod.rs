//! The staff area: each file is one work place, with its routes and their permission.
//!
//! A handler is given the [`kontor_shop::staff::Person`] by the door (`kit::desk`), narrows to the
//! markets in which the person has the permission, asks one use case and fills a page.

mod account;
mod assortment;
mod blocks;
mod calendar;
mod carried;
mod catalogue;
mod changes;
mod clearance;
mod contract_form;
mod csv;
mod curve;
mod customer;
mod desk;
mod dispatch;
mod document;
mod doing;
mod door;
mod evidence;
mod exchange;
mod figures;
mod find;
mod grant;
mod hook;
mod job;
mod letter;
mod log;
mod market;
mod market_contact;
mod news;
mod news_catalogue;
mod news_own;
mod next_country;
mod next_headline;
mod next_inputs;
mod next_past;
mod opening;
mod opening_csv;
mod opening_view;
mod order;
mod order_act;
mod order_list;
mod order_return;
mod outbox;
mod passkey;
mod people;
mod plan;
mod plan_sources;
mod price;
pub(crate) mod problem;
mod programs;
mod proposal;
pub(crate) mod refusal;
mod reseller;
mod reseller_bill;
pub(crate) mod reseller_files;
mod reseller_held;
pub(crate) mod reseller_view;
mod rom;
mod rom_build;
mod rom_next;
mod rom_plan;
mod rom_signing;
mod rule;
mod sale;
mod sale_new;
mod sightings;
mod steering;
mod stock;
mod tell;
mod theirs;
mod today;
mod waiting;
mod withdrawal;
mod work;

pub use sightings::devices;
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
    let with_bundle = DefaultBodyLimit::max(rom_signing::BUNDLE_BYTES_MAX + FORM_BYTES);
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
        .add(rom_plan::NEW, get(rom_plan::new))
        .add(rom_plan::MAKE, post(rom_plan::make))
        .add(rom_signing::SHOW, get(rom_signing::show))
        .add(rom_signing::TAKE, post(rom_signing::take).layer(with_bundle))
        .add(rom_build::SHOW, get(rom_build::show))
        .add(rom_build::ACT, post(rom_build::act))
        .add(rom::SHOW, get(rom::show))
        .add(rom::STEP, post(rom::step))
        .add(calendar::SHOW, get(calendar::show))
}

/// Who comes in, what waits for a second person, the log, clearances.
fn people(routes: Routes) -> Routes {
    let with_document = DefaultBodyLimit::max(DOCUMENT_BYTES_MAX + FORM_BYTES);
    let routes = routes
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
        .add(find::FIND, get(find::show))
        .add(order_list::LIST, get(order_list::orders))
        .add(order_list::CSV, post(order_list::csv))
        .add(order::SHOW, get(order::show))
        .add(order_act::NOTE, post(order_act::note))
        .add(order_act::CANCEL, post(order_act::cancel))
        .add(order_act::REFUND, post(order_act::refund))
        .add(order_return::TAKE_BACK, post(order_return::take_back))
        .add(letter::RESEND, post(letter::resend))
        .add(customer::SHOW, get(customer::show))
        .add(customer::EXPORT, post(customer::export))
        .add(customer::MERGE, post(customer::merge))
        .add(customer::ERASE, post(customer::erase))
        .add(waiting::LISTS, get(waiting::lists))
        .add(waiting::CSV, post(waiting::csv))
        .add(tell::SHOW, get(tell::show))
        .add(tell::SEND, post(tell::send))
        .add(figures::SHOW, get(figures::show))
        .add(figures::CSV, get(figures::csv))
        .add(job::LIST, get(job::list))
        .add(job::STEER, post(job::steer))
        .add(outbox::LIST, get(outbox::list))
        .add(outbox::RETRY, post(outbox::retry))
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
        .add(proposal::CHANGES, get(proposal::changes_file))
        .add(proposal::DECIDE, post(proposal::decide))
        .add(clearance::FIRST, get(clearance::first))
        .add(clearance::MATRIX, get(clearance::matrix))
        .add(clearance::CSV, get(clearance::csv))
        .add(clearance::PRODUCT, get(clearance::product))
        .add(rule::SHOW, get(rule::show))
        .add(evidence::SHOW, get(evidence::show))
        .add(grant::FORM, get(grant::form))
        .add(grant::RECORD, post(grant::record).layer(with_document))
        .add(document::SHOW, get(document::show));
    expansion(routes)
}

/// Adds the work places of expansion: openings, withdrawals, dispatch, resellers, evidence, plans.
fn expansion(routes: Routes) -> Routes {
    routes
        .add(opening::FIRST, get(opening::first))
        .add(opening::SHOW, get(opening::show))
        .add(opening::CSV, get(opening::csv))
        .add(opening::ADVANCE, post(opening::advance))
        .add(assortment::CHANGE, post(assortment::change))
        .add(opening::COST, post(opening::cost))
        .add(withdrawal::FIRST, get(withdrawal::first))
        .add(withdrawal::SHOW, get(withdrawal::show))
        .add(withdrawal::CSV, get(withdrawal::csv))
        .add(withdrawal::WITHDRAW, post(withdrawal::withdraw))
        .add(withdrawal::WRITE, post(withdrawal::write))
        .add(withdrawal::RESTORE, post(withdrawal::restore))
        .add(dispatch::FIRST, get(dispatch::first))
        .add(dispatch::SHOW, get(dispatch::show))
        .add(dispatch::SEND, post(dispatch::send))
        .add(reseller::LIST, get(reseller::all))
        .add(reseller_files::ALL, get(reseller_files::all))
        .add(reseller::SHOW, get(reseller::show))
        .add(reseller_files::ORDERS, get(reseller_files::orders))
        .add(reseller_files::CONTRACTS, get(reseller_files::contracts))
        .add(reseller_files::ALLOTMENT, get(reseller_files::allotment))
        .add(reseller_files::SOLD, get(reseller_files::sold))
        .add(reseller_held::CSV, get(reseller_held::csv))
        .add(reseller_files::OUTSIDE, get(reseller_files::outside))
        .add(reseller::CONTRACT, post(reseller::contract))
        .add(reseller::REJECT, post(reseller::reject))
        .add(reseller::ALLOT, post(reseller::allot))
        .add(reseller::KEY, post(reseller::key))
        .add(reseller::END_KEY, post(reseller::end_key))
        .add(reseller_bill::CANCEL, post(reseller_bill::cancel))
        .add(reseller_bill::BILL, post(reseller_bill::bill))
        .add(reseller_bill::MONEY, post(reseller_bill::money))
        .add(reseller_bill::SHOW, get(reseller_bill::show))
        .add(reseller_bill::CSV, get(reseller_bill::csv))
        .add(carried::SHOW, get(carried::show))
        .add(carried::CSV, get(carried::csv))
        .add(next_country::SHOW, get(next_country::show))
        .add(next_country::CSV, get(next_country::csv))
        .add(next_country::COUNTED, get(next_country::counted_csv))
        .add(next_past::CSV, get(next_past::csv))
        .add(next_past::IMPORT, post(next_past::import))
        .add(plan::FIRST, get(plan::first))
        .add(plan::SHOW, get(plan::show))
        .add(plan::CSV, get(plan::csv))
        .add(plan::SAVE, post(plan::save_file))
}
