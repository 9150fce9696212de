//! Who stands in line for units that come back.

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
    /// The line has moved past this place.
    pub served: bool,
}
