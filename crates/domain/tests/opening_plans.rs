//! Opening a market, from the shipped rules and the scenario's evidence alone.

mod clearance_data;

use std::collections::BTreeMap;

use clearance_data::{Scenario, day};
use kontor_base::{Date, Money};
use kontor_domain::clearance::{
    Assortment, AssortmentRow, Bound, Facts, Outcome, Records, WeekRange,
};
use kontor_domain::market::{Act, FulfilmentModel, Market, Stage};
use kontor_domain::opening::{
    ChecklistItem, ChecklistState, GapState, GateKind, OpeningPlan, PlanError, PlanRequest, Ready,
    compare, plan_opening,
};

const TODAY: &str = "2026-11-23";

struct Question<'s> {
    scenario: &'s Scenario,
    facts: Facts,
    market: Market,
    on: Date,
    skus: Vec<&'s str>,
    checklist: Vec<ChecklistItem>,
    costs: BTreeMap<String, Money>,
    bound: Bound,
}

impl<'s> Question<'s> {
    fn about(scenario: &'s Scenario, market: &str, on: &str) -> Self {
        Self {
            scenario,
            facts: scenario.facts(),
            market: scenario.market(market).clone(),
            on: day(on),
            skus: scenario.variants.iter().map(|variant| variant.sku.as_str()).collect(),
            checklist: listed(scenario.market(market)),
            costs: BTreeMap::new(),
            bound: Bound::ByPlan,
        }
    }

    fn with_facts(mut self, change: impl FnOnce(&mut Records)) -> Self {
        let mut records = self.scenario.records.clone();
        change(&mut records);
        self.facts = Facts::new(2, records);
        self
    }

    fn try_plan(&self) -> Result<OpeningPlan, PlanError> {
        let subjects: Vec<_> = self.skus.iter().map(|sku| self.scenario.subject(sku)).collect();
        let request = PlanRequest {
            market: &self.market,
            on: self.on,
            today: day(TODAY),
            subjects: &subjects,
            checklist: &self.checklist,
            costs: &self.costs,
            bound: self.bound,
        };
        plan_opening(&request, &self.facts)
    }

    fn plan(&self) -> OpeningPlan {
        self.try_plan().expect("a plan")
    }
}

/// A checklist on which everything is done, for every country of the market.
fn listed(market: &Market) -> Vec<ChecklistItem> {
    let mut all = Vec::new();
    for country in &market.countries {
        for mut item in items(&format!("{country}-LISTED language done")) {
            item.country = *country;
            all.push(item);
        }
    }
    all
}

fn sellable(plan: &OpeningPlan, on: &str) -> Vec<String> {
    plan.sellable(day(on)).map(|product| product.sku.to_string()).collect()
}

/// `CODE area [weeks] [after CODE]…` for the USA, hard and open unless said otherwise.
fn items(text: &str) -> Vec<ChecklistItem> {
    let item = |line: &str| {
        let mut words = line.split_whitespace();
        let mut next = || words.next().expect("code and area");
        let (code, area) = (next(), next());
        let mut item = ChecklistItem {
            code: code.parse().expect("a code"),
            country: "US".parse().expect("a country"),
            area: area.to_owned(),
            title: code.to_lowercase(),
            gate: GateKind::Hard,
            evidence: String::new(),
            responsible: String::new(),
            lead_time_weeks: None,
            after: Vec::new(),
            state: ChecklistState::Open,
            source: "test".to_owned(),
        };
        while let Some(word) = words.next() {
            match word {
                "soft" => item.gate = GateKind::Soft,
                "bulk" => item.gate = GateKind::Model { models: vec![FulfilmentModel::BulkImport] },
                "done" => {
                    let evidence = "number 1".to_owned();
                    item.state = ChecklistState::Done { evidence, on: day("2026-01-01") };
                }
                "after" => {
                    let code = words.next().expect("a code").parse().expect("a code");
                    item.after.push(code);
                }
                weeks => item.lead_time_weeks = Some(weeks.parse::<WeekRange>().expect("weeks")),
            }
        }
        item
    };
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(item).collect()
}

#[test]
fn the_usa_open_with_accessories_and_phones_say_what_they_wait_for() {
    let scenario = Scenario::load();
    let plan = Question::about(&scenario, "us", TODAY).plan();
    assert_eq!(
        sellable(&plan, TODAY),
        ["BAND-BLACK", "PB5000-SILVER", "PB10400-SILVER", "HEADPHONES-GOLD"]
    );
    let told = plan.to_string();
    assert!(
        told.contains("Open with BAND-BLACK, PB5000-SILVER, PB10400-SILVER, HEADPHONES-GOLD."),
        "{told}"
    );
    // 26 to 104 weeks for the patents are the longest path; the 4 to 12 of others run beside it.
    let note = plan.products.iter().find(|product| product.sku.as_str().starts_with("MINOTE"));
    let note = note.expect("in the plan");
    let ready = Ready::Between { earliest: day("2027-05-24"), latest: day("2028-11-20") };
    assert_eq!(note.ready, ready, "{told}");
    let open: Vec<&str> =
        note.open_items().filter_map(|item| item.fact.as_ref().map(|f| f.code())).collect();
    assert!(open.contains(&"GL-IP-SEP") && open.contains(&"US-FCC-CERT"), "{open:?}");
}

#[test]
fn a_market_is_judged_as_if_it_were_open() {
    let scenario = Scenario::load();
    let mut question = Question::about(&scenario, "us", TODAY);
    let open = question.plan();
    question.market.stage = Stage::Scouting;
    assert_eq!(question.plan().products, open.products);
}

#[test]
fn the_matrix_tells_granted_missing_expiring_blocked_and_unknown_apart() {
    let scenario = Scenario::load();
    let words = |plan: &OpeningPlan| {
        let items = plan.products.iter().flat_map(|product| &product.items);
        let mut words: Vec<&str> = items.map(|item| item.state.word()).collect();
        words.sort_unstable();
        words.dedup();
        words
    };
    let usa = Question::about(&scenario, "us", TODAY).plan();
    for word in ["cleared", "missing", "in_progress"] {
        assert!(words(&usa).contains(&word), "{word}: {:?}", words(&usa));
    }
    // A grant that ends within ninety days of the opening is told as expiring.
    let soon = Question::about(&scenario, "us", TODAY).with_facts(|records| {
        for grant in &mut records.grants {
            if grant.issued_on.is_some() && grant.clearance.as_str() == "US-FCC-CERT" {
                grant.expires_on = Some(day("2027-01-15"));
            }
        }
    });
    let plan = soon.plan();
    assert!(words(&plan).contains(&"expiring"), "{:?}", words(&plan));
    assert!(sellable(&plan, TODAY).contains(&"BAND-BLACK".to_owned()), "it holds on the day");
    // A country that nobody has looked into is unknown, not free.
    let unknown =
        Question::about(&scenario, "us", TODAY).with_facts(|records| records.reviews.clear());
    let plan = unknown.plan();
    assert_eq!(sellable(&plan, TODAY), Vec::<String>::new());
    assert_eq!(plan.first_ready, Ready::Unknown);
    let open = plan.products[0].open_items();
    assert!(open.into_iter().any(|item| matches!(item.state, GapState::Unknown { .. })));
}

#[test]
fn a_block_with_an_end_gives_a_date_and_one_without_gives_none() {
    let scenario = Scenario::load();
    let block = |until: Option<&str>| {
        let until = until.map(day);
        let question = Question::about(&scenario, "us", TODAY).with_facts(|records| {
            let mut order = records.orders[0].clone();
            order.code = "US-TEST-BLOCK".parse().expect("a code");
            order.reach = "US".parse().expect("a reach");
            order.scope = Default::default();
            order.from = day("2026-11-01");
            order.until = until;
            order.vacated_on = None;
            records.orders = vec![order];
        });
        let plan = question.plan();
        plan.products.iter().find(|p| p.sku.as_str() == "BAND-BLACK").expect("there").ready
    };
    assert_eq!(block(Some("2027-02-28")), Ready::on(day("2027-03-01")));
    assert_eq!(block(None), Ready::Blocked);
}

#[test]
fn hard_items_hold_the_opening_and_follow_from_the_fulfilment_model() {
    let scenario = Scenario::load();
    let mut question = Question::about(&scenario, "us", "2027-01-04");
    question.skus = vec!["BAND-BLACK"];
    question.checklist = items(
        "US-INSURANCE insurance 4-6
         US-SPANISH language soft
         US-WAREHOUSE customs 30-40 bulk",
    );
    let plan = question.plan();
    let codes: Vec<&str> = plan.checklist.iter().map(|p| p.item.code.as_str()).collect();
    assert_eq!(codes, ["US-INSURANCE", "US-SPANISH"], "parcels from home need no warehouse");
    let ready = Ready::Between { earliest: day("2026-12-21"), latest: day("2027-01-04") };
    assert_eq!((plan.market_ready, plan.first_ready), (ready, ready));
    assert_eq!(sellable(&plan, "2027-01-04"), ["BAND-BLACK"]);
    assert_eq!(sellable(&plan, "2027-01-03"), Vec::<String>::new(), "at worst it is not there");
    question.market.fulfilment = FulfilmentModel::BulkImport;
    assert!(!question.plan().market_ready.by(day("2027-01-04")));
}

#[test]
fn the_sentence_opens_with_nothing_while_a_hard_item_is_open() {
    let scenario = Scenario::load();
    let mut question = Question::about(&scenario, "us", TODAY);
    question.skus = vec!["BAND-BLACK"];
    question.checklist = items("US-ENTITY entity 8-8\nUS-BANK payments 4-4 after US-ENTITY");
    let told = question.plan().to_string();
    assert!(!told.contains("Open with"), "{told}");
    assert!(told.contains("Nothing can be sold on that day."), "{told}");
    assert!(told.contains("not before 2027-02-15, because of US-ENTITY, US-BANK."), "{told}");
    assert!(told.contains("Cleared, and waiting for the market: BAND-BLACK."), "{told}");
    question.on = day("2027-02-15");
    let told = question.plan().to_string();
    assert!(told.contains("Open with BAND-BLACK."), "{told}");
}

#[test]
fn a_market_that_nobody_has_listed_is_unknown_and_not_ready() {
    let scenario = Scenario::load();
    let mut question = Question::about(&scenario, "us", TODAY);
    question.skus = vec!["BAND-BLACK"];
    question.checklist.clear();
    let plan = question.plan();
    assert_eq!((plan.market_ready, plan.first_ready), (Ready::Unknown, Ready::Unknown));
    assert_eq!(sellable(&plan, "2036-01-01"), Vec::<String>::new());
    assert_eq!(
        plan.path.iter().map(|step| step.code.as_str()).collect::<Vec<_>>(),
        ["US-CHECKLIST"]
    );
    assert!(plan.to_string().contains("because of checklist of US"), "{plan}");
    // Each country for itself, and one that needs nothing in this way of fulfilment is listed.
    question.checklist = items("US-WAREHOUSE customs 30-40 bulk");
    assert_eq!(question.plan().market_ready, Ready::Now);
    question.market.countries.push("CA".parse().expect("a country"));
    assert_eq!(question.plan().unlisted, ["CA".parse().expect("a country")]);
    assert_eq!(question.plan().market_ready, Ready::Unknown);
}

#[test]
fn the_path_is_the_longest_and_not_the_sum() {
    let scenario = Scenario::load();
    let mut question = Question::about(&scenario, "us", "2027-06-01");
    question.skus = vec!["BAND-BLACK"];
    question.checklist = items(
        "US-ENTITY entity 8-8
         US-BANK payments 4-4 after US-ENTITY
         US-SHOP payments 1-1 after US-BANK
         US-CARRIER carriers 10-10",
    );
    let plan = question.plan();
    // 8 + 4 + 1 weeks; the ten of the carrier run beside them.
    assert_eq!(plan.market_ready, Ready::on(day("2027-02-22")));
    let path: Vec<&str> = plan.path.iter().map(|step| step.code.as_str()).collect();
    assert_eq!(path, ["US-ENTITY", "US-BANK", "US-SHOP"]);
}

#[test]
fn what_needs_somebody_in_the_country_waits_for_the_entity() {
    let scenario = Scenario::load();
    let mut question = Question::about(&scenario, "us", "2027-06-01").with_facts(|records| {
        records.grants.retain(|grant| grant.clearance.as_str() != "US-FCC-CERT");
    });
    question.skus = vec!["BAND-BLACK"];
    let lead = |plan: &OpeningPlan| {
        let open = plan.products[0].open_items();
        let item = open.into_iter().find(|i| i.title.contains("FCC") || i.title.contains("adio"));
        let item = item.expect("the radio authorisation").clone();
        (item.ready, item.local_party)
    };
    let (before, party) = lead(&question.plan());
    assert!(!matches!(party.as_str(), "" | "no"), "{party:?}");
    question.checklist = items("US-ENTITY entity 10-10");
    let (after, _) = lead(&question.plan());
    let span = |ready| match ready {
        Ready::Between { earliest, .. } => earliest,
        other => panic!("{other:?}"),
    };
    let days = span(before).until(span(after)).expect("dates").get_days();
    assert_eq!(days, 70, "ten weeks later");
}

#[test]
fn a_lead_time_that_nobody_has_stated_is_not_zero() {
    let scenario = Scenario::load();
    let mut question = Question::about(&scenario, "us", "2036-01-01");
    question.skus = vec!["BAND-BLACK"];
    question.checklist = items("US-ENTITY entity");
    let plan = question.plan();
    assert_eq!(plan.market_ready, Ready::Undated);
    assert_eq!(sellable(&plan, "2036-01-01"), Vec::<String>::new());
}

#[test]
fn what_is_only_expected_opens_nothing_on_the_day_it_is_expected() {
    let scenario = Scenario::load();
    let opens = |question: &Question<'_>| {
        let plan = question.plan();
        let with: Vec<String> = plan.opens_with().map(|gap| gap.sku.to_string()).collect();
        assert_eq!(sellable(&plan, TODAY), with, "the plan says what the step will say");
        (with, plan.first_ready)
    };
    let mut question = Question::about(&scenario, "us", TODAY);
    question.skus = vec!["BAND-BLACK"];
    assert_eq!(opens(&question), (vec!["BAND-BLACK".to_owned()], Ready::Now));
    let tomorrow = Ready::on(day("2026-11-24"));

    // A hard item that should be there today, and one that nobody has begun and that takes no time.
    question.checklist = items("US-ENTITY entity 8-8");
    question.checklist[0].state = ChecklistState::Begun { expected: Some(day(TODAY)) };
    assert_eq!(opens(&question), (Vec::new(), tomorrow));
    question.checklist = items("US-ENTITY entity 0-0");
    assert_eq!(opens(&question), (Vec::new(), tomorrow));
    question.checklist = items("US-ENTITY entity done");
    assert_eq!(opens(&question).0, ["BAND-BLACK"]);

    // A clearance without a grant that takes no time: the look at who owns the laboratory.
    let without = |records: &mut Records| {
        records.grants.retain(|grant| grant.clearance.as_str() != "US-FCC-LAB");
    };
    let mut missing = Question::about(&scenario, "us", TODAY).with_facts(without);
    missing.skus = vec!["BAND-BLACK"];
    assert_eq!(opens(&missing), (Vec::new(), tomorrow));

    // And one that was applied for and is expected today.
    let mut applied = Question::about(&scenario, "us", TODAY).with_facts(|records| {
        for grant in &mut records.grants {
            if grant.clearance.as_str() == "US-FCC-CERT" {
                grant.issued_on = None;
                grant.expected_on = Some(day(TODAY));
            }
        }
    });
    applied.skus = vec!["BAND-BLACK"];
    assert_eq!(opens(&applied), (Vec::new(), tomorrow));
}

#[test]
fn costs_are_told_once_per_clearance_and_what_is_unknown_is_counted() {
    let scenario = Scenario::load();
    let mut question = Question::about(&scenario, "us", TODAY);
    let dollars = |text| Money::parse(text, "USD".parse().expect("a currency")).expect("money");
    question.costs.insert("GL-IP-SEP".to_owned(), dollars("250000"));
    question.costs.insert("US-SOMETHING-ELSE".to_owned(), dollars("1"));
    let plan = question.plan();
    assert_eq!(plan.cost, [dollars("250000")], "two phones wait for one licence");
    assert!(plan.cost_unknown >= 2, "{}", plan.cost_unknown);
}

#[test]
fn hard_items_cost_too_and_what_is_there_costs_nothing() {
    let scenario = Scenario::load();
    let mut question = Question::about(&scenario, "us", TODAY);
    question.skus = vec!["BAND-BLACK"];
    question.checklist = items(
        "US-ENTITY entity 8-8\nUS-BANK payments 4-4\nUS-DONE tax done\nUS-SOFT language soft",
    );
    let dollars = |text| Money::parse(text, "USD".parse().expect("a currency")).expect("money");
    for code in ["US-ENTITY", "US-DONE", "US-SOFT"] {
        question.costs.insert(code.to_owned(), dollars("1500"));
    }
    let plan = question.plan();
    assert_eq!((plan.cost.as_slice(), plan.cost_unknown), (&[dollars("1500")][..], 1));
}

#[test]
fn two_dates_can_be_compared() {
    let scenario = Scenario::load();
    // The band's radio paper ends between the two days.
    let at = |on: &str| {
        let question = Question::about(&scenario, "us", on).with_facts(|records| {
            for grant in &mut records.grants {
                if grant.issued_on.is_some() && grant.clearance.as_str() == "US-FCC-CERT" {
                    grant.expires_on = Some(day("2027-01-15"));
                }
            }
        });
        question.plan()
    };
    let (before, after) = (at("2027-01-10"), at("2027-01-20"));
    let comparison = compare(&before, &after);
    let band = comparison.changes.iter().find(|change| change.sku.as_str() == "BAND-BLACK");
    let band = band.expect("differs");
    assert_eq!(band.added, ["US-FCC-CERT"]);
    assert!(band.solved.is_empty(), "{band:?}");
    assert_eq!(band.before, Some(Ready::Now));
    assert_ne!(band.after, band.before);
    // The other way round it is what is solved.
    let back = compare(&after, &before);
    let band = back.changes.iter().find(|change| change.sku.as_str() == "BAND-BLACK");
    assert_eq!(band.expect("differs").solved, ["US-FCC-CERT"]);
    assert!(compare(&before, &before).changes.is_empty());
}

#[test]
fn two_sets_of_facts_can_be_compared() {
    let scenario = Scenario::load();
    let before = Question::about(&scenario, "in", TODAY).plan();
    let after = Question::about(&scenario, "in", TODAY)
        .with_facts(|records| records.grants.retain(|g| g.clearance.as_str() != "IN-BIS"))
        .plan();
    let comparison = compare(&before, &after);
    assert!(!comparison.changes.is_empty());
    for change in &comparison.changes {
        assert_eq!(change.added, ["IN-BIS"], "{}", change.sku);
        assert!(change.solved.is_empty());
    }
}

#[test]
fn two_sets_of_products_can_be_compared() {
    let scenario = Scenario::load();
    let with = |skus: &[&'static str]| {
        let mut question = Question::about(&scenario, "us", TODAY);
        question.skus = skus.to_vec();
        question.plan()
    };
    let (before, after) = (with(&["BAND-BLACK", "PB5000-SILVER"]), with(&["PB5000-SILVER"]));
    let comparison = compare(&before, &after);
    let [only] = comparison.changes.as_slice() else { panic!("{comparison:?}") };
    assert_eq!(
        (only.sku.as_str(), only.before, only.after),
        ("BAND-BLACK", Some(Ready::Now), None)
    );
}

#[test]
fn plans_that_contradict_themselves_are_refused() {
    let scenario = Scenario::load();
    let mut question = Question::about(&scenario, "us", TODAY);
    question.checklist = items("US-A tax after US-B\nUS-B tax after US-A");
    assert!(matches!(question.try_plan(), Err(PlanError::Circle(_))));
    question.checklist = items("US-A tax after US-NOWHERE");
    assert!(matches!(question.try_plan(), Err(PlanError::Checklist(_))));
    question.checklist = items("US-A tax\nUS-A tax");
    assert!(matches!(question.try_plan(), Err(PlanError::Checklist(_))));
    question.checklist.clear();
    question.on = day("2026-11-22");
    assert_eq!(question.try_plan(), Err(PlanError::Past));
    question.on = day(TODAY);
    question.skus.clear();
    assert_eq!(question.try_plan(), Err(PlanError::Products));
}

#[test]
fn the_gap_list_says_what_a_market_has_opened_without() {
    let scenario = Scenario::load();
    let own = Assortment::parse(&AssortmentRow {
        market: "us".to_owned(),
        skus: "BAND-BLACK|MINOTE-16GB-WHITE".to_owned(),
        source: "test".to_owned(),
        confidence: "S1".to_owned(),
    });
    let own = own.expect("a good row");
    let mut question =
        Question::about(&scenario, "us", TODAY).with_facts(|records| records.assortments.push(own));
    let plan = question.plan();
    assert_eq!(sellable(&plan, TODAY), ["BAND-BLACK"]);
    let gap = |plan: &OpeningPlan, sku: &str| {
        plan.products.iter().find(|gap| gap.sku.as_str() == sku).expect("in the plan").clone()
    };
    let bank = gap(&plan, "PB5000-SILVER");
    let open: Vec<_> = bank.open_items().collect();
    let [only] = open.as_slice() else { panic!("{open:?}") };
    assert_eq!((&only.state, only.code()), (&GapState::Unplanned, Some("OPENING-PLAN")));
    // It is no paper that takes time: an act is enough.
    assert_eq!((bank.ready, bank.is_planned()), (Ready::Now, false));
    for act in Act::ALL {
        let refused = bank.ladder.get(act) == Outcome::Refused;
        assert_eq!(only.refuses(act), refused, "{act:?}");
    }
    assert!(plan.to_string().contains("the market has opened without it"), "{plan}");
    // What is planned and not cleared waits for its papers alone.
    assert!(gap(&plan, "MINOTE-16GB-WHITE").is_planned());
    // A plan that takes the place of the one before is not bound by it.
    question.bound = Bound::ByNothing;
    let plan = question.plan();
    assert_eq!(
        sellable(&plan, TODAY),
        ["BAND-BLACK", "PB5000-SILVER", "PB10400-SILVER", "HEADPHONES-GOLD"]
    );
    assert!(plan.products.iter().all(|gap| gap.is_planned()));
}
