//! One run of the simulator: command after command, each answer and each state checked.

use std::collections::BTreeMap;

use crate::simulator::command::{Answer, Command, Crash, Subject};
use crate::simulator::generate::Generator;
use crate::simulator::memory::MemoryStore;
use crate::simulator::model::Model;

/// After how many steps everything is audited from its entries. Balances are compared with the
/// model after every step; the audit costs time in proportion to the entries.
const AUDIT_EVERY: u64 = 16;

/// What happened in a run without a failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Steps taken.
    pub steps: u64,
    /// Commands whose answer was lost in a crash.
    pub lost: u64,
    /// Commands that had been asked before.
    pub repeated: u64,
    /// What became of each kind of command.
    pub tallies: BTreeMap<&'static str, Tally>,
    /// How often each refusal came, by code.
    pub refusals: BTreeMap<String, u64>,
}

/// What became of one kind of command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Done.
    pub done: u64,
    /// Refused.
    pub refused: u64,
}

/// A run that found something wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("seed {seed}, step {step}: {what}")]
pub struct Failure {
    /// The seed of the run; the same seed fails again at the same step.
    pub seed: u64,
    /// The step, counted from zero, after which it was found.
    pub step: u64,
    /// What was wrong, and the command that led to it.
    pub what: String,
}

/// Tries the decisions of this crate on a store in memory.
///
/// # Errors
///
/// [`Failure`], with what is needed to replay it.
pub fn run(seed: u64, steps: u64) -> Result<Summary, Failure> {
    run_on(seed, steps, &mut MemoryStore::new(seed))
}

/// Tries a store. It may have goods of other sites in it; those of the site `sim-{seed}` must be
/// this run's alone.
///
/// # Errors
///
/// [`Failure`], with what is needed to replay it.
pub fn run_on(seed: u64, steps: u64, subject: &mut impl Subject) -> Result<Summary, Failure> {
    let mut generator = Generator::new(seed);
    let mut model = Model::new(generator.keys());
    let mut summary = Summary::default();
    for step in 0..steps {
        let (command, crash) = generator.next(&model);
        let fail =
            |what: String| Failure { seed, step, what: format!("{what}, after {command:?}") };
        if generator.has_asked_before(&command.request) {
            summary.repeated += 1;
        }
        let answer = subject.carry_out(&command, crash);
        check_answer(&mut model, &command, crash, &answer).map_err(fail)?;
        model.compare(&subject.balances(generator.keys())).map_err(fail)?;
        if step % AUDIT_EVERY == AUDIT_EVERY - 1 || step + 1 == steps {
            let report = subject.audit();
            if !report.is_clean() {
                return Err(fail(format!("the audit found {:?}", report.findings)));
            }
        }
        note(&mut summary, &command, answer.clone());
        if answer == Answer::Lost {
            generator.answer_was_lost(command.request);
        }
    }
    Ok(summary)
}

/// Compares the store's answer with the model's. What was lost before the write never happened.
fn check_answer(
    model: &mut Model,
    command: &Command,
    crash: Crash,
    answer: &Answer,
) -> Result<(), String> {
    if *answer == Answer::Lost && crash == Crash::BeforeWrite {
        return Ok(());
    }
    match (model.carry_out(command), answer) {
        (Ok(()), Answer::Done) => Ok(()),
        (Ok(()), Answer::Lost) if crash == Crash::AfterWrite => Ok(()),
        (Err(expected), Answer::Refused(code)) if expected == code => Ok(()),
        (expected, answer) => {
            Err(format!("answered {answer:?} where {expected:?} is right (crash: {crash:?})"))
        }
    }
}

fn note(summary: &mut Summary, command: &Command, answer: Answer) {
    summary.steps += 1;
    let tally = summary.tallies.entry(command.request.word()).or_default();
    match answer {
        Answer::Done => tally.done += 1,
        Answer::Lost => summary.lost += 1,
        Answer::Refused(code) => {
            tally.refused += 1;
            *summary.refusals.entry(code).or_default() += 1;
        }
    }
}
