//! Does what one person may do alone, and lays before a second person what takes two.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kontor_base::id::{ProposalId, StaffId};
use kontor_base::{Instant, Line};
use kontor_domain::market::MarketCode;
use kontor_domain::staff::{
    APPROVAL_WITHIN_S, AccountState, Decision, Permission, Proposal, ProposalState, StaffRefusal,
    decide as decided, may, needs_second,
};
use kontor_store::staff::proposal::{self as rows, Head, Kept, Standing};
use kontor_store::{StoreError, Tx};

use super::act::{Act, Bearing, Change};
use super::goods::Loosening;
use super::log::{By, Noted, note, note_why};
use super::person::{FieldProblem, Person, Refusal};
use crate::core::{Failure, Once, Outcome, Replayed, Shop, once};
use crate::order::review_waiting;

/// The longest reason or remark, in characters.
type Reason = Line<500>;

/// What stands for a reason where the form asks for none.
pub const NO_REASON: &str = "–";

/// Something that somebody wants done.
#[derive(Clone, Debug)]
pub struct Undertaking {
    /// What.
    pub act: Act,
    /// Why, for the second person, or for the log where there is none.
    pub reason: String,
    /// The request's identity.
    pub once: Once,
}

/// What has become of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Undertaken {
    /// It is done.
    Done,
    /// It waits for a second person.
    Waiting(ProposalId),
}

/// Does it, or proposes it.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn undertake(
    shop: &Arc<Shop>,
    person: &Person,
    undertaking: Undertaking,
) -> Outcome<Replayed<Undertaken>, Refusal> {
    let at = shop.now();
    let reason = reason(&undertaking.reason)?;
    let (own, person) = (Arc::clone(shop), person.clone());
    let touches = undertaking.act.touches_orders();
    let undertaken = shop
        .db
        .write("staff.undertake", move |tx| {
            once(tx, Some(&undertaking.once), at, |tx| {
                let known = own.snapshots.current_in(tx, at)?;
                let act = &undertaking.act;
                let bearing = act.bearing(tx, &own, &known, &person, at)?;
                if !needs_second(bearing.permission, bearing.extent, &own.policy.staff) {
                    let change = act.change(tx, &own)?;
                    act.carry_out(tx, &own, &person, at)?;
                    let noted = Noted {
                        act: bearing.permission.word(),
                        market: bearing.market,
                        subject: &bearing.subject,
                        was: &change.was,
                        is_now: &change.is_now,
                    };
                    let why = Some(reason.as_str()).filter(|why| *why != NO_REASON);
                    let by = By::Person(&person);
                    note_why(tx, &own.random, at, by, &noted, why.unwrap_or_default())?;
                    return Ok(Undertaken::Done);
                }
                let kept = Kept {
                    id: ProposalId::new(at, &own.random),
                    author: person.id,
                    permission: bearing.permission,
                    market: bearing.market,
                    subject: bearing.subject,
                    content: serde_json::to_string(act).expect("an act is JSON"),
                    reason: reason.as_str().to_owned(),
                    proposed_at: at,
                    state: ProposalState::Waiting,
                    decided_by: None,
                    decided_at: None,
                    remark: String::new(),
                };
                rows::insert(tx, &kept)?;
                let change = act.change(tx, &own)?;
                let word = format!("{}.proposed", bearing.permission.word());
                let noted = Noted {
                    act: &word,
                    market: kept.market,
                    subject: &kept.subject,
                    was: &change.was,
                    is_now: &change.is_now,
                };
                note(tx, &own.random, at, By::Person(&person), &noted)?;
                Ok(Undertaken::Waiting(kept.id))
            })
        })
        .await?;
    if touches && undertaken.answer == Undertaken::Done {
        review_waiting(shop).await?;
    }
    Ok(undertaken)
}

/// What would become of an act, before anybody does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// What it changes.
    pub change: Change,
    /// It takes a second person.
    pub second: bool,
    /// What it would hold back less: why it takes one.
    pub loosening: Loosening,
}

/// Looks at an act as [`undertake`] would, and changes nothing.
///
/// # Errors
///
/// What undertaking it would answer, as far as that shows without doing it.
pub async fn foresee(shop: &Arc<Shop>, person: &Person, act: Act) -> Outcome<Foreseen, Refusal> {
    let (own, person, at) = (Arc::clone(shop), person.clone(), shop.now());
    shop.db
        .read("staff.foresee", move |tx| {
            let known = own.snapshots.current_in(tx, at)?;
            let bearing = act.bearing(tx, &own, &known, &person, at)?;
            let second = needs_second(bearing.permission, bearing.extent, &own.policy.staff);
            Ok(Foreseen { change: act.change(tx, &own)?, second, loosening: bearing.loosening })
        })
        .await
}

/// A reason as it is written down.
pub(crate) fn reason_of(text: &str) -> Outcome<String, Refusal> {
    Ok(reason(text)?.as_str().to_owned())
}

fn reason(text: &str) -> Outcome<Reason, Refusal> {
    Reason::parse(text).map_err(|_| Failure::Refused(Refusal::Field(FieldProblem::Reason)))
}

/// A decision about a proposal.
#[derive(Clone, Debug)]
pub struct DecideCommand {
    /// Which.
    pub proposal: ProposalId,
    /// What shall become of it.
    pub decision: Decision,
    /// The hash of what whoever decides was shown.
    pub seen: [u8; 32],
    /// A remark; may be empty.
    pub remark: String,
}

/// Decides about a proposal; approving does what was proposed, in the same transaction.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store. Nothing is changed then.
pub async fn decide(
    shop: &Arc<Shop>,
    person: &Person,
    command: DecideCommand,
) -> Outcome<ProposalState, Refusal> {
    let at = shop.now();
    let remark = match command.remark.trim() {
        "" => String::new(),
        text => reason(text)?.as_str().to_owned(),
    };
    let (own, person) = (Arc::clone(shop), person.clone());
    let (state, touches) = shop
        .db
        .write("staff.decide", move |tx| {
            let kept = rows::find(tx, command.proposal)?
                .ok_or(Failure::Refused(Refusal::UnknownProposal))?;
            if !concerns(&person, &kept) {
                return Err(StaffRefusal::NotPermitted.into());
            }
            let act = act_of(&kept)?;
            let change = act.change(tx, &own)?;
            let loosening = loosening_of(tx, &own, &kept, &act, at)?;
            let rule = rule_of(tx, &own, &kept, &change, &loosening)?;
            let state =
                decided(&rule, person.id, &person.held, command.decision, &command.seen, at)?;
            if state == ProposalState::Approved {
                // What it needs and where is asked anew: facts may have changed since.
                let known = own.snapshots.current_in(tx, at)?;
                let bearing = act.bearing(tx, &own, &known, &person, at)?;
                if (bearing.permission, bearing.market) != (kept.permission, kept.market) {
                    return Err(StaffRefusal::Changed.into());
                }
                if !author_may(tx, kept.author, &bearing)? {
                    return Err(StaffRefusal::AuthorMayNot.into());
                }
                act.carry_out(tx, &own, &person, at)?;
            }
            rows::decide(tx, kept.id, state, person.id, at, &remark)?;
            let word = format!("{}.{}", kept.permission.word(), state.word());
            let noted = Noted {
                act: &word,
                market: kept.market,
                subject: &kept.subject,
                was: &change.was,
                is_now: &change.is_now,
            };
            note(tx, &own.random, at, By::Person(&person), &noted)?;
            Ok::<_, Failure<Refusal>>((state, act.touches_orders()))
        })
        .await?;
    if touches && state == ProposalState::Approved {
        review_waiting(shop).await?;
    }
    Ok(state)
}

/// The act of a proposal.
pub(super) fn act_of(kept: &Kept) -> Result<Act, StoreError> {
    serde_json::from_str(&kept.content).map_err(|error| StoreError::BadRow {
        table: "staff_proposal",
        problem: error.to_string().into(),
    })
}

/// What a proposal would hold back less while it waits; nothing any more once it is decided.
fn loosening_of(
    tx: &mut Tx<'_>,
    shop: &Shop,
    kept: &Kept,
    act: &Act,
    at: Instant,
) -> Result<Loosening, StoreError> {
    if kept.state != ProposalState::Waiting {
        return Ok(Loosening::default());
    }
    Ok(act.loosening(&*shop.snapshots.current_in(tx, at)?, at))
}

fn rule_of(
    tx: &mut Tx<'_>,
    shop: &Shop,
    kept: &Kept,
    change: &Change,
    loosening: &Loosening,
) -> Result<Proposal, StoreError> {
    let needs = Bearing::plain(kept.permission, kept.market, String::new());
    let lets_go = serde_json::to_string(loosening).expect("codes are JSON");
    Ok(Proposal {
        author: kept.author,
        permission: kept.permission,
        market: kept.market,
        content: shop.keys.staff_content(&[&kept.content, &change.was, &lets_go]),
        author_may: author_may(tx, kept.author, &needs)?,
        proposed_at: kept.proposed_at,
        state: kept.state,
    })
}

/// Whether somebody's account is open and holds what an act needs, in each place.
fn author_may(tx: &mut Tx<'_>, author: StaffId, needs: &Bearing) -> Result<bool, StoreError> {
    let account = kontor_store::staff::account::find(tx, author)?;
    Ok(account.is_some_and(|account| {
        let may = |market| may(&account.held, needs.permission, market);
        account.state == AccountState::Active
            && may(needs.market)
            && needs.also.iter().all(|market| may(*market))
    }))
}

/// A proposal as it is shown to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The proposal.
    pub kept: Kept,
    /// Who proposed it.
    pub author: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// What it changes.
    pub change: Change,
    /// The act.
    pub act: Act,
    /// What it would hold back less, while it waits.
    pub loosening: Loosening,
    /// The hash that a decision must name.
    pub seen: [u8; 32],
    /// Whether this person may approve or reject it.
    pub may_decide: bool,
    /// Whether its author could still propose it; otherwise nobody can approve it.
    pub author_may: bool,
    /// Whether it is their own.
    pub own: bool,
}

/// A proposal, if it is theirs or theirs to decide or to see.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn proposal(
    shop: &Arc<Shop>,
    person: &Person,
    id: ProposalId,
) -> Outcome<Shown, Refusal> {
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .read("staff.proposal", move |tx| {
            let kept = rows::find(tx, id)?.ok_or(Failure::Refused(Refusal::UnknownProposal))?;
            if !concerns(&person, &kept) {
                // To whom it is no concern it does not exist.
                return Err(Failure::Refused(Refusal::UnknownProposal));
            }
            show(tx, &own, &person, kept)
        })
        .await
}

fn concerns(person: &Person, kept: &Kept) -> bool {
    kept.author == person.id || person.may(kept.permission, kept.market)
}

/// What was proposed up to then has waited too long.
fn expired_by(at: Instant) -> Instant {
    at.plus_seconds(-APPROVAL_WITHIN_S)
}

fn show(tx: &mut Tx<'_>, shop: &Shop, person: &Person, mut kept: Kept) -> Outcome<Shown, Refusal> {
    let at = shop.now();
    kept.state = kept.state.at(kept.proposed_at, at);
    let author = name_of(tx, kept.author)?;
    let decided_by = kept.decided_by.map(|id| name_of(tx, id)).transpose()?;
    let act = act_of(&kept)?;
    let own = kept.author == person.id;
    let change = act.change(tx, shop)?;
    let loosening = loosening_of(tx, shop, &kept, &act, at)?;
    let rule = rule_of(tx, shop, &kept, &change, &loosening)?;
    Ok(Shown {
        author,
        decided_by,
        change,
        act,
        loosening,
        seen: rule.content,
        author_may: rule.author_may,
        may_decide: !own
            && kept.state == ProposalState::Waiting
            && person.may(kept.permission, kept.market),
        own,
        kept,
    })
}

/// How many proposals wait for somebody to decide, up to `limit`: what every page says.
///
/// # Errors
///
/// A fault of the store.
pub async fn waiting_count(
    shop: &Arc<Shop>,
    person: &Person,
    limit: usize,
) -> Result<usize, StoreError> {
    let (person, expired) = (person.clone(), expired_by(shop.now()));
    let standing = Standing { state: ProposalState::Waiting, expired };
    shop.db
        .read("staff.waiting_count", move |tx| {
            let own = rows::of_author(tx, standing, person.id, None, OWN_MAX)?;
            let own: BTreeSet<ProposalId> = own.into_iter().collect();
            let enough = i64::try_from(limit + own.len()).unwrap_or(i64::MAX);
            let mut count = 0;
            for right in rights_of(tx, standing, &person)? {
                let ids = rows::of_right(tx, standing, right, None, enough)?;
                count += ids.iter().filter(|id| !own.contains(id)).count();
                if count >= limit {
                    return Ok(limit);
                }
            }
            Ok(count)
        })
        .await
}

/// The most proposals of one person that wait at once and are told from those of others.
const OWN_MAX: i64 = 10_000;

/// The rights of somebody that decide about proposals in a state. Those of others are not looked at, so
/// that whoever may decide little does not wait for everybody's.
fn rights_of(
    tx: &mut Tx<'_>,
    standing: Standing,
    person: &Person,
) -> Result<Vec<(Permission, Option<MarketCode>)>, StoreError> {
    let mut rights = rows::rights(tx, standing)?;
    rights.retain(|(permission, market)| person.may(*permission, *market));
    Ok(rights)
}

/// A proposal as the list shows it: what is written of it, and not what it would change, which its own page
/// works out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What is written of it.
    pub head: Head,
    /// How far it has come.
    pub state: ProposalState,
    /// Who proposed it.
    pub author: String,
    /// Whether this person may approve or reject it.
    pub may_decide: bool,
    /// Whether it is their own.
    pub own: bool,
}

/// What became of somebody's own proposals since `since`: approved, turned down, or left waiting for too long;
/// of each up to `limit` of the newest.
///
/// # Errors
///
/// A fault of the store.
pub async fn own_decided(
    shop: &Arc<Shop>,
    person: &Person,
    since: Instant,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let (person, expired) = (person.clone(), expired_by(shop.now()));
    shop.db
        .read("staff.own_decided", move |tx| {
            let mut found = Vec::new();
            for state in [ProposalState::Approved, ProposalState::Rejected, ProposalState::Expired]
            {
                let standing = Standing { state, expired };
                for id in rows::of_author(tx, standing, person.id, None, limit)? {
                    let Some(head) = rows::head(tx, id)? else { continue };
                    let waited = head.proposed_at.plus_seconds(APPROVAL_WITHIN_S);
                    if head.decided_at.unwrap_or(waited) >= since {
                        let author = person.name.to_string();
                        found.push(Listed { head, state, author, may_decide: false, own: true });
                    }
                }
            }
            found.sort_by_key(|listed| std::cmp::Reverse(listed.head.id));
            Ok(found)
        })
        .await
}

/// A page of the proposals in a state that concern somebody, the newest first.
///
/// # Errors
///
/// A fault of the store.
pub async fn proposals(
    shop: &Arc<Shop>,
    person: &Person,
    state: ProposalState,
    before: Option<ProposalId>,
    limit: usize,
) -> Result<Vec<Listed>, StoreError> {
    let (person, now) = (person.clone(), shop.now());
    shop.db
        .read("staff.proposals", move |tx| proposals_in(tx, &person, (state, now), before, limit))
        .await
}

/// The same in a transaction; `state` is as it stands at a time.
///
/// # Errors
///
/// A fault of the store.
pub fn proposals_in(
    tx: &mut Tx<'_>,
    person: &Person,
    (state, now): (ProposalState, Instant),
    before: Option<ProposalId>,
    limit: usize,
) -> Result<Vec<Listed>, StoreError> {
    let rows_max = i64::try_from(limit).unwrap_or(i64::MAX);
    let standing = Standing { state, expired: expired_by(now) };
    let mut ids = rows::of_author(tx, standing, person.id, before, rows_max)?;
    for right in rights_of(tx, standing, person)? {
        ids.extend(rows::of_right(tx, standing, right, before, rows_max)?);
    }
    // Ids are in the order of time; what somebody proposed and may decide was found twice.
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    ids.truncate(limit);
    let mut names: BTreeMap<StaffId, String> = BTreeMap::new();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(head) = rows::head(tx, id)? else { continue };
        let author = match names.get(&head.author) {
            Some(name) => name.clone(),
            None => names.entry(head.author).or_insert(name_of(tx, head.author)?).clone(),
        };
        let own = head.author == person.id;
        let may_decide =
            !own && state == ProposalState::Waiting && person.may(head.permission, head.market);
        found.push(Listed { head, state, author, may_decide, own });
    }
    Ok(found)
}

/// What somebody is called; empty where the account is gone.
fn name_of(tx: &mut Tx<'_>, id: StaffId) -> Result<String, StoreError> {
    let account = kontor_store::staff::account::find(tx, id)?;
    Ok(account.map_or_else(String::new, |account| account.name.to_string()))
}
