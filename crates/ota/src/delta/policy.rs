//! Whether a delta is worth offering.

/// A delta below this part of the whole download is offered, in percent.
const PERCENT_MAX: u64 = 60;

/// And it must save at least this much: below, one more file to keep is not worth it.
const SAVED_BYTES_MIN: u64 = 1024 * 1024;

/// The judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// It saves enough.
    Offer,
    /// The whole image is nearly as small.
    Skip,
}

/// Compares a delta with what devices would download without it, both in bytes.
#[must_use]
pub fn worth(delta_bytes: u64, whole_bytes: u64) -> Worth {
    let small = u128::from(delta_bytes) * 100 <= u128::from(whole_bytes) * u128::from(PERCENT_MAX);
    if small && whole_bytes.saturating_sub(delta_bytes) >= SAVED_BYTES_MIN {
        Worth::Offer
    } else {
        Worth::Skip
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clear_savings_are_offered() {
        const MIB: u64 = 1 << 20;
        assert_eq!(worth(60 * MIB, 100 * MIB), Worth::Offer);
        assert_eq!(worth(60 * MIB + 1, 100 * MIB), Worth::Skip);
        assert_eq!(worth(0, MIB), Worth::Offer);
        assert_eq!(worth(1, MIB), Worth::Skip);
        assert_eq!(worth(u64::MAX, u64::MAX), Worth::Skip);
    }
}
