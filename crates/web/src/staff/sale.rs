//! Sales: the list, and one sale with its ways in, its curve and its steps. A new one is made in
//! `sale_new.rs`.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Typed, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::id::SaleId;
use kontor_base::{Instant, Wrong};
use kontor_domain::sale::{Definition, LIFE_TABLE, Mover, SaleEvent, SaleState, Way};
use kontor_domain::staff::Permission;
use kontor_shop::sale::{Overview, definition_of, overview, sales_before, taken_lately};
use kontor_shop::staff::goods::SaleAct;
use kontor_shop::staff::{Act, Person};
use serde::Deserialize;

use super::curve::{Line, draw};
use super::desk::{markets_for, nothing, shell};
use super::work::{Trouble, carry, greet, sent};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Chart, Facts, Field, Form, Kind, Place, Table, WorkPage};

pub(super) const RUNS: Option<Permission> = Some(Permission::SaleRun);
pub(super) const LIST: Route = Route::desk("/admin/sales", RUNS);
pub(super) const SHOW: Route = Route::desk("/admin/sales/{sale}", RUNS);
pub(super) const STEER: Route = Route::desk_form("/admin/sales/{sale}", RUNS, Repeat::FormKey);

/// How many sales stand on a page.
const PAGE: usize = 50;
/// How often a running sale's page is looked at anew, in seconds.
const LIVE_S: u32 = 5;
/// How many rows of a curve's table are shown.
const POINTS: usize = 24;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: String,
    said: String,
}

/// Whether a sale sells in any market that is somebody's.
fn concerns(app: &App, person: &Person, sale: &Definition) -> bool {
    let own = markets_for(app, person, Permission::SaleRun);
    sale.channels.iter().any(|channel| own.contains(&channel.market))
}

pub(super) async fn list(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let (markets, before) =
        (markets_for(&app, &person, Permission::SaleRun), asked.after.parse::<SaleId>().ok());
    let found = match sales_before(&app.shop, markets, before, PAGE).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let shell = shell(&app, &person, Place::Sales).await;
    let t = shell.text();
    let next = found.next.map(|last| format!("/admin/sales?after={last}"));
    let own = markets_for(&app, &person, Permission::SaleRun);
    let rows = found.sales.iter().map(|sale| {
        // What other markets of a joint sale sell is theirs to read.
        let units: u64 = own.iter().map(|market| sale.definition.units_of(*market)).sum();
        let ways = sale.ways.iter().filter(|way| own.contains(&way.market));
        let sold: i64 = ways.map(|way| way.sold).sum();
        vec![
            Cell::link(sale.title.clone(), format!("/admin/sales/{}", sale.definition.sale))
                .below(sale.definition.sku.to_string()),
            Cell::text(state_words(&t, sale.state)).toned(state_tone(sale.state)),
            Cell::text(t.moment(&sale.definition.windows.live_at)),
            Cell::number(t.number(i64::try_from(units).unwrap_or(i64::MAX))),
            Cell::number(t.number(sold)),
        ]
    });
    let table = Table {
        id: "sales",
        columns: ["staff-sale", "staff-state", "sale-desk-live", "stock-units", "stock-sold"]
            .map(|id| t.get(id).into_owned())
            .to_vec(),
        rows: rows.collect(),
        empty: t.get("sale-desk-none").into_owned(),
        next,
        ..Table::default()
    };
    let title = t.get("staff-sales");
    let page = WorkPage::new(shell, title)
        .with(Block::Links(vec![(
            "/admin/sales/new".to_owned(),
            t.get("sale-desk-new").into_owned(),
        )]))
        .with(Block::Table(table));
    html(StatusCode::OK, &page)
}

fn state_words(t: &Text, state: SaleState) -> String {
    let id = match state {
        SaleState::Draft => "sale-desk-draft",
        SaleState::Checked => "sale-desk-checked",
        SaleState::Announced => "sale-stage-announced",
        SaleState::Registration => "sale-stage-registration",
        SaleState::Doors => "sale-stage-doors",
        SaleState::Live => "sale-stage-live",
        SaleState::SoldOut => "sale-stage-sold-out",
        SaleState::Settled => "sale-stage-settled",
        SaleState::Reported => "sale-stage-reported",
        SaleState::Halted => "sale-stage-halted",
    };
    t.get(id).into_owned()
}

const fn state_tone(state: SaleState) -> &'static str {
    match state {
        SaleState::Live | SaleState::SoldOut => "good",
        SaleState::Halted => "bad",
        SaleState::Settled | SaleState::Reported | SaleState::Draft => "quiet",
        _ => "warn",
    }
}

pub(super) fn way_words(t: &Text, way: Way) -> String {
    let id = match way {
        Way::Rush => "sale-desk-rush",
        Way::Draw => "sale-desk-draw",
        Way::Code => "sale-desk-code",
        Way::Batch => "sale-desk-batch",
    };
    t.get(id).into_owned()
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(sale): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    match page(&app, &uri, &person, &sale, &asked.said).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(response) => response,
    }
}

async fn page(
    app: &App,
    uri: &Uri,
    person: &Person,
    sale: &str,
    said: &str,
) -> Result<WorkPage, Response> {
    let fault =
        |fault: kontor_store::StoreError| Problem::fault(&fault).respond(app, uri.path(), None);
    let Ok(id) = sale.parse::<SaleId>() else { return Err(nothing(app, uri)) };
    let found = overview(&app.shop, Some(id)).await.map_err(fault)?;
    let found = found.into_iter().find(|sale| concerns(app, person, &sale.definition));
    let Some(found) = found else { return Err(nothing(app, uri)) };
    let own = markets_for(app, person, Permission::SaleRun);
    let everywhere = found.definition.channels.iter().all(|channel| own.contains(&channel.market));
    // The curve is that of all markets together.
    let curve =
        if everywhere { Some(taken_lately(&app.shop, id).await.map_err(fault)?) } else { None };
    let mut shell = shell(app, person, Place::Sales).await;
    let t = shell.text();
    greet(&mut shell, &t, said);
    let rows = found.ways.iter().filter(|way| own.contains(&way.market)).map(|way| {
        let number = |number: i64| Cell::number(t.number(number));
        vec![
            Cell::text(shell.market(&way.market)),
            Cell::text(way_words(&t, way.way)),
            number(way.quota),
            number(way.held),
            number(way.sold),
            number(way.ended),
            number(way.waiting),
        ]
    });
    let ways = Table {
        id: "ways",
        title: t.get("sale-desk-ways").into_owned(),
        columns: [
            "staff-market",
            "sale-desk-way",
            "sale-desk-quota",
            "stock-held",
            "stock-sold",
            "sale-desk-ended",
            "sale-desk-waiting",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows: rows.collect(),
        ..Table::default()
    };
    let mut page = WorkPage::new(shell, found.title.clone())
        .below("/admin/sales", t.get("staff-sales"))
        .with(Block::Facts(times(&t, &found)))
        .with(Block::Table(ways));
    page.lead = Some((state_tone(found.state), state_words(&t, found.state)));
    let mut rows = Vec::new();
    for deposit in found.deposits.iter().filter(|deposit| own.contains(&deposit.market)) {
        let returned = deposit.taken - deposit.credited - deposit.held;
        let counts = [deposit.taken, deposit.held, deposit.credited, returned];
        let mut row = vec![Cell::text(page.shell.market(&deposit.market))];
        row.extend(counts.map(|count| Cell::number(t.number(count))));
        rows.push(row);
    }
    if !rows.is_empty() {
        page = page.with(Block::Table(deposits(&t, rows)));
    }
    if let Some(curve) = curve.filter(|curve| !curve.is_empty()) {
        page = page.with(Block::Chart(taken(&t, &curve)));
    }
    if found.state.takes_claims() {
        page.live_s = Some(LIVE_S);
    }
    if everywhere {
        page = page.with(Block::Form(steps(app, &t, &found)));
        let waits = found.definition.beacon.is_some() && !found.state.takes_claims();
        if waits && found.state.is_public() {
            page = page.with(Block::Form(beacon(app, &t, &found)));
        }
    } else {
        page = page.with(Block::Say("quiet", t.get("sale-desk-not-all").into_owned()));
    }
    let market = found.definition.channels.first().map(|channel| channel.market);
    if let Some(market) = market.filter(|_| found.state.is_public()) {
        let path = format!("/{market}/en/sale/{id}");
        let mut links = vec![(path.clone(), t.get("sale-desk-public").into_owned())];
        if found.state == SaleState::Reported {
            links.push((format!("{path}/report"), t.get("sale-desk-report").into_owned()));
        }
        page = page.with(Block::Links(links));
    }
    Ok(page)
}

/// What became of the deposits that were paid for places in batches.
fn deposits(t: &Text, rows: Vec<Vec<Cell>>) -> Table {
    let columns = [
        "staff-market",
        "sale-desk-deposits-paid",
        "desk-deposit-held",
        "desk-deposit-applied",
        "desk-deposit-returned",
    ];
    Table {
        id: "deposits",
        title: t.get("desk-deposits").into_owned(),
        columns: columns.map(|id| t.get(id).into_owned()).to_vec(),
        rows,
        ..Table::default()
    }
}

fn times(t: &Text, sale: &Overview) -> Facts {
    let windows = &sale.definition.windows;
    let moment = |id: &str, at: &Instant| (t.get(id).into_owned(), Cell::text(t.moment(at)));
    let mut pairs = vec![
        (t.get("goods-sku").into_owned(), Cell::code(sale.definition.sku.to_string())),
        (
            t.get("sale-desk-per-person").into_owned(),
            Cell::text(t.number(sale.definition.per_person.into())),
        ),
        moment("sale-desk-announce", &windows.announce_at),
        moment("sale-desk-registration", &windows.registration_at),
        moment("sale-desk-doors", &windows.doors_at),
        moment("sale-desk-live", &windows.live_at),
        moment("sale-desk-ends", &windows.ends_at),
        moment("sale-desk-reports", &windows.report_at),
    ];
    if let Some(beacon) = &sale.definition.beacon {
        pairs.push((t.get("sale-desk-beacon").into_owned(), Cell::code(beacon.clone())));
    }
    Facts { title: t.get("sale-desk-times").into_owned(), id: "times", pairs }
}

/// The units that were bought in the end, by the moment at which they were taken.
fn taken(t: &Text, curve: &[(u64, u64)]) -> Chart {
    let last = curve.last().copied().unwrap_or_default();
    let end = seconds_words(t, last.0 / 1_000);
    let number = |number: u64| t.number(i64::try_from(number).unwrap_or(i64::MAX));
    let mut points = vec![(0, 0)];
    points.extend(curve.iter().copied());
    let line = Line { class: "a", name: t.get("stock-sold").into_owned(), points };
    let says = t.two("sale-desk-curve-says", "units", number(last.1), "time", &end);
    let rows = thinned(curve.len()).map(|index| {
        let (after, units) = curve[index];
        vec![Cell::text(seconds_words(t, after / 1_000)), Cell::number(number(units))]
    });
    Chart {
        id: "curve",
        title: t.get("sale-desk-curve").into_owned(),
        svg: draw(&[line], &says, &end, &number(last.1)),
        table: Table {
            id: "curve-table",
            columns: ["sale-desk-after", "stock-sold"].map(|id| t.get(id).into_owned()).to_vec(),
            rows: rows.collect(),
            ..Table::default()
        },
    }
}

/// Which of so many points stand in a table: evenly, with the last.
pub(super) fn thinned(many: usize) -> impl Iterator<Item = usize> {
    let every = many.div_ceil(POINTS).max(1);
    (0..many).filter(move |index| index % every == 0 || index + 1 == many)
}

pub(super) fn seconds_words(t: &Text, seconds: u64) -> String {
    t.one("sale-desk-seconds", "count", seconds).into_owned()
}

/// The steps that a person may take from where the sale stands.
fn steps(app: &App, t: &Text, sale: &Overview) -> Form {
    let mut form = Form::new(
        "steps",
        t.get("sale-desk-steps"),
        format!("/admin/sales/{}", sale.definition.sale),
    )
    .hidden("key", form_key::fresh(app));
    for step in LIFE_TABLE {
        if step.from != sale.state || !step.by.contains(&Mover::Staff) {
            continue;
        }
        let (id, value) = match step.event {
            SaleEvent::Announce => ("sale-desk-do-announce", "announce"),
            SaleEvent::Halt => ("sale-desk-do-halt", "halt"),
            SaleEvent::Resume => ("sale-desk-do-resume", "resume"),
            SaleEvent::Settle => ("sale-desk-do-settle", "settle"),
            _ => continue,
        };
        form = form.button(t.get(id), value);
    }
    let id = if form.buttons.is_empty() { "sale-desk-steps-none" } else { "sale-desk-steps-hint" };
    form.hint = t.get(id).into_owned();
    form
}

fn beacon(app: &App, t: &Text, sale: &Overview) -> Form {
    let action = format!("/admin/sales/{}", sale.definition.sale);
    Form::new("beacon", t.get("sale-desk-beacon-value"), action)
        .folded()
        .hidden("key", form_key::fresh(app))
        .field(
            Field::new("value", t.get("sale-desk-beacon-hex"), Kind::Code)
                .up_to(64)
                .hint(t.get("sale-desk-beacon-hint")),
        )
        .button(t.get("goods-save"), "beacon")
}

pub(super) async fn steer(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(text): Path<String>,
    form: Result<Typed<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match sent(&app, &uri, form) {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let Ok(sale) = text.parse::<SaleId>() else { return nothing(&app, &uri) };
    // Whom it does not concern learns nothing about it, not even by trying. Nothing else is read first: a
    // sale that is to be halted is halted.
    match definition_of(&app.shop, sale).await {
        Ok(Some(definition)) if concerns(&app, &person, &definition) => {}
        Ok(_) => return nothing(&app, &uri),
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    }
    let (form, act) = match sent.get("do") {
        "announce" => ("steps", Ok(SaleAct::Announce { sale })),
        "halt" => ("steps", Ok(SaleAct::Halt { sale })),
        "resume" => ("steps", Ok(SaleAct::Resume { sale })),
        "settle" => ("steps", Ok(SaleAct::Settle { sale })),
        "beacon" => (
            "beacon",
            hex(sent.get("value"))
                .map(|value| SaleAct::Beacon { sale, value })
                .ok_or_else(|| Trouble::field("value", Wrong::NotHex { digits: "64".to_owned() })),
        ),
        _ => return Problem::bad_form().respond(&app, uri.path(), None),
    };
    let outcome = match act {
        Ok(act) => {
            let back = format!("/admin/sales/{sale}");
            carry(&app, &uri, &person, &sent, Act::Sale(act), &back).await
        }
        Err(trouble) => Err(trouble),
    };
    match outcome {
        Ok(response) => response,
        Err(trouble) => match page(&app, &uri, &person, &text, "").await {
            Ok(page) => trouble.show(page, form, &sent),
            Err(response) => response,
        },
    }
}

fn hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(bytes)
}
