//! Every route as the server lists it, against the server itself: who may call it, that reading
//! changes nothing, that writes are limited, keyed and refused from other sites.
//!
//! The tests walk `Api::routes`; a new route is looked at without a line here.

mod common;

use std::collections::BTreeSet;
use std::net::SocketAddr;

use common::rom::ROLLOUT;
use common::{Answer, Api, Ask, BAND, Shopper};
use kontor_web::kit::assets;
use kontor_web::kit::routes::{Access, Class, Repeat, Route, Verb};

/// The route's address with every parameter filled in: real ones where the shop has them, and
/// nobody's token.
fn path_of(api: &Api, route: &Route) -> String {
    // What says more of itself in its query than in its path.
    if route.path == "/rom/check" {
        return "/rom/check?model=one&channel=stable&build=old".to_owned();
    }
    let fill = |segment: &str| match segment {
        "{market}" => "us".to_owned(),
        "{language}" => "en".to_owned(),
        "{model}" => "band".to_owned(),
        "{sku}" => BAND.to_owned(),
        "{by}" => "country".to_owned(),
        "{file}" => "figures.csv".to_owned(),
        "{text}" => "terms".to_owned(),
        "{*path}" => {
            let address = assets::url("shop.css");
            address.strip_prefix("/assets/").expect("assets lie under one folder").to_owned()
        }
        "{device}" => "one".to_owned(),
        "{build}" => "a1".to_owned(),
        "{rollout}" => ROLLOUT.to_string(),
        "{sha256}" => api.rom_file.clone(),
        "{name}" if route.path.contains("{sha256}") => "one.zip".to_owned(),
        "{name}" => "one-stable".to_owned(),
        other if other.starts_with('{') => "nobodys".to_owned(),
        other => other.to_owned(),
    };
    route.path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

/// A request to the route with an empty body.
fn ask(api: &Api, route: &Route) -> Ask {
    let method = match route.method {
        Verb::Get => "GET",
        Verb::Post => "POST",
        Verb::Put => "PUT",
    };
    Ask::bare(method, &path_of(api, route))
}

fn is_api(route: &Route) -> bool {
    route.path.starts_with("/api/")
}

fn told(route: &Route, answer: &Answer) -> String {
    format!("{:?} {}: {} {}", route.method, route.path, answer.status, answer.text)
}

#[tokio::test]
async fn what_a_route_says_of_itself_fits_together() {
    let api = Api::open().await;
    let mut seen = BTreeSet::new();
    for route in &api.routes {
        let what = format!("{:?} {}", route.method, route.path);
        assert!(seen.insert(what.clone()), "{what} is there twice");
        let reads = route.method == Verb::Get;
        assert_eq!(reads, !route.class.writes(), "{what}: a write is limited, a read is none");
        assert_eq!(reads, route.repeat == Repeat::Harmless, "{what}: a write knows a repeat");
        let by_header = route.repeat == Repeat::Header;
        assert!(!by_header || is_api(route), "{what}: a browser's form sends no such header");
    }
    assert!(seen.len() > 30, "the list is the server's: {seen:?}");
}

#[tokio::test]
async fn reading_changes_nothing_and_breaks_nothing() {
    let api = Api::open().await;
    let empty = api.dump();
    let shopper = Shopper::fill_cart(&api).await;
    let before = api.dump();
    assert_ne!(before, empty, "a write is seen");
    for route in api.routes.iter().filter(|route| !route.class.writes()) {
        let answer = api.send(shopper.with(ask(&api, route))).await;
        assert!(answer.status < 500, "{}", told(route, &answer));
        assert_eq!(api.dump(), before, "{} has changed something", route.path);
        // The test's shop holds no sale, no published figure and nothing signed; `api_sale.rs`,
        // `reach.rs` and the tests of trust have.
        let absent = [
            "{sale}",
            "{kind}/{code}",
            "/rom/offers/",
            "/rom/metadata/",
            "/rom/targets/",
            "/pictures/",
            "/rom/custota/",
        ];
        let empty = absent.iter().any(|part| route.path.contains(part));
        if route.access == Access::Public && !empty {
            assert!(matches!(answer.status, 200 | 308), "{}", told(route, &answer));
        }
        let head = api.send(Ask::bare("HEAD", &path_of(&api, route))).await;
        assert!(head.text.is_empty(), "{}: an answer to HEAD has no body", route.path);
    }
}

#[tokio::test]
async fn without_its_token_a_route_tells_nothing() {
    let api = Api::open().await;
    let shopper = Shopper::fill_cart(&api).await;
    let own = api.send(shopper.with(Ask::get("/us/en/cart"))).await.expect(200);
    assert!(own.text.contains(BAND), "with its token the cart is shown");
    let before = api.dump();
    for route in api.routes.iter().filter(|route| route.access == Access::Token) {
        for with in [ask(&api, route), ask(&api, route).header("cookie", "kontor_cart_us=nobodys")]
        {
            let answer = api.send(with).await;
            assert!(answer.status < 500, "{}", told(route, &answer));
            assert!(!answer.text.contains(BAND), "{}", told(route, &answer));
            let named = route.path.contains("token}") || route.path.contains("id}");
            assert!(!named || answer.status >= 400, "{}", told(route, &answer));
        }
    }
    assert_eq!(api.dump(), before);
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let api = Api::open().await;
    let before = api.dump();
    for route in api.routes.iter().filter(|route| route.class.writes()) {
        let form = ask(&api, route).header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://elsewhere.example"),
            ("origin", "null"),
        ] {
            let from = form.clone().header("host", "shop.example").header(name, value);
            let answer = api.send(from).await;
            if is_api(route) {
                // The API reads no cookie, and takes nothing that a form can send.
                assert!((400..500).contains(&answer.status), "{}", told(route, &answer));
            } else {
                assert_eq!(answer.status, 403, "{name}: {value}: {}", told(route, &answer));
            }
        }
    }
    assert_eq!(api.dump(), before);
}

#[tokio::test]
async fn a_method_that_is_not_there_is_answered_with_those_that_are() {
    let api = Api::open().await;
    for route in &api.routes {
        for method in ["DELETE", "PATCH"] {
            let answer = api.send(Ask::bare(method, &path_of(&api, route))).await;
            assert_eq!(answer.status, 405, "{}", told(route, &answer));
            let own = route.method.http();
            let allowed = answer.header("allow").split(',').any(|name| name.trim() == own.as_str());
            assert!(allowed, "{}: allow: {}", route.path, answer.header("allow"));
        }
    }
}

#[tokio::test]
async fn writes_are_limited_and_reads_are_not() {
    // A budget of one for each: the second request of the same class is too many. Every route is
    // asked by clients of its own.
    let api = Api::open_limited(1, 1).await;
    for (number, route) in api.routes.iter().enumerate() {
        let limited = route.class.writes();
        if !limited && !matches!(route.class, Class::Personal | Class::Read) {
            continue;
        }
        let [_, _, high, low] = u32::try_from(number).expect("few routes").to_be_bytes();
        let client = SocketAddr::from(([198, 18, high, low], 40_000));
        let first = api.send(ask(&api, route).from(client)).await;
        assert_ne!(first.status, 429, "{}", told(route, &first));
        let second = api.send(ask(&api, route).from(client)).await;
        assert_eq!(second.status == 429, limited, "{}", told(route, &second));
        if limited {
            let wait: u32 = second.header("retry-after").parse().expect("seconds to wait");
            assert!(wait > 0, "{}", route.path);
            let other = SocketAddr::from(([198, 19, high, low], 40_000));
            let answer = api.send(ask(&api, route).from(other)).await;
            assert_ne!(answer.status, 429, "{}: another's budget is its own", route.path);
        }
    }
}

#[tokio::test]
async fn a_write_by_header_needs_its_key() {
    let api = Api::open().await;
    let before = api.dump();
    let by_header = api.routes.iter().filter(|route| route.repeat == Repeat::Header);
    let mut count = 0;
    for route in by_header {
        let json = ask(&api, route)
            .header("content-type", "application/json")
            .header("kontor-cart", "nobodys")
            .header("kontor-checkout", "nobodys")
            .raw("{}");
        let answer = api.send(json).await;
        assert!((400..500).contains(&answer.status), "{}", told(route, &answer));
        count += 1;
    }
    assert!(count >= 4, "there are such routes");
    assert_eq!(api.dump(), before);
}
