//! What a product lacks to be shown in full: for whoever describes products, never a reason not to sell.

use std::collections::BTreeSet;

use kontor_base::Language;

use super::types::{Model, ModelText, ProductClass, Variant};

/// Something that a product lacks. The order is that of how bad it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// It has no name in these languages.
    Name(BTreeSet<Language>),
    /// Something that its English texts say is not said in these languages.
    Text(BTreeSet<Language>),
    /// Nothing tells its variants apart in these languages.
    Option(BTreeSet<Language>),
    /// It has no picture: pages show a parcel.
    Picture,
    /// It is a spare part that fits nothing: no device's page leads to it.
    Fit,
    /// Customs have no code for it.
    HsCode,
}

/// A product with what is kept apart from its model.
#[derive(Clone, Copy, Debug)]
pub struct Described<'a> {
    /// The model.
    pub model: &'a Model,
    /// Its variants.
    pub variants: &'a [&'a Variant],
    /// Whether there is a photograph or a drawing of it.
    pub has_picture: bool,
    /// Whether it fits a device.
    pub fits: bool,
}

/// What a product lacks where pages are in these languages, the worst first.
#[must_use]
pub fn lacks(product: Described<'_>, languages: &BTreeSet<Language>) -> Vec<Lack> {
    let Described { model, variants, has_picture, fits } = product;
    let without = |lack: fn(BTreeSet<Language>) -> Lack, told: &dyn Fn(Language) -> bool| {
        let missing: BTreeSet<Language> =
            languages.iter().copied().filter(|language| !told(*language)).collect();
        (!missing.is_empty()).then(|| lack(missing))
    };
    let named = |language| model.texts.get(&language).is_some_and(|text| !text.name.is_empty());
    let told = |language| !named(language) || says_as_much(model, language);
    let apart = |language| variants.len() < 2 || variants.iter().all(|v| is_told(v, language));
    let spare = model.class == ProductClass::CaseSpare;
    [
        without(Lack::Name, &named),
        without(Lack::Text, &told),
        without(Lack::Option, &apart),
        (!has_picture).then_some(Lack::Picture),
        (spare && !fits).then_some(Lack::Fit),
        model.hs_code.is_none().then_some(Lack::HsCode),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether a language says everything that English says.
fn says_as_much(model: &Model, language: Language) -> bool {
    let nothing = ModelText::default();
    let own = model.texts.get(&language).unwrap_or(&nothing);
    let english = model.texts.get(&Language::En).unwrap_or(&nothing);
    (english.line.is_empty() || !own.line.is_empty())
        && (english.body.is_empty() || !own.body.is_empty())
        && (english.in_the_box.is_empty() || !own.in_the_box.is_empty())
}

fn is_told(variant: &Variant, language: Language) -> bool {
    variant.option.get(&language).is_some_and(|option| !option.is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::catalogue::Attributes;

    fn text(name: &str, body: &str) -> ModelText {
        ModelText { name: name.to_owned(), body: body.to_owned(), ..ModelText::default() }
    }

    fn model(class: ProductClass) -> Model {
        let slug = |text: &str| text.parse().expect("a slug");
        Model {
            code: slug("band"),
            family: slug("band"),
            brand: slug("maker"),
            class,
            picture: slug("band"),
            announced_on: None,
            hs_code: Some("8517.62".to_owned()),
            origin: "CN".parse().expect("a country"),
            position: 1,
            texts: BTreeMap::from([
                (Language::En, text("Band", "It counts.")),
                (Language::De, text("Band", "Es zählt.")),
            ]),
        }
    }

    fn variant(options: &[(Language, &str)]) -> Variant {
        let slug = |text: &str| text.parse().expect("a slug");
        Variant {
            sku: "BAND-BLACK".parse().expect("a SKU"),
            model: slug("band"),
            revision: slug("a"),
            factory: slug("one"),
            option: options
                .iter()
                .map(|(language, text)| (*language, (*text).to_owned()))
                .collect(),
            weight_g: 100,
            components: Vec::new(),
            attributes: Attributes::parse("electronic=yes").expect("good attributes"),
        }
    }

    fn lacking(model: &Model, variants: &[&Variant], languages: &[Language]) -> Vec<Lack> {
        let product = Described { model, variants, has_picture: true, fits: false };
        lacks(product, &languages.iter().copied().collect())
    }

    #[test]
    fn what_is_said_in_english_is_wanted_in_every_language_of_the_markets() {
        let (en, de, hi) = (Language::En, Language::De, Language::Hi);
        let whole = model(ProductClass::Band);
        assert_eq!(lacking(&whole, &[], &[en, de]), []);
        assert_eq!(lacking(&whole, &[], &[en, hi]), [Lack::Name(BTreeSet::from([hi]))]);
        assert_eq!(lacking(&whole, &[], &[]), [], "no market wants a language");
        let mut half = whole.clone();
        half.texts.insert(de, text("Band", ""));
        assert_eq!(lacking(&half, &[], &[en, de]), [Lack::Text(BTreeSet::from([de]))]);
        // What English does not say either is missing in no other language.
        half.texts.insert(en, text("Band", ""));
        assert_eq!(lacking(&half, &[], &[en, de]), []);
        half.texts.insert(de, text("", "Es zählt."));
        assert_eq!(lacking(&half, &[], &[en, de]), [Lack::Name(BTreeSet::from([de]))]);
    }

    #[test]
    fn variants_are_told_apart_where_there_are_several() {
        let (en, de) = (Language::En, Language::De);
        let whole = model(ProductClass::Band);
        let both = variant(&[(en, "Black"), (de, "Schwarz")]);
        let (english, empty) = (variant(&[(en, "White")]), variant(&[(en, "Red"), (de, "")]));
        assert_eq!(lacking(&whole, &[&english], &[en, de]), [], "it is the only one");
        for other in [&english, &empty] {
            let found = lacking(&whole, &[&both, other], &[en, de]);
            assert_eq!(found, [Lack::Option(BTreeSet::from([de]))]);
        }
        assert_eq!(lacking(&whole, &[&both, &both], &[en, de]), []);
    }

    #[test]
    fn the_worst_comes_first() {
        let mut spare = model(ProductClass::CaseSpare);
        spare.hs_code = None;
        let product = Described { model: &spare, variants: &[], has_picture: false, fits: false };
        let found = lacks(product, &BTreeSet::from([Language::Hi]));
        let name = Lack::Name(BTreeSet::from([Language::Hi]));
        assert_eq!(found, [name, Lack::Picture, Lack::Fit, Lack::HsCode]);
        assert!(found.is_sorted());
        let fitting = Described { fits: true, has_picture: true, ..product };
        assert_eq!(lacks(fitting, &BTreeSet::new()), [Lack::HsCode]);
    }
}
