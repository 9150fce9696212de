//! Pictures of 1200 by 630 for sites that show a link: a few words and one large number, drawn with
//! the page's own typeface. No SVG renderer, no font system of the machine.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use tiny_skia::{Color, FillRule, Paint, PathBuilder, Pixmap, Rect, Transform};
use ttf_parser::OutlineBuilder;

use super::typeface::{Weight, outline, width};

/// The size that sites ask for.
const SIZE: (u32, u32) = (1200, 630);
const MARGIN: f64 = 72.0;
const ROOM: f64 = 1200.0 - 2.0 * MARGIN;

/// What stands on a picture.
#[derive(Clone, Copy, Debug)]
pub struct Card<'a> {
    /// The shop's name.
    pub shop: &'a str,
    /// What kind of thing it is.
    pub kicker: &'a str,
    /// The number.
    pub value: &'a str,
    /// What it is the number of.
    pub title: &'a str,
    /// Who says it and what it means.
    pub note: &'a str,
}

/// The picture as PNG.
#[must_use]
pub fn draw(card: &Card<'_>) -> Vec<u8> {
    let (ink, quiet, accent) = (
        Color::from_rgba8(22, 22, 26, 255),
        Color::from_rgba8(85, 85, 91, 255),
        Color::from_rgba8(36, 54, 224, 255),
    );
    let Some(mut sheet) = Pixmap::new(SIZE.0, SIZE.1) else { return Vec::new() };
    sheet.fill(Color::WHITE);
    bar(&mut sheet, MARGIN, 64.0, ROOM, 6.0, ink);
    let kicker = format!("{} · {}", card.shop, card.kicker);
    write(
        &mut sheet,
        &fitted(&kicker, 30.0, Weight::Bold),
        [MARGIN, 124.0],
        30.0,
        Weight::Bold,
        accent,
    );
    // The number as large as it fits on a line; a sentence goes over several.
    let natural = width(card.value, 100.0, Weight::Bold);
    let size = (ROOM / natural.max(1.0) * 100.0).min(190.0);
    let mut y = 158.0;
    if size >= 64.0 {
        y += size * 0.86;
        write(&mut sheet, card.value, [MARGIN, y], size, Weight::Bold, ink);
        y += 28.0;
    } else {
        for line in wrapped(card.value, 60.0, Weight::Bold, 3) {
            y += 66.0;
            write(&mut sheet, &line, [MARGIN, y], 60.0, Weight::Bold, ink);
        }
        y += 16.0;
    }
    for line in wrapped(card.title, 40.0, Weight::Bold, 2) {
        y += 46.0;
        write(&mut sheet, &line, [MARGIN, y], 40.0, Weight::Bold, ink);
    }
    y += 14.0;
    for line in wrapped(card.note, 27.0, Weight::Regular, 3) {
        y += 36.0;
        if y > 590.0 {
            break;
        }
        write(&mut sheet, &line, [MARGIN, y], 27.0, Weight::Regular, quiet);
    }
    sheet.encode_png().unwrap_or_default()
}

/// The size of a counter, twice that at which it is shown.
const COUNTER: (u32, u32) = (640, 360);

/// What stands on a counter's picture.
#[derive(Clone, Copy, Debug)]
pub struct Counter<'a> {
    /// Whose number it is.
    pub kicker: &'a str,
    /// The number.
    pub value: &'a str,
    /// What it is the number of.
    pub unit: &'a str,
    /// When it was read.
    pub note: &'a str,
}

/// A counter as PNG, for pages that may show pictures of others and nothing else.
#[must_use]
pub fn draw_counter(counter: &Counter<'_>) -> Vec<u8> {
    let Some(mut sheet) = Pixmap::new(COUNTER.0, COUNTER.1) else { return Vec::new() };
    sheet.fill(Color::WHITE);
    let (left, room) = (40.0, 560.0);
    let ink = Color::from_rgba8(22, 22, 26, 255);
    let fit = |text: &str, most: f64, weight| {
        (room / width(text, 100.0, weight).max(1.0) * 100.0).min(most)
    };
    let mut line = |text: &str, y, most, weight, color| {
        write(&mut sheet, text, [left, y], fit(text, most, weight), weight, color);
    };
    line(counter.kicker, 66.0, 26.0, Weight::Bold, Color::from_rgba8(36, 54, 224, 255));
    line(counter.value, 190.0, 112.0, Weight::Bold, ink);
    line(counter.unit, 254.0, 32.0, Weight::Bold, ink);
    line(counter.note, 312.0, 24.0, Weight::Regular, Color::from_rgba8(85, 85, 91, 255));
    bar(&mut sheet, left, 22.0, room, 4.0, ink);
    sheet.encode_png().unwrap_or_default()
}

/// The text in at most `most` lines; what does not fit ends with an ellipsis.
fn wrapped(text: &str, size: f64, weight: Weight, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let is_full = lines.len() == most;
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, weight) <= ROOM => {
                line.push(' ');
                line.push_str(word);
            }
            Some(last) if is_full => {
                last.push_str(" …");
                break;
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.into_iter().map(|line| fitted(&line, size, weight)).collect()
}

/// The text cut so that it fits on a line.
fn fitted(text: &str, size: f64, weight: Weight) -> String {
    if width(text, size, weight) <= ROOM {
        return text.to_owned();
    }
    let mut cut: String = text.to_owned();
    while cut.pop().is_some() {
        let shorter = format!("{}…", cut.trim_end());
        if width(&shorter, size, weight) <= ROOM {
            return shorter;
        }
    }
    String::new()
}

fn bar(sheet: &mut Pixmap, x: f64, y: f64, wide: f64, high: f64, color: Color) {
    let mut paint = Paint::default();
    paint.set_color(color);
    if let Some(rect) = Rect::from_xywh(narrow(x), narrow(y), narrow(wide), narrow(high)) {
        sheet.fill_rect(rect, &paint, Transform::identity(), None);
    }
}

fn write(sheet: &mut Pixmap, text: &str, at: [f64; 2], size: f64, weight: Weight, color: Color) {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(color);
    let place =
        |x: f64, scale: f64| Pen { path: PathBuilder::new(), left: at[0] + x, base: at[1], scale };
    outline(text, size, weight, place, |pen: Pen| {
        if let Some(path) = pen.path.finish() {
            sheet.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
        }
    });
}

/// Puts a letter's outline, which is in the font's units with y upwards, on the sheet.
struct Pen {
    path: PathBuilder,
    left: f64,
    base: f64,
    scale: f64,
}

impl Pen {
    fn x(&self, x: f32) -> f32 {
        narrow(self.left + f64::from(x) * self.scale)
    }

    fn y(&self, y: f32) -> f32 {
        narrow(self.base - f64::from(y) * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = (self.x(x), self.y(y));
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = (self.x(x), self.y(y));
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (x1, y1, x, y) = (self.x(x1), self.y(y1), self.x(x), self.y(y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (x1, y1, x2, y2) = (self.x(x1), self.y(y1), self.x(x2), self.y(y2));
        let (x, y) = (self.x(x), self.y(y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[expect(clippy::cast_possible_truncation, reason = "places on a sheet of 1200 by 630")]
fn narrow(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(value: &str) -> Vec<u8> {
        draw(&Card { shop: "Kontor", kicker: "A claim", value, title: "Phones sold", note: "IDC" })
    }

    #[test]
    fn a_picture_has_its_size_and_something_on_it() {
        let png = card("61.12 million");
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
        let sheet = Pixmap::decode_png(&png).expect("a picture");
        assert_eq!((sheet.width(), sheet.height()), SIZE);
        let dark = sheet.pixels().iter().filter(|pixel| pixel.red() < 60).count();
        assert!(dark > 10_000, "{dark} dark pixels");
        // Nothing is drawn over the edge.
        let right = sheet.pixels().iter().skip(1199).step_by(1200);
        assert!(right.into_iter().all(|pixel| pixel.red() == 255));
        assert_ne!(card("57.7 million"), png);
    }

    #[test]
    fn a_counter_fits_its_picture_however_long_its_number() {
        for value in ["0", "101,482,977", "fewer than 1,000,000,000,000 devices"] {
            let counter = Counter { kicker: "Kontor", value, unit: "devices", note: "read today" };
            let sheet = Pixmap::decode_png(&draw_counter(&counter)).expect("a picture");
            assert_eq!((sheet.width(), sheet.height()), COUNTER);
            assert!(sheet.pixels().iter().any(|pixel| pixel.red() < 60), "{value}");
            let right = sheet.pixels().iter().skip(639).step_by(640);
            assert!(right.into_iter().all(|pixel| pixel.red() == 255), "{value}");
        }
    }

    #[test]
    fn long_words_are_cut_and_sentences_wrapped() {
        assert!(fitted(&"w".repeat(500), 40.0, Weight::Bold).ends_with('…'));
        let lines = wrapped(&"several words ".repeat(60), 40.0, Weight::Regular, 3);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| width(line, 40.0, Weight::Regular) <= ROOM));
        assert!(card(&"a sentence ".repeat(20)).len() > 1_000);
    }
}
