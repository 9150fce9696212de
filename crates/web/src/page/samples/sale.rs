//! Samples of a sale's pages: every stage, every place, the report.

use kontor_base::Language;
use kontor_domain::sale::{Limit, LimitMet, MetAt};

use super::{at, lone, money, price, shell, vat};
use crate::page::{
    ChannelLine, Curve, DepositPage, DepositStage, EntryForm, EntryProblem, Expected, FieldProblem,
    PassOnForm, PassOnPage, PassOnProblem, PlaceDeposit, PlacePage, PlaceState, Refusal,
    ReportPage, SaleCard, SalePage, SaleStage, SaleTimes, SalesPage, WayLine, WayName,
};

use PlaceState as S;
use WayName as W;

const HASH: &str = "9f2c1d0a4b7e8c33a1f05d6e7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708";

pub(super) fn card(stage: SaleStage) -> SaleCard {
    SaleCard {
        sale: "sale_1".to_owned(),
        title: "Redmi 2: 2,000".to_owned(),
        name: "Redmi 2".to_owned(),
        picture: "phone-small".to_owned(),
        stage,
        live_at: at(9, 30),
        units: 2_000,
    }
}

impl SalesPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |sales| Self { shell: shell(language, "IN", "sale"), sales };
        vec![("all", page(SaleStage::ALL.map(card).to_vec())), ("empty", page(Vec::new()))]
    }
}

impl SalePage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let ways = |stage: SaleStage| {
            let runs = matches!(stage, SaleStage::Live | SaleStage::SoldOut);
            let line = |way, quota| WayLine {
                way,
                quota,
                free: runs.then_some(if stage == SaleStage::Live { (10, 99) } else { (0, 0) }),
                is_open: stage.takes_entries() && !(runs && way == WayName::Draw),
                digest: runs.then(|| HASH.to_owned()),
                deposit: (way == WayName::Batch).then(|| money("999", "INR")),
            };
            vec![
                line(WayName::Rush, 1_200),
                line(WayName::Draw, 600),
                line(WayName::Code, 200),
                line(WayName::Batch, 1),
            ]
        };
        let page = |stage: SaleStage| Self {
            shell: shell(language, "IN", "sale/sale_1"),
            sale: "sale_1".to_owned(),
            title: "Redmi 2: 2,000".to_owned(),
            name: "Redmi 2".to_owned(),
            option: "8 GB".to_owned(),
            model: "redmi-2".to_owned(),
            picture: "phone-small".to_owned(),
            price: Some(price(money("6999", "INR"), vat())),
            stage,
            times: SaleTimes {
                registration_at: at(8, 0),
                doors_at: at(9, 0),
                live_at: at(9, 30),
                ends_at: at(11, 30),
                report_at: at(13, 0),
                now: at(9, 10),
            },
            ways: ways(stage),
            countries: vec![super::country("IN")],
            ends_when_sold: stage == SaleStage::Live,
            elsewhere: vec![(super::country("SG"), 200)],
            refusal: None,
            per_person: 1,
            hold_minutes: 10,
            turn_s: Some(840),
            commitment: HASH.to_owned(),
            beacon: (stage == SaleStage::Doors).then(|| "drand/quicknet 12345678".to_owned()),
            form: EntryForm::default(),
            problems: Vec::new(),
        };
        let mistakes = [
            EntryProblem::Email(FieldProblem::Malformed),
            EntryProblem::Phone(FieldProblem::Malformed),
            EntryProblem::CodeUnknown,
        ];
        let typed = EntryForm {
            way: "code".to_owned(),
            email: "ada<".to_owned(),
            phone: "12".to_owned(),
            code: "NONE".to_owned(),
            ship_to: String::new(),
        };
        let refusal = Refusal { reasons: vec![super::fcc()], expected: Expected::Unknown };
        let mut all: Vec<_> =
            SaleStage::ALL.map(|stage| (stage.word(), page(stage))).into_iter().collect();
        all.push((
            "mistakes",
            Self { form: typed, problems: mistakes.to_vec(), ..page(SaleStage::Doors) },
        ));
        let again = [
            ("closed", EntryProblem::Closed),
            ("elsewhere", EntryProblem::EnteredElsewhere),
            ("limit", EntryProblem::PersonLimit),
            ("excluded", EntryProblem::Excluded),
            ("code-taken", EntryProblem::CodeTaken),
            ("no-way", EntryProblem::Way),
            ("not-cleared", EntryProblem::NotCleared),
            ("no-email", EntryProblem::Email(FieldProblem::Missing)),
            ("place-paid", EntryProblem::PlacePaid),
        ];
        for (name, problem) in again {
            all.push((name, Self { problems: vec![problem], ..page(SaleStage::Live) }));
        }
        let several = ["DE", "AT", "CH"].map(super::country).to_vec();
        let abroad = EntryForm { ship_to: "AT".to_owned(), ..EntryForm::default() };
        all.push((
            "countries",
            Self {
                countries: several,
                form: abroad,
                problems: vec![EntryProblem::ShipTo],
                ..page(SaleStage::Live)
            },
        ));
        let doors = || page(SaleStage::Doors);
        all.push(("not-here", Self { ways: Vec::new(), price: None, ..doors() }));
        all.push(("refused", Self { refusal: Some(refusal), price: None, ..doors() }));
        all
    }
}

impl PlacePage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |state, chance, way, notice| Self {
            shell: lone(language, "IN", "sale/sale_1/place"),
            sale: "sale_1".to_owned(),
            name: "Redmi 2".to_owned(),
            picture: "phone-small".to_owned(),
            way,
            state,
            chance,
            free: if chance == "none" { (0, 0) } else { (100, 999) },
            live_at: at(9, 30),
            now: at(9, 29),
            hold_minutes: 10,
            poll_after_ms: 5_400,
            units_max: 1,
            countries: vec![super::country("IN")],
            key: "key".to_owned(),
            entry: "entry_1".to_owned(),
            link: "/in/en/sale/sale_1/place/ticket".to_owned(),
            kept_until: (way == WayName::Batch).then(|| at(9, 42)),
            deposit: (way == WayName::Batch).then(|| PlaceDeposit {
                amount: money("999", "INR"),
                path: "/in/en/sale/sale_1/deposit/token".to_owned(),
            }),
            notice,
        };
        let (claim, checkout) = ("claim".to_owned(), "/in/en/checkout/token".to_owned());
        let ends = at(9, 42);
        vec![
            ("entered", page(S::Entered { before: false }, "open", W::Rush, None)),
            ("again", page(S::Entered { before: true }, "open", W::Draw, None)),
            ("code", page(S::Entered { before: false }, "open", W::Code, None)),
            ("batch", page(S::Entered { before: false }, "open", W::Batch, None)),
            ("queue", page(S::Queue { ahead: Some(412) }, "good", W::Rush, None)),
            ("slim", page(S::Queue { ahead: Some(1) }, "slim", W::Rush, None)),
            ("next", page(S::Queue { ahead: Some(0) }, "open", W::Rush, None)),
            ("unknown", page(S::Queue { ahead: None }, "open", W::Rush, None)),
            ("turn", page(S::Turn, "certain", W::Rush, Some("place-notice-sold-out"))),
            (
                "held",
                page(S::Held { units: 1, ends, claim: claim.clone() }, "certain", W::Rush, None),
            ),
            (
                "checking-out",
                page(
                    S::CheckingOut { ends, claim, checkout: checkout.clone() },
                    "certain",
                    W::Rush,
                    Some("place-notice-busy"),
                ),
            ),
            ("bought", page(S::Bought { checkout }, "certain", W::Rush, None)),
            ("expired", page(S::Ended { given_up: false }, "waitlist", W::Rush, None)),
            ("given-up", page(S::Ended { given_up: true }, "waitlist", W::Rush, None)),
            ("waiting", page(S::Waiting { place: 12, ahead: 3 }, "waitlist", W::Rush, None)),
            ("first", page(S::Waiting { place: 9, ahead: 0 }, "waitlist", W::Rush, None)),
            ("sold-out", page(S::SoldOut, "none", W::Rush, None)),
            ("not-drawn", page(S::NotDrawn { ahead: Some(7) }, "slim", W::Draw, None)),
            ("lost", page(S::NotDrawn { ahead: None }, "none", W::Draw, None)),
            ("halted", page(S::Halted, "open", W::Rush, None)),
            ("over", page(S::Over, "none", W::Rush, None)),
            (
                "several",
                Self {
                    units_max: 3,
                    countries: ["DE", "AT"].map(super::country).to_vec(),
                    ..page(S::Turn, "certain", W::Code, Some("place-notice-units"))
                },
            ),
            ("paying", page(S::SoldOut, "none", W::Rush, Some("place-notice-paying"))),
            ("code-gone", page(S::Turn, "none", W::Code, Some("place-notice-code"))),
            ("key", page(S::Turn, "good", W::Rush, Some("place-notice-key"))),
            ("deposit-gone", page(S::Turn, "good", W::Batch, Some("place-notice-deposit"))),
            ("full", page(S::SoldOut, "none", W::Rush, Some("place-notice-full"))),
        ]
    }
}

impl DepositPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |stage, paid: bool, notice| Self {
            shell: lone(language, "IN", "sale/sale_1/deposit/token"),
            sale: "sale_1".to_owned(),
            name: "Redmi 2".to_owned(),
            picture: "phone-small".to_owned(),
            amount: money("999", "INR"),
            paid_at: paid.then(|| at(8, 20)),
            stage,
            is_offered: true,
            scenario: String::new(),
            key: "key".to_owned(),
            notice,
        };
        let path = "/pay/test/pay_1".to_owned();
        let place = "/in/en/sale/sale_1/place/ticket".to_owned();
        let order = "/in/en/order/token".to_owned();
        let returned = DepositStage::Returned { at: at(9, 10) };
        vec![
            ("open", page(DepositStage::Open, false, None)),
            ("declined", page(DepositStage::Declined, false, None)),
            ("changed", page(DepositStage::Open, false, Some("deposit-notice-changed"))),
            ("waiting", page(DepositStage::Waiting, false, None)),
            ("action", page(DepositStage::Action { path }, false, None)),
            ("held", page(DepositStage::Held { place }, true, Some("deposit-notice-paying"))),
            ("applied", page(DepositStage::Applied { order }, true, None)),
            ("lapsed", page(DepositStage::Lapsed, false, None)),
            ("returned", page(returned.clone(), true, Some("deposit-notice-over"))),
            ("gone", page(returned, true, Some("deposit-notice-gone"))),
            ("closed", page(DepositStage::Closed, false, None)),
            ("no-way", Self { is_offered: false, ..page(DepositStage::Open, false, None) }),
        ]
    }
}

impl PassOnPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let form = PassOnForm {
            code: "06DY-K2M1-V5RJ-Z0Q3".to_owned(),
            from: "ada@example.com".to_owned(),
            from_phone: String::new(),
            to: "bob@example.com".to_owned(),
        };
        let page = |problems: &[PassOnProblem], is_done| Self {
            shell: lone(language, "IN", "sale/sale_1/code"),
            sale: "sale_1".to_owned(),
            name: "Redmi 2".to_owned(),
            form: form.clone(),
            problems: problems.to_vec(),
            is_done,
        };
        use PassOnProblem as P;
        let mistakes = [P::From(FieldProblem::Malformed), P::Phone, P::To(FieldProblem::Missing)];
        let mut all = vec![
            ("empty", Self { form: PassOnForm::default(), ..page(&[], false) }),
            ("mistakes", page(&mistakes, false)),
            ("done", page(&[], true)),
        ];
        let refused = [
            ("unknown", P::CodeUnknown),
            ("used", P::CodeUsed),
            ("before", P::PassedOnBefore),
            ("not-yours", P::NotYours),
            ("same", P::SamePerson),
            ("closed", P::Closed),
        ];
        all.extend(refused.map(|(name, problem)| (name, page(&[problem], false))));
        all
    }
}

impl ReportPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let channel = |way, quota, sold| ChannelLine {
            country: super::country("IN"),
            way,
            quota,
            sold,
            entries: quota * 21,
            claimed: sold,
            expired: 31,
            released: 12,
            limited: 4,
            refused: 1,
            from_list: 9,
            limits: vec![
                LimitMet { at: MetAt::Entry, limit: Limit::Excluded, times: 3 },
                LimitMet { at: MetAt::Claim, limit: Limit::Person, times: 2_104 },
            ],
            deposits: None,
        };
        let page = |curve: Curve, channels| Self {
            shell: shell(language, "IN", "sale/sale_1/report"),
            sale: "sale_1".to_owned(),
            name: "Redmi 1S".to_owned(),
            live_at: at(9, 30),
            settled_at: at(11, 50),
            channels,
            curve,
            per_person: 1,
            commitment: HASH.to_owned(),
            secret: HASH.to_owned(),
            beacon: Some(("drand/quicknet 12345678".to_owned(), HASH.to_owned())),
            holds: true,
        };
        let points = (1..=42_u64).map(|step| (step * 100, step * 40_000 / 42)).collect();
        let deposits = kontor_domain::sale::DepositTotals {
            amount: money("500", "INR"),
            taken: 2_520,
            credited: 119,
            refunded: 2_401,
            kept: 0,
        };
        let sold = vec![
            channel(WayName::Rush, 30_000, 30_000),
            channel(WayName::Draw, 10_000, 9_988),
            ChannelLine { deposits: Some(deposits), ..channel(WayName::Batch, 120, 119) },
        ];
        let nothing =
            Self { holds: false, ..page(Curve::default(), vec![channel(WayName::Rush, 10, 0)]) };
        vec![("sold", page(Curve { points }, sold)), ("nothing", nothing)]
    }
}
