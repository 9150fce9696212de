//! Counting installations: reports in, numbers out.
//!
//! A device reports in one of three forms ([`report`]); the count itself is `kontor_count`. What is
//! read comes from [`Figures`], which is made anew as the count goes on and never touches it: pages
//! read it as they read any snapshot. Small cells are withheld where it is made, so that no page or
//! answer can forget to.
//!
//! What must not happen here: keeping a device's own id or an address, or a number without a
//! definition ([`kontor_domain::install::Measure`]).
//!
//! Start reading with [`Install`].

mod elsewhere;
mod figures;
mod keep;
mod population;
mod present;
mod produced;
mod report;
mod service;
mod stays;

pub use elsewhere::{elsewhere, other_makers};
pub use figures::{Ceiling, DayFigures, Figure, Figures, Table};
pub use keep::run;
pub use population::{Population, Truth};
pub use present::{PRESENT_DAYS, own_counted, present};
pub use produced::{ProducedPlan, RowProblem, import_produced, produced};
pub use report::{Accepted, Incoming, NotCounted, accept, seen, seen_already};
pub use service::{Home, Install, InstallError, Keys, Settings};
pub use stays::Stays;
