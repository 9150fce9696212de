//! A curve as SVG: whole numbers in, the same bytes out on every machine. The table beneath it says the
//! same in figures.

const WIDTH: u64 = 720;
const HEIGHT: u64 = 260;
const LEFT: u64 = 64;
const RIGHT: u64 = 700;
const TOP: u64 = 16;
const BOTTOM: u64 = 224;

/// A line of the drawing: its class, its name, its points from left to right.
pub(super) struct Line {
    /// `a`, `b` or `c`.
    pub(super) class: &'static str,
    /// What it is, in words.
    pub(super) name: String,
    /// Where it goes.
    pub(super) points: Vec<(u64, u64)>,
}

/// Draws lines over a common field. `says` is what the picture says in words.
pub(super) fn draw(lines: &[Line], says: &str, end: &str, highest: &str) -> String {
    let all = || lines.iter().flat_map(|line| &line.points);
    let most_x = all().map(|(x, _)| *x).max().unwrap_or(0).max(1);
    let most_y = all().map(|(_, y)| *y).max().unwrap_or(0).max(1);
    let place = |(x, y): &(u64, u64)| {
        let right = u128::from(*x) * u128::from(RIGHT - LEFT) / u128::from(most_x);
        let up = u128::from(*y) * u128::from(BOTTOM - TOP) / u128::from(most_y);
        let fits = |part: u128| u64::try_from(part).unwrap_or(0);
        (LEFT + fits(right), BOTTOM - fits(up))
    };
    let mut svg = format!(
        "<figure class=\"desk-curve\"><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        plain(says)
    );
    svg.push_str(&format!(
        "<path class=\"grid\" d=\"M{LEFT} {TOP}H{RIGHT}M{LEFT} {BOTTOM}H{RIGHT}\"/>\
         <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
         <text x=\"{}\" y=\"{BOTTOM}\" text-anchor=\"end\">0</text>\
         <text x=\"{RIGHT}\" y=\"{}\" text-anchor=\"end\">{}</text>",
        LEFT - 8,
        TOP + 5,
        plain(highest),
        LEFT - 8,
        BOTTOM + 22,
        plain(end),
    ));
    for line in lines {
        let mut path = String::new();
        for (index, point) in line.points.iter().enumerate() {
            let (x, y) = place(point);
            path.push_str(&format!("{}{x} {y}", if index == 0 { "M" } else { "L" }));
        }
        if !path.is_empty() {
            svg.push_str(&format!("<path class=\"line line-{}\" d=\"{path}\"/>", line.class));
        }
    }
    svg.push_str("</svg><figcaption>");
    for line in lines {
        svg.push_str(&format!(
            "<span class=\"key key-{}\">{}</span> ",
            line.class,
            plain(&line.name)
        ));
    }
    svg.push_str("</figcaption></figure>");
    svg
}

/// Text as it may stand in a drawing.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_in_the_field_and_texts_are_escaped() {
        let line = |points| Line { class: "a", name: "<b>".to_owned(), points };
        let svg = draw(&[line(vec![(0, 0), (5, u64::MAX), (10, 7)])], "\"x\"", "10 s", "7");
        assert!(svg.contains(&format!("M{LEFT} {BOTTOM}L")), "{svg}");
        assert!(svg.contains(&format!(" {TOP}L{RIGHT} {BOTTOM}\"")), "{svg}");
        assert!(!svg.contains("<b>") && svg.contains("aria-label=\"&quot;x&quot;\""));
        assert!(!draw(&[line(Vec::new())], "", "", "").contains("class=\"line "));
    }
}
