//! Clearance: may this be announced, sold, delivered here, today, and if not, why not?
//!
//! [`may`] is a pure function over dated records: *rules* (what is needed), *grants* (evidence
//! that it is there), *orders* of courts and authorities (what is forbidden or conditioned),
//! *reviews* (whether anybody has looked for the rules of a country at all) and *assortments* (what a
//! market has opened with). Whatever is missing, unknown or unverified refuses; nothing in here ever
//! guesses in favour of a sale.
//!
//! Start reading with [`may`] in `verdict.rs`, then `walk.rs`, which looks at the facts.
//!
//! Days: `…_from`, `issued_on`, `revoked_on` and `vacated_on` are the first day of their state,
//! `expires_on` and `until` the last one, `effective_to` the first day on which a rule is gone (so
//! that a rule and its successor share one date).

mod asked;
mod assortment;
mod code;
mod degree;
mod facts;
mod finding;
mod grant;
mod loosened;
mod order;
mod parser;
mod predicate;
mod reason;
mod review;
mod row;
mod rule;
mod rule_row;
mod scope;
mod subject;
mod truth;
mod verdict;
mod vocabulary;
mod walk;

pub use asked::{AskedElsewhere, check_asked};
pub use assortment::{Assortment, AssortmentRow, Bound};
pub use code::{AuthorityOrderCode, ClearanceCode, CodeError, FactRef, GrantCode, ReviewCode};
pub use degree::{Ladder, Standing, ladder, standings};
pub use facts::{FactProblem, Facts, Records};
pub use grant::{Grant, GrantKind, GrantRow, GrantState, Verification, VerifiedHow};
pub use loosened::loosened;
pub use order::{AuthorityOrder, OrderEffect, OrderRow};
pub use predicate::{Expected, Predicate, PredicateError, PredicateProblem};
pub use reason::{Obligation, ObligationKind, Reason, RuleBrief};
pub use review::{Presence, PresenceRow, Review, ReviewRow};
pub use rule::{Conditional, Confirmation, Domain, Reach, Rule, Strength, WeekRange};
pub use rule_row::RuleRow;
pub use scope::{ComponentScope, Scope};
pub use subject::{Place, Subject};
pub use truth::Truth;
pub use verdict::{Explanation, Outcome, Step, StepEffect, Verdict, explain, may};
pub use vocabulary::{CLASS_LISTS, DERIVED_WORDS, PLACE_WORDS};
