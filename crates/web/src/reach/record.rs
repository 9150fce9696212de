//! `GET /reach/{language}/{kind}/{code}`: one record at its own address, for ever.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use kontor_base::{Confidence, Instant, Language};
use kontor_domain::reach::{Figure, Forecast, Rank, Reach, RecordKind, Recorded, Target};

use super::kept::{kept, language, nothing_here, rendered, shell};
use super::view::{
    figure_claim, figure_value, forecast_claim, forecast_title, measure, method_name, method_path,
    path, rank_claim, rank_definition, rank_title, said, target_claim, target_title,
};
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::kit::text::Text;
use crate::page::Said;
use crate::page::reach::{Claim, Fact, RecordPage, confidence_words, period_words, value_words};

pub(super) const ROUTE: Route = Route::read("/reach/{language}/{kind}/{code}", Class::Page);

/// How many others are shown beside a record.
const BESIDE_MAX: usize = 12;

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path((tag, kind, code)): Path<(String, String, String)>,
) -> Response {
    let edition = app.reach.edition(&app);
    let found = language(&tag).zip(RecordKind::from_word(&kind)).and_then(|(language, kind)| {
        Draft::find(edition.reach(), &Text::new(language, None), kind, &code)
            .map(|draft| (language, kind, draft))
    });
    let Some((language, kind, draft)) = found else { return nothing_here(&app, &uri) };
    let below = format!("/{}/{code}", kind.word());
    let key = format!("/reach/{language}{below}");
    kept(&app, &asked, &edition, &key, || rendered(&page(&app, language, kind, &code, draft)))
}

/// What of a record's page differs by kind.
pub(super) struct Draft {
    /// The kind in words.
    pub(super) kicker: String,
    /// What it is.
    pub(super) title: Said,
    /// What it says.
    pub(super) value: Said,
    /// What that means.
    pub(super) definition: Said,
    /// Who says it, from where: for pictures.
    pub(super) byline: String,
    facts: Vec<Fact>,
    note: String,
    corrected_by: Option<(String, String)>,
    corrects: Option<(String, String)>,
    beside: Vec<Claim>,
}

fn page(app: &App, language: Language, kind: RecordKind, code: &str, draft: Draft) -> RecordPage {
    let below = format!("/{}/{code}", kind.word());
    let picture = format!("/reach/{language}{below}/picture.png");
    RecordPage {
        shell: shell(app, language, &below),
        kicker: draft.kicker,
        title: draft.title,
        value: draft.value,
        definition: draft.definition,
        facts: draft.facts,
        note: (!draft.note.is_empty()).then(|| Said::new(draft.note, Language::En)),
        corrected_by: draft.corrected_by,
        corrects: draft.corrects,
        beside: draft.beside,
        picture,
        json: format!("/api/v1/reach/{}/{code}", kind.word()),
    }
}

impl Draft {
    /// The record of this kind and name.
    pub(super) fn find(reach: &Reach, t: &Text, kind: RecordKind, code: &str) -> Option<Self> {
        match kind {
            RecordKind::Figure => reach.figure(code).map(|figure| of_figure(reach, t, figure)),
            RecordKind::Rank => reach.rank(code).map(|rank| of_rank(reach, t, rank)),
            RecordKind::Target => reach.target(code).map(|target| of_target(reach, t, target)),
            RecordKind::Forecast => {
                reach.forecast(code).map(|forecast| of_forecast(reach, t, forecast))
            }
        }
    }
}

/// Lines of facts while they are put together.
struct Facts<'a> {
    t: &'a Text,
    list: Vec<Fact>,
}

impl<'a> Facts<'a> {
    fn new(t: &'a Text) -> Self {
        Self { t, list: Vec::new() }
    }

    fn add(mut self, id: &str, value: String) -> Self {
        let value = Said::new(value, self.t.language());
        self.list.push(Fact { name: self.t.get(id).into_owned(), value, href: None });
        self
    }

    fn maybe(self, id: &str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.add(id, value),
            None => self,
        }
    }

    /// The source, linked where it has an address; what has none leads to what that means.
    fn source(mut self, source: &str, url: Option<&String>, confidence: Confidence) -> Self {
        let definitions = format!("/reach/{}/definitions#confidence", self.t.language().tag());
        let href = url.cloned().unwrap_or_else(|| definitions.clone());
        let value = Said::new(source, self.t.language());
        self.list.push(Fact {
            name: self.t.get("record-source").into_owned(),
            value,
            href: Some(href),
        });
        let words = Said::new(confidence_words(self.t, confidence), self.t.language());
        let name = self.t.get("record-confidence").into_owned();
        self.list.push(Fact { name, value: words, href: Some(definitions) });
        self
    }

    fn recorded(self, at: Instant) -> Vec<Fact> {
        let day = self.t.date(&at.date());
        self.add("record-recorded", day).list
    }
}

fn of_figure(reach: &Reach, t: &Text, recorded: &Recorded<Figure>) -> Draft {
    let figure = &recorded.record;
    let titled = |other: &Figure| {
        let to = path(t, RecordKind::Figure, other.code.as_str());
        (to, format!("{}: {}", other.title(t.language()), figure_value(t, other).text))
    };
    let standing = reach.standing_figures();
    let beside = beside(&standing, figure);
    Draft {
        kicker: t.get("kind-figure").into_owned(),
        title: said(t, &figure.title_en, &figure.title_de),
        value: figure_value(t, figure),
        definition: said(t, &figure.definition_en, &figure.definition_de),
        byline: format!("{} · {}", figure.said_by, figure.source),
        facts: Facts::new(t)
            .add("record-said-by", figure.said_by.clone())
            .maybe("record-said-on", figure.as_of.map(|on| period_words(t, on)))
            .add("record-period", period_words(t, figure.period))
            .source(&figure.source, figure.source_url.as_ref(), figure.confidence)
            .recorded(recorded.at),
        note: figure.note.clone(),
        corrected_by: reach.correction_of_figure(&figure.code).map(|other| titled(&other.record)),
        corrects: figure
            .corrects
            .as_ref()
            .and_then(|code| reach.figure(code.as_str()))
            .map(|other| titled(&other.record)),
        beside: beside.into_iter().take(BESIDE_MAX).map(|other| figure_claim(t, other)).collect(),
    }
}

/// The figures that compete with this one: of the same subject and period, or where there is none of
/// the same year.
fn beside<'a>(standing: &[&'a Figure], figure: &Figure) -> Vec<&'a Figure> {
    let others: Vec<&Figure> = standing
        .iter()
        .copied()
        .filter(|other| other.code != figure.code && other.subject == figure.subject)
        .filter(|other| other.period.year() == figure.period.year())
        .collect();
    let same: Vec<&Figure> =
        others.iter().copied().filter(|other| other.period == figure.period).collect();
    if same.is_empty() { others } else { same }
}

fn of_rank(reach: &Reach, t: &Text, recorded: &Recorded<Rank>) -> Draft {
    let rank = &recorded.record;
    let claim = rank_claim(t, rank);
    let titled = |other: &Rank| {
        let words = rank_claim(t, other);
        (words.path, format!("{}: {}", words.title.text, words.value.text))
    };
    let ranks = reach.standing_ranks();
    let same =
        |other: &&&Rank| other.code != rank.code && other.period.year() == rank.period.year();
    Draft {
        kicker: t.get("kind-rank").into_owned(),
        title: Said::new(rank_title(t, rank), t.language()),
        value: claim.value,
        definition: rank_definition(t, rank),
        byline: format!("{} · {}", rank.provider, rank.source),
        facts: Facts::new(t)
            .add("column-provider", rank.provider.clone())
            .add("record-period", period_words(t, rank.period))
            .add("column-measure", measure(t, &rank.measure))
            .maybe("record-units", rank.units_m.as_ref().map(|v| value_words(t, v, "million")))
            .maybe("record-share", rank.share_pct.as_ref().map(|v| value_words(t, v, "percent")))
            .source(&rank.source, rank.source_url.as_ref(), rank.confidence)
            .recorded(recorded.at),
        note: rank.note.clone(),
        corrected_by: reach.correction_of_rank(&rank.code).map(|other| titled(&other.record)),
        corrects: rank
            .corrects
            .as_ref()
            .and_then(|code| reach.rank(code.as_str()))
            .map(|other| titled(&other.record)),
        beside: ranks
            .iter()
            .filter(same)
            .take(BESIDE_MAX)
            .map(|other| rank_claim(t, other))
            .collect(),
    }
}

fn of_target(reach: &Reach, t: &Text, recorded: &Recorded<Target>) -> Draft {
    let target = &recorded.record;
    let claim = target_claim(t, target);
    let others = reach.targets.iter().map(|other| &other.record).filter(|other| {
        other.code != target.code
            && other.subject == target.subject
            && other.period == target.period
    });
    let outcomes = reach.standing_figures().into_iter().filter(|figure| {
        figure.subject == target.subject && figure.period == target.period && figure.value.is_some()
    });
    let outcomes = outcomes.map(|figure| figure_claim(t, figure));
    Draft {
        kicker: t.get("kind-target").into_owned(),
        title: Said::new(target_title(t, target), t.language()),
        value: claim.value,
        definition: claim.definition,
        byline: format!("{} · {}", target.said_by, target.source),
        facts: Facts::new(t)
            .add("record-said-by", target.said_by.clone())
            .add("record-said-on", period_words(t, target.said_on))
            .add("record-period", period_words(t, target.period))
            .source(&target.source, target.source_url.as_ref(), target.confidence)
            .recorded(recorded.at),
        note: target.note.clone(),
        corrected_by: None,
        corrects: None,
        beside: others
            .map(|other| target_claim(t, other))
            .chain(outcomes)
            .take(BESIDE_MAX)
            .collect(),
    }
}

fn of_forecast(reach: &Reach, t: &Text, recorded: &Recorded<Forecast>) -> Draft {
    let forecast = &recorded.record;
    let claim = forecast_claim(t, forecast);
    let others = reach.forecasts.iter().map(|other| &other.record).filter(|other| {
        other.code != forecast.code
            && other.period == forecast.period
            && other.subject == forecast.subject
    });
    let outcomes = reach.standing_figures().into_iter().filter(|figure| {
        figure.subject == forecast.subject
            && figure.period == forecast.period
            && figure.value.is_some()
    });
    let outcomes = outcomes.map(|figure| figure_claim(t, figure));
    let mut definition = t.get("record-forecast-definition").into_owned();
    if forecast.in_hindsight() {
        definition = format!("{} {definition}", t.get("record-forecast-hindsight"));
    }
    let mut facts = Facts::new(t);
    let name = Said::new(method_name(t, &forecast.method), t.language());
    facts.list.push(Fact {
        name: t.get("record-method").into_owned(),
        value: name,
        href: Some(method_path(t, &forecast.method)),
    });
    Draft {
        kicker: t.get("kind-forecast").into_owned(),
        title: Said::new(forecast_title(t, forecast), t.language()),
        value: claim.value,
        definition: Said::new(definition, t.language()),
        byline: forecast.made_by.clone(),
        facts: facts
            .add("record-inputs", forecast.inputs.clone())
            .add("record-known-until", period_words(t, forecast.known_until))
            .add("record-made-on", t.date(&forecast.made_on))
            .add("record-said-by", forecast.made_by.clone())
            .recorded(recorded.at),
        note: forecast.note.clone(),
        corrected_by: None,
        corrects: None,
        beside: outcomes
            .chain(others.map(|other| forecast_claim(t, other)))
            .take(BESIDE_MAX)
            .collect(),
    }
}
