//! A sale's definition as a file.

use std::collections::BTreeMap;
use std::path::Path;

use kontor_base::id::SaleId;
use kontor_base::{Clock, Currency, Instant, Language, Money, Random};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{Channel, Definition, Deposit, Rollover, Way, Windows};
use kontor_shop::sale::SetUp;
use serde::Deserialize;
use serde::de::Error as _;

use super::super::CommandError;

/// The example that `kontor sale create --help` shows, and that a test reads.
pub(super) const EXAMPLE: &str = r#"title = "Band, first sale"
sku = "BAND-BLACK"
per_person = 1          # over all sales of the item
hold_minutes = 15       # 10 to 15
# ends_when_sold = true # over as soon as every unit is paid, before ends_at
# lots = 1              # into how many parts each way's units are divided, one for each node
# beacon = "drand/quicknet 37058312"   # a round at least a minute after live_at

[windows]               # in this order, with the zone
announce_at     = "2027-03-01T09:00:00+01:00"
registration_at = "2027-03-01T10:00:00+01:00"
doors_at        = "2027-03-02T09:30:00+01:00"
live_at         = "2027-03-02T10:00:00+01:00"
ends_at         = "2027-03-02T12:00:00+01:00"
report_at       = "2027-03-03T09:00:00+01:00"

[titles]                # where a language says it differently
de = "Band, erster Verkauf"

[[channel]]
market = "us"
way = "rush"            # rush, draw, code, batch
quota = 600

[[channel]]
market = "us"
way = "draw"
quota = 300

[[channel]]
market = "us"
way = "batch"           # a place in the order of coming
quota = 100
deposit = "5.00 USD"    # what a place costs until something is bought; leave it out for none

[rollover]              # what a way has not sold by then goes to this way
at = "2027-03-02T11:00:00+01:00"
to = "rush"
"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    sku: Sku,
    per_person: u32,
    hold_minutes: u8,
    #[serde(default = "one")]
    lots: u32,
    beacon: Option<String>,
    #[serde(default)]
    ends_when_sold: bool,
    #[serde(default)]
    titles: BTreeMap<Language, String>,
    windows: WindowsOf,
    channel: Vec<ChannelOf>,
    rollover: Option<RolloverOf>,
}

const fn one() -> u32 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowsOf {
    announce_at: Instant,
    registration_at: Instant,
    doors_at: Instant,
    live_at: Instant,
    ends_at: Instant,
    report_at: Instant,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelOf {
    market: MarketCode,
    way: Way,
    quota: u32,
    /// An amount and its currency.
    deposit: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RolloverOf {
    at: Instant,
    to: Way,
}

/// Reads a definition; the sale gets an id of its own.
pub(super) fn read(path: &Path) -> Result<SetUp, CommandError> {
    let what = format!("read {}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| CommandError::other(&what, error))?;
    parse(&text).map_err(|error| CommandError::other(&what, error))
}

/// What a place costs: an amount and its currency.
fn amount(text: &str) -> Result<Money, toml::de::Error> {
    let bad = || toml::de::Error::custom(format!("deposit {text:?} is not like \"5.00 USD\""));
    let (amount, currency) = text.trim().split_once(' ').ok_or_else(bad)?;
    let currency: Currency = currency.parse().map_err(|_| bad())?;
    Money::parse(amount, currency).map_err(|_| bad())
}

fn parse(text: &str) -> Result<SetUp, toml::de::Error> {
    let file: File = toml::from_str(text)?;
    let WindowsOf { announce_at, registration_at, doors_at, live_at, ends_at, report_at } =
        file.windows;
    let mut deposits = Vec::new();
    for channel in &file.channel {
        if let Some(text) = &channel.deposit {
            deposits.push(Deposit { market: channel.market, amount: amount(text)? });
        }
    }
    let channels = file.channel.into_iter();
    let definition = Definition {
        sale: SaleId::new(Clock::System.now(), &Random::System),
        sku: file.sku,
        channels: channels
            .map(|ChannelOf { market, way, quota, .. }| Channel { market, way, quota })
            .collect(),
        windows: Windows { announce_at, registration_at, doors_at, live_at, ends_at, report_at },
        per_person: file.per_person,
        hold_minutes: file.hold_minutes,
        rollover: file.rollover.map(|RolloverOf { at, to }| Rollover { at, to }),
        beacon: file.beacon,
        deposits,
        titles: file.titles,
        ends_when_sold: file.ends_when_sold,
    };
    Ok(SetUp { definition, title: file.title, lots: file.lots })
}

#[cfg(test)]
mod tests {
    use kontor_domain::sale::DefinitionProblem;

    use super::*;

    #[test]
    fn the_example_is_a_good_sale() {
        let command = parse(EXAMPLE).expect("the example is read");
        assert_eq!(command.definition.problems(), []);
        assert_eq!(command.definition.units(), 1_000);
        let us = "us".parse().expect("a market");
        let deposit = command.definition.deposit(us, Way::Batch);
        assert_eq!(deposit.map(|amount| amount.to_string()), Some("5.00 USD".to_owned()));
        for bad in ["\"5.00\"", "\"five USD\"", "\"5.00 XYZ\""] {
            let text = EXAMPLE.replace("\"5.00 USD\"", bad);
            assert!(
                parse(&text).is_err_and(|error| error.to_string().contains("deposit")),
                "{bad}"
            );
        }
        // A deposit belongs to a batch: on another way it is named, and found wrong as a whole.
        let elsewhere = EXAMPLE.replace("way = \"batch\"", "way = \"code\"");
        let problems = parse(&elsewhere).expect("read").definition.problems();
        assert_eq!(problems, [DefinitionProblem::Deposit]);
        let unknown = EXAMPLE.replace("hold_minutes", "hold_hours");
        assert!(parse(&unknown).is_err_and(|error| error.to_string().contains("hold_hours")));
    }
}
