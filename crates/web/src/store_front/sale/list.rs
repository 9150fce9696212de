//! The sales of a market, and those that the shelf shows.

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use kontor_domain::catalogue::{Model, Sku};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{Definition, SaleState};
use kontor_shop::sale::list;

use super::public::stage;
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Class, Route};
use crate::page::{SaleCard, SalesPage};
use crate::store_front::visit::{Visit, nothing_here};

pub(super) const ROUTE: Route = Route::read("/{market}/{language}/sale", Class::Page);

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Path((market, language)): Path<(String, String)>,
) -> Response {
    let Some(visit) = Visit::find(&app, &market, &language) else {
        return nothing_here(&app, &uri);
    };
    let shown = match list(&app.shop).await {
        Ok(shown) => shown,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let here = shown.iter().rev().filter(|sale| units(&sale.definition, visit.code) > 0);
    let sales =
        here.filter_map(|sale| card(&visit, &sale.definition, &sale.title, sale.state)).collect();
    html(axum::http::StatusCode::OK, &SalesPage { shell: visit.shell(&app, "sale"), sales })
}

/// Units of a market.
pub(super) fn units(definition: &Definition, market: MarketCode) -> u64 {
    let own = definition.channels.iter().filter(|channel| channel.market == market);
    own.map(|channel| u64::from(channel.quota)).sum()
}

fn card(visit: &Visit, definition: &Definition, title: &str, state: SaleState) -> Option<SaleCard> {
    let (_, model) = product(visit, &definition.sku)?;
    Some(SaleCard {
        sale: definition.sale.to_string(),
        title: definition.title_in(visit.language, title).to_owned(),
        name: model.text(visit.language, |text| &text.name).to_owned(),
        picture: visit.snapshot.picture(model),
        stage: stage(state)?,
        live_at: definition.windows.live_at,
        units: units(definition, visit.code),
    })
}

pub(super) fn product<'v>(
    visit: &'v Visit,
    sku: &Sku,
) -> Option<(&'v kontor_domain::catalogue::Variant, &'v Model)> {
    visit.snapshot.product(sku)
}

/// The sales that run or come, from memory, for the shelf: what they say and a name for it, which
/// changes whenever one of them does.
pub(in crate::store_front) fn cards_now(app: &App, visit: &Visit) -> (Vec<SaleCard>, String) {
    let mut sales = app.shop.sales.all();
    sales.retain(|sale| units(&sale.definition, visit.code) > 0 && stage(sale.state).is_some());
    sales.sort_by_key(|sale| (sale.definition.windows.live_at, sale.definition.sale));
    let name = sales.iter().map(|sale| format!("#{}-{}", sale.definition.sale, sale.state.word()));
    let name = name.collect();
    let cards = sales
        .iter()
        .filter(|sale| !stage(sale.state).is_some_and(crate::page::SaleStage::is_over))
        .filter_map(|sale| card(visit, &sale.definition, &sale.title, sale.state))
        .collect();
    (cards, name)
}
