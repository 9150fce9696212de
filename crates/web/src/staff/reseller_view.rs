//! Resellers in the words of their pages: the maker's and their own.

use kontor_domain::reseller::{Clause, OrderStage, Standing};
use kontor_shop::reseller::ShownReseller;
use kontor_store::reseller::{KeptContract, Reseller};

use crate::kit::text::Text;
use crate::page::staff::{AllotmentLine, ContractRow, ResellerOrderRow, ResellerRow};

pub(super) fn row(t: &Text, reseller: &Reseller, contracts: &[KeptContract]) -> ResellerRow {
    let (id, tone) = match reseller.standing {
        Standing::Applied => ("rsl-applied", "warn"),
        Standing::Approved => ("rsl-approved", "good"),
        Standing::Rejected => ("rsl-rejected", "quiet"),
    };
    ResellerRow {
        id: reseller.id.to_string(),
        name: reseller.profile.name.to_string(),
        country: t.country(&reseller.profile.country).into_owned(),
        standing: t.get(id).into_owned(),
        tone,
        applied_at: reseller.applied_at,
        contracts: contracts.iter().map(|kept| kept.contract.code.clone()).collect(),
    }
}

/// The clauses with their fields.
pub(super) fn clause_names(t: &Text) -> Vec<(&'static str, String)> {
    Clause::ALL.into_iter().map(|clause| (clause.word(), clause_words(t, clause))).collect()
}

fn clause_words(t: &Text, clause: Clause) -> String {
    let id = match clause {
        Clause::Term => "rsl-clause-term",
        Clause::Territory => "rsl-clause-territory",
        Clause::Models => "rsl-clause-models",
        Clause::Price => "rsl-clause-price",
        Clause::Minimum => "rsl-clause-minimum",
        Clause::Allotment => "rsl-clause-allotment",
    };
    t.get(id).into_owned()
}

pub(super) fn contract_row(t: &Text, kept: &KeptContract) -> ContractRow {
    let contract = &kept.contract;
    let terms = &contract.terms;
    let join = |words: Vec<String>| words.join(", ");
    ContractRow {
        code: contract.code.clone(),
        market: kept.market,
        term: (contract.from, contract.ended_on.unwrap_or(contract.until)),
        territory: join(terms.territory.iter().map(|c| t.country(c).into_owned()).collect()),
        models: join(terms.models.iter().map(ToString::to_string).collect()),
        minimum: terms.minimum_units,
        clauses: contract
            .clauses
            .iter()
            .map(|(clause, number)| (clause_words(t, *clause), number.clone()))
            .collect(),
        prices: terms.prices.iter().map(|(sku, p)| (sku.to_string(), t.money(p))).collect(),
    }
}

pub(crate) fn allotment(t: &Text, found: &ShownReseller) -> Vec<AllotmentLine> {
    let rows = found.allotment.iter();
    rows.map(|row| AllotmentLine {
        contract: row.contract.clone(),
        sku: row.sku.to_string(),
        agreed: t.number(i64::from(row.agreed)),
        available: t.number(row.available),
        ordered: t.number(row.ordered),
        shipped: t.number(row.shipped),
    })
    .collect()
}

pub(crate) fn orders(t: &Text, found: &ShownReseller) -> Vec<ResellerOrderRow> {
    let rows = found.orders.iter();
    rows.map(|order| ResellerOrderRow {
        id: order.id.to_string(),
        on: order.body.on,
        ship_to: t.country(&order.body.ship_to).into_owned(),
        lines: order
            .body
            .lines
            .iter()
            .map(|line| format!("{} × {}", line.units, line.sku))
            .collect::<Vec<_>>()
            .join(", "),
        total: t.money(&order.body.total),
        stage: t
            .get(match order.stage {
                OrderStage::Taken => "rsl-taken",
                OrderStage::Dispatched => "rsl-dispatched",
            })
            .into_owned(),
    })
    .collect()
}
