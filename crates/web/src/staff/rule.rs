//! A rule, or an order of a court or authority, in one market: what it demands and where that is from, which
//! products it concerns and how each stands, on any day, and the evidence there is for it.

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Date;
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::{AuthorityOrder, Grant, Place as At, Reach, Rule, Subject};
use kontor_domain::market::{Market, MarketCode, Stage};
use kontor_domain::opening::product_gap;
use kontor_domain::staff::Permission;
use kontor_shop::Snapshot;
use kontor_shop::staff::Person;
use serde::Deserialize;

use super::clearance::{act_words, cell_of, name_of, state_words};
use super::desk::{market_for, markets_for, nothing, shell};
use super::evidence::{paper, state_of};
use crate::kit::app::App;
use crate::kit::problem::html;
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Facts, Field, Form, Kind, Mark, Place, Table, WorkPage};

pub(super) const SHOW: Route =
    Route::desk("/admin/{market}/rules/{code}", Some(Permission::ClearanceRead));

/// The most products on a page, and how many are looked at for it: most rules concern few.
const PAGE: usize = 60;
const LOOKED_AT: usize = 400;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    on: String,
    after: String,
}

/// What a page is about.
#[derive(Clone, Copy)]
enum Fact<'s> {
    Rule(&'s Rule),
    Order(&'s AuthorityOrder),
}

impl<'s> Fact<'s> {
    /// The fact with this code, if it holds in a country of the market.
    fn find(snapshot: &'s Snapshot, market: &Market, code: &str) -> Option<Self> {
        let records = snapshot.facts.records();
        let rule = records.rules.iter().find(|rule| rule.code.as_str() == code).map(Self::Rule);
        let order = || records.orders.iter().find(|order| order.code.as_str() == code);
        let found = rule.or_else(|| order().map(Self::Order))?;
        market.countries.iter().any(|own| found.reach().includes(*own)).then_some(found)
    }

    const fn reach(self) -> Reach {
        match self {
            Self::Rule(rule) => rule.reach,
            Self::Order(order) => order.reach,
        }
    }

    fn title(self) -> &'s str {
        match self {
            Self::Rule(rule) => &rule.title,
            Self::Order(order) => &order.title,
        }
    }
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((market, code)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(own) = market_for(&app, &person, Permission::ClearanceRead, &market) else {
        return nothing(&app, &uri);
    };
    let snapshot = app.shop.snapshots.now();
    let market = snapshot.market(own).expect("found in the snapshot just now");
    let Some(fact) = Fact::find(&snapshot, market, &code) else { return nothing(&app, &uri) };
    let today = app.shop.now().date();
    let on: Date = asked.on.parse().unwrap_or(today);
    let shell = shell(&app, &person, Place::Clearances).await;
    let t = shell.text();
    let day = if on == today { String::new() } else { format!("?on={on}") };
    let tabs = markets_for(&app, &person, Permission::ClearanceRead).into_iter().filter(|other| {
        let other = snapshot.market(*other);
        other.is_some_and(|other| Fact::find(&snapshot, other, &code).is_some())
    });
    let tabs = tabs.map(|other| {
        (format!("/admin/{other}/rules/{code}{day}"), shell.market(&other), other == own)
    });
    let tabs = tabs.collect();
    let above = format!("{}, {}", t.get("staff-clearances"), shell.market(&own));
    let may_grant = person.may(Permission::ClearanceGrant, Some(own));
    let mut page = WorkPage::new(shell, fact.title())
        .below(format!("/admin/{own}/clearances{day}"), above)
        .with(Block::Facts(said(&t, &code, fact, on)))
        .with(Block::Form(
            Form::filter(format!("/admin/{own}/rules/{code}"))
                .field(Field::new("on", t.get("staff-as-of"), Kind::Date).with(on.to_string()))
                .button(t.get("staff-show"), ""),
        ));
    page.tabs = tabs;
    if on != today {
        let words = t.one("staff-what-if", "date", t.date(&on)).into_owned();
        page.blocks.push(Block::Say("accent", words));
        let back =
            (format!("/admin/{own}/rules/{code}"), t.get("staff-back-to-today").into_owned());
        page.blocks.push(Block::Links(vec![back]));
    }
    let is_rule = matches!(fact, Fact::Rule(_));
    let scene = Scene { snapshot: &snapshot, market, code: &code, on, today };
    page.blocks.push(Block::Table(products(&t, &scene, &asked.after, may_grant && is_rule)));
    if is_rule {
        page.blocks.push(Block::Table(grants(&t, &scene)));
    }
    html(StatusCode::OK, &page)
}

/// What the tables of a page are worked out from.
struct Scene<'s> {
    snapshot: &'s Snapshot,
    market: &'s Market,
    code: &'s str,
    on: Date,
    today: Date,
}

/// What it says, with its source; what nobody has written down is left out.
fn said(t: &Text, code: &str, fact: Fact<'_>, on: Date) -> Facts {
    let mut pairs = vec![(t.get("fact-code").into_owned(), Cell::code(code))];
    let mut add = |id: &str, text: String| {
        if !text.is_empty() {
            pairs.push((t.get(id).into_owned(), Cell::text(text)));
        }
    };
    let day = |day: Option<Date>| day.map(|day| t.date(&day)).unwrap_or_default();
    let reach = match fact.reach() {
        Reach::Everywhere => t.get("fact-everywhere").into_owned(),
        Reach::Country(country) => t.country(&country).into_owned(),
    };
    add("fact-reach", reach);
    let in_force = match fact {
        Fact::Rule(rule) => {
            let row = rule.to_row();
            add("fact-authority", row.authority);
            add("fact-law", row.legal_basis);
            add("fact-route", row.route);
            add("fact-identifier", row.identifier);
            add("fact-local-party", row.local_party);
            add("fact-weeks", row.lead_time_weeks);
            add("fact-validity", row.validity);
            add("fact-applies", row.applies_when);
            add("fact-gates", act_words(t, rule.gates));
            let conditional = rule.conditional.as_ref().map(|before| act_words(t, before.from));
            add("fact-conditional", conditional.unwrap_or_default());
            add("fact-from", day(rule.effective_from));
            add("fact-to", day(rule.effective_to));
            add("fact-source", format!("{} ({})", row.source, row.confidence));
            let confirmed = rule.confirmed.as_ref();
            let by = confirmed.map(|own| format!("{}, {}", own.by, t.date(&own.on)));
            add("fact-confirmed", by.unwrap_or_else(|| t.get("fact-unconfirmed").into_owned()));
            rule.in_force(on)
        }
        Fact::Order(order) => {
            add("fact-authority", order.authority.clone());
            add("fact-file", order.reference.clone());
            add("staff-covers", order.scope.to_string());
            add("fact-gates", act_words(t, order.gates));
            add("fact-from", day(Some(order.from)));
            add("fact-until", day(order.until));
            add("fact-vacated", day(order.vacated_on));
            add("fact-source", format!("{} ({})", order.source, order.confidence.word()));
            order.in_force(on)
        }
    };
    if !in_force {
        pairs.push((
            t.get("staff-state").into_owned(),
            Cell::text(t.get("fact-not-in-force")).toned("warn"),
        ));
    }
    Facts { pairs, ..Facts::default() }
}

/// The products that it concerns here, each with how it stands.
fn products(t: &Text, scene: &Scene<'_>, after: &str, may_grant: bool) -> Table {
    let (own, on) = (scene.market.code, scene.on);
    let day = if on == scene.today { String::new() } else { format!("?on={on}") };
    // Judged as if the market were open, as in the matrix: what its stage refuses is no matter of clearance.
    let mut open = scene.market.clone();
    open.stage = Stage::Open;
    let place = At::market(&open);
    let behind: Vec<&Sku> =
        scene.snapshot.variants.keys().filter(|sku| sku.as_str() > after).collect();
    let (mut rows, mut last) = (Vec::new(), None);
    for sku in behind.iter().take(LOOKED_AT) {
        if rows.len() == PAGE {
            break;
        }
        last = Some(*sku);
        let Some((variant, model)) = scene.snapshot.product(sku) else { continue };
        let subject = Subject::new(variant, model);
        let gap = product_gap(&subject, &place, on, scene.today, &scene.snapshot.facts);
        for item in &gap.items {
            if item.fact.as_ref().is_none_or(|fact| fact.code() != scene.code) {
                continue;
            }
            let path = format!("/admin/{own}/clearances/{sku}{day}#rule-{}", scene.code);
            let mark = cell_of(&item.state).mark;
            let mut row = vec![
                Cell::link(name_of(t, variant, model), path).below(sku.to_string()),
                Cell::text(mark.words(t)).toned(tone(mark)),
                Cell::text(state_words(t, &item.state)),
            ];
            if may_grant {
                let form = format!("/admin/{own}/clearances/{sku}/grant?rule={}", scene.code);
                row.push(Cell::link(t.get("staff-record"), form));
            }
            rows.push(row);
        }
    }
    let more = last.is_some_and(|last| behind.last().is_some_and(|end| *end != last));
    let mut columns = vec!["staff-product", "staff-state", "staff-behind-it"];
    if may_grant {
        columns.push("staff-evidence");
    }
    Table {
        id: "products",
        title: t.get("fact-products").into_owned(),
        columns: columns.into_iter().map(|id| t.get(id).into_owned()).collect(),
        rows,
        empty: t.get("fact-products-none").into_owned(),
        next: last.filter(|_| more).map(|last| {
            let on = if on == scene.today { String::new() } else { format!("on={on}&") };
            format!("/admin/{own}/rules/{}?{on}after={last}", scene.code)
        }),
        ..Table::default()
    }
}

const fn tone(mark: Mark) -> &'static str {
    match mark {
        Mark::Granted | Mark::Fine => "good",
        Mark::Expiring | Mark::UnderWay | Mark::Unknown => "warn",
        Mark::Missing | Mark::Blocked => "bad",
    }
}

/// The evidence there is for a rule in the market.
fn grants(t: &Text, scene: &Scene<'_>) -> Table {
    let here = |grant: &&Grant| {
        let mut countries = scene.market.countries.iter();
        grant.clearance.as_str() == scene.code && countries.any(|own| grant.reach.includes(*own))
    };
    let found = scene.snapshot.facts.records().grants.iter().filter(here);
    Table {
        id: "evidence",
        title: t.get("staff-evidence").into_owned(),
        columns: [
            "staff-evidence",
            "staff-number",
            "staff-issuer",
            "staff-state",
            "staff-until",
            "staff-document",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows: found.map(|grant| grant_row(t, scene.market.code, grant, scene.on)).collect(),
        empty: t.get("fact-evidence-none").into_owned(),
        ..Table::default()
    }
}

fn grant_row(t: &Text, market: MarketCode, grant: &Grant, on: Date) -> Vec<Cell> {
    let (words, tone) = state_of(t, grant, on);
    let until = grant.expires_on.map(|day| t.date(&day));
    vec![
        Cell::link(grant.code.to_string(), format!("/admin/{market}/grants/{}", grant.code))
            .below(grant.scope.to_string()),
        Cell::text(grant.number.clone()),
        Cell::text(grant.issuer.clone()),
        Cell::text(words).toned(tone),
        Cell::text(until.unwrap_or_else(|| t.get("staff-no-end").into_owned())),
        paper(t, &grant.document),
    ]
}
