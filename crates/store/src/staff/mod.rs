//! The maker's people. [`account`] has who they are and how they sign in, [`log`] what they did,
//! [`proposal`] what waits for a second person, [`document`] the papers they attach.

pub mod account;
pub mod document;
pub mod log;
pub mod proposal;
