//! `POST /api/v1/sale/{sale}/code`: passes a code on, once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::{Email, Phone};
use kontor_shop::sale::{PassOn, pass_on};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::of_sale;
use super::sale_of;
use crate::api::call::{Call, field, invalid};
use crate::api::problem_map::of;
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};

/// Whoever knows the code and its holder. Passing it on to the same person twice is once.
pub(crate) const ROUTE: Route =
    Route::write("/api/v1/sale/{sale}/code", Access::Token, Repeat::Natural);

/// The longest text that is looked at as a code.
const CODE_CHARS_MAX: usize = 64;

/// A wish to pass a code on. Not `Debug`: it is two people's addresses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "06DY-K2M1-V5RJ-Z0Q3", "from": "ada@shop.example", "to": "bob@shop.example"}))]
pub(crate) struct PassOnWish {
    /// The code.
    code: String,
    /// The holder's address; of a fresh code, whoever gives it away.
    from: String,
    /// The holder's telephone number, if the entry was made with one.
    #[serde(default)]
    from_phone: Option<String>,
    /// The address of whoever gets it.
    to: String,
}

/// A code that was passed on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PassedOn {
    /// Always `passed_on`.
    #[schema(value_type = String, example = "passed_on")]
    state: &'static str,
}

/// Pass a code on
///
/// A code changes hands once and never again. The ticket that was made with it is void from then on;
/// whoever got the code enters with it.
#[utoipa::path(
    post,
    path = "/api/v1/sale/{sale}/code",
    tag = "Sales",
    operation_id = "pass-code-on",
    params(("sale" = String, Path, description = "The sale's id.")),
    request_body(content = PassOnWish, description = "Which code, from whom, to whom."),
    responses(
        (status = 200, description = "It belongs to somebody else now.", body = PassedOn),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn pass_code_on(State(app): State<App>, call: Call) -> Response {
    let answer = pass(&app, &call).await;
    call.answer(&app, answer)
}

async fn pass(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let sale = sale_of(call)?;
    let PassOnWish { code, from, from_phone, to } = call.json()?;
    let bad = |pointer, detail| invalid(vec![field(pointer, "request.bad_value", detail)]);
    if code.len() > CODE_CHARS_MAX {
        return Err(bad("/code", "too long for a code"));
    }
    let email =
        |pointer, text: &str| Email::parse(text).map_err(|_| bad(pointer, "not an e-mail address"));
    let from_phone = from_phone.map(|phone| Phone::parse(&phone)).transpose();
    let wish = PassOn {
        sale,
        code,
        from: email("/from", &from)?,
        from_phone: from_phone.map_err(|_| bad("/from_phone", "not a telephone number"))?,
        to: email("/to", &to)?,
    };
    pass_on(&app.shop, wish).await.map_err(|failure| of(failure, |r| of_sale(&r)))?;
    Ok(Reply::json(StatusCode::OK, &PassedOn { state: "passed_on" }))
}
