//! Resellers, judged by the shipped rules and the scenario's evidence: text in, text out.

mod clearance_data;

use std::collections::{BTreeMap, BTreeSet};

use clearance_data::{Scenario, day};
use kontor_base::Money;
use kontor_domain::clearance::{Place, may};
use kontor_domain::market::Act;
use kontor_domain::reseller::{
    Clause, Contract, ContractProblem, ContractState, OrderLine, ResellerOrder, SellOutRow, Terms,
    judge, read_sell_out, report,
};

const ON: &str = "2026-11-23";

fn contract() -> Contract {
    let usd = |minor| Money::new(minor, "USD".parse().expect("a currency"));
    let clauses = ["1", "2.1", "2.2", "3", "4", "5"];
    Contract {
        code: "US-2026-3".to_owned(),
        reseller: "Harbour Electronics".to_owned(),
        from: day("2026-01-01"),
        until: day("2026-12-31"),
        ended_on: None,
        terms: Terms {
            territory: ["US"].map(|code| code.parse().expect("a country")).into(),
            models: ["band", "mi-note"].map(|code| code.parse().expect("a model")).into(),
            prices: [("BAND-BLACK", 900), ("MINOTE-16GB-WHITE", 25_000), ("PB5000-SILVER", 600)]
                .map(|(sku, minor)| (sku.parse().expect("a SKU"), usd(minor)))
                .into(),
            minimum_units: 50,
            allotment: [("BAND-BLACK", 1_000), ("MINOTE-16GB-WHITE", 100), ("PB5000-SILVER", 500)]
                .map(|(sku, units)| (sku.parse().expect("a SKU"), units))
                .into(),
        },
        clauses: Clause::ALL.into_iter().zip(clauses.map(str::to_owned)).collect(),
    }
}

/// An order as a line of text: `US 2026-11-23: 60 BAND-BLACK taken 100, 10 PB5000-SILVER`.
fn judged(contract: &Contract, text: &str) -> String {
    let scenario = Scenario::load();
    let facts = scenario.facts();
    let (head, lines) = text.split_once(": ").expect("head: lines");
    let (country, on) = head.split_once(' ').expect("country day");
    let market = scenario.market("us");
    let place = Place::market(market);
    let lines = lines.split(", ").filter(|line| !line.is_empty()).map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let subject = scenario.subject(words[1]);
        OrderLine {
            sku: words[1].parse().expect("a SKU"),
            model: subject.model.code.clone(),
            units: words[0].parse().expect("units"),
            taken: words.get(3).map_or(0, |taken| taken.parse().expect("units")),
            verdict: may(Act::Resell, &subject, &place, day(on), &facts),
        }
    });
    let order = ResellerOrder {
        ship_to: country.parse().expect("a country"),
        on: day(on),
        lines: lines.collect(),
    };
    match judge(contract, &order) {
        Ok(accepted) => {
            let total = accepted.total;
            format!("taken: {} {}", total.minor, total.currency)
        }
        Err(refusals) => {
            refusals.iter().map(|r| format!("{}: {r}", r.code())).collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn an_order_is_taken_or_refused_with_the_clause_that_says_so() {
    let contract = contract();
    for (order, wanted) in [
        ("US 2026-11-23: 60 BAND-BLACK", "taken: 54000 USD"),
        (
            "CA 2026-11-23: 60 BAND-BLACK",
            "reseller.outside_territory: clause 2.1 (territory) of US-2026-3: CA is not in the territory",
        ),
        (
            "US 2027-01-01: 60 BAND-BLACK",
            "reseller.not_in_force: clause 1 (term) of US-2026-3: the contract does not hold on 2027-01-01",
        ),
        (
            "US 2026-11-23: 49 BAND-BLACK",
            "reseller.too_few: clause 4 (minimum) of US-2026-3: 49 units are fewer than 50",
        ),
        (
            "US 2026-11-23: 60 BAND-BLACK taken 950",
            "reseller.allotment: clause 5 (allotment) of US-2026-3: 50 of BAND-BLACK are left, 60 were ordered",
        ),
        (
            "US 2026-11-23: 600 BAND-BLACK, 600 BAND-BLACK",
            "reseller.allotment: clause 5 (allotment) of US-2026-3: 1000 of BAND-BLACK are left, 1200 were ordered",
        ),
        (
            "US 2026-11-23: 60 PB5000-SILVER",
            "reseller.not_permitted: clause 2.2 (models) of US-2026-3: PB5000-SILVER is not among the permitted models",
        ),
    ] {
        assert_eq!(judged(&contract, order), wanted, "{order}");
    }
    // A phone has a price and is permitted, but the law says no: the contract does not matter.
    let phone = judged(&contract, "US 2026-11-23: 60 MINOTE-16GB-WHITE");
    assert!(phone.starts_with("clearance.refused: MINOTE-16GB-WHITE may not be resold"), "{phone}");
    assert!(phone.contains("clearance.missing"), "{phone}");
    // Everything at once, in the order of the clauses.
    let all = judged(&contract, "DE 2025-11-23: 1 HEADPHONES-GOLD");
    let codes: Vec<&str> = all.lines().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(
        codes[..6],
        [
            "reseller.not_in_force",
            "reseller.outside_territory",
            "reseller.too_few",
            "reseller.not_permitted",
            "reseller.no_price",
            "reseller.allotment",
        ]
    );
    for bad in
        ["US 2026-11-23: ", "US 2026-11-23: 0 BAND-BLACK", "US 2026-11-23: 1000001 BAND-BLACK"]
    {
        assert!(judged(&contract, bad).starts_with("reseller.size"), "{bad}");
    }
}

#[test]
fn a_contract_holds_from_its_first_day_to_its_last_or_to_its_notice() {
    let mut contract = contract();
    for (at, state) in [
        ("2025-12-31", ContractState::NotYet),
        ("2026-01-01", ContractState::InForce),
        ("2026-12-31", ContractState::InForce),
        ("2027-01-01", ContractState::Over),
    ] {
        assert_eq!(contract.state(day(at)), state, "{at}");
    }
    contract.ended_on = Some(day("2026-06-01"));
    assert_eq!(contract.state(day("2026-05-31")), ContractState::InForce);
    assert_eq!(contract.state(day("2026-06-01")), ContractState::Ended);
    assert!(judged(&contract, &format!("US {ON}: 60 BAND-BLACK")).contains("not_in_force"));
}

#[test]
fn a_contract_that_could_not_be_quoted_is_not_taken() {
    assert_eq!(contract().problems(), []);
    let mut bad = contract();
    bad.until = day("2025-01-01");
    bad.terms.territory.clear();
    bad.clauses.remove(&Clause::Territory);
    bad.terms.prices.insert(
        "HEADPHONES-GOLD".parse().expect("a SKU"),
        Money::new(0, "EUR".parse().expect("a currency")),
    );
    bad.terms.allotment.insert("ROUTER-1TB-BLACK".parse().expect("a SKU"), 1);
    assert_eq!(
        bad.problems(),
        [
            ContractProblem::Dates,
            ContractProblem::Nothing(Clause::Territory),
            ContractProblem::NoClause(Clause::Territory),
            ContractProblem::Currencies,
            ContractProblem::Price("HEADPHONES-GOLD".parse().expect("a SKU")),
            ContractProblem::NoPrice("ROUTER-1TB-BLACK".parse().expect("a SKU")),
        ]
    );
}

#[test]
fn what_was_sold_on_is_held_against_the_territory() {
    let contract = contract();
    let row = |serial: &str, sold_on: &str, country: &str| SellOutRow {
        serial: serial.to_owned(),
        sold_on: sold_on.to_owned(),
        country: country.to_owned(),
    };
    let read = |row: &SellOutRow| read_sell_out(row, day(ON));
    for (bad, field) in [
        (row("", "2026-05-01", "US"), "serial"),
        (row("A;B", "2026-05-01", "US"), "serial"),
        (row("A1", "yesterday", "US"), "sold_on"),
        (row("A1", "2026-11-24", "US"), "sold_on"),
        (row("A1", "2026-05-01", "Utopia"), "country"),
    ] {
        assert_eq!(read(&bad).map_err(|error| error.field), Err(field), "{bad:?}");
    }
    let sold: Vec<_> = [("a1", "US"), ("A2", "CA"), ("A1", "US"), ("A3", "US"), ("A4", "US")]
        .map(|(serial, country)| read(&row(serial, "2026-05-01", country)).expect("a row"))
        .into();
    let set = |serials: &[&str]| -> BTreeSet<String> {
        serials.iter().map(|serial| (*serial).to_owned()).collect()
    };
    // A unit that was delivered under another contract is held against that one.
    let mut wider = contract.clone();
    wider.code = "US-2026-4".to_owned();
    wider.terms.territory.insert("CA".parse().expect("a country"));
    let delivered = |a2| {
        let units = [("A1", &contract), ("A2", a2), ("A4", &contract)];
        units.map(|(serial, contract)| (serial.to_owned(), contract)).into()
    };
    let allowed = report(&sold, &delivered(&wider), &set(&["A4"]));
    assert!(allowed.problems.iter().all(|problem| !problem.to_string().contains("CA")));
    let held = report(&sold, &delivered(&contract), &set(&["A4"]));
    let units: BTreeMap<String, u64> =
        held.units.iter().map(|(country, units)| (country.to_string(), *units)).collect();
    assert_eq!(units, [("CA".to_owned(), 1), ("US".to_owned(), 1)].into());
    let said: Vec<String> = held.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "A2: sold to CA, against clause 2.1 (territory) of US-2026-3",
            "A1: was reported before",
            "A3: was not delivered to this reseller",
            "A4: was reported before",
        ]
    );
}
