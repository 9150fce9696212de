//! Why something is not done, in the reader's language. Each refusal has a stable code; its text is
//! `refusal-` and the code, with what the refusal has in it. What an area says only in its own words
//! (of a contract's clause, of a bad row) is told as it is said.

use kontor_domain::opening::AssortmentRefusal;
use kontor_domain::staff::KeyRefusal;
use kontor_domain::staff::PasswordProblem;
use kontor_shop::opening::Refusal as OpeningRefusal;
use kontor_shop::order::DispatchRefusal;
use kontor_shop::staff::{ActRefusal, Refusal};
use kontor_shop::stock::ShipRefusal;

use super::opening_view::stage_words;
use crate::kit::text::Text;

/// Why, as the end of a sentence.
pub(super) fn why(t: &Text, refusal: &Refusal) -> String {
    let parts = parts(t, refusal);
    let given: Vec<(&'static str, &str)> =
        parts.iter().map(|(name, value)| (*name, value.as_str())).collect();
    t.find(&id(refusal), &given).map_or_else(|| refusal.to_string(), |words| words.into_owned())
}

/// The id of a refusal's text.
fn id(refusal: &Refusal) -> String {
    let more = match refusal {
        Refusal::Field(field) => field.word(),
        Refusal::Password(PasswordProblem::TooShort) => "short",
        Refusal::Password(PasswordProblem::TooLong) => "long",
        Refusal::Password(PasswordProblem::Guessable) => "guessable",
        Refusal::Key(KeyRefusal::NoScope) => "no-scope",
        Refusal::Key(KeyRefusal::NotForKeys(_)) => "not-for-keys",
        Refusal::Key(KeyRefusal::NotYours(_)) => "not-yours",
        Refusal::Key(KeyRefusal::Days) => "days",
        Refusal::Key(KeyRefusal::TooMany) => "too-many",
        _ => "",
    };
    let code = refusal.code().replace(['.', '_'], "-");
    match more {
        "" => format!("refusal-{code}"),
        more => format!("refusal-{code}-{more}"),
    }
}

/// What a refusal has in it, by name.
fn parts(t: &Text, refusal: &Refusal) -> Vec<(&'static str, String)> {
    let one = |name, value: &dyn ToString| vec![(name, value.to_string())];
    match refusal {
        Refusal::TooMany(seconds) => one("seconds", seconds),
        Refusal::Key(KeyRefusal::NotForKeys(scope) | KeyRefusal::NotYours(scope)) => {
            one("scope", &scope.word())
        }
        Refusal::Act(act) => match act {
            ActRefusal::UnknownClearance(name)
            | ActRefusal::CodeTaken(name)
            | ActRefusal::NoWithdrawal(name)
            | ActRefusal::NoDocument(name) => one("name", name),
            ActRefusal::Opening(refusal) => match &**refusal {
                OpeningRefusal::NoSuchStep { from, to } => {
                    vec![("from", stage_words(t, *from)), ("to", stage_words(t, *to))]
                }
                OpeningRefusal::ConcernsNothing(scope) => one("name", scope),
                OpeningRefusal::BadCost(clearance) => one("name", clearance),
                OpeningRefusal::NoWithdrawal(code) => one("name", code),
                OpeningRefusal::Assortment(
                    AssortmentRefusal::AlreadyIn(sku) | AssortmentRefusal::NotIn(sku),
                ) => one("name", sku),
                OpeningRefusal::TooEarly(day) => one("day", &t.date(day)),
                OpeningRefusal::UnknownMarket(_)
                | OpeningRefusal::UnknownSku(_)
                | OpeningRefusal::Plan(_)
                | OpeningRefusal::Assortment(_)
                | OpeningRefusal::NotReady(_) => Vec::new(),
            },
            ActRefusal::Dispatch(refusal) => match &**refusal {
                DispatchRefusal::Ship(ShipRefusal::NotASerial(name) | ShipRefusal::Twice(name)) => {
                    one("name", name)
                }
                DispatchRefusal::Ship(ShipRefusal::NotInside(sku)) => one("name", sku),
                DispatchRefusal::Ship(ShipRefusal::Count { sku, units, serials }) => vec![
                    ("name", sku.to_string()),
                    ("units", units.to_string()),
                    ("serials", serials.to_string()),
                ],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use kontor_base::Language;
    use kontor_domain::market::Stage;
    use kontor_domain::staff::{Permission, StaffRefusal};
    use kontor_shop::staff::FieldProblem;

    use super::*;

    fn order(code: &'static str) -> Refusal {
        Refusal::Act(ActRefusal::Order { code, why: "in English".to_owned() })
    }

    fn area(code: &'static str) -> Refusal {
        Refusal::Act(ActRefusal::Area { code, words: "in English".to_owned() })
    }

    /// What people meet: a proposal, a step, a refund, a parcel, a form.
    fn usual() -> Vec<Refusal> {
        let staff = [
            StaffRefusal::NotPermitted,
            StaffRefusal::SamePerson,
            StaffRefusal::NotAuthor,
            StaffRefusal::Decided,
            StaffRefusal::Expired,
            StaffRefusal::Changed,
        ];
        let passwords =
            [PasswordProblem::TooShort, PasswordProblem::TooLong, PasswordProblem::Guessable];
        let keys = [
            KeyRefusal::NoScope,
            KeyRefusal::NotForKeys(Permission::StockRead),
            KeyRefusal::NotYours(Permission::OrderRead),
            KeyRefusal::Days,
            KeyRefusal::TooMany,
        ];
        let name = || "X-1".to_owned();
        let step = OpeningRefusal::NoSuchStep { from: Stage::Open, to: Stage::Scouting };
        let sku = || "X-1".parse().expect("a SKU");
        let assortment = [
            AssortmentRefusal::NotBound,
            AssortmentRefusal::NothingNamed,
            AssortmentRefusal::AlreadyIn(sku()),
            AssortmentRefusal::NotIn(sku()),
            AssortmentRefusal::NothingLeft,
        ];
        let opening = [
            step,
            OpeningRefusal::BadCost(name()),
            OpeningRefusal::UnknownSku("X-1".parse().expect("a SKU")),
            OpeningRefusal::ConcernsNothing(Box::default()),
            OpeningRefusal::TooEarly("2015-06-01".parse().expect("a day")),
        ];
        let ship = [
            ShipRefusal::NotASerial(name()),
            ShipRefusal::Twice(name()),
            ShipRefusal::Count { sku: "X-1".parse().expect("a SKU"), units: 2, serials: 1 },
            ShipRefusal::NotInside("X-1".parse().expect("a SKU")),
        ];
        let dispatch = ship.map(DispatchRefusal::Ship).into_iter();
        let dispatch = dispatch.chain([
            DispatchRefusal::NotCleared,
            DispatchRefusal::NotReady(kontor_domain::order::OrderState::OnHold),
        ]);
        let acts = [
            ActRefusal::UnknownClearance(name()),
            ActRefusal::CodeTaken(name()),
            ActRefusal::NoWithdrawal(name()),
            ActRefusal::NoDocument(name()),
            ActRefusal::OtherMarket,
        ];
        let orders = [
            "order.unknown",
            "order.already_dispatched",
            "order.already_over",
            "order.cancel_instead",
            "payment.nothing_to_refund",
            "payment.more_than_left",
            "payment.not_collected",
            "job.unknown",
            "mail.unknown",
        ];
        let areas = [
            "staff.nothing_changes",
            "market.unknown",
            "catalogue.unknown_sku",
            "price.has_begun",
            "price.not_planned",
            "price.past",
            "stock.booked_already",
            "sale.unknown",
            "rollout.unknown",
        ];
        let plain = [
            Refusal::NotKnown,
            Refusal::TooMany(60),
            Refusal::UnknownAccount,
            Refusal::AddressTaken,
            Refusal::UnknownKey,
            Refusal::UnknownProposal,
        ];
        let act =
            acts.into_iter()
                .chain(assortment.map(|refusal| {
                    ActRefusal::Opening(Box::new(OpeningRefusal::Assortment(refusal)))
                }))
                .chain(opening.map(|refusal| ActRefusal::Opening(Box::new(refusal))))
                .chain(dispatch.map(|refusal| ActRefusal::Dispatch(Box::new(refusal))));
        plain
            .into_iter()
            .chain(staff.map(Refusal::Staff))
            .chain(passwords.map(Refusal::Password))
            .chain(keys.map(Refusal::Key))
            .chain(FieldProblem::ALL.map(Refusal::Field))
            .chain(act.map(Refusal::Act))
            .chain(orders.map(order))
            .chain(areas.map(area))
            .collect()
    }

    #[test]
    fn what_people_are_refused_with_is_said_in_their_language() {
        let [english, german] = [Language::En, Language::De].map(|l| Text::new(l, None));
        for refusal in usual() {
            let (en, de) = (why(&english, &refusal), why(&german, &refusal));
            assert!(!en.contains('⟦') && !de.contains('⟦'), "{refusal:?}: {en} / {de}");
            assert_ne!(en, de, "{refusal:?}");
            assert_ne!(de, refusal.to_string(), "{refusal:?}");
        }
    }

    #[test]
    fn no_text_is_left_over() {
        let mut used: std::collections::BTreeSet<String> = usual().iter().map(id).collect();
        // A whole plan is in it; `shop` tests make one.
        used.insert("refusal-opening-not-ready".to_owned());
        let lines = include_str!("../../i18n/en/refusal.ftl").lines();
        let written = lines.filter_map(|line| line.split_once(" = ")).map(|(id, _)| id.to_owned());
        assert_eq!(written.collect::<std::collections::BTreeSet<_>>(), used);
    }

    #[test]
    fn what_only_the_area_says_is_told_as_it_is_said() {
        let unknown = area("sale.an_odd_thing");
        assert_eq!(why(&Text::new(Language::De, None), &unknown), "in English");
    }
}
