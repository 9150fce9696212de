//! Sales of scarce items: set up, opened by the clock, claimed by everybody in the same second,
//! settled, reported.
//!
//! [`board`] is what runs in memory; each lot on it has an [`owner`] on a thread of its own, which
//! decides batches in memory and writes each in one transaction. [`claim`] is the hot path: no
//! other database work, no network, nothing but a ticket's signature, a look at the snapshot and the
//! owner's answer. Start reading there.

mod again;
mod answer;
mod board;
mod claim;
mod code;
mod curve;
mod eligible;
mod enter;
mod exclude;
mod given_up;
mod keep;
mod let_in;
mod line;
mod over;
mod overview;
mod owner;
mod place;
mod rehearse;
mod report;
mod report_line;
mod roll;
mod set_up;
mod settle;
mod show;
mod sieve;
mod spread;
mod status;
mod stop_waiting;
mod takers;
mod turned_away;
mod turns;

pub(crate) use again::{AgainRefusal, take_again};
pub use answer::SaleRefusal;
pub use board::{LiveSale, MeasuredPace, Sales, cleared_countries};
pub use claim::{Claimed, Placed, Wish, claim, wait};
pub use code::{PassOn, make_codes, pass_on};
pub use curve::{Curves, taken_lately, taken_over_time};
pub(crate) use eligible::{bought_in, came_back_in, eligible_in, note_traits_in, own_claim};
pub use enter::{Enter, Entered, enter};
pub(crate) use enter::{MayEnter, enter_in, may_enter_in};
pub(crate) use exclude::BY_CONTRACT;
pub use exclude::{admit_again, exclude};
pub use keep::advance;
pub(crate) use keep::keep_sales;
pub use overview::{Overview, SalesPage, WayCount, definition_of, halted, overview, sales_before};
pub use owner::{Answer, LotOwner, OwnerRefusal};
pub use rehearse::{Crowd, Moment, Rehearsal, rehearse};
pub(crate) use report::note_refusal;
pub use report::{MadeReport, Pieces, report};
pub use report_line::ReportLine;
pub use set_up::{
    SetUp, SetUpRefusal, announce, halt, preview, resume, set_beacon, set_up, settle_halted,
};
pub(crate) use set_up::{set_beacon_in, set_up_in, settle_halted_in, step_in};
pub(crate) use settle::take_back_in;
pub use show::{
    Place, ShownClaim, ShownSale, WaySeen, claim_shown, entry_of, list, open_claim, place, shown,
    tallies,
};
pub(crate) use status::units_of;
pub use status::{Status, status};
pub(crate) use stop_waiting::stop_waiting_of;
pub use stop_waiting::{StoppedWaiting, stop_waiting};
