//! The tables of an opening's page as CSV: what there is of each product, act by act and clearance by
//! clearance, the checklist, costs, the path, the comparison with another plan, and the steps.

use axum::response::Response;
use kontor_base::Date;
use kontor_domain::clearance::Outcome;
use kontor_domain::market::Act;
use kontor_domain::opening::{Need, OpeningPlan, ProductGap, Ready, compare};
use kontor_store::opening::{Cost, Step};

use super::clearance::rule_of;
use super::csv::Csv;
use super::opening_view::weeks;

/// The word of each table in addresses, the gaps (which have none) aside.
pub(super) const TABLES: [&str; 6] = ["acts", "checklist", "cost", "path", "comparison", "steps"];

/// What the tables are made from.
pub(super) struct Source<'s> {
    pub(super) plan: &'s OpeningPlan,
    /// The plan that it is compared with.
    pub(super) other: Option<&'s OpeningPlan>,
    pub(super) costs: &'s [Cost],
    pub(super) steps: &'s [Step],
}

/// One table.
pub(super) fn respond(table: &str, source: &Source<'_>) -> Response {
    match table {
        "acts" => acts(source.plan).respond("attachment; filename=\"opening-acts.csv\""),
        "checklist" => {
            let file = checklist(source.plan, source.costs);
            file.respond("attachment; filename=\"opening-checklist.csv\"")
        }
        "cost" => cost(source).respond("attachment; filename=\"opening-cost.csv\""),
        "path" => path(source.plan).respond("attachment; filename=\"opening-path.csv\""),
        "comparison" => {
            comparison(source).respond("attachment; filename=\"opening-comparison.csv\"")
        }
        "steps" => steps(source.steps).respond("attachment; filename=\"opening-steps.csv\""),
        _ => gaps(source.plan).respond("attachment; filename=\"opening.csv\""),
    }
}

fn gaps(plan: &OpeningPlan) -> Csv {
    let mut csv = Csv::new("on,sku,code,title,state,authority,local_party,lead_weeks,ready");
    for gap in &plan.products {
        for item in &gap.items {
            csv.row([
                &plan.on.to_string(),
                gap.sku.as_str(),
                &rule_of(item).code,
                &item.title,
                item.state.word(),
                &item.authority,
                &item.local_party,
                &item.lead_time_weeks.map_or_else(String::new, weeks),
                &item.ready.to_string(),
            ]);
        }
    }
    csv
}

/// What is known of one act with one product.
pub(super) struct Rung {
    pub(super) act: Act,
    pub(super) outcome: Outcome,
    /// The codes of what refuses it.
    pub(super) missing: Vec<String>,
    /// Who demands what is missing.
    pub(super) who: Vec<String>,
    /// The first day after which evidence that it stands on has ended.
    pub(super) until: Option<Date>,
    /// When what is missing can be there.
    pub(super) ready: Ready,
}

/// A product, act by act.
pub(super) fn rungs(gap: &ProductGap) -> Vec<Rung> {
    let rung = |act: Act| {
        let mut rung = Rung {
            act,
            outcome: gap.ladder.get(act),
            missing: Vec::new(),
            who: Vec::new(),
            until: None,
            ready: Ready::Now,
        };
        for item in gap.items.iter().filter(|item| item.gates <= act) {
            if item.refuses(act) {
                rung.missing.push(rule_of(item).code);
                rung.ready = rung.ready.and(item.ready);
                if !item.authority.is_empty() && !rung.who.contains(&item.authority) {
                    rung.who.push(item.authority.clone());
                }
            }
            rung.until = item.state.until().into_iter().chain(rung.until).min();
        }
        rung
    };
    Act::ALL.into_iter().map(rung).collect()
}

fn acts(plan: &OpeningPlan) -> Csv {
    let mut csv = Csv::new("on,sku,act,outcome,missing,who,until,ready");
    for gap in &plan.products {
        for rung in rungs(gap) {
            csv.row([
                &plan.on.to_string(),
                gap.sku.as_str(),
                rung.act.word(),
                rung.outcome.word(),
                &rung.missing.join(" "),
                &rung.who.join("; "),
                &rung.until.map_or_else(String::new, |day| day.to_string()),
                &rung.ready.to_string(),
            ]);
        }
    }
    csv
}

fn checklist(plan: &OpeningPlan, costs: &[Cost]) -> Csv {
    let mut csv = Csv::new("code,area,title,gate,state,responsible,lead_weeks,after,ready,cost");
    for planned in &plan.checklist {
        let item = &planned.item;
        let after: Vec<&str> = item.after.iter().map(|code| code.as_str()).collect();
        let cost = costs.iter().find(|cost| cost.clearance == item.code.as_str());
        csv.row([
            item.code.as_str(),
            &item.area,
            &item.title,
            if planned.need == Need::Hard { "hard" } else { "soft" },
            item.state.word(),
            &item.responsible,
            &item.lead_time_weeks.map_or_else(String::new, weeks),
            &after.join(" "),
            &planned.ready.to_string(),
            &cost.map_or_else(String::new, |cost| cost.amount.to_string()),
        ]);
    }
    for country in &plan.unlisted {
        let unknown = Ready::Unknown.to_string();
        let code = format!("{country}-CHECKLIST");
        csv.row([
            &code,
            "",
            "nobody has written it down",
            "hard",
            "unknown",
            "",
            "",
            "",
            &unknown,
            "",
        ]);
    }
    csv
}

fn cost(source: &Source<'_>) -> Csv {
    let mut csv = Csv::new("code,amount,currency,as_of,source");
    for cost in source.costs {
        csv.row([
            &cost.clearance,
            &cost.amount.decimal(),
            cost.amount.currency.code(),
            &cost.as_of.to_string(),
            &cost.source,
        ]);
    }
    csv
}

fn path(plan: &OpeningPlan) -> Csv {
    let mut csv = Csv::new("step,code,title,ready");
    for (place, step) in (1..).zip(&plan.path) {
        let place: u32 = place;
        csv.row([&place.to_string(), &step.code, &step.title, &step.ready.to_string()]);
    }
    csv
}

fn comparison(source: &Source<'_>) -> Csv {
    let mut csv = Csv::new("sku,here,there,open_only_here,open_only_there");
    let Some(other) = source.other else { return csv };
    let ready = |ready: Option<Ready>| ready.map_or_else(String::new, |ready| ready.to_string());
    for change in compare(source.plan, other).changes {
        csv.row([
            change.sku.as_str(),
            &ready(change.before),
            &ready(change.after),
            &change.solved.join(" "),
            &change.added.join(" "),
        ]);
    }
    csv
}

fn steps(steps: &[Step]) -> Csv {
    let mut csv = Csv::new("at,from,to,by,reason,planned_on,sold,not_cleared");
    for step in steps {
        let (mut sold, mut waiting) = (Vec::new(), Vec::new());
        if let Some(plan) = &step.plan {
            sold = plan.sellable(plan.on).map(|gap| gap.sku.as_str()).collect();
            let all = plan.products.iter().map(|gap| gap.sku.as_str());
            waiting = all.filter(|sku| !sold.contains(sku)).collect();
        }
        let on = step.plan.as_ref().map(|plan| plan.planned_on.unwrap_or(plan.on));
        csv.row([
            &step.made_at.timestamp().to_string(),
            step.from.word(),
            step.to.word(),
            &step.made_by,
            &step.reason,
            &on.map_or_else(String::new, |on| on.to_string()),
            &sold.join(" "),
            &waiting.join(" "),
        ]);
    }
    csv
}
