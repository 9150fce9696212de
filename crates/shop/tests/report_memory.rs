//! What the report of a sale costs in memory, measured and not reckoned: entries are written, the report
//! is made as the server makes it and read to its end, and the kernel says how much memory that took.
//!
//! Twenty thousand people by default; the figure of `docs/operating/performance.md` is that of
//! `KONTOR_REPORT_PEOPLE=2000000 cargo test -p kontor-shop --test report_memory -- --nocapture`.

#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "the figure is what a person runs this for")]

use std::fs;

use kontor_base::id::{EntryId, SaleId};
use kontor_base::{Clock, Instant, Random, SecretKey};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{
    Channel, Definition, OrderSecret, SaleState, Way, Windows, digest_of_sorted,
};
use kontor_ledger::StockKey;
use kontor_ledger::sale::{Claim, ClaimState, Counted, LotHead, Staged};
use kontor_scratch::Scratch;
use kontor_shop::sale::report;
use kontor_shop::{Policy, Shop};
use kontor_store::sale::batch::{self, Beside, Written};
use kontor_store::sale::channel::{self as channels, KeptChannel};
use kontor_store::sale::entry::{self as entries, KeptEntry};
use kontor_store::sale::lot::{self as lots, KeptLot};
use kontor_store::sale::{self as sales, KeptSale};
use kontor_store::{Db, StoreError};

/// People who are written in one transaction.
const CHUNK: usize = 5_000;
/// One in so many has bought.
const BUYERS: usize = 10;
/// What a report of so many people may cost at most, in bytes for each: the row of each, a list of ids
/// while it is checked, and some of the database's own.
const BYTES_MAX: u64 = 120;
/// What it may cost beside, in bytes.
const BESIDE_MAX: u64 = 48 << 20;

fn people() -> usize {
    let told = std::env::var("KONTOR_REPORT_PEOPLE").ok();
    told.map_or(20_000, |text| text.parse().expect("a number of people"))
}

fn market() -> MarketCode {
    "in".parse().expect("a market")
}

fn sale_id() -> SaleId {
    SaleId::from_bytes([1; 16])
}

fn live_at() -> Instant {
    Instant::from_micros(1_428_422_400_000_000)
}

/// Ids in the order in which they are made.
fn entry(number: usize) -> EntryId {
    let mut bytes = [7; 16];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    EntryId::from_bytes(bytes)
}

fn definition(units: usize) -> Definition {
    let quota = u32::try_from(units).expect("fewer than 2^32");
    Definition {
        sale: sale_id(),
        sku: "BAND".parse().expect("a sku"),
        channels: vec![Channel { market: market(), way: Way::Rush, quota }],
        windows: Windows {
            announce_at: live_at().plus_seconds(-40),
            registration_at: live_at().plus_seconds(-30),
            doors_at: live_at().plus_seconds(-20),
            live_at: live_at(),
            ends_at: live_at().plus_seconds(600),
            report_at: live_at().plus_seconds(700),
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

/// A sale that is over, without its people.
async fn a_sale(db: &Db, people: usize) {
    let written = db.write("test.sale", move |tx| {
        let definition = definition(people / BUYERS);
        let kept = KeptSale {
            state: SaleState::Reported,
            secret: OrderSecret::from_bytes([5; 32]),
            title: "Bands".to_owned(),
            settled_at: None,
            beacon: None,
            definition,
        };
        sales::insert(tx, &kept)?;
        let stock: Result<StockKey, _> = "home/BAND/in".parse();
        let quota = kept.definition.channels[0].quota;
        lots::insert(
            tx,
            &KeptLot {
                lot: 1,
                sale: sale_id(),
                market: market(),
                way: Way::Rush,
                stock: stock.expect("a stock's key"),
                head: LotHead { fence: 0, quota, halted: false },
                taken: 0,
                wanted: 0,
                counted: Counted::default(),
            },
        )?;
        let digest = digest_of_sorted((0..people).map(entry));
        let channel =
            KeptChannel { market: market(), way: Way::Rush, digest, admitted: u64::MAX >> 1 };
        channels::keep_digest(tx, sale_id(), &channel)
    });
    written.await.expect("the sale is there");
}

/// Some of the people, of whom some have bought.
async fn a_chunk(db: &Db, from: usize, to: usize) {
    let written = db.write("test.people", move |tx| {
        for number in from..to {
            let kept = KeptEntry {
                sale: sale_id(),
                entry: entry(number),
                market: market(),
                way: Way::Rush,
                present: true,
                // As long as a real one.
                ticket: "t".repeat(220),
                entered_at: live_at().plus_seconds(-25),
            };
            entries::insert(tx, &kept, &[])?;
        }
        let buyers = (from..to).filter(|number| number % BUYERS == 0);
        let claims: Vec<_> = buyers
            .map(|number| Claim {
                request: *entry(number).bytes(),
                person: *entry(number).bytes(),
                claimed_at: live_at().micros(),
                expires_at: live_at().plus_seconds(600).micros(),
                body: 0,
                earlier: 0,
                ship_to: *b"IN",
                units: 1,
                state: ClaimState::Sold,
                extended: false,
            })
            .collect();
        let first = u32::try_from(from.div_ceil(BUYERS) + 1).expect("fewer than 2^32");
        let staged = Staged {
            head: lots::get(tx, 1)?.expect("the lot").head,
            head_changed: false,
            grown: false,
            taken: first + u32::try_from(claims.len()).expect("fewer than 2^32") - 1,
            first_claim: first,
            claims,
            counted: Counted::default(),
            changed: Vec::new(),
            first_place: 1,
            waiting: Vec::new(),
            served: Vec::new(),
            left: Vec::new(),
        };
        let beside = Beside { lease_until: live_at(), wanted: 0, market_units: u64::MAX };
        assert_eq!(batch::write(tx, 1, &staged, &beside)?, Written::Yes);
        Ok::<_, StoreError>(())
    });
    written.await.expect("the people are there");
}

/// A line of what the kernel says of this process, in bytes.
fn memory(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("the kernel tells");
    let value = status.lines().find_map(|text| text.strip_prefix(line)).expect("a line of it");
    let kilobytes = value.trim().trim_end_matches(" kB").trim();
    kilobytes.parse::<u64>().expect("kilobytes") * 1_024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_of_many_people_is_small() {
    let people = people();
    let scratch = Scratch::sqlite();
    let db = scratch.open();
    a_sale(&db, people).await;
    for from in (0..people).step_by(CHUNK) {
        a_chunk(&db, from, people.min(from + CHUNK)).await;
    }
    db.close().await;
    // Another process would begin like this; in this one the peak is counted anew.
    let clock = Clock::fixed(live_at().plus_seconds(1_000));
    let key = SecretKey::from_bytes([7; 32]);
    let shop = Shop::open(scratch.open(), clock, Random::seeded(7), &key, Policy::default()).await;
    let shop = shop.unwrap_or_else(|error| panic!("{error}"));
    fs::write("/proc/self/clear_refs", "5").expect("a process may forget its own peak");
    let before = memory("VmRSS:");

    let began = std::time::Instant::now();
    let made = report(&shop, sale_id()).await.expect("read").expect("it is out");
    let (made_in, kept) = (began.elapsed(), memory("VmRSS:"));
    let most = memory("VmHWM:").saturating_sub(before);
    assert!(made.holds(), "a true report");
    let bytes: usize = made.pieces().map(|piece| piece.len()).sum();
    let read = memory("VmHWM:").saturating_sub(before);
    println!(
        "{people} people: {} MB at most while it is made (in {made_in:?}), {} MB kept, \
         {} MB at most when {} MB of JSON were read; {} MB before",
        most >> 20,
        kept.saturating_sub(before) >> 20,
        read >> 20,
        bytes >> 20,
        before >> 20,
    );
    let allowed = people as u64 * BYTES_MAX + BESIDE_MAX;
    assert!(bytes > people * 30, "everybody is in it: {bytes} bytes");
    assert!(read < allowed, "{read} bytes of {allowed}");
}
