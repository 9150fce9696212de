//! What every page of the staff area carries.

use std::sync::Arc;

use kontor_base::Language;
use kontor_domain::market::MarketCode;

use crate::kit::text::Text;
use crate::page::Site;

/// A work place, as the navigation names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// What waits, what expires, what went wrong.
    Today,
    /// Orders.
    Orders,
    /// Waiting lists.
    Waiting,
    /// Figures.
    Figures,
    /// The clearances of a market.
    Clearances,
    /// What waits for a second person.
    Proposals,
    /// Jobs.
    Jobs,
    /// Accounts.
    People,
    /// The log.
    Log,
    /// One's own account.
    Account,
}

impl Place {
    /// Every place, in the order of the navigation.
    pub const ALL: [Self; 10] = [
        Self::Today,
        Self::Orders,
        Self::Waiting,
        Self::Figures,
        Self::Clearances,
        Self::Proposals,
        Self::Jobs,
        Self::People,
        Self::Log,
        Self::Account,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self, t: &Text) -> String {
        let id = match self {
            Self::Today => "staff-today",
            Self::Orders => "desk-orders",
            Self::Waiting => "desk-waiting",
            Self::Figures => "desk-figures",
            Self::Jobs => "desk-jobs",
            Self::Clearances => "staff-clearances",
            Self::Proposals => "staff-proposals",
            Self::People => "staff-people",
            Self::Log => "staff-log",
            Self::Account => "staff-account",
        };
        t.get(id).into_owned()
    }

    /// Its address.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Today => "/admin",
            Self::Orders => "/admin/orders",
            Self::Waiting => "/admin/waiting",
            Self::Figures => "/admin/figures",
            Self::Jobs => "/admin/jobs",
            Self::Clearances => "/admin/clearances",
            Self::Proposals => "/admin/proposals",
            Self::People => "/admin/people",
            Self::Log => "/admin/log",
            Self::Account => "/admin/account",
        }
    }
}

/// A line on top of a page that says what has happened or gone wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// `good`, `warn` or `bad`.
    pub tone: &'static str,
    /// In words.
    pub text: String,
}

/// What the layout of the staff area needs.
#[derive(Clone, Debug)]
pub struct StaffShell {
    /// The installation.
    pub site: Arc<Site>,
    /// The language of the page.
    pub language: Language,
    /// Who is signed in; nobody at the door.
    pub person: Option<String>,
    /// Where one is; none at the door.
    pub place: Option<Place>,
    /// The places that are open to the person.
    pub places: Vec<Place>,
    /// How many proposals wait for the person.
    pub waiting: usize,
    /// What has happened.
    pub notice: Option<Notice>,
    /// What the search field has in it.
    pub find: String,
}

impl StaffShell {
    /// The texts in the page's language.
    #[must_use]
    pub fn text(&self) -> Text {
        Text::new(self.language, None)
    }

    pub(super) fn is_here(&self, place: &Place) -> bool {
        self.place == Some(*place)
    }

    pub(super) fn badge(&self, place: &Place) -> Option<usize> {
        (*place == Place::Proposals && self.waiting > 0).then_some(self.waiting)
    }

    /// The name of a market: its country's.
    #[must_use]
    pub fn market(&self, market: &MarketCode) -> String {
        match market.as_str().to_uppercase().parse() {
            Ok(country) => self.text().country(&country).into_owned(),
            Err(_) => market.to_string(),
        }
    }
}
