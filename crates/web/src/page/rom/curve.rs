//! The picture of a rollout: how many devices have installed the build, and how many failed.
//!
//! All numbers are whole: the same reports are the same picture on every machine.

use kontor_base::Instant;

/// The drawing's size and the field inside of it.
const WIDTH: i64 = 720;
const HEIGHT: i64 = 300;
const LEFT: i64 = 64;
const RIGHT: i64 = 704;
const TOP: i64 = 20;
const BOTTOM: i64 = 256;
/// What a number of a step needs on a phone, where letters are twice as large in the picture.
const NUMBER_WIDTH: i64 = 30;

/// Devices that had reported so by a moment, those before included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The moment.
    pub at: Instant,
    /// Installed.
    pub installed: u64,
    /// Failed or gone back.
    pub failed: u64,
}

/// A step of the rollout, marked on the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Instant,
    /// Its number in the list of steps.
    pub number: usize,
}

/// A line of the grid, with what stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Where.
    pub y: i64,
    /// Devices.
    pub value: u64,
}

/// The picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curve {
    /// The reports by time, each at least as high as the one before.
    pub counts: Vec<Count>,
    /// The steps.
    pub marks: Vec<Mark>,
    /// Where it begins.
    pub from: Instant,
    /// Where it ends.
    pub to: Instant,
}

impl Curve {
    /// `viewBox`.
    #[must_use]
    pub fn view(&self) -> String {
        format!("0 0 {WIDTH} {HEIGHT}")
    }

    /// The left, right and lower edge of the field.
    #[must_use]
    pub const fn field(&self) -> (i64, i64, i64) {
        (LEFT, RIGHT, BOTTOM)
    }

    /// The upper edge of the field.
    #[must_use]
    pub const fn top(&self) -> i64 {
        TOP
    }

    /// The highest value of the scale: the next of 1, 2, 5, 10, 20, 50 …
    #[must_use]
    pub fn scale(&self) -> u64 {
        let highest = self.counts.iter().map(|count| count.installed.max(count.failed)).max();
        let highest = highest.unwrap_or(0).max(4);
        let mut step = 1_u64;
        loop {
            for factor in [1, 2, 4, 5] {
                if step * factor >= highest {
                    return step * factor;
                }
            }
            step = step.saturating_mul(10);
        }
    }

    /// The lines of the grid, the lowest first.
    #[must_use]
    pub fn grid(&self) -> Vec<Grid> {
        let scale = self.scale();
        let parts = if scale.is_multiple_of(4) { 4 } else { 5 };
        (0..=parts)
            .map(|part| scale * part / parts)
            .map(|value| Grid { y: self.y(value), value })
            .collect()
    }

    fn y(&self, value: u64) -> i64 {
        let height = i128::from(BOTTOM - TOP);
        let up = i128::from(value) * height / i128::from(self.scale().max(1));
        BOTTOM - i64::try_from(up).unwrap_or(0)
    }

    /// Where a moment lies.
    #[must_use]
    pub fn x(&self, at: &Instant) -> i64 {
        let span = i128::from((self.to.micros() - self.from.micros()).max(1));
        let gone = i128::from(at.micros() - self.from.micros()).clamp(0, span);
        LEFT + i64::try_from(gone * i128::from(RIGHT - LEFT) / span).unwrap_or(0)
    }

    /// The steps' numbers, with where they stand. Steps that lie too close together to be read
    /// share one place: `1–3`.
    #[must_use]
    pub fn numbers(&self) -> Vec<(i64, String)> {
        let mut groups: Vec<(i64, i64, usize, usize)> = Vec::new();
        for mark in &self.marks {
            let x = self.x(&mark.at);
            match groups.last_mut() {
                Some(group) if x - group.1 < NUMBER_WIDTH => (group.1, group.3) = (x, mark.number),
                _ => groups.push((x, x, mark.number, mark.number)),
            }
        }
        let text = |(from, to, first, last): (i64, i64, usize, usize)| {
            let text =
                if first == last { first.to_string() } else { format!("{first}\u{2013}{last}") };
            (i64::midpoint(from, to), text)
        };
        groups.into_iter().map(text).collect()
    }

    fn line(&self, value: fn(&Count) -> u64) -> String {
        let mut path = format!("M{LEFT} {}", self.y(0));
        for count in &self.counts {
            path.push_str(&format!("L{} {}", self.x(&count.at), self.y(value(count))));
        }
        if let Some(last) = self.counts.last() {
            path.push_str(&format!("H{}", self.x(&self.to).max(self.x(&last.at))));
        }
        path
    }

    /// The line of devices that have installed the build.
    #[must_use]
    pub fn installed(&self) -> String {
        self.line(|count| count.installed)
    }

    /// The surface below it.
    #[must_use]
    pub fn surface(&self) -> String {
        format!("{}V{BOTTOM}H{LEFT}Z", self.installed())
    }

    /// The line of devices that failed.
    #[must_use]
    pub fn failed(&self) -> String {
        self.line(|count| count.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(counts: &[(i64, u64, u64)]) -> Curve {
        let at = |hour: i64| Instant::from_micros(0).plus_seconds(hour * 3_600);
        let counts: Vec<Count> = counts
            .iter()
            .map(|(hour, installed, failed)| Count {
                at: at(*hour),
                installed: *installed,
                failed: *failed,
            })
            .collect();
        Curve { counts, marks: vec![], from: at(0), to: at(10) }
    }

    #[test]
    fn steps_that_are_close_share_a_number() {
        let mark = |(minute, number): (i64, usize)| Mark {
            at: Instant::from_micros(0).plus_seconds(minute * 60),
            number,
        };
        let marks = [(0, 1), (10, 2), (20, 3), (300, 4), (600, 5)].map(mark).to_vec();
        let drawn = Curve { marks, ..curve(&[]) };
        let numbers = drawn.numbers();
        let words: Vec<&str> = numbers.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(words, ["1\u{2013}3", "4", "5"]);
        assert_eq!((numbers[1].0, numbers[2].0), (i64::midpoint(LEFT, RIGHT), RIGHT));
    }

    #[test]
    fn scales_are_round_and_hold_the_highest_value() {
        for (highest, scale) in
            [(0, 4), (4, 4), (5, 5), (6, 10), (41, 50), (300, 400), (1_000_001, 2_000_000)]
        {
            let drawn = curve(&[(1, highest, 0)]);
            assert_eq!(drawn.scale(), scale, "{highest}");
            let grid = drawn.grid();
            assert_eq!((grid[0].value, grid[0].y), (0, BOTTOM));
            assert_eq!(grid.last().map(|line| (line.value, line.y)), Some((scale, TOP)));
        }
    }

    #[test]
    fn lines_stay_inside_the_field_and_end_at_its_end() {
        let drawn = curve(&[(0, 0, 0), (5, 50, 2), (10, 100, 3)]);
        assert_eq!(drawn.installed(), "M64 256L64 256L384 138L704 20H704");
        assert_eq!(drawn.surface(), "M64 256L64 256L384 138L704 20H704V256H64Z");
        assert_eq!(drawn.failed(), "M64 256L64 256L384 252L704 249H704");
        let before = Instant::from_micros(-1);
        assert_eq!(drawn.x(&before), LEFT, "what lies outside is drawn at the edge");
    }
}
