//! What can leave: orders and resellers' orders of a market, each with a field for the serial numbers
//! of its units.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::id::{OrderId, ResellerOrderId};
use kontor_domain::market::MarketCode;
use kontor_domain::staff::Permission;
use kontor_shop::order::{WaitingParcel, parcels};
use kontor_shop::reseller::open_orders;
use kontor_shop::staff::{ExpansionAct, Person};
use kontor_shop::stock::Serials;
use kontor_store::reseller::KeptOrder;
use serde::Deserialize;

use super::desk::{market_for, markets_for, nothing, notice, shell, to_first_market};
use super::doing::{Back, Doing, carry_out};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{DispatchPage, Notice, ParcelRow, Place, Typed};

const SENDS: Option<Permission> = Some(Permission::OrderDispatch);
const PATH: &str = "/admin/{market}/dispatch";
pub(super) const FIRST: Route = Route::desk("/admin/dispatch", SENDS);
pub(super) const SHOW: Route = Route::desk(PATH, SENDS);
pub(super) const SEND: Route = Route::desk_form(PATH, SENDS, Repeat::FormKey);

/// How many parcels stand on a page.
const PAGE: i64 = 50;
/// The largest field of serial numbers that is read, in bytes.
const SERIALS_BYTES: usize = 64 * 1024;

/// The first market that is the person's.
pub(super) async fn first(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    to_first_market(&app, &uri, &person, Permission::OrderDispatch, "dispatch")
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    sent: String,
    after: String,
    resellers_after: String,
}

/// Which page: after which of the shop's own orders, or after which order of a reseller.
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
    let Some(code) = market_for(&app, &person, Permission::OrderDispatch, &market) else {
        return nothing(&app, &uri);
    };
    let t = Text::new(person.language, None);
    let sent: String = asked.sent.chars().take(60).collect();
    let said = match sent.as_str() {
        "" => None,
        number => notice("good", t.one("disp-sent", "number", number)),
    };
    let (order, resellers) = (asked.after.parse().ok(), asked.resellers_after.parse().ok());
    let from = Start { order, resellers };
    let said = (StatusCode::OK, said);
    answer(&app, &uri, &person, (code, from), said, Typed::default()).await
}

async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    (code, from): (MarketCode, Start),
    (status, said): (StatusCode, Option<Notice>),
    typed: Typed,
) -> Response {
    let found = match rows(app, person, code, from).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(app, uri.path(), None),
    };
    let mut shell = shell(app, person, Place::Dispatch).await;
    shell.notice = said;
    let page = DispatchPage {
        shell,
        market: code,
        markets: markets_for(app, person, Permission::OrderDispatch),
        rows: found.rows,
        held: found.held,
        from: [
            from.order.map(|order| order.to_string()).unwrap_or_default(),
            from.resellers.map(|order| order.to_string()).unwrap_or_default(),
        ],
        typed,
        next: [
            found.order.map(|last| format!("/admin/{code}/dispatch?after={last}")),
            found.resellers.map(|last| format!("/admin/{code}/dispatch?resellers_after={last}")),
        ],
        key: form_key::fresh(app),
    };
    html(status, &page)
}

/// A page of what can leave.
#[derive(Debug, Default)]
struct Found {
    rows: Vec<ParcelRow>,
    held: usize,
    /// The last of the shop's own orders, where there are more.
    order: Option<OrderId>,
    /// The last of the resellers' orders, where there are more.
    resellers: Option<ResellerOrderId>,
}

/// What can leave. The first page has the oldest of both kinds; from there each is paged by itself.
async fn rows(
    app: &App,
    person: &Person,
    code: MarketCode,
    from: Start,
) -> Result<Found, kontor_store::StoreError> {
    let t = Text::new(person.language, None);
    let mut page = Found::default();
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    if from.resellers.is_none() {
        let mut found = parcels(&app.shop, code, from.order, PAGE + 1).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        page.order = found.last().filter(|_| more).map(|parcel| parcel.id);
        page.rows = found.iter().map(|parcel| own_row(&t, parcel)).collect();
    }
    if from.order.is_none() {
        let open = open_orders(&app.shop, code, from.resellers, limit).await?;
        (page.held, page.resellers) = (open.held, open.next);
        let rows = open.orders.into_iter();
        page.rows.extend(rows.map(|(order, name)| reseller_row(&t, &order, name)));
    }
    Ok(page)
}

fn own_row(t: &Text, parcel: &WaitingParcel) -> ParcelRow {
    let lines: Vec<(String, i64)> =
        parcel.lines.iter().map(|(sku, n)| (sku.to_string(), i64::from(*n))).collect();
    ParcelRow {
        number: parcel.number.to_string(),
        placed: t.moment(&parcel.placed_at),
        country: t.country(&parcel.country).into_owned(),
        serials: template(&lines),
        lines,
        reseller: None,
    }
}

fn reseller_row(t: &Text, order: &KeptOrder, name: String) -> ParcelRow {
    let lines: Vec<(String, i64)> =
        order.body.lines.iter().map(|l| (l.sku.to_string(), i64::from(l.units))).collect();
    ParcelRow {
        number: order.id.to_string(),
        placed: t.date(&order.body.on),
        country: t.country(&order.body.ship_to).into_owned(),
        serials: template(&lines),
        lines,
        reseller: Some(name),
    }
}

/// One line for each variant, to be filled in.
fn template(lines: &[(String, i64)]) -> String {
    lines.iter().map(|(sku, _)| format!("{sku}: ")).collect::<Vec<_>>().join("\n")
}

/// The fields of a parcel.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    number: String,
    serials: String,
    after: String,
    resellers_after: String,
}

pub(super) async fn send(
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
    let Some(code) = market_for(&app, &person, Permission::OrderDispatch, &market) else {
        return nothing(&app, &uri);
    };
    // The page that was sent from, with everything that was scanned.
    let (order, resellers) = (sent.after.parse().ok(), sent.resellers_after.parse().ok());
    let (from, number) = (Start { order, resellers }, sent.number.trim().to_owned());
    let typed = Typed::new(format!("send-{number}"), &[("serials", &sent.serials)]);
    let Some(serials) = read(&sent.serials) else {
        let t = Text::new(person.language, None);
        let said = notice("bad", t.get("disp-serials-bad"));
        let said = (StatusCode::UNPROCESSABLE_ENTITY, said);
        return answer(&app, &uri, &person, (code, from), said, typed).await;
    };
    let act = match number.parse::<ResellerOrderId>() {
        Ok(order) => ExpansionAct::DispatchReseller { market: code, order, serials },
        Err(_) => ExpansionAct::Dispatch { market: code, order: number.clone(), serials },
    };
    let reason = number.clone();
    let doing = Doing { act: act.into(), reason, key: &sent.key, what: "staff.dispatch" };
    let mut done = format!("/admin/{code}/dispatch?sent={}", crate::kit::escape::in_query(&number));
    if let Some(order) = from.order {
        done += &format!("&after={order}");
    }
    if let Some(order) = from.resellers {
        done += &format!("&resellers_after={order}");
    }
    match carry_out(&app, &uri, &person, doing, &done).await {
        Back::Answer(response) => response,
        Back::Refused(status, words) => {
            let said = (status, notice("bad", words));
            answer(&app, &uri, &person, (code, from), said, typed).await
        }
    }
}

/// Reads `SKU: serial serial` on each line.
fn read(text: &str) -> Option<Serials> {
    if text.len() > SERIALS_BYTES {
        return None;
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (sku, rest) = line.split_once(':')?;
            let serials = rest.split(|c: char| c.is_whitespace() || c == ',');
            let serials = serials.filter(|s| !s.is_empty()).map(str::to_owned).collect();
            Some((sku.trim().parse().ok()?, serials))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_stand_behind_their_variant() {
        let read = read("BAND-BLACK: a1, a2\n\nPB5000-SILVER: \n").expect("two lines");
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].1, ["a1", "a2"]);
        assert!(read[1].1.is_empty());
        assert_eq!(super::read("a1 a2"), None);
        assert_eq!(super::read("no sku: a1"), None);
    }
}
