//! The end of a sale: what was sold, and what goes back into the market's ordinary stock.

use super::definition::Channel;

/// What the engine has counted for one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The channel with the quota of the definition.
    pub channel: Channel,
    /// Units that came from other ways of the market.
    pub rolled_in: u32,
    /// Units that went to other ways of the market.
    pub rolled_out: u32,
    /// Units that were claimed and paid.
    pub claimed: u32,
    /// Units that are held still.
    pub held: u32,
}

impl Tally {
    /// The units that the channel has after everything that moved; below zero is impossible and
    /// gives `None`.
    #[must_use]
    pub fn quota_now(&self) -> Option<u32> {
        (self.channel.quota.checked_add(self.rolled_in)?).checked_sub(self.rolled_out)
    }
}

/// Units of one channel that return to the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return {
    /// The channel.
    pub channel: Channel,
    /// Units that were sold.
    pub sold: u32,
    /// Units that go back.
    pub units: u32,
}

/// Why a sale cannot be settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettleRefusal {
    /// Holds are open; wait until they have ended.
    #[error("{units} units are held still")]
    HoldsOpen {
        /// Units of all channels.
        units: u64,
    },
    /// More was claimed than there was: the books are wrong, and a person has to look.
    #[error("a channel has claimed more than it had")]
    Oversold {
        /// Which.
        channel: Channel,
    },
    /// What left one way did not arrive in another of the same market.
    #[error("units were moved that do not add up")]
    MovesUneven,
}

impl SettleRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::HoldsOpen { .. } => "sale.holds_open",
            Self::Oversold { .. } => "sale.oversold",
            Self::MovesUneven => "sale.moves_uneven",
        }
    }
}

/// What goes back, channel by channel.
///
/// # Errors
///
/// [`SettleRefusal`]; nothing is settled in part.
pub fn settle(tallies: &[Tally]) -> Result<Vec<Return>, SettleRefusal> {
    let held: u64 = tallies.iter().map(|tally| u64::from(tally.held)).sum();
    if held > 0 {
        return Err(SettleRefusal::HoldsOpen { units: held });
    }
    for tally in tallies {
        let of_market = |part: fn(&Tally) -> u32| -> u64 {
            let same = tallies.iter().filter(|t| t.channel.market == tally.channel.market);
            same.map(|t| u64::from(part(t))).sum()
        };
        if of_market(|t| t.rolled_in) != of_market(|t| t.rolled_out) {
            return Err(SettleRefusal::MovesUneven);
        }
    }
    tallies
        .iter()
        .map(|tally| {
            let oversold = SettleRefusal::Oversold { channel: tally.channel };
            let quota = tally.quota_now().ok_or(oversold)?;
            let units = quota.checked_sub(tally.claimed).ok_or(oversold)?;
            Ok(Return { channel: tally.channel, sold: tally.claimed, units })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::definition::Way;
    use super::super::definition::tests::market;
    use super::*;

    fn tally(code: &str, way: Way, quota: u32, claimed: u32) -> Tally {
        let channel = Channel { market: market(code), way, quota };
        Tally { channel, rolled_in: 0, rolled_out: 0, claimed, held: 0 }
    }

    fn good() -> [Tally; 3] {
        let rush = Tally { rolled_in: 3, ..tally("in", Way::Rush, 10, 12) };
        let draw = Tally { rolled_out: 3, ..tally("in", Way::Draw, 5, 2) };
        [rush, draw, tally("us", Way::Rush, 4, 0)]
    }

    #[test]
    fn what_was_not_sold_goes_back() {
        let returned = settle(&good()).expect("a good tally");
        let units: Vec<_> = returned.iter().map(|r| (r.sold, r.units)).collect();
        assert_eq!(units, [(12, 1), (2, 0), (0, 4)]);
        let quota: u32 = good().iter().map(|t| t.channel.quota).sum();
        let sum: u32 = units.iter().map(|(sold, back)| sold + back).sum();
        assert_eq!(sum, quota, "no unit is lost or made");
    }

    #[test]
    fn nothing_is_settled_over_holds_or_wrong_books() {
        let harmed = |harm: fn(&mut [Tally; 3])| {
            let mut tallies = good();
            harm(&mut tallies);
            settle(&tallies).map_err(|refusal| refusal.code())
        };
        assert_eq!(harmed(|t| t[2].held = 1), Err("sale.holds_open"));
        assert_eq!(harmed(|t| t[0].claimed = 14), Err("sale.oversold"));
        assert_eq!(harmed(|t| t[0].rolled_in = 4), Err("sale.moves_uneven"));
        assert_eq!(harmed(|t| t[2].rolled_in = 3), Err("sale.moves_uneven"));
        assert_eq!(
            harmed(|t| (t[0].rolled_in, t[1].rolled_out) = (6, 6)),
            Err("sale.oversold"),
            "more left than there was"
        );
    }
}
