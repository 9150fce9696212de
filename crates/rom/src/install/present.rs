//! The devices that a plan would meet, as the count knows them at this moment: what a rollout is
//! rehearsed on.

use std::collections::BTreeMap;

use kontor_base::Country;
use kontor_count::{Book, Slice};
use kontor_domain::channel::Channel;
use kontor_domain::device::DeviceModel;
use kontor_domain::install::DeviceKey;
use kontor_domain::rollout::Group;
use kontor_store::{StoreError, device};

use crate::core::Rom;

/// Devices that were there within so many days are the present ones.
pub const PRESENT_DAYS: u16 = 30;

/// The devices of a model in a channel that were active in the last [`PRESENT_DAYS`] days and did
/// not run the build with this incremental, by the country in which they were seen last.
///
/// Devices of other channels, and those that have told none, are not among them: the channel's
/// rollout does not reach them. `own` are the company's own devices, under the pseudonyms of the
/// count; they are groups of their own, as rollouts may begin with them.
#[must_use]
pub fn present(
    book: &Book,
    model: &DeviceModel,
    channel: Channel,
    incremental: &str,
    own: &[DeviceKey],
) -> Vec<Group> {
    let by = [Slice::Model, Slice::Channel, Slice::Country, Slice::Version];
    let met = |cells: BTreeMap<String, u64>| {
        let mut countries: BTreeMap<Option<Country>, u64> = BTreeMap::new();
        for (said, devices) in cells {
            // What devices may say has no `/` in it.
            let mut words = said.split('/');
            let mut word = || words.next().unwrap_or_default();
            let (name, its_channel, country, version) = (word(), word(), word(), word());
            if model.answers_to(name) && its_channel == channel.word() && version != incremental {
                *countries.entry(country.parse().ok()).or_default() += devices;
            }
        }
        countries
    };
    let mut others = met(book.breakdown(Some(PRESENT_DAYS), &by).cells);
    let own = met(book.breakdown_of(own, Some(PRESENT_DAYS), &by).cells);
    for (country, devices) in &own {
        if let Some(all) = others.get_mut(country) {
            *all = all.saturating_sub(*devices);
        }
    }
    let group = |own: bool| move |(country, devices)| Group { country, own, devices };
    let others = others.into_iter().filter(|(_, devices)| *devices > 0).map(group(false));
    own.into_iter().map(group(true)).chain(others).collect()
}

/// The company's own devices as the count knows them.
///
/// # Errors
///
/// A fault of the database.
pub async fn own_counted(rom: &Rom) -> Result<Vec<DeviceKey>, StoreError> {
    let own = rom.db.read("install.own", device::own_counted).await?;
    Ok(own.into_iter().map(DeviceKey).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::Line;
    use kontor_domain::device::Maker;
    use kontor_domain::install::{self, Day, Kind, Report, Standing};

    #[test]
    fn the_devices_of_the_channel_that_lack_the_build_by_country() {
        let today = Day::from_number(16_500);
        let mut book = Book::default();
        let mut number = 0;
        let mut seen = |devices: u64,
                        model: &str,
                        said: install::Channel,
                        country: &str,
                        version: &str,
                        day| {
            for _ in 0..devices {
                number += 1;
                let report = Report {
                    device: DeviceKey(number),
                    model: model.parse().expect("a name"),
                    version: version.parse().expect("a name"),
                    channel: said,
                    country: country.parse().ok(),
                    standing: Standing::Anonymous,
                    kind: Kind::Check,
                    day: None,
                };
                book.apply(&report, day);
            }
        };
        let (stable, beta) = (install::Channel::Stable, install::Channel::Beta);
        let long_ago = Day::from_number(today.number() - 31);
        seen(9, "one", stable, "DE", "a1", long_ago);
        seen(4, "one", stable, "DE", "a1", today);
        seen(2, "one_in", stable, "IN", "a0", today);
        seen(1, "one", stable, "", "a1", today);
        seen(5, "one", stable, "DE", "a2", today);
        seen(6, "one", beta, "DE", "a1", today);
        seen(7, "two", stable, "DE", "a1", today);
        let model = DeviceModel {
            codename: "one".parse().expect("a codename"),
            name: Line::parse("One").expect("a line"),
            brand: Line::parse("Example").expect("a line"),
            maker: Maker::Own,
            also: vec!["one_in".parse().expect("a codename")],
            revisions: vec![],
            product: None,
            picture: None,
        };
        let found = |own: &[DeviceKey]| -> Vec<(String, bool, u64)> {
            let groups = present(&book, &model, Channel::Stable, "a2", own);
            let country = |group: &Group| group.country.map_or_else(String::new, |c| c.to_string());
            groups.iter().map(|group| (country(group), group.own, group.devices)).collect()
        };
        let row = |country: &str, own, devices| (country.to_owned(), own, devices);
        assert_eq!(found(&[]), [row("", false, 1), row("DE", false, 4), row("IN", false, 2)]);
        // The second was seen long ago, the 10th and 14th are of those that lack the build, the 17th
        // has it already, and the last is nobody.
        let own = [2, 10, 14, 15, 17, 999].map(DeviceKey);
        let apart =
            [row("DE", true, 1), row("IN", true, 2), row("", false, 1), row("DE", false, 3)];
        assert_eq!(found(&own), apart);
    }
}
