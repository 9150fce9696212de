//! What the daily page tells beside proposals and lists: what went wrong, which rollouts are under way.
//! Each is told to whoever can do something about it.

use kontor_domain::hook::HookState;
use kontor_domain::rollout::{Rollout, RolloutState};
use kontor_domain::staff::Permission;
use kontor_rom::Rom;
use kontor_rom::signing::standing;
use kontor_shop::hook::hooks;
use kontor_shop::mail::{Outbox, outbox_counts};
use kontor_shop::reseller::sold_outside;
use kontor_shop::sale::halted;
use kontor_shop::staff::{Person, job_counts, keys_ending, resellers_read_of};
use kontor_store::StoreError;
use kontor_store::job::COUNTED_MAX;

use super::desk::markets_for;
use super::news_own::went_wrong_here;
use super::programs::{ENDING_S, why_held_back};
use super::rom::{state_tone, state_words};
use crate::kit::app::App;
use crate::kit::text::Text;
use crate::page::staff::{COUNTED, Told};

/// How many there are of something that was counted up to one more than `max`: in words with the number, or
/// in those that say that there are more.
pub(super) fn how_many(
    t: &Text,
    (exactly, more): (&str, &str),
    count: usize,
    max: usize,
) -> String {
    let (id, number) = if count > max { (more, max) } else { (exactly, count) };
    t.one(id, "count", number).into_owned()
}

/// What went wrong and waits for somebody; nothing for people who can do nothing about any of it.
pub(super) async fn went_wrong(
    app: &App,
    person: &Person,
    t: &Text,
) -> Result<Option<Vec<Told>>, StoreError> {
    let sees = [
        Permission::JobRead,
        Permission::SaleRun,
        Permission::RolloutHalt,
        Permission::StaffConnect,
        Permission::ResellerRead,
        Permission::OrderRead,
        Permission::StockRead,
        Permission::ClearanceRead,
    ];
    if !sees.into_iter().any(|permission| person.may_somewhere(permission)) {
        return Ok(None);
    }
    let mut told = Vec::new();
    let mut bad = |path: String, words: String| told.push(Told { path, words, tone: "bad" });
    if person.may_somewhere(Permission::JobRead) {
        let (_, given_up) = job_counts(&app.shop).await?;
        if given_up > 0 {
            // So many are counted at most: the last of them stands for all that may follow.
            let max = usize::try_from(COUNTED_MAX - 1).unwrap_or(usize::MAX);
            let given_up = usize::try_from(given_up).unwrap_or(usize::MAX);
            let ids = ("desk-jobs-failed", "desk-jobs-failed-more");
            bad("/admin/jobs".to_owned(), how_many(t, ids, given_up, max));
        }
        for (which, count) in outbox_counts(&app.shop, COUNTED as i64 + 1).await? {
            let ids = match which {
                Outbox::GivenUp => ("today-letters-given-up", "today-letters-given-up-more"),
                Outbox::Late => ("today-letters-late", "today-letters-late-more"),
            };
            if count > 0 {
                let words = how_many(t, ids, count, COUNTED);
                bad(format!("/admin/letters?state={}", which.word()), words);
            }
        }
    }
    if person.may_somewhere(Permission::SaleRun) {
        let own = markets_for(app, person, Permission::SaleRun);
        for (definition, title) in halted(&app.shop).await? {
            if definition.channels.iter().any(|way| own.contains(&way.market)) {
                let words = t.one("today-sale-halted", "title", title).into_owned();
                bad(format!("/admin/sales/{}", definition.sale), words);
            }
        }
    }
    if person.may_somewhere(Permission::StaffConnect) {
        for (hook, answers) in hooks(&app.shop, person).await? {
            let why = why_held_back(t, &answers).filter(|_| hook.state == HookState::Active);
            if let Some(why) = why {
                let name = hook.name.to_string();
                let words = t.two("today-hook-held-back", "name", name, "why", why).into_owned();
                bad(format!("/admin/programs/hooks/{}", hook.id), words);
            }
            if hook.state == HookState::Disabled {
                let words = t.one("today-hook-off", "name", hook.name.to_string()).into_owned();
                bad(format!("/admin/programs/hooks/{}", hook.id), words);
            }
        }
    }
    if person.may_somewhere(Permission::ResellerRead) {
        for sold in sold_outside(&app.shop, resellers_read_of(person)).await? {
            let countries: Vec<String> =
                sold.units.keys().map(|country| t.country(country).into_owned()).collect();
            let units = sold.units.values().sum::<i64>().to_string();
            let words = [
                ("name", sold.name.as_str()),
                ("units", units.as_str()),
                ("countries", &countries.join(", ")),
            ];
            let words = t.three("today-sold-outside", words).into_owned();
            bad(format!("/admin/resellers/{}", sold.reseller), words);
        }
    }
    if let Some(rom) = app.rom.as_ref().filter(|_| person.may_somewhere(Permission::RolloutHalt)) {
        for (rollout, build) in rollouts(rom, &[RolloutState::Halted]) {
            let words = t.one("today-rollout-halted", "build", build).into_owned();
            bad(format!("/admin/rom/{}", rollout.id), words);
        }
    }
    told.extend(went_wrong_here(app, person, t).await?);
    Ok(Some(told))
}

/// Keys of other programs whose time is over soon, the first first: what works with one stops that day.
/// Nothing for people who make no keys, or where none ends.
pub(super) async fn ending_keys(
    app: &App,
    person: &Person,
    t: &Text,
) -> Result<Option<Vec<Told>>, StoreError> {
    if !person.may_somewhere(Permission::StaffConnect) {
        return Ok(None);
    }
    let soon = app.shop.now().plus_seconds(ENDING_S);
    let ending = keys_ending(&app.shop, person, soon).await?;
    let told = ending.iter().map(|key| Told {
        path: "/admin/programs".to_owned(),
        words: t
            .two(
                "today-key-ends",
                "name",
                key.name.to_string(),
                "day",
                t.moment(&key.grant.expires_at),
            )
            .into_owned(),
        tone: "warn",
    });
    let told: Vec<Told> = told.collect();
    Ok((!told.is_empty()).then_some(told))
}

/// Rollouts that are planned, run or pause, and documents that wait for a signature; nothing for people
/// who have nothing to do with the ROM.
pub(super) async fn under_way(app: &App, person: &Person, t: &Text) -> Option<Vec<Told>> {
    let rom = app.rom.as_ref().filter(|_| person.may_somewhere(Permission::RolloutHalt))?;
    let mut told = Vec::new();
    // What cannot be read here is told on the page of signatures.
    let roles = standing(rom).await.map(|standing| standing.roles).unwrap_or_default();
    let waiting = roles.iter().filter(|role| role.waiting.is_some()).count();
    if waiting > 0 {
        let words = t.one("signing-waits", "count", waiting).into_owned();
        told.push(Told { path: "/admin/rom/signing".to_owned(), words, tone: "warn" });
    }
    let open = [RolloutState::Planned, RolloutState::Running, RolloutState::Paused];
    for (rollout, build) in rollouts(rom, &open) {
        let state = rollout.standing.state;
        let words = format!("{build} · {}", state_words(t, state));
        let path = format!("/admin/rom/{}", rollout.id);
        told.push(Told { path, words, tone: state_tone(state) });
    }
    Some(told)
}

/// The rollouts in some states, the newest first, each with its device and build as people name them. Most
/// are over, and of those nothing is copied.
fn rollouts(rom: &Rom, states: &[RolloutState]) -> Vec<(Rollout, String)> {
    let snapshot = rom.snapshots.now();
    let mut found = Vec::new();
    for (codename, view) in &snapshot.models {
        let all = view.channels().iter().flat_map(|channel| &channel.rollouts);
        for rollout in all.filter(|rollout| states.contains(&rollout.standing.state)) {
            let build = view.builds.iter().find(|build| build.id == rollout.build);
            let version =
                build.map_or_else(|| rollout.build.to_string(), |b| b.version.to_string());
            let channel = rollout.channel.word();
            found.push((rollout.clone(), format!("{codename} {version} {channel}")));
        }
    }
    found.sort_by_key(|(rollout, _)| std::cmp::Reverse(rollout.id));
    found
}
