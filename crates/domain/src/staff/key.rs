//! Keys of other programs: what a key may hold, for how long, and what it opens.
//!
//! A key never does what takes two people, never looks after accounts, and never holds more than
//! whoever made it had.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use kontor_base::{Instant, Line};

use super::permission::{Eyes, Permission};
use super::role::{Assignment, Markets, may_throughout};
use crate::market::MarketCode;

/// The longest life of a key, in days.
pub const KEY_DAYS_MAX: u16 = 730;
/// The most keys that are good at the same time.
pub const KEYS_MAX: usize = 200;

/// What a key is called.
pub type KeyName = Line<80>;

/// Whether a key may hold a permission: what only looks, and what one person does alone and in a
/// market's daily work. The log and accounts are people's.
#[must_use]
pub fn key_may_hold(permission: Permission) -> bool {
    match permission {
        Permission::StaffAudit | Permission::StaffManage | Permission::StaffConnect => false,
        Permission::StockBook => true,
        other => other.reads() && other.eyes() == Eyes::Two,
    }
}

/// Why a key is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// No scope is named.
    #[error("choose at least one scope")]
    NoScope,
    /// A key cannot hold this.
    #[error("a key cannot hold {}", .0.word())]
    NotForKeys(Permission),
    /// Nobody gives a key more than they have.
    #[error("{} is not yours in all of these markets", .0.word())]
    NotYours(Permission),
    /// Neither over at once nor for ever.
    #[error("a key lives for 1 to {KEY_DAYS_MAX} days")]
    Days,
    /// There are enough.
    #[error("there are {KEYS_MAX} keys already; end those that nobody uses")]
    TooMany,
}

/// Whether somebody with these assignments may make a key with these scopes in these markets.
///
/// # Errors
///
/// See [`KeyRefusal`].
pub fn check_key(
    held: &[Assignment],
    scopes: &BTreeSet<Permission>,
    markets: &Markets,
    days: u16,
) -> Result<(), KeyRefusal> {
    if scopes.is_empty() {
        return Err(KeyRefusal::NoScope);
    }
    if days == 0 || days > KEY_DAYS_MAX {
        return Err(KeyRefusal::Days);
    }
    if let Some(bad) = scopes.iter().find(|scope| !key_may_hold(**scope)) {
        return Err(KeyRefusal::NotForKeys(*bad));
    }
    for scope in scopes.iter().copied().chain([Permission::StaffConnect]) {
        if !may_throughout(held, scope, markets) {
            return Err(KeyRefusal::NotYours(scope));
        }
    }
    Ok(())
}

/// What a key opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyGrant {
    /// What it may do.
    pub scopes: BTreeSet<Permission>,
    /// Where.
    pub markets: Markets,
    /// Until when.
    pub expires_at: Instant,
    /// When it was ended.
    pub ended_at: Option<Instant>,
}

impl KeyGrant {
    /// Whether it opens anything at `at`.
    #[must_use]
    pub fn is_good(&self, at: Instant) -> bool {
        self.ended_at.is_none() && at < self.expires_at
    }

    /// Whether it permits this in `market` (none: in all at once).
    #[must_use]
    pub fn may(&self, permission: Permission, market: Option<MarketCode>) -> bool {
        self.scopes.contains(&permission)
            && match (&self.markets, market) {
                (Markets::All, _) => true,
                (Markets::Only(own), Some(market)) => own.contains(&market),
                (Markets::Only(_), None) => false,
            }
    }
}

impl fmt::Display for Markets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Only(own) => {
                for (index, market) in own.iter().enumerate() {
                    write!(f, "{}{market}", if index == 0 { "" } else { "," })?;
                }
                Ok(())
            }
        }
    }
}

/// The text is neither `*` nor a list of markets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not * or a list of markets such as us,de")]
pub struct MarketsError;

impl FromStr for Markets {
    type Err = MarketsError;

    fn from_str(text: &str) -> Result<Self, MarketsError> {
        if text.trim() == "*" {
            return Ok(Self::All);
        }
        let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|p| !p.is_empty());
        let own: Result<BTreeSet<MarketCode>, _> = parts.map(str::parse).collect();
        match own {
            Ok(own) if !own.is_empty() => Ok(Self::Only(own)),
            _ => Err(MarketsError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(text: &str) -> Vec<Assignment> {
        vec![text.parse().expect("a role")]
    }

    fn scopes(words: &[&str]) -> BTreeSet<Permission> {
        words.iter().map(|word| Permission::from_word(word).expect("a word")).collect()
    }

    #[test]
    fn nobody_gives_a_key_more_than_they_have() {
        let manager = held("market_manager@us");
        let us: Markets = "us".parse().expect("markets");
        assert_eq!(check_key(&manager, &scopes(&["order.read"]), &us, 30), Ok(()));
        for markets in ["us,in", "in", "*"] {
            let markets: Markets = markets.parse().expect("markets");
            let made = check_key(&manager, &scopes(&["order.read"]), &markets, 30);
            assert_eq!(made, Err(KeyRefusal::NotYours(Permission::OrderRead)), "{markets}");
        }
        let made = check_key(&manager, &scopes(&["catalogue.edit"]), &us, 30);
        assert!(made.is_err(), "a manager does not change the catalogue");
        let warehouse = held("warehouse@us");
        let made = check_key(&warehouse, &scopes(&["customer.read"]), &us, 30);
        assert!(matches!(made, Err(KeyRefusal::NotYours(_))), "{made:?}");
        let support = held("support@us");
        let made = check_key(&support, &scopes(&["order.read"]), &us, 30);
        assert_eq!(made, Err(KeyRefusal::NotYours(Permission::StaffConnect)));
        for days in [0, KEY_DAYS_MAX + 1] {
            let made = check_key(&manager, &scopes(&["order.read"]), &us, days);
            assert_eq!(made, Err(KeyRefusal::Days));
        }
        assert_eq!(check_key(&manager, &scopes(&[]), &us, 30), Err(KeyRefusal::NoScope));
        let none = Markets::Only(BTreeSet::new());
        assert!(check_key(&manager, &scopes(&["order.read"]), &none, 30).is_err());
    }

    #[test]
    fn a_key_never_does_what_takes_two_people_or_is_about_people() {
        for permission in Permission::ALL.iter().filter(|p| key_may_hold(**p)) {
            assert_eq!(permission.eyes(), Eyes::Two, "{}", permission.word());
            assert!(!permission.word().starts_with("staff."), "{}", permission.word());
        }
        for word in ["staff.audit", "staff.manage", "staff.connect", "clearance.grant", "price.set"]
        {
            let permission = Permission::from_word(word).expect("a word");
            assert!(!key_may_hold(permission), "{word}");
        }
        assert!(key_may_hold(Permission::OrderRead) && key_may_hold(Permission::StockBook));
    }

    #[test]
    fn a_key_opens_its_own_markets_until_its_end() {
        let at = Instant::from_micros(1_000_000);
        let mut key = KeyGrant {
            scopes: scopes(&["order.read"]),
            markets: "us".parse().expect("markets"),
            expires_at: at.plus_seconds(60),
            ended_at: None,
        };
        let market = |code: &str| Some(code.parse().expect("a market"));
        assert!(key.may(Permission::OrderRead, market("us")));
        assert!(!key.may(Permission::OrderRead, market("in")));
        assert!(!key.may(Permission::OrderRead, None));
        assert!(!key.may(Permission::OrderCancel, market("us")));
        assert!(key.is_good(at) && !key.is_good(at.plus_seconds(60)));
        key.ended_at = Some(at);
        assert!(!key.is_good(at));
    }

    #[test]
    fn texts_are_read_as_they_are_written() {
        for text in ["*", "us", "de,us"] {
            assert_eq!(text.parse::<Markets>().expect("markets").to_string(), text);
        }
        for bad in ["", ",", "usa!", "us;de"] {
            assert!(bad.parse::<Markets>().is_err(), "{bad:?}");
        }
    }
}
