//! The next country: evidence against break-even, without weights and without a score.
//!
//! 1. Break-even units a year `B = (F + K ÷ T) ÷ m`, with the margin `m` of one unit.
//! 2. Every signal is turned into units a year on its own. Signals are **never added**: the same
//!    person is on the waiting list, visits the shop and owns an imported device.
//! 3. Take rates are learned from markets that were opened: `k ~ Beta(s + ½, n − s + ½)` (Jeffreys'
//!    prior) per opening. One of the openings is drawn first, so that the spread *between* markets
//!    shows. A signal without an opening to learn from is shown as a count and takes no part.
//! 4. Clearances and checklist are gates with dates, not weights; the dates are those of the opening
//!    plan of the country's market, where the shop knows one (`plan.rs`).
//! 5. Candidates are ranked by how many calibrated signals clear break-even, ties by date; those that
//!    are blocked or that nobody knows a day of come behind all that can open. The rank is given as a
//!    range over the draws, and countries whose ranges overlap are tied.
//!
//! Start reading at [`next_country`] in `sheet.rs`.

mod draw;
mod headline;
mod own;
mod plan;
mod sentence;
mod sheet;
mod types;

pub use headline::Headline;
pub use own::{OwnCount, feed, own_count};
pub use plan::{gate_by_plan, opening_cost};
pub use sentence::two_digits;
pub use sheet::next_country;
pub use types::{
    Calibration, Candidate, CandidateName, CandidateResult, CostGround, Gate, GateGround,
    InputKind, InputSource, NextCountryError, Opening, Origin, Placement, Settings, Sheet, Signal,
    SignalKind, SignalResult, Spread, Sway,
};
