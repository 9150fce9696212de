//! What products lack to be shown in full where the shop sells or is about to, for whoever describes them. All
//! of it follows from the snapshot.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::Language;
use kontor_domain::catalogue::{Described, Lack, Model, Variant, lacks};
use kontor_domain::market::{Market, Stage};
use kontor_domain::staff::Permission;
use kontor_shop::Snapshot;
use kontor_shop::staff::Person;

use crate::kit::app::App;
use crate::kit::assets::is_drawn;
use crate::kit::text::Text;
use crate::page::staff::Told;

/// How many products are named.
const SHOWN: usize = 20;

/// What is lacking, the worst first; nothing for people who do not describe products.
pub(super) fn what_is_lacking(app: &App, person: &Person, t: &Text) -> Option<Vec<Told>> {
    if !person.may(Permission::CatalogueEdit, None) {
        return None;
    }
    let snapshot = app.shop.snapshots.now();
    let mut found: Vec<(Vec<Lack>, &Model)> = Vec::new();
    let markets: Vec<&Market> = snapshot.markets.iter().filter(|one| is_shown(one.stage)).collect();
    let languages: BTreeSet<Language> =
        markets.iter().flat_map(|market| market.languages.iter().copied()).collect();
    let fitting: BTreeSet<_> = snapshot.fits.iter().map(|fit| &fit.accessory).collect();
    for model in snapshot.models.values() {
        let variants: Vec<&Variant> = snapshot.variants_of(&model.code).collect();
        let product = Described {
            model,
            variants: &variants,
            has_picture: snapshot.photos.contains_key(&model.code)
                || is_drawn(model.picture.as_str()),
            fits: fitting.contains(&model.code),
        };
        if lacks(product, &languages).is_empty() {
            continue;
        }
        // Few lack anything: only for these it is asked which markets sell them.
        let own = markets.iter().filter(|market| sells(&snapshot, market, &variants));
        let own: BTreeSet<Language> =
            own.flat_map(|market| market.languages.iter().copied()).collect();
        let lacks = lacks(product, &own);
        if !lacks.is_empty() && !own.is_empty() {
            found.push((lacks, model));
        }
    }
    found.sort_by(|(a, one), (b, other)| (&a[0], &one.code).cmp(&(&b[0], &other.code)));
    let rest = found.len().saturating_sub(SHOWN);
    let where_wanted = wanted(&markets);
    let mut told: Vec<Told> = found
        .into_iter()
        .take(SHOWN)
        .map(|(lacks, model)| line(t, &lacks, model, &where_wanted))
        .collect();
    if rest > 0 {
        let words = t.one("exchange-more", "count", rest).into_owned();
        told.push(Told { path: "/admin/catalogue".to_owned(), words, tone: "warn" });
    }
    Some(told)
}

/// Whether products are shown to buyers at a stage, or are about to be.
const fn is_shown(stage: Stage) -> bool {
    matches!(stage, Stage::Preparing | Stage::Beta | Stage::Open | Stage::Paused)
}

/// Whether a market sells any of these: one that was not opened with a plan sells all that is cleared.
fn sells(snapshot: &Snapshot, market: &Market, variants: &[&Variant]) -> bool {
    let plan = snapshot.facts.assortment(market.code);
    plan.is_none_or(|plan| variants.iter().any(|variant| plan.includes(&variant.sku)))
}

/// Each language with the markets that want it.
fn wanted(markets: &[&Market]) -> BTreeMap<Language, Vec<String>> {
    let mut wanted: BTreeMap<Language, Vec<String>> = BTreeMap::new();
    for market in markets {
        for language in &market.languages {
            wanted.entry(*language).or_default().push(market.code.to_string());
        }
    }
    wanted
}

fn line(t: &Text, lacks: &[Lack], model: &Model, wanted: &BTreeMap<Language, Vec<String>>) -> Told {
    let name = model.text(t.language(), |text| &text.name);
    let name = if name.is_empty() { model.code.as_str() } else { name };
    let of = |id: &str, languages: &BTreeSet<Language>| {
        let named = languages.iter().map(|language| {
            let markets = wanted.get(language).map(|markets| markets.join(", "));
            format!("{} ({})", language.tag(), markets.unwrap_or_default())
        });
        let named: Vec<String> = named.collect();
        t.one(id, "languages", named.join(", ")).into_owned()
    };
    let words: Vec<String> = lacks
        .iter()
        .map(|lack| match lack {
            Lack::Name(languages) => of("lacks-name", languages),
            Lack::Text(languages) => of("lacks-text", languages),
            Lack::Option(languages) => of("lacks-option", languages),
            Lack::Picture => t.get("lacks-picture").into_owned(),
            Lack::Fit => t.get("lacks-fit").into_owned(),
            Lack::HsCode => t.get("lacks-hs-code").into_owned(),
        })
        .collect();
    Told {
        path: format!("/admin/catalogue/{}", model.code),
        words: format!("{name}: {}", words.join("; ")),
        tone: if matches!(lacks[0], Lack::Name(_)) { "bad" } else { "warn" },
    }
}
