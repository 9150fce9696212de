//! Samples: countries, shelves, products, carts.

use kontor_base::Language;

use super::{
    country, day, en, eur, fcc, lone, money, patents, price, reason, reduced, say, shell, site,
    usd, vat,
};
use crate::page::{
    Announced, Availability, Card, CartLine, CartNotice, CartPage, CountriesPage, Delivery, Domain,
    Duty, Expected, Fact, FactKind, FactValue, Fit, Gap, Identifier, Legal, LineState, Market,
    MarketEntry, Offer, ProductPage, Reason, ReasonState, Refusal, Region, RegionName, Said,
    ShelfPage, Shell, Ship, Stage, TaxNote, Variant,
};

fn refusal(reasons: Vec<Reason>, expected: Expected) -> Refusal {
    Refusal { reasons, expected }
}

fn phones(language: Language) -> Vec<Announced> {
    let both = || refusal(vec![patents(), fcc()], Expected::News(day(2016, 3, 1)));
    vec![
        Announced {
            model: "mi-note".to_owned(),
            name: "Mi Note".to_owned(),
            line: say(
                language,
                "5.7 inches of glass, front and back.",
                "5,7 Zoll Glas, vorn und hinten.",
            ),
            picture: "phone-large".to_owned(),
            refusal: both(),
        },
        Announced {
            model: "redmi-2".to_owned(),
            name: "Redmi 2".to_owned(),
            line: say(
                language,
                "A small phone with two SIM cards.",
                "Ein kleines Telefon mit zwei SIM-Karten.",
            ),
            picture: "phone-small".to_owned(),
            refusal: refusal(vec![fcc(), patents()], Expected::Unknown),
        },
        Announced {
            model: "router".to_owned(),
            name: "Mi Router Mini".to_owned(),
            line: say(language, "Wi-Fi for a whole flat.", "WLAN für die ganze Wohnung."),
            picture: "router".to_owned(),
            refusal: refusal(
                vec![reason(
                    Domain::Blocker,
                    ReasonState::Blocked,
                    "New consumer router models produced abroad cannot be authorised",
                    "US-COVERED-ROUTER",
                    "FCC PSHSB",
                )],
                Expected::Unknown,
            ),
        },
    ]
}

fn cards(language: Language) -> Vec<Card> {
    let card = |model: &str, name: &str, line: String, picture: &str, price, availability| Card {
        model: model.to_owned(),
        name: name.to_owned(),
        line,
        picture: picture.to_owned(),
        price,
        availability,
    };
    let tax = TaxNote::Excluded;
    vec![
        card(
            "mi-band",
            "Mi Band",
            say(
                language,
                "Counts steps and sleep for a month on one charge.",
                "Zählt Schritte und Schlaf, einen Monat mit einer Ladung.",
            ),
            "band",
            price(usd("14.99"), tax),
            Availability::InStock,
        ),
        card(
            "power-bank-5000",
            "Mi Power Bank 5000",
            say(
                language,
                "Slim as a phone, and charges one twice.",
                "So flach wie ein Telefon und lädt es zweimal.",
            ),
            "power-bank-5000",
            price(usd("9.99"), tax),
            Availability::InStock,
        ),
        card(
            "power-bank-10400",
            "Mi Power Bank 10400",
            say(
                language,
                "A block of aluminium for a long weekend.",
                "Ein Block Aluminium für ein langes Wochenende.",
            ),
            "power-bank-10400",
            reduced(usd("12.49"), usd("13.99"), tax),
            Availability::Few(7),
        ),
        card(
            "headphones",
            "Mi Headphones",
            say(
                language,
                "Over the ear, with changeable cushions.",
                "Ohrumschließend, mit wechselbaren Polstern.",
            ),
            "headphones",
            price(usd("79.99"), tax),
            Availability::SoldOut,
        ),
    ]
}

fn gaps() -> Vec<Gap> {
    let gap = |domain, rule: &str, authority: &str, products| Gap {
        domain,
        rule: en(rule),
        authority: authority.to_owned(),
        products,
    };
    vec![
        gap(
            Domain::Environment,
            "WEEE registration per brand and equipment type, before first sale",
            "stiftung ear",
            4,
        ),
        gap(
            Domain::Battery,
            "Batteries Regulation: CE and declaration of conformity, EPR",
            "stiftung ear",
            3,
        ),
        gap(
            Domain::Label,
            "German instructions, safety information, importer name and address on product",
            "ProdSG",
            4,
        ),
        gap(Domain::Radio, "CE under RED: safety and health, EMC, spectrum", "BNetzA", 1),
    ]
}

impl CountriesPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let entry = |code: &str, languages: &[Language], stage| MarketEntry {
            market: Market::of(country(code)),
            languages: languages.to_vec(),
            stage,
            note: None,
        };
        let (e, d) = (Language::En, Language::De);
        let mut china = entry("CN", &[Language::Zh, e], Stage::Open);
        china.note = Some(Said::new("家", Language::Zh));
        let mut brazil = entry("BR", &[e], Stage::Closed);
        brazil.note =
            Some(en("Closed to new phones in 2016 after tax and production rules changed."));
        let regions = vec![
            Region {
                name: RegionName::Asia,
                markets: ["HK", "TW", "SG", "MY", "PH", "IN", "ID"]
                    .into_iter()
                    .map(|code| entry(code, &[e], Stage::Open))
                    .chain([china])
                    .collect(),
            },
            Region {
                name: RegionName::Americas,
                markets: vec![entry("US", &[e, d], Stage::Accessories), brazil],
            },
            Region {
                name: RegionName::Europe,
                markets: vec![
                    entry("GB", &[e], Stage::OpensOn(day(2015, 6, 1))),
                    entry("FR", &[e], Stage::Paused),
                    entry("DE", &[d, e], Stage::Preparing),
                ],
            },
        ];
        let shell = Shell {
            site: site(),
            language,
            market: None,
            path: "/".to_owned(),
            alternates: Vec::new(),
        };
        vec![("all", Self { shell, regions })]
    }
}

impl ShelfPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |code, stage| Self {
            shell: shell(language, code, ""),
            stage,
            note: None,
            sales: Vec::new(),
            offers: Vec::new(),
            announced: Vec::new(),
            gaps: Vec::new(),
            can_sign_up: false,
            beta: None,
        };
        let us = Self {
            offers: cards(language),
            announced: phones(language),
            ..page("US", Stage::Accessories)
        };
        let de = Self {
            announced: phones(language),
            gaps: gaps(),
            can_sign_up: true,
            note: Some(en("A European accessory shop was announced in March 2015.")),
            ..page("DE", Stage::Preparing)
        };
        vec![
            ("us", us),
            ("de", de),
            (
                "opens",
                Self {
                    can_sign_up: true,
                    gaps: gaps(),
                    ..page("GB", Stage::OpensOn(day(2015, 6, 1)))
                },
            ),
            (
                "sale",
                Self {
                    sales: vec![super::sale::card(crate::page::SaleStage::Registration)],
                    offers: cards(language),
                    ..page("IN", Stage::Open)
                },
            ),
            (
                "beta",
                Self {
                    offers: cards(language),
                    can_sign_up: true,
                    beta: Some(2),
                    ..page("FR", Stage::Beta)
                },
            ),
            ("empty", page("SG", Stage::Open)),
            ("paused", page("IN", Stage::Paused)),
            ("closing", page("PH", Stage::Closing)),
            ("closed", Self { announced: phones(language), ..page("BR", Stage::Closed) }),
        ]
    }
}

impl ProductPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let band = band(language);
        let phone = phone(language);
        let preorder = Self {
            offer: Offer::Preorder {
                notice: en(
                    "This device has not been authorized as required by the rules of the Federal Communications Commission. This device is not, and may not be, offered for sale or lease, or sold or leased, until authorization is obtained.",
                ),
                expected: Some(day(2015, 9, 1)),
            },
            variants: vec![Variant {
                availability: Availability::Preorder,
                ..band.variants[0].clone()
            }],
            ..band.clone()
        };
        let choice = |sku: &str, option: &str, selected, availability| Variant {
            sku: sku.to_owned(),
            option: option.to_owned(),
            selected,
            price: Some(price(eur("24.99"), vat())),
            availability,
        };
        let variants = Self {
            shell: shell(language, "DE", "product/kopfhoerer"),
            name: say(language, "Headphone cushions", "Ohrpolsterwechselsatz für Kopfhörer"),
            picture: "headphones".to_owned(),
            variants: vec![
                choice(
                    "CUSHION-BLACK",
                    &say(language, "Black", "Schwarz"),
                    false,
                    Availability::SoldOut,
                ),
                choice("CUSHION-GOLD", "Gold", true, Availability::Few(1)),
                choice(
                    "CUSHION-WHITE",
                    &say(language, "White", "Weiß"),
                    false,
                    Availability::InStock,
                ),
            ],
            price: Some(reduced(eur("24.99"), eur("29.99"), vat())),
            tax: vat(),
            ..band.clone()
        };
        let india = Self {
            shell: shell(language, "IN", "product/redmi-note"),
            name: "Redmi Note".to_owned(),
            picture: "phone-mid".to_owned(),
            offer: Offer::Refused {
                refusal: refusal(
                    vec![Reason {
                        since: Some(day(2014, 12, 8)),
                        until: Some(day(2015, 2, 5)),
                        lead_weeks: None,
                        ..reason(
                            Domain::Order,
                            ReasonState::Blocked,
                            "Injunction on devices with MediaTek chipsets; devices with Qualcomm chipsets may be sold against a deposit of ₹100 each",
                            "FAO(OS) 522/2014",
                            "Delhi High Court",
                        )
                    }],
                    Expected::Unknown,
                ),
                can_sign_up: false,
            },
            legal: Legal::default(),
            ..phone.clone()
        };
        let sold_out = Self { offer: Offer::SoldOut, ..band.clone() };
        let beta = Self { quantity_max: 2, beta: Some(2), ..band.clone() };
        let rupees = Self {
            shell: shell(language, "IN", "product/mi-band"),
            price: Some(price(money("999", "INR"), TaxNote::None)),
            ..band.clone()
        };
        vec![
            ("band", band),
            ("phone", phone),
            ("preorder", preorder),
            ("variants", variants),
            ("india", india),
            ("sold-out", sold_out),
            ("rupees", rupees),
            ("beta", beta),
        ]
    }
}

fn band(language: Language) -> ProductPage {
    let fit = |name: &str, model: Option<&str>| Fit {
        name: name.to_owned(),
        model: model.map(str::to_owned),
    };
    let fact = |kind, value| Fact { kind, value };
    ProductPage {
        shell: shell(language, "US", "product/mi-band"),
        model: "mi-band".to_owned(),
        name: "Mi Band".to_owned(),
        brand: "Mi".to_owned(),
        line: say(
            language,
            "Counts steps and sleep for a month on one charge.",
            "Zählt Schritte und Schlaf, einen Monat mit einer Ladung.",
        ),
        body: say(
            language,
            "An aluminium capsule in a soft strap. It vibrates for calls, wakes you without waking anybody else, and unlocks your phone when it is near.",
            "Eine Kapsel aus Aluminium in einem weichen Armband. Sie vibriert bei Anrufen, weckt nur Sie und entsperrt das Telefon, wenn es in der Nähe ist.",
        ),
        picture: "band".to_owned(),
        variants: vec![Variant {
            sku: "BAND-BLACK".to_owned(),
            option: String::new(),
            selected: true,
            price: None,
            availability: Availability::InStock,
        }],
        price: Some(price(usd("14.99"), TaxNote::Excluded)),
        tax: TaxNote::Excluded,
        offer: Offer::Sale,
        in_the_box: vec![
            say(language, "Capsule", "Kapsel"),
            say(language, "Strap, black", "Armband, schwarz"),
            say(language, "USB charging cable", "USB-Ladekabel"),
            say(language, "Manual in English", "Anleitung auf Englisch"),
        ],
        fits: vec![
            fit("Mi Note", Some("mi-note")),
            fit("Redmi 2", Some("redmi-2")),
            fit("Android 4.4, Bluetooth 4.0", None),
        ],
        accessories: Vec::new(),
        delivery: Some(Delivery {
            ship: Ship::FromHome,
            from: country("CN"),
            days: Some((5, 9)),
            cost: Some(usd("5.00")),
            duty: Duty::Open,
            return_days: 30,
        }),
        facts: vec![
            fact(FactKind::Weight, FactValue::Grams(83)),
            fact(FactKind::Battery, FactValue::MilliwattHours(150)),
            fact(FactKind::Radio, FactValue::Text("Bluetooth LE".to_owned())),
            fact(FactKind::Chipset, FactValue::Text("DA14580".to_owned())),
            fact(FactKind::Origin, FactValue::Country(country("CN"))),
            fact(FactKind::Revision, FactValue::Text("r2".to_owned())),
            fact(FactKind::HsCode, FactValue::Text("8517.62".to_owned())),
            fact(FactKind::Announced, FactValue::Date(day(2014, 7, 22))),
            fact(FactKind::Sku, FactValue::Text("BAND-BLACK".to_owned())),
        ],
        legal: Legal {
            manufacturer: vec![
                "Example Devices Co., Ltd.".to_owned(),
                "1 Example Road, Beijing, China".to_owned(),
            ],
            importer: vec![
                "Example Imports LLC".to_owned(),
                "1 Example Street, Wilmington, DE 19801, USA".to_owned(),
            ],
            identifiers: vec![
                Identifier {
                    name: "FCC ID".to_owned(),
                    number: "2AEXA-BAND01".to_owned(),
                    issuer: "FCC OET via TCB".to_owned(),
                    expires: None,
                },
                Identifier {
                    name: "UN 38.3".to_owned(),
                    number: "UN383-2014-0731".to_owned(),
                    issuer: "Example Test Lab".to_owned(),
                    expires: Some(day(2016, 7, 31)),
                },
            ],
            notices: vec![en(
                "This device complies with part 15 of the FCC Rules. Operation is subject to the condition that this device does not cause harmful interference.",
            )],
        },
        quantity_max: 10,
        beta: None,
    }
}

fn phone(language: Language) -> ProductPage {
    ProductPage {
        shell: shell(language, "US", "product/mi-note"),
        model: "mi-note".to_owned(),
        name: "Mi Note".to_owned(),
        line: say(
            language,
            "5.7 inches of glass, front and back.",
            "5,7 Zoll Glas, vorn und hinten.",
        ),
        body: String::new(),
        picture: "phone-large".to_owned(),
        price: None,
        offer: Offer::Refused {
            refusal: refusal(vec![patents(), fcc()], Expected::News(day(2016, 3, 1))),
            can_sign_up: true,
        },
        fits: Vec::new(),
        accessories: vec![
            Fit { name: "Mi Band".to_owned(), model: Some("mi-band".to_owned()) },
            Fit {
                name: "Mi Power Bank 10400".to_owned(),
                model: Some("power-bank-10400".to_owned()),
            },
        ],
        delivery: None,
        legal: Legal {
            manufacturer: vec!["Example Devices Co., Ltd.".to_owned()],
            ..Legal::default()
        },
        ..band(language)
    }
}

impl CartPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let line =
            |sku: &str, name: &str, picture: &str, quantity: u32, unit: &str, state| CartLine {
                sku: sku.to_owned(),
                model: "mi-band".to_owned(),
                name: name.to_owned(),
                option: say(language, "Black", "Schwarz"),
                picture: picture.to_owned(),
                quantity,
                unit: Some(usd(unit)),
                total: usd(unit).times(quantity).ok(),
                state,
            };
        let page = |lines: Vec<CartLine>, can_check_out, notice| Self {
            shell: lone(language, "US", "cart"),
            version: 7,
            key: "k-1".to_owned(),
            subtotal: (!lines.is_empty()).then(|| usd("42.97")),
            lines,
            tax: TaxNote::Excluded,
            can_check_out,
            quantity_max: 10,
            notice,
        };
        let good = || {
            vec![
                line("BAND-BLACK", "Mi Band", "band", 2, "14.99", LineState::Good),
                line(
                    "PB-10400",
                    "Mi Power Bank 10400",
                    "power-bank-10400",
                    1,
                    "12.99",
                    LineState::PriceChanged { before: usd("13.99") },
                ),
            ]
        };
        let mut broken = good();
        broken.push(line(
            "HP",
            "Mi Headphones",
            "headphones",
            3,
            "79.99",
            LineState::Short { left: 2 },
        ));
        broken.push(line(
            "PB-5000",
            "Mi Power Bank 5000",
            "power-bank-5000",
            1,
            "9.99",
            LineState::Short { left: 0 },
        ));
        broken.push(CartLine {
            unit: None,
            total: None,
            ..line(
                "NOTE-16",
                "Mi Note",
                "phone-large",
                1,
                "399",
                LineState::Refused(refusal(vec![patents()], Expected::Unknown)),
            )
        });
        vec![
            ("full", page(good(), true, Some(CartNotice::Added("Mi Band".to_owned())))),
            ("broken", page(broken, false, Some(CartNotice::Stale))),
            ("empty", page(Vec::new(), false, None)),
            ("refused", page(Vec::new(), false, Some(CartNotice::Refused("Mi Note".to_owned())))),
            ("sold-out", page(good(), true, Some(CartNotice::SoldOut("Mi Headphones".to_owned())))),
            ("changed", page(good(), true, Some(CartNotice::Changed))),
            ("too-many", page(good(), true, Some(CartNotice::QuantityMax(10)))),
            ("too-many-lines", page(good(), true, Some(CartNotice::LinesMax(20)))),
        ]
    }
}
