//! Sales: the list, one sale with its ways in and its steps, and the form of a new one, which is played
//! with a crowd that does not exist before anybody stands in the queue.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Typed, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Instant;
use kontor_base::id::SaleId;
use kontor_domain::sale::{
    Channel, Definition, LIFE_TABLE, Mover, Rollover, SaleEvent, SaleState, Way, Windows,
};
use kontor_domain::staff::Permission;
use kontor_shop::Failure;
use kontor_shop::sale::{
    Crowd, Overview, Rehearsal, SetUp, overview, preview, rehearse, taken_over_time,
};
use kontor_shop::staff::goods::SaleAct;
use kontor_shop::staff::{Act, Person};
use serde::Deserialize;

use super::curve::{Line, draw};
use super::desk::{failed, markets_for, nothing, shell};
use super::work::{Sent, Trouble, carry, greet, refill, sent};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Chart, Facts, Field, Form, Kind, Place, Table, WorkPage};

const RUNS: Option<Permission> = Some(Permission::SaleRun);
pub(super) const LIST: Route = Route::desk("/admin/sales", RUNS);
pub(super) const NEW: Route = Route::desk("/admin/sales/new", RUNS);
pub(super) const MAKE: Route = Route::desk_form("/admin/sales/new", RUNS, Repeat::FormKey);
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
fn concerns(app: &App, person: &Person, sale: &Overview) -> bool {
    let own = markets_for(app, person, Permission::SaleRun);
    sale.definition.channels.iter().any(|channel| own.contains(&channel.market))
}

pub(super) async fn list(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let all = match overview(&app.shop, None).await {
        Ok(all) => all,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let shell = shell(&app, &person, Place::Sales).await;
    let t = shell.text();
    let before = asked.after.parse::<SaleId>().ok();
    let mut own: Vec<Overview> = all
        .into_iter()
        .filter(|sale| before.is_none_or(|before| sale.definition.sale < before))
        .filter(|sale| concerns(&app, &person, sale))
        .collect();
    own.sort_by_key(|sale| std::cmp::Reverse(sale.definition.sale));
    let more = own.len() > PAGE;
    own.truncate(PAGE);
    let next = own
        .last()
        .filter(|_| more)
        .map(|sale| format!("/admin/sales?after={}", sale.definition.sale));
    let rows = own.iter().map(|sale| {
        let sold: i64 = sale.ways.iter().map(|way| way.sold).sum();
        vec![
            Cell::link(sale.title.clone(), format!("/admin/sales/{}", sale.definition.sale))
                .below(sale.definition.sku.to_string()),
            Cell::text(state_words(&t, sale.state)).toned(state_tone(sale.state)),
            Cell::text(t.moment(&sale.definition.windows.live_at)),
            Cell::number(t.number(i64::try_from(sale.definition.units()).unwrap_or(i64::MAX))),
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

fn way_words(t: &Text, way: Way) -> String {
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
    let found = found.into_iter().find(|sale| concerns(app, person, sale));
    let Some(found) = found else { return Err(nothing(app, uri)) };
    let curve = taken_over_time(&app.shop, id).await.map_err(fault)?;
    let mut shell = shell(app, person, Place::Sales).await;
    let t = shell.text();
    greet(&mut shell, &t, said);
    let own = markets_for(app, person, Permission::SaleRun);
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
    if !curve.is_empty() {
        page = page.with(Block::Chart(taken(&t, &curve)));
    }
    if found.state.takes_claims() {
        page.live_s = Some(LIVE_S);
    }
    let everywhere = found.definition.channels.iter().all(|channel| own.contains(&channel.market));
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
fn thinned(many: usize) -> impl Iterator<Item = usize> {
    let every = many.div_ceil(POINTS).max(1);
    (0..many).filter(move |index| index % every == 0 || index + 1 == many)
}

fn seconds_words(t: &Text, seconds: u64) -> String {
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
    // Whom it does not concern learns nothing about it, not even by trying.
    if let Err(response) = page(&app, &uri, &person, &text, "").await {
        return response;
    }
    let Ok(sale) = text.parse::<SaleId>() else { return nothing(&app, &uri) };
    let (form, act) = match sent.get("do") {
        "announce" => ("steps", Ok(SaleAct::Announce { sale })),
        "halt" => ("steps", Ok(SaleAct::Halt { sale })),
        "resume" => ("steps", Ok(SaleAct::Resume { sale })),
        "settle" => ("steps", Ok(SaleAct::Settle { sale })),
        "beacon" => (
            "beacon",
            hex(sent.get("value"))
                .map(|value| SaleAct::Beacon { sale, value })
                .ok_or_else(|| Trouble::field("value", "64 hexadecimal digits are wanted")),
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

/// The moments of a sale, by the name of their field and its label.
const MOMENTS: [(&str, &str); 6] = [
    ("announce_at", "sale-desk-announce"),
    ("registration_at", "sale-desk-registration"),
    ("doors_at", "sale-desk-doors"),
    ("live_at", "sale-desk-live"),
    ("ends_at", "sale-desk-ends"),
    ("report_at", "sale-desk-reports"),
];

pub(super) async fn new(State(app): State<App>, Extension(person): Extension<Person>) -> Response {
    html(StatusCode::OK, &blank(&app, &person).await)
}

async fn blank(app: &App, person: &Person) -> WorkPage {
    let shell = shell(app, person, Place::Sales).await;
    let t = shell.text();
    let line = |name, id: &str, value: &str| Field::new(name, t.get(id), Kind::Line).with(value);
    let number = |name, id: &str, value: &str| {
        Field::new(name, t.get(id), Kind::Number).with(value).up_to(9)
    };
    let mut form = Form::new("sale", String::new(), "/admin/sales/new")
        .hidden("key", form_key::fresh(app))
        .field(line("title", "sale-desk-title", "").up_to(100))
        .field(Field::new("sku", t.get("goods-sku"), Kind::Code).up_to(40))
        .field(
            Field::new("channels", t.get("sale-desk-channels"), Kind::Area(4))
                .up_to(4_000)
                .hint(t.get("sale-desk-channels-hint")),
        );
    for (name, id) in MOMENTS {
        form = form.field(Field::new(name, t.get(id), Kind::Moment));
    }
    form = form
        .field(number("per_person", "sale-desk-per-person", "1"))
        .field(number("hold_minutes", "sale-desk-hold", "15"))
        .field(number("lots", "sale-desk-lots", "1").hint(t.get("sale-desk-lots-hint")))
        .field(Field::new("rollover_at", t.get("sale-desk-rollover"), Kind::Moment).optional())
        .field(Field::new(
            "rollover_to",
            t.get("sale-desk-rollover-to"),
            Kind::Choice(
                std::iter::once((String::new(), "–".to_owned()))
                    .chain(Way::ALL.map(|way| (way.word().to_owned(), way_words(&t, way))))
                    .collect(),
            ),
        ))
        .field(line("beacon", "sale-desk-beacon", "").optional().up_to(100))
        .field(
            number("people", "sale-desk-people", "10")
                .up_to(4)
                .hint(t.get("sale-desk-people-hint")),
        )
        .button(t.get("sale-desk-rehearse"), "rehearse")
        .button(t.get("sale-desk-set-up"), "set_up");
    form.hint = t.get("sale-desk-utc").into_owned();
    let title = t.get("sale-desk-new");
    WorkPage::new(shell, title).below("/admin/sales", t.get("staff-sales")).with(Block::Form(form))
}

pub(super) async fn make(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    form: Result<Typed<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match sent(&app, &uri, form) {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    // The id follows from the form's key, so that a form sent twice makes one sale.
    let seed = format!("sale {} {}", person.id, sent.get("key"));
    let id = SaleId::from_bytes(app.shop.keys.staff_secret(seed.as_bytes()));
    let outcome = match command(&sent, id) {
        Err(trouble) => Err(trouble),
        Ok(command) if !theirs(&person, &command.definition) => {
            Err(Trouble::field("channels", "a market that is not yours"))
        }
        Ok(command) if sent.get("do") == "rehearse" => {
            match preview(&app.shop, command.clone()).await {
                Ok(()) => return rehearsed(&app, &person, &sent, &command).await,
                Err(Failure::Refused(refusal)) => Err(Trouble::field("sale", refusal.to_string())),
                Err(Failure::Fault(fault)) => return failed(&app, &uri, fault.into()),
                Err(Failure::KeyReused) => {
                    return Problem::bad_form().respond(&app, uri.path(), None);
                }
            }
        }
        Ok(SetUp { definition, title, lots }) => {
            let act = Act::Sale(SaleAct::SetUp { definition, title, lots });
            carry(&app, &uri, &person, &sent, act, &format!("/admin/sales/{id}")).await
        }
    };
    match outcome {
        Ok(response) => response,
        Err(trouble) => trouble.show(blank(&app, &person).await, "sale", &sent),
    }
}

fn theirs(person: &Person, definition: &Definition) -> bool {
    let markets = definition.channels.iter().map(|channel| channel.market);
    markets.into_iter().all(|market| person.may(Permission::SaleRun, Some(market)))
}

/// What was typed as a sale.
fn command(sent: &Sent, id: SaleId) -> Result<SetUp, Trouble> {
    let number = |name: &'static str| {
        sent.get(name)
            .parse::<u32>()
            .map_err(|_| Trouble::field(name, format!("{name} is not a whole number")))
    };
    let moment = |name: &'static str| {
        // What a browser sends has no zone; it is UTC, as the form says.
        let text = format!("{}:00Z", sent.get(name));
        let read = text.parse::<jiff::Timestamp>().map(Instant::from);
        read.map_err(|_| Trouble::field(name, format!("{name} is not a moment")))
    };
    let mut channels = Vec::new();
    for line in sent.lines("channels") {
        let words: Vec<&str> = line.split_whitespace().collect();
        let read = match words[..] {
            [market, way, quota] => market
                .parse()
                .ok()
                .zip(Way::from_word(way))
                .zip(quota.parse().ok())
                .map(|((market, way), quota)| Channel { market, way, quota }),
            _ => None,
        };
        let Some(channel) = read else {
            let words = format!("{line:?}: a market, a way (rush, draw, code, batch), units");
            return Err(Trouble::field("channels", words));
        };
        channels.push(channel);
    }
    let rollover = match (sent.get("rollover_at"), Way::from_word(sent.get("rollover_to"))) {
        ("", _) => None,
        (_, Some(to)) => Some(Rollover { at: moment("rollover_at")?, to }),
        (_, None) => return Err(Trouble::field("rollover_to", "say to which way they go")),
    };
    let title = kontor_base::Line::<100>::parse(sent.get("title"))
        .map_err(|error| Trouble::field("title", format!("title {error}")))?;
    let definition = Definition {
        sale: id,
        sku: sent
            .get("sku")
            .parse()
            .map_err(|error| Trouble::field("sku", format!("sku: {error}")))?,
        channels,
        windows: Windows {
            announce_at: moment("announce_at")?,
            registration_at: moment("registration_at")?,
            doors_at: moment("doors_at")?,
            live_at: moment("live_at")?,
            ends_at: moment("ends_at")?,
            report_at: moment("report_at")?,
        },
        per_person: number("per_person")?,
        hold_minutes: u8::try_from(number("hold_minutes")?).unwrap_or(u8::MAX),
        rollover,
        beacon: Some(sent.get("beacon").to_owned()).filter(|beacon| !beacon.is_empty()),
    };
    Ok(SetUp { definition, title: title.as_str().to_owned(), lots: number("lots")? })
}

/// The form again, with what the crowd has shown.
async fn rehearsed(app: &App, person: &Person, sent: &Sent, command: &SetUp) -> Response {
    let people = sent.get("people").parse().ok().filter(|people| (1..=1_000).contains(people));
    let Some(people_per_unit) = people else {
        let trouble = Trouble::field("people", "people is a number from 1 to 1000");
        return trouble.show(blank(app, person).await, "sale", sent);
    };
    let crowd = Crowd { people_per_unit, ..Crowd::default() };
    let definition = command.definition.clone();
    // Two million people are played in a second or two: not on a thread that answers others.
    let played = tokio::task::spawn_blocking(move || rehearse(&definition, &crowd)).await;
    let mut page = blank(app, person).await;
    refill(&mut page, "sale", sent);
    if let Ok(played) = played {
        let t = page.shell.text();
        let blocks = shown(&t, &played);
        page.blocks.splice(0..0, blocks);
    }
    html(StatusCode::OK, &page)
}

fn shown(t: &Text, played: &Rehearsal) -> Vec<Block> {
    let number = |number: u64| t.number(i64::try_from(number).unwrap_or(i64::MAX));
    let pair = |id: &str, text: String| (t.get(id).into_owned(), Cell::text(text));
    let taken = played.taken_after_s.map_or_else(
        || t.get("sale-desk-never-taken").into_owned(),
        |second| seconds_words(t, second.into()),
    );
    let facts = Facts {
        title: t.get("sale-desk-rehearsed").into_owned(),
        id: "rehearsed",
        pairs: vec![
            pair("sale-desk-came", number(played.people)),
            pair("stock-units", number(played.units)),
            pair("sale-desk-taken-after", taken),
            pair("sale-desk-most-taken", number(played.most_taken)),
            pair("sale-desk-disappointed", number(played.disappointed)),
        ],
    };
    let line = |class, id: &str, value: fn(&kontor_shop::sale::Moment) -> u64| Line {
        class,
        name: t.get(id).into_owned(),
        points: thinned_curve(played).map(|m| (u64::from(m.second), value(m))).collect(),
    };
    let lines = [line("a", "stock-sold", |m| m.sold), line("b", "stock-held", |m| m.held)];
    let end = played.curve.last().map_or(0, |moment| moment.second);
    let end = seconds_words(t, end.into());
    let says = t.two("sale-desk-curve-says", "units", number(played.units), "time", &end);
    let rows = thinned(played.curve.len()).map(|index| {
        let moment = &played.curve[index];
        vec![
            Cell::text(seconds_words(t, moment.second.into())),
            Cell::number(number(moment.waiting)),
            Cell::number(number(moment.held)),
            Cell::number(number(moment.sold)),
            Cell::number(number(moment.free)),
        ]
    });
    let table = Table {
        id: "rehearsal-table",
        columns: [
            "sale-desk-after",
            "sale-desk-waiting",
            "stock-held",
            "stock-sold",
            "stock-available",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows: rows.collect(),
        ..Table::default()
    };
    let svg = draw(&lines, &says, &end, &number(played.units));
    let title = t.get("sale-desk-curve").into_owned();
    vec![Block::Facts(facts), Block::Chart(Chart { id: "rehearsal", title, svg, table })]
}

/// Not more points than a screen has pixels for.
fn thinned_curve(played: &Rehearsal) -> impl Iterator<Item = &kontor_shop::sale::Moment> {
    let every = played.curve.len().div_ceil(240).max(1);
    played.curve.iter().step_by(every).chain(played.curve.last())
}
