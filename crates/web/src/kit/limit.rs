//! Rate limits on public writes, per address, in memory.
//!
//! Addresses are never stored or logged: the key is the address itself in memory, forgotten as
//! soon as its budget is full again.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::routes::Class;

/// The budgets of all addresses.
#[derive(Debug)]
pub struct Limiter {
    writes: Option<DefaultKeyedRateLimiter<IpAddr>>,
    sign_ups: Option<DefaultKeyedRateLimiter<IpAddr>>,
    sign_ins: Option<DefaultKeyedRateLimiter<IpAddr>>,
    reports: Option<DefaultKeyedRateLimiter<IpAddr>>,
}

/// Attempts of staff to come in, per minute from one address, where writes are limited at all: each
/// costs tens of milliseconds of hashing.
const SIGN_INS_PER_MINUTE: u32 = 20;

impl Limiter {
    /// Budgets of `writes_per_minute`, `sign_ups_per_hour` and `reports_per_minute` of devices;
    /// zero means no limit.
    #[must_use]
    pub fn new(writes_per_minute: u32, sign_ups_per_hour: u32, reports_per_minute: u32) -> Self {
        let keyed = |count: u32, quota: fn(NonZeroU32) -> Quota| {
            NonZeroU32::new(count).map(|count| RateLimiter::keyed(quota(count)))
        };
        Self {
            writes: keyed(writes_per_minute, Quota::per_minute),
            sign_ups: keyed(sign_ups_per_hour, Quota::per_hour),
            sign_ins: keyed(writes_per_minute.min(SIGN_INS_PER_MINUTE), Quota::per_minute),
            reports: keyed(reports_per_minute, Quota::per_minute),
        }
    }

    /// Takes one request of `class` from the budget of `address`.
    ///
    /// # Errors
    ///
    /// The seconds after which to try again, when the budget is used up.
    pub fn take(&self, class: Class, address: IpAddr) -> Result<(), u32> {
        let limiter = match class {
            Class::Write => &self.writes,
            Class::SignUp => &self.sign_ups,
            Class::SignIn => &self.sign_ins,
            Class::Report => &self.reports,
            _ => return Ok(()),
        };
        let Some(limiter) = limiter else { return Ok(()) };
        // An IPv6 customer has a whole network: count the /64.
        let address = match address {
            IpAddr::V6(v6) => {
                let mut octets = v6.octets();
                octets[8..].fill(0);
                IpAddr::from(octets)
            }
            v4 @ IpAddr::V4(_) => v4,
        };
        limiter.check_key(&address).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1)
        })
    }

    /// Forgets addresses whose budget is full again. Called by a keeper, so that memory stays
    /// bounded by the number of recent writers.
    pub fn forget(&self) {
        let all = [&self.writes, &self.sign_ups, &self.sign_ins, &self.reports];
        for limiter in all.into_iter().flatten() {
            limiter.retain_recent();
        }
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
}
