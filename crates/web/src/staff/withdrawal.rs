//! The kill switch as a page: what is withdrawn, the orders that are held, and the form that takes a
//! product out of the market within the second. One person may withdraw; taking it back takes two.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::id::{OrderId, ResellerOrderId};
use kontor_domain::catalogue::{ComponentKind, Slug};
use kontor_domain::clearance::{AuthorityOrder, ComponentScope, Reach, Scope, Subject, Truth};
use kontor_domain::market::{Act as Degree, MarketCode};
use kontor_domain::staff::Permission;
use kontor_shop::Failure;
use kontor_shop::mail::{News, Telling, write_to_held};
use kontor_shop::opening::withdrawals;
use kontor_shop::order::{HeldOrder, held_after};
use kontor_shop::staff::{Act, ExpansionAct, Person};
use kontor_store::StoreError;
use serde::Deserialize;

use super::blocks::{Blocks, whole_file};
use super::clearance::name_of;
use super::csv::Csv;
use super::customer::model_name;
use super::desk::{market_for, markets_for, nothing, notice, shell, to_first_market};
use super::doing::{Back, Doing, carry_out};
use super::letter::why as not_sent;
use super::reseller_held::held_table;
use super::tell::path;
use crate::kit::app::App;
use crate::kit::form_key::{self, is_form_key};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{
    HeldRow, Notice, Place, Typed, WithdrawForm, WithdrawalRow, WithdrawalsPage,
};

const READS: Option<Permission> = Some(Permission::MarketRead);
const PATH: &str = "/admin/{market}/withdrawals";
pub(super) const FIRST: Route = Route::desk("/admin/withdrawals", READS);
pub(super) const SHOW: Route = Route::desk(PATH, READS);
pub(super) const CSV: Route = Route::desk("/admin/{market}/withdrawals.csv", READS);
pub(super) const WITHDRAW: Route =
    Route::desk_form(PATH, Some(Permission::OpeningWithdraw), Repeat::FormKey);
/// Writes to the buyers of what is held.
pub(super) const WRITE: Route = Route::desk_form(
    "/admin/{market}/withdrawals/write",
    Some(Permission::OpeningWithdraw),
    Repeat::FormKey,
);
pub(super) const RESTORE: Route = Route::desk_form(
    "/admin/{market}/withdrawals/restore",
    Some(Permission::OpeningRestore),
    Repeat::FormKey,
);

/// The first market that is the person's.
pub(super) async fn first(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    to_first_market(&app, &uri, &person, Permission::MarketRead, "withdrawals")
}

/// Held orders on one page.
const PAGE: usize = 50;
/// Held orders that are read for the file at a time.
const CSV_BLOCK: usize = 500;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    said: String,
    after: String,
    resellers_after: String,
}

/// Which page: after which of the shop's own orders, and after which order of a reseller.
#[derive(Clone, Copy, Debug, Default)]
struct Start {
    order: Option<OrderId>,
    resellers: Option<ResellerOrderId>,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(code) = market_for(&app, &person, Permission::MarketRead, &market) else {
        return nothing(&app, &uri);
    };
    let t = Text::new(person.language, None);
    let said = match asked.said.as_str() {
        "withdrawn" => notice("good", t.get("wd-done")),
        "written" => notice("good", t.get("wd-written")),
        _ => None,
    };
    let (order, resellers) = (asked.after.parse().ok(), asked.resellers_after.parse().ok());
    let said = (said, Start { order, resellers });
    match page(&app, &person, code, said, WithdrawForm::default()).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(problem) => problem.respond(&app, uri.path(), None),
    }
}

async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    code: MarketCode,
    (status, said): (StatusCode, Option<Notice>),
    form: WithdrawForm,
) -> Response {
    match page(app, person, code, (said, Start::default()), form).await {
        Ok(page) => html(status, &page),
        Err(problem) => problem.respond(app, uri.path(), None),
    }
}

async fn page(
    app: &App,
    person: &Person,
    code: MarketCode,
    (said, from): (Option<Notice>, Start),
    form: WithdrawForm,
) -> Result<WithdrawalsPage, Problem> {
    let fault = |fault: StoreError| Problem::fault(&fault);
    let mut shell = shell(app, person, Place::Withdrawals).await;
    shell.notice = said;
    let t = shell.text();
    let snapshot = app.shop.snapshots.now();
    let rows = in_force(app, code).await.map_err(fault)?.into_iter().map(|fact| WithdrawalRow {
        tell: lists(app, person, &t, code, &fact.scope),
        code: fact.code.to_string(),
        scope: fact.scope.to_string(),
        since: fact.from,
        reason: fact.title,
        by: fact.source,
    });
    let rows = rows.collect();
    let mut products: Vec<(String, String)> = snapshot
        .variants
        .keys()
        .filter_map(|sku| snapshot.product(sku))
        .map(|(variant, model)| (variant.sku.to_string(), name_of(&t, variant, model)))
        .collect();
    products.sort();
    let of_resellers = held_table(app, person, &t, code, from.resellers).await.map_err(fault)?;
    let (held, next) = held(app, code, from.order, PAGE).await.map_err(fault)?;
    Ok(WithdrawalsPage {
        market: code,
        markets: markets_for(app, person, Permission::MarketRead),
        rows,
        held: held.iter().map(row).collect(),
        held_for_resellers: of_resellers,
        next: next.map(|last| format!("/admin/{code}/withdrawals?after={last}")),
        products,
        form,
        may_withdraw: person.may(Permission::OpeningWithdraw, Some(code)),
        told: app.shop.policy.mail,
        sees_orders: person.may(Permission::OrderRead, Some(code)),
        may_restore: person.may(Permission::OpeningRestore, Some(code)),
        key: form_key::fresh(app),
        shell,
    })
}

/// The waiting lists of the models that a withdrawal concerns, where the person may write to them.
fn lists(
    app: &App,
    person: &Person,
    t: &Text,
    market: MarketCode,
    scope: &Scope,
) -> Vec<(String, String)> {
    if !person.may(Permission::CustomerTell, Some(market)) {
        return Vec::new();
    }
    let snapshot = app.shop.snapshots.now();
    let products = snapshot.variants.keys().filter_map(|sku| snapshot.product(sku));
    let mut models: Vec<&Slug> = products
        .filter(|(variant, model)| scope.touches(&Subject::new(variant, model)) != Truth::No)
        .map(|(_, model)| &model.code)
        .collect();
    models.sort_unstable();
    models.dedup();
    let list = |model: &Slug| {
        let telling = Telling { market, model: Some(model.clone()), news: News::Delayed };
        (path(&telling), model_name(app, t, model))
    };
    models.into_iter().map(list).collect()
}

/// The withdrawals in force that concern a market.
async fn in_force(app: &App, code: MarketCode) -> Result<Vec<AuthorityOrder>, StoreError> {
    let snapshot = app.shop.snapshots.now();
    let countries = snapshot.market(code).map_or(&[][..], |market| &market.countries);
    let here = |reach: Reach| countries.iter().any(|country| reach.includes(*country));
    let facts = withdrawals(&app.shop).await?;
    Ok(facts.into_iter().filter(|fact| here(fact.reach)).collect())
}

/// Orders of a market that are held, and after which the next page begins, if there is one.
async fn held(
    app: &App,
    code: MarketCode,
    after: Option<OrderId>,
    limit: usize,
) -> Result<(Vec<HeldOrder>, Option<OrderId>), StoreError> {
    let rows = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut held = held_after(&app.shop, code, after, rows).await?;
    let more = held.len() > limit;
    held.truncate(limit);
    let next = held.last().filter(|_| more).map(|last| last.id);
    Ok((held, next))
}

fn row(order: &HeldOrder) -> HeldRow {
    let lines = order.lines.iter().map(|(sku, count)| format!("{count} × {sku}"));
    HeldRow {
        number: order.number.to_string(),
        placed_at: order.placed_at,
        lines: lines.collect::<Vec<_>>().join(", "),
    }
}

/// What is withdrawn and every order that is held.
pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
) -> Response {
    let Some(code) = market_for(&app, &person, Permission::MarketRead, &market) else {
        return nothing(&app, &uri);
    };
    let blocks = Withdrawn { app: app.clone(), code, begun: false, after: None };
    let columns = "what,code,at,of,reason,by";
    whole_file(&app, &uri, blocks, columns, "attachment; filename=\"withdrawals.csv\"").await
}

/// The withdrawals in force, then the held orders, the oldest first.
struct Withdrawn {
    app: App,
    code: MarketCode,
    /// The withdrawals are written.
    begun: bool,
    after: Option<OrderId>,
}

impl Blocks for Withdrawn {
    async fn next(&mut self, csv: &mut Csv) -> Result<bool, StoreError> {
        if !self.begun {
            for fact in in_force(&self.app, self.code).await? {
                let (code, since, scope) =
                    (fact.code.to_string(), fact.from.to_string(), fact.scope.to_string());
                csv.row(["withdrawal", &code, &since, &scope, &fact.title, &fact.source]);
            }
            self.begun = true;
        }
        let (orders, next) = held(&self.app, self.code, self.after, CSV_BLOCK).await?;
        for order in orders.iter().map(row) {
            let at = order.placed_at.timestamp().to_string();
            csv.row(["held_order", &order.number, &at, &order.lines, "", ""]);
        }
        self.after = next;
        Ok(next.is_some())
    }
}

/// The fields of a withdrawal.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    sku: String,
    model: String,
    factory: String,
    component: String,
    keep_page: String,
    reason: String,
}

pub(super) async fn withdraw(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(code) = market_for(&app, &person, Permission::OpeningWithdraw, &market) else {
        return nothing(&app, &uri);
    };
    let form = WithdrawForm {
        sku: sent.sku.clone(),
        model: sent.model.clone(),
        factory: sent.factory.clone(),
        component: sent.component.clone(),
        keep_page: sent.keep_page == "yes",
        reason: sent.reason.clone(),
        restore: Typed::default(),
    };
    let Some(scope) = scope(&form) else {
        let t = Text::new(person.language, None);
        let said = notice("bad", t.get("wd-scope-bad"));
        let bad = (StatusCode::UNPROCESSABLE_ENTITY, said);
        return answer(&app, &uri, &person, code, bad, form).await;
    };
    let gates = if form.keep_page { Degree::Preorder } else { Degree::Announce };
    let reason = sent.reason;
    let scope = Box::new(scope);
    let act = ExpansionAct::Withdraw { market: code, scope, gates, reason: reason.clone() };
    let doing = Doing { act: act.into(), reason, key: &sent.key, what: "staff.withdraw" };
    let done = format!("/admin/{code}/withdrawals?said=withdrawn");
    match carry_out(&app, &uri, &person, doing, &done).await {
        Back::Answer(response) => response,
        Back::Refused(status, words) => {
            let said = (status, notice("bad", words));
            answer(&app, &uri, &person, code, said, form).await
        }
    }
}

/// What is meant: every field that is filled must match. Nothing filled is everything, which is no
/// withdrawal.
fn scope(form: &WithdrawForm) -> Option<Scope> {
    fn field<T: std::str::FromStr>(text: &str) -> Option<Option<T>> {
        match text.trim() {
            "" => Some(None),
            text => text.parse().ok().map(Some),
        }
    }
    let component = match form.component.trim() {
        "" => None,
        text => Some(component(text)?),
    };
    let scope = Scope {
        sku: field(&form.sku)?,
        model: field(&form.model)?,
        factory: field(&form.factory)?,
        component,
        ..Scope::default()
    };
    (!scope.is_everything()).then_some(scope)
}

fn component(text: &str) -> Option<ComponentScope> {
    let mut parts = text.splitn(3, ':').map(str::trim);
    let kind = parts.next().and_then(ComponentKind::from_word)?;
    let maker = parts.next()?.parse().ok()?;
    let part = parts.next().map(str::parse::<Slug>).transpose().ok()?;
    Some(ComponentScope { kind, maker, part })
}

/// The fields of a proposal to take a withdrawal back.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RestoreForm {
    key: String,
    code: String,
    reason: String,
}

pub(super) async fn restore(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    form: Result<Form<RestoreForm>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(code) = market_for(&app, &person, Permission::OpeningRestore, &market) else {
        return nothing(&app, &uri);
    };
    let restore = Typed::new(format!("restore {}", sent.code), &[("reason", &sent.reason)]);
    let form = WithdrawForm { restore, ..WithdrawForm::default() };
    let act = Act::Restore { code: sent.code, reason: sent.reason.clone() };
    let doing = Doing { act, reason: sent.reason, key: &sent.key, what: "staff.restore" };
    let done = format!("/admin/{code}/withdrawals");
    match carry_out(&app, &uri, &person, doing, &done).await {
        Back::Answer(response) => response,
        Back::Refused(status, words) => {
            let said = (status, notice("bad", words));
            answer(&app, &uri, &person, code, said, form).await
        }
    }
}

/// The field of the form that writes to buyers.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WriteForm {
    key: String,
}

pub(super) async fn write(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    form: Result<Form<WriteForm>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(code) = market_for(&app, &person, Permission::OpeningWithdraw, &market) else {
        return nothing(&app, &uri);
    };
    if !is_form_key(&sent.key) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    match write_to_held(&app.shop, &person, code, &sent.key).await {
        Ok(_) => {
            let place = format!("/admin/{code}/withdrawals?said=written");
            Redirect::to(&place).into_response()
        }
        Err(Failure::Refused(refusal)) => {
            let t = Text::new(person.language, None);
            let said = (StatusCode::CONFLICT, notice("bad", t.get(not_sent(refusal))));
            answer(&app, &uri, &person, code, said, WithdrawForm::default()).await
        }
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
        Err(Failure::KeyReused) => Problem::bad_form().respond(&app, uri.path(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_form_withdraws_nothing() {
        assert_eq!(scope(&WithdrawForm::default()), None);
        let form = |sku: &str, component: &str| WithdrawForm {
            sku: sku.to_owned(),
            component: component.to_owned(),
            ..WithdrawForm::default()
        };
        assert!(scope(&form("BAND-BLACK", "")).is_some_and(|scope| scope.sku.is_some()));
        assert!(scope(&form("", "battery:maker")).is_some_and(|scope| scope.component.is_some()));
        assert_eq!(scope(&form("not a sku", "")), None);
        assert_eq!(scope(&form("", "engine:maker")), None);
        assert_eq!(scope(&form("", "battery")), None);
    }
}
