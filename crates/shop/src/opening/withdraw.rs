//! The kill switch: takes a product out of a market with a reason, and puts it back as traceably.
//!
//! A withdrawal is a fact of clearance like a court's order, only that the maker gave it itself. So
//! everything that asks for a verdict obeys it at once and without knowing of it: shelf, API, carts,
//! payments on their way, dispatch. Facts are never deleted: taking a withdrawal back ends it, and
//! every change is kept with the version of the facts that it made.

use std::sync::Arc;

use kontor_base::id::uuid_v7;
use kontor_base::{Confidence, Country, Date, Instant, Line};
use kontor_domain::catalogue::{Sku, Slug};
use kontor_domain::clearance::{
    AuthorityOrder, AuthorityOrderCode, OrderEffect, Reach, Scope, Subject, Truth,
};
use kontor_domain::market::{Act, Market, MarketCode};
use kontor_domain::payment::readable_code;
use kontor_store::clearance::{self, Kind};
use kontor_store::{StoreError, Tx};

use super::refusal::Refusal;
use crate::core::{Failure, Known, Outcome, Shop};
use crate::hook::{Happened, write_down_in};
use crate::order::{HeldOrder, Reviewed, held_in, review_waiting};
use crate::reseller::{HeldResellerOrder, held_reseller_orders};

/// The authority behind a withdrawal.
const MAKER: &str = "the maker";

/// Takes what is in a scope out of a market.
#[derive(Clone, Debug)]
pub struct WithdrawCommand {
    /// The market.
    pub market: MarketCode,
    /// What: a variant, a model, a component, a factory, a revision.
    pub scope: Scope,
    /// From which act on. [`Act::Announce`] hides the product; [`Act::Preorder`] shows it with the
    /// reason.
    pub gates: Act,
    /// Who does it.
    pub by: Line<200>,
    /// Why; stands with every refusal.
    pub reason: Line<200>,
}

/// What a withdrawal did.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    /// The facts it made, one for each country of the market.
    pub codes: Vec<AuthorityOrderCode>,
    /// The variants that are in its scope.
    pub skus: Vec<Sku>,
    /// The market's orders that are held now, for whatever reason.
    pub held: Vec<HeldOrder>,
    /// The same of orders of resellers.
    pub held_for_resellers: Vec<HeldResellerOrder>,
}

/// Withdraws a product. When this answers, no cart, payment or dispatch of it goes through any more;
/// pages of a server that runs follow within a second.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store. After a fault the withdrawal may be in force already:
/// ask [`withdrawals`].
pub async fn withdraw(shop: &Arc<Shop>, command: WithdrawCommand) -> Outcome<Withdrawn, Refusal> {
    let (at, market) = (shop.now(), command.market);
    let own = Arc::clone(shop);
    let (codes, skus) = shop
        .db
        .write("opening.withdraw", move |tx| {
            let known = own.snapshots.current_in(tx, at)?;
            withdraw_in(tx, &own, &known, &command, at)
        })
        .await?;
    review_waiting(shop).await?;
    let held = held_in(shop, market).await?;
    let held_for_resellers = held_reseller_orders(shop, Some(market)).await?;
    Ok(Withdrawn { codes, skus, held, held_for_resellers })
}

/// Withdraws within a transaction; gives the facts it made and the variants they concern. Whoever
/// calls it judges the waiting orders anew when the transaction is kept.
pub(crate) fn withdraw_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    known: &Known,
    command: &WithdrawCommand,
    at: Instant,
) -> Outcome<(Vec<AuthorityOrderCode>, Vec<Sku>), Refusal> {
    let unknown = || Failure::Refused(Refusal::UnknownMarket(command.market));
    let market = known.market(command.market).ok_or_else(unknown)?;
    let skus = concerned(known, &command.scope);
    // Nobody withdraws a whole shop by leaving a field empty: pausing the market does that.
    if skus.is_empty() || command.scope.is_everything() {
        let scope = Box::new(command.scope.clone());
        return Err(Failure::Refused(Refusal::ConcernsNothing(scope)));
    }
    let stem = readable_code(&uuid_v7(at, &shop.random)).replace('-', "");
    let mut codes = Vec::new();
    for fact in facts(market, command, &stem, at.date()) {
        clearance::save(tx, Kind::Order, fact.code.as_str(), &fact, at)?;
        codes.push(fact.code);
    }
    let changed = Happened::clearance(Some(command.market), "withdrawn", &stem);
    write_down_in(tx, shop, changed, at)?;
    Ok((codes, skus))
}

fn concerned(known: &Known, scope: &Scope) -> Vec<Sku> {
    let products = known.variants.keys().filter_map(|sku| known.product(sku));
    let touched = products.filter(|(variant, model)| {
        // What might be inside is withdrawn as well: unknown is not cleared.
        scope.touches(&Subject::new(variant, model)) != Truth::No
    });
    touched.map(|(variant, _)| variant.sku.clone()).collect()
}

/// Law, and so every fact of clearance, knows countries: one fact for each of the market's.
fn facts(
    market: &Market,
    command: &WithdrawCommand,
    stem: &str,
    today: Date,
) -> Vec<AuthorityOrder> {
    let fact = |country: &Country| AuthorityOrder {
        code: code_of(*country, stem).expect("capitals, digits and dashes"),
        reach: Reach::Country(*country),
        effect: OrderEffect::Blocks,
        gates: command.gates,
        scope: command.scope.clone(),
        except: None,
        lifts: None,
        authority: MAKER.to_owned(),
        reference: stem.to_owned(),
        title: command.reason.as_str().to_owned(),
        from: today,
        until: None,
        vacated_on: None,
        deposit_per_unit: None,
        notice: Default::default(),
        keep: Vec::new(),
        source: format!("withdrawn by {}", command.by.as_str()),
        confidence: Confidence::S1,
    };
    market.countries.iter().map(fact).collect()
}

/// Takes a withdrawal back.
#[derive(Clone, Debug)]
pub struct ReinstateCommand {
    /// The withdrawal.
    pub code: AuthorityOrderCode,
    /// Who does it.
    pub by: Line<200>,
    /// Why.
    pub reason: Line<200>,
}

/// Ends a withdrawal from today on and judges waiting orders anew. What else stands in the way of a
/// sale still does.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn reinstate(shop: &Arc<Shop>, command: ReinstateCommand) -> Outcome<Reviewed, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("opening.reinstate", move |tx| {
            let ReinstateCommand { code, by, reason } = &command;
            if !reinstate_in(tx, code, by, reason, at, at.date())? {
                return Err(Failure::Refused(Refusal::NoWithdrawal(code.clone())));
            }
            let known = own.snapshots.current_in(tx, at)?;
            let facts: Vec<AuthorityOrder> = clearance::all(tx, Kind::Order)?;
            let fact = facts.iter().find(|fact| fact.code == *code);
            let market = fact.and_then(|fact| market_of(&known, fact.reach));
            let changed = Happened::clearance(market, "restored", code.as_str());
            write_down_in(tx, &own, changed, at)?;
            Ok(())
        })
        .await?;
    Ok(review_waiting(shop).await?)
}

/// The market whose people may act on a fact with this reach; none: only those of all markets.
pub(crate) fn market_of(known: &Known, reach: Reach) -> Option<MarketCode> {
    let Reach::Country(country) = reach else { return None };
    let mut own = known.markets.iter().filter(|market| market.countries.contains(&country));
    match (own.next(), own.next()) {
        (Some(market), None) => Some(market.code),
        _ => None,
    }
}

/// Ends a withdrawal within a transaction; `false` when there is none in force with this code.
pub(crate) fn reinstate_in(
    tx: &mut Tx<'_>,
    code: &AuthorityOrderCode,
    by: &Line<200>,
    reason: &Line<200>,
    at: Instant,
    today: Date,
) -> Result<bool, StoreError> {
    let Some(mut fact) = in_force(tx, today)?.into_iter().find(|fact| fact.code == *code) else {
        return Ok(false);
    };
    fact.vacated_on = Some(today);
    fact.source = format!("{}; taken back by {by}: {reason}", fact.source);
    clearance::save(tx, Kind::Order, fact.code.as_str(), &fact, at)?;
    Ok(true)
}

/// Withdraws in `added`, countries that a market gets, what is withdrawn in any of those it has: else it
/// would be sold there.
pub(crate) fn extend_withdrawals_in(
    tx: &mut Tx<'_>,
    before: &[Country],
    added: &[Country],
    at: Instant,
) -> Result<(), StoreError> {
    let stored: Vec<AuthorityOrder> = clearance::all(tx, Kind::Order)?;
    let withdrawn = stored.iter().filter(|fact| {
        let here = before.iter().any(|country| fact.reach == Reach::Country(*country));
        here && fact.code.is_withdrawal() && fact.in_force(at.date())
    });
    for fact in withdrawn {
        for country in added {
            let code: AuthorityOrderCode =
                code_of(*country, &fact.reference).ok_or_else(|| StoreError::BadRow {
                    table: "clearance_fact",
                    problem: format!("{} names no withdrawal", fact.code).into(),
                })?;
            let there = stored.iter().find(|other| other.code == code);
            if there.is_some_and(|other| other.in_force(at.date())) {
                continue;
            }
            let source = format!("{}; {country} came to the market", fact.source);
            let reach = Reach::Country(*country);
            let fact = AuthorityOrder { code, reach, source, ..fact.clone() };
            clearance::save(tx, Kind::Order, fact.code.as_str(), &fact, at)?;
        }
    }
    Ok(())
}

/// The code of a withdrawal in a country; none: the stem is none of a withdrawal.
fn code_of(country: Country, stem: &str) -> Option<AuthorityOrderCode> {
    format!("{}{country}-{stem}", AuthorityOrderCode::WITHDRAWN).parse().ok()
}

/// The withdrawals that are in force, by code.
///
/// # Errors
///
/// A fault of the store.
pub async fn withdrawals(shop: &Arc<Shop>) -> Result<Vec<AuthorityOrder>, StoreError> {
    let today = shop.now().date();
    shop.db.read("opening.withdrawals", move |tx| in_force(tx, today)).await
}

/// Since when a model's variants are withdrawn from a market, if one is: the latest withdrawal that
/// is in force.
pub(crate) fn withdrawn_since(
    known: &Known,
    market: &Market,
    model: &Slug,
    today: Date,
) -> Option<Date> {
    let touches = |fact: &&AuthorityOrder| {
        let here = market.countries.iter().any(|country| fact.reach.includes(*country));
        let skus = known.variants_of(model).filter_map(|variant| known.product(&variant.sku));
        fact.code.is_withdrawal()
            && fact.in_force(today)
            && here
            && skus.into_iter().any(|(variant, model)| {
                fact.scope.touches(&Subject::new(variant, model)) != Truth::No
            })
    };
    known.facts.records().orders.iter().filter(touches).map(|fact| fact.from).max()
}

/// The codes of the withdrawals of exactly this from a market, as far as they are in force.
pub(crate) fn withdrawn_of(
    tx: &mut Tx<'_>,
    market: MarketCode,
    scope: &Scope,
    today: Date,
) -> Result<Vec<String>, StoreError> {
    let markets = kontor_store::market::all(tx)?;
    let countries = markets.iter().find(|known| known.code == market).map(|m| &m.countries);
    let here = |fact: &AuthorityOrder| {
        countries.into_iter().flatten().any(|country| fact.reach.includes(*country))
    };
    let facts = in_force(tx, today)?;
    let same = facts.iter().filter(|fact| fact.scope == *scope && here(fact));
    Ok(same.map(|fact| fact.code.to_string()).collect())
}

fn in_force(tx: &mut Tx<'_>, today: Date) -> Result<Vec<AuthorityOrder>, StoreError> {
    let mut facts: Vec<AuthorityOrder> = clearance::all(tx, Kind::Order)?;
    facts.retain(|fact| fact.code.is_withdrawal() && fact.in_force(today));
    Ok(facts)
}
