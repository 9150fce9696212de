//! What devices report about a build.

use serde::{Deserialize, Serialize};

/// The longest code of a failure that is kept, in bytes.
pub const CODE_BYTES_MAX: usize = 120;

/// What happened to a build on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It was fetched and verified.
    Downloaded,
    /// The device runs it.
    Installed,
    /// It could not be installed.
    Failed,
    /// The device ran it and went back.
    RolledBack,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 4] = [Self::Downloaded, Self::Installed, Self::Failed, Self::RolledBack];

    /// The word in tables and answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Downloaded => "downloaded",
            Self::Installed => "installed",
            Self::Failed => "failed",
            Self::RolledBack => "rolled_back",
        }
    }

    /// The event with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.word() == word)
    }
}

/// A failure's code as it is kept: real clients put whole messages there, with line breaks and
/// control characters. Nothing of that is lost as a fact that something failed; what is not
/// printable becomes a space, runs of spaces one, and the rest beyond the limit goes.
#[must_use]
pub fn clean_code(text: &str) -> String {
    let mut clean = String::new();
    // Bounded before it is looked at: what is kept has at most 120 bytes.
    for word in text.split(|c: char| c.is_control() || c.is_whitespace() || c == '\u{FFFD}') {
        if word.is_empty() {
            continue;
        }
        let space = usize::from(!clean.is_empty());
        if clean.len() + space + word.len() > CODE_BYTES_MAX {
            if clean.is_empty() {
                let end = (0..=CODE_BYTES_MAX).rev().find(|at| word.is_char_boundary(*at));
                clean.push_str(&word[..end.unwrap_or(0)]);
            }
            break;
        }
        if space == 1 {
            clean.push(' ');
        }
        clean.push_str(word);
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn raw_messages_of_real_clients_become_codes() {
        assert_eq!(clean_code("kPayloadHashMismatchError"), "kPayloadHashMismatchError");
        assert_eq!(
            clean_code("E: failed\r\n\tat slot\u{0} b \u{1b}[31m"),
            "E: failed at slot b [31m"
        );
        assert_eq!(clean_code(" \n\u{7} "), "");
        assert_eq!(clean_code(&"ü".repeat(100)).len(), 120);
    }

    proptest! {
        #[test]
        fn codes_are_bounded_printable_and_stable(text in any::<String>()) {
            let clean = clean_code(&text);
            prop_assert!(clean.len() <= CODE_BYTES_MAX && !clean.chars().any(char::is_control));
            prop_assert_eq!(clean_code(&clean), clean);
        }
    }
}
