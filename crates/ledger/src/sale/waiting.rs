//! Who stands in line for units that come back.

/// How a place in the line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum PlaceState {
    /// Its person waits.
    Waits,
    /// The line has moved past it: its person got units, or had enough by then.
    Served,
    /// Its person has left the line, and is not offered anything for it.
    Left,
}

impl PlaceState {
    /// Every state, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Waits, Self::Served, Self::Left];

    /// The stored number.
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// The state with this number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }
}

/// A place in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The keyed hash of the person.
    pub person: [u8; 16],
    /// The keyed hash of the request's key; the claim that comes of it is known by it too.
    pub request: [u8; 16],
    /// When they joined, in microseconds since the epoch.
    pub joined_at: i64,
    /// Four bytes of the keyed hash of the request's body.
    pub body: u32,
    /// Where it shall go: the two letters of the country.
    pub ship_to: [u8; 2],
    /// How many units.
    pub units: u8,
    /// How many units this person may have in this lot.
    pub allowance: u8,
    /// How it stands.
    pub state: PlaceState,
}
