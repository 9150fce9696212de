//! A shop with a sale, how time goes on in it, and what must be true of its claims.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use kontor_base::id::SaleId;
use kontor_base::{Clock, Country, Email, Instant, Money, Random, SecretKey};
use kontor_domain::sale::{Channel, Definition, Deposit, SaleState, Way, Windows};
use kontor_ledger::sale::Claim;
use kontor_scratch::Scratch;
use kontor_shop::exchange::load_demo;
use kontor_shop::order::tell_lots;
use kontor_shop::sale::{Claimed, Enter, SaleRefusal, SetUp, Wish, advance, claim, enter, set_up};
use kontor_shop::{Policy, Shop, keepers};
use kontor_store::sale::{batch, lot as lots};
use kontor_store::{BeforeCommit, Db, Options, StoreError};

/// What is sold.
pub(crate) const SKU: &str = "BAND-BLACK";
/// What a place in a batch costs, in cents.
const DEPOSIT: i64 = 500;
/// How long units are held, in minutes.
pub(crate) const HOLD_MINUTES: u8 = 10;
/// How long somebody who was not answered tries again.
const PATIENCE: Duration = Duration::from_secs(60);

/// A shop on a database of its own. The same process can die and start again on it.
pub(crate) struct Running {
    pub(crate) shop: Arc<Shop>,
    pub(crate) clock: Clock,
    scratch: Scratch,
    /// Where ids and secrets come from, if not from the machine; another number after each start.
    seed: Option<u64>,
}

impl Running {
    /// A new shop with the demo's goods.
    pub(crate) async fn open(scratch: Scratch) -> Self {
        let db = scratch.open();
        Self::with(scratch, db, None).await
    }

    /// The same on a disk that takes its time before each commit.
    pub(crate) async fn on_a_slow_disk(scratch: Scratch, before_commit: BeforeCommit) -> Self {
        let options = Options { before_commit: Some(before_commit), ..scratch.options() };
        let db = Db::open(&options).unwrap_or_else(|error| panic!("{error}"));
        Self::with(scratch, db, None).await
    }

    /// The same, whose ids and secrets are the same for the same seed.
    pub(crate) async fn seeded(scratch: Scratch, seed: u64) -> Self {
        let db = scratch.open();
        Self::with(scratch, db, Some(seed << 16)).await
    }

    async fn with(scratch: Scratch, db: Db, seed: Option<u64>) -> Self {
        let clock = Clock::fixed(Instant::start_of("2026-11-23".parse().expect("a day")));
        load_demo(&db, &clock, &Random::seeded(7), &|_, _| ())
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let shop = shop_on(db, &clock, seed).await;
        Self { shop, clock, scratch, seed }
    }

    /// The process ends between two steps and starts again: nothing is kept but what is on disk.
    pub(crate) async fn restart(&mut self) {
        self.shop.db.close().await;
        self.seed = self.seed.map(|seed| seed + 1);
        self.shop = shop_on(self.scratch.open(), &self.clock, self.seed).await;
        self.keep().await;
    }

    /// Runs statements beside the shop's own.
    pub(crate) const fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// Time goes on, and every keeper comes by.
    pub(crate) async fn forward(&self, seconds: i64) {
        self.clock.advance_seconds(seconds);
        self.keep().await;
    }

    /// Every keeper comes by.
    pub(crate) async fn keep(&self) {
        advance(&self.shop).await.expect("the sales go on");
        let mut began = false;
        for sale in self.shop.sales.all() {
            for owner in sale.owners() {
                // An owner starts on a thread of its own: wait for the state, not for a time.
                while !owner.is_ready() {
                    began = true;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
        }
        if began {
            // Nobody comes in by a look that has seen no lot.
            advance(&self.shop).await.expect("the sales go on");
        }
        keepers::sweep(&self.shop).await.expect("what ends by the clock ends");
        tell_lots(&self.shop).await.expect("the lots are told");
    }

    /// The keepers come by until the sale is in this state, or past all of them.
    pub(crate) async fn until(&self, sale: SaleId, state: SaleState) {
        loop {
            let seen = kontor_shop::sale::shown(&self.shop, sale).await.expect("the sale is read");
            if seen.is_some_and(|s| s.state == state || s.state == SaleState::Reported) {
                return;
            }
            self.forward(1).await;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// A rush of so many units in so many lots, with so many for each person, open for entries. It
    /// goes live in 100 seconds and ends after an hour.
    pub(crate) async fn a_rush(&self, quota: u32, lots: u32, per_person: u32) -> SaleId {
        self.a_sale(Way::Rush, quota, lots, per_person).await
    }

    /// The same as a batch, in which a place costs [`DEPOSIT`].
    pub(crate) async fn a_batch(&self, quota: u32, per_person: u32) -> SaleId {
        self.a_sale(Way::Batch, quota, 1, per_person).await
    }

    /// The same as a draw.
    pub(crate) async fn a_draw(&self, quota: u32, per_person: u32) -> SaleId {
        self.a_sale(Way::Draw, quota, 1, per_person).await
    }

    /// What sets a rush of so many units up.
    pub(crate) fn rush_command(&self, quota: u32) -> SetUp {
        self.command(Way::Rush, quota, 1, 1)
    }

    /// What sets a batch of so many units up.
    pub(crate) fn batch_command(&self, quota: u32) -> SetUp {
        self.command(Way::Batch, quota, 1, 1)
    }

    async fn a_sale(&self, way: Way, quota: u32, lots: u32, per_person: u32) -> SaleId {
        let sale = set_up(&self.shop, self.command(way, quota, lots, per_person)).await;
        let sale = sale.unwrap_or_else(|failure| panic!("{failure:?}"));
        self.keep().await;
        sale
    }

    fn command(&self, way: Way, quota: u32, lots: u32, per_person: u32) -> SetUp {
        let now = self.shop.now();
        let market = "us".parse().expect("a market");
        let definition = Definition {
            sale: SaleId::new(now, &self.shop.random),
            sku: SKU.parse().expect("a sku"),
            channels: vec![Channel { market, way, quota }],
            windows: Windows {
                announce_at: now.plus_seconds(-2),
                registration_at: now.plus_seconds(-1),
                doors_at: now.plus_seconds(50),
                live_at: now.plus_seconds(100),
                ends_at: now.plus_seconds(3_600),
                report_at: now.plus_seconds(9_000),
            },
            per_person,
            hold_minutes: HOLD_MINUTES,
            rollover: None,
            beacon: None,
            titles: std::collections::BTreeMap::new(),
            ends_when_sold: false,
            deposits: if way == Way::Batch {
                vec![Deposit { market, amount: deposit() }]
            } else {
                Vec::new()
            },
        };
        SetUp { definition, title: "Bands".to_owned(), lots }
    }

    /// Enters and gives the ticket.
    pub(crate) async fn enter(&self, sale: SaleId, name: &str) -> String {
        self.enter_by(sale, Way::Rush, name).await
    }

    /// Enters by a way and gives the ticket.
    pub(crate) async fn enter_by(&self, sale: SaleId, way: Way, name: &str) -> String {
        let wish = Enter {
            sale,
            market: "us".parse().expect("a market"),
            way,
            email: Email::parse(&address(name)).expect("an address"),
            phone: None,
            ship_to: usa(),
            code: None,
        };
        let entered = enter(&self.shop, wish).await;
        entered.unwrap_or_else(|failure| panic!("{failure:?}")).ticket
    }

    /// Every claim of a sale on disk, by lot and number, after the check that none is too many and
    /// no request has two.
    pub(crate) async fn on_disk(&self, sale: SaleId) -> Vec<(i64, u32, Claim)> {
        let read = self.shop.db.read("test.claims", move |tx| {
            let mut all = Vec::new();
            for kept in lots::of_sale(tx, sale)? {
                let claims = batch::claims_after(tx, kept.lot, 0, 1_000_000)?;
                let taken: u32 = claims
                    .iter()
                    .filter(|(_, claim)| claim.state.takes())
                    .map(|(_, claim)| u32::from(claim.units))
                    .sum();
                let quota = kept.head.quota;
                assert!(taken <= quota, "lot {}: {taken} units of {quota}", kept.lot);
                all.extend(claims.into_iter().map(|(number, claim)| (kept.lot, number, claim)));
            }
            Ok::<_, StoreError>(all)
        });
        let all = read.await.expect("the claims are read");
        let requests: BTreeSet<_> = all.iter().map(|(_, _, claim)| claim.request).collect();
        assert_eq!(requests.len(), all.len(), "a request has one claim");
        all
    }
}

async fn shop_on(db: Db, clock: &Clock, seed: Option<u64>) -> Arc<Shop> {
    let policy = Policy { test_provider: true, ..Policy::default() };
    let secret = SecretKey::from_bytes([3; 32]);
    let random = seed.map_or(Random::System, Random::seeded);
    let shop = Shop::open(db, clock.clone(), random, &secret, policy).await;
    Arc::new(shop.expect("the shop opens"))
}

/// What a place in a batch costs.
pub(crate) fn deposit() -> Money {
    Money::new(DEPOSIT, "USD".parse().expect("a currency"))
}

pub(crate) fn usa() -> Country {
    "US".parse().expect("a country")
}

pub(crate) fn address(name: &str) -> String {
    format!("{name}@crowd.example")
}

/// Whoever plays the keeper.
static KEEPER: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Takes a unit under this key, and asks again with the same one as long as the shop does not know.
pub(crate) async fn take_until_answered(
    shop: &Arc<Shop>,
    sale: SaleId,
    ticket: &str,
    key: &str,
) -> Result<Claimed, SaleRefusal> {
    let began = std::time::Instant::now();
    loop {
        let wish = Wish { sale, ticket, key, units: 1, ship_to: usa() };
        match claim(shop, wish).await {
            Err(refusal) if refusal.is_passing() => {
                assert!(began.elapsed() < PATIENCE, "the lot does not come back");
                // The lot may have none left while another has: the keeper moves some. There is one
                // keeper, and what it cannot do now it does the next time.
                if let Ok(_one) = KEEPER.try_lock() {
                    let _ = advance(shop).await;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            answer => return answer,
        }
    }
}
