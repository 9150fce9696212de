//! Prices: what one person may set, what takes two, what is wrong, past or another market's.

use crate::common::desk::Browser;
use crate::common::{Api, Ask, BAND, PHONE};
use crate::{hidden, log, place, refresh, with};

#[tokio::test]
async fn a_small_cut_is_one_persons_and_a_large_one_takes_two() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let max = Browser::hire(&api, "max", &["market_manager@us"]).await;
    let page = format!("/admin/us/prices/{BAND}");
    let list = mia.get("/admin/us/prices").await.expect(200);
    assert!(list.text.contains(&page) && list.text.contains("14.99"));
    // What the shelf would say: the lowest price of thirty days beside the reduction.
    let small = mia.get(&format!("{page}?price=13.49")).await.expect(200);
    assert!(small.text.contains("Lowest price of the last 30 days: $14.99"), "{}", small.text);
    assert!(small.text.contains("You can save it alone"));
    let rise = mia.get(&format!("{page}?price=15.99")).await.expect(200);
    assert!(rise.text.contains("No reduction is shown"), "{}", rise.text);
    let large = mia.get(&format!("{page}?price=7.00")).await.expect(200);
    assert!(large.text.contains("It takes a second person"), "{}", large.text);
    let before = api.send(Ask::get("/us/en/product/band")).await.expect(200);
    assert!(before.text.contains("14.99"), "a preview changes nothing");

    let from = hidden(&small.text, "valid_from");
    let set = [
        ("key", "s1"),
        ("what", "set"),
        ("price", "13.49"),
        ("mrp", ""),
        ("valid_from", from.as_str()),
        ("valid_to", ""),
        // None of these is the form's.
        ("market", "de"),
        ("currency", "EUR"),
        ("sku", PHONE),
        ("confidence", "M"),
    ];
    mia.form(&page, &set).await.expect(303);
    let after = api.send(Ask::get("/us/en/product/band")).await.expect(200);
    assert!(after.text.contains("13.49") && after.text.contains("$14.99"), "{}", after.text);
    let halved = with(&set, &[("key", "s2"), ("price", "7.00"), ("valid_from", "2015-07-01")]);
    let halved = with(&halved, &[("reason", "summer")]);
    let proposed = mia.form(&page, &halved).await.expect(303);
    let proposal = place(&proposed);
    assert!(proposal.starts_with("/admin/proposals/"), "{proposal}");
    let seen = hidden(&max.get(&proposal).await.expect(200).text, "seen");
    mia.form(&proposal, &[("decision", "approve"), ("seen", &seen)]).await.expect(403);
    max.form(&proposal, &[("decision", "approve"), ("seen", &seen)]).await.expect(303);
    refresh(&api).await;
    let planned = mia.get(&page).await.expect(200);
    assert!(planned.text.contains("$7.00") && planned.text.contains("planned"));
    let cancel = [("key", "s3"), ("what", "cancel"), ("valid_from", "2015-07-01T00:00:00Z")];
    mia.form(&page, &cancel).await.expect(303);
    assert!(!mia.get(&page).await.expect(200).text.contains("$7.00"));
    let gone = with(&cancel, &[("key", "s4")]);
    mia.form(&page, &gone).await.expect(422);
    let told = log(&api, "price.set").await;
    assert!(told.contains("price.set.proposed") && told.contains("price.set.approved"));
    assert!(told.contains("13.49"), "{told}");
}

#[tokio::test]
async fn small_cuts_one_after_the_other_are_a_large_one() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let page = format!("/admin/us/prices/{BAND}");
    // Each is a tenth of what is asked when it is set; together they are more than a fifth.
    for (key, price, alone) in
        [("s1", "13.49", true), ("s2", "12.19", true), ("s3", "10.99", false)]
    {
        let shown = mia.get(&format!("{page}?price={price}")).await.expect(200).text;
        let from = hidden(&shown, "valid_from");
        let set = [
            ("key", key),
            ("what", "set"),
            ("price", price),
            ("valid_from", from.as_str()),
            ("reason", "again"),
        ];
        let answer = mia.form(&page, &set).await.expect(303);
        assert_eq!(!place(&answer).starts_with("/admin/proposals/"), alone, "{price}: {shown}");
        assert_eq!(shown.contains("You can save it alone"), alone, "{price}");
        refresh(&api).await;
        api.clock.advance_seconds(60);
    }
    let asked = api.send(Ask::get("/us/en/product/band")).await.expect(200).text;
    assert!(asked.contains("12.19") && !asked.contains("10.99"), "{asked}");
}

#[tokio::test]
async fn a_price_is_wrong_past_or_anothers() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let page = format!("/admin/us/prices/{BAND}");
    let set =
        [("key", "s1"), ("what", "set"), ("price", "14.00"), ("valid_from", ""), ("valid_to", "")];
    for (field, bad) in [
        ("price", ""),
        ("price", "-1"),
        ("price", "14.999"),
        ("price", "cheap"),
        ("valid_from", "soon"),
        ("valid_to", "2015-01-01"),
        ("mrp", "15"),
    ] {
        let answer = mia.form(&page, &with(&set, &[(field, bad)])).await.expect(422);
        assert!(answer.text.contains("id=\"errors\""), "{field} {bad:?}: {}", answer.text);
    }
    // What was asked on past days stays written down.
    let past = with(&set, &[("valid_from", "2015-05-01")]);
    let answer = mia.form(&page, &past).await.expect(422);
    assert!(answer.text.contains("past days"), "{}", answer.text);
    for path in
        ["/admin/de/prices", &format!("/admin/de/prices/{BAND}"), "/admin/us/prices/NOTHING"]
    {
        mia.get(path).await.expect(404);
    }
    mia.form(&format!("/admin/de/prices/{BAND}"), &set).await.expect(404);
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    dora.get(&page).await.expect(404);
    dora.form(&page, &set).await.expect(404);
    let rita = Browser::hire(&api, "rita", &["reader@us"]).await;
    rita.get(&page).await.expect(200);
    rita.form(&page, &set).await.expect(403);
}
