//! What to write in the money ledger when an order is placed, paid, called off, credited or
//! refunded.
//!
//! Each function is a pure decision. The caller reads all money transfers of the order, makes an
//! [`OrderStanding`] of them, asks, and writes the answered transfers in the same transaction. What
//! concerns deposits is in [`deposit`].

pub mod deposit;

use std::collections::BTreeMap;

use kontor_base::id::{DepositId, OrderId, TransferId};
use kontor_base::{Currency, Instant, Money, MoneyError, Random};

use crate::key::{JurisdictionKey, MarketKey, ProviderKey};
use crate::money::{MoneyAccount, MoneyCause, MoneyTransfer};
use crate::stock::Reference;

/// What an order is made of, or what of it is taken back. No amount is negative; all are in the
/// currency of `goods_net`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaleParts {
    /// The order.
    pub order: OrderId,
    /// The market that sold.
    pub market: MarketKey,
    /// The goods after discounts, without tax.
    pub goods_net: Money,
    /// The shipping, without tax.
    pub shipping_net: Money,
    /// The tax on both, by the authority that gets it (a duty has a jurisdiction of its own).
    /// Several lines of one jurisdiction are added up.
    pub taxes: Vec<(JurisdictionKey, Money)>,
}

/// A money decision's "no". Nothing is to be written then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyRefusal {
    /// More would be captured than the customer owes.
    #[error("{wanted} would be captured, but {due} is due")]
    MoreThanDue {
        /// The amount asked for.
        wanted: Money,
        /// What the customer owes.
        due: Money,
    },
    /// More would be refunded than this provider has taken in for the order.
    #[error("{wanted} would be refunded, but {captured} was captured")]
    MoreThanCaptured {
        /// The amount asked for.
        wanted: Money,
        /// What the provider has of this order.
        captured: Money,
    },
    /// More would be taken back than was sold.
    #[error("{wanted} would be taken back, but {sold} was sold")]
    MoreThanSold {
        /// The amount asked for.
        wanted: Money,
        /// What is left of the sale in that account.
        sold: Money,
    },
    /// The order cannot be called off while its money is in: credit and refund it.
    #[error("{captured} of the order has been paid")]
    MoneyIsIn {
        /// What has been paid and not refunded.
        captured: Money,
    },
    /// Amounts in different currencies.
    #[error("amounts are in different currencies")]
    MixedCurrencies,
    /// A negative amount, a zero capture or refund, or a total too large.
    #[error("amount out of range")]
    AmountOutOfRange,
}

impl MoneyRefusal {
    /// The stable code, such as `payment.more_than_due`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MoreThanDue { .. } => "payment.more_than_due",
            Self::MoreThanCaptured { .. } => "payment.more_than_captured",
            Self::MoreThanSold { .. } => "payment.more_than_sold",
            Self::MoneyIsIn { .. } => "payment.money_is_in",
            Self::MixedCurrencies => "payment.mixed_currencies",
            Self::AmountOutOfRange => "payment.amount_out_of_range",
        }
    }
}

impl From<MoneyError> for MoneyRefusal {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::MixedCurrencies | MoneyError::UnknownCurrency => Self::MixedCurrencies,
            MoneyError::OutOfRange | MoneyError::NotAnAmount => Self::AmountOutOfRange,
        }
    }
}

impl SaleParts {
    /// Goods, shipping and taxes together.
    ///
    /// # Errors
    ///
    /// [`MoneyRefusal::MixedCurrencies`] or [`MoneyRefusal::AmountOutOfRange`].
    pub fn total(&self) -> Result<Money, MoneyRefusal> {
        let amounts = self.by_account()?;
        Ok(Money::sum(self.goods_net.currency, amounts.into_values())?)
    }

    /// The amounts that are not zero, by account and in account order.
    fn by_account(&self) -> Result<BTreeMap<MoneyAccount, Money>, MoneyRefusal> {
        let market = &self.market;
        let goods = (MoneyAccount::Revenue { market: market.clone() }, self.goods_net);
        let shipping = (MoneyAccount::ShippingIncome { market: market.clone() }, self.shipping_net);
        let taxes = self.taxes.iter().map(|(jurisdiction, tax)| {
            (MoneyAccount::TaxCollected { jurisdiction: jurisdiction.clone() }, *tax)
        });
        let mut amounts = BTreeMap::new();
        for (account, amount) in [goods, shipping].into_iter().chain(taxes) {
            if amount.minor < 0 {
                return Err(MoneyRefusal::AmountOutOfRange);
            }
            let sum = amounts.entry(account).or_insert(Money::zero(self.goods_net.currency));
            *sum = sum.plus(amount)?;
        }
        amounts.retain(|_, amount| amount.minor > 0);
        Ok(amounts)
    }
}

/// Where an order's money stands, read from its transfers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderStanding {
    order: OrderId,
    currency: Currency,
    /// What each income account has of the sale, taken-back amounts off.
    sold: BTreeMap<MoneyAccount, Money>,
    /// What each provider has of the order, refunds off.
    captured: BTreeMap<ProviderKey, Money>,
    /// What of each deposit went towards it and has not been given back.
    applied: BTreeMap<DepositId, Money>,
}

impl OrderStanding {
    /// An order of which nothing has been written.
    #[must_use]
    pub const fn new(order: OrderId, currency: Currency) -> Self {
        Self {
            order,
            currency,
            sold: BTreeMap::new(),
            captured: BTreeMap::new(),
            applied: BTreeMap::new(),
        }
    }

    /// The standing after `transfers`; those of other orders are passed over.
    ///
    /// # Errors
    ///
    /// [`MoneyRefusal::MixedCurrencies`] or [`MoneyRefusal::AmountOutOfRange`]: the rows are
    /// damaged.
    pub fn read<'a>(
        order: OrderId,
        currency: Currency,
        transfers: impl IntoIterator<Item = &'a MoneyTransfer>,
    ) -> Result<Self, MoneyRefusal> {
        let mut standing = Self::new(order, currency);
        let zero = Money::zero(currency);
        for transfer in transfers.into_iter().filter(|t| t.order() == Some(order)) {
            let amount = transfer.amount;
            match (&transfer.from, &transfer.to) {
                (_, MoneyAccount::Clearing { provider }) => {
                    let sum = standing.captured.entry(provider.clone()).or_insert(zero);
                    *sum = sum.plus(amount)?;
                }
                (MoneyAccount::Clearing { provider }, _) => {
                    let sum = standing.captured.entry(provider.clone()).or_insert(zero);
                    *sum = sum.minus(amount)?;
                }
                (MoneyAccount::Receivable { .. }, MoneyAccount::Deposit { deposit }) => {
                    let sum = standing.applied.entry(*deposit).or_insert(zero);
                    *sum = sum.plus(amount)?;
                }
                (MoneyAccount::Deposit { deposit }, _) => {
                    let sum = standing.applied.entry(*deposit).or_insert(zero);
                    *sum = sum.minus(amount)?;
                }
                (MoneyAccount::Receivable { .. }, income) => {
                    let sum = standing.sold.entry(income.clone()).or_insert(zero);
                    *sum = sum.minus(amount)?;
                }
                (income, _) => {
                    let sum = standing.sold.entry(income.clone()).or_insert(zero);
                    *sum = sum.plus(amount)?;
                }
            }
        }
        Ok(standing)
    }

    /// What is left of the sale: sold minus taken back.
    ///
    /// # Errors
    ///
    /// [`MoneyRefusal::AmountOutOfRange`].
    pub fn sold(&self) -> Result<Money, MoneyRefusal> {
        Ok(Money::sum(self.currency, self.sold.values().copied())?)
    }

    /// What has been paid: captured minus refunded.
    ///
    /// # Errors
    ///
    /// [`MoneyRefusal::AmountOutOfRange`].
    pub fn captured(&self) -> Result<Money, MoneyRefusal> {
        Ok(Money::sum(self.currency, self.captured.values().copied())?)
    }

    /// What of deposits went towards it and has not been given back.
    ///
    /// # Errors
    ///
    /// [`MoneyRefusal::AmountOutOfRange`].
    pub fn applied(&self) -> Result<Money, MoneyRefusal> {
        Ok(Money::sum(self.currency, self.applied.values().copied())?)
    }

    /// What the customer owes: the balance of the order's receivable. Below zero the customer is
    /// owed a refund.
    ///
    /// # Errors
    ///
    /// [`MoneyRefusal::AmountOutOfRange`].
    pub fn due(&self) -> Result<Money, MoneyRefusal> {
        Ok(self.sold()?.minus(self.captured()?)?.minus(self.applied()?)?)
    }
}

/// An order is placed: its customer owes its total. An order that costs nothing writes nothing.
///
/// # Errors
///
/// [`MoneyRefusal::MixedCurrencies`] or [`MoneyRefusal::AmountOutOfRange`].
pub fn post_sale(
    parts: &SaleParts,
    at: Instant,
    reference: &Reference,
    random: &Random,
) -> Result<Vec<MoneyTransfer>, MoneyRefusal> {
    parts.total()?;
    let receivable = MoneyAccount::Receivable { order: parts.order };
    let stamp = Stamp { at, reference, random };
    let transfers = parts.by_account()?.into_iter().map(|(income, amount)| {
        stamp.transfer(income, receivable.clone(), amount, MoneyCause::Sold)
    });
    Ok(transfers.collect())
}

/// An order is placed and its whole total captured at once.
///
/// # Errors
///
/// [`MoneyRefusal::MixedCurrencies`] or [`MoneyRefusal::AmountOutOfRange`].
pub fn post_sale_and_capture(
    parts: &SaleParts,
    provider: &ProviderKey,
    at: Instant,
    reference: &Reference,
    random: &Random,
) -> Result<Vec<MoneyTransfer>, MoneyRefusal> {
    let mut transfers = post_sale(parts, at, reference, random)?;
    let total = parts.total()?;
    if total.minor > 0 {
        let standing = OrderStanding::read(parts.order, total.currency, &transfers)?;
        transfers.push(post_capture(&standing, provider, total, at, reference, random)?);
    }
    Ok(transfers)
}

/// The customer pays `amount` through `provider`.
///
/// # Errors
///
/// [`MoneyRefusal::MoreThanDue`], [`MoneyRefusal::MixedCurrencies`] or
/// [`MoneyRefusal::AmountOutOfRange`].
pub fn post_capture(
    standing: &OrderStanding,
    provider: &ProviderKey,
    amount: Money,
    at: Instant,
    reference: &Reference,
    random: &Random,
) -> Result<MoneyTransfer, MoneyRefusal> {
    check_amount(amount, standing.currency)?;
    let due = standing.due()?;
    if amount.minor > due.minor {
        return Err(MoneyRefusal::MoreThanDue { wanted: amount, due });
    }
    let stamp = Stamp { at, reference, random };
    Ok(stamp.transfer(
        MoneyAccount::Receivable { order: standing.order },
        MoneyAccount::Clearing { provider: provider.clone() },
        amount,
        MoneyCause::Captured,
    ))
}

/// `amount` goes back to the customer through the provider that took it in.
///
/// # Errors
///
/// [`MoneyRefusal::MoreThanCaptured`], [`MoneyRefusal::MixedCurrencies`] or
/// [`MoneyRefusal::AmountOutOfRange`].
pub fn post_refund(
    standing: &OrderStanding,
    provider: &ProviderKey,
    amount: Money,
    at: Instant,
    reference: &Reference,
    random: &Random,
) -> Result<MoneyTransfer, MoneyRefusal> {
    check_amount(amount, standing.currency)?;
    let none = Money::zero(standing.currency);
    let captured = standing.captured.get(provider).copied().unwrap_or(none);
    check_captured(amount, captured)?;
    let stamp = Stamp { at, reference, random };
    Ok(stamp.transfer(
        MoneyAccount::Clearing { provider: provider.clone() },
        MoneyAccount::Receivable { order: standing.order },
        amount,
        MoneyCause::Refunded,
    ))
}

/// The whole of what is left of the sale is called off while no money is in.
///
/// # Errors
///
/// [`MoneyRefusal::MoneyIsIn`].
pub fn post_void(
    standing: &OrderStanding,
    at: Instant,
    reference: &Reference,
    random: &Random,
) -> Result<Vec<MoneyTransfer>, MoneyRefusal> {
    let captured = standing.captured()?.plus(standing.applied()?)?;
    if captured.minor != 0 {
        return Err(MoneyRefusal::MoneyIsIn { captured });
    }
    Ok(take_back(standing.order, &standing.sold, MoneyCause::Voided, at, reference, random))
}

/// `parts` of the sale are taken back; what the customer has paid of them is owed until it is
/// refunded.
///
/// # Errors
///
/// [`MoneyRefusal::MoreThanSold`] for any part, [`MoneyRefusal::MixedCurrencies`] or
/// [`MoneyRefusal::AmountOutOfRange`].
pub fn post_credit(
    standing: &OrderStanding,
    parts: &SaleParts,
    at: Instant,
    reference: &Reference,
    random: &Random,
) -> Result<Vec<MoneyTransfer>, MoneyRefusal> {
    if parts.goods_net.currency != standing.currency {
        return Err(MoneyRefusal::MixedCurrencies);
    }
    assert_eq!(parts.order, standing.order, "a credit is asked for the order that was read");
    let amounts = parts.by_account()?;
    let none = Money::zero(standing.currency);
    for (account, &wanted) in &amounts {
        let sold = standing.sold.get(account).copied().unwrap_or(none);
        if wanted.minor > sold.minor {
            return Err(MoneyRefusal::MoreThanSold { wanted, sold });
        }
    }
    Ok(take_back(standing.order, &amounts, MoneyCause::Credited, at, reference, random))
}

/// `amount` of what is left of the sale is taken back, from each income account in proportion to
/// what it has: a price that falls afterwards takes its share of the tax with it. Rounded down, and
/// what rounding leaves goes to the accounts with the largest remainders (largest first, then in the
/// order of the accounts); all that is left takes everything back exactly.
///
/// # Errors
///
/// [`MoneyRefusal::MoreThanSold`], [`MoneyRefusal::MixedCurrencies`] or
/// [`MoneyRefusal::AmountOutOfRange`].
pub fn post_credit_share(
    standing: &OrderStanding,
    amount: Money,
    at: Instant,
    reference: &Reference,
    random: &Random,
) -> Result<Vec<MoneyTransfer>, MoneyRefusal> {
    check_amount(amount, standing.currency)?;
    let sold = standing.sold()?;
    if amount.minor > sold.minor {
        return Err(MoneyRefusal::MoreThanSold { wanted: amount, sold });
    }
    let (whole, wanted) = (i128::from(sold.minor), i128::from(amount.minor));
    let mut shares = Vec::with_capacity(standing.sold.len());
    for (account, has) in standing.sold.iter().filter(|(_, has)| has.minor > 0) {
        let exact = i128::from(has.minor) * wanted;
        shares.push((account, exact / whole, exact % whole));
    }
    let mut left = wanted - shares.iter().map(|(_, share, _)| share).sum::<i128>();
    // Stable: accounts with the same remainder stay in their order.
    shares.sort_by(|(_, _, a), (_, _, b)| b.cmp(a));
    let mut amounts = BTreeMap::new();
    for (account, share, _) in shares {
        let more = left.min(1);
        left -= more;
        let minor = i64::try_from(share + more).map_err(|_| MoneyRefusal::AmountOutOfRange)?;
        amounts.insert(account.clone(), Money::new(minor, standing.currency));
    }
    assert_eq!(left, 0, "fewer units are left by rounding than there are accounts");
    Ok(take_back(standing.order, &amounts, MoneyCause::Credited, at, reference, random))
}

fn take_back(
    order: OrderId,
    amounts: &BTreeMap<MoneyAccount, Money>,
    cause: MoneyCause,
    at: Instant,
    reference: &Reference,
    random: &Random,
) -> Vec<MoneyTransfer> {
    let stamp = Stamp { at, reference, random };
    let wanted = amounts.iter().filter(|(_, amount)| amount.minor > 0);
    wanted
        .map(|(income, &amount)| {
            stamp.transfer(MoneyAccount::Receivable { order }, income.clone(), amount, cause)
        })
        .collect()
}

/// What all transfers of one decision have in common.
#[derive(Clone, Copy)]
struct Stamp<'a> {
    at: Instant,
    reference: &'a Reference,
    random: &'a Random,
}

impl Stamp<'_> {
    fn transfer(
        self,
        from: MoneyAccount,
        to: MoneyAccount,
        amount: Money,
        cause: MoneyCause,
    ) -> MoneyTransfer {
        let Self { at, reference, random } = self;
        let id = TransferId::new(at, random);
        MoneyTransfer { id, at, from, to, amount, cause, reference: reference.clone() }
    }
}

/// No more goes back than came in.
const fn check_captured(wanted: Money, captured: Money) -> Result<(), MoneyRefusal> {
    if wanted.minor > captured.minor {
        return Err(MoneyRefusal::MoreThanCaptured { wanted, captured });
    }
    Ok(())
}

fn check_amount(amount: Money, currency: Currency) -> Result<(), MoneyRefusal> {
    if amount.currency != currency {
        return Err(MoneyRefusal::MixedCurrencies);
    }
    if (1..=Money::MINOR_MAX).contains(&amount.minor) {
        Ok(())
    } else {
        Err(MoneyRefusal::AmountOutOfRange)
    }
}

#[cfg(test)]
mod tests;
