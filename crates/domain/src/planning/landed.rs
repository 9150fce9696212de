//! Landed cost: what one unit has cost when it lies in the warehouse of a market, line by line.
//!
//! Countries differ in what a charge is worked out on: duty on goods, freight and insurance (CIF:
//! EU, India, Brazil) or on the goods alone (FOB: USA), a surcharge on the duty, a tax on the sum, a
//! tax that is contained in the price that it is worked out on (ICMS in Brazil). A sheet names the
//! base of each charge instead of building the country in.

use kontor_base::{Currency, Date, Money, MoneyError, Rate, Rounding, Wrong};
use serde::{Deserialize, Serialize};

use crate::catalogue::Slug;

/// The most charges on a sheet.
const CHARGES_MAX: usize = 40;

/// What has to be added up to one unit's landed cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostSheet {
    /// The currency of the sheet.
    pub currency: Currency,
    /// The charges, in the order in which they arise: a base may name only earlier ones.
    pub charges: Vec<Charge>,
}

/// One line of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Its name in bases: `goods`, `freight`, `duty`.
    pub code: Slug,
    /// What it is, in words.
    pub title: String,
    /// How it is worked out.
    pub rate: ChargeRate,
    /// Whether it comes back later.
    pub recovery: Recovery,
    /// From which day the figure is.
    pub as_of: Date,
    /// Where the figure is from.
    pub source: String,
}

/// How a charge is worked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChargeRate {
    /// A fixed amount for each unit.
    PerUnit {
        /// The amount.
        amount: Money,
    },
    /// A rate on a base: `base × rate`.
    Of {
        /// What it is worked out on.
        base: ChargeBase,
        /// The rate.
        rate: Rate,
    },
    /// A rate on a price that contains the charge itself: `base × rate ÷ (1 − rate)`.
    Inside {
        /// The base without the charge.
        base: ChargeBase,
        /// The rate, below one whole.
        rate: Rate,
    },
}

/// What a rate is applied to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeBase {
    /// The sum of every earlier line.
    AllBefore,
    /// The sum of the earlier lines with these codes.
    Lines(Vec<Slug>),
}

/// Whether a charge comes back as a credit against tax that is collected from the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recovery {
    /// It stays a cost.
    Cost,
    /// It is paid first and credited later: money that is tied up, but no cost.
    Credited,
}

/// One line, worked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LandedLine {
    /// The charge.
    pub charge: Charge,
    /// The base it was worked out on; none for a fixed amount.
    pub base: Option<Money>,
    /// What it comes to, rounded half up to the minor unit once.
    pub amount: Money,
    /// The cost so far, with this line; credited lines do not raise it.
    pub cost_so_far: Money,
}

/// The landed cost of one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LandedCost {
    /// Every line, in order.
    pub lines: Vec<LandedLine>,
    /// What the unit costs: the sum of the lines that stay a cost.
    pub cost: Money,
    /// What is paid on arrival and credited later.
    pub credited: Money,
}

impl LandedCost {
    /// What has to be paid until the unit lies in the warehouse.
    ///
    /// # Errors
    ///
    /// When the sum does not fit.
    pub fn paid(&self) -> Result<Money, MoneyError> {
        self.cost.plus(self.credited)
    }
}

/// Why a sheet cannot be worked out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CostError {
    /// More lines than a sheet may have.
    #[error("a cost sheet has at most {CHARGES_MAX} charges")]
    TooMany,
    /// Two lines have one code.
    #[error("the charge {0} is there twice")]
    Twice(Slug),
    /// A base names a line that does not come before it.
    #[error("{charge} is worked out on {base}, which does not come before it")]
    UnknownBase {
        /// The charge.
        charge: Slug,
        /// The line that its base names.
        base: Slug,
    },
    /// A charge inside its own price of one whole or more would make the price endless.
    #[error("{0} is contained in its own price at a rate of 100 % or more")]
    Endless(Slug),
    /// Amounts of another currency, or too large.
    #[error("{charge}: {problem}")]
    Money {
        /// The charge.
        charge: Slug,
        /// What is wrong.
        problem: MoneyError,
    },
}

impl CostError {
    /// What it is about, as the file calls it, and what is wrong with it.
    #[must_use]
    pub fn wrong(&self) -> (String, Wrong) {
        let of = |charge: &Slug| format!("charge {charge}");
        match self {
            Self::TooMany => {
                ("charge".to_owned(), Wrong::TooManyCharges { max: CHARGES_MAX.to_string() })
            }
            Self::Twice(charge) => ("charge".to_owned(), Wrong::Twice { cell: charge.to_string() }),
            Self::UnknownBase { charge, base } => {
                (of(charge), Wrong::BaseNotBefore { base: base.to_string() })
            }
            Self::Endless(charge) => (of(charge), Wrong::EndlessCharge),
            Self::Money { charge, problem } => (of(charge), Wrong::of_sum(*problem)),
        }
    }
}

/// Works out what one unit costs when it lies in the warehouse of the market.
///
/// # Errors
///
/// When the sheet contradicts itself or amounts do not fit.
pub fn landed_cost(sheet: &CostSheet) -> Result<LandedCost, CostError> {
    if sheet.charges.len() > CHARGES_MAX {
        return Err(CostError::TooMany);
    }
    let zero = Money::zero(sheet.currency);
    let mut landed = LandedCost { lines: Vec::new(), cost: zero, credited: zero };
    for charge in &sheet.charges {
        if landed.lines.iter().any(|line| line.charge.code == charge.code) {
            return Err(CostError::Twice(charge.code.clone()));
        }
        let wrap = |problem: MoneyError| CostError::Money { charge: charge.code.clone(), problem };
        let (base, amount) = amount_of(charge, &landed.lines, zero)?;
        match charge.recovery {
            Recovery::Cost => landed.cost = landed.cost.plus(amount).map_err(wrap)?,
            Recovery::Credited => landed.credited = landed.credited.plus(amount).map_err(wrap)?,
        }
        let line = LandedLine { charge: charge.clone(), base, amount, cost_so_far: landed.cost };
        landed.lines.push(line);
    }
    Ok(landed)
}

fn amount_of(
    charge: &Charge,
    before: &[LandedLine],
    zero: Money,
) -> Result<(Option<Money>, Money), CostError> {
    let wrap = |problem: MoneyError| CostError::Money { charge: charge.code.clone(), problem };
    match &charge.rate {
        ChargeRate::PerUnit { amount } => {
            // Adding nothing checks the currency.
            Ok((None, zero.plus(*amount).map_err(wrap)?))
        }
        ChargeRate::Of { base, rate } => {
            let base = base_of(charge, base, before, zero)?;
            Ok((Some(base), base.share(*rate, Rounding::HalfUp).map_err(wrap)?))
        }
        ChargeRate::Inside { base, rate } => {
            let base = base_of(charge, base, before, zero)?;
            let rest = i128::from(Rate::ONE) - i128::from(rate.ppm());
            if rest <= 0 {
                return Err(CostError::Endless(charge.code.clone()));
            }
            let exact = i128::from(base.minor) * i128::from(rate.ppm());
            let minor = i64::try_from(Rounding::HalfUp.divide(exact, rest))
                .map_err(|_| wrap(MoneyError::OutOfRange))?;
            Ok((Some(base), Money::new(minor, base.currency)))
        }
    }
}

fn base_of(
    charge: &Charge,
    base: &ChargeBase,
    before: &[LandedLine],
    zero: Money,
) -> Result<Money, CostError> {
    let wrap = |problem: MoneyError| CostError::Money { charge: charge.code.clone(), problem };
    match base {
        ChargeBase::AllBefore => {
            before.iter().try_fold(zero, |sum, line| sum.plus(line.amount)).map_err(wrap)
        }
        ChargeBase::Lines(codes) => codes.iter().try_fold(zero, |sum, code| {
            let line = before.iter().find(|line| line.charge.code == *code).ok_or_else(|| {
                CostError::UnknownBase { charge: charge.code.clone(), base: code.clone() }
            })?;
            sum.plus(line.amount).map_err(wrap)
        }),
    }
}
