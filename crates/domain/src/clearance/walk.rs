//! The one walk over the facts that can concern a product in a place on a day. It says what it
//! finds and from which act on that matters; verdicts, ladders and explanations are made from it,
//! so that they can never disagree.

use kontor_base::{Country, Date};

use super::assortment::Bound;
use super::facts::{Facts, RuleWithGrants};
use super::finding::{Effect, Finding, Lack, Source};
use super::grant::{Grant, GrantKind, GrantState};
use super::order::{AuthorityOrder, OrderEffect};
use super::rule::{Rule, Strength};
use super::subject::{Place, Setting, Subject};
use super::truth::Truth;
use crate::market::{Act, Goods, stage_allows};

/// From which act on a country's rules must have been reviewed. Below it no goods are offered:
/// a market that is being prepared may say so and take names.
pub(super) const COVERAGE_GATES: Act = Act::Preorder;

/// Walks over everything that can concern `subject` in `place` on `at`, in a fixed order.
pub(super) fn walk<'f>(
    subject: &Subject<'_>,
    place: &Place<'_>,
    at: Date,
    facts: &'f Facts,
    visit: &mut dyn FnMut(Finding<'f>),
) {
    // Without a country no rule would be looked at, and nothing found is "allowed".
    assert!(!place.market.countries.is_empty(), "a market has at least one country");
    walk_stage(place, subject.model.class.goods(), visit);
    walk_plan(subject, place, facts, visit);
    let presence = facts.presence(place.market.code);
    for country in place.countries() {
        let setting = Setting { country, market: place.market, presence };
        walk_reviews(country, at, facts, visit);
        for rule in facts.rules(country) {
            visit(look_at_rule(&rule, subject, &setting, at));
        }
        for order in facts.orders(country) {
            visit(look_at_order(order, subject, country, at, facts));
        }
    }
}

fn walk_stage<'f>(place: &Place<'_>, goods: Goods, visit: &mut dyn FnMut(Finding<'f>)) {
    let stage = |gates, effect| Finding { fact: Source::Stage, gates, effect, next: None };
    let elsewhere = place.ship_to.filter(|country| !place.market.countries.contains(country));
    if let Some(country) = elsewhere {
        let lack = Lack::Country(country);
        visit(stage(Act::Announce, Effect::Refuses { lack, notice_from: None }));
    }
    // Which acts a stage refuses is not a matter of degree (a paused market delivers but does not
    // sell), so this finding is judged act by act by whoever receives it.
    let lack = Lack::Stage(goods);
    visit(stage(Act::Announce, Effect::Refuses { lack, notice_from: None }));
}

/// Looks at what the market has opened with. A market that sells no more is not bound by it: the spare
/// parts that are still to be had there are for whoever has bought before.
fn walk_plan<'f>(
    subject: &Subject<'_>,
    place: &Place<'_>,
    facts: &'f Facts,
    visit: &mut dyn FnMut(Finding<'f>),
) {
    if place.bound == Bound::ByNothing || !stage_allows(place.market.stage, Act::Sell) {
        return;
    }
    let Some(assortment) = facts.assortment(place.market.code) else { return };
    let effect = if assortment.includes(&subject.variant.sku) {
        Effect::Fine
    } else {
        Effect::Refuses { lack: Lack::NotPlanned, notice_from: None }
    };
    let (fact, gates) = (Source::Plan(assortment), Act::Preorder);
    visit(Finding { fact, gates, effect, next: None });
}

fn walk_reviews<'f>(
    country: Country,
    at: Date,
    facts: &'f Facts,
    visit: &mut dyn FnMut(Finding<'f>),
) {
    let latest = facts.reviews(country).filter(|review| review.on <= at).last();
    let coming = facts.reviews(country).map(|review| review.on).find(|on| *on > at);
    let (fact, effect, next) = match latest {
        None => {
            let effect = Effect::Refuses { lack: Lack::Unreviewed, notice_from: None };
            (Source::NoReview(country), effect, coming)
        }
        Some(review) if review.stale_on() <= at => {
            (Source::Review(review), Effect::Advises(Lack::Stale), coming)
        }
        Some(review) => {
            let next = coming.into_iter().chain([review.stale_on()]).min();
            (Source::Review(review), Effect::Fine, next)
        }
    };
    visit(Finding { fact, gates: COVERAGE_GATES, effect, next });
}

fn look_at_rule<'f>(
    entry: &RuleWithGrants<'f>,
    subject: &Subject<'_>,
    setting: &Setting<'_>,
    at: Date,
) -> Finding<'f> {
    let rule = entry.rule;
    let fact = Source::Rule(rule, setting.country);
    let truth = rule.applies_when.truth(subject, setting);
    if truth == Truth::No {
        let gates = rule.touches_from();
        return Finding { fact, gates, effect: Effect::DoesNotApply, next: None };
    }
    let mut next = Next::after(at);
    next.among(rule.boundaries());
    let effect = if rule.in_force(at) {
        weigh(entry, truth, subject, setting, &mut next)
    } else {
        // What its grants do before it is in force cannot matter.
        Effect::NotInForce
    };
    Finding { fact, gates: rule.touches_from(), effect, next: next.day }
}

/// What an applicable (or possibly applicable) rule in force comes to.
fn weigh<'f>(
    entry: &RuleWithGrants<'f>,
    truth: Truth,
    subject: &Subject<'_>,
    setting: &Setting<'_>,
    next: &mut Next,
) -> Effect<'f> {
    let rule = entry.rule;
    let lack = match best_evidence(entry, subject, next) {
        Evidence::Good(grant) => return Effect::Satisfied(grant),
        Evidence::Lacks(lack) => lack,
    };
    if let Some(grant) = spared_grant(entry, subject, next) {
        return Effect::Spared(grant);
    }
    let notice_from = rule.conditional.as_ref().map(|conditional| conditional.from);
    let (lack, notice_from) = if truth == Truth::Unknown {
        // It may be that the rule is about the product; then a notice may be due or not be enough.
        (Lack::Unknown(rule.applies_when.unknown_words(subject, setting)), None)
    } else if rule.blocks {
        (Lack::Blocked, None)
    } else {
        (lack, notice_from)
    };
    match rule.strength {
        Strength::Required => Effect::Refuses { lack, notice_from },
        Strength::Advisory => Effect::Advises(lack),
    }
}

enum Evidence<'f> {
    Good(&'f Grant),
    Lacks(Lack<'f>),
}

/// The best of the grants that cover the subject.
fn best_evidence<'f>(
    entry: &RuleWithGrants<'f>,
    subject: &Subject<'_>,
    next: &mut Next,
) -> Evidence<'f> {
    let mut best = Lack::Missing;
    let mut good = None;
    for grant in entry.grants().filter(|grant| grant.scope.covers(subject) == Truth::Yes) {
        // Also the boundaries of grants that do not win: they may win on their next day.
        next.among(grant.boundaries());
        let lack = match grant.state(next.at, 0) {
            GrantState::NotYet => continue,
            state if state.holds() => {
                if vouched_for(entry.rule, grant, next.at) {
                    good = good.or(Some(grant));
                    continue;
                }
                Lack::Unverified(grant)
            }
            GrantState::InProgress { expected_on } => Lack::InProgress(grant, expected_on),
            GrantState::Expired { since } => Lack::Expired(grant, since),
            GrantState::Revoked { since } => Lack::Revoked(grant, since),
            GrantState::Granted | GrantState::Expiring { .. } => {
                unreachable!("these states hold and are dealt with above")
            }
        };
        if lack.closeness() > best.closeness() {
            best = lack;
        }
    }
    good.map_or(Evidence::Lacks(best), Evidence::Good)
}

/// Whether a grant that holds can be relied on. A rule from memory is answered only by a rule that
/// a named person confirmed, or by a grant that was checked in a public register or by counsel.
/// That a rule is *not* about a product is always somebody's decision, never only a paper.
fn vouched_for(rule: &Rule, grant: &Grant, at: Date) -> bool {
    let decided = grant.kind == GrantKind::Grant
        || grant.verified.as_ref().is_some_and(|verified| verified.on <= at);
    decided && (!rule.unconfirmed(at) || grant.independently_verified(at))
}

fn spared_grant<'f>(
    entry: &RuleWithGrants<'f>,
    subject: &Subject<'_>,
    next: &mut Next,
) -> Option<&'f Grant> {
    let from = entry.rule.effective_from?;
    let mut spared = None;
    for grant in entry.spared() {
        let prior = grant.kind == GrantKind::Grant && grant.issued_on.is_some_and(|on| on < from);
        if prior && grant.scope.covers(subject) == Truth::Yes {
            next.among(grant.boundaries());
            if grant.state(next.at, 0).holds() {
                spared = spared.or(Some(grant));
            }
        }
    }
    spared
}

fn look_at_order<'f>(
    order: &'f AuthorityOrder,
    subject: &Subject<'_>,
    country: Country,
    at: Date,
    facts: &'f Facts,
) -> Finding<'f> {
    let finding =
        |effect, next| Finding { fact: Source::Order(order), gates: order.gates, effect, next };
    let truth = order.concerns(subject);
    if truth == Truth::No {
        return finding(Effect::DoesNotApply, None);
    }
    let mut next = Next::after(at);
    next.among(order.boundaries());
    if !order.in_force(at) {
        return finding(Effect::NotInForce, next.day);
    }
    let mut lifting = None;
    for other in facts.orders(country).filter(|other| other.lifts.as_ref() == Some(&order.code)) {
        if other.frees(subject) {
            next.among(other.boundaries());
            if other.in_force(at) {
                lifting = lifting.or(Some(&other.code));
            }
        }
    }
    let effect = match (order.effect, truth, lifting) {
        (_, _, Some(other)) => Effect::LiftedBy(other),
        (OrderEffect::Conditions, Truth::Yes, None) => Effect::Obliges,
        // Whether the conditions are about it is not known; what they lift is not lifted for it,
        // and if they lift nothing they may still have to be met.
        (OrderEffect::Conditions, _, None) if order.lifts.is_some() => Effect::DoesNotApply,
        (OrderEffect::Blocks, Truth::Yes, None) => {
            Effect::Refuses { lack: Lack::Blocked, notice_from: None }
        }
        _ => {
            let words = component_words(order);
            Effect::Refuses { lack: Lack::Unknown(words), notice_from: None }
        }
    };
    finding(effect, next.day)
}

fn component_words(order: &AuthorityOrder) -> Vec<String> {
    let component = order.scope.component.as_ref();
    component.map(|component| format!("component.{}", component.kind.word())).into_iter().collect()
}

/// Finds the first boundary after a day.
struct Next {
    at: Date,
    day: Option<Date>,
}

impl Next {
    const fn after(at: Date) -> Self {
        Self { at, day: None }
    }

    fn among(&mut self, days: impl IntoIterator<Item = Option<Date>>) {
        let at = self.at;
        let coming = days.into_iter().flatten().filter(|day| *day > at);
        self.day = coming.chain(self.day).min();
    }
}
