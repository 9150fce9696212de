//! The verdict: what [`may`] answers, and [`explain`], which tells every fact that was looked at.

use kontor_base::{Country, Date};
use serde::{Deserialize, Serialize};

use super::code::{AuthorityOrderCode, FactRef, GrantCode};
use super::facts::Facts;
use super::finding::{Effect, Finding, Source};
use super::reason::{Obligation, Reason};
use super::subject::{Place, Subject};
use super::walk::walk;
use crate::catalogue::Sku;
use crate::market::{Act, MarketCode};

/// How a verdict comes out; more is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Not allowed, for the reasons given.
    Refused,
    /// Allowed if the obligations given are met.
    Conditional,
    /// Allowed.
    Allowed,
}

impl Outcome {
    /// The word in data, logs and URLs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Conditional => "conditional",
            Self::Allowed => "allowed",
        }
    }

    /// Whether the act may be carried out, with or without conditions.
    #[must_use]
    pub const fn permits(self) -> bool {
        !matches!(self, Self::Refused)
    }
}

/// An answer, with everything needed to understand it years later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// How it comes out.
    pub outcome: Outcome,
    /// The act in question.
    pub act: Act,
    /// The market.
    pub market: MarketCode,
    /// The country of the ship-to address, if one was asked about.
    pub ship_to: Option<Country>,
    /// The variant.
    pub sku: Sku,
    /// The day.
    pub at: Date,
    /// Why it is refused, in the order in which to tell it; empty if it is not.
    pub reasons: Vec<Reason>,
    /// What has to be done; empty unless the outcome is conditional (a refusal makes obligations
    /// moot).
    pub obligations: Vec<Obligation>,
    /// What is worth pointing out although it refuses nothing.
    pub advice: Vec<Reason>,
    /// The first day on which the answer can be another one, as far as is known: on every day
    /// before it, the same facts give the same outcome, reasons and obligations.
    pub changes_on: Option<Date>,
    /// The version of the facts.
    pub facts_version: i64,
    /// The facts that the answer stands on, in the order in which they were looked at.
    pub relied_on: Vec<FactRef>,
}

impl Verdict {
    /// The last day for which the answer is good, as far as is known.
    #[must_use]
    pub fn until(&self) -> Option<Date> {
        self.changes_on.and_then(|day| day.yesterday().ok())
    }

    /// Whether any of the reasons has this code.
    #[must_use]
    pub fn has_reason(&self, code: &str) -> bool {
        self.reasons.iter().any(|reason| reason.code() == code)
    }
}

/// Whether `act` may be carried out with `subject` in `place` on `at`.
#[must_use]
pub fn may(act: Act, subject: &Subject<'_>, place: &Place<'_>, at: Date, facts: &Facts) -> Verdict {
    let mut verdict = Verdict {
        outcome: Outcome::Allowed,
        act,
        market: place.market.code,
        ship_to: place.ship_to,
        sku: subject.variant.sku.clone(),
        at,
        reasons: Vec::new(),
        obligations: Vec::new(),
        advice: Vec::new(),
        changes_on: None,
        facts_version: facts.version(),
        relied_on: Vec::new(),
    };
    walk(subject, place, at, facts, &mut |finding| verdict.take(&finding, place));
    verdict.close();
    verdict
}

impl Verdict {
    fn take(&mut self, finding: &Finding<'_>, place: &Place<'_>) {
        if self.act < finding.gates {
            return;
        }
        self.changes_on = finding.next.into_iter().chain(self.changes_on).min();
        self.rely_on(finding);
        match &finding.effect {
            Effect::Refuses { lack, .. } if finding.refuses(self.act, place) => {
                self.reasons.push(finding.reason(lack, place, self.at));
            }
            Effect::Refuses { .. } | Effect::Obliges if finding.conditions(self.act) => {
                match finding.fact {
                    Source::Rule(rule, _) => self.obligations.extend(Obligation::notice_of(rule)),
                    Source::Order(order) => self.obligations.extend(Obligation::of_order(order)),
                    Source::Stage | Source::Plan(_) | Source::NoReview(_) | Source::Review(_) => {}
                }
            }
            Effect::Advises(lack) => self.advice.push(finding.reason(lack, place, self.at)),
            _ => {}
        }
    }

    fn rely_on(&mut self, finding: &Finding<'_>) {
        match (finding.fact, &finding.effect) {
            (Source::Stage | Source::NoReview(_), _)
            | (_, Effect::NotInForce | Effect::DoesNotApply) => return,
            (Source::Plan(assortment), _) => {
                self.relied_on.push(FactRef::Assortment(assortment.market));
            }
            (Source::Review(review), _) => {
                self.relied_on.push(FactRef::Review(review.code.clone()));
            }
            (Source::Rule(rule, _), _) => self.relied_on.push(FactRef::Rule(rule.code.clone())),
            (Source::Order(order), _) => self.relied_on.push(FactRef::Order(order.code.clone())),
        }
        match &finding.effect {
            Effect::Satisfied(grant) | Effect::Spared(grant) => {
                self.relied_on.push(FactRef::Grant(grant.code.clone()));
            }
            Effect::LiftedBy(order) => self.relied_on.push(FactRef::Order((*order).clone())),
            _ => {}
        }
    }

    fn close(&mut self) {
        sort_reasons(&mut self.reasons);
        sort_reasons(&mut self.advice);
        // A market of several countries meets a rule that holds everywhere once for each of them.
        remove_repeated(&mut self.obligations);
        remove_repeated(&mut self.relied_on);
        self.outcome = if !self.reasons.is_empty() {
            self.obligations.clear();
            Outcome::Refused
        } else if !self.obligations.is_empty() {
            Outcome::Conditional
        } else {
            Outcome::Allowed
        };
    }
}

fn sort_reasons(reasons: &mut [Reason]) {
    // Stable: what was found first stays first among equals.
    reasons.sort_by(|a, b| a.rank().cmp(&b.rank()).then_with(|| a.fact().cmp(&b.fact())));
}

fn remove_repeated<T: PartialEq>(list: &mut Vec<T>) {
    let mut kept = 0;
    for next in 0..list.len() {
        if !list[..kept].contains(&list[next]) {
            list.swap(kept, next);
            kept += 1;
        }
    }
    list.truncate(kept);
}

/// A verdict with every fact that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The verdict.
    pub verdict: Verdict,
    /// What was looked at, in order.
    pub steps: Vec<Step>,
}

/// One fact that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The fact; none for the market's stage and for a review that does not exist.
    pub fact: Option<FactRef>,
    /// The country it was looked at for; none for the market's stage.
    pub country: Option<Country>,
    /// The fact in a sentence.
    pub title: String,
    /// From which act on it matters; at lower ones it has no effect.
    pub gates: Act,
    /// What it comes to.
    pub effect: StepEffect,
    /// The next day on which that can change.
    pub next: Option<Date>,
}

/// What a fact comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum StepEffect {
    /// It matters only from a higher act on.
    GatesLaterAct,
    /// It is not in force on that day.
    NotInForce,
    /// It is about something else.
    DoesNotApply,
    /// It stands in nobody's way.
    Fine,
    /// There is evidence (or a decision that the rule is not about this).
    Satisfied {
        /// Which.
        grant: GrantCode,
    },
    /// It would block, but spares an older grant.
    Spared {
        /// Which.
        grant: GrantCode,
    },
    /// Another order takes the force from it.
    LiftedBy {
        /// Which.
        order: AuthorityOrderCode,
    },
    /// Conditions have to be met.
    Conditions,
    /// It refuses.
    Refuses {
        /// Why.
        reason: Reason,
    },
    /// It is pointed out.
    Advises {
        /// What.
        reason: Reason,
    },
}

/// The verdict with everything that was looked at, for the people who have to act on it.
#[must_use]
pub fn explain(
    act: Act,
    subject: &Subject<'_>,
    place: &Place<'_>,
    at: Date,
    facts: &Facts,
) -> Explanation {
    let mut steps = Vec::new();
    walk(subject, place, at, facts, &mut |finding| steps.push(step(&finding, act, place, at)));
    Explanation { verdict: may(act, subject, place, at, facts), steps }
}

fn step(finding: &Finding<'_>, act: Act, place: &Place<'_>, at: Date) -> Step {
    let (fact, country, title) = match finding.fact {
        Source::Stage => (None, None, format!("stage {}", place.market.stage.word())),
        Source::Plan(assortment) => {
            let title = format!("what {} has opened with", assortment.market);
            (Some(FactRef::Assortment(assortment.market)), None, title)
        }
        Source::NoReview(country) => (None, Some(country), "no review".to_owned()),
        Source::Review(review) => {
            let title = format!("reviewed on {} by {}", review.on, review.by);
            (Some(FactRef::Review(review.code.clone())), Some(review.country), title)
        }
        Source::Rule(rule, country) => {
            (Some(FactRef::Rule(rule.code.clone())), Some(country), rule.title.clone())
        }
        Source::Order(order) => {
            let country = place.countries().find(|country| order.reach.includes(*country));
            (Some(FactRef::Order(order.code.clone())), country, order.title.clone())
        }
    };
    let effect = step_effect(finding, act, place, at);
    Step { fact, country, title, gates: finding.gates, effect, next: finding.next }
}

fn step_effect(finding: &Finding<'_>, act: Act, place: &Place<'_>, at: Date) -> StepEffect {
    match &finding.effect {
        Effect::NotInForce => StepEffect::NotInForce,
        Effect::DoesNotApply => StepEffect::DoesNotApply,
        _ if act < finding.gates => StepEffect::GatesLaterAct,
        Effect::Fine => StepEffect::Fine,
        Effect::Satisfied(grant) => StepEffect::Satisfied { grant: grant.code.clone() },
        Effect::Spared(grant) => StepEffect::Spared { grant: grant.code.clone() },
        Effect::LiftedBy(order) => StepEffect::LiftedBy { order: (*order).clone() },
        Effect::Obliges => StepEffect::Conditions,
        Effect::Refuses { lack, .. } if finding.refuses(act, place) => {
            StepEffect::Refuses { reason: finding.reason(lack, place, at) }
        }
        Effect::Refuses { .. } if finding.conditions(act) => StepEffect::Conditions,
        Effect::Refuses { .. } => StepEffect::Fine,
        Effect::Advises(lack) => StepEffect::Advises { reason: finding.reason(lack, place, at) },
    }
}
