//! Every refusal that a page of the staff can tell has its text in every language. The lists are kept
//! whole by the compiler: a refusal that is added does not compile before it has its sample here. Codes
//! that an act says by themselves are found where they are written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use kontor_base::{Country, Date, Language, Money};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_domain::reseller::{Clause, ClauseName, ResellerRefusal};
use kontor_shop::reseller::Refusal as ResellersRefusal;
use kontor_shop::staff::Objection;

use super::*;

/// Samples of an enum: at least one of each variant. The compiler asks for a variant that has none, and
/// the test for one whose sample is another's.
macro_rules! each {
    ($type:ty { $($pattern:pat => $($sample:expr),+);+ $(;)? }) => {{
        fn variant(value: &$type) -> &'static str {
            match value { $($pattern => stringify!($pattern)),+ }
        }
        let samples: Vec<$type> = vec![$($($sample),+),+];
        let met: BTreeSet<&str> = samples.iter().map(variant).collect();
        let all: BTreeSet<&str> = [$(stringify!($pattern)),+].into();
        assert_eq!(met, all, "a sample of each");
        samples
    }};
}

mod desk;
mod rom;
mod trade;

type All = Vec<Box<dyn Refused>>;

fn boxed<R: Refused + 'static>(refusals: Vec<R>) -> All {
    refusals.into_iter().map(|refusal| Box::new(refusal) as Box<dyn Refused>).collect()
}

fn objections<R: RomRefused>(refusals: Vec<R>) -> All {
    boxed(refusals.iter().map(|refusal| objection(refusal)).collect())
}

fn name() -> String {
    "X-1".to_owned()
}

fn sku() -> Sku {
    "X-1".parse().expect("a SKU")
}

fn market() -> MarketCode {
    "us".parse().expect("a market")
}

fn day() -> Date {
    "2015-06-01".parse().expect("a day")
}

fn country(code: &str) -> Country {
    code.parse().expect("a country")
}

fn money() -> Money {
    Money::new(500, "USD".parse().expect("a currency"))
}

/// The codes that acts of the shop say by themselves, as they are written there.
fn written() -> BTreeSet<String> {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shop/src");
    let mut codes = BTreeSet::new();
    for folder in ["staff", "mail", "planning"] {
        read(&shop.join(folder), &mut codes);
    }
    codes
}

fn read(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the shop's half lies beside this one") {
        let path = entry.expect("it is listed").path();
        if path.is_dir() {
            read(&path, codes);
            continue;
        }
        let text = fs::read_to_string(&path).expect("a file of text");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let dense: String = code.split_whitespace().collect();
        for before in ["refused(\"", "Order{code:\"", "Objection::new(\""] {
            let found = dense.split(before).skip(1).filter_map(|rest| rest.split('"').next());
            codes.extend(found.filter(|code| code.contains('.')).map(str::to_owned));
        }
    }
}

fn all() -> All {
    let word = |code: String| Objection::new(String::leak(code), "in English");
    let mut all = boxed(written().into_iter().map(word).collect());
    for more in [
        desk::of_people(),
        desk::of_acts(),
        desk::of_openings_and_lists(),
        trade::of_orders(),
        trade::of_books(),
        trade::of_photos(),
        trade::of_sales(),
        trade::of_resellers(),
        rom::of_the_rom(),
        rom::of_signing(),
    ] {
        all.extend(more);
    }
    all
}

#[test]
fn every_refusal_is_said_in_every_language() {
    let english = Text::new(Language::En, None);
    let others = Language::PAGES.iter().filter(|language| **language != Language::En);
    let others: BTreeMap<_, _> =
        others.map(|language| (language.tag(), Text::new(*language, None))).collect();
    assert!(others.contains_key("de"));
    let all = all();
    assert!(all.len() > 200, "{}", all.len());
    for refusal in &all {
        let en = say(&english, &**refusal);
        assert!(!en.contains('⟦') && !en.contains('{'), "{}: {en}", refusal.key());
        for (tag, t) in &others {
            let other = say(t, &**refusal);
            let same = other == en || other == refusal.to_string();
            assert!(!same, "{} in {tag}: {other}", refusal.key());
            assert!(!other.contains('⟦') && !other.contains('{'), "{}: {other}", refusal.key());
        }
    }
}

#[test]
fn no_text_is_left_over() {
    let t = Text::new(Language::En, None);
    let own = all();
    let own = own.iter().filter(|refusal| refusal.said(&t).is_none());
    let mut used: BTreeSet<String> =
        own.map(|refusal| format!("refusal-{}", refusal.key())).collect();
    // A whole plan is in it; the journeys of openings make one.
    used.insert("refusal-opening-not-ready".to_owned());
    let lines = include_str!("../../../i18n/en/refusal.ftl").lines();
    let written = lines.filter_map(|line| line.split_once(" = ")).map(|(id, _)| id.to_owned());
    assert_eq!(written.collect::<BTreeSet<_>>(), used);
}

#[test]
fn several_refusals_are_told_one_after_the_other() {
    let t = Text::new(Language::De, None);
    let clause = |of, number: &str| ClauseName {
        number: number.to_owned(),
        of,
        contract: "NL-2015-3".to_owned(),
    };
    let few = ResellerRefusal::TooFew { clause: clause(Clause::Minimum, "4"), units: 1, least: 10 };
    let outside = ResellerRefusal::OutsideTerritory {
        clause: clause(Clause::Territory, "2.1"),
        country: country("FR"),
    };
    let judged = ResellersRefusal::Judged(vec![few, outside]);
    let judged = Refusal::Act(ActRefusal::Reseller(Box::new(judged)));
    let words = "Klausel 4 (Mindestmenge) von NL-2015-3: 1 Stück sind weniger als 10; \
                 Klausel 2.1 (Gebiet) von NL-2015-3: nicht im Vertragsgebiet: Frankreich";
    assert_eq!(why(&t, &judged), words);
}

#[test]
fn what_only_an_area_says_is_told_as_it_is_said() {
    let odd = Refusal::Act(ActRefusal::Area(Objection::new("sale.an_odd_thing", "in English")));
    assert_eq!(why(&Text::new(Language::De, None), &odd), "in English");
}
