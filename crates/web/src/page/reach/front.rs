//! The front page of figures.

use askama::Template;
use kontor_domain::install::Standing;
use kontor_domain::reach::Growth;

use crate::kit::chart::{Size, bars, fan, grid, limits, map, trend};
use crate::kit::text::Text;
use crate::page::{Said, Shell};

/// A claim as the front page and the tables print it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The address of its own page.
    pub path: String,
    /// What it is.
    pub title: Said,
    /// The number with its unit, or the words.
    pub value: Said,
    /// The period.
    pub period: String,
    /// What the number means.
    pub definition: Said,
    /// Who says it.
    pub said_by: String,
    /// When it was said, where that is known.
    pub said_on: Option<String>,
    /// The source's name.
    pub source: String,
    /// The source's address.
    pub source_url: Option<String>,
    /// How well it is known, in words.
    pub confidence: String,
    /// Whether nobody has verified it.
    pub unsure: bool,
}

/// What is counted here, live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveView {
    /// Devices active within the window, as it is written.
    pub active: String,
    /// The window in days.
    pub days: u32,
    /// Devices ever seen, as it is written.
    pub activations: String,
    /// When that was read.
    pub at: String,
    /// Whether the devices are invented.
    pub simulated: bool,
}

/// How many devices could show that they were here before, or could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingRow {
    /// Whether they could.
    pub standing: Standing,
    /// How many, as it is written.
    pub count: String,
    /// Their share of all, as it is written.
    pub share: String,
}

/// How many devices of a model were seen and how many were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRow {
    /// The model.
    pub model: String,
    /// Devices ever seen, as it is written; none: too few to be told.
    pub seen: Option<String>,
    /// Serial numbers that the maker has given out, as it is written.
    pub made: String,
    /// The day by which it had.
    pub until: String,
    /// Whether more were seen than made.
    pub exceeded: bool,
}

/// Our own count taken apart: how far it can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountStory {
    /// The first day that was told.
    pub since: Option<String>,
    /// How many of the active devices could show that they were here before, and which share.
    pub credentialed: Option<(String, String)>,
    /// By day.
    pub trend: Option<trend::Trend>,
    /// Models beside their ceilings, the largest first.
    pub limits: Vec<limits::Row>,
    /// How many models pass their ceiling.
    pub exceeded: usize,
    /// Devices of models that the maker does not know, as it is written.
    pub unknown_models: String,
    /// The table of standings.
    pub standings: Vec<StandingRow>,
    /// The table of models.
    pub models: Vec<ModelRow>,
}

/// The same number said of two things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EchoView {
    /// The number as it is written.
    pub value: String,
    /// What it was said of first.
    pub first: Claim,
    /// What it was said of later.
    pub second: Claim,
}

/// A rank as the table prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceRow {
    /// The address of its own page.
    pub path: String,
    /// The period.
    pub period: String,
    /// Who counts.
    pub provider: String,
    /// What is counted.
    pub measure: Said,
    /// The place in words.
    pub place: String,
    /// Units, where they were told.
    pub units: String,
    /// The share, where it was told.
    pub share: String,
    /// The source's name.
    pub source: String,
    /// The source's address.
    pub source_url: Option<String>,
}

/// The world rank by who counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacesStory {
    /// The places that were said, as they are written: `3, 4, 5 or 6`.
    pub places: String,
    /// How many providers say so.
    pub providers: usize,
    /// Where it is from, for the line under the chart.
    pub sources: String,
    /// The chart.
    pub grid: grid::Grid,
    /// The table.
    pub rows: Vec<PlaceRow>,
}

/// Units a year by who says so.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitsStory {
    /// The years with the numbers of each speaker.
    pub groups: Vec<bars::Group>,
    /// Where it is from, for the line under the chart.
    pub sources: String,
    /// The largest difference between two speakers on one year, as it is written, with its year.
    pub apart: Option<(String, String)>,
    /// The table.
    pub claims: Vec<Claim>,
}

/// A target, what methods made of it, what happened.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetStory {
    /// The period.
    pub period: String,
    /// The target as it is written.
    pub wanted: String,
    /// What happened, as it is written; none while the period runs.
    pub happened: Option<String>,
    /// The growth over the last half-year that the target asked for.
    pub growth: Option<Growth>,
    /// What the second half had to bring after the first, with the growth that is.
    pub second_half: Option<(String, Growth)>,
    /// The lowest and the highest forecast, as they are written.
    pub spread: Option<(String, String)>,
    /// How many forecasts there are.
    pub methods: usize,
    /// The year at the rate of the last half-year, and what that leaves to the target, as they are
    /// written.
    pub run_rate: Option<(String, String)>,
    /// Where it is from, for the line under the chart.
    pub sources: String,
    /// The chart.
    pub fan: fan::Fan,
    /// The targets of the period.
    pub targets: Vec<Claim>,
    /// The forecasts of the period.
    pub forecasts: Vec<Claim>,
    /// What was told of the period afterwards.
    pub outcomes: Vec<Claim>,
}

/// A country in the map's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldRow {
    /// The country.
    pub country: String,
    /// The shop's stage there, in words.
    pub stage: String,
    /// The address of its shelf, where there is one.
    pub path: Option<String>,
    /// Devices, as it is written.
    pub devices: String,
}

/// The world: where the shop is open and where devices are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldStory {
    /// The picture.
    pub map: map::WorldMap,
    /// The table.
    pub rows: Vec<WorldRow>,
    /// How many countries the shop sells to.
    pub open: usize,
    /// The country of the largest circle with its number, where there are circles.
    pub largest: Option<String>,
    /// Devices in countries that are not told apart, where there are any.
    pub withheld: Option<String>,
}

/// The figures of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectGroup {
    /// The subject, in words.
    pub name: String,
    /// Its figures, by time.
    pub claims: Vec<Claim>,
}

/// `GET /reach`
#[derive(Clone, Debug, Template)]
#[template(path = "reach.html")]
pub struct ReachPage {
    /// The layout's part.
    pub shell: Shell,
    /// The day of the edition.
    pub edition: String,
    /// How many records there are.
    pub records: usize,
    /// What is counted here.
    pub live: Option<LiveView>,
    /// That count taken apart.
    pub count: Option<CountStory>,
    /// What others say of the ROM's reach, the newest first.
    pub claims: Vec<Claim>,
    /// The same number of two things.
    pub echo: Option<EchoView>,
    /// The world rank.
    pub places: Option<PlacesStory>,
    /// Units a year.
    pub units: Option<UnitsStory>,
    /// The target.
    pub target: Option<TargetStory>,
    /// The map.
    pub world: WorldStory,
    /// Every other figure.
    pub groups: Vec<SubjectGroup>,
}

impl ReachPage {
    /// The address of something below `/reach` in this language.
    #[must_use]
    pub fn to(&self, below: &str) -> String {
        format!("/reach/{}/{below}", self.shell.text().language().tag())
    }

    /// The chart of our own count by day.
    #[must_use]
    pub fn trend_chart(&self, trend: &trend::Trend) -> String {
        let t = self.shell.text();
        both(|size| trend::draw(size, &t, &t.get("reach-count-chart"), trend))
    }

    /// The chart of models beside their ceilings.
    #[must_use]
    pub fn limits_chart(&self, rows: &[limits::Row]) -> String {
        let label = self.shell.text().get("reach-count-ceiling-chart");
        both(|size| limits::draw(size, &label, rows))
    }

    /// The rank chart.
    #[must_use]
    pub fn places_chart(&self, places: &PlacesStory) -> String {
        let label = self.shell.text().get("reach-rank-chart");
        both(|size| grid::draw(size, &label, &places.grid))
    }

    /// The chart of units a year.
    #[must_use]
    pub fn units_chart(&self, units: &UnitsStory) -> String {
        let label = self.shell.text().get("reach-units-chart");
        both(|size| bars::draw(size, &label, &units.groups))
    }

    /// The chart of target and forecasts.
    #[must_use]
    pub fn target_chart(&self, target: &TargetStory) -> String {
        let label = self.shell.text().one("reach-target-chart", "period", &target.period);
        both(|size| fan::draw(size, &label, &target.fan))
    }

    /// The map.
    #[must_use]
    pub fn world_map(&self) -> String {
        let t = self.shell.text();
        map::draw(&t.get("reach-map-chart"), t.language(), &self.world.map)
    }

    /// The lines that another page takes over to show the counter as a picture.
    #[must_use]
    pub fn embed_picture(&self) -> String {
        let origin = &self.shell.site.origin;
        let (page, picture) =
            (format!("/reach/{}", self.shell.text().language().tag()), self.to("counter.png"));
        let title = self.shell.text().get("reach-live-kicker");
        format!(
            "<a href=\"{origin}{page}\"><img src=\"{origin}{picture}\" alt=\"{title}\" \
             width=\"320\" height=\"180\"></a>"
        )
    }

    /// The lines that another page takes over to show the counter.
    #[must_use]
    pub fn embed(&self) -> String {
        let (origin, path) = (&self.shell.site.origin, self.to("counter"));
        let title = self.shell.text().get("reach-live-kicker");
        format!(
            "<iframe src=\"{origin}{path}\" title=\"{title}\" width=\"320\" height=\"180\" \
             loading=\"lazy\"></iframe>"
        )
    }
}

impl EchoView {
    /// Both claims, the first one first.
    #[must_use]
    pub const fn pair(&self) -> [&Claim; 2] {
        [&self.first, &self.second]
    }
}

impl TargetStory {
    /// The growth as it is written: `+43%`.
    #[must_use]
    pub fn growth_words(t: &Text, growth: &Growth) -> String {
        let sign = if growth.0 < 0 { "−" } else { "+" };
        let percent = t.two("unit-percent", "number", t.number(growth.0.abs()), "count", 2_i64);
        format!("{sign}{percent}")
    }
}

/// A chart drawn wide and narrow; the style shows the one that fits.
fn both(draw: impl Fn(Size) -> String) -> String {
    format!("{}{}", draw(Size::Wide), draw(Size::Narrow))
}
