//! Resellers with more orders, and more resellers, than stand on a page: everything is reached by its links,
//! and what is old can be acted on like what is new.

mod common;

use common::desk::Browser;
use common::reseller::{Partner, copy_order, link};
use common::{Api, Ask, PHONE};
use kontor_base::Instant;
use kontor_base::id::ResellerId;
use kontor_domain::reseller::{OrderStage, Profile, ProfileForm, Standing};
use kontor_store::reseller::{KeptOrder, Reseller, save};
use kontor_store::{StoreError, Tx};

/// More than a page has.
const MANY: usize = 230;

/// A real order of the partner, and many like it from then.
async fn with_copies(
    api: &Api,
    partner: &Partner,
    at: Instant,
    change: impl Fn(&mut KeptOrder),
) -> String {
    let taken = api.send(partner.order(2, "o1")).await.expect(201).str("/id").to_owned();
    copy_order(api, &taken, (at, MANY), change).await;
    taken
}

/// Firms of a country that have applied a minute from now.
async fn firms(api: &Api, country: &str, count: usize) -> Vec<ResellerId> {
    let later = api.shop.now().plus_seconds(60);
    let form = ProfileForm {
        name: "Somewhere else".to_owned(),
        country: country.to_owned(),
        email: "trade@elsewhere.example".to_owned(),
        plan: "bands".to_owned(),
    };
    let profile = Profile::parse(&form).expect("a profile");
    let ids: Vec<_> = (0..count).map(|_| ResellerId::new(later, &api.shop.random)).collect();
    let own = ids.clone();
    let write = move |tx: &mut Tx<'_>| {
        for id in &own {
            let (id, profile) = (*id, profile.clone());
            save(tx, &Reseller { id, standing: Standing::Applied, applied_at: later, profile })?;
        }
        Ok::<_, StoreError>(())
    };
    api.shop.db.write("test.resellers", write).await.expect("written");
    ids
}

#[tokio::test]
async fn an_old_order_is_found_billed_and_paid() {
    let api = Api::open().await;
    let partner = Partner::with_bands(&api, 5).await;
    let later = api.shop.now().plus_seconds(60);
    let old = with_copies(&api, &partner, later, |copy| copy.stage = OrderStage::Dispatched).await;
    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    let page = ana.get(&partner.place()).await.expect(200);
    assert!(!page.text.contains(&old), "it is on another page");
    let older = link(&page, "Older");
    let second = ana.get(&older).await.expect(200);
    assert!(second.text.contains(&old) && !second.text.contains(">Older</a>"), "{}", second.text);

    let before = older.split("before=").nth(1).expect("an order");
    let place = |act: &str| format!("{}/{act}", partner.place());
    let bill = [
        ("key", "b1"),
        ("before", before),
        ("order", old.as_str()),
        ("due_on", "2015-07-01"),
        ("tax", "0.00"),
        ("tax_note", "export"),
    ];
    let billed = ana.form(&place("bill"), &bill).await.expect(303);
    assert_eq!(billed.header("location"), older, "back to the page that the order is on");
    let second = ana.get(&older).await.expect(200);
    assert!(second.text.contains("/bills/"), "the bill stands with its order: {}", second.text);
    let comes = format!("{old} comes");
    assert!(second.text.contains(&format!("value=\"{comes}\"")), "{}", second.text);
    let money = |key: &'static str| {
        let order = ("order", comes.as_str());
        [("key", key), order, ("on", "2015-06-01"), ("reference", "bank 1")]
    };
    ana.form(&place("money"), &money("m1")).await.expect(303);
    // Whoever sends a form that was opened before it had come gives nothing back.
    ana.form(&place("money"), &money("m2")).await.expect(422);
    // Whose it is, and who serves it, counts for an id as it does for a list.
    let other = firms(&api, "us", 1).await[0];
    let elsewhere = format!("/admin/resellers/{other}/cancel");
    let cancel = [("key", "c1"), ("order", old.as_str()), ("reason", "x")];
    ana.form(&elsewhere, &cancel).await.expect(404);
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    dora.form(&place("cancel"), &cancel).await.expect(404);

    // The reseller's own page and program go on in the same way.
    let browser = partner.browser(&api).await;
    let own = api.send(browser.with(Ask::get("/reseller/desk"))).await.expect(200);
    assert!(!own.text.contains(&old));
    let own = api.send(browser.with(Ask::get(&link(&own, "Older")))).await.expect(200);
    assert!(own.text.contains(&old), "{}", own.text);
    let first = api.send(partner.program(Ask::get("/api/v1/reseller"))).await.expect(200);
    let next = format!("/api/v1/reseller?before={}", first.str("/older"));
    let rest = api.send(partner.program(Ask::get(&next))).await.expect(200);
    assert!(rest.text.contains(&old) && rest.body.get("older").is_none(), "{}", rest.text);
}

#[tokio::test]
async fn what_is_held_does_not_hide_what_can_leave() {
    let api = Api::open().await;
    let partner = Partner::with_bands(&api, 5).await;
    let earlier = api.shop.now().plus_seconds(-60);
    let free = with_copies(&api, &partner, earlier, |copy| {
        copy.body.lines[0].sku = PHONE.parse().expect("a SKU");
    })
    .await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let page = wim.get("/admin/us/dispatch").await.expect(200);
    assert!(page.text.contains(&free), "{}", page.text);
    assert!(page.text.contains("230 orders of resellers are held"), "{}", page.text);
    assert!(!page.text.contains("More orders of resellers"), "{}", page.text);

    // More than a page of what can leave goes on behind a link.
    let later = api.shop.now().plus_seconds(60);
    let mut ids = copy_order(&api, &free, (later, 60), |_| ()).await;
    ids.push(free);
    let first = wim.get("/admin/us/dispatch").await.expect(200);
    let second = wim.get(&link(&first, "More orders of resellers")).await.expect(200);
    for id in &ids {
        let on = [&first, &second].map(|page| page.text.contains(&format!("<code>{id}</code>")));
        assert_ne!(on[0], on[1], "{id} stands on one of the pages");
    }
    assert!(!second.text.contains("More orders of resellers"), "{}", second.text);
}

#[tokio::test]
async fn a_page_of_resellers_is_full_of_ones_own() {
    let api = Api::open().await;
    let partner = Partner::with_bands(&api, 1).await;
    firms(&api, "de", MANY).await;
    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    let page = ana.get("/admin/resellers").await.expect(200);
    assert!(page.text.contains(&format!("href=\"{}\"", partner.place())), "{}", page.text);
    assert!(!page.text.contains("Somewhere else") && !page.text.contains(">Older</a>"));
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let first = dora.get("/admin/resellers").await.expect(200);
    assert_eq!(first.text.matches("Somewhere else").count(), 100);
    let second = dora.get(&link(&first, "Older")).await.expect(200);
    assert_eq!(second.text.matches("Somewhere else").count(), 100);
}
