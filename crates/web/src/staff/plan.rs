//! The plans of costs and quantities: each with its formula, its inputs, and where they are from.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use kontor_base::Money;
use kontor_domain::planning::{
    ChargeBase, ChargeRate, LandedCost, LandedLine, LocalPlan, LocalReason, LocalVerdict,
    Permission as Needed, Recovery, Sheet,
};
use kontor_domain::staff::{Permission, StaffRefusal};
use kontor_shop::Failure;
use kontor_shop::planning::{
    Evidence, FILE_BYTES_MAX, FileError, Kind, SaveRefusal, SaveSheet, Worked, kept, save, work_out,
};
use kontor_shop::staff::Person;
use kontor_store::StoreError;
use serde::Deserialize;

use super::csv::Csv;
use super::desk::{failed, nothing, notice, shell, status};
use super::next_country::{evidence, named, signal_words};
use super::next_headline::headline;
use super::next_inputs::input_lines;
use super::plan_sources::{BATCH, LOCAL, REORDER, say_sources, scenarios};
use super::refusal::why;
use crate::kit::app::App;
use crate::kit::chart::Size;
use crate::kit::chart::waterfall::{Step, draw};
use crate::kit::form_key::{self, is_form_key};
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Notice, Place, PlanLine, PlanPage};

const READS: Option<Permission> = Some(Permission::MarketRead);
const PATH: &str = "/admin/plans/{kind}";
pub(super) const FIRST: Route = Route::desk("/admin/plans", READS);
pub(super) const SHOW: Route = Route::desk(PATH, READS);
pub(super) const CSV: Route = Route::desk("/admin/plans/{kind}/lines.csv", READS);
/// A sheet is one for the whole company: saving it takes the permission in all markets.
pub(super) const SAVE: Route =
    Route::desk_form(PATH, Some(Permission::MarketEdit), Repeat::FormKey);

fn may_save(person: &Person) -> bool {
    person.may(Permission::MarketEdit, None)
}

/// Whether somebody may read the sheet: that of the next country weighs all countries against each
/// other, so it is for people of all markets.
fn may_read(person: &Person, kind: Kind) -> bool {
    kind != Kind::NextCountry || person.may(Permission::MarketRead, None)
}

/// The kind of an address, if it is theirs to read.
fn theirs(person: &Person, word: &str) -> Option<Kind> {
    Kind::from_word(word).filter(|kind| may_read(person, *kind))
}

pub(super) async fn first() -> Response {
    Redirect::to("/admin/plans/landed").into_response()
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(kind): Path<String>,
) -> Response {
    let Some(kind) = theirs(&person, &kind) else { return nothing(&app, &uri) };
    answer(&app, &uri, &person, kind, (StatusCode::OK, None), None).await
}

async fn answer(
    app: &App,
    uri: &Uri,
    person: &Person,
    kind: Kind,
    (status, said): (StatusCode, Option<Notice>),
    typed: Option<String>,
) -> Response {
    match page(app, person, kind, typed).await {
        Ok(mut page) => {
            page.shell.notice = said;
            html(status, &page)
        }
        Err(fault) => Problem::fault(&fault).respond(app, uri.path(), None),
    }
}

/// The lines as a file, as the page tells them; what is not worked out has none.
pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(kind): Path<String>,
) -> Response {
    let Some(kind) = theirs(&person, &kind) else { return nothing(&app, &uri) };
    let page = match page(&app, &person, kind, None).await {
        Ok(page) => page,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let mut csv = Csv::new("plan,line,how,amount,as_of,source");
    for PlanLine { label, how, amount, as_of, source } in &page.lines {
        csv.row([kind.word(), label, how, amount, as_of, source]);
    }
    csv.respond("attachment; filename=\"plan.csv\"")
}

async fn page(
    app: &App,
    person: &Person,
    kind: Kind,
    typed: Option<String>,
) -> Result<PlanPage, StoreError> {
    let saved = kept(&app.shop, kind).await?;
    let shell = shell(app, person, Place::Plans).await;
    let t = shell.text();
    let by = saved.as_ref().map(|sheet| (sheet.saved_by.clone(), sheet.saved_at));
    let text = typed
        .or_else(|| saved.map(|sheet| sheet.body))
        .unwrap_or_else(|| kind.example().to_owned());
    let (formula, reference) = formula(&t, kind);
    let mut page = PlanPage {
        kind: kind.word(),
        kinds: Kind::ALL
            .into_iter()
            .filter(|kind| may_read(person, *kind))
            .map(|kind| (kind.word(), kind_words(&t, kind)))
            .collect(),
        refused: None,
        answer: String::new(),
        notes: Vec::new(),
        formula,
        reference,
        picture: None,
        lines: Vec::new(),
        saved: by,
        may_edit: may_save(person),
        key: form_key::fresh(app),
        text,
        shell,
    };
    let evidence = match kind {
        Kind::NextCountry => evidence(app).await?,
        _ => Evidence::none(app.shop.now().date()),
    };
    let text = page.text.clone();
    // Ten thousand draws for every candidate: not on a thread that serves others.
    let work = move || work_out(kind, &text, &evidence);
    let Ok(worked) = tokio::task::spawn_blocking(work).await else {
        return Err(StoreError::Panicked { name: "planning.plan" });
    };
    match worked {
        Ok(worked) => fill(&mut page, &t, &worked),
        Err(error) => page.refused = Some(file_words(&t, &error)),
    }
    Ok(page)
}

/// What is wrong with a plan's file: the line, where there is one, and the name that the file has for the
/// place.
pub(super) fn file_words(t: &Text, error: &FileError) -> String {
    let line = error.line.map(|line| t.one("plan-at-line", "line", line).into_owned());
    let place = Some(error.place.clone()).filter(|place| !place.is_empty());
    let words = t.wrong(&error.problem).into_owned();
    line.into_iter().chain(place).chain([words]).collect::<Vec<_>>().join(": ")
}

fn kind_words(t: &Text, kind: Kind) -> String {
    let id = match kind {
        Kind::Landed => "plan-landed",
        Kind::Local => "plan-local",
        Kind::Reorder => "plan-reorder",
        Kind::Batch => "plan-batch",
        Kind::NextCountry => "next-title",
    };
    t.get(id).into_owned()
}

/// The formula and its source, as printed under the answer.
fn formula(t: &Text, kind: Kind) -> (String, String) {
    let (formula, source) = match kind {
        Kind::Landed => ("plan-formula-landed", "plan-source-landed"),
        Kind::Local => ("plan-formula-local", "plan-source-local"),
        Kind::Reorder => ("plan-formula-reorder", "plan-source-reorder"),
        Kind::Batch => ("plan-formula-batch", "plan-source-batch"),
        Kind::NextCountry => ("plan-formula-next", "plan-source-next"),
    };
    (t.get(formula).into_owned(), t.get(source).into_owned())
}

fn fill(page: &mut PlanPage, t: &Text, worked: &Worked) {
    match worked {
        Worked::Landed(landed) => landed_page(page, t, landed),
        Worked::Local { product, plan, sheets, verdict, inputs, .. } => {
            local_page(page, t, product, plan, verdict);
            say_sources(page, t, inputs, &LOCAL);
            if let Some(sheets) = sheets {
                sheet_lines(page, t, "plan-imported", &sheets.0);
                sheet_lines(page, t, "plan-made-there", &sheets.1);
            }
        }
        Worked::Reorder(input, point, inputs) => {
            page.answer = t.one("plan-reorder-at", "units", units(t, point.point)).into_owned();
            page.notes = vec![t.get("plan-reorder-note").into_owned()];
            let line = |label: &str, amount: String| plain(t.get(label).into_owned(), amount);
            page.lines = vec![
                line("plan-demand", input.demand_a_day.to_string()),
                line("plan-demand-deviation", input.demand_deviation.to_string()),
                line("plan-lead", input.lead_days.to_string()),
                line("plan-lead-deviation", input.lead_deviation.to_string()),
                line("plan-service", t.percent(&input.cycle_service)),
                line("plan-z", format!("{:.4}", point.z)),
                line("plan-in-lead-time", units(t, point.in_lead_time)),
                line("plan-safety", units(t, point.safety)),
            ];
            say_sources(page, t, inputs, &REORDER);
        }
        Worked::Batch(batch, plan, inputs) => {
            page.answer = t
                .two(
                    "plan-batch-make",
                    "units",
                    units(t, plan.units),
                    "share",
                    t.percent(&plan.enough),
                )
                .into_owned();
            let line =
                |label: &str, amount: &Money| plain(t.get(label).into_owned(), t.money(amount));
            page.lines = vec![
                line("plan-price", &batch.price),
                line("plan-landed-cost", &batch.landed),
                line("plan-salvage", &batch.salvage),
                line("plan-too-few", &plan.too_few),
                line("plan-too-many", &plan.too_many),
                plain(t.get("plan-ratio").into_owned(), t.percent(&plan.critical_ratio)),
            ];
            say_sources(page, t, inputs, &BATCH);
            page.lines.extend(scenarios(t, batch, inputs));
            page.lines.extend(plan.expected.iter().map(|(quantity, earned)| {
                let label = t.one("plan-expected", "units", units(t, *quantity)).into_owned();
                plain(label, t.money(earned))
            }));
        }
        Worked::NextCountry(sheet) => {
            page.answer = headline(t, sheet);
            page.notes = sheet.candidates.first().map(ToString::to_string).into_iter().collect();
            page.lines = country_lines(t, sheet);
        }
    }
}

pub(super) fn units(t: &Text, units: u64) -> String {
    t.number(i64::try_from(units).unwrap_or(i64::MAX))
}

fn plain(label: String, amount: String) -> PlanLine {
    PlanLine { label, amount, ..blank() }
}

pub(super) const fn blank() -> PlanLine {
    PlanLine {
        label: String::new(),
        how: String::new(),
        amount: String::new(),
        as_of: String::new(),
        source: String::new(),
    }
}

/// Every candidate's inputs and signals.
fn country_lines(t: &Text, sheet: &Sheet) -> Vec<PlanLine> {
    let mut lines = Vec::new();
    for result in &sheet.candidates {
        let name = named(t, result.candidate.name());
        lines.extend(input_lines(t, result, &sheet.settings).into_iter().map(|input| PlanLine {
            label: format!("{name}: {}", input.name),
            how: String::new(),
            amount: input.value,
            as_of: input.as_of.map_or_else(String::new, |on| t.date(&on)),
            source: match input.source {
                unsaid if unsaid.is_empty() => t.get("next-no-source").into_owned(),
                source => source,
            },
        }));
        lines.extend(result.signals.iter().map(|signal| PlanLine {
            label: format!("{name}: {}", signal_words(t, signal.signal.kind)),
            how: String::new(),
            amount: units(t, signal.signal.count),
            as_of: t.date(&signal.signal.as_of),
            source: signal.signal.source.clone(),
        }));
    }
    lines
}

fn landed_page(page: &mut PlanPage, t: &Text, landed: &LandedCost) {
    page.answer = t.one("plan-landed-is", "cost", t.money(&landed.cost)).into_owned();
    if landed.credited.minor != 0 {
        let credited = t.one("plan-credited", "amount", t.money(&landed.credited));
        page.notes.push(credited.into_owned());
    }
    page.lines = landed.lines.iter().map(|line| landed_line(t, line)).collect();
    let mut steps: Vec<Step> = landed
        .lines
        .iter()
        .map(|line| {
            let credited = line.charge.recovery == Recovery::Credited;
            let end = line.cost_so_far.minor + if credited { line.amount.minor } else { 0 };
            Step {
                label: line.charge.title.clone(),
                from: end - line.amount.minor,
                to: end,
                words: t.money(&line.amount),
                sum: false,
                credited,
            }
        })
        .collect();
    steps.push(Step {
        label: t.get("plan-landed-cost").into_owned(),
        from: 0,
        to: landed.cost.minor,
        words: t.money(&landed.cost),
        sum: true,
        credited: false,
    });
    let label = t.get("plan-landed");
    page.picture = Some((draw(Size::Wide, &label, &steps), draw(Size::Narrow, &label, &steps)));
}

fn landed_line(t: &Text, line: &LandedLine) -> PlanLine {
    let charge = &line.charge;
    let base = line.base.map_or_else(String::new, |base| t.money(&base));
    let of = |of: &ChargeBase| match of {
        ChargeBase::AllBefore => t.get("plan-all-before").into_owned(),
        ChargeBase::Lines(codes) => {
            codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ")
        }
    };
    let how = match &charge.rate {
        ChargeRate::PerUnit { .. } => String::new(),
        ChargeRate::Of { base: on, rate } => {
            format!("{} × {base} ({})", t.percent(rate), of(on))
        }
        ChargeRate::Inside { base: on, rate } => {
            let rate = t.percent(rate);
            format!("{rate} ÷ (1 − {rate}) × {base} ({})", of(on))
        }
    };
    PlanLine {
        label: charge.title.clone(),
        how,
        amount: t.money(&line.amount),
        as_of: t.date(&charge.as_of),
        source: charge.source.clone(),
    }
}

fn local_page(
    page: &mut PlanPage,
    t: &Text,
    product: &str,
    plan: &LocalPlan,
    verdict: &LocalVerdict,
) {
    let even = verdict.break_even_units.map(|n| units(t, n)).unwrap_or_default();
    page.answer = match verdict.reason {
        LocalReason::Permission => t.one("plan-local-permission", "product", product),
        LocalReason::LeadTime { days, .. } => {
            t.two("plan-local-lead", "product", product, "days", days)
        }
        LocalReason::DutyGap { per_unit, .. } => t.three(
            "plan-local-duty",
            [("product", product), ("units", &even), ("gap", &t.money(&per_unit))],
        ),
        LocalReason::UnitCost { .. } => {
            t.two("plan-local-cost", "product", product, "units", even.as_str())
        }
        LocalReason::None => t.one("plan-local-import", "product", product),
    }
    .into_owned();
    if let Some(days) = verdict.break_even_days {
        let demand = units(t, plan.units_a_year);
        page.notes.push(t.two("plan-local-days", "days", days, "units", demand).into_owned());
    }
    if verdict.outlives_gap {
        page.notes.push(t.get("plan-local-outlives").into_owned());
    }
    let line = |label: &str, amount: &Money| plain(t.get(label).into_owned(), t.money(amount));
    page.lines = vec![
        line("plan-setup", &plan.setup),
        line("plan-import-unit", &plan.import_unit),
        line("plan-local-unit", &plan.local_unit),
        plain(t.get("plan-yield").into_owned(), t.percent(&plan.yield_rate)),
        line("plan-good-unit", &verdict.good_unit),
        line("plan-saving", &verdict.saving),
        line("plan-duty-gap", &plan.duty_gap),
        plain(t.get("plan-lead-import").into_owned(), t.number(i64::from(plan.import_lead_days))),
        plain(t.get("plan-lead-local").into_owned(), t.number(i64::from(plan.local_lead_days))),
        plain(t.get("plan-permission").into_owned(), t.get(needed(plan.permission)).into_owned()),
        plain(t.get("plan-a-year").into_owned(), units(t, plan.units_a_year)),
        plain(t.get("plan-break-even").into_owned(), even),
    ];
    let bar = |label: &str, amount: &Money, sum| Step {
        label: t.get(label).into_owned(),
        from: 0,
        to: amount.minor,
        words: t.money(amount),
        sum,
        credited: false,
    };
    let steps = [
        bar("plan-import-unit", &plan.import_unit, false),
        bar("plan-good-unit", &verdict.good_unit, true),
    ];
    let label = t.get("plan-local");
    page.picture = Some((draw(Size::Wide, &label, &steps), draw(Size::Narrow, &label, &steps)));
}

const fn needed(permission: Needed) -> &'static str {
    match permission {
        Needed::Needed => "plan-permission-needed",
        Needed::NotNeeded => "plan-permission-not",
    }
}

/// The lines of a cost sheet behind an amount, each with its day and source.
fn sheet_lines(page: &mut PlanPage, t: &Text, named: &str, landed: &LandedCost) {
    page.lines.extend(landed.lines.iter().map(|line| {
        let line = landed_line(t, line);
        PlanLine { label: t.one(named, "line", line.label.as_str()).into_owned(), ..line }
    }));
}

/// The fields of the file.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    text: String,
    reason: String,
}

pub(super) async fn save_file(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(kind): Path<String>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    let Some(kind) = theirs(&person, &kind) else { return nothing(&app, &uri) };
    if !is_form_key(&sent.key) || sent.text.len() > FILE_BYTES_MAX {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    // A sheet is everybody's: whoever has one market does not even have it worked out.
    if !may_save(&person) {
        let problem = Problem::new(StatusCode::FORBIDDEN, StaffRefusal::NotPermitted.code());
        return problem.respond(&app, uri.path(), None);
    }
    // A browser ends lines as mail does.
    let text = sent.text.replace("\r\n", "\n");
    let t = Text::new(person.language, None);
    let once = app.shop.keys.once(
        &format!("staff.plan {} {}", kind.word(), person.id),
        &sent.key,
        text.as_bytes(),
    );
    let wish = SaveSheet { kind, text: text.clone(), reason: sent.reason, once };
    let (status, words) = match save(&app.shop, &person, wish).await {
        Ok(_) => {
            let said = (StatusCode::OK, notice("good", t.get("staff-done")));
            return answer(&app, &uri, &person, kind, said, None).await;
        }
        Err(Failure::Refused(SaveRefusal::File(error))) => {
            (StatusCode::UNPROCESSABLE_ENTITY, file_words(&t, &error))
        }
        Err(Failure::Refused(SaveRefusal::Staff(refusal))) => (status(&refusal), why(&t, &refusal)),
        Err(Failure::KeyReused) => return failed(&app, &uri, Failure::KeyReused),
        Err(Failure::Fault(fault)) => return failed(&app, &uri, Failure::Fault(fault)),
    };
    let said = (status, notice("bad", t.one("staff-refused", "why", words)));
    answer(&app, &uri, &person, kind, said, Some(text)).await
}
