//! The stock ledger, account by account, and the bookings of the warehouse.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Typed, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Wrong;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::{Markets, Permission};
use kontor_ledger::{StockAccount, StockState};
use kontor_shop::staff::goods::{Goods, StockAct, StockFilter, StockPage, accounts, transfers_of};
use kontor_shop::staff::{Act, Person};
use serde::Deserialize;

use super::desk::{markets_for, nothing, shell};
use super::work::{Sent, Trouble, carry, greet, sent};
use crate::kit::app::App;
use crate::kit::escape::in_query;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Field, Form, Kind, Place, Table, WorkPage};

pub(super) const LIST: Route = Route::desk("/admin/stock", Some(Permission::StockRead));
pub(super) const BOOK: Route =
    Route::desk_form("/admin/stock", Some(Permission::StockBook), Repeat::FormKey);
pub(super) const ACCOUNT: Route = Route::desk("/admin/stock/account", Some(Permission::StockRead));

/// How many rows stand on a page.
const PAGE: usize = 50;
/// The word for goods that belong to no market's quota.
const NO_MARKET: &str = "-";

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    market: String,
    site: String,
    item: String,
    state: String,
    after: String,
    account: String,
    said: String,
}

/// The quotas that somebody may see: their markets, and with all markets what is nobody's.
fn quotas(app: &App, person: &Person) -> Vec<String> {
    let codes = markets_for(app, person, Permission::StockRead);
    let mut words: Vec<String> = codes.iter().map(ToString::to_string).collect();
    if person.markets(Permission::StockRead) == Markets::All {
        words.push(NO_MARKET.to_owned());
    }
    words
}

/// Whether the units of an account are theirs to see: of a market's quota, or of its sales'.
fn is_theirs(person: &Person, word: &str, permission: Permission) -> bool {
    match word.split('+').next() {
        Some(NO_MARKET) => person.may(permission, None),
        Some(code) => {
            code.parse::<MarketCode>().is_ok_and(|code| person.may(permission, Some(code)))
        }
        None => false,
    }
}

pub(super) async fn list(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    match page(&app, &uri, &person, &asked).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(response) => response,
    }
}

async fn page(app: &App, uri: &Uri, person: &Person, asked: &Asked) -> Result<WorkPage, Response> {
    let quotas = quotas(app, person);
    let market = match asked.market.as_str() {
        "" => quotas.first().cloned(),
        word => quotas.iter().find(|own| *own == word).cloned(),
    };
    let Some(market) = market else { return Err(nothing(app, uri)) };
    let mut shell = shell(app, person, Place::Stock).await;
    let t = shell.text();
    greet(&mut shell, &t, &asked.said);
    let state = asked.state.parse::<StockState>().map_or("", |state| state.as_str());
    let filter = StockFilter {
        market: Some(market.clone()),
        site: asked.site.trim().chars().take(60).collect(),
        item: asked.item.trim().chars().take(60).collect(),
        state: state.to_owned(),
    };
    let found = accounts(&app.shop, filter, asked.after.clone(), PAGE).await;
    let found = found.map_err(|fault| Problem::fault(&fault).respond(app, uri.path(), None))?;
    let name = |word: &str| match word.parse::<MarketCode>() {
        Ok(code) => shell.market(&code),
        Err(_) => t.get("stock-nobodys").into_owned(),
    };
    let tabs = quotas
        .iter()
        .map(|own| (format!("/admin/stock?market={}", in_query(own)), name(own), *own == market));
    let tabs = tabs.collect();
    let states = StockState::ALL.map(|state| (state.as_str().to_owned(), state_words(&t, state)));
    let choices = [vec![(String::new(), t.get("stock-any-state").into_owned())], states.to_vec()];
    let form = Form::filter("/admin/stock")
        .hidden("market", market.as_str())
        .field(field("site", t.get("stock-site"), Kind::Code).optional().with(asked.site.as_str()))
        .field(field("item", t.get("goods-sku"), Kind::Code).optional().with(asked.item.as_str()))
        .field(
            Field::new("state", t.get("staff-state"), Kind::Choice(choices.concat())).with(state),
        )
        .button(t.get("staff-show"), "");
    let title = t.two("work-of-market", "what", t.get("staff-stock"), "market", name(&market));
    let table = table(&t, &found, &market, asked);
    let mut page = WorkPage::new(shell, title).with(Block::Form(form)).with(Block::Table(table));
    page.tabs = tabs;
    if is_theirs(person, &market, Permission::StockBook) {
        for form in forms(app, &t, &market, &quotas) {
            page = page.with(Block::Form(form));
        }
    }
    Ok(page)
}

fn field(name: &'static str, label: impl Into<String>, kind: Kind) -> Field {
    Field::new(name, label, kind).up_to(60)
}

fn table(t: &Text, found: &StockPage, market: &str, asked: &Asked) -> Table {
    let row = |(account, balance): &(StockAccount, i64)| {
        let href = format!("/admin/stock/account?account={}", in_query(&account.to_string()));
        let tone = match account.state {
            StockState::Available if *balance > 0 => "good",
            StockState::Held | StockState::Sold if *balance > 0 => "warn",
            _ => "quiet",
        };
        vec![
            Cell::link(account.key.item.to_string(), href),
            Cell::code(account.key.site.to_string()),
            Cell::text(state_words(t, account.state)).toned(tone),
            Cell::code(account.key.market_word()),
            Cell::number(t.number(*balance)),
        ]
    };
    let next = found.next.as_ref().map(|after| {
        format!(
            "/admin/stock?market={}&site={}&item={}&state={}&after={}",
            in_query(market),
            in_query(&asked.site),
            in_query(&asked.item),
            in_query(&asked.state),
            in_query(after)
        )
    });
    Table {
        id: "accounts",
        columns: ["goods-sku", "stock-site", "staff-state", "stock-quota", "stock-units"]
            .map(|id| t.get(id).into_owned())
            .to_vec(),
        rows: found.accounts.iter().map(row).collect(),
        empty: t.get("stock-none").into_owned(),
        next,
        csv: Some("/admin/exchange/stock.csv".to_owned()),
        ..Table::default()
    }
}

fn state_words(t: &Text, state: StockState) -> String {
    let id = match state {
        StockState::Supplier => "stock-supplier",
        StockState::Available => "stock-available",
        StockState::Held => "stock-held",
        StockState::Sold => "stock-sold",
        StockState::Shipped => "stock-shipped",
        StockState::Returned => "stock-returned",
        StockState::WrittenOff => "stock-written-off",
    };
    t.get(id).into_owned()
}

/// Receipts, counts and quotas, for one market's units.
fn forms(app: &App, t: &Text, market: &str, quotas: &[String]) -> [Form; 3] {
    let form = |what: &'static str, title: &str, hint: &str, button: &str, units: &str| {
        let mut form = Form::new(what, t.get(title), "/admin/stock")
            .folded()
            .hidden("what", what)
            .hidden("market", market)
            .hidden("key", form_key::fresh(app))
            .field(field("site", t.get("stock-site"), Kind::Code))
            .field(field("sku", t.get("goods-sku"), Kind::Code))
            .field(field("units", t.get(units), Kind::Number).up_to(10))
            .button(t.get(button), "");
        form.hint = t.get(hint).into_owned();
        form
    };
    let reference = |hint: &str| {
        Field::new("reference", t.get("stock-reference"), Kind::Line).hint(t.get(hint))
    };
    let receive =
        form("receive", "stock-receive", "stock-receive-hint", "stock-book", "stock-units")
            .field(reference("stock-receive-reference"));
    let count = form("count", "stock-count", "stock-count-hint", "stock-book", "stock-counted")
        .field(reference("stock-count-reference"));
    let others = quotas.iter().filter(|own| *own != market);
    let others = others.map(|own| (own.clone(), own.clone())).collect();
    let quota = form("quota", "stock-move", "stock-move-hint", "stock-book", "stock-units")
        .field(Field::new("to", t.get("stock-to"), Kind::Choice(others)))
        .field(reference("stock-move-reference"));
    [receive, count, quota]
}

pub(super) async fn book(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    form: Result<Typed<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match sent(&app, &uri, form) {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let market = sent.get("market").to_owned();
    if !is_theirs(&person, &market, Permission::StockBook) || market.contains('+') {
        return nothing(&app, &uri);
    }
    let asked = Asked { market: market.clone(), ..Asked::default() };
    let what = match sent.get("what") {
        "receive" => "receive",
        "count" => "count",
        "quota" => "quota",
        _ => return Problem::bad_form().respond(&app, uri.path(), None),
    };
    let back = format!("/admin/stock?market={}", in_query(&market));
    let outcome = match act(&sent, what) {
        Ok(act) => carry(&app, &uri, &person, &sent, Act::Stock(act), &back).await,
        Err(trouble) => Err(trouble),
    };
    match outcome {
        Ok(response) => response,
        Err(trouble) => match page(&app, &uri, &person, &asked).await {
            Ok(page) => trouble.show(page, what, &sent),
            Err(response) => response,
        },
    }
}

fn act(sent: &Sent, what: &str) -> Result<StockAct, Trouble> {
    let text = sent.get("units");
    let plain = !text.is_empty() && text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit());
    let units = if plain { text.parse().ok() } else { None };
    let Some(units) = units else {
        return Err(Trouble::field("units", Wrong::NotWhole { cell: text.to_owned() }));
    };
    let own = |name| sent.get(name).to_owned();
    let goods = Goods {
        site: own("site"),
        sku: own("sku"),
        market: own("market"),
        units,
        reference: own("reference"),
    };
    Ok(match what {
        "receive" => StockAct::Receive(goods),
        "count" => StockAct::Count(goods),
        _ => StockAct::MoveQuota { goods, to: own("to") },
    })
}

pub(super) async fn account(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let Ok(account) = asked.account.parse::<StockAccount>() else { return nothing(&app, &uri) };
    if !is_theirs(&person, account.key.market_word(), Permission::StockRead) {
        return nothing(&app, &uri);
    }
    let before = asked.after.parse().ok();
    let found = match transfers_of(&app.shop, account.clone(), before, PAGE).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let shell = shell(&app, &person, Place::Stock).await;
    let t = shell.text();
    let rows = found.transfers.iter().map(|transfer| {
        let comes = transfer.to == account;
        let (units, other) =
            if comes { (transfer.units, &transfer.from) } else { (-transfer.units, &transfer.to) };
        let href = format!("/admin/stock/account?account={}", in_query(&other.to_string()));
        let theirs = is_theirs(&person, other.key.market_word(), Permission::StockRead);
        let words = other.to_string();
        vec![
            Cell::text(t.moment(&transfer.at)),
            Cell::code(transfer.cause.as_str()),
            if theirs { Cell::link(words, href) } else { Cell::code(other.state.as_str()) },
            Cell::text(transfer.reference.as_str()),
            Cell::number(t.number(units)),
        ]
    });
    let text = account.to_string();
    let next = found
        .next
        .map(|next| format!("/admin/stock/account?account={}&after={next}", in_query(&text)));
    let table = Table {
        id: "transfers",
        title: t.get("stock-transfers").into_owned(),
        columns: [
            "staff-when",
            "stock-cause",
            "stock-other-side",
            "stock-reference",
            "stock-units",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows: rows.collect(),
        empty: t.get("stock-never").into_owned(),
        next,
        ..Table::default()
    };
    let market = account.key.market_word();
    let market = market.split('+').next().unwrap_or_default();
    let lead = t.one("stock-balance", "units", t.number(found.balance)).into_owned();
    let mut page = WorkPage::new(shell, text)
        .below(format!("/admin/stock?market={}", in_query(market)), t.get("staff-stock"))
        .with(Block::Table(table));
    page.lead = Some(("quiet", lead));
    html(StatusCode::OK, &page)
}
