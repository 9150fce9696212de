//! What a run has measured.
#![allow(clippy::float_arithmetic, reason = "figures for people, computed from whole microseconds")]

use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Value, json};

use super::Fault;

/// The longest latency that is told apart; longer ones count as this.
const LATENCY_US_MAX: u64 = 120_000_000;

/// How many different faults are kept in words.
const FAULTS_MAX: usize = 5;

/// Counts and latencies; those of several threads can be added up.
#[derive(Debug, Clone)]
pub struct Report {
    /// Requests (or whole scripts) that succeeded.
    pub requests: u64,
    /// Those that failed.
    pub errors: u64,
    /// From the first start to the last end.
    pub elapsed: Duration,
    /// Some of the faults, in words.
    pub faults: Vec<String>,
    latencies_us: Histogram<u64>,
}

impl Default for Report {
    fn default() -> Self {
        let latencies_us = Histogram::new_with_bounds(1, LATENCY_US_MAX, 3)
            .expect("the bounds are constants that fit each other");
        Self { requests: 0, errors: 0, elapsed: Duration::ZERO, faults: Vec::new(), latencies_us }
    }
}

impl Report {
    /// One more success.
    pub fn succeeded(&mut self, latency: Duration) {
        self.requests += 1;
        self.latencies_us.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
    }

    /// One more failure.
    pub fn failed(&mut self, fault: &Fault) {
        self.errors += 1;
        if self.faults.len() < FAULTS_MAX {
            let words = fault.to_string();
            if !self.faults.contains(&words) {
                self.faults.push(words);
            }
        }
    }

    /// Adds what another thread has measured in the same time.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.errors += other.errors;
        self.elapsed = self.elapsed.max(other.elapsed);
        for words in &other.faults {
            if self.faults.len() < FAULTS_MAX && !self.faults.contains(words) {
                self.faults.push(words.clone());
            }
        }
        self.latencies_us.add(&other.latencies_us).expect("both histograms have the same bounds");
    }

    /// Successes per second.
    #[must_use]
    pub fn per_s(&self) -> f64 {
        if self.elapsed.is_zero() { 0.0 } else { self.requests as f64 / self.elapsed.as_secs_f64() }
    }

    /// The latency in milliseconds that this share of the successes met.
    #[must_use]
    pub fn quantile_ms(&self, share: f64) -> f64 {
        self.latencies_us.value_at_quantile(share) as f64 / 1000.0
    }

    /// One line of JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "requests": self.requests,
            "errors": self.errors,
            "seconds": self.elapsed.as_secs_f64(),
            "per_s": self.per_s(),
            "p50_ms": self.quantile_ms(0.5),
            "p90_ms": self.quantile_ms(0.9),
            "p99_ms": self.quantile_ms(0.99),
            "p999_ms": self.quantile_ms(0.999),
            "max_ms": self.latencies_us.max() as f64 / 1000.0,
        })
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            formatter,
            "{} in {:.1} s: {:.0}/s, {} errors",
            self.requests,
            self.elapsed.as_secs_f64(),
            self.per_s(),
            self.errors
        )?;
        write!(
            formatter,
            "ms: p50 {:.2}, p90 {:.2}, p99 {:.2}, p99.9 {:.2}, max {:.2}",
            self.quantile_ms(0.5),
            self.quantile_ms(0.9),
            self.quantile_ms(0.99),
            self.quantile_ms(0.999),
            self.latencies_us.max() as f64 / 1000.0
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_added_up() {
        let (mut first, mut second) = (Report::default(), Report::default());
        for millis in 1..=100 {
            first.succeeded(Duration::from_millis(millis));
        }
        second.failed(&Fault::Closed);
        second.failed(&Fault::Closed);
        second.elapsed = Duration::from_secs(2);
        first.add(&second);
        assert_eq!((first.requests, first.errors, first.faults.len()), (100, 2, 1));
        assert_eq!(first.per_s(), 50.0);
        assert!((49.0..=51.5).contains(&first.quantile_ms(0.5)));
        assert!(first.json()["p99_ms"].as_f64().is_some_and(|p99| (98.0..=100.5).contains(&p99)));
    }
}
