//! What every handler is given.

use std::ops::Deref;
use std::sync::Arc;

use kontor_rom::Rom;
use kontor_rom::install::Install;
use kontor_shop::Shop;

use super::limit::Limiter;
use super::moments::Moments;
use super::pages::Pages;
use super::request_ids::RequestIds;
use crate::page::{LegalTexts, Site};
use crate::reach::Front;
use crate::rom::Paces;

/// What the server is told at start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Scheme and host under which the shop is reached, without a final slash.
    pub origin: String,
    /// How many proxies stand before the server.
    pub trusted_proxies: u8,
    /// Public writes per minute from one address; 0: no limit.
    pub writes_per_minute: u32,
    /// Waiting-list sign-ups per hour from one address; 0: no limit.
    pub sign_ups_per_hour: u32,
    /// Reports of devices per minute from one address; 0: no limit.
    pub reports_per_minute: u32,
    /// The operator's own legal texts.
    pub legal: LegalTexts,
}

/// What a server can have besides its shop.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// The ROM service.
    pub rom: Option<Arc<Rom>>,
    /// The count of installations.
    pub install: Option<Arc<Install>>,
}

/// The server's shared state. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

/// The parts of [`App`].
#[derive(Debug)]
pub struct Inner {
    /// The shop.
    pub shop: Arc<Shop>,
    /// The ROM service, where there is one.
    pub rom: Option<Arc<Rom>>,
    /// The count of installations, where there is one.
    pub install: Option<Arc<Install>>,
    /// Answers with its figures, rendered once.
    pub install_pages: Pages,
    /// What the server was told at start.
    pub settings: Settings,
    /// What is the same on every page.
    pub site: Arc<Site>,
    /// Pages that are the same for everybody, rendered once.
    pub pages: Pages,
    /// The ROM's pages; its snapshot has generations of its own.
    pub rom_pages: Pages,
    /// The ROM's pages that are good for a moment.
    pub rom_moments: Moments,
    /// How fast files are sent.
    pub paces: Paces,
    /// The published figures and their pages.
    pub reach: Front,
    /// Pages of sales, kept for a second: their generation is the second.
    pub sale_pages: Pages,
    /// Reports of sales, which do not change.
    pub report_pages: Pages,
    /// Who has written how often.
    pub limiter: Limiter,
    /// Where requests' ids come from.
    pub request_ids: RequestIds,
    /// Renders the metrics, where they are collected.
    pub metrics: Option<fn() -> String>,
}

impl App {
    /// The state of a server for `shop`.
    #[must_use]
    pub fn new(shop: Arc<Shop>, settings: Settings, metrics: Option<fn() -> String>) -> Self {
        Self::with_rom(shop, None, settings, metrics)
    }

    /// The state of a server for `shop` that answers devices from `rom` too.
    #[must_use]
    pub fn with_rom(
        shop: Arc<Shop>,
        rom: Option<Arc<Rom>>,
        settings: Settings,
        metrics: Option<fn() -> String>,
    ) -> Self {
        Self::with_parts(shop, Parts { rom, install: None }, settings, metrics)
    }

    /// The state of a server for `shop` with the parts that it has.
    #[must_use]
    pub fn with_parts(
        shop: Arc<Shop>,
        parts: Parts,
        settings: Settings,
        metrics: Option<fn() -> String>,
    ) -> Self {
        let Parts { rom, install } = parts;
        if let Some(rom) = &rom {
            // Whoever was first stays: it is the same for the same database.
            let steering =
                crate::staff::Steering { random: rom.random.clone(), keys: rom.keys.clone() };
            let _ = shop.rollouts.set(Arc::new(steering));
        }
        let snapshot = shop.snapshots.now();
        let site = Arc::new(Site {
            shop_name: snapshot.shop_name.clone(),
            operator: snapshot.operator.clone(),
            origin: settings.origin.clone(),
            reenactment: snapshot.reenactment,
        });
        let limiter = Limiter::new(
            settings.writes_per_minute,
            settings.sign_ups_per_hour,
            settings.reports_per_minute,
        );
        let request_ids = RequestIds::from(shop.random.bytes16());
        let (client, total) = rom.as_ref().map_or((0, 0), |rom| {
            (rom.settings.client_bytes_per_s, rom.settings.total_bytes_per_s)
        });
        let paces = Paces::new(client, total, std::time::Instant::now());
        Self(Arc::new(Inner {
            shop,
            rom,
            install,
            install_pages: Pages::default(),
            settings,
            site,
            pages: Pages::default(),
            rom_pages: Pages::default(),
            paces,
            rom_moments: Moments::default(),
            reach: Front::default(),
            sale_pages: Pages::default(),
            report_pages: Pages::default(),
            limiter,
            request_ids,
            metrics,
        }))
    }

    /// Whether cookies may be sent over encrypted connections only.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.settings.origin.starts_with("https://")
    }
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
