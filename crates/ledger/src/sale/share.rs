//! How units move between the lots of one way in, so that nobody is told that nothing is left while
//! another lot has some.
//!
//! Lots may be owned by different nodes, and no transaction spans two of them. A unit therefore moves
//! in two steps, each of which is one lot's own: a lot that has free units gives some away, and from
//! then on they are *spare*, which means nobody's; a lot in which people have asked in vain grows by
//! what is spare. A crash in between leaves units with nobody for a while, never with two.

/// How a lot stands, as its own row tells the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotSeen {
    /// Its number.
    pub lot: i64,
    /// Units that it may give out.
    pub quota: u32,
    /// Units that are held, in checkout or sold.
    pub taken: u32,
    /// Units that people have asked for in vain since it had none.
    pub wanted: u32,
}

impl LotSeen {
    /// Units that nobody has.
    #[must_use]
    pub const fn free(&self) -> u32 {
        self.quota.saturating_sub(self.taken)
    }

    const fn is_in_need(&self) -> bool {
        self.free() == 0 && self.wanted > 0
    }
}

/// What a lot should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Nothing.
    Stay,
    /// Give so many free units away.
    GiveAway(u32),
    /// Take so many of the units that are nobody's.
    Grow(u32),
}

/// What the lot `own` should do, where `lots` are all of its way in the order of their numbers and
/// `spare` units are nobody's.
///
/// Everybody who sees the same decides the same: what is spare goes to the first lot in need, and as
/// long as something is spare nothing more is given away. Of two that see different things at most one
/// grows, because the transaction that writes it counts all lots once more.
#[must_use]
pub fn share(own: i64, lots: &[LotSeen], spare: u32) -> Move {
    let Some(me) = lots.iter().find(|lot| lot.lot == own) else { return Move::Stay };
    let Some(first) = lots.iter().find(|lot| lot.is_in_need()) else { return Move::Stay };
    if spare > 0 {
        let mine = first.lot == own;
        return if mine { Move::Grow(spare.min(me.wanted)) } else { Move::Stay };
    }
    if me.free() == 0 || me.wanted > 0 {
        return Move::Stay;
    }
    let wanted = lots.iter().filter(|lot| lot.is_in_need());
    let wanted = wanted.fold(0_u32, |sum, lot| sum.saturating_add(lot.wanted));
    // Half: those who come to this lot are as many as those who come to the other. The last one goes
    // where somebody is waiting for it.
    Move::GiveAway(me.free().div_ceil(2).min(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn lot(lot: i64, quota: u32, taken: u32, wanted: u32) -> LotSeen {
        LotSeen { lot, quota, taken, wanted }
    }

    #[test]
    fn who_has_gives_half_and_the_first_in_need_takes() {
        let lots = [lot(1, 5, 5, 0), lot(2, 9, 2, 0), lot(3, 4, 4, 2), lot(4, 3, 3, 8)];
        let all = |spare| lots.map(|own| share(own.lot, &lots, spare));
        assert_eq!(all(0), [Move::Stay, Move::GiveAway(4), Move::Stay, Move::Stay]);
        assert_eq!(all(3), [Move::Stay, Move::Stay, Move::Grow(2), Move::Stay]);
        assert_eq!(share(9, &lots, 0), Move::Stay, "a lot of another way");
    }

    #[test]
    fn nothing_moves_where_nobody_asks_in_vain() {
        let lots = [lot(1, 5, 5, 0), lot(2, 9, 2, 0), lot(3, 9, 8, 1)];
        for spare in [0, 4] {
            assert!(lots.iter().all(|own| share(own.lot, &lots, spare) == Move::Stay));
        }
    }

    proptest! {
        /// Every lot decides from what all had told before the round; nobody wants more meanwhile.
        #[test]
        fn in_the_end_nobody_is_in_vain_while_a_unit_is_free(
            start in prop::collection::vec((0_u32..40, 0_u32..40, 0_u32..60), 1..7),
        ) {
            let mut lots: Vec<LotSeen> = start
                .iter()
                .zip(1..)
                .map(|(&(a, b, wanted), number)| {
                    let (quota, taken) = (a.max(b), a.min(b));
                    lot(number, quota, taken, if quota == taken { wanted } else { 0 })
                })
                .collect();
            let (mut spare, mut rounds) = (0_u32, 0);
            let total: u32 = lots.iter().map(|lot| lot.quota).sum();
            loop {
                let seen = lots.clone();
                let moves: Vec<_> = seen.iter().map(|own| share(own.lot, &seen, spare)).collect();
                if moves.iter().all(|made| *made == Move::Stay) {
                    break;
                }
                for (own, made) in lots.iter_mut().zip(moves) {
                    match made {
                        Move::Stay => {}
                        Move::GiveAway(units) => {
                            prop_assert!(units > 0 && units <= own.free());
                            own.quota -= units;
                            spare += units;
                        }
                        Move::Grow(units) => {
                            prop_assert!(units > 0 && units <= spare);
                            spare -= units;
                            own.quota += units;
                            // Those who were there in vain take them.
                            own.taken += units;
                            own.wanted -= units;
                        }
                    }
                }
                rounds += 1;
                prop_assert!(rounds < 1_000);
            }
            let free: u32 = lots.iter().map(LotSeen::free).sum();
            let in_vain = lots.iter().any(LotSeen::is_in_need);
            prop_assert!(!in_vain || (free == 0 && spare == 0), "{lots:?}, {spare} spare");
            prop_assert_eq!(lots.iter().map(|lot| lot.quota).sum::<u32>() + spare, total);
        }
    }
}
