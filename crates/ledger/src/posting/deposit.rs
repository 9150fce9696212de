//! What to write when a deposit is paid, goes towards an order, is given back by it, or goes back to
//! whoever paid it.
//!
//! A deposit has an account of its own, which is below zero while the shop holds money of it: it is
//! a debt. So that the order's books stay what they are without deposits, an order never refunds a
//! deposit by itself: it gives it back to the deposit's account, and from there it is refunded.

use kontor_base::id::DepositId;
use kontor_base::{Instant, Money, Random};

use super::{MoneyRefusal, OrderStanding, Stamp, check_amount, check_captured};
use crate::key::ProviderKey;
use crate::money::{MoneyAccount, MoneyCause, MoneyTransfer};
use crate::stock::Reference;

/// Where a deposit's money stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositStanding {
    /// The deposit.
    pub deposit: DepositId,
    /// What the shop holds of it now: captured, not refunded, and not with an order.
    pub held: Money,
}

impl DepositStanding {
    /// The standing of a deposit whose account has this balance.
    ///
    /// # Errors
    ///
    /// [`MoneyRefusal::AmountOutOfRange`]: the rows are damaged.
    pub fn of_balance(deposit: DepositId, balance: Money) -> Result<Self, MoneyRefusal> {
        let held = Money::zero(balance.currency).minus(balance)?;
        Ok(Self { deposit, held })
    }
}

/// A deposit of `amount` has been collected through `provider`.
///
/// # Errors
///
/// [`MoneyRefusal::AmountOutOfRange`].
pub fn post_deposit(
    deposit: DepositId,
    provider: &ProviderKey,
    amount: Money,
    at: Instant,
    reference: &Reference,
    random: &Random,
) -> Result<MoneyTransfer, MoneyRefusal> {
    check_amount(amount, amount.currency)?;
    let stamp = Stamp { at, reference, random };
    Ok(stamp.transfer(
        MoneyAccount::Deposit { deposit },
        MoneyAccount::Clearing { provider: provider.clone() },
        amount,
        MoneyCause::Captured,
    ))
}

/// `amount` of a deposit goes back to whoever paid it.
///
/// # Errors
///
/// [`MoneyRefusal::MoreThanCaptured`], [`MoneyRefusal::MixedCurrencies`] or
/// [`MoneyRefusal::AmountOutOfRange`].
pub fn post_deposit_refund(
    standing: &DepositStanding,
    provider: &ProviderKey,
    amount: Money,
    at: Instant,
    reference: &Reference,
    random: &Random,
) -> Result<MoneyTransfer, MoneyRefusal> {
    check_held(standing, amount)?;
    let stamp = Stamp { at, reference, random };
    Ok(stamp.transfer(
        MoneyAccount::Clearing { provider: provider.clone() },
        MoneyAccount::Deposit { deposit: standing.deposit },
        amount,
        MoneyCause::Refunded,
    ))
}

/// `amount` of a deposit goes towards an order: its customer owes that much less.
///
/// # Errors
///
/// [`MoneyRefusal::MoreThanDue`], [`MoneyRefusal::MoreThanCaptured`],
/// [`MoneyRefusal::MixedCurrencies`] or [`MoneyRefusal::AmountOutOfRange`].
pub fn post_apply(
    order: &OrderStanding,
    standing: &DepositStanding,
    amount: Money,
    at: Instant,
    reference: &Reference,
    random: &Random,
) -> Result<MoneyTransfer, MoneyRefusal> {
    check_amount(amount, order.currency)?;
    check_held(standing, amount)?;
    let due = order.due()?;
    if amount.minor > due.minor {
        return Err(MoneyRefusal::MoreThanDue { wanted: amount, due });
    }
    let stamp = Stamp { at, reference, random };
    Ok(stamp.transfer(
        MoneyAccount::Receivable { order: order.order },
        MoneyAccount::Deposit { deposit: standing.deposit },
        amount,
        MoneyCause::Applied,
    ))
}

/// An order gives `amount` of the deposit that went towards it back to the deposit.
///
/// # Errors
///
/// [`MoneyRefusal::MoreThanCaptured`] for more than went towards it,
/// [`MoneyRefusal::MixedCurrencies`] or [`MoneyRefusal::AmountOutOfRange`].
pub fn post_unapply(
    order: &OrderStanding,
    deposit: DepositId,
    amount: Money,
    at: Instant,
    reference: &Reference,
    random: &Random,
) -> Result<MoneyTransfer, MoneyRefusal> {
    check_amount(amount, order.currency)?;
    let none = Money::zero(order.currency);
    let captured = order.applied.get(&deposit).copied().unwrap_or(none);
    check_captured(amount, captured)?;
    let stamp = Stamp { at, reference, random };
    Ok(stamp.transfer(
        MoneyAccount::Deposit { deposit },
        MoneyAccount::Receivable { order: order.order },
        amount,
        MoneyCause::Unapplied,
    ))
}

fn check_held(standing: &DepositStanding, amount: Money) -> Result<(), MoneyRefusal> {
    check_amount(amount, standing.held.currency)?;
    check_captured(amount, standing.held)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{
        SaleParts, post_capture, post_credit_share, post_refund, post_sale, post_void,
    };
    use super::*;
    use crate::money_audit::{DepositMoney, MoneyAuditor, MoneyFinding, OrderMoney};
    use crate::samples::{order_id, reference, second};

    const TOTAL: i64 = 2_144;
    const PAID: i64 = 1_000;

    fn usd(minor: i64) -> Money {
        Money::new(minor, "USD".parse().expect("USD is a currency"))
    }

    fn provider() -> ProviderKey {
        "test".parse().expect("a good key")
    }

    fn deposit() -> DepositId {
        DepositId::from_bytes([3; 16])
    }

    /// A deposit and the order that it goes towards, with every decision asked of what is written.
    struct Books {
        random: Random,
        written: Vec<MoneyTransfer>,
        order: OrderMoney,
        deposit: DepositMoney,
    }

    impl Books {
        /// A deposit that was paid and an order that was placed.
        fn new() -> Self {
            let random = Random::seeded(7);
            let parts = SaleParts {
                order: order_id(1),
                market: "us".parse().expect("a good key"),
                goods_net: usd(1_499),
                shipping_net: usd(500),
                taxes: vec![("US-CA".parse().expect("a good key"), usd(145))],
            };
            let mut written = vec![
                post_deposit(deposit(), &provider(), usd(PAID), second(0), &reference(), &random)
                    .expect("a good amount"),
            ];
            let sold = post_sale(&parts, second(1), &reference(), &random);
            written.extend(sold.expect("good parts"));
            let order = OrderMoney {
                order: order_id(1),
                total: usd(TOTAL),
                captured_minor: 0,
                refunded_minor: 0,
                applied_minor: 0,
            };
            let deposit = DepositMoney {
                deposit: deposit(),
                currency: usd(0).currency,
                captured_minor: PAID,
                refunded_minor: 0,
                applied_minor: 0,
                held_minor: PAID,
            };
            Self { random, written, order, deposit }
        }

        fn order(&self) -> OrderStanding {
            OrderStanding::read(order_id(1), usd(0).currency, &self.written).expect("sound rows")
        }

        fn held(&self) -> DepositStanding {
            let account = MoneyAccount::Deposit { deposit: deposit() };
            let sum = |side: fn(&MoneyTransfer) -> &MoneyAccount| -> i64 {
                let own = self.written.iter().filter(|transfer| *side(transfer) == account);
                own.map(|transfer| transfer.amount.minor).sum()
            };
            let balance = sum(|transfer| &transfer.to) - sum(|transfer| &transfer.from);
            DepositStanding::of_balance(deposit(), usd(balance)).expect("in range")
        }

        fn apply(&mut self, minor: i64) -> Result<(), MoneyRefusal> {
            let (order, held) = (self.order(), self.held());
            let (text, random) = (reference(), &self.random);
            self.written.push(post_apply(&order, &held, usd(minor), second(2), &text, random)?);
            self.order.applied_minor += minor;
            self.deposit.applied_minor += minor;
            self.deposit.held_minor -= minor;
            Ok(())
        }

        fn unapply(&mut self, minor: i64) -> Result<(), MoneyRefusal> {
            let order = self.order();
            let (text, random) = (reference(), &self.random);
            let back = post_unapply(&order, deposit(), usd(minor), second(3), &text, random)?;
            self.written.push(back);
            self.order.applied_minor -= minor;
            self.deposit.applied_minor -= minor;
            self.deposit.held_minor += minor;
            Ok(())
        }

        fn refund(&mut self, minor: i64) -> Result<(), MoneyRefusal> {
            let held = self.held();
            let (text, random) = (reference(), &self.random);
            let back =
                post_deposit_refund(&held, &provider(), usd(minor), second(4), &text, random)?;
            self.written.push(back);
            self.deposit.refunded_minor += minor;
            self.deposit.held_minor -= minor;
            Ok(())
        }

        fn capture(&mut self, minor: i64) -> Result<(), MoneyRefusal> {
            let order = self.order();
            let (text, random) = (reference(), &self.random);
            let paid = post_capture(&order, &provider(), usd(minor), second(5), &text, random)?;
            self.written.push(paid);
            self.order.captured_minor += minor;
            Ok(())
        }

        fn credit(&mut self, minor: i64) -> Result<(), MoneyRefusal> {
            let order = self.order();
            let (text, random) = (reference(), &self.random);
            let back = post_credit_share(&order, usd(minor), second(6), &text, random)?;
            self.written.extend(back);
            Ok(())
        }

        fn refund_order(&mut self, minor: i64) -> Result<(), MoneyRefusal> {
            let order = self.order();
            let (text, random) = (reference(), &self.random);
            let back = post_refund(&order, &provider(), usd(minor), second(7), &text, random)?;
            self.written.push(back);
            self.order.refunded_minor += minor;
            Ok(())
        }

        fn void(&mut self) -> Result<(), MoneyRefusal> {
            let order = self.order();
            let back = post_void(&order, second(8), &reference(), &self.random)?;
            self.written.extend(back);
            Ok(())
        }

        fn audited(&self) -> Vec<MoneyFinding> {
            let mut sorted = self.written.clone();
            sorted.sort_by_key(|transfer| transfer.id);
            let mut auditor = MoneyAuditor::new();
            for transfer in &sorted {
                auditor.entry(transfer);
                auditor.balance(&transfer.to, transfer.amount);
                auditor.balance(&transfer.from, usd(-transfer.amount.minor));
            }
            auditor.order(&self.order);
            auditor.deposit(&self.deposit);
            auditor.finish().findings
        }
    }

    #[test]
    fn a_deposit_goes_towards_an_order_and_the_rest_is_due() {
        let mut books = Books::new();
        assert_eq!(
            books.apply(PAID + 1).expect_err("too much").code(),
            "payment.more_than_captured"
        );
        books.apply(PAID).expect("all of it");
        assert_eq!(books.order().due(), Ok(usd(TOTAL - PAID)));
        assert_eq!(
            books.refund(1).expect_err("with the order").code(),
            "payment.more_than_captured"
        );
        assert_eq!(books.capture(TOTAL).expect_err("too much").code(), "payment.more_than_due");
        books.capture(TOTAL - PAID).expect("the rest");
        assert_eq!(books.order().due(), Ok(usd(0)));
        assert_eq!(books.audited(), []);
        // Called off: both payments go back, and no account keeps anything.
        assert!(books.void().is_err());
        books.credit(TOTAL).expect("all of it");
        books.refund_order(TOTAL - PAID).expect("what was paid");
        assert!(books.refund_order(1).is_err(), "the deposit is not the order's to refund");
        books.unapply(PAID).expect("what went towards it");
        assert!(books.unapply(1).is_err());
        books.refund(PAID).expect("all of it");
        assert_eq!((books.order().due(), books.held().held), (Ok(usd(0)), usd(0)));
        assert_eq!(books.audited(), []);
    }

    #[test]
    fn an_order_that_is_called_off_unpaid_gives_its_deposit_back_first() {
        let mut books = Books::new();
        books.apply(600).expect("a part");
        assert_eq!(books.void(), Err(MoneyRefusal::MoneyIsIn { captured: usd(600) }));
        books.unapply(600).expect("what went towards it");
        books.void().expect("nothing is in");
        assert_eq!(books.held().held, usd(PAID));
        assert_eq!(books.audited(), []);
    }

    #[test]
    fn damage_to_a_deposit_is_named() {
        let codes = |damage: fn(&mut Books)| -> Vec<&'static str> {
            let mut books = Books::new();
            books.apply(PAID).expect("all of it");
            damage(&mut books);
            books.audited().iter().map(MoneyFinding::code).collect()
        };
        assert_eq!(codes(|_| {}), [""; 0]);
        let differs = "audit.deposit_differs";
        assert_eq!(codes(|books| books.deposit.captured_minor = 1), [differs]);
        assert_eq!(codes(|books| books.deposit.refunded_minor = 1), [differs]);
        assert_eq!(codes(|books| books.deposit.applied_minor = 1), [differs]);
        assert_eq!(codes(|books| books.deposit.held_minor = 1), [differs]);
        assert_eq!(codes(|books| books.order.applied_minor = 1), ["audit.order_differs"]);
        let unknown = codes(|books| books.deposit.deposit = DepositId::from_bytes([4; 16]));
        assert!(unknown.contains(&"audit.deposit_unknown"), "{unknown:?}");
        let overdrawn = codes(|books| {
            drop(books.written.remove(0));
            books.deposit.captured_minor = 0;
            books.deposit.held_minor = -PAID;
        });
        assert_eq!(overdrawn, ["audit.deposit_overdrawn"]);
    }

    proptest! {
        #[test]
        fn whatever_is_asked_nothing_is_lost(
            deeds in prop::collection::vec((0_u8..7, -5_i64..1_500), 0..30)
        ) {
            let mut books = Books::new();
            for (deed, minor) in deeds {
                let done = match deed {
                    0 => books.apply(minor),
                    1 => books.unapply(minor),
                    2 => books.refund(minor),
                    3 => books.capture(minor),
                    4 => books.credit(minor),
                    5 => books.refund_order(minor),
                    _ => books.void(),
                };
                // What is refused has written nothing; what is done the audit proves.
                let _ = done;
                prop_assert!((0..=PAID).contains(&books.held().held.minor));
            }
            prop_assert_eq!(books.audited(), []);
        }
    }
}
