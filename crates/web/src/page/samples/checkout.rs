//! Samples: checkouts, the second step, orders.

use kontor_base::{Language, Rate};

use super::{at, day, eur, help, lone, say, usd};
use crate::page::{
    BetaNo, CheckoutForm, CheckoutPage, CheckoutState, CostKind, CostLine, DeliveryChoice, Field,
    FieldError, FieldProblem, Help, Hold, OrderPage, OrderStatus, PaymentChoice, PaymentKind,
    PaymentState, QuoteFragment, SaleNo, SecondStepPage, Step, StepKind, StepState, SummaryLine,
    TaxKind, TaxPart, Totals, TransferAccount, Unit,
};

fn lines() -> Vec<SummaryLine> {
    let line = |name: &str, picture: &str, quantity: u32, unit: &str, total: &str| SummaryLine {
        name: name.to_owned(),
        option: String::new(),
        picture: picture.to_owned(),
        quantity,
        unit: usd(unit),
        total: usd(total),
    };
    vec![
        line("Mi Band", "band", 2, "14.99", "29.98"),
        line("Mi Power Bank 10400", "power-bank-10400", 1, "12.99", "12.99"),
    ]
}

fn totals(place: Option<&str>) -> Totals {
    let cost = |kind, amount: Option<&str>, estimated| CostLine {
        kind,
        amount: amount.map(usd),
        estimated,
    };
    let tax = CostKind::Tax {
        kind: TaxKind::Sales,
        rate: place.map(|_| Rate::from_ppm(72_500)),
        place: place.map(str::to_owned),
    };
    Totals {
        lines: vec![
            cost(CostKind::Goods, Some("42.97"), false),
            cost(CostKind::Shipping, Some("5.00"), false),
            cost(CostKind::Duty, Some("0.00"), true),
            cost(tax, place.map(|_| "3.12"), place.is_some()),
        ],
        total: usd(if place.is_some() { "51.09" } else { "47.97" }),
        contains: Vec::new(),
        deposit: None,
    }
}

fn german_totals() -> Totals {
    let cost = |kind, amount: &str| CostLine { kind, amount: Some(eur(amount)), estimated: false };
    Totals {
        lines: vec![
            cost(CostKind::Goods, "42.97"),
            cost(CostKind::Shipping, "0"),
            cost(CostKind::Fee, "1.50"),
            cost(CostKind::Discount, "-5"),
        ],
        total: eur("39.47"),
        contains: vec![TaxPart {
            kind: TaxKind::Vat,
            rate: Some(Rate::from_ppm(190_000)),
            amount: eur("6.30"),
        }],
        deposit: None,
    }
}

impl CheckoutPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let us = Self {
            shell: lone(language, "US", "checkout/co_4f2m"),
            key: "k-2".to_owned(),
            hold: Hold { ends: at(14, 15), now: at(14, 2) },
            lines: lines(),
            totals: totals(None),
            form: CheckoutForm::default(),
            errors: Vec::new(),
            state: CheckoutState::Open,
            deliveries: vec![DeliveryChoice {
                code: "parcel".to_owned(),
                name: say(language, "Parcel", "Paket"),
                days: Some((5, 9)),
                cost: usd("5"),
            }],
            payments: vec![
                PaymentChoice { kind: PaymentKind::Test, fee: None },
                PaymentChoice { kind: PaymentKind::Transfer, fee: None },
                PaymentChoice { kind: PaymentKind::Card, fee: Some(usd("0.50")) },
            ],
            return_days: 30,
            asks_region: false,
            countries: Vec::new(),
            list: None,
            place: None,
        };
        let typed = CheckoutForm {
            email: "ada@example".to_owned(),
            name: "Ada <Lovelace>".to_owned(),
            line1: "1 Market Street".to_owned(),
            city: "San Francisco".to_owned(),
            region: "CA".to_owned(),
            payment: "test".to_owned(),
            scenario: "declined".to_owned(),
            ..CheckoutForm::default()
        };
        let error = |field, problem| FieldError { field, problem };
        let errors = Self {
            form: typed.clone(),
            totals: totals(Some("California")),
            errors: vec![
                error(Field::Email, FieldProblem::Malformed),
                error(Field::Name, FieldProblem::BadCharacters),
                error(Field::Line1, FieldProblem::MixedScripts),
                error(Field::Line2, FieldProblem::TooLong(100)),
                error(Field::Region, FieldProblem::NotOffered),
                error(Field::Postcode, FieldProblem::Missing),
                error(Field::Phone, FieldProblem::Malformed),
                error(Field::Terms, FieldProblem::NotAccepted),
            ],
            ..us.clone()
        };
        let state = |state| Self {
            state,
            form: typed.clone(),
            totals: totals(Some("California")),
            ..us.clone()
        };
        let germany = Self {
            shell: lone(language, "DE", "checkout/co_4f2m"),
            totals: german_totals(),
            ..us.clone()
        };
        let abroad = ["DE", "AT", "CH"].map(super::country).to_vec();
        let chosen = CheckoutForm { country: "AT".to_owned(), ..typed.clone() };
        let countries = Self { countries: abroad, form: chosen, ..germany.clone() };
        let india = Self {
            shell: lone(language, "IN", "checkout/co_4f2m"),
            asks_region: true,
            errors: vec![error(Field::Region, FieldProblem::Missing)],
            ..us.clone()
        };
        let paid = Some((usd("20"), at(9, 30)));
        let with_deposit =
            Self { totals: totals(Some("California")).with_deposit(paid), ..us.clone() };
        let in_sale = |state| Self {
            state,
            form: typed.clone(),
            place: Some("/us/en/sale/sale_1/place".to_owned()),
            ..us.clone()
        };
        let [not_yours, limit, excluded, no_deposit] =
            SaleNo::ALL.map(CheckoutState::Refused).map(in_sale);
        let [sale_ended, sale_lost] = [CheckoutState::HoldEnded, CheckoutState::Lost].map(in_sale);
        let [stranger, beta_limit, beta_gone] = BetaNo::ALL.map(|no| Self {
            list: Some("/us/en/product/band#waiting".to_owned()),
            ..state(CheckoutState::NotLetIn(no))
        });
        vec![
            ("beta-not-invited", stranger),
            ("beta-limit", beta_limit),
            ("beta-gone", beta_gone),
            ("countries", countries),
            ("india", india),
            ("sale-not-yours", not_yours),
            ("sale-limit", limit),
            ("sale-excluded", excluded),
            ("sale-no-deposit", no_deposit),
            ("deposit", with_deposit),
            ("sale-ended", sale_ended),
            ("sale-lost", sale_lost),
            ("errors", errors),
            ("changed", state(CheckoutState::TotalChanged { before: usd("47.97") })),
            ("declined", state(CheckoutState::Declined)),
            ("waiting", state(CheckoutState::Waiting { refresh_s: 3 })),
            ("ended", state(CheckoutState::HoldEnded)),
            ("lost", state(CheckoutState::Lost)),
            ("germany", germany),
            ("open", us),
        ]
    }
}

impl QuoteFragment {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let shell = lone(language, "US", "checkout/co_4f2m");
        vec![("california", Self { shell, totals: totals(Some("California")) })]
    }
}

impl SecondStepPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let shell = lone(language, "US", "pay/pay_8k3d");
        let action = shell.path.clone();
        let (key, reference) = ("k-3".to_owned(), "TEST-8K3D".to_owned());
        vec![("test", Self { shell, action, key, amount: usd("51.09"), reference })]
    }
}

impl OrderPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let step = |kind, state| Step { kind, state };
        let placed = Self {
            shell: lone(language, "US", "order/ot_9d8s7f"),
            number: "K-2015-000042".to_owned(),
            placed_at: at(14, 3),
            just_placed: true,
            status: OrderStatus::Paid,
            steps: vec![
                step(StepKind::Placed, StepState::Done(at(14, 3))),
                step(StepKind::Paid, StepState::Done(at(14, 3))),
                step(StepKind::Shipped, StepState::Current),
                step(StepKind::Delivered, StepState::ToCome),
            ],
            lines: lines(),
            totals: totals(Some("California")),
            address: ["Ada Lovelace", "1 Market Street", "San Francisco, CA 94103", "USA"]
                .map(str::to_owned)
                .to_vec(),
            email: "ada@example.com".to_owned(),
            payment: PaymentState::Test { reference: "TEST-8K3D".to_owned() },
            units: Vec::new(),
            return_days: 30,
            help: help(),
            refresh_s: None,
        };
        let transfer = Self {
            status: OrderStatus::AwaitingPayment,
            steps: vec![
                step(StepKind::Placed, StepState::Done(at(14, 3))),
                step(StepKind::Paid, StepState::Current),
                step(StepKind::Shipped, StepState::ToCome),
                step(StepKind::Delivered, StepState::ToCome),
            ],
            payment: PaymentState::TransferAwaited(TransferAccount {
                holder: "Kontor Demo Trading Co.".to_owned(),
                account: "DE02 1203 0000 0000 2020 51".to_owned(),
                bank_code: "BYLADEM1001".to_owned(),
                bank: "Example Bank".to_owned(),
                reference: "K-2015-000042".to_owned(),
                amount: usd("51.09"),
                due: day(2015, 6, 8),
            }),
            ..placed.clone()
        };
        let status = |status| Self { status, just_placed: false, ..placed.clone() };
        let units = vec![Unit { name: "Mi Band".to_owned(), serial: "MB01-7G3K-2201".to_owned() }];
        let cancelled = Self {
            steps: vec![
                step(StepKind::Placed, StepState::Done(at(14, 3))),
                step(StepKind::Cancelled, StepState::Done(at(15, 0))),
                step(StepKind::Refunded, StepState::Current),
            ],
            payment: PaymentState::Card { reference: String::new() },
            ..status(OrderStatus::Cancelled)
        };
        let paid = Some((usd("20"), at(9, 30)));
        let with_deposit =
            Self { totals: totals(Some("California")).with_deposit(paid), ..placed.clone() };
        let pending = Self {
            payment: PaymentState::Pending,
            refresh_s: Some(5),
            ..status(OrderStatus::AwaitingPayment)
        };
        let refunded = Self {
            payment: PaymentState::TransferReceived,
            totals: german_totals(),
            ..status(OrderStatus::Refunded)
        };
        let alone = Self { help: Help::default(), ..placed.clone() };
        vec![
            ("no-contact", alone),
            ("transfer", transfer),
            ("pending", pending),
            ("hold", status(OrderStatus::OnHold)),
            ("shipped", Self { units, ..status(OrderStatus::Shipped) }),
            ("delivered", status(OrderStatus::Delivered)),
            ("cancelled", cancelled),
            ("deposit", with_deposit),
            ("refunded", refunded),
            ("placed", placed),
        ]
    }
}
