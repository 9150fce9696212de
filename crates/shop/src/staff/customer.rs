//! Customers as the maker's people look after them: seen, handed their data, put together, erased.
//!
//! A customer is an e-mail address, named by its keyed hash, and whatever other addresses were put
//! together with it. People see of them what is in their own markets. What changes a customer as a
//! whole needs the permission in every market that the customer has to do with.

use std::collections::BTreeSet;
use std::sync::Arc;

use kontor_base::id::{CustomerId, OrderId};
use kontor_base::{Email, Instant};
use kontor_domain::customer::WaitingEntry;
use kontor_domain::market::MarketCode;
use kontor_domain::order::{Kept, OrderNumber, erased, is_over, kept_of};
use kontor_domain::staff::{Markets, Permission, StaffRefusal};
use kontor_ledger::MoneyTransfer;
use kontor_store::customer::contact::{self, KeptContact};
use kontor_store::customer::{self as waiting_lists, KeptWaiting, WaitingCount, guest};
use kontor_store::order::beta;
use kontor_store::order::note::{self as notes};
use kontor_store::order::{PlacedOrder, by_number, checkout, get, save_body, save_checkout};
use kontor_store::payment::{self as payments, refund};
use kontor_store::sale::deposit::{self as deposits, KeptDeposit};
use kontor_store::sale::entry::{KeptEntry, all_of_person};
use kontor_store::staff::proposal as proposals;
use kontor_store::stock::serial;
use kontor_store::{StoreError, Tx, mail, money};
use serde_json::{Value, json};

use super::act::{Bearing, Change};
use super::act_refusal::ActRefusal;
use super::log::{By, Noted, note};
use super::person::{Person, Refusal};
use super::undertake::act_of;
use crate::core::{Failure, Known, Once, Outcome, Replayed, Shop, once};
use crate::order::unindex_in;

/// The most addresses that are kept together.
const ADDRESSES_MAX: i64 = 20;
/// The most proposals about one order that are looked at.
const PROPOSALS_MAX: i64 = 1_000;
/// How many orders of an address are read at a time.
const ORDERS_AT_ONCE: i64 = 500;
/// How many orders stand on a customer's page.
const ORDERS_SHOWN: usize = 50;

/// Everything that is known of a customer, or as much of it as is somebody's to see.
#[derive(Clone, Debug)]
pub struct Customer {
    /// The first of the addresses, under which the others are kept.
    pub id: CustomerId,
    /// The addresses.
    pub contacts: Vec<KeptContact>,
    /// The orders, the newest first; for a page those of the page.
    pub orders: Vec<PlacedOrder>,
    /// Before which order the next page begins, if there is one.
    pub older: Option<OrderId>,
    /// The lists on which somebody waits.
    pub waiting: Vec<KeptWaiting>,
    /// Entries into sales.
    pub entries: Vec<KeptEntry>,
    /// Deposits for places in sales, the oldest first.
    pub deposits: Vec<KeptDeposit>,
    /// There is more of them, which is not somebody's to see: whoever sees a part changes nothing.
    pub in_part: bool,
}

impl Customer {
    /// The markets that the customer has to do with.
    #[must_use]
    pub fn markets(&self) -> BTreeSet<MarketCode> {
        let orders = self.orders.iter().map(|placed| placed.order.market);
        let waiting = self.waiting.iter().map(|kept| kept.entry.market);
        let entries = self.entries.iter().map(|entry| entry.market);
        let deposits = self.deposits.iter().map(|deposit| deposit.market);
        orders.chain(waiting).chain(entries).chain(deposits).collect()
    }

    /// The one market of the customer; none: there are several, or none.
    fn market(&self) -> Option<MarketCode> {
        let markets = self.markets();
        markets.first().copied().filter(|_| markets.len() == 1)
    }

    /// Leaves what is in the markets where somebody may do this.
    fn narrowed(mut self, person: &Person, permission: Permission) -> Self {
        let own = person.markets(permission);
        self.in_part |= self.markets().iter().any(|market| !own.contains(*market));
        self.orders.retain(|placed| own.contains(placed.order.market));
        self.waiting.retain(|kept| own.contains(kept.entry.market));
        self.entries.retain(|entry| own.contains(entry.market));
        self.deposits.retain(|deposit| own.contains(deposit.market));
        let mut seen: BTreeSet<String> =
            self.orders.iter().map(|placed| placed.order.contact.email.normalised()).collect();
        seen.extend(self.waiting.iter().map(|kept| kept.entry.email.normalised()));
        let of_deposits = self.deposits.iter().filter_map(|kept| kept.wanted.email.as_ref());
        seen.extend(of_deposits.map(Email::normalised));
        self.contacts.retain(|contact| seen.contains(&contact.email));
        self
    }

    /// Whether there is nothing to see.
    fn is_empty(&self) -> bool {
        let bought_nothing = self.orders.is_empty() && self.deposits.is_empty();
        bought_nothing && self.waiting.is_empty() && self.entries.is_empty()
    }
}

fn unknown() -> Failure<Refusal> {
    refused("customer.unknown", "there is no such customer")
}

fn refused(code: &'static str, why: &str) -> Failure<Refusal> {
    Failure::Refused(Refusal::Act(ActRefusal::Order { code, why: why.to_owned() }))
}

/// How much of a customer's orders is read.
#[derive(Clone, Copy)]
enum Orders<'a> {
    /// Every one: what is handed out, put together or erased is never cut off.
    All,
    /// A page of those in some markets, from before an order on.
    Page(&'a Markets, Option<OrderId>),
}

/// The orders of some addresses, the newest first.
struct FoundOrders {
    ids: Vec<OrderId>,
    /// Before which the next page begins.
    older: Option<OrderId>,
    /// Others were left out, which are not of the markets asked for.
    in_part: bool,
}

fn orders_of(
    tx: &mut Tx<'_>,
    contacts: &[KeptContact],
    wanted: Orders<'_>,
) -> Result<FoundOrders, StoreError> {
    let (own, start, many) = match wanted {
        Orders::All => (None, None, usize::MAX),
        Orders::Page(own, before) => (Some(own), before, ORDERS_SHOWN),
    };
    let (mut found, mut in_part) = (Vec::new(), false);
    for contact in contacts {
        let (mut before, mut own_found) = (start, 0);
        while own_found <= many {
            let page = contact::orders(tx, contact.person, before, ORDERS_AT_ONCE)?;
            let Some((last, _)) = page.last() else { break };
            before = Some(*last);
            let seen = |market| own.is_none_or(|own: &Markets| own.contains(market));
            let theirs = page.iter().filter(|(_, market)| seen(*market)).map(|(id, _)| *id);
            in_part |= page.iter().any(|(_, market)| !seen(*market));
            let had = found.len();
            found.extend(theirs);
            own_found += found.len() - had;
        }
    }
    found.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    let more = found.len() > many;
    found.truncate(many);
    let older = found.last().copied().filter(|_| more);
    Ok(FoundOrders { ids: found, older, in_part })
}

/// Reads everything about a customer, by any of the addresses.
fn whole(tx: &mut Tx<'_>, shop: &Shop, id: CustomerId) -> Result<Option<Customer>, StoreError> {
    read(tx, shop, id, Orders::All)
}

fn read(
    tx: &mut Tx<'_>,
    shop: &Shop,
    id: CustomerId,
    wanted: Orders<'_>,
) -> Result<Option<Customer>, StoreError> {
    let Some(found) = contact::get(tx, id)? else { return Ok(None) };
    let contacts = contact::together(tx, found.same_as, ADDRESSES_MAX)?;
    let known = &*shop.snapshots.now();
    let persons = shop.keys.persons();
    let mut customer = Customer {
        id: found.same_as,
        contacts,
        orders: Vec::new(),
        older: None,
        waiting: Vec::new(),
        entries: Vec::new(),
        deposits: Vec::new(),
        in_part: false,
    };
    let mut traits = BTreeSet::new();
    let found = orders_of(tx, &customer.contacts, wanted)?;
    (customer.older, customer.in_part) = (found.older, found.in_part);
    for order in found.ids {
        let Some(placed) = get(tx, order)? else { continue };
        traits.extend(placed.order.contact.phone.as_ref().map(|phone| persons.phone(phone)));
        customer.orders.push(placed);
    }
    for contact in &customer.contacts {
        let Ok(email) = Email::parse(&contact.email) else { continue };
        let hash = persons.email(&email);
        traits.insert(hash);
        customer.deposits.extend(deposits::of_person(tx, &hash)?);
        customer.waiting.extend(waiting_of(tx, shop, known, &email)?);
    }
    let traits: Vec<_> = traits.into_iter().collect();
    customer.entries = all_of_person(tx, &traits)?;
    Ok(Some(customer))
}

/// The lists on which an address stands. While there are entries of which the keeper has not noted whose
/// they are, each list there is is asked for: their keys are keyed hashes of market, model and address.
fn waiting_of(
    tx: &mut Tx<'_>,
    shop: &Shop,
    known: &Known,
    email: &Email,
) -> Result<Vec<KeptWaiting>, StoreError> {
    if !waiting_lists::any_waiting_unnamed(tx)? {
        return waiting_lists::waiting_of_customer(tx, shop.keys.customer(email));
    }
    let mut found = Vec::new();
    for market in &known.markets {
        let models = std::iter::once(None).chain(known.models.keys().cloned().map(Some));
        for model in models {
            let entry = WaitingEntry {
                email: email.clone(),
                market: market.code,
                model,
                language: market.languages.first().copied().unwrap_or(kontor_base::Language::En),
            };
            found.extend(waiting_lists::waiting(tx, &shop.keys.person(&entry.key()))?);
        }
    }
    Ok(found)
}

/// A customer, as far as they are somebody's to see, with a page of the orders from before `before` on.
///
/// # Errors
///
/// `customer.unknown` also where nothing of them is in the person's markets; or a fault of the store.
pub async fn customer(
    shop: &Arc<Shop>,
    person: &Person,
    id: CustomerId,
    before: Option<OrderId>,
) -> Outcome<Customer, Refusal> {
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .read("staff.customer", move |tx| {
            let markets = person.markets(Permission::CustomerRead);
            let wanted = Orders::Page(&markets, before);
            let customer = read(tx, &own, id, wanted)?.ok_or_else(unknown)?;
            let seen = customer.narrowed(&person, Permission::CustomerRead);
            if seen.is_empty() { Err(unknown()) } else { Ok(seen) }
        })
        .await
}

/// The customer with an address, if anything of them is somebody's to see.
pub(super) fn with_address(
    tx: &mut Tx<'_>,
    shop: &Shop,
    person: &Person,
    email: &Email,
) -> Result<Option<Customer>, StoreError> {
    let markets = person.markets(Permission::CustomerRead);
    let found = read(tx, shop, shop.keys.customer(email), Orders::Page(&markets, None))?;
    let seen = found.map(|customer| customer.narrowed(person, Permission::CustomerRead));
    Ok(seen.filter(|customer| !customer.is_empty()))
}

/// Everything that is kept about a customer, for the customer (Art. 15 and 20 GDPR); noted in the log.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn export(shop: &Arc<Shop>, person: &Person, id: CustomerId) -> Outcome<Value, Refusal> {
    let at = shop.now();
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.export_customer", move |tx| {
            let customer = whole(tx, &own, id)?.ok_or_else(unknown)?;
            check(&customer, &person, Permission::CustomerExport)?;
            let told = told(tx, &customer)?;
            let (act, market) = (Permission::CustomerExport.word(), customer.market());
            let subject = customer.id.to_string();
            let noted = Noted { act, market, subject: &subject, was: "", is_now: "" };
            note(tx, &own.random, at, By::Person(&person), &noted)?;
            Ok(told)
        })
        .await
}

/// Whoever may see nothing of a customer learns nothing; whoever sees only a part changes nothing.
fn check(customer: &Customer, person: &Person, needed: Permission) -> Outcome<(), Refusal> {
    if customer.clone().narrowed(person, Permission::CustomerRead).is_empty() {
        return Err(unknown());
    }
    let everywhere = customer.markets().iter().all(|market| person.may(needed, Some(*market)));
    if everywhere { Ok(()) } else { Err(StaffRefusal::NotPermitted.into()) }
}

fn refund_told(refund: &refund::Refund) -> Value {
    json!({
        "amount": refund.amount,
        "reason": refund.reason,
        "asked_at": refund.asked_at,
        "done_at": refund.done_at,
    })
}

fn booking_told(transfer: &MoneyTransfer) -> Value {
    json!({
        "at": transfer.at,
        "from": transfer.from,
        "to": transfer.to,
        "amount": transfer.amount,
        "cause": transfer.cause.as_str(),
    })
}

/// The letters about an order, a deposit or an entry on a list: what was written when. What was in them is
/// made anew each time from what they are about, and is not kept.
fn letters_told(tx: &mut Tx<'_>, about: &[u8; 16]) -> Result<Vec<Value>, StoreError> {
    let letters = mail::about(tx, about, i64::MAX)?;
    let told = letters.iter().map(|letter| {
        json!({
            "kind": letter.kind,
            "state": letter.state.word(),
            "queued_at": letter.queued_at,
            "done_at": letter.done_at,
            "attempts": letter.attempts,
            "last_error": letter.last_error,
        })
    });
    Ok(told.collect())
}

/// The units that left with an order.
fn units_told(tx: &mut Tx<'_>, number: &OrderNumber) -> Result<Vec<Value>, StoreError> {
    let units = serial::of_reference(tx, number.as_str())?;
    let told = units.iter().map(|unit| {
        json!({
            "serial": unit.serial,
            "item": unit.item,
            "model": unit.model,
            "sold_on": unit.sold_on,
        })
    });
    Ok(told.collect())
}

fn told(tx: &mut Tx<'_>, customer: &Customer) -> Result<Value, StoreError> {
    let mut orders = Vec::new();
    for placed in &customer.orders {
        let order = &placed.order;
        let payment = payments::get(tx, placed.payment)?;
        let refunds = refund::of_payment(tx, placed.payment)?;
        let transfers = money::of_order(tx, order.id)?;
        let written = notes::of_order(tx, order.id, i64::MAX)?;
        let units = units_told(tx, &order.number)?;
        let letters = letters_told(tx, order.id.bytes())?;
        orders.push(json!({
            "order": order,
            "state": placed.state().word(),
            "payment": payment.map(|payment| json!({
                "provider": payment.provider.word(),
                "state": payment.state.word(),
                "amount": payment.amount,
                "captured_minor": payment.captured_minor,
                "refunded_minor": payment.refunded_minor,
                "started_at": payment.started_at,
            })),
            "refunds": refunds.iter().map(refund_told).collect::<Vec<_>>(),
            "bookings": transfers.iter().map(booking_told).collect::<Vec<_>>(),
            "notes": written.iter().map(|note| json!({
                "written_at": note.written_at,
                "words": note.words,
            })).collect::<Vec<_>>(),
            "units": units,
            "letters": letters,
        }));
    }
    let mut deposits = Vec::new();
    for deposit in &customer.deposits {
        let refunds = match deposit.payment {
            Some(payment) => refund::of_payment(tx, payment)?,
            None => Vec::new(),
        };
        let transfers = money::of_deposit(tx, deposit.id)?;
        let letters = letters_told(tx, deposit.id.bytes())?;
        deposits.push(json!({
            "deposit": deposit.id,
            "sale": deposit.sale,
            "market": deposit.market,
            "state": deposit.state.word(),
            "amount": deposit.amount,
            "wanted": deposit.wanted,
            "began_at": deposit.began_at,
            "paid_at": deposit.paid_at,
            "order": deposit.order,
            "refunds": refunds.iter().map(refund_told).collect::<Vec<_>>(),
            "bookings": transfers.iter().map(booking_told).collect::<Vec<_>>(),
            "letters": letters,
        }));
    }
    let mut waiting = Vec::new();
    for kept in &customer.waiting {
        waiting.push(json!({
            "entry": kept.entry,
            "signed_at": kept.moments.signed_at,
            "asked_to_confirm_at": kept.moments.asked_at,
            "confirmed_at": kept.moments.confirmed_at,
            "letters": letters_told(tx, &kept.person)?,
        }));
    }
    Ok(json!({
        "addresses": customer.contacts.iter().map(|contact| json!({
            "email": contact.email,
            "known_since": contact.seen_at,
        })).collect::<Vec<_>>(),
        "orders": orders,
        "waiting_lists": waiting,
        "deposits": deposits,
        "sale_entries": customer.entries.iter().map(|entry| json!({
            "sale": entry.sale,
            "entry": entry.entry,
            "market": entry.market,
            "way": entry.way.word(),
            "entered_at": entry.entered_at,
        })).collect::<Vec<_>>(),
    }))
}

/// Two addresses of one person, to be put together.
#[derive(Clone, Debug)]
pub struct MergeCommand {
    /// The one that stays in front.
    pub customer: CustomerId,
    /// The other: an address, or the number of an order.
    pub other: String,
    /// The request's identity.
    pub once: Once,
}

/// Puts a customer's addresses together with those of another.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn merge(
    shop: &Arc<Shop>,
    person: &Person,
    command: MergeCommand,
) -> Outcome<Replayed<()>, Refusal> {
    let at = shop.now();
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.merge_customers", move |tx| {
            once(tx, Some(&command.once), at, |tx| {
                let front = whole(tx, &own, command.customer)?.ok_or_else(unknown)?;
                check(&front, &person, Permission::CustomerMerge)?;
                let other = named(tx, &own, &command.other)?.ok_or_else(unknown)?;
                let other = whole(tx, &own, other)?.ok_or_else(unknown)?;
                check(&other, &person, Permission::CustomerMerge)?;
                if other.id == front.id {
                    return Err(refused("customer.same", "these are together already"));
                }
                let all = front.contacts.len() + other.contacts.len();
                if i64::try_from(all).unwrap_or(i64::MAX) > ADDRESSES_MAX {
                    return Err(refused("customer.too_many", "these are too many addresses"));
                }
                for contact in &other.contacts {
                    contact::put_together(tx, contact.person, front.id)?;
                }
                let (was, is_now) = (other.id.to_string(), front.id.to_string());
                let (act, market) = (Permission::CustomerMerge.word(), front.market());
                let noted = Noted { act, market, subject: &is_now, was: &was, is_now: &is_now };
                note(tx, &own.random, at, By::Person(&person), &noted)?;
                Ok(())
            })
        })
        .await
}

/// The customer that somebody means by an address or an order's number.
fn named(tx: &mut Tx<'_>, shop: &Shop, typed: &str) -> Outcome<Option<CustomerId>, Refusal> {
    if let Ok(number) = typed.parse::<OrderNumber>() {
        let placed = by_number(tx, &number)?;
        return Ok(placed.map(|placed| shop.keys.customer(&placed.order.contact.email)));
    }
    Ok(Email::parse(typed).ok().map(|email| shop.keys.customer(&email)))
}

fn parsed(tx: &mut Tx<'_>, shop: &Shop, customer: &str) -> Outcome<Customer, Refusal> {
    let id: CustomerId = customer.parse().map_err(|_| unknown())?;
    whole(tx, shop, id)?.ok_or_else(unknown)
}

/// What erasing needs: the one market of the customer, or all of them.
pub(super) fn bearing(
    tx: &mut Tx<'_>,
    shop: &Shop,
    customer: &str,
    person: &Person,
) -> Outcome<Bearing, Refusal> {
    let found = parsed(tx, shop, customer)?;
    // First, because what stands in the way names an order, which may be another market's.
    check(&found, person, Permission::CustomerErase)?;
    let subject = found.id.to_string();
    let plain = Bearing::plain(Permission::CustomerErase, found.market(), subject);
    let bearing = plain.for_person(person)?;
    check_over(&found)?;
    Ok(bearing)
}

fn check_over(customer: &Customer) -> Outcome<(), Refusal> {
    if customer.deposits.iter().any(|deposit| !deposit.state.is_over()) {
        let why = "a deposit is held or being paid; it goes back when its place is given up";
        return Err(refused("customer.deposit_held", why));
    }
    match customer.orders.iter().find(|placed| !is_over(placed.state())) {
        None => Ok(()),
        Some(open) => Err(refused(
            "customer.order_open",
            &format!("order {} is still to be paid or sent", open.order.number),
        )),
    }
}

/// What erasing changes, for whoever decides: what goes, and what is kept, until when and why.
/// After it is done there is nothing left to show.
pub(super) fn change(tx: &mut Tx<'_>, shop: &Shop, customer: &str) -> Outcome<Change, Refusal> {
    let id: Option<CustomerId> = customer.parse().ok();
    let found = match id {
        Some(id) => whole(tx, shop, id)?,
        None => None,
    };
    let Some(found) = found else {
        return Ok(Change {
            was: String::new(),
            is_now: json!({"customer": customer}).to_string(),
        });
    };
    let today = shop.now().date();
    let years = shop.policy.keep_tax_records_years;
    let kept: Vec<Value> = found
        .orders
        .iter()
        .filter_map(|placed| match kept_of(placed.order.placed_at, today, years) {
            Kept::ForTax { until } => Some(json!({ "order": placed.order.number, "until": until })),
            Kept::Books => None,
        })
        .collect();
    let was = json!({
        "addresses": found.contacts.len(),
        "orders": found.orders.len(),
        "waiting_lists": found.waiting.len(),
        "deposits": found.deposits.len(),
        "telephone_numbers_and_notes": "kept",
    });
    let is_now = json!({
        "addresses": 0,
        "orders": found.orders.len(),
        "waiting_lists": 0,
        "telephone_numbers_and_notes": "erased",
        "name_and_address_kept_in": kept,
    });
    Ok(Change { was: was.to_string(), is_now: is_now.to_string() })
}

/// Erases a customer.
pub(super) fn erase(
    tx: &mut Tx<'_>,
    shop: &Shop,
    customer: &str,
    at: Instant,
) -> Outcome<(), Refusal> {
    let found = parsed(tx, shop, customer)?;
    check_over(&found)?;
    let (today, years) = (at.date(), shop.policy.keep_tax_records_years);
    for placed in &found.orders {
        let order = &placed.order;
        // First: the terms follow from what is erased below.
        unindex_in(tx, order)?;
        save_body(tx, &erased(order, kept_of(order.placed_at, today, years)))?;
        notes::erase(tx, order.id)?;
        mail::erase_words(tx, order.id.bytes())?;
        refund::erase_reasons(tx, placed.payment)?;
        erase_words_about(tx, order.number.as_str())?;
        if let Some(mut draft) = checkout(tx, order.checkout)? {
            draft.draft.contact = None;
            draft.draft.ship_to = None;
            save_checkout(tx, &draft)?;
        }
    }
    for deposit in &found.deposits {
        // What is in the books stays: the amount, and when it was paid and given back.
        let mut deposit = deposit.clone();
        (deposit.wanted.email, deposit.wanted.phone) = (None, None);
        deposits::save(tx, &deposit)?;
        mail::erase_words(tx, deposit.id.bytes())?;
    }
    for kept in &found.waiting {
        mail::erase_words(tx, &kept.person)?;
        waiting_lists::stop_waiting(tx, &kept.person)?;
    }
    for contact in &found.contacts {
        guest::forget(tx, contact.person)?;
        beta::forget(tx, contact.person)?;
        contact::erase(tx, contact.person)?;
    }
    Ok(())
}

/// Takes the words out of what was proposed about an order: a reason can name people. What was
/// proposed, by whom and how it ended stays.
fn erase_words_about(tx: &mut Tx<'_>, number: &str) -> Result<(), StoreError> {
    for kept in proposals::about(tx, number, PROPOSALS_MAX)? {
        proposals::erase_words(tx, kept.id, &act_of(&kept)?.without_words())?;
    }
    Ok(())
}

/// A page of those on a waiting list who have confirmed their address.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn waiting_list(
    shop: &Shop,
    market: MarketCode,
    model: String,
    after: [u8; 16],
    limit: i64,
) -> Result<Vec<KeptWaiting>, StoreError> {
    shop.db
        .read("staff.waiting_list", move |tx| {
            waiting_lists::waiting_after(tx, market, &model, &after, limit)
        })
        .await
}

/// How many people wait for what in a market, those who have confirmed it and the others apart.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn waiting_counts(
    shop: &Shop,
    market: MarketCode,
) -> Result<Vec<WaitingCount>, StoreError> {
    shop.db.read("staff.waiting_counts", move |tx| waiting_lists::waiting_counts(tx, market)).await
}
