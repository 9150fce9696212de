//! The published figures through HTTP: every figure leads to its source or definition, nothing that
//! comes from data can break out, and files, feed, pictures and the counter are what they say.

mod common;

use std::collections::BTreeSet;

use common::{Api, Ask};
use kontor_base::Random;
use kontor_shop::exchange::{Csv, Mode, Table, import};

const DATA: [(Table, &str); 4] = [
    (Table::Figures, include_str!("../../../data/reach/figures.csv")),
    (Table::Ranks, include_str!("../../../data/reach/ranks.csv")),
    (Table::Targets, include_str!("../../../data/reach/targets.csv")),
    (Table::Forecasts, include_str!("../../../data/reach/forecasts.csv")),
];

/// Records a file.
async fn record(api: &Api, table: Table, text: &str) {
    let file = Csv { table, name: "f.csv".to_owned(), bytes: text.as_bytes().to_vec() };
    let done = import(&api.shop.db, &api.clock, &Random::seeded(1), file, Mode::Apply).await;
    done.unwrap_or_else(|error| panic!("{error}"));
    api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("a snapshot");
}

async fn with_figures() -> Api {
    let api = Api::open().await;
    for (table, text) in DATA {
        record(&api, table, text).await;
    }
    api
}

async fn page(api: &Api, path: &str) -> String {
    let answer = api.send(Ask::bare("GET", path)).await;
    assert_eq!(answer.status, 200, "{path}");
    answer.text
}

/// What stands between `start` and `end`, for each `start`.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

fn unescape(text: &str) -> String {
    text.replace("&#38;", "&").replace("&amp;", "&").replace("&#39;", "'")
}

/// Every link of a piece of a page.
fn links(html: &str) -> Vec<String> {
    between(html, " href=\"", "\"").into_iter().map(unescape).collect()
}

/// Whether an address of another site can be asked for at all.
fn is_outside(link: &str) -> bool {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?']).next().unwrap_or_default();
        host.contains('.') && !link.contains([' ', '"', '<', '>'])
    })
}

#[tokio::test]
async fn every_figure_leads_to_its_source_or_definition() {
    let api = with_figures().await;
    let mut inside = BTreeSet::new();
    let mut figures = 0;
    for language in ["en", "de"] {
        let html = page(&api, &format!("/reach/{language}")).await;
        // Each figure is an element marked as one; its links stand before the next one begins.
        for figure in html.split(" data-figure").skip(1) {
            let end = ["</tr>", "</li>", "</div>"].iter().filter_map(|tag| figure.find(tag)).min();
            let figure = &figure[..end.unwrap_or(figure.len())];
            let links = links(figure);
            assert!(!links.is_empty(), "a figure without a link: {figure}");
            for link in links {
                assert!(link.starts_with('/') || is_outside(&link), "{link}");
                if link.starts_with('/') {
                    inside.insert(link);
                }
            }
            figures += 1;
        }
        for link in links(&html).into_iter().filter(|link| link.starts_with('/')) {
            inside.insert(link);
        }
    }
    assert!(figures > 200, "{figures}");
    for link in &inside {
        let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
        let answer = api.send(Ask::bare("GET", path)).await;
        assert_eq!(answer.status, 200, "{link}");
        let there = anchor.is_empty() || answer.text.contains(&format!("id=\"{anchor}\""));
        assert!(there, "{link} points nowhere");
    }
}

#[tokio::test]
async fn every_record_is_on_the_page_and_its_own_page_names_a_source() {
    let api = with_figures().await;
    let html = page(&api, "/reach/en").await;
    let edition = api.shop.snapshots.now();
    let reach = &edition.reach;
    let mut paths: Vec<String> = Vec::new();
    paths.extend(reach.figures.iter().map(|r| format!("figure/{}", r.record.code)));
    paths.extend(reach.ranks.iter().map(|r| format!("rank/{}", r.record.code)));
    paths.extend(reach.targets.iter().map(|r| format!("target/{}", r.record.code)));
    paths.extend(reach.forecasts.iter().map(|r| format!("forecast/{}", r.record.code)));
    assert!(paths.len() > 85, "{}", paths.len());
    for path in paths {
        // Targets of other years stand on their own pages and in the files only.
        let on_front = html.contains(&format!("href=\"/reach/en/{path}\""));
        assert!(on_front || path.starts_with("target/target-2014"), "{path}");
        let own = page(&api, &format!("/reach/en/{path}")).await;
        let sourced = own.contains("rel=\"external nofollow\"") || own.contains("/definitions#");
        assert!(sourced, "{path}");
        let json = page(&api, &format!("/api/v1/reach/{path}")).await;
        assert!(json.contains("\"confidence\":\""), "{path}");
    }
}

#[tokio::test]
async fn the_front_page_says_what_happened() {
    let api = with_figures().await;
    let html = page(&api, "/reach/en").await;
    for told in [
        "“100\u{a0}million” was said twice",
        "100\u{a0}million wanted, more than 70\u{a0}million reached",
        "+43%",
        "65.3\u{a0}million: +88%",
        "66.4 to 199.8\u{a0}million",
        "is what 13 simple methods made of the years before",
        "not a probability",
        "brings 70.0\u{a0}million: 30.0\u{a0}million short",
        "No. 3, 4, 5 or 6",
        "3.42\u{a0}million between two speakers on 2014",
        "Nothing counted yet.",
    ] {
        assert!(html.contains(told), "{told}");
    }
    let german = page(&api, "/reach/de").await;
    for told in [
        "„100\u{a0}Millionen“ wurde zweimal gesagt",
        "100\u{a0}Millionen gewollt, mehr als 70\u{a0}Millionen erreicht",
        "Platz 3, 4, 5 oder 6",
    ] {
        assert!(german.contains(told), "{told}");
    }
}

#[tokio::test]
async fn a_shop_without_figures_says_so_and_has_its_map() {
    let api = Api::open().await;
    let html = page(&api, "/reach").await;
    assert!(html.contains("Nothing counted yet."));
    assert!(html.contains("class=\"chart map\""));
    assert!(!html.contains("id=\"rank\"") && !html.contains("id=\"target\""));
    let feed = page(&api, "/reach/en/feed.atom").await;
    assert!(feed.contains("<feed") && !feed.contains("<entry>"));
}

const HOSTILE: &str = "\
code,subject,title_en,title_de,period,value,unit,definition_en,said_by,source_url,source,confidence
hostile,\"phones-sold\",\"<script>alert(1)</script>\",\"\"\"><img src=x>\",2014,7,\"<b>million\",\"]]></title><script>\",\"& 'quoted' <i>\",https://example.org/?a=1&b=2,\"<svg/onload=x>\",S1
";

#[tokio::test]
async fn nothing_that_comes_from_data_can_break_out() {
    let api = Api::open().await;
    record(&api, Table::Figures, HOSTILE).await;
    for path in ["/reach/en", "/reach/de", "/reach/en/figure/hostile", "/reach/de/figure/hostile"] {
        let html = page(&api, path).await;
        for bad in ["<script>alert", "<img src=x", "<b>million", "<i>", "<svg/onload"] {
            assert!(!html.contains(bad), "{path}: {bad}");
        }
    }
    let feed = page(&api, "/reach/en/feed.atom").await;
    for bad in ["<script>", "<i>", "<svg/"] {
        assert!(!feed.contains(bad), "{bad}");
    }
    assert!(feed.contains("https://example.org/?a=1&amp;b=2"), "{feed}");
    let csv = page(&api, "/api/v1/reach/tables/figures.csv").await;
    assert!(csv.contains("\"& 'quoted' <i>\"") || csv.contains("& 'quoted' <i>"), "{csv}");
}

#[tokio::test]
async fn files_are_what_an_import_reads() {
    let api = with_figures().await;
    for (table, shipped) in DATA {
        let file = page(&api, &format!("/api/v1/reach/tables/{table}.csv")).await;
        assert_eq!(file, shipped, "{table}");
    }
    let countries = page(&api, "/api/v1/reach/tables/countries.csv").await;
    assert!(countries.starts_with("country,shop_stage,active_devices\r\n"));
    assert!(countries.contains("\r\nUS,"), "{countries}");
    for nothing in
        ["/api/v1/reach/tables/stock.csv", "/api/v1/reach/figure/nope", "/api/v1/reach/x/y"]
    {
        assert_eq!(api.send(Ask::bare("GET", nothing)).await.status, 404, "{nothing}");
    }
}

#[tokio::test]
async fn the_feed_has_every_record_once_and_well_formed() {
    let api = with_figures().await;
    let feed = page(&api, "/reach/de/feed.atom").await;
    let ids = between(&feed, "<entry>\n<id>", "</id>");
    let unique: BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len());
    assert!(ids.len() >= 85, "{}", ids.len());
    let mut open = Vec::new();
    for tag in between(&feed, "<", ">") {
        if tag.starts_with('?') || tag.ends_with('/') {
            continue;
        }
        let name = tag.split(' ').next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), Some(closed)),
            None => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?}");
    for moment in between(&feed, "<updated>", "</updated>") {
        assert!(moment.ends_with('Z') && moment.contains('T'), "{moment}");
    }
}

/// What RFC 4287 asks of a feed and of each entry, beyond being well-formed.
#[tokio::test]
async fn the_feed_is_what_readers_of_feeds_ask_for() {
    let api = with_figures().await;
    for language in ["en", "de"] {
        let path = format!("/reach/{language}/feed.atom");
        let answer = api.send(Ask::bare("GET", &path)).await;
        assert_eq!(answer.header("content-type"), "application/atom+xml; charset=utf-8");
        let feed = answer.text;
        assert!(feed.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed "), "{feed}");
        assert!(!feed.contains(|c: char| c.is_control() && c != '\n'), "no control characters");
        let head = feed.split("<entry>").next().expect("a head");
        let origin = between(head, "<id>", "</id>")[0].strip_suffix(&format!("/reach/{language}"));
        let origin = origin.expect("the feed is called by its page").to_owned();
        assert!(origin.starts_with("http"), "{origin}");
        for element in ["id", "title", "updated", "author"] {
            assert_eq!(between(head, &format!("<{element}>"), "<").len(), 1, "{element}");
        }
        assert!(head.contains(&format!(
            "rel=\"self\" type=\"application/atom+xml\" href=\"{origin}{path}\""
        )));
        let newest = between(head, "<updated>", "</")[0];
        let mut moments = Vec::new();
        for entry in feed.split("<entry>").skip(1) {
            for element in ["id", "title", "updated", "published", "author", "summary"] {
                let found = between(entry, &format!("<{element}>"), &format!("</{element}>"));
                assert_eq!(found.len(), 1, "{element} of {entry}");
                assert!(!found[0].trim().is_empty(), "{element} of {entry}");
            }
            let id = between(entry, "<id>", "</id>")[0];
            assert!(id.starts_with(&format!("{origin}/reach/{language}/")), "{id}");
            assert!(entry.contains(&format!("rel=\"alternate\" type=\"text/html\" href=\"{id}\"")));
            moments.push(between(entry, "<updated>", "</")[0]);
        }
        assert!(moments.is_sorted_by(|a, b| a >= b), "the newest first");
        assert_eq!(moments.first(), Some(&newest));
    }
}

/// What sites that show a link ask for: a picture that is a PNG of the size that is told.
#[tokio::test]
async fn every_page_names_a_picture_that_is_one() {
    let api = with_figures().await;
    for path in ["/reach/en", "/reach/de", "/reach/de/definitions", "/reach/en/figure/units-2014"] {
        let html = page(&api, path).await;
        let meta = |name: &str| {
            let found = between(&html, &format!("<meta property=\"{name}\" content=\""), "\"");
            assert_eq!(found.len(), 1, "{path} {name}");
            assert!(!found[0].is_empty(), "{path} {name}");
            unescape(found[0])
        };
        for name in ["og:title", "og:type", "og:url", "og:image:alt"] {
            meta(name);
        }
        assert_eq!(meta("og:image:type"), "image/png");
        let picture = meta("og:image");
        let below = picture.find("/reach/").map(|at| picture[at..].to_owned());
        let size = (meta("og:image:width"), meta("og:image:height"));
        let bytes = picture_of(&api, &below.expect("a path")).await;
        assert_eq!(size, (bytes.0.to_string(), bytes.1.to_string()), "{path}");
    }
    assert_eq!(picture_of(&api, "/reach/en/counter.png").await, (640, 360));
}

/// The width and height of a PNG.
async fn picture_of(api: &Api, path: &str) -> (u32, u32) {
    let answer = api.send(Ask::bare("GET", path)).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "image/png"), "{path}");
    let bytes = &answer.bytes;
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n", "{path}");
    let number =
        |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    (number(16), number(20))
}

#[tokio::test]
async fn only_the_counter_may_be_framed_and_it_is_kept_apart() {
    let api = with_figures().await;
    let policy = |answer: &common::Answer| answer.header("content-security-policy").to_owned();
    let counter = api.send(Ask::bare("GET", "/reach/en/counter")).await;
    assert!(policy(&counter).contains("frame-ancestors *"), "{}", policy(&counter));
    assert!(policy(&counter).contains("default-src 'none'"));
    assert!(!counter.text.contains("<form"));
    for path in ["/reach/en", "/reach/en/definitions", "/reach/en/figure/units-2014"] {
        let answer = api.send(Ask::bare("GET", path)).await;
        assert!(policy(&answer).contains("frame-ancestors 'none'"), "{path}");
    }
    let json = api.send(Ask::bare("GET", "/api/v1/reach/counter")).await;
    assert_eq!(json.header("access-control-allow-origin"), "*");
    assert!(json.text.contains("\"counted\":false"), "{}", json.text);
    assert!(json.text.contains("\"active\":null"), "{}", json.text);
    let picture = api.send(Ask::bare("GET", "/reach/en/counter.png")).await;
    assert_eq!(picture.header("cross-origin-resource-policy"), "cross-origin");
}

#[tokio::test]
async fn a_correction_is_said_on_both_pages() {
    let api = with_figures().await;
    let header = DATA[0].1.lines().next().expect("a header");
    let row = "units-2014-idc-2,phones-sold,Phones shipped in 2014,,2014,57.6,million,as IDC says,,IDC,\
               2015-02,https://example.org/,,units-2014-idc,IDC,S1";
    record(&api, Table::Figures, &format!("{header}\n{row}\n")).await;
    let old = page(&api, "/reach/en/figure/units-2014-idc").await;
    assert!(old.contains("/reach/en/figure/units-2014-idc-2"), "the old page names the new one");
    assert!(old.contains("57.7"), "and still says what it said");
    let new = page(&api, "/reach/en/figure/units-2014-idc-2").await;
    assert!(new.contains("href=\"/reach/en/figure/units-2014-idc\""));
    let front = page(&api, "/reach/en").await;
    assert!(!front.contains("href=\"/reach/en/figure/units-2014-idc\""));
}
