//! The opening of a market as a page: with what it can open on a day, what the rest waits for, the
//! longest path, two plans beside each other, and the steps from stage to stage.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::{Date, Money};
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::FactRef;
use kontor_domain::market::{MarketCode, Stage, TRANSITIONS};
use kontor_domain::opening::{
    ChecklistState, GapItem, Need, OpeningPlan, PlannedItem, ProductGap, Ready, compare,
};
use kontor_domain::staff::Permission;
use kontor_shop::opening::{PlanQuery, costs, history, plan};
use kontor_shop::staff::goods::Advance;
use kontor_shop::staff::{Act, Person};
use kontor_shop::{Failure, Snapshot};
use kontor_store::opening::Cost;
use serde::Deserialize;

use super::clearance::{cell, cell_of, name_of, rule_of, state_words};
use super::csv::Csv;
use super::desk::{market_for, markets_for, nothing, notice, shell};
use super::doing::{Back, Doing, carry_out};
use crate::kit::app::App;
use crate::kit::chart::Size;
use crate::kit::chart::timeline::{Span, Timeline, draw};
use crate::kit::escape::in_query;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{
    CheckRow, Choice, Compared, ComparedRow, GapRow, Mark, MatrixRule, Notice, OpenItem,
    OpeningPage, Place, TakenStep,
};

const READS: Option<Permission> = Some(Permission::MarketRead);
const EDITS: Option<Permission> = Some(Permission::MarketEdit);
pub(super) const FIRST: Route = Route::desk("/admin/openings", READS);
pub(super) const SHOW: Route = Route::desk("/admin/{market}/opening", READS);
pub(super) const CSV: Route = Route::desk("/admin/{market}/opening.csv", READS);
pub(super) const ADVANCE: Route =
    Route::desk_form("/admin/{market}/opening/advance", EDITS, Repeat::FormKey);
pub(super) const COST: Route =
    Route::desk_form("/admin/{market}/opening/cost", EDITS, Repeat::FormKey);

/// The most rows of the timeline.
const ROWS_MAX: usize = 14;

/// What is asked: a day, products, and another day with other products to compare with.
#[derive(Clone, Debug, Default)]
struct Asked {
    on: Option<Date>,
    skus: Vec<Sku>,
    with: Option<Date>,
    other: Vec<Sku>,
}

impl Asked {
    fn read(pairs: &[(String, String)]) -> Self {
        let mut asked = Self::default();
        for (name, value) in pairs.iter().take(5_000) {
            match name.as_str() {
                "on" => asked.on = value.parse().ok(),
                "with" => asked.with = value.parse().ok(),
                "sku" => asked.skus.extend(value.parse::<Sku>()),
                "other" => asked.other.extend(value.parse::<Sku>()),
                _ => {}
            }
        }
        asked
    }

    fn query(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.on.map(|on| format!("on={on}")));
        parts.extend(self.skus.iter().map(|sku| format!("sku={}", in_query(sku.as_str()))));
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

/// The first market that is the person's.
pub(super) async fn first(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    match markets_for(&app, &person, Permission::MarketRead).first() {
        Some(market) => Redirect::to(&format!("/admin/{market}/opening")).into_response(),
        None => nothing(&app, &uri),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    let Some(code) = market_for(&app, &person, Permission::MarketRead, &market) else {
        return nothing(&app, &uri);
    };
    let asked = Asked::read(&pairs);
    match page(&app, &person, code, &asked, None).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(problem) => problem.respond(&app, uri.path(), None),
    }
}

async fn page(
    app: &App,
    person: &Person,
    code: MarketCode,
    asked: &Asked,
    said: Option<Notice>,
) -> Result<OpeningPage, Problem> {
    let fault = |fault: kontor_store::StoreError| Problem::fault(&fault);
    let mut shell = shell(app, person, Place::Openings).await;
    shell.notice = said;
    let t = shell.text();
    let today = app.shop.now().date();
    let snapshot = app.shop.snapshots.now();
    let on = asked.on.unwrap_or(today);
    let known: BTreeMap<String, Money> = costs(&app.shop)
        .await
        .map_err(fault)?
        .into_iter()
        .map(|cost| (cost.clearance, cost.amount))
        .collect();
    let here = planned(app, code, on, &asked.skus).await?;
    let compared = match (asked.with, asked.other.is_empty()) {
        (None, true) => None,
        _ => Some(planned(app, code, asked.with.unwrap_or(on), &asked.other).await?),
    };
    let market = snapshot.market(code).expect("found in the snapshot just now");
    let steps = history(&app.shop, code).await.map_err(fault)?;
    let mut page = OpeningPage {
        market: code,
        markets: markets_for(app, person, Permission::MarketRead),
        stage: stage_words(&t, market.stage),
        on,
        choices: choices(&t, &snapshot, asked),
        refused: None,
        rules: Vec::new(),
        rows: Vec::new(),
        sellable: Vec::new(),
        market_ready: String::new(),
        cost: String::new(),
        cost_unknown: 0,
        checklist: Vec::new(),
        path: Vec::new(),
        timeline: None,
        compared: None,
        next: next(&t, market.stage),
        history: steps
            .into_iter()
            .rev()
            .map(|step| TakenStep {
                at: step.made_at,
                way: format!("{} → {}", stage_words(&t, step.from), stage_words(&t, step.to)),
                by: step.made_by,
                reason: step.reason,
            })
            .collect(),
        may_edit: person.may(Permission::MarketEdit, Some(code)),
        csv: format!("/admin/{code}/opening.csv{}", asked.query()),
        key: form_key::fresh(app),
        shell,
    };
    match here {
        Err(why) => page.refused = Some(why),
        Ok(plan) => {
            if let Some(Ok(other)) = &compared {
                page.compared = Some(differences(&t, &snapshot, &plan, other));
            }
            fill(&mut page, &t, &snapshot, &plan, &known);
        }
    }
    if let Some(Err(why)) = compared {
        page.refused = Some(why);
    }
    Ok(page)
}

/// The plan, or why there is none, in words.
async fn planned(
    app: &App,
    market: MarketCode,
    on: Date,
    skus: &[Sku],
) -> Result<Result<OpeningPlan, String>, Problem> {
    let query = PlanQuery { market, on: Some(on), skus: skus.to_vec(), costs: BTreeMap::new() };
    match plan(&app.shop, query).await {
        Ok(plan) => Ok(Ok(plan)),
        Err(Failure::Fault(fault)) => Err(Problem::fault(&fault)),
        Err(Failure::KeyReused) => Err(Problem::bad_form()),
        Err(Failure::Refused(refusal)) => Ok(Err(refusal.to_string())),
    }
}

fn choices(t: &Text, snapshot: &Snapshot, asked: &Asked) -> Vec<Choice> {
    let mut all: Vec<Choice> = snapshot
        .variants
        .keys()
        .filter_map(|sku| snapshot.product(sku))
        .map(|(variant, model)| Choice {
            sku: variant.sku.to_string(),
            name: name_of(t, variant, model),
            chosen: asked.skus.contains(&variant.sku),
            other: asked.other.contains(&variant.sku),
        })
        .collect();
    all.sort_by(|a, b| a.sku.cmp(&b.sku));
    all
}

fn next(t: &Text, stage: Stage) -> Vec<(&'static str, String)> {
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

fn fill(
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
            ready: ready_words(t, gap.ready),
            tone: tone(gap.ready, plan.on),
            cells: rules.iter().map(|rule| cell(rule, gap)).collect(),
            open: gap.open_items().map(|item| open_item(t, item, costs)).collect(),
        })
        .collect();
    page.rules = rules;
    page.sellable = plan.sellable(plan.on).map(name).collect();
    page.market_ready = ready_words(t, plan.market_ready);
    page.cost = plan.cost.iter().map(|cost| t.money(cost)).collect::<Vec<_>>().join(" + ");
    page.cost_unknown = plan.cost_unknown;
    page.checklist = plan.checklist.iter().map(|planned| check_row(t, planned)).collect();
    page.path = plan
        .path
        .iter()
        .map(|step| (step.code.clone(), step.title.clone(), ready_words(t, step.ready)))
        .collect();
    page.timeline = timeline(t, plan);
}

fn named(t: &Text, snapshot: &Snapshot, sku: &Sku) -> String {
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

fn weeks(range: kontor_domain::clearance::WeekRange) -> String {
    if range.low == range.high {
        range.low.to_string()
    } else {
        format!("{}–{}", range.low, range.high)
    }
}

fn check_row(t: &Text, planned: &PlannedItem) -> CheckRow {
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
            cost: String::new(),
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
    let hard = plan.checklist.iter().filter(|p| p.need == Need::Hard && p.ready != Ready::Now);
    let mut rest: Vec<Span> = hard.map(|p| span(p.item.code.to_string(), p.ready, false)).collect();
    let open = plan.products.iter().flat_map(ProductGap::open_items);
    rest.extend(open.map(|item| span(rule_of(item).code, item.ready, false)));
    rest.sort_by(|a, b| b.days.cmp(&a.days).then_with(|| a.label.cmp(&b.label)));
    rest.dedup_by(|a, b| a.label == b.label);
    rest.retain(|row| !rows.iter().any(|known| known.label == row.label));
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

fn differences(t: &Text, snapshot: &Snapshot, here: &OpeningPlan, there: &OpeningPlan) -> Compared {
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

pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    let Some(code) = market_for(&app, &person, Permission::MarketRead, &market) else {
        return nothing(&app, &uri);
    };
    let asked = Asked::read(&pairs);
    let on = asked.on.unwrap_or(app.shop.now().date());
    let plan = match planned(&app, code, on, &asked.skus).await {
        Ok(Ok(plan)) => plan,
        Ok(Err(_)) => return nothing(&app, &uri),
        Err(problem) => return problem.respond(&app, uri.path(), None),
    };
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
    csv.respond("attachment; filename=\"opening.csv\"")
}

/// The fields of a step.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Step {
    key: String,
    to: String,
    reason: String,
}

pub(super) async fn advance(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    form: Result<Form<Step>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(code) = market_for(&app, &person, Permission::MarketEdit, &market) else {
        return nothing(&app, &uri);
    };
    let Some(to) = Stage::from_word(&sent.to) else {
        return Problem::bad_form().respond(&app, uri.path(), None);
    };
    let snapshot = app.shop.snapshots.now();
    let Some(from) = snapshot.market(code).map(|market| market.stage) else {
        return nothing(&app, &uri);
    };
    let act = Act::Advance(Advance { market: code, from, to, reason: sent.reason.clone() });
    let doing = Doing { act, reason: sent.reason, key: &sent.key, what: "staff.advance" };
    let back = format!("/admin/{code}/opening?said=done");
    answer(&app, &uri, &person, code, carry_out(&app, &uri, &person, doing, &back).await).await
}

/// The fields of a cost.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CostForm {
    key: String,
    clearance: String,
    amount: String,
    currency: String,
    source: String,
}

pub(super) async fn cost(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    form: Result<Form<CostForm>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(code) = market_for(&app, &person, Permission::MarketEdit, &market) else {
        return nothing(&app, &uri);
    };
    let currency = sent.currency.trim().to_uppercase().parse().ok();
    let amount = currency.and_then(|currency| Money::parse(sent.amount.trim(), currency).ok());
    let source = kontor_base::Line::<200>::parse(&sent.source).ok();
    let (Some(amount), Some(source)) = (amount, source) else {
        let t = Text::new(person.language, None);
        let said = notice("bad", t.get("open-cost-bad"));
        return again(&app, &uri, &person, code, StatusCode::UNPROCESSABLE_ENTITY, said).await;
    };
    let source = source.as_str().to_owned();
    let as_of = app.shop.now().date();
    let cost = Cost { clearance: sent.clearance, amount, as_of, source: source.clone() };
    let act = Act::NoteCost { market: code, cost: Box::new(cost) };
    let doing = Doing { act, reason: source, key: &sent.key, what: "staff.cost" };
    let back = format!("/admin/{code}/opening#costs-title");
    answer(&app, &uri, &person, code, carry_out(&app, &uri, &person, doing, &back).await).await
}

async fn answer(app: &App, uri: &Uri, person: &Person, market: MarketCode, back: Back) -> Response {
    match back {
        Back::Answer(response) => response,
        Back::Refused(status, words) => {
            again(app, uri, person, market, status, notice("bad", words)).await
        }
    }
}

async fn again(
    app: &App,
    uri: &Uri,
    person: &Person,
    market: MarketCode,
    status: StatusCode,
    said: Option<Notice>,
) -> Response {
    match page(app, person, market, &Asked::default(), said).await {
        Ok(page) => html(status, &page),
        Err(problem) => problem.respond(app, uri.path(), None),
    }
}
