//! Every refusal of a use case as a problem, in this one place: its status, its stable code, a
//! sentence that says what to do, and what a program can use.
//!
//! The statuses: 404 for what the path names and is not there, 422 for what the body says wrongly,
//! 409 for what was right once and is not any more (the current state comes along), 402 for a
//! payment that was declined. Nothing was changed by any of them. The match arms name every
//! variant on purpose: a new refusal does not compile until somebody has decided about it.

use axum::http::StatusCode;
use kontor_domain::cart::CartRefusal;
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::Verdict;
use kontor_domain::customer::{FieldError, FieldProblem as FormProblem};
use kontor_domain::market::BetaRefusal;
use kontor_domain::order::{CancelRefusal, CheckoutRefusal, QuoteRefusal};
use kontor_domain::price::PriceRefusal;
use kontor_ledger::StockRefusal;
use kontor_shop::{Failure, cart, customer, order};
use serde_json::json;

use super::call::{field, invalid, unknown_market};
use super::clearance::ReasonBody;
use super::money::MoneyBody;
use crate::kit::problem::{FieldProblem, Problem};

const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;
const CONFLICT: StatusCode = StatusCode::CONFLICT;
const UNFIT: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

pub(super) fn of<R>(failure: Failure<R>, told: impl FnOnce(R) -> Problem) -> Problem {
    match failure {
        Failure::Refused(refusal) => told(refusal),
        Failure::KeyReused => Problem::key_reused(),
        Failure::Fault(fault) => Problem::fault(&fault),
    }
}

/// Why a cart was not changed.
pub(crate) fn of_cart(failure: Failure<cart::Refusal>) -> Problem {
    of(failure, |refusal| match refusal {
        cart::Refusal::UnknownMarket => unknown_market(),
        cart::Refusal::UnknownCart => unknown_cart(),
        cart::Refusal::Cart(refusal) => cart_rule(&refusal),
        cart::Refusal::NotSold { sku, verdict } => not_sold(&sku, &verdict),
        cart::Refusal::Beta { sku, refusal } => beta(&sku, refusal),
        cart::Refusal::NoPrice { sku } => no_price(&sku),
    })
}

/// Why a purchase does not go on.
pub(crate) fn of_order(failure: Failure<order::Refusal>) -> Problem {
    of(failure, of_order_refusal)
}

/// Why a purchase does not go on, where only a refusal is at hand.
pub(crate) fn of_order_refusal(refusal: order::Refusal) -> Problem {
    let code = refusal.code();
    match refusal {
        order::Refusal::UnknownMarket => unknown_market(),
        order::Refusal::UnknownCart => unknown_cart(),
        order::Refusal::UnknownCheckout => unknown_checkout(),
        order::Refusal::UnknownPayment => {
            Problem::new(NOT_FOUND, code).detail("There is no such payment that waits for you.")
        }
        order::Refusal::UnknownOrder => unknown_order(),
        order::Refusal::NotOffered => {
            let mut problem = Problem::new(UNFIT, code)
                .detail("This way to pay is not offered here. Choose another one.");
            problem.errors = vec![field("/payment/method", code, "not offered")];
            problem
        }
        order::Refusal::Cart(refusal) => cart_rule(&refusal),
        order::Refusal::NotSold { sku, verdict } => not_sold(&sku, &verdict),
        order::Refusal::Beta { sku, refusal } => beta(&sku, refusal),
        order::Refusal::NoPrice { sku } => no_price(&sku),
        order::Refusal::Stock(refusal) => stock(&refusal),
        order::Refusal::Fields(errors) => fields(&errors),
        order::Refusal::Quote(refusal) => quote(&refusal),
        order::Refusal::Checkout(refusal) => checkout(refusal),
        order::Refusal::Payment(refusal) => {
            Problem::new(CONFLICT, code).detail(format!("Nothing was changed: {refusal}."))
        }
        order::Refusal::Money(refusal) => {
            Problem::new(CONFLICT, code).detail(format!("Nothing was changed: {refusal}."))
        }
        order::Refusal::Cancel(refusal) => cancel(refusal),
        // Staff give money back, never the API.
        order::Refusal::Refund(refusal) => {
            Problem::new(CONFLICT, code).detail(format!("Nothing was changed: {refusal}."))
        }
        order::Refusal::Sale(refusal) => super::sale::of_sale(&refusal),
    }
}

/// Why nobody was put on a waiting list.
pub(crate) fn of_sign_up(failure: Failure<customer::Refusal>) -> Problem {
    of(failure, |refusal| match refusal {
        customer::Refusal::UnknownMarket => unknown_market(),
        customer::Refusal::UnknownModel => {
            let mut problem = Problem::new(UNFIT, "customer.unknown_model")
                .detail("There is no such model; leave it out to wait for the market's opening.");
            problem.errors = vec![field("/model", "customer.unknown_model", "no such model")];
            problem
        }
        customer::Refusal::NotTaken => Problem::new(CONFLICT, "customer.not_taken")
            .detail("This market takes no addresses at its present stage."),
        customer::Refusal::Field(error) => fields(&[error]),
    })
}

/// There is no such cart, or the token is another cart's: the two are told alike.
pub(crate) fn unknown_cart() -> Problem {
    Problem::new(NOT_FOUND, "cart.unknown")
        .detail("There is no such cart, or the token in Kontor-Cart does not belong to it.")
}

/// There is no such checkout, or the token is another one's.
pub(crate) fn unknown_checkout() -> Problem {
    Problem::new(NOT_FOUND, "order.unknown_checkout")
        .detail("There is no such checkout, or the token in Kontor-Checkout does not belong to it.")
}

/// No order has this token.
pub(crate) fn unknown_order() -> Problem {
    Problem::new(NOT_FOUND, "order.unknown").detail("No order has this token.")
}

/// The goods were gone or may not be sold any more when the money came.
pub(crate) fn gone() -> Problem {
    Problem::new(CONFLICT, "order.gone").detail(
        "When the money came the goods were gone or may no longer be sold. There is no order, and \
         the money goes back. Begin again with a new cart.",
    )
}

/// The provider said no.
pub(crate) fn declined(code: &str) -> Problem {
    Problem::new(StatusCode::PAYMENT_REQUIRED, code).detail(
        "The payment was declined and nothing was charged. The goods are still held: try again \
         with a new Idempotency-Key, or pay in another way.",
    )
}

fn not_sold(sku: &Sku, verdict: &Verdict) -> Problem {
    let reasons: Vec<ReasonBody> = verdict.reasons.iter().map(ReasonBody::from).collect();
    Problem::new(CONFLICT, "clearance.refused")
        .detail(format!("{sku} may not be sold here today; the reasons are in more.reasons."))
        .more(json!({
            "sku": sku,
            "outcome": verdict.outcome.word(),
            "reasons": reasons,
            "changes_on": verdict.changes_on,
            "facts_version": verdict.facts_version,
        }))
}

fn no_price(sku: &Sku) -> Problem {
    Problem::new(CONFLICT, "price.missing")
        .detail(format!("{sku} may be sold, but it has no price here."))
        .more(json!({ "sku": sku }))
}

/// The market is open to a limited circle, with limited quantities.
fn beta(sku: &Sku, refusal: BetaRefusal) -> Problem {
    let code = refusal.code();
    match refusal {
        BetaRefusal::NotInvited => Problem::new(CONFLICT, code)
            .detail(format!(
                "This shop is open to people from its waiting list, and contact.email is not on \
                 the one for {sku}. Join it with POST /api/v1/{{market}}/waiting and confirm from \
                 the mailbox, or pay with the address that did. Nothing was charged, and the \
                 goods are still held."
            ))
            .more(json!({ "sku": sku })),
        BetaRefusal::PersonLimit { max, had } => Problem::new(CONFLICT, code)
            .detail(format!(
                "One person may have {max} of {sku} while the shop is open to a limited circle, \
                 over all orders."
            ))
            .more(json!({ "sku": sku, "max": max, "had": had })),
        BetaRefusal::UnitsGone { left } => Problem::new(CONFLICT, code)
            .detail(format!("Of {sku} {left} units are left for the time being."))
            .more(json!({ "sku": sku, "left": left })),
    }
}

fn cart_rule(refusal: &CartRefusal) -> Problem {
    let code = refusal.code();
    match refusal {
        CartRefusal::LineLimit { max } => Problem::new(UNFIT, code)
            .detail(format!("A cart holds at most {max} different variants."))
            .more(json!({ "max": max })),
        CartRefusal::QuantityLimit { max } => Problem::new(UNFIT, code)
            .detail(format!("A cart holds 1 to {max} units of one variant."))
            .more(json!({ "max": max })),
        CartRefusal::StaleVersion { expected, current } => Problem::new(CONFLICT, code)
            .detail(format!(
                "The cart is at version {current}, your request is for {expected}. Read the cart \
                 and decide anew."
            ))
            .more(json!({ "version": current })),
        CartRefusal::Empty => Problem::new(CONFLICT, code).detail("There is nothing in the cart."),
        CartRefusal::UnknownSku { sku } => Problem::new(UNFIT, code)
            .detail(format!("There is no variant {sku}. GET /api/v1/{{market}}/shelf lists them."))
            .more(json!({ "sku": sku })),
    }
}

fn stock(refusal: &StockRefusal) -> Problem {
    let code = refusal.code();
    match refusal {
        StockRefusal::Insufficient { short } => {
            let short: Vec<_> = short
                .iter()
                .map(|short| {
                    json!({
                        "sku": short.key.item.as_str(),
                        "missing": short.wanted.saturating_sub(short.available),
                    })
                })
                .collect();
            Problem::new(CONFLICT, code)
                .detail("Not everything is there; more.short says how many units are missing.")
                .more(json!({ "short": short }))
        }
        StockRefusal::HoldExpired { ended_at } => Problem::new(CONFLICT, code)
            .detail("The goods are no longer held. Begin the checkout again.")
            .more(json!({ "ended_at": ended_at })),
        StockRefusal::HoldSettled { .. }
        | StockRefusal::HoldNotEnded { .. }
        | StockRefusal::HoldAlreadyExtended
        | StockRefusal::HoldNotClaimed { .. }
        | StockRefusal::AllShipped
        | StockRefusal::MoreThanOrdered { .. }
        | StockRefusal::NotAnotherQuota
        | StockRefusal::CountBelowPromised { .. } => {
            Problem::new(CONFLICT, code).detail(format!("Nothing was changed: {refusal}."))
        }
        StockRefusal::NoLines
        | StockRefusal::TooManyLines
        | StockRefusal::UnitsOutOfRange
        | StockRefusal::DurationOutOfRange => {
            Problem::new(UNFIT, code).detail(format!("Nothing was changed: {refusal}."))
        }
    }
}

fn quote(refusal: &QuoteRefusal) -> Problem {
    let code = refusal.code();
    let at = |pointer: &str, detail: &str| {
        let mut problem = Problem::new(UNFIT, code).detail(format!("{pointer}: {detail}."));
        problem.errors = vec![field(pointer, code, detail)];
        problem
    };
    match refusal {
        QuoteRefusal::Empty => Problem::new(CONFLICT, code).detail("There is nothing to buy."),
        QuoteRefusal::NotServed { .. } => at("/address/country", "the market does not ship there"),
        QuoteRefusal::AddressNeeded => {
            at("/address/region", "the tax depends on the state, which is not known")
        }
        QuoteRefusal::TotalChanged { seen, now } if seen.currency != now.currency => {
            let (seen, now) = (seen.currency, now.currency);
            let mut problem = Problem::new(UNFIT, "price.mixed_currencies").detail(format!(
                "The market's prices are in {now}, and the total that was seen is in {seen}."
            ));
            let detail = "not the market's currency";
            problem.errors = vec![field("/total_seen/currency", "price.mixed_currencies", detail)];
            problem
        }
        QuoteRefusal::TotalChanged { seen, now } => Problem::new(CONFLICT, code)
            .detail(format!(
                "The total is {now} and not {seen}. Show it to the buyer and send it as total_seen."
            ))
            .more(json!({ "seen": MoneyBody::from(*seen), "now": MoneyBody::from(*now) })),
        QuoteRefusal::Price(refusal) => price(refusal),
    }
}

fn price(refusal: &PriceRefusal) -> Problem {
    let code = refusal.code();
    match refusal {
        PriceRefusal::NoPrice | PriceRefusal::NoTaxRate { .. } | PriceRefusal::AboveMrp { .. } => {
            Problem::new(CONFLICT, code).detail(format!("The total cannot be told: {refusal}."))
        }
        PriceRefusal::Amount(_) => {
            Problem::new(UNFIT, code).detail(format!("The total cannot be told: {refusal}."))
        }
    }
}

fn checkout(refusal: CheckoutRefusal) -> Problem {
    let detail = match refusal.code() {
        "order.already_placed" => "There is an order already. GET the checkout to find it.",
        "order.checkout_expired" => "The checkout has ended. Begin a new one from the cart.",
        "order.payment_under_way" => {
            "A payment is under way. GET the checkout to see how it comes out."
        }
        _ => "The checkout is not at this step. GET it to see where it stands.",
    };
    Problem::new(CONFLICT, refusal.code())
        .detail(detail)
        .more(json!({ "state": refusal.from.word() }))
}

fn cancel(refusal: CancelRefusal) -> Problem {
    match refusal {
        CancelRefusal::AlreadyDispatched | CancelRefusal::AlreadyOver => {
            Problem::new(CONFLICT, refusal.code())
                .detail(format!("Nothing was changed: {refusal}."))
        }
    }
}

/// The mistakes of a form, each with its place in the body. A sign-up's address stands at the top
/// of its body, the other forms under their own name.
fn fields(errors: &[FieldError]) -> Problem {
    let errors = errors
        .iter()
        .map(|error| FieldProblem {
            pointer: format!("/{}", error.field.replace('.', "/")).replace("/waiting/", "/"),
            code: error.code(),
            detail: in_words(error.problem).to_owned(),
        })
        .collect();
    invalid(errors)
}

const fn in_words(problem: FormProblem) -> &'static str {
    match problem {
        FormProblem::Missing => "it is empty and must not be",
        FormProblem::TooLong => "it has too many characters",
        FormProblem::ControlCharacter => "it contains control characters or invisible ones",
        FormProblem::MixedScripts => {
            "a word mixes letters of scripts that imitate each other (Latin, Greek, Cyrillic)"
        }
        FormProblem::Malformed => "it is not of the wanted form",
        FormProblem::Unknown => "it names nothing that exists",
        FormProblem::NotServed => "the market does not ship there",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::problem_codes::PROBLEM_CODES;
    use kontor_base::{Instant, Money, MoneyError};
    use kontor_domain::clearance::Outcome;
    use kontor_domain::market::Act;
    use kontor_domain::order::{CheckoutEvent, CheckoutState};
    use kontor_domain::payment::{PaymentEvent, PaymentRefusal, PaymentState};
    use kontor_ledger::{HoldState, MoneyRefusal, Shortage, StockKey};
    use kontor_shop::sale::SaleRefusal;
    use kontor_store::StoreError;

    fn usd(minor: i64) -> Money {
        Money::new(minor, "USD".parse().expect("a currency"))
    }

    fn sku() -> Sku {
        "BAND-BLACK".parse().expect("a SKU")
    }

    fn verdict() -> Verdict {
        Verdict {
            outcome: Outcome::Refused,
            act: Act::Sell,
            market: "us".parse().expect("a market"),
            ship_to: None,
            sku: sku(),
            at: "2015-06-01".parse().expect("a day"),
            reasons: Vec::new(),
            obligations: Vec::new(),
            advice: Vec::new(),
            changes_on: None,
            facts_version: 1,
            relied_on: Vec::new(),
        }
    }

    fn carts() -> Vec<CartRefusal> {
        vec![
            CartRefusal::LineLimit { max: 20 },
            CartRefusal::QuantityLimit { max: 10 },
            CartRefusal::StaleVersion { expected: 1, current: 2 },
            CartRefusal::Empty,
            CartRefusal::UnknownSku { sku: sku() },
        ]
    }

    fn stocks() -> Vec<StockRefusal> {
        let at = Instant::from_micros(0);
        let key = StockKey::parse("main", "BAND-BLACK", "us").expect("a key");
        vec![
            StockRefusal::Insufficient { short: vec![Shortage { key, wanted: 3, available: 1 }] },
            StockRefusal::HoldExpired { ended_at: at },
            StockRefusal::HoldSettled { state: HoldState::Claimed },
            StockRefusal::HoldNotEnded { ends_at: at },
            StockRefusal::HoldAlreadyExtended,
            StockRefusal::HoldNotClaimed { state: HoldState::Active },
            StockRefusal::AllShipped,
            StockRefusal::MoreThanOrdered { wanted: 2, awaiting: 1 },
            StockRefusal::NoLines,
            StockRefusal::TooManyLines,
            StockRefusal::UnitsOutOfRange,
            StockRefusal::DurationOutOfRange,
            StockRefusal::NotAnotherQuota,
            StockRefusal::CountBelowPromised { counted: 1, promised: 2 },
        ]
    }

    fn quotes() -> Vec<QuoteRefusal> {
        let jurisdiction = "US-CA".parse().expect("a jurisdiction");
        let euro = Money::new(1, "EUR".parse().expect("a currency"));
        vec![
            QuoteRefusal::Empty,
            QuoteRefusal::NotServed { jurisdiction },
            QuoteRefusal::AddressNeeded,
            QuoteRefusal::TotalChanged { seen: usd(1), now: usd(2) },
            QuoteRefusal::TotalChanged { seen: euro, now: usd(2) },
            QuoteRefusal::Price(PriceRefusal::NoPrice),
            QuoteRefusal::Price(PriceRefusal::NoTaxRate { jurisdiction }),
            QuoteRefusal::Price(PriceRefusal::AboveMrp { mrp: usd(1) }),
            QuoteRefusal::Price(PriceRefusal::Amount(MoneyError::MixedCurrencies)),
            QuoteRefusal::Price(PriceRefusal::Amount(MoneyError::OutOfRange)),
        ]
    }

    fn moneys() -> Vec<MoneyRefusal> {
        let (wanted, due) = (usd(2), usd(1));
        vec![
            MoneyRefusal::MoreThanDue { wanted, due },
            MoneyRefusal::MoreThanCaptured { wanted, captured: due },
            MoneyRefusal::MoreThanSold { wanted, sold: due },
            MoneyRefusal::MoneyIsIn { captured: due },
            MoneyRefusal::MixedCurrencies,
            MoneyRefusal::AmountOutOfRange,
        ]
    }

    fn orders() -> Vec<order::Refusal> {
        let event = CheckoutEvent::Pay;
        let payment = PaymentRefusal { from: PaymentState::Failed, event: PaymentEvent::Voided };
        let email = FieldError { field: "contact.email", problem: FormProblem::Missing };
        let mut all = vec![
            order::Refusal::UnknownMarket,
            order::Refusal::UnknownCart,
            order::Refusal::UnknownCheckout,
            order::Refusal::UnknownPayment,
            order::Refusal::UnknownOrder,
            order::Refusal::NotOffered,
            order::Refusal::NotSold { sku: sku(), verdict: verdict() },
            order::Refusal::Beta { sku: sku(), refusal: BetaRefusal::NotInvited },
            order::Refusal::Beta {
                sku: sku(),
                refusal: BetaRefusal::PersonLimit { max: 2, had: 1 },
            },
            order::Refusal::Beta { sku: sku(), refusal: BetaRefusal::UnitsGone { left: 1 } },
            order::Refusal::NoPrice { sku: sku() },
            order::Refusal::Fields(vec![email]),
            order::Refusal::Payment(payment),
            order::Refusal::Cancel(CancelRefusal::AlreadyDispatched),
            order::Refusal::Cancel(CancelRefusal::AlreadyOver),
            order::Refusal::Sale(SaleRefusal::NotYours),
            order::Refusal::Sale(SaleRefusal::Excluded),
            order::Refusal::Sale(SaleRefusal::PersonLimit),
            order::Refusal::Sale(SaleRefusal::Elsewhere),
        ];
        all.extend(carts().into_iter().map(order::Refusal::Cart));
        all.extend(stocks().into_iter().map(order::Refusal::Stock));
        all.extend(quotes().into_iter().map(order::Refusal::Quote));
        all.extend(moneys().into_iter().map(order::Refusal::Money));
        let states = CheckoutState::ALL.into_iter();
        all.extend(states.map(|from| order::Refusal::Checkout(CheckoutRefusal { from, event })));
        all
    }

    fn problems() -> Vec<Problem> {
        let waiting = FieldError { field: "waiting.email", problem: FormProblem::Malformed };
        let mut all: Vec<Problem> = orders().into_iter().map(of_order_refusal).collect();
        for refusal in carts() {
            all.push(of_cart(Failure::Refused(cart::Refusal::Cart(refusal))));
        }
        for refusal in [
            customer::Refusal::UnknownMarket,
            customer::Refusal::UnknownModel,
            customer::Refusal::NotTaken,
            customer::Refusal::Field(waiting),
        ] {
            all.push(of_sign_up(Failure::Refused(refusal)));
        }
        all.extend([
            of_order(Failure::KeyReused),
            of_order(Failure::Fault(StoreError::Overloaded)),
            of_order(Failure::Fault(StoreError::Closed)),
            of_order(Failure::Fault(StoreError::Locked)),
            of_order(Failure::Fault(StoreError::Conflict)),
            of_order(Failure::Fault(StoreError::Lost)),
            of_order(Failure::Fault(StoreError::OutcomeUnknown)),
            declined("payment.declined"),
            gone(),
            Problem::not_found(),
            Problem::too_many(1),
        ]);
        all
    }

    #[test]
    fn every_problem_is_listed_and_says_what_to_do() {
        for problem in problems() {
            let listed = PROBLEM_CODES.iter().find(|entry| entry.code == problem.code);
            let status = listed.map(|entry| entry.status);
            assert_eq!(status, Some(problem.status.as_u16()), "{}", problem.code);
            assert!(problem.detail.is_some_and(|text| text.len() > 10), "{}", problem.code);
        }
    }

    #[test]
    fn a_fields_place_is_where_it_stands_in_the_body() {
        for (field, pointer) in [
            ("contact.email", "/contact/email"),
            ("address.line1", "/address/line1"),
            ("waiting.email", "/email"),
        ] {
            let problem = fields(&[FieldError { field, problem: FormProblem::Missing }]);
            assert_eq!(problem.errors[0].pointer, pointer);
        }
    }
}
