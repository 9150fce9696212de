//! Thousands of seeds, and the proof that broken lots do not get through them.

use super::{Flaw, Summary, run};

/// `KONTOR_SALE_SEED=4711 cargo test -p kontor-ledger sale` replays one seed;
/// `KONTOR_SALE_SEEDS=1000000` tries that many.
fn seeds() -> std::ops::Range<u64> {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    match number("KONTOR_SALE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("KONTOR_SALE_SEEDS").unwrap_or(3_000),
    }
}

#[test]
fn nothing_breaks_a_lot() {
    let mut all = Summary::default();
    let seeds = seeds();
    for seed in seeds.clone() {
        match run(seed, 60, None) {
            Ok(summary) => all.add(&summary),
            Err(failure) => panic!("{failure}\nreplay: KONTOR_SALE_SEED={}", failure.seed),
        }
    }
    if seeds.end - seeds.start >= 100 {
        // A run in which something never happens proves nothing about it.
        let Summary { committed, crashed, unanswered, rolled_back, fenced, .. } = all;
        let Summary { claims, expired, served, left, replayed, .. } = all;
        for (count, what) in [
            (committed, "committed"),
            (crashed, "crashed"),
            (unanswered, "unanswered"),
            (rolled_back, "rolled back"),
            (fenced, "fenced"),
            (claims, "claims"),
            (expired, "expired"),
            (served, "served"),
            (left, "left"),
            (replayed, "replayed"),
        ] {
            assert!(count > 100, "{what}: {count}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(run(4_711, 200, None), run(4_711, 200, None));
    assert_ne!(run(4_711, 200, None), run(4_712, 200, None));
}

#[test]
fn every_flaw_is_noticed() {
    for flaw in Flaw::ALL {
        let noticed = (0..300).find_map(|seed| run(seed, 80, Some(flaw)).err());
        assert!(noticed.is_some(), "not noticed: {flaw:?}");
    }
}
