//! The pages' own words: Fluent texts, embedded, one bundle per language, complete in all of them.
//!
//! Templates say `t.get("cart-title")`; a test finds every such id and checks that each language
//! has it and that none is left over. A text that is missing all the same shows as `⟦id⟧`, never
//! as an empty place.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use kontor_base::{Country, Date, Instant, Language, Money, Rate, Wrong};

use super::format::{self, Locale};

type Bundle = FluentBundle<FluentResource>;

/// The files of each language, in the order of [`Language::PAGES`].
const SOURCES: [(&str, &[&str]); 2] = [
    (
        "en",
        &[
            include_str!("../../i18n/en/common.ftl"),
            include_str!("../../i18n/en/country.ftl"),
            include_str!("../../i18n/en/shop.ftl"),
            include_str!("../../i18n/en/reason.ftl"),
            include_str!("../../i18n/en/checkout.ftl"),
            include_str!("../../i18n/en/order.ftl"),
            include_str!("../../i18n/en/rom.ftl"),
            include_str!("../../i18n/en/sale.ftl"),
            include_str!("../../i18n/en/staff.ftl"),
            include_str!("../../i18n/en/goods.ftl"),
            include_str!("../../i18n/en/letter.ftl"),
            include_str!("../../i18n/en/programs.ftl"),
            include_str!("../../i18n/en/desk.ftl"),
            include_str!("../../i18n/en/reach.ftl"),
            include_str!("../../i18n/en/expansion.ftl"),
            include_str!("../../i18n/en/release.ftl"),
            include_str!("../../i18n/en/wrong.ftl"),
            include_str!("../../i18n/en/refusal.ftl"),
        ],
    ),
    (
        "de",
        &[
            include_str!("../../i18n/de/common.ftl"),
            include_str!("../../i18n/de/country.ftl"),
            include_str!("../../i18n/de/shop.ftl"),
            include_str!("../../i18n/de/reason.ftl"),
            include_str!("../../i18n/de/checkout.ftl"),
            include_str!("../../i18n/de/order.ftl"),
            include_str!("../../i18n/de/rom.ftl"),
            include_str!("../../i18n/de/sale.ftl"),
            include_str!("../../i18n/de/staff.ftl"),
            include_str!("../../i18n/de/goods.ftl"),
            include_str!("../../i18n/de/letter.ftl"),
            include_str!("../../i18n/de/programs.ftl"),
            include_str!("../../i18n/de/desk.ftl"),
            include_str!("../../i18n/de/reach.ftl"),
            include_str!("../../i18n/de/expansion.ftl"),
            include_str!("../../i18n/de/release.ftl"),
            include_str!("../../i18n/de/wrong.ftl"),
            include_str!("../../i18n/de/refusal.ftl"),
        ],
    ),
];

static BUNDLES: LazyLock<[Bundle; 2]> =
    LazyLock::new(|| SOURCES.map(|(tag, files)| bundle(tag, files)));

fn bundle(tag: &str, files: &[&str]) -> Bundle {
    let language = tag.parse().expect("the tags above are well formed");
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Isolation marks guard against mixed directions; both languages run left to right, and the
    // marks would end up in attributes and e-mails.
    bundle.set_use_isolating(false);
    for file in files {
        let resource = FluentResource::try_new((*file).to_owned())
            .unwrap_or_else(|(_, errors)| panic!("{tag}: unreadable texts: {errors:?}"));
        if let Err(errors) = bundle.add_resource(resource) {
            panic!("{tag}: texts defined twice: {errors:?}");
        }
    }
    bundle
}

/// Something that can stand in a text. Works through references, as templates pass them.
pub trait Arg {
    /// The value for Fluent.
    fn value(&self) -> FluentValue<'_>;
}

impl<T: Arg + ?Sized> Arg for &T {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

impl Arg for str {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Arg for String {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

impl Arg for Cow<'_, str> {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_ref())
    }
}

macro_rules! number_args {
    ($($kind:ty),*) => {$(
        impl Arg for $kind {
            fn value(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        }
    )*};
}
number_args!(u16, u32, u64, usize, i64);

/// The texts and formats of one language, as people in one country expect them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    language: Language,
    locale: Locale,
}

impl Text {
    /// The texts in `language`, or in English where the pages are not complete in it; dates and
    /// amounts as in `country`.
    #[must_use]
    pub fn new(language: Language, country: Option<Country>) -> Self {
        let language = if Language::PAGES.contains(&language) { language } else { Language::En };
        Self { language, locale: Locale::of(language, country) }
    }

    /// The language of the texts.
    #[must_use]
    pub const fn language(self) -> Language {
        self.language
    }

    fn bundle(self) -> &'static Bundle {
        let index = Language::PAGES.iter().position(|l| *l == self.language).unwrap_or(0);
        &BUNDLES[index]
    }

    fn say(
        self,
        id: &str,
        attribute: Option<&str>,
        args: Option<&FluentArgs<'_>>,
    ) -> Cow<'static, str> {
        let missing = || Cow::Owned(format!("⟦{id}⟧"));
        let bundle = self.bundle();
        let Some(message) = bundle.get_message(id) else { return missing() };
        let pattern = match attribute {
            None => message.value(),
            Some(name) => message.get_attribute(name).map(|attribute| attribute.value()),
        };
        let Some(pattern) = pattern else { return missing() };
        let mut errors = Vec::new();
        let text = match args {
            // Texts without places keep borrowing from the bundle, which lives for ever.
            None => bundle.format_pattern(pattern, None, &mut errors),
            Some(args) => {
                Cow::Owned(bundle.format_pattern(pattern, Some(args), &mut errors).into_owned())
            }
        };
        if errors.is_empty() { text } else { missing() }
    }

    /// The text `id`.
    #[must_use]
    pub fn get(self, id: &str) -> Cow<'static, str> {
        self.say(id, None, None)
    }

    /// The attribute `name` of the text `id`.
    #[must_use]
    pub fn attribute(self, id: &str, name: &str) -> Cow<'static, str> {
        self.say(id, Some(name), None)
    }

    /// The text `id` with one value in it.
    #[must_use]
    pub fn one(self, id: &str, name: &'static str, value: impl Arg) -> Cow<'static, str> {
        let mut args = FluentArgs::with_capacity(1);
        args.set(name, value.value());
        self.say(id, None, Some(&args))
    }

    /// The text `id` with two values in it.
    #[must_use]
    pub fn two(
        self,
        id: &str,
        name: &'static str,
        value: impl Arg,
        name2: &'static str,
        value2: impl Arg,
    ) -> Cow<'static, str> {
        let mut args = FluentArgs::with_capacity(2);
        args.set(name, value.value());
        args.set(name2, value2.value());
        self.say(id, None, Some(&args))
    }

    /// The text `id` with three words in it.
    #[must_use]
    pub fn three(self, id: &str, values: [(&'static str, &str); 3]) -> Cow<'static, str> {
        let mut args = FluentArgs::with_capacity(3);
        for (name, value) in values {
            args.set(name, value);
        }
        self.say(id, None, Some(&args))
    }

    /// The text `id` with any number of words in it.
    #[must_use]
    pub fn with(self, id: &str, values: &[(&'static str, &str)]) -> Cow<'static, str> {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, *value);
        }
        self.say(id, None, Some(&args))
    }

    /// The text `id` with these words in it, if there is one.
    #[must_use]
    pub fn find(self, id: &str, values: &[(&'static str, &str)]) -> Option<Cow<'static, str>> {
        self.bundle().has_message(id).then(|| self.with(id, values))
    }

    /// What is wrong with a cell or a row.
    #[must_use]
    pub fn wrong(self, wrong: &Wrong) -> Cow<'static, str> {
        self.with(wrong.id(), &wrong.parts())
    }

    /// The country's name: `USA`, `Deutschland`; its code where no text names it.
    #[must_use]
    pub fn country(self, country: &Country) -> Cow<'static, str> {
        country_id(country).map_or_else(|| Cow::Owned(country.code().to_owned()), |id| self.get(id))
    }

    /// "in the country": `in the USA`, `in Deutschland`.
    #[must_use]
    pub fn in_country(self, country: &Country) -> Cow<'static, str> {
        match country_id(country) {
            Some(id) => self.attribute(id, "in"),
            None => self.one("in-country", "country", country.code()),
        }
    }

    /// An amount of money: `$14.99`, `14,99 €`, `₹6,999`.
    #[must_use]
    pub fn money(self, money: &Money) -> String {
        format::money(self.locale, *money)
    }

    /// A day, long: `June 1, 2015`, `1. Juni 2015`.
    #[must_use]
    pub fn date(self, date: &Date) -> String {
        format::date_long(self.locale, *date)
    }

    /// A day, short: `Jun 1, 2015`, `01.06.2015`.
    #[must_use]
    pub fn date_short(self, date: &Date) -> String {
        format::date_short(self.locale, *date)
    }

    /// A month: `June 2015`.
    #[must_use]
    pub fn month(self, date: &Date) -> String {
        format::month(self.locale, *date)
    }

    /// A moment, in UTC: `Jun 1, 2015, 14:03 UTC`.
    #[must_use]
    pub fn moment(self, at: &Instant) -> String {
        format::moment(self.locale, *at)
    }

    /// A rate: `7.25%`, `19 %`.
    #[must_use]
    pub fn percent(self, rate: &Rate) -> String {
        format::percent(self.locale, *rate)
    }

    /// A whole number with the language's grouping.
    #[must_use]
    pub fn number(self, number: i64) -> String {
        format::number(self.locale, number)
    }

    /// A decimal number with the places it was said with: `18.70`, `18,70`.
    #[must_use]
    pub fn decimal(self, mantissa: i64, places: u8) -> String {
        format::decimal(self.locale, mantissa, places)
    }

    /// Thousandths of a unit in that unit: milliwatt-hours as watt-hours.
    #[must_use]
    pub fn thousandths(self, number: u64) -> String {
        format::thousandths(self.locale, number)
    }
}

/// The id of a country's name. Written out, so that the test of ids sees each.
fn country_id(country: &Country) -> Option<&'static str> {
    Some(match country.code() {
        "AT" => "country-at",
        "BR" => "country-br",
        "CH" => "country-ch",
        "CN" => "country-cn",
        "DE" => "country-de",
        "ES" => "country-es",
        "FR" => "country-fr",
        "GB" => "country-gb",
        "HK" => "country-hk",
        "ID" => "country-id",
        "IN" => "country-in",
        "IT" => "country-it",
        "JP" => "country-jp",
        "KR" => "country-kr",
        "MX" => "country-mx",
        "MY" => "country-my",
        "NL" => "country-nl",
        "PH" => "country-ph",
        "PL" => "country-pl",
        "RU" => "country-ru",
        "SG" => "country-sg",
        "TH" => "country-th",
        "TR" => "country-tr",
        "TW" => "country-tw",
        "US" => "country-us",
        "VN" => "country-vn",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::Path;

    /// Every message and attribute id of one language, with the values it wants.
    fn ids(files: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
        let mut ids = BTreeMap::new();
        let mut current = String::new();
        for line in files.iter().flat_map(|file| file.lines()) {
            if line.starts_with('#') {
                continue;
            }
            let head = line.split_once('=').map(|(head, _)| head.trim_end());
            if let Some(id) = head.filter(|h| h.starts_with(|c: char| c.is_ascii_lowercase())) {
                current = id.to_owned();
                ids.entry(current.clone()).or_insert_with(BTreeSet::new);
            } else if let Some(attribute) = head.and_then(|h| h.trim_start().strip_prefix('.')) {
                let owner = current.split('.').next().unwrap_or_default().to_owned();
                current = format!("{owner}.{attribute}");
                ids.entry(current.clone()).or_insert_with(BTreeSet::new);
            }
            for part in line.split('$').skip(1) {
                let name: String =
                    part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                ids.entry(current.clone()).or_insert_with(BTreeSet::new).insert(name);
            }
        }
        ids
    }

    /// Everything between double quotes in the templates and in this crate's code.
    fn quoted(folder: &Path, found: &mut BTreeSet<String>, asked: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                quoted(&path, found, asked);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            found.extend(text.split('"').map(str::to_owned));
            for call in [".get(\"", ".one(\"", ".two(\"", ".three(\"", ".attribute(\""] {
                for part in text.split(call).skip(1) {
                    // Ids have a dash or are short words; paths and attribute names have neither.
                    asked.extend(part.split('"').next().map(str::to_owned));
                }
            }
        }
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let [en, de] = SOURCES.map(|(_, files)| ids(files));
        assert!(en.len() > 150, "the reader of ids found only {}", en.len());
        for (id, places) in &en {
            assert_eq!(de.get(id), Some(places), "German text {id}");
        }
        for id in de.keys() {
            assert!(en.contains_key(id), "English text {id} is missing");
        }
    }

    #[test]
    fn every_text_that_is_asked_for_exists_and_none_is_left_over() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (mut found, mut asked) = (BTreeSet::new(), BTreeSet::new());
        quoted(&root.join("templates"), &mut found, &mut asked);
        quoted(&root.join("src/page"), &mut found, &mut asked);
        // Handlers use texts too, but also ask headers and forms for names that look like ids.
        quoted(&root.join("src"), &mut found, &mut BTreeSet::new());
        found.extend(Wrong::ALL.iter().map(|(id, _)| (*id).to_owned()));
        let ids = ids(SOURCES[0].1);
        let ours = |id: &&String| id.contains('-') && !id.contains(['/', '.', ' ']);
        for id in asked.iter().filter(ours) {
            assert!(ids.contains_key(id), "the text {id:?} is asked for and does not exist");
        }
        // Refusals are found by their codes: `staff/refusal.rs` walks them.
        let named = |id: &&String| !id.contains('.') && !id.starts_with("refusal-");
        for id in ids.keys().filter(named) {
            assert!(found.contains(id), "the text {id:?} is not used");
        }
    }

    #[test]
    fn whatever_can_be_wrong_with_a_row_is_said_with_everything_in_it() {
        let said = ids(SOURCES[0].1);
        for (id, parts) in Wrong::ALL {
            let parts: BTreeSet<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            assert_eq!(said.get(*id), Some(&parts), "{id}");
        }
        let de = Text::new(Language::De, None);
        let wrong = Wrong::NoMarket { name: "xx".to_owned() };
        assert_eq!(de.wrong(&wrong), "Es gibt keinen Markt xx.");
        assert_eq!(Text::new(Language::En, None).wrong(&Wrong::Empty), "It is empty.");
    }

    #[test]
    fn texts_put_values_and_plurals_in_their_place() {
        let de = Text::new(Language::De, "DE".parse().ok());
        let us = "US".parse().expect("a country");
        assert_eq!(de.one("stock-few", "count", 3_u32), "Noch 3 da");
        assert_eq!(de.country(&us), "USA");
        assert_eq!(de.in_country(&us), "in den USA");
        let unknown = "no-such-text";
        assert_eq!(de.get(unknown), "⟦no-such-text⟧");
        let zh = Text::new(Language::Zh, None);
        assert_eq!(zh.language(), Language::En, "pages that are not complete are English");
    }
}
