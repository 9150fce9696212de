//! A waterfall: each line stands on what was there before it, the last one on nothing.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use super::svg::{Anchor, Svg};
use super::{Linear, Size};

/// One line, in minor units: no sum is worked out here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub label: String,
    /// Where its bar begins.
    pub from: i64,
    /// Where it ends.
    pub to: i64,
    /// The amount, in words.
    pub words: String,
    /// Whether it is the sum.
    pub sum: bool,
    /// Whether it is paid but comes back.
    pub credited: bool,
}

const ROW: f64 = 40.0;

/// Draws the lines below each other.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a picture needs no more than a few digits")]
pub fn draw(size: Size, label: &str, steps: &[Step]) -> String {
    let most = steps.iter().map(|step| step.from.max(step.to)).max().unwrap_or(0);
    let rows = f64::from(u32::try_from(steps.len()).unwrap_or(u32::MAX));
    let scale = Linear::new([0.0, most as f64], [0.0, size.width() - 4.0]);
    let mut svg = Svg::picture(size.class(), size.width(), rows * ROW + 4.0, label);
    let mut y = 0.0;
    // Where the bar before ends: the next one stands on it.
    let mut stands_on: Option<f64> = None;
    for step in steps {
        let (from, to) = (scale.at(step.from as f64), scale.at(step.to as f64));
        let class = if step.sum { "c-strong" } else { "c-label" };
        svg.text(class, [0.0, y + 14.0], Anchor::Start, &step.label);
        svg.text("c-value", [size.width() - 2.0, y + 14.0], Anchor::End, &step.words);
        let look = match (step.sum, step.credited) {
            (true, _) => "c-bar c-main",
            (false, true) => "c-bar c-unsure",
            (false, false) => "c-bar c-other",
        };
        if let Some(on) = stands_on {
            svg.line("c-rule", [on, y - 8.0], [on, y + 32.0]);
        }
        stands_on = (!step.sum).then_some(to);
        svg.rect(look, [from.min(to), y + 20.0], [(to - from).abs().max(1.5), 12.0], 2.0, "");
        y += ROW;
    }
    svg.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_on_each_other() {
        let step = |label: &str, from, to, sum| Step {
            label: label.to_owned(),
            from,
            to,
            words: (to - from).to_string(),
            sum,
            credited: false,
        };
        let steps =
            [step("goods", 0, 400, false), step("duty", 400, 450, false), step("=", 0, 450, true)];
        let svg = draw(Size::Wide, "cost", &steps);
        let x: Vec<f64> = svg
            .split("<rect class=\"c-bar")
            .skip(1)
            .filter_map(|bar| bar.split(" x=\"").nth(1)?.split('"').next()?.parse().ok())
            .collect();
        assert_eq!(x.len(), 3);
        assert!(x[0].abs() < 0.1 && x[1] > 600.0 && x[2].abs() < 0.1, "{x:?}");
    }
}
