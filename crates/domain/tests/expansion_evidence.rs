//! Carried abroad and past openings: text in, text out.

use kontor_base::{Country, Date, Rate, Wrong};
use kontor_domain::catalogue::ProductClass;
use kontor_domain::planning::{
    Hit, Opening, PastForecast, PastOpening, PastOutcome, SignalKind, hit_rate,
};
use kontor_domain::reach::{
    Carried, Sighting, SoldUnit, Survival, Whereabouts, estimate, whereabouts,
};

const TODAY: &str = "2015-06-01";

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn country(code: &str) -> Country {
    code.parse().expect("a country")
}

/// Germany and Austria are one market, everything else stands alone.
fn together(one: Country, other: Country) -> bool {
    let market = ["DE", "AT"].map(country);
    market.contains(&one) && market.contains(&other)
}

/// `CN seen IN 2015-01-02 2015-05-30`: sold where, seen where, first and last day.
fn stands(text: &str) -> Whereabouts {
    let words: Vec<&str> = text.split(' ').collect();
    let sold = SoldUnit { model: "mi-3", country: country(words[0]) };
    let seen = (words.len() > 2).then(|| Sighting {
        country: words[2].parse().ok(),
        first: day(words[3]),
        last: day(words[4]),
    });
    whereabouts(&sold, seen.as_ref(), day(TODAY), together)
}

#[test]
fn a_device_is_carried_when_it_stays_elsewhere() {
    let to = |code| Whereabouts::Carried { to: country(code) };
    for (text, wanted) in [
        ("CN unseen", Whereabouts::Unseen),
        ("CN seen ?? 2015-01-02 2015-05-30", Whereabouts::Unseen),
        ("CN seen IN 2014-01-02 2015-05-01", Whereabouts::Silent),
        ("CN seen CN 2014-01-02 2015-05-30", Whereabouts::Home),
        ("DE seen AT 2014-01-02 2015-05-30", Whereabouts::Home),
        ("CN seen IN 2015-05-02 2015-05-30", Whereabouts::Travelling),
        ("CN seen IN 2015-05-01 2015-05-31", to("IN")),
        ("CN seen DE 2014-05-01 2015-06-01", to("DE")),
        ("CN seen IN 2014-05-01 2015-05-02", to("IN")),
    ] {
        assert_eq!(stands(text), wanted, "{text}");
    }
}

#[test]
fn small_ways_are_not_told_apart_and_nothing_is_lost() {
    let mut carried = Carried::default();
    let seen = |to: &str, first: &str| Sighting {
        country: to.parse().ok(),
        first: day(first),
        last: day("2015-05-31"),
    };
    for (to, first, times) in [
        ("IN", "2015-01-10", 60),
        ("IN", "2015-02-10", 7),
        ("US", "2015-01-20", 3),
        ("CN", "2015-01-01", 5),
    ] {
        for _ in 0..times {
            let sold = SoldUnit { model: "mi-3", country: country("CN") };
            carried.add(&sold, Some(&seen(to, first)), day(TODAY), together);
        }
    }
    let (told, withheld) = carried.told(50);
    let told: Vec<_> =
        told.iter().map(|(way, n)| (way.to.code(), way.month.as_str(), *n)).collect();
    assert_eq!(told, [("IN", "2015-01", 60)]);
    assert_eq!((withheld, carried.total(), carried.home, carried.sold), (10, 70, 5, 75));
    assert_eq!(carried.by_country()[&country("IN")], 67);
}

/// February 2015 with public figures: 100 M users, 87.3 M phones ever sold. Whether every phone still
/// lives or a fifth of the older ones is given up moves the answer by 40 %.
#[test]
fn one_assumption_moves_the_weaker_estimate_by_two_fifths() {
    let sold = [(0, 61_120_000), (1, 18_700_000), (2, 7_190_000), (3, 300_000)];
    let all = estimate(100_000_000, &sold, &Survival::all());
    assert_eq!((all.sold, all.gap), (87_310_000, 12_690_000));
    let fifth = Survival::new([100, 80].map(|percent| Rate::from_ppm(percent * 10_000)).to_vec());
    let less = estimate(100_000_000, &sold, &fifth);
    assert_eq!(less.gap, 17_928_000);
    assert_eq!(estimate(5, &sold, &Survival::all()).gap, 0, "never below none");
    assert_eq!(Survival::usual().at(0).ppm(), Rate::ONE);
    assert_eq!(Survival::usual().at(99).ppm(), 0);
}

#[test]
fn what_was_known_before_an_opening_stands() {
    let first = past(Some((100, 200, "2014-07-01")), None);
    let with = |change: fn(&mut PastOpening)| {
        let mut next = first.clone();
        change(&mut next);
        first.stands_against(&next)
    };
    assert_eq!(with(|_| ()), None, "the same again is the same");
    assert_eq!(with(|p| p.forecast = None), Some(Wrong::ForecastStands));
    assert_eq!(with(|p| p.forecast.as_mut().expect("one").high = 999), Some(Wrong::ForecastStands));
    let day = |text: &str| text.parse().expect("a day");
    assert_eq!(with(|p| p.lesson.signalled += 1), Some(Wrong::OpeningStands));
    let moved = PastOpening { opened_on: day("2014-08-01"), ..first.clone() };
    assert_eq!(first.stands_against(&moved), Some(Wrong::OpeningStands));

    // What came is counted anew, later than before and never back.
    let counted = past(Some((100, 200, "2014-07-01")), Some((150, "2014-12-31")));
    assert_eq!(first.stands_against(&counted), None);
    assert_eq!(counted.stands_against(&first), Some(Wrong::OutcomeStands));
    let later = past(Some((100, 200, "2014-07-01")), Some((160, "2015-01-31")));
    assert_eq!(counted.stands_against(&later), None);
    assert_eq!(later.stands_against(&counted), Some(Wrong::OutcomeStands));
    let other = past(Some((100, 200, "2014-07-01")), Some((151, "2014-12-31")));
    assert_eq!(counted.stands_against(&other), Some(Wrong::OutcomeStands));
    // A forecast that nobody has made before the opening is not made afterwards.
    let none = past(None, Some((150, "2014-12-31")));
    assert_eq!(none.stands_against(&counted), Some(Wrong::ForecastStands));
}

#[test]
fn an_opening_teaches_when_its_first_year_was_counted_and_not_before() {
    let on = |text: &str| text.parse().expect("a day");
    let today = on("2016-01-01");
    let running = past(Some((100, 200, "2014-07-01")), None);
    assert!(!running.teaches(today), "nobody has said up to which day was counted");
    for (until, taught) in [
        ("2014-12-31", false), // five months of twelve would teach less than half of the rate
        ("2015-07-21", false),
        ("2015-07-22", true),
        ("2015-12-31", true),
        ("2016-01-02", false), // tomorrow's count
    ] {
        let past = past(None, Some((150, until)));
        assert_eq!(past.teaches(today), taught, "counted until {until}");
    }
    let mut counted = past(None, Some((150, "2015-07-22")));
    assert!(!counted.teaches(on("2015-07-21")), "a question of the day before knew nothing of it");
    counted.sold_out = true;
    assert!(!counted.teaches(today), "as many bought as there were");
}

fn past(forecast: Option<(u64, u64, &str)>, outcome: Option<(u64, &str)>) -> PastOpening {
    let source = || "x".to_owned();
    PastOpening {
        lesson: Opening {
            country: country("IN"),
            class: ProductClass::Phone,
            kind: SignalKind::WaitingList,
            signalled: 100,
            bought: 10,
        },
        opened_on: day("2014-07-22"),
        forecast: forecast.map(|(low, high, on)| PastForecast {
            low,
            high,
            made_on: day(on),
            source: source(),
        }),
        outcome: outcome.map(|(units, until)| PastOutcome {
            units,
            until: day(until),
            source: source(),
        }),
        sold_out: false,
    }
}

#[test]
fn a_forecast_is_judged_when_its_year_is_over() {
    let made = Some((100, 200, "2014-07-01"));
    let cases = [
        (past(None, Some((5, "2015-08-01"))), Hit::NoForecast),
        (past(made, None), Hit::Open),
        (past(made, Some((50, "2014-12-01"))), Hit::Open),
        (past(made, Some((201, "2014-12-01"))), Hit::Above),
        (past(made, Some((99, "2015-07-22"))), Hit::Below),
        (past(made, Some((150, "2015-07-22"))), Hit::Within),
    ];
    for (opening, wanted) in &cases {
        assert_eq!(opening.hit(), *wanted, "{opening:?}");
        assert_eq!(opening.problem(), None);
    }
    let all: Vec<PastOpening> = cases.into_iter().map(|(opening, _)| opening).collect();
    assert_eq!(hit_rate(&all), (1, 3));
    assert!(past(Some((1, 2, "2014-08-01")), None).problem().is_some(), "made afterwards");
    assert!(past(Some((2, 1, "2014-07-01")), None).problem().is_some());
    assert!(past(None, Some((2, "2014-07-01"))).problem().is_some());
}
