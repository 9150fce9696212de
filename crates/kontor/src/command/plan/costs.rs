//! Plans of costs and quantities, told.

use kontor_base::Money;
use kontor_domain::planning::{Charge, ChargeRate, LocalReason, Recovery};
use kontor_shop::planning::PlanInput;

use super::{File, Plan, Worked, print_json, worked};
use crate::command::CommandError;

pub(super) fn landed(file: &File) -> Result<(), CommandError> {
    let Worked::Landed(landed) = worked(Plan::Landed, &file.file)? else { return Ok(()) };
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
    let currency = landed.cost.currency;
    println!("{:>14}  {currency} landed cost", landed.cost.decimal());
    if landed.credited.minor != 0 {
        println!("{:>14}  {currency} paid first and credited later", landed.credited.decimal());
    }
    Ok(())
}

pub(super) fn local(file: &File) -> Result<(), CommandError> {
    let worked = worked(Plan::Local, &file.file)?;
    let Worked::Local { product, from, plan, sheets, verdict, inputs } = worked else {
        return Ok(());
    };
    if file.json {
        let (imported, made_there) = sheets.map(|sheets| *sheets).unzip();
        print_json(&serde_json::json!({
            "plan": plan, "imported": imported, "made_there": made_there, "verdict": verdict,
            "inputs": inputs,
        }));
        return Ok(());
    }
    let show = |amount: Money| format!("{} {}", amount.currency, amount.decimal());
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
        "Imported it costs {}; the duty gap is {} a unit.",
        show(plan.import_unit),
        show(plan.duty_gap)
    );
    println!(
        "A good unit made there costs {}, and saves {}.",
        show(verdict.good_unit),
        show(verdict.saving)
    );
    if let Some(days) = verdict.break_even_days {
        println!("At {} units a year that is {days} days from {from}.", plan.units_a_year);
    }
    if verdict.outlives_gap {
        println!("Beware: the duty gap is known to hold only until a day before that.");
    }
    sources(&inputs);
    Ok(())
}

/// Where what went in is from.
fn sources(inputs: &[PlanInput]) {
    println!("\nWhat went in:");
    for PlanInput { of, as_of, source } in inputs {
        match (as_of, source) {
            (Some(as_of), Some(source)) => println!("  {of:<22} as of {as_of}: {source}"),
            _ => println!("  {of:<22} no source given"),
        }
    }
}

pub(super) fn reorder(file: &File) -> Result<(), CommandError> {
    let worked = worked(Plan::Reorder, &file.file)?;
    let Worked::Reorder(input, point, inputs) = worked else { return Ok(()) };
    if file.json {
        print_json(&serde_json::json!({ "input": input, "point": point, "inputs": inputs }));
        return Ok(());
    }
    println!(
        "Order again at {} units: {} are sold while waiting, {} lie there for the case that it \
         takes longer or sells faster.",
        point.point, point.in_lead_time, point.safety
    );
    println!("Cycle service {} (z = {:.4}); not the fill rate.", input.cycle_service, point.z);
    sources(&inputs);
    Ok(())
}

pub(super) fn batch(file: &File) -> Result<(), CommandError> {
    let worked = worked(Plan::Batch, &file.file)?;
    let Worked::Batch(batch, plan, inputs) = worked else { return Ok(()) };
    let currency = batch.price.currency;
    if file.json {
        print_json(&serde_json::json!({ "batch": batch, "plan": plan, "inputs": inputs }));
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
    sources(&inputs);
    Ok(())
}
