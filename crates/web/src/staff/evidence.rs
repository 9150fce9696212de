//! A piece of evidence in one market: what it says, who stands for it, its paper, and what it covers.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Date;
use kontor_domain::clearance::{Grant, GrantState, Reach, Subject, Truth};
use kontor_domain::market::{Market, MarketCode};
use kontor_domain::opening::EXPIRING_DAYS;
use kontor_domain::staff::Permission;
use kontor_shop::Snapshot;
use kontor_shop::staff::Person;

use super::clearance::{gaps, name_of};
use super::desk::{market_for, markets_for, nothing, shell};
use super::today::concerns;
use crate::kit::app::App;
use crate::kit::escape::in_query;
use crate::kit::problem::html;
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Facts, Place, Table, WorkPage};

pub(super) const SHOW: Route =
    Route::desk("/admin/{market}/grants/{code}", Some(Permission::ClearanceRead));

/// The most products that are listed.
const SHOWN: usize = 100;

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((market, code)): Path<(String, String)>,
) -> Response {
    let Some(own) = market_for(&app, &person, Permission::ClearanceRead, &market) else {
        return nothing(&app, &uri);
    };
    let snapshot = app.shop.snapshots.now();
    let mut grants = snapshot.facts.records().grants.iter();
    let found = grants.find(|grant| grant.code.as_str() == code);
    let Some(grant) = found.filter(|grant| concerns(&snapshot, own, grant)) else {
        return nothing(&app, &uri);
    };
    let today = app.shop.now().date();
    let market = snapshot.market(own).expect("found in the snapshot just now");
    let shell = shell(&app, &person, Place::Clearances).await;
    let t = shell.text();
    let others = markets_for(&app, &person, Permission::ClearanceRead);
    let tabs = others
        .into_iter()
        .filter(|other| concerns(&snapshot, *other, grant))
        .map(|other| (format!("/admin/{other}/grants/{code}"), shell.market(&other), other == own));
    let tabs = tabs.collect();
    let above = format!("{}, {}", t.get("staff-clearances"), shell.market(&own));
    let mut ways = vec![(
        format!("/admin/clearances/calendar?market={own}"),
        t.get("calendar-title").into_owned(),
    )];
    if person.may_somewhere(Permission::StaffAudit) {
        let log = format!("/admin/log?act=clearance.&subject={}", in_query(&code));
        ways.push((log, t.get("staff-log").into_owned()));
    }
    let mut page = WorkPage::new(shell, code.clone())
        .below(format!("/admin/{own}/clearances"), above)
        .with(Block::Facts(said(&t, own, grant, today)))
        .with(Block::Table(covers(&t, &snapshot, market, today, grant)))
        .with(Block::Links(ways));
    page.tabs = tabs;
    html(StatusCode::OK, &page)
}

/// Everything that is written down of it; what is not is left out.
fn said(t: &Text, market: MarketCode, grant: &Grant, today: Date) -> Facts {
    let (words, tone) = state_of(t, grant, today);
    let clearance = grant.clearance.to_string();
    let rule = format!("/admin/{market}/rules/{clearance}");
    let mut pairs = vec![
        (t.get("staff-state").into_owned(), Cell::text(words).toned(tone)),
        (t.get("staff-clearance").into_owned(), Cell::link(clearance, rule)),
    ];
    let mut add = |id: &str, cell: Cell| {
        if !cell.text.is_empty() {
            pairs.push((t.get(id).into_owned(), cell));
        }
    };
    let day = |day: Option<Date>| Cell::text(day.map(|day| t.date(&day)).unwrap_or_default());
    add("fact-kind", Cell::text(grant.kind.word()));
    let reach = match grant.reach {
        Reach::Everywhere => t.get("fact-everywhere").into_owned(),
        Reach::Country(country) => t.country(&country).into_owned(),
    };
    add("fact-reach", Cell::text(reach));
    add("staff-covers", Cell::text(grant.scope.to_string()));
    add("staff-number", Cell::code(grant.number.clone()));
    add("staff-issuer", Cell::text(grant.issuer.clone()));
    add("fact-applied", day(grant.applied_on));
    add("fact-expected", day(grant.expected_on));
    add("staff-from", day(grant.issued_on));
    add("staff-until", day(grant.expires_on));
    add("fact-revoked", day(grant.revoked_on));
    add("staff-document", paper(t, &grant.document));
    add("staff-reason", Cell::text(grant.why.clone()));
    let by = match &grant.verified {
        Some(own) => format!("{}, {} ({})", own.by, t.date(&own.on), own.how.word()),
        None => t.get("fact-unconfirmed").into_owned(),
    };
    add("staff-verified", Cell::text(by));
    add("fact-source", Cell::text(format!("{} ({})", grant.source, grant.confidence.word())));
    Facts { pairs, ..Facts::default() }
}

/// The paper: a way to it where it is kept here, or where it is said to be.
pub(super) fn paper(t: &Text, document: &str) -> Cell {
    match document.strip_prefix("document:") {
        Some(hash) => Cell::link(t.get("staff-document-open"), format!("/admin/documents/{hash}")),
        None => Cell::text(document),
    }
}

/// What it is worth on a day: the words and the tone.
pub(super) fn state_of(t: &Text, grant: &Grant, on: Date) -> (String, &'static str) {
    let dated = |id, day: &Date| t.one(id, "date", t.date(day)).into_owned();
    match grant.state(on, EXPIRING_DAYS) {
        GrantState::NotYet => (t.get("grant-not-yet").into_owned(), "warn"),
        GrantState::InProgress { expected_on: None } => {
            (t.get("step-in-progress").into_owned(), "warn")
        }
        GrantState::InProgress { expected_on: Some(day) } => {
            (dated("step-in-progress-until", &day), "warn")
        }
        GrantState::Granted => (t.get("grant-holds").into_owned(), "good"),
        GrantState::Expiring { expires_on } => (dated("grant-ends", &expires_on), "warn"),
        GrantState::Expired { since } => (dated("step-lapsed", &since), "bad"),
        GrantState::Revoked { since } => (dated("grant-revoked", &since), "bad"),
    }
}

/// The products that it is for.
fn covers(t: &Text, snapshot: &Snapshot, market: &Market, today: Date, grant: &Grant) -> Table {
    let products = snapshot.variants.keys().filter_map(|sku| snapshot.product(sku));
    let covered = products
        .filter(|(variant, model)| grant.scope.touches(&Subject::new(variant, model)) != Truth::No);
    let clearance = &grant.clearance;
    let skus: Vec<_> = covered.map(|(variant, _)| &variant.sku).take(SHOWN + 1).collect();
    let mut rows: Vec<Vec<Cell>> = gaps(snapshot, market, today, today, &skus)
        .iter()
        .map(|((variant, model), gap)| {
            let sku = &variant.sku;
            // Evidence may be for more than needs it: then the page says nothing of this rule.
            let needed = gap.items.iter().any(|item| item.code() == Some(clearance.as_str()));
            let mark = if needed { format!("#rule-{clearance}") } else { String::new() };
            let path = format!("/admin/{}/clearances/{sku}{mark}", market.code);
            vec![Cell::link(name_of(t, variant, model), path), Cell::code(sku.to_string())]
        })
        .collect();
    let more = rows.len() > SHOWN;
    rows.truncate(SHOWN);
    Table {
        id: "products",
        title: t.get("fact-products").into_owned(),
        hint: if more {
            t.one("desk-found-first", "count", SHOWN).into_owned()
        } else {
            String::new()
        },
        columns: ["staff-product", "goods-sku"].map(|id| t.get(id).into_owned()).to_vec(),
        rows,
        empty: t.get("fact-products-none").into_owned(),
        ..Table::default()
    }
}
