//! Resellers as partners: a contract says which models they may sell in which countries, at what
//! price, from how many units on and how many there are for them. An order that a contract does not
//! allow is refused with the clause that says so; a sell-out report is held against the territory.
//!
//! Pure rules over values. Start with [`Contract`], then [`judge`].

mod bill;
mod contract;
mod order;
mod profile;
mod sell_out;
mod tax;

pub use bill::{
    BILL_TABLE, BillBody, BillEvent, BillMovement, BillState, CreditNote, TAX_NOTE_CHARS_MAX,
    bill_number, credit_number,
};
pub use contract::{
    Clause, ClauseName, Contract, ContractProblem, ContractState, LINES_MAX, Terms,
};
pub use order::{
    Accepted, Judged, ORDER_LINES_MAX, ORDER_UNITS_MAX, OrderLine, ResellerOrder, ResellerRefusal,
    judge,
};
pub use profile::{
    BodyLine, Cancellation, CancelledBy, OrderBody, OrderStage, Profile, ProfileForm, Standing,
};
pub use sell_out::{SellOutProblem, SellOutReport, SellOutRow, Sold, read_sell_out, report};
pub use tax::{
    SupplyFacts, TAX_RULES, TaxBasis, TaxCase, TaxNumber, TaxNumberError, TaxRule, TaxUnknown,
    bill_tax,
};
