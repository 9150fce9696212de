//! Samples of every page in every state worth looking at, and the tests that render them all.
//!
//! `cargo test -p kontor-web write_samples -- --ignored` writes them to `/tmp/face` as files, with
//! the assets beside them, for looking at in a browser.

mod bill;
mod check;
mod checkout;
mod desk;
mod expansion;
mod goods;
mod programs;
mod rest;
mod rom;
mod sale;
mod shop;
mod staff;

use std::sync::Arc;

use kontor_base::{Country, Date, Instant, Language, Money, Rate};

use super::{
    Alternate, Domain, Help, Market, Price, Reason, ReasonState, Reduction, Said, Shell, Site,
    TaxKind, TaxNote,
};

/// A page rendered in one state: name and HTML.
type Rendered = (String, String);

fn country(code: &str) -> Country {
    code.parse().expect("a country")
}

fn money(text: &str, currency: &str) -> Money {
    Money::parse(text, currency.parse().expect("a currency")).expect("an amount")
}

fn help() -> Help {
    Help {
        email: "help@example.com".to_owned(),
        phone: "+15550100100".to_owned(),
        hours: Some(en("Monday to Friday, 9 to 17")),
        returns: ["Kontor Returns", "1 Dock Street", "94103 San Francisco, CA", "USA"]
            .map(str::to_owned)
            .to_vec(),
    }
}

fn usd(text: &str) -> Money {
    money(text, "USD")
}

fn eur(text: &str) -> Money {
    money(text, "EUR")
}

fn day(year: i16, month: i8, day: i8) -> Date {
    jiff::civil::date(year, month, day)
}

fn at(hour: i64, minute: i64) -> Instant {
    Instant::start_of(day(2015, 6, 1)).plus_seconds(hour * 3_600 + minute * 60)
}

fn en(text: &str) -> Said {
    Said::new(text, Language::En)
}

/// One of two texts, as the catalogue would have it in both languages.
fn say(language: Language, en: &str, de: &str) -> String {
    if language == Language::De { de } else { en }.to_owned()
}

fn site() -> Arc<Site> {
    Arc::new(Site {
        shop_name: "Kontor".to_owned(),
        operator: "Kontor Demo Trading Co.".to_owned(),
        origin: "https://shop.example".to_owned(),
        reenactment: true,
    })
}

/// A page below a market, with its alternates.
fn shell(language: Language, code: &str, below: &str) -> Shell {
    let code = country(code);
    let path = |l: Language| format!("/{}/{}/{below}", code.code().to_lowercase(), l.tag());
    Shell {
        site: site(),
        language,
        market: Some(Market::of(code)),
        path: path(language),
        alternates: Language::PAGES
            .map(|l| Alternate { language: l, country: Some(code), path: path(l) })
            .to_vec(),
    }
}

/// A page that exists only here.
fn lone(language: Language, code: &str, below: &str) -> Shell {
    Shell { alternates: Vec::new(), ..shell(language, code, below) }
}

fn price(now: Money, tax: TaxNote) -> Price {
    Price { now, from: false, reduction: None, mrp: None, tax }
}

fn reduced(now: Money, lowest: Money, tax: TaxNote) -> Price {
    Price { reduction: Some(Reduction { lowest_30_days: lowest }), ..price(now, tax) }
}

fn vat() -> TaxNote {
    TaxNote::Included { kind: TaxKind::Vat, rate: Some(Rate::from_ppm(190_000)) }
}

fn reason(domain: Domain, state: ReasonState, rule: &str, id: &str, authority: &str) -> Reason {
    Reason {
        domain,
        state,
        rule: en(rule),
        reference: id.to_owned(),
        authority: authority.to_owned(),
        since: None,
        until: None,
        lead_weeks: Some((4, 8)),
    }
}

fn patents() -> Reason {
    Reason {
        lead_weeks: Some((26, 104)),
        ..reason(
            Domain::Ip,
            ReasonState::Missing,
            "Patent licence or freedom to operate for cellular, Wi-Fi and codec standards",
            "GL-IP-SEP",
            "Licensors, courts",
        )
    }
}

fn fcc() -> Reason {
    reason(
        Domain::Radio,
        ReasonState::InProgress,
        "FCC certification (intentional radiator)",
        "US-FCC-CERT",
        "FCC OET via TCB",
    )
}
