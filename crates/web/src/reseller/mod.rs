//! The reseller's own pages: apply, sign in with a key, order, report what was sold on.

mod desk;
mod front;

use axum::routing::{get, post};

use crate::kit::routes::Routes;

/// Adds the pages.
#[must_use]
pub fn routes(routes: Routes) -> Routes {
    routes
        .add(front::SHOW, get(front::show))
        .add(front::APPLY, post(front::apply_for))
        .add(front::ENTER, post(front::enter))
        .add(front::LEAVE, post(front::leave))
        .add(desk::SHOW, get(desk::show))
        .add(desk::ORDER, post(desk::place))
        .add(desk::CANCEL, post(desk::cancel))
        .add(desk::BILL, get(desk::bill))
        .add(desk::BILL_LINES, get(desk::bill_lines))
        .add(desk::SELL_OUT, post(desk::sell_out))
        .add(desk::CONTRACTS, get(desk::contracts_csv))
        .add(desk::ALLOTMENT, get(desk::allotment_csv))
        .add(desk::ORDERS, get(desk::orders_csv))
        .add(desk::SOLD, get(desk::sold_csv))
}
