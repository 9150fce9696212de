//! Rust source with its comments and strings told apart from its code.
//!
//! Not a parser: a lexer that knows comments, strings, raw strings and
//! characters, which is what a scan for words needs in order not to trip over
//! prose. A syntax tree would see more, and cost a minute of build time.

/// The text of a file, split.
#[derive(Debug, Default)]
pub(crate) struct RustText {
    /// The code: what stood in comments and strings is blanked, so offsets and
    /// lines are those of the file.
    pub(crate) code: String,
    /// The string literals in their order.
    pub(crate) strings: Vec<Literal>,
}

/// A string literal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    /// The line on which it starts, from 1.
    pub(crate) line: usize,
    /// What stands between its quotes, escapes as written.
    pub(crate) value: String,
}

/// Splits a file.
pub(crate) fn split(source: &str) -> RustText {
    let mut lexer =
        Lexer { source: source.as_bytes(), at: 0, line: 1, code: Vec::new(), strings: Vec::new() };
    lexer.run();
    RustText { code: String::from_utf8_lossy(&lexer.code).into_owned(), strings: lexer.strings }
}

/// The line of an offset, from 1.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Can this byte be part of a name?
pub(crate) fn is_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// Every place where `word` stands as a whole word.
pub(crate) fn words<'text>(
    text: &'text str,
    word: &'text str,
) -> impl Iterator<Item = usize> + 'text {
    let bytes = text.as_bytes();
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = at.checked_sub(1).is_none_or(|index| !is_name(bytes[index]));
        before && bytes.get(at + word.len()).is_none_or(|byte| !is_name(*byte))
    })
}

struct Lexer<'source> {
    source: &'source [u8],
    at: usize,
    line: usize,
    code: Vec<u8>,
    strings: Vec<Literal>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'/' if self.peek(1) == Some(b'/') => self.line_comment(),
                b'/' if self.peek(1) == Some(b'*') => self.block_comment(),
                b'"' => self.string(),
                b'r' if self.starts_word() && self.raw_hashes().is_some() => self.raw_string(),
                b'\'' => self.quote(),
                _ => self.keep(),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.source.get(self.at + ahead).copied()
    }

    /// `r` opens a raw string at the start of a word, or after `b` or `c`.
    fn starts_word(&self) -> bool {
        let before = |back: usize| self.at.checked_sub(back).map(|index| self.source[index]);
        match before(1) {
            Some(b'b' | b'c') => before(2).is_none_or(|byte| !is_name(byte)),
            other => other.is_none_or(|byte| !is_name(byte)),
        }
    }

    /// How many `#` stand between `r` and `"`, if that is what follows.
    fn raw_hashes(&self) -> Option<usize> {
        let hashes = self.source[self.at + 1..].iter().take_while(|byte| **byte == b'#').count();
        (self.peek(1 + hashes) == Some(b'"')).then_some(hashes)
    }

    fn keep(&mut self) {
        self.take(Shown::Yes);
    }

    fn blank(&mut self) {
        self.take(Shown::No);
    }

    fn take(&mut self, shown: Shown) {
        let byte = self.source[self.at];
        if byte == b'\n' {
            self.line += 1;
        }
        self.code.push(if shown == Shown::Yes || byte == b'\n' { byte } else { b' ' });
        self.at += 1;
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|byte| byte != b'\n') {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    self.blank();
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    self.blank();
                }
                _ => {}
            }
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.keep();
        let (start, line) = (self.at, self.line);
        while let Some(byte) = self.peek(0) {
            if byte == b'"' {
                break;
            }
            self.blank();
            if byte == b'\\' && self.peek(0).is_some() {
                self.blank();
            }
        }
        self.literal(start, line);
        if self.peek(0).is_some() {
            self.keep();
        }
    }

    fn raw_string(&mut self) {
        let hashes = self.raw_hashes().unwrap_or(0);
        for _ in 0..hashes + 2 {
            self.keep();
        }
        let (start, line) = (self.at, self.line);
        let mut end = vec![b'"'];
        end.resize(hashes + 1, b'#');
        while self.at < self.source.len() && !self.source[self.at..].starts_with(&end) {
            self.blank();
        }
        self.literal(start, line);
        while self.at < self.source.len() && !end.is_empty() {
            end.pop();
            self.keep();
        }
    }

    fn literal(&mut self, start: usize, line: usize) {
        let value = String::from_utf8_lossy(&self.source[start..self.at]).into_owned();
        self.strings.push(Literal { line, value });
    }

    /// `'a'` is a character, `'a` is a lifetime.
    fn quote(&mut self) {
        let rest = &self.source[self.at + 1..];
        let length = match rest.first() {
            Some(b'\\') => {
                rest.iter().skip(2).position(|byte| *byte == b'\'').map(|index| index + 2)
            }
            Some(first) => {
                let width = match first {
                    0xf0.. => 4,
                    0xe0.. => 3,
                    0xc0.. => 2,
                    _ => 1,
                };
                (rest.get(width) == Some(&b'\'')).then_some(width)
            }
            None => None,
        };
        self.keep();
        for _ in 0..length.map_or(0, |length| length + 1) {
            self.blank();
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Yes,
    No,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_blanked_and_lines_stay() {
        let text = split("let a = \"todo!\"; // todo!\n/* todo! /* nested */ todo! */ b\n");
        assert!(!text.code.contains("todo"));
        assert_eq!(text.code.lines().count(), 2);
        assert!(text.code.lines().nth(1).expect("two lines").trim_end().ends_with('b'));
        assert_eq!(text.strings, [Literal { line: 1, value: "todo!".to_owned() }]);
    }

    #[test]
    fn raw_strings_end_where_their_hashes_say() {
        let text = split("f(r#\"a \" b\"#, br\"c\", r#type, \"d\\\"e\")");
        let values: Vec<_> = text.strings.iter().map(|literal| literal.value.as_str()).collect();
        assert_eq!(values, ["a \" b", "c", "d\\\"e"]);
        assert!(text.code.contains("r#type"));
    }

    #[test]
    fn characters_and_lifetimes_are_told_apart() {
        let text = split("fn f<'a>(x: &'a str) { m('\"', '\\'', 'ü', b'x'); g(\"s\") }");
        assert_eq!(text.strings.len(), 1);
        assert_eq!(text.strings[0].value, "s");
        assert!(text.code.contains("<'a>"));
    }

    #[test]
    fn a_word_is_a_whole_word() {
        assert_eq!(words("order reorder order_line order", "order").count(), 2);
        assert_eq!(line_of("a\nb\nc", 4), 3);
    }
}
