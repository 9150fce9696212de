//! What must hold for all facts, not only for those that somebody thought of. Small worlds are
//! made at random from a few rules, grants, orders and reviews about two products in two
//! countries, on few enough days that everything meets everything.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use kontor_base::{Country, Date};
use kontor_domain::catalogue::{
    Attributes, Component, ComponentKind, Model, ProductClass, Variant,
};
use kontor_domain::clearance::{
    AuthorityOrder, Facts, Grant, GrantRow, OrderRow, Outcome, Place, Records, Review, ReviewRow,
    Rule, RuleRow, Subject, explain, ladder, loosened, may,
};
use kontor_domain::market::{Act, FulfilmentModel, Market, Stage, TaxDisplay};
use proptest::prelude::*;

/// The number of days of a small world.
const DAYS: i64 = 24;

fn day(n: i64) -> Date {
    "2026-01-01".parse::<Date>().expect("a day").saturating_add(n.days())
}

fn maybe_day() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(0..DAYS)
}

fn text(day_number: Option<i64>) -> String {
    day_number.map(|n| day(n).to_string()).unwrap_or_default()
}

/// Two days in order, either of which may be missing.
fn span() -> impl Strategy<Value = (Option<i64>, Option<i64>)> {
    (maybe_day(), maybe_day()).prop_map(|(a, b)| match (a, b) {
        (Some(a), Some(b)) => (Some(a.min(b)), Some(a.max(b))),
        other => other,
    })
}

fn country() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["*", "US", "DE"]).prop_map(str::to_owned)
}

fn act() -> impl Strategy<Value = Act> {
    prop::sample::select(Act::ALL.to_vec())
}

fn rule(code: String) -> impl Strategy<Value = Rule> {
    let predicates = [
        "always",
        "radio.any",
        "not radio.any",
        "mains",
        "class.phone",
        "radio.ble and not mains",
        "component.chipset.acme",
        "import",
        "shop.entity_foreign",
    ];
    (
        (country(), prop::sample::select(predicates.to_vec()), act(), act()),
        (any::<[bool; 4]>(), span(), maybe_day()),
    )
        .prop_map(
            move |((country, applies_when, one, two), (flags, (from, to), confirmed))| {
                let [blocks, advisory, memory, conditional] = flags;
                let (conditional_from, gates) = (one.min(two), one.max(two));
                let conditional = conditional && !blocks && conditional_from < gates;
                let word =
                    |yes: bool, word: &str| if yes { word.to_owned() } else { String::new() };
                let row = RuleRow {
                    code: code.clone(),
                    country,
                    domain: "radio".to_owned(),
                    title: "a rule".to_owned(),
                    applies_when: applies_when.to_owned(),
                    gates: gates.word().to_owned(),
                    conditional_from: word(conditional, conditional_from.word()),
                    notice_en: word(conditional, "a notice"),
                    strength: if advisory && !blocks { "advisory" } else { "required" }.to_owned(),
                    blocks: word(blocks, "yes"),
                    spares_prior: word(blocks && from.is_some(), "RULE-0"),
                    effective_from: text(from),
                    effective_to: text(to),
                    source: "made up".to_owned(),
                    confidence: if memory { "M" } else { "S1" }.to_owned(),
                    confirmed_by: word(confirmed.is_some(), "somebody"),
                    confirmed_on: text(confirmed),
                    ..RuleRow::default()
                };
                Rule::parse(&row).expect("made to be good")
            },
        )
}

fn grant(code: String) -> impl Strategy<Value = Grant> {
    (
        (country(), 0..4_usize, 0..4_usize, any::<bool>()),
        (span(), maybe_day(), maybe_day(), maybe_day(), 0..4_usize),
    )
        .prop_map(move |((country, rule, scope, decision), dates)| {
            let ((issued, expires), applied, revoked, verified, how) = dates;
            let expires = expires.filter(|_| issued.is_some());
            let revoked = revoked.filter(|r| issued.is_some_and(|i| i <= *r));
            let applied = applied.filter(|a| issued.is_none_or(|i| *a <= i));
            let how = ["none", "paper", "counsel", "public_register"][how];
            let verified = verified.filter(|_| how != "none");
            let how = if verified.is_some() { how } else { "none" };
            let decision = decision && verified.is_some() && issued.is_some();
            let only = |n: usize, word: &str| if scope == n { word } else { "" }.to_owned();
            let row = GrantRow {
                code: code.clone(),
                kind: if decision { "not_applicable" } else { "grant" }.to_owned(),
                clearance: format!("RULE-{rule}"),
                country,
                model: only(1, "thing"),
                class: only(2, "phone"),
                component_kind: only(3, "chipset"),
                component_maker: only(3, "acme"),
                issuer: "somebody".to_owned(),
                applied_on: text(applied),
                issued_on: text(issued),
                expires_on: text(expires),
                revoked_on: text(revoked),
                why: "because".to_owned(),
                verified_how: how.to_owned(),
                verified_by: if verified.is_some() { "somebody" } else { "" }.to_owned(),
                verified_on: text(verified),
                source: "made up".to_owned(),
                confidence: "S1".to_owned(),
                ..GrantRow::default()
            };
            Grant::parse(&row).expect("made to be good")
        })
}

fn order(number: usize) -> impl Strategy<Value = AuthorityOrder> {
    (
        (country(), act(), any::<[bool; 2]>(), 0..3_usize),
        (0..DAYS, maybe_day(), maybe_day(), 0..2_usize),
    )
        .prop_map(move |((country, gates, flags, scope), (from, until, vacated, lifts))| {
            let [blocks, lifting] = flags;
            let only = |n: usize, word: &str| if scope == n { word } else { "" }.to_owned();
            let later = |d: Option<i64>| text(d.filter(|d| *d >= from));
            let lifts = (!blocks && lifting && lifts != number).then(|| format!("ORDER-{lifts}"));
            let row = OrderRow {
                code: format!("ORDER-{number}"),
                country,
                effect: if blocks { "blocks" } else { "conditions" }.to_owned(),
                gates: gates.word().to_owned(),
                class: only(1, "phone"),
                component_kind: only(2, "chipset"),
                component_maker: only(2, "acme"),
                lifts: lifts.unwrap_or_default(),
                authority: "a court".to_owned(),
                title: "an order".to_owned(),
                from: text(Some(from)),
                until: later(until),
                vacated_on: later(vacated),
                source: "made up".to_owned(),
                confidence: "S1".to_owned(),
                ..OrderRow::default()
            };
            AuthorityOrder::parse(&row).expect("made to be good")
        })
}

fn review(code: String) -> impl Strategy<Value = Review> {
    (prop::sample::select(vec!["US", "DE"]), -5..DAYS, 1..20_u16).prop_map(
        move |(country, on, stale)| {
            let row = ReviewRow {
                code: code.clone(),
                country: country.to_owned(),
                by: "somebody".to_owned(),
                on: day(on).to_string(),
                stale_after_days: stale.to_string(),
                source: "made up".to_owned(),
                confidence: "S1".to_owned(),
                ..ReviewRow::default()
            };
            Review::parse(&row).expect("made to be good")
        },
    )
}

prop_compose! {
    fn records()(
        rules in (0..4_usize).prop_flat_map(|n| {
            (0..n).map(|i| rule(format!("RULE-{i}"))).collect::<Vec<_>>()
        }),
        grants in (0..5_usize).prop_flat_map(|n| {
            (0..n).map(|i| grant(format!("GRANT-{i}"))).collect::<Vec<_>>()
        }),
        orders in (0..3_usize).prop_flat_map(|n| (0..n).map(order).collect::<Vec<_>>()),
        reviews in (1..4_usize).prop_flat_map(|n| {
            (0..n).map(|i| review(format!("REVIEW-{i}"))).collect::<Vec<_>>()
        }),
    ) -> Records {
        Records { rules, grants, orders, reviews, presences: Vec::new(), assortments: Vec::new() }
    }
}

fn model(class: ProductClass) -> Model {
    Model {
        code: "thing".parse().expect("a slug"),
        family: "things".parse().expect("a slug"),
        brand: "acme".parse().expect("a slug"),
        class,
        picture: "thing".parse().expect("a slug"),
        announced_on: None,
        hs_code: None,
        origin: "CN".parse().expect("a country"),
        position: 1,
        texts: BTreeMap::new(),
    }
}

prop_compose! {
    fn product()(
        phone in any::<bool>(),
        attributes in prop::sample::select(vec![
            "", "radio.ble=yes", "mains=no radio.ble=yes", "digital=no mains=no",
            "mains=yes radio.ble=no radio.wifi=no radio.cellular=no radio.uwb=no radio.nfc=no",
        ]),
        makers in prop::collection::vec(prop::sample::select(vec!["acme", "other"]), 0..3),
    ) -> (Model, Variant) {
        let model = model(if phone { ProductClass::Phone } else { ProductClass::Band });
        let variant = Variant {
            sku: "THING-1".parse().expect("a SKU"),
            model: model.code.clone(),
            revision: "r1".parse().expect("a slug"),
            factory: "home".parse().expect("a slug"),
            option: BTreeMap::new(),
            weight_g: 1,
            components: makers
                .iter()
                .map(|maker| Component {
                    kind: ComponentKind::Chipset,
                    maker: maker.parse().expect("a slug"),
                    part: "x".parse().expect("a slug"),
                })
                .collect(),
            attributes: Attributes::parse(attributes).expect("good attributes"),
        };
        (model, variant)
    }
}

prop_compose! {
    fn market()(
        stage in prop::sample::select(vec![Stage::Open, Stage::Open, Stage::Paused, Stage::Preparing]),
        countries in prop::sample::subsequence(vec!["US", "DE"], 1..=2),
    ) -> Market {
        Market {
            code: "us".parse().expect("a code"),
            countries: countries
                .iter()
                .map(|country| country.parse::<Country>().expect("a country"))
                .collect(),
            currency: "USD".parse().expect("a currency"),
            languages: vec![kontor_base::Language::En],
            tax_display: TaxDisplay::Exclusive,
            fulfilment: FulfilmentModel::ParcelsFromHome,
            return_window_days: 14,
            stage,
            opens_on: None,
            shipping_minor: 0,
            region: "americas".to_owned(),
            note: Vec::new(),
            beta: Default::default(),
            contact: Default::default(),
        }
    }
}

/// Outcome, reasons, obligations and advice: what an answer says, without what it was made from.
fn answer(verdict: kontor_domain::clearance::Verdict) -> impl PartialEq + std::fmt::Debug {
    (verdict.outcome, verdict.reasons, verdict.obligations, verdict.advice)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn a_grant_never_makes_it_worse(
        records in records(), extra in grant("GRANT-X".to_owned()), product in product(),
        market in market(), act in act(), at in 0..DAYS,
    ) {
        let subject = Subject::new(&product.1, &product.0);
        let place = Place::market(&market);
        let without = may(act, &subject, &place, day(at), &Facts::new(1, records.clone()));
        let mut more = records;
        more.grants.push(extra);
        let with = may(act, &subject, &place, day(at), &Facts::new(1, more));
        prop_assert!(with.outcome >= without.outcome, "{without:#?}\n{with:#?}");
    }

    #[test]
    fn a_ban_of_an_authority_beats_every_grant(
        records in records(), product in product(), market in market(), at in 0..DAYS,
    ) {
        let mut records = records;
        records.orders.clear();
        let row = OrderRow {
            code: "BAN".to_owned(),
            country: "*".to_owned(),
            effect: "blocks".to_owned(),
            gates: "sell".to_owned(),
            authority: "a court".to_owned(),
            title: "nothing is sold".to_owned(),
            from: day(0).to_string(),
            source: "made up".to_owned(),
            confidence: "S1".to_owned(),
            ..OrderRow::default()
        };
        records.orders.push(AuthorityOrder::parse(&row).expect("made to be good"));
        let facts = Facts::new(1, records);
        let subject = Subject::new(&product.1, &product.0);
        for act in [Act::Sell, Act::Deliver, Act::Resell] {
            let verdict = may(act, &subject, &Place::market(&market), day(at), &facts);
            prop_assert_eq!(verdict.outcome, Outcome::Refused);
            prop_assert!(verdict.has_reason("clearance.blocked"));
        }
    }

    #[test]
    fn nothing_rises_by_an_edit_that_loosens_nothing(
        records in records(), before in product(), after in product(), market in market(), at in 0..DAYS,
    ) {
        let facts = Facts::new(1, records);
        let (before, after) = (Subject::new(&before.1, &before.0), Subject::new(&after.1, &after.0));
        let place = Place::market(&market);
        let loose = loosened((&before, &place), (&after, &place), day(at), &facts);
        let rungs = |subject| {
            let ladder = ladder(subject, &place, day(at), &facts);
            Act::ALL.map(|act| ladder.get(act))
        };
        let rises = rungs(&before).iter().zip(rungs(&after)).any(|(was, now)| now > *was);
        prop_assert!(!rises || !loose.is_empty(), "{:?} {:?}", before.variant, after.variant);
        prop_assert_eq!(loosened((&before, &place), (&before, &place), day(at), &facts), []);
    }

    #[test]
    fn what_begins_later_is_not_known_yet(
        records in records(), product in product(), market in market(), act in act(), at in 0..DAYS,
    ) {
        let today = day(at);
        let mut known = records.clone();
        known.rules.retain(|rule| rule.effective_from.is_none_or(|from| from <= today));
        known.grants.retain(|grant| {
            grant.applied_on.or(grant.issued_on).is_none_or(|from| from <= today)
        });
        known.orders.retain(|order| order.from <= today);
        known.reviews.retain(|review| review.on <= today);
        let subject = Subject::new(&product.1, &product.0);
        let place = Place::market(&market);
        let all = may(act, &subject, &place, today, &Facts::new(1, records));
        let past = may(act, &subject, &place, today, &Facts::new(1, known));
        prop_assert_eq!(answer(all), answer(past));
    }

    #[test]
    fn the_answer_stands_until_the_day_it_names(
        records in records(), product in product(), market in market(), act in act(), at in 0..DAYS,
    ) {
        let facts = Facts::new(1, records);
        let subject = Subject::new(&product.1, &product.0);
        let place = Place::market(&market);
        let now = may(act, &subject, &place, day(at), &facts);
        let end = now.changes_on.unwrap_or(day(DAYS + 25));
        prop_assert!(end > day(at));
        if let Some(changes_on) = now.changes_on {
            let keeper = facts.changes_on(day(at));
            prop_assert!(keeper.is_some_and(|next| next <= changes_on), "the keeper wakes in time");
        }
        let said = answer(now);
        for later in at + 1..DAYS + 25 {
            if day(later) < end {
                let then = may(act, &subject, &place, day(later), &facts);
                prop_assert_eq!(&answer(then), &said, "on {}", day(later));
            }
        }
    }

    #[test]
    fn nothing_is_cleared_over_an_unknown_rule(
        records in records(), product in product(), market in market(), act in act(), at in 0..DAYS,
    ) {
        let mut records = records;
        // No evidence, so every unknown has to show.
        records.grants.clear();
        let facts = Facts::new(1, records);
        let subject = Subject::new(&product.1, &product.0);
        let explanation = explain(act, &subject, &Place::market(&market), day(at), &facts);
        let reasons = &explanation.verdict.reasons;
        prop_assert_eq!(reasons.is_empty(), explanation.verdict.outcome != Outcome::Refused);
        // The seller is not known in this world, so such a rule is unknown for every product.
        for rule in &facts.records().rules {
            let holds = rule.in_force(day(at))
                && market.countries.iter().any(|country| rule.reach.includes(*country))
                && act >= rule.gates;
            let required = rule.strength == kontor_domain::clearance::Strength::Required;
            if rule.applies_when.to_string() == "shop.entity_foreign" && holds && required {
                let told = reasons.iter().any(|reason| {
                    reason.code() == "clearance.unknown_attribute"
                        && reason.fact().is_some_and(|fact| fact.code() == rule.code.as_str())
                });
                prop_assert!(told, "{reasons:#?}");
            }
        }
    }

    #[test]
    fn the_ladder_and_the_verdicts_agree(
        records in records(), product in product(), market in market(), at in 0..DAYS,
    ) {
        let facts = Facts::new(1, records);
        let subject = Subject::new(&product.1, &product.0);
        let place = Place::market(&market);
        let rungs = ladder(&subject, &place, day(at), &facts);
        for act in Act::ALL {
            let verdict = may(act, &subject, &place, day(at), &facts);
            prop_assert_eq!(rungs.get(act), verdict.outcome, "{:?}", act);
            prop_assert!(verdict.changes_on.is_none_or(|d| rungs.changes_on.is_some_and(|r| r <= d)));
        }
    }

    #[test]
    fn facts_survive_being_written_down(records in records()) {
        for rule in &records.rules {
            prop_assert_eq!(&Rule::parse(&rule.to_row()).expect("its own row"), rule);
        }
        for grant in &records.grants {
            prop_assert_eq!(&Grant::parse(&grant.to_row()).expect("its own row"), grant);
        }
        for order in &records.orders {
            prop_assert_eq!(&AuthorityOrder::parse(&order.to_row()).expect("its own row"), order);
        }
    }
}
