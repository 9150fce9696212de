//! Hands the units of an order to the carrier: sold → shipped in the ledger, and the serial number of
//! each unit with the country it goes to.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::id::{ResellerId, TransferId};
use kontor_base::{Country, Instant};
use kontor_domain::catalogue::{Sku, read_serial};
use kontor_ledger::hold::ship;
use kontor_ledger::{Hold, StockRefusal, WantedLine};
use kontor_store::Tx;
use kontor_store::stock::serial::{SoldSerial, insert};

use super::hold::write;
use crate::core::{Failure, Known, Outcome, Shop};

/// The serial numbers of a parcel, by variant.
pub type Serials = Vec<(Sku, Vec<String>)>;

/// Why a parcel does not leave. Nothing was changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShipRefusal {
    /// The ledger says no.
    #[error(transparent)]
    Stock(#[from] StockRefusal),
    /// The text is no serial number.
    #[error("{0:?} is no serial number: letters, digits, / and -")]
    NotASerial(String),
    /// The serial number is there twice, or left before.
    #[error("{0} is there twice, or has left before")]
    Twice(String),
    /// Neither none nor one for each unit.
    #[error(
        "{sku}: {units} units leave, {serials} serial numbers were given; give one for each, or none"
    )]
    Count {
        /// The variant.
        sku: Sku,
        /// Its units.
        units: i64,
        /// How many serial numbers were given.
        serials: usize,
    },
    /// Serial numbers of something that is not in the parcel.
    #[error("{0} is not in the parcel")]
    NotInside(Sku),
}

impl ShipRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Stock(refusal) => refusal.code(),
            Self::NotASerial(_) => "stock.not_a_serial",
            Self::Twice(_) => "stock.serial_twice",
            Self::Count { .. } => "stock.serial_count",
            Self::NotInside(_) => "stock.not_inside",
        }
    }
}

/// A parcel.
#[derive(Debug)]
pub(crate) struct Parcel<'p> {
    /// The claimed hold with its units.
    pub(crate) hold: Hold,
    /// The serial numbers.
    pub(crate) serials: &'p Serials,
    /// Where it goes: the region of sale of its units.
    pub(crate) country: Country,
    /// The order it belongs to.
    pub(crate) reference: String,
    /// The reseller it goes to, if to one.
    pub(crate) reseller: Option<ResellerId>,
}

/// Ships everything that a hold still awaits.
pub(crate) fn ship_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    known: &Known,
    parcel: Parcel<'_>,
    at: Instant,
) -> Outcome<Hold, ShipRefusal> {
    let named = named(parcel.serials)?;
    let mut awaited: BTreeMap<&str, i64> = BTreeMap::new();
    for line in &parcel.hold.lines {
        *awaited.entry(line.key.item.as_str()).or_default() += line.awaiting();
    }
    for (sku, serials) in &named {
        let Some(units) = awaited.get(sku.as_str()).copied() else {
            return Err(Failure::Refused(ShipRefusal::NotInside(sku.clone())));
        };
        if i64::try_from(serials.len()) != Ok(units) {
            let (sku, serials) = (sku.clone(), serials.len());
            return Err(Failure::Refused(ShipRefusal::Count { sku, units, serials }));
        }
    }
    let mut hold = parcel.hold.clone();
    for line in parcel.hold.lines.iter().filter(|line| line.awaiting() > 0) {
        let wanted = WantedLine { key: line.key.clone(), units: line.awaiting() };
        let id = TransferId::new(at, &shop.random);
        let plan = ship(&hold, id, &wanted, at)
            .map_err(|refusal| Failure::Refused(ShipRefusal::Stock(refusal)))?;
        write(tx, &plan)?;
        hold = plan.hold;
    }
    for (sku, serials) in named {
        let model = known.product(&sku).map_or_else(String::new, |(_, m)| m.code.to_string());
        for serial in serials {
            let sold = SoldSerial {
                device: shop.keys.device(&serial).0,
                serial: serial.clone(),
                item: sku.to_string(),
                model: model.clone(),
                country: parcel.country,
                sold_on: at.date(),
                reference: parcel.reference.clone(),
                reseller: parcel.reseller,
            };
            if !insert(tx, &sold)? {
                return Err(Failure::Refused(ShipRefusal::Twice(serial)));
            }
        }
    }
    Ok(hold)
}

/// The serial numbers as they are kept, by variant; variants without any are left out.
fn named(serials: &Serials) -> Outcome<BTreeMap<Sku, Vec<String>>, ShipRefusal> {
    let mut seen = BTreeSet::new();
    let mut named: BTreeMap<Sku, Vec<String>> = BTreeMap::new();
    for (sku, texts) in serials {
        for text in texts.iter().filter(|text| !text.trim().is_empty()) {
            let bad = || Failure::Refused(ShipRefusal::NotASerial(text.clone()));
            let serial = read_serial(text).ok_or_else(bad)?;
            if !seen.insert(serial.clone()) {
                return Err(Failure::Refused(ShipRefusal::Twice(serial)));
            }
            named.entry(sku.clone()).or_default().push(serial);
        }
    }
    Ok(named)
}
