//! A plan's file: which kinds there are, and what each comes to.

use std::sync::Arc;

use kontor_base::{Country, Date, Wrong};
use kontor_domain::catalogue::ProductClass;
use kontor_domain::planning::{
    Batch, BatchPlan, Candidate, CandidateName, CostSheet, LandedCost, LocalPlan, LocalVerdict,
    Opening, OwnCount, PastOpening, Reorder, ReorderPoint, Settings, Sheet, landed_cost,
    local_or_import, next_country, plan_batch, reorder_point,
};
use kontor_store::StoreError;
use kontor_store::planning::openings;
use serde::de::DeserializeOwned;

use super::entry;
use super::file_error::{FileError, at, bad, unreadable};
use super::inputs::PlanInput;
use super::openings::{Openings, Planned};
use super::signals::{Devices, counted_here};
use crate::core::Shop;

/// The largest file that is read, in bytes.
pub const FILE_BYTES_MAX: usize = 256 * 1024;

/// A kind of plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Landed cost of one unit, line by line.
    Landed,
    /// Local production against import.
    Local,
    /// The stock at which to order again.
    Reorder,
    /// How many units to make for one sale.
    Batch,
    /// Which country comes next.
    NextCountry,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Landed, Self::Local, Self::Reorder, Self::Batch, Self::NextCountry];

    /// The word in addresses and the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Landed => "landed",
            Self::Local => "local",
            Self::Reorder => "reorder",
            Self::Batch => "batch",
            Self::NextCountry => "next-country",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// A file to begin with; its numbers say themselves which of them are assumptions.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::Landed => include_str!("../../../../data/planning/landed.toml"),
            Self::Local => include_str!("../../../../data/planning/local.toml"),
            Self::Reorder => include_str!("../../../../data/planning/reorder.toml"),
            Self::Batch => include_str!("../../../../data/planning/batch.toml"),
            Self::NextCountry => include_str!("../../../../data/planning/next-country.toml"),
        }
    }
}

/// What a file comes to, with what went in.
#[derive(Clone, Debug)]
pub enum Worked {
    /// Landed cost.
    Landed(LandedCost),
    /// Local production or import.
    Local {
        /// The product's name.
        product: String,
        /// The day on which production would start.
        from: Date,
        /// What went in.
        plan: Box<LocalPlan>,
        /// What a unit costs both ways, line by line, where the file says it: imported, made there.
        sheets: Option<Box<(LandedCost, LandedCost)>>,
        /// The answer.
        verdict: LocalVerdict,
        /// Where what went in is from.
        inputs: Vec<PlanInput>,
    },
    /// Reorder point, and where what went in is from.
    Reorder(Reorder, ReorderPoint, Vec<PlanInput>),
    /// A batch, and where what went in is from.
    Batch(Batch, BatchPlan, Vec<PlanInput>),
    /// The next country.
    NextCountry(Box<Sheet>),
}

/// What is known beside a file. Only the next country asks for it.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Past openings, to be learned from beside the file's own.
    pub past: Vec<PastOpening>,
    /// What this shop has counted itself.
    pub own: Vec<OwnCount>,
    /// What the opening plans of candidates are made from; none: no shop was asked.
    pub openings: Option<Openings>,
    /// The day of a question that names none.
    pub today: Date,
}

impl Evidence {
    /// Nothing beside the file.
    #[must_use]
    pub const fn none(today: Date) -> Self {
        Self { past: Vec::new(), own: Vec::new(), openings: None, today }
    }

    /// Everything that this shop knows: its record, its counts and its opening plans. Where devices
    /// are is the count's knowledge and is brought.
    ///
    /// # Errors
    ///
    /// A fault of the store.
    pub async fn of(shop: &Arc<Shop>, devices: Option<&Devices>) -> Result<Self, StoreError> {
        let reader = Arc::clone(shop);
        let read = move |tx: &mut kontor_store::Tx<'_>| {
            Ok::<_, StoreError>((openings(tx)?, Openings::read_in(tx, &reader)?))
        };
        let (past, plans) = shop.db.read("planning.evidence", read).await?;
        let own = counted_here(shop, devices).await?;
        Ok(Self { past, own, openings: Some(plans), today: shop.now().date() })
    }

    /// What is known of opening in a country with a class.
    pub(super) fn planned(
        &self,
        country: Country,
        class: ProductClass,
        on: Date,
    ) -> Result<Planned, FileError> {
        match &self.openings {
            Some(openings) => openings.planned(country, class, on),
            None => Ok(Planned::NotAsked),
        }
    }
}

/// Works out a file with what is known beside it.
///
/// # Errors
///
/// [`FileError`].
pub fn work_out(kind: Kind, text: &str, evidence: &Evidence) -> Result<Worked, FileError> {
    check_size(text)?;
    match kind {
        Kind::Landed => {
            let sheet: CostSheet = read::<entry::Landed>(text)?.sheet()?;
            landed_cost(&sheet).map(Worked::Landed).map_err(|error| at(error.wrong()))
        }
        Kind::Local => {
            let file = read::<entry::Local>(text)?;
            let sheets = file.sheets()?;
            let (plan, from) = (file.plan(sheets.as_deref())?, file.from);
            let verdict =
                local_or_import(&plan, from).map_err(|error| bad("", Wrong::of_sum(error)))?;
            let inputs = file.inputs()?;
            let (product, plan) = (file.product, Box::new(plan));
            Ok(Worked::Local { product, from, plan, sheets, verdict, inputs })
        }
        Kind::Reorder => {
            let file = read::<entry::Reordering>(text)?;
            let (input, inputs) = (file.input()?, file.inputs()?);
            let point = reorder_point(&input).map_err(|error| bad("", error.wrong()))?;
            Ok(Worked::Reorder(input, point, inputs))
        }
        Kind::Batch => {
            let file = read::<entry::Batches>(text)?;
            let inputs = file.inputs()?;
            let batch = file.batch()?;
            let plan = plan_batch(&batch).map_err(|error| bad("", error.wrong()))?;
            Ok(Worked::Batch(batch, plan, inputs))
        }
        Kind::NextCountry => {
            let (candidates, openings, settings) = question(text, evidence)?;
            let sheet = next_country(&candidates, &openings, settings);
            let sheet = sheet.map_err(|error| at(error.wrong()))?;
            Ok(Worked::NextCountry(Box::new(sheet)))
        }
    }
}

/// What a file for the next country asks, with what is known beside it.
pub(super) fn question(
    text: &str,
    evidence: &Evidence,
) -> Result<(Vec<Candidate>, Vec<Opening>, Settings), FileError> {
    check_size(text)?;
    read::<entry::Countries>(text)?.input(evidence)
}

/// What a file for the next country compares, without working it out.
pub(super) fn candidates(text: &str) -> Result<Vec<CandidateName>, FileError> {
    Ok(read::<entry::Countries>(text)?.names())
}

fn check_size(text: &str) -> Result<(), FileError> {
    if text.len() > FILE_BYTES_MAX {
        return Err(bad("", Wrong::FileTooLarge { max: FILE_BYTES_MAX.to_string() }));
    }
    Ok(())
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, FileError> {
    toml::from_str(text).map_err(|error| unreadable(text, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_comes_to_something() {
        let none = Evidence::none("2026-11-23".parse().expect("a day"));
        for kind in Kind::ALL {
            let worked = work_out(kind, kind.example(), &none);
            let inputs = match &worked {
                Ok(Worked::Local { inputs, .. }) => inputs.as_slice(),
                Ok(Worked::Reorder(.., inputs) | Worked::Batch(.., inputs)) => inputs,
                _ => &[],
            };
            let unsaid = inputs.iter().find(|input| input.source.is_none());
            assert_eq!(unsaid, None, "{}: an example names its sources", kind.word());
            assert!(worked.is_ok(), "{}: {:?}", kind.word(), worked.err());
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
            let broken = format!("unknown = 1\n{}", kind.example());
            let error = work_out(kind, &broken, &none).err().map(|error| error.to_string());
            let error = error.unwrap_or_default();
            assert!(
                error.starts_with("line 1: \"unknown\" is no name here; there are "),
                "{error}"
            );
        }
    }
}
