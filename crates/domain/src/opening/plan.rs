//! The plan: products and checklist of a market for one day, and the longest path to the opening.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::{Country, Date, Money, MoneyError, Wrong};
use serde::{Deserialize, Serialize};

use super::checklist::{ChecklistCode, ChecklistItem, ChecklistState, Need};
use super::gap::{GapItem, ProductGap, product_gap};
use super::ready::{PathStep, Ready};
use crate::clearance::{Bound, FactRef, Facts, Place, Subject};
use crate::market::{Act, Market, MarketCode, Stage};

/// The most products of one plan.
const PRODUCTS_MAX: usize = 2_000;

/// What is planned.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'a> {
    /// The market, at whatever stage it is.
    pub market: &'a Market,
    /// The day on which it should open.
    pub on: Date,
    /// The day from which work on what is missing counts.
    pub today: Date,
    /// With which products.
    pub subjects: &'a [Subject<'a>],
    /// What the seller needs there.
    pub checklist: &'a [ChecklistItem],
    /// What getting a clearance or an item costs, by the code of the rule or item, where somebody has
    /// asked.
    pub costs: &'a BTreeMap<String, Money>,
    /// Whether what the market has opened with counts; a plan that is carried out takes its place.
    pub bound: Bound,
}

/// A checklist item with what it means for this plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedItem {
    /// The item.
    pub item: ChecklistItem,
    /// Whether one may open without it.
    pub need: Need,
    /// When it is there: after everything that it waits for.
    pub ready: Ready,
}

/// The plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningPlan {
    /// The market.
    pub market: MarketCode,
    /// The day on which it should open.
    pub on: Date,
    /// The day on which the plan was made.
    pub today: Date,
    /// The version of the clearance facts behind it.
    pub facts_version: i64,
    /// The products, in the order asked for.
    pub products: Vec<ProductGap>,
    /// The checklist, without what is not needed.
    pub checklist: Vec<PlannedItem>,
    /// The countries of the market for which nobody has written a checklist: what they need is not
    /// known, and that is not the same as nothing.
    #[serde(default)]
    pub unlisted: Vec<Country>,
    /// When the market itself is ready: the hard items of the checklist, and unknown where a country
    /// has none.
    pub market_ready: Ready,
    /// When it can open with at least one of the products.
    pub first_ready: Ready,
    /// When it can open with all of them.
    pub all_ready: Ready,
    /// The steps that decide `first_ready`, the earliest first.
    pub path: Vec<PathStep>,
    /// What getting the missing clearances and hard items costs, as far as it is known, per currency in
    /// the order of the codes; each clearance once, however many products wait for it.
    pub cost: Vec<Money>,
    /// How many of them nobody has asked the cost of.
    pub cost_unknown: usize,
    /// The day for which it was made, where it was carried out on another one: every step is judged
    /// on the day it is taken.
    #[serde(default)]
    pub planned_on: Option<Date>,
}

impl OpeningPlan {
    /// The products that can be sold and delivered from `day` on, checklist included.
    pub fn sellable(&self, day: Date) -> impl Iterator<Item = &ProductGap> {
        let market = self.market_ready.by(day);
        let sold = move |product: &&ProductGap| product.is_planned() && product.ready.by(day);
        self.products.iter().filter(move |product| market && sold(product))
    }

    /// What a market can open with on the day of the plan: every hard item is written down as done by
    /// then, in every country, and the verdicts of that day permit sale and delivery. What is
    /// expected counts for a plan of a later day, never for the step itself.
    pub fn opens_with(&self) -> impl Iterator<Item = &ProductGap> {
        let mut hard = self.checklist.iter().filter(|planned| planned.need == Need::Hard);
        let market = self.unlisted.is_empty() && hard.all(|planned| planned.item.done(self.on));
        let permits = |gap: &ProductGap| {
            [Act::Sell, Act::Deliver].into_iter().all(|act| gap.ladder.get(act).permits())
        };
        self.products.iter().filter(move |gap| market && permits(gap))
    }

    /// What the market itself waits for on the day of the plan: the codes of hard items that are not
    /// there by then, and `checklist of XX` for a country without one.
    pub fn market_waits(&self) -> impl Iterator<Item = String> {
        let late =
            |planned: &&PlannedItem| planned.need == Need::Hard && !planned.ready.by(self.on);
        let unlisted = self.unlisted.iter().map(|country| format!("checklist of {country}"));
        let items = self.checklist.iter().filter(late).map(|planned| planned.item.code.to_string());
        unlisted.chain(items)
    }
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Nothing to open with.
    #[error("a plan needs 1 to {PRODUCTS_MAX} products")]
    Products,
    /// The opening lies in the past of the plan.
    #[error("the opening cannot lie before the day on which the plan is made")]
    Past,
    /// The same item twice, or one that waits for an unknown one.
    #[error("the checklist item {0} is there twice, or waits for one that is not there")]
    Checklist(ChecklistCode),
    /// Items wait for each other in a circle.
    #[error("the checklist item {0} waits for itself")]
    Circle(ChecklistCode),
    /// The costs do not add up.
    #[error("costs of the clearances: {0}")]
    Costs(#[from] MoneyError),
}

impl PlanError {
    /// What is wrong, for who reads it in a file's place.
    #[must_use]
    pub fn wrong(&self) -> Wrong {
        match self {
            Self::Products => Wrong::OpeningProducts { max: PRODUCTS_MAX.to_string() },
            Self::Past => Wrong::OpeningPast,
            Self::Checklist(item) => Wrong::ChecklistItem { item: item.to_string() },
            Self::Circle(item) => Wrong::ChecklistCircle { item: item.to_string() },
            Self::Costs(error) => Wrong::of_sum(*error),
        }
    }
}

/// Plans the opening of a market. Every product is judged on the day asked for, as if the market
/// were open; what is missing is begun `today`; what needs somebody in the country begins when the
/// checklist's entity is there.
///
/// # Errors
///
/// See [`PlanError`].
pub fn plan_opening(request: &PlanRequest<'_>, facts: &Facts) -> Result<OpeningPlan, PlanError> {
    if request.subjects.is_empty() || request.subjects.len() > PRODUCTS_MAX {
        return Err(PlanError::Products);
    }
    if request.on < request.today {
        return Err(PlanError::Past);
    }
    let checklist = planned_checklist(request)?;
    let hard = checklist.iter().filter(|planned| planned.need == Need::Hard);
    let unlisted = unlisted(request);
    let listed = if unlisted.is_empty() { Ready::Now } else { Ready::Unknown };
    let market_ready = hard.fold(listed, |ready, planned| ready.and(planned.ready));
    let entity = entity_ready(&checklist);

    let mut open = request.market.clone();
    open.stage = Stage::Open;
    let place = Place::market(&open).bound(request.bound);
    let products: Vec<ProductGap> = request
        .subjects
        .iter()
        .map(|subject| {
            let gap = product_gap(subject, &place, request.on, request.today, facts);
            wait_for_entity(gap, entity, request.today)
        })
        .collect();
    let first = products.iter().min_by_key(|product| product.ready.key());
    let first_ready = first.map_or(Ready::Blocked, |product| product.ready.and(market_ready));
    let all_ready = products.iter().fold(market_ready, |ready, product| ready.and(product.ready));
    let path = match unlisted.as_slice() {
        [] => first.map_or_else(Vec::new, |product| path(product, &checklist, first_ready)),
        countries => countries.iter().map(unlisted_step).collect(),
    };
    let (cost, cost_unknown) = costs(&products, &checklist, request.costs)?;
    Ok(OpeningPlan {
        market: request.market.code,
        on: request.on,
        today: request.today,
        facts_version: facts.version(),
        products,
        checklist,
        unlisted,
        market_ready,
        first_ready,
        all_ready,
        path,
        cost,
        cost_unknown,
        planned_on: None,
    })
}

/// The countries without a single item: an empty list says that nobody has looked, not that nothing
/// is needed. One item, even one that this way of fulfilment does not need, says that somebody has.
fn unlisted(request: &PlanRequest<'_>) -> Vec<Country> {
    let listed = |country: &Country| request.checklist.iter().any(|item| item.country == *country);
    request.market.countries.iter().copied().filter(|country| !listed(country)).collect()
}

fn planned_checklist(request: &PlanRequest<'_>) -> Result<Vec<PlannedItem>, PlanError> {
    let items: Vec<&ChecklistItem> = request
        .checklist
        .iter()
        .filter(|item| request.market.countries.contains(&item.country))
        .collect();
    let mut by_code = BTreeMap::new();
    for item in &items {
        if by_code.insert(&item.code, *item).is_some() {
            return Err(PlanError::Checklist(item.code.clone()));
        }
    }
    let mut known = BTreeMap::new();
    let mut planned = Vec::new();
    for item in items {
        let mut walking = BTreeSet::new();
        let ready = item_ready(item, &by_code, &mut known, &mut walking, request.today)?;
        let need = item.need(request.market.fulfilment);
        if need != Need::None {
            planned.push(PlannedItem { item: item.clone(), need, ready });
        }
    }
    Ok(planned)
}

/// When an item is there: done, or begun when everything before it is there.
fn item_ready<'i>(
    item: &'i ChecklistItem,
    all: &BTreeMap<&'i ChecklistCode, &'i ChecklistItem>,
    known: &mut BTreeMap<&'i ChecklistCode, Ready>,
    walking: &mut BTreeSet<&'i ChecklistCode>,
    today: Date,
) -> Result<Ready, PlanError> {
    if let Some(ready) = known.get(&item.code) {
        return Ok(*ready);
    }
    if !walking.insert(&item.code) {
        return Err(PlanError::Circle(item.code.clone()));
    }
    let mut before = Ready::Now;
    for code in &item.after {
        let Some(other) = all.get(code) else {
            return Err(PlanError::Checklist(item.code.clone()));
        };
        before = before.and(item_ready(other, all, known, walking, today)?);
    }
    let ready = match &item.state {
        ChecklistState::Done { on, .. } if *on <= today => Ready::Now,
        ChecklistState::Done { on, .. } => Ready::on(*on),
        ChecklistState::Begun { expected: Some(day) } if *day >= today => Ready::on(*day),
        ChecklistState::Begun { .. } | ChecklistState::Open => {
            begun_after(before, today, |start| Ready::after_weeks(start, item.lead_time_weeks))
        }
    };
    let ready = ready.after_today(today);
    walking.remove(&item.code);
    known.insert(&item.code, ready);
    Ok(ready)
}

/// What takes its time once `before` is there; at best after its best day, at worst after its worst.
fn begun_after(before: Ready, today: Date, takes: impl Fn(Date) -> Ready) -> Ready {
    let Some((best, worst)) = before.start(today) else { return before };
    match (takes(best), takes(worst)) {
        (Ready::Between { earliest, .. }, Ready::Between { latest, .. }) => {
            Ready::Between { earliest, latest }
        }
        (other, _) => other,
    }
}

/// When there is somebody in the country: every hard item of the area `entity`.
fn entity_ready(checklist: &[PlannedItem]) -> Ready {
    let entities = checklist.iter().filter(|p| p.item.area == "entity" && p.need == Need::Hard);
    entities.fold(Ready::Now, |ready, planned| ready.and(planned.ready))
}

/// Clearances that need a local party cannot be applied for before there is one.
fn wait_for_entity(mut gap: ProductGap, entity: Ready, today: Date) -> ProductGap {
    if entity == Ready::Now {
        return gap;
    }
    let waits = |item: &GapItem| {
        use super::gap::GapState;
        let not_begun = matches!(item.state, GapState::Missing | GapState::Lapsed { .. });
        not_begun && !matches!(item.local_party.as_str(), "" | "no")
    };
    for item in gap.items.iter_mut().filter(|item| waits(item)) {
        let lead = item.lead_time_weeks;
        let ready = begun_after(entity, today, |start| Ready::after_weeks(start, lead));
        item.ready = ready.after_today(today);
    }
    gap.ready = gap.open_items().fold(Ready::Now, |ready, item| ready.and(item.ready));
    gap
}

/// What decides the day: the last item of the product or of the checklist, with what it waits for.
fn path(product: &ProductGap, checklist: &[PlannedItem], decides: Ready) -> Vec<PathStep> {
    if decides == Ready::Now {
        return Vec::new();
    }
    let entity = checklist.iter().filter(|p| p.item.area == "entity" && p.need == Need::Hard);
    let entity = entity.max_by_key(|p| p.ready.key()).filter(|p| p.ready != Ready::Now);
    if product.ready.key() >= decides.key() {
        let last = product.open_items().max_by_key(|item| item.ready.key());
        let local = last.is_some_and(|item| !matches!(item.local_party.as_str(), "" | "no"));
        let before = entity.filter(|_| local).map(checklist_step);
        return before.into_iter().chain(last.map(gap_step)).collect();
    }
    let hard = checklist.iter().filter(|planned| planned.need == Need::Hard);
    let mut steps = Vec::new();
    let mut next = hard.max_by_key(|planned| planned.ready.key());
    while let Some(planned) = next {
        steps.push(checklist_step(planned));
        let before = checklist.iter().filter(|other| planned.item.after.contains(&other.item.code));
        next = before.filter(|p| p.ready != Ready::Now).max_by_key(|p| p.ready.key());
    }
    steps.reverse();
    steps
}

fn unlisted_step(country: &Country) -> PathStep {
    PathStep {
        code: format!("{country}-CHECKLIST"),
        title: format!("write down what a seller needs in {country}"),
        ready: Ready::Unknown,
    }
}

fn gap_step(item: &GapItem) -> PathStep {
    let code = item.code().unwrap_or("review").to_owned();
    PathStep { code, title: item.title.clone(), ready: item.ready }
}

fn checklist_step(planned: &PlannedItem) -> PathStep {
    let item = &planned.item;
    PathStep { code: item.code.to_string(), title: item.title.clone(), ready: planned.ready }
}

/// What the missing clearances and hard items cost, each once.
fn costs(
    products: &[ProductGap],
    checklist: &[PlannedItem],
    known: &BTreeMap<String, Money>,
) -> Result<(Vec<Money>, usize), MoneyError> {
    let open = products.iter().flat_map(ProductGap::open_items);
    let mut wanted: BTreeSet<&str> = open
        .filter_map(|item| match &item.fact {
            Some(fact @ FactRef::Rule(_)) => Some(fact.code()),
            _ => None,
        })
        .collect();
    let missing =
        |planned: &&PlannedItem| planned.need == Need::Hard && planned.ready != Ready::Now;
    wanted.extend(checklist.iter().filter(missing).map(|planned| planned.item.code.as_str()));
    let mut sums: BTreeMap<&'static str, Money> = BTreeMap::new();
    let mut unknown = 0;
    for code in wanted {
        let Some(cost) = known.get(code) else {
            unknown += 1;
            continue;
        };
        let currency = cost.currency;
        let sum = sums.entry(currency.code()).or_insert_with(|| Money::zero(currency));
        *sum = sum.plus(*cost)?;
    }
    Ok((sums.into_values().collect(), unknown))
}
