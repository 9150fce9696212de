//! The form of a new sale: played with a crowd that does not exist before anybody stands in the queue.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Typed, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::id::SaleId;
use kontor_base::{Instant, Language, Money, RowError, Wrong};
use kontor_domain::sale::{Channel, Definition, Deposit, Rollover, Way, Windows};
use kontor_domain::staff::Permission;
use kontor_shop::Failure;
use kontor_shop::sale::{Crowd, Rehearsal, SetUp, preview, rehearse};
use kontor_shop::staff::goods::SaleAct;
use kontor_shop::staff::{Act, Person};

use super::curve::{Line, draw};
use super::desk::{failed, shell};
use super::refusal::say;
use super::sale::{RUNS, seconds_words, thinned, way_words};
use super::work::{Sent, Trouble, carry, refill, sent};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Chart, Facts, Field, Form, Kind, Place, Table, WorkPage};

pub(super) const NEW: Route = Route::desk("/admin/sales/new", RUNS);
pub(super) const MAKE: Route = Route::desk_form("/admin/sales/new", RUNS, Repeat::FormKey);

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
        .field(
            Field::new("titles", t.get("sale-desk-titles"), Kind::Area(2))
                .optional()
                .up_to(1_000)
                .hint(t.get("sale-desk-titles-hint")),
        )
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
        .field(Field::new(
            "ends",
            t.get("sale-desk-over"),
            Kind::Choice(vec![
                (String::new(), t.get("sale-desk-over-end").into_owned()),
                ("sold".to_owned(), t.get("sale-desk-over-sold").into_owned()),
            ]),
        ))
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
            // What is not theirs does not exist for them.
            let markets = command.definition.channels.iter().map(|channel| channel.market);
            let others = markets.filter(|market| !person.may(Permission::SaleRun, Some(*market)));
            let name = others.map(|market| market.to_string()).next().unwrap_or_default();
            Err(Trouble::field("channels", Wrong::NoMarket { name }))
        }
        Ok(command) if sent.get("do") == "rehearse" => {
            match preview(&app.shop, command.clone()).await {
                Ok(()) => return rehearsed(&app, &person, &sent, &command).await,
                Err(Failure::Refused(refusal)) => {
                    let t = Text::new(person.language, None);
                    Err(Trouble::field("sale", say(&t, &refusal)))
                }
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
            .map_err(|_| Trouble::field(name, Wrong::NotWhole { cell: sent.get(name).to_owned() }))
    };
    let moment = |name: &'static str| {
        // What a browser sends has no zone; it is UTC, as the form says.
        let text = format!("{}:00Z", sent.get(name));
        let read = text.parse::<jiff::Timestamp>().map(Instant::from);
        read.map_err(|_| Trouble::field(name, Wrong::NotMoment))
    };
    let (mut channels, mut deposits) = (Vec::new(), Vec::new());
    for line in sent.lines("channels") {
        let words: Vec<&str> = line.split_whitespace().collect();
        let read = match words[..] {
            [market, way, quota, ..] if matches!(words.len(), 3 | 5) => market
                .parse()
                .ok()
                .zip(Way::from_word(way))
                .zip(quota.parse().ok())
                .map(|((market, way), quota)| Channel { market, way, quota }),
            _ => None,
        };
        let Some(channel) = read else {
            return Err(Trouble::field("channels", Wrong::NotWayIn { cell: line.to_owned() }));
        };
        if let [_, _, _, amount, currency] = words[..] {
            let read = currency.parse().ok().and_then(|c| Money::parse(amount, c).ok());
            let amount = read.ok_or_else(|| {
                Trouble::field("channels", Wrong::NotDeposit { cell: line.to_owned() })
            })?;
            deposits.push(Deposit { market: channel.market, amount });
        }
        channels.push(channel);
    }
    let mut titles = BTreeMap::new();
    for line in sent.lines("titles") {
        let read = line.split_once(char::is_whitespace).and_then(|(language, title)| {
            Some((language.parse::<Language>().ok()?, title.trim().to_owned()))
        });
        let Some((language, title)) = read else {
            return Err(Trouble::field("titles", Wrong::NotTitle { cell: line.to_owned() }));
        };
        titles.insert(language, title);
    }
    let rollover = match (sent.get("rollover_at"), Way::from_word(sent.get("rollover_to"))) {
        ("", _) => None,
        (_, Some(to)) => Some(Rollover { at: moment("rollover_at")?, to }),
        (_, None) => return Err(Trouble::field("rollover_to", Wrong::Empty)),
    };
    let title = kontor_base::Line::<100>::parse(sent.get("title"))
        .map_err(|error| Trouble::field("title", Wrong::from(error)))?;
    let definition = Definition {
        sale: id,
        sku: RowError::read("sku", sent.get("sku"))
            .map_err(|error| Trouble::field(error.field, error.problem))?,
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
        deposits,
        titles,
        ends_when_sold: sent.get("ends") == "sold",
    };
    Ok(SetUp { definition, title: title.as_str().to_owned(), lots: number("lots")? })
}

/// The form again, with what the crowd has shown.
async fn rehearsed(app: &App, person: &Person, sent: &Sent, command: &SetUp) -> Response {
    let people = sent.get("people").parse().ok().filter(|people| (1..=1_000).contains(people));
    let Some(people_per_unit) = people else {
        let trouble = Trouble::field(
            "people",
            Wrong::NotNumber {
                cell: sent.get("people").to_owned(),
                low: "1".to_owned(),
                high: "1000".to_owned(),
            },
        );
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
