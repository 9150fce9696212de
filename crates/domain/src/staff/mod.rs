//! Who of the maker's people may do what, in which markets, and what a second person has to see.
//!
//! Pure rules over values: no accounts, no passwords, no sessions. Start with [`Permission`].

mod approval;
mod permission;
mod role;

pub use approval::{
    APPROVAL_WITHIN_S, Decision, Extent, Limits, Proposal, ProposalState, StaffRefusal, decide,
    needs_second,
};
pub use permission::{Eyes, Permission, Span};
pub use role::{Assignment, Markets, Role, may};
