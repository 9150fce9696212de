//! The staff area's pages. Dense and quiet; every list is a table, every state a word with a mark.
//!
//! Start with [`StaffShell`], which every page carries, then [`MatrixPage`], the picture that people
//! remember.

mod account;
mod clearance;
mod customer;
mod door;
mod figures;
mod find;
mod job;
mod log;
mod order;
mod people;
mod proposal;
mod shell;
mod today;

pub use account::{AccountPage, SessionRow};
pub use clearance::{
    Evidence, GrantForm, GrantFormPage, Mark, MatrixCell, MatrixPage, MatrixRow, MatrixRule,
    ProductPage as ClearancePage, StepRow,
};
pub use customer::{CustomerPage, WaitingListsPage, WaitingRow};
pub use door::DoorPage;
pub use figures::{CoverRow, Drawn, EndingRow, FiguresPage};
pub use find::{FindPage, FoundKind};
pub use job::{JobRow, JobsPage};
pub use log::{LogPage, LogRow};
pub use order::{DeskLine, Happened, MayDo, OrderDeskPage, OrderRow, OrderRows, OrdersPage};
pub use people::{PeoplePage, PersonRow};
pub use proposal::{ProposalPage, ProposalRow, ProposalsPage};
pub use shell::{Notice, Place, StaffShell};
pub use today::{Expiring, TodayPage};
