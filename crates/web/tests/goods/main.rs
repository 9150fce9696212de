//! The work places of markets and goods through HTTP: what is right, what is wrong, what is another
//! market's, what was slipped into a form, and hostile files.

#[path = "../common/mod.rs"]
mod common;

mod borders;
mod catalogue;
mod exchange;
mod market;
mod price;
mod rollout;
mod sale;
mod stock;

use common::desk::Browser;
use common::{Answer, Api, BAND};

/// The path behind a redirect, without what is said there.
pub(crate) fn place(answer: &Answer) -> String {
    answer.header("location").split('?').next().unwrap_or_default().to_owned()
}

/// The value of a hidden field of a page.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let value = page.split(&field).nth(1).unwrap_or_else(|| panic!("no {name} in {page}"));
    value.split('"').next().unwrap_or_default().to_owned()
}

pub(crate) async fn refresh(api: &Api) {
    api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("read anew");
}

/// Everything that the log says of acts that begin so.
pub(crate) async fn log(api: &Api, act: &str) -> String {
    let owner = Browser::hire(api, &format!("o{}", act.replace('.', "")), &["owner@*"]).await;
    owner.get(&format!("/admin/log?act={act}")).await.expect(200).text
}

pub(crate) fn with<'f>(
    fields: &[(&'f str, &'f str)],
    changes: &[(&'f str, &'f str)],
) -> Vec<(&'f str, &'f str)> {
    let mut all: Vec<_> = fields
        .iter()
        .filter(|(name, _)| !changes.iter().any(|(other, _)| other == name))
        .copied()
        .collect();
    all.extend(changes);
    all
}

/// What of the band is available in the USA by the books.
pub(crate) async fn available(api: &Api) -> i64 {
    let read = |tx: &mut kontor_store::Tx<'_>| kontor_store::stock::available(tx, "us", BAND);
    let found = api.shop.db.read("test.available", read).await.expect("the books are read");
    found.iter().map(|(_, units)| units).sum()
}
