//! The shop's pages: each file is one page or one form, with its route and access rule.
//!
//! A handler parses, asks one use case, fills the page's context and renders it. What the shop
//! knows is turned into what a page says in [`view`].

mod cart;
mod checkout;
mod checkout_form;
mod countries;
mod help;
mod legal;
mod order;
mod product;
mod sale;
mod second_step;
mod shelf;
mod sitemap;
mod static_file;
pub(crate) mod view;
mod visit;
mod waiting;
mod waiting_link;

pub(crate) use countries::preferred;
pub(crate) use help::help_of;
pub(crate) use order::address_lines;
pub(crate) use view::{stage as stage_of, totals_of};
pub(crate) use visit::languages_of;

use axum::routing::{get, post};

use crate::kit::routes::Routes;

/// Adds the shop's pages.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    sale::routes(routes)
        .add(static_file::ROUTE, get(static_file::show))
        .add(sitemap::ROBOTS, get(sitemap::robots))
        .add(sitemap::SITEMAP, get(sitemap::sitemap))
        .add(countries::ROUTE, get(countries::show))
        .add(shelf::TO_SLASH, get(shelf::to_slash))
        .add(shelf::ROUTE, get(shelf::show))
        .add(product::ROUTE, get(product::show))
        .add(cart::SHOW, get(cart::show))
        .add(cart::ADD, post(cart::add))
        .add(cart::LINE, post(cart::set))
        .add(checkout::BEGIN, post(checkout::begin))
        .add(checkout::SHOW, get(checkout::show))
        .add(checkout::QUOTE, get(checkout::quote))
        .add(checkout_form::PAY, post(checkout_form::pay))
        .add(second_step::SHOW, get(second_step::show))
        .add(second_step::ANSWER, post(second_step::answer))
        .add(order::ROUTE, get(order::show))
        .add(waiting::ROUTE, post(waiting::sign_up))
        .add(waiting_link::CONFIRMATION, get(waiting_link::confirmation))
        .add(waiting_link::CONFIRM, post(waiting_link::confirm))
        .add(waiting_link::LEAVING, get(waiting_link::leaving))
        .add(waiting_link::LEAVE, post(waiting_link::leave))
        .add(legal::ROUTE, get(legal::show))
}
