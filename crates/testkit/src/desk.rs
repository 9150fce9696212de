//! What the staff area's lists read beside orders, by the ten thousand: the log, proposals, jobs, waiting
//! lists, carts and checkouts, a sale that is sold out, resellers, rollouts. `kontor-staff` fills it in.
//!
//! Everything is written by the store's own functions, row for row as the shop writes it; what is left out
//! is the work that led to it.

use std::sync::Arc;

use kontor_base::id::{
    CartId, CheckoutId, HoldId, JobId, ProposalId, ResellerId, ResellerOrderId, RolloutId, SaleId,
    StaffId,
};
use kontor_base::{Email, Instant, Language};
use kontor_domain::cart::{Cart, CartLine};
use kontor_domain::catalogue::{Sku, Slug};
use kontor_domain::customer::WaitingEntry;
use kontor_domain::market::MarketCode;
use kontor_domain::order::CheckoutState;
use kontor_domain::rollout::{Cause, Event, RolloutState, Tally};
use kontor_domain::sale::{Channel, Definition, OrderSecret, SaleState, Way, Windows};
use kontor_domain::staff::{Permission, ProposalState};
use kontor_ledger::StockKey;
use kontor_ledger::sale::{Claim, ClaimState, Counted, LotHead, PlaceState, Staged, Waiting};
use kontor_rom::Rom;
use kontor_shop::Shop;
use kontor_shop::staff::{chain_log, index_names};
use kontor_store::order::{Checkout, Draft, save_checkout};
use kontor_store::reseller::{self as resellers, KeptOrder, Reseller};
use kontor_store::rollout::{self as rollouts, Report, StepTaken};
use kontor_store::sale::batch::{self, Beside, Written};
use kontor_store::sale::lot::{self as lots, KeptLot};
use kontor_store::sale::{self as sales, KeptSale};
use kontor_store::staff::document::{self, Document};
use kontor_store::staff::log::{self, Entry};
use kontor_store::staff::proposal::{self, Kept};
use kontor_store::{StoreError, Tx, cart, customer, job};
use serde_json::json;

use crate::publish::{Size, publish_many};

/// Rows in one transaction.
const AT_ONCE: u32 = 2_000;
const DAY_S: i64 = 24 * 60 * 60;

/// How much is filled in. The default is what a large maker's third year looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amounts {
    /// Entries of the log.
    pub log: u32,
    /// Proposals that were decided.
    pub decided: u32,
    /// Proposals that wait.
    pub waiting: u32,
    /// Jobs, half of them given up.
    pub jobs: u32,
    /// Entries of waiting lists.
    pub waiting_lists: u32,
    /// Carts of the last seven days; a third of them became checkouts.
    pub carts: u32,
    /// Claims of the sale that is sold out.
    pub claims: u32,
    /// Sales that are over.
    pub past_sales: u32,
    /// Resellers, each with orders.
    pub resellers: u32,
    /// Papers, under the names of their files.
    pub papers: u32,
    /// Models with a ROM, each with forty builds in three channels: a hundred and twenty rollouts.
    pub models: u32,
}

impl Default for Amounts {
    fn default() -> Self {
        Self {
            log: 200_000,
            decided: 20_000,
            waiting: 3_000,
            jobs: 40_000,
            waiting_lists: 100_000,
            carts: 150_000,
            claims: 200_000,
            past_sales: 120,
            resellers: 2_000,
            papers: 3_000,
            models: 25,
        }
    }
}

impl Amounts {
    /// A hundredth of it, to try the filling itself.
    #[must_use]
    pub const fn small() -> Self {
        Self {
            log: 2_000,
            decided: 200,
            waiting: 60,
            jobs: 400,
            waiting_lists: 1_000,
            carts: 1_500,
            claims: 2_000,
            past_sales: 2,
            resellers: 60,
            papers: 60,
            models: 1,
        }
    }
}

/// What of it has an address of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The sale that is sold out.
    pub sale: SaleId,
    /// A reseller with orders.
    pub reseller: ResellerId,
    /// A rollout with reports.
    pub rollout: Option<RolloutId>,
}

/// Fills everything in. `market` and `number` are those of an order that is there.
///
/// # Errors
///
/// When the database cannot be written.
pub async fn fill(
    shop: &Arc<Shop>,
    rom: &Rom,
    amounts: Amounts,
    number: &str,
    say: &(dyn Fn(&str) + Sync),
) -> Result<Filled, StoreError> {
    say("the log");
    in_blocks(shop, "bench.log", amounts.log, log_entry).await?;
    // What a server would do in its first minutes, and not while it is measured.
    while chain_log(shop).await?.entries > 0 {}
    say("proposals");
    let all = amounts.decided + amounts.waiting;
    let (decided, order) = (amounts.decided, number.to_owned());
    in_blocks(shop, "bench.proposals", all, move |tx, shop, index| {
        proposed(tx, shop, index, index < decided, all, &order)
    })
    .await?;
    say("jobs");
    in_blocks(shop, "bench.jobs", amounts.jobs, queued_job).await?;
    say("waiting lists");
    in_blocks(shop, "bench.waiting", amounts.waiting_lists, waits).await?;
    say("carts and checkouts");
    let carts = amounts.carts;
    in_blocks(shop, "bench.carts", carts, move |tx, shop, index| a_cart(tx, shop, index, carts))
        .await?;
    say("sales");
    for index in 0..amounts.past_sales {
        past_sale(shop, i64::from(index) + 1).await?;
    }
    let sale = sold_out(shop, amounts.claims).await?;
    say("resellers");
    let reseller = resellers_with_orders(shop, amounts.resellers).await?;
    say("papers");
    in_blocks(shop, "bench.papers", amounts.papers, a_paper).await?;
    say("names");
    while index_names(shop).await? > 0 {}
    say("rollouts");
    let rollout = rollouts_with_steps(rom, amounts.models).await?;
    Ok(Filled { sale, reseller, rollout })
}

/// Writes so many rows, a block in each transaction.
async fn in_blocks(
    shop: &Arc<Shop>,
    name: &'static str,
    many: u32,
    write: impl Fn(&mut Tx<'_>, &Shop, u32) -> Result<(), StoreError> + Clone + Send + Sync + 'static,
) -> Result<(), StoreError> {
    let mut first = 0;
    while first < many {
        let end = many.min(first + AT_ONCE);
        let (own, write) = (Arc::clone(shop), write.clone());
        shop.db
            .write(name, move |tx| (first..end).try_for_each(|index| write(tx, &own, index)))
            .await?;
        first = end;
    }
    Ok(())
}

/// A moment of the last year, the later the higher the index.
fn moment(shop: &Shop, index: u32, many: u32) -> Instant {
    shop.now().plus_seconds(-365 * DAY_S * i64::from(many - index) / i64::from(many.max(1)))
}

/// The markets in turns.
fn market_of(shop: &Shop, index: u32) -> MarketCode {
    let snapshot = shop.snapshots.now();
    snapshot.markets[index as usize % snapshot.markets.len()].code
}

/// The variants in turns.
fn sku_of(shop: &Shop, index: u32) -> Sku {
    let snapshot = shop.snapshots.now();
    let at = index as usize % snapshot.variants.len().max(1);
    snapshot.variants.keys().nth(at).expect("the demo has variants").clone()
}

fn bad(error: impl std::fmt::Display) -> StoreError {
    StoreError::BadRow { table: "bench", problem: error.to_string().into() }
}

/// Where an entry of the log stands: its moment, then anything.
fn place(at: Instant, shop: &Shop) -> [u8; 16] {
    let mut place = shop.random.bytes16();
    place[..8].copy_from_slice(&u64::try_from(at.micros()).unwrap_or(0).to_be_bytes());
    place
}

fn log_entry(tx: &mut Tx<'_>, shop: &Shop, index: u32) -> Result<(), StoreError> {
    const ACTS: [&str; 8] = [
        "order.edit",
        "order.cancel",
        "payment.refund",
        "price.set",
        "stock.book",
        "catalogue.edit",
        "staff.sign_in",
        "order.dispatch",
    ];
    // One act in twenty thousand is rare: what is looked for among everything else.
    let act = if index.is_multiple_of(20_000) { "rollout.halt" } else { ACTS[index as usize % 8] };
    let at = moment(shop, index, 200_000.max(index + 1));
    let mut account = [7; 16];
    account[15] = u8::try_from(index % 40).unwrap_or(0);
    let number = index % 50_000;
    log::append(
        tx,
        &Entry {
            id: place(at, shop),
            made_at: at,
            account: Some(StaffId::from_bytes(account)),
            person: format!("Person {}", index % 40),
            act: act.to_owned(),
            market: market_of(shop, index).to_string(),
            subject: format!("US-{number:06}"),
            was: "state: paid\nnote: -".to_owned(),
            is_now: format!("state: dispatched\nnote: by the bench, {index}"),
            reason: String::new(),
        },
    )
}

fn proposed(
    tx: &mut Tx<'_>,
    shop: &Shop,
    index: u32,
    is_decided: bool,
    many: u32,
    order: &str,
) -> Result<(), StoreError> {
    let at = if is_decided { moment(shop, index, many) } else { shop.now() };
    let (author, decider) = (StaffId::from_bytes([8; 16]), StaffId::from_bytes([9; 16]));
    // A number begins with the two letters of its market.
    let market = order.get(..2).unwrap_or("us").to_lowercase();
    let kept = Kept {
        id: ProposalId::new(at, &shop.random),
        author,
        permission: Permission::OrderCancel,
        market: Some(market.parse().map_err(bad)?),
        subject: order.to_owned(),
        content: json!({ "act": "cancel_order", "number": order }).to_string(),
        reason: "the customer has asked for it".to_owned(),
        proposed_at: at,
        state: ProposalState::Waiting,
        decided_by: None,
        decided_at: None,
        remark: String::new(),
    };
    proposal::insert(tx, &kept)?;
    if is_decided {
        let state =
            if index.is_multiple_of(5) { ProposalState::Rejected } else { ProposalState::Approved };
        proposal::decide(tx, kept.id, state, decider, at, "")?;
    }
    Ok(())
}

/// Jobs that were given up, and jobs for another year: nobody does them while the bench runs.
fn queued_job(tx: &mut Tx<'_>, shop: &Shop, index: u32) -> Result<(), StoreError> {
    let now = shop.now();
    let id = JobId::new(now, &shop.random);
    job::queue(tx, id, "bench.work", "{}", now.plus_seconds(365 * DAY_S))?;
    if index.is_multiple_of(2) {
        job::fail(tx, id, "the other side does not answer", None)?;
    }
    Ok(())
}

/// Nine of ten have confirmed their address; nothing is due for anybody.
fn waits(tx: &mut Tx<'_>, shop: &Shop, index: u32) -> Result<(), StoreError> {
    let email = Email::parse(&format!("waits.{index}@shop.example")).map_err(bad)?;
    let (person, customer) =
        (shop.keys.person(&format!("bench {index}")), shop.keys.customer(&email));
    let snapshot = shop.snapshots.now();
    let (_, model) = snapshot.product(&sku_of(shop, index)).expect("a variant has a model");
    let model: Option<Slug> = (!index.is_multiple_of(4)).then(|| model.code.clone());
    // Half of everybody waits in one market: the list that is looked at.
    let market =
        if index.is_multiple_of(2) { "us".parse().map_err(bad)? } else { market_of(shop, index) };
    let at = moment(shop, index, 100_000.max(index + 1));
    let entry = WaitingEntry { email, market, model, language: Language::En };
    customer::sign_up(tx, &person, customer, &entry, at)?;
    if index.is_multiple_of(10) {
        customer::waiting_put_off(tx, &person, customer, None)
    } else {
        customer::confirm_waiting(tx, &person, at)
    }
}

/// A cart of the last seven days, and of every third a checkout that ended.
fn a_cart(tx: &mut Tx<'_>, shop: &Shop, index: u32, many: u32) -> Result<(), StoreError> {
    let at = shop.now().plus_seconds(-7 * DAY_S * i64::from(many - index) / i64::from(many));
    let (id, market) = (CartId::new(at, &shop.random), market_of(shop, index));
    let lines = vec![CartLine { sku: sku_of(shop, index), quantity: 1 }];
    cart::save(tx, &Cart { id, market, version: 1, lines: lines.clone() }, at)?;
    if !index.is_multiple_of(3) {
        return Ok(());
    }
    save_checkout(
        tx,
        &Checkout {
            id: CheckoutId::new(at, &shop.random),
            cart: id,
            market,
            state: CheckoutState::Expired,
            hold: HoldId::new(at, &shop.random),
            payment: None,
            order: None,
            expires_at: at.plus_seconds(900),
            draft: Draft {
                lines,
                language: Language::En,
                contact: None,
                ship_to: None,
                quote: None,
            },
        },
    )
}

fn sale(
    shop: &Shop,
    units: u32,
    live_at: Instant,
    ends_at: Instant,
) -> Result<KeptSale, StoreError> {
    let windows = Windows {
        announce_at: live_at.plus_seconds(-3 * DAY_S),
        registration_at: live_at.plus_seconds(-2 * DAY_S),
        doors_at: live_at.plus_seconds(-3_600),
        live_at,
        ends_at,
        report_at: ends_at.plus_seconds(DAY_S),
    };
    let market = "us".parse().map_err(bad)?;
    Ok(KeptSale {
        definition: Definition {
            sale: SaleId::new(live_at, &shop.random),
            sku: sku_of(shop, 0),
            channels: vec![Channel { market, way: Way::Rush, quota: units }],
            windows,
            per_person: 2,
            hold_minutes: 10,
            rollover: None,
            beacon: None,
            deposits: Vec::new(),
            titles: std::collections::BTreeMap::new(),
            ends_when_sold: false,
        },
        state: SaleState::SoldOut,
        secret: OrderSecret::new(&shop.random),
        title: format!("Sale of {units}"),
        settled_at: None,
        beacon: None,
    })
}

async fn past_sale(shop: &Arc<Shop>, weeks: i64) -> Result<(), StoreError> {
    let live_at = shop.now().plus_seconds(-7 * DAY_S * weeks);
    let mut kept = sale(shop, 1_000, live_at, live_at.plus_seconds(3_600))?;
    kept.state = SaleState::Reported;
    let own = Arc::clone(shop);
    shop.db
        .write("bench.sale", move |tx| {
            let market = kept.definition.channels[0].market;
            sales::insert(tx, &kept)?;
            let lot = a_lot(tx, &kept, market, 1_000)?;
            claims(tx, &own, lot, 0, 1_000, 1_000, live_at)
        })
        .await
}

/// A sale in which every unit is sold and people stand in line; it goes on for a week.
async fn sold_out(shop: &Arc<Shop>, units: u32) -> Result<SaleId, StoreError> {
    let live_at = shop.now().plus_seconds(-3_600);
    let kept = sale(shop, units, live_at, live_at.plus_seconds(7 * DAY_S))?;
    let (id, market) = (kept.definition.sale, kept.definition.channels[0].market);
    let lot = shop
        .db
        .write("bench.sale", move |tx| {
            sales::insert(tx, &kept)?;
            a_lot(tx, &kept, market, units)
        })
        .await?;
    in_runs(units, |first, end| {
        let own = Arc::clone(shop);
        async move {
            own.clone()
                .db
                .write("bench.claims", move |tx| claims(tx, &own, lot, first, end, units, live_at))
                .await
        }
    })
    .await?;
    Ok(id)
}

/// Calls `run` for one run of numbers after the other.
async fn in_runs<F: Future<Output = Result<(), StoreError>>>(
    many: u32,
    run: impl Fn(u32, u32) -> F,
) -> Result<(), StoreError> {
    let mut first = 0;
    while first < many {
        let end = many.min(first + AT_ONCE);
        run(first, end).await?;
        first = end;
    }
    Ok(())
}

fn a_lot(
    tx: &mut Tx<'_>,
    kept: &KeptSale,
    market: MarketCode,
    quota: u32,
) -> Result<lots::LotNumber, StoreError> {
    let lot = lots::last_number(tx)? + 1;
    let sku = &kept.definition.sku;
    let stock = StockKey::parse(&format!("bench-{lot}"), sku.as_str(), market.as_str());
    let head = LotHead { quota, halted: false, fence: 0 };
    lots::insert(
        tx,
        &KeptLot {
            lot,
            sale: kept.definition.sale,
            market,
            way: Way::Rush,
            stock: stock.map_err(bad)?,
            head,
            taken: 0,
            wanted: 0,
            counted: Counted::default(),
        },
    )?;
    Ok(lot)
}

/// Claims of a lot as its owner writes them, all within the first minute, and with each run some people
/// in line.
fn claims(
    tx: &mut Tx<'_>,
    shop: &Shop,
    lot: lots::LotNumber,
    first: u32,
    end: u32,
    quota: u32,
    live_at: Instant,
) -> Result<(), StoreError> {
    let claim = |index: u32| {
        let at = live_at.micros() + 60_000_000 * i64::from(index) / i64::from(quota.max(1));
        Claim {
            request: shop.keys.person(&format!("request {lot} {index}")),
            person: shop.keys.person(&format!("person {lot} {index}")),
            claimed_at: at,
            expires_at: at + 600_000_000,
            body: index,
            earlier: 0,
            ship_to: *b"US",
            units: 1,
            state: ClaimState::Sold,
            extended: false,
        }
    };
    let waits = |place: u32| Waiting {
        request: shop.keys.person(&format!("line request {lot} {place}")),
        person: shop.keys.person(&format!("line person {lot} {place}")),
        body: place,
        units: 1,
        allowance: 2,
        ship_to: *b"US",
        joined_at: live_at.micros() + 61_000_000,
        state: PlaceState::Waits,
    };
    let (first_place, places) = (first / 4, end / 4);
    let staged = staged(
        LotHead { quota, halted: false, fence: 0 },
        (first, (first..end).map(claim).collect()),
        (first_place, (first_place..places).map(waits).collect()),
    );
    let beside = Beside { lease_until: live_at, wanted: 0, market_units: u64::from(quota) };
    match batch::write(tx, lot, &staged, &beside)? {
        Written::Yes => Ok(()),
        other => Err(bad(format!("the claims were not written: {other:?}"))),
    }
}

/// What an owner would have decided: everything that was claimed up to here is sold.
fn staged(head: LotHead, claims: (u32, Vec<Claim>), line: (u32, Vec<Waiting>)) -> Staged {
    let ((first, claims), (first_place, waiting)) = (claims, line);
    let units = first + u32::try_from(claims.len()).unwrap_or(u32::MAX);
    Staged {
        head,
        head_changed: false,
        grown: false,
        taken: units,
        counted: Counted {
            sold: units,
            ended: 0,
            in_line: first_place + u32::try_from(waiting.len()).unwrap_or(0),
        },
        first_claim: first + 1,
        claims,
        changed: Vec::new(),
        first_place: first_place + 1,
        waiting,
        served: Vec::new(),
        left: Vec::new(),
    }
}

async fn resellers_with_orders(shop: &Arc<Shop>, many: u32) -> Result<ResellerId, StoreError> {
    let last = ResellerId::new(shop.now(), &shop.random);
    in_blocks(shop, "bench.resellers", many, move |tx, shop, index| {
        let at = moment(shop, index, many);
        let id = if index + 1 == many { last } else { ResellerId::new(at, &shop.random) };
        let (market, sku) = (market_of(shop, index), sku_of(shop, index));
        let snapshot = shop.snapshots.now();
        let place = snapshot.market(market).expect("one of the snapshot's markets");
        let profile = json!({
            "name": format!("Reseller {index}"), "country": place.countries[0],
            "email": format!("sales.{index}@reseller.example"), "plan": "Phones in our shops.",
        });
        let standing = if index.is_multiple_of(20) { "applied" } else { "approved" };
        resellers::save(
            tx,
            &Reseller {
                id,
                standing: kontor_domain::reseller::Standing::from_word(standing)
                    .ok_or_else(|| bad("no standing"))?,
                applied_at: at,
                profile: serde_json::from_value(profile).map_err(bad)?,
            },
        )?;
        for order in 0..10_u32 {
            let on = at.plus_seconds(i64::from(order) * DAY_S);
            let total = kontor_base::Money::new(149_900, place.currency);
            let body = json!({
                "market": market, "ship_to": place.countries[0], "on": "2026-05-01",
                "lines": [{ "sku": sku, "units": 100, "amount": total }], "total": total,
            });
            let stage = if order == 9 { "taken" } else { "dispatched" };
            resellers::save_order(
                tx,
                &KeptOrder {
                    id: ResellerOrderId::new(on, &shop.random),
                    reseller: id,
                    contract: format!("bench-{index}"),
                    hold: HoldId::new(on, &shop.random),
                    stage: kontor_domain::reseller::OrderStage::from_word(stage)
                        .ok_or_else(|| bad("no stage"))?,
                    body: serde_json::from_value(body).map_err(bad)?,
                    cancelled: None,
                    held_since: None,
                },
            )?;
        }
        Ok(())
    })
    .await?;
    Ok(last)
}

fn a_paper(tx: &mut Tx<'_>, shop: &Shop, index: u32) -> Result<(), StoreError> {
    let hash = kontor_base::secret::content_hash(&index.to_be_bytes());
    let paper = Document {
        hash: hash.clone(),
        name: format!("certificate {index}.pdf"),
        media: "application/pdf".to_owned(),
        content: vec![7; 4_000],
        added_at: shop.now(),
        added_by: StaffId::from_bytes([8; 16]),
    };
    document::keep(tx, &paper)?;
    document::add_market(tx, &hash, market_of(shop, index))
}

/// Forty builds a model, each rolled out in every channel, with the steps and the reports of a rollout
/// that is over.
async fn rollouts_with_steps(rom: &Rom, models: u32) -> Result<Option<RolloutId>, StoreError> {
    publish_many(rom, Size { models, builds: 40 }).await?;
    let all = rom.db.read("bench.rollouts", rollouts::all).await?;
    let last = all.last().map(|rollout| rollout.id);
    for block in all.chunks(200) {
        let (block, now) = (block.to_vec(), rom.now());
        rom.db
            .write("bench.rollouts", move |tx| {
                for rollout in &block {
                    for hour in 0..8_i64 {
                        let at = now.plus_seconds(-(40 - hour) * 3_600);
                        let mut device = *rollout.id.bytes();
                        device[0] ^= u8::try_from(hour).unwrap_or(0);
                        let one = Report {
                            build: rollout.build,
                            channel: rollout.channel,
                            device,
                            event: if hour == 7 { Event::Failed } else { Event::Installed },
                            code: String::new(),
                            proven: true,
                        };
                        rollouts::report(tx, &one, at)?;
                    }
                    for (hour, state) in [RolloutState::Planned, RolloutState::Running]
                        .into_iter()
                        .chain([RolloutState::Running, RolloutState::Done])
                        .enumerate()
                    {
                        let hour = i64::try_from(hour).unwrap_or(0);
                        let at = now.plus_seconds(-(44 - 10 * hour) * 3_600);
                        let tally = Tally { installed: 7, failed: 1, ..Tally::default() };
                        let (wave, cause, note) = (0, Cause::Plan, None);
                        let step = StepTaken { at, state, wave, cause, tally, note };
                        rollouts::add_step(tx, rollout.id, &step)?;
                    }
                }
                Ok::<_, StoreError>(())
            })
            .await?;
    }
    Ok(last)
}
