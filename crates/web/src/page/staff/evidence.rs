//! The evidence that expansion rests on: devices carried abroad, the next country, and the plans of
//! costs and quantities.

use askama::Template;
use kontor_base::{Date, Instant};

use super::StaffShell;

/// Units that went one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedLine {
    /// Where they were sold.
    pub from: String,
    /// Where they are.
    pub to: String,
    /// The model.
    pub model: String,
    /// The month in which they were first seen.
    pub month: String,
    /// How many.
    pub units: String,
}

/// An estimate where no serial number is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EstimateLine {
    /// The country.
    pub country: String,
    /// Active devices.
    pub installs: String,
    /// Other makers' among them, which are taken off; none where they are too few to be told of.
    pub others: Option<String>,
    /// Units on record as sold there.
    pub sold: String,
    /// The gap if every device lives for ever: the lower bound.
    pub low: String,
    /// The gap by the usual life.
    pub usual: String,
}

/// `GET /admin/carried`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/carried.html")]
pub struct CarriedPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The person sees every country; otherwise those of their markets.
    pub all: bool,
    /// Nothing is counted on this server.
    pub counted: bool,
    /// Units on record; at home; elsewhere for a short time; silent; never seen.
    pub sums: [String; 5],
    /// How many were carried abroad.
    pub total: String,
    /// How many went ways that are not told.
    pub withheld: String,
    /// Fewer than so many are not told.
    pub least: u64,
    /// The map.
    pub map: String,
    /// The ways.
    pub rows: Vec<CarriedLine>,
    /// The weaker estimates.
    pub estimates: Vec<EstimateLine>,
    /// The assumption behind them.
    pub survival: String,
}

/// A signal of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalLine {
    /// What was counted.
    pub name: String,
    /// How many.
    pub count: String,
    /// This shop has counted it itself; otherwise the file says so.
    pub own: bool,
    /// How many this shop has counted itself, and when, where the file says something else.
    pub here: Option<(String, Date)>,
    /// When.
    pub as_of: Date,
    /// The count is old.
    pub stale: bool,
    /// Where it is from.
    pub source: String,
    /// Units a year by it alone, or that it is not calibrated.
    pub units: String,
    /// Whether it clears break-even, or how many it would need.
    pub verdict: String,
}

/// What this shop has counted itself of one signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedRow {
    /// The country.
    pub country: String,
    /// The class of products, or that it speaks for every one.
    pub class: String,
    /// The signal.
    pub signal: String,
    /// How many.
    pub count: String,
    /// The day of the count.
    pub as_of: Date,
    /// What exactly is counted.
    pub how: String,
}

/// An input of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputLine {
    /// What.
    pub name: String,
    /// How much, with its lowest and highest where it is not known exactly.
    pub value: String,
    /// Of which day; none: nobody has said so.
    pub as_of: Option<Date>,
    /// The day is long ago.
    pub stale: bool,
    /// Where it is from; empty: nobody has said so.
    pub source: String,
}

/// A candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandidateRow {
    /// Its anchor: country and class.
    pub id: String,
    /// The country.
    pub country: String,
    /// The class of products.
    pub class: String,
    /// Its rank, as a range.
    pub rank: String,
    /// The countries it is tied with.
    pub tied: String,
    /// Break-even units a year.
    pub break_even: String,
    /// When it can open.
    pub gate: String,
    /// What decides that, if the opening plan was asked, and the plan's page for whoever may read it.
    pub plan: Option<(String, Option<String>)>,
    /// What would change this.
    pub sway: String,
    /// The whole sentence.
    pub sentence: String,
    /// Its signals.
    pub signals: Vec<SignalLine>,
    /// What else it is worked out from.
    pub inputs: Vec<InputLine>,
}

/// A past opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastRow {
    /// The country.
    pub country: String,
    /// The class.
    pub class: String,
    /// The signal.
    pub signal: String,
    /// When it opened.
    pub opened_on: Date,
    /// What was forecast.
    pub forecast: String,
    /// What came.
    pub outcome: String,
    /// How they stand to each other, in words.
    pub hit: String,
    /// `good`, `warn` or `quiet`.
    pub tone: &'static str,
    /// What was learned: so many of so many bought.
    pub lesson: String,
    /// There were too few units: nothing is learned from it.
    pub sold_out: bool,
}

/// `GET /admin/next-country`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/next_country.html")]
pub struct NextCountryPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The person sees every country; otherwise those of their markets.
    pub all: bool,
    /// The sheet is worked out from the example: nobody has saved one.
    pub example: bool,
    /// Why there is no sheet, if there is none.
    pub refused: Option<String>,
    /// Open markets with unsolved problems: name, how many products, how many items of the checklist,
    /// where to look.
    pub unsolved: Vec<(String, usize, usize, String)>,
    /// The answer in one sentence.
    pub headline: String,
    /// The map.
    pub map: String,
    /// The candidates, the best first.
    pub rows: Vec<CandidateRow>,
    /// Draws, seed, years.
    pub settings: String,
    /// What this shop has counted itself.
    pub counted: Vec<CountedRow>,
    /// Past openings.
    pub past: Vec<PastRow>,
    /// How many forecasts came true, in words.
    pub hit_rate: String,
    /// The person may add to the record.
    pub may_edit: bool,
    /// Rows that were typed and refused.
    pub typed: String,
    /// The key of the form.
    pub key: String,
}

/// A line of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanLine {
    /// What.
    pub label: String,
    /// How it was worked out.
    pub how: String,
    /// What it comes to.
    pub amount: String,
    /// From which day it is.
    pub as_of: String,
    /// Where it is from.
    pub source: String,
}

/// `GET /admin/plans/{kind}`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/plan.html")]
pub struct PlanPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The kind's word.
    pub kind: &'static str,
    /// The kinds: word and name.
    pub kinds: Vec<(&'static str, String)>,
    /// Why it comes to nothing, if it does not.
    pub refused: Option<String>,
    /// The answer.
    pub answer: String,
    /// What has to be known with it.
    pub notes: Vec<String>,
    /// The formula.
    pub formula: String,
    /// Where it is from.
    pub reference: String,
    /// The picture, wide and narrow.
    pub picture: Option<(String, String)>,
    /// The lines.
    pub lines: Vec<PlanLine>,
    /// The file.
    pub text: String,
    /// Who saved it and when; none: it is the example.
    pub saved: Option<(String, Instant)>,
    /// The person may save.
    pub may_edit: bool,
    /// The key of the form.
    pub key: String,
}

impl PlanPage {
    fn is_kind(&self, other: &str) -> bool {
        self.kind == other
    }
}
