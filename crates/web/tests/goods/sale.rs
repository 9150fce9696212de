//! Sales: rehearsed, set up, halted, settled.

use kontor_base::id::SaleId;
use kontor_shop::staff::index_names;

use crate::common::desk::Browser;
use crate::common::{Api, BAND, STOCK};
use crate::{available, log, place, with};

const SALE: [(&str, &str); 15] = [
    ("key", "v1"),
    ("title", "First bands"),
    ("sku", BAND),
    ("channels", "us rush 3\nus draw 1"),
    ("announce_at", "2015-06-02T08:00"),
    ("registration_at", "2015-06-02T09:00"),
    ("doors_at", "2015-06-03T09:30"),
    ("live_at", "2015-06-03T10:00"),
    ("ends_at", "2015-06-03T12:00"),
    ("report_at", "2015-06-04T12:00"),
    ("per_person", "1"),
    ("hold_minutes", "15"),
    ("lots", "1"),
    ("people", "10"),
    ("rollover_at", ""),
];

#[tokio::test]
async fn a_sale_is_rehearsed_set_up_and_halted() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    mia.get("/admin/sales/new").await.expect(200);
    let before = api.dump();
    for (field, bad) in [
        ("title", ""),
        ("sku", "nothing"),
        ("channels", "us rush"),
        ("channels", "de rush 3"),
        ("live_at", "tomorrow"),
        ("per_person", "-1"),
        ("people", "0"),
    ] {
        let fields = with(&SALE, &[("do", "rehearse"), (field, bad)]);
        let answer = mia.form("/admin/sales/new", &fields).await.expect(422);
        let id = format!("id=\"sale-{field}-error\"");
        assert!(answer.text.contains(&id), "{field} {bad:?}: {}", answer.text);
    }
    // More than there is, and times that do not follow each other.
    for (field, bad) in [("channels", "us rush 3000"), ("ends_at", "2015-06-03T09:00")] {
        let fields = with(&SALE, &[("do", "rehearse"), (field, bad)]);
        mia.form("/admin/sales/new", &fields).await.expect(422);
    }
    let played =
        mia.form("/admin/sales/new", &with(&SALE, &[("do", "rehearse")])).await.expect(200);
    assert!(played.text.contains("<svg") && played.text.contains("First bands"));
    assert_eq!(api.dump(), before, "a rehearsal keeps nothing");

    let made = mia.form("/admin/sales/new", &with(&SALE, &[("do", "set_up")])).await.expect(303);
    let again = mia.form("/admin/sales/new", &with(&SALE, &[("do", "set_up")])).await.expect(303);
    assert_eq!(place(&made), place(&again), "twice is once");
    let page = place(&made);
    assert_eq!(available(&api).await, STOCK - 4, "the sale has its own units");
    index_names(&api.shop).await.expect("terms are written");
    let found = mia.get("/admin/find?q=first%20ban").await.expect(200);
    assert!(found.text.contains(&format!("href=\"{page}\"")), "{}", found.text);
    let shown = mia.get(&page).await.expect(200);
    assert!(shown.text.contains("value=\"announce\""), "{}", shown.text);
    mia.form(&page, &[("key", "v2"), ("do", "halt")]).await.expect(422);
    mia.form(&page, &[("key", "v3"), ("do", "announce")]).await.expect(303);
    mia.form(&page, &[("key", "v4"), ("do", "halt")]).await.expect(303);
    let halted = mia.get(&page).await.expect(200);
    assert!(halted.text.contains("value=\"resume\"") && halted.text.contains("value=\"settle\""));
    mia.form(&page, &[("key", "v5"), ("do", "settle")]).await.expect(303);
    assert_eq!(available(&api).await, STOCK, "what was not sold is back");

    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    assert!(!dora.get("/admin/sales").await.expect(200).text.contains("First bands"));
    let found = dora.get("/admin/find?q=first%20ban").await.expect(200);
    assert!(!found.text.contains(&page), "{}", found.text);
    dora.get(&page).await.expect(404);
    dora.form(&page, &[("key", "v6"), ("do", "resume")]).await.expect(404);
    let fields = with(&SALE, &[("key", "v7"), ("do", "set_up")]);
    dora.form("/admin/sales/new", &fields).await.expect(422);
    let nobodys = SaleId::from_bytes([7; 16]);
    mia.get(&format!("/admin/sales/{nobodys}")).await.expect(404);
    let told = log(&api, "sale.run").await;
    for step in ["First bands", "announce", "halt", "settle"] {
        assert!(told.contains(step), "{step}: {told}");
    }
}
