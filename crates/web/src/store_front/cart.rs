//! The cart's page and its two forms.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::{id, limits};
use kontor_domain::cart::{Cart, CartRefusal};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_shop::cart::{
    Change, Command, LineNow, Offer, Refusal, ShownCart, change, show as read,
};
use kontor_shop::{Failure, Level};
use serde::Deserialize;

use super::view;
use super::visit::{Visit, nothing_here};
use crate::kit::app::App;
use crate::kit::cookie::{self, set_cart};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Access, Class, Repeat, Route};
use crate::page::{CartLine, CartNotice, CartPage, LineState};

pub(super) const SHOW: Route = Route::secret("/{market}/{language}/cart", Class::Personal);
pub(super) const ADD: Route =
    Route::write("/{market}/{language}/cart", Access::Public, Repeat::SeenVersion);
pub(super) const LINE: Route =
    Route::write("/{market}/{language}/cart/line", Access::Token, Repeat::Natural);

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    added: Option<String>,
    changed: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    sku: String,
    quantity: u32,
    version: Option<u64>,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Path((market, language)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(visit) = Visit::find(&app, &market, &language) else {
        return nothing_here(&app, &uri);
    };
    let added = asked.added.and_then(|sku| sku.parse().ok());
    let notice = match added.and_then(|sku| name_of(&visit, &sku)) {
        Some(name) => Some(CartNotice::Added(name)),
        None => asked.changed.map(|_| CartNotice::Changed),
    };
    page(&app, &visit, &headers, notice, StatusCode::OK).await
}

pub(super) async fn add(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Path((market, language)): Path<(String, String)>,
    form: Result<Form<Wanted>, FormRejection>,
) -> Response {
    let Some(visit) = Visit::find(&app, &market, &language) else {
        return nothing_here(&app, &uri);
    };
    let (sku, quantity, _) = match wanted(form) {
        Ok(wanted) => wanted,
        Err(problem) => return problem.respond(&app, uri.path(), None),
    };
    let seen = cookie::cart(&headers, visit.code);
    let cart = seen.as_ref().and_then(|seen| app.shop.keys.open_cart(&seen.token));
    // A double click sends the same form for the same version of the cart: one effect. Another
    // product or a second wish comes with another version, which the first answer has set.
    let once = seen.as_ref().zip(cart).map(|(seen, cart)| {
        let body = format!("{sku} {quantity}");
        app.shop.keys.once(&format!("cart.add {cart}"), &seen.version.to_string(), body.as_bytes())
    });
    let added = sku.clone();
    let command = Command {
        cart,
        market: visit.code,
        changes: vec![Change::Add { sku, quantity }],
        version: None,
        once,
    };
    let mut outcome = change(&app.shop, command.clone()).await;
    if matches!(outcome, Err(Failure::KeyReused)) {
        // Another product was put in by a second window that had seen the same version.
        outcome = change(&app.shop, Command { once: None, ..command.clone() }).await;
    } else if matches!(outcome, Err(Failure::Refused(Refusal::UnknownCart))) {
        // The browser remembers a cart of a database that is gone.
        outcome = change(&app.shop, Command { cart: None, once: None, ..command.clone() }).await;
    }
    let mut begun = None;
    if command.cart.is_none() && matches!(outcome, Err(Failure::Refused(Refusal::NotSold { .. }))) {
        // Refused carts are counted, each once: a browser without one is given an empty one, by
        // which its next try is known to be the same person's.
        begun = empty(&app, visit.code).await;
        if let Some(cart) = &begun {
            outcome = change(&app.shop, Command { cart: Some(cart.id), ..command }).await;
        }
    }
    match outcome {
        Ok(changed) => {
            let address = format!("{}?added={added}", visit.path("cart"));
            go(&app, &address, &changed.answer.cart)
        }
        Err(failure) => {
            let mut response = refused(&app, &visit, &uri, &headers, failure).await;
            if let Some(cart) = &begun {
                set_cart(response.headers_mut(), &app, cart);
            }
            response
        }
    }
}

/// A new cart with nothing in it.
async fn empty(app: &App, market: MarketCode) -> Option<Cart> {
    let command = Command { cart: None, market, changes: Vec::new(), version: None, once: None };
    change(&app.shop, command).await.ok().map(|changed| changed.answer.cart)
}

pub(super) async fn set(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Path((market, language)): Path<(String, String)>,
    form: Result<Form<Wanted>, FormRejection>,
) -> Response {
    let Some(visit) = Visit::find(&app, &market, &language) else {
        return nothing_here(&app, &uri);
    };
    let (sku, quantity, version) = match wanted(form) {
        Ok(wanted) => wanted,
        Err(problem) => return problem.respond(&app, uri.path(), None),
    };
    let seen = cookie::cart(&headers, visit.code);
    let cart = seen.and_then(|seen| app.shop.keys.open_cart(&seen.token));
    if cart.is_none() {
        return Redirect::to(&visit.path("cart")).into_response();
    }
    let changes = vec![Change::Set { sku, quantity }];
    let command = Command { cart, market: visit.code, changes, version, once: None };
    match change(&app.shop, command).await {
        Ok(changed) => {
            let address = format!("{}?changed=1", visit.path("cart"));
            go(&app, &address, &changed.answer.cart)
        }
        Err(failure) => refused(&app, &visit, &uri, &headers, failure).await,
    }
}

fn wanted(form: Result<Form<Wanted>, FormRejection>) -> Result<(Sku, u32, Option<u64>), Problem> {
    let Form(form) = form.map_err(|rejection| Problem::form(&rejection))?;
    let sku = form.sku.parse().map_err(|_| Problem::bad_form())?;
    Ok((sku, form.quantity, form.version))
}

/// On to another page, with the cart's new version in the cookies.
fn go(app: &App, address: &str, cart: &Cart) -> Response {
    let mut response = Redirect::to(address).into_response();
    set_cart(response.headers_mut(), app, cart);
    response
}

/// The cart as it is, with what could not be done on top.
async fn refused(
    app: &App,
    visit: &Visit,
    uri: &Uri,
    headers: &HeaderMap,
    failure: Failure<Refusal>,
) -> Response {
    let named = |sku: &Sku| name_of(visit, sku).unwrap_or_else(|| sku.to_string());
    let (status, notice) = match failure {
        Failure::Fault(fault) => return Problem::fault(&fault).respond(app, uri.path(), None),
        Failure::KeyReused => (StatusCode::CONFLICT, CartNotice::Stale),
        Failure::Refused(Refusal::UnknownMarket | Refusal::UnknownCart) => {
            return nothing_here(app, uri);
        }
        Failure::Refused(Refusal::NotSold { sku, .. } | Refusal::NoPrice { sku }) => {
            (StatusCode::CONFLICT, CartNotice::Refused(named(&sku)))
        }
        Failure::Refused(Refusal::Beta { sku, .. }) => {
            (StatusCode::CONFLICT, CartNotice::BetaMax(named(&sku), one_person(visit)))
        }
        Failure::Refused(Refusal::Cart(refusal)) => match refusal {
            CartRefusal::LineLimit { max } => {
                let max = u32::try_from(max).unwrap_or(u32::MAX);
                (StatusCode::UNPROCESSABLE_ENTITY, CartNotice::LinesMax(max))
            }
            CartRefusal::QuantityLimit { max } => {
                (StatusCode::UNPROCESSABLE_ENTITY, CartNotice::QuantityMax(max))
            }
            CartRefusal::StaleVersion { .. } => (StatusCode::CONFLICT, CartNotice::Stale),
            CartRefusal::Empty => (StatusCode::CONFLICT, CartNotice::Stale),
            CartRefusal::UnknownSku { .. } => return nothing_here(app, uri),
        },
    };
    page(app, visit, headers, Some(notice), status).await
}

/// How many of one product one person may have here, as far as that is known without knowing them.
pub(super) fn one_person(visit: &Visit) -> u32 {
    let beta = visit.market().beta_now().map(|terms| terms.units_per_person);
    beta.map_or(limits::CART_QUANTITY_MAX, |max| max.min(limits::CART_QUANTITY_MAX))
}

pub(super) fn name_of(visit: &Visit, sku: &Sku) -> Option<String> {
    let (_, model) = visit.snapshot.product(sku)?;
    Some(model.text(visit.language, |text| &text.name).to_owned())
}

/// The cart's page as it stands now.
pub(super) async fn page(
    app: &App,
    visit: &Visit,
    headers: &HeaderMap,
    notice: Option<CartNotice>,
    status: StatusCode,
) -> Response {
    let seen = cookie::cart(headers, visit.code);
    let shown = match seen.and_then(|seen| app.shop.keys.open_cart(&seen.token)) {
        None => None,
        Some(cart) => match read(&app.shop, cart).await {
            Ok(shown) => shown.map(|(shown, _)| shown),
            Err(fault) => return Problem::fault(&fault).respond(app, &visit.path("cart"), None),
        },
    };
    let shown = shown.filter(|shown| shown.cart.market == visit.code);
    let version = shown.as_ref().map_or(0, |shown| shown.cart.version);
    let page = CartPage {
        shell: visit.private_shell(app, "cart"),
        version,
        key: id::encode(app.shop.random.bytes16()),
        lines: shown.as_ref().map(|shown| lines(visit, shown)).unwrap_or_default(),
        subtotal: shown
            .as_ref()
            .filter(|shown| !shown.cart.lines.is_empty())
            .and_then(|shown| shown.subtotal),
        tax: view::tax_note(&visit.snapshot, visit.market(), app.shop.now()),
        can_check_out: shown.as_ref().is_some_and(|shown| shown.can_check_out),
        quantity_max: one_person(visit),
        notice,
    };
    let mut response = html(status, &page);
    if let Some(shown) = &shown {
        set_cart(response.headers_mut(), app, &shown.cart);
    }
    response
}

fn lines(visit: &Visit, shown: &ShownCart) -> Vec<CartLine> {
    shown.lines.iter().map(|line| self::line(visit, line)).collect()
}

fn line(visit: &Visit, line: &LineNow) -> CartLine {
    let product = visit.snapshot.product(&line.line.sku);
    let unit = match &line.offer {
        Offer::Yes { price, .. } => Some(*price),
        _ => None,
    };
    let state = match (&line.offer, line.level) {
        (Offer::Refused(verdict), _) => LineState::Refused(view::refusal(verdict, visit.market())),
        (Offer::NoPrice | Offer::Unknown, _) => LineState::Refused(view::no_price()),
        (Offer::Yes { .. }, Level::None) => LineState::Short { left: 0 },
        (Offer::Yes { .. }, Level::Few(left)) if left < line.line.quantity => {
            LineState::Short { left }
        }
        (Offer::Yes { .. }, _) => LineState::Good,
    };
    CartLine {
        sku: line.line.sku.to_string(),
        model: product.map_or_else(String::new, |(_, model)| model.code.to_string()),
        name: name_of(visit, &line.line.sku).unwrap_or_else(|| line.line.sku.to_string()),
        option: product.map_or_else(String::new, |(v, _)| v.option_in(visit.language).to_owned()),
        picture: product.map_or_else(String::new, |(_, model)| visit.snapshot.picture(model)),
        quantity: line.line.quantity,
        unit,
        total: line.total,
        state,
    }
}
