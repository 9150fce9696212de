//! The staff area through HTTP: who gets in, who sees what, and every way around that was thought of.

mod common;

use std::collections::BTreeSet;

use common::desk::{Browser, PASSWORD};
use common::forms::{PageForm, forms};
use common::{Answer, Api, Ask, PHONE};
use kontor_base::Language;
use kontor_domain::clearance::Reach;
use kontor_domain::staff::{Permission, Role, Span};
use kontor_store::clearance::Kind;
use kontor_web::kit::routes::{Access, Route, Verb};

/// The fields of a good grant for the phone.
fn good(rule: &str) -> Vec<(&'static str, String)> {
    [
        ("key", "k1"),
        ("clearance", rule),
        ("covers", "sku"),
        ("number", "2AFZZ-1"),
        ("issuer", "FCC"),
        ("issued_on", "2015-05-01"),
        ("verified_how", "paper"),
        ("reason", "the paper has come"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

fn with<'f>(
    fields: &'f [(&'static str, String)],
    name: &'static str,
    value: &'f str,
) -> Vec<(&'static str, &'f str)> {
    let set = |(field, old): &'f (&'static str, String)| {
        (*field, if *field == name { value } else { old.as_str() })
    };
    fields.iter().map(set).collect()
}

/// The rule that keeps the phone off the shelf.
async fn rule(api: &Api) -> String {
    let snapshot = api.shop.snapshots.now();
    snapshot.facts.records().rules[0].code.to_string()
}

/// Writes the same rule down for Germany; its code.
async fn german_rule(api: &Api) -> String {
    let mut rule = api.shop.snapshots.now().facts.records().rules[0].clone();
    rule.code = "DE-RADIO".parse().expect("a code");
    rule.reach = Reach::Country("DE".parse().expect("a country"));
    let (code, at) = (rule.code.to_string(), api.shop.now());
    let save = move |tx: &mut kontor_store::Tx<'_>| {
        kontor_store::clearance::save(tx, Kind::Rule, rule.code.as_str(), &rule, at)
    };
    api.shop.db.write("test.rule", save).await.expect("it is written");
    api.shop.snapshots.refresh(&api.shop.db, at).await.expect("read anew");
    code
}

/// An address of a route in a market, with nobody's ids in every other place.
fn address(route: &Route, market: &str) -> String {
    let path = route.path.replace("{market}", market).replace("{sku}", PHONE);
    let nobodys = |part: &str| if part.starts_with('{') { "nobodys" } else { part }.to_owned();
    path.split('/').map(nobodys).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn what_goes_wrong_in_the_staff_area_is_said_there_in_the_persons_language() {
    let api = Api::open().await;
    let rita = Browser::hire_in(&api, "rita", &["reader@us"], Language::De).await;
    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    let inside = |answer: &Answer| {
        let page = &answer.text;
        assert!(page.contains("action=\"/admin/find\""), "the search: {page}");
        assert!(page.contains("class=\"desk-nav\""), "the navigation: {page}");
        assert!(!page.contains("href=\"/\""), "no way into the shop: {page}");
        assert_eq!(answer.header("cache-control"), "no-store");
    };
    // Not theirs: which right is missing, and who gives it.
    let closed = rita.get("/admin/people").await.expect(403);
    inside(&closed);
    assert!(closed.text.contains("staff.manage") && closed.text.contains("owner"));
    assert!(closed.text.contains("lang=\"de\"") && closed.text.contains("zwei Inhaber"));
    // Nothing there, at an address of a page, of none, and with another method.
    for path in ["/admin/de/opening", "/admin/no/such/thing", "/admin/us/clearances/NO-SUCH"] {
        let lost = rita.get(path).await.expect(404);
        inside(&lost);
        assert!(lost.text.contains("Suchen Sie"), "{path}: {}", lost.text);
    }
    let method = rita.send(Ask::bare("PUT", "/admin/log")).await.expect(405);
    inside(&method);
    assert!(!method.header("allow").is_empty(), "with which method");
    // A key that was used for something else: back to the page that the form stands on.
    let from = "https://shop.example/admin/us/opening?on=2015-07-01";
    let pause = |reason: &str| {
        let fields = [("key", "s1"), ("to", "paused"), ("reason", reason)];
        Ask::form("/admin/us/opening/advance", &fields).header("referer", from)
    };
    ana.send(pause("a strike")).await.expect(303);
    let other = ana.send(pause("another strike")).await.expect(409);
    inside(&other);
    let back = "href=\"/admin/us/opening?on=2015-07-01\"";
    assert!(other.text.contains(back), "{}", other.text);
    assert!(other.text.contains("Nothing was changed"), "{}", other.text);
    // Whoever is not signed in is told at the door, and is offered nothing of another site.
    let stranger = Ask::get("/admin/no/such/thing").header("accept-language", "de-DE");
    let door =
        api.send(stranger.header("referer", "https://evil.example/admin/x")).await.expect(404);
    assert!(door.text.contains("href=\"/admin/sign-in\""), "{}", door.text);
    assert!(!door.text.contains("desk-nav") && !door.text.contains("evil.example"));
    assert!(door.text.contains("lang=\"de\""), "{}", door.text);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_after_a_code() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["reader@us"]).await;
    let codes = ana.form("/admin/account/codes", &[]).await.expect(200);
    let code = codes.text.split("<li><code>").nth(1).expect("a code");
    let code = code.split('<').next().expect("an end").to_owned();

    // Somewhere else, without the password: the code leads to where a new one is set.
    let mut there = Browser::nobody(&api);
    let fields = [("email", ana.email.as_str()), ("code", &code), ("next", "/admin")];
    let entered = there.send(Ask::form("/admin/sign-in", &fields)).await.expect(303);
    assert_eq!(entered.header("location"), "/admin/account");
    there.take_cookies(&entered);
    let page = there.get("/admin/account").await.expect(200);
    assert!(!page.text.contains("name=\"old\""), "{}", page.text);
    assert!(page.text.contains("For 15 minutes"), "{}", page.text);
    let fresh = "a battery of correct horses";
    let set = there.form("/admin/account/password", &[("new", fresh)]).await.expect(200);
    assert!(set.text.contains("name=\"old\""), "from now on it is asked for: {}", set.text);
    ana.get("/admin").await.expect(303);
    let fields = [("email", ana.email.as_str()), ("password", fresh)];
    api.send(Ask::form("/admin/sign-in", &fields)).await.expect(303);
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let log = olga.get("/admin/log?act=staff.set_password").await.expect(200);
    assert!(log.text.contains("recovery"), "the log tells how: {}", log.text);
}

#[tokio::test]
async fn strangers_are_led_to_the_door_and_people_kept_to_what_is_theirs() {
    let api = Api::open().await;
    let mut people = Vec::new();
    for role in Role::ALL {
        let held = format!("{}@*", role.word());
        let name = role.word().replace('_', "-");
        people.push((role, Browser::hire(&api, &name, &[held.as_str()]).await));
    }
    let (mut walked, mut opened) = (0, 0);
    for route in &api.routes {
        let Access::Staff(needs) = route.access else {
            assert!(
                !route.path.starts_with("/admin") || route.path.starts_with("/admin/sign-in"),
                "{} is open to all",
                route.path
            );
            continue;
        };
        walked += 1;
        let path = address(route, "us");
        let ask = || match route.method {
            Verb::Get => Ask::get(&path),
            _ => Ask::form(&path, &[("key", "k")]),
        };
        for cookie in [
            "",
            "kontor_staff=",
            "kontor_staff=nobodys",
            &format!("kontor_staff={}", "0".repeat(52)),
        ] {
            let answer = api.send(ask().header("cookie", cookie)).await;
            assert_eq!(answer.status, 303, "{path} with {cookie:?}: {}", answer.text);
            assert!(answer.header("location").starts_with("/admin/sign-in?next=/admin"));
            assert!(answer.text.is_empty(), "{path}");
        }
        // Signing out would end the very sessions that the walk needs.
        if route.path == "/admin/sign-out" {
            continue;
        }
        for (role, person) in &people {
            let own = needs.is_none_or(|needed| role.permits().contains(&needed));
            let answer = person.send(ask()).await;
            let told = format!("{role:?} {:?} {path}: {}", route.method, answer.text);
            if own {
                // Whoever has it in all markets is kept out of none: what is missing is something else.
                assert!(answer.status < 500 && answer.status != 403, "{told}");
                opened += usize::from(answer.status == 200);
            } else {
                assert_eq!(answer.status, 403, "{told}");
                assert!(!answer.text.contains(PHONE), "{told}");
            }
        }
    }
    assert!(walked > 100 && opened > 150, "{walked} routes, open {opened} times");
}

#[tokio::test]
async fn programs_and_operators_have_their_own_routes_and_no_others() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let make = async |form: &str, scope: &str| {
        let fields = [
            ("key", form),
            ("name", "Books"),
            ("markets", "us"),
            ("days", "30"),
            ("chosen", scope),
        ];
        let page = mia.form("/admin/programs/keys", &fields).await.expect(200);
        let secret = page.text.split("<code>kontor_").nth(1).expect("a secret");
        format!("Bearer kontor_{}", secret.split('<').next().expect("its end"))
    };
    let keys = [
        (Permission::OrderRead, make("k1", "order.read").await),
        (Permission::CustomerRead, make("k2", "customer.read").await),
    ];
    let nobodys = format!("Bearer kontor_{}", "0".repeat(52));
    let (mut by_key, mut operated) = (0, Vec::new());
    for route in &api.routes {
        let path = address(route, "us");
        let ask = || match route.method {
            Verb::Get => Ask::get(&path),
            Verb::Post => Ask::form(&path, &[("key", "k")]),
            Verb::Put => Ask::bare("PUT", &path),
        };
        match route.access {
            Access::Key(needs, _) => {
                by_key += 1;
                for bad in ["", "Bearer", "Bearer x", nobodys.as_str()] {
                    let answer = api.send(ask().header("authorization", bad)).await;
                    assert_eq!(answer.status, 401, "{path} {bad:?}: {}", answer.text);
                }
                let as_person = mia.send(ask()).await;
                assert_eq!(as_person.status, 401, "{path}: a session is no key");
                for (scope, key) in &keys {
                    let answer = api.send(ask().header("authorization", key)).await;
                    if *scope == needs {
                        assert!(answer.status < 400, "{path}: {}", answer.text);
                    } else {
                        assert_eq!(answer.status, 403, "{path} {}: {}", scope.word(), answer.text);
                    }
                }
            }
            Access::Operator => {
                // They tell machines how the server is, and nothing of what is in it.
                assert_eq!(route.method, Verb::Get, "{path}");
                let answer = api.send(ask()).await;
                assert!(answer.header("content-type").starts_with("text/plain"), "{path}");
                for word in ["maker.example", PHONE, "US15-"] {
                    assert!(!answer.text.contains(word), "{path}: {}", answer.text);
                }
                operated.push(route.path);
            }
            Access::Staff(_) => {
                // A program's key opens no page of the people's.
                for (_, key) in &keys {
                    let answer = api.send(ask().header("authorization", key)).await;
                    assert_eq!(answer.status, 303, "{path}: {}", answer.text);
                }
            }
            // `routes.rs` walks these.
            Access::Public | Access::Token => {}
        }
    }
    assert!(by_key > 0, "there are routes for programs");
    operated.sort_unstable();
    assert_eq!(operated, ["/healthz", "/metrics", "/readyz"], "the proxy in front closes these");
}

/// Sends a form somewhere, as a browser does.
async fn send_to(person: &Browser<'_>, form: &PageForm, path: &str) -> Answer {
    if form.multipart {
        person.upload(path, &form.pairs(), None).await
    } else {
        person.form(path, &form.pairs()).await
    }
}

#[tokio::test]
async fn whatever_somebody_is_in_one_market_another_is_not_there_for_them() {
    let api = Api::open().await;
    let roles: Vec<String> = Role::ALL.map(|role| format!("{}@us", role.word())).to_vec();
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    let all = Browser::hire(&api, "all", &roles).await;
    // What takes the permission in all markets is nobody's here, in no market.
    let theirs = |route: &Route| match route.access {
        Access::Staff(needs) => needs.is_none_or(|needed| needed.span() == Span::Market),
        _ => false,
    };
    let before = api.dump();
    let (mut pages, mut lists, mut own) = (Vec::new(), Vec::new(), 0);
    for route in &api.routes {
        if !route.path.starts_with("/admin") || route.method != Verb::Get {
            continue;
        }
        if route.path.contains("{market}") {
            let answer = all.get(&address(route, "de")).await;
            assert_eq!(answer.status, 404, "{}: {}", route.path, answer.text);
            let answer = all.get(&address(route, "us")).await;
            assert!(matches!(answer.status, 200 | 404), "{}: {}", route.path, answer.text);
            own += usize::from(answer.status == 200);
            pages.extend(forms(&answer.text));
        } else {
            // What lists take a market by their address gives nothing of another.
            let answer = all.get(&format!("{}?market=de", address(route, "us"))).await;
            assert!(answer.status < 500, "{}: {}", route.path, answer.text);
            assert!(!answer.text.contains("market=de&"), "{}: {}", route.path, answer.text);
            assert!(!answer.text.contains("/admin/de/"), "{}: {}", route.path, answer.text);
            lists.extend(forms(&all.get(&address(route, "us")).await.text));
        }
    }
    // What a page shows when it is asked for more: the form of a piece of evidence, of a price.
    let grant = format!("/admin/us/clearances/{PHONE}/grant?rule={}", rule(&api).await);
    let price = format!("/admin/us/prices/{PHONE}?price=398.00");
    for asked in [grant, price] {
        pages.extend(forms(&all.get(&asked).await.expect(200).text));
    }
    // Forms that name the market in a field are no way around.
    let named = |(name, _): &(String, String)| name == "market" || name == "markets";
    let with_market = lists.iter().filter(|form| form.fields.iter().any(named));
    let mut slipped = 0;
    for form in with_market {
        let mut form = form.clone();
        for (_, value) in form.fields.iter_mut().filter(|field| named(field)) {
            "de".clone_into(value);
        }
        let answer = send_to(&all, &form, &form.action).await;
        assert!(matches!(answer.status, 403 | 404 | 422), "{form:?}: {}", answer.text);
        slipped += 1;
    }
    assert!(slipped > 3, "{slipped} forms name a market");
    assert!(own > 8, "{own} pages of the own market are open");
    // Every form of the own market, filled in, is sent to the other: it is not there. Sent to where it
    // belongs it is read, so that what holds is the market and not a field that was missing.
    let (mut without, mut taken) = (BTreeSet::new(), Vec::new());
    for route in &api.routes {
        if !route.path.starts_with("/admin/{market}") || route.method == Verb::Get {
            continue;
        }
        let (here, there) = (address(route, "us"), address(route, "de"));
        let of_this: Vec<_> = pages.iter().filter(|form| form.action == here).collect();
        let empty = PageForm {
            action: here.clone(),
            fields: [("key", "k"), ("what", "terms"), ("reason", "x")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            multipart: false,
        };
        let sent = if of_this.is_empty() { vec![&empty] } else { of_this.clone() };
        for form in sent {
            let answer = send_to(&all, form, &there).await;
            let wanted = if theirs(route) { 404 } else { 403 };
            // A form that nobody is shown cannot be filled in: it may also be unreadable.
            let unread = of_this.is_empty() && answer.status == 400;
            assert!(answer.status == wanted || unread, "{there}: {form:?}: {}", answer.text);
        }
        if of_this.is_empty() {
            without.insert(route.path);
        }
        taken.extend(of_this.into_iter().map(|form| (here.clone(), form.clone())));
    }
    assert_eq!(api.dump(), before, "nothing was changed");
    assert!(taken.len() > 5, "{} forms were sent to both markets", taken.len());
    // There is no parcel to hand over, no plan that binds the market, nothing withdrawn to take back, and
    // no order held for it.
    let places = ["dispatch", "opening/assortment", "withdrawals/restore", "withdrawals/write"];
    assert_eq!(Vec::from_iter(without), places.map(|place| format!("/admin/{{market}}/{place}")));
    for (here, form) in taken {
        let answer = send_to(&all, &form, &here).await;
        let read = matches!(answer.status, 200 | 303 | 409 | 422);
        assert!(read, "{here}: {form:?}: {} {}", answer.status, answer.text);
    }
}

#[tokio::test]
async fn two_officers_put_the_phone_on_the_shelf() {
    let api = Api::open().await;
    let rule = rule(&api).await;
    let ana = Browser::hire(&api, "ana", &["clearance_officer@us"]).await;
    let ben = Browser::hire(&api, "ben", &["clearance_officer@us"]).await;
    let matrix = ana.get("/admin/us/clearances").await.expect(200);
    assert!(matrix.text.contains(PHONE) && matrix.text.contains("cell-missing"), "{}", matrix.text);
    let product = ana.get(&format!("/admin/us/clearances/{PHONE}")).await.expect(200);
    let link = format!("/admin/us/clearances/{PHONE}/grant?rule={rule}");
    assert!(product.text.contains(&link), "{}", product.text);
    ana.get(&link).await.expect(200);

    let fields = good(&rule);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let proposed = ana.grant("us", &fields, Some(b"%PDF-1.7 the paper")).await.expect(303);
    let again = ana.grant("us", &fields, Some(b"%PDF-1.7 the paper")).await.expect(303);
    let place = proposed.header("location").to_owned();
    assert_eq!(again.header("location"), place, "twice is once");
    let page = place.split('?').next().expect("a path").to_owned();
    let own = ana.get(&place).await.expect(200);
    assert!(own.text.contains("2AFZZ-1") && !own.text.contains("value=\"approve\""));
    let seen = own.text.split("name=\"seen\" value=\"").nth(1).expect("a hash");
    let seen = seen[..64].to_owned();
    let decision = [("decision", "approve"), ("seen", seen.as_str())];
    ana.form(&page, &decision).await.expect(403);

    let before = api.send(Ask::get("/us/en/product/phone")).await;
    assert!(!before.text.contains(&format!("value=\"{PHONE}\"")), "not for sale yet");
    let his = ben.get(&page).await.expect(200);
    assert!(his.text.contains("value=\"approve\""));
    let paper = his.text.split("href=\"/admin/documents/").nth(1).expect("the paper is linked");
    let paper = format!("/admin/documents/{}", &paper[..64]);
    let paper = ben.get(&paper).await.expect(200);
    assert_eq!(paper.text, "%PDF-1.7 the paper");
    assert_eq!(paper.header("content-type"), "application/pdf");
    assert!(paper.header("content-security-policy").contains("sandbox"));
    assert_eq!(paper.header("content-disposition"), "inline; filename=\"x.pdf\"");
    let changed = [("decision", "approve"), ("seen", &*"00".repeat(32))];
    ben.form(&page, &changed).await.expect(409);
    ben.form(&page, &decision).await.expect(303);
    ben.form(&page, &decision).await.expect(409);
    // Her daily page tells what became of it, for a week; his does not: it was not his.
    let told = |page: &str| page.contains("What became of your proposals");
    assert!(told(&ana.get("/admin").await.expect(200).text));
    assert!(!told(&ben.get("/admin").await.expect(200).text));
    api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("read anew");
    let after = ana.get(&format!("/admin/us/clearances/{PHONE}")).await.expect(200);
    assert!(after.text.contains("cell-granted") && !after.text.contains("cell-missing"));
    let shop = api.send(Ask::get("/us/en/product/phone")).await.expect(200);
    assert!(shop.text.contains(&format!("value=\"{PHONE}\"")), "it is for sale: {}", shop.text);
    api.clock.advance_seconds(7 * 24 * 60 * 60 + 1);
    let ana = ana.again().await;
    assert!(!told(&ana.get("/admin").await.expect(200).text), "it is old");
}

#[tokio::test]
async fn a_market_that_is_not_ones_own_does_not_exist() {
    let api = Api::open().await;
    let rule = rule(&api).await;
    let ana = Browser::hire(&api, "ana", &["clearance_officer@us"]).await;
    let dora = Browser::hire(&api, "dora", &["clearance_officer@de"]).await;
    let fields = good(&rule);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let proposed = ana.grant("us", &fields, None).await.expect(303);
    let page = proposed.header("location").split('?').next().expect("a path").to_owned();
    for path in [
        "/admin/us/clearances".to_owned(),
        format!("/admin/us/clearances/{PHONE}"),
        format!("/admin/us/clearances/{PHONE}/grant?rule={rule}"),
        page.clone(),
        "/admin/fr/clearances".to_owned(),
        "/admin/xx/clearances".to_owned(),
    ] {
        dora.get(&path).await.expect(404);
    }
    dora.grant("us", &fields, None).await.expect(404);
    let decision = [("decision", "approve"), ("seen", &*"00".repeat(32))];
    dora.form(&page, &decision).await.expect(404);
    for list in ["/admin", "/admin/proposals"] {
        let answer = dora.get(list).await.expect(200);
        assert!(!answer.text.contains(&page), "{list} tells of another market");
    }
    // Of the market's form only the market's own fields are read: a country cannot be slipped in.
    let slipped: Vec<_> = fields.iter().copied().chain([("country", "*"), ("code", "X")]).collect();
    let slipped = with_key(&slipped, "k2");
    dora.grant("de", &slipped, None).await.expect(422);
    let german = german_rule(&api).await;
    let rule = |(name, value)| (name, if name == "clearance" { german.as_str() } else { value });
    let slipped: Vec<_> = slipped.into_iter().map(rule).collect();
    let answer = dora.grant("de", &with_key(&slipped, "k3"), None).await.expect(303);
    let shown = dora.get(answer.header("location")).await.expect(200);
    assert!(
        shown
            .text
            .contains("<code>country</code></th><td><span class=\"quiet\">–</span></td><td>DE<"),
        "{}",
        shown.text
    );
}

fn with_key<'f>(fields: &[(&'static str, &'f str)], key: &'f str) -> Vec<(&'static str, &'f str)> {
    let set = |(name, value): &(&'static str, &'f str)| {
        (*name, if *name == "key" { key } else { *value })
    };
    fields.iter().map(set).collect()
}

#[tokio::test]
async fn what_is_wrong_with_a_grant_is_said_beside_its_field_and_escaped() {
    let api = Api::open().await;
    let rule = rule(&api).await;
    let ana = Browser::hire(&api, "ana", &["clearance_officer@us"]).await;
    let fields = good(&rule);
    for (field, bad) in [
        ("number", ""),
        ("issuer", ""),
        ("issued_on", ""),
        ("issued_on", "yesterday"),
        ("expires_on", "2014-13-01"),
        ("reason", ""),
    ] {
        let mut fields = fields.clone();
        fields.push(("expires_on", String::new()));
        let answer = ana.grant("us", &with(&fields, field, bad), None).await.expect(422);
        let id = format!("id=\"{field}-error\"");
        assert!(answer.text.contains(&id), "{field} {bad:?}: {}", answer.text);
        assert!(answer.text.contains("value=\"FCC\"") || field == "issuer", "what was typed stays");
    }
    let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let fields_hostile = with(&fields, "number", hostile);
    let proposed = ana.grant("us", &fields_hostile, None).await.expect(303);
    let shown = ana.get(proposed.header("location")).await.expect(200);
    assert!(!shown.text.contains("<script>alert") && !shown.text.contains("<img src=x"));
    assert!(shown.text.contains("&lt;script&gt;") || shown.text.contains("&#60;script&#62;"));
    for (file, what) in [
        (&b"<html><script>alert(1)</script>"[..], "a page"),
        (b"MZ\x90\x00", "a program"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a drawing that runs"),
    ] {
        let answer = ana.grant("us", &with(&fields, "key", "k9"), Some(file)).await.expect(422);
        assert!(answer.text.contains("id=\"document-error\""), "{what}: {}", answer.text);
    }
    let large = [b"%PDF-".as_slice(), &vec![b'x'; 6 * 1024 * 1024]].concat();
    ana.grant("us", &with(&fields, "key", "k9"), Some(&large)).await.expect(413);
    let path = format!("/admin/us/clearances/{PHONE}/grant");
    for body in [&b""[..], b"--frontier", b"\xff\xfe", b"--frontier\r\n\r\n--frontier--"] {
        let kind = "multipart/form-data; boundary=frontier";
        let ask = Ask::bare("POST", &path).header("content-type", kind).raw(body);
        let answer = ana.send(ask).await;
        assert!((400..500).contains(&answer.status), "{body:?}: {}", answer.status);
    }
}

#[tokio::test]
async fn sessions_are_new_and_ways_on_lead_nowhere_else() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["owner@*"]).await;
    // A token that somebody planted beforehand is not the one that comes to be signed in.
    let planted = format!("kontor_staff={}", "1".repeat(52));
    let fields = [
        ("email", "ana@maker.example"),
        ("password", PASSWORD),
        ("next", "https://evil.example/admin/"),
    ];
    let ask = Ask::form("/admin/sign-in", &fields).header("cookie", &planted);
    let answer = api.send(ask).await.expect(303);
    assert_eq!(answer.header("location"), "/admin", "never to another site");
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(set.len(), 2);
    for line in set {
        let line = line.to_str().expect("text");
        assert!(line.contains("; HttpOnly") && line.contains("; SameSite=Lax"), "{line}");
        assert!(line.contains("; Path=/admin"), "{line}");
    }
    let still = api.send(Ask::get("/admin").header("cookie", &planted)).await;
    assert_eq!(still.status, 303, "the planted token is nobody's");

    // One's own session can be ended, another's not.
    let ben = Browser::hire(&api, "ben", &["reader@us"]).await;
    let page = ana.get("/admin/account").await.expect(200);
    let token = page.text.split("name=\"token\" value=\"").nth(1).expect("two sessions");
    let token = token[..26].to_owned();
    ben.form("/admin/account/sessions", &[("token", &token)]).await.expect(303);
    let mut other = Browser::nobody(&api);
    other.take_cookies(&answer);
    other.get("/admin").await.expect(200);
    ana.form("/admin/account/sessions", &[("token", &token)]).await.expect(303);
    other.get("/admin").await.expect(303);
    ana.form("/admin/sign-out", &[]).await.expect(303);
    ana.get("/admin").await.expect(303);
}

#[tokio::test]
async fn accounts_take_two_owners_and_the_log_tells_of_everything() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["owner@*"]).await;
    let olaf = Browser::hire(&api, "olaf", &["owner@*"]).await;
    let fields = [
        ("key", "p1"),
        ("what", "add"),
        ("name", "Eve"),
        ("email", "eve@maker.example"),
        ("language", "de"),
        ("held", "market_manager@us"),
        ("reason", "she begins on Monday"),
        // Nothing but the form's own fields is read.
        ("password", "x"),
        ("state", "active"),
        ("id", "x"),
    ];
    let proposed = ana.form("/admin/people", &fields).await.expect(303);
    let page = proposed.header("location").split('?').next().expect("a path").to_owned();
    assert!(!ana.get("/admin/people").await.expect(200).text.contains("eve@maker.example"));
    let his = olaf.get(&page).await.expect(200);
    let seen = his.text.split("name=\"seen\" value=\"").nth(1).expect("a hash")[..64].to_owned();
    olaf.form(&page, &[("decision", "approve"), ("seen", &seen)]).await.expect(303);
    assert!(ana.get("/admin/people").await.expect(200).text.contains("eve@maker.example"));
    for (field, bad) in [("held", "boss@us"), ("email", "nobody"), ("reason", ""), ("what", "x")] {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| {
                let key = *name == "key";
                (
                    *name,
                    if key {
                        "p2"
                    } else if *name == field {
                        bad
                    } else {
                        *value
                    },
                )
            })
            .collect();
        let answer = ana.form("/admin/people", &fields).await;
        assert!((400..500).contains(&answer.status), "{field} {bad}: {}", answer.status);
    }
    let log = ana.get("/admin/log?act=staff.manage").await.expect(200);
    assert!(
        log.text.contains("staff.manage.approved") && log.text.contains("staff.manage.proposed")
    );
    let csv = ana.get("/admin/log.csv").await.expect(200);
    assert!(csv.text.starts_with("entry,at,person,act,"), "{}", csv.text);
    assert!(!csv.text.contains(PASSWORD));
    assert!(ana.get("/admin/log?person=nobody@x.example").await.expect(200).text.contains("empty"));
    for odd in ["act=%00", "after=zz", "subject=%F0%9F%98%80", "person=%27%20or%201=1"] {
        ana.get(&format!("/admin/log?{odd}")).await.expect(200);
    }
}

#[tokio::test]
async fn refusals_are_said_in_the_readers_language() {
    use kontor_base::Language;

    let api = Api::open().await;
    let olga = Browser::hire_in(&api, "olga", &["owner@*"], Language::De).await;
    let mia = Browser::hire_in(&api, "mia", &["market_manager@us"], Language::De).await;
    let fields = [
        ("key", "p1"),
        ("what", "add"),
        ("name", "Eve"),
        ("email", "eve@maker.example"),
        ("language", "de"),
        ("held", "boss@us"),
        ("reason", "sie fängt am Montag an"),
    ];
    let role = olga.form("/admin/people", &fields).await.expect(422);
    assert!(role.text.contains("„boss@us“ ist keine Rolle"), "{}", role.text);
    let sale = [
        ("key", "v1"),
        ("do", "rehearse"),
        ("title", "Bänder"),
        ("sku", "BAND-BLACK"),
        ("channels", "us rush 3000"),
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
    ];
    let short = mia.form("/admin/sales/new", &sale).await.expect(422);
    assert!(short.text.contains("in us fehlen 2995 Stück"), "{}", short.text);
}

/// An account without a browser.
async fn account(api: &Api, name: &str) {
    let command = kontor_shop::staff::AddCommand {
        name: name.to_owned(),
        email: format!("{}@maker.example", name.replace(' ', ".")),
        language: kontor_base::Language::En,
        held: vec!["reader@us".parse().expect("a role")],
    };
    kontor_shop::staff::add(&api.shop, command).await.expect("a new account");
}

/// The addresses of the accounts of a page, in its order.
fn listed(page: &str) -> Vec<String> {
    let all = page.split("name=\"email\" value=\"").skip(1);
    all.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// Where the link to the next page leads.
fn next(page: &str) -> Option<String> {
    let link = page.split("\" rel=\"next\"").next().filter(|_| page.contains("rel=\"next\""))?;
    link.rsplit("href=\"").next().map(str::to_owned)
}

#[tokio::test]
async fn accounts_are_listed_by_name_page_by_page() {
    let api = Api::open().await;
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    Browser::hire(&api, "olaf", &["owner@*"]).await;
    let alone = olga.get("/admin/people").await.expect(200).text;
    assert_eq!(listed(&alone), ["olaf@maker.example", "olga@maker.example"]);
    assert_eq!(next(&alone), None);
    // Two of the same name: the page ends between them, and neither is lost or told twice.
    for n in 0..47 {
        account(&api, &format!("ada {n:02}")).await;
    }
    for email in ["same1", "same2", "same3", "same4"] {
        let command = kontor_shop::staff::AddCommand {
            name: "ada 99".to_owned(),
            email: format!("{email}@maker.example"),
            language: kontor_base::Language::En,
            held: Vec::new(),
        };
        kontor_shop::staff::add(&api.shop, command).await.expect("a new account");
    }
    let first = olga.get("/admin/people").await.expect(200).text;
    let place = next(&first).expect("there are more");
    let second = olga.get(&place).await.expect(200).text;
    assert_eq!((listed(&first).len(), next(&second)), (50, None));
    let mut all = listed(&first);
    all.extend(listed(&second));
    assert_eq!((all.len(), all[0].as_str()), (53, "ada.00@maker.example"));
    let once: BTreeSet<&String> = all.iter().collect();
    assert_eq!(once.len(), 53, "each once: {all:?}");
    for name in ["same1", "same2", "same3", "same4", "olga", "olaf"] {
        assert!(all.contains(&format!("{name}@maker.example")), "{name}: {all:?}");
    }
    // A form of the second page comes back to it, and what it changes is who stands there.
    let change = [
        ("key", "a1"),
        ("what", "change"),
        ("email", "olaf@maker.example"),
        ("held", "boss@us"),
        ("state", "active"),
        ("reason", "a new role"),
    ];
    assert!(second.contains(&format!("action=\"{place}\"")), "{second}");
    let refused = olga.form(&place, &change).await.expect(422);
    assert_eq!(listed(&refused.text), listed(&second));
    let held = ("held", "owner@* reader@us");
    let good: Vec<_> = change.iter().map(|f| if f.0 == "held" { held } else { *f }).collect();
    let proposed = olga.form(&place, &good).await.expect(303);
    assert!(proposed.header("location").starts_with("/admin/proposals/"));
    // Nobody's account begins the list anew, and so does what is no id at all.
    for odd in ["stf_00000000000000000000000000", "x", "%27%20or%201=1", "%00"] {
        let page = olga.get(&format!("/admin/people?after={odd}")).await.expect(200).text;
        assert_eq!(listed(&page), listed(&first), "{odd}");
    }
}
