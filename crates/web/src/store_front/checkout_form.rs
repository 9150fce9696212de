//! Paying: what was typed is checked as a whole, and nothing typed is ever lost.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::Money;
use kontor_domain::customer::{AddressForm, ContactForm, FieldError as Wrong};
use kontor_domain::market::BetaRefusal;
use kontor_domain::order::QuoteRefusal;
use kontor_domain::payment::{ProviderKind, TestScenario};
use kontor_shop::Failure;
use kontor_shop::order::{Pay, PayAnswer, Refusal, ShownCheckout, pay as pay_checkout};
use kontor_shop::sale::SaleRefusal;
use serde::Deserialize;

use super::checkout::{Typed, answer, destination, find};
use super::visit::{Visit, nothing_here};
use super::waiting::said;
use crate::kit::app::App;
use crate::kit::form_key::is_form_key;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Repeat, Route};
use crate::page::{
    BetaNo, CheckoutForm, CheckoutState, Field, FieldError, FieldProblem, PaymentKind, SaleNo,
    Scenario,
};

pub(super) const PAY: Route =
    Route::write("/{market}/{language}/checkout/{token}", Access::Token, Repeat::FormKey);

/// The fields as sent. All optional: what is missing is said beside the field.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    action: String,
    total_seen: String,
    email: String,
    name: String,
    line1: String,
    line2: String,
    city: String,
    region: String,
    postcode: String,
    country: String,
    phone: String,
    delivery: String,
    payment: String,
    scenario: String,
    terms: String,
}

impl Sent {
    fn typed(&self) -> CheckoutForm {
        CheckoutForm {
            email: self.email.clone(),
            name: self.name.clone(),
            line1: self.line1.clone(),
            line2: self.line2.clone(),
            city: self.city.clone(),
            region: self.region.clone(),
            postcode: self.postcode.clone(),
            country: self.country.clone(),
            phone: self.phone.clone(),
            delivery: self.delivery.clone(),
            payment: self.payment.clone(),
            scenario: self.scenario.clone(),
            terms: !self.terms.is_empty(),
        }
    }

    /// Everything that makes two requests the same, in one text.
    fn body(&self) -> String {
        [
            &self.total_seen,
            &self.email,
            &self.name,
            &self.line1,
            &self.line2,
            &self.city,
            &self.region,
            &self.postcode,
            &self.country,
            &self.phone,
            &self.payment,
            &self.scenario,
        ]
        .map(String::as_str)
        .join("\u{1f}")
    }
}

pub(super) async fn pay(
    State(app): State<App>,
    uri: Uri,
    Path((market, language, token)): Path<(String, String, String)>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let (visit, shown) = match find(&app, &market, &language, &token).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing_here(&app, &uri),
        Err(response) => return response,
    };
    let sent = match form {
        Ok(Form(form)) => form,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    if !is_form_key(&sent.key) {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let again = |errors: Vec<FieldError>, state: Option<CheckoutState>, status: StatusCode| {
        let typed = Typed { form: sent.typed(), errors, state, status, list: None };
        answer(&app, &visit, &token, &shown, typed)
    };
    if sent.action == "quote" {
        return again(Vec::new(), None, StatusCode::OK);
    }
    let command = match command(&app, &visit, &shown, &sent) {
        Ok(command) => command,
        Err(errors) => return again(errors, None, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let seen = command.total_seen;
    match pay_checkout(&app.shop, command).await {
        Ok(paid) => {
            let address = match paid.answer {
                PayAnswer::Placed { order, .. } => {
                    let token = app.shop.keys.order_token(order);
                    visit.path(&format!("order/{token}?placed=1"))
                }
                PayAnswer::NeedsAction { path, .. } => path,
                // The checkout's own page tells how it came out.
                PayAnswer::Pending { .. } | PayAnswer::Declined { .. } | PayAnswer::Gone => {
                    visit.path(&format!("checkout/{token}"))
                }
            };
            Redirect::to(&address).into_response()
        }
        Err(Failure::Fault(fault)) => Problem::fault(&fault).respond(&app, uri.path(), None),
        Err(Failure::KeyReused) => again(Vec::new(), None, StatusCode::CONFLICT),
        Err(Failure::Refused(refusal)) => match refusal {
            Refusal::Fields(wrong) => {
                let errors = wrong.iter().map(field_error).collect();
                again(errors, None, StatusCode::UNPROCESSABLE_ENTITY)
            }
            Refusal::Quote(QuoteRefusal::AddressNeeded) => {
                let error = FieldError { field: Field::Region, problem: FieldProblem::Missing };
                again(vec![error], None, StatusCode::UNPROCESSABLE_ENTITY)
            }
            Refusal::Quote(QuoteRefusal::TotalChanged { .. }) => {
                let state = CheckoutState::TotalChanged { before: seen };
                again(Vec::new(), Some(state), StatusCode::CONFLICT)
            }
            Refusal::Sale(refusal) => match refused_by_sale(&refusal) {
                Some(no) => {
                    again(Vec::new(), Some(CheckoutState::Refused(no)), StatusCode::CONFLICT)
                }
                None => again(Vec::new(), None, StatusCode::CONFLICT),
            },
            Refusal::Beta { sku, refusal } => {
                let no = match refusal {
                    BetaRefusal::NotInvited => BetaNo::NotInvited,
                    BetaRefusal::PersonLimit { .. } => BetaNo::PersonLimit,
                    BetaRefusal::UnitsGone { .. } => BetaNo::UnitsGone,
                };
                let model = visit.snapshot.product(&sku).map(|(_, model)| model.code.to_string());
                let list = visit.path(&format!("product/{}", model.unwrap_or_default()));
                let state = CheckoutState::NotLetIn(no);
                let typed = Typed {
                    form: sent.typed(),
                    errors: Vec::new(),
                    state: Some(state),
                    status: StatusCode::CONFLICT,
                    list: Some(format!("{list}#waiting")),
                };
                answer(&app, &visit, &token, &shown, typed)
            }
            Refusal::NotOffered => {
                let problem = FieldProblem::NotOffered;
                let error = FieldError { field: Field::Payment, problem };
                again(vec![error], None, StatusCode::UNPROCESSABLE_ENTITY)
            }
            // Paid, placed, ended or refused meanwhile: its page knows where it stands.
            _ => Redirect::to(&visit.path(&format!("checkout/{token}"))).into_response(),
        },
    }
}

/// A refusal by the rules of a sale that somebody who pays can do something about, or has to know.
const fn refused_by_sale(refusal: &SaleRefusal) -> Option<SaleNo> {
    Some(match refusal {
        SaleRefusal::NotYours => SaleNo::NotYours,
        SaleRefusal::PersonLimit => SaleNo::PersonLimit,
        SaleRefusal::Excluded => SaleNo::Excluded,
        SaleRefusal::DepositMissing => SaleNo::NoDeposit,
        _ => return None,
    })
}

fn command(
    app: &App,
    visit: &Visit,
    shown: &ShownCheckout,
    sent: &Sent,
) -> Result<Pay, Vec<FieldError>> {
    let mut errors = Vec::new();
    let contact = ContactForm {
        email: sent.email.clone(),
        phone: sent.phone.clone(),
        name: sent.name.clone(),
    };
    let ship_to = AddressForm {
        name: sent.name.clone(),
        line1: sent.line1.clone(),
        line2: sent.line2.clone(),
        city: sent.city.clone(),
        region: sent.region.clone(),
        postcode: sent.postcode.clone(),
        country: destination(visit, shown, &sent.country).to_string(),
    };
    let wrong = [
        contact.parse().err().unwrap_or_default(),
        ship_to.parse(&visit.market().countries).err().unwrap_or_default(),
    ];
    for error in wrong.iter().flatten().map(field_error) {
        if !errors.iter().any(|known: &FieldError| known.field == error.field) {
            errors.push(error);
        }
    }
    let provider = match sent.payment.as_str() {
        text if text == PaymentKind::Test.code() => Some(ProviderKind::Test),
        text if text == PaymentKind::Transfer.code() => Some(ProviderKind::BankTransfer),
        _ => None,
    };
    if provider.is_none() {
        let problem =
            if sent.payment.is_empty() { FieldProblem::Missing } else { FieldProblem::NotOffered };
        errors.push(FieldError { field: Field::Payment, problem });
    }
    let scenario = scenario(&sent.scenario);
    if scenario.is_none() {
        errors.push(FieldError { field: Field::Scenario, problem: FieldProblem::NotOffered });
    }
    if sent.terms.is_empty() {
        errors.push(FieldError { field: Field::Terms, problem: FieldProblem::NotAccepted });
    }
    let (Some(provider), Some(scenario), true) = (provider, scenario, errors.is_empty()) else {
        return Err(errors);
    };
    let checkout = shown.checkout.id;
    // A total that is no number is not the total that was seen: the page asks to confirm.
    let minor = sent.total_seen.parse().unwrap_or(-1);
    let body = sent.body();
    let once = app.shop.keys.once(&format!("order.pay {checkout}"), &sent.key, body.as_bytes());
    let total_seen = Money::new(minor, visit.market().currency);
    Ok(Pay { checkout, contact, ship_to, total_seen, provider, scenario, once: Some(once) })
}

/// The test provider's scenario; none sent means that it shall succeed.
pub(super) fn scenario(text: &str) -> Option<TestScenario> {
    if text.is_empty() {
        return Some(TestScenario::Succeeds);
    }
    let found = Scenario::ALL.into_iter().find(|scenario| scenario.code() == text)?;
    Some(match found {
        Scenario::Succeeds => TestScenario::Succeeds,
        Scenario::Declined => TestScenario::Declined,
        Scenario::SecondStep => TestScenario::NeedsAction,
        Scenario::Late => TestScenario::AnswersLate,
    })
}

/// A wrong field in the words of the pages.
fn field_error(wrong: &Wrong) -> FieldError {
    let name = wrong.field.rsplit('.').next().unwrap_or_default();
    let field = match name {
        "email" => Field::Email,
        "line1" => Field::Line1,
        "line2" => Field::Line2,
        "city" => Field::City,
        "region" => Field::Region,
        "postcode" => Field::Postcode,
        "phone" => Field::Phone,
        _ => Field::Name,
    };
    FieldError { field, problem: said(wrong.problem) }
}
