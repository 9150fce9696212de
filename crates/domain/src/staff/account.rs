//! An account: one person of the maker's, what they may do and where, how they show who they are.

use std::fmt;
use std::str::FromStr;

use kontor_base::id::StaffId;
use kontor_base::{Email, Instant, Language, Line};

use super::role::{Assignment, Markets, Role};

/// The shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The longest password, in bytes: hashing takes time by length.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// How many recovery codes an account is given at once.
pub const RECOVERY_CODES: usize = 8;
/// How long somebody stays signed in, in seconds: one working day.
pub const SESSION_S: i64 = 12 * 60 * 60;
/// After how long without a page a session ends, in seconds.
pub const SESSION_IDLE_S: i64 = 2 * 60 * 60;
/// For how long after coming in with a recovery code its owner sets a new password without the old one, in
/// seconds: long enough to think of one, too short for a browser that was left open.
pub const RECOVERY_S: i64 = 15 * 60;
/// The most assignments of one account.
pub const ASSIGNMENTS_MAX: usize = 32;

/// A person's name.
pub type StaffName = Line<100>;

/// Whether an account can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// It can.
    Active,
    /// Somebody has locked it; its history stays.
    Locked,
}

impl AccountState {
    /// The word in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Locked => "locked",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Active, Self::Locked].into_iter().find(|state| state.word() == word)
    }
}

/// Somebody who works for the maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub id: StaffId,
    /// Their name, as others see it.
    pub name: StaffName,
    /// The address they sign in with.
    pub email: Email,
    /// The language of their pages.
    pub language: Language,
    /// Whether the account can be used.
    pub state: AccountState,
    /// What they may do, and where.
    pub held: Vec<Assignment>,
    /// When the account was made.
    pub created_at: Instant,
}

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Too few characters.
    #[error("a password needs at least {PASSWORD_CHARS_MIN} characters")]
    TooShort,
    /// Too many bytes.
    #[error("a password has at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
    /// The same few characters over and over, or the person's own name or address.
    #[error("this password is easy to guess")]
    Guessable,
}

/// Whether a new password is good enough, as NIST SP 800-63B (5.1.1.2) has it: long rather than
/// colourful, and nothing that follows from whose it is.
///
/// # Errors
///
/// See [`PasswordProblem`].
pub fn check_password(password: &str, name: &str, email: &str) -> Result<(), PasswordProblem> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(PasswordProblem::TooLong);
    }
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(PasswordProblem::TooShort);
    }
    let lower = password.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    let mailbox = email.split('@').next().unwrap_or_default();
    let own = name.split_whitespace().chain([mailbox]).map(str::to_lowercase);
    let rest = own
        .filter(|word| word.chars().count() >= 3)
        .fold(lower.clone(), |rest, word| rest.replace(&word, ""));
    let runs = ["0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "passwort", "password"];
    let rest = runs.iter().fold(rest, |rest, run| strip_runs(&rest, run));
    if different.len() < 5 || rest.chars().count() < 6 {
        return Err(PasswordProblem::Guessable);
    }
    Ok(())
}

/// `text` without pieces of four or more characters that stand in `run`.
fn strip_runs(text: &str, run: &str) -> String {
    let mut rest = text.to_owned();
    for size in (4..=run.len()).rev() {
        for start in 0..=run.len() - size {
            rest = rest.replace(&run[start..start + size], "");
        }
    }
    rest
}

/// The text is not `role@markets`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not of the form ROLE@MARKETS, such as market_manager@us,de or owner@*; roles are {}",
        Role::ALL.map(Role::word).join(", "))]
pub struct AssignmentError;

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.role.word())?;
        match &self.markets {
            Markets::All => f.write_str("@*"),
            Markets::Only(own) => {
                for (index, market) in own.iter().enumerate() {
                    write!(f, "{}{market}", if index == 0 { "@" } else { "," })?;
                }
                Ok(())
            }
        }
    }
}

impl FromStr for Assignment {
    type Err = AssignmentError;

    fn from_str(text: &str) -> Result<Self, AssignmentError> {
        let (role, markets) = text.split_once('@').ok_or(AssignmentError)?;
        let role = Role::from_word(role).ok_or(AssignmentError)?;
        if markets == "*" {
            return Ok(Self { role, markets: Markets::All });
        }
        let own: Result<_, _> = markets.split(',').map(str::parse).collect();
        Ok(Self { role, markets: Markets::Only(own.map_err(|_| AssignmentError)?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_are_written_as_they_are_read() {
        for text in ["owner@*", "market_manager@de,us", "support@in"] {
            let read: Assignment = text.parse().expect(text);
            assert_eq!(read.to_string(), text);
        }
        for bad in ["", "owner", "owner@", "owner@*,us", "boss@us", "owner@us,,de", "owner@Ü"] {
            assert_eq!(bad.parse::<Assignment>(), Err(AssignmentError), "{bad}");
        }
    }

    #[test]
    fn passwords_are_long_and_not_ones_own_name() {
        let check =
            |password: &str| check_password(password, "Ana Souza", "ana.souza@maker.example");
        assert_eq!(check("correct horse battery"), Ok(()));
        assert_eq!(check("ümläut tröt zwölf"), Ok(()));
        assert_eq!(check("short"), Err(PasswordProblem::TooShort));
        assert_eq!(check(&"x1y2z".repeat(60)), Err(PasswordProblem::TooLong));
        for easy in
            ["aaaaaaaaaaaaaa", "1234567890123", "AnaSouza12345", "password1234567", "abababababab"]
        {
            assert_eq!(check(easy), Err(PasswordProblem::Guessable), "{easy}");
        }
    }
}
