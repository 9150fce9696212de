//! The texts of models, one row per language.

use std::collections::{BTreeSet, HashMap};

use kontor_base::{Language, Wrong};
use kontor_domain::catalogue::{Model, ModelText, Slug};
use kontor_store::{StoreError, Tx, catalogue};

use crate::exchange::cell::{self, Read};
use crate::exchange::job::{Change, Job, Origins, Sourced};
use crate::exchange::read::Numbered;
use crate::exchange::row::TextRow;

const KIND: &str = "text";

/// A model's text in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::exchange) struct Text {
    pub(in crate::exchange) model: Slug,
    pub(in crate::exchange) language: Language,
    text: ModelText,
}

/// Reads a row.
pub(in crate::exchange) fn parse_text(row: &TextRow) -> Read<Sourced<Text>> {
    let text = Text {
        model: cell::value("model", &row.model)?,
        language: cell::value("language", &row.language)?,
        text: ModelText {
            name: cell::required_text("name", &row.name)?,
            line: cell::text("line", &row.line)?,
            body: cell::text("body", &row.body)?,
            in_the_box: cell::parts("in_the_box", &row.in_the_box)?,
        },
    };
    Sourced::read(text, &row.source, &row.confidence)
}

/// Compares the rows with what is stored and writes what is new.
pub(in crate::exchange) fn apply_texts(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Sourced<Text>>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let mut models: HashMap<Slug, Model> =
        catalogue::models(tx)?.into_iter().map(|model| (model.code.clone(), model)).collect();
    check(rows, &models, job);
    if job.is_bad() {
        return Ok(());
    }
    let mut origins = Origins::load(tx, KIND)?;
    let mut touched = BTreeSet::new();
    for row in rows {
        let Sourced { value: Text { model: code, language, text }, origin } = &row.item;
        let model = models.get_mut(code).expect("unknown models were refused");
        let change = Change::between(model.texts.get(language), text);
        if change != Change::Unchanged {
            model.texts.insert(*language, text.clone());
            touched.insert(code.clone());
        }
        let news = origins.keep(tx, &name(code, *language), origin)?;
        job.count(change.or_changed(news));
    }
    // Once per model, however many languages it has: each write raises the version.
    for code in touched {
        catalogue::save_model(tx, &models[&code])?;
    }
    Ok(())
}

/// Every model exists, and whatever has a text has an English one, which others fall back to.
fn check(rows: &[Numbered<Sourced<Text>>], models: &HashMap<Slug, Model>, job: &mut Job<'_>) {
    let english: BTreeSet<&Slug> = rows
        .iter()
        .filter(|row| row.item.value.language == Language::En)
        .map(|row| &row.item.value.model)
        .collect();
    for Numbered { line, item: Sourced { value, .. } } in rows {
        let Some(model) = models.get(&value.model) else {
            job.bad(*line, "model", Wrong::NoModel { name: value.model.to_string() });
            continue;
        };
        if !english.contains(&value.model) && !model.texts.contains_key(&Language::En) {
            job.bad(*line, "language", Wrong::NoEnglish { name: value.model.to_string() });
        }
    }
}

/// The name under which a text's origin is kept.
fn name(model: &Slug, language: Language) -> String {
    format!("{model}/{language}")
}

/// Every text, by model and language.
pub(in crate::exchange) fn text_rows(tx: &mut Tx<'_>) -> Result<Vec<TextRow>, StoreError> {
    let origins = Origins::load(tx, KIND)?;
    let mut rows = Vec::new();
    for model in catalogue::models(tx)? {
        for (language, text) in &model.texts {
            let origin = origins.of(&name(&model.code, *language));
            rows.push(TextRow {
                model: model.code.to_string(),
                language: language.to_string(),
                name: text.name.clone(),
                line: text.line.clone(),
                body: text.body.clone(),
                in_the_box: cell::list(&text.in_the_box),
                source: origin.source,
                confidence: origin.confidence,
            });
        }
    }
    Ok(rows)
}
