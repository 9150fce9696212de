//! The log: searched, page by page, and as one CSV file of everything that fits.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::id;
use kontor_domain::staff::Permission;
use kontor_shop::staff::{LogPage as Found, LogQuery, Person, accounts, entries};
use kontor_store::StoreError;
use kontor_store::staff::log::Entry;
use serde::Deserialize;

use super::blocks::{Blocks, whole_file};
use super::changes::changes;
use super::csv::Csv;
use super::desk::shell;
use crate::kit::app::App;
use crate::kit::escape::in_query;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::Route;
use crate::kit::text::Text;
use crate::page::staff::{LogPage, LogRow, Place};

const READS: Option<Permission> = Some(Permission::StaffAudit);
pub(super) const SHOW: Route = Route::desk("/admin/log", READS);
pub(super) const CSV: Route = Route::desk("/admin/log.csv", READS);

/// Acts on one page.
const PAGE: usize = 50;
/// Changes of one act on the page.
const CHANGES_SHOWN: usize = 100;
/// Acts that are read for the file at a time.
const CSV_BLOCK: usize = 1_000;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    act: String,
    subject: String,
    person: String,
    market: String,
    from: String,
    until: String,
    after: String,
}

impl Asked {
    /// The same search from `after` on, as the query of an address.
    fn query(&self, path: &str, after: &str) -> String {
        let mut query = String::from(path);
        let parts = [
            ("act", self.act.as_str()),
            ("subject", &self.subject),
            ("person", &self.person),
            ("market", &self.market),
            ("from", &self.from),
            ("until", &self.until),
            ("after", after),
        ];
        for (name, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.push(if query.contains('?') { '&' } else { '?' });
            query.push_str(name);
            query.push('=');
            query.push_str(&in_query(value));
        }
        query
    }

    /// What to look for; nothing, where the person named does not exist. What is no day asks for none, as on
    /// every page.
    async fn wanted(&self, app: &App) -> Result<Option<LogQuery>, StoreError> {
        let mut account = None;
        if !self.person.is_empty() {
            let wanted = self.person.trim().to_lowercase();
            let all = accounts(&app.shop).await?;
            let Some(found) = all.iter().find(|known| known.email.normalised() == wanted) else {
                return Ok(None);
            };
            account = Some(found.id);
        }
        Ok(Some(LogQuery {
            act: self.act.trim().chars().take(60).collect(),
            account,
            subject: self.subject.trim().chars().take(254).collect(),
            market: self.market.chars().take(20).collect(),
            from: self.from.parse().ok(),
            until: self.until.parse().ok(),
            after: id::decode(&self.after),
        }))
    }
}

async fn page(app: &App, wanted: Option<LogQuery>, limit: usize) -> Result<Found, StoreError> {
    match wanted {
        Some(wanted) => entries(&app.shop, wanted, limit).await,
        None => Ok(Found { entries: Vec::new(), next: None, reached: None }),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let found = match asked.wanted(&app).await {
        Ok(wanted) => page(&app, wanted, PAGE).await,
        Err(fault) => Err(fault),
    };
    let found = match found {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let t = Text::new(person.language, None);
    let row = |entry: Entry| LogRow {
        at: entry.made_at,
        person: entry.person,
        act: entry.act,
        market: entry.market,
        subject: entry.subject,
        changes: some_of(&t, changes(&t, &entry.was, &entry.is_now)),
        reason: entry.reason,
    };
    let markets = app.shop.snapshots.now().markets.iter().map(|market| market.code).collect();
    let page = LogPage {
        shell: shell(&app, &person, Place::Log).await,
        rows: found.entries.into_iter().map(row).collect(),
        next: found.next.map(|next| asked.query("/admin/log", &id::encode(next))),
        reached: found.reached,
        csv: asked.query("/admin/log.csv", &asked.after),
        markets,
        act: asked.act,
        subject: asked.subject,
        person: asked.person,
        market: asked.market,
        from: asked.from,
        until: asked.until,
    };
    html(StatusCode::OK, &page)
}

/// The first of an act's changes, and how many there are besides: the file has them all.
fn some_of(t: &Text, mut all: Vec<(String, String, String)>) -> Vec<(String, String, String)> {
    let more = all.len().saturating_sub(CHANGES_SHOWN);
    if more > 0 {
        all.truncate(CHANGES_SHOWN);
        all.push((
            String::new(),
            String::new(),
            t.one("exchange-more", "count", more).into_owned(),
        ));
    }
    all
}

/// Everything that fits, in one file.
pub(super) async fn csv(State(app): State<App>, uri: Uri, Query(asked): Query<Asked>) -> Response {
    let wanted = match asked.wanted(&app).await {
        Ok(wanted) => wanted,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let columns = "entry,at,person,act,market,subject,was,is_now,reason";
    let blocks = Entries { app: app.clone(), wanted };
    whole_file(&app, &uri, blocks, columns, "attachment; filename=\"staff-log.csv\"").await
}

/// The log, each block from where the last ended. It only grows, at its other end: no row is missing and none
/// is twice.
struct Entries {
    app: App,
    wanted: Option<LogQuery>,
}

impl Blocks for Entries {
    async fn next(&mut self, csv: &mut Csv) -> Result<bool, StoreError> {
        let block = page(&self.app, self.wanted.clone(), CSV_BLOCK).await?;
        for entry in block.entries {
            csv.row([
                &id::encode(entry.id),
                &entry.made_at.timestamp().to_string(),
                &entry.person,
                &entry.act,
                &entry.market,
                &entry.subject,
                &entry.was,
                &entry.is_now,
                &entry.reason,
            ]);
        }
        if let Some(wanted) = self.wanted.as_mut().filter(|_| block.next.is_some()) {
            wanted.after = block.next;
        }
        Ok(block.next.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_asks_for_the_same() {
        let text = str::to_owned;
        let asked = Asked {
            act: text("a&b=c"),
            subject: text("ü"),
            market: text("us"),
            from: text("2015-06-01"),
            ..Asked::default()
        };
        let query = asked.query("/admin/log", "x");
        let wanted = "/admin/log?act=a%26b%3Dc&subject=%C3%BC&market=us&from=2015-06-01&after=x";
        assert_eq!(query, wanted);
    }
}
