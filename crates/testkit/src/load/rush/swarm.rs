//! Sends the requests of very many people from few threads over many connections, as a proxy in
//! front of the shop would: the connections stay, the people behind them change.
//!
//! Straight over the system's readiness queue, because the load shares two cores with the server
//! it measures: one write and one read per request, no task, no timer, no memory. Each thread has
//! its share of connections and people. In a closed load a connection asks for its next person as
//! soon as it has an answer. In an open load a person is *due* by a timetable, goes out on the
//! next idle connection, and waits from the moment they were due: a server that stalls cannot hide
//! it by keeping people from asking.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use super::RushError;
use super::script::{Heard, Script, text_of};
use crate::load::{Fault, Parser, Progress, Report};

/// Room for an answer; they have less than a thousand bytes.
const READ_BYTES: usize = 16 * 1024;
/// A run in which nothing is answered for so long has failed.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How finely the timetable of an open load is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// How the people come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swarm {
    /// The server.
    pub socket: SocketAddr,
    /// Connections over all threads.
    pub connections: usize,
    /// Threads.
    pub threads: usize,
    /// People in a second over all threads; without it each connection asks without pause.
    pub per_s: Option<u64>,
}

/// What a run was answered.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// Counts and latencies of what was hoped for.
    pub report: Report,
    /// Every other answer, by its code or status.
    pub others: BTreeMap<String, u64>,
}

/// A thread's share of the people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The first person.
    pub first: u32,
    /// How many.
    pub people: u32,
}

impl Swarm {
    /// How people from `first` on are shared out.
    #[must_use]
    pub fn shares(&self, first: u32, people: u32) -> Vec<Share> {
        let threads = u32::try_from(self.threads.max(1)).unwrap_or(1);
        let mut next = first;
        (0..threads)
            .map(|thread| {
                let people = people / threads + u32::from(thread < people % threads);
                let share = Share { first: next, people };
                next += people;
                share
            })
            .collect()
    }

    /// Runs one script per share to its end; gives them back with the answers.
    ///
    /// # Errors
    /// When nobody listens, or nothing is answered any more.
    pub fn run<S: Script + 'static>(
        &self,
        scripts: Vec<(Share, S)>,
    ) -> Result<(Answers, Vec<S>), RushError> {
        let threads = scripts.len().max(1);
        let began = Instant::now();
        let handles: Vec<_> = scripts
            .into_iter()
            .map(|(share, script)| {
                let connections = self.connections.div_ceil(threads).max(1);
                let (socket, per_s) = (self.socket, self.per_s);
                std::thread::spawn(move || {
                    let mut thread = Thread::connect(socket, connections, share, script)?;
                    // Connecting is not what is measured.
                    thread.began = Instant::now();
                    thread.between = per_s.map(|per_s| {
                        Duration::from_nanos(1_000_000_000 * threads as u64 / per_s.max(1))
                    });
                    thread.run()?;
                    Ok((thread.answers, thread.script, thread.began))
                })
            })
            .collect();
        let mut all = Answers::default();
        let mut scripts = Vec::new();
        let mut first = None;
        for handle in handles {
            let of_thread: Result<_, RushError> =
                handle.join().map_err(|_| RushError::wrong("a thread of the load panicked"))?;
            let (answers, script, began) = of_thread?;
            first = Some(first.map_or(began, |first: Instant| first.min(began)));
            all.report.add(&answers.report);
            for (code, count) in answers.others {
                *all.others.entry(code).or_default() += count;
            }
            scripts.push(script);
        }
        all.report.elapsed = first.unwrap_or(began).elapsed();
        Ok((all, scripts))
    }
}

struct Line {
    stream: TcpStream,
    parser: Parser,
    received: Vec<u8>,
    asking: Option<Asking>,
}

/// Whose request is under way, and since when they wait.
#[derive(Clone, Copy)]
struct Asking {
    person: u32,
    /// Which request of theirs, from 0.
    step: u8,
    since: Instant,
}

struct Thread<S> {
    poll: Poll,
    lines: Vec<Line>,
    idle: Vec<usize>,
    share: Share,
    /// So many of the share have asked.
    started: u32,
    /// So many have an answer.
    done: u32,
    began: Instant,
    between: Option<Duration>,
    script: S,
    request: Vec<u8>,
    answers: Answers,
}

impl<S: Script> Thread<S> {
    fn connect(
        socket: SocketAddr,
        connections: usize,
        share: Share,
        script: S,
    ) -> Result<Self, RushError> {
        let failed = |error: std::io::Error| RushError::at("connect", error);
        let poll = Poll::new().map_err(failed)?;
        let mut lines = Vec::with_capacity(connections);
        for number in 0..connections {
            let stream = std::net::TcpStream::connect(socket).map_err(failed)?;
            stream.set_nodelay(true).map_err(failed)?;
            stream.set_nonblocking(true).map_err(failed)?;
            let mut stream = TcpStream::from_std(stream);
            poll.registry()
                .register(&mut stream, Token(number), Interest::READABLE)
                .map_err(failed)?;
            let received = vec![0; READ_BYTES];
            lines.push(Line { stream, parser: Parser::default(), received, asking: None });
        }
        Ok(Self {
            poll,
            idle: (0..lines.len()).rev().collect(),
            lines,
            share,
            started: 0,
            done: 0,
            began: Instant::now(),
            between: None,
            script,
            request: Vec::with_capacity(1024),
            answers: Answers::default(),
        })
    }

    fn run(&mut self) -> Result<(), RushError> {
        let mut events = Events::with_capacity(self.lines.len().max(16));
        let mut heard = Instant::now();
        self.start_due()?;
        while self.done < self.share.people {
            let pause = if self.between.is_some() { LOOK_EVERY } else { SILENCE_MAX };
            match self.poll.poll(&mut events, Some(pause)) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(RushError::at("wait for answers", error)),
            }
            let now = Instant::now();
            if !events.is_empty() {
                heard = now;
            } else if now.duration_since(heard) > SILENCE_MAX {
                return Err(RushError::wrong(format!(
                    "nothing was answered for {} s",
                    SILENCE_MAX.as_secs()
                )));
            }
            for event in &events {
                self.read(event.token().0)?;
            }
            self.start_due()?;
        }
        Ok(())
    }

    /// Sends everybody who is due, as long as a connection is idle.
    fn start_due(&mut self) -> Result<(), RushError> {
        while self.started < self.share.people && !self.idle.is_empty() {
            let now = Instant::now();
            let since = match self.between {
                None => now,
                Some(between) => {
                    let due = self.began + between * self.started;
                    if due > now {
                        return Ok(());
                    }
                    due
                }
            };
            let Some(number) = self.idle.pop() else { return Ok(()) };
            let person = self.share.first + self.started;
            self.started += 1;
            self.ask(number, Asking { person, step: 0, since })?;
        }
        Ok(())
    }

    fn ask(&mut self, number: usize, asking: Asking) -> Result<(), RushError> {
        self.request.clear();
        self.script.write(number, asking.person, asking.step, &mut self.request)?;
        let line = &mut self.lines[number];
        line.parser.restart();
        line.asking = Some(asking);
        // A request is far smaller than the socket's empty buffer: it goes out in one piece.
        match line.stream.write(&self.request) {
            Ok(written) if written == self.request.len() => Ok(()),
            Ok(_) => Err(RushError::wrong("a request did not go out in one piece")),
            Err(error) => Err(RushError::at("send a request", error)),
        }
    }

    /// Reads what has come on a connection. One answer is all that can come before the next
    /// request, so that a read that finds the whole of it needs no second one to find nothing.
    fn read(&mut self, number: usize) -> Result<(), RushError> {
        let line = &mut self.lines[number];
        let mut filled = 0;
        loop {
            match line.stream.read(&mut line.received[filled..]) {
                Ok(0) => return Err(RushError::wrong("the server closed a connection")),
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::WouldBlock && filled == 0 => return Ok(()),
                // The rest of an answer that came in pieces is on its way.
                Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::yield_now(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(RushError::at("read an answer", error)),
            }
            if filled == 0 {
                continue;
            }
            let progress = line.parser.advance(&line.received[..filled]);
            let progress = progress.map_err(|error| RushError::at("read an answer", error))?;
            let Progress::Complete { status, keep_alive } = progress else {
                if filled == line.received.len() {
                    return Err(RushError::wrong("an answer is larger than any of a sale"));
                }
                continue;
            };
            let Some(asking) = line.asking.take() else {
                return Err(RushError::wrong("an answer that nobody has asked for"));
            };
            let body = line.parser.body(&line.received[..filled]);
            let heard = self.script.read(number, asking.person, asking.step, status, body);
            match heard {
                Heard::Hoped => self.answers.report.succeeded(asking.since.elapsed()),
                Heard::Other => note(&mut self.answers, status, body),
                Heard::Next => {}
            }
            if !keep_alive {
                return Err(RushError::wrong("the server does not keep connections"));
            }
            if heard == Heard::Next {
                return self.ask(number, Asking { step: asking.step + 1, ..asking });
            }
            self.done += 1;
            self.idle.push(number);
            return Ok(());
        }
    }
}

fn note(answers: &mut Answers, status: u16, body: &[u8]) {
    let code = text_of(body, b"\"code\":\"")
        .map_or_else(|| format!("status {status}"), |c| String::from_utf8_lossy(c).into_owned());
    if answers.others.len() < 32 || answers.others.contains_key(&code) {
        *answers.others.entry(code.clone()).or_default() += 1;
    }
    answers.report.failed(&Fault::Status(status, code));
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Plain {
        asked: u32,
    }

    impl Script for Plain {
        fn write(
            &mut self,
            _: usize,
            _: u32,
            step: u8,
            out: &mut Vec<u8>,
        ) -> Result<(), RushError> {
            self.asked += u32::from(step == 0);
            out.extend_from_slice(b"GET / HTTP/1.1\r\n\r\n");
            Ok(())
        }

        fn read(&mut self, _: usize, person: u32, step: u8, status: u16, _: &[u8]) -> Heard {
            match (status, person, step) {
                (200, 13, _) => Heard::Other,
                (200, 14, 0) => Heard::Next,
                _ => Heard::Hoped,
            }
        }
    }

    /// A server on threads that answers in two pieces, each answer after a pause.
    fn server(pause: Duration) -> SocketAddr {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let socket = listener.local_addr().expect("a bound socket");
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                std::thread::spawn(move || {
                    let mut request = [0; 1024];
                    while stream.read(&mut request).is_ok_and(|length| length > 0) {
                        std::thread::sleep(pause);
                        let pieces = [&b"HTTP/1.1 200 OK\r\nContent-"[..], b"Length: 2\r\n\r\nok"];
                        if pieces.iter().any(|piece| stream.write_all(piece).is_err()) {
                            return;
                        }
                    }
                });
            }
        });
        socket
    }

    fn run(swarm: Swarm, people: u32) -> Answers {
        let shares = swarm.shares(0, people);
        let scripts = shares.into_iter().map(|share| (share, Plain { asked: 0 })).collect();
        let (answers, scripts) = swarm.run(scripts).expect("the server answers");
        assert_eq!(scripts.iter().map(|script| script.asked).sum::<u32>(), people);
        answers
    }

    #[test]
    fn everybody_asks_once_and_what_was_not_hoped_for_is_named() {
        let socket = server(Duration::ZERO);
        let answers = run(Swarm { socket, connections: 5, threads: 2, per_s: None }, 101);
        assert_eq!((answers.report.requests, answers.report.errors), (100, 1));
        assert_eq!(answers.others["status 200"], 1);
    }

    #[test]
    fn an_open_load_counts_from_when_people_were_due() {
        // 4 connections at 20 ms each can serve 200 people in a second; 400 are due.
        let socket = server(Duration::from_millis(20));
        let answers = run(Swarm { socket, connections: 4, threads: 1, per_s: Some(400) }, 80);
        assert!(answers.report.quantile_ms(1.0) > 100.0, "{}", answers.report);
    }

    #[test]
    fn shares_cover_everybody_once() {
        let socket = SocketAddr::from(([127, 0, 0, 1], 1));
        let swarm = Swarm { socket, connections: 1, threads: 3, per_s: None };
        let shares = swarm.shares(5, 11);
        let shares: Vec<_> = shares.iter().map(|share| (share.first, share.people)).collect();
        assert_eq!(shares, [(5, 4), (9, 4), (13, 3)]);
    }
}
