//! Hexadecimal texts of digests and secrets in the public report: what `b3sum` prints, so that a
//! reader can check by hand.

use kontor_base::{hex, unhex};
use serde::{Deserialize, Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex(bytes))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<[u8; 32], D::Error> {
    let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
    unhex(&text).ok_or_else(|| serde::de::Error::custom("not 64 hexadecimal digits"))
}
