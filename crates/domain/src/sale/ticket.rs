//! Tickets: who holds one has entered. Signed, so that the hot path needs no table to believe it;
//! bound to the person's keys, so that it cannot be sold; with an end.
//!
//! The text is base64url without padding over
//! `format ‖ key version ‖ way ‖ flags ‖ sale ‖ entry ‖ market ‖ issued ‖ valid ‖ had ‖ person keys ‖ MAC`,
//! where the flags say which person keys follow; tickets of the layout before have no `had`. The MAC is the first 16 bytes of keyed BLAKE3
//! over everything before it and is compared in constant time. *One use* is not in the ticket: the
//! lot remembers each entry's claims, and an entry never has more units than one person may have. Whoever
//! gave their units up, or let the hold end, may take units with the same ticket again, while there are any.

use kontor_base::id::{EntryId, SaleId};
use kontor_base::secret::equal;
use kontor_base::{Instant, KeyedHash, SecretKey};

use super::definition::Way;
use super::person::{PersonKeys, Trait};
use crate::market::MarketCode;

/// The first byte of every ticket of this layout.
const FORMAT: u8 = 2;
/// The first byte of a ticket of the layout before, which does not say what its holder had.
const FORMAT_BEFORE: u8 = 1;
/// Set in the flags when the holder was there before it went live.
const FLAG_PRESENT: u8 = 1 << 7;
/// Bytes before the person's keys: 4 of the head, sale, entry, market, issued, validity, units had.
const FIXED_BYTES: usize = FIXED_BYTES_BEFORE + 1;
const FIXED_BYTES_BEFORE: usize = 4 + 16 + 16 + 2 + 8 + 4;
const KEY_BYTES: usize = 16;
const MAC_BYTES: usize = 16;
/// The longest ticket in bytes.
const BYTES_MAX: usize = FIXED_BYTES + 4 * KEY_BYTES + MAC_BYTES;
/// The longest ticket as text.
pub const TICKET_TEXT_MAX: usize = BYTES_MAX.div_ceil(3) * 4;

/// What a ticket says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The sale.
    pub sale: SaleId,
    /// The entry; what the order is worked out over.
    pub entry: EntryId,
    /// The market in which the holder buys.
    pub market: MarketCode,
    /// The way in.
    pub way: Way,
    /// Whether the holder was present before the sale went live (rush) or within the window.
    pub present: bool,
    /// Who holds it.
    pub person: PersonKeys,
    /// When it was made.
    pub issued_at: Instant,
    /// How long it is good for, in seconds.
    pub valid_seconds: u32,
    /// Units of the item that the holder had from earlier sales when they entered: so many fewer may be
    /// taken with it.
    pub had: u8,
}

impl Ticket {
    /// Units that may be taken with it, where one person may have so many over all sales.
    #[must_use]
    pub fn allowance(&self, per_person: u32) -> u8 {
        u8::try_from(per_person).unwrap_or(u8::MAX).saturating_sub(self.had)
    }

    /// When it stops being good.
    #[must_use]
    pub fn expires_at(&self) -> Instant {
        self.issued_at.plus_seconds(i64::from(self.valid_seconds))
    }
}

/// Why a ticket is not taken. The first three look the same from outside, so that nobody learns
/// from an answer how to forge one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketRefusal {
    /// Not a ticket of this layout.
    #[error("this is not a ticket")]
    Malformed,
    /// Signed with a key that is not known (any more).
    #[error("the key of this ticket is not known")]
    UnknownKey,
    /// Not signed by this shop.
    #[error("the signature does not fit")]
    Forged,
    /// Of another sale.
    #[error("the ticket is for another sale")]
    OtherSale,
    /// Its time is over.
    #[error("the ticket has expired")]
    Expired,
}

impl TicketRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed | Self::UnknownKey | Self::Forged => "sale.ticket_invalid",
            Self::OtherSale => "sale.ticket_other_sale",
            Self::Expired => "sale.ticket_expired",
        }
    }
}

/// Signs and reads tickets. Keys have numbers: a new one signs, older ones are still read until
/// they are dropped, so that a key can be changed while a sale runs.
#[derive(Clone, Debug)]
pub struct TicketKeys {
    /// Newest first.
    keys: Vec<(u8, SecretKey)>,
}

impl TicketKeys {
    /// The key with this number, derived from the installation's key.
    #[must_use]
    pub fn new(installation: &SecretKey, version: u8) -> Self {
        Self { keys: vec![(version, derive(installation, version))] }
    }

    /// Also reads tickets that were signed with an older number.
    #[must_use]
    pub fn reading_also(mut self, installation: &SecretKey, version: u8) -> Self {
        if !self.keys.iter().any(|(known, _)| *known == version) {
            self.keys.push((version, derive(installation, version)));
        }
        self
    }

    /// The text of a ticket, signed with the newest key.
    #[must_use]
    pub fn sign(&self, ticket: &Ticket) -> String {
        let (version, key) = self.keys.first().expect("made with one key at least");
        let mut bytes = Vec::with_capacity(BYTES_MAX);
        let mut flags = if ticket.present { FLAG_PRESENT } else { 0 };
        for (which, _) in ticket.person.iter() {
            flags |= 1 << which as u8;
        }
        bytes.extend_from_slice(&[FORMAT, *version, ticket.way as u8, flags]);
        bytes.extend_from_slice(ticket.sale.bytes());
        bytes.extend_from_slice(ticket.entry.bytes());
        bytes.extend_from_slice(ticket.market.as_str().as_bytes());
        bytes.extend_from_slice(&ticket.issued_at.micros().to_be_bytes());
        bytes.extend_from_slice(&ticket.valid_seconds.to_be_bytes());
        bytes.push(ticket.had);
        for (_, hash) in ticket.person.iter() {
            bytes.extend_from_slice(&hash);
        }
        let mac = key.hash(&bytes);
        bytes.extend_from_slice(&mac);
        base64::encode(&bytes)
    }

    /// Reads a ticket and believes it only if it was signed here.
    ///
    /// # Errors
    ///
    /// [`TicketRefusal`], the signature before everything that only a genuine ticket can get wrong.
    pub fn read(&self, text: &str, sale: SaleId, now: Instant) -> Result<Ticket, TicketRefusal> {
        let mut buffer = [0; BYTES_MAX];
        let bytes = base64::decode(text, &mut buffer).ok_or(TicketRefusal::Malformed)?;
        let [FORMAT | FORMAT_BEFORE, version, ..] = *bytes else {
            return Err(TicketRefusal::Malformed);
        };
        let (_, key) = self
            .keys
            .iter()
            .find(|(known, _)| *known == version)
            .ok_or(TicketRefusal::UnknownKey)?;
        let (signed, mac) =
            bytes.split_last_chunk::<MAC_BYTES>().ok_or(TicketRefusal::Malformed)?;
        if !equal(&key.hash(signed), mac) {
            return Err(TicketRefusal::Forged);
        }
        let ticket = parse(signed).ok_or(TicketRefusal::Malformed)?;
        if ticket.sale != sale {
            return Err(TicketRefusal::OtherSale);
        }
        if now >= ticket.expires_at() {
            return Err(TicketRefusal::Expired);
        }
        Ok(ticket)
    }
}

fn derive(installation: &SecretKey, version: u8) -> SecretKey {
    installation.derive(&format!("kontor sale ticket {version}"))
}

/// The ticket in signed bytes; `None` when they do not fit the layout exactly.
fn parse(signed: &[u8]) -> Option<Ticket> {
    let (fixed_bytes, had) = match signed.first()? {
        &FORMAT_BEFORE => (FIXED_BYTES_BEFORE, 0),
        _ => (FIXED_BYTES, *signed.get(FIXED_BYTES_BEFORE)?),
    };
    let (fixed, mut keys) = signed.split_at_checked(fixed_bytes)?;
    let array = |from: usize| -> Option<[u8; 16]> { fixed.get(from..from + 16)?.try_into().ok() };
    let flags = fixed[3];
    let mut person = PersonKeys::default();
    for which in Trait::ALL {
        if flags & (1 << which as u8) != 0 {
            let (hash, rest) = keys.split_first_chunk::<KEY_BYTES>()?;
            person = person.with(which, KeyedHash::from(*hash));
            keys = rest;
        }
    }
    let known_flags = FLAG_PRESENT | 0b1111;
    if !keys.is_empty() || flags & !known_flags != 0 {
        return None;
    }
    Some(Ticket {
        sale: SaleId::from_bytes(array(4)?),
        entry: EntryId::from_bytes(array(20)?),
        market: std::str::from_utf8(&fixed[36..38]).ok()?.parse().ok()?,
        way: *Way::ALL.get(usize::from(fixed[2]))?,
        present: flags & FLAG_PRESENT != 0,
        person,
        issued_at: Instant::from_micros(i64::from_be_bytes(fixed[38..46].try_into().ok()?)),
        valid_seconds: u32::from_be_bytes(fixed[46..50].try_into().ok()?),
        had,
    })
}

/// Base64 with the URL alphabet (RFC 4648 §5), without padding and with one text for each value:
/// a ticket must not have a second spelling.
mod base64 {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// Each sign's value; 255 for signs that do not belong.
    const VALUES: [u8; 256] = {
        let mut values = [255; 256];
        let mut i = 0;
        while i < 64 {
            values[ALPHABET[i] as usize] = i as u8;
            i += 1;
        }
        values
    };

    pub(super) fn encode(bytes: &[u8]) -> String {
        let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
        for chunk in bytes.chunks(3) {
            let mut group = [0; 3];
            group[..chunk.len()].copy_from_slice(chunk);
            let value = u32::from_be_bytes([0, group[0], group[1], group[2]]);
            for place in 0..=chunk.len() {
                let sign = (value >> (18 - 6 * place)) & 63;
                out.push(char::from(ALPHABET[sign as usize]));
            }
        }
        out
    }

    /// The bytes of a text, in `buffer`; `None` when it is too long or not canonical.
    pub(super) fn decode<'a>(text: &str, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
        let signs = text.as_bytes();
        let bytes = signs.len() / 4 * 3 + [0, 0, 1, 2][signs.len() % 4];
        if signs.len() % 4 == 1 || bytes > buffer.len() {
            return None;
        }
        for (chunk, out) in signs.chunks(4).zip(buffer[..bytes].chunks_mut(3)) {
            let mut value = 0;
            for (place, sign) in chunk.iter().enumerate() {
                let six = VALUES[usize::from(*sign)];
                if six == 255 {
                    return None;
                }
                value |= u32::from(six) << (18 - 6 * place);
            }
            let group = value.to_be_bytes();
            let length = out.len();
            out.copy_from_slice(&group[1..=length]);
            // What the last signs say beyond the last byte must be nothing.
            if group[1 + length..].iter().any(|rest| *rest != 0) {
                return None;
            }
        }
        Some(&buffer[..bytes])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(byte: u8) -> SecretKey {
        SecretKey::from_bytes([byte; 32])
    }

    fn keys() -> TicketKeys {
        TicketKeys::new(&key(1), 1)
    }

    fn sale() -> SaleId {
        SaleId::from_bytes([5; 16])
    }

    fn ticket(person: PersonKeys) -> Ticket {
        Ticket {
            sale: sale(),
            entry: EntryId::from_bytes([6; 16]),
            market: "in".parse().expect("a market"),
            way: Way::Rush,
            present: true,
            person,
            issued_at: Instant::from_micros(1_000_000),
            valid_seconds: 60,
            had: 1,
        }
    }

    fn person(mask: u8) -> PersonKeys {
        Trait::ALL.into_iter().fold(PersonKeys::default(), |person, which| {
            if mask & (1 << which as u8) == 0 {
                person
            } else {
                person.with(which, [which as u8 + 10; 16])
            }
        })
    }

    fn now() -> Instant {
        Instant::from_micros(2_000_000)
    }

    proptest! {
        #[test]
        fn tickets_round_trip(mask in 0u8..16, entry: [u8; 16], way in 0usize..4, present: bool, micros in 0i64..4_000_000_000_000_000) {
            let written = Ticket {
                entry: EntryId::from_bytes(entry),
                way: Way::ALL[way],
                present,
                issued_at: Instant::from_micros(micros),
                ..ticket(person(mask))
            };
            let text = keys().sign(&written);
            prop_assert!(text.len() <= TICKET_TEXT_MAX);
            prop_assert_eq!(keys().read(&text, sale(), written.issued_at), Ok(written));
        }

        #[test]
        fn any_other_text_is_refused(text in "\\PC{0,200}") {
            prop_assert!(keys().read(&text, sale(), now()).is_err());
        }

        #[test]
        fn base64_has_one_text_for_each_value(bytes in prop::collection::vec(any::<u8>(), 0..40), text in "[A-Za-z0-9_-]{0,40}") {
            let mut buffer = [0; 64];
            let encoded = base64::encode(&bytes);
            prop_assert_eq!(base64::decode(&encoded, &mut buffer), Some(&bytes[..]));
            if let Some(decoded) = base64::decode(&text, &mut buffer) {
                prop_assert_eq!(base64::encode(decoded), text);
            }
        }
    }

    #[test]
    fn every_changed_sign_is_noticed() {
        let text = keys().sign(&ticket(person(0b1111)));
        for at in 0..text.len() {
            for other in ["A", "z", "-", "="] {
                let mut changed = text.clone();
                changed.replace_range(at..=at, other);
                if changed != text {
                    assert!(keys().read(&changed, sale(), now()).is_err(), "sign {at}");
                }
            }
            assert!(keys().read(&text[..at], sale(), now()).is_err(), "cut at {at}");
        }
        assert!(keys().read(&format!("{text}A"), sale(), now()).is_err());
    }

    /// Written by the release before this one: a sale may run while a shop is brought up to date.
    #[test]
    fn tickets_of_the_layout_before_are_read() {
        let text = keys().sign(&ticket(person(2)));
        let mut buffer = [0; BYTES_MAX];
        let signed = base64::decode(&text, &mut buffer).expect("a ticket");
        let (signed, _) = signed.split_last_chunk::<MAC_BYTES>().expect("signed");
        let mut before = signed.to_vec();
        before[0] = FORMAT_BEFORE;
        assert_eq!(before.remove(FIXED_BYTES_BEFORE), 1, "what the holder had");
        let mac = derive(&key(1), 1).hash(&before);
        before.extend_from_slice(&mac);
        let read = keys().read(&base64::encode(&before), sale(), now());
        assert_eq!(read, Ok(Ticket { had: 0, ..ticket(person(2)) }));
    }

    #[test]
    fn what_was_had_before_is_taken_off() {
        let ticket = ticket(person(2));
        assert_eq!((ticket.allowance(2), ticket.allowance(1), ticket.allowance(300)), (1, 0, 254));
    }

    #[test]
    fn keys_rotate() {
        let old = keys().sign(&ticket(person(2)));
        let both = TicketKeys::new(&key(1), 2).reading_also(&key(1), 1);
        assert!(both.read(&old, sale(), now()).is_ok());
        let new = both.sign(&ticket(person(2)));
        assert!(both.read(&new, sale(), now()).is_ok());
        assert_eq!(keys().read(&new, sale(), now()), Err(TicketRefusal::UnknownKey));
        let other_shop = TicketKeys::new(&key(2), 1);
        assert_eq!(other_shop.read(&old, sale(), now()), Err(TicketRefusal::Forged));
    }

    #[test]
    fn tickets_end_and_are_for_one_sale() {
        let text = keys().sign(&ticket(person(2)));
        let end = ticket(person(2)).expires_at();
        assert!(keys().read(&text, sale(), Instant::from_micros(end.micros() - 1)).is_ok());
        assert_eq!(keys().read(&text, sale(), end), Err(TicketRefusal::Expired));
        let other = SaleId::from_bytes([9; 16]);
        assert_eq!(keys().read(&text, other, now()), Err(TicketRefusal::OtherSale));
    }
}
