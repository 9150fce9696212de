//! Who acts.

use kontor_base::id::StaffId;
use kontor_base::{Email, KeyedHash, Language};
use kontor_domain::market::MarketCode;
use kontor_domain::staff::{
    Assignment, KeyRefusal, Markets, PasswordProblem, Permission, StaffName, StaffRefusal,
    markets_of, may,
};

use super::act_refusal::ActRefusal;
use super::passkey::Doubt;

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their account.
    pub id: StaffId,
    /// Their name.
    pub name: StaffName,
    /// The address they sign in with.
    pub email: Email,
    /// The language of their pages.
    pub language: Language,
    /// What they may do, and where.
    pub held: Vec<Assignment>,
    /// The session they act in.
    pub session: KeyedHash,
    /// They came in with a recovery code and have no password: they must set one first.
    pub needs_password: bool,
    /// They came in with a recovery code just now, so the secret that they have lost is not asked for where
    /// they set a new one.
    pub recovers: bool,
}

impl Person {
    /// Whether they may do this in `market` (none: in all at once).
    #[must_use]
    pub fn may(&self, permission: Permission, market: Option<MarketCode>) -> bool {
        may(&self.held, permission, market)
    }

    /// Where they may do this.
    #[must_use]
    pub fn markets(&self, permission: Permission) -> Markets {
        markets_of(&self.held, permission)
    }

    /// Whether they may do this anywhere.
    #[must_use]
    pub fn may_somewhere(&self, permission: Permission) -> bool {
        !self.markets(permission).is_empty()
    }
}

/// A field that cannot be read, and how it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// A reason.
    #[error("say why, in one line of up to 500 characters")]
    Reason,
    /// A reason that others read.
    #[error("say why, in one line of up to 200 characters")]
    ShortReason,
    /// A note to an order.
    #[error("a note has one to a thousand characters")]
    Note,
    /// What a key is for.
    #[error("say in one line of up to 80 characters what it is for")]
    KeyName,
    /// What a passkey is called.
    #[error("give it a name of one line, up to 60 characters")]
    PasskeyName,
    /// There are enough passkeys.
    #[error("there are ten passkeys already; remove one")]
    Passkeys,
    /// An order's number.
    #[error("that is no order's number")]
    OrderNumber,
    /// A person's name.
    #[error("the name must be one line of up to 100 characters")]
    Name,
    /// A person's address.
    #[error("the address must be an e-mail address")]
    Email,
    /// What an account holds.
    #[error("these are too many roles for one account")]
    Roles,
}

impl FieldProblem {
    /// Every problem.
    pub const ALL: [Self; 10] = [
        Self::Reason,
        Self::ShortReason,
        Self::Note,
        Self::KeyName,
        Self::PasskeyName,
        Self::Passkeys,
        Self::OrderNumber,
        Self::Name,
        Self::Email,
        Self::Roles,
    ];

    /// The word for it in the keys of texts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::ShortReason => "short-reason",
            Self::Note => "note",
            Self::KeyName => "key-name",
            Self::PasskeyName => "passkey-name",
            Self::Passkeys => "passkeys",
            Self::OrderNumber => "order-number",
            Self::Name => "name",
            Self::Email => "email",
            Self::Roles => "roles",
        }
    }
}

/// Why something is not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The rules of permissions and of four eyes.
    #[error(transparent)]
    Staff(#[from] StaffRefusal),
    /// The act itself.
    #[error(transparent)]
    Act(#[from] ActRefusal),
    /// Address and secret do not fit together. It is not said which is wrong.
    #[error("address and secret do not fit together")]
    NotKnown,
    /// Too many wrong secrets from browsers that were never signed in here.
    #[error("too many attempts; try again in {0} s")]
    TooMany(u32),
    /// There is no such account.
    #[error("there is no such account")]
    UnknownAccount,
    /// The address has an account already.
    #[error("this address has an account already")]
    AddressTaken,
    /// A field that cannot be read.
    #[error(transparent)]
    Field(#[from] FieldProblem),
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordProblem),
    /// A key that is not made.
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    /// There is no such key, or it is not theirs.
    #[error("there is no such key")]
    UnknownKey,
    /// A passkey's answer is not believed. Why is for the log.
    #[error("this passkey cannot be taken")]
    Passkey(Doubt),
    /// There is no such proposal.
    #[error("there is no such proposal")]
    UnknownProposal,
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Staff(refusal) => refusal.code(),
            Self::Act(refusal) => refusal.code(),
            Self::NotKnown => "staff.not_known",
            Self::TooMany(_) => "staff.too_many",
            Self::UnknownAccount => "staff.unknown_account",
            Self::AddressTaken => "staff.address_taken",
            Self::Field(_) => "staff.bad_field",
            Self::Password(_) => "staff.bad_password",
            Self::Passkey(_) => "staff.bad_passkey",
            Self::Key(_) => "staff.bad_key",
            Self::UnknownKey => "staff.unknown_key",
            Self::UnknownProposal => "staff.unknown_proposal",
        }
    }
}
