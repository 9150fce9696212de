//! Markets and the calendar of evidence.

use kontor_base::Language;

use crate::common::desk::Browser;
use crate::common::{Api, Ask};
use crate::{hidden, log, place, refresh, with};

#[tokio::test]
async fn a_market_is_described_and_steps_by_the_openings_own_rules() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let list = mia.get("/admin/markets").await.expect(200);
    assert!(list.text.contains("/admin/us/market") && !list.text.contains("/admin/de/market"));
    let page = mia.get("/admin/us/market").await.expect(200);
    let terms: Vec<(&str, String)> = [
        ("countries", "US"),
        ("languages", "en|de"),
        ("currency", "USD"),
        ("tax_display", "exclusive"),
        ("fulfilment", "bulk_import"),
        ("shipping", "4.00"),
        ("return_window_days", "14"),
        ("opens_on", ""),
        ("region", "americas"),
        ("note_en", "Open for you."),
        ("note_de", ""),
        ("key", "m1"),
        ("what", "terms"),
        // A step is no field.
        ("stage", "closed"),
        ("code", "de"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec();
    let terms: Vec<(&str, &str)> = terms.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert!(page.text.contains("name=\"return_window_days\""));
    mia.form("/admin/us/market", &terms).await.expect(303);
    let now = api.shop.snapshots.now();
    let us = now.market("us".parse().expect("a market")).expect("it is there");
    assert_eq!((us.return_window_days, us.stage.word()), (14, "open"));
    let de = now.market("de".parse().expect("a market")).expect("it is there");
    assert_eq!(de.return_window_days, 30);
    for (field, bad) in [
        ("return_window_days", "9999"),
        ("shipping", "free"),
        ("languages", ""),
        ("currency", "EUR"),
        ("tax_display", "maybe"),
    ] {
        let fields = with(&terms, &[("key", "m2"), (field, bad)]);
        let answer = mia.form("/admin/us/market", &fields).await.expect(422);
        let id = format!("id=\"terms-{field}-error\"");
        assert!(answer.text.contains(&id), "{field} {bad:?}: {}", answer.text);
    }
    let step = [
        ("key", "m3"),
        ("what", "step"),
        ("from", "open"),
        ("to", "paused"),
        ("reason", "stocktaking"),
    ];
    mia.form("/admin/us/market", &with(&step, &[("to", "scouting")])).await.expect(422);
    mia.form("/admin/us/market", &with(&step, &[("reason", "")])).await.expect(422);
    mia.form("/admin/us/market", &step).await.expect(303);
    let stale = mia.form("/admin/us/market", &with(&step, &[("key", "m4")])).await;
    assert_eq!(stale.status, 409, "the stage is another by now: {}", stale.text);
    for (path, fields) in [("/admin/us/market", &step[..]), ("/admin/us/market", &terms[..])] {
        dora.get(path).await.expect(404);
        dora.form(path, fields).await.expect(404);
    }
    // Germany may not sell: its checklist and its papers say so.
    let open = [
        ("key", "m5"),
        ("what", "step"),
        ("from", "preparing"),
        ("to", "beta"),
        ("reason", "we are ready"),
        ("sells", "everything"),
    ];
    let unsaid = dora.form("/admin/de/market", &open[..5]).await.expect(422);
    assert!(unsaid.text.contains("id=\"step-sells-error\""), "with what: {}", unsaid.text);
    assert!(unsaid.text.contains("value=\"we are ready\""), "{}", unsaid.text);
    let refused = dora.form("/admin/de/market", &open).await.expect(422);
    assert!(refused.text.contains("may not sell yet"), "{}", refused.text);
    assert!(log(&api, "market.edit").await.contains("return_window_days"));
}

/// What a browser would run if it were not escaped.
const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

/// The form of a market's contact.
fn contact<'f>(key: &'f str, changes: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let fields = [
        ("what", "contact"),
        ("key", key),
        ("support_email", "help@shop.example"),
        ("support_phone", "+1 (202) 555-0142"),
        ("support_hours_en", "Monday to Friday, 9 to 17"),
        ("support_hours_de", "Montag bis Freitag, 9 bis 17 Uhr"),
        ("returns_name", "Kontor Returns"),
        ("returns_line1", "1 Dock Street"),
        ("returns_line2", ""),
        ("returns_postcode", "94103"),
        ("returns_city", "San Francisco, CA"),
        ("returns_country", "US"),
    ];
    with(&fields, changes)
}

#[tokio::test]
async fn a_contact_is_edited_by_the_markets_people_and_shown_to_its_buyers() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let rita = Browser::hire_in(&api, "rita", &["reader@us"], Language::De).await;
    let public = async |path: &str| api.send(Ask::get(path)).await.expect(200).text;
    for text in ["imprint", "returns"] {
        let page = public(&format!("/us/en/legal/{text}")).await;
        assert!(!page.contains("Questions?") && !page.contains("mailto:"), "{page}");
    }
    assert!(!rita.get("/admin/us/market").await.expect(200).text.contains("Kontakt"));
    let page = mia.get("/admin/us/market").await.expect(200);
    assert!(page.text.contains("id=\"contact-support_email\""), "{}", page.text);

    // Nobody else's: another market's people do not find it, whoever only reads may not change it.
    let before = api.dump();
    dora.form("/admin/us/market", &contact("c1", &[])).await.expect(404);
    rita.form("/admin/us/market", &contact("c1", &[])).await.expect(403);
    for (field, bad) in [
        ("support_email", "nobody"),
        ("support_phone", "call us"),
        ("support_hours_en", ""),
        ("returns_line1", ""),
        ("returns_country", "Atlantis"),
        ("returns_name", HOSTILE.repeat(3).as_str()),
    ] {
        let answer = mia.form("/admin/us/market", &contact("c2", &[(field, bad)])).await;
        let answer = answer.expect(422);
        let id = format!("id=\"contact-{field}-error\"");
        assert!(answer.text.contains(&id), "{field} {bad:?}: {}", answer.text);
        assert!(answer.text.contains("value=\"1 Dock Street\"") || field == "returns_line1");
        assert!(!answer.text.contains("<script>alert") && !answer.text.contains("<img src=x"));
    }
    assert_eq!(api.dump(), before, "nothing was changed");

    // A form has its own fields and no others.
    let slipped =
        contact("c3", &[("stage", "closed"), ("code", "de"), ("return_window_days", "1")]);
    mia.form("/admin/us/market", &slipped).await.expect(303);
    let now = api.shop.snapshots.now();
    let us = now.market("us".parse().expect("a market")).expect("it is there");
    assert_eq!((us.return_window_days, us.stage.word()), (30, "open"));
    assert_eq!(us.contact.phone.as_ref().map(|phone| phone.as_str()), Some("+12025550142"));
    let de = now.market("de".parse().expect("a market")).expect("it is there");
    assert!(de.contact.is_empty());
    let imprint = public("/us/en/legal/imprint").await;
    for part in [
        "<a href=\"mailto:help@shop.example\">help@shop.example</a>",
        "<a href=\"tel:+12025550142\">",
        "Monday to Friday, 9 to 17",
    ] {
        assert!(imprint.contains(part), "{part}: {imprint}");
    }
    assert!(!imprint.contains("1 Dock Street"), "no parcels to the imprint's address");
    let returns = public("/us/de/legal/returns").await;
    let address = "Kontor Returns<br>1 Dock Street<br>94103 San Francisco, CA<br>USA";
    assert!(returns.contains(address) && returns.contains("Montag bis Freitag"), "{returns}");
    assert!(!public("/us/en/legal/terms").await.contains("mailto:"));
    assert!(!public("/de/en/legal/returns").await.contains("mailto:"), "another market's page");
    let read = rita.get("/admin/us/market").await.expect(200).text;
    assert!(read.contains("1 Dock Street") && !read.contains("name=\"returns_line1\""), "{read}");

    // The log has what was there before, and the file has what is there now.
    mia.form("/admin/us/market", &contact("c4", &[("support_email", "ask@shop.example")]))
        .await
        .expect(303);
    mia.form("/admin/us/market", &contact("c5", &[("support_email", "ask@shop.example")]))
        .await
        .expect(422);
    let log = log(&api, "market.edit").await;
    for part in ["us support_email", "help@shop.example", "ask@shop.example", "mia"] {
        assert!(log.contains(part), "{part}: {log}");
    }
    let file = mia.get("/admin/exchange/markets.csv").await.expect(200).text;
    assert!(file.contains("ask@shop.example,+12025550142,"), "{file}");
    let sent = Some(("file", "markets.csv", file.as_bytes()));
    let upload = [("key", "c6"), ("table", "markets")];
    let same = mia.upload("/admin/exchange", &upload, sent).await.expect(422);
    assert!(same.text.contains("nothing would change"), "{}", same.text);
    // Taken back, pages say nothing again.
    let empty = contact("c7", &[]).into_iter().map(|(name, value)| match name {
        "what" | "key" => (name, value),
        _ => (name, ""),
    });
    mia.form("/admin/us/market", &empty.collect::<Vec<_>>()).await.expect(303);
    assert!(!public("/us/en/legal/returns").await.contains("Questions?"));
}

#[tokio::test]
async fn a_contact_runs_in_nobodys_browser() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let rita = Browser::hire(&api, "rita", &["reader@us"]).await;
    let hostile = [
        ("support_email", "a?cc=b&body=c@shop.example"),
        ("support_hours_en", HOSTILE),
        ("support_hours_de", HOSTILE),
        ("returns_name", HOSTILE),
        ("returns_line1", HOSTILE),
        ("returns_line2", HOSTILE),
        ("returns_postcode", "\"><script>"),
        ("returns_city", HOSTILE),
    ];
    mia.form("/admin/us/market", &contact("h1", &hostile)).await.expect(303);
    let mut seen = 0;
    for path in ["/us/en/legal/imprint", "/us/en/legal/returns", "/us/de/legal/returns"] {
        let page = api.send(Ask::get(path)).await.expect(200).text;
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{path}: {page}");
        assert!(page.contains("mailto:a%3Fcc%3Db%26body%3Dc@shop.example"), "{path}: {page}");
        seen += page.matches("alert(1)").count();
    }
    for page in [mia.get("/admin/us/market").await, rita.get("/admin/us/market").await] {
        let page = page.expect(200).text;
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{page}");
        seen += page.matches("alert(1)").count();
    }
    assert!(seen > 10, "it was there, as text: {seen}");
    assert!(!log(&api, "market.edit").await.contains("<script>alert"));
}

#[tokio::test]
async fn the_calendar_tells_what_ends_in_ones_own_markets() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["clearance_officer@us"]).await;
    let all = ana.get("/admin/clearances/calendar").await.expect(200);
    // The tests' evidence has no end; one with an end is recorded, and stands under its month.
    assert!(!all.text.contains("<table"), "{}", all.text);
    let ben = Browser::hire(&api, "ben", &["clearance_officer@us"]).await;
    let snapshot = api.shop.snapshots.now();
    let rule = snapshot.facts.records().rules[0].code.to_string();
    let fields = [
        ("key", "k1"),
        ("clearance", rule.as_str()),
        ("covers", "sku"),
        ("number", "2AFZZ-9"),
        ("issuer", "FCC"),
        ("issued_on", "2015-05-01"),
        ("expires_on", "2015-07-14"),
        ("verified_how", "paper"),
        ("reason", "the paper has come"),
    ];
    let proposal = place(&ana.grant("us", &fields, None).await.expect(303));
    let seen = hidden(&ben.get(&proposal).await.expect(200).text, "seen");
    ben.form(&proposal, &[("decision", "approve"), ("seen", &seen)]).await.expect(303);
    refresh(&api).await;
    let all = ana.get("/admin/clearances/calendar").await.expect(200);
    assert!(all.text.contains("July 2015") && all.text.contains("2AFZZ-9"), "{}", all.text);
    ana.get("/admin/clearances/calendar?market=de").await.expect(404);
    let dora = Browser::hire(&api, "dora", &["clearance_officer@de"]).await;
    let other = dora.get("/admin/clearances/calendar").await.expect(200);
    assert!(!other.text.contains("2AFZZ-9"), "{}", other.text);
}
