//! `GET /api/v1/markets`: where the shop is and how far it has come.

use axum::extract::State;
use axum::response::Response;
use kontor_base::{Date, Language, Money};
use kontor_domain::market::{
    Act, BetaTerms, Contact, FulfilmentModel, Market, ReturnAddress, Stage, TaxDisplay,
    stage_allows,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use super::money::MoneyBody;
use super::reply::kept_json;
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};

/// Anybody may read it.
pub(crate) const ROUTE: Route = Route::read("/api/v1/markets", Class::Read);

/// The markets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarketsAnswer {
    /// Every market that is spoken of, in the order in which they are shown.
    markets: Vec<MarketBody>,
}

/// A market.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Market)]
pub(crate) struct MarketBody {
    /// Its code in addresses.
    #[schema(example = "us")]
    code: String,
    /// How far it has come: `preparing`, `beta`, `open`, `paused`, `closing`, `closed`.
    #[schema(value_type = String, example = "open")]
    stage: &'static str,
    /// The countries it ships to (ISO 3166-1), the one whose rules shelves follow first.
    #[schema(example = json!(["US"]))]
    countries: Vec<String>,
    /// The currency of its prices (ISO 4217).
    #[schema(value_type = String, example = "USD")]
    currency: &'static str,
    /// The languages of its pages, the default first.
    #[schema(value_type = Vec<String>, example = json!(["en"]))]
    languages: Vec<&'static str>,
    /// Whether prices contain the tax.
    prices_include_tax: bool,
    /// How goods get there: `parcels_from_home`, `bulk_import`, `local_partner`,
    /// `local_assembly`, `home`.
    #[schema(value_type = String, example = "bulk_import")]
    fulfilment: &'static str,
    /// What it costs to ship one order there.
    shipping: MoneyBody,
    /// How many days a buyer may send goods back.
    return_window_days: u16,
    /// Whether orders are taken.
    takes_orders: bool,
    /// What holds in a market that is open to a limited circle; not there elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    beta: Option<BetaBody>,
    /// Whether people can leave their address to be told.
    takes_names: bool,
    /// When it opened or is planned to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    opens_on: Option<Date>,
    /// The part of the world, for grouping: `americas`, `asia`, `europe`.
    region: String,
    /// A sentence about the stage, with its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// How its people are reached and where goods are sent back to, as the legal notice and the page
    /// about returns say it; not there where nothing was said yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<MarketContactBody>,
    /// The address of its shelf.
    #[schema(example = "/api/v1/us/shelf")]
    shelf: String,
}

/// A limited circle, and limited quantities.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BetaBody {
    /// Only addresses that stand confirmed on a waiting list here, or were let in, can pay.
    by_invitation: bool,
    /// How many of each variant one person may buy, over all orders.
    units_per_person: u32,
    /// How many of each variant are given out altogether, if that is limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    units_total: Option<u32>,
}

impl BetaBody {
    const fn new(terms: BetaTerms) -> Self {
        Self {
            by_invitation: true,
            units_per_person: terms.units_per_person,
            units_total: terms.units_total,
        }
    }
}

/// How the people of a market are reached. What nobody has said is not there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MarketContact)]
pub(crate) struct MarketContactBody {
    /// The address that questions are written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "help@shop.example")]
    email: Option<String>,
    /// The number that is called, in the form of E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "+12025550142")]
    phone: Option<String>,
    /// When somebody answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<HoursBody>,
    /// Where goods are sent back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    returns: Option<ReturnAddressBody>,
}

/// When somebody answers, with the language that the sentence is in: English where nobody has written one
/// in the language that was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MarketHours)]
pub(crate) struct HoursBody {
    /// The language of the sentence.
    #[schema(value_type = String, example = "en")]
    language: &'static str,
    /// The sentence.
    #[schema(example = "Monday to Friday, 9 to 17")]
    text: String,
}

/// Where goods are sent back to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReturnAddress)]
pub(crate) struct ReturnAddressBody {
    /// Who receives the parcel.
    name: String,
    /// Street and number.
    line1: String,
    /// What else the carrier needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    line2: Option<String>,
    /// The postcode; not there where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    postcode: Option<String>,
    /// The city, with its state where one belongs to it.
    city: String,
    /// The country (ISO 3166-1); not always one that the market ships to.
    #[schema(example = "US")]
    country: String,
}

impl MarketContactBody {
    fn new(contact: &Contact, language: Language) -> Option<Self> {
        let hours = contact.hours_in(language);
        (!contact.is_empty()).then(|| Self {
            email: contact.email.as_ref().map(|email| email.as_str().to_owned()),
            phone: contact.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            hours: hours.map(|(language, text)| HoursBody {
                language: language.tag(),
                text: text.to_owned(),
            }),
            returns: contact.returns.as_ref().map(ReturnAddressBody::new),
        })
    }
}

impl ReturnAddressBody {
    fn new(to: &ReturnAddress) -> Self {
        Self {
            name: to.name.to_string(),
            line1: to.line1.to_string(),
            line2: to.line2.as_ref().map(ToString::to_string),
            postcode: to.postcode.as_ref().map(ToString::to_string),
            city: to.city.to_string(),
            country: to.country.code().to_owned(),
        }
    }
}

impl MarketBody {
    fn new(market: &Market, language: Language) -> Self {
        let fulfilment: FulfilmentModel = market.fulfilment;
        Self {
            code: market.code.to_string(),
            stage: market.stage.word(),
            countries: market.countries.iter().map(ToString::to_string).collect(),
            currency: market.currency.code(),
            languages: market.languages.iter().map(|language| language.tag()).collect(),
            prices_include_tax: market.tax_display == TaxDisplay::Inclusive,
            fulfilment: fulfilment.word(),
            shipping: Money::new(market.shipping_minor, market.currency).into(),
            return_window_days: market.return_window_days,
            takes_orders: stage_allows(market.stage, Act::Sell),
            beta: market.beta_now().map(BetaBody::new),
            takes_names: stage_allows(market.stage, Act::RegisterInterest),
            opens_on: market.opens_on,
            region: market.region.clone(),
            note: market.note_in(language).map(str::to_owned),
            contact: MarketContactBody::new(&market.contact, language),
            shelf: format!("/api/v1/{}/shelf", market.code),
        }
    }
}

/// List the markets
///
/// Where the shop is, how far each market has come, its countries, currency and languages, whom to
/// ask and where goods go back to. A market that is only being scouted is not listed.
#[utoipa::path(
    get,
    path = "/api/v1/markets",
    tag = "Markets",
    operation_id = "list-markets",
    params(
        ("language" = Option<String>, Query, description = "The language of the notes and \
            of when somebody answers: `en` (if not said), `de`, `zh`, `hi`."),
    ),
    responses(
        (status = 200, description = "The markets.", body = MarketsAnswer),
        crate::api::document::Reading,
    ),
)]
pub(crate) async fn list_markets(State(app): State<App>, call: Call) -> Response {
    let asked = call.only_queries(&["language"]).and_then(|()| call.language(Language::En));
    let language = match asked {
        Ok(language) => language,
        Err(problem) => return call.answer(&app, Err(problem)),
    };
    let snapshot = app.shop.snapshots.now();
    let key = format!("/api/v1/markets?language={language}");
    kept_json(&app, &call, &snapshot, &key, || MarketsAnswer {
        markets: snapshot
            .markets
            .iter()
            .filter(|market| market.stage != Stage::Scouting)
            .map(|market| MarketBody::new(market, language))
            .collect(),
    })
}
