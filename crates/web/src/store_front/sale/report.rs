//! The report of a sale as a page. It does not change any more, so that it is made once.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use kontor_base::hex;
use kontor_base::id::SaleId;
use kontor_shop::sale::{MadeReport, report, taken_over_time};

use super::list::product;
use super::{sale_id, way_name};
use crate::kit::app::App;
use crate::kit::pages::Page;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};
use crate::page::{ChannelLine, Curve, ReportPage};
use crate::store_front::visit::{Visit, nothing_here};

pub(super) const ROUTE: Route = Route::read("/{market}/{language}/sale/{sale}/report", Class::Page);

const CACHED: &str = "public, max-age=3600";

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path((market, language, sale)): Path<(String, String, String)>,
) -> Response {
    // The names of products may change with the snapshot; the figures do not.
    let generation = app.shop.snapshots.generation();
    if let Some(page) = app.report_pages.get(generation, uri.path()) {
        return page.respond(&asked);
    }
    let Some(visit) = Visit::find(&app, &market, &language) else {
        return nothing_here(&app, &uri);
    };
    let Some(id) = sale_id(&sale) else { return nothing_here(&app, &uri) };
    let (made, curve) = match (report(&app.shop, id).await, taken_over_time(&app.shop, id).await) {
        (Ok(Some(made)), Ok(points)) => (made, Curve { points }),
        (Ok(None), _) => return nothing_here(&app, &uri),
        (Err(fault), _) | (_, Err(fault)) => {
            return Problem::fault(&fault).respond(&app, uri.path(), None);
        }
    };
    let Some(page) = page(&app, &visit, id, &made, curve) else {
        return nothing_here(&app, &uri);
    };
    match askama::Template::render(&page) {
        Ok(body) => {
            let made = Page::new(body, "text/html; charset=utf-8").cached(CACHED);
            let key = visit.path(&format!("sale/{id}/report"));
            app.report_pages.keep(generation, &key, made).respond(&asked)
        }
        Err(error) => {
            tracing::error!(%error, "the report of a sale could not be rendered");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "request.fault").respond(
                &app,
                uri.path(),
                None,
            )
        }
    }
}

fn page(
    app: &App,
    visit: &Visit,
    id: SaleId,
    made: &MadeReport,
    curve: Curve,
) -> Option<ReportPage> {
    let report = made.report();
    let (_, model) = product(visit, &report.sku)?;
    let channels = report
        .channels
        .iter()
        .filter_map(|channel| {
            let totals = channel.totals;
            let quota = u64::from(channel.quota) + u64::from(channel.rolled_in);
            Some(ChannelLine {
                country: visit.snapshot.market(channel.market)?.home(),
                way: way_name(channel.way),
                quota: quota.saturating_sub(u64::from(channel.rolled_out)),
                sold: totals.units_claimed,
                entries: totals.entries,
                claimed: totals.claimed,
                expired: totals.expired,
                released: totals.released,
                limited: totals.limited,
                refused: totals.refused,
                from_list: totals.from_list,
                limits: channel.limits.clone(),
                deposits: channel.deposits,
            })
        })
        .collect();
    Some(ReportPage {
        shell: visit.shell(app, &format!("sale/{id}/report")),
        sale: id.to_string(),
        name: model.text(visit.language, |text| &text.name).to_owned(),
        live_at: report.live_at,
        settled_at: report.settled_at,
        channels,
        curve,
        per_person: report.per_person,
        commitment: report.commitment.to_string(),
        secret: hex(report.secret.bytes()),
        beacon: report.beacon.as_ref().map(|beacon| (beacon.name.clone(), hex(&beacon.value))),
        holds: made.holds(),
    })
}
