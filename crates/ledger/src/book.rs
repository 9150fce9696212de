//! A stock ledger in memory: the reference for what a store of transfers must accept and refuse.
//!
//! It keeps every transfer and every balance, and lets no transfer through that would break the
//! rules of [`crate::stock`]. It knows nothing of holds; those are decided before it is asked.

use std::collections::BTreeMap;

use kontor_base::id::TransferId;

use crate::audit::{AuditReport, Auditor};
use crate::stock::{Balances, StockAccount, Transfer, TransferFlaw};

/// Transfers and the balances they add up to.
#[derive(Clone, Debug, Default)]
pub struct Book {
    entries: BTreeMap<TransferId, Transfer>,
    balances: Balances,
}

/// Why a book did not take transfers. Decisions made on its own balances never meet these, except
/// for a repetition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookRefusal {
    /// The transfer is in the book already, or twice in the plan.
    #[error("transfer {id} is in the book already")]
    Repeated {
        /// The transfer.
        id: TransferId,
    },
    /// The transfer is wrong in itself.
    #[error("transfer {id} is wrong: {flaw}")]
    Flawed {
        /// The transfer.
        id: TransferId,
        /// What is wrong with it.
        flaw: TransferFlaw,
    },
    /// An account would have fewer units than none.
    #[error("account {account} would have {units} units")]
    WouldBeNegative {
        /// The account.
        account: StockAccount,
        /// What its balance would be.
        units: i64,
    },
}

impl BookRefusal {
    /// The stable code, such as `stock.transfer_repeated`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Repeated { .. } => "stock.transfer_repeated",
            Self::Flawed { .. } => "stock.transfer_flawed",
            Self::WouldBeNegative { .. } => "stock.balance_negative",
        }
    }
}

impl Book {
    /// An empty book.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes all transfers of a plan, or none of them. What counts is the balances after the last
    /// one: the plan is written in one transaction, so nobody sees it half done.
    ///
    /// # Errors
    ///
    /// See [`BookRefusal`]; the book is unchanged then.
    pub fn apply(&mut self, plan: &[Transfer]) -> Result<(), BookRefusal> {
        self.check_entries(plan)?;
        let after = self.balances_after(plan);
        for (account, &units) in &after {
            if units < 0 && !account.state.may_be_negative() {
                return Err(BookRefusal::WouldBeNegative { account: account.clone(), units });
            }
        }
        self.write(plan, after);
        Ok(())
    }

    /// Whether the transfer is in the book.
    #[must_use]
    pub fn contains(&self, id: TransferId) -> bool {
        self.entries.contains_key(&id)
    }

    /// The balances.
    #[must_use]
    pub const fn balances(&self) -> &Balances {
        &self.balances
    }

    /// Every transfer, in the order of the ids.
    pub fn entries(&self) -> impl Iterator<Item = &Transfer> {
        self.entries.values()
    }

    /// Computes every balance again from the entries and reports each difference.
    #[must_use]
    pub fn verify(&self) -> AuditReport {
        let mut auditor = Auditor::new();
        for transfer in self.entries() {
            auditor.entry(transfer);
        }
        for (account, units) in self.balances.iter() {
            auditor.balance(account, units);
        }
        auditor.finish_without_holds()
    }

    /// A book that forgets to look at the balances: for the test that the simulator finds it out.
    #[cfg(test)]
    pub(crate) fn apply_blindly(&mut self, plan: &[Transfer]) -> Result<(), BookRefusal> {
        self.check_entries(plan)?;
        let after = self.balances_after(plan);
        self.write(plan, after);
        Ok(())
    }

    /// A book that loses the receiving side: for the test that the simulator finds it out.
    #[cfg(test)]
    pub(crate) fn apply_one_sided(&mut self, plan: &[Transfer]) -> Result<(), BookRefusal> {
        self.check_entries(plan)?;
        let mut after = self.balances_after(plan);
        after.retain(|account, _| plan.iter().any(|transfer| transfer.from == *account));
        self.write(plan, after);
        Ok(())
    }

    fn check_entries(&self, plan: &[Transfer]) -> Result<(), BookRefusal> {
        for (i, transfer) in plan.iter().enumerate() {
            let id = transfer.id;
            if self.contains(id) || plan[..i].iter().any(|other| other.id == id) {
                return Err(BookRefusal::Repeated { id });
            }
            transfer.check().map_err(|flaw| BookRefusal::Flawed { id, flaw })?;
        }
        Ok(())
    }

    fn balances_after(&self, plan: &[Transfer]) -> BTreeMap<StockAccount, i64> {
        let mut after = BTreeMap::new();
        for transfer in plan {
            for (account, change) in
                [(&transfer.from, -transfer.units), (&transfer.to, transfer.units)]
            {
                let units: &mut i64 =
                    after.entry(account.clone()).or_insert_with(|| self.balances.of(account));
                *units = units
                    .checked_add(change)
                    .expect("nine thousand million transfers of the largest size fit");
            }
        }
        after
    }

    fn write(&mut self, plan: &[Transfer], after: BTreeMap<StockAccount, i64>) {
        for (account, units) in after {
            self.balances.set(account, units);
        }
        for transfer in plan {
            self.entries.insert(transfer.id, transfer.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{key, transfer};
    use crate::stock::{Cause, StockState};

    #[test]
    fn balances_are_sums_and_nothing_but_the_supplier_goes_below_zero() {
        let mut book = Book::new();
        let band = key("BAND");
        let arrived =
            transfer(1, &band, Cause::Received, StockState::Supplier, StockState::Available, 5);
        book.apply(std::slice::from_ref(&arrived)).expect("goods may arrive");
        assert_eq!(book.balances().of(&band.account(StockState::Supplier)), -5);
        assert_eq!(book.balances().of(&band.account(StockState::Available)), 5);

        let six = transfer(2, &band, Cause::Held, StockState::Available, StockState::Held, 6);
        assert_eq!(
            book.apply(&[six]),
            Err(BookRefusal::WouldBeNegative {
                account: band.account(StockState::Available),
                units: -1
            })
        );
        assert_eq!(
            book.apply(std::slice::from_ref(&arrived)),
            Err(BookRefusal::Repeated { id: arrived.id })
        );
        assert_eq!(book.entries().count(), 1);
        assert!(book.verify().is_clean());
    }

    #[test]
    fn a_plan_is_taken_whole_or_not_at_all() {
        let mut book = Book::new();
        let band = key("BAND");
        let held = |id, units| {
            transfer(id, &band, Cause::Held, StockState::Available, StockState::Held, units)
        };
        let arrived =
            transfer(1, &band, Cause::Received, StockState::Supplier, StockState::Available, 5);
        book.apply(&[arrived]).expect("goods may arrive");
        let before = book.balances().clone();
        for plan in [vec![held(2, 3), held(3, 3)], vec![held(2, 1), held(2, 1)], vec![held(2, 0)]] {
            assert!(book.apply(&plan).is_err());
            assert_eq!(book.balances(), &before);
            assert_eq!(book.entries().count(), 1);
        }
        book.apply(&[held(2, 3), held(3, 2)]).expect("five of five");
        assert!(book.verify().is_clean());
    }

    #[test]
    fn a_lost_side_is_reported() {
        let mut book = Book::new();
        let arrived = transfer(
            1,
            &key("BAND"),
            Cause::Received,
            StockState::Supplier,
            StockState::Available,
            5,
        );
        book.apply_one_sided(&[arrived]).expect("it does not look");
        let report = book.verify();
        assert_eq!(report.findings.len(), 1, "{report:?}");
        assert_eq!(report.findings[0].code(), "audit.balance_differs");
    }
}
