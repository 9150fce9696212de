//! Fills a count with devices that are worked out from their numbers, and knows what is true of
//! them: by bitmaps and arrays of its own, which share nothing with the count.
#![allow(clippy::float_arithmetic, reason = "seconds of a measurement, no money")]

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use kontor_base::Country;
use kontor_count::{CountError, Counter, Tally};
use kontor_domain::install::{Channel, Day, DeviceKey, Kind, Name, Report, Standing};

use super::sketch::Sketch;

/// Days over which the devices come.
pub const DAYS: u16 = 31;
const FIRST: u16 = 20_000;
const AT_ONCE: u64 = 8_192;
/// Batches that are on their way while the next is made.
const AHEAD: usize = 2;

/// The key of a device's number: the finaliser of SplitMix64, a bijection, so that keys differ.
#[must_use]
pub const fn key(number: u64) -> u64 {
    let z = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// What devices say of themselves, ready to be cloned.
#[derive(Debug)]
pub struct Words {
    countries: Vec<Country>,
    models: Vec<Name>,
    versions: Vec<Name>,
}

impl Default for Words {
    fn default() -> Self {
        let name = |text: String| text.parse::<Name>().expect("a name made here");
        Self {
            countries: Country::all().take(60).collect(),
            models: (0..40).map(|n| name(format!("model-{n}"))).collect(),
            versions: (0..30).map(|n| name(format!("V6.{n}.1.0"))).collect(),
        }
    }
}

/// A small number, the smaller the likelier: as countries and models are.
fn skewed(chance: u64, below: u64) -> usize {
    let a = chance % below;
    let b = (chance >> 20) % below;
    let c = (chance >> 40) % below;
    usize::try_from(a.min(b).min(c)).expect("it is below a small number")
}

impl Words {
    fn country(&self, number: u64) -> usize {
        skewed(key(number ^ 0xC0), self.countries.len() as u64)
    }

    /// What the device of this number says.
    #[must_use]
    pub fn report(&self, number: u64) -> Report {
        let chance = key(number ^ 0xA5A5);
        Report {
            device: DeviceKey(key(number)),
            day: None,
            country: Some(self.countries[self.country(number)]),
            model: self.models[skewed(chance, self.models.len() as u64)].clone(),
            version: self.versions[skewed(chance.rotate_left(17), self.versions.len() as u64)]
                .clone(),
            channel: if chance.is_multiple_of(9) { Channel::Beta } else { Channel::Stable },
            standing: if chance.is_multiple_of(3) {
                Standing::Anonymous
            } else {
                Standing::Credentialed
            },
            kind: Kind::Check,
        }
    }
}

/// What was measured while filling, and what is true.
#[derive(Debug)]
pub struct Filled {
    /// Devices.
    pub devices: u64,
    /// New devices a second, log and disk included.
    pub new_per_s: f64,
    /// Reports a second of devices that are known, on a day of their own.
    pub known_per_s: f64,
    /// Processor time of the whole process per report, in microseconds, the generator included.
    pub cpu_us: f64,
    /// Devices active on the last day, and in the last seven.
    pub active: [u64; 2],
    /// Devices ever seen, by country.
    pub countries: BTreeMap<String, u64>,
    /// A sketch of all keys, and of those of the last seven days.
    pub sketches: [Sketch; 2],
}

impl Filled {
    /// Fills the count with `devices` devices over [`DAYS`] days, and lets `known` of them report
    /// again on the last day.
    ///
    /// # Errors
    ///
    /// When the log cannot be written.
    pub fn fill(counter: &Counter, devices: u64, known: u64) -> Result<Self, CountError> {
        let words = Words::default();
        let last = Day::from_number(FIRST + DAYS - 1);
        let mut sender = Sender::new(counter);
        let mut sketches = [Sketch::default(), Sketch::default()];
        let mut countries = vec![0_u64; words.countries.len()];
        let (mut today, mut week) = (Bits::new(devices), Bits::new(devices));
        let (began, cpu) = (Instant::now(), cpu_s());
        for number in 0..devices {
            let at = number * u64::from(DAYS) / devices.max(1);
            let day = Day::from_number(FIRST + u16::try_from(at).expect("fewer than DAYS"));
            sender.send(words.report(number), day)?;
            sketches[0].add(key(number));
            countries[words.country(number)] += 1;
            if day == last {
                today.set(number);
            }
            if day.plus(7) > last {
                week.set(number);
                sketches[1].add(key(number));
            }
        }
        sender.finish()?;
        let new_s = began.elapsed();
        let began = Instant::now();
        for n in 0..known {
            let number = key(n ^ 0x5EED) % devices.max(1);
            sender.send(words.report(number), last)?;
            today.set(number);
            week.set(number);
            sketches[1].add(key(number));
        }
        sender.finish()?;
        let known_s = began.elapsed();
        let named = words.countries.iter().zip(countries).filter(|(_, count)| *count > 0);
        Ok(Self {
            devices,
            new_per_s: per_s(devices, new_s),
            known_per_s: per_s(known, known_s),
            cpu_us: (cpu_s() - cpu) * 1e6 / (devices + known).max(1) as f64,
            active: [today.count(), week.count()],
            countries: named.map(|(country, count)| (country.to_string(), count)).collect(),
            sketches,
        })
    }
}

fn per_s(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(1e-9)
}

/// Seconds of processor time that this process has used; 0 where there is no /proc.
#[must_use]
pub fn cpu_s() -> f64 {
    let read = || {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
        Some((ticks(11)? + ticks(12)?) / 100.0)
    };
    read().unwrap_or(0.0)
}

/// Hands reports in by batches, a few of them ahead of their answers.
struct Sender<'a> {
    counter: &'a Counter,
    runtime: tokio::runtime::Runtime,
    batch: Vec<(Report, Day)>,
    waiting: VecDeque<tokio::task::JoinHandle<Result<Tally, CountError>>>,
}

impl<'a> Sender<'a> {
    fn new(counter: &'a Counter) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build();
        let runtime = runtime.expect("a runtime");
        Self { counter, runtime, batch: Vec::new(), waiting: VecDeque::new() }
    }

    fn send(&mut self, report: Report, day: Day) -> Result<(), CountError> {
        self.batch.push((report, day));
        if self.batch.len() as u64 >= AT_ONCE { self.flush(AHEAD) } else { Ok(()) }
    }

    fn flush(&mut self, ahead: usize) -> Result<(), CountError> {
        if !self.batch.is_empty() {
            let batch = std::mem::take(&mut self.batch);
            self.batch.reserve(batch.len());
            let counter = self.counter.clone();
            let sent = async move { counter.submit_many(batch).await };
            self.waiting.push_back(self.runtime.spawn(sent));
        }
        while self.waiting.len() > ahead {
            let Some(first) = self.waiting.pop_front() else { break };
            self.runtime.block_on(first).map_err(|_| CountError::Unavailable)??;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), CountError> {
        self.flush(0)
    }
}

/// One bit per device.
struct Bits(Vec<u64>);

impl Bits {
    fn new(devices: u64) -> Self {
        Self(vec![0; usize::try_from(devices / 64 + 1).expect("it fits into memory")])
    }

    fn set(&mut self, number: u64) {
        let word = usize::try_from(number / 64).expect("it fits into memory");
        self.0[word] |= 1 << (number % 64);
    }

    fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}
