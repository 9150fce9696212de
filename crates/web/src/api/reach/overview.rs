//! `GET /api/v1/reach`: all records and the live counter.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{FigureBody, ForecastBody, RankBody, TargetBody};
use super::counter::CounterBody;
use super::kept;
use crate::api::call::Call;
use crate::api::reply::text;
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::reach::{Edition, country_rows};

pub(crate) const ROUTE: Route = Route::read("/api/v1/reach", Class::Read);

/// The published figures.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReachAnswer {
    /// What is counted here.
    counter: CounterBody,
    /// What was said, in the order in which it was recorded. One that another `corrects` stays.
    figures: Vec<FigureBody>,
    /// The world rank by provider and period.
    ranks: Vec<RankBody>,
    /// Targets; never put right.
    targets: Vec<TargetBody>,
    /// Forecasts; never put right.
    forecasts: Vec<ForecastBody>,
    /// What the map shows, by country.
    countries: Vec<CountryBody>,
}

/// A country on the map.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachCountry)]
pub(crate) struct CountryBody {
    /// The country (ISO 3166-1).
    #[schema(example = "IN")]
    country: String,
    /// How far the shop has come there; none where it has no market.
    #[serde(skip_serializing_if = "Option::is_none")]
    shop_stage: Option<&'static str>,
    /// Devices active in the last 30 days, where they are enough to be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    active_devices: Option<u64>,
}

impl ReachAnswer {
    fn of(edition: &Edition) -> Self {
        let reach = edition.reach();
        Self {
            counter: CounterBody::of(edition),
            figures: reach.figures.iter().map(FigureBody::from).collect(),
            ranks: reach.ranks.iter().map(RankBody::from).collect(),
            targets: reach.targets.iter().map(TargetBody::from).collect(),
            forecasts: reach.forecasts.iter().map(ForecastBody::from).collect(),
            countries: country_rows(edition)
                .into_iter()
                .map(|row| CountryBody {
                    country: row.country.to_string(),
                    shop_stage: row.stage,
                    active_devices: row.devices,
                })
                .collect(),
        }
    }
}

/// Show the published figures
///
/// Everything that the page of figures prints: the live counter, and every record with its
/// definition, its speaker, its source and how well it is known. Claims that compete stand side by
/// side; nothing is averaged.
#[utoipa::path(
    get,
    path = "/api/v1/reach",
    tag = "Published figures",
    operation_id = "show-reach",
    responses(
        (status = 200, description = "The figures.", body = ReachAnswer),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_reach(State(app): State<App>, call: Call) -> Response {
    if let Err(problem) = call.only_queries(&[]) {
        return call.answer(&app, Err(problem));
    }
    let edition = app.reach.edition(&app);
    kept(&app, &call, &edition, "/api/v1/reach", "application/json", || {
        text(&ReachAnswer::of(&edition))
    })
}
