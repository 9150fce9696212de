//! The page of a sale: the same for everybody, made once a second at most, kept by any cache.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use kontor_domain::sale::{SaleState, Way};
use kontor_shop::cart::{Offer, offer};
use kontor_shop::sale::{ShownSale, cleared_countries, shown};

use super::list::product;
use super::{sale_id, way_name};
use crate::kit::app::App;
use crate::kit::pages::Page;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Class, Route};
use crate::page::{EntryForm, EntryProblem, SalePage, SaleStage, SaleTimes, Shell, WayLine};
use crate::store_front::view;
use crate::store_front::visit::{Visit, nothing_here};

pub(super) const ROUTE: Route = Route::read("/{market}/{language}/sale/{sale}", Class::Page);

/// Short enough for the moment of opening, long enough that a million readers are one request a
/// second.
const CACHED: &str = "public, max-age=1, stale-while-revalidate=5";

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path((market, language, sale)): Path<(String, String, String)>,
) -> Response {
    let second = app.shop.now().millis().unsigned_abs() / 1_000;
    if let Some(page) = app.sale_pages.get(second, uri.path()) {
        return page.respond(&asked);
    }
    let (visit, seen) = match find(&app, &market, &language, &sale).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing_here(&app, &uri),
        Err(response) => return response,
    };
    let shell = visit.shell(&app, &format!("sale/{sale}"));
    let Some(page) = page(&visit, shell, &seen, EntryForm::default(), Vec::new()) else {
        return nothing_here(&app, &uri);
    };
    match askama::Template::render(&page) {
        Ok(body) => {
            let made = Page::new(body, "text/html; charset=utf-8").cached(CACHED);
            app.sale_pages.keep(second, &visit.path(&format!("sale/{sale}")), made).respond(&asked)
        }
        Err(error) => {
            tracing::error!(%error, "the page of a sale could not be rendered");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "request.fault").respond(
                &app,
                uri.path(),
                None,
            )
        }
    }
}

/// The sale of an address.
pub(super) async fn find(
    app: &App,
    market: &str,
    language: &str,
    sale: &str,
) -> Result<Option<(Visit, ShownSale)>, Response> {
    let Some(visit) = Visit::find(app, market, language) else { return Ok(None) };
    let Some(id) = sale_id(sale) else { return Ok(None) };
    match shown(&app.shop, id).await {
        Ok(seen) => Ok(seen.map(|seen| (visit, seen))),
        Err(fault) => Err(Problem::fault(&fault).respond(app, &visit.path("sale"), None)),
    }
}

/// The page again, with what was typed and what is wrong with it.
pub(super) fn again(
    app: &App,
    visit: &Visit,
    seen: &ShownSale,
    form: EntryForm,
    problems: Vec<EntryProblem>,
) -> Response {
    let shell = visit.private_shell(app, &format!("sale/{}", seen.definition.sale));
    let path = shell.path.clone();
    match page(visit, shell, seen, form, problems) {
        Some(page) => super::never_kept(html(StatusCode::UNPROCESSABLE_ENTITY, &page)),
        None => Problem::not_found().respond(app, &path, None),
    }
}

/// Where a sale stands, for the public; none: it does not know of it.
pub(super) const fn stage(state: SaleState) -> Option<SaleStage> {
    Some(match state {
        SaleState::Draft | SaleState::Checked => return None,
        SaleState::Announced => SaleStage::Announced,
        SaleState::Registration => SaleStage::Registration,
        SaleState::Doors => SaleStage::Doors,
        SaleState::Live => SaleStage::Live,
        SaleState::SoldOut => SaleStage::SoldOut,
        SaleState::Settled => SaleStage::Settled,
        SaleState::Reported => SaleStage::Reported,
        SaleState::Halted => SaleStage::Halted,
    })
}

fn page(
    visit: &Visit,
    shell: Shell,
    seen: &ShownSale,
    form: EntryForm,
    problems: Vec<EntryProblem>,
) -> Option<SalePage> {
    let definition = &seen.definition;
    let (windows, at) = (definition.windows, seen.now);
    let stage = stage(seen.state)?;
    let (variant, model) = product(visit, &definition.sku)?;
    let (snapshot, market) = (&visit.snapshot, visit.market());
    let ways: Vec<WayLine> = seen
        .ways
        .iter()
        .filter(|way| way.market == visit.code)
        .map(|way| WayLine {
            way: way_name(way.way),
            quota: way.quota,
            free: way
                .free
                .filter(|_| seen.state.takes_claims())
                .map(|range| (range.from, range.to)),
            deposit: definition.deposit(visit.code, way.way),
            // A draw is over when it is drawn.
            is_open: stage.takes_entries() && !(way.way == Way::Draw && seen.state.takes_claims()),
            digest: way.entries_digest.map(|digest| digest.to_string()),
        })
        .collect();
    let mut elsewhere: Vec<(kontor_base::Country, u64)> = Vec::new();
    for way in seen.ways.iter().filter(|way| way.market != visit.code) {
        let Some(other) = snapshot.market(way.market) else { continue };
        match elsewhere.iter_mut().find(|(country, _)| *country == other.home()) {
            Some((_, units)) => *units += u64::from(way.quota),
            None => elsewhere.push((other.home(), u64::from(way.quota))),
        }
    }
    let (price, refusal) = match offer(snapshot, market, &definition.sku, None, at) {
        Offer::Yes { price, .. } => {
            (Some(view::price(snapshot, market, &definition.sku, price, at)), None)
        }
        Offer::Refused(verdict) => (None, Some(view::refusal(&verdict, market))),
        Offer::NoPrice | Offer::Unknown => (None, Some(view::no_price())),
    };
    Some(SalePage {
        shell,
        sale: definition.sale.to_string(),
        title: definition.title_in(visit.language, &seen.title).to_owned(),
        name: model.text(visit.language, |text| &text.name).to_owned(),
        option: variant.option_in(visit.language).to_owned(),
        model: model.code.to_string(),
        picture: visit.snapshot.picture(model),
        price,
        stage,
        times: SaleTimes {
            registration_at: windows.registration_at,
            doors_at: windows.doors_at,
            live_at: windows.live_at,
            ends_at: windows.ends_at,
            report_at: windows.report_at,
            now: at,
        },
        // What is refused stays readable, without a way in.
        ways,
        countries: cleared_countries(&snapshot.known, definition, visit.code, at),
        elsewhere,
        refusal: refusal.filter(|_| !stage.is_over()),
        ends_when_sold: definition.ends_when_sold,
        per_person: definition.per_person,
        hold_minutes: definition.hold_minutes,
        turn_s: (definition.channels.iter())
            .find(|channel| channel.market == visit.code && channel.way.keeps_long())
            .map(|channel| definition.turn_seconds(channel.way)),
        commitment: seen.commitment.to_string(),
        beacon: definition.beacon.clone(),
        form,
        problems,
    })
}
