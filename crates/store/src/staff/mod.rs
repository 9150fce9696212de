//! The maker's people. [`account`] has who they are and how they sign in, [`log`] what they did
//! ([`log_search`] finds it, [`log_seal`] and [`log_chain`] keep it as it was), [`proposal`] what waits for
//! a second person, [`document`] the papers they attach, [`key`] the keys of other programs.

pub mod account;
pub mod document;
pub mod key;
pub mod log;
pub mod log_chain;
pub mod log_seal;
pub mod log_search;
pub mod passkey;
pub mod proposal;
