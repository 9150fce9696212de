//! The crash proof: the real server under real load, killed with SIGKILL at random moments, again
//! and again.
//!
//! After every restart each order that was acknowledged must still be there, asking again with the
//! same key must give the same order, and whoever got no answer finishes with the same keys. At
//! the end the books must agree and hold exactly the orders that people know of: none lost, none
//! twice. The moments come from a seed, which is printed; what the machine makes of them does not.
//! Start reading at [`run`].

mod checkout;
mod claim;
mod journey;
mod server;

use std::cell::RefCell;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use kontor_base::Random;
use tokio::task::LocalSet;

use crate::load::{Connection, Fault};

use claim::Claim;
use journey::Journey;
use server::Server;

/// How long a journey may take to find its end after a restart: the payment of an order whose
/// server died is asked about again by a keeper, not at once.
const FINISH_WAIT_MAX: Duration = Duration::from_secs(120);

/// How long to wait before an answer that says "not yet" is asked for again.
const RETRY_PAUSE: Duration = Duration::from_millis(200);

/// What to do to which server.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The server's binary.
    pub kontor: PathBuf,
    /// A folder for this run; what lies there is used again.
    pub folder: PathBuf,
    /// How often it is killed.
    pub kills: u32,
    /// How many people buy at the same time.
    pub buyers: usize,
    /// Where the moments come from.
    pub seed: u64,
    /// The shortest and the longest time under load before it is killed.
    pub load_ms: (u64, u64),
    /// A PostgreSQL database in place of the file in the folder.
    pub database: Option<String>,
    /// The longest time from a start until the server is ready and the sale's lot answers, in milliseconds.
    pub recovery_ms_max: u64,
    /// Before the last start, put back the data as it was after the first kill: the proof has to
    /// notice, or it proves nothing.
    pub forget: bool,
}

/// What happened.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// How often the server was killed.
    pub kills: u32,
    /// Orders that were acknowledged before a kill or on a later attempt.
    pub orders: usize,
    /// People who found the shelf empty.
    pub sold_out: usize,
    /// Journeys that a kill interrupted.
    pub interrupted: usize,
    /// Answers that were asked for again and came out the same.
    pub repeated: usize,
    /// Orders among them that came from a claim in a sale.
    pub from_claims: usize,
    /// From each start until the server said it was ready.
    pub ready_ms: Vec<u64>,
    /// From each start until the sale's lot answered a claim of before.
    pub lot_ms: Vec<u64>,
}

/// Why the proof failed.
#[derive(Debug, thiserror::Error)]
pub enum CrashError {
    /// The server could not be started, or its files not be read.
    #[error("{0}")]
    Server(String),
    /// Something that the shop promises did not hold.
    #[error("after kill {kill}: {what} (seed {seed})")]
    Broken {
        /// The number of the kill, from 0 for before the first.
        kill: u32,
        /// What.
        what: String,
        /// For playing the same moments again.
        seed: u64,
    },
}

/// How a journey ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// With the order that this token opens.
    Ordered(String),
    /// Without units.
    SoldOut,
}

/// Whether this is the last start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    No,
    Yes,
}

/// How far a step went.
enum Step {
    Done(End),
    /// The shop says "not yet".
    NotYet,
}

/// Kills, restarts, checks.
///
/// # Errors
///
/// [`CrashError`], with the seed.
pub fn run(plan: &Plan, say: &dyn Fn(&str)) -> Result<Outcome, CrashError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CrashError::Server(format!("could not start a runtime: {error}")))?;
    runtime.block_on(LocalSet::new().run_until(Proof::new(plan, say).run()))
}

struct Proof<'plan> {
    plan: &'plan Plan,
    say: &'plan dyn Fn(&str),
    random: Random,
    /// Journeys that know their order.
    ordered: Vec<(Journey, String)>,
    /// Journeys that a kill interrupted.
    interrupted: Vec<Journey>,
    /// The sale that runs all the time, and a claim in it that is asked for after every start.
    sale: Option<(String, Claim)>,
    next_buyer: u64,
    /// The order of the first claim.
    probe_order: Option<String>,
    outcome: Outcome,
}

impl<'plan> Proof<'plan> {
    fn new(plan: &'plan Plan, say: &'plan dyn Fn(&str)) -> Self {
        Self {
            plan,
            say,
            random: Random::seeded(plan.seed),
            ordered: Vec::new(),
            interrupted: Vec::new(),
            sale: None,
            next_buyer: 0,
            probe_order: None,
            outcome: Outcome::default(),
        }
    }

    async fn run(mut self) -> Result<Outcome, CrashError> {
        let mut checked = 0;
        for kill in 0..self.plan.kills {
            let server = self.start(kill).await?;
            self.finish_interrupted(server.socket, Last::No).await?;
            // What the last rounds brought; everything is asked for again at the end.
            self.ask_again(server.socket, checked).await?;
            checked = self.ordered.len();
            self.load_and_kill(server).await?;
            self.outcome.kills += 1;
            if self.plan.forget && kill == 0 {
                server::set_aside(self.plan)?;
            }
            (self.say)(&format!(
                "  kill {}: ready after {} ms, {} orders so far, {} interrupted",
                kill + 1,
                self.outcome.ready_ms.last().copied().unwrap_or_default(),
                self.ordered.len(),
                self.interrupted.len()
            ));
        }
        if self.plan.forget {
            server::put_back(self.plan)?;
        }
        let server = self.start(self.plan.kills).await?;
        self.finish_interrupted(server.socket, Last::Yes).await?;
        self.ask_again(server.socket, 0).await?;
        self.sell_out(server.socket).await?;
        self.numbers_differ()?;
        server.kill()?;
        self.books_agree()?;
        self.sale_agrees()?;
        self.outcome.orders = self.ordered.len();
        Ok(self.outcome)
    }

    async fn start(&mut self, kill: u32) -> Result<Server, CrashError> {
        let began = Instant::now();
        let server = Server::start(self.plan, kill > 0).await?;
        let ready_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        // The first start makes the data and says nothing about recovery.
        if kill > 0 {
            self.outcome.ready_ms.push(ready_ms);
        }
        self.lot_answers(server.socket, began).await?;
        let last = |all: &[u64]| all.last().copied().unwrap_or_default();
        let (lot_ms, max) = (last(&self.outcome.lot_ms), self.plan.recovery_ms_max);
        if kill > 0 && ready_ms.max(lot_ms) > max {
            return Err(self.broken(format!(
                "ready again after {ready_ms} ms and the sale's lot after {lot_ms} ms; {max} ms are allowed"
            )));
        }
        Ok(server)
    }

    /// People buy in the sale, one after another, until somebody is told that it is sold out: that the lot
    /// gives out no more than it has says something only of a lot that has given out everything.
    async fn sell_out(&mut self, socket: SocketAddr) -> Result<(), CrashError> {
        let Some(sale) = self.sale.as_ref().map(|(sale, _)| sale.clone()) else { return Ok(()) };
        let mut connection = Connection::new(socket);
        loop {
            let mut journey = Journey::in_sale(&sale, self.plan.seed, self.next_buyer);
            self.next_buyer += 1;
            let end = self.end_of(&mut journey, &mut connection, Instant::now()).await?;
            let is_over = end == End::SoldOut;
            self.ended(journey, end);
            if is_over {
                return Ok(());
            }
        }
    }

    /// The sale's lot is there again: a claim of before is the same.
    async fn lot_answers(&mut self, socket: SocketAddr, began: Instant) -> Result<(), CrashError> {
        let mut connection = Connection::new(socket);
        let Some((_, probe)) = &self.sale else {
            let sale = server::set_up_sale(self.plan)?;
            let mut probe = Claim::new(&sale, self.plan.seed, u64::MAX);
            loop {
                match probe.go_on(&mut connection).await {
                    Ok(Step::Done(End::Ordered(order))) => {
                        self.probe_order = Some(order);
                        self.sale = Some((sale, probe));
                        return Ok(());
                    }
                    Ok(Step::NotYet) if began.elapsed() < FINISH_WAIT_MAX => {
                        tokio::time::sleep(RETRY_PAUSE).await;
                    }
                    Ok(_) => return Err(self.broken("the sale sells nothing")),
                    Err(fault) => return Err(self.broken(format!("the sale: {fault}"))),
                }
            }
        };
        let same = probe.claim_again(&mut connection).await;
        self.outcome.lot_ms.push(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
        match same {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.broken("the first claim is not there any more")),
            Err(fault) => Err(self.broken(format!("the first claim: {fault}"))),
        }
    }

    fn broken(&self, what: impl Into<String>) -> CrashError {
        CrashError::Broken { kill: self.outcome.kills, what: what.into(), seed: self.plan.seed }
    }

    /// Whoever got no answer goes on with the same keys. Those for whom the shop says "not yet" stay
    /// interrupted, until `last` waits for their end.
    async fn finish_interrupted(
        &mut self,
        socket: SocketAddr,
        last: Last,
    ) -> Result<(), CrashError> {
        let mut connection = Connection::new(socket);
        let began = Instant::now();
        for mut journey in std::mem::take(&mut self.interrupted) {
            let step = match last {
                Last::No => self.step_of(&mut journey, &mut connection).await?,
                Last::Yes => Step::Done(self.end_of(&mut journey, &mut connection, began).await?),
            };
            match step {
                Step::Done(end) => self.ended(journey, end),
                Step::NotYet => self.interrupted.push(journey),
            }
        }
        Ok(())
    }

    /// Waits for the end of a journey, for so long after `began` as the shop may say "not yet".
    async fn end_of(
        &self,
        journey: &mut Journey,
        connection: &mut Connection,
        began: Instant,
    ) -> Result<End, CrashError> {
        loop {
            match self.step_of(journey, connection).await? {
                Step::Done(end) => return Ok(end),
                Step::NotYet if began.elapsed() < FINISH_WAIT_MAX => {
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
                Step::NotYet => {
                    return Err(self.broken(format!("{} found no end", journey.key())));
                }
            }
        }
    }

    async fn step_of(
        &self,
        journey: &mut Journey,
        connection: &mut Connection,
    ) -> Result<Step, CrashError> {
        let step = journey.go_on(connection).await;
        step.map_err(|fault| self.broken(format!("{} went wrong: {fault}", journey.key())))
    }

    /// The last request of every journey from `from` on gives the same order again.
    async fn ask_again(&mut self, socket: SocketAddr, from: usize) -> Result<(), CrashError> {
        let mut connection = Connection::new(socket);
        for index in from..self.ordered.len() {
            let (journey, order) = &mut self.ordered[index];
            let answer = journey.go_on(&mut connection).await;
            let order = &order.clone();
            let same = matches!(&answer, Ok(Step::Done(End::Ordered(again))) if again == order);
            if let Journey::Sale(claim) = &self.ordered[index].0 {
                let told = claim.claim_again(&mut connection).await;
                if !matches!(told, Ok(true)) {
                    let what = format!("{} was told a claim; asked again: {told:?}", claim.key());
                    return Err(self.broken(what));
                }
            }
            if !same {
                let found = match answer {
                    Ok(Step::Done(End::Ordered(_))) => "another order".to_owned(),
                    Ok(Step::Done(End::SoldOut)) => "sold out".to_owned(),
                    Ok(Step::NotYet) => "not yet".to_owned(),
                    Err(fault) => fault.to_string(),
                };
                let key = self.ordered[index].0.key().to_owned();
                let what = format!("{key} has an order; asked again: {found}");
                return Err(self.broken(what));
            }
            self.outcome.repeated += 1;
        }
        Ok(())
    }

    /// People buy without pause until the server is killed under their hands.
    async fn load_and_kill(&mut self, server: Server) -> Result<(), CrashError> {
        let (shortest, longest) = self.plan.load_ms;
        let draw = u64::from_le_bytes(self.random.bytes16()[..8].try_into().unwrap_or_default());
        let load = Duration::from_millis(shortest + draw % (longest - shortest + 1).max(1));
        let ended = Rc::new(RefCell::new(Vec::new()));
        let mut buyers = Vec::new();
        for worker in 0..self.plan.buyers as u64 {
            let first = self.next_buyer + (worker << 32);
            let (ended, socket) = (Rc::clone(&ended), server.socket);
            let seed = self.plan.seed;
            let sale = self.sale.as_ref().map(|(sale, _)| sale.clone()).unwrap_or_default();
            buyers.push(tokio::task::spawn_local(async move {
                buy_until_it_ends(&sale, seed, first, socket, &ended).await
            }));
        }
        self.next_buyer += 1 << 20;
        tokio::time::sleep(load).await;
        server.kill()?;
        let before = self.interrupted.len();
        for buyer in buyers {
            match buyer.await {
                Ok(Ok(journey)) => self.interrupted.push(journey),
                Ok(Err(what)) => return Err(self.broken(what)),
                Err(error) => return Err(self.broken(format!("a buyer ended: {error}"))),
            }
        }
        self.outcome.interrupted += self.interrupted.len() - before;
        let ended = ended.take();
        for (journey, end) in ended {
            self.ended(journey, end);
        }
        Ok(())
    }

    fn ended(&mut self, journey: Journey, end: End) {
        match end {
            End::Ordered(number) => self.ordered.push((journey, number)),
            End::SoldOut => self.outcome.sold_out += 1,
        }
    }

    fn numbers_differ(&self) -> Result<(), CrashError> {
        let mut seen = HashSet::new();
        match self.ordered.iter().find(|(_, order)| !seen.insert(order)) {
            None => Ok(()),
            Some((journey, _)) => {
                Err(self.broken(format!("the order of {} has another owner too", journey.key())))
            }
        }
    }

    /// `kontor audit` finds nothing, and exactly the orders that somebody knows of.
    fn books_agree(&self) -> Result<(), CrashError> {
        let audit = server::audit(self.plan)?;
        if !audit.clean {
            return Err(self.broken(format!("the books do not agree:\n{}", audit.text)));
        }
        let known = self.ordered.len() + usize::from(self.probe_order.is_some());
        if audit.orders != known as u64 {
            return Err(self.broken(format!(
                "{} orders are in the books, and people know of {known}",
                audit.orders
            )));
        }
        Ok(())
    }

    /// The sale has given out what it had and not one more, and its units are those that people know of.
    fn sale_agrees(&mut self) -> Result<(), CrashError> {
        let Some((sale, _)) = &self.sale else { return Ok(()) };
        let counted = server::count_sale(self.plan, sale)?;
        let orders =
            1 + self.ordered.iter().filter(|(journey, _)| journey.is_claim()).count() as u64;
        self.outcome.from_claims = usize::try_from(orders).unwrap_or(usize::MAX);
        if counted.taken != counted.quota {
            return Err(self.broken(format!(
                "{} units are taken of {}, and the sale says that it is sold out",
                counted.taken, counted.quota
            )));
        }
        if counted.taken < orders {
            return Err(
                self.broken(format!("{} units are taken, and {orders} were bought", counted.taken))
            );
        }
        if self.outcome.interrupted == 0 {
            return Err(self.broken("no kill has interrupted anybody: this has proved nothing"));
        }
        Ok(())
    }
}

/// Buys again and again; gives the journey that the end of the server interrupted.
async fn buy_until_it_ends(
    sale: &str,
    seed: u64,
    first: u64,
    socket: SocketAddr,
    ended: &RefCell<Vec<(Journey, End)>>,
) -> Result<Journey, String> {
    let mut connection = Connection::new(socket);
    let mut number = first;
    loop {
        let mut journey = Journey::new(sale, seed, number);
        number += 1;
        loop {
            match journey.go_on(&mut connection).await {
                Ok(Step::Done(end)) => {
                    ended.borrow_mut().push((journey, end));
                    break;
                }
                Ok(Step::NotYet) => tokio::time::sleep(RETRY_PAUSE).await,
                Err(Fault::Io(_) | Fault::Closed) => return Ok(journey),
                Err(fault) => return Err(format!("{} went wrong: {fault}", journey.key())),
            }
        }
    }
}
