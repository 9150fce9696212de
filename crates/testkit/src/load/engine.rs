//! Many connections at once, without pause or at a steady rate.
//!
//! Each thread has a runtime of its own with its share of the connections, so
//! that no work is handed from core to core. A closed load asks again as soon
//! as an answer is there and finds the highest throughput. An open load asks
//! at a given rate and counts latency from the moment a request was *due*, so
//! that a server that stalls cannot hide it by keeping its clients waiting.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use super::{Connection, Fault, Report};

/// After so many faults in a row a connection gives up.
const FAULTS_IN_A_ROW_MAX: u32 = 20;

/// How long answers may take after the run should have ended.
const OVERTIME_MAX: Duration = Duration::from_secs(30);

/// How requests follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// The next when the answer is there.
    Closed,
    /// So many in a second over all connections, whatever the server does.
    /// The timer wakes up by the millisecond, so figures below two of them say
    /// nothing here.
    Open {
        /// Requests (or scripts) in a second.
        per_s: u64,
    },
}

/// When a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Nothing is started after this time.
    After(Duration),
    /// So many are started.
    Count(u64),
}

/// Which request this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The connection, from 0 over all threads.
    pub worker: usize,
    /// The how manieth of this connection, from 0.
    pub sequence: u64,
}

/// A load.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// How many connections ask at the same time.
    pub connections: usize,
    /// How many threads share them.
    pub threads: usize,
    /// How requests follow each other.
    pub pace: Pace,
    /// When it ends.
    pub stop: Stop,
}

impl Load {
    /// Sends requests that `write` puts into a buffer, which is empty on the
    /// first turn of a connection and holds the last request after that; any
    /// status below 400 is a success.
    ///
    /// # Errors
    /// When a runtime cannot be started. Faults of requests are counted.
    pub fn run<Write>(&self, socket: SocketAddr, write: Write) -> std::io::Result<Report>
    where
        Write: Fn(Turn, &mut Vec<u8>) + Send + Sync + 'static,
    {
        self.run_script(
            socket,
            async move |connection: &mut Connection, request: &mut Vec<u8>, turn| {
                write(turn, request);
                let answer = connection.send(request).await?;
                if answer.status < 400 { Ok(()) } else { answer.expect_status(200).map(|_| ()) }
            },
        )
    }

    /// Runs a script of several requests again and again; one run of it is
    /// what is counted and timed.
    ///
    /// # Errors
    /// When a runtime cannot be started. Faults of scripts are counted.
    pub fn run_script<Script>(&self, socket: SocketAddr, script: Script) -> std::io::Result<Report>
    where
        Script: AsyncFn(&mut Connection, &mut Vec<u8>, Turn) -> Result<(), Fault>
            + Send
            + Sync
            + 'static,
    {
        let script = Arc::new(script);
        let started = Arc::new(AtomicU64::new(0));
        let threads = self.threads.clamp(1, self.connections.max(1));
        let handles: Vec<_> = (0..threads)
            .map(|thread| {
                let (load, script, started) = (*self, Arc::clone(&script), Arc::clone(&started));
                std::thread::spawn(move || {
                    let runtime =
                        tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                    let workers = (thread..load.connections).step_by(threads);
                    Ok(runtime.block_on(load.thread(workers, socket, script, started)))
                })
            })
            .collect();
        let mut report = Report::default();
        for handle in handles {
            let of_thread: std::io::Result<Report> =
                handle.join().expect("a load thread does not panic");
            report.add(&of_thread?);
        }
        Ok(report)
    }

    async fn thread<Script>(
        self,
        workers: impl Iterator<Item = usize>,
        socket: SocketAddr,
        script: Arc<Script>,
        started: Arc<AtomicU64>,
    ) -> Report
    where
        Script: AsyncFn(&mut Connection, &mut Vec<u8>, Turn) -> Result<(), Fault> + 'static,
    {
        let report = Rc::new(RefCell::new(Report::default()));
        // Connecting is not what is measured.
        let mut connections = Vec::new();
        for worker in workers {
            let mut connection = Connection::new(socket);
            if let Err(fault) = connection.connect().await {
                report.borrow_mut().failed(&fault);
                break;
            }
            connections.push((worker, connection));
        }
        let local = LocalSet::new();
        let began = Instant::now();
        for (worker, connection) in connections {
            let (script, started, report) =
                (Arc::clone(&script), Arc::clone(&started), Rc::clone(&report));
            local.spawn_local(async move {
                self.worker(worker, connection, began, &*script, &started, &report).await;
            });
        }
        let wait_max = match self.stop {
            Stop::After(duration) => duration + OVERTIME_MAX,
            // A count has no end of its own; an hour is one.
            Stop::Count(_) => Duration::from_secs(3600),
        };
        if tokio::time::timeout(wait_max, local).await.is_err() {
            report.borrow_mut().failed(&Fault::Answer("an end: the run was cut off"));
        }
        let mut report = report.borrow().clone();
        report.elapsed = report.elapsed.max(began.elapsed().min(wait_max));
        report
    }

    async fn worker<Script>(
        &self,
        worker: usize,
        mut connection: Connection,
        began: Instant,
        script: &Script,
        started: &AtomicU64,
        report: &RefCell<Report>,
    ) where
        Script: AsyncFn(&mut Connection, &mut Vec<u8>, Turn) -> Result<(), Fault>,
    {
        let mut request = Vec::new();
        let mut faults_in_a_row = 0;
        let mut sequence = 0;
        loop {
            let due = self.due(worker, sequence, began);
            if !self.may_start(due, began, started) {
                return;
            }
            if self.pace != Pace::Closed {
                tokio::time::sleep_until(due.into()).await;
            }
            let outcome = script(&mut connection, &mut request, Turn { worker, sequence }).await;
            sequence += 1;
            match outcome {
                Ok(()) => {
                    faults_in_a_row = 0;
                    report.borrow_mut().succeeded(due.elapsed());
                }
                Err(fault) => {
                    report.borrow_mut().failed(&fault);
                    faults_in_a_row += 1;
                    if faults_in_a_row == FAULTS_IN_A_ROW_MAX {
                        return;
                    }
                }
            }
        }
    }

    /// When this turn is due: now, or by the timetable.
    fn due(&self, worker: usize, sequence: u64, began: Instant) -> Instant {
        match self.pace {
            Pace::Closed => Instant::now(),
            Pace::Open { per_s } => {
                let number = u128::from(sequence) * self.connections as u128 + worker as u128;
                let nanos = number * 1_000_000_000 / u128::from(per_s.max(1));
                began + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
            }
        }
    }

    fn may_start(&self, due: Instant, began: Instant, started: &AtomicU64) -> bool {
        match self.stop {
            Stop::After(duration) => due.saturating_duration_since(began) < duration,
            Stop::Count(count) => started.fetch_add(1, Ordering::Relaxed) < count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::io::{Read, Write};

    /// A server on threads that answers everything, each answer after a pause.
    fn server(answer: &'static [u8], pause: Duration) -> SocketAddr {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let socket = listener.local_addr().expect("a bound socket");
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                std::thread::spawn(move || {
                    let mut request = [0; 1024];
                    while stream.read(&mut request).is_ok_and(|length| length > 0) {
                        std::thread::sleep(pause);
                        if stream.write_all(answer).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        socket
    }

    fn load(pace: Pace, stop: Stop) -> Load {
        Load { connections: 4, threads: 2, pace, stop }
    }

    fn ask(_: Turn, request: &mut Vec<u8>) {
        if request.is_empty() {
            request.extend_from_slice(b"GET / HTTP/1.1\r\n\r\n");
        }
    }

    #[test]
    fn a_count_is_exact() {
        let socket = server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Duration::ZERO);
        let report = load(Pace::Closed, Stop::Count(101)).run(socket, ask).expect("a runtime");
        assert_eq!((report.requests, report.errors), (101, 0));
    }

    #[test]
    fn errors_are_counted_and_end_a_connection() {
        let socket = server(b"HTTP/1.1 503 No\r\nContent-Length: 3\r\n\r\nbad", Duration::ZERO);
        let report = load(Pace::Closed, Stop::After(Duration::from_secs(60)))
            .run(socket, ask)
            .expect("a runtime");
        assert_eq!((report.requests, report.errors), (0, 4 * u64::from(FAULTS_IN_A_ROW_MAX)));
        assert_eq!(report.faults, ["the server answered 503: bad"]);
    }

    #[test]
    fn an_open_load_counts_the_wait_before_a_late_start() {
        // 4 connections at 20 ms each can do 200 in a second; 400 are due, so
        // the last ones start late, and that must show.
        let socket =
            server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Duration::from_millis(20));
        let report =
            load(Pace::Open { per_s: 400 }, Stop::Count(80)).run(socket, ask).expect("a runtime");
        assert_eq!(report.requests, 80);
        assert!(report.quantile_ms(1.0) > 100.0, "{report}");
    }
}
