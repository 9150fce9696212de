//! What can be permitted: one word each, which begins with the area's.

/// Where a permission holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// In the markets that somebody is assigned to.
    Market,
    /// For everybody at once: only whoever is assigned to all markets has it.
    Everywhere,
}

/// How many people an act takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eyes {
    /// One.
    Two,
    /// One proposes, another approves.
    Four,
    /// A second person only beyond the operator's limit.
    FourBeyondLimit,
    /// A second person only where something that holds a product back would hold it less.
    FourIfLoosened,
}

macro_rules! permissions {
    ($( $(#[$meta:meta])* $name:ident = $word:literal, $span:ident, $eyes:ident; )+) => {
        /// Something that staff may be permitted to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $( $(#[$meta])* $name ),+ }

        impl Permission {
            /// Every permission, in the order of the areas.
            pub const ALL: &[Self] = &[ $( Self::$name ),+ ];

            /// The word, such as `clearance.grant`.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $( Self::$name => $word ),+ }
            }

            /// Where it holds.
            #[must_use]
            pub const fn span(self) -> Span {
                match self { $( Self::$name => Span::$span ),+ }
            }

            /// How many people it takes.
            #[must_use]
            pub const fn eyes(self) -> Eyes {
                match self { $( Self::$name => Eyes::$eyes ),+ }
            }
        }
    };
}

permissions! {
    /// See markets.
    MarketRead = "market.read", Market, Two;
    /// Change a market's stage, texts and contacts.
    MarketEdit = "market.edit", Market, FourIfLoosened;
    /// See the catalogue.
    CatalogueRead = "catalogue.read", Market, Two;
    /// Change products: every market shows them.
    CatalogueEdit = "catalogue.edit", Everywhere, FourIfLoosened;
    /// See rules, grants and verdicts.
    ClearanceRead = "clearance.read", Market, Two;
    /// Record evidence that something is cleared.
    ClearanceGrant = "clearance.grant", Market, Four;
    /// See prices.
    PriceRead = "price.read", Market, Two;
    /// Set prices.
    PriceSet = "price.set", Market, FourBeyondLimit;
    /// See stock.
    StockRead = "stock.read", Market, Two;
    /// Book receipts and counts.
    StockBook = "stock.book", Market, Two;
    /// Make and run sales.
    SaleRun = "sale.run", Market, Two;
    /// See customers and waiting lists.
    CustomerRead = "customer.read", Market, Two;
    /// Erase a customer's data.
    CustomerErase = "customer.erase", Market, Four;
    /// See resellers, their contracts and orders.
    ResellerRead = "reseller.read", Market, Two;
    /// Make a contract with a reseller.
    ResellerApprove = "reseller.approve", Market, Four;
    /// Set units aside for a reseller, give out keys, turn applications down.
    ResellerManage = "reseller.manage", Market, Two;
    /// Hand somebody everything that is kept about them.
    CustomerExport = "customer.export", Market, Two;
    /// Put two addresses of one person together.
    CustomerMerge = "customer.merge", Market, Two;
    /// Write to those who wait. A letter to many cannot be taken back.
    CustomerTell = "customer.tell", Market, Four;
    /// See orders.
    OrderRead = "order.read", Market, Two;
    /// Write notes to orders and send their mails again.
    OrderEdit = "order.edit", Market, Two;
    /// Cancel orders: what was collected goes back, as by a refund.
    OrderCancel = "order.cancel", Market, FourBeyondLimit;
    /// Hand orders to the carrier, with the serial numbers of what is in them.
    OrderDispatch = "order.dispatch", Market, Two;
    /// Take goods of orders back, to the shelf or to be scrapped.
    OrderReturn = "order.return", Market, Two;
    /// Give money back.
    PaymentRefund = "payment.refund", Market, FourBeyondLimit;
    /// Withdraw a product at once. Alone: it may not wait for anybody.
    OpeningWithdraw = "opening.withdraw", Market, Two;
    /// Take a withdrawal back.
    OpeningRestore = "opening.restore", Market, Four;
    /// See what is queued and what was given up.
    JobRead = "job.read", Everywhere, Two;
    /// Have jobs tried again, or give them up.
    JobRun = "job.run", Everywhere, Two;
    /// Make accounts and give roles.
    StaffManage = "staff.manage", Everywhere, Four;
    /// Read the log of what staff did.
    StaffAudit = "staff.audit", Everywhere, Two;
    /// Connect other programs: make keys and webhooks for them.
    StaffConnect = "staff.connect", Market, Two;
    /// Exchange signing keys.
    SigningRotate = "signing.rotate", Everywhere, Four;
    /// Publish a build to devices.
    RolloutRun = "rollout.run", Everywhere, Four;
    /// Halt a rollout. Alone: it may not wait for anybody.
    RolloutHalt = "rollout.halt", Everywhere, Two;
}

impl Permission {
    /// The permission with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.word() == word)
    }

    /// Whether it only looks.
    #[must_use]
    pub fn reads(self) -> bool {
        matches!(self.word().split_once('.'), Some((_, "read" | "audit")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_is_an_area_and_a_verb_and_stands_once() {
        let words: BTreeSet<&str> = Permission::ALL.iter().map(|p| p.word()).collect();
        assert_eq!(words.len(), Permission::ALL.len());
        for permission in Permission::ALL {
            let (area, verb) = permission.word().split_once('.').expect("area.verb");
            for part in [area, verb] {
                assert!(!part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase()));
            }
            assert_eq!(Permission::from_word(permission.word()), Some(*permission));
        }
        assert_eq!(Permission::from_word("clearance.*"), None);
    }

    #[test]
    fn the_how_to_names_everything_that_takes_two_people() {
        let text = include_str!("../../../../docs/how-to/give-people-accounts.md");
        let told: BTreeSet<(&str, &str)> = text
            .lines()
            .filter_map(|line| {
                let cells: Vec<&str> = line.split('|').map(str::trim).collect();
                let [_, word, _, people, _] = cells[..] else { return None };
                let word = word.strip_prefix('`')?.strip_suffix('`')?;
                Some((word, people))
            })
            .collect();
        let takes_two = Permission::ALL.iter().filter_map(|permission| {
            let people = match permission.eyes() {
                Eyes::Two => return None,
                Eyes::Four => "always",
                Eyes::FourBeyondLimit => "beyond the limit",
                Eyes::FourIfLoosened => "where it loosens",
            };
            Some((permission.word(), people))
        });
        assert_eq!(told, takes_two.collect(), "the table is the list of permissions");
    }

    #[test]
    fn stopping_takes_one_person_and_what_cannot_be_taken_back_takes_two() {
        for alone in [Permission::OpeningWithdraw, Permission::RolloutHalt] {
            assert_eq!(alone.eyes(), Eyes::Two, "{}", alone.word());
        }
        for two in [
            Permission::ClearanceGrant,
            Permission::CustomerErase,
            Permission::CustomerTell,
            Permission::OpeningRestore,
            Permission::ResellerApprove,
            Permission::SigningRotate,
            Permission::StaffManage,
        ] {
            assert_eq!(two.eyes(), Eyes::Four, "{}", two.word());
        }
        assert!(Permission::ALL.iter().filter(|p| p.reads()).all(|p| p.eyes() == Eyes::Two));
    }
}
