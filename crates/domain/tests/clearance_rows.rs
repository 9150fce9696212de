//! Rows of facts: what is refused, and that the column is named.

use kontor_base::Date;
use kontor_domain::clearance::{
    AuthorityOrder, Facts, Grant, GrantRow, GrantState, OrderRow, Records, Review, ReviewRow, Rule,
    RuleRow, check_asked,
};

fn text(text: &str) -> String {
    text.to_owned()
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn rule() -> RuleRow {
    RuleRow {
        code: text("US-FCC-CERT"),
        country: text("US"),
        domain: text("radio"),
        title: text("FCC certification"),
        lead_time_weeks: text("4-8"),
        applies_when: text("radio.any"),
        gates: text("sell"),
        conditional_from: text("preorder"),
        notice_en: text("not yet authorised"),
        strength: text("required"),
        source: text("a page"),
        confidence: text("S2"),
        ..RuleRow::default()
    }
}

fn grant() -> GrantRow {
    GrantRow {
        code: text("US-FCC-BAND"),
        kind: text("grant"),
        clearance: text("US-FCC-CERT"),
        country: text("US"),
        model: text("band"),
        number: text("DEMO-1"),
        issuer: text("FCC"),
        applied_on: text("2026-01-05"),
        expected_on: text("2026-03-01"),
        issued_on: text("2026-02-01"),
        expires_on: text("2026-12-31"),
        verified_how: text("paper"),
        verified_by: text("somebody"),
        verified_on: text("2026-02-02"),
        source: text("made up"),
        confidence: text("M"),
        ..GrantRow::default()
    }
}

fn order() -> OrderRow {
    OrderRow {
        code: text("IN-DHC-2"),
        country: text("IN"),
        effect: text("conditions"),
        gates: text("preorder"),
        class: text("phone"),
        component_kind: text("chipset"),
        component_maker: text("qualcomm"),
        lifts: text("IN-DHC-1"),
        authority: text("High Court of Delhi"),
        title: text("may be sold for now"),
        from: text("2014-12-16"),
        until: text("2015-01-08"),
        deposit_per_unit: text("100"),
        deposit_currency: text("INR"),
        keep: text("chipset-invoice"),
        source: text("a page"),
        confidence: text("S2"),
        ..OrderRow::default()
    }
}

#[test]
fn a_bad_rule_names_its_column() {
    assert!(Rule::parse(&rule()).is_ok());
    type Change = fn(&mut RuleRow, String);
    let long = "x".repeat(3_000);
    let cases: &[(&str, &str, Change)] = &[
        ("code", "us-fcc", |r, v| r.code = v),
        ("country", "UK", |r, v| r.country = v),
        ("country", "", |r, v| r.country = v),
        ("domain", "magic", |r, v| r.domain = v),
        ("title", " ", |r, v| r.title = v),
        ("title", &long, |r, v| r.title = v),
        ("title", "a\u{0}b", |r, v| r.title = v),
        ("lead_time_weeks", "8-4", |r, v| r.lead_time_weeks = v),
        ("lead_time_weeks", "soon", |r, v| r.lead_time_weeks = v),
        ("applies_when", "", |r, v| r.applies_when = v),
        ("applies_when", "radio.celular", |r, v| r.applies_when = v),
        ("gates", "ship", |r, v| r.gates = v),
        ("conditional_from", "sell", |r, v| r.conditional_from = v),
        ("notice_en", "", |r, v| r.notice_en = v),
        ("notice_en", "not yet authorised", |r, v| {
            r.notice_en = v;
            r.conditional_from.clear();
        }),
        ("strength", "strong", |r, v| r.strength = v),
        ("blocks", "maybe", |r, v| r.blocks = v),
        ("conditional_from", "yes", |r, v| r.blocks = v),
        ("spares_prior", "US-OLD", |r, v| r.spares_prior = v),
        ("effective_from", "2026-3-1", |r, v| r.effective_from = v),
        ("effective_from", "2026-03-23T00:00:00", |r, v| r.effective_from = v),
        ("effective_to", "2025-01-01", |r, v| {
            r.effective_from = text("2026-01-01");
            r.effective_to = v;
        }),
        ("source", "", |r, v| r.source = v),
        ("confidence", "S3", |r, v| r.confidence = v),
        ("confirmed_by", "somebody", |r, v| r.confirmed_by = v),
    ];
    for (field, value, change) in cases {
        let mut row = rule();
        change(&mut row, (*value).to_owned());
        let error = Rule::parse(&row).expect_err(value);
        assert_eq!(error.field, *field, "{value:?}: {error}");
    }
    let mut typing_error = rule();
    typing_error.applies_when = text("class.phone and radio.celular");
    let error = Rule::parse(&typing_error).expect_err("no such word");
    assert!(
        error.to_string().contains("did you mean \"radio.cellular\"? (at character 17)"),
        "{error}"
    );
}

#[test]
fn a_bad_grant_names_its_column() {
    assert!(Grant::parse(&grant()).is_ok());
    type Change = fn(&mut GrantRow, String);
    let cases: &[(&str, &str, Change)] = &[
        ("code", "", |r, v| r.code = v),
        ("kind", "licence", |r, v| r.kind = v),
        ("clearance", "fcc", |r, v| r.clearance = v),
        ("model", "Mi Band", |r, v| r.model = v),
        ("sku", "band", |r, v| r.sku = v),
        ("class", "fridge", |r, v| r.class = v),
        ("component_maker", "qualcomm", |r, v| r.component_maker = v),
        ("issuer", "", |r, v| r.issuer = v),
        ("issued_on", "2026-01-04", |r, v| r.issued_on = v),
        ("issued_on", "", |r, v| r.issued_on = v),
        ("expires_on", "2026-01-31", |r, v| r.expires_on = v),
        ("revoked_on", "2026-01-31", |r, v| r.revoked_on = v),
        ("verified_how", "none", |r, v| r.verified_how = v),
        ("verified_how", "gut feeling", |r, v| r.verified_how = v),
        ("verified_by", "", |r, v| r.verified_by = v),
        ("why", "not_applicable", |r, v| r.kind = v),
        ("source", "", |r, v| r.source = v),
    ];
    for (field, value, change) in cases {
        let mut row = grant();
        change(&mut row, (*value).to_owned());
        let error = Grant::parse(&row).expect_err(value);
        assert_eq!(error.field, *field, "{value:?}: {error}");
    }
}

#[test]
fn a_bad_order_or_review_names_its_column() {
    assert!(AuthorityOrder::parse(&order()).is_ok());
    type Change = fn(&mut OrderRow, String);
    let cases: &[(&str, &str, Change)] = &[
        ("effect", "warns", |r, v| r.effect = v),
        ("lifts", "blocks", |r, v| r.effect = v),
        ("lifts", "IN-DHC-2", |r, v| r.lifts = v),
        ("authority", "", |r, v| r.authority = v),
        ("from", "", |r, v| r.from = v),
        ("until", "2014-12-15", |r, v| r.until = v),
        ("vacated_on", "2014-12-15", |r, v| r.vacated_on = v),
        ("deposit_per_unit", "-100", |r, v| r.deposit_per_unit = v),
        ("deposit_per_unit", "0", |r, v| r.deposit_per_unit = v),
        ("deposit_per_unit", "1.001", |r, v| r.deposit_per_unit = v),
        ("deposit_currency", "RS", |r, v| r.deposit_currency = v),
        ("notice_en", "nur deutsch", |r, v| r.notice_de = v),
        ("except_component_maker", "chipset", |r, v| r.except_component_kind = v),
        ("keep", "The Invoice", |r, v| r.keep = v),
    ];
    for (field, value, change) in cases {
        let mut row = order();
        change(&mut row, (*value).to_owned());
        let error = AuthorityOrder::parse(&row).expect_err(value);
        assert_eq!(error.field, *field, "{value:?}: {error}");
    }
    let review = ReviewRow {
        code: text("R-1"),
        country: text("US"),
        by: text("somebody"),
        on: text("2026-11-01"),
        stale_after_days: text("0"),
        source: text("made up"),
        confidence: text("M"),
        ..ReviewRow::default()
    };
    assert_eq!(Review::parse(&review).map_err(|e| e.field), Err("stale_after_days"));
}

#[test]
fn a_grant_goes_through_its_states_day_by_day() {
    let grant = Grant::parse(&grant()).expect("a good row");
    let state = |on| grant.state(day(on), 30);
    assert_eq!(state("2026-01-04"), GrantState::NotYet);
    let expected_on = Some(day("2026-03-01"));
    assert_eq!(state("2026-01-05"), GrantState::InProgress { expected_on });
    assert_eq!(state("2026-01-31"), GrantState::InProgress { expected_on });
    assert_eq!(state("2026-02-01"), GrantState::Granted);
    assert_eq!(state("2026-12-01"), GrantState::Granted);
    let expires_on = day("2026-12-31");
    assert_eq!(state("2026-12-02"), GrantState::Expiring { expires_on });
    assert_eq!(state("2026-12-31"), GrantState::Expiring { expires_on });
    assert_eq!(state("2027-01-01"), GrantState::Expired { since: day("2027-01-01") });
    let revoked = Grant { revoked_on: Some(day("2026-06-01")), ..grant.clone() };
    assert!(revoked.state(day("2026-05-31"), 30).holds());
    let since = day("2026-06-01");
    assert_eq!(revoked.state(day("2027-06-01"), 30), GrantState::Revoked { since });
}

#[test]
fn evidence_is_taken_where_its_clearance_is_asked_for() {
    let rule = |code: &str, country: &str, spares: &str| {
        let row = RuleRow { code: text(code), country: text(country), ..self::rule() };
        // What spares earlier evidence blocks from a day on, and has no condition.
        let blocking = RuleRow {
            spares_prior: text(spares),
            effective_from: text("2026-01-01"),
            blocks: text("yes"),
            conditional_from: String::new(),
            notice_en: String::new(),
            ..row.clone()
        };
        Rule::parse(if spares.is_empty() { &row } else { &blocking }).expect("a good row")
    };
    let rules = [
        rule("US-CERT", "US", ""),
        rule("ALL-SAFE", "*", ""),
        // Whoever was cleared in the USA before may go on in Canada.
        rule("CA-LATER", "CA", "US-CERT"),
    ];
    let check = |clearance: &str, country: &str| {
        let clearance = clearance.parse().expect("a code");
        check_asked(&rules, &clearance, country.parse().expect("a reach"))
    };
    for (clearance, country) in [
        ("US-CERT", "US"),
        ("US-CERT", "*"),
        ("US-CERT", "CA"),
        ("CA-LATER", "CA"),
        ("ALL-SAFE", "DE"),
        ("ALL-SAFE", "*"),
        ("OF-NOBODY", "DE"),
    ] {
        assert_eq!(check(clearance, country), Ok(()), "{clearance} in {country}");
    }
    for (clearance, country, places) in [("US-CERT", "DE", "CA, US"), ("CA-LATER", "US", "CA")] {
        let refused = check(clearance, country).expect_err("asked for elsewhere");
        let words = format!(
            "{clearance} is asked for in {places} only: evidence for anywhere else clears nothing"
        );
        assert_eq!(refused.to_string(), words);
    }
}

#[test]
fn what_cannot_be_meant_is_found_when_facts_are_put_together() {
    let records = Records {
        rules: vec![Rule::parse(&rule()).expect("a good row")],
        grants: vec![
            Grant::parse(&grant()).expect("a good row"),
            Grant::parse(&GrantRow { clearance: text("US-FCC-CRT"), ..grant() }).expect("good"),
            Grant::parse(&GrantRow { code: text("DE-FCC-BAND"), country: text("DE"), ..grant() })
                .expect("good"),
        ],
        orders: vec![AuthorityOrder::parse(&order()).expect("a good row")],
        ..Records::default()
    };
    let problems: Vec<String> =
        Facts::new(1, records).problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "grant US-FCC-BAND is there twice",
            "grant US-FCC-BAND names the clearance US-FCC-CRT, which no rule has",
            "grant DE-FCC-BAND: US-FCC-CERT is asked for in US only: evidence for anywhere else \
             clears nothing",
            "order IN-DHC-2 lifts an order that does not exist or does not block",
        ]
    );
}
