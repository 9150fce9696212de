//! The same number said of different things: what a front page is for.

use super::figure::Figure;
use super::quantity::Value;

/// Two figures with the same number and unit, of which only one can be quoted at a time, because
/// they count different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo<'a> {
    /// The one that was said first.
    pub first: &'a Figure,
    /// The one that was said later.
    pub second: &'a Figure,
}

/// The figures of the subjects `subjects` that say the same number with another definition, the
/// largest number first.
#[must_use]
pub fn echoes<'a>(figures: &[&'a Figure], subjects: &[&str]) -> Vec<Echo<'a>> {
    let mut about: Vec<&Figure> = figures
        .iter()
        .copied()
        .filter(|figure| subjects.contains(&figure.subject.as_str()))
        .collect();
    about.sort_by_key(|figure| figure.period.order());
    let mut found = Vec::new();
    for (i, first) in about.iter().enumerate() {
        for second in &about[i + 1..] {
            let (Some(Value::Exact(a)), Some(Value::Exact(b))) = (&first.value, &second.value)
            else {
                continue;
            };
            let differs = first.definition_en != second.definition_en;
            if a.equals(*b) && first.unit == second.unit && differs {
                found.push(Echo { first, second });
            }
        }
    }
    found.sort_by(|a, b| {
        let size = |echo: &Echo<'_>| echo.first.value.as_ref().map_or(0.0, |v| v.low().float());
        size(b).total_cmp(&size(a))
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reach::FigureRow;

    fn figure(code: &str, period: &str, value: &str, definition: &str) -> Figure {
        let row = FigureRow {
            code: code.to_owned(),
            subject: "rom-users".to_owned(),
            title_en: "users".to_owned(),
            period: period.to_owned(),
            value: value.to_owned(),
            unit: "million".to_owned(),
            definition_en: definition.to_owned(),
            said_by: "the maker".to_owned(),
            source: "a report".to_owned(),
            confidence: "M".to_owned(),
            ..FigureRow::default()
        };
        row.parse().expect("a figure")
    }

    #[test]
    fn the_same_number_of_different_things_is_found() {
        let figures = [
            figure("mau", "2015-08-19", "100.0", "monthly actives"),
            figure("users", "2015-02-13", "100", "users"),
            figure("again", "2015-03-01", "100", "users"),
            figure("more", "2015-03-01", ">100", "sold"),
        ];
        let figures: Vec<&Figure> = figures.iter().collect();
        let echoes = echoes(&figures, &["rom-users"]);
        let pairs: Vec<_> = echoes
            .iter()
            .map(|echo| (echo.first.code.as_str(), echo.second.code.as_str()))
            .collect();
        assert_eq!(pairs, [("users", "mau"), ("again", "mau")]);
        assert!(super::echoes(&figures, &["phones-sold"]).is_empty());
    }
}
