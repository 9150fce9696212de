//! Predicates: "applies when" as a small tree over the words of the vocabulary, with three-valued
//! truth. It is read from and written as text; both ways are exact.

use std::fmt;
use std::str::FromStr;

use kontor_base::{Cell, Country, Wrong};
use serde::{Deserialize, Serialize};

use super::scope::ComponentScope;
use super::subject::{Setting, Share, Subject};
use super::truth::Truth;
use super::vocabulary::{CLASS_LISTS, Traits, Vocabulary, WordId};
use crate::catalogue::ProductClass;

/// The longest predicate, in bytes.
pub(super) const LENGTH_MAX: usize = 1_000;
/// The deepest nesting of parentheses and `not`.
pub(super) const DEPTH_MAX: usize = 16;

/// When a rule applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Predicate(pub(super) Node);

/// A tree in normal form: no `and` directly in an `and`, no `or` directly in an `or`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Always,
    Word(WordId),
    ClassIn(ClassSet),
    ClassList(usize),
    Component(ComponentScope),
    Market(Country),
    HostedIn(Country),
    Import,
    EntityForeign,
    OverseasDirect,
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// A set of classes, one bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ClassSet(u16);

impl ClassSet {
    pub(super) const fn with(self, class: ProductClass) -> Self {
        Self(self.0 | 1 << class as u16)
    }

    const fn contains(self, class: ProductClass) -> bool {
        self.0 & 1 << class as u16 != 0
    }
}

/// What should stand at a place of a predicate's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A word, "not" or a bracket.
    Operand,
    /// "and", "or" or the end.
    Joint,
    /// The "in" between "class" and its classes.
    In,
    /// A list of classes, by its name or in brackets.
    List,
    /// A class.
    Class,
    /// The end of a bracket.
    Close,
}

/// What is wrong with a predicate's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PredicateProblem {
    /// No such word.
    UnknownWord {
        /// The word.
        word: String,
        /// The known word nearest to it.
        nearest: Option<String>,
    },
    /// Something else should stand there.
    Expected {
        /// What would be good.
        expected: Expected,
        /// What is there; none: the end.
        found: Option<String>,
    },
    /// A sign that predicates do not have.
    Sign(char),
    /// Longer than allowed.
    TooLong,
    /// Nested deeper than allowed.
    TooDeep,
}

/// A predicate could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PredicateError {
    /// Where, in characters from 1.
    pub position: usize,
    /// What.
    pub problem: PredicateProblem,
}

impl fmt::Display for PredicateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a predicate: {}", Wrong::from(self))
    }
}

impl std::error::Error for PredicateError {}

impl From<&PredicateError> for Wrong {
    fn from(error: &PredicateError) -> Self {
        let position = error.position.to_string();
        match error.problem.clone() {
            PredicateProblem::UnknownWord { word, nearest: None } => {
                Self::ConditionWord { word, position }
            }
            PredicateProblem::UnknownWord { word, nearest: Some(nearest) } => {
                Self::ConditionWordNear { word, nearest, position }
            }
            PredicateProblem::Expected { expected: Expected::Close, found: None } => {
                Self::ConditionOpen { position }
            }
            PredicateProblem::Expected { expected: _, found: None } => {
                Self::ConditionEnds { position }
            }
            PredicateProblem::Expected { expected, found: Some(found) } => match expected {
                Expected::Operand => Self::ConditionOperand { found, position },
                Expected::Joint => Self::ConditionJoint { found, position },
                Expected::In => Self::ConditionIn { found, position },
                Expected::List => Self::ConditionList { found, position },
                Expected::Class => Self::ConditionClass { found, position },
                Expected::Close => Self::ConditionClose { found, position },
            },
            PredicateProblem::Sign(sign) => {
                Self::ConditionSign { found: sign.to_string(), position }
            }
            PredicateProblem::TooLong => Self::ConditionTooLong { max: LENGTH_MAX.to_string() },
            PredicateProblem::TooDeep => {
                Self::ConditionTooDeep { max: DEPTH_MAX.to_string(), position }
            }
        }
    }
}

impl Predicate {
    /// Whether it is so for a product in a place.
    pub(super) fn truth(&self, subject: &Subject<'_>, setting: &Setting<'_>) -> Truth {
        self.0.truth(&Known {
            traits: subject.traits,
            class: subject.model.class,
            place: Some((subject, setting)),
        })
    }

    /// Whether it is so as far as words about the product alone go; everything else is unknown.
    pub(super) fn truth_of_traits(&self, traits: Traits, class: ProductClass) -> Truth {
        self.0.truth(&Known { traits, class, place: None })
    }

    /// The words that nobody has said anything about, for telling what to fill in.
    pub(super) fn unknown_words(
        &self,
        subject: &Subject<'_>,
        setting: &Setting<'_>,
    ) -> Vec<String> {
        let known = Known {
            traits: subject.traits,
            class: subject.model.class,
            place: Some((subject, setting)),
        };
        let mut words = Vec::new();
        self.0.collect_unknown(&known, &mut words);
        words.sort();
        words.dedup();
        words
    }
}

/// What a tree is tested against.
struct Known<'a> {
    traits: Traits,
    class: ProductClass,
    place: Option<(&'a Subject<'a>, &'a Setting<'a>)>,
}

impl Node {
    fn truth(&self, known: &Known<'_>) -> Truth {
        match self {
            Self::Not(inner) => !inner.truth(known),
            Self::And(parts) => {
                parts.iter().fold(Truth::Yes, |truth, part| truth.and(part.truth(known)))
            }
            Self::Or(parts) => {
                parts.iter().fold(Truth::No, |truth, part| truth.or(part.truth(known)))
            }
            leaf => leaf.leaf_truth(known),
        }
    }

    fn leaf_truth(&self, known: &Known<'_>) -> Truth {
        match self {
            Self::Always => return Truth::Yes,
            Self::Word(word) => return known.traits.get(*word),
            Self::ClassIn(set) => return set.contains(known.class).into(),
            Self::ClassList(list) => return CLASS_LISTS[*list].1.contains(&known.class).into(),
            _ => {}
        }
        let Some((subject, setting)) = known.place else { return Truth::Unknown };
        match self {
            Self::Component(component) => subject.holds(component, Share::Any),
            Self::Market(country) => (setting.country == *country).into(),
            Self::HostedIn(country) => setting.hosted_in(*country),
            Self::Import => setting.market.fulfilment.imports().into(),
            Self::EntityForeign => setting.entity_foreign(),
            Self::OverseasDirect => setting.overseas_direct(),
            _ => unreachable!("leaves about the product and branches are dealt with above"),
        }
    }

    fn collect_unknown(&self, known: &Known<'_>, words: &mut Vec<String>) {
        if self.truth(known) != Truth::Unknown {
            return;
        }
        match self {
            Self::Not(inner) => inner.collect_unknown(known, words),
            Self::And(parts) | Self::Or(parts) => {
                for part in parts {
                    part.collect_unknown(known, words);
                }
            }
            leaf => words.push(leaf.to_string()),
        }
    }

    /// All of `parts`, in normal form.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        Self::join(parts, Self::And, |node| match node {
            Self::And(inner) => Ok(inner),
            other => Err(other),
        })
    }

    /// Any of `parts`, in normal form.
    pub(super) fn any(parts: Vec<Self>) -> Self {
        Self::join(parts, Self::Or, |node| match node {
            Self::Or(inner) => Ok(inner),
            other => Err(other),
        })
    }

    fn join(
        parts: Vec<Self>,
        make: fn(Vec<Self>) -> Self,
        open: fn(Self) -> Result<Vec<Self>, Self>,
    ) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match open(part) {
                Ok(inner) => flat.extend(inner),
                Err(part) => flat.push(part),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { make(flat) }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("always"),
            Self::Word(word) => f.write_str(Vocabulary::get().name(*word)),
            Self::ClassIn(set) => write_classes(f, *set),
            Self::ClassList(list) => write!(f, "class in {}", CLASS_LISTS[*list].0),
            Self::Component(component) => {
                write!(f, "component.{}.{}", component.kind.word(), component.maker)?;
                component.part.iter().try_for_each(|part| write!(f, ".{part}"))
            }
            Self::Market(country) => write!(f, "market.{country}"),
            Self::HostedIn(country) => write!(f, "shop.hosted_in.{country}"),
            Self::Import => f.write_str("import"),
            Self::EntityForeign => f.write_str("shop.entity_foreign"),
            Self::OverseasDirect => f.write_str("shop.overseas_direct"),
            Self::Not(inner) => match **inner {
                Self::And(_) | Self::Or(_) => write!(f, "not ({inner})"),
                _ => write!(f, "not {inner}"),
            },
            Self::And(parts) => write_joined(f, parts, " and "),
            Self::Or(parts) => write_joined(f, parts, " or "),
        }
    }
}

fn write_classes(f: &mut fmt::Formatter<'_>, set: ClassSet) -> fmt::Result {
    let mut classes = ProductClass::ALL.into_iter().filter(|class| set.contains(*class));
    if set.0.count_ones() == 1 {
        return classes.try_for_each(|class| write!(f, "class.{}", class.word()));
    }
    f.write_str("class in (")?;
    for (i, class) in classes.enumerate() {
        write!(f, "{}{}", if i == 0 { "" } else { "," }, class.word())?;
    }
    f.write_str(")")
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Node], word: &str) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        let gap = if i == 0 { "" } else { word };
        // `and` binds tighter than `or`, so only an `or` inside an `and` needs parentheses.
        if matches!(part, Node::Or(_)) {
            write!(f, "{gap}({part})")?;
        } else {
            write!(f, "{gap}{part}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Predicate {
    type Err = PredicateError;

    fn from_str(text: &str) -> Result<Self, PredicateError> {
        Self::parse_with(text, Vocabulary::get())
    }
}

impl Cell for Predicate {
    fn wrong(_: &str, error: &PredicateError) -> Wrong {
        error.into()
    }
}

impl TryFrom<String> for Predicate {
    type Error = PredicateError;

    fn try_from(text: String) -> Result<Self, PredicateError> {
        text.parse()
    }
}

impl From<Predicate> for String {
    fn from(predicate: Predicate) -> Self {
        predicate.to_string()
    }
}
