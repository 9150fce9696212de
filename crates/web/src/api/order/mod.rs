//! From a cart to an order: begin a checkout, read it, pay, read the order.

pub(super) mod begin;
pub(super) mod checkout;
pub(super) mod list;
mod outcome;
pub(super) mod place;
mod quote;
pub(super) mod show;

use kontor_base::id::CheckoutId;

use super::call::{CHECKOUT_TOKEN, Call};
use super::problem_map::unknown_checkout;
use crate::kit::app::App;
use crate::kit::problem::Problem;

pub(super) use outcome::{PaymentOutcome, reply_of};
pub(super) use place::PaymentWish;
pub(super) use quote::{QuoteBody, RefusalBody, TotalsBody};

/// The checkout of the path, if the token in the header is its own.
fn opened(app: &App, call: &Call) -> Result<CheckoutId, Problem> {
    let token = call.token(CHECKOUT_TOKEN)?;
    let asked: Option<CheckoutId> = call.segment("id").parse().ok();
    let opened = app.shop.keys.open_checkout(token);
    opened.filter(|opened| Some(*opened) == asked).ok_or_else(unknown_checkout)
}
