//! Codes: a way in that is given out (to loyal customers, to helpers) and may be passed on once.
//!
//! A code needs no table to be believed: it is a number and the first bytes of its keyed hash. The
//! table only remembers who holds it and whether it was used.

use kontor_base::id::SaleId;
use kontor_base::secret::equal;
use kontor_base::{KeyedHash, SecretKey, id};

use super::person::PersonKeys;

/// Signs of a code without its dashes.
const SIGNS: usize = 16;
/// Signs between two dashes.
const GROUP: usize = 4;

/// Makes and reads the codes of one sale.
#[derive(Clone, Debug)]
pub struct CodeBook {
    key: SecretKey,
}

impl CodeBook {
    /// The codes of a sale, from the installation's key.
    #[must_use]
    pub fn new(installation: &SecretKey, sale: SaleId) -> Self {
        Self { key: installation.derive("kontor sale code 1").derive(&sale.to_string()) }
    }

    /// The code with this number, such as `06DY-K2M1-V5RJ-Z0Q3`: 30 bits of number, 50 bits of
    /// keyed hash. Whoever knows every number that was given out and may try a thousand times an
    /// hour needs some hundred million years for one code.
    #[must_use]
    pub fn code(&self, number: u32) -> String {
        let value = u128::from(number & NUMBER_MAX) << 50 | self.check(number & NUMBER_MAX);
        let text = id::encode(value.to_be_bytes()).to_uppercase();
        let signs = &text[text.len() - SIGNS..];
        let groups: Vec<&str> =
            (0..SIGNS).step_by(GROUP).map(|from| &signs[from..from + GROUP]).collect();
        groups.join("-")
    }

    /// The number of a code, if it is one of this sale. Case, dashes and spaces do not matter, and
    /// letters that are misread are read as what they look like (I and L as 1, O as 0).
    #[must_use]
    pub fn number(&self, typed: &str) -> Option<u32> {
        if typed.len() > 4 * SIGNS {
            return None;
        }
        let signs: String = typed
            .chars()
            .filter(|sign| !matches!(sign, '-' | ' '))
            .map(|sign| match sign.to_ascii_lowercase() {
                'i' | 'l' => '1',
                'o' => '0',
                other => other,
            })
            .collect();
        if signs.len() != SIGNS {
            return None;
        }
        let value = u128::from_be_bytes(id::decode(&format!("{signs:0>26}"))?);
        let number = u32::try_from(value >> 50).ok()?;
        let check = |value: u128| -> KeyedHash { (value & CHECK_MASK).to_be_bytes() };
        equal(&check(value), &check(self.check(number))).then_some(number)
    }

    fn check(&self, number: u32) -> u128 {
        u128::from_be_bytes(self.key.hash(&number.to_be_bytes())) & CHECK_MASK
    }
}

/// The largest number of a code.
pub const NUMBER_MAX: u32 = (1 << 30) - 1;
const CHECK_MASK: u128 = (1 << 50) - 1;

/// What is known of a code that was given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeRecord {
    /// Who holds it; nobody until somebody enters with it or passes it on.
    pub holder: Option<PersonKeys>,
    /// Whether it was passed on already.
    pub transferred: bool,
    /// Whether a unit was claimed with it.
    pub used: bool,
}

/// Why a code does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefusal {
    /// A unit was claimed with it.
    #[error("the code has been used")]
    Used,
    /// Somebody else holds it.
    #[error("the code belongs to somebody else")]
    NotYours,
    /// It changes hands once only.
    #[error("the code was passed on before")]
    TransferredBefore,
    /// From a person to the same person: that would use up the transfer for nothing.
    #[error("the code is passed on to its holder")]
    SamePerson,
}

impl CodeRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Used => "sale.code_used",
            Self::NotYours => "sale.code_not_yours",
            Self::TransferredBefore => "sale.code_transferred_before",
            Self::SamePerson => "sale.code_same_person",
        }
    }
}

/// The record after `person` has entered with the code: the first to enter with a fresh code is
/// its holder from then on.
///
/// # Errors
///
/// [`CodeRefusal::Used`] and [`CodeRefusal::NotYours`].
pub fn enter_with(record: CodeRecord, person: &PersonKeys) -> Result<CodeRecord, CodeRefusal> {
    if record.used {
        return Err(CodeRefusal::Used);
    }
    match record.holder {
        None => Ok(CodeRecord { holder: Some(*person), ..record }),
        Some(holder) if holder.matches(person) => Ok(record),
        Some(_) => Err(CodeRefusal::NotYours),
    }
}

/// The record after its holder has passed it on, once and never again.
///
/// # Errors
///
/// Any [`CodeRefusal`].
pub fn transfer(
    record: CodeRecord,
    from: &PersonKeys,
    to: &PersonKeys,
) -> Result<CodeRecord, CodeRefusal> {
    let record = enter_with(record, from)?;
    if record.transferred {
        return Err(CodeRefusal::TransferredBefore);
    }
    if from.matches(to) {
        return Err(CodeRefusal::SamePerson);
    }
    Ok(CodeRecord { holder: Some(*to), transferred: true, ..record })
}

#[cfg(test)]
mod tests {
    use super::super::person::Trait;
    use super::*;
    use proptest::prelude::*;

    fn book() -> CodeBook {
        CodeBook::new(&SecretKey::from_bytes([1; 32]), SaleId::from_bytes([2; 16]))
    }

    fn person(byte: u8) -> PersonKeys {
        PersonKeys::default().with(Trait::Email, [byte; 16])
    }

    const FRESH: CodeRecord = CodeRecord { holder: None, transferred: false, used: false };

    proptest! {
        #[test]
        fn codes_are_read_as_people_type_them(number in 0u32..=NUMBER_MAX) {
            let code = book().code(number);
            prop_assert_eq!(code.len(), 19);
            prop_assert_eq!(book().number(&code), Some(number));
            let typed = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            prop_assert_eq!(book().number(&typed), Some(number));
        }

        #[test]
        fn other_texts_are_no_codes(text in "\\PC{0,40}", random in "[0-9A-Z]{16}") {
            prop_assert_eq!(book().number(&text), None);
            prop_assert_eq!(book().number(&random), None);
        }
    }

    #[test]
    fn a_code_is_of_one_sale() {
        let other = CodeBook::new(&SecretKey::from_bytes([1; 32]), SaleId::from_bytes([3; 16]));
        assert_eq!(other.number(&book().code(7)), None);
    }

    #[test]
    fn a_code_is_passed_on_once() {
        let (ada, bob, eve) = (person(1), person(2), person(3));
        let held = enter_with(FRESH, &ada).expect("a fresh code");
        assert_eq!(enter_with(held, &bob), Err(CodeRefusal::NotYours));
        assert_eq!(transfer(held, &ada, &ada), Err(CodeRefusal::SamePerson));
        let passed = transfer(held, &ada, &bob).expect("the first transfer");
        assert_eq!(enter_with(passed, &ada), Err(CodeRefusal::NotYours));
        assert_eq!(enter_with(passed, &bob), Ok(passed));
        assert_eq!(transfer(passed, &bob, &eve), Err(CodeRefusal::TransferredBefore));
        assert_eq!(transfer(passed, &ada, &eve), Err(CodeRefusal::NotYours));
    }

    #[test]
    fn a_used_code_is_over() {
        let used = CodeRecord { holder: Some(person(1)), used: true, ..FRESH };
        assert_eq!(enter_with(used, &person(1)), Err(CodeRefusal::Used));
        assert_eq!(transfer(used, &person(1), &person(2)), Err(CodeRefusal::Used));
    }
}
