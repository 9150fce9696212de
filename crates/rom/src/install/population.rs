//! A population of devices that is made up, for the demonstration and for proofs: what each device
//! does on each day follows from a seed alone, so that the true counts are known exactly.
//!
//! It has what a real one has: devices that come and go, that ask every day or once a week, that
//! are wiped (and come back under another key), re-flashed with somebody else's build, carried
//! abroad by a reseller, taken on a journey, or report late what happened earlier.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kontor_base::Country;
use kontor_domain::install::{Channel, Day, DeviceKey, Kind, Name, Report, Standing, place};

/// Models with their weights.
const MODELS: [(&str, u64); 9] = [
    ("cancro", 30),
    ("armani", 19),
    ("dior", 14),
    ("gucci", 11),
    ("wt88047", 9),
    ("virgo", 6),
    ("pisces", 5),
    ("mocha", 4),
    ("aries", 2),
];

/// Countries with their weights.
const COUNTRIES: [(&str, u64); 22] = [
    ("CN", 7_000),
    ("IN", 900),
    ("ID", 420),
    ("TW", 300),
    ("MY", 240),
    ("HK", 200),
    ("PH", 150),
    ("SG", 120),
    ("TH", 110),
    ("VN", 100),
    ("RU", 95),
    ("BR", 80),
    ("ES", 60),
    ("US", 55),
    ("IT", 45),
    ("DE", 40),
    ("MX", 30),
    ("FR", 25),
    ("UA", 20),
    ("GB", 6),
    ("NO", 2),
    ("IS", 1),
];

/// Where resellers carry devices to.
const ABROAD: [&str; 8] = ["RU", "VN", "ES", "BR", "UA", "TH", "IT", "US"];

/// Versions in their order; each device goes from one to the next on a day of its own.
const VERSIONS: [&str; 3] = ["V6.1.1.0", "V6.3.5.0", "V6.4.2.0"];

/// What a re-flashed device runs.
const REFLASHED: &str = "6.4.8-UNOFFICIAL";

/// A population. Cloning shares nothing that changes.
#[derive(Clone, Debug)]
pub struct Population {
    seed: u64,
    devices: u32,
    first: Day,
    days: u16,
    models: Vec<Name>,
    versions: Vec<Name>,
    reflashed: Name,
    countries: Vec<Country>,
    abroad: Vec<Country>,
}

/// What is true of a population when its last day has ended, counted device by device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Devices that were there at all: pieces of hardware, which nobody but the simulator knows.
    pub devices: u64,
    /// Keys under which they came: more, as a wiped device has a new one.
    pub activations: u64,
    /// Keys active in the last 1, 7 and 30 days.
    pub active: [u64; 3],
    /// Keys active in 30 days, by country, model, version, channel.
    pub by: [BTreeMap<String, u64>; 4],
    /// Installations reported, and inferred.
    pub installs: [u64; 2],
    /// Reports that were sent.
    pub reports: u64,
}

/// What a device is like; everything follows from the seed and its number.
struct Traits {
    joined: u16,
    left: u16,
    wiped: Option<u16>,
    reflashed: Option<u16>,
    carried: Option<(u16, usize)>,
    journey: Option<(u16, usize)>,
    every: u16,
    model: usize,
    home: usize,
    updates: [u16; 2],
    tells_installs: bool,
    keeps_credential: bool,
}

impl Population {
    /// `devices` devices over the `days` days that end with `last`.
    ///
    /// # Panics
    ///
    /// Never: the names and countries are constants of this file, which a test reads.
    #[must_use]
    pub fn new(seed: u64, devices: u32, last: Day, days: u16) -> Self {
        let days = days.max(1);
        let name = |text: &str| text.parse::<Name>().expect("a name of this file");
        let country = |code: &str| code.parse::<Country>().expect("a country of this file");
        Self {
            seed,
            devices,
            first: last.window_start(days),
            days,
            models: MODELS.iter().map(|(model, _)| name(model)).collect(),
            versions: VERSIONS.iter().map(|version| name(version)).collect(),
            reflashed: name(REFLASHED),
            countries: COUNTRIES.iter().map(|(code, _)| country(code)).collect(),
            abroad: ABROAD.iter().map(|code| country(code)).collect(),
        }
    }

    /// The days of its life.
    pub fn days(&self) -> impl Iterator<Item = Day> + use<> {
        let first = self.first.number();
        (0..self.days).map(move |day| Day::from_number(first + day))
    }

    /// The names of its models.
    #[must_use]
    pub fn models(&self) -> &[Name] {
        &self.models
    }

    /// What devices send on a day, in the order of their numbers.
    pub fn on(&self, day: Day) -> impl Iterator<Item = Report> + '_ {
        (0..self.devices).filter_map(move |device| self.report(device, day))
    }

    /// At which second of its day a device's report comes.
    #[must_use]
    pub fn second(&self, report: &Report) -> i64 {
        (mix(report.device.0, self.seed) % 86_400).cast_signed()
    }

    fn chance(&self, device: u32, what: u64) -> u64 {
        mix(self.seed ^ u64::from(device) << 20, what)
    }

    fn traits(&self, device: u32) -> Traits {
        let chance = |what: u64| self.chance(device, what);
        let days = u64::from(self.days);
        let some_day = |what: u64| (chance(what) % days) as u16;
        let sometimes = |what: u64, of_thousand: u64| chance(what) % 1_000 < of_thousand;
        // Three in ten were there before; of the others more come each day than the day before.
        let joined = if sometimes(1, 300) { 0 } else { some_day(2).max(some_day(3)) };
        let home = weighted(&COUNTRIES, chance(4));
        let updates = {
            let first = (chance(5) % (days * 2 / 3 + 1)) as u16;
            [first, first + (days / 5) as u16 + (chance(6) % (days * 2 / 3 + 1)) as u16]
        };
        Traits {
            joined,
            left: if sometimes(7, 60) { joined + 1 + some_day(8) } else { u16::MAX },
            wiped: sometimes(9, 40).then(|| joined + 1 + some_day(10)),
            reflashed: sometimes(11, 20).then(|| joined + 1 + some_day(12)),
            carried: (home == 0 && sometimes(13, 90))
                .then(|| (joined + 2 + some_day(14) / 8, (chance(15) % 8) as usize)),
            journey: sometimes(16, 50).then(|| (some_day(17), (chance(18) % 22) as usize)),
            every: [1, 3, 3, 3, 7, 7, 7, 7, 7, 7][(chance(19) % 10) as usize],
            model: weighted(&MODELS, chance(20)),
            home,
            updates,
            tells_installs: sometimes(21, 600),
            keeps_credential: sometimes(22, 700),
        }
    }

    /// What a device sends on a day; none: nothing.
    fn report(&self, device: u32, day: Day) -> Option<Report> {
        let at = day.number().checked_sub(self.first.number()).filter(|at| *at < self.days)?;
        // Most devices send nothing on most days, which is known before all the rest.
        let traits = self.traits(device);
        let phase = (device % 7) as u16;
        let updated = traits.updates.contains(&at);
        let due = at == traits.joined || updated || (at + phase).is_multiple_of(traits.every);
        if !due || at < traits.joined || at >= traits.left {
            return None;
        }
        let wiped = traits.wiped.is_some_and(|wiped| at >= wiped);
        let reflashed = traits.reflashed.is_some_and(|flashed| at >= flashed);
        let version = traits.updates.iter().filter(|update| at >= **update).count();
        let country = match (traits.journey, traits.carried) {
            (Some((start, to)), _) if (start..start + 7).contains(&at) => self.countries[to],
            (_, Some((since, to))) if at >= since => self.abroad[to],
            _ => self.countries[traits.home],
        };
        let late = mix(self.chance(device, 30), u64::from(at)) % 100 < 3;
        let knows_country = mix(self.chance(device, 31), u64::from(at)) % 100 < 98;
        Some(Report {
            device: DeviceKey(mix(self.chance(device, 40), u64::from(wiped))),
            day: late.then(|| Day::from_number(day.number() - at.min(2))),
            country: knows_country.then_some(country),
            model: self.models[traits.model].clone(),
            version: if reflashed {
                self.reflashed.clone()
            } else {
                self.versions[version].clone()
            },
            channel: if reflashed { Channel::Unofficial } else { Channel::Stable },
            standing: if traits.keeps_credential && at > traits.joined {
                Standing::Credentialed
            } else {
                Standing::Anonymous
            },
            kind: if updated && traits.tells_installs { Kind::Install } else { Kind::Check },
        })
    }

    /// The true counts, device by device: nothing of it is shared with the count.
    #[must_use]
    pub fn truth(&self) -> Truth {
        let mut truth = Truth::default();
        let last = Day::from_number(self.first.number() + self.days - 1);
        for device in 0..self.devices {
            let mut keys: HashMap<u64, Seen> = HashMap::new();
            for day in self.days() {
                let Some(report) = self.report(device, day) else { continue };
                truth.reports += 1;
                let (counts_on, _) = place(report.day, day);
                let seen = keys.entry(report.device.0).or_default();
                seen.take(&report, counts_on, &mut truth.installs);
            }
            truth.devices += u64::from(!keys.is_empty());
            truth.activations += keys.len() as u64;
            for seen in keys.values() {
                seen.add_to(&mut truth, last);
            }
        }
        truth
    }
}

/// What is known of a key.
#[derive(Default)]
struct Seen {
    days: BTreeSet<Day>,
    country: Option<Country>,
    model: String,
    version: String,
    channel: &'static str,
}

impl Seen {
    fn take(&mut self, report: &Report, day: Day, installs: &mut [u64; 2]) {
        let first = self.days.is_empty();
        let newest = self.days.last().is_none_or(|last| day >= *last);
        self.days.insert(day);
        if !newest {
            return;
        }
        let version = report.version.to_string();
        if report.kind == Kind::Install && (first || version != self.version) {
            installs[0] += 1;
        }
        if report.kind == Kind::Check && !first && version != self.version {
            installs[1] += 1;
        }
        self.country = report.country.or(self.country);
        self.model = report.model.to_string();
        self.version = version;
        self.channel = report.channel.word();
    }

    fn add_to(&self, truth: &mut Truth, today: Day) {
        let since = |days| {
            let first = today.window_start(days);
            self.days.range(first..).next().is_some()
        };
        for (active, days) in truth.active.iter_mut().zip([1, 7, 30]) {
            *active += u64::from(since(days));
        }
        if since(30) {
            let country = self.country.map_or("unknown".to_owned(), |code| code.to_string());
            let values =
                [country, self.model.clone(), self.version.clone(), self.channel.to_owned()];
            for (table, value) in truth.by.iter_mut().zip(values) {
                *table.entry(value).or_default() += 1;
            }
        }
    }
}

/// The place of a weighted draw.
fn weighted(weights: &[(&str, u64)], chance: u64) -> usize {
    let sum: u64 = weights.iter().map(|(_, weight)| weight).sum();
    let mut left = chance % sum;
    for (at, (_, weight)) in weights.iter().enumerate() {
        if left < *weight {
            return at;
        }
        left -= weight;
    }
    0
}

/// Sixty-four well-mixed bits of two numbers (the finaliser of SplitMix64).
const fn mix(a: u64, b: u64) -> u64 {
    let mut z =
        a.wrapping_add(b.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add(0x1234_5678_9ABC_DEF1);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_count::{Counter, Options, Slice, recount};

    #[test]
    fn a_population_is_the_same_again_and_has_everything() {
        let last = Day::from_number(16_500);
        let population = Population::new(7, 3_000, last, 60);
        let truth = population.truth();
        assert_eq!(truth, Population::new(7, 3_000, last, 60).truth());
        assert_ne!(truth, Population::new(8, 3_000, last, 60).truth());
        assert!(truth.devices > 2_900 && truth.activations > truth.devices + 20, "{truth:?}");
        assert!(truth.by[3]["unofficial"] > 10, "{truth:?}");
        assert!(truth.by[0]["RU"] > 30, "resellers carry devices abroad: {truth:?}");
        assert!(truth.installs[0] > 500 && truth.installs[1] > 500, "{truth:?}");
        assert!(truth.active[0] < truth.active[1] && truth.active[1] < truth.active[2]);
    }

    /// What the count says of the population is what is true of it.
    #[test]
    fn the_count_of_a_population_is_its_truth() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = Options { snapshot_every: 20_000, ..Options::new(folder.path()) };
        let counter = Counter::open(&options).expect("opened");
        let population = Population::new(1, 2_000, Day::from_number(16_500), 90);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let mut sent = 0;
        for day in population.days() {
            let reports: Vec<(Report, Day)> = population.on(day).map(|r| (r, day)).collect();
            sent += reports.len() as u64;
            runtime.block_on(counter.submit_many(reports)).expect("counted");
        }
        let truth = population.truth();
        assert_eq!(sent, truth.reports);
        let book = counter.book();
        assert_eq!(book.activations(), truth.activations);
        assert_eq!([1, 7, 30].map(|days| book.active(days)), truth.active);
        let slices = [Slice::Country, Slice::Model, Slice::Version, Slice::Channel];
        assert_eq!(slices.map(|by| book.breakdown(Some(30), &[by]).cells), truth.by);
        let (reported, inferred) = book.installs();
        let sums = [reported.values().sum::<u64>(), inferred.values().sum()];
        assert_eq!(sums, truth.installs);
        let again = recount(folder.path()).expect("recounted");
        assert_eq!(again.differences(&book), Vec::<String>::new());
        drop(book);
        runtime.block_on(counter.close());
    }
}
