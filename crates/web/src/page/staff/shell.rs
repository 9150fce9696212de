//! What every page of the staff area carries.

use std::sync::Arc;

use kontor_base::Language;
use kontor_domain::market::MarketCode;

use crate::kit::text::Text;
use crate::page::Site;

/// An area of work, under which the navigation puts its places together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What waits for oneself.
    Own,
    /// Orders and whoever placed them.
    Orders,
    /// What is sold where, and why it may be.
    Goods,
    /// Units and the sales of scarce ones.
    Stock,
    /// Builds and rollouts.
    Rom,
    /// Markets that are opened, resellers, what comes next.
    Expansion,
    /// Figures and files.
    Figures,
    /// Accounts, other programs, the machinery.
    People,
}

impl Group {
    /// Every group, in the order of the navigation.
    pub const ALL: &[Self] = &[
        Self::Own,
        Self::Orders,
        Self::Goods,
        Self::Stock,
        Self::Rom,
        Self::Expansion,
        Self::Figures,
        Self::People,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self, t: &Text) -> String {
        let id = match self {
            Self::Own => "staff-group-own",
            Self::Orders => "staff-group-orders",
            Self::Goods => "staff-group-goods",
            Self::Stock => "staff-group-stock",
            Self::Rom => "staff-group-rom",
            Self::Expansion => "staff-group-expansion",
            Self::Figures => "staff-group-figures",
            Self::People => "staff-group-people",
        };
        t.get(id).into_owned()
    }

    /// The word by which the page names the group to itself.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Orders => "orders",
            Self::Goods => "goods",
            Self::Stock => "stock",
            Self::Rom => "rom",
            Self::Expansion => "expansion",
            Self::Figures => "figures",
            Self::People => "people",
        }
    }
}

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
    /// Products.
    Catalogue,
    /// The prices of a market.
    Prices,
    /// The stock ledger.
    Stock,
    /// The markets.
    Markets,
    /// Sales of scarce items.
    Sales,
    /// Builds and rollouts.
    Rom,
    /// Imports and exports.
    Exchange,
    /// The opening of a market.
    Openings,
    /// What is withdrawn from a market.
    Withdrawals,
    /// What can leave.
    Dispatch,
    /// Resellers.
    Resellers,
    /// Devices carried abroad.
    Carried,
    /// The next country.
    NextCountry,
    /// Costs, batches, local production.
    Plans,
    /// What waits for a second person.
    Proposals,
    /// Jobs.
    Jobs,
    /// Accounts.
    People,
    /// Keys and webhooks of other programs.
    Programs,
    /// The log.
    Log,
    /// One's own account.
    Account,
}

impl Place {
    /// Every place, in the order of the navigation: group by group.
    pub const ALL: &[Self] = &[
        Self::Today,
        Self::Proposals,
        Self::Account,
        Self::Orders,
        Self::Dispatch,
        Self::Waiting,
        Self::Catalogue,
        Self::Clearances,
        Self::Prices,
        Self::Withdrawals,
        Self::Stock,
        Self::Sales,
        Self::Rom,
        Self::Markets,
        Self::Openings,
        Self::NextCountry,
        Self::Plans,
        Self::Resellers,
        Self::Carried,
        Self::Figures,
        Self::Exchange,
        Self::People,
        Self::Programs,
        Self::Jobs,
        Self::Log,
    ];

    /// The group that it stands in.
    #[must_use]
    pub const fn group(self) -> Group {
        match self {
            Self::Today | Self::Proposals | Self::Account => Group::Own,
            Self::Orders | Self::Dispatch | Self::Waiting => Group::Orders,
            Self::Catalogue | Self::Clearances | Self::Prices | Self::Withdrawals => Group::Goods,
            Self::Stock | Self::Sales => Group::Stock,
            Self::Rom => Group::Rom,
            Self::Markets
            | Self::Openings
            | Self::NextCountry
            | Self::Plans
            | Self::Resellers
            | Self::Carried => Group::Expansion,
            Self::Figures | Self::Exchange => Group::Figures,
            Self::People | Self::Programs | Self::Jobs | Self::Log => Group::People,
        }
    }

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
            Self::Catalogue => "goods-catalogue",
            Self::Prices => "staff-prices",
            Self::Stock => "staff-stock",
            Self::Markets => "staff-markets",
            Self::Sales => "staff-sales",
            Self::Rom => "staff-rom",
            Self::Exchange => "staff-exchange",
            Self::Openings => "open-title",
            Self::Withdrawals => "wd-title",
            Self::Dispatch => "disp-title",
            Self::Resellers => "rsl-title",
            Self::Carried => "carried-title",
            Self::NextCountry => "next-title",
            Self::Plans => "plan-title",
            Self::Proposals => "staff-proposals",
            Self::People => "staff-people",
            Self::Programs => "staff-programs",
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
            Self::Catalogue => "/admin/catalogue",
            Self::Prices => "/admin/prices",
            Self::Stock => "/admin/stock",
            Self::Markets => "/admin/markets",
            Self::Sales => "/admin/sales",
            Self::Rom => "/admin/rom",
            Self::Exchange => "/admin/exchange",
            Self::Openings => "/admin/openings",
            Self::Withdrawals => "/admin/withdrawals",
            Self::Dispatch => "/admin/dispatch",
            Self::Resellers => "/admin/resellers",
            Self::Carried => "/admin/carried",
            Self::NextCountry => "/admin/next-country",
            Self::Plans => "/admin/plans",
            Self::Proposals => "/admin/proposals",
            Self::People => "/admin/people",
            Self::Programs => "/admin/programs",
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

/// So many things are counted where people are told how many there are: a page is not slow because of a
/// number. Whoever counts asks for one more, to say that there are more.
pub const COUNTED: usize = 99;

/// A number that was counted up to one more than [`COUNTED`]: as it is seen, and as it is read out.
fn shown_count(t: Text, count: usize) -> (String, String) {
    if count <= COUNTED {
        return (count.to_string(), count.to_string());
    }
    (format!("{COUNTED}+"), t.one("value-more-than", "number", COUNTED).into_owned())
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
    /// How many proposals wait for the person, counted up to one more than [`COUNTED`].
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

    /// The groups of which a place is open to the person, each with those places.
    pub(super) fn groups(&self) -> Vec<(Group, Vec<Place>)> {
        let own = |group: Group| {
            let places = self.places.iter().copied().filter(|place| place.group() == group);
            (group, places.collect::<Vec<_>>())
        };
        Group::ALL.iter().copied().map(own).filter(|(_, places)| !places.is_empty()).collect()
    }

    pub(super) fn is_in(&self, group: &Group) -> bool {
        self.place.is_some_and(|place| place.group() == *group)
    }

    pub(super) fn is_here(&self, place: &Place) -> bool {
        self.place == Some(*place)
    }

    /// How many proposals wait, as people see it and as it is read to them; nothing where none waits.
    pub(super) fn waits(&self) -> Option<(String, String)> {
        (self.waiting > 0).then(|| shown_count(self.text(), self.waiting))
    }

    pub(super) fn badge(&self, place: &Place) -> Option<(String, String)> {
        self.waits().filter(|_| *place == Place::Proposals)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_has_reached_its_bound_says_so() {
        let (en, de) = (Text::new(Language::En, None), Text::new(Language::De, None));
        for count in [1, COUNTED] {
            assert_eq!(shown_count(en, count), (count.to_string(), count.to_string()));
        }
        let more = |t| shown_count(t, COUNTED + 1);
        assert_eq!(more(en), ("99+".to_owned(), "more than 99".to_owned()));
        assert_eq!(more(de), ("99+".to_owned(), "mehr als 99".to_owned()));
    }

    #[test]
    fn places_stand_group_by_group_and_once() {
        let mut grouped = Vec::new();
        for group in Group::ALL {
            let places = Place::ALL.iter().copied().filter(|place| place.group() == *group);
            let before = grouped.len();
            grouped.extend(places);
            assert!(grouped.len() > before, "{group:?} has no place");
        }
        assert_eq!(grouped, Place::ALL, "the order of the places is that of their groups");
        for (at, place) in Place::ALL.iter().enumerate() {
            assert!(!Place::ALL[..at].contains(place), "{place:?} stands twice");
        }
    }
}
