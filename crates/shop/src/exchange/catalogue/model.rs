//! Models. Their texts are a file of their own.

use std::collections::{BTreeMap, HashMap};

use kontor_base::Wrong;
use kontor_domain::catalogue::{Model, ProductClass, Slug};
use kontor_store::{StoreError, Tx, catalogue};

use crate::exchange::cell::{self, Bad, Read};
use crate::exchange::job::{Change, Job, Origins, Sourced};
use crate::exchange::read::Numbered;
use crate::exchange::row::ModelRow;

const KIND: &str = "model";

/// Reads a row; the model has no texts yet.
pub(in crate::exchange) fn parse_model(row: &ModelRow) -> Read<Sourced<Model>> {
    let position = cell::number("position", &row.position, 0, i64::from(u32::MAX))?;
    let model = Model {
        code: cell::value("code", &row.code)?,
        family: cell::value("family", &row.family)?,
        brand: cell::value("brand", &row.brand)?,
        class: cell::word("class", &row.class, ProductClass::ALL.map(|c| (c.word(), c)))?,
        picture: cell::value("picture", &row.picture)?,
        announced_on: cell::optional_date("announced_on", &row.announced_on)?,
        hs_code: hs_code(&row.hs_code)?,
        origin: cell::value("origin", &row.origin)?,
        position: u32::try_from(position).expect("within the range of u32"),
        texts: BTreeMap::new(),
    };
    Sourced::read(model, &row.source, &row.confidence)
}

fn hs_code(cell: &str) -> Read<Option<String>> {
    let cell = cell.trim();
    let digit = |at: usize| cell.as_bytes()[at].is_ascii_digit();
    let good = cell.len() == 7 && (0..7).all(|at| if at == 4 { true } else { digit(at) });
    match cell {
        "" => Ok(None),
        _ if good && cell.as_bytes()[4] == b'.' => Ok(Some(cell.to_owned())),
        _ => Err(Bad::new("hs_code", Wrong::NotHsCode { cell: cell.to_owned() })),
    }
}

/// Compares the rows with what is stored and writes what is new; texts stay as they are.
pub(in crate::exchange) fn apply_models(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Sourced<Model>>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    if job.is_bad() {
        return Ok(());
    }
    let stored: HashMap<Slug, Model> =
        catalogue::models(tx)?.into_iter().map(|model| (model.code.clone(), model)).collect();
    let mut origins = Origins::load(tx, KIND)?;
    for row in rows {
        let Sourced { value, origin } = &row.item;
        let old = stored.get(&value.code);
        let texts = old.map(|old| old.texts.clone()).unwrap_or_default();
        let new = Model { texts, ..value.clone() };
        let change = Change::between(old, &new);
        if change != Change::Unchanged {
            catalogue::save_model(tx, &new)?;
        }
        let news = origins.keep(tx, new.code.as_str(), origin)?;
        job.count(change.or_changed(news));
    }
    Ok(())
}

/// Every model, by code.
pub(in crate::exchange) fn model_rows(tx: &mut Tx<'_>) -> Result<Vec<ModelRow>, StoreError> {
    let origins = Origins::load(tx, KIND)?;
    let row = |model: Model| {
        let origin = origins.of(model.code.as_str());
        ModelRow {
            code: model.code.to_string(),
            family: model.family.to_string(),
            brand: model.brand.to_string(),
            class: model.class.word().to_owned(),
            picture: model.picture.to_string(),
            announced_on: model.announced_on.map(|day| day.to_string()).unwrap_or_default(),
            hs_code: model.hs_code.unwrap_or_default(),
            origin: model.origin.to_string(),
            position: model.position.to_string(),
            source: origin.source,
            confidence: origin.confidence,
        }
    };
    Ok(catalogue::models(tx)?.into_iter().map(row).collect())
}
