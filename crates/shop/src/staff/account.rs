//! Makes accounts and changes them. An operator does it by command, where the first account comes
//! from; signed-in people through [`super::undertake`], because it takes two of them.

use std::sync::Arc;

use kontor_base::id::{self, StaffId};
use kontor_base::{Email, Instant, Language, Random};
use kontor_domain::staff::{ASSIGNMENTS_MAX, Account, AccountState, Assignment, StaffName};
use kontor_store::staff::account as rows;
use kontor_store::{StoreError, Tx};

use super::key::end_unfounded_in;
use super::log::{By, Noted, note};
use super::person::{FieldProblem, Refusal};
use super::secret::code_hash;
use crate::core::{Failure, Keys, Outcome, Shop};

/// A new account, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCommand {
    /// The person's name.
    pub name: String,
    /// The address they will sign in with.
    pub email: String,
    /// The language of their pages.
    pub language: Language,
    /// What they may do, and where.
    pub held: Vec<Assignment>,
}

/// An account and the code with which its owner comes in for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The account.
    pub account: Account,
    /// A code that works once.
    pub code: String,
}

/// Every account, by name.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn accounts(shop: &Arc<Shop>) -> Result<Vec<Account>, StoreError> {
    shop.db.read("staff.accounts", rows::all).await
}

/// A page of the accounts, by name: up to `limit`, from behind the account `after` on.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn accounts_after(
    shop: &Arc<Shop>,
    after: Option<StaffId>,
    limit: i64,
) -> Result<Vec<Account>, StoreError> {
    shop.db.read("staff.accounts_after", move |tx| rows::page(tx, after, limit)).await
}

/// Makes an account at an operator's word.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn add(shop: &Arc<Shop>, command: AddCommand) -> Outcome<Added, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("staff.add", move |tx| {
            let account = add_in(tx, &own.random, at, By::Operator, &command)?;
            let code = issue_in(tx, &own.keys, &own.random, account.id, at)?;
            Ok(Added { account, code })
        })
        .await
}

pub(super) fn add_in(
    tx: &mut Tx<'_>,
    random: &Random,
    at: Instant,
    by: By<'_>,
    command: &AddCommand,
) -> Outcome<Account, Refusal> {
    let (name, email) = read(command)?;
    let account = Account {
        id: StaffId::new(at, random),
        name,
        email,
        language: command.language,
        state: AccountState::Active,
        held: command.held.clone(),
        created_at: at,
    };
    if !rows::insert(tx, &account)? {
        return Err(Failure::Refused(Refusal::AddressTaken));
    }
    let held = described(&account);
    let email = account.email.as_str();
    let noted = Noted { act: "staff.add", market: None, subject: email, was: "", is_now: &held };
    note(tx, random, at, by, &noted)?;
    Ok(account)
}

/// The name and the address of a new account.
fn read(command: &AddCommand) -> Outcome<(StaffName, Email), Refusal> {
    let refuse = |problem| Failure::Refused(Refusal::Field(problem));
    let name = StaffName::parse(&command.name).map_err(|_| refuse(FieldProblem::Name))?;
    let email = Email::parse(&command.email).map_err(|_| refuse(FieldProblem::Email))?;
    if command.held.len() > ASSIGNMENTS_MAX {
        return Err(refuse(FieldProblem::Roles));
    }
    Ok((name, email))
}

/// Everything that can be wrong with a new account before anybody makes it.
pub(super) fn check_add(tx: &mut Tx<'_>, command: &AddCommand) -> Outcome<(), Refusal> {
    let (_, email) = read(command)?;
    match rows::by_address(tx, &email.normalised())? {
        Some(_) => Err(Failure::Refused(Refusal::AddressTaken)),
        None => Ok(()),
    }
}

/// Everything that can be wrong with the change of an account before anybody makes it.
pub(super) fn check_change(tx: &mut Tx<'_>, command: &ChangeCommand) -> Outcome<(), Refusal> {
    found(tx, command).map(|_| ())
}

/// The account that a change is about.
fn found(tx: &mut Tx<'_>, command: &ChangeCommand) -> Outcome<Account, Refusal> {
    let unknown = || Failure::Refused(Refusal::UnknownAccount);
    let email = Email::parse(&command.email).map_err(|_| unknown())?;
    if command.held.as_ref().is_some_and(|held| held.len() > ASSIGNMENTS_MAX) {
        return Err(Failure::Refused(Refusal::Field(FieldProblem::Roles)));
    }
    rows::by_address(tx, &email.normalised())?.ok_or_else(unknown)
}

/// A change of an account; what is none stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeCommand {
    /// The account's address.
    pub email: String,
    /// What they may do from now on.
    pub held: Option<Vec<Assignment>>,
    /// Whether the account can be used from now on. Locking ends its sessions; the keys
    /// that it made end with the rights that they were made with.
    pub state: Option<AccountState>,
}

/// Changes an account at an operator's word.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn change(shop: &Arc<Shop>, command: ChangeCommand) -> Outcome<Account, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("staff.change", move |tx| change_in(tx, &own.random, at, By::Operator, &command))
        .await
}

pub(super) fn change_in(
    tx: &mut Tx<'_>,
    random: &Random,
    at: Instant,
    by: By<'_>,
    command: &ChangeCommand,
) -> Outcome<Account, Refusal> {
    let mut account = found(tx, command)?;
    let was = described(&account);
    if let Some(held) = &command.held {
        account.held.clone_from(held);
    }
    if let Some(state) = command.state {
        account.state = state;
        if state == AccountState::Locked {
            rows::end_sessions(tx, account.id, None)?;
        }
    }
    rows::update(tx, &account)?;
    let (is_now, subject) = (described(&account), account.email.as_str());
    let noted = Noted { act: "staff.change", market: None, subject, was: &was, is_now: &is_now };
    note(tx, random, at, by, &noted)?;
    end_unfounded_in(tx, random, at, by, &account)?;
    Ok(account)
}

/// How an account is now, as text; none: there is no such account.
pub(super) fn now_of(tx: &mut Tx<'_>, email: &str) -> Result<Option<String>, StoreError> {
    let Ok(email) = Email::parse(email) else { return Ok(None) };
    Ok(rows::by_address(tx, &email.normalised())?.map(|account| described(&account)))
}

/// What the log says of an account.
pub(super) fn described(account: &Account) -> String {
    let held: Vec<String> = account.held.iter().map(ToString::to_string).collect();
    format!("{}; {}", account.state.word(), held.join(" "))
}

/// Gives an account a new code with which its owner comes in once; older codes stop working.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn issue_code(shop: &Arc<Shop>, email: String) -> Outcome<Added, Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("staff.issue_code", move |tx| {
            let unknown = || Failure::Refused(Refusal::UnknownAccount);
            let email = Email::parse(&email).map_err(|_| unknown())?;
            let account = rows::by_address(tx, &email.normalised())?.ok_or_else(unknown)?;
            let code = issue_in(tx, &own.keys, &own.random, account.id, at)?;
            let subject = account.email.as_str();
            let noted =
                Noted { act: "staff.issue_code", market: None, subject, was: "", is_now: "" };
            note(tx, &own.random, at, By::Operator, &noted)?;
            Ok(Added { account, code })
        })
        .await
}

/// A fresh code for an account, which replaces all it had.
pub(crate) fn issue_in(
    tx: &mut Tx<'_>,
    keys: &Keys,
    random: &Random,
    account: StaffId,
    at: Instant,
) -> Result<String, StoreError> {
    let code = new_code(random);
    rows::set_recovery(tx, account, &[code_hash(keys, account, &code)], at)?;
    Ok(code)
}

/// 100 random bits as five groups of four letters and digits that are hard to misread.
pub(super) fn new_code(random: &Random) -> String {
    let text = id::encode(random.bytes16());
    // The first character of 26 carries three bits only: leave the front away.
    let groups: Vec<&str> = (0..5).map(|group| &text[6 + group * 4..10 + group * 4]).collect();
    groups.join("-")
}
