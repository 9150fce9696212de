//! The plan of an opening in the words and pictures of its page.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::{Date, Money};
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::{FactRef, Outcome, WeekRange};
use kontor_domain::market::{Stage, TRANSITIONS};
use kontor_domain::opening::{
    ChecklistState, GapItem, Need, OpeningPlan, PlannedItem, ProductGap, Ready, compare,
};
use kontor_shop::Snapshot;

use super::clearance::{act_words, cell, cell_of, name_of, rule_of, state_words};
use super::opening_csv::{Rung, rungs};
use crate::kit::chart::Size;
use crate::kit::chart::timeline::{Span, Timeline, draw};
use crate::kit::text::Text;
use crate::page::staff::{
    ActRow, CheckRow, Choice, Compared, ComparedRow, GapRow, Mark, MatrixRule, OpenItem,
    OpeningPage, TakenPlan,
};

/// The most rows of the timeline.
const ROWS_MAX: usize = 14;

pub(super) fn choices(t: &Text, snapshot: &Snapshot, chosen: &[Sku], other: &[Sku]) -> Vec<Choice> {
    let mut all: Vec<Choice> = snapshot
        .variants
        .keys()
        .filter_map(|sku| snapshot.product(sku))
        .map(|(variant, model)| Choice {
            sku: variant.sku.to_string(),
            name: name_of(t, variant, model),
            chosen: chosen.contains(&variant.sku),
            other: other.contains(&variant.sku),
        })
        .collect();
    all.sort_by(|a, b| a.sku.cmp(&b.sku));
    all
}

pub(super) fn next(t: &Text, stage: Stage) -> Vec<(&'static str, String)> {
    let row = TRANSITIONS.iter().find(|(from, _)| *from == stage);
    let stages = row.map_or(&[][..], |(_, next)| next);
    stages.iter().map(|stage| (stage.word(), stage_words(t, *stage))).collect()
}

/// A stage in words.
pub(super) fn stage_words(t: &Text, stage: Stage) -> String {
    let id = match stage {
        Stage::Scouting => "open-stage-scouting",
        Stage::Preparing => "open-stage-preparing",
        Stage::Beta => "open-stage-beta",
        Stage::Open => "open-stage-open",
        Stage::Paused => "open-stage-paused",
        Stage::Closing => "open-stage-closing",
        Stage::Closed => "open-stage-closed",
    };
    t.get(id).into_owned()
}

/// The plan that a step has carried out.
pub(super) fn taken_plan(t: &Text, snapshot: &Snapshot, plan: &OpeningPlan) -> TakenPlan {
    let sold: Vec<&Sku> = plan.sellable(plan.on).map(|gap| &gap.sku).collect();
    let names = |picked: bool| {
        let gaps = plan.products.iter().filter(|gap| sold.contains(&&gap.sku) == picked);
        gaps.map(|gap| named(t, snapshot, &gap.sku)).collect::<Vec<_>>().join(", ")
    };
    TakenPlan {
        on: plan.planned_on.unwrap_or(plan.on),
        facts_version: plan.facts_version,
        sellable: names(true),
        waiting: names(false),
    }
}

/// When something is ready, in words.
pub(super) fn ready_words(t: &Text, ready: Ready) -> String {
    match ready {
        Ready::Now => t.get("open-ready").into_owned(),
        Ready::Between { earliest, latest } if earliest == latest => {
            t.one("open-not-before", "date", t.date(&earliest)).into_owned()
        }
        Ready::Between { earliest, latest } => t
            .two("open-between", "earliest", t.date(&earliest), "latest", t.date(&latest))
            .into_owned(),
        Ready::Undated => t.get("open-undated").into_owned(),
        Ready::Unknown => t.get("open-unknown").into_owned(),
        Ready::Blocked => t.get("open-blocked").into_owned(),
    }
}

pub(super) fn fill(
    page: &mut OpeningPage,
    t: &Text,
    snapshot: &Snapshot,
    plan: &OpeningPlan,
    costs: &BTreeMap<String, Money>,
) {
    let mut rules: Vec<MatrixRule> = Vec::new();
    for item in plan.products.iter().flat_map(|gap| &gap.items) {
        let rule = rule_of(item);
        if !rules.iter().any(|known| known.code == rule.code) {
            rules.push(rule);
        }
    }
    rules.sort_by(|a, b| a.code.cmp(&b.code));
    let name = |gap: &ProductGap| named(t, snapshot, &gap.sku);
    page.rows = plan
        .products
        .iter()
        .map(|gap| GapRow {
            sku: gap.sku.to_string(),
            name: name(gap),
            ready: if gap.is_planned() || !gap.ready.by(plan.on) {
                ready_words(t, gap.ready)
            } else {
                t.get("step-unplanned").into_owned()
            },
            tone: if gap.is_planned() { tone(gap.ready, plan.on) } else { "warn" },
            cells: rules.iter().map(|rule| cell(rule, gap)).collect(),
            open: gap.open_items().map(|item| open_item(t, item, costs)).collect(),
            acts: rungs(gap).iter().map(|rung| act_row(t, rung)).collect(),
        })
        .collect();
    page.rules = rules;
    page.sellable = plan.sellable(plan.on).map(name).collect();
    page.market_ready = ready_words(t, plan.market_ready);
    page.cost = plan.cost.iter().map(|cost| t.money(cost)).collect::<Vec<_>>().join(" + ");
    page.cost_unknown = plan.cost_unknown;
    page.checklist = plan.checklist.iter().map(|planned| check_row(t, planned, costs)).collect();
    page.path = plan
        .path
        .iter()
        .map(|step| (step.code.clone(), step.title.clone(), ready_words(t, step.ready)))
        .collect();
    page.timeline = timeline(t, plan);
}

fn act_row(t: &Text, rung: &Rung) -> ActRow {
    let (id, tone) = match rung.outcome {
        Outcome::Allowed => ("outcome-allowed", "good"),
        Outcome::Conditional => ("outcome-conditional", "warn"),
        Outcome::Refused => ("outcome-refused", "bad"),
    };
    ActRow {
        act: act_words(t, rung.act),
        state: t.get(id).into_owned(),
        tone,
        missing: rung.missing.join(", "),
        who: rung.who.join("; "),
        until: rung.until.map_or_else(String::new, |day| t.date(&day)),
    }
}

pub(super) fn named(t: &Text, snapshot: &Snapshot, sku: &Sku) -> String {
    let product = snapshot.product(sku);
    product.map_or_else(|| sku.to_string(), |(variant, model)| name_of(t, variant, model))
}

fn tone(ready: Ready, on: Date) -> &'static str {
    match ready {
        ready if ready.by(on) => "good",
        Ready::Between { .. } | Ready::Now => "warn",
        Ready::Undated | Ready::Unknown | Ready::Blocked => "bad",
    }
}

fn open_item(t: &Text, item: &GapItem, costs: &BTreeMap<String, Money>) -> OpenItem {
    let code = rule_of(item).code;
    let local = match item.local_party.as_str() {
        "" | "no" => String::new(),
        party => t.one("open-local-party", "party", party).into_owned(),
    };
    let who = [item.authority.clone(), local];
    OpenItem {
        title: item.title.clone(),
        mark: cell_of(&item.state).mark,
        state: state_words(t, &item.state),
        who: who.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "),
        weeks: item.lead_time_weeks.map_or_else(String::new, weeks),
        cost: costs.get(&code).map_or_else(String::new, |cost| t.money(cost)),
        ready: ready_words(t, item.ready),
        is_rule: matches!(item.fact, Some(FactRef::Rule(_))),
        code,
    }
}

pub(super) fn weeks(range: WeekRange) -> String {
    if range.low == range.high {
        range.low.to_string()
    } else {
        format!("{}–{}", range.low, range.high)
    }
}

fn check_row(t: &Text, planned: &PlannedItem, costs: &BTreeMap<String, Money>) -> CheckRow {
    let item = &planned.item;
    let (mark, state) = match &item.state {
        ChecklistState::Done { on, .. } => {
            (Mark::Granted, t.one("open-done", "date", t.date(on)).into_owned())
        }
        ChecklistState::Begun { expected: Some(day) } => {
            (Mark::UnderWay, t.one("open-begun-until", "date", t.date(day)).into_owned())
        }
        ChecklistState::Begun { expected: None } => {
            (Mark::UnderWay, t.get("open-begun").into_owned())
        }
        ChecklistState::Open if planned.need == Need::Hard => {
            (Mark::Missing, t.get("open-not-begun").into_owned())
        }
        ChecklistState::Open => (Mark::Fine, t.get("open-not-begun").into_owned()),
    };
    CheckRow {
        item: OpenItem {
            code: item.code.to_string(),
            title: item.title.clone(),
            mark,
            state,
            who: item.responsible.clone(),
            weeks: item.lead_time_weeks.map_or_else(String::new, weeks),
            cost: costs.get(item.code.as_str()).map_or_else(String::new, |cost| t.money(cost)),
            ready: ready_words(t, planned.ready),
            is_rule: false,
        },
        hard: planned.need == Need::Hard,
    }
}

/// The timeline: first what decides, then everything else that is open, the latest first.
fn timeline(t: &Text, plan: &OpeningPlan) -> Option<(String, String)> {
    let days = |day: Date| plan.today.until(day).map_or(0, |span| span.get_days()).max(0);
    let span = |label: String, ready: Ready, decides| Span {
        label,
        from: 0,
        days: match ready {
            Ready::Now => Some((0, 0)),
            Ready::Between { earliest, latest } => Some((days(earliest), days(latest))),
            Ready::Undated | Ready::Unknown | Ready::Blocked => None,
        },
        words: ready_words(t, ready),
        decides,
    };
    let mut rows: Vec<Span> =
        plan.path.iter().map(|step| span(step.code.clone(), step.ready, true)).collect();
    // Each step of the path waits for the one before.
    let ends: Vec<i32> = rows.iter().map(|row| row.days.map_or(0, |(best, _)| best)).collect();
    for (row, from) in rows.iter_mut().skip(1).zip(ends) {
        row.from = from;
    }
    let hard = plan.checklist.iter().filter(|p| p.need == Need::Hard && p.ready != Ready::Now);
    let mut rest: Vec<Span> = hard.map(|p| span(p.item.code.to_string(), p.ready, false)).collect();
    let open = plan.products.iter().flat_map(ProductGap::open_items);
    rest.extend(open.map(|item| span(rule_of(item).code, item.ready, false)));
    rest.sort_by(|a, b| b.days.cmp(&a.days).then_with(|| a.label.cmp(&b.label)));
    // A clearance that several products wait for is told once, at its latest.
    let mut told: BTreeSet<String> = rows.iter().map(|row| row.label.clone()).collect();
    rest.retain(|row| told.insert(row.label.clone()));
    rows.extend(rest);
    rows.truncate(ROWS_MAX);
    if rows.is_empty() {
        return None;
    }
    let label = t.get("open-timeline");
    let drawn =
        Timeline { rows, start: t.date(&plan.today), asked: (days(plan.on), t.date(&plan.on)) };
    Some((draw(Size::Wide, &label, &drawn), draw(Size::Narrow, &label, &drawn)))
}

pub(super) fn differences(
    t: &Text,
    snapshot: &Snapshot,
    here: &OpeningPlan,
    there: &OpeningPlan,
) -> Compared {
    let told = compare(here, there);
    let ready = |ready: Option<Ready>| {
        ready.map_or_else(|| t.get("open-not-planned").into_owned(), |ready| ready_words(t, ready))
    };
    Compared {
        on: there.on,
        market: (ready_words(t, told.market_ready.0), ready_words(t, told.market_ready.1)),
        rows: told
            .changes
            .iter()
            .map(|change| ComparedRow {
                name: named(t, snapshot, &change.sku),
                here: ready(change.before),
                there: ready(change.after),
                solved: change.solved.join(", "),
                added: change.added.join(", "),
            })
            .collect(),
    }
}
