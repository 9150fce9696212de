//! Orders of resellers that have not left and are held: a part of the page of withdrawals, and a file.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use kontor_base::id::ResellerOrderId;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::Permission;
use kontor_shop::reseller::{HeldResellerOrder, held_reseller_page};
use kontor_shop::staff::Person;
use kontor_store::StoreError;

use super::blocks::{Blocks, whole_file};
use super::csv::Csv;
use super::desk::{market_for, nothing};
use crate::kit::app::App;
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{HeldResellerRow, HeldResellerTable};

pub(super) const CSV: Route =
    Route::desk("/admin/{market}/withdrawals/resellers.csv", Some(Permission::ResellerRead));

/// Held orders of resellers on one page.
const PAGE: usize = 50;
/// Those that are read for the file at a time.
const CSV_BLOCK: usize = 500;

/// A page of the held orders of resellers that a market serves, after one of them; none for whoever may not
/// see resellers.
pub(super) async fn held_table(
    app: &App,
    person: &Person,
    t: &Text,
    code: MarketCode,
    after: Option<ResellerOrderId>,
) -> Result<Option<HeldResellerTable>, StoreError> {
    if !person.may(Permission::ResellerRead, Some(code)) {
        return Ok(None);
    }
    let held = held_reseller_page(&app.shop, code, after, PAGE).await?;
    let row = |order: HeldResellerOrder| HeldResellerRow {
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
    let next = held
        .next
        .map(|last| format!("/admin/{code}/withdrawals?resellers_after={last}#wd-held-resellers"));
    Ok(Some(HeldResellerTable { rows: held.orders.into_iter().map(row).collect(), next }))
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
    let blocks = Held { app: app.clone(), code, after: None };
    let columns = "order,reseller,market,ordered_on,ship_to,sku,units";
    whole_file(&app, &uri, blocks, columns, "attachment; filename=\"held-reseller-orders.csv\"")
        .await
}

/// Held orders of resellers, the oldest first.
struct Held {
    app: App,
    code: MarketCode,
    after: Option<ResellerOrderId>,
}

impl Blocks for Held {
    async fn next(&mut self, csv: &mut Csv) -> Result<bool, StoreError> {
        let held = held_reseller_page(&self.app.shop, self.code, self.after, CSV_BLOCK).await?;
        for order in &held.orders {
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
        self.after = held.next;
        Ok(held.next.is_some())
    }
}
