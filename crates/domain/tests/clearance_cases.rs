//! Cases from life that the engine has to get right, told with the shipped rules.

mod clearance_data;

use clearance_data::{Scenario, day};
use kontor_base::{Date, Language, Money};
use kontor_domain::catalogue::Attributes;
use kontor_domain::clearance::{
    Confirmation, FactRef, Facts, Grant, ObligationKind, Outcome, Place, Reason, Records,
    StepEffect, Subject, Verdict, Verification, VerifiedHow, explain, ladder, may,
};
use kontor_domain::market::{Act, Stage};

const TODAY: &str = "2026-11-23";

/// The codes of the reasons with the codes of their facts.
fn reasons(verdict: &Verdict) -> Vec<(&'static str, String)> {
    let fact = |reason: &Reason| reason.fact().map_or_else(String::new, |f| f.code().to_owned());
    verdict.reasons.iter().map(|reason| (reason.code(), fact(reason))).collect()
}

fn pairs(list: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    list.iter().map(|(code, fact)| (*code, (*fact).to_owned())).collect()
}

/// The scenario's facts with changes.
fn facts_with(scenario: &Scenario, change: impl FnOnce(&mut Records)) -> Facts {
    let mut records = scenario.records.clone();
    change(&mut records);
    Facts::new(2, records)
}

fn grant<'r>(records: &'r mut Records, code: &str) -> &'r mut Grant {
    let found = records.grants.iter_mut().find(|grant| grant.code.as_str() == code);
    found.unwrap_or_else(|| panic!("no grant {code}"))
}

#[test]
fn the_usa_open_with_exactly_the_accessories() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let sold: Vec<&str> = scenario
        .variants
        .iter()
        .map(|variant| variant.sku.as_str())
        .filter(|sku| scenario.may(Act::Sell, sku, "us", TODAY, &facts).outcome.permits())
        .collect();
    assert_eq!(sold, ["BAND-BLACK", "PB5000-SILVER", "PB10400-SILVER", "HEADPHONES-GOLD"]);

    // And the phones say why: patents, radio authorisation, hearing aids.
    let note = scenario.may(Act::Sell, "MINOTE-16GB-WHITE", "us", TODAY, &facts);
    assert_eq!(
        reasons(&note),
        pairs(&[
            ("clearance.missing", "GL-IP-SEP"),
            ("clearance.missing", "US-FCC-CERT"),
            ("clearance.missing", "US-HAC"),
        ])
    );
    assert_eq!(note.reasons[1].authority(), Some("FCC OET via TCB"));
    let redmi = scenario.may(Act::Sell, "REDMI2-8GB-WHITE", "us", TODAY, &facts);
    assert_eq!(
        reasons(&redmi),
        pairs(&[
            ("clearance.missing", "GL-IP-SEP"),
            ("clearance.missing", "US-HAC"),
            ("clearance.in_progress", "US-FCC-CERT"),
        ])
    );
    assert_eq!(redmi.reasons[2].expected(), Some(day("2027-06-30")));
    // Without a patent licence a phone is not even offered for pre-order, but it is announced.
    let place = Place::market(scenario.market("us"));
    let rungs = ladder(&scenario.subject("REDMI2-8GB-WHITE"), &place, day(TODAY), &facts);
    assert_eq!(rungs.highest(), Some((Act::RegisterInterest, Outcome::Allowed)));
}

#[test]
fn delhi_8_december_2014_all_phones_are_blocked() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let phones = ["REDMI1S-8GB-GREY", "REDMINOTE3G-8GB-WHITE"];
    for sku in phones {
        let before = scenario.may(Act::Deliver, sku, "in", "2014-12-07", &facts);
        assert_eq!(before.outcome, Outcome::Allowed, "{sku}: {:?}", before.reasons);
        assert_eq!(before.changes_on, Some(day("2014-12-08")), "the court is already in the book");
        for act in [Act::Preorder, Act::Sell, Act::Deliver, Act::Resell] {
            let verdict = scenario.may(act, sku, "in", "2014-12-08", &facts);
            assert_eq!(reasons(&verdict), pairs(&[("clearance.blocked", "IN-DHC-2014-12-08")]));
            assert_eq!(verdict.reasons[0].authority(), Some("High Court of Delhi"));
            assert_eq!(verdict.reasons[0].since(), Some(day("2014-12-08")));
        }
        let announce = scenario.may(Act::Announce, sku, "in", "2014-12-08", &facts);
        assert_eq!(announce.outcome, Outcome::Allowed);
    }
    let band = scenario.may(Act::Deliver, "BAND-BLACK", "in", "2014-12-08", &facts);
    assert_eq!(band.outcome, Outcome::Allowed, "the order is about phones");
}

#[test]
fn delhi_16_december_2014_one_chipset_is_free_under_conditions() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let qualcomm = scenario.may(Act::Sell, "REDMI1S-8GB-GREY", "in", "2014-12-16", &facts);
    assert_eq!(qualcomm.outcome, Outcome::Conditional, "{:?}", qualcomm.reasons);
    let deposit = qualcomm.obligations.iter().find_map(|obligation| match &obligation.kind {
        ObligationKind::Deposit { per_unit } => Some((*per_unit, obligation.until)),
        _ => None,
    });
    let hundred = Money::new(10_000, "INR".parse().expect("a currency"));
    assert_eq!(deposit, Some((hundred, Some(day("2015-01-08")))));
    let kept: Vec<&str> = qualcomm
        .obligations
        .iter()
        .filter_map(|obligation| match &obligation.kind {
            ObligationKind::Keep { record } => Some(record.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(kept, ["chipset-invoice", "affidavit"]);
    assert_eq!(qualcomm.until(), Some(day("2015-01-08")));
    let again = scenario.may(Act::Sell, "REDMI1S-8GB-GREY", "in", "2015-02-05", &facts);
    assert_eq!(again.outcome, Outcome::Conditional);
    assert_eq!(again.until(), Some(day("2015-02-05")), "extended by four weeks");

    let mediatek = scenario.may(Act::Sell, "REDMINOTE3G-8GB-WHITE", "in", "2014-12-16", &facts);
    assert_eq!(reasons(&mediatek), pairs(&[("clearance.blocked", "IN-DHC-2014-12-08")]));
}

#[test]
fn had_the_arrangement_lapsed_the_ban_would_bite_again() {
    let scenario = Scenario::load();
    let facts = facts_with(&scenario, |records| {
        records.orders.retain(|order| order.code.as_str() <= "IN-DHC-2014-12-16");
    });
    let last_day = scenario.may(Act::Sell, "REDMI1S-8GB-GREY", "in", "2015-01-08", &facts);
    assert_eq!(last_day.outcome, Outcome::Conditional);
    let next_day = scenario.may(Act::Sell, "REDMI1S-8GB-GREY", "in", "2015-01-09", &facts);
    assert_eq!(reasons(&next_day), pairs(&[("clearance.blocked", "IN-DHC-2014-12-08")]));
}

#[test]
fn delhi_22_april_2016_both_are_free() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    for sku in ["REDMI1S-8GB-GREY", "REDMINOTE3G-8GB-WHITE"] {
        let before = scenario.may(Act::Sell, sku, "in", "2016-04-21", &facts);
        assert_ne!(before.outcome, Outcome::Allowed);
        assert_eq!(before.until(), Some(day("2016-04-21")));
        let after = scenario.may(Act::Sell, sku, "in", "2016-04-22", &facts);
        assert_eq!(after.outcome, Outcome::Allowed, "{:?}", after.reasons);
    }
}

#[test]
fn an_unlisted_chipset_is_not_let_through_by_an_order_about_another() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let mut variant = scenario.variant("REDMI1S-8GB-GREY").clone();
    variant.components.clear();
    let model = scenario.subject("REDMI1S-8GB-GREY").model;
    let place = Place::market(scenario.market("in"));
    let verdict = may(Act::Sell, &Subject::new(&variant, model), &place, day("2014-12-16"), &facts);
    assert!(verdict.has_reason("clearance.blocked"), "{:?}", verdict.reasons);
    // The patent licence covers named chipsets, so it does not cover this one either.
    assert!(reasons(&verdict).contains(&("clearance.missing", "GL-IP-SEP".to_owned())));
}

#[test]
fn a_grant_expires_between_order_and_dispatch() {
    let scenario = Scenario::load();
    let facts = facts_with(&scenario, |records| {
        grant(records, "US-FCC-CERT-BAND").expires_on = Some(day("2026-11-25"));
    });
    let ordered = scenario.may(Act::Sell, "BAND-BLACK", "us", TODAY, &facts);
    assert_eq!(ordered.outcome, Outcome::Allowed);
    assert_eq!(ordered.until(), Some(day("2026-11-25")), "the order desk can see it coming");
    let packed = scenario.may(Act::Deliver, "BAND-BLACK", "us", "2026-11-25", &facts);
    assert_eq!(packed.outcome, Outcome::Allowed, "its last day still counts");
    let dispatched = scenario.may(Act::Deliver, "BAND-BLACK", "us", "2026-11-26", &facts);
    assert_eq!(reasons(&dispatched), pairs(&[("clearance.expired", "US-FCC-CERT")]));
    assert_eq!(dispatched.reasons[0].since(), Some(day("2026-11-26")));
}

#[test]
fn a_clearance_that_is_taken_back_stops_dispatch_at_once() {
    let scenario = Scenario::load();
    let facts = facts_with(&scenario, |records| {
        grant(records, "US-FCC-CERT-BAND").revoked_on = Some(day(TODAY));
    });
    let verdict = scenario.may(Act::Deliver, "BAND-BLACK", "us", TODAY, &facts);
    assert_eq!(reasons(&verdict), pairs(&[("clearance.revoked", "US-FCC-CERT")]));
}

#[test]
fn an_authority_blocks_routers_overnight_but_spares_what_was_authorised() {
    let scenario = Scenario::load();
    let papers = |records: &mut Records, issued_on: Option<Date>| {
        // Everything else a router needs.
        let band = grant(records, "US-FCC-CERT-BAND").clone();
        for (i, clearance) in
            ["GL-IP-SEP", "US-FCC-CERT", "US-HAC", "US-EWASTE", "US-CHEM", "US-STATE-REPAIR"]
                .into_iter()
                .enumerate()
        {
            let mut paper = band.clone();
            paper.code = format!("US-ROUTER-{i}").parse().expect("a code");
            paper.clearance = clearance.parse().expect("a code");
            paper.scope.model = Some("router".parse().expect("a slug"));
            if clearance == "US-FCC-CERT" {
                paper.issued_on = issued_on;
                paper.applied_on = Some(day("2026-01-12"));
                paper.expected_on = Some(day("2026-04-10"));
                paper.verified = None;
            }
            records.grants.push(paper);
        }
    };
    let ask = |at: &str, facts: &Facts, act| scenario.may(act, "ROUTER-1TB-BLACK", "us", at, facts);

    // Applied for, not granted: on its way one day, out of the question the next.
    let waiting = facts_with(&scenario, |records| papers(records, None));
    let before = ask("2026-03-22", &waiting, Act::Sell);
    assert_eq!(reasons(&before), pairs(&[("clearance.in_progress", "US-FCC-CERT")]));
    assert_eq!(before.changes_on, Some(day("2026-03-23")));
    assert_eq!(ask("2026-03-22", &waiting, Act::Preorder).outcome, Outcome::Conditional);
    let after = ask("2026-03-23", &waiting, Act::Preorder);
    assert_eq!(reasons(&after), pairs(&[("clearance.blocked", "US-COVERED-ROUTER")]));
    assert_eq!(after.reasons[0].since(), Some(day("2026-03-23")));

    // Granted before: spared. Granted after: not.
    let prior = facts_with(&scenario, |records| papers(records, Some(day("2026-03-20"))));
    for at in ["2026-03-22", "2026-03-23", TODAY] {
        let verdict = ask(at, &prior, Act::Deliver);
        assert_eq!(verdict.outcome, Outcome::Allowed, "{at}: {:?}", verdict.reasons);
    }
    let late = facts_with(&scenario, |records| papers(records, Some(day("2026-03-23"))));
    let verdict = ask(TODAY, &late, Act::Deliver);
    assert_eq!(reasons(&verdict), pairs(&[("clearance.blocked", "US-COVERED-ROUTER")]));

    // An exception of the authority itself lets it through.
    let exception = facts_with(&scenario, |records| {
        papers(records, Some(day("2026-06-01")));
        let mut paper = grant(records, "US-ROUTER-1").clone();
        paper.code = "US-ROUTER-EXCEPTION".parse().expect("a code");
        paper.clearance = "US-COVERED-ROUTER".parse().expect("a code");
        paper.issued_on = Some(day("2026-05-02"));
        records.grants.push(paper);
    });
    assert_eq!(ask(TODAY, &exception, Act::Deliver).outcome, Outcome::Allowed);
}

#[test]
fn orders_are_taken_before_authorisation_with_a_notice_and_nothing_is_delivered() {
    let scenario = Scenario::load();
    let facts = facts_with(&scenario, |records| {
        let paper = grant(records, "US-FCC-CERT-BAND");
        paper.issued_on = None;
        paper.verified = None;
        paper.applied_on = Some(day("2026-10-01"));
        paper.expected_on = Some(day("2027-01-15"));
    });
    let preorder = scenario.may(Act::Preorder, "BAND-BLACK", "us", TODAY, &facts);
    assert_eq!(preorder.outcome, Outcome::Conditional, "{:?}", preorder.reasons);
    assert_eq!(preorder.obligations.len(), 1);
    let ObligationKind::Notice { text } = &preorder.obligations[0].kind else {
        panic!("{:?}", preorder.obligations);
    };
    assert!(text[&Language::En].contains("not yet been authorised"));
    assert!(text[&Language::De].contains("erst nach der Zulassung"));
    assert_eq!(preorder.obligations[0].fact, FactRef::Rule("US-FCC-CERT".parse().expect("a code")));
    for act in [Act::Sell, Act::Deliver] {
        let verdict = scenario.may(act, "BAND-BLACK", "us", TODAY, &facts);
        assert_eq!(reasons(&verdict), pairs(&[("clearance.in_progress", "US-FCC-CERT")]));
    }
}

#[test]
fn what_nobody_has_stated_refuses() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let mut variant = scenario.variant("HEADPHONES-GOLD").clone();
    let stated = variant.attributes.to_string().replace("digital=no ", "");
    variant.attributes = Attributes::parse(&stated).expect("good attributes");
    let model = scenario.subject("HEADPHONES-GOLD").model;
    let place = Place::market(scenario.market("us"));
    let verdict = may(Act::Sell, &Subject::new(&variant, model), &place, day(TODAY), &facts);
    assert_eq!(reasons(&verdict), pairs(&[("clearance.unknown_attribute", "US-FCC-SDOC")]));
    let Reason::UnknownAttribute { words, .. } = &verdict.reasons[0] else { panic!() };
    assert_eq!(words, &["digital"], "and names what has to be found out");

    // Somebody entitled decides that the rule is not about it: then it is cleared again.
    let decided = facts_with(&scenario, |records| {
        let mut decision = grant(records, "US-FCC-CERT-BAND").clone();
        decision.code = "US-FCC-SDOC-HEADPHONES".parse().expect("a code");
        decision.kind = kontor_domain::clearance::GrantKind::NotApplicable;
        decision.clearance = "US-FCC-SDOC".parse().expect("a code");
        decision.scope.model = Some("headphones".parse().expect("a slug"));
        decision.why = "passive: no electronics above 9 kHz".to_owned();
        records.grants.push(decision);
    });
    let verdict = may(Act::Sell, &Subject::new(&variant, model), &place, day(TODAY), &decided);
    assert_eq!(verdict.outcome, Outcome::Allowed, "{:?}", verdict.reasons);
}

#[test]
fn a_country_that_nobody_researched_sells_nothing() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let mut france = scenario.market("fr").clone();
    france.stage = Stage::Open;
    // Not even a thing without any paper: a rule that nobody wrote down is not a rule that does
    // not exist.
    let place = Place::market(&france);
    let subject = scenario.subject("REDMI2-CASE-BLACK");
    let verdict = may(Act::Sell, &subject, &place, day(TODAY), &facts);
    assert_eq!(reasons(&verdict), pairs(&[("clearance.unreviewed", "")]));
    let announce = may(Act::RegisterInterest, &subject, &place, day(TODAY), &facts);
    assert_eq!(announce.outcome, Outcome::Allowed, "names may be taken");
    // As it is, the stage comes first.
    let verdict = scenario.may(Act::Sell, "REDMI2-CASE-BLACK", "fr", TODAY, &facts);
    assert_eq!(verdict.reasons[0].code(), "market.stage");
    assert!(verdict.has_reason("clearance.unreviewed"));
}

#[test]
fn a_rule_from_memory_never_clears_on_a_paper_alone() {
    let scenario = Scenario::load();
    let on_paper = |records: &mut Records| {
        grant(records, "US-CHEM-BAND").verified = Some(Verification {
            how: VerifiedHow::Paper,
            by: "scenario".to_owned(),
            on: day("2015-05-04"),
        });
    };
    let facts = facts_with(&scenario, on_paper);
    let verdict = scenario.may(Act::Sell, "BAND-BLACK", "us", TODAY, &facts);
    assert_eq!(reasons(&verdict), pairs(&[("clearance.unverified", "US-CHEM")]));

    let confirmed = facts_with(&scenario, |records| {
        on_paper(records);
        let rule = records.rules.iter_mut().find(|rule| rule.code.as_str() == "US-CHEM");
        rule.expect("a shipped rule").confirmed =
            Some(Confirmation { by: "A. Counsel".to_owned(), on: day(TODAY) });
    });
    let verdict = scenario.may(Act::Sell, "BAND-BLACK", "us", TODAY, &confirmed);
    assert_eq!(verdict.outcome, Outcome::Allowed, "{:?}", verdict.reasons);
    let day_before = scenario.may(Act::Sell, "BAND-BLACK", "us", "2026-11-22", &confirmed);
    assert!(day_before.has_reason("clearance.unverified"), "nobody stood for it yet");
}

#[test]
fn brazil_is_closed() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let verdict = scenario.may(Act::Sell, "REDMI2-8GB-WHITE", "br", TODAY, &facts);
    assert_eq!(
        verdict.reasons[0],
        Reason::MarketStage { stage: Stage::Closed, opens_on: None },
        "before everything else"
    );
    let announce = scenario.may(Act::Announce, "REDMI2-8GB-WHITE", "br", TODAY, &facts);
    assert_eq!(announce.outcome, Outcome::Allowed, "the page says that it is closed");
}

#[test]
fn germany_lists_what_is_on_its_way() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let verdict = scenario.may(Act::Sell, "BAND-BLACK", "de", TODAY, &facts);
    assert_eq!(verdict.reasons[0].code(), "market.stage");
    let weee = verdict
        .reasons
        .iter()
        .find(|reason| reason.fact() == Some(FactRef::Rule("DE-WEEE".parse().expect("a code"))));
    assert_eq!(weee.and_then(Reason::expected), Some(day("2027-02-15")));
}

#[test]
fn an_address_outside_the_market_is_refused() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let canada = "CA".parse().expect("a country");
    let place = Place::ship_to(scenario.market("us"), canada);
    let verdict = may(Act::Deliver, &scenario.subject("BAND-BLACK"), &place, day(TODAY), &facts);
    assert_eq!(verdict.reasons, vec![Reason::MarketCountry { country: canada }]);
}

#[test]
fn a_market_of_two_countries_needs_both() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let mut market = scenario.market("us").clone();
    let (us, fr) = ("US".parse().expect("a country"), "FR".parse().expect("a country"));
    market.countries = vec![us, fr];
    let ask = |place| may(Act::Sell, &scenario.subject("BAND-BLACK"), &place, day(TODAY), &facts);
    assert_eq!(ask(Place::ship_to(&market, us)).outcome, Outcome::Allowed);
    assert!(ask(Place::ship_to(&market, fr)).has_reason("clearance.unreviewed"));
    assert!(ask(Place::market(&market)).has_reason("clearance.unreviewed"));
}

#[test]
fn an_explanation_names_every_fact_with_its_effect() {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let place = Place::market(scenario.market("us"));
    let subject = scenario.subject("MINOTE-16GB-WHITE");
    let explanation = explain(Act::Sell, &subject, &place, day(TODAY), &facts);
    let effect_of = |code: &str| {
        let step = explanation
            .steps
            .iter()
            .find(|step| step.fact.as_ref().is_some_and(|fact| fact.code() == code));
        step.map(|step| step.effect.clone()).unwrap_or_else(|| panic!("{code} is not explained"))
    };
    assert!(matches!(effect_of("GL-IP-SEP"), StepEffect::Refuses { .. }));
    assert!(matches!(effect_of("GL-IP-TM"), StepEffect::Satisfied { .. }));
    assert_eq!(effect_of("US-FCC-SDOC"), StepEffect::DoesNotApply);
    assert_eq!(effect_of("US-CBP"), StepEffect::GatesLaterAct);
    assert!(matches!(effect_of("US-PTCRB"), StepEffect::Advises { .. }));
    // Every rule that holds in the USA is there: none is passed over in silence.
    let rules = scenario.records.rules.iter();
    let american = rules.filter(|rule| ["*", "US"].contains(&&*rule.reach.to_string())).count();
    let told = explanation.steps.iter().filter(|step| matches!(step.fact, Some(FactRef::Rule(_))));
    assert_eq!(told.count(), american);
    assert_eq!(explanation.verdict, may(Act::Sell, &subject, &place, day(TODAY), &facts));
}
