//! Imports and exports: a file is played through first; its bad rows are named, its changes shown, and
//! only what was shown is applied.

use axum::Extension;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_shop::Failure;
use kontor_shop::exchange::{Sheet, Table as File};
use kontor_shop::staff::goods::{DryRun, Loosening, Rows, dry_run, export_for};
use kontor_shop::staff::{Act, ActRefusal, Foreseen, Person, Refusal, foresee};
use serde::Deserialize;

use super::desk::{failed, nothing, shell};
use super::proposal::{loosened_more, loosened_rows};
use super::work::{Trouble, carry, csv_file, greet, sent_with_file, trouble};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::html;
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{
    Block, Cell, Facts, Field, Form, Kind, Place, StaffShell, Table, WorkPage,
};

/// Everybody who is signed in may see some tables, at least those that are published.
pub(super) const SHOW: Route = Route::desk("/admin/exchange", None);
pub(super) const EXPORT: Route = Route::desk("/admin/exchange/{file}", None);
pub(super) const TRY: Route = Route::desk_form("/admin/exchange", None, Repeat::FormKey);
pub(super) const APPLY: Route = Route::desk_form("/admin/exchange/apply", None, Repeat::FormKey);

/// The largest file that is taken in the browser, in bytes; larger ones are the command's.
pub(super) const UPLOAD_BYTES_MAX: usize = 1024 * 1024;
/// How many changes are shown one by one.
const SHOWN: usize = 300;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    table: String,
    said: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    html(StatusCode::OK, &page(&app, &person, &asked.table, &asked.said).await)
}

async fn page(app: &App, person: &Person, chosen: &str, said: &str) -> WorkPage {
    let mut shell = shell(app, person, Place::Exchange).await;
    let t = shell.text();
    greet(&mut shell, &t, said);
    let seen = File::ALL.into_iter().filter(|table| person.may_see(*table));
    let rows = seen.map(|table| {
        let word = table.word();
        let change = if person.may_change(table) {
            Cell::link(t.get("exchange-upload"), format!("/admin/exchange?table={word}#upload"))
        } else {
            Cell::text("")
        };
        vec![
            Cell::text(t.get(about(table))).below(word),
            Cell::link(t.get("exchange-download"), format!("/admin/exchange/{word}.csv")),
            change,
        ]
    });
    let table = Table {
        id: "tables",
        title: t.get("exchange-tables").into_owned(),
        columns: ["exchange-table", "exchange-download", "exchange-upload"]
            .map(|id| t.get(id).into_owned())
            .to_vec(),
        rows: rows.collect(),
        empty: t.get("goods-none-found").into_owned(),
        ..Table::default()
    };
    let own: Vec<(String, String)> = File::ALL
        .into_iter()
        .filter(|table| person.may_change(*table))
        .map(|table| (table.word().to_owned(), table.word().to_owned()))
        .collect();
    let title = t.get("staff-exchange");
    let mut page = WorkPage::new(shell, title);
    if !own.is_empty() {
        let mut form = Form::new("upload", t.get("exchange-upload-title"), "/admin/exchange")
            .hidden("key", form_key::fresh(app))
            .field(Field::new("table", t.get("exchange-table"), Kind::Choice(own)).with(chosen))
            .field(
                Field::new("file", t.get("exchange-file"), Kind::File("text/csv,.csv"))
                    .hint(t.get("exchange-file-hint")),
            )
            .button(t.get("exchange-try"), "");
        form.has_file = true;
        page = page.with(Block::Form(form));
    }
    page.with(Block::Table(table))
}

/// What a table has in it.
const fn about(table: File) -> &'static str {
    match table {
        File::Markets => "exchange-about-markets",
        File::Models => "exchange-about-models",
        File::Texts => "exchange-about-texts",
        File::Variants => "exchange-about-variants",
        File::Components => "exchange-about-components",
        File::Fits => "exchange-about-fits",
        File::TaxRates => "exchange-about-tax-rates",
        File::Prices => "exchange-about-prices",
        File::Rules => "exchange-about-rules",
        File::Grants => "exchange-about-grants",
        File::Orders => "exchange-about-orders",
        File::Reviews => "exchange-about-reviews",
        File::Presences => "exchange-about-presences",
        File::Assortments => "exchange-about-assortments",
        File::Checklist => "exchange-about-checklist",
        File::Stock => "exchange-about-stock",
        File::Figures => "exchange-about-figures",
        File::Ranks => "exchange-about-ranks",
        File::Targets => "exchange-about-targets",
        File::Forecasts => "exchange-about-forecasts",
    }
}

pub(super) async fn export(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(file): Path<String>,
) -> Response {
    let table = file.strip_suffix(".csv").and_then(File::from_word);
    let Some(table) = table else { return nothing(&app, &uri) };
    match export_for(&app.shop, &person, table).await {
        Ok(exported) => csv_file(table.word(), exported.text),
        Err(failure) => failed(&app, &uri, failure),
    }
}

/// The sheet of an upload, if it is one of a table that is theirs to change.
fn sheet_of(person: &Person, table: &str, name: &str, bytes: Vec<u8>) -> Result<Sheet, Trouble> {
    let t = Text::new(person.language, None);
    let trouble = |field, id| Err(Trouble::field(field, t.get(id)));
    let table = File::from_word(table).filter(|table| person.may_change(*table));
    let Some(table) = table else { return trouble("table", "exchange-no-table") };
    if bytes.is_empty() {
        return trouble("file", "exchange-file-empty");
    }
    if bytes.len() > UPLOAD_BYTES_MAX {
        return trouble("file", "exchange-file-large");
    }
    let Ok(text) = String::from_utf8(bytes) else {
        return trouble("file", "exchange-file-not-utf8");
    };
    let name: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
    let name = if name.is_empty() { format!("{table}.csv") } else { name };
    Ok(Sheet::of_file(table, &name, text))
}

pub(super) async fn play(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    parts: Result<Multipart, MultipartRejection>,
) -> Response {
    let (sent, file) = match sent_with_file(&app, &uri, parts).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let sheet = match sheet_of(&person, sent.get("table"), &file.name, file.bytes) {
        Ok(sheet) => sheet,
        Err(trouble) => {
            let page = page(&app, &person, sent.get("table"), "").await;
            return trouble.show(page, "upload", &sent);
        }
    };
    match play_through(&app, &uri, &person, &sheet, &file.name).await {
        Ok(response) => response,
        Err(trouble) => {
            let page = page(&app, &person, sent.get("table"), "").await;
            trouble.show(page, "upload", &sent)
        }
    }
}

/// Plays a sheet through without keeping anything: its bad rows, or what it would change with the button
/// that applies exactly that.
///
/// # Errors
///
/// [`Trouble`] where it is not theirs, or not to be done at all.
pub(super) async fn play_through(
    app: &App,
    uri: &Uri,
    person: &Person,
    sheet: &Sheet,
    name: &str,
) -> Result<Response, Trouble> {
    let rows = Rows { sheet: sheet.clone(), seen: None };
    let foreseen = match foresee(&app.shop, person, Act::Rows(rows)).await {
        Ok(foreseen) => foreseen,
        Err(Failure::Refused(Refusal::Act(ActRefusal::Rows(bad)))) => {
            return Ok(bad_rows(app, person, sheet.table(), name, &bad).await);
        }
        Err(failure) => return Err(trouble(app, uri, person, failure)),
    };
    Ok(match dry_run(&app.shop, sheet.clone()).await {
        Ok(played) => shown(app, person, sheet, name, &played, &foreseen).await,
        Err(Failure::Refused(Refusal::Act(ActRefusal::Rows(bad)))) => {
            bad_rows(app, person, sheet.table(), name, &bad).await
        }
        Err(failure) => failed(app, uri, failure),
    })
}

/// The bad rows, each with its line and column.
async fn bad_rows(
    app: &App,
    person: &Person,
    table: File,
    name: &str,
    bad: &kontor_shop::exchange::BadFile,
) -> Response {
    let shell = shell(app, person, Place::Exchange).await;
    let t = shell.text();
    let count = u64::try_from(bad.problems.len()).unwrap_or(u64::MAX).saturating_add(bad.more);
    let rows = bad.problems.iter().map(|problem| {
        vec![
            Cell::text(t.one("exchange-line", "line", problem.line).into_owned()),
            Cell::code(problem.column.clone().unwrap_or_default()),
            Cell::text(t.wrong(&problem.reason)),
        ]
    });
    let found = Table {
        id: "bad",
        title: t.get("exchange-bad").into_owned(),
        hint: if bad.more > 0 {
            t.one("exchange-more", "count", bad.more).into_owned()
        } else {
            String::new()
        },
        columns: ["exchange-row", "staff-field", "exchange-wrong"]
            .map(|id| t.get(id).into_owned())
            .to_vec(),
        rows: rows.collect(),
        ..Table::default()
    };
    let mut page = WorkPage::new(shell, format!("{table}: {name}"))
        .below("/admin/exchange", t.get("staff-exchange"))
        .with(Block::Table(found));
    page.lead = Some(("bad", t.one("exchange-nothing-applied", "count", count).into_owned()));
    html(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// What the file would change, and the button that applies exactly that.
async fn shown(
    app: &App,
    person: &Person,
    sheet: &Sheet,
    name: &str,
    played: &DryRun,
    foreseen: &Foreseen,
) -> Response {
    let shell = shell(app, person, Place::Exchange).await;
    let t = shell.text();
    let report = &played.report;
    let pair = |id: &str, count: u64| {
        let number = i64::try_from(count).unwrap_or(i64::MAX);
        (t.get(id).into_owned(), Cell::text(t.number(number)))
    };
    let facts = Facts {
        title: t.get("exchange-would").into_owned(),
        id: "counts",
        pairs: vec![
            pair("exchange-rows", report.rows),
            pair("exchange-new", report.new),
            pair("exchange-changed", report.changed),
            pair("exchange-unchanged", report.unchanged),
            pair("exchange-removed", report.removed),
        ],
    };
    let rows = played.changes.iter().take(SHOWN).map(|change| {
        vec![
            Cell::text(change.key.clone()),
            Cell::code(change.column.clone()),
            Cell::text(change.is_now.clone()).instead_of(change.was.clone()),
        ]
    });
    let more = played.changes.len().saturating_sub(SHOWN);
    let changes = Table {
        id: "changes",
        title: t.get("staff-would-change").into_owned(),
        hint: if more > 0 {
            t.one("exchange-more", "count", more).into_owned()
        } else {
            String::new()
        },
        columns: ["staff-subject", "staff-field", "staff-becomes"]
            .map(|id| t.get(id).into_owned())
            .to_vec(),
        rows: rows.collect(),
        empty: t.get("exchange-nothing").into_owned(),
        ..Table::default()
    };
    let mut form = Form::new("apply", String::new(), "/admin/exchange/apply")
        .hidden("key", form_key::fresh(app))
        .hidden("table", sheet.table().word())
        .hidden("name", name)
        .hidden("seen", played.seen.as_str())
        .hidden("rows", sheet.text());
    form.has_file = true;
    if foreseen.second {
        form = form.field(
            Field::new("reason", t.get("staff-reason"), Kind::Line)
                .up_to(500)
                .hint(t.get("staff-reason-hint")),
        );
    }
    let words = apply_words(&t, foreseen.second);
    let loosened = loosened_table(&shell, &t, &foreseen.loosening);
    let mut page = WorkPage::new(shell, format!("{}: {name}", sheet.table()))
        .below("/admin/exchange", t.get("staff-exchange"))
        .with(Block::Facts(facts));
    if let Some(loosened) = loosened {
        page = page.with(Block::Table(loosened));
    }
    let page = page.with(Block::Form(form.button(words, ""))).with(Block::Table(changes));
    html(StatusCode::OK, &page)
}

/// Why a second person is asked: the products that would be held back less.
fn loosened_table(shell: &StaffShell, t: &Text, loosening: &Loosening) -> Option<Table> {
    let rows = loosened_rows(loosening).into_iter().map(|(sku, market, facts)| {
        vec![Cell::code(sku), Cell::text(shell.market(&market)), Cell::text(facts)]
    });
    let said = std::iter::once(t.get("staff-loosened-hint").into_owned());
    let said: Vec<String> = said.chain(loosened_more(t, loosening)).collect();
    (!loosening.is_none()).then(|| Table {
        id: "loosened",
        title: t.get("staff-loosened").into_owned(),
        hint: said.join(" "),
        columns: ["staff-product", "staff-market", "staff-loosened-by"]
            .map(|id| t.get(id).into_owned())
            .to_vec(),
        rows: rows.collect(),
        ..Table::default()
    })
}

fn apply_words(t: &Text, second: bool) -> String {
    t.get(if second { "staff-propose" } else { "exchange-apply" }).into_owned()
}

pub(super) async fn apply(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    parts: Result<Multipart, MultipartRejection>,
) -> Response {
    let (sent, _) = match sent_with_file(&app, &uri, parts).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let bytes = sent.get("rows").as_bytes().to_vec();
    let outcome = match sheet_of(&person, sent.get("table"), sent.get("name"), bytes) {
        Ok(sheet) => {
            let seen = Some(sent.get("seen").to_owned());
            let act = Act::Rows(Rows { sheet, seen });
            carry(&app, &uri, &person, &sent, act, "/admin/exchange").await
        }
        Err(trouble) => Err(trouble),
    };
    match outcome {
        Ok(response) => response,
        Err(trouble) => {
            let page = page(&app, &person, sent.get("table"), "").await;
            trouble.show(page, "upload", &sent)
        }
    }
}
