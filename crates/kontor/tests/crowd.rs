//! `kontor bench sale --crowd` against a running demo: a small crowd enters, takes every unit, and buys.

mod binary;

use binary::{Kontor, Running};

const UNITS: u64 = 8;
const PEOPLE: u64 = 24;

/// How many have come so far, by the last line of what was printed.
fn tally(said: &str, word: &str) -> u64 {
    let line = said.lines().rev().find(|line| line.contains("entered ")).unwrap_or_default();
    let told = line.split(" · ").find_map(|part| part.strip_prefix(word)?.trim().parse().ok());
    told.unwrap_or(0)
}

#[test]
fn a_crowd_takes_every_unit_of_the_demos_sale_and_none_too_many() {
    let kontor = Kontor::new();
    let units = UNITS.to_string();
    let words = ["demo", "--devices", "0", "--sale-in", "2s", "--sale-units", &units];
    let server = Running::start(&kontor, &words);
    let (url, people) = (format!("http://{}", server.address()), PEOPLE.to_string());
    let crowd = ["bench", "sale", "--crowd", "--url", &url, "--people", &people, "--arrive-s", "0"];
    // Some forget what they hold, and whoever waits for it waits for ten minutes: the crowd goes home.
    let played = kontor.run(&[&crowd[..], &["--seconds", "30"]].concat());
    assert_eq!(played.code, 0, "{}\n{}", played.out, played.err);
    assert_eq!(tally(&played.out, "entered"), PEOPLE, "{}", played.out);
    assert_eq!(tally(&played.out, "failed"), 0, "{}", played.out);
    let (claimed, bought) = (tally(&played.out, "claimed"), tally(&played.out, "bought"));
    assert!(claimed >= UNITS, "{}", played.out);
    assert!((1..=UNITS).contains(&bought), "{}", played.out);
    server.stop();
    let audit = kontor.ok(&["audit"]);
    assert_eq!(audit.code, 0, "{}", audit.out);
}
