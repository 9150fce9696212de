//! `kontor-staff`: fills a database with orders by the hundred thousand and with everything else that the
//! staff area lists, and signs in somebody who may see all of it and somebody who may see one market.
//! `cargo xtask bench staff` starts it.
//!
//! Orders are written by the store's own function, as placing one does, and their terms are found by
//! the keeper's own use case; what is left out is cart, stock and money, which no list reads.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool that fills")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant as Stopwatch;

use clap::Parser;
use kontor::config::Config;
use kontor_base::id::encode;
use kontor_base::id::{CheckoutId, HoldId, OrderId, PaymentId, TransferId};
use kontor_base::{Clock, Instant, Language, Money, Random};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::Market;
use kontor_domain::order::{ClearanceState, FulfilmentState, Order, OrderNumber};
use kontor_domain::payment::{PaymentState, ProviderKind, TestScenario};
use kontor_ledger::warehouse::receive;
use kontor_ledger::{Movement, Reference, StockKey, StockState};
use kontor_shop::Shop;
use kontor_shop::exchange::load_demo;
use kontor_shop::order::index_orders;
use kontor_shop::staff::{AddCommand, SecretGiven, SignIn, add, issue_code, set_password, sign_in};
use kontor_store::StoreError;
use kontor_store::order::{PlacedOrder, insert};
use kontor_store::payment::{Payment, save};
use kontor_store::staff::log_search::{self, Search};
use kontor_store::stock::serial::SoldSerial;
use kontor_store::stock::{self, serial};
use kontor_testkit::desk::{self, Amounts};
use serde_json::{Value, json};

/// Fills a database with orders and signs somebody in.
#[derive(Debug, Parser)]
#[command(name = "kontor-staff", max_term_width = 100)]
struct Words {
    /// The data folder.
    data: PathBuf,
    /// How many orders; 0: fill nothing, sign in only.
    #[arg(long, default_value_t = 1_000_000)]
    orders: u32,
    /// How many movements the stock ledger has at least.
    #[arg(long, default_value_t = 200_000)]
    movements: u32,
    /// A hundredth of everything beside the orders: to try the filling.
    #[arg(long)]
    small: bool,
}

type Fault = Box<dyn std::error::Error>;

/// Orders in one transaction.
const AT_ONCE: u32 = 2_000;
/// Over how many seconds before now they are spread: a year.
const SPREAD_S: i64 = 365 * 24 * 60 * 60;
/// Somebody with every market.
const EMAIL: &str = "bench@staff.example";
const ROLES: &[&str] =
    &["market_manager@*", "support@*", "warehouse@*", "owner@*", "release_manager@*"];
/// Somebody with one market that is not the one of most proposals.
const NARROW_EMAIL: &str = "narrow@staff.example";
const NARROW_ROLES: &[&str] = &["market_manager@de", "clearance_officer@de"];
const FIRST: [&str; 16] = [
    "Ada", "Bela", "Chen", "Dora", "Emil", "Farah", "Gita", "Hana", "Ivan", "Jana", "Kai", "Lena",
    "Mia", "Noor", "Omar", "Pia",
];
const LAST: [&str; 16] = [
    "Adler", "Brandt", "Castro", "Dubois", "Ekström", "Fischer", "Garcia", "Huang", "Ivanov",
    "Jensen", "Kumar", "Lovelace", "Meyer", "Nakamura", "O’Neil", "Patel",
];

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("kontor-staff: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(&Words::parse())) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("kontor-staff: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(words: &Words) -> Result<Value, Fault> {
    let config = Config { data: words.data.clone(), ..Config::default() };
    let (db, key) = kontor::server::open(&config)?;
    if words.orders > 0 {
        load_demo(&db, &Clock::System, &Random::System, &|_, _| ())
            .await
            .map_err(|error| error.to_string())?;
    }
    let policy = kontor::server::policy(&config);
    let rom =
        kontor::server::open_rom(&config, db.clone(), Clock::System, &key, "http://bench.example");
    let rom = rom.await?;
    let shop = Arc::new(Shop::open(db, Clock::System, Random::System, &key, policy).await?);
    let began = Stopwatch::now();
    if words.orders > 0 {
        fill(&shop, words.orders).await?;
    }
    let cookie = come_in(&shop, EMAIL, ROLES).await?;
    let narrow = come_in(&shop, NARROW_EMAIL, NARROW_ROLES).await?;
    let last = shop
        .db
        .read("bench.last", |tx| {
            kontor_store::order::list::in_market(
                tx,
                "us".parse().expect("a market"),
                None,
                kontor_store::order::list::Span::ALL,
                50,
            )
        })
        .await?;
    let number = last.first().map(|placed| placed.order.number.to_string());
    let customer = last.first().map(|placed| shop.keys.customer(&placed.order.contact.email));
    let account = busiest(&shop, words.movements).await?;
    if words.orders > 0 {
        let amounts = if words.small { Amounts::small() } else { Amounts::default() };
        let number = number.as_deref().ok_or("there is no order to propose something about")?;
        desk::fill(&shop, &rom, amounts, number, &|what| eprintln!("{what}")).await?;
    }
    let addresses = addresses(&shop).await?;
    let filled_s = began.elapsed().as_secs();
    shop.db.close().await;
    Ok(json!({
        "cookie": cookie,
        "narrow_cookie": narrow,
        "sale": addresses.sale,
        "reseller": addresses.reseller,
        "rollout": addresses.rollout,
        "log": addresses.log,
        "number": number,
        "before": last.last().map(|placed| placed.order.id),
        "customer": customer,
        "account": account,
        "filled_s": filled_s,
    }))
}

/// What is read under an address of its own.
struct Addresses {
    sale: Option<String>,
    reseller: Option<String>,
    rollout: Option<String>,
    /// An entry in the middle of the log.
    log: Option<String>,
}

/// Finds them in the database, so that one that was filled before can be measured again.
async fn addresses(shop: &Arc<Shop>) -> Result<Addresses, Fault> {
    let read = shop.db.read("bench.addresses", |tx| {
        let sold_out = kontor_store::sale::all(tx)?;
        let sale = sold_out.into_iter().find(|sale| sale.state.takes_claims());
        let resellers = kontor_store::reseller::before(tx, None, 1)?;
        let rollouts = kontor_store::rollout::all(tx)?;
        let half = Search { act: "order.".to_owned(), ..Search::default() };
        let log = log_search::search(tx, &half, 10_000)?.entries;
        Ok::<_, StoreError>(Addresses {
            sale: sale.map(|sale| sale.definition.sale.to_string()),
            reseller: resellers.first().map(|reseller| reseller.id.to_string()),
            rollout: rollouts.last().map(|rollout| rollout.id.to_string()),
            log: log.last().map(|entry| encode(entry.id)),
        })
    });
    Ok(read.await?)
}

/// Somebody with these roles, a password, and a session.
async fn come_in(shop: &Arc<Shop>, email: &str, roles: &[&str]) -> Result<String, Fault> {
    let command = AddCommand {
        name: "Bench".to_owned(),
        email: email.to_owned(),
        language: Language::En,
        held: roles.iter().map(|role| role.parse()).collect::<Result<_, _>>()?,
    };
    let code = match add(shop, command).await {
        Ok(added) => added.code,
        Err(_) => {
            let issued = issue_code(shop, email.to_owned()).await;
            issued.map_err(|failure| format!("no code: {failure:?}"))?.code
        }
    };
    let wish = SignIn {
        email: email.to_owned(),
        secret: SecretGiven::Recovery(code),
        browser: "bench".to_owned(),
        known: None,
    };
    let entered = sign_in(shop, wish).await.map_err(|failure| format!("not in: {failure:?}"))?;
    if entered.person.needs_password {
        set_password(shop, &entered.person, String::new(), "a password for a bench".to_owned())
            .await
            .map_err(|failure| format!("no password: {failure:?}"))?;
    }
    Ok(format!("kontor_staff={}", entered.token))
}

/// An account of the stock ledger with at least so many movements: deliveries of one unit each.
async fn busiest(shop: &Arc<Shop>, movements: u32) -> Result<String, Fault> {
    let snapshot = shop.snapshots.now();
    let sku = snapshot.variants.keys().next().ok_or("there is no variant")?;
    let key = StockKey::parse("bench", sku.as_str(), "us").map_err(|error| error.to_string())?;
    let account = key.account(StockState::Available);
    let own = account.clone();
    let there = shop
        .db
        .read("bench.movements", move |tx| {
            let keys = std::slice::from_ref(&own.key);
            Ok::<_, StoreError>(stock::balances(tx, keys, own.state)?.of(&own))
        })
        .await?;
    let mut written = u32::try_from(there).unwrap_or(u32::MAX);
    while written < movements {
        let (own, key, count) = (Arc::clone(shop), key.clone(), AT_ONCE.min(movements - written));
        shop.db
            .write("bench.deliveries", move |tx| {
                for _ in 0..count {
                    let at = own.now();
                    let reference =
                        Reference::parse("bench").map_err(|error| StoreError::BadRow {
                            table: "stock_transfer",
                            problem: error.to_string().into(),
                        })?;
                    let id = TransferId::new(at, &own.random);
                    let moved = receive(Movement { id, at, key: key.clone(), units: 1, reference });
                    let transfer = moved.expect("one unit of goods arrives");
                    stock::post(tx, &[transfer])?;
                }
                Ok::<_, StoreError>(())
            })
            .await?;
        written += count;
    }
    Ok(account.to_string())
}

/// Writes the orders, evenly over the last year and the markets, and finds their terms.
async fn fill(shop: &Arc<Shop>, orders: u32) -> Result<(), Fault> {
    let now = shop.now();
    let mut written = 0;
    while written < orders {
        let count = AT_ONCE.min(orders - written);
        let (own, first) = (Arc::clone(shop), written);
        shop.db
            .write("bench.orders", move |tx| {
                let snapshot = own.snapshots.now();
                let skus: Vec<&Sku> = snapshot.variants.keys().collect();
                for index in first..first + count {
                    let back = SPREAD_S * i64::from(orders - index) / i64::from(orders);
                    let at = now.plus_seconds(-back);
                    let market = &snapshot.markets[index as usize % snapshot.markets.len()];
                    let sku = skus[index as usize % skus.len()];
                    let (placed, payment) = an_order(&own, market, sku, index, at)?;
                    save(tx, &payment)?;
                    insert(tx, &placed)?;
                    if index.is_multiple_of(5) {
                        serial::insert(tx, &a_serial(&own, market, sku, &placed, index))?;
                    }
                }
                Ok::<_, StoreError>(())
            })
            .await?;
        written += count;
        while index_orders(shop).await? > 0 {}
        if written.is_multiple_of(50_000) || written == orders {
            eprint!("\r{written} of {orders} orders ");
        }
    }
    eprintln!();
    Ok(())
}

/// The unit that left with an order.
fn a_serial(
    shop: &Shop,
    market: &Market,
    sku: &Sku,
    placed: &PlacedOrder,
    index: u32,
) -> SoldSerial {
    let snapshot = shop.snapshots.now();
    let model = snapshot.product(sku).map_or_else(String::new, |(_, model)| model.code.to_string());
    SoldSerial {
        serial: format!("BN-{index:08}"),
        device: u64::from(index),
        item: sku.to_string(),
        model,
        country: market.countries[0],
        sold_on: placed.order.placed_at.date(),
        reference: placed.order.number.to_string(),
        reseller: None,
    }
}

fn an_order(
    shop: &Shop,
    market: &Market,
    sku: &Sku,
    index: u32,
    at: Instant,
) -> Result<(PlacedOrder, Payment), StoreError> {
    let random = &shop.random;
    let (id, payment) = (OrderId::new(at, random), PaymentId::new(at, random));
    let checkout = CheckoutId::new(at, random);
    let currency = market.currency;
    let total = Money::new(1_499 + i64::from(index % 7_000), currency);
    let zero = Money::zero(currency);
    // Digits that repeat nowhere by plan: a multiplier coprime to the range.
    let phone = 4_000_000_000_u64 + u64::from(index).wrapping_mul(7_919_377) % 5_999_999_999;
    let (first, last) = (FIRST[index as usize % 16], LAST[(index as usize / 16) % 16]);
    let amount = json!({ "net": total, "tax": zero, "gross": total });
    let order = json!({
        "id": id,
        "number": OrderNumber::new(market.code, id),
        "checkout": checkout,
        "market": market.code,
        "language": "en",
        "placed_at": at,
        "contact": {
            "email": format!("{}.{index}@shop.example", first.to_lowercase()),
            "phone": format!("+1{phone}"),
            "name": format!("{first} {last}"),
        },
        "ship_to": {
            "name": format!("{first} {last}"), "line1": format!("{index} Market Street"),
            "line2": null, "city": "Springfield", "region": null,
            "postcode": format!("{:05}", index % 90_000 + 10_000), "country": market.countries[0],
        },
        "lines": [{
            "title": sku, "sku": sku, "quantity": 1, "unit_price": total,
            "net": amount["net"], "tax": amount["tax"], "gross": amount["gross"],
            "tax_applied": null,
            "verdict": { "outcome": "allowed", "facts_version": 1, "obligations": [], "at": at },
        }],
        "shipping": {
            "net": zero, "tax": zero, "gross": zero, "tax_applied": null,
        },
        "totals": {
            "goods": total, "shipping": zero, "net": total, "taxes": [], "tax": zero,
            "total": total,
        },
        "estimated": false,
        "paid_by": "test",
    });
    let order: Order = serde_json::from_value(order).map_err(|error| StoreError::BadRow {
        table: "order_head",
        problem: error.to_string().into(),
    })?;
    let (state, fulfilment) = match index % 50 {
        0 => (PaymentState::Authorising, FulfilmentState::Waiting),
        1..=4 => (PaymentState::Captured, FulfilmentState::Waiting),
        5 => (PaymentState::Refunded, FulfilmentState::Cancelled),
        _ => (PaymentState::Captured, FulfilmentState::Delivered),
    };
    let kept = Payment {
        id: payment,
        checkout,
        provider: ProviderKind::Test,
        state,
        amount: total,
        captured_minor: if state == PaymentState::Authorising { 0 } else { total.minor },
        refunded_minor: if state == PaymentState::Refunded { total.minor } else { 0 },
        reference: None,
        order: Some(id),
        scenario: TestScenario::Succeeds,
        started_at: at,
        request: None,
    };
    let placed = PlacedOrder {
        order,
        payment,
        hold: HoldId::new(at, random),
        payment_state: state,
        fulfilment_state: fulfilment,
        clearance_state: if index.is_multiple_of(500) {
            ClearanceState::Held
        } else {
            ClearanceState::Clear
        },
    };
    Ok((placed, kept))
}
