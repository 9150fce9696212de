//! `GET /reach/{language}/feed.atom`: new records, the newest first (RFC 4287).

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use kontor_base::{Instant, Language};

use super::front::Edition;
use super::kept::{kept, language, nothing_here};
use super::view::{figure_claim, forecast_claim, rank_claim, target_claim};
use crate::kit::app::App;
use crate::kit::pages::Page;
use crate::kit::routes::{Class, Route};
use crate::kit::text::Text;
use crate::page::reach::Claim;

pub(super) const ROUTE: Route = Route::read("/reach/{language}/feed.atom", Class::Page);

/// How many records a feed has.
const ENTRIES_MAX: usize = 100;

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path(tag): Path<String>,
) -> Response {
    let Some(language) = language(&tag) else { return nothing_here(&app, &uri) };
    let edition = app.reach.edition(&app);
    let key = format!("/reach/{language}/feed.atom");
    kept(&app, &asked, &edition, &key, || {
        let text = document(&app, &edition, language);
        Some(Page::new(text, "application/atom+xml; charset=utf-8"))
    })
}

fn document(app: &App, edition: &Edition, language: Language) -> String {
    let t = Text::new(language, None);
    let reach = edition.reach();
    let mut entries: Vec<(Instant, Claim)> = Vec::new();
    entries.extend(reach.figures.iter().map(|one| (one.at, figure_claim(&t, &one.record))));
    entries.extend(reach.ranks.iter().map(|one| (one.at, rank_claim(&t, &one.record))));
    entries.extend(reach.targets.iter().map(|one| (one.at, target_claim(&t, &one.record))));
    entries.extend(reach.forecasts.iter().map(|one| (one.at, forecast_claim(&t, &one.record))));
    // What was recorded at one moment stays in its order, the last one first.
    entries.reverse();
    entries.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    entries.truncate(ENTRIES_MAX);
    let origin = &app.site.origin;
    let newest = entries.first().map_or(edition.snapshot.made_at, |(at, _)| *at);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let tag = language.tag();
    xml.push_str(&format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{tag}\">\n\
         <id>{origin}/reach/{tag}</id>\n<title>{} · {}</title>\n<updated>{newest}</updated>\n\
         <author><name>{}</name></author>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{origin}/reach/{tag}/feed.atom\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{origin}/reach/{tag}\"/>\n",
        escape(&t.get("reach-title")),
        escape(&app.site.shop_name),
        escape(&app.site.operator),
    ));
    for (at, claim) in &entries {
        entry(&mut xml, origin, *at, claim);
    }
    xml.push_str("</feed>\n");
    xml
}

fn entry(xml: &mut String, origin: &str, at: Instant, claim: &Claim) {
    let via = claim.source_url.as_deref().filter(|url| url.starts_with("http"));
    let via = via.map(|url| format!("<link rel=\"via\" href=\"{}\"/>\n", escape(url)));
    xml.push_str(&format!(
        "<entry>\n<id>{origin}{path}</id>\n<title>{title}: {value}</title>\n\
         <updated>{at}</updated>\n<published>{at}</published>\n\
         <author><name>{who}</name></author>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{origin}{path}\"/>\n{via}\
         <summary>{definition} ({period}; {who}; {source}; {confidence})</summary>\n</entry>\n",
        path = escape(&claim.path),
        title = escape(&claim.title.text),
        value = escape(&claim.value.text),
        via = via.unwrap_or_default(),
        definition = escape(&claim.definition.text),
        period = escape(&claim.period),
        who = escape(&claim.said_by),
        source = escape(&claim.source),
        confidence = escape(&claim.confidence),
    ));
}

/// A text within XML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no way to write these at all; one of them would end every reader's patience.
            '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn what_xml_cannot_say_is_not_said() {
        assert_eq!(escape("a<b>&\"c\"\u{b}\u{0}\u{ffff}d"), "a&lt;b&gt;&amp;&quot;c&quot;   d");
    }
}
