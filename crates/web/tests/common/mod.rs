//! A whole server on a database of its own, and a client that speaks to its router: what every
//! test of the API begins with. The goods and facts are in `goods.rs`.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test file is a program of its own and uses a part of this"
)]

mod ask;
mod counting;
pub(crate) mod deposit;
pub(crate) mod desk;
mod dump;
pub(crate) mod forms;
mod goods;
pub(crate) mod hook_server;
mod journey;
pub(crate) mod letters;
pub(crate) mod mail_server;
pub(crate) mod reseller;
pub(crate) mod rom;
pub(crate) mod sale;
pub(crate) mod shopper;
mod state;

use std::sync::Arc;

use axum::Router;
use kontor_base::{Clock, Instant, Random, SecretKey};
use kontor_scratch::Scratch;
use kontor_shop::{BankAccount, Policy, Shop};
use kontor_web::kit::app::{App, Settings};
use kontor_web::kit::express::Express;
use kontor_web::kit::routes::Route;
use kontor_web::server;

pub(crate) use ask::{Answer, Ask};
pub(crate) use goods::{BAND, BAND_LAST, PHONE, SECRET, STOCK};
pub(crate) use journey::{Held, ONE_BAND, Opened, new_cart, order_body};
pub(crate) use shopper::Shopper;
pub(crate) use state::State;

/// The day on which the tests' shop stands.
pub(crate) const TODAY: &str = "2015-06-01";

/// A server with its shop. The database goes when it does.
pub(crate) struct Api {
    /// The shop.
    pub(crate) shop: Arc<Shop>,
    /// The shop's clock; it stands still until it is moved.
    pub(crate) clock: Clock,
    /// Every route.
    pub(crate) routes: Vec<Route>,
    /// The ROM service.
    pub(crate) rom: Arc<kontor_rom::Rom>,
    /// What the server was told at start.
    pub(crate) settings: Settings,
    /// The hash of the file that the ROM publishes.
    pub(crate) rom_file: String,
    /// Everything that a server is made of.
    pub(crate) app: App,
    express: Express,
    router: Router,
    /// The database and a folder beside it.
    pub(crate) scratch: Scratch,
}

impl Api {
    /// A server on a new database with the goods of `goods.rs`, which limits nobody.
    pub(crate) async fn open() -> Self {
        Self::open_limited(0, 0).await
    }

    /// The same with a budget for writes and for sign-ups.
    pub(crate) async fn open_limited(writes_per_minute: u32, sign_ups_per_hour: u32) -> Self {
        Self::open_with(writes_per_minute, sign_ups_per_hour, 2_000).await
    }

    /// A server whose ROM publishes a file of this size.
    pub(crate) async fn open_sized(file_bytes: usize) -> Self {
        Self::open_with(0, 0, file_bytes).await
    }

    /// The router.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// What answers before the router.
    pub(crate) const fn express(&self) -> &Express {
        &self.express
    }

    /// A server on which one person gives back up to this many US cents alone.
    pub(crate) async fn open_refunding(alone_minor: i64) -> Self {
        let usd = "USD".parse().expect("a currency");
        let mut staff = kontor_shop::core::usual_limits();
        staff.refund.push(kontor_base::Money::new(alone_minor, usd));
        Self::open_for(0, 0, 2_000, staff).await
    }

    async fn open_with(writes_per_minute: u32, sign_ups_per_hour: u32, file_bytes: usize) -> Self {
        let staff = kontor_shop::core::usual_limits();
        Self::open_for(writes_per_minute, sign_ups_per_hour, file_bytes, staff).await
    }

    async fn open_for(
        writes_per_minute: u32,
        sign_ups_per_hour: u32,
        file_bytes: usize,
        staff: kontor_domain::staff::Limits,
    ) -> Self {
        let scratch = Scratch::chosen();
        let db = scratch.open();
        let today = Instant::start_of(TODAY.parse().expect("a day")).plus_seconds(12 * 60 * 60);
        let clock = Clock::fixed(today);
        let random = Random::System;
        goods::fill(&db, today, &random).await;
        let policy = Policy {
            test_provider: true,
            bank_account: Some(BankAccount {
                holder: "Kontor".to_owned(),
                account: "DE00 0000".to_owned(),
                bank: "A bank".to_owned(),
            }),
            mail: true,
            call_private: true,
            staff,
            ..Policy::default()
        };
        let secret = SecretKey::from_bytes([7; 32]);
        let shop = Shop::open(db, clock.clone(), random, &secret, policy).await;
        let shop = Arc::new(shop.expect("the shop opens"));
        let settings = Settings {
            origin: "http://shop.example".to_owned(),
            trusted_proxies: 0,
            writes_per_minute,
            sign_ups_per_hour,
            reports_per_minute: writes_per_minute,
            legal: kontor_web::page::LegalTexts::default(),
        };
        let (rom, sha256) = rom::open(&shop.db, &clock, &scratch.path("rom"), file_bytes).await;
        let app = App::with_rom(Arc::clone(&shop), Some(Arc::clone(&rom)), settings.clone(), None);
        let (express, router) = server::whole(&app);
        let routes = server::routes();
        let rom_file = sha256.to_string();
        Self { shop, clock, routes, rom, settings, rom_file, app, express, router, scratch }
    }
}
