//! Counts of this shop's own, and how they become signals of candidates.
//!
//! What must not happen here: adding two counts up. The same person may be behind both; where two
//! of one kind speak for a candidate, the larger is taken.

use kontor_base::{Country, Date};
use serde::Serialize;

use super::types::{Candidate, Origin, Signal, SignalKind};
use crate::catalogue::ProductClass;

/// What this shop has counted itself of one signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OwnCount {
    /// The country.
    pub country: Country,
    /// The class of products that it speaks for; none: all of them (the ROM on another maker's phone
    /// says nothing about bands in particular).
    pub class: Option<ProductClass>,
    /// What was counted.
    pub kind: SignalKind,
    /// How many.
    pub count: u64,
    /// The day of the count.
    pub as_of: Date,
}

/// The count that speaks for a class in a country: the largest, never a sum.
#[must_use]
pub fn own_count(
    own: &[OwnCount],
    country: Country,
    class: ProductClass,
    kind: SignalKind,
) -> Option<&OwnCount> {
    let speaks = |count: &&OwnCount| {
        count.country == country
            && count.kind == kind
            && count.class.is_none_or(|counted| counted == class)
    };
    own.iter().filter(speaks).max_by_key(|count| count.count)
}

/// Gives every candidate what this shop has counted itself, where nobody has written another count
/// of the kind down. A count of a later day than `on` was not known then and is left out.
pub fn feed(candidates: &mut [Candidate], own: &[OwnCount], on: Date) {
    let known: Vec<OwnCount> = own.iter().filter(|count| count.as_of <= on).copied().collect();
    for candidate in candidates {
        let (country, class) = (candidate.country, candidate.class);
        for kind in SignalKind::ALL {
            if candidate.signals.iter().any(|signal| signal.kind == kind) {
                continue;
            }
            let counted = own_count(&known, country, class, kind).filter(|own| own.count > 0);
            candidate.signals.extend(counted.map(|own| Signal {
                kind,
                count: own.count,
                as_of: own.as_of,
                source: kind.counted_as().to_owned(),
                origin: Origin::Own,
            }));
        }
    }
}
