//! Orders of resellers that have not left and are held: a part of the page of withdrawals, and a file.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::Permission;
use kontor_shop::reseller::held_reseller_orders;
use kontor_shop::staff::Person;
use kontor_store::StoreError;

use super::csv::Csv;
use super::desk::{market_for, nothing};
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::HeldResellerRow;

pub(super) const CSV: Route =
    Route::desk("/admin/{market}/withdrawals/resellers.csv", Some(Permission::ResellerRead));

/// The held orders of resellers that a market serves; none for whoever may not see resellers.
pub(super) async fn held_rows(
    app: &App,
    person: &Person,
    t: &Text,
    code: MarketCode,
) -> Result<Option<Vec<HeldResellerRow>>, StoreError> {
    if !person.may(Permission::ResellerRead, Some(code)) {
        return Ok(None);
    }
    let held = held_reseller_orders(&app.shop, Some(code)).await?.into_iter();
    let row = |order: kontor_shop::reseller::HeldResellerOrder| HeldResellerRow {
        id: order.id.to_string(),
        reseller: order.reseller,
        on: order.on,
        ship_to: t.country(&order.ship_to).into_owned(),
        lines: order
            .lines
            .iter()
            .map(|(sku, units)| format!("{units} × {sku}"))
            .collect::<Vec<_>>()
            .join(", "),
    };
    Ok(Some(held.map(row).collect()))
}

pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
) -> Response {
    let Some(code) = market_for(&app, &person, Permission::ResellerRead, &market) else {
        return nothing(&app, &uri);
    };
    let held = match held_reseller_orders(&app.shop, Some(code)).await {
        Ok(held) => held,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let mut csv = Csv::new("order,reseller,market,ordered_on,ship_to,sku,units");
    for order in held {
        for (sku, units) in &order.lines {
            csv.row([
                &order.id.to_string(),
                &order.reseller,
                order.market.as_str(),
                &order.on.to_string(),
                order.ship_to.code(),
                sku.as_str(),
                &units.to_string(),
            ]);
        }
    }
    csv.respond("attachment; filename=\"held-reseller-orders.csv\"")
}
