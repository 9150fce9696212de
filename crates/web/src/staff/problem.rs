//! What keeps a request of the staff area from being answered, said where it happened: in the person's
//! language, with the navigation and the search, and with what to do next.
//!
//! Handlers answer with a [`Told`] problem as everywhere else; the guard, which has the request's headers,
//! lets it be said again in here.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use kontor_domain::staff::Role;

use super::desk::shell;
use super::door::at_the_door;
use crate::kit::app::App;
use crate::kit::desk::{person_in, way_on};
use crate::kit::guard::RequestId;
use crate::kit::problem::{Told, html};
use crate::page::ProblemKind;
use crate::page::staff::{DeskProblemPage, MissingRight, Place};

/// Who asks, and where from.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    headers: HeaderMap,
    id: Option<String>,
}

impl Asked {
    /// What is kept of a request until it is answered.
    pub(crate) fn of(headers: &HeaderMap, id: Option<&RequestId>) -> Self {
        Self { headers: headers.clone(), id: id.map(|RequestId(id)| id.clone()) }
    }

    /// The page of the staff area that was sent from, as far as the browser says it.
    pub(crate) fn back(&self) -> Option<&str> {
        page_before(&self.headers)
    }
}

/// The page of the staff area that a request was sent from, if its browser says so: the path of `Referer`,
/// and never a way out.
pub(crate) fn page_before(headers: &HeaderMap) -> Option<&str> {
    let from = headers.get(header::REFERER)?.to_str().ok()?;
    let (_, rest) = from.split_once("://")?;
    let path = &rest[rest.find('/')?..];
    (way_on(path) == path).then_some(path)
}

/// The answer as the staff area gives it: a problem on a page of its own, everything else as it is.
pub(crate) async fn as_at_the_desk(app: &App, asked: &Asked, mut response: Response) -> Response {
    let Some(told) = response.extensions_mut().remove::<Told>() else { return response };
    let person = person_in(app, &asked.headers).await.ok().flatten();
    let shell = match &person {
        // Nothing is wrong with the page that one is at: it is at no place of the navigation.
        Some(person) => {
            let mut shell = shell(app, person, Place::Today).await;
            shell.place = None;
            shell
        }
        None => at_the_door(app, &asked.headers),
    };
    let missing = told.needs.map(|permission| MissingRight {
        permission: permission.word(),
        roles: Role::ALL
            .into_iter()
            .filter(|role| role.permits().contains(&permission))
            .map(Role::word)
            .collect(),
    });
    let known = person.is_some();
    let back = asked.back().filter(|_| known && told.kind != ProblemKind::NotFound);
    let page = DeskProblemPage {
        shell,
        kind: told.kind,
        missing,
        back: back.map(str::to_owned),
        request_id: told.request_id.or_else(|| asked.id.clone()),
    };
    let mut said = html(response.status(), &page);
    // When to try again, and with which method.
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers_mut().remove(&name) {
            said.headers_mut().insert(name, value);
        }
    }
    said.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_before_is_one_of_the_staff_area() {
        let before = |from: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::REFERER, from.parse().expect("a header"));
            page_before(&headers).map(str::to_owned)
        };
        let page = "/admin/us/opening?on=2015-07-01";
        assert_eq!(before(&format!("https://shop.example{page}")).as_deref(), Some(page));
        for other in ["https://shop.example", "https://shop.example/us/en/", "x", "/admin", ""] {
            assert_eq!(before(other), None, "{other}");
        }
        assert_eq!(before("https://evil.example//admin/../x"), None);
    }
}
