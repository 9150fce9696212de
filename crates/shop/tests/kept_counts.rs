//! What is counted once and kept: a change counts with the next question, whoever has made it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kontor_base::id::{CustomerId, HoldId, ResellerId, ResellerOrderId};
use kontor_base::{Clock, Country, Date, Email, Instant, Language, Money, Random, SecretKey};
use kontor_domain::customer::WaitingEntry;
use kontor_domain::install::{DeviceKey, Stay};
use kontor_domain::planning::{OwnCount, SignalKind};
use kontor_domain::reach::{Carried, Sighting};
use kontor_domain::reseller::{BodyLine, OrderBody, OrderStage};
use kontor_scratch::Scratch;
use kontor_shop::exchange::load_demo;
use kontor_shop::planning::{Evidence, Kind, Worked, counted_here, work_out, work_out_kept};
use kontor_shop::reach::{carried_abroad, sold};
use kontor_shop::{Policy, Shop};
use kontor_store::customer::{confirm_waiting, sign_up, stop_waiting};
use kontor_store::install::stay;
use kontor_store::reseller::{KeptOrder, save_order};
use kontor_store::stock::serial::{SoldSerial, insert, remove};
use kontor_store::{Db, StoreError, Tx};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn country(code: &str) -> Country {
    code.parse().expect("a country")
}

struct House {
    shop: Arc<Shop>,
    clock: Clock,
    /// Another process at the same database.
    other: Db,
    _folder: Scratch,
}

impl House {
    async fn open() -> Self {
        let folder = Scratch::chosen();
        let db = folder.open();
        let clock = Clock::fixed(Instant::start_of(day("2026-11-23")));
        load_demo(&db, &clock, &Random::seeded(7), &|_, _| ())
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let secret = SecretKey::from_bytes([3; 32]);
        let shop = Shop::open(db, clock.clone(), Random::System, &secret, Policy::default()).await;
        let shop = Arc::new(shop.expect("it opens"));
        Self { shop, clock, other: folder.open(), _folder: folder }
    }

    /// Writes by another process than the one that keeps.
    async fn write<T: Send + 'static>(
        &self,
        write: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.other.write("test.write", write).await.expect("written")
    }

    async fn sell(&self, serial: &str, device: u64, to: &str) {
        let unit = SoldSerial {
            serial: serial.to_owned(),
            device,
            item: "BAND-BLACK".to_owned(),
            model: "band".to_owned(),
            country: country(to),
            sold_on: day("2026-01-10"),
            reference: "US-1".to_owned(),
            reseller: None,
        };
        self.write(move |tx| insert(tx, &unit)).await;
    }

    async fn stays(&self, device: u64, place: &str, since: &str, last: &str) {
        let stay = Stay { country: country(place), since: day(since), last: day(last) };
        self.write(move |tx| stay::save(tx, device, &stay)).await;
    }

    async fn carried(&self) -> Carried {
        // The count has seen one device that has no stay of its own.
        let seen = |device: DeviceKey| {
            (device.0 == 77).then(|| Sighting {
                country: Some(country("BR")),
                first: day("2026-02-01"),
                last: day("2026-11-20"),
            })
        };
        carried_abroad(&self.shop, &seen).await.expect("read")
    }

    /// Sold, unseen, silent, home, travelling, carried.
    async fn sums(&self) -> [u64; 6] {
        let told = self.carried().await;
        let total = told.total();
        [told.sold, told.unseen, told.silent, told.home, told.travelling, total]
    }
}

#[tokio::test]
async fn a_unit_that_is_sold_seen_or_back_counts_at_once() {
    let house = House::open().await;
    assert_eq!(house.sums().await, [0; 6]);
    house.sell("S1", 1, "US").await;
    house.sell("S2", 2, "US").await;
    assert_eq!(house.sums().await, [2, 2, 0, 0, 0, 0]);
    house.stays(1, "US", "2026-02-01", "2026-11-20").await;
    house.stays(2, "MX", "2026-03-01", "2026-11-20").await;
    assert_eq!(house.sums().await, [2, 0, 0, 1, 0, 1]);
    // It goes on: a traveller first, and then carried from there.
    house.stays(2, "BR", "2026-11-10", "2026-11-20").await;
    assert_eq!(house.sums().await, [2, 0, 0, 1, 1, 0]);
    // Two units of one hash, one that the count alone has seen, and one of another model.
    house.sell("S3", 2, "IN").await;
    house.sell("S77", 77, "US").await;
    assert_eq!(house.sums().await, [4, 0, 0, 1, 2, 1]);
    assert_eq!(
        sold(&house.shop).await.expect("read"),
        [(country("IN"), "band".to_owned(), 2026, 1), (country("US"), "band".to_owned(), 2026, 3),]
    );
    // One comes back, and leaves again.
    house.write(|tx| remove(tx, "S1")).await;
    assert_eq!(house.sums().await, [3, 0, 0, 0, 2, 1]);
    house.sell("S1", 1, "US").await;
    assert_eq!(house.sums().await, [4, 0, 0, 1, 2, 1]);
    // What was silent for long is forgotten; days go by without a word in the database.
    house.stays(1, "US", "2025-02-01", "2025-03-01").await;
    assert_eq!(house.sums().await, [4, 0, 1, 0, 2, 1]);
    let gone = house.write(|tx| stay::forget(tx, day("2026-01-01"), 10)).await;
    assert_eq!((gone, house.sums().await), (1, [4, 1, 0, 0, 2, 1]));
    house.clock.advance_seconds(40 * 24 * 60 * 60);
    assert_eq!(house.sums().await, [4, 1, 3, 0, 0, 0], "nobody has seen them for forty days");
}

#[tokio::test]
async fn what_is_kept_is_what_a_new_process_reads() {
    let house = House::open().await;
    let secret = SecretKey::from_bytes([3; 32]);
    for step in 0_u64..60 {
        let (device, place) =
            (step % 17, ["US", "MX", "BR", "DE"][usize::try_from(step % 4).expect("few")]);
        match step % 5 {
            0 | 1 => house.sell(&format!("S{step}"), device, place).await,
            2 => house.write(move |tx| remove(tx, &format!("S{}", step - 2))).await,
            _ => house.stays(device, place, "2026-05-01", "2026-11-20").await,
        }
        if step % 3 == 0 {
            let fresh = Shop::open(
                house.other.clone(),
                house.clock.clone(),
                Random::System,
                &secret,
                Policy::default(),
            );
            let fresh = Arc::new(fresh.await.expect("it opens"));
            let unseen = |_| None;
            let anew = carried_abroad(&fresh, &unseen).await.expect("read");
            let kept = carried_abroad(&house.shop, &unseen).await.expect("read");
            assert_eq!(kept, anew, "after step {step}");
            assert_eq!(
                sold(&house.shop).await.expect("read"),
                sold(&fresh).await.expect("read"),
                "after step {step}"
            );
        }
    }
}

fn waits(counts: &[OwnCount]) -> u64 {
    let own = counts.iter().filter(|own| own.kind == SignalKind::WaitingList);
    own.filter(|own| own.country == country("US")).map(|own| own.count).sum()
}

fn ordered(counts: &[OwnCount]) -> u64 {
    let own = counts.iter().filter(|own| own.kind == SignalKind::ResellerOrders);
    own.map(|own| own.count).sum()
}

#[tokio::test]
async fn who_confirms_or_leaves_a_list_and_what_resellers_order_counts_at_once() {
    let house = House::open().await;
    let counts = async || counted_here(&house.shop, None).await.expect("read");
    assert_eq!((waits(&counts().await), ordered(&counts().await)), (0, 0));
    let at = house.shop.now();
    for person in [1_u8, 2] {
        let entry = WaitingEntry {
            email: Email::parse(&format!("p{person}@shop.example")).expect("an address"),
            market: "us".parse().expect("a market"),
            model: Some("band".parse().expect("a model")),
            language: Language::En,
        };
        let customer = CustomerId::from_bytes([person; 16]);
        house.write(move |tx| sign_up(tx, &[person; 16], customer, &entry, at)).await;
    }
    assert_eq!(waits(&counts().await), 0, "nobody has confirmed");
    house.write(move |tx| confirm_waiting(tx, &[1; 16], at)).await;
    assert_eq!(waits(&counts().await), 1);
    house.write(move |tx| confirm_waiting(tx, &[2; 16], at)).await;
    assert_eq!(waits(&counts().await), 2);
    house.write(|tx| stop_waiting(tx, &[1; 16])).await;
    assert_eq!(waits(&counts().await), 1);

    let order = KeptOrder {
        held_since: None,
        id: ResellerOrderId::new(at, &house.shop.random),
        reseller: ResellerId::new(at, &house.shop.random),
        contract: "US-1".to_owned(),
        hold: HoldId::new(at, &house.shop.random),
        stage: OrderStage::Taken,
        body: OrderBody {
            market: "us".parse().expect("a market"),
            ship_to: country("CA"),
            on: day("2026-11-20"),
            lines: vec![BodyLine {
                sku: "BAND-BLACK".parse().expect("a SKU"),
                units: 7,
                amount: Money::new(700, "USD".parse().expect("a currency")),
            }],
            total: Money::new(700, "USD".parse().expect("a currency")),
        },
        cancelled: None,
    };
    let taken = order.clone();
    house.write(move |tx| save_order(tx, &taken)).await;
    assert_eq!(ordered(&counts().await), 7);
    let cancelled = KeptOrder { stage: OrderStage::Cancelled, ..order };
    house.write(move |tx| save_order(tx, &cancelled)).await;
    assert_eq!(ordered(&counts().await), 0, "what was cancelled is not demand");
    // Who confirmed long ago counts no more: a day is enough for that, without a word in the database.
    house.clock.advance_seconds(200 * 24 * 60 * 60);
    assert_eq!(waits(&counts().await), 0);
}

#[tokio::test]
async fn the_kept_sheet_is_the_drawn_one_and_another_question_is_drawn_anew() {
    let house = House::open().await;
    let text = Kind::NextCountry.example();
    let mut evidence = Evidence::of(&house.shop, None).await.expect("read");
    let asked = AtomicUsize::new(0);
    let same = |evidence: &Evidence, text: &str| {
        asked.fetch_add(1, Ordering::Relaxed);
        let drawn = work_out(Kind::NextCountry, text, evidence).expect("drawn");
        let kept = work_out_kept(&house.shop.sheet, Kind::NextCountry, text, evidence);
        let (Worked::NextCountry(drawn), Worked::NextCountry(kept)) = (drawn, kept.expect("kept"))
        else {
            panic!("a sheet")
        };
        assert_eq!(kept, drawn, "question {}", asked.load(Ordering::Relaxed));
        drawn
    };
    let first = same(&evidence, text);
    assert_eq!(same(&evidence, text), first, "asked again");
    // A count, the day, and the file itself: each is another question.
    let candidate = &first.candidates[0].candidate;
    evidence.own.push(OwnCount {
        country: candidate.country,
        class: Some(candidate.class),
        kind: SignalKind::BlockedCarts,
        count: 123_456,
        as_of: first.settings.on,
    });
    let second = same(&evidence, text);
    assert_ne!(second, first, "a count more");
    let seed = text.lines().find(|line| line.starts_with("seed")).expect("a seed").to_owned();
    let third = same(&evidence, &text.replace(&seed, "seed = 99"));
    assert_ne!(third.settings, second.settings);
    assert_eq!(same(&evidence, text), second, "and back");
    // What cannot be read is refused as ever, and keeps nothing.
    assert!(work_out_kept(&house.shop.sheet, Kind::NextCountry, "x = 1", &evidence).is_err());
    assert_eq!(same(&evidence, text), second);
}
