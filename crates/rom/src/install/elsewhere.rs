//! The ROM on other makers' devices, by country: a sign of who would buy where nothing is sold.

use std::collections::BTreeMap;

use kontor_base::Country;
use kontor_count::{Book, Slice};
use kontor_domain::device::{DeviceModel, Maker};
use kontor_store::{Db, StoreError, device};

use super::present::PRESENT_DAYS;

/// The devices that were active in the last [`PRESENT_DAYS`] days and say that they are a model of
/// another maker, by the country that they said last. A model that nobody has entered may be
/// anybody's and is not counted.
#[must_use]
pub fn elsewhere(book: &Book, models: &[DeviceModel]) -> BTreeMap<Country, u64> {
    let others: Vec<&DeviceModel> =
        models.iter().filter(|model| model.maker == Maker::Other).collect();
    let mut countries = BTreeMap::new();
    if others.is_empty() {
        return countries;
    }
    let by = [Slice::Model, Slice::Country];
    for (said, devices) in book.breakdown(Some(PRESENT_DAYS), &by).cells {
        // What devices may say has no `/` in it.
        let Some((model, country)) = said.split_once('/') else { continue };
        if let (true, Ok(country)) =
            (others.iter().any(|other| other.answers_to(model)), country.parse())
        {
            *countries.entry(country).or_default() += devices;
        }
    }
    countries
}

/// The models of other makers that are entered.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn other_makers(db: &Db) -> Result<Vec<DeviceModel>, StoreError> {
    let mut models = db.read("install.other_makers", device::all).await?;
    models.retain(|model| model.maker == Maker::Other);
    Ok(models)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::Line;
    use kontor_domain::install::{self, Day, DeviceKey, Kind, Report, Standing};

    fn model(codename: &str, maker: Maker) -> DeviceModel {
        DeviceModel {
            codename: codename.parse().expect("a codename"),
            name: Line::parse("One").expect("a line"),
            brand: Line::parse("Example").expect("a line"),
            maker,
            also: vec![format!("{codename}_in").parse().expect("a codename")],
            revisions: vec![],
            product: None,
            picture: None,
        }
    }

    #[test]
    fn only_models_that_are_known_to_be_others_and_active_are_counted() {
        let today = Day::from_number(16_500);
        let mut book = Book::default();
        let mut number = 0;
        let mut seen = |devices: u64, model: &str, country: &str, day| {
            for _ in 0..devices {
                number += 1;
                let report = Report {
                    device: DeviceKey(number),
                    model: model.parse().expect("a name"),
                    version: "a1".parse().expect("a name"),
                    channel: install::Channel::Stable,
                    country: country.parse().ok(),
                    standing: Standing::Anonymous,
                    kind: Kind::Check,
                    day: None,
                };
                book.apply(&report, day);
            }
        };
        seen(9, "theirs", "DE", Day::from_number(today.number() - 31));
        seen(4, "theirs", "DE", today);
        seen(2, "theirs_in", "IN", today);
        seen(3, "theirs", "", today);
        seen(5, "ours", "DE", today);
        seen(6, "nobody-knows", "DE", today);
        let models = [model("theirs", Maker::Other), model("ours", Maker::Own)];
        let found = elsewhere(&book, &models);
        let found: Vec<_> = found.iter().map(|(country, n)| (country.code(), *n)).collect();
        assert_eq!(found, [("DE", 4), ("IN", 2)]);
        assert!(elsewhere(&book, &models[1..]).is_empty());
    }
}
