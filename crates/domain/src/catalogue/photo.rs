//! Photographs of products: what the bytes are is read from the bytes, from the first to the last.
//! A file that is something else behind its end, or that says one size and has another, is none.
//!
//! Only the structure is walked; pixels are the browser's matter.

/// The largest photograph, in bytes.
pub const PHOTO_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The longest side, in pixels.
pub const PHOTO_SIDE_MAX: u32 = 8_000;
/// The shortest side, in pixels: less is no picture of a product.
pub const PHOTO_SIDE_MIN: u32 = 200;

/// The kinds of picture that are taken. SVG is none of them: it is a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoKind {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
}

impl PhotoKind {
    /// The media type.
    #[must_use]
    pub const fn media(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// The kind with this media type.
    #[must_use]
    pub fn from_media(media: &str) -> Option<Self> {
        [Self::Png, Self::Jpeg, Self::Webp].into_iter().find(|kind| kind.media() == media)
    }
}

/// What a photograph is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its kind.
    pub kind: PhotoKind,
    /// Its width, in pixels.
    pub width: u32,
    /// Its height, in pixels.
    pub height: u32,
}

/// Why a file is no photograph for a shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoRefusal {
    /// It is empty.
    #[error("the file is empty")]
    Empty,
    /// It is too large.
    #[error("a picture has at most 4 MB")]
    TooLarge,
    /// It is not a whole PNG, JPEG or WebP file and nothing else, whatever its name says.
    #[error("a picture is a PNG, a JPEG or a WebP file, and nothing behind it")]
    NotAPhoto,
    /// A side is too short or too long.
    #[error("each side of a picture has {PHOTO_SIDE_MIN} to {PHOTO_SIDE_MAX} pixels")]
    Size,
}

impl PhotoRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "catalogue.photo_empty",
            Self::TooLarge => "catalogue.photo_too_large",
            Self::NotAPhoto => "catalogue.not_a_photo",
            Self::Size => "catalogue.photo_size",
        }
    }
}

/// Reads what a photograph is.
///
/// # Errors
///
/// [`PhotoRefusal`] for everything else.
pub fn read_photo(bytes: &[u8]) -> Result<Photo, PhotoRefusal> {
    if bytes.is_empty() {
        return Err(PhotoRefusal::Empty);
    }
    if bytes.len() > PHOTO_BYTES_MAX {
        return Err(PhotoRefusal::TooLarge);
    }
    let found = if bytes.starts_with(PNG) {
        png(bytes).map(|size| (PhotoKind::Png, size))
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        jpeg(bytes).map(|size| (PhotoKind::Jpeg, size))
    } else {
        webp(bytes).map(|size| (PhotoKind::Webp, size))
    };
    let (kind, (width, height)) = found.ok_or(PhotoRefusal::NotAPhoto)?;
    let sides = PHOTO_SIDE_MIN..=PHOTO_SIDE_MAX;
    if !sides.contains(&width) || !sides.contains(&height) {
        return Err(PhotoRefusal::Size);
    }
    Ok(Photo { kind, width, height })
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

fn big16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn big32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Walks the chunks: the header first, the end mark last, nothing behind it (PNG, third edition, 5).
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let (mut at, mut size, mut pixels) = (PNG.len(), None, false);
    loop {
        let length = usize::try_from(big32(bytes, at)?).ok()?;
        let kind = bytes.get(at + 4..at + 8)?;
        let next = at.checked_add(12)?.checked_add(length)?;
        bytes.get(..next)?;
        match kind {
            b"IHDR" if size.is_none() && length == 13 => {
                size = Some((big32(bytes, at + 8)?, big32(bytes, at + 12)?));
            }
            b"IDAT" => pixels = true,
            b"IEND" => return size.filter(|_| length == 0 && pixels && next == bytes.len()),
            _ if size.is_none() || !kind.iter().all(u8::is_ascii_alphabetic) => return None,
            _ => {}
        }
        at = next;
    }
}

/// Walks the segments up to the first scan; behind the scans stands the end mark and nothing else
/// (ITU-T T.81, annex B).
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let (mut at, mut size) = (2, None);
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            0xff => {
                at += 1;
                continue;
            }
            // Restart and begin-again marks have no place before a scan; the end has none either.
            0x00 | 0x01 | 0xd0..=0xd9 => return None,
            _ => {}
        }
        let length = usize::try_from(big16(bytes, at + 2)?).ok().filter(|length| *length >= 2)?;
        let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if is_frame && size.is_none() {
            size = Some((big16(bytes, at + 7)?, big16(bytes, at + 5)?));
        }
        at = at + 2 + length;
        if marker == 0xda {
            break;
        }
    }
    scans(bytes, at)?;
    size
}

/// The end mark must be the first one that is met in the coded data, and the last two bytes.
fn scans(bytes: &[u8], from: usize) -> Option<()> {
    let mut at = from;
    loop {
        let mark = at + bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match *bytes.get(mark + 1)? {
            // A stuffed byte, padding, a restart.
            0x00 | 0xd0..=0xd7 => at = mark + 2,
            0xff => at = mark + 1,
            0xd9 => return (mark + 2 == bytes.len()).then_some(()),
            // Tables and further scans of a progressive picture.
            _ => at = mark + 2 + usize::try_from(big16(bytes, mark + 2)?).ok()?.max(2),
        }
    }
}

/// A RIFF container whose length is the file's and whose chunks fill it (RFC 9649, section 2).
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let small32 = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let whole = usize::try_from(small32(4)?).ok()?.checked_add(8)?;
    if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WEBP" || whole != bytes.len() {
        return None;
    }
    let (mut at, mut size) = (12, None);
    while at < bytes.len() {
        let length = usize::try_from(small32(at + 4)?).ok()?;
        let chunk = bytes.get(at + 8..(at + 8).checked_add(length)?)?;
        let found = match bytes.get(at..at + 4)? {
            b"VP8X" => extended(chunk),
            b"VP8 " => lossy(chunk),
            b"VP8L" => lossless(chunk),
            _ if size.is_none() => return None,
            _ => None,
        };
        size = size.or(found);
        at = at + 8 + length + length % 2;
    }
    size.filter(|_| at == bytes.len())
}

fn little24(bytes: &[u8], at: usize) -> Option<u32> {
    let part = bytes.get(at..at + 3)?;
    Some(u32::from(part[0]) | (u32::from(part[1]) << 8) | (u32::from(part[2]) << 16))
}

fn extended(chunk: &[u8]) -> Option<(u32, u32)> {
    Some((little24(chunk, 4)? + 1, little24(chunk, 7)? + 1))
}

fn lossy(chunk: &[u8]) -> Option<(u32, u32)> {
    if chunk.get(3..6)? != b"\x9d\x01\x2a" {
        return None;
    }
    let side = |at: usize| {
        Some(u32::from(u16::from_le_bytes(chunk.get(at..at + 2)?.try_into().ok()?) & 0x3fff))
    };
    Some((side(6)?, side(8)?))
}

fn lossless(chunk: &[u8]) -> Option<(u32, u32)> {
    if *chunk.first()? != 0x2f {
        return None;
    }
    let bits = u32::from_le_bytes(chunk.get(1..5)?.try_into().ok()?);
    Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).expect("short").to_be_bytes();
        [&length[..], kind, body, &[0; 4]].concat()
    }

    fn a_png(width: u32, height: u32) -> Vec<u8> {
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
        [PNG, &chunk(b"IHDR", &header), &chunk(b"IDAT", b"xx"), &chunk(b"IEND", b"")].concat()
    }

    fn a_jpeg(width: u16, height: u16) -> Vec<u8> {
        let (w, h) = (width.to_be_bytes(), height.to_be_bytes());
        let frame = [&[0xff, 0xc0, 0, 11, 8], &h[..], &w, &[1, 1, 0x11, 0]].concat();
        let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 0xff, 0, 3, 0xff, 0xd9];
        [&[0xff, 0xd8][..], &[0xff, 0xe0, 0, 4, 1, 2], &frame, &scan].concat()
    }

    fn a_webp(width: u32, height: u32) -> Vec<u8> {
        let bits = (width - 1) | ((height - 1) << 14);
        let body = [&[0x2f][..], &bits.to_le_bytes(), &[0]].concat();
        riff(&[&b"VP8L"[..], &6_u32.to_le_bytes(), &body].concat())
    }

    fn riff(chunks: &[u8]) -> Vec<u8> {
        let length = u32::try_from(chunks.len() + 4).expect("short").to_le_bytes();
        [&b"RIFF"[..], &length, b"WEBP", chunks].concat()
    }

    #[test]
    fn a_picture_is_known_by_its_bytes() {
        let photo = |kind, width, height| Ok(Photo { kind, width, height });
        assert_eq!(read_photo(&a_png(800, 600)), photo(PhotoKind::Png, 800, 600));
        assert_eq!(read_photo(&a_jpeg(800, 600)), photo(PhotoKind::Jpeg, 800, 600));
        assert_eq!(read_photo(&a_webp(800, 600)), photo(PhotoKind::Webp, 800, 600));
        for kind in [PhotoKind::Png, PhotoKind::Jpeg, PhotoKind::Webp] {
            assert_eq!(PhotoKind::from_media(kind.media()), Some(kind));
        }
    }

    #[test]
    fn what_hides_something_or_is_no_picture_is_refused() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
        let bad = Err(PhotoRefusal::NotAPhoto);
        for file in [&svg[..], b"<?xml version='1.0'?><svg/>", b"GIF89a", b"MZ", b"%PDF-1.7"] {
            assert_eq!(read_photo(file), bad, "{file:?}");
        }
        for good in [a_png(800, 600), a_jpeg(800, 600), a_webp(800, 600)] {
            for hidden in [&b"<script>alert(1)</script>"[..], b"PK\x03\x04", b"\0"] {
                let both = [&good[..], hidden].concat();
                assert_eq!(read_photo(&both), bad, "something behind the end");
            }
            // Cut off anywhere it is no picture, and never a panic.
            for end in 1..good.len() {
                assert_eq!(read_photo(&good[..end]), bad, "cut at {end}");
            }
        }
        assert_eq!(read_photo(b""), Err(PhotoRefusal::Empty));
        let large = [PNG, &vec![0; PHOTO_BYTES_MAX]].concat();
        assert_eq!(read_photo(&large), Err(PhotoRefusal::TooLarge));
    }

    #[test]
    fn sizes_are_bounded() {
        for (width, height) in [(199, 800), (800, 199), (8_001, 800), (0, 800), (u32::MAX, 800)] {
            assert_eq!(read_photo(&a_png(width, height)), Err(PhotoRefusal::Size), "{width}");
        }
        assert!(read_photo(&a_jpeg(200, 8_000)).is_ok());
    }

    #[test]
    fn odd_bytes_never_panic() {
        let mut seed = 7_u32;
        for good in [a_png(800, 600), a_jpeg(800, 600), a_webp(800, 600)] {
            for _ in 0..20_000 {
                let mut bytes = good.clone();
                for _ in 0..3 {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let at = usize::try_from(seed >> 8).expect("fits") % bytes.len();
                    bytes[at] = u8::try_from(seed & 0xff).expect("a byte");
                }
                let _ = read_photo(&bytes);
            }
        }
    }
}
