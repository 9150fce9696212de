//! The work places of markets and goods through HTTP: what is right, what is wrong, what is another
//! market's, what was slipped into a form, and hostile files.

mod common;

use common::desk::Browser;
use common::rom::ROLLOUT;
use common::{Answer, Api, Ask, BAND, PHONE, STOCK};
use kontor_base::id::SaleId;

/// The path behind a redirect, without what is said there.
fn place(answer: &Answer) -> String {
    answer.header("location").split('?').next().unwrap_or_default().to_owned()
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let value = page.split(&field).nth(1).unwrap_or_else(|| panic!("no {name} in {page}"));
    value.split('"').next().unwrap_or_default().to_owned()
}

async fn refresh(api: &Api) {
    api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("read anew");
}

/// Everything that the log says of acts that begin so.
async fn log(api: &Api, act: &str) -> String {
    let owner = Browser::hire(api, &format!("o{}", act.replace('.', "")), &["owner@*"]).await;
    owner.get(&format!("/admin/log?act={act}")).await.expect(200).text
}

const TEXT: [(&str, &str); 7] = [
    ("key", "t1"),
    ("what", "text"),
    ("language", "en"),
    ("name", "Band of Gold"),
    ("line", "Counts your steps."),
    ("body", ""),
    ("in_the_box", "Band\nCapsule"),
];

fn with<'f>(
    fields: &[(&'f str, &'f str)],
    changes: &[(&'f str, &'f str)],
) -> Vec<(&'f str, &'f str)> {
    let mut all: Vec<_> = fields
        .iter()
        .filter(|(name, _)| !changes.iter().any(|(other, _)| other == name))
        .copied()
        .collect();
    all.extend(changes);
    all
}

#[tokio::test]
async fn an_editor_writes_a_text_and_everybody_reads_it() {
    let api = Api::open().await;
    let eva = Browser::hire(&api, "eva", &["catalogue_editor@*"]).await;
    let list = eva.get("/admin/catalogue").await.expect(200);
    assert!(list.text.contains("/admin/catalogue/band") && list.text.contains("us"));
    let none = eva.get("/admin/catalogue?q=zzz").await.expect(200);
    assert!(!none.text.contains("/admin/catalogue/band\""));
    eva.get("/admin/catalogue/band").await.expect(200);
    // Nothing but the form's own fields is read: neither another product nor its place on the shelf.
    let slipped = with(&TEXT, &[("model", "phone"), ("position", "0"), ("origin", "XX")]);
    let done = eva.form("/admin/catalogue/band", &slipped).await.expect(303);
    assert_eq!(done.header("location"), "/admin/catalogue/band?said=done");
    let shop = api.send(Ask::get("/us/en/product/band")).await.expect(200);
    assert!(shop.text.contains("Band of Gold") && shop.text.contains("Capsule"));
    let phone = eva.get("/admin/catalogue/phone").await.expect(200);
    assert!(!phone.text.contains("Band of Gold"), "the other product is as it was");
    // Twice is once, and what changes nothing says so.
    let again = eva.form("/admin/catalogue/band", &slipped).await.expect(303);
    assert_eq!(again.header("location"), done.header("location"));
    let same = eva.form("/admin/catalogue/band", &with(&TEXT, &[("key", "t2")])).await.expect(422);
    assert!(same.text.contains("nothing would change"), "{}", same.text);
    let hostile = "<script>alert(1)</script>";
    let fields = with(&TEXT, &[("key", "t3"), ("name", hostile)]);
    eva.form("/admin/catalogue/band", &fields).await.expect(303);
    for page in ["/admin/catalogue", "/admin/catalogue/band", "/admin/catalogue/band/preview"] {
        assert!(!eva.get(page).await.expect(200).text.contains("<script>alert"), "{page}");
    }
    let told = log(&api, "catalogue.edit").await;
    assert!(told.contains("Band of Gold") && told.contains("band en name"), "{told}");
}

#[tokio::test]
async fn who_may_not_edit_the_catalogue_only_looks() {
    let api = Api::open().await;
    let reader = Browser::hire(&api, "rita", &["reader@us"]).await;
    let here = Browser::hire(&api, "hans", &["catalogue_editor@us"]).await;
    let page = reader.get("/admin/catalogue/band").await.expect(200);
    assert!(!page.text.contains("<textarea"), "a reader has no form");
    reader.form("/admin/catalogue/band", &TEXT).await.expect(403);
    // Every market shows the product: whoever edits it edits it for all.
    assert!(!here.get("/admin/catalogue/band").await.expect(200).text.contains("<textarea"));
    here.form("/admin/catalogue/band", &TEXT).await.expect(403);
    for path in ["/admin/catalogue/nothing", "/admin/catalogue/band/PHONE-16"] {
        reader.get(path).await.expect(404);
    }
}

#[tokio::test]
async fn products_variants_and_lists_are_made_and_mistakes_stand_beside_their_field() {
    let api = Api::open().await;
    let eva = Browser::hire(&api, "eva", &["catalogue_editor@*"]).await;
    let product = [
        ("key", "p1"),
        ("code", "strap"),
        ("family", "band"),
        ("brand", "kontor"),
        ("class", "case_spare"),
        ("picture", "case"),
        ("announced_on", ""),
        ("hs_code", "4202.92"),
        ("origin", "CN"),
        ("position", "7"),
    ];
    for (field, bad) in [
        ("code", "Strap!"),
        ("code", "band"),
        ("hs_code", "42"),
        ("origin", "Atlantis"),
        ("position", "-1"),
        ("family", ""),
    ] {
        let answer =
            eva.form("/admin/catalogue", &with(&product, &[(field, bad)])).await.expect(422);
        let id = format!("id=\"new-{field}-error\"");
        assert!(answer.text.contains(&id), "{field} {bad:?}: {}", answer.text);
        assert!(answer.text.contains("value=\"kontor\""), "what was typed stays");
    }
    eva.form("/admin/catalogue", &product).await.expect(303);
    let text = with(&TEXT, &[("name", "Strap")]);
    eva.form("/admin/catalogue/strap", &text).await.expect(303);
    let variant = [
        ("key", "v1"),
        ("what", "variant"),
        ("sku", "STRAP-RED"),
        ("option_en", "Red"),
        ("option_de", "Rot"),
        ("revision", "r1"),
        ("factory", "f1"),
        ("weight_g", "20"),
        ("attributes", ""),
    ];
    let bad = with(&variant, &[("weight_g", "heavy")]);
    let answer = eva.form("/admin/catalogue/strap", &bad).await.expect(422);
    assert!(answer.text.contains("id=\"variant-weight_g-error\""), "{}", answer.text);
    let made = eva.form("/admin/catalogue/strap", &variant).await.expect(303);
    let page = place(&made);
    assert_eq!(page, "/admin/catalogue/strap/STRAP-RED");
    let fits = [("key", "f1"), ("what", "fits"), ("devices", "band")];
    eva.form("/admin/catalogue/strap", &fits).await.expect(303);
    let none = [("key", "f2"), ("what", "fits"), ("devices", "")];
    eva.form("/admin/catalogue/strap", &none).await.expect(303);
    refresh(&api).await;
    assert!(api.shop.snapshots.now().fits.iter().all(|fit| fit.accessory.as_str() != "strap"));
    let parts = [("key", "c1"), ("what", "components"), ("components", "radio nordic nrf51")];
    eva.form(&page, &parts).await.expect(303);
    assert!(eva.get(&page).await.expect(200).text.contains("radio nordic nrf51"));
    let odd = [("key", "c2"), ("what", "components"), ("components", "engine")];
    let answer = eva.form(&page, &odd).await.expect(422);
    assert!(answer.text.contains("id=\"parts-components-error\""), "{}", answer.text);
    let emptied = [("key", "c3"), ("what", "components"), ("components", "")];
    eva.form(&page, &emptied).await.expect(303);
    assert!(!eva.get(&page).await.expect(200).text.contains("radio nordic nrf51"));
}

fn a_png(width: u32, height: u32) -> Vec<u8> {
    let chunk = |kind: &[u8], body: &[u8]| {
        let length = u32::try_from(body.len()).expect("short").to_be_bytes();
        [&length[..], kind, body, &[0; 4]].concat()
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let begin: &[u8] = b"\x89PNG\r\n\x1a\n";
    [begin, &chunk(b"IHDR", &header), &chunk(b"IDAT", b"x"), &chunk(b"IEND", b"")].concat()
}

#[tokio::test]
async fn pictures_are_pictures_to_their_last_byte() {
    let api = Api::open().await;
    let eva = Browser::hire(&api, "eva", &["catalogue_editor@*"]).await;
    let path = "/admin/catalogue/band/photos";
    let good = a_png(800, 800);
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    let hidden_page = [&good[..], b"<script>alert(1)</script>"].concat();
    let hidden_zip = [&good[..], b"PK\x03\x04"].concat();
    for (what, name, file) in [
        ("a drawing that runs", "x.svg", &svg[..]),
        ("a drawing that says it is a photograph", "x.png", &svg[..]),
        ("a page", "x.jpg", b"<html><script>alert(1)</script>"),
        ("a program", "x.png", b"MZ\x90\x00"),
        ("a page behind a picture", "x.png", &hidden_page),
        ("an archive behind a picture", "x.png", &hidden_zip),
        ("a picture that says it is enormous", "x.png", &a_png(60_000, 60_000)),
        ("a dot", "x.png", &a_png(1, 1)),
        ("nothing", "x.png", b""),
    ] {
        let answer =
            eva.upload(path, &[("key", "u1")], Some(("file", name, file))).await.expect(422);
        assert!(answer.text.contains("id=\"photo-file-error\""), "{what}: {}", answer.text);
    }
    let large = [b"\x89PNG\r\n\x1a\n".as_slice(), &vec![0; 5 * 1024 * 1024]].concat();
    eva.upload(path, &[("key", "u1")], Some(("file", "x.png", &large))).await.expect(413);
    let other = Browser::hire(&api, "rita", &["reader@*"]).await;
    other.upload(path, &[("key", "u1")], Some(("file", "x.png", &good))).await.expect(403);

    let file = Some(("file", "../../x.png", good.as_slice()));
    eva.upload(path, &[("key", "u1")], file).await.expect(303);
    eva.upload(path, &[("key", "u2")], file).await.expect(303);
    let page = eva.get("/admin/catalogue/band").await.expect(200);
    assert_eq!(page.text.matches("src=\"/pictures/").count(), 1, "the same picture twice is one");
    let hash = page.text.split("src=\"/pictures/").nth(1).expect("a picture").split('"').next();
    let hash = hash.expect("a name").to_owned();
    let address = format!("/pictures/{hash}");
    let shop = api.send(Ask::get("/us/en/product/band")).await.expect(200);
    assert!(shop.text.contains(&address), "the shop shows it");
    let picture = api.send(Ask::get(&address)).await.expect(200);
    assert_eq!(picture.header("content-type"), "image/png");
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
    assert!(picture.header("content-security-policy").contains("sandbox"));
    assert!(picture.header("cache-control").contains("immutable"));
    for nothing in ["/pictures/x", &format!("/pictures/{}", "0".repeat(64))] {
        api.send(Ask::get(nothing)).await.expect(404);
    }
    let away = [("key", "u3"), ("what", "photo"), ("hash", hash.as_str())];
    eva.form("/admin/catalogue/band", &away).await.expect(303);
    api.send(Ask::get(&address)).await.expect(404);
    assert!(log(&api, "catalogue.edit").await.contains(&hash));
}

#[tokio::test]
async fn a_small_cut_is_one_persons_and_a_large_one_takes_two() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let max = Browser::hire(&api, "max", &["market_manager@us"]).await;
    let page = format!("/admin/us/prices/{BAND}");
    let list = mia.get("/admin/us/prices").await.expect(200);
    assert!(list.text.contains(&page) && list.text.contains("14.99"));
    // What the shelf would say: the lowest price of thirty days beside the reduction.
    let small = mia.get(&format!("{page}?price=13.49")).await.expect(200);
    assert!(small.text.contains("Lowest price of the last 30 days: $14.99"), "{}", small.text);
    assert!(small.text.contains("You can save it alone"));
    let rise = mia.get(&format!("{page}?price=15.99")).await.expect(200);
    assert!(rise.text.contains("No reduction is shown"), "{}", rise.text);
    let large = mia.get(&format!("{page}?price=7.00")).await.expect(200);
    assert!(large.text.contains("It takes a second person"), "{}", large.text);
    let before = api.send(Ask::get("/us/en/product/band")).await.expect(200);
    assert!(before.text.contains("14.99"), "a preview changes nothing");

    let from = hidden(&small.text, "valid_from");
    let set = [
        ("key", "s1"),
        ("what", "set"),
        ("price", "13.49"),
        ("mrp", ""),
        ("valid_from", from.as_str()),
        ("valid_to", ""),
        // None of these is the form's.
        ("market", "de"),
        ("currency", "EUR"),
        ("sku", PHONE),
        ("confidence", "M"),
    ];
    mia.form(&page, &set).await.expect(303);
    let after = api.send(Ask::get("/us/en/product/band")).await.expect(200);
    assert!(after.text.contains("13.49") && after.text.contains("$14.99"), "{}", after.text);
    let halved = with(&set, &[("key", "s2"), ("price", "7.00"), ("valid_from", "2015-07-01")]);
    let halved = with(&halved, &[("reason", "summer")]);
    let proposed = mia.form(&page, &halved).await.expect(303);
    let proposal = place(&proposed);
    assert!(proposal.starts_with("/admin/proposals/"), "{proposal}");
    let seen = hidden(&max.get(&proposal).await.expect(200).text, "seen");
    mia.form(&proposal, &[("decision", "approve"), ("seen", &seen)]).await.expect(403);
    max.form(&proposal, &[("decision", "approve"), ("seen", &seen)]).await.expect(303);
    refresh(&api).await;
    let planned = mia.get(&page).await.expect(200);
    assert!(planned.text.contains("$7.00") && planned.text.contains("planned"));
    let cancel = [("key", "s3"), ("what", "cancel"), ("valid_from", "2015-07-01T00:00:00Z")];
    mia.form(&page, &cancel).await.expect(303);
    assert!(!mia.get(&page).await.expect(200).text.contains("$7.00"));
    let gone = with(&cancel, &[("key", "s4")]);
    mia.form(&page, &gone).await.expect(422);
    let told = log(&api, "price.set").await;
    assert!(told.contains("price.set.proposed") && told.contains("price.set.approved"));
    assert!(told.contains("13.49"), "{told}");
}

#[tokio::test]
async fn a_price_is_wrong_past_or_anothers() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let page = format!("/admin/us/prices/{BAND}");
    let set =
        [("key", "s1"), ("what", "set"), ("price", "14.00"), ("valid_from", ""), ("valid_to", "")];
    for (field, bad) in [
        ("price", ""),
        ("price", "-1"),
        ("price", "14.999"),
        ("price", "cheap"),
        ("valid_from", "soon"),
        ("valid_to", "2015-01-01"),
        ("mrp", "15"),
    ] {
        let answer = mia.form(&page, &with(&set, &[(field, bad)])).await.expect(422);
        assert!(answer.text.contains("id=\"errors\""), "{field} {bad:?}: {}", answer.text);
    }
    // What was asked on past days stays written down.
    let past = with(&set, &[("valid_from", "2015-05-01")]);
    let answer = mia.form(&page, &past).await.expect(422);
    assert!(answer.text.contains("past days"), "{}", answer.text);
    for path in
        ["/admin/de/prices", &format!("/admin/de/prices/{BAND}"), "/admin/us/prices/NOTHING"]
    {
        mia.get(path).await.expect(404);
    }
    mia.form(&format!("/admin/de/prices/{BAND}"), &set).await.expect(404);
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    dora.get(&page).await.expect(404);
    dora.form(&page, &set).await.expect(404);
    let rita = Browser::hire(&api, "rita", &["reader@us"]).await;
    rita.get(&page).await.expect(200);
    rita.form(&page, &set).await.expect(403);
}

/// What of the band is available in the USA by the books.
async fn available(api: &Api) -> i64 {
    let read = |tx: &mut kontor_store::Tx<'_>| kontor_store::stock::available(tx, "us", BAND);
    let found = api.shop.db.read("test.available", read).await.expect("the books are read");
    found.iter().map(|(_, units)| units).sum()
}

fn site(api_books: &str) -> String {
    api_books
        .split("account=")
        .nth(1)
        .expect("an account")
        .split('/')
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn the_warehouse_books_receipts_counts_and_quotas_with_two_sides() {
    let api = Api::open().await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let list = wim.get(&format!("/admin/stock?item={BAND}")).await.expect(200);
    let site = site(&list.text);
    let receive = [
        ("key", "b1"),
        ("what", "receive"),
        ("market", "us"),
        ("site", site.as_str()),
        ("sku", BAND),
        ("units", "20"),
        ("reference", "note 17"),
    ];
    for (field, bad) in [
        ("units", "0"),
        ("units", "-5"),
        ("units", "many"),
        ("units", "99999999999"),
        ("sku", "NOTHING"),
        ("site", "a b/c"),
        ("reference", ""),
    ] {
        let answer = wim.form("/admin/stock", &with(&receive, &[(field, bad)])).await.expect(422);
        assert!(answer.text.contains("id=\"errors\""), "{field} {bad:?}: {}", answer.text);
    }
    assert_eq!(available(&api).await, STOCK);
    wim.form("/admin/stock", &receive).await.expect(303);
    wim.form("/admin/stock", &receive).await.expect(303);
    assert_eq!(available(&api).await, STOCK + 20, "the same form twice is booked once");
    let again = with(&receive, &[("key", "b2")]);
    let answer = wim.form("/admin/stock", &again).await.expect(422);
    assert!(answer.text.contains("booked already"), "a delivery note is booked once");
    let count = with(
        &receive,
        &[("key", "b3"), ("what", "count"), ("units", "22"), ("reference", "sheet 1")],
    );
    wim.form("/admin/stock", &count).await.expect(303);
    assert_eq!(available(&api).await, 22);
    let account = format!("/admin/stock/account?account={site}/{BAND}/us/available");
    let books = wim.get(&account).await.expect(200);
    for cause in ["received", "count_adjusted", "note 17", "sheet 1"] {
        assert!(books.text.contains(cause), "{cause}: {}", books.text);
    }
    // A quota of another market is that market's too.
    let quota = with(&receive, &[("key", "b4"), ("what", "quota"), ("units", "2"), ("to", "de")]);
    wim.form("/admin/stock", &quota).await.expect(403);
    let both = Browser::hire(&api, "bo", &["warehouse@us,de"]).await;
    both.form("/admin/stock", &with(&quota, &[("to", "us")])).await.expect(422);
    both.form("/admin/stock", &with(&quota, &[("units", "5000")])).await.expect(422);
    both.form("/admin/stock", &quota).await.expect(303);
    assert_eq!(available(&api).await, 20);
    let told = log(&api, "stock.book").await;
    assert!(told.contains("note 17") && told.contains("sheet 1"), "{told}");
    let audit = kontor_shop::audit::audit(&api.shop.db, |_| ()).await.expect("the books are read");
    assert!(audit.is_clean(), "{audit:?}");
}

#[tokio::test]
async fn another_markets_stock_does_not_exist() {
    let api = Api::open().await;
    let dora = Browser::hire(&api, "dora", &["warehouse@de"]).await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let list = wim.get(&format!("/admin/stock?item={BAND}")).await.expect(200);
    let site = site(&list.text);
    let own = dora.get("/admin/stock").await.expect(200);
    assert!(!own.text.contains(BAND), "{}", own.text);
    for path in [
        "/admin/stock?market=us".to_owned(),
        "/admin/stock?market=-".to_owned(),
        format!("/admin/stock/account?account={site}/{BAND}/us/available"),
        "/admin/stock/account?account=nonsense".to_owned(),
    ] {
        dora.get(&path).await.expect(404);
    }
    for market in ["us", "-", "us+sale_x", "", "xx"] {
        let fields = [
            ("key", "b1"),
            ("what", "receive"),
            ("market", market),
            ("site", site.as_str()),
            ("sku", BAND),
            ("units", "20"),
            ("reference", "note 17"),
        ];
        dora.form("/admin/stock", &fields).await.expect(404);
    }
    let rita = Browser::hire(&api, "rita", &["reader@us"]).await;
    assert!(!rita.get("/admin/stock").await.expect(200).text.contains("name=\"units\""));
    assert_eq!(available(&api).await, STOCK);
}

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
        ("countries", "Atlantis"),
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
    ];
    let refused = dora.form("/admin/de/market", &open).await.expect(422);
    assert!(refused.text.contains("may not sell yet"), "{}", refused.text);
    assert!(log(&api, "market.edit").await.contains("return_window_days"));
}

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

const SALE: [(&str, &str); 15] = [
    ("key", "v1"),
    ("title", "First bands"),
    ("sku", BAND),
    ("channels", "us rush 3\nus draw 1"),
    ("announce_at", "2015-06-02T08:00"),
    ("registration_at", "2015-06-02T09:00"),
    ("doors_at", "2015-06-03T09:30"),
    ("live_at", "2015-06-03T10:00"),
    ("ends_at", "2015-06-03T12:00"),
    ("report_at", "2015-06-04T12:00"),
    ("per_person", "1"),
    ("hold_minutes", "15"),
    ("lots", "1"),
    ("people", "10"),
    ("rollover_at", ""),
];

#[tokio::test]
async fn a_sale_is_rehearsed_set_up_and_halted() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    mia.get("/admin/sales/new").await.expect(200);
    let before = api.dump();
    for (field, bad) in [
        ("title", ""),
        ("sku", "nothing"),
        ("channels", "us rush"),
        ("channels", "de rush 3"),
        ("live_at", "tomorrow"),
        ("per_person", "-1"),
        ("people", "0"),
    ] {
        let fields = with(&SALE, &[("do", "rehearse"), (field, bad)]);
        let answer = mia.form("/admin/sales/new", &fields).await.expect(422);
        let id = format!("id=\"sale-{field}-error\"");
        assert!(answer.text.contains(&id), "{field} {bad:?}: {}", answer.text);
    }
    // More than there is, and times that do not follow each other.
    for (field, bad) in [("channels", "us rush 3000"), ("ends_at", "2015-06-03T09:00")] {
        let fields = with(&SALE, &[("do", "rehearse"), (field, bad)]);
        mia.form("/admin/sales/new", &fields).await.expect(422);
    }
    let played =
        mia.form("/admin/sales/new", &with(&SALE, &[("do", "rehearse")])).await.expect(200);
    assert!(played.text.contains("<svg") && played.text.contains("First bands"));
    assert_eq!(api.dump(), before, "a rehearsal keeps nothing");

    let made = mia.form("/admin/sales/new", &with(&SALE, &[("do", "set_up")])).await.expect(303);
    let again = mia.form("/admin/sales/new", &with(&SALE, &[("do", "set_up")])).await.expect(303);
    assert_eq!(place(&made), place(&again), "twice is once");
    let page = place(&made);
    assert_eq!(available(&api).await, STOCK - 4, "the sale has its own units");
    let shown = mia.get(&page).await.expect(200);
    assert!(shown.text.contains("value=\"announce\""), "{}", shown.text);
    mia.form(&page, &[("key", "v2"), ("do", "halt")]).await.expect(422);
    mia.form(&page, &[("key", "v3"), ("do", "announce")]).await.expect(303);
    mia.form(&page, &[("key", "v4"), ("do", "halt")]).await.expect(303);
    let halted = mia.get(&page).await.expect(200);
    assert!(halted.text.contains("value=\"resume\"") && halted.text.contains("value=\"settle\""));
    mia.form(&page, &[("key", "v5"), ("do", "settle")]).await.expect(303);
    assert_eq!(available(&api).await, STOCK, "what was not sold is back");

    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    assert!(!dora.get("/admin/sales").await.expect(200).text.contains("First bands"));
    dora.get(&page).await.expect(404);
    dora.form(&page, &[("key", "v6"), ("do", "resume")]).await.expect(404);
    let fields = with(&SALE, &[("key", "v7"), ("do", "set_up")]);
    dora.form("/admin/sales/new", &fields).await.expect(422);
    let nobodys = SaleId::from_bytes([7; 16]);
    mia.get(&format!("/admin/sales/{nobodys}")).await.expect(404);
    let told = log(&api, "sale.run").await;
    for step in ["First bands", "announce", "halt", "settle"] {
        assert!(told.contains(step), "{step}: {told}");
    }
}

#[tokio::test]
async fn a_rollout_is_halted_by_one_and_goes_on_by_two() {
    let api = Api::open().await;
    let rea = Browser::hire(&api, "rea", &["release_manager@*"]).await;
    let ron = Browser::hire(&api, "ron", &["release_manager@*"]).await;
    let page = format!("/admin/rom/{ROLLOUT}");
    let list = rea.get("/admin/rom").await.expect(200);
    assert!(list.text.contains(&page), "{}", list.text);
    let running = rea.get(&page).await.expect(200);
    assert!(running.text.contains("value=\"halt\""), "{}", running.text);
    rea.form(&page, &[("key", "r1"), ("do", "halt")]).await.expect(303);
    let state = || {
        let rom = &api.rom;
        async move {
            let found = kontor_rom::rollout::status_of(rom, ROLLOUT).await.expect("it is read");
            found.expect("it is there").rollout.standing.state.word()
        }
    };
    assert_eq!(state().await, "halted");
    // What is not possible from here says so; what is no step is no form.
    rea.form(&page, &[("key", "r2"), ("do", "pause")]).await.expect(422);
    rea.form(&page, &[("key", "r3"), ("do", "destroy")]).await.expect(400);
    let resume = [("key", "r4"), ("do", "resume"), ("reason", "the fault was the network's")];
    let proposal = place(&rea.form(&page, &resume).await.expect(303));
    assert!(proposal.starts_with("/admin/proposals/"), "{proposal}");
    assert_eq!(state().await, "halted", "one person gives no device a build");
    let seen = hidden(&ron.get(&proposal).await.expect(200).text, "seen");
    rea.form(&proposal, &[("decision", "approve"), ("seen", &seen)]).await.expect(403);
    ron.form(&proposal, &[("decision", "approve"), ("seen", &seen)]).await.expect(303);
    assert_eq!(state().await, "running");
    let mia = Browser::hire(&api, "mia", &["market_manager@*"]).await;
    mia.get(&page).await.expect(403);
    mia.form(&page, &[("key", "r5"), ("do", "halt")]).await.expect(403);
    let here = Browser::hire(&api, "hans", &["release_manager@us"]).await;
    here.form(&page, &[("key", "r6"), ("do", "halt")]).await.expect(403);
    for nothing in ["/admin/rom/x", "/admin/rom/roll_00000000000000000000000000"] {
        rea.get(nothing).await.expect(404);
    }
    let told = log(&api, "rollout.").await;
    assert!(told.contains("rollout.halt") && told.contains("rollout.run.approved"), "{told}");
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
