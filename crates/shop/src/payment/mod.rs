//! Payment: the contract with providers and the ones that are built in.

mod provider;

pub use provider::{Offered, authorise, capture, give_back, late_answer, offered, send_back};
