//! What a market sells of what is cleared, on the page of its opening: products are added to it and taken
//! out of it, or the market is let go.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::Uri;
use axum::response::Response;
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::Outcome;
use kontor_domain::market::{Act as Degree, MarketCode};
use kontor_domain::opening::AssortmentChange;
use kontor_domain::staff::Permission;
use kontor_shop::Snapshot;
use kontor_shop::staff::{ExpansionAct, Person};

use super::desk::{market_for, nothing};
use super::doing::Doing;
use super::opening::{EDITS, answer_change};
use super::opening_view::named;
use crate::kit::app::App;
use crate::kit::problem::Problem;
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{AssortForm, MarketSells, SoldRow};

pub(super) const CHANGE: Route =
    Route::desk_form("/admin/{market}/opening/assortment", EDITS, Repeat::FormKey);

/// What a market sells, and what it could sell as well.
pub(super) fn view(t: &Text, snapshot: &Snapshot, market: MarketCode) -> MarketSells {
    let Some(own) = snapshot.assortment(market) else { return MarketSells::default() };
    let sold = |sku: &Sku| {
        let ladder = snapshot.ladders.get(&(market, sku.clone()));
        ladder.is_some_and(|ladder| ladder.get(Degree::Sell) != Outcome::Refused)
    };
    let row = |sku: &Sku| SoldRow {
        sku: sku.to_string(),
        name: named(t, snapshot, sku),
        sold: sold(sku),
    };
    let rest = snapshot.variants.keys().filter(|sku| !own.contains(*sku));
    MarketSells {
        own: own.iter().map(row).collect(),
        rest: rest.map(|sku| (sku.to_string(), named(t, snapshot, sku))).collect(),
    }
}

pub(super) async fn change(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(code) = market_for(&app, &person, Permission::MarketEdit, &market) else {
        return nothing(&app, &uri);
    };
    let field = |name: &str| {
        sent.iter().find(|(n, _)| n == name).map_or_else(String::new, |(_, value)| value.clone())
    };
    let named = sent.iter().filter(|(name, _)| name == "sku").take(5_000);
    let skus: Result<Vec<Sku>, _> = named.map(|(_, sku)| sku.parse()).collect();
    let change = match (field("change").as_str(), skus) {
        ("add", Ok(skus)) => AssortmentChange::Add { skus },
        ("remove", Ok(skus)) => AssortmentChange::Remove { skus },
        ("everything", Ok(_)) => AssortmentChange::Everything,
        _ => return Problem::bad_form().respond(&app, uri.path(), None),
    };
    let (key, reason) = (field("key"), field("reason"));
    let typed = AssortForm {
        change: field("change"),
        skus: skus_of(&change).iter().map(ToString::to_string).collect(),
        reason: reason.clone(),
    };
    let act = ExpansionAct::Assort { market: code, change, reason: reason.clone() };
    let doing = Doing { act: act.into(), reason, key: &key, what: "staff.assort" };
    answer_change(&app, &uri, &person, code, doing, (&sent, typed)).await
}

fn skus_of(change: &AssortmentChange) -> &[Sku] {
    match change {
        AssortmentChange::Add { skus } | AssortmentChange::Remove { skus } => skus,
        AssortmentChange::Everything => &[],
    }
}
