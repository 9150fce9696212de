//! What every other crate stands on: typed ids, money, countries, languages, bounded text, time,
//! randomness, limits, hexadecimal and secrets.
//!
//! Nothing in here knows an area of the business, touches a disk or opens a connection. Time and
//! randomness are *values* ([`Clock`], [`Random`]) that the binary makes and hands down.

pub mod clock;
pub mod contact;
pub mod country;
pub mod fact;
pub mod hex;
pub mod id;
pub mod language;
pub mod limits;
pub mod money;
pub mod random;
pub mod rate;
pub mod secret;
pub mod text;
pub mod wrong;

pub use clock::{Clock, Date, Instant};
pub use contact::{Email, Phone};
pub use country::Country;
pub use fact::{Confidence, RowError};
pub use hex::{hex, unhex};
pub use language::Language;
pub use money::{Currency, Money, MoneyError};
pub use random::Random;
pub use rate::{Rate, Rounding};
pub use secret::{KeyedHash, SecretKey};
pub use text::{Line, TextError, folded_words};
pub use wrong::{Cell, Wrong};
