//! A list of people that leaves as a file. A page shows fifty of them; a file is everybody, and nobody calls it
//! back: who took it stands in the log before its first line leaves.

use std::sync::Arc;

use kontor_domain::catalogue::Slug;
use kontor_domain::market::MarketCode;
use kontor_domain::order::OrderState;
use kontor_domain::staff::{Permission, StaffRefusal};
use serde_json::{Map, Value};

use super::log::{By, Noted, note};
use super::person::{Person, Refusal};
use crate::core::{Outcome, Shop};
use crate::order::ListQuery;

/// A list that is to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeavingList {
    /// Orders with their buyers' names: all that fit, whatever page of them was looked at.
    Orders(ListQuery),
    /// The addresses of those who wait for a model in a market; no model: for the market's opening.
    Waiting(MarketCode, Option<Slug>),
}

impl LeavingList {
    fn act(&self) -> &'static str {
        match self {
            Self::Orders(_) => "order.export",
            Self::Waiting(..) => "customer.export_waiting",
        }
    }

    fn needs(&self) -> Permission {
        match self {
            Self::Orders(_) => Permission::OrderRead,
            Self::Waiting(..) => Permission::CustomerRead,
        }
    }

    fn markets(&self) -> &[MarketCode] {
        match self {
            Self::Orders(query) => &query.markets,
            Self::Waiting(market, _) => std::slice::from_ref(market),
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Orders(_) => "orders".to_owned(),
            Self::Waiting(market, model) => {
                format!("{market} {}", model.as_ref().map_or("opening", Slug::as_str))
            }
        }
    }

    /// By what the list was narrowed, for the log.
    fn filter(&self) -> String {
        let codes: Vec<&str> = self.markets().iter().map(MarketCode::as_str).collect();
        let mut told = Map::new();
        let mut tell = |name: &str, value: String| {
            if !value.is_empty() {
                told.insert(name.to_owned(), Value::String(value));
            }
        };
        tell("markets", codes.join(" "));
        match self {
            Self::Orders(query) => {
                tell("state", query.state.map_or("", OrderState::word).to_owned());
                tell("day", query.day.map(|day| day.to_string()).unwrap_or_default());
            }
            Self::Waiting(_, model) => {
                tell("model", model.as_ref().map(ToString::to_string).unwrap_or_default());
            }
        }
        Value::Object(told).to_string()
    }
}

/// Writes down that a list leaves, and for whom. Each time it is asked for anew: the same list is another one
/// a minute later.
///
/// # Errors
///
/// [`StaffRefusal::NotPermitted`] where a market of it is not the person's to see; or a fault of the store.
pub async fn begin_export(
    shop: &Arc<Shop>,
    person: &Person,
    list: &LeavingList,
) -> Outcome<(), Refusal> {
    if !list.markets().iter().all(|market| person.may(list.needs(), Some(*market))) {
        return Err(StaffRefusal::NotPermitted.into());
    }
    let at = shop.now();
    let (own, person, list) = (Arc::clone(shop), person.clone(), list.clone());
    shop.db
        .write("staff.export_list", move |tx| {
            let market = match list.markets() {
                [only] => Some(*only),
                _ => None,
            };
            let (subject, is_now) = (list.subject(), list.filter());
            let noted =
                Noted { act: list.act(), market, subject: &subject, was: "", is_now: &is_now };
            Ok(note(tx, &own.random, at, By::Person(&person), &noted)?)
        })
        .await
}
