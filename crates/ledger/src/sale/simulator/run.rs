//! One run: batch after batch, some of them lost, each answer and each row checked.

use std::collections::HashMap;

use kontor_base::Instant;

use super::Flaw;
use super::disk::Disk;
use super::generate::Generator;
use super::model::Model;
use crate::sale::claim::Claim;
use crate::sale::command::{Command, Outcome, Refusal};
use crate::sale::lot::{Lot, LotRules};
use crate::sale::waiting::PlaceState;

/// What happened in a run without a failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Batches that were written.
    pub committed: u64,
    /// Batches that were lost before they were written, with their owner.
    pub crashed: u64,
    /// Batches that were written but whose answers were lost, with their owner.
    pub unanswered: u64,
    /// Batches whose transaction failed.
    pub rolled_back: u64,
    /// Batches of an owner that had lost the lease.
    pub fenced: u64,
    /// Claims that were made.
    pub claims: u64,
    /// Holds that ended.
    pub expired: u64,
    /// Units that were handed to somebody in line.
    pub served: u64,
    /// Places that were left by somebody who waited.
    pub left: u64,
    /// Answers that were given a second time.
    pub replayed: u64,
}

impl Summary {
    /// Adds another run's figures.
    pub const fn add(&mut self, other: &Self) {
        self.committed += other.committed;
        self.crashed += other.crashed;
        self.unanswered += other.unanswered;
        self.rolled_back += other.rolled_back;
        self.fenced += other.fenced;
        self.claims += other.claims;
        self.expired += other.expired;
        self.served += other.served;
        self.left += other.left;
        self.replayed += other.replayed;
    }
}

/// A run that found something wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("seed {seed}, batch {batch}: {what}")]
pub struct Failure {
    /// The seed of the run; the same seed fails again at the same batch.
    pub seed: u64,
    /// The batch, counted from zero, after which it was found.
    pub batch: u32,
    /// What was wrong.
    pub what: String,
}

/// What becomes of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Written,
    LostBeforeTheCommit,
    LostAfterTheCommit,
    Failed,
}

/// Tries a lot with so many batches. `flaw` breaks it on purpose; only a test's lot has one.
///
/// # Errors
///
/// [`Failure`], with what is needed to replay it.
pub fn run(seed: u64, batches: u32, flaw: Option<Flaw>) -> Result<Summary, Failure> {
    let mut world = World::new(seed, flaw);
    for batch in 0..batches {
        world.batch().map_err(|what| Failure { seed, batch, what })?;
    }
    Ok(world.summary)
}

struct World {
    rules: LotRules,
    generator: Generator,
    disk: Disk,
    model: Model,
    owners: [Option<Lot>; 2],
    /// What people were told: the number of each request's claim.
    told: HashMap<[u8; 16], u32>,
    summary: Summary,
}

impl World {
    fn new(seed: u64, flaw: Option<Flaw>) -> Self {
        let mut generator = Generator::new(seed);
        let quota = 1 + generator.dice.below(12);
        // Every other sale has its end within the run.
        let ends_at = generator.end();
        let rules = LotRules { hold_s: 600, extension_s: 300, units_max: 3, ends_at };
        Self {
            rules,
            generator,
            disk: Disk::new(quota, flaw),
            model: Model::new(rules, quota),
            owners: [None, None],
            told: HashMap::new(),
            summary: Summary::default(),
        }
    }

    fn batch(&mut self) -> Result<(), String> {
        let dice = &mut self.generator.dice;
        let which = usize::from(dice.chance(15));
        let fate = match dice.below(100) {
            0..=7 => Fate::LostBeforeTheCommit,
            8..=15 => Fate::LostAfterTheCommit,
            16..=24 => Fate::Failed,
            _ => Fate::Written,
        };
        let size = 1 + dice.below(6);
        let mut lot = match self.owners[which].take() {
            Some(lot) => lot,
            None => self.disk.take_over(self.rules),
        };
        let owns = lot.head().fence == self.disk.head.fence;
        let at = self.generator.time();
        let claims = lot.standing().claims;
        // An owner ends what has ended before it looks at anything new.
        let mut commands = vec![Command::Expire];
        commands.extend((0..size).map(|_| self.generator.command(claims)));
        let answers: Vec<_> = commands.iter().map(|command| lot.apply(command, at)).collect();
        let early = self.disk.flaw == Some(Flaw::AnswersBeforeTheCommit);
        if early {
            self.tell(&commands, &answers)?;
        }
        match fate {
            Fate::LostBeforeTheCommit => self.summary.crashed += 1,
            Fate::Failed => {
                lot.roll_back();
                self.summary.rolled_back += 1;
                self.owners[which] = Some(lot);
            }
            Fate::Written | Fate::LostAfterTheCommit => {
                if !self.disk.commit(lot.staged()) {
                    self.summary.fenced += 1;
                    return if owns { Err("the owner was fenced off".into()) } else { Ok(()) };
                }
                if !owns {
                    return Err("a batch of an owner without the lease was written".into());
                }
                lot.confirm();
                self.compare_answers(&commands, &answers, at)?;
                if fate == Fate::Written {
                    self.summary.committed += 1;
                    self.tell(&commands, &answers)?;
                    self.owners[which] = Some(lot);
                } else {
                    self.summary.unanswered += 1;
                }
            }
        }
        self.check()
    }

    /// The model carries out what was written, and must say the same.
    fn compare_answers(
        &mut self,
        commands: &[Command],
        answers: &[Result<Outcome, Refusal>],
        at: Instant,
    ) -> Result<(), String> {
        let served_before = self.served();
        let claims_before = self.model.claims.len();
        for (command, answer) in commands.iter().zip(answers) {
            let right = self.model.carry_out(command, at);
            if right != *answer {
                return Err(format!("{command:?} was answered {answer:?}, right is {right:?}"));
            }
            match answer {
                Ok(Outcome::Expired(ended)) => self.summary.expired += u64::from(*ended),
                Ok(Outcome::Taken(taken)) => self.summary.replayed += u64::from(taken.replayed),
                Ok(Outcome::Left { before: false }) => self.summary.left += 1,
                _ => {}
            }
        }
        self.summary.served += self.served() - served_before;
        self.summary.claims += (self.model.claims.len() - claims_before) as u64;
        Ok(())
    }

    /// How many places the line has moved past, but for those that were left.
    fn served(&self) -> u64 {
        let served = self.model.line.iter().filter(|place| place.state == PlaceState::Served);
        served.count() as u64
    }

    /// People hear their answers. Who was told a number is told the same one ever after.
    fn tell(
        &mut self,
        commands: &[Command],
        answers: &[Result<Outcome, Refusal>],
    ) -> Result<(), String> {
        for (command, answer) in commands.iter().zip(answers) {
            let (Command::Take(take) | Command::Wait(take)) = command else { continue };
            let Ok(Outcome::Taken(taken)) = answer else { continue };
            let before = self.told.insert(take.request, taken.sequence);
            if before.is_some_and(|before| before != taken.sequence) {
                return Err(format!("{take:?} was told {before:?} and then {taken:?}"));
            }
        }
        Ok(())
    }

    /// What must hold after every batch, whatever became of it.
    fn check(&self) -> Result<(), String> {
        let Self { disk, model, .. } = self;
        let taken: u32 =
            disk.claims.iter().filter(|c| c.state.takes()).map(|c| u32::from(c.units)).sum();
        if taken > disk.head.quota {
            return Err(format!("{taken} units are taken of {}", disk.head.quota));
        }
        let plain = |claims: &[Claim]| -> Vec<Claim> {
            claims.iter().map(|claim| Claim { earlier: 0, ..*claim }).collect()
        };
        if plain(&disk.claims) != plain(&model.claims) {
            return Err(format!("on disk {:?}, right is {:?}", disk.claims, model.claims));
        }
        let head = disk.head;
        if disk.line != model.line || (head.quota, head.halted) != (model.quota, model.halted) {
            return Err(format!("on disk {disk:?}, right is {model:?}"));
        }
        for (request, sequence) in &self.told {
            let kept = disk.claims.get(*sequence as usize - 1).map(|claim| claim.request);
            if kept != Some(*request) {
                return Err(format!("claim {sequence} was told and is not there"));
            }
        }
        for lot in self.owners.iter().flatten() {
            if lot.head().fence == disk.head.fence {
                let anew = disk.read(self.rules);
                let same = lot.standing() == anew.standing()
                    && lot.claims() == anew.claims()
                    && lot.line() == anew.line();
                if !same {
                    return Err(format!("in memory {lot:?}, rebuilt {anew:?}"));
                }
            }
        }
        Ok(())
    }
}
