//! Where one market ends and another begins: files and forms are no way across.

use kontor_shop::exchange::{Csv, Mode, Table, import};

use crate::common::desk::Browser;
use crate::common::{Api, BAND};
use crate::refresh;

/// Imports a table as the operator does, without anybody's rights.
async fn import_as_operator(api: &Api, table: Table, text: String) {
    let csv = Csv { table, name: format!("{table}.csv"), bytes: text.into_bytes() };
    let shop = &api.shop;
    import(&shop.db, &shop.clock, &shop.random, csv, Mode::Apply).await.expect("imported");
    refresh(api).await;
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
                ("clearance", "US-FCC-CERT"),
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
