//! `GET /api/v1/reach/{kind}/{code}`: one record.

use axum::extract::State;
use axum::response::Response;
use kontor_domain::reach::RecordKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{FigureBody, ForecastBody, RankBody, TargetBody};
use super::kept;
use crate::api::call::Call;
use crate::api::reply::text;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};
use crate::reach::Edition;

pub(crate) const ROUTE: Route = Route::read("/api/v1/reach/{kind}/{code}", Class::Read);

/// A record of one of the four kinds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = ReachRecord)]
pub(crate) enum RecordBody {
    /// What somebody said.
    Figure(Box<FigureBody>),
    /// A world rank.
    Rank(Box<RankBody>),
    /// A target.
    Target(Box<TargetBody>),
    /// A forecast.
    Forecast(Box<ForecastBody>),
}

fn find(edition: &Edition, kind: RecordKind, code: &str) -> Option<RecordBody> {
    let reach = edition.reach();
    Some(match kind {
        RecordKind::Figure => RecordBody::Figure(Box::new(reach.figure(code)?.into())),
        RecordKind::Rank => RecordBody::Rank(Box::new(reach.rank(code)?.into())),
        RecordKind::Target => RecordBody::Target(Box::new(reach.target(code)?.into())),
        RecordKind::Forecast => RecordBody::Forecast(Box::new(reach.forecast(code)?.into())),
    })
}

/// Show one record
///
/// A figure, rank, target or forecast by its name, which is for ever. A record is never changed, so
/// the answer is the same each time.
#[utoipa::path(
    get,
    path = "/api/v1/reach/{kind}/{code}",
    tag = "Published figures",
    operation_id = "show-reach-record",
    params(
        ("kind" = String, Path, description = "`figure`, `rank`, `target` or `forecast`.", example = "figure"),
        ("code" = String, Path, description = "The record's name.", example = "units-2014"),
    ),
    responses(
        (status = 200, description = "The record.", body = RecordBody),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_record(State(app): State<App>, call: Call) -> Response {
    if let Err(problem) = call.only_queries(&[]) {
        return call.answer(&app, Err(problem));
    }
    let edition = app.reach.edition(&app);
    let (kind, code) = (call.segment("kind"), call.segment("code"));
    let found = RecordKind::from_word(kind).and_then(|kind| find(&edition, kind, code));
    let Some(record) = found else { return call.answer(&app, Err(Problem::not_found())) };
    let key = format!("/api/v1/reach/{kind}/{code}");
    kept(&app, &call, &edition, &key, "application/json", || text(&record))
}
