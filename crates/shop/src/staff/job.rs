//! Jobs that a person looks after: what is queued, what was given up and why, again or never.

use std::sync::Arc;

use kontor_base::id::JobId;
use kontor_domain::staff::{Permission, StaffRefusal};
use kontor_store::StoreError;
use kontor_store::job::{self as jobs, KeptJob};

use super::act_refusal::ActRefusal;
use super::log::{By, Noted, note};
use super::person::{Person, Refusal};
use crate::core::{Failure, Outcome, Shop};

/// Which jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// They are tried when they are due.
    Waiting,
    /// Nobody tries them any more.
    GivenUp,
}

impl JobState {
    /// Every state.
    pub const ALL: [Self; 2] = [Self::GivenUp, Self::Waiting];

    /// The word in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::GivenUp => "given_up",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A page of jobs, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn queued(
    shop: &Shop,
    state: JobState,
    after: Option<JobId>,
    limit: i64,
) -> Result<Vec<KeptJob>, StoreError> {
    shop.db.read("staff.jobs", move |tx| jobs::in_state(tx, state.word(), after, limit)).await
}

/// How many jobs wait, and how many were given up.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn job_counts(shop: &Shop) -> Result<(i64, i64), StoreError> {
    shop.db.read("staff.job_counts", jobs::counts).await
}

/// What shall become of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobWish {
    /// It is tried again at once.
    Retry,
    /// It is not tried any more.
    GiveUp,
}

/// Has a job tried again, or gives it up.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn steer_job(
    shop: &Arc<Shop>,
    person: &Person,
    id: JobId,
    wish: JobWish,
) -> Outcome<(), Refusal> {
    let at = shop.now();
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.steer_job", move |tx| {
            if !person.may(Permission::JobRun, None) {
                return Err(StaffRefusal::NotPermitted.into());
            }
            let kept = jobs::get(tx, id)?.ok_or_else(|| {
                let why = "there is no such job; it may be done".to_owned();
                let refusal = ActRefusal::Order { code: "job.unknown", why };
                Failure::Refused(Refusal::Act(refusal))
            })?;
            let is_now = match wish {
                JobWish::Retry => {
                    jobs::retry(tx, id, at)?;
                    JobState::Waiting
                }
                JobWish::GiveUp => {
                    jobs::give_up(tx, id)?;
                    JobState::GivenUp
                }
            };
            let subject = format!("{} {id}", kept.kind);
            let noted = Noted {
                act: Permission::JobRun.word(),
                market: None,
                subject: &subject,
                was: &kept.state,
                is_now: is_now.word(),
            };
            note(tx, &own.random, at, By::Person(&person), &noted)?;
            Ok(())
        })
        .await
}
