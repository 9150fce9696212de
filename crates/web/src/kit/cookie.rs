//! The cookies of the shop: the cart's token, which no script reads, what a script may show of it
//! (how many units, which version), and the ticket of a sale.

use axum::http::{HeaderMap, HeaderValue, header};
use kontor_base::id::SaleId;
use kontor_domain::cart::Cart;
use kontor_domain::market::MarketCode;

use super::app::App;

/// How long a cart is remembered, in seconds.
const KEPT_S: u32 = 30 * 24 * 60 * 60;

/// The cart that a browser carries for a market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CartCookie {
    /// The cart's token.
    pub token: String,
    /// The version that the browser has seen.
    pub version: u64,
}

/// Reads the cookie `name` of a request.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// The line that sets a cookie which no script reads and no other site sends.
pub(crate) fn line(app: &App, name: &str, value: &str, path: &str, kept_s: u32) -> String {
    let secure = if app.secure() { "; Secure" } else { "" };
    format!("{name}={value}; HttpOnly; Path={path}; Max-Age={kept_s}; SameSite=Lax{secure}")
}

/// The cart that the browser carries for `market`.
#[must_use]
pub fn cart(headers: &HeaderMap, market: MarketCode) -> Option<CartCookie> {
    let token = read(headers, &format!("kontor_cart_{market}"))?.to_owned();
    let version = read(headers, &format!("kontor_seen_{market}"))
        .and_then(|text| text.split_once('.'))
        .and_then(|(version, _)| version.parse().ok())
        .unwrap_or(0);
    Some(CartCookie { token, version })
}

/// Sets the cart's cookies on an answer. `kontor_seen_{market}` is `version.units`.
pub fn set_cart(headers: &mut HeaderMap, app: &App, cart: &Cart) {
    let token = app.shop.keys.cart_token(cart.id);
    let secure = if app.secure() { "; Secure" } else { "" };
    let market = cart.market;
    let kept = format!("Path=/{market}/; Max-Age={KEPT_S}; SameSite=Lax{secure}");
    let seen = format!("{}.{}", cart.version, cart.units());
    for line in [
        format!("kontor_cart_{market}={token}; HttpOnly; {kept}"),
        format!("kontor_seen_{market}={seen}; {kept}"),
        format!("kontor_count={}; {kept}", cart.units()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&line) {
            headers.append(header::SET_COOKIE, value);
        }
    }
}

/// How long a ticket is remembered, in seconds; what it is good for ends before.
const TICKET_KEPT_S: u32 = 60 * 24 * 60 * 60;

/// The ticket that the browser carries for a sale.
#[must_use]
pub fn ticket<'a>(headers: &'a HeaderMap, sale: &SaleId) -> Option<&'a str> {
    read(headers, &format!("kontor_ticket_{sale}"))
}

/// Puts a ticket into the browser. No script reads it, and no other site sends it.
pub fn set_ticket(headers: &mut HeaderMap, app: &App, sale: &SaleId, ticket: &str) {
    let secure = if app.secure() { "; Secure" } else { "" };
    let line = format!(
        "kontor_ticket_{sale}={ticket}; HttpOnly; Path=/; Max-Age={TICKET_KEPT_S}; \
         SameSite=Lax{secure}"
    );
    if let Ok(value) = HeaderValue::from_str(&line) {
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read_by_their_exact_name() {
        let mut headers = HeaderMap::new();
        let line = "xkontor_cart_us=no; kontor_cart_us=abc; kontor_seen_us=7.2; kontor_cart_de=d";
        headers.insert(header::COOKIE, HeaderValue::from_static(line));
        let us: MarketCode = "us".parse().expect("a market");
        let expected = CartCookie { token: "abc".to_owned(), version: 7 };
        assert_eq!(cart(&headers, us), Some(expected));
        let de: MarketCode = "de".parse().expect("a market");
        assert_eq!(cart(&headers, de).map(|c| c.version), Some(0));
    }
}
