//! Values and columns in PostgreSQL's own form.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::kernel::value::Value;

type Failure = Box<dyn Error + Sync + Send>;

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match (self, kind) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(number), &Type::INT4) => i32::try_from(*number)?.to_sql(kind, out),
            (Self::Int(number), &Type::INT2) => i16::try_from(*number)?.to_sql(kind, out),
            (Self::Int(number), &Type::INT8) => number.to_sql(kind, out),
            (Self::Text(text), &Type::TEXT | &Type::VARCHAR) => storable(text).to_sql(kind, out),
            (Self::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(kind, out),
            (value, kind) => Err(format!("a parameter of type {kind} got {}", value.kind()).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        // What the statement wants is compared with the value in `to_sql`.
        true
    }

    to_sql_checked!();
}

/// PostgreSQL has no NUL in a text: it is kept, and sought, as the character for what has none.
fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

/// A parameter as it goes over the wire: it needs nothing any more of what it was made from.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Encoded(Option<BytesMut>);

impl Encoded {
    /// Puts a value into the form of `kind`.
    pub(super) fn new(value: &dyn ToSql, kind: &Type) -> Result<Self, String> {
        let mut bytes = BytesMut::new();
        match value.to_sql_checked(kind, &mut bytes) {
            Ok(IsNull::No) => Ok(Self(Some(bytes))),
            Ok(IsNull::Yes) => Ok(Self(None)),
            Err(problem) => Err(problem.to_string()),
        }
    }
}

/// Never the value, which may be somebody's data: the client writes its parameters into its log.
impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl ToSql for Encoded {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        Ok(self.0.as_ref().map_or(IsNull::Yes, |bytes| {
            out.extend_from_slice(bytes);
            IsNull::No
        }))
    }

    fn accepts(_: &Type) -> bool {
        // It was made for the type that the statement wants.
        true
    }

    to_sql_checked!();
}

/// A whole number, whichever of its types the database gave it: `sum` of BIGINT is NUMERIC.
pub(crate) struct Whole(i64);

impl From<Whole> for i64 {
    fn from(number: Whole) -> Self {
        number.0
    }
}

impl<'a> FromSql<'a> for Whole {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        Ok(Self(match *kind {
            Type::INT2 => i16::from_sql(kind, raw)?.into(),
            Type::INT4 => i32::from_sql(kind, raw)?.into(),
            Type::NUMERIC => numeric(raw)?,
            _ => i64::from_sql(kind, raw)?,
        }))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT2 | Type::INT4 | Type::INT8 | Type::NUMERIC)
    }
}

/// The binary form of NUMERIC: count of digits, weight of the first, sign, digits after the point,
/// then the digits to the base of 10,000. (`numeric_send` in the server's `numeric.c`.)
fn numeric(raw: &[u8]) -> Result<i64, Failure> {
    let mut words = raw.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]]));
    let mut head = || words.next().ok_or("a NUMERIC without its head");
    let (count, weight, sign, _) = (head()?, head()?, head()?, head()?);
    if sign != 0 && sign != 0x4000 {
        return Err("NUMERIC is not a number".into());
    }
    let mut number: i64 = 0;
    let mut place = weight;
    for digit in words.take(usize::try_from(count)?) {
        if place < 0 && digit != 0 {
            return Err("a whole number was expected, not a fraction".into());
        }
        if place >= 0 {
            let shifted = number.checked_mul(10_000).and_then(|n| n.checked_add(digit.into()));
            number = shifted.ok_or("NUMERIC is larger than 64 bits")?;
        }
        place -= 1;
    }
    while place >= 0 {
        number = number.checked_mul(10_000).ok_or("NUMERIC is larger than 64 bits")?;
        place -= 1;
    }
    Ok(if sign == 0 { number } else { -number })
}

/// One column of many rows.
pub(crate) fn column<'a>(
    kind: &Type,
    values: impl Iterator<Item = Value<'a>>,
) -> Result<(&'static str, Box<dyn ToSql + Sync + 'a>), String> {
    fn all<'a, T>(
        values: impl Iterator<Item = Value<'a>>,
        read: impl Fn(Value<'a>) -> Option<T>,
    ) -> Result<Vec<Option<T>>, String> {
        values
            .map(|value| match value {
                Value::Null => Ok(None),
                other => match read(other) {
                    Some(known) => Ok(Some(known)),
                    None => Err(format!("a column got {}", other.kind())),
                },
            })
            .collect()
    }
    let of = |value| match value {
        Value::Int(number) => Some(number),
        _ => None,
    };
    Ok(match *kind {
        Type::INT8 => ("bigint", Box::new(all(values, of)?)),
        Type::TEXT => {
            let of =
                |value| if let Value::Text(text) = value { Some(storable(text)) } else { None };
            ("text", Box::new(all(values, of)?))
        }
        Type::BYTEA => {
            let of = |value| if let Value::Bytes(bytes) = value { Some(bytes) } else { None };
            ("bytea", Box::new(all(values, of)?))
        }
        ref other => return Err(format!("a column of type {other} is not one of ours")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(weight: i16, sign: i16, digits: &[i16]) -> Vec<u8> {
        let count = i16::try_from(digits.len()).expect("few");
        let head = [count, weight, sign, 0];
        head.iter().chain(digits).flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn sums_are_read_as_whole_numbers() {
        let read = |raw: &[u8]| i64::from(Whole::from_sql(&Type::NUMERIC, raw).expect("read"));
        assert_eq!(read(&raw(0, 0, &[])), 0);
        assert_eq!(read(&raw(0, 0, &[42])), 42);
        assert_eq!(read(&raw(1, 0, &[3, 17])), 30_017);
        assert_eq!(read(&raw(2, 0x4000, &[5])), -500_000_000);
        assert_eq!(read(&raw(0, 0, &[7, 0])), 7);
        for wrong in [raw(0, 0, &[7, 5]), raw(9, 0, &[1]), raw(0, -0x4000, &[]), vec![0, 1]] {
            assert!(Whole::from_sql(&Type::NUMERIC, &wrong).is_err(), "{wrong:?}");
        }
    }
}
