//! What follows from a purchase and happens after it: collecting the money, asking for a late
//! answer, giving money back. Each job can run twice without harm.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::{JobId, PaymentId, RefundId};
use kontor_domain::payment::{
    AuthoriseRequest, CaptureAnswer, PaymentEvent, PaymentState, ProviderAnswer, ProviderKind,
    payment_step,
};
use kontor_ledger::ProviderKey;
use kontor_ledger::posting::{OrderStanding, post_capture};
use kontor_store::job::{self, Job};
use kontor_store::order::{get as load_order, get_ahead as order_ahead, save_states};
use kontor_store::payment::{self as payments, Payment, refund as refunds};
use kontor_store::{StoreError, Tx, money};

use super::answer::answer;
use super::deposit;
use super::place::reference;
use super::refund::refund_of;
use super::refusal::Refusal;
use crate::core::{Failure, Outcome, Refuse, Shop};
use crate::mail::{Cause, Kind, TELL, queue_in as queue_letter, run_tell};
use crate::payment::{authorise, capture, give_back, late_answer, send_back};

const CAPTURE: &str = "payment.capture";
const ASK: &str = "payment.ask";
const GIVE_BACK: &str = "payment.give_back";
pub(super) const REFUND: &str = "payment.refund";

/// How many jobs are taken at once.
const AT_ONCE: i64 = 256;
/// After how many failed tries a job is given up and a person has to look.
const TRIES_MAX: i64 = 12;

pub(super) fn queue_capture(
    tx: &mut Tx<'_>,
    shop: &Shop,
    payment: PaymentId,
    at: Instant,
) -> Result<(), StoreError> {
    job::queue(tx, JobId::new(at, &shop.random), CAPTURE, &payment.to_string(), at)
}

pub(super) fn queue_ask(
    tx: &mut Tx<'_>,
    shop: &Shop,
    payment: PaymentId,
    due_at: Instant,
) -> Result<(), StoreError> {
    job::queue(tx, JobId::new(due_at, &shop.random), ASK, &payment.to_string(), due_at)
}

pub(super) fn queue_give_back(
    tx: &mut Tx<'_>,
    shop: &Shop,
    payment: PaymentId,
    at: Instant,
) -> Result<(), StoreError> {
    job::queue(tx, JobId::new(at, &shop.random), GIVE_BACK, &payment.to_string(), at)
}

/// What a round of jobs achieved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Jobs done.
    pub done: usize,
    /// Jobs that will be tried again or were given up.
    pub failed: usize,
}

/// Does the jobs that are due, up to a few hundred.
///
/// # Errors
///
/// A fault of the store; what was not done is done in the next round.
pub async fn run_due_jobs(shop: &Arc<Shop>) -> Result<Worked, StoreError> {
    let now = shop.now();
    let due = shop.db.read("job.due", move |tx| job::due(tx, now, AT_ONCE)).await?;
    let mut running = tokio::task::JoinSet::new();
    for job in due {
        let shop = Arc::clone(shop);
        running.spawn(async move { run(&shop, job).await });
    }
    let mut worked = Worked::default();
    while let Some(finished) = running.join_next().await {
        match finished {
            Ok(Ok(true)) => worked.done += 1,
            Ok(Ok(false)) => worked.failed += 1,
            Ok(Err(fault)) => return Err(fault),
            Err(panic) => tracing::error!(%panic, "a job panicked; it will be tried again"),
        }
    }
    Ok(worked)
}

async fn run(shop: &Arc<Shop>, job: Job) -> Result<bool, StoreError> {
    let id = job.id;
    let tried = match (job.kind.as_str(), job.body.parse()) {
        (REFUND, _) => send_refund(shop, &job).await,
        (TELL, _) => run_tell(shop, &job).await,
        (_, Ok(payment)) => work(shop, &job, payment).await,
        (_, Err(_)) => Err("the job names no payment".to_owned()),
    };
    let Err(error) = tried else { return Ok(true) };
    let tries = job.attempts + 1;
    // 2, 4, 8 … seconds, at most about an hour.
    let wait_s = 1_i64 << tries.clamp(1, 12);
    let again = (tries < TRIES_MAX).then(|| shop.now().plus_seconds(wait_s));
    if again.is_none() {
        tracing::error!(job = %id, kind = job.kind, error, "a job was given up");
    }
    shop.db.write("job.fail", move |tx| job::fail(tx, id, &error, again)).await?;
    Ok(false)
}

async fn work(shop: &Arc<Shop>, job: &Job, payment: PaymentId) -> Result<(), String> {
    let id = job.id;
    let known = shop
        .db
        .read("payment.get", move |tx| payments::get(tx, payment))
        .await
        .map_err(|fault: StoreError| fault.to_string())?
        .ok_or("the job's payment is not there")?;
    match job.kind.as_str() {
        CAPTURE => {
            let attempt = u32::try_from(job.attempts + 1).unwrap_or(u32::MAX);
            if known.amount.minor > 0 {
                match capture(known.provider, known.scenario, attempt).await {
                    CaptureAnswer::Captured => {}
                    CaptureAnswer::Failed { code } => return Err(code),
                }
            }
            let own = Arc::clone(shop);
            let (at, order) = (shop.now(), known.order);
            shop.db
                .write("payment.capture", move |tx| {
                    payments::get_ahead(tx, payment)?;
                    if let Some(order) = order {
                        money::of_order_ahead(tx, order)?;
                        order_ahead(tx, order)?;
                    }
                    capture_in(tx, &own, payment, at)?;
                    job::finish(tx, id)?;
                    Ok(())
                })
                .await
                .map_err(in_words)
        }
        ASK => {
            let said = late_answer(known.provider, payment).await;
            let pending = said == ProviderAnswer::Pending;
            heard(shop, &known, said).await.map_err(in_words)?;
            if pending { Err("no answer yet".to_owned()) } else { finish(shop, id).await }
        }
        GIVE_BACK => {
            give_back(known.provider, payment, known.amount).await.map_err(str::to_owned)?;
            finish(shop, id).await
        }
        other => Err(format!("no one knows how to do {other}")),
    }
}

/// Asks the provider to send money back that is booked already. Twice is once: the provider knows
/// the refund by its id.
async fn send_refund(shop: &Arc<Shop>, job: &Job) -> Result<(), String> {
    let refund = job.body.parse::<RefundId>().map_err(|error| error.to_string())?;
    let found = shop.db.read("payment.refund_of", move |tx| refund_of(tx, refund)).await;
    let (kept, payment) = found
        .map_err(|fault: StoreError| fault.to_string())?
        .ok_or("the job's refund is not there")?;
    send_back(payment.provider, refund, payment.reference.as_deref(), kept.amount)
        .await
        .map_err(str::to_owned)?;
    let (id, at) = (job.id, shop.now());
    shop.db
        .write("payment.refund_done", move |tx| {
            refunds::done(tx, refund, at)?;
            job::finish(tx, id)
        })
        .await
        .map_err(|fault: StoreError| fault.to_string())
}

async fn finish(shop: &Arc<Shop>, id: JobId) -> Result<(), String> {
    shop.db
        .write("job.finish", move |tx| job::finish(tx, id))
        .await
        .map_err(|fault: StoreError| fault.to_string())
}

fn in_words(failure: Failure<Refusal>) -> String {
    match failure {
        Failure::Refused(refusal) => refusal.code().to_owned(),
        Failure::KeyReused => "idempotency.key_reused".to_owned(),
        Failure::Fault(fault) => fault.to_string(),
    }
}

/// Hears a provider's answer about a payment of an order or of a deposit.
async fn heard(shop: &Arc<Shop>, payment: &Payment, said: ProviderAnswer) -> Outcome<(), Refusal> {
    let (id, own) = (payment.id, payment.clone());
    let of_deposit = shop.db.read("payment.of_deposit", move |tx| deposit::of_payment(tx, &own));
    match of_deposit.await.map_err(Failure::Fault)? {
        Some(_) => deposit::hear(shop, id, said).await.map(drop),
        None => answer(shop, id, said).await.map(drop),
    }
}

/// The key of a provider in the books.
pub(super) fn provider_key(provider: ProviderKind) -> ProviderKey {
    ProviderKey::parse(provider.word()).expect("the words of providers are keys")
}

/// Books collected money, once.
pub(super) fn capture_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    id: PaymentId,
    at: Instant,
) -> Outcome<(), Refusal> {
    let mut payment = payments::get(tx, id)?.ok_or(Failure::Refused(Refusal::UnknownPayment))?;
    if payment.state == PaymentState::Captured {
        return Ok(());
    }
    if payment.order.is_none() && deposit::of_payment(tx, &payment)?.is_some() {
        return deposit::captured_in(tx, shop, payment, at).map(drop);
    }
    if payment.state.is_open() {
        // A transfer arrives and is collected in one.
        payment.state = payment_step(payment.state, PaymentEvent::Authorised).refuse()?.to;
    }
    payment.state = payment_step(payment.state, PaymentEvent::Captured).refuse()?.to;
    let Payment { order: Some(order), amount, .. } = payment else {
        return Err(Failure::Refused(Refusal::UnknownOrder));
    };
    payment.captured_minor = amount.minor;
    let transfers = money::of_order(tx, order)?;
    let standing = OrderStanding::read(order, amount.currency, &transfers).refuse()?;
    let provider = provider_key(payment.provider);
    let name = payment.reference.clone().unwrap_or_else(|| id.to_string());
    if amount.minor > 0 {
        let transfer =
            post_capture(&standing, &provider, amount, at, &reference(&name), &shop.random)
                .refuse()?;
        money::post(tx, &[transfer])?;
    }
    payments::save(tx, &payment)?;
    if let Some(mut placed) = load_order(tx, order)? {
        placed.payment_state = payment.state;
        save_states(tx, &placed)?;
        if payment.provider == ProviderKind::BankTransfer {
            // Who paid by card has seen it and is told by the order's own letter.
            queue_letter(tx, shop, Cause::Order(Kind::PaymentReceived, order), at)?;
        }
    }
    Ok(())
}

/// Asks anew for payments whose answer never came because the process ended in between; gives how
/// many. The provider knows the payment by its id and blocks the money once.
///
/// # Errors
///
/// A fault of the store.
pub async fn resume_payments(shop: &Arc<Shop>, older_than_s: i64) -> Result<usize, StoreError> {
    let before = shop.now().plus_seconds(-older_than_s);
    let stuck = shop
        .db
        .read("payment.stuck", move |tx| {
            payments::in_state(tx, PaymentState::Authorising, before, AT_ONCE)
        })
        .await?;
    let mut resumed = 0;
    for payment in stuck.into_iter().filter(|payment| payment.order.is_none()) {
        let request = AuthoriseRequest {
            payment: payment.id,
            checkout: payment.checkout,
            amount: payment.amount,
            scenario: payment.scenario,
        };
        let said = authorise(payment.provider, &request).await;
        match heard(shop, &payment, said).await {
            Ok(()) => resumed += 1,
            Err(Failure::Fault(fault)) => return Err(fault),
            Err(other) => {
                tracing::warn!(payment = %payment.id, reason = in_words(other), "not resumed");
            }
        }
    }
    Ok(resumed)
}
