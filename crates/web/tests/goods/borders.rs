//! Where one market ends and another begins: files and forms are no way across.

use kontor_base::Line;
use kontor_domain::clearance::Scope;
use kontor_domain::market::Act;
use kontor_shop::exchange::{Csv, Mode, Table, import};
use kontor_shop::opening::{ReinstateCommand, WithdrawCommand};

use crate::common::desk::Browser;
use crate::common::{Answer, Api, BAND, PHONE};
use crate::{hidden, place, refresh};

/// Imports a table as the operator does, without anybody's rights.
async fn import_as_operator(api: &Api, table: Table, text: String) {
    let csv = Csv { table, name: format!("{table}.csv"), bytes: text.into_bytes() };
    let shop = &api.shop;
    import(&shop.db, &shop.clock, &shop.random, csv, Mode::Apply).await.expect("imported");
    refresh(api).await;
}

/// A rule that every country has: evidence of any of them answers it.
async fn import_a_rule_of_everywhere(api: &Api) {
    let (table, rule) = rows("*").into_iter().next().expect("a rule");
    import_as_operator(api, table, file(table, &rule).replace("STOLEN-RULE", "ALL-RADIO")).await;
}

/// Plays a file through in somebody's browser.
async fn try_file(person: &Browser<'_>, table: &str, file: &str) -> Answer {
    let fields = [("key", "k1"), ("table", table)];
    person.upload("/admin/exchange", &fields, Some(("file", "x.csv", file.as_bytes()))).await
}

/// A row of a table from the cells that are named; the others are empty.
fn file(table: Table, cells: &[(&str, &str)]) -> String {
    let columns = table.columns();
    let cell = |column: &String| {
        let found = cells.iter().find(|(name, _)| name == column);
        found.map_or("", |(_, text)| *text)
    };
    let row: Vec<&str> = columns.iter().map(cell).collect();
    format!("{}\n{}\n", columns.join(","), row.join(","))
}

const CALLED: [(&str, &str); 2] = [("source", "secret-source"), ("confidence", "S1")];

/// A row of each table whose rows are known by a code alone, for a country.
fn rows(country: &'static str) -> Vec<(Table, Vec<(&'static str, &'static str)>)> {
    let place = ("country", country);
    let all: [(Table, &[(&str, &str)]); 5] = [
        (
            Table::Rules,
            &[
                ("code", "STOLEN-RULE"),
                ("domain", "radio"),
                ("title", "secret-title"),
                ("strength", "required"),
                ("blocks", "no"),
                ("gates", "sell"),
                ("applies_when", "electronic"),
            ],
        ),
        (
            Table::Grants,
            &[
                ("code", "STOLEN-GRANT"),
                ("kind", "grant"),
                ("clearance", "ALL-RADIO"),
                ("model", "band"),
                ("number", "secret-number"),
                ("issuer", "FCC"),
                ("issued_on", "2015-01-02"),
                ("verified_how", "counsel"),
                ("verified_by", "test"),
                ("verified_on", "2015-01-02"),
            ],
        ),
        (
            Table::Orders,
            &[
                ("code", "STOLEN-ORDER"),
                ("effect", "blocks"),
                ("gates", "sell"),
                ("model", "phone"),
                ("authority", "secret-court"),
                ("reference", "1"),
                ("title", "secret-title"),
                ("from", "2015-01-02"),
            ],
        ),
        (
            Table::Reviews,
            &[
                ("code", "STOLEN-REVIEW"),
                ("by", "secret-reviewer"),
                ("on", "2015-01-02"),
                ("stale_after_days", "100"),
            ],
        ),
        (
            Table::Checklist,
            &[
                ("code", "STOLEN-ITEM"),
                ("area", "tax"),
                ("title", "secret-title"),
                ("gate", "soft"),
                ("state", "open"),
            ],
        ),
    ];
    let whole = |cells: &[(&'static str, &'static str)]| [&[place], cells, &CALLED].concat();
    all.into_iter().map(|(table, cells)| (table, whole(cells))).collect()
}

#[tokio::test]
async fn a_file_neither_shows_nor_takes_what_stands_under_a_code_of_another_market() {
    let api = Api::open().await;
    let all = Browser::hire(&api, "all", &["clearance_officer@*"]).await;
    let dora = Browser::hire(&api, "dora", &["clearance_officer@de"]).await;
    import_a_rule_of_everywhere(&api).await;
    for ((table, theirs), (_, claimed)) in rows("US").into_iter().zip(rows("DE")) {
        let word = table.word();
        let export = format!("/admin/exchange/{word}.csv");
        // A row of the own country under a code that is free is theirs to try.
        let own = file(table, &claimed).replace("STOLEN", "OWN");
        let fields = [("key", "k1"), ("table", word)];
        let sent = Some(("file", "x.csv", own.as_bytes()));
        dora.upload("/admin/exchange", &fields, sent).await.expect(200);
        import_as_operator(&api, table, file(table, &theirs)).await;
        let before = all.get(&export).await.expect(200).text;
        assert!(before.contains("STOLEN") && before.contains("secret-source"), "{before}");
        let taken = file(table, &claimed).replace("secret", "taken");
        let sent = Some(("file", "x.csv", taken.as_bytes()));
        let shown = dora.upload("/admin/exchange", &fields, sent).await;
        assert!(!shown.text.contains("secret"), "{table} is shown: {}", shown.text);
        assert_eq!(shown.status, 403, "{table}: {}", shown.text);
        let apply = [
            ("key", "k2"),
            ("table", word),
            ("name", "x.csv"),
            ("reason", "mine now"),
            ("rows", taken.as_str()),
        ];
        dora.upload("/admin/exchange/apply", &apply, None).await.expect(403);
        assert_eq!(all.get(&export).await.expect(200).text, before, "{table} is as it was");
    }
}

#[tokio::test]
async fn a_guess_at_another_markets_cells_is_not_confirmed() {
    let api = Api::open().await;
    let all = Browser::hire(&api, "all", &["market_manager@*"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let prices = all.get("/admin/exchange/prices.csv").await.expect(200).text;
    assert!(prices.contains(BAND));
    let fields = [("key", "k1"), ("table", "prices")];
    let past = prices.replace("14.99", "13.99");
    assert_ne!(past, prices);
    for guess in [&prices, &past] {
        let sent = Some(("file", "p.csv", guess.as_bytes()));
        dora.upload("/admin/exchange", &fields, sent).await.expect(403);
        let own = all.upload("/admin/exchange", &fields, sent).await.expect(422);
        assert!(own.text.contains("id=\"errors\""), "whoever may is told why: {}", own.text);
    }
}

/// The row of a market as it is exported, with other cells in some columns.
async fn market_row(person: &Browser<'_>, code: &str, cells: &[(&str, &str)]) -> String {
    let export = person.get("/admin/exchange/markets.csv").await.expect(200).text;
    let mut lines = export.lines();
    let header = lines.next().expect("a header");
    let row = lines.find(|line| line.starts_with(&format!("{code},"))).expect("the market");
    let columns: Vec<&str> = header.split(',').collect();
    let mut row: Vec<&str> = row.split(',').collect();
    assert_eq!(columns.len(), row.len(), "the tests' markets need no quotes");
    for (column, text) in cells {
        let at = columns.iter().position(|known| known == column).expect("a column");
        row[at] = text;
    }
    format!("{header}\n{}\n", row.join(","))
}

#[tokio::test]
async fn a_market_gets_no_country_by_the_hand_of_its_own_manager_nor_anothers() {
    let api = Api::open().await;
    let all = Browser::hire(&api, "all", &["market_manager@*"]).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let page = mia.get("/admin/us/market").await.expect(200);
    assert!(!page.text.contains("name=\"countries\""), "it is no field of theirs");
    assert!(all.get("/admin/us/market").await.expect(200).text.contains("name=\"countries\""));
    let wider = market_row(&all, "us", &[("countries", "US|CA")]).await;
    try_file(&mia, "markets", &wider).await.expect(403);
    let annexed = market_row(&all, "us", &[("countries", "US|DE")]).await;
    try_file(&mia, "markets", &annexed).await.expect(403);
    let refused = try_file(&all, "markets", &annexed).await.expect(422);
    assert!(refused.text.contains("DE is a country of de"), "{}", refused.text);
    // What is no border is theirs as before.
    let longer = market_row(&all, "us", &[("return_window_days", "21")]).await;
    try_file(&mia, "markets", &longer).await.expect(200);
    // A form that is sent with the field all the same changes nothing either.
    let sent = [("key", "k2"), ("what", "terms"), ("countries", "US|CA"), ("currency", "USD")];
    let rest = [
        ("languages", "en|de"),
        ("tax_display", "exclusive"),
        ("fulfilment", "bulk_import"),
        ("shipping", "4.00"),
        ("return_window_days", "30"),
        ("region", "americas"),
        ("note_en", "A note."),
    ];
    mia.form("/admin/us/market", &[&sent[..], &rest].concat()).await.expect(403);
    let us = api.shop.snapshots.now().market("us".parse().expect("a market")).cloned();
    assert_eq!(us.expect("it is there").countries.len(), 1);
}

/// An item of the checklist.
fn item(code: &'static str, country: &'static str, cells: &[(&str, &str)]) -> String {
    let own = [
        ("code", code),
        ("country", country),
        ("area", "tax"),
        ("title", "To be registered"),
        ("gate", "hard"),
        ("state", "open"),
    ];
    let unset = |(name, _): &&(&str, &str)| !cells.iter().any(|(other, _)| other == name);
    let own: Vec<_> = own.iter().filter(unset).copied().collect();
    file(Table::Checklist, &[&own[..], cells, &CALLED].concat())
}

#[tokio::test]
async fn a_market_that_sells_gets_a_country_only_with_its_checklist_and_its_withdrawals() {
    let api = Api::open().await;
    let all = Browser::hire(&api, "all", &["market_manager@*", "clearance_officer@*"]).await;
    let wider = market_row(&all, "us", &[("countries", "US|CA")]).await;
    let unknown = try_file(&all, "markets", &wider).await.expect(422);
    assert!(unknown.text.contains("nobody has written down"), "{}", unknown.text);
    import_as_operator(&api, Table::Checklist, item("CA-TAX", "CA", &[])).await;
    let open = try_file(&all, "markets", &wider).await.expect(422);
    assert!(open.text.contains("CA-TAX of the checklist is not done"), "{}", open.text);
    // The way of fulfilment decides what is needed as well.
    let partner = [("gate", "model"), ("models", "local_partner")];
    import_as_operator(&api, Table::Checklist, item("US-PARTNER", "US", &partner)).await;
    let other = market_row(&all, "us", &[("fulfilment", "local_partner")]).await;
    let refused = try_file(&all, "markets", &other).await.expect(422);
    assert!(refused.text.contains("US-PARTNER"), "{}", refused.text);
    // A market that does not sell is planned freely.
    let planned = market_row(&all, "de", &[("countries", "DE|AT")]).await;
    try_file(&all, "markets", &planned).await.expect(200);

    let withdraw = WithdrawCommand {
        market: "us".parse().expect("a market"),
        scope: Scope { model: Some("band".parse().expect("a model")), ..Scope::default() },
        gates: Act::Preorder,
        by: Line::parse("Jane Doe").expect("a line"),
        reason: Line::parse("a batch gets warm").expect("a line"),
    };
    kontor_shop::opening::withdraw(&api.shop, withdraw).await.expect("withdrawn");
    let done = [("state", "done"), ("proof", "a letter"), ("done_on", "2015-05-01")];
    import_as_operator(&api, Table::Checklist, item("CA-TAX", "CA", &done)).await;
    try_file(&all, "markets", &wider).await.expect(200);
    import_as_operator(&api, Table::Markets, wider).await;
    let orders = all.get("/admin/exchange/orders.csv").await.expect(200).text;
    for country in ["US", "CA"] {
        let begins = format!("WITHDRAWN-{country}-");
        assert!(orders.contains(&begins), "{country}: {orders}");
    }
    // Once it is taken back, a country that comes later is not withdrawn from.
    for fact in kontor_shop::opening::withdrawals(&api.shop).await.expect("read") {
        let by = Line::parse("Jane Doe").expect("a line");
        let reason = Line::parse("the batch is found").expect("a line");
        let command = ReinstateCommand { code: fact.code, by, reason };
        kontor_shop::opening::reinstate(&api.shop, command).await.expect("reinstated");
    }
    import_as_operator(&api, Table::Checklist, item("MX-TAX", "MX", &done)).await;
    let widest = market_row(&all, "us", &[("countries", "US|CA|MX")]).await;
    import_as_operator(&api, Table::Markets, widest).await;
    let orders = all.get("/admin/exchange/orders.csv").await.expect(200).text;
    assert!(!orders.contains("WITHDRAWN-MX-"), "{orders}");
}

#[tokio::test]
async fn a_list_of_countries_hides_no_other_way_of_goods() {
    let api = Api::open().await;
    let (table, mut rule) = rows("DE").into_iter().next().expect("a rule");
    rule.retain(|(name, _)| *name != "applies_when");
    rule.push(("applies_when", "not shop.overseas_direct"));
    import_as_operator(&api, table, file(table, &rule).replace("STOLEN-RULE", "DE-IMPORTER")).await;
    let all = Browser::hire(&api, "all", &["market_manager@*"]).await;
    let lets_go = async |cells: &[(&str, &str)]| {
        let row = market_row(&all, "de", cells).await;
        try_file(&all, "markets", &row).await.expect(200).text.contains("DE-IMPORTER")
    };
    let other_way = ("fulfilment", "parcels_from_home");
    assert!(lets_go(&[other_way]).await);
    for countries in ["AT|DE", "DE|AT", "AT"] {
        assert!(lets_go(&[other_way, ("countries", countries)]).await, "{countries}");
        assert!(!lets_go(&[("countries", countries)]).await, "{countries}");
    }
}

#[tokio::test]
async fn no_file_takes_a_market_from_stage_to_stage() {
    let api = Api::open().await;
    let all = Browser::hire(&api, "all", &["market_manager@*"]).await;
    let file = market_row(&all, "de", &[("stage", "open")]).await;
    let csv =
        Csv { table: Table::Markets, name: "markets.csv".to_owned(), bytes: file.into_bytes() };
    let shop = &api.shop;
    let refused = import(&shop.db, &shop.clock, &shop.random, csv, Mode::Apply).await;
    let told = format!("{:?}", refused.expect_err("it is refused"));
    assert!(told.contains("StageIsNoCell"), "{told}");
    // A market that is new begins as the file says.
    let new = market_row(&all, "de", &[("code", "at"), ("countries", "AT"), ("stage", "open")]);
    import_as_operator(&api, Table::Markets, new.await).await;
    let at = api.shop.snapshots.now().market("at".parse().expect("a market")).cloned();
    assert_eq!(at.expect("it is there").stage.word(), "open");
}

#[tokio::test]
async fn whoever_approves_sees_every_cell_and_the_log_keeps_it() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["clearance_officer@us"]).await;
    let ben = Browser::hire(&api, "ben", &["clearance_officer@us"]).await;
    import_a_rule_of_everywhere(&api).await;
    let grants = rows("US").into_iter().find(|(table, _)| *table == Table::Grants);
    let (_, cells) = grants.expect("one of the tables");
    let one = file(Table::Grants, &cells);
    let (header, row) = one.split_once('\n').expect("two lines");
    let mut whole = format!("{header}\n");
    for n in 100..160 {
        let own = row.replace("STOLEN-GRANT", &format!("MANY-{n}"));
        whole.push_str(&own.replace("secret-number", &format!("number-{n}")));
    }
    let shown = try_file(&ana, "grants", &whole).await.expect(200);
    let seen = hidden(&shown.text, "seen");
    let apply = [
        ("key", "k1"),
        ("table", "grants"),
        ("name", "many.csv"),
        ("seen", seen.as_str()),
        ("reason", "the laboratory is done"),
        ("rows", whole.as_str()),
    ];
    let proposed = ana.upload("/admin/exchange/apply", &apply, None).await.expect(303);
    let place = place(&proposed);
    let (mut at, mut pages, mut seen) = (place.clone(), 0, String::new());
    loop {
        let page = ben.get(&at).await.expect(200).text;
        seen.push_str(&page);
        pages += 1;
        let Some(next) = page.split(&format!("href=\"{place}?from=")).nth(1) else { break };
        at = format!("{place}?from={}", next.split('"').next().expect("an end"));
    }
    assert!(pages > 1, "60 rows of evidence are more than a page");
    let csv = ben.get(&format!("{place}/changes.csv")).await.expect(200).text;
    for n in 100..160 {
        for told in [&seen, &csv] {
            assert!(told.contains(&format!("number-{n}")), "number-{n} is not told");
        }
    }
    let dora = Browser::hire(&api, "dora", &["clearance_officer@de"]).await;
    dora.get(&format!("{place}/changes.csv")).await.expect(404);
    ben.approve(&proposed).await;
    let owner = Browser::hire(&api, "owner", &["owner@*"]).await;
    let log = owner.get("/admin/log.csv?act=clearance.grant.approved").await.expect(200).text;
    assert!(log.contains("number-100") && log.contains("number-159"), "{log}");
    let short = owner.get("/admin/log?act=clearance.grant.approved").await.expect(200).text;
    assert!(short.contains("number-") && short.contains(" more."), "{short}");
}

#[tokio::test]
async fn evidence_is_of_the_country_whose_rule_it_answers() {
    let api = Api::open().await;
    let all = Browser::hire(&api, "all", &["clearance_officer@*", "market_manager@*"]).await;
    let both = market_row(&all, "de", &[("countries", "DE|AT")]).await;
    import_as_operator(&api, Table::Markets, both).await;
    let (_, rule) = rows("AT").into_iter().next().expect("a rule");
    let rule = file(Table::Rules, &rule).replace("STOLEN-RULE", "AT-RADIO");
    import_as_operator(&api, Table::Rules, rule).await;
    let ana = Browser::hire(&api, "ana", &["clearance_officer@de"]).await;
    let ben = Browser::hire(&api, "ben", &["clearance_officer@de"]).await;
    let fields = |rule| {
        [
            ("key", "g1"),
            ("clearance", rule),
            ("covers", "sku"),
            ("number", "AT-1"),
            ("issuer", "FMB"),
            ("issued_on", "2015-05-01"),
            ("verified_how", "paper"),
            ("reason", "the paper has come"),
        ]
    };
    let proposed = ana.grant("de", &fields("AT-RADIO"), None).await.expect(303);
    ben.approve(&proposed).await;
    let grants = ben.get("/admin/exchange/grants.csv").await.expect(200).text;
    let row = grants.lines().find(|line| line.starts_with("AT-RADIO-")).expect("it is recorded");
    assert!(row.contains(",AT,") && !row.contains(",DE,"), "{row}");
    let refused = all.grant("de", &fields("US-FCC-CERT"), None).await.expect(422);
    assert!(refused.text.contains("US-FCC-CERT is asked for in US only"), "{}", refused.text);
    // The form is not offered either, but those that fit are; nor is a file a way around.
    let form = format!("/admin/de/clearances/{PHONE}/grant?rule=");
    let page = all.get(&format!("{form}US-FCC-CERT")).await.expect(422);
    assert!(page.text.contains("US-FCC-CERT is asked for in US only"), "{}", page.text);
    assert!(!page.text.contains("name=\"number\""), "{}", page.text);
    assert!(page.text.contains(&format!("href=\"{form}AT-RADIO\"")), "{}", page.text);
    let own = all.get(&format!("{form}AT-RADIO")).await.expect(200);
    assert!(own.text.contains("name=\"number\""), "{}", own.text);
    assert!(!own.text.contains("rule=US-FCC-CERT"), "{}", own.text);
    let (_, cells) =
        rows("DE").into_iter().find(|(table, _)| *table == Table::Grants).expect("a row");
    let of_usa = file(Table::Grants, &cells).replace("ALL-RADIO", "US-FCC-CERT");
    let shown = try_file(&all, "grants", &of_usa).await;
    assert!(shown.text.contains("US-FCC-CERT is asked for in US only"), "{}", shown.text);
}
