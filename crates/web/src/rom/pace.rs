//! How fast files are sent: at most so many bytes a second to one client, and to all together.
//!
//! A token bucket on bytes that may run into debt: a piece goes out when what was sent before has
//! been paid off by time. A client is an address (an IPv6 network of 64 bits); all its connections
//! share its rate, so that opening more of them gains nothing. What is remembered of a client goes
//! with its last download.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How much may go out at once before the rate counts, in seconds of it.
const BURST: Duration = Duration::from_secs(1);
/// From how many clients on those that are gone are looked for.
const CLIENTS_LOOKED_THROUGH: usize = 1024;

/// One rate.
#[derive(Debug)]
struct Rate {
    bytes_per_s: u64,
    /// When everything that was sent is paid off.
    paid_at: Mutex<Instant>,
}

impl Rate {
    fn new(bytes_per_s: u64, now: Instant) -> Self {
        Self { bytes_per_s, paid_at: Mutex::new(now) }
    }

    /// Takes so many bytes; answers how long to wait before they are sent.
    fn take(&self, bytes: u64, now: Instant) -> Duration {
        let nanos = u128::from(bytes) * 1_000_000_000 / u128::from(self.bytes_per_s.max(1));
        let cost = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        let mut paid_at = self.paid_at.lock().unwrap_or_else(PoisonError::into_inner);
        let from = now.checked_sub(BURST).map_or(*paid_at, |earliest| (*paid_at).max(earliest));
        *paid_at = from + cost;
        from.saturating_duration_since(now)
    }
}

/// The rates of a server.
#[derive(Debug)]
pub struct Paces {
    client_bytes_per_s: u64,
    total: Option<Arc<Rate>>,
    clients: Mutex<HashMap<IpAddr, Weak<Rate>>>,
}

/// The rates that one download keeps to.
#[derive(Debug)]
pub(super) struct Pace {
    client: Option<Arc<Rate>>,
    total: Option<Arc<Rate>>,
}

impl Paces {
    /// Rates in bytes a second; zero means no limit.
    #[must_use]
    pub fn new(client_bytes_per_s: u64, total_bytes_per_s: u64, now: Instant) -> Self {
        let total = (total_bytes_per_s > 0).then(|| Arc::new(Rate::new(total_bytes_per_s, now)));
        Self { client_bytes_per_s, total, clients: Mutex::default() }
    }

    /// The rates for a client's download; `None` without any limit.
    pub(super) fn of(&self, address: Option<IpAddr>, now: Instant) -> Option<Pace> {
        let client = address.filter(|_| self.client_bytes_per_s > 0).map(network);
        let client = client.map(|client| {
            let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
            if clients.len() >= CLIENTS_LOOKED_THROUGH {
                clients.retain(|_, rate| rate.strong_count() > 0);
            }
            clients.get(&client).and_then(Weak::upgrade).unwrap_or_else(|| {
                let rate = Arc::new(Rate::new(self.client_bytes_per_s, now));
                clients.insert(client, Arc::downgrade(&rate));
                rate
            })
        });
        let total = self.total.clone();
        (client.is_some() || total.is_some()).then_some(Pace { client, total })
    }
}

/// An IPv6 customer has a whole network.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => {
            let mut octets = v6.octets();
            octets[8..].fill(0);
            IpAddr::from(octets)
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

impl Pace {
    /// Takes so many bytes; answers how long to wait before they are sent.
    pub(super) fn take(&self, bytes: u64, now: Instant) -> Duration {
        let rates = [self.client.as_ref(), self.total.as_ref()];
        let waits = rates.into_iter().flatten().map(|rate| rate.take(bytes, now));
        waits.max().unwrap_or_default()
    }

    /// The size of a piece that keeps a slow rate smooth: at most a quarter of a second of it.
    pub(super) fn piece(&self, bytes: u64) -> u64 {
        let rates = [self.client.as_ref(), self.total.as_ref()];
        let slowest = rates.into_iter().flatten().map(|rate| rate.bytes_per_s).min();
        slowest.map_or(bytes, |slowest| bytes.min((slowest / 4).max(4 * 1024)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    #[test]
    fn a_rate_is_kept_after_its_burst_and_recovers() {
        let start = Instant::now();
        let paces = Paces::new(1_000, 0, start);
        let pace = paces.of(address("192.0.2.1"), start).expect("a limit");
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(pace.take(1_000, at(0)), Duration::ZERO);
        // One second of bytes was sent, and nothing of it is paid off.
        assert_eq!(pace.take(1_000, at(0)), Duration::from_secs(1));
        assert_eq!(pace.take(500, at(1_000)), Duration::from_secs(1));
        assert_eq!(pace.take(1, at(2_500)), Duration::ZERO);
        // However long nothing was sent, no more than the burst goes out at once.
        assert_eq!(pace.take(1_000, at(60_000)), Duration::ZERO);
        assert_eq!(pace.take(1_000, at(60_000)), Duration::ZERO, "a second before, a second now");
        assert_eq!(pace.take(1, at(60_000)), Duration::from_secs(1));
        assert_eq!(pace.piece(1 << 20), 4 * 1024);
    }

    #[test]
    fn connections_of_a_client_share_its_rate_and_others_do_not() {
        let start = Instant::now();
        let paces = Paces::new(1_000, 0, start);
        let one = paces.of(address("2001:db8::1"), start).expect("a limit");
        let same = paces.of(address("2001:db8::2"), start).expect("a limit");
        let other = paces.of(address("2001:db8:1::1"), start).expect("a limit");
        one.take(5_000, start);
        assert_eq!(same.take(1, start), Duration::from_secs(5));
        assert_eq!(other.take(1, start), Duration::ZERO);
        drop((one, same));
        let later = paces.of(address("2001:db8::1"), start).expect("a limit");
        assert_eq!(later.take(1, start), Duration::ZERO, "nothing is remembered of who is gone");
    }

    #[test]
    fn the_total_holds_for_all_together_and_no_limit_is_none() {
        let start = Instant::now();
        let paces = Paces::new(0, 2_000, start);
        let one = paces.of(address("192.0.2.1"), start).expect("a limit");
        let two = paces.of(None, start).expect("a limit");
        one.take(4_000, start);
        assert_eq!(two.take(1, start), Duration::from_secs(2));
        assert!(Paces::new(0, 0, start).of(address("192.0.2.1"), start).is_none());
    }
}
