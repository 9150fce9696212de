//! Plans of costs and quantities.

use kontor_base::{Date, Money, Rate};
use kontor_domain::planning::{
    Batch, Charge, ChargeBase, ChargeRate, CostSheet, LocalPlan, LocalReason, Permission, Recovery,
    Reorder, Scenario, landed_cost, local_or_import, plan_batch, reorder_point,
};
use serde::Deserialize;

use super::{File, bad, currency, money, print_json, read};
use crate::command::CommandError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LandedFile {
    currency: String,
    charge: Vec<ChargeEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChargeEntry {
    code: String,
    title: String,
    amount: Option<String>,
    percent: Option<String>,
    #[serde(default)]
    of: Vec<String>,
    #[serde(default)]
    inside: bool,
    #[serde(default)]
    credited: bool,
    as_of: Date,
    source: String,
}

pub(super) fn landed(file: &File) -> Result<(), CommandError> {
    let input: LandedFile = read(&file.file)?;
    let currency = currency(&input.currency)?;
    let charge = |entry: &ChargeEntry| {
        let what = format!("charge {}", entry.code);
        let rate = match (&entry.amount, &entry.percent) {
            (Some(amount), None) => ChargeRate::PerUnit { amount: money(&what, amount, currency)? },
            (None, Some(percent)) => {
                let (rate, base) = (rate(&what, percent)?, base(&what, &entry.of)?);
                if entry.inside {
                    ChargeRate::Inside { base, rate }
                } else {
                    ChargeRate::Of { base, rate }
                }
            }
            _ => return Err(CommandError::Other(format!("{what}: either amount or percent"))),
        };
        Ok(Charge {
            code: entry.code.parse().map_err(|error| bad(format!("{what}: {error}")))?,
            title: entry.title.clone(),
            rate,
            recovery: if entry.credited { Recovery::Credited } else { Recovery::Cost },
            as_of: entry.as_of,
            source: entry.source.clone(),
        })
    };
    let charges = input.charge.iter().map(charge).collect::<Result<_, CommandError>>()?;
    let landed = landed_cost(&CostSheet { currency, charges }).map_err(bad)?;
    if file.json {
        print_json(&landed);
        return Ok(());
    }
    for line in &landed.lines {
        let how = match (&line.charge.rate, line.base) {
            (ChargeRate::Of { rate, .. }, Some(base)) => format!("{rate} of {}", base.decimal()),
            (ChargeRate::Inside { rate, .. }, Some(base)) => {
                format!("{rate} of a price that contains it, on {}", base.decimal())
            }
            _ => String::new(),
        };
        let credited = if line.charge.recovery == Recovery::Credited { " (credited)" } else { "" };
        let Charge { title, as_of, source, .. } = &line.charge;
        println!("{:>14}  {title}{credited}  {how}", line.amount.decimal());
        println!("{:>14}  as of {as_of}: {source}", "");
    }
    println!("{:>14}  {currency} landed cost", landed.cost.decimal());
    if landed.credited.minor != 0 {
        println!("{:>14}  {currency} paid first and credited later", landed.credited.decimal());
    }
    Ok(())
}

fn rate(what: &str, percent: &str) -> Result<Rate, CommandError> {
    Rate::parse_percent(percent).ok_or_else(|| bad(format!("{what}: {percent:?} is no percentage")))
}

fn base(what: &str, of: &[String]) -> Result<ChargeBase, CommandError> {
    match of {
        [] => Err(bad(format!("{what}: of what? Name lines in `of`, or \"all\""))),
        [all] if all == "all" => Ok(ChargeBase::AllBefore),
        codes => {
            let code = |code: &String| code.parse().map_err(|e| bad(format!("{what}: {e}")));
            Ok(ChargeBase::Lines(codes.iter().map(code).collect::<Result<_, CommandError>>()?))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LocalFile {
    currency: String,
    from: Date,
    product: String,
    setup: String,
    import_unit: String,
    local_unit: String,
    yield_percent: String,
    duty_gap: String,
    duty_gap_until: Option<Date>,
    permission: Permission,
    import_lead_days: u32,
    local_lead_days: u32,
    units_a_year: u64,
}

pub(super) fn local(file: &File) -> Result<(), CommandError> {
    let input: LocalFile = read(&file.file)?;
    let currency = currency(&input.currency)?;
    let plan = LocalPlan {
        setup: money("setup", &input.setup, currency)?,
        import_unit: money("import_unit", &input.import_unit, currency)?,
        local_unit: money("local_unit", &input.local_unit, currency)?,
        yield_rate: rate("yield_percent", &input.yield_percent)?,
        duty_gap: money("duty_gap", &input.duty_gap, currency)?,
        duty_gap_until: input.duty_gap_until,
        permission: input.permission,
        import_lead_days: input.import_lead_days,
        local_lead_days: input.local_lead_days,
        units_a_year: input.units_a_year,
    };
    let verdict = local_or_import(&plan, input.from).map_err(bad)?;
    if file.json {
        print_json(&serde_json::json!({ "plan": plan, "verdict": verdict }));
        return Ok(());
    }
    let show = |amount: Money| format!("{currency} {}", amount.decimal());
    let product = &input.product;
    match (verdict.break_even_units, verdict.reason) {
        (_, LocalReason::Permission) => {
            println!("{product}: produce locally, because it may not be sold otherwise.");
        }
        (_, LocalReason::LeadTime { days, transit_units }) => println!(
            "{product}: costs no less, but arrives {days} days sooner; {transit_units} units fewer \
             are in transit."
        ),
        (Some(units), LocalReason::DutyGap { per_unit, .. }) => println!(
            "{product}: produce locally from {units} units on, because of the duty gap of {} a unit.",
            show(per_unit)
        ),
        (Some(units), _) => println!(
            "{product}: produce locally from {units} units on, because a unit is cheaper to make \
             there."
        ),
        (None, _) => println!("{product}: import. Nothing speaks for local production."),
    }
    println!(
        "A good unit made there costs {}, and saves {}.",
        show(verdict.good_unit),
        show(verdict.saving)
    );
    if let Some(days) = verdict.break_even_days {
        println!("At {} units a year that is {days} days from {}.", plan.units_a_year, input.from);
    }
    if verdict.outlives_gap {
        println!("Beware: the duty gap is known to hold only until a day before that.");
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReorderFile {
    demand_a_day: f64,
    demand_deviation: f64,
    lead_days: f64,
    lead_deviation: f64,
    cycle_service_percent: String,
}

pub(super) fn reorder(file: &File) -> Result<(), CommandError> {
    let input: ReorderFile = read(&file.file)?;
    let input = Reorder {
        demand_a_day: input.demand_a_day,
        demand_deviation: input.demand_deviation,
        lead_days: input.lead_days,
        lead_deviation: input.lead_deviation,
        cycle_service: rate("cycle_service_percent", &input.cycle_service_percent)?,
    };
    let point = reorder_point(&input).map_err(bad)?;
    if file.json {
        print_json(&serde_json::json!({ "input": input, "point": point }));
        return Ok(());
    }
    println!(
        "Order again at {} units: {} are sold while waiting, {} lie there for the case that it \
         takes longer or sells faster.",
        point.point, point.in_lead_time, point.safety
    );
    println!("Cycle service {} (z = {:.4}); not the fill rate.", input.cycle_service, point.z);
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchFile {
    currency: String,
    price: String,
    landed: String,
    salvage: String,
    scenario: Vec<Scenario>,
}

pub(super) fn batch(file: &File) -> Result<(), CommandError> {
    let input: BatchFile = read(&file.file)?;
    let currency = currency(&input.currency)?;
    let batch = Batch {
        price: money("price", &input.price, currency)?,
        landed: money("landed", &input.landed, currency)?,
        salvage: money("salvage", &input.salvage, currency)?,
        scenarios: input.scenario,
    };
    let plan = plan_batch(&batch).map_err(bad)?;
    if file.json {
        print_json(&serde_json::json!({ "batch": batch, "plan": plan }));
        return Ok(());
    }
    println!("Make {} units: enough in {} of the scenarios.", plan.units, plan.enough);
    println!(
        "A unit too few loses {}, one too many {}: the critical ratio is {}.",
        plan.too_few.decimal(),
        plan.too_many.decimal(),
        plan.critical_ratio
    );
    for (units, earned) in &plan.expected {
        println!("{units:>12} units are expected to earn {currency} {}", earned.decimal());
    }
    Ok(())
}
