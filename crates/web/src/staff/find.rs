//! One search field over everything that is the person's to see.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::folded_words;
use kontor_domain::staff::Permission;
use kontor_shop::staff::{FOUND_MAX, Found, Person, find};
use serde::Deserialize;

use super::desk::{open_to, shell};
use super::order_list::row;
use crate::kit::app::App;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{FindPage, FoundKind, OrderRows, Place};

pub(super) const FIND: Route = Route::desk("/admin/find", None);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let typed: String = asked.q.chars().take(200).collect();
    let found = match find(&app.shop, &person, &typed).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let builds = builds(&app, &person, &typed);
    // The whole number of an order, and nothing else: that is where somebody wants to go.
    if let [only] = found.orders.as_slice()
        && typed.trim().eq_ignore_ascii_case(only.order.number.as_str())
    {
        return Redirect::to(&format!("/admin/orders/{}", only.order.number)).into_response();
    }
    let mut shell = shell(&app, &person, Place::Today).await;
    shell.place = None;
    shell.find = typed;
    let t = shell.text();
    let rows = found.orders.iter().map(row).collect();
    let page = FindPage {
        orders: OrderRows { t, labelled: "found-orders", rows },
        more: found.more_orders,
        kinds: kinds(&person, &t, &shell.find, found, builds),
        shell,
    };
    html(StatusCode::OK, &page)
}

/// Everything but orders, each kind that has something.
fn kinds(
    person: &Person,
    t: &Text,
    typed: &str,
    found: Found,
    builds: Vec<(String, String, String)>,
) -> Vec<FoundKind> {
    let customers = found.customers.into_iter().map(|customer| {
        (format!("/admin/customers/{}", customer.id), customer.name, customer.email)
    });
    let products = found.products.into_iter().map(|product| {
        let path = format!("/admin/catalogue/{}/{}", product.model, product.sku);
        (path, product.name, product.sku.to_string())
    });
    let serials = found.serials.into_iter().map(|unit| {
        let path = match (&unit.order, &unit.reseller) {
            (Some(order), _) => format!("/admin/orders/{order}"),
            (None, Some(reseller)) => format!("/admin/resellers/{reseller}"),
            (None, None) => format!("/admin/catalogue/{}", unit.model),
        };
        let order = unit.order.map_or_else(String::new, |order| format!(" · {order}"));
        let (country, day) = (t.country(&unit.country), t.date(&unit.sold_on));
        (path, unit.serial, format!("{} · {country}, {day}{order}", unit.item))
    });
    let grants = found.grants.into_iter().map(|grant| {
        let path = format!("/admin/{}/clearances", grant.market);
        (path, grant.code, format!("{} {}", grant.clearance, grant.number))
    });
    let sales = found
        .sales
        .into_iter()
        .map(|sale| (format!("/admin/sales/{}", sale.id), sale.title, sale.id.to_string()));
    let places = places(person, t, typed);
    let kinds = [
        ("found-customers", t.get("desk-customers"), customers.collect::<Vec<_>>()),
        ("found-serials", t.get("desk-serials"), serials.collect()),
        ("found-products", t.get("desk-products"), products.collect()),
        ("found-grants", t.get("desk-grants"), grants.collect()),
        ("found-sales", t.get("desk-sales"), sales.collect()),
        ("found-builds", t.get("desk-builds"), builds),
        ("found-places", t.get("staff-nav"), places),
    ];
    let some = kinds.into_iter().filter(|(_, _, links)| !links.is_empty());
    some.map(|(id, name, links)| FoundKind { id, name: name.into_owned(), links }).collect()
}

/// Work places that are open to the person and have a word that begins so: the keyboard's way there.
fn places(person: &Person, t: &Text, typed: &str) -> Vec<(String, String, String)> {
    let typed = folded_words(typed);
    let fits = |name: &str| {
        let own = folded_words(name);
        !typed.is_empty() && typed.iter().all(|word| own.iter().any(|own| own.starts_with(word)))
    };
    let open = Place::ALL.iter().filter(|place| open_to(**place, person));
    open.map(|place| (place.path().to_owned(), place.name(t), place.group().name(t)))
        .filter(|(_, name, _)| fits(name))
        .collect()
}

/// Builds whose version or device begins so: everybody may see them, they are published.
fn builds(app: &App, person: &Person, typed: &str) -> Vec<(String, String, String)> {
    let Some(rom) = app.rom.as_ref().filter(|_| !person.held.is_empty()) else {
        return Vec::new();
    };
    let wanted = typed.trim().to_lowercase();
    if wanted.len() < 2 {
        return Vec::new();
    }
    let snapshot = rom.snapshots.now();
    let mut found = Vec::new();
    for (codename, view) in &snapshot.models {
        for build in &view.builds {
            let version = build.version.to_string();
            let fits = version.to_lowercase().starts_with(&wanted)
                || codename.as_str().to_lowercase().starts_with(&wanted)
                || build.incremental.to_string().to_lowercase().starts_with(&wanted)
                || build.id.to_string().starts_with(&wanted);
            if fits && found.len() < FOUND_MAX {
                let (tag, incremental) = (person.language.tag(), &build.incremental);
                let path = if person.may_somewhere(Permission::RolloutHalt) {
                    format!("/admin/rom/builds/{codename}/{incremental}")
                } else {
                    format!("/rom/{tag}/device/{codename}/{incremental}")
                };
                found.push((path, format!("{codename} {version}"), build.id.to_string()));
            }
        }
    }
    found
}
