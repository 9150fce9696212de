//! Resellers: from the application over contract and allotment to orders, sell-out reports and what
//! is active outside the territory.
//!
//! An allotment is a quota in the stock ledger: units move from the market's shelf to the contract's
//! own account and back, with two sides, and an order can only take what lies there. What a contract
//! does not allow is refused by [`kontor_domain::reseller::judge`] with the clause that says so.
//!
//! A bill of an order is a proforma ([`kontor_domain::reseller::BillBody`]); what is owed for it and
//! what was paid stand in the money ledger. The tax invoice is made in the books, outside of this shop.

mod allot;
mod apply;
mod approve;
mod bill;
mod cancel;
mod dispatch;
mod held;
mod keep_out;
mod key;
mod order;
mod refusal;
mod resold;
mod review;
mod sell_out;
mod show;
mod sold;
mod territory;
mod waiting;

pub(crate) use allot::{allot_in, lies_with};
pub use apply::{ApplyCommand, apply};
pub(crate) use approve::{approve_in, check, reject_in};
pub use bill::{BillTerms, Payment, bill_of_reseller};
pub(crate) use bill::{bill_in, pay_in, returnable_in};
pub(crate) use cancel::cancel_for_maker_in;
pub use cancel::{CancelOrder, OrderCancelled, cancel_order};
pub(crate) use dispatch::dispatch_in;
pub use held::{HeldPage, HeldResellerOrder, held_reseller_orders, held_reseller_page};
pub(crate) use keep_out::keep_resellers_out;
pub use key::{RESELLER_KEY_PREFIX, holder_of, key_text};
pub(crate) use key::{end_key_in, issue_key_in};
pub use order::{LINES_MAX, OrderCommand, OrderTaken, order};
pub use refusal::{Refusal, TextProblem};
pub(crate) use review::review_reseller_orders;
pub use sell_out::{
    SELL_OUT_ROWS_MAX, SellOutCommand, SellOutTaken, read_sell_out_csv, report_sell_out,
};
pub use show::{
    AllotmentRow, OpenOrders, ShownReseller, list, open_orders, order_of, orders_of, show,
    show_before, show_of,
};
pub use sold::{SoldOutside, SoldRow, SoldUnit, SoldUnits, sold_outside};
pub use territory::OfMarkets;
pub(crate) use territory::Territories;
