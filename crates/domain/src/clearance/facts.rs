//! The facts of clearance, indexed by country once, so that a verdict looks only at what can
//! concern it.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::{Country, Date};

use super::asked::{AskedElsewhere, check_asked};
use super::assortment::Assortment;
use super::code::{ClearanceCode, FactRef};
use super::grant::Grant;
use super::order::AuthorityOrder;
use super::review::{Presence, Review};
use super::rule::{Reach, Rule};
use crate::market::MarketCode;

/// All facts, as they are stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// What is needed.
    pub rules: Vec<Rule>,
    /// What is there.
    pub grants: Vec<Grant>,
    /// What was ordered.
    pub orders: Vec<AuthorityOrder>,
    /// What was looked at.
    pub reviews: Vec<Review>,
    /// How the maker stands in each market.
    pub presences: Vec<Presence>,
    /// What each market has opened with.
    pub assortments: Vec<Assortment>,
}

/// All facts of one version, ready to be asked.
#[derive(Clone, Debug)]
pub struct Facts {
    version: i64,
    records: Records,
    countries: BTreeMap<Country, InCountry>,
    /// What holds in a country that no fact names.
    elsewhere: InCountry,
    presences: BTreeMap<MarketCode, usize>,
    assortments: BTreeMap<MarketCode, usize>,
    /// Every day on which any fact changes, in order.
    boundaries: Vec<Date>,
}

/// Where the facts of one country stand in the records, in the order of their codes.
#[derive(Clone, Debug, Default)]
struct InCountry {
    rules: Vec<(usize, Vec<usize>, Vec<usize>)>,
    orders: Vec<usize>,
    reviews: Vec<usize>,
}

/// A rule with the grants that could answer it.
pub(super) struct RuleWithGrants<'f> {
    pub(super) rule: &'f Rule,
    grants: &'f [usize],
    spared: &'f [usize],
    records: &'f Records,
}

impl<'f> RuleWithGrants<'f> {
    /// The grants of the rule's own code.
    pub(super) fn grants(&self) -> impl Iterator<Item = &'f Grant> + use<'f> {
        let records = self.records;
        self.grants.iter().map(move |&i| &records.grants[i])
    }

    /// The grants that the rule spares if they are older.
    pub(super) fn spared(&self) -> impl Iterator<Item = &'f Grant> + use<'f> {
        let records = self.records;
        self.spared.iter().map(move |&i| &records.grants[i])
    }
}

/// Something in the records that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactProblem {
    /// Two facts of one kind have one code.
    #[error("{0} is there twice")]
    Twice(FactRef),
    /// A fact names a rule that does not exist.
    #[error("{fact} names the clearance {clearance}, which no rule has")]
    UnknownClearance {
        /// The fact.
        fact: FactRef,
        /// The clearance.
        clearance: ClearanceCode,
    },
    /// Evidence is for a place where its clearance is not asked for.
    #[error("{fact}: {elsewhere}")]
    AskedElsewhere {
        /// The fact.
        fact: FactRef,
        /// Where it is asked for.
        elsewhere: AskedElsewhere,
    },
    /// An order lifts an order that does not exist or does not block.
    #[error("{0} lifts an order that does not exist or does not block")]
    LiftsNothing(FactRef),
}

impl Facts {
    /// Indexes the records of a version.
    #[must_use]
    pub fn new(version: i64, mut records: Records) -> Self {
        records.rules.sort_by(|a, b| a.code.cmp(&b.code));
        records.grants.sort_by(|a, b| a.code.cmp(&b.code));
        records.orders.sort_by(|a, b| a.code.cmp(&b.code));
        records.reviews.sort_by(|a, b| (a.on, &a.code).cmp(&(b.on, &b.code)));
        let countries = named_countries(&records);
        let countries =
            countries.into_iter().map(|c| (c, InCountry::of(&records, Some(c)))).collect();
        let elsewhere = InCountry::of(&records, None);
        let presences = (0..).zip(&records.presences).map(|(i, p)| (p.market, i)).collect();
        let assortments = (0..).zip(&records.assortments).map(|(i, a)| (a.market, i)).collect();
        let boundaries = all_boundaries(&records);
        Self { version, records, countries, elsewhere, presences, assortments, boundaries }
    }

    /// The version that verdicts are marked with.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// The records, in the order of their codes (reviews: of their days).
    #[must_use]
    pub const fn records(&self) -> &Records {
        &self.records
    }

    /// The next day after `at` on which any fact changes: whoever keeps verdicts in memory has to
    /// ask again on that day.
    #[must_use]
    pub fn changes_on(&self, at: Date) -> Option<Date> {
        let next = self.boundaries.partition_point(|day| *day <= at);
        self.boundaries.get(next).copied()
    }

    /// What cannot be meant; an import refuses it. None of it can make a verdict better than it
    /// should be: a grant for an unknown clearance clears nothing.
    #[must_use]
    pub fn problems(&self) -> Vec<FactProblem> {
        let records = &self.records;
        let mut seen = BTreeSet::new();
        let mut problems: Vec<FactProblem> = records
            .refs()
            .filter(|fact| !seen.insert(fact.clone()))
            .map(FactProblem::Twice)
            .collect();
        let known: BTreeSet<&ClearanceCode> = records.rules.iter().map(|rule| &rule.code).collect();
        let named = records.grants.iter().map(|g| (FactRef::Grant(g.code.clone()), &g.clearance));
        let spared = records.rules.iter().filter_map(|rule| {
            rule.spares_prior.as_ref().map(|code| (FactRef::Rule(rule.code.clone()), code))
        });
        for (fact, clearance) in named.chain(spared) {
            if !known.contains(clearance) {
                let clearance = clearance.clone();
                problems.push(FactProblem::UnknownClearance { fact, clearance });
            }
        }
        for grant in &records.grants {
            let asked = check_asked(&records.rules, &grant.clearance, grant.reach);
            if let Err(elsewhere) = asked {
                let fact = FactRef::Grant(grant.code.clone());
                problems.push(FactProblem::AskedElsewhere { fact, elsewhere });
            }
        }
        for order in &records.orders {
            let Some(lifted) = &order.lifts else { continue };
            let blocks = super::order::OrderEffect::Blocks;
            if !records.orders.iter().any(|o| o.code == *lifted && o.effect == blocks) {
                problems.push(FactProblem::LiftsNothing(FactRef::Order(order.code.clone())));
            }
        }
        problems
    }

    pub(super) fn rules(
        &self,
        country: Country,
    ) -> impl Iterator<Item = RuleWithGrants<'_>> + use<'_> {
        let records = &self.records;
        self.in_country(country).rules.iter().map(move |(rule, grants, spared)| RuleWithGrants {
            rule: &records.rules[*rule],
            grants,
            spared,
            records,
        })
    }

    pub(super) fn orders(
        &self,
        country: Country,
    ) -> impl Iterator<Item = &AuthorityOrder> + Clone + use<'_> {
        let records = &self.records;
        self.in_country(country).orders.iter().map(move |&i| &records.orders[i])
    }

    /// The reviews of a country, the oldest first.
    pub(super) fn reviews(&self, country: Country) -> impl Iterator<Item = &Review> + use<'_> {
        let records = &self.records;
        self.in_country(country).reviews.iter().map(move |&i| &records.reviews[i])
    }

    pub(super) fn presence(&self, market: MarketCode) -> Option<&Presence> {
        self.presences.get(&market).map(|&i| &self.records.presences[i])
    }

    /// What a market has opened with, where that binds it.
    #[must_use]
    pub fn assortment(&self, market: MarketCode) -> Option<&Assortment> {
        let kept = self.assortments.get(&market).map(|&i| &self.records.assortments[i]);
        kept.filter(|assortment| assortment.binds())
    }

    fn in_country(&self, country: Country) -> &InCountry {
        self.countries.get(&country).unwrap_or(&self.elsewhere)
    }
}

impl Records {
    /// The names of all facts.
    fn refs(&self) -> impl Iterator<Item = FactRef> {
        let rules = self.rules.iter().map(|rule| FactRef::Rule(rule.code.clone()));
        let grants = self.grants.iter().map(|grant| FactRef::Grant(grant.code.clone()));
        let orders = self.orders.iter().map(|order| FactRef::Order(order.code.clone()));
        let reviews = self.reviews.iter().map(|review| FactRef::Review(review.code.clone()));
        let presences = self.presences.iter().map(|presence| FactRef::Presence(presence.market));
        let assortments = self.assortments.iter().map(|own| FactRef::Assortment(own.market));
        rules.chain(grants).chain(orders).chain(reviews).chain(presences).chain(assortments)
    }
}

impl InCountry {
    fn of(records: &Records, country: Option<Country>) -> Self {
        let here = |reach: Reach| match country {
            Some(country) => reach.includes(country),
            None => reach == Reach::Everywhere,
        };
        let grants_of = |clearance: &ClearanceCode| {
            let grants = (0..).zip(&records.grants);
            let ours = grants.filter(|(_, g)| g.clearance == *clearance && here(g.reach));
            ours.map(|(i, _)| i).collect::<Vec<usize>>()
        };
        let rules = (0..).zip(&records.rules).filter(|(_, rule)| here(rule.reach));
        let orders = (0..).zip(&records.orders).filter(|(_, order)| here(order.reach));
        let reviews = (0..).zip(&records.reviews).filter(|(_, r)| Some(r.country) == country);
        Self {
            rules: rules
                .map(|(i, rule)| {
                    let spared = rule.spares_prior.as_ref().map(grants_of).unwrap_or_default();
                    (i, grants_of(&rule.code), spared)
                })
                .collect(),
            orders: orders.map(|(i, _)| i).collect(),
            reviews: reviews.map(|(i, _)| i).collect(),
        }
    }
}

fn named_countries(records: &Records) -> BTreeSet<Country> {
    let rules = records.rules.iter().map(|rule| rule.reach);
    let grants = records.grants.iter().map(|grant| grant.reach);
    let orders = records.orders.iter().map(|order| order.reach);
    let reviews = records.reviews.iter().map(|review| Reach::Country(review.country));
    rules
        .chain(grants)
        .chain(orders)
        .chain(reviews)
        .filter_map(|reach| match reach {
            Reach::Country(country) => Some(country),
            Reach::Everywhere => None,
        })
        .collect()
}

fn all_boundaries(records: &Records) -> Vec<Date> {
    let mut days: Vec<Date> = Vec::new();
    days.extend(records.rules.iter().flat_map(Rule::boundaries).flatten());
    days.extend(records.grants.iter().flat_map(Grant::boundaries).flatten());
    days.extend(records.orders.iter().flat_map(AuthorityOrder::boundaries).flatten());
    days.extend(records.reviews.iter().flat_map(|review| [review.on, review.stale_on()]));
    days.sort_unstable();
    days.dedup();
    days
}
