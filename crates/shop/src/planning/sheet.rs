//! The sheet for the next country as it was drawn last: ten thousand draws for every candidate are the
//! same ten thousand for everybody who asks the same.
//!
//! The inputs are kept beside the sheet and compared whole, counts and openings and settings with their
//! seed: a file that was saved, a unit that was seen, a cost that was noted a moment ago make another
//! question, which is drawn anew.

use std::sync::{Mutex, PoisonError};

use kontor_domain::planning::{Candidate, Opening, Settings, Sheet, next_country};

use super::file::{Evidence, Kind, Worked, question, work_out};
use super::file_error::{FileError, at};

/// A question with its answer.
#[derive(Debug)]
struct Drawn {
    candidates: Vec<Candidate>,
    openings: Vec<Opening>,
    settings: Settings,
    sheet: Sheet,
}

/// The sheet that was drawn last.
#[derive(Debug, Default)]
pub struct KeptSheet(Mutex<Option<Drawn>>);

/// [`work_out`], with the sheet for the next country taken from what was drawn last where the question is
/// the same. Draws where it is not: not for a thread that serves others.
///
/// # Errors
///
/// See [`work_out`].
pub fn work_out_kept(
    kept: &KeptSheet,
    kind: Kind,
    text: &str,
    evidence: &Evidence,
) -> Result<Worked, FileError> {
    if kind != Kind::NextCountry {
        return work_out(kind, text, evidence);
    }
    let (candidates, openings, settings) = question(text, evidence)?;
    // Who asks while somebody draws waits for it: most likely they ask the same.
    let mut last = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
    let same = last.as_ref().filter(|drawn| {
        drawn.settings == settings && drawn.openings == openings && drawn.candidates == candidates
    });
    if let Some(drawn) = same {
        return Ok(Worked::NextCountry(Box::new(drawn.sheet.clone())));
    }
    let sheet = next_country(&candidates, &openings, settings);
    let sheet = sheet.map_err(|error| at(error.wrong()))?;
    let answer = Worked::NextCountry(Box::new(sheet.clone()));
    *last = Some(Drawn { candidates, openings, settings, sheet });
    Ok(answer)
}
