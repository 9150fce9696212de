//! The staff area's pages. Dense and quiet; every list is a table, every state a word with a mark.
//!
//! Start with [`StaffShell`], which every page carries, then [`MatrixPage`], the picture that people
//! remember.

mod account;
mod clearance;
mod customer;
mod door;
mod evidence;
mod figures;
mod find;
mod job;
mod log;
mod opening;
mod order;
mod people;
mod problem;
mod programs;
mod proposal;
mod reseller;
mod shell;
mod today;
mod typed;
mod work;

/// After how many seconds without a page a session ends, for the layout.
pub const IDLE_S: i64 = kontor_domain::staff::SESSION_IDLE_S;

pub use account::{AccountPage, PasskeyRow, SessionRow};
pub use clearance::{
    Evidence, GrantForm, GrantFormPage, Mark, MatrixCell, MatrixPage, MatrixRow, MatrixRule,
    ProductPage as ClearancePage, StepRow,
};
pub use customer::{CustomerPage, LetterShown, TellPage, WaitingListsPage, WaitingRow};
pub use door::DoorPage;
pub use evidence::{
    CandidateRow, CarriedLine, CarriedPage, CountedRow, EstimateLine, InputLine, NextCountryPage,
    PastRow, PlanLine, PlanPage, SignalLine,
};
pub use figures::{CoverRow, Drawn, EndingRow, FiguresPage};
pub use find::{FindPage, FoundKind};
pub use job::{JobRow, JobsPage, OutboxPage, StuckRow};
pub use log::{LogPage, LogRow};
pub use opening::{
    ActRow, AssortForm, CheckRow, Choice, Compared, ComparedRow, CostForm, GapRow, HeldRow,
    MarketSells, OpenItem, OpeningForms, OpeningPage, SoldRow, StepForm, TakenPlan, TakenStep,
    WithdrawForm, WithdrawalRow, WithdrawalsPage,
};
pub use order::{
    DeskLine, Happened, LetterRow, Letters, MayDo, OrderDeskPage, OrderRow, OrderRows, OrdersPage,
};
pub use people::{PeoplePage, PersonRow};
pub use problem::{DeskProblemPage, MissingRight};
pub use programs::{DeliveryRow, HookPage, HookRow, KeyRow, KeyState, ProgramForm, ProgramsPage};
pub use proposal::{ProposalPage, ProposalRow, ProposalsPage};
pub use reseller::{
    AllotmentLine, BillDocument, BillLine, BillPage, BillRow, ContractForm, ContractRow,
    CreditDocument, DispatchPage, HeldResellerRow, HeldResellerTable, OutsideLine, OutsideTable,
    ParcelRow, ResellerKeyRow, ResellerOrderRow, ResellerPage, ResellerRow, ResellersPage,
    SoldLine, SoldOnTable,
};
pub use shell::{COUNTED, Group, Notice, Place, StaffShell};
pub use today::{Expiring, TodayPage, Told};
pub use typed::Typed;
pub use work::{Block, Button, Cell, Chart, Facts, Field, Form, Kind, Shot, Tab, Table, WorkPage};
