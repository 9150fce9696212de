//! What the shop knows, turned into what a page says.

use kontor_base::{Date, Instant, Language, Money};
use kontor_domain::catalogue::{Model, Sku, Variant};
use kontor_domain::clearance::{Outcome, Reason, Verdict};
use kontor_domain::market::{Act, Market, Stage as MarketStage, TaxDisplay};
use kontor_domain::order::{AppliedTax, Quote, QuotedLine, TaxTotal};
use kontor_domain::price::{Jurisdiction, mrp_at, reduction, us_state};
use kontor_shop::cart::{Offer, offer};
use kontor_shop::{Level, Snapshot};

use crate::page::{
    Availability, CostKind, CostLine, Domain, Expected, Price, Reason as PageReason, ReasonState,
    Reduction, Refusal, Said, Stage, SummaryLine, TaxKind, TaxNote, TaxPart, Totals,
};

/// The stage of a market in the words of the pages.
pub(crate) fn stage(snapshot: &Snapshot, market: &Market, at: Instant) -> Stage {
    match market.stage {
        MarketStage::Open if only_accessories(snapshot, market, at) => Stage::Accessories,
        MarketStage::Open => Stage::Open,
        MarketStage::Beta => Stage::Beta,
        MarketStage::Paused => Stage::Paused,
        MarketStage::Closing => Stage::Closing,
        MarketStage::Closed => Stage::Closed,
        MarketStage::Preparing | MarketStage::Scouting => match market.opens_on {
            Some(day) if day > at.date() => Stage::OpensOn(day),
            _ => Stage::Preparing,
        },
    }
}

/// Whether a market is open and every phone in the catalogue is refused there: the rules alone
/// say so, nobody keeps a list.
fn only_accessories(snapshot: &Snapshot, market: &Market, at: Instant) -> bool {
    use kontor_domain::catalogue::ProductClass;
    let mut phones = snapshot.variants.values().filter(|variant| {
        snapshot.models.get(&variant.model).is_some_and(|m| m.class == ProductClass::Phone)
    });
    let mut any = false;
    let none_sold = phones.all(|phone| {
        any = true;
        !matches!(offer(snapshot, market, &phone.sku, None, at), Offer::Yes { .. })
    });
    any && none_sold
}

/// How much of it can be had.
pub(crate) fn availability(level: Level, act: Act) -> Availability {
    match (level, act) {
        (Level::None, _) => Availability::SoldOut,
        (_, Act::Preorder) => Availability::Preorder,
        (Level::Few(left), _) => Availability::Few(left),
        (Level::Plenty, _) => Availability::InStock,
    }
}

/// What a market's prices say about tax.
pub(super) fn tax_note(snapshot: &Snapshot, market: &Market, at: Instant) -> TaxNote {
    if market.tax_display == TaxDisplay::Exclusive {
        return TaxNote::Excluded;
    }
    let place = Jurisdiction::of_country(market.home());
    match snapshot.taxes.rate_on(&place, at.date()) {
        Ok(rate) if rate.rate.ppm() == 0 => TaxNote::None,
        Ok(rate) => TaxNote::Included { kind: tax_kind(&rate.name), rate: Some(rate.rate) },
        Err(_) => TaxNote::Included { kind: TaxKind::Vat, rate: None },
    }
}

fn tax_kind(name: &str) -> TaxKind {
    if name.contains("GST") {
        TaxKind::Gst
    } else if name.to_ascii_lowercase().contains("sales") {
        TaxKind::Sales
    } else {
        TaxKind::Vat
    }
}

/// The price of a variant with what the law wants beside it.
pub(crate) fn price(
    snapshot: &Snapshot,
    market: &Market,
    sku: &Sku,
    now: Money,
    at: Instant,
) -> Price {
    let lowest = reduction(snapshot.price_entries(market.code, sku), at)
        .map(|reduced| Reduction { lowest_30_days: reduced.lowest_30_days });
    let mrp = mrp_at(snapshot.price_entries(market.code, sku), at);
    Price { now, from: false, reduction: lowest, mrp, tax: tax_note(snapshot, market, at) }
}

/// Why something is not sold here.
pub(crate) fn refusal(verdict: &Verdict, market: &Market) -> Refusal {
    let reasons: Vec<PageReason> = verdict.reasons.iter().map(reason).collect();
    let expected = verdict
        .reasons
        .iter()
        .map(|reason| (reason.expected(), matches!(reason, Reason::MarketStage { .. })))
        .collect::<Vec<_>>();
    // A day is promised only if every reason has one; the last of them counts. What the market's
    // own plan says is a day of sale, what a paper's owner says is news.
    let all: Option<Vec<Date>> = expected.iter().map(|(day, _)| *day).collect();
    let expected = match all.and_then(|days| days.into_iter().max()) {
        Some(day) if expected.iter().all(|(_, stage)| *stage) => Expected::Sale(day),
        Some(day) => Expected::News(day),
        None => match market.opens_on {
            Some(day) if day > verdict.at => Expected::News(day),
            _ => Expected::Unknown,
        },
    };
    Refusal { reasons, expected }
}

/// A refusal for something that may be sold but has no price.
pub(crate) fn no_price() -> Refusal {
    let reason = plain(Domain::Price, ReasonState::Missing);
    Refusal { reasons: vec![reason], expected: Expected::Unknown }
}

fn plain(domain: Domain, state: ReasonState) -> PageReason {
    PageReason {
        domain,
        state,
        rule: Said::new("", Language::En),
        reference: String::new(),
        authority: String::new(),
        since: None,
        until: None,
        lead_weeks: None,
    }
}

fn reason(reason: &Reason) -> PageReason {
    let state = match reason {
        Reason::MarketStage { .. }
        | Reason::MarketCountry { .. }
        | Reason::BlockedByOrder { .. }
        | Reason::BlockedByRule { .. } => ReasonState::Blocked,
        Reason::Revoked { .. } | Reason::Expired { .. } => ReasonState::Expired,
        Reason::Missing { .. } | Reason::NotPlanned { .. } => ReasonState::Missing,
        Reason::InProgress { .. } => ReasonState::InProgress,
        Reason::Unreviewed { .. }
        | Reason::ReviewStale { .. }
        | Reason::Unverified { .. }
        | Reason::UnknownAttribute { .. } => ReasonState::Unknown,
    };
    let domain = match reason {
        Reason::MarketStage { .. } | Reason::MarketCountry { .. } => Domain::Stage,
        Reason::NotPlanned { .. } => Domain::Plan,
        Reason::BlockedByOrder { .. } => Domain::Order,
        other => other
            .rule()
            .and_then(|rule| Domain::from_word(rule.domain.word()))
            .unwrap_or(Domain::Consumer),
    };
    let mut said = plain(domain, state);
    said.since = reason.since();
    said.until = reason.until();
    said.authority = reason.authority().unwrap_or_default().to_owned();
    if let Reason::BlockedByOrder { title, reference, .. } = reason {
        said.rule = Said::new(title.clone(), Language::En);
        said.reference = reference.clone();
    } else if let Some(rule) = reason.rule() {
        said.rule = Said::new(rule.title.clone(), Language::En);
        said.reference = rule.code.to_string();
        said.lead_weeks = rule.lead_time_weeks.map(|weeks| (weeks.low, weeks.high));
    }
    said
}

/// What may be offered of the variants of a model: the first that can be bought, else the first.
pub(super) struct ModelOffer<'a> {
    pub(super) variant: &'a Variant,
    pub(super) offer: Offer,
    pub(super) level: Level,
}

/// Every variant of a model with what may be offered of it.
pub(super) fn offers<'a>(
    snapshot: &'a Snapshot,
    market: &Market,
    model: &Model,
    at: Instant,
) -> Vec<ModelOffer<'a>> {
    snapshot
        .variants_of(&model.code)
        .map(|variant| ModelOffer {
            variant,
            offer: offer(snapshot, market, &variant.sku, None, at),
            level: snapshot.level(market.code, &variant.sku),
        })
        .collect()
}

/// A verdict that a page can show even where nothing is refused.
pub(crate) fn permits(verdict: &Verdict) -> bool {
    verdict.outcome != Outcome::Refused
}

/// A line of an order summary, as the market shows prices.
pub(super) fn summary_line(
    snapshot: &Snapshot,
    language: Language,
    line: &QuotedLine,
    display: TaxDisplay,
) -> SummaryLine {
    let product = snapshot.product(&line.sku);
    SummaryLine {
        name: product.map_or_else(
            || line.sku.to_string(),
            |(_, model)| model.text(language, |text| &text.name).to_owned(),
        ),
        option: product.map_or("", |(variant, _)| variant.option_in(language)).to_owned(),
        picture: product.map_or_else(String::new, |(_, model)| snapshot.picture(model)),
        quantity: line.quantity,
        unit: line.unit_price,
        total: match display {
            TaxDisplay::Inclusive => line.amount.gross,
            TaxDisplay::Exclusive => line.amount.net,
        },
    }
}

/// Every cost of a quote.
pub(super) fn totals(quote: &Quote) -> Totals {
    totals_of(&quote.totals, quote.tax_display, quote.tax_pending)
}

/// Every cost of a quote or an order.
pub(crate) fn totals_of(
    totals: &kontor_domain::order::Totals,
    display: TaxDisplay,
    tax_pending: bool,
) -> Totals {
    let cost = |kind, amount| CostLine { kind, amount, estimated: false };
    let mut lines = vec![
        cost(CostKind::Goods, Some(totals.goods)),
        cost(CostKind::Shipping, Some(totals.shipping)),
    ];
    let mut contains = Vec::new();
    match display {
        TaxDisplay::Inclusive => {
            let part = |tax: &TaxTotal| TaxPart {
                kind: tax_kind(&tax.applied.name),
                rate: Some(tax.applied.rate),
                amount: tax.amount,
            };
            contains.extend(totals.taxes.iter().filter(|tax| tax.amount.minor != 0).map(part));
        }
        TaxDisplay::Exclusive if tax_pending => {
            let kind = CostKind::Tax { kind: TaxKind::Sales, rate: None, place: None };
            lines.push(CostLine { kind, amount: None, estimated: true });
        }
        TaxDisplay::Exclusive => lines.extend(totals.taxes.iter().map(|tax| CostLine {
            kind: CostKind::Tax {
                kind: tax_kind(&tax.applied.name),
                rate: Some(tax.applied.rate),
                place: place(&tax.applied),
            },
            amount: Some(tax.amount),
            estimated: tax.applied.estimated,
        })),
    }
    Totals { lines, total: totals.total, contains, deposit: None }
}

/// The state in which a tax is owed, by name.
fn place(applied: &AppliedTax) -> Option<String> {
    let region = applied.jurisdiction.region?;
    let state = us_state(region.as_str())?;
    kontor_domain::price::US_STATES
        .iter()
        .find(|(code, _)| *code == state.as_str())
        .map(|(_, name)| (*name).to_owned())
}
