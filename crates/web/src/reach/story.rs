//! The stories of the front page: what stands in the records, put so that it can be read. No number
//! is made here but differences and growths, and each says of which figures.

use std::collections::BTreeSet;

use kontor_base::Confidence;
use kontor_domain::reach::{
    Figure, Gap, Period, Quantity, Rank, Reach, Series, Target, Value, needed,
};

use super::view::{figure_claim, forecast_claim, method_name, rank_row, target_claim};
use crate::kit::chart::{bars, fan, grid};
use crate::kit::text::Text;
use crate::kit::typeface::{Weight, width};
use crate::page::reach::{
    PlacesStory, TargetStory, UnitsStory, number_words, period_short, period_words, value_words,
};

/// The subject whose figures make the charts of units and of the target.
pub(super) const SOLD: &str = "phones-sold";
/// The subject that stands beside the live number.
pub(super) const USERS: &str = "rom-users";
/// The widest name in a field of the rank chart.
const NAME_WIDTH_MAX: f64 = 66.0;

/// How many sources stand under a chart by name.
const SOURCES_NAMED: usize = 5;

/// Figures about units, sure enough for headlines.
fn sold<'a>(figures: &[&'a Figure]) -> Vec<&'a Figure> {
    let about = |figure: &&&Figure| figure.subject.as_str() == SOLD && figure.value.is_some();
    figures.iter().filter(about).copied().collect()
}

fn sure(figure: &Figure) -> bool {
    figure.confidence != Confidence::M
}

fn number(figure: &Figure) -> f64 {
    figure.value.as_ref().map_or(0.0, |value| value.low().float())
}

/// Those who rank makers; whoever else tells of units speaks for the maker.
fn providers(reach: &Reach) -> BTreeSet<&str> {
    reach.ranks.iter().map(|rank| rank.record.provider.as_str()).collect()
}

/// Units a year by who says so.
pub(super) fn units(t: &Text, reach: &Reach) -> Option<UnitsStory> {
    let providers = providers(reach);
    let standing = reach.standing_figures();
    let yearly: Vec<&Figure> =
        sold(&standing).into_iter().filter(|f| matches!(f.period, Period::Year(_))).collect();
    let mut groups: Vec<bars::Group> = Vec::new();
    for figure in &yearly {
        let value = figure.value.as_ref()?;
        let look = match figure.confidence {
            Confidence::M => bars::Look::Unsure,
            _ if providers.contains(figure.said_by.as_str()) => bars::Look::Other,
            _ => bars::Look::Main,
        };
        let bar = bars::Bar {
            label: figure.said_by.clone(),
            value: value.low().float(),
            words: number_words(t, value),
            look,
            open: matches!(value, Value::MoreThan(_) | Value::AtLeast(_)),
        };
        let label = period_short(t, figure.period);
        match groups.iter_mut().find(|group| group.label == label) {
            Some(group) => group.bars.push(bar),
            None => groups.push(bars::Group { label, bars: vec![bar] }),
        }
    }
    // Within a year the maker's own word first, what is unsure last.
    for group in &mut groups {
        group.bars.sort_by_key(|bar| match bar.look {
            bars::Look::Main => 0,
            bars::Look::Other => 1,
            bars::Look::Unsure => 2,
        });
    }
    let claims = yearly.iter().map(|figure| figure_claim(t, figure)).collect();
    let sources = named(t, yearly.iter().map(|figure| figure.source.as_str()));
    (!groups.is_empty()).then(|| UnitsStory { groups, sources, apart: apart(t, &yearly), claims })
}

/// The sources under a chart, each once, the ones that say most first; the table has all of them.
fn named<'a>(t: &Text, sources: impl Iterator<Item = &'a str>) -> String {
    let mut found: Vec<(&str, usize)> = Vec::new();
    for source in sources {
        match found.iter_mut().find(|(known, _)| *known == source) {
            Some((_, times)) => *times += 1,
            None => found.push((source, 1)),
        }
    }
    found.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let names: Vec<&str> = found.iter().take(SOURCES_NAMED).map(|(name, _)| *name).collect();
    let names = names.join("; ");
    match found.len().saturating_sub(SOURCES_NAMED) {
        0 => names,
        more => t.two("reach-sources-more", "names", names, "count", more).into_owned(),
    }
}

/// The widest gap between two exact and sure figures about the same year.
fn apart(t: &Text, yearly: &[&Figure]) -> Option<(String, String)> {
    let mut widest: Option<(Quantity, &Figure)> = None;
    for (i, one) in yearly.iter().enumerate().filter(|(_, figure)| sure(figure)) {
        for other in yearly[i + 1..].iter().filter(|figure| sure(figure)) {
            let (Some(Value::Exact(a)), Some(Value::Exact(b))) = (&one.value, &other.value) else {
                continue;
            };
            if one.period != other.period || one.unit != other.unit {
                continue;
            }
            let gap = difference(*a, *b);
            if widest.is_none_or(|(known, _)| gap.float() > known.float()) {
                widest = Some((gap, one));
            }
        }
    }
    let (gap, figure) = widest.filter(|(gap, _)| gap.mantissa() > 0)?;
    let words = value_words(t, &Value::Exact(gap), &figure.unit);
    Some((words, period_short(t, figure.period)))
}

/// How far two numbers are apart, with the places of the more exact one.
fn difference(a: Quantity, b: Quantity) -> Quantity {
    let places = a.places().max(b.places());
    let at = |q: Quantity| q.mantissa() * 10_i64.pow(u32::from(places - q.places()));
    Quantity::new((at(a) - at(b)).abs(), places)
}

/// The world rank by who counts it.
pub(super) fn places(t: &Text, reach: &Reach) -> Option<PlacesStory> {
    let ranks = reach.standing_ranks();
    let exact: BTreeSet<u8> = ranks.iter().filter_map(|rank| rank.standing.exact()).collect();
    let (first, last) = (*exact.first()?, *exact.last()?);
    let open_end = ranks.iter().any(|rank| rank.standing.worst.is_none());
    let mut rows: Vec<String> = (first..=last).map(|place| place.to_string()).collect();
    if open_end {
        rows.push(format!("{}+", last + 1));
    }
    let row = |place: u8| usize::from(place.clamp(first, last) - first);
    let mut periods: Vec<Period> = Vec::new();
    for rank in &ranks {
        if periods.last() != Some(&rank.period) {
            periods.push(rank.period);
        }
    }
    let mark = |rank: &&Rank| {
        let standing = rank.standing;
        let places = match standing.worst {
            None => [row(standing.best), rows.len() - 1],
            // The name stands at the worst place that was said, the bar leads to the best.
            Some(worst) => [row(worst), row(standing.best)],
        };
        let period = periods.iter().position(|period| *period == rank.period).unwrap_or(0);
        grid::Mark { name: short(&rank.provider), period, places }
    };
    let marks: Vec<grid::Mark> = ranks.iter().map(mark).collect();
    let names: BTreeSet<&str> = ranks.iter().map(|rank| rank.provider.as_str()).collect();
    let most = names.iter().max_by_key(|name| {
        ranks
            .iter()
            .filter(|rank| rank.provider == **name && rank.standing.exact().is_some())
            .count()
    });
    Some(PlacesStory {
        places: listed(t, &exact),
        providers: names.len(),
        sources: named(t, ranks.iter().map(|rank| rank.source.as_str())),
        grid: grid::Grid {
            periods: periods.iter().map(|period| period_short(t, *period)).collect(),
            places: rows,
            marks,
            joined: most.map(|name| short(name)),
        },
        rows: ranks.iter().map(|rank| rank_row(t, rank)).collect(),
    })
}

/// A provider's name as far as it fits into a field: `Strategy A.`
fn short(name: &str) -> String {
    if width(name, 12.0, Weight::Bold) <= NAME_WIDTH_MAX {
        return name.to_owned();
    }
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default();
    match words.next().and_then(|second| second.chars().next()) {
        Some(initial) => format!("{first} {initial}."),
        None => name.to_owned(),
    }
}

/// `3, 4, 5 or 6`
fn listed(t: &Text, places: &BTreeSet<u8>) -> String {
    let words: Vec<String> = places.iter().map(u8::to_string).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => {
            t.two("list-or", "others", others.join(", "), "last", last).into_owned()
        }
        None => String::new(),
    }
}

/// The newest target with what methods made of it and what happened.
pub(super) fn target(t: &Text, reach: &Reach) -> Option<TargetStory> {
    let mut targets: Vec<&Target> = reach
        .targets
        .iter()
        .map(|recorded| &recorded.record)
        .filter(|target| target.subject.as_str() == SOLD)
        .collect();
    targets.sort_by_key(|target| (target.period.order(), target.said_on.order()));
    let period = targets.last()?.period;
    targets.retain(|target| target.period == period);
    // The one that was said first and plainly is what the year is measured by.
    let main = targets.iter().find(|target| matches!(target.value, Value::Exact(_)))?;
    let goal = main.value.low().float();
    let providers = providers(reach);
    let standing = reach.standing_figures();
    let figures: Vec<&Figure> = sold(&standing).into_iter().filter(|f| sure(f)).collect();
    let mut outcomes: Vec<&Figure> =
        figures.iter().copied().filter(|figure| figure.period == period).collect();
    outcomes.sort_by_key(|figure| providers.contains(figure.said_by.as_str()));
    let forecasts: Vec<_> = reach
        .forecasts
        .iter()
        .map(|recorded| &recorded.record)
        .filter(|forecast| forecast.period == period && forecast.subject.as_str() == SOLD)
        .collect();
    let lowest = forecasts.iter().min_by(|a, b| a.value.float().total_cmp(&b.value.float()));
    let highest = forecasts.iter().max_by(|a, b| a.value.float().total_cmp(&b.value.float()));
    let words = |value: &Value| value_words(t, value, &main.unit);
    let mut rays: Vec<fan::Ray> = forecasts
        .iter()
        .map(|forecast| {
            let value = t.decimal(forecast.value.mantissa(), forecast.value.places());
            let label = format!("{}: {value}", method_name(t, &forecast.method));
            fan::Ray { label, value: forecast.value.float(), end: fan::End::Method }
        })
        .collect();
    rays.extend(targets.iter().map(|target| {
        let low = target.value.low();
        let label = t.one("reach-target-ray", "value", t.decimal(low.mantissa(), low.places()));
        fan::Ray { label: label.into_owned(), value: low.float(), end: fan::End::Target }
    }));
    rays.extend(outcomes.iter().filter_map(|figure| {
        let value = figure.value.as_ref()?;
        let low = value.low();
        let sign = if matches!(value, Value::MoreThan(_)) { ">\u{a0}" } else { "" };
        let who = figure.said_by.split([',', ' ']).next().unwrap_or_default();
        let label = format!("{who}: {sign}{}", t.decimal(low.mantissa(), low.places()));
        Some(fan::Ray { label, value: low.float(), end: fan::End::Outcome })
    }));
    let gap = halves(&figures, period.year()).map(|series| Gap::of(&series, goal));
    let first_half = half(&figures, period.year(), 1);
    let second_half = first_half.and_then(|first| {
        let needed = needed(goal, number(first), number(first), 1)?;
        let rest = difference(main.value.low(), first.value.as_ref()?.low());
        Some((words(&Value::Exact(rest)), needed.growth))
    });
    Some(TargetStory {
        period: period_words(t, period),
        wanted: words(&main.value),
        happened: outcomes.first().and_then(|figure| figure.value.as_ref()).map(words),
        growth: gap.map(|gap| gap.growth),
        run_rate: gap
            .map(|gap| (tenths(t, gap.run_rate, &main.unit), tenths(t, gap.missing, &main.unit))),
        methods: forecasts.len(),
        second_half,
        spread: lowest.zip(highest).map(|(low, high)| {
            let number = t.decimal(low.value.mantissa(), low.value.places());
            (number, words(&Value::Exact(high.value)))
        }),
        sources: {
            let told = targets.iter().map(|target| target.source.as_str());
            let before = figures.iter().filter(|figure| figure.period.year() < period.year());
            let before = before.chain(&outcomes).map(|figure| figure.source.as_str());
            named(t, told.chain(before))
        },
        fan: fan::Fan {
            past: past(t, &figures, &providers, period),
            ahead: period_short(t, period),
            rays,
        },
        targets: targets.iter().map(|target| target_claim(t, target)).collect(),
        forecasts: forecasts.iter().map(|forecast| forecast_claim(t, forecast)).collect(),
        outcomes: outcomes.iter().map(|figure| figure_claim(t, figure)).collect(),
    })
}

/// An estimate with its unit, to the tenth.
#[expect(clippy::float_arithmetic, reason = "an estimate, not a figure that was said")]
#[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
fn tenths(t: &Text, number: f64, unit: &str) -> String {
    value_words(t, &Value::Exact(Quantity::new((number * 10.0).round() as i64, 1)), unit)
}

fn half<'a>(figures: &[&'a Figure], year: i16, half: u8) -> Option<&'a Figure> {
    figures.iter().copied().find(|figure| figure.period == Period::Half(year, half))
}

/// The four half-years before `year`, if all of them are known.
fn halves(figures: &[&Figure], year: i16) -> Option<Series> {
    let wanted = [(year - 2, 1), (year - 2, 2), (year - 1, 1), (year - 1, 2)];
    let points: Option<Vec<f64>> =
        wanted.into_iter().map(|(year, n)| half(figures, year, n).map(number)).collect();
    Series::try_new(points?, 2).ok()
}

/// What the maker told of the years before.
fn past(
    t: &Text,
    figures: &[&Figure],
    providers: &BTreeSet<&str>,
    period: Period,
) -> Vec<fan::Past> {
    let before = |figure: &&&Figure| {
        matches!(figure.period, Period::Year(year) if year < period.year())
            && !providers.contains(figure.said_by.as_str())
    };
    let mut past: Vec<fan::Past> = Vec::new();
    for figure in figures.iter().filter(before) {
        let label = period_short(t, figure.period);
        if let (None, Some(value)) = (past.iter().find(|p| p.label == label), &figure.value) {
            past.push(fan::Past {
                label,
                value: value.low().float(),
                words: number_words(t, value),
            });
        }
    }
    past
}
