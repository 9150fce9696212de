//! Proves the money ledger from its entries, and the orders' own figures from the ledger.
//!
//! Shown for every order: receivable = sold − taken back − captured + refunded − deposits that went
//! towards it, and never more paid than sold; for every deposit: what its account owes is what was
//! captured, not refunded and not with an order, and that is what the deposit's own row says; for
//! every currency: all balances add up to nothing. It reads and reports, and never repairs.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use kontor_base::id::{DepositId, OrderId, TransferId};
use kontor_base::{Currency, Money};
use serde::Serialize;

use crate::audit::FINDINGS_MAX;
use crate::money::{MoneyAccount, MoneyCause, MoneyFlaw, MoneyTransfer};

/// What the order's own row and its payments' rows say, kept apart from the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderMoney {
    /// The order.
    pub order: OrderId,
    /// What was ordered, tax and shipping included.
    pub total: Money,
    /// What its payments captured in all, in minor units of the order's currency.
    pub captured_minor: i64,
    /// What of that was refunded, in minor units of the order's currency.
    pub refunded_minor: i64,
    /// What of a deposit went towards it and was not given back, in minor units of its currency.
    pub applied_minor: i64,
}

/// What a deposit's own row and its payment's row say, kept apart from the ledger. All amounts are in
/// minor units of the currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositMoney {
    /// The deposit.
    pub deposit: DepositId,
    /// Its currency.
    pub currency: Currency,
    /// What its payment captured.
    pub captured_minor: i64,
    /// What of that was refunded.
    pub refunded_minor: i64,
    /// What is with an order.
    pub applied_minor: i64,
    /// What the shop says that it holds: nothing unless the deposit is open.
    pub held_minor: i64,
}

/// Which figure of an order or a deposit differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderFigure {
    /// The total.
    Total,
    /// What was captured.
    Captured,
    /// What was refunded.
    Refunded,
    /// What of a deposit is with an order.
    Applied,
    /// What is held of a deposit.
    Held,
}

/// Something that does not agree. Amounts are in minor units of the named currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum MoneyFinding {
    /// An entry's id is not above the one before: it is there twice, or was read out of order.
    #[error("entry {id} is repeated or out of order")]
    EntryOutOfOrder {
        /// The entry.
        id: TransferId,
    },
    /// An entry is wrong in itself.
    #[error("entry {id} is wrong: {flaw}")]
    EntryFlawed {
        /// The entry.
        id: TransferId,
        /// What is wrong with it.
        flaw: MoneyFlaw,
    },
    /// An order's entries are in several currencies.
    #[error("order {order} has entries in {one} and {other}")]
    OrderMixesCurrencies {
        /// The order.
        order: OrderId,
        /// The currency of its first entry.
        one: Currency,
        /// Another one.
        other: Currency,
    },
    /// A kept balance is not the sum of its entries.
    #[error("account {account} is kept as {kept} {currency}, but adds up to {computed}")]
    BalanceDiffers {
        /// The account.
        account: MoneyAccount,
        /// In this currency.
        currency: Currency,
        /// The kept balance; none kept counts as zero.
        kept: i64,
        /// The sum of the entries.
        computed: i64,
    },
    /// The kept balances of a currency do not add up to nothing.
    #[error("all balances in {currency} add up to {sum}")]
    DoesNotSumToZero {
        /// The currency.
        currency: Currency,
        /// Their sum.
        sum: i64,
    },
    /// An order's receivable is not sold − taken back − captured + refunded.
    #[error("order {order} is owed {receivable}, but its causes say {expected}")]
    ReceivableDiffers {
        /// The order.
        order: OrderId,
        /// The sum of the receivable's entries.
        receivable: i64,
        /// What the causes say.
        expected: i64,
    },
    /// More was captured (and not refunded) than was sold.
    #[error("order {order} was sold for {sold}, but {captured} was captured")]
    CapturedTooMuch {
        /// The order.
        order: OrderId,
        /// What was sold.
        sold: i64,
        /// Captured minus refunded.
        captured: i64,
    },
    /// More was refunded than captured.
    #[error("order {order} had {captured} captured, but {refunded} refunded")]
    RefundedTooMuch {
        /// The order.
        order: OrderId,
        /// What was captured.
        captured: i64,
        /// What was refunded.
        refunded: i64,
    },
    /// More was taken back than sold.
    #[error("order {order} was sold for {sold}, but {taken_back} was taken back")]
    TakenBackTooMuch {
        /// The order.
        order: OrderId,
        /// What was sold.
        sold: i64,
        /// What was voided and credited.
        taken_back: i64,
    },
    /// The order's own figure is not the ledger's.
    #[error("order {order} says {figure:?} {stated}, the ledger {ledger}")]
    OrderDiffers {
        /// The order.
        order: OrderId,
        /// Which figure.
        figure: OrderFigure,
        /// What the order's row says.
        stated: i64,
        /// What the ledger says.
        ledger: i64,
    },
    /// The deposit's own figure is not the ledger's.
    #[error("deposit {deposit} says {figure:?} {stated}, the ledger {ledger}")]
    DepositDiffers {
        /// The deposit.
        deposit: DepositId,
        /// Which figure.
        figure: OrderFigure,
        /// What the deposit's row says.
        stated: i64,
        /// What the ledger says.
        ledger: i64,
    },
    /// More went out of a deposit than was paid in.
    #[error("deposit {deposit} has {held} left")]
    DepositOverdrawn {
        /// The deposit.
        deposit: DepositId,
        /// What is left, below zero.
        held: i64,
    },
    /// The ledger has entries of a deposit that does not exist.
    #[error("the ledger has entries of {deposit}, which is no deposit")]
    DepositUnknown {
        /// The deposit.
        deposit: DepositId,
    },
    /// The ledger has entries of an order that does not exist.
    #[error("the ledger has entries of {order}, which is no order")]
    OrderUnknown {
        /// The order.
        order: OrderId,
    },
}

impl MoneyFinding {
    /// The stable code, such as `audit.captured_too_much`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EntryOutOfOrder { .. } => "audit.entry_out_of_order",
            Self::EntryFlawed { .. } => "audit.entry_flawed",
            Self::OrderMixesCurrencies { .. } => "audit.order_mixes_currencies",
            Self::BalanceDiffers { .. } => "audit.balance_differs",
            Self::DoesNotSumToZero { .. } => "audit.does_not_sum_to_zero",
            Self::ReceivableDiffers { .. } => "audit.receivable_differs",
            Self::CapturedTooMuch { .. } => "audit.captured_too_much",
            Self::RefundedTooMuch { .. } => "audit.refunded_too_much",
            Self::TakenBackTooMuch { .. } => "audit.taken_back_too_much",
            Self::OrderDiffers { .. } => "audit.order_differs",
            Self::OrderUnknown { .. } => "audit.order_unknown",
            Self::DepositDiffers { .. } => "audit.deposit_differs",
            Self::DepositOverdrawn { .. } => "audit.deposit_overdrawn",
            Self::DepositUnknown { .. } => "audit.deposit_unknown",
        }
    }
}

/// What an audit of the money ledger found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MoneyAuditReport {
    /// How many entries were read.
    pub entries: u64,
    /// How many accounts (each currency counted apart) appear in entries or kept balances.
    pub accounts: u64,
    /// How many orders were read.
    pub orders: u64,
    /// How many deposits were read.
    pub deposits: u64,
    /// What does not agree; at most [`FINDINGS_MAX`].
    pub findings: Vec<MoneyFinding>,
    /// How many findings more there were.
    pub findings_left_out: u64,
}

impl MoneyAuditReport {
    /// Whether everything agrees.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.findings_left_out == 0
    }

    fn found(&mut self, finding: MoneyFinding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        } else {
            self.findings_left_out += 1;
        }
    }
}

/// Audits rows that are at hand: entries **in the order of their ids**, the rest in any order. An
/// order that costs nothing has no entries.
#[must_use]
pub fn audit_money<T: Borrow<MoneyTransfer>, A: Borrow<MoneyAccount>>(
    entries: impl IntoIterator<Item = T>,
    balances: impl IntoIterator<Item = (A, Money)>,
    orders: impl IntoIterator<Item = OrderMoney>,
) -> MoneyAuditReport {
    let mut auditor = MoneyAuditor::new();
    for entry in entries {
        auditor.entry(entry.borrow());
    }
    for (account, money) in balances {
        auditor.balance(account.borrow(), money);
    }
    for order in orders {
        auditor.order(&order);
    }
    auditor.finish()
}

/// Takes the rows of a money ledger and reports what does not agree. Needs memory for accounts
/// and orders, not for entries.
#[derive(Clone, Debug, Default)]
pub struct MoneyAuditor {
    report: MoneyAuditReport,
    last_entry: Option<TransferId>,
    accounts: BTreeMap<(MoneyAccount, Currency), Sums>,
    orders: BTreeMap<OrderId, OrderSums>,
    deposits: BTreeMap<DepositId, DepositSums>,
}

/// What the entries and the deposit's own rows say of one deposit, in minor units.
#[derive(Clone, Debug, Default)]
struct DepositSums {
    captured: i128,
    refunded: i128,
    applied: i128,
    stated: Option<DepositMoney>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    computed: i128,
    kept: i128,
}

/// What the entries and the order's own rows say of one order, in minor units.
#[derive(Clone, Debug, Default)]
struct OrderSums {
    currency: Option<Currency>,
    sold: i128,
    taken_back: i128,
    captured: i128,
    refunded: i128,
    applied: i128,
    stated: Option<OrderMoney>,
}

impl MoneyAuditor {
    /// An auditor that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one entry. Entries come in the order of their ids.
    pub fn entry(&mut self, entry: &MoneyTransfer) {
        if self.last_entry.is_some_and(|last| last >= entry.id) {
            self.report.found(MoneyFinding::EntryOutOfOrder { id: entry.id });
        }
        self.last_entry = Some(entry.id);
        self.report.entries += 1;
        let minor = i128::from(entry.amount.minor);
        let currency = entry.currency();
        self.sums(&entry.from, currency).computed -= minor;
        self.sums(&entry.to, currency).computed += minor;
        if let Err(flaw) = entry.check() {
            self.report.found(MoneyFinding::EntryFlawed { id: entry.id, flaw });
            return; // its cause cannot be trusted; ReceivableDiffers names the order
        }
        if let Some(order) = entry.order() {
            self.order_entry(order, entry.cause, minor, currency);
        }
        if let Some(deposit) = entry.deposit() {
            let sums = self.deposits.entry(deposit).or_default();
            match entry.cause {
                MoneyCause::Captured => sums.captured += minor,
                MoneyCause::Refunded => sums.refunded += minor,
                MoneyCause::Applied => sums.applied += minor,
                MoneyCause::Unapplied => sums.applied -= minor,
                MoneyCause::Sold | MoneyCause::Voided | MoneyCause::Credited => {}
            }
        }
    }

    /// Takes one kept balance. An account has one for each of its currencies.
    pub fn balance(&mut self, account: &MoneyAccount, kept: Money) {
        self.sums(account, kept.currency).kept += i128::from(kept.minor);
    }

    /// Takes what an order's own rows say.
    pub fn order(&mut self, stated: &OrderMoney) {
        self.report.orders += 1;
        self.orders.entry(stated.order).or_default().stated = Some(*stated);
    }

    /// Takes what a deposit's own rows say.
    pub fn deposit(&mut self, stated: &DepositMoney) {
        self.report.deposits += 1;
        self.deposits.entry(stated.deposit).or_default().stated = Some(*stated);
    }

    /// Compares everything and reports.
    #[must_use]
    pub fn finish(mut self) -> MoneyAuditReport {
        self.compare_balances();
        for (order, sums) in std::mem::take(&mut self.orders) {
            self.compare_causes(order, &sums);
            self.compare_stated(order, &sums);
        }
        for (deposit, sums) in std::mem::take(&mut self.deposits) {
            self.compare_deposit(deposit, &sums);
        }
        self.report
    }

    fn sums(&mut self, account: &MoneyAccount, currency: Currency) -> &mut Sums {
        self.accounts.entry((account.clone(), currency)).or_default()
    }

    fn order_entry(&mut self, order: OrderId, cause: MoneyCause, minor: i128, currency: Currency) {
        let sums = self.orders.entry(order).or_default();
        let one = *sums.currency.get_or_insert(currency);
        match cause {
            MoneyCause::Sold => sums.sold += minor,
            MoneyCause::Captured => sums.captured += minor,
            MoneyCause::Refunded => sums.refunded += minor,
            MoneyCause::Voided | MoneyCause::Credited => sums.taken_back += minor,
            MoneyCause::Applied => sums.applied += minor,
            MoneyCause::Unapplied => sums.applied -= minor,
        }
        if one != currency {
            let other = currency;
            self.report.found(MoneyFinding::OrderMixesCurrencies { order, one, other });
        }
    }

    fn compare_balances(&mut self) {
        self.report.accounts = self.accounts.len() as u64;
        let mut totals: BTreeMap<Currency, i128> = BTreeMap::new();
        for ((account, currency), sums) in &self.accounts {
            *totals.entry(*currency).or_default() += sums.kept;
            if sums.kept != sums.computed {
                self.report.found(MoneyFinding::BalanceDiffers {
                    account: account.clone(),
                    currency: *currency,
                    kept: narrow(sums.kept),
                    computed: narrow(sums.computed),
                });
            }
        }
        for (currency, sum) in totals.into_iter().filter(|(_, sum)| *sum != 0) {
            self.report.found(MoneyFinding::DoesNotSumToZero { currency, sum: narrow(sum) });
        }
    }

    /// Compares what the causes of an order's entries say among each other.
    fn compare_causes(&mut self, order: OrderId, sums: &OrderSums) {
        let (sold, taken_back) = (narrow(sums.sold), narrow(sums.taken_back));
        let (captured, refunded) = (narrow(sums.captured), narrow(sums.refunded));
        let account = MoneyAccount::Receivable { order };
        let receivable: i128 = sums.currency.map_or(0, |currency| {
            self.accounts.get(&(account, currency)).map_or(0, |sums| sums.computed)
        });
        let paid = sums.captured - sums.refunded + sums.applied;
        let expected = sums.sold - sums.taken_back - paid;
        if receivable != expected {
            let (receivable, expected) = (narrow(receivable), narrow(expected));
            self.report.found(MoneyFinding::ReceivableDiffers { order, receivable, expected });
        }
        if paid > sums.sold {
            let captured = narrow(paid);
            self.report.found(MoneyFinding::CapturedTooMuch { order, sold, captured });
        }
        if refunded > captured {
            self.report.found(MoneyFinding::RefundedTooMuch { order, captured, refunded });
        }
        if taken_back > sold {
            self.report.found(MoneyFinding::TakenBackTooMuch { order, sold, taken_back });
        }
    }

    /// Compares what the entries of a deposit say with its own rows.
    fn compare_deposit(&mut self, deposit: DepositId, sums: &DepositSums) {
        let held = sums.captured - sums.refunded - sums.applied;
        if held < 0 || sums.applied < 0 {
            let held = narrow(held.min(sums.applied));
            self.report.found(MoneyFinding::DepositOverdrawn { deposit, held });
        }
        let Some(stated) = &sums.stated else {
            self.report.found(MoneyFinding::DepositUnknown { deposit });
            return;
        };
        // The account itself, in the deposit's own currency: an entry in another one shows here.
        let account = (MoneyAccount::Deposit { deposit }, stated.currency);
        let owed = self.accounts.get(&account).map_or(0, |sums| -sums.computed);
        for (figure, stated, ledger) in [
            (OrderFigure::Captured, stated.captured_minor, sums.captured),
            (OrderFigure::Refunded, stated.refunded_minor, sums.refunded),
            (OrderFigure::Applied, stated.applied_minor, sums.applied),
            (OrderFigure::Held, stated.held_minor, owed),
        ] {
            if i128::from(stated) != ledger {
                let ledger = narrow(ledger);
                self.report.found(MoneyFinding::DepositDiffers { deposit, figure, stated, ledger });
            }
        }
    }

    /// Compares the ledger with what the order's own rows say.
    fn compare_stated(&mut self, order: OrderId, sums: &OrderSums) {
        let Some(stated) = &sums.stated else {
            self.report.found(MoneyFinding::OrderUnknown { order });
            return;
        };
        if let Some(other) = sums.currency.filter(|&one| one != stated.total.currency) {
            let one = stated.total.currency;
            self.report.found(MoneyFinding::OrderMixesCurrencies { order, one, other });
        }
        for (figure, stated, ledger) in [
            (OrderFigure::Total, stated.total.minor, sums.sold),
            (OrderFigure::Captured, stated.captured_minor, sums.captured),
            (OrderFigure::Refunded, stated.refunded_minor, sums.refunded),
            (OrderFigure::Applied, stated.applied_minor, sums.applied),
        ] {
            if i128::from(stated) != ledger {
                let ledger = narrow(ledger);
                self.report.found(MoneyFinding::OrderDiffers { order, figure, stated, ledger });
            }
        }
    }
}

/// A sum as it is reported; what no ledger can reach is cut to the largest number.
fn narrow(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}
