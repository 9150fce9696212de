//! What each number means and how forecasts are worked out.

use askama::Template;
use kontor_domain::install::Measure;

use crate::kit::text::Text;
use crate::page::Shell;

/// A method of forecasting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodEntry {
    /// Its anchor on the page: the beginning of its word in records.
    pub anchor: &'static str,
    /// Its name.
    pub name: String,
    /// How it works, in a sentence.
    pub words: String,
}

/// `GET /reach/{language}/definitions`
#[derive(Clone, Debug, Template)]
#[template(path = "reach_definitions.html")]
pub struct DefinitionsPage {
    /// The layout's part.
    pub shell: Shell,
    /// How many devices a number that is told has at the least.
    pub least: u64,
}

impl DefinitionsPage {
    /// The numbers that are counted: anchor, name, definition.
    #[must_use]
    pub fn measures(&self) -> Vec<MethodEntry> {
        let t = self.shell.text();
        Measure::ALL.map(|measure| measure_entry(&t, measure)).to_vec()
    }

    /// The methods of forecasting.
    #[must_use]
    pub fn methods(&self) -> Vec<MethodEntry> {
        let t = self.shell.text();
        let entry = |anchor, name: &str, words: &str| MethodEntry {
            anchor,
            name: t.get(name).into_owned(),
            words: t.get(words).into_owned(),
        };
        vec![
            entry("run_rate", "method-run-rate", "method-run-rate-words"),
            entry("drift", "method-drift", "method-drift-words"),
            entry("damped", "method-damped", "method-damped-words"),
            entry("constant_growth", "method-constant-growth", "method-constant-growth-words"),
            entry("last_year_again", "method-last-year-again", "method-last-year-again-words"),
            entry("bass", "method-bass", "method-bass-words"),
        ]
    }
}

/// A number with its definition in the page's language.
fn measure_entry(t: &Text, measure: Measure) -> MethodEntry {
    let (name, words) = match measure {
        Measure::Activations => ("measure-activations", "measure-activations-words"),
        Measure::Active => ("measure-active", "measure-active-words"),
        Measure::OnVersion => ("measure-on-version", "measure-on-version-words"),
        Measure::InstallsReported => {
            ("measure-installs-reported", "measure-installs-reported-words")
        }
        Measure::InstallsInferred => {
            ("measure-installs-inferred", "measure-installs-inferred-words")
        }
    };
    MethodEntry {
        anchor: measure.word(),
        name: t.get(name).into_owned(),
        words: t.get(words).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::Language;

    #[test]
    fn the_english_definitions_are_those_of_the_count() {
        let t = Text::new(Language::En, None);
        for measure in Measure::ALL {
            assert_eq!(measure_entry(&t, measure).words, measure.definition(), "{measure:?}");
        }
    }
}
