//! The catalogue: texts, products, variants, lists, pictures, one field of many products.

use std::sync::Arc;

use kontor_base::Language;
use kontor_store::Topic;

use crate::common::desk::Browser;
use crate::common::{Api, Ask};
use crate::{hidden, log, place, refresh, with};

const TEXT: [(&str, &str); 7] = [
    ("key", "t1"),
    ("what", "text"),
    ("language", "en"),
    ("name", "Band of Gold"),
    ("line", "Counts your steps."),
    ("body", ""),
    ("in_the_box", "Band\nCapsule"),
];

/// The band has lost its German text.
async fn without_german(api: &Api) {
    let known = Arc::clone(&api.shop.snapshots.now().known);
    let mut band = known.models[&"band".parse().expect("a model")].clone();
    band.texts.remove(&Language::De);
    let saved = api.shop.db.write("test.text", move |tx| {
        kontor_store::catalogue::save_model(tx, &band)?;
        tx.touch(Topic::Catalogue)
    });
    saved.await.expect("saved");
    api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("read anew");
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
    without_german(&api).await;
    let today = eva.get("/admin").await.expect(200);
    assert!(today.text.contains("<a href=\"/admin/catalogue/band\">"), "{}", today.text);
    assert!(today.text.contains("Band: no name: de (us"), "{}", today.text);
    // Nothing but the form's own fields is read: neither another product nor its place on the shelf.
    let slipped = with(&TEXT, &[("model", "phone"), ("position", "0"), ("origin", "XX")]);
    let done = eva.form("/admin/catalogue/band", &slipped).await.expect(303);
    assert_eq!(done.header("location"), "/admin/catalogue/band?said=done");
    let shop = api.send(Ask::get("/us/en/product/band")).await.expect(200);
    assert!(shop.text.contains("Band of Gold") && shop.text.contains("Capsule"));
    api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("read anew");
    let today = eva.get("/admin").await.expect(200);
    assert!(!today.text.contains("Band: no name"), "{}", today.text);
    // She is told what her products lack; who may not change them is not.
    let rita = Browser::hire(&api, "rita", &["reader@*"]).await;
    let told = |page: &str| page.contains("What products lack");
    assert!(told(&today.text) && !told(&rita.get("/admin").await.expect(200).text));
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
async fn one_field_of_many_products_is_shown_before_it_is_changed() {
    let api = Api::open().await;
    let eva = Browser::hire(&api, "eva", &["catalogue_editor@*"]).await;
    let list = eva.get("/admin/catalogue").await.expect(200);
    assert!(
        list.text.contains("id=\"bulk\"") && list.text.contains("band\nphone"),
        "{}",
        list.text
    );
    let bulk = [
        ("key", "b1"),
        ("what", "bulk"),
        ("codes", "band\n\nphone"),
        ("column", "brand"),
        ("value", "kontor-two"),
    ];
    let before = api.dump();
    for (field, bad) in [("codes", ""), ("codes", "band\nnothing")] {
        let answer = eva.form("/admin/catalogue", &with(&bulk, &[(field, bad)])).await.expect(422);
        assert!(answer.text.contains("id=\"bulk-codes-error\""), "{bad:?}: {}", answer.text);
    }
    eva.form("/admin/catalogue", &with(&bulk, &[("column", "stage")])).await.expect(400);
    let wrong = with(&bulk, &[("column", "origin"), ("value", "Atlantis")]);
    let wrong = eva.form("/admin/catalogue", &wrong).await.expect(422);
    assert!(wrong.text.contains("Line 2") && wrong.text.contains("Line 3"), "{}", wrong.text);
    let shown = eva.form("/admin/catalogue", &bulk).await.expect(200);
    assert_eq!(shown.text.matches("</del> kontor-two").count(), 2, "{}", shown.text);
    assert_eq!(api.dump(), before, "looking changes nothing");
    let value = |name| hidden(&shown.text, name).replace("&#10;", "\n").replace("&#34;", "\"");
    let (seen, rows, name) = (value("seen"), value("rows"), value("name"));
    let apply = [
        ("key", "b2"),
        ("table", "models"),
        ("name", name.as_str()),
        ("seen", seen.as_str()),
        ("rows", rows.as_str()),
    ];
    eva.upload("/admin/exchange/apply", &apply, None).await.expect(303);
    refresh(&api).await;
    let snapshot = api.shop.snapshots.now();
    for model in snapshot.models.values() {
        let is_listed = ["band", "phone"].contains(&model.code.as_str());
        assert_eq!(model.brand.as_str() == "kontor-two", is_listed, "{}", model.code);
    }
    let rita = Browser::hire(&api, "rita", &["reader@*"]).await;
    assert!(!rita.get("/admin/catalogue").await.expect(200).text.contains("id=\"bulk\""));
    rita.form("/admin/catalogue", &bulk).await.expect(403);
}
