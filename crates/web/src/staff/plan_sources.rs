//! Where the inputs of a plan are from, beside its lines: the day and the source that its file names, and
//! that nobody has said so where it names none.

use kontor_domain::planning::Batch;
use kontor_shop::planning::PlanInput;

use super::plan::{blank, units};
use crate::kit::text::Text;
use crate::page::staff::{PlanLine, PlanPage};

/// The lines of an input each: its name in the file, and the text of its line.
pub(super) type Lines = [(&'static str, &'static str)];

pub(super) const LOCAL: [(&str, &str); 9] = [
    ("setup", "plan-setup"),
    ("import_unit", "plan-import-unit"),
    ("local_unit", "plan-local-unit"),
    ("yield_percent", "plan-yield"),
    ("duty_gap", "plan-duty-gap"),
    ("import_lead_days", "plan-lead-import"),
    ("local_lead_days", "plan-lead-local"),
    ("permission", "plan-permission"),
    ("units_a_year", "plan-a-year"),
];
pub(super) const REORDER: [(&str, &str); 5] = [
    ("demand_a_day", "plan-demand"),
    ("demand_deviation", "plan-demand-deviation"),
    ("lead_days", "plan-lead"),
    ("lead_deviation", "plan-lead-deviation"),
    ("cycle_service_percent", "plan-service"),
];
pub(super) const BATCH: [(&str, &str); 3] =
    [("price", "plan-price"), ("landed", "plan-landed-cost"), ("salvage", "plan-salvage")];

/// Says of every line that is an input where it is from.
pub(super) fn say_sources(page: &mut PlanPage, t: &Text, inputs: &[PlanInput], lines: &Lines) {
    for (input, label) in lines {
        let label = t.get(label);
        if let Some(line) = page.lines.iter_mut().find(|line| line.label == *label) {
            say_source(line, t, inputs, input);
        }
    }
}

/// Says of one line where the input behind it is from. What follows from other lines is no input.
pub(super) fn say_source(line: &mut PlanLine, t: &Text, inputs: &[PlanInput], of: &str) {
    let Some(input) = inputs.iter().find(|input| input.of == of) else { return };
    line.as_of = input.as_of.map_or_else(String::new, |on| t.date(&on));
    line.source = match &input.source {
        Some(source) => source.clone(),
        None => t.get("next-no-source").into_owned(),
    };
}

/// The demand that is reckoned with, each with its weight.
pub(super) fn scenarios(t: &Text, batch: &Batch, inputs: &[PlanInput]) -> Vec<PlanLine> {
    let all: u64 = batch.scenarios.iter().map(|scenario| u64::from(scenario.weight)).sum();
    let line = |scenario: &kontor_domain::planning::Scenario| PlanLine {
        label: t.one("plan-weight", "units", units(t, scenario.units)).into_owned(),
        amount: t.two("plan-weight-how", "weight", scenario.weight, "all", all).into_owned(),
        ..blank()
    };
    let mut lines: Vec<PlanLine> = batch.scenarios.iter().map(line).collect();
    lines.iter_mut().for_each(|line| say_source(line, t, inputs, "scenario"));
    lines
}
