//! Typed, time-ordered ids (UUID version 7): new rows land at the end of an index, and an id of
//! one kind cannot be passed where another is wanted.
//!
//! Their text form is a prefix and 26 lower-case letters and digits (Crockford's base 32), such as
//! `ord_06dyk2m1v5rjz0q3c8s4n7t9ab`: safe in URLs, easy to select, hard to misread.

use crate::clock::Instant;
use crate::random::Random;

/// Crockford's alphabet: no i, l, o, u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The text of 16 bytes in Crockford's base 32: 26 characters, most significant first.
#[must_use]
pub fn encode(bytes: [u8; 16]) -> String {
    let mut value = u128::from_be_bytes(bytes);
    let mut out = [b'0'; 26];
    for slot in out.iter_mut().rev() {
        *slot = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    String::from_utf8(out.to_vec()).expect("the alphabet is ASCII")
}

/// Each sign's value; 255 for signs that do not belong.
const VALUES: [u8; 256] = {
    let mut values = [255; 256];
    let mut i = 0;
    while i < 32 {
        values[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    values
};

/// The 16 bytes of a text made by [`encode`]; `None` for anything else.
#[must_use]
pub fn decode(text: &str) -> Option<[u8; 16]> {
    if text.len() != 26 {
        return None;
    }
    let mut value: u128 = 0;
    for (i, c) in text.bytes().enumerate() {
        let digit = VALUES[usize::from(c)];
        if digit == 255 || i == 0 && digit > 7 {
            return None; // no sign of the alphabet, or it would not fit into 128 bits
        }
        value = (value << 5) | u128::from(digit);
    }
    Some(value.to_be_bytes())
}

/// A version 7 UUID (RFC 9562) from a moment and random bytes.
#[must_use]
pub fn uuid_v7(at: Instant, random: &Random) -> [u8; 16] {
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    let entropy = random.bytes16();
    let mut tail = [0u8; 10];
    tail.copy_from_slice(&entropy[..10]);
    *uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid().as_bytes()
}

/// The text was not an id of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_…")]
pub struct IdError {
    /// The prefix the id should have had.
    pub prefix: &'static str,
}

/// Declares an id type with its text prefix.
#[macro_export]
macro_rules! typed_id {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The prefix of the text form.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, ordered by `at`.
            #[must_use]
            pub fn new(at: $crate::Instant, random: &$crate::Random) -> Self {
                Self($crate::id::uuid_v7(at, random))
            }

            /// The id with these bytes, as stored.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes, as stored.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "{}_{}", $prefix, $crate::id::encode(self.0))
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(self, f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::id::IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.strip_prefix($prefix)
                    .and_then(|rest| rest.strip_prefix('_'))
                    .and_then($crate::id::decode)
                    .map(Self)
                    .ok_or($crate::id::IdError { prefix: $prefix })
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(::serde::de::Error::custom)
            }
        }
    };
}

typed_id!(
    /// A shopping cart.
    CartId, "cart"
);
typed_id!(
    /// A checkout: one attempt to turn a cart into an order.
    CheckoutId, "chk"
);
typed_id!(
    /// A hold on stock.
    HoldId, "hold"
);
typed_id!(
    /// A placed order.
    OrderId, "ord"
);
typed_id!(
    /// Somebody who works for the maker.
    StaffId, "stf"
);
typed_id!(
    /// An act that waits for a second person.
    ProposalId, "prop"
);
typed_id!(
    /// One attempt to pay.
    PaymentId, "pay"
);
typed_id!(
    /// Money that goes back to a customer.
    RefundId, "rfd"
);
typed_id!(
    /// A customer: the keyed hash of an e-mail address.
    CustomerId, "cus"
);
typed_id!(
    /// A ledger transfer.
    TransferId, "trf"
);
typed_id!(
    /// A job in the queue.
    JobId, "job"
);
typed_id!(
    /// A waiting-list entry.
    WaitingId, "wait"
);
typed_id!(
    /// An evidence record that a clearance has been granted.
    GrantId, "grant"
);
typed_id!(
    /// Whoever resells, from the application on.
    ResellerId, "rsl"
);
typed_id!(
    /// An order of a reseller.
    ResellerOrderId, "rso"
);
typed_id!(
    /// The sale of a scarce item.
    SaleId, "sale"
);
typed_id!(
    /// One person's entry into a sale: what a ticket carries, what the order is worked out over,
    /// and what the public report lists.
    EntryId, "entry"
);
typed_id!(
    /// A deposit for a place in a sale's line.
    DepositId, "dep"
);

typed_id!(
    /// A letter that is to be sent.
    LetterId, "ltr"
);
typed_id!(
    /// An endpoint of webhooks.
    HookId, "hook"
);
typed_id!(
    /// Something that has happened and is told.
    HookEventId, "evt"
);
typed_id!(
    /// An event on its way to an endpoint.
    HookDeliveryId, "dlv"
);
typed_id!(
    /// A key of another program.
    KeyId, "key"
);
typed_id!(
    /// A published build of the ROM.
    BuildId, "bld"
);
typed_id!(
    /// A rollout: how a build reaches the devices of a channel.
    RolloutId, "roll"
);
typed_id!(
    /// A campaign: rollouts of several models that run as one.
    CampaignId, "camp"
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_form_round_trips(bytes: [u8; 16]) {
            prop_assert_eq!(decode(&encode(bytes)), Some(bytes));
        }

        #[test]
        fn any_text_is_either_refused_or_canonical(text in "[0-9a-zA-Z]{20,30}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(encode(bytes), text);
            }
        }
    }

    #[test]
    fn ids_are_ordered_by_time_and_typed_by_prefix() {
        let random = Random::seeded(1);
        let early = OrderId::new(Instant::from_micros(1_000_000_000_000), &random);
        let late = OrderId::new(Instant::from_micros(1_000_000_001_000), &random);
        assert!(early < late);
        let text = early.to_string();
        assert_eq!(text.parse::<OrderId>(), Ok(early));
        assert!(text.parse::<CartId>().is_err());
    }
}
