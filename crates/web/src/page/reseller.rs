//! The reseller's own pages: how to become one, and what one sees and does as one.

use askama::Template;
use kontor_base::Date;
use kontor_domain::reseller::ProfileForm;

use super::Shell;
use super::staff::{AllotmentLine, BillDocument, ResellerOrderRow, SoldOnTable};

/// `GET /reseller`: what it is about, the application, and the way in.
#[derive(Clone, Template)]
#[template(path = "reseller/front.html")]
pub struct ResellerFrontPage {
    /// The layout's part.
    pub shell: Shell,
    /// The application as typed.
    pub form: ProfileForm,
    /// What is wrong with it: the field and the words.
    pub errors: Vec<(&'static str, String)>,
    /// It was sent.
    pub sent: bool,
    /// The key was not good.
    pub key_bad: bool,
    /// The key of the form.
    pub key: String,
}

impl ResellerFrontPage {
    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|(name, _)| *name == field).map(|(_, words)| words.as_str())
    }
}

/// A contract as its reseller sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnContract {
    /// Its name.
    pub code: String,
    /// Its term.
    pub term: (Date, Date),
    /// Where they may sell.
    pub territory: String,
    /// From how many units on they order.
    pub minimum: u32,
    /// What a unit costs them: variant, name, price.
    pub prices: Vec<(String, String, String)>,
    /// The countries an order can go to: code and name.
    pub countries: Vec<(String, String)>,
}

/// `GET /reseller/desk`.
#[derive(Clone, Debug, Template)]
#[template(path = "reseller/desk.html")]
pub struct ResellerDeskPage {
    /// The layout's part.
    pub shell: Shell,
    /// Who.
    pub name: String,
    /// Their contracts.
    pub contracts: Vec<OwnContract>,
    /// What lies with them.
    pub allotment: Vec<AllotmentLine>,
    /// Their orders, a page of them.
    pub orders: Vec<ResellerOrderRow>,
    /// The order before which the next page begins, where there is one.
    pub older: Option<String>,
    /// What they have reported as sold on.
    pub sold: SoldOnTable,
    /// What has happened: `good` or `bad`, and the words, a line each.
    pub said: Option<(&'static str, Vec<String>)>,
    /// The key of the forms.
    pub key: String,
}

impl ResellerDeskPage {
    fn waits(&self) -> bool {
        self.orders.iter().any(|order| order.waits)
    }
}

/// `GET /reseller/bills/{number}`.
#[derive(Clone, Debug, Template)]
#[template(path = "reseller/bill.html")]
pub struct ResellerBillPage {
    /// The layout's part.
    pub shell: Shell,
    /// The bill.
    pub bill: BillDocument,
}
