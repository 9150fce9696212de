//! The sheet: draws for every candidate, ranks within each draw, and what the draws say together.

#![expect(clippy::float_arithmetic, reason = "estimates of demand, never money or stock")]

use std::collections::BTreeSet;

use kontor_base::Wrong;
use rand_pcg::Pcg64;

use super::draw::{Draw, Inputs, Strength};
use super::types::{
    CANDIDATES_MAX, Calibration, Candidate, CandidateName, CandidateResult, DRAWS_MAX,
    NextCountryError, Opening, Placement, Settings, Sheet, SignalResult, Sway,
};

/// Which country comes next, with what is known and how well.
///
/// # Errors
///
/// When settings, a candidate or an opening contradict themselves.
pub fn next_country(
    candidates: &[Candidate],
    openings: &[Opening],
    settings: Settings,
) -> Result<Sheet, NextCountryError> {
    check(candidates, openings, &settings)?;
    let inputs: Vec<Inputs<'_>> =
        candidates.iter().map(|candidate| Inputs::new(candidate, openings, &settings)).collect();
    let draws: Vec<Vec<Draw>> = inputs.iter().map(|inputs| all_draws(inputs, &settings)).collect();
    let ranks = all_ranks(&inputs, &draws, settings.draws as usize);
    let middles: Vec<Draw> =
        draws.iter().map(|draws| at_quantile(draws, settings.draws as usize / 2)).collect();
    let mut results: Vec<CandidateResult> = (0..inputs.len())
        .map(|place| CandidateResult {
            candidate: candidates[place].clone(),
            break_even: break_even(&inputs[place], &draws[place]),
            signals: signals(&inputs[place], &draws[place], &settings),
            rank: placement(ranks[place].clone()),
            tied_with: Vec::new(),
            sway: sway(place, &inputs, &draws[place], &middles),
        })
        .collect();
    tie(&mut results);
    results.sort_by_key(|result| {
        let rank = result.rank;
        (rank.p50, rank.p90, rank.p10, result.candidate.name())
    });
    Ok(Sheet { settings, candidates: results })
}

fn check(
    candidates: &[Candidate],
    openings: &[Opening],
    settings: &Settings,
) -> Result<(), NextCountryError> {
    if !(100..=DRAWS_MAX).contains(&settings.draws) || !(1..=50).contains(&settings.write_off_years)
    {
        return Err(NextCountryError::Settings);
    }
    if candidates.len() > CANDIDATES_MAX {
        return Err(NextCountryError::TooMany);
    }
    let mut names = BTreeSet::new();
    for candidate in candidates {
        // Two of one name would draw the same and be tied with themselves.
        let twice = (!names.insert(candidate.name())).then_some(Wrong::CandidateTwice);
        if let Some(problem) = twice.or_else(|| problem_of(candidate)) {
            return Err(NextCountryError::Candidate { candidate: candidate.name(), problem });
        }
    }
    match openings.iter().find(|opening| opening.bought > opening.signalled) {
        Some(opening) => Err(NextCountryError::Opening { country: opening.country }),
        None => Ok(()),
    }
}

fn problem_of(candidate: &Candidate) -> Option<Wrong> {
    let spreads = [candidate.price, candidate.landed, candidate.delay_days];
    if spreads.iter().any(|spread| !spread.in_order() || spread.low < 0) {
        return Some(Wrong::SpreadOrder);
    }
    if candidate.other_unit_cost < 0 || candidate.fixed_a_year < 0 || candidate.opening_cost < 0 {
        return Some(Wrong::CostNegative);
    }
    let kinds: BTreeSet<_> = candidate.signals.iter().map(|signal| signal.kind).collect();
    if kinds.len() < candidate.signals.len() {
        return Some(Wrong::SignalTwice);
    }
    let inputs: BTreeSet<_> = candidate.sources.iter().map(|source| source.of).collect();
    (inputs.len() < candidate.sources.len()).then_some(Wrong::InputTwoSources)
}

/// Every candidate draws from a stream of its own, so that adding a country changes no other's
/// figures.
fn all_draws(inputs: &Inputs<'_>, settings: &Settings) -> Vec<Draw> {
    let country = inputs.candidate.country.code().bytes();
    let own = country.fold(inputs.candidate.class as u128, |sum, byte| sum << 8 | u128::from(byte));
    let mut random = Pcg64::new(u128::from(settings.seed), own);
    (0..settings.draws).map(|_| inputs.draw(&mut random)).collect()
}

/// Per candidate its rank in every draw: one more than the number of candidates that beat it.
fn all_ranks(inputs: &[Inputs<'_>], draws: &[Vec<Draw>], count: usize) -> Vec<Vec<u64>> {
    let mut ranks = vec![Vec::with_capacity(count); inputs.len()];
    let mut strengths: Vec<Strength> = Vec::with_capacity(inputs.len());
    for draw in 0..count {
        strengths.clear();
        strengths.extend(inputs.iter().zip(draws).map(|(own, draws)| own.strength(&draws[draw])));
        for (place, ranks) in ranks.iter_mut().enumerate() {
            ranks.push(rank_of(strengths[place], &strengths));
        }
    }
    ranks
}

fn rank_of(own: Strength, all: &[Strength]) -> u64 {
    let better = all.iter().filter(|other| other.beats(own)).count();
    u64::try_from(better).map_or(u64::MAX, |better| better.saturating_add(1))
}

fn break_even(inputs: &Inputs<'_>, draws: &[Draw]) -> Option<Placement> {
    let mut wanted: Vec<f64> = draws.iter().map(|draw| inputs.break_even(draw)).collect();
    wanted.sort_by(f64::total_cmp);
    let [p10, p50, p90] = tenths(wanted.len()).map(|place| wanted[place]);
    // Endless values sort last; where even the best tenth is endless there is nothing to say.
    p10.is_finite().then(|| Placement { p10: up(p10), p50: up(p50), p90: up(p90) })
}

fn signals(inputs: &Inputs<'_>, draws: &[Draw], settings: &Settings) -> Vec<SignalResult> {
    let signals = inputs.candidate.signals.iter().enumerate();
    signals
        .map(|(place, signal)| {
            let age = signal.as_of.until(settings.on).map_or(i32::MAX, |span| span.get_days());
            let count = inputs.openings(place);
            let mut result = SignalResult {
                signal: signal.clone(),
                calibration: Calibration::None,
                units: None,
                clears_per_mille: None,
                needed: None,
                stale: i64::from(age) > i64::from(settings.stale_after_days),
            };
            if count > 0 {
                result.calibration = Calibration::Openings { count };
                calibrated(inputs, draws, place, &mut result);
            }
            result
        })
        .collect()
}

fn calibrated(inputs: &Inputs<'_>, draws: &[Draw], place: usize, result: &mut SignalResult) {
    let mut units = Vec::with_capacity(draws.len());
    let mut needed = Vec::with_capacity(draws.len());
    let mut clears = 0_u64;
    for draw in draws {
        let wanted = inputs.break_even(draw);
        let (Some(own), Some(take)) = (inputs.units(draw, place), draw.takes[place]) else {
            continue;
        };
        clears += u64::from(own >= wanted);
        units.push(up(own));
        needed.push(wanted / take);
    }
    needed.sort_by(f64::total_cmp);
    let middle = needed[needed.len() / 2];
    result.clears_per_mille = u32::try_from(clears * 1000 / draws.len() as u64).ok();
    result.units = Some(placement(units));
    result.needed = middle.is_finite().then(|| up(middle));
}

/// The input that moves the rank most, everything else at its middle.
fn sway(place: usize, inputs: &[Inputs<'_>], draws: &[Draw], middles: &[Draw]) -> Option<Sway> {
    let own = &inputs[place];
    let rank_with = |draw: &Draw| {
        let strengths: Vec<Strength> = (0..inputs.len())
            .map(|i| inputs[i].strength(if i == place { draw } else { &middles[i] }))
            .collect();
        rank_of(strengths[place], &strengths)
    };
    let [low, _, high] = tenths(draws.len());
    let (low, high) = (at_quantile(draws, low), at_quantile(draws, high));
    let middle = &middles[place];
    let mut tries = vec![
        (
            Sway::Price,
            Draw { price: low.price, ..middle.clone() },
            Draw { price: high.price, ..middle.clone() },
        ),
        (
            Sway::Landed,
            Draw { landed: low.landed, ..middle.clone() },
            Draw { landed: high.landed, ..middle.clone() },
        ),
        (
            Sway::Delay,
            Draw { delay: low.delay, ..middle.clone() },
            Draw { delay: high.delay, ..middle.clone() },
        ),
    ];
    for (i, signal) in own.candidate.signals.iter().enumerate() {
        let with = |take| {
            let mut draw = middle.clone();
            draw.takes[i] = take;
            draw
        };
        let sway = Sway::Take { kind: signal.kind };
        tries.push((sway, with(low.takes[i]), with(high.takes[i])));
    }
    let moved = tries.into_iter().map(|(sway, a, b)| (rank_with(&a).abs_diff(rank_with(&b)), sway));
    // The first of equals: price before cost before delay.
    moved.rev().max_by_key(|(by, _)| *by).filter(|(by, _)| *by > 0).map(|(_, sway)| sway)
}

/// Every input at its own quantile: not one of the draws, but the middle (or edge) of each.
fn at_quantile(draws: &[Draw], place: usize) -> Draw {
    let pick = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[place]
    };
    let signals = draws[0].takes.len();
    Draw {
        price: pick(draws.iter().map(|draw| draw.price).collect()),
        landed: pick(draws.iter().map(|draw| draw.landed).collect()),
        delay: pick(draws.iter().map(|draw| draw.delay).collect()),
        takes: (0..signals)
            .map(|i| {
                draws[0].takes[i]?;
                Some(pick(draws.iter().filter_map(|draw| draw.takes[i]).collect()))
            })
            .collect(),
    }
}

fn tie(results: &mut [CandidateResult]) {
    let ranges: Vec<(CandidateName, Placement)> =
        results.iter().map(|result| (result.candidate.name(), result.rank)).collect();
    for (place, result) in results.iter_mut().enumerate() {
        let own = result.rank;
        let others = ranges.iter().enumerate().filter(|(other, _)| *other != place);
        let overlapping = others.filter(|(_, (_, r))| r.p10 <= own.p90 && own.p10 <= r.p90);
        result.tied_with = overlapping.map(|(_, (name, _))| *name).collect();
    }
}

fn placement(mut values: Vec<u64>) -> Placement {
    values.sort_unstable();
    let [p10, p50, p90] = tenths(values.len()).map(|place| values[place]);
    Placement { p10, p50, p90 }
}

const fn tenths(count: usize) -> [usize; 3] {
    [count / 10, count / 2, count * 9 / 10]
}

/// Rounded up; a cast of a float saturates.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn up(value: f64) -> u64 {
    value.ceil() as u64
}
