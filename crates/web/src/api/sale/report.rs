//! `GET /api/v1/sale/{sale}/report`: the public report, for `kontor sale verify` and anybody else.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use http_body::Frame;
use kontor_shop::sale::{MadeReport, Pieces, SaleRefusal, report};

use super::problem::of_sale;
use super::sale_of;
use crate::api::call::Call;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};

/// Anybody.
pub(crate) const ROUTE: Route = Route::read("/api/v1/sale/{sale}/report", Class::Read);

/// A report does not change any more.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=3600, immutable");

/// Read a sale's report
///
/// Everything that is needed to recompute the sale, and nobody's data: units per market and way,
/// every entry by its random id with what became of it, the secret of the order and the hash that
/// was published before. `kontor sale verify` checks it. 404 until the sale is reported.
#[utoipa::path(
    get,
    path = "/api/v1/sale/{sale}/report",
    tag = "Sales",
    operation_id = "get-sale-report",
    params(("sale" = String, Path, description = "The sale's id.")),
    responses(
        (status = 200, description = "The report (layout `kontor.sale.report/2`).",
            body = serde_json::Value),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_report(State(app): State<App>, call: Call) -> Response {
    match made(&app, &call).await {
        Ok(made) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
                (header::CACHE_CONTROL, CACHED),
            ];
            (headers, Body::new(ReportBody(made.pieces()))).into_response()
        }
        Err(problem) => call.answer(&app, Err(problem)),
    }
}

async fn made(app: &App, call: &Call) -> Result<Arc<MadeReport>, Problem> {
    call.only_queries(&[])?;
    let found = report(&app.shop, sale_of(call)?).await;
    let found = found.map_err(|fault| Problem::fault(&fault))?;
    found.ok_or_else(|| of_sale(&SaleRefusal::Unknown))
}

/// The report's pieces, each made when the one before has been taken: a hundred megabytes for a slow
/// reader are one piece in memory.
struct ReportBody(Pieces);

impl HttpBody for ReportBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.get_mut().0.next();
        Poll::Ready(piece.map(|piece| Ok(Frame::data(Bytes::from(piece)))))
    }
}
