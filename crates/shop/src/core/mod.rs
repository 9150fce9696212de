//! What every use case stands on: the [`Shop`] it is given, its [`Failure`]s, and the helper that
//! gives a repeated request one effect.

mod failure;
mod once;
mod row;
mod shop;
mod snapshot;

pub(crate) use failure::Refuse;
pub use failure::{Failure, Outcome};
pub use once::{Once, Replayed, once};
pub(crate) use once::{answered_before, keep_first_answer, once_ahead};
pub(crate) use row::{not_a_row, row_source};
pub use shop::{
    BankAccount, KEEP_TAX_RECORDS_YEARS, Keys, Policy, Share, Shop, TICKET_KEY, claim_bytes,
    claim_of_bytes, usual_limits,
};
pub use snapshot::{Known, Level, Levels, Snapshot, Snapshots, TOPICS};
