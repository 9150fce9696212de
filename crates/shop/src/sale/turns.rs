//! Who was let in, and what became of their turn: they took units, or let it pass.
//!
//! Nobody says that they leave. Whoever was let in and has taken nothing for [`TURN_S`] has decided
//! for the measurement; they may still take what is free, and stand in nobody's way.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};

use kontor_base::Instant;

/// How long a turn is, in seconds: longer than a page that waits in line needs to hear of it when it
/// is near, and to have its form filled in.
pub(super) const TURN_S: i64 = 60;

/// One bit for each place in an order: whether its holder has taken units here.
#[derive(Debug, Default)]
pub(super) struct Takers {
    words: Vec<AtomicU64>,
}

impl Takers {
    pub(super) fn new(places: usize) -> Self {
        Self { words: (0..places.div_ceil(64)).map(|_| AtomicU64::new(0)).collect() }
    }

    /// Notes that the holder of a place has taken units. Twice is once.
    pub(super) fn note(&self, place: usize) {
        if let Some(word) = self.words.get(place / 64) {
            word.fetch_or(1 << (place % 64), Ordering::Relaxed);
        }
    }

    fn count(&self, from: usize, to: usize) -> usize {
        let mut count = 0;
        let mut at = from;
        while at < to {
            let Some(word) = self.words.get(at / 64) else { break };
            let end = to.min((at / 64 + 1) * 64);
            let bits = word.load(Ordering::Relaxed) >> (at % 64);
            let kept = end - at;
            let mask = if kept == 64 { u64::MAX } else { (1 << kept) - 1 };
            count += (bits & mask).count_ones() as usize;
            at = end;
        }
        count
    }
}

/// People who were let in together.
#[derive(Clone, Copy, Debug)]
struct Together {
    from: usize,
    to: usize,
    until: Instant,
    /// Let in by a process before this one: what they have taken is in the lots and not known by place.
    before: bool,
}

/// What became of the turns that ended since the last look, and who is still at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Turned {
    /// People whose turn has ended, whether or not they took units.
    pub(super) decided: u64,
    /// Those of them who took some.
    pub(super) took: u64,
    /// People who were let in and have not decided.
    pub(super) deciding: u64,
}

/// Everybody's turn, in the order in which they were let in.
#[derive(Debug, Default)]
pub(super) struct Turns {
    open: VecDeque<Together>,
    /// So many places were let in when somebody looked last.
    seen: usize,
    begun: bool,
}

impl Turns {
    /// Notes that the first `admitted` of the order are in.
    pub(super) fn let_in(&mut self, admitted: usize, at: Instant) {
        if admitted > self.seen {
            let (from, until) = (self.seen, at.plus_seconds(TURN_S));
            self.open.push_back(Together { from, to: admitted, until, before: !self.begun });
            self.seen = admitted;
        }
        self.begun = true;
    }

    /// Looks at everybody who was let in. People take units in the lot that is their home: where only
    /// `here` of `lots` are owned, the others' people are counted by the node that owns them, and as
    /// homes are dealt evenly, so many of each are taken to be of this one. `claims` were made ever.
    pub(super) fn look(
        &mut self,
        takers: &Takers,
        (here, lots): (usize, usize),
        claims: u64,
        at: Instant,
    ) -> Turned {
        let mut turned = Turned::default();
        self.open.retain(|group| {
            let people = (group.to - group.from) * here / lots.max(1);
            let took = if group.before {
                usize::try_from(claims).unwrap_or(usize::MAX)
            } else {
                takers.count(group.from, group.to)
            };
            let took = took.min(people);
            // All turns are counted when their time is over, also of those who took units at once: were these
            // counted first, it would look as if everybody took some.
            if at < group.until {
                turned.deciding += (people - took) as u64;
                return true;
            }
            if !group.before {
                turned.decided += people as u64;
                turned.took += took as u64;
            }
            false
        });
        turned
    }

    /// Whether the holder of a place was let in and their turn is not over.
    pub(super) fn is_open(&self, place: usize, at: Instant) -> bool {
        let mine = |group: &Together| (group.from..group.to).contains(&place) && at < group.until;
        self.open.iter().any(mine)
    }

    /// The sale stands still for so many microseconds: nobody's turn passes meanwhile.
    pub(super) fn stand_still(&mut self, micros: i64) {
        for group in &mut self.open {
            group.until = Instant::from_micros(group.until.micros().saturating_add(micros));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(0).plus_seconds(seconds)
    }

    #[test]
    fn places_are_counted_where_they_lie() {
        let takers = Takers::new(200);
        for place in [0, 63, 64, 127, 128, 199, 199, 1_000] {
            takers.note(place);
        }
        assert_eq!(takers.count(0, 200), 6);
        assert_eq!(takers.count(0, 64), 2);
        assert_eq!(takers.count(64, 128), 2);
        assert_eq!(takers.count(65, 127), 0);
        assert_eq!(takers.count(127, 129), 2);
    }

    #[test]
    fn a_turn_ends_by_the_clock_with_units_or_without() {
        let (mut turns, takers) = (Turns::default(), Takers::new(300));
        turns.let_in(0, at(0));
        turns.let_in(10, at(0));
        turns.let_in(30, at(5));
        (0..4).chain(10..30).for_each(|place| takers.note(place));
        // All of the second group have taken; six of the first are still at it.
        let turned = turns.look(&takers, (1, 1), 24, at(6));
        assert_eq!(turned, Turned { decided: 0, took: 0, deciding: 6 });
        assert!(turns.is_open(9, at(6)) && turns.is_open(29, at(6)) && !turns.is_open(30, at(6)));
        turns.stand_still(10_000_000);
        assert_eq!(turns.look(&takers, (1, 1), 24, at(TURN_S)).decided, 0, "it stood still");
        let turned = turns.look(&takers, (1, 1), 24, at(TURN_S + 10));
        assert_eq!(turned, Turned { decided: 10, took: 4, deciding: 0 });
        assert!(!turns.is_open(9, at(TURN_S + 10)) && turns.is_open(10, at(TURN_S + 10)));
        let turned = turns.look(&takers, (1, 1), 24, at(TURN_S + 15));
        assert_eq!(turned, Turned { decided: 20, took: 20, deciding: 0 });
        assert_eq!(turns.look(&takers, (1, 1), 24, at(TURN_S + 16)), Turned::default());
    }

    #[test]
    fn who_was_let_in_before_a_restart_is_waited_for_and_not_measured() {
        let (mut turns, takers) = (Turns::default(), Takers::new(300));
        turns.let_in(100, at(0));
        assert_eq!(turns.look(&takers, (1, 1), 30, at(1)).deciding, 70);
        assert_eq!(turns.look(&takers, (1, 1), 30, at(TURN_S)), Turned::default());
    }

    #[test]
    fn another_nodes_people_are_not_waited_for() {
        let (mut turns, takers) = (Turns::default(), Takers::new(300));
        turns.let_in(0, at(0));
        turns.let_in(100, at(0));
        (0..25).for_each(|place| takers.note(place));
        let turned = turns.look(&takers, (1, 4), 25, at(1));
        assert_eq!(turned, Turned::default(), "those of this node have taken");
        let turned = turns.look(&takers, (1, 4), 25, at(TURN_S));
        assert_eq!(turned, Turned { decided: 25, took: 25, deciding: 0 });
    }
}
