//! The people who buy as guests: how to reach them, where parcels go, and the waiting list.
//! Personal data throughout: no `Debug` of these types prints it.

mod address;
mod contact;
mod field;
mod postcode;
mod rules;
mod waiting;

pub use address::{Address, AddressForm};
pub use contact::{Contact, ContactForm};
pub use field::{FieldError, FieldProblem};
pub use rules::{ADDRESS_RULES, AddressRules, RegionRule, address_rules};
pub use waiting::{
    ASK_AGAIN_AFTER_S, ASKED_A_DAY_MAX, Askable, CONFIRM_WITHIN_S, UNASKED_KEPT_S, WaitingEntry,
    WaitingMoments, WaitingStep, next_step, step_at_sign_up,
};
