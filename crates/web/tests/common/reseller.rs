//! A reseller with a contract for bands in the USA, as two people of the maker would have made it; and many
//! orders of it.

use std::collections::BTreeMap;

use kontor_base::id::{ResellerId, ResellerOrderId};
use kontor_base::{Instant, Money};
use kontor_domain::reseller::{Clause, Contract, Profile, ProfileForm, Standing, Terms};
use kontor_shop::staff::{allot_as_operator, issue_key_as_operator};
use kontor_store::reseller::{
    KeptContract, KeptOrder, Reseller, contract, order, save, save_contract, save_order,
};
use kontor_store::{StoreError, Tx};
use serde_json::json;

use super::{Answer, Api, Ask, BAND, Shopper};

/// The contract's name.
pub(crate) const CONTRACT: &str = "US-2015-3";
/// The name of the one with Germany, where there is one.
pub(crate) const GERMAN: &str = "DE-2015-1";

/// The reseller and what it signs in with.
pub(crate) struct Partner {
    /// Who.
    pub(crate) id: ResellerId,
    /// Its key.
    pub(crate) key: String,
}

impl Partner {
    /// Makes it, with so many bands set aside.
    pub(crate) async fn with_bands(api: &Api, units: u32) -> Self {
        let (now, random) = (api.shop.now(), api.shop.random.clone());
        let form = ProfileForm {
            name: "Harbour <b>Electronics".to_owned(),
            country: "us".to_owned(),
            email: "trade@harbour.example".to_owned(),
            plan: "bands in two shops".to_owned(),
        };
        let profile = Profile::parse(&form).expect("a profile");
        let id = ResellerId::new(now, &random);
        let band = || BAND.parse().expect("a SKU");
        let terms = Terms {
            territory: ["US".parse().expect("a country")].into(),
            models: ["band".parse().expect("a model")].into(),
            prices: [(band(), Money::new(900, "USD".parse().expect("a currency")))].into(),
            minimum_units: 1,
            allotment: [(band(), units)].into(),
        };
        let contract = Contract {
            code: CONTRACT.to_owned(),
            reseller: form.name.clone(),
            from: "2015-01-01".parse().expect("a day"),
            until: "2016-12-31".parse().expect("a day"),
            ended_on: None,
            terms,
            clauses: Clause::ALL.into_iter().map(|clause| (clause, "2.1".to_owned())).collect(),
        };
        let market = "us".parse().expect("a market");
        let write = move |tx: &mut Tx<'_>| {
            let profile = profile.clone();
            save(tx, &Reseller { id, standing: Standing::Approved, applied_at: now, profile })?;
            let contract = contract.clone();
            save_contract(tx, &KeptContract { reseller: id, market, contract }, now)?;
            Ok::<_, StoreError>(())
        };
        api.shop.db.write("test.reseller", write).await.expect("written");
        let allotted = allot_as_operator(&api.shop, CONTRACT.to_owned(), band(), units.into());
        assert!(allotted.await.is_ok(), "set aside");
        let key = issue_key_as_operator(&api.shop, id, "till".to_owned()).await;
        Self { id, key: key.unwrap_or_else(|_| panic!("a key")) }
    }

    /// Makes a second contract, with Germany.
    pub(crate) async fn and_german(&self, api: &Api) {
        let at = api.shop.now();
        let write = move |tx: &mut Tx<'_>| {
            let mut kept = contract(tx, CONTRACT)?.expect("the contract");
            kept.market = "de".parse().expect("a market");
            kept.contract.code = GERMAN.to_owned();
            kept.contract.clauses.insert(Clause::Territory, "9.9".to_owned());
            kept.contract.terms.territory = ["DE".parse().expect("a country")].into();
            let euros = Money::new(777, "EUR".parse().expect("a currency"));
            kept.contract.terms.prices = BTreeMap::from([(BAND.parse().expect("a SKU"), euros)]);
            save_contract(tx, &kept, at)
        };
        api.shop.db.write::<_, StoreError, _>("test.german", write).await.expect("written");
    }

    /// Where the maker's people find it.
    pub(crate) fn place(&self) -> String {
        format!("/admin/resellers/{}", self.id)
    }

    /// A request of its program.
    pub(crate) fn program(&self, ask: Ask) -> Ask {
        ask.header("authorization", &format!("Bearer {}", self.key))
    }

    /// An order of bands by its program.
    pub(crate) fn order(&self, units: u32, key: &str) -> Ask {
        let lines = json!([{ "sku": BAND, "units": units }]);
        let body = json!({ "contract": CONTRACT, "ship_to": "US", "lines": lines });
        self.program(Ask::post("/api/v1/reseller/orders", &body).key(key))
    }

    /// Its browser, signed in.
    pub(crate) async fn browser(&self, api: &Api) -> Shopper {
        let mut browser = Shopper::default();
        let secret = [("secret", self.key.as_str())];
        let entered = api.send(Ask::form("/reseller/sign-in", &secret)).await.expect(303);
        browser.keep(&entered);
        browser
    }

    /// Orders bands and has them sent with these serial numbers.
    pub(crate) async fn deliver(
        &self,
        api: &Api,
        desk: &super::desk::Browser<'_>,
        serials: &[&str],
    ) {
        let units = u32::try_from(serials.len()).expect("few");
        let taken = api.send(self.order(units, serials[0])).await.expect(201);
        let sent = dispatch(desk, taken.str("/id"), serials).await;
        sent.expect(303);
    }
}

/// Writes orders down that are like one that is kept, but placed at this moment and changed; gives their ids.
pub(crate) async fn copy_order(
    api: &Api,
    id: &str,
    (at, count): (Instant, usize),
    change: impl Fn(&mut KeptOrder),
) -> Vec<String> {
    let id: ResellerOrderId = id.parse().expect("an id");
    let kept = api.shop.db.read("test.order", move |tx| order(tx, id)).await;
    let kept = kept.expect("read").expect("kept");
    let copy = |_| {
        let mut copy = KeptOrder { id: ResellerOrderId::new(at, &api.shop.random), ..kept.clone() };
        change(&mut copy);
        copy
    };
    let copies: Vec<KeptOrder> = (0..count).map(copy).collect();
    let ids = copies.iter().map(|copy| copy.id.to_string()).collect();
    let write = move |tx: &mut Tx<'_>| copies.iter().try_for_each(|copy| save_order(tx, copy));
    api.shop.db.write::<_, StoreError, _>("test.orders", write).await.expect("written");
    ids
}

/// An order under the contract with Germany.
pub(crate) fn make_german(order: &mut KeptOrder) {
    GERMAN.clone_into(&mut order.contract);
    order.body.market = "de".parse().expect("a market");
}

/// Where the button with these words leads.
pub(crate) fn link(page: &Answer, words: &str) -> String {
    let before = page.text.split(&format!(">{words}</a>")).next().expect("a page");
    assert_ne!(before.len(), page.text.len(), "no {words:?} in {}", page.text);
    let href = before.rsplit("href=\"").next().expect("a link");
    href.split(['"', '#']).next().expect("an end").replace("&#38;", "&")
}

/// The form that hands an order to the carrier.
pub(crate) async fn dispatch(
    desk: &super::desk::Browser<'_>,
    order: &str,
    serials: &[&str],
) -> Answer {
    let serials = format!("{BAND}: {}", serials.join(" "));
    let fields = [("key", order), ("number", order), ("serials", &serials)];
    desk.form("/admin/us/dispatch", &fields).await
}
