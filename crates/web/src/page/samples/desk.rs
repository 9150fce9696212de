//! Samples: the staff area's orders, customers, jobs, figures and finds.

use kontor_base::Language;
use kontor_base::id::OrderId;
use kontor_domain::order::OrderState;

use super::staff::shell;
use super::{at, day, usd};
use crate::kit::chart::bars::{Bar, Group, Look};
use crate::kit::chart::{Size, bars, calendar, columns};
use crate::kit::text::Text;
use crate::page::ProblemKind;
use crate::page::staff::{
    CoverRow, CustomerPage, DeskLine, DeskProblemPage, Drawn, EndingRow, FiguresPage, FindPage,
    FoundKind, Happened, JobRow, JobsPage, LetterRow, LetterShown, Letters, MayDo, MissingRight,
    OrderDeskPage, OrderRow, OrderRows, OrdersPage, OutboxPage, Place, StaffShell, StuckRow,
    TellPage, Typed, WaitingListsPage, WaitingRow,
};

pub(super) fn order_rows(language: Language, labelled: &'static str, many: bool) -> OrderRows {
    let row = |state| OrderRow {
        id: OrderId::from_bytes([7; 16]),
        number: "US15-2222-2222-223Y".to_owned(),
        at: at(9, 30),
        market: "us".parse().expect("a market"),
        name: "Ada <Lovelace>".to_owned(),
        goods: "2 × BAND-BLACK".to_owned(),
        total: usd("34.12"),
        state,
    };
    let rows = if many { OrderState::ALL.map(row).to_vec() } else { Vec::new() };
    OrderRows { t: Text::new(language, None), labelled, rows }
}

impl DeskProblemPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |kind| Self {
            shell: StaffShell { place: None, ..shell(language, Place::Today) },
            kind,
            missing: None,
            back: Some("/admin/orders?state=held&<b>".to_owned()),
            request_id: Some("01J9ZK3T7Q".to_owned()),
        };
        let right = MissingRight { permission: "staff.manage", roles: vec!["owner"] };
        let door =
            StaffShell { person: None, places: Vec::new(), ..page(ProblemKind::Fault).shell };
        vec![
            ("not-found", Self { back: None, ..page(ProblemKind::NotFound) }),
            ("right", Self { missing: Some(right), ..page(ProblemKind::Forbidden) }),
            ("forbidden", page(ProblemKind::Forbidden)),
            ("conflict", page(ProblemKind::Conflict)),
            ("bad-request", page(ProblemKind::BadRequest)),
            ("fault", page(ProblemKind::Fault)),
            ("busy", page(ProblemKind::Maintenance { retry_s: Some(1) })),
            (
                "door",
                Self { shell: door, back: None, ..page(ProblemKind::TooMany { retry_s: 60 }) },
            ),
        ]
    }
}

impl OrdersPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let us = "us".parse().expect("a market");
        let page = |many: bool| Self {
            shell: shell(language, Place::Orders),
            markets: vec![us, "in".parse().expect("a market")],
            market: (!many).then_some(us),
            state: (!many).then_some(OrderState::OnHold),
            day: if many { String::new() } else { "2015-06-01".to_owned() },
            rows: order_rows(language, "orders-title", many),
            next: many.then(|| "/admin/orders?after=x".to_owned()),
        };
        vec![("many", page(true)), ("none", page(false))]
    }
}

fn letters() -> Letters {
    let row = |tone, by: &str, error: &str| LetterRow {
        name: "Confirmation of the order".to_owned(),
        queued_at: at(9, 30),
        done_at: (tone != "warn").then(|| at(9, 31)),
        state: "sent".to_owned(),
        tone,
        error: error.to_owned(),
        by: by.to_owned(),
    };
    Letters {
        rows: vec![
            row("warn", "", ""),
            row("bad", "Mia", "the mail server answered 550"),
            row("good", "", ""),
        ],
        again: vec![("order.placed", "Confirmation of the order".to_owned())],
    }
}

impl OrderDeskPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let line = |now_tone| DeskLine {
            sku: "BAND-BLACK".to_owned(),
            title: "Band, black".to_owned(),
            quantity: 2,
            unit: usd("14.99"),
            gross: usd("32.15"),
            then: "allowed".to_owned(),
            then_tone: "good",
            facts_version: 12,
            judged_at: at(9, 30),
            obligations: vec!["A notice".to_owned()],
            now: "not allowed".to_owned(),
            now_tone,
            facts: Some("/admin/us/clearances/BAND-BLACK".to_owned()),
            serials: vec!["BB-15-0001".to_owned(), "BB-15-0002".to_owned()],
        };
        let page = |all: bool| Self {
            shell: shell(language, Place::Orders),
            row: order_rows(language, "x", true).rows.swap_remove(1),
            email: "ada@shop.example".to_owned(),
            phone: if all { "+14155550123".to_owned() } else { String::new() },
            customer: all.then(|| "/admin/customers/cus_x".to_owned()),
            postal: vec!["Ada Lovelace".to_owned(), "1 Market Street".to_owned()],
            language: "en".to_owned(),
            lines: vec![line("bad")],
            shipping: usd("4.00"),
            tax: usd("2.17"),
            paid_by: "test test_pay_x".to_owned(),
            payment: "captured".to_owned(),
            captured: usd("34.12"),
            refunded: usd("1.00"),
            deposit: all.then(|| (at(8, 0), usd("20.00"), usd("5.00"))),
            refunds: if all {
                vec![
                    (at(10, 0), usd("1.00"), "a scratch".to_owned(), true),
                    (at(10, 1), usd("1.00"), String::new(), false),
                ]
            } else {
                Vec::new()
            },
            books: vec![(
                at(9, 30),
                "revenue/us".to_owned(),
                "receivable/ord_x".to_owned(),
                usd("29.98"),
                "sold".to_owned(),
            )],
            timeline: vec![Happened {
                at: at(9, 30),
                what: "Placed".to_owned(),
                who: if all { "Mia".to_owned() } else { String::new() },
            }],
            older: all.then(|| "06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned()),
            in_part: all,
            letters: if all { letters() } else { Letters::default() },
            notes: if all {
                vec![(at(9, 40), "Mia".to_owned(), "<b>rang up</b>".to_owned())]
            } else {
                Vec::new()
            },
            out: if all {
                vec![("BAND-BLACK".to_owned(), "Band, Black".to_owned(), 2)]
            } else {
                Vec::new()
            },
            may: if all {
                MayDo { note: true, cancel: true, refund: true, take_back: true }
            } else {
                MayDo::default()
            },
            key: "k".to_owned(),
            typed: if all {
                Typed::new("refund", &[("amount", "a \"lot\""), ("reason", "<b>")])
            } else {
                Typed::default()
            },
        };
        vec![("all", page(true)), ("reader", page(false))]
    }
}

impl FindPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |find: &str, many: bool| {
            let mut shell = shell(language, Place::Today);
            shell.place = None;
            shell.find = find.to_owned();
            let kind = FoundKind {
                id: "found-products",
                name: "Products".to_owned(),
                count: "1".to_owned(),
                links: vec![(
                    "/admin/us/clearances/BAND-BLACK".to_owned(),
                    "Band <i>".to_owned(),
                    "BAND-BLACK".to_owned(),
                )],
                more: "There are more <i>.".to_owned(),
                next: Some("/admin/find?q=BAND&after=x".to_owned()),
            };
            Self {
                shell,
                orders: order_rows(language, "found-orders", many),
                order_count: "30+".to_owned(),
                more: many,
                searchable: vec![("Orders".to_owned(), "number <i>".to_owned())],
                kinds: if many { vec![kind] } else { Vec::new() },
            }
        };
        vec![("some", page("0123", true)), ("none", page("<x>", false)), ("empty", page("", false))]
    }
}

impl CustomerPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let us = "us".parse().expect("a market");
        let page = |all: bool| Self {
            older: all.then(|| "/admin/customers/cus_1?before=ord_1".to_owned()),
            shell: shell(language, Place::Orders),
            id: "cus_x".to_owned(),
            name: "Ada Lovelace".to_owned(),
            addresses: vec![("ada@shop.example".to_owned(), at(9, 0))],
            orders: order_rows(language, "orders-title", all),
            waiting: vec![
                (us, "Mi Note".to_owned(), at(8, 0), Some(at(8, 30))),
                (us, "Redmi 2".to_owned(), at(8, 1), None),
            ],
            deposits: if all {
                let state = kontor_domain::sale::DepositState::ALL;
                state.map(|s| ("sale_x".to_owned(), us, usd("5.00"), s, at(8, 0))).to_vec()
            } else {
                Vec::new()
            },
            entries: if all {
                vec![("sale_x".to_owned(), us, "rush".to_owned(), at(8, 0))]
            } else {
                Vec::new()
            },
            may_export: all,
            may_merge: all,
            may_erase: all,
            typed: Typed::new("merge", &[("other", "\"somebody\" <b>")]),
            key: "k".to_owned(),
        };
        vec![("all", page(true)), ("reader", page(false))]
    }
}

impl WaitingListsPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let us = "us".parse().expect("a market");
        let row = WaitingRow {
            model: "mi-note".to_owned(),
            name: "Mi Note".to_owned(),
            people: 12_345,
            unconfirmed: 67,
            tell: Some("/admin/waiting/tell?market=us&model=mi-note&news=over".to_owned()),
        };
        let page = |rows: Vec<WaitingRow>| Self {
            shell: shell(language, Place::Waiting),
            markets: vec![us, "de".parse().expect("a market")],
            market: us,
            rows,
        };
        vec![("some", page(vec![row])), ("none", page(Vec::new()))]
    }
}

impl TellPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let letter = |language: Language, people| LetterShown {
            language,
            people,
            subject: "Mi Note can be bought now".to_owned(),
            text: "Mi Note can be bought now\n\nYou asked to be told. <b>\n".to_owned(),
        };
        let page = |letters: Vec<LetterShown>, news, refused: Option<&str>| Self {
            shell: shell(language, Place::Waiting),
            market: "us".parse().expect("a market"),
            model: "mi-note".to_owned(),
            name: "Mi Note".to_owned(),
            news,
            people: letters.iter().map(|letter| letter.people).sum(),
            letters,
            refused: refused.map(str::to_owned),
            reason: String::new(),
            key: "k".to_owned(),
        };
        let both = vec![letter(Language::De, 1), letter(Language::En, 12_345)];
        vec![
            ("over", page(both.clone(), "over", None)),
            ("delayed", page(both, "delayed", None)),
            ("nobody", page(Vec::new(), "over", None)),
            ("refused", page(Vec::new(), "over", Some("The letter would not be true."))),
        ]
    }
}

impl JobsPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let row = JobRow {
            id: "job_x".to_owned(),
            kind: "payment.capture".to_owned(),
            due_at: at(9, 0),
            attempts: 12,
            error: "payment.capture_failed <b>".to_owned(),
        };
        let page = |rows: Vec<JobRow>, given_up| Self {
            shell: shell(language, Place::Jobs),
            given_up,
            counts: (3, 1),
            counted_max: 3,
            next: (!rows.is_empty()).then(|| "/admin/jobs?after=x".to_owned()),
            rows,
            may_run: true,
        };
        vec![
            ("given-up", page(vec![row.clone()], true)),
            ("waiting", page(vec![row], false)),
            ("none", page(Vec::new(), true)),
        ]
    }
}

impl OutboxPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let row = StuckRow {
            id: "ltr_x".to_owned(),
            name: "order.placed".to_owned(),
            market: "us".to_owned(),
            order: Some("US26-7K3Q-9MX2-4TB7".to_owned()),
            queued_at: at(8, 0),
            due_at: at(9, 0),
            attempts: 12,
            error: "550 …@… rejected <b>".to_owned(),
        };
        let page = |rows: Vec<StuckRow>, given_up| Self {
            shell: shell(language, Place::Jobs),
            given_up,
            late_minutes: 15,
            next: (!rows.is_empty()).then(|| "/admin/letters?after=x".to_owned()),
            rows,
            may_run: given_up,
        };
        vec![
            ("given-up", page(vec![row.clone()], true)),
            ("late", page(vec![StuckRow { order: None, ..row }], false)),
            ("none", page(Vec::new(), true)),
        ]
    }
}

impl FiguresPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let t = Text::new(language, None);
        let us = "us".parse().expect("a market");
        let drawn = |draw: &dyn Fn(Size) -> String| Drawn {
            wide: draw(Size::Wide),
            narrow: draw(Size::Narrow),
        };
        let bar = Bar {
            label: "USA".to_owned(),
            value: 12.0,
            words: "12".to_owned(),
            look: Look::Main,
            open: false,
        };
        let group = [Group { label: String::new(), bars: vec![bar] }];
        let ending = EndingRow {
            path: "/admin/us/grants/US-HAC-7K3Q9MX2".to_owned(),
            on: day(2015, 9, 1),
            clearance: "US-FCC-CERT".to_owned(),
            grant: "US-1".to_owned(),
            scope: "band".to_owned(),
        };
        let cover = CoverRow {
            market: us,
            sku: "BAND-BLACK".to_owned(),
            available: 500,
            ordered: 30,
            days: Some(500),
        };
        let page = |all: bool| Self {
            shell: shell(language, Place::Figures),
            days: drawn(&|size| {
                columns::draw(size, &t, "orders", &[("1".to_owned(), 3), ("2".to_owned(), 0)])
            }),
            day_rows: vec![(day(2015, 6, 1), 3)],
            markets: drawn(&|size| bars::draw(size, "orders", &group)),
            market_rows: vec![(us, 12, vec![usd("409.44")])],
            funnel: drawn(&|size| bars::draw(size, "funnel", &group)),
            funnel_rows: vec![("Carts".to_owned(), 40, "100%".to_owned())],
            lasts: drawn(&|size| bars::draw(size, "lasts", &group)),
            cover: if all {
                vec![cover.clone(), CoverRow { days: None, ..cover.clone() }]
            } else {
                Vec::new()
            },
            calendar: drawn(&|size| {
                let ends = [("US-FCC-CERT".to_owned(), day(2015, 9, 1))];
                calendar::draw(size, &t, day(2015, 6, 1), &ends)
            }),
            ending: all.then(|| vec![ending.clone()]),
            sees_orders: all,
            sees_stock: true,
        };
        let quiet = Self { ending: Some(Vec::new()), ..page(false) };
        vec![("all", page(true)), ("stock", page(false)), ("quiet", quiet)]
    }
}
