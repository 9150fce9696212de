//! The reader of predicates: one look ahead, bounded length and depth, never a panic.
//!
//! ```text
//! or        := and { "or" and }
//! and       := not { "and" not }
//! not       := "not" not | "(" or ")" | "class" "in" classes | word
//! classes   := list | "(" class { "," class } ")"
//! ```

use super::predicate::{
    ClassSet, DEPTH_MAX, Expected, LENGTH_MAX, Node, Predicate, PredicateError, PredicateProblem,
};
use super::scope::ComponentScope;
use super::vocabulary::{CLASS_LISTS, Vocabulary};
use crate::catalogue::{ComponentKind, ProductClass};

impl Predicate {
    /// Reads a predicate with the words that are known so far (while the vocabulary itself is
    /// put together, that is not yet all of them).
    pub(super) fn parse_with(text: &str, vocabulary: &Vocabulary) -> Result<Self, PredicateError> {
        if text.len() > LENGTH_MAX {
            return Err(PredicateError { position: 1, problem: PredicateProblem::TooLong });
        }
        let mut parser = Parser { text, start: 0, token: Token::End, rest: 0, vocabulary };
        parser.advance()?;
        let node = parser.or(0)?;
        match parser.token {
            Token::End => Ok(Self(node)),
            _ => Err(parser.expected(Expected::Joint)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Open,
    Close,
    Comma,
    End,
}

struct Parser<'a> {
    text: &'a str,
    /// Where the present token starts, in bytes.
    start: usize,
    token: Token<'a>,
    /// Where the next token may start, in bytes.
    rest: usize,
    vocabulary: &'a Vocabulary,
}

impl<'a> Parser<'a> {
    fn or(&mut self, depth: usize) -> Result<Node, PredicateError> {
        let mut parts = vec![self.and(depth)?];
        while self.token == Token::Word("or") {
            self.advance()?;
            parts.push(self.and(depth)?);
        }
        Ok(Node::any(parts))
    }

    fn and(&mut self, depth: usize) -> Result<Node, PredicateError> {
        let mut parts = vec![self.not(depth)?];
        while self.token == Token::Word("and") {
            self.advance()?;
            parts.push(self.not(depth)?);
        }
        Ok(Node::all(parts))
    }

    fn not(&mut self, depth: usize) -> Result<Node, PredicateError> {
        if depth >= DEPTH_MAX {
            return Err(self.error(PredicateProblem::TooDeep));
        }
        match self.token {
            Token::Word("not") => {
                self.advance()?;
                Ok(Node::Not(Box::new(self.not(depth + 1)?)))
            }
            Token::Open => {
                self.advance()?;
                let inner = self.or(depth + 1)?;
                self.close()?;
                Ok(inner)
            }
            Token::Word("class") => {
                self.advance()?;
                self.classes()
            }
            Token::Word(word) if !matches!(word, "and" | "or" | "in") => {
                let node = self.word(word)?;
                self.advance()?;
                Ok(node)
            }
            _ => Err(self.expected(Expected::Operand)),
        }
    }

    fn classes(&mut self) -> Result<Node, PredicateError> {
        if self.token != Token::Word("in") {
            return Err(self.expected(Expected::In));
        }
        self.advance()?;
        if let Token::Word(name) = self.token {
            let list = CLASS_LISTS.iter().position(|(list, _)| *list == name);
            let list = list.ok_or_else(|| self.expected(Expected::List))?;
            self.advance()?;
            return Ok(Node::ClassList(list));
        }
        if self.token != Token::Open {
            return Err(self.expected(Expected::List));
        }
        let mut set = ClassSet::default();
        loop {
            self.advance()?;
            let Token::Word(word) = self.token else { return Err(self.expected(Expected::Class)) };
            let class = ProductClass::from_word(word)
                .ok_or_else(|| self.unknown(word, &format!("class.{word}")))?;
            set = set.with(class);
            self.advance()?;
            if self.token != Token::Comma {
                self.close()?;
                return Ok(Node::ClassIn(set));
            }
        }
    }

    fn word(&self, word: &str) -> Result<Node, PredicateError> {
        let node = match word {
            "always" => Some(Node::Always),
            "import" => Some(Node::Import),
            "shop.entity_foreign" => Some(Node::EntityForeign),
            "shop.overseas_direct" => Some(Node::OverseasDirect),
            _ => self.vocabulary.find(word).map(Node::Word).or_else(|| prefixed(word)),
        };
        node.ok_or_else(|| self.unknown(word, word))
    }

    fn close(&mut self) -> Result<(), PredicateError> {
        if self.token == Token::Close {
            self.advance()
        } else {
            Err(self.expected(Expected::Close))
        }
    }

    /// Reads the next token.
    fn advance(&mut self) -> Result<(), PredicateError> {
        let left = &self.text[self.rest..];
        let trimmed = left.trim_start_matches(' ');
        self.start = self.rest + (left.len() - trimmed.len());
        let length = trimmed.bytes().take_while(|&b| is_word(b)).count();
        let (token, length) = match trimmed.bytes().next() {
            None => (Token::End, 0),
            Some(b'(') => (Token::Open, 1),
            Some(b')') => (Token::Close, 1),
            Some(b',') => (Token::Comma, 1),
            Some(_) if length > 0 => (Token::Word(&trimmed[..length]), length),
            Some(_) => {
                let sign = trimmed.chars().next().unwrap_or_default();
                return Err(self.error(PredicateProblem::Sign(sign)));
            }
        };
        self.token = token;
        self.rest = self.start + length;
        Ok(())
    }

    fn error(&self, problem: PredicateProblem) -> PredicateError {
        PredicateError { position: self.text[..self.start].chars().count() + 1, problem }
    }

    fn expected(&self, expected: Expected) -> PredicateError {
        let found = match self.token {
            Token::End => None,
            _ => Some(self.text[self.start..self.rest].to_owned()),
        };
        self.error(PredicateProblem::Expected { expected, found })
    }

    fn unknown(&self, word: &str, search: &str) -> PredicateError {
        let nearest = self.vocabulary.nearest(search);
        self.error(PredicateProblem::UnknownWord { word: word.to_owned(), nearest })
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// Words that carry a value: a class, a country, a component.
fn prefixed(word: &str) -> Option<Node> {
    if let Some(class) = word.strip_prefix("class.") {
        let class = ProductClass::from_word(class)?;
        return Some(Node::ClassIn(ClassSet::default().with(class)));
    }
    if let Some(country) = word.strip_prefix("market.") {
        return country.parse().ok().map(Node::Market);
    }
    if let Some(country) = word.strip_prefix("shop.hosted_in.") {
        return country.parse().ok().map(Node::HostedIn);
    }
    let mut parts = word.strip_prefix("component.")?.split('.');
    let kind = ComponentKind::from_word(parts.next()?)?;
    let maker = parts.next()?.parse().ok()?;
    let part = parts.next().map(str::parse).transpose().ok()?;
    let component = ComponentScope { kind, maker, part };
    parts.next().is_none().then_some(Node::Component(component))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Predicate, PredicateError> {
        text.parse()
    }

    #[test]
    fn the_language_of_the_data_is_read() {
        for text in [
            "always",
            "radio.any and (internet or wearable or personal_data)",
            "class in (phone,tv) and android and not market.CN",
            "class in bis_list",
            "class.router and not produced_in.US",
            "shop.overseas_direct and pse",
            "shop.hosted_in.CN or shop.entity_foreign or import",
            "component.chipset.qualcomm or component.chipset.mediatek.mt6592",
            "not not radio or not (battery and digital)",
        ] {
            assert_eq!(parse(text).map(|p| p.to_string()).as_deref(), Ok(text));
        }
        // Spaces and needless parentheses go away, nothing else does.
        let loose = parse("( always )or( mains and (( electronic )))").expect("a predicate");
        assert_eq!(loose.to_string(), "always or mains and electronic");
    }

    #[test]
    fn errors_name_the_place_and_the_nearest_word() {
        let cases = [
            ("", 1, "ends too early"),
            ("radio.any and", 14, "ends too early"),
            ("radio.any radio.ble", 11, "\"and\", \"or\" or the end"),
            ("class.phone or radio.celular", 16, "did you mean \"radio.cellular\"?"),
            ("class in (phone,teevee)", 17, "no word \"teevee\""),
            ("class in none_list", 10, "a list of classes"),
            ("class phone", 7, "\"in\""),
            ("(always", 8, "a bracket is not closed"),
            ("(always,", 8, "expected \")\", found \",\""),
            ("always & mains", 8, "\"&\" is no sign"),
            ("market.XX", 1, "no word \"market.XX\""),
            ("battery.mwh", 1, "no word"),
            ("ＡＢ or", 1, "\"Ａ\""),
        ];
        for (text, position, words) in cases {
            let error = parse(text).expect_err(text);
            assert_eq!(error.position, position, "{text}: {error}");
            assert!(error.to_string().contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn length_and_depth_are_bounded() {
        let deep = format!("{}always{}", "(".repeat(400), ")".repeat(400));
        assert_eq!(parse(&deep).map_err(|e| e.problem), Err(PredicateProblem::TooDeep));
        let nots = format!("{}always", "not ".repeat(100));
        assert_eq!(parse(&nots).map_err(|e| e.problem), Err(PredicateProblem::TooDeep));
        let long = "always or ".repeat(200);
        assert_eq!(parse(&long).map_err(|e| e.problem), Err(PredicateProblem::TooLong));
    }

    fn leaf() -> impl Strategy<Value = Node> {
        let words = [
            "always",
            "import",
            "radio.any",
            "battery",
            "mains",
            "class.phone",
            "class in (band,tv)",
            "class in ccc_list",
            "market.DE",
            "shop.hosted_in.CN",
            "produced_in.US",
            "internet",
            "component.chipset.qualcomm",
            "shop.entity_foreign",
            "shop.overseas_direct",
        ];
        prop::sample::select(words.to_vec())
            .prop_map(|word| parse(word).expect("each of these is a predicate").0)
    }

    fn node() -> impl Strategy<Value = Node> {
        leaf().prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                inner.clone().prop_map(|node| Node::Not(Box::new(node))),
                prop::collection::vec(inner.clone(), 1..4).prop_map(Node::all),
                prop::collection::vec(inner, 1..4).prop_map(Node::any),
            ]
        })
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "\\PC{0,80}") {
            let _ = parse(&text);
        }

        #[test]
        fn reading_words_in_any_order_never_panics(
            words in prop::collection::vec(prop::sample::select(vec![
                "and", "or", "not", "(", ")", ",", "class", "in", "phone", "always", "radio.any",
                "bis_list", "market.CN", "x",
            ]), 0..30)
        ) {
            if let Ok(predicate) = parse(&words.join(" ")) {
                prop_assert_eq!(parse(&predicate.to_string()), Ok(predicate));
            }
        }

        #[test]
        fn what_is_written_is_read_again(node in node()) {
            let predicate = Predicate(node);
            prop_assert_eq!(parse(&predicate.to_string()), Ok(predicate));
        }
    }
}
