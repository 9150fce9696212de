//! `GET /api/v1/sales` and `GET /api/v1/sale/{sale}`: what everybody may know. The same for all, so
//! that a cache in front can answer a million people who look at the clock.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use kontor_base::Instant;
use kontor_domain::sale::UnitsRange;
use kontor_shop::sale::{SaleRefusal, ShownSale, list, shown};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::of_sale;
use super::sale_of;
use crate::api::call::Call;
use crate::api::money::MoneyBody;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Anybody.
pub(crate) const LIST: Route = Route::read("/api/v1/sales", Class::Read);
/// Anybody.
pub(crate) const ROUTE: Route = Route::read("/api/v1/sale/{sale}", Class::Read);

/// How long a cache may answer by itself: short enough for a countdown's end, long enough that a
/// million people are one request a second.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=1, stale-while-revalidate=5");

/// A sale.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sale)]
pub(crate) struct SaleBody {
    /// Its id.
    id: String,
    /// What it is called.
    title: String,
    /// What it is called in languages in which that is said differently, by their tag.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    titles: BTreeMap<&'static str, String>,
    /// What is sold.
    #[schema(example = "BAND-BLACK")]
    sku: String,
    /// Where it stands: `announced`, `registration`, `doors`, `live`, `sold_out`, `settled`,
    /// `reported`, `halted`.
    #[schema(value_type = String, example = "registration")]
    state: &'static str,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    now: Instant,
    /// When things happen.
    windows: WindowsBody,
    /// Units that one person may have, over all sales of the item.
    #[schema(example = 1)]
    per_person: u32,
    /// For how long units are held, in minutes.
    #[schema(example = 10)]
    hold_minutes: u8,
    /// Whether it is over, and the report out, as soon as every unit is paid, before `ends_at`.
    ends_when_sold: bool,
    /// The BLAKE3 hash of the secret that makes the order; the report shows the secret.
    commitment: String,
    /// A public source of randomness that is mixed into the order, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    beacon: Option<String>,
    /// The ways in.
    ways: Vec<WayBody>,
    /// The address of the report, once it is out.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<String>,
}

/// When things happen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WindowsBody {
    /// Registration opens.
    #[schema(value_type = String, format = DateTime)]
    registration_at: Instant,
    /// The queue opens.
    #[schema(value_type = String, format = DateTime)]
    doors_at: Instant,
    /// Units are taken from then on.
    #[schema(value_type = String, format = DateTime)]
    live_at: Instant,
    /// No new claim after this.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Instant,
    /// The report comes out.
    #[schema(value_type = String, format = DateTime)]
    report_at: Instant,
}

/// A way in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WayBody {
    /// The market.
    #[schema(example = "us")]
    market: String,
    /// `rush`, `draw`, `code`, `batch`.
    #[schema(value_type = String, example = "rush")]
    way: &'static str,
    /// Units at the beginning.
    #[schema(example = 1_000)]
    quota: u32,
    /// Units that are free, in a range; not there before it goes live.
    #[serde(skip_serializing_if = "Option::is_none")]
    free: Option<RangeBody>,
    /// What a place in line costs, if it does; it is had back until something is bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit: Option<MoneyBody>,
    /// The digest of everybody who was there when it went live: note it, and compare it with the
    /// report. Not there before.
    #[serde(skip_serializing_if = "Option::is_none")]
    entries_digest: Option<String>,
}

/// A range of a power of ten: exact numbers would be a game.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct RangeBody {
    /// At least this many.
    #[schema(example = 100)]
    from: u64,
    /// At most this many.
    #[schema(example = 999)]
    to: u64,
}

impl From<UnitsRange> for RangeBody {
    fn from(range: UnitsRange) -> Self {
        Self { from: range.from, to: range.to }
    }
}

/// All sales.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SalesBody {
    /// The oldest first.
    sales: Vec<SaleBody>,
}

/// List sales
///
/// Every sale that the public may know of, the oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/sales",
    tag = "Sales",
    operation_id = "list-sales",
    responses(
        (status = 200, description = "The sales.", body = SalesBody),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn list_sales(State(app): State<App>, call: Call) -> Response {
    let answer = all(&app, &call).await;
    cacheable(call.answer(&app, answer))
}

/// Read a sale
///
/// What is sold, when, to whom, and where it stands. The same for everybody and cacheable for a
/// second: count down by `now`, and do not ask more often.
#[utoipa::path(
    get,
    path = "/api/v1/sale/{sale}",
    tag = "Sales",
    operation_id = "get-sale",
    params(("sale" = String, Path, description = "The sale's id.")),
    responses(
        (status = 200, description = "The sale.", body = SaleBody),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_sale(State(app): State<App>, call: Call) -> Response {
    let answer = one(&app, &call).await;
    cacheable(call.answer(&app, answer))
}

pub(super) fn cacheable(mut response: Response) -> Response {
    if response.status().is_success() {
        response.headers_mut().insert(header::CACHE_CONTROL, CACHED);
    }
    response
}

async fn all(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let sales = list(&app.shop).await.map_err(|fault| Problem::fault(&fault))?;
    let body = SalesBody { sales: sales.iter().map(SaleBody::from).collect() };
    Ok(Reply::json(StatusCode::OK, &body))
}

async fn one(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let found = shown(&app.shop, sale_of(call)?).await.map_err(|fault| Problem::fault(&fault))?;
    let sale = found.ok_or_else(|| of_sale(&SaleRefusal::Unknown))?;
    Ok(Reply::json(StatusCode::OK, &SaleBody::from(&sale)))
}

impl From<&ShownSale> for SaleBody {
    fn from(sale: &ShownSale) -> Self {
        let definition = &sale.definition;
        let windows = definition.windows;
        let reported = sale.state == kontor_domain::sale::SaleState::Reported;
        Self {
            id: definition.sale.to_string(),
            title: sale.title.clone(),
            titles: definition.titles.iter().map(|(l, title)| (l.tag(), title.clone())).collect(),
            sku: definition.sku.to_string(),
            state: sale.state.word(),
            now: sale.now,
            windows: WindowsBody {
                registration_at: windows.registration_at,
                doors_at: windows.doors_at,
                live_at: windows.live_at,
                ends_at: windows.ends_at,
                report_at: windows.report_at,
            },
            per_person: definition.per_person,
            hold_minutes: definition.hold_minutes,
            ends_when_sold: definition.ends_when_sold,
            commitment: sale.commitment.to_string(),
            beacon: definition.beacon.clone(),
            ways: sale
                .ways
                .iter()
                .map(|way| WayBody {
                    market: way.market.to_string(),
                    way: way.way.word(),
                    quota: way.quota,
                    free: way.free.map(RangeBody::from),
                    deposit: definition.deposit(way.market, way.way).map(MoneyBody::from),
                    entries_digest: way.entries_digest.map(|digest| digest.to_string()),
                })
                .collect(),
            report: reported.then(|| format!("/api/v1/sale/{}/report", definition.sale)),
        }
    }
}
