//! Who was let in, and what became of their turn: they took units, or let it pass.
//!
//! Nobody says that they leave. Whoever was let in and has taken nothing when their turn is over
//! ([`kontor_domain::sale::Definition::turn_seconds`]) has decided for the measurement; they may still take
//! what is free, and stand in nobody's way.

use std::collections::VecDeque;

use kontor_base::Instant;

/// People who were let in together.
#[derive(Clone, Copy, Debug)]
struct Together {
    from: usize,
    to: usize,
    until: Instant,
    /// Let in by a process before this one: how long they took to decide is not known.
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
    /// So many were let in by a process before this one.
    before: usize,
    /// How long each turn is, in seconds.
    turn_s: i64,
}

impl Turns {
    /// Nobody's turn has begun here; so many were let in by a process before this one.
    pub(super) fn after(before: usize, turn_s: i64) -> Self {
        Self { before, turn_s, ..Self::default() }
    }

    /// Notes that the first `admitted` of the order are in.
    pub(super) fn let_in(&mut self, admitted: usize, at: Instant) {
        let until = at.plus_seconds(self.turn_s);
        for (to, before) in [(admitted.min(self.before), true), (admitted, false)] {
            if to > self.seen {
                self.open.push_back(Together { from: self.seen, to, until, before });
                self.seen = to;
            }
        }
    }

    /// Looks at everybody who was let in. People take units in the lot that is their home: where only
    /// `here` of `lots` are owned, the others' people are counted by the node that owns them, and as
    /// homes are dealt evenly, so many of each are taken to be of this one. `took` says how many of the
    /// places from one to before another have taken units in the lots that are owned here.
    pub(super) fn look(
        &mut self,
        took: impl Fn(usize, usize) -> usize,
        (here, lots): (usize, usize),
        at: Instant,
    ) -> Turned {
        let mut turned = Turned::default();
        self.open.retain(|group| {
            let people = ((group.to - group.from) * here).div_ceil(lots.max(1));
            let took = took(group.from, group.to).min(people);
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

    /// When the turn of the holder of a place is over, who was let in; none when it is over.
    pub(super) fn ends_at(&self, place: usize, at: Instant) -> Option<Instant> {
        let mine = |group: &&Together| (group.from..group.to).contains(&place) && at < group.until;
        self.open.iter().find(mine).map(|group| group.until)
    }

    /// Of so many from the front everybody's turn is over.
    pub(super) fn passed(&self) -> usize {
        self.open.iter().map(|group| group.from).min().unwrap_or(self.seen)
    }

    /// The order has become longer in front of those who were let in last by so many places.
    pub(super) fn moved_back(&mut self, places: usize) {
        if let Some(last) = self.open.back_mut().filter(|_| places > 0) {
            last.to += places;
            self.seen += places;
        }
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
    use super::super::takers::Takers;
    use super::*;

    const TURN_S: i64 = 60;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(0).plus_seconds(seconds)
    }

    fn took(takers: &Takers) -> impl Fn(usize, usize) -> usize {
        |from, to| takers.count(from, to)
    }

    #[test]
    fn a_turn_ends_by_the_clock_with_units_or_without() {
        let (mut turns, takers) = (Turns::after(0, TURN_S), Takers::new(300));
        turns.let_in(0, at(0));
        turns.let_in(10, at(0));
        turns.let_in(30, at(5));
        (0..4).chain(10..30).for_each(|place| takers.note(place));
        // All of the second group have taken; six of the first are still at it.
        let turned = turns.look(took(&takers), (1, 1), at(6));
        assert_eq!(turned, Turned { decided: 0, took: 0, deciding: 6 });
        assert_eq!(turns.ends_at(9, at(6)), Some(at(TURN_S)));
        assert_eq!(turns.ends_at(29, at(6)), Some(at(TURN_S + 5)));
        assert_eq!(turns.ends_at(30, at(6)), None, "not let in");
        assert_eq!(turns.passed(), 0);
        turns.stand_still(10_000_000);
        assert_eq!(turns.look(took(&takers), (1, 1), at(TURN_S)).decided, 0, "it stood still");
        let turned = turns.look(took(&takers), (1, 1), at(TURN_S + 10));
        assert_eq!(turned, Turned { decided: 10, took: 4, deciding: 0 });
        assert_eq!(turns.ends_at(9, at(TURN_S + 10)), None);
        assert_eq!((turns.passed(), turns.ends_at(10, at(TURN_S + 10)).is_some()), (10, true));
        let turned = turns.look(took(&takers), (1, 1), at(TURN_S + 15));
        assert_eq!(turned, Turned { decided: 20, took: 20, deciding: 0 });
        assert_eq!(turns.look(took(&takers), (1, 1), at(TURN_S + 16)), Turned::default());
        assert_eq!(turns.passed(), 30);
    }

    #[test]
    fn where_everybody_is_in_at_once_only_their_own_units_count() {
        let (mut turns, takers) = (Turns::after(0, TURN_S), Takers::new(150));
        turns.let_in(150, at(0));
        // Others who came later have taken units, and those who were there have not.
        assert_eq!(turns.look(took(&takers), (1, 1), at(1)).deciding, 150);
        (0..20).for_each(|place| takers.note(place));
        assert_eq!(turns.look(took(&takers), (1, 1), at(2)).deciding, 130);
        let turned = turns.look(took(&takers), (1, 1), at(TURN_S));
        assert_eq!(turned, Turned { decided: 150, took: 20, deciding: 0 });
    }

    #[test]
    fn who_was_let_in_before_a_restart_is_waited_for_and_not_measured() {
        let (mut turns, takers) = (Turns::after(100, TURN_S), Takers::new(300));
        turns.let_in(120, at(0));
        (0..30).for_each(|place| takers.note(place));
        assert_eq!(turns.look(took(&takers), (1, 1), at(1)).deciding, 90);
        let turned = turns.look(took(&takers), (1, 1), at(TURN_S));
        assert_eq!(turned, Turned { decided: 20, took: 0, deciding: 0 });
    }

    #[test]
    fn another_nodes_people_are_not_waited_for() {
        let (mut turns, takers) = (Turns::after(0, TURN_S), Takers::new(300));
        turns.let_in(0, at(0));
        turns.let_in(100, at(0));
        (0..25).for_each(|place| takers.note(place));
        let turned = turns.look(took(&takers), (1, 4), at(1));
        assert_eq!(turned, Turned::default(), "those of this node have taken");
        let turned = turns.look(took(&takers), (1, 4), at(TURN_S));
        assert_eq!(turned, Turned { decided: 25, took: 25, deciding: 0 });
    }
}
