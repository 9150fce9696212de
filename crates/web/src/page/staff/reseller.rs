//! Resellers and what is handed to the carrier.

use askama::Template;
use kontor_base::{Date, Instant};
use kontor_domain::market::MarketCode;

use super::{StaffShell, Typed};

/// A reseller in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResellerRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its country.
    pub country: String,
    /// Where it stands, in words.
    pub standing: String,
    /// `good`, `warn` or `quiet`.
    pub tone: &'static str,
    /// When it applied.
    pub applied_at: Instant,
    /// Its contracts' names.
    pub contracts: Vec<String>,
}

/// `GET /admin/resellers`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/resellers.html")]
pub struct ResellersPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The resellers.
    pub rows: Vec<ResellerRow>,
    /// The id before which the next page begins.
    pub next: Option<String>,
}

/// A contract, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractRow {
    /// Its name.
    pub code: String,
    /// The market that serves it.
    pub market: MarketCode,
    /// Its first and last day.
    pub term: (Date, Date),
    /// Where they may sell.
    pub territory: String,
    /// What they may sell.
    pub models: String,
    /// The fewest units of an order.
    pub minimum: u32,
    /// Its clauses: what about, which number.
    pub clauses: Vec<(String, String)>,
    /// Its prices: variant and price.
    pub prices: Vec<(String, String)>,
}

/// What lies with a reseller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllotmentLine {
    /// The contract.
    pub contract: String,
    /// The variant.
    pub sku: String,
    /// What the contract sets aside.
    pub agreed: String,
    /// What lies there.
    pub available: String,
    /// What is ordered.
    pub ordered: String,
    /// What has left.
    pub shipped: String,
}

/// An order of a reseller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResellerOrderRow {
    /// Its id.
    pub id: String,
    /// When.
    pub on: Date,
    /// Where it goes.
    pub ship_to: String,
    /// What is in it.
    pub lines: String,
    /// What it costs.
    pub total: String,
    /// How far it is, in words; of a cancelled one by whom and why.
    pub stage: String,
    /// It can still be cancelled.
    pub waits: bool,
    /// It can be billed: it stands, and there is no bill yet.
    pub unbilled: bool,
    /// Its bill.
    pub bill: Option<BillRow>,
}

/// The bill of an order, in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillRow {
    /// Its number.
    pub number: String,
    /// Where it stands, in words.
    pub state: String,
    /// `good`, `warn` or `quiet`.
    pub tone: &'static str,
    /// The next movement of its money: it comes, or goes back; none: nothing is owed.
    pub next: Option<bool>,
}

impl BillRow {
    /// The choice of its next movement in a form: the order, and which way the money goes, so that the form
    /// says what its reader saw.
    fn choice(&self, order: &str) -> String {
        format!("{order} {}", if self.next == Some(true) { "comes" } else { "goes" })
    }
}

/// A bill as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillDocument {
    /// Its number.
    pub number: String,
    /// Where it stands, in words.
    pub state: String,
    /// `good`, `warn` or `quiet`.
    pub tone: &'static str,
    /// Whom it is for, and where they are.
    pub reseller: (String, String),
    /// The contract, and the clause with the price list.
    pub contract: (String, String),
    /// The order, and when it was placed.
    pub order: (String, Date),
    /// Where the goods go.
    pub ship_to: String,
    /// When it was issued, and until when it is to be paid.
    pub days: (Date, Date),
    /// The lines.
    pub lines: Vec<BillLine>,
    /// The sum before tax, the tax, and both.
    pub sums: [String; 3],
    /// The rule that the tax follows from.
    pub tax_note: String,
    /// What the tax was worked out from, in sentences; empty: it was said.
    pub tax_facts: Vec<String>,
    /// What takes it back: its number, its day, the reason and the three sums with the sign turned.
    pub credit: Option<CreditDocument>,
    /// What came and went: in words, when, and what the bank calls it.
    pub movements: Vec<(String, Date, String)>,
    /// Where its lines are as a file.
    pub csv: String,
}

/// A credit note, on the bill that it takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditDocument {
    /// Its number.
    pub number: String,
    /// When it was issued.
    pub issued_on: Date,
    /// Why.
    pub reason: String,
    /// The sum before tax, the tax, and both, with the sign turned.
    pub sums: [String; 3],
}

/// A line of a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// The variant.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// How many.
    pub units: String,
    /// What one costs.
    pub unit: String,
    /// What the line costs.
    pub amount: String,
}

/// `GET /admin/resellers/{id}/bills/{number}`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/bill.html")]
pub struct BillPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The bill.
    pub bill: BillDocument,
    /// The reseller's page.
    pub back: String,
}

/// A key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResellerKeyRow {
    /// Its hash, as the form names it.
    pub hash: String,
    /// What it is for.
    pub label: String,
    /// Since when.
    pub made_at: Instant,
    /// Until when; none: it is good.
    pub ended_at: Option<Instant>,
}

/// A unit that is active outside the territory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideLine {
    /// Its serial number.
    pub serial: String,
    /// Its model.
    pub model: String,
    /// When it was delivered.
    pub delivered_on: Date,
    /// Where it is.
    pub country: String,
    /// Since when it is seen.
    pub since: Date,
    /// The clause that names the territory.
    pub clause: String,
}

/// Units that are active outside the territory, as many as stand on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideTable {
    /// The units.
    pub rows: Vec<OutsideLine>,
    /// There may be more of them.
    pub more: bool,
}

/// What was sold on of a model in a month to a country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldLine {
    /// The month, as `2015-05`.
    pub month: String,
    /// The model.
    pub model: String,
    /// Where it went.
    pub country: String,
    /// How many.
    pub units: String,
    /// The country is in the territory.
    pub inside: bool,
}

/// What a reseller has reported as sold on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoldOnTable {
    /// In the territory, and outside of it.
    pub sums: [String; 2],
    /// By month and model, the latest first.
    pub rows: Vec<SoldLine>,
    /// There is more: rows and sums are of the latest months.
    pub more: bool,
    /// Where every unit is as a file.
    pub csv: String,
}

/// An order of a reseller that may not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldResellerRow {
    /// Its id.
    pub id: String,
    /// The reseller.
    pub reseller: String,
    /// When it was placed.
    pub on: Date,
    /// Where it goes.
    pub ship_to: String,
    /// What is in it.
    pub lines: String,
}

/// Orders of resellers that may not leave, a page of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldResellerTable {
    /// The orders.
    pub rows: Vec<HeldResellerRow>,
    /// Where the next page of them is.
    pub next: Option<String>,
}

/// The form of a contract, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContractForm {
    /// Its name.
    pub code: String,
    /// The market.
    pub market: String,
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub until: String,
    /// The first day after notice; empty: none was given.
    pub ended_on: String,
    /// Countries.
    pub territory: String,
    /// Models.
    pub models: String,
    /// The currency of the prices.
    pub currency: String,
    /// `SKU price` on each line.
    pub prices: String,
    /// The fewest units of an order.
    pub minimum: String,
    /// `SKU units` on each line.
    pub allotment: String,
    /// The numbers of the clauses, in their order.
    pub clauses: [String; 6],
    /// Why, for the second person.
    pub reason: String,
}

/// `GET /admin/resellers/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/reseller.html")]
pub struct ResellerPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The reseller.
    pub row: ResellerRow,
    /// Whom to write to.
    pub email: String,
    /// What they want to sell where.
    pub plan: String,
    /// Their contracts.
    pub contracts: Vec<ContractRow>,
    /// What lies with them.
    pub allotment: Vec<AllotmentLine>,
    /// Their orders, a page of them.
    pub orders: Vec<ResellerOrderRow>,
    /// What was typed into one of the small forms.
    pub typed: Typed,
    /// The order before which that page begins; empty: it is the first one.
    pub before: String,
    /// The order before which the next one begins, where there is one.
    pub older: Option<String>,
    /// What they sign in with; none: that is for the people of other markets too.
    pub keys: Option<Vec<ResellerKeyRow>>,
    /// A key that was made just now: it is shown this once.
    pub new_key: Option<String>,
    /// What they have reported as sold on.
    pub sold: SoldOnTable,
    /// Units outside the territory; none: nothing is counted here.
    pub outside: Option<OutsideTable>,
    /// The form of a contract, where the person may propose one.
    pub form: Option<ContractForm>,
    /// The names of the clauses' fields and labels.
    pub clause_names: Vec<(&'static str, String)>,
    /// The markets in which the person may do so.
    pub markets: Vec<MarketCode>,
    /// The person may set units aside and give keys.
    pub may_manage: bool,
    /// Nobody has decided about the application.
    pub undecided: bool,
    /// The key of the forms.
    pub key: String,
}

/// An order that can leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelRow {
    /// Its number.
    pub number: String,
    /// When it was placed.
    pub placed: String,
    /// Where it goes.
    pub country: String,
    /// What is in it: variant and units.
    pub lines: Vec<(String, i64)>,
    /// The field with one line for each variant, to be filled in.
    pub serials: String,
    /// The reseller, if it goes to one.
    pub reseller: Option<String>,
}

/// `GET /admin/{market}/dispatch`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/dispatch.html")]
pub struct DispatchPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The market.
    pub market: MarketCode,
    /// The markets that the person may send from.
    pub markets: Vec<MarketCode>,
    /// What can leave.
    pub rows: Vec<ParcelRow>,
    /// How many orders of resellers may not leave now and were passed over.
    pub held: usize,
    /// What this page begins after: one of the shop's own orders, or one of a reseller; empty: the first page.
    pub from: [String; 2],
    /// What was typed.
    pub typed: Typed,
    /// Where the rest is: of the shop's own orders, and of resellers' orders.
    pub next: [Option<String>; 2],
    /// The key of the forms.
    pub key: String,
}

impl DispatchPage {
    /// The serial numbers of a parcel: as typed, or a line for each variant.
    fn serials<'a>(&'a self, row: &'a ParcelRow) -> &'a str {
        self.typed.or(&format!("send-{}", row.number), "serials", &row.serials)
    }

    const fn has_held(&self) -> bool {
        self.held > 0
    }

    fn is_market(&self, other: &MarketCode) -> bool {
        self.market == *other
    }
}

impl ResellerPage {
    /// Where the bills are.
    fn bills(&self) -> String {
        format!("/admin/resellers/{}/bills", self.row.id)
    }

    fn waits(&self) -> bool {
        self.orders.iter().any(|order| order.waits)
    }

    fn unbilled(&self) -> bool {
        self.orders.iter().any(|order| order.unbilled)
    }

    fn billed(&self) -> bool {
        self.orders.iter().any(|o| o.bill.as_ref().is_some_and(|bill| bill.next.is_some()))
    }
}
