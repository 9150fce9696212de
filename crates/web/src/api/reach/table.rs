//! `GET /api/v1/reach/tables/{file}`: each table as the file that an import reads.

use axum::extract::State;
use axum::response::Response;
use kontor_shop::exchange::{Table, published};

use super::kept;
use crate::api::call::Call;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};
use crate::reach::{Edition, country_rows};

pub(crate) const ROUTE: Route = Route::read("/api/v1/reach/tables/{file}", Class::Read);

fn csv(edition: &Edition, file: &str) -> Option<String> {
    let table = match file {
        "figures.csv" => Table::Figures,
        "ranks.csv" => Table::Ranks,
        "targets.csv" => Table::Targets,
        "forecasts.csv" => Table::Forecasts,
        "countries.csv" => return Some(countries(edition)),
        _ => return None,
    };
    String::from_utf8(published(edition.reach(), table)?).ok()
}

/// What the map shows; no cell of it needs quotes.
fn countries(edition: &Edition) -> String {
    let mut csv = String::from("country,shop_stage,active_devices\r\n");
    for row in country_rows(edition) {
        let devices = row.devices.map(|count| count.to_string()).unwrap_or_default();
        csv.push_str(&format!("{},{},{devices}\r\n", row.country, row.stage.unwrap_or_default()));
    }
    csv
}

/// Show a table as CSV
///
/// The records as `kontor import` reads them (`figures.csv`, `ranks.csv`, `targets.csv`,
/// `forecasts.csv`), and what the map shows (`countries.csv`: how far the shop has come in each
/// country, and active devices where they are enough to be told).
#[utoipa::path(
    get,
    path = "/api/v1/reach/tables/{file}",
    tag = "Published figures",
    operation_id = "show-reach-table",
    params(
        ("file" = String, Path, description = "`figures.csv`, `ranks.csv`, `targets.csv`, \
            `forecasts.csv` or `countries.csv`.", example = "figures.csv"),
    ),
    responses(
        (status = 200, description = "The table (RFC 4180, UTF-8).", body = String, content_type = "text/csv"),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_table(State(app): State<App>, call: Call) -> Response {
    if let Err(problem) = call.only_queries(&[]) {
        return call.answer(&app, Err(problem));
    }
    let edition = app.reach.edition(&app);
    let file = call.segment("file");
    let Some(text) = csv(&edition, file) else {
        return call.answer(&app, Err(Problem::not_found()));
    };
    let key = format!("/api/v1/reach/tables/{file}");
    kept(&app, &call, &edition, &key, "text/csv; charset=utf-8", || text)
}
