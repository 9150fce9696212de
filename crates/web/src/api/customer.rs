//! `POST /api/v1/{market}/waiting`: "tell me when".

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_domain::catalogue::Slug;
use kontor_shop::Failure;
use kontor_shop::customer::{Command, Refusal, sign_up};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, field, invalid};
use super::catalogue::model_may_be_told;
use super::problem_map::of_sign_up;
use super::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Class, Repeat, Route, Verb};

/// Anybody may leave an address. The same address twice is one entry, so no key is needed.
pub(crate) const ROUTE: Route = Route {
    method: Verb::Post,
    path: "/api/v1/{market}/waiting",
    access: Access::Public,
    class: Class::SignUp,
    repeat: Repeat::Natural,
};

/// A wish to be told. Not `Debug`: it is somebody's address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@shop.example", "model": "mi-note", "language": "en"}))]
pub(crate) struct WaitingWish {
    /// The address to write to.
    #[schema(example = "ada@shop.example")]
    email: String,
    /// The model; left out, the market's opening.
    #[serde(default)]
    model: Option<String>,
    /// The language to write in: `en`, `de`, `zh`, `hi`.
    #[schema(example = "en")]
    language: String,
}

/// The wish is noted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WaitingAnswer {
    /// The market.
    #[schema(example = "us")]
    market: String,
    /// The model.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// Always `noted`, whether the address was known or not.
    #[schema(value_type = String, example = "noted")]
    state: &'static str,
}

/// Join a waiting list
///
/// Notes an address that is told when the model can be bought or the market opens, once it was
/// confirmed from its mailbox: a letter asks for that, and after seven days without an answer the
/// address is removed. The answer is the same whether the address was there before: strangers must
/// not learn who waits for what. The same wish twice is one entry, so no Idempotency-Key is needed.
#[utoipa::path(
    post,
    path = "/api/v1/{market}/waiting",
    tag = "Waiting lists",
    operation_id = "join-waiting-list",
    params(("market" = String, Path, description = "The market's code.", example = "us")),
    request_body(content = WaitingWish, description = "Whom to tell, and of what."),
    responses(
        (status = 202, description = "The wish is noted.", body = WaitingAnswer),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn join_waiting_list(State(app): State<App>, call: Call) -> Response {
    let answer = join(&app, &call).await;
    call.answer(&app, answer)
}

async fn join(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let snapshot = app.shop.snapshots.now();
    let market = call.market(&snapshot)?;
    let WaitingWish { email, model, language } = call.json()?;
    let language = language.parse().map_err(|_| {
        let detail = "language is one of en, de, zh, hi";
        invalid(vec![field("/language", "request.unknown_value", detail)])
    })?;
    let unknown_model = || of_sign_up(Failure::Refused(Refusal::UnknownModel));
    let model: Option<Slug> = match model {
        None => None,
        Some(name) => Some(name.parse().map_err(|_| unknown_model())?),
    };
    let told = |model: &Slug| {
        !snapshot.models.contains_key(model) || model_may_be_told(&snapshot, market, model)
    };
    if !model.as_ref().is_none_or(told) {
        return Err(unknown_model());
    }
    let command = Command { market: market.code, model, email, language };
    let entry = sign_up(&app.shop, command).await.map_err(of_sign_up)?;
    let body = WaitingAnswer {
        market: entry.market.to_string(),
        model: entry.model.as_ref().map(ToString::to_string),
        state: "noted",
    };
    Ok(Reply::json(StatusCode::ACCEPTED, &body))
}
