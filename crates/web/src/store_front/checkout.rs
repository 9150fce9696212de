//! The checkout: starting it, and its page.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::{Country, Money, id};
use kontor_domain::cart::CartRefusal;
use kontor_domain::customer::{RegionRule, address_rules};
use kontor_domain::market::BetaRefusal;
use kontor_domain::order::{CheckoutState as State0, Quote};
use kontor_domain::payment::{PaymentState, ProviderKind, TEST_ACTION_PATH};
use kontor_domain::price::{Jurisdiction, us_state};
use kontor_shop::Failure;
use kontor_shop::order::{Begin, Refusal, ShownCheckout, begin as begin_checkout, quote_for};
use kontor_shop::payment::offered;
use serde::Deserialize;

use super::visit::{Visit, nothing_here};
use super::{cart, view};
use crate::kit::app::App;
use crate::kit::cookie;
use crate::kit::form_key::is_form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Access, Class, Repeat, Route};
use crate::page::{
    CartNotice, CheckoutForm, CheckoutPage, CheckoutState, DeliveryChoice, FieldError, Hold,
    PaymentChoice, PaymentKind, QuoteFragment,
};

pub(super) const BEGIN: Route =
    Route::write("/{market}/{language}/checkout", Access::Token, Repeat::FormKey);
pub(super) const SHOW: Route =
    Route::secret("/{market}/{language}/checkout/{token}", Class::Personal);
pub(super) const QUOTE: Route =
    Route::secret("/{market}/{language}/checkout/{token}/quote", Class::Personal);

#[derive(Debug, Deserialize)]
pub(super) struct Starting {
    version: Option<u64>,
    #[serde(default)]
    key: String,
}

pub(super) async fn begin(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Path((market, language)): Path<(String, String)>,
    form: Result<Form<Starting>, FormRejection>,
) -> Response {
    let Some(visit) = Visit::find(&app, &market, &language) else {
        return nothing_here(&app, &uri);
    };
    let form = match form {
        Ok(Form(form)) => form,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let seen = cookie::cart(&headers, visit.code);
    let Some(cart) = seen.and_then(|seen| app.shop.keys.open_cart(&seen.token)) else {
        return Redirect::to(&visit.path("cart")).into_response();
    };
    if !is_form_key(&form.key) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let body = format!("{:?}", form.version);
    let once = app.shop.keys.once(&format!("order.begin {cart}"), &form.key, body.as_bytes());
    let command = Begin { cart, version: form.version, language: visit.language, once: Some(once) };
    match begin_checkout(&app.shop, command).await {
        Ok(started) => {
            let token = app.shop.keys.checkout_token(started.answer.checkout);
            Redirect::to(&visit.path(&format!("checkout/{token}"))).into_response()
        }
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
        Err(failure) => {
            // The cart's page says line by line what is the matter.
            let notice = match failure {
                Failure::Refused(Refusal::Cart(CartRefusal::StaleVersion { .. }))
                | Failure::KeyReused => Some(CartNotice::Stale),
                Failure::Refused(Refusal::Beta { sku, refusal }) => {
                    let name = cart::name_of(&visit, &sku).unwrap_or_else(|| sku.to_string());
                    Some(match refusal {
                        BetaRefusal::UnitsGone { left } => CartNotice::BetaLeft(name, left),
                        _ => CartNotice::BetaMax(name, cart::one_person(&visit)),
                    })
                }
                _ => None,
            };
            // What is left has changed just now: say what is true now.
            let now = app.shop.now();
            if let Err(fault) = app.shop.snapshots.refresh(&app.shop.db, now).await {
                return Problem::fault(&fault).respond(&app, uri.path(), None);
            }
            match Visit::find(&app, &market, &language) {
                Some(visit) => {
                    cart::page(&app, &visit, &headers, notice, StatusCode::CONFLICT).await
                }
                None => nothing_here(&app, &uri),
            }
        }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    region: Option<String>,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Path((market, language, token)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let found = find(&app, &market, &language, &token).await;
    let (visit, shown) = match found {
        Ok(Some(found)) => found,
        Ok(None) => return nothing_here(&app, &uri),
        Err(response) => return response,
    };
    let mut form = remembered(&shown);
    if let Some(region) = asked.region.as_deref().and_then(us_state) {
        region.as_str().clone_into(&mut form.region);
    }
    let typed = Typed { form, errors: Vec::new(), state: None, status: StatusCode::OK, list: None };
    answer(&app, &visit, &token, &shown, typed)
}

pub(super) async fn quote(
    State(app): State<App>,
    uri: Uri,
    Path((market, language, token)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let (visit, shown) = match find(&app, &market, &language, &token).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing_here(&app, &uri),
        Err(response) => return response,
    };
    let form = CheckoutForm { region: asked.region.unwrap_or_default(), ..CheckoutForm::default() };
    match priced(&visit, &shown, &form) {
        Ok(quote) => {
            let shell = visit.private_shell(&app, &format!("checkout/{token}"));
            let totals = view::totals(&quote).with_deposit(shown.deposit);
            html(StatusCode::OK, &QuoteFragment { shell, totals })
        }
        Err(_) => {
            Problem::new(StatusCode::CONFLICT, "order.no_quote").respond(&app, uri.path(), None)
        }
    }
}

/// The checkout behind a token, in the market and language of the address.
pub(super) async fn find(
    app: &App,
    market: &str,
    language: &str,
    token: &str,
) -> Result<Option<(Visit, ShownCheckout)>, Response> {
    let Some(visit) = Visit::find(app, market, language) else { return Ok(None) };
    let Some(id) = app.shop.keys.open_checkout(token) else { return Ok(None) };
    match kontor_shop::order::checkout(&app.shop, id).await {
        Ok(shown) => Ok(shown
            .filter(|shown| shown.checkout.market == visit.code)
            .map(|shown| (visit, shown))),
        Err(fault) => Err(Problem::fault(&fault).respond(app, &visit.path("checkout"), None)),
    }
}

/// What was typed, with what is wrong with it.
pub(super) struct Typed {
    pub(super) form: CheckoutForm,
    pub(super) errors: Vec<FieldError>,
    /// A state that only this answer knows.
    pub(super) state: Option<CheckoutState>,
    pub(super) status: StatusCode,
    /// Where the waiting list is that lets people in.
    pub(super) list: Option<String>,
}

/// The page of a checkout as it stands, or the place where it has gone.
pub(super) fn answer(
    app: &App,
    visit: &Visit,
    token: &str,
    shown: &ShownCheckout,
    typed: Typed,
) -> Response {
    let checkout = &shown.checkout;
    let voided = shown.payment.as_ref().is_some_and(|p| p.state == PaymentState::Voided);
    let state = match checkout.state {
        State0::Placed => {
            let Some(order) = checkout.order else { return not_there(app, visit) };
            let address = format!("order/{}?placed=1", app.shop.keys.order_token(order));
            return Redirect::to(&visit.path(&address)).into_response();
        }
        State0::WaitingForAction => {
            let Some(payment) = checkout.payment else { return not_there(app, visit) };
            return Redirect::to(&format!("{TEST_ACTION_PATH}/{payment}")).into_response();
        }
        State0::Paying | State0::WaitingForProvider => CheckoutState::Waiting { refresh_s: 4 },
        State0::Expired | State0::Forgotten if voided => CheckoutState::Lost,
        State0::Expired | State0::Forgotten => CheckoutState::HoldEnded,
        State0::Open | State0::Failed if shown.now >= checkout.expires_at => {
            CheckoutState::HoldEnded
        }
        State0::Failed => typed.state.unwrap_or(CheckoutState::Declined),
        State0::Open => typed.state.unwrap_or(CheckoutState::Open),
    };
    let quote = match priced(visit, shown, &typed.form) {
        Ok(quote) => quote,
        // Something in it may no longer be sold: the cart's page says what and why, or the sale's.
        Err(_) => {
            let back = shown.from_sale.map(|from| format!("sale/{}", from.sale));
            let back = visit.path(back.as_deref().unwrap_or("cart"));
            return Redirect::to(&back).into_response();
        }
    };
    let list = typed.list;
    let page = page(app, visit, token, shown, &quote, state, typed.form, typed.errors);
    let page = CheckoutPage { list, ..page };
    html(typed.status, &page)
}

/// Where the parcel goes: what was chosen, else what the units were taken for, else the market's
/// own country. A choice that the market does not deliver to is none.
pub(super) fn destination(visit: &Visit, shown: &ShownCheckout, chosen: &str) -> Country {
    let market = visit.market();
    let delivered = |country: &Country| market.countries.contains(country);
    let chosen = chosen.parse().ok().filter(delivered);
    let taken_for = shown.from_sale.map(|from| from.ship_to).filter(delivered);
    chosen.or(taken_for).unwrap_or_else(|| market.home())
}

fn not_there(app: &App, visit: &Visit) -> Response {
    Problem::not_found().respond(app, &visit.path("checkout"), None)
}

/// What the checkout costs when it goes to a state (where states are asked for).
pub(super) fn priced(
    visit: &Visit,
    shown: &ShownCheckout,
    form: &CheckoutForm,
) -> Result<Quote, Refusal> {
    let country = destination(visit, shown, &form.country);
    let ship_to = if Jurisdiction::by_state(country) {
        us_state(&form.region).map(|region| Jurisdiction::of_region(country, region))
    } else {
        // The market's own country is what an unknown address is taken for.
        (country != visit.market().home()).then(|| Jurisdiction::of_country(country))
    };
    quote_for(&shown.snapshot, &shown.checkout, ship_to, shown.now)
}

#[expect(clippy::too_many_arguments, reason = "the parts of one page, each used once")]
fn page(
    app: &App,
    visit: &Visit,
    token: &str,
    shown: &ShownCheckout,
    quote: &Quote,
    state: CheckoutState,
    form: CheckoutForm,
    errors: Vec<FieldError>,
) -> CheckoutPage {
    let (market, language) = (visit.market(), visit.language);
    let shell = visit.private_shell(app, &format!("checkout/{token}"));
    let sale = shown.from_sale.map(|from| from.sale);
    // A transfer takes days, and what was taken in a sale is held for minutes.
    let in_time = |kind: &ProviderKind| sale.is_none() || *kind != ProviderKind::BankTransfer;
    let kinds = offered(&app.shop.policy).into_iter().filter(in_time).map(|kind| match kind {
        ProviderKind::Test => PaymentKind::Test,
        ProviderKind::BankTransfer => PaymentKind::Transfer,
    });
    let lines = quote
        .lines
        .iter()
        .map(|line| view::summary_line(&visit.snapshot, language, line, market.tax_display));
    let rules = address_rules(destination(visit, shown, &form.country));
    let asks_region = rules.is_some_and(|rules| rules.region == RegionRule::Required);
    CheckoutPage {
        key: id::encode(app.shop.random.bytes16()),
        hold: Hold { ends: shown.checkout.expires_at, now: shown.now },
        lines: lines.collect(),
        totals: view::totals(quote).with_deposit(shown.deposit),
        form,
        errors,
        state,
        deliveries: vec![DeliveryChoice {
            code: "standard".to_owned(),
            name: shell.text().get("delivery-standard").into_owned(),
            days: None,
            cost: Money::new(market.shipping_minor, market.currency),
        }],
        payments: kinds.map(|kind| PaymentChoice { kind, fee: None }).collect(),
        return_days: market.return_window_days,
        asks_region,
        countries: if market.countries.len() > 1 { market.countries.clone() } else { Vec::new() },
        list: None,
        place: sale.map(|sale| visit.path(&format!("sale/{sale}/place"))),
        shell,
    }
}

/// What the checkout knows from an earlier try, so that nothing typed is lost.
fn remembered(shown: &ShownCheckout) -> CheckoutForm {
    let draft = &shown.checkout.draft;
    let mut form = CheckoutForm::default();
    if let Some(contact) = &draft.contact {
        contact.email.as_str().clone_into(&mut form.email);
        form.phone = contact.phone.as_ref().map_or_else(String::new, |p| p.as_str().to_owned());
    }
    if let Some(address) = &draft.ship_to {
        let text = |line: Option<&str>| line.unwrap_or_default().to_owned();
        address.name.as_str().clone_into(&mut form.name);
        address.line1.as_str().clone_into(&mut form.line1);
        form.line2 = text(address.line2.as_ref().map(|line| line.as_str()));
        address.city.as_str().clone_into(&mut form.city);
        form.region = text(address.region.as_ref().map(|line| line.as_str()));
        form.postcode = text(address.postcode.as_ref().map(|line| line.as_str()));
    }
    let country = draft.ship_to.as_ref().map(|address| address.country);
    if let Some(country) = country.or(shown.from_sale.map(|from| from.ship_to)) {
        country.code().clone_into(&mut form.country);
    }
    form
}
