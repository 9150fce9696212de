//! The log: searched, page by page, and as CSV.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::id;
use kontor_domain::staff::Permission;
use kontor_shop::staff::{LogQuery, Person, accounts, entries};
use kontor_store::staff::log::Entry;
use serde::Deserialize;

use super::csv::Csv;
use super::desk::{changes, shell};
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
/// Acts in one CSV file; older ones are in the next, from where this one ends.
const CSV_ROWS: usize = 10_000;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    act: String,
    subject: String,
    person: String,
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
}

/// The entries that are asked for; none, where the person named does not exist.
async fn find(
    app: &App,
    asked: &Asked,
    limit: usize,
) -> Result<(Vec<Entry>, Option<[u8; 16]>), kontor_store::StoreError> {
    let account = if asked.person.is_empty() {
        None
    } else {
        let wanted = asked.person.to_lowercase();
        let all = accounts(&app.shop).await?;
        match all.iter().find(|account| account.email.normalised() == wanted) {
            Some(account) => Some(account.id),
            None => return Ok((Vec::new(), None)),
        }
    };
    let query = LogQuery {
        act: asked.act.chars().take(60).collect(),
        account,
        subject: asked.subject.chars().take(254).collect(),
        after: id::decode(&asked.after),
    };
    let page = entries(&app.shop, query, limit).await?;
    Ok((page.entries, page.next))
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let (entries, next) = match find(&app, &asked, PAGE).await {
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
        changes: some_of(&t, changes(&entry.was, &entry.is_now)),
        reason: entry.reason,
    };
    let page = LogPage {
        shell: shell(&app, &person, Place::Log).await,
        rows: entries.into_iter().map(row).collect(),
        next: next.map(|next| asked.query("/admin/log", &id::encode(next))),
        csv: asked.query("/admin/log.csv", &asked.after),
        act: asked.act,
        subject: asked.subject,
        person: asked.person,
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

pub(super) async fn csv(State(app): State<App>, uri: Uri, Query(asked): Query<Asked>) -> Response {
    let (entries, _) = match find(&app, &asked, CSV_ROWS).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let mut csv = Csv::new("entry,at,person,act,market,subject,was,is_now,reason");
    for entry in entries {
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
    csv.respond("attachment; filename=\"staff-log.csv\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_asks_for_the_same() {
        let asked = Asked { act: "a&b=c".to_owned(), subject: "ü".to_owned(), ..Asked::default() };
        let query = asked.query("/admin/log", "x");
        assert_eq!(query, "/admin/log?act=a%26b%3Dc&subject=%C3%BC&after=x");
    }
}
