//! A market: how far it has come, its terms, its texts, who sells there, and the steps it has gone.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Typed, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_domain::market::{FulfilmentModel, Market, MarketCode, Stage, TRANSITIONS};
use kontor_domain::staff::Permission;
use kontor_shop::exchange::{Cells, Sheet, Table as File};
use kontor_shop::opening::history;
use kontor_shop::staff::goods::{Advance, Rows, edited, stored_row};
use kontor_shop::staff::{Act, Person};
use serde::Deserialize;

use super::desk::{failed, market_for, markets_for, nothing, shell};
use super::market_contact;
use super::opening::step_skus;
use super::work::{Sent, Trouble, carry, greet, sent};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Field, Form, Kind, Place, Table, WorkPage};

const READS: Option<Permission> = Some(Permission::MarketRead);
const PATH: &str = "/admin/{market}/market";
pub(super) const LIST: Route = Route::desk("/admin/markets", READS);
pub(super) const SHOW: Route = Route::desk(PATH, READS);
pub(super) const CHANGE: Route =
    Route::desk_form(PATH, Some(Permission::MarketRead), Repeat::FormKey);

/// The word for a step with everything that is cleared.
const EVERYTHING: &str = "everything";

/// How many markets stand on a page.
const PAGE: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: String,
    said: String,
}

pub(super) async fn list(
    State(app): State<App>,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let snapshot = app.shop.snapshots.now();
    let shell = shell(&app, &person, Place::Markets).await;
    let t = shell.text();
    let mut own = markets_for(&app, &person, Permission::MarketRead);
    own.sort_unstable();
    let mut own: Vec<MarketCode> = own
        .into_iter()
        .filter(|code| code.as_str() > asked.after.as_str())
        .take(PAGE + 1)
        .collect();
    let more = own.len() > PAGE;
    own.truncate(PAGE);
    let next = own.last().filter(|_| more).map(|code| format!("/admin/markets?after={code}"));
    let rows = own.iter().filter_map(|code| snapshot.market(*code)).map(|market| {
        let opens = market.opens_on.map_or_else(String::new, |day| t.date(&day));
        vec![
            Cell::link(shell.market(&market.code), format!("/admin/{}/market", market.code))
                .below(market.code.to_string()),
            Cell::text(stage_words(&t, market.stage)).toned(stage_tone(market.stage)),
            Cell::text(opens),
            Cell::code(market.currency.to_string()),
            Cell::text(market.languages.iter().map(|l| l.tag()).collect::<Vec<_>>().join(", ")),
        ]
    });
    let table = Table {
        id: "markets",
        columns: [
            "staff-market",
            "market-stage",
            "market-opens",
            "market-currency",
            "market-languages",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows: rows.collect(),
        empty: t.get("market-none").into_owned(),
        next,
        csv: Some("/admin/exchange/markets.csv".to_owned()),
        ..Table::default()
    };
    let title = t.get("staff-markets");
    html(StatusCode::OK, &WorkPage::new(shell, title).with(Block::Table(table)))
}

fn stage_words(t: &Text, stage: Stage) -> String {
    let id = match stage {
        Stage::Scouting => "market-scouting",
        Stage::Preparing => "market-preparing",
        Stage::Beta => "market-beta",
        Stage::Open => "market-open",
        Stage::Paused => "market-paused",
        Stage::Closing => "market-closing",
        Stage::Closed => "market-closed",
    };
    t.get(id).into_owned()
}

const fn stage_tone(stage: Stage) -> &'static str {
    match stage {
        Stage::Open => "good",
        Stage::Beta | Stage::Preparing => "warn",
        Stage::Paused | Stage::Closing => "bad",
        Stage::Scouting | Stage::Closed => "quiet",
    }
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(code) = market_for(&app, &person, Permission::MarketRead, &market) else {
        return nothing(&app, &uri);
    };
    match page(&app, &uri, &person, code, &asked.said).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(response) => response,
    }
}

async fn page(
    app: &App,
    uri: &Uri,
    person: &Person,
    code: MarketCode,
    said: &str,
) -> Result<WorkPage, Response> {
    let fault =
        |fault: kontor_store::StoreError| Problem::fault(&fault).respond(app, uri.path(), None);
    let snapshot = app.shop.snapshots.now();
    let market = snapshot.market(code).expect("found in the snapshot before");
    let steps = history(&app.shop, code).await.map_err(fault)?;
    let mut shell = shell(app, person, Place::Markets).await;
    let t = shell.text();
    greet(&mut shell, &t, said);
    let name = shell.market(&code);
    let mut page = WorkPage::new(shell, name).below("/admin/markets", t.get("staff-markets"));
    page.lead = Some((stage_tone(market.stage), stage_words(&t, market.stage)));
    let mut ways = Vec::new();
    let way = |needs, href: String, id: &str| {
        person.may(needs, Some(code)).then(|| (href, t.get(id).into_owned()))
    };
    ways.extend(way(
        Permission::ClearanceRead,
        format!("/admin/{code}/clearances"),
        "staff-clearances",
    ));
    ways.extend(way(Permission::PriceRead, format!("/admin/{code}/prices"), "staff-prices"));
    ways.extend(way(Permission::StockRead, format!("/admin/stock?market={code}"), "staff-stock"));
    page = page.with(Block::Links(ways));
    if person.may(Permission::MarketEdit, Some(code)) {
        let row = stored_row(&app.shop, File::Markets, &[code.as_str()]).await.map_err(fault)?;
        page = page.with(Block::Form(step_form(app, &t, market)));
        let mut form = terms_form(app, &t, code, row.as_ref());
        if !person.may(Permission::MarketEdit, None) {
            // Whose facts come with a country is nobody's to decide who has one market.
            form.fields.retain(|field| field.name != "countries");
        }
        page = page.with(Block::Form(form));
        page = page.with(Block::Form(market_contact::form(app, &t, code, row.as_ref())));
    } else if let Some(contact) = market_contact::facts(&t, market) {
        page = page.with(contact);
    }
    if person.may(Permission::ClearanceGrant, Some(code)) {
        let row = stored_row(&app.shop, File::Presences, &[code.as_str()]).await.map_err(fault)?;
        page = page.with(Block::Form(presence_form(app, &t, code, row.as_ref())));
    }
    let rows = steps.iter().rev().map(|step| {
        vec![
            Cell::text(t.moment(&step.made_at)),
            Cell::text(stage_words(&t, step.to)).instead_of(stage_words(&t, step.from)),
            Cell::text(step.made_by.clone()),
            Cell::text(step.reason.clone()),
        ]
    });
    Ok(page.with(Block::Table(Table {
        id: "steps",
        title: t.get("market-steps").into_owned(),
        columns: ["staff-when", "market-stage", "staff-who", "staff-reason"]
            .map(|id| t.get(id).into_owned())
            .to_vec(),
        rows: rows.collect(),
        empty: t.get("market-steps-none").into_owned(),
        ..Table::default()
    })))
}

fn step_form(app: &App, t: &Text, market: &Market) -> Form {
    let leads = TRANSITIONS.iter().find(|(stage, _)| *stage == market.stage);
    let next = leads.map_or(&[][..], |(_, next)| next);
    let choices: Vec<(String, String)> =
        next.iter().map(|to| (to.word().to_owned(), stage_words(t, *to))).collect();
    let form = Form::new("step", t.get("market-step"), format!("/admin/{}/market", market.code));
    if choices.is_empty() {
        return Form { hint: t.get("market-step-none").into_owned(), ..form };
    }
    let sells = [("", "market-step-plan"), (EVERYTHING, "open-everything")]
        .map(|(word, id)| (word.to_owned(), t.get(id).into_owned()))
        .to_vec();
    let mut form = form
        .hidden("what", "step")
        .hidden("from", market.stage.word())
        .hidden("key", form_key::fresh(app))
        .field(Field::new("to", t.get("market-step-to"), Kind::Choice(choices)))
        .field(Field::new("sells", t.get("market-step-sells"), Kind::Choice(sells)))
        .field(Field::new("reason", t.get("staff-reason"), Kind::Line))
        .button(t.get("market-step-do"), "");
    form.hint = t.get("market-step-hint").into_owned();
    form
}

/// The columns of a market that its form edits; its stage is none of them.
const TERMS: [&str; 13] = [
    "note_en",
    "note_de",
    "countries",
    "languages",
    "currency",
    "tax_display",
    "fulfilment",
    "shipping",
    "return_window_days",
    "opens_on",
    "region",
    "beta_units_per_person",
    "beta_units_total",
];

fn terms_form(app: &App, t: &Text, code: MarketCode, row: Option<&Cells>) -> Form {
    let cell = |column: &str| row.and_then(|row| row.get(column)).cloned().unwrap_or_default();
    let words = |words: &[&str]| {
        Kind::Choice(words.iter().map(|word| ((*word).to_owned(), (*word).to_owned())).collect())
    };
    let field = |name: &'static str| {
        let (id, kind) = match name {
            "note_en" => ("market-note-en", Kind::Area(2)),
            "note_de" => ("market-note-de", Kind::Area(2)),
            "countries" => ("market-countries", Kind::Code),
            "languages" => ("market-languages", Kind::Code),
            "currency" => ("market-currency", Kind::Code),
            "tax_display" => ("market-tax", words(&["inclusive", "exclusive"])),
            "fulfilment" => {
                ("market-fulfilment", words(&FulfilmentModel::ALL.map(FulfilmentModel::word)))
            }
            "shipping" => ("market-shipping", Kind::Code),
            "return_window_days" => ("market-return-days", Kind::Number),
            "opens_on" => ("market-opens", Kind::Date),
            "beta_units_per_person" => ("market-beta-person", Kind::Number),
            "beta_units_total" => ("market-beta-total", Kind::Number),
            _ => ("market-region", Kind::Code),
        };
        let field = Field::new(name, t.get(id), kind).with(cell(name)).up_to(1_000);
        match name {
            "countries" | "languages" => field.hint(t.get("market-list-hint")),
            "beta_units_total" => field.hint(t.get("market-beta-hint")).optional(),
            "beta_units_per_person" | "note_en" | "note_de" | "opens_on" | "region" => {
                field.optional()
            }
            _ => field,
        }
    };
    let mut form = Form::new("terms", t.get("market-terms"), format!("/admin/{code}/market"))
        .hidden("what", "terms")
        .hidden("key", form_key::fresh(app))
        .button(t.get("goods-save"), "");
    form.fields = TERMS.map(field).to_vec();
    form
}

fn presence_form(app: &App, t: &Text, code: MarketCode, row: Option<&Cells>) -> Form {
    let cell = |column: &str| row.and_then(|row| row.get(column)).cloned().unwrap_or_default();
    let field =
        |name: &'static str, id: &str| Field::new(name, t.get(id), Kind::Line).with(cell(name));
    let mut form = Form::new("presence", t.get("market-presence"), format!("/admin/{code}/market"))
        .folded()
        .hidden("what", "presence")
        .hidden("key", form_key::fresh(app))
        .field(field("entity", "market-entity").optional())
        .field(field("hosted_in", "market-hosted").optional())
        .field(field("source", "goods-source"))
        .field(Field::new("reason", t.get("staff-reason"), Kind::Line).up_to(500))
        .button(t.get("staff-propose"), "");
    form.hint = t.get("market-presence-hint").into_owned();
    form
}

pub(super) async fn change(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(market): Path<String>,
    form: Result<Typed<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match sent(&app, &uri, form) {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let Some(code) = market_for(&app, &person, Permission::MarketRead, &market) else {
        return nothing(&app, &uri);
    };
    if plan_is_missing(&app, code, &sent) {
        return match page(&app, &uri, &person, code, "").await {
            Ok(page) => {
                let words = page.shell.text().get("open-choose-or-everything");
                Trouble::field("sells", words).show(page, "step", &sent)
            }
            Err(response) => response,
        };
    }
    let (id, act) = match act(&app, code, &sent).await {
        Ok(Some(found)) => found,
        Ok(None) => return Problem::bad_form().respond(&app, uri.path(), None),
        Err(fault) => return failed(&app, &uri, fault.into()),
    };
    match carry(&app, &uri, &person, &sent, act, &format!("/admin/{code}/market")).await {
        Ok(response) => response,
        Err(trouble) => match page(&app, &uri, &person, code, "").await {
            Ok(page) => trouble.show(page, id, &sent),
            Err(response) => response,
        },
    }
}

/// Whether a step that sells says nothing of with what, and the market has not opened before.
fn plan_is_missing(app: &App, code: MarketCode, sent: &Sent) -> bool {
    let to = Stage::from_word(sent.get("to")).filter(|_| sent.get("what") == "step");
    let everything = sent.get("sells") == EVERYTHING;
    to.is_some_and(|to| step_skus(&app.shop.snapshots.now(), code, to, &[], everything).is_none())
}

/// The form that was sent and its act; nothing for a form that is none.
async fn act(
    app: &App,
    code: MarketCode,
    sent: &Sent,
) -> Result<Option<(&'static str, Act)>, kontor_store::StoreError> {
    let row = |table: File| async move { stored_row(&app.shop, table, &[code.as_str()]).await };
    let sheet = |table: File, row: Cells| {
        Act::Rows(Rows { sheet: Sheet::of_rows(table, "form", &[row]), seen: None })
    };
    Ok(match sent.get("what") {
        "step" => {
            let stage = |name| Stage::from_word(sent.get(name));
            let (Some(from), Some(to)) = (stage("from"), stage("to")) else { return Ok(None) };
            let reason = sent.get("reason").to_owned();
            let everything = sent.get("sells") == EVERYTHING;
            let snapshot = app.shop.snapshots.now();
            let Some(skus) = step_skus(&snapshot, code, to, &[], everything) else {
                return Ok(None);
            };
            Some(("step", Act::Advance(Advance { market: code, from, to, reason, skus, on: None })))
        }
        "terms" => {
            let cells: Vec<(&str, &str)> =
                TERMS.iter().map(|column| (*column, sent.get(column))).collect();
            // The form of whoever may not change the countries does not have them.
            let cells: Vec<_> = cells
                .into_iter()
                .filter(|(column, _)| *column != "countries" || sent.has(column))
                .collect();
            Some(("terms", sheet(File::Markets, edited(row(File::Markets).await?, &cells))))
        }
        "contact" => {
            let edited = market_contact::edited_by(sent, row(File::Markets).await?);
            Some(("contact", sheet(File::Markets, edited)))
        }
        "presence" => {
            let cells = [
                ("market", code.as_str()),
                ("entity", sent.get("entity")),
                ("hosted_in", sent.get("hosted_in")),
                ("source", sent.get("source")),
                ("confidence", "S1"),
            ];
            Some(("presence", sheet(File::Presences, edited(row(File::Presences).await?, &cells))))
        }
        _ => None,
    })
}
