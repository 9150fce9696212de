//! What devices trust: the signed documents with their keys and ends, what waits for whose signature,
//! and the commands with which it is signed. Keys outside the server stay there; no page asks for one.
//! Signatures come back as a bundle in a form, and a second person approves them.

use std::sync::Arc;

use axum::Extension;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::Instant;
use kontor_domain::staff::Permission;
use kontor_ota::signing::Bundle;
use kontor_rom::signing::{
    KeyPlace, Missing, NewSignatures, RoleStanding, SigningRefusal, Waiting, read_bundle, standing,
};
use kontor_rom::{Failure, Outcome, Rom};
use kontor_shop::staff::goods::{RomAct, RomSignatures};
use kontor_shop::staff::{Act, Person};
use serde::Deserialize;

use super::desk::{nothing, shell};
use super::refusal::{objection, say};
use super::work::{Trouble, carry, greet, sent_with_file};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Facts, Field, Form, Kind, Place, Table, WorkPage};

pub(super) const SHOW: Route = Route::desk("/admin/rom/signing", Some(Permission::RolloutHalt));
pub(super) const TAKE: Route =
    Route::desk_form("/admin/rom/signing", Some(Permission::SigningRotate), Repeat::FormKey);

/// The largest bundle that a page takes; a larger one is taken in by command.
pub(super) const BUNDLE_BYTES_MAX: usize = 2 * 1024 * 1024;

#[derive(Deserialize)]
pub(super) struct Asked {
    /// What was done a moment ago.
    #[serde(default)]
    said: String,
}

/// How many digits of a key's id tell it from others: `kontor rom key` takes as many.
const ID_DIGITS: usize = 8;

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    match page(&app, &uri, &person, &asked.said).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(response) => response,
    }
}

/// Takes a signed bundle: what it brings waits for a second person.
pub(super) async fn take(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    parts: Result<Multipart, MultipartRejection>,
) -> Response {
    let (sent, file) = match sent_with_file(&app, &uri, parts).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let Some(rom) = app.rom.clone() else { return nothing(&app, &uri) };
    let trouble = match brought(&rom, &file.bytes).await {
        Ok(signed) => {
            let act = Act::Rom(RomAct::Sign(signed));
            match carry(&app, &uri, &person, &sent, act, "/admin/rom/signing").await {
                Ok(response) => return response,
                Err(trouble) => trouble,
            }
        }
        Err(Failure::Refused(refusal)) => {
            let t = Text::new(person.language, None);
            Trouble::field("file", say(&t, &objection(&refusal)))
        }
        Err(Failure::Fault(fault)) => {
            return Problem::fault(&fault).respond(&app, uri.path(), None);
        }
        Err(Failure::Files(_)) => return nothing(&app, &uri),
    };
    match page(&app, &uri, &person, "").await {
        Ok(page) => trouble.show(page, "take", &sent),
        Err(response) => response,
    }
}

/// What of a file goes to a second person.
async fn brought(rom: &Arc<Rom>, bytes: &[u8]) -> Outcome<RomSignatures, SigningRefusal> {
    let bundle = Bundle::parse(bytes).map_err(|rejected| Failure::Refused(rejected.into()))?;
    let (new, changes) = read_bundle(rom, bundle).await?;
    // Every one: what is cut off here nobody approves with open eyes.
    let said = changes.iter().map(|line| line.trim().to_owned()).collect();
    let NewSignatures { role, version, says, signatures } = new;
    Ok(RomSignatures { role, version, says, signatures, changes: said })
}

fn may_sign(person: &Person) -> bool {
    person.may(Permission::SigningRotate, None)
}

async fn page(app: &App, uri: &Uri, person: &Person, said: &str) -> Result<WorkPage, Response> {
    let Some(rom) = app.rom.clone() else { return Err(nothing(app, uri)) };
    let mut shell = shell(app, person, Place::Rom).await;
    let t = shell.text();
    greet(&mut shell, &t, said);
    let mut page =
        WorkPage::new(shell, t.get("signing-title")).below("/admin/rom", t.get("staff-rom"));
    let roles = match standing(&rom).await {
        Ok(standing) => standing.roles,
        // What cannot be read by a device's rules is what this page is there to say.
        Err(Failure::Refused(refusal)) => {
            let why = t.one("staff-refused", "why", say(&t, &objection(&refusal))).into_owned();
            return Ok(page.with(Block::Say("bad", why)));
        }
        Err(Failure::Fault(fault)) => {
            return Err(Problem::fault(&fault).respond(app, uri.path(), None));
        }
        Err(Failure::Files(_)) => return Err(nothing(app, uri)),
    };
    if roles.is_empty() {
        let begin =
            Facts { title: t.get("signing-begin").into_owned(), id: "begin", pairs: begin(&t) };
        page = page.with(Block::Say("warn", t.get("signing-none").into_owned()));
        return Ok(page.with(Block::Facts(begin)));
    }
    page.lead = Some(lead(&t, &roles));
    let waits = roles.iter().any(|role| role.waiting.is_some());
    for block in waiting(&t, &roles) {
        page = page.with(block);
    }
    if waits && may_sign(person) {
        page = page.with(Block::Form(take_form(app, &t)));
    }
    Ok(page.with(Block::Table(documents(&rom, &t, &roles))))
}

fn take_form(app: &App, t: &Text) -> Form {
    let mut form = Form::new("take", t.get("signing-take"), "/admin/rom/signing")
        .hidden("key", form_key::fresh(app))
        .field(
            Field::new("file", t.get("signing-take-file"), Kind::File(".json,application/json"))
                .hint(t.get("signing-take-file-hint")),
        )
        .field(
            Field::new("reason", t.get("staff-reason"), Kind::Line)
                .up_to(500)
                .hint(t.get("staff-reason-hint")),
        )
        .button(t.get("signing-take-do"), "take");
    form.hint = t.get("signing-take-hint").into_owned();
    form
}

fn lead(t: &Text, roles: &[RoleStanding]) -> (&'static str, String) {
    match roles.iter().filter(|role| role.waiting.is_some()).count() {
        0 => ("good", t.get("signing-all-signed").into_owned()),
        count => ("warn", t.one("signing-waits", "count", count).into_owned()),
    }
}

/// The documents that wait for somebody's signature: devices trust nothing before they have it.
pub(super) async fn in_short(rom: &Arc<Rom>, t: &Text) -> Table {
    let roles = standing(rom).await.map(|standing| standing.roles).unwrap_or_default();
    let rows = roles.into_iter().filter_map(|role| {
        let Waiting { version, missing, .. } = role.waiting?;
        let whose: Vec<String> = missing
            .iter()
            .map(|missing| format!("{} ({}/{})", missing.whose, missing.have, missing.need))
            .collect();
        Some(vec![
            Cell::code(role.role),
            Cell::number(number(t, version)),
            Cell::text(whose.join(", ")).toned("warn"),
        ])
    });
    Table {
        id: "waiting",
        title: t.get("rom-desk-waiting").into_owned(),
        hint: t.get("rom-desk-waiting-hint").into_owned(),
        columns: ["rom-desk-role", "rom-desk-version", "rom-desk-missing"]
            .map(|id| t.get(id).into_owned())
            .to_vec(),
        rows: rows.collect(),
        empty: t.get("rom-desk-waiting-none").into_owned(),
        ..Table::default()
    }
}

/// Every document: what is published, until when, by whose keys.
fn documents(rom: &Rom, t: &Text, roles: &[RoleStanding]) -> Table {
    let now = rom.now();
    let rows = roles.iter().map(|role| {
        let (version, ends) = match role.published {
            Some((version, expires)) => (
                Cell::number(number(t, version)),
                Cell::text(t.moment(&expires)).toned(tone(&role.role, expires, now)),
            ),
            None => (Cell::number("–"), Cell::text("–")),
        };
        let keys: Vec<String> = role
            .keys
            .iter()
            .map(|(id, place)| {
                let place = match place {
                    KeyPlace::Server => t.get("signing-on-server"),
                    KeyPlace::Offline => t.get("signing-offline"),
                };
                format!("{} ({place})", short(id.as_str()))
            })
            .collect();
        let threshold = t.two("signing-of", "have", role.threshold, "need", role.keys.len());
        vec![
            Cell::code(role.role.clone()),
            version,
            ends,
            Cell::text(threshold).below(keys.join(", ")),
        ]
    });
    Table {
        id: "documents",
        title: t.get("signing-documents").into_owned(),
        hint: t.get("signing-documents-hint").into_owned(),
        columns: columns(
            t,
            ["rom-desk-role", "rom-desk-version", "signing-until", "signing-takes"],
        ),
        rows: rows.collect(),
        ..Table::default()
    }
}

/// What waits, what signing it changes, and how it is signed.
fn waiting(t: &Text, roles: &[RoleStanding]) -> Vec<Block> {
    let waiting: Vec<(&str, &Waiting)> = roles
        .iter()
        .filter_map(|role| Some((role.role.as_str(), role.waiting.as_ref()?)))
        .collect();
    if waiting.is_empty() {
        return Vec::new();
    }
    let rows = waiting.iter().flat_map(|(role, waiting)| missing_rows(t, role, waiting));
    let missing = Table {
        id: "missing",
        title: t.get("rom-desk-missing").into_owned(),
        columns: columns(t, ["rom-desk-role", "rom-desk-version", "signing-whose", "signing-keys"]),
        rows: rows.collect(),
        ..Table::default()
    };
    let rows = waiting.iter().flat_map(|(role, waiting)| {
        let lines = waiting.changes.iter();
        lines.map(|line| vec![Cell::code((*role).to_owned()), Cell::code(line.trim().to_owned())])
    });
    let changes = Table {
        id: "changes",
        title: t.get("signing-changes").into_owned(),
        hint: t.get("signing-changes-hint").into_owned(),
        columns: columns(t, ["rom-desk-role", "signing-change"]),
        rows: rows.collect(),
        ..Table::default()
    };
    let names: Vec<&str> = waiting.iter().map(|(role, _)| *role).collect();
    let how =
        Facts { title: t.get("signing-how").into_owned(), id: "how", pairs: commands(t, &names) };
    vec![Block::Table(missing), Block::Facts(how), Block::Table(changes)]
}

fn missing_rows(t: &Text, role: &str, waiting: &Waiting) -> Vec<Vec<Cell>> {
    let row = |whose: Cell, keys: Cell| {
        let version = Cell::number(number(t, waiting.version));
        vec![Cell::code(role.to_owned()), version, whose, keys]
    };
    if waiting.missing.is_empty() {
        let complete = t.get("signing-complete").into_owned();
        return vec![row(Cell::text(complete).toned("good"), Cell::text("–"))];
    }
    let missing = waiting.missing.iter().map(|Missing { whose, have, need, keys }| {
        let keys: Vec<&str> = keys.iter().map(|id| short(id.as_str())).collect();
        let have = t.two("signing-of", "have", *have, "need", *need);
        row(Cell::text(whose.clone()).below(have).toned("warn"), Cell::code(keys.join(" ")))
    });
    missing.collect()
}

/// The way to the keys and back, to be copied.
fn commands(t: &Text, roles: &[&str]) -> Vec<(String, Cell)> {
    let files: Vec<String> =
        roles.iter().map(|role| format!("bundles/{role}.bundle.json")).collect();
    let files = files.join(" ");
    [
        ("signing-step-export", "kontor rom key export --out bundles".to_owned()),
        ("signing-step-look", format!("kontor rom key sign {files}")),
        ("signing-step-sign", format!("kontor rom key sign {files} --key KEY-FILE")),
        ("signing-step-import", format!("kontor rom key import {files}")),
    ]
    .map(|(id, command)| (t.get(id).into_owned(), Cell::code(command)))
    .to_vec()
}

/// How a repository begins.
fn begin(t: &Text) -> Vec<(String, Cell)> {
    [
        ("signing-step-new", "kontor rom key new KEY-FILE"),
        (
            "signing-step-init",
            "kontor rom key init --root KEY KEY KEY --root-threshold 2 --targets KEY KEY",
        ),
        ("signing-step-export", "kontor rom key export --out bundles"),
    ]
    .map(|(id, command)| (t.get(id).into_owned(), Cell::code(command)))
    .to_vec()
}

/// Good, or ends soon: the server renews timestamp and snapshot at half of their life, everything else
/// has to be taken to keys that are elsewhere, which takes days.
fn tone(role: &str, expires: Instant, now: Instant) -> &'static str {
    const HOUR_S: i64 = 3_600;
    let soon_s = match role {
        "timestamp" => 6 * HOUR_S,
        "snapshot" => 42 * HOUR_S,
        _ => 30 * 24 * HOUR_S,
    };
    match expires.seconds_since(now) {
        ..=0 => "bad",
        left if left < soon_s => "warn",
        _ => "good",
    }
}

fn short(id: &str) -> &str {
    id.get(..ID_DIGITS).unwrap_or(id)
}

fn number(t: &Text, number: u64) -> String {
    t.number(i64::try_from(number).unwrap_or(i64::MAX))
}

fn columns<const N: usize>(t: &Text, ids: [&str; N]) -> Vec<String> {
    ids.map(|id| t.get(id).into_owned()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_have_to_sign_is_told_of_a_month_before_it_ends() {
        let now = Instant::from_micros(0);
        let hours = |hours: i64| now.plus_seconds(hours * 3_600);
        for (role, left_h, wanted) in [
            ("root", 30 * 24, "good"),
            ("root", 30 * 24 - 1, "warn"),
            ("one", 1, "warn"),
            ("targets", 0, "bad"),
            ("snapshot", 84, "good"),
            ("snapshot", 41, "warn"),
            ("timestamp", 12, "good"),
            ("timestamp", 5, "warn"),
            ("timestamp", -1, "bad"),
        ] {
            assert_eq!(tone(role, hours(left_h), now), wanted, "{role} {left_h}");
        }
        assert_eq!(short("0123456789ab"), "01234567");
    }
}
