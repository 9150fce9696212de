//! The page's typeface as outlines: how wide words are (for labels in charts that must not meet) and
//! what their letters look like (for pictures).

use std::sync::LazyLock;

use ttf_parser::{Face, GlyphId, OutlineBuilder, Tag};

static FONT: &[u8] = include_bytes!("../../picture/schibsted-grotesk.ttf");

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Running text.
    Regular,
    /// Headings and figures.
    Bold,
}

static REGULAR: LazyLock<Face<'static>> = LazyLock::new(|| face(400.0));
static BOLD: LazyLock<Face<'static>> = LazyLock::new(|| face(620.0));

fn face(weight: f32) -> Face<'static> {
    let mut face = Face::parse(FONT, 0).expect("the font above is a font");
    // A font without this axis would stay as it is.
    let _ = face.set_variation(Tag::from_bytes(b"wght"), weight);
    face
}

fn of(weight: Weight) -> &'static Face<'static> {
    match weight {
        Weight::Regular => &REGULAR,
        Weight::Bold => &BOLD,
    }
}

/// How wide `text` is when its letters are `size` high, without kerning.
#[must_use]
#[expect(clippy::float_arithmetic, reason = "geometry of a picture")]
pub fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let face = of(weight);
    let units: f64 = text.chars().map(|letter| f64::from(advance(face, letter))).sum();
    units * size / f64::from(face.units_per_em())
}

fn advance(face: &Face<'_>, letter: char) -> u16 {
    face.glyph_hor_advance(glyph(face, letter)).unwrap_or(500)
}

fn glyph(face: &Face<'_>, letter: char) -> GlyphId {
    // Spaces that do not break look like any other.
    let letter = if matches!(letter, '\u{a0}' | '\u{202f}') { ' ' } else { letter };
    face.glyph_index(letter).or_else(|| face.glyph_index('?')).unwrap_or_default()
}

/// Gives the outline of each letter of `text` to `builder`, which is told beforehand where the
/// letter stands: its left edge, in the unit of `size`. Returns where the text ends.
#[expect(clippy::float_arithmetic, reason = "geometry of a picture")]
pub fn outline<B: OutlineBuilder>(
    text: &str,
    size: f64,
    weight: Weight,
    mut place: impl FnMut(f64, f64) -> B,
    mut done: impl FnMut(B),
) -> f64 {
    let face = of(weight);
    let scale = size / f64::from(face.units_per_em());
    let mut x = 0.0;
    for letter in text.chars() {
        let mut builder = place(x, scale);
        if face.outline_glyph(glyph(face, letter), &mut builder).is_some() {
            done(builder);
        }
        x += f64::from(advance(face, letter)) * scale;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_words_are_wider_and_figures_are_all_alike() {
        let wide = |text| width(text, 100.0, Weight::Regular);
        assert!(wide("WWW") > wide("iii"));
        assert!((wide("ab") - wide("a") - wide("b")).abs() < 1e-9);
        assert!((30.0..90.0).contains(&wide("m")), "{}", wide("m"));
        assert!(width("sold", 100.0, Weight::Bold) > wide("sold"));
    }

    #[test]
    fn every_letter_of_the_pages_languages_has_an_outline() {
        for letter in "ABCXYZabcxyz0123456789äöüÄÖÜß€%“”„–—…’".chars() {
            assert!(of(Weight::Regular).glyph_index(letter).is_some(), "{letter}");
        }
    }
}
