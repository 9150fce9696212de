//! Names by small numbers, bounded: inventing names costs an attacker work and us nothing.

use std::collections::HashMap;
use std::sync::LazyLock;

use kontor_base::Country;

/// Names that can have a number of their own; every further one counts as "other".
pub(crate) const NAMES_MAX: usize = 4_095;

/// Names that reports can enter. The rest is for names that the maker has declared, so that no
/// flood of invented ones can crowd them out.
pub(crate) const NAMES_OPEN_MAX: usize = 3_071;

/// What a value is called that has no number of its own.
pub(crate) const OTHER: &str = "other";

/// Names by number; 0 is [`OTHER`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dictionary {
    names: Vec<String>,
    numbers: HashMap<String, u16>,
}

impl Dictionary {
    pub(crate) fn number(&self, name: &str) -> Option<u16> {
        self.numbers.get(name).copied()
    }

    /// The number of a name; the second says whether it is new and must be written down.
    pub(crate) fn enter(&mut self, name: &str, names_max: usize) -> (u16, bool) {
        if let Some(number) = self.number(name) {
            return (number, false);
        }
        if self.names.len() >= names_max {
            return (0, false);
        }
        self.names.push(name.to_owned());
        let number = u16::try_from(self.names.len()).expect("bounded above");
        self.numbers.insert(name.to_owned(), number);
        (number, true)
    }

    pub(crate) fn name(&self, number: u16) -> &str {
        usize::from(number).checked_sub(1).and_then(|at| self.names.get(at)).map_or(OTHER, |n| n)
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }
}

static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| Country::all().collect());

/// A country's number; 0: not said. The order of the codes is part of the file format.
pub(crate) fn country_number(country: Option<Country>) -> u8 {
    country
        .and_then(|country| COUNTRIES.binary_search(&country).ok())
        .map_or(0, |at| u8::try_from(at + 1).expect("249 countries"))
}

/// The code of a country's number.
pub(crate) fn country_code(number: u8) -> &'static str {
    usize::from(number)
        .checked_sub(1)
        .and_then(|at| COUNTRIES.get(at))
        .map_or("unknown", |c| c.code())
}

/// The country of a number; none: not said.
pub(crate) fn country(number: u8) -> Option<Country> {
    usize::from(number).checked_sub(1).and_then(|at| COUNTRIES.get(at)).copied()
}
