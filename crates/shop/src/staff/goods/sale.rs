//! Makes sales and steers them: the sale's own use cases, logged.

use kontor_base::Instant;
use kontor_base::id::SaleId;
use kontor_domain::sale::{Definition, SaleEvent};
use kontor_domain::staff::Permission;
use kontor_store::Tx;
use kontor_store::sale as sales;
use serde::{Deserialize, Serialize};

use super::super::act::{Bearing, Change};
use super::super::act_refusal::ActRefusal;
use super::super::person::Refusal;
use super::refused;
use crate::core::{Failure, Outcome, Shop};
use crate::sale::{SetUp, SetUpRefusal, set_beacon_in, set_up_in, settle_halted_in, step_in};

/// Something that is done with a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum SaleAct {
    /// It is set up: its units leave the markets' stock.
    SetUp {
        /// What it is.
        definition: Definition,
        /// What it is called.
        title: String,
        /// Into how many lots the units of each place are divided.
        lots: u32,
    },
    /// It is shown before its time.
    Announce {
        /// The sale.
        sale: SaleId,
    },
    /// It stands still.
    Halt {
        /// The sale.
        sale: SaleId,
    },
    /// It goes on.
    Resume {
        /// The sale.
        sale: SaleId,
    },
    /// It is settled although it was halted.
    Settle {
        /// The sale.
        sale: SaleId,
    },
    /// Its beacon has its value.
    Beacon {
        /// The sale.
        sale: SaleId,
        /// The value.
        value: [u8; 32],
    },
}

impl SaleAct {
    const fn sale(&self) -> SaleId {
        match self {
            Self::SetUp { definition, .. } => definition.sale,
            Self::Announce { sale }
            | Self::Halt { sale }
            | Self::Resume { sale }
            | Self::Settle { sale }
            | Self::Beacon { sale, .. } => *sale,
        }
    }

    /// What it does, in one word.
    const fn word(&self) -> &'static str {
        match self {
            Self::SetUp { .. } => "set_up",
            Self::Announce { .. } => "announce",
            Self::Halt { .. } => "halt",
            Self::Resume { .. } => "resume",
            Self::Settle { .. } => "settle",
            Self::Beacon { .. } => "beacon",
        }
    }

    /// It takes the permission in every market that the sale sells in.
    pub(in crate::staff) fn bearing(&self, tx: &mut Tx<'_>) -> Outcome<Bearing, Refusal> {
        let markets = match self {
            Self::SetUp { definition, .. } => markets_of(definition),
            _ => {
                let kept = sales::get(tx, self.sale())?
                    .ok_or_else(|| refused("sale.unknown", "there is no such sale"))?;
                markets_of(&kept.definition)
            }
        };
        let first = markets.first().copied();
        let also = markets.into_iter().skip(1).map(Some).collect();
        let subject = self.sale().to_string();
        Ok(Bearing { also, ..Bearing::plain(Permission::SaleRun, first, subject) })
    }

    pub(in crate::staff) fn change(&self, tx: &mut Tx<'_>) -> Outcome<Change, Refusal> {
        let kept = sales::get(tx, self.sale())?;
        let was = kept.map(|kept| serde_json::json!({ "state": kept.state.word() }).to_string());
        let is_now = match self {
            Self::SetUp { definition, title, lots } => serde_json::json!({
                "title": title,
                "sku": definition.sku.as_str(),
                "units": definition.units(),
                "live_at": definition.windows.live_at.to_string(),
                "ends_at": definition.windows.ends_at.to_string(),
                "per_person": definition.per_person,
                "lots": lots,
                "deposits": definition.deposits,
            }),
            other => serde_json::json!({ "step": other.word() }),
        };
        Ok(Change { was: was.unwrap_or_default(), is_now: is_now.to_string() })
    }

    pub(in crate::staff) fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
        at: Instant,
    ) -> Outcome<(), Refusal> {
        let sale = self.sale();
        let done = match self {
            Self::SetUp { definition, title, lots } => {
                let (definition, title) = (definition.clone(), title.clone());
                set_up_in(tx, shop, &SetUp { definition, title, lots: *lots }, at).map(|_| ())
            }
            Self::Announce { .. } => step_in(tx, sale, SaleEvent::Announce),
            Self::Halt { .. } => step_in(tx, sale, SaleEvent::Halt),
            Self::Resume { .. } => step_in(tx, sale, SaleEvent::Resume),
            Self::Settle { .. } => settle_halted_in(tx, shop, sale, at).map(|_| ()),
            Self::Beacon { value, .. } => set_beacon_in(tx, sale, *value),
        };
        done.map_err(|failure: Failure<SetUpRefusal>| {
            failure.map(|refusal| Refusal::Act(ActRefusal::Sale(Box::new(refusal))))
        })
    }
}

fn markets_of(definition: &Definition) -> Vec<kontor_domain::market::MarketCode> {
    let mut markets: Vec<_> = definition.channels.iter().map(|channel| channel.market).collect();
    markets.sort_unstable();
    markets.dedup();
    markets
}
