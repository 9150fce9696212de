//! A product's page.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use kontor_base::{Instant, Language};
use kontor_domain::catalogue::{ComponentKind, Model, Sku, Value, Variant as Sold};
use kontor_domain::clearance::{FactRef, ObligationKind, Verdict};
use kontor_domain::market::{Act, FulfilmentModel, stage_allows};
use kontor_shop::cart::Offer as Judged;
use serde::Deserialize;

use super::cart::one_person;
use super::view;
use super::visit::{Visit, kept, nothing_here};
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::page::{
    Availability, Delivery, Duty, Fact, FactKind, FactValue, Fit, Identifier, Legal, Offer,
    ProductPage, Said, Ship, Variant,
};

pub(super) const ROUTE: Route = Route::read("/{market}/{language}/product/{model}", Class::Page);

#[derive(Debug, Default, Deserialize)]
pub(super) struct Chosen {
    sku: Option<String>,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path((market, language, model)): Path<(String, String, String)>,
    Query(chosen): Query<Chosen>,
) -> Response {
    if uri.query().is_none()
        && let Some(page) = app.pages.get(app.shop.snapshots.generation(), uri.path())
    {
        return page.respond(&asked);
    }
    let Some(visit) = Visit::find(&app, &market, &language) else {
        return nothing_here(&app, &uri);
    };
    let Some(model) = model.parse().ok().and_then(|code| visit.snapshot.models.get(&code)) else {
        return nothing_here(&app, &uri);
    };
    let rest = format!("product/{}", model.code);
    // Only a variant that exists makes another page: anything else shows the first.
    let sku: Option<Sku> = chosen
        .sku
        .and_then(|text| text.parse().ok())
        .filter(|sku| visit.snapshot.variants_of(&model.code).any(|v| v.sku == *sku));
    let key = match &sku {
        Some(sku) => format!("{}?sku={sku}", visit.path(&rest)),
        None => visit.path(&rest),
    };
    let Some(page) = page(&app, &visit, model, sku.as_ref(), &rest) else {
        return nothing_here(&app, &uri);
    };
    kept(&app, &asked, visit.snapshot.generation, &key, || page)
}

fn page(
    app: &App,
    visit: &Visit,
    model: &Model,
    sku: Option<&Sku>,
    rest: &str,
) -> Option<ProductPage> {
    let at = app.shop.now();
    let (snapshot, market, language) = (&visit.snapshot, visit.market(), visit.language);
    let variants = view::offers(snapshot, market, model, at);
    let buyable = |judged: &Judged| matches!(judged, Judged::Yes { .. });
    let chosen = variants
        .iter()
        .find(|v| sku == Some(&v.variant.sku))
        .or_else(|| {
            variants.iter().find(|v| {
                let there = view::availability(v.level, Act::Sell) != Availability::SoldOut;
                buyable(&v.offer) && there
            })
        })
        .or_else(|| variants.iter().find(|v| buyable(&v.offer)))
        .or_else(|| variants.first())?;
    let place = kontor_domain::clearance::Place::market(market);
    let announce = snapshot.may(Act::Announce, chosen.variant, &place, at)?;
    if !view::permits(&announce) {
        return None;
    }
    let shown_price = |judged: &Judged, sku: &Sku| match judged {
        Judged::Yes { price, .. } => Some(view::price(snapshot, market, sku, *price, at)),
        _ => None,
    };
    let text = |field: fn(&kontor_domain::catalogue::ModelText) -> &str| {
        model.text(language, field).to_owned()
    };
    Some(ProductPage {
        shell: visit.shell(app, rest),
        model: model.code.to_string(),
        name: text(|text| &text.name),
        brand: model.brand.to_string(),
        line: text(|text| &text.line),
        body: text(|text| &text.body),
        picture: snapshot.picture(model),
        variants: variants
            .iter()
            .map(|v| Variant {
                sku: v.variant.sku.to_string(),
                option: v.variant.option_in(language).to_owned(),
                selected: v.variant.sku == chosen.variant.sku,
                price: shown_price(&v.offer, &v.variant.sku),
                availability: match &v.offer {
                    Judged::Yes { act, .. } => view::availability(v.level, *act),
                    _ => Availability::SoldOut,
                },
            })
            .collect(),
        price: shown_price(&chosen.offer, &chosen.variant.sku),
        tax: view::tax_note(snapshot, market, at),
        offer: offer(visit, &chosen.offer, view::availability(chosen.level, Act::Sell)),
        in_the_box: model.in_the_box(language).to_vec(),
        fits: fits(visit, model, at),
        accessories: accessories(visit, model, at),
        delivery: delivery(visit, model, &chosen.offer),
        facts: facts(model, chosen.variant),
        legal: legal(visit, chosen.variant, &chosen.offer, at),
        quantity_max: one_person(visit),
        beta: market.beta_now().map(|terms| terms.units_per_person),
    })
}

fn offer(visit: &Visit, judged: &Judged, availability: Availability) -> Offer {
    let market = visit.market();
    let can_sign_up = stage_allows(market.stage, Act::RegisterInterest);
    match judged {
        Judged::Yes { .. } if availability == Availability::SoldOut => Offer::SoldOut,
        Judged::Yes { act: Act::Preorder, verdict, .. } => Offer::Preorder {
            notice: notices(verdict, visit.language)
                .into_iter()
                .next()
                .unwrap_or_else(|| Said::new("", visit.language)),
            expected: verdict.changes_on,
        },
        Judged::Yes { .. } => Offer::Sale,
        Judged::Refused(verdict) => {
            Offer::Refused { refusal: view::refusal(verdict, market), can_sign_up }
        }
        Judged::NoPrice | Judged::Unknown => {
            Offer::Refused { refusal: view::no_price(), can_sign_up }
        }
    }
}

/// The notices that a verdict asks for, in the page's language where they exist in it.
fn notices(verdict: &Verdict, language: Language) -> Vec<Said> {
    let said = |kind: &ObligationKind| match kind {
        ObligationKind::Notice { text } => text
            .get_key_value(&language)
            .or_else(|| text.get_key_value(&Language::En))
            .map(|(language, text)| Said::new(text.clone(), *language)),
        _ => None,
    };
    verdict.obligations.iter().filter_map(|obligation| said(&obligation.kind)).collect()
}

/// The devices that an accessory fits.
fn fits(visit: &Visit, model: &Model, at: Instant) -> Vec<Fit> {
    let fits = &visit.snapshot.fits;
    let devices = fits.iter().filter(|fit| fit.accessory == model.code).map(|fit| &fit.device);
    devices.filter_map(|code| named(visit, visit.snapshot.models.get(code)?, at)).collect()
}

/// The accessories of a device that are sold here.
fn accessories(visit: &Visit, model: &Model, at: Instant) -> Vec<Fit> {
    let (snapshot, market) = (&visit.snapshot, visit.market());
    let fits = snapshot.fits.iter().filter(|fit| fit.device == model.code);
    fits.filter_map(|fit| snapshot.models.get(&fit.accessory))
        .filter(|accessory| {
            let offers = view::offers(snapshot, market, accessory, at);
            offers.iter().any(|o| matches!(o.offer, Judged::Yes { .. }))
        })
        .filter_map(|accessory| named(visit, accessory, at))
        .collect()
}

fn named(visit: &Visit, model: &Model, at: Instant) -> Option<Fit> {
    let name = model.text(visit.language, |text| &text.name).to_owned();
    let variant = visit.snapshot.variants_of(&model.code).next()?;
    let place = kontor_domain::clearance::Place::market(visit.market());
    let announced = visit.snapshot.may(Act::Announce, variant, &place, at)?;
    Some(Fit { name, model: view::permits(&announced).then(|| model.code.to_string()) })
}

fn delivery(visit: &Visit, model: &Model, judged: &Judged) -> Option<Delivery> {
    if !matches!(judged, Judged::Yes { .. }) {
        return None;
    }
    let market = visit.market();
    let ship = match market.fulfilment {
        FulfilmentModel::ParcelsFromHome => Ship::FromHome,
        FulfilmentModel::LocalPartner => Ship::Partner,
        _ => Ship::Local,
    };
    Some(Delivery {
        ship,
        from: if ship == Ship::FromHome { model.origin } else { market.home() },
        days: None,
        cost: Some(kontor_base::Money::new(market.shipping_minor, market.currency)),
        duty: match market.fulfilment {
            FulfilmentModel::ParcelsFromHome => Duty::Open,
            FulfilmentModel::BulkImport | FulfilmentModel::LocalPartner => Duty::Paid,
            FulfilmentModel::LocalAssembly | FulfilmentModel::Home => Duty::None,
        },
        return_days: market.return_window_days,
    })
}

fn facts(model: &Model, variant: &Sold) -> Vec<Fact> {
    let fact = |kind, value| Fact { kind, value };
    let text = |text: String| FactValue::Text(text);
    let mut facts = vec![fact(FactKind::Weight, FactValue::Grams(variant.weight_g))];
    if let Some(Value::Number(mwh)) = variant.attributes.get("battery.mwh")
        && let Ok(mwh) = u64::try_from(*mwh)
        && mwh > 0
    {
        facts.push(fact(FactKind::Battery, FactValue::MilliwattHours(mwh)));
    }
    let radios: Vec<&str> = [
        ("radio.ble", "Bluetooth"),
        ("radio.wifi", "Wi-Fi"),
        ("radio.cellular", "2G/3G/4G"),
        ("radio.nfc", "NFC"),
        ("radio.uwb", "UWB"),
    ]
    .into_iter()
    .filter(|(name, _)| variant.attributes.get(name) == Some(&Value::Flag(true)))
    .map(|(_, word)| word)
    .collect();
    if !radios.is_empty() {
        facts.push(fact(FactKind::Radio, text(radios.join(", "))));
    }
    let chip = variant.components.iter().find(|part| part.kind == ComponentKind::Chipset);
    if let Some(chip) = chip {
        facts.push(fact(FactKind::Chipset, text(format!("{} {}", chip.maker, chip.part))));
    }
    facts.push(fact(FactKind::Origin, FactValue::Country(model.origin)));
    facts.push(fact(FactKind::Revision, text(variant.revision.to_string())));
    if let Some(code) = &model.hs_code {
        facts.push(fact(FactKind::HsCode, text(code.clone())));
    }
    if let Some(day) = model.announced_on {
        facts.push(fact(FactKind::Announced, FactValue::Date(day)));
    }
    facts.push(fact(FactKind::Sku, text(variant.sku.to_string())));
    facts
}

/// The papers that the verdict stands on, and the notices that it asks for.
fn legal(visit: &Visit, variant: &Sold, judged: &Judged, at: Instant) -> Legal {
    let Judged::Yes { verdict, .. } = judged else { return Legal::default() };
    // What is listed is what delivery stands on: it needs every paper that a sale needs.
    let place = kontor_domain::clearance::Place::market(visit.market());
    let deliver = visit.snapshot.may(Act::Deliver, variant, &place, at);
    let relied_on = deliver.as_ref().map_or(&verdict.relied_on, |deliver| &deliver.relied_on);
    let records = visit.snapshot.facts.records();
    let identifiers = relied_on
        .iter()
        .filter_map(|fact| match fact {
            FactRef::Grant(code) => records.grants.iter().find(|grant| grant.code == *code),
            _ => None,
        })
        .filter(|grant| !grant.number.is_empty())
        .map(|grant| {
            let rule = records.rules.iter().find(|rule| rule.code == grant.clearance);
            let name = rule.map(|rule| rule.identifier.split([';', ',']).next().unwrap_or(""));
            Identifier {
                name: name
                    .filter(|name| !name.is_empty())
                    .map_or_else(|| grant.clearance.to_string(), |name| name.trim().to_owned()),
                number: grant.number.clone(),
                issuer: grant.issuer.clone(),
                expires: grant.expires_on,
            }
        })
        .collect();
    let operator = visit.snapshot.operator.clone();
    Legal {
        manufacturer: if operator.is_empty() { Vec::new() } else { vec![operator] },
        importer: Vec::new(),
        identifiers,
        notices: notices(verdict, visit.language),
    }
}
