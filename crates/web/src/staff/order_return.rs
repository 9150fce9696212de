//! Goods of an order that came back: which, how many, good or scrapped.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_domain::staff::Permission;
use kontor_shop::order::CameBack;
use kontor_shop::staff::{ExpansionAct, Person, Undertaking};

use super::desk::{Refused, notice, undertaken};
use super::order::{answer, theirs};
use crate::kit::app::App;
use crate::kit::form_key::is_form_key;
use crate::kit::problem::Problem;
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::Typed;

pub(super) const TAKE_BACK: Route = Route::desk_form(
    "/admin/orders/{number}/return",
    Some(Permission::OrderReturn),
    Repeat::FormKey,
);

/// The most bytes of serial numbers of one line.
const SERIALS_BYTES: usize = 20_000;

pub(super) async fn take_back(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(number): Path<String>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let field = |name: &str| sent.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim());
    if !is_form_key(field("key")) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let found = match theirs(&app, &uri, &person, &number, Permission::OrderReturn).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let t = Text::new(person.language, None);
    let fields: Vec<(&str, &str)> =
        sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let typed = Typed::new("return", &fields);
    let order = &found.placed.order;
    let lines: Option<Vec<CameBack>> = order
        .lines
        .iter()
        .filter_map(|line| {
            let sku = &line.quoted.sku;
            let units = |what: &str| match field(&format!("{what}.{sku}")) {
                "" => Some(0),
                text => text.parse::<u32>().ok(),
            };
            let serials = field(&format!("serials.{sku}"));
            if serials.len() > SERIALS_BYTES {
                return Some(None);
            }
            let (Some(good), Some(scrapped)) = (units("good"), units("scrapped")) else {
                return Some(None);
            };
            let serials = serials.split(|c: char| c.is_whitespace() || c == ',');
            let serials = serials.filter(|s| !s.is_empty()).map(str::to_owned).collect();
            let came = CameBack { sku: sku.clone(), good, scrapped, serials };
            (good + scrapped > 0).then_some(Some(came))
        })
        .collect();
    let Some(came) = lines else {
        let said = notice("bad", t.get("desk-return-bad"));
        let unfit = StatusCode::UNPROCESSABLE_ENTITY;
        return answer(&app, &uri, &person, found, unfit, said, typed).await;
    };
    let (market, subject) = (order.market, order.number.to_string());
    let act = ExpansionAct::TakeBack { market, order: subject.clone(), came };
    let body = serde_json::to_vec(&act).expect("an act is JSON");
    let scope = format!("staff.return {subject} {}", person.id);
    let once = app.shop.keys.once(&scope, field("key"), &body);
    let done = format!("/admin/orders/{subject}?said=done");
    let reason = field("reason").to_owned();
    let undertaking = Undertaking { act: act.into(), reason, once };
    match undertaken(&app, &uri, &person, undertaking, &done).await {
        Ok(answer) => answer,
        Err(Refused { status, words }) => {
            let said = notice("bad", words);
            answer(&app, &uri, &person, found, status, said, typed).await
        }
    }
}
