//! Where a rollout stands and what may happen to it.

use serde::{Deserialize, Serialize};

/// Where a rollout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RolloutState {
    /// Written down, not begun.
    Planned,
    /// Devices get the build as its waves say.
    Running,
    /// Nobody new gets the build; who has begun to fetch it goes on.
    Paused,
    /// Nobody gets the build any more, also who was offered it before.
    Halted,
    /// Everybody of the channel gets the build, also who is seen later.
    Done,
    /// Given up: the build will not be rolled out by this plan.
    Abandoned,
}

impl RolloutState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Planned, Self::Running, Self::Paused, Self::Halted, Self::Done, Self::Abandoned];

    /// The word in tables and answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Halted => "halted",
            Self::Done => "done",
            Self::Abandoned => "abandoned",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether it can still go on. One of these per model and channel at a time.
    #[must_use]
    pub const fn unfinished(self) -> bool {
        matches!(self, Self::Planned | Self::Running | Self::Paused | Self::Halted)
    }
}

/// What happens to a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The first wave begins.
    Start,
    /// Nobody new.
    Pause,
    /// Nobody at all.
    Halt,
    /// On from where it stood.
    Resume,
    /// The next wave begins.
    Next,
    /// The last wave is over.
    Finish,
    /// It will not go on.
    Abandon,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 7] = [
        Self::Start,
        Self::Pause,
        Self::Halt,
        Self::Resume,
        Self::Next,
        Self::Finish,
        Self::Abandon,
    ];
}

/// Who let a step happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Somebody decided it.
    Hand,
    /// The gate: too many devices failed.
    Failures,
    /// The wave's time or its successes.
    Plan,
    /// The build was withdrawn.
    Withdrawn,
}

/// Every step that is possible, with the state that it leads to.
pub const TRANSITIONS: &[(RolloutState, Step, RolloutState)] = &[
    (RolloutState::Planned, Step::Start, RolloutState::Running),
    (RolloutState::Planned, Step::Abandon, RolloutState::Abandoned),
    (RolloutState::Running, Step::Pause, RolloutState::Paused),
    (RolloutState::Running, Step::Halt, RolloutState::Halted),
    // As long as there is a wave after the present one: the state does not tell that.
    (RolloutState::Running, Step::Next, RolloutState::Running),
    (RolloutState::Running, Step::Finish, RolloutState::Done),
    (RolloutState::Paused, Step::Resume, RolloutState::Running),
    (RolloutState::Paused, Step::Halt, RolloutState::Halted),
    (RolloutState::Paused, Step::Abandon, RolloutState::Abandoned),
    (RolloutState::Halted, Step::Resume, RolloutState::Running),
    (RolloutState::Halted, Step::Abandon, RolloutState::Abandoned),
    (RolloutState::Done, Step::Halt, RolloutState::Halted),
];

/// The state after a step; `None` where the step is not possible.
#[must_use]
pub fn transition(state: RolloutState, step: Step) -> Option<RolloutState> {
    TRANSITIONS.iter().find(|(from, by, _)| *from == state && *by == step).map(|(.., to)| *to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_reached_each_step_has_one_outcome_and_abandoned_is_the_end() {
        let mut reached = vec![RolloutState::Planned];
        let mut grew = true;
        while grew {
            let next: Vec<_> = TRANSITIONS
                .iter()
                .filter(|(from, _, to)| reached.contains(from) && !reached.contains(to))
                .map(|(.., to)| *to)
                .collect();
            grew = !next.is_empty();
            reached.extend(next);
        }
        for state in RolloutState::ALL {
            assert!(reached.contains(&state), "{state:?}");
            assert_eq!(RolloutState::from_word(state.word()), Some(state));
            for step in Step::ALL {
                let rows = TRANSITIONS.iter().filter(|(from, by, _)| (*from, *by) == (state, step));
                assert!(rows.count() <= 1, "{state:?} {step:?}");
            }
        }
        assert!(Step::ALL.iter().all(|s| transition(RolloutState::Abandoned, *s).is_none()));
        // Whatever gives devices the build can be halted.
        for state in [RolloutState::Running, RolloutState::Paused, RolloutState::Done] {
            assert_eq!(transition(state, Step::Halt), Some(RolloutState::Halted));
        }
    }
}
