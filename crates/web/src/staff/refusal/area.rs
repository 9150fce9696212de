//! Refusals of the shop's areas: accounts, openings, dispatch, stock, sales, waiting lists, webhooks.

use kontor_domain::opening::AssortmentRefusal;
use kontor_domain::opening::PlanError;
use kontor_domain::sale::{DefinitionProblem, LifeRefusal, SettleRefusal};
use kontor_ledger::StockRefusal;
use kontor_ledger::posting::MoneyRefusal;
use kontor_shop::hook::{HookRefusal, UrlProblem};
use kontor_shop::mail::TellRefusal;
use kontor_shop::opening::Refusal as OpeningRefusal;
use kontor_shop::order::{DispatchRefusal, TakeBackRefusal};
use kontor_shop::sale::SetUpRefusal;
use kontor_shop::staff::{AccountProblem, Objection};
use kontor_shop::stock::ShipRefusal;

use super::{Parts, Refused, joined, keyed, one, say};
use crate::kit::text::Text;
use crate::staff::opening_view::stage_words;

impl Refused for Objection {
    fn key(&self) -> String {
        keyed(self.code)
    }

    fn parts(&self, _: &Text) -> Parts {
        self.parts.clone()
    }

    fn said(&self, t: &Text) -> Option<String> {
        self.wrong.as_ref().map(|wrong| t.wrong(wrong).into_owned())
    }
}

impl Refused for AccountProblem {
    fn key(&self) -> String {
        format!("staff-bad-account-{}", self.word())
    }

    fn parts(&self, _: &Text) -> Parts {
        match self {
            Self::Email => Vec::new(),
            Self::Language(name) | Self::State(name) | Self::Role(name) | Self::Market(name) => {
                one("name", name)
            }
        }
    }
}

impl Refused for OpeningRefusal {
    fn key(&self) -> String {
        keyed(self.code())
    }

    fn parts(&self, t: &Text) -> Parts {
        match self {
            Self::NoSuchStep { from, to } => {
                vec![("from", stage_words(t, *from)), ("to", stage_words(t, *to))]
            }
            Self::ConcernsNothing(scope) => one("name", scope),
            Self::BadCost(clearance) => one("name", clearance),
            Self::NoWithdrawal(code) => one("name", code),
            Self::Assortment(AssortmentRefusal::AlreadyIn(sku) | AssortmentRefusal::NotIn(sku)) => {
                one("name", sku)
            }
            Self::TooEarly(day) => one("day", &t.date(day)),
            Self::UnknownMarket(_)
            | Self::UnknownSku(_)
            | Self::Plan(_)
            | Self::Assortment(_)
            | Self::NotReady(_) => Vec::new(),
        }
    }

    fn said(&self, t: &Text) -> Option<String> {
        match self {
            Self::Plan(error) => Some(say(t, error)),
            _ => None,
        }
    }
}

impl Refused for PlanError {
    fn key(&self) -> String {
        let more = match self {
            Self::Products => "products",
            Self::Past => "past",
            Self::Checklist(_) => "checklist",
            Self::Circle(_) => "circle",
            Self::Costs(_) => "costs",
        };
        format!("opening-bad-plan-{more}")
    }

    fn parts(&self, _: &Text) -> Parts {
        match self {
            Self::Checklist(code) | Self::Circle(code) => one("name", code),
            Self::Products | Self::Past | Self::Costs(_) => Vec::new(),
        }
    }
}

impl Refused for DispatchRefusal {
    fn key(&self) -> String {
        keyed(self.code())
    }

    fn said(&self, t: &Text) -> Option<String> {
        match self {
            Self::Ship(refusal) => Some(say(t, refusal)),
            Self::Unknown(_) | Self::NotReady(_) | Self::NotCleared => None,
        }
    }
}

impl Refused for ShipRefusal {
    fn key(&self) -> String {
        keyed(self.code())
    }

    fn parts(&self, _: &Text) -> Parts {
        match self {
            Self::NotASerial(name) | Self::Twice(name) => one("name", name),
            Self::NotInside(sku) => one("name", sku),
            Self::Count { sku, units, serials } => vec![
                ("name", sku.to_string()),
                ("units", units.to_string()),
                ("serials", serials.to_string()),
            ],
            Self::Stock(_) => Vec::new(),
        }
    }

    fn said(&self, t: &Text) -> Option<String> {
        match self {
            Self::Stock(refusal) => Some(say(t, refusal)),
            _ => None,
        }
    }
}

impl Refused for TakeBackRefusal {
    fn key(&self) -> String {
        keyed(self.code())
    }

    fn parts(&self, _: &Text) -> Parts {
        match self {
            Self::TooMany { sku, left } => {
                vec![("name", sku.to_string()), ("left", left.to_string())]
            }
            Self::NotOurs(serial) => one("name", serial),
            Self::Unknown(_) | Self::Nothing | Self::Stock(_) => Vec::new(),
        }
    }

    fn said(&self, t: &Text) -> Option<String> {
        match self {
            Self::Stock(refusal) => Some(say(t, refusal)),
            _ => None,
        }
    }
}

impl Refused for StockRefusal {
    fn key(&self) -> String {
        keyed(self.code())
    }

    fn parts(&self, _: &Text) -> Parts {
        match self {
            Self::MoreThanOrdered { wanted, awaiting } => {
                vec![("wanted", wanted.to_string()), ("awaiting", awaiting.to_string())]
            }
            Self::CountBelowPromised { counted, promised } => {
                vec![("counted", counted.to_string()), ("promised", promised.to_string())]
            }
            _ => Vec::new(),
        }
    }
}

/// Amounts are not said: an order's own refusal comes without them, and the page shows them beside it.
impl Refused for MoneyRefusal {
    fn key(&self) -> String {
        keyed(self.code())
    }
}

impl Refused for SetUpRefusal {
    fn key(&self) -> String {
        match self {
            // The market's goods, where the books of stock speak of a hold's.
            Self::Stock { .. } => "sale-stock".to_owned(),
            other => keyed(other.code()),
        }
    }

    fn parts(&self, _: &Text) -> Parts {
        match self {
            Self::NotCleared(market) | Self::Deposit(market) => one("market", market),
            Self::Texts(lacking) => {
                let lacking = lacking
                    .iter()
                    .map(|(market, language)| format!("{} ({market})", language.endonym()));
                one("languages", &lacking.collect::<Vec<_>>().join(", "))
            }
            Self::Stock { market, short } => {
                vec![("market", market.to_string()), ("short", short.to_string())]
            }
            _ => Vec::new(),
        }
    }

    fn said(&self, t: &Text) -> Option<String> {
        match self {
            Self::Definition(problems) if !problems.is_empty() => Some(joined(t, problems)),
            Self::Settle(refusal) => Some(say(t, refusal)),
            Self::Life(refusal) => Some(say(t, refusal)),
            _ => None,
        }
    }
}

impl Refused for DefinitionProblem {
    fn key(&self) -> String {
        keyed(self.code())
    }
}

impl Refused for SettleRefusal {
    fn key(&self) -> String {
        keyed(self.code())
    }

    fn parts(&self, _: &Text) -> Parts {
        match self {
            Self::HoldsOpen { units } => one("units", units),
            Self::Oversold { channel } => one("market", &channel.market),
            Self::MovesUneven => Vec::new(),
        }
    }
}

impl Refused for LifeRefusal {
    fn key(&self) -> String {
        keyed(self.code())
    }
}

impl Refused for TellRefusal {
    fn key(&self) -> String {
        match self {
            // Another sentence than that of a withdrawal that somebody names.
            Self::NotWithdrawn => "market-not-withdrawn".to_owned(),
            other => keyed(other.code()),
        }
    }

    fn parts(&self, _: &Text) -> Parts {
        match self {
            Self::NotOpen(market) => one("market", market),
            Self::NotForSale(model) => one("name", model),
            _ => Vec::new(),
        }
    }
}

impl Refused for HookRefusal {
    fn key(&self) -> String {
        let more = match self {
            Self::Url(UrlProblem::Malformed) => "malformed",
            Self::Url(UrlProblem::NotEncrypted) => "not-encrypted",
            Self::Url(UrlProblem::NotPublic) => "not-public",
            other => return keyed(other.code()),
        };
        format!("{}-{more}", keyed(self.code()))
    }

    fn parts(&self, _: &Text) -> Parts {
        match self {
            Self::TooMany => one("max", &kontor_domain::hook::HOOKS_MAX),
            Self::NotPermitted(lacks) => one("scope", &lacks.word()),
            _ => Vec::new(),
        }
    }
}
