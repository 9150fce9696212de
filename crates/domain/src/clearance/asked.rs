//! Where evidence of a clearance is asked for. Evidence for anywhere else clears nothing, and nobody would
//! notice: it looks like the paper that is missing.

use std::collections::BTreeSet;

use kontor_base::Wrong;

use super::code::ClearanceCode;
use super::rule::{Reach, Rule};

/// Evidence is for a place where nobody asks for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", Wrong::from(self.clone()))]
pub struct AskedElsewhere {
    /// The clearance.
    pub clearance: ClearanceCode,
    /// Where it is asked for.
    pub places: BTreeSet<Reach>,
}

impl From<AskedElsewhere> for Wrong {
    fn from(elsewhere: AskedElsewhere) -> Self {
        let places: Vec<String> = elsewhere.places.iter().map(ToString::to_string).collect();
        Self::AskedElsewhere { name: elsewhere.clearance.to_string(), places: places.join(", ") }
    }
}

/// Whether evidence of `clearance` that holds in `reach` can answer one of the rules: the clearance's own, or
/// one that spares what was cleared before it. A clearance that no rule names is another fault, and none here.
///
/// # Errors
///
/// Where it is asked for.
pub fn check_asked<'r>(
    rules: impl IntoIterator<Item = &'r Rule>,
    clearance: &ClearanceCode,
    reach: Reach,
) -> Result<(), AskedElsewhere> {
    let asks =
        |rule: &&Rule| rule.code == *clearance || rule.spares_prior.as_ref() == Some(clearance);
    let places: BTreeSet<Reach> = rules.into_iter().filter(asks).map(|rule| rule.reach).collect();
    if places.is_empty() || places.iter().any(|place| place.meets(reach)) {
        Ok(())
    } else {
        Err(AskedElsewhere { clearance: clearance.clone(), places })
    }
}
