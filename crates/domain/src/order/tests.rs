//! Quotes by hand and by property.

use kontor_base::{Confidence, Country, Date, Instant, Language, Money, Rate};
use proptest::prelude::*;

use crate::market::{FulfilmentModel, Market, Stage, TaxDisplay};
use crate::price::{Jurisdiction, TaxRate, TaxTable};

use super::quote::{PricedLine, Quote, QuoteRefusal, QuoteRequest, quote};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn market(code: &str, countries: &[&str], currency: &str, tax_display: TaxDisplay) -> Market {
    Market {
        code: code.parse().expect("a market"),
        countries: countries.iter().map(|c| c.parse().expect("a country")).collect(),
        currency: currency.parse().expect("a currency"),
        languages: vec![Language::En],
        tax_display,
        fulfilment: FulfilmentModel::ParcelsFromHome,
        return_window_days: 30,
        stage: Stage::Open,
        opens_on: None,
        shipping_minor: 0,
        region: "test".to_owned(),
        note: Vec::new(),
        beta: Default::default(),
        contact: Default::default(),
    }
}

fn us() -> Market {
    market("us", &["US"], "USD", TaxDisplay::Exclusive)
}

fn germany() -> Market {
    market("de", &["DE", "AT"], "EUR", TaxDisplay::Inclusive)
}

fn taxes() -> TaxTable {
    let rate = |place: &str, name: &str, percent: &str| TaxRate {
        jurisdiction: place.parse().expect("a jurisdiction"),
        name: name.to_owned(),
        rate: Rate::parse_percent(percent).expect("a percentage"),
        display: TaxDisplay::Inclusive,
        valid_from: day("2015-01-01"),
        valid_to: None,
        confidence: Confidence::M,
        source: "test".to_owned(),
    };
    TaxTable::try_new([
        rate("DE", "MwSt", "19"),
        rate("AT", "USt", "20"),
        rate("US-CA", "sales tax", "7.25"),
        rate("US-OR", "sales tax", "0"),
    ])
    .expect("one rate per place and day")
}

fn lines(market: &Market, list: &[(i64, u32)]) -> Vec<PricedLine> {
    list.iter()
        .enumerate()
        .map(|(i, (unit, quantity))| PricedLine {
            sku: format!("SKU-{i}").parse().expect("a SKU"),
            quantity: *quantity,
            unit_price: Money::new(*unit, market.currency),
        })
        .collect()
}

fn ask(
    market: &Market,
    list: &[(i64, u32)],
    shipping: i64,
    ship_to: Option<&str>,
) -> Result<Quote, QuoteRefusal> {
    let request = QuoteRequest {
        market,
        lines: &lines(market, list),
        shipping: Money::new(shipping, market.currency),
        ship_to: ship_to.map(|place| place.parse().expect("a jurisdiction")),
        at: Instant::start_of(day("2015-06-01")),
    };
    quote(&request, &taxes())
}

#[test]
fn a_band_and_two_power_banks_to_california() {
    let quote = ask(&us(), &[(1499, 1), (999, 2)], 500, Some("US-CA")).expect("a quote");
    let amounts: Vec<_> = quote
        .lines
        .iter()
        .map(|line| (line.amount.net.minor, line.amount.tax.minor, line.amount.gross.minor))
        .collect();
    // 108.6775 and 144.855; shipping 36.25.
    assert_eq!(amounts, [(1499, 109, 1608), (1998, 145, 2143)]);
    assert_eq!(quote.shipping.amount.tax.minor, 36);
    assert_eq!(quote.totals.goods.minor, 3497);
    assert_eq!(quote.totals.shipping.minor, 500);
    assert_eq!(quote.totals.net.minor, 3997);
    assert_eq!(quote.totals.tax.minor, 290);
    assert_eq!(quote.totals.total.minor, 4287);
    assert!(quote.estimated && !quote.tax_pending);
    let [tax] = &quote.totals.taxes[..] else { panic!("one tax") };
    assert_eq!(tax.applied.jurisdiction.to_string(), "US-CA");
    assert_eq!((tax.applied.rate.percent().as_str(), tax.amount.minor), ("7.25", 290));
}

#[test]
fn a_band_to_germany_and_to_austria() {
    let german = ask(&germany(), &[(1499, 3)], 490, Some("DE")).expect("a quote");
    // 718.008… and 78.235…
    assert_eq!(german.lines[0].amount.tax.minor, 718);
    assert_eq!(german.shipping.amount.tax.minor, 78);
    assert_eq!(german.totals.goods.minor, 4497);
    assert_eq!(german.totals.total.minor, 4987);
    assert_eq!(german.totals.net.minor, 4191);
    assert!(!german.estimated);
    // The price on the shelf stays; the tax in it is the destination's.
    let austrian = ask(&germany(), &[(1499, 3)], 490, Some("AT")).expect("a quote");
    assert_eq!(austrian.totals.total, german.totals.total);
    assert_eq!(austrian.totals.taxes[0].applied.name, "USt");
    // 749.5: half goes up.
    assert_eq!(austrian.lines[0].amount.tax.minor, 750);
    // Without an address the home country's tax is shown.
    let unknown = ask(&germany(), &[(1499, 3)], 490, None).expect("a quote");
    assert_eq!(unknown, german);
}

#[test]
fn a_state_without_tax_is_known_to_have_none() {
    let quote = ask(&us(), &[(1499, 1)], 0, Some("US-OR")).expect("a quote");
    assert_eq!(quote.totals.tax.minor, 0);
    assert!(quote.estimated, "local rates are not known anywhere in the USA");
    assert_eq!(quote.check_agreed(quote.totals.total), Ok(()));
}

#[test]
fn before_the_address_is_known_the_total_is_not_final() {
    let quote = ask(&us(), &[(1499, 1)], 500, None).expect("a quote");
    assert!(quote.tax_pending && quote.totals.taxes.is_empty());
    assert!(quote.lines[0].tax_applied.is_none());
    assert_eq!(quote.totals.total.minor, 1999);
    let agreed = quote.check_agreed(quote.totals.total).map_err(|e| e.code());
    assert_eq!(agreed, Err("order.address_needed"));
}

#[test]
fn what_was_agreed_is_what_is_paid() {
    let quote = ask(&us(), &[(1499, 1)], 500, Some("US-CA")).expect("a quote");
    let total = quote.totals.total;
    assert_eq!(quote.check_agreed(total), Ok(()));
    let eur = "EUR".parse().expect("EUR is a currency");
    for seen in [
        Money::new(total.minor - 1, total.currency),
        Money::new(total.minor + 1, total.currency),
        Money::new(0, total.currency),
        Money::new(-total.minor, total.currency),
        Money::new(total.minor, eur),
    ] {
        assert_eq!(quote.check_agreed(seen).map_err(|e| e.code()), Err("order.total_changed"));
    }
}

#[test]
fn refusals_by_code() {
    let cases = [
        (ask(&us(), &[], 0, Some("US-CA")), "order.empty"),
        (ask(&us(), &[(1, 1)], 0, Some("DE")), "order.not_served"),
        (ask(&germany(), &[(1, 1)], 0, Some("FR")), "order.not_served"),
        (ask(&us(), &[(1, 1)], 0, Some("US-TX")), "price.no_tax_rate"),
        (ask(&us(), &[(1, 1)], 0, Some("US")), "price.no_tax_rate"),
        (ask(&us(), &[(Money::MINOR_MAX, 2)], 0, Some("US-CA")), "price.out_of_range"),
        (ask(&us(), &[(Money::MINOR_MAX, 1)], 1, Some("US-OR")), "price.out_of_range"),
    ];
    for (result, code) in cases {
        assert_eq!(result.map_err(|e| e.code()), Err(code));
    }
    let dollars = lines(&us(), &[(1499, 1)]);
    let mixed = QuoteRequest {
        market: &germany(),
        lines: &dollars,
        shipping: Money::new(0, germany().currency),
        ship_to: None,
        at: Instant::start_of(day("2015-06-01")),
    };
    let refusal = quote(&mixed, &taxes()).map_err(|e| e.code());
    assert_eq!(refusal, Err("price.mixed_currencies"));
    let early = QuoteRequest { at: Instant::start_of(day("2014-12-31")), ..mixed };
    assert_eq!(quote(&early, &taxes()).map_err(|e| e.code()), Err("price.no_tax_rate"));
}

proptest! {
    #[test]
    fn the_parts_make_the_total(
        list in proptest::collection::vec((0_i64..10_000_000, 1_u32..=10), 1..20),
        shipping in 0_i64..10_000,
        place in 0_usize..4,
    ) {
        let (market, place) = [
            (us(), "US-CA"), (us(), "US-OR"), (germany(), "DE"), (germany(), "AT"),
        ][place].clone();
        let quote = ask(&market, &list, shipping, Some(place)).expect("small amounts fit");
        let totals = &quote.totals;
        let mut parts: Vec<_> = quote.lines.iter().map(|line| line.amount).collect();
        parts.push(quote.shipping.amount);
        prop_assert!(parts.iter().all(|part| part.net.plus(part.tax) == Ok(part.gross)));
        let sum = |pick: fn(&crate::price::TaxedAmount) -> Money| {
            parts.iter().map(|part| pick(part).minor).sum::<i64>()
        };
        prop_assert_eq!(sum(|part| part.gross), totals.total.minor);
        prop_assert_eq!(sum(|part| part.net), totals.net.minor);
        prop_assert_eq!(sum(|part| part.tax), totals.tax.minor);
        prop_assert_eq!(totals.net.plus(totals.tax), Ok(totals.total));
        let by_tax: i64 = totals.taxes.iter().map(|tax| tax.amount.minor).sum();
        prop_assert_eq!(by_tax, totals.tax.minor);
        let shown: i64 = list.iter().map(|(unit, quantity)| unit * i64::from(*quantity)).sum();
        prop_assert_eq!(totals.goods.minor, shown);
        prop_assert_eq!(totals.shipping.minor, shipping);
        if market.tax_display == TaxDisplay::Inclusive {
            prop_assert_eq!(totals.goods.plus(totals.shipping), Ok(totals.total));
        }
        let country: Country = place[..2].parse().expect("a country");
        let applied = quote.lines[0].tax_applied.as_ref().expect("the address is known");
        prop_assert_eq!(applied.jurisdiction.country, country);
        prop_assert_eq!(quote.estimated, Jurisdiction::by_state(country));
    }
}
