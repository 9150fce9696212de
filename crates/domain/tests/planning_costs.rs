//! Landed cost, local production, reorder point and batch, on worked examples with their sources.

use kontor_base::{Currency, Date, Money, Rate};
use kontor_domain::planning::{
    Batch, BatchError, Charge, ChargeBase, ChargeRate, CostError, CostSheet, LocalPlan,
    LocalReason, Permission, Recovery, Reorder, ReorderError, Scenario, landed_cost,
    local_or_import, plan_batch, reorder_point,
};

fn currency(code: &str) -> Currency {
    code.parse().expect("a currency")
}

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn rate(percent: &str) -> Rate {
    Rate::parse_percent(percent).expect("a rate")
}

/// A sheet from text: `code: amount`, `code: rate% of a b`, `code: rate% of *`, `code: rate% inside
/// *`; a `~` behind the code marks what is credited later.
fn sheet(code: &str, text: &str) -> CostSheet {
    let currency = currency(code);
    let charges = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| {
        let (name, rule) = line.split_once(": ").expect("code: rule");
        let recovery = if name.ends_with('~') { Recovery::Credited } else { Recovery::Cost };
        let words: Vec<&str> = rule.split(' ').collect();
        let base = || match &words[2..] {
            ["*"] => ChargeBase::AllBefore,
            codes => ChargeBase::Lines(codes.iter().map(|c| c.parse().expect("a slug")).collect()),
        };
        let rate = match words[..] {
            [amount] => {
                ChargeRate::PerUnit { amount: Money::parse(amount, currency).expect("an amount") }
            }
            [percent, "of", ..] => {
                ChargeRate::Of { base: base(), rate: rate(percent.trim_end_matches('%')) }
            }
            [percent, "inside", ..] => {
                ChargeRate::Inside { base: base(), rate: rate(percent.trim_end_matches('%')) }
            }
            _ => panic!("not a rule: {line}"),
        };
        Charge {
            code: name.trim_end_matches('~').parse().expect("a slug"),
            title: name.to_owned(),
            rate,
            recovery,
            as_of: day("2015-08-01"),
            source: "test".to_owned(),
        }
    });
    CostSheet { currency, charges: charges.collect() }
}

fn lines(code: &str, text: &str) -> Vec<String> {
    let landed = landed_cost(&sheet(code, text)).expect("a sheet");
    let lines = landed.lines.iter();
    lines.map(|line| format!("{} {}", line.charge.code, line.amount.decimal())).collect()
}

#[test]
fn a_sheet_names_the_base_of_each_charge() {
    // India before the goods and services tax: duty on CIF, a countervailing duty on goods with
    // duty, a surcharge on both duties.
    let text = "goods: 4000.00
                freight: 300.00
                insurance: 200.00
                duty: 0% of goods freight insurance
                countervailing: 12.5% of goods freight insurance duty
                cess: 3% of duty countervailing
                local: 25.00";
    assert_eq!(
        lines("INR", text),
        [
            "goods 4000.00",
            "freight 300.00",
            "insurance 200.00",
            "duty 0.00",
            "countervailing 562.50",
            "cess 16.88", // 16.875, half up
            "local 25.00",
        ]
    );
}

#[test]
fn a_tax_can_be_contained_in_the_price_it_is_worked_out_on() {
    // ICMS at 18 % of the price that contains it: 820 ÷ 0.82 = 1000.
    assert_eq!(lines("BRL", "goods: 820.00\nicms: 18% inside *")[1], "icms 180.00");
    let endless = landed_cost(&sheet("BRL", "goods: 1.00\nicms: 100% inside *"));
    assert_eq!(endless, Err(CostError::Endless("icms".parse().expect("a slug"))));
}

#[test]
fn credited_tax_is_paid_but_is_no_cost() {
    let landed = landed_cost(&sheet("EUR", "goods: 100.00\nduty: 2.5% of *\nvat~: 19% of *"))
        .expect("a sheet");
    assert_eq!(landed.cost.decimal(), "102.50");
    assert_eq!(landed.credited.decimal(), "19.48"); // 19.475, half up
    assert_eq!(landed.paid().expect("a sum").decimal(), "121.98");
    assert_eq!(landed.lines[2].cost_so_far.decimal(), "102.50");
}

#[test]
fn a_sheet_that_contradicts_itself_is_refused() {
    let unknown = landed_cost(&sheet("USD", "goods: 1.00\nduty: 2% of freight\nfreight: 1.00"));
    assert!(matches!(unknown, Err(CostError::UnknownBase { .. })), "{unknown:?}");
    let twice = landed_cost(&sheet("USD", "goods: 1.00\ngoods: 1.00"));
    assert!(matches!(twice, Err(CostError::Twice(_))), "{twice:?}");
    let mut mixed = sheet("USD", "goods: 1.00");
    mixed.currency = currency("EUR");
    assert!(matches!(landed_cost(&mixed), Err(CostError::Money { .. })));
    let many: String = (0..41).map(|i| format!("line-{i}: 1.00\n")).collect();
    assert_eq!(landed_cost(&sheet("USD", &many)), Err(CostError::TooMany));
    let huge = format!("goods: {}.00\nduty: 900% of goods", Money::MINOR_MAX / 100);
    assert!(matches!(landed_cost(&sheet("USD", &huge)), Err(CostError::Money { .. })));
}

/// India 2015: an imported phone paid 12.5 % countervailing duty, a local one 1 % excise without
/// input credit. On an assessable value of 4,500 rupees (an assumption, like the setup of 50
/// million) the gap of 11.5 points is 517.50 rupees.
fn india_2015() -> LocalPlan {
    let rupees = |text| Money::parse(text, currency("INR")).expect("an amount");
    LocalPlan {
        setup: rupees("50000000"),
        import_unit: rupees("5062.50"),
        local_unit: rupees("4545.00"),
        yield_rate: rate("100"),
        duty_gap: rupees("517.50"),
        duty_gap_until: None,
        permission: Permission::NotNeeded,
        import_lead_days: 28,
        local_lead_days: 14,
        units_a_year: 4_000_000,
    }
}

#[test]
fn india_2015_produces_locally_because_of_the_duty_gap() {
    let verdict = local_or_import(&india_2015(), day("2015-08-10")).expect("a verdict");
    assert_eq!(verdict.saving.decimal(), "517.50");
    // 50,000,000 ÷ 517.50 = 96,618.4: from 96,619 phones on.
    assert_eq!(verdict.break_even_units, Some(96_619));
    assert_eq!(verdict.break_even_days, Some(9));
    let per_unit = india_2015().duty_gap;
    assert_eq!(verdict.reason, LocalReason::DutyGap { per_unit, until: None });
}

#[test]
fn a_gap_that_ends_before_break_even_is_told() {
    let mut plan = india_2015();
    plan.units_a_year = 50_000; // 706 days
    plan.duty_gap_until = Some(day("2017-06-30"));
    let outlives = |from| local_or_import(&plan, day(from)).expect("a verdict").outlives_gap;
    assert!(!outlives("2015-07-01"), "730 days are enough");
    assert!(outlives("2015-08-10"), "689 days are not");
}

#[test]
fn the_reason_for_local_production_is_named() {
    let reason = |change: fn(&mut LocalPlan)| {
        let mut plan = india_2015();
        change(&mut plan);
        local_or_import(&plan, day("2015-08-10")).expect("a verdict").reason
    };
    assert_eq!(reason(|plan| plan.permission = Permission::Needed), LocalReason::Permission);
    let per_unit = india_2015().duty_gap;
    assert_eq!(reason(|plan| plan.duty_gap.minor = 0), LocalReason::UnitCost { per_unit });
    let dear = reason(|plan| plan.local_unit.minor = 600_000);
    assert_eq!(dear, LocalReason::LeadTime { days: 14, transit_units: 153_424 });
    let none = reason(|plan| {
        plan.local_unit.minor = 600_000;
        plan.local_lead_days = 28;
    });
    assert_eq!(none, LocalReason::None);
}

#[test]
fn scrapped_units_are_paid_for_by_the_good_ones() {
    let mut plan = india_2015();
    plan.yield_rate = rate("90");
    let verdict = local_or_import(&plan, day("2015-08-10")).expect("a verdict");
    assert_eq!(verdict.good_unit.decimal(), "5050.00");
    plan.yield_rate = Rate::ZERO;
    assert!(local_or_import(&plan, day("2015-08-10")).is_err(), "nothing good ever comes out");
}

#[test]
fn the_reorder_point_of_the_textbook() {
    // d = 30 ± 5 a day, L = 10 days, 95 %: 300 + 26.
    let mut input = Reorder {
        demand_a_day: 30.0,
        demand_deviation: 5.0,
        lead_days: 10.0,
        lead_deviation: 0.0,
        cycle_service: rate("95"),
    };
    let point = reorder_point(&input).expect("a point");
    assert_eq!((point.in_lead_time, point.safety, point.point), (300, 27, 327));
    assert!((point.z - 1.644_853_6).abs() < 1e-6, "{}", point.z);
    // Half the lead time: half in transit, safety down by a factor of √2.
    input.lead_days = 5.0;
    let half = reorder_point(&input).expect("a point");
    assert_eq!((half.in_lead_time, half.safety), (150, 19));
    // An uncertain lead time costs more than uncertain demand.
    input.lead_deviation = 2.0;
    assert_eq!(reorder_point(&input).expect("a point").safety, 101);
}

#[test]
fn a_reorder_point_needs_sensible_figures() {
    let good = Reorder {
        demand_a_day: 1.0,
        demand_deviation: 1.0,
        lead_days: 1.0,
        lead_deviation: 0.0,
        cycle_service: rate("95"),
    };
    for bad in [-1.0, f64::NAN, f64::INFINITY, 1e10] {
        let input = Reorder { demand_a_day: bad, ..good };
        assert_eq!(reorder_point(&input), Err(ReorderError::Range), "{bad}");
    }
    for bad in ["49.9999", "99.9901", "100"] {
        let input = Reorder { cycle_service: rate(bad), ..good };
        assert_eq!(reorder_point(&input), Err(ReorderError::Service), "{bad}");
    }
}

fn band() -> Batch {
    let dollars = |text| Money::parse(text, currency("USD")).expect("an amount");
    let scenario = |units, weight| Scenario { units, weight };
    Batch {
        price: dollars("14.99"),
        landed: dollars("9.00"),
        salvage: dollars("5.00"),
        scenarios: vec![scenario(12_000, 3), scenario(5_000, 5), scenario(30_000, 2)],
    }
}

#[test]
fn the_batch_reaches_the_critical_ratio() {
    let plan = plan_batch(&band()).expect("a plan");
    assert_eq!(plan.critical_ratio, rate("59.9599")); // 5.99 ÷ 9.99
    assert_eq!(plan.units, 12_000, "5,000 are enough in half of the cases only");
    assert_eq!(plan.enough, rate("80"));
    // The chosen quantity earns the most of all scenario quantities.
    let best = plan.expected.iter().max_by_key(|(_, earned)| earned.minor).expect("three");
    assert_eq!(best.0, plan.units);
}

#[test]
fn a_batch_without_margin_risk_or_scenarios_is_refused() {
    let refused = |change: fn(&mut Batch)| {
        let mut batch = band();
        change(&mut batch);
        plan_batch(&batch).expect_err("refused")
    };
    assert_eq!(refused(|batch| batch.price = batch.landed), BatchError::NoMargin);
    assert_eq!(refused(|batch| batch.salvage = batch.landed), BatchError::NoRisk);
    assert_eq!(refused(|batch| batch.scenarios.clear()), BatchError::Scenarios);
    assert_eq!(
        refused(|batch| batch.scenarios.iter_mut().for_each(|s| s.weight = 0)),
        BatchError::Scenarios
    );
    let huge = refused(|batch| batch.scenarios[0].units = u64::MAX);
    assert!(matches!(huge, BatchError::Money(_)), "{huge:?}");
}

proptest::proptest! {
    /// No other scenario's quantity is expected to earn more than the chosen one (rounding apart).
    #[test]
    fn no_other_batch_is_better(
        price in 200_i64..5_000,
        landed in 100_i64..4_000,
        salvage in 0_i64..3_000,
        scenarios in proptest::collection::vec((0_u64..100_000, 1_u32..50), 1..12),
    ) {
        proptest::prop_assume!(salvage < landed && landed < price);
        let money = |minor| Money::new(minor, currency("USD"));
        let scenarios = scenarios.into_iter().map(|(units, weight)| Scenario { units, weight });
        let batch = Batch {
            price: money(price),
            landed: money(landed),
            salvage: money(salvage),
            scenarios: scenarios.collect(),
        };
        let plan = plan_batch(&batch).expect("a plan");
        let chosen = plan.expected.iter().find(|(units, _)| *units == plan.units).expect("there");
        for (units, earned) in &plan.expected {
            proptest::prop_assert!(earned.minor <= chosen.1.minor + 1, "{units} earn more");
        }
    }
}
