//! Files: played through, applied as they were shown, in the reader's language, of one's own markets.

use kontor_base::Language;

use crate::common::desk::Browser;
use crate::common::{Api, Ask, BAND};
use crate::{hidden, with};

#[tokio::test]
async fn a_file_is_played_through_and_only_what_was_shown_is_applied() {
    let api = Api::open().await;
    let eva = Browser::hire(&api, "eva", &["catalogue_editor@*"]).await;
    let export = eva.get("/admin/exchange/texts.csv").await.expect(200);
    assert_eq!(export.header("content-type"), "text/csv; charset=utf-8");
    assert!(export.text.starts_with("model,language,name,"), "{}", export.text);
    let changed = export.text.replace("band,en,Band,", "band,en,Bracelet,");
    assert_ne!(changed, export.text);
    let bad = format!("{changed}nothing,en,Nothing,,,,,\nband,xx,Odd,,,,,\n");
    let before = api.dump();
    let try_it = |file: String| {
        let eva = &eva;
        async move {
            let fields = [("key", "x1"), ("table", "texts")];
            eva.upload("/admin/exchange", &fields, Some(("file", "texts.csv", file.as_bytes())))
                .await
        }
    };
    let refused = try_it(bad).await.expect(422);
    assert!(refused.text.contains("Line "), "each bad row is named: {}", refused.text);
    for odd in ["", "model;language\n", "no,columns\n1,2\n", "\u{0}\u{1}"] {
        try_it(odd.to_owned()).await.expect(422);
    }
    let fields = [("key", "x1"), ("table", "texts")];
    let binary = Some(("file", "x.csv", &b"\xff\xfe\x00"[..]));
    eva.upload("/admin/exchange", &fields, binary).await.expect(422);
    let large = vec![b'x'; 2 * 1024 * 1024];
    eva.upload("/admin/exchange", &fields, Some(("file", "x.csv", &large))).await.expect(413);
    let shown = try_it(changed.clone()).await.expect(200);
    assert!(shown.text.contains("Bracelet") && shown.text.contains("<del>Band</del>"));
    let after_trying = api.dump();
    assert_eq!(before, after_trying, "playing a file through changes nothing");

    let seen = hidden(&shown.text, "seen");
    let apply = [
        ("key", "x2"),
        ("table", "texts"),
        ("name", "texts.csv"),
        ("seen", seen.as_str()),
        ("rows", changed.as_str()),
    ];
    let other = changed.replace("Bracelet", "Bangle");
    eva.upload("/admin/exchange/apply", &with(&apply, &[("rows", &other)]), None).await.expect(409);
    eva.upload("/admin/exchange/apply", &apply, None).await.expect(303);
    eva.upload("/admin/exchange/apply", &apply, None).await.expect(303);
    let shop = api.send(Ask::get("/us/en/product/band")).await.expect(200);
    assert!(shop.text.contains("Bracelet"));
    let late = eva.upload("/admin/exchange/apply", &with(&apply, &[("key", "x3")]), None).await;
    assert_eq!(late.status, 409, "what is there by now is not what was shown: {}", late.text);
    // Other tables are others' to change.
    for table in ["prices", "grants", "stock", "figures", "passwords"] {
        let fields = with(&apply, &[("key", "x4"), ("table", table)]);
        let answer = eva.upload("/admin/exchange/apply", &fields, None).await;
        assert!(matches!(answer.status, 403 | 422), "{table}: {}", answer.status);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_in_the_readers_language() {
    let api = Api::open().await;
    let roles = ["clearance_officer@*", "market_manager@*", "warehouse@*"];
    let hans = Browser::hire_in(&api, "hans", &roles, Language::De).await;
    let rule = hans.get("/admin/exchange/rules.csv").await.expect(200).text;
    let mut lines = rule.lines();
    let columns: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let with = |change: &dyn Fn(&str) -> Option<&'static str>| {
        let cells = columns.iter().map(|column| change(column).unwrap_or_default());
        format!("{}\n{}\n", columns.join(","), cells.collect::<Vec<_>>().join(","))
    };
    let when = |text: &'static str| {
        move |column: &str| match column {
            "code" => Some("US-TEST"),
            "country" => Some("US"),
            "domain" => Some("radio"),
            "title" => Some("A rule"),
            "strength" => Some("required"),
            "blocks" => Some("no"),
            "gates" => Some("sell"),
            "applies_when" => Some(text),
            "source" => Some("paper"),
            "confidence" => Some("S1"),
            _ => None,
        }
    };
    let stock = "site,market,sku,units,reference,source\n";
    for (table, file, said) in [
        ("rules", with(&when("radio.celular")), "Ist „radio.cellular“ gemeint?"),
        ("rules", with(&when("(always")), "Eine Klammer ist nicht geschlossen (Zeichen 8)."),
        ("rules", with(&when("always & mains")), "„&#38;“ kommt in Bedingungen nicht vor"),
        ("rules", with(&when("class phone")), "Hier gehört „in“ hin"),
        ("stock", format!("{stock}a b/c,us,{BAND},1,n,x\n"), "„a b/c“ ist kein Ort"),
        ("stock", format!("{stock}hk,us,{BAND},x,n,x\n"), "„x“ ist keine ganze Zahl von 1"),
        ("prices", "market,sku\nus\n".to_owned(), "Sie fehlt."),
    ] {
        let fields = [("key", "x1"), ("table", table)];
        let sent = Some(("file", "x.csv", file.as_bytes()));
        let answer = hans.upload("/admin/exchange", &fields, sent).await.expect(422);
        assert!(answer.text.contains(said), "{table} {file}: {}", answer.text);
    }
    // What was typed into a form is answered in the same language.
    let book = [("key", "x2"), ("what", "receive"), ("market", "us"), ("units", "viele")];
    let answer = hans.form("/admin/stock", &book).await.expect(422);
    assert!(answer.text.contains("„viele“ ist keine ganze Zahl."), "{}", answer.text);
}

#[tokio::test]
async fn exports_have_the_rows_of_ones_own_markets() {
    let api = Api::open().await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let wim = Browser::hire(&api, "wim", &["warehouse@de"]).await;
    assert!(mia.get("/admin/exchange/prices.csv").await.expect(200).text.contains(BAND));
    for table in ["prices", "stock", "markets", "grants"] {
        let text = dora.get(&format!("/admin/exchange/{table}.csv")).await.expect(200).text;
        assert!(!text.contains(BAND) && !text.contains("\nus,") && !text.contains("US-"), "{text}");
    }
    wim.get("/admin/exchange/prices.csv").await.expect(403);
    wim.get("/admin/exchange/passwords.csv").await.expect(404);
    // A file with prices of two markets is nobody's who has only one of them.
    let header = "market,sku,price,currency,mrp,valid_from,valid_to,source,confidence\n";
    let row = |market: &str| format!("{market},{BAND},14.50,USD,,2015-07-01,,test,M\n");
    let file = format!("{header}{}{}", row("us"), row("de"));
    let fields = [("key", "x1"), ("table", "prices")];
    let answer =
        mia.upload("/admin/exchange", &fields, Some(("file", "p.csv", file.as_bytes()))).await;
    assert_eq!(answer.status, 403, "{}", answer.text);
    let own = format!("{header}{}", row("us"));
    let own = Some(("file", "p.csv", own.as_bytes()));
    mia.upload("/admin/exchange", &fields, own).await.expect(200);
}
