//! Puts letters into words: the shop says what has happened, this says it in the reader's language.

use std::sync::Arc;

use askama::Template;
use kontor_base::{Country, Language};
use kontor_domain::customer::WaitingEntry;
use kontor_domain::market::{MarketCode, TaxDisplay};
use kontor_domain::order::Order;
use kontor_domain::payment::PaymentState;
use kontor_shop::Shop;
use kontor_shop::mail::{Content, DepositLetter, Kind, OrderLetter, Writer, Written};

use crate::kit::desk::SIGN_IN;
use crate::kit::text::Text;
use crate::page::{LetterOrder, LetterPage, LetterText, Site, TransferAccount};
use crate::store_front::{address_lines, totals_of};

/// Writes the letters of a shop.
#[derive(Clone, Debug)]
pub struct Letters {
    shop: Arc<Shop>,
    site: Arc<Site>,
}

impl Letters {
    /// For a shop that is reached at `origin`.
    #[must_use]
    pub fn new(shop: Arc<Shop>, origin: &str) -> Self {
        let snapshot = shop.snapshots.now();
        let site = Arc::new(Site {
            shop_name: snapshot.shop_name.clone(),
            operator: snapshot.operator.clone(),
            origin: origin.to_owned(),
            reenactment: snapshot.reenactment,
        });
        Self { shop, site }
    }

    /// A letter that only shows that letters get through.
    #[must_use]
    pub fn test(&self, language: Language) -> Written {
        let t = Text::new(language, None);
        let page = LetterPage {
            paragraphs: vec![t.get("letter-test-text").into_owned()],
            ..self.blank(
                t,
                t.get("letter-test").into_owned(),
                t.get("letter-why-test").into_owned(),
            )
        };
        written(&page)
    }

    fn blank(&self, text: Text, subject: String, why: String) -> LetterPage {
        LetterPage {
            site: Arc::clone(&self.site),
            text,
            subject,
            paragraphs: Vec::new(),
            code: None,
            link: None,
            transfer: None,
            order: None,
            why,
        }
    }

    fn of_order(&self, letter: &OrderLetter) -> LetterPage {
        let order = &letter.placed.order;
        let t = Text::new(order.language, Some(order.ship_to.country));
        let token = self.shop.keys.order_token(order.id);
        let origin = &self.site.origin;
        let address = format!("{origin}/{}/{}/order/{token}", order.market, t.language().tag());
        let number = order.number.as_str();
        let say = |id: &str| t.one(id, "number", number).into_owned();
        let word = |id: &str| t.get(id).into_owned();
        let money_back = || match &letter.amount {
            Some(amount) => t.one("letter-refunded-text", "amount", t.money(amount)).into_owned(),
            None => word("letter-refunded-plain"),
        };
        let paid = matches!(
            letter.placed.payment_state,
            PaymentState::Authorised | PaymentState::Captured
        );
        let (subject, paragraphs) = match letter.kind {
            Kind::PaymentReceived => (say("letter-received"), vec![word("letter-received-text")]),
            Kind::PaymentRefunded => (say("letter-refunded"), vec![money_back()]),
            Kind::OrderCancelled => {
                let mut paragraphs = vec![word("letter-cancelled-text")];
                paragraphs.extend(letter.amount.map(|_| money_back()));
                (say("letter-cancelled"), paragraphs)
            }
            Kind::OrderHeld => (say("letter-held"), vec![word("letter-held-text")]),
            Kind::OrderFreed => (say("letter-freed"), vec![word("letter-freed-text")]),
            Kind::OrderPlaced
            | Kind::DepositPaid
            | Kind::DepositReturned
            | Kind::WaitingOver
            | Kind::WaitingDelayed
            | Kind::StaffCode => {
                let next = if paid { "letter-placed-paid" } else { "letter-placed-awaiting" };
                (say("letter-placed"), vec![word("letter-placed-text"), word(next)])
            }
        };
        LetterPage {
            paragraphs,
            link: Some((word("letter-see-order"), address)),
            transfer: self.transfer(letter),
            order: Some(self.order(order, t)),
            ..self.blank(t, subject, word("letter-why-order"))
        }
    }

    fn transfer(&self, letter: &OrderLetter) -> Option<TransferAccount> {
        let bank = self.shop.policy.bank_account.as_ref()?;
        let transfer = letter.transfer.as_ref().filter(|_| letter.kind == Kind::OrderPlaced)?;
        Some(TransferAccount {
            holder: bank.holder.clone(),
            account: bank.account.clone(),
            bank_code: String::new(),
            bank: bank.bank.clone(),
            reference: transfer.reference.clone(),
            amount: transfer.amount,
            due: transfer.due.date(),
        })
    }

    fn order(&self, order: &Order, t: Text) -> LetterOrder {
        let snapshot = self.shop.snapshots.now();
        let market = snapshot.market(order.market);
        let display = market.map_or(TaxDisplay::Inclusive, |market| market.tax_display);
        let lines = order.lines.iter().map(|line| {
            let amount = match display {
                TaxDisplay::Inclusive => line.quoted.amount.gross,
                TaxDisplay::Exclusive => line.quoted.amount.net,
            };
            (line.quoted.quantity, line.title.clone(), amount)
        });
        LetterOrder {
            number: order.number.to_string(),
            placed_at: order.placed_at,
            lines: lines.collect(),
            totals: totals_of(&order.totals, display, false)
                .with_deposit(order.deposit.map(|paid| (paid.amount, paid.paid_at))),
            address: address_lines(&order.ship_to, &t),
        }
    }

    fn of_deposit(&self, letter: &DepositLetter) -> LetterPage {
        let deposit = &letter.deposit;
        let t = Text::new(deposit.wanted.language, Some(deposit.wanted.ship_to));
        let word = |id: &str| t.get(id).into_owned();
        let amount = |id: &str| t.one(id, "amount", t.money(&letter.amount)).into_owned();
        let (subject, paragraphs) = match letter.kind {
            Kind::DepositReturned => {
                ("letter-deposit-returned", vec![amount("letter-refunded-text")])
            }
            _ => {
                ("letter-deposit", vec![amount("letter-deposit-text"), word("letter-deposit-back")])
            }
        };
        let token = self.shop.keys.deposit_token(deposit.id);
        let (origin, market, tag) = (&self.site.origin, deposit.market, t.language().tag());
        let address = format!("{origin}/{market}/{tag}/sale/{}/deposit/{token}", deposit.sale);
        let subject = t.one(subject, "title", &letter.title).into_owned();
        LetterPage {
            paragraphs,
            link: Some((word("letter-see-deposit"), address)),
            ..self.blank(t, subject, word("letter-why-deposit"))
        }
    }

    fn waiting_over(
        &self,
        content: &Content,
        market: MarketCode,
        language: Language,
    ) -> LetterPage {
        let snapshot = self.shop.snapshots.now();
        let country = snapshot.market(market).map(kontor_domain::market::Market::home);
        let t = Text::new(language, country);
        let there = country.map_or_else(String::new, |c: Country| t.in_country(&c).into_owned());
        let (origin, tag) = (&self.site.origin, t.language().tag());
        let word = |id: &str| t.get(id).into_owned();
        let why = word("letter-why-waiting");
        let once = word("letter-waiting-once");
        match content.model() {
            Some(slug) => {
                let model = snapshot.models.get(slug);
                let name = model.map_or_else(
                    || slug.to_string(),
                    |model| model.text(language, |text| &text.name).to_owned(),
                );
                let says = t.two("letter-waiting-text", "name", &name, "country", &there);
                LetterPage {
                    paragraphs: vec![says.into_owned(), once],
                    link: Some((
                        word("letter-see-product"),
                        format!("{origin}/{market}/{tag}/product/{slug}"),
                    )),
                    ..self.blank(t, t.one("letter-waiting", "name", &name).into_owned(), why)
                }
            }
            None => LetterPage {
                paragraphs: vec![once],
                link: Some((word("letter-see-shop"), format!("{origin}/{market}/{tag}/"))),
                ..self.blank(t, t.one("letter-waiting-market", "country", &there).into_owned(), why)
            },
        }
    }
}

impl Letters {
    fn waiting_delayed(&self, entry: &WaitingEntry) -> LetterPage {
        let snapshot = self.shop.snapshots.now();
        let country = snapshot.market(entry.market).map(kontor_domain::market::Market::home);
        let t = Text::new(entry.language, country);
        let there = country.map_or_else(String::new, |c: Country| t.in_country(&c).into_owned());
        let model = entry.model.as_ref().and_then(|slug| snapshot.models.get(slug));
        let name = model.map_or_else(
            || self.site.shop_name.clone(),
            |model| model.text(entry.language, |text| &text.name).to_owned(),
        );
        let says = t.two("letter-delayed-text", "name", &name, "country", &there).into_owned();
        let stays = t.get("letter-delayed-stays").into_owned();
        let subject = t.two("letter-delayed", "name", &name, "country", &there).into_owned();
        let why = t.get("letter-why-waiting").into_owned();
        LetterPage { paragraphs: vec![says, stays], ..self.blank(t, subject, why) }
    }
}

impl Writer for Letters {
    fn write(&self, content: &Content) -> Written {
        let page = match content {
            Content::Order(letter) => self.of_order(letter),
            Content::Deposit(letter) => self.of_deposit(letter),
            Content::WaitingOver(entry) => self.waiting_over(content, entry.market, entry.language),
            Content::WaitingDelayed(entry) => self.waiting_delayed(entry),
            Content::StaffCode { account, code } => {
                let t = Text::new(account.language, None);
                let shop = self.site.shop_name.as_str();
                let text = t.one("letter-staff-text", "name", account.name.as_str());
                LetterPage {
                    paragraphs: vec![text.into_owned()],
                    code: Some(code.clone()),
                    link: Some((
                        t.get("letter-sign-in").into_owned(),
                        format!("{}{SIGN_IN}?by=code", self.site.origin),
                    )),
                    ..self.blank(
                        t,
                        t.one("letter-staff", "shop", shop).into_owned(),
                        t.get("letter-why-staff").into_owned(),
                    )
                }
            }
        };
        written(&page)
    }
}

fn written(page: &LetterPage) -> Written {
    let text = LetterText { letter: page }.render();
    Written {
        subject: page.subject.clone(),
        text: text.expect("a letter is text and numbers: rendering it cannot fail"),
        html: page.render().expect("a letter is text and numbers: rendering it cannot fail"),
    }
}
