//! A sale in a whole shop when things go wrong: random purchases by seed, and faults of the disk and
//! of the connection to the server.

mod common;
mod fair;
mod faults;
mod halted;
mod seeds;
mod set_up;
mod turns;
