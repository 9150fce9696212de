//! The shelf of a market.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::{Instant, Language};
use kontor_domain::catalogue::Model;
use kontor_domain::clearance::{Reason, Verdict};
use kontor_domain::market::{Act, Stage, stage_allows};
use kontor_shop::cart::Offer;

use super::sale::cards_now;
use super::view::{self, ModelOffer};
use super::visit::{Visit, kept, nothing_here};
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::page::{Announced, Availability, Card, Domain, Gap, Said, SaleCard, ShelfPage};

pub(super) const ROUTE: Route = Route::read("/{market}/{language}/", Class::Page);
pub(super) const TO_SLASH: Route = Route::read("/{market}/{language}", Class::Page);

/// The address without its final slash.
pub(super) async fn to_slash(
    State(app): State<App>,
    uri: Uri,
    Path((market, language)): Path<(String, String)>,
) -> Response {
    match Visit::find(&app, &market, &language) {
        Some(visit) => Redirect::permanent(&visit.path("")).into_response(),
        None => nothing_here(&app, &uri),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path((market, language)): Path<(String, String)>,
) -> Response {
    // The kept page first: on a busy day that is nearly every request.
    let generation = app.shop.snapshots.generation();
    let quiet = app.shop.sales.is_empty();
    if let Some(page) = quiet.then(|| app.pages.get(generation, uri.path())).flatten() {
        return page.respond(&asked);
    }
    let Some(visit) = Visit::find(&app, &market, &language) else {
        return nothing_here(&app, &uri);
    };
    // Sales change without the snapshot: where they stand is part of the kept page's name.
    let (sales, standing) = cards_now(&app, &visit);
    let key = format!("{}{standing}", visit.path(""));
    kept(&app, &asked, visit.snapshot.generation, &key, || page(&app, &visit, sales))
}

fn page(app: &App, visit: &Visit, sales: Vec<SaleCard>) -> ShelfPage {
    let at = app.shop.now();
    let (snapshot, market) = (&visit.snapshot, visit.market());
    let mut models: Vec<&Model> = snapshot.models.values().collect();
    models.sort_by_key(|model| (model.position, model.code.clone()));
    let (mut offers, mut announced, mut verdicts) = (Vec::new(), Vec::new(), Vec::new());
    for model in models {
        let variants = view::offers(snapshot, market, model, at);
        match card(visit, model, &variants, at) {
            Some(card) => offers.push(card),
            None => {
                // Where even announcing is refused, the product is not shown at all.
                let shown = variants.first().is_some_and(|first| {
                    let place = kontor_domain::clearance::Place::market(market);
                    snapshot
                        .may(Act::Announce, first.variant, &place, at)
                        .is_some_and(|verdict| view::permits(&verdict))
                });
                let refused = variants.iter().find_map(|v| match &v.offer {
                    Offer::Refused(verdict) => Some(verdict.clone()),
                    _ => None,
                });
                if shown {
                    announced.push(coming(visit, model, refused.as_ref()));
                }
                verdicts.extend(refused);
            }
        }
    }
    let open = matches!(market.stage, Stage::Open | Stage::Beta);
    ShelfPage {
        shell: visit.shell(app, ""),
        stage: view::stage(snapshot, market, at),
        note: market.note_in(visit.language).map(|text| Said::new(text, visit.language)),
        sales,
        offers,
        announced,
        gaps: if open { Vec::new() } else { gaps(&verdicts) },
        // A limited circle is let in by its list.
        can_sign_up: stage_allows(market.stage, Act::RegisterInterest)
            && market.stage != Stage::Open,
        beta: market.beta_now().map(|terms| terms.units_per_person),
    }
}

/// The card of a model of which at least one variant may be bought.
fn card(visit: &Visit, model: &Model, variants: &[ModelOffer<'_>], at: Instant) -> Option<Card> {
    let (snapshot, market, language) = (&visit.snapshot, visit.market(), visit.language);
    let sold = variants.iter().filter_map(|variant| match &variant.offer {
        Offer::Yes { act, price, .. } => Some((variant, *act, *price)),
        _ => None,
    });
    let sold: Vec<_> = sold.collect();
    // What there is before what is sold out, then the cheapest.
    let (best, act, now) = sold.iter().min_by_key(|(variant, _, price)| {
        let gone = view::availability(variant.level, Act::Sell) == Availability::SoldOut;
        (gone, price.minor)
    })?;
    let mut price = view::price(snapshot, market, &best.variant.sku, *now, at);
    price.from = sold.iter().any(|(_, _, other)| other.minor > now.minor);
    Some(Card {
        model: model.code.to_string(),
        name: model.text(language, |text| &text.name).to_owned(),
        line: model.text(language, |text| &text.line).to_owned(),
        picture: snapshot.picture(model),
        price,
        availability: view::availability(best.level, *act),
    })
}

fn coming(visit: &Visit, model: &Model, verdict: Option<&Verdict>) -> Announced {
    let text = |field: fn(&kontor_domain::catalogue::ModelText) -> &str| {
        model.text(visit.language, field).to_owned()
    };
    Announced {
        model: model.code.to_string(),
        name: text(|text| &text.name),
        line: text(|text| &text.line),
        picture: visit.snapshot.picture(model),
        refusal: verdict
            .map_or_else(view::no_price, |verdict| view::refusal(verdict, visit.market())),
    }
}

/// What the market as a whole still lacks, what most products wait for first.
fn gaps(verdicts: &[Verdict]) -> Vec<Gap> {
    let mut gaps: Vec<(String, Gap)> = Vec::new();
    for reason in verdicts.iter().flat_map(|verdict| &verdict.reasons) {
        let (Some(rule), true) = (
            reason.rule(),
            matches!(
                reason,
                Reason::Missing { .. } | Reason::InProgress { .. } | Reason::Expired { .. }
            ),
        ) else {
            continue;
        };
        let code = rule.code.to_string();
        match gaps.iter_mut().find(|(known, _)| *known == code) {
            Some((_, gap)) => gap.products += 1,
            None => gaps.push((
                code,
                Gap {
                    domain: Domain::from_word(rule.domain.word()).unwrap_or(Domain::Consumer),
                    rule: Said::new(rule.title.clone(), Language::En),
                    authority: rule.authority.clone(),
                    products: 1,
                },
            )),
        }
    }
    gaps.sort_by_key(|(code, gap)| (std::cmp::Reverse(gap.products), code.clone()));
    gaps.into_iter().map(|(_, gap)| gap).take(12).collect()
}
