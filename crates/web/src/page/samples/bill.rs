//! Samples of the bill of a reseller's order, in the staff area and on the reseller's own page.

use kontor_base::Language;

use super::staff::shell as desk;
use super::{day, lone};
use crate::page::staff::{BillDocument, BillLine, BillPage, CreditDocument, Place};
use crate::page::{ResellerBillPage, Shell};

fn bill() -> BillDocument {
    BillDocument {
        number: "NL-B-000001".to_owned(),
        state: "paid".to_owned(),
        tone: "good",
        reseller: ("Harbour <b>Electronics".to_owned(), "Netherlands".to_owned()),
        contract: ("NL-2015-3".to_owned(), "clause 3 (price) of NL-2015-3".to_owned()),
        order: ("rso_06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(), day(2015, 6, 1)),
        ship_to: "Netherlands".to_owned(),
        days: (day(2015, 6, 2), day(2015, 7, 2)),
        lines: vec![BillLine {
            sku: "BAND-BLACK".to_owned(),
            name: "Mi Band".to_owned(),
            units: "400".to_owned(),
            unit: "€9.00".to_owned(),
            amount: "€3,600.00".to_owned(),
        }],
        sums: ["€3,600.00", "€0.00", "€3,600.00"].map(str::to_owned),
        tax_note: "intra-Community supply, exempt (Article 138(1) of Directive 2006/112/EC)"
            .to_owned(),
        tax_facts: vec!["The goods leave from Germany.".to_owned()],
        credit: None,
        movements: vec![("Paid".to_owned(), day(2015, 6, 20), "SEPA 4711".to_owned())],
        csv: "/reseller/bills/NL-B-000001/lines.csv".to_owned(),
    }
}

impl BillPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let shell = desk(language, Place::Resellers);
        let paid = Self { shell, bill: bill(), back: "/admin/resellers/rsl_1".to_owned() };
        let credit = CreditDocument {
            number: "NL-C-000001".to_owned(),
            issued_on: day(2015, 6, 3),
            reason: "ordered <b>twice".to_owned(),
            sums: ["−€3,600.00", "€0.00", "−€3,600.00"].map(str::to_owned),
        };
        let void = BillDocument { credit: Some(credit), movements: Vec::new(), ..bill() };
        let void = Self { bill: void, ..paid.clone() };
        vec![("paid", paid), ("void", void)]
    }
}

impl ResellerBillPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let owed = BillDocument { movements: Vec::new(), ..bill() };
        let shell = Shell { market: None, ..lone(language, "US", "") };
        vec![("owed", Self { shell, bill: owed })]
    }
}
