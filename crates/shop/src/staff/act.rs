//! What can be proposed to a second person, and what carrying it out does.

use kontor_base::{Date, Email, Instant, Language, Line};
use kontor_domain::clearance::{AuthorityOrder, AuthorityOrderCode, GrantRow};
use kontor_domain::market::MarketCode;
use kontor_domain::staff::{AccountState, Assignment, Extent, Markets, Permission, StaffRefusal};
use kontor_store::Tx;
use kontor_store::clearance::{self, Kind};
use serde::{Deserialize, Serialize};

use super::account::{AddCommand, ChangeCommand, add_in, change_in, check_add, check_change};
use super::act_refusal::{AccountProblem, ActRefusal};
use super::customer;
use super::expansion::ExpansionAct;
use super::goods::{
    Advance, CancelPrice, Loosening, PhotoAct, RolloutAct, RomAct, Rows, SaleAct, StockAct,
};
use super::grant::{checked_grant, read_grant, recorded};
use super::log::By;
use super::order;
use super::person::{FieldProblem, Person, Refusal};
use super::tell;
use crate::core::{Failure, Known, Outcome, Shop};
use crate::hook::{Happened, write_down_in};
use crate::mail::{Cause, Telling, queue_in};
pub(super) use crate::opening::market_of;
use crate::opening::reinstate_in;

/// An act, whole: it can be kept, shown, and carried out later by somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Records evidence that something is cleared, or changes what is recorded.
    Grant(Box<GrantRow>),
    /// Takes a withdrawal back.
    Restore {
        /// The withdrawal's code.
        code: String,
        /// Why.
        reason: String,
    },
    /// Something of expansion: an opening, a withdrawal, a reseller, a parcel.
    Expansion(Box<ExpansionAct>),
    /// Makes an account.
    AddAccount {
        /// The person's name.
        name: String,
        /// Their address.
        email: String,
        /// The language of their pages.
        language: String,
        /// What they may do, as `role@markets`.
        held: Vec<String>,
    },
    /// Changes an account.
    ChangeAccount {
        /// Its address.
        email: String,
        /// What they may do from now on, as `role@markets`.
        held: Option<Vec<String>>,
        /// `active` or `locked`.
        state: Option<String>,
    },
    /// Changes rows of a table: of the catalogue, of prices, of markets.
    Rows(Rows),
    /// Takes a planned price back.
    CancelPrice(CancelPrice),
    /// Takes a market one step further.
    Advance(Advance),
    /// Books stock.
    Stock(StockAct),
    /// Makes or steers a sale.
    Sale(SaleAct),
    /// Takes a photograph away.
    Photo(PhotoAct),
    /// Takes a step of a rollout.
    Rollout(RolloutAct),
    /// Does something to builds of the ROM.
    Rom(RomAct),
    /// Cancels an order: its units go back to the shelf, its money to the customer.
    CancelOrder {
        /// Its number.
        number: String,
    },
    /// Gives money of an order back while the order stands.
    Refund {
        /// The order's number.
        number: String,
        /// How much, in minor units.
        minor: i64,
        /// Of this currency.
        currency: String,
        /// Why, for the order's history.
        why: String,
    },
    /// Writes to everybody on a waiting list who has not been told.
    TellWaiting(Telling),
    /// Erases a customer: everything but what tax law keeps.
    EraseCustomer {
        /// Which, as `cus_…`.
        customer: String,
    },
}

/// What an act changes, as it is shown to whoever decides and kept in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// How it is now, as JSON; empty: there is nothing yet.
    pub was: String,
    /// How it will be, as JSON.
    pub is_now: String,
}

/// What has to be known of an act before anybody does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bearing {
    pub(super) permission: Permission,
    pub(super) market: Option<MarketCode>,
    pub(super) subject: String,
    pub(super) extent: Extent,
    /// What it would hold back less.
    pub(super) loosening: Loosening,
    /// Further places where it takes the permission; none: in all markets.
    pub(super) also: Vec<Option<MarketCode>>,
}

impl Bearing {
    /// An act in one place, without a size.
    pub(super) const fn plain(
        permission: Permission,
        market: Option<MarketCode>,
        subject: String,
    ) -> Self {
        let loosening = Loosening { products: Vec::new(), in_part: false };
        Self { permission, market, subject, extent: Extent::Plain, loosening, also: Vec::new() }
    }

    /// The same, if somebody may do it. Whatever tells what is stored is asked after this: to whom an
    /// act is not open, it says nothing but that.
    pub(super) fn for_person(self, person: &Person) -> Outcome<Self, Refusal> {
        if self.is_open_to(person) { Ok(self) } else { Err(StaffRefusal::NotPermitted.into()) }
    }

    /// Whether somebody may do it.
    pub(super) fn is_open_to(&self, person: &Person) -> bool {
        let elsewhere = |market: &Option<MarketCode>| person.may(self.permission, *market);
        person.may(self.permission, self.market) && self.also.iter().all(elsewhere)
    }
}

impl Act {
    /// What it needs, where, and what it is about. Checks everything that can be checked before, and
    /// first of all whether it is open to `person`.
    pub(super) fn bearing(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
        known: &Known,
        person: &Person,
        at: Instant,
    ) -> Outcome<Bearing, Refusal> {
        self.stated(tx, shop, known, person, at)?.for_person(person)
    }

    fn stated(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
        known: &Known,
        person: &Person,
        at: Instant,
    ) -> Outcome<Bearing, Refusal> {
        let plain = |permission, market, subject| Ok(Bearing::plain(permission, market, subject));
        match self {
            Self::Grant(row) => {
                let market = market_of(known, read_grant(row)?.reach);
                let granted = Bearing::plain(Permission::ClearanceGrant, market, row.code.clone());
                let granted = granted.for_person(person)?;
                checked_grant(tx, row)?;
                Ok(granted)
            }
            Self::Restore { code, .. } => {
                let country = code.strip_prefix("WITHDRAWN-").and_then(|rest| rest.get(..2));
                let reach = country
                    .and_then(|code| code.parse().ok())
                    .ok_or_else(|| refused(ActRefusal::NoWithdrawal(code.clone())))?;
                plain(Permission::OpeningRestore, market_of(known, reach), code.clone())
            }
            Self::Expansion(act) => act.bearing(tx, known, person),
            Self::AddAccount { name, email, language, held } => {
                let added = Bearing::plain(Permission::StaffManage, None, address(email)?);
                let added = added.for_person(person)?;
                let command = adding(name, email, language, held)?;
                in_markets(known, &command.held)?;
                check_add(tx, &command)?;
                Ok(added)
            }
            Self::ChangeAccount { email, held, state } => {
                let changed = Bearing::plain(Permission::StaffManage, None, address(email)?);
                let changed = changed.for_person(person)?;
                let command = changing(email, held.as_deref(), state.as_deref())?;
                in_markets(known, command.held.as_deref().unwrap_or_default())?;
                check_change(tx, &command)?;
                Ok(changed)
            }
            Self::Rows(rows) => rows.bearing(tx, known, person, at),
            Self::CancelPrice(cancel) => cancel.bearing(tx, person, at),
            Self::Advance(step) => step.bearing(known, person),
            Self::Stock(booking) => booking.bearing(tx, known, person),
            Self::Sale(act) => act.bearing(tx),
            Self::Photo(act) => act.bearing(known),
            Self::Rollout(act) => Ok(act.bearing()),
            Self::Rom(act) => act.bearing(tx, shop, person, at),
            Self::CancelOrder { number } => order::bearing_of_cancel(tx, number, person),
            Self::Refund { number, minor, currency, .. } => {
                order::bearing_of_refund(tx, number, order::amount(*minor, currency)?)
            }
            Self::TellWaiting(telling) => tell::bearing(shop, known, telling, person, at),
            Self::EraseCustomer { customer } => customer::bearing(tx, shop, customer, person),
        }
    }

    /// What it would change, for whoever decides.
    pub(super) fn change(&self, tx: &mut Tx<'_>, shop: &Shop) -> Outcome<Change, Refusal> {
        match self {
            Self::Expansion(act) => return act.change(tx, shop),
            Self::Rows(rows) => return rows.change(tx),
            Self::CancelPrice(cancel) => return cancel.change(tx),
            Self::Advance(step) => {
                let known = shop.snapshots.current_in(tx, shop.now())?;
                return Ok(step.change(&known));
            }
            Self::Stock(booking) => return booking.change(tx),
            Self::Sale(act) => return act.change(tx),
            Self::Photo(act) => return Ok(act.change()),
            Self::Rollout(act) => return act.change(tx, shop),
            Self::Rom(act) => return act.change(tx, shop),
            Self::CancelOrder { number } => return order::change_of_cancel(tx, number),
            Self::Refund { number, minor, currency, .. } => {
                return order::change_of_refund(tx, number, order::amount(*minor, currency)?);
            }
            Self::TellWaiting(telling) => return tell::change(tx, shop, telling),
            Self::EraseCustomer { customer } => return customer::change(tx, shop, customer),
            _ => {}
        }
        let is_now = match self {
            Self::Grant(row) => pretty(row),
            other => pretty(other),
        };
        let was = match self {
            Self::Grant(row) => {
                recorded(tx, &row.code)?.map(GrantRow::from).map(|row| pretty(&row))
            }
            Self::ChangeAccount { email, .. } => super::account::now_of(tx, email)?,
            Self::Restore { code, .. } => {
                let orders: Vec<AuthorityOrder> = clearance::all(tx, Kind::Order)?;
                let fact = orders.iter().find(|order| order.code.as_str() == code);
                fact.map(|fact| pretty(&fact.to_row()))
            }
            _ => None,
        };
        Ok(Change { was: was.unwrap_or_default(), is_now })
    }

    /// Does it. `by` is whoever decided; the author stands in the proposal.
    pub(super) fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
        by: &Person,
        at: Instant,
    ) -> Outcome<(), Refusal> {
        match self {
            Self::Grant(row) => {
                let grant = checked_grant(tx, row)?;
                clearance::save(tx, Kind::Grant, grant.code.as_str(), &grant, at)?;
                let known = shop.snapshots.current_in(tx, at)?;
                let market = market_of(&known, grant.reach);
                let changed = Happened::clearance(market, "grant", grant.code.as_str());
                write_down_in(tx, shop, changed, at)?;
                Ok(())
            }
            Self::Restore { code, reason } => {
                let unknown = || refused(ActRefusal::NoWithdrawal(code.clone()));
                let parsed: AuthorityOrderCode = code.parse().map_err(|_| unknown())?;
                let (who, reason) = (name_of(by), line(reason)?);
                let at_day: Date = at.date();
                if !reinstate_in(tx, &parsed, &who, &reason, at, at_day)? {
                    return Err(unknown());
                }
                let known = shop.snapshots.current_in(tx, at)?;
                let market = self.bearing(tx, shop, &known, by, at)?.market;
                write_down_in(tx, shop, Happened::clearance(market, "restored", code), at)?;
                Ok(())
            }
            Self::Expansion(act) => act.carry_out(tx, shop, by, at),
            Self::AddAccount { name, email, language, held } => {
                let command = adding(name, email, language, held)?;
                let account = add_in(tx, &shop.random, at, By::Person(by), &command)?;
                queue_in(tx, shop, Cause::StaffCode(account.id), at)?;
                Ok(())
            }
            Self::ChangeAccount { email, held, state } => {
                let command = changing(email, held.as_deref(), state.as_deref())?;
                change_in(tx, &shop.random, at, By::Person(by), &command).map(|_| ())
            }
            Self::Rows(rows) => rows.carry_out(tx, shop, at),
            Self::CancelPrice(cancel) => cancel.carry_out(tx),
            Self::Advance(step) => step.carry_out(tx, shop, by, at),
            Self::Stock(booking) => booking.carry_out(tx, shop, at),
            Self::Sale(act) => act.carry_out(tx, shop, at),
            Self::Photo(act) => act.carry_out(tx),
            Self::Rollout(act) => act.carry_out(tx, shop, at),
            Self::Rom(act) => act.carry_out(tx, shop, at),
            Self::CancelOrder { number } => order::cancel(tx, shop, number, at),
            Self::Refund { number, minor, currency, why } => {
                order::refund(tx, shop, number, order::amount(*minor, currency)?, why, at)
            }
            Self::TellWaiting(telling) => tell::carry_out(tx, shop, telling, at),
            Self::EraseCustomer { customer } => customer::erase(tx, shop, customer, at),
        }
    }
}

impl Act {
    /// What it would hold back less.
    pub(super) fn loosening(&self, known: &Known, at: Instant) -> Loosening {
        match self {
            Self::Rows(rows) => rows.loosening(known, at),
            _ => Loosening::default(),
        }
    }

    /// The act as JSON without what somebody wrote in it that can name a customer.
    pub(super) fn without_words(self) -> String {
        let act = match self {
            Self::Refund { number, minor, currency, .. } => {
                Self::Refund { number, minor, currency, why: String::new() }
            }
            other => other,
        };
        serde_json::to_string(&act).expect("an act is JSON")
    }

    /// Whether orders that wait have to be judged anew once it is done.
    pub(super) fn touches_orders(&self) -> bool {
        match self {
            Self::Restore { .. } => true,
            Self::Expansion(act) => act.touches_orders(),
            _ => false,
        }
    }
}

pub(super) fn name_of(by: &Person) -> Line<200> {
    Line::parse(by.name.as_str()).expect("a name is a shorter line")
}

pub(super) fn line(reason: &str) -> Outcome<Line<200>, Refusal> {
    Line::parse(reason).map_err(|_| Failure::Refused(Refusal::Field(FieldProblem::ShortReason)))
}

pub(super) fn refused(refusal: ActRefusal) -> Failure<Refusal> {
    Failure::Refused(Refusal::Act(refusal))
}

fn address(email: &str) -> Outcome<String, Refusal> {
    let read =
        Email::parse(email).map_err(|_| refused(ActRefusal::Account(AccountProblem::Email)))?;
    Ok(read.as_str().to_owned())
}

fn assignments(held: &[String]) -> Outcome<Vec<Assignment>, Refusal> {
    held.iter()
        .map(|text| {
            text.parse::<Assignment>()
                .map_err(|_| refused(ActRefusal::Account(AccountProblem::Role(text.clone()))))
        })
        .collect()
}

/// A new account as it was typed, read.
fn adding(
    name: &str,
    email: &str,
    language: &str,
    held: &[String],
) -> Outcome<AddCommand, Refusal> {
    let bad = |_| refused(ActRefusal::Account(AccountProblem::Language(language.to_owned())));
    Ok(AddCommand {
        name: name.to_owned(),
        email: email.to_owned(),
        language: language.parse::<Language>().map_err(bad)?,
        held: assignments(held)?,
    })
}

/// A change of an account as it was typed, read.
fn changing(
    email: &str,
    held: Option<&[String]>,
    state: Option<&str>,
) -> Outcome<ChangeCommand, Refusal> {
    let state =
        match state {
            None => None,
            Some(word) => Some(AccountState::from_word(word).ok_or_else(|| {
                refused(ActRefusal::Account(AccountProblem::State(word.to_owned())))
            })?),
        };
    let held = held.map(assignments).transpose()?;
    Ok(ChangeCommand { email: email.to_owned(), held, state })
}

/// Whether every market that a role shall be held in is there: one that comes later, perhaps under the code
/// that was a slip of the pen, would be theirs unasked.
fn in_markets(known: &Known, held: &[Assignment]) -> Outcome<(), Refusal> {
    let named = held.iter().filter_map(|one| match &one.markets {
        Markets::All => None,
        Markets::Only(own) => Some(own),
    });
    match named.flatten().find(|market| known.market(**market).is_none()) {
        Some(market) => {
            Err(refused(ActRefusal::Account(AccountProblem::Market(market.to_string()))))
        }
        None => Ok(()),
    }
}

pub(super) fn pretty<T: Serialize>(value: &T) -> String {
    let value = serde_json::to_value(value).expect("rows of texts are JSON");
    // What is empty is not said: a grant has 27 columns, of which a person fills ten.
    let said = match value {
        serde_json::Value::Object(map) => serde_json::Value::Object(
            map.into_iter()
                .filter(|(_, value)| !matches!(value, serde_json::Value::Null) && value != "")
                .collect(),
        ),
        other => other,
    };
    serde_json::to_string(&said).expect("a JSON value is JSON")
}

impl From<StaffRefusal> for Failure<Refusal> {
    fn from(refusal: StaffRefusal) -> Self {
        Self::Refused(Refusal::Staff(refusal))
    }
}
