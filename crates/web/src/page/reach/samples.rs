//! Samples of the pages of figures, in every state worth looking at.

use std::sync::Arc;

use kontor_base::Language;
use kontor_domain::install::Standing;
use kontor_domain::reach::Growth;

use super::{
    Claim, CountStory, CounterPage, DefinitionsPage, EchoView, Fact, LiveView, ModelRow, PlaceRow,
    PlacesStory, ReachPage, RecordPage, StandingRow, SubjectGroup, TargetStory, UnitsStory,
    WorldRow, WorldStory,
};
use crate::kit::chart::map::{Fill, WorldMap};
use crate::kit::chart::{bars, fan, grid, limits, trend};
use crate::page::{Alternate, Said, Shell, Site};

fn shell(language: Language, below: &str) -> Shell {
    let path = |language: Language| format!("/reach/{}{below}", language.tag());
    Shell {
        site: Arc::new(Site {
            shop_name: "Kontor".to_owned(),
            operator: "Kontor Demo Trading Co.".to_owned(),
            origin: "https://shop.example".to_owned(),
            reenactment: true,
        }),
        language,
        market: None,
        path: path(language),
        alternates: Language::PAGES
            .map(|l| Alternate { language: l, country: None, path: path(l) })
            .to_vec(),
    }
}

fn en(text: &str) -> Said {
    Said::new(text, Language::En)
}

fn claim(value: &str, title: &str, source_url: Option<&str>) -> Claim {
    Claim {
        path: "/reach/en/figure/units-2014".to_owned(),
        title: en(title),
        value: en(value),
        period: "2014".to_owned(),
        definition: en("Phones sold, as the company states it & nobody else."),
        said_by: "Lei Jun".to_owned(),
        said_on: Some("23 Jan 2015".to_owned()),
        source: "People’s Daily <Online>".to_owned(),
        source_url: source_url.map(str::to_owned),
        confidence: "Secondary source".to_owned(),
        unsure: source_url.is_none(),
    }
}

fn live() -> LiveView {
    LiveView {
        active: "101,482,977".to_owned(),
        days: 30,
        activations: "163,021,114".to_owned(),
        at: "read on 28 Nov 2026, 18:00 UTC".to_owned(),
        simulated: true,
    }
}

fn count() -> CountStory {
    let standing = |standing, count: &str, share: &str| StandingRow {
        standing,
        count: count.to_owned(),
        share: share.to_owned(),
    };
    let model = |model: &str, seen: Option<&str>, exceeded| ModelRow {
        model: model.to_owned(),
        seen: seen.map(str::to_owned),
        made: "620,000".to_owned(),
        until: "Oct 5, 2014".to_owned(),
        exceeded,
    };
    CountStory {
        since: Some("September 1, 2014".to_owned()),
        credentialed: Some(("71,204,118".to_owned(), "70%".to_owned())),
        trend: Some(trend::Trend {
            first: "Sep 1, 2014".to_owned(),
            last: "Nov 29, 2014".to_owned(),
            days: 89,
            lines: vec![trend::Line {
                label: "in 30 days".to_owned(),
                words: "101,482,977".to_owned(),
                main: true,
                points: vec![(0, 60_000_000), (89, 101_482_977)],
            }],
        }),
        limits: vec![limits::Row {
            label: "cancro".to_owned(),
            count: Some(700_000),
            limit: 620_000,
            words: "700,000 of 620,000".to_owned(),
        }],
        exceeded: 1,
        unknown_models: "1,204".to_owned(),
        standings: vec![
            standing(Standing::Credentialed, "71,204,118", "70%"),
            standing(Standing::Anonymous, "30,278,859", "30%"),
        ],
        models: vec![model("cancro", Some("700,000"), true), model("aries", None, false)],
    }
}

fn world(counted: bool) -> WorldStory {
    let country = |code: &str| code.parse().expect("a country");
    let fill = |class, words: &str| Fill {
        class,
        words: words.to_owned(),
        href: Some("/us/en/".to_owned()),
    };
    let counts = vec![
        (country("CN"), 60_000_000, "China: 60,000,000".to_owned()),
        (country("IN"), 9_000_000, "India: 9,000,000".to_owned()),
    ];
    WorldStory {
        map: WorldMap {
            fills: vec![
                (country("US"), fill("m-open", "accessories")),
                (country("SG"), fill("m-open", "open")),
                (country("DE"), fill("m-coming", "in preparation")),
                (country("BR"), fill("m-closed", "closed")),
            ],
            counts: if counted { counts } else { Vec::new() },
        },
        rows: vec![WorldRow {
            country: "China".to_owned(),
            stage: "open".to_owned(),
            path: Some("/cn/en/".to_owned()),
            devices: "60,000,000".to_owned(),
        }],
        open: 8,
        largest: counted.then(|| "China: 60,000,000".to_owned()),
        withheld: counted.then(|| "1,204".to_owned()),
    }
}

fn target() -> TargetStory {
    let ray = |label: &str, value, end| fan::Ray { label: label.to_owned(), value, end };
    TargetStory {
        period: "2015".to_owned(),
        wanted: "100 million".to_owned(),
        happened: Some("more than 70 million".to_owned()),
        growth: Some(Growth(43)),
        second_half: Some(("65.3 million".to_owned(), Growth(88))),
        spread: Some(("66.4".to_owned(), "199.8 million".to_owned())),
        methods: 13,
        run_rate: Some(("70.0 million".to_owned(), "30.0 million".to_owned())),
        sources: "People’s Daily <Online>, Qz".to_owned(),
        fan: fan::Fan {
            past: vec![fan::Past {
                label: "2014".to_owned(),
                value: 61.12,
                words: "61.12".to_owned(),
            }],
            ahead: "2015".to_owned(),
            rays: vec![
                ray("Run rate 70.0", 70.0, fan::End::Method),
                ray("Target 100", 100.0, fan::End::Target),
                ray("Xiaomi: > 70", 70.0, fan::End::Outcome),
            ],
        },
        targets: vec![claim("100 million", "Target for 2015", Some("https://example.org/a"))],
        forecasts: vec![claim("98.0 million", "Drift", Some("/reach/en/definitions#drift"))],
        outcomes: vec![claim("more than 70 million", "Phones sold", Some("https://example.org/b"))],
    }
}

fn places() -> PlacesStory {
    PlacesStory {
        places: "3 or 5".to_owned(),
        providers: 2,
        sources: "CRN, The Next Web".to_owned(),
        grid: grid::Grid {
            periods: vec!["Q3 2014".to_owned(), "Q4 2014".to_owned()],
            places: vec!["3".to_owned(), "4".to_owned(), "5".to_owned()],
            marks: vec![
                grid::Mark { name: "IDC".to_owned(), period: 0, places: [0, 0] },
                grid::Mark { name: "Gartner".to_owned(), period: 0, places: [2, 0] },
                grid::Mark { name: "IDC".to_owned(), period: 1, places: [2, 2] },
            ],
            joined: Some("IDC".to_owned()),
        },
        rows: vec![PlaceRow {
            path: "/reach/en/rank/rank-2014-q3-idc".to_owned(),
            period: "Q3 2014".to_owned(),
            provider: "IDC".to_owned(),
            measure: en("shipments"),
            place: "No. 3".to_owned(),
            units: "17.3".to_owned(),
            share: "5.3%".to_owned(),
            source: "thenextweb.com".to_owned(),
            source_url: Some("https://thenextweb.com/".to_owned()),
        }],
    }
}

fn units() -> UnitsStory {
    let bar = |label: &str, value, words: &str, look, open| bars::Bar {
        label: label.to_owned(),
        value,
        words: words.to_owned(),
        look,
        open,
    };
    UnitsStory {
        groups: vec![bars::Group {
            label: "2015".to_owned(),
            bars: vec![
                bar("Xiaomi", 70.0, "more than 70", bars::Look::Main, true),
                bar("IDC", 70.8, "70.8", bars::Look::Other, false),
                bar("Prospectus", 66.5, "66.5", bars::Look::Unsure, false),
            ],
        }],
        sources: "TechCrunch".to_owned(),
        apart: Some(("3.42 million".to_owned(), "2014".to_owned())),
        claims: vec![claim("66.5 million", "Phones sold in 2015", None)],
    }
}

impl ReachPage {
    /// Samples.
    pub(crate) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let empty = Self {
            shell: shell(language, ""),
            edition: "28 November 2026".to_owned(),
            records: 0,
            live: None,
            count: None,
            claims: Vec::new(),
            echo: None,
            places: None,
            units: None,
            target: None,
            world: world(false),
            groups: Vec::new(),
        };
        let users = || claim("100 million", "Users", Some("https://example.org/users"));
        let full = Self {
            records: 89,
            live: Some(live()),
            count: Some(count()),
            claims: vec![users(), claim("85 million", "Users", None)],
            echo: Some(EchoView {
                value: "100 million".to_owned(),
                first: users(),
                second: users(),
            }),
            places: Some(places()),
            units: Some(units()),
            target: Some(target()),
            world: world(true),
            groups: vec![SubjectGroup { name: "Users".to_owned(), claims: vec![users()] }],
            ..empty.clone()
        };
        let running = TargetStory {
            happened: None,
            second_half: None,
            spread: None,
            run_rate: None,
            ..target()
        };
        let young = CountStory {
            since: None,
            credentialed: None,
            trend: None,
            limits: Vec::new(),
            exceeded: 0,
            standings: Vec::new(),
            models: Vec::new(),
            ..count()
        };
        let running = Self { count: Some(young), target: Some(running), ..full.clone() };
        vec![("empty", empty), ("full", full), ("running", running)]
    }
}

impl RecordPage {
    /// Samples.
    pub(crate) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let plain = Self {
            shell: shell(language, "/figure/units-2014"),
            kicker: "A claim".to_owned(),
            title: en("Phones sold in 2014"),
            value: en("61.12 million"),
            definition: en("Phones sold, as the company states it."),
            facts: vec![
                Fact { name: "Who says it".to_owned(), value: en("Lei Jun"), href: None },
                Fact {
                    name: "Source".to_owned(),
                    value: en("People’s Daily"),
                    href: Some("https://example.org/".to_owned()),
                },
            ],
            note: None,
            corrected_by: None,
            corrects: None,
            beside: Vec::new(),
            picture: "/reach/en/figure/units-2014/picture.png".to_owned(),
            json: "/api/v1/reach/figure/units-2014".to_owned(),
        };
        let other =
            || Some(("/reach/en/figure/units-2014-2".to_owned(), "61.1 million".to_owned()));
        let corrected = Self {
            note: Some(en("Up 227 %.")),
            corrected_by: other(),
            corrects: other(),
            beside: vec![claim("57.7 million", "Phones shipped", Some("https://example.org/idc"))],
            ..plain.clone()
        };
        vec![("plain", plain), ("corrected", corrected)]
    }
}

impl DefinitionsPage {
    /// Samples.
    pub(crate) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        vec![("all", Self { shell: shell(language, "/definitions"), least: 50 })]
    }
}

impl CounterPage {
    /// Samples.
    pub(crate) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let shell = shell(language, "/counter");
        vec![
            ("counted", Self { shell: shell.clone(), live: Some(live()) }),
            ("none", Self { shell, live: None }),
        ]
    }
}
