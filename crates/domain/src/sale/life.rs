//! The life of a sale as a table: which states there are, what leads from one to the next, and
//! who may move it. Nothing here looks at a clock; [`due`] is told what time it is.

use kontor_base::Instant;
use serde::{Deserialize, Serialize};

use super::definition::Definition;

/// Where a sale stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaleState {
    /// Being written, in a file or as a proposal of staff; a sale is kept from *checked* on.
    Draft,
    /// Clearances, stock and texts were checked; the units have left the market's stock.
    Checked,
    /// Everybody can read when it begins and what the rules are.
    Announced,
    /// People register and get tickets.
    Registration,
    /// The queue is open: who is here before it goes live gets a random place.
    Doors,
    /// Units are taken.
    Live,
    /// Every unit is taken or held; what comes back goes to the waiting list.
    SoldOut,
    /// Nothing is taken any more, every hold has ended, what was not sold has gone back.
    Settled,
    /// The secret is revealed and the report is public.
    Reported,
    /// Stopped for a while; holds run on, nothing new is taken.
    Halted,
}

impl SaleState {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::Checked,
        Self::Announced,
        Self::Registration,
        Self::Doors,
        Self::Live,
        Self::SoldOut,
        Self::Settled,
        Self::Reported,
        Self::Halted,
    ];

    /// The word in data, codes and on pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Checked => "checked",
            Self::Announced => "announced",
            Self::Registration => "registration",
            Self::Doors => "doors",
            Self::Live => "live",
            Self::SoldOut => "sold_out",
            Self::Settled => "settled",
            Self::Reported => "reported",
            Self::Halted => "halted",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether the public may know that the sale exists.
    #[must_use]
    pub const fn is_public(self) -> bool {
        !matches!(self, Self::Draft | Self::Checked)
    }

    /// Whether somebody may enter and be given a ticket. Those who come after the doors have
    /// opened may still enter; they stand behind those who were there before.
    #[must_use]
    pub const fn takes_entries(self) -> bool {
        matches!(self, Self::Registration | Self::Doors | Self::Live)
    }

    /// Whether units may be taken: from the stock while live, from what comes back when sold out.
    #[must_use]
    pub const fn takes_claims(self) -> bool {
        matches!(self, Self::Live | Self::SoldOut)
    }

    /// Whether the sale's units are outside of the market's ordinary stock.
    #[must_use]
    pub const fn owns_units(self) -> bool {
        !matches!(self, Self::Draft | Self::Settled | Self::Reported)
    }
}

/// What happens to a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaleEvent {
    /// The definition passed its checks, and the units were set aside.
    Check,
    /// Shown to everybody.
    Announce,
    /// Registration begins.
    OpenRegistration,
    /// The queue opens.
    OpenDoors,
    /// The order is made and the first are admitted.
    GoLive,
    /// No unit is left that is not taken or held.
    SellOut,
    /// The end: no hold is open any more.
    Settle,
    /// The secret is revealed.
    Report,
    /// Stopped, by a person or because a clearance was withdrawn.
    Halt,
    /// Goes on.
    Resume,
}

impl SaleEvent {
    /// Every event.
    pub const ALL: [Self; 10] = [
        Self::Check,
        Self::Announce,
        Self::OpenRegistration,
        Self::OpenDoors,
        Self::GoLive,
        Self::SellOut,
        Self::Settle,
        Self::Report,
        Self::Halt,
        Self::Resume,
    ];

    /// The word in data and codes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Announce => "announce",
            Self::OpenRegistration => "open_registration",
            Self::OpenDoors => "open_doors",
            Self::GoLive => "go_live",
            Self::SellOut => "sell_out",
            Self::Settle => "settle",
            Self::Report => "report",
            Self::Halt => "halt",
            Self::Resume => "resume",
        }
    }
}

/// Who moves a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mover {
    /// A person of the maker's staff.
    Staff,
    /// A keeper, because a time of the definition has come.
    Clock,
    /// The engine, because of what it counts or because a clearance fell away.
    Engine,
}

impl Mover {
    /// Everybody.
    pub const ALL: [Self; 3] = [Self::Staff, Self::Clock, Self::Engine];
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LifeStep {
    /// Where the sale stands.
    pub from: SaleState,
    /// What happens.
    pub event: SaleEvent,
    /// Where it stands then.
    pub to: SaleState,
    /// Who may do this.
    pub by: &'static [Mover],
}

const fn row(from: SaleState, event: SaleEvent, to: SaleState, by: &'static [Mover]) -> LifeStep {
    LifeStep { from, event, to, by }
}

use Mover as M;
use SaleEvent as E;
use SaleState as S;

const STOPPERS: &[Mover] = &[M::Staff, M::Engine];

/// What may happen to a sale; what is not here is refused.
///
/// A halted sale resumes as announced, and the clock moves it on in the same transaction
/// ([`catch_up`]): what became due while it stood still is made up, nothing is opened again that
/// has closed. Whatever a step causes must therefore be safe to cause twice; the order of a rush
/// is the same each time, because its secret is.
pub const LIFE_TABLE: &[LifeStep] = &[
    row(S::Draft, E::Check, S::Checked, &[M::Staff]),
    row(S::Checked, E::Announce, S::Announced, &[M::Staff, M::Clock]),
    row(S::Announced, E::OpenRegistration, S::Registration, &[M::Clock]),
    row(S::Registration, E::OpenDoors, S::Doors, &[M::Clock]),
    row(S::Doors, E::GoLive, S::Live, &[M::Clock]),
    row(S::Live, E::SellOut, S::SoldOut, &[M::Engine]),
    row(S::Live, E::Settle, S::Settled, &[M::Clock]),
    // At its end, or as soon as every unit is paid where the definition says so.
    row(S::SoldOut, E::Settle, S::Settled, &[M::Clock]),
    row(S::Settled, E::Report, S::Reported, &[M::Clock]),
    row(S::Announced, E::Halt, S::Halted, STOPPERS),
    row(S::Registration, E::Halt, S::Halted, STOPPERS),
    row(S::Doors, E::Halt, S::Halted, STOPPERS),
    row(S::Live, E::Halt, S::Halted, STOPPERS),
    row(S::SoldOut, E::Halt, S::Halted, STOPPERS),
    row(S::Halted, E::Resume, S::Announced, &[M::Staff]),
    // A sale that never goes on is settled by a person: every hold has to have ended here too.
    row(S::Halted, E::Settle, S::Settled, &[M::Staff]),
];

/// The event cannot happen now, or not by this hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LifeRefusal {
    /// The table has no such step.
    #[error("{} cannot happen to a sale that is {}", .event.word(), .from.word())]
    Step {
        /// Where the sale stands.
        from: SaleState,
        /// What was to happen.
        event: SaleEvent,
    },
    /// The step exists, but is not for this mover.
    #[error("{} is not done by hand {:?}", .event.word(), .by)]
    Mover {
        /// What was to happen.
        event: SaleEvent,
        /// Who wanted it.
        by: Mover,
    },
}

impl LifeRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Step { .. } => "sale.step_impossible",
            Self::Mover { .. } => "sale.step_not_yours",
        }
    }
}

/// The state after `event`.
///
/// # Errors
///
/// [`LifeRefusal`] when the table has no such step or not for `by`.
pub fn life_step(from: SaleState, event: SaleEvent, by: Mover) -> Result<SaleState, LifeRefusal> {
    let step = LIFE_TABLE
        .iter()
        .find(|step| step.from == from && step.event == event)
        .ok_or(LifeRefusal::Step { from, event })?;
    if step.by.contains(&by) { Ok(step.to) } else { Err(LifeRefusal::Mover { event, by }) }
}

/// What is counted of a sale that may be over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undecided {
    /// Units that are held and neither claimed nor back: a sale is not settled over them.
    pub held: u64,
    /// Units that are not sold.
    pub unsold: u64,
}

/// What the clock does next to a sale in `state`, if its time has come.
#[must_use]
pub fn due(
    state: SaleState,
    definition: &Definition,
    now: Instant,
    undecided: Undecided,
) -> Option<SaleEvent> {
    let windows = &definition.windows;
    let (event, at) = match state {
        S::Checked => (E::Announce, windows.announce_at),
        S::Announced => (E::OpenRegistration, windows.registration_at),
        S::Registration => (E::OpenDoors, windows.doors_at),
        S::Doors => (E::GoLive, windows.live_at),
        S::SoldOut if definition.ends_when_sold && undecided == Undecided::default() => {
            (E::Settle, now)
        }
        S::Live | S::SoldOut if undecided.held == 0 => (E::Settle, windows.ends_at),
        // Nothing can change any more once it is settled.
        S::Settled if definition.ends_when_sold => (E::Report, now),
        S::Settled => (E::Report, windows.report_at),
        S::Live | S::SoldOut | S::Draft | S::Reported | S::Halted => return None,
    };
    (now >= at).then_some(event)
}

/// Every step that the clock owes a sale, in order, with the state that follows each.
#[must_use]
pub fn catch_up(
    state: SaleState,
    definition: &Definition,
    now: Instant,
    undecided: Undecided,
) -> Vec<(SaleEvent, SaleState)> {
    let mut steps = Vec::new();
    let mut at = state;
    while let Some(event) = due(at, definition, now, undecided) {
        at = life_step(at, event, Mover::Clock).expect("what is due stands in the table");
        steps.push((event, at));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::super::definition::tests::definition;
    use super::*;

    const NOTHING: Undecided = Undecided { held: 0, unsold: 0 };

    fn at(hours: i64) -> Instant {
        Instant::from_micros(0).plus_seconds(hours * 3_600)
    }

    #[test]
    fn each_event_leads_to_one_state_and_every_state_is_reached() {
        let mut reached = vec![S::Draft];
        for (i, a) in LIFE_TABLE.iter().enumerate() {
            let twin = |b: &LifeStep| a.from == b.from && a.event == b.event;
            assert!(!LIFE_TABLE[i + 1..].iter().any(twin), "{a:?} twice");
            assert!(!a.by.is_empty(), "{a:?} is for nobody");
        }
        for _ in S::ALL {
            for step in LIFE_TABLE {
                if reached.contains(&step.from) && !reached.contains(&step.to) {
                    reached.push(step.to);
                }
            }
        }
        assert_eq!(reached.len(), S::ALL.len());
        for state in S::ALL {
            assert_eq!(S::from_word(state.word()), Some(state));
        }
        for event in E::ALL {
            assert!(LIFE_TABLE.iter().any(|step| step.event == event), "{event:?} never happens");
        }
    }

    #[test]
    fn a_report_is_the_end_and_nothing_is_sold_after_settling() {
        for step in LIFE_TABLE {
            assert_ne!(step.from, S::Reported, "{step:?}");
            if step.from == S::Settled {
                assert_eq!(step.to, S::Reported, "{step:?}");
            }
            if step.to.takes_claims() {
                assert!(step.to.owns_units() && step.to.is_public(), "{step:?}");
            }
        }
        assert!(!S::Halted.takes_claims() && S::Halted.owns_units());
    }

    #[test]
    fn every_public_state_before_the_end_can_be_halted() {
        for state in S::ALL {
            let halts = life_step(state, E::Halt, M::Engine).is_ok();
            let running = state.is_public() && state.owns_units() && state != S::Halted;
            assert_eq!(halts, running, "{state:?}");
        }
    }

    #[test]
    fn each_mover_keeps_to_its_own_steps() {
        assert_eq!(life_step(S::Doors, E::GoLive, M::Clock), Ok(S::Live));
        assert_eq!(
            life_step(S::Doors, E::GoLive, M::Staff).map_err(|e| e.code()),
            Err("sale.step_not_yours"),
            "nobody opens a sale before its time by hand"
        );
        assert_eq!(
            life_step(S::Live, E::SellOut, M::Staff).map_err(|e| e.code()),
            Err("sale.step_not_yours")
        );
        assert_eq!(
            life_step(S::Draft, E::GoLive, M::Clock).map_err(|e| e.code()),
            Err("sale.step_impossible")
        );
    }

    #[test]
    fn the_clock_walks_the_whole_life_and_waits_for_holds() {
        let definition = definition();
        let walked: Vec<_> = catch_up(S::Checked, &definition, at(4), NOTHING)
            .into_iter()
            .map(|(_, state)| state)
            .collect();
        assert_eq!(walked, [S::Announced, S::Registration, S::Doors, S::Live]);
        let held = Undecided { held: 1, unsold: 1 };
        assert_eq!(due(S::Live, &definition, at(5), held), None, "a hold is open");
        assert_eq!(due(S::SoldOut, &definition, at(4), NOTHING), None, "it has an end");
        assert_eq!(due(S::SoldOut, &definition, at(5), NOTHING), Some(E::Settle));
        assert_eq!(due(S::Settled, &definition, at(5), NOTHING), None);
        assert_eq!(due(S::Settled, &definition, at(6), NOTHING), Some(E::Report));
        assert!(catch_up(S::Draft, &definition, at(9), NOTHING).is_empty(), "nobody's business");
        assert!(catch_up(S::Halted, &definition, at(9), NOTHING).is_empty(), "a halt lasts");
    }

    #[test]
    fn where_it_was_said_the_last_payment_is_the_end() {
        let early = Definition { ends_when_sold: true, ..definition() };
        let step = |held, unsold| due(S::SoldOut, &early, at(4), Undecided { held, unsold });
        assert_eq!(step(1, 1), None, "somebody is paying");
        assert_eq!(step(0, 1), None, "a unit is on its way to whoever waits");
        assert_eq!(step(0, 0), Some(E::Settle));
        assert_eq!(due(S::Settled, &early, at(4), NOTHING), Some(E::Report));
        assert_eq!(due(S::Live, &early, at(4), NOTHING), None, "it is sold out first");
        // Not everything was sold: its end is its end.
        let unsold = Undecided { held: 0, unsold: 5 };
        assert_eq!(due(S::SoldOut, &early, at(5), unsold), Some(E::Settle));
    }

    #[test]
    fn resuming_makes_up_what_became_due() {
        let back = life_step(S::Halted, E::Resume, M::Staff).expect("a halted sale resumes");
        let held = Undecided { held: 3, unsold: 3 };
        let last = catch_up(back, &definition(), at(4), held).last().map(|(_, state)| *state);
        assert_eq!(last, Some(S::Live));
    }
}
