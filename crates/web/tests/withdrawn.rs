//! What was withdrawn cannot be bought by any way: a reseller's order by page and by program, its
//! dispatch, the claim of a running sale and its payment, whatever the scope of the withdrawal.

mod common;

use common::desk::Browser;
use common::reseller::{CONTRACT, Partner, dispatch};
use common::sale::{a_sale, checked_out, enter, forward, keep, on_disk, wish};
use common::{Answer, Api, Ask, BAND, ONE_BAND, order_body};
use kontor_base::Line;
use kontor_domain::catalogue::{Component, ComponentKind};
use kontor_domain::clearance::{ComponentScope, Scope};
use kontor_domain::market::Act;
use kontor_domain::sale::Way;
use kontor_shop::opening::{
    ReinstateCommand, WithdrawCommand, Withdrawn, reinstate, withdraw as withdraw_from,
};
use kontor_shop::reseller::held_reseller_orders;
use kontor_store::{StoreError, Tx, catalogue};
use serde_json::json;

/// The tests' band, with a battery in it.
async fn with_battery(api: &Api) {
    let snapshot = api.shop.snapshots.now();
    let (band, _) = snapshot.product(&BAND.parse().expect("a SKU")).expect("a band");
    let mut band = band.clone();
    band.components = vec![Component {
        kind: ComponentKind::Battery,
        maker: "acme".parse().expect("a maker"),
        part: "cell-1".parse().expect("a part"),
    }];
    let write = move |tx: &mut Tx<'_>| catalogue::save_variant(tx, &band, 0);
    api.shop.db.write::<_, StoreError, _>("test.battery", write).await.expect("written");
    refresh(api).await;
}

async fn refresh(api: &Api) {
    api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("read anew");
}

fn line(text: &str) -> Line<200> {
    Line::parse(text).expect("a line")
}

async fn withdraw(api: &Api, scope: Scope) -> Withdrawn {
    let command = WithdrawCommand {
        market: "us".parse().expect("a market"),
        scope,
        gates: Act::Announce,
        by: line("Jane Doe"),
        reason: line("a batch gets warm"),
    };
    let withdrawn = withdraw_from(&api.shop, command).await;
    refresh(api).await;
    withdrawn.unwrap_or_else(|failure| panic!("{failure:?}"))
}

fn refused_for_a_clearance(answer: &Answer, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.text);
    let told = ["clearance", "not_cleared"].iter().any(|word| answer.text.contains(word));
    assert!(told, "{what}: {}", answer.text);
}

async fn not_by_any_way(scope: Scope) {
    let api = Api::open().await;
    with_battery(&api).await;
    let partner = Partner::with_bands(&api, 3).await;
    let waits = api.send(partner.order(2, "o1")).await.expect(201).str("/id").to_owned();
    let sale = a_sale(&api, &[(Way::Rush, 2)]).await;
    forward(&api, 5).await;
    let ada = enter(&api, sale, Way::Rush, "ada@shop.example").await;
    let bob = enter(&api, sale, Way::Rush, "bob@shop.example").await;
    forward(&api, 200).await;
    keep(&api).await;
    keep(&api).await;
    let (_, of_ada) = checked_out(&api, sale, &ada).await;
    let desk = Browser::hire(&api, "ana", &["market_manager@us", "warehouse@us"]).await;
    let page = desk.get("/admin/us/withdrawals").await.expect(200);
    assert!(page.text.contains("No order of a reseller is held"), "{}", page.text);

    let withdrawn = withdraw(&api, scope).await;
    assert!(withdrawn.skus.iter().any(|sku| sku.as_str() == BAND), "{:?}", withdrawn.skus);

    // A running sale: neither a claim nor the payment of one that was made before.
    let claim = api.send(wish(sale, &bob, "take")).await;
    refused_for_a_clearance(&claim, "a claim");
    let mut body = order_body(ONE_BAND, "succeeds");
    body["contact"]["email"] = json!("ada@shop.example");
    let paid = api.send(of_ada.order(&body, "pay")).await;
    refused_for_a_clearance(&paid, "a payment");
    assert_eq!(on_disk(&api, sale).await.iter().filter(|state| **state == "sold").count(), 0);

    // A reseller: neither by its program nor by its page, and what it has ordered does not leave.
    refused_for_a_clearance(&api.send(partner.order(1, "o2")).await, "by its program");
    let browser = partner.browser(&api).await;
    let fields =
        [("key", "f1"), ("contract", CONTRACT), ("ship_to", "US"), ("units-BAND-BLACK", "1")];
    let ordered = api.send(browser.with(Ask::form("/reseller/orders", &fields))).await;
    refused_for_a_clearance(&ordered, "by its page");
    let sent = dispatch(&desk, &waits, &["S1", "S2"]).await;
    assert!((400..500).contains(&sent.status), "dispatched: {} {}", sent.status, sent.text);

    // It is listed as held: by the answer, on the page and as a file, and by nobody from elsewhere.
    let held: Vec<String> =
        withdrawn.held_for_resellers.iter().map(|order| order.id.to_string()).collect();
    assert_eq!(held, std::slice::from_ref(&waits));
    let page = desk.get("/admin/us/withdrawals").await.expect(200);
    assert!(page.text.contains(&waits) && page.text.contains("2 × BAND-BLACK"), "{}", page.text);
    assert!(!page.text.contains("Harbour <b>"), "what was typed is escaped");
    let file = "/admin/us/withdrawals/resellers.csv";
    assert!(page.text.contains(file), "{}", page.text);
    let csv = desk.get(file).await.expect(200);
    assert!(csv.text.contains(&waits) && csv.text.lines().count() == 2, "{}", csv.text);

    // Taken back it can leave at once.
    for code in withdrawn.codes {
        let (by, reason) = (line("John Roe"), line("the batch is gone"));
        let back = reinstate(&api.shop, ReinstateCommand { code, by, reason }).await;
        assert!(back.is_ok(), "{back:?}");
    }
    refresh(&api).await;
    assert_eq!(held_reseller_orders(&api.shop, None).await.expect("read"), []);
    let page = desk.get("/admin/us/withdrawals").await.expect(200);
    assert!(!page.text.contains(&waits), "{}", page.text);
    dispatch(&desk, &waits, &["S1", "S2"]).await.expect(303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawn_variant() {
    not_by_any_way(Scope { sku: Some(BAND.parse().expect("a SKU")), ..Scope::default() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawn_model() {
    not_by_any_way(Scope { model: Some("band".parse().expect("a model")), ..Scope::default() })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawn_component() {
    let component = ComponentScope {
        kind: ComponentKind::Battery,
        maker: "acme".parse().expect("a maker"),
        part: None,
    };
    not_by_any_way(Scope { component: Some(component), ..Scope::default() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawn_factory() {
    not_by_any_way(Scope { factory: Some("one".parse().expect("a factory")), ..Scope::default() })
        .await;
}

#[tokio::test]
async fn held_orders_of_resellers_are_for_whoever_may_see_them() {
    let api = Api::open().await;
    let partner = Partner::with_bands(&api, 3).await;
    let waits = api.send(partner.order(2, "o1")).await.expect(201).str("/id").to_owned();
    withdraw(&api, Scope { sku: Some(BAND.parse().expect("a SKU")), ..Scope::default() }).await;
    let ana = Browser::hire(&api, "ana", &["market_manager@de"]).await;
    ana.get("/admin/us/withdrawals/resellers.csv").await.expect(404);
    let file = ana.get("/admin/de/withdrawals/resellers.csv").await.expect(200);
    assert!(!file.text.contains(&waits), "another market's");
    let kim = Browser::hire(&api, "kim", &["clearance_officer@us"]).await;
    let page = kim.get("/admin/us/withdrawals").await;
    assert!(!page.text.contains(&waits), "{}", page.text);
}
