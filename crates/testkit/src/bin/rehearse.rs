//! `kontor-rehearse`: plans changes of a rollout over ten million simulated devices.
//!
//! Prints how long a change takes to plan, device by device, and how far the share that each wave
//! lets in is from the share that was asked for.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks on stdout and stderr"
)]
#![allow(clippy::float_arithmetic, reason = "seconds and shares for people")]

use std::time::{Duration, Instant as Moment};

use clap::Parser;
use kontor_base::id::{BuildId, RolloutId};
use kontor_base::{Country, Instant, SecretKey};
use kontor_domain::channel::Channel;
use kontor_domain::rollout::{
    Advance, Audience, Cause, DeviceKey, Gate, Pace, Rollout, RolloutState, Seen, Standing, Tally,
    Trip, WHOLE, Wave, census,
};
use serde_json::json;

/// Plan changes of a rollout over simulated devices.
#[derive(Debug, Parser)]
struct Words {
    /// How many devices.
    #[arg(long, default_value_t = 10_000_000)]
    devices: u32,
    /// How many changes are planned; each has a salt of its own.
    #[arg(long, default_value_t = 5)]
    changes: u8,
    /// End with one line of JSON.
    #[arg(long)]
    json: bool,
}

/// The shares that are asked for, in millionths.
const SHARES: [u32; 8] = [1_000, 10_000, 50_000, 100_000, 250_000, 500_000, 900_000, WHOLE];
/// Where the devices are: one in so many of a hundred.
const COUNTRIES: [(&str, u32); 6] =
    [("IN", 34), ("CN", 30), ("ID", 14), ("DE", 9), ("BR", 8), ("US", 5)];

fn population(devices: u32) -> Vec<Seen> {
    let key = SecretKey::from_bytes([11; 32]);
    let countries: Vec<(Country, u32)> = COUNTRIES
        .iter()
        .map(|(code, share)| (code.parse().expect("a country's code"), *share))
        .collect();
    (0..devices)
        .map(|i| {
            let hash = key.hash(&i.to_le_bytes());
            let mut place = u32::from(u16::from_le_bytes([hash[0], hash[1]])) % 100;
            let country = countries.iter().find(|(_, share)| {
                let here = place < *share;
                place = place.saturating_sub(*share);
                here
            });
            // The place in a rollout follows from all 16 bytes, the country from two of them.
            Seen { key: DeviceKey(hash), country: country.map(|(code, _)| *code), own: i < 500 }
        })
        .collect()
}

fn plan(salt: u8, devices: u32) -> Rollout {
    let wave = |share, audience, countries| Wave {
        share,
        audience,
        countries,
        advance: Advance::After { seconds: 3_600 },
    };
    let mut waves = vec![wave(WHOLE, Audience::OwnDevices, vec![])];
    waves.extend(SHARES.map(|share| wave(share, Audience::Everybody, vec![])));
    Rollout {
        id: RolloutId::from_bytes([salt; 16]),
        model: "one".parse().expect("a codename"),
        channel: Channel::Stable,
        build: BuildId::from_bytes([2; 16]),
        salt: SecretKey::from_bytes([salt; 32]).hash(b"salt"),
        waves,
        gate: Gate { failures_max: 50_000, reports_min: 20, trip: Trip::Halt },
        pace: Pace { devices_per_hour: Some(1_000_000), megabits_per_second: Some(20_000) },
        population: u64::from(devices),
        standing: Standing {
            state: RolloutState::Planned,
            cause: Cause::Hand,
            since: Instant::from_micros(0),
            wave: 0,
            wave_since: Instant::from_micros(0),
            wave_from: 0,
            wave_tally: Tally::default(),
            forgiven: Tally::default(),
            note: None,
        },
    }
}

/// The census over all devices, on every core.
fn count(rollout: &Rollout, devices: &[Seen]) -> Vec<u64> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let part = devices.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = devices
            .chunks(part)
            .map(|part| scope.spawn(|| census(rollout, part.iter().copied())))
            .collect();
        let mut sum = vec![0; rollout.waves.len()];
        for part in parts {
            let counts = part.join().expect("the census does not panic");
            for (slot, count) in sum.iter_mut().zip(counts) {
                *slot += count;
            }
        }
        sum
    })
}

fn main() {
    let words = Words::parse();
    eprintln!("inventing {} devices", words.devices);
    let devices = population(words.devices);
    let strangers = devices.iter().filter(|device| !device.own).count() as f64;
    let own = devices.len() as f64 - strangers;
    let (mut slowest, mut farthest) = (Duration::ZERO, 0.0_f64);
    for salt in 1..=words.changes {
        let rollout = plan(salt, words.devices);
        let began = Moment::now();
        let counts = count(&rollout, &devices);
        let took = began.elapsed();
        slowest = slowest.max(took);
        eprintln!("change {salt}: planned in {:.0} ms", took.as_secs_f64() * 1e3);
        for (share, found) in SHARES.iter().zip(&counts[1..]) {
            let asked = f64::from(*share) / f64::from(WHOLE) * 100.0;
            let got = (*found as f64 - own) / strangers * 100.0;
            let off = (got - asked).abs();
            farthest = farthest.max(off);
            eprintln!("  asked {asked:>8.3} %  got {got:>9.4} %  off by {off:.4} points");
        }
    }
    println!("slowest change: {:.0} ms", slowest.as_secs_f64() * 1e3);
    println!("farthest from what was asked: {farthest:.4} percentage points");
    if words.json {
        println!(
            "{}",
            json!({
                "bench": "rollout",
                "devices": words.devices,
                "plan_ms": (slowest.as_secs_f64() * 1e6).round() / 1e3,
                "points_off_max": (farthest * 1e6).round() / 1e6,
            })
        );
    }
}
