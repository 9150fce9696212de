//! One search field over everything that is the person's to see.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::folded_words;
use kontor_domain::staff::Permission as P;
use kontor_shop::mail::Kind;
use kontor_shop::staff::{
    FOUND_MAX, First, Found, FoundLetter, FoundSerials, Person, find, find_serials,
};
use serde::Deserialize;

use super::desk::{markets_for, open_to, shell};
use super::letter::name as letter_name;
use super::order_list::row;
use crate::kit::app::App;
use crate::kit::escape::in_query;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{FindPage, FoundKind, OrderRows, Place};

pub(super) const FIND: Route = Route::desk("/admin/find", None);

/// Where something leads, what it is, what else is said of it.
type Link = (String, String, String);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    /// Only serial numbers, and only those behind this one.
    after: String,
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let typed: String = asked.q.chars().take(200).collect();
    let found = if asked.after.is_empty() {
        find(&app.shop, &person, &typed).await
    } else {
        let serials = find_serials(&app.shop, &person, &typed, &asked.after).await;
        serials.map(|serials| Found { serials, ..Found::default() })
    };
    let found = match found {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    // The whole number of an order, and nothing else: that is where somebody wants to go.
    if let [only] = found.orders.found.as_slice()
        && typed.trim().eq_ignore_ascii_case(only.order.number.as_str())
    {
        return Redirect::to(&format!("/admin/orders/{}", only.order.number)).into_response();
    }
    let mut shell = shell(&app, &person, Place::Today).await;
    shell.place = None;
    shell.find = typed;
    let t = shell.text();
    let rows = found.orders.found.iter().map(row).collect();
    let mut all = kinds(&t, &shell.find, &found);
    if asked.after.is_empty() {
        all.extend(published(&app, &person, &t, &shell.find));
    }
    let page = FindPage {
        orders: OrderRows { t, labelled: "found-orders", rows },
        order_count: count(&t, found.orders.found.len(), found.orders.more),
        more: found.orders.more,
        kinds: all,
        searchable: searchable(&app, &person, &t),
        shell,
    };
    html(StatusCode::OK, &page)
}

/// How many there are; where there are more, that these are the first.
fn count(t: &Text, found: usize, more: bool) -> String {
    if more { t.one("desk-found-first", "count", found).into_owned() } else { found.to_string() }
}

/// A kind, if something was found of it.
fn kind<T>(
    t: &Text,
    (id, name): (&'static str, &'static str),
    first: &First<T>,
    link: impl Fn(&T) -> Link,
) -> Option<FoundKind> {
    let links: Vec<Link> = first.found.iter().map(link).collect();
    (!links.is_empty()).then(|| FoundKind {
        id,
        name: t.get(name).into_owned(),
        count: count(t, links.len(), first.more),
        more: if first.more { t.get("desk-found-more").into_owned() } else { String::new() },
        links,
        next: None,
    })
}

/// Everything but orders that the shop has, each kind of which something was found.
fn kinds(t: &Text, typed: &str, found: &Found) -> Vec<FoundKind> {
    let kinds = [
        kind(t, ("found-customers", "desk-customers"), &found.customers, |customer| {
            let path = format!("/admin/customers/{}", customer.id);
            (path, customer.name.clone(), customer.email.clone())
        }),
        serials(t, typed, &found.serials),
        kind(t, ("found-products", "desk-products"), &found.products, |product| {
            let path = format!("/admin/catalogue/{}/{}", product.model, product.sku);
            (path, product.name.clone(), product.sku.to_string())
        }),
        kind(t, ("found-rules", "desk-rules"), &found.facts, |fact| {
            let path = format!("/admin/{}/rules/{}", fact.market, fact.code);
            let by = if fact.authority.is_empty() { "" } else { " · " };
            (path, fact.title.clone(), format!("{}{by}{}", fact.code, fact.authority))
        }),
        kind(t, ("found-grants", "desk-grants"), &found.grants, |grant| {
            let path = format!("/admin/{}/grants/{}", grant.market, grant.code);
            (path, grant.code.clone(), format!("{} {}", grant.clearance, grant.number))
        }),
        kind(t, ("found-documents", "desk-documents"), &found.documents, |paper| {
            let path = format!("/admin/documents/{}", paper.hash);
            (path, paper.name.clone(), paper.hash.chars().take(12).collect())
        }),
        kind(t, ("found-withdrawals", "wd-title"), &found.withdrawals, |withdrawal| {
            let (market, code) = (withdrawal.market, &withdrawal.code);
            let path = format!("/admin/{market}/withdrawals#{code}");
            let since = t.one("wd-since", "date", t.date(&withdrawal.since));
            (path, withdrawal.title.clone(), format!("{code} · {since}"))
        }),
        kind(t, ("found-sales", "desk-sales"), &found.sales, |sale| {
            (format!("/admin/sales/{}", sale.id), sale.title.clone(), sale.id.to_string())
        }),
        kind(t, ("found-resellers", "rsl-title"), &found.resellers, |reseller| {
            let path = format!("/admin/resellers/{}", reseller.id);
            (path, reseller.name.clone(), reseller.contracts.join(" "))
        }),
        kind(t, ("found-reseller-orders", "rsl-orders"), &found.reseller_orders, |order| {
            let (reseller, id) = (&order.reseller, &order.id);
            let path = format!("/admin/resellers/{reseller}?before={}#{id}", order.page_before());
            let (on, total) = (t.date(&order.on), t.money(&order.total));
            (path, id.to_string(), format!("{} · {on} · {total}", order.name))
        }),
        kind(t, ("found-bills", "desk-bills"), &found.bills, |bill| {
            let path = format!("/admin/resellers/{}/bills/{}", bill.reseller, bill.number);
            (path, bill.number.clone(), format!("{} · {}", bill.name, t.money(&bill.total)))
        }),
        kind(t, ("found-payments", "desk-payments"), &found.payments, |payment| {
            let path = format!("/admin/orders/{}", payment.order);
            let (order, amount) = (&payment.order, t.money(&payment.amount));
            let told = format!("{} · {amount} · {order}", payment.provider);
            (path, payment.reference.clone(), told)
        }),
        kind(t, ("found-people", "staff-people"), &found.accounts, |account| {
            let path = format!("/admin/people#{}", account.id);
            (path, account.name.clone(), account.email.clone())
        }),
        kind(t, ("found-letters", "desk-letters"), &found.letters, |found| letter(t, found)),
    ];
    kinds.into_iter().flatten().collect()
}

/// A letter stands on its order's page; one that has not left, in the outbox.
fn letter(t: &Text, found: &FoundLetter) -> Link {
    let name = Kind::from_word(&found.kind);
    let name = name.map_or_else(|| found.kind.clone(), |kind| letter_name(t, kind));
    let path = match (&found.order, found.given_up, found.waits) {
        (Some(order), ..) => format!("/admin/orders/{order}"),
        (None, true, _) => format!("/admin/letters#{}", found.id),
        (None, false, _) => "/admin/letters?state=late".to_owned(),
    };
    let id = match (found.given_up, found.waits) {
        (true, _) => "desk-letter-given-up",
        (_, true) => "desk-letter-waits",
        _ => "desk-letter-sent",
    };
    (path, name, format!("{} · {}", found.id, t.get(id)))
}

/// Serial numbers, with the place from where the search goes on. Where it has found none of the person's yet
/// and has not come to the end, it says how far it has looked.
fn serials(t: &Text, typed: &str, page: &FoundSerials) -> Option<FoundKind> {
    if page.found.is_empty() && page.next.is_none() {
        return None;
    }
    let link = |unit: &kontor_shop::staff::FoundSerial| {
        let path = match (&unit.order, &unit.reseller) {
            (Some(order), _) => format!("/admin/orders/{order}"),
            (None, Some(reseller)) => format!("/admin/resellers/{reseller}"),
            (None, None) => format!("/admin/catalogue/{}", unit.model),
        };
        let order = unit.order.as_ref().map_or_else(String::new, |order| format!(" · {order}"));
        let (country, day) = (t.country(&unit.country), t.date(&unit.sold_on));
        (path, unit.serial.clone(), format!("{} · {country}, {day}{order}", unit.item))
    };
    let links: Vec<Link> = page.found.iter().map(link).collect();
    // Those of other markets are none of the person's: not even their numbers are named.
    let unfinished = links.len() < FOUND_MAX && page.next.is_some();
    Some(FoundKind {
        id: "found-serials",
        name: t.get("desk-serials").into_owned(),
        count: count(t, links.len(), page.next.is_some()),
        more: if unfinished { t.get("desk-found-looked").into_owned() } else { String::new() },
        next: page.next.as_ref().map(|after| {
            format!("/admin/find?q={}&after={}", in_query(typed.trim()), in_query(after))
        }),
        links,
    })
}

/// What is in no table of the shop: markets by their names, builds, work places.
fn published(app: &App, person: &Person, t: &Text, typed: &str) -> Vec<FoundKind> {
    let all = [
        ("found-markets", "staff-markets", markets(app, person, t, typed)),
        ("found-builds", "desk-builds", builds(app, person, typed)),
        ("found-places", "staff-nav", places(person, t, typed)),
    ];
    let kinds = all.into_iter().map(|(id, name, links)| {
        let more = links.len() > FOUND_MAX;
        let found = links.into_iter().take(FOUND_MAX).collect();
        kind(t, (id, name), &First { found, more }, Clone::clone)
    });
    kinds.flatten().collect()
}

/// Whether every word that was typed begins one of these.
fn fits(typed: &[String], name: &str) -> bool {
    let own = folded_words(name);
    !typed.is_empty() && typed.iter().all(|word| own.iter().any(|own| own.starts_with(word)))
}

/// The person's markets by their code and their countries' names.
fn markets(app: &App, person: &Person, t: &Text, typed: &str) -> Vec<Link> {
    let words = folded_words(typed);
    let snapshot = app.shop.snapshots.now();
    let own = markets_for(app, person, P::MarketRead).into_iter();
    own.filter_map(|code| {
        let countries = &snapshot.market(code)?.countries;
        let names: Vec<_> = countries.iter().map(|own| t.country(own).into_owned()).collect();
        let names = names.join(", ");
        let exact = typed.trim().eq_ignore_ascii_case(code.as_str());
        (exact || fits(&words, &names))
            .then(|| (format!("/admin/{code}/market"), names, code.to_string()))
    })
    .collect()
}

/// Work places that are open to the person and have a word that begins so: the keyboard's way there.
fn places(person: &Person, t: &Text, typed: &str) -> Vec<Link> {
    let words = folded_words(typed);
    let open = Place::ALL.iter().filter(|place| open_to(**place, person));
    open.map(|place| (place.path().to_owned(), place.name(t), place.group().name(t)))
        .filter(|(_, name, _)| fits(&words, name))
        .collect()
}

/// Builds whose version or device begins so: everybody may see them, they are published.
fn builds(app: &App, person: &Person, typed: &str) -> Vec<Link> {
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
            if fits && found.len() <= FOUND_MAX {
                let (tag, incremental) = (person.language.tag(), &build.incremental);
                let path = if person.may_somewhere(P::RolloutHalt) {
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

/// What the person can search: each kind that has something of theirs, and by what.
fn searchable(app: &App, person: &Person, t: &Text) -> Vec<(String, String)> {
    let may = |any: &[P]| any.iter().any(|permission| person.may_somewhere(*permission));
    let all = [
        (may(&[P::OrderRead]), "desk-orders", "find-by-orders"),
        (may(&[P::CustomerRead]), "desk-customers", "find-by-customers"),
        (may(&[P::OrderRead, P::StockRead]), "desk-serials", "find-by-serials"),
        (may(&[P::CatalogueRead]), "desk-products", "find-by-products"),
        (may(&[P::ClearanceRead]), "desk-rules", "find-by-rules"),
        (may(&[P::ClearanceRead]), "desk-grants", "find-by-grants"),
        (may(&[P::ClearanceRead]), "desk-documents", "find-by-documents"),
        (may(&[P::MarketRead]), "wd-title", "find-by-withdrawals"),
        (may(&[P::SaleRun]), "desk-sales", "find-by-sales"),
        (may(&[P::ResellerRead]), "rsl-title", "find-by-resellers"),
        (may(&[P::ResellerRead]), "rsl-orders", "find-by-reseller-orders"),
        (may(&[P::ResellerRead]), "desk-bills", "find-by-bills"),
        (may(&[P::OrderRead]), "desk-payments", "find-by-payments"),
        (may(&[P::StaffManage]), "staff-people", "find-by-people"),
        (may(&[P::JobRead, P::OrderRead]), "desk-letters", "find-by-letters"),
        (may(&[P::MarketRead]), "staff-markets", "find-by-markets"),
        (app.rom.is_some() && !person.held.is_empty(), "desk-builds", "find-by-builds"),
        (true, "staff-nav", "find-by-places"),
    ];
    let open = all.into_iter().filter(|(may, ..)| *may);
    open.map(|(_, kind, by)| (t.get(kind).into_owned(), t.get(by).into_owned())).collect()
}
