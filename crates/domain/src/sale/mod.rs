//! The sale of a scarce item: its life, its definition, who gets in and in which order, who counts
//! as the same person, and what the public can check afterwards.
//!
//! Pure rules: the engine that counts units lives in `kontor-ledger`, which these rules do not
//! see. Start with [`LIFE_TABLE`], then [`Definition`], then [`Shuffle`] and [`verify()`].

mod admission;
mod beacon;
mod chance;
mod code;
mod definition;
mod deposit;
mod fair;
mod hex;
mod life;
mod limit;
mod person;
mod poll;
mod report;
mod settle;
mod ticket;
mod verify;

pub use admission::{Admission, Floor, HORIZON_MS, Measured};
pub use beacon::{BEACON_AFTER_S, beacon_comes_too_early, beacon_round_at};
pub use chance::{Chance, Outlook, UnitsRange, chance, units_range};
pub use code::{CodeBook, CodeRecord, CodeRefusal, NUMBER_MAX, enter_with, transfer};
pub use definition::{
    BEACON_BYTES_MAX, CHANNELS_MAX, Channel, Definition, DefinitionProblem, HOLD_MINUTES_MAX,
    HOLD_MINUTES_MIN, PER_PERSON_MAX, QuotaMove, Rollover, Standing, TITLE_MAX, UNITS_MAX, Way,
    Windows, roll_over,
};
pub use deposit::{
    DEPOSIT_TABLE, Deposit, DepositEvent, DepositRefusal, DepositState, credited_minor,
    deposit_step,
};
pub use fair::{Commitment, Drawn, OrderSecret, Rank, Shuffle, digest_of_sorted, entries_digest};
pub use life::{
    LIFE_TABLE, LifeRefusal, LifeStep, Mover, SaleEvent, SaleState, Undecided, catch_up, due,
    life_step,
};
pub use limit::{Limit, LimitMet, MetAt};
pub use person::{
    Counted, Household, OverLimit, PersonHasher, PersonKeys, Trait, units_of, within_limit,
};
pub use poll::{POLL_MS_MAX, POLL_MS_MIN, Polling, poll_after_ms};
pub use report::{
    Beacon, ChannelReport, DepositTotals, ENTRIES_MAX, Entry, Line, Outcome, ReadError, Report,
    SCHEMA, SCHEMA_BEFORE, Totals,
};
pub use settle::{Return, SettleRefusal, Tally, settle};
pub use ticket::{TICKET_TEXT_MAX, Ticket, TicketKeys, TicketRefusal};
pub use verify::{Check, Finding, Noted, verify};
