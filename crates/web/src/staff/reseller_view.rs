//! Resellers in the words of their pages: the maker's and their own.

use axum::response::Response;
use kontor_base::Money;
use kontor_domain::catalogue::Sku;
use kontor_domain::reseller::{
    BillState, BodyLine, CancelledBy, Clause, OrderStage, Standing, TaxBasis, TaxNumber,
};
use kontor_shop::reseller::ShownReseller;
use kontor_store::reseller::bill::KeptBill;
use kontor_store::reseller::{KeptContract, KeptOrder, Reseller};

use super::csv::Csv;
use crate::kit::app::App;
use crate::kit::text::Text;
use crate::page::staff::{
    AllotmentLine, BillDocument, BillLine, BillRow, ContractRow, CreditDocument, ResellerOrderRow,
    ResellerRow, SoldLine, SoldOnTable,
};

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

pub(super) fn clause_words(t: &Text, clause: Clause) -> String {
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
        stage: stage(t, order),
        waits: order.stage == OrderStage::Taken,
        unbilled: order.stage != OrderStage::Cancelled
            && !found.bills.iter().any(|bill| bill.order == order.id),
        bill: found.bills.iter().find(|bill| bill.order == order.id).map(|bill| bill_row(t, bill)),
    })
    .collect()
}

/// What they have reported as sold on; `csv` is where every unit is as a file.
pub(crate) fn sold_on(t: &Text, found: &ShownReseller, csv: String) -> SoldOnTable {
    let sum = |inside: bool| {
        let rows = found.sold.iter().filter(|row| row.inside == inside);
        t.number(rows.map(|row| row.units).sum())
    };
    let line = |row: &kontor_shop::reseller::SoldRow| SoldLine {
        month: row.month.clone(),
        model: row.model.clone(),
        country: t.country(&row.country).into_owned(),
        units: t.number(row.units),
        inside: row.inside,
    };
    let rows = found.sold.iter().map(line).collect();
    SoldOnTable { sums: [sum(true), sum(false)], rows, more: found.sold_more, csv }
}

fn stage(t: &Text, order: &KeptOrder) -> String {
    match (order.stage, &order.cancelled) {
        (OrderStage::Taken, _) => t.get("rsl-taken").into_owned(),
        (OrderStage::Dispatched, _) => t.get("rsl-dispatched").into_owned(),
        (OrderStage::Cancelled, None) => t.get("rsl-cancelled").into_owned(),
        (OrderStage::Cancelled, Some(how)) => {
            let id = match how.by {
                CancelledBy::Reseller => "rsl-cancelled-by-reseller",
                CancelledBy::Maker => "rsl-cancelled-by-maker",
            };
            t.two(id, "date", t.date(&how.on), "reason", how.reason.as_str()).into_owned()
        }
    }
}

fn bill_state(t: &Text, state: BillState) -> (String, &'static str) {
    let (id, tone) = match state {
        BillState::Open => ("rsl-bill-open", "warn"),
        BillState::Paid => ("rsl-bill-paid", "good"),
        BillState::Void => ("rsl-bill-void", "quiet"),
    };
    (t.get(id).into_owned(), tone)
}

fn bill_row(t: &Text, bill: &KeptBill) -> BillRow {
    let (state, tone) = bill_state(t, bill.state);
    let next = match bill.state {
        BillState::Open => Some(true),
        BillState::Paid => Some(false),
        BillState::Void => None,
    };
    BillRow { number: bill.number.clone(), state, tone, next }
}

/// The name of a variant's model, or the SKU of one that is gone.
pub(crate) fn product_name(app: &App, t: &Text, sku: &Sku) -> String {
    match app.shop.snapshots.now().product(sku) {
        Some((_, model)) => model.text(t.language(), |text| &text.name).to_owned(),
        None => sku.to_string(),
    }
}

/// A bill as it is printed; `name` tells a variant's name.
pub(crate) fn bill_document(
    t: &Text,
    kept: &KeptBill,
    csv: String,
    name: impl Fn(&Sku) -> String,
) -> BillDocument {
    let body = &kept.body;
    let (state, tone) = bill_state(t, kept.state);
    let country = |country| t.country(country).into_owned();
    let lines = body.lines.iter().map(|line| BillLine {
        sku: line.sku.to_string(),
        name: name(&line.sku),
        units: t.number(i64::from(line.units)),
        unit: t.money(&unit_price(line)),
        amount: t.money(&line.amount),
    });
    let movements = body.movements.iter().map(|movement| {
        let id = if movement.came { "rsl-money-came" } else { "rsl-money-went" };
        (t.get(id).into_owned(), movement.on, movement.reference.clone())
    });
    BillDocument {
        number: kept.number.clone(),
        state,
        tone,
        reseller: (body.reseller.clone(), country(&body.reseller_country)),
        contract: (body.contract.clone(), body.price_clause.clone()),
        order: (kept.order.to_string(), body.ordered_on),
        ship_to: country(&body.ship_to),
        days: (body.issued_on, body.due_on),
        lines: lines.collect(),
        sums: [&body.net, &body.tax, &body.total].map(|sum| t.money(sum)),
        tax_note: body.tax_note.clone(),
        tax_facts: body.tax_basis.as_ref().map_or_else(Vec::new, |basis| tax_facts(t, basis)),
        credit: body.credit.as_ref().map(|credit| CreditDocument {
            number: credit.number.clone(),
            issued_on: credit.issued_on,
            reason: credit.reason.clone(),
            sums: [&body.net, &body.tax, &body.total].map(|sum| t.money(&turned(*sum))),
        }),
        movements: movements.collect(),
        csv,
    }
}

/// What a tax was worked out from, as the bill says it.
fn tax_facts(t: &Text, basis: &TaxBasis) -> Vec<String> {
    let TaxBasis { facts, source, .. } = basis;
    let number = |id: &'static str, number: &Option<TaxNumber>| {
        number.as_ref().map(|number| t.one(id, "number", number.to_string()).into_owned())
    };
    let from = t.one("rsl-tax-from-country", "country", t.country(&facts.from)).into_owned();
    [
        Some(from),
        number("rsl-tax-numbers-seller", &facts.seller),
        number("rsl-tax-numbers-buyer", &facts.buyer),
        Some(t.one("rsl-tax-source", "source", source.as_str()).into_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn turned(amount: Money) -> Money {
    Money::new(-amount.minor, amount.currency)
}

/// What one unit costs: a line's amount is its price times its units, so nothing is left over.
fn unit_price(line: &BodyLine) -> Money {
    Money::new(line.amount.minor / i64::from(line.units.max(1)), line.amount.currency)
}

/// A bill as a file: a row for each line, then the tax.
pub(crate) fn bill_csv(kept: &KeptBill) -> Response {
    let body = &kept.body;
    let mut csv = Csv::new("bill,order,contract,item,units,unit_price,amount,currency,note");
    let currency = body.total.currency.code();
    let order = kept.order.to_string();
    for line in &body.lines {
        csv.row([
            &kept.number,
            &order,
            &body.contract,
            line.sku.as_str(),
            &line.units.to_string(),
            &unit_price(line).decimal(),
            &line.amount.decimal(),
            currency,
            "",
        ]);
    }
    let (tax, note) = (body.tax.decimal(), body.tax_note.as_str());
    csv.row([&kept.number, &order, &body.contract, "tax", "", "", &tax, currency, note]);
    let (total, state) = (body.total.decimal(), kept.state.word());
    csv.row([&kept.number, &order, &body.contract, "total", "", "", &total, currency, state]);
    if let Some(credit) = &body.credit {
        let (number, reason) = (&credit.number, credit.reason.as_str());
        for (what, sum) in [("tax", body.tax), ("total", body.total)] {
            let sum = turned(sum).decimal();
            csv.row([number, &order, &body.contract, what, "", "", &sum, currency, reason]);
        }
    }
    csv.respond("attachment; filename=\"bill.csv\"")
}
