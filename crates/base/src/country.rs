//! Countries as ISO 3166-1 alpha-2 codes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An ISO 3166-1 alpha-2 country code, upper case. Only assigned codes parse.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// All assigned codes of ISO 3166-1 alpha-2, in order.
const ASSIGNED: &str = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

impl Country {
    /// The code, upper case.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("codes are ASCII")
    }

    /// Every assigned country, in the order of the codes.
    pub fn all() -> impl Iterator<Item = Self> {
        ASSIGNED.as_bytes().chunks_exact(2).map(|code| Self([code[0], code[1]]))
    }

    /// Whether the country belongs to the European Economic Area, where the gate is the ship-to
    /// address and never the visitor (Regulation (EU) 2018/302).
    #[must_use]
    pub fn in_eea(self) -> bool {
        const EEA: &str = "ATBEBGCYCZDEDKEEESFIFRGRHRHUIEISITLILTLULVMTNLNOPLPTROSESISK";
        EEA.as_bytes().chunks_exact(2).any(|code| code == self.0)
    }
}

impl Country {
    /// Whether the country is a member state of the European Union.
    #[must_use]
    pub fn in_eu(self) -> bool {
        self.in_eea() && !matches!(&self.0, b"IS" | b"LI" | b"NO")
    }
}

/// The text is not an assigned country code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 3166-1 country code")]
pub struct CountryError;

impl FromStr for Country {
    type Err = CountryError;

    fn from_str(code: &str) -> Result<Self, CountryError> {
        let &[a @ b'A'..=b'Z', b @ b'A'..=b'Z'] = code.as_bytes() else {
            return Err(CountryError);
        };
        if IS_ASSIGNED[place(a, b)] { Ok(Self([a, b])) } else { Err(CountryError) }
    }
}

/// Two capital letters as a number from 0 to 675.
const fn place(a: u8, b: u8) -> usize {
    (a - b'A') as usize * 26 + (b - b'A') as usize
}

/// Which pairs of letters are assigned: every claim in a sale names a country.
const IS_ASSIGNED: [bool; 26 * 26] = {
    let codes = ASSIGNED.as_bytes();
    let mut assigned = [false; 26 * 26];
    let mut at = 0;
    while at < codes.len() {
        assigned[place(codes[at], codes[at + 1])] = true;
        at += 2;
    }
    assigned
};

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_assigned_codes_parse() {
        assert_eq!(Country::all().count(), 249);
        for good in ["US", "DE", "CN", "IN", "GB", "ZW"] {
            assert_eq!(good.parse::<Country>().map(|c| c.to_string()).as_deref(), Ok(good));
        }
        for bad in ["UK", "us", "XX", "", "USA", "U", "DA", "ÜS"] {
            assert!(bad.parse::<Country>().is_err(), "{bad:?}");
        }
        assert_eq!(Country::all().filter(|c| c.in_eea()).count(), 30);
    }
}
