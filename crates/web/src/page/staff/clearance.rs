//! The clearances of a market: the matrix, one product's verdict with every fact behind it, and the
//! form that records evidence.

use askama::Template;
use kontor_base::Date;
use kontor_domain::market::MarketCode;

use super::StaffShell;
use crate::kit::text::Text;

/// What a cell of the matrix says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// There is evidence.
    Granted,
    /// It ends soon.
    Expiring,
    /// Nothing is needed, or only conditions apply.
    Fine,
    /// It is applied for.
    UnderWay,
    /// It is not there, has lapsed, or nobody vouches for it.
    Missing,
    /// It is forbidden.
    Blocked,
    /// Something must be found out first.
    Unknown,
}

impl Mark {
    /// Every mark, in the order of the legend.
    pub const ALL: [Self; 7] = [
        Self::Granted,
        Self::Expiring,
        Self::UnderWay,
        Self::Missing,
        Self::Blocked,
        Self::Unknown,
        Self::Fine,
    ];

    /// In words.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::Granted => "mark-granted",
            Self::Expiring => "mark-expiring",
            Self::Fine => "mark-fine",
            Self::UnderWay => "mark-under-way",
            Self::Missing => "mark-missing",
            Self::Blocked => "mark-blocked",
            Self::Unknown => "mark-unknown",
        };
        t.get(id).into_owned()
    }

    /// The class that draws it: shape and colour, so that it is told apart without colour.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Expiring => "expiring",
            Self::Fine => "fine",
            Self::UnderWay => "under-way",
            Self::Missing => "missing",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }
}

/// A column: a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixRule {
    /// Its code.
    pub code: String,
    /// What it demands.
    pub title: String,
    /// It has a page of its own.
    pub has_page: bool,
    /// The name that its step has in the page of a product.
    pub anchor: String,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixCell {
    /// What it says.
    pub mark: Mark,
    /// The last day or the expected day, where there is one.
    pub date: Option<Date>,
}

/// A row: a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixRow {
    /// The variant.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// The highest act that is allowed, in words.
    pub allowed: String,
    /// `good`, `warn` or `bad`.
    pub tone: &'static str,
    /// One cell per rule; none where the rule is not about the product.
    pub cells: Vec<Option<MatrixCell>>,
}

/// `GET /admin/{market}/clearances`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/matrix.html")]
pub struct MatrixPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The market.
    pub market: MarketCode,
    /// The markets that the person may see.
    pub markets: Vec<MarketCode>,
    /// The day that is looked at.
    pub on: Date,
    /// It is not today: "what if".
    pub what_if: bool,
    /// The rules.
    pub rules: Vec<MatrixRule>,
    /// The products.
    pub rows: Vec<MatrixRow>,
    /// Where the rest is.
    pub next: Option<String>,
}

impl MatrixPage {
    fn legend(&self) -> [(&'static str, String); 7] {
        let t = self.shell.text();
        Mark::ALL.map(|mark| (mark.class(), mark.words(&t)))
    }

    fn is_market(&self, other: &MarketCode) -> bool {
        self.market == *other
    }

    fn cell_title(&self, row: &MatrixRow, rule: &MatrixRule, cell: &MatrixCell) -> String {
        let t = self.shell.text();
        let mark = cell.mark.words(&t);
        let date = cell.date.map(|date| format!(", {}", t.date(&date))).unwrap_or_default();
        format!("{}, {}: {mark}{date}", row.name, rule.code)
    }

    fn paired<'a>(
        &'a self,
        row: &'a MatrixRow,
    ) -> impl Iterator<Item = (&'a MatrixRule, &'a Option<MatrixCell>)> {
        self.rules.iter().zip(&row.cells)
    }
}

/// A fact that was looked at for the verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// The rule or order.
    pub code: String,
    /// It is a rule, for which evidence can be recorded.
    pub is_rule: bool,
    /// It has a page of its own.
    pub has_page: bool,
    /// Its name in the page; empty where a step before has the same.
    pub anchor: String,
    /// What it demands or forbids.
    pub title: String,
    /// Who demands it.
    pub authority: String,
    /// From which act on it matters, in words.
    pub gates: String,
    /// How it stands.
    pub mark: Mark,
    /// In words, with dates.
    pub state: String,
    /// What has to be written down as evidence.
    pub identifier: String,
    /// How long it takes, in weeks.
    pub weeks: String,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its name.
    pub code: String,
    /// The clearance.
    pub clearance: String,
    /// The number on it.
    pub number: String,
    /// Who gave it.
    pub issuer: String,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// The paper: its address where it is kept here, or where it is said to be.
    pub document: String,
    /// The paper is kept here.
    pub kept: bool,
    /// Who vouches for it.
    pub verified: String,
}

/// `GET /admin/{market}/clearances/{sku}`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/clearance.html")]
pub struct ProductPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The market.
    pub market: MarketCode,
    /// The variant.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// The day that is looked at.
    pub on: Date,
    /// It is not today.
    pub what_if: bool,
    /// Each act with whether it is allowed: the act, the answer, the tone.
    pub acts: Vec<(String, String, &'static str)>,
    /// The next day on which something changes by itself.
    pub changes_on: Option<Date>,
    /// Every fact behind it.
    pub steps: Vec<StepRow>,
    /// The evidence that concerns it.
    pub evidence: Vec<Evidence>,
    /// The person may record evidence here.
    pub may_grant: bool,
}

/// The form that records evidence, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantForm {
    /// The clearance.
    pub clearance: String,
    /// `sku` or `model`: what it covers.
    pub covers: String,
    /// The number on it.
    pub number: String,
    /// Who gave it.
    pub issuer: String,
    /// The first day.
    pub issued_on: String,
    /// The last day; empty: without end.
    pub expires_on: String,
    /// How it was checked.
    pub verified_how: String,
    /// Why it is recorded, for the second person.
    pub reason: String,
    /// The paper that was sent with the form before and is kept: its hash; empty: none.
    pub stored: String,
    /// The name of that paper.
    pub stored_name: String,
}

/// `GET /admin/{market}/clearances/{sku}/grant`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/grant.html")]
pub struct GrantFormPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The market.
    pub market: MarketCode,
    /// The variant.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// The name of its model.
    pub model: String,
    /// What the rule demands.
    pub title: String,
    /// What has to be written down.
    pub identifier: String,
    /// Who demands it.
    pub authority: String,
    /// The rule asks for nothing in this market: there is no form.
    pub elsewhere: bool,
    /// The other rules that ask for something for this product here: where their form is, code, title.
    pub others: Vec<(String, String, String)>,
    /// As typed.
    pub form: GrantForm,
    /// What is wrong: the field's name and the words.
    pub errors: Vec<(String, String)>,
    /// The key of the form.
    pub key: String,
}

impl GrantFormPage {
    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|(name, _)| name == field).map(|(_, words)| words.as_str())
    }
}
