//! The words of predicates, in one place: what they test and how derived words are put together.
//! The list is closed, so that a typing error in a rule is found when it is read.

use std::sync::LazyLock;

use super::predicate::Predicate;
use super::truth::Truth;
use crate::catalogue::{ATTRIBUTES, Attributes, ComponentKind, Kind, ProductClass, Value};

/// Words put together from others, each with its definition and what it means. A definition uses
/// attributes, classes and derived words above it.
pub const DERIVED_WORDS: &[(&str, &str, &str)] = &[
    (
        "radio.any",
        "radio.ble or radio.wifi or radio.cellular or radio.uwb or radio.nfc",
        "has any radio",
    ),
    ("radio", "radio.any", "the same"),
    ("battery.any", "battery.lithium or battery.coin or battery.other", "has any battery"),
    ("battery", "battery.any", "the same"),
    ("internet", "internet.direct or internet.indirect", "reaches the internet in any way"),
    (
        "digital_elements",
        "digital and (internet or radio.any)",
        "a product with digital elements and a data connection (Regulation (EU) 2024/2847)",
    ),
    (
        "connectable",
        "internet or radio.any",
        "a product that can be connected to the internet or a network (PSTI Act 2022)",
    ),
    (
        "pse",
        "class in (power_bank,tv,charger) or charging_case",
        "falls under the Japanese Electrical Appliances and Materials Safety Act",
    ),
];

/// Named lists of classes, for `class in bis_list`.
pub const CLASS_LISTS: &[(&str, &[ProductClass])] = &[
    (
        // India, Electronics and IT Goods (Compulsory Registration) Order.
        "bis_list",
        &[
            ProductClass::Band,
            ProductClass::PowerBank,
            ProductClass::EarphonesWireless,
            ProductClass::Phone,
            ProductClass::Tv,
            ProductClass::Charger,
        ],
    ),
    (
        // China Compulsory Certification, without power banks, which joined on 2024-08-01 and
        // have a rule of their own.
        "ccc_list",
        &[ProductClass::Phone, ProductClass::Tv, ProductClass::Charger],
    ),
];

/// Words about the place and the seller.
pub const PLACE_WORDS: &[(&str, &str)] = &[
    ("import", "the goods cross a border on their way to the buyer"),
    ("shop.entity_foreign", "the selling company is not of a country of the market"),
    ("shop.overseas_direct", "parcels go to buyers from the home warehouse abroad"),
    ("market.XX", "the goods go to the country XX"),
    ("shop.hosted_in.XX", "the shop is hosted in the country XX"),
    ("component.KIND.MAKER.PART", "such a part is inside (PART can be left out)"),
];

/// The place of a word in the table of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WordId(u8);

/// What is known of a variant: one bit for every word, in two masks. Neither bit is "unknown".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits {
    yes: u128,
    no: u128,
}

impl Traits {
    /// The truth of a word.
    pub(super) const fn get(self, word: WordId) -> Truth {
        let bit = 1_u128 << word.0;
        if self.yes & bit != 0 {
            Truth::Yes
        } else if self.no & bit != 0 {
            Truth::No
        } else {
            Truth::Unknown
        }
    }

    fn set(&mut self, word: WordId, truth: Truth) {
        let bit = 1_u128 << word.0;
        match truth {
            Truth::Yes => self.yes |= bit,
            Truth::No => self.no |= bit,
            Truth::Unknown => {}
        }
    }

    /// The traits of a product.
    pub(super) fn of(attributes: &Attributes, class: ProductClass) -> Self {
        let vocabulary = &*VOCABULARY;
        let mut traits = Self::default();
        for (id, test) in vocabulary.tests.iter().enumerate() {
            let truth = match test {
                Test::Flag(name) => match attributes.get(name) {
                    Some(Value::Flag(flag)) => (*flag).into(),
                    _ => Truth::Unknown,
                },
                Test::Word(name, word) => match attributes.get(name) {
                    Some(Value::Word(stated)) => (stated == word).into(),
                    _ => Truth::Unknown,
                },
                Test::Derived(definition) => definition.truth_of_traits(traits, class),
            };
            traits.set(word_id(id), truth);
        }
        traits
    }
}

/// How a word is tested.
enum Test {
    Flag(&'static str),
    Word(&'static str, &'static str),
    Derived(Predicate),
}

/// The words, in the order of their ids.
pub(super) struct Vocabulary {
    names: Vec<String>,
    tests: Vec<Test>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut vocabulary = Vocabulary { names: Vec::new(), tests: Vec::new() };
    for attribute in ATTRIBUTES {
        match attribute.kind {
            Kind::Flag => vocabulary.add(attribute.name.to_owned(), Test::Flag(attribute.name)),
            Kind::Word(words) => {
                for word in words {
                    let name = format!("{}.{word}", attribute.name);
                    vocabulary.add(name, Test::Word(attribute.name, word));
                }
            }
            // Numbers are recorded (transport papers need them); no rule compares them yet.
            Kind::Number => {}
        }
    }
    for (name, definition, _) in DERIVED_WORDS {
        let definition = Predicate::parse_with(definition, &vocabulary)
            .expect("a test reads every definition in the table");
        vocabulary.add((*name).to_owned(), Test::Derived(definition));
    }
    assert!(vocabulary.names.len() <= 128, "more words than bits");
    vocabulary
});

impl Vocabulary {
    /// The one vocabulary.
    pub(super) fn get() -> &'static Self {
        &VOCABULARY
    }

    fn add(&mut self, name: String, test: Test) {
        self.names.push(name);
        self.tests.push(test);
    }

    /// The word with this name.
    pub(super) fn find(&self, name: &str) -> Option<WordId> {
        self.names.iter().position(|known| known == name).map(word_id)
    }

    /// The name of a word.
    pub(super) fn name(&self, word: WordId) -> &str {
        &self.names[usize::from(word.0)]
    }

    /// The word whose "no" means that a variant has no component of a kind.
    pub(super) fn of_component(&self, kind: ComponentKind) -> WordId {
        let name = match kind {
            ComponentKind::Chipset => "digital",
            ComponentKind::Radio => "radio.any",
            ComponentKind::Battery => "battery.any",
        };
        self.find(name).expect("an attribute and two derived words of the tables above")
    }

    /// The known word nearest to one that is not known, if any is near.
    pub(super) fn nearest(&self, unknown: &str) -> Option<String> {
        let classes = ProductClass::ALL.iter().map(|class| format!("class.{}", class.word()));
        let fixed = PLACE_WORDS.iter().map(|(word, _)| (*word).to_owned());
        let keywords = ["always", "and", "or", "not", "class"].map(str::to_owned);
        self.names
            .iter()
            .cloned()
            .chain(classes)
            .chain(fixed)
            .chain(keywords)
            .map(|known| (distance(unknown, &known), known))
            .min_by_key(|(distance, _)| *distance)
            .filter(|(distance, _)| *distance <= 1 + unknown.len() / 3)
            .map(|(_, known)| known)
    }
}

fn word_id(index: usize) -> WordId {
    WordId(u8::try_from(index).expect("the vocabulary is asserted to have at most 128 words"))
}

/// How many letters have to be changed, added or removed to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let change = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_derived_word_can_be_read_and_hangs_on_what_it_says() {
        let attributes = Attributes::parse("radio.ble=yes digital=yes").expect("good attributes");
        let traits = Traits::of(&attributes, ProductClass::Band);
        let vocabulary = Vocabulary::get();
        let truth = |name| traits.get(vocabulary.find(name).expect("a known word"));
        for (name, _, _) in DERIVED_WORDS {
            let _ = truth(name);
        }
        assert_eq!(truth("radio.any"), Truth::Yes, "one radio is enough");
        assert_eq!(truth("digital_elements"), Truth::Yes);
        assert_eq!(truth("battery"), Truth::Unknown, "nobody has said");
        assert_eq!(truth("pse"), Truth::Unknown, "charging_case is not stated");
    }

    #[test]
    fn a_typing_error_is_answered_with_the_nearest_word() {
        let nearest = |word| Vocabulary::get().nearest(word);
        assert_eq!(nearest("radio.celular").as_deref(), Some("radio.cellular"));
        assert_eq!(nearest("class.fone").as_deref(), Some("class.phone"));
        assert_eq!(nearest("alway").as_deref(), Some("always"));
        assert_eq!(nearest("zzzzzzzzzzzz"), None);
    }
}
