//! Samples: builds, channels, rollouts, signing.

use kontor_base::Instant;
use kontor_base::id::RolloutId;
use kontor_domain::channel::PromoteRefusal as PromoteRule;
use kontor_domain::rollout::{PlanError as WavesError, RolloutState};
use kontor_ota::signing::Rejected;
use kontor_rom::channel::Refusal as PromoteRefusal;
use kontor_rom::rollout::{PlanRefusal, SteerRefusal, WithdrawRefusal};
use kontor_rom::signing::SigningRefusal;

use super::{All, BTreeSet, name, objections};

pub(super) fn of_the_rom() -> All {
    let rules = each!(PromoteRule {
        PromoteRule::Withdrawn(_) => PromoteRule::Withdrawn(name());
        PromoteRule::Already => PromoteRule::Already;
        PromoteRule::Older(_) => PromoteRule::Older(name());
        PromoteRule::Calmer(_) => PromoteRule::Calmer("stable");
    });
    let promote = each!(PromoteRefusal {
        PromoteRefusal::UnknownBuild => PromoteRefusal::UnknownBuild;
        PromoteRefusal::Rule(_) => PromoteRefusal::Rule(PromoteRule::Already);
    });
    let waves = each!(WavesError {
        WavesError::Waves => WavesError::Waves;
        WavesError::Share => WavesError::Share;
        WavesError::Falls => WavesError::Falls;
        WavesError::Ends => WavesError::Ends;
        WavesError::Gate => WavesError::Gate;
        WavesError::Pace => WavesError::Pace;
        WavesError::Advance => WavesError::Advance;
    });
    let rollout = RolloutId::from_bytes([0; 16]);
    let plan = each!(PlanRefusal {
        PlanRefusal::UnknownBuild(_) => PlanRefusal::UnknownBuild(name());
        PlanRefusal::Withdrawn(_) => PlanRefusal::Withdrawn(name());
        PlanRefusal::NotInChannel(_) => PlanRefusal::NotInChannel(name());
        PlanRefusal::Busy(_) => PlanRefusal::Busy(rollout);
        PlanRefusal::Already(_) => PlanRefusal::Already(name());
        PlanRefusal::Builds => PlanRefusal::Builds;
        PlanRefusal::Plan(_) => PlanRefusal::Plan(WavesError::Pace);
    });
    let steer = each!(SteerRefusal {
        SteerRefusal::Unknown => SteerRefusal::Unknown;
        SteerRefusal::State(_) => SteerRefusal::State(RolloutState::Paused);
        SteerRefusal::Withdrawn => SteerRefusal::Withdrawn;
        SteerRefusal::Busy => SteerRefusal::Busy;
        SteerRefusal::LastWave => SteerRefusal::LastWave;
        SteerRefusal::OtherWave(_) => SteerRefusal::OtherWave(2);
    });
    let withdraw = each!(WithdrawRefusal {
        WithdrawRefusal::UnknownBuild => WithdrawRefusal::UnknownBuild;
        WithdrawRefusal::Already => WithdrawRefusal::Already;
    });
    let mut all = objections(rules.into_iter().map(PromoteRefusal::Rule).collect());
    all.extend(objections(promote));
    all.extend(objections(waves));
    all.extend(objections(plan));
    all.extend(objections(steer));
    all.extend(objections(withdraw));
    all
}

pub(super) fn of_signing() -> All {
    let role = || "targets".to_owned();
    let at = Instant::from_micros(0);
    let rejected = each!(Rejected {
        Rejected::Malformed { .. } => Rejected::Malformed { what: "no JSON".to_owned() };
        Rejected::Threshold { .. } => Rejected::Threshold { role: role(), have: 1, need: 2 };
        Rejected::Rollback { .. } => Rejected::Rollback { role: role(), had: 2, got: 1 };
        Rejected::Mixed { .. } => Rejected::Mixed { role: role(), expected: 2, got: 1 };
        Rejected::Vanished { .. } => Rejected::Vanished { role: role() };
        Rejected::Expired { .. } => Rejected::Expired { role: role(), at };
        Rejected::Length { .. } => Rejected::Length { name: name(), expected: 9 };
        Rejected::Hash { .. } => Rejected::Hash { name: name() };
        Rejected::OtherAudience => Rejected::OtherAudience;
        Rejected::UnknownTarget { .. } => Rejected::UnknownTarget { name: name() };
    });
    let signing = each!(SigningRefusal {
        SigningRefusal::NotSet => SigningRefusal::NotSet;
        SigningRefusal::Set => SigningRefusal::Set;
        SigningRefusal::UnknownRole(_) => SigningRefusal::UnknownRole(role());
        SigningRefusal::NothingPending(_) => SigningRefusal::NothingPending(role());
        SigningRefusal::Superseded(_) => SigningRefusal::Superseded(role());
        SigningRefusal::NothingNew(_) => SigningRefusal::NothingNew(role());
        SigningRefusal::Stranger(..) => SigningRefusal::Stranger(role(), name());
        SigningRefusal::BadSignature(..) => SigningRefusal::BadSignature(role(), name());
        SigningRefusal::Ambiguous(..) => SigningRefusal::Ambiguous(role(), name());
        SigningRefusal::NoKey(_) => SigningRefusal::NoKey(role());
        SigningRefusal::UnknownKey(..) => SigningRefusal::UnknownKey(name(), role());
        SigningRefusal::Overtaken => SigningRefusal::Overtaken;
        SigningRefusal::Rejected(_) => SigningRefusal::Rejected(Rejected::OtherAudience);
    });
    let mut all = objections(rejected);
    all.extend(objections(signing));
    all
}
