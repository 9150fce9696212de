//! What a market has opened with, and what it refuses for that.

mod clearance_data;

use clearance_data::{Scenario, day};
use kontor_domain::clearance::{
    Assortment, AssortmentRow, Bound, Explanation, FactRef, Facts, Outcome, Place, Reason,
    StepEffect, explain, ladder, may,
};
use kontor_domain::market::{Act, Market, Stage, stage_allows_goods};

const TODAY: &str = "2026-11-23";
const BAND: &str = "BAND-BLACK";
const BANK: &str = "PB5000-SILVER";
const NOTE: &str = "MINOTE-16GB-WHITE";

fn assortment(market: &str, skus: &str) -> Assortment {
    Assortment::parse(&AssortmentRow {
        market: market.to_owned(),
        skus: skus.to_owned(),
        source: "a test".to_owned(),
        confidence: "S1".to_owned(),
    })
    .expect("a good row")
}

/// The scenario's facts, with the USA opened with these products.
fn opened_with(scenario: &Scenario, skus: &str) -> Facts {
    let mut records = scenario.records.clone();
    records.assortments = vec![assortment("us", skus)];
    Facts::new(2, records)
}

fn codes(scenario: &Scenario, act: Act, sku: &str, facts: &Facts) -> Vec<&'static str> {
    let verdict = scenario.may(act, sku, "us", TODAY, facts);
    verdict.reasons.iter().map(Reason::code).collect()
}

#[test]
fn what_is_cleared_and_planned_is_sold_and_nothing_else() {
    let scenario = Scenario::load();
    let facts = opened_with(&scenario, BAND);
    let sold = |facts: &Facts| -> Vec<&str> {
        let skus = scenario.variants.iter().map(|variant| variant.sku.as_str());
        let permits =
            |sku: &&str| scenario.may(Act::Sell, sku, "us", TODAY, facts).outcome.permits();
        skus.filter(permits).collect()
    };
    assert_eq!(sold(&facts), [BAND]);
    let band = scenario.may(Act::Sell, BAND, "us", TODAY, &facts);
    assert!(band.relied_on.contains(&FactRef::Assortment("us".parse().expect("a market"))));
    for act in [Act::Preorder, Act::Sell, Act::Resell] {
        assert_eq!(codes(&scenario, act, BANK, &facts), ["opening.not_planned"], "{act:?}");
    }
    // It can be shown and waited for, and what was sold before is delivered.
    for act in [Act::Announce, Act::RegisterInterest, Act::Deliver] {
        assert!(codes(&scenario, act, BANK, &facts).is_empty(), "{act:?}");
    }
    // What is not cleared says that first; the plan is the shop's own and comes last.
    let phone = codes(&scenario, Act::Sell, NOTE, &facts);
    assert_eq!(phone.first(), Some(&"clearance.missing"), "{phone:?}");
    assert_eq!(phone.last(), Some(&"opening.not_planned"), "{phone:?}");
    // A planned product that is not cleared is not sold either.
    let with_note = opened_with(&scenario, &format!("{BAND} | {NOTE}"));
    assert_eq!(sold(&with_note), [BAND]);
    assert!(!codes(&scenario, Act::Sell, NOTE, &with_note).contains(&"opening.not_planned"));
    // Adding it is enough.
    assert_eq!(sold(&opened_with(&scenario, &format!("{BAND}|{BANK}"))), [BAND, BANK]);
}

#[test]
fn without_a_plan_or_with_all_products_nothing_changes() {
    let scenario = Scenario::load();
    let before = scenario.facts();
    let all = opened_with(&scenario, "");
    let mut elsewhere = scenario.records.clone();
    elsewhere.assortments = vec![assortment("in", BAND)];
    let elsewhere = Facts::new(2, elsewhere);
    for variant in &scenario.variants {
        for act in Act::ALL {
            let sku = variant.sku.as_str();
            let without = scenario.may(act, sku, "us", TODAY, &before);
            for facts in [&all, &elsewhere] {
                let with = scenario.may(act, sku, "us", TODAY, facts);
                assert_eq!((with.outcome, &with.reasons), (without.outcome, &without.reasons));
                assert_eq!(with.relied_on, without.relied_on);
            }
        }
    }
}

#[test]
fn a_ladder_and_an_explanation_say_the_same_as_the_verdict() {
    let scenario = Scenario::load();
    let facts = opened_with(&scenario, BAND);
    for stage in Stage::ALL {
        let market = Market { stage, ..scenario.market("us").clone() };
        for bound in [Bound::ByPlan, Bound::ByNothing] {
            let place = Place::market(&market).bound(bound);
            for variant in &scenario.variants {
                let subject = scenario.subject(variant.sku.as_str());
                let rungs = ladder(&subject, &place, day(TODAY), &facts);
                for act in Act::ALL {
                    let verdict = may(act, &subject, &place, day(TODAY), &facts);
                    assert_eq!(rungs.get(act), verdict.outcome, "{stage:?} {act:?}");
                    let Explanation { steps, .. } =
                        explain(act, &subject, &place, day(TODAY), &facts);
                    let told = steps.iter().any(|step| {
                        matches!(
                            &step.effect,
                            StepEffect::Refuses { reason: Reason::NotPlanned { .. } }
                        )
                    });
                    assert_eq!(told, verdict.has_reason("opening.not_planned"));
                    if bound == Bound::ByNothing {
                        assert!(!told, "{stage:?} {act:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn spare_parts_of_a_market_that_sells_no_more_stay_to_be_had() {
    let scenario = Scenario::load();
    let facts = opened_with(&scenario, BAND);
    let spare = scenario.variants.iter().find(|variant| {
        let market = Market { stage: Stage::Paused, ..scenario.market("us").clone() };
        let subject = scenario.subject(variant.sku.as_str());
        stage_allows_goods(market.stage, Act::Sell, subject.model.class.goods())
    });
    let subject = scenario.subject(spare.expect("a spare part").sku.as_str());
    for stage in [Stage::Paused, Stage::Closing] {
        let market = Market { stage, ..scenario.market("us").clone() };
        let place = Place::market(&market);
        for act in [Act::Sell, Act::Deliver] {
            let with = may(act, &subject, &place, day(TODAY), &facts);
            let without = may(act, &subject, &place, day(TODAY), &scenario.facts());
            assert_eq!(with.reasons, without.reasons, "{stage:?}");
            assert!(!with.has_reason("opening.not_planned") && !with.has_reason("market.stage"));
        }
    }
    // While it is open it is one of its products like all others.
    let open = Market { stage: Stage::Open, ..scenario.market("us").clone() };
    let verdict = may(Act::Sell, &subject, &Place::market(&open), day(TODAY), &facts);
    assert_eq!(verdict.outcome, Outcome::Refused);
    assert!(verdict.has_reason("opening.not_planned"));
}

#[test]
fn rows_lead_back_and_wrong_ones_are_refused() {
    for skus in ["", BAND, "BAND-BLACK|PB5000-SILVER"] {
        let read = assortment("us", skus);
        assert_eq!(Assortment::parse(&read.to_row()).expect("its own row"), read);
        assert_eq!(read.to_row().skus, skus);
    }
    let wrong = |market: &str, skus: &str, source: &str| {
        let row = AssortmentRow {
            market: market.to_owned(),
            skus: skus.to_owned(),
            source: source.to_owned(),
            confidence: "S1".to_owned(),
        };
        Assortment::parse(&row).expect_err("a bad row").field
    };
    assert_eq!(wrong("USA", "", "x"), "market");
    assert_eq!(wrong("us", "band", "x"), "skus");
    assert_eq!(wrong("us", "BAND-BLACK|BAND-BLACK", "x"), "skus");
    assert_eq!(wrong("us", "", ""), "source");
    let mut records = Scenario::load().records;
    records.assortments = vec![assortment("us", BAND), assortment("us", BANK)];
    let problems = Facts::new(1, records).problems();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["assortment us is there twice"]);
}
