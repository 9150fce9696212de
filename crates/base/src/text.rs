//! Bounded text from outside: one line, trimmed, normalised, without control characters, and
//! without words that mix scripts to look like other words.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

/// Why a text was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("text is empty")]
    Empty,
    /// More characters than allowed.
    #[error("text is longer than {max} characters")]
    TooLong {
        /// The number of characters allowed.
        max: usize,
    },
    /// A control, format or private-use character (line breaks included).
    #[error("text contains control characters")]
    ControlCharacter,
    /// One word mixes letters of scripts that imitate each other (Latin, Greek, Cyrillic).
    #[error("a word mixes letters of different scripts")]
    MixedScripts,
    /// The text is not of the wanted form (an address without `@`, say).
    #[error("text is not of the wanted form")]
    Malformed,
}

impl TextError {
    /// The stable code of the refusal, such as `text.empty`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "text.empty",
            Self::TooLong { .. } => "text.too_long",
            Self::ControlCharacter => "text.control_character",
            Self::MixedScripts => "text.mixed_scripts",
            Self::Malformed => "text.malformed",
        }
    }
}

/// One line of text with at most `MAX` characters, in Unicode normal form C.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    /// Reads a line: trims it, normalises it and checks it.
    ///
    /// # Errors
    ///
    /// See [`TextError`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        // Bound the work before normalising: NFC of hostile input can be slow.
        if text.len() > MAX.saturating_mul(4).saturating_add(64) {
            return Err(TextError::TooLong { max: MAX });
        }
        let text: String = text.trim().nfc().collect();
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.chars().count() > MAX {
            return Err(TextError::TooLong { max: MAX });
        }
        if text.chars().any(is_control) {
            return Err(TextError::ControlCharacter);
        }
        if text.split_whitespace().any(mixes_scripts) {
            return Err(TextError::MixedScripts);
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> fmt::Debug for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A line can be somebody's name or address: never in logs.
        write!(f, "Line({} chars)", self.0.chars().count())
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Line<MAX> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// The words of a text as they are looked for: in small letters, without accents, split where
/// anything but a letter or a digit stands. `Łukasz Żółć-Groß` is `lukasz`, `zolc`, `gross`.
///
/// Vowel signs of Indian scripts are accents to this: what is looked for is treated like what is
/// found, so that a word is still found by itself.
#[must_use]
pub fn folded_words(text: &str) -> Vec<String> {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            other => folded.push(other),
        }
    }
    // Apostrophes join: O'Neil is one word, however it is typed.
    folded.retain(|c| !matches!(c, '\'' | '’' | '`'));
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Control characters, invisible format characters (bidirectional overrides, zero-width), private
/// use and non-characters. The zero-width joiner and non-joiner stay: Hindi needs them.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{10FFFF}')
}

/// Whether one word has letters of two of the scripts that imitate each other.
fn mixes_scripts(word: &str) -> bool {
    let mut seen = None;
    for c in word.chars() {
        let script = c.script();
        if !matches!(script, Script::Latin | Script::Greek | Script::Cyrillic) {
            continue;
        }
        if *seen.get_or_insert(script) != script {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_real_people_pass_and_tricks_do_not() {
        for good in ["Ada Lovelace", "Łukasz Żółć", "王小明", "Анна Smith", "O’Neil-Smythe", "हरि"]
        {
            assert!(Line::<80>::parse(good).is_ok(), "{good}");
        }
        let cases = [
            ("", TextError::Empty),
            (" \t ", TextError::Empty),
            ("a\u{0}b", TextError::ControlCharacter),
            ("a\nb", TextError::ControlCharacter),
            ("evil\u{202E}txt", TextError::ControlCharacter),
            ("P\u{0430}ypal", TextError::MixedScripts),
            (&"x".repeat(81), TextError::TooLong { max: 80 }),
            (&"x".repeat(100_000), TextError::TooLong { max: 80 }),
        ];
        for (bad, error) in cases {
            assert_eq!(Line::<80>::parse(bad), Err(error), "{bad:?}");
        }
    }

    #[test]
    fn words_are_found_however_they_are_typed() {
        for (text, words) in [
            ("Łukasz Żółć-Groß", &["lukasz", "zolc", "gross"][..]),
            ("O’Neil O'Neil", &["oneil", "oneil"]),
            ("ADA.LOVELACE+x", &["ada", "lovelace", "x"]),
            ("王小明", &["王小明"]),
            (" -- ", &[]),
        ] {
            assert_eq!(folded_words(text), words, "{text}");
        }
        assert_eq!(folded_words("हरि"), folded_words("हरि".to_uppercase().as_str()));
    }

    proptest! {
        #[test]
        fn parsing_is_idempotent(text in "\\PC{0,60}") {
            if let Ok(line) = Line::<80>::parse(&text) {
                prop_assert_eq!(Line::<80>::parse(line.as_str()), Ok(line));
            }
        }
    }
}
