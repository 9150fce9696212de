//! `/api/v1/sale/{sale}/deposit`: pays for a place in the line of a batch, reads it, gives it up.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use kontor_base::id::DepositId;
use kontor_base::{Country, Email, Instant, Language, Phone};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::Way;
use kontor_shop::order::{
    BeginDeposit, DepositAnswer, PayDeposit, ShownDeposit, begin_deposit, deposit, leave_line,
    pay_deposit,
};
use kontor_shop::sale::{Enter, SaleRefusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::of_sale;
use super::sale_of;
use crate::api::call::{Call, DEPOSIT_TOKEN, field, invalid, unknown_market};
use crate::api::money::{MoneyBody, MoneySeen};
use crate::api::object::Object;
use crate::api::order::PaymentWish;
use crate::api::problem_map::{of, of_order};
use crate::api::reply::Reply;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Access, Class, Repeat, Route};

/// Anybody may want a place.
pub(crate) const PAY: Route =
    Route::write("/api/v1/sale/{sale}/deposit", Access::Public, Repeat::Header);
/// Whoever has the deposit's token.
pub(crate) const SHOW: Route = Route::secret("/api/v1/sale/{sale}/deposit", Class::Personal);
/// Whoever has the deposit's token. Leaving twice is once.
pub(crate) const LEAVE: Route =
    Route::write("/api/v1/sale/{sale}/leave", Access::Token, Repeat::Natural);

/// A wish for a place that costs a deposit. Not `Debug`: it is somebody's address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"market": "us", "email": "ada@shop.example", "ship_to": "US",
    "deposit_seen": {"minor": 500, "currency": "USD"},
    "payment": {"method": "test", "scenario": "succeeds"}}))]
pub(crate) struct DepositWish {
    /// The market in which to buy.
    #[schema(example = "us")]
    market: String,
    /// The person's address; letters about the deposit go there.
    #[schema(example = "ada@shop.example")]
    email: String,
    /// The person's telephone number, if it shall be known.
    #[serde(default)]
    phone: Option<String>,
    /// The country that the parcel will go to.
    #[schema(example = "US")]
    ship_to: String,
    /// The language of letters about it; English if not said.
    #[serde(default)]
    #[schema(example = "en")]
    language: Option<String>,
    /// The deposit that the buyer has seen: `deposit` of the sale's way in.
    #[schema(value_type = MoneySeen)]
    deposit_seen: Object<MoneySeen>,
    /// How to pay. A bank transfer takes too long for a place in line.
    #[schema(value_type = PaymentWish)]
    payment: Object<PaymentWish>,
}

/// How the payment of a deposit came out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DepositOutcome {
    /// `entered` (the deposit is collected and the place counts), `needs_action` (the buyer has to do
    /// something first) or `pending` (the money is not there yet: read the deposit).
    #[schema(value_type = String, example = "entered")]
    outcome: &'static str,
    /// The deposit's token, with which it is read and had back. Keep it secret.
    deposit: String,
    /// The entry, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<String>,
    /// The ticket of the entry. Keep it secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
    /// The payment, while it is not decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<DepositPayment>,
}

/// A payment of a deposit that is not decided.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DepositPayment {
    /// Its id.
    #[schema(example = "pay_06dyk2m1v5rjz0q3c8s4n7t9ab")]
    id: String,
    /// The page where the buyer does what is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/pay/test/pay_06dyk2m1v5rjz0q3c8s4n7t9ab")]
    action: Option<String>,
}

/// A deposit as it stands now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deposit)]
pub(crate) struct DepositBody {
    /// `open` and `failed` (not paid), `paying`, `held` (there is a place), `applied` (it went towards
    /// an order) or `returned`.
    #[schema(value_type = String, example = "held")]
    state: &'static str,
    /// How much it is.
    amount: MoneyBody,
    /// When it was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<Instant>,
    /// The ticket of the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
    /// The page where the buyer has to do something, while that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// The address of the order that it went towards. Its last part is a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
}

/// A wish to leave the line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub(crate) struct LeaveWish {}

/// A place that was given up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeftAnswer {
    /// Always `returned`.
    #[schema(value_type = String, example = "returned")]
    state: &'static str,
    /// What goes back.
    amount: MoneyBody,
}

/// Pay for a place in line
///
/// For a way in that names a `deposit`. 201: the deposit is collected, and the place counts from this
/// moment. 202: the buyer has to act at `action`, or the money is not there yet; there is no place
/// before. 402: declined, nothing was charged. `sale.deposit_gone`: the place could not be had any
/// more when the money was there; it goes back. The deposit goes towards the order; until then
/// `POST …/leave` gives it back, at any time.
#[utoipa::path(
    post,
    path = "/api/v1/sale/{sale}/deposit",
    tag = "Sales",
    operation_id = "pay-deposit",
    params(
        ("sale" = String, Path, description = "The sale's id."),
        ("Idempotency-Key" = String, Header, description = "A random UUID, the same one when you try again."),
    ),
    request_body(content = DepositWish, description = "Who, where, how much, how."),
    responses(
        (status = 201, description = "The deposit is paid, and there is a place.", body = DepositOutcome),
        (status = 202, description = "Not decided: the buyer has to act, or the money is not there \
            yet.", body = DepositOutcome),
        crate::api::document::Declining,
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn pay_for_place(State(app): State<App>, call: Call) -> Response {
    let answer = pay(&app, &call).await;
    call.answer(&app, answer)
}

async fn pay(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let sale = sale_of(call)?;
    call.key()?;
    let sent: DepositWish = call.json()?;
    let amount_seen = sent.deposit_seen.0.read("/deposit_seen")?;
    let (provider, scenario) = sent.payment.0.read()?;
    let language = sent.language.as_deref().unwrap_or("en").parse::<Language>();
    let language = language.map_err(|_| {
        invalid(vec![field("/language", "request.unknown_value", "one of en, de, zh, hi")])
    })?;
    let wish = wish(sale, &sent)?;
    // Two people who choose the same key do not meet.
    let begin = format!("order.begin_deposit {sale} {}", wish.email.normalised());
    let begin = call.once(app, &begin)?;
    let command = BeginDeposit { wish, language, once: Some(begin) };
    let begun = begin_deposit(&app.shop, command).await;
    let (id, _) = begun.map_err(|failure| of(failure, |refusal| of_sale(&refusal)))?.answer;
    let once = call.once(app, &format!("order.pay_deposit {id}"))?;
    let command = PayDeposit { deposit: id, amount_seen, provider, scenario, once: Some(once) };
    let paid = pay_deposit(&app.shop, command).await.map_err(of_order)?;
    let reply = outcome(app, id, paid.answer, StatusCode::CREATED).await?;
    Ok(reply.replayed(paid.replayed))
}

fn wish(sale: kontor_base::id::SaleId, sent: &DepositWish) -> Result<Enter, Problem> {
    let bad = |pointer, code, detail| invalid(vec![field(pointer, code, detail)]);
    let market: MarketCode = sent.market.parse().map_err(|_| unknown_market())?;
    let email = Email::parse(&sent.email)
        .map_err(|_| bad("/email", "request.bad_value", "not an e-mail address"))?;
    let phone = sent
        .phone
        .as_deref()
        .map(Phone::parse)
        .transpose()
        .map_err(|_| bad("/phone", "request.bad_value", "not a telephone number"))?;
    let ship_to: Country = sent
        .ship_to
        .parse()
        .map_err(|_| bad("/ship_to", "request.unknown_value", "not a country's two letters"))?;
    Ok(Enter { sale, market, way: Way::Batch, email, phone, ship_to, code: None })
}

/// The answer about the payment of a deposit.
pub(in crate::api) async fn outcome(
    app: &App,
    id: DepositId,
    answer: DepositAnswer,
    entered: StatusCode,
) -> Result<Reply, Problem> {
    let token = app.shop.keys.deposit_token(id);
    let undecided = |outcome, payment: kontor_base::id::PaymentId, action| {
        let payment = Some(DepositPayment { id: payment.to_string(), action });
        let deposit = token.clone();
        let body = DepositOutcome { outcome, deposit, entry: None, ticket: None, payment };
        Reply::json(StatusCode::ACCEPTED, &body)
    };
    Ok(match answer {
        DepositAnswer::Entered { entry } => {
            let ticket = find(app, id).await?.ticket;
            let entry = Some(entry.to_string());
            let (outcome, deposit) = ("entered", token);
            let body = DepositOutcome { outcome, deposit, entry, ticket, payment: None };
            Reply::json(entered, &body)
        }
        DepositAnswer::NeedsAction { payment, path } => {
            undecided("needs_action", payment, Some(path))
        }
        DepositAnswer::Pending { payment } => undecided("pending", payment, None),
        DepositAnswer::Declined { code } => {
            Reply::problem(Problem::new(StatusCode::PAYMENT_REQUIRED, &code).detail(
                "The payment was declined and nothing was charged. There is no place: try again \
                 with a new Idempotency-Key.",
            ))
        }
        DepositAnswer::Gone => {
            Reply::problem(Problem::new(StatusCode::CONFLICT, "sale.deposit_gone").detail(
                "When the money came the place could not be had any more. There is none, and the \
                 money goes back.",
            ))
        }
    })
}

async fn find(app: &App, id: DepositId) -> Result<ShownDeposit, Problem> {
    let found = deposit(&app.shop, id).await.map_err(|fault| Problem::fault(&fault))?;
    found.ok_or_else(|| of_sale(&SaleRefusal::UnknownDeposit))
}

/// The deposit whose token stands in the header, if it is one of the path's sale.
async fn opened(app: &App, call: &Call) -> Result<ShownDeposit, Problem> {
    let sale = sale_of(call)?;
    let token = call.token(DEPOSIT_TOKEN)?;
    let unknown = || of_sale(&SaleRefusal::UnknownDeposit);
    let id = app.shop.keys.open_deposit(token).ok_or_else(unknown)?;
    let shown = find(app, id).await?;
    Some(shown).filter(|shown| shown.deposit.sale == sale).ok_or_else(unknown)
}

/// Read a deposit
///
/// Where it stands, and the ticket of the place that it bought.
#[utoipa::path(
    get,
    path = "/api/v1/sale/{sale}/deposit",
    tag = "Sales",
    operation_id = "get-deposit",
    params(
        ("sale" = String, Path, description = "The sale's id."),
        ("Kontor-Deposit" = String, Header, description = "The deposit's token."),
    ),
    responses(
        (status = 200, description = "The deposit.", body = DepositBody),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn show_deposit(State(app): State<App>, call: Call) -> Response {
    let answer = show(&app, &call).await;
    call.answer(&app, answer)
}

async fn show(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let ShownDeposit { deposit, payment, ticket, .. } = opened(app, call).await?;
    let waits = payment.filter(|payment| {
        payment.state == kontor_domain::payment::PaymentState::NeedsAction
            && deposit.payment == Some(payment.id)
    });
    let action = |payment| format!("{}/{payment}", kontor_domain::payment::TEST_ACTION_PATH);
    let order = deposit.order.map(|order| app.shop.keys.order_token(order));
    let body = DepositBody {
        state: deposit.state.word(),
        amount: deposit.amount.into(),
        paid_at: deposit.paid_at,
        ticket,
        action: waits.map(|payment| action(payment.id)),
        order: order.map(|token| format!("/api/v1/orders/{token}")),
    };
    Ok(Reply::json(StatusCode::OK, &body))
}

/// Leave the line
///
/// The place is given up and the deposit goes back, in full and without a reason. Units that are held
/// on the place are given up too; while they are being paid, and once they are bought, this is refused.
#[utoipa::path(
    post,
    path = "/api/v1/sale/{sale}/leave",
    tag = "Sales",
    operation_id = "leave-line",
    params(
        ("sale" = String, Path, description = "The sale's id."),
        ("Kontor-Deposit" = String, Header, description = "The deposit's token."),
    ),
    request_body(content = LeaveWish, description = "Nothing."),
    responses(
        (status = 200, description = "The deposit goes back.", body = LeftAnswer),
        crate::api::document::Writing,
    ),
)]
pub(crate) async fn leave(State(app): State<App>, call: Call) -> Response {
    let answer = go(&app, &call).await;
    call.answer(&app, answer)
}

async fn go(app: &App, call: &Call) -> Result<Reply, Problem> {
    call.only_queries(&[])?;
    let shown = opened(app, call).await?;
    let LeaveWish {} = call.json()?;
    let left = leave_line(&app.shop, shown.deposit.id).await.map_err(of_order)?;
    let body = LeftAnswer { state: "returned", amount: left.amount.into() };
    Ok(Reply::json(StatusCode::OK, &body).replayed(left.before))
}
