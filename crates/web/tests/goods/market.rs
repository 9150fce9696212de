//! Markets and the calendar of evidence.

use crate::common::Api;
use crate::common::desk::Browser;
use crate::{hidden, log, place, refresh, with};

#[tokio::test]
async fn a_market_is_described_and_steps_by_the_openings_own_rules() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let list = mia.get("/admin/markets").await.expect(200);
    assert!(list.text.contains("/admin/us/market") && !list.text.contains("/admin/de/market"));
    let page = mia.get("/admin/us/market").await.expect(200);
    let terms: Vec<(&str, String)> = [
        ("countries", "US"),
        ("languages", "en|de"),
        ("currency", "USD"),
        ("tax_display", "exclusive"),
        ("fulfilment", "bulk_import"),
        ("shipping", "4.00"),
        ("return_window_days", "14"),
        ("opens_on", ""),
        ("region", "americas"),
        ("note_en", "Open for you."),
        ("note_de", ""),
        ("key", "m1"),
        ("what", "terms"),
        // A step is no field.
        ("stage", "closed"),
        ("code", "de"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec();
    let terms: Vec<(&str, &str)> = terms.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert!(page.text.contains("name=\"return_window_days\""));
    mia.form("/admin/us/market", &terms).await.expect(303);
    let now = api.shop.snapshots.now();
    let us = now.market("us".parse().expect("a market")).expect("it is there");
    assert_eq!((us.return_window_days, us.stage.word()), (14, "open"));
    let de = now.market("de".parse().expect("a market")).expect("it is there");
    assert_eq!(de.return_window_days, 30);
    for (field, bad) in [
        ("return_window_days", "9999"),
        ("shipping", "free"),
        ("languages", ""),
        ("currency", "EUR"),
        ("tax_display", "maybe"),
    ] {
        let fields = with(&terms, &[("key", "m2"), (field, bad)]);
        let answer = mia.form("/admin/us/market", &fields).await.expect(422);
        let id = format!("id=\"terms-{field}-error\"");
        assert!(answer.text.contains(&id), "{field} {bad:?}: {}", answer.text);
    }
    let step = [
        ("key", "m3"),
        ("what", "step"),
        ("from", "open"),
        ("to", "paused"),
        ("reason", "stocktaking"),
    ];
    mia.form("/admin/us/market", &with(&step, &[("to", "scouting")])).await.expect(422);
    mia.form("/admin/us/market", &with(&step, &[("reason", "")])).await.expect(422);
    mia.form("/admin/us/market", &step).await.expect(303);
    let stale = mia.form("/admin/us/market", &with(&step, &[("key", "m4")])).await;
    assert_eq!(stale.status, 409, "the stage is another by now: {}", stale.text);
    for (path, fields) in [("/admin/us/market", &step[..]), ("/admin/us/market", &terms[..])] {
        dora.get(path).await.expect(404);
        dora.form(path, fields).await.expect(404);
    }
    // Germany may not sell: its checklist and its papers say so.
    let open = [
        ("key", "m5"),
        ("what", "step"),
        ("from", "preparing"),
        ("to", "beta"),
        ("reason", "we are ready"),
    ];
    let refused = dora.form("/admin/de/market", &open).await.expect(422);
    assert!(refused.text.contains("may not sell yet"), "{}", refused.text);
    assert!(log(&api, "market.edit").await.contains("return_window_days"));
}

#[tokio::test]
async fn the_calendar_tells_what_ends_in_ones_own_markets() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["clearance_officer@us"]).await;
    let all = ana.get("/admin/clearances/calendar").await.expect(200);
    // The tests' evidence has no end; one with an end is recorded, and stands under its month.
    assert!(!all.text.contains("<table"), "{}", all.text);
    let ben = Browser::hire(&api, "ben", &["clearance_officer@us"]).await;
    let snapshot = api.shop.snapshots.now();
    let rule = snapshot.facts.records().rules[0].code.to_string();
    let fields = [
        ("key", "k1"),
        ("clearance", rule.as_str()),
        ("covers", "sku"),
        ("number", "2AFZZ-9"),
        ("issuer", "FCC"),
        ("issued_on", "2015-05-01"),
        ("expires_on", "2015-07-14"),
        ("verified_how", "paper"),
        ("reason", "the paper has come"),
    ];
    let proposal = place(&ana.grant("us", &fields, None).await.expect(303));
    let seen = hidden(&ben.get(&proposal).await.expect(200).text, "seen");
    ben.form(&proposal, &[("decision", "approve"), ("seen", &seen)]).await.expect(303);
    refresh(&api).await;
    let all = ana.get("/admin/clearances/calendar").await.expect(200);
    assert!(all.text.contains("July 2015") && all.text.contains("2AFZZ-9"), "{}", all.text);
    ana.get("/admin/clearances/calendar?market=de").await.expect(404);
    let dora = Browser::hire(&api, "dora", &["clearance_officer@de"]).await;
    let other = dora.get("/admin/clearances/calendar").await.expect(200);
    assert!(!other.text.contains("2AFZZ-9"), "{}", other.text);
}
