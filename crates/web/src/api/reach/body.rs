//! Records as programs get them: the same fields as in the files, with the addresses of their pages.

use kontor_domain::reach::{Figure, Forecast, Rank, Record, Recorded, Target, Value};
use serde::Serialize;
use utoipa::ToSchema;

/// A value as it was said, and its bounds as numbers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ValueBody {
    /// As it was said: `61.12`, `>70`, `>=1`, `<10000`, `~15`, `80-100`.
    #[schema(example = ">70")]
    said: String,
    /// The lower end; the number itself where one was said. A decimal.
    #[schema(example = "70")]
    low: String,
    /// The upper end of a range; the same as `low` otherwise. A decimal.
    #[schema(example = "70")]
    high: String,
}

impl From<&Value> for ValueBody {
    fn from(value: &Value) -> Self {
        Self {
            said: value.to_string(),
            low: value.low().to_string(),
            high: value.high().to_string(),
        }
    }
}

/// Where a record stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Place {
    /// When it was recorded here.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: String,
    /// Its page.
    #[schema(example = "/reach/en/figure/units-2014")]
    page: String,
}

impl Place {
    fn of<R: Record>(recorded: &Recorded<R>) -> Self {
        let code = recorded.record.code();
        Self {
            recorded_at: recorded.at.to_string(),
            page: format!("/reach/en/{}/{code}", R::KIND.word()),
        }
    }
}

/// What somebody said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachFigure)]
pub(crate) struct FigureBody {
    /// Its name, for ever.
    #[schema(example = "units-2014")]
    code: String,
    /// What it is about; figures of one subject compete.
    subject: String,
    /// What it is.
    title: String,
    /// The time it is about: `2014`, `2014-H1`, `2014-Q3`, `2015-02`, `2015-02-13`, `2011/2017`.
    period: String,
    /// The number, where one was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<ValueBody>,
    /// The words, where words were said.
    #[serde(skip_serializing_if = "String::is_empty")]
    words: String,
    /// What is counted: `million`, `percent`, `USD`, …; `words` for words.
    unit: String,
    /// What the number means.
    definition: String,
    /// Who says it.
    said_by: String,
    /// When it was said, as closely as is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    /// Where it can be read.
    source: String,
    /// The address of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_url: Option<String>,
    /// `S1` primary source, `S2` secondary source, `M` from memory, unverified.
    #[schema(value_type = String)]
    confidence: &'static str,
    /// What else a reader should know.
    #[serde(skip_serializing_if = "String::is_empty")]
    note: String,
    /// The figure that this one puts right.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrects: Option<String>,
    /// Where it stands.
    #[serde(flatten)]
    place: Place,
}

impl From<&Recorded<Figure>> for FigureBody {
    fn from(recorded: &Recorded<Figure>) -> Self {
        let figure = &recorded.record;
        Self {
            code: figure.code.to_string(),
            subject: figure.subject.to_string(),
            title: figure.title_en.clone(),
            period: figure.period.to_string(),
            value: figure.value.as_ref().map(ValueBody::from),
            words: figure.words.clone(),
            unit: figure.unit.clone(),
            definition: figure.definition_en.clone(),
            said_by: figure.said_by.clone(),
            as_of: figure.as_of.map(|period| period.to_string()),
            source: figure.source.clone(),
            source_url: figure.source_url.clone(),
            confidence: figure.confidence.word(),
            note: figure.note.clone(),
            corrects: figure.corrects.as_ref().map(ToString::to_string),
            place: Place::of(recorded),
        }
    }
}

/// The world rank as one provider counts it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachRank)]
pub(crate) struct RankBody {
    /// Its name, for ever.
    code: String,
    /// The period that was counted.
    period: String,
    /// Who counted.
    provider: String,
    /// What was counted.
    measure: String,
    /// `3`, `5-6`, `1-5` (among the first five), `>5` (not among them).
    rank: String,
    /// Units in millions.
    #[serde(skip_serializing_if = "Option::is_none")]
    units_m: Option<ValueBody>,
    /// The share of the world's units in per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    share_pct: Option<ValueBody>,
    /// Where it can be read.
    source: String,
    /// The address of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_url: Option<String>,
    /// `S1`, `S2` or `M`.
    #[schema(value_type = String)]
    confidence: &'static str,
    /// What else a reader should know.
    #[serde(skip_serializing_if = "String::is_empty")]
    note: String,
    /// The rank that this one puts right.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrects: Option<String>,
    /// Where it stands.
    #[serde(flatten)]
    place: Place,
}

impl From<&Recorded<Rank>> for RankBody {
    fn from(recorded: &Recorded<Rank>) -> Self {
        let rank = &recorded.record;
        Self {
            code: rank.code.to_string(),
            period: rank.period.to_string(),
            provider: rank.provider.clone(),
            measure: rank.measure.clone(),
            rank: rank.standing.to_string(),
            units_m: rank.units_m.as_ref().map(ValueBody::from),
            share_pct: rank.share_pct.as_ref().map(ValueBody::from),
            source: rank.source.clone(),
            source_url: rank.source_url.clone(),
            confidence: rank.confidence.word(),
            note: rank.note.clone(),
            corrects: rank.corrects.as_ref().map(ToString::to_string),
            place: Place::of(recorded),
        }
    }
}

/// A target as it was announced.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachTarget)]
pub(crate) struct TargetBody {
    /// Its name, for ever.
    code: String,
    /// What it is about.
    subject: String,
    /// The time in which it was to be reached.
    period: String,
    /// How much.
    value: ValueBody,
    /// What is counted.
    unit: String,
    /// Who set it.
    said_by: String,
    /// When.
    said_on: String,
    /// Where it can be read.
    source: String,
    /// The address of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_url: Option<String>,
    /// `S1`, `S2` or `M`.
    #[schema(value_type = String)]
    confidence: &'static str,
    /// What else a reader should know.
    #[serde(skip_serializing_if = "String::is_empty")]
    note: String,
    /// Where it stands.
    #[serde(flatten)]
    place: Place,
}

impl From<&Recorded<Target>> for TargetBody {
    fn from(recorded: &Recorded<Target>) -> Self {
        let target = &recorded.record;
        Self {
            code: target.code.to_string(),
            subject: target.subject.to_string(),
            period: target.period.to_string(),
            value: ValueBody::from(&target.value),
            unit: target.unit.clone(),
            said_by: target.said_by.clone(),
            said_on: target.said_on.to_string(),
            source: target.source.clone(),
            source_url: target.source_url.clone(),
            confidence: target.confidence.word(),
            note: target.note.clone(),
            place: Place::of(recorded),
        }
    }
}

/// A forecast as a method made it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachForecast)]
pub(crate) struct ForecastBody {
    /// Its name, for ever.
    code: String,
    /// What it is about.
    subject: String,
    /// The time that was forecast.
    period: String,
    /// How much. A decimal.
    value: String,
    /// What is counted.
    unit: String,
    /// The method: `run_rate`, `drift`, `damped_0.5`, …
    method: String,
    /// What it was worked out from.
    inputs: String,
    /// Up to when things were known that it was worked out from.
    known_until: String,
    /// When it was worked out.
    #[schema(value_type = String, format = Date)]
    made_on: String,
    /// Whether that was after the time that it forecasts.
    in_hindsight: bool,
    /// Who made it.
    made_by: String,
    /// `S1`, `S2` or `M`.
    #[schema(value_type = String)]
    confidence: &'static str,
    /// What else a reader should know.
    #[serde(skip_serializing_if = "String::is_empty")]
    note: String,
    /// Where it stands.
    #[serde(flatten)]
    place: Place,
}

impl From<&Recorded<Forecast>> for ForecastBody {
    fn from(recorded: &Recorded<Forecast>) -> Self {
        let forecast = &recorded.record;
        Self {
            code: forecast.code.to_string(),
            subject: forecast.subject.to_string(),
            period: forecast.period.to_string(),
            value: forecast.value.to_string(),
            unit: forecast.unit.clone(),
            method: forecast.method.clone(),
            inputs: forecast.inputs.clone(),
            known_until: forecast.known_until.to_string(),
            made_on: forecast.made_on.to_string(),
            in_hindsight: forecast.in_hindsight(),
            made_by: forecast.made_by.clone(),
            confidence: forecast.confidence.word(),
            note: forecast.note.clone(),
            place: Place::of(recorded),
        }
    }
}
