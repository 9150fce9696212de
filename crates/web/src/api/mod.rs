//! The JSON API under `/api/v1`: the shop for programs.
//!
//! One endpoint, one file: its route with the access rule, its text for the reference, its bodies,
//! its handler. A handler parses ([`call`]), asks one use case, and renders ([`reply`]); every
//! refusal becomes a problem document in [`problem_map`]. No business rule lives here. The
//! conventions (404 instead of 403, keys, versions, money) are in `docs/api-design.md`; start
//! reading code with `cart/create.rs`.

mod call;
mod cart;
mod catalogue;
mod clearance;
mod customer;
mod document;
mod install;
mod market;
mod money;
mod object;
mod order;
mod payment;
mod problem_codes;
mod problem_map;
mod reach;
mod reply;
mod reseller;
mod sale;

use std::collections::BTreeSet;

use axum::routing::{get, post, put};
use kontor_domain::staff::Permission;

use crate::kit::routes::{Route, Routes};

pub use document::openapi;

/// What a key can hold that opens something here: the access rules of all endpoints say so.
pub(crate) fn opened_by_keys() -> BTreeSet<Permission> {
    ROUTES.iter().flat_map(|route| route.access.of_keys()).collect()
}

/// Every endpoint's route, in the order in which the reference shows them.
const ROUTES: &[Route] = &[
    market::ROUTE,
    catalogue::shelf::ROUTE,
    catalogue::product::ROUTE,
    clearance::show::ROUTE,
    cart::create::ROUTE,
    cart::show::ROUTE,
    cart::set_line::ROUTE,
    order::begin::ROUTE,
    order::checkout::ROUTE,
    order::place::ROUTE,
    payment::ROUTE,
    order::list::ROUTE,
    order::show::ROUTE,
    customer::ROUTE,
    sale::show::LIST,
    sale::show::ROUTE,
    sale::enter::ROUTE,
    sale::status::ROUTE,
    sale::claim::ROUTE,
    sale::wait::ROUTE,
    sale::stop_waiting::ROUTE,
    sale::check_out::ROUTE,
    sale::give_up::ROUTE,
    sale::deposit::PAY,
    sale::deposit::SHOW,
    sale::deposit::LEAVE,
    sale::pass_on::ROUTE,
    sale::report::ROUTE,
    install::report::ROUTE,
    install::overview::ROUTE,
    install::table::ROUTE,
    install::history::ROUTE,
    install::lineage::REPORT,
    install::lineage::SHOW,
    reach::overview::ROUTE,
    reach::counter::ROUTE,
    reach::table::ROUTE,
    reach::record::ROUTE,
    reseller::show::ROUTE,
    reseller::order::ROUTE,
    reseller::cancel::ROUTE,
    reseller::sell_out::ROUTE,
    document::openapi_json::ROUTE,
    document::reference::ROUTE,
];

/// Adds every endpoint of the API.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes
        .add(market::ROUTE, get(market::list_markets))
        .add(catalogue::shelf::ROUTE, get(catalogue::shelf::show_shelf))
        .add(catalogue::product::ROUTE, get(catalogue::product::show_product))
        .add(clearance::show::ROUTE, get(clearance::show::show_clearance))
        .add(cart::create::ROUTE, post(cart::create::create_cart))
        .add(cart::show::ROUTE, get(cart::show::show_cart))
        .add(cart::set_line::ROUTE, put(cart::set_line::set_line))
        .add(order::begin::ROUTE, post(order::begin::begin_checkout))
        .add(order::checkout::ROUTE, get(order::checkout::show_checkout))
        .add(order::place::ROUTE, post(order::place::place_order))
        .add(order::list::ROUTE, get(order::list::list_orders))
        .add(order::show::ROUTE, get(order::show::show_order))
        .add(payment::ROUTE, post(payment::take_second_step))
        .add(customer::ROUTE, post(customer::join_waiting_list))
        .add(sale::show::LIST, get(sale::show::list_sales))
        .add(sale::show::ROUTE, get(sale::show::show_sale))
        .add(sale::enter::ROUTE, post(sale::enter::enter_sale))
        .add(sale::status::ROUTE, get(sale::status::show_entry))
        .add(sale::claim::ROUTE, post(sale::claim::claim_in_sale))
        .add(sale::wait::ROUTE, post(sale::wait::wait_in_sale))
        .add(sale::stop_waiting::ROUTE, post(sale::stop_waiting::stop_waiting_in_sale))
        .add(sale::check_out::ROUTE, post(sale::check_out::check_out_claim))
        .add(sale::give_up::ROUTE, post(sale::give_up::give_up_claim))
        .add(sale::deposit::PAY, post(sale::deposit::pay_for_place))
        .add(sale::deposit::SHOW, get(sale::deposit::show_deposit))
        .add(sale::deposit::LEAVE, post(sale::deposit::leave))
        .add(sale::pass_on::ROUTE, post(sale::pass_on::pass_code_on))
        .add(sale::report::ROUTE, get(sale::report::show_report))
        .add(install::report::ROUTE, post(install::report::report_installation))
        .add(install::overview::ROUTE, get(install::overview::show_installations))
        .add(install::table::ROUTE, get(install::table::show_table))
        .add(install::history::ROUTE, get(install::history::show_history))
        .add(install::lineage::REPORT, post(install::lineage::report_lineage))
        .add(install::lineage::SHOW, get(install::lineage::show_lineage))
        .add(reach::overview::ROUTE, get(reach::overview::show_reach))
        .add(reach::counter::ROUTE, get(reach::counter::show_counter))
        .add(reach::table::ROUTE, get(reach::table::show_table))
        .add(reach::record::ROUTE, get(reach::record::show_record))
        .add(reseller::show::ROUTE, get(reseller::show::show_reseller))
        .add(reseller::order::ROUTE, post(reseller::order::place_reseller_order))
        .add(reseller::cancel::ROUTE, post(reseller::cancel::cancel_reseller_order))
        .add(reseller::sell_out::ROUTE, post(reseller::sell_out::report_sold))
        .add(document::openapi_json::ROUTE, get(document::openapi_json::show_openapi))
        .add(document::reference::ROUTE, get(document::reference::show_reference))
}
