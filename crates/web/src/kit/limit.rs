//! Rate limits on public writes, per address, in memory.
//!
//! Each address has a budget that refills steadily (the generic cell rate algorithm: one number per
//! address, the moment at which its budget is full again). The numbers lie in a table of fixed
//! size: a million addresses at once, whatever a crowd or an attacker sends. Where more come, those
//! whose budget is nearest to full are forgotten, which costs nobody more than a little strictness.
//!
//! Addresses are never stored or logged, only a keyed hash of each, with a key of this process.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::routes::Class;

/// Addresses that the budgets for writes are kept for.
const WRITERS: usize = 1 << 20;
/// Addresses that the budgets for sign-ups are kept for.
const SIGN_UPS: usize = 1 << 16;
/// An address lies in one of so many places.
const WAYS: usize = 8;
/// The unit of time: fine enough for ten thousand a second, and 32 bits of it are five days.
const TICKS_PER_S: u64 = 10_000;

/// The budgets of all addresses.
#[derive(Debug)]
pub struct Limiter {
    writes: Option<Budgets>,
    sign_ups: Option<Budgets>,
    sign_ins: Option<Budgets>,
    reports: Option<Budgets>,
    keys: Option<Budgets>,
    started: Instant,
}

/// Attempts of staff to come in, per minute from one address, where writes are limited at all: each
/// costs tens of milliseconds of hashing.
const SIGN_INS_PER_MINUTE: u32 = 20;
/// Calls per minute with one key, where writes are limited at all.
const KEY_CALLS_PER_MINUTE: u32 = 600;
/// Keys that budgets are kept for.
const KEYS: usize = 1 << 10;

impl Limiter {
    /// Budgets of `writes_per_minute`, `sign_ups_per_hour` and `reports_per_minute` of devices;
    /// zero means no limit.
    #[must_use]
    pub fn new(writes_per_minute: u32, sign_ups_per_hour: u32, reports_per_minute: u32) -> Self {
        let of = |count: u32, seconds: u32, addresses| {
            (count > 0).then(|| Budgets::new(count, seconds, addresses))
        };
        Self {
            writes: of(writes_per_minute, 60, WRITERS),
            sign_ups: of(sign_ups_per_hour, 3_600, SIGN_UPS),
            sign_ins: of(writes_per_minute.min(SIGN_INS_PER_MINUTE), 60, SIGN_UPS),
            reports: of(reports_per_minute, 60, WRITERS),
            keys: of(if writes_per_minute > 0 { KEY_CALLS_PER_MINUTE } else { 0 }, 60, KEYS),
            started: Instant::now(),
        }
    }

    /// Takes one request of `class` from the budget of `address`.
    ///
    /// # Errors
    ///
    /// The seconds after which to try again, when the budget is used up.
    pub fn take(&self, class: Class, address: IpAddr) -> Result<(), u32> {
        let budgets = match class {
            Class::Write => &self.writes,
            Class::SignUp => &self.sign_ups,
            Class::SignIn => &self.sign_ins,
            Class::Report => &self.reports,
            _ => return Ok(()),
        };
        budgets.as_ref().map_or(Ok(()), |budgets| budgets.take(address, self.ticks()))
    }

    /// Takes one call from the budget of a key.
    ///
    /// # Errors
    ///
    /// The seconds after which to try again, when the budget is used up.
    pub fn take_key(&self, key: &[u8; 16]) -> Result<(), u32> {
        let hashed =
            |budgets: &Budgets| budgets.take_hashed(budgets.hasher.hash_one(key), self.ticks());
        self.keys.as_ref().map_or(Ok(()), hashed)
    }

    /// Forgets addresses whose budget is full again. Called by a keeper at least once a day: until
    /// then what is written down is told from the future by its distance.
    pub fn forget(&self) {
        let all = [&self.writes, &self.sign_ups, &self.sign_ins, &self.reports, &self.keys];
        for budgets in all.into_iter().flatten() {
            budgets.forget(self.ticks());
        }
    }

    /// The time since the start; it comes round after five days.
    #[expect(clippy::cast_possible_truncation, reason = "it is meant to come round")]
    fn ticks(&self) -> u32 {
        (self.started.elapsed().as_micros() as u64 / (1_000_000 / TICKS_PER_S)) as u32
    }
}

/// A table of budgets. A place holds 32 bits of the address's hash, never 0, and the tick at which
/// its budget is full again; 0: nobody.
#[derive(Debug)]
struct Budgets {
    places: Vec<AtomicU64>,
    hasher: RandomState,
    /// Ticks after which one more request is in the budget.
    refill: u32,
    /// Ticks in which an empty budget becomes full.
    whole: u32,
}

impl Budgets {
    fn new(count: u32, seconds: u32, addresses: usize) -> Self {
        let whole = seconds * u32::try_from(TICKS_PER_S).unwrap_or(u32::MAX);
        Self {
            places: (0..addresses).map(|_| AtomicU64::new(0)).collect(),
            hasher: RandomState::new(),
            refill: (whole / count).max(1),
            whole,
        }
    }

    fn take(&self, address: IpAddr, now: u32) -> Result<(), u32> {
        self.take_hashed(self.hasher.hash_one(counted(address)), now)
    }

    fn take_hashed(&self, hash: u64, now: u32) -> Result<(), u32> {
        let tag = hash >> 32 | 1;
        let sets = self.places.len() / WAYS;
        let first = usize::try_from(hash & 0xffff_ffff).unwrap_or(0) % sets * WAYS;
        let set = &self.places[first..first + WAYS];
        // Somebody else may take the place in the same moment: then look again.
        loop {
            let known = set.iter().find_map(|place| {
                let kept = place.load(Ordering::Relaxed);
                (kept >> 32 == tag).then_some((place, kept))
            });
            let (place, kept) = known.unwrap_or_else(|| emptiest(set, now));
            let owed = if known.is_some() { ahead(kept, now) } else { 0 };
            let wanted = owed + self.refill;
            if wanted > self.whole {
                let wait = u64::from(wanted - self.whole).div_ceil(TICKS_PER_S);
                return Err(u32::try_from(wait).unwrap_or(u32::MAX));
            }
            let next = tag << 32 | u64::from(now.wrapping_add(wanted));
            if place.compare_exchange(kept, next, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                return Ok(());
            }
        }
    }

    fn forget(&self, now: u32) {
        for place in &self.places {
            let kept = place.load(Ordering::Relaxed);
            if kept != 0 && ahead(kept, now) == 0 {
                // Whoever has come meanwhile has changed it, and stays.
                let _ = place.compare_exchange(kept, 0, Ordering::Relaxed, Ordering::Relaxed);
            }
        }
    }
}

/// The place whose budget is nearest to full.
fn emptiest(set: &[AtomicU64], now: u32) -> (&AtomicU64, u64) {
    let all = set.iter().map(|place| (place, place.load(Ordering::Relaxed)));
    all.min_by_key(|(_, kept)| if *kept == 0 { 0 } else { ahead(*kept, now) + 1 })
        .expect("a set has places")
}

/// The ticks until a kept budget is full; 0 when it is.
fn ahead(kept: u64, now: u32) -> u32 {
    let full_at = u32::try_from(kept & 0xffff_ffff).unwrap_or(0);
    let ahead = full_at.wrapping_sub(now);
    // More than half a round ahead is the past.
    if ahead > u32::MAX / 2 { 0 } else { ahead }
}

/// An IPv6 customer has a whole network: the /64 counts.
fn counted(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => {
            let mut octets = v6.octets();
            octets[8..].fill(0);
            IpAddr::from(octets)
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_per_address_and_class() {
        let limiter = Limiter::new(2, 0, 1);
        let one: IpAddr = "192.0.2.1".parse().expect("an address");
        let other: IpAddr = "2001:db8::1".parse().expect("an address");
        assert!(limiter.take(Class::Write, one).is_ok());
        assert!(limiter.take(Class::Write, one).is_ok());
        assert!(limiter.take(Class::Write, one).is_err_and(|wait| wait > 0));
        assert!(limiter.take(Class::Write, other).is_ok(), "another address has its own");
        assert!(limiter.take(Class::Page, one).is_ok(), "reading is not limited");
        assert!(limiter.take(Class::SignUp, one).is_ok(), "zero means no limit");
        assert!(limiter.take(Class::Report, one).is_ok(), "a device's budget is its own");
        let neighbour: IpAddr = "2001:db8::2".parse().expect("an address");
        assert!(limiter.take(Class::Write, neighbour).is_ok());
        assert!(limiter.take(Class::Write, other).is_err(), "one network shares a budget");
    }

    fn address(number: u32) -> IpAddr {
        IpAddr::from(number.to_be_bytes())
    }

    #[test]
    fn a_budget_refills_steadily_also_where_the_clock_comes_round() {
        let budgets = Budgets::new(60, 60, 64);
        for start in [0, u32::MAX - 5_000] {
            let at = |tick: u32| start.wrapping_add(tick);
            assert!((0..60).all(|_| budgets.take(address(start), at(0)).is_ok()));
            assert_eq!(budgets.take(address(start), at(0)), Err(1), "one comes back in a second");
            assert!(budgets.take(address(start), at(10_000)).is_ok());
            assert!(budgets.take(address(start), at(10_001)).is_err());
            assert!((0..30).all(|_| budgets.take(address(start), at(310_000)).is_ok()));
            assert!(budgets.take(address(start), at(310_000)).is_err());
        }
    }

    #[test]
    fn it_never_grows_and_forgets_those_who_have_asked_least() {
        let budgets = Budgets::new(2, 60, WAYS);
        let busy = address(1);
        assert!(budgets.take(busy, 0).is_ok() && budgets.take(busy, 0).is_ok());
        for stranger in 2..100 {
            assert!(budgets.take(address(stranger), 0).is_ok());
        }
        assert!(budgets.take(busy, 0).is_err(), "the one with the emptiest budget is remembered");
        budgets.forget(1_200_000);
        assert!(budgets.places.iter().all(|place| place.load(Ordering::Relaxed) == 0));
    }

    #[test]
    fn many_at_once_get_no_more_than_the_budget() {
        let budgets = Budgets::new(1_000, 60, 1 << 10);
        let passed: usize = std::thread::scope(|scope| {
            let ask = || (0..1_000).filter(|_| budgets.take(address(7), 0).is_ok()).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().expect("it ends")).sum()
        });
        assert_eq!(passed, 1_000);
    }
}
