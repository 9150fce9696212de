//! The warehouse: receipts, counts and quotas with two sides, and whose they are.

use kontor_shop::audit::{LogProof, audit};

use crate::common::desk::Browser;
use crate::common::{Api, BAND, STOCK};
use crate::{available, log, with};

fn site(api_books: &str) -> String {
    api_books
        .split("account=")
        .nth(1)
        .expect("an account")
        .split('/')
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn the_warehouse_books_receipts_counts_and_quotas_with_two_sides() {
    let api = Api::open().await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let list = wim.get(&format!("/admin/stock?item={BAND}")).await.expect(200);
    let site = site(&list.text);
    let receive = [
        ("key", "b1"),
        ("what", "receive"),
        ("market", "us"),
        ("site", site.as_str()),
        ("sku", BAND),
        ("units", "20"),
        ("reference", "note 17"),
    ];
    for (field, bad) in [
        ("units", "0"),
        ("units", "-5"),
        ("units", "many"),
        ("units", "99999999999"),
        ("sku", "NOTHING"),
        ("site", "a b/c"),
        ("reference", ""),
    ] {
        let answer = wim.form("/admin/stock", &with(&receive, &[(field, bad)])).await.expect(422);
        assert!(answer.text.contains("id=\"errors\""), "{field} {bad:?}: {}", answer.text);
    }
    assert_eq!(available(&api).await, STOCK);
    wim.form("/admin/stock", &receive).await.expect(303);
    wim.form("/admin/stock", &receive).await.expect(303);
    assert_eq!(available(&api).await, STOCK + 20, "the same form twice is booked once");
    let again = with(&receive, &[("key", "b2")]);
    let answer = wim.form("/admin/stock", &again).await.expect(422);
    assert!(answer.text.contains("booked already"), "a delivery note is booked once");
    let count = with(
        &receive,
        &[("key", "b3"), ("what", "count"), ("units", "22"), ("reference", "sheet 1")],
    );
    wim.form("/admin/stock", &count).await.expect(303);
    assert_eq!(available(&api).await, 22);
    let account = format!("/admin/stock/account?account={site}/{BAND}/us/available");
    let books = wim.get(&account).await.expect(200);
    for cause in ["received", "count_adjusted", "note 17", "sheet 1"] {
        assert!(books.text.contains(cause), "{cause}: {}", books.text);
    }
    // A quota of another market is that market's too.
    let quota = with(&receive, &[("key", "b4"), ("what", "quota"), ("units", "2"), ("to", "de")]);
    wim.form("/admin/stock", &quota).await.expect(403);
    let both = Browser::hire(&api, "bo", &["warehouse@us,de"]).await;
    both.form("/admin/stock", &with(&quota, &[("to", "us")])).await.expect(422);
    both.form("/admin/stock", &with(&quota, &[("units", "5000")])).await.expect(422);
    both.form("/admin/stock", &quota).await.expect(303);
    assert_eq!(available(&api).await, 20);
    let told = log(&api, "stock.book").await;
    assert!(told.contains("note 17") && told.contains("sheet 1"), "{told}");
    let audit = audit(&api.shop.db, LogProof::by(api.shop.keys.log()), |_| ())
        .await
        .expect("the books are read");
    assert!(audit.is_clean(), "{audit:?}");
}

#[tokio::test]
async fn another_markets_stock_does_not_exist() {
    let api = Api::open().await;
    let dora = Browser::hire(&api, "dora", &["warehouse@de"]).await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let list = wim.get(&format!("/admin/stock?item={BAND}")).await.expect(200);
    let site = site(&list.text);
    let own = dora.get("/admin/stock").await.expect(200);
    assert!(!own.text.contains(BAND), "{}", own.text);
    for path in [
        "/admin/stock?market=us".to_owned(),
        "/admin/stock?market=-".to_owned(),
        format!("/admin/stock/account?account={site}/{BAND}/us/available"),
        "/admin/stock/account?account=nonsense".to_owned(),
    ] {
        dora.get(&path).await.expect(404);
    }
    for market in ["us", "-", "us+sale_x", "", "xx"] {
        let fields = [
            ("key", "b1"),
            ("what", "receive"),
            ("market", market),
            ("site", site.as_str()),
            ("sku", BAND),
            ("units", "20"),
            ("reference", "note 17"),
        ];
        dora.form("/admin/stock", &fields).await.expect(404);
    }
    let rita = Browser::hire(&api, "rita", &["reader@us"]).await;
    assert!(!rita.get("/admin/stock").await.expect(200).text.contains("name=\"units\""));
    assert_eq!(available(&api).await, STOCK);
}
