//! Logs and metrics of the process.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts logging to standard error.
///
/// # Errors
///
/// A sentence that says what is wrong with the filter.
pub fn start_logging(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|error| format!("log.filter {:?} is not a filter: {error}", log.filter))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Text => builder.with_target(false).compact().try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| format!("logging could not be started: {error}"))
}

/// Starts collecting metrics; gives what renders them. Once per process.
#[must_use]
pub fn start_metrics() -> Option<fn() -> String> {
    const SECONDS: [f64; 12] =
        [0.000_1, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0];
    const SIZES: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 32.0, 64.0, 128.0, 512.0];
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .ok()?
        .set_buckets_for_metric(Matcher::Suffix("_size".to_owned()), &SIZES)
        .ok()?
        .build_recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_err() {
        return Some(render);
    }
    describe();
    METRICS.set(handle).ok()?;
    Some(render)
}

/// Folds what was measured into its buckets. Until then every single measurement is kept: without
/// anybody who reads the metrics, memory would grow with each request.
pub fn fold_metrics() {
    if let Some(handle) = METRICS.get() {
        handle.run_upkeep();
    }
}

fn render() -> String {
    let Some(handle) = METRICS.get() else { return String::new() };
    handle.run_upkeep();
    handle.render()
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!("kontor_requests_total", "Requests answered, by class and status group.");
    describe_histogram!("kontor_request_seconds", "Time to answer a request, by class.");
    describe_histogram!("kontor_transaction_seconds", "Time inside a transaction, by name.");
    describe_counter!(
        "kontor_transactions_rolled_back_total",
        "Transactions that refused or failed, by name."
    );
    describe_histogram!(
        "kontor_store_commit_seconds",
        "Time of a group commit, its work included."
    );
    describe_histogram!("kontor_store_batch_size", "Transactions in a group commit.");
    describe_counter!(
        "kontor_store_round_trips_total",
        "Waits for a database server inside transactions that write, by name."
    );
    describe_counter!(
        "kontor_store_careful_runs_total",
        "Group commits that were run again one by one because something in them was refused."
    );
    describe_counter!(
        "kontor_store_conflicts_total",
        "Group commits that were run again because another node was in the way."
    );
    describe_gauge!("kontor_store_queue_length", "Writes that wait for the writer.");
    describe_gauge!("kontor_jobs", "Jobs in the queue, by state.");
}
