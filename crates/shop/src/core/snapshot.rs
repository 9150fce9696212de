//! What everybody reads, in memory and immutable: markets, catalogue, clearances, prices, and how
//! each variant stands in each market today.
//!
//! A snapshot is made from the database in one read and never changed. It is made anew after a
//! commit that changes a fact, and when a date comes on which a verdict or a price changes.
//! A *decision* (cart, payment, dispatch) asks [`Snapshots::current_in`] inside its transaction:
//! it compares the facts' versions there, so that no decision is made from yesterday's facts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use kontor_base::{Currency, Instant, Money};
use kontor_domain::catalogue::{Fit, Model, Sku, Slug, Variant};
use kontor_domain::clearance::{Facts, Ladder, Place, Records, Subject, Verdict, ladder, may};
use kontor_domain::market::{Act, Market, MarketCode};
use kontor_domain::price::{PriceEntry, TaxTable, price_at};
use kontor_domain::reach::Reach;
use kontor_store::catalogue::KeptPhoto;
use kontor_store::clearance::Kind;
use kontor_store::fact::FactVersions;
use kontor_store::{
    Db, StoreError, Topic, Tx, catalogue, clearance, fact, market, price, reach, setting,
};

/// How much of a variant a market has left, as far as a shelf says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Enough.
    Plenty,
    /// So few that it is worth saying.
    Few(u32),
    /// None.
    None,
}

/// From how many units on a shelf no longer says the number.
const PLENTY: i64 = 6;

/// Units on hand by market and variant.
pub type Levels = HashMap<(MarketCode, Sku), Level>;

/// What is known at one version of the facts: what decisions are made from.
#[derive(Debug)]
pub struct Known {
    /// The versions of the facts it was made from.
    pub versions: FactVersions,
    /// When it was made.
    pub made_at: Instant,
    /// The first moment at which it may be wrong although no fact has changed.
    pub changes_at: Instant,
    /// The shop's name.
    pub shop_name: String,
    /// Who answers for it.
    pub operator: String,
    /// Whether every page says that this is a re-enactment.
    pub reenactment: bool,
    /// The markets, in order.
    pub markets: Vec<Market>,
    /// The models by code.
    pub models: BTreeMap<Slug, Model>,
    /// The variants by SKU.
    pub variants: BTreeMap<Sku, Variant>,
    /// The SKUs of each model, in order.
    pub by_model: BTreeMap<Slug, Vec<Sku>>,
    /// The photographs of each model, the oldest first.
    pub photos: BTreeMap<Slug, Vec<KeptPhoto>>,
    /// Which accessory fits which device.
    pub fits: Vec<Fit>,
    /// The clearance facts, indexed.
    pub facts: Facts,
    /// The prices of each variant in each market, by start.
    pub prices: HashMap<(MarketCode, Sku), Vec<PriceEntry>>,
    /// The tax rates.
    pub taxes: TaxTable,
    /// The published figures.
    pub reach: Arc<Reach>,
    /// How each variant stands in each market.
    pub ladders: HashMap<(MarketCode, Sku), Ladder>,
}

/// The state of the shop as everybody reads it: what is known, and what is left on the shelves.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Rises with every published snapshot.
    pub generation: u64,
    /// What is known.
    pub known: Arc<Known>,
    /// What is left.
    pub levels: Arc<Levels>,
}

impl Deref for Snapshot {
    type Target = Known;

    fn deref(&self) -> &Known {
        &self.known
    }
}

impl Snapshot {
    /// How much is left.
    #[must_use]
    pub fn level(&self, market: MarketCode, sku: &Sku) -> Level {
        self.levels.get(&(market, sku.clone())).copied().unwrap_or(Level::None)
    }
}

impl Known {
    /// Reads everything that decisions are made from.
    fn read(tx: &mut Tx<'_>, at: Instant) -> Result<Self, StoreError> {
        let versions = fact::versions(tx)?;
        let markets = market::all(tx)?;
        let models: BTreeMap<Slug, Model> =
            catalogue::models(tx)?.into_iter().map(|model| (model.code.clone(), model)).collect();
        let mut variants = BTreeMap::new();
        let mut by_model: BTreeMap<Slug, Vec<Sku>> = BTreeMap::new();
        for variant in catalogue::variants(tx)? {
            by_model.entry(variant.model.clone()).or_default().push(variant.sku.clone());
            variants.insert(variant.sku.clone(), variant);
        }
        let mut photos: BTreeMap<Slug, Vec<KeptPhoto>> = BTreeMap::new();
        for photo in catalogue::photos(tx)? {
            photos.entry(photo.model.clone()).or_default().push(photo);
        }
        let facts = read_facts(tx, versions.of(Topic::Clearance))?;
        let mut prices: HashMap<(MarketCode, Sku), Vec<PriceEntry>> = HashMap::new();
        for entry in price::entries(tx)? {
            prices.entry((entry.market, entry.sku.clone())).or_default().push(entry);
        }
        let taxes = TaxTable::try_new(price::tax_rates(tx)?).map_err(|error| {
            StoreError::BadRow { table: "price_tax_rate", problem: error.to_string().into() }
        })?;
        let mut known = Self {
            versions,
            made_at: at,
            changes_at: Instant::start_of(at.date()).plus_seconds(24 * 60 * 60),
            shop_name: setting::get(tx, "shop.name")?.unwrap_or_else(|| "Kontor".to_owned()),
            operator: setting::get(tx, "shop.operator")?.unwrap_or_default(),
            reenactment: setting::get(tx, "shop.reenactment")?.as_deref() == Some("yes"),
            markets,
            models,
            variants,
            by_model,
            photos,
            fits: catalogue::fits(tx)?,
            facts,
            prices,
            taxes,
            reach: Arc::new(reach::read(tx)?),
            ladders: HashMap::new(),
        };
        known.judge(at);
        Ok(known)
    }

    /// Works out how each variant stands in each market, and until when that holds. Verdicts and
    /// tax rates change with the day; prices may change at any moment.
    fn judge(&mut self, at: Instant) {
        let mut ladders = HashMap::new();
        for variant in self.variants.values() {
            let Some(model) = self.models.get(&variant.model) else { continue };
            let subject = Subject::new(variant, model);
            for market in &self.markets {
                let ladder = ladder(&subject, &Place::market(market), at.date(), &self.facts);
                ladders.insert((market.code, variant.sku.clone()), ladder);
            }
        }
        self.ladders = ladders;
        let price_changes = self
            .prices
            .values()
            .flatten()
            .flat_map(|entry| [Some(entry.valid_from), entry.valid_to])
            .flatten()
            .filter(|change| *change > at);
        self.changes_at = price_changes.fold(self.changes_at, Ord::min);
    }

    /// The market with this code.
    #[must_use]
    pub fn market(&self, code: MarketCode) -> Option<&Market> {
        self.markets.iter().find(|market| market.code == code)
    }

    /// What a market has opened with; none: it sells everything that is cleared.
    #[must_use]
    pub fn assortment(&self, market: MarketCode) -> Option<&BTreeSet<Sku>> {
        self.facts.assortment(market).map(|assortment| &assortment.skus)
    }

    /// A variant with its model.
    #[must_use]
    pub fn product(&self, sku: &Sku) -> Option<(&Variant, &Model)> {
        let variant = self.variants.get(sku)?;
        Some((variant, self.models.get(&variant.model)?))
    }

    /// The name of a model's picture: of its first photograph, where it has one, else of its drawing.
    #[must_use]
    pub fn picture(&self, model: &Model) -> String {
        let photo = self.photos.get(&model.code).and_then(|photos| photos.first());
        photo.map_or_else(|| model.picture.to_string(), |photo| photo.hash.clone())
    }

    /// The variants of a model, in order.
    pub fn variants_of<'a>(&'a self, model: &Slug) -> impl Iterator<Item = &'a Variant> + use<'a> {
        let skus = self.by_model.get(model).map_or(&[][..], |skus| skus);
        skus.iter().filter_map(|sku| self.variants.get(sku))
    }

    /// Every price entry of a variant in a market, by start.
    #[must_use]
    pub fn price_entries(&self, market: MarketCode, sku: &Sku) -> &[PriceEntry] {
        self.prices.get(&(market, sku.clone())).map_or(&[], |entries| entries)
    }

    /// The price in force.
    #[must_use]
    pub fn price(&self, market: &Market, sku: &Sku, at: Instant) -> Option<Money> {
        price_at(self.price_entries(market.code, sku), at)
            .map(|entry| entry.money)
            .filter(|money| money.currency == market.currency)
    }

    /// A fresh verdict on one act.
    #[must_use]
    pub fn may(
        &self,
        act: Act,
        variant: &Variant,
        place: &Place<'_>,
        at: Instant,
    ) -> Option<Verdict> {
        let model = self.models.get(&variant.model)?;
        Some(may(act, &Subject::new(variant, model), place, at.date(), &self.facts))
    }

    /// The currencies in use.
    #[must_use]
    pub fn currencies(&self) -> Vec<Currency> {
        let mut all: Vec<Currency> = self.markets.iter().map(|market| market.currency).collect();
        all.sort();
        all.dedup();
        all
    }
}

fn read_facts(tx: &mut Tx<'_>, version: i64) -> Result<Facts, StoreError> {
    let records = Records {
        rules: clearance::all(tx, Kind::Rule)?,
        grants: clearance::all(tx, Kind::Grant)?,
        orders: clearance::all(tx, Kind::Order)?,
        reviews: clearance::all(tx, Kind::Review)?,
        presences: clearance::all(tx, Kind::Presence)?,
        assortments: clearance::all(tx, Kind::Assortment)?,
    };
    Ok(Facts::new(version, records))
}

fn read_levels(tx: &mut Tx<'_>) -> Result<Levels, StoreError> {
    let mut levels = Levels::new();
    for (market, item, units) in kontor_store::stock::levels(tx)? {
        // Goods that belong to no market's quota are on no shelf.
        let (Ok(market), Ok(sku)) = (market.parse::<MarketCode>(), item.parse::<Sku>()) else {
            continue;
        };
        let level = match units {
            ..=0 => Level::None,
            PLENTY.. => Level::Plenty,
            few => Level::Few(u32::try_from(few).unwrap_or(0)),
        };
        levels.insert((market, sku), level);
    }
    Ok(levels)
}

/// The published snapshot, and how it is made anew.
#[derive(Debug)]
pub struct Snapshots {
    published: ArcSwap<Snapshot>,
    generations: AtomicU64,
}

impl Snapshots {
    /// Reads the first snapshot.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn load(db: &Db, at: Instant) -> Result<Self, StoreError> {
        let (known, levels) = db
            .read("snapshot.read", move |tx| {
                Ok::<_, StoreError>((Known::read(tx, at)?, read_levels(tx)?))
            })
            .await?;
        let (known, levels) = (Arc::new(known), Arc::new(levels));
        let first = Snapshot { generation: 1, known, levels };
        Ok(Self { published: ArcSwap::from_pointee(first), generations: AtomicU64::new(1) })
    }

    /// The published snapshot.
    #[must_use]
    pub fn now(&self) -> Arc<Snapshot> {
        self.published.load_full()
    }

    /// The published snapshot, borrowed: for requests that come by the ten thousand.
    #[must_use]
    pub fn published(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.published.load()
    }

    /// The generation of the published snapshot, for caches of what was made from it.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.published.load().generation
    }

    /// What is known as the transaction sees it: that of the published snapshot if it is still
    /// true, else it is read now and used for this decision only.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn current_in(&self, tx: &mut Tx<'_>, at: Instant) -> Result<Arc<Known>, StoreError> {
        let published = self.published.load();
        let true_still = published.made_at <= at && at < published.changes_at;
        if true_still && fact::versions(tx)?.agree(&published.versions, &FACTS) {
            return Ok(Arc::clone(&published.known));
        }
        Known::read(tx, at).map(Arc::new)
    }

    /// Makes the snapshot anew if a fact, a level or the day has changed; gives whether it did.
    ///
    /// # Errors
    ///
    /// When the database cannot be read; the old snapshot stays.
    pub async fn refresh(&self, db: &Db, at: Instant) -> Result<bool, StoreError> {
        let published = self.now();
        let old = Arc::clone(&published.known);
        let (known, levels) = db
            .read("snapshot.refresh", move |tx| {
                let stale =
                    at >= old.changes_at || !fact::versions(tx)?.agree(&old.versions, &FACTS);
                let known = if stale { Arc::new(Known::read(tx, at)?) } else { old };
                Ok::<_, StoreError>((known, read_levels(tx)?))
            })
            .await?;
        if Arc::ptr_eq(&known, &published.known) && levels == *published.levels {
            return Ok(false);
        }
        let generation = self.generations.fetch_add(1, Ordering::SeqCst) + 1;
        self.published.store(Arc::new(Snapshot { generation, known, levels: Arc::new(levels) }));
        Ok(true)
    }
}

/// The areas that [`Known`] is read from. Others change with every device that reports how its
/// update went, and a decision that waited for them would read all facts anew each time.
const FACTS: [Topic; 5] =
    [Topic::Market, Topic::Catalogue, Topic::Clearance, Topic::Price, Topic::Reach];

/// The topics that a snapshot is made of.
pub const TOPICS: [Topic; 6] =
    [Topic::Market, Topic::Catalogue, Topic::Clearance, Topic::Price, Topic::Stock, Topic::Reach];
