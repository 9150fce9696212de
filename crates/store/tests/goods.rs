//! What the work places of markets and goods read and write, on both back ends: ledger pages by key,
//! photographs, planned prices.

use kontor_base::id::{StaffId, TransferId};
use kontor_base::{Confidence, Instant, Money};
use kontor_domain::price::PriceEntry;
use kontor_ledger::warehouse::{move_quota, receive};
use kontor_ledger::{Balances, MarketKey, Movement, Reference, StockKey, StockState, Transfer};
use kontor_scratch::{Scratch, on_both_databases};
use kontor_store::catalogue::KeptPhoto;
use kontor_store::stock::AccountFilter;
use kontor_store::{StoreError, Tx, catalogue, price, stock};

on_both_databases!(
    accounts_come_page_by_page_and_only_those_asked_for,
    an_accounts_movements_come_newest_first_and_page_by_key,
    photographs_are_kept_once_and_served_by_their_hash,
    a_planned_price_can_be_taken_back,
);

fn at(second: i64) -> Instant {
    Instant::from_micros(1_432_000_000_000_000).plus_seconds(second)
}

fn key(site: &str, item: &str, market: &str) -> StockKey {
    StockKey::parse(site, item, market).expect("a key")
}

fn movement(number: u8, key: StockKey, units: i64) -> Movement {
    let reference = Reference::parse(&format!("note {number}")).expect("short");
    let mut id = [0; 16];
    id[0] = number;
    Movement { id: TransferId::from_bytes(id), at: at(i64::from(number)), key, units, reference }
}

fn receipts(tx: &mut Tx<'_>, goods: &[StockKey]) -> Result<(), StoreError> {
    for (number, key) in (1..).zip(goods) {
        let transfer = receive(movement(number, key.clone(), 10)).expect("goods arrive");
        stock::post(tx, &[transfer])?;
    }
    Ok(())
}

async fn accounts_come_page_by_page_and_only_those_asked_for(scratch: &Scratch) {
    let db = scratch.open();
    let goods = [
        key("main", "BAND-1", "us"),
        key("main", "BAND-1", "de"),
        key("main", "BAND-2", "us"),
        key("mainz", "BAND-1", "us"),
        key("main", "BAND-1", "us+sale_x"),
        key("main", "BAND-1", "-"),
        key("main", "BAND-1", "usa"),
    ];
    db.write("test.fill", move |tx| receipts(tx, &goods)).await.expect("written");
    let find = |market: &str, site: &str, item: &str, state: &str, after: &str, limit| {
        let text = str::to_owned;
        let filter = AccountFilter {
            market: text(market),
            site: text(site),
            item: text(item),
            state: text(state),
        };
        let (db, after) = (db.clone(), after.to_owned());
        async move {
            let read = move |tx: &mut Tx<'_>| stock::accounts_after(tx, &filter, &after, limit);
            let found = db.read("test.read", read).await.expect("read");
            found.into_iter().map(|(account, _)| account.to_string()).collect::<Vec<_>>()
        }
    };
    let own = find("us", "", "", "available", "", 10).await;
    let wanted = [
        "main/BAND-1/us+sale_x/available",
        "main/BAND-1/us/available",
        "main/BAND-2/us/available",
        "mainz/BAND-1/us/available",
    ];
    assert_eq!(own, wanted, "a market's quota and its sales', nobody else's");
    let first = find("us", "", "", "available", "", 2).await;
    let second = find("us", "", "", "available", &first[1], 2).await;
    assert_eq!([first, second].concat(), wanted);
    assert_eq!(find("us", "main", "BAND-2", "", "", 10).await.len(), 2, "with the world outside");
    assert_eq!(find("-", "", "", "available", "", 10).await, ["main/BAND-1/-/available"]);
    for odd in ["%", "us%", "_s", "' OR 1=1 --"] {
        assert!(find(odd, "", "", "", "", 10).await.is_empty(), "{odd}");
        assert!(find("us", odd, "", "", "", 10).await.is_empty(), "{odd}");
    }
}

async fn an_accounts_movements_come_newest_first_and_page_by_key(scratch: &Scratch) {
    let db = scratch.open();
    let (own, other) = (key("main", "BAND-1", "us"), key("main", "BAND-2", "us"));
    let goods: Vec<StockKey> =
        (0..20).map(|n| if n % 5 == 0 { own.clone() } else { other.clone() }).collect();
    let moved = own.clone();
    let filled = db.write("test.fill", move |tx| {
        receipts(tx, &goods)?;
        let account = moved.account(StockState::Available);
        let balances: Balances = [(account, 40)].into_iter().collect();
        let to = Some(MarketKey::parse("de").expect("a market"));
        let transfer = move_quota(movement(30, moved.clone(), 7), to, &balances).expect("moves");
        stock::post(tx, &[transfer])
    });
    filled.await.expect("written");
    let account = own.account(StockState::Available);
    let read = move |before: Option<TransferId>, limit| {
        let (db, account) = (db.clone(), account.clone());
        async move {
            let read = move |tx: &mut Tx<'_>| stock::transfers_of(tx, &account, before, limit);
            db.read("test.read", read).await.expect("read")
        }
    };
    let all = read(None, 10).await;
    let number = |transfer: &Transfer| transfer.id.bytes()[0];
    assert_eq!(all.iter().map(number).collect::<Vec<_>>(), [30, 16, 11, 6, 1]);
    // Two at a time they are the same, whichever way each has gone.
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = read(before, 2).await;
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        found.extend(page);
    }
    assert_eq!(found, all);
}

async fn photographs_are_kept_once_and_served_by_their_hash(scratch: &Scratch) {
    let db = scratch.open();
    let outcome = db.write("test.photo", |tx| {
        let text = |text: &str| text.parse().expect("a slug");
        let model = kontor_domain::catalogue::Model {
            code: text("band"),
            family: text("band"),
            brand: text("maker"),
            class: kontor_domain::catalogue::ProductClass::Band,
            picture: text("band"),
            announced_on: None,
            hs_code: None,
            origin: "CN".parse().expect("a country"),
            position: 1,
            texts: std::collections::BTreeMap::new(),
        };
        catalogue::save_model(tx, &model)?;
        let by = StaffId::from_bytes([1; 16]);
        let photo = |hash: &str, second| KeptPhoto {
            model: text("band"),
            hash: hash.to_owned(),
            width: 800,
            height: 600,
            added_at: at(second),
        };
        catalogue::save_photo(tx, &photo("bb", 1), "image/png", b"\x89PNG", by)?;
        catalogue::save_photo(tx, &photo("aa", 2), "image/webp", b"RIFF", by)?;
        catalogue::save_photo(tx, &photo("bb", 3), "image/png", b"\x89PNG", by)?;
        let hashes: Vec<String> =
            catalogue::photos(tx)?.into_iter().map(|photo| photo.hash).collect();
        assert_eq!(hashes, ["bb", "aa"], "the oldest first, each once");
        let served = catalogue::photo(tx, "aa")?;
        assert_eq!(served, Some(("image/webp".to_owned(), b"RIFF".to_vec())));
        assert!(catalogue::remove_photo(tx, &text("band"), "bb")?);
        assert!(!catalogue::remove_photo(tx, &text("band"), "bb")?);
        assert_eq!(catalogue::photo(tx, "bb")?, None);
        Ok::<_, StoreError>(())
    });
    outcome.await.expect("written");
}

async fn a_planned_price_can_be_taken_back(scratch: &Scratch) {
    let db = scratch.open();
    let outcome = db.write("test.price", |tx| {
        let entry = |second| PriceEntry {
            market: "us".parse().expect("a market"),
            sku: "BAND-1".parse().expect("a SKU"),
            money: Money::new(1_499, "USD".parse().expect("a currency")),
            mrp: None,
            valid_from: at(second),
            valid_to: None,
            source: "test".to_owned(),
            confidence: Confidence::M,
        };
        let (now, planned) = (entry(0), entry(9));
        price::save_entry(tx, &now)?;
        price::save_entry(tx, &planned)?;
        price::remove_entry(tx, planned.market, &planned.sku, planned.valid_from)?;
        assert_eq!(price::entries(tx)?, [now]);
        Ok::<_, StoreError>(())
    });
    outcome.await.expect("written");
}
