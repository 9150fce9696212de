//! The layouts of plans' files, and how they become the inputs of the planners.

use kontor_base::{Country, Currency, Date, Money, Wrong};
use kontor_domain::catalogue::{ProductClass, Slug};
use kontor_domain::planning::{
    Batch, Candidate, CandidateName, Charge, ChargeBase, ChargeRate, CostSheet, Gate, GateGround,
    InputKind, InputSource, LandedCost, LocalPlan, Opening, Origin, Permission, Recovery, Reorder,
    Scenario, Settings, Signal, SignalKind, Spread, duty_gap, feed, gate_by_plan, landed_cost,
    opening_cost,
};
use serde::Deserialize;

use super::file::Evidence;
use super::file_error::{FileError, at, bad, currency, money, rate};
use super::inputs::{InputEntry, PlanInput, inputs};
use super::openings::Planned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Landed {
    currency: String,
    charge: Vec<ChargeEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChargeEntry {
    code: String,
    title: String,
    amount: Option<String>,
    percent: Option<String>,
    #[serde(default)]
    of: Vec<String>,
    #[serde(default)]
    inside: bool,
    #[serde(default)]
    credited: bool,
    as_of: Date,
    source: String,
}

impl Landed {
    pub(super) fn sheet(&self) -> Result<CostSheet, FileError> {
        let currency = currency(&self.currency)?;
        let charges = self.charge.iter().map(|entry| entry.charge(currency));
        Ok(CostSheet { currency, charges: charges.collect::<Result<_, _>>()? })
    }
}

impl ChargeEntry {
    fn charge(&self, currency: Currency) -> Result<Charge, FileError> {
        let what = format!("charge {}", self.code);
        let rate = match (&self.amount, &self.percent) {
            (Some(amount), None) => ChargeRate::PerUnit { amount: money(&what, amount, currency)? },
            (None, Some(percent)) => {
                let (rate, base) = (rate(&what, percent)?, base(&what, &self.of)?);
                if self.inside {
                    ChargeRate::Inside { base, rate }
                } else {
                    ChargeRate::Of { base, rate }
                }
            }
            _ => return Err(bad(what, Wrong::AmountOrPercent)),
        };
        Ok(Charge {
            code: slug(&what, &self.code)?,
            title: self.title.clone(),
            rate,
            recovery: if self.credited { Recovery::Credited } else { Recovery::Cost },
            as_of: self.as_of,
            source: self.source.clone(),
        })
    }
}

fn slug(what: &str, code: &str) -> Result<Slug, FileError> {
    code.parse().map_err(|_| bad(what, Wrong::NotSlug { cell: code.to_owned() }))
}

fn base(what: &str, of: &[String]) -> Result<ChargeBase, FileError> {
    match of {
        [] => Err(bad(what, Wrong::OfWhat)),
        [all] if all == "all" => Ok(ChargeBase::AllBefore),
        codes => {
            let codes = codes.iter().map(|code| slug(what, code));
            Ok(ChargeBase::Lines(codes.collect::<Result<_, FileError>>()?))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Local {
    currency: String,
    pub(super) from: Date,
    pub(super) product: String,
    setup: String,
    /// What a unit costs; none where the cost sheets below say it.
    import_unit: Option<String>,
    local_unit: Option<String>,
    yield_percent: String,
    /// None where the cost sheets say it.
    duty_gap: Option<String>,
    /// The codes of those charges that are duties, for the gap.
    #[serde(default)]
    duties: Vec<String>,
    duty_gap_until: Option<Date>,
    permission: Permission,
    import_lead_days: u32,
    local_lead_days: u32,
    units_a_year: u64,
    /// The cost sheet of an imported unit.
    #[serde(default)]
    imported: Vec<ChargeEntry>,
    /// The cost sheet of a unit made there.
    #[serde(default)]
    made_there: Vec<ChargeEntry>,
    #[serde(default)]
    input: Vec<InputEntry<String>>,
}

/// What a unit costs both ways, line by line: imported, made there.
pub(super) type TwoSheets = (LandedCost, LandedCost);

impl Local {
    /// The two cost sheets, where the file has them.
    pub(super) fn sheets(&self) -> Result<Option<Box<TwoSheets>>, FileError> {
        if self.imported.is_empty() && self.made_there.is_empty() {
            return Ok(None);
        }
        let currency = currency(&self.currency)?;
        let landed = |entries: &[ChargeEntry]| {
            let charges = entries.iter().map(|entry| entry.charge(currency));
            let charges = charges.collect::<Result<_, FileError>>()?;
            landed_cost(&CostSheet { currency, charges }).map_err(|error| at(error.wrong()))
        };
        Ok(Some(Box::new((landed(&self.imported)?, landed(&self.made_there)?))))
    }

    pub(super) fn plan(&self, sheets: Option<&TwoSheets>) -> Result<LocalPlan, FileError> {
        let currency = currency(&self.currency)?;
        // A figure that is typed beside the sheets it follows from must not say something else.
        let figure = |what: &str, typed: &Option<String>, derived: Option<Money>| {
            let typed = typed.as_ref().map(|text| money(what, text, currency)).transpose()?;
            match (typed, derived) {
                (Some(typed), Some(derived)) if typed != derived => {
                    let (typed, derived) = (typed.decimal(), derived.decimal());
                    Err(bad(what, Wrong::SheetsSayOther { typed, derived }))
                }
                (_, Some(derived)) => Ok(derived),
                (Some(typed), None) => Ok(typed),
                (None, None) => Err(bad(what, Wrong::NeitherTyped)),
            }
        };
        let gap = sheets.map(|sheets| self.gap(sheets)).transpose()?;
        Ok(LocalPlan {
            setup: money("setup", &self.setup, currency)?,
            import_unit: figure("import_unit", &self.import_unit, sheets.map(|s| s.0.cost))?,
            local_unit: figure("local_unit", &self.local_unit, sheets.map(|s| s.1.cost))?,
            yield_rate: rate("yield_percent", &self.yield_percent)?,
            duty_gap: figure("duty_gap", &self.duty_gap, gap)?,
            duty_gap_until: self.duty_gap_until,
            permission: self.permission,
            import_lead_days: self.import_lead_days,
            local_lead_days: self.local_lead_days,
            units_a_year: self.units_a_year,
        })
    }
}

impl Local {
    /// Its inputs. What follows from the cost sheets has its sources there, line by line.
    pub(super) fn inputs(&self) -> Result<Vec<PlanInput>, FileError> {
        let sheets = !self.imported.is_empty() || !self.made_there.is_empty();
        let derived = |name: &&str| matches!(*name, "import_unit" | "local_unit" | "duty_gap");
        let known = |name: &&&str| {
            (!sheets || !derived(name))
                && (**name != "duty_gap_until" || self.duty_gap_until.is_some())
        };
        let names = [
            "setup",
            "import_unit",
            "local_unit",
            "yield_percent",
            "duty_gap",
            "duty_gap_until",
            "permission",
            "import_lead_days",
            "local_lead_days",
            "units_a_year",
        ];
        let names: Vec<&'static str> = names.iter().filter(known).copied().collect();
        inputs(&self.input, &names)
    }

    fn gap(&self, sheets: &TwoSheets) -> Result<Money, FileError> {
        let codes = self.duties.iter().map(|code| {
            let known = |landed: &LandedCost| {
                landed.lines.iter().any(|line| line.charge.code.as_str() == code)
            };
            if !known(&sheets.0) && !known(&sheets.1) {
                return Err(bad("duties", Wrong::NoCharge { name: code.clone() }));
            }
            slug("duties", code)
        });
        let codes = codes.collect::<Result<Vec<_>, FileError>>()?;
        duty_gap(&sheets.0, &sheets.1, &codes).map_err(|error| bad("duties", Wrong::of_sum(error)))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reordering {
    demand_a_day: f64,
    demand_deviation: f64,
    lead_days: f64,
    lead_deviation: f64,
    cycle_service_percent: String,
    #[serde(default)]
    input: Vec<InputEntry<String>>,
}

impl Reordering {
    /// Its inputs.
    pub(super) fn inputs(&self) -> Result<Vec<PlanInput>, FileError> {
        let names = [
            "demand_a_day",
            "demand_deviation",
            "lead_days",
            "lead_deviation",
            "cycle_service_percent",
        ];
        inputs(&self.input, &names)
    }

    pub(super) fn input(&self) -> Result<Reorder, FileError> {
        Ok(Reorder {
            demand_a_day: self.demand_a_day,
            demand_deviation: self.demand_deviation,
            lead_days: self.lead_days,
            lead_deviation: self.lead_deviation,
            cycle_service: rate("cycle_service_percent", &self.cycle_service_percent)?,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Batches {
    currency: String,
    price: String,
    landed: String,
    salvage: String,
    scenario: Vec<Scenario>,
    #[serde(default)]
    input: Vec<InputEntry<String>>,
}

impl Batches {
    /// Its inputs; the scenarios are one.
    pub(super) fn inputs(&self) -> Result<Vec<PlanInput>, FileError> {
        inputs(&self.input, &["price", "landed", "salvage", "scenario"])
    }

    pub(super) fn batch(self) -> Result<Batch, FileError> {
        let currency = currency(&self.currency)?;
        Ok(Batch {
            price: money("price", &self.price, currency)?,
            landed: money("landed", &self.landed, currency)?,
            salvage: money("salvage", &self.salvage, currency)?,
            scenarios: self.scenario,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Countries {
    currency: String,
    /// The day of the question; none: today.
    on: Option<Date>,
    write_off_years: u32,
    draws: u32,
    seed: u64,
    #[serde(default)]
    stale_after_days: Option<u32>,
    #[serde(default)]
    opening: Vec<OpeningEntry>,
    candidate: Vec<CandidateEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpeningEntry {
    country: Country,
    class: ProductClass,
    signal: SignalKind,
    signalled: u64,
    bought: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CandidateEntry {
    country: Country,
    class: ProductClass,
    price: [String; 3],
    landed: [String; 3],
    other_unit_cost: String,
    fixed_a_year: String,
    /// What the opening costs, where the plan does not know it; none: only what the plan knows.
    opening_cost: Option<String>,
    /// What it costs beside the clearances of the plan: registrations, texts.
    opening_cost_besides: Option<String>,
    /// None: by the opening plan.
    gate: Option<String>,
    delay_days: [i64; 3],
    #[serde(default)]
    input: Vec<InputEntry<InputKind>>,
    #[serde(default)]
    signal: Vec<SignalEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignalEntry {
    kind: SignalKind,
    count: u64,
    as_of: Date,
    source: String,
}

impl Countries {
    /// What it compares, by country and class.
    pub(super) fn names(&self) -> Vec<CandidateName> {
        let name =
            |entry: &CandidateEntry| CandidateName { country: entry.country, class: entry.class };
        self.candidate.iter().map(name).collect()
    }

    /// The planner's input. An opening or a signal of the file stands for the one on record: it is
    /// what whoever wrote the file wants to assume.
    pub(super) fn input(
        &self,
        evidence: &Evidence,
    ) -> Result<(Vec<Candidate>, Vec<Opening>, Settings), FileError> {
        let currency = currency(&self.currency)?;
        let usual = Settings::usual(currency, self.on.unwrap_or(evidence.today));
        let settings = Settings {
            write_off_years: self.write_off_years,
            draws: self.draws,
            seed: self.seed,
            stale_after_days: self.stale_after_days.unwrap_or(usual.stale_after_days),
            ..usual
        };
        let mut openings: Vec<Opening> = self.opening.iter().map(OpeningEntry::opening).collect();
        let key = |o: &Opening| (o.country, o.class, o.kind);
        let known: Vec<_> = openings.iter().map(key).collect();
        let teach = evidence.past.iter().filter(|past| past.teaches(settings.on));
        let on_record = teach.map(|past| past.lesson.clone());
        openings.extend(on_record.filter(|lesson| !known.contains(&key(lesson))));
        let candidates =
            self.candidate.iter().map(|entry| entry.candidate(currency, settings.on, evidence));
        let mut candidates = candidates.collect::<Result<Vec<_>, _>>()?;
        feed(&mut candidates, &evidence.own, settings.on);
        Ok((candidates, openings, settings))
    }
}

impl OpeningEntry {
    fn opening(&self) -> Opening {
        Opening {
            country: self.country,
            class: self.class,
            kind: self.signal,
            signalled: self.signalled,
            bought: self.bought,
        }
    }
}

impl CandidateEntry {
    fn candidate(
        &self,
        currency: Currency,
        on: Date,
        evidence: &Evidence,
    ) -> Result<Candidate, FileError> {
        let country = self.country;
        // Also beside a typed gate: the plan may still know what the opening costs.
        let planned = evidence.planned(country, self.class, on)?;
        let plan = match &planned {
            Planned::Plan(plan) => Some(plan.as_ref()),
            Planned::NotAsked | Planned::NoMarket | Planned::NoProducts(_) => None,
        };
        let amount = |what: &str, text: &str| {
            money(&format!("{country}, {what}"), text, currency).map(|money| money.minor)
        };
        let spread = |what: &str, [low, likely, high]: &[String; 3]| {
            Ok::<_, FileError>(Spread {
                low: amount(what, low)?,
                likely: amount(what, likely)?,
                high: amount(what, high)?,
            })
        };
        let [low, likely, high] = self.delay_days;
        let optional = |what: &str, text: &Option<String>| {
            text.as_ref().map(|text| amount(what, text)).transpose()
        };
        let typed = optional("opening_cost", &self.opening_cost)?;
        let besides = optional("opening_cost_besides", &self.opening_cost_besides)?;
        let (once, cost_ground) = opening_cost(plan, typed, besides.unwrap_or(0), currency);
        let (gate, gate_ground) = self.gate(&planned)?;
        Ok(Candidate {
            country,
            class: self.class,
            price: spread("price", &self.price)?,
            landed: spread("landed", &self.landed)?,
            other_unit_cost: amount("other_unit_cost", &self.other_unit_cost)?,
            fixed_a_year: amount("fixed_a_year", &self.fixed_a_year)?,
            opening_cost: once,
            cost_ground,
            gate,
            gate_ground,
            delay_days: Spread { low, likely, high },
            sources: self.input.iter().flat_map(sources).collect(),
            signals: self.signal.iter().map(SignalEntry::signal).collect(),
        })
    }
}

impl CandidateEntry {
    /// The gate that is typed, otherwise the plan's.
    fn gate(&self, planned: &Planned) -> Result<(Gate, GateGround), FileError> {
        if let Some(text) = self.gate.as_deref().filter(|text| *text != "plan") {
            return Ok((gate(self.country, text)?, GateGround::File));
        }
        Ok(match planned {
            Planned::Plan(plan) => gate_by_plan(plan),
            Planned::NotAsked => (Gate::Unknown, GateGround::NotAsked),
            Planned::NoMarket => (Gate::Unknown, GateGround::NoMarket),
            Planned::NoProducts(market) => {
                (Gate::Unknown, GateGround::NoProducts { market: *market })
            }
        })
    }
}

fn sources(entry: &InputEntry<InputKind>) -> impl Iterator<Item = InputSource> + '_ {
    entry.of.iter().map(|of| InputSource {
        of: *of,
        as_of: entry.as_of,
        source: entry.source.clone(),
    })
}

impl SignalEntry {
    fn signal(&self) -> Signal {
        let (kind, count, as_of) = (self.kind, self.count, self.as_of);
        Signal { kind, count, as_of, source: self.source.clone(), origin: Origin::File }
    }
}

fn gate(country: Country, text: &str) -> Result<Gate, FileError> {
    match text {
        "now" => Ok(Gate::Now),
        "blocked" => Ok(Gate::Blocked),
        "unknown" => Ok(Gate::Unknown),
        day => day
            .parse()
            .map(|on| Gate::From { on })
            .map_err(|_| bad(format!("{country}, gate"), Wrong::NotGate { cell: day.to_owned() })),
    }
}
