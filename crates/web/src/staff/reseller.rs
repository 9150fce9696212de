//! Resellers: applications, contracts (two people), allotments, keys, orders, and what is active
//! outside the territory.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::id::{self, ResellerId, ResellerOrderId};
use kontor_domain::market::MarketCode;
use kontor_domain::reseller::Standing;
use kontor_domain::staff::Permission;
use kontor_shop::Failure;
use kontor_shop::reach::{OutsideRow, OutsideUnits};
use kontor_shop::reseller::{ShownReseller, list};
use kontor_shop::staff::{
    ExpansionAct, IssueKey, Person, end_reseller_key, issue_reseller_key, market_of_applicant,
    may_key_reseller, reseller_for, resellers_read_of, sees_reseller,
};
use kontor_store::StoreError;
use kontor_store::reseller::{KeptContract, Reseller};
use serde::Deserialize;

use super::contract_form::{blank, of_contract, read};
use super::desk::{failed, markets_for, nothing, notice, shell};
use super::doing::{Back, Doing, carry_out};
use super::refusal::why;
use super::reseller_view::{allotment, clause_names, contract_row, orders, row, sold_on};
use super::sightings::sightings;
use crate::kit::app::App;
use crate::kit::form_key::{self, is_form_key};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{
    ContractForm, Notice, OutsideLine, OutsideTable, Place, ResellerKeyRow, ResellerPage,
    ResellersPage, Typed,
};

const READS: Option<Permission> = Some(Permission::ResellerRead);
const APPROVES: Option<Permission> = Some(Permission::ResellerApprove);
const MANAGES: Option<Permission> = Some(Permission::ResellerManage);
pub(super) const LIST: Route = Route::desk("/admin/resellers", READS);
pub(super) const SHOW: Route = Route::desk("/admin/resellers/{id}", READS);
pub(super) const CONTRACT: Route =
    Route::desk_form("/admin/resellers/{id}/contract", APPROVES, Repeat::FormKey);
pub(super) const REJECT: Route =
    Route::desk_form("/admin/resellers/{id}/reject", MANAGES, Repeat::FormKey);
pub(super) const ALLOT: Route =
    Route::desk_form("/admin/resellers/{id}/allot", MANAGES, Repeat::FormKey);
pub(super) const KEY: Route =
    Route::desk_form("/admin/resellers/{id}/key", MANAGES, Repeat::FormKey);
pub(super) const END_KEY: Route =
    Route::desk_form("/admin/resellers/{id}/key/end", MANAGES, Repeat::Natural);

/// Resellers on one page.
const PAGE: usize = 100;
/// How many times as many are looked through for one page.
const BLOCKS_MAX: usize = 20;
/// Units outside the territory on a reseller's page, and how many blocks of units are looked at for them.
const OUTSIDE_SHOWN: usize = 50;
const OUTSIDE_BLOCKS: usize = 5;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    before: String,
}

pub(super) async fn all(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let (found, next) = match visible(&app, &person, asked.before.parse().ok()).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let shell = shell(&app, &person, Place::Resellers).await;
    let t = shell.text();
    let rows = found
        .iter()
        .map(|(reseller, contracts)| row(&t, reseller, &own_contracts(&person, contracts)))
        .collect();
    html(StatusCode::OK, &ResellersPage { shell, rows, next: next.map(|next| next.to_string()) })
}

/// A page of the resellers that are the person's to see, the newest first, and the one before which the next
/// page begins. Whose they are is not in the key of the list, so it is walked until the page is full.
async fn visible(
    app: &App,
    person: &Person,
    mut before: Option<ResellerId>,
) -> Result<(Vec<(Reseller, Vec<KeptContract>)>, Option<ResellerId>), StoreError> {
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let mut rows = Vec::new();
    for _ in 0..BLOCKS_MAX {
        let block = list(&app.shop, before, limit).await?;
        let is_last = block.len() < PAGE;
        for (firm, contracts) in block {
            if rows.len() == PAGE {
                return Ok((rows, before));
            }
            before = Some(firm.id);
            if sees_reseller(&app.shop, person, &firm, &contracts) {
                rows.push((firm, contracts));
            }
        }
        if is_last {
            return Ok((rows, None));
        }
    }
    Ok((rows, before))
}

/// The contracts with markets whose resellers somebody reads.
pub(super) fn own_contracts(person: &Person, contracts: &[KeptContract]) -> Vec<KeptContract> {
    let own = resellers_read_of(person);
    contracts.iter().filter(|kept| own.contains(kept.market)).cloned().collect()
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let with = With { before: asked.before.parse().ok(), ..With::default() };
    answer(&app, &uri, &person, &id, StatusCode::OK, with).await
}

/// What a page has besides the reseller.
#[derive(Default)]
pub(super) struct With {
    pub(super) said: Option<Notice>,
    pub(super) form: Option<ContractForm>,
    pub(super) new_key: Option<String>,
    /// What was typed into one of the small forms.
    pub(super) typed: Typed,
    /// The order before which the page of orders begins.
    pub(super) before: Option<ResellerOrderId>,
}

async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    id: &str,
    status: StatusCode,
    with: With,
) -> Response {
    let found = match found_before(app, person, id, with.before).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing(app, uri),
        Err(problem) => return problem.respond(app, uri.path(), None),
    };
    match page(app, person, found, with).await {
        Ok(page) => html(status, &page),
        Err(problem) => problem.respond(app, uri.path(), None),
    }
}

pub(super) async fn found(
    app: &App,
    person: &Person,
    id: &str,
) -> Result<Option<ShownReseller>, Problem> {
    found_before(app, person, id, None).await
}

/// The same with older orders.
async fn found_before(
    app: &App,
    person: &Person,
    id: &str,
    before: Option<ResellerOrderId>,
) -> Result<Option<ShownReseller>, Problem> {
    let Ok(id) = id.parse::<ResellerId>() else { return Ok(None) };
    reseller_for(&app.shop, person, id, before).await.map_err(|fault| Problem::fault(&fault))
}

async fn page(
    app: &App,
    person: &Person,
    found: ShownReseller,
    with: With,
) -> Result<ResellerPage, Problem> {
    let mut shell = shell(app, person, Place::Resellers).await;
    shell.notice = with.said;
    let t = shell.text();
    let outside = first_outside(app, person, &t, found.reseller.id).await;
    let outside = outside.map_err(|fault| Problem::fault(&fault))?;
    let own = markets_for(app, person, Permission::ResellerApprove);
    let may_approve = !own.is_empty();
    let manages = markets_for(app, person, Permission::ResellerManage);
    let applicant = market_of_applicant(&app.shop.snapshots.now(), &found.reseller);
    let form = may_approve.then(|| {
        let last = found.contracts.last();
        with.form.unwrap_or_else(|| last.map_or_else(blank, of_contract))
    });
    Ok(ResellerPage {
        row: row(&t, &found.reseller, &found.contracts),
        email: found.reseller.profile.email.as_str().to_owned(),
        plan: found.reseller.profile.plan.to_string(),
        contracts: found.contracts.iter().map(|kept| contract_row(&t, kept)).collect(),
        allotment: allotment(&t, &found),
        orders: orders(&t, &found),
        typed: with.typed,
        before: with.before.map(|before| before.to_string()).unwrap_or_default(),
        older: found.older.map(|older| older.to_string()),
        keys: may_key_reseller(person, &found.markets).then(|| {
            let keys = found.keys.iter();
            keys.map(|key| ResellerKeyRow {
                hash: id::encode(key.hash),
                label: key.label.clone(),
                made_at: key.made_at,
                ended_at: key.ended_at,
            })
            .collect()
        }),
        new_key: with.new_key,
        sold: sold_on(&t, &found, format!("/admin/resellers/{}/sell-outs.csv", found.reseller.id)),
        outside,
        form,
        clause_names: clause_names(&t),
        markets: if may_approve { own } else { manages.clone() },
        may_manage: !manages.is_empty(),
        undecided: found.reseller.standing == Standing::Applied
            && person.may(Permission::ResellerManage, applicant),
        key: form_key::fresh(app),
        shell,
    })
}

/// The first units outside the territory; none where nothing is counted. Of a reseller with many units not all
/// are looked at for a page: the file does.
async fn first_outside(
    app: &App,
    person: &Person,
    t: &Text,
    reseller: ResellerId,
) -> Result<Option<OutsideTable>, StoreError> {
    let Some(seen) = sightings(app) else { return Ok(None) };
    let mut units = OutsideUnits::of(reseller, resellers_read_of(person));
    let mut found = Vec::new();
    for _ in 0..OUTSIDE_BLOCKS {
        found.extend(units.next(&app.shop, &*seen).await?);
        if units.is_over() || found.len() > OUTSIDE_SHOWN {
            break;
        }
    }
    let more = found.len() > OUTSIDE_SHOWN || !units.is_over();
    found.truncate(OUTSIDE_SHOWN);
    let line = |row: OutsideRow| OutsideLine {
        serial: row.serial,
        model: row.model,
        delivered_on: row.delivered_on,
        country: t.country(&row.country).into_owned(),
        since: row.since,
        clause: row.clause,
    };
    Ok(Some(OutsideTable { rows: found.into_iter().map(line).collect(), more }))
}

/// The fields of a contract's form. Nothing but these is read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ContractSent {
    key: String,
    code: String,
    market: String,
    from: String,
    until: String,
    ended_on: String,
    territory: String,
    models: String,
    currency: String,
    prices: String,
    minimum: String,
    allotment: String,
    term_clause: String,
    territory_clause: String,
    models_clause: String,
    price_clause: String,
    minimum_clause: String,
    allotment_clause: String,
    reason: String,
}

pub(super) async fn contract(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<ContractSent>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let found = match found(&app, &person, &id).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing(&app, &uri),
        Err(problem) => return problem.respond(&app, uri.path(), None),
    };
    let form = ContractForm {
        code: sent.code,
        market: sent.market,
        from: sent.from,
        until: sent.until,
        ended_on: sent.ended_on,
        territory: sent.territory,
        models: sent.models,
        currency: sent.currency,
        prices: sent.prices,
        minimum: sent.minimum,
        allotment: sent.allotment,
        clauses: [
            sent.term_clause,
            sent.territory_clause,
            sent.models_clause,
            sent.price_clause,
            sent.minimum_clause,
            sent.allotment_clause,
        ],
        reason: sent.reason,
    };
    let name = found.reseller.profile.name.as_str();
    let (market, contract) = match read(&form, name) {
        Ok(read) => read,
        Err(problem) => {
            let t = Text::new(person.language, None);
            let words = t.wrong(&problem.problem);
            let said = notice("bad", format!("{}: {words}", problem.field));
            let with = With { said, form: Some(form), ..With::default() };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return answer(&app, &uri, &person, &id, status, with).await;
        }
    };
    let reseller = found.reseller.id;
    let act = ExpansionAct::ApproveReseller { reseller, market, contract: Box::new(contract) };
    let reason = form.reason.clone();
    let doing = Doing { act: act.into(), reason, key: &sent.key, what: "staff.reseller.contract" };
    let with = With { form: Some(form), ..With::default() };
    back(&app, &uri, &person, &id, doing, with).await
}

pub(super) async fn back(
    app: &App,
    uri: &Uri,
    person: &Person,
    id: &str,
    doing: Doing<'_>,
    with: With,
) -> Response {
    let page = with.before.map_or_else(String::new, |before| format!("?before={before}"));
    match carry_out(app, uri, person, doing, &format!("/admin/resellers/{id}{page}")).await {
        Back::Answer(response) => response,
        Back::Refused(status, words) => {
            let with = With { said: notice("bad", words), ..with };
            answer(app, uri, person, id, status, with).await
        }
    }
}

/// The page again, saying why nothing was done.
pub(super) async fn said_bad(
    app: &App,
    uri: &Uri,
    person: &Person,
    id: &str,
    words: &str,
    with: With,
) -> Response {
    let t = Text::new(person.language, None);
    let with = With { said: notice("bad", t.get(words)), ..with };
    answer(app, uri, person, id, StatusCode::UNPROCESSABLE_ENTITY, with).await
}

/// The fields of the small forms.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    market: String,
    contract: String,
    sku: String,
    units: String,
    label: String,
    hash: String,
    reason: String,
}

impl Sent {
    /// The page again, with what was typed into the form of this name.
    fn with(&self, form: &str) -> With {
        let fields = [
            ("market", self.market.as_str()),
            ("contract", self.contract.as_str()),
            ("sku", self.sku.as_str()),
            ("units", self.units.as_str()),
            ("label", self.label.as_str()),
            ("reason", self.reason.as_str()),
        ];
        With { typed: Typed::new(form, &fields), ..With::default() }
    }
}

/// The reseller and the market of a small form, if both are the person's.
async fn about(
    app: &App,
    person: &Person,
    id: &str,
    sent: &Sent,
) -> Result<Option<(ShownReseller, MarketCode)>, Problem> {
    let Some(found) = found(app, person, id).await? else { return Ok(None) };
    let market = sent.market.parse::<MarketCode>().ok();
    let market = market.filter(|market| person.may(Permission::ResellerManage, Some(*market)));
    Ok(market.map(|market| (found, market)))
}

/// What a small form is about, by the `about` of the file that calls this; otherwise the handler
/// answers what is wrong with it.
macro_rules! asked_about {
    ($app:expr, $uri:expr, $person:expr, $id:expr, $form:expr) => {{
        let sent = match $form {
            Ok(Form(sent)) => sent,
            Err(rejection) => return Problem::form(&rejection).respond(&$app, $uri.path(), None),
        };
        match about(&$app, &$person, &$id, &sent).await {
            Ok(Some((found, particular))) => (sent, found, particular),
            Ok(None) => return nothing(&$app, &$uri),
            Err(problem) => return problem.respond(&$app, $uri.path(), None),
        }
    }};
}
pub(super) use asked_about;

pub(super) async fn reject(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (sent, found, _) = asked_about!(app, uri, person, id, form);
    let act = ExpansionAct::RejectReseller { reseller: found.reseller.id };
    let with = sent.with("reject");
    let doing = Doing {
        act: act.into(),
        reason: sent.reason,
        key: &sent.key,
        what: "staff.reseller.reject",
    };
    back(&app, &uri, &person, &id, doing, with).await
}

pub(super) async fn allot(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (sent, found, market) = asked_about!(app, uri, person, id, form);
    let with = sent.with("allot");
    let own = found.contracts.iter().any(|kept| kept.contract.code == sent.contract);
    let (Ok(sku), Ok(units), true) = (sent.sku.parse(), sent.units.trim().parse::<i64>(), own)
    else {
        return said_bad(&app, &uri, &person, &id, "rsl-allot-bad", with).await;
    };
    let act = ExpansionAct::Allot { market, contract: sent.contract, sku, units };
    let doing = Doing {
        act: act.into(),
        reason: sent.reason,
        key: &sent.key,
        what: "staff.reseller.allot",
    };
    back(&app, &uri, &person, &id, doing, with).await
}

pub(super) async fn key(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (sent, found, _) = asked_about!(app, uri, person, id, form);
    if !is_form_key(&sent.key) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let (reseller, with) = (found.reseller.id, sent.with("key"));
    let wish = IssueKey { reseller, label: sent.label, form_key: sent.key };
    match issue_reseller_key(&app.shop, &person, wish).await {
        Ok(key) => {
            let with = With { new_key: Some(key), ..With::default() };
            answer(&app, &uri, &person, &id, StatusCode::OK, with).await
        }
        Err(Failure::Refused(refusal)) => {
            let t = Text::new(person.language, None);
            let said = notice("bad", t.one("staff-refused", "why", why(&t, &refusal)));
            let with = With { said, ..with };
            answer(&app, &uri, &person, &id, StatusCode::UNPROCESSABLE_ENTITY, with).await
        }
        Err(failure) => failed(&app, &uri, failure),
    }
}

pub(super) async fn end_key(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (sent, found, _) = asked_about!(app, uri, person, id, form);
    let Some(hash) = id::decode(&sent.hash) else { return nothing(&app, &uri) };
    match end_reseller_key(&app.shop, &person, found.reseller.id, hash).await {
        Ok(_) => Redirect::to(&format!("/admin/resellers/{id}")).into_response(),
        Err(failure) => failed(&app, &uri, failure),
    }
}
