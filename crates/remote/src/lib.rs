//! What leaves the machine: letters ([`post`]), by SMTP or into a folder, and calls to other people's
//! servers ([`hook`]).
//!
//! Nothing here knows of orders or people, and nothing here is called inside a transaction: use
//! cases queue what is to be sent, and keepers bring it here afterwards. Every call blocks; callers
//! on an async thread put it aside.

pub mod hook;
pub mod post;
