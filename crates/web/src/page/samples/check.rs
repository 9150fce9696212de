//! Every sample in every page language: complete, well formed, labelled, light, and free of inline
//! script and style, so that the strict content security policy holds.

use std::collections::BTreeSet;

use askama::Template;
use kontor_base::Language;

use super::Rendered;
use crate::kit::assets;
use crate::page::reach::{CounterPage, DefinitionsPage, ReachPage, RecordPage};
use crate::page::rom::{BuildPage, ModelPage, RolloutPage, RomPage};
use crate::page::{
    CartPage, CheckoutPage, CountriesPage, DepositPage, LegalPage, OrderPage, PassOnPage,
    PlacePage, ProblemPage, ProductPage, QuoteFragment, ReferencePage, ReportPage,
    ResellerBillPage, ResellerDeskPage, ResellerFrontPage, SalePage, SalesPage, SecondStepPage,
    ShelfPage, WaitingLinkPage, WaitingPage, staff,
};

fn render<T: Template>(page: &str, language: Language, samples: Vec<(&str, T)>) -> Vec<Rendered> {
    let name = |state| format!("{page}-{state}-{}", language.tag());
    samples
        .into_iter()
        .map(|(state, context)| (name(state), context.render().expect("a page renders")))
        .collect()
}

/// Every page; fragments apart, they are not documents.
fn pages() -> Vec<Rendered> {
    let mut all = Vec::new();
    for l in Language::PAGES {
        all.extend(render("countries", l, CountriesPage::samples(l)));
        all.extend(render("shelf", l, ShelfPage::samples(l)));
        all.extend(render("product", l, ProductPage::samples(l)));
        all.extend(render("cart", l, CartPage::samples(l)));
        all.extend(render("checkout", l, CheckoutPage::samples(l)));
        all.extend(render("sales", l, SalesPage::samples(l)));
        all.extend(render("sale", l, SalePage::samples(l)));
        all.extend(render("place", l, PlacePage::samples(l)));
        all.extend(render("deposit", l, DepositPage::samples(l)));
        all.extend(render("pass-on", l, PassOnPage::samples(l)));
        all.extend(render("report", l, ReportPage::samples(l)));
        all.extend(render("second", l, SecondStepPage::samples(l)));
        all.extend(render("order", l, OrderPage::samples(l)));
        all.extend(render("waiting", l, WaitingPage::samples(l)));
        all.extend(render("waiting-link", l, WaitingLinkPage::samples(l)));
        all.extend(render("problem", l, ProblemPage::samples(l)));
        all.extend(render("legal", l, LegalPage::samples(l)));
        all.extend(render("reference", l, ReferencePage::samples(l)));
        all.extend(render("rom", l, RomPage::samples(l)));
        all.extend(render("rom-model", l, ModelPage::samples(l)));
        all.extend(render("rom-build", l, BuildPage::samples(l)));
        all.extend(render("rom-rollout", l, RolloutPage::samples(l)));
        all.extend(render("staff-problem", l, staff::DeskProblemPage::samples(l)));
        all.extend(render("staff-door", l, staff::DoorPage::samples(l)));
        all.extend(render("staff-account", l, staff::AccountPage::samples(l)));
        all.extend(render("staff-log", l, staff::LogPage::samples(l)));
        all.extend(render("staff-people", l, staff::PeoplePage::samples(l)));
        all.extend(render("staff-programs", l, staff::ProgramsPage::samples(l)));
        all.extend(render("staff-hook", l, staff::HookPage::samples(l)));
        all.extend(render("staff-proposals", l, staff::ProposalsPage::samples(l)));
        all.extend(render("staff-proposal", l, staff::ProposalPage::samples(l)));
        all.extend(render("staff-today", l, staff::TodayPage::samples(l)));
        all.extend(render("staff-matrix", l, staff::MatrixPage::samples(l)));
        all.extend(render("staff-clearance", l, staff::ClearancePage::samples(l)));
        all.extend(render("staff-grant", l, staff::GrantFormPage::samples(l)));
        all.extend(render("staff-work", l, staff::WorkPage::samples(l)));
        all.extend(render("staff-opening", l, staff::OpeningPage::samples(l)));
        all.extend(render("staff-withdrawals", l, staff::WithdrawalsPage::samples(l)));
        all.extend(render("staff-dispatch", l, staff::DispatchPage::samples(l)));
        all.extend(render("staff-resellers", l, staff::ResellersPage::samples(l)));
        all.extend(render("staff-reseller", l, staff::ResellerPage::samples(l)));
        all.extend(render("staff-bill", l, staff::BillPage::samples(l)));
        all.extend(render("reseller-bill", l, ResellerBillPage::samples(l)));
        all.extend(render("staff-carried", l, staff::CarriedPage::samples(l)));
        all.extend(render("staff-next", l, staff::NextCountryPage::samples(l)));
        all.extend(render("staff-plan", l, staff::PlanPage::samples(l)));
        all.extend(render("reseller-front", l, ResellerFrontPage::samples(l)));
        all.extend(render("reseller-desk", l, ResellerDeskPage::samples(l)));
        all.extend(render("staff-orders", l, staff::OrdersPage::samples(l)));
        all.extend(render("staff-order", l, staff::OrderDeskPage::samples(l)));
        all.extend(render("staff-find", l, staff::FindPage::samples(l)));
        all.extend(render("staff-customer", l, staff::CustomerPage::samples(l)));
        all.extend(render("staff-waiting", l, staff::WaitingListsPage::samples(l)));
        all.extend(render("staff-tell", l, staff::TellPage::samples(l)));
        all.extend(render("staff-jobs", l, staff::JobsPage::samples(l)));
        all.extend(render("staff-outbox", l, staff::OutboxPage::samples(l)));
        all.extend(render("staff-figures", l, staff::FiguresPage::samples(l)));
        all.extend(render("reach", l, ReachPage::samples(l)));
        all.extend(render("record", l, RecordPage::samples(l)));
        all.extend(render("definitions", l, DefinitionsPage::samples(l)));
        all.extend(render("counter", l, CounterPage::samples(l)));
    }
    all
}

/// The tags of a document in order, without comments, doctype and the insides of scripts.
fn tags(html: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').map_or(rest.len(), |end| start + end);
        let tag = &rest[start + 1..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        if tag.starts_with("script") {
            rest = rest.find("</script>").map_or("", |close| &rest[close..]);
        }
        if !tag.starts_with('!') {
            tags.push(tag);
        }
    }
    tags
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next())
}

fn check_balance(name: &str, html: &str) {
    const VOID: [&str; 5] = ["meta", "link", "img", "input", "br"];
    let mut open = Vec::new();
    for tag in tags(html) {
        let word = tag.split([' ', '\n']).next().unwrap_or_default();
        if let Some(closed) = word.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "{name}: </{closed}> closes something else");
        } else if !VOID.contains(&word) && !tag.ends_with('/') {
            open.push(word);
        }
    }
    assert!(open.is_empty(), "{name}: never closed: {open:?}");
}

fn check_ids_and_labels(name: &str, html: &str) {
    let tags = tags(html);
    let mut ids = BTreeSet::new();
    for id in tags.iter().filter_map(|tag| attribute(tag, "id")) {
        assert!(ids.insert(id), "{name}: id {id:?} twice");
    }
    for tag in &tags {
        for names in ["aria-labelledby", "aria-describedby", "for", "form"] {
            for id in attribute(tag, names).into_iter().flat_map(str::split_whitespace) {
                assert!(ids.contains(id), "{name}: {names}={id:?} points nowhere");
            }
        }
        if let Some(id) = attribute(tag, "href").and_then(|href| href.strip_prefix('#')) {
            assert!(ids.contains(id), "{name}: the link #{id} points nowhere");
        }
        let is_field = tag.starts_with("input ") || tag.starts_with("select ");
        let kind = attribute(tag, "type").unwrap_or_default();
        if is_field && !matches!(kind, "hidden" | "radio" | "checkbox") {
            let id = attribute(tag, "id").unwrap_or_else(|| panic!("{name}: no id: {tag}"));
            let label = format!("<label for=\"{id}\"");
            let unseen = format!("<label class=\"unseen\" for=\"{id}\"");
            assert!(html.contains(&label) || html.contains(&unseen), "{name}: no label: {tag}");
        }
        if tag.starts_with("img ") {
            assert!(attribute(tag, "alt").is_some(), "{name}: no alt: {tag}");
            assert!(attribute(tag, "width").is_some(), "{name}: no size: {tag}");
        }
    }
}

#[test]
fn every_page_is_complete_in_every_language() {
    for (name, html) in pages() {
        assert!(!html.contains('⟦'), "{name}: a text is missing: {}", around(&html, "⟦"));
        let language = if name.ends_with("-de") { "de" } else { "en" };
        assert!(html.contains(&format!("<html lang=\"{language}\">")), "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}: exactly one h1");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        let title = html.split("<title>").nth(1).and_then(|t| t.split("</title>").next());
        assert!(title.is_some_and(|t| t.len() > 10 && !t.starts_with(' ')), "{name}: {title:?}");
        assert!(!html.contains("content=\"\""), "{name}: an empty description");
        assert!(!html.contains("/assets/missing"), "{name}: an asset is missing");
        // The map of the world is half of the page of figures.
        let most = if name.starts_with("reach") { 128 } else { 64 };
        assert!(html.len() < most * 1024, "{name}: {} bytes", html.len());
    }
}

#[test]
fn every_page_is_well_formed_and_labelled() {
    for (name, html) in pages() {
        check_balance(&name, &html);
        check_ids_and_labels(&name, &html);
    }
}

#[test]
fn no_page_needs_inline_script_or_style() {
    for (name, html) in pages() {
        for tag in tags(&html) {
            assert!(attribute(tag, "style").is_none(), "{name}: {tag}");
            assert!(!tag.starts_with("style"), "{name}: {tag}");
            for handler in ["onclick", "onload", "onsubmit", "onchange", "oninput", "onerror"] {
                assert!(attribute(tag, handler).is_none(), "{name}: {tag}");
            }
            if tag.starts_with("script") {
                let data = attribute(tag, "type") == Some("application/ld+json");
                assert!(data || attribute(tag, "src").is_some(), "{name}: {tag}");
            }
        }
    }
}

#[test]
fn what_people_typed_is_escaped() {
    let html = pages().into_iter().find(|(name, _)| name == "checkout-errors-en");
    let html = html.map(|(_, html)| html).unwrap_or_default();
    assert!(html.contains("Ada &#60;Lovelace&#62;"), "{}", around(&html, "Lovelace"));
}

#[test]
fn the_quote_is_a_fragment_that_fits_its_place() {
    for l in Language::PAGES {
        for (name, html) in render("quote", l, QuoteFragment::samples(l)) {
            assert!(html.trim_start().starts_with("<div id=\"totals\""), "{name}: {html}");
            assert!(!html.contains('⟦'), "{name}");
            check_balance(&name, &html);
        }
    }
}

#[test]
fn a_product_page_is_light() {
    let sent = |name: &str| {
        let asset = assets::find(assets::url(name)).expect("the asset is there");
        asset.gzip.as_ref().map_or(asset.bytes.len(), Vec::len)
    };
    assert!(sent("app.js") + sent("sale.js") < 15_000);
    let heavy = ["product", "sale", "place", "report"];
    let is_heavy = |name: &String| heavy.iter().any(|page| name.starts_with(page));
    for (name, html) in pages().into_iter().filter(|(name, _)| is_heavy(name)) {
        let mut weight = assets::pack(html.as_bytes()).len() + sent("shop.css") + sent("app.js");
        weight += sent("sale.js");
        weight += sent("fonts/schibsted-grotesk.woff2") + sent("fonts/geist-mono.woff2");
        weight += sent("fonts/schibsted-grotesk-currency.woff2");
        weight += sent("product/headphones.svg") + sent("icon.svg");
        assert!(weight < 100_000, "{name}: {weight} bytes on the wire");
    }
}

/// Writes every sample and every asset to `/tmp/face`, to be served and looked at.
#[test]
#[ignore = "writes files for looking at"]
fn write_samples() {
    let root = std::path::Path::new("/tmp/face");
    for (name, asset) in assets::all() {
        let path = root.join(asset.url.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().expect("below a folder")).expect("a folder");
        std::fs::write(path, &asset.bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for (name, html) in pages() {
        std::fs::write(root.join(format!("{name}.html")), html).expect("a file");
    }
}

fn around<'a>(html: &'a str, what: &str) -> &'a str {
    let at = html.find(what).unwrap_or(0);
    html.get(at..).map_or("", |rest| rest.lines().next().unwrap_or(""))
}
