//! The only place where a chart's markup is written: numbers are rounded, texts are escaped.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use std::fmt::Write;

/// Where a text stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// A drawing.
#[derive(Clone, Debug)]
pub struct Svg {
    text: String,
    open: Vec<&'static str>,
}

impl Svg {
    /// A drawing that a screen reader takes as one picture called `label`; what is in it stands in
    /// the table beside it.
    #[must_use]
    pub fn picture(class: &str, width: f64, height: f64, label: &str) -> Self {
        Self::begin(class, width, height, label, "img")
    }

    /// A drawing with links in it.
    #[must_use]
    pub fn group(class: &str, width: f64, height: f64, label: &str) -> Self {
        Self::begin(class, width, height, label, "group")
    }

    fn begin(class: &str, width: f64, height: f64, label: &str, role: &str) -> Self {
        let mut svg = Self { text: String::new(), open: vec!["svg"] };
        svg.raw("<svg class=\"");
        svg.escaped(class);
        svg.raw("\" viewBox=\"0 0 ");
        svg.number(width);
        svg.raw(" ");
        svg.number(height);
        svg.raw("\" role=\"");
        svg.raw(role);
        svg.raw("\" aria-label=\"");
        svg.escaped(label);
        svg.raw("\">");
        svg
    }

    fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// With one decimal place, and none where it is zero.
    fn number(&mut self, number: f64) {
        let rounded = (number * 10.0).round() / 10.0;
        // Adding zero makes a minus zero plain. Writing to a string cannot fail.
        let _ = write!(self.text, "{}", rounded + 0.0);
    }

    fn escaped(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                letter => self.text.push(letter),
            }
        }
    }

    fn attribute(&mut self, name: &str, value: f64) {
        self.raw(" ");
        self.raw(name);
        self.raw("=\"");
        self.number(value);
        self.raw("\"");
    }

    fn class(&mut self, class: &str) {
        if !class.is_empty() {
            self.raw(" class=\"");
            self.escaped(class);
            self.raw("\"");
        }
    }

    /// Ends a shape, with a title that a pointer shows where there is one.
    fn end_shape(&mut self, name: &str, title: &str) {
        if title.is_empty() {
            self.raw("/>");
            return;
        }
        self.raw("><title>");
        self.escaped(title);
        self.raw("</title></");
        self.raw(name);
        self.raw(">");
    }

    /// A line.
    pub fn line(&mut self, class: &str, from: [f64; 2], to: [f64; 2]) {
        self.raw("<line");
        self.class(class);
        for (name, value) in [("x1", from[0]), ("y1", from[1]), ("x2", to[0]), ("y2", to[1])] {
            self.attribute(name, value);
        }
        self.raw("/>");
    }

    /// A line through points.
    pub fn polyline(&mut self, class: &str, points: &[[f64; 2]]) {
        self.raw("<polyline");
        self.class(class);
        self.raw(" points=\"");
        for (i, point) in points.iter().enumerate() {
            if i > 0 {
                self.raw(" ");
            }
            self.number(point[0]);
            self.raw(",");
            self.number(point[1]);
        }
        self.raw("\"/>");
    }

    /// A rectangle with rounded corners.
    pub fn rect(&mut self, class: &str, at: [f64; 2], size: [f64; 2], corner: f64, title: &str) {
        self.raw("<rect");
        self.class(class);
        self.attribute("x", at[0]);
        self.attribute("y", at[1]);
        self.attribute("width", size[0].max(0.0));
        self.attribute("height", size[1].max(0.0));
        if corner > 0.0 {
            self.attribute("rx", corner);
        }
        self.end_shape("rect", title);
    }

    /// A circle.
    pub fn circle(&mut self, class: &str, centre: [f64; 2], radius: f64, title: &str) {
        self.raw("<circle");
        self.class(class);
        self.attribute("cx", centre[0]);
        self.attribute("cy", centre[1]);
        self.attribute("r", radius);
        self.end_shape("circle", title);
    }

    /// A path from data that the program ships (`d` is escaped all the same).
    pub fn path(&mut self, class: &str, d: &str, title: &str) {
        self.raw("<path");
        self.class(class);
        self.raw(" d=\"");
        self.escaped(d);
        self.raw("\"");
        self.end_shape("path", title);
    }

    /// A text.
    pub fn text(&mut self, class: &str, at: [f64; 2], anchor: Anchor, text: &str) {
        self.raw("<text");
        self.class(class);
        self.attribute("x", at[0]);
        self.attribute("y", at[1]);
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => self.raw(" text-anchor=\"middle\""),
            Anchor::End => self.raw(" text-anchor=\"end\""),
        }
        self.raw(">");
        self.escaped(text);
        self.raw("</text>");
    }

    /// Begins a group; [`Svg::close`] ends it.
    pub fn open_group(&mut self, class: &str) {
        self.raw("<g");
        self.class(class);
        self.raw(">");
        self.open.push("g");
    }

    /// Begins a link to a page of this site; [`Svg::close`] ends it.
    pub fn open_link(&mut self, href: &str, label: &str) {
        self.raw("<a href=\"");
        self.escaped(href);
        self.raw("\" aria-label=\"");
        self.escaped(label);
        self.raw("\">");
        self.open.push("a");
    }

    /// Ends the group or link that was begun last.
    pub fn close(&mut self) {
        if self.open.len() > 1
            && let Some(name) = self.open.pop()
        {
            self.raw("</");
            self.raw(name);
            self.raw(">");
        }
    }

    /// The markup.
    #[must_use]
    pub fn finish(mut self) -> String {
        while let Some(name) = self.open.pop() {
            self.raw("</");
            self.raw(name);
            self.raw(">");
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_data_cannot_leave_its_place() {
        let hostile = "\"><script>alert('x')</script>&";
        let mut svg = Svg::picture(hostile, 10.0, 10.0, hostile);
        svg.text(hostile, [0.0, 0.0], Anchor::End, hostile);
        svg.path(hostile, hostile, hostile);
        svg.open_link(hostile, hostile);
        let markup = svg.finish();
        assert!(!markup.contains("<script"), "{markup}");
        assert!(!markup.contains("'x'"), "{markup}");
        assert_eq!(markup.matches('<').count(), 10, "{markup}");
        assert!(markup.ends_with("</a></svg>"), "{markup}");
    }

    #[test]
    fn numbers_are_short() {
        let mut svg = Svg::picture("c", 100.0, 50.0, "a chart");
        svg.line("", [0.04, -0.04], [1.26, 2.0]);
        let markup = svg.finish();
        assert!(markup.contains("x1=\"0\" y1=\"0\" x2=\"1.3\" y2=\"2\""), "{markup}");
    }
}
