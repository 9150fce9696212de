//! What a letter says: read from what it is about when it is sent.

use std::sync::Arc;

use kontor_base::id::{DepositId, OrderId, ResellerOrderId, StaffId};
use kontor_base::{Email, Instant, Money};
use kontor_domain::catalogue::Slug;
use kontor_domain::customer::WaitingEntry;
use kontor_domain::payment::{PaymentState, TransferInstructions, transfer_instructions};
use kontor_domain::reseller::OrderStage;
use kontor_domain::staff::{Account, AccountState};
use kontor_store::customer::KeptWaiting;
use kontor_store::mail::Letter;
use kontor_store::order::{PlacedOrder, get as load_order};
use kontor_store::reseller::{self as resellers, KeptOrder};
use kontor_store::sale as sales;
use kontor_store::sale::deposit::{self as deposits, KeptDeposit};
use kontor_store::staff::account as accounts;
use kontor_store::{StoreError, Tx, customer, payment as payments};

use super::cause::{Details, Kind};
use crate::core::Shop;
use crate::staff::issue_in;

/// A letter about an order.
#[derive(Clone, Debug)]
pub struct OrderLetter {
    /// What has happened.
    pub kind: Kind,
    /// The order as it stands now.
    pub placed: PlacedOrder,
    /// The amount that it is about.
    pub amount: Option<Money>,
    /// How to transfer the money, while it is awaited.
    pub transfer: Option<TransferInstructions>,
}

/// A letter about a deposit.
#[derive(Clone, Debug)]
pub struct DepositLetter {
    /// What has happened.
    pub kind: Kind,
    /// The deposit as it stands now.
    pub deposit: KeptDeposit,
    /// To whom it goes.
    pub recipient: Email,
    /// What the sale is called.
    pub title: String,
    /// The amount that it is about.
    pub amount: Money,
}

/// A letter about an order of a reseller.
#[derive(Clone, Debug)]
pub struct ResellerLetter {
    /// What has happened.
    pub kind: Kind,
    /// The order as it stands now.
    pub order: KeptOrder,
    /// To whom it goes.
    pub recipient: Email,
}

/// Everything that a letter needs to be written.
#[derive(Clone, Debug)]
pub enum Content {
    /// About an order.
    Order(Box<OrderLetter>),
    /// About an order of a reseller.
    Reseller(Box<ResellerLetter>),
    /// About a deposit.
    Deposit(Box<DepositLetter>),
    /// Somebody is asked to confirm that they wait.
    WaitingConfirm {
        /// Who waits for what.
        entry: WaitingEntry,
        /// When they are asked: the link in the letter is good from then on.
        asked_at: Instant,
    },
    /// What somebody waited for can be bought.
    WaitingOver(WaitingEntry),
    /// What somebody waits for cannot be bought for the time being.
    WaitingDelayed(WaitingEntry),
    /// Somebody has an account; the code brings them in once.
    StaffCode {
        /// The account.
        account: Account,
        /// The code.
        code: String,
    },
}

impl Content {
    /// To whom it goes.
    #[must_use]
    pub fn recipient(&self) -> &Email {
        match self {
            Self::Order(letter) => &letter.placed.order.contact.email,
            Self::Reseller(letter) => &letter.recipient,
            Self::Deposit(letter) => &letter.recipient,
            Self::WaitingConfirm { entry, .. }
            | Self::WaitingOver(entry)
            | Self::WaitingDelayed(entry) => &entry.email,
            Self::StaffCode { account, .. } => &account.email,
        }
    }

    /// What somebody waits for, where it is about that.
    #[must_use]
    pub const fn waiting(&self) -> Option<&WaitingEntry> {
        match self {
            Self::WaitingConfirm { entry, .. }
            | Self::WaitingOver(entry)
            | Self::WaitingDelayed(entry) => Some(entry),
            _ => None,
        }
    }

    /// The model that was waited for.
    #[must_use]
    pub fn model(&self) -> Option<&Slug> {
        self.waiting().and_then(|entry| entry.model.as_ref())
    }
}

/// Whether an address leads to nobody: those below `.invalid` (RFC 2606) stand where somebody was
/// erased.
fn is_nobodys(email: &Email) -> bool {
    email.as_str().to_ascii_lowercase().ends_with(".invalid")
}

/// The content of a letter; `None`: there is nobody to write to any more.
///
/// The code of a staff letter is made here, so that it never lies in the database: a letter that is
/// sent twice has two, of which the second works.
pub(super) fn content_in(
    tx: &mut Tx<'_>,
    shop: &Arc<Shop>,
    letter: &Letter,
    at: Instant,
) -> Result<Option<Content>, StoreError> {
    let bad =
        |problem: String| StoreError::BadRow { table: "mail_letter", problem: problem.into() };
    let kind = Kind::from_word(&letter.kind)
        .ok_or_else(|| bad(format!("unknown kind {:?}", letter.kind)))?;
    let details: Details =
        serde_json::from_str(&letter.body).map_err(|error| bad(error.to_string()))?;
    let content = match kind {
        Kind::WaitingConfirm | Kind::WaitingOver | Kind::WaitingDelayed => {
            customer::waiting(tx, &letter.about)?.and_then(|kept| of_waiting(kind, kept))
        }
        Kind::StaffCode => {
            let account = accounts::find(tx, StaffId::from_bytes(letter.about))?;
            match account.filter(|account| account.state == AccountState::Active) {
                Some(account) => {
                    let code = issue_in(tx, &shop.keys, &shop.random, account.id, at)?;
                    Some(Content::StaffCode { account, code })
                }
                None => None,
            }
        }
        Kind::ResellerHeld | Kind::ResellerFreed => {
            match resellers::order(tx, ResellerOrderId::from_bytes(letter.about))? {
                Some(order) => of_reseller(tx, kind, order)?,
                None => None,
            }
        }
        Kind::DepositPaid | Kind::DepositReturned => {
            match deposits::get(tx, DepositId::from_bytes(letter.about))? {
                Some(deposit) => of_deposit(tx, kind, deposit, details)?,
                None => None,
            }
        }
        Kind::OrderPlaced
        | Kind::PaymentReceived
        | Kind::PaymentRefunded
        | Kind::OrderCancelled
        | Kind::OrderHeld
        | Kind::OrderFreed => {
            let placed = load_order(tx, OrderId::from_bytes(letter.about))?;
            match placed {
                Some(placed) => Some(of_order(tx, kind, placed, details)?),
                None => None,
            }
        }
    };
    Ok(content.filter(|content| !is_nobodys(content.recipient())))
}

/// A letter about a waiting list. Only who has confirmed is told anything, and only who has not is asked.
fn of_waiting(kind: Kind, kept: KeptWaiting) -> Option<Content> {
    let KeptWaiting { entry, moments, .. } = kept;
    match (kind, moments.confirmed_at) {
        (Kind::WaitingConfirm, None) => {
            moments.asked_at.map(|asked_at| Content::WaitingConfirm { entry, asked_at })
        }
        (Kind::WaitingOver, Some(_)) => Some(Content::WaitingOver(entry)),
        (Kind::WaitingDelayed, Some(_)) => Some(Content::WaitingDelayed(entry)),
        _ => None,
    }
}

/// A letter about an order of a reseller; none where it says what is not true any more: the order has
/// left, was cancelled, or stands otherwise by now.
fn of_reseller(
    tx: &mut Tx<'_>,
    kind: Kind,
    order: KeptOrder,
) -> Result<Option<Content>, StoreError> {
    let held = order.held_since.is_some();
    if order.stage != OrderStage::Taken || held != (kind == Kind::ResellerHeld) {
        return Ok(None);
    }
    let found = resellers::find(tx, order.reseller)?;
    Ok(found.map(|found| {
        let recipient = found.profile.email;
        Content::Reseller(Box::new(ResellerLetter { kind, order, recipient }))
    }))
}

/// A letter about a deposit; none for whoever was erased.
fn of_deposit(
    tx: &mut Tx<'_>,
    kind: Kind,
    deposit: KeptDeposit,
    details: Details,
) -> Result<Option<Content>, StoreError> {
    let Some(recipient) = deposit.wanted.email.clone() else { return Ok(None) };
    let sale = sales::get(tx, deposit.sale)?;
    let title = sale.map_or_else(String::new, |sale| {
        sale.definition.title_in(deposit.wanted.language, &sale.title).to_owned()
    });
    let amount = details.amount.unwrap_or(deposit.amount);
    let letter = DepositLetter { kind, deposit, recipient, title, amount };
    Ok(Some(Content::Deposit(Box::new(letter))))
}

fn of_order(
    tx: &mut Tx<'_>,
    kind: Kind,
    placed: PlacedOrder,
    details: Details,
) -> Result<Content, StoreError> {
    let awaited = placed.payment_state == PaymentState::Authorising;
    let payment = payments::get(tx, placed.payment)?.filter(|_| awaited);
    let transfer = payment
        .map(|payment| transfer_instructions(payment.id, payment.amount, payment.started_at));
    Ok(Content::Order(Box::new(OrderLetter { kind, placed, amount: details.amount, transfer })))
}
