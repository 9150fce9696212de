//! The next country, told.

use super::{File, Plan, Worked, print_json, worked};
use crate::command::CommandError;

pub(super) fn run(file: &File) -> Result<(), CommandError> {
    let Worked::NextCountry(sheet) = worked(Plan::NextCountry, &file.file)? else {
        return Ok(());
    };
    if file.json {
        print_json(&sheet);
        return Ok(());
    }
    for result in &sheet.candidates {
        println!("{result}\n");
    }
    let settings = sheet.settings;
    println!(
        "{} draws, seed {}, written off over {} years.",
        settings.draws, settings.seed, settings.write_off_years
    );
    Ok(())
}
