//! Somebody who uses the pages: a browser's cookies, and the forms as the pages send them.

use super::{Answer, Api, Ask, BAND, ONE_BAND};

/// A browser with what it remembers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shopper {
    cookies: Vec<(String, String)>,
}

impl Shopper {
    /// The request with the cookies.
    pub(crate) fn with(&self, ask: Ask) -> Ask {
        let pairs: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        if pairs.is_empty() { ask } else { ask.header("cookie", &pairs.join("; ")) }
    }

    /// Keeps the cookies of an answer.
    pub(crate) fn keep(&mut self, answer: &Answer) {
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().expect("a cookie is plain text");
            let pair = line.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie has a value");
            self.cookies.retain(|(kept, _)| kept != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Puts one band into the cart, by the form of its page.
    pub(crate) async fn fill_cart(api: &Api) -> Self {
        let mut shopper = Self::default();
        let add = Ask::form("/us/en/cart", &[("sku", BAND), ("quantity", "1")]);
        let added = api.send(add).await.expect(303);
        shopper.keep(&added);
        shopper
    }

    /// Begins the checkout; the address of its page.
    pub(crate) async fn check_out(&self, api: &Api) -> String {
        let key = api.fresh_key();
        let begin = Ask::form("/us/en/checkout", &[("version", "1"), ("key", &key)]);
        let begun = api.send(self.with(begin)).await.expect(303);
        begun.header("location").to_owned()
    }
}

/// The fields of the checkout's form, all good.
pub(crate) fn good_fields<'a>(total: &'a str, key: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("action", "pay"),
        ("key", key),
        ("total_seen", total),
        ("email", "ada@shop.example"),
        ("name", "Ada Lovelace"),
        ("line1", "1 Market Street"),
        ("line2", ""),
        ("city", "San Francisco"),
        ("region", "CA"),
        ("postcode", "94105"),
        ("phone", ""),
        ("delivery", "standard"),
        ("payment", "test"),
        ("scenario", "succeeds"),
        ("terms", "yes"),
    ]
}

/// What one band to California costs, as the form sends it.
pub(crate) fn one_band() -> String {
    ONE_BAND.to_string()
}
