//! The evidence that expansion rests on, through HTTP: what resellers have sold on and where their
//! devices are, the weaker estimate, the inputs of the next country, and the record of openings.

mod common;

use common::desk::Browser;
use common::reseller::{CONTRACT, Partner};
use common::{Api, Ask, Shopper};
use kontor_base::{Language, Line};
use kontor_domain::device::{DeviceModel, Maker};
use kontor_shop::stock::import_serials;
use serde_json::json;

/// What a partner has reported: two bands at home, one in Canada.
async fn reported(api: &Api, partner: &Partner) {
    let rows = [("S1", "2015-05-30", "US"), ("S2", "2015-04-02", "US"), ("S3", "2015-05-30", "CA")]
        .map(|(serial, on, country)| json!({"serial": serial, "sold_on": on, "country": country}));
    let body = json!({ "contract": CONTRACT, "rows": rows });
    let report = Ask::post("/api/v1/reseller/sell-outs", &body).key("r1");
    api.send(partner.program(report)).await.expect(201);
}

#[tokio::test]
async fn what_a_reseller_has_sold_on_is_read_by_the_maker_and_by_itself() {
    let api = Api::open().await;
    let desk = Browser::hire(&api, "ana", &["market_manager@us", "warehouse@us"]).await;
    let partner = Partner::with_bands(&api, 3).await;
    partner.deliver(&api, &desk, &["S1", "S2", "S3"]).await;
    let before = desk.get(&partner.place()).await.expect(200);
    assert!(before.text.contains("Nothing has been reported as sold yet"), "{}", before.text);
    let today = desk.get("/admin").await.expect(200);
    assert!(!today.text.contains("outside its territory"), "{}", today.text);
    reported(&api, &partner).await;

    // By month and model, in the territory and outside of it.
    let page = desk.get(&partner.place()).await.expect(200);
    assert!(page.text.contains("In the territory: 2. Outside of it: 1."), "{}", page.text);
    let row = |month: &str, country: &str| {
        format!(
            "<td class=\"nowrap\">{month}</td><th scope=\"row\">band</th><td>{country}</td><td>1</td>"
        )
    };
    for (month, country) in [("2015-05", "USA"), ("2015-04", "USA"), ("2015-05", "CA")] {
        assert!(page.text.contains(&row(month, country)), "{month} {country}: {}", page.text);
    }
    assert_eq!(page.text.matches("</span>outside</span>").count(), 1, "{}", page.text);
    let file = format!("{}/sell-outs.csv", partner.place());
    assert!(page.text.contains(&file), "{}", page.text);
    let csv = desk.get(&file).await.expect(200);
    assert!(csv.text.starts_with("serial,model,sold_on,country,territory,reported_at"));
    assert!(csv.text.contains("\"S3\",\"band\",\"2015-05-30\",\"CA\",\"outside\""), "{}", csv.text);
    assert!(csv.text.contains("\"S2\",\"band\",\"2015-04-02\",\"US\",\"inside\""), "{}", csv.text);
    assert_eq!(csv.text.lines().count(), 4);

    // What went outside is told to the maker on the daily page, to whom it concerns.
    let today = desk.get("/admin").await.expect(200);
    let told = "has reported 1 units in thirty days that were sold outside its territory: CA";
    assert!(today.text.contains(told) && today.text.contains(&partner.place()), "{}", today.text);
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    assert!(!dora.get("/admin").await.expect(200).text.contains(told), "another market's");
    dora.get(&file).await.expect(404);
    api.clock.advance_seconds(40 * 86_400);
    let desk = Browser::hire(&api, "eva", &["market_manager@us"]).await;
    assert!(!desk.get("/admin").await.expect(200).text.contains(told), "it is not told for ever");

    let dora = Browser::hire(&api, "dirk", &["market_manager@de"]).await;

    // The reseller sees the same on its own page, and nobody sees it without a key.
    let browser = partner.browser(&api).await;
    let own = api.send(browser.with(Ask::get("/reseller/desk"))).await.expect(200);
    assert!(own.text.contains("In the territory: 2. Outside of it: 1."), "{}", own.text);
    for (file, holds) in [
        ("/reseller/sell-outs.csv", "\"S1\",\"band\",\"2015-05-30\",\"US\",\"inside\""),
        ("/reseller/contracts.csv", "\"US-2015-3\",\"us\",\"2015-01-01\",\"2016-12-31\""),
        ("/reseller/allotment.csv", "\"US-2015-3\",\"BAND-BLACK\",\"3\",\"0\",\"0\",\"3\""),
        ("/reseller/orders.csv", "\"BAND-BLACK\",\"3\",\"27.00\",\"USD\""),
    ] {
        assert!(own.text.contains(file), "{file}: {}", own.text);
        let csv = api.send(browser.with(Ask::get(file))).await.expect(200);
        assert!(csv.text.contains(holds), "{file}: {}", csv.text);
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        api.send(Shopper::default().with(Ask::get(file))).await.expect(303);
    }
    for (file, holds) in [
        ("contracts.csv", "\"BAND-BLACK\",\"9.00\",\"USD\",\"3\""),
        ("allotment.csv", "\"3\",\"0\""),
    ] {
        let file = format!("{}/{file}", partner.place());
        let page = desk.get(&partner.place()).await.expect(200);
        assert!(page.text.contains(&file), "{file}: {}", page.text);
        let csv = desk.get(&file).await.expect(200);
        assert!(csv.text.contains(holds), "{file}: {}", csv.text);
        dora.get(&file).await.expect(404);
    }
}

/// Devices report where they are, now and a month later.
async fn seen_for_a_month(api: &Api, devices: &[(&str, &str)]) {
    seen_now(api, devices).await;
    api.clock.advance_seconds(31 * 86_400);
    seen_now(api, devices).await;
}

#[tokio::test]
async fn devices_of_a_reseller_outside_its_territory_are_listed_for_the_maker() {
    let (api, _install) = Api::open().await.counting(1).await;
    let desk = Browser::hire(&api, "ana", &["market_manager@us", "warehouse@us"]).await;
    let partner = Partner::with_bands(&api, 3).await;
    partner.deliver(&api, &desk, &["SERIAL-0001", "SERIAL-0002", "SERIAL-0003"]).await;
    let page = desk.get(&partner.place()).await.expect(200);
    assert!(!page.text.contains("outside.csv"), "nothing is seen yet: {}", page.text);
    let at = [("SERIAL-0001", "CA"), ("SERIAL-0002", "US"), ("SERIAL-0003", "CA")];
    seen_for_a_month(&api, &at[..2]).await;
    seen_now(&api, &at[2..]).await;

    let desk = Browser::hire(&api, "eva", &["market_manager@us"]).await;
    let page = desk.get(&partner.place()).await.expect(200);
    let file = format!("{}/outside.csv", partner.place());
    assert!(page.text.contains("<code>SERIAL-0001</code>"), "{}", page.text);
    assert!(!page.text.contains("SERIAL-0002"), "it is at home: {}", page.text);
    assert!(!page.text.contains("SERIAL-0003"), "it travels: {}", page.text);
    assert!(page.text.contains(&file) && page.text.contains("clause 2.1 (territory)"));
    let csv = desk.get(&file).await.expect(200);
    let lines: Vec<&str> = csv.text.lines().collect();
    assert_eq!(lines[0], "serial,model,delivered_on,country,since,clause");
    assert!(lines[1].starts_with("\"SERIAL-0001\",\"band\",\"2015-06-01\",\"CA\",\"2015-06-01\""));
    assert_eq!(lines.len(), 2, "{}", csv.text);
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    dora.get(&file).await.expect(404);
}

/// Devices report where they are today.
async fn seen_now(api: &Api, devices: &[(&str, &str)]) {
    for (serial, country) in devices {
        let body =
            json!({ "device": serial, "model": "band", "version": "V6", "country": country });
        api.send(Ask::post("/api/v1/install/reports", &body)).await.expect(200);
    }
}

#[tokio::test]
async fn the_weaker_estimate_is_for_countries_without_sale_data() {
    let (api, install) = Api::open().await.counting(1).await;
    let desk = Browser::hire(&api, "ana", &["market_manager@*"]).await;
    let none = desk.get("/admin/carried").await.expect(200);
    assert!(none.text.contains("There is no country of which it has to be said"), "{}", none.text);
    let csv = "serial,model,country,sold_on,source\nSERIAL-0001,band,CN,2015-01-02,ledger\n\
               SERIAL-0002,band,CN,2015-01-02,ledger\n";
    assert_eq!(import_serials(&api.shop, csv.as_bytes()).await.expect("read").added, 2);
    // China's sales are on record, Nepal's and Brazil's are not; one device was carried to Nepal.
    let at = [
        ("SERIAL-0001", "NP"),
        ("SERIAL-0002", "CN"),
        ("SERIAL-0003", "CN"),
        ("SERIAL-0004", "NP"),
        ("SERIAL-0005", "BR"),
    ];
    // Another maker's device has the ROM in Nepal.
    let foreign = DeviceModel {
        codename: "taken".parse().expect("a codename"),
        name: Line::parse("Taken").expect("a line"),
        brand: Line::parse("Other").expect("a line"),
        maker: Maker::Other,
        also: vec![],
        revisions: vec![],
        product: None,
        picture: None,
    };
    let save = move |tx: &mut kontor_store::Tx<'_>| kontor_store::device::save(tx, &foreign);
    api.shop.db.write::<_, kontor_store::StoreError, _>("test.model", save).await.expect("kept");
    seen_for_a_month(&api, &at).await;
    let body = json!({ "device": "FOREIGN-1", "model": "taken", "version": "V6", "country": "NP" });
    api.send(Ask::post("/api/v1/install/reports", &body)).await.expect(200);
    install.refresh().await.expect("refreshed");

    let desk = Browser::hire(&api, "eva", &["market_manager@*"]).await;
    let page = desk.get("/admin/carried").await.expect(200);
    let row = |country: &str, installs: u32, others: &str, gap: u32| {
        format!(
            "<tr><th scope=\"row\">{country}</th><td>{installs}</td><td>{others}</td><td>0</td>\
             <td>{gap}</td><td>{gap}</td></tr>"
        )
    };
    let few = "fewer than 1: still among them";
    assert!(page.text.contains(&row("Brazil", 1, few, 1)), "{}", page.text);
    assert!(
        page.text.contains(&row("NP", 3, "1", 2)),
        "what was carried there says nothing about the rest: {}",
        page.text
    );
    assert!(!page.text.contains("<tr><th scope=\"row\">China</th>"), "counted: {}", page.text);
    assert!(page.text.contains("100 %, 80 %"), "with its assumption: {}", page.text);
    let csv = desk.get("/admin/carried.csv").await.expect(200);
    assert!(csv.text.contains("\"way\",\"CN\",\"NP\",\"band\",\"2015-06\",\"1\""), "{}", csv.text);
    assert!(
        csv.text.contains("\"estimate\",\"\",\"BR\",\"\",\"\",\"\",\"1\",\"\",\"0\",\"1\",\"1\"")
    );
    assert!(
        csv.text.contains("\"estimate\",\"\",\"NP\",\"\",\"\",\"\",\"3\",\"1\",\"0\",\"2\",\"2\"")
    );
    assert!(!csv.text.contains("\"estimate\",\"\",\"CN\""), "{}", csv.text);
}

#[tokio::test]
async fn the_file_of_devices_carried_abroad_is_there_where_nothing_is_counted() {
    let api = Api::open().await;
    let desk = Browser::hire(&api, "ana", &["market_manager@*"]).await;
    let page = desk.get("/admin/carried").await.expect(200);
    assert!(page.text.contains("href=\"/admin/carried.csv\""), "{}", page.text);
    let csv = desk.get("/admin/carried.csv").await.expect(200);
    assert!(csv.text.starts_with("row,sold_in,active_in,") && csv.text.lines().count() == 1);
}

#[tokio::test]
async fn every_input_of_the_next_country_has_its_source_and_its_day() {
    let api = Api::open().await;
    let desk = Browser::hire(&api, "ana", &["market_manager@*"]).await;
    let page = desk.get("/admin/next-country").await.expect(200);
    let row = |name: &str, value: &str| {
        format!(
            "<th scope=\"row\" role=\"rowheader\">{name}</th><td role=\"cell\" data-label=\"Value\">{value}</td>"
        )
    };
    for (name, value) in [
        ("Net price of a unit", "$13.50 to $14.50, most likely $14.00"),
        ("Landed cost of a unit", "$8.80 to $10.40, most likely $9.20"),
        ("Payment, freight, returns, warranty", "$2.30"),
        ("Margin of a unit (m)", "$2.50"),
        ("Yearly cost of the country (F)", "$9,000.00"),
        ("Cost of the opening (K)", "$14,000.00"),
        ("Years to write it off (T)", "2"),
        ("Delay, days", "0 to 120, most likely 30"),
    ] {
        assert!(page.text.contains(&row(name, value)), "{name}: {}", page.text);
    }
    assert!(page.text.contains("shelf price of the beta of May 2015"), "with its source");
    // Germany's gate is its market's plan, with a way there; the file has no day of its own.
    assert!(page.text.contains("href=\"/admin/de/opening\""), "{}", page.text);
    assert!(page.text.contains("by the opening plan of de, because of "), "{}", page.text);
    assert!(page.text.contains("the shop has no market to plan it with"), "Brazil: {}", page.text);
    let csv = desk.get("/admin/next-country.csv").await.expect(200);
    assert!(csv.text.starts_with("country,class,rank_p10,rank_p90,tied_with,"), "{}", csv.text);

    // The same on the page of plans and in its file.
    let plan = desk.get("/admin/plans/next-country").await.expect(200);
    assert!(plan.text.contains("opening plan of the market de"), "it agrees: {}", plan.text);
    // No market of this shop knows a day on which it could open: none is called the next one.
    for page in [&page.text, &plan.text] {
        assert!(page.contains("No country is next: none of the candidates can open."), "{page}");
        assert!(!page.contains("Next: "), "{page}");
    }
    let file = "/admin/plans/next-country/lines.csv";
    assert!(plan.text.contains(file), "{}", plan.text);
    let csv = desk.get(file).await.expect(200);
    for line in [
        "\"Germany (bands): Net price of a unit\"",
        "\"Germany (bands): resellers’ orders\",\"\",\"9,800\"",
        "\"France (bands): Cost of the opening (K)\"",
    ] {
        assert!(csv.text.contains(line), "{line}: {}", csv.text);
    }

    // What nobody has said the source of is told so.
    let bare = "currency = \"USD\"\nwrite_off_years = 2\ndraws = 500\nseed = 1\n\
                [[candidate]]\ncountry = \"DE\"\nclass = \"band\"\n\
                price = [\"30\", \"31\", \"32\"]\nlanded = [\"20\", \"21\", \"22\"]\n\
                other_unit_cost = \"2\"\nfixed_a_year = \"9000\"\ndelay_days = [0, 1, 2]\n\
                [[candidate]]\ncountry = \"DE\"\nclass = \"phone\"\n\
                price = [\"30\", \"31\", \"32\"]\nlanded = [\"20\", \"21\", \"22\"]\n\
                other_unit_cost = \"2\"\nfixed_a_year = \"9000\"\ndelay_days = [0, 1, 2]\n";
    desk.form("/admin/plans/next-country", &[("key", "p1"), ("text", bare)]).await.expect(200);
    let page = desk.get("/admin/next-country").await.expect(200);
    assert!(page.text.contains("nobody has said where it is from"), "{}", page.text);
    assert!(page.text.contains("Germany (bands)") && page.text.contains("Germany (phones)"));
    assert!(page.text.contains("tied with DE (phone)"), "not with itself: {}", page.text);
    let twice = bare.replace("\"phone\"", "\"band\"");
    let refused = desk.form("/admin/plans/next-country", &[("key", "p2"), ("text", &twice)]).await;
    let refused = refused.expect(422);
    assert!(refused.text.contains("DE (band): The candidate is there twice"), "{}", refused.text);
}

#[tokio::test]
async fn what_is_wrong_with_a_plans_file_is_said_in_the_readers_language() {
    let api = Api::open().await;
    let desk = Browser::hire_in(&api, "uwe", &["market_manager@*"], Language::De).await;
    let batch = "currency = \"USD\"\nprice = \"5\"\nlanded = \"9\"\nsalvage = \"1\"\n\
                 scenario = [{ units = 10, weight = 1 }]\n";
    let cases = [
        (
            "landed",
            "currency = \"EUR\"\nsurprise = 1\n",
            "Zeile 2: „surprise“ ist hier kein Name; es gibt currency, charge",
        ),
        ("landed", "currency = \"EUR\"\n", "„charge“ fehlt"),
        ("landed", "currency = \"EUX\"\ncharge = []\n", "currency: „EUX“ ist keine Währung"),
        ("batch", batch, "Die beste Charge ist keine"),
        ("batch", &batch.replace("\"9\"", "\"x\""), "landed: „x“ ist kein Betrag"),
    ];
    for (at, (kind, text, told)) in cases.into_iter().enumerate() {
        let (path, key) = (format!("/admin/plans/{kind}"), format!("p{at}"));
        let refused = desk.form(&path, &[("key", &key), ("text", text)]).await.expect(422);
        assert!(refused.text.contains(told), "{told}: {}", refused.text);
        for english in ["is none", "is not", "expected", "missing", "unknown field"] {
            let alert = refused.text.split("notice").nth(1).unwrap_or_default();
            let alert = alert.split("</p>").next().unwrap_or_default();
            assert!(!alert.contains(english), "{english}: {alert}");
        }
    }
}

#[tokio::test]
async fn plans_tell_everything_that_they_are_worked_out_from() {
    let api = Api::open().await;
    let desk = Browser::hire(&api, "ana", &["market_manager@*"]).await;
    for (kind, lines) in [
        ("reorder", vec!["\"z for that service\",\"\",\"1.6449\""]),
        (
            "batch",
            vec![
                "\"Scenario of 5,000 units\",\"\",\"weight 5 of 10\"",
                "\"Scenario of 30,000 units\",\"\",\"weight 2 of 10\"",
            ],
        ),
        (
            "local",
            vec![
                "\"Lead time of an import, days\",\"\",\"28\"",
                "\"Lead time there, days\",\"\",\"14\"",
                "\"Only with local production\",\"\",\"no\"",
                "\"Units a year\",\"\",\"4,000,000\"",
                "\"Break-even quantity (Q*)\",\"\",\"96,619\"",
                "\"Imported: Countervailing duty\"",
                "\"Made there: Excise without input credit\"",
                "statement of the ministry",
            ],
        ),
    ] {
        let csv = desk.get(&format!("/admin/plans/{kind}/lines.csv")).await.expect(200);
        for line in lines {
            assert!(csv.text.contains(line), "{kind}, {line}: {}", csv.text);
        }
    }
}

const COLUMNS: &str = "country,class,signal,signalled,bought,opened_on,forecast_low,forecast_high,\
                       forecast_on,forecast_source,units,until,outcome_source,sold_out\n";

#[tokio::test]
async fn the_record_of_openings_is_added_to_and_never_edited() {
    let api = Api::open().await;
    let desk = Browser::hire(&api, "ana", &["market_manager@*"]).await;
    let import = async |rows: &str, key: &str| {
        let csv = format!("{COLUMNS}{rows}");
        desk.form("/admin/next-country/past", &[("key", key), ("csv", &csv)]).await
    };
    let first = "SG,band,waiting_list,2000,0,2014-02-21,300,500,2014-02-01,a plan,,,,\n";
    let done = import(first, "p1").await.expect(200);
    assert!(done.text.contains("One opening is written down"), "{}", done.text);
    import(first, "p2").await.expect(200);
    // Nobody makes the forecast better afterwards, neither alone nor among good rows.
    let better = first.replace(",300,500,", ",300,900,");
    let other = "MY,band,waiting_list,5000,900,2014-05-01,,,,,,,,\n";
    let refused = import(&format!("{other}{better}"), "p3").await.expect(422);
    let told = "3: country: The opening is on record with what was forecast of it";
    assert!(refused.text.contains(told), "{}", refused.text);
    assert!(refused.text.contains("MY,band"), "what was typed is still there: {}", refused.text);
    let csv = desk.get("/admin/next-country/past.csv").await.expect(200);
    assert!(!csv.text.contains("\"MY\"") && csv.text.contains("\"300\",\"500\""), "{}", csv.text);
    // What came of it is counted, and counted again later.
    let came = "SG,band,waiting_list,2000,240,2014-02-21,300,500,2014-02-01,a plan,410,2015-02-21,\
                ledger,\n";
    import(came, "p4").await.expect(200);
    let page = desk.get("/admin/next-country").await.expect(200);
    assert!(page.text.contains("240 of 2,000 bought") && page.text.contains("as forecast"));
    import(first, "p5").await.expect(422);
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let fields = [("key", "p6"), ("csv", COLUMNS)];
    wim.form("/admin/next-country/past", &fields).await.expect(403);
    // The record is the whole company's: one market is not enough, and the log names who wrote.
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let csv = format!("{COLUMNS}{other}");
    mia.form("/admin/next-country/past", &[("key", "p7"), ("csv", &csv)]).await.expect(403);
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let log = olga.get("/admin/log?act=staff.record_past").await.expect(200);
    assert!(log.text.contains("plans/past_openings") && !log.text.contains("Mia"), "{}", log.text);
}
