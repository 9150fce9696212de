//! `kontor audit`: proves stock and money from their entries, that what orders and payments say of
//! themselves agrees with the books, and that the log is what was written. It reads one state of the database and repairs nothing.

mod deposit;
mod log;
mod reseller;
mod sale;

use kontor_base::id::{HoldId, OrderId, PaymentId, TransferId};
use kontor_domain::payment::PaymentState;
use kontor_ledger::{
    AuditReport, Auditor, DepositMoney, HoldState, MoneyAuditReport, MoneyAuditor, OrderMoney,
};
use kontor_store::sale::deposit as sale_deposit;
use kontor_store::{Db, StoreError, Tx, money, order, payment, stock};
use serde::Serialize;

pub use log::{LogAudit, LogFinding, LogProof};
pub use sale::SaleFinding;

/// How many rows are read at a time.
const PAGE: i64 = 2_000;

/// What the audit found.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    /// The stock ledger.
    pub stock: AuditReport,
    /// The money ledger.
    pub money: MoneyAuditReport,
    /// Orders that do not agree with their own hold or payment.
    pub orders: Vec<OrderFinding>,
    /// How many orders were looked at.
    pub orders_seen: u64,
    /// Claims and lots of sales that do not agree with the books.
    pub sales: Vec<SaleFinding>,
    /// How many claims were looked at.
    pub claims_seen: u64,
    /// The log of what staff did.
    pub log: LogAudit,
}

impl Audit {
    /// Whether everything agrees.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let books = self.stock.is_clean() && self.money.is_clean();
        books && self.orders.is_empty() && self.sales.is_empty() && self.log.is_clean()
    }
}

/// An order that contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderFinding {
    /// Its number.
    pub number: String,
    /// What does not agree.
    pub problem: &'static str,
}

/// Audits the database.
///
/// # Errors
///
/// When it cannot be read.
pub async fn audit(
    db: &Db,
    proof: LogProof,
    progress: impl Fn(u64) + Send + 'static,
) -> Result<Audit, StoreError> {
    db.read("audit", move |tx| {
        let (mut orders, orders_seen, figures) = audit_orders(tx)?;
        let deposits = deposit::audit(tx, &mut orders)?;
        let stock = audit_stock(tx, &progress)?;
        let money = audit_money(tx, &figures, &deposits, &progress)?;
        let (sales, claims_seen) = sale::audit(tx, &progress)?;
        let log = log::audit(tx, &proof, &progress)?;
        Ok(Audit { stock, money, orders, orders_seen, sales, claims_seen, log })
    })
    .await
}

fn audit_stock(tx: &mut Tx<'_>, progress: &dyn Fn(u64)) -> Result<AuditReport, StoreError> {
    let mut auditor = Auditor::new();
    let mut after: Option<TransferId> = None;
    loop {
        let page = stock::transfers_after(tx, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        page.iter().for_each(|transfer| auditor.entry(transfer));
        progress(page.len() as u64);
    }
    for (account, units) in stock::all_balances(tx)? {
        auditor.balance(&account, units);
    }
    let mut after: Option<HoldId> = None;
    loop {
        let page = stock::holds_after(tx, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        page.iter().for_each(|hold| auditor.hold(hold));
        progress(page.len() as u64);
    }
    Ok(auditor.finish())
}

fn audit_money(
    tx: &mut Tx<'_>,
    figures: &[OrderMoney],
    deposits: &[DepositMoney],
    progress: &dyn Fn(u64),
) -> Result<MoneyAuditReport, StoreError> {
    let mut auditor = MoneyAuditor::new();
    let mut after: Option<TransferId> = None;
    loop {
        let page = money::transfers_after(tx, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        page.iter().for_each(|transfer| auditor.entry(transfer));
        progress(page.len() as u64);
    }
    for (account, kept) in money::balances(tx)? {
        auditor.balance(&account, kept);
    }
    figures.iter().for_each(|figure| auditor.order(figure));
    deposits.iter().for_each(|deposit| auditor.deposit(deposit));
    Ok(auditor.finish())
}

/// Every order against its own hold and payment; gives what the money ledger is compared with.
fn audit_orders(tx: &mut Tx<'_>) -> Result<(Vec<OrderFinding>, u64, Vec<OrderMoney>), StoreError> {
    let (mut findings, mut figures, mut seen) = (Vec::new(), Vec::new(), 0_u64);
    let mut after: Option<OrderId> = None;
    loop {
        let page = order::after(tx, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.order.id);
        for placed in &page {
            seen += 1;
            let kept = payment::get(tx, placed.payment)?;
            let hold = stock::hold(tx, placed.hold)?;
            let number = || placed.order.number.to_string();
            let mut found = |problem| findings.push(OrderFinding { number: number(), problem });
            let kept_state = order::list::kept_state(tx, &placed.order.number)?;
            if kept_state.as_deref() != Some(placed.state().word()) {
                found("its state in lists is not the one that follows");
            }
            match hold.map(|hold| hold.state) {
                Some(HoldState::Claimed | HoldState::Cancelled) => {}
                Some(_) => found("its hold was never claimed"),
                None => found("its hold is not there"),
            }
            match &kept {
                None => found("its payment is not there"),
                Some(paid) if paid.order != Some(placed.order.id) => {
                    found("its payment belongs to another order");
                }
                Some(paid) if paid.state != placed.payment_state => {
                    found("its payment stands elsewhere than the order says");
                }
                Some(paid) if paid.amount != placed.order.to_pay() => {
                    found("its payment is of another amount");
                }
                Some(_) => {}
            }
            let deposit = match &placed.order.deposit {
                Some(paid) => sale_deposit::get(tx, paid.deposit)?,
                None => None,
            };
            figures.push(OrderMoney {
                order: placed.order.id,
                total: placed.order.totals.total,
                captured_minor: kept.as_ref().map_or(0, |paid| paid.captured_minor),
                refunded_minor: kept.as_ref().map_or(0, |paid| paid.refunded_minor),
                applied_minor: deposit.map_or(0, |deposit| deposit.applied_minor),
            });
        }
    }
    audit_loose_payments(tx, &mut findings)?;
    reseller::audit(tx, &mut findings, &mut figures)?;
    Ok((findings, seen, figures))
}

/// Money that was collected must belong to an order or to a deposit.
fn audit_loose_payments(
    tx: &mut Tx<'_>,
    findings: &mut Vec<OrderFinding>,
) -> Result<(), StoreError> {
    let mut after: Option<PaymentId> = None;
    loop {
        let page = payment::after(tx, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        for loose in page.iter().filter(|payment| payment.order.is_none()) {
            let takes = matches!(loose.state, PaymentState::Authorised | PaymentState::Captured);
            let takes = takes || loose.captured_minor != 0;
            if takes && !deposit::is_of_deposit(tx, loose)? {
                let problem = "money without an order";
                findings.push(OrderFinding { number: loose.id.to_string(), problem });
            }
        }
    }
}
