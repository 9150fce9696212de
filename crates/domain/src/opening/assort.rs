//! What a market has opened with grows and shrinks after the opening: by an act for each change, never
//! by the way.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::catalogue::Sku;

/// A change of what a market sells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum AssortmentChange {
    /// These are sold as well, where they are cleared.
    Add {
        /// Which.
        skus: Vec<Sku>,
    },
    /// These are not sold any more.
    Remove {
        /// Which.
        skus: Vec<Sku>,
    },
    /// Everything that is cleared is sold, now and later.
    Everything,
}

/// Why an assortment is not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssortmentRefusal {
    /// The market sells everything that is cleared: there is nothing to add to or to take from.
    #[error("the market sells everything that is cleared: no plan binds it")]
    NotBound,
    /// No product was named.
    #[error("name a product")]
    NothingNamed,
    /// It is among them.
    #[error("{0} is sold there already, where it is cleared")]
    AlreadyIn(Sku),
    /// It is not among them.
    #[error("{0} is not among what the market has opened with")]
    NotIn(Sku),
    /// A market without a product would sell everything.
    #[error("nothing would be left: pause the market instead")]
    NothingLeft,
}

impl AssortmentRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotBound => "opening.not_bound",
            Self::NothingNamed => "opening.nothing_named",
            Self::AlreadyIn(_) => "opening.already_in",
            Self::NotIn(_) => "opening.not_in",
            Self::NothingLeft => "opening.nothing_left",
        }
    }
}

/// What a market sells after a change of what it has opened with; empty: everything that is cleared.
///
/// # Errors
///
/// See [`AssortmentRefusal`].
pub fn changed_assortment(
    now: &BTreeSet<Sku>,
    change: &AssortmentChange,
) -> Result<BTreeSet<Sku>, AssortmentRefusal> {
    if now.is_empty() {
        return Err(AssortmentRefusal::NotBound);
    }
    let mut next = now.clone();
    let (AssortmentChange::Add { skus } | AssortmentChange::Remove { skus }) = change else {
        return Ok(BTreeSet::new());
    };
    if skus.is_empty() {
        return Err(AssortmentRefusal::NothingNamed);
    }
    let adds = matches!(change, AssortmentChange::Add { .. });
    for sku in skus {
        let fresh = if adds { next.insert(sku.clone()) } else { next.remove(sku) };
        match (fresh, adds) {
            (true, _) => {}
            (false, true) => return Err(AssortmentRefusal::AlreadyIn(sku.clone())),
            (false, false) => return Err(AssortmentRefusal::NotIn(sku.clone())),
        }
    }
    if next.is_empty() { Err(AssortmentRefusal::NothingLeft) } else { Ok(next) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skus(text: &str) -> Vec<Sku> {
        text.split_whitespace().map(|sku| sku.parse().expect("a SKU")).collect()
    }

    fn changed(now: &str, change: &AssortmentChange) -> Result<String, AssortmentRefusal> {
        let next = changed_assortment(&skus(now).into_iter().collect(), change)?;
        Ok(next.iter().map(Sku::as_str).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn it_grows_and_shrinks_by_what_is_named() {
        let add = |text: &str| AssortmentChange::Add { skus: skus(text) };
        let remove = |text: &str| AssortmentChange::Remove { skus: skus(text) };
        let sku = |text: &str| text.parse::<Sku>().expect("a SKU");
        use AssortmentRefusal::{AlreadyIn, NotBound, NotIn, NothingLeft, NothingNamed};
        let cases = [
            ("BAND", add("PHONE CASE"), Ok("BAND CASE PHONE")),
            ("BAND", add("BAND"), Err(AlreadyIn(sku("BAND")))),
            ("BAND", add("CASE CASE"), Err(AlreadyIn(sku("CASE")))),
            ("BAND", add(""), Err(NothingNamed)),
            ("BAND CASE", remove("BAND"), Ok("CASE")),
            ("BAND CASE", remove("PHONE"), Err(NotIn(sku("PHONE")))),
            ("BAND CASE", remove("BAND BAND"), Err(NotIn(sku("BAND")))),
            ("BAND CASE", remove(""), Err(NothingNamed)),
            // An empty set is everything: nobody gets there by taking the last one out.
            ("BAND", remove("BAND"), Err(NothingLeft)),
            ("BAND CASE", AssortmentChange::Everything, Ok("")),
            ("", AssortmentChange::Everything, Err(NotBound)),
            ("", add("BAND"), Err(NotBound)),
            ("", remove("BAND"), Err(NotBound)),
        ];
        for (now, change, expected) in cases {
            let expected = expected.map(str::to_owned);
            assert_eq!(changed(now, &change), expected, "{now:?} {change:?}");
        }
    }
}
