//! What a candidate for the next country is worked out from: every input with its source and its day,
//! for the page, the plan's lines and their files.

use kontor_base::{Date, Money};
use kontor_domain::planning::{
    CandidateResult, CostGround, Gate, GateGround, InputKind, Settings, Spread,
};

use crate::kit::text::Text;
use crate::page::staff::InputLine;

/// The inputs in the order of the formula: margin of a unit, yearly and opening cost, years, gate.
pub(super) fn input_lines(
    t: &Text,
    result: &CandidateResult,
    settings: &Settings,
) -> Vec<InputLine> {
    let candidate = &result.candidate;
    let money = |minor: i64| t.money(&Money::new(minor, settings.currency));
    let line = |of: InputKind, value: String| {
        let given = candidate.source(of);
        InputLine {
            name: input_words(t, of),
            value,
            as_of: given.map(|given| given.as_of),
            stale: given.is_some_and(|given| is_stale(given.as_of, settings)),
            source: given.map_or_else(String::new, |given| given.source.clone()),
        }
    };
    let mut lines = vec![
        line(InputKind::Price, spread(t, candidate.price, &money)),
        line(InputKind::Landed, spread(t, candidate.landed, &money)),
        line(InputKind::OtherUnitCost, money(candidate.other_unit_cost)),
        worked_out(t, "next-input-margin", money(candidate.likely_margin()), "next-margin-how"),
        line(InputKind::FixedAYear, money(candidate.fixed_a_year)),
    ];
    let mut cost = line(InputKind::OpeningCost, money(candidate.opening_cost));
    if candidate.cost_ground != CostGround::File {
        // What the plan says is of the day of the question, whatever the file says of its own.
        cost.as_of = Some(settings.on);
        cost.stale = false;
        cost.source = cost_words(t, candidate.cost_ground);
    }
    lines.push(cost);
    let years = settings.write_off_years.to_string();
    lines.push(worked_out(t, "next-input-years", years, "next-years-how"));
    let mut gate = line(InputKind::Gate, gate_words(t, candidate.gate));
    if let GateGround::Plan { market, because, .. } = &candidate.gate_ground {
        gate.as_of = Some(settings.on);
        let by = t.one("next-gate-plan", "market", market.as_str());
        gate.source = because.as_ref().map_or_else(|| by.to_string(), |why| format!("{by}: {why}"));
    } else if candidate.gate_ground != GateGround::File {
        gate.source = ground_words(t, &candidate.gate_ground);
    }
    lines.push(gate);
    let days = |days: i64| t.number(days);
    lines.push(line(InputKind::DelayDays, spread(t, candidate.delay_days, &days)));
    lines
}

/// When it can open.
pub(super) fn gate_words(t: &Text, gate: Gate) -> String {
    match gate {
        Gate::Now => t.get("next-gate-now").into_owned(),
        Gate::From { on } => t.one("open-not-before", "date", t.date(&on)).into_owned(),
        Gate::Blocked => t.get("open-blocked").into_owned(),
        Gate::Unknown => t.get("open-unknown").into_owned(),
    }
}

/// What a gate without a day stands on.
pub(super) fn ground_words(t: &Text, ground: &GateGround) -> String {
    match ground {
        GateGround::File => String::new(),
        GateGround::Plan { because, .. } => because.clone().unwrap_or_default(),
        GateGround::NotAsked | GateGround::NoMarket => t.get("next-gate-no-market").into_owned(),
        GateGround::NoProducts { .. } => t.get("next-gate-no-products").into_owned(),
    }
}

/// The gate as a word of data files.
pub(super) fn gate_word(gate: Gate) -> String {
    match gate {
        Gate::Now => "now".to_owned(),
        Gate::From { on } => on.to_string(),
        Gate::Blocked => "blocked".to_owned(),
        Gate::Unknown => "unknown".to_owned(),
    }
}

fn worked_out(t: &Text, name: &str, value: String, how: &str) -> InputLine {
    InputLine {
        name: t.get(name).into_owned(),
        value,
        as_of: None,
        stale: false,
        source: t.get(how).into_owned(),
    }
}

fn spread(t: &Text, spread: Spread, told: &dyn Fn(i64) -> String) -> String {
    if spread.low == spread.high {
        return told(spread.likely);
    }
    t.three(
        "next-spread",
        [
            ("low", &told(spread.low)),
            ("likely", &told(spread.likely)),
            ("high", &told(spread.high)),
        ],
    )
    .into_owned()
}

fn is_stale(as_of: Date, settings: &Settings) -> bool {
    let age = as_of.until(settings.on).map_or(i32::MAX, |span| span.get_days());
    i64::from(age) > i64::from(settings.stale_after_days)
}

fn cost_words(t: &Text, ground: CostGround) -> String {
    match ground {
        CostGround::File => String::new(),
        CostGround::Plan => t.get("next-cost-plan").into_owned(),
        CostGround::PlanInPart { unknown } => {
            t.one("next-cost-in-part", "count", unknown).into_owned()
        }
        CostGround::Unknown => t.get("next-cost-unknown").into_owned(),
    }
}

/// What an input is called.
fn input_words(t: &Text, of: InputKind) -> String {
    let id = match of {
        InputKind::Price => "next-input-price",
        InputKind::Landed => "next-input-landed",
        InputKind::OtherUnitCost => "next-input-other",
        InputKind::FixedAYear => "next-input-fixed",
        InputKind::OpeningCost => "next-input-opening",
        InputKind::Gate => "next-input-gate",
        InputKind::DelayDays => "next-input-delay",
    };
    t.get(id).into_owned()
}
