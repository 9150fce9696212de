//! From records to claims as pages print them.

use kontor_base::{Confidence, Language};
use kontor_domain::reach::{Figure, Forecast, Rank, RecordKind, Target, Value};

use crate::kit::text::Text;
use crate::page::Said;
use crate::page::reach::{
    Claim, PlaceRow, confidence_words, period_short, period_words, places_words, value_words,
};

/// The address of a record's page.
pub(super) fn path(t: &Text, kind: RecordKind, code: &str) -> String {
    format!("/reach/{}/{}/{code}", t.language().tag(), kind.word())
}

/// A text of data: in the page's language where it is there, else in English and marked so.
pub(super) fn said(t: &Text, english: &str, german: &str) -> Said {
    if t.language() == Language::De && !german.is_empty() {
        Said::new(german, Language::De)
    } else {
        Said::new(english, Language::En)
    }
}

/// What a figure says: its number in the page's language, or its words as they were recorded.
pub(super) fn figure_value(t: &Text, figure: &Figure) -> Said {
    match &figure.value {
        Some(value) => Said::new(value_words(t, value, &figure.unit), t.language()),
        None => Said::new(figure.words.clone(), Language::En),
    }
}

pub(super) fn figure_claim(t: &Text, figure: &Figure) -> Claim {
    Claim {
        path: path(t, RecordKind::Figure, figure.code.as_str()),
        title: said(t, &figure.title_en, &figure.title_de),
        value: figure_value(t, figure),
        period: period_words(t, figure.period),
        definition: said(t, &figure.definition_en, &figure.definition_de),
        said_by: figure.said_by.clone(),
        said_on: figure.as_of.map(|on| period_short(t, on)),
        source: figure.source.clone(),
        source_url: figure.source_url.clone(),
        confidence: confidence_words(t, figure.confidence),
        unsure: figure.confidence == Confidence::M,
    }
}

/// A target's title.
pub(super) fn target_title(t: &Text, target: &Target) -> String {
    t.one("record-target-title", "period", period_words(t, target.period)).into_owned()
}

pub(super) fn target_claim(t: &Text, target: &Target) -> Claim {
    Claim {
        path: path(t, RecordKind::Target, target.code.as_str()),
        title: Said::new(target_title(t, target), t.language()),
        value: Said::new(value_words(t, &target.value, &target.unit), t.language()),
        period: period_words(t, target.period),
        definition: Said::new(t.get("record-target-definition"), t.language()),
        said_by: target.said_by.clone(),
        said_on: Some(period_short(t, target.said_on)),
        source: target.source.clone(),
        source_url: target.source_url.clone(),
        confidence: confidence_words(t, target.confidence),
        unsure: target.confidence == Confidence::M,
    }
}

/// A method's name, from its word in records: `damped_0.5`, `bass_200`.
pub(super) fn method_name(t: &Text, method: &str) -> String {
    let (id, rest) = match method.split_once('_') {
        _ if method == "run_rate" => ("method-run-rate", ""),
        _ if method == "constant_growth" => ("method-constant-growth", ""),
        _ if method == "last_year_again" => ("method-last-year-again", ""),
        _ if method == "drift" => ("method-drift", ""),
        Some(("damped", phi)) => ("method-damped", phi),
        Some(("bass", ceiling)) => ("method-bass", ceiling),
        _ => return method.to_owned(),
    };
    let name = t.get(id);
    if rest.is_empty() { name.into_owned() } else { format!("{name} {}", decimal(t, rest)) }
}

/// A number in a method's word, as the language writes it.
fn decimal(t: &Text, text: &str) -> String {
    let number: Option<kontor_domain::reach::Quantity> = text.parse().ok();
    number.map_or_else(|| text.to_owned(), |n| t.decimal(n.mantissa(), n.places()))
}

/// Where a method is explained.
pub(super) fn method_path(t: &Text, method: &str) -> String {
    let anchor = ["damped", "bass"].into_iter().find(|start| method.starts_with(start));
    format!("/reach/{}/definitions#{}", t.language().tag(), anchor.unwrap_or(method))
}

/// A forecast's title.
pub(super) fn forecast_title(t: &Text, forecast: &Forecast) -> String {
    let method = method_name(t, &forecast.method);
    let period = period_words(t, forecast.period);
    t.two("record-forecast-title", "period", period, "method", method).into_owned()
}

pub(super) fn forecast_claim(t: &Text, forecast: &Forecast) -> Claim {
    let value = Value::Exact(forecast.value);
    Claim {
        path: path(t, RecordKind::Forecast, forecast.code.as_str()),
        title: Said::new(method_name(t, &forecast.method), t.language()),
        value: Said::new(value_words(t, &value, &forecast.unit), t.language()),
        period: period_words(t, forecast.period),
        definition: Said::new(t.get("record-forecast-definition"), t.language()),
        said_by: forecast.made_by.clone(),
        said_on: Some(t.date_short(&forecast.made_on)),
        source: t.get("reach-methods").into_owned(),
        source_url: Some(method_path(t, &forecast.method)),
        confidence: confidence_words(t, forecast.confidence),
        unsure: forecast.confidence == Confidence::M,
    }
}

/// A rank's title.
pub(super) fn rank_title(t: &Text, rank: &Rank) -> String {
    let period = period_words(t, rank.period);
    t.two("record-rank-title", "provider", &rank.provider, "period", period).into_owned()
}

pub(super) fn rank_claim(t: &Text, rank: &Rank) -> Claim {
    Claim {
        path: path(t, RecordKind::Rank, rank.code.as_str()),
        title: Said::new(rank_title(t, rank), t.language()),
        value: Said::new(places_words(t, rank.standing), t.language()),
        period: period_words(t, rank.period),
        definition: rank_definition(t, rank),
        said_by: rank.provider.clone(),
        said_on: None,
        source: rank.source.clone(),
        source_url: rank.source_url.clone(),
        confidence: confidence_words(t, rank.confidence),
        unsure: rank.confidence == Confidence::M,
    }
}

/// What a rank means.
pub(super) fn rank_definition(t: &Text, rank: &Rank) -> Said {
    Said::new(t.one("record-rank-definition", "measure", measure(t, &rank.measure)), t.language())
}

/// What a provider counts, in the page's language where it is one of the usual two.
pub(super) fn measure(t: &Text, measure: &str) -> String {
    match measure {
        "shipments" => t.get("measure-shipments").into_owned(),
        "sales to end users" => t.get("measure-sales").into_owned(),
        other => other.to_owned(),
    }
}

pub(super) fn rank_row(t: &Text, rank: &Rank) -> PlaceRow {
    let number = |value: &Option<Value>| {
        value.as_ref().map(|value| crate::page::reach::number_words(t, value)).unwrap_or_default()
    };
    let share = |value: &Option<Value>| {
        value.as_ref().map(|value| value_words(t, value, "percent")).unwrap_or_default()
    };
    PlaceRow {
        path: path(t, RecordKind::Rank, rank.code.as_str()),
        period: period_short(t, rank.period),
        provider: rank.provider.clone(),
        measure: Said::new(measure(t, &rank.measure), t.language()),
        place: places_words(t, rank.standing),
        units: number(&rank.units_m),
        share: share(&rank.share_pct),
        source: rank.source.clone(),
        source_url: rank.source_url.clone(),
    }
}
