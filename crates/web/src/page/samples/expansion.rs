//! Samples: openings, withdrawals, dispatch, resellers, evidence and plans.

use kontor_base::Language;
use kontor_domain::reseller::ProfileForm;

use super::staff::shell as desk;
use super::{at, day, lone};
use crate::page::staff::{
    ActRow, AllotmentLine, AssortForm, BillRow, CandidateRow, CarriedLine, CarriedPage, CheckRow,
    Choice, Compared, ComparedRow, ContractForm, ContractRow, CostForm, CountedRow, DispatchPage,
    EstimateLine, GapRow, HeldResellerRow, HeldResellerTable, HeldRow, InputLine, Mark,
    MarketSells, MatrixCell, MatrixRule, NextCountryPage, OpenItem, OpeningForms, OpeningPage,
    OutsideLine, OutsideTable, ParcelRow, PastRow, Place, PlanLine, PlanPage, ResellerKeyRow,
    ResellerOrderRow, ResellerPage, ResellerRow, ResellersPage, SignalLine, SoldLine, SoldOnTable,
    SoldRow, StepForm, TakenPlan, TakenStep, Typed, WithdrawForm, WithdrawalRow, WithdrawalsPage,
};
use crate::page::{OwnContract, ResellerDeskPage, ResellerFrontPage};

fn us() -> kontor_domain::market::MarketCode {
    "us".parse().expect("a market")
}

fn open_item(code: &str) -> OpenItem {
    OpenItem {
        code: code.to_owned(),
        title: "Certification of the radio".to_owned(),
        mark: Mark::Missing,
        state: "Not there".to_owned(),
        who: "FCC; needs in the country: agent".to_owned(),
        weeks: "4–8".to_owned(),
        cost: if code == "US-HAC" { String::new() } else { "$1,200.00".to_owned() },
        ready: "not before 1 July 2015".to_owned(),
        is_rule: true,
    }
}

fn picture() -> (String, String) {
    let svg = |class| {
        format!(
            "<svg class=\"chart {class}\" viewBox=\"0 0 9 9\" role=\"img\" aria-label=\"x\"></svg>"
        )
    };
    (svg("chart-wide"), svg("chart-narrow"))
}

impl OpeningPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let cell = |mark| Some(MatrixCell { mark, date: Some(day(2015, 9, 1)) });
        let row = |sku: &str, open: Vec<OpenItem>, tone| GapRow {
            sku: sku.to_owned(),
            name: format!("{sku} <b>"),
            ready: "ready".to_owned(),
            tone,
            cells: vec![cell(Mark::Granted), None],
            open,
            acts: vec![ActRow {
                act: "sell".to_owned(),
                state: "not allowed".to_owned(),
                tone: "bad",
                missing: "US-HAC".to_owned(),
                who: "FCC <b>".to_owned(),
                until: "1 September 2015".to_owned(),
            }],
        };
        let full = Self {
            shell: desk(language, Place::Openings),
            market: us(),
            markets: vec![us(), "de".parse().expect("a market")],
            stage: "open".to_owned(),
            on: day(2015, 6, 1),
            choices: vec![Choice {
                sku: "BAND".to_owned(),
                name: "Band".to_owned(),
                chosen: true,
                other: false,
            }],
            refused: None,
            rules: ["US-FCC-CERT", "US-HAC"]
                .map(|code| MatrixRule {
                    code: code.to_owned(),
                    title: "A rule".to_owned(),
                    has_page: true,
                    anchor: format!("rule-{code}"),
                })
                .to_vec(),
            rows: vec![
                row("BAND", Vec::new(), "good"),
                row("PHONE", vec![open_item("US-FCC-CERT"), open_item("US-HAC")], "warn"),
            ],
            sellable: vec!["Band".to_owned()],
            market_ready: "ready".to_owned(),
            cost: "$1,200.00".to_owned(),
            cost_unknown: 1,
            checklist: vec![
                CheckRow { item: open_item("US-ENTITY"), hard: true },
                CheckRow {
                    item: OpenItem { weeks: String::new(), ..open_item("US-SUPPORT") },
                    hard: false,
                },
            ],
            path: vec![("US-ENTITY".to_owned(), "An importer".to_owned(), "ready".to_owned())],
            timeline: Some(picture()),
            compared: Some(Compared {
                on: day(2015, 8, 1),
                market: ("ready".to_owned(), "ready".to_owned()),
                rows: vec![ComparedRow {
                    name: "Phone".to_owned(),
                    here: "no date".to_owned(),
                    there: "ready".to_owned(),
                    solved: "US-HAC".to_owned(),
                    added: String::new(),
                }],
            }),
            next: vec![("paused", "paused".to_owned())],
            step_skus: vec![("BAND".to_owned(), "Band <b>".to_owned())],
            sells: MarketSells {
                own: vec![
                    SoldRow { sku: "BAND".to_owned(), name: "Band <b>".to_owned(), sold: true },
                    SoldRow { sku: "PHONE".to_owned(), name: "Phone".to_owned(), sold: false },
                ],
                rest: vec![("CASE".to_owned(), "Case <b>".to_owned())],
            },
            history: vec![TakenStep {
                at: at(9, 30),
                way: "preparing → open".to_owned(),
                by: "Ana Souza".to_owned(),
                reason: "the first day".to_owned(),
                plan: Some(TakenPlan {
                    on: day(2015, 6, 1),
                    facts_version: 12,
                    sellable: "Mi Band, Black".to_owned(),
                    waiting: "<b>Mi Note</b>".to_owned(),
                }),
            }],
            may_edit: true,
            sees_clearances: true,
            csv: vec!["/admin/us/opening.csv".to_owned()],
            asked: "on=2015-06-01&sku=BAND".to_owned(),
            typed: OpeningForms::default(),
            key: "k".to_owned(),
        };
        let refused = Self {
            refused: Some("the opening cannot lie before the day".to_owned()),
            rows: Vec::new(),
            rules: Vec::new(),
            compared: None,
            timeline: None,
            history: Vec::new(),
            step_skus: Vec::new(),
            sells: MarketSells::default(),
            may_edit: false,
            sees_clearances: false,
            ..full.clone()
        };
        let nothing = Self {
            sellable: Vec::new(),
            compared: Some(Compared {
                on: day(2015, 8, 1),
                market: ("ready".to_owned(), "ready".to_owned()),
                rows: Vec::new(),
            }),
            typed: OpeningForms {
                step: StepForm {
                    to: "paused".to_owned(),
                    reason: "a \"strike\" <b>".to_owned(),
                    everything: true,
                },
                cost: CostForm {
                    clearance: "US-HAC".to_owned(),
                    amount: "much <b>".to_owned(),
                    currency: "EUR".to_owned(),
                    source: "an offer".to_owned(),
                },
                assort: AssortForm {
                    change: "add".to_owned(),
                    skus: vec!["CASE".to_owned()],
                    reason: "asked for".to_owned(),
                },
            },
            ..full.clone()
        };
        vec![("full", full), ("refused", refused), ("nothing", nothing)]
    }
}

impl WithdrawalsPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let full = Self {
            next: Some("/admin/us/withdrawals?after=ord_1".to_owned()),
            shell: desk(language, Place::Withdrawals),
            market: us(),
            markets: vec![us(), "de".parse().expect("a market")],
            rows: vec![WithdrawalRow {
                tell: vec![(
                    "/admin/waiting/tell?market=us&model=band&news=delayed".to_owned(),
                    "Band".to_owned(),
                )],
                code: "WITHDRAWN-US-7K3Q9MX24TB7".to_owned(),
                scope: "model band".to_owned(),
                since: day(2015, 6, 1),
                reason: "a batch gets warm <b>".to_owned(),
                by: "withdrawn by Ana Souza".to_owned(),
            }],
            held: vec![HeldRow {
                number: "US15-7K3Q-9MX2-4TB7".to_owned(),
                placed_at: at(9, 30),
                lines: "1 × BAND-BLACK".to_owned(),
            }],
            held_for_resellers: Some(HeldResellerTable {
                rows: vec![HeldResellerRow {
                    id: "rso_06f8".to_owned(),
                    reseller: "Harbour <b>Electronics".to_owned(),
                    on: day(2015, 5, 30),
                    ship_to: "Netherlands".to_owned(),
                    lines: "50 × BAND-BLACK".to_owned(),
                }],
                next: Some("/admin/us/withdrawals?resellers_after=rso_06f8".to_owned()),
            }),
            products: vec![("BAND-BLACK".to_owned(), "Band, Black".to_owned())],
            form: WithdrawForm { sku: "BAND-BLACK".to_owned(), ..WithdrawForm::default() },
            may_withdraw: true,
            sees_orders: true,
            told: true,
            may_restore: true,
            key: "k".to_owned(),
        };
        let quiet = Self {
            rows: Vec::new(),
            held: Vec::new(),
            held_for_resellers: Some(HeldResellerTable { rows: Vec::new(), next: None }),
            may_withdraw: false,
            sees_orders: false,
            told: false,
            may_restore: false,
            ..full.clone()
        };
        // Where a page has looked through much that is free, and nothing is held so far.
        let next = full.held_for_resellers.as_ref().and_then(|held| held.next.clone());
        let so_far = HeldResellerTable { rows: Vec::new(), next };
        let so_far = Self { held_for_resellers: Some(so_far), ..full.clone() };
        vec![("full", full), ("quiet", quiet), ("so_far", so_far)]
    }
}

impl DispatchPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let parcel = |reseller: Option<&str>, number: &str| ParcelRow {
            number: number.to_owned(),
            placed: "1 June 2015".to_owned(),
            country: "USA".to_owned(),
            lines: vec![("BAND-BLACK".to_owned(), 2)],
            serials: "BAND-BLACK: ".to_owned(),
            reseller: reseller.map(str::to_owned),
        };
        let page = |rows| Self {
            shell: desk(language, Place::Dispatch),
            market: us(),
            markets: vec![us(), "de".parse().expect("a market")],
            held: 3,
            from: ["ord_x".to_owned(), String::new()],
            typed: Typed::new(
                "send-US15-7K3Q-9MX2-4TB7",
                &[("serials", "BAND-BLACK: \"4711\" <b>")],
            ),
            next: ["after=x", "resellers_after=y"]
                .map(|from| Some(format!("/admin/us/dispatch?{from}"))),
            rows,
            key: "k".to_owned(),
        };
        let two = vec![
            parcel(None, "US15-7K3Q-9MX2-4TB7"),
            parcel(Some("Harbour <b>"), "rso_06dyk2m1v5rjz0q3c8s4n7t9ab"),
        ];
        vec![("two", page(two)), ("none", page(Vec::new()))]
    }
}

fn reseller() -> ResellerRow {
    ResellerRow {
        id: "rsl_06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(),
        name: "Harbour <b>Electronics".to_owned(),
        country: "Netherlands".to_owned(),
        standing: "has a contract".to_owned(),
        tone: "good",
        applied_at: at(9, 30),
        contracts: vec!["NL-2015-3".to_owned()],
    }
}

fn allotment() -> Vec<AllotmentLine> {
    vec![AllotmentLine {
        contract: "NL-2015-3".to_owned(),
        sku: "BAND-BLACK".to_owned(),
        agreed: "1,000".to_owned(),
        available: "600".to_owned(),
        ordered: "400".to_owned(),
        shipped: "0".to_owned(),
    }]
}

fn order() -> ResellerOrderRow {
    ResellerOrderRow {
        id: "rso_06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(),
        on: day(2015, 6, 1),
        ship_to: "Netherlands".to_owned(),
        lines: "400 × BAND-BLACK".to_owned(),
        total: "€3,600.00".to_owned(),
        stage: "taken".to_owned(),
        waits: true,
        unbilled: false,
        bill: Some(BillRow {
            number: "NL-B-000001".to_owned(),
            state: "to be paid".to_owned(),
            tone: "warn",
            next: Some(true),
        }),
    }
}

impl ResellersPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |rows: Vec<ResellerRow>| Self {
            shell: desk(language, Place::Resellers),
            next: (!rows.is_empty()).then(|| "rsl_x".to_owned()),
            rows,
        };
        let further = Self { next: Some("rsl_x".to_owned()), ..page(Vec::new()) };
        vec![("one", page(vec![reseller()])), ("none", page(Vec::new())), ("further", further)]
    }
}

impl ResellerPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let full = Self {
            shell: desk(language, Place::Resellers),
            row: reseller(),
            email: "trade@harbour.example".to_owned(),
            plan: "bands in two shops".to_owned(),
            contracts: vec![ContractRow {
                code: "NL-2015-3".to_owned(),
                market: us(),
                term: (day(2015, 1, 1), day(2015, 12, 31)),
                territory: "Netherlands, Belgium".to_owned(),
                models: "band".to_owned(),
                minimum: 50,
                clauses: vec![("Territory".to_owned(), "2.1".to_owned())],
                prices: vec![("BAND-BLACK".to_owned(), "€9.00".to_owned())],
            }],
            allotment: allotment(),
            orders: vec![order()],
            before: "rso_z".to_owned(),
            typed: Typed::new("bill", &[("tax", "\"much\" <b>"), ("due_on", "2015-07-01")]),
            older: Some("rso_x".to_owned()),
            keys: Some(vec![
                ResellerKeyRow {
                    hash: "06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(),
                    label: "till".to_owned(),
                    made_at: at(9, 30),
                    ended_at: None,
                },
                ResellerKeyRow {
                    hash: "16dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(),
                    label: "old".to_owned(),
                    made_at: at(8, 30),
                    ended_at: Some(at(9, 0)),
                },
            ]),
            new_key: Some("rsk_06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned()),
            sold: sold_on(),
            outside: Some(OutsideTable {
                rows: vec![OutsideLine {
                    serial: "4711/A".to_owned(),
                    model: "band".to_owned(),
                    delivered_on: day(2015, 1, 10),
                    country: "Germany".to_owned(),
                    since: day(2015, 3, 1),
                    clause: "clause 2.1 (territory) of NL-2015-3".to_owned(),
                }],
                more: true,
            }),
            form: Some(ContractForm { code: "NL-2015-3".to_owned(), ..ContractForm::default() }),
            clause_names: ["term", "territory", "models", "price", "minimum", "allotment"]
                .map(|word| (word, word.to_owned()))
                .to_vec(),
            markets: vec![us()],
            may_manage: true,
            undecided: true,
            key: "k".to_owned(),
        };
        let bare = Self {
            contracts: Vec::new(),
            allotment: Vec::new(),
            orders: Vec::new(),
            before: String::new(),
            typed: Typed::default(),
            older: None,
            keys: None,
            new_key: None,
            sold: SoldOnTable::default(),
            outside: None,
            form: None,
            may_manage: false,
            ..full.clone()
        };
        let none = |more| Some(OutsideTable { rows: Vec::new(), more });
        let calm = Self { outside: none(false), undecided: false, ..full.clone() };
        let so_far = Self { outside: none(true), ..full.clone() };
        vec![("full", full), ("bare", bare), ("calm", calm), ("so_far", so_far)]
    }
}

impl ResellerFrontPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |errors, sent, key_bad| Self {
            shell: super::super::Shell { market: None, ..lone(language, "US", "") },
            form: ProfileForm::default(),
            errors,
            sent,
            key_bad,
            key: "k".to_owned(),
        };
        let wrong = ["name", "country", "email", "plan"].map(|f| (f, "Look again.".to_owned()));
        vec![
            ("empty", page(Vec::new(), false, false)),
            ("sent", page(Vec::new(), true, false)),
            ("errors", page(wrong.to_vec(), false, true)),
        ]
    }
}

fn sold_on() -> SoldOnTable {
    let line = |country: &str, units: &str, inside| SoldLine {
        month: "2015-05".to_owned(),
        model: "band".to_owned(),
        country: country.to_owned(),
        units: units.to_owned(),
        inside,
    };
    SoldOnTable {
        sums: ["40", "2"].map(str::to_owned),
        rows: vec![line("Netherlands", "40", true), line("Canada", "2", false)],
        more: true,
        csv: "/reseller/sell-outs.csv".to_owned(),
    }
}

impl ResellerDeskPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |contracts: Vec<OwnContract>, said| Self {
            shell: super::super::Shell { market: None, ..lone(language, "US", "") },
            name: "Harbour <b>Electronics".to_owned(),
            allotment: if contracts.is_empty() { Vec::new() } else { allotment() },
            orders: if contracts.is_empty() { Vec::new() } else { vec![order()] },
            older: (!contracts.is_empty()).then(|| "rso_x".to_owned()),
            sold: if contracts.is_empty() { SoldOnTable::default() } else { sold_on() },
            contracts,
            said,
            key: "k".to_owned(),
        };
        let contract = OwnContract {
            code: "NL-2015-3".to_owned(),
            term: (day(2015, 1, 1), day(2015, 12, 31)),
            territory: "Netherlands".to_owned(),
            minimum: 50,
            prices: vec![("BAND-BLACK".to_owned(), "Band".to_owned(), "€9.00".to_owned())],
            countries: vec![("NL".to_owned(), "Netherlands".to_owned())],
        };
        let clause = "clause 2.1 (territory) of NL-2015-3: CA is not in the territory".to_owned();
        vec![
            ("refused", page(vec![contract.clone()], Some(("bad", vec![clause])))),
            ("taken", page(vec![contract], Some(("good", vec!["It is taken.".to_owned()])))),
            ("none", page(Vec::new(), None)),
        ]
    }
}

impl CarriedPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let full = Self {
            shell: desk(language, Place::Carried),
            all: true,
            counted: true,
            sums: ["1,000", "600", "20", "80", "100"].map(str::to_owned),
            total: "200".to_owned(),
            withheld: "12".to_owned(),
            least: 50,
            map: picture().0,
            rows: vec![CarriedLine {
                from: "China".to_owned(),
                to: "India".to_owned(),
                model: "mi-3".to_owned(),
                month: "2015-02".to_owned(),
                units: "188".to_owned(),
            }],
            estimates: vec![
                EstimateLine {
                    country: "Brazil".to_owned(),
                    installs: "820,000".to_owned(),
                    others: Some("640,000".to_owned()),
                    sold: "0".to_owned(),
                    low: "180,000".to_owned(),
                    usual: "180,000".to_owned(),
                },
                EstimateLine {
                    country: "France".to_owned(),
                    installs: "9,100".to_owned(),
                    others: None,
                    sold: "0".to_owned(),
                    low: "9,100".to_owned(),
                    usual: "9,100".to_owned(),
                },
            ],
            survival: "100 %, 80 %".to_owned(),
        };
        let none = Self {
            all: false,
            counted: false,
            rows: Vec::new(),
            estimates: Vec::new(),
            ..full.clone()
        };
        vec![("full", full), ("none", none)]
    }
}

impl NextCountryPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let full = Self {
            shell: desk(language, Place::NextCountry),
            all: true,
            example: true,
            refused: None,
            unsolved: vec![("USA".to_owned(), 3, 1, "/admin/us/opening".to_owned())],
            headline: "Next: Germany (bands), not before 5 October 2015; tied with France."
                .to_owned(),
            map: picture().0,
            rows: vec![CandidateRow {
                id: "c-DE-band".to_owned(),
                country: "Germany".to_owned(),
                class: "bands".to_owned(),
                rank: "rank 1 to 2".to_owned(),
                tied: "France".to_owned(),
                break_even: "6,000–9,000".to_owned(),
                gate: "not before 7 September 2015".to_owned(),
                plan: Some((
                    "DE-WEEE (registration for waste)".to_owned(),
                    Some("/admin/de/opening".to_owned()),
                )),
                sway: "the net price".to_owned(),
                sentence: "DE (band): break-even 7,100 a year.".to_owned(),
                signals: vec![SignalLine {
                    name: "resellers’ orders".to_owned(),
                    count: "9,800".to_owned(),
                    own: false,
                    here: Some(("1,200".to_owned(), day(2015, 5, 31))),
                    as_of: day(2015, 5, 20),
                    stale: true,
                    source: "shipping labels".to_owned(),
                    units: "7,500–8,200".to_owned(),
                    verdict: "clears it".to_owned(),
                }],
                inputs: vec![
                    InputLine {
                        name: "Net price of a unit".to_owned(),
                        value: "$13.50 to $14.50, most likely $14.00".to_owned(),
                        as_of: Some(day(2015, 1, 19)),
                        stale: true,
                        source: "shelf price".to_owned(),
                    },
                    InputLine {
                        name: "Delay, days".to_owned(),
                        value: "0 to 120".to_owned(),
                        as_of: None,
                        stale: false,
                        source: String::new(),
                    },
                ],
            }],
            settings: "10,000 draws.".to_owned(),
            counted: vec![CountedRow {
                country: "Germany".to_owned(),
                class: "bands".to_owned(),
                signal: "resellers’ orders".to_owned(),
                count: "1,200".to_owned(),
                as_of: day(2015, 5, 31),
                how: "units that resellers ordered to there in twelve months".to_owned(),
            }],
            past: vec![PastRow {
                country: "India".to_owned(),
                class: "phone".to_owned(),
                signal: "waiting list".to_owned(),
                opened_on: day(2014, 7, 22),
                forecast: "10,000–20,000".to_owned(),
                outcome: "95,000".to_owned(),
                hit: "more came".to_owned(),
                tone: "warn",
                lesson: "95,000 of 350,000 bought".to_owned(),
                sold_out: true,
            }],
            hit_rate: "0 of 1 came true.".to_owned(),
            may_edit: true,
            typed: "country,class <b>".to_owned(),
            key: "k".to_owned(),
        };
        let none = Self {
            all: false,
            example: false,
            refused: Some("line 3".to_owned()),
            unsolved: Vec::new(),
            may_edit: false,
            rows: Vec::new(),
            past: Vec::new(),
            ..full.clone()
        };
        vec![("full", full), ("none", none)]
    }
}

impl PlanPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let full = Self {
            shell: desk(language, Place::Plans),
            kind: "landed",
            kinds: vec![("landed", "Landed cost".to_owned()), ("local", "Local".to_owned())],
            refused: None,
            answer: "A unit costs ₹5,062.50.".to_owned(),
            notes: vec!["A note.".to_owned()],
            formula: "line = base × rate".to_owned(),
            reference: "Customs practice.".to_owned(),
            picture: Some(picture()),
            lines: vec![PlanLine {
                label: "Duty <b>".to_owned(),
                how: "12.5 % × ₹4,500.00".to_owned(),
                amount: "₹562.50".to_owned(),
                as_of: "1 March 2015".to_owned(),
                source: "the ministry".to_owned(),
            }],
            text: "currency = \"INR\" # </textarea>".to_owned(),
            saved: Some(("Ana Souza".to_owned(), at(9, 30))),
            may_edit: true,
            key: "k".to_owned(),
        };
        let refused = Self {
            refused: Some("line 3".to_owned()),
            saved: None,
            may_edit: false,
            ..full.clone()
        };
        vec![("full", full), ("refused", refused)]
    }
}
