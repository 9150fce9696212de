//! Where the inputs of a plan are from: the same block in the files of all kinds.

use kontor_base::{Date, Wrong};
use serde::{Deserialize, Serialize};

use super::file_error::{FileError, bad};

/// Where inputs are from, as a file says it: `[[input]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InputEntry<K> {
    /// Which.
    pub(super) of: Vec<K>,
    /// Of which day they are.
    pub(super) as_of: Date,
    /// Where they are from.
    pub(super) source: String,
}

/// An input of a plan, with where it is from if somebody has said so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanInput {
    /// What the file calls it.
    pub of: &'static str,
    /// Of which day it is.
    pub as_of: Option<Date>,
    /// Where it is from; none: nobody has said so.
    pub source: Option<String>,
}

/// Every input of a plan in its order, with what the file says of it.
pub(super) fn inputs(
    entries: &[InputEntry<String>],
    names: &[&'static str],
) -> Result<Vec<PlanInput>, FileError> {
    let mut all: Vec<PlanInput> =
        names.iter().map(|of| PlanInput { of, as_of: None, source: None }).collect();
    for entry in entries {
        for name in &entry.of {
            let Some(input) = all.iter_mut().find(|input| input.of == name) else {
                let known = names.join(", ");
                return Err(bad("input", Wrong::NoneOf { cell: name.clone(), known }));
            };
            if input.source.is_some() {
                return Err(bad("input", Wrong::TwoSources { name: name.clone() }));
            }
            (input.as_of, input.source) = (Some(entry.as_of), Some(entry.source.clone()));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_has_said_the_source_of_is_there_without_one() {
        let entry = |of: &[&str]| InputEntry {
            of: of.iter().map(|of| (*of).to_owned()).collect(),
            as_of: "2015-08-10".parse().expect("a day"),
            source: "ledger 7".to_owned(),
        };
        let names = ["price", "salvage"];
        let told = inputs(&[entry(&["salvage"])], &names).expect("they are known");
        assert_eq!(told.iter().map(|input| input.of).collect::<Vec<_>>(), names);
        assert_eq!(
            (told[0].source.as_deref(), told[1].source.as_deref()),
            (None, Some("ledger 7"))
        );
        let error = inputs(&[entry(&["cost"])], &names).expect_err("unknown").to_string();
        assert_eq!(error, "input: \"cost\" is none of price, salvage");
        let error = inputs(&[entry(&["price", "price"])], &names).expect_err("twice").to_string();
        assert_eq!(error, "input: price has two sources");
    }
}
