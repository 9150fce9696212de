//! Deposits are found by whoever has to do something about them, the same on both back ends.

use kontor_base::id::{DepositId, EntryId, OrderId, PaymentId, SaleId};
use kontor_base::{Country, Email, Instant, Language, Money, Random};
use kontor_domain::sale::{DepositState, OrderSecret, SaleState, Way};
use kontor_scratch::{Scratch, on_both_databases};
use kontor_store::sale::deposit::{self as deposits, DepositCount, GivenUp, KeptDeposit, Wanted};
use kontor_store::sale::entry::{self as entries, KeptEntry};
use kontor_store::sale::{KeptSale, channel, excluded, insert, set_state};
use kontor_store::{Db, StoreError, Tx};

on_both_databases!(
    a_deposit_comes_back_as_it_went_in,
    what_has_to_go_back_is_found_by_its_reason,
    places_that_were_given_up_and_what_became_of_deposits_are_counted,
    a_wish_is_forgotten_only_while_nobody_pays,
);

fn at(second: i64) -> Instant {
    Instant::from_micros(1_433_116_800_000_000).plus_seconds(second)
}

fn sale_id(number: u8) -> SaleId {
    SaleId::from_bytes([number; 16])
}

/// A deposit that is held, with this number in everything that it is known by.
fn deposit(number: u8, sale: SaleId) -> KeptDeposit {
    KeptDeposit {
        id: DepositId::from_bytes([number; 16]),
        sale,
        market: "us".parse().expect("a market"),
        person: [number; 16],
        phone: Some([number + 100; 16]),
        state: DepositState::Held,
        amount: Money::new(500, "USD".parse().expect("a currency")),
        payment: Some(PaymentId::from_bytes([number; 16])),
        entry: Some(EntryId::from_bytes([number; 16])),
        checkout: None,
        order: None,
        applied_minor: 0,
        vacated: false,
        began_at: at(1),
        paid_at: Some(at(2)),
        changed_at: at(i64::from(number)),
        wanted: Wanted {
            email: Email::parse("ada@shop.example").ok(),
            phone: None,
            ship_to: "US".parse::<Country>().expect("a country"),
            language: Language::En,
        },
    }
}

async fn write(
    db: &Db,
    change: impl FnMut(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static,
) {
    db.write("test.write", change).await.expect("written");
}

async fn read<T: Send + 'static>(
    db: &Db,
    look: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    db.read("test.read", look).await.expect("read")
}

/// A sale that stands there. What it is does not matter here.
fn a_sale(tx: &mut Tx<'_>, id: SaleId, state: SaleState) -> Result<(), StoreError> {
    let text = r#"{"sku":"BAND-BLACK","channels":[],"windows":{"announce_at":"2015-06-01T00:00:00Z",
        "registration_at":"2015-06-01T00:00:01Z","doors_at":"2015-06-01T00:00:02Z",
        "live_at":"2015-06-01T00:00:03Z","ends_at":"2015-06-01T00:00:04Z",
        "report_at":"2015-06-01T00:00:05Z"},"per_person":1,"hold_minutes":10,"rollover":null,
        "beacon":null"#;
    let text = format!("{text},\"sale\":\"{id}\"}}");
    let secret = OrderSecret::new(&Random::seeded(1));
    insert(
        tx,
        &KeptSale {
            definition: serde_json::from_str(&text).expect("a definition"),
            state: SaleState::Checked,
            secret,
            title: "Bands".to_owned(),
            settled_at: None,
            beacon: None,
        },
    )?;
    set_state(tx, id, SaleState::Checked, state)?;
    Ok(())
}

async fn a_deposit_comes_back_as_it_went_in(scratch: &Scratch) {
    let db = scratch.open();
    let kept = deposit(1, sale_id(1));
    let first = kept.clone();
    write(&db, move |tx| deposits::save(tx, &first)).await;
    let id = kept.id;
    assert_eq!(read(&db, move |tx| deposits::get(tx, id)).await, Some(kept.clone()));
    let changed = KeptDeposit {
        state: DepositState::Applied,
        order: Some(OrderId::from_bytes([9; 16])),
        applied_minor: 500,
        vacated: true,
        changed_at: at(50),
        wanted: Wanted { email: None, ..kept.wanted.clone() },
        ..kept.clone()
    };
    let second = changed.clone();
    write(&db, move |tx| deposits::save(tx, &second)).await;
    let entry = EntryId::from_bytes([1; 16]);
    assert_eq!(read(&db, move |tx| deposits::of_entry(tx, entry)).await, Some(changed.clone()));
    let person = [1; 16];
    assert_eq!(
        read(&db, move |tx| deposits::of_person(tx, &person)).await,
        std::slice::from_ref(&changed)
    );
    assert_eq!(read(&db, |tx| deposits::after(tx, None, 10)).await, [changed]);
    assert_eq!(read(&db, move |tx| deposits::after(tx, Some(id), 10)).await, []);
    let applied = |before| {
        move |tx: &mut Tx<'_>| deposits::in_state(tx, DepositState::Applied, at(before), 10)
    };
    assert_eq!(read(&db, applied(50)).await.len(), 0);
    assert_eq!(read(&db, applied(51)).await.len(), 1);
}

async fn what_has_to_go_back_is_found_by_its_reason(scratch: &Scratch) {
    let db = scratch.open();
    write(&db, |tx| {
        a_sale(tx, sale_id(1), SaleState::Live)?;
        a_sale(tx, sale_id(2), SaleState::Settled)?;
        for number in 1..=4 {
            deposits::save(tx, &deposit(number, sale_id(1)))?;
        }
        deposits::save(tx, &deposit(5, sale_id(2)))?;
        let back = KeptDeposit { state: DepositState::Returned, ..deposit(6, sale_id(2)) };
        deposits::save(tx, &back)
    })
    .await;
    let found = async || {
        let found = read(&db, |tx| deposits::to_return(tx, 10)).await;
        found.iter().map(|deposit| deposit.id.bytes()[0]).collect::<Vec<_>>()
    };
    assert_eq!(found().await, [5], "the sale is over, and it is held");
    write(&db, |tx| {
        channel::refused(tx, sale_id(1), EntryId::from_bytes([2; 16]), "sale.person_limit")?;
        excluded::add(tx, &[3; 16], "reseller", at(1))?;
        // The same person by both: found once.
        excluded::add(tx, &[103; 16], "reseller", at(1))?;
        excluded::add(tx, &[104; 16], "reseller", at(1))?;
        Ok(())
    })
    .await;
    assert_eq!(found().await, [2, 3, 4, 5]);
}

async fn places_that_were_given_up_and_what_became_of_deposits_are_counted(scratch: &Scratch) {
    let db = scratch.open();
    let market = "us".parse().expect("a market");
    write(&db, |tx| {
        let sale = sale_id(1);
        let returned = |number, vacated| KeptDeposit {
            state: DepositState::Returned,
            vacated,
            ..deposit(number, sale)
        };
        deposits::save(tx, &deposit(1, sale))?;
        deposits::save(tx, &returned(2, true))?;
        deposits::save(tx, &returned(3, false))?;
        let order = Some(OrderId::from_bytes([4; 16]));
        let applied = KeptDeposit { state: DepositState::Applied, order, ..deposit(4, sale) };
        deposits::save(tx, &applied)?;
        // Went towards an order that was called off.
        deposits::save(tx, &KeptDeposit { order, ..returned(5, false) })?;
        for (number, state) in
            [(6, DepositState::Open), (7, DepositState::Paying), (8, DepositState::Failed)]
        {
            deposits::save(tx, &KeptDeposit { state, ..deposit(number, sale) })?;
        }
        deposits::save(tx, &deposit(9, sale_id(2)))
    })
    .await;
    let given_up = |sale| move |tx: &mut Tx<'_>| deposits::given_up(tx, sale_id(sale), market);
    assert_eq!(read(&db, given_up(1)).await, GivenUp { all: 3, vacated: 1 });
    assert_eq!(read(&db, given_up(2)).await, GivenUp::default());
    let gone = read(&db, move |tx| deposits::entries_given_up(tx, sale_id(1), market)).await;
    assert_eq!(gone, [2, 3, 5].map(|number| EntryId::from_bytes([number; 16])));
    let places = |state| {
        move |tx: &mut Tx<'_>| {
            let first = deposits::places_of(tx, sale_id(1), state, None, 2)?;
            let after = first.last().map(|place| place.deposit);
            let second = deposits::places_of(tx, sale_id(1), state, after, 2)?;
            let all = first.into_iter().chain(second);
            Ok(all.map(|place| (place.entry.bytes()[0], place.had_order)).collect::<Vec<_>>())
        }
    };
    let returned = read(&db, places(DepositState::Returned)).await;
    assert_eq!(returned, [(2, false), (3, false), (5, true)]);
    assert_eq!(read(&db, places(DepositState::Applied)).await, [(4, true)]);
    for (sale, held) in [(1, true), (2, true), (3, false)] {
        assert_eq!(read(&db, move |tx| deposits::is_any_held(tx, sale_id(sale))).await, held);
    }
    let counts = read(&db, |tx| deposits::counts(tx, sale_id(1))).await;
    assert_eq!(counts, [DepositCount { market, taken: 5, credited: 2, held: 1 }]);
    // An entry that is taken out of a line that is not made yet is gone, and its traits are not.
    let entry = KeptEntry {
        sale: sale_id(1),
        entry: EntryId::from_bytes([1; 16]),
        market,
        way: Way::Batch,
        present: true,
        ticket: "ticket".to_owned(),
        entered_at: at(3),
    };
    let (sale, id) = (entry.sale, entry.entry);
    write(&db, move |tx| entries::insert(tx, &entry, &[[1; 16]])).await;
    write(&db, move |tx| entries::delete(tx, sale, id)).await;
    assert_eq!(read(&db, move |tx| entries::get(tx, sale, id)).await, None);
    assert_eq!(read(&db, move |tx| entries::of_person(tx, sale, &[[1; 16]])).await, None);
}

async fn a_wish_is_forgotten_only_while_nobody_pays(scratch: &Scratch) {
    let db = scratch.open();
    let open = |number, payment| KeptDeposit {
        state: DepositState::Open,
        payment,
        ..deposit(number, sale_id(1))
    };
    let (wish, tried) = (open(1, None), open(2, Some(PaymentId::from_bytes([2; 16]))));
    let paid = deposit(3, sale_id(1));
    write(&db, move |tx| {
        for kept in [&wish, &tried, &paid] {
            deposits::save(tx, kept)?;
        }
        for kept in [&wish, &tried, &paid] {
            deposits::forget(tx, kept.id)?;
        }
        Ok(())
    })
    .await;
    let left = read(&db, |tx| deposits::after(tx, None, 10)).await;
    assert_eq!(left.iter().map(|kept| kept.id.bytes()[0]).collect::<Vec<_>>(), [2, 3]);
}
