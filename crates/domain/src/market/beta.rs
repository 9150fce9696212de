//! Beta: a market that is open to a limited circle, with limited quantities.
//!
//! Who is let in is known by the address typed at the checkout, so before that only the quantity can be
//! judged. What must not happen here: a circle that is as large as the world because nobody asked.

use serde::{Deserialize, Serialize};

use super::stage::Stage;
use super::types::Market;

/// How many units of a variant one person may buy in a beta where nobody has set another number.
pub const BETA_UNITS_PER_PERSON: u32 = 2;
/// The most that can be set for one person, and for a variant as a whole.
pub const BETA_UNITS_MAX: u32 = 1_000_000;

/// The quantities of a market's beta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BetaTerms {
    /// How many units of a variant one person may buy while the market is in beta; 1 or more.
    pub units_per_person: u32,
    /// How many units of each variant are sold in the beta altogether; none: as many as there are.
    pub units_total: Option<u32>,
}

impl Default for BetaTerms {
    fn default() -> Self {
        Self { units_per_person: BETA_UNITS_PER_PERSON, units_total: None }
    }
}

/// Whether somebody is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    /// By a confirmed place on a waiting list, or by the staff.
    Yes,
    /// Nobody has let this address in.
    No,
}

/// What has been bought of a variant in the beta.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BetaBought {
    /// By the person, in units.
    pub by_person: u32,
    /// By everybody, in units.
    pub altogether: u32,
}

/// Why something is not sold in a beta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BetaRefusal {
    /// The address is not let in.
    #[error("the shop is open to people from its waiting list")]
    NotInvited,
    /// One person may have only so many.
    #[error("one person may have {max} of each, and has {had}")]
    PersonLimit {
        /// How many one person may have.
        max: u32,
        /// How many they have bought.
        had: u32,
    },
    /// What was meant for the beta is sold.
    #[error("{left} units are left for the time being")]
    UnitsGone {
        /// How many are left.
        left: u32,
    },
}

impl BetaRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInvited => "market.by_invitation",
            Self::PersonLimit { .. } => "market.person_limit",
            Self::UnitsGone { .. } => "market.units_gone",
        }
    }
}

impl Market {
    /// The quantities that hold at the market's present stage; none where no beta is.
    #[must_use]
    pub const fn beta_now(&self) -> Option<BetaTerms> {
        match self.stage {
            Stage::Beta => Some(self.beta),
            _ => None,
        }
    }
}

impl BetaTerms {
    /// Whether `units` of one variant can be bought by anybody at all: what is known before somebody
    /// has said who they are.
    ///
    /// # Errors
    ///
    /// [`BetaRefusal::PersonLimit`].
    pub const fn fits_one(&self, units: u32) -> Result<(), BetaRefusal> {
        if units > self.units_per_person {
            return Err(BetaRefusal::PersonLimit { max: self.units_per_person, had: 0 });
        }
        Ok(())
    }

    /// Whether `units` more are left of a variant of which `altogether` are sold.
    ///
    /// # Errors
    ///
    /// [`BetaRefusal::UnitsGone`].
    pub fn are_left(&self, units: u32, altogether: u32) -> Result<(), BetaRefusal> {
        let Some(total) = self.units_total else { return Ok(()) };
        let left = total.saturating_sub(altogether);
        if units > left { Err(BetaRefusal::UnitsGone { left }) } else { Ok(()) }
    }

    /// Whether somebody may buy `units` more of a variant.
    ///
    /// # Errors
    ///
    /// A [`BetaRefusal`].
    pub fn admits(
        &self,
        invited: Invited,
        units: u32,
        bought: BetaBought,
    ) -> Result<(), BetaRefusal> {
        if invited == Invited::No {
            return Err(BetaRefusal::NotInvited);
        }
        if bought.by_person.saturating_add(units) > self.units_per_person {
            let (max, had) = (self.units_per_person, bought.by_person);
            return Err(BetaRefusal::PersonLimit { max, had });
        }
        self.are_left(units, bought.altogether)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: BetaTerms = BetaTerms { units_per_person: 2, units_total: Some(10) };

    fn bought(by_person: u32, altogether: u32) -> BetaBought {
        BetaBought { by_person, altogether }
    }

    #[test]
    fn only_who_is_let_in_buys() {
        assert_eq!(TERMS.admits(Invited::No, 1, bought(0, 0)), Err(BetaRefusal::NotInvited));
        assert_eq!(TERMS.admits(Invited::Yes, 1, bought(0, 0)), Ok(()));
    }

    #[test]
    fn a_person_has_so_many_over_all_orders() {
        let limit = |had| Err(BetaRefusal::PersonLimit { max: 2, had });
        assert_eq!(TERMS.admits(Invited::Yes, 2, bought(0, 0)), Ok(()));
        assert_eq!(TERMS.admits(Invited::Yes, 3, bought(0, 0)), limit(0));
        assert_eq!(TERMS.admits(Invited::Yes, 1, bought(1, 1)), Ok(()));
        assert_eq!(TERMS.admits(Invited::Yes, 2, bought(1, 1)), limit(1));
        assert_eq!(TERMS.admits(Invited::Yes, u32::MAX, bought(1, 1)), limit(1), "no overflow");
        assert_eq!((TERMS.fits_one(2), TERMS.fits_one(3)), (Ok(()), limit(0)));
    }

    #[test]
    fn a_total_holds_for_everybody_and_none_for_nobody() {
        let gone = |left| Err(BetaRefusal::UnitsGone { left });
        assert_eq!(TERMS.admits(Invited::Yes, 2, bought(0, 8)), Ok(()));
        assert_eq!(TERMS.admits(Invited::Yes, 2, bought(0, 9)), gone(1));
        assert_eq!(TERMS.admits(Invited::Yes, 1, bought(0, 12)), gone(0), "lowered meanwhile");
        let unlimited = BetaTerms { units_total: None, ..TERMS };
        assert_eq!(unlimited.admits(Invited::Yes, 2, bought(0, u32::MAX)), Ok(()));
    }

    #[test]
    fn every_refusal_has_its_own_code() {
        let all = [
            BetaRefusal::NotInvited,
            BetaRefusal::PersonLimit { max: 2, had: 2 },
            BetaRefusal::UnitsGone { left: 0 },
        ];
        let codes: std::collections::BTreeSet<&str> = all.iter().map(BetaRefusal::code).collect();
        assert_eq!(codes.len(), all.len());
    }
}
