//! The maker's people: how they come in, what they do, what takes two of them, and the log of it.
//!
//! Start with [`Person`], who every use case of the staff area is told acts; then [`undertake`],
//! through which everything goes that may need a second person.

mod account;
mod act;
mod customer;
mod document;
mod door;
mod figures;
mod find;
mod job;
mod log;
mod order;
mod person;
mod secret;
mod session;
mod sign_in;
mod undertake;

pub use account::{AddCommand, Added, ChangeCommand, accounts, add, change, issue_code};
pub use act::{Act, ActRefusal, Change};
pub use customer::{Customer, MergeCommand, customer, export, merge, waiting_counts, waiting_list};
pub use document::{DOCUMENT_BYTES_MAX, Upload, UploadRefusal, document, keep_document};
pub use door::Door;
pub use figures::{Cover, DayFigure, Figures, Funnel, MarketFigure, figures};
pub use find::{FOUND_MAX, Found, FoundCustomer, FoundGrant, FoundProduct, FoundSale, find};
pub use job::{JobState, JobWish, job_counts, queued, steer_job};
pub use log::{LogPage, LogQuery, entries};
pub use order::{NoteCommand, write_note};
pub use person::{Person, Refusal};
pub use secret::{new_recovery_codes, recovery_left, set_password};
pub(crate) use session::forget_sessions;
pub use session::{end_others, end_session, person_of, sessions, sign_out};
pub use sign_in::{SecretGiven, SignIn, SignedIn, sign_in};
pub use undertake::{
    DecideCommand, Shown, Undertaken, Undertaking, decide, proposal, proposals, undertake,
};
