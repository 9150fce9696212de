//! A sale in the tests' shop: how it is set up, how time goes on, what people ask.

use kontor_base::id::SaleId;
use kontor_domain::sale::{Channel, Definition, Way, Windows};
use kontor_shop::keepers::sweep;
use kontor_shop::order::tell_lots;
use kontor_shop::sale::{SetUp, advance, set_up};
use kontor_store::StoreError;
use kontor_store::sale::{batch, lot};
use serde_json::{Value, json};

use super::{Api, Ask, BAND, Held};

/// How long units are held, in seconds.
pub(crate) const HOLD_S: i64 = 600;
/// After so long somebody's turn is over, in seconds.
pub(crate) const TURN_OVER_S: i64 = 61;

/// A sale of bands over these ways, one unit for each person; it goes live in 120 seconds and ends
/// after an hour.
pub(crate) async fn a_sale(api: &Api, ways: &[(Way, u32)]) -> SaleId {
    let definition = a_definition(api, ways);
    let title = "Bands".to_owned();
    set_up(&api.shop, SetUp { definition, title, lots: 1 }).await.expect("the sale is set up")
}

/// The definition of it.
pub(crate) fn a_definition(api: &Api, ways: &[(Way, u32)]) -> Definition {
    let now = api.shop.now();
    let market = "us".parse().expect("a market");
    Definition {
        sale: SaleId::new(now, &api.shop.random),
        sku: BAND.parse().expect("a sku"),
        channels: ways
            .iter()
            .map(|(way, quota)| Channel { market, way: *way, quota: *quota })
            .collect(),
        windows: Windows {
            announce_at: now.plus_seconds(1),
            registration_at: now.plus_seconds(2),
            doors_at: now.plus_seconds(60),
            live_at: now.plus_seconds(120),
            ends_at: now.plus_seconds(3_600),
            report_at: now.plus_seconds(10_000),
        },
        per_person: 1,
        hold_minutes: 10,
        rollover: None,
        beacon: None,
        deposits: Vec::new(),
        titles: std::collections::BTreeMap::new(),
        ends_when_sold: false,
    }
}

/// Time goes on, and every keeper comes by.
pub(crate) async fn forward(api: &Api, seconds: i64) {
    api.clock.advance_seconds(seconds);
    keep(api).await;
}

/// Every keeper comes by.
pub(crate) async fn keep(api: &Api) {
    advance(&api.shop).await.expect("the sales go on");
    let mut began = false;
    for sale in api.shop.sales.all() {
        for owner in sale.owners() {
            // An owner starts on a thread of its own: wait for the state, not for a time.
            while !owner.is_ready() {
                began = true;
                tokio::task::yield_now().await;
            }
        }
    }
    if began {
        // Nobody comes in by a look that has seen no lot.
        advance(&api.shop).await.expect("the sales go on");
    }
    sweep(&api.shop).await.expect("what ends by the clock ends");
    tell_lots(&api.shop).await.expect("the lots are told");
}

/// The keepers come by until the sale is in this state. Its owners end holds on threads of their own:
/// wait for the state, not for a time.
pub(crate) async fn until(api: &Api, sale: SaleId, state: &str) {
    let path = format!("/api/v1/sale/{sale}");
    while api.send(Ask::get(&path)).await.expect(200).str("/state") != state {
        keep(api).await;
        tokio::task::yield_now().await;
    }
}

/// Enters and gives the ticket.
pub(crate) async fn enter(api: &Api, sale: SaleId, way: Way, email: &str) -> String {
    let body = json!({"market": "us", "way": way.word(), "email": email, "ship_to": "US"});
    let answer = api.send(Ask::post(&format!("/api/v1/sale/{sale}/entry"), &body)).await;
    answer.expect(201).str("/ticket").to_owned()
}

/// A wish for a unit.
pub(crate) fn wish(sale: SaleId, ticket: &str, key: &str) -> Ask {
    let body: Value = json!({"ticket": ticket, "units": 1, "ship_to": "US"});
    Ask::post(&format!("/api/v1/sale/{sale}/claim"), &body).key(key)
}

/// A wish to wait for one.
pub(crate) fn wait(sale: SaleId, ticket: &str, key: &str) -> Ask {
    wish(sale, ticket, key).to(&format!("/api/v1/sale/{sale}/wait"))
}

/// A wish to wait no more.
pub(crate) fn stop_waiting(sale: SaleId, ticket: &str) -> Ask {
    let path = format!("/api/v1/sale/{sale}/stop-waiting");
    Ask::post(&path, &json!({})).header("kontor-ticket", ticket)
}

/// The question how an entry stands.
pub(crate) fn status(sale: SaleId, ticket: &str) -> Ask {
    Ask::get(&format!("/api/v1/sale/{sale}/entry")).header("kontor-ticket", ticket)
}

/// The wish to check a claim out.
pub(crate) fn check_out(sale: SaleId, claim: &str) -> Ask {
    Ask::post(&format!("/api/v1/sale/{sale}/checkout"), &json!({})).header("kontor-claim", claim)
}

/// The wish to give a claim up.
pub(crate) fn give_up(sale: SaleId, claim: &str) -> Ask {
    Ask::post(&format!("/api/v1/sale/{sale}/give-up"), &json!({})).header("kontor-claim", claim)
}

/// Takes a unit and begins its checkout.
pub(crate) async fn checked_out(api: &Api, sale: SaleId, ticket: &str) -> (String, Held) {
    let claim = api.send(wish(sale, ticket, "take")).await.expect(201).str("/claim").to_owned();
    let made = api.send(check_out(sale, &claim)).await.expect(201);
    let held = Held { id: made.str("/id").to_owned(), token: made.str("/token").to_owned() };
    (claim, held)
}

/// The states of all claims on disk, in the order of their numbers.
pub(crate) async fn on_disk(api: &Api, sale: SaleId) -> Vec<&'static str> {
    let read = api.shop.db.read("test.claims", move |tx| {
        let mut claims = Vec::new();
        for lot in lot::of_sale(tx, sale)? {
            let all = batch::claims_after(tx, lot.lot, 0, 1_000)?;
            claims.extend(all.into_iter().map(|(_, claim)| claim.state.as_str()));
        }
        Ok::<_, StoreError>(claims)
    });
    read.await.expect("the claims are read")
}

/// `kontor audit` finds nothing.
#[track_caller]
pub(crate) fn books_agree(audit: &kontor_shop::audit::Audit) {
    assert!(audit.is_clean(), "{audit:#?}");
}
