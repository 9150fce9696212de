//! The pages: typed contexts of already decided data, and the templates that set them.
//!
//! A handler parses, asks the shop, fills one of these structs and calls `render()` (from
//! [`askama::Template`]). Nothing in here reads a database, a clock or a session, and no page
//! decides anything about business: it only says it. Start with [`Shell`], which every page carries,
//! then read one page with its template side by side (`page/shelf.rs`, `templates/shelf.html`).
//!
//! Every context has `samples()`, one per state worth looking at; a test renders all of them in all
//! languages.

mod cart;
mod checkout;
mod countries;
mod form;
mod help;
mod legal;
mod legal_text;
mod letter;
mod order;
mod price;
mod problem;
mod product;
pub mod reach;
mod reason;
mod reference;
mod reseller;
pub mod rom;
mod sale;
mod second_step;
mod shelf;
mod shell;
pub mod staff;
mod waiting;

#[cfg(test)]
mod samples;

pub use cart::{CartLine, CartNotice, CartPage, LineState};
pub use checkout::{
    BetaNo, CheckoutForm, CheckoutPage, CheckoutState, DeliveryChoice, Hold, PaymentChoice,
    PaymentKind, QuoteFragment, SaleNo, Scenario, SummaryLine, US_STATES,
};
pub use countries::{CountriesPage, MarketEntry, Region, RegionName};
pub use form::{Field, FieldError, FieldProblem};
pub use help::Help;
pub use legal::{LegalKind, LegalPage, LegalSection};
pub use legal_text::{LEGAL_TEXT_BYTES_MAX, LegalTextError, LegalTexts};
pub use letter::{LetterOrder, LetterPage, LetterText};
pub use order::PaymentState;
pub use order::{OrderPage, OrderStatus, Step, StepKind, StepState, TransferAccount, Unit};
pub use price::{
    CostKind, CostLine, DepositLine, Price, Reduction, TaxKind, TaxNote, TaxPart, Totals,
};
pub use problem::{ProblemKind, ProblemPage};
pub use product::{
    Delivery, Duty, Fact, FactKind, FactValue, Fit, Identifier, Legal, Offer, ProductPage, Ship,
    Variant,
};
pub use reason::{Domain, Expected, Reason, ReasonState, Refusal};
pub use reference::{Example, Group, Operation, Parameter, ReferencePage, Schema, SchemaField};
pub use reseller::{OwnContract, ResellerBillPage, ResellerDeskPage, ResellerFrontPage};
pub use sale::{
    ChannelLine, Curve, DepositPage, DepositStage, EntryForm, EntryProblem, PassOnForm, PassOnPage,
    PassOnProblem, PlaceDeposit, PlacePage, PlaceState, ReportPage, SaleCard, SalePage, SaleStage,
    SaleTimes, SalesPage, WayLine, WayName,
};
pub use second_step::SecondStepPage;
pub use shelf::{Announced, Availability, Card, Gap, ShelfPage};
pub use shell::{Alternate, Market, Said, Shell, Site, Stage};
pub use waiting::{
    WaitingForm, WaitingLink, WaitingLinkPage, WaitingPage, WaitingState, WaitingSubject,
};
