//! Command-line words, read by hand: a handful of flags is not worth the
//! seconds that a parser crate would add to every first build.

use crate::Failure;

/// The words that no option has taken yet.
pub(crate) struct Arguments {
    words: Vec<String>,
}

impl Arguments {
    /// Takes the words after the command's name.
    pub(crate) fn new(words: &[String]) -> Self {
        Self { words: words.to_vec() }
    }

    /// Is one of these spellings there? Takes it.
    pub(crate) fn flag(&mut self, spellings: &[&str]) -> bool {
        let before = self.words.len();
        self.words.retain(|word| !spellings.contains(&word.as_str()));
        self.words.len() < before
    }

    /// All values of an option that may be given more than once, as
    /// `--only a --only=b`; commas separate too.
    pub(crate) fn values(&mut self, option: &str) -> Result<Vec<String>, Failure> {
        let mut values = Vec::new();
        let mut rest = Vec::new();
        let mut words = std::mem::take(&mut self.words).into_iter();
        while let Some(word) = words.next() {
            if word == option {
                values.push(words.next().ok_or_else(|| format!("{option} needs a value"))?);
            } else if let Some(value) =
                word.strip_prefix(option).and_then(|tail| tail.strip_prefix('='))
            {
                values.push(value.to_owned());
            } else {
                rest.push(word);
            }
        }
        self.words = rest;
        Ok(values.iter().flat_map(|value| value.split(',')).map(str::to_owned).collect())
    }

    /// The value of a number option, or its default.
    pub(crate) fn number(&mut self, option: &str, default: u64) -> Result<u64, Failure> {
        match self.values(option)?.as_slice() {
            [] => Ok(default),
            [value] => {
                value.parse().map_err(|_| format!("{option} needs a whole number, not {value:?}"))
            }
            _ => Err(format!("{option} is given more than once")),
        }
    }

    /// The next word that is no option.
    pub(crate) fn positional(&mut self) -> Option<String> {
        let index = self.words.iter().position(|word| !word.starts_with('-'))?;
        Some(self.words.remove(index))
    }

    /// Nothing may be left over.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => Err(format!("{word:?} is not understood here; --help lists what is")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Arguments {
        Arguments::new(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_taken_in_both_spellings() {
        let mut words = arguments("--only fmt,tidy --json --only=docs shelf");
        assert_eq!(words.values("--only").expect("well formed"), ["fmt", "tidy", "docs"]);
        assert!(words.flag(&["--json"]));
        assert_eq!(words.positional().as_deref(), Some("shelf"));
        assert!(words.finish().is_ok());
    }

    #[test]
    fn what_is_missing_or_left_over_is_named() {
        assert!(arguments("--only").values("--only").is_err());
        assert!(arguments("--rounds ten").number("--rounds", 3).is_err());
        assert_eq!(arguments("").number("--rounds", 3), Ok(3));
        assert!(arguments("--bogus").finish().is_err());
    }
}
