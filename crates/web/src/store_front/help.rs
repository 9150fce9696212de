//! A market's contact as pages and letters say it.

use kontor_domain::market::{Market, ReturnAddress};

use crate::kit::text::Text;
use crate::page::{Help, Said};

/// How the people of a market are reached, in the language of `t`.
pub(crate) fn help_of(market: &Market, t: &Text) -> Help {
    let contact = &market.contact;
    let hours = contact.hours_in(t.language());
    Help {
        email: contact.email.as_ref().map_or("", |email| email.as_str()).to_owned(),
        phone: contact.phone.as_ref().map_or("", |phone| phone.as_str()).to_owned(),
        hours: hours.map(|(language, text)| Said::new(text, language)),
        returns: contact.returns.as_ref().map_or_else(Vec::new, |to| lines(to, t)),
    }
}

/// The address as it is written on a parcel.
fn lines(to: &ReturnAddress, t: &Text) -> Vec<String> {
    let postcode = to.postcode.as_ref().map_or("", |postcode| postcode.as_str());
    [
        to.name.to_string(),
        to.line1.to_string(),
        to.line2.as_ref().map(ToString::to_string).unwrap_or_default(),
        format!("{postcode} {}", to.city).trim().to_owned(),
        t.country(&to.country).into_owned(),
    ]
    .into_iter()
    .filter(|line| !line.is_empty())
    .collect()
}
