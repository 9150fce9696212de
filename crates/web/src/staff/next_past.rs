//! The record of past openings: a part of the page of the next country, a file, and its import.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Date;
use kontor_domain::planning::{Hit, PastOpening};
use kontor_domain::staff::Permission;
use kontor_shop::Failure;
use kontor_shop::planning::{FILE_BYTES_MAX, past_openings, record_past};
use kontor_shop::staff::Person;
use serde::Deserialize;

use super::csv::Csv;
use super::desk::{failed, notice, status};
use super::next_country::{answer, class_name, signal_words, whole};
use super::refusal::why;
use super::theirs::Countries;
use crate::kit::app::App;
use crate::kit::form_key::is_form_key;
use crate::kit::problem::Problem;
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::PastRow;

const READS: Option<Permission> = Some(Permission::MarketRead);
pub(super) const CSV: Route = Route::desk("/admin/next-country/past.csv", READS);
/// A record says what stands: twice is once. It is one for the whole company, so it takes the
/// permission in all markets.
pub(super) const IMPORT: Route =
    Route::desk_form("/admin/next-country/past", Some(Permission::MarketEdit), Repeat::Natural);

/// How many wrong rows are named at once.
const TOLD_MAX: usize = 20;

pub(super) fn past_row(t: &Text, past: &PastOpening) -> PastRow {
    let lesson = &past.lesson;
    let number = |n: u64| whole(t, n);
    let (id, tone) = match past.hit() {
        Hit::NoForecast => ("next-hit-none", "quiet"),
        Hit::Open => ("next-hit-open", "quiet"),
        Hit::Below => ("next-hit-below", "warn"),
        Hit::Within => ("next-hit-within", "good"),
        Hit::Above => ("next-hit-above", "warn"),
    };
    PastRow {
        country: t.country(&lesson.country).into_owned(),
        class: class_name(t, lesson.class.word()),
        signal: signal_words(t, lesson.kind),
        opened_on: past.opened_on,
        forecast: past.forecast.as_ref().map_or_else(String::new, |forecast| {
            let (low, high) = (number(forecast.low), number(forecast.high));
            format!("{low}–{high}, {}, {}", t.date(&forecast.made_on), forecast.source)
        }),
        outcome: past.outcome.as_ref().map_or_else(String::new, |outcome| {
            format!("{}, {}, {}", number(outcome.units), t.date(&outcome.until), outcome.source)
        }),
        hit: t.get(id).into_owned(),
        tone,
        sold_out: past.sold_out,
        lesson: t
            .two(
                "next-lesson",
                "bought",
                number(lesson.bought),
                "signalled",
                number(lesson.signalled),
            )
            .into_owned(),
    }
}

/// The fields of the import.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    key: String,
    csv: String,
}

pub(super) async fn import(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let sent = match form {
        Ok(Form(sent)) => sent,
        Err(rejection) => return Problem::form(&rejection).respond(&app, uri.path(), None),
    };
    if !is_form_key(&sent.key) || sent.csv.len() > FILE_BYTES_MAX {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    let t = Text::new(person.language, None);
    let done = match record_past(&app.shop, &person, sent.csv.as_bytes()).await {
        Ok(done) => done,
        Err(Failure::Refused(refusal)) => {
            let said = notice("bad", t.one("staff-refused", "why", why(&t, &refusal)));
            return answer(&app, &uri, &person, (status(&refusal), said), sent.csv).await;
        }
        Err(failure) => return failed(&app, &uri, failure),
    };
    if done.problems.is_empty() {
        let said = notice("good", t.one("next-past-written", "count", done.written));
        return answer(&app, &uri, &person, (StatusCode::OK, said), String::new()).await;
    }
    let rows = done
        .problems
        .iter()
        .take(TOLD_MAX)
        .map(|(line, wrong)| format!("{line}: {}: {}", wrong.field, t.wrong(&wrong.problem)));
    let said = notice("bad", rows.collect::<Vec<_>>().join(" · "));
    answer(&app, &uri, &person, (StatusCode::UNPROCESSABLE_ENTITY, said), sent.csv).await
}

/// Past openings, with the columns that an import reads.
pub(super) async fn csv(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
) -> Response {
    let theirs = Countries::of(&app, &person);
    let past = match past_openings(&app.shop).await {
        Ok(past) => past,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let mut csv = Csv::new(
        "country,class,signal,signalled,bought,opened_on,forecast_low,forecast_high,forecast_on,\
         forecast_source,units,until,outcome_source,sold_out",
    );
    let own = past.iter().filter(|past| theirs.contains(past.lesson.country));
    for PastOpening { lesson, opened_on, forecast, outcome, sold_out } in own {
        let foreseen = forecast.as_ref();
        let came = outcome.as_ref();
        let number = |number: Option<u64>| number.map_or_else(String::new, |n| n.to_string());
        let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
        csv.row([
            lesson.country.code(),
            lesson.class.word(),
            lesson.kind.word(),
            &lesson.signalled.to_string(),
            &lesson.bought.to_string(),
            &opened_on.to_string(),
            &number(foreseen.map(|forecast| forecast.low)),
            &number(foreseen.map(|forecast| forecast.high)),
            &day(foreseen.map(|forecast| forecast.made_on)),
            foreseen.map_or("", |forecast| &forecast.source),
            &number(came.map(|outcome| outcome.units)),
            &day(came.map(|outcome| outcome.until)),
            came.map_or("", |outcome| &outcome.source),
            if *sold_out { "yes" } else { "" },
        ]);
    }
    csv.respond("attachment; filename=\"openings.csv\"")
}
