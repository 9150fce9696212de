//! Opening a market: with what, by when, what the rest waits for, and the steps there; and the kill
//! switch.

use askama::Template;
use kontor_base::{Date, Instant};
use kontor_domain::market::MarketCode;

use super::{HeldResellerTable, Mark, MatrixCell, MatrixRule, StaffShell, Typed};

/// A product that can be planned with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The variant.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// It is in the plan.
    pub chosen: bool,
    /// It is in the plan that is compared with.
    pub other: bool,
}

/// A product of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapRow {
    /// The variant.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// When it can be sold and delivered, in words.
    pub ready: String,
    /// `good`, `warn` or `bad`.
    pub tone: &'static str,
    /// One cell per rule; none where the rule is not about the product.
    pub cells: Vec<Option<MatrixCell>>,
    /// What refuses its sale.
    pub open: Vec<OpenItem>,
    /// What may be done with it on the day, act by act.
    pub acts: Vec<ActRow>,
}

/// One act with a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActRow {
    /// The act, in words.
    pub act: String,
    /// Whether it is allowed, in words.
    pub state: String,
    /// `good`, `warn` or `bad`.
    pub tone: &'static str,
    /// The codes of what refuses it.
    pub missing: String,
    /// Who demands that.
    pub who: String,
    /// Until when what it stands on is good; empty: no end is known.
    pub until: String,
}

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenItem {
    /// The code of the rule, order or item.
    pub code: String,
    /// What it demands.
    pub title: String,
    /// How it stands.
    pub mark: Mark,
    /// How it stands, in words.
    pub state: String,
    /// Who has to do it, and who demands it.
    pub who: String,
    /// How many weeks it takes; empty: nobody has said.
    pub weeks: String,
    /// What it costs; empty: nobody has asked.
    pub cost: String,
    /// When it can be there.
    pub ready: String,
    /// It is a rule, whose cost can be noted.
    pub is_rule: bool,
}

/// An item of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRow {
    /// What it is.
    pub item: OpenItem,
    /// Whether one may not open without it.
    pub hard: bool,
}

/// What differs from another plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The other day.
    pub on: Date,
    /// When the market itself is ready in each.
    pub market: (String, String),
    /// Product by product: name, ready then and there, what is no longer open, what is open as well.
    pub rows: Vec<ComparedRow>,
}

/// A product that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedRow {
    /// Its name.
    pub name: String,
    /// In this plan.
    pub here: String,
    /// In the other.
    pub there: String,
    /// What is open only here.
    pub solved: String,
    /// What is open only there.
    pub added: String,
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenStep {
    /// When.
    pub at: Instant,
    /// From which stage to which.
    pub way: String,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The plan that it carried out, where it sells.
    pub plan: Option<TakenPlan>,
}

/// A plan that was carried out, as it stood then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenPlan {
    /// The day that was planned for.
    pub on: Date,
    /// The version of the clearance facts behind it.
    pub facts_version: i64,
    /// The names of what could be sold.
    pub sellable: String,
    /// The names of what was planned and had to wait.
    pub waiting: String,
}

/// A product that a market sells where it is cleared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldRow {
    /// The variant.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// It is cleared, and so sold, today.
    pub sold: bool,
}

/// What a market has opened with; empty: it sells everything that is cleared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarketSells {
    /// What it sells.
    pub own: Vec<SoldRow>,
    /// What it could sell as well: SKU and name.
    pub rest: Vec<(String, String)>,
}

/// The form of a step, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepForm {
    /// The stage.
    pub to: String,
    /// Why.
    pub reason: String,
    /// With everything that is cleared, whatever was chosen.
    pub everything: bool,
}

/// The form of a cost, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostForm {
    /// Of which clearance or item.
    pub clearance: String,
    /// How much.
    pub amount: String,
    /// In which currency.
    pub currency: String,
    /// Who says so.
    pub source: String,
}

/// The form of a change of what a market sells, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssortForm {
    /// `add`, `remove` or `everything`; empty: none was sent.
    pub change: String,
    /// The products.
    pub skus: Vec<String>,
    /// Why.
    pub reason: String,
}

impl AssortForm {
    fn picked(&self, change: &str, sku: &str) -> bool {
        self.change == change && self.skus.iter().any(|picked| picked == sku)
    }

    fn reason_of(&self, change: &str) -> &str {
        if self.change == change { &self.reason } else { "" }
    }
}

/// What was typed into the forms of the page, where one of them was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpeningForms {
    /// The step.
    pub step: StepForm,
    /// The cost.
    pub cost: CostForm,
    /// The change of what is sold.
    pub assort: AssortForm,
}

/// `GET /admin/{market}/opening`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/opening.html")]
pub struct OpeningPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The market.
    pub market: MarketCode,
    /// The markets that the person may see.
    pub markets: Vec<MarketCode>,
    /// The market's stage, in words.
    pub stage: String,
    /// The day that is planned for.
    pub on: Date,
    /// The products there are.
    pub choices: Vec<Choice>,
    /// Why there is no plan, if there is none.
    pub refused: Option<String>,
    /// The rules of the matrix.
    pub rules: Vec<MatrixRule>,
    /// The products of the plan.
    pub rows: Vec<GapRow>,
    /// What can be sold on the day: names.
    pub sellable: Vec<String>,
    /// When the market itself is ready.
    pub market_ready: String,
    /// What the missing clearances cost, as far as it is known.
    pub cost: String,
    /// How many of them nobody has asked the cost of.
    pub cost_unknown: usize,
    /// The checklist.
    pub checklist: Vec<CheckRow>,
    /// What decides the day: code, title, when.
    pub path: Vec<(String, String, String)>,
    /// The timeline, wide and narrow.
    pub timeline: Option<(String, String)>,
    /// What differs from another plan, if one was asked for.
    pub compared: Option<Compared>,
    /// The stages that may come next: word and words.
    pub next: Vec<(&'static str, String)>,
    /// The products that a step which sells would be taken with: SKU and name; empty: every one.
    pub step_skus: Vec<(String, String)>,
    /// What the market sells of what is cleared.
    pub sells: MarketSells,
    /// The steps so far.
    pub history: Vec<TakenStep>,
    /// The person may take steps here.
    pub may_edit: bool,
    /// The person may see the clearances of the market.
    pub sees_clearances: bool,
    /// The addresses of the tables as CSV: gaps, acts, checklist, costs, path, comparison, steps.
    pub csv: Vec<String>,
    /// What is asked, as a query: it goes along with every form.
    pub asked: String,
    /// What was typed.
    pub typed: OpeningForms,
    /// The key of the forms.
    pub key: String,
}

impl GapRow {
    /// What keeps it from being sold: each item with how it stands.
    fn reasons(&self) -> String {
        let told: Vec<String> =
            self.open.iter().map(|item| format!("{} ({})", item.code, item.state)).collect();
        told.join(", ")
    }
}

impl OpeningPage {
    /// The words of the files.
    fn files(&self) -> Vec<(&String, String)> {
        let t = self.shell.text();
        let ids = [
            "open-matrix",
            "open-acts",
            "open-checklist",
            "open-costs",
            "open-path",
            "open-file-comparison",
            "open-stage",
        ];
        self.csv.iter().zip(ids.map(|id| t.get(id).into_owned())).collect()
    }

    /// The names of what a step which sells would be taken with.
    fn step_products(&self) -> String {
        let names = self.step_skus.iter().map(|(_, name)| name.as_str());
        match names.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => self.shell.text().get("open-nothing-chosen").into_owned(),
            names => names,
        }
    }

    fn is_market(&self, other: &MarketCode) -> bool {
        self.market == *other
    }

    fn legend(&self) -> [(&'static str, String); 7] {
        let t = self.shell.text();
        Mark::ALL.map(|mark| (mark.class(), mark.words(&t)))
    }

    fn paired<'a>(
        &'a self,
        row: &'a GapRow,
    ) -> impl Iterator<Item = (&'a MatrixRule, &'a Option<MatrixCell>)> {
        self.rules.iter().zip(&row.cells)
    }

    fn cell_title(&self, row: &GapRow, rule: &MatrixRule, cell: &MatrixCell) -> String {
        let t = self.shell.text();
        let mark = cell.mark.words(&t);
        let date = cell.date.map(|date| format!(", {}", t.date(&date))).unwrap_or_default();
        format!("{}, {}: {mark}{date}", row.name, rule.code)
    }

    fn costs(&self) -> Vec<&OpenItem> {
        let mut items: Vec<&OpenItem> =
            self.rows.iter().flat_map(|row| &row.open).filter(|item| item.is_rule).collect();
        items.extend(self.checklist.iter().map(|row| &row.item));
        items.sort_by(|a, b| a.code.cmp(&b.code));
        items.dedup_by(|a, b| a.code == b.code);
        items
    }
}

/// A withdrawal in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawalRow {
    /// Lists of people who wait for what it concerns: where they can be written to, and its name.
    pub tell: Vec<(String, String)>,
    /// Its code.
    pub code: String,
    /// What is withdrawn.
    pub scope: String,
    /// Since when.
    pub since: Date,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
}

/// An order that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    /// Its number.
    pub number: String,
    /// When it was placed.
    pub placed_at: Instant,
    /// What is in it.
    pub lines: String,
}

/// The form of a withdrawal, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WithdrawForm {
    /// The variant.
    pub sku: String,
    /// The model.
    pub model: String,
    /// The factory.
    pub factory: String,
    /// The component: `battery:maker:part`.
    pub component: String,
    /// Its page stays.
    pub keep_page: bool,
    /// Why; people read it.
    pub reason: String,
    /// What was typed to take a withdrawal back.
    pub restore: Typed,
}

impl WithdrawForm {
    /// The name of the form that takes a withdrawal back.
    fn restores(code: &str) -> String {
        format!("restore {code}")
    }

    fn restores_it(&self, code: &str) -> bool {
        self.restore.is(&Self::restores(code))
    }

    fn why_restored(&self, code: &str) -> &str {
        self.restore.of(&Self::restores(code), "reason")
    }
}

/// `GET /admin/{market}/withdrawals`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/withdrawals.html")]
pub struct WithdrawalsPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The market.
    pub market: MarketCode,
    /// The markets that the person may see.
    pub markets: Vec<MarketCode>,
    /// What is withdrawn.
    pub rows: Vec<WithdrawalRow>,
    /// The orders that are held here, a page of them.
    pub held: Vec<HeldRow>,
    /// Orders of resellers that are held; none for whoever may not see resellers.
    pub held_for_resellers: Option<HeldResellerTable>,
    /// Where the next page of them is.
    pub next: Option<String>,
    /// The products: SKU and name.
    pub products: Vec<(String, String)>,
    /// The form, as typed.
    pub form: WithdrawForm,
    /// The person may withdraw here.
    pub may_withdraw: bool,
    /// The person may see orders here.
    pub sees_orders: bool,
    /// Letters are sent: buyers of held orders have been told.
    pub told: bool,
    /// The person may propose to take a withdrawal back.
    pub may_restore: bool,
    /// The key of the forms.
    pub key: String,
}

impl WithdrawalsPage {
    fn is_market(&self, other: &MarketCode) -> bool {
        self.market == *other
    }
}
