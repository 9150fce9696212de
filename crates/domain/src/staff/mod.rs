//! Who of the maker's people may do what, in which markets, and what a second person has to see.
//!
//! Pure rules over values: no hashing, no cookies, no store. Start with [`Permission`].

mod account;
mod approval;
mod key;
mod permission;
mod role;

pub use account::{
    ASSIGNMENTS_MAX, Account, AccountState, AssignmentError, PASSWORD_BYTES_MAX,
    PASSWORD_CHARS_MIN, PasswordProblem, RECOVERY_CODES, RECOVERY_S, SESSION_IDLE_S, SESSION_S,
    StaffName, check_password,
};
pub use approval::{
    APPROVAL_WITHIN_S, Decision, Extent, Limits, Proposal, ProposalState, StaffRefusal, decide,
    needs_second,
};
pub use key::{
    KEY_DAYS_MAX, KEYS_MAX, KeyGrant, KeyName, KeyRefusal, MarketsError, check_key, key_may_hold,
};
pub use permission::{Eyes, Permission, Span};
pub use role::{Assignment, Markets, Role, markets_of, may, may_throughout};
