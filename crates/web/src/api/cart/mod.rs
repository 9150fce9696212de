//! Carts: made, read, changed line by line.

mod body;
pub(super) mod create;
pub(super) mod set_line;
pub(super) mod show;

use kontor_base::id::CartId;

use super::call::{CART_TOKEN, Call};
use super::problem_map::unknown_cart;
use crate::kit::app::App;
use crate::kit::problem::Problem;

pub(super) use body::CartAnswer;

/// The cart of the path, if the token in the header is its own. A wrong token is answered like an
/// id that does not exist, so that nobody can find out which ids do.
pub(super) fn opened(app: &App, call: &Call) -> Result<CartId, Problem> {
    let token = call.token(CART_TOKEN)?;
    let asked: Option<CartId> = call.segment("id").parse().ok();
    let opened = app.shop.keys.open_cart(token);
    opened.filter(|opened| Some(*opened) == asked).ok_or_else(unknown_cart)
}
