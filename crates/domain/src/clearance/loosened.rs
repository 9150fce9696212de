//! What holds a product back less once it, or its market, is described differently. A withdrawal matches a
//! variant's own factory and parts, and a rule its attributes and the way in which goods get to the market:
//! whoever edits these edits what the facts say.

use kontor_base::Date;

use super::code::FactRef;
use super::facts::Facts;
use super::finding::{Effect, Finding, Source};
use super::rule::Strength;
use super::subject::{Place, Subject};
use super::verdict::Outcome;
use super::walk::walk;
use crate::market::Act;

/// The facts that hold a product back less `after` than `before`, each once; the same variant in the same
/// market and countries on the same day, either of them described differently. Every fact is compared by
/// itself, so that one that is let go behind another is found too: the other may go later.
///
/// # Panics
///
/// If these are two variants, or places with other countries: then nothing is compared with itself.
#[must_use]
pub fn loosened(
    before: (&Subject<'_>, &Place<'_>),
    after: (&Subject<'_>, &Place<'_>),
    at: Date,
    facts: &Facts,
) -> Vec<FactRef> {
    let ((was, there), (is_now, place)) = (before, after);
    assert_eq!(was.variant.sku, is_now.variant.sku, "a variant is compared with itself");
    assert!(there.countries().eq(place.countries()), "a place is compared with itself");
    let mut held = Vec::new();
    walk(was, there, at, facts, &mut |finding| held.push(finding));
    let mut held = held.into_iter();
    let mut loose = Vec::new();
    // The walk's order comes from the countries and the facts alone: the same fact comes at the same step.
    walk(is_now, place, at, facts, &mut |now| {
        let was = held.next().expect("a walk in the same place has as many steps");
        let fact = match now.fact {
            Source::Rule(rule, _) => FactRef::Rule(rule.code.clone()),
            Source::Order(order) => FactRef::Order(order.code.clone()),
            // These say the same of every product, or only by its number, which is the same.
            Source::Stage | Source::Plan(_) | Source::NoReview(_) | Source::Review(_) => return,
        };
        if lets_go(&was, &now, place) && !loose.contains(&fact) {
            loose.push(fact);
        }
    });
    loose
}

fn lets_go(was: &Finding<'_>, now: &Finding<'_>, place: &Place<'_>) -> bool {
    let rises = |act| rung(now, act, place) > rung(was, act, place);
    Act::ALL.into_iter().any(rises) || (bears(was) && matches!(now.effect, Effect::DoesNotApply))
}

fn rung(finding: &Finding<'_>, act: Act, place: &Place<'_>) -> Outcome {
    if finding.refuses(act, place) {
        Outcome::Refused
    } else if finding.conditions(act) {
        Outcome::Conditional
    } else {
        Outcome::Allowed
    }
}

/// Whether a fact that does not refuse now is about the product all the same: evidence answers it, an
/// order is lifted, or its day comes. Evidence ends, and then it would refuse.
fn bears(finding: &Finding<'_>) -> bool {
    let required = match finding.fact {
        Source::Rule(rule, _) => rule.strength == Strength::Required,
        _ => true,
    };
    let stands = match finding.effect {
        Effect::Satisfied(_) | Effect::Spared(_) | Effect::LiftedBy(_) => true,
        Effect::NotInForce => finding.next.is_some(),
        _ => false,
    };
    required && stands
}
