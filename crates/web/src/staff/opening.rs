//! The opening of a market as a page: with what it can open on a day, what the rest waits for, the
//! longest path, two plans beside each other, and the steps from stage to stage.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::{Date, Money};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::{Act as Degree, MarketCode, Stage, stage_allows};
use kontor_domain::opening::OpeningPlan;
use kontor_domain::staff::Permission;
use kontor_shop::Failure;
use kontor_shop::Snapshot;
use kontor_shop::opening::{PlanQuery, Refusal, costs_in, history, plan, products_of_step};
use kontor_shop::staff::goods::Advance;
use kontor_shop::staff::{Act, ExpansionAct, Person};
use kontor_store::opening::Cost;

use super::assortment;
use super::desk::{market_for, markets_for, nothing, notice, shell, to_first_market};
use super::doing::{Back, Doing, carry_out};
use super::opening_csv::{self, Source, TABLES};
use super::opening_view::{choices, differences, fill, named, next, stage_words, taken_plan};
use super::refusal::say;
use crate::kit::app::App;
use crate::kit::escape::in_query;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{
    AssortForm, CostForm, OpeningForms, OpeningPage, Place, StepForm, TakenStep,
};

const READS: Option<Permission> = Some(Permission::MarketRead);
pub(super) const EDITS: Option<Permission> = Some(Permission::MarketEdit);
pub(super) const FIRST: Route = Route::desk("/admin/openings", READS);
pub(super) const SHOW: Route = Route::desk("/admin/{market}/opening", READS);
pub(super) const CSV: Route = Route::desk("/admin/{market}/opening.csv", READS);
pub(super) const ADVANCE: Route =
    Route::desk_form("/admin/{market}/opening/advance", EDITS, Repeat::FormKey);
pub(super) const COST: Route =
    Route::desk_form("/admin/{market}/opening/cost", EDITS, Repeat::FormKey);

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

    /// What a form beside the plan has sent along of it, in its field `asked`.
    fn of_form(sent: &[(String, String)]) -> Self {
        let asked = sent.iter().find(|(name, _)| name == "asked");
        let pairs: Vec<(String, String)> =
            asked.and_then(|(_, query)| serde_urlencoded::from_str(query).ok()).unwrap_or_default();
        Self::read(&pairs)
    }

    fn parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        parts.extend(self.on.map(|on| format!("on={on}")));
        parts.extend(self.skus.iter().map(|sku| format!("sku={}", in_query(sku.as_str()))));
        parts.extend(self.with.map(|with| format!("with={with}")));
        parts.extend(self.other.iter().map(|sku| format!("other={}", in_query(sku.as_str()))));
        parts
    }

    /// The page of the plan again, with something more in its address.
    fn page(&self, market: MarketCode, more: &str) -> String {
        let parts = self.parts().into_iter();
        let more = (!more.is_empty()).then(|| more.to_owned());
        let parts: Vec<String> = parts.chain(more).collect();
        let joint = if parts.is_empty() { "" } else { "?" };
        format!("/admin/{market}/opening{joint}{}", parts.join("&"))
    }

    /// The addresses of the tables as files, the gaps first.
    fn files(&self, market: MarketCode) -> Vec<String> {
        let parts = self.parts();
        let address = |table: &str| {
            let table = (!table.is_empty()).then(|| format!("table={table}"));
            let parts: Vec<String> = table.into_iter().chain(parts.iter().cloned()).collect();
            let query =
                if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) };
            format!("/admin/{market}/opening.csv{query}")
        };
        std::iter::once("").chain(TABLES).map(address).collect()
    }
}

/// The first market that is the person's.
pub(super) async fn first(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    to_first_market(&app, &uri, &person, Permission::MarketRead, "opening")
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
    match page(&app, &person, code, &asked, OpeningForms::default()).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(problem) => problem.respond(&app, uri.path(), None),
    }
}

async fn page(
    app: &App,
    person: &Person,
    code: MarketCode,
    asked: &Asked,
    typed: OpeningForms,
) -> Result<OpeningPage, Problem> {
    let fault = |fault: kontor_store::StoreError| Problem::fault(&fault);
    let shell = shell(app, person, Place::Openings).await;
    let t = shell.text();
    let today = app.shop.now().date();
    let snapshot = app.shop.snapshots.now();
    let on = asked.on.unwrap_or(today);
    let known: BTreeMap<String, Money> = costs_in(&app.shop, code)
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
        choices: choices(&t, &snapshot, &asked.skus, &asked.other),
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
        step_skus: products_of_step(&snapshot, code, &asked.skus)
            .into_iter()
            .map(|sku| (sku.to_string(), named(&t, &snapshot, &sku)))
            .collect(),
        sells: assortment::view(&t, &snapshot, code),
        history: steps
            .into_iter()
            .rev()
            .map(|step| TakenStep {
                at: step.made_at,
                way: format!("{} → {}", stage_words(&t, step.from), stage_words(&t, step.to)),
                by: step.made_by,
                reason: step.reason,
                plan: step.plan.as_ref().map(|plan| taken_plan(&t, &snapshot, plan)),
            })
            .collect(),
        may_edit: person.may(Permission::MarketEdit, Some(code)),
        sees_clearances: person.may(Permission::ClearanceRead, Some(code)),
        csv: asked.files(code),
        asked: asked.parts().join("&"),
        typed,
        key: form_key::fresh(app),
        shell,
    };
    match here {
        Err(refusal) => page.refused = Some(say(&t, &refusal)),
        Ok(plan) => {
            if let Some(Ok(other)) = &compared {
                page.compared = Some(differences(&t, &snapshot, &plan, other));
            }
            fill(&mut page, &t, &snapshot, &plan, &known);
        }
    }
    if let Some(Err(refusal)) = compared {
        page.refused = Some(say(&t, &refusal));
    }
    Ok(page)
}

/// The plan, or why there is none.
async fn planned(
    app: &App,
    market: MarketCode,
    on: Date,
    skus: &[Sku],
) -> Result<Result<OpeningPlan, Refusal>, Problem> {
    let query = PlanQuery { market, on: Some(on), skus: skus.to_vec(), costs: BTreeMap::new() };
    match plan(&app.shop, query).await {
        Ok(plan) => Ok(Ok(plan)),
        Err(Failure::Fault(fault)) => Err(Problem::fault(&fault)),
        Err(Failure::KeyReused) => Err(Problem::bad_form()),
        Err(Failure::Refused(refusal)) => Ok(Err(refusal)),
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
    let made = async {
        let Ok(plan) = planned(&app, code, on, &asked.skus).await? else { return Ok(None) };
        let other = match (asked.with, asked.other.is_empty()) {
            (None, true) => None,
            _ => planned(&app, code, asked.with.unwrap_or(on), &asked.other).await?.ok(),
        };
        let fault = |fault: kontor_store::StoreError| Problem::fault(&fault);
        let costs = costs_in(&app.shop, code).await.map_err(fault)?;
        let steps = history(&app.shop, code).await.map_err(fault)?;
        let source = Source { plan: &plan, other: other.as_ref(), costs: &costs, steps: &steps };
        let table = pairs.iter().find(|(name, _)| name == "table").map_or("", |(_, word)| word);
        Ok::<_, Problem>(Some(opening_csv::respond(table, &source)))
    };
    match made.await {
        Ok(Some(file)) => file,
        Ok(None) => nothing(&app, &uri),
        Err(problem) => problem.respond(&app, uri.path(), None),
    }
}

pub(super) async fn advance(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(code) = market_for(&app, &person, Permission::MarketEdit, &market) else {
        return nothing(&app, &uri);
    };
    // The plan that was looked at is the one that is carried out. What it was compared with comes along.
    let looked_at = Asked::of_form(&sent);
    let asked = Asked { with: looked_at.with, other: looked_at.other, ..Asked::read(&sent) };
    let field = |name: &str| {
        sent.iter().find(|(n, _)| n == name).map_or_else(String::new, |(_, v)| v.clone())
    };
    let (key, reason) = (field("key"), field("reason"));
    let Some(to) = Stage::from_word(&field("to")) else {
        return Problem::bad_form().respond(&app, uri.path(), None);
    };
    let snapshot = app.shop.snapshots.now();
    let Some(from) = snapshot.market(code).map(|market| market.stage) else {
        return nothing(&app, &uri);
    };
    let everything = !field("everything").is_empty();
    let typed = StepForm { to: to.word().to_owned(), reason: reason.clone(), everything };
    let typed = OpeningForms { step: typed, ..OpeningForms::default() };
    let Some(skus) = step_skus(&snapshot, code, to, &asked.skus, everything) else {
        let t = Text::new(person.language, None);
        let back = Back::Refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            t.get("open-choose-or-everything").into_owned(),
        );
        return answer(&app, &uri, &person, code, back, (asked, typed)).await;
    };
    let step = Advance { market: code, from, to, reason: reason.clone(), skus, on: asked.on };
    let doing = Doing { act: Act::Advance(step), reason, key: &key, what: "staff.advance" };
    let done = format!("/admin/{code}/opening?said=done");
    let back = carry_out(&app, &uri, &person, doing, &done).await;
    answer(&app, &uri, &person, code, back, (asked, typed)).await
}

/// What a step is taken with: the products that were chosen, else those that the market has opened with;
/// none, which is every one, only where that was asked for or the step does not sell. A market never
/// opens with everything because a choice was lost on the way.
pub(super) fn step_skus(
    snapshot: &Snapshot,
    market: MarketCode,
    to: Stage,
    chosen: &[Sku],
    everything: bool,
) -> Option<Vec<Sku>> {
    if everything {
        return Some(Vec::new());
    }
    let skus = products_of_step(snapshot, market, chosen);
    (!skus.is_empty() || !stage_allows(to, Degree::Sell)).then_some(skus)
}

pub(super) async fn cost(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(code) = market_for(&app, &person, Permission::MarketEdit, &market) else {
        return nothing(&app, &uri);
    };
    let field = |name: &str| {
        sent.iter().find(|(n, _)| n == name).map_or_else(String::new, |(_, v)| v.clone())
    };
    let asked = Asked::of_form(&sent);
    let typed = CostForm {
        clearance: field("clearance"),
        amount: field("amount"),
        currency: field("currency"),
        source: field("source"),
    };
    let currency = typed.currency.trim().to_uppercase().parse().ok();
    let amount = currency.and_then(|currency| Money::parse(typed.amount.trim(), currency).ok());
    let source = kontor_base::Line::<200>::parse(&typed.source).ok();
    let back = if let (Some(amount), Some(source)) = (amount, source) {
        let source = source.as_str().to_owned();
        let as_of = app.shop.now().date();
        let clearance = typed.clearance.clone();
        let cost = Cost { clearance, amount, as_of, source: source.clone() };
        let act = ExpansionAct::NoteCost { market: code, cost: Box::new(cost) };
        let key = field("key");
        let doing = Doing { act: act.into(), reason: source, key: &key, what: "staff.cost" };
        let done = format!("{}#costs-title", asked.page(code, ""));
        carry_out(&app, &uri, &person, doing, &done).await
    } else {
        let t = Text::new(person.language, None);
        Back::Refused(StatusCode::UNPROCESSABLE_ENTITY, t.get("open-cost-bad").into_owned())
    };
    let typed = OpeningForms { cost: typed, ..OpeningForms::default() };
    answer(&app, &uri, &person, code, back, (asked, typed)).await
}

/// The answer to a change of what the market sells: see [`assortment`].
pub(super) async fn answer_change(
    app: &App,
    uri: &Uri,
    person: &Person,
    market: MarketCode,
    doing: Doing<'_>,
    (sent, typed): (&[(String, String)], AssortForm),
) -> Response {
    let asked = Asked::of_form(sent);
    let done = format!("{}#sells-title", asked.page(market, "said=done"));
    let back = carry_out(app, uri, person, doing, &done).await;
    let typed = OpeningForms { assort: typed, ..OpeningForms::default() };
    answer(app, uri, person, market, back, (asked, typed)).await
}

/// The answer to a form: what is ready, or the page as it was sent from, with what was planned and typed.
async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    market: MarketCode,
    back: Back,
    (asked, typed): (Asked, OpeningForms),
) -> Response {
    let (status, words) = match back {
        Back::Answer(response) => return response,
        Back::Refused(status, words) => (status, words),
    };
    match page(app, person, market, &asked, typed).await {
        Ok(mut page) => {
            page.shell.notice = notice("bad", words);
            html(status, &page)
        }
        Err(problem) => problem.respond(app, uri.path(), None),
    }
}
