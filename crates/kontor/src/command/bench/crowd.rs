//! Many people at once, and the line that shows how they fare.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use indicatif::{ProgressBar, ProgressStyle};
use kontor_base::Random;
use serde_json::Value;
use tokio::task::JoinSet;

use super::client::Client;
use super::person::{Mood, Person, Step, Venue};

/// How often the view is drawn anew on a terminal, and elsewhere.
const DRAW_EVERY: Duration = Duration::from_millis(250);
const SAY_EVERY: Duration = Duration::from_secs(5);

/// A crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crowd {
    pub(super) people: u32,
    pub(super) arrive: Duration,
    pub(super) patience: Duration,
    pub(super) seed: u64,
}

/// How many have come how far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    steps: [AtomicU64; Step::ALL.len()],
}

impl Tally {
    fn count(&self, step: Step) {
        self.steps[step as usize].fetch_add(1, Ordering::Relaxed);
    }

    fn of(&self, step: Step) -> u64 {
        self.steps[step as usize].load(Ordering::Relaxed)
    }

    /// People whom something failed for.
    pub(super) fn failed(&self) -> u64 {
        self.of(Step::Failed)
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut some = false;
        for (step, word) in Step::ALL {
            let count = self.of(step);
            if count > 0 || step == Step::Entered {
                write!(f, "{}{word} {count}", if some { " · " } else { "" })?;
                some = true;
            }
        }
        // Whoever has entered and neither got a unit nor gone home.
        let gone = [Step::Claimed, Step::Waits, Step::SoldOut].map(|step| self.of(step));
        let in_line = self.of(Step::Entered).saturating_sub(gone.iter().sum());
        if in_line > 0 { write!(f, " · in line {in_line}") } else { Ok(()) }
    }
}

impl Crowd {
    /// Plays it to its end, or until its patience ends.
    pub(super) async fn play(
        self,
        client: Client,
        sale: Option<&str>,
    ) -> Result<Arc<Tally>, String> {
        let venue = Arc::new(find(&client, sale).await?);
        let (client, tally) = (Arc::new(client), Arc::new(Tally::default()));
        println!("{} people go to {} in {}", self.people, venue.sale, venue.market);
        let random = Random::seeded(self.seed);
        let mut people = JoinSet::new();
        for number in 0..self.people {
            let [mood, jitter, ..] = random.bytes16();
            let (client, venue, tally) =
                (Arc::clone(&client), Arc::clone(&venue), Arc::clone(&tally));
            let arrives = self.arrive * number / self.people.max(1);
            people.spawn(async move {
                tokio::time::sleep(arrives).await;
                let (client, venue) = (&*client, &*venue);
                let person = Person { client, venue, number, mood: mood_of(mood), jitter };
                if let Err(problem) = person.shop(&|step| tally.count(step)).await {
                    tally.count(Step::Failed);
                    return Some(problem);
                }
                None
            });
        }
        let view = View::new();
        let mut problem = None;
        let all = async {
            let mut draws = tokio::time::interval(view.every());
            loop {
                tokio::select! {
                    ended = people.join_next() => match ended {
                        None => return,
                        Some(Ok(Some(told))) => { problem.get_or_insert(told); }
                        Some(_) => {}
                    },
                    _ = draws.tick() => view.draw(&tally),
                }
            }
        };
        let in_time = tokio::time::timeout(self.patience, all).await.is_ok();
        view.end();
        if !in_time {
            println!("The crowd's patience has ended.");
        }
        if let Some(problem) = problem {
            eprintln!("kontor: for the first of those who failed: {problem}");
        }
        Ok(tally)
    }
}

/// Seven of ten pay, one gives up, two forget.
const fn mood_of(byte: u8) -> Mood {
    match byte {
        0..=178 => Mood::Pays,
        179..=204 => Mood::GivesUp,
        _ => Mood::Forgets,
    }
}

/// The sale, and the first of its ways in that a crowd can use.
async fn find(client: &Client, wanted: Option<&str>) -> Result<Venue, String> {
    let listed = client.get("/api/v1/sales", "").await?;
    let none = Vec::new();
    let sales = listed.body["sales"].as_array().unwrap_or(&none);
    let is_open = |sale: &Value| {
        matches!(sale["state"].as_str(), Some("registration" | "doors" | "live" | "sold_out"))
    };
    let is_meant = |sale: &&Value| match wanted {
        Some(id) => sale["id"].as_str() == Some(id),
        None => is_open(sale),
    };
    let sale = sales.iter().find(is_meant).ok_or_else(|| match wanted {
        Some(id) => format!("the shop has no sale {id}"),
        None => "the shop has no sale that is open or about to be".to_owned(),
    })?;
    let ways = sale["ways"].as_array().unwrap_or(&none);
    let way = ways.iter().find(|way| matches!(way["way"].as_str(), Some("rush" | "draw")));
    let way = way.ok_or("the sale has no way in without a code")?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let market = text(&way["market"]);
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Venue {
        sale: text(&sale["id"]),
        ship_to: market.to_uppercase(),
        market,
        way: text(&way["way"]),
        run: u64::try_from(since_epoch.as_millis()).unwrap_or(0),
    })
}

/// A line that is drawn anew on a terminal, or lines in a log.
struct View(Option<ProgressBar>);

impl View {
    fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let style = ProgressStyle::with_template("{spinner} {elapsed} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        Self(Some(ProgressBar::new_spinner().with_style(style)))
    }

    const fn every(&self) -> Duration {
        if self.0.is_some() { DRAW_EVERY } else { SAY_EVERY }
    }

    fn draw(&self, tally: &Tally) {
        match &self.0 {
            Some(bar) => {
                bar.set_message(tally.to_string());
                bar.tick();
            }
            None => eprintln!("{tally}"),
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_view_says_where_people_are() {
        let tally = Tally::default();
        for _ in 0..5 {
            tally.count(Step::Entered);
        }
        tally.count(Step::Claimed);
        tally.count(Step::Bought);
        tally.count(Step::Waits);
        assert_eq!(
            tally.to_string(),
            "entered 5 · claimed 1 · bought 1 · on the waiting list 1 · in line 3"
        );
        for (place, (step, _)) in Step::ALL.into_iter().enumerate() {
            assert_eq!(step as usize, place);
        }
    }
}
