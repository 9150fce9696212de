//! Who gets a unit that comes back: the next in line, never whoever asks fastest.

use kontor_base::Instant;
use kontor_base::id::EntryId;

/// Somebody who waits for units that come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The entry.
    pub entry: EntryId,
    /// The place in the sale's line, from 0; nobody has the same.
    pub place: u64,
    /// Units that are wanted.
    pub wanted: u32,
    /// When an offer that was made ends; `None` if none stands.
    pub offered_until: Option<Instant>,
    /// Whether an offer ran out or was turned down: no second one while others wait.
    pub passed: bool,
}

/// Units that are held for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// For whom.
    pub entry: EntryId,
    /// How many; fewer than wanted if no more came back.
    pub units: u32,
}

/// Who is offered `freed` units, best place first. Nobody is passed over because somebody behind
/// wants fewer: whoever is first is offered what there is. Those who let an offer pass come after
/// everybody who had none. `waiting` may be in any order.
#[must_use]
pub fn offers(waiting: &[Waiting], freed: u32, now: Instant) -> Vec<Offer> {
    let mut line: Vec<&Waiting> = waiting
        .iter()
        .filter(|person| person.offered_until.is_none_or(|until| until <= now))
        .filter(|person| person.wanted > 0)
        .collect();
    line.sort_unstable_by_key(|person| (person.passed, person.place));
    let mut left = freed;
    let mut offers = Vec::new();
    for person in line {
        if left == 0 {
            break;
        }
        let units = person.wanted.min(left);
        left -= units;
        offers.push(Offer { entry: person.entry, units });
    }
    offers
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn waiting(place: u64, wanted: u32) -> Waiting {
        let mut bytes = [0; 16];
        bytes[8..].copy_from_slice(&place.to_be_bytes());
        let entry = EntryId::from_bytes(bytes);
        Waiting { entry, place, wanted, offered_until: None, passed: false }
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(0).plus_seconds(seconds)
    }

    #[test]
    fn units_go_down_the_line() {
        let line = [waiting(3, 1), waiting(1, 2), waiting(2, 1)];
        let given: Vec<_> =
            offers(&line, 3, at(0)).iter().map(|o| (o.entry.bytes()[15], o.units)).collect();
        assert_eq!(given, [(1, 2), (2, 1)]);
        assert_eq!(offers(&line, 1, at(0))[0].units, 1, "the first gets what there is");
        assert_eq!(offers(&line, 0, at(0)), []);
    }

    #[test]
    fn an_offer_stands_until_it_ends_and_then_others_come_first() {
        let offered = Waiting { offered_until: Some(at(10)), ..waiting(0, 1) };
        let line = [offered, waiting(1, 1)];
        assert_eq!(offers(&line, 1, at(9))[0].entry, line[1].entry);
        assert_eq!(offers(&line, 1, at(10))[0].entry, line[0].entry);
        let passed = [Waiting { passed: true, ..offered }, waiting(1, 1)];
        assert_eq!(offers(&passed, 1, at(10))[0].entry, line[1].entry);
        assert_eq!(offers(&passed, 2, at(10)).len(), 2, "better than to nobody");
    }

    proptest! {
        #[test]
        fn no_unit_is_lost_or_made(wants in prop::collection::vec(0u32..4, 0..40), freed in 0u32..60) {
            let line: Vec<_> = wants.iter().zip(0..).map(|(w, place)| waiting(place, *w)).collect();
            let given: u32 = offers(&line, freed, at(0)).iter().map(|offer| offer.units).sum();
            prop_assert_eq!(given, freed.min(wants.iter().sum()));
        }
    }
}
