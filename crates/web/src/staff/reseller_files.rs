//! The resellers as a file, and a reseller's contracts, allotment, orders, sell-outs and units outside the territory as
//! files: for the maker, and on the reseller's own desk.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use kontor_base::id::{ResellerId, ResellerOrderId};
use kontor_domain::staff::Permission;
use kontor_shop::reach::{OutsideUnits, Seen};
use kontor_shop::reseller::{OfMarkets, ShownReseller, SoldUnits, list, orders_of};
use kontor_shop::staff::{Person, resellers_read_of, sees_reseller};
use kontor_store::StoreError;

use super::blocks::{Blocks, whole_file};
use super::csv::Csv;
use super::desk::nothing;
use super::reseller::{found, own_contracts};
use super::sightings::sightings;
use crate::kit::app::App;
use crate::kit::routes::Route;

const READS: Option<Permission> = Some(Permission::ResellerRead);
pub(super) const ALL: Route = Route::desk("/admin/resellers.csv", READS);
pub(super) const CONTRACTS: Route = Route::desk("/admin/resellers/{id}/contracts.csv", READS);
pub(super) const ALLOTMENT: Route = Route::desk("/admin/resellers/{id}/allotment.csv", READS);
pub(super) const ORDERS: Route = Route::desk("/admin/resellers/{id}/orders.csv", READS);
pub(super) const SOLD: Route = Route::desk("/admin/resellers/{id}/sell-outs.csv", READS);
pub(super) const OUTSIDE: Route = Route::desk("/admin/resellers/{id}/outside.csv", READS);

/// Resellers, or orders of one, that are read for a file at a time.
const CSV_BLOCK: i64 = 500;

/// The reseller of an address, where it concerns the person; otherwise the handler answers.
macro_rules! theirs {
    ($app:expr, $uri:expr, $person:expr, $id:expr) => {
        match found(&$app, &$person, &$id).await {
            Ok(Some(found)) => found,
            Ok(None) => return nothing(&$app, &$uri),
            Err(problem) => return problem.respond(&$app, $uri.path(), None),
        }
    };
}

/// All resellers that are the person's to see. Nobody's address is in it.
pub(super) async fn all(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    let blocks = Resellers { app: app.clone(), person, before: None };
    let columns = "reseller,name,country,standing,applied_at,contracts";
    whole_file(&app, &uri, blocks, columns, "attachment; filename=\"resellers.csv\"").await
}

/// Resellers, the newest first. Who applies meanwhile is newer than all that are still to come.
struct Resellers {
    app: App,
    person: Person,
    before: Option<ResellerId>,
}

impl Blocks for Resellers {
    async fn next(&mut self, csv: &mut Csv) -> Result<bool, StoreError> {
        let found = list(&self.app.shop, self.before, CSV_BLOCK).await?;
        for (reseller, contracts) in found
            .iter()
            .filter(|(firm, own)| sees_reseller(&self.app.shop, &self.person, firm, own))
        {
            let contracts = own_contracts(&self.person, contracts);
            let codes: Vec<&str> =
                contracts.iter().map(|kept| kept.contract.code.as_str()).collect();
            csv.row([
                &reseller.id.to_string(),
                reseller.profile.name.as_str(),
                reseller.profile.country.code(),
                reseller.standing.word(),
                &reseller.applied_at.timestamp().to_string(),
                &codes.join(" "),
            ]);
        }
        self.before = found.last().map(|(last, _)| last.id);
        Ok(i64::try_from(found.len()) == Ok(CSV_BLOCK))
    }
}

pub(super) async fn contracts(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
) -> Response {
    contracts_file(&theirs!(app, uri, person, id))
}

pub(super) async fn allotment(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
) -> Response {
    allotment_file(&theirs!(app, uri, person, id))
}

pub(super) async fn orders(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
) -> Response {
    let found = theirs!(app, uri, person, id);
    orders_file(&app, &uri, found.reseller.id, resellers_read_of(&person)).await
}

pub(super) async fn sold(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
) -> Response {
    let found = theirs!(app, uri, person, id);
    sold_file(&app, &uri, found.reseller.id, resellers_read_of(&person)).await
}

/// Every unit that is active outside of the territory that it was delivered for.
pub(super) async fn outside(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
) -> Response {
    let found = theirs!(app, uri, person, id);
    let Some(seen) = sightings(&app) else { return nothing(&app, &uri) };
    let units = OutsideUnits::of(found.reseller.id, resellers_read_of(&person));
    let blocks = Outside { app: app.clone(), seen, units };
    let columns = "serial,model,delivered_on,country,since,clause";
    whole_file(&app, &uri, blocks, columns, "attachment; filename=\"outside-territory.csv\"").await
}

/// Units in the order of their serial numbers.
struct Outside {
    app: App,
    seen: Box<Seen>,
    units: OutsideUnits,
}

impl Blocks for Outside {
    async fn next(&mut self, csv: &mut Csv) -> Result<bool, StoreError> {
        for row in self.units.next(&self.app.shop, &*self.seen).await? {
            csv.row([
                &row.serial,
                &row.model,
                &row.delivered_on.to_string(),
                row.country.code(),
                &row.since.to_string(),
                &row.clause,
            ]);
        }
        Ok(!self.units.is_over())
    }
}

/// A row for each variant of each contract: its price, and what is set aside of it.
pub(crate) fn contracts_file(found: &ShownReseller) -> Response {
    let mut csv = Csv::new(
        "contract,market,from,until,ended_on,territory,models,minimum_units,sku,price,currency,\
         allotment",
    );
    for kept in &found.contracts {
        let (contract, terms) = (&kept.contract, &kept.contract.terms);
        let countries: Vec<&str> = terms.territory.iter().map(|country| country.code()).collect();
        let models: Vec<String> = terms.models.iter().map(ToString::to_string).collect();
        let ended = contract.ended_on.map_or_else(String::new, |on| on.to_string());
        for (sku, price) in &terms.prices {
            let units = terms.allotment.get(sku).map_or_else(String::new, ToString::to_string);
            csv.row([
                &contract.code,
                kept.market.as_str(),
                &contract.from.to_string(),
                &contract.until.to_string(),
                &ended,
                &countries.join(" "),
                &models.join(" "),
                &terms.minimum_units.to_string(),
                sku.as_str(),
                &price.decimal(),
                price.currency.code(),
                &units,
            ]);
        }
    }
    csv.respond("attachment; filename=\"reseller-contracts.csv\"")
}

/// What lies with a reseller, variant by variant.
pub(crate) fn allotment_file(found: &ShownReseller) -> Response {
    let mut csv = Csv::new("contract,sku,agreed,available,ordered,shipped");
    for row in &found.allotment {
        csv.row([
            &row.contract,
            row.sku.as_str(),
            &row.agreed.to_string(),
            &row.available.to_string(),
            &row.ordered.to_string(),
            &row.shipped.to_string(),
        ]);
    }
    csv.respond("attachment; filename=\"reseller-allotment.csv\"")
}

/// All orders of a reseller that some markets serve: a row for each line, with the bill.
pub(crate) async fn orders_file(
    app: &App,
    uri: &Uri,
    reseller: ResellerId,
    own: OfMarkets,
) -> Response {
    let columns = "order,contract,market,ordered_on,ship_to,state,sku,units,amount,currency,bill,\
                   bill_state,credit_note";
    let blocks = Orders { app: app.clone(), reseller, own, before: None };
    whole_file(app, uri, blocks, columns, "attachment; filename=\"reseller-orders.csv\"").await
}

/// Orders of a reseller, the newest first. What is ordered meanwhile is newer than all that are still to come.
struct Orders {
    app: App,
    reseller: ResellerId,
    own: OfMarkets,
    before: Option<ResellerOrderId>,
}

impl Blocks for Orders {
    async fn next(&mut self, csv: &mut Csv) -> Result<bool, StoreError> {
        let (shop, own) = (&self.app.shop, self.own.clone());
        let found = orders_of(shop, self.reseller, own, self.before, CSV_BLOCK).await?;
        for (order, bill) in &found {
            let bill = bill.as_ref();
            let credit = bill.and_then(|bill| bill.body.credit.as_ref());
            for line in &order.body.lines {
                csv.row([
                    &order.id.to_string(),
                    &order.contract,
                    order.body.market.as_str(),
                    &order.body.on.to_string(),
                    order.body.ship_to.code(),
                    order.stage.word(),
                    line.sku.as_str(),
                    &line.units.to_string(),
                    &line.amount.decimal(),
                    line.amount.currency.code(),
                    bill.map_or("", |bill| &bill.number),
                    bill.map_or("", |bill| bill.state.word()),
                    credit.map_or("", |credit| &credit.number),
                ]);
            }
        }
        self.before = found.last().map(|(last, _)| last.id);
        Ok(i64::try_from(found.len()) == Ok(CSV_BLOCK))
    }
}

/// Every unit that a reseller has reported as sold on and that was delivered for some markets.
pub(crate) async fn sold_file(
    app: &App,
    uri: &Uri,
    reseller: ResellerId,
    own: OfMarkets,
) -> Response {
    let columns = "serial,model,sold_on,country,territory,reported_at";
    let blocks = Sold { app: app.clone(), units: SoldUnits::of(reseller, own) };
    whole_file(app, uri, blocks, columns, "attachment; filename=\"sell-outs.csv\"").await
}

/// Units in the order of their serial numbers.
struct Sold {
    app: App,
    units: SoldUnits,
}

impl Blocks for Sold {
    async fn next(&mut self, csv: &mut Csv) -> Result<bool, StoreError> {
        for unit in self.units.next(&self.app.shop).await? {
            csv.row([
                &unit.serial,
                &unit.model,
                &unit.on.to_string(),
                unit.country.code(),
                if unit.inside { "inside" } else { "outside" },
                &unit.reported_at.timestamp().to_string(),
            ]);
        }
        Ok(!self.units.is_over())
    }
}
