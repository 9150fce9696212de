//! The shipped data: complete, consistent, and good for the demo, today and for years.

mod clearance_data;

use std::collections::BTreeSet;

use clearance_data::{Row, Scenario, day, records, rows};
use jiff::ToSpan as _;
use kontor_base::{Confidence, Language, Money};
use kontor_domain::catalogue::ATTRIBUTES;
use kontor_domain::clearance::{
    Facts, GrantRow, OrderRow, Outcome, PresenceRow, ReviewRow, RuleRow, ladder, standings,
};
use kontor_domain::clearance::{Place, may};
use kontor_domain::market::Act;

/// The day of the demo.
const TODAY: &str = "2026-11-23";

const ALL: &[&str] = &[
    "BAND-BLACK",
    "PB5000-SILVER",
    "PB10400-SILVER",
    "HEADPHONES-GOLD",
    "PISTON-EARPHONES-BLACK",
    "MINOTE-16GB-WHITE",
    "MINOTE-64GB-WHITE",
    "REDMI2-8GB-WHITE",
    "REDMI2-8GB-GREY",
    "REDMI1S-8GB-GREY",
    "REDMINOTE3G-8GB-WHITE",
    "ROUTER-1TB-BLACK",
    "TV2-49-BLACK",
    "USB-CHARGER-WHITE",
    "REDMI2-CASE-BLACK",
];

/// What the demo may sell and deliver in each market.
fn sold_in(market: &str) -> Vec<&'static str> {
    let but = |left_out: &[&str]| {
        ALL.iter().copied().filter(|sku| !left_out.iter().any(|o| sku.starts_with(o))).collect()
    };
    match market {
        "us" => vec!["BAND-BLACK", "PB5000-SILVER", "PB10400-SILVER", "HEADPHONES-GOLD"],
        "cn" => but(&[]),
        "hk" | "tw" | "sg" | "my" | "ph" => but(&["ROUTER", "TV2"]),
        "in" => but(&["ROUTER", "TV2", "USB-CHARGER"]),
        "id" => but(&["ROUTER", "TV2", "USB-CHARGER", "MINOTE", "REDMINOTE3G"]),
        "de" | "gb" | "fr" | "br" => vec![],
        other => panic!("nobody has said what {other} sells"),
    }
}

#[test]
fn every_market_sells_what_the_story_says() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    for act in [Act::Sell, Act::Deliver] {
        for market in &scenario.markets {
            let place = Place::market(market);
            let verdicts =
                scenario.subjects().into_iter().map(|s| may(act, &s, &place, day(TODAY), &facts));
            let (sold, not): (Vec<_>, Vec<_>) =
                verdicts.partition(|verdict| verdict.outcome == Outcome::Allowed);
            let sold: Vec<&str> = sold.iter().map(|verdict| verdict.sku.as_str()).collect();
            assert_eq!(sold, sold_in(market.code.as_str()), "{act:?} in {}", market.code);
            assert!(not.iter().all(|verdict| !verdict.reasons.is_empty()));
        }
    }
}

#[test]
fn the_american_accessories_stay_on_sale_for_three_years() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let place = Place::market(scenario.market("us"));
    for days in 0..3 * 366 {
        let at = day(TODAY).saturating_add(days.days());
        for subject in scenario.subjects() {
            let sku = subject.variant.sku.as_str();
            let sold = ladder(&subject, &place, at, &facts).get(Act::Deliver) == Outcome::Allowed;
            assert_eq!(sold, sold_in("us").contains(&sku), "{sku} on {at}");
        }
    }
}

#[test]
fn every_open_market_stays_open_for_three_years() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let subjects = scenario.subjects();
    for months in 0..36 {
        let at = day(TODAY).saturating_add(months.months());
        for standing in standings(&scenario.markets, &subjects, at, &facts) {
            let sold = standing.ladder.get(Act::Sell) == Outcome::Allowed;
            let wanted = sold_in(standing.market.as_str()).contains(&standing.sku.as_str());
            assert_eq!(sold, wanted, "{} in {} on {at}", standing.sku, standing.market);
        }
    }
}

#[test]
fn what_is_not_sold_is_announced_and_takes_names_where_the_market_is_not_closed() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let subjects = scenario.subjects();
    for standing in standings(&scenario.markets, &subjects, day(TODAY), &facts) {
        let highest = standing.ladder.highest().map(|(act, _)| act);
        let expected = if sold_in(standing.market.as_str()).contains(&standing.sku.as_str()) {
            Act::Resell
        } else if standing.market.as_str() == "br" {
            Act::Announce
        } else {
            Act::RegisterInterest
        };
        assert_eq!(highest, Some(expected), "{} in {}", standing.sku, standing.market);
    }
}

#[test]
fn rows_are_written_as_they_are_read() {
    let records = records();
    for (row, rule) in rows::<RuleRow>("clearance/rules.csv").iter().zip(&records.rules) {
        let mut row = row.clone();
        // A predicate is written in its normal form.
        row.applies_when = rule.applies_when.to_string();
        assert_eq!(rule.to_row(), row);
    }
    for (row, grant) in rows::<GrantRow>("scenario/grants.csv").iter().zip(&records.grants) {
        assert_eq!(grant.to_row(), *row);
    }
    for (row, order) in rows::<OrderRow>("scenario/orders.csv").iter().zip(&records.orders) {
        let mut row = row.clone();
        row.deposit_per_unit = order.deposit_per_unit.map(Money::decimal).unwrap_or_default();
        assert_eq!(order.to_row(), row);
    }
    for (row, review) in rows::<ReviewRow>("scenario/reviews.csv").iter().zip(&records.reviews) {
        assert_eq!(review.to_row(), *row);
    }
    for (row, presence) in
        rows::<PresenceRow>("scenario/presences.csv").iter().zip(&records.presences)
    {
        assert_eq!(presence.to_row(), *row);
    }
}

#[test]
fn the_catalogue_of_rules_is_whole() {
    let records = records();
    assert_eq!(records.rules.len(), 81, "73 of the research, 3 split off, 5 to be confirmed");
    assert!(records.rules.iter().all(|rule| rule.confirmed.is_none()), "confirming is yours");
    let from_memory = records.rules.iter().filter(|r| r.confidence == Confidence::M).count();
    assert!(from_memory > 30, "{from_memory}");
    assert_eq!(Facts::new(1, records).problems(), vec![]);
}

#[test]
fn every_product_states_every_attribute_that_a_rule_can_ask_for() {
    let scenario = Scenario::load();
    for variant in &scenario.variants {
        for attribute in ATTRIBUTES.iter().filter(|a| a.name != "battery.mwh") {
            let known = variant.attributes.get(attribute.name).is_some();
            assert!(known, "{} does not state {}", variant.sku, attribute.name);
        }
    }
    let facts = scenario.facts();
    for market in &scenario.markets {
        for subject in scenario.subjects() {
            let verdict = may(Act::Resell, &subject, &Place::market(market), day(TODAY), &facts);
            assert!(!verdict.has_reason("clearance.unknown_attribute"), "{verdict:#?}");
        }
    }
}

#[test]
fn references_between_the_files_hold() {
    let scenario = Scenario::load();
    let skus: BTreeSet<&str> = scenario.variants.iter().map(|v| v.sku.as_str()).collect();
    let models: BTreeSet<&str> = scenario.models.iter().map(|m| m.code.as_str()).collect();
    let markets: BTreeSet<&str> = scenario.markets.iter().map(|m| m.code.as_str()).collect();
    assert_eq!(skus.len(), ALL.len());
    assert_eq!(models.len(), 13);
    assert_eq!(markets.len(), 13);
    let check = |file: &str, column: &str, known: &BTreeSet<&str>| {
        for row in rows::<Row>(file) {
            assert!(known.contains(row[column].as_str()), "{file}: {} {}", column, row[column]);
        }
    };
    check("scenario/variants.csv", "model", &models);
    check("scenario/components.csv", "sku", &skus);
    check("scenario/texts.csv", "model", &models);
    check("scenario/fits.csv", "accessory", &models);
    check("scenario/fits.csv", "device", &models);
    check("scenario/prices.csv", "market", &markets);
    check("scenario/prices.csv", "sku", &skus);
    check("scenario/stock.csv", "market", &markets);
    check("scenario/stock.csv", "sku", &skus);
    check("scenario/presences.csv", "market", &markets);
    for grant in &scenario.records.grants {
        let model = grant.scope.model.as_ref().map(|model| model.as_str());
        assert!(model.is_none_or(|model| models.contains(model)), "{}", grant.code);
        assert!(grant.number.is_empty() || grant.number.starts_with("DEMO-"), "{}", grant.number);
    }
    for file in ["markets", "models", "texts", "variants", "components", "fits", "prices", "stock"]
    {
        for row in rows::<Row>(&format!("scenario/{file}.csv")) {
            assert!(!row["source"].is_empty(), "{file}: {row:?}");
            let confidence = Confidence::from_word(&row["confidence"]);
            assert!(confidence.is_some(), "{file}: {row:?}");
        }
    }
}

#[test]
fn what_is_sold_has_a_price_and_stock_and_what_is_not_has_neither_in_the_usa() {
    let scenario = Scenario::load();
    let prices = rows::<Row>("scenario/prices.csv");
    let stock = rows::<Row>("scenario/stock.csv");
    for market in &scenario.markets {
        let code = market.code.as_str();
        let of = |rows: &[Row]| -> BTreeSet<String> {
            rows.iter().filter(|r| r["market"] == code).map(|r| r["sku"].clone()).collect()
        };
        let (priced, stocked) = (of(&prices), of(&stock));
        for row in prices.iter().filter(|row| row["market"] == code) {
            assert_eq!(row["currency"], market.currency.code());
            let amount = Money::parse(&row["price"], market.currency).expect("an amount");
            assert!(amount.minor > 0);
        }
        assert!(stocked.is_subset(&priced), "{code}: stock without a price");
        let sold: BTreeSet<String> = sold_in(code).into_iter().map(str::to_owned).collect();
        if code == "us" {
            assert_eq!(sold, priced, "the American shelf is exactly what was sold in 2015");
            assert_eq!(sold, stocked);
        } else if !sold.is_empty() {
            assert!(priced.is_subset(&sold), "{code}: {:?}", priced.difference(&sold));
        }
    }
}

#[test]
fn every_model_has_its_texts_in_english_and_german() {
    for model in Scenario::load().models {
        for language in [Language::En, Language::De] {
            let text = model.texts.get(&language).unwrap_or_else(|| panic!("{}", model.code));
            assert!(!text.name.is_empty() && !text.line.is_empty() && !text.body.is_empty());
            assert!(!text.in_the_box.is_empty(), "{}", model.code);
        }
        assert!(model.texts.contains_key(&Language::Zh), "{}", model.code);
    }
}
