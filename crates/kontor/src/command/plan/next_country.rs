//! The next country, told.

use std::process::ExitCode;
use std::sync::Arc;

use kontor_count::read_only;
use kontor_domain::install::DeviceKey;
use kontor_domain::planning::{OwnCount, Sheet};
use kontor_rom::install::{elsewhere, other_makers};
use kontor_shop::Shop;
use kontor_shop::planning::{Devices, Evidence, Unsolved};
use kontor_shop::reach::carried_abroad;
use serde::Serialize;

use super::{File, Plan, Worked, print_json, worked_with};
use crate::command::CommandError;
use crate::config::Config;

/// The sheet with what the shop has counted beside it.
#[derive(Serialize)]
struct Told<'s> {
    #[serde(flatten)]
    sheet: &'s Sheet,
    counted_here: &'s [OwnCount],
    /// Markets that sell and have something unsolved: they come before the next one. None where no
    /// shop was asked.
    unsolved: Option<Vec<Unsolved>>,
}

pub(super) fn run(file: &File, evidence: &Evidence) -> Result<(), CommandError> {
    let Worked::NextCountry(sheet) = worked_with(Plan::NextCountry, &file.file, evidence)? else {
        return Ok(());
    };
    let openings = evidence.openings.as_ref();
    let unsolved = openings.map(|openings| openings.unsolved(evidence.today));
    if file.json {
        print_json(&Told { sheet: &sheet, counted_here: &evidence.own, unsolved });
        return Ok(());
    }
    if let Some(unsolved) = unsolved {
        println!("First, open markets with unsolved problems:");
        for Unsolved { market, products, items } in &unsolved {
            println!(
                "  {market}  {products} products may not be sold today, {items} items of the \
                 checklist are open"
            );
        }
        if unsolved.is_empty() {
            println!("  none has a product that may not be sold, or an open item.");
        }
        println!();
    }
    println!("{}\n", sheet.headline());
    for result in &sheet.candidates {
        println!("{result}\n");
    }
    let settings = sheet.settings;
    println!(
        "{} draws, seed {}, written off over {} years.",
        settings.draws, settings.seed, settings.write_off_years
    );
    if evidence.own.is_empty() {
        return Ok(());
    }
    println!("\nCounted by this shop, each for itself and never added:");
    for own in &evidence.own {
        println!(
            "  {}  {:<18}  {:<16} {:>10}  {}  {}",
            own.country,
            own.class.map_or("every class", |class| class.word()),
            own.kind.word(),
            own.count,
            own.as_of,
            own.kind.counted_as()
        );
    }
    Ok(())
}

/// With what the shop has counted itself.
pub(super) async fn with_own(
    shop: &Arc<Shop>,
    config: &Config,
    file: &File,
) -> Result<ExitCode, CommandError> {
    let devices = devices(shop, config).await?;
    let evidence = Evidence::of(shop, devices.as_ref()).await?;
    run(file, &evidence)?;
    Ok(ExitCode::SUCCESS)
}

/// What the count on disk knows of devices; none where nothing is counted. The server may be running.
async fn devices(shop: &Arc<Shop>, config: &Config) -> Result<Option<Devices>, CommandError> {
    let folder = config.install_folder();
    if !folder.exists() {
        return Ok(None);
    }
    let book = read_only(&folder, None)
        .map_err(|error| CommandError::other("read the count of installations", error))?;
    let models = other_makers(&shop.db).await?;
    let (elsewhere, as_of) = (elsewhere(&book, &models), book.today().date());
    let seen = move |device: DeviceKey| book.sighting(device);
    let carried = carried_abroad(shop, &seen).await?;
    Ok(Some(Devices { carried, elsewhere, as_of, least: config.install.cell_min }))
}
