//! Paying: the states of one attempt, what a provider is asked and answers, the built-in test
//! provider, bank transfers, and what happens when money comes after the hold on stock has ended.
//!
//! Nothing here talks to anybody: a provider call happens outside every transaction, and its
//! answer comes in here as a value.

mod machine;
mod provider;
mod reference;
mod settle;
mod test_provider;
mod transfer;

pub use machine::{
    GiveBack, PAYMENT_TABLE, PaymentEvent, PaymentRefusal, PaymentState, PaymentStep, payment_step,
};
pub use provider::{AuthoriseRequest, CaptureAnswer, ProviderAnswer, ProviderKind};
pub use reference::{check_character, is_readable, readable_code};
pub use settle::{HoldState, Settlement, settle};
pub use test_provider::{
    ANSWERS_LATE_AFTER_S, SecondStep, TEST_ACTION_PATH, TestScenario, test_authorise, test_capture,
    test_late_answer, test_second_step,
};
pub use transfer::{TransferInstructions, transfer_instructions};
