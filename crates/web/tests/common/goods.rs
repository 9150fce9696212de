//! The goods and facts of the tests' shop: the US market open, one rule that holds for everything
//! electronic, a grant for the bands and none for the phone.

use std::collections::BTreeMap;

use kontor_base::{Confidence, Instant, Language, Money, Random, Rate};
use kontor_domain::catalogue::{Attributes, Fit, Model, ModelText, ProductClass, Variant};
use kontor_domain::clearance::{Grant, GrantRow, Review, ReviewRow, Rule, RuleRow};
use kontor_domain::market::{FulfilmentModel, Market, Stage, TaxDisplay};
use kontor_domain::price::{PriceEntry, TaxRate};
use kontor_ledger::{Reference, StockKey};
use kontor_shop::Failure;
use kontor_shop::stock::{Receipt, receive_in};
use kontor_store::clearance::Kind;
use kontor_store::{Db, StoreError, Tx, catalogue, clearance, market, price};

/// A band that may be sold.
pub(crate) const BAND: &str = "BAND-BLACK";
/// How many of it there are.
pub(crate) const STOCK: i64 = 5;
/// A band that may be sold and of which there is one.
pub(crate) const BAND_LAST: &str = "BAND-WHITE";
/// A phone that may be shown but not sold.
pub(crate) const PHONE: &str = "PHONE-16";
/// The grant without which the bands may not be sold.
pub(crate) const GRANT: &str = "US-FCC-BAND";

/// A thing that nobody may speak of.
pub(crate) const SECRET: &str = "SECRET-1";

/// Fills a new database.
pub(crate) async fn fill(db: &Db, at: Instant, random: &Random) {
    let random = random.clone();
    let filled: Result<(), StoreError> = db
        .write("test.fill", move |tx| {
            for (i, (code, country, stage)) in (0..).zip([
                ("us", "US", Stage::Open),
                ("de", "DE", Stage::Preparing),
                ("fr", "FR", Stage::Scouting),
            ]) {
                market::save(tx, &a_market(code, country, stage), i)?;
            }
            products(tx)?;
            facts(tx, at)?;
            for (sku, minor) in [(BAND, 1499), (BAND_LAST, 1499), (PHONE, 39_900)] {
                price::save_entry(tx, &a_price(sku, minor, at))?;
            }
            for (jurisdiction, ppm) in [("US-CA", 72_500), ("US-OR", 0)] {
                price::save_tax_rate(tx, &a_rate(jurisdiction, ppm))?;
            }
            for (sku, units) in [(BAND, STOCK), (BAND_LAST, 1), (PHONE, 100)] {
                receive(tx, sku, units, at, &random)?;
            }
            Ok(())
        })
        .await;
    filled.expect("the goods are written");
}

fn a_market(code: &str, country: &str, stage: Stage) -> Market {
    let dollars = code == "us";
    Market {
        code: code.parse().expect("a market"),
        countries: vec![country.parse().expect("a country")],
        currency: if dollars { "USD" } else { "EUR" }.parse().expect("a currency"),
        languages: vec![Language::En, Language::De],
        tax_display: if dollars { TaxDisplay::Exclusive } else { TaxDisplay::Inclusive },
        fulfilment: FulfilmentModel::BulkImport,
        return_window_days: 30,
        stage,
        opens_on: None,
        shipping_minor: 400,
        region: "americas".to_owned(),
        note: vec![(Language::En, "A note.".to_owned())],
        beta: Default::default(),
        contact: Default::default(),
    }
}

fn products(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for (code, class, name) in [
        ("band", ProductClass::Band, "Band"),
        ("phone", ProductClass::Phone, "Phone"),
        ("secret", ProductClass::Tv, "Secret"),
    ] {
        catalogue::save_model(tx, &a_model(code, class, name))?;
    }
    for (i, (sku, model, option)) in (0..).zip([
        (BAND, "band", "Black"),
        (BAND_LAST, "band", "White"),
        (PHONE, "phone", "16 GB"),
        (SECRET, "secret", ""),
    ]) {
        catalogue::save_variant(tx, &a_variant(sku, model, option), i)?;
    }
    let fit = Fit {
        accessory: "band".parse().expect("a slug"),
        device: "phone".parse().expect("a slug"),
    };
    catalogue::save_fit(tx, &fit)
}

fn a_model(code: &str, class: ProductClass, name: &str) -> Model {
    let slug = |text: &str| text.parse().expect("a slug");
    let text =
        ModelText { name: name.to_owned(), line: "A line.".to_owned(), ..ModelText::default() };
    Model {
        code: slug(code),
        family: slug(code),
        brand: slug("maker"),
        class,
        picture: slug(code),
        announced_on: None,
        hs_code: None,
        origin: "CN".parse().expect("a country"),
        position: 1,
        texts: BTreeMap::from([(Language::En, text.clone()), (Language::De, text)]),
    }
}

fn a_variant(sku: &str, model: &str, option: &str) -> Variant {
    let slug = |text: &str| text.parse().expect("a slug");
    Variant {
        sku: sku.parse().expect("a SKU"),
        model: slug(model),
        revision: slug("a"),
        factory: slug("one"),
        option: BTreeMap::from([(Language::En, option.to_owned())]),
        weight_g: 100,
        components: Vec::new(),
        attributes: Attributes::parse("electronic=yes").expect("good attributes"),
    }
}

fn facts(tx: &mut Tx<'_>, at: Instant) -> Result<(), StoreError> {
    for (code, applies_when, gates) in
        [("US-FCC-CERT", "electronic", "preorder"), ("US-SECRET", "class.tv", "announce")]
    {
        clearance::save(tx, Kind::Rule, code, &a_rule(code, applies_when, gates), at)?;
    }
    clearance::save(tx, Kind::Grant, GRANT, &the_grant(), at)?;
    let review = Review::parse(&ReviewRow {
        code: "REVIEW-US".to_owned(),
        country: "US".to_owned(),
        by: "test".to_owned(),
        on: "2015-01-02".to_owned(),
        stale_after_days: "3650".to_owned(),
        source: "test".to_owned(),
        confidence: "S1".to_owned(),
        ..ReviewRow::default()
    });
    clearance::save(tx, Kind::Review, "REVIEW-US", &review.expect("a good review"), at)
}

fn a_rule(code: &str, applies_when: &str, gates: &str) -> Rule {
    Rule::parse(&RuleRow {
        code: code.to_owned(),
        country: "US".to_owned(),
        domain: "radio".to_owned(),
        title: "Equipment authorisation".to_owned(),
        identifier: "FCC ID".to_owned(),
        authority: "FCC".to_owned(),
        applies_when: applies_when.to_owned(),
        gates: gates.to_owned(),
        strength: "required".to_owned(),
        blocks: "no".to_owned(),
        source: "test".to_owned(),
        confidence: "S1".to_owned(),
        ..RuleRow::default()
    })
    .expect("a good rule")
}

/// The grant for the bands.
pub(crate) fn the_grant() -> Grant {
    Grant::parse(&GrantRow {
        code: GRANT.to_owned(),
        kind: "grant".to_owned(),
        clearance: "US-FCC-CERT".to_owned(),
        country: "US".to_owned(),
        model: "band".to_owned(),
        number: "2AB-BAND1".to_owned(),
        issuer: "FCC".to_owned(),
        issued_on: "2015-01-02".to_owned(),
        verified_how: "counsel".to_owned(),
        verified_by: "test".to_owned(),
        verified_on: "2015-01-02".to_owned(),
        source: "test".to_owned(),
        confidence: "S1".to_owned(),
        ..GrantRow::default()
    })
    .expect("a good grant")
}

fn a_price(sku: &str, minor: i64, at: Instant) -> PriceEntry {
    PriceEntry {
        market: "us".parse().expect("a market"),
        sku: sku.parse().expect("a SKU"),
        money: Money::new(minor, "USD".parse().expect("a currency")),
        mrp: None,
        valid_from: at.plus_seconds(-400 * 24 * 60 * 60),
        valid_to: None,
        source: "test".to_owned(),
        confidence: Confidence::M,
    }
}

fn a_rate(jurisdiction: &str, ppm: u32) -> TaxRate {
    TaxRate {
        jurisdiction: jurisdiction.parse().expect("a jurisdiction"),
        name: "sales tax".to_owned(),
        rate: Rate::from_ppm(ppm),
        display: TaxDisplay::Exclusive,
        valid_from: "2014-01-02".parse().expect("a day"),
        valid_to: None,
        confidence: Confidence::M,
        source: "test".to_owned(),
    }
}

fn receive(
    tx: &mut Tx<'_>,
    sku: &str,
    units: i64,
    at: Instant,
    random: &Random,
) -> Result<(), StoreError> {
    let key = StockKey::parse("main", sku, "us").expect("a stock key");
    let reference = Reference::parse("test").expect("a short plain text");
    match receive_in(tx, Receipt { key, units, reference }, at, random) {
        Ok(()) => Ok(()),
        Err(Failure::Fault(fault)) => Err(fault),
        Err(other) => panic!("the goods cannot be received: {other:?}"),
    }
}
