//! Ids by which the log knows requests: different for each request of each process, and cheap. They
//! are no secret: nobody gets anything for one.

use std::sync::atomic::{AtomicU64, Ordering};

/// The next id is the start plus a step of its own for each number, so that two that follow each
/// other look nothing alike and a log can be searched by their first signs.
#[derive(Debug)]
pub struct RequestIds {
    start: u128,
    number: AtomicU64,
}

/// Odd, and so a step that meets every value before it comes back.
const STEP: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;

impl From<[u8; 16]> for RequestIds {
    fn from(start: [u8; 16]) -> Self {
        Self { start: u128::from_be_bytes(start), number: AtomicU64::new(0) }
    }
}

impl RequestIds {
    /// An id that this process has not given yet.
    #[must_use]
    pub fn next(&self) -> String {
        let number = u128::from(self.number.fetch_add(1, Ordering::Relaxed));
        let id = self.start.wrapping_add(number.wrapping_mul(STEP));
        kontor_base::id::encode(id.to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_are_alike() {
        let (one, other) = (RequestIds::from([1; 16]), RequestIds::from([2; 16]));
        let ids: BTreeSet<_> = (0..10_000).flat_map(|_| [one.next(), other.next()]).collect();
        assert_eq!(ids.len(), 20_000);
        assert!(ids.iter().all(|id| id.len() == 26));
    }
}
