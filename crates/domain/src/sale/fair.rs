//! The order of a rush and the winners of a draw, from a secret that was fixed before anybody
//! entered and is shown afterwards.
//!
//! Before registration opens, the sale publishes the BLAKE3 hash of 32 random bytes. When it goes
//! live, every entry's *rank* is the keyed BLAKE3 hash of `sale ‖ way ‖ entry` under these bytes
//! (mixed with the public beacon, if one was named). Lowest rank first. Afterwards the bytes are
//! published, and everybody can work out the same order.
//!
//! What this proves: the order was not chosen after the entries were known. What it cannot prove
//! alone: that nobody who knew the secret picked the ids of entries. A beacon whose value nobody
//! knew at that time closes this: the list of entries is closed, and its digest published, before the
//! beacon's round ([`super::beacon`]).

use kontor_base::Random;
use kontor_base::id::{EntryId, SaleId};
use serde::{Deserialize, Serialize};

use super::definition::Way;
use super::hex;

/// The published hash of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commitment(#[serde(with = "hex")] [u8; 32]);

impl Commitment {
    /// The commitment with these bytes, as stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, as stored.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Display for Commitment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&kontor_base::hex(&self.0))
    }
}

/// The secret of a sale's order. `Debug` does not print it; it is serialised into the report only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderSecret(#[serde(with = "hex")] [u8; 32]);

impl std::fmt::Debug for OrderSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OrderSecret(…)")
    }
}

impl OrderSecret {
    /// A fresh secret.
    #[must_use]
    pub fn new(random: &Random) -> Self {
        Self(random.bytes32())
    }

    /// The secret with these bytes, as stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, as stored.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What is published beforehand: the BLAKE3 hash of the 32 bytes.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        Commitment(*blake3::hash(&self.0).as_bytes())
    }

    /// The shuffle of one sale, with the value of its beacon if it named one.
    #[must_use]
    pub fn shuffle(&self, sale: SaleId, beacon: Option<&[u8; 32]>) -> Shuffle {
        let key = match beacon {
            None => self.0,
            Some(value) => *blake3::keyed_hash(&self.0, value).as_bytes(),
        };
        Shuffle { key, sale }
    }
}

/// The place in a shuffle: lower comes first. Equal ranks (which nobody will ever see) are ordered
/// by the entry's id.
pub type Rank = u128;

/// Gives ranks to the entries of one sale.
#[derive(Clone)]
pub struct Shuffle {
    key: [u8; 32],
    sale: SaleId,
}

impl std::fmt::Debug for Shuffle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shuffle({}, …)", self.sale)
    }
}

impl Shuffle {
    /// The rank of an entry in one way: the first 16 bytes of the keyed hash, as a number with the
    /// most significant byte first. A person who enters two ways has two independent ranks.
    #[must_use]
    pub fn rank(&self, way: Way, entry: EntryId) -> Rank {
        let mut message = [0; 48];
        message[..16].copy_from_slice(self.sale.bytes());
        let word = way.word().as_bytes();
        message[16..16 + word.len()].copy_from_slice(word);
        message[32..].copy_from_slice(entry.bytes());
        let hash = blake3::keyed_hash(&self.key, &message);
        let mut first = [0; 16];
        first.copy_from_slice(&hash.as_bytes()[..16]);
        u128::from_be_bytes(first)
    }

    /// All entries by rank. The order of `entries` does not matter.
    #[must_use]
    pub fn order(&self, way: Way, entries: &[EntryId]) -> Vec<EntryId> {
        let mut ranked: Vec<(Rank, EntryId)> =
            entries.iter().map(|entry| (self.rank(way, *entry), *entry)).collect();
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The line of a rush: those who were present before it went live by rank, then those who came
    /// later in the order in which they came.
    #[must_use]
    pub fn rush(&self, present: &[EntryId], later: &[EntryId]) -> Vec<EntryId> {
        let mut line = self.order(Way::Rush, present);
        line.extend_from_slice(later);
        line
    }

    /// The result of a draw over `units`, one for each winner.
    #[must_use]
    pub fn draw(&self, entries: &[EntryId], units: u32) -> Drawn {
        let mut winners = self.order(Way::Draw, entries);
        let line = winners.split_off(winners.len().min(units as usize));
        Drawn { winners, line }
    }
}

/// The result of a draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Who may buy, best rank first.
    pub winners: Vec<EntryId>,
    /// Everybody else, in the order in which units that come back are offered to them.
    pub line: Vec<EntryId>,
}

/// The digest of a set of entries: the BLAKE3 hash of their ids, sorted and without twins. It is
/// published when the list is closed, before the beacon's round, so that no entry can be added,
/// removed or exchanged afterwards.
#[must_use]
pub fn entries_digest(entries: &[EntryId]) -> Commitment {
    let mut sorted = entries.to_vec();
    sorted.sort_unstable();
    digest_of_sorted(sorted)
}

/// The same of ids that come in order; twins count once.
#[must_use]
pub fn digest_of_sorted(entries: impl IntoIterator<Item = EntryId>) -> Commitment {
    let mut hasher = blake3::Hasher::new();
    let mut last = None;
    for entry in entries {
        if last != Some(entry) {
            hasher.update(entry.bytes());
        }
        last = Some(entry);
    }
    Commitment(*hasher.finalize().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(number: u32) -> EntryId {
        let mut bytes = [0; 16];
        bytes[12..].copy_from_slice(&number.to_be_bytes());
        EntryId::from_bytes(bytes)
    }

    fn shuffle() -> Shuffle {
        OrderSecret::from_bytes([3; 32]).shuffle(SaleId::from_bytes([1; 16]), None)
    }

    proptest! {
        #[test]
        fn an_order_is_a_permutation_that_does_not_know_how_entries_came(
            mut numbers in prop::collection::hash_set(any::<u32>(), 0..200),
            turn in 0usize..200,
        ) {
            let mut entries: Vec<_> = numbers.drain().map(entry).collect();
            let order = shuffle().order(Way::Rush, &entries);
            if !entries.is_empty() {
                let middle = turn % entries.len();
                entries.rotate_left(middle);
            }
            prop_assert_eq!(&shuffle().order(Way::Rush, &entries), &order);
            let (mut a, mut b) = (entries, order);
            a.sort_unstable();
            b.sort_unstable();
            prop_assert_eq!(a, b);
        }

        #[test]
        fn leaving_moves_nobody_past_another(numbers in prop::collection::btree_set(any::<u32>(), 2..60)) {
            let entries: Vec<_> = numbers.into_iter().map(entry).collect();
            let mut order = shuffle().order(Way::Draw, &entries);
            order.retain(|kept| *kept != entries[0]);
            prop_assert_eq!(shuffle().order(Way::Draw, &entries[1..]), order);
        }

        #[test]
        fn a_draw_has_as_many_winners_as_units(count in 0u32..100, units in 0u32..150) {
            let entries: Vec<_> = (0..count).map(entry).collect();
            let drawn = shuffle().draw(&entries, units);
            prop_assert_eq!(drawn.winners.len() as u32, units.min(count));
            prop_assert_eq!(drawn.winners.len() + drawn.line.len(), entries.len());
        }
    }

    #[test]
    fn orders_differ_by_secret_beacon_sale_and_way() {
        let entries: Vec<_> = (0..50).map(entry).collect();
        let secret = OrderSecret::from_bytes([3; 32]);
        let (sale, other) = (SaleId::from_bytes([1; 16]), SaleId::from_bytes([2; 16]));
        let orders = [
            secret.shuffle(sale, None).order(Way::Rush, &entries),
            secret.shuffle(sale, None).order(Way::Draw, &entries),
            secret.shuffle(other, None).order(Way::Rush, &entries),
            secret.shuffle(sale, Some(&[0; 32])).order(Way::Rush, &entries),
            OrderSecret::from_bytes([4; 32]).shuffle(sale, None).order(Way::Rush, &entries),
        ];
        for (i, a) in orders.iter().enumerate() {
            assert!(!orders[i + 1..].contains(a), "order {i}");
        }
    }

    #[test]
    fn ranks_are_spread_evenly() {
        // Of 64,000 entries every tenth of the line gets its share of the early ids. With 6,400
        // expected and a standard deviation of 76, five of them are a bound that holds.
        let entries: Vec<_> = (0..64_000).map(entry).collect();
        let order = shuffle().order(Way::Rush, &entries);
        let early = entry(6_400);
        for tenth in order.chunks(6_400) {
            let count = tenth.iter().filter(|id| **id < early).count();
            assert!((640 - 125..=640 + 125).contains(&count), "{count}");
        }
    }

    #[test]
    fn a_commitment_is_what_b3sum_prints() {
        // Printed by `head -c 32 /dev/zero | b3sum`.
        assert_eq!(
            OrderSecret::from_bytes([0; 32]).commitment().to_string(),
            "2ada83c1819a5372dae1238fc1ded123c8104fdaa15862aaee69428a1820fcda"
        );
        assert_eq!(format!("{:?}", OrderSecret::from_bytes([0; 32])), "OrderSecret(…)");
        assert!(!format!("{:?}", shuffle()).contains("3, 3"));
    }

    #[test]
    fn later_comers_stand_behind_in_their_own_order() {
        let present: Vec<_> = (0..10).map(entry).collect();
        let later = [entry(99), entry(11), entry(50)];
        let line = shuffle().rush(&present, &later);
        assert_eq!(&line[10..], later);
    }

    #[test]
    fn the_digest_is_of_the_set() {
        let (a, b) = (entry(1), entry(2));
        assert_eq!(entries_digest(&[a, b]), entries_digest(&[b, a, b]));
        assert_eq!(digest_of_sorted([a, b, b]), entries_digest(&[b, a]));
        assert_ne!(entries_digest(&[a, b]), entries_digest(&[a]));
        assert_ne!(entries_digest(&[a]), entries_digest(&[]));
    }
}
