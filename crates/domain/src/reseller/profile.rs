//! Who wants to resell: what they say of themselves, and where they stand.

use kontor_base::{Cell, Country, Date, Email, Line, Money, RowError};
use serde::{Deserialize, Serialize};

use crate::catalogue::Sku;
use crate::market::MarketCode;

/// Where a reseller stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They have applied; nobody has decided.
    Applied,
    /// A contract was made with them.
    Approved,
    /// They were turned down.
    Rejected,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 3] = [Self::Applied, Self::Approved, Self::Rejected];

    /// The word in data.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// The standing with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.word() == word)
    }
}

/// What somebody says of themselves who wants to resell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The firm's name.
    pub name: Line<120>,
    /// Where it is.
    pub country: Country,
    /// Whom to write to. Personal data: it prints nothing of itself.
    pub email: Email,
    /// Where they want to sell what, in their own words.
    pub plan: Line<500>,
}

/// An application as it was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    /// The firm's name.
    pub name: String,
    /// Two letters.
    pub country: String,
    /// An address.
    pub email: String,
    /// Where they want to sell what.
    pub plan: String,
}

impl Profile {
    /// Reads an application.
    ///
    /// # Errors
    ///
    /// Every field that cannot be read, in the order of the form.
    pub fn parse(form: &ProfileForm) -> Result<Self, Vec<RowError>> {
        let name = Line::parse(&form.name).map_err(|error| RowError::of("name", error));
        let typed = form.country.trim().to_uppercase();
        let country = typed.parse::<Country>();
        let country =
            country.map_err(|error| RowError::of("country", Country::wrong(&typed, &error)));
        let email = Email::parse(&form.email).map_err(|error| RowError::of("email", error));
        let plan = Line::parse(&form.plan).map_err(|error| RowError::of("plan", error));
        match (name, country, email, plan) {
            (Ok(name), Ok(country), Ok(email), Ok(plan)) => Ok(Self { name, country, email, plan }),
            (name, country, email, plan) => {
                Err([name.err(), country.err(), email.err(), plan.err()]
                    .into_iter()
                    .flatten()
                    .collect())
            }
        }
    }
}

/// How far a reseller's order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStage {
    /// Taken; its units are set aside.
    Taken,
    /// It has left, with its serial numbers.
    Dispatched,
    /// It was cancelled before it left; its units went back to the allotment.
    Cancelled,
}

impl OrderStage {
    /// Every stage.
    pub const ALL: [Self; 3] = [Self::Taken, Self::Dispatched, Self::Cancelled];

    /// The word in data.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Dispatched => "dispatched",
            Self::Cancelled => "cancelled",
        }
    }

    /// The stage with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }
}

/// Who has cancelled an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelledBy {
    /// The reseller.
    Reseller,
    /// The maker.
    Maker,
}

/// How an order was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// Who.
    pub by: CancelledBy,
    /// When.
    pub on: Date,
    /// Why; both sides read it.
    pub reason: String,
}

/// What was agreed on with an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderBody {
    /// The market that it belongs to.
    pub market: MarketCode,
    /// Where it goes.
    pub ship_to: Country,
    /// When it was placed.
    pub on: Date,
    /// What, with what each line costs.
    pub lines: Vec<BodyLine>,
    /// What all of it costs, before tax.
    pub total: Money,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyLine {
    /// The variant.
    pub sku: Sku,
    /// How many.
    pub units: u32,
    /// What the line costs.
    pub amount: Money,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_names_every_field_that_is_wrong() {
        let form = ProfileForm {
            name: "Harbour Electronics".to_owned(),
            country: "nl".to_owned(),
            email: "trade@harbour.example".to_owned(),
            plan: "bands in our two shops".to_owned(),
        };
        let profile = Profile::parse(&form).expect("a good application");
        assert_eq!(profile.country.code(), "NL");
        assert!(!format!("{profile:?}").contains("harbour.example"), "an address never prints");
        let bad = ProfileForm { email: "x".to_owned(), country: "Holland".to_owned(), ..form };
        let fields: Vec<_> = Profile::parse(&bad).expect_err("two are wrong");
        let fields: Vec<_> = fields.iter().map(|error| error.field).collect();
        assert_eq!(fields, ["country", "email"]);
        assert_eq!(Profile::parse(&ProfileForm::default()).expect_err("all are wrong").len(), 4);
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for standing in Standing::ALL {
            assert_eq!(Standing::from_word(standing.word()), Some(standing));
        }
        for stage in OrderStage::ALL {
            assert_eq!(OrderStage::from_word(stage.word()), Some(stage));
        }
    }
}
