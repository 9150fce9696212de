//! Why something was not signed or published.

use kontor_ota::signing::Rejected;

/// A refusal of the trust half.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningRefusal {
    /// There is no repository yet.
    #[error("there is no repository yet: `kontor rom key init` begins the ceremony")]
    NotSet,
    /// There is one already.
    #[error("the repository has its root already; `kontor rom key rotate` changes keys")]
    Set,
    /// There is no such role.
    #[error("there is no role {0}")]
    UnknownRole(String),
    /// Nothing of the role waits for signatures.
    #[error("nothing of {0} waits to be signed")]
    NothingPending(String),
    /// The bundle says something else than what waits: it was made before a later change.
    #[error("the bundle of {0} is not the one that waits; export it again and sign that")]
    Superseded(String),
    /// The bundle brings no signature that is not here already.
    #[error("the bundle of {0} brings no new signature: has it been signed?")]
    NothingNew(String),
    /// A signature by a key that the document does not ask for.
    #[error("the document of {0} asks for no signature by the key {1}")]
    Stranger(String, String),
    /// A signature that is not by the key that it names, or not of this document.
    #[error("the signature on {0} by the key {1} does not fit")]
    BadSignature(String, String),
    /// A role's name would be taken for another's.
    #[error("the names of the targets of {0} could be taken for those of {1}")]
    Ambiguous(String, String),
    /// The server has no key that speaks for a role that is online.
    #[error("this server has no key for {0}: was its secret changed?")]
    NoKey(String),
    /// A key is not there that was to go.
    #[error("{0} is none of the keys of {1}")]
    UnknownKey(String, String),
    /// Somebody else published in the same moment.
    #[error("somebody else published in the same moment; try again")]
    Overtaken,
    /// The rules of the metadata refuse it.
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

impl SigningRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSet => "signing.not_set",
            Self::Set => "signing.set",
            Self::UnknownRole(_) => "signing.unknown_role",
            Self::NothingPending(_) => "signing.nothing_pending",
            Self::Superseded(_) => "signing.superseded",
            Self::NothingNew(_) => "signing.nothing_new",
            Self::Stranger(..) => "signing.stranger",
            Self::BadSignature(..) => "signing.bad_signature",
            Self::Ambiguous(..) => "signing.ambiguous",
            Self::NoKey(_) => "signing.no_key",
            Self::UnknownKey(..) => "signing.unknown_key",
            Self::Overtaken => "signing.overtaken",
            Self::Rejected(rejected) => rejected.code(),
        }
    }
}
