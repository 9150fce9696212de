//! The pages of a sale: what it is, a person's place in it, what became of it.
//!
//! [`SalePage`] is the same for everybody and can be kept by a cache; what is one person's stands on
//! [`PlacePage`], at an address of its own.

mod deposit;
mod list;
mod pass_on;
mod place;
mod public;
mod report;

pub use deposit::{DepositPage, DepositStage};
pub use list::{SaleCard, SalesPage};
pub use pass_on::{PassOnForm, PassOnPage, PassOnProblem};
pub use place::{PlaceDeposit, PlacePage, PlaceState};
pub use public::{EntryForm, EntryProblem, SalePage, SaleStage, SaleTimes, WayLine, WayName};
pub use report::{ChannelLine, Curve, ReportPage};

use kontor_base::Country;

use crate::kit::text::Text;

/// Whether a country is the chosen one of a list; the first is until another one is.
fn is_chosen_country(countries: &[Country], chosen: &str, country: &Country) -> bool {
    let first = countries.first().map(Country::code).unwrap_or_default();
    country.code() == if chosen.is_empty() { first } else { chosen }
}

/// So many units, as the pages say it: "one unit", "1,200 units".
fn units_words(t: &Text, count: u64) -> String {
    let shown = t.number(i64::try_from(count).unwrap_or(i64::MAX));
    t.two("sale-units", "count", count, "shown", shown).into_owned()
}

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
