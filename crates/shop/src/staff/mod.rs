//! The maker's people: how they come in, what they do, what takes two of them, and the log of it.
//!
//! Start with [`Person`], who every use case of the staff area is told acts; then [`undertake`],
//! through which everything goes that may need a second person.

mod account;
mod act;
mod act_refusal;
mod customer;
mod document;
mod door;
mod expansion;
mod expansion_before;
mod export_list;
mod figures;
mod find;
pub mod goods;
mod grant;
mod job;
mod key;
mod key_orders;
mod log;
mod log_chain;
mod order;
mod passkey;
mod person;
mod reseller_key;
mod secret;
mod session;
mod sign_in;
mod tell;
mod undertake;

pub(crate) use account::issue_in;
pub use account::{
    AddCommand, Added, ChangeCommand, accounts, accounts_after, add, change, issue_code,
};
pub use act::{Act, Change};
pub use act_refusal::{AccountProblem, ActRefusal, Objection};
pub use customer::{Customer, MergeCommand, customer, export, merge, waiting_counts, waiting_list};
pub use document::{DOCUMENT_BYTES_MAX, Upload, UploadRefusal, document, keep_document};
pub use door::Door;
pub use expansion::{ExpansionAct, market_of_applicant};
pub use export_list::{LeavingList, begin_export};
pub use figures::{BegunByDay, Cover, DayFigure, Figures, Funnel, MarketFigure, figures};
pub use find::{
    FOUND_MAX, First, Found, FoundAccount, FoundBill, FoundCustomer, FoundDocument, FoundFact,
    FoundGrant, FoundLetter, FoundPayment, FoundProduct, FoundReseller, FoundResellerOrder,
    FoundSale, FoundSerial, FoundSerials, FoundWithdrawal, find, find_in, find_serials,
    index_names, reindex_names, reseller_for, resellers_read_of, sees_reseller,
};
pub use job::{JobState, JobWish, job_counts, queued, steer_job};
pub use key::{KEY_PREFIX, MadeKey, MakeKey, end_key, key_of, keys, keys_ending, make_key};
pub use key_orders::{OrdersQuery, orders_for_key};
pub(crate) use log::{By, Noted, note, note_why};
pub use log::{LogPage, LogQuery, entries};
pub(crate) use log_chain::BEFORE_THE_FIRST;
pub use log_chain::{Chained, LogKey, LogMark, NoMark, chain_log};
pub use order::{NoteCommand, write_note};
pub(crate) use passkey::forget_challenges;
pub use passkey::{
    Algorithm, Doubt, NewPasskey, PASSKEYS_MAX, PasskeyAnswer, Question, Site, add_passkey,
    ask_at_door, ask_for_passkey, passkey_handle, passkeys, remove_passkey, sign_in_by_passkey,
};
pub use person::{FieldProblem, Person, Refusal};
pub use reseller_key::{
    IssueKey, allot_as_operator, cancel_reseller_order_as_operator, end_reseller_key,
    issue_key_as_operator, issue_reseller_key, may_key_reseller,
};
pub use secret::{new_recovery_codes, recovery_left, set_password};
pub(crate) use session::forget_sessions;
pub use session::{end_others, end_session, person_of, sessions, sign_out};
pub use sign_in::{SecretGiven, SignIn, SignedIn, sign_in};
pub(crate) use undertake::reason_of;
pub use undertake::{
    DecideCommand, Foreseen, Listed, NO_REASON, Shown, Undertaken, Undertaking, decide, foresee,
    own_decided, proposal, proposals, proposals_in, undertake, waiting_count,
};
