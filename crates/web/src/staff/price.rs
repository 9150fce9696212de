//! The prices of a market: what is asked now, what is planned, and what a new price would look like on
//! the shelf before anybody saves it.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Typed, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::{Instant, Money};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::{Market, MarketCode};
use kontor_domain::price::{PriceEntry, PriceRow, mrp_at, price_at, reduction};
use kontor_domain::staff::Permission;
use kontor_shop::Snapshot;
use kontor_shop::exchange::{Cells, Sheet, Table as File};
use kontor_shop::staff::goods::{CancelPrice, Rows, edited};
use kontor_shop::staff::{Act, Person, foresee};
use serde::Deserialize;

use super::clearance::name_of;
use super::desk::{market_for, markets_for, nothing, shell, to_first_market};
use super::work::{Sent, Trouble, carry, greet, sent, trouble};
use crate::kit::app::App;
use crate::kit::escape::in_query;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Facts, Field, Form, Kind, Place, Table, WorkPage};

const READS: Option<Permission> = Some(Permission::PriceRead);
const PATH: &str = "/admin/{market}/prices/{sku}";
pub(super) const FIRST: Route = Route::desk("/admin/prices", READS);
pub(super) const LIST: Route = Route::desk("/admin/{market}/prices", READS);
pub(super) const SHOW: Route = Route::desk(PATH, READS);
pub(super) const SET: Route = Route::desk_form(PATH, Some(Permission::PriceSet), Repeat::FormKey);

/// How many variants stand on a page.
const PAGE: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: String,
    q: String,
    said: String,
    price: String,
    mrp: String,
    valid_from: String,
    valid_to: String,
}

pub(super) async fn first(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    to_first_market(&app, &uri, &person, Permission::PriceRead, "prices")
}

pub(super) async fn list(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(code) = market_for(&app, &person, Permission::PriceRead, &market) else {
        return nothing(&app, &uri);
    };
    let snapshot = app.shop.snapshots.now();
    let market = snapshot.market(code).expect("found in the snapshot just now");
    let shell = shell(&app, &person, Place::Prices).await;
    let t = shell.text();
    let wanted = asked.q.trim().to_lowercase();
    let named = |sku: &Sku| {
        snapshot.product(sku).is_some_and(|(variant, model)| {
            wanted.is_empty()
                || sku.as_str().to_lowercase().contains(&wanted)
                || name_of(&t, variant, model).to_lowercase().contains(&wanted)
        })
    };
    let skus = snapshot.variants.keys().filter(|sku| sku.as_str() > asked.after.as_str());
    let mut found: Vec<&Sku> = skus.filter(|sku| named(sku)).take(PAGE + 1).collect();
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found
        .last()
        .filter(|_| more)
        .map(|sku| format!("/admin/{code}/prices?q={}&after={sku}", in_query(&asked.q)));
    let rows = found.iter().filter_map(|sku| row(&app, &t, &snapshot, market, sku)).collect();
    let table = Table {
        id: "prices",
        columns: [
            "goods-product",
            "goods-price",
            "price-lowest-column",
            "price-printed",
            "price-next",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows,
        empty: t.get("goods-none-found").into_owned(),
        next,
        csv: Some("/admin/exchange/prices.csv".to_owned()),
        ..Table::default()
    };
    let filter = Form::filter(format!("/admin/{code}/prices"))
        .field(
            Field::new("q", t.get("goods-find"), Kind::Line)
                .optional()
                .up_to(60)
                .with(asked.q.as_str()),
        )
        .button(t.get("staff-show"), "");
    let title =
        t.two("work-of-market", "what", t.get("staff-prices"), "market", shell.market(&code));
    let tabs = markets_for(&app, &person, Permission::PriceRead)
        .into_iter()
        .map(|other| (format!("/admin/{other}/prices"), shell.market(&other), other == code));
    let tabs = tabs.collect();
    let mut page = WorkPage::new(shell, title)
        .with(Block::Form(filter))
        .with(Block::Table(table))
        .with(Block::Links(vec![(
            "/admin/exchange?table=prices#upload".to_owned(),
            t.get("goods-bulk").into_owned(),
        )]));
    page.tabs = tabs;
    html(StatusCode::OK, &page)
}

fn row(app: &App, t: &Text, snapshot: &Snapshot, market: &Market, sku: &Sku) -> Option<Vec<Cell>> {
    let at = app.shop.now();
    let (variant, model) = snapshot.product(sku)?;
    let entries = snapshot.price_entries(market.code, sku);
    let money = |money: Option<Money>| {
        Cell::number(money.map_or_else(|| "–".to_owned(), |money| t.money(&money)))
    };
    let next = entries.iter().filter(|entry| entry.valid_from > at).min_by_key(|e| e.valid_from);
    let next = next.map_or_else(
        || Cell::text(""),
        |entry| Cell::text(t.money(&entry.money)).below(t.moment(&entry.valid_from)),
    );
    Some(vec![
        Cell::link(name_of(t, variant, model), format!("/admin/{}/prices/{sku}", market.code))
            .below(sku.to_string()),
        money(snapshot.price(market, sku, at)),
        money(reduction(entries, at).map(|reduction| reduction.lowest_30_days)),
        money(mrp_at(entries, at)),
        next,
    ])
}

/// A new price as it was typed.
#[derive(Clone, Debug, Default)]
struct Wanted {
    price: String,
    mrp: String,
    valid_from: String,
    valid_to: String,
}

impl Wanted {
    fn of_query(asked: &Asked) -> Self {
        let text = |text: &str| text.trim().chars().take(40).collect();
        Self {
            price: text(&asked.price),
            mrp: text(&asked.mrp),
            valid_from: text(&asked.valid_from),
            valid_to: text(&asked.valid_to),
        }
    }

    fn of_form(sent: &Sent) -> Self {
        let text = |name| sent.get(name).to_owned();
        Self {
            price: text("price"),
            mrp: text("mrp"),
            valid_from: text("valid_from"),
            valid_to: text("valid_to"),
        }
    }

    /// The row that it makes; without a beginning it begins now.
    fn row(&self, market: &Market, sku: &Sku, by: &Person, at: Instant) -> Cells {
        let from = match self.valid_from.as_str() {
            // A whole second: the same price previewed and saved is the same row.
            "" => Instant::from_micros(at.micros().div_euclid(1_000_000) * 1_000_000).to_string(),
            day => day.to_owned(),
        };
        let source = format!("set by {}", by.name);
        edited(
            None,
            &[
                ("market", market.code.as_str()),
                ("sku", sku.as_str()),
                ("price", &self.price),
                ("currency", &market.currency.to_string()),
                ("mrp", &self.mrp),
                ("valid_from", &from),
                ("valid_to", &self.valid_to),
                ("source", &source),
                ("confidence", "S1"),
            ],
        )
    }
}

fn entry_of(row: &Cells) -> Option<PriceEntry> {
    let row: PriceRow = serde_json::from_value(serde_json::to_value(row).ok()?).ok()?;
    row.parse().ok()
}

struct About {
    market: MarketCode,
    sku: Sku,
}

fn about(app: &App, person: &Person, needs: Permission, market: &str, sku: &str) -> Option<About> {
    let market = market_for(app, person, needs, market)?;
    let sku = sku.parse::<Sku>().ok()?;
    app.shop.snapshots.now().product(&sku)?;
    Some(About { market, sku })
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((market, sku)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(about) = about(&app, &person, Permission::PriceRead, &market, &sku) else {
        return nothing(&app, &uri);
    };
    let wanted = Some(Wanted::of_query(&asked)).filter(|wanted| !wanted.price.is_empty());
    let may_set = person.may(Permission::PriceSet, Some(about.market));
    let mut page = page(&app, &person, &about, wanted.as_ref(), &asked.said).await;
    if let Some(wanted) = wanted.filter(|_| may_set) {
        match preview(&app, &uri, &person, &about, &wanted).await {
            Ok(blocks) => {
                // Right below the form that asked for it.
                let place = page.blocks.iter().position(|block| matches!(block, Block::Form(_)));
                let place = place.map_or(0, |place| place + 1);
                page.blocks.splice(place..place, blocks);
            }
            Err(Trouble::Wrong(status, wrong)) => {
                let t = page.shell.text();
                for (field, said) in wrong {
                    page.complain("set", &field, &said.words(&t));
                }
                return html(status, &page);
            }
            Err(Trouble::Answer(response)) => return response,
        }
    }
    html(StatusCode::OK, &page)
}

async fn page(
    app: &App,
    person: &Person,
    about: &About,
    wanted: Option<&Wanted>,
    said: &str,
) -> WorkPage {
    let snapshot = app.shop.snapshots.now();
    let mut shell = shell(app, person, Place::Prices).await;
    let t = shell.text();
    greet(&mut shell, &t, said);
    let About { market, sku } = about;
    let (at, code) = (app.shop.now(), *market);
    let may_set = person.may(Permission::PriceSet, Some(code));
    let entries = snapshot.price_entries(code, sku);
    let name = snapshot.product(sku).map_or_else(String::new, |(v, m)| name_of(&t, v, m));
    let action = format!("/admin/{code}/prices/{sku}");
    let over =
        t.two("work-of-market", "what", t.get("staff-prices"), "market", shell.market(&code));
    let mut page = WorkPage::new(shell, name).below(format!("/admin/{code}/prices"), over);
    page.lead = Some(match price_at(entries, at) {
        Some(entry) => ("good", t.one("price-now", "price", t.money(&entry.money)).into_owned()),
        None => ("warn", t.get("price-none").into_owned()),
    });
    if may_set {
        let typed = wanted.cloned().unwrap_or_default();
        let form = Form { asks: true, ..Form::new("set", t.get("price-set"), &action) }
            .field(
                Field::new("price", t.get("goods-price"), Kind::Line).up_to(20).with(typed.price),
            )
            .field(
                Field::new("valid_from", t.get("price-from-day"), Kind::Date)
                    .optional()
                    .with(typed.valid_from)
                    .hint(t.get("price-from-hint")),
            )
            .field(
                Field::new("valid_to", t.get("price-to-day"), Kind::Date)
                    .optional()
                    .with(typed.valid_to)
                    .hint(t.get("price-to-hint")),
            )
            .field(
                Field::new("mrp", t.get("price-printed"), Kind::Line)
                    .optional()
                    .up_to(20)
                    .with(typed.mrp),
            )
            .button(t.get("price-preview"), "");
        page = page.with(Block::Form(form));
    }
    page = page.with(Block::Table(history(&t, entries, at)));
    if may_set {
        for (index, entry) in entries.iter().filter(|entry| entry.valid_from > at).enumerate() {
            let title = t.two(
                "price-cancel",
                "price",
                t.money(&entry.money),
                "when",
                t.moment(&entry.valid_from),
            );
            let form = Form::new(format!("cancel-{index}"), title, &action)
                .folded()
                .hidden("key", form_key::fresh(app))
                .hidden("what", "cancel")
                .hidden("valid_from", entry.valid_from.to_string())
                .field(
                    Field::new("reason", t.get("staff-reason"), Kind::Line)
                        .optional()
                        .up_to(500)
                        .hint(t.get("staff-reason-hint")),
                )
                .button(t.get("price-cancel-do"), "");
            page = page.with(Block::Form(form));
        }
    }
    page
}

/// Every price with its span, the newest first.
fn history(t: &Text, entries: &[PriceEntry], at: Instant) -> Table {
    let now = price_at(entries, at);
    let rows = entries.iter().rev().map(|entry| {
        let (id, tone) = if now == Some(entry) {
            ("price-is-now", "good")
        } else if entry.valid_from > at {
            ("price-is-planned", "warn")
        } else {
            ("price-is-over", "quiet")
        };
        let end = entry.valid_to.map_or_else(String::new, |end| t.moment(&end));
        vec![
            Cell::text(t.money(&entry.money)),
            Cell::text(t.get(id)).toned(tone),
            Cell::text(t.moment(&entry.valid_from)),
            Cell::text(end),
            Cell::text(entry.mrp.map_or_else(String::new, |mrp| t.money(&mrp))),
            Cell::text(entry.source.clone()),
        ]
    });
    Table {
        id: "history",
        title: t.get("price-history").into_owned(),
        columns: [
            "goods-price",
            "staff-state",
            "price-from-column",
            "price-to-column",
            "price-printed",
            "goods-source",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows: rows.collect(),
        empty: t.get("price-none").into_owned(),
        ..Table::default()
    }
}

/// What the shelf would say from the moment on at which the price begins, and the button that saves it.
async fn preview(
    app: &App,
    uri: &Uri,
    person: &Person,
    about: &About,
    wanted: &Wanted,
) -> Result<Vec<Block>, Trouble> {
    let snapshot = app.shop.snapshots.now();
    let t = Text::new(person.language, None);
    let market = snapshot.market(about.market).expect("found in the snapshot before");
    let at = app.shop.now();
    let entries = snapshot.price_entries(about.market, &about.sku);
    let row = wanted.row(market, &about.sku, person, at);
    let act = Act::Rows(Rows {
        sheet: Sheet::of_rows(File::Prices, "form", std::slice::from_ref(&row)),
        seen: None,
    });
    let foreseen = foresee(&app.shop, person, act).await;
    let foreseen = foreseen.map_err(|failure| trouble(app, uri, person, failure))?;
    let Some(entry) = entry_of(&row) else {
        return Err(Trouble::field("price", t.get("field-missing").into_owned()));
    };
    let mut after: Vec<PriceEntry> =
        entries.iter().filter(|old| old.valid_from != entry.valid_from).cloned().collect();
    after.push(entry.clone());
    let shown_at = entry.valid_from.max(at);
    let lowest = reduction(&after, shown_at);
    let before = price_at(entries, shown_at).map(|old| old.money);
    let pair = |id: &str, cell: Cell| (t.get(id).into_owned(), cell);
    let mut pairs = vec![
        pair(
            "price-preview-shown",
            Cell::text(t.money(&entry.money))
                .instead_of(before.map_or_else(String::new, |money| t.money(&money))),
        ),
        pair("price-preview-when", Cell::text(t.moment(&shown_at))),
        pair(
            "price-preview-lowest",
            match lowest {
                Some(lowest) => Cell::text(
                    t.one("price-lowest", "price", t.money(&lowest.lowest_30_days)).into_owned(),
                ),
                None => Cell::text(t.get("price-preview-no-reduction")),
            },
        ),
    ];
    if let Some(end) = entry.valid_to {
        let back = price_at(&after, end).map_or_else(|| "–".to_owned(), |old| t.money(&old.money));
        pairs.push(pair("price-preview-after", Cell::text(back).below(t.moment(&end))));
    }
    let (tone, who) =
        if foreseen.second { ("warn", "price-second") } else { ("good", "price-alone") };
    pairs.push(pair("price-preview-who", Cell::text(t.get(who)).toned(tone)));
    let mut form =
        Form::new("save", String::new(), format!("/admin/{}/prices/{}", about.market, about.sku))
            .hidden("key", form_key::fresh(app))
            .hidden("what", "set");
    for column in ["price", "mrp", "valid_from", "valid_to"] {
        form = form.hidden(column, row.get(column).cloned().unwrap_or_default());
    }
    if foreseen.second {
        form = form.field(
            Field::new("reason", t.get("staff-reason"), Kind::Line)
                .up_to(500)
                .hint(t.get("staff-reason-hint")),
        );
    }
    let words = t.get(if foreseen.second { "staff-propose" } else { "goods-save" });
    let facts = Facts { title: t.get("price-preview-title").into_owned(), id: "preview", pairs };
    Ok(vec![Block::Facts(facts), Block::Form(form.button(words, ""))])
}

pub(super) async fn set(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((market, sku)): Path<(String, String)>,
    form: Result<Typed<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match sent(&app, &uri, form) {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let Some(about) = about(&app, &person, Permission::PriceSet, &market, &sku) else {
        return nothing(&app, &uri);
    };
    let snapshot = app.shop.snapshots.now();
    let own = snapshot.market(about.market).expect("found in the snapshot before");
    let act = match sent.get("what") {
        "set" => {
            let row = Wanted::of_form(&sent).row(own, &about.sku, &person, app.shop.now());
            Act::Rows(Rows { sheet: Sheet::of_rows(File::Prices, "form", &[row]), seen: None })
        }
        "cancel" => match sent.get("valid_from").parse::<jiff::Timestamp>() {
            Ok(from) => Act::CancelPrice(CancelPrice {
                market: about.market,
                sku: about.sku.clone(),
                valid_from: Instant::from(from),
            }),
            Err(_) => return Problem::bad_form().respond(&app, uri.path(), None),
        },
        _ => return Problem::bad_form().respond(&app, uri.path(), None),
    };
    let back = format!("/admin/{}/prices/{}", about.market, about.sku);
    match carry(&app, &uri, &person, &sent, act, &back).await {
        Ok(response) => response,
        Err(trouble) => {
            let wanted = Wanted::of_form(&sent);
            let page = page(&app, &person, &about, Some(&wanted), "").await;
            trouble.show(page, "set", &sent)
        }
    }
}
