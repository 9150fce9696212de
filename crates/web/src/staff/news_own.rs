//! What went wrong in somebody's own markets, for people who look after orders, goods or evidence there and
//! not after the whole shop: each line leads to where something can be done about it.

use kontor_domain::market::{Act, MarketCode};
use kontor_domain::staff::Permission;
use kontor_shop::Level;
use kontor_shop::order::{LeftUndone, held_after, left_undone};
use kontor_shop::staff::Person;
use kontor_store::StoreError;

use super::desk::markets_for;
use crate::kit::app::App;
use crate::kit::escape::in_query;
use crate::kit::text::Text;
use crate::page::staff::{COUNTED, Told};

/// How many orders are named.
const ORDERS_SHOWN: usize = 20;
/// How many variants of a market are named.
const ITEMS_SHOWN: usize = 5;

/// Everything of it that somebody may see, the worst first.
pub(super) async fn went_wrong_here(
    app: &App,
    person: &Person,
    t: &Text,
) -> Result<Vec<Told>, StoreError> {
    let mut told = of_orders(app, person, t).await?;
    told.extend(held(app, person, t).await?);
    told.extend(scarce(app, person, t));
    Ok(told)
}

/// Jobs and letters of orders that were given up. Whoever sees them all is told how many there are.
async fn of_orders(app: &App, person: &Person, t: &Text) -> Result<Vec<Told>, StoreError> {
    if person.may_somewhere(Permission::JobRead) {
        return Ok(Vec::new());
    }
    let own = markets_for(app, person, Permission::OrderRead);
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let undone = left_undone(&app.shop, own, COUNTED).await?;
    let rest = undone.found.len().saturating_sub(ORDERS_SHOWN);
    let named = undone.found.into_iter().take(ORDERS_SHOWN).map(|(what, order)| {
        let id = match what {
            LeftUndone::Money => "today-order-job",
            LeftUndone::Letter => "today-order-letter",
        };
        Told {
            path: format!("/admin/orders/{order}"),
            words: t.one(id, "order", order.to_string()).into_owned(),
            tone: "bad",
        }
    });
    let mut told: Vec<Told> = named.collect();
    if rest > 0 || undone.more {
        let words = if undone.more {
            t.one("today-orders-more", "count", rest).into_owned()
        } else {
            t.one("exchange-more", "count", rest).into_owned()
        };
        told.push(Told { path: "/admin/orders".to_owned(), words, tone: "bad" });
    }
    Ok(told)
}

/// How many orders are held in each market, for people who look after evidence and see no orders: the page
/// names them to the others.
async fn held(app: &App, person: &Person, t: &Text) -> Result<Vec<Told>, StoreError> {
    let sees = |market| person.may(Permission::OrderRead, Some(market));
    let mut told = Vec::new();
    for market in markets_for(app, person, Permission::ClearanceRead) {
        if sees(market) || !person.may(Permission::MarketRead, Some(market)) {
            continue;
        }
        let counted = i64::try_from(COUNTED + 1).unwrap_or(i64::MAX);
        let count = held_after(&app.shop, market, None, counted).await?.len();
        if count > 0 {
            let (id, count) = match count {
                more if more > COUNTED => ("today-held-more", COUNTED),
                count => ("today-held", count),
            };
            let words = t.two(id, "count", count, "market", name(t, market));
            let path = format!("/admin/{market}/withdrawals");
            told.push(Told { path, words: words.into_owned(), tone: "warn" });
        }
    }
    Ok(told)
}

/// Variants of which a shelf says how few are left, or that none is: the moment at which webhooks are told.
/// What a market may not sell is none of its shelves'.
fn scarce(app: &App, person: &Person, t: &Text) -> Vec<Told> {
    let snapshot = app.shop.snapshots.now();
    let own = markets_for(app, person, Permission::StockRead);
    let told = own.into_iter().filter_map(|market| {
        let mut items: Vec<(u32, &str)> = snapshot
            .levels
            .iter()
            .filter(|((of, _), _)| *of == market)
            .filter_map(|(place, level)| {
                let left = match level {
                    Level::Plenty => return None,
                    Level::Few(left) => *left,
                    Level::None => 0,
                };
                let ladder = snapshot.ladders.get(place)?;
                ladder.get(Act::Sell).permits().then_some((left, place.1.as_str()))
            })
            .collect();
        items.sort_unstable();
        let more = items.len().saturating_sub(ITEMS_SHOWN);
        let shown = items.iter().take(ITEMS_SHOWN);
        let mut named: Vec<String> = shown.map(|(left, sku)| format!("{sku} ({left})")).collect();
        if more > 0 {
            named.push(format!("+ {more}"));
        }
        let items = named.join(", ");
        let words = t.two("today-stock-low", "market", name(t, market), "items", items.as_str());
        (!named.is_empty()).then(|| Told {
            path: format!("/admin/stock?market={}", in_query(market.as_str())),
            words: words.into_owned(),
            tone: "warn",
        })
    });
    told.collect()
}

/// The name of a market: its country's.
fn name(t: &Text, market: MarketCode) -> String {
    match market.as_str().to_uppercase().parse() {
        Ok(country) => t.country(&country).into_owned(),
        Err(_) => market.to_string(),
    }
}
