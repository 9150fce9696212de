//! Puts letters into words: the shop says what has happened, this says it in the reader's language.

use std::sync::Arc;

use askama::Template;
use kontor_base::{Country, Instant, Language};
use kontor_domain::catalogue::Model;
use kontor_domain::customer::WaitingEntry;
use kontor_domain::market::{MarketCode, TaxDisplay};
use kontor_domain::order::Order;
use kontor_domain::payment::PaymentState;
use kontor_shop::Shop;
use kontor_shop::mail::{
    Content, DepositLetter, Kind, OrderLetter, ResellerLetter, Writer, Written,
};

use crate::kit::desk::SIGN_IN;
use crate::kit::text::Text;
use crate::page::{Help, LetterOrder, LetterPage, LetterText, Site, TransferAccount};
use crate::store_front::{address_lines, help_of, totals_of};

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
            help: Help::default(),
            why,
            leave: None,
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
            | Kind::ResellerHeld
            | Kind::ResellerFreed
            | Kind::DepositPaid
            | Kind::DepositReturned
            | Kind::WaitingConfirm
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
            help: match letter.kind {
                // The letter that is kept: it says where goods go back to.
                Kind::OrderPlaced => self.help(order.market, t),
                _ => self.help(order.market, t).only_questions(),
            },
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

    /// Whom the reader asks: the people of the market as they are reached today.
    fn help(&self, market: MarketCode, t: Text) -> Help {
        let snapshot = self.shop.snapshots.now();
        snapshot.market(market).map_or_else(Help::default, |market| help_of(market, &t))
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

    /// A letter to a reseller, in the first language of the market that serves them: nobody has asked
    /// which one they read.
    fn of_reseller(&self, letter: &ResellerLetter) -> LetterPage {
        let order = &letter.order;
        let snapshot = self.shop.snapshots.now();
        let market = snapshot.market(order.body.market);
        let language = market.and_then(|market| market.languages.first().copied());
        let t = Text::new(language.unwrap_or(Language::En), None);
        let (subject, says) = match letter.kind {
            Kind::ResellerFreed => ("letter-freed", "letter-reseller-freed-text"),
            _ => ("letter-held", "letter-reseller-held-text"),
        };
        let lines = order.body.lines.iter().map(|line| format!("{} × {}", line.units, line.sku));
        let mut paragraphs = vec![t.get(says).into_owned()];
        paragraphs.extend(lines);
        let subject = t.one(subject, "number", order.id.to_string()).into_owned();
        let desk = format!("{}/reseller", self.site.origin);
        LetterPage {
            paragraphs,
            link: Some((t.get("letter-see-orders").into_owned(), desk)),
            ..self.blank(t, subject, t.get("letter-why-order").into_owned())
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
            help: self.help(deposit.market, t).only_questions(),
            ..self.blank(t, subject, word("letter-why-deposit"))
        }
    }

    /// A letter to somebody who waits, with the link that ends it.
    fn of_waiting(&self, entry: &WaitingEntry, content: &Content) -> LetterPage {
        let snapshot = self.shop.snapshots.now();
        let country = snapshot.market(entry.market).map(kontor_domain::market::Market::home);
        let t = Text::new(entry.language, country);
        let there = country.map_or_else(String::new, |c: Country| t.in_country(&c).into_owned());
        let model = entry.model.as_ref().map(|slug| {
            let model = snapshot.models.get(slug);
            let name = |model: &Model| model.text(entry.language, |text| &text.name).to_owned();
            (slug, model.map_or_else(|| slug.to_string(), name))
        });
        let named = model.as_ref().map(|(slug, name)| (slug.as_str(), name.as_str()));
        let letter = match content {
            Content::WaitingConfirm { asked_at, .. } => {
                self.waiting_confirm(entry, *asked_at, t, &there, named)
            }
            Content::WaitingDelayed(_) => self.waiting_delayed(t, &there, named),
            _ => self.waiting_over(entry, t, &there, named),
        };
        let words = t.get("letter-leave").into_owned();
        LetterPage { leave: Some((words, self.leave_address(entry, t.language()))), ..letter }
    }

    fn leave_address(&self, entry: &WaitingEntry, language: Language) -> String {
        let token = self.shop.keys.leave_token(&self.shop.keys.person(&entry.key()));
        self.waiting_address(entry, language, "leave", &token)
    }

    fn waiting_address(
        &self,
        entry: &WaitingEntry,
        language: Language,
        act: &str,
        token: &str,
    ) -> String {
        let (origin, market, tag) = (&self.site.origin, entry.market, language.tag());
        format!("{origin}/{market}/{tag}/waiting/{act}/{token}")
    }

    fn waiting_confirm(
        &self,
        entry: &WaitingEntry,
        asked_at: Instant,
        t: Text,
        there: &str,
        named: Option<(&str, &str)>,
    ) -> LetterPage {
        let word = |id: &str| t.get(id).into_owned();
        let subject = match named {
            Some((_, name)) => t.two("letter-confirm", "name", name, "country", there),
            None => t.one("letter-confirm-market", "country", there),
        };
        let token = self.shop.keys.waiting_token(&self.shop.keys.person(&entry.key()), asked_at);
        let address = self.waiting_address(entry, t.language(), "confirm", &token);
        LetterPage {
            paragraphs: vec![word("letter-confirm-text"), word("letter-confirm-not")],
            link: Some((word("letter-see-confirm"), address)),
            ..self.blank(t, subject.into_owned(), word("letter-why-waiting"))
        }
    }

    fn waiting_over(
        &self,
        entry: &WaitingEntry,
        t: Text,
        there: &str,
        named: Option<(&str, &str)>,
    ) -> LetterPage {
        let (origin, market, tag) = (&self.site.origin, entry.market, t.language().tag());
        let word = |id: &str| t.get(id).into_owned();
        let (why, once) = (word("letter-why-waiting"), word("letter-waiting-once"));
        match named {
            Some((slug, name)) => {
                let says = t.two("letter-waiting-text", "name", name, "country", there);
                let address = format!("{origin}/{market}/{tag}/product/{slug}");
                LetterPage {
                    paragraphs: vec![says.into_owned(), once],
                    link: Some((word("letter-see-product"), address)),
                    ..self.blank(t, t.one("letter-waiting", "name", name).into_owned(), why)
                }
            }
            None => LetterPage {
                paragraphs: vec![once],
                link: Some((word("letter-see-shop"), format!("{origin}/{market}/{tag}/"))),
                ..self.blank(t, t.one("letter-waiting-market", "country", there).into_owned(), why)
            },
        }
    }

    fn waiting_delayed(&self, t: Text, there: &str, named: Option<(&str, &str)>) -> LetterPage {
        let name = named.map_or(self.site.shop_name.as_str(), |(_, name)| name);
        let says = t.two("letter-delayed-text", "name", name, "country", there).into_owned();
        let stays = t.get("letter-delayed-stays").into_owned();
        let subject = t.two("letter-delayed", "name", name, "country", there).into_owned();
        let why = t.get("letter-why-waiting").into_owned();
        LetterPage { paragraphs: vec![says, stays], ..self.blank(t, subject, why) }
    }
}

impl Writer for Letters {
    fn write(&self, content: &Content) -> Written {
        let page = match content {
            Content::Order(letter) => self.of_order(letter),
            Content::Reseller(letter) => self.of_reseller(letter),
            Content::Deposit(letter) => self.of_deposit(letter),
            Content::WaitingConfirm { entry, .. }
            | Content::WaitingOver(entry)
            | Content::WaitingDelayed(entry) => self.of_waiting(entry, content),
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
        leave: page.leave.as_ref().map(|(_, address)| address.clone()),
    }
}
