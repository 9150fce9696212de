//! The clearances of a market: the matrix and one product's verdict with every fact behind it.

use std::collections::BTreeSet;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::{Country, Date};
use kontor_domain::catalogue::{Model, Sku, Variant};
use kontor_domain::clearance::{FactRef, Outcome, Place as At, Reach, Subject, ladder};
use kontor_domain::market::{Act, Market, Stage};
use kontor_domain::opening::{GapItem, GapState, ProductGap, product_gap};
use kontor_domain::staff::Permission;
use kontor_shop::Snapshot;
use kontor_shop::staff::Person;
use serde::Deserialize;

use super::csv::Csv;
use super::desk::{market_for, markets_for, nothing, shell, to_first_market};
use crate::kit::app::App;
use crate::kit::problem::html;
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{
    ClearancePage, Evidence, Mark, MatrixCell, MatrixPage, MatrixRow, MatrixRule, Place, StepRow,
};

const READS: Option<Permission> = Some(Permission::ClearanceRead);
pub(super) const FIRST: Route = Route::desk("/admin/clearances", READS);
pub(super) const MATRIX: Route = Route::desk("/admin/{market}/clearances", READS);
pub(super) const CSV: Route = Route::desk("/admin/{market}/clearances.csv", READS);
pub(super) const PRODUCT: Route = Route::desk("/admin/{market}/clearances/{sku}", READS);

/// How many variants stand on a page of the matrix.
const PAGE: usize = 60;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    on: String,
    after: String,
}

impl Asked {
    /// The day asked about, and whether it is another than today.
    fn day(&self, app: &App) -> (Date, bool) {
        let today = app.shop.now().date();
        let on = self.on.parse().unwrap_or(today);
        (on, on != today)
    }
}

/// The first market that is the person's.
pub(super) async fn first(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    to_first_market(&app, &uri, &person, Permission::ClearanceRead, "clearances")
}

pub(super) async fn matrix(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(code) = market_for(&app, &person, Permission::ClearanceRead, &market) else {
        return nothing(&app, &uri);
    };
    let (on, what_if) = asked.day(&app);
    let shell = shell(&app, &person, Place::Clearances).await;
    let t = shell.text();
    let snapshot = app.shop.snapshots.now();
    let market = snapshot.market(code).expect("found in the snapshot just now");
    let (skus, more) = behind(&snapshot, &asked.after);
    let next = skus.last().filter(|_| more).map(|sku| {
        let day = if what_if { format!("on={on}&") } else { String::new() };
        format!("/admin/{code}/clearances?{day}after={sku}")
    });
    let (rules, rows) = picture(&t, &snapshot, market, on, app.shop.now().date(), &skus);
    let markets = markets_for(&app, &person, Permission::ClearanceRead);
    let page = MatrixPage { shell, market: code, markets, on, what_if, rules, rows, next };
    html(StatusCode::OK, &page)
}

/// The matrix of every product as a file: a row for each cell.
pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(code) = market_for(&app, &person, Permission::ClearanceRead, &market) else {
        return nothing(&app, &uri);
    };
    let (on, _) = asked.day(&app);
    let t = Text::new(person.language, None);
    let snapshot = app.shop.snapshots.now();
    let market = snapshot.market(code).expect("found in the snapshot just now");
    let skus: Vec<_> = snapshot.variants.keys().collect();
    let (rules, rows) = picture(&t, &snapshot, market, on, app.shop.now().date(), &skus);
    let mut csv = Csv::new("market,on,sku,product,clearance,mark,date");
    let (code, on) = (code.to_string(), on.to_string());
    for row in &rows {
        for (rule, cell) in rules.iter().zip(&row.cells) {
            let Some(MatrixCell { mark, date }) = cell else { continue };
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            csv.row([&code, &on, &row.sku, &row.name, &rule.code, mark.class(), &date]);
        }
    }
    csv.respond("attachment; filename=\"clearances.csv\"")
}

/// The matrix of these products: the clearances that concern any, and each with its cells.
fn picture(
    t: &Text,
    snapshot: &Snapshot,
    market: &Market,
    on: Date,
    today: Date,
    skus: &[&Sku],
) -> (Vec<MatrixRule>, Vec<MatrixRow>) {
    let gaps = gaps(snapshot, market, on, today, skus);
    let mut rules: Vec<MatrixRule> = Vec::new();
    for item in gaps.iter().flat_map(|(_, gap)| &gap.items) {
        let rule = rule_of(item);
        if !rules.iter().any(|known| known.code == rule.code) {
            rules.push(rule);
        }
    }
    rules.sort_by(|a, b| a.code.cmp(&b.code));
    let rows = gaps
        .iter()
        .map(|((variant, model), gap)| {
            let (allowed, tone) = highest(t, snapshot, market, variant, model, on);
            MatrixRow {
                sku: variant.sku.to_string(),
                name: name_of(t, variant, model),
                allowed,
                tone,
                cells: rules.iter().map(|rule| cell(rule, gap)).collect(),
            }
        })
        .collect();
    (rules, rows)
}

/// A page of the variants behind `after`, and whether there are more.
fn behind<'s>(snapshot: &'s Snapshot, after: &str) -> (Vec<&'s Sku>, bool) {
    let all = snapshot.variants.keys().filter(|sku| sku.as_str() > after);
    let mut skus: Vec<_> = all.take(PAGE + 1).collect();
    let more = skus.len() > PAGE;
    skus.truncate(PAGE);
    (skus, more)
}

/// These variants, each with what concerns it, judged as if the market were open: what its stage refuses
/// is no matter of clearance.
pub(super) fn gaps<'s>(
    snapshot: &'s Snapshot,
    market: &Market,
    on: Date,
    today: Date,
    skus: &[&Sku],
) -> Vec<((&'s Variant, &'s Model), ProductGap)> {
    let mut open = market.clone();
    open.stage = Stage::Open;
    let place = At::market(&open);
    skus.iter()
        .filter_map(|sku| snapshot.product(sku))
        .map(|(variant, model)| {
            let subject = Subject::new(variant, model);
            ((variant, model), product_gap(&subject, &place, on, today, &snapshot.facts))
        })
        .collect()
}

pub(super) fn rule_of(item: &GapItem) -> MatrixRule {
    let code = match item.code() {
        Some(code) => code.to_owned(),
        None => item.country.map_or_else(String::new, |country| format!("? {country}")),
    };
    let has_page = matches!(item.fact, Some(FactRef::Rule(_) | FactRef::Order(_)));
    MatrixRule { code, title: item.title.clone(), has_page, anchor: anchor_of(item) }
}

/// The name that what is said of a product has in its page: marks lead there.
pub(super) fn anchor_of(item: &GapItem) -> String {
    match (item.code(), item.country) {
        (Some(code), _) => format!("rule-{code}"),
        (None, Some(country)) => format!("unknown-{country}"),
        (None, None) => "unknown".to_owned(),
    }
}

/// What a rule says of a product; where it says several things (in several countries), the worst.
pub(super) fn cell(rule: &MatrixRule, gap: &ProductGap) -> Option<MatrixCell> {
    gap.items
        .iter()
        .filter(|item| rule_of(item).code == rule.code)
        .map(|item| cell_of(&item.state))
        .max_by_key(|cell| Mark::ALL.iter().position(|mark| *mark == cell.mark))
}

pub(super) fn cell_of(state: &GapState) -> MatrixCell {
    let (mark, date) = match state {
        GapState::Cleared { until, .. } => (Mark::Granted, *until),
        GapState::Expiring { until, .. } => (Mark::Expiring, Some(*until)),
        GapState::Fine | GapState::Conditions | GapState::Advised => (Mark::Fine, None),
        GapState::InProgress { expected } => (Mark::UnderWay, *expected),
        GapState::Missing | GapState::Unverified | GapState::Unplanned => (Mark::Missing, None),
        GapState::Lapsed { since } => (Mark::Missing, Some(*since)),
        GapState::Blocked { until } => (Mark::Blocked, *until),
        GapState::Unknown { .. } => (Mark::Unknown, None),
    };
    MatrixCell { mark, date }
}

fn highest(
    t: &Text,
    snapshot: &Snapshot,
    market: &Market,
    variant: &Variant,
    model: &Model,
    on: Date,
) -> (String, &'static str) {
    let subject = Subject::new(variant, model);
    let rungs = ladder(&subject, &At::market(market), on, &snapshot.facts);
    match rungs.highest() {
        None => (t.get("staff-nothing").into_owned(), "bad"),
        Some((act, outcome)) => {
            let tone = match (act >= Act::Deliver, outcome) {
                (true, Outcome::Allowed) => "good",
                _ => "warn",
            };
            (act_words(t, act), tone)
        }
    }
}

/// An act in words.
pub(super) fn act_words(t: &Text, act: Act) -> String {
    let id = match act {
        Act::Announce => "act-announce",
        Act::RegisterInterest => "act-register",
        Act::Preorder => "act-preorder",
        Act::Sell => "act-sell",
        Act::Deliver => "act-deliver",
        Act::Resell => "act-resell",
    };
    t.get(id).into_owned()
}

pub(super) fn name_of(t: &Text, variant: &Variant, model: &Model) -> String {
    let name = model.text(t.language(), |text| &text.name);
    let own = variant.option_in(t.language());
    if own.is_empty() || own == name { name.to_owned() } else { format!("{name}, {own}") }
}

pub(super) async fn product(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((market, sku)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(code) = market_for(&app, &person, Permission::ClearanceRead, &market) else {
        return nothing(&app, &uri);
    };
    let snapshot = app.shop.snapshots.now();
    let market = snapshot.market(code).expect("found in the snapshot just now");
    let found = sku.parse::<Sku>().ok().and_then(|sku| snapshot.product(&sku));
    let Some((variant, model)) = found else { return nothing(&app, &uri) };
    let (on, what_if) = asked.day(&app);
    let shell = shell(&app, &person, Place::Clearances).await;
    let t = shell.text();
    let subject = Subject::new(variant, model);
    let mut open = market.clone();
    open.stage = Stage::Open;
    let today = app.shop.now().date();
    let gap = product_gap(&subject, &At::market(&open), on, today, &snapshot.facts);
    let rungs = ladder(&subject, &At::market(market), on, &snapshot.facts);
    let page = ClearancePage {
        market: code,
        sku: variant.sku.to_string(),
        name: name_of(&t, variant, model),
        on,
        what_if,
        acts: Act::ALL
            .into_iter()
            .map(|act| {
                let (id, tone) = match rungs.get(act) {
                    Outcome::Allowed => ("outcome-allowed", "good"),
                    Outcome::Conditional => ("outcome-conditional", "warn"),
                    Outcome::Refused => ("outcome-refused", "bad"),
                };
                (act_words(&t, act), t.get(id).into_owned(), tone)
            })
            .collect(),
        changes_on: rungs.changes_on,
        steps: steps(&t, &gap),
        evidence: evidence(&snapshot, market, &subject),
        may_grant: person.may(Permission::ClearanceGrant, Some(code)),
        shell,
    };
    html(StatusCode::OK, &page)
}

/// What is behind the verdict. What is said for several countries has its name once, at the first.
fn steps(t: &Text, gap: &ProductGap) -> Vec<StepRow> {
    let mut named = BTreeSet::new();
    let step = |item: &GapItem| {
        let anchor = anchor_of(item);
        let first = named.insert(anchor.clone());
        step(t, item, if first { anchor } else { String::new() })
    };
    gap.items.iter().map(step).collect()
}

fn step(t: &Text, item: &GapItem, anchor: String) -> StepRow {
    let weeks = item.lead_time_weeks.map_or_else(String::new, |weeks| {
        if weeks.low == weeks.high {
            weeks.low.to_string()
        } else {
            format!("{}–{}", weeks.low, weeks.high)
        }
    });
    StepRow {
        code: item.code().unwrap_or_default().to_owned(),
        is_rule: matches!(item.fact, Some(FactRef::Rule(_))),
        has_page: matches!(item.fact, Some(FactRef::Rule(_) | FactRef::Order(_))),
        anchor,
        title: item.title.clone(),
        authority: item.authority.clone(),
        gates: act_words(t, item.gates),
        mark: cell_of(&item.state).mark,
        state: state_words(t, &item.state),
        identifier: item.identifier.clone(),
        weeks,
    }
}

pub(super) fn state_words(t: &Text, state: &GapState) -> String {
    let dated = |id, date: &Date| t.one(id, "date", t.date(date)).into_owned();
    match state {
        GapState::Cleared { grant, until: None } => {
            t.one("step-cleared", "grant", grant.as_str()).into_owned()
        }
        GapState::Cleared { grant, until: Some(until) } | GapState::Expiring { grant, until } => {
            t.two("step-cleared-until", "grant", grant.as_str(), "date", t.date(until)).into_owned()
        }
        GapState::Fine => t.get("step-fine").into_owned(),
        GapState::Conditions => t.get("step-conditions").into_owned(),
        GapState::Advised => t.get("step-advised").into_owned(),
        GapState::Missing => t.get("step-missing").into_owned(),
        GapState::Unplanned => t.get("step-unplanned").into_owned(),
        GapState::InProgress { expected: None } => t.get("step-in-progress").into_owned(),
        GapState::InProgress { expected: Some(day) } => dated("step-in-progress-until", day),
        GapState::Lapsed { since } => dated("step-lapsed", since),
        GapState::Unverified => t.get("step-unverified").into_owned(),
        GapState::Blocked { until: None } => t.get("step-blocked").into_owned(),
        GapState::Blocked { until: Some(until) } => dated("step-blocked-until", until),
        GapState::Unknown { words } if words.is_empty() => t.get("step-unreviewed").into_owned(),
        GapState::Unknown { words } => {
            t.one("step-unknown", "words", words.join(", ")).into_owned()
        }
    }
}

/// Evidence that may concern a product in one of the market's countries.
fn evidence(snapshot: &Snapshot, market: &Market, subject: &Subject<'_>) -> Vec<Evidence> {
    let here = |reach: Reach| market.countries.iter().any(|own: &Country| reach.includes(*own));
    let grants = snapshot.facts.records().grants.iter().filter(|grant| {
        here(grant.reach) && grant.scope.touches(subject) != kontor_domain::clearance::Truth::No
    });
    grants
        .map(|grant| {
            let hash = grant.document.strip_prefix("document:");
            Evidence {
                code: grant.code.to_string(),
                clearance: grant.clearance.to_string(),
                number: grant.number.clone(),
                issuer: grant.issuer.clone(),
                from: grant.issued_on,
                until: grant.expires_on,
                document: match hash {
                    Some(hash) => format!("/admin/documents/{hash}"),
                    None => grant.document.clone(),
                },
                kept: hash.is_some(),
                verified: grant.verified.as_ref().map_or_else(String::new, |verified| {
                    format!("{}, {}", verified.by, verified.on)
                }),
            }
        })
        .collect()
}
