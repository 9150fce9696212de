//! Puts entries of the log into its chain, beside whoever writes them, and seals those from before there were
//! seals. `kontor audit` follows the chain (`crate::audit`).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use kontor_base::{SecretKey, hex, unhex};
use kontor_store::StoreError;
use kontor_store::staff::log_chain::{self, Link};
use kontor_store::staff::log_seal::{Seal, seal_later};

use crate::core::Shop;

/// How many entries are put into the chain in one transaction.
const PAGE: i64 = 200;

/// What the first link is made from: there is none before it.
pub(crate) const BEFORE_THE_FIRST: [u8; 32] = [0; 32];

/// The key of the chain's links. Whoever can write in the database and has no key cannot make one.
#[derive(Clone, Debug)]
pub struct LogKey(SecretKey);

impl LogKey {
    /// The key derived from `secret`.
    #[must_use]
    pub fn new(secret: &SecretKey) -> Self {
        Self(secret.derive("staff log chain"))
    }

    /// The link of an entry with `number`, behind the link `before`. Every part has one length.
    pub(crate) fn link(
        &self,
        before: &[u8; 32],
        number: i64,
        entry: &[u8; 16],
        seal: &Seal,
    ) -> [u8; 32] {
        let mut message = Vec::with_capacity(96);
        message.extend_from_slice(before);
        message.extend_from_slice(&number.to_be_bytes());
        message.extend_from_slice(entry);
        message.extend_from_slice(&seal.sealed_at.micros().to_be_bytes());
        message.extend_from_slice(&seal.digest);
        self.0.sign(&message)
    }
}

/// A place in the chain as somebody keeps it outside of the database: with it the audit finds that the end of the
/// log was taken away, which nothing inside can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogMark {
    /// The number of the link.
    pub number: i64,
    /// The first half of the link.
    pub begin: [u8; 16],
}

impl LogMark {
    pub(crate) fn of(link: &Link) -> Self {
        let mut begin = [0; 16];
        begin.copy_from_slice(&link.link[..16]);
        Self { number: link.number, begin }
    }
}

impl fmt::Display for LogMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.number, hex(&self.begin))
    }
}

/// Why a text is no mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a mark is a number, `-` and 32 hexadecimal digits, as `kontor audit` prints it")]
pub struct NoMark;

impl FromStr for LogMark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Self, NoMark> {
        let (number, begin) = text.split_once('-').ok_or(NoMark)?;
        let number = number.parse().ok().filter(|number| *number > 0).ok_or(NoMark)?;
        Ok(Self { number, begin: unhex(begin).ok_or(NoMark)? })
    }
}

/// What a round has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chained {
    /// Entries that have their link now.
    pub entries: u64,
    /// Those among them that were from before the seals and have one now.
    pub sealed_later: u64,
}

impl Chained {
    /// Whether there may be more to do at once.
    #[must_use]
    pub const fn is_full(self) -> bool {
        self.entries >= PAGE.unsigned_abs()
    }
}

/// Puts the entries that wait into the chain, up to a page, and seals those that are not.
///
/// # Errors
///
/// A fault of the store; what was not done is done in the next round.
pub async fn chain_log(shop: &Arc<Shop>) -> Result<Chained, StoreError> {
    // A look without a lock: mostly there is nothing, or another node was faster.
    if !shop.db.read("staff.log_waiting", log_chain::any_waiting).await? {
        return Ok(Chained::default());
    }
    let (key, at) = (shop.keys.log().clone(), shop.now());
    shop.db
        .write("staff.chain_log", move |tx| {
            let last = log_chain::last(tx)?;
            let (mut number, mut before) =
                last.map_or((0, BEFORE_THE_FIRST), |last| (last.number, last.link));
            let mut done = Chained::default();
            for waiting in log_chain::waiting(tx, PAGE)? {
                let entry = waiting.entry;
                let seal = match waiting.seal {
                    Some(seal) => seal,
                    None => {
                        let seal = Seal::of(&entry, at);
                        seal_later(tx, &entry, &seal)?;
                        done.sealed_later += 1;
                        seal
                    }
                };
                number += 1;
                let link = key.link(&before, number, &entry.id, &seal);
                let digest = seal.digest;
                log_chain::append(tx, &Link { number, entry: entry.id, digest, link })?;
                before = link;
                done.entries += 1;
            }
            Ok(done)
        })
        .await
}

#[cfg(test)]
mod tests {
    use kontor_base::Instant;

    use super::*;

    #[test]
    fn a_link_is_of_its_place_its_entry_its_seal_and_the_key() {
        let key = |byte| LogKey::new(&SecretKey::from_bytes([byte; 32]));
        let seal = |byte, at| Seal { digest: [byte; 32], sealed_at: Instant::from_micros(at) };
        let link = key(1).link(&BEFORE_THE_FIRST, 1, &[2; 16], &seal(3, 4));
        for other in [
            key(9).link(&BEFORE_THE_FIRST, 1, &[2; 16], &seal(3, 4)),
            key(1).link(&[9; 32], 1, &[2; 16], &seal(3, 4)),
            key(1).link(&BEFORE_THE_FIRST, 9, &[2; 16], &seal(3, 4)),
            key(1).link(&BEFORE_THE_FIRST, 1, &[9; 16], &seal(3, 4)),
            key(1).link(&BEFORE_THE_FIRST, 1, &[2; 16], &seal(9, 4)),
            key(1).link(&BEFORE_THE_FIRST, 1, &[2; 16], &seal(3, 9)),
        ] {
            assert_ne!(other, link);
        }
    }

    #[test]
    fn a_mark_is_read_as_it_is_written() {
        let mark = LogMark { number: 17, begin: [0xab; 16] };
        assert_eq!(mark.to_string().parse(), Ok(mark));
        for bad in ["", "17", "17-ab", "0-abababababababababababababababab", "x-00", "17-"] {
            assert_eq!(bad.parse::<LogMark>(), Err(NoMark), "{bad}");
        }
    }
}
