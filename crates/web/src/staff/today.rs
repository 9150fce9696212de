//! The daily page.

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Date;
use kontor_domain::clearance::Grant;
use kontor_domain::market::MarketCode;
use kontor_domain::opening::EXPIRING_DAYS;
use kontor_domain::order::OrderState;
use kontor_domain::staff::{Permission, ProposalState};
use kontor_shop::Snapshot;
use kontor_shop::order::{ListQuery, list};
use kontor_shop::staff::{Person, own_decided, proposals};

use super::desk::{markets_for, shell};
use super::news::{ending_keys, under_way, went_wrong};
use super::news_catalogue::what_is_lacking;
use super::order_list::row;
use super::proposal::rows;
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::Route;
use crate::page::staff::{COUNTED, Expiring, OrderRow, OrderRows, Place, TodayPage};

pub(super) const SHOW: Route = Route::desk("/admin", None);

/// How many rows of a list the page shows; where there are more it says so and leads to them.
const SHOWN: usize = 20;

/// So long the page tells what was decided about somebody's own proposals, in seconds: a week, so that nobody
/// misses it over a free day.
const DECIDED_S: i64 = 7 * 24 * 60 * 60;
/// How many of these of each kind are told.
const DECIDED_SHOWN: i64 = 10;

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    let waits = proposals(&app.shop, &person, ProposalState::Waiting, None, COUNTED).await;
    let waits = match waits {
        Ok(waits) => waits,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let (mut waiting, rest): (Vec<_>, Vec<_>) =
        waits.into_iter().partition(|shown| shown.may_decide);
    let mut more = Vec::new();
    cut(&mut waiting, "waiting", &mut more);
    let mut own: Vec<_> = rest.into_iter().filter(|shown| shown.own).take(SHOWN + 1).collect();
    cut(&mut own, "own", &mut more);
    let since = app.shop.now().plus_seconds(-DECIDED_S);
    let decided = match own_decided(&app.shop, &person, since, DECIDED_SHOWN).await {
        Ok(decided) => decided,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let orders_in = |permission, state| {
        let markets = markets_for(&app, &person, permission);
        let query = ListQuery { markets, state: Some(state), ..ListQuery::default() };
        list(&app.shop, query, SHOWN + 1)
    };
    let (mut held, mut unpaid) = (None, None);
    if person.may_somewhere(Permission::OrderRead) {
        let in_state = |state| orders_in(Permission::OrderRead, state);
        let found =
            (in_state(OrderState::OnHold).await, in_state(OrderState::AwaitingPayment).await);
        match found {
            (Ok(mut on_hold), Ok(mut awaiting)) => {
                cut(&mut on_hold, "held", &mut more);
                cut(&mut awaiting, "unpaid", &mut more);
                held = Some(on_hold.iter().map(row).collect());
                unpaid = Some(awaiting.iter().map(row).collect());
            }
            (Err(fault), _) | (_, Err(fault)) => {
                return Problem::fault(&fault).respond(&app, uri.path(), None);
            }
        }
    }
    let to_send = if person.may_somewhere(Permission::OrderDispatch) {
        match orders_in(Permission::OrderDispatch, OrderState::Paid).await {
            Ok(mut paid) => {
                cut(&mut paid, "to-send", &mut more);
                Some(paid.iter().map(row).collect())
            }
            Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
        }
    } else {
        None
    };
    let shell = shell(&app, &person, Place::Today).await;
    let t = shell.text();
    let wrong = match went_wrong(&app, &person, &t).await {
        Ok(wrong) => wrong,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let ending = match ending_keys(&app, &person, &t).await {
        Ok(ending) => ending,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let listed =
        |labelled, rows: Option<Vec<OrderRow>>| rows.map(|rows| OrderRows { t, labelled, rows });
    let page = TodayPage {
        waiting: rows(waiting),
        own: rows(own),
        decided: rows(decided),
        expiring: person.may_somewhere(Permission::ClearanceRead).then(|| expiring(&app, &person)),
        held: listed("held-title", held),
        unpaid: listed("unpaid-title", unpaid),
        wrong,
        keys: ending,
        to_send: listed("to-send-title", to_send),
        rollouts: under_way(&app, &person, &t).await,
        lacking: what_is_lacking(&app, &person, &t),
        shown: SHOWN,
        more,
        shell,
    };
    html(StatusCode::OK, &page)
}

/// Leaves what the page shows of a list that was read one row further, and notes that it goes on.
fn cut<T>(rows: &mut Vec<T>, name: &'static str, more: &mut Vec<&'static str>) {
    if rows.len() > SHOWN {
        rows.truncate(SHOWN);
        more.push(name);
    }
}

/// Evidence in the person's markets that ends soon or has ended lately, the earliest first.
fn expiring(app: &App, person: &Person) -> Vec<Expiring> {
    const SINCE_DAYS: i32 = -30;
    ending_within(app, person, SINCE_DAYS, EXPIRING_DAYS)
}

/// Evidence in the person's markets that ends from so many days on and before so many, counted from
/// today; the earliest first.
pub(super) fn ending_within(app: &App, person: &Person, from: i32, to: i32) -> Vec<Expiring> {
    let today = app.shop.now().date();
    let own = markets_for(app, person, Permission::ClearanceRead);
    let snapshot = app.shop.snapshots.now();
    let mut rows: Vec<Expiring> = snapshot
        .facts
        .records()
        .grants
        .iter()
        .filter(|grant| grant.revoked_on.is_none())
        .filter_map(|grant| {
            let on = grant.expires_on?;
            let days = days_between(today, on);
            let market = own.iter().copied().find(|code| concerns(&snapshot, *code, grant))?;
            (from..to).contains(&days).then(|| Expiring {
                grant: grant.code.to_string(),
                clearance: grant.clearance.to_string(),
                scope: scope_words(grant),
                path: format!("/admin/{market}/grants/{}", grant.code),
                on,
                days,
            })
        })
        .collect();
    rows.sort_by(|a, b| (a.on, &a.grant).cmp(&(b.on, &b.grant)));
    rows
}

/// So many days from one to the other; negative: back.
pub(super) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// Whether evidence is for a country of the market.
pub(super) fn concerns(snapshot: &Snapshot, market: MarketCode, grant: &Grant) -> bool {
    let market = snapshot.market(market);
    market.is_some_and(|market| market.countries.iter().any(|own| grant.reach.includes(*own)))
}

fn scope_words(grant: &Grant) -> String {
    let row = grant.to_row();
    let parts = [row.brand, row.model, row.sku, row.revision, row.factory, row.class];
    let named: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if named.is_empty() { "*".to_owned() } else { named.join(" ") }
}
