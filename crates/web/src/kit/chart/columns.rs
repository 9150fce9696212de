//! Columns over time: one per day, the largest with its number, the first and the last day named.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use super::Size;
use super::svg::{Anchor, Svg};
use crate::kit::text::Text;

const HEIGHT: f64 = 180.0;
const TOP: f64 = 22.0;
const FOOT: f64 = 24.0;

/// Draws columns with their names; the names of the first and the last are written.
#[must_use]
pub fn draw(size: Size, t: &Text, label: &str, columns: &[(String, i64)]) -> String {
    let width = size.width();
    let mut svg = Svg::picture(size.class(), width, HEIGHT, label);
    let floor = HEIGHT - FOOT;
    svg.line("c-zero", [0.0, floor], [width, floor]);
    let most = columns.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let step = width / number(i64::try_from(columns.len().max(1)).unwrap_or(1));
    let tallest = columns.iter().position(|(_, count)| *count == most);
    for (index, (name, count)) in (0..).zip(columns) {
        let x = step * number(index);
        let height = if most > 0 { (floor - TOP) * number(*count) / number(most) } else { 0.0 };
        if *count > 0 {
            let title = format!("{name}: {}", t.number(*count));
            let gap = (step * 0.2).min(3.0);
            let height = height.max(1.0);
            svg.rect("c-main", [x + gap / 2.0, floor - height], [step - gap, height], 1.0, &title);
        }
        if most > 0 && tallest == usize::try_from(index).ok() {
            // Written to the side on which there is room.
            let (at, anchor) = if x + step / 2.0 > width / 2.0 {
                (x + step, Anchor::End)
            } else {
                (x, Anchor::Start)
            };
            svg.text("c-value", [at, floor - height - 6.0], anchor, &t.number(*count));
        }
    }
    if let (Some((first, _)), Some((last, _))) = (columns.first(), columns.last()) {
        svg.text("c-axis", [0.0, HEIGHT - 6.0], Anchor::Start, first);
        svg.text("c-axis", [width, HEIGHT - 6.0], Anchor::End, last);
    }
    svg.finish()
}

#[expect(clippy::cast_precision_loss, reason = "the height of a column")]
fn number(n: i64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::Language;

    #[test]
    fn each_day_with_orders_has_a_column_within_the_drawing() {
        let t = Text::new(Language::En, None);
        let days: Vec<(String, i64)> = (0..30).map(|i| (format!("<{i}>"), i % 7 * 100)).collect();
        for size in [Size::Wide, Size::Narrow] {
            let svg = draw(size, &t, "orders", &days);
            let some = days.iter().filter(|(_, count)| *count > 0).count();
            assert_eq!(svg.matches("<rect").count(), some);
            assert!(!svg.contains("<0>") && svg.contains("&lt;0&gt;"));
            assert_eq!(svg.matches("c-value").count(), 1, "one largest number: {svg}");
        }
        let none = draw(Size::Wide, &t, "orders", &[("a".to_owned(), 0)]);
        assert!(!none.contains("<rect") && !none.contains("c-value"));
        assert!(draw(Size::Wide, &t, "orders", &[]).starts_with("<svg"));
    }
}
