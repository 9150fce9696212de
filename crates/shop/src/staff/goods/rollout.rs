//! Steps of the ROM's rollouts: stopping is one person's and takes effect at once, everything that gives
//! devices a build takes two.
//!
//! What a step does is the ROM's matter, which this half does not know: whoever puts the server together
//! gives the shop a [`Rollouts`].

use std::fmt;

use kontor_base::Instant;
use kontor_base::id::RolloutId;
use kontor_domain::staff::Permission;
use kontor_store::{StoreError, Tx};
use serde::{Deserialize, Serialize};

use super::super::act::{Bearing, Change};
use super::super::act_refusal::Objection;
use super::super::person::Refusal;
use super::{RomAct, objected, refused};
use crate::core::{Outcome, Shop};

/// Nothing, or why something is refused.
pub type Said = Result<(), Objection>;

/// The rollouts, as the staff area steers them.
pub trait Rollouts: fmt::Debug + Send + Sync {
    /// The word for where a rollout stands; none: there is no such rollout.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    fn state_in(&self, tx: &mut Tx<'_>, rollout: RolloutId) -> Result<Option<String>, StoreError>;

    /// Takes a step in the transaction; gives why not.
    ///
    /// # Errors
    ///
    /// When the database cannot be read or written.
    fn step_in(&self, tx: &mut Tx<'_>, act: &RolloutAct, at: Instant) -> Result<Said, StoreError>;

    /// Whether an act on builds could be done now; nothing is changed.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    fn check_in(&self, tx: &mut Tx<'_>, act: &RomAct, at: Instant) -> Result<Said, StoreError>;

    /// How what an act on builds changes is now, as a JSON object.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    fn now_in(&self, tx: &mut Tx<'_>, act: &RomAct) -> Result<String, StoreError>;

    /// Does something to builds in the transaction.
    ///
    /// # Errors
    ///
    /// When the database cannot be read or written.
    fn act_in(&self, tx: &mut Tx<'_>, act: &RomAct, at: Instant) -> Result<Said, StoreError>;
}

/// What can be done with a rollout by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RolloutStep {
    /// The first wave begins.
    Start,
    /// On from where it stood.
    Resume,
    /// The next wave begins.
    Next,
    /// The build is for everybody.
    Finish,
    /// It will not go on.
    Abandon,
    /// Nobody new.
    Pause,
    /// Nobody at all.
    Halt,
}

impl RolloutStep {
    /// Every step.
    pub const ALL: [Self; 7] = [
        Self::Start,
        Self::Resume,
        Self::Next,
        Self::Finish,
        Self::Abandon,
        Self::Pause,
        Self::Halt,
    ];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Resume => "resume",
            Self::Next => "next",
            Self::Finish => "finish",
            Self::Abandon => "abandon",
            Self::Pause => "pause",
            Self::Halt => "halt",
        }
    }

    /// The step with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }

    /// What it takes: stopping may not wait for anybody.
    #[must_use]
    pub const fn permission(self) -> Permission {
        match self {
            Self::Pause | Self::Halt => Permission::RolloutHalt,
            Self::Start | Self::Resume | Self::Next | Self::Finish | Self::Abandon => {
                Permission::RolloutRun
            }
        }
    }
}

/// What the step to the next wave does, as whoever asked for it saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextWave {
    /// The wave that begins, from 1. Where it is not the next one any more, nothing begins.
    pub wave: usize,
    /// How many waves there are.
    pub waves: usize,
    /// Who is in now, as a wave is written: `own`, `10`, `5@IN+ID`.
    pub before: String,
    /// Who is in then.
    pub after: String,
    /// How many devices that adds at most.
    pub devices: u64,
}

/// A step of a rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolloutAct {
    /// The rollout.
    pub rollout: RolloutId,
    /// The step.
    pub step: RolloutStep,
    /// For the step to the next wave: what it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NextWave>,
}

impl RolloutAct {
    pub(in crate::staff) fn bearing(&self) -> Bearing {
        Bearing::plain(self.step.permission(), None, self.rollout.to_string())
    }

    /// What is asked, and where the rollout stands before.
    pub(in crate::staff) fn change(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
    ) -> Outcome<Change, Refusal> {
        let state = match shop.rollouts.get() {
            Some(rollouts) => rollouts.state_in(tx, self.rollout)?,
            None => None,
        };
        Ok(self.asked(state.as_deref()))
    }

    fn asked(&self, state: Option<&str>) -> Change {
        let stands = state.map(|state| serde_json::json!({ "state": state }).to_string());
        let Some(next) = &self.next else {
            let is_now = serde_json::json!({ "step": self.step.word() }).to_string();
            return Change { was: stands.unwrap_or_default(), is_now };
        };
        let is_now = serde_json::json!({
            "step": self.step.word(),
            "wave": format!("{} / {}", next.wave, next.waves),
            "share": next.after,
            "devices_more_max": next.devices,
        });
        let was = serde_json::json!({ "state": state, "share": next.before }).to_string();
        Change { was, is_now: is_now.to_string() }
    }

    pub(in crate::staff) fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
        at: Instant,
    ) -> Outcome<(), Refusal> {
        let none = || refused("rollout.unknown", "there is no such rollout");
        let rollouts = shop.rollouts.get().ok_or_else(none)?;
        rollouts.state_in(tx, self.rollout)?.ok_or_else(none)?;
        rollouts.step_in(tx, self, at)?.map_err(objected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_domain::staff::Eyes;

    #[test]
    fn stopping_is_one_persons_and_everything_else_takes_two() {
        for step in RolloutStep::ALL {
            let alone = step.permission().eyes() == Eyes::Two;
            let stops = matches!(step, RolloutStep::Pause | RolloutStep::Halt);
            assert_eq!(alone, stops, "{}", step.word());
            assert_eq!(RolloutStep::from_word(step.word()), Some(step));
        }
    }

    #[test]
    fn whoever_approves_the_next_wave_sees_what_it_does() {
        let next = NextWave {
            wave: 3,
            waves: 4,
            before: "1".to_owned(),
            after: "10@IN".to_owned(),
            devices: 864,
        };
        let rollout = RolloutId::from_bytes([1; 16]);
        let act = RolloutAct { rollout, step: RolloutStep::Next, next: Some(next) };
        let change = act.asked(Some("paused"));
        for part in ["\"share\":\"1\"", "paused"] {
            assert!(change.was.contains(part), "{change:?}");
        }
        let halted = RolloutAct { step: RolloutStep::Halt, next: None, ..act.clone() };
        assert_eq!(halted.asked(Some("running")).was, "{\"state\":\"running\"}");
        for part in ["3 / 4", "10@IN", "864", "next"] {
            assert!(change.is_now.contains(part), "{change:?}");
        }
        let kept = serde_json::to_string(&act).expect("it is JSON");
        assert_eq!(serde_json::from_str::<RolloutAct>(&kept).expect("it is read"), act);
        // What was proposed before there was such a step.
        let old = format!("{{\"rollout\":\"{rollout}\",\"step\":\"start\"}}");
        assert_eq!(serde_json::from_str::<RolloutAct>(&old).expect("it is read").next, None);
    }
}
