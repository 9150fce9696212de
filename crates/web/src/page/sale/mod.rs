//! The pages of a sale: what it is, a person's place in it, what became of it.
//!
//! [`SalePage`] is the same for everybody and can be kept by a cache; what is one person's stands on
//! [`PlacePage`], at an address of its own.

mod list;
mod place;
mod public;
mod report;

pub use list::{SaleCard, SalesPage};
pub use place::{PlacePage, PlaceState};
pub use public::{EntryForm, EntryProblem, SalePage, SaleStage, SaleTimes, WayLine, WayName};
pub use report::{ChannelLine, Curve, ReportPage};

use crate::kit::text::Text;

/// Units in a range, as the pages say it: "10 to 99", "none".
fn range_words(t: &Text, range: (u64, u64)) -> String {
    match range {
        (0, 0) => t.get("sale-range-none").into_owned(),
        (from, to) => {
            let number = |n: u64| t.number(i64::try_from(n).unwrap_or(i64::MAX));
            t.two("sale-range", "from", number(from), "to", number(to)).into_owned()
        }
    }
}
