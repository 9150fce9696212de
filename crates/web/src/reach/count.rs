//! Our own count taken apart: how it went, how much of it could be invented, how many devices there
//! can be at the most. Nothing is worked out here that the count has not told.

use kontor_base::Date;
use kontor_count::Slice;
use kontor_domain::install::{Measure, Standing};
use kontor_rom::install::Figures;

use super::front::{ACTIVE_DAYS, Edition};
use crate::kit::chart::{limits, trend};
use crate::kit::text::Text;
use crate::page::reach::{CountStory, ModelRow, StandingRow};

/// Models in the chart; the table has all.
const MODELS_DRAWN: usize = 12;

/// The story, where anything was counted.
pub(super) fn story(t: &Text, edition: &Edition) -> Option<CountStory> {
    let figures = edition.live.as_ref()?;
    let number = |count: u64| t.number(i64::try_from(count).unwrap_or(i64::MAX));
    let standings = standings(t, figures);
    let share = |standing: Standing| {
        let row = standings.iter().find(|row| row.standing == standing)?;
        Some((row.count.clone(), row.share.clone()))
    };
    let models: Vec<ModelRow> = figures
        .ceilings
        .iter()
        .map(|ceiling| ModelRow {
            model: ceiling.model.clone(),
            seen: ceiling.activations.map(number),
            made: number(ceiling.produced),
            until: t.date_short(&ceiling.until),
            exceeded: ceiling.exceeded,
        })
        .collect();
    let mut ceilings: Vec<_> = figures.ceilings.iter().collect();
    ceilings.sort_by(|a, b| b.produced.cmp(&a.produced).then_with(|| a.model.cmp(&b.model)));
    let limits = ceilings.into_iter().take(MODELS_DRAWN).map(|ceiling| limits::Row {
        label: ceiling.model.clone(),
        count: ceiling.activations,
        limit: ceiling.produced,
        words: match ceiling.activations {
            Some(seen) => {
                let (seen, made) = (number(seen), number(ceiling.produced));
                t.two("reach-count-of", "seen", seen, "made", made).into_owned()
            }
            None => t.one("reach-count-of-few", "made", number(ceiling.produced)).into_owned(),
        },
    });
    Some(CountStory {
        since: figures.history.first().map(|day| t.date(&day.day)),
        credentialed: share(Standing::Credentialed),
        trend: trend(t, figures),
        limits: limits.collect(),
        exceeded: models.iter().filter(|model| model.exceeded).count(),
        unknown_models: number(figures.unknown_models),
        standings,
        models,
    })
}

fn standings(t: &Text, figures: &Figures) -> Vec<StandingRow> {
    let table = figures.table(Measure::Active, Some(ACTIVE_DAYS), Slice::Standing);
    let Some(published) = table.map(|table| &table.published) else { return Vec::new() };
    let row = |standing: &Standing| {
        let cell = published.cells.iter().find(|cell| cell.value == standing.word())?;
        // Whole hundredths, rounded half up; a total that has a cell is not zero.
        let share = (cell.count * 200 + published.total) / (published.total * 2).max(1);
        let share = i64::try_from(share).unwrap_or(100);
        Some(StandingRow {
            standing: *standing,
            count: t.number(i64::try_from(cell.count).unwrap_or(i64::MAX)),
            share: t.two("unit-percent", "number", t.number(share), "count", share).into_owned(),
        })
    };
    [Standing::Credentialed, Standing::Anonymous].iter().filter_map(row).collect()
}

/// Devices by day, if there are at least two days to draw.
fn trend(t: &Text, figures: &Figures) -> Option<trend::Trend> {
    let (first, last) = (figures.history.first()?.day, figures.history.last()?.day);
    let days = since(first, last);
    let line = |label: &str, main, of: &dyn Fn(&kontor_rom::install::DayFigures) -> Option<u64>| {
        let points: Vec<(u32, u64)> = figures
            .history
            .iter()
            .filter_map(|day| Some((since(first, day.day), of(day)?)))
            .collect();
        let words = points.last().map(|(_, count)| *count)?;
        let words = t.number(i64::try_from(words).unwrap_or(i64::MAX));
        (points.len() > 1).then(|| trend::Line {
            label: t.get(label).into_owned(),
            words,
            main,
            points,
        })
    };
    let lines: Vec<trend::Line> = [
        line("reach-count-ever", false, &|day| day.activations),
        // The third of the windows that a day keeps: thirty days.
        line("reach-count-month", true, &|day| day.active[2]),
    ]
    .into_iter()
    .flatten()
    .collect();
    (days > 0 && !lines.is_empty()).then(|| trend::Trend {
        first: t.date_short(&first),
        last: t.date_short(&last),
        days,
        lines,
    })
}

/// Days from one to another.
fn since(first: Date, day: Date) -> u32 {
    let days = first.until(day).map(|span| span.get_days()).unwrap_or(0);
    u32::try_from(days).unwrap_or(0)
}
