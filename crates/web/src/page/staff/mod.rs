//! The staff area's pages. Dense and quiet; every list is a table, every state a word with a mark.
//!
//! Start with [`StaffShell`], which every page carries, then [`MatrixPage`], the picture that people
//! remember.

mod account;
mod clearance;
mod door;
mod log;
mod people;
mod programs;
mod proposal;
mod shell;
mod today;

pub use account::{AccountPage, PasskeyRow, SessionRow};
pub use clearance::{
    Evidence, GrantForm, GrantFormPage, Mark, MatrixCell, MatrixPage, MatrixRow, MatrixRule,
    ProductPage as ClearancePage, StepRow,
};
pub use door::DoorPage;
pub use log::{LogPage, LogRow};
pub use people::{PeoplePage, PersonRow};
pub use programs::{DeliveryRow, HookPage, HookRow, KeyRow, KeyState, ProgramForm, ProgramsPage};
pub use proposal::{ProposalPage, ProposalRow, ProposalsPage};
pub use shell::{Notice, Place, StaffShell};
pub use today::{Expiring, TodayPage};
